"""Cells that repeat: a recurrent network is one cell many times over, each on the result of the one before."""

from collections import Counter
from collections.abc import Hashable, Sequence

from autograd.graph import Node

FEWEST, MOST = 3, 1000
"""How many times a cell is repeated at least, and at most: of a longer chain the end tells more."""

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
    best: tuple[int, int, int] = (0, 0, 0)  # how many operations, where they begin, how many a cell has
    for length in range(1, min(LONGEST, len(operations) // FEWEST) + 1):
        run = 0
        for place in range(len(kinds) - length):
            run = run + 1 if kinds[place] == kinds[place + length] else 0
            if run + length > best[0] and run >= (FEWEST - 2) * length and run:
                whole = (run + length) // length * length
                if whole > best[0]:
                    best = whole, place - run + 1, length
    covered, start, length = best
    if not covered:
        return []
    if start >= length and all(_begins(operations[start - length + i], operations[start + i]) for i in range(length)):
        start, covered = start - length, covered + length
    cells = [operations[place : place + length] for place in range(start, start + covered, length)]
    return cells if FEWEST <= len(cells) <= MOST else []


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
