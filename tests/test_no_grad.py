"""no_grad: nothing is recorded, in this thread and task only."""

import asyncio
import contextvars
import threading

import pytest

import autograd
from autograd import Value, exp, hessian, no_grad


def records():
    return (Value(2.0) * 3).parents != ()


def test_within_no_grad_results_are_plain_leaves():
    x = Value(3.0, "x")
    with no_grad():
        results = [x * x, exp(x), autograd.sum([x, x, x]), x**2, 2 - x, -x]
    assert [y.data for y in results] == [9.0, pytest.approx(20.085536923187668), 9.0, 9.0, -1.0, -3.0]
    assert [(y.op, y.parents, y.local_grads) for y in results] == [(None, (), ())] * 6


def test_within_no_grad_a_comparison_is_still_a_condition():
    with no_grad():
        condition = Value(2.0) > 1
    assert bool(condition) is True
    assert condition.parents == ()


def test_within_no_grad_numbers_may_be_read_and_decided_by():
    x = Value(3.0)
    with no_grad():
        assert x.data == 3.0
        assert bool(x > 2)


def test_within_no_grad_nothing_is_recorded_after_a_hessian():
    x = Value(3.0)
    y = x**3
    with no_grad():
        hessian(y, [x])
        assert not records()


def test_after_no_grad_operations_are_recorded_again():
    with no_grad():
        pass
    assert records()


def test_no_grad_nests():
    with no_grad():
        with no_grad():
            assert not records()
        assert not records()
    assert records()


def test_one_no_grad_can_be_entered_twice():
    pause = no_grad()
    with pause, pause:
        assert not records()
    assert records()


def test_an_exception_ends_no_grad():
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert records()


def test_an_exception_ends_a_decorated_function():
    @no_grad()
    def fail():
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert records()


def test_a_no_grad_that_ends_in_another_context_leaves_that_as_it_is():
    """So ends the block around the `yield` of a generator that another task closes."""
    pause = no_grad()
    elsewhere = contextvars.copy_context()
    with pause:
        elsewhere.run(pause.__exit__, None, None, None)
        assert elsewhere.run(records)
        assert not records()


def test_a_decorated_function_records_nothing_each_time_it_is_called():
    @no_grad()
    def recording():
        return records()

    assert [recording(), records(), recording()] == [False, True, False]


def test_a_decorated_function_keeps_its_name_arguments_and_result():
    @no_grad()
    def scale(x, *, by):
        """Scale."""
        return x * by

    assert (scale.__name__, scale.__doc__) == ("scale", "Scale.")
    assert scale(Value(2.0), by=3).data == 6.0


def test_a_decorated_recursive_function_records_again_at_its_end():
    @no_grad()
    def descend(depth):
        return descend(depth - 1) if depth else records()

    assert descend(3) is False
    assert records()


def test_a_decorated_generator_is_refused():
    with pytest.raises(TypeError, match="cannot decorate the generator numbers: use it around the loop"):

        @no_grad()
        def numbers():
            yield 1

    with pytest.raises(TypeError, match="cannot decorate the generator answers: use it around the loop"):

        @no_grad()
        async def answers():
            yield 1


def test_another_thread_goes_on_recording():
    found = []
    with no_grad():
        thread = threading.Thread(target=lambda: found.append(records()))
        thread.start()
        thread.join()
    assert found == [True]


def test_a_thread_in_no_grad_leaves_this_one_recording():
    inside, leave = threading.Event(), threading.Event()

    def pause():
        with no_grad():
            inside.set()
            leave.wait()

    thread = threading.Thread(target=pause)
    thread.start()
    inside.wait()
    here = records()
    leave.set()
    thread.join()
    assert here


def test_two_tasks_do_not_see_each_others_no_grad():
    async def pausing(events):
        with no_grad():
            events[0].set()
            await events[1].wait()
            return records()

    async def recording(events):
        await events[0].wait()
        found = records()
        events[1].set()
        return found

    async def both():
        events = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(pausing(events), recording(events))

    assert asyncio.run(both()) == [False, True]


def test_a_decorated_coroutine_records_nothing_after_it_was_suspended():
    @no_grad()
    async def later():
        await asyncio.sleep(0)
        return records()

    async def run():
        return await later(), records()

    assert asyncio.run(run()) == (False, True)


def test_a_decorated_coroutine_function_keeps_its_arguments():
    @no_grad()
    async def scale(x, *, by):
        return x * by

    assert asyncio.run(scale(Value(2.0), by=3)).data == 6.0


def test_a_decorated_coroutine_function_is_one_still():
    @no_grad()
    async def later():
        """Later."""

    assert asyncio.iscoroutinefunction(later)
    assert (later.__name__, later.__doc__) == ("later", "Later.")
