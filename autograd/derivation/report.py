"""The report of a derivation: what it adds to other reports is the verdict on each line, and the mistakes by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from sys import maxsize
from typing import ClassVar

from autograd.report import Line, Report
from autograd.value import Value


class Mistake(str):
    """A slip that explains a wrong line, as text: its `name`, one of `MISTAKES`, and in `detail` what it is here.

    >>> mistake = Mistake("sign", "it is dJ/dw with the other sign")
    >>> print(mistake)
    sign: it is dJ/dw with the other sign
    >>> mistake.name, "other sign" in mistake
    ('sign', True)
    """

    __slots__ = ("detail", "name")
    name: str
    detail: str

    def __new__(cls, name: str, detail: str) -> "Mistake":
        mistake = super().__new__(cls, f"{name}: {detail}")
        mistake.name, mistake.detail = name, detail
        return mistake

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # a copy is made of both
        return self.name, self.detail


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


@dataclass(frozen=True, kw_only=True)
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
    line k", "no value" or "no effect"."""
    node: Value | None = None
    """The node that it is about: w for dJ/dw, p for p = sigmoid(n); None for a definition, or two numbers."""
    mistakes: tuple[Mistake, ...] = ()
    notes: tuple[str, ...] = ()
    """What else there is to say of the line, wrong or right."""
    elsewhere: str = ""
    """For what is equal at the recorded point by coincidence: another point, and both values there."""
    # These follow from the verdict.
    holds: bool = field(init=False)
    proved: bool = field(init=False)
    checks: bool = field(init=False)

    def __post_init__(self) -> None:
        right = self.verdict in ("proved", "here", "defined") or self.verdict.startswith("at ")
        object.__setattr__(self, "holds", right)
        object.__setattr__(self, "proved", self.verdict == "proved")
        object.__setattr__(self, "checks", self.verdict not in ("defined", "no effect"))

    @property
    def evidence(self) -> str:
        """The verdict in words, with the digits, points and sides of kinks that it rests on."""
        return self.remark

    def explanation(self) -> Iterator[str]:
        """What to say below a line that does not hold, and the notes on any."""
        if self.elsewhere:
            yield self.elsewhere
        elif self.claimed is not None and not self.holds and self.correct is not None:
            yield f"it says {self.claimed:.9g}; right is {self.correct:.9g}"
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


class DerivationReport(Report):
    """The verdict on every line of a derivation, in its order. True if all hold, and one of them is a claim."""

    COLUMNS: ClassVar[dict[str, str]] = {"claim": "claim", "evidence": "verdict"}
    HEADED: ClassVar[bool] = False
    LONGEST: ClassVar[int] = maxsize
    """The page is shown as it was written."""

    lines: tuple[DerivationLine, ...]

    def __init__(self, lines: Iterable[DerivationLine]) -> None:
        super().__init__("", lines)
        self.summary = self._summary()

    @property
    def first_wrong(self) -> DerivationLine | None:
        """The first line that is wrong; None if there is none."""
        return next((line for line in self.lines if line.checks and not line.holds), None)

    def _margin(self, line: DerivationLine) -> str:
        return f"{line.mark} {line.number:{len(str(self.lines[-1].number))}}"

    def _summary(self) -> str:
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
