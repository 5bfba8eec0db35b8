"""What all reports share: lines that hold or do not, as text, as a table in a notebook, as a truth, and as data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar
from unicodedata import combining, east_asian_width


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a report: something that was claimed, and what became of it."""

    claim: str
    """What is claimed, as the page shows it."""
    holds: bool | None
    """Whether it holds; None where that could not be decided (the remark says why)."""
    claimed: float | None = None
    """The number that was claimed, if there is one."""
    correct: float | None = None
    """The right number, where it is known."""
    remark: str = ""
    """How it is known, or what is wrong."""
    proved: bool = False
    """Whether it was proved, and not only computed."""
    correct_formula: str | None = None
    """What a claimed formula should say, where it is known."""
    mistakes: tuple[str, ...] = ()
    """The known mistakes that explain what was claimed."""

    MARKS: ClassVar[dict[bool | None, str]] = {True: "✓", False: "✗", None: "?"}

    @property
    def mark(self) -> str:
        return self.MARKS[self.holds]


class Report:
    """Lines under a title: printed, a table in notebooks, true when every line holds (and there is one).

    Args:
        title: the first line of the page.
        lines: in the order of the page.
        columns: which attributes of a line are shown, under which headings. A column with no entry is left out.
        summary: the last line of the page.

    >>> report = Report("Homework", [Line(claim="1 + 1 = 2", holds=True), Line(claim="2 · 2 = 5", holds=False)])
    >>> print(report)
    Homework
    ✓  1 + 1 = 2
    ✗  2 · 2 = 5
    >>> bool(report), [line.claim for line in report.failures]
    (False, ['2 · 2 = 5'])
    """

    COLUMNS: ClassVar[dict[str, str]] = {"claim": "", "claimed": "claimed", "correct": "correct", "remark": ""}
    LONGEST: ClassVar[int] = 60
    """How many lines a page shows; of more, those that do not hold come first. The data keep them all."""

    def __init__(
        self, title: str, lines: Iterable[Line], *, columns: dict[str, str] | None = None, summary: str = ""
    ) -> None:
        self.title = title
        self.lines: Sequence[Any] = tuple(lines)
        self.columns = columns or self.COLUMNS
        self.summary = summary

    @property
    def failures(self) -> list[Any]:
        """The lines that do not hold, or of which that is not known."""
        return [line for line in self.lines if not line.holds]

    def __bool__(self) -> bool:
        return bool(self.lines) and not self.failures

    def __str__(self) -> str:
        headings, rows = self._table()
        widths = [max(map(_width, column)) for column in zip(headings, *rows, strict=True)]
        page = [self.title]
        for row in [headings, *rows] if any(headings) else rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            page.append("  ".join(cells).rstrip())
        return "\n".join([*page, *self._closing()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        headings, rows = self._table()

        def row(cells: Iterable[str], tag: str) -> str:
            inside = (f"<{tag} style='text-align: left'>{escape(cell)}</{tag}>" for cell in cells)
            return f"<tr>{''.join(inside)}</tr>"

        head = f"<thead>{row(headings, 'th')}</thead>" if any(headings) else ""
        body = "".join(row(cells, "td") for cells in rows)
        closing = "".join(f"<p>{escape(line)}</p>" for line in self._closing())
        return f"<p><b>{escape(self.title)}</b></p><table>{head}<tbody>{body}</tbody></table>{closing}"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """The headings, and the cells of each line that is shown, as text."""
        lines = sorted(self.lines, key=lambda line: bool(line.holds)) if self._left_out else self.lines
        rows = [[_cell(getattr(line, name)) for name in self.columns] for line in lines[: self.LONGEST]]
        used = [i for i in range(len(self.columns)) if any(row[i] for row in rows)]
        headings = list(self.columns.values())
        marked = [[line.mark, *(row[i] for i in used)] for line, row in zip(lines[: self.LONGEST], rows, strict=True)]
        return ["", *(headings[i] for i in used)], marked

    @property
    def _left_out(self) -> int:
        return max(0, len(self.lines) - self.LONGEST)

    def _closing(self) -> list[str]:
        left_out = [f"… and {self._left_out} more lines (see .lines)"] if self._left_out else []
        return [*left_out, self.summary] if self.summary else left_out


def _cell(thing: Any) -> str:
    """An entry of the table as text on one line: a name may hold anything."""
    if thing is None:
        return ""
    return repr(thing) if isinstance(thing, float) else " ".join(str(thing).split())


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
