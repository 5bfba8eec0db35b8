"""fit: the training loop."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from autograd import Value
from autograd.advice.advised import with_advice
from autograd.errors import quoted, whole_number
from autograd.untyped import Anything
from nn.arguments import number_in_range
from nn.checkpoint import Checkpoint
from nn.data import Data, shape_of
from nn.draws import Chance
from nn.engine import Engine, Plans, raise_in_epoch
from nn.engines import ENGINES
from nn.finite import raise_at
from nn.habits import OF_FIT
from nn.history import History
from nn.metrics import Metric, Metrics
from nn.module import Module
from nn.optimizers import Optimizer
from nn.sameness import Arguments, facts_of
from nn.schedules import Schedule
from nn.stopping import Stopping
from nn.targets import LossOfModel
from nn.watching import EpochBar, watcher_of

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
    targets: Iterable[Anything] | None = None,
    *,
    loss: Callable[..., Value],
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    sample_weights: Iterable[Anything] | None = None,
    validation: tuple[Iterable[Anything], Iterable[Anything] | None] | Iterable[Anything] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    schedule: Schedule | None = None,
    clip: float | None = None,
    patience: int | None = None,
    callback: Callback | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    engine: str = "numpy",
    seed: "int | Random | np.random.Generator | None" = 0,
    progress: bool = True,
    watch: bool = False,
) -> History:
    """Train a model: for every batch, the mean loss of its examples, its gradients, one step of the optimizer.

    Args:
        model: a `Module`, or any function from one example's inputs to its outputs.
        inputs, targets: arrays or lists, as many of one as of the other; an example's inputs, or targets, are a number,
            a row or a matrix of numbers, of one shape throughout. Without targets the loss takes the outputs alone.
        loss: ``loss(model(x), y)`` of one example, as the losses of `nn`. It is asked about every distinct target
            before the first step: by its attribute `check_target`, if it has one (see `nn.losses`), else by a call.
            Targets that are whole numbers throughout, as class numbers are, come as ints.
        optimizer: holds the parameters to train, and goes on where its last step left it: 3 epochs and then 2 are 5,
            to the bit, if `seed` goes on too.
        epochs: how often all examples are gone through.
        batch_size: examples a step; None for all of them.
        sample_weights: a number of at least 0 for each example. The loss of a batch is Σ w · loss / Σ w, and so is that
            of an epoch; what weighs 0 is left out.
        validation: inputs and targets that are not trained on; their mean loss is taken after each epoch.
        metrics: functions by names, as ``{"accuracy": accuracy}``. After each epoch each is called with the outputs for
            all examples and their targets, as arrays, and gives a number to `History.metrics`; of the validation
            examples it does under ``"validation_"`` + name.
        schedule: ``schedule(epoch)``, from 1, gives the factor on the optimizer's lr: `cosine_decay`, `step_decay`,
            `warm_up`, or a function of your own.
        clip: how long the gradient of a step may be: a longer one is shortened to this norm.
        patience: end the training after so many epochs without a lower validation loss, or a lower training loss if
            there is no validation, and keep the weights of the best epoch.
        callback: ``callback(epoch, history)`` after each epoch, from 1; returning True ends the training, in all
            processes. It may change whatever the loss is computed from: leaves, numbers, the model itself; but not give
            a `Module` parameters that the optimizer does not hold, which would stay as they are.
        checkpoint: a path, to which everything is written after each epoch: the model, the optimizer, the epoch, the
            order of the examples, the history. The file is replaced as a whole, so that a kill or a full disk leaves
            the one of the epoch before.
        resume: go on from the checkpoint, if it is there: with the same arguments the steps are those of a training
            that never ended, to the bit. What would make it another training is refused: other data, another model,
            loss, optimizer, seed, `batch_size` and the like. Four things may change. `epochs` is the total, and a
            checkpoint of as many or more is given back as it is. A learning rate, or another setting of the optimizer,
            other than at the beginning is taken from then on, and so is a `schedule`. `patience` may be longer or
            shorter. The engine may be another.
        engine: "numpy" records the loss and trains on the arrays that `autograd.vectorize` makes of it; "eager" runs
            every example through the scalar engine. Both take the same steps, but for roundings, with two exceptions.
            What a loss draws at random, counts or changes by itself would be frozen in arrays. "numpy" refuses it where
            it is seen: when the loss records something else as it is called again, or when a call changes a number, a
            container, an iterator or a generator of random numbers that the code of the loss or the model can reach by
            its variables and attributes. It looks again after the last epoch, and after some on the way, for what the
            loss reads from a clock or a file; of what changes between, or in a callback's place, it does not know. And
            what has no finite value on the way to a finite loss and gradient is an error in "eager" alone:
            exp(800), w / 0, log(0), the root of a negative number in the branch that a `where` does not take.
            "jax" is "numpy" compiled by XLA, in float64, on all devices that JAX has: it pays for many steps, much data
            or a GPU. Ctrl-C ends it some tenths of a second later, an epoch at most. After
            ``jax.distributed.initialize()`` each process passes rows of its own, as many as it likes, and all end with
            the same weights; what else they pass must be the same. All rows make one step; or with `batch_size` the
            k-th rows of each process, its share, make the k-th. Losses, validation and metrics are those of all rows,
            and the first process writes the checkpoint, which all read.
        seed: of the order of the examples, shuffled anew each epoch if there is more than one batch, and of the draws
            of `dropout` and `noise`. A whole number gives every call of `fit` the same orders and draws, so that a loop
            over ``fit(..., epochs=1)`` repeats its first epoch's; a `random.Random` or a `numpy.random.Generator` goes
            on where the last `fit` left it. None keeps the order given, and draws as 0 does.
        progress: whether to show a progress bar: on the standard error stream, in a notebook as tqdm's widget.
        watch: show how it goes. In a notebook that is a live picture: the loss, and the decision boundary of a model of
            two inputs, or else the network; afterwards a bar goes through the epochs. In a terminal it is a small chart
            of the loss.

    Returns:
        The `History`. Ctrl-C ends the training early and returns it too, with what was learnt kept. The Values hold
        what was learnt at the end, before a callback, and after an interruption or an error.

    Raises:
        TypeError, ValueError: for empty, ragged or unequally long data, NaN or infinity in it or in a parameter, a
            target that the loss does not take, an argument out of its range, an unknown engine, or a loss without a
            parameter of the optimizer in it; all before the first step. With engine "numpy", also for a model or a loss
            that asks for the number of a Value (see `vectorize`), or that is not the same when it is called again. It
            may ask for truths and ints of the data, as in ``if y not in (-1, 1): raise ...``, as long as it computes
            the same for every example.
        FileExistsError: for a checkpoint that is there, without `resume`.
        ValueError: for one that is damaged, or of another training; nothing is changed.
        OSError: if a checkpoint cannot be written; the one of the epoch before is still there.
        ImportError: for `watch` in a notebook without matplotlib, or engine "jax" without JAX.
        RuntimeError: with engine "jax", if another process has ended.
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
    if not isinstance(engine, str) or engine not in ENGINES:
        raise ValueError(f"unknown engine {quoted(engine)}; there is {', '.join(map(repr, ENGINES))}")
    examples = Data(inputs, targets, sample_weights)
    held_out = None if validation is None else _held_out(validation, examples)
    epochs = whole_number("epochs", epochs, least=0, most=2**53)
    if batch_size is not None:
        batch_size = whole_number("batch_size", batch_size, least=1)
    longest = None if clip is None else number_in_range("clip", clip, above=0)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be one of nn's, as SGD(model.parameters(), lr=0.1), not {quoted(optimizer)}")
    if not callable(model) or not callable(loss):
        raise TypeError(
            "model and loss must be functions: of an example's inputs, and of (outputs, targets), as squared_error is"
        )
    for name, function, of in (("callback", callback, "(epoch, history)"), ("schedule", schedule, "the epoch")):
        if function is not None and not callable(function):
            raise TypeError(f"{name} must be a function of {of}, not {quoted(function)}")

    if not isinstance(resume, bool):
        raise TypeError(f"resume must be True or False, not {quoted(resume)}")

    history, chance = History(), Chance(seed)
    stopping = None if patience is None else Stopping(patience)
    measures = Metrics(metrics, examples, held_out, history)
    file = None
    if checkpoint is not None:
        file = Checkpoint(checkpoint, resume, model, optimizer, chance, history, stopping, len(examples))
    elif resume:
        raise ValueError("resume=True goes on from a checkpoint: give its path, checkpoint=path")
    of_model = LossOfModel(model, loss, targets=targets is not None)
    steps = ENGINES[engine](of_model, optimizer, examples, held_out, chance, longest, batch_size)
    asked_for = {"metrics": [*history.metrics], "checkpoint": file is not None, "callback": callback is not None}
    steps.agree(asked_for)
    if stopping is not None:
        stopping.of_one_step = steps.of_one_step
    epoch, ended = 0, False
    if file is not None:
        file.examples = steps.count
        told = Arguments(seed, history.metrics, patience, has_callback=callback is not None)
        file.facts = facts_of(told, examples, steps)
        if file.go_on():
            steps.read()
            epoch, ended = file.epoch, file.ended or (stopping is not None and stopping.ends)
    steps.agree({"epochs": epochs, "the epoch that is gone on from": epoch, "patience": patience})

    plans = Plans(epoch + 1, examples, steps.share, chance, optimizer, schedule)
    watcher = watcher_of(model, loss, examples, epochs) if watch else None
    nobody_looks = all(looks is None for looks in (callback, watcher, stopping, file, held_out, metrics))
    before = {parameter for _, parameter in _parameters(model)}
    with EpochBar(epochs, done=epoch, shown=progress and not (watcher and watcher.has_a_bar)) as bar:
        try:
            if epoch < epochs and not ended:
                steps.look(plans.first())
            while epoch < epochs and not ended:
                if stopping is not None:
                    stopping.begin(steps.snapshot())
                at_once = min(steps.ahead, epochs - epoch) if nobody_looks else 1
                losses = steps.run(islice(plans, at_once))
                run = range(epoch + 1, epoch + 1 + len(losses))
                epoch = run[-1]
                history.losses += losses
                if held_out is not None:
                    history.validation_losses.append(_validated(steps, epoch))
                measures.take(steps)
                if stopping is not None:
                    ended = stopping.see(epoch, history, steps.snapshot())
                bar.advance(len(losses), history)
                if watcher is not None:
                    steps.write()
                    watcher.see(epoch, history)
                by_callback = False
                if callback is not None:
                    steps.write()
                    by_callback = steps.in_any(bool(callback(epoch, history)))
                    ended = ended or by_callback
                else:
                    steps.look_again(run, last=ended or epoch == epochs)
                if file is not None and steps.is_first:
                    steps.write()
                    file.save(epoch, ended=by_callback)
                if callback is not None and epoch < epochs and not ended:
                    _see_that_all_are_trained(model, optimizer, before)
                    try:
                        steps.read()
                    except (ValueError, ArithmeticError) as error:
                        raise_at(f"after the callback of epoch {epoch}", error, cause=error.__cause__)
        except KeyboardInterrupt:
            history.interrupted = True
        finally:
            steps.write()
    if stopping is not None:
        history.best_epoch = stopping.give_back(optimizer.parameters)
    if watcher is not None:
        watcher.close(history)
    return history


def _validated(steps: Engine, epoch: int) -> float:
    try:
        return steps.validate()
    except (ValueError, ArithmeticError) as error:
        raise_in_epoch(epoch, f"epoch {epoch}, after its last batch", error)


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


def _held_out(validation: Anything, examples: Data) -> Data:
    """The validation data, of the form of those to train on."""
    if examples.targets is None and not isinstance(validation, tuple):
        validation = validation, None
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise TypeError("validation must be a pair (inputs, targets)")
    inputs, targets = validation
    if (targets is None) != (examples.targets is None):
        raise ValueError("validation must have targets where the training has, and none where it has none")
    held_out = Data(inputs, targets, which="validation ")
    for role, column, other in zip(("inputs", "targets"), examples.columns, held_out.columns, strict=False):
        if column.shape[1:] != other.shape[1:]:
            raise ValueError(
                f"validation {role} must be like the {role}: {shape_of(column)} each, not {shape_of(other)}"
            )
    return held_out
