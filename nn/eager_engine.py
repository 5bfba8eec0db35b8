"""The engine that runs every example through the scalar engine."""

from collections.abc import Callable, Sequence
from math import hypot, isfinite
from operator import attrgetter

from autograd import Value, dot, mean, no_grad, nodes, recorder
from autograd.graph import topological_order
from autograd.nodes import changed_operand, constant
from autograd.text import label
from autograd.untyped import AnyArray
from nn.data import Data, Example
from nn.draws import Draws, drawing
from nn.engine import NO_PARAMETER, Engine, Epoch
from nn.finite import (
    all_finite,
    error_of_gradients,
    error_of_step,
    error_of_value,
    finite_numbers,
    raise_at,
    still_finite,
)

MISTAKES_OF_PROGRAMS = (TypeError, NameError, AttributeError)
"""Errors that no target is to blame for."""
_DATA, _GRAD = attrgetter("data"), attrgetter("grad")


class Eager(Engine):
    """Every example through the scalar engine."""

    def __post_init__(self) -> None:
        self._looked_at: list[Value] = []
        self._steps = 0
        self._unchecked = True
        self._learnt = False
        self._numbers: list[float]
        self.read()

    def look(self, first: Epoch) -> None:
        batch = first.batches[0]
        try:
            self._looked_at = self._losses(batch)
        except MISTAKES_OF_PROGRAMS:
            raise
        except Exception as error:
            self.loss.see_to_targets(self.examples, self.held_out, [])
            if not isinstance(error, ValueError | ArithmeticError):
                raise
            raise_at(f"epoch {first.number}, batch 1", error, cause=error.__cause__)
        self._see_that_it_can_learn(self._looked_at)
        self.loss.see_to_targets(self.examples, self.held_out, batch)

    def step(self, batch: AnyArray) -> float:
        losses, self._looked_at = self._looked_at or self._losses(batch), []
        if self._steps < 2:
            _see_that_nothing_is_stale(losses, self._writes)
        self._steps += 1
        value = self.differentiate(batch, losses)
        self._clip()
        states, numbers = list(self.optimizer.states), self._numbers
        try:
            self.optimizer.step()
        except BaseException:  # Ctrl-C, too: half a step is none
            self._see_to_step(states)
            self._numbers = numbers
            self._take_back(states)
            raise
        self._see_to_step(states)
        return value

    def losses(self, batch: AnyArray, draws: Callable[[int], Draws]) -> list[Value]:
        """The loss of each example; `draws` gives those of the example at a place of the batch."""
        losses = []
        for place, index in enumerate(batch):
            with drawing(draws(place)):
                losses.append(self._one(self.examples[index], f"example {index}"))
        return losses

    def differentiate(self, batch: AnyArray, losses: Sequence[Value]) -> float:
        """The mean of the losses of a batch; its gradients are left in the parameters.

        Raises:
            ValueError, ArithmeticError: if one of these numbers is not finite; the gradients are 0 then.
        """
        parameters = self.optimizer.parameters
        mean_loss = self._mean(batch, losses)
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

    def _mean(self, batch: AnyArray, losses: Sequence[Value]) -> Value:
        if self.examples.weights is None:
            return mean(losses)
        weights = self.examples.weights[batch]
        return dot((weights / weights.sum()).tolist(), losses)

    def _clip(self) -> None:
        """Shorten the gradient, if it is longer than it may be."""
        if self.clip is None:
            return
        factor = self.clip / max(self.clip, hypot(*map(_GRAD, self.optimizer.parameters)))
        if factor < 1:
            for parameter in self.optimizer.parameters:
                parameter.grad = factor * (parameter.grad or 0.0)

    def validate(self) -> float:
        with no_grad():
            losses = self._held_out_losses()
            differentiated = recorder.current.get().differentiated
        if differentiated:  # what the loss makes of gradients was computed from zeros
            losses = self._held_out_losses()
        mean_loss: float = mean(losses)
        if isfinite(mean_loss):
            return mean_loss
        for index, (loss, example) in enumerate(zip(losses, self.held_out or (), strict=True)):
            if not isfinite(loss):
                raise_at(f"validation example {index}", error_of_value(self.loss(*example)), cause=None)
        raise OverflowError("the sum of the validation losses is too large for a float")

    def outputs(self, data: Data) -> AnyArray:
        import numpy as np

        return np.array([self.loss.numbers_of(x) for x in data.inputs.tolist()])

    def snapshot(self) -> Callable[[], list[float]]:
        numbers = [*map(_DATA, self.optimizer.parameters)]
        return lambda: numbers

    def write(self) -> None:
        """The Values are where it learns."""

    def look_again(self, epochs: range, *, last: bool) -> None:
        """Every step runs the loss anew."""

    def read(self) -> None:
        self._numbers = finite_numbers(self.optimizer)
        self._unchecked = True

    def try_one(self, example: Example) -> bool:
        """See that the loss gives a Value; whether the scalar engine takes the example."""
        try:
            loss = self._one(example, "")
        except MISTAKES_OF_PROGRAMS:
            raise
        except Exception:
            return False
        if loss.constant:
            self._see_that_it_can_learn([loss])
        return True

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
        return [self._one(example, f"validation example {i}").data for i, example in enumerate(self.held_out or ())]

    def _losses(self, batch: AnyArray) -> list[Value]:
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
        self._take_back(states)
        raise error

    def _take_back(self, states: list[AnyArray]) -> None:
        for parameter, number in zip(self.optimizer.parameters, self._numbers, strict=True):
            parameter.data = number
        self.optimizer.states[:] = states


def _see_that_nothing_is_stale(losses: Sequence[Value], writes: int) -> None:
    """A node from before, when there were fewer `writes`, would stay as it is for the whole training."""
    if changed := changed_operand(node for node in topological_order(*losses) if node.written < writes):
        node, operand = changed
        raise ValueError(
            f"{label(node)} was computed before {label(operand)} changed, and is not computed anew: "
            "compute it in the model"
        )
