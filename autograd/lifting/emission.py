"""Groups of expressions, written down as NumPy: a line for each group forward, and its chain rule backward.

The local gradients of elementwise operations come from the table of `autograd.ops`, computed in the number system
`autograd.numbers.source` (see `applications`). What is written here is what arrays add to that: a factor passes its
gradient to the other, matrix products included, a sum spreads its gradient over its terms (see `sums`), and what was
read at some places goes back to them (see `draft`).
"""

from collections.abc import Sequence

from autograd.lifting.draft import Draft, View
from autograd.lifting.elementwise import write_application
from autograd.lifting.groups import PARAMETERS, ApplicationGroup, Groups, SumGroup
from autograd.lifting.normal_form import Expressions
from autograd.lifting.passing import Pull, Uniform
from autograd.lifting.products import write_sum
from autograd.numbers.source import Source, source

np = source.np


class Emission:
    """The lines of a program.

    Attributes:
        names: the variables.
        views: the lines that cut the flat array of parameters into matrices and vectors.
        forward: a line for each computed group.
        outputs: the expressions of the function's outputs.
        backward: the lines down to `gradient`, the flat gradient of the parameters, each with its comment; empty unless
            there is one output.
        constants: the numbers of the arrays that the lines name, and whether they are whole.
    """

    def __init__(
        self, expressions: Expressions, groups: Groups, argument_names: Sequence[str], output_name: str
    ) -> None:
        draft = Draft(expressions, groups, argument_names, output_name)
        pulls: dict[int, list[Pull]] = {}
        for group in groups.groups:
            if isinstance(group, SumGroup):
                pulls[group.index] = write_sum(draft, group)
            elif isinstance(group, ApplicationGroup):
                pulls[group.index] = [write_application(draft, group)]
        outputs = [draft.read(index) for index in expressions.outputs]
        self.outputs = draft.together(expressions.outputs) or [expression for expression, _ in outputs]
        if len(outputs) == 1:
            _write_backward(draft, expressions.batched[expressions.outputs[0]], outputs[0][1], pulls)
        self.names = draft.names
        self.views = draft.views
        self.forward = draft.forward
        self.backward = draft.backward
        self.constants = draft.constants


def _write_backward(draft: Draft, batched: bool, pull: Pull | None, pulls: dict[int, list[Pull]]) -> None:
    """From the output, which `pull` passes a gradient to, back to the parameters."""
    if pull is not None:
        pull(Uniform(1.0, batched=batched))
    for group in reversed(draft.groups):
        contributions = draft.contributions.pop(group.index, [])
        if contributions:
            name = draft.names.of(group.index)
            gradient = draft.line(f"d_{name}", contributions)
            draft.through = name
            draft.chosen = group.index in draft.after_choice
            for pull_part in pulls[group.index]:
                pull_part(gradient)
    _collect(draft)


def _collect(draft: Draft) -> None:
    """The gradients of the parameters, part by part, and all of them as one flat array."""
    total = len(draft.groups[PARAMETERS].members)
    parts: dict[View, Source] = {}
    for view, contributions in sorted(draft.pieces.items()):
        part = draft.line(f"d_{draft.view(view)}", contributions)
        parts[view] = part if view[2] and not view[1] else part.ravel()
    layers = []
    while parts:
        layers.append(_side_by_side(parts, total))
    if not layers:
        layers.append(np.zeros(total, source.name("dtype")))
    gradient = layers[0]
    for layer in layers[1:]:
        gradient = gradient + layer
    draft.backward.append((f"gradient = {gradient}", ""))


def _side_by_side(parts: dict[View, Source], total: int) -> Source:
    """Parts that do not overlap, taken out of `parts` and joined to a flat array, with zeros between them."""
    position, run = 0, []
    for view in sorted(parts):
        start, rows, columns = view
        if start < position:
            continue
        if start > position:
            run.append(np.zeros(start - position, source.name("dtype")))
        run.append(parts.pop(view))
        position = start + max(rows, 1) * max(columns, 1)
    if position < total:
        run.append(np.zeros(total - position, source.name("dtype")))
    return run[0] if len(run) == 1 else np.concatenate(tuple(run))
