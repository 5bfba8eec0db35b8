"""The slips that people make in the rule of one operation, as what its local gradient becomes by them.

None of these is a derivative: each is made of the right one, of the operands, or of the value of the node.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from autograd import ops
from autograd.derivation.kinds_of_mistake import (
    DEGREES_OF_FREEDOM,
    EXPONENTIAL_RULE,
    FACTOR_EXTRA,
    FACTOR_MISSING,
    MAXIMUM,
    MEAN_LEFT_OUT,
    MEAN_TWICE,
    NOT_DIFFERENTIATED,
    OTHER_POWER,
    POWER_RULE,
    QUOTIENT_RULE,
    SIGN,
    mean_left_out,
    mean_taken_twice,
    one_less_than,
)
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.text import is_one_piece
from autograd.value import Value

_CHOICES = (ops.maximum, ops.minimum, ops.largest, ops.smallest)


@dataclass(frozen=True)
class Slip:
    """A slip in the rule of an operation: its name, its words, and the local gradient that it makes.

    `local` takes the right local gradient, the value of the node, its operands, and which of them it is about. It gives
    None where the slip changes nothing.
    """

    name: str
    words: str
    local: Callable[[Number, Number, list[Number], int], Number]
    operand: int | None = None
    """The only operand that it can be made at."""


def slips_at(node: Value, name: Callable[[Value], str]) -> Iterator[Slip]:
    """The slips that can be made at a node; `name` tells what a node is called."""
    op, y = node.op, name(node)
    if op is None:
        return
    operands = [_piece(name(parent)) for parent in node.parents]
    if op in (ops.tanh, ops.sin, ops.cos, ops.log, ops.sqrt, ops.log1p):
        words = f"{op}({name(node.parents[0])}) itself stands where its derivative belongs"
        yield Slip(NOT_DIFFERENTIATED, words, lambda local, y, a, k: y)
    if op is ops.tanh:
        yield Slip(OTHER_POWER, f"1 - {y} where 1 - {y}**2 belongs", lambda local, y, a, k: 1 - y)
        yield Slip(SIGN, f"1 + {y}**2 where 1 - {y}**2 belongs", lambda local, y, a, k: 2 - local)
    if op is ops.sigmoid:
        yield Slip(FACTOR_MISSING, f"1 - {y}, in {y}*(1 - {y})", lambda local, y, a, k: y)
        yield Slip(FACTOR_MISSING, f"{y}, in {y}*(1 - {y})", lambda local, y, a, k: 1 - y)
    if op in (ops.tanh, ops.sigmoid):
        words = f"the derivative of {op} at {y} is there twice"
        yield Slip(FACTOR_EXTRA, words, lambda local, y, a, k: local * local)
    if op is ops.exp:
        words = f"the power rule is taken for exp({name(node.parents[0])})"
        yield Slip(EXPONENTIAL_RULE, words, lambda local, y, a, k: a[0] * y / mp.e)
    if op is ops.log:
        yield Slip(OTHER_POWER, f"{operands[0]} where 1/{operands[0]} belongs", lambda local, y, a, k: a[0])
    if op.exponent is not None:
        yield from _of_powers(op.exponent, operands[0], y)
    if op is ops.power:
        yield from _of_exponentials(*operands)
    if op is ops.divide:
        yield from _of_quotients(*operands)
    if op in _CHOICES:
        yield from _of_choices(node, operands, y)
    if (size := size_of_mean(node)) is not None:
        yield from _of_means(size)


def _piece(text: str) -> str:
    """A text that may stand between other signs: (y - a) of y - a."""
    return text if is_one_piece(text) else f"({text})"


def _of_powers(n: float, base: str, whole: str) -> Iterator[Slip]:
    power = f"{base}**{n:g}"
    yield Slip(NOT_DIFFERENTIATED, f"{power} itself stands where its derivative belongs", lambda local, y, a, k: y)
    words = f"the exponent {n:g} is not put in front of {power}"
    yield Slip(POWER_RULE, words, lambda local, y, a, k: local / n)
    words = f"the exponent of {power} is not lowered by 1"
    yield Slip(POWER_RULE, words, lambda local, y, a, k: local * a[0])
    words = f"the exponent of {power} is lowered twice"
    yield Slip(POWER_RULE, words, lambda local, y, a, k: local / a[0])
    if n not in (1, 2):
        words = f"{n - 1:g} stands in front where {n:g} belongs, in the derivative of {power}"
        yield Slip(POWER_RULE, words, lambda local, y, a, k: local * (n - 1) / n)


def _of_exponentials(base: str, exponent: str) -> Iterator[Slip]:
    power = f"{base}**{exponent}"
    words = f"log({base}) is missing from the derivative of {power}"
    yield Slip(EXPONENTIAL_RULE, words, lambda local, y, a, k: y, 1)
    words = f"the power rule is taken for {power}, where the exponent varies"
    yield Slip(EXPONENTIAL_RULE, words, lambda local, y, a, k: a[1] * y / a[0], 1)


def _of_quotients(above: str, below: str) -> Iterator[Slip]:
    words = f"in the derivative of {above}/{below} by {below}, {below} is not squared"
    yield Slip(QUOTIENT_RULE, words, lambda local, y, a, k: local * a[1], 1)
    words = f"{above} is missing from the derivative of {above}/{below} by {below}"
    yield Slip(QUOTIENT_RULE, words, lambda local, y, a, k: local / a[0], 1)
    words = f"it is multiplied by {below} where it is to be divided by it"
    yield Slip(QUOTIENT_RULE, words, lambda local, y, a, k: a[1], 0)


def _of_choices(node: Value, operands: list[str], whole: str) -> Iterator[Slip]:
    n = len(operands)
    words = f"the gradient at {node.op}({', '.join(operands[:4])}) is split evenly; it goes to the one that is taken"
    yield Slip(MAXIMUM, words, lambda local, y, a, k: mp.one / n)
    words = f"of the operands of {node.op}({', '.join(operands[:4])}), only the one that is taken gets a gradient"
    yield Slip(MAXIMUM, words, lambda local, y, a, k: None if local else mp.one)


def _of_means(m: int) -> Iterator[Slip]:
    if m > 2:  # half of something is the classic factor 1/2
        yield Slip(MEAN_LEFT_OUT, mean_left_out(m), lambda local, y, a, k: local * m)
        yield Slip(MEAN_TWICE, mean_taken_twice(m), lambda local, y, a, k: local / m)
        yield Slip(DEGREES_OF_FREEDOM, one_less_than(m), lambda local, y, a, k: local * m / (m - 1))


def choices_and_means(nodes: Iterable[Value]) -> tuple[list[Value], dict[Value, int]]:
    """The nodes where one of several is taken, and those where a mean is, with its size."""
    nodes = list(nodes)
    sizes = {node: size_of_mean(node) for node in nodes}
    return [node for node in nodes if node.op in _CHOICES], {node: m for node, m in sizes.items() if m is not None}


def size_of_mean(node: Value) -> int | None:
    """Over how many things a mean is taken at a node, if one is: a division by a whole number counts."""
    match node.op:
        case ops.mean if len(node.parents) > 1:
            return len(node.parents)
        case ops.divide if node.parents[1].constant:
            m = node.parents[1].data
        case ops.multiply if any(parent.constant and 0 < parent.data < 1 for parent in node.parents):
            m = 1 / next(parent.data for parent in node.parents if parent.constant and 0 < parent.data < 1)
        case _:
            return None
    near = round(m) if 1 < m < 1e9 else 0
    return near if near > 1 and abs(m - near) < 1e-9 * m else None
