"""The recorded graph, recorded anew by the engine at other numbers: for its errors, and where it has infinities."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from autograd.recorder import EAGER, Recorder, current
from autograd.value import Value


class EagerReplay:
    """A graph that the engine records again.

    Args:
        order: its nodes, operands first.
        outputs: those that are returned.
        leaves: those that get other numbers.
    """

    def __init__(self, order: Sequence[Value], outputs: Sequence[Value], leaves: Sequence[Value]) -> None:
        self.order = order
        self.leaves = leaves
        self._outputs = outputs

    def recorded(self, numbers: Sequence[float]) -> tuple[list[Value], list[Value]]:
        """The outputs and the leaves at these numbers, as Values of their own."""
        leaves = [Value(number, leaf.name) for leaf, number in zip(self.leaves, numbers, strict=True)]
        twins = dict(zip(self.leaves, leaves, strict=True))
        for node in self.order:
            if node in twins:
                continue
            if node.op is None:
                twins[node] = Value(node._scalar, node.name)
                twins[node].constant = node.constant
            else:
                twins[node] = node.op.record(*[twins[parent] for parent in node.parents])
        return [twins[output] for output in self._outputs], leaves

    def outputs(self, numbers: Sequence[float]) -> list[float]:
        with recording():
            outputs, _ = self.recorded(numbers)
        return [output._scalar for output in outputs]

    def value_and_gradient(self, numbers: Sequence[float], places: Sequence[int]) -> tuple[float, list[float]]:
        """The one output, and its gradient by the leaves at some places."""
        with recording():
            [output], leaves = self.recorded(numbers)
        output.backward()
        return output._scalar, [leaves[place].grad or 0.0 for place in places]


@contextmanager
def recording(recorder: Recorder = EAGER) -> Iterator[None]:
    """Let the engine record inside, whoever records around: in a `no_grad`, too."""
    token = current.set(recorder)
    try:
        yield
    finally:
        current.reset(token)
