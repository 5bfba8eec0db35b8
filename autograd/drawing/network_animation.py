"""The passes through a network as the frames of an animation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autograd.drawing.animation import NOW, Moment, followed_by, stage_of, text_of
from autograd.drawing.dot import GREY
from autograd.drawing.network_diagram import QUANTITIES, circle_label, network_digraph
from autograd.drawing.network_places import laid_out
from autograd.drawing.network_steps import DATA, GRADIENT, NetworkSteps
from autograd.drawing.rendering import laid_out as where_all_stands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograd.drawing.animation import Stage
    from autograd.drawing.network_diagram import ToldQuantity

QUANTITY_OF_PHASE: Mapping[str, ToldQuantity] = {"forward": "activations", "backward": "gradients"}


def moments_of_network(passes: NetworkSteps, quantity: ToldQuantity) -> tuple[list[Moment], Stage]:
    """The steps of a network's passes, and where it stands. Before the first, its lines tell the quantity given."""
    pictures = {
        each: str(network_digraph(passes.network, each, digits=passes.digits, gradient_of=passes.gradient_of).source)
        for each in QUANTITIES
        if passes.outputs or each != "activations"
    }
    rows = {(c.id, c.row): c.number for unit in passes.shown for c in passes.initial(unit)}
    told: dict[str, set[int]] = {"activations": set(), "gradients": set()}
    moments = []
    for step in passes.steps():
        now = QUANTITY_OF_PHASE.get(step.phase, quantity)
        if now in told:
            told[now].update(step.edges)
        hidden = [place for place in range(len(passes.lines)) if passes.outputs and place not in told.get(now, [place])]
        statements = [
            f"{passes.ids[passes.lines[place].tail]} -> {passes.ids[passes.lines[place].head]} "
            f'[key=e{place}, color="{GREY}", penwidth=0.8, label=""]'
            for place in hidden
        ]
        statements += [f'{id_} [color="{NOW}", penwidth=2.4]' for id_ in step.ids]
        before = followed_by(pictures[now], statements + _numbers(passes, now, rows))
        rows |= {(change.id, change.row): change.number for change in step.changes}
        after = followed_by(pictures[now], statements + _numbers(passes, now, rows))
        formula = text_of(step.lines[0].pieces) if step.lines else ""
        moments.append(Moment(after, before, step.sentence, formula, step.edges, step.phase == "backward"))
    return moments, _stage(passes, pictures[quantity])


def _stage(passes: NetworkSteps, picture: str) -> Stage:
    """Where the diagram stands. Graphviz tells it from another origin than the diagram's own."""
    found = where_all_stands(picture)
    first = passes.shown[0]
    [pos] = [thing["pos"] for thing in found["objects"] if thing["name"] == passes.ids[first]]
    (x, y), (x_there, y_there) = laid_out(passes.network).places[first], map(float, pos.split(","))
    stage = stage_of(found)
    left, bottom = stage.left + x - x_there, stage.bottom + y - y_there
    return replace(stage, left=left, bottom=bottom, places="", ways=_ways(passes))


def _ways(passes: NetworkSteps) -> dict[int, list[tuple[float, float]]]:
    """The lines from circle to circle, as curves that are straight."""
    places = laid_out(passes.network).places
    ends = [(places[line.tail], places[line.head]) for line in passes.lines]
    return {
        place: [(x0 + (x1 - x0) * k / 3, y0 + (y1 - y0) * k / 3) for k in range(4)]
        for place, ((x0, y0), (x1, y1)) in enumerate(ends)
    }


def _numbers(passes: NetworkSteps, quantity: ToldQuantity, rows: Mapping[tuple[str, int], str]) -> list[str]:
    """The numbers in circles as they are by now."""
    if not passes.outputs:
        return []
    row, size = GRADIENT if quantity == "gradients" else DATA, laid_out(passes.network).size
    changing = [unit for unit in passes.shown if quantity != "weights" or unit.kind != "neuron"]
    return [f"{passes.ids[unit]} [label={circle_label(unit, rows[passes.ids[unit], row], size)}]" for unit in changing]
