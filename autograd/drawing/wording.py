"""What the page says in words and formulas. All of it is text and numbers, nothing is markup."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from autograd.text import (
    ELLIPSIS,
    PictureWriter,
    around,
    derivative,
    in_digits,
    label,
    labels,
    shown,
    visible,
    written,
)

Piece = str | tuple[str, str]
"""A part of a formula: text, or a number as it is written and with all its digits."""

MOST_OPERANDS = 6
"""How many numbers an operation is written with; of more, the first ones and the last."""


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """A formula, and the words above it that say what it is."""

    caption: str
    pieces: tuple[Piece, ...]


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
            operation, name = self._writer.operation(node).text, self.names[node]
            start = f"{name} = " if name == operation else f"{name} = {operation} = "
            pieces = (start, *self._with_numbers(node), " = ", self.number(self._data[node]))
            self._computed[node] = FormulaLine("", pieces)
        return self._computed[node]

    def contribution(self, node: Any, operand: int, upstream: float, local: float, product: float) -> FormulaLine:
        slope = derivative(self.names[node], self.names[node.parents[operand]])
        symbols = f"{self.gradient(node)} · {slope} = "
        numbers = (*self._factor(upstream), " × ", *self._factor(local), " = ", self.number(product))
        return FormulaLine("upstream gradient × local gradient = contribution", (symbols, *numbers))

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
        operands = list(node.parents)
        if len(operands) > MOST_OPERANDS:
            operands = [*operands[: MOST_OPERANDS - 2], None, operands[-1]]
        pieces: list[Piece] = []
        text, *texts = around(node.op, len(operands))
        for operand, after in zip(operands, texts, strict=True):
            if operand is None:
                text += ELLIPSIS + after
                continue
            number = self._data[operand]
            pieces += [text, *([self.number(number)] if node.op.is_call else self._factor(number))]
            text = after
        return [*pieces, text]

    def _factor(self, x: float) -> list[Piece]:
        """A number inside a formula: in parentheses where its sign would run into another."""
        return ["(", self.number(x), ")"] if x < 0 else [self.number(x)]


# The table's local gradients, for people

LETTERS = "abc"


@lru_cache(maxsize=1024)
def rule(operation: Any, operand: int) -> tuple[FormulaLine, ...]:
    """The table's entry for ∂y/∂operand, of an operation of at most three operands; none if there is no formula.

    >>> from autograd import ops
    >>> rule(ops.tanh, 0)[0].pieces, rule(ops.multiply, 1)[0].pieces
    (('y = tanh(a), ∂y/∂a = 1 - y**2',), ('y = a * b, ∂y/∂b = a',))
    >>> rule(ops.dot, 0)
    ()
    """
    if operation.arity is None or operation.arity > len(LETTERS):
        return ()
    import sympy

    from autograd.numbers.formulas import formulas

    letters = LETTERS[: operation.arity]
    y, *operands = sympy.symbols(f"y {' '.join(letters)}", real=True)
    try:
        slope = formulas.expression(operation.local(formulas, y, *operands)[operand])
    except Exception:  # a user's operation may know numbers only
        return ()
    text = f"y = {written(operation, letters)}, ∂y/∂{letters[operand]} = {slope}"
    return (FormulaLine(f"the local gradient of {shown(operation.name)}", (visible(text),)),)
