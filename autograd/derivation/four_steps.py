"""The four steps from a claim to its verdict: what is read is evaluated, proved as far as it is right, and diagnosed.

A claim with indices, or about whole arrays, has an entry for each value of these: the steps are taken for each, and the
verdict is that on the first wrong one, else on the least certain.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from autograd.derivation.claims import (
    Claim,
    Derivative,
    Expression,
    Named,
    chooses,
    plain,
)
from autograd.derivation.comparison import ROUNDING, Comparison, Judged, identical_everywhere
from autograd.derivation.idle_claims import IdleClaims
from autograd.derivation.kinds_of_mistake import OTHER_WEIGHT, TRANSPOSED, Mistake
from autograd.derivation.mistakes.diagnosis import Diagnosis
from autograd.derivation.mistakes.wrong_lines import Wrong
from autograd.derivation.proof import Prover
from autograd.derivation.right_formulas import RightFormulas
from autograd.derivation.setting import Setting
from autograd.derivation.verdicts_on_lines import RIGHT, Apartness, Verdict
from autograd.notation.page_lines import PageLine
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp

_MOST_TOLD = 8


@dataclass
class _Part:
    """One part of a claim: as written, its value at each point, and how it compares with what is right."""

    expression: Expression
    text: str
    claimed: list[Number]
    judged: Judged | None = None


class FourSteps:
    """The steps for the claims of one page; a wrong one is remembered for those after it.

    Args:
        setting: that of the page.
        claims: all its claims.
        tolerance: how far a number may be off, relative to the right one; None for its digits.
    """

    def __init__(self, setting: Setting, claims: Sequence[Claim], tolerance: float | None) -> None:
        self._setting, self._claims, self._points = setting, claims, setting.points
        self.prover = Prover(setting, several=len(claims) > 1)
        self.comparison = Comparison(setting, self.prover, tolerance)

    def verdict(self, claim: Claim, *, remember: bool = True) -> Verdict:
        """The verdict on one claim: it is evaluated, proved as far as it is right, and diagnosed where it is wrong."""
        correct = self._points.values(claim.subject)
        if idle := self._idle.checks_nothing(claim, correct[0]):
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

    def entries(self, line: PageLine, *, remember: bool = True) -> Verdict:
        """The verdict on all entries: on the first that is wrong, else on the least certain."""
        claims = line.claims
        if claims[0].defines is not None and len(claims[0].parts) == 1:
            return self._definitions(claims)
        idle = self._idle.checks_nothing(claims[0], self._points.values(claims[0].subject)[0])
        # ∂h_t/∂W = ∂h_t/∂W + ∂h_t/∂h_{t-1} ∂h_{t-1}/∂W says nothing for t = 1 alone.
        if idle is not None and (idle.kind != "circular" or all(map(self._idle.says_nothing, claims))):
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
                valueless = valueless or self._idle.checks_nothing(claim, None)
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
            mistakes = [] if found.source is not None else list(self.the_other_way_round(line))
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
        sums = self.prover.proved_before(claim, claim.parts[0])
        return sums is not None and bool(sums) == bool(before[0].sums)

    def _definitions(self, claims: Sequence[Claim]) -> Verdict:
        """The verdict on a name that is defined entry by entry."""
        verdicts = [self._idle.checks_nothing(claim, self._points.values(claim.subject)[0]) for claim in claims]
        known = [verdict for verdict in verdicts if verdict is not None]
        order = ("no value", "unchecked", "defined", "unused")
        worst = min(known, key=lambda verdict: order.index(verdict.kind))
        return replace(worst, entries=(len(claims), len(claims)))

    def the_other_way_round(self, line: PageLine) -> Iterator[Mistake]:
        """The mistake of a claim that is right with the indices of a list, or with rows and columns, swapped."""
        for swapped, claims in line.swapped():
            try:
                if claims and all(self.matches(claim) for claim in claims):
                    yield Mistake(TRANSPOSED, swapped)
                    return
            except KeyError:  # A node that the page does not speak of otherwise.
                continue

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
            part.judged = self.comparison.judge(
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
        if worst.kind != "here" and (self._setting.variation.sides or any(map(chooses, claim.parts))):
            each = map(self.right_formulas.conditions, beside[:_MOST_TOLD] or [claim])
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
    def right_formulas(self) -> RightFormulas:
        """What is right where a line is wrong."""
        return RightFormulas(self._setting)

    @cached_property
    def _idle(self) -> IdleClaims:
        return IdleClaims(self._setting, self._claims, self.matches)

    def forget(self) -> None:
        """Take back that the last line was wrong."""
        self._diagnosis.forget()

    @cached_property
    def _diagnosis(self) -> Diagnosis:
        return Diagnosis(self._setting, self._claims)

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
        right = self.right_formulas.of(claim)
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
            elsewhere=self.comparison.elsewhere(claim, part.claimed, correct) if coincidence else None,
            apart=list(self._apart(claim)),
        )

    def _apart(self, claim: Claim) -> Iterator[Apartness]:
        """The derivatives that are 0 because no path leads from the one node to the other."""
        graph, names = self._setting.graph, self._setting.names.paths
        for piece in claim.pieces:
            if isinstance(piece, Derivative) and not graph.between(piece.of, piece.by):
                reverse = bool(graph.between(piece.by, piece.of))
                yield Apartness(piece.text, names[piece.of], names[piece.by], reverse)
