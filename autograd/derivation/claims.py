"""What a claim is made of, and its value in any number system."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from autograd import ops
from autograd.operation import Operation
from autograd.value import Value


@dataclass(frozen=True)
class Numeral:
    """A number as written. Its digits tell how exactly it is meant."""

    text: str
    number: Fraction

    @property
    def digits(self) -> int:
        """How many significant digits are given: 3 in 0.0150; all of a whole number."""
        mantissa = self.text.lower().partition("e")[0].replace(".", "")
        return len(mantissa.lstrip("0")) or 1

    @property
    def whole(self) -> bool:
        """Whether it was written as a whole number, which is meant exactly (and so is zero)."""
        return self.number == 0 or ("." not in self.text and "e" not in self.text.lower())

    @property
    def unit(self) -> Fraction:
        """One unit of the last digit given."""
        mantissa, _, exponent = self.text.lower().partition("e")
        return Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


@dataclass(frozen=True)
class Node:
    """A recorded Value, by its name."""

    node: Value
    text: str


@dataclass(frozen=True)
class Derivative:
    """du/dv: through all of the recorded graph, with v cut free."""

    of: Value
    by: Value
    text: str


@dataclass(frozen=True)
class Defined:
    """A name that an earlier line of the derivation defined."""

    name: str


@dataclass(frozen=True)
class Apply:
    """An operation of the table, applied."""

    operation: Operation
    operands: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Items:
    """A list: the operand of a function such as sum, or something to take an item of; never a number itself."""

    items: "tuple[Expression | Items, ...]"
    text: str


Expression = Numeral | Node | Derivative | Defined | Apply


@dataclass(frozen=True)
class Claim:
    """One line, ``subject = part = part``: the subject is what the page speaks of, the parts are said to equal it.

    If the line defines a name, its subject is that name and its first part the definition.
    """

    line: int
    text: str
    subject: Expression
    parts: tuple[Expression, ...]
    texts: tuple[str, ...]
    defines: str | None = None


class World(Protocol):
    """Where names get their values: a point, or formulas."""

    m: Any

    def value(self, node: Value) -> Any:
        """The value of a recorded node."""

    def derivative(self, of: Value, by: Value) -> Any:
        """The derivative of a recorded node by another."""

    def defined(self, name: str) -> Any:
        """The value of a definition."""


def evaluate(expression: Expression, world: World) -> Any:
    """The value of an expression in the number system of a world."""
    match expression:
        case Numeral(number=number):
            return world.m.number(float(number))
        case Node(node=node):
            return world.value(node)
        case Derivative(of=of, by=by):
            return world.derivative(of, by)
        case Defined(name=name):
            return world.defined(name)
        case Apply(operation=operation, operands=operands):
            return operation.value(world.m, *(evaluate(operand, world) for operand in operands))


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it."""
    yield expression
    if isinstance(expression, Apply):
        for operand in expression.operands:
            yield from walk(operand)


def lone_numeral(expression: Expression) -> Numeral | None:
    """The numeral, if the expression is nothing but a number with or without a sign."""
    while isinstance(expression, Apply) and expression.operation is ops.negate:
        [expression] = expression.operands
    return expression if isinstance(expression, Numeral) else None


def plain(expression: Expression) -> bool:
    """Whether it names nothing: numbers and operations alone."""
    return all(isinstance(piece, Numeral | Apply) for piece in walk(expression))


def chooses(expression: Expression) -> bool:
    """Whether it has a kink, so that it is another formula on the other side."""
    kinked = (ops.absolute, ops.relu, ops.step, ops.sign, ops.maximum, ops.minimum, ops.where)
    operations = [piece.operation for piece in walk(expression) if isinstance(piece, Apply)]
    return any(operation in kinked or operation.condition for operation in operations)
