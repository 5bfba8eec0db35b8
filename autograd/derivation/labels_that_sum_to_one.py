"""Labels that are probabilities: leaves that add up to 1, and are varied so that they still do.

``dL/dz1 = p1 - y1`` for a softmax with cross-entropy is right for such labels alone. Leaves between 0 and 1 that add up
to 1 are taken for labels if they make up a list, or stand before the logarithms of one sum, as in
``-(y1*log(p1) + y2*log(p2))``.
"""

from collections.abc import Iterator, Sequence

from autograd import ops
from autograd.derivation.names import PageNames
from autograd.numbers import Number
from autograd.value import Value

_LOGARITHMS = (ops.log, ops.log1p, ops.logsumexp, ops.softplus)
_SUMS = (ops.add, ops.subtract, ops.negate, ops.sum)
_DEEPEST = 4
_MOST_SUMMANDS = 200


def probabilities(order: Sequence[Value], names: PageNames) -> list[list[Value]]:
    """The leaves among the nodes of an order that are probabilities, in groups that add up to 1."""
    recorded = set(order)
    found: list[list[Value]] = []
    taken: set[Value] = set()
    for leaves in (*_lists(names), *_before_logarithms(order)):
        if taken.isdisjoint(leaves) and not recorded.isdisjoint(leaves):
            found.append(leaves)
            taken.update(leaves)
    return found


def condition_of(leaves: Sequence[Value], names: PageNames) -> str:
    """What holds of a group, as a page writes it: ``y1 + y2 + y3 = 1``."""
    shown = [names.paths.get(leaf) or leaf.name or "a label" for leaf in leaves]
    return f"{' + '.join(shown if len(shown) <= 4 else [shown[0], '…', shown[-1]])} = 1"


def of_two_classes(order: Sequence[Value]) -> list[Value]:
    """The leaves y that are 0 or 1, and stand before logarithms as in ``y*log(a) + (1 - y)*log(1 - a)``."""
    weighing = {label for node in order for label in _weighing_logarithms(node)}
    found = []
    for node in order:
        if node.op is ops.subtract and node.parents[0].constant and node.parents[0].data == 1 and node in weighing:
            label = node.parents[1]
            if label in weighing and label.op is None and not label.constant and label.data in (0, 1):
                found.append(label)
    return found


def one_hot(groups: Sequence[Sequence[Value]], order: Sequence[Value]) -> list[Sequence[Value]]:
    """The groups of probabilities of which one is 1 and the others are 0: the true class, and the others.

    The labels of two examples with two classes each, 1 and 0, are no such group.
    """
    found = [leaves for leaves in groups if {leaf.data for leaf in leaves} == {0, 1}]
    alone = set(of_two_classes(order)) if found else set()
    return [leaves for leaves in found if alone.isdisjoint(leaves)]


def _lists(names: PageNames) -> Iterator[list[Value]]:
    by_columns: set[int] = set()
    for _, rows in names.lists:
        columns = _columns(rows)
        if columns and all(map(_add_up, columns)) and not all(map(_add_up, rows)):
            by_columns.update(map(id, rows))  # each column is an example
            yield from columns
    for _, items in names.lists:
        if id(items) in by_columns:
            continue
        leaves = [item for item in items if isinstance(item, Value) and item.op is None]
        if len(leaves) == len(items) and _add_up(leaves):
            yield leaves


def _columns(rows: Sequence[Number]) -> list[list[Value]]:
    """The columns of a matrix of leaves; none if it is something else."""
    if not rows or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        return []
    leaves = all(isinstance(item, Value) and item.op is None for row in rows for item in row)
    return [list(column) for column in zip(*rows, strict=True)] if leaves else []


def _add_up(leaves: Sequence[Value]) -> bool:
    """Whether these are probabilities of several things, that add up to 1."""
    numbers = [leaf.data for leaf in leaves]
    return len(set(leaves)) == len(leaves) > 1 and all(0 <= x <= 1 for x in numbers) and abs(sum(numbers) - 1) < 1e-9


def _before_logarithms(order: Sequence[Value]) -> Iterator[list[Value]]:
    children: dict[Value, list[Value]] = {}
    for node in order:
        for parent in dict.fromkeys(node.parents):
            children.setdefault(parent, []).append(node)
    beneath: dict[Value, list[Value]] = {}
    for node in order:
        labels = _labels(node)
        above: Value | None = node if labels else None
        while above is not None:
            beneath.setdefault(above, []).extend(labels)
            above = next((child for child in children.get(above, ()) if child.op in _SUMS), None)
            if above is not None and len(beneath.get(above, ())) > _MOST_SUMMANDS:
                break
    position = {node: k for k, node in enumerate(order)}
    for node in sorted(beneath, key=position.__getitem__, reverse=True):
        yield from _split(list(dict.fromkeys(beneath[node])))


def _labels(node: Value) -> list[Value]:
    """The leaves that a node multiplies by logarithms."""
    factors = (label.parents[0] if label.op is ops.negate else label for label in _weighing_logarithms(node))
    return [leaf for leaf in factors if leaf.op is None and not leaf.constant]


def _weighing_logarithms(node: Value) -> list[Value]:
    """What a node multiplies by logarithms."""
    if node.op is ops.multiply:
        pairs = [(node.parents[0], node.parents[1]), (node.parents[1], node.parents[0])]
    elif node.op is ops.dot:
        n = len(node.parents) // 2
        first, second = node.parents[:n], node.parents[n : 2 * n]
        pairs = [*zip(first, second, strict=True), *zip(second, first, strict=True)]
    else:
        return []
    return [label for label, factor in pairs if _logarithmic(factor)]


def _logarithmic(node: Value, depth: int = 0) -> bool:
    """Whether it is a logarithm, or a sum or multiple of one."""
    if node.op in _LOGARITHMS:
        return True
    if depth == _DEEPEST:
        return False
    if node.op in _SUMS:
        return any(_logarithmic(parent, depth + 1) for parent in node.parents)
    if node.op is ops.multiply and any(parent.constant for parent in node.parents):
        return any(_logarithmic(parent, depth + 1) for parent in node.parents)
    return False


def _split(leaves: list[Value]) -> Iterator[list[Value]]:
    """The labels of one sum: those of one example, or of several of one size."""
    total = round(sum(leaf.data for leaf in leaves))
    if total < 1 or len(leaves) % total:
        return
    size = len(leaves) // total
    groups = [leaves[k : k + size] for k in range(0, len(leaves), size)]
    if all(map(_add_up, groups)):
        yield from groups
