"""The pattern of a claim: two claims of one pattern differ in the names of their nodes alone.

A claim for all i and j has an entry for each, and most of them have one pattern: what proves the one proves the others.
A pattern holds all that a proof uses that takes the named nodes for symbols: the formulas, the operations between the
nodes of each derivative, and on which side of each choice they were recorded.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Named, Numeral
from autograd.derivation.setting import Setting
from autograd.numbers import Number
from autograd.numbers.rational_functions import RationalFunctions
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
