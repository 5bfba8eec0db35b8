"""What the parts of check_gradients share: the tolerance, a line of the report, and two questions about operands."""

from dataclasses import dataclass

from autograd import ops
from autograd.report import Line
from autograd.value import Value

TOLERANCE = 1e-10
"""How far a local gradient may be off, relative to the oracle. A rule loses a few digits to rounding, not six."""


@dataclass(frozen=True, kw_only=True, repr=False)
class GradientLine(Line):
    """A line about one gradient: `claimed` is the recorded number, `correct` that of the oracle."""

    node: Value
    operand: int | None = None
    """Which operand of the node, from 0; None for the gradient of the output by the node."""


def conditions(node: Value) -> set[int]:
    """The operands that the operation itself takes for true or false."""
    if node.op in (ops.both, ops.either, ops.opposite):
        return set(range(len(node.parents)))
    return {0} if node.op is ops.where else set()


def truths(node: Value) -> set[int]:
    """The operands of a node that are true or false: they cannot be moved a little."""
    found = {i for i, parent in enumerate(node.parents) if parent.op is not None and parent.op.condition}
    return found | conditions(node)
