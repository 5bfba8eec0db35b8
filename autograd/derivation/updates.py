"""What the weights become by the updates on a page: a gradient taken with those is a classic mistake."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Named, evaluate, walk, written_out
from autograd.derivation.names import output_of
from autograd.derivation.points import Graph, Point
from autograd.derivation.setting import RATES, Setting, setting_of
from autograd.derivation.sums_over_paths import ChangedPoint
from autograd.numbers import Number
from autograd.text import derivative
from autograd.value import Value

_MOST_GROUPS = 20


class Updates:
    """The weights that may have been updated too early, and what they would be then.

    A page tells in several ways which: those of its lines ``w_new = w - eta*dJ/dw``; and if it has a learning rate, all
    weights, or those of one matrix or Module.
    """

    def __init__(self, setting: Setting, claims: Sequence[Claim]) -> None:
        graph, names, definitions = setting.graph, setting.names, setting.definitions
        self._new = dict(filter(None, map(_update, definitions.values())))
        rates: list[Expression] = [Defined(name) for name in RATES if name in definitions]
        trees = [names.trees.get(name) for name in RATES]
        recorded = [tree for tree in trees if isinstance(tree, Value) and tree in graph.position]
        rates += [Named(node, "") for node in recorded]
        self._rate = rates[0] if rates else None
        weights = [node for node in setting.named if node not in recorded and _weighs(graph, node)]
        groups: dict[str, list[Value]] = {}
        for weight in weights:
            groups.setdefault(re.split(r"[.\[]", names.paths[weight])[0], []).append(weight)
        self._groups = [weights, *(group for group in groups.values() if 1 < len(group) < len(weights))][:_MOST_GROUPS]
        outputs = [piece.of for claim in claims for piece in claim.pieces if isinstance(piece, Derivative)]
        self._output = max(outputs, key=graph.position.__getitem__, default=None)
        self._found: dict[int, list[Mapping[Value, Number]]] = {}

    def at(self, point: Point) -> list[Mapping[Value, Number]]:
        """The new values of the updated weights at a point, in each way that the page tells them."""
        if id(point) not in self._found:
            self._found[id(point)] = list(self._ways(point))
        return self._found[id(point)]

    def _ways(self, point: Point) -> Iterator[Mapping[Value, Number]]:
        world = ChangedPoint(point)  # in which the definitions of later lines hold already
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
        case Apply(operands=(Named(node=weight), *_)) if any(
            isinstance(piece, Derivative) and piece.by is weight for piece in walk(definition)
        ):
            return weight, definition
    return None


def ascent(claim: Claim, setting: Setting) -> tuple[()] | tuple[str, str]:
    """The derivative along which an update goes, and what grows by that, if it goes up: ∂L/∂w of ``w + eta*dL/dw``.

    Whether it does is seen where that derivative is taken twice as large: terms beside it, as of momentum, stay.
    """
    definition = written_out(claim.parts[0], setting.definitions)
    found, names, point = _update(definition), setting.names.paths, setting.points.each[0]
    if found is None:
        return _along_the_gradient(claim, definition, setting) if claim.update else ()
    weight, formula = found
    [slope, *others] = dict.fromkeys(p for p in walk(formula) if isinstance(p, Derivative) and p.by is weight)
    try:
        steepness = evaluate(slope, point)
        steeper = ChangedPoint(point, derivatives={(slope.of, weight): 2 * steepness})
        goes_up = (evaluate(formula, steeper) - evaluate(formula, point)) * steepness > 0
    except ArithmeticError:
        return ()
    return (slope.text, names[slope.of]) if goes_up and not others else ()


def _along_the_gradient(claim: Claim, definition: Expression, setting: Setting) -> tuple[()] | tuple[str, str]:
    """That of an update whose derivative is written out: of ``w - eta*(y - a)*x``, where ∂L/∂w is (a - y)*x."""
    match definition:
        case Apply(operands=(Named(node=weight), *_)) if weight.op is None:
            pass
        case _:
            return ()
    try:
        output = output_of(setting.names, [weight])
        # The loss need not stand on the page otherwise.
        setting = setting_of([replace(claim, parts=(definition, Named(output, "")))], setting.names)
        points = setting.points.each
        steps = [evaluate(definition, point) - point.values[weight] for point in points]
        rates = [step / point.derivative(output, weight) for step, point in zip(steps, points, strict=True)]
    except (ArithmeticError, KeyError, ValueError):
        return ()  # There is no output, or several; or what is not recorded stands in the formula.
    named = [[point.values[leaf] for point in points] for leaf in setting.named if leaf.op is None]
    constant = [[rates[0]] * len(points), *named]
    # A rate is a number, or so many times a leaf, as m times alpha is; elsewhere that leaf may be negative.
    if rates[0] <= 0 or not any(
        all(abs(r * row[0] - c * rates[0]) <= 1e-9 * abs(r * row[0]) for r, c in zip(rates, row, strict=True))
        for row in constant
    ):
        return ()
    names = setting.names.paths
    return derivative(names[output], names[weight], "d"), names[output]


def factors(node: Value) -> tuple[Sequence[Value], Sequence[Value]]:
    """The first and the second factors of the products in a node: of w*x, or of a weighted sum."""
    if node.op is ops.multiply:
        return node.parents[:1], node.parents[1:]
    n = len(node.parents) // 2 if node.op is ops.dot else 0
    return node.parents[:n], node.parents[n : 2 * n]


def _weighs(graph: Graph, leaf: Value) -> bool:
    """Whether a leaf is a weight: the factor of something computed, or the first factor where both are leaves."""
    for child in graph.children.get(leaf, ()) if leaf.op is None else ():
        first, second = factors(child)
        for a, b in zip(first, second, strict=True):
            if a is leaf or (b is leaf and a.op is not None):
                return True
    return False
