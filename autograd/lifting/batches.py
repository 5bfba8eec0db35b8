"""What a program is called with: a batch of examples for each argument, seen to before anything runs."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from autograd.lifting.examples import DEEPEST_EXAMPLE, PADDING, DataColumn, array_in
from autograd.text import printable
from autograd.untyped import AnyArray, Anything

TablePlace = tuple[int, int, int]
"""A number of an example that is a place of a table: its column, its position there, and how many places there are."""


class Batches:
    """The arguments of a program.

    Args:
        arguments: for each argument, its name and how many columns it has.
        columns: those of all arguments.
        indices: the numbers that are places of tables.
        dtype: the type of all arrays.

    Attributes:
        names: the names of the columns, for people.
    """

    def __init__(
        self,
        arguments: Sequence[tuple[str, int]],
        columns: Sequence[DataColumn],
        indices: Iterable[TablePlace],
        dtype: Anything,
    ) -> None:
        self.dtype = dtype
        self.names = [printable(column.name) for column in columns]
        self._arguments = arguments
        self._columns = columns
        self._indices = sorted(indices)
        for _, _, count in self._indices:
            if count > 2 ** (np.finfo(dtype).nmant + 1):
                raise ValueError(f"a table of {count} entries needs a larger dtype: {dtype} does not count as far")

    def columns(self, arrays: Sequence[AnyArray], named: Mapping[str, AnyArray]) -> tuple[list[AnyArray], int]:
        """The arrays as the generated code takes them, (batch,) or (batch, numbers of an example), and the batch."""
        found: list[AnyArray] = []
        batch = None
        for argument, column in zip(self._bound(arrays, named), self._columns, strict=True):
            name, shape = self.names[len(found)], column.shape
            array = self.as_array(name, array_in(argument, column.path, printable(column.name.partition(".")[0])))
            if array.ndim != 1 + len(shape) or array.shape[1:] != shape:
                wanted = f"(batch, {', '.join(map(str, shape))})" if shape else "(batch,)"
                raise ValueError(f"{name} must have the shape {wanted}, not {array.shape}")
            batch = array.shape[0] if batch is None else batch
            if array.shape[0] != batch:
                raise ValueError(f"{name} has {array.shape[0]} examples, but {self.names[0]} has {batch}")
            found.append(array.reshape(batch, -1) if len(shape) > 1 else array)
        if batch == 0:
            raise ValueError("the batch is empty: it must hold at least one example")
        for place, position, count in self._indices:
            self._see_to_places(place, position, count, found[place])
        return found, 1 if batch is None else batch

    def _bound(self, arrays: Sequence[AnyArray], named: Mapping[str, AnyArray]) -> list[AnyArray]:
        """For each column, the argument that it is in."""
        names = [name for name, _ in self._arguments]
        given = dict(zip(names, arrays, strict=False))
        twice = [name for name in named if name in given]
        if len(arrays) > len(names) or twice or {*given, *named} != {*names}:
            count = f"{len(arrays)} and {', '.join(named)}" if named else len(arrays)
            shown = ", ".join(map(printable, names))
            raise TypeError(printable(f"the program takes {len(names)} arrays ({shown}), not {count}"))
        given |= named
        return [given[name] for name, count in self._arguments for _ in range(count)]

    def _see_to_places(self, place: int, position: int, count: int, column: AnyArray) -> None:
        places = column if column.ndim == 1 else column[:, position]
        wrong = ~((places >= 0) & (places < count) & (places == np.floor(places)))
        if wrong.any():
            example = int(wrong.argmax())
            raise ValueError(
                f"{self.names[place]} has {places[example]} in example {example}, where a place of a table is needed: "
                f"a whole number from 0 to {count - 1}"
            )

    def as_array(self, name: str, array: AnyArray) -> AnyArray:
        """An array of the program's type; TypeError, ValueError if it is none of real numbers."""
        if type(array) is np.ndarray and array.dtype == self.dtype:
            return array
        if _is_masked(array):
            raise ValueError(f"{name} is a masked array, whose mask would be lost: fill it, as with array.filled(0)")
        if hasattr(array, "detach") and hasattr(array, "cpu"):  # a tensor of PyTorch, which may be on its way to one
            array = array.detach().cpu()
        try:
            column = np.asarray(array)
        except ValueError as error:
            raise ValueError(f"{name} must be a regular array: {error}; {PADDING}") from None
        if column.dtype.kind not in "fiub":
            raise TypeError(f"{name} must be an array of real numbers, not of {column.dtype}")
        return column.astype(self.dtype, copy=False)


def _is_masked(array: AnyArray, depth: int = 0) -> bool:
    """Whether an entry is masked: of a masked array, or of one in lists."""
    if isinstance(array, list | tuple) and depth < DEEPEST_EXAMPLE:
        return any(_is_masked(part, depth + 1) for part in array if not isinstance(part, float | int))
    return getattr(array, "mask", None) is not None and bool(np.ma.is_masked(array))
