"""How names, nodes and formulas are written as text, for every report, picture, page and error.

A node is known here by ``name``, ``op``, ``parents`` and ``data`` alone. `autograd.latex` writes the same in LaTeX.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from math import isfinite
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from autograd.graph import Node
    from autograd.operation import Operation

# Characters

ELLIPSIS = "…"
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # Indic scripts and emoji are spelt with them


@lru_cache(maxsize=4096, typed=True)
def visible(text: str) -> str:
    """The text with the escape of each character that does not print, as Python writes it: it could end a line, break
    the XML or turn the writing round.

    >>> print(visible("a" + chr(10) + chr(27) + "[2J" + chr(0x202E)))
    a\\n\\x1b[2J\\u202e
    """
    return text if text.isprintable() else "".join(map(_shown_character, text))


def _shown_character(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    return character.encode("unicode_escape").decode()


IN_ASCII = {"✓": "+", "✗": "x", "∂": "d", "·": "*", "×": "*", "−": "-", "—": "-", "→": "->", "…": "..."}
IN_ASCII |= {"½": "1/2", "²": "^2", "Σ": "sum over ", "√": "sqrt", "∞": "inf"}
"""How people write signs where there is only ASCII."""


def _in_ascii(error: UnicodeError) -> tuple[str | bytes, int]:
    """What `codecs` puts in the place of characters that an encoding has not: any other sign as its escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(IN_ASCII.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs), error.end


IN_SIGNS_OF_ASCII = "autograd.text"
"""The name of this way of encoding, as an ``errors`` of a stream."""
codecs.register_error(IN_SIGNS_OF_ASCII, _in_ascii)


def printable(text: str) -> str:
    """The text in the characters that the standard output has: a Windows pipe or an autograder may know few, and print
    would end in a UnicodeEncodeError. Where it knows them all, as in UTF-8, it is the very text.

    Whatever shows itself by ``print`` goes through here. The text is to be made in it before columns are aligned.
    """
    encoding = getattr(sys.stdout, "encoding", None)  # there may be no standard output, or one that takes any text
    if text.isascii() or not isinstance(encoding, str):
        return text
    try:
        return text.encode(encoding, IN_SIGNS_OF_ASCII).decode(encoding)
    except LookupError:  # an encoding that Python does not know
        return text


# Names and numbers


class ParameterName(str):
    """The name of a parameter: the path of attributes and indices that leads to it, as ``layers.0.weights.1``.

    It is a string like any other. `nn.Module` gives it, and a drawing sees by it which leaves are parameters and which
    modules they belong to; so can a network that is written by hand.

    >>> from autograd import Value
    >>> Value(0.5, ParameterName("hidden.0.weights.1"))
    Value(data=0.5, grad=None, name='hidden.0.weights.1')
    """

    __slots__ = ()


LONGEST_NAME = 40
"""How many characters of a name a picture shows."""


def shown(name: str) -> str:
    """A name as a picture shows it: on one line, shortened in its middle if it is long, in quotes if it is blank.

    >>> shown("two" + chr(10) + "lines"), shown("")
    ('two\\\\nlines', '""')
    """
    return in_quotes_if_blank(visible(shortened(name)))


def all_shown(names: Mapping[Node, str]) -> dict[Node, str]:
    """Each name as `shown`."""
    return {node: shown(name) for node, name in names.items()}


def shortened(text: str) -> str:
    """The text without its middle, if it is longer than `LONGEST_NAME`."""
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 14]}{ELLIPSIS}{text[-13:]}"


def in_quotes_if_blank(name: str) -> str:
    return name if name.strip() else f'"{name}"'


APART = re.compile(r"[\s+*/%@^<>=&|~·×÷−-]")
"""What stands between the pieces of a formula, or before one as its sign: spaces and operators."""
_EXPONENT = re.compile(r"(?<=[0-9])e[+-](?=[0-9])")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]|\{[^{}]*\}")


@lru_cache(maxsize=1024)
def is_one_piece(text: str, apart: re.Pattern[str] = APART) -> bool:
    """Whether a text can stand as an operand without parentheses: a number, a call, or a name that is no expression.

    Outside of brackets it has nothing that stands `apart`.

    >>> [is_one_piece(text) for text in ("f(x + y)", "w[0, 1]", "1e-05", "x+y", "-x", "two words")]
    [True, True, True, False, False, False]
    """
    text, inside = _EXPONENT.sub("e", text), None
    while text != inside:  # from the innermost brackets out
        inside, text = text, _IN_BRACKETS.sub("", text)
    return apart.search(text) is None


def number(x: float, digits: int = 6) -> str:
    """A number for people: what is rounded does not look exact.

    A number that has no more than so many significant digits is written as it is, as Python writes it: the very float
    can be read from it. Another is rounded, and shows just so many digits, trailing zeros too, some of them after a
    point: it is 2.458e-05 below 0.0001, and 1.235e+05 where no digit would be after the point.

    >>> number(0.1, 4), number(0.1 + 0.2, 4), number(100000, 4), number(123456, 4), number(999.96, 4)
    ('0.1', '0.3000', '100000', '1.235e+05', '1.000e+03')
    """
    x = float(x)
    exact = repr(x).removesuffix(".0")
    if len(exact.partition("e")[0].replace(".", "").strip("-0")) <= digits or not isfinite(x):
        return exact
    mantissa, _, exponent = f"{x:.{digits - 1}e}".partition("e")
    places = digits - 1 - int(exponent)
    return f"{x:.{places}f}" if 0 < places < digits + 4 else f"{mantissa}e{exponent}"


ALL_DIGITS = 17
"""As many as any float has."""


def numbers_apart(x: float, y: float, digits: int = 9) -> tuple[str, str]:
    """Two numbers to some significant digits, or to as many more as tell them apart.

    >>> numbers_apart(0.25, 0.2500000001)
    ('0.25', '0.2500000001')
    """
    while digits < ALL_DIGITS and float(number(x, digits)) == float(number(y, digits)):
        digits += 1
    return number(x, digits), number(y, digits)


def in_digits(digits: int) -> Callable[[float], str]:
    """What writes numbers with so many significant digits."""
    return partial(number, digits=digits)


# Formulas

LOOSE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, CALL = range(10)
"""How tightly an operation binds its operands, as in Python: ``-a ** b`` is ``-(a ** b)``. A name binds like a call;
what is loose has parentheses as the operand of anything but a call."""

_BINDING = {"or": OR, "and": AND, "not": NOT, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}


def binding_of(name: str, *, infix: bool, arity: int | None) -> int:
    """How tightly an operation binds; one of the user's that is infix binds like a comparison."""
    if not infix:
        return CALL
    return SIGN if name == "-" and arity == 1 else _BINDING.get(name, COMPARISON)


def written(operation: Operation, arguments: Sequence[str]) -> str:
    """The operation applied to arguments given as text: ``tanh(a)``, ``a * b``, ``-a``, ``not a``; ``a ** 2`` too has
    two."""
    name = visible(operation.name) if operation.exponent is None else "**"
    if operation.is_call:
        return f"{name}({', '.join(arguments)})"
    return f" {name} ".join(arguments) if len(arguments) > 1 else f"{name}{' ' * name.isalpha()}{arguments[0]}"


class Term(NamedTuple):
    """A piece of a formula."""

    text: str
    binding: int = CALL
    """How tightly its outermost operation binds."""


def stands_bare(term: Term, binding: int, position: int) -> bool:
    """Whether a term needs no parentheses as the operand at a position, from 0, of an operation that binds so tightly.

    Python reads a - b - c as (a - b) - c, but a ** b ** c as a ** (b ** c), and a < b < c as a < b and b < c.
    """
    if binding == POWER:
        return term.binding == CALL or (position > 0 and term.binding >= SIGN)  # a ** -b is a ** (-b)
    if binding == term.binding:
        return position == 0 and binding != COMPARISON
    return term.binding > binding


Operand = TypeVar("Operand")


@dataclass(frozen=True)
class Cut:
    """What of a long operation is written."""

    depth: int
    """How many levels of operations."""
    many: int = 4
    """How many operands are many; of those in several lists, in each."""
    first: int = 1
    """How many of many operands from the first on."""
    last: int = 1
    """How many of them up to the last."""

    @cached_property
    def inside(self) -> Cut:
        """The cut of an operand."""
        return replace(self, depth=self.depth - 1)

    def left(self, operation: Operation, operands: Sequence[Operand]) -> list[Operand | None]:
        """The operands that are written, and None for all in between; in lists, which are counted, one for each."""
        between = len(operands) - self.first - self.last
        if len(operands) // max(1, operation.lists) < self.many or between <= 0:
            return [*operands]
        nones = between if operation.lists else 1
        if between == len(operands) > 1 and not operation.is_call:
            nones = 2  # a sign stands between two
        return [*operands[: self.first], *[None] * nones, *operands[self.first + between :]]


MOST_NUMBERS = 6
"""An operation with more operands is written with the first ones and the last, this many with the … between them."""


def few(operation: Operation, operands: Sequence[Operand]) -> list[Operand | None]:
    """The operands, of too many the first ones and the last, as a `Cut` leaves them."""
    return Cut(0, 1, MOST_NUMBERS - 2).left(operation, operands) if len(operands) > MOST_NUMBERS else [*operands]


@dataclass(frozen=True)
class Writer:
    """Writes nodes in a line of text, as Python reads it: with the parentheses that it needs and no others.

    What does not fit is left out as …, but a name that somebody gave is never cut. The cost does not depend on the
    size of the graph.

    >>> from autograd import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> Writer().operation((a - (b - a)) ** b).text
    '(a - (b - a)) ** b'
    """

    names: Mapping[Node, str] = field(default_factory=dict)
    """What nodes are called instead, for those that are in it."""
    digits: int = 6
    """How many significant digits a number has."""
    data: Mapping[Node, float] = field(default_factory=dict)
    """What leaves held at some moment, for those that are in it."""

    DOTS: ClassVar[str] = ELLIPSIS
    """What stands for all that is left out."""
    WIDTH: ClassVar[int] = 48
    """How long an operation may be."""
    CUTS: ClassVar[Sequence[Cut]] = (Cut(3), Cut(2), Cut(1), Cut(1, many=2), Cut(1, many=2, first=0), Cut(1, 1, 0, 0))
    """From the one that leaves most to the one that leaves least: an operation is written by the first that fits."""
    APART: ClassVar[re.Pattern[str]] = APART
    """What a name has that needs parentheses as an operand."""
    HEADS: ClassVar[bool] = False
    """Whether of a call that is too deep the function is written, as in tanh(…)."""

    def label(self, node: Node) -> Term:
        """The name of a node, else the number of a leaf, else the operation."""
        return self.name(node) or self.operation(node)

    def name(self, node: Node) -> Term | None:
        """The name of a node, or the number of a leaf without one; None for an operation without a name."""
        name = self.names.get(node, node.name)
        if name is not None:
            return Term(self.given(name), CALL if is_one_piece(visible(name), self.APART) else LOOSE)
        if node.op is not None:
            return None
        held = self.data.get(node)
        return self.numeral(node.data if held is None else held)

    def numeral(self, x: float) -> Term:
        """A number inside a formula: a negative one binds like a sign, for Python reads -2 ** 2 as -(2 ** 2)."""
        text = number(x, self.digits)
        return Term(text, SIGN if text.startswith("-") else CALL)

    def given(self, name: str) -> str:
        """A name that somebody gave."""
        return in_quotes_if_blank(visible(name))

    def operation(self, node: Node) -> Term:
        """The operation of a node with its operands, whether or not the node has a name."""
        return self.fitted(node)[0]

    def fitted(self, node: Node) -> tuple[Term, Cut]:
        """The operation, and the first of the `CUTS` with which it fits, or the last."""
        for cut in self.CUTS:
            term = self.applied(node, cut)
            if len(term.text) <= self.WIDTH:
                break
        return term, cut

    def applied(self, node: Node, cut: Cut) -> Term:
        """The operation of a node with its operands, as far as a cut leaves them."""
        return self.write(node.op, [self.operand(operand, cut.inside) for operand in cut.left(node.op, node.parents)])

    def write(self, operation: Operation, operands: Sequence[Term]) -> Term:
        """The operation applied to its operands, to which a power by a number adds its exponent."""
        if operation.exponent is not None:
            operands = [*operands, self.numeral(operation.exponent)]
        length = len(operands) // operation.lists if operation.lists else 0
        lists = [operands[i * length : (i + 1) * length] for i in range(operation.lists)]
        terms = [*map(self.listed, lists), *operands[operation.lists * length :]]
        return self.joined(operation, self.once_in_a_row(terms) if lists else terms)

    def listed(self, items: Sequence[Term]) -> Term:
        """The list that some operands are given in."""
        items = self.once_in_a_row(items)
        return items[0] if items == [Term(self.DOTS)] else self.in_brackets(", ".join(item.text for item in items))

    def in_brackets(self, items: str) -> Term:
        return Term(f"[{items}]")

    def once_in_a_row(self, terms: Sequence[Term]) -> list[Term]:
        """The terms, with one … in place of several in a row."""
        dots = Term(self.DOTS)
        return [term for i, term in enumerate(terms) if term != dots or terms[i - 1 : i] != [dots]]

    def shortened(self, operation: Operation, operands: Sequence[Term]) -> Term:
        """The operation applied to its operands, of which about `MOST_NUMBERS` are written."""
        return self.write(operation, [term or Term(self.DOTS) for term in few(operation, operands)])

    def operand(self, node: Node, cut: Cut) -> Term:
        """A node inside a formula; None is one that is left out."""
        if node is None:
            return Term(self.DOTS)
        if name := self.name(node):
            return name
        if cut.depth == 0:
            return Term(f"{self.given(node.op.name)}({ELLIPSIS})" if self.HEADS and node.op.is_call else self.DOTS)
        return self.applied(node, cut)

    def joined(self, operation: Operation, operands: Sequence[Term]) -> Term:
        """The operation applied to terms, in parentheses where it needs them."""
        binding, texts = operation.binding, [term.text for term in operands]
        if not operation.is_call:
            texts = [
                term.text if stands_bare(term, binding, position) else f"({term.text})"
                for position, term in enumerate(operands)
            ]
        return Term(written(operation, texts), binding)


@dataclass(frozen=True)
class PictureWriter(Writer):
    """Writes nodes as briefly as a picture needs it.

    >>> from autograd import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> PictureWriter().operation(((a + b) * b - 1) * (a * a + b * b).exp().log()).text
    '(… * b - 1) * log(exp(…))'
    """

    digits: int = 4
    module: str = ""
    """The module that the nodes are in: its path is left out in the names of what is in it."""

    WIDTH: ClassVar[int] = 28
    CUTS: ClassVar[Sequence[Cut]] = (Cut(4, many=5), Cut(3, many=5), Cut(2, many=5), Cut(1, many=5), *Writer.CUTS[-3:])
    HEADS: ClassVar[bool] = True

    def given(self, name: str) -> str:
        return shown(name.removeprefix(f"{self.module}.") if self.module else name)

    def numeral(self, x: float) -> Term:
        """A number of the program: 1.0001 is not 1.000 for the sake of a digit."""
        exact = super().numeral(x)
        nearly = number(x, self.digits + 2)
        return exact._replace(text=nearly) if float(nearly) == x else exact

    def operation(self, node: Node) -> Term:
        text, binding = super().operation(node)
        return Term(shortened(text), binding)

    def joined(self, operation: Operation, operands: Sequence[Term]) -> Term:
        return super().joined(operation, self.once_in_a_row(operands) if operation.is_call else operands)


def on_paper(number: str) -> Term:
    """A number in the place of an operand, as on paper: (-3) * 2, although Python needs no (-3)."""
    return Term(number, LOOSE if number.startswith("-") or "/" in number else CALL)


@lru_cache(maxsize=1024)
def as_factor(number: str) -> str:
    """A number inside a product or a sum, on paper: in parentheses where its sign would run into another."""
    term = on_paper(number)
    return term.text if stands_bare(term, PRODUCT, 1) else f"({term.text})"


def with_numbers(operation: Operation, operands: Sequence[str]) -> str:
    """The operation with numbers, or other text, in the place of its operands, as on paper.

    >>> from autograd import ops
    >>> with_numbers(ops.power, ["1/2", "-2"]), with_numbers(ops.exp, ["-2"])
    ('(1/2) ** (-2)', 'exp(-2)')
    """
    terms = [Term(text, CALL if is_one_piece(text) else LOOSE) for text in operands]
    return Writer(digits=ALL_DIGITS).shortened(operation, terms).text


NumberPiece = tuple[str, str]
"""A number as it is written and with all its digits."""
Piece = str | NumberPiece
"""A part of a formula: text, or a number."""


class RuleWriter(Writer):
    """Writes rules, of which a page has a whole line, and shows names as a picture does."""

    CUTS: ClassVar[Sequence[Cut]] = (Cut(6), *Writer.CUTS)
    HEADS: ClassVar[bool] = True

    def given(self, name: str) -> str:
        return shown(name)


class NumberWriter(Writer):
    """Writes operations with the numbers of their operands in place of the names, as on paper. Each number has all its
    digits beside it, between marks that no name can hold: `pieces` reads them."""

    CUTS: ClassVar[Sequence[Cut]] = (Cut(100, many=10**6),)

    def name(self, node: Node) -> Term | None:
        return self.numeral(node.data) if node.op is None or node.is_operand else None

    def numeral(self, x: float) -> Term:
        text, binding = on_paper(number(x, self.digits))
        return Term(f"\ue000{text}\ue001{float(x)!r}\ue002", binding)

    def piece_and_factor(self, x: float) -> tuple[NumberPiece, list[Piece]]:
        """A number, and the same inside a product or a sum."""
        piece = number(x, self.digits), repr(float(x))
        return piece, [piece] if as_factor(piece[0]) == piece[0] else ["(", piece, ")"]

    def pieces(self, expression: Node) -> list[Piece]:
        """An expression, with the numbers of its operands."""
        return _pieces(self.label(expression).text)

    def pieces_of(self, operation: Operation, operands: Iterable[float]) -> list[Piece]:
        """An operation with the numbers of its operands."""
        return _pieces(self.shortened(operation, list(map(self.numeral, operands))).text)


def _pieces(text: str) -> list[Piece]:
    before, *parts = re.split("\ue000(.*?)\ue001(.*?)\ue002", text)
    pieces: list[Piece] = [before]
    for short, full, after in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        pieces += [(short, full), after]
    return pieces


# Labels


def label(node: Node, names: Mapping[Node, str] | None = None, data: Mapping[Node, float] | None = None) -> str:
    """The name of a node; for one without a name its number, if it is a leaf, or its operation as text.

    Args:
        node: the node.
        names: what nodes are to be called instead, for those that it has.
        data: what leaves held at some moment, for those that it has.

    >>> from autograd import Value
    >>> w, x, b = Value(2.0, "w"), Value(-1.0, "x"), Value(0.5)
    >>> label(w), label(b), label((w * x + b).tanh())
    ('w', '0.5', 'tanh(w * x + 0.5)')
    """
    return Writer(names or {}, data=data or {}).label(node).text


def names_apart(nodes: Iterable[Node], written_to: Iterable[Node] = (), digits: int = 6) -> dict[Node, str]:
    """What nodes are called in formulas where their own names do not tell: others of one name by their number.

    A leaf without a name whose number is not the one that was computed with is called after the one that it has now.

    Args:
        nodes: those of a graph, in the order in which they are numbered.
        written_to: the leaves that were written to since.
        digits: of such a number.

    >>> from autograd import Value
    >>> a, b, one = Value(1.0, "a"), Value(5.0, "a"), Value(1.0)
    >>> names = names_apart([a, b, one], written_to=[one])
    >>> label(a * b + one, names)
    'a * (a #2) + (1 now)'
    """
    given = {node: node.name for node in nodes if node.name is not None}
    names = {node: name for node, name in told_apart(given, " #{}").items() if name != given[node]}
    return names | {leaf: f"{number(leaf.data, digits)} now" for leaf in written_to if leaf.name is None}


def labels(
    nodes: Iterable[Node], names: Mapping[Node, str] | None = None, data: Mapping[Node, float] | None = None
) -> dict[Node, str]:
    """A label for each node, all of them different: of nodes with one label the second and later are numbered.

    Args:
        nodes: the nodes.
        names: those of `names_apart` in a graph that they are part of; by default, apart from one another.
        data: as for `label`.

    >>> from autograd import Value
    >>> list(labels([Value(2.0), Value(2.0), Value(1.0, "a")]).values())
    ['2', '2 #2', 'a']
    """
    nodes = list(nodes)
    names = names_apart(nodes) if names is None else names
    return told_apart({node: label(node, names, data) for node in nodes}, " #{}")


def told_apart(texts: Mapping[Node, str], mark: str) -> dict[Node, str]:
    """The texts, where the second and later of equal ones have their number, written into a `mark`, at the end."""
    taken, found = set(texts.values()), {}
    seen: Counter[str] = Counter()
    for node, text in texts.items():
        seen[text] += 1
        while seen[text] > 1 and text + mark.format(seen[text]) in taken:
            seen[text] += 1
        found[node] = text if seen[text] == 1 else text + mark.format(seen[text])
    return found


def derivative(above: str, below: str, d: str = "∂") -> str:
    """∂above/∂below, of two labels, with formulas in parentheses: a letter d would run into the name of a function.

    >>> derivative("tanh(w * x)", "w * x"), derivative("y", "tanh(n)", "d")
    ('∂tanh(w * x)/∂(w * x)', 'dy/d(tanh(n))')
    """
    bare = [is_one_piece(text) and not (d.isalpha() and "(" in text) for text in (above, below)]
    above, below = (text if alone else f"({text})" for text, alone in zip((above, below), bare, strict=True))
    return f"{d}{above}/{d}{below}"


def derivatives_by(above: str, names: Mapping[Node, str]) -> dict[Node, str]:
    """d above/d name, of each name: see `derivative`."""
    return {node: derivative(above, name, "d") for node, name in names.items()}
