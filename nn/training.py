"""fit: the training loop."""

import math
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Protocol

from autograd import Value
from autograd.advice.advised import with_advice
from autograd.errors import whole_number
from autograd.nodes import constant
from autograd.text import number
from autograd.untyped import Anything
from nn.arguments import is_sequence
from nn.draws import Chance
from nn.engines import ENGINES
from nn.finite import raise_at
from nn.habits import OF_FIT
from nn.history import History
from nn.module import Module
from nn.optimizers import Optimizer
from nn.targets import LossOfModel
from nn.watching import progress_bar, watcher_of

if TYPE_CHECKING:
    from random import Random

    import numpy as np


class Callback(Protocol):
    """What `fit` calls after every epoch; a result of True ends the training."""

    def __call__(self, epoch: int, history: History, /) -> bool | None: ...


@with_advice(OF_FIT)
def fit(
    model: Callable[[Anything], Anything],
    inputs: Iterable[Anything],
    targets: Iterable[Anything],
    *,
    loss: Callable[[Anything, Anything], Value],
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    validation: tuple[Iterable[Anything], Iterable[Anything]] | None = None,
    callback: Callback | None = None,
    engine: str = "numpy",
    seed: "int | Random | np.random.Generator | None" = 0,
    progress: bool = True,
    watch: bool = False,
) -> History:
    """Train a model: for every batch, the mean loss of its examples, its gradients, one step of the optimizer.

    Args:
        model: a `Module`, or any function from one example's inputs to its outputs.
        inputs, targets: as many of one as of the other; an example's inputs, or targets, are a number or a sequence of
            numbers, of one length throughout.
        loss: ``loss(model(x), y)`` of one example, as the losses of `nn`. It is asked about every distinct target
            before the first step: by its attribute `check_target`, if it has one (see `nn.losses`), else by a call.
            Targets that are whole numbers throughout, as class numbers are, come as ints.
        optimizer: holds the parameters to train, and goes on where its last step left it: 3 epochs and then 2 are 5,
            to the bit, if `seed` goes on too.
        epochs: how often all examples are gone through.
        batch_size: examples a step; None for all of them.
        validation: inputs and targets that are not trained on; their mean loss is taken after each epoch.
        callback: ``callback(epoch, history)`` after each epoch, from 1; returning True ends the training. It may change
            whatever the loss is computed from: leaves, numbers, the model itself; but not give a `Module` parameters
            that the optimizer does not hold, which would stay as they are.
        engine: "numpy" records the loss and trains on the arrays that `autograd.vectorize` makes of it; "eager" runs
            every example through the scalar engine. Both take the same steps, but for roundings, with two exceptions.
            What a loss draws at random, counts or changes by itself would be frozen in arrays. "numpy" refuses it where
            it is seen: when the loss records something else as it is called again, or when a call changes a number, a
            container, an iterator or a generator of random numbers that the code of the loss or the model can reach by
            its variables and attributes. It looks again after the last epoch, and after some on the way, for what the
            loss reads from a clock or a file; of what changes between, or in a callback's place, it does not know. And
            what has no finite value on the way to a finite loss and gradient is an error in "eager" alone:
            exp(800), w / 0, log(0), the root of a negative number in the branch that a `where` does not take.
        seed: of the order of the examples, shuffled anew each epoch, and of the draws of `dropout` and `noise`. A whole
            number gives every call of `fit` the same orders and draws, so that a loop over ``fit(..., epochs=1)``
            repeats its first epoch's; a `random.Random` or a `numpy.random.Generator` goes on where the last `fit` left
            it. None keeps the order given, and draws as 0 does.
        progress: whether to show a progress bar: on the standard error stream, in a notebook as tqdm's widget.
        watch: show how it goes. In a notebook that is a live picture: the loss, and the decision boundary of a model of
            two inputs, or else the network; afterwards a bar goes through the epochs. In a terminal it is a small chart
            of the loss.

    Returns:
        The `History`. Ctrl-C ends the training early and returns it too, with what was learnt kept.

    Raises:
        TypeError, ValueError: for empty, ragged or unequally long data, NaN or infinity in it or in a parameter, a
            target that the loss does not take, an argument out of its range, an unknown engine, or a loss without a
            parameter of the optimizer in it; all before the first step. With engine "numpy", also for a model or a loss
            that asks for the number of a Value (see `vectorize`), or that is not the same when it is called again. It
            may ask for truths and ints of the data, as in ``if y not in (-1, 1): raise ...``, as long as it computes
            the same for every example.
        ImportError: for `watch` in a notebook without matplotlib.
        ValueError, ArithmeticError: if an example, of the validation too, has no finite loss or gradient, or a step no
            finite parameters. The error names epoch, batch, example, operation and operands; the parameters and the
            optimizer are as they were before the step.

    >>> from nn import SGD, Perceptron, squared_error
    >>> model = Perceptron(3, activation=None, seed=0)
    >>> lights, walk = [[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1]], [0, 1, 0, 1]
    >>> optimizer = SGD(model.parameters(), lr=0.1)
    >>> history = fit(model, lights, walk, loss=squared_error, optimizer=optimizer, epochs=500, progress=False)
    >>> history.losses[-1] < 1e-4 < history.losses[0]
    True
    """
    if engine not in ENGINES:
        raise ValueError(f"unknown engine {engine!r}; there is {', '.join(map(repr, ENGINES))}")
    examples = _examples(inputs, targets, "")
    held_out = _examples(*_pair(validation), "validation ") if validation is not None else []
    for role, first, other in zip(("inputs", "targets"), examples[0], (held_out or examples)[0], strict=True):
        if _length(first) != _length(other):
            raise ValueError(f"validation {role} must be like the {role}: {_shape(first)} each, not {_shape(other)}")
    epochs = whole_number("epochs", epochs, least=0)
    size = len(examples) if batch_size is None else whole_number("batch_size", batch_size, least=1)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be one of nn's, as SGD(model.parameters(), lr=0.1), not {optimizer!r}")
    if not callable(model) or not callable(loss):
        raise TypeError(
            "model and loss must be functions: of an example's inputs, and of (outputs, targets), as squared_error is"
        )
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be a function of (epoch, history), not {callback!r}")
    chance = Chance(seed)
    steps = ENGINES[engine](LossOfModel(model, loss), optimizer, examples, held_out, chance)
    history = History()
    watcher = watcher_of(model, loss, examples, epochs) if watch else None
    before = {parameter for _, parameter in _parameters(model)}
    with progress_bar(range(1, epochs + 1), shown=progress and not (watcher and watcher.has_a_bar)) as bar:
        try:
            for epoch in bar:
                order = chance.order(len(examples))
                batches = [order[start : start + size] for start in range(0, len(order), size)]
                if epoch == 1:
                    steps.look(batches[0])
                total, place = 0.0, ""
                try:
                    for k, batch in enumerate(batches, 1):
                        place = f"epoch {epoch}, batch {k}"
                        total += steps.step(batch) * len(batch)
                    if not math.isfinite(total):
                        raise OverflowError("the sum of the losses of an epoch is too large for a float")
                    steps.write()
                    history.losses.append(total / len(order))
                    if held_out:
                        place = f"epoch {epoch}, after its last batch"
                        history.validation_losses.append(steps.validate())
                except (ValueError, ArithmeticError) as error:
                    steps.write()
                    error.add_note(
                        f"It happened in epoch {epoch} of fit; the parameters are as they were before it."
                        + " With a smaller learning rate the loss may not grow." * isinstance(error, OverflowError)
                    )
                    raise_at(place, error, cause=error.__cause__)
                bar.set_postfix(loss=number(history.losses[-1], 4), refresh=False)
                if watcher is not None:
                    watcher.see(epoch, history)
                if callback is not None:
                    if callback(epoch, history):
                        break
                    if epoch < epochs:
                        _see_that_all_are_trained(model, optimizer, before)
                        try:
                            steps.read()
                        except (ValueError, ArithmeticError) as error:
                            raise_at(f"after the callback of epoch {epoch}", error, cause=error.__cause__)
                else:
                    steps.look_again(epoch, last=epoch == epochs)
        except KeyboardInterrupt:
            steps.write()
            history.interrupted = True
    if watcher is not None:
        watcher.close(history)
    return history


def _see_that_all_are_trained(model: Anything, optimizer: Optimizer, before: Collection[Value]) -> None:
    """After a callback: a layer that it put into a `Module` would stay as it is, while the old one is trained."""
    known = {*before, *optimizer.parameters}
    for path, parameter in _parameters(model):
        if parameter not in known:
            raise ValueError(
                f"the callback gave the model a parameter {path} that the optimizer does not hold: end the training "
                "there, by returning True, and call fit again with an optimizer of model.parameters()"
            )


def _parameters(model: Anything) -> list[tuple[str, Value]]:
    return list(model.named_parameters()) if isinstance(model, Module) else []


Entry = float | list[float]
"""The inputs or the targets of one example."""


def _examples(inputs: Iterable[Anything], targets: Iterable[Anything], which: str) -> list[tuple[Entry, Entry]]:
    xs, ys = _rows(inputs, f"{which}inputs"), _rows(targets, f"{which}targets")
    if len(xs) != len(ys):
        raise ValueError(f"there must be as many {which}targets as inputs, not {len(ys)} targets for {len(xs)} inputs")
    if all(isinstance(y, float) and y.is_integer() and abs(y) < 2**53 for y in ys):
        ys = [int(y) for y in ys if isinstance(y, float)]  # class numbers, for a loss that takes them
    return list(zip(xs, ys, strict=True))


def _rows(data: Iterable[Anything], role: str) -> list[Entry]:
    """The data as plain floats, checked once: numbers, or lists of numbers of one length."""
    if not is_sequence(data):
        raise TypeError(f"{role} must be a list with an entry for each example, not {data!r}")
    rows = [_row(entry, f"{role}[{index}]") for index, entry in enumerate(data)]
    if not rows:
        raise ValueError(f"{role} must hold at least one example")
    for index, row in enumerate(rows):
        if row == []:
            raise ValueError(f"{role}[{index}] is empty")
        if _length(row) != _length(rows[0]):
            raise ValueError(
                f"{role} must be of one length throughout: {role}[0] has {_shape(rows[0])}, "
                f"{role}[{index}] has {_shape(row)}"
            )
    return rows


def _row(entry: Anything, role: str) -> Entry:
    if is_sequence(entry):
        return [_finite(number, f"{role}[{index}]") for index, number in enumerate(entry)]
    return _finite(entry, role)


def _finite(number: Anything, role: str) -> float:
    if isinstance(number, Value):
        raise TypeError(f"{role} must be a plain number, not {number!r}: fit makes the Values itself")
    data = constant(number, role).data
    if not math.isfinite(data):
        raise ValueError(f"{role} must be finite, not {data}: clean the data before fitting")
    return data


def _length(row: Entry) -> int | None:
    return len(row) if isinstance(row, list) else None


def _shape(row: Entry) -> str:
    return f"{len(row)} numbers" if isinstance(row, list) else "a single number"


def _pair(validation: Anything) -> tuple[Anything, Anything]:
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise TypeError("validation must be a pair (inputs, targets)")
    return validation[0], validation[1]
