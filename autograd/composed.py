"""Functions that are composed of operations of the table: their derivatives are the chain rule's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, overload

from autograd.numbers import Number
from autograd.operands import operands_in
from autograd.ops import exp, logsumexp, subtract

if TYPE_CHECKING:
    from autograd.value import Value


@overload
def softmax(values: Iterable[float]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def softmax(values: "Iterable[Value | float]") -> "list[Value]": ...
def softmax(values: Iterable[Number]) -> list[Number]:
    """exp(xᵢ) / Σⱼ exp(xⱼ) for each value, over one shared logsumexp: no overflow, and a sum of 1.

    Each p is right to about 1e-16 · max(1, |xⱼ|), relative to p; what a p near 1 lacks of it, and p(1 − p), absolutely.

    >>> from autograd import Value
    >>> [f"{p:.3f}" for p in softmax([Value(-2.85), Value(0.86), Value(0.28)])]
    ['0.015', '0.631', '0.353']
    """
    operands = operands_in(values, "softmax")
    total = logsumexp.record(*operands)
    return [exp.record(subtract.record(x, total)) for x in operands]
