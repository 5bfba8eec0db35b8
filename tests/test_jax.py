"""`program.jax()`: the lifted program as a function of JAX arrays, in float64 or not at all.

Tests that need JAX are skipped without; it is in the extra `jax`.
"""

import doctest
import re
import sys

import numpy as np
import pytest

from autograd import Value, logsumexp, relu, tanh, vectorize
from autograd.lifting.program import Program
from nn import MLP, cross_entropy, l2, squared_error

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(7, 3))
Y = RANDOM.normal(size=7)
CLASSES = RANDOM.integers(0, 4, 7)


@pytest.fixture
def jax():
    return pytest.importorskip("jax", reason="needs jax, in the extra `jax`")


@pytest.fixture(params=[False, True], ids=["float64 off", "float64 on"])
def jax_either_way(jax, request):
    with jax.enable_x64(request.param):
        yield jax


@pytest.fixture
def jax_without_float64(jax):
    with jax.enable_x64(False):
        yield jax


@pytest.fixture
def jax_with_float64(jax):
    with jax.enable_x64(True):
        yield jax


def network():
    model = MLP(3, [5, 1], tanh, seed=0)
    return vectorize(lambda x, y: squared_error(model(x), y) + l2(model.parameters(), 0.01), X[0], 0.0), (X, Y)


def classifier():
    model = MLP(3, [5, 4], relu, seed=1)
    return vectorize(lambda x, y: cross_entropy(model(x), [y == k for k in range(4)]), X[0], 0.0), (X, CLASSES)


def with_a_leaf_that_is_no_parameter():
    w, fixed = Value(0.5), Value(3.0)
    return vectorize(lambda x: logsumexp([w * x[0], fixed * x[1], x[2]]), X[0], parameters=[w]), (X,)


def of_parameters_alone():
    w = [Value(0.5), Value(-2.0)]
    return vectorize(lambda x: w[0] * w[1] + w[1], 0.0), (Y,)


PROGRAMS = [network, classifier, with_a_leaf_that_is_no_parameter, of_parameters_alone]


@pytest.mark.parametrize("make", PROGRAMS)
def test_the_function_for_jax_gives_the_mean_and_the_gradient_of_the_program(jax_either_way, make):
    program, columns = make()
    value, gradient = program.value_and_gradients(*columns)
    found, slopes = program.jax()(program.read(), *columns)
    assert isinstance(found, jax_either_way.Array)
    assert slopes.dtype == "float64"
    assert float(found) == pytest.approx(value, rel=1e-15)
    assert np.asarray(slopes) == pytest.approx(gradient, rel=1e-13, abs=1e-15)


def test_it_compiles_and_maps_over_models(jax_with_float64):
    program, columns = network()
    step = jax_with_float64.jit(jax_with_float64.vmap(program.jax(), in_axes=(0, None, None)))
    models = np.stack([program.read() * scale for scale in (1.0, 0.5, -2.0)])
    values, gradients = step(models, *columns)
    for theta, value, gradient in zip(models, values, gradients, strict=True):
        expected, slopes = program.value_and_gradients(*columns, at=theta)
        assert float(value) == pytest.approx(expected, rel=1e-14)
        assert np.asarray(gradient) == pytest.approx(slopes, rel=1e-13, abs=1e-15)


def test_its_gradient_is_that_which_jax_takes_of_its_value(jax_with_float64):
    program, columns = classifier()
    function, theta = program.jax(), program.read()
    expected = jax_with_float64.grad(lambda at: function(at, *columns)[0])(theta)
    assert np.asarray(function(theta, *columns)[1]) == pytest.approx(np.asarray(expected), rel=1e-12, abs=1e-15)


def test_a_jit_without_float64_refuses_a_program_in_float64_and_says_how_to_switch_it_on(jax_without_float64):
    program, columns = network()
    with pytest.raises(TypeError, match=r'float64.*"jax_enable_x64", True.*dtype="float32"'):
        jax_without_float64.jit(program.jax())(program.read(), *columns)
    with pytest.raises(TypeError, match="jax_enable_x64"):
        jax_without_float64.vmap(program.jax(), in_axes=(0, None, None))(program.read()[None], *columns)


def test_arrays_that_jax_has_cut_to_float32_are_refused_by_name(jax_without_float64):
    program, (x, y) = network()
    asarray = jax_without_float64.numpy.asarray
    with pytest.raises(TypeError, match="theta is float32, and the program computes in float64"):
        program.jax()(asarray(program.read()), x, y)
    with pytest.raises(TypeError, match="column 2 is float32"):
        program.jax()(program.read(), x, asarray(y))


def test_a_program_in_float32_stays_in_it(jax_either_way):
    w = Value(0.5)
    program = vectorize(lambda x: (w * x).sin(), 0.0, dtype="float32")
    for function in (program.jax(), jax_either_way.jit(program.jax())):
        value, gradient = function(program.read(), Y)
        assert value.dtype == gradient.dtype == "float32"
        assert float(value) == pytest.approx(np.sin(0.5 * Y).mean(), rel=1e-5)


def test_without_jax_the_extra_is_named(monkeypatch):
    program, _ = network()
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match=re.escape("pip install 'scalar-autograd[jax]'")):
        program.jax()


def test_a_program_with_several_outputs_has_no_mean_to_differentiate():
    pytest.importorskip("jax", reason="needs jax, in the extra `jax`")
    w = Value(0.5)
    program = vectorize(lambda x: [w * x, w], 0.0)
    with pytest.raises(TypeError, match="one Value"):
        program.jax()(program.read(), Y)


def several_outputs():
    w = Value(0.5)
    return vectorize(lambda x: [[w * x, w], [x, w * w], [x * x, x + w]], 0.0), (Y,)


def a_wide_layer():
    model = MLP(3, [5, 4], tanh, seed=1)
    return vectorize(model, X[0]), (X,)


@pytest.mark.parametrize("make", [network, of_parameters_alone, several_outputs, a_wide_layer])
def test_its_outputs_are_those_of_the_program(jax_either_way, make):
    program, columns = make()
    found = program.jax().outputs(program.read(), *columns)
    assert found.dtype == "float64"
    assert np.asarray(found) == pytest.approx(program(*columns), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("documented", [Program.jax])
def test_the_examples_of_docstrings_that_need_jax_run(jax, documented):
    text = documented.__doc__.replace("# doctest: +SKIP", "")
    test = doctest.DocTestParser().get_doctest(text, {}, documented.__qualname__, None, None)
    assert test.examples
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


@pytest.mark.parametrize(
    ("theta", "columns", "message"),
    [
        ([1.0], ([1.0, 2.0], [3.0, 4.0]), r"theta must have the shape \(2,\), not \(1,\)"),
        ([[1.0], [2.0]], ([1.0, 2.0], [3.0, 4.0]), r"theta must have the shape \(2,\), not \(2, 1\)"),
        ([1.0, 2.0], ([1.0], [3.0, 4.0]), r"column 1 must have the shape \(batch,\)"),
        ([1.0, 2.0], ([[1.0], [2.0]], [3.0, 4.0]), r"column 1 must have the shape \(batch,\), .* not \(2, 1\)"),
        ([1.0, 2.0], ([], []), "of an example or more"),
    ],
)
def test_what_jax_would_compute_with_all_the_same_is_refused(jax, theta, columns, message):
    """Beyond an array's end JAX reads its last number."""
    w, b = Value(2.0), Value(1.0)
    program = vectorize(lambda x, y: (w * x + b - y) ** 2, 0.0, 0.0, parameters=[w, b])
    with pytest.raises(ValueError, match=message):
        program.jax()(np.array(theta), *map(np.array, columns))
