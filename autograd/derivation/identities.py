"""Identities: claims proved as equal quotients of polynomials in the named nodes, which are opened one by one.

First all named nodes are symbols. Where the difference of both sides is not 0 then, the last node in it that was
computed from others gets its formula: in ``dL/dz0 = p0 - t0`` p0 becomes e^z0/(e^z0 + e^z1), and what does not matter,
such as the weights that z0 was computed from, is never looked at. Labels that are probabilities add up to 1, if that is
what is needed.

What proves a claim proves all those of its pattern: the steps are noted, and taken over where the nodes that they
opened are made up in the same way.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter

from autograd.derivation.claims import Claim, Expression, Named, evaluate, is_total
from autograd.derivation.formula_worlds import CutWorld
from autograd.derivation.patterns import Pattern, Patterns, TooLarge
from autograd.derivation.setting import Setting, condition_of
from autograd.numbers import Number
from autograd.numbers.rational_functions import MOST_PRODUCTS, RationalFunction, RationalFunctions
from autograd.value import Value

_MOST_NODES = 4_000
_MOST_OPENED = 60
_MOST_GROUPS = 10
_NO_FORMULA = (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError)


@dataclass
class _Recipe:
    """How a claim was proved: the number of each node that was opened, or of one of the labels that add up to 1."""

    pattern: Pattern | None
    """The pattern of the claim and of what was opened so far; None if some of it is too long for one."""
    steps: list[tuple[str, int, Hashable]] = field(default_factory=list)

    def note(self, kind: str, node: Value, pieces: Iterator[Number]) -> None:
        """Add a step, with what it uses beyond the pattern so far."""
        if self.pattern is not None:
            try:
                self.steps.append((kind, self.pattern.numbers[node], self.pattern.numbered(pieces)))
            except (TooLarge, KeyError):
                self.pattern = None


class Identities:
    """Proves the claims of one page, as far as this way leads."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        m = RationalFunctions(attrgetter("data"))
        self._world = CutWorld(setting, m, setting.names.paths, symbols=m.symbols, whole=m.of, most=_MOST_NODES)
        self._recipes: dict[Hashable, list[_Recipe]] = {}
        self._failed: set[Hashable] = set()
        self._total: dict[Hashable, bool] = {}
        """Whether the claims of a pattern have a value wherever their nodes and derivatives have one."""
        self._group = {leaf: leaves for leaves in setting.labels for leaf in leaves}

    @cached_property
    def _patterns(self) -> Patterns:
        return Patterns(self._setting)

    def pattern(self, claim: Claim, part: Expression) -> Pattern | None:
        """The pattern of a part of a claim; None if it has none that is short."""
        return self._patterns.of(claim, part)

    def proof(self, claim: Claim, part: Expression, pattern: Pattern | None) -> list[str] | None:
        """The sums of labels for which a part of a claim equals its subject, identically; None if it is not proved."""
        if pattern is None:
            return self._proved(claim, part, None)
        if pattern.kind in self._failed:
            return None
        for recipe in self._recipes.get(pattern.kind, ()):
            if (sums := self._taken_over(recipe, pattern)) is not None:
                return sums
        found = self._proved(claim, part, pattern)
        if found is None:
            self._failed.add(pattern.kind)
        return found

    def proved_before(self, claim: Claim, part: Expression) -> list[str] | None:
        """As `proof`, if a claim of the same pattern is proved, and what it is made of has a value everywhere."""
        pattern = self._patterns.of(claim, part)
        if pattern is None or pattern.kind not in self._recipes:
            return None
        if pattern.kind not in self._total:
            self._total[pattern.kind] = self._setting.points.has_values_everywhere and is_total(part)
        if not self._total[pattern.kind]:
            return None
        taken = (self._taken_over(recipe, pattern) for recipe in self._recipes[pattern.kind])
        return next((sums for sums in taken if sums is not None), None)

    def _taken_over(self, recipe: _Recipe, pattern: Pattern) -> list[str] | None:
        """The sums of labels of another proof, if each of its steps can be taken for this claim as well."""
        own = Pattern(pattern.kind, dict(pattern.numbers))
        nodes = list(own.numbers)
        sums = []
        for kind, number, made in recipe.steps:
            node = nodes[number]
            try:
                pieces = self._patterns.computed(node) if kind == "open" else iter(self._group.get(node, ()))
                if own.numbered(pieces) != made:
                    return None
            except TooLarge:
                return None
            if kind == "sum":
                sums.append(condition_of(self._group[node], self._setting.names))
            nodes += [*own.numbers][len(nodes) :]
        return sums

    def _proved(self, claim: Claim, part: Expression, pattern: Pattern | None) -> list[str] | None:
        world, recipe = self._world, _Recipe(Pattern(None, dict(pattern.numbers)) if pattern is not None else None)
        world.m.left = MOST_PRODUCTS
        try:
            subject = world.opened(claim.subject.node) if isinstance(claim.subject, Named) else None
            difference = (subject or evaluate(claim.subject, world)) - evaluate(part, world)
            groups: Sequence[Sequence[Value]] = ()
            for _ in range(_MOST_OPENED):
                if world.m.is_zero(difference):
                    break
                symbols = [symbol for symbol in world.m.stands_for(difference) if isinstance(symbol, Value)]
                if groups := self._groups_needed(difference, symbols):
                    break
                inner = [node for node in symbols if node.op is not None]
                if not inner:
                    return None
                last = max(inner, key=self._setting.graph.position.__getitem__)
                difference = world.m.substituted(difference, last, world.opened(last))
                recipe.note("open", last, self._patterns.computed(last))
            else:
                return None
        except _NO_FORMULA:
            return None
        for leaves in groups:
            recipe.note("sum", next(leaf for leaf in leaves if leaf in symbols), iter(leaves))
        if pattern is not None and recipe.pattern is not None:
            self._recipes.setdefault(pattern.kind, []).append(recipe)
        return [condition_of(leaves, self._setting.names) for leaves in groups]

    def _groups_needed(self, difference: RationalFunction, symbols: Sequence[Value]) -> Sequence[Sequence[Value]]:
        """The labels that must add up to 1, for a difference to be 0; none if that is not enough."""
        groups = list({id(leaves): leaves for node in symbols if (leaves := self._group.get(node))}.values())
        if not groups or not self._is_zero_with(difference, groups):
            return ()
        for leaves in list(groups) if 1 < len(groups) <= _MOST_GROUPS else ():
            others = [group for group in groups if group is not leaves]
            if self._is_zero_with(difference, others):
                groups = others
        return groups

    def _is_zero_with(self, difference: RationalFunction, groups: Sequence[Sequence[Value]]) -> bool:
        """Whether it is 0, if the last label of each group is 1 less the others."""
        m = self._world.m
        for leaves in groups:
            others = m.total([m.of(1), *(-self._world.value(leaf) for leaf in leaves[:-1])])
            difference = m.substituted(difference, leaves[-1], others)
        return m.is_zero(difference)
