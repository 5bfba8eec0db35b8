"""Which way round a weight matrix is a list: W[to][from] or W[from][to]."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from autograd.derivation.claims import Claim
from autograd.derivation.tokens import Refusal
from autograd.notation.elaboration import Choices
from autograd.notation.indices import everything_in
from autograd.notation.lookup import depth
from autograd.notation.syntax import Name, Statement, Transposed
from autograd.untyped import Anything
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.reading import Reader

_FAR = 12
"""How many steps from a weight are looked at."""


def other_ways_round(
    reader: "Reader", statement: Statement, choices: Choices, letters: frozenset[str], bound: frozenset[str]
) -> Iterator[tuple[str, Sequence[Claim]]]:
    """The claims with the indices of each list of lists swapped, and with rows and columns of what is claimed."""
    reader.lookup.starts_a_line(letters, bound)
    names = [name for name in everything_in(*statement.parts) if isinstance(name, Name)]
    plans = [plan for name in names if (plan := reader.lookup.plan(name, dict.fromkeys(letters, 0))) is not None]
    for key in dict.fromkeys(plan.key for plan in plans if depth(plan.tree) >= 2):
        reader.lookup.swapped = frozenset([key])
        try:
            line = reader.elaborated(statement, None, choices)
        except (Refusal, OverflowError):
            continue
        finally:
            reader.lookup.swapped = frozenset()
        way = way_round(reader.names.trees.get(key), reader.children)
        yield (
            f"{key}[j][i] is taken where {key}[i][j] belongs" + (f": your list is {key}{way}" if way else ""),
            line.claims,
        )
    reader.lookup.starts_a_line(letters, bound)
    turned = replace(statement, parts=(statement.parts[0], *map(Transposed, statement.parts[1:])))
    with suppress(Refusal, OverflowError):
        line = reader.elaborated(turned, None, choices)
        yield (
            "rows and columns are the other way round: it is the transposed matrix",
            line.claims if line.indexed else (),
        )


def way_round(tree: Anything, children: Callable[[Value], list[Value]]) -> str:
    """[to][from] if a row of a matrix holds the weights of one neuron, [from][to] if a column does."""
    while depth(tree) > 2:
        tree = tree[0]
    if depth(tree) != 2 or len(tree) < 2 or not all(isinstance(row, list) and len(row) > 1 for row in tree[:2]):
        return ""
    corner, row, column = tree[0][0], tree[0][1], tree[1][0]
    if not all(isinstance(node, Value) for node in (corner, row, column)):
        return ""
    steps = {corner: 0}
    queue = [corner]
    for node in queue:
        if steps[node] < _FAR:
            for child in children(node):
                if child not in steps:
                    steps[child] = steps[node] + 1
                    queue.append(child)
    together = [_meet(children, steps, other) for other in (row, column)]
    if together[0] == together[1]:
        return ""
    return "[to][from]" if together[0] < together[1] else "[from][to]"


def _meet(children: Callable[[Value], list[Value]], steps: Mapping[Value, int], node: Value) -> int:
    """How many steps it takes from a node to what also depends on those of `steps`."""
    queue, seen = [(node, 0)], {node}
    for node, far in queue:
        if node in steps:
            return far + steps[node]
        if far < _FAR:
            new = [child for child in children(node) if child not in seen]
            seen.update(new)
            queue += [(child, far + 1) for child in new]
    return 2 * _FAR
