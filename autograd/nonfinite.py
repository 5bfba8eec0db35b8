"""Where the first number that is not finite was born: asked of a graph, or told while a program runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Literal, Never

from autograd.errors import applied, described
from autograd.graph import Node, contributions, depending_on, topological_order
from autograd.operation import Operation
from autograd.recorder import Recorder, RecordingBlock, Within
from autograd.scopes import scopes_of
from autograd.text import label, printable
from autograd.users_lines import place_of
from autograd.value import Value


@dataclass(frozen=True, eq=False)
class NonFinite:
    """The first number of a graph that is NaN or infinite: ``print`` says where it was born."""

    node: Value
    """The Value that holds it."""
    where: Literal["data", "grad"]
    """Whether it is the node's number or its gradient."""
    number: float
    """NaN or an infinity."""
    operation: Operation | None
    """What gave it: for data the node's own operation, None for a leaf; for a gradient the operation that passed it to
    the node, None if finite gradients became too large as they were added."""
    operands: tuple[Value, ...]
    """Those of the operation."""
    path: str = ""
    """The module that the operation is in, as ``"layers.0.perceptrons.3"``; "" if it is in none."""
    line: str | None = None
    """Where the operation stands in the user's program, if it was computed inside of `debug`."""

    def __str__(self) -> str:
        name = label(self.node)
        if self.where == "data":
            born = f"the leaf {name} is" if self.operation is None else f"{applied(self.operation, self.operands)} is"
        elif self.operation is None:
            born = f"the gradients that come to {name} add up to"
        else:
            born = f"{applied(self.operation, self.operands)} gives {name} the gradient"
        module = f", in {self.path}" if self.path else ""
        return printable(f"{born} {self.number}{module}{f', on {self.line}' if self.line else ''}")

    __repr__ = __str__


def first_nonfinite(output: Value) -> NonFinite | None:
    """Where the first NaN or infinity of a graph was born; None if all its data and gradients are finite.

    Where the output itself is not finite, it is the operation that this comes from: its operands are finite, or it is
    infinite operands that gave it NaN. Where the output is finite, it is the first node whose data are not, and else
    the first gradient in the order of `Value.backward`, which need not have run. Gradients by plain numbers, as by the
    2 of ``x ** 2``, do not count.

    Args:
        output: the Value whose graph it is.

    Raises:
        TypeError: if `output` is not a Value.

    >>> from autograd import sqrt
    >>> x, w = Value(1e200, "x"), Value(0.0, "w")
    >>> print(first_nonfinite(x * x - w))
    x * x with x = 1e+200 is inf
    >>> found = first_nonfinite(sqrt(w) * x)
    >>> print(found)
    sqrt(w) with w = 0.0 gives w the gradient inf
    >>> found.where, found.node is w, found.operation
    ('grad', True, Operation('sqrt'))
    """
    if not isinstance(output, Value):
        raise TypeError(f"the output must be a Value, not {described(output)}")
    order = topological_order(output)
    node = next((node for node in order if not isfinite(node.data)), None)
    if node is not None:
        return _of_data(output if not isfinite(output.data) else node, order)
    return _of_gradients(output, order)


def origin_of(output: Value) -> Value:
    """The node that the number of an output, which is not finite, comes from."""
    node = output
    while worse := [p for p in node.parents if isnan(p.data)] or [p for p in node.parents if not isfinite(p.data)]:
        node = worse[0]
    return node


def births_of_gradients(
    order: list[Value], gradients: dict[Node, float], inputs: Iterable[Value]
) -> Iterator[tuple[Node, int, float]]:
    """(node, operand, upstream) where upstream times local gradient is the first that is not finite on its way.

    `gradients` begins with that of the output, and holds them all at the end.
    """
    for node, operand, passed in contributions(order, gradients, among=depending_on(order, inputs)):
        if not isfinite(passed) and isfinite(gradients[node]):
            yield node, operand, gradients[node]


def _of_data(node: Value, order: list[Value]) -> NonFinite:
    origin = origin_of(node)
    return _found(origin, "data", origin.data, origin, order)


def _of_gradients(output: Value, order: list[Value], seed: float = 1.0) -> NonFinite | None:
    inputs = [node for node in order if node.op is None and not node.constant]
    gradients: dict[Node, float] = {output: seed}
    for node, operand, upstream in births_of_gradients(order, gradients, inputs):
        return _found(node.parents[operand], "grad", upstream * node.local_grads[operand], node, order)
    node, number = next(((node, x) for node, x in gradients.items() if not isfinite(x)), (output, 0.0))
    return None if isfinite(number) else NonFinite(node, "grad", number, None, (), module_of(node, order))


def _found(
    node: Value, where: Literal["data", "grad"], number: float, computed: Value, order: list[Value]
) -> NonFinite:
    line = getattr(computed, "line", None)
    return NonFinite(node, where, number, computed.op, computed.parents, module_of(computed, order), line)


def module_of(node: Value, order: list[Value]) -> str:
    """The innermost module that a node of a topological order is in; "" if it is in none."""
    return next(iter(scopes_of(order).get(node, ())[::-1]), "")


class Debugging(Within):
    """Records as the engine does, keeps the line of each operation, and looks at each number."""

    @property
    def paused(self) -> bool:  # type: ignore[override]  # it can change
        return self._outer.paused

    def recorded(self, node: Value) -> None:
        if not self.over:
            node.line = place_of()
            if not isfinite(node.data) and _is_born_at(node):
                raise FloatingPointError(str(_found(node, "data", node.data, node, topological_order(node))))
        self._outer.recorded(node)

    def backward(self, output: Value, seed: float) -> None:
        if not self.over and (found := _of_gradients(output, topological_order(output), seed)):
            raise FloatingPointError(str(found))
        self._outer.backward(output, seed)


def _is_born_at(node: Value) -> bool:
    """Whether an operation gives what none of its operands is: an infinity that was given is no surprise."""
    return not any(isnan(p.data) if isnan(node.data) else not isfinite(p.data) for p in node.parents)


class debug(RecordingBlock):  # noqa: N801  (as `no_grad`)
    """Stop at the first NaN or infinity: FloatingPointError at the operation or the `backward` that gives it.

    The error names the operation, its operands and the line of your program, and nothing is changed: no gradient is
    written. Nodes computed inside keep their line, for `first_nonfinite`. It holds for this thread or task, and each
    operation takes longer by far; what a lifted program computes on arrays it does not see.

    Raises:
        FloatingPointError: inside, as above.

    >>> x = Value(1e200, "x")
    >>> with debug():  # doctest: +ELLIPSIS
    ...     y = x * x
    Traceback (most recent call last):
    ...
    FloatingPointError: x * x with x = 1e+200 is inf, on line 2 of <doctest ...> (y = x * x)
    """

    def __init__(self, *given: Never) -> None:
        if given:
            raise TypeError(f"debug takes nothing, not {described(given[0])}: write with debug(): ...")
        super().__init__()

    def inside(self, around: Recorder) -> Within:
        if around.traces:
            raise TypeError("a lifted program has no numbers to debug: call the function itself inside of debug()")
        return Debugging(around)
