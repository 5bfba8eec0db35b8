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
    """A number as an operand in a line: a truth as 1.0 or 0.0, nothing as 0."""
    if isinstance(thing, Variable):
        if thing.is_truth:
            return f"(1.0 if {thing.text} else 0.0)"
        return f"(0 if {thing.text} is None else {thing.text})" if thing.can_be_nothing else thing.text
    if type(thing) is int:
        return repr(thing)
    return repr(float(thing))  # ``inf`` and ``nan`` are names that the lines know


def local_text(thing: Anything) -> str:
    """A local gradient as it stands in a line: None where nothing passes."""
    if isinstance(thing, Variable) and thing.can_be_nothing:
        return thing.text
    return "None" if passes_nothing(thing) else text_of(thing)


def is_known(*operands: Number) -> bool:
    """Whether all of them are plain numbers."""
    return not any(isinstance(operand, Variable) for operand in operands)


def _written(name: str, text: str, *, can_be_nothing: bool = False, is_truth: bool = False) -> Number:
    """A function that is a line by a pattern; of plain numbers it gives the number."""

    def called(self: "PythonLines", *operands: Number) -> Number:
        if is_known(*operands):
            return getattr(self.plain, name)(*operands)
        written = text.format(*map(text_of, operands), all=", ".join(map(text_of, operands)))
        return self.line(written, can_be_nothing=can_be_nothing, is_truth=is_truth)

    return called


def _called(name: str) -> Number:
    return _written(name, f"{name}({{all}})")


class PythonLines(NumberSystem):
    """The number system. It is made anew for each program, whose lines it keeps.

    Attributes:
        statements: the lines.
        plain: computes what depends on plain numbers alone.
        letter: what new variables begin with.

    >>> m = PythonLines()
    >>> a = m.operand("a")
    >>> y = m.sigmoid(-(a * a))
    >>> print(*(line for statement in m.statements for line in statement.lines), sep=chr(10))
    v0 = a * a
    v1 = -v0
    v2 = exp(-v1 if v1 >= 0 else v1)
    v3 = 1 / (1 + v2) if v1 >= 0 else v2 / (1 + v2)
    """

    half = 0.5
    pi = math.pi
    choose = function(accurate_form)

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.plain: Number = floats
        self.letter = "v"
        self._taken: set[str] = set()
        self._known: list[dict[str, Variable]] = [{}]

    # Lines

    def operand(self, name: str) -> Variable:
        self._taken.add(name)
        return Variable(name, self)

    def line(self, text: str, name: str = "", *, is_truth: bool = False, can_be_nothing: bool = False) -> Variable:
        """The variable that a line computes: a new one, or that of the line that computes the same."""
        for known in self._known:
            if text in known:
                return known[text]
        found = Variable(self._new(name), self, is_truth=is_truth, can_be_nothing=can_be_nothing)
        self._known[-1][text] = found
        self.statements.append(Statement((found.text,), (f"{found.text} = {text}",)))
        return found

    def unpacked(self, text: str, count: int) -> tuple[Variable, ...]:
        """The variables of a line that computes several numbers, each of which can be nothing."""
        names = tuple([self._new("") for _ in range(count)])
        self.statements.append(Statement(names, (f"{', '.join(names)}{',' * (count == 1)} = {text}",)))
        return tuple([Variable(name, self, can_be_nothing=True) for name in names])

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
        """A sum, difference or product. As in Python, nothing times an integer is nothing, and so is nothing twice."""
        if operator == "*":
            for one, other in ((a, b), (b, a)):
                if is_known(one) and abs(one) == 1 and not other.can_be_nothing and not other.is_truth:
                    return other if one == 1 else self.negative(other)
        text = f"{text_of(a)} {operator} {text_of(b)}"
        unsure = [x.text for x in (a, b) if isinstance(x, Variable) and x.can_be_nothing]
        whole = [x for x in (a, b) if isinstance(x, int)]
        if len(unsure) == 2 or (unsure and whole and (operator == "*" or whole == [0])):
            nothing = " and ".join(f"{name} is None" for name in unsure)
            return self.line(f"None if {nothing} else {text}", can_be_nothing=True)
        return self.line(text)

    def negative(self, a: Variable) -> Variable:
        if a.can_be_nothing:
            return self.line(f"None if {a.text} is None else -{a.text}", can_be_nothing=True)
        return self.line(f"-{text_of(a)}")

    def number(self, x: float) -> float:
        return x

    divide = _written("divide", "{0} / {1}")
    def power(self, a: Number, b: Number) -> Number:
        if is_known(a, b):
            return self.plain.power(a, b)
        if is_known(b) and b in (0, 1) and not a.is_truth and not a.can_be_nothing:
            return a if b == 1 else 1.0
        return self.line(f"pow({text_of(a)}, {text_of(b)})")

    absolute = _written("absolute", "-{0} if {0} < 0 else {0} + 0.0")
    sign = _written("sign", "1.0 if {0} > 0 else -1.0 if {0} < 0 else {0} if {0} != {0} else None", can_be_nothing=True)
    step = _written("step", "1.0 if {0} > 0 else {0} if {0} != {0} else None", can_be_nothing=True)
    share = _written(
        "share", "1.0 if {1} < {0} else None if {0} < {1} else 0.5 if {0} == {1} else {0} + {1}", can_be_nothing=True
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
        e = self.line(f"exp(-2 * abs({text_of(a)}))").text
        return self.line(f"4 * {e} / ((1 + {e}) * (1 + {e}))")

    def sigmoid(self, a: Number) -> Number:
        if is_known(a):
            return self.plain.sigmoid(a)
        x = text_of(a)
        e = self.line(f"exp(-{x} if {x} >= 0 else {x})").text
        return self.line(f"1 / (1 + {e}) if {x} >= 0 else {e} / (1 + {e})")

    softplus = _written("softplus", "log1p(exp({0})) if {0} < 0 else {0} + log1p(exp(-{0}))")
    relu = _written("relu", "{0} if {0} > 0 or {0} != {0} else 0.0")

    # Choices

    maximum = _written("maximum", "{0} if {0} > {1} or {0} != {0} else {1}")
    minimum = _written("minimum", "{0} if {0} < {1} or {0} != {0} else {1}")
    less = _written("less", "{0} < {1}", is_truth=True)
    less_equal = _written("less_equal", "{0} <= {1}", is_truth=True)
    equal = _written("equal", "{0} == {1}", is_truth=True)

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        if is_known(condition):
            return a if condition else b
        return self.line(
            f"{local_text(a)} if {condition.text} else {local_text(b)}", can_be_nothing=_is_unsure(a) or _is_unsure(b)
        )

    def decide(
        self, condition: Number, true: Callable[[], Sequence[Number]], false: Callable[[], Sequence[Number]]
    ) -> Sequence[Number]:
        if is_known(condition):
            return true() if condition else false()
        with self.apart() as above:
            if_true = tuple(true())
        with self.apart() as below:
            if_false = tuple(false())
        if not above and not below:
            return tuple([self.where(condition, a, b) for a, b in zip(if_true, if_false, strict=True)])
        names = tuple([self._new("") for _ in if_true])
        lines = [f"if {condition.text}:", *_indented(above, names, if_true)]
        lines += ["else:", *_indented(below, names, if_false)]
        self.statements.append(Statement(names, tuple(lines)))
        return tuple(
            [
                Variable(name, self, can_be_nothing=_is_unsure(a) or _is_unsure(b))
                for name, a, b in zip(names, if_true, if_false, strict=True)
            ]
        )

    # Functions of any number of operands

    sum = _written("sum", "fsum(({all},))")
    prod = _called("prod")
    logsumexp = _called("logsumexp")

    def largest(self, *xs: Number) -> Number:
        if is_known(*xs):
            return extended.largest(*xs)
        return xs[0] if len(xs) == 1 else self.line(f"max({', '.join(map(text_of, xs))})")


def _is_unsure(thing: Number) -> bool:
    return thing.can_be_nothing if isinstance(thing, Variable) else passes_nothing(thing)


def _indented(block: Sequence[Statement], names: Sequence[str], results: Sequence[Number]) -> list[str]:
    lines = [line for statement in block for line in statement.lines]
    lines += [f"{name} = {local_text(result)}" for name, result in zip(names, results, strict=True)]
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
    **{"pow": math.pow, "fsum": math.fsum, "inf": math.inf, "nan": math.nan, "abs": abs, "max": max},
}
"""What the lines call things by."""
