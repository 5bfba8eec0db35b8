"""What the parts of check_gradients share."""

from dataclasses import dataclass

from autograd.report import Line
from autograd.value import Value

TOLERANCE = 1e-10
"""How far a local gradient may be off, relative to the oracle. A rule loses a few digits to rounding, not six."""


@dataclass(frozen=True, kw_only=True)
class GradientLine(Line):
    """A line about one gradient: `claimed` is the recorded number, `correct` that of the oracle."""

    node: Value
    operand: int | None = None
    """Which operand of the node, from 0; None for the gradient of the output by the node."""
