"""Derivatives inside of lifted functions, slopes of each example's own output, and a program as a pure function."""

import gc
import linecache
import pickle
from typing import NamedTuple

import numpy as np
import pytest

import autograd
from autograd import Value, dot, erf, exp, gradients, hessian, jacobian, log, relu, sqrt, take, tanh, vectorize
from nn import MLP, squared_error
from tests.lifting import as_values, assert_lifts
from tests.scalar_programs import PROGRAMS

X = np.random.default_rng(0).normal(size=(4, 2))
Y = np.array([1.0, -1.0, 0.5, 2.0])
net = MLP(2, [4, 1], tanh, seed=0)


# Derivatives inside


def test_a_network_that_solves_a_differential_equation_lifts():
    model = MLP(1, [5, 1], tanh, seed=1)

    def loss(x):
        u = model([x])
        [slope] = gradients(u, [x])
        [curvature] = gradients(slope, [x])
        return (curvature + u * slope - x.sin()) ** 2

    assert_lifts(loss, X[:, 0])


def test_a_gradient_penalty_lifts():
    def loss(x):
        slopes = gradients(net(x), x)
        return (sqrt(autograd.sum([s * s for s in slopes]) + 1e-12) - 1) ** 2

    assert_lifts(loss, X)


def test_a_step_of_newtons_method_lifts():
    a = Value(0.7, "a")

    def loss(x):
        y = exp(a * x[0]) + x[0] * x[1] ** 2 + x[1] ** 4
        p, q = gradients(y, x)
        [[h, k], [_, m]] = hessian(y, x)
        determinant = h * m - k * k
        return ((m * p - k * q) / determinant) ** 2 + ((h * q - k * p) / determinant) ** 2

    assert_lifts(loss, X + 3)


def test_the_greeks_of_an_option_lift():
    pytest.importorskip("scipy")

    def price(spot, strike, rate, volatility, time):
        d1 = (log(spot / strike) + (rate + volatility**2 / 2) * time) / (volatility * sqrt(time))
        cumulative = lambda z: (1 + erf(z / 2**0.5)) / 2  # noqa: E731
        return spot * cumulative(d1) - strike * exp(-rate * time) * cumulative(d1 - volatility * sqrt(time))

    def greeks(*market):
        value = price(*market)
        spot, _, _, volatility, _ = market
        delta, vega = gradients(value, [spot, volatility])
        [gamma] = gradients(delta, [spot])
        return [value, delta, vega, gamma]

    columns = [np.array([a, b]) for a, b in ((100.0, 90.0), (100.0, 100.0), (0.05, 0.01), (0.2, 0.3), (1.0, 0.5))]
    program = vectorize(greeks, *(column[0] for column in columns))

    outputs = program(*columns)
    assert outputs[0] == pytest.approx([10.450583572186, 0.636830651176, 37.524034691694, 0.018762017346], rel=1e-10)
    expected = greeks(*(Value(column[1]) for column in columns))
    assert outputs[1] == pytest.approx([value.data for value in expected], rel=1e-12)
    by_spot = vectorize(price, *(column[0] for column in columns)).gradients_by_inputs(*columns)[0]
    assert by_spot == pytest.approx(outputs[:, 1], rel=1e-12)


def test_a_jacobian_inside_lifts():
    W = [[Value(0.3), Value(-0.2)], [Value(0.5), Value(0.8)]]

    def loss(x):
        rows = jacobian([tanh(dot(row, x)) for row in W], x)
        return log((rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]) ** 2)

    assert_lifts(loss, X)


def test_a_weight_that_was_written_to_may_be_differentiated_by_inside():
    w = Value(0.5, "w")
    w.data = 0.7

    assert_lifts(lambda x: gradients(tanh(w * x) * x, [w, x])[0] ** 2, Y)


# By inputs


def expected_by_inputs(function, *arrays):
    rows = []
    for example in zip(*(array.tolist() for array in arrays), strict=True):
        values = [as_values(number) for number in example]
        leaves = [leaf for value in values for leaf in np.ravel(np.array(value, object)).tolist()]
        rows.append([slope.data for slope in gradients(function(*values), leaves)])
    return np.array(rows)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: squared_error(net(x), y),
        lambda x, y: (x[0] * y).tanh() + x[1] ** 2,
        lambda x, y: y * 3,
        lambda x, y: y,
        lambda x, y: autograd.logsumexp([*x, y]),
        lambda x, y: relu(x[0] - x[1]) * y,
        lambda x, y: net.parameters()[0] * 2,
    ],
)
@pytest.mark.parametrize("batch", [1, 4])
def test_row_i_of_the_slopes_by_inputs_is_that_of_example_i(function, batch):
    program = vectorize(function, X[0], Y[0])

    by_x, by_y = program.gradients_by_inputs(X[:batch], Y[:batch])

    assert (by_x.shape, by_y.shape) == ((batch, 2), (batch,))
    expected = expected_by_inputs(function, X[:batch], Y[:batch])
    np.testing.assert_allclose(np.column_stack([by_x, by_y]), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", ["attention", "convolution and pooling", "long short term memory", "heat"])
def test_the_slopes_by_the_inputs_of_a_program(name):
    loss, *arrays = PROGRAMS[name](6)

    found = vectorize(loss, *(array[0] for array in arrays)).gradients_by_inputs(*arrays)

    assert [each.shape for each in found] == [array.shape for array in arrays]
    rows = np.column_stack([each.reshape(len(each), -1) for each in found])
    np.testing.assert_allclose(rows, expected_by_inputs(loss, *arrays), rtol=1e-10, atol=1e-12)


class State(NamedTuple):
    position: float
    speed: float


def test_slopes_by_a_record_are_a_record():
    k = Value(2.0)
    program = vectorize(lambda s: k * s.position**2 + s.speed**3, State(0.0, 0.0))

    [slopes] = program.gradients_by_inputs(State(np.array([1.0, 2.0]), np.array([3.0, 4.0])))

    assert isinstance(slopes, State)
    assert (slopes.position.tolist(), slopes.speed.tolist()) == ([4.0, 8.0], [27.0, 48.0])


def test_no_slope_passes_to_an_index():
    table = [Value(1.0), Value(5.0)]
    by_index, by_x = vectorize(lambda k, x: take(table, k) * x, 0, 0.0).gradients_by_inputs([1, 0], [2.0, 3.0])
    assert (by_index.tolist(), by_x.tolist()) == ([0.0, 0.0], [5.0, 1.0])


def test_slopes_by_inputs_are_those_at_given_parameters_and_by_name():
    w = Value(2.0)
    program = vectorize(lambda x: w * x * x, 0.0)
    assert program.gradients_by_inputs(x=[3.0], at=[10.0])[0].tolist() == [60.0]


def test_where_arrays_miss_a_slope_the_engines_is_given():
    w = Value(2.0)
    function = lambda x: autograd.where(x > 0, w * sqrt(x), 0 * x + w)  # noqa: E731
    program = vectorize(function, 0.0)
    assert program.gradients_by_inputs([-1.0, 4.0])[0].tolist() == [0.0, 0.5]
    assert program.gradients_by_example([-1.0, 4.0]).tolist() == [[1.0], [2.0]]


# By example, and jacobians


@pytest.mark.parametrize("name", ["attention", "long short term memory", "factorisation", "mixture likelihood"])
def test_row_i_of_the_gradients_by_example_is_that_of_example_i(name):
    loss, *arrays = PROGRAMS[name](6)
    program = vectorize(loss, *(array[0] for array in arrays))

    rows = program.gradients_by_example(*arrays)

    for row, example in zip(rows, zip(*(array.tolist() for array in arrays), strict=True), strict=True):
        expected = gradients(loss(*map(as_values, example)), program.parameters)
        np.testing.assert_allclose(row, [slope.data for slope in expected], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(rows.mean(axis=0), program.value_and_gradients(*arrays)[1], rtol=1e-9, atol=1e-13)


def test_parameters_that_nothing_uses_have_a_column_of_zeros():
    used, unused = Value(2.0), Value(3.0)
    program = vectorize(lambda x: used * x, 0.0, parameters=[unused, used])
    assert program.gradients_by_example([1.0, 5.0]).tolist() == [[1.0, 0.0], [5.0, 0.0]]


def test_a_leaf_that_is_not_listed_has_no_column():
    used, fixed = Value(2.0), Value(3.0)
    program = vectorize(lambda x: used * x * fixed, 0.0, parameters=[used])
    fixed.data = 10.0
    assert program.gradients_by_example([1.0, 5.0]).tolist() == [[10.0], [50.0]]


@pytest.mark.parametrize("shape", ["vector", "matrix", "one"])
def test_a_jacobian_has_a_row_for_each_output_of_each_example(shape):
    def function(x):
        a, b = net(x), (net.parameters()[0] * x[0]).sin()
        return {"vector": [a, b, a * b], "matrix": [[a, b], [b, x[1]]], "one": a}[shape]

    program = vectorize(function, X[0])
    found = program.jacobian(X)

    rows = [
        jacobian(np.ravel(np.array(function(as_values(x)), object)).tolist(), program.parameters) for x in X.tolist()
    ]
    expected = np.array([[[slope.data for slope in row] for row in example] for example in rows])
    assert found.shape == {"vector": (4, 3, 17), "matrix": (4, 2, 2, 17), "one": (4, 17)}[shape]
    np.testing.assert_allclose(found, expected.reshape(found.shape), rtol=1e-11, atol=1e-14)


def test_least_squares_by_scipy_with_the_jacobian_of_a_program():
    optimize = pytest.importorskip("scipy.optimize")
    a, k = Value(1.0, "a"), Value(1.0, "k")
    times = np.linspace(0, 2, 20)
    data = 2.5 * np.exp(-1.3 * times)
    program = vectorize(lambda t, y: a * exp(-k * t) - y, 0.0, 0.0)

    fit = optimize.least_squares(
        lambda theta: program(times, data, at=theta),
        program.read(),
        lambda theta: program.jacobian(times, data, at=theta),
    )

    assert dict(zip([p.name for p in program.parameters], fit.x, strict=True)) == pytest.approx({"a": 2.5, "k": 1.3})


@pytest.mark.parametrize("method", ["gradients_by_inputs", "gradients_by_example"])
def test_slopes_of_several_outputs_are_refused_and_the_jacobian_offered(method):
    with pytest.raises(TypeError, match=f"{method} needs a function that returns one Value.*jacobian"):
        getattr(vectorize(lambda x: [x, Y[0] * x], 0.0), method)([1.0])


@pytest.mark.parametrize("method", ["gradients_by_inputs", "gradients_by_example", "jacobian"])
def test_arrays_of_another_shape_are_refused_by_all(method):
    with pytest.raises(ValueError, match=r"x must have the shape \(batch,\)"):
        getattr(vectorize(lambda x: x * Value(1.0), 0.0), method)([[1.0]])


# A pure function


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_pure_function_gives_the_value_and_the_gradient(name):
    loss, *arrays = PROGRAMS[name](6)
    program = vectorize(loss, *(array[0] for array in arrays))
    theta = program.read() * 1.1

    value, gradient = program.pure(theta, *arrays)

    expected, slopes = program.value_and_gradients(*arrays, at=theta)
    assert value == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_pure_function_is_one_for_jax_too(name):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    loss, *arrays = PROGRAMS[name](6)
    program = vectorize(loss, *(array[0] for array in arrays))

    value, gradient = jax.jit(program.pure)(jax.numpy.asarray(program.read()), *map(jax.numpy.asarray, arrays))

    expected, slopes = program.value_and_gradients(*arrays)
    assert float(value) == pytest.approx(expected, rel=1e-10)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-10, atol=1e-13)


def test_a_pure_function_takes_the_type_of_theta_and_has_zeros_for_what_nothing_uses():
    used, unused, fixed = Value(2.0), Value(3.0), Value(0.5)
    program = vectorize(lambda x: used * x * fixed, 0.0, parameters=[unused, used])

    value, gradient = program.pure(np.array([4.0, 1.0], np.float32), np.array([3.0, 5.0]))

    assert (float(value), gradient.tolist(), gradient.dtype) == (8.0, [2.0, 0.0], np.float32)


def test_a_pure_function_of_other_things_than_arrays_is_refused():
    with pytest.raises(TypeError, match="theta must be an array of NumPy, JAX or CuPy, not str"):
        vectorize(lambda x: x * Value(1.0), 0.0).pure("theta", [1.0])


# Pickles, and what a program leaves behind


def test_a_program_pickles():
    program = vectorize(lambda x, y: squared_error(net(x), y), X[0], 0.0)
    expected = program.value_and_gradients(X, Y)
    program.gradients_by_inputs(X, Y)

    twin = pickle.loads(pickle.dumps(program))

    assert twin.source == program.source
    value, gradient = twin.value_and_gradients(X, Y)
    assert (value, gradient.tolist()) == (expected[0], expected[1].tolist())
    assert [p.name for p in twin.parameters] == [p.name for p in program.parameters]
    np.testing.assert_array_equal(twin.gradients_by_example(X, Y), program.gradients_by_example(X, Y))
    assert twin.pure(twin.read(), X, Y)[0] == expected[0]


def test_the_source_leaves_linecache_with_its_program():
    program = vectorize(lambda x: x * Value(1.0), 0.0)
    file = program._compiled.forward.__code__.co_filename
    assert file in linecache.cache

    del program
    gc.collect()

    assert file not in linecache.cache


def test_a_leaf_that_is_no_parameter_is_read_anew_by_slopes_that_were_first_asked_for_after_it_was_written():
    """d(w·x·c − y)²/dx = 2(w·x·c − y)·w·c at w = ½, x = 2, c = −2, y = 1 is 6; by w it is 2(…)·x·c = 24."""
    w, c = Value(0.5), Value(3.0)
    program = vectorize(lambda x, y: (w * x * c - y) ** 2, 0.0, 0.0, parameters=[w])
    c.data = 5.0
    program.gradients_by_inputs([2.0], [1.0]), program.jacobian([2.0], [1.0])
    c.data = -2.0
    [by_x, _] = program.gradients_by_inputs([2.0], [1.0])
    assert by_x.tolist() == [6.0]
    assert program.gradients_by_example([2.0], [1.0]).tolist() == [[24.0]]
