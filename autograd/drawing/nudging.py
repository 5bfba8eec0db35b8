"""What the page needs to compute a graph anew when its leaves are moved: the table's rules, as JavaScript.

Of names the page gets JSON; the program knows places of nodes alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograd import ops
from autograd.drawing.dot import THICKEST, THINNEST
from autograd.numbers.javascript import local_function, value_function
from autograd.scopes import scopes_of
from autograd.text import PictureWriter, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.drawing.picture import Picture
    from autograd.drawing.steps import Recording
    from autograd.drawing.wording import Wording
    from autograd.graph import Node
    from autograd.operation import Operation
    from autograd.scopes import Scope

MOST_NODES = 20_000
"""How many nodes a graph may have that a page computes anew: with more it would be slow, and large."""
LONGEST = 600_000
"""How many characters the operations may have in all; one of n operands has some 30 · n."""
MOST_OPEN = 400
"""How many sliders stand open; of more leaves those of each module are made when it is opened."""


@dataclass(frozen=True, slots=True)
class PageProgram:
    """A graph as JavaScript.

    Attributes:
        operations: a list of ``[value, local gradients]``, for each operation that the graph uses.
        rules: for each node the place of its operation in them; -1 for a leaf.
        operands: for each node the places of its operands.
        outputs: the places of the outputs.
        kinked: for each operation whether it has a kink or a jump somewhere.
        gates: for each operation whether it passes no gradient at some points.
    """

    operations: str
    rules: list[int]
    operands: list[list[int]]
    outputs: list[int]
    kinked: list[bool]
    gates: list[bool]


class NotWritableError(ValueError):
    """The graph cannot be computed on a page; the message says why."""


def program_of(order: Sequence[Node], outputs: Sequence[Node]) -> PageProgram:
    """The program of a topological order of what the outputs depend on.

    Raises:
        NotWritableError: if the graph is too large, or has an operation of a user's that only floats can run.

    >>> from autograd import Value
    >>> from autograd.graph import topological_order
    >>> x = Value(2.0)
    >>> y = x * x
    >>> program_of(topological_order(y), [y])
    PageProgram(operations='[[(x) => { const t0 = x[0] * x[1]; return t0; }, (y, x) => { return [x[1], x[0]]; }]]', \
rules=[-1, 0], operands=[[], [0, 0]], outputs=[1], kinked=[False], gates=[False])
    """
    if len(order) > MOST_NODES:
        raise NotWritableError(f"it has {len(order):,} nodes, and a page computes {MOST_NODES:,} at most")
    place = {node: position for position, node in enumerate(order)}
    functions: dict[tuple[Operation, int], str] = {}
    length = 0
    for node in order:
        key = node.op, len(node.parents)
        if node.op is not None and key not in functions:
            functions[key] = _written(*key)
            length += len(functions[key])
            if length > LONGEST:
                raise NotWritableError(f"its operations would take more than {LONGEST:,} characters")
    numbers = {key: position for position, key in enumerate(functions)}
    rules = [numbers.get((node.op, len(node.parents)), -1) for node in order]
    operands = [[place[parent] for parent in node.parents] for node in order]
    text = ",\n".join(functions.values())
    kinked = [_is_kinked(operation) for operation, _ in functions]
    gates = [operation.gate for operation, _ in functions]
    ends = [place[output] for output in dict.fromkeys(outputs)]
    return PageProgram(f"[{text}]", rules, operands, ends, kinked, gates)


def _is_kinked(operation: Operation) -> bool:
    """Whether the operation has a kink or a jump: a gate, a whole number, a comparison."""
    combined = operation in (ops.both, ops.either, ops.opposite)
    return (
        operation.gate
        or operation in (ops.step, ops.sign, ops.floor, ops.ceil)
        or (operation.condition and not combined)
    )


def _written(operation: Operation, count: int) -> str:
    try:
        return f"[{value_function(operation.value, count)}, {local_function(operation.local, count)}]"
    except Exception as error:  # whatever a rule of a user's does with what is no float
        name = visible(operation.name)
        raise NotWritableError(
            f"the operation {name} computes with floats alone ({visible(str(error))}); "
            "one that uses m.exp(a) and the like can be written"
        ) from error


# The data of the page


def program_data(
    order: Sequence[Node], picture: Picture, words: Wording, outputs: Sequence[Node]
) -> tuple[str, dict[str, object]]:
    """The operations, and what the script knows of the graph: a ``refused`` that says why there are no sliders, or the
    program, the leaves, names."""
    try:
        if changed := next(iter(picture.changed.values()), None):
            name = visible(changed[0].name or "a leaf")
            raise NotWritableError(f"{name} was written to since the graph was recorded: compute it anew to move it")
        program = program_of(order, outputs)
    except NotWritableError as error:
        return "[]", {"refused": f"There are no sliders for this graph: {error}."}
    return program.operations, {
        "rules": program.rules,
        "operands": program.operands,
        "outputs": program.outputs,
        "kinked": program.kinked,
        "gates": program.gates,
        "names": [words.names[node] for node in order],
        "leaves": _leaves(order, picture, words),
        "output": words.output,
        "digits": words.digits,
        "most": MOST_OPEN,
        "look": {"thinnest": THINNEST, "thickest": THICKEST},
    }


def _leaves(order: Sequence[Node], picture: Picture, words: Wording) -> list[dict[str, object]]:
    """What moves: what is outside of modules, then module by module, and last the constants."""
    scopes = scopes_of(order)
    found = [
        _leaf(place, node, scopes.get(node, ())[-1:], picture, words)
        for place, node in enumerate(order)
        if node.op is None
    ]
    found.sort(key=lambda leaf: (leaf["kind"] == "constant", _in_natural_order(str(leaf.get("module", "")))))
    return found


def _in_natural_order(text: str) -> list[object]:
    """A key that sorts layers.10 behind layers.2."""
    return [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", text)]


def _leaf(place: int, node: Node, module: Scope, picture: Picture, words: Wording) -> dict[str, object]:
    kind, name = picture.leaves[node], words.names[node]
    inside = visible(module[0]) if module else ""
    label = name if node in picture.called else f"{'constant' if kind == 'constant' else 'leaf'} {name}"
    leaf = {"node": place, "value": _in_javascript(picture.data[node]), "kind": kind, "name": name}
    # What the page takes it for, where nothing else is said: there may be thousands.
    told = {
        "module": inside,
        "label": label,
        "full": visible(picture.called.get(node, "")),
        "gradient": words.gradient(node),
    }
    taken = {"module": "", "label": name, "full": name, "gradient": f"d{words.output}/d{name}"}
    leaf |= {word: text for word, text in told.items() if text != taken[word]}
    return leaf if node in picture.called else {**leaf, "named": False}


def _in_javascript(x: float) -> str:
    """A number as a text that JavaScript reads: JSON has neither NaN nor infinity."""
    return "NaN" if x != x else repr(x).replace("inf", "Infinity")


def moving_parts(recording: Recording) -> dict[str, object]:
    """What of a picture moves: for each number its node, its row and the places of the nodes whose values or gradients
    it adds up; for each edge the operands it stands for; and the texts with numbers of leaves in them."""
    place = {node: position for position, node in enumerate(recording.order)}
    picture = recording.picture
    rows = [
        [drawn.id, row, "data" if text.word == "data" else "grad", [place[node] for node in text.of]]
        for drawn in picture.nodes
        for row, text in enumerate(drawn.rows)
        if text.of
    ]
    rows += [[key, 0, "grad", [place[node] for node in nodes]] for key, nodes in recording.sums.items()]
    edges: dict[object, int] = {
        edge.slot or (edge.tail, edge.head): number for number, edge in enumerate(picture.edges)
    }
    slots: list[list[list[int]]] = [[] for _ in picture.edges]
    for node in recording.order:
        for operand, parent in enumerate(node.parents):
            ends = picture.shown_as.get(parent), picture.shown_as.get(node)
            number = edges.get((node, operand), edges.get(ends))
            if number is not None:
                slots[number].append([place[node], operand])
    return {"rows": rows, "slots": slots, "texts": _texts_with_numbers(recording)}


_MARKS = [chr(code) for code in range(0x2801, 0x2900)]
"""Braille patterns, which stand for leaves without a name while a formula is written."""


def _texts_with_numbers(recording: Recording) -> list[object]:
    """The titles and formulas of nodes that show leaves without a name, by their numbers, as in 2 * x: the node, the
    text, and its pieces, in which such a leaf is its place."""
    picture, words = recording.picture, recording.words
    nameless = [
        (place, node) for place, node in enumerate(recording.order) if node.op is None and node not in picture.called
    ]
    of_mark, names = {}, dict(picture.names)
    plain = PictureWriter(digits=words.digits)
    for mark, (place, node) in zip(_MARKS, nameless, strict=False):
        text = plain.numeral(picture.data[node]).text
        of_mark[mark] = place, text
        names[node] = mark * len(text)  # no more and no less is left out for its length
    if not of_mark:
        return []
    texts: list[object] = []
    marks = re.compile("|".join(f"{mark}+" for mark in of_mark))
    for drawn in picture.nodes:
        node = recording.singles.get(drawn.id)
        if node is None or node.op is None:
            continue
        writer = PictureWriter(names, words.digits, picture.data, drawn.scope[-1] if drawn.scope else "")
        written, stands = writer.operation(node).text, drawn.title
        if drawn.line:
            written, stands = f"= {written}", drawn.line
        if marks.search(written) and marks.sub(lambda found: of_mark[found[0][0]][1], written) == stands:
            places = [of_mark[found[0]][0] for found in marks.findall(written)]
            pieces = [piece for pair in zip(marks.split(written), [*places, ""], strict=True) for piece in pair]
            texts.append([drawn.id, stands, pieces[:-1]])
    return texts
