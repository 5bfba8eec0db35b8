"""The Drawing: what `autograd.draw` returns."""

from __future__ import annotations

import html
from base64 import b64encode
from typing import TYPE_CHECKING

from autograd.advice.advised import lacks, with_advice
from autograd.advice.names_elsewhere import OF_A_DRAWING
from autograd.drawing.rendering import (
    FORMATS,
    FORMATS_THAT_PLAY,
    Renderer,
    RenderingError,
    drawn_by,
    render,
    render_text,
)
from autograd.errors import path_of_file
from autograd.text import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection
    from pathlib import Path

    import graphviz

    from autograd.drawing.page_file import Page
    from autograd.report import Report


class Drawing:
    """A picture of a computation graph, as it was when it was drawn.

    In a notebook it shows itself. To change what `autograd.draw` has no option for, change `digraph`: all that follows
    shows it.

    Attributes:
        digraph: a `graphviz.Digraph`.
        note: what the picture says below about what it leaves out or folds, and about a leaf that was written to since
            the graph was recorded; empty if it shows all, as it was computed.

    >>> from autograd import Value, draw
    >>> a = Value(3.0, "a")
    >>> drawing = draw(a * a)
    >>> drawing
    Drawing(2 nodes, 2 edges)
    >>> drawing.source.splitlines()[0]
    'digraph {'
    """

    def __init__(
        self,
        digraph: graphviz.Digraph,
        n_nodes: int,
        n_edges: int,
        note: str,
        page: Callable[[Report | None], Page],
        animation: Callable[[str], bytes],
        renderer: Renderer | None = None,
    ) -> None:
        self.digraph = digraph
        self.note = note
        self._page, self._animation, self._render, self._render_text = page, animation, render, render_text
        if renderer is not None:
            chosen = drawn_by(renderer)
            self._page, self._animation = chosen(page), chosen(animation)
            self._render, self._render_text = chosen(render), chosen(render_text)
        self._size = f"{n_nodes} node{'s' * (n_nodes != 1)}, {n_edges} edge{'s' * (n_edges != 1)}"

    @property
    def source(self) -> str:
        """The picture as DOT, Graphviz's language: the same text for the same graph, in every process."""
        return str(self.digraph.source)

    def svg(self) -> str:
        """The picture as an SVG document.

        Raises:
            RenderingError: if there is no Graphviz on this machine, naming what to install, or a renderer fails.
        """
        return self._render_text(self.source)

    def page(self, report: Report | None = None) -> Page:
        """A page that steps through a forward pass and a backward pass; in a notebook it shows itself.

        The backward pass is a clean one, with the local gradients that were recorded: no ``grad`` is read or written.
        The steps are those between the nodes of this picture; where one stands for many, what happens inside is one
        step. A change of `digraph` does not show in it.

        Every leaf has a slider, and the numbers follow it: there the page computes the graph anew, by the rules of the
        table written as JavaScript. A graph of more than 20,000 nodes, one with an operation that computes in floats
        alone, and one with a leaf that was written to since have none, and the page says so.

        Args:
            report: of `check_derivation`, to be laid over the page instead of the one that `draw` was given: nodes of
                right claims get a ✓, and the first wrong one is marked, with what is wrong.

        Raises:
            TypeError: if the report has no lines.
            RenderingError: if there is no Graphviz on this machine, naming what to install, or a renderer fails.

        >>> from autograd import Value, draw
        >>> x = Value(3.0, "x")
        >>> page = draw(x * x).page()
        >>> page
        Page(6 steps)
        >>> page.html[:15]
        '<!doctype html>'
        """
        return self._page(report)

    @with_advice({})
    def save(self, path: str | os.PathLike[str], *, report: Report | None = None) -> Path:
        """Write the picture to a file, as what its extension says: ``.svg``, ``.png``, ``.pdf`` or ``.dot``.

        A ``.html`` is the `page` that steps through the passes: one file that needs no other, and no network. A
        ``.gif`` or ``.webp`` plays them, for slides.

        Args:
            path: of the file.
            report: see `page`; for a ``.html`` only.

        Returns:
            The path.

        Raises:
            ValueError: for another extension, or a report with any but ``.html``.
            TypeError: if the report has no lines.
            RenderingError: if there is no Graphviz on this machine, naming what to install; a ``.dot`` needs none.
            ImportError: for a ``.gif`` or ``.webp`` without Pillow, which the extra ``render`` brings.
            OSError: if the file cannot be written. A file is written only once its picture is complete.
        """
        path = path_of_file(path)
        extension = path.suffix.lower().removeprefix(".")
        if extension not in (*FORMATS, *FORMATS_THAT_PLAY, "html", "dot"):
            known = ", ".join(f".{known}" for known in (*FORMATS, *FORMATS_THAT_PLAY, "html"))
            name = printable(repr(path.name))
            raise ValueError(f"cannot save a drawing as {name}: the name must end in {known} or .dot")
        if extension == "html":
            path.write_bytes(self.page(report).html.encode())
        elif report is not None:
            raise ValueError(printable(f"a report is laid over a page: save a .html, not {path.name!r}"))
        elif extension in FORMATS_THAT_PLAY:
            path.write_bytes(self._animation(extension))
        else:
            path.write_bytes(self.source.encode() if extension == "dot" else self._render(self.source, extension))
        return path

    def __repr__(self) -> str:
        return printable(f"Drawing({self._size}{': ' if self.note else ''}{self.note})")

    # In a notebook. text/html wins over the other types of a bundle, wherever a notebook is shown, so it has to hold up
    # everywhere: JupyterLab strips inline SVG from a notebook that is not trusted (one that came by mail, for example),
    # and so does GitHub's viewer; both keep an <img> with the picture in its address. Scripts in such a picture do not
    # run, and it loads nothing. The PNG is for what shows no HTML: Qt consoles, and nbconvert's way through LaTeX.

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,  # noqa: ARG002  (IPython passes both, and picks from the bundle itself)
        exclude: Collection[str] | None = None,  # noqa: ARG002
    ) -> dict[str, object]:
        try:
            bundle: dict[str, object] = {"text/plain": repr(self), "text/html": self._as_html()}
        except RenderingError as error:
            return {"text/plain": f"{self!r}\n{error}"}
        try:
            bundle["image/png"] = self._render(self.source, "png")
        except RenderingError:
            bundle["image/svg+xml"] = self.svg()
        return bundle

    def _repr_html_(self) -> str | None:
        """For what knows no bundles, such as pages made of notebooks."""
        try:
            return self._as_html()
        except RenderingError:
            return None

    def _as_html(self) -> str:
        picture = b64encode(self._render(self.source, "svg")).decode()
        return f'<img src="data:image/svg+xml;base64,{picture}" alt="{html.escape(repr(self))}">'


lacks(Drawing, OF_A_DRAWING)
