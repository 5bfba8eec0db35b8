"""Groups that repeat, written down as a loop over time: one turn stands for all, forward and backward.

A turn is written as any other groups are, by names that the turns share: the state of the turn before is called
``…_before``. What the backward pass needs of each turn is kept in a list, and it goes through the turns from the last
one on, with the gradients of the states in its hands. The gradients of what all turns read add up.
"""

import ast
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from autograd.lifting.arrivals import BATCH, DTYPE
from autograd.lifting.draft import CONCATENATE, ZEROS, Arrival, Draft, Origin, Pull, as_name, joined
from autograd.lifting.groups import NO_GROUP, Block, Group, SumGroup
from autograd.lifting.moving_leaves import MovingLeaves
from autograd.lifting.normal_form import NONE
from autograd.lifting.repetition import Moving, Repetition
from autograd.lifting.source_text import names_of, together
from autograd.lifting.views import PLACE, SCATTER
from autograd.numbers import Number
from autograd.numbers.source import Source, source

SLICE = source.name("slice")
INDENT = "    "

Write = Callable[[Group], list[Pull]]
"""Writes the line of a group, and gives its pulls."""


class Window(NamedTuple):
    """What a turn reads of an input, as a group of its own."""

    group: Group
    read: int
    """The group of the input."""
    moving: Moving


class Loop:
    """A repetition that is being written.

    Args:
        draft: where it is written.
        repetition: what repeats.
        write: writes a group.
    """

    def __init__(self, draft: Draft, repetition: Repetition, write: Write) -> None:
        self.repetition = repetition
        self._write = write
        self._sums: list[tuple[int, list[int], SumGroup, Group, list[Pull]]] = []
        self._draft = draft
        start, period = repetition.start, repetition.period
        groups = draft.groups
        self._turn = [groups[start + period + place] for place in range(period)]
        self._last = [groups[repetition.stop - period + place] for place in range(period)]
        self._count = draft.names.fresh("t")
        self._kept: list[str] = []
        self._steps = draft.names.fresh("steps")
        self._names = [str(draft.variable(group)) for group in self._turn]
        self._before = {place: draft.names.fresh(f"{self._names[place]}_before") for place in repetition.states}
        outer: list[str | Loop] = draft.forward
        draft.forward = []
        begin = [
            f"{self._names[place]} = {draft.variable(groups[start - period + place])}" for place in repetition.states
        ]
        for place, name in self._before.items():
            draft.use(groups[start + place], as_name(name))
            draft.wanted.add(start + place)
        windows = [self._window(read, moving) for read, moving in repetition.moving.items()]
        self._windows = windows
        turn = self._reading(windows)
        draft.moving_leaves = MovingLeaves(repetition, as_name(self._count))
        self._pulls = [write(group) for group in turn]
        self._end_reading()
        self._write_sums()
        self._leaves, draft.moving_leaves = draft.moving_leaves, None
        begin += [f"{draft.variable(total)} = {ZEROS(self._shape(total), DTYPE)}" for _, _, _, total, _ in self._sums]
        ends = []
        for place, (name, group, wanted) in enumerate(zip(self._names, self._last, self._turn, strict=True)):
            if place in repetition.results:
                # Of its own, for the backward pass goes through the turns before all is read that comes after them.
                draft.use(group, as_name(draft.names.fresh(f"{name}_last")))
                ends.append(f"{draft.variable(group)} = {name}")
            if wanted.index in draft.wanted:
                draft.wanted.add(group.index)
        taken = [f"{name} = {self._names[place]}" for place, name in self._before.items()]
        cuts = [f"{draft.variable(window.group)} = {self._cut(window)}" for window in windows]
        self._body = [*taken, *cuts, *(line for line in draft.forward if isinstance(line, str))]
        self._defined = [line.partition(" = ")[0] for line in self._body]
        draft.forward = [*outer, *begin, self, *ends]
        self._header = f"for {self._count} in range({repetition.turns}):"

    @property
    def lines(self) -> list[str]:
        """The lines of the forward pass."""
        if not self._kept:
            return [self._header, *(INDENT + line for line in self._body)]
        appended = f"{self._steps}.append({together(self._kept)})"
        return [f"{self._steps} = []", self._header, *(INDENT + line for line in [*self._body, appended])]

    # What is added up over all turns

    def _write_sums(self) -> None:
        """For each sum further on that reads something of all turns: what a turn gives to it, and the total."""
        draft = self._draft
        for reader, families in self.repetition.summed.items():
            group = draft.groups[reader]
            assert isinstance(group, SumGroup)
            for family in families:
                block, put_back = self._read_by_turns(group.blocks[family[0]], group.blocks[family[1]])
                own = SumGroup(
                    len(draft.groups), group.batched, list(group.members), group.has_axis, offsets=[0.0], blocks=[block]
                )
                own.offsets *= len(own.members)
                first = len(draft.expressions.nodes) + len(draft.place)
                total = Group(own.index + 1, group.batched, [*range(first, first + len(own.members))], group.has_axis)
                for place, member in enumerate(total.members):
                    draft.group_of[member], draft.place[member] = total.index, place
                draft.groups += [own, total]
                name = draft.names.fresh(f"{draft.variable(group)}_term")
                draft.use(own, as_name(name))
                draft.use(total, as_name(draft.names.fresh(f"{draft.variable(group)}_terms")))
                pulls = self._write(own)
                for member, (index, place) in put_back.items():
                    draft.group_of[member], draft.place[member] = index, place
                draft.wanted |= {total.index} if own.index in draft.wanted else set()
                draft.forward.append(f"{draft.variable(total)} = {draft.variable(total)} + {name}")
                self._sums.append((reader, family, own, total, pulls))

    def _read_by_turns(self, first: Block, second: Block) -> tuple[Block, dict[int, tuple[int, int]]]:
        """The block of the second turn, which reads a window where that moves on; and what is to be put back."""
        draft, put_back = self._draft, dict[int, tuple[int, int]]()
        for name in ("left", "right"):
            read, rows = getattr(second, name), getattr(second, f"{name}_members")
            if read in self._window_of and rows != (first.left_members if first.left == read else first.right_members):
                window = next(window for window in self._windows if window.read == read)
                for member in {x for row in rows for x in row}:
                    put_back[member] = draft.group_of[member], draft.place[member]
                    draft.group_of[member] = window.group.index
                    draft.place[member] = self._place_in(window, draft.place[member])
                index = window.group.index
                second = replace(second, left=index) if name == "left" else replace(second, right=index)
        return second, put_back

    def _place_in(self, window: Window, place: int) -> int:
        """The place in a window of what the second turn reads of the array at this place."""
        moving = window.moving
        now = [x + step for x, step in zip(moving.places, moving.steps, strict=True)]
        return now.index(place) if now else place - moving.start - moving.step

    def reading_sums(self, group: Group) -> Group:
        """A group after the loop, which reads the totals in the place of what each turn gives."""
        for reader, family, _, total, _ in self._sums:
            if reader == group.index and isinstance(group, SumGroup):
                original = self._draft.groups[reader]
                assert isinstance(original, SumGroup)
                left_out = {id(original.blocks[number]) for number in family}
                blocks = [block for block in group.blocks if id(block) not in left_out]
                members = [[member] for member in total.members]
                one = [[1.0] for _ in members]
                blocks.append(Block(total.index, NO_GROUP, one, members, [[NONE] for _ in members]))
                group = replace(group, blocks=blocks)
        return group

    # What a turn reads of the inputs

    def _window(self, read: int, moving: Moving) -> Window:
        draft = self._draft
        groups = draft.groups
        group = Group(len(groups), batched=groups[read].batched, members=[*range(moving.length)], has_axis=True)
        groups.append(group)
        draft.use(group, as_name(draft.names.fresh(f"{draft.variable(groups[read])}_now")))
        if read in draft.wanted:
            draft.wanted.add(group.index)
        return Window(group, read, moving)

    def _cut(self, window: Window) -> Source:
        array = self._draft.variable(self._draft.groups[window.read])
        if window.moving.places:
            return array[(*(slice(None),) * window.group.batched, self._places(window.moving))]
        return array[(*(slice(None),) * window.group.batched, slice(*self._bounds(window.moving)))]

    def _places(self, moving: Moving) -> Source:
        """The places that a turn reads, where each moves on by a step of its own."""
        places, steps = (
            self._draft.constant(kind, [*numbers], integer=True)
            for kind, numbers in (("index", moving.places), ("forward_by", moving.steps))
        )
        return places + as_name(self._count) * steps

    def _bounds(self, moving: Moving) -> tuple[Source, Source]:
        turn = as_name(self._count)
        moved = turn if moving.step == 1 else moving.step * turn
        start = moved + moving.start if moving.start > 0 else moved
        return start, moved + (moving.start + moving.length)

    def _reading(self, windows: list[Window]) -> list[Group]:
        """The groups of a turn, which read the windows in the place of the inputs."""
        draft = self._draft
        self._moved: dict[int, tuple[int, int]] = {}
        index_of = {window.read: window.group.index for window in windows}
        for window in windows:
            for group in self._turn:
                for member in group.members:
                    for x in draft.expressions.operands[member]:
                        if draft.group_of[x] == window.read:
                            self._moved[x] = draft.group_of[x], draft.place[x]
                            draft.group_of[x] = window.group.index
                            draft.place[x] = self._place_in(window, draft.place[x])
        self._window_of = index_of
        turn: list[Group] = []
        for group in self._turn:
            if isinstance(group, SumGroup):
                turn.append(replace(group, blocks=[*map(self._reading_windows, group.blocks)]))
            else:
                turn.append(group)
        return turn

    def _reading_windows(self, block: Block) -> Block:
        index_of = self._window_of
        return replace(block, left=index_of.get(block.left, block.left), right=index_of.get(block.right, block.right))

    def _end_reading(self) -> None:
        for member, (group, place) in self._moved.items():
            self._draft.group_of[member], self._draft.place[member] = group, place

    # The backward pass

    def write_backward(self) -> None:
        """From the gradients of the last turn to those of the states before the first, and of what all turns read."""
        draft, repetition = self._draft, self.repetition
        carried = self._carried()
        sums = self._slopes_by_sums()
        outer, draft.backward = draft.backward, []
        contributions, draft.contributions = draft.contributions, defaultdict(list)
        pieces, draft.pieces = draft.pieces, defaultdict(list)
        self._write_turn(carried, sums)
        begin: list[str] = []
        after: list[tuple[Group, Source]] = []
        after_steps: list[tuple[Window, str]] = []
        self._pass_on_to_turn_before(carried)
        for window in self._windows:
            if parts := draft.contributions.pop(window.group.index, []):
                part = draft.line(f"d_{draft.variable(window.group)}", joined(parts, window.moving.length))
                size = len(draft.groups[window.read].members)
                if window.moving.places:
                    part = SCATTER(part, self._places(window.moving), size)
                    draft.contributions[window.read].append(((part, Origin(f"{self._count}")), None))
                    continue
                if window.moving.step == window.moving.length:
                    steps = draft.names.fresh(f"{part}_steps" if isinstance(part.tree, ast.Name) else "d_steps")
                    begin.append(f"{steps} = []")
                    draft.backward.append((f"{steps}.append({part})", ""))
                    after_steps.append((window, steps))
                    continue
                draft.contributions[window.read].append(
                    ((PLACE(part, SLICE(*self._bounds(window.moving)), size), Origin(f"{self._count}")), None)
                )
        for index, parts in draft.contributions.items():
            group = draft.groups[index]
            total = self._added(
                str(draft.variable(group)), joined(parts, len(group.members)), self._shape(group), begin
            )
            after.append((group, total))
        for cut, arrivals in draft.pieces.items():
            shape = tuple(length for length in cut[2:] if length)
            total = self._added(draft.cuts[cut][0], arrivals, shape, begin)
            pieces[cut].append((total, Origin(self._turn_name)))
        leaf_lines, leaf_slopes = self._leaves.gradients(draft)
        begin += leaf_lines
        body, draft.backward = draft.backward, outer
        draft.contributions, draft.pieces = contributions, pieces
        for group, total in after:
            draft.contributions[group.index].append(((total, Origin(self._turn_name)), None))
        for cut, slope in leaf_slopes.items():
            draft.pieces[cut].append((slope, Origin(self._turn_name)))
        for window, steps in after_steps:
            start, length = window.moving.start, window.moving.length
            whole = CONCATENATE(as_name(steps)[::-1], axis=-1)
            region = start, start + length * repetition.turns
            draft.contributions[window.read].append(((whole, Origin(self._turn_name)), region))
        read = names_of("\n".join(line for line, _ in body))
        self._kept = [name for name in dict.fromkeys(self._defined) if name in read]
        draft.backward += [(line, "") for line in begin]
        draft.backward.append((f"for {self._count} in reversed(range({repetition.turns})):", ""))
        if self._kept:
            draft.backward.append((f"{INDENT}{together(self._kept)} = {self._steps}[{self._count}]", ""))
        draft.backward += [(INDENT + line, comment) for line, comment in body]
        for place, name in carried.items():
            if place in repetition.states:
                initial = draft.groups[repetition.start - repetition.period + place]
                draft.contribute(initial, (as_name(name), Origin(self._turn_name)), lambda d: (d, None))

    @property
    def _turn_name(self) -> str:
        return self._names[-1]

    def _carried(self) -> dict[int, str]:
        """The gradients that a turn begins with: of the states, and of what is read after the last turn."""
        draft, carried = self._draft, {}
        for place, group in enumerate(self._last):
            parts = draft.contributions.pop(group.index, [])
            wanted = self._turn[place].index in draft.wanted
            if parts or (place in self.repetition.states and wanted):
                name = carried[place] = draft.names.fresh(f"slope_{self._names[place]}")
                if parts:
                    total = draft.line(name, joined(parts, len(group.members)))
                    if str(total) != name:
                        draft.backward.append((f"{name} = {total}", ""))
                else:
                    draft.backward.append((f"{name} = {ZEROS(self._shape(group), DTYPE)}", ""))
        return carried

    def _slopes_by_sums(self) -> list[tuple[Source, str, list[Pull]]]:
        """The gradients of the totals, which each turn gets."""
        draft, found = self._draft, []
        for _, _, own, total, pulls in self._sums:
            if parts := draft.contributions.pop(total.index, []):
                slope = draft.line(f"d_{draft.variable(total)}", joined(parts, len(total.members)))
                found.append((slope, str(draft.variable(own)), pulls))
        return found

    def _write_turn(self, carried: dict[int, str], sums: list[tuple[Source, str, list[Pull]]]) -> None:
        draft = self._draft
        for slope, name, pulls in sums:
            for pull in pulls:
                pull(slope, Origin(name))
        for place in reversed(range(len(self._turn))):
            group, name = self._turn[place], self._names[place]
            parts = draft.contributions.pop(group.index, [])
            if place in carried:
                parts.insert(0, ((as_name(carried[place]), Origin("the turn after it")), None))
            if parts:
                gradient = draft.line(f"d_{name}", joined(parts, len(group.members)))
                if str(gradient) in carried.values():
                    draft.backward.append((f"d_{name} = {gradient}", "through the turn after it"))
                    gradient = as_name(f"d_{name}")
                for pull in self._pulls[place]:
                    pull(gradient, Origin(name))

    def _pass_on_to_turn_before(self, carried: dict[int, str]) -> None:
        """The gradients of the states of the turn before: what it begins with."""
        draft, start = self._draft, self.repetition.start
        for place, name in carried.items():
            group = draft.groups[start + place]
            if parts := draft.contributions.pop(group.index, []):
                total = draft.line(name, joined(parts, len(group.members)))
                if str(total) != name:
                    draft.backward.append((f"{name} = {total}", ""))
            else:
                draft.backward.append((f"{name} = {ZEROS(self._shape(group), DTYPE)}", ""))

    def _added(self, name: str, parts: list[Arrival], shape: tuple[Number, ...], begin: list[str]) -> Source:
        """The sum over all turns."""
        draft = self._draft
        total = draft.names.fresh(f"slope_{name}")
        begin.append(f"{total} = {ZEROS(shape, DTYPE)}")
        draft.line(total, [(as_name(total), Origin("all turns")), *parts])
        return as_name(total)

    def _shape(self, group: Group) -> tuple[Number, ...]:
        return (BATCH,) * group.batched + (len(group.members),) * group.has_axis
