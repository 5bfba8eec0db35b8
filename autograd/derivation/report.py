"""The report of a derivation: text for a terminal, a table for a notebook, and data."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True)
class Mistake:
    """A slip that explains a wrong line: its `name`, always one of `MISTAKES`, and what it is here."""

    name: str
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.detail}"


FACTOR_TWO = "factor 2"
FACTOR_HALF = "factor 1/2"
SIGN = "sign"
MISSING = "branch missing"
OVERWRITTEN = "branch overwritten"
TWICE = "branch counted twice"
LEFT_OUT = "activation's derivative left out"
AT_INPUT = "activation's derivative at the input"
AT_OUTPUT = "activation's derivative at the output"
OTHER_WEIGHT = "gradient of another weight"
TRANSPOSED = "transposed indices"
UPDATED = "weights already updated"
SOFTMAX = "softmax's p for p - onehot"
SUMMED = "sum where one term belongs"
MISTAKES = (
    *(FACTOR_TWO, FACTOR_HALF, SIGN, MISSING, OVERWRITTEN, TWICE, LEFT_OUT, AT_INPUT, AT_OUTPUT, OTHER_WEIGHT),
    *(TRANSPOSED, UPDATED, SOFTMAX, SUMMED),
)


@dataclass(frozen=True)
class Line:
    """One line of a derivation, judged.

    Attributes:
        number: the line of the text, counted from 1.
        claim: the line as written.
        verdict: "proved", "at n points", "here" (at the recorded point only), "defined", "wrong", "paths left out",
            "follows from line k", "no value" or "no effect".
        evidence: the verdict in words, with the digits, points and sides of kinks that it rests on.
        claimed: what the line says, as a number at the recorded point: its first wrong part, or else its last one.
        correct: what is right there; for a definition, what it defines.
        correct_formula: for a wrong line, the right formula in the names on the page, unless it is too long to read.
        mistakes: for a wrong line, the slips that explain its numbers, at every point.
    """

    number: int
    claim: str
    verdict: str
    evidence: str
    claimed: float | None = None
    correct: float | None = None
    correct_formula: str | None = None
    mistakes: tuple[Mistake, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether the line is right, at least at the recorded point."""
        return self.proved or self.verdict in ("here", "defined") or self.verdict.startswith("at ")

    @property
    def proved(self) -> bool:
        """Whether it holds identically, with a proof."""
        return self.verdict == "proved"

    @property
    def mark(self) -> str:
        """✓ or ✗; · for a line that claims nothing."""
        return "·" if self.verdict in ("defined", "no effect") else "✓" if self.holds else "✗"

    def explanation(self) -> Iterator[str]:
        """What to say below a line that does not hold, and the notes on any."""
        if self.claimed is not None and not self.holds and self.correct is not None:
            yield f"it says {_figure(self.claimed)}; right is {_figure(self.correct)}"
        if self.correct_formula is not None:
            yield f"right: {self.correct_formula}"
        yield from (str(mistake) for mistake in self.mistakes)
        yield from self.notes


@dataclass(frozen=True)
class DerivationReport:
    """The verdict on every line of a derivation. True if all hold."""

    lines: tuple[Line, ...]

    def __bool__(self) -> bool:
        return all(line.holds for line in self.lines) and any(line.verdict != "defined" for line in self.lines)

    @property
    def first_wrong(self) -> Line | None:
        """The first line that is wrong of itself; None if there is none."""
        return next((line for line in self.lines if line.mark == "✗"), None)

    @property
    def summary(self) -> str:
        """One sentence."""
        judged = [line for line in self.lines if line.verdict != "defined"]
        if wrong := self.first_wrong:
            return f"line {wrong.number} is the first wrong one: {wrong.claim}"
        if idle := [line for line in judged if line.verdict == "no effect"]:
            return f"no line is wrong, but line {idle[0].number} checks nothing: {idle[0].claim}"
        if not judged:
            return "nothing is claimed: there are definitions alone"
        proved = sum(line.proved for line in judged)
        return f"all {len(judged)} claims hold, {proved} of them proved" if len(judged) > 1 else "the claim holds"

    def __str__(self) -> str:
        number = max(len(str(line.number)) for line in self.lines)
        width = min(60, max(len(line.claim) for line in self.lines))
        rows = []
        for line in self.lines:
            rows.append(f"{line.mark} {line.number:{number}}  {line.claim:{width}}  {line.evidence}")
            rows += [f"{'':{number + 4}}{text}" for text in line.explanation()]
        return "\n".join([*rows, self.summary])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = []
        for line in self.lines:
            more = "".join(f"<br>{escape(text)}" for text in line.explanation())
            rows.append(
                f"<tr><td>{line.mark}</td><td>{line.number}</td>"
                f'<td style="text-align:left"><code>{escape(line.claim)}</code></td>'
                f'<td style="text-align:left">{escape(line.evidence)}{more}</td></tr>'
            )
        head = "<tr><th></th><th>line</th><th>claim</th><th>verdict</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table><p>{escape(self.summary)}</p>"


def _figure(number: float) -> str:
    return f"{number:.9g}"
