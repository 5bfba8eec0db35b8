"""Graphs drawn at random, with shared nodes and repeated operands, against oracles that know nothing of graphs."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from support import exactly, examples, finite_difference

import autograd
from autograd import Value, exact_gradients, formula, gradients, hessian


class Step(NamedTuple):
    """One line of a program: an operation, and which of the earlier results it takes."""

    name: str
    operands: tuple[int, ...]


def run(program, inputs, table):
    """Every result of a program in the numbers of `table`; the first are the inputs."""
    results = list(inputs)
    for step in program:
        results.append(table[step.name](*(results[k % len(results)] for k in step.operands)))
    return results


def programs(names):
    """Up to ten lines that each take three of the results so far (an operation may leave some of them out)."""
    operands = st.tuples(*[st.integers(0, 12)] * 3)
    return st.lists(st.builds(Step, st.sampled_from(sorted(names)), operands), min_size=1, max_size=10)


sixteenths = st.lists(st.integers(-32, 32).map(lambda n: n / 16), min_size=1, max_size=3)

# The same operations on Values, on mpmath's numbers as a textbook has them, and on sympy's expressions.

ON_VALUES = {
    "add": lambda a, b, c: a + b,
    "subtract": lambda a, b, c: a - b,
    "multiply": lambda a, b, c: a * b,
    "divide": lambda a, b, c: a / (b**2 + 2),
    "square": lambda a, b, c: a**2,
    "cube": lambda a, b, c: a**3 * 0.125,
    "power": lambda a, b, c: (a.sin() + 2) ** b.tanh(),
    "exponential": lambda a, b, c: 2 ** a.sin(),
    "negative": lambda a, b, c: 1 - a,
    "sin": lambda a, b, c: a.sin(),
    "cos": lambda a, b, c: autograd.cos(a),
    "tanh": lambda a, b, c: autograd.tanh(a),
    "sigmoid": lambda a, b, c: a.sigmoid(),
    "softplus": lambda a, b, c: a.softplus(),
    "exp": lambda a, b, c: (-a * a).exp(),
    "expm1": lambda a, b, c: a.tanh().expm1(),
    "log": lambda a, b, c: (a * a + 0.5).log(),
    "log1p": lambda a, b, c: (a * a).log1p(),
    "sqrt": lambda a, b, c: (b * b + 1).sqrt(),
    "tan": lambda a, b, c: a.tanh().tan(),
    "asin": lambda a, b, c: (0.5 * a.sin()).asin(),
    "acos": lambda a, b, c: (0.5 * a.sin()).acos(),
    "atan": lambda a, b, c: a.atan(),
    "atan2": lambda a, b, c: autograd.atan2(a, b * b + 0.5),
    "sinh": lambda a, b, c: a.sin().sinh(),
    "cosh": lambda a, b, c: a.sin().cosh(),
    "asinh": lambda a, b, c: a.asinh(),
    "acosh": lambda a, b, c: (a * a + 1.5).acosh(),
    "atanh": lambda a, b, c: (0.5 * a.tanh()).atanh(),
    "log2": lambda a, b, c: (a * a + 0.5).log2(),
    "log10": lambda a, b, c: (a * a + 0.5).log10(),
    "xlogy": lambda a, b, c: autograd.xlogy(a, b * b + 0.5),
    "cbrt": lambda a, b, c: (a * a + 0.5).cbrt(),
    "hypot": lambda a, b, c: autograd.hypot(a, b * b + 0.5),
    "erf": lambda a, b, c: a.erf(),
    "erfc": lambda a, b, c: a.erfc(),
    "clip": lambda a, b, c: autograd.clip(a, -1, 0.75),
    "largest": lambda a, b, c: autograd.maximum(a, b, c),
    "absolute": lambda a, b, c: abs(a),
    "relu": lambda a, b, c: a.relu(),
    "maximum": lambda a, b, c: autograd.maximum(a, b),
    "minimum": lambda a, b, c: a.minimum(b),
    "where": lambda a, b, c: autograd.where(a > b, b * c, c),
    "sum": lambda a, b, c: autograd.sum([a, b, c, a]),
    "mean": lambda a, b, c: autograd.mean([a, b, c]),
    "prod": lambda a, b, c: autograd.prod([a, b, c]),
    "dot": lambda a, b, c: autograd.dot([a, b], [b, c], a),
    "logsumexp": lambda a, b, c: autograd.logsumexp([a, b, c]),
    "softmax": lambda a, b, c: autograd.softmax([a, b, c])[1],
}


class OnAKink(Exception):  # noqa: N818  (it is no error)
    """The program is not differentiable here, or so nearly that it does not matter."""


def larger(a, b):
    """Whether a > b; not on a kink (an operand beside itself is none)."""
    if a is not b and abs(a - b) < 1e-6:
        raise OnAKink
    return a > b


ON_DIGITS = {
    "add": lambda a, b, c: a + b,
    "subtract": lambda a, b, c: a - b,
    "multiply": lambda a, b, c: a * b,
    "divide": lambda a, b, c: a / (b**2 + 2),
    "square": lambda a, b, c: a * a,
    "cube": lambda a, b, c: a * a * a / 8,
    "power": lambda a, b, c: mp.exp(mp.tanh(b) * mp.log(2 + mp.sin(a))),
    "exponential": lambda a, b, c: mp.exp(mp.sin(a) * mp.log(2)),
    "negative": lambda a, b, c: 1 - a,
    "sin": lambda a, b, c: mp.sin(a),
    "cos": lambda a, b, c: mp.cos(a),
    "tanh": lambda a, b, c: mp.tanh(a),
    "sigmoid": lambda a, b, c: 1 / (1 + mp.exp(-a)),
    "softplus": lambda a, b, c: mp.log(1 + mp.exp(a)),
    "exp": lambda a, b, c: mp.exp(-a * a),
    "expm1": lambda a, b, c: mp.exp(mp.tanh(a)) - 1,
    "log": lambda a, b, c: mp.log(a * a + 0.5),
    "log1p": lambda a, b, c: mp.log(1 + a * a),
    "sqrt": lambda a, b, c: mp.sqrt(b * b + 1),
    "tan": lambda a, b, c: mp.tan(mp.tanh(a)),
    "asin": lambda a, b, c: mp.asin(mp.sin(a) / 2),
    "acos": lambda a, b, c: mp.acos(mp.sin(a) / 2),
    "atan": lambda a, b, c: mp.atan(a),
    "atan2": lambda a, b, c: mp.atan(a / (b * b + 0.5)),
    "sinh": lambda a, b, c: mp.sinh(mp.sin(a)),
    "cosh": lambda a, b, c: mp.cosh(mp.sin(a)),
    "asinh": lambda a, b, c: mp.asinh(a),
    "acosh": lambda a, b, c: mp.acosh(a * a + 1.5),
    "atanh": lambda a, b, c: mp.atanh(mp.tanh(a) / 2),
    "log2": lambda a, b, c: mp.log(a * a + 0.5) / mp.log(2),
    "log10": lambda a, b, c: mp.log(a * a + 0.5) / mp.log(10),
    "xlogy": lambda a, b, c: a * mp.log(b * b + 0.5),
    "cbrt": lambda a, b, c: mp.cbrt(a * a + 0.5),
    "hypot": lambda a, b, c: mp.sqrt(a * a + (b * b + 0.5) ** 2),
    "erf": lambda a, b, c: mp.erf(a),
    "erfc": lambda a, b, c: mp.erfc(a),
    "clip": lambda a, b, c: mpf(-1) if larger(-1, a) else a if larger(0.75, a) else mpf(0.75),
    "largest": lambda a, b, c: (lambda d: d if larger(d, c) else c)(a if larger(a, b) else b),
    "absolute": lambda a, b, c: a if larger(a, 0) else -a,
    "relu": lambda a, b, c: a if larger(a, 0) else mpf(0),
    "maximum": lambda a, b, c: a if larger(a, b) else b,
    "minimum": lambda a, b, c: b if larger(a, b) else a,
    "where": lambda a, b, c: b * c if larger(a, b) else c,
    "sum": lambda a, b, c: 2 * a + b + c,
    "mean": lambda a, b, c: (a + b + c) / 3,
    "prod": lambda a, b, c: a * b * c,
    "dot": lambda a, b, c: a * b + b * c + a,
    "logsumexp": lambda a, b, c: mp.log(mp.exp(a) + mp.exp(b) + mp.exp(c)),
    "softmax": lambda a, b, c: mp.exp(b) / (mp.exp(a) + mp.exp(b) + mp.exp(c)),
}


def derivative(program, point, *positions):
    """∂/∂xᵢ of the last result, or ∂²/∂xᵢ∂xⱼ, by differences with many digits."""
    orders = [positions.count(k) for k in range(len(point))]
    try:
        return float(finite_difference(lambda *xs: run(program, xs, ON_DIGITS)[-1], point, orders, digits=200))
    except OnAKink:
        assume(False)


def recorded(program, point):
    """The inputs and the output as Values, where no number on the way is so large that rounding drowns the rest."""
    inputs = [Value(x, f"x{k}") for k, x in enumerate(point)]
    results = run(program, inputs, ON_VALUES)
    assume(all(abs(node.data) < 1e4 for node in results))
    return inputs, results[-1]


def rounding(output):
    """A bound for the rounding of a backward: some parts in 1e16 of the largest product that it adds up."""
    products, stack, seen = [1.0], [output], set()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            products += [abs((node.grad or 0.0) * local) for local in node.local_grads]
            stack += node.parents
    return 1e-10 * max(products)


def test_every_operation_of_the_programs_is_there_twice():
    assert ON_VALUES.keys() == ON_DIGITS.keys()


@settings(max_examples=examples(250))
@given(program=programs(ON_VALUES), point=sixteenths)
def test_backward_gives_the_derivatives_of_the_program(program, point):
    inputs, output = recorded(program, point)
    for node in inputs:
        node.grad = 0.0
    output.backward()
    expected = [derivative(program, point, k) for k in range(len(point))]
    assert [node.grad for node in inputs] == exactly(expected, relative=1e-10, absolute=rounding(output))


@settings(max_examples=examples(150))
@given(program=programs(ON_VALUES), point=sixteenths)
def test_gradients_as_graphs_are_those_of_backward(program, point):
    inputs, output = recorded(program, point)
    for node in inputs:
        node.grad = 0.0
    found = [node.data for node in gradients(output, inputs)]
    output.backward()
    assert found == exactly([node.grad for node in inputs], relative=1e-12, absolute=rounding(output))


@settings(max_examples=examples(100))
@given(program=programs(ON_VALUES), point=sixteenths)
def test_a_hessian_has_the_second_derivatives_of_the_program(program, point):
    inputs, output = recorded(program, point)
    slopes = gradients(output, inputs)
    rows = hessian(output, inputs)
    for i, slope in enumerate(slopes):
        slope.backward()
        expected = [derivative(program, point, i, j) for j in range(len(point))]
        tolerance = exactly(expected, relative=1e-9, absolute=10 * rounding(slope))
        assert [entry.data for entry in rows[i]] == tolerance


@settings(max_examples=examples(100))
@given(program=programs(ON_VALUES), point=sixteenths, cut=st.integers(0, 9))
def test_the_gradient_by_an_inner_node_is_the_derivative_of_what_comes_after_it(program, point, cut):
    inputs = [Value(x) for x in point]
    results = run(program, inputs, ON_VALUES)
    assume(all(abs(node.data) < 1e4 for node in results))
    cut %= len(program)
    inner, output = results[len(point) + cut], results[-1]
    found = gradients(output, [inner])[0].data

    def after(x):
        """The output with x in the place of that node."""
        before = run(program[:cut], map(mpf, point), ON_DIGITS)
        return run(program[cut + 1 :], [*before, x], ON_DIGITS)[-1]

    try:
        expected = float(finite_difference(after, [inner.data], [1], digits=200))
    except OnAKink:
        assume(False)
    output.backward()
    assert found == exactly(expected, relative=1e-9, absolute=10 * rounding(output))


# Exactly


@dataclass(frozen=True)
class Dual:
    """A fraction and its derivative, with the rules of school."""

    value: Fraction
    slope: Fraction

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other):
        quotient = self.value / other.value
        return Dual(quotient, (self.slope - quotient * other.slope) / other.value)


def number(text):
    return Dual(Fraction(text), Fraction(0))


RATIONAL: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add": (lambda a, b, c: a + b, lambda a, b, c: a + b),
    "tenth": (lambda a, b, c: a * 0.1, lambda a, b, c: a * number("1/10")),
    "subtract": (lambda a, b, c: a - b, lambda a, b, c: a + number(-1) * b),
    "multiply": (lambda a, b, c: a * b, lambda a, b, c: a * b),
    "divide": (lambda a, b, c: a / (b * b + 0.3), lambda a, b, c: a / (b * b + number("3/10"))),
    "square": (lambda a, b, c: a**2, lambda a, b, c: a * a),
    "inverse": (lambda a, b, c: (a * a + 1) ** -2, lambda a, b, c: (number(1) / (a * a + number(1))) * one_over(a)),
    "relu": (lambda a, b, c: a.relu(), lambda a, b, c: a if off(a.value) > 0 else number(0)),
    "absolute": (lambda a, b, c: abs(a), lambda a, b, c: a if off(a.value) > 0 else number(-1) * a),
    "maximum": (lambda a, b, c: a.maximum(b), lambda a, b, c: a if a is b or off(a.value - b.value) > 0 else b),
    "where": (lambda a, b, c: autograd.where(a < b, a, c), lambda a, b, c: a if off(b.value - a.value) > 0 else c),
    "mean": (lambda a, b, c: autograd.mean([a, b, c]), lambda a, b, c: (a + b + c) * number("1/3")),
    "prod": (lambda a, b, c: autograd.prod([a, b, c]), lambda a, b, c: a * b * c),
    "dot": (lambda a, b, c: autograd.dot([a, b], [c, b], a), lambda a, b, c: a * c + b * b + a),
}


def one_over(a):
    return number(1) / (a * a + number(1))


def off(difference):
    if difference == 0:
        raise OnAKink
    return difference


decimals = st.lists(st.integers(-30, 30).map(lambda n: f"{n / 10}"), min_size=1, max_size=3)


@settings(max_examples=examples(200))
@given(program=programs(RATIONAL), point=decimals)
def test_exact_gradients_are_those_of_dual_fractions(program, point):
    inputs = [Value(float(x)) for x in point]
    output = run(program, inputs, {name: on_values for name, (on_values, _) in RATIONAL.items()})[-1]
    on_duals = {name: on_duals for name, (_, on_duals) in RATIONAL.items()}
    expected = []
    for k in range(len(point)):
        duals = [Dual(Fraction(x), Fraction(i == k)) for i, x in enumerate(point)]
        try:
            expected.append(run(program, duals, on_duals)[-1].slope)
        except OnAKink:
            assume(False)
    assert exact_gradients(output, inputs) == expected


# As formulas

ON_FORMULAS = {
    "add": lambda a, b, c: a + b,
    "subtract": lambda a, b, c: a - b,
    "multiply": lambda a, b, c: a * b,
    "divide": lambda a, b, c: a / (b**2 + 2),
    "square": lambda a, b, c: a**2,
    "cube": lambda a, b, c: a**3 / 8,
    "negative": lambda a, b, c: 1 - a,
    "sin": lambda a, b, c: sympy.sin(a),
    "tanh": lambda a, b, c: sympy.tanh(a),
    "sigmoid": lambda a, b, c: 1 / (1 + sympy.exp(-a)),
    "softplus": lambda a, b, c: sympy.log(1 + sympy.exp(a)),
    "exp": lambda a, b, c: sympy.exp(-a * a),
    "log": lambda a, b, c: sympy.log(a**2 + sympy.Rational(1, 2)),
    "sqrt": lambda a, b, c: sympy.sqrt(b**2 + 1),
    "tan": lambda a, b, c: sympy.tan(sympy.tanh(a)),
    "atan": lambda a, b, c: sympy.atan(a),
    "atan2": lambda a, b, c: sympy.atan(a / (b**2 + sympy.Rational(1, 2))),
    "asinh": lambda a, b, c: sympy.asinh(a),
    "acosh": lambda a, b, c: sympy.acosh(a**2 + sympy.Rational(3, 2)),
    "hypot": lambda a, b, c: sympy.sqrt(a**2 + (b**2 + sympy.Rational(1, 2)) ** 2),
    "erf": lambda a, b, c: sympy.erf(a),
    "sum": lambda a, b, c: 2 * a + b + c,
    "mean": lambda a, b, c: (a + b + c) / 3,
    "prod": lambda a, b, c: a * b * c,
    "dot": lambda a, b, c: a * b + b * c + a,
    "logsumexp": lambda a, b, c: sympy.log(sympy.exp(a) + sympy.exp(b) + sympy.exp(c)),
}


@pytest.mark.parametrize("order", [0, 1])
@settings(max_examples=examples(50))
@given(
    program=programs(ON_FORMULAS).map(lambda lines: lines[:6]),
    point=sixteenths,
    elsewhere=st.tuples(*[st.floats(-2, 2)] * 3),
)
def test_a_formula_is_that_of_sympy_at_every_point(order, program, point, elsewhere):
    inputs, output = recorded(program, point)
    symbols = sympy.symbols("x0 x1 x2")[: len(point)]
    whole = run(program, symbols, ON_FORMULAS)[-1]
    for node, symbol in zip(inputs, symbols, strict=True):
        found = formula(output, node) if order else formula(output)
        expected = whole.diff(symbol) if order else whole
        at = {symbol: sympy.Rational(str(x)) for symbol, x in zip(symbols, elsewhere, strict=False)}
        difference, size = (found - expected).subs(at), expected.subs(at)
        assert abs(sympy.N(difference, 30)) <= 1e-15 * (1 + abs(sympy.N(size, 30)))
