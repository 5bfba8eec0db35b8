"""Sympy expressions as a textbook has them: equal ones in fewer letters, and their text.

The chain rule gives ``a*(1 - a)*(-(y - 1)/(1 - a) - y/a)`` for sigmoid and cross-entropy; the book has ``a - y``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from math import isclose, log, pi, sqrt

import sympy
from sympy.printing.latex import LatexPrinter

from autograd.numbers import Number

MOST_TERMS = 60
"""What has more terms when multiplied out is not made shorter: that takes long, and nobody reads it."""
_MOST_TERMS_AT_ONCE = 16
_LONG = 10**12
_MANY = 10_000
"""From which size on the numbers in a fraction were those of a decimal: 1/100000 is 1e-05."""
_MOST_UNDER_ROOT = 1000


def terms(expression: Number, most: int = MOST_TERMS, known: dict[Number, int] | None = None) -> int:
    """An upper bound on the number of terms when multiplied out; one more than `most` if it is higher."""
    known = {} if known is None else known
    if not expression.args:
        return 1
    if expression not in known:
        parts = [terms(part, most, known) for part in expression.args]
        if expression.is_Add:
            count = sum(parts)
        elif expression.is_Mul:
            count = 1
            for part in parts:
                count = min(count * part, most + 1)
        elif expression.is_Pow and expression.exp.is_Integer and parts[0] > 1:
            count = parts[0] ** min(abs(int(expression.exp)), 20)
        else:
            count = max(parts)
        known[expression] = min(count, most + 1)
    return known[expression]


def shortest(formula: Number, computed: Callable[[], Iterable[tuple[Number, Number]]] = tuple) -> tuple[Number, str]:
    """The equal formula with the shortest text that is found, and this text.

    Args:
        formula: a sympy expression.
        computed: gives what symbols stand for, each with its symbol: they take its place where it occurs. It is called
            for what is no polynomial, for polynomials are read as easily as names.

    Raises:
        OverflowError: if it has more than `MOST_TERMS` terms.

    >>> a, y = sympy.symbols("a y")
    >>> shortest(a * (1 - a) * ((1 - y) / (1 - a) - y / a))
    (a - y, 'a - y')
    """
    formula = sympy.sympify(formula)
    if terms(formula) > MOST_TERMS:
        raise OverflowError("a formula too long to read")
    forms = dict.fromkeys(_equal_ones(formula, computed))
    # Of 2*y - 2*t and 2*(y - t), which are as long, books have the product.
    return min(((form, text_of(form)) for form in forms), key=lambda found: (len(found[1]), found[0].is_Add))


def _equal_ones(formula: Number, computed: Callable[[], Iterable[tuple[Number, Number]]]) -> Iterator[Number]:
    yield formula
    formula = sympy.factor_terms(formula)
    yield formula
    if formula.is_polynomial():
        if formula.is_Add:
            yield sympy.factor_terms(sympy.expand(formula))
            yield from _with_a_common_sum(formula)
        return
    for what, symbol in computed():
        if what.free_symbols <= formula.free_symbols:
            formula = _put_in(formula, what, symbol)
    yield formula
    yield sympy.factor_terms(sympy.expand(formula))
    if _has_denominator(formula):
        formula = _cleared(formula)
        yield sympy.factor_terms(formula)
        yield formula


def _put_in(formula: Number, what: Number, symbol: Number) -> Number:
    """The formula with a symbol for what it stands for; sympy does not see e/s in e/(3*s)."""
    if formula.is_Add:
        return formula.func(*(_put_in(term, what, symbol) for term in formula.args)).subs(what, symbol)
    number, others = formula.as_coeff_Mul()
    changed = others.subs(what, symbol)
    return formula if changed == others else number * changed  # -1 would be multiplied into a sum


def _with_a_common_sum(formula: Number) -> Iterator[Number]:
    """A sum with a factor taken out that is a sum itself: (r - t)*(w + 1) of w*(r - t) + r - t."""
    factors = [factor for term in formula.args for factor in sympy.Mul.make_args(term) if factor.is_Add]
    for common in dict.fromkeys(factors):
        whole = sympy.Dummy(real=True)
        for term in common.args:
            if term.is_Symbol:
                found = sympy.factor_terms(formula.subs(term, whole + term - common))
                if found.is_Mul and whole in found.args:
                    yield found.xreplace({whole: common})
                break


def _has_denominator(formula: Number) -> bool:
    return any(power.exp.could_extract_minus_sign() for power in formula.atoms(sympy.Pow) if power.free_symbols)


def _cleared(formula: Number) -> Number:
    """The formula with what is above and below a fraction cancelled, term by term of long sums."""
    if not _has_denominator(formula):
        return formula
    if formula.is_Add or (formula.is_Mul and terms(formula) > _MOST_TERMS_AT_ONCE):
        return formula.func(*map(_cleared, formula.args))
    try:
        return _with_signs_as_in_books(sympy.factor(formula))
    except sympy.PolynomialError:
        return formula


def _with_signs_as_in_books(product: Number) -> Number:
    """A product with 1 - h for h - 1, and with the minus of all of it in a difference: h*(1 - h)*(a - y)."""
    number, factors = product.as_coeff_Mul()
    factors = list(sympy.Mul.make_args(factors))
    odd = [k for k, factor in enumerate(factors) if factor.as_base_exp()[0].is_Add and factor.as_base_exp()[1].is_odd]
    for k in odd:
        base, exponent = factors[k].as_base_exp()
        constant, others = base.as_coeff_Add()
        if constant.is_negative and not all(map(_is_negative, sympy.Add.make_args(others))):
            factors[k], number = (-base) ** exponent, -number
    if number.is_negative:
        for k in reversed(odd):
            base, exponent = factors[k].as_base_exp()
            if not base.as_coeff_Add()[0]:
                factors[k], number = (-base) ** exponent, -number
                break
    return sympy.Mul(number, *factors)


def _is_negative(term: Number) -> bool:
    return bool(term.could_extract_minus_sign())


# As text


class Printer(sympy.printing.str.StrPrinter):  # type: ignore[misc]
    """Sympy's text, but with a positive term first: (p - a) rather than (-a + p)."""

    def _print_Add(self, expr: Number, order: Number = None) -> str:  # noqa: N802
        shown = [self._print(term) for term in positive_first(self._as_ordered_terms(expr, order=order))]
        return shown[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in shown[1:])


def positive_first(ordered: Iterable[Number]) -> list[Number]:
    """The terms of a sum, those with a minus after the others."""
    return sorted(ordered, key=_is_negative)


def text_of(formula: Number) -> str:
    """The formula as a page writes it.

    >>> K = sympy.Symbol("K")
    >>> print(text_of(K / sympy.Rational("1.4142135623730951")), text_of(-K + 1))
    K/sqrt(2) 1 - K
    """
    return str(Printer().doprint(with_roots(formula)))


def with_roots(formula: Number) -> Number:
    """The formula with ``sqrt(2)`` for 1.4142135623730951, ``log(2)`` for 0.6931471805599453, and 1e-05 for 1/100000.

    A float with all its digits is the root, or the logarithm, that it is.
    """
    odd = {x for x in sympy.sympify(formula).atoms(sympy.Rational) if max(abs(x.p), x.q) >= _MANY}
    shown = {x: better for x in odd if (better := _as_written(x)) is not None}
    return formula.xreplace(shown) if shown else formula


def _as_written(x: Number) -> Number:
    """A number as a page has it; None for one that is best written as it is. What it is made of are symbols.

    Sympy itself turns 1/√2 into √2/2.
    """
    sign = 1 if x > 0 else -1
    if max(abs(x.p), x.q) > _LONG:
        square = Fraction(float(x) ** 2).limit_denominator(_MOST_UNDER_ROOT)
        roots = [(f"sqrt({n})", sqrt(n)) for n in (square, 1 / square if square else square) if n.denominator == 1 < n]
        for name, value in (*roots, ("log(2)", log(2)), ("log(10)", log(10)), ("pi", pi)):
            for power in (1, -1):
                if isclose(abs(x), value**power, rel_tol=4e-16):
                    return sign * sympy.Symbol(name, positive=True) ** power
    decimal = repr(float(abs(x)))
    short = len(decimal) < len(f"{abs(x.p)}/{x.q}") and Fraction(decimal) == Fraction(abs(int(x.p)), int(x.q))
    return sign * sympy.Symbol(decimal, positive=True) if x.q > 1 and short else None


class Latex(LatexPrinter):  # type: ignore[misc]
    """Sympy's LaTeX, with a positive term first, and σ for sigmoid."""

    def _print_Add(self, expr: Number, order: Number = None) -> str:  # noqa: N802
        shown = [self._print(term) for term in positive_first(self._as_ordered_terms(expr, order=order))]
        return str(shown[0]) + "".join(f" - {t[1:].lstrip()}" if t.startswith("-") else f" + {t}" for t in shown[1:])

    def _hprint_Function(self, func: str) -> str:  # noqa: N802
        return {"sigmoid": r"\sigma"}.get(func) or str(super()._hprint_Function(func))


def latex_of(formula: Number, names: Mapping[Number, str]) -> str:
    r"""The formula in LaTeX, with a name for each symbol.

    >>> a, y = sympy.symbols("a y")
    >>> print(latex_of((a - y) / 3, {a: r"\hat{y}", y: "y_{1}"}))
    \frac{\hat{y} - y_{1}}{3}
    """
    formula = sympy.factor_terms(with_roots(formula))
    roots = {
        symbol: rf"\{name}{{{number}}}" if name == "sqrt" else rf"\ln {number}"
        for symbol in formula.free_symbols - names.keys()
        for name, _, number in [symbol.name.removesuffix(")").partition("(")]
        if name in ("sqrt", "log")
    } | {symbol: r"\pi" for symbol in formula.free_symbols - names.keys() if symbol.name == "pi"}
    printer = Latex({"symbol_names": {**names, **roots}})
    return str(printer.doprint(formula))
