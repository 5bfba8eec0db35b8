"""The functions of sequences: one node for a whole sum, however long."""

from collections.abc import Iterable
from typing import Any

from autograd import ops
from autograd.errors import operands_in
from autograd.value import Value  # noqa: F401  (for the examples)


def sum(values: Iterable[Any], start: Any = 0) -> Any:  # noqa: A001  (the mathematics' name)
    """start + x₁ + … + xₙ as one node, rounded once: [1e16, 1, -1e16] gives 1, in any order.

    Works on Values and numbers alike; of numbers only it is a number. A Value that occurs twice counts twice.

    Raises:
        TypeError: if `values` is a Value alone, a dict or another thing that is no list of Values or numbers.

    >>> x = Value(2.0)
    >>> y = sum([x, 3.0, x])
    >>> y.backward()
    >>> y.data, x.grad
    (7.0, 2.0)
    """
    operands = operands_in(values, "sum")
    return ops.sum.record(*operands) if type(start) is int and start == 0 else ops.sum.record(*operands, start)


def dot(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = 0) -> Any:
    """w₁x₁ + … + wₙxₙ + bias as one node: the weighted sum of a neuron.

    Args:
        weights, inputs: two sequences of one length, of Values or numbers.
        bias: a Value or a number.

    Raises:
        TypeError: if the weights or the inputs are a Value alone, a dict or another thing that is no list of numbers.
        ValueError: if the lengths differ.

    >>> w = [Value(0.5), Value(-1.0)]
    >>> y = dot(w, [2.0, 3.0], bias=1.0)
    >>> y.backward()
    >>> y.data, [p.grad for p in w]
    (-1.0, [2.0, 3.0])
    """
    weights, inputs = operands_in(weights, "dot"), operands_in(inputs, "dot")
    if len(weights) != len(inputs):
        raise ValueError(f"dot takes as many inputs as weights, not {len(inputs)} inputs and {len(weights)} weights")
    if type(bias) is int and bias == 0:
        return ops.dot.record(*weights, *inputs)
    return ops.dot.record(*weights, *inputs, bias)


def softmax(values: Iterable[Any]) -> list[Any]:
    """exp(xᵢ) / Σⱼ exp(xⱼ) for each value, over one shared logsumexp: no overflow, and a sum of 1.

    Each p is right to a rounding of the largest score, relative to p: to about 1e-16 · max(1, |xⱼ|). So what a p near 1
    lacks of it, and its derivative p(1 − p), are right to that absolutely, and far below it may come out as 0.

    Raises:
        TypeError: if `values` is a Value alone, a dict or another thing that is no list of Values or numbers.
        ValueError: if there are no values.

    >>> [f"{p:.3f}" for p in softmax([Value(-2.85), Value(0.86), Value(0.28)])]
    ['0.015', '0.631', '0.353']
    """
    operands = operands_in(values, "softmax")
    total = ops.logsumexp.record(*operands)
    return [ops.exp.record(ops.subtract.record(x, total)) for x in operands]
