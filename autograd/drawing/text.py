"""Text in a picture: whatever a name holds is drawn as text, in DOT and in SVG."""

import html
import re
from typing import Any

from autograd.text import visible

LONGEST_NAME = 40
LONGEST_OPERATION = 28
ELLIPSIS = "…"
ZERO_WIDTH = "\N{ZERO WIDTH NON-JOINER}"

# How tightly an operation binds.
COMPARISON, MINUS_SIGN, POWER, FUNCTION = 0, 2.5, 3, 4
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}


def shown(name: str) -> str:
    """A name on one line with nothing invisible in it, in its middle shortened if it is long.

    >>> shown("two" + chr(10) + "lines"), shown("")
    ('two␊lines', '""')
    """
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 14]}{ELLIPSIS}{name[-13:]}"
    return visible(name) if name.strip() else f'"{visible(name)}"'


def escaped(text: str) -> str:
    """The text as it stands inside an HTML-like label of Graphviz.

    >>> escaped("<b> & {x|y}")
    '&lt;b&gt; &amp; {x|y}'
    """
    # Graphviz takes spaces at the ends and in a row for one, unless they do not break.
    spaced = re.sub(r"^ | $|(?<= ) ", "\N{NO-BREAK SPACE}", text)
    # Graphviz makes the node's id of \N even here, and its SVG takes a text that looks like an entity for one.
    parted = re.sub(r"\\|&(?=#?\w+;)", lambda match: match[0] + ZERO_WIDTH, spaced)
    return html.escape(parted)


def number(x: float, digits: int) -> str:
    """The number to some significant digits."""
    return f"{x:.{digits}g}"


def name_of(node: Any, digits: int, scope: str = "") -> str:
    """What a node is called inside the module `scope`: its name, or the number of a leaf without one."""
    if node.name is None:
        return number(node.data, digits)
    return shown(node.name.removeprefix(f"{scope}.") if scope else node.name)


def operation_of(node: Any, digits: int, scope: str = "") -> str:
    """The operation of a node written with its operands, inner ones too as long as it stays short.

    >>> from autograd import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> operation_of((a + b) * b - 1, 4)
    '(a + b) * b - 1'
    >>> operation_of(((a + b) * b - 1) * (a * a + b * b).exp().log(), 4)
    '(… * b - 1) * log(exp(…))'
    """
    for depth in (4, 3, 2, 1):
        text = _written(node, digits, scope, depth)
        if len(text) <= LONGEST_OPERATION:
            return visible(text)
    return shown(_written(node, digits, scope, 0))


def _written(node: Any, digits: int, scope: str, depth: int) -> str:
    operands = list(node.parents)
    if len(operands) > 4:
        operands = [operands[0], None, operands[-1]]
    texts = [_operand(node, operand, digits, scope, depth, first=operand is operands[0]) for operand in operands]
    if not node.op.infix:
        texts = [text for text, before in zip(texts, ["", *texts], strict=False) if text != before or text != ELLIPSIS]
    return node.op.write(*texts)


def _operand(node: Any, operand: Any, digits: int, scope: str, depth: int, *, first: bool) -> str:
    if operand is None or depth == 0:
        return ELLIPSIS
    if operand.op is None or operand.name is not None:
        return name_of(operand, digits, scope)
    if depth == 1:
        return f"{shown(operand.op.name)}({ELLIPSIS})" if _binding(operand) == FUNCTION else ELLIPSIS
    text = _written(operand, digits, scope, depth - 1)
    # a - (b - c) needs its parentheses, (a - b) - c does not; the operands of a function need none.
    loose = _binding(operand) < _binding(node) + (not first)
    return f"({text})" if loose and _binding(node) < FUNCTION else text


def _binding(node: Any) -> float:
    """How tightly the operation of a node binds its operands."""
    if node.op.name.startswith("**"):
        return POWER
    if not node.op.infix:
        return FUNCTION
    return MINUS_SIGN if len(node.parents) == 1 else BINDING.get(node.op.name, COMPARISON)
