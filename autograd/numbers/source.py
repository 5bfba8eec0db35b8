"""Python source as the number system: a rule computed here is an expression in the array code of `vectorize`.

Numbers are `Source`s, expressions held as syntax trees, so that parentheses stand where they are needed and no name can
become code. Everything is elementwise on arrays of any shape.
"""

import ast
import math
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import reduce
from itertools import repeat
from math import nan

from autograd.numbers import Number, NumberSystem, accurate_form, function
from autograd.numbers.extended import extended
from autograd.untyped import Anything

NOTHING = NumberSystem.nothing


@dataclass(eq=False, repr=False)
class Source:
    """An expression of the generated code."""

    # NumPy takes no part: a rule that calls np.exp(x) is refused, and np.float64(2) * x is what __rmul__ makes of it.
    __array_ufunc__ = None

    tree: ast.expr
    reached: "Source | None" = None
    """Of a local gradient: the truths that are false where its operand does not matter; None if it always does."""

    def __bool__(self) -> bool:
        # A rule that says `a if m.less(0, a) else b` would take a for every example.
        raise TypeError(
            "an expression for all examples is neither true nor false: choose with m.where(m.less(0, a), ...)"
        )

    def __eq__(self, other: object) -> bool:
        raise TypeError("two expressions for all examples are compared with m.equal(a, b)")

    __hash__ = object.__hash__

    def __str__(self) -> str:
        return ast.unparse(self.tree)

    def __add__(self, other: Number) -> "Source":
        return _binary(self, ast.Add(), other)

    def __radd__(self, other: Number) -> "Source":
        return _binary(other, ast.Add(), self)

    def __sub__(self, other: Number) -> "Source":
        return _binary(self, ast.Sub(), other)

    def __rsub__(self, other: Number) -> "Source":
        return _binary(other, ast.Sub(), self)

    def __mul__(self, other: Number) -> "Source":
        return _binary(self, ast.Mult(), other)

    def __rmul__(self, other: Number) -> "Source":
        return _binary(other, ast.Mult(), self)

    def __truediv__(self, other: Number) -> "Source":
        return _binary(self, ast.Div(), other)

    def __rtruediv__(self, other: Number) -> "Source":
        return _binary(other, ast.Div(), self)

    def __matmul__(self, other: Number) -> "Source":
        return _binary(self, ast.MatMult(), other)

    def __and__(self, other: "Source") -> "Source":
        return Source(ast.BinOp(self.tree, ast.BitAnd(), other.tree))

    def __or__(self, other: "Source") -> "Source":
        return Source(ast.BinOp(self.tree, ast.BitOr(), other.tree))

    def __neg__(self) -> "Source":
        return Source(ast.UnaryOp(ast.USub(), tree_of(counted(self))))

    def __getitem__(self, index: Number) -> "Source":
        parts = index if isinstance(index, tuple) else (index,)
        trees = [_index_tree(part) for part in parts]
        return Source(ast.Subscript(self.tree, trees[0] if len(trees) == 1 else ast.Tuple(trees)))

    def __getattr__(self, name: str) -> "Source":
        if name.startswith("__"):
            raise AttributeError(name)
        return Source(ast.Attribute(self.tree, name))

    def __call__(self, *arguments: Number, **keywords: Number) -> "Source":
        given = [ast.keyword(name, tree_of(thing)) for name, thing in keywords.items()]
        return Source(ast.Call(self.tree, [tree_of(thing) for thing in arguments], given))


def names_in(thing: Anything) -> set[str]:
    """The names that an expression reads."""
    return {node.id for node in ast.walk(tree_of(thing)) if isinstance(node, ast.Name)}


def tree_of(thing: Anything) -> ast.expr:
    if isinstance(thing, Source):
        return thing.tree
    if isinstance(thing, tuple):
        return ast.Tuple([tree_of(part) for part in thing])
    if isinstance(thing, float):
        if not math.isfinite(thing):
            return (-source.np.inf if thing < 0 else source.np.inf if thing > 0 else source.np.nan).tree
        thing = int(thing) if thing == int(thing) and abs(thing) < 2**53 else float(thing)
    elif thing is NOTHING:
        thing = 0
    if isinstance(thing, int | float) and thing < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-thing))
    return ast.Constant(thing)


def _index_tree(part: Number) -> ast.expr:
    if isinstance(part, slice):
        return ast.Slice(*(None if bound is None else tree_of(bound) for bound in (part.start, part.stop, part.step)))
    return tree_of(part)


def _binary(a: Number, operator: ast.operator, b: Number) -> Source:
    if isinstance(operator, ast.Mult) and is_truth(a) != is_truth(b) and isinstance(a, Source) == isinstance(b, Source):
        # A gradient times a truth: the one product that needs no conversion.
        return Source(ast.BinOp(tree_of(a), operator, tree_of(b)))
    return Source(ast.BinOp(tree_of(counted(a)), operator, tree_of(counted(b))))


def is_truth(thing: Anything) -> bool:
    """Whether it is a comparison, which is true or false until it is counted."""
    return isinstance(thing, Source) and isinstance(thing.tree, ast.Compare)


def counted(thing: Anything) -> Number:
    """A number. A truth becomes 1 or 0 of the program's type: NumPy has no −True, and its sums are 64-bit integers."""
    return thing.astype(source.name("dtype")) if is_truth(thing) else thing


def _array_function(name: str, in_numpy: str = "") -> Number:
    """A function of NumPy. Of plain numbers it gives the number: ``np.log(2)`` in the code would have 64 bits."""

    def called(*operands: Number) -> Number:
        if not any(isinstance(operand, Source) for operand in operands):
            return getattr(extended, name)(*operands)
        return getattr(source.np, in_numpy or name)(*map(counted, operands))

    return function(called)


def _comparison(operator: ast.cmpop, name: str) -> Number:
    """A comparison; of plain numbers it is the number 1 or 0."""

    def called(a: Number, b: Number) -> Number:
        if not (isinstance(a, Source) or isinstance(b, Source)):
            return getattr(extended, name)(a, b)
        return Source(ast.Compare(tree_of(a), [operator], [tree_of(b)]))

    return function(called)


def _holds(condition: Source, *, not_0: bool) -> Source:
    """The truths of a condition that may be numbers, or their opposites."""
    # A copy of the tree, for `ast` notes at a node how tightly it was last bound.
    return Source(ast.Compare(copy(condition.tree), [ast.NotEq() if not_0 else ast.Eq()], [ast.Constant(0)]))


def _reached(condition: Source, a: Number, b: Number) -> Source | None:
    """The truths of where a choice of a and b passes something: it has neither `NOTHING` nor a slope that
    passes nothing itself. None if that is everywhere."""
    in_a, in_b = (False if x is NOTHING else getattr(x, "reached", None) for x in (a, b))
    if in_a is None and in_b is None:
        return None
    if (in_a is None and in_b is False) or (in_b is None and in_a is False):
        return _holds(condition, not_0=in_a is None)
    return source.np.where(condition, *(True if x is None else x for x in (in_a, in_b)))


class Sources(NumberSystem):
    half = 0.5
    pi = math.pi

    np = Source(ast.Name("np"))
    """The array library of the generated code."""

    @staticmethod
    def name(text: str) -> Source:
        """A variable. ValueError if the text is anything but a name."""
        if not text.isidentifier():
            raise ValueError(f"the name of a variable must be an identifier, not {text!r}")
        return Source(ast.Name(text))

    # The functions that a rule may call

    exp = _array_function("exp")
    log = _array_function("log")
    log1p = _array_function("log1p")
    expm1 = _array_function("expm1")
    sqrt = _array_function("sqrt")
    sin = _array_function("sin")
    cos = _array_function("cos")
    tan = _array_function("tan")
    asin = _array_function("asin", "arcsin")
    acos = _array_function("acos", "arccos")
    atan = _array_function("atan", "arctan")
    atan2 = _array_function("atan2", "arctan2")
    sinh = _array_function("sinh")
    cosh = _array_function("cosh")
    tanh = _array_function("tanh")
    asinh = _array_function("asinh", "arcsinh")
    acosh = _array_function("acosh", "arccosh")
    atanh = _array_function("atanh", "arctanh")
    log2 = _array_function("log2")
    log10 = _array_function("log10")
    cbrt = _array_function("cbrt")
    hypot = _array_function("hypot")
    floor = _array_function("floor")
    ceil = _array_function("ceil")
    clip = _array_function("clip")
    maximum = _array_function("maximum")
    minimum = _array_function("minimum")

    def number(self, x: float) -> float:
        return x

    def divide(self, a: Number, b: Number) -> Number:
        return _binary(a, ast.Div(), b) if isinstance(a, Source) or isinstance(b, Source) else extended.divide(a, b)

    def power(self, a: Number, b: Number) -> Number:
        if isinstance(b, Source):
            return _binary(a, ast.Pow(), b)
        if not isinstance(a, Source):
            return extended.power(a, b)
        return a if b == 1 else 1 if b == 0 else _binary(1, ast.Div(), a) if b == -1 else _binary(a, ast.Pow(), b)

    def absolute(self, a: Number) -> Number:
        return self.np.abs(counted(a)) if isinstance(a, Source) else abs(a)

    def sign(self, a: Number) -> Number:
        if not isinstance(a, Source):
            return extended.sign(a)
        slope = self.np.sign(counted(a))
        slope.reached = _holds(a, not_0=True)
        return slope

    def step(self, a: Number) -> Number:
        if not isinstance(a, Source):
            return extended.step(a)
        slope = Source(ast.Compare(a.tree, [ast.Gt()], [ast.Constant(0)]))
        slope.reached = slope
        return slope

    def share(self, a: Number, b: Number) -> Number:
        if not (isinstance(a, Source) or isinstance(b, Source)):
            return extended.share(a, b)
        slope = self.half * (1 + self.np.sign(a - b))
        slope.reached = _reached(self.less(a, b), self.nothing, slope)
        return slope

    def sigmoid(self, a: Number) -> Number:
        return self.name("expit")(counted(a)) if isinstance(a, Source) else extended.sigmoid(a)

    def sech2(self, a: Number) -> Number:
        small = self.exp(-2 * self.absolute(a))
        return self.divide(4 * small, (1 + small) * (1 + small))

    def erf(self, a: Number) -> Number:
        return self.name("erf")(counted(a)) if isinstance(a, Source) else extended.erf(a)

    def erfc(self, a: Number) -> Number:
        return self.name("erfc")(counted(a)) if isinstance(a, Source) else extended.erfc(a)

    def xlogy(self, a: Number, b: Number) -> Number:
        if not (isinstance(a, Source) or isinstance(b, Source)):
            return extended.xlogy(a, b)
        return self.where(self.equal(a, 0) * self.less_equal(0, b), 0, a * self.log(b))

    def softplus(self, a: Number) -> Number:
        return self.np.logaddexp(0, counted(a)) if isinstance(a, Source) else extended.softplus(a)

    def relu(self, a: Number) -> Number:
        return self.maximum(a, 0)

    less = _comparison(ast.Lt(), "less")
    less_equal = _comparison(ast.LtE(), "less_equal")
    equal = _comparison(ast.Eq(), "equal")

    def where(self, condition: Number, a: Number, b: Number) -> Number:
        if not isinstance(condition, Source):
            return a if condition else b
        if isinstance(a, int) and isinstance(b, int) and (a, b) in ((1, 0), (0, 1)):
            # An array of truths: it multiplies a gradient without making 64-bit numbers of 32-bit ones.
            chosen = _holds(condition, not_0=a == 1)
        else:
            chosen = self.np.where(condition, counted(a), counted(b))
            if not (isinstance(a, Source) or isinstance(b, Source)):
                chosen = chosen.astype(self.name("dtype"))  # of two plain numbers NumPy chooses in 64 bits
        chosen.reached = _reached(condition, a, b)
        return chosen

    def decide(
        self, condition: Number, true: Callable[[], tuple[Number, ...]], false: Callable[[], tuple[Number, ...]]
    ) -> tuple[Number, ...]:
        if not isinstance(condition, Source):
            return true() if condition else false()
        return tuple(map(self.where, repeat(condition), true(), false()))

    def largest(self, *xs: Number) -> Number:
        return reduce(self.maximum, xs)


class SourcesOverAnAxis(Sources):
    """For the rules of many operands, where one expression stands for all of them, along its last axis."""

    def sum(self, *xs: Number) -> Number:
        [row] = xs
        return row.sum(axis=-1, keepdims=True)


class ValueSources(Sources):
    """For the values of operations: those of NaN are NaN, though no comparison finds it and np.hypot(inf, NaN) is inf.

    logsumexp of one operand is that operand, of which inf − inf would be NaN. Between ends that are in the wrong order
    there is nothing to clip to.
    """

    def hypot(self, a: Number, b: Number) -> Number:
        sources = isinstance(a, Source) or isinstance(b, Source)
        return self.name("hypot")(counted(a), counted(b)) if sources else extended.hypot(a, b)

    def clip(self, x: Number, low: Number, high: Number) -> Number:
        ordered, clipped = self.less_equal(low, high), super().clip(x, low, high)
        return self.where(ordered, clipped, nan) if isinstance(ordered, Source) else clipped if ordered else nan

    def logsumexp(self, *xs: Number) -> Number:
        return xs[0] if len(xs) == 1 else super().logsumexp(*xs)

    def step(self, a: Number) -> Number:
        return self.np.heaviside(counted(a), 0) if isinstance(a, Source) else extended.step(a)


class AccurateSources(Sources):
    """For local gradients that can be infinite: in the form that floats compute."""

    choose = function(accurate_form)


source = Sources()
value_source = ValueSources()
accurate_source = AccurateSources()
source_over_an_axis = SourcesOverAnAxis()
