"""How a graph too big to read becomes small: modules, and nodes that are alike, are drawn as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from autograd.drawing.scopes import Scope, heights_of
from autograd.graph import Node

ALIKE = 8
"""How many nodes that do the same for the same stand side by side; more are drawn as one."""


@dataclass(eq=False, slots=True)
class NodeGroup:
    """Nodes that are drawn as one: those of the module `module`, or (if it is empty) nodes that are alike."""

    module: str
    scope: Scope
    members: list[Node] = field(default_factory=list)


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
) -> Folding:
    """Fold the modules of up to some height, but not those that are opened, and what is alike outside of them.

    Args:
        kept: nodes that are not merged with others that are alike: the outputs.
        height: how far to fold; None folds no further than it takes to get below the limit.
        limit: of nodes. Of edges there may be eight times as many.
    """
    heights = heights_of(scopes.values())
    heights_to_try = [height] if height is not None else range(max(heights.values(), default=1) + 1)
    opened, kept = set(opened), set(kept)
    for level in heights_to_try:
        owners = _owners(order, scopes, heights, kept, level, opened)
        if _fits(order, owners, limit):
            break
    return Folding(owners, level)


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
    _merge_alike(order, scopes, kept, owners)
    return owners


def _merge_alike(
    order: Sequence[Node], scopes: Mapping[Node, Scope], kept: set[Node], owners: dict[Node, Owner]
) -> None:
    """Draw as one the nodes outside of all modules that are of one operation and are used by the same nodes.

    A hundred examples of a batch become one chain this way: from the outputs backwards, what uses a node is known to
    be merged or not before the node's turn comes.
    """
    users: dict[Node, dict[Node, None]] = {}
    alike: dict[Node, NodeGroup] = {}
    merged: dict[Node, Node] = {}
    for node in reversed(order):
        if node not in scopes and node not in kept:
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


def nearest(
    parents: Mapping[Owner, Iterable[Owner]], outputs: Iterable[Owner], depth: float, most: float
) -> set[Owner]:
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
