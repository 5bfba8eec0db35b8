"""A program that is being written: the lines, and the gradients of what they read."""

import ast
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd.lifting.arrivals import DTYPE, Arrival, Origin, Pull, Uniform
from autograd.lifting.groups import NO_GROUP, PARAMETERS, Group, Groups
from autograd.lifting.naming import Variables
from autograd.lifting.normal_form import NormalForm
from autograd.lifting.unbounded import Unbounded
from autograd.lifting.views import PLACE, SLICE, Back, FlatPart, GroupPart, Views, as_name
from autograd.numbers.source import Source, source, tree_of

if TYPE_CHECKING:
    from autograd.lifting.time_loops import Loop

np = source.np
ZEROS, CONCATENATE = np.zeros, np.concatenate

TERMS = 32
"""How many terms a line may add up: an expression of a thousand is too deep for Python."""


class Draft(Views):
    """Lines, and what they name.

    Attributes:
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
        super().__init__(expressions, groups, Variables(expressions, groups, argument_names, output_name))
        self.forward: list[str | Loop] = []
        self.loop: Loop | None = None
        self.backward: list[tuple[str, str]] = []
        self.contributions: dict[int, list[tuple[Arrival, GroupPart]]] = defaultdict(list)
        self.pieces: dict[FlatPart, list[Arrival]] = defaultdict(list)
        self.unbounded = Unbounded(groups)
        column = {group.argument: group for group in self.groups if group.argument is not None}
        self._by_columns = None if by_columns is None else [column[place] for place in by_columns]
        self.wanted = {PARAMETERS} if self._by_columns is None else {group.index for group in self._by_columns}
        self._truths: set[str] = set()
        self._kept: dict[str, str] = {}

    def contribute(self, group: Group, arrival: Arrival, back: Back) -> None:
        if group.index in self.wanted:
            gradient, origin = arrival
            part, region = back(gradient)
            size = len(group.members)
            region = None if region == (0, size) else region
            reached = origin.back(lambda d: _placed(*back(d), size))
            self.contributions[group.index].append(((part, reached), region))

    def contribute_to_leaves(self, cut: FlatPart, arrival: Arrival) -> None:
        if cut[0] in self.wanted:
            self.pieces[cut].append(arrival)

    def write(self, group: Group, expression: Source) -> None:
        """Write the forward line of a group."""
        self.forward.append(f"{ast.unparse(self.variable(group).tree)} = {ast.unparse(expression.tree)}")

    def use(self, group: Group, variable: Source) -> None:
        """Read a group by this variable."""
        self._variables[group.index] = variable

    def kept(self, wish: str, expression: Source) -> Source:
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
            total = variable + some[0][0] if start else some[0][0]
            for part, _ in some[1:]:
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
            mean = Uniform(1.0, batched=batched)
            own = Uniform(1.0, batched=False, like=outputs[0][0])
            self._write_backward(mean if self._by_columns is None else own, outputs[0][1], pulls)
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
            parts[cut] = part if cut[3] and not cut[2] else part.ravel()
        layers = []
        while parts:
            layers.append(_side_by_side(parts, total))
        gradient = layers[0] if layers else ZEROS(total, DTYPE)
        for layer in layers[1:]:
            gradient = gradient + layer
        self.backward.append((f"gradient = {ast.unparse(gradient.tree)}", ""))


def names_in_each(*texts: str) -> list[set[str]]:
    """The names of several texts."""
    return [names_of(text) for text in texts]


def needed_by(lines: Sequence[str]) -> set[str]:
    """The names that the lines read before they write them; in a loop, at its first turn."""
    needed: set[str] = set()
    written: set[str] = set()
    for line in lines:
        target, _, expression = line.strip().partition(" = ")
        if expression:
            needed |= names_of(expression) - written
            written.add(target)
        else:
            needed |= names_of(f"{target} pass") - written
    return needed


def names_of(text: str) -> set[str]:
    """The names that some lines read and write."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _side_by_side(parts: dict[FlatPart, Source], total: int) -> Source:
    """Parts that do not overlap, taken out of `parts` and joined to a flat array, with zeros between them."""
    position, run = 0, []
    for cut in sorted(parts):
        _, start, rows, columns = cut
        if start < position:
            continue
        if start > position:
            run.append(ZEROS(start - position, DTYPE))
        run.append(parts.pop(cut))
        position = start + max(rows, 1) * max(columns, 1)
    if position < total:
        run.append(ZEROS(total - position, DTYPE))
    return run[0] if len(run) == 1 else CONCATENATE(tuple(run))


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
