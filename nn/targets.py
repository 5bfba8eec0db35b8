"""Targets are looked at before the first step: all of them, by the loss that is to take them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from inspect import signature
from itertools import islice

from autograd import Value, no_grad
from autograd.nodes import constant
from autograd.operands import UnrecordedTruthError
from autograd.untyped import Anything
from nn.arguments import number_unless_traced
from nn.data import Data
from nn.draws import current_draws
from nn.finite import of_an_operation, raise_at

MOST_ASKED = 10_000
"""How many distinct targets a loss without a `check_target` is asked about: of more, these and the two extremes."""


class LossOfModel:
    """``loss(model(x), y)`` of one example, or ``loss(model(x))`` where there are no targets.

    It keeps the first outputs, as plain leaves, to ask about targets with.

    Raises:
        TypeError: for a loss that does not take the one or the other.
    """

    def __init__(
        self, model: Callable[[Anything], Anything], loss: Callable[..., Anything], *, targets: bool = True
    ) -> None:
        _see_that_it_takes(loss, targets=targets)
        self._model = model
        self._loss = loss
        self._targets = targets
        self._outputs: Anything = None
        self._of_values = 0

    @property
    def functions(self) -> tuple[Anything, Anything]:
        """The model and the loss."""
        return self._model, self._loss

    def __call__(self, x: Anything, y: Anything) -> Anything:
        # where(x > 1.5, a, b) chooses by the data, which are plain numbers: as Values they can be compared. A target
        # stays a number if it can, for it may be that of a class.
        if draws := current_draws():
            draws.begin()
        while True:
            try:
                inputs = _as_values(x) if self._of_values > 0 else x
                return self._apply(inputs, _as_values(y) if self._of_values > 1 else y)
            except UnrecordedTruthError:
                if self._of_values == 2:
                    raise
                self._of_values += 1
                if draws:
                    draws.begin_again()

    def outputs_of(self, x: Anything) -> list[Value]:
        """The Values that the model gives for the inputs of an example."""
        return list(_values_in(self._model(_as_values(x) if self._of_values > 0 else x)))

    def numbers_of(self, x: Anything) -> Anything:
        """The numbers that the model gives for the inputs of an example: one, or lists of them."""
        return numbers_in(applied(self._model, x))

    def _apply(self, x: Anything, y: Anything) -> Anything:
        outputs = self._model(x)
        if self._outputs is None:
            self._outputs = _leaves(outputs)
        return self._loss(outputs, y) if self._targets else self._loss(outputs)

    def see_to_targets(self, examples: Data, held_out: Data | None, taken: Iterable[int]) -> None:
        """Raise the error of the loss for the first target that it does not take, with the target's place.

        A loss with an attribute `check_target` says by that what it takes; one with `takes_numbers` besides takes any
        numbers that are as many as those of the first example. Another is itself called with each distinct target,
        except those of the examples `taken` before, and the outputs of one example. If that raises, the target's own
        example decides, for the loss may have meant the pair. Where an operation has no value whatever the target, it
        is the outputs that have none. Before the model gave outputs there is nothing to ask with.
        """
        if self._outputs is None or not self._targets:
            return
        check = getattr(self._loss, "check_target", None)
        known = examples.keys_of_targets(taken if check is None else ())
        has_taken = bool(known)
        lost: tuple[str, Exception] | None = None
        for role, group in (("targets", examples), ("validation targets", held_out)):
            for index in self._asked_about(group, known) if group is not None else ():
                x, y = group[index]  # type: ignore[index]  # mypy does not see that there is a group
                try:
                    if check is not None:
                        check(self._outputs, y)
                    else:
                        self._ask(x, y)
                        has_taken = True
                except Exception as error:
                    if check is not None or not of_an_operation(error):
                        raise_at(f"{role}[{index}]", error, cause=error)
                    lost = lost or (f"{role}[{index}]", error)
                if lost and has_taken:
                    raise_at(*lost, cause=lost[1])

    def _asked_about(self, group: Data, known: set[bytes]) -> Iterator[int]:
        """The examples whose targets the loss is asked about."""
        if getattr(self._loss, "takes_numbers", False):
            yield 0
        elif hasattr(self._loss, "check_target"):
            yield from group.distinct_targets(known)
        else:
            yield from islice(group.distinct_targets(known), MOST_ASKED)
            if len(known) >= MOST_ASKED:
                yield from group.extreme_targets()

    def _ask(self, x: Anything, y: Anything) -> None:
        with no_grad():
            try:
                self._loss(self._outputs, y)
            except Exception:
                self(x, y)


def _as_values(thing: Anything) -> Anything:
    if isinstance(thing, list):
        return [_as_values(entry) for entry in thing]
    return constant(thing) if isinstance(thing, float | int) else thing


def _values_in(thing: Anything) -> Iterator[Value]:
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, list | tuple | dict):
        for part in thing.values() if isinstance(thing, dict) else thing:
            yield from _values_in(part)


def _see_that_it_takes(loss: Callable[..., Anything], *, targets: bool) -> None:
    """A TypeError for a loss of outputs and targets where there are no targets, or of outputs alone where there are."""
    with suppress(ValueError):  # a function of C may have no signature
        known = signature(loss)
        for count in (1, 2):
            try:
                known.bind(*range(count))
            except TypeError:
                continue
            if count == 1 + targets:
                return
            name = getattr(loss, "__name__", "the loss")
            raise TypeError(
                f"{name} takes the outputs alone, and there are targets: leave them out, or give it a second argument"
                if targets
                else f"{name} takes (outputs, targets), and there are no targets: give fit some, or a loss of the "
                "outputs alone"
            )


def applied(model: Callable[[Anything], Anything], x: Anything) -> Anything:
    """What a model gives for the inputs of an example, with nothing recorded: numbers become Values if it asks."""
    with no_grad():
        try:
            return model(x)
        except UnrecordedTruthError:
            return model(_as_values(x))


def numbers_in(outputs: Anything) -> Anything:
    """The numbers of what a model gives: one, or lists of them."""
    if isinstance(outputs, list | tuple):
        return [numbers_in(output) for output in outputs]
    return float(outputs.data if isinstance(outputs, Value) else outputs)


def _leaves(outputs: Anything) -> Anything:
    """The outputs without their graph; while a trace records, with 0 for the numbers that are not there."""
    if isinstance(outputs, Value):
        return Value(number_unless_traced(outputs) or 0.0)
    if isinstance(outputs, list | tuple):
        return [_leaves(output) for output in outputs]
    return {key: _leaves(output) for key, output in outputs.items()} if isinstance(outputs, dict) else outputs
