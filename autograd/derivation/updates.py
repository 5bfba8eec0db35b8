"""What the weights become by the updates on a page: a gradient taken with those is a classic mistake."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograd.derivation.altered import Altered
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Node, evaluate, walk
from autograd.derivation.names import Names
from autograd.derivation.points import Graph, Point
from autograd.derivation.roles import weighs
from autograd.value import Value

RATES = ("eta", "lr", "alpha", "learning_rate", "η", "α")
"""What a page may call its learning rate, for it to be known as one."""

_MOST_GROUPS = 20


class Updates:
    """The weights that may have been updated too early, in each way that the page tells: those of its lines
    ``w_new = w - eta*dJ/dw``; if it has a learning rate, also all weights, and those of each matrix or Module."""

    def __init__(
        self, graph: Graph, names: Names, definitions: Mapping[str, Expression], claims: Sequence[Claim]
    ) -> None:
        pieces = [piece for claim in claims for part in (claim.subject, *claim.parts) for piece in walk(part)]
        self._definitions = definitions
        self._new = dict(filter(None, map(_update, definitions.values())))
        rates: list[Expression] = [Defined(name) for name in RATES if name in definitions]
        recorded = [names.trees[name] for name in RATES if names.trees.get(name) in graph.position]
        rates += [Node(node, "") for node in recorded]
        self._rate = rates[0] if rates else None
        weights = [n for n in graph.order if n in names and n not in recorded and weighs(graph, n)]
        groups: dict[str, list[Value]] = {}
        for weight in weights:
            groups.setdefault(re.split(r"[.\[]", str(names.of(weight)))[0], []).append(weight)
        self._groups = [weights, *(group for group in groups.values() if 1 < len(group) < len(weights))][:_MOST_GROUPS]
        outputs = [piece.of for piece in pieces if isinstance(piece, Derivative)]
        self._output = max(outputs, key=graph.position.__getitem__, default=None)
        self._found: dict[int, list[Mapping[Value, Any]]] = {}

    def at(self, point: Point) -> list[Mapping[Value, Any]]:
        """The new values of the updated weights at a point, in each way that the page tells them."""
        if id(point) not in self._found:
            self._found[id(point)] = list(self._ways(point))
        return self._found[id(point)]

    def _ways(self, point: Point) -> Iterator[Mapping[Value, Any]]:
        world = Altered(point, self._definitions)  # where the definitions of later lines hold already
        try:
            if self._new:
                yield {weight: evaluate(new, world) for weight, new in self._new.items()}
            if self._output is not None and self._rate is not None:
                step = evaluate(self._rate, world)
                slopes = point.derivatives(self._output, self._groups[0])
                for group in self._groups:
                    yield {weight: point.values[weight] - step * slopes[weight] for weight in group}
        except ArithmeticError:
            return


def _update(definition: Expression) -> tuple[Value, Expression] | None:
    """The weight that a definition updates: the first term of ``w - eta*dJ/dw``."""
    match definition:
        case Apply(operands=(Node(node=weight), *_)) if any(
            isinstance(piece, Derivative) and piece.by is weight for piece in walk(definition)
        ):
            return weight, definition
    return None
