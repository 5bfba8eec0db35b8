"""Where the first NaN or infinity of a graph was born."""

import gc
import threading
from math import inf, isnan, nan

import pytest

from autograd import Value, debug, exp, first_nonfinite, grad, log, no_grad, sqrt, vectorize
from nn import MLP


@pytest.fixture
def large():
    return Value(1e200, "x")


def test_a_graph_whose_numbers_are_all_finite_has_none(large):
    assert first_nonfinite(large * 2 + 1) is None


def test_the_operation_whose_operands_are_finite_is_named(large):
    square = large * large
    found = first_nonfinite((square + 1) / 3)
    assert (found.node, found.where, found.number) == (square, "data", inf)
    assert (found.operation.name, found.operands) == ("*", (large, large))
    assert str(found) == "x * x with x = 1e+200 is inf"


def test_where_infinities_give_nan_it_is_the_first_of_them_that_is_named(large):
    square = large * large
    difference = square - large * large
    assert isnan(difference.data)
    assert first_nonfinite(difference + 1).node is square


def test_an_infinity_that_does_not_reach_the_output_is_named_if_nothing_else_is_lost(large):
    assert first_nonfinite((large * large).tanh()).node.op.name == "*"


def test_an_infinity_beside_the_way_of_nan_is_passed_over():
    mask, x = Value(-inf, "mask"), Value(nan, "x")
    assert first_nonfinite(exp(mask) + x * 2).node is x


def test_a_leaf_has_no_operation():
    x = Value(nan, "x")
    found = first_nonfinite(x * 2)
    assert (found.node, found.operation, found.operands) == (x, None, ())
    assert str(found) == "the leaf x is nan"


def test_an_infinite_slope_is_found_without_a_backward_pass():
    w = Value(0.0, "w")
    found = first_nonfinite(sqrt(w) * 3)
    assert (found.node, found.where, found.number, found.operation.name) == (w, "grad", inf, "sqrt")
    assert w.grad is None


def test_gradients_that_are_too_large_together_have_no_operation():
    b = Value(1e-10, "b")
    found = first_nonfinite(b * 1e308 + b * 1e308)
    assert (found.node, found.where, found.number, found.operation, found.operands) == (b, "grad", inf, None, ())
    assert str(found) == "the gradients that come to b add up to inf"


def test_the_slope_by_a_plain_number_does_not_count():
    """∂((−2) ** b)/∂b is NaN, and of x ** 3 the 3 is no variable."""
    x = Value(-2.0, "x")
    assert first_nonfinite(x**3.0) is None


def test_the_module_of_the_operation_is_named():
    model = MLP(2, [3, 1], seed=0)
    model.layers[0].perceptrons[1].bias.data = 1e308
    model.layers[0].perceptrons[1].weights[0].data = 1e308
    found = first_nonfinite(model([1.0, 0.0]))
    assert found.path == "layers.0.perceptrons.1"
    assert "in layers.0.perceptrons.1" in str(found)


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match=r"must be a Value, not 3\.0"):
        first_nonfinite(3.0)


# debug


def test_debug_raises_at_the_operation_and_names_the_line(large):
    with debug(), pytest.raises(FloatingPointError) as caught:
        large * large
    assert str(caught.value).startswith("x * x with x = 1e+200 is inf, on line ")
    assert str(caught.value).endswith(" of test_nonfinite.py (large * large)")


def test_an_operand_without_a_name_is_written_as_it_was_computed(large):
    with debug(), pytest.raises(FloatingPointError, match=r"^\(x \* 2\) \* x = 2e\+200 \* x with x = 1e\+200 is inf"):
        large * 2 * large


def test_debug_raises_before_backward_writes_a_gradient():
    w = Value(0.0, "w")
    with debug():
        y = sqrt(w)
        with pytest.raises(FloatingPointError, match="gives w the gradient inf"):
            y.backward()
    assert (w.grad, y.grad) == (None, None)


def test_nodes_computed_in_debug_keep_their_line_after_it():
    w = Value(0.0, "w")
    with debug():
        y = sqrt(w)  # this line
    assert "sqrt(w)  # this line" in first_nonfinite(y).line
    assert first_nonfinite(sqrt(w)).line is None


def test_an_infinity_that_was_given_may_be_used_in_debug():
    with debug():
        assert (Value(-inf) + 1).data == -inf
        with pytest.raises(FloatingPointError, match="is nan"):
            Value(inf) - Value(inf)


def test_after_debug_infinities_are_numbers_again(large):
    with debug():
        pass
    assert (large * large).data == inf


def test_debug_ends_where_an_error_leaves_it(large):
    with pytest.raises(ValueError, match="log"), debug():
        log(Value(-1.0))
    assert (large * large).data == inf


def test_inside_of_no_grad_nothing_is_recorded_and_nothing_looked_at(large):
    with debug(), no_grad():
        assert (large * large).data == inf
    with no_grad(), debug():
        assert (large * large).parents == ()


def test_a_debug_block_that_ends_in_another_thread_leaves_no_debugging_behind(large):
    def numbers():
        with debug():
            yield

    generator = numbers()
    next(generator)
    thread = threading.Thread(target=generator.close)
    thread.start()
    thread.join()
    gc.collect()
    assert (large * large).data == inf
    assert first_nonfinite(sqrt(Value(0.0))).line is None


def test_a_lifted_program_is_not_debugged():
    def loss(x):
        with debug():
            return x * x

    with pytest.raises(TypeError, match="call the function itself inside of debug"):
        vectorize(loss, 1.0)


def test_debug_without_parentheses_is_refused():
    with pytest.raises(TypeError, match=r"with debug\(\)"), debug:
        pass
    with pytest.raises(TypeError, match="debug takes nothing"):
        debug(True)


def test_a_derivative_that_is_a_graph_is_recorded_inside_of_no_grad_and_debug():
    """d(x³)/dx = 3x² is 12 at x = 2, and needs the graph of x³."""
    with no_grad(), debug():
        assert grad(lambda x: x * x * x)(2.0) == 12.0
