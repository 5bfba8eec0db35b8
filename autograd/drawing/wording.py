"""What the page says in words and formulas. All of it is text and numbers, nothing is markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.drawing.rules import rule
from autograd.text import ELLIPSIS, PictureWriter, derivative, labels, number, shown, visible

Piece = str | tuple[str, str]
"""A part of a formula: text, or a number as it is written and with all its digits."""

MOST_OPERANDS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A formula, and the words above it that say what it is."""

    caption: str
    pieces: tuple[Piece, ...]


class Wording:
    """Writes with names that differ for all of some nodes, and with numbers of so many digits."""

    def __init__(self, outputs: Sequence[Any], nodes: Iterable[Any], digits: int) -> None:
        self.digits = digits
        self._names = {node: shown(text) for node, text in labels(dict.fromkeys([*outputs, *nodes])).items()}
        self.meaning = ""
        """What stands behind the symbol of an output without a name; empty if none is needed."""
        if len(outputs) == 1 and " " in self.name(outputs[0]):
            taken = set(self._names.values())
            symbol = next(symbol for symbol in ("y", "L", "out", "output", "the output") if symbol not in taken)
            self.meaning = f"{symbol} stands for {self.name(outputs[0])}."
            self._names[outputs[0]] = symbol
        more = [ELLIPSIS] if len(outputs) > 3 else []
        self.output = " + ".join([*map(self.name, outputs[:3]), *more])
        """The outputs' sum: a backward pass from several of them is that of their sum."""

    def name(self, node: Any) -> str:
        return self._names[node] if node in self._names else shown(next(iter(labels([node]).values())))

    def number(self, x: float) -> Piece:
        short, full = number(x, self.digits), repr(float(x))
        return (short, full)

    def gradient(self, node: Any) -> str:
        """dJ/dw."""
        return derivative(self.output, self.name(node), "d")

    def local_gradient(self, node: Any, operand: int) -> str:
        """∂n/∂w."""
        return derivative(self.name(node), self.name(node.parents[operand]))

    # Lines

    def computed(self, node: Any, data: Any) -> Line:
        """n = w * x + b = (-3) * 2 + 6.5 = 0.5"""
        operation, name = PictureWriter(digits=self.digits).operation(node).text, self.name(node)
        names = f"{name} = " if name == operation else f"{name} = {operation} = "
        return Line("", (names, *self._with_numbers(node, data), " = ", self.number(data[node])))

    def contribution(self, node: Any, operand: int, upstream: float, local: float, product: float) -> Line:
        symbols = f"{self.gradient(node)} · {self.local_gradient(node, operand)} = "
        numbers = (*self._factor(upstream), " × ", *self._factor(local), " = ", self.number(product))
        return Line("upstream gradient × local gradient = contribution", (symbols, *numbers))

    def rule(self, node: Any, operand: int) -> list[Line]:
        """The table's entry, for an operand that a gradient passes to."""
        text = rule(node.op, operand)
        return [Line(f"the local gradient of {shown(node.op.name)}", (visible(text),))] if text else []

    def first(self, node: Any, after: float, count: int) -> Line:
        words = f"the first of {count} contributions"
        return Line(words, (f"{self.gradient(node)} so far = ", self.number(after)))

    def added(self, node: Any, before: float, product: float, after: float, place: int, count: int) -> Line:
        words = f"before + contribution = after, {place} of {count}"
        so_far = " so far = " if place < count else " = "
        numbers = (self.number(before), " + ", *self._factor(product), " = ", self.number(after))
        return Line(words, (f"{self.gradient(node)}{so_far}", *numbers))

    def passed(self, words: str, total: float) -> Line:
        return Line(words, (self.number(total),))

    def _with_numbers(self, node: Any, data: Any) -> list[Piece]:
        """The operation of a node, written with the numbers of its operands."""
        operands = list(node.parents)
        if len(operands) > MOST_OPERANDS:
            operands = [*operands[: MOST_OPERANDS - 2], None, operands[-1]]
        place = "\ue000"
        parts = node.op.write(*[ELLIPSIS if operand is None else place for operand in operands]).split(place)
        operands = [operand for operand in operands if operand is not None]
        if len(parts) != len(operands) + 1:  # it has a name that holds the very character
            return [shown(node.op.name)]
        pieces: list[Piece] = [visible(parts[0])]
        for operand, text in zip(operands, parts[1:], strict=True):
            pieces += [self.number(data[operand])] if node.op.is_call else self._factor(data[operand])
            pieces.append(visible(text))
        return pieces

    def _factor(self, x: float) -> list[Piece]:
        """A number inside a formula: in parentheses where its sign would run into another."""
        return ["(", self.number(x), ")"] if x < 0 else [self.number(x)]
