"""The published numbers of CS231n, of the literature on automatic differentiation and of test functions."""

import math
from itertools import pairwise

import pytest
from support import exactly, grads, leaves

from autograd import (
    Value,
    cos,
    exp,
    gradients,
    hessian,
    log,
    logsumexp,
    maximum,
    prod,
    relu,
    sigmoid,
    sin,
    softmax,
    tanh,
)


def numbers(rows):
    return [[entry.data for entry in row] for row in rows]


# CS231n


def test_a_product_gives_each_factor_the_other():
    """B1"""
    x, y = leaves(4.0, -3.0)
    f = x * y
    assert f.data == -12
    assert grads(f, [x, y]) == [-3, 4]


def test_the_gradient_flows_back_through_a_sum_inside_a_product():
    """B2"""
    x, y, z = leaves(-2.0, 5.0, -4.0)
    q = x + y
    f = q * z
    assert f.data == -12
    assert grads(f, [x, y, z, q]) == [-4, -4, 3, -4]


SIGMOID_NEURON_GRADS = [
    -0.19661193324148185,
    -0.3932238664829637,
    0.19661193324148185,
    0.3932238664829637,
    -0.5898357997244456,
]


def test_the_sigmoid_neuron_has_its_published_value_and_gradients():
    """B3"""
    w0, w1, w2, x0, x1 = inputs = leaves(2.0, -3.0, -3.0, -1.0, -2.0)
    f = sigmoid(w0 * x0 + w1 * x1 + w2)
    assert f.data == exactly(0.7310585786300049)
    assert grads(f, inputs) == exactly(SIGMOID_NEURON_GRADS)


def test_the_sigmoid_neuron_in_single_gates_has_the_same_gradients():
    """B3"""
    w0, w1, w2, x0, x1 = inputs = leaves(2.0, -3.0, -3.0, -1.0, -2.0)
    e = exp(-(w0 * x0 + w1 * x1 + w2))
    f = 1 / (1 + e)
    assert f.data == exactly(0.7310585786300049)
    assert grads(f, inputs) == exactly(SIGMOID_NEURON_GRADS)
    assert (e.data, e.grad) == exactly((0.3678794, -0.5344466), relative=1e-6)


def test_the_larger_operand_of_a_maximum_takes_the_gradient():
    """B5"""
    x, y, z, w = leaves(3.0, -4.0, 2.0, -1.0)
    f = 2 * (x * y + maximum(z, w))
    assert f.data == -20
    assert grads(f, [x, y, z, w]) == [-8, 6, 2, 0]


def test_softmax_cross_entropy_has_its_published_value_and_gradients():
    """B6"""
    scores = leaves(-2.85, 0.86, 0.28)
    loss = -log(softmax(scores)[2])
    assert loss.data == exactly(1.0401905694301083)
    assert grads(loss, scores) == exactly([0.015449315676073602, 0.6311633536047088, -0.6466126692807823])


@pytest.mark.parametrize(("label", "value", "expected"), [(2, 0, [0, 0, 0]), (0, 666, [-1, 0, 1])])
def test_softmax_cross_entropy_does_not_overflow(label, value, expected):
    """B7"""
    scores = leaves(123.0, 456.0, 789.0)
    loss = logsumexp(scores) - scores[label]
    assert loss.data == value
    assert grads(loss, scores) == exactly(expected, absolute=1e-100)


# The literature on automatic differentiation


def test_the_example_of_the_survey_has_its_published_value_gradients_and_hessian():
    """C1, Baydin et al., arXiv:1502.05767"""
    x1, x2 = inputs = leaves(2.0, 5.0)
    f = log(x1) + x1 * x2 - sin(x2)
    assert f.data == exactly(11.652071455223084)
    assert grads(f, inputs) == exactly([5.5, 1.7163378145367738])
    assert numbers(hessian(f, inputs)) == [exactly([-0.25, 1.0]), exactly([1.0, -0.9589242746631385])]


def test_the_example_of_the_encyclopedia_has_its_value_and_gradients():
    """C3"""
    x1, x2 = inputs = leaves(2.0, 3.0)
    f = x1 * x2 + sin(x1)
    assert f.data == exactly(6.909297426825682)
    assert grads(f, inputs) == exactly([2.5838531634528574, 2])


@pytest.mark.parametrize("n", [5, 10])
def test_the_product_of_speelpenning_gives_each_factor_the_product_of_the_others(n):
    """C4"""
    factors = leaves(*(i / (1 + i) for i in range(1, n + 1)))
    f = prod(factors)
    assert f.data == exactly(1 / (n + 1))
    assert grads(f, factors) == exactly([(1 + i) / (i * (n + 1)) for i in range(1, n + 1)])


@pytest.mark.parametrize(("point", "expected"), [((1, 2, 0, 4), [0, 0, 8, 0]), ((1, 0, 0, 4), [0, 0, 0, 0])])
def test_a_product_with_zero_factors_has_finite_gradients(point, expected):
    """C4z: dividing the product by each factor gives NaN."""
    factors = leaves(*point)
    f = prod(factors)
    assert f.data == 0
    assert grads(f, factors) == expected


def test_the_logistic_map_iterated_three_times_has_its_closed_derivative():
    """C5"""
    x = l = Value(0.2)
    for _ in range(3):
        l = 4 * l * (1 - l)
    assert l.data == exactly(0.28901376)
    assert grads(l, [x]) == exactly([9.0660864])


def test_an_inner_derivative_of_a_sum_is_not_confused_with_the_outer_one():
    """C6a: a confused engine gives 2."""
    x, y = leaves(1.0, 1.0)
    [inner] = gradients(x + y, [y])
    [outer] = gradients(x * inner, [x])
    assert outer.data == 1


def test_an_inner_derivative_of_a_product_is_not_confused_with_the_outer_one():
    """C6b: the derivative of x² at 4."""
    x, y = leaves(4.0, 1.0)
    [inner] = gradients(x * y, [y])
    [outer] = gradients(x * inner, [x])
    assert outer.data == 8


def derivatives(y, x, count):
    found = [y]
    for _ in range(count):
        found += gradients(found[-1], [x])
    return [node.data for node in found]


def test_tanh_has_its_published_derivatives_up_to_the_fourth():
    """C7"""
    x = Value(1.0)
    expected = [0.7615941559557649, 0.4199743416140261, -0.6397000084492245, 0.6216266807712962, 0.6650910447505016]
    assert derivatives(tanh(x), x, 4) == exactly(expected)


def test_a_cube_has_its_derivatives_down_to_zero():
    """C9"""
    x = Value(2.0)
    assert derivatives(x**3, x, 4) == [8, 12, 12, 6, 0]


def test_the_sine_has_its_derivatives_in_turn():
    x = Value(0.3)
    expected = [math.sin(0.3), math.cos(0.3), -math.sin(0.3), -math.cos(0.3), math.sin(0.3)]
    assert derivatives(sin(x), x, 4) == exactly(expected)
    assert derivatives(cos(x), x, 3) == exactly(expected[1:])


# Test functions of optimisation


def rosenbrock(point):
    return sum(100 * (y - x**2) ** 2 + (1 - x) ** 2 for x, y in pairwise(point))


@pytest.mark.parametrize(
    ("point", "value", "gradient"),
    [((-1.2, 1), 24.2, [-215.6, -88]), ((1, 1), 0, [0, 0]), ((0, 2), 401, [-2, 400])],
)
def test_rosenbrock_has_its_published_values_and_gradients(point, value, gradient):
    """D1"""
    inputs = leaves(*point)
    f = rosenbrock(inputs)
    assert f.data == exactly(value)
    assert grads(f, inputs) == exactly(gradient)


@pytest.mark.parametrize(
    ("point", "rows"), [((-1.2, 1), [[1330, 480], [480, 200]]), ((1, 1), [[802, -400], [-400, 200]])]
)
def test_rosenbrock_has_its_published_hessians(point, rows):
    """D1"""
    inputs = leaves(*point)
    assert numbers(hessian(rosenbrock(inputs), inputs)) == [exactly(row) for row in rows]


def test_rosenbrock_in_nine_variables_has_the_gradient_that_scipy_documents():
    """D1n"""
    inputs = leaves(*(0.1 * i for i in range(9)))
    expected = [-2, 10.6, 15.6, 13.4, 6.4, -3, -12.4, -19.4, 62]
    assert grads(rosenbrock(inputs), inputs) == exactly(expected, absolute=1e-13)


def test_rosenbrock_in_four_variables_has_the_hessian_that_scipy_documents():
    """D1n"""
    inputs = leaves(*(0.1 * i for i in range(4)))
    rows = [[-38, 0, 0, 0], [0, 134, -40, 0], [0, -40, 130, -80], [0, 0, -80, 200]]
    found = numbers(hessian(rosenbrock(inputs), inputs))
    assert found == [exactly(row, absolute=1e-13) for row in rows]


def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


@pytest.mark.parametrize(
    ("point", "value", "gradient"),
    [((1, 1), 14.203125, [0, 27.75]), ((3, 0.5), 0, [0, 0])],
)
def test_beale_has_its_published_values_and_gradients(point, value, gradient):
    """D2"""
    inputs = leaves(*point)
    f = beale(*inputs)
    assert f.data == value
    assert grads(f, inputs) == gradient


@pytest.mark.parametrize(
    ("point", "rows"),
    [((1, 1), [[0, 27.75], [27.75, 68.5]]), ((3, 0.5), [[3.15625, -11.4375], [-11.4375, 46.125]])],
)
def test_beale_has_its_published_hessians(point, rows):
    """D2"""
    inputs = leaves(*point)
    assert numbers(hessian(beale(*inputs), inputs)) == rows


def test_goldstein_price_has_its_published_minimum():
    """D2"""
    x, y = inputs = leaves(0.0, -1.0)
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    f = first * second
    assert f.data == 3
    assert grads(f, inputs) == [0, 0]


def test_relu_networks_compute_xor_with_units_exactly_on_the_kink():
    """E4, Goodfellow et al., Deep Learning, section 6.1"""
    table = []
    for a, b in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        x1, x2 = leaves(a, b)
        table.append((relu(x1 + x2) - 2 * relu(x1 + x2 - 1)).data)
    assert table == [0, 1, 1, 0]
