"""The whole: the slope along one random direction, by `backward` and by the graph computed anew in mpmath."""

from collections.abc import Collection, Mapping, Sequence
from math import fsum, inf, isfinite, isnan
from random import Random
from typing import TYPE_CHECKING

from autograd.check.branches import BranchSums
from autograd.check.oracle import replays
from autograd.check.verdicts import TOLERANCE, truths
from autograd.graph import Node, contributions, depending_on
from autograd.numbers import NOTHING, Number
from autograd.report import Line
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.check.many_digits import ManyDigits


def along_a_direction(
    sums: BranchSums, inputs: Sequence[Value] | None, linear: Collection[Value], random: Random
) -> tuple[list[Line], str]:
    """The line on the slope along a random direction; or no line, and why there is none to compare.

    Args:
        sums: what `backward` gave.
        inputs: the nodes that are moved; by default the leaves.
        linear: nodes that are replayed by their recorded slopes.
    """
    steps = _direction(sums, inputs, random)
    terms = [(sums.gradients[node] or 0.0) * step for node, step in steps.items()]
    tolerance = _tolerance(sums, steps)
    if not steps and all(isfinite(slope or 0.0) for slope in sums.gradients.values()):
        return [], "End to end there is nothing to compare: no gradient passes to what could be moved."
    if not steps or not isfinite(tolerance) or not isfinite(sum(terms)):
        return [], "End to end no direction was taken: no finite gradient leads along it."
    if names := _not_replayed(sums.order, steps):
        return [], f"End to end it is not checked: {names} cannot be replayed in many digits."
    expected, found = fsum(terms), inf
    for digits, exponent in ((60, 30), (1200, 400), (3000, 1000)):
        found = slope_along(sums.output, sums.order, steps, linear, digits, exponent)
        if abs(found - expected) <= tolerance:
            break
    if isnan(found):
        return [], "End to end it is not checked: what is not finite is on the way."
    one, many = ("leaf", "leaves") if inputs is None else ("input", "inputs")
    claim = f"end to end, along a random direction of {len(steps)} {many if len(steps) > 1 else one}"
    if abs(found - expected) <= tolerance:
        return [Line(claim=claim, holds=True)], ""
    return [Line(claim=claim, holds=False, claimed=expected, correct=found, remark="wrong")], ""


def _direction(sums: BranchSums, inputs: Sequence[Value] | None, random: Random) -> dict[Value, float]:
    """How far each leaf or input is moved, those that a finite gradient leads to."""
    steps = {}
    for node in inputs or [node for node in sums.order if node.op is None]:
        step = random.choice((-1, 1)) * random.uniform(0.5, 1.5) * (abs(node.data) or 1.0)
        if node in sums.uses and isfinite((sums.gradients[node] or 0.0) * step):
            steps[node] = step
    return steps


def _tolerance(sums: BranchSums, steps: Mapping[Value, float]) -> float:
    """How far rounding can have moved the slope: it is in proportion to the sums of |products|."""

    def finite_sizes(node: Value) -> list[float]:
        return [abs(local) if isfinite(local) else NOTHING for local in node.local_grads]

    sizes: dict[Value, float] = {sums.output: 1.0}
    errors: dict[Value, float] = {sums.output: 0.0}
    for node, operand, passed in contributions(sums.order, sizes, finite_sizes):
        parent, size = node.parents[operand], abs(node.local_grads[operand])
        errors[parent] = errors.get(parent, 0.0) + size * errors[node] + TOLERANCE * passed + 5e-324
    return sum(errors.get(node, 0.0) * abs(step) for node, step in steps.items()) + 1e-300


def _not_replayed(order: Sequence[Value], steps: Collection[Value]) -> str:
    """The names of the operations on the way that mpmath cannot compute.

    They would be replayed by their recorded slopes, with which these slopes agree, right or wrong.
    """
    moved = depending_on(order, steps)
    found: dict[str, None] = {}  # as a set, in order
    for node in order:
        if node.op is None or node not in moved or node in steps or node.op.in_the_table:
            continue
        if not replays(node.op, [parent.data for parent in node.parents]):
            found[str(node.op)] = None
    return ", ".join(found)


def slope_along(
    output: Value,
    order: Sequence[Value],
    steps: Mapping[Value, float],
    linear: Collection[Value],
    digits: int,
    exponent: int,
) -> float:
    """How fast the output moves when each node of `steps` moves by its step, and whatever depends on them follows.

    Each node is computed at its recorded operands, and at operands moved by 10^-exponent of the step; what is passed on
    is the difference. The rounding of a recorded value is in both, so no later node magnifies it.

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
    from autograd.check.many_digits import many_digits as m

    with m.precision(digits, {node.op for node in order if node.op is not None}):
        mpf = m.context.mpf
        apart = mpf(10) ** -exponent
        here: dict[Value, Number] = {}
        there: dict[Value, Number] = {}
        for node in order:
            here[node] = mpf(node.data)
            shift = mpf(steps[node]) * apart if node in steps else 0
            if any(parent in there for parent in node.parents):
                shift += _passed_on(node, here, there, node in linear, m)
            if shift:
                there[node] = here[node] + shift
        try:
            return float((there.get(output, here[output]) - here[output]) / apart)
        except OverflowError:
            return inf


def _passed_on(
    node: Node, here: Mapping[Node, Number], there: Mapping[Node, Number], linear: bool, m: "ManyDigits"
) -> Number:
    """How far a node moves when its operands go from `here` to `there`."""
    if node.op.condition:
        return 0
    # Nothing passes from an operand that does not matter: below a relu that is off a slope may be infinite.
    fixed = truths(node) | {i for i, local in enumerate(node.local_grads) if local is NOTHING}
    before = [here[parent] for parent in node.parents]
    after = [here[parent] if i in fixed else there.get(parent, here[parent]) for i, parent in enumerate(node.parents)]
    if not linear:
        try:
            shift = node.op.value(m, *after) - node.op.value(m, *before)
            if hasattr(shift, "_mpf_"):
                return m.context.mpf(shift)
        except Exception:  # whatever a user's operation raises on mpmath's numbers: its recorded slopes stand in
            pass
    return sum(local * (b - a) for local, a, b in zip(node.local_grads, before, after, strict=True) if a is not b)
