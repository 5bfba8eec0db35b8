"""The program by which the page computes a graph anew when its leaves are moved: the table's rules, as JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd.numbers.javascript import local_function, value_function
from autograd.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.graph import Node

MOST_NODES = 20_000
"""Of a graph that a page can compute anew: with more it would be slow, and large."""
LONGEST = 600_000
"""How many characters the operations may have in all; one of n operands has some 30 · n."""


@dataclass(frozen=True, slots=True)
class PageProgram:
    """A graph as JavaScript.

    Attributes:
        operations: a list of ``[value, local gradients]``, for each operation that the graph uses.
        rules: for each node the place of its operation in them; -1 for a leaf.
        operands: for each node the places of its operands.
        outputs: the places of the outputs.
    """

    operations: str
    rules: list[int]
    operands: list[list[int]]
    outputs: list[int]


class NotWritableError(ValueError):
    """The graph cannot be computed on a page; the message says why."""


def program_of(order: Sequence[Node], outputs: Sequence[Node]) -> PageProgram:
    """The program of a topological order of what the outputs depend on.

    Raises:
        NotWritableError: if the graph is too large, or has an operation of a user's that only floats can run.

    >>> from autograd import Value
    >>> from autograd.graph import topological_order
    >>> x = Value(2.0)
    >>> y = x * x
    >>> program_of(topological_order(y), [y])
    PageProgram(operations='[[(x) => { const t0 = x[0] * x[1]; return t0; }, (y, x) => { return [x[1], x[0]]; }]]', \
rules=[-1, 0], operands=[[], [0, 0]], outputs=[1])
    """
    if len(order) > MOST_NODES:
        raise NotWritableError(f"it has {len(order):,} nodes, and a page computes {MOST_NODES:,} at most")
    place = {node: position for position, node in enumerate(order)}
    functions: dict[tuple[Any, int], str] = {}
    rules, length = [], 0
    for node in order:
        key = node.op, len(node.parents)
        if node.op is not None and key not in functions:
            functions[key] = _written(*key)
            length += len(functions[key])
            if length > LONGEST:
                raise NotWritableError(f"its operations would take more than {LONGEST:,} characters")
    numbers = {key: position for position, key in enumerate(functions)}
    rules = [numbers.get((node.op, len(node.parents)), -1) for node in order]
    operands = [[place[parent] for parent in node.parents] for node in order]
    text = ",\n".join(functions.values())
    return PageProgram(f"[{text}]", rules, operands, [place[output] for output in dict.fromkeys(outputs)])


def _written(operation: Any, count: int) -> str:
    try:
        return f"[{value_function(operation.value, count)}, {local_function(operation.local, count)}]"
    except Exception as error:  # whatever a rule of a user's does with what is no float
        name = visible(operation.name)
        raise NotWritableError(
            f"the operation {name} computes with floats alone ({visible(str(error))}); "
            "one that uses m.exp(a) and the like can be written"
        ) from error
