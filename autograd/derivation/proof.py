"""Proof: the claim and the graph as formulas, and their difference multiplied out to 0.

The graph is cut at named nodes, so that the formulas stay as short as those on the page. Three cuts are tried: at every
named node; at those that do not depend on any that the claim mentions (``σ(n)(1 − σ(n))`` for p' needs p taken as
σ(n)); and at leaves alone. Effort is bounded in terms, never in seconds: the same page gives the same verdict anywhere.
"""

from collections.abc import Hashable, Iterator
from functools import cached_property

import sympy

from autograd.derivation.claims import Claim, Expression, evaluate, nodes_in
from autograd.derivation.formula_worlds import NO_FORMULA, FormulaWorld, TooManyTerms
from autograd.derivation.identities import Identities
from autograd.derivation.setting import Setting
from autograd.graph import depending_on
from autograd.numbers import Number
from autograd.numbers.short_formulas import terms
from autograd.value import Value

MOST_TERMS = 3_000
_MOST_WITH_SYMPY = 100
"""How many claims of one page are tried with sympy."""


class Prover:
    """Proves the claims of one page."""

    def __init__(self, setting: Setting, *, several: bool = True) -> None:
        self._setting, self._several = setting, several
        self._named = set(setting.named)
        self._tried = 0
        self._beyond: set[Hashable] = set()
        """The patterns of claims that sympy does not prove."""

    @cached_property
    def _identities(self) -> Identities:
        return Identities(self._setting)

    @cached_property
    def _shared(self) -> FormulaWorld:
        return FormulaWorld(self._setting, self._named)

    def proof(self, claim: Claim, part: Expression) -> list[str] | None:
        """The sums of labels for which the part of a claim equals its subject, identically; None if it is not proved.

        It does so for all values on this side of every choice.
        """
        # A pattern serves the other claims.
        pattern = self._identities.pattern(claim, part) if self._several else None
        if (sums := self._identities.proof(claim, part, pattern)) is not None:
            return sums
        kind = pattern.kind if pattern is not None else None
        if kind not in self._beyond and self._proved_with_sympy(claim, part):
            return []
        self._beyond.add(kind)
        return None

    def proved_before(self, claim: Claim, part: Expression) -> list[str] | None:
        """As `proof`, if another claim of the same make is proved, so that this one need not even be evaluated."""
        return self._identities.proved_before(claim, part)

    def _proved_with_sympy(self, claim: Claim, part: Expression) -> bool:
        """Whether sympy finds it: it knows more of functions, such as √(4x) and log x², and takes longer."""
        self._tried += 1
        return self._tried <= _MOST_WITH_SYMPY and (
            _equal(claim, part, self._shared)
            or any(_equal(claim, part, FormulaWorld(self._setting, cut)) for cut in self._smaller_cuts(claim))
        )

    def _smaller_cuts(self, claim: Claim) -> Iterator[set[Value]]:
        mentioned = set(nodes_in(claim, self._setting.definitions))
        above = depending_on(self._setting.graph.order, mentioned) - mentioned
        above |= {node for node in mentioned if any(parent in above or parent in mentioned for parent in node.parents)}
        lower = self._named - above
        if len(lower) < len(self._named):
            yield lower
        leaves = {node for node in self._named if node.op is None}
        if len(leaves) < len(lower):
            yield leaves


def _equal(claim: Claim, part: Expression, world: FormulaWorld) -> bool:
    try:
        difference = sympy.sympify(world.subject_of(claim) - evaluate(part, world))
        return _is_zero(difference)
    except NO_FORMULA:
        return False


def _is_zero(difference: Number) -> bool:
    if difference == 0:
        return True
    _bounded(difference)
    if sympy.expand(difference) == 0:
        return True
    if difference.has(sympy.tanh):
        difference = difference.rewrite(sympy.exp)
    difference = sympy.expand(difference, deep=True, mul=False, multinomial=False, power_base=False, log=False)
    above, _ = sympy.fraction(sympy.together(difference))
    _bounded(above)
    above, _ = sympy.fraction(sympy.together(sympy.powsimp(sympy.expand(above))))
    _bounded(above)
    return bool(sympy.powsimp(sympy.expand(above)) == 0)


def _bounded(expression: Number) -> None:
    if terms(expression, MOST_TERMS) > MOST_TERMS:
        raise TooManyTerms
