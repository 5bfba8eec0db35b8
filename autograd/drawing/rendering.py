"""DOT to SVG, PNG or PDF, with whatever Graphviz there is."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata

from autograd.untyped import Anything

FORMATS = ("svg", "png", "pdf")
FORMATS_THAT_PLAY = ("gif", "webp")
"""Which `animation` makes of frames."""
SECONDS = 60
"""How long one renderer may take. A layout that takes longer than this may take hours."""
MOST_RUNS, FEWEST_A_RUN = 4, 8
"""How many renderers run side by side, and how many pictures one of them draws at least."""
DOTS_PER_INCH = {"png": 192}  # twice Graphviz's own, for the screens of today

DOT_TEXT = "the drawing's DOT text is in its .source, and .save('graph.dot') writes it"

# pygraphviz runs in a process of its own: Graphviz writes on the standard error of the process it is in (Fontconfig's
# warnings, whatever the user did), and a crash in it would take the notebook's kernel along.
_PYGRAPHVIZ = """
import sys
from pygraphviz import AGraph
for source in sys.stdin.buffer.read().decode().split(chr(0)):
    sys.stdout.buffer.write(AGraph(string=source).draw(format=sys.argv[1], prog="dot", args=" ".join(sys.argv[2:])))
"""

_BETWEEN_GRAPHS = b"\0"
"""A character that stands in no graph: in names it is escaped."""
_SVG_START = "<?xml"
"""In a text of a picture it is written as &lt;?xml."""
_PNG_END = b"IEND\xaeB`\x82"
"""The last chunk of every PNG (PNG specification, third edition, 11.2.5)."""


class RenderingError(RuntimeError):
    """Raised where there is no Graphviz to render with, or where it fails."""


def render(source: str, format: str) -> bytes:  # noqa: A002  (the word of Graphviz)
    """The picture that DOT text describes.

    The system's ``dot`` if it is on the path, else (or if that fails) pygraphviz 2 or later, whose wheels bundle
    Graphviz.

    Args:
        source: DOT.
        format: ``"svg"``, ``"png"`` or ``"pdf"``.

    Raises:
        ValueError: for another format.
        RenderingError: if there is neither, or it fails, naming both remedies; or if it takes longer than a minute.
    """
    if format not in FORMATS:
        raise ValueError(f"the format of a picture is one of {', '.join(FORMATS)}, not {format!r}")
    return _rendered([source], format, [f"-Gdpi={DOTS_PER_INCH[format]}"] if format in DOTS_PER_INCH else [])


def render_all(sources: Sequence[str]) -> list[str]:
    """Several pictures as SVG, in few runs of Graphviz, side by side: to start one takes longer than a layout. Raises
    as `render`."""
    runs = min(MOST_RUNS, os.cpu_count() or 1, len(sources) // FEWEST_A_RUN)
    if runs < 2:
        return _svgs(sources)
    found = [""] * len(sources)
    with ThreadPoolExecutor(runs) as pool:
        for first, pictures in enumerate(pool.map(_svgs, [sources[first::runs] for first in range(runs)])):
            found[first::runs] = pictures
    return found


def _svgs(sources: Sequence[str]) -> list[str]:
    if not sources:
        return []
    pictures = _rendered(sources, "svg", []).decode().split(_SVG_START)[1:]
    return [_SVG_START + picture for picture in pictures]


def laid_out(source: str) -> dict[str, Anything]:
    """DOT text with the place of everything in it, as Graphviz writes it in JSON. Raises as `render` does."""
    found: dict[str, Anything] = json.loads(_rendered([source], "json", []))
    return found


def render_frames(sources: Sequence[str], dots_per_inch: int) -> list[bytes]:
    """A PNG of each, all of them in one run of Graphviz. Raises as `render` does."""
    pictures = _rendered(sources, "png", [f"-Gdpi={dots_per_inch}"])
    return [picture + _PNG_END for picture in pictures.split(_PNG_END)[:-1]]


def _rendered(sources: Sequence[str], format: str, options: Sequence[str]) -> bytes:  # noqa: A002  (as above)
    """The pictures one after the other."""
    given = _BETWEEN_GRAPHS.join(source.encode() for source in sources)
    failures = []
    for name, command in _renderers(format):
        # `dot` knows where a graph ends.
        text = given if command[0] == sys.executable else given.replace(_BETWEEN_GRAPHS, b"\n")
        try:
            run = subprocess.run(  # which kills it if it takes too long, or if this is interrupted
                [*command, *options], input=text, capture_output=True, check=False, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            # Another renderer would not be faster: they are the same program.
            raise RenderingError(
                f"{name} was stopped after {SECONDS} s: the graph is too large to lay out; draw less of it, by a "
                f"smaller limit or depth, or detail='layers'; {DOT_TEXT}"
            ) from None
        except OSError as error:
            failures.append(f"{name} cannot be run: {error}")
            continue
        if run.returncode == 0 and run.stdout:
            return run.stdout
        words = run.stderr.decode(errors="replace").strip() or f"it ended with status {run.returncode}"
        failures.append(f"{name} failed to draw it: {words[-500:]}")
    found = "; ".join(failures) or "no Graphviz to draw with"
    remedies = (
        "install Graphviz's `dot` (https://graphviz.org/download), or run `pip install 'pygraphviz>=2'`, whose wheels "
        "bundle Graphviz (it is the extra `render` of scalar-autograd)"
    )
    raise RenderingError(f"{found}: {remedies}; {DOT_TEXT}")


def _renderers(format: str) -> Iterator[tuple[str, list[str]]]:  # noqa: A002  (as above)
    """The commands that read DOT and write a picture, the best first."""
    if dot := shutil.which("dot"):
        yield dot, [dot, f"-T{format}"]
    try:
        version = metadata.version("pygraphviz")
    except metadata.PackageNotFoundError:
        return
    if int(version.partition(".")[0]) >= 2:
        # -P: a file of the user's named graphviz.py, beside the notebook, is not what pygraphviz imports.
        yield f"pygraphviz {version}", [sys.executable, "-P", "-c", _PYGRAPHVIZ, format]
