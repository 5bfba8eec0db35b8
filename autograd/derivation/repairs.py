"""What would have to stand in a wrong line for it to be right, where no known mistake explains it.

From what is right follows what each piece of the page's formula would have to be: in a - b where r is right, b would
have to be a - r. So three questions are asked at each piece: is what is needed there something else that has a name? By
which factor is the piece off, and by which term? An answer must hold at every point.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, combinations_with_replacement, pairwise
from math import gcd, isclose

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
)
from autograd.derivation.kinds_of_mistake import (
    ADDED,
    DECIMAL_POINT,
    DEGREES_OF_FREEDOM,
    DIGITS,
    FACTOR_EXTRA,
    FACTOR_MISSING,
    FACTOR_OTHER,
    MEAN_FOR_SUM,
    MEAN_LEFT_OUT,
    MEAN_TWICE,
    MULTIPLIED,
    OTHER_POWER,
    OTHER_TIME,
    PRODUCT_OF_SUMS,
    SIGN,
    TERM_EXTRA,
    TERM_MISSING,
    TERM_SCALED,
    Mistake,
    mean_left_out,
    mean_taken_twice,
    one_less_than,
    other_than,
)
from autograd.derivation.quantities import SLOPE, Quantities, Quantity
from autograd.derivation.setting import Setting
from autograd.derivation.slips_in_rules import size_of_mean
from autograd.derivation.sums_over_paths import ChangedPoint, Contributions, Use
from autograd.notation.writing import written
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.operation import Operation
from autograd.text import is_one_piece
from autograd.value import Value

_ACTIVATIONS = (ops.tanh, ops.sigmoid, ops.relu)
_FUNCTIONS = (ops.tanh, ops.sigmoid, ops.sin, ops.cos, ops.exp, ops.log, ops.sqrt)
_ONE = Numeral("1", Fraction(1))
_MOST_PLACES = 150
_MOST_TERMS = 8
_SMALLEST = 1e-6
_EQUAL = 1e-11
_ROOTS = (2, 3, 5, 6, 7, 8, 10)
_POWERS = (2, 3, 0.5, -1, -2)
_EXPONENTS = (1, 2, 3, 4, -1, -2, -3, 0.5, 1.5, -0.5, -1.5)
_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)$")

AtPoints = Sequence[Number]
Effect = Callable[[Number, Number], Number]
"""What a slip makes of the right value and of a quantity, at one point."""


@dataclass(frozen=True)
class PieceOfFormula:
    """A piece of the page's formula, its values, and what they would have to be for the line to be right."""

    expression: Expression
    actual: AtPoints
    needed: AtPoints
    role: str
    """"whole", "term" of a sum, "factor" of a product, or "inside" of something else."""

    @property
    def text(self) -> str:
        """As the page has it."""
        return written(self.expression)

    @property
    def where(self) -> str:
        """Which place, unless it is the whole."""
        return {"whole": "", "term": f", in the term {self.text}"}.get(self.role, f", beside {self.text}")


class Repairs:
    """The questions about one wrong line.

    Args:
        setting, subject, part, edges, flows: as for `Quantities`.
        claimed, right: the values of that part, and the right ones, at the points that it speaks of.
        fits: whether values at these points explain what is claimed, if so many were tried.
    """

    def __init__(
        self,
        setting: Setting,
        subject: Expression,
        part: Expression,
        claimed: AtPoints,
        right: AtPoints,
        edges: Sequence[Use],
        flows: Sequence[Contributions],
        fits: Callable[[AtPoints, int], bool],
    ) -> None:
        self._setting, self._subject, self._part = setting, subject, part
        self._claimed, self._right, self._fits = claimed, right, fits
        self._edges, self._flows = edges, flows
        self._asked = Quantities(setting, subject, part, edges, flows, len(right))
        self._points = self._asked.points

    def answers(self) -> list[Mistake]:
        """The first answer that holds."""
        if None in self._claimed or None in self._right:
            return []
        # A term of 1e-9 beside 1 is no slip, but a number that was rounded.
        near = isclose(float(self._claimed[0]), float(self._right[0]), rel_tol=_SMALLEST)
        if near and not _equal(self._claimed[:1], self._right[:1]):
            return []
        nonzero = all(self._right) and all(self._claimed)
        if len(self._right) == 1:
            # At one point much is equal by chance: of 1/4, a formula of numbers, nobody can tell what was meant.
            constants = [self._constants] if nonzero else []
            others = [self._factors, self._missing_terms] if self._is_a_long_number and nonzero else []
            return _first(self._slips_of_the_pen, *constants, *others)
        return _first(
            *([self._constants] if nonzero else []),
            *([self._added_or_multiplied] if nonzero else []),
            self._removed,
            *([self._factors] if nonzero else []),
            self._other_slopes,
            self._several_terms,
            self._one_replaced,
            self._powers,
            self._replaced_by_another_sort,
            self._in_a_place,
            *([self._two_factors] if nonzero else []),
            self._all_replaced,
            self._any_replaced,
            self._missing_terms,
        )

    # A number

    @property
    def _is_a_long_number(self) -> bool:
        """Whether it is a number of so many digits that no other is equal by chance."""
        numeral = lone_numeral(self._part)
        return numeral is not None and not numeral.whole and numeral.digits >= 4

    def _slips_of_the_pen(self) -> Iterator[Mistake]:
        numeral = lone_numeral(self._part)
        if numeral is None or not self._is_a_long_number or numeral.single:
            return
        right, unit = self._right[0], mp.mpf(numeral.unit.numerator) / numeral.unit.denominator
        digits = str(abs(int(mp.nint(right / unit))))
        claimed = str(abs(int(mp.nint(self._claimed[0] / unit)))).rjust(len(digits), "0")
        swapped = [digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :] for k in range(len(digits) - 1)]
        if claimed in swapped and claimed != digits and right * self._claimed[0] > 0:
            k = swapped.index(claimed)
            yield Mistake(DIGITS, f"{digits[k + 1]}{digits[k]} where {digits[k]}{digits[k + 1]} belongs")
        for power in (1, 2, 3, -1, -2, -3):
            if self._explains(lambda r, q: r * q, [mp.mpf(10) ** power], 50):
                yield Mistake(DECIMAL_POINT, f"it is 10**{power} times what is right")

    # The whole

    def _explains(self, change: Effect, quantity: AtPoints, tried: int) -> bool:
        try:
            first = change(self._right[0], quantity[0])
            if not isclose(float(first), float(self._claimed[0]), rel_tol=1e-2):
                return False
            return self._fits([change(*pair) for pair in zip(self._right, quantity, strict=True)], tried)
        except (ArithmeticError, TypeError):
            return False

    def _constants(self) -> Iterator[Mistake]:
        ratio = self._claimed[0] / self._right[0]
        if not all(isclose(c / r, ratio, rel_tol=2e-2) for c, r in zip(self._claimed, self._right, strict=True)):
            return

        def explains(number: Number, tried: int = 200) -> bool:
            return self._explains(lambda right, c: right * c, [mp.mpf(number)] * len(self._right), tried)

        if len(self._right) == 1 and not explains(ratio):
            return
        for m in self._means:
            if explains(m, 20):
                yield Mistake(MEAN_LEFT_OUT, mean_left_out(m))
            if explains(mp.one / m, 20):
                yield Mistake(MEAN_TWICE, mean_taken_twice(m))
            if explains(mp.mpf(m) / (m - 1), 20):
                yield Mistake(DEGREES_OF_FREEDOM, one_less_than(m))
        for m in self._counts - set(self._means):
            if explains(mp.one / m, 20):
                yield Mistake(MEAN_FOR_SUM, f"it is divided by {m}: the mean over {m} where the sum belongs")
        if len(self._right) == 1 and not self._is_a_long_number:
            return  # of 5 where 3 is right nobody was off by the factor 5/3
        for text, inverse, number in _common_constants():
            for sign, other in (("", 1), (", and the sign is the other", -1)):
                if explains(other * number):
                    too_many = self._writes(number)
                    kind, factor = (FACTOR_EXTRA, text) if too_many else (FACTOR_MISSING, inverse or f"1/{text}")
                    yield Mistake(kind, f"{factor}{sign}")
                if explains(other / number):
                    too_many = bool(inverse) and self._writes(number)
                    kind, factor = (FACTOR_EXTRA, inverse) if too_many else (FACTOR_MISSING, text)
                    yield Mistake(kind, f"{factor}{sign}")

    def _writes(self, number: Number) -> bool:
        """Whether a number stands in the part, as 3 does in 3*x and √2 in x/sqrt(2). A lone number holds it unseen."""
        if lone_numeral(self._part) is not None:
            return True
        pieces = [piece for piece in walk(self._part) if plain(piece)]
        return any(abs(evaluate(piece, self._setting.points.each[0]) - number) <= _EQUAL * number for piece in pieces)

    @cached_property
    def _means(self) -> list[int]:
        """Over how many things a mean is taken on the way."""
        sizes = dict.fromkeys(size_of_mean(edge.child) for edge in self._edges)
        return [m for m in sizes if m is not None and m > 2]  # half of something is the classic factor 1/2

    @cached_property
    def _counts(self) -> set[int]:
        """How many terms the sums on the page have, and how many uses the node has that it is about."""
        sums = [_terms_of(piece) for piece in walk(self._part) if isinstance(piece, Apply)]
        return {len(terms) for terms in sums if len(terms) > 2}

    def _added_or_multiplied(self) -> Iterator[Mistake]:
        terms, factors = _terms_of(self._part), _factors_of(self._part)
        values = [self._asked.piece(term).values for term in terms]
        for groups in _in_a_row(values) if 1 < len(terms) <= _MOST_TERMS else ():
            sums = [[mp.fsum(each) for each in zip(*group, strict=True)] for group in groups]
            if self._is_right([mp.fprod(each) for each in zip(*sums, strict=True)]):
                yield Mistake(ADDED, "its factors are added where they are to be multiplied")
        columns = zip(*(self._asked.piece(factor).values for factor in factors), strict=True)
        if len(factors) > 1 and self._is_right([mp.fsum(each) for each in columns]):
            yield Mistake(MULTIPLIED, "its terms are multiplied where they are to be added")
        brackets = [factor for factor in factors if len(_terms_of(factor)) > 1]
        for a, b in combinations(brackets, 2):
            one, other = ([self._asked.piece(term).values for term in _terms_of(each)] for each in (a, b))
            n = min(len(one), len(other))
            if len(one) % n or len(other) % n:
                continue
            pairs = [*zip(_chunks(one, n), _chunks(other, n), strict=True)]
            for scale in (1, n):
                whole = []
                for k, claimed in enumerate(self._claimed):
                    apart = [(mp.fsum(x[k] for x in xs), mp.fsum(y[k] for y in ys)) for xs, ys in pairs]
                    product = mp.fsum(x for x, _ in apart) * mp.fsum(y for _, y in apart)
                    if product:
                        whole.append(claimed / product * scale * mp.fsum(x * y for x, y in apart))
                if self._is_right(whole):
                    detail = f"of the sums {written(a)} and {written(b)} where the sum of the products belongs"
                    yield Mistake(PRODUCT_OF_SUMS, f"the product {detail}")

    def _is_right(self, values: AtPoints) -> bool:
        return _equal(values, self._right)

    def _factors(self) -> Iterator[Mistake]:
        tried = 4 * len(self._quantities)
        for quantity in self._quantities:
            for sign, other in (("", 1), (", and the sign is the other", -1)):
                if self._explains(_divided(other), quantity.values, tried):
                    yield Mistake(FACTOR_MISSING, f"{quantity.text}{sign}")
                if self._explains(_multiplied(other), quantity.values, tried):
                    yield Mistake(FACTOR_EXTRA, f"{quantity.text}{sign}")

    def _two_factors(self) -> Iterator[Mistake]:
        """A product of two quantities, or of one and a small number."""
        tried = 8 * len(self._quantities) ** 2
        numbers = [Quantity(text, [mp.mpf(number)] * len(self._right)) for text, number in (("2", 2), ("1/2", 0.5))]
        for a, b in combinations_with_replacement((*numbers, *self._quantities), 2):
            for sign, other in (("", 1), (", and the sign is the other", -1)):
                if self._explains(_divided(other), _times(a.values, b.values), tried):
                    yield Mistake(FACTOR_MISSING, f"{a.text} * {b.text}{sign}")
                if self._explains(_multiplied(other), _times(a.values, b.values), tried):
                    yield Mistake(FACTOR_EXTRA, f"{a.text} * {b.text}{sign}")

    def _other_slopes(self) -> Iterator[Mistake]:
        """The slope of another activation, at each node, or at all of a kind."""
        groups: dict[Number, list[int]] = {}
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

    # One place of the page's formula

    @cached_property
    def _places(self) -> list[PieceOfFormula]:
        """The pieces of the formula, each before what is in it."""
        found: list[PieceOfFormula] = []
        stack = [PieceOfFormula(self._part, self._claimed, self._right, "whole")]
        while stack and len(found) < _MOST_PLACES:
            place = stack.pop()
            found.append(place)
            if isinstance(place.expression, Apply):
                try:
                    stack += [*self._inside(place, place.expression)][::-1]
                except (ArithmeticError, TypeError, ValueError):
                    continue
        return found

    def _inside(self, place: PieceOfFormula, whole: Apply) -> Iterator[PieceOfFormula]:
        """The operands of an operation, as places."""
        operands = whole.operands
        values = [self._asked.piece(operand).values for operand in operands]

        def at(k: int, needed: Callable[[Number, list[Number], int], Number], role: str) -> PieceOfFormula:
            rows = [[column[j] for column in values] for j in range(len(place.needed))]
            wanted = [needed(n, row, k) for n, row in zip(place.needed, rows, strict=True)]
            return PieceOfFormula(operands[k], values[k], wanted, role)

        op, half = whole.operation, len(operands) // 2
        power = op.exponent or 1.0
        for k in range(len(operands)):
            if op in (ops.add, ops.sum):
                yield at(k, lambda n, row, k: n - (mp.fsum(row) - row[k]), "term")
            elif op in (ops.multiply, ops.prod):
                yield at(k, lambda n, row, k: n / mp.fprod(x for j, x in enumerate(row) if j != k), "factor")
            elif op is ops.subtract:
                yield at(k, lambda n, row, k: row[0] - n if k else n + row[1], "term")
            elif op is ops.negate:
                yield at(0, lambda n, row, k: -n, place.role)
            elif op is ops.divide:
                yield at(k, lambda n, row, k: row[0] / n if k else n * row[1], "divisor" if k else "factor")
            elif op is ops.sqrt:
                yield at(0, lambda n, row, k: n * n, "inside")
            elif op is ops.log:
                yield at(0, lambda n, row, k: mp.exp(n), "inside")
            elif op is ops.exp:
                yield at(0, lambda n, row, k: mp.log(n), "inside")
            elif op.exponent is not None:
                yield at(0, lambda n, row, k: _root(n, power, row[0]), "inside")
            elif op is ops.dot and k < 2 * half:
                yield at(k, lambda n, row, k: row[k] + (n - _dot_of(row)) / row[(k + half) % (2 * half)], "factor")

    def _removed(self) -> Iterator[Mistake]:
        """A factor or a term that should not be there, or a sign."""
        for place in self._places:
            if place.role in ("factor", "divisor") and _equal(place.needed, [mp.one] * len(place.needed)):
                over = "1 / " if place.role == "divisor" else ""
                yield Mistake(FACTOR_EXTRA, f"{over}{place.text}")
            elif place.role == "term":
                yield from self._of_a_term(place)
            elif place.role != "whole" and _equal(place.needed, [-x for x in place.actual]):
                yield Mistake(SIGN, f"{place.text} has the other sign")

    def _of_a_term(self, place: PieceOfFormula) -> Iterator[Mistake]:
        zero = max(abs(x) for x in place.actual) * _EQUAL
        if all(abs(x) <= zero for x in place.needed):
            yield Mistake(TERM_EXTRA, place.text)
        elif _equal(place.needed, [-x for x in place.actual]):
            yield Mistake(SIGN, f"the term {place.text} has the other sign")
        elif _equal(place.needed, [x / 2 for x in place.actual]):
            yield Mistake(TERM_SCALED, f"the term {place.text} counts twice")
        elif _equal(place.needed, [2 * x for x in place.actual]):
            yield Mistake(TERM_SCALED, f"the term {place.text} counts by half")

    def _one_replaced(self) -> Iterator[Mistake]:
        """Another thing of the same sort belongs where one stands."""
        for place in self._places:
            match place.expression:
                case Named(node=node) if node in self._setting.names.paths:
                    others = [q for q in self._nodes if q.kind == self._asked.kind(node)]
                case Derivative(direct=None):
                    others = [*self._asked.gradients(place.expression)]
                case Numeral() if (number := _constant(place.needed)) is not None:
                    yield from self._another_number(place, number)
                    continue
                case Apply(operation=operation, operands=(argument,)) if operation in _FUNCTIONS:
                    yield from self._another_function(place, argument)
                    continue
                case _:
                    continue
            for other in others:
                if _equal(other.values, place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, other.text))

    def _replaced_by_another_sort(self) -> Iterator[Mistake]:
        """A node of another sort, a function of a node, or 1 - a node."""
        for place in self._places:
            if not isinstance(place.expression, Named) or place.role == "whole":
                continue
            for other in self._nodes:
                if _equal(other.values, place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, other.text))
                if place.role != "term" and _equal([1 - x for x in other.values], place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, f"1 - {other.text}"))
            for function in _FUNCTIONS:
                if self._gives(function, place.actual, place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, f"{function}({place.text})"))

    def _another_number(self, place: PieceOfFormula, number: str) -> Iterator[Mistake]:
        for m in self._means:
            if (place.text, number) == (str(m - 1), str(m)):
                yield Mistake(DEGREES_OF_FREEDOM, f"{place.text} where {number} belongs")
                return
        if place.role != "whole":
            yield Mistake(FACTOR_OTHER, f"{place.text} where {number} belongs")

    def _another_function(self, place: PieceOfFormula, argument: Expression) -> Iterator[Mistake]:
        inside = self._asked.piece(argument)
        for other in _FUNCTIONS if not _equal(inside.values, place.needed) else ():
            if self._gives(other, inside.values, place.needed):
                text = written(Apply(other, (argument,)))
                yield Mistake(FACTOR_OTHER, f"{place.text} where {text} belongs")
        assert isinstance(place.expression, Apply)
        own = place.expression.operation
        for text, factor in (("2*({})", mp.mpf(2)), ("({})/2", mp.mpf("0.5"))):
            if self._gives(own, [factor * x for x in inside.values], place.needed):
                yield Mistake(FACTOR_OTHER, f"{inside.text} where {text.format(inside.text)} belongs, in {place.text}")
        for other_argument in self._nodes:
            if self._gives(own, other_argument.values, place.needed):
                yield Mistake(FACTOR_OTHER, f"{other_than(inside.text, other_argument.text)}, in {place.text}")

    def _gives(self, operation: Operation, arguments: AtPoints, needed: AtPoints) -> bool:
        try:
            m = self._points[0].m
            return _equal([operation.value(m, x) for x in arguments], needed)
        except (ArithmeticError, TypeError, ValueError):
            return False

    def _powers(self) -> Iterator[Mistake]:
        """Another power of what stands somewhere."""
        for place in self._places:
            op = place.expression.operation if isinstance(place.expression, Apply) else None
            if op is not None and op.exponent is not None:
                [base] = place.expression.operands  # type: ignore[union-attr]
                inside = self._asked.piece(base)
                for exponent in _EXPONENTS:
                    if _equal(_raised(inside.values, exponent), place.needed):
                        yield Mistake(OTHER_POWER, other_than(place.text, _power(inside.text, exponent)))
            elif place.role != "whole" and not isinstance(place.expression, Numeral):
                for exponent in _POWERS:
                    if _equal(_raised(place.actual, exponent), place.needed):
                        yield Mistake(OTHER_POWER, other_than(place.text, _power(place.text, exponent)))

    def _in_a_place(self) -> Iterator[Mistake]:
        """A factor or a term that is missing somewhere in the line."""
        for place in self._places:
            if place.role in ("whole", "term", "inside") and all(place.actual) and all(place.needed):
                yield from self._factor_in(place)
        for place in self._places:
            if place.role in ("factor", "divisor", "inside"):
                yield from self._term_in(place)

    def _factor_in(self, place: PieceOfFormula) -> Iterator[Mistake]:
        ratio = [n / a for n, a in zip(place.needed, place.actual, strict=True)]
        number = _constant(ratio)
        if number is not None and place.role != "whole":
            yield Mistake(FACTOR_MISSING, f"{number}{place.where}")
        for quantity in (*self._symbols, *self._quantities):
            for sign, other in (("", 1), (", and the sign is the other", -1)):
                if _equal(ratio, [other * x for x in quantity.values]):
                    yield Mistake(FACTOR_MISSING, f"{quantity.text}{place.where}{sign}")
                if _equal([other * x for x in quantity.values], [1 / x for x in ratio]):
                    yield Mistake(FACTOR_EXTRA, f"{quantity.text}{place.where}{sign}")

    def _term_in(self, place: PieceOfFormula) -> Iterator[Mistake]:
        difference = [n - a for n, a in zip(place.needed, place.actual, strict=True)]
        number = _constant(difference)
        if number is not None and not isinstance(place.expression, Numeral):
            yield Mistake(TERM_MISSING, f"{number}, beside {place.text}")
        for quantity in self._nodes:
            for sign, other in (("", 1), ("-", -1)):
                if _equal(difference, [other * x for x in quantity.values]):
                    yield Mistake(TERM_MISSING, f"{sign}{quantity.text}, beside {place.text}")

    # All places of a kind

    def _all_replaced(self) -> Iterator[Mistake]:
        """One node's name, or those of a whole list, wherever they stand."""
        by_name = {name: node for node, name in self._setting.names.paths.items()}
        used = self._used
        for swap, kind in _renamings([self._setting.names.paths[node] for node in used], by_name):
            nodes = {by_name[a]: by_name[b] for a, b in swap.items()}
            if self._is_right(self._with(nodes)):
                first = next(iter(swap))
                belongs = other_than(first, swap[first])
                late = kind == "shift" and any(self._in_time(a, b) for a, b in nodes.items())
                more = ", and so on" if len(swap) > 1 else ""
                yield Mistake(OTHER_TIME if late else FACTOR_OTHER, f"{belongs}{more}")
        near = self._asked.near()
        for node in used:
            for other in sorted(near, key=lambda n: self._asked.kind(n) != self._asked.kind(node)):
                if other is not node and self._is_right(self._with({node: other})):
                    names = self._setting.names.paths
                    yield Mistake(FACTOR_OTHER, other_than(names[node], names[other]))

    @cached_property
    def _used(self) -> list[Value]:
        """The named nodes in the line, by themselves or as what something is differentiated by."""
        pieces = walk(self._part)
        nodes = [piece.node for piece in pieces if isinstance(piece, Named)]
        nodes += [piece.by for piece in pieces if isinstance(piece, Derivative) and piece.direct is None]
        return [node for node in dict.fromkeys(nodes) if node in self._setting.names.paths]

    def _in_time(self, one: Value, other: Value) -> bool:
        graph = self._setting.graph
        early, late = sorted((one, other), key=graph.position.__getitem__)
        return bool(graph.between(late, early))

    def _with(self, nodes: Mapping[Value, Value]) -> list[Number]:
        """The formula's values with other nodes in place of some."""
        pieces = [
            piece
            for piece in walk(self._part)
            if isinstance(piece, Derivative) and piece.by in nodes and piece.direct is None
        ]
        found = []
        for k, point in enumerate(self._points):
            world = ChangedPoint(
                point,
                nodes={a: point.values[b] for a, b in nodes.items() if b in point.values},
                derivatives={(p.of, p.by): self._slope(p.of, nodes[p.by], k) for p in pieces},
            )
            try:
                found.append(evaluate(self._part, world))
            except (ArithmeticError, TypeError):
                return []
            if not _equal(found[:1], self._right[:1]):
                return []
        return found

    def _slope(self, of: Value, by: Value, k: int) -> Number:
        position = self._setting.graph.position
        return self._points[k].derivative(of, by) if by in position and position[by] < position[of] else mp.zero

    def _several_terms(self) -> Iterator[Mistake]:
        """Several terms of a sum that are off by one factor."""
        terms = self._spread
        if not 2 <= len(terms) <= _MOST_TERMS:
            return
        numbers = [(str(m), m) for m in self._means] + [(f"1/{m}", mp.one / m) for m in self._means]
        numbers += [("2", 2), ("1/2", mp.mpf("0.5")), ("-1", -1)]
        for size in range(1, len(terms)):
            for group in combinations(terms, size):
                changed = [mp.fsum(each) for each in zip(*(term.values for term in group), strict=True)]
                for text, number in numbers:
                    if self._is_right([c + (number - 1) * t for c, t in zip(self._claimed, changed, strict=True)]):
                        where = f"in {'the terms' if size > 1 else 'the term'} {', '.join(t.text for t in group)}"
                        yield from self._scaled(text, where)
                        return

    def _scaled(self, text: str, where: str) -> Iterator[Mistake]:
        if text == "-1":
            yield Mistake(SIGN, f"the other sign {where}")
        elif text.startswith("1/") and text != "1/2":
            yield Mistake(MEAN_LEFT_OUT, f"{text} {where}")
        else:
            yield Mistake(FACTOR_MISSING, f"{text}, {where}")

    @cached_property
    def _spread(self) -> list[Quantity]:
        """The terms of the line, with what stands before or under their sum multiplied in."""
        whole, scale = self._part, [mp.one] * len(self._claimed)
        while len(terms := _terms_of(whole)) == 1:
            sums = [factor for factor in _factors_of(whole) if len(_terms_of(factor)) > 1]
            if len(sums) != 1:
                return []
            [whole] = sums
        values = self._asked.piece(whole).values
        scale = [c / v if v else mp.nan for c, v in zip(self._claimed, values, strict=True)]
        pieces = [self._asked.piece(term) for term in terms]
        return [Quantity(piece.text, _times(piece.values, scale)) for piece in pieces]

    def _any_replaced(self) -> Iterator[Mistake]:
        """A thing of another sort belongs where one stands."""
        for place in self._places:
            if isinstance(place.expression, Numeral) or place.role in ("whole", "term"):
                continue
            for other in self._quantities:
                if _equal(other.values, place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, other.text))

    def _missing_terms(self) -> Iterator[Mistake]:
        singles = self._quantities
        pairs = [
            Quantity(f"{a.text} * {b.text}", _times(a.values, b.values))
            for a, b in combinations([q for q in singles if q.kind != SLOPE], 2)
        ]
        tried = 4 * (len(singles) + len(pairs))
        for quantity in (*singles, *pairs):
            for times, factor in (("", 1), ("2 * ", 2)):
                for sign, other in (("", 1), ("-", -1)):
                    weight = factor * other
                    if self._explains(_less(weight), quantity.values, tried):
                        yield Mistake(TERM_MISSING, f"{sign}{times}{quantity.text}")
        number = _constant([r - c for r, c in zip(self._right, self._claimed, strict=True)])
        if number is not None and len(self._right) > 1:
            yield Mistake(TERM_MISSING, number)

    # What there is to ask about

    @cached_property
    def _quantities(self) -> list[Quantity]:
        return self._asked.all()

    @cached_property
    def _nodes(self) -> list[Quantity]:
        return [*self._asked.nodes()]

    @cached_property
    def _symbols(self) -> list[Quantity]:
        """The factors that stand on the page."""
        factors = [factor for place in self._places for factor in _factors_of(place.expression)]
        pieces = [self._asked.piece(f) for f in dict.fromkeys(factors) if not isinstance(f, Numeral)]
        own = [abs(claimed) for claimed in self._claimed]
        return [each for each in pieces if all(each.values) and not _equal([abs(x) for x in each.values], own)][:30]


def _dot_of(row: AtPoints) -> Number:
    """The value of a weighted sum with these operands."""
    n = len(row) // 2
    return mp.fsum(a * b for a, b in zip(row[:n], row[n : 2 * n], strict=True)) + mp.fsum(row[2 * n :])


def _renamings(used: Sequence[str], names: Mapping[str, Value]) -> Iterator[tuple[dict[str, str], str]]:
    """Ways to rename the nodes of a line together: another list's names, or others of the same list."""
    apart = {name: parts for name in names if (parts := _apart(name))}
    stems = {name: apart[name] for name in used if name in apart}
    others = dict.fromkeys((before, after) for before, _, after in apart.values())
    for stem in dict.fromkeys((before, after) for before, _, after in stems.values()):
        mine = {name: number for name, (before, number, after) in stems.items() if (before, after) == stem}
        top = max(number for _, (before, number, after) in apart.items() if (before, after) == stem)
        low = min(number for _, (before, number, after) in apart.items() if (before, after) == stem)
        for kind, sign, offset in (("shift", 1, -1), ("shift", 1, 1), ("reversed", -1, top + low)):
            swap = {name: f"{stem[0]}{sign * number + offset}{stem[1]}" for name, number in mine.items()}
            if all(name in names for name in swap.values()):
                yield {a: b for a, b in swap.items() if a != b}, kind
        for other in others:
            swap = {name: f"{other[0]}{number}{other[1]}" for name, number in mine.items()}
            if other != stem and len(swap) > 1 and all(name in names for name in swap.values()):
                yield swap, "list"


def _apart(name: str) -> tuple[str, int, str] | None:
    """A name, its number, and what stands behind that: ("h", 1, "") of h1, and ("h[", 1, "]") of h[1]."""
    found = _NUMBERED.match(name)
    return (found[1], int(found[2]), found[3]) if found else None


def _common_constants() -> Iterator[tuple[str, str, Number]]:
    """Numbers with their text, and that of one over them where that is as plain."""
    yield from ((str(n), f"1/{n}", n) for n in range(3, 101))
    for q in range(3, 10):
        yield from ((f"{p}/{q}", f"{q}/{p}", mp.mpf(p) / q) for p in range(2, q) if gcd(p, q) == 1)
    yield from ((f"√{n}", "", mp.sqrt(n)) for n in _ROOTS)
    yield from (("ln 2", "", mp.log(2)), ("ln 10", "", mp.log(10)), ("π", "", mp.pi), ("2π", "", 2 * mp.pi))
    yield ("√π", "", mp.sqrt(mp.pi))


def _constant(values: AtPoints) -> str | None:
    """The text of a number of a plain form that some values all are; None if they differ, or for an odd number."""
    first = values[0]
    if not mp.isfinite(first) or not first or not _equal(values, [first] * len(values)):
        return None
    near = Fraction(float(first)).limit_denominator(12)
    if abs(first - mp.mpf(near.numerator) / near.denominator) <= _EQUAL * abs(first):
        return str(near)
    for text, _, number in _common_constants():
        if abs(abs(first) - number) <= _EQUAL * number:
            return f"{'-' if first < 0 else ''}{text}"
    return None


def _equal(a: AtPoints, b: AtPoints) -> bool:
    """Whether values are the same at every point."""
    if len(a) != len(b) or not a:
        return False
    try:
        return all(abs(x - y) <= _EQUAL * max(abs(x), abs(y)) for x, y in zip(a, b, strict=True))
    except TypeError:  # a complex root
        return False


def _root(number: Number, exponent: float, beside: Number) -> Number:
    """The number that has this power, of the sign of another."""
    if number < 0:
        return -((-number) ** (1 / mp.mpf(exponent))) if exponent % 2 == 1 else mp.nan
    found = number ** (1 / mp.mpf(exponent))
    return -found if beside < 0 and exponent % 2 == 0 else found


def _raised(values: AtPoints, exponent: Number) -> list[Number]:
    try:
        return [value ** mp.mpf(exponent) if value > 0 or exponent == int(exponent) else mp.nan for value in values]
    except ArithmeticError:
        return []


def _power(base: str, exponent: float) -> str:
    base = base if is_one_piece(base) else f"({base})"
    return base if exponent == 1 else f"1 / {base}" if exponent == -1 else f"{base} ** {exponent}"


def _times(a: AtPoints, b: AtPoints) -> list[Number]:
    return [x * y for x, y in zip(a, b, strict=True)]


def _in_a_row(things: Sequence[Number]) -> Iterator[list[Sequence[Number]]]:
    """All ways to cut a row into two pieces or more."""
    for count in range(1, len(things)):
        for cuts in combinations(range(1, len(things)), count):
            ends = (0, *cuts, len(things))
            yield [things[a:b] for a, b in pairwise(ends)]


def _chunks(things: Sequence[Number], count: int) -> list[Sequence[Number]]:
    """A row in so many pieces of one length."""
    size = len(things) // count
    return [things[k * size : (k + 1) * size] for k in range(count)]


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
        case Apply(operation=ops.divide, operands=(above, below)) if len(terms := _terms_of(above)) > 1:
            return [Apply(ops.divide, (term, below)) for term in terms]
    return [expression]


def _first(*questions: Callable[[], Iterator[Mistake]]) -> list[Mistake]:
    """The first answer to the first question that has some."""
    for question in questions:
        for found in question():
            return [found]
    return []


def _slope_of(operation: Operation, child: Value, flow: Contributions) -> Number:
    """The slope that another activation would have where this one has its value, by the textbook's formula."""
    a, y = flow.point.values[child.parents[0]], flow.point.values[child]
    return operation.local(flow.point.m, y, a)[0]


def _multiplied(sign: int) -> Effect:
    return lambda right, quantity: sign * right * quantity


def _divided(sign: int) -> Effect:
    return lambda right, quantity: sign * right / quantity


def _less(weight: int) -> Effect:
    return lambda right, quantity: right - weight * quantity
