"""How `fit` takes its steps: on the scalar engine, or on the arrays that `vectorize` lifts the loss to.

An engine holds the examples and the parameters while it trains. Both take the same steps, by the optimizer's one rule.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from autograd import Value, mean, no_grad
from autograd.graph import topological_order
from nn.optimizers import Optimizer

Example = tuple[Any, Any]
"""The inputs and the targets of an example: each a number or a list of numbers."""


class Engine(Protocol):
    """What `fit` asks of an engine."""

    def step(self, batch: Sequence[int]) -> float:
        """One step on the training examples of these numbers; the mean loss before it."""

    def validate(self) -> float:
        """The mean loss of the validation examples."""

    def write(self) -> None:
        """Let the Values hold what was learnt."""

    def read(self) -> None:
        """Go on from what the Values hold."""


class Eager:
    """Every example through the scalar engine."""

    def __init__(
        self,
        loss: Callable[[Any, Any], Any],
        optimizer: Optimizer,
        examples: Sequence[Example],
        held_out: Sequence[Example],
    ) -> None:
        self._loss = loss
        self._optimizer = optimizer
        self._examples = examples
        self._held_out = held_out
        self._checked = False

    def step(self, batch: Sequence[int]) -> float:
        loss = self._mean([self._examples[index] for index in batch])
        if not self._checked:
            _check(loss, self._optimizer)
            self._checked = True
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        return loss.data

    def validate(self) -> float:
        with no_grad():
            return self._mean(self._held_out).data

    def _mean(self, examples: Sequence[Example]) -> Value:
        mean_loss: Value = mean([self._loss(x, y) for x, y in examples])
        return mean_loss

    def write(self) -> None:
        """The Values are where it learns."""

    read = write


class Arrays:
    """The loss, recorded once and lifted to NumPy; parameters and the optimizer's state as flat arrays."""

    def __init__(
        self,
        loss: Callable[[Any, Any], Any],
        optimizer: Optimizer,
        examples: Sequence[Example],
        held_out: Sequence[Example],
    ) -> None:
        import numpy as np

        from autograd.lifting import vectorize

        self._quiet = functools.partial(np.errstate, all="ignore")
        self._optimizer = optimizer
        self._inputs, self._targets = (np.array(column) for column in zip(*examples, strict=True))
        _check(loss(*examples[0]), optimizer)
        self._held_out = [np.array(column) for column in zip(*held_out, strict=True)]
        try:
            self._program = vectorize(loss, *examples[0], parameters=optimizer.parameters)
        except TypeError as error:
            error.add_note("fit(..., engine='eager') runs any code, example by example.")
            raise
        rank = {parameter: index for index, parameter in enumerate(optimizer.parameters)}
        self._ranks = [rank[parameter] for parameter in self._program.parameters]
        self._gradient = np.zeros(len(self._ranks))
        self._theta: Any
        self._state: Any
        self.read()

    def step(self, batch: Sequence[int]) -> float:
        inputs, targets = self._inputs[batch], self._targets[batch]
        # A training that diverges is told by its loss, not by a warning from some line on the way.
        with self._quiet():
            value, self._gradient = self._program.value_and_gradients(inputs, targets, at=self._theta)
            self._theta, self._state = self._optimizer.rule(self._theta, self._gradient, self._state)
        return value

    def validate(self) -> float:
        return float(self._program(*self._held_out, at=self._theta).mean())

    def write(self) -> None:
        self._program.write(self._theta)
        states = _apart(self._state, len(self._ranks))
        for rank, gradient, state in zip(self._ranks, self._gradient.tolist(), states, strict=True):
            self._optimizer.parameters[rank].grad = gradient
            self._optimizer.states[rank] = state

    def read(self) -> None:
        self._theta = self._program.read()
        self._state = _together([self._optimizer.states[rank] for rank in self._ranks])


def _together(states: Sequence[Any]) -> Any:
    """The states of the parameters, numbers or tuples of numbers, as one state of arrays."""
    import numpy as np

    if isinstance(states[0], tuple):
        return tuple(_together(column) for column in zip(*states, strict=True))
    # A number of steps that all parameters share stays a number: its powers are not taken for each of them.
    if isinstance(states[0], int) and len(set(states)) == 1:
        return states[0]
    return np.array(states)


def _apart(state: Any, count: int) -> list[Any]:
    """The inverse of `_together`."""
    if isinstance(state, tuple):
        return list(zip(*(_apart(part, count) for part in state), strict=True))
    return [state] * count if isinstance(state, int) else state.tolist()


def _check(loss: Any, optimizer: Optimizer) -> None:
    """What only a loss can tell: that it was computed with Values, and that a step of the optimizer can change it."""
    if not isinstance(loss, Value):
        raise TypeError(f"loss must give a Value, not {loss!r}: compute with the model's outputs, not with their .data")
    if set(optimizer.parameters).isdisjoint(topological_order(loss)):
        raise ValueError(
            "the loss depends on no parameter of the optimizer: has the model been made anew since the optimizer was?"
        )


ENGINES: dict[str, Callable[..., Engine]] = {"numpy": Arrays, "eager": Eager}
