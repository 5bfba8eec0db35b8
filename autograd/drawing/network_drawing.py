"""What `draw` gives of a network: the diagram as a Drawing, with its page."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from autograd.drawing.network_diagram import ToldQuantity, network_digraph
from autograd.drawing.network_places import laid_out
from autograd.drawing.neurons import Network, NoNeuronsError, network_of_graph, network_of_model
from autograd.drawing.result import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.drawing.page_file import Page
    from autograd.drawing.rendering import Renderer
    from autograd.drawing.selection import Choice
    from autograd.graph import Node
    from autograd.report import Report
    from autograd.untyped import Anything


def drawn_as_network(
    model: Anything,
    outputs: Sequence[Node],
    choice: Choice,
    quantity: ToldQuantity,
    background: str,
    renderer: Renderer | None = None,
) -> Drawing:
    """The network of a model alone, or of what the outputs were computed by.

    Raises:
        NoNeuronsError: if there is none, or a model alone is to be drawn with its activations.
    """
    if model is not None and quantity == "activations":
        raise NoNeuronsError("a model alone has no activations: draw what it gives, draw(model(x), detail='network')")
    network = network_of_graph(outputs, choice.parameters) if model is None else network_of_model(model)

    def page(report: Report | None) -> Page:
        from autograd.drawing.network_page import page_of_network

        return page_of_network(network, outputs, quantity, choice, report)

    def animation(format: str) -> bytes:  # noqa: A002  (the word of Pillow)
        from autograd.drawing.animation import animated
        from autograd.drawing.network_animation import moments_of_network
        from autograd.drawing.network_steps import NetworkSteps

        return animated(*moments_of_network(NetworkSteps(network, outputs, choice.digits), quantity), format)

    digraph = network_digraph(network, quantity, digits=choice.digits, background=background)
    places = laid_out(network).places
    lines = [c for c in network.connections if c.tail in places and c.head in places]
    return Drawing(digraph, len(places), len(lines), _note(network, quantity, len(places)), page, animation, renderer)


def _note(network: Network, quantity: ToldQuantity, n_shown: int) -> str:
    sizes = "-".join(str(len(column)) for column in network.columns if column[0].kind != "output")
    n_units = sum(1 for _ in chain.from_iterable(network.columns))
    left_out = f"; {n_units - n_shown:,} of {n_units:,} units are left out" if n_shown < n_units else ""
    return f"the {quantity} of a network {sizes}{left_out}"
