"""Gradients on their way back through array code."""

import ast
from collections.abc import Callable
from typing import Any

from autograd.numbers.source import Source, source

np = source.np

Pull = Callable[[Source], None]
"""Passes the gradient of an expression on to what it reads."""


class Uniform(Source):
    """A gradient that is one number: factor / batch for every example, as the mean over the batch passes it on.

    Not `batched`, it is the factor itself, the gradient of a number that all examples share. As any other expression it
    is an array, of the shape of `like` if that is given; where it is multiplied with an array, the number will do.
    """

    def __init__(self, factor: float, *, batched: bool, like: Source | None = None) -> None:
        self.factor = factor
        self.batched = batched
        self.like = like

    @property
    def tree(self) -> ast.expr:  # type: ignore[override]  # the array is written only where it is needed
        shape = (source.name("batch") if self.batched else ()) if self.like is None else self.like.shape
        number = source.divide(self.factor, source.name("batch")) if self.batched else self.factor
        return np.full(shape, number, source.name("dtype")).tree

    def times(self, other: Source) -> Source:
        """The product with an array of the gradient's own shape."""
        product = times(other, self.factor)
        return product / source.name("batch") if self.batched else product

    def sum(self, axis: Any) -> Source:
        """Over the batch it is the factor, however large the batch."""
        if self.batched and axis == 0 and self.like is None:
            return Uniform(self.factor, batched=False)
        return super().__getattr__("sum")(axis=axis)

    def __mul__(self, other: Any) -> Source:
        if isinstance(other, int | float):
            return Uniform(self.factor * other, batched=self.batched, like=self.like)
        return super().__mul__(other) if self.batched or self.like else times(other, self.factor)

    __rmul__ = __mul__

    def __neg__(self) -> Source:
        return self * -1


def times(expression: Source, factor: Any) -> Source:
    """factor · expression, as one writes it: nothing for 1, a sign for −1, one number for two."""
    if isinstance(factor, Source) or isinstance(expression, Uniform):
        return expression * factor
    tree = expression.tree
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult) and isinstance(tree.left, ast.Constant):
        return times(Source(tree.right), factor * tree.left.value)
    if factor == 1:
        return expression
    return -expression if factor == -1 else factor * expression


def passed(gradient: Source, other: Source, *, axis: bool = False, full: bool = True) -> Source:
    """gradient · other, the gradient with a last axis of 1 if `axis`; `other` has the product's shape if `full`."""
    if isinstance(gradient, Uniform) and full:
        return gradient.times(other)
    return (gradient[..., None] if axis else gradient) * other
