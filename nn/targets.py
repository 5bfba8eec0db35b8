"""Targets are looked at before the first step: all of them, by the loss that is to take them."""

from collections.abc import Callable, Iterator, Sequence

from autograd import Value, no_grad
from autograd.nodes import constant
from autograd.operands import UnrecordedTruthError
from autograd.untyped import Anything
from nn.arguments import number_unless_traced
from nn.draws import current_draws
from nn.finite import of_an_operation, raise_at

Example = tuple[Anything, Anything]
"""The inputs and the targets of an example: each a number or a list of numbers."""


class LossOfModel:
    """``loss(model(x), y)`` of one example. It keeps the first outputs, as plain leaves, to ask about targets with."""

    def __init__(self, model: Callable[[Anything], Anything], loss: Callable[[Anything, Anything], Anything]) -> None:
        self._model = model
        self._loss = loss
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

    def _apply(self, x: Anything, y: Anything) -> Anything:
        outputs = self._model(x)
        if self._outputs is None:
            self._outputs = _leaves(outputs)
        return self._loss(outputs, y)

    def see_to_targets(
        self, examples: Sequence[Example], held_out: Sequence[Example], taken: Sequence[Anything]
    ) -> None:
        """Raise the error of the loss for the first target that it does not take, with the target's place.

        A loss with an attribute `check_target` says by that what it takes. Another is itself called with each distinct
        target, except those `taken` before, and the outputs of one example. If that raises, the target's own example
        decides, for the loss may have meant the pair. Where an operation has no value whatever the target, it is the
        outputs that have none. Before the model gave outputs there is nothing to ask with.
        """
        if self._outputs is None:
            return
        check = getattr(self._loss, "check_target", None)
        known = {_key(y) for y in taken} if check is None else set()
        lost: tuple[str, Exception] | None = None
        for role, group in (("targets", examples), ("validation targets", held_out)):
            for index, (x, y) in enumerate(group):
                key = _key(y)
                if key in known:
                    continue
                known.add(key)
                try:
                    if check is not None:
                        check(self._outputs, y)
                    else:
                        self._ask(x, y)
                        taken = [y]
                except Exception as error:
                    if check is not None or not of_an_operation(error):
                        raise_at(f"{role}[{index}]", error, cause=error)
                    lost = lost or (f"{role}[{index}]", error)
                if lost and taken:
                    raise_at(*lost, cause=lost[1])

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


def _key(target: Anything) -> Anything:
    return tuple(target) if isinstance(target, list) else target


def _leaves(outputs: Anything) -> Anything:
    """The outputs without their graph; while a trace records, with 0 for the numbers that are not there."""
    if isinstance(outputs, Value):
        return Value(number_unless_traced(outputs) or 0.0)
    if isinstance(outputs, list | tuple):
        return [_leaves(output) for output in outputs]
    return {key: _leaves(output) for key, output in outputs.items()} if isinstance(outputs, dict) else outputs
