"""Gradients on their way back that are more than an array: one number for all, and the truths of where they arrive."""

import ast

from autograd.numbers import Number
from autograd.numbers.source import Source, counted, source

np = source.np
BATCH, DTYPE = map(source.name, ("batch", "dtype"))


class Truths(Source):
    """Where a gradient arrives, as truths that are rearranged with it: at a sum it arrives if any of its parts does."""

    def sum(self, **axes: Number) -> "Truths":
        return self.any(**axes)

    def __getitem__(self, index: Number) -> "Truths":
        return Truths(super().__getitem__(index).tree)

    def __getattr__(self, name: str) -> "Truths":
        return Truths(super().__getattr__(name).tree)

    def __call__(self, *arguments: Number, **keywords: Number) -> "Truths":
        return Truths(super().__call__(*arguments, **keywords).tree)


class Uniform(Source):
    """A gradient that is one number: factor / batch for every example, as the mean over the batch passes it on.

    The factor is a plain number, or an expression of one.

    If it is not `batched`, it is the factor itself, the gradient of a number that all examples share. Like every
    gradient it stands for an array, of the shape of `like` if that is given; the array is written only where the number
    will not do.
    """

    def __init__(self, factor: Number, *, batched: bool, like: Source | None = None) -> None:
        self.factor = factor
        self.batched = batched
        self.like = like

    @property
    def tree(self) -> ast.expr:  # type: ignore[override]  # it depends on the shape
        shape = (BATCH if self.batched else ()) if self.like is None else self.like.shape
        return np.full(shape, self.number, DTYPE).tree

    @property
    def number(self) -> Number:
        """The number that it is everywhere."""
        return source.divide(self.factor, BATCH) if self.batched else self.factor

    def times(self, other: Source) -> Source:
        """The product with an array of the gradient's own shape."""
        product = other * self.factor if isinstance(self.factor, Source) else times(other, self.factor)
        return product / BATCH if self.batched else product

    def scaled(self, other: Source) -> "Uniform":
        """The product with one number that all examples share."""
        return Uniform(times(other, self.factor), batched=self.batched, like=self.like)

    def over_the_batch(self, array: Source) -> Source:
        """The sum over the batch of the product with an array of the examples."""
        total = times(array.sum(axis=0), self.factor)
        return total / BATCH if self.batched else total

    def sum(self, axis: Number) -> Source:
        """Over the batch it is the factor, however large the batch."""
        if self.batched and axis == 0 and self.like is None:
            return Uniform(self.factor, batched=False)
        return super().__getattr__("sum")(axis=axis)

    def __mul__(self, other: Number) -> Source:
        if isinstance(other, int | float):
            return Uniform(self.factor * other, batched=self.batched, like=self.like)
        return super().__mul__(other) if self.batched or self.like is not None else times(other, self.factor)

    __rmul__ = __mul__

    def __neg__(self) -> Source:
        return self * -1


def times(expression: Source, factor: Number) -> Source:
    """factor · expression, as one writes it: nothing for 1, a sign for −1, one number for two."""
    if isinstance(factor, Source) or isinstance(expression, Uniform):
        return expression * factor
    tree = expression.tree
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult) and isinstance(tree.left, ast.Constant):
        return times(Source(tree.right), factor * tree.left.value)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return times(Source(tree.operand), -factor)
    if factor == 1:
        return counted(expression) if isinstance(tree, ast.Compare) else expression
    return -expression if factor == -1 else factor * expression


def passed(gradient: Source, other: Source, *, axis: bool = False, full: bool = True) -> Source:
    """gradient · other, the gradient with a last axis of 1 if `axis`; `other` has the product's shape if `full`."""
    if isinstance(gradient, Uniform) and full:
        return gradient.times(other)
    return (gradient[..., None] if axis else gradient) * other
