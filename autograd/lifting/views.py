"""What lines read of an array where the places go by loops: a view of it, and the way back of its gradient."""

import ast
from collections.abc import Callable, Sequence
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy

from autograd.lifting.arrivals import BATCH, Truths
from autograd.lifting.groups import Group
from autograd.lifting.strides import Axis, box_of, nests_of, places_of
from autograd.numbers import Number
from autograd.numbers.source import Source, source
from autograd.untyped import AnyArray

if TYPE_CHECKING:
    from autograd.lifting.draft import Draft, Origin, Pull

np = source.np
PLACE, SCATTER, SLICE = map(source.name, ("place", "scatter", "slice"))
WINDOWS, ADD_WINDOWS = map(source.name, ("windows", "add_windows"))

GroupPart = tuple[int, int] | None
"""The places of a group, from the first one to before the last one, that a gradient is for; None if for all."""

Back = Callable[[Source], tuple[Source, GroupPart]]
"""Brings a gradient back from what was read to a region of the array."""

Loops = Sequence[tuple[int, int]]
"""Lengths and strides, none of them 0."""


class View(NamedTuple):
    """What loops read of an array: an axis for each loop, in an order of its own, after that of the batch."""

    expression: Source
    order: tuple[int, ...]
    """Which loop each axis is."""
    back: Back


def places_read(draft: "Draft", group: Group, places: AnyArray, batched: bool) -> "tuple[Source, Pull]":
    """The members at these places, as an array of that shape, after an axis for the batch if the group has one."""
    lead, size = (BATCH,) * group.batched, len(group.members)
    nests = nests_of([places.reshape(len(places), -1)])
    if nests is None:
        index = draft.constant("index", places.tolist(), integer=True)
        array = draft.variable(group)[(*(slice(None),) * group.batched, index)]
        return array, draft.pull_to(group, lambda d: (spread(draft, d, index, size), None), batched)
    loops = [(length, stride) for length, stride in chain(*nests)]
    moving = [loop for loop, (_, stride) in enumerate(loops) if stride]
    still = tuple(loop for loop in range(len(loops)) if loop not in moving)
    found = view(draft, group, int(places.flat[0]), [loops[loop] for loop in moving])
    shape = tuple(length for length, _ in loops)
    array = _transposed(found.expression, found.order, len(lead))
    repeated = places.ndim == 1 and still == (1,) and len(loops) == 2
    if repeated:
        array = np.repeat(array, shape[1], axis=-1)
    elif still:
        axes = tuple(None if loop in still else slice(None) for loop in range(len(loops)))
        array = np.broadcast_to(array[(*(slice(None),) * len(lead), *axes)], (*lead, *shape))
    if shape != places.shape and not repeated:
        array = array.reshape(*lead, *places.shape)

    def back(d: Source) -> tuple[Source, GroupPart]:
        d = _whole(d, (*lead, *places.shape))
        if shape != places.shape:
            d = d.reshape(*lead, *shape)
        if still:
            summed = tuple(loop + len(lead) for loop in still)
            d = d.sum(axis=summed if len(summed) > 1 else summed[0])
        return found.back(_transposed(d, numpy.argsort(found.order).tolist(), len(lead)))

    return array, draft.pull_to(group, back, batched)


def view(draft: "Draft", group: Group, start: int, loops: Loops) -> View:
    """What loops read of an array that has an axis of members, each place of theirs an axis."""
    array, size = draft.variable(group), len(group.members)
    lead, prefix = (BATCH,) * group.batched, (slice(None),) * group.batched
    if not loops:
        return View(array[(*prefix, start)], (), lambda d: (d[..., None], (start, start + 1)))
    if len(loops) == 1 and loops[0][1] > 0:
        [(length, stride)] = loops
        stop = start + (length - 1) * stride + 1
        if stride == 1:
            part = array if length == size else array[(*prefix, slice(start, stop))]
            return View(part, (0,), lambda d: (d, (start, stop)))
        part = array[(*prefix, slice(start, stop, stride))]
        return View(part, (0,), lambda d: (PLACE(d, SLICE(start, stop, stride), size), None))
    box = box_of(start, loops, size)
    if box is None:
        index = draft.constant("index", places_of(start, loops).tolist(), integer=True)
        back = lambda d: (spread(draft, d, index, size), None)  # noqa: E731
        return View(array[(*prefix, index)], tuple(range(len(loops))), back)
    region = (box.start, box.stop)
    part = array if region == (0, size) else array[(*prefix, slice(*region))]
    found = _of_box(part, lead, region, box.axes)
    wish = draft.names.of_part(group, group.members[box.start : box.stop], windows=len(found.order) > len(box.axes))
    return found._replace(expression=draft.kept(wish, found.expression))


def repeated_leaves(
    draft: "Draft", group: Group, places: list[int], *, batched: bool, alone: bool
) -> "tuple[Source, Pull] | None":
    """Leaves that are read again and again in order, as the bias of each window; None if they are not."""
    nests = nests_of([numpy.array(places)[:, None]])
    if nests is None or len(nests[0]) != 2:
        return None
    [(outer, over), (inner, within)] = [(length, stride) for length, stride in nests[0]]
    if over and within:
        return None
    own, stride = (outer, over) if over else (inner, within)
    start = places[0]
    run = list(range(start, start + own * stride, stride))
    array, pull = draft.cut_leaves(group, run, (own,), batched=False, alone=alone, exact=True)

    def pull_each(d: Source, origin: "Origin") -> None:
        d = d.sum(axis=0) if batched else d
        pull(d.reshape(outer, inner).sum(axis=1 if over else 0), origin)

    return (np.repeat(array, inner) if over else np.tile(array, outer)), pull_each


def spread(draft: "Draft", gradient: Source, index: Source, size: int) -> Source:
    """A gradient put back where it was read, with zeros around it; added up where a place was read twice."""
    numbers, _ = draft.constants[ast.unparse(index.tree)]
    flat = numpy.array(numbers).ravel()
    return (PLACE if len(set(flat.tolist())) == len(flat) else SCATTER)(gradient, index, size)


def _whole(d: Source, shape: tuple[Number, ...]) -> Source:
    """Where a gradient arrives, broadcast to the gradient's shape, so that it can be reshaped with it."""
    return Truths(np.broadcast_to(d, shape).tree) if isinstance(d, Truths) else d


def _transposed(array: Source, order: Sequence[int], lead: int) -> Source:
    """The axes after the leading ones put in order: that of number `order[i]` is the i-th now."""
    places = [*range(lead), *(lead + int(place) for place in numpy.argsort(order))]
    moved = [axis for axis, place in enumerate(places) if axis != place]
    if not moved:
        return array
    return array.swapaxes(*moved) if len(moved) == 2 else array.transpose(*places)


def _of_box(array: Source, lead: tuple[Source, ...], region: GroupPart, axes: Sequence[Axis]) -> View:
    """The axes of an array that is reshaped, cut and taken in windows."""
    prefix = (slice(None),) * len(lead)
    lengths = tuple(axis.length for axis in axes)
    shaped = array.reshape(*lead, *lengths) if len(axes) > 1 else array
    cuts = tuple(
        slice(None) if axis.taken == axis.length
        else axis.start if axis.loop < 0
        else slice(axis.start, axis.start + axis.taken)
        for axis in axes
    )  # fmt: skip
    partial = any(axis.taken < axis.length for axis in axes)
    read = shaped[(*prefix, *cuts)] if partial else shaped
    kept = [axis for axis in axes if axis.loop >= 0]
    windowed = [(place + len(lead), axis) for place, axis in enumerate(kept) if axis.window]
    for place, axis in windowed:
        read = WINDOWS(read, place, axis.window, axis.step)
    order = (*(axis.loop for axis in kept), *(axis.inner for _, axis in windowed))

    def back(d: Source) -> tuple[Source, GroupPart]:
        for place, axis in reversed(windowed):
            d = ADD_WINDOWS(d, place, axis.taken, axis.step)
        if partial:
            places = tuple(SLICE(0, axis.length) if isinstance(cut, slice) and cut.start is None
                           else SLICE(cut.start, cut.stop) if isinstance(cut, slice) else cut
                           for axis, cut in zip(axes, cuts, strict=True))  # fmt: skip
            d = PLACE(d, places, lengths)
        return (d.reshape(*lead, prod(lengths)) if len(axes) > 1 else d), region

    return View(read, order, back)
