"""What lines read of arrays, as views where it goes by loops, and the way back of its gradient."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import chain
from math import prod
from typing import NamedTuple

import numpy

from autograd.lifting.arrivals import BATCH, Arrival, Origin, Pull, Truths
from autograd.lifting.groups import FIXED, PARAMETERS, Group, Groups, Matrix
from autograd.lifting.naming import Variables
from autograd.lifting.normal_form import Constant, NormalForm
from autograd.lifting.strides import Axis, box_of, nests_of, places_of
from autograd.numbers import Number
from autograd.numbers.source import Source, source, tree_of
from autograd.untyped import AnyArray

np = source.np
FLAT = {PARAMETERS: source.name("parameters"), FIXED: source.name("others")}
PLACE, SCATTER, SLICE = map(source.name, ("place", "scatter", "slice"))
WINDOWS, ADD_WINDOWS = map(source.name, ("windows", "add_windows"))
ZEROS = np.zeros

FlatPart = tuple[int, int, int, int]
"""A part of a flat array: (its group, start, rows, columns); 0 rows is a vector, 0 columns one number."""

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


class Views(ABC):
    """The arrays of groups, read by name.

    Whatever reads an array gets an expression and a `Pull`, which later passes the expression's gradient to the array:
    back to the places that were read, as a contribution to the gradient of the group, or of a part of the parameters.

    Attributes:
        cuts: the parts of the flat arrays that lines name: the name, and the line that cuts it out.
        constants: the numbers of the arrays that the lines name, and whether they are whole.
    """

    def __init__(self, expressions: NormalForm, groups: Groups, names: Variables) -> None:
        self.expressions = expressions
        self.groups = groups.groups
        self.group_of = groups.group_of
        self.place = groups.place
        self.names = names
        self.cuts = {(index, 0, 0, len(groups.groups[index].members)): (str(flat), "") for index, flat in FLAT.items()}
        self.constants: dict[str, Number] = {}
        self._variables: dict[int, Source] = {}

    @abstractmethod
    def contribute(self, group: Group, arrival: Arrival, back: Back) -> None:
        """Note a part of the gradient of a group, to be brought back."""

    @abstractmethod
    def kept(self, wish: str, expression: Source) -> Source:
        """The name of an expression, close to the wish; its line is written when it is first asked for."""

    @abstractmethod
    def contribute_to_leaves(self, cut: FlatPart, arrival: Arrival) -> None:
        """Note a part of the gradient of some leaves."""

    def variable(self, group: Group) -> Source:
        """The array of a group. It gets its name when it is first asked for."""
        if group.index not in self._variables:
            self._variables[group.index] = as_name(self.names.of(group.index))
        return self._variables[group.index]

    def read(self, index: int) -> tuple[Source, Pull | None]:
        """One expression, without an axis of members."""
        node = self.expressions.nodes[index]
        if isinstance(node, Constant):
            return Source(tree_of(node.number)), None
        group = self.groups[self.group_of[index]]
        return self.array(group, [index], axis=False, batched=group.batched)

    def read_or_number(self, index: int) -> tuple[Number, Pull | None]:
        """As `read`, but a constant as a plain number, for the rules to compute with."""
        node = self.expressions.nodes[index]
        return (node.number, None) if isinstance(node, Constant) else self.read(index)

    def array(
        self,
        group: Group,
        members: list[int],
        *,
        axis: bool,
        batched: bool,
        exact: bool = False,
        alone: bool = False,
    ) -> tuple[Source, Pull]:
        """The members of a group in the order given, as (…, members) if `axis`.

        One member in all places may come as (…, 1), to be broadcast, unless `exact`. The gradient that will be pulled
        has an axis for the batch if `batched`. Parameters that stand `alone` in a term are called biases.
        """
        places = [self.place[member] for member in members]
        if group.index <= FIXED:
            shape = (len(places),) if axis else ()
            if axis and (again := self._repeated_leaves(group, places, batched=batched, alone=alone)) is not None:
                return again
            return self._leaves(group, places, shape, batched=batched, exact=exact, alone=alone)
        array, prefix = self.variable(group), (slice(None),) * group.batched
        first, last = places[0], places[-1] + 1
        if not group.has_axis:
            if not axis:
                return array, self._pull_to(group, lambda d: (d, None), batched)
            repeated = array[..., None]
            if exact and len(members) > 1:
                repeated = np.broadcast_to(repeated, (*(BATCH,) * group.batched, len(members)))
            return repeated, self._pull_to(group, lambda d: (d.sum(axis=-1), None), batched)
        if not axis:
            return array[(*prefix, first)], self._pull_to(group, lambda d: (d[..., None], (first, last)), batched)
        if len(set(places)) == 1 and not exact:
            back: Back = lambda d: (d.sum(axis=-1, keepdims=True), (first, last))  # noqa: E731
            return array[(*prefix, slice(first, last))], self._pull_to(group, back, batched)
        if places == list(range(first, last)):
            part = array if len(places) == len(group.members) else array[(*prefix, slice(first, last))]
            return part, self._pull_to(group, lambda d: (d, (first, last)), batched)
        return self._places(group, numpy.array(places), batched)

    def matrix(self, group: Group, members: Matrix, *, batched: bool, alone: bool = False) -> tuple[Source, Pull]:
        """The members as (…, rows, columns)."""
        rows = [[self.place[member] for member in row] for row in members]
        if group.index <= FIXED:
            return self._leaves(group, [*chain(*rows)], (len(rows), len(rows[0])), batched=batched, alone=alone)
        if group.has_axis:
            return self._places(group, numpy.array(rows), batched)
        back: Back = lambda d: (d.sum(axis=(-2, -1)), None)  # noqa: E731
        return self.variable(group)[..., None, None], self._pull_to(group, back, batched)

    def _places(self, group: Group, places: AnyArray, batched: bool) -> tuple[Source, Pull]:
        """The members at these places, as an array of that shape, after an axis for the batch if the group has one."""
        lead, size = (BATCH,) * group.batched, len(group.members)
        nests = nests_of([places.reshape(len(places), -1)])
        if nests is None:
            index = self.constant("index", places.tolist(), integer=True)
            array = self.variable(group)[(*(slice(None),) * group.batched, index)]
            return array, self._pull_to(group, lambda d: (self._spread(d, index, size), None), batched)
        loops = [(length, stride) for length, stride in chain(*nests)]
        moving = [loop for loop, (_, stride) in enumerate(loops) if stride]
        still = tuple(loop for loop in range(len(loops)) if loop not in moving)
        view = self.view(group, int(places.flat[0]), [loops[loop] for loop in moving])
        shape = tuple(length for length, _ in loops)
        array = _transposed(view.expression, view.order, len(lead))
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
            return view.back(_transposed(d, numpy.argsort(view.order).tolist(), len(lead)))

        return array, self._pull_to(group, back, batched)

    def view(self, group: Group, start: int, loops: Loops) -> View:
        """What loops read of an array that has an axis of members, each place of theirs an axis."""
        array, size = self.variable(group), len(group.members)
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
            index = self.constant("index", places_of(start, loops).tolist(), integer=True)
            back = lambda d: (self._spread(d, index, size), None)  # noqa: E731
            return View(array[(*prefix, index)], tuple(range(len(loops))), back)
        region = (box.start, box.stop)
        part = array if region == (0, size) else array[(*prefix, slice(*region))]
        view = _of_box(part, lead, region, box.axes)
        wish = self.names.of_part(group, group.members[box.start : box.stop], windows=len(view.order) > len(box.axes))
        return view._replace(expression=self.kept(wish, view.expression))

    def _pull_to(self, group: Group, back: Back, batched: bool) -> Pull:
        """Contributes what `back` makes of a gradient to the gradient of the group."""

        def of_all(gradient: Source) -> tuple[Source, GroupPart]:
            return back(gradient.sum(axis=0) if batched and not group.batched else gradient)

        return lambda gradient, origin: self.contribute(group, (gradient, origin), of_all)

    def _leaves(
        self,
        group: Group,
        places: list[int],
        shape: tuple[int, ...],
        *,
        batched: bool,
        alone: bool = False,
        exact: bool = False,
    ) -> tuple[Source, Pull]:
        total = len(group.members)
        start, count = places[0], len(places)
        rows, columns = (shape if len(shape) == 2 else (0, *shape)) if shape else (0, 0)

        def pull_to(cut: FlatPart, put_back: Callable[[Source], Source]) -> Pull:
            def pull(gradient: Source, origin: Origin) -> None:
                gradient = gradient.sum(axis=0) if batched else gradient
                self.contribute_to_leaves(cut, (put_back(gradient), origin))

            return pull

        if places == list(range(start, start + count)):
            cut = group.index, start, rows, columns
            return self._cut(cut, alone), pull_to(cut, lambda d: d)
        if len(set(places)) == 1 and not rows and not exact:
            cut = group.index, start, 0, 0
            return self._cut(cut, alone), pull_to(cut, lambda d: d.sum())
        nested = [places[i : i + columns] for i in range(0, count, columns)] if rows else places
        index = self.constant("index", nested, integer=True)
        everything = group.index, 0, 0, total
        return FLAT[group.index][index], pull_to(everything, lambda d: self._spread(d, index, total))

    def _repeated_leaves(
        self, group: Group, places: list[int], *, batched: bool, alone: bool
    ) -> tuple[Source, Pull] | None:
        """Leaves that are read again and again in order, as the bias of each window; None if they are not."""
        nests = nests_of([numpy.array(places)[:, None]]) if 1 < len(set(places)) < len(places) else None
        if nests is None or len(nests[0]) != 2:
            return None
        [(outer, over), (inner, within)] = [(length, stride) for length, stride in nests[0]]
        if over and within:
            return None
        own, stride = (outer, over) if over else (inner, within)
        start = places[0]
        run = list(range(start, start + own * stride, stride))
        array, pull = self._leaves(group, run, (own,), batched=False, alone=alone, exact=True)

        def pull_each(d: Source, origin: Origin) -> None:
            d = d.sum(axis=0) if batched else d
            pull(d.reshape(outer, inner).sum(axis=1 if over else 0), origin)

        return (np.repeat(array, inner) if over else np.tile(array, outer)), pull_each

    def leaves(self, group: Group, places: AnyArray) -> tuple[Source, Pull]:
        """The leaves at some places, as an array of that shape."""
        shape = places.shape
        flat = places.ravel().tolist()
        if places.ndim < 3:
            return self._leaves(group, flat, shape, batched=False, exact=True)
        rows = shape[0], prod(shape[1:])
        array, pull = self._leaves(group, flat, rows, batched=False)
        return array.reshape(*shape), lambda d, origin: pull(d.reshape(*rows), origin)

    def _cut(self, cut: FlatPart, alone: bool) -> Source:
        """A part of a flat array; the line that cuts it out is written when it is first asked for."""
        if cut not in self.cuts:
            index, start, rows, columns = cut
            count = max(rows, 1) * max(columns, 1)
            members = self.groups[index].members[start : start + count]
            name = self.names.of_parameters(members, alone)
            run = FLAT[index][start : start + count] if columns else FLAT[index][start]
            part = run.reshape(rows, columns) if rows else run
            self.cuts[cut] = name, f"{name} = {ast.unparse(part.tree)}"
        return as_name(self.cuts[cut][0])

    def _spread(self, gradient: Source, index: Source, size: int) -> Source:
        """A gradient put back where it was read, with zeros around it; added up where a place was read twice."""
        numbers, _ = self.constants[ast.unparse(index.tree)]
        flat = numpy.array(numbers).ravel()
        return (PLACE if len(set(flat.tolist())) == len(flat) else SCATTER)(gradient, index, size)

    def constant(self, kind: str, numbers: Number, *, integer: bool = False) -> Source:
        """An array of numbers, by name; equal ones have one name."""
        for text, known in self.constants.items():
            if known == (numbers, integer):
                return as_name(text)
        text = self.names.fresh(kind)
        self.constants[text] = (numbers, integer)
        return as_name(text)

    def number_or_array(self, numbers: list[float]) -> Number:
        """The one number that all of them are, else an array of them."""
        return numbers[0] if all(c == numbers[0] for c in numbers) else self.constant("numbers", numbers)


def as_name(variable: str) -> Source:
    """A variable that `Variables` named: it is known to be a name."""
    return Source(ast.Name(variable))


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
