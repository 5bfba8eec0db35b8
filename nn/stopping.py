"""Early stopping: when a training ends for want of progress, and the weights that it keeps then."""

from collections.abc import Callable, Sequence
from math import inf

from autograd import Value
from autograd.errors import whole_number
from autograd.untyped import Anything
from nn.history import History

Snapshot = Callable[[], Sequence[float]]
"""The numbers of the parameters at some moment."""


class Stopping:
    """The best epoch so far, and its weights. It is judged by the validation loss, or by the loss if there is none.

    Args:
        patience: how many epochs without a lower loss end the training.

    Attributes:
        of_one_step: whether an epoch is one step. Then its loss is that of the weights before the step, and these are
            the best; else those after the epoch are, whose loss is nearer to it.
        best_epoch, best_loss: those of the lowest loss, of the first such epoch; 0 before there is one.
    """

    def __init__(self, patience: int) -> None:
        self._patience = whole_number("patience", patience, least=1)
        self.of_one_step = False
        self.best_epoch = 0
        self.best_loss = inf
        self._before: Snapshot = list
        self._best: Snapshot = list
        self._last = 0

    def begin(self, weights: Snapshot) -> None:
        """Before an epoch."""
        self._before = weights

    def see(self, epoch: int, history: History, weights: Snapshot) -> bool:
        """After an epoch: whether it is the last one."""
        self._last = epoch
        loss = (history.validation_losses or history.losses)[-1]
        if loss < self.best_loss:
            by_validation = bool(history.validation_losses)
            self._best = self._before if self.of_one_step and not by_validation else weights
            self.best_epoch, self.best_loss = epoch, loss
        return self.ends

    @property
    def ends(self) -> bool:
        """Whether there was no lower loss for long enough."""
        return self._last - self.best_epoch >= self._patience

    def give_back(self, parameters: Sequence[Value]) -> int | None:
        """Let the parameters hold the best weights, unless no epoch came after them; which epoch was the best."""
        if self.best_epoch < self._last:
            for parameter, number in zip(parameters, self._best(), strict=True):
                parameter.data = number
        return self.best_epoch or None

    @property
    def state(self) -> tuple[dict[str, Anything], list[float]]:
        """What a checkpoint keeps: numbers, and the best weights."""
        return {"best_epoch": self.best_epoch, "best_loss": self.best_loss, "last": self._last}, list(self._best())

    @state.setter
    def state(self, state: tuple[dict[str, Anything], list[float]]) -> None:
        numbers, best = state
        self.best_epoch, self.best_loss = numbers["best_epoch"], numbers["best_loss"]
        self._last, self._best = numbers["last"], lambda: best
