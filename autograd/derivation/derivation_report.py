"""The report of a derivation: the verdict on each line, as data and in words, and the mistakes by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from sys import maxsize
from typing import ClassVar

from autograd.derivation.claims import Claim, Derivative, Named
from autograd.derivation.kinds_of_mistake import MISSING, OVERWRITTEN, UPDATED, Mistake
from autograd.numbers import Number
from autograd.report import Line, Report
from autograd.text import number, numbers_apart, printable
from autograd.untyped import Anything
from autograd.value import Value


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found out about a claim. `line_of` puts it in words.

    The kinds are those of right claims ("proved", "points", "here"), of wrong ones ("wrong", "coincidence"), of
    definitions ("defined", "unused", and "unchecked" for one that is called as a derivative), of claims that check
    nothing ("nameless": numbers alone; "circular": it holds whatever its subject is), of those for a case that is not
    the recorded one and cannot be looked at ("not here"), and "no value" (of a part, or definition) or "no finite
    value" (of the subject).
    """

    claim: Claim
    kind: str
    about: str = ""
    """What is wrong or has no value: a part as written, or the subject; empty for a claim of one part."""
    claimed: Number = None
    correct: Number = None

    # Of a right claim
    points: int = 0
    """At how many points it holds."""
    digits: int | None = None
    """To how many digits its formulas are right here (or its numbers, if it has no formula)."""
    number_digits: int | None = None
    """To how many digits its numbers are right, beside formulas."""
    allowance: str = ""
    """What makes its number right, if its digits do not: "as float32", "within the tolerance"."""
    formulas: bool = False
    """Whether it has a formula."""
    stands_for: Sequence[tuple[str, str]] = ()
    """Numerals, and the nodes whose values they are here."""
    labels: Sequence[str] = ()
    """What the labels that it leaves out are here, as "y = 1"."""
    sums: Sequence[str] = ()
    """Which labels must add up to 1 for it to hold."""
    sides: Sequence[str] = ()
    """On which sides of kinks it was looked at, as ``n > 0``."""

    # Of a wrong claim
    source: int | None = None
    """The earlier wrong line that it follows from."""
    repeats: int | None = None
    """The earlier wrong line that says the same."""
    mistakes: Sequence[Mistake] = ()
    formula: str | None = None
    """What is right, in the names on the page; None if that is too long to read."""
    equation: str = ""
    """The whole right line, where it is not simply the subject = formula: in LaTeX, or with index letters."""
    formula_for: Sequence[str] = ()
    """For which sides of kinks, and sums of labels, that is right."""
    elsewhere: "Elsewhere | None" = None

    # Of a claim with indices, or with whole arrays
    entries: tuple[int, int] | None = None
    """How many of its entries hold, and how many there are."""
    failing: Sequence[Claim] = ()
    """The entries that do not."""
    layout: str = ""
    """Which layout of the derivative of a vector by a vector it is right in."""

    # Of any
    cases: Sequence[str] = ()
    """For which cases the page says it, as ``y = 0``."""
    direct: Sequence[str] = ()
    """What is held fixed where ∂ is the direct partial: if it holds in that reading, or would if the page said so."""
    text: str = ""
    """The statement as it was written."""
    claims: Sequence[Claim] = ()
    """All that it claims: an entry each, and the definitions that later lines use."""
    read_as: str = ""
    """How it was read, where that is not plain."""
    apart: Sequence["Apartness"] = ()
    similar: Sequence[str] = ()
    """Names that an unused definition may have meant."""
    ascends: tuple[()] | tuple[str, str] = ()
    """Of an update that goes up: the derivative along which it goes, and what grows by that."""
    meant: str | None = None
    """The derivative that the name of a definition spells: dJ/dp for dJ_dp, or for dp."""


@dataclass(frozen=True)
class Elsewhere:
    """Where a claim fails that is equal at the recorded point: the leaves that were varied, and both values there."""

    leaves: Sequence[tuple[str, float]]
    claimed: float
    correct: float


@dataclass(frozen=True)
class Apartness:
    """A derivative that is 0 because no path leads from `by` to `of`; maybe one leads from `of` to `by`."""

    text: str
    of: str
    by: str
    reverse: bool


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
            yield _both(self.claimed, self.correct)
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
        return self.remark.removeprefix(_NOT_READ)

    @property
    def evidence(self) -> str:
        """What the page shows."""
        return self.remark


_NOT_READ = "not read: "


class DerivationReport(Report):
    """The verdict on every line of a derivation, in its order. True if all were read and hold, and one is a claim.

    Attributes:
        unread: the lines that hold mathematics and were not read, each with `.number`, `.column`, `.text` and `.why`.
        prose: the lines that were passed over.
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
        self._names = names or {}
        self.unread, self.prose = tuple(unread), tuple(prose)
        self.summary = self._summary()

    def __bool__(self) -> bool:
        return super().__bool__() and not self.unread

    def as_data(self) -> dict[str, Anything]:
        """What `to_json` writes: of a derivation, the lines that were not read as well."""
        unread = [{"number": line.number, "text": line.text, "why": line.why} for line in self.unread]
        return super().as_data() | {"unread": unread}

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

        return table(self.shown, self.summary, self._names)

    def _repr_html_(self) -> str:
        from autograd.feedback.feedback_page import in_a_notebook

        return in_a_notebook(self.shown, self.summary, self._names)

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


def unread_line(number: int, column: int, text: str, why: str) -> UnreadLine:
    """The line of the report for what was not read."""
    return UnreadLine(number=number, column=column, claim=text, remark=f"{_NOT_READ}{why}")


def line_of(verdict: Verdict) -> DerivationLine:
    """The line of the report: the verdict in words."""
    claim = verdict.claim
    kind, remark = _words(verdict)
    mistakes = list(verdict.mistakes)
    if kind == "paths left out":
        mistakes.sort(key=lambda mistake: (mistake.name, mistake.detail) != (MISSING, remark))
    return DerivationLine(
        number=claim.line,
        claim=verdict.text or claim.text,
        entries=verdict.entries,
        read_as=verdict.read_as,
        verdict=kind,
        remark=remark,
        node=_node(claim),
        of=claim.subject.of if isinstance(claim.subject, Derivative) else None,
        claimed=None if verdict.claimed is None else float(verdict.claimed),
        correct=None if verdict.correct is None else float(verdict.correct),
        correct_formula=None if verdict.formula is None else _equation(verdict),
        mistakes=tuple(mistakes),
        elsewhere=_where_it_fails(verdict.elsewhere) if verdict.elsewhere else "",
        direct=() if kind in ("wrong", "paths left out") or verdict.source else tuple(verdict.direct),
        follows=verdict.source,
        claims=tuple(verdict.claims),
        notes=tuple(_notes(verdict)),
    )


def _equation(verdict: Verdict) -> str:
    """What is right, as the page would write it."""
    told = [*verdict.cases, *verdict.formula_for]
    sides = f", for {_first_three(told, 'sides of kinks')}" if told else ""
    return f"{verdict.equation or f'{verdict.claim.texts[0]} = {verdict.formula}'}{sides}"


def _node(claim: Claim) -> Value | None:
    """The node whose derivative or value is claimed."""
    match claim.subject:
        case Derivative(by=node) | Named(node=node):
            return node
    return None


def _words(verdict: Verdict) -> tuple[str, str]:
    """What `DerivationLine` calls the verdict, and the verdict in words."""
    name = verdict.claim.defines
    match verdict.kind:
        case "defined":
            what = "updated" if verdict.claim.update else "defined"
            if verdict.entries is not None:
                return "defined", f"{what}: {counted(verdict.entries[1], 'entry')}"
            return "defined", f"{what}: {number(float(verdict.correct), 9)}"
        case "step":
            return "defined", verdict.about
        case "unchecked":
            other = f"did you mean {verdict.meant}? If not, rename it"
            if verdict.correct is None:
                return "not checked", f"defined, not checked; {other}"
            return "not checked", f"defined: {number(float(verdict.correct), 9)}, not checked; {other}"
        case "unused":
            other = f"; did you mean {', '.join(verdict.similar)}?" if verdict.similar else ""
            return "no effect", f"defines {name}, which no line uses: nothing is checked{other}"
        case "nameless":
            return "no effect", "it names no node: nothing is checked"
        case "circular":
            return "no effect", f"both sides are {verdict.about}: it holds whatever that is, and checks nothing"
        case "not here":
            return "not checked", f"not checked: {verdict.about}"
        case "no value":
            return "no value", f"{verdict.about} has no real value here"
        case "no finite value":
            return "no value", f"{verdict.about} has no finite value at the recorded point: nothing can be checked"
        case "misfit":
            return "wrong", f"wrong: {verdict.about}"
        case "wrong" | "coincidence":
            return _words_for_wrong(verdict)
    return _words_for_right(verdict)


def _words_for_right(verdict: Verdict) -> tuple[str, str]:
    kind = words = f"at {verdict.points} points" if verdict.kind == "points" else verdict.kind
    if verdict.kind == "here":
        found = dict.fromkeys(f"{numeral} stands for {node}" for numeral, node in verdict.stands_for)
        where = f", where {' and '.join(found)}" if found else ""
        where += f", for {_first_three(verdict.labels, 'labels')}" if verdict.labels else ""
        words = f"{'at this point only' if verdict.formulas else 'here'}{where}, to {counted(verdict.digits, 'digit')}"
    if told := [*verdict.cases, *verdict.sides]:
        words += f", for {_first_three(told, 'sides of kinks')}"
    if verdict.sums:
        words += f", for {_first_three(verdict.sums, 'such sums')}"
    if verdict.number_digits is not None:
        words += f"; the number to {counted(verdict.number_digits, 'digit')}"
    if verdict.allowance:
        words += f", {verdict.allowance}"
    if verdict.entries is not None:
        words += f", {of_entries(verdict.entries)}"
    if verdict.layout:
        words += f", in {verdict.layout}"
    if verdict.direct:
        words += f", if {_first_three(verdict.direct, 'such partials')}"
    return kind, words


def _words_for_wrong(verdict: Verdict) -> tuple[str, str]:
    if verdict.source is not None:
        return f"follows from line {verdict.source}", f"wrong: it follows from line {verdict.source}"
    missing = [mistake for mistake in verdict.mistakes if mistake.name == MISSING]
    if missing and isinstance(verdict.claim.subject, Derivative):
        return "paths left out", missing[0].detail + _failing(verdict)
    words = f"{verdict.about} is wrong" if verdict.about else "wrong"
    words += (f" for {', '.join(verdict.cases)}" if verdict.cases else "") + _failing(verdict)
    if verdict.kind == "coincidence":
        words += ": equal at this point by coincidence, and nowhere else"
    return "wrong", words


def _failing(verdict: Verdict) -> str:
    """How many entries fail, and the first of them; empty if there is one only."""
    if verdict.entries is None or verdict.entries[1] == 1:
        return ""
    right, every = verdict.entries
    return f" in {every - right} of {counted(every, 'entry')}; the first is {verdict.claim.texts[0]}"


def of_entries(entries: tuple[int, int]) -> str:
    return f"{entries[0]} of {counted(entries[1], 'entry')}"


def _notes(verdict: Verdict) -> Iterator[str]:
    """What else there is to say."""
    told: dict[str, None] = {}
    for pair in verdict.apart:
        of, by = pair.of, pair.by
        told[f"{of} does not depend on {by}: no path leads from {by} to {of}, and {pair.text} is 0"] = None
        if pair.reverse:
            told[f"it is {by} that depends on {of}: is d{by}/d{of} meant?"] = None
    yield from told
    if verdict.kind in ("wrong", "coincidence") and verdict.direct:
        yield f"it is right if {_first_three(verdict.direct, 'such')}: if that is meant, write ∂⁺ for this ∂"
    if verdict.ascends:
        slope, output = verdict.ascends
        yield f"this step goes up: along {slope} {output} grows; for a descent it is taken away, with a minus"
    if verdict.repeats is not None:
        yield f"line {verdict.repeats} says the same"


def _where_it_fails(elsewhere: Elsewhere) -> str:
    shown = [f"{name} = {number(x)}" for name, x in elsewhere.leaves]
    more = f" and {len(shown) - 4} more leaves varied" if len(shown) > 4 else ""
    return f"at {', '.join(shown[:4])}{more} {_both(elsewhere.claimed, elsewhere.correct)}"


def _both(claimed: float, correct: float) -> str:
    """What a claim says and what is right, in digits that show the difference."""
    said, right = numbers_apart(claimed, correct)
    return f"it says {said}; right is {right}"


def _first_three(things: Sequence[str], what: str) -> str:
    return ", ".join(things[:3]) + (f" and {len(things) - 3} more {what}" if len(things) > 3 else "")


def counted(number: int | None, what: str) -> str:
    plural = what.removesuffix("y") + "ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
