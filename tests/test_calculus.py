"""The functions of calculus in every room of the engine: checked, derived on paper, exact, lifted, in operations of the
user's own. (Their rules are proved and measured where all rules are.)"""

import math
import sys
from fractions import Fraction
from types import ModuleType

import numpy as np
import pytest
import sympy
from mpmath import mp
from support import exactly, grads, leaves

import autograd
from autograd import (
    Operation,
    Value,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    check_derivation,
    check_gradients,
    clip,
    erf,
    exact_gradients,
    floor,
    formula,
    gradients,
    hypot,
    maximum,
    sinh,
    tan,
    vectorize,
    xlogy,
)
from autograd.lifting.array_helpers import helpers

# On paper

DERIVATIVES = {
    "tan": (0.5, "1 + tan(x)**2"),
    "asin": (0.5, "1/sqrt(1 - x**2)"),
    "acos": (0.5, "-1/sqrt(1 - x**2)"),
    "atan": (0.5, "1/(1 + x**2)"),
    "sinh": (0.5, "cosh(x)"),
    "cosh": (0.5, "sinh(x)"),
    "asinh": (0.5, "1/sqrt(1 + x**2)"),
    "acosh": (1.5, "1/sqrt(x**2 - 1)"),
    "atanh": (0.5, "1/(1 - x**2)"),
    "log2": (0.5, "1/(x*log(2))"),
    "log10": (0.5, "1/(x*log(10))"),
    "cbrt": (0.5, "1/(3*cbrt(x)**2)"),
    "erf": (0.5, "2*exp(-x**2)/sqrt(pi)"),
    "erfc": (0.5, "-2*exp(-x**2)/sqrt(pi)"),
    "floor": (0.5, "0"),
    "ceil": (0.5, "0"),
    "sign": (0.5, "0"),
}
OF_TWO = {
    "atan2(x, z)": "z/(x**2 + z**2)",
    "hypot(x, z)": "x/hypot(x, z)",
    "xlogy(z, x)": "z/x",
    "xlogy(x, z)": "log(z)",
    "maximum(x, z)": "0",
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_the_derivative_of_the_textbook_is_proved_on_a_page(name):
    x0, derivative = DERIVATIVES[name]
    x = Value(x0, "x")
    y = getattr(autograd, name)(x)
    report = check_derivation(f"y = {name}(x)\ndy/dx = {derivative}", {"x": x, "y": y})
    assert report, str(report)
    # A page takes π for a number, and no proof goes through that.
    assert all(line.proved for line in report.lines) or "pi" in derivative, str(report)


@pytest.mark.parametrize("written", OF_TWO)
def test_a_derivative_of_two_operands_is_proved_on_a_page(written):
    x, z = leaves(0.5, 2.0, names="x z")
    name, _, arguments = written.rstrip(")").partition("(")
    y = getattr(autograd, name)(*({"x": x, "z": z}[argument] for argument in arguments.split(", ")))
    report = check_derivation(f"y = {written}\ndy/dx = {OF_TWO[written]}", {"x": x, "y": y, "z": z})
    assert report, str(report)
    assert all(line.proved for line in report.lines), str(report)


AS_WRITTEN = {
    "asin": [r"\arcsin x", "arcsin x", "sin⁻¹(x)", r"\sin^{-1}(x)", r"\sin^{-1} x", "np.arcsin(x)"],
    "acos": [r"\arccos x", "cos⁻¹ x", "arccos(x)", "math.acos(x)"],
    "atan": [r"\arctan x", "tan⁻¹ x", "tan^{-1}(x)", "tan^-1(x)", r"\operatorname{arctan}(x)", "torch.atan(x)"],
    "asinh": [r"\sinh^{-1} x", r"\operatorname{arsinh} x", "arcsinh(x)", "np.arcsinh(x)"],
    "atanh": ["tanh⁻¹(x)", r"\operatorname{artanh}(x)", "artanh x"],
    "log": [r"\ln x", "ln x", r"\log_e x", "logₑ(x)", "log x"],
    "log2": [r"\log_2 x", r"\log_{2}(x)", "log₂ x", "log₂(x)", "log_2(x)", "ld(x)", "np.log2(x)"],
    "log10": [r"\log_{10} x", "log₁₀(x)", r"\lg x", "lg x", "math.log10(x)"],
    "cbrt": [r"\sqrt[3]{x}", "∛x", "∛(x)", "np.cbrt(x)"],
    "sqrt": [r"\sqrt[2]{x}", r"\sqrt{x}", "√x"],
    "erf": [r"\operatorname{erf}(x)", r"\operatorname{erf} x", "erf x", "math.erf(x)", "scipy.special.erf(x)"],
    "floor": ["⌊x⌋", r"\lfloor x \rfloor", r"\left\lfloor x \right\rfloor", "math.floor(x)"],
    "ceil": ["⌈x⌉", r"\lceil x \rceil", "np.ceil(x)"],
    "sign": ["sgn(x)", r"\operatorname{sgn} x", "sgn x", "np.sign(x)"],
    "tan": [r"\tan x", "tan x", "tg(x)", r"1/\cot x", "sin(x)/cos(x)"],
}


@pytest.mark.parametrize(("name", "written"), [(name, text) for name, texts in AS_WRITTEN.items() for text in texts])
def test_a_function_is_read_in_each_of_its_spellings(name, written):
    x = Value(0.5, "x")
    y = getattr(autograd, name)(x)
    report = check_derivation(f"y = {written}", {"x": x, "y": y})
    assert report, str(report)
    assert not check_derivation(f"y = {written} + 1", {"x": x, "y": y})


@pytest.mark.parametrize("power", ["tan^{-1}(x)", r"\tan^{-1} x", "tan⁻¹(x)"])
def test_a_function_to_the_power_minus_one_is_its_inverse_and_no_quotient(power):
    x = Value(0.5, "x")
    report = check_derivation(f"y = {power}", {"x": x, "y": 1 / tan(x)})
    assert not report
    assert "read as y = atan(x)" in str(report)


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (tan, r"\sec^2 x"),
        (tan, "sec²(x)"),
        (lambda x: 1 / tan(x), r"-\csc^2 x"),
        (cbrt, r"\frac{1}{3\sqrt[3]{x^2}}"),
        (cbrt, "1/(3 ∛x²)"),
        (lambda x: autograd.log2(x), r"\frac{1}{x \ln 2}"),
        (lambda x: x**0.25, r"\frac{\sqrt[4]{x}}{4x}"),
        (lambda x: floor(4 * x) * x, "⌊4x⌋"),
        (lambda x: maximum(x, 0.2, 0.3), "1"),
    ],
)
def test_a_derivative_is_read_as_textbooks_write_it(function, derivative):
    x = Value(0.6, "x")
    report = check_derivation(rf"\frac{{dy}}{{dx}} = {derivative}", {"x": x, "y": function(x)})
    assert report, str(report)


def test_the_largest_of_a_set_is_read():
    x, z, w = leaves(0.5, 2.0, 0.25)
    assert check_derivation("y = max{x, z, w}", {"x": x, "z": z, "w": w, "y": maximum(x, z, w)})


def test_a_node_that_is_called_like_a_function_is_itself():
    tan_, x = leaves(0.5, 2.0, names="tan x")
    assert check_derivation("dy/dx = tan^{-1}", {"tan": tan_, "x": x, "y": x / tan_})


def test_a_derivation_goes_through_a_clip():
    x = Value(0.5, "x")
    y = clip(x * x, 0, 1)
    assert check_derivation("y = clip(x**2, 0, 1)\ndy/dx = 2*x", {"x": x, "y": y})
    assert not check_derivation("dy/dx = 0", {"x": x, "y": y})


# Checked


@pytest.mark.parametrize("name", DERIVATIVES)
@pytest.mark.parametrize("x", [1e-8, 0.25, 1.75, 5.0, 30.0])
def test_a_check_confirms_every_slope(name, x):
    sign = -1 if name not in ("acosh", "log2", "log10") else 1
    for number in (x, sign * x):
        leaf = Value(number, "x")
        try:
            y = getattr(autograd, name)(leaf)
        except ValueError:
            continue  # it has no value there
        report = check_gradients(y * leaf)
        assert report, str(report)


@pytest.mark.parametrize(("y", "x"), [(0.0, -1.0), (-0.0, -1.0), (1e-3, -1.0), (1.0, 0.0), (0.0, 0.0), (3.0, -4.0)])
def test_a_check_confirms_the_slopes_of_an_angle_on_the_cut_too(y, x):
    a, b = leaves(y, x, names="a b")
    assert check_gradients(atan2(a, b) + 2 * hypot(a, b))


def test_a_check_of_a_cross_entropy_allows_what_never_happens():
    p = Value(0.0, "p")
    assert check_gradients(-(xlogy(1.0, Value(0.3)) + xlogy(0.0, p)))
    assert check_gradients(xlogy(p, p))


def test_a_check_near_a_pole_does_not_reach_over_it():
    assert check_gradients(tan(Value(math.pi / 2)))


def test_a_check_of_the_largest_of_many_knows_the_tie():
    report = check_gradients(maximum(*leaves(1.0, 1.0, 0.5)))
    assert report
    assert sum("kink" in line.remark for line in report.lines) == 2


def test_the_formula_of_a_cube_roots_slope_is_that_of_the_textbook():
    x, z = leaves(0.5, 2.0, names="x z")
    assert str(formula(cbrt(x), x)) == "1/(3*Abs(x)**(2/3))"
    assert str(formula((autograd.sign(x) * z) ** 2)) == "z**2*sign(x)**2"
    assert str(formula((autograd.sign(x) + z) ** 2)) == "(z + sign(x))**2"


# In fractions


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (tan, 0.0, 1),
        (asin, 0.6, Fraction(5, 4)),
        (atan, 3.0, Fraction(1, 10)),
        (sinh, 0.0, 1),
        (asinh, 0.75, Fraction(4, 5)),
        (acosh, 1.25, Fraction(4, 3)),
        (atanh, 0.5, Fraction(4, 3)),
        (cbrt, 0.125, Fraction(4, 3)),
        (cbrt, -8.0, Fraction(1, 12)),
        (lambda x: floor(x) + ceil(x) + x, 0.3, 1),
        (lambda x: clip(x, 0.1, 0.3), 0.3, 1),
        (lambda x: atan2(x, 4), 3.0, Fraction(4, 25)),
        (lambda x: hypot(x, 4), 3.0, Fraction(3, 5)),
        (lambda x: hypot(x, x), 0.0, 0),
        (lambda x: xlogy(2, x), 4.0, Fraction(1, 2)),
        (lambda x: maximum(x, 0.1, 0.1), 0.1, Fraction(1, 3)),
    ],
)
def test_a_slope_that_is_rational_is_a_fraction(function, x, expected):
    leaf = Value(x)
    assert exact_gradients(function(leaf), [leaf]) == [expected]


@pytest.mark.parametrize("name", ["erf", "log2", "sinh", "gaussian"])
def test_a_slope_that_is_irrational_is_refused_by_the_operation(name):
    x = Value(0.5)
    y = autograd.ops.OPERATIONS[name](x)
    with pytest.raises(ValueError, match=rf"no exact gradient through {name}\(1/2\)"):
        exact_gradients(y, [x])


@pytest.mark.parametrize(
    ("function", "x", "value"),
    [
        ("log2", Fraction(1, 8), -3),
        ("log2", Fraction(3), None),
        ("log10", Fraction(1000), 3),
        ("log10", Fraction(1), 0),
        ("cbrt", Fraction(-27, 8), Fraction(-3, 2)),
        ("cbrt", Fraction(2), None),
        ("cbrt", Fraction(10**60, 27), Fraction(10**20, 3)),
        ("cbrt", Fraction(0), 0),
        ("acos", Fraction(1), 0),
    ],
)
def test_a_value_that_is_rational_is_a_fraction(function, x, value):
    from autograd.numbers.rationals import Exact, Irrational, rationals

    found = getattr(rationals, function)(Exact(x))
    assert isinstance(found, Irrational) if value is None else found == value


# As arrays


def as_arrays_and_as_values(function, *rows):
    """The outputs and gradients of a program, and those of the scalar engine."""
    w = Value(1.0)
    program = vectorize(lambda *xs: function(*(w * x for x in xs)), *[0.0] * len(rows))
    found = program(*rows), program.value_and_gradients(*rows)[1][0]
    outputs = [function(*(w * x for x in map(Value, xs))) for xs in zip(*rows, strict=True)]
    for output in outputs:
        output.backward(1 / len(outputs))
    return found, ([output.data for output in outputs], w.grad)


@pytest.mark.parametrize(
    ("function", "rows"),
    [
        (atan2, ([0.0, 0.0, 1.0], [0.0, -1.0, 2.0])),
        (atan2, ([1e-200, 0.0], [1e-200, 1.0])),
        (hypot, ([0.0, 3.0], [0.0, -4.0])),
        (xlogy, ([0.0, 0.0, 2.0], [0.5, 2.0, 3.0])),
        (lambda x: clip(x, -1, 1), ([-1.0, 0.5, 1.0, 2.0, math.inf],)),
        (lambda x: clip(x, x, x + 1), ([-1.0, 0.5],)),
        (lambda x: floor(x) * ceil(x) + x, ([0.0, 0.5, -2.5],)),
        (lambda x: maximum(x, 0.5, 2 * x - 0.5), ([0.5, 0.0, 1.0],)),
        (lambda x: maximum([x]), ([0.5, -1.0],)),
        (cbrt, ([-8.0, 27.0],)),
        (lambda x: tan(x) + asin(x / 9) + atanh(x / 9), ([0.5, -3.0],)),
        (lambda x: autograd.erfc(x) * erf(x), ([0.5, -3.0, 20.0],)),
    ],
)
def test_arrays_give_what_values_give(function, rows):
    (outputs, slope), (expected, expected_slope) = as_arrays_and_as_values(function, *rows)
    assert outputs == exactly(np.array(expected), relative=1e-14)
    assert slope == exactly(expected_slope, relative=1e-13)


def test_zero_times_the_logarithm_of_zero_is_zero_in_arrays_and_passes_nothing_to_it():
    p = Value(0.0)
    program = vectorize(lambda x: xlogy(x, p), 0.0)
    assert program([0.0]).tolist() == [0]
    assert program.value_and_gradients([0.0, 0.0])[1].tolist() == [0]


def test_the_arrays_of_a_function_are_those_of_the_library():
    w = Value(1.0)
    program = vectorize(lambda x: atan2(asinh(w * x), acosh(2 + x * x)), 0.0)
    assert "np.arctan2(" in program.source
    assert "np.arcsinh(" in program.source
    assert "np.arccosh(" in program.source


def test_erf_of_arrays_without_scipy_is_refused_with_the_extra_that_brings_it(monkeypatch):
    program = vectorize(lambda x: erf(x), 0.0)
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(
        ImportError, match=r"erf of arrays is that of scipy\.special.*pip install 'scalar-autograd\[scipy\]'"
    ):
        program([0.5])


def test_erf_of_another_array_library_is_that_librarys(monkeypatch):
    special = ModuleType("jax.scipy.special")
    special.erf = lambda x: ("jax", x)
    for name in ("jax", "jax.scipy"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "jax.scipy.special", special)
    assert helpers(ModuleType("jax.numpy"))["erf"](0.5) == ("jax", 0.5)


# In an operation of the user's

gelu = Operation(
    "gelu",
    value=lambda m, a: m.half * a * m.erfc(-m.divide(a, m.sqrt(2))),
    local=lambda m, y, a: (
        m.half * m.erfc(-m.divide(a, m.sqrt(2))) + m.divide(a * m.gaussian(m.divide(a, m.sqrt(2))), m.sqrt(2 * m.pi)),
    ),
)


def test_an_operation_of_the_users_may_call_them_in_every_number_system():
    x = Value(-1.25, "x")
    y = gelu(x)
    symbol = sympy.Symbol("x")
    textbook = symbol * (1 + sympy.erf(symbol / sympy.sqrt(2))) / 2
    assert y.data == exactly(float(textbook.subs(symbol, -1.25)))
    [slope] = gradients(y, [x])
    assert slope.data == exactly(float(textbook.diff(symbol).subs(symbol, -1.25)))
    [second] = gradients(slope, [x])
    assert second.data == exactly(float(textbook.diff(symbol, 2).subs(symbol, -1.25)))
    assert sympy.simplify((formula(y, x) - textbook.diff(symbol)).rewrite(sympy.erf)) == 0
    assert check_gradients(y)
    with pytest.raises(ValueError, match="no exact gradient through gelu"):
        exact_gradients(y, [x])
    w = Value(1.0)
    program = vectorize(lambda t: gelu(w * t), 0.0)
    assert program.value_and_gradients([-1.25])[1] == exactly([-1.25 * slope.data])


def test_a_rule_that_asks_for_no_function_of_the_number_systems_is_told_which_is_near():
    misspelled = Operation("f", lambda m, a: m.arctn(a), lambda m, y, a: (m.cos(a),))
    with pytest.raises(AttributeError, match=r"number systems have no m\.arctn: did you mean m\.atan\?"):
        misspelled(Value(0.5))
    half_right = Operation("f", lambda m, a: m.sin(a), lambda m, y, a: (m.coss(a),))
    with pytest.raises(AttributeError, match=r"no m\.coss: did you mean m\.cos"):
        half_right(Value(0.5))


def test_a_clip_takes_its_ends_by_name():
    assert clip(2.0, low=0, high=1) == 1
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'high'"):
        clip(2.0, 0)


def test_a_tail_of_the_users_operation_keeps_its_digits():
    x = Value(-30.0)
    with mp.workdps(50):
        expected = float(mp.ncdf(-30) - 30 * mp.npdf(-30))
    assert grads(gelu(x), [x]) == exactly([expected], relative=1e-12)
