"""Python source as the number system: a rule computed here is an expression in the array code of `vectorize`.

Numbers are `Source`s, expressions held as syntax trees, so that parentheses stand where they are needed and no name can
become code. Everything is elementwise on arrays of any shape.
"""

import ast
import math
from typing import Any

from autograd.numbers import NumberSystem, function
from autograd.numbers.extended import extended


class Source:
    """An expression of the generated code."""

    def __init__(self, tree: ast.expr) -> None:
        self.tree = tree

    def __str__(self) -> str:
        return ast.unparse(self.tree)

    def __add__(self, other: Any) -> "Source":
        return _binary(self, ast.Add(), other)

    def __radd__(self, other: Any) -> "Source":
        return _binary(other, ast.Add(), self)

    def __sub__(self, other: Any) -> "Source":
        return _binary(self, ast.Sub(), other)

    def __rsub__(self, other: Any) -> "Source":
        return _binary(other, ast.Sub(), self)

    def __mul__(self, other: Any) -> "Source":
        return _binary(self, ast.Mult(), other)

    def __rmul__(self, other: Any) -> "Source":
        return _binary(other, ast.Mult(), self)

    def __truediv__(self, other: Any) -> "Source":
        return _binary(self, ast.Div(), other)

    def __rtruediv__(self, other: Any) -> "Source":
        return _binary(other, ast.Div(), self)

    def __matmul__(self, other: Any) -> "Source":
        return _binary(self, ast.MatMult(), other)

    def __neg__(self) -> "Source":
        return Source(ast.UnaryOp(ast.USub(), _counted(self)))

    def __getitem__(self, index: Any) -> "Source":
        parts = index if isinstance(index, tuple) else (index,)
        trees = [_index_tree(part) for part in parts]
        return Source(ast.Subscript(self.tree, trees[0] if len(trees) == 1 else ast.Tuple(trees)))

    def __getattr__(self, name: str) -> "Source":
        if name.startswith("__"):
            raise AttributeError(name)
        return Source(ast.Attribute(self.tree, name))

    def __call__(self, *arguments: Any, **keywords: Any) -> "Source":
        given = [ast.keyword(name, tree_of(thing)) for name, thing in keywords.items()]
        return Source(ast.Call(self.tree, [tree_of(thing) for thing in arguments], given))


def tree_of(thing: Any) -> ast.expr:
    if isinstance(thing, Source):
        return thing.tree
    if isinstance(thing, tuple):
        return ast.Tuple([tree_of(part) for part in thing])
    if isinstance(thing, float):
        if not math.isfinite(thing):
            return (-source.np.inf if thing < 0 else source.np.inf if thing > 0 else source.np.nan).tree
        thing = int(thing) if thing == int(thing) and abs(thing) < 2**53 else thing
    if isinstance(thing, int | float) and thing < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-thing))
    return ast.Constant(thing)


def _index_tree(part: Any) -> ast.expr:
    if isinstance(part, slice):
        return ast.Slice(*(None if bound is None else tree_of(bound) for bound in (part.start, part.stop)))
    return tree_of(part)


def _binary(a: Any, operator: ast.operator, b: Any) -> Source:
    if isinstance(operator, ast.Mult) and is_truth(a) != is_truth(b) and isinstance(a, Source) == isinstance(b, Source):
        # A gradient times a truth: the one product that needs no conversion.
        return Source(ast.BinOp(tree_of(a), operator, tree_of(b)))
    return Source(ast.BinOp(_counted(a), operator, _counted(b)))


def is_truth(thing: Any) -> bool:
    """Whether it is a comparison, which is true or false until it is counted."""
    return isinstance(thing, Source) and isinstance(thing.tree, ast.Compare)


def _counted(thing: Any) -> ast.expr:
    """An operand of arithmetic. A truth becomes 1 or 0 of the program's type: NumPy would make it a 64-bit integer."""
    return tree_of(thing.astype(source.name("dtype")) if is_truth(thing) else thing)


def _array_function(name: str) -> Any:
    """A function of NumPy. Of plain numbers it gives the number: ``np.log(2)`` in the code would have 64 bits."""

    def called(*operands: Any) -> Any:
        expressions = any(isinstance(operand, Source) for operand in operands)
        return getattr(source.np if expressions else extended, name)(*operands)

    return function(called)


def _compare(a: Any, operator: ast.cmpop, b: Any) -> Source:
    return Source(ast.Compare(tree_of(a), [operator], [tree_of(b)]))


class Sources(NumberSystem):
    half = 0.5

    np = Source(ast.Name("np"))
    """The array library of the generated code."""

    @staticmethod
    def name(text: str) -> Source:
        """A variable. ValueError if the text is anything but a name."""
        if not text.isidentifier():
            raise ValueError(f"{text!r} is no name of a variable")
        return Source(ast.Name(text))

    # The functions that a rule may call

    sign = _array_function("sign")
    exp = _array_function("exp")
    log = _array_function("log")
    log1p = _array_function("log1p")
    expm1 = _array_function("expm1")
    sqrt = _array_function("sqrt")
    sin = _array_function("sin")
    cos = _array_function("cos")
    tanh = _array_function("tanh")
    maximum = _array_function("maximum")
    minimum = _array_function("minimum")

    def number(self, x: float) -> float:
        return x

    def divide(self, a: Any, b: Any) -> Any:
        return _binary(a, ast.Div(), b) if isinstance(a, Source) or isinstance(b, Source) else extended.divide(a, b)

    def power(self, a: Any, b: Any) -> Any:
        if isinstance(b, Source):
            return _binary(a, ast.Pow(), b)
        if not isinstance(a, Source):
            return extended.power(a, b)
        return a if b == 1 else 1 if b == 0 else _binary(1, ast.Div(), a) if b == -1 else _binary(a, ast.Pow(), b)

    def absolute(self, a: Any) -> Any:
        return self.np.abs(a) if isinstance(a, Source) else abs(a)

    def step(self, a: Any) -> Source:
        return _compare(a, ast.Gt(), 0)

    def share(self, a: Any, b: Any) -> Any:
        return self.half * (1 + self.sign(a - b))

    def sigmoid(self, a: Any) -> Any:
        return self.name("expit")(a) if isinstance(a, Source) else extended.sigmoid(a)

    def softplus(self, a: Any) -> Any:
        return self.np.logaddexp(0, a) if isinstance(a, Source) else extended.softplus(a)

    def relu(self, a: Any) -> Any:
        return self.maximum(a, 0)

    def where(self, condition: Any, a: Any, b: Any) -> Source:
        if type(a) is int and type(b) is int and (a, b) in ((1, 0), (0, 1)):
            # An array of truths: it multiplies a gradient without making 64-bit numbers of 32-bit ones.
            return _compare(condition, ast.NotEq() if a else ast.Eq(), 0)
        chosen = self.np.where(condition, a, b)
        # Of two plain numbers NumPy chooses in 64 bits.
        return chosen if isinstance(a, Source) or isinstance(b, Source) else chosen.astype(self.name("dtype"))

    def less(self, a: Any, b: Any) -> Source:
        return _compare(a, ast.Lt(), b)

    def less_equal(self, a: Any, b: Any) -> Source:
        return _compare(a, ast.LtE(), b)

    def equal(self, a: Any, b: Any) -> Source:
        return _compare(a, ast.Eq(), b)

    def sum(self, *xs: Any) -> Any:
        total = xs[0] if xs else 0
        for x in xs[1:]:
            total = total + x
        return total

    def prod(self, *xs: Any) -> Any:
        product = xs[0] if xs else 1
        for x in xs[1:]:
            product = product * x
        return product

    def logsumexp(self, *xs: Any) -> Any:
        top = xs[0]
        for x in xs[1:]:
            top = self.maximum(top, x)
        return top + self.log(self.sum(*(self.exp(x - top) for x in xs)))


source = Sources()
