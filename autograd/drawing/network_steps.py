"""The steps of a network's page: the inputs, forward layer by layer, the loss, and back layer by layer.

Of L layers that are 2 L + 2 steps. The numbers come from a clean backward pass: no ``grad`` is read or written.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from math import fsum
from typing import TYPE_CHECKING

from autograd.drawing.network_diagram import MOST_DIGITS, activation_name, held, lines_of, title
from autograd.drawing.network_places import laid_out
from autograd.drawing.picture import UNKNOWN
from autograd.drawing.steps import Change, Step, backward_pass
from autograd.drawing.wording import RATE, FormulaLine
from autograd.graph import topological_order
from autograd.text import label, number, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograd.drawing.network_diagram import GradientOf
    from autograd.drawing.neurons import Network, Unit
    from autograd.graph import Node
    from autograd.text import NumberPiece, Piece

MOST_LINES = 8
"""How many formulas a step says."""
MOST_TERMS = 4
"""How many terms of a weighted sum are written out."""
DATA, GRADIENT, BIAS = 0, 1, 2
"""The numbers of a unit, by their places."""


class NetworkSteps:
    """The passes through a network.

    Attributes:
        network, outputs: the network, and the nodes that it computes; of a model alone there are none, and no passes.
        digits: of numbers.
        order: the nodes of the graph.
        ids: of all units, as the diagram calls them.
        shown: the units that it shows.
        lines: the connections that it shows, by their places.
        gradient_of: where the gradients are read that its lines tell.
    """

    def __init__(self, network: Network, outputs: Sequence[Node], digits: int) -> None:
        self.network, self.outputs, self.digits = network, outputs, min(digits, MOST_DIGITS)
        self.order = topological_order(*outputs)
        backward = backward_pass(outputs, self.order)
        self.gradients = backward.gradients
        self.when = {node: moment for moment, node in enumerate(self.order)}
        self.n_contributions = len(backward.contributions)
        self.last_passed = {event.node: moment for moment, event in enumerate(backward.contributions)}
        gradients = backward.gradients  # a function that holds what holds it would be left to the collector
        self.gradient_of: GradientOf = (lambda node: gradients.get(node, 0.0)) if outputs else held
        arrangement = laid_out(network)
        self.lines = list(lines_of(network, arrangement, {}))
        self.ids = {unit: f"u{place}" for place, unit in enumerate(chain.from_iterable(network.columns))}
        self.shown = [unit for unit in self.ids if unit in arrangement.places]
        self.loss, self.meaning = "J", ""
        if outputs:
            written = self.loss = shown(label(outputs[0]))
            last = network.columns[-1]
            if len(last) == 1 and last[0].results == [outputs[0]] and last[0].kind == "output":
                self.loss = last[0].name
            self.meaning = "" if self.loss == written else f" {self.loss} stands for {written}."

    def name_of(self, unit: Unit) -> str:
        """Its path, if it is called by its place in the layer."""
        return shown(unit.path) if unit.path and unit.name.isdecimal() else unit.name

    def initial(self, unit: Unit) -> list[Change]:
        """The numbers of a unit before the first step."""
        known = unit.kind == "input" and unit.results
        data = self._change(unit, DATA, self.activation(unit)) if known else Change(self.ids[unit], DATA, UNKNOWN)
        bias = [] if unit.bias is None else [self._change(unit, BIAS, unit.bias.data)]
        return [data, Change(self.ids[unit], GRADIENT, UNKNOWN), *bias]

    def _change(self, unit: Unit, row: int, x: float) -> Change:
        return Change(self.ids[unit], row, *self._number(x))

    def _number(self, x: float) -> NumberPiece:
        return number(x, self.digits), repr(float(x))

    # Numbers of units. Of one that is applied several times, activations are those of the first time in formulas.

    def activation(self, unit: Unit) -> float:
        return fsum(node.data for node in unit.results) / len(unit.results)

    def _gradient(self, unit: Unit) -> float:
        return fsum(self.gradients.get(node, 0.0) for node in unit.results)

    # When things happen, counted as `Step.moment` is

    def _computed_at(self, column: Sequence[Unit]) -> int:
        return max(self.when[result] for unit in column for result in unit.results)

    def _passed_at(self, column: Sequence[Unit]) -> int:
        """When the gradients of a layer are complete; those of the first, when all are."""
        if column[0].column == 1:
            return len(self.order) + 1 + self.n_contributions
        return len(self.order) + 1 + max(self.last_passed.get(part, 0) for unit in column for part in unit.parts)

    # Steps: the inputs, forward by layer, the loss, and back by layer

    def steps(self) -> Iterator[Step]:
        columns = [[unit for unit in column if unit in self.shown] for column in self.network.columns]
        layers = [place for place, column in enumerate(columns) if column[0].kind == "neuron"]
        if not self.outputs:
            yield Step("start", "The weights and biases of a model. No example has gone through it.")
            return
        inputs = [unit for unit in columns[0] if unit.kind == "input"]
        lines = [_line([f"{unit.name} = ", self._number(self.activation(unit))]) for unit in inputs]
        yield _step(
            "start", f"The inputs hold their numbers.{self.meaning}", lines, [self.ids[unit] for unit in inputs]
        )
        for place in layers:
            yield self._forward(place, columns)
        yield self._turn(columns)
        for place in reversed(layers):
            yield self._backward(place, columns)

    def _into(self, place: int) -> list[int]:
        """The lines that lead into a column."""
        return [number for number, line in enumerate(self.lines) if line.head.column == place]

    def _forward(self, place: int, columns: Sequence[Sequence[Unit]]) -> Step:
        column = columns[place]
        name = title(self.network.columns[place])[0]
        ids = [self.ids[unit] for unit in chain(columns[place - 1], column)]
        changes = [self._change(unit, DATA, self.activation(unit)) for unit in column]
        sentence = f"{name} is computed: of each neuron the weighted sum of what leads into it, and its activation."
        lines = [self._computed(unit) for unit in column]
        return _step(
            "forward", sentence, lines, ids, self._into(place), changes, layer=name, moment=self._computed_at(column)
        )

    def _computed(self, unit: Unit) -> FormulaLine:
        """A neuron with its numbers: name = relu(0.5 · 2 + 0.1) = 1.1."""
        sum_, result = unit.sums[0], unit.results[0]
        what = activation_name(unit)
        pieces: list[Piece] = [f"{unit.name} = "]
        pieces += [] if what == "linear" else [f"{what or 'activation'}("]
        if len(unit.weights) <= MOST_TERMS:
            for term, (weight, given) in enumerate(self._terms(unit)):
                pieces += [" + " * (term > 0), self._number(weight), " · ", *_factor(self._number(given))]
            if unit.bias is not None:
                pieces += [" + ", *_factor(self._number(unit.bias.data))]
        elif what == "linear":
            pieces.append("w · x + b")
        else:
            pieces.append(self._number(sum_.data))
        pieces += [] if what == "linear" else [")"]
        return _line([*pieces, " = ", self._number(result.data)])

    def _terms(self, unit: Unit) -> list[tuple[float, float]]:
        """Each weight of a neuron and what it multiplies."""
        return [(weight.data, given.data) for weight, given in zip(unit.weights, unit.multiplied, strict=True)]

    def _turn(self, columns: Sequence[Sequence[Unit]]) -> Step:
        """The loss, and the beginning of the way back."""
        last = columns[-1]
        before = columns[-2] if last[0].kind == "output" else []
        lines = [_line([f"{unit.name} = ", self._number(self.activation(unit))]) for unit in last]
        lines += [_line([f"∂{self.loss}/∂{self.loss} = 1"])]
        lines += [
            _line([f"∂{self.loss}/∂{self.name_of(unit)} = ", self._number(self._gradient(unit))]) for unit in before
        ]
        changes = [self._change(unit, DATA, self.activation(unit)) for unit in last]
        changes += [self._change(unit, GRADIENT, self._gradient(unit)) for unit in (*last, *before)]
        ids = [self.ids[unit] for unit in (*before, *last)]
        edges = self._into(len(columns) - 1) if before else []
        sentence = f"Backward from {self.loss}: its gradient by itself is 1."
        return _step("backward", sentence, lines, ids, edges, changes, layer="loss", moment=len(self.order))

    def _backward(self, place: int, columns: Sequence[Sequence[Unit]]) -> Step:
        column, before = columns[place], columns[place - 1]
        name = title(self.network.columns[place])[0]
        lines = [self._passed(unit) for unit in column]
        changes = [self._change(unit, GRADIENT, self._gradient(unit)) for unit in before]
        sentence = f"{name} gets its gradients: of each weight, gradient of the sum · what the weight multiplies."
        ids = [self.ids[unit] for unit in chain(before, column)]
        edges, moment = self._into(place), self._passed_at(column)
        step = _step("backward", sentence, lines, ids, edges, changes, layer=name, moment=moment)
        return replace(step, lines=(*step.lines, *self._descent(column))) if before[0].column == 0 else step

    def _descent(self, column: Sequence[Unit]) -> Iterator[FormulaLine]:
        """What a step against the gradient makes of some weights: w − α · grad = 0.5 − 0.1 × 2: 0.5 → 0.3."""
        caption = f"a step against the gradient, α = {RATE}: before → after, of the first"
        for weight in [weight for unit in column for weight in unit.weights][:MOST_TERMS]:
            before, gradient = weight.data, self.gradients.get(weight, 0.0)
            numbers = [*_factor(self._number(before)), f" − {RATE} × ", *_factor(self._number(gradient)), ": "]
            after = self._number(before - RATE * gradient)
            name = shown(label(weight))
            yield FormulaLine(caption, (f"{name} − α · grad = ", *numbers, self._number(before), " → ", after))
            caption = ""

    def _passed(self, unit: Unit) -> FormulaLine:
        """The gradients of a neuron's weights: the gradient of its sum times what each multiplies."""
        upstream = self.gradients.get(unit.sums[0], 0.0)
        pieces: list[Piece] = [f"{unit.name}: of its sum ", self._number(upstream), "; of its weights "]
        terms = self._terms(unit)
        for term, (_, given) in enumerate(terms[:MOST_TERMS]):
            pieces += [", " * (term > 0), *_factor(self._number(given)), " · ", *_factor(self._number(upstream))]
            pieces += [" = ", self._number(upstream * given)]
        return _line([*pieces, ", …" * (len(terms) > MOST_TERMS)])


def _factor(x: NumberPiece) -> list[Piece]:
    return ["(", x, ")"] if x[0].startswith("-") else [x]


def _line(pieces: Sequence[Piece]) -> FormulaLine:
    return FormulaLine("", tuple(piece for piece in pieces if piece))


def _step(
    phase: str,
    sentence: str,
    lines: Sequence[FormulaLine],
    ids: Sequence[str],
    edges: Sequence[int] = (),
    changes: Sequence[Change] = (),
    *,
    layer: str = "",
    moment: int = -1,
) -> Step:
    said = list(lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        said.append(FormulaLine(f"and {len(lines) - MOST_LINES} more", ()))
    ids = tuple(dict.fromkeys(ids))
    return Step(phase, sentence, tuple(said), ids, tuple(edges), tuple(changes), layer=layer, moment=moment)
