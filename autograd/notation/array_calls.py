"""What programs call of NumPy and PyTorch beyond the functions of a page: shapes, extremes, spreads along an axis."""

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from autograd import ops
from autograd.derivation.claims import Apply, Expression
from autograd.notation import sums
from autograd.notation.lookup import Letters, NotAnIndex
from autograd.notation.matrices import (
    ShapesDiffer,
    Thing,
    array_of,
    entrywise,
    negative,
    product,
    raised,
    ratio,
    shape,
    total,
    whole,
    written_shape,
)
from autograd.notation.syntax import Call, Listed, Name, Number, Tree

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

Fold = Callable[..., Expression]


def _axes(e: "Elaboration", tree: Call, thing: Thing, at: Letters) -> tuple[int, ...]:
    """The axes that a call works along, counted from the first; all of them, if it names none."""
    said = tree.keywords.get("axis")
    dimensions = len(shape(thing))
    if said is None:
        return tuple(range(dimensions))
    found = []
    for each in said.items if isinstance(said, Listed) else (said,):
        axis = e.lookup.count(each, at, 0)
        if not -dimensions <= axis < dimensions:
            raise ShapesDiffer(f"{written_shape(shape(thing))} has no axis {axis}")
        found.append(axis % dimensions)
    return tuple(found)


def _kept(tree: Call) -> bool:
    """Whether the axes that a call works along stay, with one item each."""
    said = tree.keywords.get("keepdims")
    return (isinstance(said, Name) and said.base == "True") or (isinstance(said, Number) and said.text == "1")


def _along(thing: Thing, axes: Sequence[int], fold: Fold) -> Thing:
    """A function of numbers, over the items along some axes, which stay with one item each."""
    if not isinstance(thing, np.ndarray):
        return fold(thing)
    if not axes:
        return thing
    others = [axis for axis in range(thing.ndim) if axis not in axes]
    rows = thing.transpose(*others, *axes).reshape(*(thing.shape[axis] for axis in others), -1)
    found = np.empty(rows.shape[:-1], dtype=object)
    for place in np.ndindex(found.shape):
        found[place] = fold(*rows[place])
    return np.expand_dims(found, tuple(axes))


def _reduced(thing: Thing, axes: Sequence[int], *, keep: bool) -> Thing:
    """The array without the axes that have one item."""
    if keep or not isinstance(thing, np.ndarray):
        return thing
    found = thing.squeeze(tuple(axes))
    return found if found.ndim else found.item()


def _reduction(fold: Fold) -> Callable[["Elaboration", Call, Letters], Thing]:
    def reduction(e: "Elaboration", tree: Call, at: Letters) -> Thing:
        thing = e.thing(tree.arguments[0], at)
        axes = _axes(e, tree, thing, at)
        return _reduced(_along(thing, axes, fold), axes, keep=_kept(tree))

    return reduction


def _sum(*terms: Expression) -> Expression:
    return total(*terms)


def _mean(*terms: Expression) -> Expression:
    return Apply(ops.mean, terms)


def _largest(*items: Expression) -> Expression:
    found = items[0]
    for item in items[1:]:
        found = Apply(ops.maximum, (found, item))
    return found


def _smallest(*items: Expression) -> Expression:
    found = items[0]
    for item in items[1:]:
        found = Apply(ops.minimum, (found, item))
    return found


def _spread(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """The variance, or its root; ddof is what is taken from the number of items that it divides by."""
    thing = e.thing(tree.arguments[0], at)
    axes = _axes(e, tree, thing, at)
    mean = _along(thing, axes, _mean)
    squares = entrywise(lambda x, m: raised(total(x, negative(m)), whole(2)), thing, mean)
    count = int(np.prod([shape(thing)[axis] for axis in axes]))
    less = e.lookup.count(tree.keywords["ddof"], at, 0) if "ddof" in tree.keywords else 0
    if count - less < 1:
        raise ShapesDiffer(f"a variance of {count} items that divides by {count - less}")
    found = entrywise(lambda x: ratio(x, whole(count - less)), _along(squares, axes, _sum))
    if tree.function == "std":
        found = entrywise(lambda x: Apply(ops.sqrt, (x,)), found)
    return _reduced(found, axes, keep=_kept(tree))


def _softmax(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    thing = e.thing(tree.arguments[0], at)
    if "axis" not in tree.keywords and len(shape(thing)) > 1:
        e.refuse(f"along which axis? Write {tree.function}(…, axis=1)", tree.place)
    normaliser = _along(thing, _axes(e, tree, thing, at), lambda *items: Apply(ops.logsumexp, items))
    logarithm = entrywise(lambda x, y: Apply(ops.subtract, (x, y)), thing, normaliser)
    if tree.function == "log_softmax":
        return logarithm
    return entrywise(lambda x: Apply(ops.exp, (x,)), logarithm)


def _norm(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    thing = e.thing(tree.arguments[0], at)
    axes = _axes(e, tree, thing, at)
    squares = entrywise(lambda x: raised(x, whole(2)), thing)
    found = entrywise(lambda x: Apply(ops.sqrt, (x,)), _along(squares, axes, _sum))
    return _reduced(found, axes, keep=_kept(tree))


def _one_hot(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """A row for each class number, with a 1 in its place; of an argmax, a 1 where the largest item stands."""
    of = tree.arguments[0]
    if isinstance(of, Call) and of.function == "argmax":
        thing = e.thing(of.arguments[0], at)
        largest = _along(thing, _axes(e, of, thing, at), _largest)
        return entrywise(lambda x, y: Apply(ops.greater_equal, (x, y)), thing, largest)
    numbers = e.lookup.whole_number(of, at)
    if not isinstance(numbers, list):
        e.refuse("one_hot takes a list of whole numbers among the nodes, the classes counted from 0", tree.place)
    classes = size(e, tree.keywords["classes"], at) if "classes" in tree.keywords else max(numbers) + 1
    e.spend(classes * len(numbers))
    return array_of([array_of([whole(int(k == each)) for k in range(classes)]) for each in numbers])


def size(e: "Elaboration", tree: Tree, at: Letters) -> int:
    """A whole number as the size of something: m, 3, ``X.shape[0]``, 2*n."""
    match tree:
        case Call(function="size", arguments=(of, *axis)):
            lengths = shape(e.thing(of, at))
            if not axis:
                return int(np.prod(lengths))
            place = e.lookup.count(axis[0], at, 0)
            if not -len(lengths) <= place < len(lengths):
                raise ShapesDiffer(f"{written_shape(lengths)} has no axis {place}")
            return lengths[place]
    try:
        return sums.whole_bound(e, tree, at)
    except (NotAnIndex, KeyError):
        e.refuse("a size is a whole number: a number, a name among the nodes, or X.shape[0]", e.place)


def _size(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    return whole(size(e, tree, at))


def _reshape(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    thing = e.thing(tree.arguments[0], at)
    if tree.function == "reshape_as":
        wanted = shape(e.thing(tree.arguments[1], at))
    else:
        wanted = tuple(size(e, each, at) for each in tree.arguments[1:])
    array = thing if isinstance(thing, np.ndarray) else np.array([thing], dtype=object)
    try:
        found = array.reshape(wanted)
    except ValueError:
        raise ShapesDiffer(f"{written_shape(array.shape)} cannot take the shape {written_shape(wanted)}") from None
    return found if found.ndim else found.item()


def _axis_more_or_less(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    thing = e.thing(tree.arguments[0], at)
    array = thing if isinstance(thing, np.ndarray) else np.array(thing, dtype=object).reshape(())
    said = tree.keywords.get("axis")
    axis = None if said is None else e.lookup.count(said, at, 0)
    try:
        found = array.squeeze(axis) if tree.function == "squeeze" else np.expand_dims(array, axis or 0)
    except ValueError:
        raise ShapesDiffer(f"{written_shape(array.shape)} has no such axis {axis}") from None
    return found if found.ndim else found.item()


def _filled(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    number = whole(int(tree.function.startswith("ones")))
    if tree.function.endswith("_like"):
        sizes = shape(e.thing(tree.arguments[0], at))
    else:
        sizes = tuple(size(e, each, at) for each in tree.arguments)
    e.spend(prod(sizes))
    found = np.empty(sizes, dtype=object)
    found.fill(number)
    return found if sizes else number


def _identity(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    n = size(e, tree.arguments[0], at)
    e.spend(n * n)
    return array_of([array_of([whole(int(i == j)) for j in range(n)]) for i in range(n)])


def _outer(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    left, right = (e.thing(each, at) for each in tree.arguments)
    rows, columns = ([*thing.flat] if isinstance(thing, np.ndarray) else [thing] for thing in (left, right))
    return entrywise(product, array_of(rows)[:, None], array_of(columns))


def _copy(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    return e.thing(tree.arguments[0], at)


CALLS: dict[str, Callable[["Elaboration", Call, Letters], Thing]] = {
    "sum": _reduction(_sum),
    "mean": _reduction(_mean),
    "prod": _reduction(product),
    "max": _reduction(_largest),
    "min": _reduction(_smallest),
    "logsumexp": _reduction(lambda *items: Apply(ops.logsumexp, items)),
    "var": _spread,
    "std": _spread,
    "norm": _norm,
    "softmax": _softmax,
    "log_softmax": _softmax,
    "one_hot": _one_hot,
    "size": _size,
    "reshape": _reshape,
    "reshape_as": _reshape,
    "expand_dims": _axis_more_or_less,
    "squeeze": _axis_more_or_less,
    "copy": _copy,
    "outer": _outer,
    "eye": _identity,
    "zeros": _filled,
    "ones": _filled,
    "zeros_like": _filled,
    "ones_like": _filled,
}
"""The rooms' functions, by the names that `array_functions` gives them."""
