"""Whether the update of a weight is a step of gradient descent: against the gradient, by the same factor everywhere."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Named, Numeral, walk, written_out
from autograd.graph import topological_order
from autograd.numbers import Number
from autograd.value import Value

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
