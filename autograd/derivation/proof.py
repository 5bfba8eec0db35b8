"""Proof: the claim and the graph as formulas, and their difference multiplied out to 0.

The graph is cut at named nodes, so that the formulas stay as short as those on the page. Claims are first tried as
equal quotients of polynomials in the named nodes. Where the difference of both sides is not 0, the last node in it that
was computed from others gets its formula: in ``dL/dz0 = p0 - t0`` p0 becomes e^z0/(e^z0 + e^z1), and what does not
matter, such as the weights that z0 was computed from, is never looked at. Labels that are probabilities add up to 1, if
that is what is needed.

Then sympy tries three cuts: at every named node; at those that do not depend on any that the claim mentions
(``σ(n)(1 − σ(n))`` for p' needs p taken as σ(n)); and at leaves alone. Effort is bounded in terms, never in seconds:
the same page gives the same verdict anywhere.

A claim for all i and j has an entry for each, and most have one pattern: they differ in the names of their nodes alone,
and what proves the one proves the others. A pattern holds all that a proof uses that takes the named nodes for symbols:
the formulas, the operations between the nodes of each derivative, and on which side of each choice they were recorded.
The steps of a proof are noted, and taken over where the nodes that they opened are made up in the same way.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations
from operator import attrgetter
from typing import NamedTuple

import sympy

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    evaluate,
    is_total,
    nodes_in,
)
from autograd.derivation.formula_worlds import NO_FORMULA, CutWorld, FormulaWorld, TooManyTerms
from autograd.derivation.setting import Setting, condition_of
from autograd.graph import depending_on
from autograd.numbers import Number
from autograd.numbers.rational_functions import MOST_PRODUCTS, RationalFunction, RationalFunctions
from autograd.numbers.short_formulas import terms
from autograd.operation import Operation
from autograd.value import Value

_LINEAR = (ops.add, ops.subtract, ops.negate, ops.sum, ops.mean)
_CHOICES = (
    *(ops.absolute, ops.relu, ops.step, ops.sign, ops.maximum, ops.minimum, ops.where),
    *(ops.cbrt, ops.clip, ops.largest, ops.smallest, ops.atan2),
)
_LEVELS = (ops.floor, ops.ceil)
_MOST_PIECES = 4_000
_MOST_COMPARED = 4
_ITSELF = -1
"""Where its parents have the numbers from 0 on."""
_LONG = 5


class TooLarge(Exception):  # noqa: N818  (an outcome: such a claim is proved by itself)
    """A pattern that would be longer than the proof is worth."""


@dataclass
class Pattern:
    """How a claim is made up, and the nodes that it is made of, each with a number: the first that comes up has 0."""

    kind: Hashable
    numbers: dict[Value, int]

    def numbered(self, pieces: Iterable[Number]) -> Hashable:
        """Further pieces, with the nodes in them numbered on."""
        found: list[Number] = []
        numbers = self.numbers
        for piece in pieces:
            if type(piece) is _Made:
                found.append(piece.kind)
                found += [numbers.setdefault(node, len(numbers)) for node in piece.nodes]
            elif isinstance(piece, Value):
                found.append(numbers.setdefault(piece, len(numbers)))
            else:
                found.append((piece,))
            if len(found) > _MOST_PIECES:
                raise TooLarge
        return tuple(found)


class _Made(NamedTuple):
    """A number for how something is made up, and the nodes that it is made of."""

    kind: tuple[int]
    nodes: Sequence[Value]


class Patterns:
    """Finds the patterns of the claims on one page."""

    def __init__(self, setting: Setting) -> None:
        self._graph, self._named, self._definitions = setting.graph, setting.names.paths, setting.definitions
        self._kinds: dict[Hashable, int] = {}
        """A number for each way in which a node or a derivative is made up."""
        self._made: dict[Hashable, _Made] = {}

    def of(self, claim: Claim, part: Expression) -> Pattern | None:
        """The pattern of a part of a claim; None if it has none that is short."""
        found = Pattern(None, {})
        try:
            found.kind = found.numbered(self._claim(claim.subject, part))
        except TooLarge:
            return None
        return found

    def _claim(self, subject: Expression, part: Expression) -> Iterator[Number]:
        """All that the proof of subject = part uses that takes the named nodes for symbols."""
        yield from self.computed(subject.node) if isinstance(subject, Named) else ()
        yield from self._expression(subject)
        yield "="
        yield from self._expression(part)

    def _expression(self, expression: Expression) -> Iterator[Number]:
        """The pieces of a formula, nodes among them; what was met before comes as a number and its nodes."""
        stack = [expression]
        while stack:
            piece = stack.pop()
            match piece:
                case Numeral(number=number):
                    yield number
                case Named(node=node):
                    yield from self._value(node)
                case Derivative(direct=direct) if direct is not None:
                    stack.append(direct)
                case Derivative(of=of, by=by):
                    yield self._met((of, by), self._derivative)
                case Defined(name=name):
                    yield self._met(name, self._definition)
                case Apply(operands=operands) if len(operands) > _LONG and piece is not expression:
                    yield self._met(id(piece), self._expression, piece)
                case Apply(operation=operation, operands=operands):
                    yield operation, len(operands)
                    if operation in _LEVELS:
                        raise TooLarge
                    if operation in _CHOICES or operation.condition:
                        yield _side([operand.node.data for operand in operands if isinstance(operand, Named)])
                        if not all(isinstance(operand, Named | Numeral) for operand in operands):
                            raise TooLarge
                    stack += operands[::-1]

    def _definition(self, name: str) -> Iterator[Number]:
        return self._expression(self._definitions[name])

    def _met(self, key: Hashable, pieces: Callable[[Number], Iterator[Number]], what: Number = None) -> _Made:
        """How something is made up, worked out once."""
        if key not in self._made:
            own = Pattern(None, {})
            kind = own.numbered(pieces(key if what is None else what))
            number = self._kinds.setdefault(kind, len(self._kinds))
            self._made[key] = _Made((number,), tuple(own.numbers))
        return self._made[key]

    def _value(self, node: Value) -> Iterator[Number]:
        """A node as a symbol, if it has a name; else what it was computed from, down to nodes with names."""
        if node in self._named:
            yield node
        elif node.op is None:
            yield "constant", node.data
        else:
            yield from self.computed(node)

    def computed(self, node: Value) -> Iterator[Number]:
        """What a node was computed from, down to nodes with names. TooLarge if that is more than a pattern holds."""
        yield node.op, node.op and node.op.exponent, len(node.parents)
        if node.op in _LEVELS:
            yield node.data
        if node.op is not None and (node.op in _CHOICES or node.op.condition):
            yield _side([parent.data for parent in node.parents])
        for parent in node.parents:
            yield from self._value(parent)

    def _derivative(self, ends: tuple[Value, Value]) -> Iterator[Number]:
        """The operations on the paths between two nodes, with what their local gradients are made of."""
        of, by = ends
        order = self._graph.between(of, by)
        inside, count = {by: 0}, 0
        yield len(order) > 0
        yield of
        yield by
        for node in order:
            if node is by:
                continue
            places = [(k, inside[parent]) for k, parent in enumerate(node.parents) if parent in inside]
            if node.op in (ops.add, ops.sum) and len(places) == 1 and node is not of:
                inside[node] = places[0][1]  # Wherever it stands in a + b + c, its slope passes as it is.
                continue
            count += 1
            inside[node] = count
            yield node.op, node.op and node.op.exponent, tuple(place for _, place in places)
            if node.op in _LINEAR:
                yield tuple(k for k, _ in places) if node.op is ops.subtract else len(node.parents)
            elif node.op is ops.multiply or node.op is ops.dot:
                # What a factor is multiplied by is all that counts, wherever it stands; a bias by nothing.
                half = len(node.parents) // 2
                for k, _ in places:
                    yield k < 2 * half
                    if k < 2 * half:
                        yield from self._value(node.parents[(k + half) % (2 * half)])
            elif node.op is None or node.op in (*_CHOICES, *_LEVELS) or node.op.condition:
                yield tuple(k for k, _ in places)
                yield from self.computed(node)
                yield from self._value(node) if node in self._named else ()
            else:
                yield tuple(k for k, _ in places)
                used = set().union(*(_used(node.op, len(node.parents))[k] for k, _ in places))
                for place in sorted(used):
                    yield from self._value(node if place == _ITSELF else node.parents[place])


@lru_cache(maxsize=1024)
def _used(operation: Operation, count: int) -> Sequence[frozenset[int]]:
    """For each local gradient of an operation, which of its operands it is made of, and whether its value is in it.

    TooLarge if it chooses by what the operands are, as that of aᵇ does at b = 1.
    """
    m = RationalFunctions(lambda _: 0.5)
    try:
        local = operation.local(m, *m.symbols([_ITSELF, *range(count)]).values())
        used = [frozenset(m.stands_for(m.of(each))) for each in local]
    except Exception:  # A rule may be written for floats alone.
        used = []
    if not used or m.has_chosen:
        raise TooLarge
    return used


def _side(values: Sequence[float]) -> tuple[Number, ...]:
    """On which side of a choice some operands are."""
    if len(values) == 1:
        return values[0] > 0, values[0] == 0
    if len(values) > _MOST_COMPARED:
        raise TooLarge
    return tuple((a > b, a == b) for a, b in combinations(values, 2))


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
