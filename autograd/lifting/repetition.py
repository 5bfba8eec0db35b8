"""Time: a run of groups that come again and again, each time computed from those before it in the same way.

What is read of an array moves on by some places each time, weights stay, and states are those of the time before.
"""

from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np

from autograd.lifting.groups import FIXED, NO_GROUP, ApplicationGroup, Group, Groups, SumGroup
from autograd.untyped import AnyArray

FEWEST = 4
"""How many turns make a loop."""
LONGEST = 600
"""How many groups there are at most in a turn."""
TRIED = 4
"""How many lengths of a turn are tried."""


class Moving(NamedTuple):
    """What one turn reads of an array that was there before: places from `start` on, `step` further at each turn.

    Or `places` that each move on by a step of its own, as those of a network that reads a sequence in both directions.
    """

    start: int
    length: int
    step: int
    places: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()


class Repetition(NamedTuple):
    """Groups that repeat.

    Attributes:
        start: the first of them.
        period: how many there are in a turn.
        turns: how many turns there are.
        moving: what a turn reads of arrays that were there before, by their groups, where it moves on.
        states: which groups of a turn are read by the next one, by their places in a turn.
        results: which groups of the last turn are read further on.
        summed: for sums further on, the numbers of their blocks that read the same of each turn, turn by turn.
        leaves: of the leaves that the second turn reads, by group and place, how far the next turn reads on.
    """

    start: int
    period: int
    turns: int
    moving: dict[int, Moving]
    states: list[int]
    results: list[int]
    summed: dict[int, list[list[int]]]
    leaves: dict[tuple[int, int], int]

    @property
    def stop(self) -> int:
        return self.start + self.period * self.turns


def repetition_in(groups: Groups) -> Repetition | None:
    """The longest repetition among the groups; None if nothing repeats often enough."""
    computed = [group for group in groups.groups if isinstance(group, SumGroup | ApplicationGroup)]
    if len(computed) <= FEWEST:
        return None
    first = computed[0].index
    numbers: dict[tuple[object, ...], int] = {}
    shapes = np.array([numbers.setdefault(_shape(group), len(numbers)) for group in computed])
    candidates = []
    for period in range(1, min(LONGEST, len(shapes) // FEWEST) + 1):
        start, length = _longest_run(shapes[period:] == shapes[:-period])
        if length >= (FEWEST - 1) * period:
            candidates.append((-length, period, start))
    for length, period, start in sorted(candidates)[:TRIED]:
        if found := _with_period(groups, first, period, start, -length):
            return found
    return None


def _with_period(groups: Groups, first: int, period: int, start: int, length: int) -> Repetition | None:
    """The repetition in a run of groups that look like those a period earlier."""
    reading = PeriodicReading(groups, period)
    alike = np.array([reading.moves_on(first + place) for place in range(start + period, start + period + length)])
    begin, count = _longest_run(alike)
    begin += start
    # A turn may begin anywhere: where the least is handed on, and rather what an activation gives.
    offsets = sorted(range(min(period, count)), key=lambda offset: reading.handed_on(first + begin + offset))
    for offset in offsets:
        turns = (count - offset) // period + 1
        for fewer in (0, 1):
            if turns - fewer >= FEWEST and (found := reading.repetition(first + begin + offset, turns - fewer)):
                return found
    return None


def _shape(group: Group) -> tuple[object, ...]:
    kind: tuple[object, ...] = ()
    if isinstance(group, SumGroup):
        blocks = [(len(b.left_members[0]), b.right == NO_GROUP, b.coefficients[0][0]) for b in group.blocks]
        kind = group.offsets[0], *blocks
    elif isinstance(group, ApplicationGroup):
        kind = group.operation, len(group.operands)
    return type(group), group.batched, len(group.members), kind


def _longest_run(truths: AnyArray) -> tuple[int, int]:
    """Where the longest run of truths begins, and its length."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], truths, [False])).astype(int)))
    if not len(edges):
        return 0, 0
    lengths = edges[1::2] - edges[::2]
    longest = int(lengths.argmax())
    return int(edges[2 * longest]), int(lengths[longest])


Before = dict[tuple[int, int], tuple[int, int]]
"""What the second turn reads, by group and place, and what the first one reads in its place."""


class PeriodicReading:
    """What groups read, compared with what those a period earlier read."""

    def __init__(self, groups: Groups, period: int) -> None:
        self._groups = groups
        self._period = period
        self._first = next(group.index for group in groups.groups if isinstance(group, SumGroup | ApplicationGroup))
        self._steps: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        """How far groups read on, in arrays that were there before, from what those a period earlier read: one step for
        all places, or one for each."""

    def _read(self, group: Group) -> list[tuple[int, list[int]]]:
        """The groups that it reads, with their members in the order in which it reads them."""
        if isinstance(group, SumGroup):
            found = []
            for block in group.blocks:
                found.append((block.left, [x for row in block.left_members for x in row]))
                if block.right != NO_GROUP:
                    found.append((block.right, [x for row in block.right_members for x in row]))
            return found
        assert isinstance(group, ApplicationGroup)
        if group.index in self._groups.assembled:
            group_of = self._groups.group_of
            return [(index, [*run]) for index, run in groupby(group.operands[0], group_of.__getitem__)]
        return [(self._groups.group_of[column[0]], column) for column in group.operands]

    def _numbers(self, group: Group) -> object:
        if isinstance(group, SumGroup):
            return group.offsets, group.decides, [block.coefficients for block in group.blocks]
        nodes = self._groups.expressions.nodes
        assert isinstance(group, ApplicationGroup)
        if group.index in self._groups.assembled:
            return [nodes[x] for x in group.operands[0] if self._groups.group_of[x] == NO_GROUP]
        return [[nodes[x] for x in column] for column in group.operands if self._groups.group_of[column[0]] == NO_GROUP]

    def moves_on(self, index: int) -> bool:
        """Whether a group reads what the one a period earlier reads, moved on."""
        group, earlier = (self._groups.groups[each] for each in (index, index - self._period))
        if self._numbers(group) != self._numbers(earlier):
            return False
        place = self._groups.place
        if len(self._read(group)) != len(self._read(earlier)):
            return False
        for (a, members), (b, before) in zip(self._read(group), self._read(earlier), strict=False):
            if len(members) != len(before):
                return False
            if a == b:
                earlier_one = a != NO_GROUP and a < index - self._period
                if a == NO_GROUP or (members == before and not earlier_one):
                    continue
                if not earlier_one:
                    return False
                steps = tuple([place[x] - place[y] for x, y in zip(members, before, strict=True)])
                if a <= FIXED and len(set(steps)) > 1:
                    return False
                self._steps.setdefault(index, []).append((a, steps[:1] if len(set(steps)) == 1 else steps))
            elif a != b + self._period or [place[x] for x in members] != [place[x] for x in before]:
                return False
        return True

    def repetition(self, start: int, turns: int) -> Repetition | None:
        """That of so many turns, if states come from the turn before, and only the last turn is read further on."""
        period = self._period
        stop = start + period * turns
        second = range(start + period, start + 2 * period)
        states: set[int] = set()
        moved: dict[int, dict[int, int]] = {}
        place = self._groups.place
        for index in second:
            earlier = self._read(self._groups.groups[index - period])
            for (read, members), (before, old) in zip(self._read(self._groups.groups[index]), earlier, strict=True):
                if start <= read < start + period:
                    states.add(read - start)
                elif read != before and not start + period <= read < index:
                    return None
                elif 0 <= read < start:
                    for x, y in zip(members, old, strict=True):
                        if moved.setdefault(read, {}).setdefault(place[x], place[y]) != place[y]:
                            return None
        if (sums := self._summed(start, turns)) is None:
            return None
        summed, weights, static = sums
        for (read, x), (_, y) in weights.items():
            if moved.setdefault(read, {}).setdefault(x, y) != y:
                return None
        leaves = {(read, x): x - y for read in moved if read <= FIXED for x, y in moved[read].items() if x != y}
        if any(leaf in leaves for leaf in static):
            return None
        moving = {read: _moving(steps) for read, steps in moved.items() if read > FIXED}
        moving = {read: each for read, each in moving.items() if each.step or each.places}
        if not self._alike(start, states) or not self._move_evenly(start, turns):
            return None
        outputs = {self._groups.group_of[output] for output in self._groups.expressions.outputs}
        taken = {reader: {number for family in families for number in family} for reader, families in summed.items()}
        results = set()
        for group in self._groups.groups[stop:]:
            numbers = taken.get(group.index, set())
            for number, read in self._blocks_read(group):
                if start <= read < stop and number not in numbers:
                    results.add(read - (stop - period))
        results.update(output - (stop - period) for output in outputs if start <= output < stop)
        if any(place < 0 for place in results):
            return None
        return Repetition(start, period, turns, moving, sorted(states), sorted(results), summed, leaves)

    def _blocks_read(self, group: Group) -> list[tuple[int, int]]:
        """The groups that it reads, each with the number of the block of a sum."""
        if not isinstance(group, SumGroup):
            return [(0, read) for read, _ in self._read(group)]
        return [(number, side) for number, block in enumerate(group.blocks) for side in (block.left, block.right)]

    def _summed(self, start: int, turns: int) -> tuple[dict[int, list[list[int]]], Before, set[tuple[int, int]]] | None:
        """The blocks of later sums that read the same of each turn, by the numbers of their turns; None if some do not.

        And what they weigh it with, where that moves on, and the leaves that stay. What is read of the last turn alone
        is no such block.
        """
        found: dict[int, list[list[int]]] = {}
        before: Before = {}
        static: set[tuple[int, int]] = set()
        period = self._period
        place = self._groups.place
        stop = start + turns * period
        for group in self._groups.groups[stop:]:
            families: dict[str, dict[int, tuple[int, list[tuple[int, int]]]]] = {}
            if not isinstance(group, SumGroup):
                continue
            for number, block in enumerate(group.blocks):
                inside = [side for side in (block.left, block.right) if start <= side < stop]
                reads = {(side - start) // period for side in inside}
                if len(reads) > 1:
                    return None
                if inside:
                    key: list[object] = [block.coefficients]
                    own: list[tuple[int, int]] = []
                    sides = [(block.left, block.left_members), (block.right, block.right_members)]
                    for side, rows in sorted(sides, key=lambda each: each[0] not in inside):
                        places = [[place[x] for x in row] for row in rows] if side != NO_GROUP else []
                        if side in inside:
                            key.append(((side - start) % period, places))
                        elif 0 <= side < start:
                            key.append((side, [[each - places[0][0] for each in row] for row in places]))
                            own += [(side, each) for row in places for each in row]
                        else:
                            key.append((side, places))
                    families.setdefault(str(key), {})[reads.pop()] = number, own
            for family in families.values():
                if len(family) < turns or group.decides:
                    continue
                owns = [family[turn][1] for turn in range(turns)]
                steps = {(b[0][1] - a[0][1]) if a else 0 for a, b in pairwise(owns)}
                if len(steps) == 1:
                    found.setdefault(group.index, []).append([family[turn][0] for turn in range(turns)])
                    if owns[1] and steps != {0}:
                        before |= dict(zip(owns[1], owns[0], strict=True))
                    else:
                        static |= {leaf for leaf in owns[1] if leaf[0] <= FIXED}
        return found, before, static

    def handed_on(self, start: int) -> tuple[int, int]:
        """How many numbers a turn that begins here takes of the one before, and how many of the arrays are sums."""
        turn = range(start, start + self._period)
        if turn.stop + self._period > len(self._groups.groups):
            return 0, 0
        reads = {read for index in turn for read, _ in self._read(self._groups.groups[index + self._period])}
        states = [self._groups.groups[index] for index in turn if index in reads]
        return sum(len(state.members) for state in states), sum(isinstance(state, SumGroup) for state in states)

    def _alike(self, start: int, states: set[int]) -> bool:
        """Whether the states before the first turn are arrays as those after it."""
        for place in states:
            initial, later = (self._groups.groups[start + place - back] for back in (self._period, 0))
            if start + place - self._period < self._first:
                return False
            if (initial.batched, len(initial.members), initial.has_axis) != (
                later.batched, len(later.members), later.has_axis
            ):  # fmt: skip
                return False
        return True

    def _move_evenly(self, start: int, turns: int) -> bool:
        """Whether each turn reads as far from what the turn before reads."""
        period = self._period
        second = range(start + period, start + 2 * period)
        return all(
            self._steps.get(index) == self._steps.get(second[(index - start) % period])
            for index in range(second.stop, start + turns * period)
        )


def _moving(before: dict[int, int]) -> Moving:
    """How what is read at some places moves on, from the places before."""
    steps = {x - y for x, y in before.items()}
    low, high = min(before.values()), max(before.values())
    if len(steps) == 1:
        return Moving(low, high + 1 - low, steps.pop())
    pairs = sorted((x - y, y) for x, y in before.items())
    return Moving(low, len(pairs), 0, tuple([y for _, y in pairs]), tuple([step for step, _ in pairs]))
