"""Numerals that stand for values of the recorded point: where x is 2, ``2*(p - a)`` may stand for ``x*(p - a)``.

They are put to the test: with the nodes in their places, the formula must hold at the fresh points too. That some
numeral happens to equal some leaf (many leaves are 1) says nothing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import prod

from mpmath import mp

from autograd import ops
from autograd.derivation import digits
from autograd.derivation.claims import Apply, Defined, Expression, Node, Numeral, walk
from autograd.derivation.names import Names
from autograd.value import Value

MOST_READINGS = 600
_MOST_PIECES = 300
_MOST_IN_PRODUCTS = 30


@dataclass(frozen=True)
class Reading:
    """A formula with some of its numerals read as nodes; what each stands for, in words."""

    formula: Expression
    stands_for: str


class Standing:
    """The ways to read the numerals of a formula as the values of some nodes."""

    def __init__(self, part: Expression, nodes: Sequence[Value], names: Names) -> None:
        self._part, self._nodes, self._names = part, nodes, names
        numerals = [piece for piece in walk(part) if isinstance(piece, Numeral)]
        simple = [self._single(numeral) for numeral in numerals]
        self._numerals = numerals
        self._choices = [found or self._composed(n) for n, found in zip(numerals, simple, strict=True)]
        self.calculated = any(
            not found and not numeral.whole and numeral.digits >= 3
            for numeral, found in zip(numerals, simple, strict=True)
        )
        """Whether a numeral of some length is no node's value: it may be anything that was worked out before."""

    @property
    def many(self) -> bool:
        """Whether there are more readings than are tried."""
        return prod(1 + len(choices) for choices in self._choices) > MOST_READINGS

    def readings(self) -> Iterator[Reading]:
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
                    yield Reading(self._read(reading), self._words(reading))

    def leaf_by_leaf(self, holds: Callable[[Expression, Collection[Value]], bool]) -> Reading | None:
        """A reading found leaf by leaf, for numerals with very many: is each formula right as far as leaves vary?

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
        return Reading(self._read(found), self._words(found)) if found else None

    def _single(self, numeral: Numeral) -> list[Expression]:
        """The nodes whose values it is, or that with the other sign."""
        number = mp.mpf(float(numeral.number))
        found: list[Expression] = []
        for node in self._nodes:
            if node.data == 0 or number == 0:
                if node.data == number:
                    found.append(self._node(node))
            elif digits.to_its_digits(numeral, number, abs(node.data)):
                found.append(self._signed(self._node(node), node.data))
        return found

    def _composed(self, numeral: Numeral) -> list[Expression]:
        """The small multiples of nodes, and the products of two, that it is; none for 0 and 1, or of nodes that are."""
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
            if value and digits.to_its_digits(numeral, number, abs(mp.mpf(value)))
        ]

    def _node(self, node: Value) -> Node:
        return Node(node, str(self._names.of(node)))

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

    def _words(self, reading: Mapping[int, Expression]) -> str:
        found = dict.fromkeys((self._numerals[k].text, _text(formula)) for k, formula in reading.items())
        return " and ".join(f"{numeral} stands for {formula}" for numeral, formula in found)


def _nodes(formula: Expression) -> set[Value]:
    return {piece.node for piece in walk(formula) if isinstance(piece, Node)}


def _text(formula: Expression) -> str:
    match formula:
        case Node(text=text) | Numeral(text=text):
            return text
        case Apply(operation=ops.negate, operands=(operand,)):
            return f"-{_text(operand)}"
        case Apply(operands=operands):
            return "*".join(map(_text, operands))
    return "it"


def written_out(part: Expression, definitions: Mapping[str, Expression]) -> Expression:
    """The formula with what it uses of the page's definitions put in; as it is, if that would grow too long."""
    pieces = 0

    def put_in(piece: Expression) -> Expression:
        nonlocal pieces
        pieces += 1
        if pieces > _MOST_PIECES:
            raise OverflowError
        if isinstance(piece, Defined) and piece.name in definitions:
            return put_in(definitions[piece.name])
        if isinstance(piece, Apply):
            return Apply(piece.operation, tuple(map(put_in, piece.operands)))
        return piece

    try:
        return put_in(part)
    except OverflowError:
        return part
