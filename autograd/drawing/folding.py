"""How a graph too big to read becomes small: modules, and nodes that are alike, are drawn as one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from autograd.drawing.repeats import repeated_cells
from autograd.graph import Node
from autograd.scopes import Scope, heights_of

ALIKE = 8
"""How many nodes that do the same for the same stand side by side; more are drawn as one."""


@dataclass(eq=False, slots=True)
class NodeGroup:
    """Nodes that are drawn as one: those of the module `module`, or (if it is empty) nodes that are alike, the cells of
    a recurrence, or what computes the node `root`."""

    module: str
    scope: Scope
    members: list[Node] = field(default_factory=list)
    cells: int = 0
    """How many times a cell is repeated."""
    root: Node | None = None


Owner: TypeAlias = Node | NodeGroup
"""What a node is drawn as: itself, or the NodeGroup that it is in."""


@dataclass(frozen=True, slots=True)
class Folding:
    """What each node is drawn as, and up to which height of modules they are folded (0: none is)."""

    owners: Mapping[Node, Owner]
    height: int


def fold(
    order: Sequence[Node],
    scopes: Mapping[Node, Scope],
    kept: Iterable[Node],
    *,
    height: int | None,
    opened: Iterable[str],
    limit: int,
    cells_open: int = 0,
) -> Folding:
    """Fold the modules of up to some height, but not those that are opened, and what is alike outside of them.

    Args:
        kept: nodes that are not merged with others that are alike: the outputs.
        height: how far to fold; None folds no further than it takes to get below the limit.
        limit: of nodes. Of edges there may be eight times as many.
        cells_open: see `merge_cells`.
    """
    heights = heights_of(scopes.values())
    heights_to_try = [height] if height is not None else range(max(heights.values(), default=1) + 1)
    opened, kept = set(opened), set(kept)
    for level in heights_to_try:
        owners = _owners(order, scopes, heights, kept, level, opened)
        if _fits(order, owners, limit):
            break
    else:
        if height is None:
            owners = {**owners}
            merge_cells(order, scopes, kept, owners, cells_open)
    return Folding(owners, level)


def folded_further(
    order: Sequence[Node], scopes: Mapping[Node, Scope], kept: Iterable[Node], folding: Folding
) -> Iterator[Folding]:
    """The same with more and more folded: what an expression is computed by, perceptrons, layers, recurrences, and in
    the end the leaves that one node alone uses."""
    kept, heights = set(kept), heights_of(scopes.values())
    levels = range(folding.height + 1, max(heights.values(), default=0) + 1)
    owners = dict(folding.owners)
    if not scopes:
        merge_cells(order, scopes, kept, owners)
        yield Folding(owners, folding.height)
    yield Folding(_expressions(order, scopes, kept, owners), folding.height)
    for level in levels:
        owners = _owners(order, scopes, heights, kept, level, set())
        yield Folding(owners, level)
        yield Folding(_expressions(order, scopes, kept, owners), level)
    yield Folding(_expressions(order, scopes, kept, owners, leaves=True), max(levels, default=folding.height))


def merge_cells(
    order: Sequence[Node],
    scopes: Mapping[Node, Scope],
    kept: Iterable[Node],
    owners: dict[Node, Owner],
    cells_open: int = 0,
) -> None:
    """Draw a recurrence as one: its cells, but for the last ones that are open, and the leaves that are alike."""
    kept = set(kept)
    cells = repeated_cells([node for node in order if owners[node] is node])
    cells = cells[: len(cells) - cells_open]
    if not cells:
        return
    group = NodeGroup("", (), [node for cell in cells for node in cell if node not in kept], len(cells))
    owners.update(dict.fromkeys(group.members, group))
    # What each cell reads stands for itself in none of them; what all of them share is a node of its own, and what the
    # first one has where the others have the result of the one before.
    cell_of = {node: place for place, cell in enumerate(cells) for node in cell}
    used_in: dict[Node, set[int]] = {}
    for node, parent in _operands_of(cell_of):
        used_in.setdefault(parent, set()).add(cell_of[node])
    uses: dict[Node, list[object]] = {}
    for node, parent in _operands_of(cell_of):
        beside = [other for other in node.parents if len(used_in.get(other, ())) > 1 and other.op is None]
        uses.setdefault(parent, []).append((node.op, *beside))
    of_one_cell = [node for node in order if node.op is None and len(used_in.get(node, ())) == 1]
    times = Counter(tuple(uses[node]) for node in of_one_cell)
    _merge_alike([node for node in of_one_cell if times[tuple(uses[node])] > 1], scopes, kept, owners, order)


def _operands_of(nodes: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    return ((node, parent) for node in nodes for parent in node.parents)


def _expressions(
    order: Sequence[Node],
    scopes: Mapping[Node, Scope],
    kept: set[Node],
    owners: Mapping[Node, Owner],
    *,
    leaves: bool = False,
) -> dict[Node, Owner]:
    """Draw as one a node and what computes it and nothing else: the operations without a name that it alone uses, and
    constants, of the same module; with `leaves`, every leaf that it alone uses."""
    users: dict[Owner, dict[Owner, None]] = {}
    roots: dict[Node, Node] = {}
    for node in reversed(order):
        used_by = users.get(node, {})
        inside = node.name is None if node.op is not None else leaves or node.constant
        if owners[node] is node and node not in kept and inside and len(used_by) == 1:
            [user] = used_by
            # A loss that took in what only it uses would take in the whole network.
            if not isinstance(user, NodeGroup) and scopes.get(node, ()) == scopes.get(user, ()):
                roots[node] = user
        for parent in node.parents:
            users.setdefault(parent, {})[roots.get(node, owners[node])] = None
    folded = dict(owners)
    groups: dict[Node, NodeGroup] = {}
    for node in order:
        if node in roots:
            root = roots[node]
            group = groups.setdefault(root, NodeGroup("", scopes.get(root, ()), root=root))
            group.members.append(node)
            folded[node] = group
        elif node in groups:
            groups[node].members.append(node)
            folded[node] = groups[node]
    return folded


def _owners(
    order: Sequence[Node],
    scopes: Mapping[Node, Scope],
    heights: Mapping[str, int],
    kept: set[Node],
    level: int,
    opened: set[str],
) -> dict[Node, Owner]:
    if level == 0:
        return {node: node for node in order}
    folded: dict[str, NodeGroup] = {}
    owners: dict[Node, Owner] = {}
    for node in order:
        scope = scopes.get(node, ())
        for depth, module in enumerate(scope):
            if heights[module] <= level and module not in opened:
                group = folded.setdefault(module, NodeGroup(module, scope[:depth]))
                group.members.append(node)
                owners[node] = group
                break
        else:
            owners[node] = node
    _merge_alike(order, scopes, kept, owners, order)
    return owners


def _merge_alike(
    candidates: Sequence[Node],
    scopes: Mapping[Node, Scope],
    kept: set[Node],
    owners: dict[Node, Owner],
    order: Sequence[Node],
) -> None:
    """Draw as one the nodes outside of all modules that are of one operation and are used by the same nodes.

    A hundred examples of a batch become one chain this way: from the outputs backwards, what uses a node is known to
    be merged or not before the node's turn comes.
    """
    users: dict[Node, dict[Node, None]] = {}
    alike: dict[Node, NodeGroup] = {}
    merged: dict[Node, Node] = {}
    mergeable = set(candidates)
    for node in reversed(order):
        if node in mergeable and node not in scopes and node not in kept:
            what = node.op or (node.constant, type(node.name))
            key = (what, frozenset(users.get(node, ())))
            merged[node] = alike.setdefault(key, NodeGroup("", ()))
            merged[node].members.append(node)
        for parent in node.parents:
            users.setdefault(parent, {})[merged.get(node, owners[node])] = None
    for group in alike.values():
        if len(group.members) > ALIKE:
            group.members.reverse()
            owners.update(dict.fromkeys(group.members, group))


def _fits(order: Iterable[Node], owners: Mapping[Node, Owner], limit: int) -> bool:
    drawn = set(owners.values())
    if len(drawn) > limit:
        return False
    edges = 0
    pairs = set()
    for node in order:
        for parent in node.parents:
            tail, head = owners[parent], owners[node]
            if isinstance(tail, NodeGroup) or isinstance(head, NodeGroup):
                pairs.add((tail, head))
            else:
                edges += 1
    return edges + len(pairs) <= 8 * limit


Drawn = TypeVar("Drawn")


def nearest(
    parents: Mapping[Drawn, Iterable[Drawn]], outputs: Iterable[Drawn], depth: float, most: float
) -> set[Drawn]:
    """What is drawn: all that is at most `depth` edges from an output, and of it the `most` that are nearest."""
    near = dict.fromkeys(outputs, 0)
    queue = list(near)
    for owner in queue:
        if near[owner] < depth:
            for parent in parents.get(owner, ()):
                if parent not in near and len(near) < most:
                    near[parent] = near[owner] + 1
                    queue.append(parent)
    return set(near)
