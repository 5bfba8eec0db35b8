"""How one part of a claim compares with what is right: identically, at the points, here, or by coincidence."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mpmath import mp

from autograd.derivation import digits
from autograd.derivation.altered import Altered
from autograd.derivation.claims import Claim, Expression, Node, World, evaluate, lone_numeral, plain
from autograd.derivation.labels_that_sum_to_one import condition
from autograd.derivation.names import Names
from autograd.derivation.points import Graph, Point, points
from autograd.derivation.proof import Prover, nodes_in
from autograd.derivation.standing import Reading, Standing, written_out
from autograd.graph import topological_order
from autograd.value import Value

_MOST_CONDITIONS = 10
_ROUNDING = mp.mpf("1e-30")  # of numbers of fifty digits, where what cancels leaves 0


@dataclass(frozen=True)
class Judged:
    """How a part compares: "proved", "points", "here", "coincidence" or "wrong"; and at how many points or digits."""

    kind: str
    amount: int
    words: str = ""
    """Under which condition."""


class Comparison:
    """Compares the parts of a page's claims with the right values."""

    def __init__(
        self,
        at: Sequence[Point],
        names: Names,
        definitions: Mapping[str, Expression],
        prover: Prover,
        labels: Sequence[Sequence[Value]],
    ) -> None:
        self._labels = labels
        self._points, self._names, self._definitions, self._prover = at, names, definitions, prover
        self._graph: Graph = at[0].graph

    def judge(self, claim: Claim, part: Expression, claimed: list[Any], correct: list[Any], noise: Any) -> Judged:
        """One part of a claim against the right values."""
        both = [(c, r) for c, r in zip(claimed, correct, strict=True) if c is not None and r is not None]
        c, r = both[0]
        numeral = lone_numeral(part)
        shared = digits.shared_digits(c, r)
        if all(digits.identical(c, r, noise) for c, r in both):
            if self._prover.proves(claim, part):
                return Judged("proved", shared)
            return (
                Judged("points", len(both), self._condition(claim, part)) if len(both) > 1 else Judged("here", shared)
            )
        if numeral is not None and digits.to_its_digits(numeral, c, r):
            return Judged("here", shared if numeral.whole else numeral.digits)
        if digits.identical(c, r, noise) or self.rounds(part, c, r):
            return self._elsewhere(claim, part, shared)
        return Judged("wrong", shared)

    def rounds(self, part: Expression, claimed: Any, right: Any) -> bool:
        """Whether a formula or number is right at the recorded point, as far as its digits go."""
        numeral = lone_numeral(part)
        if numeral is not None and digits.to_its_digits(numeral, claimed, right):
            return True
        exact = digits.identical(claimed, right)
        formula = written_out(part, self._definitions)
        return exact or bool(abs(claimed - right) <= digits.rounding_of(formula, self._points[0]))

    def _elsewhere(self, claim: Claim, part: Expression, shared: int) -> Judged:
        """What is equal at the recorded point and not at the others: numbers may stand for what they are here alone."""
        formula = written_out(part, self._definitions)
        if plain(formula):
            return Judged("here", shared)
        standing = Standing(formula, self._may_be_meant(claim), self._names)
        try:
            reading = self._reading(claim, standing, self._worlds(self._points[1:]))
            if reading is None and (labels := self._labels_left_out(claim)):
                fixed = self._varied(labels)
                if self._holds(claim, formula, fixed):
                    return Judged("here", shared)
                reading = self._reading(claim, standing, fixed)
        except OverflowError:
            return Judged("here", shared)
        if reading is not None:
            return Judged("here", shared, f"where {reading.stands_for}")
        return Judged("here" if standing.calculated else "coincidence", shared)

    def _reading(self, claim: Claim, standing: Standing, worlds: Sequence[World]) -> Reading | None:
        """What the numerals stand for, so that a claim holds in these worlds."""
        if not standing.many:
            return next((r for r in standing.readings() if self._holds(claim, r.formula, worlds)), None)
        where: dict[int, list[World]] = {0: [*worlds]}

        def holds(formula: Expression, varied: Collection[Value]) -> bool:
            if len(varied) not in where:
                kept = {leaf for leaf in self._graph.order if leaf.op is None and leaf not in varied}
                where[len(varied)] = self._varied(kept)
            return self._holds(claim, formula, where[len(varied)])

        return standing.leaf_by_leaf(holds)

    def difference(self, claim: Claim, claimed: Sequence[Any], correct: Sequence[Any]) -> str:
        """Where a claim fails that is equal at the recorded point, in words: a fresh point, and both values there."""
        for point, c, r in zip(self._points, claimed, correct, strict=True):
            if c is None or r is None or digits.identical(c, r, _ROUNDING):
                continue
            mine = topological_order(*nodes_in(claim, self._definitions))
            moved = [
                f"{self._names.of(leaf) or leaf.name} = {float(point.values[leaf]):.6g}"
                for leaf in mine
                if leaf.op is None and point.values[leaf] != leaf.data
            ]
            more = f" and {len(moved) - 4} more leaves varied" if len(moved) > 4 else ""
            return f"at {', '.join(moved[:4])}{more} it says {float(c):.9g}; right is {float(r):.9g}" if moved else ""
        return ""

    def _may_be_meant(self, claim: Claim) -> list[Value]:
        """The named nodes whose values a numeral in a claim can be: those that the subject is computed from."""
        match claim.subject:
            case Node(node=node):
                found = topological_order(*node.parents)
            case _:
                found = topological_order(*nodes_in(claim, self._definitions))
        return [node for node in found if node in self._names and not node.constant]

    def _labels_left_out(self, claim: Claim) -> set[Value]:
        """The entries of one-hot vectors, if the claim names none: p[0] for p[0] - y[0] at y[0] = 0."""
        labels = {leaf for leaves in self._labels if {leaf.data for leaf in leaves} == {0, 1} for leaf in leaves}
        return labels if labels.isdisjoint(nodes_in(claim, self._definitions)) else set()

    def _condition(self, claim: Claim, part: Expression) -> str:
        """The sums of labels without which a claim would not hold."""
        mine = set(topological_order(*nodes_in(claim, self._definitions)))
        needed = [leaves for leaves in self._labels if not mine.isdisjoint(leaves)]
        if not needed or self._holds(claim, part, self._varied((), ())):
            return ""
        for leaves in needed[:_MOST_CONDITIONS] if len(needed) > 1 else ():
            others = [group for group in needed if group is not leaves]
            if self._holds(claim, part, self._varied((), others)):
                needed = others
        more = f" and {len(needed) - 3} more such sums" if len(needed) > 3 else ""
        return f"for {', '.join(condition(leaves, self._names) for leaves in needed[:3])}{more}"

    def _varied(self, fixed: Collection[Value], sums: Iterable[Sequence[Value]] | None = None) -> list[World]:
        """Fresh points with some leaves kept as they are; without `sums`, labels stay probabilities."""
        at, _ = points(self._graph.order, self._names, fixed, self._labels if sums is None else sums)
        return self._worlds(at[1:])

    def _worlds(self, at: Sequence[Point]) -> list[World]:
        return [Altered(point, self._definitions) for point in at]

    def _holds(self, claim: Claim, formula: Expression, worlds: Sequence[World]) -> bool:
        """Whether a formula has the value of the claim's subject in each of these worlds (and there is one)."""
        found = False
        for world in worlds:
            [c], [r] = values(formula, [world]), values(claim.subject, [world])
            if c is None or r is None:
                continue
            if not digits.identical(c, r, _ROUNDING):
                return False
            found = True
        return found


def values(expression: Expression, at: Sequence[World]) -> list[Any]:
    """The value at each point; None where it has none."""
    found: list[Any] = []
    for point in at:
        try:
            value = mp.mpf(evaluate(expression, point))
            found.append(value if abs(value) < mp.mpf("1e308") else None)
        except (ArithmeticError, ValueError, TypeError):
            found.append(None)
    return found
