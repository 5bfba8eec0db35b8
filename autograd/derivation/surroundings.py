"""What all derivatives on a page have around them: the nodes beside, whose gradients may be taken for each other."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from autograd.derivation.names import Names
from autograd.derivation.points import Point
from autograd.value import Value


class Surroundings:
    """What all derivatives on a page have around them.

    Args:
        updated: the weights that may have been updated, each with its new value at a point, in several ways.
    """

    def __init__(
        self,
        names: Names,
        recorded: Point,
        updated: Callable[[Point], Sequence[Mapping[Value, Any]]],
    ) -> None:
        self.graph, self.names, self.recorded, self.updated = recorded.graph, names, recorded, updated

    @cached_property
    def leaves(self) -> list[Value]:
        """The named leaves."""
        return [node for node in self.graph.order if node.op is None and node in self.names]

    @cached_property
    def inner(self) -> list[Value]:
        """The named nodes that are no leaves."""
        return [node for node in self.graph.order if node.op is not None and node in self.names]

    @cached_property
    def matrices(self) -> list[tuple[str, list[list[Value]]]]:
        """The lists of lists of nodes of which some matter here, with their addresses."""
        return [
            (path, rows)
            for path, rows in self.names.lists
            if all(isinstance(row, list) and row and all(isinstance(n, Value) for n in row) for row in rows)
            and any(n in self.graph.position for row in rows for n in row)
        ]

    @cached_property
    def transposed(self) -> list[tuple[str, dict[Value, Value]]]:
        """For each matrix, the entry [j][i] to each entry [i][j] off the diagonal, where there is one."""
        recorded = self.graph.position.keys()
        return [
            (
                path,
                {
                    entry: rows[j][i]
                    for i, row in enumerate(rows)
                    for j, entry in enumerate(row)
                    if i != j and j < len(rows) and i < len(rows[j]) and {entry, rows[j][i]} <= recorded
                },
            )
            for path, rows in self.matrices
        ]
