"""What no honest program gives: each is refused at once, by an error of ours that names it, and changes nothing."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import Value, draw, gradients, tanh
from nn import MLP, SGD, Layer, Perceptron, save


class WithoutRepr:
    def __repr__(self):
        raise RuntimeError("no repr")


def nested(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.fixture
def x():
    return Value(1.0, "x")


@pytest.mark.parametrize("number", [Fraction(10**400), Decimal("1e400"), 10**400, np.longdouble("1e400")])
def test_a_number_beyond_the_floats_is_refused(x, number):
    with pytest.raises(OverflowError, match=r"must fit a float, below 1\.8e308 in size"):
        x * number


@pytest.mark.parametrize("unit", ["ns", "D"])
def test_a_span_of_time_is_no_number(x, unit):
    with pytest.raises(TypeError, match=r"must be a real number, not .*timedelta64"):
        x + np.timedelta64(3, unit)


@pytest.mark.parametrize("lr", [np.complex64(1 + 2j), 1j, np.timedelta64(3, "ns")])
def test_a_learning_rate_is_real(x, lr):
    with pytest.raises(TypeError, match="lr must be a number"):
        SGD([x], lr=lr)


@pytest.mark.parametrize("thing", [WithoutRepr(), nested(3_000)], ids=["raises", "3,000 deep"])
@pytest.mark.parametrize(
    "call",
    [
        Value,
        tanh,
        lambda thing: Value(1.0) * thing,
        lambda thing: Value(1.0, thing),
        lambda thing: gradients(Value(1.0), [thing]),
        lambda thing: MLP(2, [2, 1], seed=thing),
        lambda thing: MLP(thing, [2, 1]),
        lambda thing: SGD([thing], lr=0.1),
        lambda thing: save(thing, "model.safetensors"),
        draw,
        autograd.grad,
        autograd.check_gradients,
    ],
)
def test_an_error_does_not_fail_at_the_repr_of_what_it_is_about(call, thing):
    with pytest.raises(TypeError, match=r"WithoutRepr|list"):
        call(thing)


@pytest.mark.parametrize("gradient", ["x", 1j, [1.0], Value(1.0)])
def test_a_gradient_is_a_real_number_or_none(x, gradient):
    x.grad = 2
    with pytest.raises(TypeError, match="a gradient must be a real number"):
        x.grad = gradient
    assert x.grad == 2.0
    x.grad = None
    assert x.grad is None


@pytest.mark.parametrize("name", [5, 1.5, ["a"], Value(1.0)])
def test_a_name_is_a_string_or_none(x, name):
    with pytest.raises(TypeError, match="the name of a Value is a string"):
        x.name = name
    assert x.name == "x"
    x.name = None
    assert x.name is None


@pytest.mark.parametrize(
    "build",
    [
        lambda: Perceptron(2**53),
        lambda: Layer(2**40, 2),
        lambda: Layer(3, 10**12),
        lambda: MLP(10**400, [1]),
        lambda: MLP(3, [10**7, 10**7]),
        lambda: MLP(2, [1] * 3 + [10**5_000]),
    ],
)
def test_a_network_that_no_machine_holds_is_refused_at_once(build):
    with pytest.raises(ValueError, match="did you give the data instead of its length"):
        build()


def test_a_picture_is_saved_under_a_path(x):
    with pytest.raises(TypeError, match="the path of a file is a string or a Path, not 3"):
        draw(x).save(3)
