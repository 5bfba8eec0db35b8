"""What would have to stand in a wrong line for it to be right, where no known mistake explains it.

Three questions are asked, of the whole and of each piece of the page's formula (`repairs_in_places.py`): is what is
needed there something else that has a name? By which factor is it off, and by which term? An answer must hold at every
point.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, combinations_with_replacement, pairwise
from math import isclose

from autograd import ops
from autograd.derivation.claims import (
    Apply,
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
    PRODUCT_OF_SUMS,
    SIGN,
    TERM_EXTRA,
    TERM_MISSING,
    TERM_SCALED,
    Mistake,
    mean_left_out,
    mean_taken_twice,
    one_less_than,
)
from autograd.derivation.mistakes.quantities import (
    EQUAL,
    SLOPE,
    AtPoints,
    Quantities,
    Quantity,
    common_constants,
    equal,
    factors_of,
    has_number,
    plain_number,
    shown,
    terms_of,
    times,
)
from autograd.derivation.mistakes.repairs_in_places import RepairsInPlaces
from autograd.derivation.mistakes.slips import size_of_mean
from autograd.derivation.mistakes.sums_over_paths import Contributions, Use, adds
from autograd.derivation.setting import Setting
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.operation import Operation
from autograd.value import Value

_ACTIVATIONS = (ops.tanh, ops.sigmoid, ops.relu)
_MOST_TERMS = 8
_SMALLEST = 1e-6

Effect = Callable[[Number, Number], Number]
"""What a slip makes of the right value and of a quantity, at one point."""


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
        if near and not equal(self._claimed[:1], self._right[:1]):
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
            self._in_places.removed,
            self._in_places.beside_kinks,
            self._in_places.upside_down,
            *([self._factors] if nonzero else []),
            self._other_slopes,
            self._several_terms,
            self._in_places.one_replaced,
            self._in_places.powers,
            self._in_places.replaced_by_another_sort,
            self._in_places.in_a_place,
            *([self._two_factors] if nonzero else []),
            self._in_places.names_replaced,
            self._in_places.own_items,
            self._in_places.another_index,
            self._in_places.any_replaced,
            self._missing_terms,
        )

    def of_terms(self) -> list[Mistake]:
        """A term of the line that should not be there, has the other sign, or counts twice or by half."""
        if None in self._claimed or None in self._right:
            return []
        return [found for found in _first(self._in_places.removed) if found.name in (TERM_EXTRA, TERM_SCALED, SIGN)]

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
                times = str(10**power) if power > 0 else f"1/{10**-power} of"
                yield Mistake(DECIMAL_POINT, f"it is {times}{' times' if power > 0 else ''} what is right")

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
            if explains(mp.mpf(m) / (m - 1), 20) and has_number(self._part, m - 1, self._setting):
                yield Mistake(DEGREES_OF_FREEDOM, one_less_than(m))
        for m in self._counts - set(self._means):
            if explains(mp.one / m, 20):
                yield Mistake(MEAN_FOR_SUM, f"it is divided by {m}: the mean over {m} where the sum belongs")
        if len(self._right) == 1 and not self._is_a_long_number:
            return  # of 5 where 3 is right nobody was off by the factor 5/3
        for text, inverse, number in common_constants():
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
        return any(abs(evaluate(piece, self._setting.points.each[0]) - number) <= EQUAL * number for piece in pieces)

    @cached_property
    def _means(self) -> list[int]:
        """Over how many things a mean is taken on the way."""
        means = dict.fromkeys(edge.child for edge in self._edges)
        sizes = [(size, node) for node in means if (size := size_of_mean(node)) is not None]
        # A sum of 3 divided by 6 is half the mean over 3; and half of something is the classic factor 1/2.
        halves = [any(adds(p) and 2 * len(p.parents) == size for p in node.parents) for size, node in sizes]
        found = [size // 2 if half else size for (size, _), half in zip(sizes, halves, strict=True)]
        return [m for m in dict.fromkeys(found) if m > 2]

    @cached_property
    def _counts(self) -> set[int]:
        """How many terms the sums on the page have, and how many uses the node has that it is about."""
        sums = [terms_of(piece) for piece in walk(self._part) if isinstance(piece, Apply)]
        return {len(terms) for terms in sums if len(terms) > 2}

    def _added_or_multiplied(self) -> Iterator[Mistake]:
        terms, factors = terms_of(self._part), factors_of(self._part)
        values = [self._asked.piece(term).values for term in terms]
        for groups in _in_a_row(values) if 1 < len(terms) <= _MOST_TERMS else ():
            sums = [[mp.fsum(each) for each in zip(*group, strict=True)] for group in groups]
            if self._is_right([mp.fprod(each) for each in zip(*sums, strict=True)]):
                yield Mistake(ADDED, "its factors are added where they are to be multiplied")
        columns = zip(*(self._asked.piece(factor).values for factor in factors), strict=True)
        if len(factors) > 1 and self._is_right([mp.fsum(each) for each in columns]):
            yield Mistake(MULTIPLIED, "its terms are multiplied where they are to be added")
        brackets = [factor for factor in factors if len(terms_of(factor)) > 1]
        for a, b in combinations(brackets, 2):
            one, other = ([self._asked.piece(term).values for term in terms_of(each)] for each in (a, b))
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
                    detail = f"of the sums {shown(a)} and {shown(b)} where the sum of the products belongs"
                    yield Mistake(PRODUCT_OF_SUMS, f"the product {detail}")

    def _is_right(self, values: AtPoints) -> bool:
        return equal(values, self._right)

    def _factors(self) -> Iterator[Mistake]:
        tried = 4 * len(self._asked.every)
        # The sign first: of two classes, ∂p[1]/∂z[0] is -∂p[0]/∂z[0], and nobody means that.
        for sign, other in (("", 1), (", and the sign is the other", -1)):
            for quantity in self._asked.every:
                if self._explains(_divided(other), quantity.values, tried):
                    yield Mistake(FACTOR_MISSING, f"{quantity.text}{sign}")
                if self._explains(_multiplied(other), quantity.values, tried):
                    if quantity.kind == SLOPE or self._may_write(quantity):
                        yield Mistake(FACTOR_EXTRA, f"{quantity.text}{sign}")
                    else:
                        yield Mistake(FACTOR_MISSING, f"1/{quantity.text.partition(' = ')[0]}{sign}")

    def _may_write(self, quantity: Quantity) -> bool:
        """Whether a node stands in the part, or may: in what the page or the graph has another name for."""
        pieces = [*walk(self._part)]
        if any(not isinstance(piece, Named | Numeral | Apply) for piece in pieces):
            return True
        nodes = [self._asked.piece(piece).values for piece in pieces if isinstance(piece, Named)]
        return any(equal(values, quantity.values) for values in nodes)

    def _two_factors(self) -> Iterator[Mistake]:
        """A product of two quantities, or of one and a small number."""
        tried = 8 * len(self._asked.every) ** 2
        numbers = [Quantity(text, [mp.mpf(number)] * len(self._right)) for text, number in (("2", 2), ("1/2", 0.5))]
        ratio = float(self._claimed[0] / self._right[0])
        for a, b in combinations_with_replacement((*numbers, *self._asked.every), 2):
            # Most are far off, which their floats at the first point tell.
            product = abs(a.first * b.first)
            if not (isclose(product * abs(ratio), 1, rel_tol=0.02) or isclose(product, abs(ratio), rel_tol=0.02)):
                continue
            # Of a and y, a - 1 is a - y but for -a * ∂L/∂a, which says nothing: a - y stands in that slope.
            signs = (("", 1), (", and the sign is the other", -1))[: 1 if SLOPE in (a.kind, b.kind) else 2]
            for sign, other in signs:
                if self._explains(_divided(other), times(a.values, b.values), tried):
                    yield Mistake(FACTOR_MISSING, f"{a.text} * {b.text}{sign}")
                if self._explains(_multiplied(other), times(a.values, b.values), tried):
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
        while len(terms := terms_of(whole)) == 1:
            sums = [factor for factor in factors_of(whole) if len(terms_of(factor)) > 1]
            if len(sums) != 1:
                return []
            [whole] = sums
        values = self._asked.piece(whole).values
        scale = [c / v if v else mp.nan for c, v in zip(self._claimed, values, strict=True)]
        pieces = [self._asked.piece(term) for term in terms]
        return [Quantity(piece.text, times(piece.values, scale)) for piece in pieces]

    def _missing_terms(self) -> Iterator[Mistake]:
        singles = self._asked.every
        pairs = [*combinations([q for q in singles if q.kind != SLOPE], 2)]
        tried = 4 * (len(singles) + len(pairs))
        missing = float(self._right[0] - self._claimed[0])
        slack = 0.02 * abs(float(self._claimed[0]))
        # Most are far off, which their floats at the first point tell.
        near = [(a, b) for a, b in pairs if _is_one_or_two(missing, a.first * b.first, slack)]
        products = (Quantity(f"{a.text} * {b.text}", times(a.values, b.values)) for a, b in near)
        for quantity in (*(q for q in singles if _is_one_or_two(missing, q.first, slack)), *products):
            for twice, factor in (("", 1), ("2 * ", 2)):
                for sign, other in (("", 1), ("-", -1)):
                    weight = factor * other
                    if self._explains(_less(weight), quantity.values, tried):
                        yield Mistake(TERM_MISSING, f"{sign}{twice}{quantity.text}")
        number = plain_number([r - c for r, c in zip(self._right, self._claimed, strict=True)])
        if number is not None and len(self._right) > 1:
            yield Mistake(TERM_MISSING, number)

    # What there is to ask about

    @cached_property
    def _in_places(self) -> RepairsInPlaces:
        return RepairsInPlaces(self._setting, self._asked, self._part, self._claimed, self._right, self._means)


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


def _is_one_or_two(difference: float, term: float, slack: float) -> bool:
    """Whether a difference is about a term, or twice that, of either sign."""
    return any(abs(abs(difference) - times * abs(term)) <= slack for times in (1, 2))


def _multiplied(sign: int) -> Effect:
    return lambda right, quantity: sign * right * quantity


def _divided(sign: int) -> Effect:
    return lambda right, quantity: sign * right / quantity


def _less(weight: int) -> Effect:
    return lambda right, quantity: right - weight * quantity
