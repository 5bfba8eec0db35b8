"""The judge: a derivation is read; each claim is evaluated, what is right is proved, and what is wrong is diagnosed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from autograd.derivation.claims import (
    Claim,
    Defined,
    Derivative,
    Numeral,
    plain,
)
from autograd.derivation.four_steps import FourSteps
from autograd.derivation.kinds_of_mistake import MISSING
from autograd.derivation.mistakes.updates import ascent, by_an_error_term, judge_step
from autograd.derivation.names import PageNames
from autograd.derivation.other_cases import AnotherGraph, JudgingOfCases, labels_in
from autograd.derivation.readings_of_partials import ReadingsOfPartials
from autograd.derivation.setting import Setting, setting_of
from autograd.derivation.verdicts_on_lines import Verdict
from autograd.notation.conventions import settle
from autograd.notation.page_lines import PageLine, ReadPage
from autograd.notation.reading import read_derivation
from autograd.notation.right_lines import IndexedLine, entry_line
from autograd.notation.syntax import Unread
from autograd.numbers import Number
from autograd.value import Value


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
    verdicts: list[Verdict] = []
    unclear: list[Verdict] = []
    for line in page.lines:
        verdict = judging.line(line)
        if line.hangs_on and (on := {each.claim.line for each in unclear}.intersection(line.hangs_on)):
            verdict = replace(verdict, kind="unclear", about=f"it uses what line {min(on)} defines, which is not read")
        if line.in_a_comment and verdict.kind in ("proved", "points", "here"):
            page.prose += (line.text,)
            continue
        (unclear if verdict.kind == "unclear" else verdicts).append(verdict)
    if unclear and strict:
        told = (f"line {verdict.claim.line}: {verdict.about}\n    {verdict.text}" for verdict in unclear)
        raise ValueError("\n".join(told))
    page.unread += [Unread(verdict.claim.line, 1, verdict.text, verdict.about) for verdict in unclear]
    page.unread.sort(key=lambda unread: (unread.number, unread.column))
    return verdicts, page


class _Judging:
    """The claims of one derivation are judged in their order: a wrong one is remembered for those after it."""

    def __init__(
        self, claims: Sequence[Claim], setting: Setting, tolerance: float | None, lines: Sequence[PageLine], first: int
    ) -> None:
        self._claims, self.setting, self._points, self.lines = claims, setting, setting.points, lines
        self._first = first
        self._steps = FourSteps(setting, claims, tolerance)
        self.matches = self._steps.matches
        self._tolerance = tolerance

    def line(self, line: PageLine) -> Verdict:
        """The verdict on one statement: on its claim, or on all the entries of a claim with indices."""
        if line.cases:
            return self._cases.verdict(line)
        if line.misfit:
            found = self._misfit(line)
            for _, reading in line.other_readings:
                other = self._claimed(reading, remember=False)
                if other.kind in ("proved", "points", "here"):
                    found, line = other, reading
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
        names, first, right = self.setting.names, self._first, self._steps.right_formulas.of(found.claim)
        if right is None:
            return ""
        if not line.indexed:
            return entry_line(line, right.formula, right.symbols, first) or ""
        indexed = IndexedLine(line, found.failing, names, first)
        claim = indexed.entry()
        right = None if claim is None else self._steps.right_formulas.of(claim)
        if claim is None or right is None:
            return ""
        return (
            indexed.text(claim, right.formula, right.symbols, lambda *one: self._steps.prover.proof(*one) is not None)
            or ""
        )

    def _claimed(self, line: PageLine, *, remember: bool = True) -> Verdict:
        if line.indexed:
            return self._steps.entries(line, remember=remember)
        return self._steps.verdict(line.claims[0], remember=remember)

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

    def forget(self) -> None:
        """Take back that the last line was wrong."""
        self._steps.forget()

    @cached_property
    def _partials(self) -> ReadingsOfPartials:
        return ReadingsOfPartials(self.setting, self.lines, self._fits)

    def _fits(self, claim: Claim) -> bool:
        """Whether the formulas of a claim have the value of its subject at every point, and its numbers here."""
        right = self._points.values(claim.subject)[0]
        for part in filter(plain, claim.parts):
            said = self._points.values(part)[0]
            if said is None or right is None or not self._steps.comparison.rounds(part, said, right):
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
        mistakes = list(self._steps.the_other_way_round(line))
        return Verdict(claim=claim, kind="misfit", about=line.misfit, mistakes=mistakes)


def _has_partials(claim: Claim) -> bool:
    """Whether some derivative in a claim is written with ∂ or ∂⁺."""
    return any(isinstance(piece, Derivative) and (piece.place or piece.direct) for piece in claim.pieces)
