"""The judge: a derivation is read; each claim is evaluated, what is right is proved, and what is wrong is diagnosed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from autograd.derivation.cases import AnotherGraph, JudgingOfCases, labels_in
from autograd.derivation.claims import (
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    chooses,
    plain,
    walk,
)
from autograd.derivation.comparison import ROUNDING, Comparison, Judged, identical_everywhere
from autograd.derivation.idle_claims import IdleClaims
from autograd.derivation.kinds_of_mistake import MISSING, OTHER_WEIGHT, TRANSPOSED, Mistake
from autograd.derivation.mistakes.diagnosis import Diagnosis
from autograd.derivation.mistakes.updates import ascent, by_an_error_term, judge_step
from autograd.derivation.mistakes.wrong_lines import Wrong
from autograd.derivation.names import PageNames
from autograd.derivation.proof import Prover
from autograd.derivation.readings_of_partials import ReadingsOfPartials
from autograd.derivation.right_formulas import RightFormulas
from autograd.derivation.setting import Setting, setting_of
from autograd.derivation.verdicts_on_lines import RIGHT, Apartness, Verdict
from autograd.notation.conventions import settle
from autograd.notation.page_lines import PageLine, ReadPage
from autograd.notation.reading import read_derivation
from autograd.notation.right_lines import IndexedLine, entry_line
from autograd.notation.syntax import Unread
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.value import Value

_MOST_TOLD = 8


def verdicts_on(
    derivation: str | Mapping[Number, Number],
    nodes: Mapping[str, Number],
    output: Value | None,
    tolerance: float | None,
    *,
    first: int = 1,
    strict: bool = False,
) -> tuple[list[Verdict], ReadPage]:
    """The verdict on each statement of a derivation, and the page as it was read: see `autograd.check_derivation`."""
    names = PageNames(nodes, constants=not strict)
    page = read_derivation(derivation, names, output, first=first, strict=strict)
    page.names = names.paths
    claims = page.every_claim
    setting = setting_of(claims, names)
    judging = _Judging(claims, setting, tolerance, page.lines, first)
    unread = [each.number for each in page.unread if each.gives]
    settle(page.lines, judging.matches, setting.definitions, unread, page.lost)
    verdicts = [judging.line(line) for line in page.lines]
    unclear = [verdict for verdict in verdicts if verdict.kind == "unclear"]
    if unclear and strict:
        told = (f"line {verdict.claim.line}: {verdict.about}\n    {verdict.text}" for verdict in unclear)
        raise ValueError("\n".join(told))
    page.unread += [Unread(verdict.claim.line, 1, verdict.text, verdict.about) for verdict in unclear]
    page.unread.sort(key=lambda unread: (unread.number, unread.column))
    return [verdict for verdict in verdicts if verdict.kind != "unclear"], page


@dataclass
class _Part:
    """One part of a claim: as written, its value at each point, and how it compares with what is right."""

    expression: Expression
    text: str
    claimed: list[Number]
    judged: Judged | None = None


class _Judging:
    """The claims of one derivation are judged in their order: a wrong one is remembered for those after it."""

    def __init__(
        self, claims: Sequence[Claim], setting: Setting, tolerance: float | None, lines: Sequence[PageLine], first: int
    ) -> None:
        self._claims, self.setting, self._points, self.lines = claims, setting, setting.points, lines
        self._first = first
        self._prover = Prover(setting, several=len(claims) > 1)
        self._comparison = Comparison(setting, self._prover, tolerance)
        self._tolerance = tolerance

    def line(self, line: PageLine) -> Verdict:
        """The verdict on one statement: on its claim, or on all the entries of a claim with indices."""
        if line.cases:
            return self._cases.verdict(line)
        if line.misfit:
            found = self._misfit(line)
        elif line.step or (line.unchecked is not None and line.indexed):
            found = self._step(line)
            if line.replaced is not None and (wrong := self._replaced(line.replaced)) is not None:
                found, line = wrong, line.replaced
        elif line.descent:
            found = self._update(line)
        else:
            found = self._claimed(line)
            for before, reading in line.other_readings if found.kind in ("wrong", "coincidence") else ():
                other = self._claimed(reading, remember=False)
                if other.kind not in ("wrong", "coincidence", "no value"):
                    self.forget()
                    found = replace(other, kind="unclear", about=before.unclear) if before.unclear else other
                    line = reading
                    break
            if found.kind in ("wrong", "coincidence") and any(map(_has_partials, line.claims)):
                found, line = self._with_direct_partials(line, found)
            if found.kind in ("wrong", "coincidence") and (labels := labels_in(line.claims)):
                found = self._cases.for_each_label(line, labels)
            elif found.kind in ("wrong", "coincidence"):
                found = self._cases.told_by_labels(line, found)
        if line.doubt and found.kind in ("wrong", "coincidence"):
            found = replace(found, kind="unclear", about=line.doubt)
        if found.formula is not None and not found.cases and (line.indexed or "\\" in line.text):
            found = replace(found, equation=self._in_its_notation(line, found))
        if found.claim.defines is not None and found.claim.parts:
            found = replace(found, ascends=found.ascends or ascent(found.claim, self.setting))
        claims = (*line.claims, *line.also)
        return replace(found, text=line.text, claims=claims, read_as=line.read_as, layout=line.layout)

    def _where(self, leaves: Mapping[Value, float]) -> tuple["_Judging", AnotherGraph, Sequence[PageLine]]:
        """The judging of the same page where some leaves have other values, and the page's lines in its nodes."""
        graph = AnotherGraph(self.setting.graph.order, self.setting.names, leaves)
        lines = graph.lines(self.lines)
        claims = [*map(graph.claim, self._claims)]
        judging = _Judging(claims, setting_of(claims, graph.names), self._tolerance, lines, self._first)
        return judging, graph, lines

    def _in_its_notation(self, line: PageLine, found: Verdict) -> str:
        """The right line as the page writes lines, in LaTeX or with index letters; empty if it cannot be done."""
        names, first, right = self.setting.names, self._first, self._right_formulas.of(found.claim)
        if right is None:
            return ""
        if not line.indexed:
            return entry_line(line, right.formula, right.symbols, first) or ""
        indexed = IndexedLine(line, found.failing, names, first)
        claim = indexed.entry()
        right = None if claim is None else self._right_formulas.of(claim)
        if claim is None or right is None:
            return ""
        return (
            indexed.text(claim, right.formula, right.symbols, lambda *one: self._prover.proof(*one) is not None) or ""
        )

    def _claimed(self, line: PageLine, *, remember: bool = True) -> Verdict:
        return (
            self._entries(line, remember=remember) if line.indexed else self.verdict(line.claims[0], remember=remember)
        )

    def _with_direct_partials(self, line: PageLine, found: Verdict) -> tuple[Verdict, PageLine]:
        """The verdict on a line that fails, or on its reading with some ∂ direct if it holds in one."""
        for reading, words in self._partials.right(line):
            other = self._claimed(reading, remember=False)
            if other.kind in ("proved", "points") or (
                other.kind == "here" and (other.stands_for or not other.formulas)
            ):
                self.forget()
                return replace(other, direct=words), reading
        # That ∂L/∂u = 0 holds for any L whose own formula has no u, which nobody means.
        return replace(found, direct=self._partials.left_alone(line) if found.claimed else ()), line

    @cached_property
    def _cases(self) -> JudgingOfCases:
        return JudgingOfCases(self, self._where)

    @cached_property
    def _idle(self) -> IdleClaims:
        return IdleClaims(self.setting, self._claims)

    def forget(self) -> None:
        """Take back that the last line was wrong."""
        self._diagnosis.forget()

    @cached_property
    def _partials(self) -> ReadingsOfPartials:
        return ReadingsOfPartials(self.setting, self.lines, self._fits)

    def _fits(self, claim: Claim) -> bool:
        """Whether the formulas of a claim have the value of its subject at every point, and its numbers here."""
        right = self._points.values(claim.subject)[0]
        for part in filter(plain, claim.parts):
            said = self._points.values(part)[0]
            if said is None or right is None or not self._comparison.rounds(part, said, right):
                return False
        return self.matches(replace(claim, parts=tuple(part for part in claim.parts if not plain(part))))

    def _step(self, line: PageLine) -> Verdict:
        """The verdict on a line of a program that works something out for later ones."""
        [claim, *others] = line.claims
        value = self._points.values(claim.subject)[0]
        if value is None:
            return Verdict(claim=claim, kind="no value", about="it")
        entries = (len(line.claims), len(line.claims)) if others or line.indexed else None
        if line.unchecked is not None:
            name = str(self.setting.names.paths.get(line.unchecked)).partition("[")[0]
            return Verdict(claim=claim, kind="unchecked", meant=f"a derivative by {name}", entries=entries)
        if line.idle:
            return Verdict(claim=claim, kind="unused", entries=entries)
        return Verdict(claim=claim, kind="step", about=line.step, correct=None if others else value, entries=entries)

    def _update(self, line: PageLine) -> Verdict:
        """The verdict on an update in a program: it must go against the gradient."""
        names, definitions = self.setting.names.paths, self.setting.definitions
        step = judge_step(line.descent, self._points.values, definitions, names)
        if step.kind == "wrong" and line.descent_as_written not in ((), line.descent):
            other = judge_step(line.descent_as_written, self._points.values, definitions, names)
            if other.kind == "right":
                step = replace(other, why=f"{other.why}, with what the lines above have,")
        found, claim = self._claimed(line), line.descent[0]
        if step.ascends and found.kind == "defined":
            called = [
                each.subject.name for above in self.lines for each in above.also if isinstance(each.subject, Defined)
            ]
            if not by_an_error_term(line.text, line.claims[0], definitions, called):
                return replace(found, ascends=step.ascends)
        match step.kind:
            case "right" if found.kind == "defined":
                return replace(found, kind="descends", about=step.why, points=len(self._points.each))
            case "wrong":
                return Verdict(claim=claim, kind="misfit", about=step.why)
            case "unknown":
                return Verdict(claim=claim, kind="not here", about=step.why)
        return found

    def _replaced(self, line: PageLine) -> Verdict | None:
        """The verdict on a gradient that a later line gives another value; None if it is one path of several."""
        found = self._misfit(line) if line.misfit else self._claimed(line, remember=False)
        partial = any(mistake.name == MISSING for mistake in found.mistakes)
        return found if found.kind in ("wrong", "coincidence", "misfit") and not partial else None

    def _misfit(self, line: PageLine) -> Verdict:
        """The verdict on a claim whose shapes do not fit: it is wrong, and may be the transposed of what is right."""
        claim = Claim(line.number, line.text, Numeral("0", Fraction(0)), (), (line.text,))
        mistakes = list(self._the_other_way_round(line))
        return Verdict(claim=claim, kind="misfit", about=line.misfit, mistakes=mistakes)

    def _the_other_way_round(self, line: PageLine) -> Iterator[Mistake]:
        """The mistake of a claim that is right with the indices of a list, or with rows and columns, swapped."""
        for swapped, claims in line.swapped():
            try:
                if claims and all(self.matches(claim) for claim in claims):
                    yield Mistake(TRANSPOSED, swapped)
                    return
            except KeyError:  # A node that the page does not speak of otherwise.
                continue

    def matches(self, claim: Claim) -> bool:
        """Whether all parts of a claim have the value of its subject at every point."""
        correct = self._points.values(claim.subject)
        for part in claim.parts:
            both = zip(self._points.values(part), correct, strict=True)
            pairs = [(c, r) for c, r in both if c is not None and r is not None]
            if not pairs or not identical_everywhere(pairs, ROUNDING):
                return False
        return True

    # The entries of a claim with indices

    def _entries(self, line: PageLine, *, remember: bool = True) -> Verdict:
        """The verdict on all entries: on the first that is wrong, else on the least certain."""
        claims = line.claims
        if claims[0].defines is not None and len(claims[0].parts) == 1:
            return self._definitions(claims)
        idle = self._checks_nothing(claims[0], self._points.values(claims[0].subject)[0])
        # ∂h_t/∂W = ∂h_t/∂W + ∂h_t/∂h_{t-1} ∂h_{t-1}/∂W says nothing for t = 1 alone.
        if idle is not None and (idle.kind != "circular" or all(map(self._says_nothing, claims))):
            return replace(idle, entries=(0, len(claims)))
        right: dict[str, tuple[Claim, list[_Part], Number, int]] = {}
        wrong: list[tuple[Claim, _Part, list[Number]]] = []
        valueless: Verdict | None = None
        before: list[Judged | None] = [None] * len(claims[0].parts)
        for claim in claims:
            if self._is_proved_like(claim, before):
                right["proved"] = (*right["proved"][:3], right["proved"][3] + 1)
                continue
            correct = self._points.values(claim.subject)
            parts = self._evaluate(claim)
            if correct[0] is None:
                valueless = valueless or self._checks_nothing(claim, None)
                continue
            last = self._prove(claim, parts, correct, before)
            before = [part.judged for part in parts]
            if last.judged is None:
                valueless = valueless or Verdict(claim=claim, kind="no value", about=last.text, correct=correct[0])
            elif last.judged.kind in ("wrong", "coincidence"):
                wrong.append((claim, last, correct))
            else:
                kind = max((part.judged.kind for part in parts if part.judged), key=RIGHT.index)
                _, _, _, count = right.get(kind, (None, None, None, 0))
                right.setdefault(kind, (claim, parts, correct[0], 0))
                right[kind] = (*right[kind][:3], count + 1)
        held = sum(count for _, _, _, count in right.values())
        entries = (held, len(claims))
        if wrong:
            claim, part, correct = wrong[0]
            found = self._diagnose(
                claim,
                part,
                correct,
                about=part.text if len(claim.parts) > 1 else "",
                entries=[Wrong(c, p.expression, p.claimed, r) for c, p, r in wrong] if remember else [],
            )
            mistakes = [] if found.source is not None else list(self._the_other_way_round(line))
            kept = [m for m in found.mistakes if not (mistakes and m.name in (TRANSPOSED, OTHER_WEIGHT))]
            return replace(
                found, mistakes=[*mistakes, *kept], entries=entries, failing=[claim for claim, _, _ in wrong]
            )
        if valueless is not None:
            return replace(valueless, entries=entries)
        claim, parts, value, _ = right[max(right, key=RIGHT.index)]
        return replace(self._right(claim, parts, value, beside=claims), entries=entries)

    def _is_proved_like(self, claim: Claim, before: Sequence[Judged | None]) -> bool:
        """Whether an entry is proved by what proved the one before it."""
        if len(before) != 1 or before[0] is None or before[0].kind != "proved" or claim.defines is not None:
            return False
        sums = self._prover.proved_before(claim, claim.parts[0])
        return sums is not None and bool(sums) == bool(before[0].sums)

    def _definitions(self, claims: Sequence[Claim]) -> Verdict:
        """The verdict on a name that is defined entry by entry."""
        verdicts = [self._checks_nothing(claim, self._points.values(claim.subject)[0]) for claim in claims]
        known = [verdict for verdict in verdicts if verdict is not None]
        order = ("no value", "unchecked", "defined", "unused")
        worst = min(known, key=lambda verdict: order.index(verdict.kind))
        return replace(worst, entries=(len(claims), len(claims)))

    # A single claim

    def verdict(self, claim: Claim, *, remember: bool = True) -> Verdict:
        """The verdict on one claim: it is evaluated, proved as far as it is right, and diagnosed where it is wrong."""
        correct = self._points.values(claim.subject)
        if idle := self._checks_nothing(claim, correct[0]):
            return idle
        parts = self._evaluate(claim)
        last = self._prove(claim, parts, correct)
        if last.judged is None:
            return Verdict(claim=claim, kind="no value", about=last.text, correct=correct[0])
        if last.judged.kind in ("wrong", "coincidence"):
            about = last.text if len(parts) > 1 else ""
            return self._diagnose(claim, last, correct, about, None if remember else [])
        if claim.defines is not None and (meant := self._idle.unchecked(claim, claim.defines)):
            return Verdict(claim=claim, kind="unchecked", correct=correct[0], meant=meant)
        return self._right(claim, parts, correct[0])

    # What can be said without comparing

    def _checks_nothing(self, claim: Claim, correct: Number) -> Verdict | None:
        """The verdict on a mere definition, on what has no value, and on what would hold whatever its subject were."""
        if claim.defines is not None and len(claim.parts) == 1:
            return self._idle.definition(claim, claim.defines, correct)
        if correct is None:
            what = claim.subject.text if isinstance(claim.subject, Derivative | Named) else "it"
            if all(self._points.values(part)[0] is None for part in claim.parts):
                about = f"{what} has no finite value at the recorded point, nor has what it is said to be"
                return Verdict(claim=claim, kind="not here", about=about)
            return Verdict(claim=claim, kind="no finite value", about=what)
        of_nodes = any(isinstance(piece, Numeral) and piece.exact for piece in claim.pieces)
        if not of_nodes and all(map(plain, (claim.subject, *claim.parts))):
            # m = 3 tells how far the index of a later line runs, in which the number stands for m already.
            size = isinstance(claim.subject, Numeral) and claim.texts[0].isidentifier() and self.matches(claim)
            return Verdict(claim=claim, kind="defined" if size else "nameless", correct=correct)
        if self._circular(claim, correct):
            return Verdict(claim=claim, kind="circular", about=claim.texts[0], correct=correct)
        return None

    def _says_nothing(self, claim: Claim) -> bool:
        correct = self._points.values(claim.subject)[0]
        return correct is not None and self._circular(claim, correct)

    def _circular(self, claim: Claim, correct: Number) -> bool:
        """Whether a part is the subject again, whatever that is."""
        parts = claim.parts[1:] if claim.defines else claim.parts
        parts = tuple(part for part in parts if claim.subject in walk(part))
        return bool(parts) and self._idle.circular(claim.subject, parts, correct)

    # Evaluate, prove

    def _evaluate(self, claim: Claim) -> list[_Part]:
        """The parts that are to equal the subject; a definition equals its own."""
        parts = list(zip(claim.parts, claim.texts[1:], strict=True))[claim.defines is not None :]
        return [_Part(part, text, self._points.values(part)) for part, text in parts]

    def _prove(
        self,
        claim: Claim,
        parts: Sequence[_Part],
        correct: list[Number],
        before: Sequence[Judged | None] | None = None,
    ) -> _Part:
        """Compare each part with what is right, up to the first one that is wrong or has no value; the last compared.

        That is the one that decides about the claim. `before` is what was found of another entry of it.
        """
        for k, part in enumerate(parts):
            if part.claimed[0] is None:
                return part
            part.judged = self._comparison.judge(
                claim,
                part.expression,
                part.claimed,
                correct,
                lambda: self._noise(claim.subject, correct),
                before[k] if before is not None and k < len(before) else None,
            )
            if part.judged.kind in ("wrong", "coincidence"):
                return part
        return parts[-1]

    def _noise(self, subject: Expression, correct: list[Number]) -> Number:
        """How far from 0 a right value may be whose contributions cancel, since constants are rounded to floats."""
        found = [mp.zero]
        for point, value in zip(self._points.each, correct, strict=True):
            if value is None or abs(value) > mp.mpf("1e-12"):
                continue
            match subject:
                case Derivative(of=of, by=by):
                    found += map(abs, self._diagnosis.flow(of, by, point).through)
                case Named(node=node):
                    found += [abs(point.values[parent]) for parent in node.parents]
        return mp.mpf("1e-14") * max(found)

    def _right(self, claim: Claim, parts: Sequence[_Part], correct: Number, beside: Sequence[Claim] = ()) -> Verdict:
        """The verdict on a claim all of whose parts are right: that on the least certain one, formulas first.

        `beside` are the other entries of it, whose sides of kinks are told as well.
        """
        judged = [(plain(part.expression), part.judged) for part in parts if part.judged is not None]
        formulas = [found for number, found in judged if not number]
        numbers = [found for number, found in judged if number]
        worst = max(formulas or numbers, key=lambda found: RIGHT.index(found.kind))
        rounded = [found.amount for found in numbers if found.kind == "here"]
        sides: list[str] = []
        if worst.kind != "here" and (self.setting.variation.sides or any(map(chooses, claim.parts))):
            each = map(self._right_formulas.conditions, beside[:_MOST_TOLD] or [claim])
            sides = list(dict.fromkeys(side for sides in each for side in sides))
        return Verdict(
            claim=claim,
            kind=worst.kind,
            claimed=parts[-1].claimed[0],
            correct=correct,
            points=worst.amount,
            digits=worst.amount,
            number_digits=min(rounded) if formulas and rounded else None,
            allowance=next((found.allowance for found in numbers if found.allowance), ""),
            formulas=bool(formulas),
            stands_for=worst.stands_for,
            labels=worst.labels,
            sums=worst.sums,
            sides=sides,
            apart=list(self._apart(claim)),
        )

    # Diagnose

    @cached_property
    def _right_formulas(self) -> RightFormulas:
        return RightFormulas(self.setting)

    @cached_property
    def _diagnosis(self) -> Diagnosis:
        return Diagnosis(self.setting, self._claims)

    def _diagnose(
        self, claim: Claim, part: _Part, correct: list[Number], about: str, entries: list[Wrong] | None = None
    ) -> Verdict:
        """The verdict on a claim with a wrong part: where that comes from, and what is right.

        Of the entries of a claim this is the first wrong one; `entries` are all of them.
        """
        wrong = Wrong(claim, part.expression, part.claimed, correct)
        coincidence = part.judged is not None and part.judged.kind == "coincidence"
        source = self._diagnosis.source(wrong)
        mistakes = self._diagnosis.mistakes(wrong) if source is None else []
        repeats = self._diagnosis.repeated(wrong) if source is None else None
        if entries is None or entries:
            self._diagnosis.remember(entries or [wrong])
        right = self._right_formulas.of(claim)
        return Verdict(
            claim=claim,
            kind="coincidence" if coincidence else "wrong",
            about=about,
            claimed=part.claimed[0],
            correct=correct[0],
            source=source,
            repeats=repeats,
            mistakes=mistakes,
            formula=None if right is None else right.text,
            formula_for=() if right is None else right.conditions,
            elsewhere=self._comparison.elsewhere(claim, part.claimed, correct) if coincidence else None,
            apart=list(self._apart(claim)),
        )

    def _apart(self, claim: Claim) -> Iterator[Apartness]:
        """The derivatives that are 0 because no path leads from the one node to the other."""
        graph, names = self.setting.graph, self.setting.names.paths
        for piece in claim.pieces:
            if isinstance(piece, Derivative) and not graph.between(piece.of, piece.by):
                reverse = bool(graph.between(piece.by, piece.of))
                yield Apartness(piece.text, names[piece.of], names[piece.by], reverse)


def _has_partials(claim: Claim) -> bool:
    """Whether some derivative in a claim is written with ∂ or ∂⁺."""
    return any(isinstance(piece, Derivative) and (piece.place or piece.direct) for piece in claim.pieces)
