"""Rows of Markdown tables: of ``| dL/dz | p - y |`` the cells are equal, if the first is a derivative and no more."""

import re
from collections.abc import Sequence
from dataclasses import replace

from autograd.notation.rows import RELATIONS
from autograd.notation.symbols import Symbol

_BELOW_THE_HEAD = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*")
_OTHER_COLUMNS = re.compile(
    r"(?i)wrong|mistake|incorrect|error|shape|size|dim|type|unit|approx|numeric|count|line|cost"
)
"""What the head of a table says if its columns are not equal."""


class Tables:
    """Which lines of a page are rows below the head of a table that equates what stands in its columns.

    >>> Tables(["| gradient | formula |", "|---|---|", "| dL/dz | p - y |"]).rows
    {2}
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.rows: set[int] = set()
        below = False
        for k, line in enumerate(lines):
            if not (_ROW.fullmatch(line) or (k and "|" in line and _BELOW_THE_HEAD.fullmatch(line))):
                below = False
            elif "-" in line and _BELOW_THE_HEAD.fullmatch(line):
                below = k > 0 and not _OTHER_COLUMNS.search(lines[k - 1])
            elif below:
                self.rows.add(k)


def equated(row: list[Symbol]) -> list[Symbol]:
    """The symbols of a row of two cells with a sign between them, if the first cell is a derivative alone.

    In a row the bars between cells are symbols of kind "break".
    """
    bars = [k for k, symbol in enumerate(row) if symbol.kind == "break"]
    if len(bars) != 3 or bars[0] != 0 or bars[2] != len(row) - 1:
        return row
    first, second = (_plain(row[bars[k] + 1 : bars[k + 1]]) for k in (0, 1))
    if not (_is_a_derivative(first) and second) or any(
        s.kind == "word" or s.text in RELATIONS for s in (*first, *second)
    ):
        return row
    return [*first, replace(row[bars[1]], kind="operator", text="="), *second]


def _plain(cell: Sequence[Symbol]) -> list[Symbol]:
    return [symbol for symbol in cell if symbol.kind != "border"]


def _is_a_derivative(cell: Sequence[Symbol]) -> bool:
    """Whether a cell is dL/dw, ∂L/∂w, a fraction of these, or ∇_w L, with nothing before or behind it."""
    texts = [symbol.text for symbol in cell]
    if not texts:
        return False
    begins = texts[0] in ("∂", "∇") or (cell[0].kind == "name" and texts[0][0] == "d")
    fraction = texts[0].endswith("frac") and texts[1:2] == ["{"] and texts[2:3] != [] and texts[2][0] in "∂d"
    signs = [text for text in texts if text in ("+", "-", "*", "·", "@", "⊙", "(")]
    strokes = texts.count("/")
    return not signs and ((begins and (strokes == 1 or texts[0] == "∇")) or (fraction and texts.count(texts[0]) == 1))
