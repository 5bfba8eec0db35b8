"""Examples as people have them: numbers, nested sequences, and records of them; what a batch of them is in arrays.

A record is a dict, a namedtuple or a dataclass. Each of its entries is an array of its own, a *column*, and so is each
argument that holds no record: the passes of `vectorize` know columns alone.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import NamedTuple

from autograd.errors import described, quoted
from autograd.nodes import constant
from autograd.text import printable
from autograd.untyped import AnyArray, Anything
from autograd.value import Value

PADDING = (
    "fill up with zeros to one length, and give the lengths as a mask of ones and zeros, an argument of its own: "
    "sum(m * f(x) for x, m in zip(xs, mask)) leaves out what was filled in"
)


class DataColumn(NamedTuple):
    """An array of a batch, and where it is found in an argument.

    Attributes:
        name: what it is called: that of the argument, then those of the entries that lead to it.
        path: these entries.
        shape: of one example: () for a number, (3,) for a sequence of three.
    """

    name: str
    path: tuple[Anything, ...]
    shape: tuple[int, ...]


DEEPEST_EXAMPLE = 60
"""How many lists of an example may be one in the other: NumPy has arrays of up to 64 axes."""


def columns_of(example: Anything, name: str, path: tuple[Anything, ...] = (), depth: int = 0) -> list[DataColumn]:
    """The columns of an argument; TypeError, ValueError if it is none of numbers, or not regular."""
    if (entries := entries_of(example)) is not None:
        if not entries:
            raise TypeError(printable(f"the example of {name} must be numbers in some form, not {quoted(example)}"))
        inner = [columns_of(entry, f"{name}.{key}", (*path, key), depth + 1) for key, entry in entries.items()]
        return [column for columns in inner for column in columns]
    if isinstance(example, str) or example is None:
        wanted = f"the example of {name} must be a number, nested sequences of numbers, or a dict or the like of them"
        raise TypeError(printable(f"{wanted}, not {quoted(example)}"))
    example = _as_lists(example)
    if not hasattr(example, "__iter__"):
        if type(example) is not float and not isinstance(example, Value):
            constant(example, f"the example of {name}")
        return [DataColumn(name, path, ())]
    if depth == DEEPEST_EXAMPLE:
        raise ValueError(f"the example of {name} has over {depth} lists one in the other, or a list in itself")
    parts = [columns_of(part, name, path, depth + 1) for part in example]
    if len({tuple(part) for part in parts}) != 1:
        raise ValueError(
            printable(f"the example of {name} must be regular and not empty: {quoted(example)}; {PADDING}")
        )
    return [column._replace(shape=(len(parts), *column.shape)) for column in parts[0]]


def filled(
    example: Anything, values: Mapping[tuple[Anything, ...], Iterator[Value]], path: tuple[Anything, ...] = ()
) -> Anything:
    """A copy of the example with the next value of its column in the place of each number, sequences being lists."""
    if (entries := entries_of(example)) is not None:
        return _remade(example, {key: filled(entry, values, (*path, key)) for key, entry in entries.items()})
    example = _as_lists(example)
    return [filled(part, values, path) for part in example] if hasattr(example, "__iter__") else next(values[path])


def _as_lists(example: Anything) -> Anything:
    """An array or a tensor as nested lists, or as a number; anything else as it is."""
    return example.tolist() if hasattr(example, "shape") and hasattr(example, "tolist") else example


def array_in(given: AnyArray, path: Sequence[Anything], name: str) -> AnyArray:
    """The array of a column in what a program is called with: a record of arrays, or a sequence of records.

    Raises:
        TypeError: if there is no such entry.
    """
    if not path:
        return given
    if (entries := entries_of(given)) is not None:
        if path[0] not in entries:
            known = ", ".join(map(str, entries))
            raise TypeError(printable(f"{name} must have an entry {path[0]!r}, as the example has, not {known}"))
        return array_in(entries[path[0]], path[1:], f"{name}.{path[0]}")
    if isinstance(given, list | tuple):
        return [array_in(part, path, name) for part in given]
    raise TypeError(printable(f"{name} must be as the example, with an entry {path[0]!r}, not {described(given)}"))


def like_the_example(example: Anything, arrays: Iterator[AnyArray]) -> Anything:
    """An argument of arrays, taken in the order of its columns: an array, or a record of them."""
    if (entries := entries_of(example)) is not None:
        return _remade(example, {key: like_the_example(entry, arrays) for key, entry in entries.items()})
    if isinstance(example, list | tuple) and example:
        return like_the_example(example[0], arrays)
    return next(arrays)


def entries_of(thing: Anything) -> dict[Anything, Anything] | None:
    """The entries of a record by their names; None for anything else."""
    if isinstance(thing, dict):
        return thing
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return dict(zip(thing._fields, thing, strict=True))
    if is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: getattr(thing, field.name) for field in fields(thing)}
    return None


def _remade(record: Anything, entries: dict[Anything, Anything]) -> Anything:
    """A record of the same kind with these entries."""
    if isinstance(record, dict):
        return entries
    if isinstance(record, tuple):
        return type(record)(*entries.values())
    twin = copy.copy(record)
    for name, entry in entries.items():
        object.__setattr__(twin, name, entry)  # frozen ones too
    return twin
