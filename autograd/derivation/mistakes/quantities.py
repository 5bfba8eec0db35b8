"""What a slip may have put into a line or left out of it: nodes near the way of a derivative, and slopes on it.

Each is known by its values at the points of a check: these tell whether two are the same, or one a plain number.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, nan

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Derivative,
    Expression,
    Named,
    Numeral,
    evaluate,
    lone_numeral,
    plain,
    walk,
    written_out,
)
from autograd.derivation.mistakes.sums_over_paths import Contributions, Use
from autograd.derivation.setting import Setting
from autograd.notation.writing import written
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.text import derivative
from autograd.value import Value

EQUAL = 1e-11
_NAME = re.compile(r"[^\W\d]\w*(?:\[\d+\])*")
_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)$")
_ONE = Numeral("1", Fraction(1))
_ROOTS = (2, 3, 5, 6, 7, 8, 10)

AtPoints = Sequence[Number]


def equal(a: AtPoints, b: AtPoints) -> bool:
    """Whether values are the same at every point."""
    if len(a) != len(b) or not a:
        return False
    try:
        return all(abs(x - y) <= EQUAL * max(abs(x), abs(y)) for x, y in zip(a, b, strict=True))
    except TypeError:  # a complex root
        return False


def times(a: AtPoints, b: AtPoints) -> list[Number]:
    return [x * y for x, y in zip(a, b, strict=True)]


def raised(values: AtPoints, exponent: Number) -> list[Number]:
    try:
        return [value ** mp.mpf(exponent) if value > 0 or exponent == int(exponent) else mp.nan for value in values]
    except ArithmeticError:
        return []


def dot_of(row: AtPoints) -> Number:
    """The value of a weighted sum with these operands."""
    n = len(row) // 2
    return mp.fsum(a * b for a, b in zip(row[:n], row[n : 2 * n], strict=True)) + mp.fsum(row[2 * n :])


def root(number: Number, exponent: float, beside: Number) -> Number:
    """The number that has this power, of the sign of another."""
    if number < 0:
        return -((-number) ** (1 / mp.mpf(exponent))) if exponent % 2 == 1 else mp.nan
    found = number ** (1 / mp.mpf(exponent))
    return -found if beside < 0 and exponent % 2 == 0 else found


def plain_number(values: AtPoints) -> str | None:
    """The text of a number of a plain form that some values all are; None if they differ, or for an odd number."""
    first = values[0]
    if not mp.isfinite(first) or not first or not equal(values, [first] * len(values)):
        return None
    near = Fraction(float(first)).limit_denominator(12)
    if abs(first - mp.mpf(near.numerator) / near.denominator) <= EQUAL * abs(first):
        return str(near)
    for text, _, number in common_constants():
        if abs(abs(first) - number) <= EQUAL * number:
            return f"{'-' if first < 0 else ''}{text}"
    return None


def common_constants() -> Iterator[tuple[str, str, Number]]:
    """Numbers with their text, and that of one over them where that is as plain."""
    yield from ((str(n), f"1/{n}", n) for n in range(3, 101))
    for q in range(3, 10):
        yield from ((f"{p}/{q}", f"{q}/{p}", mp.mpf(p) / q) for p in range(2, q) if gcd(p, q) == 1)
    yield from ((f"√{n}", "", mp.sqrt(n)) for n in _ROOTS)
    yield from (("ln 2", "", mp.log(2)), ("ln 10", "", mp.log(10)), ("π", "", mp.pi), ("2π", "", 2 * mp.pi))
    yield ("√π", "", mp.sqrt(mp.pi))


def has_number(part: Expression, number: float, setting: Setting) -> bool:
    """Whether a line has a number, or once or twice one over it. A lone number holds it unseen."""
    if lone_numeral(part) is not None:
        return True
    for piece in walk(written_out(part, setting.definitions)):
        if plain(piece) or (isinstance(piece, Named) and piece.node.op is None):
            try:
                value = abs(float(evaluate(piece, setting.points.each[0])))
            except (ArithmeticError, TypeError):
                continue
            # 2/3 is twice one over 3; but 2/2 is the 1 of p - 1.
            if any(abs(value - n) <= EQUAL * n for n in (number, 1 / number, 2 / number if number > 2 else number)):
                return True
    return False


def shown(expression: Expression) -> str:
    """An expression as a page has it: a - b for a + -b."""
    return written(expression).replace(" + -", " - ")


def factors_of(expression: Expression) -> list[Expression]:
    """The factors of a product, through products of products; what is divided by is one over it."""
    match expression:
        case Apply(operation=ops.prod | ops.multiply, operands=operands):
            return [factor for operand in operands for factor in factors_of(operand)]
        case Apply(operation=ops.negate, operands=(operand,)):
            return factors_of(operand)
        case Apply(operation=ops.divide, operands=(above, below)):
            return [*factors_of(above), Apply(ops.divide, (_ONE, below))]
    return [expression]


def terms_of(expression: Expression) -> list[Expression]:
    """The terms of a sum, through sums of sums, with their signs."""
    match expression:
        case Apply(operation=ops.sum | ops.add, operands=operands):
            return [term for operand in operands for term in terms_of(operand)]
        case Apply(operation=ops.subtract, operands=(a, b)):
            return [*terms_of(a), *(Apply(ops.negate, (term,)) for term in terms_of(b))]
        case Apply(operation=ops.negate, operands=(operand,)):
            return [Apply(ops.negate, (term,)) for term in terms_of(operand)]
        case Apply(operation=ops.divide, operands=(above, below)) if len(terms := terms_of(above)) > 1:
            return [Apply(ops.divide, (term, below)) for term in terms]
    return [expression]


_MOST = 60
_MOST_SLOPES = 40

SLOPE = "slope"


@dataclass(frozen=True)
class Quantity:
    """Something with a value at each point: a node, a derivative, or a piece of the page."""

    text: str
    values: Sequence[Number]
    kind: Number = None
    """What it is alike to: the list, or the sort of node, that it belongs to."""

    @cached_property
    def first(self) -> float:
        """About its value at the first point; NaN if it has none."""
        try:
            return float(self.values[0])
        except TypeError:  # a complex root
            return nan


class Quantities:
    """The quantities that one wrong line may be asked about.

    Args:
        setting: that of the page.
        subject, part: what the claim is about, and its wrong part.
        edges, flows: the uses of nodes on the way of the derivative, if it is one, and what flows there at each point.
        count: the number of points that the part speaks of.
    """

    def __init__(
        self,
        setting: Setting,
        subject: Expression,
        part: Expression,
        edges: Sequence[Use],
        flows: Sequence[Contributions],
        count: int,
    ) -> None:
        self._setting, self._subject, self._part = setting, subject, part
        self._edges, self._flows = edges, flows
        self._names = setting.names.paths
        self.points = setting.points.each[:count]

    @cached_property
    def every(self) -> list[Quantity]:
        """The named nodes near the way, and the slopes on it; one of each value."""
        found: dict[Number, Quantity] = {}
        for quantity in (*self.nodes(), *self._slopes()):
            key = tuple(mp.nstr(value, 20) for value in quantity.values)
            if any(abs(abs(value) - 1) > 1e-12 for value in quantity.values) and all(quantity.values):
                known = found.setdefault(key, quantity)
                if known.kind != SLOPE and quantity.text[0] == "∂" and "=" not in known.text:
                    found[key] = Quantity(f"{known.text} = {quantity.text}", known.values, known.kind)
        return list(found.values())[:_MOST]

    def piece(self, expression: Expression) -> Quantity:
        """A piece of the page."""
        try:
            values = [evaluate(expression, point) for point in self.points]
        except ArithmeticError:
            values = [mp.nan] * len(self.points)
        return Quantity(shown(expression), values)

    def nodes(self) -> Iterator[Quantity]:
        """The named nodes near the way, and those that the page has here."""
        for node in self.near():
            yield Quantity(self._names[node], [point.values[node] for point in self.points], self.kind(node))

    def near(self) -> list[Value]:
        """These nodes."""
        near: dict[Value, None] = {}
        for edge in self._edges:
            near |= dict.fromkeys((edge.parent, edge.child, *edge.child.parents))
        for piece in walk(self._part):
            if isinstance(piece, Named):
                near[piece.node] = None
        if isinstance(self._subject, Named):
            near |= dict.fromkeys(self.named_below(self._subject.node))
        leaves = [node for node in self._setting.named if node.op is None]
        wide = self._setting.named if len(self._setting.named) <= 60 else leaves if len(leaves) <= 40 else []
        known = self.points[0].values
        return [node for node in dict.fromkeys((*near, *wide)) if node in self._names and node in known]

    def kind(self, node: Value) -> Number:
        """What a node is alike to."""
        name = self._names[node]
        return name.partition("[")[0] if "[" in name else node.op is None

    def gradients(self, piece: Derivative) -> Iterator[Quantity]:
        """The derivatives of the same node by others."""
        graph = self._setting.graph
        last = graph.position[piece.of]
        by = [node for node in self.near() if node is not piece.of and graph.position[node] < last]
        each = [point.derivatives(piece.of, by) for point in self.points]
        for node in by:
            text = derivative(self._names.get(piece.of, "it"), self._names[node], "d")
            yield Quantity(text, [slopes[node] for slopes in each], self.kind(node))

    def named_below(self, node: Value) -> Iterator[Value]:
        """The named nodes that a node is computed from, with none in between."""
        stack, seen = [*node.parents], {node}
        while stack and len(seen) < 1000:
            below = stack.pop()
            if below in seen:
                continue
            seen.add(below)
            if below in self._names:
                yield below
            else:
                stack += below.parents

    def _slopes(self) -> Iterator[Quantity]:
        """The derivatives between neighbours with names, and of activations."""
        own = (self._subject.of, self._subject.by) if isinstance(self._subject, Derivative) else None
        on_the_way = {node: None for edge in self._edges for node in (edge.child, edge.parent)}
        pairs = [
            (above, below)
            for above in on_the_way
            if above in self._names
            for below in self.named_below(above)
            if below in on_the_way and (above, below) != own
        ]
        for above, below in pairs[:_MOST_SLOPES]:
            text = derivative(self._names[above], self._names[below])
            yield Quantity(text, [point.derivative(above, below) for point in self.points], SLOPE)
        for k, edge in enumerate(self._edges[: 4 * _MOST]):
            if len(edge.child.parents) == 1 and edge.child.op is not None and edge.child.op.is_call:
                at = self._names.get(edge.child) or self._names.get(edge.parent)
                if at is not None:
                    yield Quantity(f"{edge.child.op}'s slope at {at}", [flow.local[k] for flow in self._flows], SLOPE)


def renamed(text: str, names: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: names.get(found[0], found[0]), text)


def renamings(used: Sequence[str], names: Mapping[str, Value]) -> Iterator[tuple[dict[str, str], str]]:
    """Ways to rename the nodes of a line together: another list's names, or others of the same list."""
    apart = {name: parts for name in names if (parts := in_parts(name))}
    stems = {name: apart[name] for name in used if name in apart}
    others = dict.fromkeys((before, after) for before, _, after in apart.values())
    for stem in dict.fromkeys((before, after) for before, _, after in stems.values()):
        mine = {name: number for name, (before, number, after) in stems.items() if (before, after) == stem}
        top = max(number for _, (before, number, after) in apart.items() if (before, after) == stem)
        low = min(number for _, (before, number, after) in apart.items() if (before, after) == stem)
        # From the other end of the list, or of those that the line has: k[0], k[1] for k[1], k[0] of three.
        ends = dict.fromkeys((top + low, max(mine.values()) + min(mine.values())))
        for kind, sign, offset in (("shift", 1, -1), ("shift", 1, 1), *(("reversed", -1, both) for both in ends)):
            swap = {name: f"{stem[0]}{sign * number + offset}{stem[1]}" for name, number in mine.items()}
            if all(name in names for name in swap.values()):
                yield {a: b for a, b in swap.items() if a != b}, kind
        for other in others:
            swap = {name: f"{other[0]}{number}{other[1]}" for name, number in mine.items()}
            if other != stem and len(swap) > 1 and all(name in names for name in swap.values()):
                yield swap, "list"
    yield from ((swap, "list") for swap in _whole_arrays(used, names))


def _whole_arrays(used: Sequence[str], names: Mapping[str, Value]) -> Iterator[dict[str, str]]:
    """Ways to rename a whole matrix: all rows of Z1, each of which is a list, as those of A1."""
    arrays = dict.fromkeys(name.partition("[")[0] for name in names if "][" in name)
    for own in dict.fromkeys(name.partition("[")[0] for name in used if "][" in name):
        mine = [name for name in used if name.partition("[")[0] == own]
        for other in arrays:
            swap = {name: other + name.removeprefix(own) for name in mine}
            if other != own and len(swap) > 1 and all(name in names for name in swap.values()):
                yield swap


def in_parts(name: str) -> tuple[str, int, str] | None:
    """A name, its number, and what stands behind that: ("h", 1, "") of h1, and ("h[", 1, "]") of h[1]."""
    found = _NUMBERED.match(name)
    return (found[1], int(found[2]), found[3]) if found else None
