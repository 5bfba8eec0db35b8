"""Proof: the claim and the graph as formulas, and their difference multiplied out to 0.

The graph is cut at named nodes, so that the formulas stay as short as those on the page. Three cuts are tried: at every
named node; at those that do not depend on any that the claim mentions (``σ(n)(1 − σ(n))`` for p' needs p taken as
σ(n)); and at leaves alone. Effort is bounded in terms, never in seconds: the same page gives the same verdict anywhere.
"""

from collections.abc import Collection, Hashable, Iterator
from functools import cached_property
from typing import Any

import sympy

from autograd.derivation.claims import Claim, Derivative, Expression, Named, evaluate, nodes_in, walk
from autograd.derivation.cut_worlds import MOST_NODES, CutWorld, TooManyTerms
from autograd.derivation.identities import Identities
from autograd.derivation.labels_that_sum_to_one import condition_of
from autograd.derivation.setting import Setting
from autograd.graph import depending_on
from autograd.numbers.one_side import OneSide
from autograd.value import Value

MOST_TERMS = 3_000
_MOST_PUT_IN = 60
_MOST_WITH_SYMPY = 100
"""How many claims of one page are tried with sympy."""


# A rule may be written for floats alone, or sympy may have no form for it: then nothing is proved.
_NO_FORMULA = (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError)


class FormulaWorld(CutWorld):
    """A world of claims whose numbers are sympy expressions, with the nodes of `cut` as symbols.

    Each choice in a formula goes the way it went when the graph was recorded. With `names_kept`, the activations keep
    their names: ``sigmoid(n)``, not ``1/(1 + exp(-n))``.
    """

    def __init__(self, setting: Setting, cut: Collection[Value], *, names_kept: bool = False) -> None:
        m = OneSide(self._recorded, names_kept=names_kept)
        super().__init__(setting, m, cut, symbols=self._symbols_of, whole=sympy.sympify, most=MOST_NODES)
        self._nodes: dict[Any, Value] = {}

    @property
    def conditions(self) -> list[str]:
        """On which sides of kinks the formulas so far are right, as in ``n > 0``."""
        return list(dict.fromkeys(_condition(a, sign) for a, sign in self.m.sides.items()))

    def _symbols_of(self, nodes: Collection[Value]) -> dict[Value, Any]:
        found = {node: sympy.Symbol(str(self.setting.names.paths.get(node)), real=True) for node in nodes}
        self._nodes |= {symbol: node for node, symbol in found.items()}
        return found

    def _recorded(self, symbol: Any) -> float:
        return self._nodes[symbol].data


class Prover:
    """Proves the claims of one page, and writes what is right in the names on the page."""

    def __init__(self, setting: Setting, *, several: bool = True) -> None:
        self._setting, self._several = setting, several
        self._named = set(setting.named)
        self._right: dict[Expression, tuple[str | None, list[str]]] = {}
        self._tried = 0
        self._beyond: set[Hashable] = set()
        """The patterns of claims that sympy does not prove."""

    @cached_property
    def _identities(self) -> Identities:
        return Identities(self._setting)

    @cached_property
    def _shared(self) -> FormulaWorld:
        return self._formulas(self._named)

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
            or any(_equal(claim, part, self._formulas(cut)) for cut in self._smaller_cuts(claim))
        )

    def right_formula(self, claim: Claim) -> tuple[str | None, list[str]]:
        """What the subject is, in the names on the page, and for which side of which kinks or labels.

        None if that is too long to read, or if there is nothing that it is computed from.
        """
        if isinstance(claim.subject, Named) and claim.subject.node.op is None:
            return None, []
        if claim.subject not in self._right:
            self._right[claim.subject] = self._right_formula(claim)
        return self._right[claim.subject]

    def _right_formula(self, claim: Claim) -> tuple[str | None, list[str]]:
        world = self._formulas(self._named, names_kept=True)
        sums: list[str] = []
        try:
            shown, sums = self._shortest(claim, _subject(claim, world), world)
            shown = shown or _one_step(claim.subject, world)
        except _NO_FORMULA:
            try:
                shown = _one_step(claim.subject, world)
            except _NO_FORMULA:
                return None, []
        return shown, [*world.conditions, *sums]

    def _shortest(self, claim: Claim, formula: Any, world: FormulaWorld) -> tuple[str | None, list[str]]:
        """A formula as it is shown, in few letters: with p for what p was computed as, and labels that add up to 1."""
        found = [(_shown(formula), list[str]())]
        if found[0][0] is None or _terms(formula, {}) > 60:
            return found[0]
        formula = self._in_names(claim, sympy.factor_terms(formula))
        found.append((_shown(formula), []))
        sums = []
        for leaves in self._setting.labels:
            if all(leaf in self._setting.names.paths for leaf in leaves):
                shorter = formula.subs(sympy.Add(*map(world.value, leaves)), 1)
                if shorter != formula:
                    formula = shorter
                    sums.append(condition_of(leaves, self._setting.names))
        if sums:
            found += [(_shown(form), sums) for form in (formula, sympy.expand(formula))]
        return min(found, key=lambda form: len(form[0] or " " * 1000))

    def _in_names(self, claim: Claim, formula: Any) -> Any:
        """The formula with named nodes in the place of what they were computed from."""
        if isinstance(claim.subject, Named):
            return formula  # It is in the nearest named nodes already; the later ones are computed from it.
        about = {piece.of for piece in walk(claim.subject) if isinstance(piece, Derivative)}
        later = about | depending_on(self._setting.graph.order, about)
        for node, (computed, symbols) in self._computed.items():
            if node not in later and symbols <= formula.free_symbols:
                formula = formula.subs(computed, self._shared.value(node))
        return formula

    @cached_property
    def _computed(self) -> dict[Value, tuple[Any, set[Any]]]:
        """What named nodes were computed as, such as p[1] = exp(z[1] - logsumexp(…)); of many nodes, the last ones.

        Polynomials are left out: they are read as easily as names.
        """
        world = self._formulas(self._named, names_kept=True)
        inner = [node for node in self._setting.graph.order if node.op is not None and node in self._named]
        found = {}
        for node in inner[-_MOST_PUT_IN:]:
            try:
                formula = world.opened(node)
                if not formula.is_polynomial():
                    found[node] = (formula, formula.free_symbols)
            except _NO_FORMULA:
                continue
        return found

    def conditions(self, claim: Claim) -> list[str]:
        """On which side of which kinks the claim was looked at, as in ``n > 0``."""
        world = self._formulas(self._named, names_kept=True)
        for expression in (None, *claim.parts):
            try:
                _subject(claim, world) if expression is None else evaluate(expression, world)
            except _NO_FORMULA:
                continue
        return list(world.conditions)

    def _formulas(self, cut: Collection[Value], *, names_kept: bool = False) -> FormulaWorld:
        return FormulaWorld(self._setting, cut, names_kept=names_kept)

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


def _subject(claim: Claim, world: FormulaWorld) -> Any:
    match claim.subject:
        case Named(node=node):
            return world.opened(node)
        case subject:
            return evaluate(subject, world)


def _equal(claim: Claim, part: Expression, world: FormulaWorld) -> bool:
    try:
        difference = sympy.sympify(_subject(claim, world) - evaluate(part, world))
        return _is_zero(difference)
    except _NO_FORMULA:
        return False


def _is_zero(difference: Any) -> bool:
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


def _bounded(expression: Any) -> None:
    if _terms(expression, {}) > MOST_TERMS:
        raise TooManyTerms


def _terms(expression: Any, known: dict[Any, int]) -> int:
    """An upper bound on the number of terms when multiplied out."""
    if not expression.args:
        return 1
    if expression not in known:
        parts = [_terms(part, known) for part in expression.args]
        if expression.is_Add:
            count = sum(parts)
        elif expression.is_Mul:
            count = 1
            for part in parts:
                count = min(count * part, MOST_TERMS + 1)
        elif expression.is_Pow and expression.exp.is_Integer and parts[0] > 1:
            count = parts[0] ** min(abs(int(expression.exp)), 20)
        else:
            count = max(parts)
        known[expression] = min(count, MOST_TERMS + 1)
    return known[expression]


def _condition(a: Any, sign: int) -> str:
    """``a > 0`` with what is subtracted moved to the right: ``x > y`` rather than ``x - y > 0``."""
    _, primitive = a.as_content_primitive()
    terms = sympy.Add.make_args(primitive)
    right = [-term for term in terms if term.could_extract_minus_sign()]
    left = [term for term in terms if not term.could_extract_minus_sign()]
    if not left:
        left, right, sign = right, [], -sign
    shown = [_Printer().doprint(sympy.Add(*side)) for side in (left, right)]
    text = f"{shown[0]} {('<', '==', '>')[sign + 1]} {shown[1]}"
    return text if len(text) <= 60 else "this side of a kink"


class _Printer(sympy.printing.str.StrPrinter):  # type: ignore[misc]
    """Sympy's text, but with a positive term first: (p - a) rather than (-a + p)."""

    def _print_Add(self, expr: Any, order: Any = None) -> str:  # noqa: N802
        terms = self._as_ordered_terms(expr, order=order)
        terms.sort(key=lambda term: bool(term.could_extract_minus_sign()))
        shown = [self._print(term) for term in terms]
        return shown[0] + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in shown[1:])


def _shown(formula: Any, longest: int = 160) -> str | None:
    """A formula as a page writes it, with common factors taken out."""
    if _terms(formula, {}) > 60:
        return None
    shortest = min((_Printer().doprint(form) for form in (formula, sympy.factor_terms(formula))), key=len)
    return shortest if len(shortest) <= longest else None


def _one_step(subject: Expression, world: FormulaWorld) -> str | None:
    """The chain rule to the nearest named nodes: ``dJ/dy[0]*x[0]*y[0]*(1 - y[0])``, summed over where it branches."""
    if not isinstance(subject, Derivative) or subject.direct is not None:
        return None
    graph, names = world.setting.graph, world.setting.names.paths
    order = graph.between(subject.of, subject.by)
    on_a_path = set(order)
    inner, nearest, stack = {subject.by}, set(), [subject.by]
    while stack:
        for child in graph.children.get(stack.pop(), ()):
            if child in on_a_path and child in names:
                nearest.add(child)
            elif child in on_a_path and child not in inner:
                inner.add(child)
                stack.append(child)
    terms = []
    for node in sorted(nearest, key=graph.position.__getitem__):
        local = [n for n in order if n in inner or n is node]
        factor = _shown(world.derivative_over(local, node, subject.by))
        if factor is None or subject.of in nearest or subject.of in inner:
            return None
        terms.append(f"d{names[subject.of]}/d{names[node]}*{factor if ' ' not in factor else f'({factor})'}")
    text = " + ".join(terms)
    return text if text and len(text) <= 400 else None
