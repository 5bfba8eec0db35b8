"""Losses of one example. A Value and a list of one Value serve alike; lengths must match.

A loss is a Value; of plain numbers alone it is a number, as with the functions of `autograd`.

What the target of a loss must be is said by its attribute ``check_target``: a function of (outputs, target) that raises
ValueError for what the loss does not take. `fit` calls it for each distinct target before the first step, with the
outputs of one example. A loss of your own may carry one too. A loss without is itself called with each distinct target;
so it may begin with ``if y not in (0, 1): raise ValueError(...)``. (Of more than 10,000 distinct targets, those and the
two extremes.) With an attribute ``takes_numbers`` that is true, one target is enough, for any numbers will do.

>>> def poisson(rate, count):
...     return rate.exp() - count * rate
>>> def see_a_count(outputs, target):
...     if target < 0 or target != int(target):
...         raise ValueError(f"the target of poisson is a count, not {target}")
>>> poisson.check_target = see_a_count
"""

import warnings
from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from math import inf, nan
from typing import TypeVar, cast

from autograd import Value, dot, logsumexp, minimum, ops, relu, softplus, sum, where  # noqa: A004  (the mathematics' name)
from autograd.errors import refuse_call
from autograd.nodes import constant
from autograd.untyped import AnyFunction, Anything, Real
from nn.arguments import is_sequence, is_whole, number_in_range, number_unless_traced
from nn.habits import LOSS_OF_NOTHING, OF_A_LOSS

Output = Value | Real | Iterable[Value | Real]
"""What a model gives, and a target: a number, or some."""

Loss = TypeVar("Loss", bound=AnyFunction)


def _with_check(
    check_target: Callable[[Anything, Anything], object], *, takes_numbers: bool = False
) -> Callable[[Loss], Loss]:
    """Give a loss its test of targets, whether it takes any numbers, and the words for other arguments."""

    def mark(loss: Loss) -> Loss:
        known = signature(loss)

        @wraps(loss)
        def asked(*arguments: Anything, **named: Anything) -> Anything:
            try:
                return loss(*arguments, **named)
            except TypeError:
                if not arguments and not named.keys() & known.parameters.keys():
                    raise TypeError(f"{loss.__name__}: {LOSS_OF_NOTHING.replace('{}', loss.__name__)}") from None
                refuse_call(loss.__name__, known, arguments, named, OF_A_LOSS)
                raise

        asked.check_target = check_target  # type: ignore[attr-defined]  # a function takes attributes
        asked.takes_numbers = takes_numbers  # type: ignore[attr-defined]
        return cast("Loss", asked)

    return mark


def _pairs_of(name: str) -> Callable[[Output, Output], object]:
    return lambda predictions, targets: _pairs(name, predictions, targets)


@_with_check(_pairs_of("squared_error"), takes_numbers=True)
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


@_with_check(_pairs_of("absolute_error"), takes_numbers=True)
def absolute_error(predictions: Output, targets: Output) -> Value:
    """Σ |pᵢ − aᵢ|: an outlier pulls no more than any other example. Its slope is ±1, and 0 where they are equal.

    Raises:
        ValueError: if there are not as many targets as predictions.

    >>> absolute_error([Value(0.75), Value(2.0)], [1.0, 1.5]).data
    0.75
    """
    pairs = zip(*_pairs("absolute_error", predictions, targets), strict=True)
    return sum(abs(p - a) for p, a in pairs)


@_with_check(_pairs_of("huber"), takes_numbers=True)
def huber(predictions: Output, targets: Output, delta: float = 1.0) -> Value:
    """Σ ½ d² where |d| ≤ δ, and δ (|d| − ½ δ) beyond, of d = pᵢ − aᵢ: squared near 0, and straight for outliers.

    P. J. Huber, "Robust Estimation of a Location Parameter" (1964). For another delta give `fit` a function:
    ``loss=lambda p, a: huber(p, a, delta=0.5)``.

    Raises:
        TypeError, ValueError: if there are not as many targets as predictions, or for a delta that is not above 0.

    >>> huber([Value(0.5), Value(3.0)], [0.0, 0.0]).data
    2.625
    """
    delta = number_in_range("delta", delta, above=0)
    pairs = zip(*_pairs("huber", predictions, targets), strict=True)
    return sum(_huber(abs(p - a), delta) for p, a in pairs)


def _huber(distance: Anything, delta: float) -> Anything:
    # ½ d² for near = d, and δ d − ½ δ² for near = δ: no square of a large distance is taken, which would overflow.
    near = minimum(distance, delta)
    return near * (distance - 0.5 * near)


def _score_and_sign(score: Output, target: Output) -> tuple[Anything, Anything]:
    [z], [y] = _pairs("hinge", score, target, one=True)
    _see_that_the_output_comes_first("hinge(score, target)", [z], [y])
    if (number := number_unless_traced(y)) is not None and number not in (-1, 1):
        raise ValueError(f"the target of hinge is 1 or -1, not {number!r}")
    return z, y


@_with_check(_score_and_sign)
def hinge(score: Output, target: Output) -> Value:
    """max(0, 1 − target · score) for a target of 1 or −1: no loss once the score is right by a margin of 1.

    Raises:
        ValueError: if the target is a number other than 1 and −1, or holds the only Value: they are swapped then.

    >>> hinge(Value(0.25), -1).data
    1.25
    """
    z, y = _score_and_sign(score, target)
    return relu(1 - y * z)


def _logit_and_probability(logit: Output, target: Output) -> tuple[Anything, Anything]:
    [z], [y] = _pairs("binary_cross_entropy", logit, target, one=True)
    _see_that_the_output_comes_first("binary_cross_entropy(logit, target)", [z], [y])
    if (number := number_unless_traced(y)) is not None and not 0 <= number <= 1:
        raise ValueError(f"the target of binary_cross_entropy is 0 or 1 (or a probability), not {number!r}")
    _see_that_they_are_logits("binary_cross_entropy", [z])
    return z, y


@_with_check(_logit_and_probability)
def binary_cross_entropy(logit: Output, target: Output) -> Value:
    """−log p of the target under p = σ(logit): with a target of 1, softplus(−logit); with 0, softplus(logit).

    It takes the logit z, before the sigmoid, so that nothing overflows and no digit is lost: z = −800 with target 1
    gives 800. A target between 0 and 1 weighs the two. An infinite logit has its limit: 0 if it is right, else ∞. It
    warns of an output that has been through the sigmoid already.

    Raises:
        ValueError: if the target is a number outside [0, 1], or holds the only Value: they are swapped then.

    >>> binary_cross_entropy(Value(-800.0), 1).data
    800.0
    """
    z, y = _logit_and_probability(logit, target)
    weights, losses = zip(*_weighed([y, 1 - y], [softplus(-z), softplus(z)]), strict=True)
    return dot(weights, losses)


def _logits_and_classes(logits: Output, target: Anything) -> tuple[list[Anything], Anything]:
    """The logits, and the class number of the target, or its probabilities as a list."""
    if is_sequence(logits) and not is_sequence(target):
        z = _as_list(logits, "an output in cross_entropy")
        if len(z) > 1:
            _see_that_the_output_comes_first("cross_entropy(logits, class_number)", z, [target])
            _see_that_they_are_logits("cross_entropy", z)
            return z, _class_number(target, len(z))
    z, y = _pairs("cross_entropy", logits, target)
    _see_that_the_output_comes_first("cross_entropy(logits, one_hot)", z, y)
    _see_that_they_are_logits("cross_entropy", z)
    numbers = [number for entry in y if (number := number_unless_traced(entry)) is not None]
    if len(numbers) == len(y) and not (min(numbers) >= 0 and abs(sum(numbers) - 1) < 1e-6):
        if len(z) == 1:
            raise ValueError(
                f"the one class of a single logit has the probability 1, not {numbers[0]}: give cross_entropy a logit "
                "for each class, or take binary_cross_entropy(logit, 0 or 1)"
            )
        raise ValueError(f"one_hot must hold a 1 at the class of the example, or probabilities: not {numbers}")
    return z, y


def _class_number(target: Anything, count: int) -> Anything:
    """The number of a class as an int; a Value, if `vectorize` records: an array will bring the class.

    The eager engine of `fit` gives it as a constant Value to a loss that also compares it, as in where(y == 1, a, b).
    """
    number = None
    if isinstance(target, Value):
        if (known := number_unless_traced(target)) is None:
            return target
        number = int(known) if target.constant and known.is_integer() else None
    elif is_whole(target):
        number = int(target)
    if number is None:
        _as_list(target, "a target of cross_entropy")
        raise ValueError(
            f"cross_entropy takes as many targets as outputs, not 1 targets for {count} outputs; or the number of a "
            f"class as an int, as in cross_entropy(logits, 1), not {target!r}"
        )
    if not 0 <= number < count:
        raise ValueError(f"the class number of cross_entropy is one from 0 to {count - 1}, not {number}")
    return number


@_with_check(_logits_and_classes)
def cross_entropy(logits: Output, one_hot: Output) -> Value:
    """logsumexp(z) − Σ yᵢzᵢ = −log softmax(z) at the label; its derivative by the logits is softmax(z) − y.

    The value is a difference of numbers as large as the logits, and its derivative at the label one of numbers up to 1:
    both are right to a rounding of these, so that a loss far below 1e-16 of the logits comes out as 0. A class that is
    masked by a logit of −∞ has probability 0: it adds nothing, and is infinitely wrong as the label. It warns of
    outputs that have been through `softmax` already.

    Args:
        logits: a score for each class, before the softmax.
        one_hot: 1 for the class of the example and 0 for the others (or probabilities that add up to 1); or the number
            of its class, an int from 0. (`fit` gives a column of whole numbers to the loss as ints.)

    Raises:
        ValueError: if there are not as many entries as logits, one is below 0, or they do not add up to 1; if there is
            no class of that number; or if the target holds the only Values: then the arguments are swapped.

    >>> z = [Value(-2.85), Value(0.86), Value(0.28)]
    >>> f"{cross_entropy(z, [0, 0, 1]):.2f}", f"{cross_entropy(z, 2):.2f}"
    ('1.04', '1.04')
    """
    z, y = _logits_and_classes(logits, one_hot)
    if not isinstance(y, list):
        return logsumexp(z) - (_at(y, z) if isinstance(y, Value) else z[y])
    weights, scores = zip(*_weighed(y, z), strict=True)
    return logsumexp(z) - dot(weights, scores)


def _weighed(probabilities: list[Anything], scores: list[Anything]) -> list[tuple[Anything, Anything]]:
    """The pairs of the two that count: 0 · ∞, of a class that is not the target, has the limit 0."""
    pairs = []
    for probability, score in zip(probabilities, scores, strict=True):
        if isinstance(probability, Value) and number_unless_traced(probability) is None:
            infinite = ops.equal.record(ops.absolute.record(score), inf)
            left_out = ops.both.record(ops.equal.record(probability, 0.0), infinite)
            pairs.append((probability, where(left_out, 0.0, score)))
        elif isinstance(probability, Value):
            number = number_unless_traced(score)
            if probability.data != 0 or number is None or abs(number) != inf:
                pairs.append((probability, score))
        elif probability != 0:
            pairs.append((probability, score))
    return pairs


def _at(number: Value, z: list[Anything]) -> Value:
    """The logit of a class whose number an array will bring; NaN if there is no such class."""
    is_class = [ops.equal.record(number, float(k)) for k in range(len(z))]
    logit = sum(where(condition, score, 0.0) for condition, score in zip(is_class, z, strict=True))
    return where(sum(is_class) > 0, logit, nan)


def l2(parameters: Iterable[Value], strength: float) -> Value:
    """strength · Σ p², added to a loss to keep the parameters small; the number 0 if there are none.

    Raises:
        TypeError: if `parameters` is not a list of Values, as ``model.parameters()`` is.

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


def _pairs(
    name: str, predictions: Output, targets: Output, *, one: bool = False
) -> tuple[list[Anything], list[Anything]]:
    """Both sides as lists of one length; a Value or a number alone counts as a list of one."""
    left, right = _as_list(predictions, f"an output in {name}"), _as_list(targets, f"a target of {name}")
    if one and len(left) != 1:
        raise ValueError(f"{name} takes one output, not {len(left)}")
    if len(left) != len(right):
        raise ValueError(f"{name} takes as many targets as outputs, not {len(right)} targets for {len(left)} outputs")
    if not left:
        raise ValueError(f"{name} takes at least one output")
    return left, right


def _as_list(thing: Anything, role: str) -> list[Anything]:
    things = thing if is_sequence(thing) else [thing]
    return [x if isinstance(x, Value) else constant(x, role).data for x in things]


def _see_that_they_are_logits(loss: str, outputs: list[Anything]) -> None:
    """Warn of probabilities, of which the loss would be another one, and flat where they are wrong."""
    made_by = {_activation(output) for output in outputs}
    if made_by not in ({"sigmoid"}, {"softmax"}):
        return
    [activation] = made_by
    warnings.warn(
        f"{loss} takes what comes before the {activation}, and is given what comes after it: the {activation} would "
        "count twice. Leave it out of the model, and apply it to the model's outputs where probabilities are wanted",
        stacklevel=5,
    )


def _activation(output: Anything) -> str | None:
    """Which function of logits an output comes from."""
    if not isinstance(output, Value):
        return None
    if output.op is ops.sigmoid:
        return "sigmoid"
    inner = output.parents[0] if output.op is ops.exp else None
    is_softmax = inner is not None and inner.op is ops.subtract and inner.parents[1].op is ops.logsumexp
    return "softmax" if is_softmax else None


def _see_that_the_output_comes_first(call: str, outputs: list[Anything], targets: list[Anything]) -> None:
    """Refuse swapped arguments, whose loss is another one and trains all the same."""
    if any(isinstance(y, Value) for y in targets) and not any(isinstance(z, Value) for z in outputs):
        raise ValueError(f"{call} takes the model's output first, but here its target alone holds a Value")
