"""The page that steps through a forward and a backward pass: one file that needs nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autograd.drawing.attaching import FoldedView
from autograd.drawing.folds import folds_of
from autograd.drawing.layouts import FRAMES, taken_of
from autograd.drawing.nudging import program_data
from autograd.drawing.page_data import as_data
from autograd.drawing.page_file import Page, Scene, assembled
from autograd.drawing.selection import folded_pictures, opened_picture
from autograd.drawing.steps import record
from autograd.graph import Node, topological_order
from autograd.nodes import changed_operand
from autograd.text import ParameterName, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.drawing.network_page import NetworkScenes
    from autograd.drawing.picture import Picture
    from autograd.drawing.selection import Choice
    from autograd.drawing.steps import Recording
    from autograd.report import Report

MANY_EDGES = 1000
"""From here on edges have no labels on the page: room for so many takes Graphviz minutes."""


FRAMES_INSIDE = (FRAMES[1], FRAMES[-1])
"""The frames for which that is laid out which a click opens."""


def page_of(
    picture: Picture, outputs: Sequence[Node], direction: str, choice: Choice, report: Report | None = None
) -> Page:
    """The page for a picture of the graph of the outputs.

    Raises:
        RenderingError: if there is no Graphviz on this machine.
        TypeError: if the report has no lines.
    """
    circles = _network(outputs, choice)
    recording, scene = _scene(picture, outputs, direction, choice, report, ends_as_network=circles is not None)
    scenes, opens = [scene], {}
    for node in picture.nodes:
        if node.opens and (opened := opened_picture(outputs, choice, node.opens)) is not None:
            opens[node.id] = len(scenes)
            scenes.append(_scene(opened, outputs, direction, choice, report, inside=True)[1])
    scenes[0] = replace(scene, opens=opens)
    network = len(scenes) if circles else None
    if circles:
        scenes += circles.scenes("weights", report, len(scenes))
    title = f"Backpropagation: {recording.words.output}"
    program = program_data(recording.order, recording.picture, recording.words, outputs)
    text = assembled(title, _notes(picture, outputs), scenes, *program, network=network)
    return Page(text, scene.layouts[0].svg, len(recording.steps))


def _network(outputs: Sequence[Node], choice: Choice) -> NetworkScenes | None:
    """What a graph folds to last, if it is that of a model of `nn`: its network."""
    if not any(isinstance(node.name, ParameterName) for node in topological_order(*outputs)):
        return None
    from autograd.drawing.network_page import NetworkScenes
    from autograd.drawing.network_steps import NetworkSteps
    from autograd.drawing.neurons import NoNeuronsError, network_of_graph

    try:
        return NetworkScenes(NetworkSteps(network_of_graph(outputs, choice.parameters), outputs, choice.digits), choice)
    except NoNeuronsError:
        return None


def _scene(
    picture: Picture,
    outputs: Sequence[Node],
    direction: str,
    choice: Choice,
    report: Report | None,
    *,
    inside: bool = False,
    ends_as_network: bool = False,
) -> tuple[Recording, Scene]:
    """The steps that a picture shows, and its layouts: one for each size of window; `inside` of another scene, one."""
    recording = record(picture, outputs, choice.digits)
    drawn = replace(recording.picture, note="")  # it is said above the picture
    if len(drawn.edges) > MANY_EDGES:
        # The page says each local gradient in its step.
        drawn = replace(drawn, edges=tuple(replace(edge, label="") for edge in drawn.edges))
    recording = replace(recording, picture=drawn)
    folds: Iterable[FoldedView] = [FoldedView(drawn)]
    if not inside:
        folds = folds_of(drawn, folded_pictures(picture, outputs, choice, cut=not ends_as_network))
    taken = taken_of(folds, direction, FRAMES_INSIDE if inside else FRAMES)
    pictures = [each.sketch.layout(recording.initial) for each in taken]
    return recording, Scene(as_data(recording, outputs, report), tuple(pictures))


def _notes(picture: Picture, outputs: Sequence[Node]) -> list[str]:
    notes = [f"{picture.note}; the steps are those of what is shown"] if picture.note else []
    if changed := changed_operand(topological_order(*outputs)):
        name = visible(changed[1].name or "a leaf")
        notes.append(
            f"{name} was written to since: its own box shows what it holds now; every other number, of {name} in a "
            "formula too, is that of the recorded graph"
        )
    return notes
