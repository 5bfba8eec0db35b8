"""Kinks, edges, tails and overflow: what the derivative is where the textbook is silent, and to the last digits."""

from math import inf, isnan, log, nan, pi
from math import sqrt as root

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp
from support import exactly, grads, leaves

import autograd
from autograd import (
    Value,
    expm1,
    gradients,
    hessian,
    log1p,
    logsumexp,
    maximum,
    mean,
    minimum,
    prod,
    relu,
    sigmoid,
    softmax,
    softplus,
    sqrt,
    tanh,
    where,
)
from autograd.numbers.extended import extended


def slope(function, x):
    leaf = Value(x)
    return grads(function(leaf), [leaf])[0]


SMOOTH_OR_NOT = [
    *(abs, relu, tanh, sigmoid, softplus, sqrt, expm1, log1p, autograd.exp, autograd.log, autograd.sin, autograd.tan),
    *(autograd.asin, autograd.acos, autograd.atan, autograd.sinh, autograd.cosh, autograd.asinh, autograd.acosh),
    *(autograd.atanh, autograd.log2, autograd.log10, autograd.cbrt, autograd.erf, autograd.erfc, autograd.sign),
    *(autograd.floor, autograd.ceil),
]

# Kinks and edges


def test_relu_is_flat_at_its_kink():
    assert slope(relu, 0.0) == 0


def test_the_absolute_value_is_flat_at_its_kink():
    assert slope(abs, 0.0) == 0


@pytest.mark.parametrize("choice", [maximum, minimum])
def test_a_tie_splits_the_gradient_evenly(choice):
    a, b = leaves(1.5, 1.5)
    assert grads(choice(a, b), [a, b]) == [0.5, 0.5]


@pytest.mark.parametrize("choice", [maximum, minimum], ids=str)
@pytest.mark.parametrize("infinity", [inf, -inf])
def test_a_tie_of_two_infinities_is_a_tie(choice, infinity):
    inputs = leaves(infinity, infinity)
    y = choice(*inputs)
    assert [node.data for node in gradients(y, inputs)] == [0.5, 0.5]
    assert grads(y, inputs) == [0.5, 0.5]


def test_a_maximum_with_zero_has_half_a_gradient_at_zero():
    assert slope(lambda x: maximum(x, 0), 0.0) == 0.5


def test_the_slope_of_the_square_root_at_zero_is_infinite():
    assert slope(sqrt, 0.0) == inf


def test_the_slope_of_the_power_one_half_at_zero_is_infinite():
    assert slope(lambda x: x**0.5, 0.0) == inf


def test_the_square_root_bends_down_without_bound_at_zero():
    x = Value(0.0)
    [first] = gradients(sqrt(x), [x])
    [second] = gradients(first, [x])
    assert (first.data, second.data) == (inf, -inf)


@pytest.mark.parametrize("x", [0.0, 2.0, -3.0])
@pytest.mark.parametrize("exponent", [0, 0.0, Value(0.0)], ids=["int", "float", "Value"])
def test_the_power_zero_is_flat_everywhere(x, exponent):
    assert slope(lambda base: base**exponent, x) == 0


@pytest.mark.parametrize("y", [0.5, 1.0, 3.0])
def test_a_power_of_zero_does_not_change_with_its_exponent(y):
    assert slope(lambda exponent: 0**exponent, y) == 0


def test_the_slope_by_the_exponent_of_a_negative_base_is_no_number():
    a, b = leaves(-2.0, 3.0)
    by_base, by_exponent = grads(a**b, [a, b])
    assert by_base == 12
    assert isnan(by_exponent)


def test_the_branch_not_taken_gets_no_gradient_even_if_its_slope_is_infinite():
    assert slope(lambda x: where(x > 0, sqrt(x), 0), 0.0) == 0


@pytest.mark.parametrize("zero", [0, Value(0.0)], ids=["int", "Value"])
def test_the_branch_not_taken_gets_no_gradient_in_a_graph_of_gradients_either(zero):
    x = Value(0.0)
    [first] = gradients(where(x > 0, sqrt(x), zero), [x])
    assert first.data == 0
    assert hessian(where(x >= 0, x * x, sqrt(x)), [x])[0][0].data == 2


def test_a_power_of_zero_does_not_bend_with_its_exponent():
    y = Value(2.0)
    assert hessian(0**y, [y])[0][0].data == 0


def test_the_second_derivatives_of_a_power_of_zero_are_those_of_the_square():
    a, b = inputs = leaves(0.0, 2.0)
    assert hessian(a**b, inputs)[0][0].data == 2


@pytest.mark.parametrize(("x", "expected"), [(2.0, 4.0), (-2.0, 12.0)])
def test_where_passes_the_gradient_to_the_branch_taken(x, expected):
    assert slope(lambda x: where(x > 0, x**2, x**3), x) == expected


@pytest.mark.parametrize(
    "function",
    [pytest.param(f, id=f.__name__) for f in SMOOTH_OR_NOT],
)
def test_a_nan_goes_through_and_so_does_its_gradient(function):
    x = Value(nan)
    y = function(x)
    assert isnan(y.data)
    assert isnan(grads(y, [x])[0])


@pytest.mark.parametrize("function", [autograd.sum, mean, prod, logsumexp], ids=["sum", "mean", "prod", "logsumexp"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_nan_goes_through_a_function_of_many_values(function, place):
    xs = [1.0, 2.0, 3.0]
    xs[place] = nan
    assert isnan(function(leaves(*xs)).data)


@pytest.mark.parametrize("choice", [maximum, minimum, autograd.atan2, autograd.hypot, autograd.clip], ids=str)
@pytest.mark.parametrize("xs", [(nan, 1.0, 2.0), (1.0, nan, 2.0), (1.0, 2.0, nan), (inf, nan, inf)])
def test_a_nan_wins_a_choice_and_its_gradients(choice, xs):
    inputs = leaves(*xs)[: choice.arity if choice in (autograd.atan2, autograd.hypot) else 3]
    if not any(isnan(x.data) for x in inputs):
        return
    y = choice(*inputs)
    assert isnan(y.data)
    assert all(map(isnan, grads(y, inputs)))


@pytest.mark.parametrize("function", [autograd.asin, autograd.acosh, autograd.cbrt], ids=str)
def test_the_slope_at_the_edge_of_an_inverse_function_is_infinite(function):
    assert slope(function, 0.0 if function is autograd.cbrt else 1.0) == inf


def test_the_slope_of_the_arc_cosine_at_both_its_edges_is_minus_infinity():
    assert [slope(autograd.acos, x) for x in (1.0, -1.0)] == [-inf, -inf]


@pytest.mark.parametrize("function", [autograd.atan2, autograd.hypot], ids=str)
def test_a_function_of_a_point_is_flat_at_the_origin(function):
    inputs = leaves(0.0, 0.0)
    y = function(*inputs)
    assert y.data == 0
    assert grads(y, inputs) == [0, 0]
    assert [[second.data for second in row] for row in hessian(y, inputs)] == [[0, 0], [0, 0]]


@pytest.mark.parametrize(("y", "x", "angle"), [(0.0, -1.0, pi), (-0.0, -1.0, -pi), (2.0, 0.0, pi / 2), (0.0, 2.0, 0.0)])
def test_the_angle_of_a_point_on_an_axis_has_all_its_derivatives(y, x, angle):
    inputs = leaves(y, x)
    found = autograd.atan2(*inputs)
    assert found.data == angle
    assert grads(found, inputs) == [x / (x * x + y * y), -y / (x * x + y * y)]
    rows = [[second.data for second in row] for row in hessian(found, inputs)]
    mixed = (y * y - x * x) / (x * x + y * y) ** 2
    assert rows == [[-2 * x * y / (x * x + y * y) ** 2, mixed], [mixed, 2 * x * y / (x * x + y * y) ** 2]]


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_the_slopes_of_a_point_very_near_or_very_far_neither_overflow_nor_underflow(size):
    inputs = leaves(3 * size, 4 * size)
    assert grads(autograd.hypot(*inputs), inputs) == exactly([0.6, 0.8], relative=4e-16)
    inputs = leaves(3 * size, 4 * size)
    assert grads(autograd.atan2(*inputs), inputs) == exactly([0.16 / size, -0.12 / size], relative=1e-15)


def test_the_slopes_of_a_length_keep_their_digits_among_the_smallest_floats_and_at_infinity():
    inputs = leaves(5e-324, 5e-324)
    assert grads(autograd.hypot(*inputs), inputs) == exactly([root(0.5), root(0.5)], relative=2e-16)
    inputs = leaves(1.0, -inf)
    assert grads(autograd.hypot(*inputs), inputs) == [0, -1]


def test_a_slope_of_the_inverse_hyperbolic_functions_keeps_its_digits_where_the_square_overflows():
    assert slope(autograd.asinh, 1e200) == exactly(1e-200, relative=3e-16)
    assert slope(autograd.acosh, 1e300) == exactly(1e-300, relative=3e-16)


def test_zero_times_the_logarithm_of_zero_is_zero():
    x, y = inputs = leaves(0.0, 0.0)
    product = autograd.xlogy(x, y)
    assert product.data == 0
    assert grads(product, inputs) == [-inf, 0]


@pytest.mark.parametrize(("x", "y"), [(nan, 0.0), (nan, 2.0), (0.0, nan), (1.0, nan)])
def test_a_nan_goes_through_a_product_with_a_logarithm(x, y):
    assert isnan(autograd.xlogy(x, y))


def test_zero_times_a_logarithm_changes_with_the_zero():
    """Engines that mask the gradient where x is 0 have lost log y there."""
    x, y = inputs = leaves(0.0, 2.0)
    product = autograd.xlogy(x, y)
    assert grads(product, inputs) == [log(2), 0]
    assert [[second.data for second in row] for row in hessian(product, inputs)] == [[0, 0.5], [0.5, 0]]


def test_the_entropy_of_what_never_happens_is_zero_with_an_infinite_slope():
    assert slope(lambda p: -autograd.xlogy(p, p), 0.0) == inf


@pytest.mark.parametrize(
    ("x", "value", "expected"), [(0.0, 0, 1), (1.0, 1, 1), (0.5, 0.5, 1), (-1.0, 0, 0), (2.0, 1, 0)]
)
def test_a_clip_has_slope_1_inside_and_at_both_ends(x, value, expected):
    leaf = Value(x)
    y = autograd.clip(leaf, 0, 1)
    assert y.data == value
    assert grads(y, [leaf]) == [expected]


@pytest.mark.parametrize(("x", "expected"), [(-1.0, [0, 1, 0]), (0.5, [1, 0, 0]), (2.0, [0, 0, 1]), (0.0, [1, 0, 0])])
def test_a_bound_that_is_in_force_gets_the_gradient_of_a_clip(x, expected):
    inputs = leaves(x, 0.0, 1.0)
    assert grads(autograd.clip(*inputs), inputs) == expected


def test_a_clip_to_one_side_takes_infinity_for_no_bound():
    leaf = Value(inf)
    y = autograd.clip(leaf, 0, inf)
    assert y.data == inf
    assert grads(y, [leaf]) == [1]


@pytest.mark.parametrize("function", [autograd.floor, autograd.ceil, autograd.sign], ids=str)
@pytest.mark.parametrize("x", [-1.5, 0.0, 2.0, 0.25])
def test_a_function_with_jumps_is_flat_everywhere(function, x):
    assert slope(function, x) == 0


@pytest.mark.parametrize(
    ("x", "down", "up"), [(1.5, 1, 2), (-1.5, -2, -1), (2.0, 2, 2), (inf, inf, inf), (-inf, -inf, -inf)]
)
def test_floor_and_ceil_round_down_and_up(x, down, up):
    assert (autograd.floor(x), autograd.ceil(x)) == (down, up)


def test_the_cube_root_of_a_negative_number_is_real():
    leaf = Value(-8.0)
    y = autograd.cbrt(leaf)
    assert y.data == -2
    assert grads(y, [leaf]) == [1 / 12]


@pytest.mark.parametrize(
    ("choice", "xs", "expected"),
    [
        (maximum, (1.0, 1.0, 0.0), [0.5, 0.5, 0]),
        (maximum, (2.0, 1.0, 3.0, -1.0), [0, 0, 1, 0]),
        (maximum, (2.0, 2.0, 2.0, 2.0), [0.25] * 4),
        (minimum, (1.0, 1.0, 0.0), [0, 0, 1]),
        (minimum, (inf, -inf, -inf), [0, 0.5, 0.5]),
    ],
)
def test_the_largest_or_smallest_of_many_gets_the_gradient_and_ties_split_it_evenly(choice, xs, expected):
    for form in (choice, lambda *xs: choice(list(xs))):
        inputs = leaves(*xs)
        y = form(*inputs)
        assert y.data == (max(xs) if choice is maximum else min(xs))
        assert grads(y, inputs) == expected


def test_a_maximum_of_one_or_of_a_list_of_two_is_a_maximum():
    a, b = leaves(1.0, 2.0)
    assert grads(maximum([a]), [a]) == [1]
    assert maximum([a, b]).op is maximum(a, b).op
    assert maximum(x for x in (1.0, 3.0, 2.0)) == 3
    assert maximum(a, b=b).op is maximum(a, b).op


# Tails


@pytest.mark.parametrize(
    ("function", "x", "value", "expected"),
    [
        (softplus, 1000, 1000, 1),
        (softplus, -30, 9.357622968839737e-14, 9.357622968839299e-14),
        (softplus, -1000, 0, 0),
        (sigmoid, 1000, 1, 0),
        (sigmoid, -1000, 0, 0),
        (sigmoid, -30, 9.357622968839299e-14, 9.357622968838424e-14),
        (sigmoid, 40, 1, 4.248354255291589e-18),
        (sigmoid, -40, 4.248354255291589e-18, 4.248354255291589e-18),
        (tanh, 1000, 1, 0),
        (tanh, 20, 1, 1.6993417021166355e-17),
        (tanh, -20, -1, 1.6993417021166355e-17),
        (log1p, 1e-20, 1e-20, 1),
        (expm1, 1e-20, 1e-20, 1),
        (autograd.erf, 20.0, 1, 2.1610374743867985e-174),
        (autograd.erfc, 26.0, 5.663192408856143e-296, -2.9470349932662696e-294),
        (autograd.erfc, -1e-20, 1, -1.1283791670955126),
        (autograd.asin, 1 - 2**-53, 1.5707963118937354, 67108864.0),
        (autograd.atanh, 1 - 2**-53, 18.714973875118524, 4503599627370496.25),
        (autograd.cbrt, 1e-300, 1e-100, 3.3333333333333335e199),
        (autograd.log2, 2.0**-1000, -1000, 1.5458601538574682e301),
    ],
)
def test_values_and_slopes_keep_their_digits_in_the_tails(function, x, value, expected):
    leaf = Value(x)
    y = function(leaf)
    assert y.data == exactly(value, relative=4e-16)
    assert grads(y, [leaf]) == exactly([expected], relative=1e-15)


@pytest.mark.parametrize("x", [1000.0, -1000.0])
def test_logsumexp_neither_overflows_nor_underflows(x):
    xs = leaves(x, x)
    y = logsumexp(xs)
    assert y.data == exactly(x + log(2), relative=3e-16)
    assert grads(y, xs) == exactly([0.5, 0.5], relative=2e-16)


def test_logsumexp_keeps_a_term_far_below_the_largest():
    assert logsumexp([0.0, -40.0]) == exactly(4.248354255291589e-18)


def test_cross_entropy_with_a_logit_far_on_the_wrong_side_is_linear():
    z = Value(-800.0)
    loss = softplus(z) - z
    assert loss.data == 800
    assert grads(loss, [z]) == [-1]


def test_softmax_of_huge_scores_is_finite():
    assert [p.data for p in softmax(leaves(1000, 1000))] == exactly([0.5, 0.5])


@given(scores=st.lists(st.floats(-300, 300), min_size=2, max_size=4))
@example(scores=[40.0, 0.0])
@example(scores=[300.0, 299.0, 260.0])
def test_softmax_has_the_digits_that_its_docstring_promises(scores):
    """And its derivatives, and those of logsumexp: relative to p, but p(1 − p) absolutely where p is near 1."""
    with mp.workdps(600):
        weights = [mp.exp(x) for x in scores]
        expected = [w / mp.fsum(weights) for w in weights]
        bends = [float(p - p * p) for p in expected]
    rounding = 1e-15 * max(1, *map(abs, scores))
    nodes = leaves(*scores)
    found = softmax(nodes)
    slopes = gradients(logsumexp(nodes), nodes)
    for p, slope_, node, wanted, bend in zip(found, slopes, nodes, map(float, expected), bends, strict=True):
        assert p.data == exactly(wanted, relative=rounding)
        assert slope_.data == exactly(wanted, relative=rounding)
        assert gradients(p, [node])[0].data == exactly(bend, relative=rounding, absolute=rounding * wanted)
        assert gradients(slope_, [node])[0].data == exactly(bend, relative=rounding, absolute=rounding * wanted)


def test_a_sum_is_rounded_once_in_any_order():
    xs = leaves(1e16, 1.0, -1e16)
    y = autograd.sum(xs)
    assert y.data == 1
    assert autograd.sum([1.0, 1e16, -1e16]) == 1
    assert grads(y, xs) == [1, 1, 1]


@pytest.mark.parametrize("terms", [(1e308, 1e308, -1e308), (1e308, -1e308, 1e308), (-1e308, 1e308, 1e308)])
def test_a_sum_that_fits_a_float_does_not_overflow_on_the_way(terms):
    assert autograd.sum(terms) == 1e308


@pytest.mark.parametrize(
    ("factors", "product"),
    [
        ((1e200, 1e200, 1e-300), 1e100),
        ((1e-200, 1e-120, -1e200), -1e-120),
        ((5e-324, 2.0**600, 2.0**600), 2.0**126),
        ((1e200, -1e200), -inf),
        ((1e-200, 1e-200), 0.0),
        ((0.0, 1e200, 1e200), 0.0),
        ((inf, -2.0), -inf),
    ],
)
def test_a_product_that_fits_a_float_neither_overflows_nor_underflows_on_the_way(factors, product):
    assert prod(factors) == exactly(product, relative=4e-16)


def test_a_product_of_zero_and_infinity_is_no_number():
    assert isnan(prod([0.0, inf]))


def test_a_sum_of_infinities_is_what_arithmetic_makes_of_them():
    assert autograd.sum([inf, 1.0]) == inf
    assert isnan(autograd.sum([inf, -inf]))


# What has no real value


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (
            lambda x: autograd.log(x),
            ValueError,
            r"log\(x\) with x = 0\.0 has no real value: log needs an operand above 0",
        ),
        (
            lambda x: 1 / x,
            ZeroDivisionError,
            r"1\.0 / x with x = 0\.0 has no real value: / needs a divisor other than 0",
        ),
        (lambda x: x / x, ZeroDivisionError, r"^x / x with x = 0\.0 has no real value"),
        (lambda x: x / Value(0.0, "y"), ZeroDivisionError, r"x / y with x = 0\.0 and y = 0\.0 has no real value"),
        (lambda x: -1 / (x * -1), ZeroDivisionError, r"\(-1\.0\) / \(-0\.0\) has no real value"),
        (lambda x: x**-1, ValueError, r"x \*\* -1 with x = 0\.0 has no real value: \S+ needs a base other than 0$"),
        (lambda x: x**-0.5, ValueError, r"x \*\* -0\.5 with x = 0\.0 .* needs a base above 0$"),
        (lambda x: (x - 8) ** (1 / 3), ValueError, r"\(-8\.0\) \*\* 0\.333\d* has .* a base of 0 or more$"),
        (
            lambda x: (x - 8) ** Value(0.5),
            ValueError,
            r"\(-8\.0\) \*\* 0\.5 has no real value: .* needs a base above 0, or a whole",
        ),
        (lambda x: sqrt(x - 1), ValueError, r"sqrt\(-1\.0\) has no real value: sqrt needs an operand of 0 or more"),
        (lambda x: log1p(x - 1), ValueError, r"log1p\(-1\.0\) has no real value: log1p needs an operand above -1"),
        (lambda x: autograd.exp(x + 710), OverflowError, r"exp\(710\.0\) is too large for a float"),
        (lambda x: expm1(x + 710), OverflowError, r"expm1\(710\.0\) is too large for a float"),
        (lambda x: (x + 1e4) ** 100, OverflowError, r"10000\.0 \*\* 100 is too large for a float"),
        (lambda x: autograd.sin(x + inf), ValueError, r"sin\(inf\) has no real value: sin needs a finite operand"),
        (lambda x: autograd.cos(x - inf), ValueError, r"cos\(-inf\) has no real value: cos needs a finite operand"),
        (lambda x: autograd.tan(x + inf), ValueError, r"tan\(inf\) has no real value: tan needs a finite operand"),
        (lambda x: autograd.asin(x + 2), ValueError, r"asin\(2\.0\) has .*: asin needs an operand from -1 to 1"),
        (lambda x: autograd.acos(x - 2), ValueError, r"acos\(-2\.0\) has .*: acos needs an operand from -1 to 1"),
        (
            lambda x: autograd.acosh(x),
            ValueError,
            r"acosh\(x\) with x = 0\.0 has .*: acosh needs an operand of 1 or more",
        ),
        (lambda x: autograd.atanh(x + 1), ValueError, r"atanh\(1\.0\) has .*: atanh needs an operand between -1 and 1"),
        (lambda x: autograd.log2(x), ValueError, r"log2\(x\) with x = 0\.0 has .*: log2 needs an operand above 0"),
        (lambda x: autograd.log10(x - 1), ValueError, r"log10\(-1\.0\) has .*: log10 needs an operand above 0"),
        (
            lambda x: autograd.xlogy(x + 1, x),
            ValueError,
            r"xlogy\(1\.0, x\) with x = 0\.0 has .* above 0, or two zeros",
        ),
        (lambda x: autograd.xlogy(x, -1), ValueError, r"xlogy\(x, -1\.0\) with x = 0\.0 has no real value"),
        (
            lambda x: autograd.clip(x, 2, 1),
            ValueError,
            r"clip\(x, 2\.0, 1\.0\) with x = 0\.0 has .* a low of at most high",
        ),
        (lambda x: autograd.sinh(x + 711), OverflowError, r"sinh\(711\.0\) is too large for a float"),
        (lambda x: autograd.cosh(x - 711), OverflowError, r"cosh\(-711\.0\) is too large for a float"),
        (lambda x: autograd.hypot(x + 1.7e308, 1.7e308), OverflowError, r"hypot\(.*\) is too large for a float"),
        (lambda x: maximum([]), ValueError, r"maximum\(\[\]\) has no real value: maximum needs at least one operand"),
        (lambda x: minimum(), ValueError, r"minimum\(\[\]\) has no real value: minimum needs at least one operand"),
        (lambda x: logsumexp([]), ValueError, r"logsumexp\(\[\]\) has no real value: .* needs at least one operand"),
        (lambda x: mean([]), ValueError, r"mean\(\[\]\) has no real value: mean needs at least one operand"),
        (lambda x: softmax([]), ValueError, "at least one operand"),
    ],
)
def test_what_has_no_real_value_is_an_error_that_names_operation_operand_and_domain(compute, error, message):
    with pytest.raises(error, match=message):
        compute(Value(0.0, "x"))


def test_a_power_that_is_too_large_is_not_blamed_on_the_sign_of_its_base():
    with pytest.raises(OverflowError) as caught:
        Value(1e4) ** 100
    assert "a base above 0" not in str(caught.value)


@pytest.mark.parametrize("function", [autograd.log, sqrt], ids=str)
def test_numbers_without_a_value_are_refused_as_values_are(function):
    with pytest.raises(ValueError, match=rf"{function}\(-1\.0\) has no real value"):
        function(-1.0)


def test_the_power_zero_of_a_base_other_than_zero_still_changes_with_its_exponent():
    a, b = inputs = leaves(2.0, 0.0)
    rows = hessian(a**b, inputs)
    assert [[entry.data for entry in row] for row in rows] == [exactly([0, 0.5]), exactly([0.5, log(2) ** 2])]


@pytest.mark.parametrize(("x", "expected"), [(1e-120, -inf), (-1e-120, inf)])
def test_a_slope_beyond_the_floats_is_infinite_with_its_sign(x, expected):
    assert slope(lambda base: base**-2, x) == expected


@pytest.mark.parametrize(("xs", "value"), [((inf, 1.0), inf), ((-inf, -inf), -inf), ((-inf, 1.0), 1.0)])
def test_logsumexp_takes_infinities_for_what_they_are(xs, value):
    assert logsumexp(xs) == value


@pytest.mark.parametrize("xs", [(inf, nan), (nan, inf), (-inf, nan)])
def test_a_nan_beside_an_infinity_goes_through_logsumexp(xs):
    assert isnan(logsumexp(xs))


def test_a_slope_divided_by_zero_is_the_limit_from_above_or_no_number():
    assert (extended.divide(2.0, 0.0), extended.divide(-2.0, 0.0)) == (inf, -inf)
    assert isnan(extended.divide(0.0, 0.0))
    assert isnan(extended.divide(nan, 0.0))


def test_a_slope_that_is_a_power_is_infinite_at_zero_and_no_number_for_a_negative_base():
    assert [extended.power(0.0, b) for b in (-1.0, -0.5)] == [inf, inf]
    assert isnan(extended.power(-2.0, 0.5))
    assert isnan(extended.power(-2.0, -0.5))


# Second derivatives


def second(function, x):
    leaf = Value(x)
    [first] = gradients(function(leaf), [leaf])
    return gradients(first, [leaf])[0].data


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (autograd.asin, 1.0, inf),
        (autograd.asin, -1.0, -inf),
        (autograd.acos, 1.0, -inf),
        (autograd.acos, -1.0, inf),
        (autograd.acosh, 1.0, -inf),
        (autograd.erf, inf, 0),
        (autograd.erfc, -inf, 0),
        (autograd.atan, inf, 0),
    ],
)
def test_a_second_derivative_at_an_edge_is_its_limit_in_both_modes(function, x, expected):
    assert second(function, x) == expected
    assert autograd.hvp(function, x, 1.0) == expected


@pytest.mark.parametrize("x", [1e-300, 1e-17, 1e-9, -1e-3, 0.1])
def test_second_derivatives_of_the_activations_keep_their_digits_near_zero(x):
    with mp.workdps(600):
        slope_of_tanh, t = mp.sech(x) ** 2, mp.tanh(x)
        expected = [float(-2 * t * slope_of_tanh), float(-mp.tanh(mp.mpf(x) / 2) * mp.sech(mp.mpf(x) / 2) ** 2 / 4)]
    assert [second(tanh, x), second(sigmoid, x)] == exactly(expected, relative=1e-15)


def test_a_slope_is_the_fraction_of_the_textbook_to_the_last_digit():
    assert [slope(autograd.atan, x) for x in (1.0, 2.0, 3.0)] == [0.5, 0.2, 0.1]
    inputs = leaves(1.0, 1.0)
    assert grads(autograd.atan2(*inputs), inputs) == [0.5, -0.5]
    assert [slope(autograd.asin, x) for x in (0.6, 0.8)] == exactly([1.25, 5 / 3], relative=3e-16)


def test_the_slope_of_a_common_logarithm_of_the_largest_floats_is_not_lost():
    with mp.workdps(50):
        assert slope(autograd.log10, 1e308) == exactly(float(1 / (mp.mpf(1e308) * mp.log(10))), relative=1e-14)


@pytest.mark.parametrize(("y", "x"), [(inf, 1.0), (1.0, inf), (-1.0, -inf), (-inf, 0.0)])
def test_the_angle_of_a_point_at_infinity_is_flat(y, x):
    inputs = leaves(y, x)
    assert grads(autograd.atan2(*inputs), inputs) == [0, 0]


def test_a_nan_goes_through_to_the_slope_beside_a_zero():
    x, y = inputs = leaves(nan, 0.0)
    assert isnan(grads(autograd.xlogy(x, y), inputs)[1])


def test_a_clip_between_equal_ends_is_constant():
    inputs = leaves(0.5, 0.5, 0.5)
    y = autograd.clip(*inputs)
    assert grads(y, inputs) == [0, 0, 0]
    assert autograd.check_gradients(y)
