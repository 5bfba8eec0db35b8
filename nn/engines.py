"""How `fit` takes its steps: on the scalar engine, or on the arrays that `vectorize` lifts the loss to.

An engine holds the examples and the parameters while it trains. After a step all gradients, parameters and numbers of
the optimizer are finite; or the step is not taken, and an error says in which operation a number was lost.
"""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import isfinite
from operator import attrgetter

from autograd import Value, mean, no_grad, nodes, recorder
from autograd.graph import topological_order
from autograd.nodes import changed_operand, constant
from autograd.text import label
from autograd.untyped import AnyArray
from nn.draws import Chance, Draws, drawing
from nn.finite import (
    all_finite,
    error_of_gradients,
    error_of_step,
    error_of_value,
    finite_numbers,
    is_finite,
    raise_at,
    still_finite,
)
from nn.optimizers import Optimizer
from nn.recorded_loss import SMALL, DrawnLoss
from nn.targets import Example, LossOfModel

MISTAKES_OF_PROGRAMS = (TypeError, NameError, AttributeError)
"""Errors that no target is to blame for."""
_DATA, _GRAD = attrgetter("data"), attrgetter("grad")


@dataclass(eq=False)
class Engine(ABC):
    """What `fit` asks of an engine.

    Attributes:
        loss: the loss of an example.
        optimizer: it holds the parameters, and says what a step is.
        examples, held_out: those to train on, and those for validation.
        chance: where the draws of `dropout` and `noise` come from.
    """

    loss: LossOfModel
    optimizer: Optimizer
    examples: Sequence[Example]
    held_out: Sequence[Example]
    chance: Chance

    @abstractmethod
    def __post_init__(self) -> None:
        """Begin with what the Values hold."""

    @abstractmethod
    def look(self, batch: Sequence[int]) -> None:
        """Before the first step, which is on this batch: refuse targets that the loss does not take."""

    @abstractmethod
    def step(self, batch: Sequence[int]) -> float:
        """One step on the training examples of these numbers; the mean loss before it."""

    @abstractmethod
    def validate(self) -> float:
        """The mean loss of the validation examples. The Values hold what was learnt."""

    @abstractmethod
    def write(self) -> None:
        """Let the Values hold what was learnt."""

    @abstractmethod
    def look_again(self, epoch: int, *, last: bool) -> None:
        """After an epoch without a callback: refuse a loss that is not what it was."""

    @abstractmethod
    def read(self) -> None:
        """Go on from what the Values hold, after a callback."""


class Eager(Engine):
    """Every example through the scalar engine."""

    def __post_init__(self) -> None:
        self._looked_at: list[Value] = []
        self._steps = 0
        self._unchecked = True
        self._learnt = False
        self.read()

    def look(self, batch: Sequence[int]) -> None:
        try:
            self._looked_at = self._losses(batch)
        except MISTAKES_OF_PROGRAMS:
            raise
        except Exception as error:
            self.loss.see_to_targets(self.examples, self.held_out, [])
            if not isinstance(error, ValueError | ArithmeticError):
                raise
            raise_at("epoch 1, batch 1", error, cause=error.__cause__)
        self._see_that_it_can_learn(self._looked_at)
        taken = [self.examples[index][1] for index in batch]
        self.loss.see_to_targets(self.examples, self.held_out, taken)

    def step(self, batch: Sequence[int]) -> float:
        losses, self._looked_at = self._looked_at or self._losses(batch), []
        if self._steps < 2:
            _see_that_nothing_is_stale(losses, self._writes)
        self._steps += 1
        value = self.differentiate(batch, losses)
        states = list(self.optimizer.states)
        try:
            self.optimizer.step()
        finally:
            self._see_to_step(states)
        return value

    def losses(self, batch: Sequence[int], draws: Callable[[int], Draws]) -> list[Value]:
        """The loss of each example; `draws` gives those of the example at a place of the batch."""
        losses = []
        for place, index in enumerate(batch):
            with drawing(draws(place)):
                losses.append(self._one(self.examples[index], f"example {index}"))
        return losses

    def differentiate(self, batch: Sequence[int], losses: Sequence[Value]) -> float:
        """The mean of the losses of a batch; its gradients are left in the parameters.

        Raises:
            ValueError, ArithmeticError: if one of these numbers is not finite; the gradients are 0 then.
        """
        parameters = self.optimizer.parameters
        mean_loss: Value = mean(losses)
        if isfinite(mean_loss.data):
            self.optimizer.zero_grad()
            mean_loss.backward()
            gradients = [grad or 0.0 for grad in map(_GRAD, parameters)]
            if self._unchecked and not any(gradients):
                self._see_that_it_can_learn(losses)
            self._unchecked = False
            if all_finite(gradients):
                return mean_loss.data
        self.optimizer.zero_grad()
        for index, loss in zip(batch, losses, strict=True):
            error = error_of_gradients(loss, parameters) if isfinite(loss.data) else error_of_value(loss)
            if error is not None:
                raise_at(f"example {index}", error, cause=None)
        raise OverflowError("the sum of the losses of the batch, or of their gradients, is too large for a float")

    def validate(self) -> float:
        with no_grad():
            losses = self._held_out_losses()
            differentiated = recorder.current.get().differentiated
        if differentiated:  # what the loss makes of gradients was computed from zeros
            losses = self._held_out_losses()
        mean_loss: float = mean(losses)
        if isfinite(mean_loss):
            return mean_loss
        for index, (loss, example) in enumerate(zip(losses, self.held_out, strict=True)):
            if not isfinite(loss):
                raise_at(f"validation example {index}", error_of_value(self.loss(*example)), cause=None)
        raise OverflowError("the sum of the validation losses is too large for a float")

    def write(self) -> None:
        """The Values are where it learns."""

    def look_again(self, epoch: int, *, last: bool) -> None:
        """Every step runs the loss anew."""

    def read(self) -> None:
        self._numbers = finite_numbers(self.optimizer)
        self._unchecked = True

    def try_one(self, example: Example) -> list[AnyArray]:
        """See that the loss gives a Value. The target, unless the scalar engine does not take the example."""
        try:
            loss = self._one(example, "")
        except MISTAKES_OF_PROGRAMS:
            raise
        except Exception:
            return []
        if loss.constant:
            self._see_that_it_can_learn([loss])
        return [example[1]]

    def _see_that_it_can_learn(self, losses: Sequence[Value]) -> None:
        """What only a loss can tell: that it was computed with Values, and that a step of the optimizer can change it.

        One batch does not tell: dropout may leave nothing of it, and a hinge be 0. So all examples are asked. Where
        every hinge is 0, as at the end of a training, the outputs of the model tell.
        """
        parameters = set(self.optimizer.parameters)
        found = list(losses)
        if parameters.isdisjoint(topological_order(*losses)):
            for index, example in enumerate(self.examples):
                found.append(self._one(example, f"example {index}"))
                if not parameters.isdisjoint(topological_order(found[-1])):
                    break
        if not parameters.isdisjoint(topological_order(*found)):
            self._learnt = True
            return
        constant = all(loss.constant for loss in found)
        outputs = self.loss.outputs_of(self.examples[0][0])
        if (self._learnt or not constant) and not parameters.isdisjoint(topological_order(*outputs)):
            return
        if constant:
            raise TypeError(
                f"loss must give a Value, not {losses[0].data}: compute with the model's outputs, not with their .data"
            )
        raise ValueError(NO_PARAMETER)

    def _held_out_losses(self) -> list[float]:
        return [self._one(example, f"validation example {i}").data for i, example in enumerate(self.held_out)]

    def _losses(self, batch: Sequence[int]) -> list[Value]:
        draws = self.chance.one_by_one()
        self._writes = nodes.writes
        return self.losses(batch, lambda place: draws)

    def _one(self, example: Example, place: str) -> Value:
        try:
            loss = self.loss(*example)
        except (ValueError, ArithmeticError) as error:
            raise_at(place, error, cause=error)
        if loss is None:
            raise TypeError("loss must give a Value, not None: look for a function that ends without return")
        return loss if isinstance(loss, Value) else constant(loss, "what loss gives")

    def _see_to_step(self, states: list[AnyArray]) -> None:
        """Take the last step back and say why, unless all that it gave is finite."""
        optimizer = self.optimizer
        numbers = [*map(_DATA, optimizer.parameters)]
        if all_finite(numbers) and still_finite(states, optimizer.states):
            self._numbers = numbers
            return
        gradients = [parameter.grad for parameter in optimizer.parameters]
        error = error_of_step(optimizer, optimizer.parameters, self._numbers, numbers, gradients)
        for parameter, number in zip(optimizer.parameters, self._numbers, strict=True):
            parameter.data = number
        optimizer.states[:] = states
        raise error


class Arrays(Engine):
    """The loss, recorded and lifted to NumPy; parameters and the optimizer's state as flat arrays."""

    def __post_init__(self) -> None:
        import numpy as np

        if type(self.optimizer).step is not Optimizer.step:
            raise TypeError(
                f"{type(self.optimizer).__name__} has a step of its own, and arrays take its rule alone: "
                "let the rule do it, or use fit(..., engine='eager')"
            )
        self._quiet = functools.partial(np.errstate, all="ignore")
        self._scalars = Eager(self.loss, self.optimizer, self.examples, self.held_out, self.chance)
        self._inputs, self._targets = (np.array(column, float) for column in zip(*self.examples, strict=True))
        self._held_out_arrays = [np.array(column, float) for column in zip(*self.held_out, strict=True)]
        taken = self._scalars.try_one(self.examples[0])
        self.loss.see_to_targets(self.examples, self.held_out, taken)
        self._drawn_loss = DrawnLoss(self.loss, self.examples, self.held_out)
        self._read_leaves: list[Value] = []
        self._lift()
        if not taken:
            self.loss.see_to_targets(self.examples, self.held_out, taken)
        self._gradient: AnyArray = None
        self._theta: AnyArray
        self._state: AnyArray
        self._load()

    def look(self, batch: Sequence[int]) -> None:
        """All was looked at before the loss was lifted."""

    def step(self, batch: Sequence[int]) -> float:
        drawn = self.chance.arrays(len(batch), *self._drawn_loss.asked)
        # A number that is not finite is looked for here, so that no line on the way need warn of one.
        with self._quiet():
            value, gradient = self._program.value_and_gradients(
                self._inputs[batch], self._targets[batch], *drawn, at=self._theta
            )
            theta, gradient = self._theta[self._own], gradient[self._own]
            if not (isfinite(value) and is_finite(gradient)):
                value, gradient = self._by_scalars(batch, drawn)
            after, state = self.optimizer.rule(theta, gradient, self._state)
            if not (is_finite(after) and still_finite([self._state], [state])):
                raise error_of_step(self.optimizer, self._parameters, theta, after, gradient)
        if self._read_leaves:
            whole = self._theta.copy()
            whole[self._own] = after
            after = whole
        self._theta, self._state, self._gradient = after, state, gradient
        return value

    def validate(self) -> float:
        program, places = self._validation
        with self._quiet():
            value = float(program(*self._held_out_arrays, at=self._theta[places]).mean())
        return value if isfinite(value) else self._scalars.validate()

    def write(self) -> None:
        if self._gradient is None:
            return
        numbers, gradients = self._theta[self._own].tolist(), self._gradient.tolist()
        states = _apart(self._state, len(self._ranks))
        for rank, number, gradient, state in zip(self._ranks, numbers, gradients, states, strict=True):
            self.optimizer.parameters[rank].data = number
            self.optimizer.parameters[rank].grad = gradient
            self.optimizer.states[rank] = state

    def read(self) -> None:
        finite_numbers(self.optimizer)
        with _told_of_the_scalar_engine():
            recording = self._drawn_loss.record(self._read)
        if recording.entries != self._recording.entries or self._trained != self.optimizer.parameters:
            # A leaf that changed once is read from now on, so that a next change costs nothing.
            self._read_leaves += self._recording.changed_leaves(recording)
            self._lift()
        self._load()

    def look_again(self, epoch: int, *, last: bool) -> None:
        # What it reads of a clock, a file or another thread. Seldom, so that it costs nothing beside many epochs.
        small = len(self._recording.entries) < SMALL
        if (small and epoch & (epoch - 1) == 0) or (last and (small or epoch > 1)):
            # Where it has no value now, as log(w) where the last step left w below 0, the next step says so, if any.
            with _told_of_the_scalar_engine(), suppress(ValueError, ArithmeticError):
                self._drawn_loss.see_that_it_is(self._recording, self._read, f"after epoch {epoch}")

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
            validation = self._program
            if self._held_out_arrays and any(self._drawn_loss.asked):
                validation = vectorize(self._drawn_loss.without_draws, *self.examples[0], parameters=read)
        if not self._recording.depends_on(self.optimizer.parameters):
            raise ValueError(NO_PARAMETER)
        place = {parameter: index for index, parameter in enumerate(self._program.parameters)}
        self._validation = validation, np.array([place[parameter] for parameter in validation.parameters])
        rank = {parameter: index for index, parameter in enumerate(self.optimizer.parameters)}
        self._trained = list(self.optimizer.parameters)
        self._parameters = [parameter for parameter in self._program.parameters if parameter in rank]
        self._ranks = [rank[parameter] for parameter in self._parameters]
        self._own = np.array([place[p] for p in self._parameters]) if self._read_leaves else slice(None)

    def _load(self) -> None:
        self._theta = self._program.read()
        self._state = _together([self.optimizer.states[rank] for rank in self._ranks])

    def _by_scalars(self, batch: Sequence[int], drawn: Sequence[AnyArray]) -> tuple[float, AnyArray]:
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


NO_PARAMETER = (
    "the loss depends on no parameter of the optimizer: has the model been made anew since the optimizer was, or does "
    "the loss read .data?"
)


def _see_that_nothing_is_stale(losses: Sequence[Value], writes: int) -> None:
    """A node from before, when there were fewer `writes`, would stay as it is for the whole training."""
    if changed := changed_operand(node for node in topological_order(*losses) if node.written < writes):
        node, operand = changed
        raise ValueError(
            f"{label(node)} was computed before {label(operand)} changed, and is not computed anew: "
            "compute it in the model"
        )


@contextmanager
def _told_of_the_scalar_engine() -> Iterator[None]:
    try:
        yield
    except TypeError as error:
        error.add_note("fit(..., engine='eager') runs any code, example by example.")
        raise


ENGINES: dict[str, type[Engine]] = {"numpy": Arrays, "eager": Eager}
