"""What all reports share: lines that hold or do not, as text, as a table in a notebook, as a truth, and as data."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from html import escape
from math import isfinite
from os import PathLike, environ
from pathlib import Path
from typing import ClassVar, TextIO

from autograd.advice.advised import lacks
from autograd.advice.names_elsewhere import OF_A_LINE, OF_A_REPORT
from autograd.text import printable, visible
from autograd.untyped import Anything

_RIGHT = "right: "
_COLOURS = {"✓": "32", "+": "32", "✗": "31", "x": "31", "?": "33"}
"""Green, red and yellow: parameters of SGR (ECMA-48, 8.3.117)."""


@dataclass(frozen=True, kw_only=True, repr=False)
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

    checks: bool = True
    """Whether it puts anything to the test: a definition does not, nor does a claim that would hold of any numbers."""

    MARKS: ClassVar[dict[bool | None, str]] = {True: "✓", False: "✗", None: "?"}

    @property
    def mark(self) -> str:
        """✓ or ✗, or ? where it is not known; · for a line that checks nothing."""
        return self.MARKS[self.holds] if self.checks else "·"

    def __repr__(self) -> str:
        shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
        return printable(f"{type(self).__name__}({', '.join(shown)})")

    def as_data(self, number: int) -> dict[str, Anything]:
        """The line as data. It has its own number, if it has one, or else the one that is given."""
        return {
            "number": getattr(self, "number", number),
            "claim": self.claim,
            "holds": self.holds,
            "verdict": getattr(self, "verdict", self.remark),
            "remark": self.remark,
            "claimed": _finite(self.claimed),
            "correct": _finite(self.correct),
            "correct_formula": self.correct_formula,
            "mistakes": list(map(str, self.mistakes)),
        }

    def explanation(self) -> Iterator[str]:
        """What the page says below the line."""
        if self.correct_formula is not None:
            yield f"{_RIGHT}{self.correct_formula}"
        yield from self.mistakes


class Report:
    """Lines under a title: printed, a table in notebooks, true when every line holds (and one checks something).

    As text it has the characters that the standard output can show: in ASCII + and x for ✓ and ✗.

    Args:
        title: the first line of the page, if it has one.
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
    WIDEST: ClassVar[int] = 60
    """How wide a column gets in a terminal; what is longer moves the rest of its own row alone."""
    HEADED: ClassVar[bool] = True
    """Whether the headings are printed in a terminal, as they are in notebooks."""

    def __init__(
        self, title: str, lines: Iterable[Line], *, columns: dict[str, str] | None = None, summary: str = ""
    ) -> None:
        self.title = title
        self.lines: Sequence[Anything] = tuple(lines)
        self.columns = columns or self.COLUMNS
        self.summary = summary

    @property
    def shown(self) -> Sequence[Anything]:
        """The lines that the page shows."""
        return self.lines

    @property
    def failures(self) -> list[Anything]:
        """The lines that do not hold, or of which that is not known."""
        return [line for line in self.lines if not line.holds]

    def __bool__(self) -> bool:
        return any(line.checks for line in self.lines) and not self.failures

    def __str__(self) -> str:
        return self._printed(lambda text, _: text)

    def __repr__(self) -> str:
        return self._printed(_painted if hasattr(sys, "ps1") and _in_colour(sys.stdout) else lambda text, _: text)

    def show(self) -> None:
        """Print the report, in colour where the standard output is a terminal and `NO_COLOR` is not set.

        `str` has no colours, and a pipe gets none. At the prompt of Python a report shows itself so.
        """
        page = self._printed(_painted) if _in_colour(sys.stdout) else str(self)
        sys.stdout.write(f"{page}\n")

    def to_json(self, path: str | PathLike[str] | None = None) -> str:
        """The report as data, in JSON, of ASCII alone: whether it ``holds``, its ``summary``, and its ``lines``. It is
        written to a file, too, if the path of one is given.

        Each line has a ``number``, the ``claim``, whether it ``holds`` (null where that is not known), the ``verdict``
        in words, what was ``claimed`` and is ``correct`` as numbers (null where there is none, or none that is finite),
        the ``correct_formula`` and the ``mistakes``.

        >>> import json
        >>> report = Report("", [Line(claim="2 · 2 = 5", holds=False, correct=4.0)])
        >>> json.loads(report.to_json())["lines"][0]["correct"]
        4.0
        """
        text = json.dumps(self.as_data(), indent=1) + "\n"
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def as_data(self) -> dict[str, Anything]:
        """What `to_json` writes."""
        lines = [line.as_data(number) for number, line in enumerate(self.lines, 1)]
        return {"holds": bool(self), "summary": self.summary, "lines": lines}

    def _printed(self, painted: Callable[[str, str], str]) -> str:
        """The page as text; each piece is handed to `painted` with the sign that it goes by, ✓ or ✗ or ?."""
        headings, rows = self._table()
        title = _cell(self.title)
        texts = [title, *headings, *self._closing(), *(text for cells, below in rows for text in (*cells, *below))]
        as_printed = dict(zip(texts, printable("\0".join(texts)).split("\0"), strict=True))
        headings = [as_printed[text] for text in headings]
        rows = [([as_printed[text] for text in cells], [as_printed[text] for text in below]) for cells, below in rows]
        shown = [headings, *(row for row, _ in rows)] if self.HEADED and any(headings) else [row for row, _ in rows]
        widths = [min(self.WIDEST, max(map(_width, column))) for column in zip(*shown, strict=True)]

        def printed(cells: list[str]) -> str:
            return "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))

        page = [as_printed[title]] if title else []
        page += [printed(headings).rstrip()] if len(shown) > len(rows) else []
        for cells, below in rows:
            sign = cells[0][:1]
            page.append(painted(printed(cells).rstrip(), sign))
            indent = " " * (widths[0] + 2)
            page += [indent + painted(text, "✓" if text.startswith(_RIGHT) else "") for text in below]
        return "\n".join([*page, *(as_printed[text] for text in self._closing())])

    def _repr_html_(self) -> str:
        headings, rows = self._table()

        def row(cells: Iterable[str], tag: str, below: Iterable[str] = ()) -> str:
            *first, last = map(escape, cells)
            inside = (f"<{tag} align='left'>{cell}</{tag}>" for cell in (*first, "<br>".join((last, *below))))
            return f"<tr>{''.join(inside)}</tr>"

        title = f"<p><b>{escape(_cell(self.title))}</b></p>" if self.title else ""
        head = f"<thead>{row(headings, 'th')}</thead>" if any(headings) else ""
        body = "".join(row(cells, "td", map(escape, below)) for cells, below in rows)
        closing = "".join(f"<p>{escape(line)}</p>" for line in self._closing())
        return f"{title}<table>{head}<tbody>{body}</tbody></table>{closing}"

    def _table(self) -> tuple[list[str], list[tuple[list[str], list[str]]]]:
        """The headings; and for each line that is shown its cells, and what stands below them, as text."""
        lines = sorted(self.shown, key=lambda line: bool(line.holds)) if self._left_out else self.shown
        lines = lines[: self.LONGEST]
        entries = [[_cell(getattr(line, name)) for name in self.columns] for line in lines]
        used = [i for i in range(len(self.columns)) if any(row[i] for row in entries)]
        headings = list(self.columns.values())
        rows = [
            ([self._margin(line), *(row[i] for i in used)], [_cell(text) for text in line.explanation()])
            for line, row in zip(lines, entries, strict=True)
        ]
        return ["", *(headings[i] for i in used)], rows

    def _margin(self, line: Anything) -> str:
        """What stands before a line."""
        return str(line.mark)

    @cached_property
    def _left_out(self) -> int:
        return max(0, len(self.shown) - self.LONGEST)

    def _closing(self) -> list[str]:
        left_out = [f"… and {self._left_out} more lines (see .lines)"] if self._left_out else []
        return [*left_out, _cell(self.summary)] if self.summary else left_out


lacks(Line, OF_A_LINE)
lacks(Report, OF_A_REPORT)


def _finite(number: float | None) -> float | None:
    """The number, where JSON has one for it."""
    return float(number) if number is not None and isfinite(number) else None


def _in_colour(stream: TextIO | None) -> bool:
    """Whether what is printed there may be in colour: https://no-color.org."""
    named_dumb = environ.get("TERM") == "dumb" or environ.get("NO_COLOR")
    return not named_dumb and stream is not None and stream.isatty()


def _painted(text: str, sign: str) -> str:
    return f"\x1b[{_COLOURS[sign]}m{text}\x1b[0m" if sign in _COLOURS else text


def _cell(thing: Anything) -> str:
    """An entry of the table as text on one line: a name may hold anything."""
    if thing is None:
        return ""
    if isinstance(thing, float):
        return repr(thing)
    text = thing if isinstance(thing, str) else str(thing)  # the str() of a `Mistake` has what can be printed alone
    return visible("".join(" " if c.isspace() else c for c in text).strip())


def _width(text: str) -> int:
    """How many columns of a terminal a cell takes, in which everything prints."""
    from wcwidth import wcswidth  # loaded where a report is printed, as all that is not Python's own

    return int(wcswidth(text))
