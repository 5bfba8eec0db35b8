"""Two questions about a wrong line that no known mistake explains: by which factor is it off, and by which term?

A factor is asked for among constants, the factors on the page, the nodes and local gradients on the way, quotients of
two of these that are alike, and slopes of other activations; a term among the terms on the page, and the nodes and
products of two. The answer must hold at every point.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, permutations
from math import isclose
from typing import Any

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Named, Numeral, evaluate, walk
from autograd.derivation.kinds_of_mistake import (
    FACTOR_EXTRA,
    FACTOR_MISSING,
    FACTOR_OTHER,
    MEAN_LEFT_OUT,
    MEAN_TWICE,
    SIGN,
    TERM_EXTRA,
    TERM_MISSING,
    TERM_SCALED,
    Mistake,
)
from autograd.derivation.setting import Setting
from autograd.derivation.sums_over_paths import Contributions, Use
from autograd.notation.writing import written
from autograd.numbers.multiprecision import mp
from autograd.operation import Operation
from autograd.value import Value

_ACTIVATIONS = (ops.tanh, ops.sigmoid, ops.relu, ops.softplus, ops.exp)
_ONE = Numeral("1", Fraction(1))
_MOST_QUANTITIES = 60
_MOST_TERMS = 6
_MOST_NAMED = 2
_SMALLEST = 1e-6
_ROOTS = (2, 3, 5, 6, 7, 8, 10)

Effect = Callable[[Any, Any], Any]
"""What a slip makes of the right value and of a quantity, at one point."""


@dataclass(frozen=True)
class Quantity:
    """Something with a value at each point: a node, a local gradient, or a piece of the page."""

    text: str
    values: Sequence[Any]
    kind: Any = None
    """What it is alike to: the list, or the sort of node, that it belongs to."""


class Questions:
    """The two questions about one wrong line.

    Args:
        setting: that of the page.
        subject, part: what the claim is about, and its wrong part.
        claimed, right: the values of that part, and the right ones, at the points that it speaks of.
        edges: the uses of nodes on the way of the derivative, if it is one.
        flows: what flows on that way, at the same points.
        fits: whether values at these points explain what is claimed, if so many were tried.
    """

    def __init__(
        self,
        setting: Setting,
        subject: Expression,
        part: Expression,
        claimed: Sequence[Any],
        right: Sequence[Any],
        edges: Sequence[Use],
        flows: Sequence[Contributions],
        fits: Callable[[Sequence[Any], int], bool],
    ) -> None:
        self._setting, self._subject, self._part = setting, subject, part
        self._claimed, self._right = claimed, right
        self._edges, self._flows, self._fits = edges, flows, fits
        self._points = setting.points.each[: len(right)]

    def answers(self) -> list[Mistake]:
        """The first answers that hold."""
        if None in self._claimed or None in self._right:
            return []
        # A term of 1e-9 beside 1 is no slip, but a number that was rounded.
        if isclose(float(self._claimed[0]), float(self._right[0]), rel_tol=_SMALLEST):
            return []
        found = self.factor() if all(self._right) and all(self._claimed) else []
        return found or _first(self._terms_on_the_page, self._missing_terms, self._other_slopes, self._within_terms)

    def factor(self) -> list[Mistake]:
        """By which factor the line is off."""
        return _first(self._constants, self._factors_on_the_page, self._factors, self._quotients)

    def _within_terms(self) -> Iterator[Mistake]:
        """By which factor one term of a sum is off."""
        expressions = _terms_of(self._part)
        if not 2 <= len(expressions) <= _MOST_TERMS:
            return
        for term, expression in zip(map(self._piece, expressions), expressions, strict=True):
            right = [r - c + t for r, c, t in zip(self._right, self._claimed, term.values, strict=True)]
            if not all(right) or not all(term.values):
                continue

            def fits(values: Sequence[Any], tried: int, term: Quantity = term) -> bool:
                whole = [v + c - t for v, c, t in zip(values, self._claimed, term.values, strict=True)]
                return self._fits(whole, tried * len(expressions))

            inside = Questions(
                self._setting, self._subject, expression, term.values, right, self._edges, self._flows, fits
            )
            for mistake in inside.factor():
                yield Mistake(mistake.name, f"{mistake.detail}, in the term {term.text}")

    def _explains(self, change: Effect, quantity: Sequence[Any], tried: int) -> bool:
        try:
            first = change(self._right[0], quantity[0])
            if not isclose(float(first), float(self._claimed[0]), rel_tol=1e-2):
                return False
            return self._fits([change(*pair) for pair in zip(self._right, quantity, strict=True)], tried)
        except (ArithmeticError, TypeError):
            return False

    # By which factor?

    def _constants(self) -> Iterator[Mistake]:
        ratio = self._claimed[0] / self._right[0]
        if not all(isclose(c / r, ratio, rel_tol=2e-2) for c, r in zip(self._claimed, self._right, strict=True)):
            return
        if len(self._right) == 1 and not self._explains(lambda right, c: right * c, [ratio], 200):
            return
        if self._means and (found := [*self._mean(self._means)]):
            yield from found
            return
        for text, number in _common_constants():
            for sign, other in (("", 1), (", and the sign is the other", -1)):
                if abs(number * other - 1) < 1e-9 or abs(number * other + 1) < 1e-9:
                    continue
                if self._explains(lambda right, c: right * c, [number * other] * len(self._right), 200):
                    yield Mistake(FACTOR_EXTRA, f"{text}{sign}")
                if self._explains(lambda right, c: right / c, [number * other] * len(self._right), 200):
                    yield Mistake(FACTOR_MISSING, f"{text}{sign}")

    def _mean(self, sizes: Sequence[int]) -> Iterator[Mistake]:
        for size in sizes:
            if self._explains(lambda right, m: right * m, [size] * len(self._right), 20):
                yield Mistake(MEAN_LEFT_OUT, f"it is {size} times what is right, the mean over {size}")
            if self._explains(lambda right, m: right / m, [size] * len(self._right), 20):
                yield Mistake(MEAN_TWICE, f"it is divided by {size} once more than the mean asks")

    @cached_property
    def _means(self) -> list[int]:
        """Over how many things a mean is taken on the way."""
        found: dict[int, None] = {}
        for edge in self._edges:
            node = edge.child
            if node.op is ops.mean and len(node.parents) > 1:
                found[len(node.parents)] = None
            elif node.op is ops.divide and node.parents[1].constant and 1 < (m := node.parents[1].data) == int(m):
                found[int(m)] = None
            elif node.op is ops.multiply and any(p.constant and 0 < p.data < 1 for p in node.parents):
                part = next(p.data for p in node.parents if p.constant)
                if isclose(1 / part, round(1 / part), rel_tol=1e-9):
                    found[round(1 / part)] = None
        return [m for m in found if m > 2]  # half of something is the classic factor 1/2

    def _factors_on_the_page(self) -> Iterator[Mistake]:
        factors = [self._piece(factor) for factor in _factors_of(self._part)]
        others = self._quantities
        if len(factors) < 2:
            return
        tried = len(factors) * (len(others) + 2)
        for factor in factors:
            if self._explains(lambda right, f: right * f, factor.values, tried):
                yield Mistake(FACTOR_EXTRA, f"{factor.text}")
        for factor in factors:
            for other in others:
                quotient = _over(factor.values, other.values)
                if quotient and self._explains(lambda right, f: right * f, quotient, tried):
                    yield Mistake(FACTOR_OTHER, f"{factor.text} where {other.text} belongs")

    def _factors(self) -> Iterator[Mistake]:
        tried = 4 * len(self._quantities)
        for quantity in self._quantities:
            for sign, other in (("", 1), (", and the sign is the other", -1)):
                if self._explains(_divided(other), quantity.values, tried):
                    yield Mistake(FACTOR_MISSING, f"{quantity.text}{sign}")
                if self._explains(_multiplied(other), quantity.values, tried):
                    yield Mistake(FACTOR_EXTRA, f"{quantity.text}{sign}")

    def _quotients(self) -> Iterator[Mistake]:
        alike = [(a, b) for a, b in permutations(self._quantities, 2) if a.kind == b.kind]
        for a, b in alike:
            quotient = _over(a.values, b.values)
            if quotient and self._explains(lambda right, q: right * q, quotient, len(alike)):
                yield Mistake(FACTOR_OTHER, f"{a.text} where {b.text} belongs")

    def _other_slopes(self) -> Iterator[Mistake]:
        """The slope of another activation, at each node, or at all of a kind."""
        groups: dict[Any, list[int]] = {}
        for k, edge in enumerate(self._edges):
            if edge.child.op in _ACTIVATIONS:
                groups.setdefault(edge.child, []).append(k)
                groups.setdefault(edge.child.op, []).append(k)
        tried = len(groups) * len(_ACTIVATIONS)
        for group in groups.values():
            children = [self._edges[k].child for k in group]
            for other in _ACTIVATIONS:
                if other is children[0].op:
                    continue
                values = [
                    flow.with_locals({k: _slope_of(other, self._edges[k].child, flow) for k in group})
                    for flow in self._flows
                ]
                if self._explains(lambda right, value: value, values, tried):
                    names = [self._setting.names.paths.get(child) for child in children]
                    at = f" at {', '.join(filter(None, names))}" if all(names) else ""
                    yield Mistake(FACTOR_OTHER, f"{other}'s slope where {children[0].op}'s belongs{at}")

    # By which term?

    def _terms_on_the_page(self) -> Iterator[Mistake]:
        terms = [self._piece(term) for term in _terms_of(self._part)]
        if len(terms) < 2:
            return
        tried = 4 * len(terms)
        for term in terms:
            if self._explains(lambda right, t: right + t, term.values, tried):
                yield Mistake(TERM_EXTRA, f"{term.text}")
            if self._explains(lambda right, t: right + 2 * t, term.values, tried):
                yield Mistake(SIGN, f"the term {term.text} has the other sign")
            if self._explains(lambda right, t: right + t / 2, term.values, tried):
                yield Mistake(TERM_SCALED, f"the term {term.text} counts twice")
            if self._explains(lambda right, t: right - t, term.values, tried):
                yield Mistake(TERM_SCALED, f"the term {term.text} counts by half")

    def _missing_terms(self) -> Iterator[Mistake]:
        singles = self._quantities
        pairs = [
            Quantity(f"{a.text} * {b.text}", [x * y for x, y in zip(a.values, b.values, strict=True)])
            for a, b in combinations([q for q in singles if q.kind != "slope"], 2)
        ]
        tried = 4 * (len(singles) + len(pairs))
        for quantity in (*singles, *pairs):
            for times, factor in (("", 1), ("2 * ", 2)):
                for sign, other in (("", 1), ("-", -1)):
                    weight = factor * other
                    if self._explains(_less(weight), quantity.values, tried):
                        yield Mistake(TERM_MISSING, f"{sign}{times}{quantity.text}")

    # What there is to ask about

    @cached_property
    def _quantities(self) -> list[Quantity]:
        """The named nodes near the way, and the local gradients on it; one of each value."""
        found: dict[Any, Quantity] = {}
        for quantity in (*self._nodes(), *self._slopes()):
            key = tuple(mp.nstr(value, 20) for value in quantity.values)
            if any(abs(abs(value) - 1) > 1e-12 for value in quantity.values) and all(quantity.values):
                known = found.setdefault(key, quantity)
                if known.kind != "slope" and quantity.text[0] == "∂" and "=" not in known.text:
                    found[key] = Quantity(f"{known.text} = {quantity.text}", known.values, known.kind)
        return list(found.values())[:_MOST_QUANTITIES]

    def _nodes(self) -> Iterator[Quantity]:
        near: dict[Value, None] = {}
        for edge in self._edges:
            near |= dict.fromkeys((edge.parent, edge.child, *edge.child.parents))
        for piece in walk(self._part):
            if isinstance(piece, Named):
                near[piece.node] = None
        if isinstance(self._subject, Named):
            near |= dict.fromkeys(self._named_below(self._subject.node))
        names = self._setting.names.paths
        wide = [node for node in self._setting.named if node.op is None] if len(self._setting.named) <= 40 else []
        for node in dict.fromkeys((*near, *wide)):
            if node in names and all(node in point.values for point in self._points):
                kind = names[node].partition("[")[0] if "[" in names[node] else node.op is None
                yield Quantity(names[node], [point.values[node] for point in self._points], kind)

    def _named_below(self, node: Value) -> Iterator[Value]:
        """The named nodes that a node is computed from, with none in between."""
        stack, seen = [*node.parents], {node}
        while stack and len(seen) < 1000:
            below = stack.pop()
            if below in seen:
                continue
            seen.add(below)
            if below in self._setting.names.paths:
                yield below
            else:
                stack += below.parents

    def _slopes(self) -> Iterator[Quantity]:
        names = self._setting.names.paths
        for k, edge in enumerate(self._edges[: 4 * _MOST_QUANTITIES]):
            above, below = names.get(edge.child), names.get(edge.parent)
            text = f"∂{above}/∂{below}" if above and below else f"the slope of {edge.child.op}"
            if len(edge.child.parents) == 1 and edge.child.op is not None and edge.child.op.is_call:
                text = f"{edge.child.op}'s slope at {above or below or 'an unnamed node'}"
            yield Quantity(text, [flow.local[k] for flow in self._flows], "slope")

    def _piece(self, expression: Expression) -> Quantity:
        try:
            values = [evaluate(expression, point) for point in self._points]
        except ArithmeticError:
            values = [mp.nan] * len(self._points)
        return Quantity(written(expression), values)


def _common_constants() -> Iterator[tuple[str, Any]]:
    yield from ((str(n), n) for n in range(3, 101))
    yield from ((f"{p}/{q}", mp.mpf(p) / q) for q in range(3, 10) for p in range(2, 10) if q % p and p % q)
    yield from ((f"√{n}", mp.sqrt(n)) for n in _ROOTS)
    yield from (("ln 2", mp.log(2)), ("ln 10", mp.log(10)), ("π", mp.pi), ("2π", 2 * mp.pi), ("√π", mp.sqrt(mp.pi)))


def _over(above: Sequence[Any], below: Sequence[Any]) -> list[Any]:
    """The quotients; none if one would be by 0, or if they are all 1."""
    if not all(below):
        return []
    found = [a / b for a, b in zip(above, below, strict=True)]
    return [] if all(abs(q - 1) < 1e-12 for q in found) else found


def _factors_of(expression: Expression) -> list[Expression]:
    """The factors of a product, through products of products; what is divided by is one over it."""
    match expression:
        case Apply(operation=ops.prod | ops.multiply, operands=operands):
            return [factor for operand in operands for factor in _factors_of(operand)]
        case Apply(operation=ops.negate, operands=(operand,)):
            return _factors_of(operand)
        case Apply(operation=ops.divide, operands=(above, below)):
            return [*_factors_of(above), Apply(ops.divide, (_ONE, below))]
    return [expression]


def _terms_of(expression: Expression) -> list[Expression]:
    """The terms of a sum, through sums of sums, with their signs."""
    match expression:
        case Apply(operation=ops.sum | ops.add, operands=operands):
            return [term for operand in operands for term in _terms_of(operand)]
        case Apply(operation=ops.subtract, operands=(a, b)):
            return [*_terms_of(a), *(Apply(ops.negate, (term,)) for term in _terms_of(b))]
        case Apply(operation=ops.negate, operands=(operand,)):
            return [Apply(ops.negate, (term,)) for term in _terms_of(operand)]
    return [expression]


def _first(*questions: Callable[[], Iterator[Mistake]]) -> list[Mistake]:
    """The answers to the first question that has some."""
    for question in questions:
        if found := list(dict.fromkeys(question())):
            return found[:_MOST_NAMED]
    return []


def _slope_of(operation: Operation, child: Value, flow: Contributions) -> Any:
    """The slope that another activation would have where this one has its value, by the textbook's formula."""
    a, y = flow.point.values[child.parents[0]], flow.point.values[child]
    return operation.local(flow.point.m, y, a)[0]


def _multiplied(sign: int) -> Effect:
    return lambda right, quantity: sign * right * quantity


def _divided(sign: int) -> Effect:
    return lambda right, quantity: sign * right / quantity


def _less(weight: int) -> Effect:
    return lambda right, quantity: right - weight * quantity
