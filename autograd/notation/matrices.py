"""Arrays of formulas: vectors and matrices of a page, with the shapes and the broadcasting of NumPy.

What a page writes of whole arrays becomes one formula an entry. A vector is a list of numbers; transposed it is a row,
an array of shape (1, n), so that ``w^T x`` is a number and ``\\delta x^T`` a matrix.
"""

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Numeral, constant
from autograd.operation import Operation
from autograd.untyped import Anything

Array = np.ndarray[Anything, np.dtype[np.object_]]
_MOST_ENTRIES = 2_000_000
Thing = Expression | Array
"""A formula, or an array of formulas."""


class ShapesDiffer(ValueError):  # noqa: N818  (a verdict on a claim, not an error of the program)
    """Two arrays that do not fit together; the message names both shapes."""


def array_of(items: Sequence[Thing]) -> Array:
    """An array of formulas, or of arrays of one shape. ShapesDiffer if their shapes are different."""
    shapes = dict.fromkeys(shape(item) for item in items)
    if len(shapes) > 1:
        raise ShapesDiffer(f"the rows of an array have the shapes {' and '.join(map(written_shape, shapes))}")
    inner = next(iter(shapes), ())
    found = np.empty((len(items), *inner), dtype=object)
    for k, item in enumerate(items):
        found[k] = item
    return found


def shape(thing: Thing) -> tuple[int, ...]:
    """The shape of a thing; () for a number."""
    return thing.shape if isinstance(thing, np.ndarray) else ()


def entries_of(thing: Thing) -> list[Expression]:
    """The formulas in an array, in order; of a number the number."""
    return [*thing.flat] if isinstance(thing, np.ndarray) else [thing]


def written_shape(of: Sequence[int]) -> str:
    """A shape in words.

    >>> written_shape((3, 2)), written_shape(()), written_shape((4,))
    ('3×2', 'a number', 'a vector of 4')
    """
    if not of:
        return "a number"
    return f"a vector of {of[0]}" if len(of) == 1 else "×".join(map(str, of))


def entrywise(function: Callable[..., Expression], *things: Thing) -> Thing:
    """A function of numbers, applied to arrays entry by entry, with NumPy's broadcasting."""
    if not any(isinstance(thing, np.ndarray) for thing in things):
        return function(*things)
    try:
        not_too_many(prod(np.broadcast_shapes(*map(shape, things))))
        return _out(np.frompyfunc(function, len(things), 1)(*things))
    except ValueError as error:
        if "broadcast" not in str(error) and "shape mismatch" not in str(error):
            raise
        shapes = " and ".join(written_shape(shape(thing)) for thing in things)
        raise ShapesDiffer(f"{shapes} do not fit together entry by entry") from None


def not_too_many(entries: int) -> None:
    """Refuse an array, or the work on one, that would fill the memory."""
    if entries > _MOST_ENTRIES:
        raise OverflowError(f"an array comes to {entries} formulas, over {_MOST_ENTRIES}: too many to check")


def _out(thing: Anything) -> Thing:
    return thing.item() if isinstance(thing, np.ndarray) and thing.ndim == 0 else thing


# Arithmetic of formulas, as the plain notation has always put it together


def product(*factors: Expression) -> Expression:
    """a·b·…"""
    return factors[0] if len(factors) == 1 else Apply(ops.prod, factors)


def total(*terms: Expression) -> Expression:
    """a + b + …"""
    return terms[0] if len(terms) == 1 else Apply(ops.sum, terms)


def ratio(above: Expression, below: Expression) -> Expression:
    """a/b."""
    return Apply(ops.divide, (above, below))


def negative(formula: Expression) -> Expression:
    """−a."""
    return Apply(ops.negate, (formula,))


def raised(base: Expression, exponent: Expression) -> Expression:
    """a to the power b, by a plain number if b is one."""
    numeral = constant(exponent)
    if numeral is None:
        return Apply(ops.power, (base, exponent))
    return Apply(ops.power_by(float(numeral)), (base,))


def applied(operation: Operation) -> Callable[..., Expression]:
    """The operation, as a function of formulas."""
    return lambda *operands: Apply(operation, operands)


def whole(number: int) -> Numeral:
    """A whole number as a formula."""
    return Numeral(str(number), number)  # type: ignore[arg-type]  # an int is as good as its Fraction


# Matrices


def matrix_product(a: Thing, b: Thing) -> Thing:
    """The matrix product, as ``@`` has it; a vector times a row is their outer product.

    >>> matrix_product(array_of([whole(1), whole(2)]), array_of([whole(3)]))
    Traceback (most recent call last):
    autograd.notation.matrices.ShapesDiffer: a vector of 2 times a vector of 1: the inner lengths 2 and 1 differ
    """
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return entrywise(product, a, b)
    if a.ndim == 1 and b.ndim == 2 and b.shape[0] == 1:  # δ xᵀ
        return entrywise(product, a[:, None], b)
    left, right = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    if left.ndim > 2 or right.ndim > 2:
        return _stacked_product(a, b)
    if left.shape[1] != right.shape[0]:
        raise ShapesDiffer(
            f"{written_shape(a.shape)} times {written_shape(b.shape)}: the inner lengths {left.shape[1]} and "
            f"{right.shape[0]} differ"
        )
    not_too_many(left.shape[0] * right.shape[1] * left.shape[1])
    found = np.empty((left.shape[0], right.shape[1]), dtype=object)
    columns = [tuple(right[:, j]) for j in range(right.shape[1])]
    for i, row in enumerate(map(tuple, left)):
        for j, column in enumerate(columns):
            found[i, j] = weighted_sum(row, column)
    if a.ndim == 1:
        return _out(found[0] if b.ndim > 1 else found[0, 0])
    row_by_vector = b.ndim == 1 and a.shape[0] == 1
    return _out(found[0, 0] if row_by_vector else found[:, 0] if b.ndim == 1 else found)


def _stacked_product(a: Array, b: Array) -> Thing:
    """The products of the matrices in two stacks, or of each in one stack with the same matrix or vector."""
    if b.ndim == 1:
        found = _stacked_product(a, b[:, None])
        return found[..., 0]  # type: ignore[index]
    if a.ndim == 1:
        found = _stacked_product(a[None], b)
        return found[..., 0, :]  # type: ignore[index]
    try:
        stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError:
        raise ShapesDiffer(f"{written_shape(a.shape)} times {written_shape(b.shape)}: the stacks differ") from None
    left, right = (np.broadcast_to(each, (*stack, *each.shape[-2:])) for each in (a, b))
    products = [matrix_product(left[place], right[place]) for place in np.ndindex(stack)]
    found = np.empty((len(products), a.shape[-2], b.shape[-1]), dtype=object)
    for place, each in enumerate(products):
        found[place] = each
    return found.reshape(*stack, *found.shape[1:])


def weighted_sum(weights: Sequence[Expression], inputs: Sequence[Expression]) -> Expression:
    """w₁x₁ + … + wₙxₙ."""
    if len(weights) == 1:
        return product(weights[0], inputs[0])
    return Apply(ops.dot, (*weights, *inputs))


def transposed(thing: Thing) -> Thing:
    """The transposed matrix; of a vector, the row."""
    if not isinstance(thing, np.ndarray):
        return thing
    return thing[None] if thing.ndim == 1 else thing.swapaxes(-1, -2)


def reduced(thing: Thing, fold: Callable[..., Expression], axis: int | None = None) -> Thing:
    """Sum, mean, … over an axis, or over all."""
    if not isinstance(thing, np.ndarray):
        return thing
    if axis is None:
        return fold(*thing.flat)
    if not -thing.ndim <= axis < thing.ndim:
        raise ShapesDiffer(f"{written_shape(thing.shape)} has no axis {axis}")
    moved = np.moveaxis(thing, axis, -1)
    out = np.empty(moved.shape[:-1], dtype=object)
    for place in np.ndindex(out.shape):
        out[place] = fold(*moved[place])
    return _out(out)


def fitted(thing: Thing, wanted: tuple[int, ...]) -> Thing | None:
    """The thing in the shape that is wanted, if it is that but for axes of length 1 more or fewer; else None.

    A column of n may stand for a vector of n, but not for a row of n: that is the transposed one.
    """
    has = shape(thing)
    if has == wanted:
        return thing
    lengths = [[n for n in each if n != 1] for each in (has, wanted)]
    if len(has) == len(wanted) or lengths[0] != lengths[1]:
        return None
    if not isinstance(thing, np.ndarray):
        return np.array([thing], dtype=object).reshape(wanted)
    return _out(thing.reshape(wanted))
