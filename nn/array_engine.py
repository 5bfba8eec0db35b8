"""The engine of arrays: the loss is recorded once and lifted to NumPy by `vectorize`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import isfinite
from typing import TYPE_CHECKING

from autograd import Value
from autograd.untyped import AnyArray
from nn.data import Data
from nn.draws import Draws
from nn.eager_engine import Eager
from nn.engine import NO_PARAMETER, Engine, Epoch
from nn.finite import clipped, error_of_step, finite_numbers, is_finite, still_finite
from nn.optimizers import Optimizer
from nn.predictions import in_pieces
from nn.recorded_loss import SMALL, DrawnLoss, RecordedLoss

if TYPE_CHECKING:
    from autograd.lifting.program import Program


Learnt = tuple[AnyArray, AnyArray, AnyArray]
"""The parameters as the program takes them, the state of the optimizer, and the last gradient, None before a step."""


class Arrays(Engine):
    """The loss, recorded and lifted to NumPy; parameters and the optimizer's state as flat arrays."""

    def __post_init__(self) -> None:
        if type(self.optimizer).step is not Optimizer.step:
            raise TypeError(
                f"{type(self.optimizer).__name__} has a step of its own, and arrays take its rule alone: "
                "let the rule do it, or use fit(..., engine='eager')"
            )
        from autograd.lifting.program import quietly

        self._quietly = quietly
        self._scalars = Eager(self.loss, self.optimizer, self.examples, self.held_out, self.chance)
        taken = [0] if self._scalars.try_one(self.examples[0]) else []
        self.loss.see_to_targets(self.examples, self.held_out, taken)
        self._drawn_loss = DrawnLoss(self.loss, self.examples, self.held_out)
        self._read_leaves: list[Value] = []
        self._model: tuple[Program, AnyArray] | None
        self._own: AnyArray
        self._ranks: list[int]
        self._written: Learnt
        self._lift()
        if not taken:
            self.loss.see_to_targets(self.examples, self.held_out, taken)
        self._learnt: Learnt  # replaced as a whole, so that Ctrl-C finds the numbers of one moment
        self._load()

    @property
    def recorded(self) -> RecordedLoss | None:
        return self._recording

    def look(self, first: Epoch) -> None:
        """All was looked at before the loss was lifted."""

    def step(self, batch: AnyArray) -> float:
        return self._step(batch, self.chance.arrays(len(batch), *self._drawn_loss.asked))

    def _step(self, batch: AnyArray, drawn: Sequence[AnyArray]) -> float:
        """A step with these draws."""
        before, old_state, _ = self._learnt
        # A batch of all examples has them in their order.
        columns = self._columns if len(batch) == len(self.examples) else [column[batch] for column in self._columns]
        value, gradient = self._quietly(self._program.differentiate, [*columns, *drawn], len(batch), before)
        if self.examples.weights is not None:
            factor = len(batch) / self.weight_of(batch)
            value, gradient = factor * value, factor * gradient
        theta = before
        if self._read_leaves:
            theta, gradient = before[self._own], gradient[self._own]
        moved = self._quietly(self._move, theta, gradient, old_state) if isfinite(value) else None
        if moved is None:
            value, gradient = self._by_scalars(batch, drawn)
            moved = self._quietly(self._move, theta, gradient, old_state)
        self._take(theta, *moved)
        return value

    def _take(self, theta: AnyArray, after: AnyArray, state: AnyArray, gradient: AnyArray, finite: bool) -> None:
        """Take a step from theta, if all of it is finite."""
        if not finite:
            raise error_of_step(self.optimizer, self._parameters, theta, after, gradient)
        if self._read_leaves:
            whole = self._learnt[0].copy()
            whole[self._own] = after
            after = whole
        self._learnt = after, state, gradient

    def _move(
        self, theta: AnyArray, gradient: AnyArray, old: AnyArray
    ) -> tuple[AnyArray, AnyArray, AnyArray, bool] | None:
        """The parameters after a step, the state, the gradient that was taken, and whether all of it is finite.

        None for a gradient that is not finite. That is looked for here, so that no line on the way need warn of it.
        """
        if not is_finite(gradient):
            return None
        if self.clip is not None:
            gradient = clipped(gradient, self.clip)
        after, state = self.optimizer.rule(theta, gradient, old)
        return after, state, gradient, is_finite(after) and still_finite([old], [state])

    def validate(self) -> float:
        import numpy as np

        held_out: Data = self.held_out  # type: ignore[assignment]  # or nobody asks
        with np.errstate(all="ignore"):
            value = float(self._of_all(self._validation, held_out.columns).mean())
        if isfinite(value):
            return value
        self.write()
        return self._scalars.validate()

    def outputs(self, data: Data) -> AnyArray:
        import numpy as np

        from autograd.lifting import vectorize

        if self._model is None:
            with suppress(TypeError):  # of a model that asks for numbers, and is given those of the first example
                program = vectorize(self.loss.functions[0], data[0][0], parameters=self._program.parameters)
                self._model = self._placed(program)
        if self._model is None:
            self.write()
            return self._scalars.outputs(data)
        with np.errstate(all="ignore"):
            return self._of_all(self._model, [data.inputs])

    def _of_all(self, program: "tuple[Program, AnyArray]", columns: list[AnyArray]) -> AnyArray:
        """What a program gives for all examples."""
        function, places = program
        return in_pieces(function, columns, at=self._learnt[0][places])

    def snapshot(self) -> Callable[[], list[float]]:
        theta, own, ranks = self._learnt[0], self._own, self._ranks
        return lambda: [number for _, number in sorted(zip(ranks, theta[own].tolist(), strict=True))]

    def write(self) -> None:
        theta, state, gradient = self._learnt
        if self._written is self._learnt:
            return
        self._written = self._learnt
        numbers, states = theta[self._own].tolist(), _apart(state, len(self._ranks))
        for rank, number, slope, part in zip(self._ranks, numbers, gradient.tolist(), states, strict=True):
            self.optimizer.parameters[rank].data = number
            self.optimizer.parameters[rank].grad = slope
            self.optimizer.states[rank] = part

    def read(self) -> None:
        finite_numbers(self.optimizer)
        with _told_of_the_scalar_engine():
            recording = self._drawn_loss.record(self._read)
        if recording.entries != self._recording.entries or self._trained != self.optimizer.parameters:
            # A leaf that changed once is read from now on, so that a next change costs nothing.
            self._read_leaves += self._recording.changed_leaves(recording)
            self._lift()
        self._load()

    def look_again(self, epochs: range, *, last: bool) -> None:
        # What it reads of a clock, a file or another thread. Seldom, so that it costs nothing beside many epochs.
        small = len(self._recording.entries) < SMALL
        # A power of two is among them where the last number needs more bits than the one before the first.
        to_look = small and epochs[-1].bit_length() > (epochs[0] - 1).bit_length()
        if to_look or (last and (small or epochs[-1] > 1)):
            # Where it has no value now, as log(w) where the last step left w below 0, the next step says so, if any.
            self.write()
            with _told_of_the_scalar_engine(), suppress(ValueError, ArithmeticError):
                self._drawn_loss.see_that_it_is(self._recording, self._read, f"after epoch {epochs[-1]}")

    @property
    def _read(self) -> set[Value]:
        """The leaves that the programs are to read at each call."""
        return {*self.optimizer.parameters, *self._read_leaves}

    def _lift(self) -> None:
        """Make the programs of what the loss records now."""
        import numpy as np

        from autograd.lifting import vectorize

        read = [*self.optimizer.parameters, *self._read_leaves]
        with _told_of_the_scalar_engine():
            self._recording = self._drawn_loss.record_twice(set(read))
            self._program = vectorize(self._drawn_loss, *self._drawn_loss.arguments, parameters=read)
            draws = [np.broadcast_to(0.0, (len(self.examples), count)) for count in self._drawn_loss.asked if count]
            columns = self._program.columns(*self.examples.columns, *self._drawn_loss.weights, *draws)
            self._columns = columns[: len(columns) - len(draws)]
            validation = self._program
            if self.held_out is not None and (any(self._drawn_loss.asked) or self._drawn_loss.weights):
                example = self._drawn_loss.arguments[: len(self.examples.columns)]
                validation = vectorize(self._drawn_loss.without_draws, *example, parameters=read)
        if not self._recording.depends_on(self.optimizer.parameters):
            raise ValueError(NO_PARAMETER)
        self._validation = self._placed(validation)
        self._model = None
        place = {parameter: index for index, parameter in enumerate(self._program.parameters)}
        rank = {parameter: index for index, parameter in enumerate(self.optimizer.parameters)}
        self._trained = list(self.optimizer.parameters)
        self._parameters = [parameter for parameter in self._program.parameters if parameter in rank]
        self._ranks = [rank[parameter] for parameter in self._parameters]
        self._own = np.array([place[p] for p in self._parameters]) if self._read_leaves else slice(None)

    def _placed(self, program: "Program") -> "tuple[Program, AnyArray]":
        """A program of the same parameters, with the place of each among those that are learnt."""
        import numpy as np

        place = {parameter: index for index, parameter in enumerate(self._program.parameters)}
        return program, np.array([place[parameter] for parameter in program.parameters], int)

    def _load(self) -> None:
        self._learnt = self._program.read(), _together([self.optimizer.states[rank] for rank in self._ranks]), None
        self._written = self._learnt

    def _by_scalars(self, batch: AnyArray, drawn: Sequence[AnyArray]) -> tuple[float, AnyArray]:
        """The mean loss and the gradients by the scalar engine: its error, or the numbers that arrays do not reach."""
        import numpy as np

        self.write()
        kinds = iter(drawn)
        uniform, normal = (next(kinds) if count else [()] * len(batch) for count in self._drawn_loss.asked)
        losses = self._scalars.losses(batch, lambda place: Draws(iter(uniform[place]), iter(normal[place])))
        value = self._scalars.differentiate(batch, losses)
        return value, np.array([parameter.grad for parameter in self._parameters])


def _together(states: Sequence[AnyArray]) -> AnyArray:
    """The states of the parameters, numbers or tuples of numbers, as one state of arrays."""
    import numpy as np

    if isinstance(states[0], tuple):
        return tuple(_together(column) for column in zip(*states, strict=True))
    # A number of steps that all parameters share stays a number: its powers are not taken for each of them.
    if isinstance(states[0], int) and len(set(states)) == 1:
        return states[0]
    return np.array(states)


def _apart(state: AnyArray, count: int) -> list[AnyArray]:
    """The inverse of `_together`."""
    if isinstance(state, tuple):
        return list(zip(*(_apart(part, count) for part in state), strict=True))
    return [state] * count if isinstance(state, int) else state.tolist()


@contextmanager
def _told_of_the_scalar_engine() -> Iterator[None]:
    try:
        yield
    except TypeError as error:
        error.add_note("fit(..., engine='eager') runs any code, example by example.")
        raise
