"""What programs make of several arrays, or of the axes of one: ``einsum``, ``concatenate``, ``transpose``."""

from collections.abc import Callable, Sequence
from itertools import product as every
from math import prod
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from autograd.notation.array_calls import size
from autograd.notation.lookup import Letters
from autograd.notation.matrices import ShapesDiffer, Thing, entrywise, product, shape, total, written_shape
from autograd.notation.syntax import Call, Listed, Number, Tree
from autograd.untyped import Anything

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration


def _array(thing: Thing) -> Anything:
    return thing if isinstance(thing, np.ndarray) else np.array(thing, dtype=object).reshape(())


def _out(found: Anything) -> Thing:
    return found if found.ndim else found.item()


def _misfit(said: str, *things: Thing) -> NoReturn:
    raise ShapesDiffer(f"{' and '.join(written_shape(shape(each)) for each in things)} {said}")


def _axis(e: "Elaboration", said: Tree | None, dimensions: int, at: Letters) -> int:
    axis = 0 if said is None else e.lookup.count(said, at, 0)
    if not -dimensions <= axis < dimensions:
        raise ShapesDiffer(f"there is no axis {axis} among {dimensions}")
    return axis % dimensions


def _numbers(tree: Tree) -> tuple[int, ...]:
    assert isinstance(tree, Listed)
    return tuple(int(each.text) for each in tree.items if isinstance(each, Number))


def _einsum(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """Σ over all letters that the result does not have; `letters` are those of each array, numbered."""
    letters = tree.keywords["letters"]
    assert isinstance(letters, Listed)
    *subscripts, kept = map(_numbers, letters.items)
    arrays = [_array(e.thing(each, at)) for each in tree.arguments]
    lengths: dict[int, int] = {}
    for array, own in zip(arrays, subscripts, strict=True):
        if array.ndim != len(own):
            raise ShapesDiffer(f"{written_shape(array.shape)} has {array.ndim} axes, and {len(own)} letters in einsum")
        for letter, length in zip(own, array.shape, strict=True):
            if lengths.setdefault(letter, length) != length:
                raise ShapesDiffer(f"one letter of einsum is for {lengths[letter]} items and for {length}")
    summed = [letter for letter in lengths if letter not in kept]
    found = np.empty([lengths[letter] for letter in kept], dtype=object)
    e.spend(prod(lengths.values()))
    for place in np.ndindex(found.shape):
        terms = []
        for others in every(*(range(lengths[letter]) for letter in summed)):
            where = dict(zip((*kept, *summed), (*place, *others), strict=True))
            terms.append(product(*(a[tuple(where[x] for x in own)] for a, own in zip(arrays, subscripts, strict=True))))
        found[place] = total(*terms)
    return _out(found)


def _joined(join: Callable[[Sequence[Anything], int], Anything], more: int) -> Anything:
    """A function that puts arrays together along an axis; the result has so many axes more."""

    def joined(e: "Elaboration", tree: Call, at: Letters) -> Thing:
        arrays = [_array(e.thing(each, at)) for each in tree.arguments]
        axis = _axis(e, tree.keywords.get("axis"), arrays[0].ndim + more, at)
        try:
            found: Thing = join(arrays, axis)
        except ValueError:
            _misfit("cannot be put together", *arrays)
        return found

    return joined


def _side_by_side(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """``hstack``, ``vstack``, ``column_stack``."""
    arrays = [_array(e.thing(each, at)) for each in tree.arguments]
    join: Anything = getattr(np, tree.function)
    try:
        found: Thing = join(arrays)
    except ValueError:
        _misfit("cannot be put together", *arrays)
    return found


def _permuted(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    array = _array(e.thing(tree.arguments[0], at))
    axes = [e.lookup.count(each, at, 0) for each in tree.arguments[1:]]
    try:
        return array.transpose(axes) if tree.function == "permute" else array.swapaxes(*axes)
    except ValueError:
        _misfit(f"has no axes {', '.join(map(str, axes))}", array)


def _broadcast(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    array = _array(e.thing(tree.arguments[0], at))
    if tree.function == "broadcast_as":
        wanted = shape(e.thing(tree.arguments[1], at))
    else:
        wanted = tuple(size(e, each, at) for each in tree.arguments[1:])
    e.spend(prod(wanted))
    try:
        return np.broadcast_to(array, wanted).copy()
    except ValueError:
        raise ShapesDiffer(f"{written_shape(array.shape)} does not spread to {written_shape(wanted)}") from None


def _inner(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """Σ over the last axes of both."""
    a, b = (_array(e.thing(each, at)) for each in tree.arguments)
    if not (a.ndim and b.ndim):
        return entrywise(product, _out(a), _out(b))
    if a.shape[-1] != b.shape[-1]:
        _misfit("have last axes of different lengths", a, b)
    left = a.reshape(*a.shape[:-1], *[1] * (b.ndim - 1), a.shape[-1])
    e.spend(a.size * b.size // a.shape[-1])
    terms = _array(entrywise(product, left, b))
    found = np.empty(terms.shape[:-1], dtype=object)
    for place in np.ndindex(found.shape):
        found[place] = total(*terms[place])
    return _out(found)


def _at_least_2d(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    array = _array(e.thing(tree.arguments[0], at))
    return array.reshape(1, -1) if array.ndim < 2 else array


CALLS: dict[str, Callable[["Elaboration", Call, Letters], Thing]] = {
    "einsum": _einsum,
    "concatenate": _joined(np.concatenate, 0),
    "stack": _joined(np.stack, 1),
    "hstack": _side_by_side,
    "vstack": _side_by_side,
    "column_stack": _side_by_side,
    "permute": _permuted,
    "swapaxes": _permuted,
    "broadcast": _broadcast,
    "broadcast_as": _broadcast,
    "inner": _inner,
    "atleast_2d": _at_least_2d,
}
"""The functions of this module, by the names that `python_calls` gives them."""
