"""The text of a program: its two functions, and their lines, folded where they are too long to be read.

A folded line has one part a line. Numbers count alike, whatever their digits, so that a program has as many lines for
a thousand inputs as for ten.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from math import prod
from textwrap import wrap
from typing import TYPE_CHECKING

from autograd.numbers import Number

if TYPE_CHECKING:
    from autograd.lifting.emission import Emission

WIDTH = 100
"""How wide the generated source is."""

SHOWN = 24
"""How many numbers of an array the source shows."""

_NUMBER = re.compile(r"(?<![\w.])\d[\w.+-]*(?<=[\w.])")

_OPENING, _CLOSING = "([", ")]"


def text_of_program(emission: "Emission", flat: Sequence[str], arguments: Sequence[str]) -> str:
    """The two functions. The forward one returns the outputs, and what the backward one needs."""
    forward = [*emission.views, *emission.forward]
    outputs = ", ".join(ast.unparse(output.tree) for output in emission.outputs)
    backward = "\n".join(line for line, _ in emission.backward)
    needed = _needed_by([line for line, _ in emission.backward])
    written = [line.strip().split(" = ", 1)[0] for line in forward if " = " in line]
    saved = [name for name in dict.fromkeys(written) if name in needed]
    count = f"batch = len({arguments[0]})" if arguments else ""
    heads = [
        f"def forward({', '.join([*flat, *arguments])}):",
        f"def backward({', '.join([*flat, *arguments, 'saved'])}):",
    ]
    body = [(count, "")] if "batch" in names_of("\n".join([*forward, outputs])) else []
    body += [(line, "") for line in [*forward, f"return ({outputs},), {_tuple(saved)}"]]
    text = [*_header(emission.constants), heads[0], *_folded(body)]
    if backward:
        body = [(f"{_tuple(saved)} = saved", "")] if saved else []
        body += [(count, "")] if "batch" in needed else []
        text += ["", "", heads[1], *_folded([*body, *emission.backward, ("return gradient", "")])]
    return "\n".join(text) + "\n"


def _header(constants: dict[str, Number]) -> list[str]:
    """What the lines name and do not define, as comments: short arrays in full, long ones by their shape."""
    lines = []
    for name, (numbers, _) in constants.items():
        shape = (len(numbers), len(numbers[0])) if isinstance(numbers[0], list) else (len(numbers),)
        short = prod(shape) <= SHOWN and len(f"# {name} = {numbers}") <= WIDTH
        lines.append(f"# {name} = {numbers}" if short else f"# {name}: an array {shape}, in constants")
    return [*lines, "", ""] if lines else []


def _tuple(names: Sequence[str]) -> str:
    return f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"


def together(names: Sequence[str]) -> str:
    """One name, or several as a tuple."""
    return names[0] if len(names) == 1 else _tuple(names)


def _needed_by(lines: Sequence[str]) -> set[str]:
    """The names that the lines read before they write them; in a loop, at its first turn."""
    needed: set[str] = set()
    written: set[str] = set()
    for line in lines:
        target, _, expression = line.strip().partition(" = ")
        if expression:
            needed |= names_of(expression) - written
            written |= names_of(target)
        else:
            needed |= names_of(f"{target} pass" if target.endswith(":") else target) - written
    return needed


def names_of(text: str) -> set[str]:
    """The names that some lines read and write."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _folded(lines: Iterable[tuple[str, str]]) -> list[str]:
    """The lines of a function, each with its comment, with the indentation."""
    return [line for each in lines for line in fold_line(*each)]


def fold_line(line: str, comment: str = "") -> list[str]:
    """A line of a function, indented, in lines of at most `WIDTH` characters."""
    indent = 4 + len(line) - len(line.lstrip())
    line = line.lstrip()
    space = " " * indent
    if _width(line) + len(comment) + indent + 4 <= WIDTH:
        return [f"{space}{line}  # {comment}" if comment else f"{space}{line}"]
    above = wrap(comment, WIDTH, initial_indent=f"{space}# ", subsequent_indent=f"{space}# ") if comment else []
    return [*above, *_fold(line, indent, "")]


def _width(text: str) -> int:
    """How long a text is, with a whole number above 2 for 3 characters at least, and another number for 18."""

    def counted(found: re.Match[str]) -> str:
        least = 1 if found[0] in "012" else 3 if found[0].isdigit() else 18
        return "0" * max(least, len(found[0]))

    return len(_NUMBER.sub(counted, text))


def _fold(text: str, indent: int, end: str) -> list[str]:
    """The text, and what follows it on its last line, in lines."""
    space = " " * indent
    if _width(text) + len(end) + indent <= WIDTH:
        return [f"{space}{text}{end}"]
    found = _BEGINNING.match(text)
    beginning = found[0] if found else ""
    value = text[len(beginning) :]
    for operators in _OPERATORS:
        parts = _split(value, operators)
        if len(parts) > 1:
            inner = [line for part in parts for line in _fold(part, indent + 4, "")]
            return [f"{space}{beginning}(", *inner, f"{space}){end}"]
    first, last = _brackets(value)
    if first < 0:
        return [f"{space}{text}{end}"]
    inner = [
        line
        for entry in _entries(value[first + 1 : last], indent + 4)
        for line in _fold(entry.removesuffix(","), indent + 4, "," * entry.endswith(","))
    ]
    return [f"{space}{beginning}{value[: first + 1]}", *inner, f"{space}{value[last:]}{end}"]


_BEGINNING = re.compile(r"\w+ = |[-+*/@|] ")
"""What a line, or a part of a sum or a product, begins with."""

_OPERATORS = ((" | ",), (" + ", " - "), (" * ", " / ", " @ "))
"""Those that bind least come first."""


def _split(text: str, operators: tuple[str, ...]) -> list[str]:
    """The text at operators outside of brackets, which begin the parts after the first one."""
    parts, start = [], 0
    for position in _outside(text):
        if text.startswith(operators, position):
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]


def _outside(text: str) -> Iterator[int]:
    """The positions outside of brackets and strings."""
    depth = 0
    in_string = False
    for position, character in enumerate(text):
        in_string ^= character == "'"
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth == 0 and not in_string:
            yield position


def _entries(text: str, indent: int) -> list[str]:
    """What stands in brackets, entry by entry, short ones side by side, each with its comma.

    Side by side they fit on a line, for a fold at a sign of them would make a tuple of its own: ``(a, b + c, d)``.
    """
    parts, start = [], 0
    for position in _outside(text):
        if text[position] == ",":
            parts.append(text[start : position + 1].strip())
            start = position + 1
    parts.append(text[start:].strip())
    filled: list[str] = []
    side_by_side = False
    for part in filter(None, parts):
        short = not any(bracket in part.replace(".ravel()", "").replace("[None]", "") for bracket in _OPENING)
        if short and side_by_side and _width(filled[-1]) + _width(part) + max(13, indent + 2) <= WIDTH:
            filled[-1] += f" {part}"
        else:
            filled.append(part)
        side_by_side = short
    return filled


def _brackets(text: str) -> tuple[int, int]:
    """Where the outermost brackets with the most between them are; of a tuple that is all of them, the inner ones."""
    stack: list[int] = []
    pairs = []
    for position, character in enumerate(text):
        if character in _OPENING:
            stack.append(position)
        elif character in _CLOSING:
            start = stack.pop()
            if not stack and position > start + 1:
                pairs.append((position - start, start, position))
    if not pairs:
        return -1, -1
    _, first, last = max(pairs)
    if text[first + 1] == "(" and _closes(text, first + 1) == last - 1:
        return first + 1, last - 1
    return first, last


def _closes(text: str, start: int) -> int:
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] in _OPENING) - (text[position] in _CLOSING)
        if depth == 0:
            return position
    return -1
