"""The updates of weights: whether one goes against the gradient, and what the weights become by those on a page.

A step of gradient descent takes the same factor everywhere. A gradient that is taken with weights that were already
updated is a classic mistake.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    evaluate,
    walk,
    written_out,
)
from autograd.derivation.mistakes.sums_over_paths import ChangedPoint
from autograd.derivation.names import output_of
from autograd.derivation.points import Graph, Point
from autograd.derivation.setting import RATES, Setting, setting_of
from autograd.graph import topological_order
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
    if others:
        return ()

    def rate(point: Point) -> Number:
        steepness = evaluate(slope, point)
        steeper = ChangedPoint(point, derivatives={(slope.of, weight): 2 * steepness})
        return (evaluate(formula, steeper) - evaluate(formula, point)) / steepness

    try:
        # In w - eta*(r - t)*dr/dw the slope is one factor of the gradient, and says nothing of the way.
        if not _ends_there(slope, setting) and not _constant([*map(rate, setting.points.each)], setting):
            return _along_the_gradient(claim, definition, setting)
        goes_up = rate(point) > 0
    except ArithmeticError:
        return ()
    return (slope.text, names[slope.of]) if goes_up else ()


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
    if rates[0] <= 0 or not _constant(rates, setting):  # Elsewhere a leaf that is the rate may be negative.
        return ()
    names = setting.names.paths
    return derivative(names[output], names[weight], "d"), names[output]


def _ends_there(slope: Derivative, setting: Setting) -> bool:
    """Whether a derivative is that of the output."""
    try:
        return output_of(setting.names, [slope.by]) is slope.of
    except ValueError:
        return False


def _constant(rates: Sequence[Number], setting: Setting) -> bool:
    """Whether what a gradient is multiplied by is a number, or so many times a leaf, as m times alpha is."""
    points = setting.points.each
    rows = [[point.values[leaf] for point in points] for leaf in setting.named if leaf.op is None]
    return any(
        all(abs(r * row[0] - c * rates[0]) <= 1e-9 * abs(r * row[0]) for r, c in zip(rates, row, strict=True))
        for row in ([1] * len(points), *rows)
    )


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


_CLOSE = 1e-9
_TO_BE_SMALL = re.compile(r"(?i)[jlec](_?\w)?|\w*(loss|cost|err|mse|sse|nll|entropy|energy|objective)\w*")
"""What people call an output that they want to be small."""
_NAME = re.compile(r"[^\W\d]\w*")
_SPELLED = re.compile(r"d(?!elta)|g(?=[A-Z_])|grad|.*_?grad")
"""What a name begins with that says of itself to be a gradient, as delta and error do not."""


@dataclass(frozen=True)
class UpdateFound:
    """What is to be said of an update."""

    kind: str
    """"right", "wrong", "unknown", or "plain" for one that says nothing of its own about the gradient."""
    why: str = ""
    ascends: tuple[()] | tuple[str, str] = ()
    """Of a step that goes up: the derivative along which it goes, and what grows by that."""


def judge_step(
    claims: Sequence[Claim],
    values: Callable[[Expression], list[Number]],
    definitions: Mapping[str, Expression],
    names: Mapping[Value, str],
) -> UpdateFound:
    """What is to be said of an update, of which there is a claim for each entry.

    The subject of a claim is the derivative by a weight, and its part the new value of that. Terms beside the gradient,
    as of momentum and of weight decay, are left alone where the gradient itself is named.
    """
    slopes = [claim.subject for claim in claims if isinstance(claim.subject, Derivative)]
    own = {(slope.of, slope.by) for slope in slopes}
    steps, rests = [], []
    weights = {slope.by for slope in slopes}
    below, rates = set(topological_order(slopes[0].of)), set[Value]()
    named = mixed = False
    for slope, claim in zip(slopes, claims, strict=True):
        new = written_out(claim.parts[0], definitions)
        pieces = [*walk(new)]
        named |= any(isinstance(piece, Derivative) and (piece.of, piece.by) in own for piece in pieces)
        mixed |= any(
            isinstance(piece, Derivative) or (isinstance(piece, Named) and piece.node not in weights)
            for piece in pieces
        )
        steps.append(_less(new, Named(slope.by, slope.text)))
        rests.append(_without(new, {(slope.of, slope.by)}))
        rates.update(each.node for each in pieces if isinstance(each, Named) and each.node not in below)
    if not mixed:
        return UpdateFound("plain")  # weight decay alone, or a mean that is taken away
    if named:
        steps = [_less(claim.parts[0], rest) for claim, rest in zip(claims, rests, strict=True)]
    rows = [_complete(values(step), values(slope)) for step, slope in zip(steps, slopes, strict=True)]
    points = [[row[k] for row in rows] for k in range(min(map(len, rows)))]
    directions = [_direction(point, exactly=not named) for point in points]
    signs = [None if each is None else (each > 0) - (each < 0) for each in directions]
    # A rate that is a number is the same everywhere, be the weights what they may.
    factors = [each for each in directions if each]
    if not (named or rates) and factors and max(factors) - min(factors) > _CLOSE * max(map(abs, factors)):
        signs = [None]
    # The learning rate may be a node, and negative elsewhere: the recorded point tells which way the step goes.
    sign = None if None in signs else next((each for each in signs if each), 0)
    return _told(sign, slopes[0], names, named=named)


def by_an_error_term(
    line: str, claim: Claim, definitions: Mapping[str, Expression], gradients: Collection[str]
) -> bool:
    """Whether an update goes by a term that the page defined with a sign of its own, such as error = a - y.

    `gradients` are the names that were found to be gradients; those that are spelled as one are none of these.
    """
    called = {name.partition("[")[0] for name in gradients}
    if any(name in called and not _SPELLED.match(name) for name in _NAME.findall(line)):
        return True
    return any(
        _has_a_difference(written_out(piece, definitions))
        for piece in walk(claim.parts[0])
        if isinstance(piece, Defined) and not _SPELLED.match(piece.name)
    )


def _has_a_difference(formula: Expression) -> bool:
    return any(isinstance(piece, Apply) and piece.operation in (ops.subtract, ops.negate) for piece in walk(formula))


def _told(sign: int | None, slope: Derivative, names: Mapping[Value, str], *, named: bool) -> UpdateFound:
    output = names.get(slope.of, "the output")
    shown = slope.text.partition("[")[0]
    if sign == 0:
        return UpdateFound("plain")
    if sign == -1:
        return UpdateFound("plain" if named else "right", f"a step against {shown}")
    if sign == 1:
        up = f"this step goes up: along {shown} {output} grows"
        if _TO_BE_SMALL.fullmatch(output.rpartition(".")[2]):
            return UpdateFound("wrong", f"{up}; for a descent it is taken away, with a minus", (shown, output))
        return UpdateFound("unknown", f"{up}: a descent takes it away, with a minus", (shown, output))
    return UpdateFound("wrong", f"the step is no multiple of {shown}: it does not go against the gradient of {output}")


def _direction(entries: Sequence[tuple[Number, Number]], *, exactly: bool) -> Number:
    """How many times the slopes the steps are: less than 0 if they go against them, 0 if there are none, else None.

    `exactly`: by the same factor in each entry; else in the same sense.
    """
    largest_step = max((abs(step) for step, _ in entries), default=0)
    largest_slope = max((abs(slope) for _, slope in entries), default=0)
    if not largest_step:
        return 0
    if not largest_slope:
        return None
    pivot, at_pivot = max(entries, key=lambda entry: abs(entry[1]))
    limit = _CLOSE * largest_step * largest_slope
    if exactly:
        fits = all(abs(step * at_pivot - pivot * slope) <= limit for step, slope in entries)
    else:
        fits = all(step * slope * pivot * at_pivot >= 0 and (step != 0) >= (slope != 0) for step, slope in entries)
    return pivot / at_pivot if fits and pivot else None


def _complete(steps: Sequence[Number], slopes: Sequence[Number]) -> list[tuple[Number, Number]]:
    """The steps and the slopes of one weight at the points where both have a value."""
    return [(0, 0) if None in both else both for both in zip(steps, slopes, strict=True)]


def _less(new: Expression, old: Expression) -> Expression:
    return Apply(ops.sum, (new, Apply(ops.negate, (old,))))


def _without(formula: Expression, own: set[tuple[Value, Value]]) -> Expression:
    """The formula with 0 for some derivatives."""
    match formula:
        case Derivative(of=of, by=by) if (of, by) in own:
            return Numeral("0", 0)  # type: ignore[arg-type]  # an int is as good as its Fraction
        case Apply(operation=operation, operands=operands):
            return Apply(operation, tuple(_without(each, own) for each in operands))
    return formula
