"""Functions that are composed of operations of the table: their derivatives are the chain rule's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

from autograd.operands import operands_in
from autograd.ops import exp, logsumexp, maximum, minimum, subtract

if TYPE_CHECKING:
    from autograd.value import Value


@overload
def clip(x: float, low: float, high: float) -> float: ...  # type: ignore[overload-overlap]  # as in Operation
@overload
def clip(x: "Value | float", low: "Value | float", high: "Value | float") -> "Value": ...
def clip(x: Any, low: Any, high: Any) -> Any:
    """The nearest number to x from low to high: minimum(maximum(x, low), high)."""
    return minimum(maximum(x, low), high)


@overload
def softmax(values: Iterable[float]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def softmax(values: "Iterable[Value | float]") -> "list[Value]": ...
def softmax(values: Iterable[Any]) -> list[Any]:
    """exp(xᵢ) / Σⱼ exp(xⱼ) for each value, over one shared logsumexp: no overflow, and a sum of 1.

    Each p is right to about 1e-16 · max(1, |xⱼ|), relative to p; what a p near 1 lacks of it, and p(1 − p), absolutely.

    >>> from autograd import Value
    >>> [f"{p:.3f}" for p in softmax([Value(-2.85), Value(0.86), Value(0.28)])]
    ['0.015', '0.631', '0.353']
    """
    operands = operands_in(values, "softmax")
    total = logsumexp.record(*operands)
    return [exp.record(subtract.record(x, total)) for x in operands]
