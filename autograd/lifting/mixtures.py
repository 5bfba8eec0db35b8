"""Arrays put together of others, for rows that read now from one and now from another, as a stencil at a boundary.

The rows at the boundary would be a group of their own, those that read these another, and so on inwards, step by step.
Reading one array that has the boundary in it, all are one group.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from autograd.lifting.expressions_added import ExpressionsAdded
from autograd.lifting.normal_form import NONE, Application, Sum
from autograd.numbers import Number
from autograd.operation import Operation

if TYPE_CHECKING:
    from autograd.lifting.groups import Groups

assembled = Operation("assembled", lambda m, a: a, lambda m, y, a: (1,))
"""What an entry of such an array is: the same number."""

PARTS = 5
"""Of how many parts an array is put together at most in the order in which it is read."""

Kinds = dict[Number, list[int]]
"""Expressions of one level by what makes them a group."""


class Mixtures(ExpressionsAdded):
    """Sums of one level that read in the same way, but from other arrays.

    Attributes:
        saved: how many groups there would be less.
    """

    def __init__(self, groups: "Groups") -> None:
        super().__init__(groups)
        self.saved = 0

    def put_together(self, kinds: Kinds, *, count_only: bool) -> Kinds:
        """The kinds of a level, those that differ in what they read from made one."""
        families: dict[Number, list[Number]] = defaultdict(list)
        for kind in kinds:
            if not isinstance(kind[1], Operation) and not kind[2]:
                families[kind[0], frozenset(self._role(*sources) for sources, _ in kind[1])].append(kind)
        kept = dict(kinds)
        for alike in families.values():
            for part in map(partial(self._with_the_same_numbers, kinds), self._connected(alike)):
                sets = {frozenset(sources for sources, _ in kind[1]) for kind in part}
                members = [member for kind in part for member in kinds[kind]]
                if len(sets) < 2 or 2 * len(members) < 3 * len(sets):
                    continue
                self.saved += max(0, len(sets) - 2)
                if not count_only:
                    for kind in part:
                        del kept[kind]
                    members.sort()
                    self._read_from_one(members)
                    for member in members:
                        kept.setdefault(self._groups.kind(member), []).append(member)
        return kept

    def _role(self, left: int, right: int) -> Number:
        """What a term is besides the array that it may read from any of several of."""
        if right == NONE:
            return ("alone", left) if left <= 1 else ("alone",)
        return ("weighed", left) if left <= 1 else ("product", left, right)

    def _varying(self, left: int, right: int) -> int:
        """The group of that array; NONE if the term has none."""
        if right == NONE:
            return left if left > 1 else NONE
        return right if left <= 1 < right else NONE

    def _connected(self, alike: Sequence[Number]) -> list[list[Number]]:
        """The kinds in parts that have no such array in common."""
        parts: list[tuple[set[int], list[Number]]] = []
        for kind in alike:
            reads = {self._varying(*sources) for sources, _ in kind[1]} - {NONE}
            joined, found = set(reads), [kind]
            rest = []
            for arrays, some in parts:
                if arrays.isdisjoint(joined):
                    rest.append((arrays, some))
                else:
                    joined |= arrays
                    found = some + found
            parts = [*rest, (joined, found)]
        return [found for _, found in parts]

    def _with_the_same_numbers(self, kinds: Kinds, part: list[Number]) -> list[Number]:
        """Those of some kinds whose coefficients are among those of the largest of them, or all alike as in a mean."""

        def numbers(kind: Number) -> set[float]:
            return {term[0] for term in self._sum(kinds[kind][0]).terms}

        largest = numbers(max(part, key=lambda kind: len(kinds[kind])))
        return [kind for kind in part if numbers(kind) <= largest or len(numbers(kind)) == len(largest) == 1]

    def _read_from_one(self, members: list[int]) -> None:
        read: dict[Number, dict[int, None]] = defaultdict(dict)
        for member in members:
            for _, a, b in self._sum(member).terms:
                role, x = self._read(a, b)
                if x != NONE:
                    read[role][x] = None
        entries = {
            (role, x): entry
            for role, xs in read.items()
            if len({self._groups.group_of[x] for x in xs}) > 1
            for x, entry in zip(xs, self.array_of([*xs]), strict=True)
        }
        for member in members:
            node = self._sum(member)
            terms = []
            for coefficient, a, b in node.terms:
                role, x = self._read(a, b)
                entry = entries.get((role, x), x)
                terms.append((coefficient, entry if a == x else a, entry if b == x != NONE else b))
            self.replace(member, Sum(node.offset, tuple(terms)))

    def _sum(self, member: int) -> Sum:
        node = self._expressions.nodes[member]
        assert isinstance(node, Sum)
        return node

    def _read(self, a: int, b: int) -> tuple[Number, int]:
        """The role of a term, and the expression that it reads of the array."""
        left, right = self._groups.sources(a, b)
        varying = self._varying(left, right)
        return self._role(left, right), NONE if varying == NONE else a if self._groups.group_of[a] == varying else b

    def array_of(self, xs: list[int]) -> list[int]:
        """The entries of an array put together of some expressions."""
        group_of = self._groups.group_of
        parts = 1 + sum(group_of[x] != group_of[y] for x, y in pairwise(xs))
        of_array = {x: self.new(Application(assembled, (x,)), like=x) for x in xs}
        ordered = xs if parts <= PARTS else sorted(xs, key=lambda x: (group_of[x], self._groups.place.get(x, 0)))
        self._groups.add_assembled([of_array[x] for x in ordered], in_order=parts <= PARTS)
        return [of_array[x] for x in xs]
