"""JavaScript as the number system: a rule computed here is a function of the page on which one moves the leaves.

A rule is run once. Each thing that it computes is a line, ``const t2 = t0 * t1;``, of which the rule gets the variable:
nothing is computed twice, and no name and no text of a user's can become code. Numbers are the extended reals, as those
of `autograd.numbers.extended`; the functions ``m`` of the lines are in the file beside this one, `javascript.js`.
"""

import math
from collections.abc import Callable
from functools import lru_cache, reduce
from itertools import repeat

from autograd.numbers import Number, NumberSystem, accurate_form, function
from autograd.numbers.extended import extended
from autograd.numbers.variables import Variable, passes_nothing
from autograd.untyped import AnyFunction, Anything


def text_of(thing: Anything) -> str:
    """A number as it stands in a line. TypeError for what is none."""
    if isinstance(thing, Variable):
        return f"+{thing.text}" if thing.is_truth or thing.can_be_nothing else thing.text
    number = float(thing)
    if not math.isfinite(number):
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    return repr(number).removesuffix(".0")


def _function(name: str, javascript: str = "", *, can_be_nothing: bool = False) -> Number:
    """A function of JavaScript; of plain numbers it gives the number."""

    def called(self: "JavaScripts", *operands: Number) -> Number:
        if not any(isinstance(operand, Variable) for operand in operands):
            return getattr(extended, name)(*operands)
        operation = javascript or f"m.{name}"
        return self.line(f"{operation}({', '.join(map(text_of, operands))})", can_be_nothing=can_be_nothing)

    return called


def _function_of_list(name: str) -> Number:
    def called(self: "JavaScripts", *operands: Number) -> Number:
        if not any(isinstance(operand, Variable) for operand in operands):
            return getattr(extended, name)(*operands)
        return self.line(f"m.{name}([{', '.join(map(text_of, operands))}])")

    return called


def _comparison(name: str, operator: str) -> Number:
    """A comparison; of plain numbers it is the number 1 or 0."""

    def called(self: "JavaScripts", a: Number, b: Number) -> Number:
        if not (isinstance(a, Variable) or isinstance(b, Variable)):
            return getattr(extended, name)(a, b)
        return self.line(f"{text_of(a)} {operator} {text_of(b)}", is_truth=True)

    return called


class JavaScripts(NumberSystem):
    """The number system. It is made anew for each function, whose lines it keeps.

    >>> m = JavaScripts()
    >>> a = m.operand(0)
    >>> y = m.exp(-(a * a))
    >>> print(*m.lines, sep=chr(10))
    const t0 = x[0] * x[0];
    const t1 = -t0;
    const t2 = Math.exp(t1);
    """

    half = 0.5
    pi = math.pi
    choose = function(accurate_form)

    def __init__(self) -> None:
        self._variables: dict[str, Variable] = {}

    @property
    def lines(self) -> list[str]:
        return [f"const {variable.text} = {text};" for text, variable in self._variables.items()]

    def line(self, text: str, *, is_truth: bool = False, can_be_nothing: bool = False) -> Variable:
        """The variable that a line computes: a new one, or that of the line that computes the same."""
        if text not in self._variables:
            name = f"t{len(self._variables)}"
            self._variables[text] = Variable(name, self, is_truth=is_truth, can_be_nothing=can_be_nothing)
        return self._variables[text]

    def operand(self, place: int) -> Variable:
        return Variable(f"x[{place}]", self)

    def binary(self, a: Number, operator: str, b: Number) -> Variable:
        """A sum, difference or product. As in Python, nothing times an integer is nothing, and so is nothing twice."""
        text = f"{text_of(a)} {operator} {text_of(b)}"
        unsure = [x.text for x in (a, b) if isinstance(x, Variable) and x.can_be_nothing]
        whole = [x for x in (a, b) if isinstance(x, int)]
        if len(unsure) == 2 or (unsure and whole and (operator == "*" or whole == [0])):
            nothing = " && ".join(f"{name} === null" for name in unsure)
            return self.line(f"{nothing} ? null : {text}", can_be_nothing=True)
        return self.line(text)

    def negative(self, a: Variable) -> Variable:
        minus = f"-{text_of(a)}"
        unsure = a.can_be_nothing
        return self.line(f"{a.text} === null ? null : {minus}" if unsure else minus, can_be_nothing=unsure)

    def number(self, x: float) -> float:
        return x

    def divide(self, a: Number, b: Number) -> Number:
        if isinstance(b, Variable):
            return self.line(f"m.divide({text_of(a)}, {text_of(b)})")
        if isinstance(a, Variable) and b != 0:
            return self.line(f"{text_of(a)} / {text_of(b)}")
        return a * extended.divide(1, b) if isinstance(a, Variable) else extended.divide(a, b)

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        if not isinstance(condition, Variable):
            return a if condition else b
        can_be_nothing = any(x.can_be_nothing if isinstance(x, Variable) else passes_nothing(x) for x in (a, b))
        holds = condition.text if condition.is_truth else f"{text_of(condition)} !== 0"
        return self.line(f"{holds} ? {local_text(a)} : {local_text(b)}", can_be_nothing=can_be_nothing)

    def decide(self, condition: Number, true: Callable[[], Number], false: Callable[[], Number]) -> Number:
        if not isinstance(condition, Variable):
            return true() if condition else false()
        return tuple(map(self.where, repeat(condition), true(), false()))

    less = _comparison("less", "<")
    less_equal = _comparison("less_equal", "<=")
    equal = _comparison("equal", "===")

    power = _function("power")
    absolute = _function("absolute", "Math.abs")
    sign = _function("sign", can_be_nothing=True)
    step = _function("step", can_be_nothing=True)
    share = _function("share", can_be_nothing=True)
    exp = _function("exp", "Math.exp")
    log = _function("log", "Math.log")
    log1p = _function("log1p", "Math.log1p")
    expm1 = _function("expm1", "Math.expm1")
    log2 = _function("log2", "Math.log2")
    log10 = _function("log10", "Math.log10")
    xlogy = _function("xlogy")
    sqrt = _function("sqrt", "Math.sqrt")
    cbrt = _function("cbrt", "Math.cbrt")
    hypot = _function("hypot")
    leg = _function("leg")
    sin = _function("sin", "Math.sin")
    cos = _function("cos", "Math.cos")
    tan = _function("tan", "Math.tan")
    asin = _function("asin", "Math.asin")
    acos = _function("acos", "Math.acos")
    atan = _function("atan", "Math.atan")
    atan2 = _function("atan2", "Math.atan2")
    sinh = _function("sinh", "Math.sinh")
    cosh = _function("cosh", "Math.cosh")
    tanh = _function("tanh", "Math.tanh")
    sech2 = _function("sech2")
    asinh = _function("asinh", "Math.asinh")
    acosh = _function("acosh", "Math.acosh")
    atanh = _function("atanh", "Math.atanh")
    gaussian = _function("gaussian")
    erf = _function("erf")
    erfc = _function("erfc")
    floor = _function("floor", "Math.floor")
    ceil = _function("ceil", "Math.ceil")
    clip = _function("clip")
    sigmoid = _function("sigmoid")
    relu = _function("relu")
    softplus = _function("softplus")
    maximum = _function("maximum")
    minimum = _function("minimum")
    sum = _function_of_list("sum")
    prod = _function_of_list("prod")
    logsumexp = _function_of_list("logsumexp")

    def largest(self, *xs: Number) -> Number:
        return reduce(self.maximum, xs)


def local_text(thing: Anything) -> str:
    """A local gradient as it stands in a line: null where nothing passes."""
    if isinstance(thing, Variable):
        return f"+{thing.text}" if thing.is_truth else thing.text
    return "null" if passes_nothing(thing) else text_of(thing)


@lru_cache(maxsize=512)  # every page of a session writes the same few
def value_function(value: AnyFunction, count: int) -> str:
    """The value of an operation of so many operands as a function of their list, ``(x) => …``.

    >>> from autograd.ops import sigmoid
    >>> value_function(sigmoid.value, 1)
    '(x) => { const t0 = m.sigmoid(x[0]); return t0; }'
    """
    m = JavaScripts()
    found = value(m, *map(m.operand, range(count)))
    return f"(x) => {{ {' '.join([*m.lines, f'return {text_of(found)};'])} }}"


@lru_cache(maxsize=512)
def local_function(local: AnyFunction, count: int) -> str:
    """The local gradients as a function ``(y, x) => …`` of the value and the list of operands: a list, in which null
    says that nothing passes.

    >>> from autograd.ops import erf
    >>> local_function(erf.local, 1)
    '(y, x) => { const t0 = m.gaussian(x[0]); const t1 = 1.1283791670955126 * t0; return [t1]; }'
    """
    m = JavaScripts()
    found = ", ".join(map(local_text, local(m, Variable("y", m), *map(m.operand, range(count)))))
    return f"(y, x) => {{ {' '.join([*m.lines, f'return [{found}];'])} }}"
