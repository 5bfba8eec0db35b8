"""The passes as a GIF or WebP that plays: every frame is the same layout, in which numbers and colours change.

Graphviz lays the picture out once. A frame is the picture's DOT as it is at a step, with the places of that layout set
(``layout=nop2``), so nothing jumps.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

from autograd.drawing.dot import FONT, GREY, INK, NEGATIVE, POSITIVE, THINNEST, digraph, escaped
from autograd.drawing.rendering import laid_out, render_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from PIL.Image import Image as PillowImage

    from autograd.drawing.steps import Recording
    from autograd.text import Piece

NOW = "#c2257a"
"""What happens in this step."""
MOVING, HELD, AT_THE_END = 100, 1100, 3000
"""How long a frame is shown, in milliseconds: one in which a gradient is on its way, the one after it, the last."""
FEWEST_FRAMES = 10
MOST_STEPS_WITH_MOVEMENT = 40
MOST_BALLS = 24
MOST_STEPS = 120
"""How many steps an animation shows: of a longer pass some are left out."""
COLOURS = 64
"""How many colours a GIF has."""
NEARLY_WHITE = 248
WIDEST, TALLEST = 1000, 2000
"""How wide and how tall a frame may be, in pixels."""
CAPTION = 58.0
"""The height of the text below the picture, in points."""
FIGURE_SPACE = "\N{FIGURE SPACE}"
NARROWEST = 330.0
"""The width of a frame in points: the text needs some room."""

Waypoint: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the passes, as a picture in DOT with statements that say what is now."""

    source: str
    before: str
    """The same, but with the numbers that were there before: they change when what moves has arrived."""
    caption: str
    formula: str
    edges: tuple[int, ...] = ()
    """Those along which something moves, by their places."""
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """Where all of it stands: the box around the picture, statements with the places, and the ways of edges."""

    left: float
    bottom: float
    width: float
    height: float
    places: str = ""
    ways: Mapping[int, Sequence[Waypoint]] = field(default_factory=dict)


def animated(moments: Sequence[Moment], stage: Stage, format: str) -> bytes:  # noqa: A002  (the word of Pillow)
    """The moments one after the other, each with what moves in it.

    Raises:
        ImportError: without Pillow, naming the extra that brings it.
        RenderingError: if there is no Graphviz on this machine.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            f"a .{format} is put together with Pillow: pip install 'scalar-autograd[render]' (or 'pillow')"
        ) from error
    kept = moments[:: ceil(len(moments) / MOST_STEPS)]
    kept = kept if kept[-1] is moments[-1] else [*kept, moments[-1]]
    sources, durations = [], []
    for source, duration in _frames(kept, stage):
        sources.append(source)
        durations.append(duration)
    dots = round(min(96, 72 * WIDEST / stage.width, 72 * TALLEST / stage.height))
    pictures = [Image.open(BytesIO(png)).convert("RGB") for png in render_frames(sources, dots)]
    return _written(_of_one_size(pictures), durations, format)


def _frames(moments: Sequence[Moment], stage: Stage) -> Iterator[tuple[str, int]]:
    """The DOT of each frame, and for how many milliseconds it is shown."""
    few = ceil(FEWEST_FRAMES / len(moments))
    moving = 0 if len(moments) > MOST_STEPS_WITH_MOVEMENT else max(3, few) if len(moments) > 1 else few
    for place, moment in enumerate(moments):
        for part in range(1, moving + 1):
            share = part / (moving + 1)
            ways = [stage.ways[edge] for edge in moment.edges if edge in stage.ways]
            balls = [_along(way, 1 - share if moment.backward else share) for way in ways[:MOST_BALLS]]
            # Where nothing moves along an edge, the bar does: of two frames alike a GIF would keep one.
            done = (max(place - 1, 0) + (0 if balls else 0.9 * share)) / max(len(moments) - 1, 1)
            yield _frame(moment, moment.before, stage, done, balls), MOVING
        last = place == len(moments) - 1
        done = place / (len(moments) - 1) if place else 0.95 * last
        yield _frame(moment, moment.source, stage, done, []), AT_THE_END if last else HELD


def _frame(moment: Moment, source: str, stage: Stage, done: float, balls: Sequence[Waypoint]) -> str:
    """The DOT of a frame: the picture at its place, what is said below, and how far the passes have come."""
    middle, below = stage.left + stage.width / 2, stage.bottom - CAPTION / 2
    corners = [(stage.left, stage.bottom - CAPTION - 8), (stage.left + stage.width, stage.bottom + stage.height)]
    statements = [
        'graph [layout=nop2, bgcolor="white", pad="0.1"]',
        stage.places,
        *(
            f'corner{place} [shape=point, style=invis, label="", width=0.01, height=0.01, pos="{x:.1f},{y:.1f}"]'
            for place, (x, y) in enumerate(corners)
        ),
        f'caption [shape=plaintext, fontname={FONT}, style="", margin=0, width=0, height=0, '
        f'label=<{_said(moment, stage.width)}>, pos="{middle:.1f},{below:.1f}"]',
        *(
            f'ball{place} [shape=circle, style=filled, fillcolor="{NOW}", color="white", label="", fixedsize=true, '
            f'width=0.16, pos="{x:.1f},{y:.1f}"]'
            for place, (x, y) in enumerate(balls)
        ),
    ]
    if done > 0:
        length = done * stage.width
        statements.append(
            f'done [shape=box, style=filled, color="{NOW}", fillcolor="{NOW}", label="", fixedsize=true, '
            f'width={length / 72:.4f}, height=0.03, pos="{stage.left + length / 2:.1f},{corners[0][1] + 1:.1f}"]'
        )
    return followed_by(source, statements)


def _said(moment: Moment, width: float) -> str:
    """The sentence of a step and its formula, in lines that fit."""
    lines = textwrap.wrap(moment.caption, max(20, int(width / 7)))[:2]
    formula = textwrap.shorten(moment.formula, max(24, int(width / 7.6)), placeholder=" …") if moment.formula else ""
    rows = [f'<font point-size="12" color="{INK}">{escaped(line)}</font>' for line in lines]
    rows += [f'<font point-size="12" color="{INK}"><b>{escaped(formula)}</b></font>'] if formula else []
    table = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
    return f'<table border="0" cellspacing="0" cellpadding="1">{table}</table>'


# A way


def way_of(pos: str) -> list[Waypoint]:
    """The points that control an edge's curves, as Graphviz writes its ``pos``, without the tips of its arrows."""
    points = [word for word in re.split(r"[ ;]+", pos) if word and word[0] not in "es"]
    return [(float(x), float(y)) for x, y in (point.split(",") for point in points)]


def _along(points: Sequence[Waypoint], share: float) -> Waypoint:
    """The point at a share of the way along Bézier curves of the third degree."""
    n_curves = max(1, (len(points) - 1) // 3)
    curve = min(int(share * n_curves), n_curves - 1)
    t = share * n_curves - curve
    part = list(points[3 * curve : 3 * curve + 4])
    while len(part) > 1:  # de Casteljau
        part = [((1 - t) * x0 + t * x1, (1 - t) * y0 + t * y1) for (x0, y0), (x1, y1) in pairwise(part)]
    return part[0]


# A graph


def moments_of(recording: Recording, direction: str) -> tuple[list[Moment], Stage]:
    """The steps of a graph's passes, and where it stands."""
    whole = replace(recording.picture, note="")
    stage = stage_of(laid_out(str(digraph(whole, direction, on_page=True).source)))
    longest = {(node.id, place): len(row.number) for node in whole.nodes for place, row in enumerate(node.rows)}

    def with_numbers(statements: Sequence[str]) -> str:
        """The picture with the numbers that are known by now."""
        nodes = [
            replace(
                node,
                rows=tuple(
                    # About as wide as its longest number, in which a point or a sign is narrow: what stands beside it
                    # must not move either.
                    replace(row, number=rows[node.id, place].rjust(longest[node.id, place] - 1, FIGURE_SPACE))
                    for place, row in enumerate(node.rows)
                ),
            )
            for node in whole.nodes
        ]
        return followed_by(str(digraph(replace(whole, nodes=tuple(nodes)), direction, on_page=True).source), statements)

    rows = {key: change.number for key, change in recording.initial.items()}
    known: set[int] = set()
    passed: set[int] = set()
    moments = []
    for step in recording.steps:
        (known if step.phase == "forward" else passed).update(step.edges)
        statements = [f'{id_} [color="{NOW}", penwidth=2.6]' for id_ in step.ids[-1:]]
        for place, edge in enumerate(whole.edges):
            look: dict[str, str] = {}
            if place not in passed:
                look |= {"color": GREY, "fontcolor": GREY, "penwidth": f"{THINNEST}"}
            if place not in known:
                look |= {"label": "", "xlabel": ""}
            if place in step.edges:
                look |= {"color": NOW, "fontcolor": NOW, "penwidth": "2.5"}
            if look:
                written = ", ".join(f'{name}="{value}"' for name, value in look.items())
                statements.append(f"{edge.tail} -> {edge.head} [key=e{place}, {written}]")
        before = with_numbers(statements)
        rows |= {(change.id, change.row): change.number for change in step.changes}
        formula = text_of(step.lines[0].pieces) if step.lines else ""
        backward = step.phase == "backward"
        moments.append(Moment(with_numbers(statements), before, step.sentence, formula, step.edges, backward))
    return moments, stage


def followed_by(source: str, statements: Sequence[str]) -> str:
    """DOT text with more statements, which hold for what it has already."""
    head, _, _ = source.rstrip().rpartition("}")
    return "\n".join([head, *filter(None, statements), "}"])


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)


def stage_of(found: Mapping[str, object]) -> Stage:
    """The layout that Graphviz found, as statements of DOT."""
    left, bottom, right, top = map(float, str(found["bb"]).split(","))
    objects: Sequence[Mapping[str, str]] = found.get("objects", ())  # type: ignore[assignment]  # JSON has no types
    edges: Sequence[Mapping[str, str]] = found.get("edges", ())  # type: ignore[assignment]
    statements, ways = [], {}
    for thing in objects:
        if "pos" in thing:
            # A longer label must not make its node larger.
            size = f'width="{thing["width"]}", height="{thing["height"]}", fixedsize=true'
            statements.append(f'{thing["name"]} [pos="{thing["pos"]}", {size}]')
        elif str(thing["name"]).startswith("cluster"):
            lp = f', lp="{thing["lp"]}"' if "lp" in thing else ""
            statements.append(f'subgraph {thing["name"]} {{ graph [bb="{thing["bb"]}"{lp}] }}')
    names = [thing["name"] for thing in objects]
    for edge in edges:
        if "id" in edge:
            place = int(edge["id"].removeprefix("e"))
            ways[place] = way_of(edge["pos"])
            label = "".join(f', {name}="{edge[name]}"' for name in ("lp", "xlp") if name in edge)
            tail, head = names[int(edge["tail"])], names[int(edge["head"])]
            statements.append(f'{tail} -> {head} [key={edge["id"]}, pos="{edge["pos"]}"{label}]')
    width = max(right - left, NARROWEST)
    return Stage((left + right - width) / 2, bottom, width, top - bottom, "\n".join(statements), ways)


# The file


def _of_one_size(pictures: Sequence[PillowImage]) -> list[PillowImage]:
    """The pictures on one ground: what rounds to a pixel more in one of them must not move the others."""
    from PIL import Image

    size = max(picture.width for picture in pictures), max(picture.height for picture in pictures)
    grounds = [Image.new("RGB", size, "white") for _ in pictures]
    for ground, picture in zip(grounds, pictures, strict=True):
        ground.paste(picture, (0, 0))
    return grounds


def _written(pictures: Sequence[PillowImage], durations: Sequence[int], format: str) -> bytes:  # noqa: A002
    from PIL import Image

    written = BytesIO()
    if format == "webp":
        first, *others = pictures
        first.save(written, "webp", save_all=True, append_images=others, duration=list(durations), loop=0, quality=85)
    else:
        # One palette for all: with one for each, colours would flicker.
        some = pictures[:: ceil(len(pictures) / 8)]
        strip = Image.new("RGB", (some[0].width, some[0].height * len(some)))
        for place, picture in enumerate(some):
            strip.paste(picture, (0, place * picture.height))
        palette = _palette(strip)
        first, *others = (picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures)
        first.save(
            written, "gif", save_all=True, append_images=others, duration=list(durations), loop=0, optimize=False
        )
    return written.getvalue()


def _palette(strip: PillowImage) -> PillowImage:
    """The colours of a strip of frames, and those that mean something as they are: a mean of several would not do."""
    from PIL import Image, ImageColor

    exact = [
        channel for name in ("white", NOW, POSITIVE, NEGATIVE, GREY, INK) for channel in ImageColor.getrgb(name)[:3]
    ]
    found = (strip.quantize(COLOURS).getpalette() or [])[: 3 * COLOURS]
    # A pale grey would be taken for the white that is near to it.
    means = [
        found[place : place + 3] for place in range(0, len(found), 3) if min(found[place : place + 3]) < NEARLY_WHITE
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*exact, *(channel for mean in means for channel in mean)])
    return palette
