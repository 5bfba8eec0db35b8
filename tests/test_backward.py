"""backward: what it gives whom, what it adds to, and what it goes by."""

import subprocess
import sys
from math import inf, isnan, nan

import numpy as np
import pytest
from support import grads, leaves

import autograd
from autograd import Operation, Value, relu, sin, sqrt, tanh


def test_no_gradient_is_none_before_a_backward():
    x = Value(3.0)
    y = x * x
    assert (x.grad, y.grad) == (None, None)


def test_backward_returns_nothing_and_gives_every_node_its_gradient():
    x = Value(3.0)
    square = x * x
    y = square + 1
    assert y.backward() is None
    assert (y.grad, square.grad, x.grad) == (1.0, 1.0, 6.0)


def test_backward_on_a_leaf_gives_it_one():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_a_leaf_adds_up_its_own_backwards_too():
    x = Value(3.0)
    x.backward()
    x.backward(2.0)
    assert x.grad == 3.0


def test_a_leaf_that_a_backward_does_not_reach_has_none_and_not_zero():
    x, other = leaves(3.0, 4.0)
    (x * x).backward()
    assert other.grad is None


def test_a_leaf_that_makes_no_difference_has_zero_and_not_none():
    x = Value(3.0)
    (x - x).backward()
    assert x.grad == 0.0


def test_a_leaf_behind_a_dead_relu_has_zero():
    x = Value(-3.0)
    assert grads(relu(x) * 2, [x]) == [0.0]


def test_leaf_gradients_accumulate_over_calls():
    x = Value(3.0)
    y = x * x * x
    found = []
    for _ in range(3):
        y.backward()
        found.append(x.grad)
    assert found == [27.0, 54.0, 81.0]


def test_inner_gradients_are_computed_anew_by_each_call():
    x = Value(3.0)
    square = x * x
    y = square * 2
    y.backward()
    y.backward()
    assert (square.grad, y.grad) == (2.0, 1.0)


def test_two_losses_give_a_shared_leaf_the_gradient_of_their_sum():
    x = Value(0.7)
    shared = tanh(x)
    shared.backward()
    (shared * shared).backward()
    apart = x.grad

    z = Value(0.7)
    shared = tanh(z)
    (shared + shared * shared).backward()
    assert apart == pytest.approx(z.grad, rel=1e-15)


def test_a_seed_scales_the_gradients():
    x = Value(3.0)
    (x * x).backward(seed=-0.5)
    assert x.grad == -3.0


def test_a_seed_of_zero_gives_zeros():
    x = Value(3.0)
    y = x * x
    y.backward(0)
    assert (y.grad, x.grad) == (0.0, 0.0)


def test_a_numpy_seed_leaves_plain_floats():
    x = Value(3.0)
    y = x + 1
    y.backward(np.float64(2.0))
    assert (type(y.grad), type(x.grad), x.grad) == (float, float, 2.0)


@pytest.mark.parametrize("seed", ["1", None, [1.0], 1j])
def test_a_seed_that_is_no_real_number_is_refused(seed):
    with pytest.raises(TypeError, match=r"^the seed of backward must be a real number"):
        Value(3.0).backward(seed)


def test_a_refused_seed_leaves_the_gradients_alone():
    x = Value(3.0)
    y = x * x
    with pytest.raises(TypeError):
        y.backward("1")
    assert (x.grad, y.grad) == (None, None)


def test_a_nan_seed_goes_through():
    x = Value(3.0)
    (x * 2).backward(nan)
    assert x.grad != x.grad


def test_a_gradient_of_zero_times_an_infinite_slope_is_no_number():
    """0 · ∞, as the arithmetic of floats has it: the node may not be skipped, though its upstream gradient is 0."""
    x = Value(0.0)
    assert isnan(grads(sqrt(x) * 0.0, [x])[0])


@pytest.mark.parametrize("upstream", [inf, -inf, nan])
def test_an_infinite_gradient_times_a_slope_that_is_zero_is_no_number(upstream):
    """Only the integer 0 of a rule says that the operand does not matter; 2 · 0.0 is a slope like any other."""
    x = Value(0.0)
    y = x * x
    y.backward(upstream)
    assert isnan(x.grad)


def test_an_infinite_gradient_adds_nothing_to_an_operand_that_does_not_matter():
    first = Operation("first", lambda m, a, b: a, lambda m, y, a, b: (1, 0))
    a, b = leaves(2.0, 3.0)
    first(a, b).backward(inf)
    assert (a.grad, b.grad) == (inf, 0.0)


def test_backward_goes_by_what_was_recorded_whatever_was_written_since():
    a, b = leaves(2.0, 3.0)
    y = a * b
    a.data = 10.0
    assert y.data == 6.0
    assert grads(y, [a, b]) == [3.0, 2.0]


def test_backward_from_an_inner_node_leaves_what_comes_after_it_alone():
    x = Value(3.0)
    inner = x * x
    outer = inner * 5
    inner.backward()
    assert (x.grad, inner.grad, outer.grad) == (6.0, 1.0, None)


def test_a_constant_gets_its_gradient_too():
    x = Value(3.0)
    y = x * 4
    y.backward()
    assert y.parents[1].grad == 3.0


def test_gradients_add_up_at_every_branch_of_a_ladder():
    """2^60 paths."""
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    assert grads(y, [x]) == [1152921504606846976.0]


def test_a_hundred_thousand_uses_of_one_value_add_up():
    x = Value(1.0)
    y = autograd.sum(x * 1 for _ in range(100_000))
    assert grads(y, [x]) == [100_000.0]


def test_a_sum_counts_an_operand_as_often_as_it_occurs():
    x, y = leaves(1.0, 2.0)
    assert grads(autograd.sum([x, y, x, x]), [x, y]) == [3.0, 1.0]


@pytest.mark.parametrize(("compute", "value"), [(lambda x: x - x, 0.0), (lambda x: x / x, 1.0)])
def test_a_value_cancels_itself_exactly(compute, value):
    x = Value(49.0)
    y = compute(x)
    assert y.data == value
    assert grads(y, [x]) == [0.0]


def test_a_long_loop_of_additions_is_no_recursion():
    x = total = Value(0.0)
    for _ in range(49_999):
        total = total + x
    assert grads(total, [x]) == [50_000.0]


PROGRAM = """
from autograd import Value, sin, tanh, sum, softmax
leaves = [Value(0.1 * i + 0.05, f"x{i}") for i in range(9)]
nodes = list(leaves)
for i in range(200):
    a, b, c = nodes[i * 7 % len(nodes)], nodes[i * 5 % len(nodes)], nodes[-1]
    nodes.append(sin(a * b) + tanh(b - c) * 0.3 + a)
sum(softmax(nodes[-20:])[:7] + nodes[-3:]).backward()
print([leaf.grad.hex() for leaf in leaves])
"""


def test_a_program_gives_the_same_bits_in_every_process():
    def output(hash_seed):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    first, *others = [output(seed) for seed in ("0", "1", "31337")]
    assert first.count("0x") == 9
    assert others == [first, first]


def test_functions_of_the_module_and_methods_give_the_same_gradients():
    x, z = leaves(0.3, 0.3)
    assert grads(sin(x) * tanh(x), [x]) == grads(z.sin() * z.tanh(), [z])
