"""A tape against the engine, bit for bit, on graphs drawn at random: values, gradients and second derivatives."""

import math
import struct
from random import Random

import pytest
from support import seeds
from test_random_graphs import ON_VALUES, Step, run

import autograd
from autograd import Value, hessian, tape

NAMES = sorted(ON_VALUES)


def bits(*numbers):
    """The bits of some floats; all NaNs are one."""
    return [struct.pack("d", math.nan if x != x else x) for x in numbers]


def drawn(seed, lines=12):
    """A program of so many lines, and a point for its three inputs."""
    random = Random(seed)
    program = [Step(random.choice(NAMES), tuple(random.randrange(15) for _ in range(3))) for _ in range(lines)]
    return program, [random.choice((random.gauss(0, 1), random.randrange(-3, 4) / 2)) for _ in range(3)]


def engine(program, point, weights):
    """The value and the slopes of the engine; None where it refuses."""
    inputs = [Value(x) for x in point]
    try:
        output = run(program, [*inputs, *weights], ON_VALUES)[-1]
    except (ValueError, ArithmeticError) as error:
        return type(error), str(error)
    for node in (*inputs, *weights):
        node.grad = 0.0
    output.backward()
    return output, inputs


def recorded(program, weights):
    return tape(lambda x: run(program, [*x, *weights], ON_VALUES)[-1], [0.0] * 3, parameters=weights)


@pytest.mark.parametrize("seed", seeds(60, 1000))
def test_values_gradients_and_second_derivatives_are_those_of_the_engine_to_the_last_bit(seed):
    program, _ = drawn(seed)
    weights = [Value(0.75, "w"), Value(-1.25, "u")]
    replay = recorded(program, weights)
    for other in range(4):
        _, point = drawn(1000 * other + seed)
        found = engine(program, point, weights)
        if isinstance(found[1], str):
            with pytest.raises(found[0]):
                replay(point)
            continue
        output, inputs = found

        value, by_inputs = replay.value_and_gradients_by_inputs(point)
        again, by_parameters = replay.value_and_gradients(point)
        assert bits(replay(point), value, again) == bits(*[output.data] * 3)
        assert bits(*by_inputs) == bits(*(node.grad for node in inputs))
        assert bits(*by_parameters) == bits(*(node.grad for node in weights))

        expected = [entry.data for row in hessian(output, inputs) for entry in row]
        assert bits(*replay.hessian(point).ravel()) == bits(*expected)
        assert bits(*replay.hessian(point).ravel()) == bits(*expected)


EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 20.0, -40.0, 1e-300, 750.0, 1e200, math.inf, -math.inf, math.nan]
OF_ONE = [name for name, op in autograd.ops.OPERATIONS.items() if op.arity == 1 and op.is_call]
OF_TWO = [name for name, op in autograd.ops.OPERATIONS.items() if op.arity == 2 and name not in ("both", "either")]


def compared(function, *point):
    """The engine and a tape at a point: what each gives, or its error."""

    def by_the_engine():
        inputs = [Value(x) for x in point]
        output = function(inputs)
        output.backward()
        return bits(output.data, *(node.grad or 0.0 for node in inputs))

    def by_the_tape():
        value, slopes = tape(function, [0.0] * len(point)).value_and_gradients_by_inputs(list(point))
        return bits(value, *slopes)

    results = []
    for run_it in (by_the_engine, by_the_tape):
        try:
            results.append(run_it())
        except (ValueError, ArithmeticError) as error:
            results.append((type(error), str(error).partition(" has no")[2]))
    return results


@pytest.mark.parametrize("name", OF_ONE)
def test_an_operation_of_one_operand_is_that_of_the_engine_at_every_edge(name):
    operation = autograd.ops.OPERATIONS[name]
    for a in EDGES:
        by_the_engine, by_the_tape = compared(lambda x: operation.record(x[0]) * 3.0, a)
        assert by_the_tape == by_the_engine, a


@pytest.mark.parametrize("name", OF_TWO)
def test_an_operation_of_two_operands_is_that_of_the_engine_at_every_edge(name):
    operation = autograd.ops.OPERATIONS[name]
    for a in EDGES:
        for b in EDGES[::2] if name != "power" else EDGES:
            by_the_engine, by_the_tape = compared(lambda x: operation.record(x[0], x[1]) * 3.0, a, b)
            assert by_the_tape == by_the_engine, (a, b)


@pytest.mark.parametrize("exponent", [-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3])
def test_a_power_is_that_of_the_engine_at_every_edge(exponent):
    for a in EDGES:
        by_the_engine, by_the_tape = compared(lambda x: x[0] ** exponent * 3.0, a)
        assert by_the_tape == by_the_engine, a
