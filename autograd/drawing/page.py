"""The page that steps through a forward and a backward pass: one file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograd.drawing.attaching import FoldedView
from autograd.drawing.folds import SumsOfGradients, folds_of
from autograd.drawing.layouts import FRAMES, taken_of
from autograd.drawing.nudging import program_data
from autograd.drawing.opening import opened_layouts, with_stubs
from autograd.drawing.page_data import MOST_PATHS, as_data
from autograd.drawing.page_file import Page, Scene, assembled
from autograd.drawing.picture import CELLS
from autograd.drawing.selection import (
    folded_graph,
    folded_pictures,
    opened_picture,
    picture_behind,
    picture_taken_apart,
)
from autograd.drawing.steps import record
from autograd.graph import Node, topological_order
from autograd.nodes import changed_operand
from autograd.paths import routes
from autograd.text import ParameterName, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograd.drawing.network_page import NetworkScenes
    from autograd.drawing.picture import Picture
    from autograd.drawing.selection import Choice, FoldedGraph
    from autograd.drawing.steps import Recording
    from autograd.paths import Routes
    from autograd.report import Report

MANY_EDGES = 1000
"""From here on edges have no labels on the page: room for so many takes Graphviz minutes."""


FRAMES_INSIDE = (FRAMES[1], FRAMES[-1])
"""The frames for which that is laid out which a click opens."""


MOST_BEHIND, MOST_NODES_BEHIND = 12, 24_000
"""How often what is left out opens, and for how many nodes of the graph the steps are recorded for that, in all."""


MOST_NODES_APART = 60_000
"""The same for what opens because it is alike: a graph of more nodes has none of it."""


def page_of(
    picture: Picture, outputs: Sequence[Node], direction: str, choice: Choice, report: Report | None = None
) -> Page:
    """The page for a picture of the graph of the outputs.

    Raises:
        RenderingError: if there is no Graphviz on this machine.
        TypeError: if the report has no lines.
    """
    circles = _network(outputs, choice)
    order = topological_order(*outputs)
    write = _SceneWriter(
        outputs, direction, choice, folded_graph(outputs, choice), report, routes(outputs, order, MOST_PATHS)
    )
    recording, scenes = write.scenes(picture, ends_as_network=circles is not None)
    network = len(scenes) if circles else None
    if circles:
        scenes += circles.scenes("weights", report, len(scenes))
    title = f"Backpropagation: {recording.words.output}"
    program = program_data(recording.order, recording.picture, recording.words, outputs)
    text = assembled(title, scenes, *program, network=network)
    return Page(text, scenes[0].layouts[0].svg, len(recording.steps), sliders="refused" not in program[1])


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


@dataclass(frozen=True, slots=True)
class _SceneWriter:
    """Writes a picture as a scene, and what opens in it as others."""

    outputs: Sequence[Node]
    direction: str
    choice: Choice
    folded: FoldedGraph
    report: Report | None
    paths: Mapping[Node, Routes]

    def scenes(self, picture: Picture, *, ends_as_network: bool) -> tuple[Recording, list[Scene]]:
        """The scene of the picture, after it those that a click shows, and the recording of the first."""
        pictures = [(picture, self.choice)]
        opens: list[dict[str, int]] = [{}]
        left = min(MOST_BEHIND, MOST_NODES_BEHIND // len(self.paths))
        apart = MOST_NODES_APART // len(self.paths)
        of_cells: dict[int, int] = {}
        """For how many cells are open the picture in which more are."""
        for place, (inside, choice) in enumerate(pictures):
            for node in inside.nodes:
                opened = None
                further = replace(choice, cells_open=choice.cells_open + (node.opens == CELLS))
                if node.opens == CELLS and further.cells_open in of_cells:
                    opens[place][node.id] = of_cells[further.cells_open]
                elif node.kind == "omission" and left:
                    behind = self.folded if choice == self.choice else folded_graph(self.outputs, choice)
                    opened, left = picture_behind(inside, self.outputs, choice, behind, node.opens), left - 1
                elif node.kind == "group" and not node.opens and place == 0 and apart:
                    opened, apart = picture_taken_apart(inside, self.outputs, choice, self.folded, node.id), apart - 1
                elif node.opens == CELLS or (node.kind == "group" and node.opens and place == 0):
                    opened = opened_picture(self.outputs, choice, node.opens)
                if opened is not None:
                    opens[place][node.id] = len(pictures)
                    if node.opens == CELLS:
                        of_cells[further.cells_open] = len(pictures)
                    opens.append({})
                    pictures.append((opened, further))
        found = [
            self._scene(each, opens[place], inside=place > 0, ends_as_network=ends_as_network)
            for place, (each, _) in enumerate(pictures)
        ]
        return found[0][0], [scene for _, scene in found]

    def _scene(
        self, picture: Picture, opens: Mapping[str, int], *, inside: bool, ends_as_network: bool
    ) -> tuple[Recording, Scene]:
        """The steps that a picture shows, and its layouts for windows of all sizes; of what is `inside`, for two."""
        recording = record(picture, self.outputs, self.choice.digits)
        drawn = replace(recording.picture, note="")  # it is said above the picture
        if len(drawn.edges) > MANY_EDGES:
            # The page says each local gradient in its step.
            drawn = replace(drawn, edges=tuple(replace(edge, label="") for edge in drawn.edges))
        recording = replace(recording, picture=drawn)
        sums = SumsOfGradients(recording)
        folds: Iterable[FoldedView] = [FoldedView(drawn)]
        if not inside:
            smaller = folded_pictures(picture, self.outputs, self.choice, self.folded, cut=not ends_as_network)
            folds = folds_of(drawn, smaller, sums)
        known = (with_stubs(drawn, each, opens) for each in folds)
        taken = taken_of(known, self.direction, FRAMES_INSIDE if inside else FRAMES)
        taken = [each for each in taken if each.frames or not inside]
        if sums.found:
            shown = {key for each in taken for key, _ in each.sketch.candidate.fold.rows.values()}
            recording = sums.recorded(shown)
        layouts = opened_layouts(taken, drawn, recording.initial)
        data = as_data(recording, self.outputs, self.report, self.paths)
        return recording, Scene(data, layouts, opens, notes=_notes(picture, self.outputs))


def _notes(picture: Picture, outputs: Sequence[Node]) -> list[str]:
    said = picture.note.replace(picture.hint, "")
    notes = [f"{said}; the steps are those of what is shown"] if said else []
    if changed := changed_operand(topological_order(*outputs)):
        name = visible(changed[1].name or "a leaf")
        notes.append(
            f"{name} was written to since: its own box shows what it holds now; every other number, of {name} in a "
            "formula too, is that of the recorded graph"
        )
    return notes
