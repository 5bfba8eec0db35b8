"""The whole: the slope along one random direction, by `backward` and by the graph computed anew in mpmath."""

from collections.abc import Collection, Mapping, Sequence
from math import fsum, inf, isfinite
from random import Random
from typing import Any

from autograd import ops
from autograd.check.branches import Sums
from autograd.check.oracle import replays
from autograd.check.verdicts import TOLERANCE
from autograd.graph import depending_on
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


def slope_along(
    output: Any, order: Sequence[Any], steps: Mapping[Any, float], linear: Collection[Any], digits: int, exponent: int
) -> float:
    """How fast the output moves when each node of `steps` moves by its step, and whatever depends on them follows.

    Each node is computed at its recorded operands and 10^-exponent of the way beside them; the difference is passed on:
    what rounding did to the recorded values stays what it was, however much it would be magnified by what comes after.

    Args:
        output: the node whose slope is asked for.
        order: its graph, in topological order.
        steps: how far leaves or inner nodes are moved, per unit of the direction.
        linear: nodes that are not computed but moved by their recorded slopes, such as those at a kink.
        digits: with how many digits to compute.
        exponent: how small a part of a step is taken, as a power of ten; well below `digits`.

    >>> from autograd import Value
    >>> from autograd.graph import topological_order
    >>> x, y = Value(2.0), Value(5.0)
    >>> slope_along(z := x * y, topological_order(z), {x: 1.0, y: -1.0}, (), digits=60, exponent=30)
    3.0
    """
    from mpmath import mp, mpf

    from autograd.numbers.multiprecision import multiprecision

    with mp.workdps(digits):
        apart = mpf(10) ** -exponent
        here: dict[Any, Any] = {}
        there: dict[Any, Any] = {}
        for node in order:
            here[node] = mpf(node.data)
            shift = mpf(steps[node]) * apart if node in steps else 0
            if any(parent in there for parent in node.parents):
                shift += _passed_on(node, here, there, node in linear, multiprecision)
            if shift:
                there[node] = here[node] + shift
        try:
            return float((there.get(output, here[output]) - here[output]) / apart)
        except OverflowError:
            return inf


def is_truth(node: Any, operand: int) -> bool:
    """Whether an operand is true or false, and no number that could be moved."""
    parent = node.parents[operand]
    if parent.op is not None and parent.op.condition:
        return True
    return (node.op is ops.where and operand == 0) or node.op in (ops.both, ops.either, ops.opposite)


def _passed_on(node: Any, here: Mapping[Any, Any], there: Mapping[Any, Any], linear: bool, m: Any) -> Any:
    """How far a node moves when its operands go from `here` to `there`."""
    if node.op.condition:
        return 0
    before = [here[parent] for parent in node.parents]
    after = [
        here[parent] if parent not in there or is_truth(node, i) else there[parent]
        for i, parent in enumerate(node.parents)
    ]
    if not linear:
        try:
            shift = node.op.value(m, *after) - node.op.value(m, *before)
            if isinstance(shift, type(before[0])):
                return shift
        except Exception:  # whatever a user's operation raises on mpmath's numbers: its recorded slopes stand in
            pass
    return sum(local * (b - a) for local, a, b in zip(node.local_grads, before, after, strict=True) if a is not b)
