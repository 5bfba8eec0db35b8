"""Schedules of the learning rate: functions of the epoch, from 1, that give the factor by which it is multiplied.

``fit(..., schedule=cosine_decay(100))`` takes one, or any function of your own: ``schedule=lambda epoch: 0.9**epoch``.
"""

from collections.abc import Callable
from math import cos, inf, isfinite, pi

from autograd.errors import quoted, whole_number
from nn.arguments import number_in_range

Schedule = Callable[[int], float]
"""The factor on the learning rate in an epoch, from 1."""


def cosine_decay(epochs: int, least: float = 0.0) -> Schedule:
    """From 1 in the first epoch along half a cosine down to `least`, which it keeps after as many epochs.

    I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), arXiv:1608.03983,
    equation 5, without restarts.

    Raises:
        TypeError, ValueError: for a number of epochs below 1, or `least` outside [0, 1).

    >>> schedule = cosine_decay(4)
    >>> [round(schedule(epoch), 4) for epoch in range(1, 7)]
    [1.0, 0.8536, 0.5, 0.1464, 0.0, 0.0]
    """
    epochs = whole_number("epochs", epochs, least=1)
    least = number_in_range("least", least, least=0, below=1)
    return lambda epoch: least + (1 - least) * (1 + cos(pi * min(epoch - 1, epochs) / epochs)) / 2


def step_decay(every: int, factor: float = 0.1) -> Schedule:
    """1 for the first `every` epochs, then multiplied by `factor` after each `every` epochs.

    Raises:
        TypeError, ValueError: for `every` below 1, or a factor that is not above 0 and below 1.

    >>> schedule = step_decay(2, factor=0.5)
    >>> [schedule(epoch) for epoch in range(1, 7)]
    [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """
    every = whole_number("every", every, least=1)
    factor = number_in_range("factor", factor, above=0, below=1)
    return lambda epoch: factor ** ((epoch - 1) // every)


def warm_up(epochs: int, then: Schedule | None = None) -> Schedule:
    """Up in equal steps to 1 in epoch number `epochs`; then 1, or what another schedule gives from its epoch 1.

    Raises:
        TypeError, ValueError: for a number of epochs below 1, or a `then` that cannot be called.

    >>> schedule = warm_up(2, then=step_decay(2, factor=0.5))
    >>> [schedule(epoch) for epoch in range(1, 7)]
    [0.5, 1.0, 1.0, 1.0, 0.5, 0.5]
    """
    epochs = whole_number("epochs", epochs, least=1)
    if then is not None and not callable(then):
        raise TypeError(f"then must be a schedule, a function of the epoch, not {quoted(then)}")
    after: Schedule = then or (lambda epoch: 1.0)
    return lambda epoch: epoch / epochs if epoch <= epochs else after(epoch - epochs)


def factor_of(schedule: Schedule | None, epoch: int) -> float:
    """What a schedule gives for an epoch, seen to; 1 without one."""
    if schedule is None:
        return 1.0
    factor = schedule(epoch)
    try:
        number = float(factor)
    except OverflowError:  # of an int of some hundred digits
        number = inf
    except (TypeError, ValueError):
        instead = ": give it numbers first, as in schedule=cosine_decay(100)" * callable(factor)
        raise TypeError(
            f"schedule({epoch}) must give a number, the factor on lr, not {quoted(factor)}{instead}"
        ) from None
    if not (isfinite(number) and number >= 0):
        raise ValueError(f"schedule({epoch}) must give a finite factor on lr of at least 0, not {quoted(factor)}")
    return number
