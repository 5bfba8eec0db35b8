"""What becomes of expressions: the gates of a cell are computed alike, and each is used for something else.

Units of one array whose uses take turns, as f, i, o, f, i, o, …, are better read as runs: f, f, …, i, i, …, o, o, …
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from autograd.lifting.normal_form import NONE, Sum

if TYPE_CHECKING:
    from autograd.lifting.groups import Group, Groups
    from autograd.numbers import Number


def uses_of(groups: "Groups", computed: Sequence["Group"]) -> dict[int, int]:
    """A number for each computed expression, equal for those that are used alike; groups come in order."""
    expressions, group_of = groups.expressions, groups.group_of
    of_group = {group.index for group in computed}
    found: dict[int, set[Number]] = defaultdict(set)
    numbers: dict[frozenset[Number], int] = {}
    use: dict[int, int] = {}
    for output in expressions.outputs:
        found[output].add("output")
    for group in reversed(computed):
        reads = not of_group.isdisjoint([group_of[x] for x in expressions.operands[group.members[0]]])
        for member in group.members:
            use[member] = number = numbers.setdefault(frozenset(found.pop(member, ())), len(numbers))
            if reads:
                node = expressions.nodes[member]
                if isinstance(node, Sum):
                    for _, a, b in node.terms:
                        partner = group_of[b] if b != NONE else NONE
                        if group_of[a] in of_group:
                            found[a].add((group.index, number, partner))
                        if partner in of_group:
                            found[b].add((group.index, number, group_of[a]))
                else:
                    several = node.operation.arity is not None  # type: ignore[union-attr]  # it is computed
                    for position, operand in enumerate(node.operands):  # type: ignore[union-attr]  # it is computed
                        if group_of[operand] in of_group:
                            found[operand].add((group.index, number, position if several else 0))
    return use


def in_runs(members: Sequence[int], use: Mapping[int, int]) -> list[int]:
    """The members, those of one use after those of another if as many have each; else as they are."""
    runs: dict[int, list[int]] = {}
    for member in members:
        runs.setdefault(use[member], []).append(member)
    alike = len({len(run) for run in runs.values()}) == 1
    return [member for run in runs.values() for member in run] if alike else list(members)
