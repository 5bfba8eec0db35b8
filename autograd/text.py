"""How names, nodes and formulas are written as text, for every report, picture, page and error.

A node is known here by ``name``, ``op``, ``parents`` and ``data`` alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # Indic scripts and emoji are spelt with them


def visible(text: str) -> str:
    """The text with the Unicode picture of each control character in its place, and the escape of each other one that
    does not print: it could end a line, break the XML or turn the writing round.

    >>> print(visible("a" + chr(27) + "[2J" + chr(0x202E)))
    a␛[2J\\u202e
    """
    return "".join(map(_shown_character, text))


def _shown_character(character: str) -> str:
    code = ord(character)
    if character.isprintable() or character in JOINERS:
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class ParameterName(str):
    """The name of a parameter: the path of attributes and indices that leads to it, as ``layers.0.weights.1``.

    It is a string like any other. `nn.Module` gives it, and a drawing sees by it which leaves are parameters and which
    modules they belong to; so can a network that is written by hand.

    >>> from autograd import Value
    >>> Value(0.5, ParameterName("hidden.0.weights.1"))
    Value(data=0.5, grad=None, name='hidden.0.weights.1')
    """

    __slots__ = ()


def label(node: Any, width: int = 48, names: Mapping[Any, str] | None = None) -> str:
    """The name of a node; for one without a name its number, if it is a leaf, or its operation as text.

    Args:
        node: the node.
        width: how long a text may be.
        names: what its operands are to be called instead, for those that it has.

    What does not fit is left out as ``…``, but a name that somebody gave is never cut. Control characters are shown as
    their pictures. The cost does not depend on the size of the graph.

    >>> from autograd import Value
    >>> w, x, b = Value(2.0, "w"), Value(-1.0, "x"), Value(0.5)
    >>> label(w), label(b), label((w * x + b).tanh())
    ('w', '0.5', 'tanh(w * x + 0.5)')
    """
    if node.name:
        return visible(node.name)
    names = names or {}
    texts = (_written(node, names, depth, ends) for depth, ends in ((3, 2), (2, 2), (1, 2), (1, 1)))
    return next((text for text in texts if len(text) <= width), _written(node, names, 1, 0))


def labels(nodes: Iterable[Any]) -> dict[Any, str]:
    """A label for each node, all of them different: of nodes with one label the second and later are numbered.

    >>> from autograd import Value
    >>> list(labels([Value(2.0), Value(2.0), Value(1.0, "a")]).values())
    ['2', '2 #2', 'a']
    """
    first = {node: label(node) for node in nodes}
    taken, found = set(first.values()), {}
    seen: Counter[str] = Counter()
    for node, text in first.items():
        seen[text] += 1
        while seen[text] > 1 and f"{text} #{seen[text]}" in taken:
            seen[text] += 1
        found[node] = text if seen[text] == 1 else f"{text} #{seen[text]}"
    return found


def derivative(above: str, below: str, d: str = "∂") -> str:
    """∂above/∂below, with formulas in parentheses.

    >>> derivative("w * x", "x")
    '∂(w * x)/∂x'
    """

    def whole(text: str) -> str:
        return f"({text})" if " " in text and not (text.endswith(")") and text[0].isalpha()) else text

    return f"{d}{whole(above)}/{d}{whole(below)}"


def _written(node: Any, names: Mapping[Any, str], depth: int, ends: int) -> str:
    """The node with its operands written to a `depth`; of a long list of operands the first and last, the last, or
    none, as there are 2, 1 or 0 `ends`."""
    if node.name:
        return visible(node.name)
    if node.op is None:
        return f"{node.data:.6g}"
    if depth == 0:
        return "…"
    parents = node.parents
    if ends == 0:
        shown: list[Any] = [None] * min(len(parents), 1 if _is_call(node.op) else 2)
    elif len(parents) <= 3 and ends == 2:
        shown = list(parents)
    else:
        shown = [*parents[:1], None, *parents[-1:]] if ends == 2 else [None, *parents[-1:]]
    texts = ("…" if p is None else _operand(p, node.op, i, names, depth - 1, ends) for i, p in enumerate(shown))
    return visible(node.op.write(*texts))


def _operand(node: Any, of: Any, position: int, names: Mapping[Any, str], depth: int, ends: int) -> str:
    """An operand of the operation `of`, in parentheses if it would be read otherwise without."""
    if node in names:
        return names[node]
    text = _written(node, names, depth, ends)
    if node.name or text == "…" or _is_call(of):
        return text
    if node.op is None:
        return f"({text})" if text.startswith("-") and _binding(of) == 4 else text
    if _is_call(node.op):
        return text
    inner, outer = _binding(node.op), _binding(of)
    # On the left a + b serves for (a + b), but neither a ** b nor a or b does.
    from_the_left = 1 < inner == outer < 4 and position == 0 and of.arity == node.op.arity == 2
    return text if inner > outer or from_the_left else f"({text})"


def _binding(operation: Any) -> int:
    """How tightly an infix operation binds: powers most, comparisons least."""
    return {"+": 2, "-": 2, "*": 3, "/": 3}.get(operation.name, 4 if operation.name.startswith("**") else 1)


def _is_call(operation: Any) -> bool:
    """Whether the operation is written as a call, ``tanh(a)``, and not as ``a * b`` or ``a ** 2``."""
    return bool(operation.write("").endswith(")"))
