"""A graph, or a model alone, read as a network: columns of units, and the weights between them.

A neuron is a weighted sum and what is computed from it alone: its activation. `dot(weights, inputs, bias)` is one, and
so is ``w1*x1 + w2*x2 + b``, where each product has one parameter. What is computed between neurons (a skip connection,
a softmax) has no circle: what leads through it leads from neuron to neuron.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from autograd import ops
from autograd.drawing.picture import SYMBOLS
from autograd.graph import Node, topological_order
from autograd.scopes import modules_in
from autograd.text import ParameterName, label, printable, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from autograd.untyped import Anything

    Pairs = list[tuple[Node, Node]]
    """The products of a weighted sum: each weight with what it multiplies."""


@dataclass(eq=False, slots=True)
class Unit:
    """A circle of the network: an input, a neuron, or an output that is no neuron, such as a loss."""

    kind: Literal["input", "neuron", "output"]
    name: str
    path: str = ""
    """The path of the module that a neuron is, as ``layers.0.perceptrons.3``; empty where there is none."""
    results: list[Node] = field(default_factory=list)
    """What it gives, for each time that it is applied: a network is, to each example of a batch; none of a model."""
    sums: list[Node] = field(default_factory=list)
    """The weighted sum of a neuron, for each time."""
    weights: tuple[Node, ...] = ()
    multiplied: tuple[Node, ...] = ()
    """What each weight multiplies, the first time."""
    parts: tuple[Node, ...] = ()
    """The nodes that the first sum is made of, itself among them."""
    bias: Node | None = None
    column: int = 0


@dataclass(frozen=True, slots=True)
class Connection:
    """A weight between two units; None where what leads from one to the other is not one weight, as into a loss."""

    tail: Unit
    head: Unit
    weight: Node | None


@dataclass(frozen=True, slots=True)
class Network:
    """Columns of units, from the inputs to the outputs, and what connects them."""

    columns: tuple[tuple[Unit, ...], ...]
    connections: tuple[Connection, ...]

    @property
    def n_layers(self) -> int:
        """How many of the columns are of neurons."""
        return sum(column[0].kind == "neuron" for column in self.columns)


class NoNeuronsError(ValueError):
    """Raised where there are no neurons to draw."""


# From a graph


def network_of_graph(outputs: Sequence[Node], parameters: Collection[Node]) -> Network:
    """The network that the outputs were computed by.

    Args:
        outputs: Values.
        parameters: leaves that are parameters beside those which `nn` named.

    Raises:
        NoNeuronsError: if no weighted sum of parameters is in the graph.
    """
    return _Reader(topological_order(*outputs), outputs, parameters).network()


class _Reader:
    def __init__(self, order: Sequence[Node], outputs: Sequence[Node], parameters: Collection[Node]) -> None:
        self.order, self.outputs = order, dict.fromkeys(outputs)
        self.parameters = {
            node for node in order if node.op is None and (node in parameters or isinstance(node.name, ParameterName))
        }
        self.uses: dict[Node, int] = {}
        for node in order:
            for parent in node.parents:
                self.uses[parent] = self.uses.get(parent, 0) + 1
        self.sums = self._sums()
        # An input is the same for each example of a batch if the same weights multiply it.
        self.multiplied_by: dict[Node, dict[Node, None]] = {}
        for pairs, *_ in self.sums.values():
            for weight, operand in pairs:
                self.multiplied_by.setdefault(operand, {})[weight] = None
        self.is_shared = len({_key(pairs, bias) for pairs, bias, _ in self.sums.values()}) < len(self.sums)
        self.units: dict[object, Unit] = {}
        self.sources: dict[Node, dict[Unit, None]] = {}
        """The units that each node is computed from, with no neuron between: of a neuron's result the neuron."""
        self.times: dict[Node, int] = {}
        """For each node that is part of a neuron, which application of the neuron it belongs to."""
        self.connections: dict[tuple[Unit, Unit, Node | None], Connection] = {}

    def network(self) -> Network:
        if not self.sums:
            raise NoNeuronsError(
                "detail='network' draws neurons: weighted sums of parameters, as those of nn.MLP; in this graph there "
                "is none (Values of your own count as weights if they are among `parameters`)"
            )
        toward_sums = self._toward_sums()
        for node in self.order:
            if node in self.sums:
                self._see_neuron(node)
            elif node.op is not None:
                found = {unit: None for parent in node.parents for unit in self.sources.get(parent, ())}
                self.sources[node] = found
                times = {self.times.get(parent, -1) for parent in node.parents if self.sources.get(parent)}
                if len(found) == len(times) == 1 and times != {-1} and self._is_activation(node, toward_sums):
                    [unit], [time] = found, times
                    self.times[node] = time
                    unit.results[time] = node
        for output in self.outputs:
            self._see_output(output)
        connections = self._without_first_states()
        joined = {unit for connection in connections for unit in (connection.tail, connection.head)}
        return _in_columns([unit for unit in self.units.values() if unit in joined], connections)

    def _without_first_states(self) -> list[Connection]:
        """The connections without those of an input that a unit takes the place of later on, by the same weight: it is
        the state from which a recurrent network starts."""
        again = {(c.head, c.weight) for c in self.connections.values() if c.tail.column >= c.head.column}
        return [c for c in self.connections.values() if c.tail.kind != "input" or (c.head, c.weight) not in again]

    # Weighted sums

    def _sums(self) -> dict[Node, tuple[Pairs, Node | None, list[Node]]]:
        """The largest weighted sums of the graph, in its order: the pairs of each, its bias, its nodes."""
        found, inside = {}, set()
        are_sums: set[Node] = set()
        for node in self.order:
            if self._is_weighted_sum(node, are_sums):
                are_sums.add(node)
        for node in reversed(self.order):
            if node in are_sums and node not in inside:
                pairs, biases, parts = self._weighted_sum(node)
                inside.update(parts)
                found[node] = pairs, biases[0] if biases else None, parts
        return {node: found[node] for node in self.order if node in found}

    def _is_weighted_sum(self, node: Node, are_sums: Collection[Node]) -> bool:
        """Whether a node is one, as its operands are or not. A sum that is used twice is no part of another."""
        if node.op is ops.dot:
            n = len(node.parents) // 2
            pairs = zip(node.parents[:n], node.parents[n : 2 * n], strict=True)
            known = all(bias in self.parameters or bias.constant for bias in node.parents[2 * n :])
            return n > 0 and known and all(self._pair(a, b) for a, b in pairs)
        if node.op is ops.multiply:
            return self._pair(*node.parents) is not None
        if node.op is not ops.add and node.op is not ops.sum:
            return False
        terms = [term for term in node.parents if term not in self.parameters]
        apart = all(term in are_sums and term.op is not ops.dot and self.uses[term] == 1 for term in terms)
        return bool(terms) and apart and len(node.parents) - len(terms) <= 1

    def _weighted_sum(self, node: Node) -> tuple[Pairs, list[Node], list[Node]]:
        """The pairs of a weighted sum, its biases, and the nodes that it is made of."""
        if node.op is ops.dot:
            n = len(node.parents) // 2
            factors = zip(node.parents[:n], node.parents[n : 2 * n], strict=True)
            return [pair for a, b in factors if (pair := self._pair(a, b))], [*node.parents[2 * n :]], [node]
        pairs: Pairs = []
        biases, parts, terms = [], [], [node]
        while terms:
            term = terms.pop()
            if term in self.parameters:
                biases.append(term)
                continue
            parts.append(term)
            if pair := self._pair(*term.parents) if term.op is ops.multiply else None:
                pairs.append(pair)
            else:
                terms += reversed(term.parents)
        return pairs, biases, parts

    def _pair(self, a: Node, b: Node) -> tuple[Node, Node] | None:
        """A weight and what it multiplies: just one of two operands is a parameter."""
        if (a in self.parameters) == (b in self.parameters):
            return None
        return (a, b) if a in self.parameters else (b, a)

    # Units

    def _see_neuron(self, node: Node) -> None:
        pairs, bias, parts = self.sums[node]
        key = _key(pairs, bias) if self.is_shared else node
        unit = self.units.get(key)
        if unit is None:
            weights = tuple(weight for weight, _ in pairs)
            path = next((modules_in(w.name)[-1] for w in weights if w.name and modules_in(w.name)), "")
            unit = self.units[key] = Unit("neuron", "", path, weights=weights, bias=bias)
            unit.multiplied, unit.parts = tuple(operand for _, operand in pairs), tuple(parts)
        tails = [(weight, self._sources_of(operand)) for weight, operand in pairs]
        if not unit.sums:
            unit.column = 1 + max((tail.column for _, found in tails for tail in found), default=0)
        for weight, found in tails:
            for tail in found:
                self.connections.setdefault((tail, unit, weight), Connection(tail, unit, weight))
        self.times[node] = len(unit.sums)
        unit.sums.append(node)
        unit.results.append(node)
        self.sources[node] = {unit: None}

    def _sources_of(self, operand: Node) -> dict[Unit, None]:
        """The units that an operand of a weighted sum comes from: an input, where it comes from no other."""
        if found := self.sources.get(operand):
            return found
        key = frozenset(self.multiplied_by[operand]) if self.is_shared else operand
        unit = self.units.setdefault(key, Unit("input", ""))
        unit.results.append(operand)
        self.sources[operand] = {unit: None}
        return self.sources[operand]

    def _toward_sums(self) -> set[Node]:
        """The nodes that a neuron is computed from."""
        found: set[Node] = set()
        for node in reversed(self.order):
            if node in self.sums or node in found:
                found.update(node.parents)
        return found

    def _is_activation(self, node: Node, toward_sums: Collection[Node]) -> bool:
        """Whether a node that is computed from one neuron alone is the neuron's result, and not part of a loss."""
        if node in toward_sums:
            return True
        [*parents] = node.parents
        return len(parents) == 1 and parents[0] in self.sums and self.uses[parents[0]] == 1

    def _see_output(self, output: Node) -> None:
        found = self.sources.get(output, {})
        if len(found) == 1 and output in next(iter(found)).results:
            return
        unit = self.units[output] = Unit("output", "", results=[output])
        unit.column = 1 + max((tail.column for tail in found), default=0)
        for tail in found:
            self.connections[tail, unit, None] = Connection(tail, unit, None)


def _key(pairs: Pairs, bias: Node | None) -> object:
    return (*(weight for weight, _ in pairs), bias)


# From a model alone


def network_of_model(model: Anything) -> Network:
    """The layers of a model, in a row, as the paths of its parameters tell.

    Raises:
        NoNeuronsError: if it has no perceptrons, or a layer does not take as many inputs as the one before it gives.
    """
    named = (
        model.named_parameters() if hasattr(model, "named_parameters") else ((p.name, p) for p in model.parameters())
    )
    perceptrons: dict[str, dict[str, Node]] = {}
    for path, parameter in named:
        if found := re.fullmatch(r"(?:(.*)\.)?(weights\.\d+|bias)", path or ""):
            perceptrons.setdefault(found[1] or "", {})[found[2]] = parameter
    layers: dict[str, list[Unit]] = {}
    for path, parts in perceptrons.items():
        weights = tuple(parameter for key, parameter in parts.items() if key != "bias")
        around = (path, *modules_in(f"{path}.bias")[:-1])[-1]
        if weights:
            layers.setdefault(around, []).append(Unit("neuron", "", path, weights=weights, bias=parts.get("bias")))
    what = type(model).__name__
    if not layers:
        raise NoNeuronsError(
            printable(f"draw({what}) draws perceptrons, and it has none: draw what it gives, draw(model(x))")
        )
    columns: list[list[Unit]] = [[Unit("input", "") for _ in next(iter(layers.values()))[0].weights], *layers.values()]
    connections = []
    for place, (tails, heads) in enumerate(pairwise(columns), 1):
        for head in heads:
            head.column = place
            if len(head.weights) != len(tails):
                raise NoNeuronsError(
                    printable(
                        f"draw({what}) draws layers in a row, but {head.path} takes {len(head.weights)} inputs and "
                        f"there are {len(tails)} before it: draw what it gives, draw(model(x), detail='network')"
                    )
                )
            connections += [Connection(tail, head, w) for tail, w in zip(tails, head.weights, strict=True)]
    return _in_columns([unit for column in columns for unit in column], connections)


# In columns


def _in_columns(units: Anything, connections: Anything) -> Network:
    """The units side by side, each with its name."""
    columns: list[list[Unit]] = []
    for unit in units:
        columns += [[] for _ in range(unit.column + 1 - len(columns))]
        columns[unit.column].append(unit)
    # An output stands to the right of all neurons, alone with its like.
    last = max(unit.column for unit in units if unit.kind == "neuron")
    final = [unit for column in columns for unit in column if unit.kind == "output"]
    inner = [[unit for unit in column if unit.kind != "output"] for column in columns[: last + 1]]
    whole = [column for column in [*inner, final] if column]
    for place, column in enumerate(whole):
        for number, unit in enumerate(column):
            unit.column, unit.name = place, _name(unit, number)
    if len(final) == 1 and " " in final[0].name and final[0].results[0].name is None:
        taken = {unit.name for column in whole for unit in column}
        final[0].name = next(symbol for symbol in SYMBOLS if symbol not in taken)
    return Network(tuple(map(tuple, whole)), tuple(connections))


def _name(unit: Unit, number: int) -> str:
    """What is written into the circle: the name that the user gave, else a letter for its kind and its number."""
    named: Iterator[str] = (str(node.name) for node in reversed(unit.results) if node.name is not None)
    name = next(named, None) if len(unit.results) == 1 else None
    if name is not None:
        return shown(name)
    if unit.kind == "output" and unit.results[0].op is not None:
        return shown(label(unit.results[0]))
    return f"x{number}" if unit.kind == "input" else str(number)
