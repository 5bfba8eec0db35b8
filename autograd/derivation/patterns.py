"""The pattern of a claim: two claims of one pattern differ in the names of their nodes alone.

A claim for all i and j has an entry for each, and most of them have one pattern: what proves the one proves the others.
A pattern holds all that a proof uses that takes the named nodes for symbols: the formulas, the operations between the
nodes of each derivative, and on which side of each choice they were recorded.
"""

from collections.abc import Hashable, Iterator
from typing import Any

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Named, Numeral
from autograd.derivation.setting import Setting
from autograd.value import Value

_LINEAR = (ops.add, ops.subtract, ops.negate, ops.sum, ops.mean)
_CHOICES = (ops.absolute, ops.relu, ops.step, ops.sign, ops.maximum, ops.minimum, ops.where)
_MOST_PIECES = 4_000


class TooLarge(Exception):  # noqa: N818  (an outcome: such a claim is proved by itself)
    """A pattern that would be longer than the proof is worth."""


def pattern_of(claim: Claim, part: Expression, setting: Setting) -> Hashable | None:
    """The pattern of a part of a claim; None if it has none that is short."""
    try:
        return tuple(_Pattern(setting).of(claim.subject, part))
    except TooLarge:
        return None


class _Pattern:
    """Numbers the nodes of one claim in the order in which they come up."""

    def __init__(self, setting: Setting) -> None:
        self._graph, self._named, self._definitions = setting.graph, setting.names.paths, setting.definitions
        self._numbers: dict[Value, int] = {}
        self._defined: dict[str, int] = {}
        self._left = _MOST_PIECES

    def of(self, subject: Expression, part: Expression) -> Iterator[Hashable]:
        """All that the proof of subject = part uses."""
        if isinstance(subject, Named):
            yield from self._computed(subject.node)
        yield from self._expression(subject)
        yield "="
        yield from self._expression(part)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooLarge

    def _number(self, node: Value) -> int:
        return self._numbers.setdefault(node, len(self._numbers))

    def _expression(self, expression: Expression) -> Iterator[Hashable]:
        stack = [expression]
        while stack:
            piece = stack.pop()
            self._count()
            match piece:
                case Numeral(number=number):
                    yield number
                case Named(node=node):
                    yield from self._value(node)
                case Derivative(of=of, by=by):
                    yield from self._derivative(of, by)
                case Defined(name=name):
                    if name in self._defined:
                        yield "defined", self._defined[name]
                    else:
                        self._defined[name] = len(self._defined)
                        yield "defines"
                        stack.append(self._definitions[name])
                case Apply(operation=operation, operands=operands):
                    yield operation, len(operands)
                    if operation in _CHOICES or operation.condition:
                        yield self._side([operand.node.data for operand in operands if isinstance(operand, Named)])
                        if not all(isinstance(operand, Named | Numeral) for operand in operands):
                            raise TooLarge
                    stack += operands[::-1]

    def _side(self, values: list[float]) -> tuple[Any, ...]:
        if len(values) == 1:
            return (values[0] > 0, values[0] == 0)
        return tuple((a > b, a == b) for a, b in zip(values, values[1:], strict=False))

    def _value(self, node: Value) -> Iterator[Hashable]:
        """A node as a symbol, if it has a name; else what it was computed from, down to nodes with names."""
        self._count()
        if node in self._named:
            yield self._number(node)
        elif node.op is None:
            yield "constant", node.data
        else:
            yield from self._computed(node)

    def _computed(self, node: Value) -> Iterator[Hashable]:
        yield node.op, node.op and node.op.exponent, len(node.parents)
        if node.op is not None and (node.op in _CHOICES or node.op.condition):
            yield self._side([parent.data for parent in node.parents])
        for parent in node.parents:
            yield from self._value(parent)

    def _derivative(self, of: Value, by: Value) -> Iterator[Hashable]:
        """The operations on the paths between two nodes, with what their local gradients are made of."""
        order = self._graph.between(of, by)
        inside = {node: k for k, node in enumerate(order)}
        yield "d", len(order), self._number(of), self._number(by)
        for node in order:
            if node is by:
                continue
            self._count()
            places = tuple((k, inside[parent]) for k, parent in enumerate(node.parents) if parent in inside)
            yield node.op, node.op and node.op.exponent, len(node.parents), places
            if node.op in _LINEAR:
                continue
            if node.op is ops.multiply or node.op is ops.dot:
                half = len(node.parents) // 2
                for k, _ in places:
                    if k < 2 * half:
                        yield from self._value(node.parents[(k + half) % (2 * half)])
                continue
            yield from self._computed(node)
            yield from self._value(node) if node in self._named else ()
