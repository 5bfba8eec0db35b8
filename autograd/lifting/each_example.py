"""Slopes of each example's own output: by its inputs, and by the parameters.

Both are one thing, for the graph is lifted once more with the parameters as inputs, of which each example has its own.
Where the function gives several outputs, each example comes once for each of them, and says by a number which it means.
"""

import copy
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.lifting.compilation import Compiled
from autograd.lifting.emission import Emission
from autograd.lifting.examples import DataColumn
from autograd.lifting.groups import FIXED, Groups
from autograd.lifting.normal_form import NormalForm
from autograd.lifting.tracing import Trace, new_placeholder
from autograd.ops import entry
from autograd.untyped import AnyArray, Anything
from autograd.value import Value


class Lifted(NamedTuple):
    """A forward and a backward pass that gives slopes by columns, an array for each."""

    compiled: Compiled
    fixed: list[Value]
    """The leaves that it reads beside the columns, in order."""

    def slopes(self, columns: Sequence[AnyArray], numbers: AnyArray) -> tuple[AnyArray, ...]:
        """The slopes of each example's output by its columns."""
        flat = (numbers[:0], numbers) if self.fixed else (numbers[:0],)
        _, saved = self.compiled.forward(*flat, *columns)
        found: tuple[AnyArray, ...] = self.compiled.backward(*flat, *columns, saved)
        return found


def by_columns(trace: Trace, columns: Sequence[int], name: str, dtype: Anything) -> Lifted:
    """The slopes of the one output by some columns of a trace."""
    expressions = NormalForm(trace, ())
    groups = Groups(expressions, trace.shapes)
    emission = Emission(expressions, groups, trace.names, name, by_columns=columns)
    fixed = [expressions.leaves[index] for index in groups.groups[FIXED].members]
    return Lifted(Compiled(emission.source, emission.arrays(dtype), dtype), fixed)


def with_parameters_as_inputs(trace: Trace, parameters: Sequence[Value]) -> Trace:
    """The same graph with the parameters as a last column; and one of many outputs chosen by a column before it."""
    twin = copy.copy(trace)
    twin.columns, twin.positions, twin.indices = list(trace.columns), dict(trace.positions), dict(trace.indices)
    if len(trace.outputs) > 1:
        chosen = new_placeholder(None, ())
        twin.positions[chosen] = len(twin.columns), 0
        twin.indices[chosen] = len(trace.outputs)
        twin.columns.append(DataColumn("output", (), ()))
        twin.outputs = [new_placeholder(entry, (chosen, *trace.outputs))]
    twin.positions |= {parameter: (len(twin.columns), place) for place, parameter in enumerate(parameters)}
    twin.columns.append(DataColumn("own", (), (len(parameters),)))
    twin.names, twin.shapes = [column.name for column in twin.columns], [column.shape for column in twin.columns]
    return twin


def repeated(columns: Sequence[AnyArray], outputs: int) -> list[AnyArray]:
    """Each example as often as there are outputs, and a column of which one it is for."""
    batch = len(columns[0]) if columns else 1
    if outputs == 1:
        return list(columns)
    return [*(np.repeat(column, outputs, axis=0) for column in columns), np.tile(np.arange(outputs), batch)]
