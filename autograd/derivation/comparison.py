"""How one part of a claim compares with what is right: identically, at the points, here, or by coincidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mpmath import mp

from autograd.derivation import digits
from autograd.derivation.altered import Altered
from autograd.derivation.claims import Claim, Expression, Numeral, World, evaluate, lone_numeral, plain, walk
from autograd.derivation.names import Names
from autograd.derivation.points import Graph, Point, one_hot_vectors, points
from autograd.derivation.proof import Prover, nodes_in


@dataclass(frozen=True)
class Judged:
    """How a part compares: "proved", "points", "here", "coincidence" or "wrong"; and at how many points or digits."""

    kind: str
    amount: int


class Comparison:
    """Compares the parts of a page's claims with the right values."""

    def __init__(
        self, at: Sequence[Point], names: Names, definitions: Mapping[str, Expression], prover: Prover
    ) -> None:
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
            return Judged("points", len(both)) if len(both) > 1 else Judged("here", shared)
        if numeral is not None and digits.to_its_digits(numeral, c, r):
            return Judged("here", shared if numeral.whole else numeral.digits)
        if digits.identical(c, r, noise) or abs(c - r) <= digits.rounding_of(part, self._points[0]):
            here = self._stands_for_numbers(part) or self._stands_for_labels(claim)
            return Judged("here" if here else "coincidence", shared)
        return Judged("wrong", shared)

    def _stands_for_numbers(self, part: Expression) -> bool:
        """Whether a formula has a numeral that can stand for a value of the recorded point."""
        if plain(part):
            return True
        numerals = [piece for piece in walk(part) if isinstance(piece, Numeral) and piece.number != 0]
        if any(not numeral.whole and numeral.digits >= 3 for numeral in numerals):
            return True
        recorded = [node.data for node in self._names if not node.constant and node in self._graph.position]
        return any(
            digits.to_its_digits(numeral, mp.mpf(float(numeral.number)), abs(value))
            for numeral in numerals
            for value in recorded
        )

    def _stands_for_labels(self, claim: Claim) -> bool:
        """Whether it holds for the one-hot vectors as they are, and names none: p[0] for p[0] - y[0] at y[0] = 0."""
        labels = {leaf for leaves in one_hot_vectors(self._names) for leaf in leaves}
        if not labels or not labels.isdisjoint(nodes_in(claim, self._definitions)):
            return False
        others, _ = points(self._graph.order, self._names, labels)
        worlds = [Altered(point, self._definitions) for point in others]
        correct, claimed = values(claim.subject, worlds), [values(part, worlds) for part in claim.parts]
        return all(
            c is not None and r is not None and digits.identical(c, r)
            for part in claimed
            for c, r in zip(part, correct, strict=True)
        )


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
