"""The places that a line reads, as nested loops: place = start + Σ stride · counter.

A loop of stride 0 reads the same again, as a bias of each row; loops that are nested are the axes of a reshaped array;
loops that overlap are windows. So what scalar code reads in a loop is read by a view, and not by an index.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd.untyped import AnyArray

Nest = tuple[tuple[int, ...], ...]
"""Loops, outer ones first: for each its length, then the stride of each operand."""


def nest_of(places: AnyArray) -> Nest | None:
    """The loops in which some operands go through their places (steps, operands); None if there are none."""
    found: list[tuple[int, ...]] = []
    while len(places) > 1:
        strides = places[1] - places[0]
        irregular = np.flatnonzero((np.diff(places, axis=0) != strides).any(axis=1))
        longest = int(irregular[0]) + 1 if len(irregular) else len(places)
        length = next((n for n in range(longest, 1, -1) if len(places) % n == 0 and _repeats(places, n, strides)), 0)
        if not length:
            return None
        found.append((length, *map(int, strides)))
        places = places[::length]
    return tuple(reversed(found))


def _repeats(places: AnyArray, length: int, strides: AnyArray) -> bool:
    """Whether each run of this length goes by these strides."""
    runs = places.reshape(-1, length, places.shape[1])
    return bool((runs - runs[:, :1] == strides * np.arange(length)[:, None]).all())


def nests_of(tables: Sequence[AnyArray]) -> tuple[Nest, Nest] | None:
    """The loops over the rows, and those over the columns, of tables (rows, columns) of one shape, one an operand."""
    places = np.stack(tables, axis=-1)
    first_row, first_column = places[0], places[:, 0]
    if (places - first_column[:, None] != first_row - first_row[0]).any():
        return None
    over_rows, over_columns = nest_of(first_column), nest_of(first_row)
    return None if over_rows is None or over_columns is None else (over_rows, over_columns)


def places_of(start: int, loops: Sequence[tuple[int, int]]) -> AnyArray:
    """The places that loops (length, stride) go through, an axis for each loop."""
    steps = [stride * np.arange(length) for length, stride in loops]
    places: AnyArray = start + sum(np.ix_(*steps))
    return places


class Axis(NamedTuple):
    """An axis of a reshaped array, and the part of it that is read."""

    length: int
    start: int
    taken: int
    """How many places are read, from `start` on."""
    loop: int
    """Which loop goes along it; −1 if one place of it is read."""
    window: int = 0
    """How many entries there are in each window; 0 without windows, which the loop goes through then."""
    inner: int = -1
    """The loop within a window."""
    step: int = 1
    """From one window to the next."""


class Box(NamedTuple):
    """The places from `start` to `stop` of a flat array, reshaped to axes."""

    start: int
    stop: int
    axes: tuple[Axis, ...]


def box_of(start: int, loops: Sequence[tuple[int, int]], size: int) -> Box | None:
    """How loops (length, stride), none of stride 0, go through an array of this size; None if they do not by axes."""
    along: list[list[int]] = []  # the loops along each axis, the innermost first
    unit = reach = 0
    for loop in sorted(range(len(loops)), key=lambda loop: (loops[loop][1], -loop)):
        length, stride = loops[loop]
        if stride < 0 or (along and stride % unit):
            return None
        if along and stride <= reach:
            if len(along[-1]) == 2:
                return None
            along[-1].append(loop)
            reach += (length - 1) * stride
        else:
            along.append([loop])
            unit, reach = stride, (length - 1) * stride
    return _cut(start, [[(loop, *loops[loop]) for loop in each] for each in reversed(along)], size)


def _cut(start: int, along: list[list[tuple[int, int, int]]], size: int) -> Box | None:
    """The box in which loops (number, length, stride) run along axes, the outermost axis first."""
    units = [loops[0][2] for loops in along]
    offset = start % units[0]
    axes: list[Axis] = []
    for loops, unit in zip(along, units, strict=True):
        count = sum((length - 1) * stride for _, length, stride in loops) // unit + 1
        length = units[len(axes) - 1] // unit if axes else count
        here, offset = divmod(offset, unit) if axes else (0, offset)
        if here + count > length:
            return None
        (inner, window, _), (outer, _, step) = loops[0], loops[-1]
        if len(loops) == 1:
            axes.append(Axis(length, here, count, inner))
        else:
            axes.append(Axis(length, here, count, outer, window, inner, step // unit))
    if units[-1] > 1:
        axes.append(Axis(units[-1], offset, 1, -1))
    first = start - start % units[0]
    stop = first + axes[0].length * units[0]
    return Box(first, stop, tuple(axes)) if stop <= size else None
