"""What a claim is made of: expressions, their value in any number system, and how high their powers reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Protocol

from autograd import ops
from autograd.derivation.tokens import Place
from autograd.numbers import Number
from autograd.operation import Operation
from autograd.value import Value

HIGHEST_DEGREE = 1000
_MOST_PIECES = 300
_LONG = 6


@dataclass(frozen=True)
class Numeral:
    """A number as written. Its digits tell how exactly it is meant."""

    text: str
    number: Fraction
    single: bool = False
    """Whether a program worked it out in single precision, as a float32."""
    exact: bool = False
    """Whether it is a number among the nodes, which `text` names, and has all its digits."""

    @property
    def digits(self) -> int:
        """How many significant digits are given: 3 in 0.0150; all of a whole number; 5 of a float32."""
        if self.single:
            return 5
        mantissa = self.text.lower().partition("e")[0].replace(".", "")
        return len(mantissa.lstrip("0")) or 1

    @property
    def whole(self) -> bool:
        """Whether it was written as a whole number, 2 or 2., which is meant exactly (and so is zero)."""
        if self.single or self.exact:
            return self.exact
        return self.number == 0 or ("." not in self.text.removesuffix(".") and "e" not in self.text.lower())

    @property
    def unit(self) -> Fraction:
        """One unit of the last digit given."""
        mantissa, _, exponent = self.text.lower().partition("e")
        return Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


@dataclass(frozen=True)
class Named:
    """A recorded Value, by its name."""

    node: Value
    text: str


@dataclass(frozen=True)
class Derivative:
    """du/dv: through all of the recorded graph, with v cut free; or the direct partial (see `formula_worlds`)."""

    of: Value
    by: Value
    text: str
    direct: "Expression | None" = None
    """What it is as the direct partial, u's own formula differentiated; None if it is the total derivative."""
    place: Place | None = field(default=None, compare=False)
    """Where it stands on the page if it is written with ∂, and may be meant as the direct partial."""


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


Expression = Numeral | Named | Derivative | Defined | Apply


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
    """The subject and each part, as written."""
    defines: str | None = None
    update: bool = False
    """Whether what it defines is the new value of a node, as in ``w ← w − η ∂L/∂w``."""

    @cached_property
    def pieces(self) -> "list[Expression]":
        """All that it consists of, its subject first."""
        return [piece for part in (self.subject, *self.parts) for piece in walk(part)]


class World(Protocol):
    """Where names get their values: a point, or formulas."""

    m: Number

    def value(self, node: Value) -> Number:
        """The value of a recorded node."""

    def derivative(self, of: Value, by: Value) -> Number:
        """The derivative of a recorded node by another."""

    def defined(self, name: str) -> Number:
        """The value of a definition."""


def evaluate(expression: Expression, world: World, known: dict[int, Number] | None = None) -> Number:
    """The value of an expression in the number system of a world.

    `known` holds the values of long sums by the identity of their formulas: the entries of one claim share them.
    """
    match expression:
        case Numeral(number=number):
            return world.m.number(float(number))
        case Named(node=node):
            return world.value(node)
        case Derivative(of=of, by=by, direct=None):
            return world.derivative(of, by)
        case Derivative(direct=formula):
            return evaluate(formula, world, known)  # type: ignore[arg-type]  # it is not None
        case Defined(name=name):
            return world.defined(name)
        case Apply(operation=operation, operands=operands):
            if known is None or len(operands) < _LONG:
                return operation.value(world.m, *(evaluate(operand, world, known) for operand in operands))
            if id(expression) not in known:
                found = operation.value(world.m, *(evaluate(operand, world, known) for operand in operands))
                known[id(expression)] = expression, found  # kept with it, so that no other gets its identity
            return known[id(expression)][1]


def walk(expression: Expression) -> list[Expression]:
    """The expression and everything in it, from the left, each before what is in it."""
    found, stack = [], [expression]
    while stack:
        piece = stack.pop()
        found.append(piece)
        if isinstance(piece, Apply):
            stack += piece.operands[::-1]
    return found


def nodes_in(claim: Claim, definitions: Mapping[str, Expression] = {}) -> list[Value]:
    """The nodes that a claim mentions, the last part's first, and those in the definitions that it uses."""
    found: list[Value] = []
    put_in: set[str] = set()
    stack: list[Expression | str] = [claim.subject, *claim.parts]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            if part in put_in:
                continue
            put_in.add(part)
            part = definitions[part]
        for piece in walk(part):
            match piece:
                case Named(node=node):
                    found.append(node)
                case Derivative(of=of, by=by, direct=direct):
                    found += (of, by)
                    if direct is not None:
                        found += [each.node for each in walk(direct) if isinstance(each, Named)]
                case Defined(name=name) if name in definitions:
                    stack.append(name)
    return found


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


def lone_numeral(expression: Expression) -> Numeral | None:
    """The numeral, if the expression is nothing but a number with or without a sign."""
    while isinstance(expression, Apply) and expression.operation is ops.negate:
        [expression] = expression.operands
    return expression if isinstance(expression, Numeral) else None


def plain(expression: Expression) -> bool:
    """Whether it names nothing: numbers and operations alone."""
    return all(isinstance(piece, Numeral | Apply) for piece in walk(expression))


def is_total(expression: Expression) -> bool:
    """Whether it has a value for all numbers in it: sums and products do."""
    total = (ops.add, ops.subtract, ops.multiply, ops.negate, ops.sum, ops.prod, ops.dot, ops.mean)
    pieces = walk(expression)
    operations = [piece.operation for piece in pieces if isinstance(piece, Apply)]
    return not any(isinstance(piece, Defined) for piece in pieces) and all(
        operation in total or (operation.exponent is not None and operation.exponent in (1, 2, 3, 4))
        for operation in operations
    )


def chooses(expression: Expression) -> bool:
    """Whether it has a kink, so that it is another formula on the other side."""
    kinked = (ops.absolute, ops.relu, ops.step, ops.sign, ops.maximum, ops.minimum, ops.where)
    operations = [piece.operation for piece in walk(expression) if isinstance(piece, Apply)]
    return any(operation in kinked or operation.condition for operation in operations)


def constant(expression: Expression) -> Fraction | None:
    """The exponent as a number, if it is arithmetic of numbers without powers, as 3, -1/2 or 2 - 1."""
    if isinstance(expression, Numeral):
        return expression.number
    if not isinstance(expression, Apply):
        return None
    operands = [constant(operand) for operand in expression.operands]
    known = [operand for operand in operands if operand is not None]
    if len(known) < len(operands):
        return None
    match expression.operation, known:
        case ops.negate, [number]:
            return -number
        case ops.divide, [above, below] if below:
            return above / below
        case ops.sum, _:
            return sum(known, Fraction(0))
        case ops.prod, _:
            return prod(known, start=Fraction(1))
    return None


def degree(expression: Expression, definitions: Mapping[str, int]) -> int:
    """How high the powers in an expression multiply up to: a bound on the work of writing it out."""
    match expression:
        case Defined(name=name):
            return definitions.get(name, 1)
        case Apply(operation=operation, operands=operands):
            degrees = [degree(operand, definitions) for operand in operands] or [1]
            if operation is ops.power:
                return _integer_size(operands[1], definitions) * degrees[0]
            if operation.exponent is not None:
                return max(1, int(abs(operation.exponent))) * degrees[0]
            if operation is ops.dot and len(degrees) > 1:
                n = len(degrees) // 2
                return max(degrees[:n]) + max(degrees[n:])
            return sum(degrees) if operation in (ops.prod, ops.divide, ops.multiply) else max(degrees)
    return 1


def _integer_size(exponent: Expression, definitions: Mapping[str, int]) -> int:
    """An exponent that is computed from numbers alone, as in 9**9**9, is refused as one too high."""
    if any(isinstance(part, Named | Derivative | Defined) for part in walk(exponent)):
        return max(1, degree(exponent, definitions))
    return HIGHEST_DEGREE + 1
