"""DOT to SVG, PNG or PDF, with whatever Graphviz there is, or by a function of the user's."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import iscoroutine
from typing import TypeAlias
from xml.etree import ElementTree

from autograd.errors import described
from autograd.text import printable
from autograd.untyped import Anything

Renderer: TypeAlias = Callable[[str, str], bytes]
"""DOT and a format, one of `FORMATS_ASKED_FOR`, to the bytes of the picture."""

FORMATS = ("svg", "png", "pdf")
FORMATS_THAT_PLAY = ("gif", "webp")
"""Which `animation` makes of frames."""
FORMATS_ASKED_FOR = ("svg", "png", "json")
"""What a function of the user's may be asked for: pictures, pictures of pixels, and the layout that Graphviz found."""
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


# Who draws

_of_process: Renderer | None = None
_of_drawing: ContextVar[Renderer | None] = ContextVar("the renderer of a drawing", default=None)


def set_renderer(renderer: Renderer | None) -> None:
    """Let a function of yours draw all pictures from now on, as where there is no Graphviz to run.

    ``renderer(dot, format)`` gives the bytes of a picture. ``dot`` is DOT text, and ``format`` is ``"svg"`` for files,
    notebooks and pages, ``"png"`` for files, animations and what shows no SVG, or ``"json"`` for the layout, as
    ``dot -Tjson`` writes it, of which animations are made. It raises `RenderingError` for a format that it has not: a
    notebook does without the PNG. A page is made of SVG as Graphviz writes it. It is called in the thread that asks for
    the picture, one picture at a time.

    Where nothing is set, Graphviz's ``dot`` draws, or pygraphviz; in a browser, under Pyodide, `viz.js
    <https://github.com/mdaines/viz-js>`_ does if the page calls it so: ``globalThis.viz = await Viz.instance()``.

    Args:
        renderer: the function; None puts the default back. That of one drawing, ``draw(y, renderer=...)``, comes first.

    Raises:
        TypeError: if it is no function.

    >>> from autograd import RenderingError, Value, draw, set_renderer
    >>> def by_hand(dot, format):
    ...     if format != "svg":
    ...         raise RenderingError(f"no {format} by hand")
    ...     return b'<svg xmlns="http://www.w3.org/2000/svg"><text>a graph</text></svg>'
    >>> set_renderer(by_hand)
    >>> draw(Value(1.0, "x")).svg()
    '<svg xmlns="http://www.w3.org/2000/svg"><text>a graph</text></svg>'
    >>> set_renderer(None)
    """
    global _of_process  # the value of a ContextVar would not reach the user's other threads
    _of_process = checked_renderer(renderer)


def checked_renderer(renderer: Renderer | None) -> Renderer | None:
    """What is given as a renderer; a TypeError if it is none."""
    if renderer is not None and not callable(renderer):
        wanted = "a function (dot, format) -> bytes, or None for the default"
        raise TypeError(printable(f"renderer takes {wanted}, not {described(renderer)}"))
    return renderer


@contextmanager
def drawn_by(renderer: Renderer) -> Iterator[None]:
    """All that is rendered inside is drawn by this function."""
    token = _of_drawing.set(renderer)
    try:
        yield
    finally:
        _of_drawing.reset(token)


def renderer_in_use() -> Renderer | None:
    """The function that draws here and now; None for a Graphviz that is run."""
    of_platform = _by_viz_js if sys.platform == "emscripten" else None
    return next((each for each in (_of_drawing.get(), _of_process) if each is not None), of_platform)


def _by_viz_js(source: str, format: str) -> bytes:  # noqa: A002  (as below)
    """Graphviz as WebAssembly, in a browser, where no program can be started."""
    import js  # type: ignore[import-not-found]  # Pyodide's: what JavaScript calls globalThis

    if not hasattr(js, "viz"):
        raise RenderingError(
            "no Graphviz in this browser: the page has to call viz.js first (globalThis.viz = await Viz.instance()), "
            f"or choose a function that draws, autograd.set_renderer(f); {DOT_TEXT}"
        )
    if format == "png":
        raise RenderingError("viz.js draws no PNG: save an .svg")
    return str(js.viz.renderString(source, format=format)).encode()


# Pictures


def render(source: str, format: str) -> bytes:  # noqa: A002  (the word of Graphviz)
    """The picture that DOT text describes.

    By the function that `set_renderer` or the drawing chose, else the system's ``dot`` if it is on the path, else (or
    if that fails) pygraphviz 2 or later, whose wheels bundle Graphviz.

    Args:
        source: DOT.
        format: ``"svg"``, ``"png"`` or ``"pdf"``.

    Raises:
        ValueError: for another format.
        RenderingError: if there is neither, or it fails, naming both remedies; or if it takes longer than a minute.
    """
    if format not in FORMATS:
        raise ValueError(f"the format of a picture is one of {', '.join(FORMATS)}, not {format!r}")
    if (renderer := renderer_in_use()) is not None:
        return _asked_of(renderer, source, format)
    return _rendered([source], format, [f"-Gdpi={DOTS_PER_INCH[format]}"] if format in DOTS_PER_INCH else [])


def render_text(source: str) -> str:
    """The picture as SVG. Raises as `render` does."""
    return _as_text(render(source, "svg"))


def render_all(sources: Sequence[str]) -> list[str]:
    """Several pictures as SVG, in few runs of Graphviz, side by side: to start one takes longer than a layout. Raises
    as `render`."""
    if (renderer := renderer_in_use()) is not None:
        return [_as_svg(_asked_of(renderer, source, "svg")) for source in sources]
    runs = min(MOST_RUNS, os.cpu_count() or 1, len(sources) // FEWEST_A_RUN)
    if runs < 2:
        return _svgs(sources)
    found = [""] * len(sources)
    from concurrent.futures import ThreadPoolExecutor

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
    renderer = renderer_in_use()
    written = _rendered([source], "json", []) if renderer is None else _asked_of(renderer, source, "json")
    try:
        found: dict[str, Anything] = json.loads(written)
        missing = {"bb", "objects"} - found.keys()
    except (ValueError, AttributeError) as error:
        raise RenderingError(f"for the format 'json' the renderer gave no JSON object: {error}") from error
    if missing:
        raise RenderingError(f"the renderer's JSON has no {' and no '.join(sorted(missing))}: it is that of dot -Tjson")
    return found


def render_frames(sources: Sequence[str], dots_per_inch: int) -> list[bytes]:
    """A PNG of each, all of them in one run of Graphviz. Raises as `render` does."""
    if (renderer := renderer_in_use()) is not None:
        resolution = f"{{\n\tgraph [dpi={dots_per_inch}]\n"
        return [_asked_of(renderer, re.sub(r"\{\n", resolution, source, count=1), "png") for source in sources]
    pictures = _rendered(sources, "png", [f"-Gdpi={dots_per_inch}"])
    return [picture + _PNG_END for picture in pictures.split(_PNG_END)[:-1]]


# By a function


def _asked_of(renderer: Renderer, source: str, format: str) -> bytes:  # noqa: A002  (as above)
    """What the function gives, if it is bytes."""
    name = printable(getattr(renderer, "__qualname__", None) or repr(renderer))
    if format not in FORMATS_ASKED_FOR:
        raise RenderingError(
            f"no {format} where a function draws, here {name}: it is asked for {', '.join(FORMATS_ASKED_FOR)} alone; "
            "save an .svg, or put the default back by set_renderer(None)"
        )
    try:
        picture: object = renderer(source, format)
    except RenderingError:
        raise
    except Exception as error:  # whatever the user's function raises
        said = printable(f"{type(error).__name__}: {error}")
        raise RenderingError(f"the renderer {name} failed to draw the {format}: {said}; {DOT_TEXT}") from error
    if isinstance(picture, bytes) and picture:
        return picture
    if iscoroutine(picture):
        picture.close()  # or Python would warn that nobody awaited it
    given = "nothing: bytes of length 0" if picture == b"" else described(picture)
    hint = "; .encode() a str" if isinstance(picture, str) else ""
    raise RenderingError(printable(f"the renderer {name} gives bytes of the {format}, not {given}{hint}"))


def _as_text(picture: bytes) -> str:
    try:
        return picture.decode()
    except UnicodeDecodeError as error:
        raise RenderingError(f"the renderer's SVG is not UTF-8: {error}") from error


def _as_svg(picture: bytes) -> str:
    """The text of an SVG that the page can take apart."""
    text = _as_text(picture)
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise RenderingError(f"the renderer's SVG is not XML: {error}") from error
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise RenderingError(
            f"the renderer's SVG begins with the element {printable(root.tag)}, not with svg as in SVG"
        )
    return text


# By Graphviz


def _rendered(sources: Sequence[str], format: str, options: Sequence[str]) -> bytes:  # noqa: A002  (as above)
    """The pictures one after the other."""
    import subprocess  # as `importlib.metadata` below: `import autograd` is to load neither

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
        "bundle Graphviz (it is the extra `render` of scalar-autograd), or draw by a function of your own, "
        "`autograd.set_renderer(f)`"
    )
    raise RenderingError(f"{found}: {remedies}; {DOT_TEXT}")


def _renderers(format: str) -> Iterator[tuple[str, list[str]]]:  # noqa: A002  (as above)
    """The commands that read DOT and write a picture, the best first."""
    if dot := shutil.which("dot"):
        yield dot, [dot, f"-T{format}"]
    from importlib import metadata

    try:
        version = metadata.version("pygraphviz")
    except metadata.PackageNotFoundError:
        return
    if int(version.partition(".")[0]) >= 2:
        # -P: a file of the user's named graphviz.py, beside the notebook, is not what pygraphviz imports.
        yield f"pygraphviz {version}", [sys.executable, "-P", "-c", _PYGRAPHVIZ, format]
