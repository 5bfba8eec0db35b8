"""What a loss records on placeholders, in a form that tells whether it records the same again."""

import random
import sys
from collections.abc import Callable, Collection, Iterable
from typing import Any

from autograd import Value
from autograd.graph import topological_order
from autograd.lifting.tracing import Placeholder, Trace
from nn.draws import Draws, drawing

INSTEAD = (
    "what it draws at random, counts or keeps from call to call would stay as it is now for the whole training. "
    "Draw with nn.dropout or nn.noise, and let a callback set what changes from epoch to epoch"
)

SMALL = 4000
"""A graph of fewer nodes is recorded more than twice, for a choice among few may come out alike twice."""


class DrawnLoss:
    """``loss(x, y)`` as a function of an example and its draws, so that `vectorize` takes the draws as data.

    Attributes:
        asked: how many draws the loss asks for, of either kind.
    """

    def __init__(self, loss: Callable[[Any, Any], Any], example: tuple[Any, Any]) -> None:
        self._loss = loss
        self._example = example
        self.asked = [0, 0]

    @property
    def arguments(self) -> list[Any]:
        """The example, and as many zeros as there are draws: `vectorize` looks at the shapes."""
        return [*self._example, *([0.0] * count for count in self.asked if count)]

    def __call__(self, x: Any, y: Any, *drawn: Any) -> Any:
        kinds = iter(drawn)
        uniform, normal = (next(kinds) if count else () for count in self.asked)
        before = _random_states()
        with drawing(Draws(iter(uniform), iter(normal))) as draws:
            output = self._loss(x, y)
        self.asked = draws.asked
        if _random_states() != before:
            raise TypeError(f"the loss draws random numbers, but it is recorded once: {INSTEAD}")
        return output

    def record(self, read: Collection[Value]) -> "RecordedLoss":
        """What the loss records now; programs are to read these leaves at each call."""
        for _ in range(3):
            asked = self.asked
            trace = Trace(self, self.arguments)
            if self.asked == asked:
                return RecordedLoss(trace, read)
        raise TypeError(f"the loss draws now more numbers, now fewer, but it is recorded once: {INSTEAD}")

    def record_twice(self, read: Collection[Value]) -> "RecordedLoss":
        """What the loss records now.

        Raises:
            TypeError: if it records something else when it is called again.
        """
        first = self.record(read)
        for _ in range(1 + min(6, SMALL // len(first.entries))):
            again = self.record(read)
            if again.entries != first.entries:
                raise TypeError(
                    f"the loss is not the same when it is called again ({first.difference(again)}), but it is recorded "
                    f"once: {INSTEAD}"
                )
        return first


class RecordedLoss:
    """The graph of one run of a loss on placeholders.

    Attributes:
        entries: for each node, its operation and operands, its place among the arguments, its identity if it is a leaf
            to be read at each call, or else its number, which a program keeps.
        leaves: the leaves whose numbers a program keeps, by their index.
    """

    def __init__(self, trace: Trace, read: Collection[Value]) -> None:
        self.entries: list[Any] = []
        self.leaves: dict[int, Value] = {}
        index: dict[Value, int] = {}
        for node in topological_order(*trace.outputs):
            index[node] = len(index)
            if node.op is not None:
                entry: Any = (node.op, tuple([index[parent] for parent in node.parents]))
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


def _random_states() -> tuple[Any, ...]:
    """What the generators of `random` and `numpy.random` hold: it is another state once a number was drawn."""
    states: list[Any] = [random.getstate()]
    if numpy_random := sys.modules.get("numpy.random"):
        state = numpy_random.get_state(legacy=False)["state"]
        states += [part.tobytes() if hasattr(part, "tobytes") else part for part in state.values()]
    return tuple(states)
