"""Losses of one example. A Value and a list of one Value serve alike; lengths must match.

A loss is a Value; of plain numbers alone it is a number, as with the functions of `autograd`.
"""

from collections.abc import Iterable
from typing import Any

from autograd import Value, dot, logsumexp, relu, softplus, sum  # noqa: A004  (the mathematics' name)
from autograd.recorder import constant
from nn.arguments import is_sequence

Output = Value | float | Iterable[Value | float]
"""What a model gives, and a target: a number, or some."""


def squared_error(predictions: Output, targets: Output) -> Value:
    """½ Σ (pᵢ − aᵢ)², the J whose derivative by a prediction is the delta p − a. Of plain numbers it is a number.

    Raises:
        ValueError: if there are not as many targets as predictions.

    >>> p = Value(0.75)
    >>> J = squared_error(p, 1.0)
    >>> J.backward()
    >>> J.data, p.grad
    (0.03125, -0.25)
    """
    pairs = zip(*_pairs("squared_error", predictions, targets), strict=True)
    return 0.5 * sum((p - a) ** 2 for p, a in pairs)


def hinge(score: Output, target: Output) -> Value:
    """max(0, 1 − target · score) for a target of 1 or −1: no loss once the score is right by a margin of 1.

    Raises:
        ValueError: if the target is a number other than 1 and −1.

    >>> hinge(Value(0.25), -1).data
    1.25
    """
    [z], [y] = _pairs("hinge", score, target, one=True)
    if not isinstance(y, Value) and y not in (-1, 1):
        raise ValueError(f"the target of hinge is 1 or -1, not {y!r}")
    return relu(1 - y * z)


def binary_cross_entropy(logit: Output, target: Output) -> Value:
    """−log p of the target under p = σ(logit): with a target of 1, softplus(−logit); with 0, softplus(logit).

    It takes the logit z, before the sigmoid, so that nothing overflows and no digit is lost: z = −800 with target 1
    gives 800. A target between 0 and 1 weighs the two. An infinite logit gives NaN: the weight 0 times ∞.

    Raises:
        ValueError: if the target is a number outside [0, 1].

    >>> binary_cross_entropy(Value(-800.0), 1).data
    800.0
    """
    [z], [y] = _pairs("binary_cross_entropy", logit, target, one=True)
    if not isinstance(y, Value) and not 0 <= y <= 1:
        raise ValueError(f"the target of binary_cross_entropy is 0 or 1 (or a probability), not {y!r}")
    return y * softplus(-z) + (1 - y) * softplus(z)


def cross_entropy(logits: Output, one_hot: Output) -> Value:
    """logsumexp(z) − Σ yᵢzᵢ = −log softmax(z) at the label; its derivative by the logits is softmax(z) − y.

    The value is a difference of numbers as large as the logits, and its derivative at the label one of numbers up to 1:
    both are right to a rounding of these, so that a loss far below 1e-16 of the logits comes out as 0.

    Args:
        logits: a score for each class, before the softmax.
        one_hot: 1 for the class of the example and 0 for the others (or probabilities that add up to 1).

    Raises:
        ValueError: if there are not as many entries as logits, one is below 0, or they do not add up to 1.

    >>> z = [Value(-2.85), Value(0.86), Value(0.28)]
    >>> f"{cross_entropy(z, [0, 0, 1]):.2f}"
    '1.04'
    """
    z, y = _pairs("cross_entropy", logits, one_hot)
    if not any(isinstance(entry, Value) for entry in y) and not (min(y) >= 0 and abs(sum(y) - 1) < 1e-6):
        raise ValueError(f"one_hot must hold a 1 at the class of the example, or probabilities: not {y}")
    return logsumexp(z) - dot(y, z)


def l2(parameters: Iterable[Value], strength: float) -> Value:
    """strength · Σ p², added to a loss to keep the parameters small; the number 0 if there are none.

    Raises:
        TypeError: if `parameters` is no list of Values, as ``model.parameters()`` is.

    >>> l2([Value(3.0), Value(-4.0)], 0.01).data
    0.25
    """
    if not is_sequence(parameters):
        raise TypeError(f"l2 takes a list of Values, as model.parameters(), not {parameters!r}")
    parameters = list(parameters)
    for parameter in parameters:
        if not isinstance(parameter, Value):
            raise TypeError(f"l2 takes a list of Values, as model.parameters(), not one with {parameter!r} in it")
    return strength * dot(parameters, parameters)


def _pairs(name: str, predictions: Output, targets: Output, *, one: bool = False) -> tuple[list[Any], list[Any]]:
    """Both sides as lists of one length; a Value or a number alone counts as a list of one."""
    left, right = _as_list(predictions, f"an output in {name}"), _as_list(targets, f"a target of {name}")
    if one and len(left) != 1:
        raise ValueError(f"{name} takes one output, not {len(left)}")
    if len(left) != len(right):
        raise ValueError(f"{name} takes as many targets as outputs, not {len(right)} targets for {len(left)} outputs")
    if not left:
        raise ValueError(f"{name} takes at least one output")
    return left, right


def _as_list(thing: Any, role: str) -> list[Any]:
    things = thing if is_sequence(thing) else [thing]
    return [x if isinstance(x, Value) else constant(x, role).data for x in things]
