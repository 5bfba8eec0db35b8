"""Where the circles of a network stand: columns from the inputs to the outputs, each in the middle of the height.

Lengths are in points. y grows upwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.drawing.neurons import Network, Unit

MOST_UNITS = 16
"""How many units a column shows; of more it shows the first and the last."""
FIRST_UNITS = 7

WIDTH = 525
"""On a page 700 px wide, a picture of this width is drawn at its size."""
MARGIN = 34
NARROWEST, WIDEST = 64, 160
"""Between the middles of two columns."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large circles are, how far apart, the text in them, and the width of the line with the largest number."""

    radius: float
    apart: float
    name: float
    number: float
    thickest: float
    on_lines: float = 8.5
    """The size of the numbers on lines."""


SIZES = {6: Size(25, 68, 11, 9.5, 6), 10: Size(20, 47, 10, 8.5, 4.5), MOST_UNITS: Size(16.5, 38, 8.5, 8, 3.5)}
"""The measures of a diagram, by the largest number of circles in a column for which they serve."""

CLOSE = Size(18, 38, 9.8, 9.5, 3.5, 9.5)
"""Those of a diagram that is to be legible in a small frame."""
ABOVE, BELOW, PADDING = 52, 62, 15
"""The room that the titles of columns take, the legend, and both margins."""
CLOSE_MARGIN, CLOSE_COLUMNS = 24, 46
"""The margin in a small frame, and how near to each other its columns stand."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A unit at its place, or the dots between the first and the last of many."""

    unit: Unit | None
    x: float
    y: float
    hidden: int = 0
    """How many units the dots stand for."""


@dataclass(slots=True)
class Arrangement:
    """Where the units stand, and how large they are."""

    size: Size
    spots: list[Spot] = field(default_factory=list)
    columns: dict[int, float] = field(default_factory=dict)
    """Where the columns stand that are shown."""
    spacing: float = 0.0
    height: float = 0.0
    hidden: tuple[float, int] | None = None
    """Where columns are left out, and how many."""

    @property
    def places(self) -> dict[Unit, tuple[float, float]]:
        return {spot.unit: (spot.x, spot.y) for spot in self.spots if spot.unit is not None}

    @property
    def width(self) -> float:
        return max(self.columns.values()) + min(self.columns.values())


def laid_out(network: Network) -> Arrangement:
    """The diagram at its full size, with all of its columns."""
    columns = [_units(column, MOST_UNITS, FIRST_UNITS) for column in network.columns]
    most = max(map(len, columns))
    size = next(size for limit, size in SIZES.items() if most <= limit)
    spacing = max(NARROWEST, min(WIDEST, (WIDTH - 2 * MARGIN) / max(len(columns) - 1, 1)))
    return _arranged(dict(enumerate(columns)), size, MARGIN, spacing)


def laid_out_in(network: Network, width: float, height: float) -> Arrangement:
    """The diagram as it is legible in a frame of this size: with fewer units in a column, and, if there are too many
    columns, with the first of them and the last two."""
    most = min(MOST_UNITS, max(3, int((height - ABOVE - BELOW - PADDING) / CLOSE.apart) + 1))
    # No unit is shown that the full diagram leaves out: the steps are about those.
    columns = {
        place: _units(column, most, most - 2 if len(column) <= MOST_UNITS else min(most - 2, FIRST_UNITS))
        for place, column in enumerate(network.columns)
    }
    room = width - PADDING - 2 * CLOSE_MARGIN
    fitting = max(4, int(room / CLOSE_COLUMNS) + 1)
    hidden = len(columns) - fitting + 1 if len(columns) > fitting else 0
    if hidden:
        first = fitting - 3
        columns = {place: units for place, units in columns.items() if not first <= place < first + hidden}
    n = len(columns) + bool(hidden)
    spacing = max(CLOSE_COLUMNS, min(WIDEST, room / max(n - 1, 1)))
    return _arranged(columns, CLOSE, CLOSE_MARGIN, spacing, hidden)


def _arranged(
    columns: dict[int, list[tuple[Unit | None, int]]], size: Size, margin: float, spacing: float, hidden: int = 0
) -> Arrangement:
    most = max(map(len, columns.values()))
    height = (most - 1) * size.apart
    layout = Arrangement(size, spacing=spacing, height=height)
    x, before = margin, -1
    for place, column in columns.items():
        if place != before + 1:
            layout.hidden = x, hidden
            x += spacing
        layout.columns[place] = x
        top = height / 2 + (len(column) - 1) * size.apart / 2
        layout.spots += [Spot(unit, x, top - index * size.apart, more) for index, (unit, more) in enumerate(column)]
        x, before = x + spacing, place
    return layout


def _units(column: Sequence[Unit], most: int, first: int) -> list[tuple[Unit | None, int]]:
    """The units of a column: all of them, or the first, dots for so many, and the last."""
    if len(column) <= most:
        return [(unit, 0) for unit in column]
    return [*((unit, 0) for unit in column[:first]), (None, len(column) - first - 1), (column[-1], 0)]
