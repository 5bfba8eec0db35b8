"""What a picture holds, before any DOT is written."""

from dataclasses import dataclass
from typing import Literal

from autograd.draw.scopes import Scope

Kind = Literal["input", "parameter", "constant", "operation", "output", "group", "omission"]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the picture: one of the graph, or one that stands for many."""

    id: str
    kind: Kind
    title: str
    line: str = ""
    """What is written under the title: the operation of a node that has a name."""
    rows: tuple[tuple[str, str], ...] = ()
    """What it shows, as (word, number)."""
    scope: Scope = ()
    is_output: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An operand slot, or all those between two nodes of which one stands for many."""

    tail: str
    head: str
    label: str = ""
    contribution: float | None = None
    """Upstream gradient × local gradient, summed over the slots; None before a backward."""
    passes: bool = True
    """Whether a gradient can pass at all."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The nodes and edges in the order in which they are written, and what is to be said below."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    note: str = ""
