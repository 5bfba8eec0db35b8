"""Numerals: to how many digits a number is meant, and which value of the recorded point it may stand for.

Where x is 2, ``2*(p - a)`` may stand for ``x*(p - a)``. Such readings are put to the test: with the nodes in their
places, the formula must hold at the fresh points too. That some numeral happens to equal some leaf (many leaves are 1)
says nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import prod

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Named, Numeral, World, evaluate, lone_numeral, plain, walk
from autograd.derivation.names import PageNames
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.value import Value

IDENTICAL = 1e-11
SINGLE = 1e-5
"""By how much a float32 may be off, relative to the right number: some hundred roundings."""
FULL_PRECISION = 15
MOST_READINGS = 600
_MOST_IN_PRODUCTS = 30


def identical(claimed: Number, correct: Number, noise: Number = 0) -> bool:
    """Whether two numbers are equal but for the rounding of a program's constants to floats, such as that of 1/3."""
    return bool(abs(claimed - correct) <= IDENTICAL * max(abs(claimed), abs(correct)) + noise)


def identical_everywhere(pairs: Iterable[tuple[Number, Number]], noise: Number) -> bool:
    """Whether what is claimed and what is correct are identical at each point."""
    return all(identical(claimed, correct, noise) for claimed, correct in pairs)


def to_its_digits(number: Numeral, claimed: Number, correct: Number) -> bool:
    """Whether a number written down is the correct one, as far as its digits go.

    It is within half a unit of its last digit. From five digits on a whole unit will do, since people calculate on with
    rounded numbers; so will 1e-10 of the size from 15 digits on, where they are those of a float. Zero and whole
    numbers are exact. A float32 has the digits that it has room for, not those that are right.
    """
    if number.single:
        return bool(abs(claimed - correct) <= SINGLE * abs(correct))
    if number.whole:
        return identical(claimed, correct)
    unit = mp.mpf(number.unit.numerator) / number.unit.denominator
    allowed = unit * (1 if number.digits >= 5 else mp.mpf("0.5")) * (1 + mp.mpf("1e-9"))
    if number.digits >= FULL_PRECISION:
        allowed = max(allowed, abs(correct) * mp.mpf("1e-10"))
    return bool(abs(claimed - correct) <= allowed)


def shared_digits(claimed: Number, correct: Number) -> int:
    """To how many significant digits two numbers agree, 15 at most."""
    difference = abs(claimed - correct)
    if difference == 0:
        return 15
    return 0 if correct == 0 else max(0, min(15, int(mp.floor(-mp.log10(2 * difference / abs(correct))))))


def rounding_of(part: Expression, world: World) -> Number:
    """By how much the value of a formula may be off because its numerals are rounded: 0.0046 for 0.74 * 0.19.

    Beside names, numerals of four digits on count as rounded (0.5 is a half, 0.75136507 an output); in plain arithmetic
    those of two digits on. At most a twentieth of the value is allowed for.
    """
    if lone_numeral(part) is not None:
        return mp.zero
    numerals = [piece for piece in walk(part) if isinstance(piece, Numeral) and not piece.whole]
    value, total = evaluate(part, world), mp.zero
    for numeral in {n for n in numerals if n.digits >= (2 if plain(part) else 4)}:
        moved = evaluate(put_in(part, numeral, Numeral(numeral.text, numeral.number + numeral.unit)), world)
        total += abs(moved - value) * (1 if numeral.digits >= 5 else mp.mpf("0.5"))
    return min(total, abs(value) / 20)


def put_in(part: Expression, numeral: Numeral, other: Numeral) -> Expression:
    """The expression with another number wherever a numeral stands."""
    if part == numeral:
        return other
    if isinstance(part, Apply) and part.operation is not ops.where:
        return Apply(part.operation, tuple(put_in(operand, numeral, other) for operand in part.operands))
    return part


@dataclass(frozen=True)
class Reading:
    """A formula with some of its numerals read as nodes, and for each of those what it stands for, as written."""

    formula: Expression
    stands_for: list[tuple[str, str]]


class Readings:
    """The ways to read the numerals of a formula as the values of some nodes."""

    def __init__(self, part: Expression, nodes: Sequence[Value], names: PageNames) -> None:
        self._part, self._nodes, self._names = part, nodes, names
        numerals = [piece for piece in walk(part) if isinstance(piece, Numeral)]
        simple = [[] if numeral.exact else self._single(numeral) for numeral in numerals]
        self._numerals = numerals
        self._choices = [
            found if found or numeral.exact else self._composed(numeral)
            for numeral, found in zip(numerals, simple, strict=True)
        ]
        self.calculated = any(
            not found and not numeral.whole and numeral.digits >= 3
            for numeral, found in zip(numerals, simple, strict=True)
        )
        """Whether some long numeral is the value of none of the nodes: it may be anything worked out before."""

    @property
    def many(self) -> bool:
        """Whether there are more readings than are tried."""
        return prod(1 + len(choices) for choices in self._choices) > MOST_READINGS

    def all(self) -> Iterator[Reading]:
        """Each way to read some of the numerals, those that read the fewest first; no more than `MOST_READINGS`."""
        open_to_reading = [k for k, choices in enumerate(self._choices) if choices]
        tried = 0
        for size in range(1, len(open_to_reading) + 1):
            for places in combinations(open_to_reading, size):
                for chosen in product(*(self._choices[k] for k in places)):
                    if tried == MOST_READINGS:
                        return
                    tried += 1
                    reading = dict(zip(places, chosen, strict=True))
                    yield Reading(self._read(reading), self._meanings(reading))

    def leaf_by_leaf(self, holds: Callable[[Expression, Collection[Value]], bool]) -> Reading | None:
        """A reading found leaf by leaf, where there are very many: it must hold with the first leaf varied, then two, …

        Raises:
            OverflowError: if that takes too many trials.
        """
        leaves = [node for node in self._nodes if node.op is None]
        places = {
            leaf: [
                (k, choice) for k, choices in enumerate(self._choices) for choice in choices if leaf in _nodes(choice)
            ]
            for leaf in leaves
        }
        leaves = [leaf for leaf in leaves if places[leaf]]
        trials = 0

        def read_on(varied: int, reading: dict[int, Expression]) -> dict[int, Expression] | None:
            nonlocal trials
            if varied == len(leaves):
                return reading if holds(self._read(reading), ()) else None
            free = [(k, choice) for k, choice in places[leaves[varied]] if k not in reading]
            for size in range(len(free) + 1):
                for chosen in combinations(free, size):
                    trials += 1
                    if trials > MOST_READINGS:
                        raise OverflowError
                    tried = reading | dict(chosen)
                    if holds(self._read(tried), leaves[: varied + 1]) and (found := read_on(varied + 1, tried)):
                        return found
            return None

        found = read_on(0, {})
        return Reading(self._read(found), self._meanings(found)) if found else None

    def _single(self, numeral: Numeral) -> list[Expression]:
        """The nodes that have this value, or the same with the other sign."""
        number = mp.mpf(float(numeral.number))
        found: list[Expression] = []
        for node in self._nodes:
            if node.data == 0 or number == 0:
                if node.data == number:
                    found.append(self._node(node))
            elif to_its_digits(numeral, number, abs(node.data)):
                found.append(self._signed(self._node(node), node.data))
        return found

    def _composed(self, numeral: Numeral) -> list[Expression]:
        """The small multiples of nodes, and products of two, that have this value; 0 and 1 have too many to count."""
        number = mp.mpf(float(numeral.number))
        nodes = [node for node in self._nodes if abs(node.data) not in (0, 1)]
        if number in (0, 1) or len(nodes) > _MOST_IN_PRODUCTS:
            return []
        products: list[tuple[float, tuple[Expression, ...]]] = []
        for factor in (Numeral(text, Fraction(text)) for text in ("2", "3", "4", "0.5")):
            products += [(float(factor.number) * node.data, (factor, self._node(node))) for node in nodes]
        products += [(a.data * b.data, (self._node(a), self._node(b))) for i, a in enumerate(nodes) for b in nodes[i:]]
        return [
            self._signed(Apply(ops.prod, operands), value)
            for value, operands in products
            if value and to_its_digits(numeral, number, abs(mp.mpf(value)))
        ]

    def _node(self, node: Value) -> Named:
        return Named(node, str(self._names.paths.get(node)))

    def _signed(self, formula: Expression, value: float) -> Expression:
        return Apply(ops.negate, (formula,)) if value < 0 else formula

    def _read(self, reading: Mapping[int, Expression]) -> Expression:
        position = -1

        def read(piece: Expression) -> Expression:
            nonlocal position
            if isinstance(piece, Numeral):
                position += 1
                return reading.get(position, piece)
            if isinstance(piece, Apply):
                return Apply(piece.operation, tuple(map(read, piece.operands)))
            return piece

        return read(self._part)

    def _meanings(self, reading: Mapping[int, Expression]) -> list[tuple[str, str]]:
        return [(self._numerals[k].text, _text(formula)) for k, formula in reading.items()]


def _nodes(formula: Expression) -> set[Value]:
    return {piece.node for piece in walk(formula) if isinstance(piece, Named)}


def _text(formula: Expression) -> str:
    match formula:
        case Named(text=text) | Numeral(text=text):
            return text
        case Apply(operation=ops.negate, operands=(operand,)):
            return f"-{_text(operand)}"
        case Apply(operands=operands):
            return "*".join(map(_text, operands))
    return "it"
