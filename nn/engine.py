"""What `fit` asks of an engine, which takes its steps.

An engine holds the examples and the parameters while it trains. After a step all gradients, parameters and numbers of
the optimizer are finite; or the step is not taken, and an error says in which operation a number was lost.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from autograd.untyped import AnyArray, Anything
from nn.data import Data
from nn.draws import Chance
from nn.finite import raise_at
from nn.optimizers import Optimizer
from nn.schedules import Schedule, factor_of
from nn.targets import LossOfModel

if TYPE_CHECKING:
    from nn.recorded_loss import RecordedLoss

NO_PARAMETER = (
    "the loss depends on no parameter of the optimizer: has the model been made anew since the optimizer was, or does "
    "the loss read .data?"
)


class Epoch(NamedTuple):
    """The steps of an epoch."""

    number: int
    """From 1."""
    batches: Sequence[AnyArray]
    """For each step the numbers of its examples, as an array of ints. Each batch has some weight; one of all examples
    has them in their order."""
    lr: float
    """The learning rate of its steps."""


class Plans(Iterator[Epoch]):
    """The epochs of a training. The order of one is drawn when it is asked for, and its learning rate is that of then.

    Args:
        number: of the first one.
        examples: those that are trained on.
        size: how many examples a batch has.
        chance: where the orders come from.
        optimizer: it has the learning rate.
        schedule: what gives the factor on it.
    """

    def __init__(
        self, number: int, examples: Data, size: int, chance: Chance, optimizer: Optimizer, schedule: Schedule | None
    ) -> None:
        self._number = number
        self._examples = examples
        self._size = size
        self._chance = chance
        self._optimizer = optimizer
        self._schedule = schedule
        self._drawn: Epoch | None = None
        self._one_batch: Sequence[AnyArray] | None = None

    def first(self) -> Epoch:
        """The next epoch, which comes once more."""
        self._drawn = next(self)
        return self._drawn

    def __next__(self) -> Epoch:
        if (drawn := self._drawn) is not None:
            self._drawn = None
            return drawn
        number, self._number = self._number, self._number + 1
        return Epoch(number, self._batches(), self._optimizer.lr * factor_of(self._schedule, number))

    def _batches(self) -> Sequence[AnyArray]:
        if self._one_batch is not None:
            self._chance.begin_epoch()
            return self._one_batch
        count, weights = len(self._examples), self._examples.weights
        order = self._chance.order(count, matters=self._size < count)
        batches = [order]
        if self._size < count:
            batches = [order[start : start + self._size] for start in range(0, count, self._size)]
        if weights is not None:  # what weighs nothing is left out, for 0 times infinity is no number
            batches = [kept for batch in batches if len(kept := batch[weights[batch] > 0])]
        if self._size >= count:
            self._one_batch = batches
        return batches


@dataclass(eq=False)
class Engine(ABC):
    """What `fit` asks of an engine.

    Attributes:
        loss: the loss of an example.
        optimizer: it holds the parameters, and says what a step is.
        examples, held_out: those to train on, and those for validation, if any.
        chance: where the draws of `dropout` and `noise` come from.
        clip: how long the gradient of a step may be, if that is limited.
        batch_size: how many examples a step takes; None for all.
    """

    loss: LossOfModel
    optimizer: Optimizer
    examples: Data
    held_out: Data | None
    chance: Chance
    clip: float | None = None
    batch_size: int | None = None

    @abstractmethod
    def __post_init__(self) -> None:
        """Begin with what the Values and the optimizer hold."""

    @abstractmethod
    def look(self, first: Epoch) -> None:
        """Before the first step, which is that of this epoch: refuse targets that the loss does not take."""

    @property
    def ahead(self) -> int:
        """How many epochs it likes to run at once, where nobody looks on."""
        return 1

    @property
    def share(self) -> int:
        """How many of the examples of a step are this process's."""
        return len(self.examples) if self.batch_size is None else self.batch_size

    @property
    def of_one_step(self) -> bool:
        """Whether an epoch is one step."""
        return self.share >= len(self.examples)

    @property
    def count(self) -> int:
        """How many examples there are, in all processes if there are several."""
        return len(self.examples)

    @property
    def is_first(self) -> bool:
        """Whether this is the first of several processes: it writes the checkpoints."""
        return True

    @property
    def recorded(self) -> "RecordedLoss | None":
        """What the loss recorded for all examples; None where it is run for each."""
        return None

    def agree(self, settings: Mapping[str, Anything]) -> None:  # noqa: B027  (one process agrees with itself)
        """Refuse settings that differ between processes, if there are several."""

    def from_all(self, rows: AnyArray) -> AnyArray:
        """The rows of all processes, if there are several."""
        return rows

    def in_any(self, here: bool) -> bool:
        """Whether it is so in any process. Where one ended by itself, the others would wait for it."""
        return here

    def run(self, epochs: Iterable[Epoch]) -> list[float]:
        """Take the steps of some epochs; for each the mean loss of its examples, taken before the step of each.

        Args:
            epochs: at most `ahead` of them. The order of the next one is drawn when it is asked for, so after the draws
                of the one before.

        Raises:
            ValueError, ArithmeticError: with the place, for a step that is not finite: it is not taken.
        """
        return [self._epoch(epoch) for epoch in epochs]

    @abstractmethod
    def step(self, batch: AnyArray) -> float:
        """One step on the training examples of these numbers; the mean loss before it."""

    @abstractmethod
    def validate(self) -> float:
        """The mean loss of the validation examples."""

    @abstractmethod
    def outputs(self, data: Data) -> AnyArray:
        """What the model gives for the inputs of these examples: an array (examples, *shape of one output)."""

    @abstractmethod
    def snapshot(self) -> Callable[[], list[float]]:
        """What the parameters are now, to be asked for later, in the order of `optimizer.parameters`."""

    @abstractmethod
    def write(self) -> None:
        """Let the Values and the optimizer hold what was learnt: once, for a callback may write to them afterwards."""

    @abstractmethod
    def read(self) -> None:
        """Go on from what the Values hold, after a callback."""

    @abstractmethod
    def look_again(self, epochs: range, *, last: bool) -> None:
        """After these epochs without a callback: refuse a loss that is not what it was."""

    def _epoch(self, epoch: Epoch) -> float:
        total, weights, k = 0.0, 0.0, 1
        own, self.optimizer.lr = self.optimizer.lr, epoch.lr
        try:
            for k, batch in enumerate(epoch.batches, 1):  # noqa: B007  (for the error)
                weight = self.weight_of(batch)
                total += self.step(batch) * weight
                weights += weight
            if not isfinite(total):
                raise OverflowError("the sum of the losses of an epoch is too large for a float")
        except (ValueError, ArithmeticError) as error:
            raise_in_epoch(epoch.number, f"epoch {epoch.number}, batch {k}", error)
        finally:
            self.optimizer.lr = own
        return total / weights

    def weight_of(self, batch: AnyArray) -> float:
        """How much a batch weighs: the sum of the weights of its examples, or how many there are."""
        weights = self.examples.weights
        return len(batch) if weights is None else float(weights[batch].sum())


def raise_in_epoch(epoch: int, place: str, error: Exception) -> NoReturn:
    """Raise the error of a step, with its place."""
    error.add_note(
        f"It happened in epoch {epoch} of fit; the parameters are as they were before it."
        + " With a smaller learning rate the loss may not grow." * isinstance(error, OverflowError)
    )
    raise_at(place, error, cause=error.__cause__)
