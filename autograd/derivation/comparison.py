"""How one part of a claim compares with what is right: identically, at the points, here, or by coincidence."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from autograd.derivation.claims import Claim, Expression, Named, World, lone_numeral, nodes_in, plain, written_out
from autograd.derivation.labels_that_sum_to_one import condition_of, of_two_classes
from autograd.derivation.numerals import (
    FULL_PRECISION,
    Reading,
    Readings,
    identical,
    identical_everywhere,
    rounding_of,
    shared_digits,
    to_its_digits,
)
from autograd.derivation.points import Points, values_of
from autograd.derivation.proof import Prover
from autograd.derivation.setting import Setting
from autograd.derivation.verdicts_on_lines import Elsewhere
from autograd.graph import topological_order
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.value import Value

_MOST_CONDITIONS = 10
_BITS = (24, 23, 22, 21)
"""Those of a float32, and a few less: worked out once alone, a number may be near by chance."""
ROUNDING = 1e-30
"""By how much numbers of fifty digits may be off, where what cancels leaves 0."""


@dataclass(frozen=True)
class Judged:
    """How a part compares: "proved", "points", "here", "coincidence" or "wrong"; and at how many points or digits."""

    kind: str
    amount: int
    stands_for: Sequence[tuple[str, str]] = ()
    """The numerals that stand for nodes, for it to hold elsewhere too."""
    sums: Sequence[str] = ()
    """Which labels must add up to 1, for it to hold."""
    labels: Sequence[str] = ()
    """What the labels are that it leaves out, for it to hold elsewhere too."""
    allowance: str = ""
    """What makes a number right that is not so to its digits: "as float32", "within the tolerance"."""


class Comparison:
    """Compares the parts of a page's claims with the right values."""

    def __init__(self, setting: Setting, prover: Prover, tolerance: float | None) -> None:
        self._setting, self._prover, self._tolerance = setting, prover, tolerance
        self._rounded: dict[int, Points] = {}

    def judge(
        self,
        claim: Claim,
        part: Expression,
        claimed: list[Number],
        correct: list[Number],
        noise: Callable[[], Number],
        before: Judged | None = None,
    ) -> Judged:
        """One part of a claim against the right values.

        Of many claims that differ in their indices, `before` is what was found of the one before this.
        """
        both = [(c, r) for c, r in zip(claimed, correct, strict=True) if c is not None and r is not None]
        c, r = both[0]
        numeral = lone_numeral(part)
        shared = shared_digits(c, r)
        off = noise() if not identical_everywhere(both, 0) else mp.zero
        if identical_everywhere(both, off):
            unproved = before is not None and before.kind == "points"  # and one entry tells for all of them
            proof = None if unproved else self._prover.proof(claim, part)
            if proof is not None:
                return Judged("proved", shared, sums=proof)
            if len(both) == 1:
                return Judged("here", shared)
            sums = before.sums if before and before.kind == "points" else self._needed_sums(claim, part)
            return Judged("points", len(both), sums=sums)
        if numeral is not None and not numeral.single and to_its_digits(numeral, c, r):
            # A float passes with its last digits wrong, of which nothing is said.
            rough = numeral.digits >= FULL_PRECISION > shared + 1
            return Judged("here", shared if numeral.whole or rough else numeral.digits)
        if allowance := self._allowance(claim.subject, part, c, r):
            return Judged("here", shared, allowance=allowance)
        if identical(c, r, off) or self.rounds(part, c, r):
            if before and before.kind in ("here", "coincidence"):
                return Judged(before.kind, shared, before.stands_for, labels=before.labels)
            return self._elsewhere(claim, part, shared)
        return Judged("wrong", shared)

    def rounds(self, part: Expression, claimed: Number, right: Number) -> bool:
        """Whether a formula or number is right at the recorded point, as far as its digits go."""
        numeral = lone_numeral(part)
        if identical(claimed, right) or (numeral and not numeral.single and to_its_digits(numeral, claimed, right)):
            return True
        formula = written_out(part, self._setting.definitions)
        return bool(abs(claimed - right) <= rounding_of(formula, self._setting.points.each[0]))

    def _allowance(self, subject: Expression, part: Expression, claimed: Number, right: Number) -> str:
        """What allows a number to be as far off as it is, other than its digits; empty if nothing does."""
        off, numeral = abs(claimed - right), lone_numeral(part)
        if self._tolerance is not None:
            return "within the tolerance" if plain(part) and off <= self._tolerance * abs(right) else ""
        if numeral is None or not numeral.single:
            return ""
        near = to_its_digits(numeral, claimed, right) or off <= self._lost_in_single(subject, right)
        return "as float32" if near else ""

    def _lost_in_single(self, subject: Expression, right: Number) -> Number:
        """By how much the value of an expression may be off if all is worked out in float32, as where terms cancel."""
        off = [mp.zero]
        for bits in _BITS:
            with mp.workprec(bits):
                if bits not in self._rounded:
                    self._rounded[bits] = self._setting.roughly_recorded(bits)
                values = self._rounded[bits].values(subject)
            off += [abs(value - right) for value in values if value is not None]
        return 2 * max(off)

    def _elsewhere(self, claim: Claim, part: Expression, shared: int) -> Judged:
        """What is equal at the recorded point alone is right here if its numbers stand for what some nodes are here."""
        formula = written_out(part, self._setting.definitions)
        if plain(formula):
            return Judged("here", shared)
        readings = Readings(formula, self._may_be_meant(claim), self._setting.names)
        try:
            reading = self._reading(claim, readings, self._setting.points.each[1:])
            if reading is None and (labels := self._labels_left_out(claim)):
                fixed = self._setting.varied(labels).each
                if self._holds(claim, formula, fixed):
                    return Judged("here", shared, labels=self._told(claim, formula, labels))
                reading = self._reading(claim, readings, fixed)
        except OverflowError:
            return Judged("here", shared)
        if reading is not None:
            return Judged("here", shared, stands_for=reading.stands_for)
        return Judged("here" if readings.calculated else "coincidence", shared)

    def _reading(self, claim: Claim, readings: Readings, worlds: Sequence[World]) -> Reading | None:
        """What the numerals stand for, so that a claim holds in these worlds."""
        if not readings.many:
            return next((r for r in readings.all() if self._holds(claim, r.formula, worlds)), None)
        where: dict[int, Sequence[World]] = {0: worlds}

        def holds(formula: Expression, varied: Collection[Value]) -> bool:
            if len(varied) not in where:
                kept = {leaf for leaf in self._setting.graph.order if leaf.op is None and leaf not in varied}
                where[len(varied)] = self._setting.varied(kept).each
            return self._holds(claim, formula, where[len(varied)])

        return readings.leaf_by_leaf(holds)

    def _may_be_meant(self, claim: Claim) -> list[Value]:
        """The named nodes whose values a numeral in a claim can be: those that the subject is computed from."""
        match claim.subject:
            case Named(node=node):
                found = topological_order(*node.parents)
            case _:
                found = topological_order(*nodes_in(claim, self._setting.definitions))
        return [node for node in found if node in self._setting.names.paths and not node.constant]

    def _labels_left_out(self, claim: Claim) -> set[Value]:
        """The labels that are 0 or 1, if the claim names none: p[0] is right for p[0] - y[0] at y[0] = 0."""
        one_hot = [leaves for leaves in self._setting.labels if {leaf.data for leaf in leaves} == {0, 1}]
        mine = topological_order(*nodes_in(claim, self._setting.definitions))
        labels = {leaf for leaves in one_hot for leaf in leaves} | {*of_two_classes(mine)}
        return labels if labels.isdisjoint(nodes_in(claim, self._setting.definitions)) else set()

    def _told(self, claim: Claim, formula: Expression, labels: set[Value]) -> list[str]:
        """What the labels are for which alone a claim holds, each as "y = 1"; of many, all that it depends on."""
        mine = topological_order(*nodes_in(claim, self._setting.definitions))
        needed = [leaf for leaf in mine if leaf in labels]
        for leaf in list(needed) if len(needed) <= _MOST_CONDITIONS else ():
            others = labels.intersection(needed) - {leaf}
            if self._holds(claim, formula, self._setting.varied(others).each):
                needed.remove(leaf)
        return [f"{self._setting.names.paths.get(leaf) or leaf.name or 'a label'} = {leaf.data:g}" for leaf in needed]

    def _needed_sums(self, claim: Claim, part: Expression) -> list[str]:
        """The sums of labels without which a claim would not hold."""
        mine = set(topological_order(*nodes_in(claim, self._setting.definitions)))
        needed = [leaves for leaves in self._setting.labels if not mine.isdisjoint(leaves)]
        if not needed or self._holds_with(claim, part, ()):
            return []
        for leaves in needed[:_MOST_CONDITIONS] if len(needed) > 1 else ():
            others = [group for group in needed if group is not leaves]
            if self._holds_with(claim, part, others):
                needed = others
        return [condition_of(leaves, self._setting.names) for leaves in needed]

    def _holds_with(self, claim: Claim, part: Expression, sums: Collection[Sequence[Value]]) -> bool:
        """Whether a claim holds where only these groups of labels add up to 1."""
        return self._holds(claim, part, self._setting.varied((), sums).each)

    def _holds(self, claim: Claim, formula: Expression, worlds: Sequence[World]) -> bool:
        """Whether a formula has the value of the claim's subject in each of these worlds (and there is one)."""
        found = False
        for world in worlds:
            c, r = (values_of(expression, [world])[0] for expression in (formula, claim.subject))
            if c is None or r is None:
                continue
            if not identical(c, r, ROUNDING):
                return False
            found = True
        return found

    def elsewhere(self, claim: Claim, claimed: Sequence[Number], correct: Sequence[Number]) -> Elsewhere | None:
        """Where a claim fails that is equal at the recorded point: the first such point."""
        for point, c, r in zip(self._setting.points.each, claimed, correct, strict=True):
            if c is None or r is None or identical(c, r, ROUNDING):
                continue
            mine = topological_order(*nodes_in(claim, self._setting.definitions))
            moved = [
                (self._setting.names.paths.get(leaf) or str(leaf.name), float(point.values[leaf]))
                for leaf in mine
                if leaf.op is None and point.values[leaf] != leaf.data
            ]
            return Elsewhere(moved, float(c), float(r)) if moved else None
        return None
