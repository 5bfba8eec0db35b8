"""What may be infinite or NaN though inputs and parameters are finite: log 0, 1/0, exp 800, and what is made of them.

Where a gradient does not arrive, as in the branch not taken, its product with these would be 0 · ∞. Operations are
tried at a few numbers of the signs that their operands may have: 1 / (1 + x²) is finite, and 1 / x is not. That is a
guess, and what it misses `Program` sees to.
"""

from functools import lru_cache
from itertools import product
from math import inf, isfinite, nan
from typing import NamedTuple

import numpy as np

from autograd.lifting.groups import NO_GROUP, ApplicationGroup, Block, Groups, SumGroup
from autograd.lifting.normal_form import Constant
from autograd.numbers.extended import extended
from autograd.numbers.textbook import textbook
from autograd.operation import Operation
from autograd.untyped import AnyFunction

SIZES = (0.001, 1.0, 800.0)
"""How large the numbers are at which operations are tried: an exponential of the last one overflows, or vanishes."""


FAR = 1e200
"""A number whose square is beyond the floats."""


class Signs(NamedTuple):
    """The signs that a number may have."""

    negative: bool
    zero: bool
    positive: bool


ANY = Signs(negative=True, zero=True, positive=True)

Tried = tuple[bool, bool, Signs]
"""What an operation may do: whether its value or a local gradient may be infinite or NaN; the signs of its value."""


class Unbounded:
    """The groups whose values, and those whose local gradients, may be infinite or NaN.

    Attributes:
        values, slopes: their indices.
    """

    def __init__(self, groups: Groups) -> None:
        self.values: set[int] = set()
        self.slopes: set[int] = set()
        self._groups = groups
        self._signs: dict[int, Signs] = {}
        for group in groups.groups:
            if group.index in groups.assembled and isinstance(group, ApplicationGroup):
                self._add_assembled(group)
            elif isinstance(group, ApplicationGroup) and group.index not in groups.masked:
                self._add_application(group)
            elif isinstance(group, SumGroup):
                self._add_sum(group)

    def _add_application(self, group: ApplicationGroup) -> None:
        sources = {self._groups.group_of[column[0]] for column in group.operands}
        operands = tuple([self._signs_of(column) for column in group.operands])
        if group.operation.arity is None:
            operands = (Signs(*map(any, zip(*operands, strict=True))),)
        value, slope, signs = _tried(group.operation, operands, infinite=not sources.isdisjoint(self.values))
        if value:
            self.values.add(group.index)
        if slope:
            self.slopes.add(group.index)
        self._signs[group.index] = signs

    def _add_assembled(self, group: ApplicationGroup) -> None:
        [members] = group.operands
        if not self.values.isdisjoint([self._groups.group_of[x] for x in members]):
            self.values.add(group.index)

    def _signs_of(self, column: list[int]) -> Signs:
        index = self._groups.group_of[column[0]]
        if index != NO_GROUP:
            return self._signs.get(index, ANY)
        nodes = self._groups.expressions.nodes
        numbers = [node.number for node in map(nodes.__getitem__, column) if isinstance(node, Constant)]
        return _signs_of_numbers(min(numbers), max(numbers))

    def _add_sum(self, group: SumGroup) -> None:
        sources = {source for block in group.blocks for source in (block.left, block.right)}
        if not sources.isdisjoint(self.values):
            self.values.add(group.index)
        signs = _signs_of_numbers(min(group.offsets), max(group.offsets))
        for block in group.blocks:
            if signs != ANY:
                signs = _of_sum(signs, self._signs_of_block(block))
        self._signs[group.index] = signs

    def _signs_of_block(self, block: Block) -> Signs:
        signs = self._signs.get(block.left, ANY)
        if block.left == block.right and block.left_members == block.right_members:
            signs = Signs(negative=False, zero=signs.zero, positive=signs.negative or signs.positive)
        elif block.right != NO_GROUP:
            signs = _of_product(signs, self._signs.get(block.right, ANY))
        if signs == ANY:
            return ANY
        coefficients = [coefficient for row in block.coefficients for coefficient in row]
        return _of_product(signs, _signs_of_numbers(min(coefficients), max(coefficients)))


def _signs_of_numbers(least: float, largest: float) -> Signs:
    if least != least or largest != largest:
        return ANY
    return Signs(least < 0, least <= 0 <= largest, largest > 0)


def _of_product(a: Signs, b: Signs) -> Signs:
    return Signs(
        negative=(a.negative and b.positive) or (a.positive and b.negative),
        zero=a.zero or b.zero,
        positive=(a.positive and b.positive) or (a.negative and b.negative),
    )


def _of_sum(a: Signs, b: Signs) -> Signs:
    negative, positive = a.negative or b.negative, a.positive or b.positive
    return Signs(negative, (negative and positive) or (a.zero and b.zero), positive)


def needs_accurate_form(operation: Operation) -> bool:
    """Whether arrays have to take the local gradients in the form that floats compute.

    That is where one may be infinite or NaN for finite operands, and where the textbook's form vanishes too early, as
    1/√(1 + a²) where a² is beyond the floats.
    """
    infinite = _tried(operation, (ANY,) * (operation.arity or 1), infinite=False)[1]
    if infinite or not operation.in_the_table:
        return infinite
    return _vanishes_too_early(operation.value, operation.local, operation.arity or 2)


@lru_cache(maxsize=256)
def _vanishes_too_early(value: AnyFunction, local: AnyFunction, count: int) -> bool:
    for numbers in product((FAR, -FAR, 1 / FAR), repeat=count):
        try:
            y = value(extended, *numbers)
            pairs = zip(local(textbook, y, *numbers), local(extended, y, *numbers), strict=True)
            if any(a == 0 != b for a, b in pairs):
                return True
        except (TypeError, ValueError, ArithmeticError):
            continue
    return False


def _tried(operation: Operation, operands: tuple[Signs, ...], *, infinite: bool) -> Tried:
    # A rule of the table depends on its operands alone, and is remembered; one of the user's may read a variable.
    tried = _try if operation.in_the_table else _try.__wrapped__
    return tried(operation.value, operation.local, operands, operation.arity is None, infinite)


@lru_cache(maxsize=1024)
def _try(value: AnyFunction, local: AnyFunction, operands: tuple[Signs, ...], many: bool, infinite: bool) -> Tried:
    with np.errstate(all="ignore"):
        return _try_at([_points(signs, infinite) for signs in operands], value, local, many)


def _try_at(points: list[list[float]], value: AnyFunction, local: AnyFunction, many: bool) -> Tried:
    infinite_value = infinite_slope = False
    values = []
    for numbers in product(*points) if len(points) <= 3 else zip(*points, strict=False):
        try:
            xs = numbers * 2 if many else numbers
            y = value(extended, *xs)
            values.append(y)
            infinite_value = infinite_value or not isfinite(y)
            infinite_slope = infinite_slope or not all(map(isfinite, local(extended, y, *xs)))
        except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
            return True, True, ANY
    signs = ANY if infinite_value else _signs_of_numbers(min(values), max(values))
    return infinite_value, infinite_slope, signs


def _points(signs: Signs, infinite: bool) -> list[float]:
    sides = [-size for size in SIZES] * signs.negative + [0.0] * signs.zero + [*SIZES] * signs.positive
    return sides + [inf, -inf, nan] * infinite
