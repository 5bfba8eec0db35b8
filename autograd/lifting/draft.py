"""A program that is being written: the lines, and the gradients of what they read."""

import ast
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain, groupby
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy

from autograd.lifting.arrivals import BATCH, DTYPE, Truths, Uniform
from autograd.lifting.groups import FIXED, NO_GROUP, PARAMETERS, Group, Groups, Matrix
from autograd.lifting.naming import Variables
from autograd.lifting.normal_form import Constant, NormalForm
from autograd.lifting.source_text import names_of
from autograd.lifting.unbounded import Unbounded
from autograd.lifting.views import PLACE, SLICE, Back, GroupPart, places_read, repeated_leaves, spread
from autograd.numbers import Number
from autograd.numbers.source import Source, source, tree_of
from autograd.untyped import AnyArray

if TYPE_CHECKING:
    from autograd.lifting.moving_leaves import MovingLeaves
    from autograd.lifting.time_loops import Loop

np = source.np
ZEROS, CONCATENATE = np.zeros, np.concatenate
FLAT_NAMES = {PARAMETERS: "parameters", FIXED: "others"}
FLAT = {index: source.name(name) for index, name in FLAT_NAMES.items()}

TERMS = 32
"""How many terms a line may add up: an expression of a thousand is too deep for Python."""

FlatPart = tuple[int, int, int, int]
"""A part of a flat array: (its group, start, rows, columns); 0 rows is a vector, 0 columns one number."""


class Origin(NamedTuple):
    """Where a gradient comes from."""

    line: str
    """The name of the forward line that it passes through."""
    infinite: bool = False
    """Whether it passed an operation whose slope may be infinite."""
    reached: Source | None = None
    """Truths that broadcast to its shape: where the gradient arrives. Elsewhere nothing passes: it is 0, and so is its
    product with ∞. None if it arrives everywhere or that is not known; then `Program` sees to NaN and infinity."""

    def back(self, through: Callable[[Source], Source]) -> "Origin":
        """The origin of ``through(gradient)``, which rearranges and adds up."""
        return self if self.reached is None else self._replace(reached=through(Truths(self.reached.tree)))

    def anywhere(self) -> "Origin":
        """The origin of a gradient that is added up from many: it may arrive everywhere."""
        return self if self.reached is None else self._replace(reached=None)

    def passed(self, product: Source) -> Source:
        """A product of the gradient and what may be infinite where the gradient does not arrive."""
        return product if self.reached is None else np.where(self.reached, product, 0)


Pull = Callable[[Source, Origin], None]
"""Passes the gradient of an expression on to what the expression reads."""

Arrival = tuple[Source, Origin]
"""A part of the gradient of a group, and where it comes from."""


class Draft:
    """Lines, and what they name.

    Whatever reads an array gets an expression and a `Pull`, which later passes the expression's gradient to the array:
    back to the places that were read, as a contribution to the gradient of the group, or of a part of the parameters.

    Attributes:
        cuts: the parts of the flat arrays that lines name: the name, and the line that cuts it out.
        constants: the numbers of the arrays that the lines name, and whether they are whole.
        forward: a line for each computed group.
        backward: the lines of the gradients, each with its comment.
        contributions: the parts of the gradient of each group, so far, and the regions that they are for.
        pieces: the parts of the gradients of parameters.
        unbounded: what of it may be infinite.
        wanted: the groups that pass gradients on to parameters, or inputs: no others need theirs.
    """

    def __init__(
        self,
        expressions: NormalForm,
        groups: Groups,
        argument_names: Sequence[str],
        output_name: str,
        *,
        by_columns: Sequence[int] | None = None,
    ) -> None:
        self.expressions = expressions
        self.groups = groups.groups
        self.group_of = groups.group_of
        self.place = groups.place
        self.masked = groups.masked
        self.names = Variables(expressions, groups, argument_names, output_name)
        self.cuts = {(index, 0, 0, len(self.groups[index].members)): (name, "") for index, name in FLAT_NAMES.items()}
        self.constants: dict[str, Number] = {}
        self._variables: dict[int, Source] = {}
        self.forward: list[str | Loop] = []
        self.loop: Loop | None = None
        self.moving_leaves: MovingLeaves | None = None
        self.backward: list[tuple[str, str]] = []
        self.contributions: dict[int, list[tuple[Arrival, GroupPart]]] = defaultdict(list)
        self.pieces: dict[FlatPart, list[Arrival]] = defaultdict(list)
        self.unbounded = Unbounded(groups)
        column = {group.argument: group for group in self.groups if group.argument is not None}
        self._by_columns = None if by_columns is None else [column[place] for place in by_columns]
        self.wanted = {PARAMETERS} if self._by_columns is None else {group.index for group in self._by_columns}
        self._truths: set[str] = set()
        self._kept: dict[str, str] = {}

    # Reading arrays

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
            if axis and 1 < len(set(places)) < len(places):
                again = repeated_leaves(self, group, places, batched=batched, alone=alone)
                if again is not None:
                    return again
            return self.cut_leaves(group, places, shape, batched=batched, exact=exact, alone=alone)
        array, prefix = self.variable(group), (slice(None),) * group.batched
        first, last = places[0], places[-1] + 1
        if not group.has_axis:
            if not axis:
                return array, self.pull_to(group, lambda d: (d, None), batched)
            repeated = array[..., None]
            if exact and len(members) > 1:
                repeated = np.broadcast_to(repeated, (*(BATCH,) * group.batched, len(members)))
            return repeated, self.pull_to(group, lambda d: (d.sum(axis=-1), None), batched)
        if not axis:
            return array[(*prefix, first)], self.pull_to(group, lambda d: (d[..., None], (first, last)), batched)
        if len(set(places)) == 1 and not exact:
            back: Back = lambda d: (d.sum(axis=-1, keepdims=True), (first, last))  # noqa: E731
            return array[(*prefix, slice(first, last))], self.pull_to(group, back, batched)
        if places == list(range(first, last)):
            part = array if len(places) == len(group.members) else array[(*prefix, slice(first, last))]
            return part, self.pull_to(group, lambda d: (d, (first, last)), batched)
        return places_read(self, group, numpy.array(places), batched)

    def matrix(self, group: Group, members: Matrix, *, batched: bool, alone: bool = False) -> tuple[Source, Pull]:
        """The members as (…, rows, columns)."""
        rows = [[self.place[member] for member in row] for row in members]
        if group.index <= FIXED:
            return self.cut_leaves(group, [*chain(*rows)], (len(rows), len(rows[0])), batched=batched, alone=alone)
        if group.has_axis:
            return places_read(self, group, numpy.array(rows), batched)
        back: Back = lambda d: (d.sum(axis=(-2, -1)), None)  # noqa: E731
        return self.variable(group)[..., None, None], self.pull_to(group, back, batched)

    def pull_to(self, group: Group, back: Back, batched: bool) -> Pull:
        """Contributes what `back` makes of a gradient to the gradient of the group."""

        def of_all(gradient: Source) -> tuple[Source, GroupPart]:
            return back(gradient.sum(axis=0) if batched and not group.batched else gradient)

        return lambda gradient, origin: self.contribute(group, (gradient, origin), of_all)

    def cut_leaves(
        self,
        group: Group,
        places: list[int],
        shape: tuple[int, ...],
        *,
        batched: bool,
        alone: bool = False,
        exact: bool = False,
    ) -> tuple[Source, Pull]:
        """The leaves at these places, as an array of that shape: a part of the flat array if they are a run."""
        if self.moving_leaves is not None and (group.index, places[0]) in self.moving_leaves:
            return self.moving_leaves.cut(self, group, places, shape, batched=batched, alone=alone, exact=exact)
        total = len(group.members)
        start, count = places[0], len(places)
        rows, columns = (shape if len(shape) == 2 else (0, *shape)) if shape else (0, 0)

        def to_part(cut: FlatPart, put_back: Callable[[Source], Source]) -> Pull:
            def pull(gradient: Source, origin: Origin) -> None:
                gradient = gradient.sum(axis=0) if batched else gradient
                self.contribute_to_leaves(cut, (put_back(gradient), origin))

            return pull

        if places == list(range(start, start + count)):
            cut = group.index, start, rows, columns
            return self._cut(cut, alone), to_part(cut, lambda d: d)
        if len(set(places)) == 1 and not rows and not exact:
            cut = group.index, start, 0, 0
            return self._cut(cut, alone), to_part(cut, lambda d: d.sum())
        nested = [places[i : i + columns] for i in range(0, count, columns)] if rows else places
        index = self.constant("index", nested, integer=True)
        everything = group.index, 0, 0, total
        return FLAT[group.index][index], to_part(everything, lambda d: spread(self, d, index, total))

    def leaves(self, group: Group, places: AnyArray) -> tuple[Source, Pull]:
        """The leaves at some places, as an array of that shape."""
        shape = places.shape
        flat = places.ravel().tolist()
        if places.ndim < 3:
            return self.cut_leaves(group, flat, shape, batched=False, exact=True)
        rows = shape[0], prod(shape[1:])
        array, pull = self.cut_leaves(group, flat, rows, batched=False)
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
        one = len(numbers) == 1 or all(c == numbers[0] for c in numbers)  # the one may be NaN
        return numbers[0] if one else self.constant("numbers", numbers)

    # Writing lines, and noting gradients

    def contribute(self, group: Group, arrival: Arrival, back: Back) -> None:
        """Note a part of the gradient of a group, to be brought back."""
        if group.index in self.wanted:
            gradient, origin = arrival
            part, region = back(gradient)
            size = len(group.members)
            region = None if region == (0, size) else region
            reached = origin.back(lambda d: _placed(*back(d), size))
            self.contributions[group.index].append(((part, reached), region))

    def contribute_to_leaves(self, cut: FlatPart, arrival: Arrival) -> None:
        """Note a part of the gradient of some leaves."""
        if cut[0] in self.wanted:
            self.pieces[cut].append(arrival)

    def write(self, group: Group, expression: Source) -> None:
        """Write the forward line of a group."""
        self.forward.append(f"{ast.unparse(self.variable(group).tree)} = {ast.unparse(expression.tree)}")

    def use(self, group: Group, variable: Source) -> None:
        """Read a group by this variable."""
        self._variables[group.index] = variable

    def kept(self, wish: str, expression: Source) -> Source:
        """The name of an expression, close to the wish; its line is written when it is first asked for."""
        text = ast.unparse(expression.tree)
        if isinstance(expression.tree, ast.Name):
            return expression
        if text not in self._kept:
            self._kept[text] = self.names.fresh(wish)
            self.forward.append(f"{self._kept[text]} = {text}")
        return as_name(self._kept[text])

    def line(self, target: str, contributions: list[Arrival]) -> Source:
        """Write the sum of the contributions down as `target`, unless it is a variable as it is."""
        gradient, _ = contributions[0]
        if len(contributions) == 1 and (isinstance(gradient, Uniform) or isinstance(gradient.tree, ast.Name)):
            return gradient
        variable = as_name(target)
        for start in range(0, len(contributions), TERMS):
            some = contributions[start : start + TERMS]
            parts = [variable] * bool(start) + [part for part, _ in some]
            if any(not isinstance(part, Uniform) for part in parts):
                parts = [part.number if isinstance(part, Uniform) else part for part in parts]
            total = parts[0]
            for part in parts[1:]:
                total = total + part
            through = ", ".join(dict.fromkeys(origin.line for _, origin in some))
            self.backward.append((f"{target} = {ast.unparse(total.tree)}", f"through {through}"))
        return variable

    # The outputs, and from them back to the parameters

    def write_outputs(self, pulls: dict[int, list[Pull]]) -> list[Source]:
        """The outputs as expressions. If there is one, its gradient is passed back, by the pulls of each group."""
        indices = self.expressions.outputs
        outputs = [self.read(index) for index in indices]
        if len(indices) == 1:
            batched = self.expressions.batched[indices[0]]
            mean = self._by_columns is None
            seed = Uniform(1.0, batched=batched) if mean else Uniform(1.0, batched=False, like=outputs[0][0])
            self._write_backward(seed, outputs[0][1], pulls)
        elif len(groups := {self.group_of[index] for index in indices}) == 1 and NO_GROUP not in groups:
            group = self.groups[groups.pop()]
            if group.batched:
                return [self.array(group, indices, axis=True, batched=True, exact=True)[0]]
        return [expression for expression, _ in outputs]

    def _write_backward(self, seed: Uniform, pull: Pull | None, pulls: dict[int, list[Pull]]) -> None:
        """From the output, which `pull` passes a gradient to, back to the parameters or the inputs."""
        by_column: dict[int, Source] = {}
        if pull is not None:
            pull(seed, Origin("the mean over the batch" if self._by_columns is None else "the output"))
        for group in reversed(self.groups):
            if self.loop is not None and group.index in range(self.loop.repetition.start, self.loop.repetition.stop):
                if group.index == self.loop.repetition.stop - 1:
                    self.loop.write_backward()
                continue
            if contributions := self.contributions.pop(group.index, []):
                name = ast.unparse(self.variable(group).tree)
                gradient = self.line(f"d_{name}", joined(contributions, len(group.members)))
                if group.argument is not None:
                    by_column[group.index] = gradient
                origin = self._joined(name, [origin for (_, origin), _ in contributions])
                for pull_part in pulls.get(group.index, []):
                    pull_part(gradient, origin)
        if self._by_columns is None:
            self._collect()
        else:
            zeros = [ZEROS(self.variable(group).shape, DTYPE) for group in self._by_columns]
            found = [by_column.get(group.index, zero) for group, zero in zip(self._by_columns, zeros, strict=True)]
            self.backward.append((f"gradient = {ast.unparse(tree_of(tuple(found)))}", ""))
        self._leave_out_unused()

    def _joined(self, name: str, origins: list[Origin]) -> Origin:
        """The origin of the gradient of a group: it arrives where any of its parts does."""
        if not self.unbounded.slopes:
            return Origin(name)
        infinite = any(origin.infinite for origin in origins)
        parts = {str(origin.reached): origin.reached for origin in origins if origin.reached is not None}
        if not parts or any(origin.reached is None for origin in origins):
            return Origin(name, infinite)
        [reached, *others] = parts.values()
        for part in others:
            reached = reached | part
        if isinstance(reached.tree, ast.Name):
            return Origin(name, infinite, reached)
        target = self.names.fresh(f"reached_{name}")
        self.backward.append((f"{target} = {ast.unparse(reached.tree)}", f"where the gradient reaches {name}"))
        self._truths.add(target)
        return Origin(name, infinite, as_name(target))

    def _leave_out_unused(self) -> None:
        """Leave out the lines of truths that no other line reads."""
        if not self._truths:
            return
        read: set[str] = set()
        kept = []
        for line, comment in reversed(self.backward):
            target, _, expression = line.strip().partition(" = ")
            if target not in self._truths or target in read:
                read |= names_of(expression) if expression else set()
                kept.append((line, comment))
        self.backward = kept[::-1]

    def _collect(self) -> None:
        """The gradients of the parameters, part by part, and all of them as one flat array."""
        total = len(self.groups[PARAMETERS].members)
        parts: dict[FlatPart, Source] = {}
        for cut, contributions in sorted(self.pieces.items()):
            part = self.line(f"d_{self.cuts[cut][0]}", contributions)
            parts[cut] = part.ravel() if cut[2] else part
        layers = []
        while parts:
            layers.append(_side_by_side(parts, total))
        gradient = layers[0] if layers else ZEROS(total, DTYPE)
        for layer in layers[1:]:
            gradient = gradient + layer
        self.backward.append((f"gradient = {ast.unparse(gradient.tree)}", ""))


def as_name(variable: str) -> Source:
    """A variable that `Variables` named: it is known to be a name."""
    return Source(ast.Name(variable))


def _side_by_side(parts: dict[FlatPart, Source], total: int) -> Source:
    """Parts that do not overlap, taken out of `parts` and joined to a flat array, with zeros between them."""
    position, run = 0, list[Source]()
    numbers: list[Source | None] = []
    for cut in sorted(parts):
        _, start, rows, columns = cut
        if start < position:
            continue
        if start > position:
            numbers.append(None)
            run.append(ZEROS(start - position, DTYPE))
        numbers.append(None if columns else parts[cut])
        run.append(parts.pop(cut))
        position = start + max(rows, 1) * max(columns, 1)
    if position < total:
        numbers.append(None)
        run.append(ZEROS(total - position, DTYPE))
    joined: list[Source] = []
    for are_numbers, places in groupby(range(len(run)), lambda place: numbers[place] is not None):
        some = [run[place] for place in places]
        joined += [_row_of_numbers(some)] if are_numbers else some
    return joined[0] if len(joined) == 1 else CONCATENATE(tuple(joined))


def _row_of_numbers(numbers: list[Source]) -> Source:
    plain = [number.number if isinstance(number, Uniform) else number for number in numbers]
    if len(plain) > 1:
        return np.stack(tuple(plain))
    return np.full(1, plain[0], DTYPE) if isinstance(numbers[0], Uniform) else numbers[0][None]


def _placed(gradient: Source, region: GroupPart, size: int) -> Source:
    """The gradient of a region with zeros around it."""
    return gradient if region in (None, (0, size)) else PLACE(gradient, SLICE(*region), size)


def joined(contributions: list[tuple[Arrival, GroupPart]], size: int) -> list[Arrival]:
    """The parts of the gradient of a group, those of regions that lie side by side as one."""
    regions: dict[tuple[int, int], list[Arrival]] = defaultdict(list)
    found = [arrival for arrival, region in contributions if region is None]
    for arrival, region in contributions:
        if region is not None:
            regions[region].append(arrival)
    runs = sorted(regions)
    if runs and [start for start, _ in runs] + [size] == [0] + [stop for _, stop in runs]:
        lines, parts = [], []
        for run in runs:
            gradients = [gradient for gradient, _ in regions[run]]
            lines += [origin.line for _, origin in regions[run]]
            total = gradients[0]
            for gradient in gradients[1:]:
                total = total + gradient
            parts.append(total)
        whole = CONCATENATE(tuple(parts), axis=-1)
        return [*found, (whole, Origin(", ".join(dict.fromkeys(lines))))]
    return [(_placed(*arrival[:1], region, size), arrival[1]) for arrival, region in contributions]
