"""Cells that repeat: a recurrent network is one cell many times over, each on the result of the one before."""

from collections.abc import Collection, Hashable, Mapping, Sequence

from autograd.graph import Node

FEWEST, MOST = 3, 64
"""How many times a cell is repeated at least, and at most if it reads nothing new: of a longer iteration the end tells
more."""

LONGEST = 60
"""How many operations a cell has at most."""


def repeated_cells(order: Sequence[Node]) -> list[list[Node]]:
    """The operations of each repetition of a cell, in their order; empty if nothing is repeated.

    Two operations are alike if they are the same function of alike operands: the same leaf, a leaf of its own, or what
    was computed as many operations before. The first cell may have a leaf where the others have the result of the one
    before.

    >>> from autograd import Value, tanh
    >>> from autograd.graph import topological_order
    >>> w, h = Value(0.5, "w"), Value(0.0, "h")
    >>> for x in range(5):
    ...     h = tanh(w * h + x)
    >>> [len(cell) for cell in repeated_cells(topological_order(h))]
    [3, 3, 3, 3, 3]
    """
    operations = [node for node in order if node.op is not None]
    found = [_longest_run(each) for each in (operations, _deepest_first(operations))]
    cells = max(found, key=lambda cells: sum(map(len, cells)))
    return cells if len(cells) >= FEWEST and (len(cells) <= MOST or _reads(cells)) else []


def _deepest_first(operations: Sequence[Node]) -> list[Node]:
    """The operations in the order in which they are computed if of each one's operands the deepest comes first: the
    cells one after the other, though each begins with an operand that needs nothing of the one before."""
    depth: dict[Node, int] = {}
    for node in operations:
        depth[node] = 1 + max((depth.get(parent, 0) for parent in node.parents), default=0)
    used = {parent for node in operations for parent in node.parents}
    found: dict[Node, None] = {}
    waiting = [node for node in reversed(operations) if node not in used]
    while waiting:
        node = waiting[-1]
        left = [parent for parent in node.parents if parent in depth and parent not in found]
        if left:
            waiting.append(max(left, key=depth.__getitem__))
        else:
            waiting.pop()
            found[node] = None
    return [*found]


def _longest_run(operations: Sequence[Node]) -> list[list[Node]]:
    first, shared = _leaves(operations)
    kinds = _kinds(operations, first, shared)
    best = (0, 0, 1)  # where what repeats begins and ends, and how many operations a cell has
    for length in range(1, min(LONGEST, len(operations) // FEWEST) + 1):
        run = 0
        for place in range(len(kinds) - length):
            run = run + 1 if kinds[place] == kinds[place + length] else 0
            # A run of a cell is one of two cells as well.
            if run + length > best[1] - best[0] and run >= length:
                best = place - run + 1, place + length + 1, length
    return max((_cells(operations, best, offset, shared) for offset in range(best[2])), key=len)


def _cells(
    operations: Sequence[Node], found: tuple[int, int, int], offset: int, shared: Collection[Node]
) -> list[list[Node]]:
    """The cells of what repeats, the first of which begins at an offset, or is the one before."""
    begin, end, length = found
    start = begin + offset
    if start >= length and _begins(operations[start - length : start], operations[start : start + length], shared):
        start -= length
    return [[*operations[place : place + length]] for place in range(start, end - length + 1, length)]


def _reads(cells: Sequence[Sequence[Node]]) -> bool:
    """Whether the cells have leaves that hold something else in each."""
    held = [[parent.data for node in cell for parent in node.parents if parent.op is None] for cell in cells[1:]]
    return any(numbers != held[0] for numbers in held)


def _leaves(operations: Sequence[Node]) -> tuple[dict[Node, int], set[Node]]:
    """For each leaf the place of its first use, and the leaves that all cells share: their uses lie far apart."""
    first: dict[Node, int] = {}
    last: dict[Node, int] = {}
    for place, node in enumerate(operations):
        for parent in node.parents:
            if parent.op is None:
                first.setdefault(parent, place)
                last[parent] = place
    apart = min(LONGEST, len(operations) / 2)
    return first, {leaf for leaf, place in first.items() if last[leaf] - place > apart}


def _kinds(operations: Sequence[Node], first: Mapping[Node, int], shared: Collection[Node]) -> list[int]:
    """A number for each operation, the same for those that are alike."""
    places = {node: place for place, node in enumerate(operations)}
    numbers: dict[Hashable, int] = {}
    kinds = []
    for place, node in enumerate(operations):
        operands = tuple(
            place - places[parent]
            if parent in places
            else parent
            if parent in shared or parent not in first
            else ("a leaf of its own", place - first[parent])
            for parent in node.parents
        )
        kinds.append(numbers.setdefault((node.op, operands), len(numbers)))
    return kinds


def _begins(first: Sequence[Node], second: Sequence[Node], shared: Collection[Node]) -> bool:
    """Whether the operations can be the first cell if others are the second, in whatever order they stand."""
    left, same = list(first), dict[Node, Node]()
    for other in second:
        one = next((each for each in left if _can_be(each, other, same, shared)), None)
        if one is None:
            return False
        left.remove(one)
        same[other] = one
    return True


def _can_be(one: Node, other: Node, same: Mapping[Node, Node], shared: Collection[Node]) -> bool:
    """Whether an operation can be the one of the first cell that another is in the second."""
    if one.op is not other.op:
        return False
    for mine, theirs in zip(one.parents, other.parents, strict=True):
        if theirs in same:
            fits = mine is same[theirs]
        elif theirs.op is None and mine is not theirs:
            fits = mine.op is None and mine not in shared and theirs not in shared
        else:
            fits = True
        if not fits:
            return False
    return True
