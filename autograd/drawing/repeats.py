"""Cells that repeat: a recurrent network is one cell many times over, each on the result of the one before."""

from collections import Counter
from collections.abc import Hashable, Sequence

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
    kinds = _kinds(operations)
    best = (0, 0, 1)  # where what repeats begins and ends, and how many operations a cell has
    for length in range(1, min(LONGEST, len(operations) // FEWEST) + 1):
        run = 0
        for place in range(len(kinds) - length):
            run = run + 1 if kinds[place] == kinds[place + length] else 0
            # A run of a cell is one of two cells as well.
            if run + length > best[1] - best[0] and run >= length:
                best = place - run + 1, place + length + 1, length
    cells = max((_cells(operations, best, offset) for offset in range(best[2])), key=len)
    return cells if len(cells) >= FEWEST and (len(cells) <= MOST or _reads(cells)) else []


def _cells(operations: Sequence[Node], found: tuple[int, int, int], offset: int) -> list[list[Node]]:
    """The cells of what repeats, the first of which begins at an offset, or is the one before."""
    begin, end, length = found
    start = begin + offset
    before = range(start - length, start)
    if start >= length and all(_begins(operations[place], operations[place + length]) for place in before):
        start -= length
    return [[*operations[place : place + length]] for place in range(start, end - length + 1, length)]


def _reads(cells: Sequence[Sequence[Node]]) -> bool:
    """Whether the cells have leaves that hold something else in each."""
    held = [[parent.data for node in cell for parent in node.parents if parent.op is None] for cell in cells[1:]]
    return any(numbers != held[0] for numbers in held)


def _kinds(operations: Sequence[Node]) -> list[int]:
    """A number for each operation, the same for those that are alike."""
    places = {node: place for place, node in enumerate(operations)}
    uses = Counter(parent for node in operations for parent in node.parents if parent.op is None)
    numbers: dict[Hashable, int] = {}
    kinds = []
    for place, node in enumerate(operations):
        operands = tuple(
            place - places[parent] if parent in places else (parent if uses[parent] > 1 else None)
            for parent in node.parents
        )
        kinds.append(numbers.setdefault((node.op, operands), len(numbers)))
    return kinds


def _begins(first: Node, second: Node) -> bool:
    """Whether an operation can be the one of a first cell that another is in the second."""
    return first.op is second.op and all(
        one.op is None or other.op is not None for one, other in zip(first.parents, second.parents, strict=True)
    )
