"""Metrics: functions of all outputs and all targets, as arrays, that give one number to judge a model by."""

from collections.abc import Callable, Mapping

from autograd.errors import quoted
from autograd.untyped import AnyArray, Anything
from nn.data import Data
from nn.engine import Engine
from nn.history import History

Metric = Callable[[AnyArray, AnyArray], float]
"""A function of the outputs (examples, ...) and the targets (examples, ...), or None if there are no targets."""


def accuracy(outputs: AnyArray, targets: AnyArray) -> float:
    """How many of the examples a classifier has right, from 0 to 1.

    Of several outputs the largest is its answer, and the targets are one-hot rows or class numbers. One output is a
    logit, or a score: above 0 it is the answer 1, for targets of 0 and 1 as for those of −1 and 1. An example with NaN
    among its outputs has no answer, and counts as wrong.

    Args:
        outputs: an array (examples,) or (examples, classes), as `predict` gives.
        targets: an array (examples,) or (examples, classes); a row may hold probabilities, of which one is the largest.

    Raises:
        ValueError: for another number of targets, or targets of another kind, as rows with several classes or none.

    >>> accuracy([[0.1, 2.0], [3.0, -1.0], [0.0, 1.0]], [1, 0, 0])
    0.6666666666666666
    >>> accuracy([1.5, -0.5], [1, -1])
    1.0
    """
    import numpy as np

    scores, answers = np.asarray(outputs, float), np.asarray(targets, float)
    if not scores.ndim or not answers.ndim or len(scores) != len(answers) or not len(scores):
        raise ValueError(
            f"accuracy takes a target for each output, not outputs of shape {scores.shape} and targets of shape "
            f"{answers.shape}"
        )
    scores, answers = scores.reshape(len(scores), -1), answers.reshape(len(answers), -1)
    classes, is_answer = scores.shape[1], ~np.isnan(scores).any(axis=1)
    if answers.shape[1] not in (1, classes):
        raise ValueError(f"accuracy takes one target, or one for each of {classes} outputs, not {answers.shape[1]}")
    if classes == 1:
        if not (np.isin(answers, (0, 1)).all() or np.isin(answers, (-1, 1)).all()):
            raise ValueError("accuracy of a single output takes targets of 0 and 1, or of -1 and 1")
        return float((((scores > 0) == (answers > 0))[:, 0] & is_answer).mean())
    if answers.shape[1] == 1:
        wrong = ~np.isin(answers, np.arange(classes))
        if wrong.any():
            raise ValueError(f"the class numbers of accuracy go from 0 to {classes - 1}: {answers[wrong][0]} is none")
        right = answers[:, 0]
    else:
        several = ~((answers == answers.max(axis=1, keepdims=True)).sum(axis=1) == 1)
        if several.any():
            place = int(several.argmax())
            raise ValueError(
                f"accuracy takes one class for each example, and targets[{place}] has not one that is the largest: "
                f"{answers[place].tolist()}; for several classes at once write a metric of your own"
            )
        right = answers.argmax(axis=1)
    return float(((scores.argmax(axis=1) == right) & is_answer).mean())


class Metrics:
    """The metrics of a training, taken after each epoch into its history.

    Args:
        metrics: the function of each name.
        examples, held_out: those to take them of; of the second under names with ``validation_`` before them.
        history: where the numbers go.

    Raises:
        TypeError, ValueError: for no mapping of names to functions, or two entries of one name.
    """

    def __init__(
        self, metrics: Mapping[str, Metric] | None, examples: Data, held_out: Data | None, history: History
    ) -> None:
        if metrics is not None and not isinstance(metrics, Mapping):
            raise TypeError(
                f'metrics must be a dict of names and functions, as {{"accuracy": accuracy}}, not {quoted(metrics)}'
            )
        for name, metric in (metrics or {}).items():
            if not isinstance(name, str) or not callable(metric):
                raise TypeError(
                    f"metrics must be functions of (outputs, targets) under names, not {quoted(metric)} under "
                    f'{quoted(name)}: give them as {{"accuracy": accuracy}}'
                )
        groups = {"": examples} if held_out is None else {"": examples, "validation_": held_out}
        names = [before + name for before in groups for name in metrics or ()]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"metrics would have two entries {name!r} in History.metrics: name one otherwise")
        self._metrics = metrics or {}
        self._groups = groups
        self._history = history
        history.metrics = {name: [] for name in names}

    def take(self, engine: Engine) -> None:
        """After an epoch."""
        if not self._metrics:
            return
        for before, data in self._groups.items():
            outputs = engine.from_all(engine.outputs(data))
            targets = None if data.targets is None else engine.from_all(data.targets)
            for name, metric in self._metrics.items():
                # Copies: a metric that writes to its arguments would change what is trained on.
                number = metric(outputs.copy(), None if targets is None else targets.copy())
                self._history.metrics[before + name].append(_number(name, number))


def _number(name: str, number: Anything) -> float:
    try:
        return float(number)
    except (TypeError, ValueError):
        raise TypeError(f"the metric {name!r} must give a number, not {number!r}") from None
