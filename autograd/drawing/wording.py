"""What the page says in words and formulas. All of it is text and numbers, nothing is markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograd.drawing.picture import SYMBOLS, Picture
from autograd.graph import Node
from autograd.numbers.expressions import FormulaNode, local_gradients, number_of
from autograd.text import (
    ELLIPSIS,
    MOST_NUMBERS,
    NumberPiece,
    NumberWriter,
    PictureWriter,
    Piece,
    RuleWriter,
    all_shown,
    derivative,
    derivatives_by,
    label,
    labels,
    shown,
)

if TYPE_CHECKING:
    from autograd.numbers import Number


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """A formula, and the words above it that say what it is."""

    caption: str
    pieces: tuple[Piece, ...]


RATE, MOST_LEAVES = 0.1, 8
"""The α of the step that the page ends with, and for how many leaves it is written."""


class Names(dict[Node, str]):
    """What nodes are called: those given by names that differ, any other by its label, which one of them may have."""

    def __init__(self, nodes: Iterable[Node], picture: Picture) -> None:
        super().__init__(all_shown(labels(nodes, picture.names, picture.data)))
        self.picture = picture

    def __missing__(self, node: Node) -> str:
        return shown(label(node, self.picture.names, self.picture.data))


class Wording:
    """Writes with names and with numbers.

    Args:
        outputs: whose sum is differentiated.
        nodes: the nodes whose names are to differ.
        picture: knows what each node of the graph held, and which were written to since.
        digits: how many significant digits numbers have.
    """

    def __init__(self, outputs: Sequence[Node], nodes: Iterable[Node], picture: Picture, digits: int) -> None:
        self.digits = digits
        self._data = picture.data
        self._changed = picture.changed
        self._writer = PictureWriter(picture.names, digits, picture.data)
        self._rule_writer = RuleWriter(picture.names, digits, picture.data)
        self._number_writer = NumberWriter(digits=digits)
        self._numbers: dict[str, tuple[NumberPiece, list[Piece]]] = {}
        self._rules: dict[Node, tuple[str, Sequence[Number], bool]] = {}
        self._slope_names: dict[tuple[Node, int], str] = {}
        self._equations: dict[Node, str] = {}
        self._gradients: dict[Node, str] = {}
        self._computed: dict[Node, FormulaLine] = {}
        self.names = Names(dict.fromkeys([*outputs, *nodes]), picture)
        self._given = {node: name for node, name in self.names.items() if node in picture.called}
        self.meaning = self.symbol = ""
        """The sentence that explains the symbol of an output without a name; empty if it has no symbol."""
        if len(outputs) == 1 and " " in self.names[outputs[0]]:
            taken = set(self.names.values())
            symbol = next(symbol for symbol in SYMBOLS if symbol not in taken)
            self.symbol = symbol
            self.meaning = f"{symbol} stands for {self.names[outputs[0]]}."
            self.names[outputs[0]] = self._given[outputs[0]] = symbol
        more = [ELLIPSIS] if len(outputs) > 3 else []
        self.output = " + ".join([*(self.names[output] for output in outputs[:3]), *more])
        """The outputs' sum: a backward pass from several of them is that of their sum."""

    def number(self, x: float) -> NumberPiece:
        """The number as it is written, and with all its digits."""
        return self._written(x)[0]

    def numbers(self, *xs: float) -> list[NumberPiece]:
        """The pieces of several numbers, each as `number` gives them."""
        return [self._written(x)[0] for x in xs]

    def gradient(self, node: Node) -> str:
        """dJ/dw."""
        if not self._gradients:
            self._gradients = derivatives_by(self.output, self.names)
        if node not in self._gradients:
            self._gradients[node] = derivative(self.output, self.names[node], "d")
        return self._gradients[node]

    def _slope(self, node: Node, operand: int) -> str:
        """∂n/∂w."""
        key = node, operand
        if key not in self._slope_names:
            self._slope_names[key] = derivative(self.names[node], self.names[node.parents[operand]])
        return self._slope_names[key]

    def told(
        self, node: Node, gradient: float, others: Iterable[float]
    ) -> tuple[Sequence[Piece], str, NumberPiece, list[NumberPiece]]:
        """What is said of a node by itself: how it is computed, the name and number of its gradient, other numbers."""
        formula = () if node.op is None else self.computed(node).pieces
        return formula, self.gradient(node), self.number(gradient), self.numbers(*others)

    # Lines

    def computed(self, node: Node) -> FormulaLine:
        """n = w * x + b = (-3) * 2 + 6.5 = 0.5; without the numbers of operands if one was written to since."""
        if node not in self._computed:
            numbers = [] if node in self._changed else [*self._with_numbers(node), " = "]
            pieces = (f"{self._equation(node)} = ", *numbers, self.number(self._data[node]))
            self._computed[node] = FormulaLine("", pieces)
        return self._computed[node]

    def _equation(self, node: Node) -> str:
        """n = w * x + b; of a node without a name the operation alone."""
        if node not in self._equations:
            operation, name = self._writer.operation(node).text, self.names[node]
            self._equations[node] = name if name == operation else f"{name} = {operation}"
        return self._equations[node]

    def contribution(self, node: Node, operand: int, upstream: float, local: float, product: float) -> FormulaLine:
        symbols = f"{self.gradient(node)} · {self._slope(node, operand)} = "
        numbers = (*self._factor(upstream), " × ", *self._factor(local), " = ", self.number(product))
        return FormulaLine("upstream gradient × local gradient = contribution", (symbols, *numbers))

    def passing(
        self, node: Node, operand: int, upstream: float, local: float, product: float
    ) -> tuple[FormulaLine, list[FormulaLine]]:
        """`contribution`, whose first piece are the symbols and the others the numbers, and `rule`."""
        return self.contribution(node, operand, upstream, local, product), self.rule(node, operand)

    def rule(self, node: Node, operand: int) -> list[FormulaLine]:
        """y = tanh(n), ∂y/∂n = 1 - y ** 2 = 1 - 0.4621 ** 2 = 0.7864; nothing if the rule is no formula, or long.

        Of a node with an operand that was written to since there are no numbers, and without its name nothing.
        """
        if node not in self._rules:
            caption = f"the local gradient of {shown(node.op.name) if node.op.exponent is None else '**'}"
            self._rules[node] = caption, *local_gradients(node, self._given, self._data)
        caption, slopes, as_computed = self._rules[node]
        changed = self._changed.get(node, ())
        if not slopes or any(operand.name is None and operand not in self._given for operand in changed):
            return []
        slope, local = slopes[operand], self.number(node.local_grads[operand])
        computed = isinstance(slope, FormulaNode) and not slope.is_operand
        if computed and len(node.parents) > MOST_NUMBERS:
            return []
        name, equation = self.names[node], self._equation(node)
        start = f"{self._slope(node, operand)} = "
        pieces: list[Piece] = [start if equation == name else f"{equation}, {start}"]
        if isinstance(slope, FormulaNode):
            text = self._rule_writer.label(slope).text
            pieces += [] if text == local[0] else [text, " = "]  # an operand without a name is written as its number
        if computed and not changed and (as_computed or self.number(number_of(slope))[0] == local[0]):
            pieces += [*self._number_writer.pieces(slope), " = "]
        elif computed and not changed:
            caption += ", which floats compute in a form that keeps its digits"
        return [FormulaLine(caption, (*pieces, local))]

    def first(self, node: Node, after: float, count: int) -> FormulaLine:
        words = f"the first of {count} contributions"
        return FormulaLine(words, (f"{self.gradient(node)} so far = ", self.number(after)))

    def added(self, node: Node, before: float, product: float, after: float, place: int, count: int) -> FormulaLine:
        words = f"before + contribution = after, {place} of {count}"
        so_far = " so far = " if place < count else " = "
        numbers = (self.number(before), " + ", *self._factor(product), " = ", self.number(after))
        return FormulaLine(words, (f"{self.gradient(node)}{so_far}", *numbers))

    def descent(self, leaves: Sequence[Node], gradients: Sequence[float]) -> list[FormulaLine]:
        """What a step of gradient descent makes of leaves: w − α · grad = (-3) − 0.1 × 1.573: -3 → -3.157."""
        lines: list[FormulaLine] = []
        now = {leaf for operands in self._changed.values() for leaf in operands}
        for leaf, gradient in zip(leaves[:MOST_LEAVES], gradients, strict=False):
            if leaf in now:
                continue  # it has taken its step
            before = self._data[leaf]
            after = self.number(before - RATE * gradient)
            numbers = (*self._factor(before), f" − {RATE} × ", *self._factor(gradient))
            pieces = (f"{self.names[leaf]} − α · grad = ", *numbers, ": ", self.number(before), " → ", after)
            more = len(leaves) > MOST_LEAVES
            caption = f"a step against the gradient, α = {RATE}: before → after{', of the first' if more else ''}"
            lines.append(FormulaLine("" if lines else caption, pieces))
        return lines

    def passed(self, words: str, total: float) -> FormulaLine:
        return FormulaLine(words, (self.number(total),))

    def _with_numbers(self, node: Node) -> list[Piece]:
        """The operation of a node, written with the numbers of its operands."""
        return self._number_writer.pieces_of(node.op, [self._data[operand] for operand in node.parents])

    def _factor(self, x: float) -> list[Piece]:
        """A number inside a product or a sum."""
        return self._written(x)[1]

    def _written(self, x: float) -> tuple[NumberPiece, list[Piece]]:
        full = repr(float(x))
        if full not in self._numbers:
            self._numbers[full] = self._number_writer.piece_and_factor(x)
        return self._numbers[full]
