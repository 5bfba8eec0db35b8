"""Activations by function and by name: their formulas with many digits, their slopes, the weights they begin with."""

import math
from statistics import pstdev

import numpy as np
import pytest
from mpmath import mp
from support import exactly

from autograd import Value, relu, tanh, vectorize
from nn import MLP, Layer, Perceptron, elu, gelu, leaky_relu, predict, silu

POINTS = (-700.0, -30.0, -2.0, -0.1, 1e-9, 0.5, 3.0, 700.0)
FORMULAS = {
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "elu": lambda x: x if x > 0 else mp.expm1(x),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * mp.ncdf(x),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "tanh": mp.tanh,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "relu": lambda x: max(x, 0),
    "identity": lambda x: x,
}


def neuron(activation):
    made = Perceptron(1, activation, seed=0)
    made.weights[0].data = 1.0
    return made


@pytest.mark.parametrize(("name", "formula"), FORMULAS.items())
def test_an_activation_has_its_formula_and_its_slope(name, formula):
    for number in POINTS:
        x = Value(number)
        y = neuron(name)([x])
        y.backward()
        with mp.workdps(60):
            value, slope = formula(mp.mpf(number)), mp.diff(formula, mp.mpf(number), h=mp.mpf(10) ** -20)
        assert y.data == exactly(float(value), relative=1e-12 if name != "leaky_relu" else 1e-15, absolute=5e-300)
        assert x.grad == exactly(float(slope), relative=1e-11, absolute=1e-18)


@pytest.mark.parametrize(("function", "slope"), [(leaky_relu, 0.01), (elu, 1.0), (silu, 0.5), (gelu, 0.5)])
def test_the_slope_at_0_is_that_of_the_side_below(function, slope):
    x = Value(0.0)
    function(x).backward()
    assert x.grad == slope


@pytest.mark.parametrize("name", FORMULAS)
def test_arrays_have_what_the_scalar_engine_has(name):
    made = neuron(name)
    points = np.array(POINTS)[:, None]
    assert predict(made, points) == exactly(
        [made(row).data for row in points.tolist()], relative=1e-12, absolute=1e-300
    )
    slopes = vectorize(made, [0.0]).gradients_by_inputs(points)[0].ravel()
    expected = []
    for number in POINTS:
        x = Value(number)
        made([x]).backward()
        expected.append(x.grad)
    assert slopes == exactly(expected, relative=1e-10, absolute=1e-15)


def test_of_numbers_they_are_numbers():
    assert (leaky_relu(-2.0), leaky_relu(3.0, 0.2), elu(800.0), silu(0.0), gelu(0.0)) == (-0.02, 3.0, 800.0, 0.0, 0.0)
    assert elu(-1.0, alpha=2.0) == exactly(2 * math.expm1(-1))


@pytest.mark.parametrize("wrong", ["a", None, math.nan])
def test_a_slope_that_is_no_number_is_refused(wrong):
    with pytest.raises((TypeError, ValueError), match="slope must be"):
        leaky_relu(Value(1.0), wrong)
    with pytest.raises((TypeError, ValueError), match="alpha must be"):
        elu(Value(1.0), wrong)


def test_a_name_stands_for_its_function_everywhere():
    assert repr(MLP(2, [3, 1], "tanh", "sigmoid", seed=0)) == "MLP(2 -> 3 tanh -> 1 sigmoid, 13 parameters)"
    assert repr(Layer(2, 3, "leaky_relu")) == "Layer(2 -> 3, leaky_relu)"
    assert Perceptron(2, "relu").activation is relu
    assert Perceptron(2, "identity").activation is None
    x = [0.5, -1.0]
    assert Layer(2, 3, "tanh", seed=0)(x)[0].data == Layer(2, 3, tanh, seed=0)(x)[0].data


@pytest.mark.parametrize("make", [lambda a: Perceptron(2, a), lambda a: Layer(2, 2, a), lambda a: MLP(2, [2, 1], a)])
def test_a_name_that_is_none_is_refused_with_those_there_are(make):
    with pytest.raises(ValueError, match="unknown activation 'ReLU'; there is 'relu', 'leaky_relu', 'elu'"):
        make("ReLU")


@pytest.mark.parametrize(
    ("activation", "variance"),
    [("relu", 2), ("elu", 2), ("silu", 2), ("gelu", 2), ("softplus", 2),
     ("leaky_relu", 2 / 1.0001), (leaky_relu, 2 / 1.0001),
     ("tanh", 1), ("sigmoid", 1), ("identity", 1), (None, 1), (abs, 1)],
)  # fmt: skip
def test_the_weights_begin_with_the_deviation_of_their_activation(activation, variance):
    made = Perceptron(2500, activation, seed=0)
    unit = Perceptron(2500, None, seed=0)
    assert [w.data for w in made.weights] == exactly([w.data * math.sqrt(variance) for w in unit.weights])
    assert pstdev(w.data for w in unit.weights) == pytest.approx(1 / 50, rel=0.05)
