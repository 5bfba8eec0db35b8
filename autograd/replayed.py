"""The slope of a whole graph along a direction: the graph replayed in mpmath, beside the point that was recorded."""

from collections.abc import Collection, Mapping, Sequence
from math import inf
from typing import Any

from autograd import ops


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

    from autograd.numbers import multiprecision

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
