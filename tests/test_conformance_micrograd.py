"""The published numbers of micrograd, its tests and its lecture."""

import struct

from published_graphs import readme, sanity_check
from support import exactly, grads, leaves

from autograd import Value, exp, tanh


def test_the_readme_expression_has_its_published_value_and_gradients():
    """A1"""
    a, b = leaves(-4.0, 2.0)
    g = readme(a, b)
    assert g.data == exactly(24.70408163265306)
    assert grads(g, [a, b]) == exactly([138.8338192419825, 645.5772594752186])


def test_the_sanity_check_has_its_published_value_and_gradient():
    """A2"""
    x = Value(-4.0)
    y = sanity_check(x)
    assert y.data == -20
    assert grads(y, [x]) == [46]


def test_the_first_readme_expression_has_its_published_value_and_gradient():
    """A3"""
    x = Value(1.0)
    z = 2 * x + 2 + x
    q = z + z * x
    h = z * z
    y = h + q + q * x
    assert y.data == 45
    assert grads(y, [x]) == [62]


def test_the_lecture_expression_gives_every_node_its_published_gradient():
    """A4"""
    a, b, c, f = leaves(2.0, -3.0, 10.0, -2.0)
    e = a * b
    d = e + c
    loss = d * f
    assert loss.data == -8
    assert grads(loss, [a, b, c, e, d, f]) == [6, -4, -2, -2, -2, 4]


def test_a_step_along_the_gradient_raises_the_lecture_loss_as_published():
    """A4"""
    a, b, c, f = leaves(2.0, -3.0, 10.0, -2.0)
    ((a * b + c) * f).backward()
    for leaf in (a, b, c, f):
        leaf.data += 0.01 * leaf.grad
    assert ((a * b + c) * f).data == exactly(-7.286496)


NEURON = (2.0, 0.0, -3.0, 1.0, 6.8813735870195432)


NEURON_GRADS = [-1.4999999999999998, 0.4999999999999999, 0.9999999999999998, 0.0, 0.4999999999999999]


def preactivation(x1, x2, w1, w2, b):
    return x1 * w1 + x2 * w2 + b


def test_the_tanh_neuron_has_its_published_value_and_gradients():
    """A5"""
    x1, x2, w1, w2, b = inputs = leaves(*NEURON)
    n = preactivation(*inputs)
    o = n.tanh()
    assert n.data == exactly(0.8813735870195432)
    assert o.data == exactly(0.7071067811865476)
    assert grads(o, [x1, x2, w1, w2, b]) == exactly(NEURON_GRADS, relative=0, absolute=1e-15)


def test_tanh_spelled_out_in_exponentials_has_the_same_value_and_gradients():
    """A5b"""
    inputs = leaves(*NEURON)
    e = exp(2 * preactivation(*inputs))
    o = (e - 1) / (e + 1)
    assert o.data == exactly(0.7071067811865476, relative=0, absolute=1e-15)
    assert grads(o, inputs) == exactly(NEURON_GRADS, relative=0, absolute=1e-15)


def test_the_torch_printout_of_the_lecture_is_that_of_a_bias_rounded_to_single_precision():
    """A5c"""
    (bias,) = struct.unpack("f", struct.pack("f", NEURON[4]))
    assert bias == 6.881373405456543
    x1, x2, w1, w2, b = leaves(*NEURON[:4], bias)
    o = tanh(preactivation(x1, x2, w1, w2, b))
    assert o.data == exactly(0.7071066904050358)
    assert grads(o, [x1, w1, x2]) == exactly([-1.5000003851533106, 1.0000002567688737, 0.5000001283844369])


def test_the_torch_printout_of_the_lecture_is_not_that_of_the_bias_as_written():
    """A5c"""
    assert tanh(preactivation(*leaves(*NEURON))).data != exactly(0.7071066904050358)


def test_a_value_added_to_itself_gets_both_gradients():
    """A6"""
    a = Value(3.0)
    b = a + a
    assert b.data == 6
    assert grads(b, [a]) == [2]


def test_gradients_of_two_uses_of_a_leaf_add_up():
    """A7"""
    a, b = leaves(-2.0, 3.0)
    d = a * b
    e = a + b
    f = d * e
    assert f.data == -6
    assert grads(f, [a, b, d, e]) == [-3, -8, 1, -6]


def test_a_node_passes_its_gradient_on_once_and_only_when_it_is_complete():
    """A8: a naive recursive backward gives 8."""
    a = Value(1.0)
    b = a + a
    c = b + b
    assert c.data == 4
    assert grads(c, [b, a]) == [2, 4]


def test_a_second_backward_with_a_leaf_set_to_zero_gives_the_same_gradient():
    """A11: micrograd gives 45, for it adds to the gradients of the inner nodes."""
    x = Value(3.0)
    y = x * x * x
    assert y.data == 27
    assert grads(y, [x]) == [27]
    x.grad = 0.0
    assert grads(y, [x]) == [27]


def test_a_power_of_two_values_has_both_gradients():
    """A12"""
    a, b = leaves(2.0, 3.0)
    y = a**b
    assert y.data == 8
    assert grads(y, [a, b]) == exactly([12, 5.545177444479562])


def test_a_value_divided_by_its_equal_is_exactly_one():
    """A14: a * b**-1 gives 0.9999999999999999."""
    a, b = leaves(49.0, 49.0)
    y = a / b
    assert y.data == 1.0
    assert grads(y, [a, b]) == exactly([1 / 49, -1 / 49])
