"""What happens in a backward pass, as a list of events: the recorded local gradients, played on a clean sheet.

A node is known here by ``parents`` and ``local_grads`` alone; no ``grad`` is read or written.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.graph import NOTHING


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a node passes to one of its operands: upstream gradient × local gradient, added to what came before."""

    node: Any
    operand: int
    """Which operand of the node receives it, from 0."""
    upstream: float
    """The gradient of the node, complete by now."""
    local: float
    """∂node/∂operand, as recorded."""
    product: float
    before: float | None
    """The gradient of the operand so far; None if this is the first contribution to it."""
    after: float
    number: int
    """Which of the contributions to the operand it is, from 1."""

    @property
    def receiver(self) -> Any:
        return self.node.parents[self.operand]


@dataclass(frozen=True, slots=True)
class BackwardPass:
    """A backward pass from one output, or from several at once: then it is that of their sum.

    Attributes:
        seeds: the outputs, whose gradients start as 1.
        contributions: in the order in which `Value.backward` makes them.
        gradients: the gradient of each node that one reached; of the others it is 0.
        counts: how many contributions each node receives in all; a seed counts as one.
    """

    seeds: tuple[Any, ...]
    contributions: tuple[Contribution, ...]
    gradients: Mapping[Any, float]
    counts: Mapping[Any, int]


def backward_pass(outputs: Sequence[Any], order: Sequence[Any]) -> BackwardPass:
    """The events of a backward pass over a topological order of what the outputs depend on.

    >>> from autograd import Value
    >>> from autograd.graph import topological_order
    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> for c in backward_pass([y], topological_order(y)).contributions:
    ...     print(f"{c.upstream:g} × {c.local:g} = {c.product:g}; {c.before} -> {c.after:g}")
    1 × 3 = 3; None -> 3
    1 × 3 = 3; 3.0 -> 6
    >>> x.grad is None
    True
    """
    gradients: dict[Any, float] = dict.fromkeys(outputs, 1.0)
    counts = Counter(gradients)
    contributions = tuple(_contributions(order, gradients, counts))
    return BackwardPass(tuple(dict.fromkeys(outputs)), contributions, gradients, counts)


def _contributions(order: Sequence[Any], gradients: dict[Any, float], counts: Counter[Any]) -> Iterator[Contribution]:
    for node in reversed(order):
        # Nodes after it are done, so its gradient is complete; nothing ever reaches one without.
        if node not in gradients:
            continue
        upstream = gradients[node]
        for operand, (parent, local) in enumerate(zip(node.parents, node.local_grads, strict=True)):
            if local is NOTHING:
                continue
            product, before = upstream * local, gradients.get(parent)
            after = gradients[parent] = (before or 0.0) + product
            counts[parent] += 1
            yield Contribution(node, operand, upstream, local, product, before, after, counts[parent])
