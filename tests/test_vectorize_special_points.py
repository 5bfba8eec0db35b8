"""Lifted programs agree with the scalar engine where a derivative is infinite, undefined or nothing: in every number,
without a word from NumPy."""

import math
import warnings
from collections import Counter
from itertools import product
from math import inf, isnan, nan
from random import Random

import numpy as np
import pytest

import autograd
from autograd import (
    Operation,
    Value,
    acosh,
    asinh,
    atan2,
    cbrt,
    ceil,
    clip,
    cos,
    dot,
    equal,
    exp,
    expm1,
    floor,
    gradients,
    hypot,
    log,
    log1p,
    logsumexp,
    maximum,
    mean,
    minimum,
    ops,
    prod,
    relu,
    sigmoid,
    sin,
    softmax,
    softplus,
    sqrt,
    tanh,
    vectorize,
    where,
    xlogy,
)
from autograd.graph import topological_order
from autograd.lifting.one_by_one import OneByOne
from nn import MLP, squared_error
from tests.lifting import assert_lifts
from tests.support import exactly, seeds
from tests.test_nothing_in_silence import BINARY, IS_A_NUMBER, MANY, PASSES_NOTHING, SPECIAL, UNARY, agree


def on_scalars(function, parameters, *arrays):
    """The outputs for all examples, and the gradients of their mean."""
    for parameter in parameters:
        parameter.grad = None
    outputs = [function(*map(Value, example)) for example in zip(*arrays, strict=True)]
    mean(outputs).backward()
    return [output.data for output in outputs], [parameter.grad or 0.0 for parameter in parameters]


def on_arrays(function, parameters, *arrays):
    program = vectorize(function, *(array[0] for array in arrays), parameters=parameters)
    value, gradient = program.value_and_gradients(*arrays)
    found = dict(zip(program.parameters, gradient.tolist(), strict=True))
    return value, program(*arrays).tolist(), [found[parameter] for parameter in parameters]


def assert_agree(function, parameters, *arrays):
    expected, expected_slopes = on_scalars(function, parameters, *arrays)
    value, outputs, slopes = on_arrays(function, parameters, *arrays)

    assert agree(value, mean(map(Value, expected)).data)
    assert all(map(agree, outputs, expected)), (outputs, expected)
    assert all(map(agree, slopes, expected_slopes)), (slopes, expected_slopes)


# 0 · ∞


@pytest.mark.parametrize("case", [*PASSES_NOTHING, *IS_A_NUMBER])
def test_a_parameter_at_0(case):
    function = {**PASSES_NOTHING, **IS_A_NUMBER}[case]
    p = Value(0.0)

    assert_agree(lambda x: function(p) * x, [p], [1.0, 2.0])
    assert_agree(lambda x: function(p * x), [p], [1.0, 2.0])


def test_a_zero_that_is_a_number_makes_nan_in_the_branch_that_is_taken():
    p = Value(0.0)
    assert isnan(on_arrays(lambda x: where(x > 0, 0 * sqrt(p), 1.0), [p], [1.0, -1.0])[2][0])
    assert on_arrays(lambda x: where(x > 2, 0 * sqrt(p), 1.0), [p], [1.0, -1.0])[2] == [0]


class Graph:
    """A random function of two numbers and two parameters."""

    def __init__(self, random):
        self.parameters = [Value(random.choice(SPECIAL)) for _ in range(2)]
        self.seed, self.steps = random.random(), random.randint(2, 8)

    def __call__(self, x, y):
        random, nodes = Random(self.seed), [x, y, *self.parameters]
        for _ in range(self.steps):
            a, b, c = (random.choice(nodes) for _ in range(3))
            unary, binary, many = map(random.choice, (UNARY, BINARY, MANY))
            kind = random.random()
            if kind < 0.45:
                nodes.append(unary.record(a))
            elif kind < 0.75:
                nodes.append(binary.record(a, b))
            elif kind < 0.95:
                nodes.append(where(a > b if kind < 0.85 else equal(a, b), b, c))
            else:
                nodes.append(many.record(a, b, c))
        return nodes[-1]


def is_root_of_minus_infinity(node):
    """(−∞)**½, which is ∞ in C and Python, and NaN in NumPy, which takes x**0.5 for √x."""
    if node.op is not ops.power and getattr(node.op, "exponent", None) is None:
        return False
    exponent = node.parents[1].data if node.op is ops.power else node.op.exponent
    return node.parents[0].data == -inf and exponent % 1 != 0


@pytest.mark.parametrize("seed", seeds(20, 200))
def test_random_programs_agree_at_special_points(seed):
    random, tried = Random(seed), 0
    while tried < 15:
        graph = Graph(random)
        xs, ys = ([random.choice(SPECIAL) for _ in range(4)] for _ in range(2))
        try:
            outputs = [graph(Value(x), Value(y)) for x, y in zip(xs, ys, strict=True)]
        except (ValueError, ArithmeticError):  # it has no real value there
            continue
        if any(map(is_root_of_minus_infinity, topological_order(*outputs))):
            continue
        assert_agree(graph, graph.parameters, xs, ys)
        tried += 1


# The branch not taken

w, v, e = Value(0.7, "w"), Value(1.3, "v"), Value(1.5, "e")
reciprocal = Operation("reciprocal", lambda m, a: m.divide(1, a), lambda m, y, a: (-m.divide(1, a * a),))
logarithm = Operation("logarithm", lambda m, a: m.log(a), lambda m, y, a: (m.divide(1, a),))

POSITIVE = {
    "log": lambda x: w * log(v * x),
    "√": lambda x: sqrt(w * x),
    "z log z": lambda x: w * x * log(w * x),
    "a power": lambda x: (w * x) ** 1.5,
    "a root": lambda x: (w * x) ** 0.3,
    "a power by a Value": lambda x: (w * x) ** e,
    "a power by an example": lambda x: (w * x) ** (e * x),
    "logsumexp": lambda x: logsumexp([w * x, log(x), v]),
    "logsumexp of a layer": lambda x: logsumexp([log(x * p) for p in (w, v, e)]),
    "log in a tanh": lambda x: tanh(log(w * x)) + relu(log(v * x)),
    "a layer": lambda x: autograd.sum([w * log(x * (k + 1) * v) for k in range(4)]),
    "a weighted sum": lambda x: dot([w, v, e], [log(x * (k + 1)) for k in range(3)]),
    "products": lambda x: dot([log(x * v), sqrt(w * x)], [log(x * w), sqrt(v * x)]),
    "a product": lambda x: prod([log(x * v), sqrt(w * x), e]),
    "a mean": lambda x: mean([log(x * v), sqrt(w * x), e]),
    "a square": lambda x: log(w * x) ** 2,
    "a quotient": lambda x: w / sqrt(v * x),
    "an operation of the user's": lambda x: w * logarithm(v * x),
    "parameters alone": lambda x: sqrt(w * v) * log(x),
}
OTHER_THAN_0 = {
    "1/z": lambda x: w / (v * x),
    "a reciprocal": lambda x: w * (1 / (v * x)),
    "a negative power": lambda x: w * (v * x) ** -2,
    "sinc": lambda x: sin(w * x) / (w * x),
    "sine of 1/z": lambda x: w * x * sin(v / x),
    "an operation of the user's": lambda x: reciprocal(w * x),
}
NEGATIVE = {
    "ELU": lambda x: exp(w * x) - 1,
    "ELU with expm1": lambda x: w * expm1(v * x),
    "a softmax by hand": lambda x: exp(w * x) / (exp(w * x) + exp(v * x)),
    "log1p": lambda x: log1p(-w * x) * v,
}
BRANCHES = {
    **{f"{name}, above 0": (f, lambda x: x > 0, [0.0, -1.0, 0.5, 3.0]) for name, f in POSITIVE.items()},
    **{f"{name}, other than 0": (f, lambda x: x != 0, [0.0, -1.0, 0.5, 3.0]) for name, f in OTHER_THAN_0.items()},
    **{f"{name}, below 0": (f, lambda x: x < 0, [2000.0, -1.0, -0.5, -800.0]) for name, f in NEGATIVE.items()},
}


@pytest.fixture
def no_help(monkeypatch):
    """Arrays alone, without the scalar engine."""

    def refuse(*_):
        raise AssertionError("the scalar engine was asked")

    monkeypatch.setattr(OneByOne, "value_and_gradient", refuse)
    monkeypatch.setattr(OneByOne, "correct", refuse)


@pytest.mark.usefixtures("no_help")
@pytest.mark.parametrize("other", [lambda x: v * x + w, lambda x: 0.0])
@pytest.mark.parametrize("case", BRANCHES)
def test_the_branch_not_taken_passes_nothing(case, other):
    """Compared with a program whose other examples do not have the branch at all."""
    branch, condition, xs = BRANCHES[case]
    taken = [x for x in xs if condition(x)]
    rest = [x for x in xs if not condition(x)]

    def lifted(x):
        return where(condition(x), branch(x), other(x))

    expected = Counter()
    for function, some in ((branch, taken), (other, rest)):
        for x in some:
            for p in (w, v, e):
                p.grad = None
            (0 * w + function(Value(x))).backward()
            expected.update({p: (p.grad or 0.0) / len(xs) for p in (w, v, e)})

    _, outputs, slopes = on_arrays(lifted, [w, v, e], xs)

    assert all(map(math.isfinite, outputs))
    assert slopes == pytest.approx([expected[p] for p in (w, v, e)], rel=1e-9)


@pytest.mark.usefixtures("no_help")
@pytest.mark.parametrize(
    "choice",
    [
        lambda x: relu(-1e9 - sqrt(abs(w * x))) + v,
        lambda x: maximum(sqrt(abs(w * x)), v),
        lambda x: minimum(2 - sqrt(w * x * x), v),
        lambda x: where(x > 0, log(clip(w * x, 1e-9, inf)), v),
        lambda x: sqrt(relu(w * x - 1)) * (x > 2),
        lambda x: where(v > w, where(x > 0, log(w * x), v), v * x),
        lambda x: autograd.sum([where(x * p > 0, log(x * p), p) for p in (w, v, e)]),
    ],
)
def test_a_choice_passes_nothing_to_what_it_leaves(choice):
    [*_, slopes] = on_arrays(choice, [w, v], [0.0, 1.0, -1.0, 0.5])
    assert all(map(math.isfinite, slopes))


@pytest.mark.parametrize(
    "function",
    [
        lambda z, x: where(x > 1, z, 0) + z,
        lambda z, x: z + where(x > 1, z, 0),
        lambda z, x: where(x > 1, z, 0) + where(x > 2, z * z, v),
        lambda z, x: where(x > 1, z, 0) * dot([z, w], [v, z]),
    ],
)
@pytest.mark.parametrize("operation", [sqrt, log, lambda z: 1 / z, lambda z: z**e])
def test_what_a_branch_uses_and_another_part_too_gets_both_gradients(operation, function):
    assert_agree(lambda x: function(operation(w * x), x), [w, v], [0.5, 1.5, 2.5])


def test_numbers_that_are_lost_for_good_cost_one_example(monkeypatch):
    asked = []
    monkeypatch.setattr(OneByOne, "_values", lambda *a, whole=OneByOne._values: asked.append(a) or whole(*a))
    model = MLP(2, [3, 1], activation=relu, seed=1)
    for parameter in model.parameters():
        parameter.data = nan

    program = vectorize(lambda x: model(x) ** 2, [0.0, 0.0])
    value, gradient = program.value_and_gradients(np.ones((1000, 2)))

    assert isnan(value)
    assert np.isnan(gradient).all()
    assert len(asked) == 1


def test_what_the_engine_refuses_warns_as_numpy_does():
    program = vectorize(lambda x: log(w * x), 0.0)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert program([1.0, 0.0])[1] == -inf


def test_an_infinite_slope_of_the_engine_does_not_warn():
    p = Value(0.0)
    assert on_arrays(lambda x: sqrt(p) * x, [p], [1.0])[2] == [inf]


def test_a_mask_stands_only_where_an_operation_can_be_singular():
    model = MLP(3, [4, 4, 1], seed=1)
    smooth = vectorize(
        lambda x, y: squared_error(model(x), y) + where(w > 0, w, w * w) + w / (1 + v * v), [0.0] * 3, 0.0
    )
    assert "reached" not in smooth.source
    assert "np.where(where" not in smooth.source


# Truths that are numbers

PENALTIES = {
    "below 0": lambda z: relu(-w),
    "its opposite": lambda z: -relu(w) - relu(-w),
    "above 0": lambda z: -(w > 0) - (z > 0),
    "a sum": lambda z: autograd.sum([w > 0, z > 1, z > 0]),
    "a sum of Values too": lambda z: autograd.sum([z > 0, 2, w, z, -(v > 0)]),
    "a square": lambda z: (z > 0) ** 2 + (w > 0) ** 2,
    "powers": lambda z: (z > 0) ** 3 + (w > 0) ** 0.5 + 2 ** (z > 0),
    "a dot product": lambda z: dot([z > 0, z > 1], [w > 0, v < 0]),
    "weights": lambda z: dot([z > 0, z > 1], [w, v]),
    "a mean": lambda z: mean([z > 0, z > 0.5, z < 0]),
    "a product": lambda z: prod([z > 0, w > 0, z]) + prod([w > 0, v > 0]),
    "one minus": lambda z: 1 - (z == 2) - (1 - (w == 2)),
    "a difference": lambda z: (z > 0) - (z < 0) + (w > 0) - (w < 0),
    "a factor": lambda z: (z > 0) * w + (w > 0) * z + (w > 0) * w,
    "an absolute value": lambda z: abs(z > 0) + abs(-(z > 0)) + abs(w),
    "a quotient": lambda z: (z > 0) / 2 + (w > 0) / 3 + 1 / (1 + (z > 0)),
    "functions": lambda z: exp(z > 0) + log1p(w > 0) + tanh(z > 0) * z + sqrt(z > 0) + sin(w > 0) - cos(z > 0),
    "activations": lambda z: softplus(w > 0) + sigmoid(-(z > 0)) + relu((w > 0) - 0.5) + expm1(w > 0),
    "truths of truths": lambda z: (z > 0) > (w > 0),
    "not, and, or": lambda z: -(~(z > 0)) - ((z > 0) & (w > 0)) + ((v > 0) | (w > 0)),
    "the larger": lambda z: maximum(z > 0, w > 0) - minimum(v > 0, w > 0),
    "logsumexp": lambda z: logsumexp([z > 0, w > 0, z]) + logsumexp([z > 0, z > 1]),
    "softmax": lambda z: softmax([z > 0, w > 0])[0] * z,
    "steps": lambda z: -ops.step(w) * z - ops.step(-v) - ops.sign(w) * z,
    "relu of relu": lambda z: -relu(-relu(-w)) - relu(relu(w) - relu(v)),
    "choices of truths": lambda z: -where(z > 0, v > 0, 0) + where(w > 0, z > 1, w < 0),
    "L1": lambda z: 0.1 * autograd.sum([abs(p) for p in (w, v, e)]),
    "a count": lambda z: -0.01 * autograd.sum([abs(p) > 0.1 for p in (w, v, e)]) ** 2,
    "the norm": lambda z: relu(sqrt(w * w + v * v) - 1) + relu(1 - dot([w, v], [w, v])),
    "hinges": lambda z: relu(1 - w * z) ** 2 - relu(1 + z),
    "a quantile": lambda z: (1 - z) * (0.3 - (z > 1)) + maximum(0.3 * z, -0.7 * z),
    "Huber": lambda z: where(abs(z) < 1, 0.5 * z**2, abs(z) - 0.5) + where(abs(w) < 1, 0.5 * w**2, abs(w) - 0.5),
    "accuracy": lambda z: 1 - equal(where(z > 0, 1, -1), 1),
}
AROUND = {
    "alone": lambda q, z: q,
    "added": lambda q, z: z * z + q,
    "negated": lambda q, z: -q,
    "from 1": lambda q, z: 1 - q,
    "squared": lambda q, z: q * q,
    "divided": lambda q, z: q / 7 - q / 7 / z,
    "doubled": lambda q, z: -autograd.sum([q, q > 0, 2 * q]),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_truth_is_counted_wherever_it_arises(penalty, around):
    def loss(x):
        z = w * x + v
        return AROUND[around](PENALTIES[penalty](z), z)

    xs = [-3.0, -0.4, 0.3, 0.9, 2.0]
    assert_lifts(loss, xs, parameters=[w, v, e])
    assert_lifts(loss, xs, parameters=[w, v, e], dtype="float32", tolerance=2e-4)


def test_a_truth_is_never_an_array_of_booleans_on_the_way():
    def loss(x):
        return autograd.sum([penalty(w * x + v) for penalty in PENALTIES.values()])

    program = vectorize(loss, 0.0, dtype="float32")
    theta, x = program.read(), np.array([0.5, -2.0], np.float32)
    (output,), saved = program._compiled.forward(theta, x)

    assert {np.asarray(array).dtype for array in (output, *saved)} == {np.dtype("float32")}
    assert program._compiled.backward(theta, x, saved).dtype == np.float32


# Division


@pytest.mark.parametrize("divisor", [3, 7, 10, 49, 255, 0.1, -6])
def test_a_quotient_by_a_number_is_the_engines_to_the_last_bit(divisor):
    xs = np.arange(1.0, 256.0)
    for quotient in (
        lambda x: x / divisor,
        lambda x: where(x / divisor >= 1, 1, 0) + 0 * x,
        lambda x: (x - 3) / divisor,
        lambda x: x / divisor + 1,
        lambda x: 3 * (x / divisor),
        lambda x: (x / divisor) ** 2,
    ):
        assert vectorize(quotient, 0.0)(xs).tolist() == [quotient(Value(x)).data for x in xs]


def test_a_quotient_of_every_two_bytes_is_the_engines():
    xs = np.arange(256.0)
    for divisor in range(1, 256):
        assert (vectorize(lambda x, d=divisor: x / d, 0.0)(xs) == xs / divisor).all()


def test_quotients_by_different_numbers_are_divided_too():
    xs = np.arange(1.0, 256.0)
    program = vectorize(lambda x: [x[k] / (49 + k) for k in range(3)], [0.0] * 3)
    assert (program(np.stack([xs] * 3, axis=1)) == xs[:, None] / [49, 50, 51]).all()


def test_the_mean_of_equal_numbers_is_that_number():
    program = vectorize(lambda x: where(mean([x] * 49) >= 1, 1, 0), 0.0)
    assert program([1.0]).tolist() == [1.0]


def test_a_quotient_by_a_power_of_two_is_a_factor():
    assert "0.25 * x" in vectorize(lambda x: x / 4, 0.0).source


# logsumexp, softmax and NaN

INFINITE = [-inf, inf, nan, 0.0, -80.0]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: [logsumexp(x)],
        lambda x: softmax(x),
        lambda x: [logsumexp([*x, 1.5, 2 * x[0]])],
        lambda x: [where(x[0] > -1, logsumexp(x), 2.0)],
    ],
)
def test_logsumexp_of_infinities_has_one_answer(function, dtype, count):
    X = list(product(INFINITE, repeat=count))

    found = vectorize(function, X[0], dtype=dtype)(X)

    for x, numbers in zip(X, found.tolist(), strict=True):
        expected = [y.data for y in function([Value(number) for number in x])]
        assert numbers == pytest.approx(expected, rel=1e-5, nan_ok=True), x


@pytest.mark.parametrize("point", [*product([-inf, inf, nan, 0.0], repeat=2), (-inf,), (inf,), (nan,)])
@pytest.mark.parametrize("function", [logsumexp, lambda xs: softmax(xs)[0], lambda xs: relu(logsumexp(xs))])
def test_the_slopes_of_logsumexp_at_infinities_have_one_answer(function, point):
    parameters = [Value(number) for number in point]
    assert_agree(lambda x: function(parameters) * x, parameters, [1.0, 2.0])


def test_missing_data_count_for_nothing():
    def loss(x, y):
        return where(equal(y, y), (w * x - y) ** 2, 0)

    assert_agree(loss, [w], [1.0, 2.0, 3.0], [1.0, nan, 2.0])


def test_nan_in_the_data_reaches_what_it_reaches_in_the_engine():
    model = MLP(2, [3, 1], activation=relu, seed=1)
    X = [[1.0, nan], [0.5, 2.0]]
    assert_agree(lambda a, b: relu(model([a, b])), model.parameters(), *zip(*X, strict=True))


@pytest.mark.parametrize("x", [inf, -inf, nan])
@pytest.mark.parametrize("function", [sin, cos])
def test_the_branch_not_taken_passes_nothing_where_it_has_no_limit(function, x):
    p = Value(1.0)
    program = vectorize(lambda x: where(abs(p * x) < 1, function(p * x), 0), 0.5, parameters=[p])
    with np.errstate(invalid="ignore"):
        value, gradient = program.value_and_gradients([x])
    assert (value, gradient.tolist()) == (0.0, [0.0])


@pytest.mark.parametrize("number", [nan, inf])
def test_a_parameter_that_cancels_counts_where_it_is_not_finite(number):
    p, q = Value(number), Value(2.0)
    assert_agree(lambda x: where(q + (p - p) > 1, x, q) + 0 * q, [p, q], [1.0, 3.0])
    assert_agree(lambda x: where(0 * p + 0 * q > -1, x, q), [q, p], [1.0, 3.0])


# What a rounding, or a number beyond all floats, would make another number


AS_WRITTEN = {
    "a factor below all floats": (lambda x: x * 1e-170 * 1e-170, 1e200),
    "such a factor of a sum": (lambda x: (x + 1) * 1e-200 * 1e-200, 1e200),
    "such a factor of a square": (lambda x: x * x * 1e-200 * 1e-200, 1e150),
    "such a factor of two factors": (lambda x, y: (1e-200 * x) * (1e-200 * y), 1e200, 1e200),
    "such a factor in one operation": (lambda x: FAINT(x), 1e200),
    "a factor above all floats": (lambda x: x * 1e200 * 1e200 * 1e-200 * 1e-200, 1e-200),
    "two that add up to it": (lambda x: x * 1e308 + x * 1e308, 1e-10),
    "a small factor of a product": (lambda x, y: x * y * 1e-200, 1e-200, 1e200),
    "a small factor of a small factor": (lambda x, y: 1e-200 * x * y, 1e-100, 1e200),
    "the inverse of the smallest float": (lambda x: minimum(x / 5e-324, 1e4), 1e-320),
    "a sum that loses its number": (lambda x: (x + 1e20) - 1e20, 1.0),
    "the rounding idiom": (lambda x: (x + 6755399441055744.0) - 6755399441055744.0, 0.7),
    "a condition on a rounding": (lambda x: where(1 - (1 - x) < 0.1, 1, -1) * x, 0.1),
    "a sum in another order": (lambda x, y, z: where(equal(x + (y + z), (x + y) + z), 1, -1) * x, 0.1, 0.2, 0.3),
    "like terms": (lambda x: where(equal(0.1 * x + 0.2 * x, 0.3 * x), 1, -1) * x, 1.0),
    "like terms in a step": (lambda x: ops.step(0.1 * x + 0.2 * x - 0.3 * x) * x, 1.0),
    "like terms in an operation": (lambda x: where(abs(0.1 * x + 0.2 * x - 0.3 * x) > 0, 1, -1) * x, 1.0),
    "factors in a condition": (lambda x: where(equal(x * 0.1 * 3, x * (0.1 * 3)), 1, -1) * x, 0.7),
    "a gradient of a condition": (lambda x, y: where(0.1 * x + 0.2 * x > 0.3 * x, x * y, x), 1.0, 3.0),
    "∞ − ∞ within a sum": (lambda x: relu(x - (x - x)), -inf),
    "∞ · 0 of numbers": (lambda x: (x * 1e308) * 10 * 0, 1.0),
    "∞ − ∞ of products": (lambda x, y: x * y - y * x, 1e308, 1e308),
    "∞ − x": (lambda x: x + x - x - x, 1e308),
    "∞ − ∞ of a dot": (lambda x: relu(-dot([1.0, -1.0, 1.0], [x, x, x])), inf),
}
FAINT = Operation("faint", lambda m, a: a * 1e-170 * 1e-170, lambda m, y, a: (m.number(0.0),))


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_nothing_is_folded_that_would_change_more_than_a_rounding(name):
    function, *point = AS_WRITTEN[name]
    with np.errstate(all="ignore"):
        [lifted] = vectorize(function, *point)(*([number] for number in point))

    assert same(lifted, function(*map(Value, point)).data)


@pytest.mark.parametrize(
    ("function", "by_hand"),
    [
        (lambda x: 1 / x, lambda x: 1 / x),
        (lambda x: minimum(1 / x, 1), lambda x: np.minimum(1 / x, 1)),
        (lambda x: maximum(x**-3, 1), lambda x: np.maximum(x**-3.0, 1)),
        (lambda x: x**-2, lambda x: x**-2.0),
        (lambda x: 0 * (1 / x), lambda x: 0 * (1 / x)),
    ],
)
def test_one_over_zero_has_the_sign_of_the_zero_as_in_numpy(function, by_hand):
    zeros = np.array([0.0, -0.0, 2.0])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(vectorize(function, 1.5)(zeros), by_hand(zeros))


def test_the_slope_of_one_over_minus_zero_is_that_of_numpy():
    w = Value(1.0)
    with np.errstate(all="ignore"):
        value, gradient = vectorize(lambda x: w / x, 1.5).value_and_gradients(np.array([-0.0]))
    assert (value, gradient.tolist()) == (-inf, [-inf])


def same(a, b):
    return a == b or (a != a and b != b)


def test_a_spelled_out_neuron_below_a_comparison_is_one_matrix_product():
    w = [Value(number, f"w{i}") for i, number in enumerate(np.linspace(-1, 1, 20).tolist())]

    def label(x):
        total = Value(0.5)
        for weight, number in zip(w, x, strict=True):
            total = total + weight * number
        return where(total > 0, total, -total)

    assert "x @ " in vectorize(label, [0.0] * 20).source


@pytest.mark.parametrize(
    "total",
    [
        lambda x: 0.1 * x[0] + 0.2 * x[1],
        lambda x: 0.1 * x[0] + 0.2 * x[1] + 0.3 * x[2],
        lambda x: 0.7 * relu(0.1 * x[0] + 0.2 * x[1]) + 0.3 * relu(0.3 * x[0] - 0.2 * x[1]),
        lambda x: TENTH * x[0] + FIFTH * x[1],
    ],
)
def test_a_short_sum_that_decides_is_that_of_the_engine_in_a_batch_of_any_size(total):
    program = vectorize(lambda x: where(total(x) > 0.3, 1.0, 0.0), [0.0] * 3)
    X = np.random.default_rng(0).integers(-20, 20, (400, 3)) / 10
    by_the_engine = [float(total(list(map(Value, x))).data > 0.3) for x in X.tolist()]
    assert program(X).tolist() == by_the_engine
    assert [program(X[i : i + 1])[0] for i in range(len(X))] == by_the_engine


TENTH, FIFTH = Value(0.1), Value(0.2)


@pytest.mark.parametrize("function", [lambda x: atan2(ceil(x), -1), lambda x: atan2(floor(x), -1)])
@pytest.mark.parametrize("x", [-0.5, -0.0, 0.0, 0.5, -1.5])
def test_the_angle_of_a_rounded_zero_is_the_same_in_both_engines(function, x):
    assert vectorize(function, 0.0)([x])[0] == function(Value(x)).data


# Far from 0


@pytest.mark.parametrize(
    ("function", "slopes"),
    [
        (lambda a, b: asinh(a), (1e-200, 0)),
        (lambda a, b: acosh(a), (1e-200, 0)),
        (lambda a, b: atan2(a, b), (3e-201, -1e-201)),
        (lambda a, b: hypot(a, b), (math.sqrt(0.1), math.sqrt(0.9))),
        (lambda a, b: logsumexp([a, a, b / 3]), (2 / 3, 1 / 9)),
        (lambda a, b: logsumexp([a * 1e-188, b * 1e-188, b * 1e-188]), (0, 1e-188)),
    ],
)
def test_far_from_0_the_gradients_of_arrays_do_not_overflow_on_the_way(function, slopes):
    a, b = Value(1e200), Value(3e200)
    program = vectorize(lambda x: function(x * a, b), 1.0)
    found = dict(zip(program.parameters, program.value_and_gradients([1.0])[1].tolist(), strict=True))
    assert [found.get(leaf, 0.0) for leaf in (a, b)] == pytest.approx(list(slopes), rel=1e-12, abs=0)


# Equal sums in another order


@pytest.mark.parametrize(
    "function",
    [
        lambda x: [x[0] * w + x[1], x[1] + w * x[0]],
        lambda x: [x[0] + x[1] + 2, 2 + x[1] + x[0], x[1] + 2 + x[0]],
        lambda x: [w + v, v + w],
    ],
)
def test_equal_sums_in_another_order_have_a_place_each(function):
    X = [[1.0, 2.0], [3.0, -1.0]]
    sums = vectorize(function, X[0])(X)

    assert sums.shape == (2, len(function([0.0, 0.0])))
    assert (sums == sums[:, :1]).all()
    assert_lifts(lambda x: dot([tanh(y) for y in function(x)], [1.0, 2.0, 3.0][: len(function(x))]), X)


def test_a_gradient_whose_square_is_too_large_for_a_float_warns_of_nothing():
    """The sum of squares tells cheaply whether all is finite; the log of the branch not taken is nobody's concern."""
    a = Value(2.0)
    program = vectorize(lambda x: where(x > 0, 1e200 * a * x, 1.0) + where(x > 0, 0.0, log(x)), 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert program([1.0]).tolist() == [2e200]
        assert program.value_and_gradients([1.0]) == (2e200, [1e200])


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: where(x > 0, x * x, -x * 3),
        lambda x, y: maximum(x * x, y) * 2,
        lambda x, y: abs(x * y) + relu(1 - x),
        lambda x, y: sqrt(where(x > y, x, y) ** 3 + 30),
    ],
)
def test_a_gradient_may_be_part_of_the_function_on_both_sides_of_a_choice(function):
    """As in a loss on the slope of a network: it is differentiated once more for what is learnt."""
    p = Value(1.5)

    def slope(x, y):
        return gradients(function(p * x, y), [x])[0]

    X, Y = [1.0, -2.0, 3.0], [2.0, 2.0, 2.0]
    program = vectorize(slope, 0.0, 0.0)
    expected = [slope(Value(x), Value(y)) for x, y in zip(X, Y, strict=True)]
    for output in expected:
        output.backward(1 / 3)

    assert program(X, Y) == exactly(np.array([output.data for output in expected]))
    assert program.value_and_gradients(X, Y)[1] == exactly(np.array([p.grad]))


@pytest.mark.parametrize(
    ("function", "x"),
    [(lambda x: autograd.ceil(3 * (x * 0.1)), 100.0), (lambda x: autograd.floor(0.3 * (3.0 * x)), 50.0)],
)
def test_what_a_rounding_would_carry_to_the_next_whole_number_is_computed_as_written(function, x):
    assert vectorize(function, 1.0)([x])[0] == function(x)


# Gradients inside the function that is lifted


@pytest.mark.parametrize(
    "function",
    [
        lambda x, b: where(b > 1, x * x, x) * where(x > b, x, 2.0),
        lambda x, b: (x * x) ** b,
        lambda x, b: hypot(x, b),
        lambda x, b: logsumexp([x, b, 2 * x]),
        lambda x, b: softmax([x, b])[0],
        lambda x, b: clip(x, b - 1, b),
        lambda x, b: clip(b, 0, x),
        lambda x, b: maximum([x, b, 0.5 * x]) * minimum(x, b),
    ],
)
def test_a_slope_that_depends_on_which_side_a_parameter_is_follows_the_parameter(function):
    b = Value(1.25)
    program = vectorize(lambda x: gradients(function(x, b), [x])[0] + b * 0, 0.75)
    for number in (1.25, 0.25, 2.0):
        b.data = number
        points = [Value(x) for x in (0.75, 1.5, 3.0) if number < 2 or x >= 1.5]
        by_the_engine = [gradients(function(x, b), [x])[0].data for x in points]
        assert program([x.data for x in points]).tolist() == exactly(by_the_engine, relative=1e-12)


@pytest.mark.parametrize(
    "function",
    [
        lambda z, y: sqrt(0 * z) * ops.sign(0 * y),
        lambda z, y: cbrt(z * ops.step(-y)),
        lambda z, y: sqrt(dot([z], [ops.step(-y)])),
        lambda z, y: sqrt(z * ops.sign(y - y)),
    ],
)
def test_a_step_that_is_zero_is_a_number_as_a_factor_though_as_a_slope_it_passes_nothing(function):
    z, y = Value(2.0), Value(1.0)
    assert_agree(lambda _: function(z, y), [z, y], [0.0])
    assert isnan(gradients(function(z, y), [z])[0].data)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (lambda x: hypot(x, x / x) > 0, False),  # of NaN
        (lambda x: logsumexp([x]) > 0, True),
        (lambda x: logsumexp([-x]) < 0, True),
        (lambda x: xlogy(0 / x, x) >= 0, True),
    ],
)
def test_a_choice_by_what_is_infinite_is_the_same_in_arrays(condition, expected):
    x = Value(inf)
    program = vectorize(lambda: where(condition(x), 3.0, 5.0), parameters=[x])
    assert program().tolist() == [where(condition(x), 3.0, 5.0).data] == [3.0 if expected else 5.0]


@pytest.mark.parametrize("name", ["hypot", "normalized", "expit"])
def test_a_value_may_be_named_as_a_function_of_the_generated_code(name):
    x, y = Value(3.0, name), Value(4.0)
    assert_agree(lambda _: hypot(x, y) * sigmoid(x) + logsumexp([x, x * y, y]), [x, y], [0.0])


@pytest.mark.parametrize("ends", [lambda x: (2.0, 1.0), lambda x: (x, 0.5 * x), lambda x: (x + 1, 1.0)])
def test_between_ends_in_the_wrong_order_there_is_no_number_in_arrays(ends):
    program = vectorize(lambda x: clip(x, *ends(x)), 1.0)
    assert np.isnan(program([3.0])).all()


def test_the_numbers_of_a_product_are_not_multiplied_first():
    xs = np.arange(-300.0, 300.0)
    program = vectorize(lambda x: where(prod([x, 0.1, 10.0]) >= x, 1.0, 0.0), 1.0)
    assert program(xs).tolist() == [float(x * 0.1 * 10.0 >= x) for x in xs]
