"""Quotients of polynomials in symbols and in functions of them: formulas whose difference shows whether they are equal.

A number is Σ coefficient · a^i · b^j ⋯, where exponents may be negative. Its unknowns are symbols, such as the names of
nodes, and functions that are made of no others: 1 over a sum, e to some power, a logarithm, a root, a sine. σ(n) is
E · (1/(E + 1)) with E = eⁿ, and so is every other spelling of it; √a squared is a, cos² is 1 − sin². What is a choice
(relu, abs, maximum) goes the way that it goes at the recorded point, as in `one_side`.

Unknowns are taken for independent, save for these relations: so two numbers whose difference is 0 are equal, and two
that are equal in another way (log 4 and 2 log 2) need not be found to be so.
"""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from autograd.numbers import Number, NumberSystem

Monomial = tuple[tuple[int, int], ...]
"""The unknowns of a term, by their numbers in ascending order, each with its exponent, which is not 0."""
Terms = dict[Monomial, Number]
"""The coefficient of each monomial: whole numbers or Fractions, none of them 0."""

MOST_TERMS = 4_000
MOST_PRODUCTS = 400_000
_HIGHEST_POWER = 1000
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    **{name: getattr(math, name) for name in ("exp", "log", "sin", "cos", "asin", "atan", "asinh", "acosh")},
    "atanh": math.atanh,
    "erf": math.erf,
    "inverse": lambda x: 1 / x,
}
_SPLIT = 4
"""Up to how many terms a sum has whose exponential is a product: of longer ones it is an unknown by itself."""


class TooLong(OverflowError):  # noqa: N818  (an outcome, not an error)
    """A number of more terms than is worth the effort."""


class RationalFunction:
    """One of these quotients. Arithmetic with whole numbers and Fractions, too."""

    __slots__ = ("m", "terms")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, m: "RationalFunctions", terms: Terms) -> None:
        self.m, self.terms = m, terms

    def __add__(self, other: Number) -> "RationalFunction":
        return self.m.total([self, self.m.of(other)])

    __radd__ = __add__

    def __neg__(self) -> "RationalFunction":
        return RationalFunction(self.m, {monomial: -c for monomial, c in self.terms.items()})

    def __sub__(self, other: Number) -> "RationalFunction":
        return self + -self.m.of(other)

    def __rsub__(self, other: Number) -> "RationalFunction":
        return self.m.of(other) + -self

    def __mul__(self, other: Number) -> "RationalFunction":
        if isinstance(other, int | Fraction):
            return RationalFunction(self.m, {m: _whole(c * other) for m, c in self.terms.items()} if other else {})
        return self.m.times(self, self.m.of(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> "RationalFunction":
        return self.m.times(self, self.m.inverse(self.m.of(other)))

    def __rtruediv__(self, other: Number) -> "RationalFunction":
        return self.m.times(self.m.of(other), self.m.inverse(self))

    def __pow__(self, exponent: Number) -> "RationalFunction":
        return self.m.power(self, exponent)

    def __eq__(self, other: object) -> bool:
        return self.m.is_zero(self - other)

    @property
    def constant(self) -> Number:
        """The number that it is; None if it holds an unknown."""
        return None if any(self.terms) else self.terms.get((), 0)


class RationalFunctions(NumberSystem):
    """The number system. Each one has its own unknowns.

    Args:
        recorded: what the thing that a symbol stands for is at the point.
    """

    half = Fraction(1, 2)

    def __init__(self, recorded: Callable[[Number], float]) -> None:
        self._recorded = recorded
        self._unknowns: dict[Number, int] = {}
        self._made: list[tuple[str, Number]] = []
        """Of each unknown the name of a function and its operand, or "symbol" and what it stands for."""
        self._here: dict[int, float] = {}
        """What each unknown is at the recorded point, of those that were asked for."""
        self._symbols_of: list[frozenset[int]] = []
        """The symbols that each unknown is made of."""
        self._degree: dict[int, int] = {}
        """Of each root its degree: 2 of a square root."""
        self._sine: dict[int, int] = {}
        """Of each cosine the sine of the same."""
        self.has_chosen = False
        """Whether a choice was made by what something is at the recorded point."""
        self.left = MOST_PRODUCTS
        """How many more pairs of terms may be multiplied: who counts sets it anew."""
        self._sum: dict[int, Terms] = {}
        """Of each reciprocal of a sum that sum."""

    # Unknowns

    def symbols(self, things: Iterable[Number]) -> dict[Number, RationalFunction]:
        """The symbols for some things."""
        return {thing: self._unknown("symbol", thing, thing, None) for thing in things}

    def _unknown(self, name: str, key: Number, made_of: Number, operand: RationalFunction | None) -> RationalFunction:
        if (name, key) not in self._unknowns:
            number = self._unknowns[name, key] = len(self._made)
            self._made.append((name, made_of))
            self._symbols_of.append(frozenset([number] if operand is None else self._symbols(operand)))
        return self._single(self._unknowns[name, key])

    def _single(self, unknown: int, exponent: int = 1) -> RationalFunction:
        return RationalFunction(self, {((unknown, exponent),): 1} if exponent else {(): 1})

    def _applied(self, name: str, a: RationalFunction) -> RationalFunction:
        """A function of one number as an unknown."""
        return self._unknown(name, frozenset(a.terms.items()), a, a)

    def _symbols(self, a: RationalFunction) -> set[int]:
        unknowns = {unknown for monomial in a.terms for unknown, _ in monomial}
        return {symbol for unknown in unknowns for symbol in self._symbols_of[unknown]}

    def stands_for(self, a: RationalFunction) -> list[Number]:
        """What the symbols in a number stand for; π stands for itself."""
        things = [self._made[symbol][1] for symbol in self._symbols(a)]
        return [thing for thing in things if thing != "π"]

    def value(self, a: RationalFunction) -> float:
        """What a number is at the recorded point. ArithmeticError if that is no number."""
        return math.fsum(
            float(c) * math.prod(self._at_the_point(unknown) ** exponent for unknown, exponent in monomial)
            for monomial, c in a.terms.items()
        )

    def _at_the_point(self, unknown: int) -> float:
        if unknown not in self._here:
            name, made_of = self._made[unknown]
            if name == "symbol":
                here = math.pi if made_of == "π" else self._recorded(made_of)
            else:
                try:
                    x = self.value(made_of)
                    here = x ** (1 / int(name[4:])) if name.startswith("root") else _FUNCTIONS[name](x)
                except (ArithmeticError, ValueError):
                    here = math.nan
            self._here[unknown] = here
        return self._here[unknown]

    # Arithmetic

    def of(self, x: Number) -> RationalFunction:
        """A number of Python as one of these."""
        if isinstance(x, RationalFunction):
            return x
        if isinstance(x, float):
            return self.number(x)
        return RationalFunction(self, {(): x} if x else {})

    def number(self, x: float) -> RationalFunction:
        """The decimal as written: 0.1 is 1/10."""
        return self.of(_whole(x if isinstance(x, int | Fraction) else Fraction(repr(float(x)))))

    def total(self, numbers: Iterable[RationalFunction]) -> RationalFunction:
        """The sum."""
        found: Terms = {}
        for each in numbers:
            for monomial, c in each.terms.items():
                found[monomial] = found.get(monomial, 0) + c
        if len(found) > MOST_TERMS:
            raise TooLong
        return RationalFunction(self, {monomial: c for monomial, c in found.items() if c})

    def times(self, a: RationalFunction, b: RationalFunction) -> RationalFunction:
        """The product."""
        return self._reduced(self._product(a.terms, b.terms))

    def _product(self, a: Terms, b: Terms) -> Terms:
        self.left -= len(a) * len(b)
        if self.left < 0:
            raise TooLong
        found: Terms = {}
        for left, c in a.items():
            for right, d in b.items():
                monomial = _times(left, right)
                found[monomial] = found.get(monomial, 0) + c * d
        found = {monomial: c for monomial, c in found.items() if c}
        if len(found) > MOST_TERMS:
            raise TooLong
        return found

    def _reduced(self, terms: Terms) -> RationalFunction:
        """The relations used: s² is a, for s = √a."""
        if not self._degree and not self._sine and not self._sum:
            return RationalFunction(self, terms)
        kept: Terms = {}
        others = []
        for monomial, c in terms.items():
            for unknown, exponent in monomial:
                left, instead = self._related(unknown, exponent)
                if instead is not None:
                    rest = tuple(each for each in monomial if each[0] != unknown)
                    term = RationalFunction(self, {_times(rest, ((unknown, left),) if left else ()): c})
                    others.append(self.times(term, instead))
                    break
            else:
                kept[monomial] = c
        return self.total([RationalFunction(self, kept), *others]) if others else RationalFunction(self, kept)

    def _related(self, unknown: int, exponent: int) -> tuple[int, RationalFunction | None]:
        """What a power of an unknown is by its relation: a lower power, times something else. None if there is none."""
        if unknown in self._sine and exponent >= 2:
            sine = self._single(self._sine[unknown])
            return exponent - 2, 1 - sine * sine
        if exponent < 0 and unknown in self._sum:
            return 0, self.power(RationalFunction(self, self._sum[unknown]), -exponent)
        degree = self._degree.get(unknown)
        if degree is None or 0 <= exponent < degree:
            return exponent, None
        whole, left = divmod(exponent, degree)
        return left, self.power(self._made[unknown][1], whole)

    def inverse(self, a: Number) -> RationalFunction:
        """1/a."""
        a = self.of(a)
        if not a.terms:
            raise ZeroDivisionError("division by a formula that is 0")
        terms, monomial, c = _primitive(a.terms)
        found = self._reduced({tuple((unknown, -exponent) for unknown, exponent in monomial): _whole(1 / Fraction(c))})
        if len(terms) == 1:
            return found
        below = self._applied("inverse", RationalFunction(self, terms))
        [[(unknown, _)]] = below.terms
        self._sum[unknown] = terms
        return self.times(found, below)

    def is_zero(self, a: RationalFunction) -> bool:
        """Whether it is 0, whatever its unknowns are."""
        while a.terms:
            exponents: dict[int, list[int]] = {}
            for monomial in a.terms:
                for unknown, exponent in monomial:
                    exponents.setdefault(unknown, []).append(exponent)
            if below := [unknown for unknown in exponents if unknown in self._sum]:
                # The last one, for those before it may be in its sum.
                a = self._multiplied_out(a, last := max(below), max(exponents[last]))
            elif below := [unknown for unknown in self._sine if min(exponents.get(unknown, [0])) < 0]:
                # Below, no cos² becomes 1 − sin².
                a = self.times(a, self._single(below[0], -min(exponents[below[0]])))
            else:
                return False
        return True

    def _multiplied_out(self, a: RationalFunction, reciprocal: int, highest: int) -> RationalFunction:
        """The number times a power of a sum, so high that its reciprocal is nowhere left."""
        by_exponent: dict[int, Terms] = {}
        for monomial, c in a.terms.items():
            exponent = next((exponent for unknown, exponent in monomial if unknown == reciprocal), 0)
            rest = tuple(each for each in monomial if each[0] != reciprocal)
            by_exponent.setdefault(exponent, {})[rest] = c
        inner = RationalFunction(self, self._sum[reciprocal])
        found = self.of(0)
        for exponent in range(highest + 1):  # as Horner does, from the lowest power of the reciprocal on
            found = self.total([self.times(found, inner), RationalFunction(self, by_exponent.get(exponent, {}))])
        return found

    def substituted(self, a: RationalFunction, what: Number, by: RationalFunction) -> RationalFunction:
        """The number with another one in the place of a symbol."""
        symbol = self._unknowns.get(("symbol", what))
        return a if symbol is None else self._with(a, symbol, by, {})

    def _with(
        self, a: RationalFunction, symbol: int, by: RationalFunction, known: dict[int, RationalFunction]
    ) -> RationalFunction:
        by_changing: dict[Monomial, Terms] = {}
        for monomial, c in a.terms.items():
            changing = tuple(each for each in monomial if symbol in self._symbols_of[each[0]])
            kept = tuple(each for each in monomial if symbol not in self._symbols_of[each[0]])
            by_changing.setdefault(changing, {})[kept] = c
        found = []
        for changing, rest in by_changing.items():
            term = RationalFunction(self, rest)
            for unknown, exponent in changing:
                if unknown not in known:
                    name, inner = self._made[unknown]
                    known[unknown] = (
                        by if unknown == symbol else self._again(name, self._with(inner, symbol, by, known))
                    )
                term = self.times(term, self.power(known[unknown], exponent))
            found.append(term)
        return self.total(found)

    def _again(self, name: str, a: RationalFunction) -> RationalFunction:
        if name.startswith("root"):
            return self._root(a, int(name[4:]))
        found: RationalFunction = getattr(self, name)(a)
        return found

    # What a rule asks for

    @property
    def pi(self) -> RationalFunction:
        return self.symbols(["π"])["π"]

    def divide(self, a: Number, b: Number) -> RationalFunction:
        return self.of(a) / self.of(b)

    def power(self, a: Number, b: Number) -> RationalFunction:
        a, exponent = self.of(a), b if isinstance(b, int | Fraction) else self.of(b).constant
        if exponent is None:
            return self.exp(self.of(b) * self.log(a))
        if exponent != int(exponent):
            root = self._root(a, Fraction(exponent).denominator)
            return self.power(root, Fraction(exponent).numerator)
        exponent = int(exponent)
        if abs(exponent) > _HIGHEST_POWER:
            raise TooLong
        if exponent < 0:
            return self.power(self.inverse(a), -exponent)
        found = self.of(1)
        while exponent:
            if exponent & 1:
                found = self.times(found, a)
            exponent >>= 1
            if exponent:
                a = self.times(a, a)
        return found

    def _root(self, a: RationalFunction, degree: int) -> RationalFunction:
        number = a.constant
        if number is not None and number >= 0 and (exact := _exact_root(Fraction(number), degree)) is not None:
            return self.of(exact)
        name = f"root{degree}"
        found = self._applied(name, a)
        [[(unknown, _)]] = found.terms
        self._degree[unknown] = degree
        return found

    def sum(self, *xs: Number) -> RationalFunction:
        return self.total(map(self.of, xs))

    def exp(self, a: Number) -> RationalFunction:
        a = self.of(a)
        found, rest = self.of(1), {}
        for monomial, c in a.terms.items():
            logarithm = len(monomial) == 1 and monomial[0][1] == 1 and self._made[monomial[0][0]][0] == "log"
            if logarithm and c == int(c):
                found = self.times(found, self.power(self._made[monomial[0][0]][1], int(c)))
            else:
                rest[monomial] = c
        if len(rest) > _SPLIT:
            content = _content(rest)
            inner = RationalFunction(self, {monomial: c / content for monomial, c in rest.items()})
            return self.times(found, self._exponential(inner, content))
        for monomial, c in rest.items():
            found = self.times(found, self._exponential(RationalFunction(self, {monomial: 1}), c))
        return found

    def _exponential(self, a: RationalFunction, c: Number) -> RationalFunction:
        """e to the c·a."""
        c = Fraction(c)
        inner = a * Fraction(1, c.denominator) if c.denominator > 1 else a
        return self.power(self._applied("exp", inner), c.numerator)

    def log(self, a: Number) -> RationalFunction:
        a = self.of(a)
        if not a.terms:
            raise ArithmeticError("log of 0")
        terms, monomial, c = _primitive(a.terms)
        found, rest = [], []
        for unknown, exponent in monomial:
            name, inner = self._made[unknown]
            if name == "exp":
                found.append(inner * exponent)
            elif name == "inverse" and self._is_positive(inner.terms):
                found.append(self._applied("log", inner) * -exponent)
            else:
                rest.append((unknown, exponent))
        if c > 0 and c != 1:
            found.append(self._applied("log", self.of(c)))
            c = 1
        inner = RationalFunction(self, {_times(each, tuple(rest)): x * c for each, x in terms.items()})
        if inner.constant != 1:
            found.append(self._applied("log", inner))
        return self.total(found)

    def _is_positive(self, terms: Terms) -> bool:
        """Whether it is positive by its form: a sum of exponentials."""
        return all(c > 0 and all(self._made[unknown][0] == "exp" for unknown, _ in m) for m, c in terms.items())

    def log1p(self, a: Number) -> RationalFunction:
        return self.log(1 + self.of(a))

    def expm1(self, a: Number) -> RationalFunction:
        return self.exp(a) - 1

    def log2(self, a: Number) -> RationalFunction:
        return self.log(a) / self.log(2)

    def log10(self, a: Number) -> RationalFunction:
        return self.log(a) / self.log(10)

    def sqrt(self, a: Number) -> RationalFunction:
        return self._root(self.of(a), 2)

    def cbrt(self, a: Number) -> RationalFunction:
        side = self._side(a)
        return side * self._root(side * self.of(a), 3)

    def sin(self, a: Number) -> RationalFunction:
        return self._odd("sin", a)

    def cos(self, a: Number) -> RationalFunction:
        a = self.of(a)
        if a.terms and _content(a.terms) < 0:
            a = -a
        sine, found = self.sin(a), self._applied("cos", a)
        if sine.terms:
            [[(unknown, _)]], [[(above, _)]] = found.terms, sine.terms
            self._sine[unknown] = above
        return found if sine.terms else self.of(1)

    def tan(self, a: Number) -> RationalFunction:
        return self.sin(a) / self.cos(a)

    def _odd(self, name: str, a: Number) -> RationalFunction:
        """A function f with f(−a) = −f(a), and so f(0) = 0."""
        a = self.of(a)
        if not a.terms:
            return a
        return -self._applied(name, -a) if _content(a.terms) < 0 else self._applied(name, a)

    def asin(self, a: Number) -> RationalFunction:
        return self._odd("asin", a)

    def acos(self, a: Number) -> RationalFunction:
        return self.pi * self.half - self.asin(a)

    def atan(self, a: Number) -> RationalFunction:
        return self._odd("atan", a)

    def atan2(self, a: Number, b: Number) -> RationalFunction:
        if self._side(b) <= 0:
            raise ArithmeticError("an angle beyond those of atan")
        return self.atan(self.of(a) / b)

    def sinh(self, a: Number) -> RationalFunction:
        return (self.exp(a) - self.exp(-self.of(a))) * self.half

    def cosh(self, a: Number) -> RationalFunction:
        return (self.exp(a) + self.exp(-self.of(a))) * self.half

    def tanh(self, a: Number) -> RationalFunction:
        square = self.exp(2 * self.of(a))
        return (square - 1) / (square + 1)

    def asinh(self, a: Number) -> RationalFunction:
        return self._odd("asinh", a)

    def acosh(self, a: Number) -> RationalFunction:
        return self._applied("acosh", self.of(a))

    def atanh(self, a: Number) -> RationalFunction:
        return self._odd("atanh", a)

    def erf(self, a: Number) -> RationalFunction:
        return self._odd("erf", a)

    def erfc(self, a: Number) -> RationalFunction:
        return 1 - self.erf(a)

    def hypot(self, a: Number, b: Number) -> RationalFunction:
        return self.sqrt(self.of(a) * a + self.of(b) * b)

    def xlogy(self, a: Number, b: Number) -> RationalFunction:
        return self.of(a) * self.log(b)

    def sigmoid(self, a: Number) -> RationalFunction:
        exponential = self.exp(a)
        return exponential / (exponential + 1)

    def softplus(self, a: Number) -> RationalFunction:
        return self.log(1 + self.exp(a))

    def logsumexp(self, *xs: Number) -> RationalFunction:
        return self.log(self.sum(*map(self.exp, xs)))

    # Choices go the way they go at the recorded point

    def _side(self, a: Number) -> int:
        self.has_chosen = True
        a = self.of(a)
        here = self.value(a)
        if math.isnan(here):
            raise ArithmeticError("a choice by what has no value")
        return (here > 0) - (here < 0)

    def absolute(self, a: Number) -> RationalFunction:
        return self._side(a) * self.of(a)

    def sign(self, a: Number) -> RationalFunction:
        return self.of(self._side(a))

    def step(self, a: Number) -> RationalFunction:
        return self.of(int(self._side(a) > 0))

    def share(self, a: Number, b: Number) -> RationalFunction:
        return self.of(Fraction(1 + self._side(self.of(a) - b), 2))

    def relu(self, a: Number) -> RationalFunction:
        return self.of(a) if self._side(a) > 0 else self.of(0)

    def maximum(self, a: Number, b: Number) -> RationalFunction:
        return self.of(a if self._side(self.of(a) - b) > 0 else b)

    def minimum(self, a: Number, b: Number) -> RationalFunction:
        return self.of(a if self._side(self.of(a) - b) < 0 else b)

    def floor(self, a: Number) -> RationalFunction:
        return self.of(math.floor(self.value(self.of(a))))

    def ceil(self, a: Number) -> RationalFunction:
        return self.of(math.ceil(self.value(self.of(a))))

    def less(self, a: Number, b: Number) -> RationalFunction:
        return self.of(int(self._side(self.of(b) - a) > 0))

    def less_equal(self, a: Number, b: Number) -> RationalFunction:
        return self.of(int(self._side(self.of(b) - a) >= 0))

    def equal(self, a: Number, b: Number) -> RationalFunction:
        return self.of(int(self._side(self.of(a) - b) == 0))

    def where(self, condition: Number, a: Number, b: Number) -> RationalFunction:
        return self.of(a if self.of(condition).terms else b)


def _times(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    found = dict(a)
    for unknown, exponent in b:
        found[unknown] = found.get(unknown, 0) + exponent
    return tuple(sorted((unknown, exponent) for unknown, exponent in found.items() if exponent))


def _content(terms: Terms) -> Fraction:
    """The number to take out of a sum, so that its coefficients are whole, have no common factor, and begin above 0."""
    numbers = [Fraction(c) for c in terms.values()]
    size = Fraction(math.gcd(*(x.numerator for x in numbers)), math.lcm(*(x.denominator for x in numbers)))
    return -size if terms[min(terms)] < 0 else size


def _primitive(terms: Terms) -> tuple[Terms, Monomial, Number]:
    """A polynomial with no common factor of its terms, and what was taken out: the monomial and the number."""
    lowest: dict[int, int] | None = None
    for monomial in terms:
        exponents = dict(monomial)
        if lowest is None:
            lowest = exponents
            continue
        for unknown in {*lowest, *exponents}:
            lowest[unknown] = min(lowest.get(unknown, 0), exponents.get(unknown, 0))
    common = tuple(sorted((unknown, exponent) for unknown, exponent in (lowest or {}).items() if exponent))
    inverse = tuple((unknown, -exponent) for unknown, exponent in common)
    moved = {_times(monomial, inverse): c for monomial, c in terms.items()}
    content = _content(moved)
    return {monomial: _whole(Fraction(c) / content) for monomial, c in moved.items()}, common, content


def _whole(x: Number) -> Number:
    """An int, if that is what it is: they are faster."""
    return int(x) if x.denominator == 1 else x


def _exact_root(number: Fraction, degree: int) -> Fraction | None:
    parts = []
    for part in (number.numerator, number.denominator):
        root = round(part ** (1 / degree)) if part < 1 << 60 else -1
        if root**degree != part:
            return None
        parts.append(root)
    return Fraction(*parts)
