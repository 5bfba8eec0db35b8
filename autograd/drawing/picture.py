"""What a picture holds, before any DOT is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from autograd.graph import Node
from autograd.scopes import Scope

Kind = Literal["input", "parameter", "constant", "operation", "output", "group", "omission"]

LEAVES = ("input", "parameter", "constant")

UNKNOWN = "—"
"""What stands in place of a number that is not computed yet."""


CELLS = "*"
"""What a node opens that stands for the cells of a recurrence; no module has this path."""

FIRST_HERE = "first here"
"""What stands beside nan or inf in the node in which the first one came up."""


SYMBOLS = ("y", "L", "out", "output", "the output")
"""What an output without a name is called: the first of these that no other node is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A number in a node of the picture."""

    word: str
    """What it is: "data", "grad"; "Σ grad" where it is a sum over many nodes."""
    number: str
    of: tuple[Node, ...] = ()
    """The nodes of the graph whose data it is, or whose gradients it adds up; none for a count."""


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node of the picture: one of the graph, or one that stands for many."""

    id: str
    kind: Kind
    title: str
    line: str = ""
    """What is written under the title: the operation of a node that has a name."""
    rows: tuple[Row, ...] = ()
    scope: Scope = ()
    is_output: bool = False
    short: str = ""
    """Its title where there is little room."""
    name: str = ""
    """Its title in full, if it was shortened."""
    opens: str = ""
    """What a click on it opens: the module that it stands for, or `CELLS`; of what is left out, the node before which
    it is."""


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An operand slot, or all those between two nodes of which one stands for many."""

    tail: str
    head: str
    label: str = ""
    contribution: float | None = None
    """Upstream gradient × local gradient, summed over the slots; None before a backward."""
    passes: bool = True
    """Whether a gradient can pass at all."""
    slot: tuple[Node, int] | None = None
    """The node of the graph at its head and which operand is at its tail; None where an end stands for many."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The nodes and edges in the order in which they are written, and the note below them."""

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    note: str = ""
    shown_as: Mapping[Node, str] = field(default_factory=dict)
    """For each node of the graph that is drawn the id of what it is drawn as: itself, or what stands for many."""
    data: Mapping[Node, float] = field(default_factory=dict)
    """What each node of the graph held when the picture was made."""
    names: Mapping[Node, str] = field(default_factory=dict)
    """See `autograd.text.names_apart`."""
    changed: Mapping[Node, Sequence[Node]] = field(default_factory=dict)
    """For a node that its operands no longer give, those that were written to since."""
    leaves: Mapping[Node, Kind] = field(default_factory=dict)
    """For each leaf of the graph, drawn or not, its kind."""
    called: Mapping[Node, str] = field(default_factory=dict)
    """The nodes that have a name: their own, or else what a report calls them."""
    hint: str = ""
    """The part of the note that says how Python opens what is folded: on a page a click does."""
