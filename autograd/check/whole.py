"""The whole: the slope along one random direction, by `backward` and by the graph computed anew in mpmath."""

from collections.abc import Collection, Mapping, Sequence
from math import fsum, inf, isfinite
from random import Random

from autograd import ops
from autograd.check.lines import TOLERANCE
from autograd.check.sums import Sums
from autograd.graph import depending_on
from autograd.oracle import replays
from autograd.replayed import slope_along
from autograd.report import Line
from autograd.value import Value

TABLE = frozenset(ops.OPERATIONS.values())


def end_to_end(
    sums: Sums, inputs: Sequence[Value] | None, linear: Collection[Value], random: Random
) -> tuple[list[Line], str]:
    """The line on the slope along a random direction; or no line, and why there is none to compare.

    Args:
        sums: what `backward` gave.
        inputs: the nodes that are moved; by default the leaves.
        linear: nodes that are replayed by their recorded slopes.
    """
    gradients = sums.gradients
    candidates = inputs or [node for node in sums.order if node.op is None]
    steps: dict[Value, float] = {}
    for node in candidates:
        step = random.choice((-1, 1)) * random.uniform(0.5, 1.5) * (abs(node.data) or 1.0)
        if sums.uses.get(node) is not None and isfinite((gradients.get(node) or 0.0) * step):
            steps[node] = step
    terms = [(gradients[node] or 0.0) * step for node, step in steps.items()]
    tolerance = _tolerance(sums, steps)
    if not steps or not isfinite(tolerance) or not isfinite(sum(terms)):
        return [], "End to end no direction was taken: no finite gradient leads along it."
    if names := _not_replayed(sums.order, steps):
        return [], f"End to end it is not checked: {names} cannot be replayed in many digits."
    expected, found = fsum(terms), inf
    for digits, exponent in ((60, 30), (1200, 400)):
        found = slope_along(sums.output, sums.order, steps, linear, digits, exponent)
        if abs(found - expected) <= tolerance:
            break
    kind = "leaf" if inputs is None else "input"
    plural = {"leaf": "leaves", "input": "inputs"}[kind] if len(steps) > 1 else kind
    claim = f"end to end, along a random direction of {len(steps)} {plural}"
    if abs(found - expected) <= tolerance:
        return [Line(claim=claim, holds=True)], ""
    return [Line(claim=claim, holds=False, claimed=expected, correct=found, remark="wrong")], ""


def _not_replayed(order: Sequence[Value], steps: Collection[Value]) -> str:
    """The operations on the way that mpmath cannot follow: their recorded slopes would have to vouch for themselves."""
    moved = depending_on(order, steps)
    nodes = [node for node in order if node in moved and node not in steps and node.op not in TABLE]
    found = (node.op for node in nodes if not replays(node.op, [parent.data for parent in node.parents]))
    return ", ".join(dict.fromkeys(map(str, found)))


def _tolerance(sums: Sums, steps: Mapping[Value, float]) -> float:
    """How far rounding can have moved the slope: it is in proportion to the sums of |products|."""
    sizes: dict[Value, float] = dict.fromkeys(sums.uses, 0.0)
    errors: dict[Value, float] = dict.fromkeys(sums.uses, 0.0)
    sizes[sums.output] = 1.0
    for node in reversed(sums.order):
        for user, local in sums.uses.get(node, ()):
            if isfinite(local):
                passed = abs(local) * sizes[user]
                sizes[node] += passed
                errors[node] += abs(local) * errors[user] + TOLERANCE * passed + 5e-324
    return sum(errors[node] * abs(step) for node, step in steps.items()) + 1e-300
