"""The recorded graph of a lifted function, computed example by example as the eager engine computes it.

Arrays take 0 · ∞ for NaN even where a gradient passes nothing, and distribute 1e10 · (x − y), which is 0 where both are
1e300, to a difference of infinities. A mask wherever that could matter would cost every program; so `Program` asks here
if what its arrays gave is not finite.
"""

from collections.abc import Sequence
from math import isnan

import numpy as np

from autograd.graph import chain_rule, replay
from autograd.lifting.normal_form import Constant, Input, NormalForm
from autograd.numbers.extended import extended
from autograd.numbers.floats import floats
from autograd.numbers.signed_zeros import signed_zeros
from autograd.untyped import AnyArray
from autograd.value import Value


class OneByOne:
    """A recorded graph, for any example.

    Args:
        expressions: what is known of its nodes.
        outputs: the nodes of the outputs.
        parameters: the leaves that it is differentiated by.
        fixed: those that have a number at each call, too.

    Attributes:
        refused: whether the engine refuses one of the examples that were last computed, as log 0. A number that is
            infinite or NaN then is that of the arrays.
    """

    def __init__(
        self, expressions: NormalForm, outputs: Sequence[Value], parameters: Sequence[Value], fixed: Sequence[Value]
    ) -> None:
        self._nodes = expressions.nodes
        self._index_of = expressions.index_of
        self._outputs = outputs
        self._parameters = parameters
        self._fixed = fixed
        self.refused = False

    def correct(
        self, outputs: AnyArray, columns: Sequence[AnyArray], theta: AnyArray, *, everything: bool = False
    ) -> None:
        """Put the engine's numbers in the place of those that are not finite, or of `everything`."""
        self.refused = False
        for example in np.flatnonzero(everything | ~np.isfinite(outputs).all(axis=1)).tolist():
            if values := self._values(columns, theta, example):
                outputs[example] = [values[output] for output in self._outputs]

    def value_and_gradient(self, columns: Sequence[AnyArray], theta: AnyArray) -> tuple[float, AnyArray] | None:
        """The mean of the output over the examples, and its gradient; None if the engine has none."""
        self.refused = False
        batch = len(columns[0]) if columns else 1
        order = list(self._index_of)
        reached = [parameter in self._index_of for parameter in self._parameters]
        total, gradient = 0.0, np.zeros(len(self._parameters))
        [output] = self._outputs
        for example in range(batch):
            values = self._values(columns, theta, example)
            if values is None:
                return None
            try:
                system = signed_zeros if self.refused else extended
                found = chain_rule(output, order, self._parameters, system, values)
            except (ValueError, ArithmeticError):
                self.refused = True
                return None
            total += values[output]
            gradient += [found.get(parameter, 0.0) for parameter in self._parameters]
            if isnan(total) and np.isnan(gradient[reached]).all():
                break  # the mean and the gradient stay NaN, whatever is added
        return total / batch, (gradient / batch).astype(theta.dtype)

    def slopes(
        self, columns: Sequence[AnyArray], theta: AnyArray, example: int, output: int, nodes: Sequence[Value]
    ) -> list[float] | None:
        """The slopes of an output by some leaves, for an example; None if the engine has none."""
        self.refused = False
        values = self._values(columns, theta, example)
        try:
            system = signed_zeros if self.refused else extended
            order = list(self._index_of)
            found = None if values is None else chain_rule(self._outputs[output], order, nodes, system, values)
        except (ValueError, ArithmeticError):
            return None
        return None if found is None else [found.get(node, 0.0) for node in nodes]

    def _values(self, columns: Sequence[AnyArray], theta: AnyArray, example: int) -> dict[AnyArray, AnyArray] | None:
        """The value of each node for an example, infinite where that is the limit; None if it has none."""

        def leaf(node: Value) -> float | None:
            if node.op is not None:
                return None
            found = self._nodes[self._index_of[node]]
            if isinstance(found, Constant):
                return found.number
            if isinstance(found, Input):
                return float(numbers[found.argument][found.position])
            return rank[node]

        numbers = [np.ravel(column[example]) for column in columns]
        rank = dict(zip(self._parameters, theta.tolist(), strict=True))
        rank.update({leaf: leaf.data for leaf in self._fixed})
        for system in (floats, signed_zeros):
            try:
                return replay(self._index_of, system, leaf)
            except (ValueError, ArithmeticError):
                self.refused = True
        return None
