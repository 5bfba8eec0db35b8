"""The steps of a training as one loop that XLA compiles, on one device or many.

The loop goes over an array of indices, and its bounds are data, as the learning rates are. A `lax.scan` has its length
compiled in: it would be compiled anew for each number of steps between two looks of the host, and could not end where a
number is not finite.
"""

from collections.abc import Sequence
from copy import copy
from functools import reduce
from operator import and_

from autograd.untyped import AnyArray, AnyFunction
from nn.devices import Devices
from nn.finite import clipped
from nn.optimizers import Optimizer

State = tuple[AnyArray, AnyArray, AnyArray]
"""The parameters as the program takes them, the state of the optimizer, the gradient of the last step."""


class DeviceLoop:
    """Steps of an optimizer on examples that lie on the devices.

    Args:
        devices: where they lie.
        function: ``(theta, *columns, *draws) -> (mean value, gradient)``; if `weighted`, the last column has weights.
        optimizer: says what a step is.
        own: the places of the optimizer's parameters in theta: an array of ints, or a slice of all.
        columns: each (devices, rows, *shape): the rows that each device has, where they lie.
        weighted: whether rows have weights: then the value is Σ w·loss / Σ w over the rows of a step.
        clip: how long a gradient may be, or None.
    """

    def __init__(
        self,
        devices: Devices,
        function: AnyFunction,
        optimizer: Optimizer,
        own: AnyArray,
        columns: Sequence[AnyArray],
        *,
        weighted: bool,
        clip: float | None,
    ) -> None:
        self._function = function
        self._optimizer = optimizer
        self._own = own
        self._weighted = weighted
        self._clip = clip
        self._jax = devices.jax
        self._columns = columns
        self._compiled = self._jax.jit(self._loop, out_shardings=devices.on_each)

    def __call__(
        self, learnt: State, rates: AnyArray, indices: AnyArray, draws: Sequence[AnyArray], start: int, stop: int
    ) -> tuple[State, list[AnyArray], AnyArray]:
        """Take the steps from `start` on, up to `stop` or to one that is not finite, which is not taken.

        Args:
            learnt: what to go on from.
            rates: the learning rate of each step.
            indices: (steps, devices, rows of each): the places of a step's rows among those of each device. None where
                every step takes all rows.
            draws: for each kind (steps, devices, rows of each, numbers).
            start, stop: the steps to take, from the first of `rates` on.

        Returns:
            What is learnt; the value of each step and, if there are weights, its weight; and where it ended, before the
            step of that number.
        """
        found: tuple[State, list[AnyArray], AnyArray] = self._compiled(
            learnt, self._columns, rates, indices, draws, start, stop
        )
        return found

    def _loop(
        self,
        learnt: State,
        columns: Sequence[AnyArray],
        rates: AnyArray,
        indices: AnyArray,
        draws: Sequence[AnyArray],
        start: AnyArray,
        stop: AnyArray,
    ) -> tuple[State, list[AnyArray], AnyArray]:
        np = self._jax.numpy

        def goes_on(carry: AnyArray) -> AnyArray:
            place, finite, *_ = carry
            return (place < stop) & finite

        def body(carry: AnyArray) -> AnyArray:
            place, _, learnt, told = carry
            rows = self._rows(columns, None if indices is None else indices[place])
            drawn = [_merged(kind[place]) for kind in draws]
            finite, after, numbers = self._step(learnt, rates[place], rows, drawn)
            learnt = self._jax.tree.map(lambda new, old: np.where(finite, new, old), after, learnt)
            told = [known.at[place].set(number) for known, number in zip(told, numbers, strict=True)]
            return place + finite, finite, learnt, told

        told = [np.zeros(len(rates)) for _ in range(1 + self._weighted)]
        end, _, learnt, told = self._jax.lax.while_loop(
            goes_on, body, (np.asarray(start), np.asarray(True), learnt, told)
        )
        return learnt, told, end

    def _rows(self, columns: Sequence[AnyArray], places: AnyArray) -> list[AnyArray]:
        """The rows of a step: each device takes them from its own, so that none is sent."""
        if places is None:
            return [_merged(column) for column in columns]
        take = self._jax.vmap(lambda rows, places: rows.at[places].get(mode="promise_in_bounds"))
        return [_merged(take(column, places)) for column in columns]

    def _step(
        self, learnt: State, rate: AnyArray, rows: Sequence[AnyArray], drawn: Sequence[AnyArray]
    ) -> tuple[AnyArray, State, list[AnyArray]]:
        """Whether all numbers of a step are finite, what is learnt by it, its value and, if it has one, its weight."""
        np = self._jax.numpy
        theta, state, _ = learnt
        value, gradient = self._function(theta, *rows, *drawn)
        numbers = [value]
        if self._weighted:
            weight = rows[-1].sum()
            factor = len(rows[-1]) / weight
            value, gradient = value * factor, gradient * factor
            numbers = [value, weight]
        gradient = gradient[self._own]
        finite = np.isfinite(value)
        if self._clip is not None:
            finite &= np.isfinite(gradient).all()
            gradient = clipped(gradient, self._clip, np)
        optimizer = copy(self._optimizer)
        optimizer.lr = rate  # as data: a schedule changes it without a compilation
        before = theta[self._own]
        try:
            after, new_state = optimizer.rule(before, gradient, state)
        except TypeError as error:
            error.add_note(
                f"The rule of {type(optimizer).__name__} is compiled, so it must be arithmetic on JAX arrays: no if, "
                "no function of NumPy or math. fit(..., engine='numpy') takes any rule."
            )
            raise
        new_state = self._jax.tree.map(lambda new, old: np.asarray(new, old.dtype), new_state, state)
        pairs = [
            (after, before),
            (gradient, before),
            *zip(*map(self._jax.tree.leaves, (new_state, state)), strict=True),
        ]
        for shape in dict.fromkeys(new.shape for new, _ in pairs):
            # Arrays of one shape together: each reduction costs a small step as much as a layer.
            alike = [np.isfinite(new) | ~np.isfinite(old) for new, old in pairs if new.shape == shape]
            finite &= reduce(and_, alike).all()
        theta = after if isinstance(self._own, slice) else theta.at[self._own].set(after)
        return finite, (theta, new_state, gradient), numbers


def _merged(parts: AnyArray) -> AnyArray:
    """The rows of all devices, in one axis."""
    return parts.reshape(-1, *parts.shape[2:])
