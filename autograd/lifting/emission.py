"""Groups of expressions, written down as NumPy: a line for each group forward, and its chain rule backward.

Operations take value and local gradients from the table of `autograd.ops`, in the number system of
`autograd.numbers.source` (see `elementwise`, and `many_operands` for those over an axis). Sums have one rule, c · a · b
passes c · b to a and c · a to b, which arrays write as matrix products (see `products`). What was read at some places
goes back to them (see `draft`).
"""

from collections.abc import Sequence

import numpy as np

from autograd.lifting.draft import Draft, Pull
from autograd.lifting.elementwise import write_application
from autograd.lifting.groups import FIXED, ApplicationGroup, Group, Groups, SumGroup
from autograd.lifting.many_operands import write_assembled, write_many_operands, write_masked
from autograd.lifting.normal_form import NormalForm
from autograd.lifting.products import write_sum
from autograd.lifting.repetition import repetition_in
from autograd.lifting.source_text import text_of_program
from autograd.lifting.time_loops import Loop
from autograd.untyped import AnyArray, Anything


class Emission:
    """The text of a program.

    Attributes:
        source: the forward and the backward function.
        constants: the numbers of the arrays that the source names, and whether they are whole.
        views: the lines that cut the flat array of parameters into matrices and vectors.
        forward: a line for each computed group.
        outputs: the expressions of the function's outputs.
        backward: the lines down to `gradient`, the flat gradient of the parameters, each with its comment; empty unless
            there is one output. By columns, the gradients of each example's own output by these columns of the inputs.
    """

    def __init__(
        self,
        expressions: NormalForm,
        groups: Groups,
        argument_names: Sequence[str],
        output_name: str,
        *,
        by_columns: Sequence[int] | None = None,
    ) -> None:
        draft = Draft(expressions, groups, argument_names, output_name, by_columns=by_columns)
        pulls: dict[int, list[Pull]] = {}
        repetition = repetition_in(groups)

        def write(group: Group) -> list[Pull]:
            if isinstance(group, SumGroup):
                return write_sum(draft, group)
            if group.index in groups.masked and isinstance(group, ApplicationGroup):
                return [write_masked(draft, group)]
            if group.index in groups.assembled and isinstance(group, ApplicationGroup):
                return [write_assembled(draft, group)]
            if isinstance(group, ApplicationGroup):
                return [(write_many_operands if group.operation.arity is None else write_application)(draft, group)]
            return []

        for group in list(groups.groups):
            if repetition is None or not repetition.start <= group.index < repetition.stop:
                pulls[group.index] = write(group if draft.loop is None else draft.loop.reading_sums(group))
            elif group.index == repetition.start:
                draft.loop = Loop(draft, repetition, write)
        self.outputs = draft.write_outputs(pulls)
        self.views = [line for _, line in draft.cuts.values() if line]
        self.forward = [line for part in draft.forward for line in ([part] if isinstance(part, str) else part.lines)]
        self.backward = draft.backward
        self.constants = draft.constants
        flat = ["parameters", "others"] if groups.groups[FIXED].members else ["parameters"]
        self.source = text_of_program(self, flat, draft.names.arguments)

    def arrays(self, dtype: Anything) -> dict[str, AnyArray]:
        """The constants as arrays."""
        return {
            name: np.array(numbers, np.intp if integer else dtype)
            for name, (numbers, integer) in self.constants.items()
        }
