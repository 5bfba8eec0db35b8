"""What a tape is called with: one example, seen to before anything runs, and results shaped like it."""

from collections.abc import Mapping, Sequence
from math import prod
from struct import pack

import numpy as np

from autograd.lifting.batches import Batches
from autograd.lifting.examples import DataColumn, array_in, like_the_example
from autograd.lifting.tracing import Trace
from autograd.text import printable
from autograd.untyped import AnyArray, Anything


def as_array(gradient: Sequence[float]) -> AnyArray:
    """A gradient as a flat array. It has no −0 in the engine, whose sums begin with 0."""
    # Twice as fast as np.array.
    return np.frombuffer(pack(f"{len(gradient)}d", *gradient)) + 0.0


class GivenNumbers:
    """The arguments of a tape.

    Args:
        trace: the run that was recorded.

    Attributes:
        count: how many numbers an example has.
    """

    def __init__(self, trace: Trace) -> None:
        self._arguments = trace.arguments
        self._columns = trace.columns
        self._examples = trace.examples
        self._arrays = Batches(trace.arguments, trace.columns, (), np.float64)
        self._sizes = [prod(column.shape) for column in trace.columns]
        self.count = sum(self._sizes)
        starts = [sum(self._sizes[:place]) for place in range(len(self._sizes))]
        positions = ((trace.positions[node], count) for node, count in trace.indices.items())
        self._indices = sorted((starts[column] + position, column, count) for (column, position), count in positions)

    def numbers(self, arguments: Sequence[Anything], named: Mapping[str, Anything]) -> list[float]:
        """Those of an example, flat. TypeError, ValueError if it is not as that which was recorded."""
        given = self._bound(arguments, named)
        found: list[float] = []
        for column, argument in zip(self._columns, given, strict=True):
            if type(argument) is float and not column.shape:
                found.append(argument)
            else:
                found += self._of_column(column, argument)
        for place, index, count in self._indices:
            number = found[place]
            if not 0 <= number < count or number != int(number):
                raise ValueError(
                    f"{printable(self._columns[index].name)} has {number} where a place of a table is needed: a whole "
                    f"number from 0 to {count - 1}"
                )
        return found

    def _bound(self, arguments: Sequence[Anything], named: Mapping[str, Anything]) -> list[Anything]:
        """For each column, the argument that it is in."""
        if len(arguments) == len(self._arguments) == len(self._columns) and not named:
            return list(arguments)
        names = [name for name, _ in self._arguments]
        given = dict(zip(names, arguments, strict=False))
        if len(arguments) > len(names) or given.keys() & named.keys() or {*given, *named} != {*names}:
            found = f"{len(arguments)} and {', '.join(named)}" if named else str(len(arguments))
            raise TypeError(printable(f"the tape takes {len(names)} arguments ({', '.join(names)}), not {found}"))
        given |= named
        return [given[name] for name, count in self._arguments for _ in range(count)]

    def _of_column(self, column: DataColumn, argument: Anything) -> list[float]:
        shape = column.shape
        if type(argument) is list and shape == (len(argument),) and set(map(type, argument)) == {float}:
            return argument
        name = printable(column.name)
        array = self._arrays.as_array(name, array_in(argument, column.path, printable(column.name.partition(".")[0])))
        if array.shape != shape:
            wanted = f"have the shape {shape}" if shape else "be one number"
            batch = ": a tape takes one example, vectorize a batch" if array.shape[1:] == shape else ""
            raise ValueError(f"{name} must {wanted}, not an array of shape {array.shape}{batch}")
        numbers: list[float] = array.ravel().tolist()
        return numbers

    def flat(self, name: str, given: AnyArray, count: int, what: str) -> list[float]:
        """The numbers of a flat array of so many."""
        array = self._arrays.as_array(name, given)
        if array.shape != (count,):
            raise ValueError(f"{name} must be a flat array of the {count} {what}, not one of shape {array.shape}")
        numbers: list[float] = array.tolist()
        return numbers

    def shaped(self, gradient: Sequence[float]) -> Anything:
        """A gradient in the form of the example: of its one argument, or a tuple with one entry for each."""
        if len(self._sizes) == 1 and self._columns[0].shape == (self.count,) and not self._columns[0].path:
            return as_array(gradient)
        flat = as_array(gradient)
        return self._formed([self._as_column(flat[at], column) for at, column in self._slices()])

    def shaped_twice(self, rows: Sequence[float]) -> Anything:
        """Second derivatives: what `shaped` gives of gradients, with such a thing for each of its entries."""
        count = self.count
        table = np.array(rows).reshape(count, count)
        blocks = []
        for at, column in self._slices():
            inner = [self._as_column(table[at, other].ravel(), column, beside) for other, beside in self._slices()]
            blocks.append(self._formed(inner))
        return self._formed(blocks)

    def _slices(self) -> list[tuple[slice, DataColumn]]:
        starts = [sum(self._sizes[:place]) for place in range(len(self._sizes))]
        sizes = zip(starts, self._sizes, self._columns, strict=True)
        return [(slice(start, start + size), column) for start, size, column in sizes]

    def _as_column(self, numbers: AnyArray, *columns: DataColumn) -> Anything:
        shape = [size for column in columns for size in column.shape]
        return np.reshape(numbers, shape) if shape else float(numbers[0])

    def _formed(self, columns: Sequence[Anything]) -> Anything:
        following = iter(columns)
        formed = [like_the_example(example, following) for example in self._examples]
        return formed[0] if len(formed) == 1 else tuple(formed)
