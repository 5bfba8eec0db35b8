"""What would have to stand in one place of a wrong line for it to be right, or under one name all over it.

From what is right follows what each piece of the page's formula would have to be: in a - b where r is right, b would
have to be a - r.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd import ops
from autograd.derivation.claims import Apply, Derivative, Expression, Named, Numeral, evaluate, walk
from autograd.derivation.kinds_of_mistake import (
    DEGREES_OF_FREEDOM,
    FACTOR_EXTRA,
    FACTOR_MISSING,
    FACTOR_OTHER,
    OTHER_POWER,
    OTHER_TIME,
    SIGN,
    TERM_EXTRA,
    TERM_MISSING,
    TERM_SCALED,
    Mistake,
    other_than,
)
from autograd.derivation.mistakes.quantities import (
    EQUAL,
    AtPoints,
    Quantities,
    Quantity,
    dot_of,
    equal,
    factors_of,
    in_parts,
    plain_number,
    raised,
    renamed,
    renamings,
    root,
    shown,
    terms_of,
    times,
)
from autograd.derivation.mistakes.sums_over_paths import ChangedPoint
from autograd.derivation.setting import Setting
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.operation import Operation
from autograd.text import derivative, is_one_piece, number
from autograd.value import Value

_FUNCTIONS = (ops.tanh, ops.sigmoid, ops.sin, ops.cos, ops.exp, ops.log, ops.sqrt)
_MOST_PLACES = 150
_POWERS = (2, 3, 0.5, -1, -2)
_EXPONENTS = (1, 2, 3, 4, -1, -2, -3, 0.5, 1.5, -0.5, -1.5)
_MOST_NUMBERS = 12


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
        return shown(self.expression)

    @property
    def where(self) -> str:
        """Which place, unless it is the whole."""
        return {"whole": "", "term": f", in the term {self.text}"}.get(self.role, f", beside {self.text}")


class RepairsInPlaces:
    """The questions about the places of one wrong line.

    Args:
        setting, asked: that of the page, and what may be asked about.
        part: the wrong part of the line.
        claimed, right: its values, and the right ones, at the points that it speaks of.
        means: over how many things means are taken on the way.
    """

    def __init__(
        self,
        setting: Setting,
        asked: Quantities,
        part: Expression,
        claimed: AtPoints,
        right: AtPoints,
        means: Sequence[int],
    ) -> None:
        self._setting, self._asked, self._part, self._means = setting, asked, part, means
        self._claimed, self._right = claimed, right
        self._points = asked.points

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
                yield at(0, lambda n, row, k: root(n, power, row[0]), "inside")
            elif op is ops.dot and k < 2 * half:
                yield at(k, lambda n, row, k: row[k] + (n - dot_of(row)) / row[(k + half) % (2 * half)], "factor")

    def removed(self) -> Iterator[Mistake]:
        """A factor or a term that should not be there, or a sign."""
        for place in self._places:
            if place.role in ("factor", "divisor") and equal(place.needed, [mp.one] * len(place.needed)):
                over = "1 / " if place.role == "divisor" else ""
                yield Mistake(FACTOR_EXTRA, f"{over}{place.text}")
            elif place.role == "term":
                yield from self._of_a_term(place)
            elif place.role != "whole" and equal(place.needed, [-x for x in place.actual]):
                yield Mistake(SIGN, f"{place.text} has the other sign")

    def _of_a_term(self, place: PieceOfFormula) -> Iterator[Mistake]:
        zero = max(abs(x) for x in place.actual) * EQUAL
        if all(abs(x) <= zero for x in place.needed):
            yield Mistake(TERM_EXTRA, place.text)
        elif equal(place.needed, [-x for x in place.actual]):
            yield Mistake(SIGN, f"the term {place.text} has the other sign")
        elif equal(place.needed, [x / 2 for x in place.actual]):
            yield Mistake(TERM_SCALED, f"the term {place.text} counts twice")
        elif equal(place.needed, [2 * x for x in place.actual]):
            yield Mistake(TERM_SCALED, f"the term {place.text} counts by half")

    def one_replaced(self) -> Iterator[Mistake]:
        """Another thing of the same sort belongs where one stands."""
        for place in self._places:
            match place.expression:
                case Named(node=node) if node in self._setting.names.paths:
                    others = [q for q in self._nodes if q.kind == self._asked.kind(node)]
                case Derivative(direct=None):
                    others = [*self._asked.gradients(place.expression)]
                case Numeral() if (number := plain_number(place.needed)) is not None:
                    yield from self._another_number(place, number)
                    continue
                case Apply(operation=operation, operands=(argument,)) if operation in _FUNCTIONS:
                    yield from self._another_function(place, argument)
                    continue
                case _:
                    continue
            for other in others:
                if equal(other.values, place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, other.text))

    def beside_kinks(self) -> Iterator[Mistake]:
        """What goes into a relu, or comes out of it, for another node: where it passes, that is a factor, too."""
        kinks = [node for node in self._setting.named if node.op is not None and node.op.gate]
        if not kinks:
            return
        names = {self._setting.names.paths.get(node) for kink in kinks for node in (kink, *kink.parents)}
        for place in self._places:
            if isinstance(place.expression, Named) and place.role != "whole":
                for other in self._nodes:
                    if not names.isdisjoint((place.text, other.text)) and equal(other.values, place.needed):
                        yield Mistake(FACTOR_OTHER, other_than(place.text, other.text))

    def upside_down(self) -> Iterator[Mistake]:
        """A node is a factor where it belongs under the line, or the other way round: r says more than 1/r²."""
        for place in self._places:
            named = isinstance(place.expression, Named) and place.role in ("factor", "divisor")
            if named and all(place.actual) and equal([1 / x for x in place.actual], place.needed):
                above, below = place.text, f"1/{place.text}"
                stands, belongs = (above, below) if place.role == "factor" else (below, above)
                yield Mistake(FACTOR_OTHER, other_than(stands, belongs))

    def replaced_by_another_sort(self) -> Iterator[Mistake]:
        """A node of another sort, a function of a node, or 1 - a node."""
        for place in self._places:
            if not isinstance(place.expression, Named):
                continue
            if place.role == "whole":
                if equal([1 - x for x in place.actual], place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, f"1 - {place.text}"))
                continue
            for other in self._nodes:
                if equal(other.values, place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, other.text))
                if place.role != "term" and equal([1 - x for x in other.values], place.needed):
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
        for other in _FUNCTIONS if not equal(inside.values, place.needed) else ():
            if self._gives(other, inside.values, place.needed):
                text = shown(Apply(other, (argument,)))
                yield Mistake(FACTOR_OTHER, f"{place.text} where {text} belongs")
        assert isinstance(place.expression, Apply)
        own = place.expression.operation
        whole = inside.text if is_one_piece(inside.text) else f"({inside.text})"
        for text, factor in ((f"2*{whole}", mp.mpf(2)), (f"{whole}/2", mp.mpf("0.5"))):
            if self._gives(own, [factor * x for x in inside.values], place.needed):
                yield Mistake(FACTOR_OTHER, f"{inside.text} where {text} belongs, in {place.text}")
        for other_argument in self._nodes:
            if self._gives(own, other_argument.values, place.needed):
                yield Mistake(FACTOR_OTHER, f"{other_than(inside.text, other_argument.text)}, in {place.text}")

    def _gives(self, operation: Operation, arguments: AtPoints, needed: AtPoints) -> bool:
        try:
            m = self._points[0].m
            return equal([operation.value(m, x) for x in arguments], needed)
        except (ArithmeticError, TypeError, ValueError):
            return False

    def powers(self) -> Iterator[Mistake]:
        """Another power of what stands somewhere."""
        for place in self._places:
            op = place.expression.operation if isinstance(place.expression, Apply) else None
            if op is not None and op.exponent is not None:
                [base] = place.expression.operands  # type: ignore[union-attr]
                inside = self._asked.piece(base)
                for exponent in _EXPONENTS:
                    if equal(raised(inside.values, exponent), place.needed):
                        yield Mistake(OTHER_POWER, other_than(place.text, _power(inside.text, exponent)))
            elif place.role != "whole" and not isinstance(place.expression, Numeral):
                for exponent in _POWERS:
                    if equal(raised(place.actual, exponent), place.needed):
                        yield Mistake(OTHER_POWER, other_than(place.text, _power(place.text, exponent)))

    def in_a_place(self) -> Iterator[Mistake]:
        """A factor or a term that is missing somewhere in the line."""
        for place in self._places:
            if place.role in ("whole", "term", "inside") and all(place.actual) and all(place.needed):
                yield from self._factor_in(place)
        for place in self._places:
            if place.role in ("factor", "divisor", "inside"):
                yield from self._term_in(place)

    def _factor_in(self, place: PieceOfFormula) -> Iterator[Mistake]:
        ratio = [n / a for n, a in zip(place.needed, place.actual, strict=True)]
        number = plain_number(ratio)
        if number is not None and place.role != "whole":
            yield Mistake(FACTOR_MISSING, f"{number}{place.where}")
        for quantity in (*self._symbols, *self._asked.every):
            for sign, other in (("", 1), (", and the sign is the other", -1)):
                if equal(ratio, [other * x for x in quantity.values]):
                    yield Mistake(FACTOR_MISSING, f"{quantity.text}{place.where}{sign}")
                if equal([other * x for x in quantity.values], [1 / x for x in ratio]):
                    yield Mistake(FACTOR_EXTRA, f"{quantity.text}{place.where}{sign}")

    def _term_in(self, place: PieceOfFormula) -> Iterator[Mistake]:
        difference = [n - a for n, a in zip(place.needed, place.actual, strict=True)]
        number = plain_number(difference)
        if number is not None and not isinstance(place.expression, Numeral):
            yield Mistake(TERM_MISSING, f"{number}, beside {place.text}")
        for quantity in self._nodes:
            for sign, other in (("", 1), ("-", -1)):
                if equal(difference, [other * x for x in quantity.values]):
                    yield Mistake(TERM_MISSING, f"{sign}{quantity.text}, beside {place.text}")

    def any_replaced(self) -> Iterator[Mistake]:
        """A thing of another sort belongs where one stands."""
        for place in self._places:
            if isinstance(place.expression, Numeral) or place.role in ("whole", "term"):
                continue
            for other in self._asked.every:
                if equal(other.values, place.needed):
                    yield Mistake(FACTOR_OTHER, other_than(place.text, other.text))

    # All places of a kind

    def names_replaced(self) -> Iterator[Mistake]:
        """One node's name, or those of a whole list, wherever they stand."""
        by_name = {name: node for node, name in self._setting.names.paths.items()}
        used = self._used
        for swap, kind in renamings([self._setting.names.paths[node] for node in used], by_name):
            nodes = {by_name[a]: by_name[b] for a, b in swap.items()}
            if self._is_right(self._with(nodes)):
                first = next(iter(swap))
                belongs = other_than(self._as_used(by_name[first]), self._as_used(by_name[first], by_name[swap[first]]))
                late = kind == "shift" and any(self._in_time(a, b) for a, b in nodes.items())
                more = ", and so on" if len(swap) > 1 else ""
                yield Mistake(OTHER_TIME if late else FACTOR_OTHER, f"{belongs}{more}")
        yield from self._left_out_beside(used)
        near = self._asked.near()
        for node in used:
            for other in sorted(near, key=lambda n: self._asked.kind(n) != self._asked.kind(node)):
                if other is not node and self._is_right(self._with({node: other})):
                    names = self._setting.names.paths
                    yield Mistake(FACTOR_OTHER, other_than(names[node], names[other]))

    def _left_out_beside(self, used: Sequence[Value]) -> Iterator[Mistake]:
        """What is added to a node before it is used: the eps of 1/sqrt(var + eps), wherever var stands."""
        for node in used:
            for total in self._setting.graph.children.get(node, ()):
                beside = [parent for parent in total.parents if parent is not node]
                if total.op not in (ops.add, ops.sum) or len(beside) != 1 or len(total.parents) != 2:
                    continue
                [other] = beside
                if self._is_right(self._with({node: total}, slopes=False)):
                    text = number(other.data) if other.constant else self._setting.names.paths.get(other, "a term")
                    yield Mistake(TERM_MISSING, f"{text}, beside {self._setting.names.paths[node]}")

    @cached_property
    def _used(self) -> list[Value]:
        """The named nodes in the line, by themselves or as what something is differentiated by."""
        pieces = walk(self._part)
        nodes = [piece.node for piece in pieces if isinstance(piece, Named)]
        nodes += [piece.by for piece in pieces if isinstance(piece, Derivative) and piece.direct is None]
        return [node for node in dict.fromkeys(nodes) if node in self._setting.names.paths]

    # Items of a list, at the terms of a sum

    def own_items(self) -> Iterator[Mistake]:
        """One item of a list where each term of a sum has its own, or none: Σ e_k x_0, or Σ e_k, for Σ e_k x_k."""
        for place in self._places:
            terms = terms_of(place.expression)
            if len(terms) > 1:
                values: list[AtPoints] = [self._asked.piece(term).values for term in terms]
                yield from self._own_items(terms, values, place.needed)
        for addends, spread in self._spread_sums():
            yield from self._own_items(addends, spread, self._right)

    def _own_items(
        self, terms: Sequence[Expression], values: Sequence[AtPoints], needed: AtPoints
    ) -> Iterator[Mistake]:
        by_name = {name: node for node, name in self._setting.names.paths.items() if node in self._points[0].values}
        lists: dict[tuple[str, str], dict[int, Value]] = {}
        for name, node in by_name.items():
            if parts := in_parts(name):
                lists.setdefault((parts[0], parts[2]), {})[parts[1]] = node
        for stem, items in lists.items():
            for stands in (None, *(node for node in self._used if node in items.values())):
                found = [self._index_beside(term, stem if stands is not None else None) for term in terms]
                rows = [row for row in found if row in items]
                if len(rows) < len(terms) or len(set(rows)) < 2:
                    continue
                own = [[point.values[items[row]] for point in self._points] for row in rows]
                one = [mp.one if stands is None else point.values[stands] for point in self._points]
                sums = [mp.fsum(v[k] * q[k] for v, q in zip(values, own, strict=True)) for k in range(len(needed))]
                first, last = (f"{stem[0]}{row}{stem[1]}" for row in (rows[0], rows[-1]))
                if not all(one) or not equal([s / x for s, x in zip(sums, one, strict=True)], needed):
                    continue
                if stands is None:
                    yield Mistake(FACTOR_MISSING, f"{first} at {shown(terms[0])}, …, {last} at {shown(terms[-1])}")
                else:
                    name = self._setting.names.paths[stands]
                    yield Mistake(FACTOR_OTHER, f"{name} where {first}, …, {last} belong, each at its term")

    def _index_beside(self, term: Expression, stem: tuple[str, str] | None) -> int:
        """The one number in the names of a term's nodes, or -1; those of a list that may be wrong do not count."""
        names = self._setting.names.paths
        nodes = [p.by if isinstance(p, Derivative) else p.node for p in walk(term) if isinstance(p, Derivative | Named)]
        parts = [parts for node in nodes if (parts := in_parts(names.get(node, "")))]
        found = {number for before, number, after in parts if (before, after) != stem}
        return found.pop() if len(found) == 1 else -1

    def _spread_sums(self) -> Iterator[tuple[Sequence[Expression], Sequence[AtPoints]]]:
        """The terms of each sum that is a factor of the line, with the values that they contribute to it."""
        for factor in factors_of(self._part):
            terms = terms_of(factor)
            if len(terms) > 1:
                whole = self._asked.piece(factor).values
                scale = [c / w if w else mp.nan for c, w in zip(self._claimed, whole, strict=True)]
                yield terms, [times(self._asked.piece(term).values, scale) for term in terms]

    def another_index(self) -> Iterator[Mistake]:
        """All names of one number where those of another belong, at one place: p1 - y1 for p0 - y0."""
        names = self._setting.names.paths
        by_name = {name: node for node, name in names.items() if node in self._points[0].values}
        for place in self._places:
            if place.role == "whole" or not isinstance(place.expression, Apply):
                continue
            nodes = [piece.node for piece in walk(place.expression) if isinstance(piece, Named)]
            numbered = {node: parts for node in nodes if (parts := in_parts(names.get(node, "")))}
            if len(numbered) < 2 or len({parts[1] for parts in numbered.values()}) != 1:
                continue
            for other in range(_MOST_NUMBERS):
                found = {node: by_name.get(f"{p[0]}{other}{p[2]}") for node, p in numbered.items()}
                swap = {node: new for node, new in found.items() if new is not None}
                if len(swap) == len(numbered) and equal(self._with(swap, place.expression, place.needed), place.needed):
                    new_names = {names[node]: names[new] for node, new in swap.items()}
                    yield Mistake(FACTOR_OTHER, other_than(place.text, renamed(place.text, new_names)))

    def _as_used(self, node: Value, other: Value | None = None) -> str:
        """The name of a node, or of another in its place; of one by which alone is differentiated, that derivative."""
        name = self._setting.names.paths[node if other is None else other]
        pieces = [*walk(self._part)]
        if not any(isinstance(piece, Named) and piece.node is node for piece in pieces):
            for piece in pieces:
                if isinstance(piece, Derivative) and piece.by is node:
                    return derivative(self._setting.names.paths.get(piece.of, "it"), name, "d")
        return name

    def _in_time(self, one: Value, other: Value) -> bool:
        graph = self._setting.graph
        early, late = sorted((one, other), key=graph.position.__getitem__)
        return bool(graph.between(late, early))

    def _with(
        self,
        nodes: Mapping[Value, Value],
        part: Expression | None = None,
        needed: AtPoints | None = None,
        *,
        slopes: bool = True,
    ) -> list[Number]:
        """The values of the formula, or of a part, with other nodes in place of some; none if not as needed.

        `slopes`: with the derivatives by these other nodes, too.
        """
        part, needed = self._part if part is None else part, self._right if needed is None else needed
        pieces = [
            piece
            for piece in walk(part)
            if slopes and isinstance(piece, Derivative) and piece.by in nodes and piece.direct is None
        ]
        found = []
        for k, point in enumerate(self._points):
            world = ChangedPoint(
                point,
                nodes={a: point.values[b] for a, b in nodes.items() if b in point.values},
                derivatives={(p.of, p.by): self._slope(p.of, nodes[p.by], k) for p in pieces},
            )
            try:
                found.append(evaluate(part, world))
            except (ArithmeticError, TypeError):
                return []
            if not equal(found[:1], needed[:1]):
                return []
        return found

    def _slope(self, of: Value, by: Value, k: int) -> Number:
        position = self._setting.graph.position
        return self._points[k].derivative(of, by) if by in position and position[by] < position[of] else mp.zero

    def _is_right(self, values: AtPoints) -> bool:
        return equal(values, self._right)

    # What there is to ask about

    @cached_property
    def _nodes(self) -> list[Quantity]:
        return [*self._asked.nodes()]

    @cached_property
    def _symbols(self) -> list[Quantity]:
        """The factors that stand on the page."""
        factors = [factor for place in self._places for factor in factors_of(place.expression)]
        pieces = [self._asked.piece(f) for f in dict.fromkeys(factors) if not isinstance(f, Numeral)]
        own = [abs(claimed) for claimed in self._claimed]
        return [each for each in pieces if all(each.values) and not equal([abs(x) for x in each.values], own)][:30]


def _power(base: str, exponent: float) -> str:
    base = base if is_one_piece(base) else f"({base})"
    if abs(exponent) == 0.5:
        return f"{'1/' if exponent < 0 else ''}sqrt({base.removeprefix('(').removesuffix(')')})"
    return base if exponent == 1 else f"1 / {base}" if exponent == -1 else f"{base} ** {exponent}"
