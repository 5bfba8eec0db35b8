"""The report of a derivation: the verdict on each line, as data and in words, and the mistakes by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from sys import maxsize
from typing import ClassVar

from autograd.derivation.claims import Claim
from autograd.derivation.kinds_of_mistake import MISSING, OVERWRITTEN, UPDATED, Mistake
from autograd.report import Line, Report
from autograd.text import numbers_apart, printable
from autograd.value import Value


@dataclass(frozen=True, kw_only=True, repr=False)
class DerivationLine(Line):
    """One line of a derivation, judged.

    `claimed` is what it says, as a number at the recorded point (its first wrong part, or else its last one), and
    `correct` what is right there; for a definition, what it defines. `correct_formula` is in the names on the page, and
    missing if too long to read; the `mistakes` explain the line's numbers at every point.
    """

    number: int
    """The line of the text, counted from 1."""
    verdict: str
    """"proved", "at n points", "here" (at the recorded point only), "defined", "wrong", "paths left out", "follows from
    line k", "no value", "not checked" (a definition that is called as a derivative, or a claim for a case that cannot
    be looked at) or "no effect"."""
    node: Value | None = None
    """The node that it is about: w for dJ/dw, p for p = sigmoid(n); None for a definition, or two numbers."""
    of: Value | None = None
    """The node that it differentiates: J for dJ/dw; None for any other claim."""
    mistakes: tuple[Mistake, ...] = ()
    notes: tuple[str, ...] = ()
    """What else there is to say of the line, wrong or right."""
    elsewhere: str = ""
    """For what is equal at the recorded point by coincidence: another point, and both values there."""
    entries: tuple[int, int] | None = None
    """Of a claim for all i and j, or about whole arrays: how many entries hold, and how many there are."""
    read_as: str = ""
    """How it was read, where that is not plain to see: its first entry, and how far its letters run."""
    direct: tuple[str, ...] = ()
    """Which ∂ are direct partials for it to hold, each as "∂y/∂x holds u fixed"; empty if it holds with total ones."""
    follows: int | None = None
    """The earlier wrong line that it follows from, if it is wrong for that alone."""
    claims: tuple[Claim, ...] = field(default=(), repr=False)
    """What it claims, as expressions of the nodes: one claim an entry."""
    # These follow from the verdict.
    holds: bool = field(init=False)
    proved: bool = field(init=False)
    checks: bool = field(init=False)

    def __post_init__(self) -> None:
        right = self.verdict in ("proved", "here", "defined") or self.verdict.startswith("at ")
        object.__setattr__(self, "holds", right)
        object.__setattr__(self, "proved", self.verdict == "proved")
        object.__setattr__(self, "checks", self.verdict not in ("defined", "not checked", "no effect"))

    @property
    def evidence(self) -> str:
        """The verdict in words, with the digits, points and sides of kinks that it rests on."""
        return self.remark

    def explanation(self) -> Iterator[str]:
        """What to say below a line that does not hold, and the notes on any."""
        if self.read_as:
            yield f"read as {self.read_as}"
        if self.elsewhere:
            yield self.elsewhere
        elif self.claimed is not None and not self.holds and self.correct is not None:
            yield both(self.claimed, self.correct)
        if self.correct_formula is not None:
            yield f"right: {self.correct_formula}"
        yield from self._named()
        yield from self.notes

    def _named(self) -> Iterator[str]:
        """The mistakes, each name and each explanation once: a branch missing is a branch overwritten, seen anew."""
        details: dict[str, dict[str, None]] = {}
        for mistake in self.mistakes:
            details.setdefault(mistake.name, {})[mistake.detail] = None
        overwritten = details.get(OVERWRITTEN)
        if overwritten and MISSING in details:
            del details[OVERWRITTEN]
        for name, found in details.items():
            told = [detail for detail in found if detail != self.remark]
            if name == MISSING:
                name += ", or overwritten" if overwritten else ""
                # The verdict has told the first way to miss it, and all the others say the same.
                told = [] if len(told) < len(found) else told[:1]
                told = told or list(overwritten or ())[:1]
            elif name == UPDATED:
                told = told[:1]
            more = f"; or {len(told) - 2} more such (see .mistakes)" if len(told) > 2 else ""
            yield ": ".join([name, *filter(None, ["; or ".join(told[:2]) + more])])


@dataclass(frozen=True, kw_only=True, repr=False)
class UnreadLine(Line):
    """A line that holds mathematics and was not read: its claim is the line, and its remark says what to write."""

    number: int
    column: int
    holds: bool | None = None

    @property
    def text(self) -> str:
        """The line as it was written."""
        return self.claim

    @property
    def why(self) -> str:
        """Why it was not read, and what to write."""
        return self.remark.removeprefix(NOT_READ)

    @property
    def evidence(self) -> str:
        """What the page shows."""
        return self.remark


NOT_READ = "not read: "


class DerivationReport(Report):
    """The verdict on every line of a derivation, in its order. True if all were read and hold, and one is a claim.

    Attributes:
        unread: the lines that hold mathematics and were not read, each with `.number`, `.column`, `.text` and `.why`.
        prose: the lines that were passed over.
        names: what the page may call each Value.
    """

    COLUMNS: ClassVar[dict[str, str]] = {"claim": "claim", "evidence": "verdict"}
    HEADED: ClassVar[bool] = False
    LONGEST: ClassVar[int] = maxsize
    """The page is shown as it was written."""

    lines: tuple[DerivationLine, ...]

    def __init__(
        self,
        lines: Iterable[DerivationLine],
        unread: Iterable[UnreadLine] = (),
        prose: Iterable[str] = (),
        names: Mapping[Value, str] | None = None,
    ) -> None:
        super().__init__("", lines)
        self.names = names or {}
        self.unread, self.prose = tuple(unread), tuple(prose)
        self.summary = self._summary()

    def __bool__(self) -> bool:
        return super().__bool__() and not self.unread

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the report as a page of HTML: one file that needs no other, no script and no network.

        Formulas are typeset; under what was written stands what is right, with the difference marked; a small picture
        shows the paths that a line kept and left out, if there is a Graphviz on this machine. It is legible on phones,
        in light and dark.

        Args:
            path: of the file, which ends in ``.html``. A file of this name is replaced.

        Returns:
            The path.

        Raises:
            ValueError: for another extension.
            OSError: if the file cannot be written.

        >>> from autograd import Value, check_derivation
        >>> from tempfile import TemporaryDirectory
        >>> x = Value(3.0)
        >>> report = check_derivation("dy/dx = x", {"x": x, "y": x * x})
        >>> with TemporaryDirectory() as folder:
        ...     report.save(f"{folder}/feedback.html").name
        'feedback.html'
        """
        from autograd.feedback.feedback_page import document

        path = Path(path)
        if path.suffix.lower() != ".html":
            raise ValueError(f"cannot save a report as {printable(repr(path.name))}: the name must end in .html")
        page = document("Feedback", self.as_table())
        path.write_bytes(page.encode(errors="replace"))
        return path

    def as_table(self) -> str:
        """The body of the page: the lines as a table of HTML, the summary, and a legend."""
        from autograd.feedback.feedback_page import table

        return table(self.shown, self.summary, self.names)

    def _repr_html_(self) -> str:
        from autograd.feedback.feedback_page import in_a_notebook

        return in_a_notebook(self.shown, self.summary, self.names)

    @cached_property
    def shown(self) -> Sequence[DerivationLine | UnreadLine]:
        """All lines of mathematics, in the order of the page."""
        return sorted((*self.lines, *self.unread), key=lambda line: line.number)

    @property
    def _and_unread(self) -> str:
        count = len(self.unread)
        return f" ({count} line{'s are' if count > 1 else ' is'} not read)" if count else ""

    @property
    def first_wrong(self) -> DerivationLine | None:
        """The first line that is wrong; None if there is none."""
        return next((line for line in self.lines if line.checks and not line.holds), None)

    def _margin(self, line: DerivationLine | UnreadLine) -> str:
        return f"{line.mark} {line.number:{len(str(self.shown[-1].number))}}"

    def _summary(self) -> str:
        """One sentence."""
        judged = [line for line in self.lines if line.verdict != "defined"]
        if wrong := self.first_wrong:
            return f"line {wrong.number} is the first wrong one: {wrong.claim}{self._and_unread}"
        if self.unread:
            line = self.unread[0]
            more = f", nor are {len(self.unread) - 1} more" if len(self.unread) > 1 else ""
            held = "no line is wrong, but " if judged else ""
            return f"{held}line {line.number} is not read{more}: {line.text}"
        if not self.lines:
            return "nothing is claimed: no line says that two things are equal"
        if idle := [line for line in judged if not line.checks]:
            what = "is not checked" if idle[0].verdict == "not checked" else "checks nothing"
            return f"no line is wrong, but line {idle[0].number} {what}: {idle[0].claim}"
        if not judged:
            return "nothing is claimed: there are definitions alone"
        proved = sum(line.proved for line in judged)
        return f"all {len(judged)} claims hold, {proved} of them proved" if len(judged) > 1 else "the claim holds"


def both(claimed: float, correct: float) -> str:
    """What a claim says and what is right, in digits that show the difference."""
    said, right = numbers_apart(claimed, correct)
    return f"it says {said}; right is {right}"


def counted(number: int | None, what: str) -> str:
    plural = what.removesuffix("y") + "ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
