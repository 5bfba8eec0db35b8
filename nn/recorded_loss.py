"""What a loss records on placeholders, in a form that tells whether it records the same again."""

import random
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn

from autograd import Value, recorder
from autograd.graph import replay, topological_order
from autograd.lifting.tracing import Placeholder, Trace
from autograd.numbers.floats import floats
from autograd.untyped import AnyArray, Anything
from nn.arguments import is_sequence
from nn.data import Data, Example
from nn.draws import Draws, drawing
from nn.finite import raise_at
from nn.kept import Kept
from nn.targets import LossOfModel

INSTEAD = (
    "what it draws at random, counts or keeps from call to call would stay as it is now for the whole training. "
    "Draw with nn.dropout or nn.noise, and let a callback set what changes from epoch to epoch"
)

ON_PLACEHOLDERS = (
    "(The loss was recorded with placeholders for its data, which are in no set and no key of a dict: compare them, as "
    "in y in (-1, 1), or test targets by a check_target of the loss. fit(..., engine='eager') runs any code.)"
)

SMALL = 4000
"""A graph of fewer nodes is recorded more than twice, for a choice among few may come out alike twice; and again after
epochs 1, 2, 4, 8, … of a training without a callback."""


class DrawnLoss:
    """``loss(x, y)`` as a function of an example, its weight and its draws, so that `vectorize` takes all as data.

    What it asks of the data, as in ``if y not in (-1, 1): raise``, is answered with the numbers of the first example.
    So it must come to the same for every other one.

    Attributes:
        asked: how many draws the loss asks for, of either kind.
        weights: the weights of the examples as a column, if they have any.
    """

    def __init__(self, loss: LossOfModel, examples: Data, held_out: Data | None = None) -> None:
        self._loss = loss
        self._examples = examples
        self._held_out = held_out
        self.weights = [] if examples.weights is None else [examples.weights]
        self._example: Example | None = examples[0]
        self._answers: Answers
        self.asked = [0, 0]

    @property
    def arguments(self) -> list[Anything]:
        """An example, its weight, and as many zeros as there are draws: `vectorize` looks at the shapes."""
        example = [thing for thing in self._examples[0] if thing is not None]
        return [*example, *([1.0] * len(self.weights)), *([0.0] * count for count in self.asked if count)]

    def __call__(self, x: Anything, y: Anything = None, *more: Anything) -> Anything:
        rest = list(more)
        if self._examples.targets is None and y is not None:
            y, rest = None, [y, *rest]
        weight = rest.pop(0) if self.weights else None
        kinds = iter(rest)
        uniform, normal = (next(kinds) if count else () for count in self.asked)
        before = _random_states()
        with drawing(Draws(iter(uniform), iter(normal))) as draws:
            output = self.without_draws(x, y)
        self.asked = draws.asked
        if _random_states() != before:
            raise TypeError(f"the loss draws random numbers, but it is recorded once: {INSTEAD}")
        return output if weight is None else weight * output

    def without_draws(self, x: Anything, y: Anything = None) -> Anything:
        """The loss of placeholders for an example, as it is for validation. A trace runs it."""
        trace: Anything = recorder.current.get()
        self._answers = trace.known = Answers(trace, [*_flat(x), *_flat(y)], self._example)
        return self._loss(x, y)

    def record(self, read: Collection[Value]) -> "RecordedLoss":
        """What the loss records now; programs are to read these leaves at each call.

        Raises:
            TypeError: if it records something else for another example.
        """
        try:
            first = self._recorded(read)
        except Exception as error:
            if isinstance(error, KeyError) and error.args and isinstance(error.args[0], Placeholder):
                raise TypeError(f"the loss looks up {error.args[0]!r} in a dict. {ON_PLACEHOLDERS}") from error
            if not isinstance(error, TypeError):
                error.add_note(ON_PLACEHOLDERS)
            raise
        if not self._answers.given:
            return first
        import numpy as np

        known = [self._answers]
        for role, data in (("example", self._examples), ("validation example", self._held_out)):
            left = np.arange(0 if data is None else len(data))
            for answers in known:
                left = left[~answers.same_for(data, left)]
            while len(left):
                index = int(left[0])
                with self._at(data[index]):  # type: ignore[index]  # without data nothing is left
                    try:
                        other = self._recorded(read)
                    except (ValueError, ArithmeticError) as error:
                        raise_at(f"{role} {index}", error, cause=error)
                if other.entries != first.entries:
                    self._refuse_to_answer(f"{role} {index}")
                known.append(self._answers)
                left = left[1:][~self._answers.same_for(data, left[1:])]
        return first

    def record_twice(self, read: Collection[Value]) -> "RecordedLoss":
        """What the loss records now.

        Raises:
            TypeError: if it records something else when it is called again, or for another example; or if a call
                changes what the next one can read, as a count of calls or a generator of random numbers.
        """
        first = self.record(read)
        # What the first call alone writes is made when it is first asked for, as a cached property is.
        kept = Kept(*self._loss.functions)
        for _ in range(1 + min(6, SMALL // len(first.entries))):
            self.see_that_it_is(first, read, "when it is called again")
        if changed := kept.changed():
            raise TypeError(f"the loss {changed}, but it is recorded once: {INSTEAD}")
        return first

    def see_that_it_is(self, first: "RecordedLoss", read: Collection[Value], when: str) -> None:
        """Raise TypeError if the loss records something else than it did first."""
        again = self._recorded(read)
        if again.entries != first.entries:
            raise TypeError(
                f"the loss is not the same {when} ({first.difference(again)}), but it is recorded once: {INSTEAD}"
            )

    def _recorded(self, read: Collection[Value]) -> "RecordedLoss":
        for _ in range(3):
            asked = self.asked
            trace = Trace(self, self.arguments)
            if self.asked == asked:
                return RecordedLoss(trace, read)
        raise TypeError(f"the loss draws now more numbers, now fewer, but it is recorded once: {INSTEAD}")

    @contextmanager
    def _at(self, example: Example | None) -> Iterator[None]:
        """Let this example answer; None: let nothing be answered."""
        before, self._example = self._example, example
        try:
            yield
        finally:
            self._example = before

    def _refuse_to_answer(self, place: str) -> NoReturn:
        """Raise the error that names the line which asks."""
        with self._at(None):
            Trace(self, self.arguments)
        raise TypeError(f"the loss computes something else for {place} than for example 0, but it is recorded once")


class Answers:
    """What placeholders for an example are, for a loss that asks.

    Args:
        trace: the run in which the loss asks.
        placeholders: those for the numbers of an example.
        example: the one that answers; None answers nothing.

    Attributes:
        given: what was asked for, and the answers.
    """

    def __init__(self, trace: Trace, placeholders: Sequence[Value], example: Example | None) -> None:
        self._trace = trace
        self._placeholders = placeholders
        self._numbers = dict(zip(placeholders, _numbers(example), strict=True)) if example is not None else {}
        self.given: dict[Value, float] = {}

    def __call__(self, asked: Value) -> float | None:
        for node in topological_order(asked):
            # What is trained, read anew or drawn is not known.
            if node.op is None and node not in self._numbers and not (node.constant or self._made_inside(node)):
                return None
        try:
            number = _value(asked, self._numbers)
        except (ValueError, ArithmeticError):
            return None
        self.given[asked] = number
        return number

    def _made_inside(self, leaf: Value) -> bool:
        return not isinstance(leaf, Placeholder) and self._trace.born_inside(leaf)

    def same_for(self, data: Data | None, indices: AnyArray) -> AnyArray:
        """Whether each of these examples would have answered the same."""
        import numpy as np

        place = {node: index for index, node in enumerate(self._placeholders)}
        needed = sorted({place[node] for asked in self.given for node in topological_order(asked) if node in place})
        if data is None or not needed:
            return np.ones(len(indices), bool)
        flat = [column.reshape(len(data), -1) for column in data.columns]
        width = flat[0].shape[1]
        asked_for = [flat[0][indices, k] if k < width else flat[1][indices, k - width] for k in needed]
        rows, inverse = np.unique(np.column_stack(asked_for), axis=0, return_inverse=True)
        nodes = [self._placeholders[k] for k in needed]
        same = [self._answer_alike(dict(zip(nodes, row, strict=True))) for row in rows.tolist()]
        return np.array(same, bool)[inverse.ravel()]

    def _answer_alike(self, numbers: Mapping[Value, float]) -> bool:
        try:
            return all(_value(asked, numbers) == number for asked, number in self.given.items())
        except (ValueError, ArithmeticError):
            return False


def _value(node: Value, numbers: Mapping[Value, float]) -> float:
    def leaf(node: Value) -> float | None:
        if node in numbers:
            return numbers[node]
        return None if node.op else node.data

    found: float = replay(topological_order(node), floats, leaf)[node]
    return found


def _flat(thing: Anything) -> list[Anything]:
    if thing is None:
        return []
    return [number for part in thing for number in _flat(part)] if is_sequence(thing) else [thing]


def _numbers(example: Example) -> list[float]:
    x, y = example
    return [*_flat(x), *_flat(y)]


class RecordedLoss:
    """The graph of one run of a loss on placeholders.

    Attributes:
        entries: for each node, its operation and operands, its place among the arguments, its identity if it is a leaf
            to be read at each call, or else its number, which a program keeps.
        leaves: the leaves whose numbers a program keeps, by their index.
    """

    def __init__(self, trace: Trace, read: Collection[Value]) -> None:
        self.entries: list[Anything] = []
        self.leaves: dict[int, Value] = {}
        index: dict[Value, int] = {}
        for node in topological_order(*trace.outputs):
            index[node] = len(index)
            if node.op is not None:
                entry: Anything = (node.op, tuple([index[parent] for parent in node.parents]))
            elif node in trace.positions:
                entry = trace.positions[node]
            elif node in read or isinstance(node, Placeholder):  # a placeholder of an earlier run is like no other
                entry = id(node), "leaf"
            else:
                self.leaves[index[node]] = node
                entry = node.data if node.data == node.data else "NaN"
            self.entries.append(entry)

    def depends_on(self, leaves: Iterable[Value]) -> bool:
        """Whether one of these leaves, which are read at each call, is in it."""
        return not {(id(leaf), "leaf") for leaf in leaves}.isdisjoint(
            entry for entry in self.entries if isinstance(entry, tuple)
        )

    def operations(self, parameters: Sequence[Value]) -> Iterator[Anything]:
        """The entries without the numbers, and with the place of a parameter instead of its identity."""
        place = {id(parameter): index for index, parameter in enumerate(parameters)}
        for entry in self.entries:
            if isinstance(entry, tuple) and entry[1:] == ("leaf",):
                yield "leaf", place.get(entry[0])
            else:
                yield "number" if isinstance(entry, float | str) else entry

    @property
    def constants(self) -> list[float]:
        """The numbers that the loss was written with."""
        return [leaf.data for leaf in self.leaves.values() if leaf.constant]

    def changed_leaves(self, later: "RecordedLoss") -> list[Value]:
        """The leaves of both that a program keeps, and that hold another number in the later one."""
        return [
            leaf
            for index, leaf in self.leaves.items()
            if later.leaves.get(index) is leaf and self.entries[index] != later.entries[index]
        ]

    def difference(self, later: "RecordedLoss") -> str:
        """The first difference, in words."""
        if leaves := self.changed_leaves(later):
            return f"it writes to {leaves[0]!r}"
        for one, other in zip(self.entries, later.entries, strict=False):
            if one != other:
                numbers = isinstance(one, float) and isinstance(other, float)
                return f"the number {one} in it became {other}" if numbers else "it computes something else"
        return "it computes more, or less"


def _random_states() -> tuple[Anything, ...]:
    """What the generators of `random` and `numpy.random` hold: it is another state once a number was drawn."""
    states: list[Anything] = [random.getstate()]
    if numpy_random := sys.modules.get("numpy.random"):
        state = numpy_random.get_state(legacy=False)["state"]
        states += [part.tobytes() if hasattr(part, "tobytes") else part for part in state.values()]
    return tuple(states)
