"""A report without the answers, for who is to find them: which lines are wrong, and the kind of each mistake."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace

from autograd.derivation.claims import Claim
from autograd.derivation.derivation_report import DerivationLine
from autograd.derivation.kinds_of_mistake import Mistake
from autograd.derivation.verdicts_on_lines import RIGHT, Verdict, line_of, of_entries
from autograd.untyped import Anything
from autograd.value import Value

_ANSWERS = ("claimed", "correct", "correct_formula")
"""What a formula is worth is an answer, too: "sign", beside the value of what was written, tells the right number."""
_STAYING = (
    *("number", "claim", "verdict", "remark", "node", "entries"),
    *("read_as", "direct", "follows", "claims", "mistakes"),
)


@dataclass(frozen=True, kw_only=True, repr=False)
class UnrevealedLine(DerivationLine):
    """A line that says whether it holds and which kind of mistake is in it, and leaves out what is right.

    Its `node` is there for a drawing. A pickle, or a copy, has no nodes: a graph holds numbers, and gradients.
    """

    node: Value | None = field(default=None, repr=False)
    claims: tuple[Claim, ...] = field(default=(), repr=False)

    def as_data(self, number: int) -> dict[str, Anything]:
        """The line as data, without the names of what is left out."""
        return {name: told for name, told in super().as_data(number).items() if name not in _ANSWERS}

    def __getstate__(self) -> dict[str, Anything]:
        return vars(self) | {"node": None, "claims": ()}


def unrevealed_line(verdict: Verdict) -> UnrevealedLine:
    """The line of the report for a verdict, without the answer."""
    line = line_of(_without_answer(verdict))
    return _unrevealed(line, notes=line.notes, mistakes=line_of(verdict).mistakes)  # in the order of the full report


def unrevealed_arrays(lines: Iterable[DerivationLine]) -> list[DerivationLine]:
    """The lines on whole arrays, without the answers: how far the largest error is off would tell the right entry."""
    return [_unrevealed(line, remark=_of_array(line)) for line in lines]


def _of_array(line: DerivationLine) -> str:
    if line.correct is None or line.entries is None:  # it is right, or of another shape
        return line.remark
    return f"wrong: {of_entries(line.entries)} {'is' if line.entries[0] == 1 else 'are'} right"


def _unrevealed(line: DerivationLine, **told: Anything) -> UnrevealedLine:
    staying = {each.name: getattr(line, each.name) for each in fields(line) if each.name in _STAYING} | told
    return UnrevealedLine(**staying | {"mistakes": _kinds(staying["mistakes"])})


def _kinds(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """The mistakes by name alone, each once: a detail says which factor is missing, or which path."""
    return tuple(dict.fromkeys(Mistake(mistake.name, "") for mistake in mistakes))


def _without_answer(verdict: Verdict) -> Verdict:
    """What may be told of what was found out; `line_of` then has no answer to put in words."""
    about = verdict.about
    if verdict.kind == "misfit":
        about = about.partition("; ")[0]  # of an update that goes up: how it would go down
    elif verdict.kind == "not here":
        about = "it is about what cannot be judged here"  # the reason may have a number of the graph in it
    return replace(
        verdict,
        about=about,
        claimed=None,
        correct=None,
        mistakes=_kinds(verdict.mistakes),
        formula=None,
        elsewhere=None,
        direct=verdict.direct if verdict.kind in RIGHT else (),
        apart=(),
        ascends=(),
    )
