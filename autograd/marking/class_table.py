"""The marks of a class: a row a page, printed as a table, and written as CSV, JSON or a folder of feedback."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from statistics import mean
from typing import ClassVar

from autograd.derivation.derivation_report import DerivationLine, DerivationReport, counted
from autograd.report import Line, Report
from autograd.text import number
from autograd.untyped import Anything


@dataclass(frozen=True, kw_only=True, repr=False)
class MarkedPage(Line):
    """What one page of a class is worth. It holds if it derives all targets and no line of it is wrong."""

    points: float | None
    """None for a page with nothing read: that is no zero."""
    out_of: float
    derived: tuple[str, ...] = ()
    """The targets that it derives."""
    underived: str = ""
    """Why targets are not derived, on a page without a wrong line."""
    report: DerivationReport | None = None
    """What was said of each line; None for a page that could not be read at all."""

    @property
    def name(self) -> str:
        """Who wrote it, as the page was called."""
        return self.claim

    @property
    def first_wrong(self) -> int | None:
        """The number of the first wrong line; None if there is none."""
        wrong = self._first_wrong
        return None if wrong is None else wrong.number

    @property
    def mistake(self) -> str:
        """The name of the mistake in the first wrong line, or what is said of that line; empty if none is wrong."""
        wrong = self._first_wrong
        if wrong is None:
            return ""
        return _slip(wrong)

    @property
    def slips(self) -> list[str]:
        """The mistakes of the page, each once; those of lines that follow from an earlier one are that one's."""
        lines = () if self.report is None else self.report.lines
        names = [_slip(line) for line in lines if line.checks and not line.holds and line.follows is None]
        return list(dict.fromkeys(names))

    @property
    def _first_wrong(self) -> DerivationLine | None:
        return None if self.report is None else self.report.first_wrong

    # As the table shows them

    @property
    def earned(self) -> str:
        return "" if self.points is None else f"{number(self.points)} of {number(self.out_of)}"

    @property
    def targets(self) -> str:
        return ", ".join(self.derived)

    @property
    def wrong(self) -> str:
        return "" if self.first_wrong is None else f"line {self.first_wrong}"

    @property
    def told(self) -> str:
        """The mistake; of a page with no wrong line, what else there is to say."""
        if self.remark or self.mistake:
            return self.remark or self.mistake
        unread = 0 if self.report is None else len(self.report.unread)
        lines = f"{unread} line{'s' * (unread > 1)} not read" if unread else ""
        return "; ".join(filter(None, (self.underived, lines)))

    @property
    def reason(self) -> str:
        """Why it has no points, or not all, where no wrong line is the reason."""
        return self.remark or self.underived


def _slip(line: DerivationLine) -> str:
    return line.mistakes[0].name if line.mistakes else "wrong, no known mistake"


class Marks(Report):
    """The marks of a class: printed, a table in a notebook, and files. True if every page is right throughout.

    Attributes:
        rows: one a page, each with `.name`, `.points`, `.out_of`, `.derived`, `.first_wrong`, `.mistake`, `.report`.
        targets: the derivatives that were to be derived.
        slips: on how many pages each mistake was made, the most frequent first.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "name": "name",
        "earned": "points",
        "targets": "derived",
        "wrong": "first wrong",
        "told": "mistake",
    }
    LONGEST: ClassVar[int] = 10_000

    def __init__(self, rows: Iterable[MarkedPage], targets: Sequence[str]) -> None:
        super().__init__("", rows)
        self.targets = tuple(targets)
        self.slips = dict(Counter(slip for row in self.rows for slip in row.slips).most_common())
        self.summary = "; ".join(self._said())

    @property
    def rows(self) -> tuple[MarkedPage, ...]:
        return tuple(self.lines)

    @property
    def unmarked(self) -> list[MarkedPage]:
        """The pages of which nothing could be read."""
        return [row for row in self.rows if row.points is None]

    def _said(self) -> Iterator[str]:
        points = [row.points for row in self.rows if row.points is not None]
        average = f", {number(mean(points), 3)} of {number(self.rows[0].out_of)} on average" if points else ""
        yield f"{counted(len(self.rows), 'page')}{average}"
        if self.unmarked:
            yield f"{counted(len(self.unmarked), 'page')} could not be read"
        for slip, pages in self.slips.items():
            yield f"{slip}: on {counted(pages, 'page')}"

    # As files

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write a row a page: name, points, the highest points, a column for each target, and the first wrong line.

        Of a target stands 1 or 0; nothing, if the page could not be read. The last columns are the mistake, and why a
        page has no points. A page's name that a spreadsheet would take for a formula gets an apostrophe before it.
        """
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["name", "points", "out_of", *self.targets, "first_wrong", "mistake", "remark"])
            for row in self.rows:
                # A target of a page that nobody could read is neither derived nor not.
                derived = ["" if row.points is None else int(t in row.derived) for t in self.targets]
                points = "" if row.points is None else _shortest(row.points)
                cells = [row.name, points, _shortest(row.out_of), *derived, row.first_wrong, row.mistake, row.reason]
                writer.writerow(map(_as_cell, cells))

    def as_data(self) -> dict[str, Anything]:
        """What `to_json` writes: of a class, the targets, the slips, and the rows with each line of their pages."""
        rows = [_as_data(row) for row in self.rows]
        return super().as_data() | {"targets": self.targets, "slips": self.slips, "rows": rows}

    def to_html(self, folder: str | PathLike[str]) -> None:
        """Write a page of feedback for each derivation, and an index of them, into a folder, which is made."""
        from autograd.feedback.feedback_page import document

        root = Path(folder)
        root.mkdir(parents=True, exist_ok=True)
        files = file_names([row.name for row in self.rows])
        for row, file in zip(self.rows, files, strict=True):
            (root / file).write_text(document(row.name, _feedback(row)), encoding="utf-8")
        (root / "index.html").write_text(document("Marks", self._linked(files)), encoding="utf-8")

    def _linked(self, files: Sequence[str]) -> str:
        """The table, with each name as a link to its page of feedback."""

        def cells(row: MarkedPage, file: str) -> Iterator[str]:
            yield f"<a href='{escape(file)}'>{escape(row.name)}</a>"
            yield from (escape(str(getattr(row, column))) for column in [*self.COLUMNS][1:])

        head = "".join(f"<th>{escape(heading)}</th>" for heading in self.COLUMNS.values())
        rows = (
            f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells(row, file))}</tr>"
            for row, file in zip(self.rows, files, strict=True)
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        return f'<div class="marks">{table}</div>' + "".join(f"<p>{escape(said)}</p>" for said in self._said())


def file_names(names: Iterable[str]) -> list[str]:
    """A name of an HTML file for each page: of letters, digits, - and _, and different from every other.

    >>> file_names(["Ada", "../../etc/passwd", "ada", "", "con"])
    ['Ada.html', 'etc-passwd.html', 'ada-2.html', 'page.html', 'con-page.html']
    """
    taken, found = {"index"}, []
    for name in names:
        stem = re.sub(r"[^\w]+", "-", name).strip("-_")[:80] or "page"
        if re.fullmatch(r"(?i:con|prn|aux|nul|com\d|lpt\d)", stem):  # devices of Windows
            stem += "-page"
        unlike, count = stem, 1
        while unlike.lower() in taken:
            count += 1
            unlike = f"{stem}-{count}"
        taken.add(unlike.lower())
        found.append(f"{unlike}.html")
    return found


def _feedback(row: MarkedPage) -> str:
    points = f"<p>{escape(row.earned)} points: {escape(row.targets) or 'no target'} derived.</p>" if row.earned else ""
    remark = f"<p>{escape(row.reason)}</p>" if row.reason else ""
    return points + remark + ("" if row.report is None else row.report.as_table())


def _as_cell(thing: Anything) -> Anything:
    if isinstance(thing, str) and thing[:1] in "=+-@\t\r" and thing:
        return f"'{thing}"
    return "" if thing is None else thing


def _as_data(row: MarkedPage) -> dict[str, Anything]:
    lines, unread = ((), ()) if row.report is None else (row.report.lines, row.report.unread)
    return {
        "name": row.name,
        "points": row.points,
        "out_of": row.out_of,
        "derived": row.derived,
        "first_wrong": row.first_wrong,
        "mistake": row.mistake,
        "remark": row.reason,
        "lines": [
            {
                "number": line.number,
                "claim": line.claim,
                "holds": line.holds,
                "verdict": line.verdict,
                "remark": line.remark,
                "right": line.correct_formula,
                "mistakes": list(map(str, line.mistakes)),
            }
            for line in lines
        ],
        "unread": [{"number": each.number, "text": each.text, "why": each.why} for each in unread],
    }


def _shortest(points: float) -> str:
    """All digits, and no more: 2 for 2.0."""
    return repr(float(points)).removesuffix(".0")
