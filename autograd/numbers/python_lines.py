"""Python as the number system: a rule computed here is lines of floats, ``d2 = cos(x)``, that compute what it computes.

A rule is run once, and gets the variable of each line that it asks for; a line that is there already is not written
again. The functions in the lines are those of `autograd.numbers.floats`, the short ones written out, so the numbers are
the eager engine's to the last bit. Where the extended reals, in which the engine has its local gradients, give a limit
(1/0 = ∞), these lines raise ValueError or an ArithmeticError, as `floats` does: whoever runs them asks the engine then.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from autograd.numbers import Number, NumberSystem, accurate_form, function
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from autograd.numbers.variables import Variable, passes_nothing
from autograd.untyped import Anything


class Statement(NamedTuple):
    """Some lines that belong together, and the variables that they set for those after them."""

    sets: tuple[str, ...]
    lines: tuple[str, ...]


def text_of(thing: Anything) -> str:
    """A number as an operand in a line, a truth as 1.0 or 0.0. (CPython is faster at ``2.0 * x`` than at ``2 * x``.)"""
    if isinstance(thing, Variable):
        return f"(1.0 if {thing.text} else 0.0)" if thing.is_truth else thing.text
    return repr(float(thing))  # ``inf`` and ``nan`` are names that the lines know


def is_known(*operands: Number) -> bool:
    """Whether all of them are plain numbers."""
    return not any(isinstance(operand, Variable) for operand in operands)


def _written(name: str, text: str, *, is_truth: bool = False, leaves_out: bool = False) -> Number:
    """A function that is a line by a pattern; of plain numbers it gives the number."""

    def called(self: "PythonLines", *operands: Number) -> Number:
        if is_known(*operands):
            return getattr(self.plain, name)(*operands)
        written = text.format(*map(text_of, operands), all=", ".join(map(text_of, operands)))
        self.leaves_out = self.leaves_out or leaves_out
        return self.line(written, is_truth=is_truth)

    return called


def _called(name: str) -> Number:
    return _written(name, f"{name}({{all}})")


class PythonLines(NumberSystem):
    """The number system. It is made anew for each program, whose lines it keeps.

    Attributes:
        statements: the lines.
        plain: computes what depends on plain numbers alone.
        letter: what new variables begin with.
        leaves_out: whether a local gradient may say at some point that nothing passes. It is 0 here, so that a sweep
            adds 0 where nothing is to be added: the same, unless it comes to 0 · ∞, and then a NaN.

    >>> m = PythonLines()
    >>> a = m.operand("a")
    >>> y = m.sigmoid(-(a * a))
    >>> print(*(line for statement in m.statements for line in statement.lines), sep=chr(10))
    v1 = a * a
    v2 = -v1
    v3 = exp(-v2 if v2 >= 0.0 else v2)
    v4 = 1.0 / (1.0 + v3) if v2 >= 0.0 else v3 / (1.0 + v3)
    """

    half = 0.5
    pi = math.pi
    choose = function(accurate_form)

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.plain: Number = floats
        self.letter = "v"
        self.leaves_out = False
        self._taken: set[str] = set()
        self._known: list[dict[str, Variable]] = [{}]

    # Lines

    def operand(self, name: str) -> Variable:
        self._taken.add(name)
        return Variable(name, self)

    def line(self, text: str, name: str = "", *, is_truth: bool = False) -> Variable:
        """The variable that a line computes: a new one, or that of the line that computes the same."""
        for known in self._known:
            if text in known:
                return known[text]
        found = Variable(self._new(name), self, is_truth=is_truth)
        self._known[-1][text] = found
        self.statements.append(Statement((found.text,), (f"{found.text} = {text}",)))
        return found

    def unpacked(self, text: str, count: int) -> tuple[Variable, ...]:
        """The variables of a line that computes several local gradients."""
        self.leaves_out = True
        names = tuple([self._new("") for _ in range(count)])
        self.statements.append(Statement(names, (f"{', '.join(names)}{',' * (count == 1)} = {text}",)))
        return tuple([Variable(name, self) for name in names])

    def remark(self, text: str) -> None:
        """A line for the reader."""
        self.statements.append(Statement((), (f"# {text}",)))

    def guard(self, holds: str) -> None:
        """A line that refuses all numbers for which something does not hold."""
        self.statements.append(Statement((), (f"if not ({holds}):", "    raise ArithmeticError")))

    def _new(self, name: str) -> str:
        if not name or name in self._taken:
            name = f"{self.letter}{len(self._taken)}"
            while name in self._taken:
                name += "_"
        self._taken.add(name)
        return name

    @contextmanager
    def apart(self) -> Iterator[list[Statement]]:
        """Lines of a block of their own, which those outside of it do not see."""
        outside, self.statements = self.statements, []
        self._known.append({})
        try:
            yield self.statements
        finally:
            self.statements = outside
            self._known.pop()

    # Arithmetic

    def binary(self, a: Number, operator: str, b: Number) -> Variable:
        """A sum, difference or product."""
        if operator == "*":
            for one, other in ((a, b), (b, a)):
                if is_known(one) and abs(one) == 1 and not other.is_truth:
                    return other if one == 1 else self.negative(other)
        return self.line(f"{text_of(a)} {operator} {text_of(b)}")

    def negative(self, a: Variable) -> Variable:
        return self.line(f"-{text_of(a)}")

    def number(self, x: float) -> float:
        return x

    divide = _written("divide", "{0} / {1}")

    def power(self, a: Number, b: Number) -> Number:
        if is_known(a, b):
            return self.plain.power(a, b)
        if is_known(b) and b in (0, 1) and not a.is_truth:
            return a if b == 1 else 1.0
        return self.line(f"pow({text_of(a)}, {text_of(b)})")

    absolute = _written("absolute", "-{0} if {0} < 0.0 else {0} + 0.0")
    sign = _written("sign", "1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else {0} + 0.0", leaves_out=True)
    step = _written("step", "1.0 if {0} > 0.0 else 0.0 if {0} == {0} else {0}", leaves_out=True)
    share = _written(
        "share", "1.0 if {1} < {0} else 0.0 if {0} < {1} else 0.5 if {0} == {1} else {0} + {1}", leaves_out=True
    )

    # Functions

    exp = _called("exp")
    log = _called("log")
    log1p = _called("log1p")
    expm1 = _called("expm1")
    log2 = _called("log2")
    log10 = _called("log10")
    sqrt = _called("sqrt")
    sin = _called("sin")
    cos = _called("cos")
    tan = _called("tan")
    asin = _called("asin")
    acos = _called("acos")
    atan = _called("atan")
    atan2 = _called("atan2")
    sinh = _called("sinh")
    cosh = _called("cosh")
    tanh = _called("tanh")
    asinh = _called("asinh")
    acosh = _called("acosh")
    atanh = _called("atanh")
    erf = _called("erf")
    erfc = _called("erfc")
    cbrt = _called("cbrt")
    hypot = _called("hypot")
    leg = _called("leg")
    gaussian = _called("gaussian")
    xlogy = _called("xlogy")
    floor = _called("floor")
    ceil = _called("ceil")
    clip = _called("clip")

    def sech2(self, a: Number) -> Number:
        if is_known(a):
            return self.plain.sech2(a)
        x = text_of(a)
        e = self.line(f"exp(2.0 * {x} if {x} < 0.0 else -2.0 * {x})").text
        return self.line(f"4.0 * {e} / ((1.0 + {e}) * (1.0 + {e}))")

    def sigmoid(self, a: Number) -> Number:
        if is_known(a):
            return self.plain.sigmoid(a)
        x = text_of(a)
        e = self.line(f"exp(-{x} if {x} >= 0.0 else {x})").text
        return self.line(f"1.0 / (1.0 + {e}) if {x} >= 0.0 else {e} / (1.0 + {e})")

    softplus = _written("softplus", "log1p(exp({0})) if {0} < 0.0 else {0} + log1p(exp(-{0}))")
    relu = _written("relu", "{0} if {0} > 0.0 or {0} != {0} else 0.0")

    # Choices

    maximum = _written("maximum", "{0} if {0} > {1} or {0} != {0} else {1}")
    minimum = _written("minimum", "{0} if {0} < {1} or {0} != {0} else {1}")
    less = _written("less", "{0} < {1}", is_truth=True)
    less_equal = _written("less_equal", "{0} <= {1}", is_truth=True)
    equal = _written("equal", "{0} == {1}", is_truth=True)

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        if is_known(condition):
            return a if condition else b
        self._note((a, b))
        return self.line(f"{text_of(a)} if {condition.text} else {text_of(b)}")

    def decide(
        self, condition: Number, true: Callable[[], tuple[Number, ...]], false: Callable[[], tuple[Number, ...]]
    ) -> tuple[Number, ...]:
        if is_known(condition):
            return true() if condition else false()
        with self.apart() as above:
            if_true = true()
        with self.apart() as below:
            if_false = false()
        if not above and not below:
            return tuple([self.where(condition, a, b) for a, b in zip(if_true, if_false, strict=True)])
        self._note((*if_true, *if_false))
        names = tuple([self._new("") for _ in if_true])
        lines = [f"if {condition.text}:", *_indented(above, names, if_true)]
        lines += ["else:", *_indented(below, names, if_false)]
        self.statements.append(Statement(names, tuple(lines)))
        return tuple([Variable(name, self) for name in names])

    def _note(self, slopes: Sequence[Number]) -> None:
        """See whether one of them says that nothing passes."""
        self.leaves_out = self.leaves_out or any(map(passes_nothing, slopes))

    # Functions of any number of operands

    sum = _written("sum", "fsum(({all},))")
    prod = _called("prod")
    logsumexp = _called("logsumexp")

    def largest(self, *xs: Number) -> Number:
        if is_known(*xs):
            return extended.largest(*xs)
        return xs[0] if len(xs) == 1 else self.line(f"max({', '.join(map(text_of, xs))})")


def _indented(block: Sequence[Statement], names: Sequence[str], results: Sequence[Number]) -> list[str]:
    lines = [line for statement in block for line in statement.lines]
    lines += [f"{name} = {text_of(result)}" for name, result in zip(names, results, strict=True)]
    return [f"    {line}" for line in lines]


NAMES: dict[str, Anything] = {
    **{
        name: getattr(floats, name)
        for name in (
            *("exp", "log", "log1p", "expm1", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
            *("atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "cbrt", "hypot", "leg"),
            *("gaussian", "xlogy", "floor", "ceil", "clip", "prod", "logsumexp"),
        )
    },
    "pow": math.pow,
    "fsum": math.fsum,
    "inf": math.inf,
    "nan": math.nan,
    "max": max,
}
"""What the lines call things by."""
