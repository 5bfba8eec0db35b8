"""no_grad: nothing is recorded, in this thread and task only."""

import asyncio
import contextvars
import threading

import pytest

import autograd
import nn
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


def in_a_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def in_a_copy_of_the_context(function):
    contextvars.copy_context().run(function)


def in_a_task(function):
    async def run():
        function()

    asyncio.run(run())


def in_an_executor_of_a_loop(function):
    async def run():
        await asyncio.to_thread(function)

    asyncio.run(run())


ELSEWHERE = [in_a_thread, in_a_copy_of_the_context, in_a_task, in_an_executor_of_a_loop]


def pausing():
    with no_grad():
        yield records()
        yield records()


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("end", [list, lambda generator: generator.close()])
def test_a_generator_that_ends_its_no_grad_elsewhere_leaves_all_recording(elsewhere, end):
    there = []
    generator = pausing()
    assert next(generator) is False
    elsewhere(lambda: (end(generator), there.append(records())))
    assert there == [True]
    x = Value(3.0)
    y = x * x
    y.backward()
    assert x.grad == 6.0


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_a_generator_that_began_its_no_grad_elsewhere_leaves_all_recording(elsewhere):
    generator = pausing()
    elsewhere(lambda: next(generator))
    assert list(generator) == [records()]
    assert records()


def test_an_asynchronous_generator_that_another_task_ends_leaves_all_recording():
    async def numbers():
        with no_grad():
            yield 1
            yield 2

    async def rest(generator):
        return [n async for n in generator], records()

    async def run():
        generator = numbers()
        first = await anext(generator)
        return first, await asyncio.create_task(rest(generator)), records()

    assert asyncio.run(run()) == (1, ([2], True), True)


def test_a_generator_that_yields_inside_no_grad_leaves_its_caller_inside():
    generator = pausing()
    next(generator)
    assert not records()
    generator.close()
    assert records()


def test_a_block_stays_paused_when_a_generator_around_it_ends_first():
    generator = pausing()
    next(generator)
    with no_grad():
        generator.close()
        assert not records()
    assert records()


def test_two_generators_that_end_in_the_order_in_which_they_began_leave_all_recording():
    one, other = pausing(), pausing()
    next(one), next(other)
    one.close()
    assert not records()
    other.close()
    assert records()


def test_what_was_recorded_twice_after_a_block_ended_elsewhere_is_differentiated_twice():
    generator = pausing()
    next(generator)
    in_a_thread(generator.close)
    x = Value(3.0)
    assert hessian(x**3, [x])[0][0].data == 18.0
    assert nn.dropout(Value(1.0), 0.5).data == 1.0


def test_a_task_that_was_made_inside_stays_inside_after_the_block():
    """It has a context of its own, as it found it."""

    async def later():
        await asyncio.sleep(0)
        return records()

    async def run():
        with no_grad():
            task = asyncio.create_task(later())
        return await task, records()

    assert asyncio.run(run()) == (False, True)


def test_many_threads_in_one_decorated_function_leave_each_other_alone():
    inside, leave = threading.Barrier(4), threading.Barrier(4)

    @no_grad()
    def pause():
        inside.wait()
        found.append(records())
        leave.wait()

    def run():
        pause()
        found.append(records())

    found = []
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 4 + [True] * 4


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
