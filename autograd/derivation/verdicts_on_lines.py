"""The verdict on each line: what was found out, as data, and in words.

For who is to find the answers there are words without them: which lines are wrong, and the kind of each mistake.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

from autograd.derivation.claims import Claim, Derivative, Named
from autograd.derivation.derivation_report import NOT_READ, DerivationLine, UnreadLine, both, counted
from autograd.derivation.kinds_of_mistake import MISSING, Mistake
from autograd.numbers import Number
from autograd.text import number
from autograd.untyped import Anything
from autograd.value import Value

RIGHT = ("proved", "points", "here")
"""The kinds of verdicts on what is right, the most certain first."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found out about a claim. `line_of` puts it in words.

    The kinds are those of right claims ("proved", "points", "here", and "descends" of an update), of wrong ones
    ("wrong", "coincidence"), of definitions ("defined", "unused", and "unchecked" for one that is called as a
    derivative), of claims that check nothing ("nameless": numbers alone; "circular": it holds whatever its subject is),
    of those for a case that is not the recorded one and cannot be looked at ("not here"), and "no value" (of a part, or
    definition) or "no finite value" (of the subject).
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


def unread_line(number: int, column: int, text: str, why: str) -> UnreadLine:
    """The line of the report for what was not read."""
    return UnreadLine(number=number, column=column, claim=text, remark=f"{NOT_READ}{why}")


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
            worth = "" if verdict.correct is None else f": {number(float(verdict.correct), 9)}"
            return "defined", f"{what}{worth}"
        case "step":
            return "defined", verdict.about
        case "descends":
            of = f": {counted(verdict.entries[1], 'entry')}" if verdict.entries else ""
            return f"at {verdict.points} points", f"updated{of}, {verdict.about} at {verdict.points} points"
        case "unchecked":
            other = f"did you mean {verdict.meant}? If not, rename it"
            if verdict.correct is None:
                return "not checked", f"defined, not checked; {other}"
            return "not checked", f"defined: {number(float(verdict.correct), 9)}, not checked; {other}"
        case "unused":
            other = f"; did you mean {', '.join(verdict.similar)}?" if verdict.similar else ""
            name = name.partition("[")[0] if name and verdict.entries else name
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
        return "paths left out", (missing[0].detail or "paths are left out") + _failing(verdict)
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
    return f"at {', '.join(shown[:4])}{more} {both(elsewhere.claimed, elsewhere.correct)}"


def _first_three(things: Sequence[str], what: str) -> str:
    return ", ".join(things[:3]) + (f" and {len(things) - 3} more {what}" if len(things) > 3 else "")


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
