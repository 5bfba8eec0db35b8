"""The right formula of a wrong line: the shortest that is found, in the names on the page.

The graph is cut at the named nodes; what is then found by the chain rule is made shorter by equal steps alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial

import sympy

from autograd import ops
from autograd.derivation.claims import Claim, Derivative, Expression, Named, evaluate, walk
from autograd.derivation.formula_worlds import NO_FORMULA, FormulaWorld, own_formula
from autograd.derivation.mistakes.sums_over_paths import adds
from autograd.derivation.setting import Setting, condition_of
from autograd.graph import depending_on
from autograd.numbers import Number
from autograd.numbers.short_formulas import shortest
from autograd.value import Value

_LONGEST = 160
_LONGEST_STEP = 400
_EASY_TO_READ = 60
_MOST_PUT_IN = 60
_MOST_SUMS = 6
_MOST_OPERANDS = 40
"""Of how many operands a node may be computed, if other formulas are to be written with its name."""
_MOST_IN_SUM = 10


@dataclass(frozen=True)
class RightFormula:
    """What is right: as a sympy expression, and as text in the plain notation."""

    formula: Number
    text: str
    symbols: Mapping[Number, Expression]
    """The node, or the derivative, that each symbol stands for."""
    conditions: Sequence[str]
    """For which sides of kinks, and sums of labels, it is right."""


class RightFormulas:
    """The right formulas of the wrong claims on one page."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._named = set(setting.named)
        self._found: dict[tuple[Expression, bool], RightFormula | None] = {}
        self._derivatives: dict[Number, Derivative] = {}
        """What the symbols stand for that are derivatives."""

    def of(self, claim: Claim) -> RightFormula | None:
        """What the subject is; None if that is too long to read, or if there is nothing that it is computed from."""
        if isinstance(claim.subject, Named) and claim.subject.node.op is None:
            return None
        key = claim.subject, self._goes_by_the_chain(claim)
        if key not in self._found:
            self._found[key] = self._right_formula(claim)
        return self._found[key]

    def _goes_by_the_chain(self, claim: Claim) -> bool:
        """Whether a claim about dJ/dw is written with a derivative of J: then the right line may be, too."""
        pieces = (piece for part in claim.parts for piece in walk(part) if isinstance(piece, Derivative))
        return isinstance(claim.subject, Derivative) and any(piece.of is claim.subject.of for piece in pieces)

    def conditions(self, claim: Claim) -> list[str]:
        """On which side of which kinks the claim was looked at, as in ``n > 0``."""
        world = self._world()
        for expression in (None, *claim.parts):
            try:
                world.subject_of(claim) if expression is None else evaluate(expression, world)
            except NO_FORMULA:
                continue
        return list(world.conditions)

    def _world(self) -> FormulaWorld:
        return FormulaWorld(self._setting, self._named, names_kept=True)

    def _right_formula(self, claim: Claim) -> RightFormula | None:
        world = self._world()
        found: list[tuple[Number, str, list[str]]] = []
        with suppress(*NO_FORMULA):
            found += (form for form in self._forms(claim, world.subject_of(claim)) if len(form[1]) <= _LONGEST)
        long = not found or min(len(text) for _, text, _ in found) > _EASY_TO_READ
        if long or self._goes_by_the_chain(claim):
            with suppress(*NO_FORMULA):
                found += ((step, text, []) for step, text in self._one_step(claim, world))
        if not found:
            return None
        formula, text, sums = min(found, key=lambda form: len(form[1]))
        return RightFormula(formula, text, self._stands_for(formula), [*world.conditions, *sums])

    def _forms(self, claim: Claim, formula: Number) -> Iterator[tuple[Number, str, list[str]]]:
        """Equal formulas, each with its text and the sums of labels that it needs."""
        formula, text = shortest(formula, partial(self._computed_before, claim))
        yield formula, text, []
        yield from ((*found, []) for found in self._with_means(claim, formula))
        sums = []
        for leaves in self._setting.labels:
            if self._named.issuperset(
                leaves
            ):  # of a table of embeddings, only the rows that were looked up are recorded
                symbols = set(map(self._symbol, leaves))
                shorter = formula.subs(sympy.Add(*symbols), 1)
                # p*(t0 + t1) - t0 is p - t0; but of a batch, (a0 - t0) + (a1 - t1), all labels would be gone.
                if shorter != formula and symbols & shorter.free_symbols:
                    formula = shorter
                    sums.append(condition_of(leaves, self._setting.names))
        if sums:
            yield (*shortest(formula), sums)
            yield (*shortest(sympy.expand(formula)), sums)

    def _with_means(self, claim: Claim, formula: Number) -> Iterator[tuple[Number, str]]:
        """A polynomial with a named sum or mean in the place of its last term: x0 - mu for (2 x0 - x1 - x2)/3."""
        if not isinstance(claim.subject, Derivative) or not formula.is_Mul or not formula.is_polynomial():
            return
        later = depending_on(self._setting.graph.order, [claim.subject.of])
        for node, what in self._sums.items():
            common = sorted(what.free_symbols & formula.free_symbols, key=str)
            if node in later or len(common) < len(what.free_symbols):
                continue
            last = common[-1] if common[-1] is not self._symbol(claim.subject.by) else common[0]
            put_in = last + (self._symbol(node) - what) / what.coeff(last)
            yield shortest(sympy.expand(formula.subs(last, put_in)))

    @cached_property
    def _sums(self) -> dict[Value, Number]:
        """The last named nodes that were computed as a sum or a mean of other named ones, and of nothing else."""
        found = {}
        for node in [n for n in self._setting.named if adds(n) or n.op in (ops.mean, ops.divide)][-_MOST_SUMS:]:
            with suppress(*NO_FORMULA):
                formula = self._opening.opened(node)
                few = formula.is_polynomial() and 1 < len(formula.free_symbols) <= _MOST_IN_SUM
                if few and sympy.Poly(formula, *formula.free_symbols).is_linear:
                    found[node] = formula
        return found

    def _computed_before(self, claim: Claim) -> list[tuple[Number, Number]]:
        """What named nodes were computed as, each with its symbol: of those that the subject may be written in."""
        if isinstance(claim.subject, Named):
            return []  # It is in the nearest named nodes already; the later ones are computed from it.
        about = {piece.of for piece in walk(claim.subject) if isinstance(piece, Derivative)}
        later = depending_on(self._setting.graph.order, about) - about
        found = [node for node in self._computed if node not in later]
        found.sort(key=about.__contains__)  # last: p[1] - 1 says more than exp(-J) - 1
        return [(self._computed[node], self._symbol(node)) for node in found]

    @cached_property
    def _computed(self) -> dict[Value, Number]:
        """What named nodes were computed as, such as p[1] = exp(z[1] - logsumexp(…)); of many nodes, the last ones.

        Polynomials are left out: they are read as easily as names. So is what no line has room for, as a tanh of a sum
        of 64 products.
        """
        inner = [n for n in self._setting.graph.order if n.op is not None and n in self._named and self._is_short(n)]
        found = {}
        for node in inner[-_MOST_PUT_IN:]:
            try:
                formula = self._opening.opened(node)
                if not formula.is_polynomial():
                    found[node] = formula
            except NO_FORMULA:
                continue
        return found

    def _is_short(self, node: Value) -> bool:
        pieces = (inner for inner in own_formula(node, self._named) if inner is node or inner not in self._named)
        return sum(len(inner.parents) for inner in pieces) <= _MOST_OPERANDS

    @cached_property
    def _opening(self) -> FormulaWorld:
        return self._world()

    def _symbol(self, node: Value) -> Number:
        return self._opening.value(node)

    @cached_property
    def _nodes(self) -> dict[str, Value]:
        return {self._setting.names.paths[node]: node for node in self._setting.named}

    def _one_step(self, claim: Claim, world: FormulaWorld) -> Iterator[tuple[Number, str]]:
        """The chain rule to the nearest named nodes: ``dJ/dy[0]*x[0]*y[0]*(1 - y[0])``, summed where it branches."""
        if not isinstance(claim.subject, Derivative) or claim.subject.direct is not None:
            return
        of, by = claim.subject.of, claim.subject.by
        graph, names = self._setting.graph, self._setting.names.paths
        order = graph.between(of, by)
        on_a_path = set(order)
        inner, nearest, stack = {by}, set(), [by]
        while stack:
            for child in graph.children.get(stack.pop(), ()):
                if child in on_a_path and child in names:
                    nearest.add(child)
                elif child in on_a_path and child not in inner:
                    inner.add(child)
                    stack.append(child)
        if nearest <= {of} or of in inner:
            return
        formula: Number = sympy.Integer(0)
        texts: list[str] = []
        for node in sorted(nearest, key=graph.position.__getitem__):
            local = [n for n in order if n in inner or n is node]
            factor = world.derivative_over(local, node, by)
            if node is of:  # a path that has no named node on it, as that of a penalty
                formula, texts = formula + factor, [*texts, shortest(factor)[1]]
                continue
            derivative = f"d{names[of]}/d{names[node]}"
            _, shown = shortest(factor)
            texts.append(f"{derivative}*{shown if ' ' not in shown else f'({shown})'}")
            symbol = sympy.Symbol(derivative, real=True)
            self._derivatives[symbol] = Derivative(of, node, derivative)
            formula += symbol * factor
        text = " + ".join(texts)
        if len(text) <= _LONGEST_STEP:
            yield formula, text
        if len(nearest) > 1:
            shorter, text = shortest(formula, partial(self._computed_before, claim))
            if len(text) <= _LONGEST_STEP:
                yield shorter, text

    def _stands_for(self, formula: Number) -> dict[Number, Expression]:
        found: dict[Number, Expression] = {}
        for symbol in formula.free_symbols:
            if symbol in self._derivatives:
                found[symbol] = self._derivatives[symbol]
            elif (node := self._nodes.get(symbol.name)) is not None:
                found[symbol] = Named(node, symbol.name)
        return found
