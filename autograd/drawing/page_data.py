"""What the page's script reads: names, numbers as text, and which place each belongs to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograd.drawing.claimed_paths import of_line, places
from autograd.drawing.nudging import moving_parts
from autograd.drawing.picture import DrawnNode
from autograd.drawing.steps import Change, Recording, Step
from autograd.graph import Node
from autograd.numbers import NOTHING
from autograd.paths import Route, Routes, routes
from autograd.report import Line, Report
from autograd.text import NumberPiece, numbers_apart, printable, shown, visible

MOST_PATHS = 4
"""How many paths of a node the page lists."""


def as_data(
    recording: Recording,
    outputs: Sequence[Node],
    report: Report | None = None,
    paths: Mapping[Node, Routes] | None = None,
) -> dict[str, object]:
    """The recording as lists, dictionaries and strings, with the report laid over.

    Every number that is shown is a string that Python wrote. TypeError if the report has no lines. The paths of all
    nodes are given where several recordings share them.
    """
    paths = routes(outputs, recording.order, MOST_PATHS) if paths is None else paths
    members: dict[str, list[Node]] = {}
    for node, key in recording.picture.shown_as.items():
        members.setdefault(key, []).append(node)
    found = [] if report is None else marks(report, recording.picture.shown_as.get)
    return {
        "nodes": {
            drawn.id: _single(drawn, recording, paths[recording.singles[drawn.id]])
            if drawn.id in recording.singles
            else _group(drawn, [recording.words.names[node] for node in members.get(drawn.id, ())])
            for drawn in recording.picture.nodes
        },
        "edges": [[edge.tail, edge.head] for edge in recording.picture.edges],
        "initial": [change_data(change) for change in recording.initial.values()],
        "steps": [step_data(step) for step in recording.steps],
        "nudge": moving_parts(recording),
        "marks": [
            [mark.id, mark.holds, mark.claim, [*mark.message, *_beside(mark, recording, outputs)]] for mark in found
        ],
        "paths": _claimed(found, recording),
    }


def step_data(step: Step) -> dict[str, object]:
    """A step as the script reads it."""
    return {
        "phase": step.phase,
        "sentence": step.sentence,
        "lines": [[line.caption, line.pieces] for line in step.lines],
        "nodes": step.ids,
        "edges": step.edges,
        "changes": [change_data(change) for change in step.changes],
        "product": step.product,
        "layer": step.layer,
        "moment": step.moment,
    }


def change_data(change: Change) -> list[object]:
    """A number that a step puts in its place, as the script reads it."""
    return [change.id, change.row, change.number, change.full, int(change.complete)]


# Nodes


def _group(drawn: DrawnNode, inside: Sequence[str]) -> dict[str, object]:
    name = f"{shown(drawn.scope[-1])}.{drawn.title}" if drawn.scope else drawn.title
    ends = inside if len(inside) <= 4 else [*inside[:3], "…", inside[-1]]
    holds = f"stands for many nodes ({len(inside):,}): {', '.join(ends)}" if inside else ""
    return {"kind": drawn.kind, "name": name, "rows": [row.word for row in drawn.rows], "holds": holds}


def _single(drawn: DrawnNode, recording: Recording, paths: Routes) -> dict[str, object]:
    node = recording.singles[drawn.id]
    factors = [x for route in paths.largest if route.head is not None for x in _factors(route)]
    gradient = recording.gradients.get(node, 0.0)
    formula, gradient_name, total, numbers = recording.words.told(node, gradient, factors)
    pairs = iter(zip(numbers[::2], numbers[1::2], strict=True))
    return {
        "kind": drawn.kind,
        "name": recording.words.names[node],
        "rows": [row.word for row in drawn.rows],
        "formula": formula,
        "gradient": gradient_name,
        "total": total,
        "count": _count(paths.count),
        "paths": [[] if route.head is None else _path(route, recording, *next(pairs)) for route in paths.largest],
    }


def _factors(route: Route) -> tuple[float, float]:
    """The local gradient of a path's first edge, and the product of all."""
    assert route.head is not None
    return route.head.local_grads[route.operand], route.product


def _path(route: Route, recording: Recording, local: NumberPiece, product: NumberPiece) -> list[object]:
    """The first edge of a path, which path of the node at its end goes on (-1 where that is not drawn as itself), the
    local gradient and the product, and why nothing passes, if it does not."""
    edge = recording.edges.get((route.head, route.operand), -1)
    goes_on = recording.picture.shown_as.get(route.head) in recording.singles
    why = ["nothing passes: a gate is shut"] if route.product is NOTHING else []
    return [edge, route.rank if goes_on else -1, local, product, *why]


def _count(paths: int) -> str:
    return f"{paths:,}" if paths < 10**9 else f"about 10^{len(str(paths)) - 1}" if paths < 10**4000 else "countless"


# A report laid over


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line of the report says of a node of the picture."""

    id: str
    holds: bool
    claim: str
    message: tuple[str, ...] = ()
    line: Line | None = None
    """The first wrong line, if the mark is about it."""


def _beside(mark: Mark, recording: Recording, outputs: Sequence[Node]) -> Iterator[str]:
    """What the node shows where that is not what the line is about: dJ/dx beside dp/dx."""
    of, by = getattr(mark.line, "of", None), getattr(mark.line, "node", None)
    if mark.id and of is not None and by is not None and [of] != [*outputs]:
        words = recording.words
        about = mark.claim.partition("=")[0].strip()
        shown_there = f"{words.gradient(by)} = {words.number(recording.gradients.get(by, 0.0))[0]}"
        yield f"The node shows {shown_there}; the line is about {about}."


def _claimed(found: Iterable[Mark], recording: Recording) -> dict[str, list[int]]:
    """Where the paths are drawn that the first wrong line kept, and those that it left out."""
    for mark in found:
        if (paths := of_line(mark.line)) is not None:
            drawn = {edge.slot: place for place, edge in enumerate(recording.picture.edges) if edge.slot is not None}
            slots = {**recording.edges, **drawn}
            return {"kept": places(paths.kept, slots), "missing": places(paths.missing, slots)}
    return {}


def marks(report: Report, shown_as: Callable[[Node], str | None]) -> list[Mark]:
    """A mark for every right line whose node is in the picture, and one for the first wrong line.

    Lines after a wrong one may follow from it, so of the wrong ones only the first is marked. Its message comes even if
    its node is not in the picture: then the id is empty.

    Args:
        report: has ``lines``, each with a ``claim`` and whether it ``holds``. The Value that a line is about is its
            ``node``, as w in a claim on dJ/dw.
        shown_as: what a Value is drawn as.

    Raises:
        TypeError: if the report has no lines with a claim that holds or not.
    """
    try:
        lines: list[tuple[Line, bool | None, str]] = [(line, line.holds, line.claim) for line in report.lines]
    except (AttributeError, TypeError):
        raise TypeError(printable(f"report takes the report of check_derivation, not {report!r}")) from None
    first_wrong = getattr(report, "first_wrong", None) or next(
        (line for line, holds, _ in lines if holds is False), None
    )
    found = []
    for line, holds, claim in lines:
        id = shown_as(getattr(line, "node", None)) or ""  # noqa: A001
        if line is first_wrong:
            found.append(Mark(id, False, visible(claim), tuple(map(visible, _message(line))), line))
        elif holds and id:
            found.append(Mark(id, True, visible(claim)))
    return found


def _message(line: Line) -> Iterator[str]:
    claimed, correct = getattr(line, "claimed", None), getattr(line, "correct", None)
    if claimed is not None and correct is not None:
        said, right = numbers_apart(claimed, correct)
        yield f"It says {said}; right is {right}."
    if formula := getattr(line, "correct_formula", None):
        yield f"Right: {formula}"
    yield from getattr(line, "mistakes", ())
