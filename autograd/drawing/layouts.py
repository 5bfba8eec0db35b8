"""The pictures of one graph that the page carries, and from which it chooses by the size of its window."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from autograd.drawing.attaching import Attaching, FoldedView, middles_of
from autograd.drawing.dot import digraph
from autograd.drawing.picture import LEAVES
from autograd.drawing.rendering import render_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograd.drawing.picture import Picture
    from autograd.drawing.steps import Change

FRAMES = ((1880, 800), (1240, 450), (960, 340), (860, 365), (360, 465))
"""The sizes in pixels that the page's graph has at least: in large windows, in a notebook, in small ones, on a phone.
"""

LEGIBLE = 9.2
"""Pixels: the smallest text in a picture that fills its frame. The page is content with 9."""

UNTOLD = (300.0, 150.0)
"""The size of a picture that tells none (CSS 2.2, 10.3.2)."""

LARGEST = 1.6
"""How far the page blows a picture up, as in `viewing.js`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture as SVG, and its size in pixels."""

    svg: str
    width: float
    height: float
    smallest: float
    """The size of its smallest text."""
    note: str = ""
    """What is said of it where it is shown."""
    opens: Mapping[str, int] = field(default_factory=dict)
    """What a click on a folded node shows: the place of another layout among those of the graph."""
    by_hand: bool = False
    """Whether it is shown after a click alone, and not for the size of a window."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How large Graphviz drew a picture, and its smallest text."""

    width: float
    height: float
    smallest: float

    def text_in(self, frame: tuple[float, float]) -> float:
        """The size of the smallest text in a frame of this size."""
        return self.smallest * min(frame[0] / self.width, frame[1] / self.height, LARGEST)


def extent_of(svg: str) -> Extent:
    """The size of a picture as Graphviz wrote it; of one that tells none, as browsers show it."""
    tag = svg[svg.index("<svg") :].partition(">")[0]
    told = (re.search(rf'\b{side}="([\d.]+)(?:pt|px)?"', tag) for side in ("width", "height"))
    width, height = (float(size[1]) if size else usual for size, usual in zip(told, UNTOLD, strict=True))
    sizes = map(float, set(re.findall(r'<text [^>]*font-size="([\d.]+)"', svg)))
    return Extent(width, height, min(sizes, default=14.0))


@dataclass(frozen=True, slots=True)
class Arranging:
    """How a picture may be laid out: its edges lead some `way`, it is reduced to some `rows` (see `_reduced`), if
    `flat` with leaves in one line. The `order` says what Graphviz is told of who stands beside whom."""

    fold: FoldedView
    way: str
    rows: str
    flat: bool
    order: str = ""

    def source(self) -> str:
        picture, _ = _reduced(self.fold.picture, self.rows)
        if self.order == "backwards":
            picture = replace(picture, nodes=picture.nodes[::-1])
        written = digraph(picture, self.way, on_page=True, flat=self.flat)
        if self.order == "operands":
            written.attr(ordering="in")
        return str(written.source)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A candidate as Graphviz drew it."""

    candidate: Arranging
    svg: str
    size: Extent

    def disorder(self) -> int:
        """How many perceptrons, weights and operands stand before one that is theirs to follow."""
        fold = self.candidate.fold
        return _disorder(_reduced(fold.picture, self.candidate.rows)[0], fold.picture, self.svg, self.candidate.way)

    def layout(self, initial: Mapping[tuple[str, int], Change]) -> Layout:
        """The picture for the page, with the numbers before the first step."""
        fold, flat = self.candidate.fold, self.candidate.flat
        picture, places = _reduced(fold.picture, self.candidate.rows)
        attaching = Attaching(fold, {node.id: node for node in picture.nodes}, places, initial, flat)
        return Layout(attaching.attached(self.svg), self.size.width, self.size.height, self.size.smallest, fold.note)


def sketched(candidates: Sequence[Arranging]) -> list[Sketch]:
    """The candidates as Graphviz draws them, in one run."""
    svgs = render_all([each.source() for each in candidates])
    return [Sketch(candidate, svg, extent_of(svg)) for candidate, svg in zip(candidates, svgs, strict=True)]


@dataclass(slots=True)
class TakenLayout:
    """A sketch that the page carries, and the frames for which it does."""

    sketch: Sketch
    frames: list[tuple[int, int]]


def taken_of(folds: Iterable[FoldedView], direction: str, frames: Iterable[tuple[int, int]]) -> list[TakenLayout]:
    """The sketches that some frame needs, from the one that shows most.

    For each frame the first is taken whose text is legible in it: gradients are left out, or long names, then both,
    and then parts are folded. The page carries no others.

    Args:
        folds: from the one that shows most; as few are asked for as it takes.
        direction: which way the edges lead in a wide frame.
        frames: the sizes in pixels of the frames.
    """
    waiting = list(frames)
    taken: list[TakenLayout] = []
    best: dict[tuple[int, int], Sketch] = {}
    folds = iter(folds)
    # Most graphs need but the first, or else several.
    for some in ([next(folds)], folds):
        for sketch in sketched([each for fold in some for each in candidates_of(fold, direction)]):
            if not waiting:
                break
            texts = {size: sketch.size.text_in(size) for size in waiting}
            for size, text in texts.items():
                if size not in best or text > best[size].size.text_in(size):
                    best[size] = sketch
            legible = [size for size, text in texts.items() if text >= LEGIBLE]
            if legible or not taken:
                taken.append(TakenLayout(sketch, legible))
            waiting = [size for size in waiting if size not in legible]
        if not waiting:
            break
    for size in waiting:
        found = next((each for each in taken if each.sketch is best[size]), None)
        if found is None:
            taken.append(found := TakenLayout(best[size], []))
        found.frames.append(size)
    return in_order(taken)


def in_order(taken: Sequence[TakenLayout]) -> list[TakenLayout]:
    """The same, laid out so that perceptrons, weights and operands stand in their order, if there is such a layout.
    Graphviz knows of none: which order comes out depends on how the graph is written."""
    disorder = {
        place: each.sketch.disorder()
        for place, each in enumerate(taken)
        if len(each.sketch.candidate.fold.picture.nodes) <= MANY
    }
    disorder = {place: count for place, count in disorder.items() if count}
    others = {place: [replace(taken[place].sketch.candidate, order=order) for order in ORDERS] for place in disorder}
    drawn = iter(sketched([*chain.from_iterable(others.values())]))
    best = list(taken)
    for place, least in disorder.items():
        frames = taken[place].frames
        for other in [next(drawn) for _ in ORDERS]:
            fits = all(
                other.size.text_in(size) >= min(LEGIBLE, taken[place].sketch.size.text_in(size)) for size in frames
            )
            if fits and (found := other.disorder()) < least:
                least, best[place] = found, TakenLayout(other, frames)
    return best


ORDERS = ("backwards", "operands")
"""Other orders in which a graph is written: its nodes from the last to the first; the operands of each as they are."""


MANY = 100
"""A picture of more nodes is laid out once: that takes a second, and none of its layouts is legible."""


def candidates_of(
    fold: FoldedView, direction: str, rows: Iterable[str] = ("all", "rows", "marked", "data", "names", "brief", "short")
) -> Iterator[Arranging]:
    """The layouts of a picture, from the one that shows most."""
    if len(fold.picture.nodes) > MANY:
        yield Arranging(fold, direction, next(iter(rows)), flat=False)
        return
    turned = {"LR": "TB", "RL": "BT", "TB": "LR", "BT": "RL"}[direction]
    for some in rows:
        for way in (direction, turned):
            # Beside one another leaves take less room in one line, below one another in a column.
            yield Arranging(fold, way, some, flat=way in ("LR", "RL") and some not in ("all", "names"))


def _disorder(picture: Picture, whole: Picture, svg: str, way: str) -> int:
    """See `Sketch.disorder`: of nodes that do the same in modules side by side, of leaves in one module, of those
    outside that the same nodes use, and of operands of one node."""
    middles = middles_of(svg, axis=1 if way in ("LR", "RL") else 0)
    scopes = {node.id: node.scope for node in whole.nodes}  # a picture with short names has fewer frames
    heads: dict[str, set[str]] = {}
    for edge in picture.edges:
        heads.setdefault(edge.tail, set()).add(edge.head)
    rows: dict[object, list[float]] = {}
    for edge in picture.edges:
        if len(heads[edge.tail]) == 1 and edge.tail in middles:
            rows.setdefault(edge.head, []).append(middles[edge.tail])
    for node in picture.nodes:
        scope = scopes[node.id]
        if node.id not in middles or not (scope or node.kind in LEAVES):
            continue
        if node.kind in LEAVES:
            rows.setdefault(scope or frozenset(heads.get(node.id, ())), []).append(middles[node.id])
        else:
            around = scope if node.kind == "group" else scope[:-1]
            rows.setdefault((around, node.kind, node.short), []).append(middles[node.id])
    return sum(one > other + 1 for row in rows.values() for one, other in pairwise(row))


def _reduced(picture: Picture, rows: str) -> tuple[Picture, dict[str, list[int]]]:
    """A picture with less in it, and which rows are left of each node.

    Without local gradients ("rows"), with a ∂ instead of words at gradients ("marked"), without gradients ("data"),
    with short names and few frames but with gradients ("names"), with such a ∂ ("brief"), or without them ("short").
    """
    kept = {
        node.id: [
            place
            for place, row in enumerate(node.rows)
            if rows in ("all", "rows", "marked", "names")
            or (row.word.endswith("grad") and rows == "brief")
            or (not row.word.endswith("grad") and (rows == "data" or row.word == "data"))
        ]
        for node in picture.nodes
    }
    if rows == "all":
        return picture, kept
    edges = tuple(replace(edge, label="") for edge in picture.edges)
    if rows == "rows":
        return replace(picture, edges=edges), kept
    short = rows in ("names", "brief", "short")
    nodes = [
        replace(
            node,
            title=node.short or node.title if short else node.title,
            line="" if short else node.line,
            scope=node.scope[:1] if short else node.scope,
            rows=tuple(replace(node.rows[place], word=_word(node.rows[place].word, rows)) for place in kept[node.id]),
        )
        for node in picture.nodes
    ]
    return replace(picture, nodes=tuple(nodes), edges=edges), kept


def _word(word: str, rows: str) -> str:
    """What stands beside a number."""
    sign = word.replace("grad", "∂")
    # A space keeps numbers under one another; short nodes have no room for it.
    marked, brief = (sign.replace("data", instead) for instead in ("\N{NO-BREAK SPACE}", ""))
    return {"short": "", "brief": brief, "marked": marked}.get(rows, word)
