"""What the page says in words and formulas. All of it is text and numbers, nothing is markup."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from autograd.drawing.rules import Expression, local_gradients
from autograd.text import ELLIPSIS, PictureWriter, Term, Writer, derivative, in_digits, label, labels, on_paper, shown

Piece = str | tuple[str, str]
"""A part of a formula: text, or a number as it is written and with all its digits."""

MOST_OPERANDS = 6
"""How many numbers an operation is written with; of more, the first ones and the last."""


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """A formula, and the words above it that say what it is."""

    caption: str
    pieces: tuple[Piece, ...]


class RuleWriter(Writer):
    """Writes rules, of which a page has a whole line."""

    CUTS: ClassVar[Sequence[tuple[int, int]]] = ((6, 2), *Writer.CUTS)
    HEADS: ClassVar[bool] = True

    def given(self, name: str) -> str:
        return shown(name)


class NumberWriter(Writer):
    """Writes operations with the numbers of their operands in place of the names, each with all its digits beside it,
    between marks that no name can hold."""

    CUTS: ClassVar[Sequence[tuple[int, int]]] = ((100, 2),)
    MANY: ClassVar[int] = 10**6

    def name(self, node: Any) -> Term | None:
        return self.numeral(node.data) if node.op is None or node.is_operand else None

    def numeral(self, x: float) -> Term:
        text, binding = on_paper(in_digits(self.digits)(x))
        return Term(f"\ue000{text}\ue001{float(x)!r}\ue002", binding)


def pieces_of(text: str) -> list[Piece]:
    """What a `NumberWriter` wrote."""
    parts = re.split("\ue000(.*?)\ue001(.*?)\ue002", text)
    pieces: list[Piece] = [parts[0]]
    for short, full, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pieces += [(short, full), after]
    return pieces


class Names(dict[Any, str]):
    """What nodes are called: those that are in it differently, another by its label, which may be that of one."""

    def __init__(self, nodes: Iterable[Any], data: Mapping[Any, float]) -> None:
        super().__init__((node, shown(text)) for node, text in labels(nodes, data).items())
        self.data = data

    def __missing__(self, node: Any) -> str:
        return shown(label(node, data=self.data))


class Wording:
    """Writes with names and with numbers.

    Args:
        outputs: whose sum is differentiated.
        nodes: the nodes whose names are to differ.
        data: what each node of the graph held.
        digits: how many significant digits numbers have.
    """

    def __init__(self, outputs: Sequence[Any], nodes: Iterable[Any], data: Mapping[Any, float], digits: int) -> None:
        self._data, self._in_digits = data, in_digits(digits)
        self._writer = PictureWriter(digits=digits, data=data)
        self._rule_writer = RuleWriter(digits=digits)
        self._number_writer = NumberWriter(digits=digits)
        self._slopes: dict[Any, Sequence[Any]] = {}
        self._gradients: dict[Any, str] = {}
        self._computed: dict[Any, FormulaLine] = {}
        self.names = Names(dict.fromkeys([*outputs, *nodes]), data)
        self.meaning = ""
        """What stands behind the symbol of an output without a name; empty if none is needed."""
        if len(outputs) == 1 and " " in self.names[outputs[0]]:
            taken = set(self.names.values())
            symbol = next(symbol for symbol in ("y", "L", "out", "output", "the output") if symbol not in taken)
            self.meaning = f"{symbol} stands for {self.names[outputs[0]]}."
            self.names[outputs[0]] = symbol
        self._given = {node: name for node, name in self.names.items() if node.name is not None or " " not in name}
        """The names that are not operations."""
        more = [ELLIPSIS] if len(outputs) > 3 else []
        self.output = " + ".join([*(self.names[output] for output in outputs[:3]), *more])
        """The outputs' sum: a backward pass from several of them is that of their sum."""

    def number(self, x: float) -> tuple[str, str]:
        """The number as it is written, and with all its digits."""
        return self._in_digits(x), repr(float(x))

    def gradient(self, node: Any) -> str:
        """dJ/dw."""
        if node not in self._gradients:
            self._gradients[node] = derivative(self.output, self.names[node], "d")
        return self._gradients[node]

    # Lines

    def computed(self, node: Any) -> FormulaLine:
        """n = w * x + b = (-3) * 2 + 6.5 = 0.5"""
        if node not in self._computed:
            pieces = (f"{self._equation(node)} = ", *self._with_numbers(node), " = ", self.number(self._data[node]))
            self._computed[node] = FormulaLine("", pieces)
        return self._computed[node]

    def _equation(self, node: Any) -> str:
        """n = w * x + b; of a node without a name the operation alone."""
        operation, name = self._writer.operation(node).text, self.names[node]
        return name if name == operation else f"{name} = {operation}"

    def contribution(self, node: Any, operand: int, upstream: float, local: float, product: float) -> FormulaLine:
        slope = derivative(self.names[node], self.names[node.parents[operand]])
        symbols = f"{self.gradient(node)} · {slope} = "
        numbers = (*self._factor(upstream), " × ", *self._factor(local), " = ", self.number(product))
        return FormulaLine("upstream gradient × local gradient = contribution", (symbols, *numbers))

    def rule(self, node: Any, operand: int) -> list[FormulaLine]:
        """y = tanh(n), ∂y/∂n = 1 - y ** 2 = 1 - 0.4621 ** 2 = 0.7864; nothing if the rule is no formula, or long."""
        if node not in self._slopes:
            self._slopes[node] = local_gradients(node, self._given, self._data)
        if not self._slopes[node]:
            return []
        slope, local = self._slopes[node][operand], self.number(node.local_grads[operand])
        computed = isinstance(slope, Expression) and not slope.is_operand
        if computed and len(node.parents) > MOST_OPERANDS:
            return []
        caption = f"the local gradient of {shown(node.op.name) if node.op.exponent is None else '**'}"
        name, equation = self.names[node], self._equation(node)
        start = f"{derivative(name, self.names[node.parents[operand]])} = "
        pieces: list[Piece] = [start if equation == name else f"{equation}, {start}"]
        if isinstance(slope, Expression):
            text = self._rule_writer.label(slope).text
            pieces += [] if text == local[0] else [text, " = "]  # an operand without a name is written as its number
        if computed and self.number(slope.data)[0] != local[0]:
            caption += ", which floats compute in a form that keeps its digits"
        elif computed:
            pieces += [*pieces_of(self._number_writer.label(slope).text), " = "]
        return [FormulaLine(caption, (*pieces, local))]

    def first(self, node: Any, after: float, count: int) -> FormulaLine:
        words = f"the first of {count} contributions"
        return FormulaLine(words, (f"{self.gradient(node)} so far = ", self.number(after)))

    def added(self, node: Any, before: float, product: float, after: float, place: int, count: int) -> FormulaLine:
        words = f"before + contribution = after, {place} of {count}"
        so_far = " so far = " if place < count else " = "
        numbers = (self.number(before), " + ", *self._factor(product), " = ", self.number(after))
        return FormulaLine(words, (f"{self.gradient(node)}{so_far}", *numbers))

    def passed(self, words: str, total: float) -> FormulaLine:
        return FormulaLine(words, (self.number(total),))

    def _with_numbers(self, node: Any) -> list[Piece]:
        """The operation of a node, written with the numbers of its operands."""
        operands = [self._number_writer.numeral(self._data[operand]) for operand in node.parents]
        if len(operands) > MOST_OPERANDS:
            operands = [*operands[: MOST_OPERANDS - 2], Term(ELLIPSIS), operands[-1]]
        return pieces_of(self._number_writer.write(node.op, operands).text)

    def _factor(self, x: float) -> list[Piece]:
        """A number inside a formula: in parentheses where its sign would run into another."""
        return ["(", self.number(x), ")"] if x < 0 else [self.number(x)]
