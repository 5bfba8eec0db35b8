"""A program that is being written: its arrays, read by name, and the gradients that wait for their lines."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from autograd.graph import NOTHING
from autograd.lifting.groups import NO_GROUP, PARAMETERS, ApplicationGroup, Group, Groups, Matrix, SumGroup
from autograd.lifting.naming import Names
from autograd.lifting.normal_form import Constant, Expressions
from autograd.lifting.passing import Pull, Uniform
from autograd.numbers.source import Source, source, tree_of

np = source.np

Contribution = tuple[Source, str]
"""A part of the gradient of a group, and the name of the forward line that it comes through."""

TERMS = 32
"""How many terms a line may add up: an expression of a thousand is too deep for Python."""

View = tuple[int, int, int]
"""A part of the flat parameters: (start, rows, columns); 0 rows is a vector, 0 columns one number."""


class Draft:
    """Lines, and what they name.

    Whatever reads an array gets an expression and a `Pull`, which later passes the expression's gradient to the array:
    back to the places that were read, as a contribution to the gradient of the group, or of a part of the parameters.

    Attributes:
        views: the lines that cut the flat array of parameters into matrices and vectors.
        forward: a line for each computed group.
        backward: the lines of the gradients, each with its comment.
        constants: the numbers of the arrays that the lines name, and whether they are whole.
        contributions: the parts of the gradient of each group, so far.
        pieces: the same for each view of the parameters.
        through: the name of the forward line that gradients are passing through.
        chosen: whether the gradients that are passing come from a choice, where 0 · ∞ must stay 0.
        after_choice: the groups that such gradients have reached.
        is_logsumexp: the operations of any number of operands that are known to be logsumexp, or not to be.
        linear: whether a parameter that is read now stands alone in a term, as a bias does.
    """

    def __init__(
        self, expressions: Expressions, groups: Groups, argument_names: Sequence[str], output_name: str
    ) -> None:
        self.expressions = expressions
        self.groups = groups.groups
        self.group_of = groups.group_of
        self.places = groups.places
        self.names = Names(expressions, groups, argument_names, output_name)
        self.views: list[str] = []
        self.forward: list[str] = []
        self.backward: list[tuple[str, str]] = []
        self.constants: dict[str, Any] = {}
        self.contributions: dict[int, list[Contribution]] = defaultdict(list)
        self.pieces: dict[View, list[Contribution]] = defaultdict(list)
        self.through = "the mean over the batch"
        self.chosen = False
        self.after_choice: set[int] = set()
        self.linear = False
        self.is_logsumexp: dict[Any, bool] = {}
        self._view_names: dict[View, str] = {}
        self._wanted = self._leading_to_parameters()

    def name(self, group: Group | int) -> Source:
        return source.name(self.names.of(group if isinstance(group, int) else group.index))

    def read(self, index: int) -> tuple[Source, Pull | None]:
        """One expression, without an axis of members."""
        node = self.expressions.nodes[index]
        if isinstance(node, Constant):
            return Source(tree_of(node.number)), None
        group = self.groups[self.group_of[index]]
        return self.array(group, [index], axis=False, batched=group.batched)

    def read_or_number(self, index: int) -> tuple[Any, Pull | None]:
        """As `_read`, but a constant as a plain number, for the rules to compute with."""
        node = self.expressions.nodes[index]
        return (node.number, None) if isinstance(node, Constant) else self.read(index)

    def together(self, outputs: list[int]) -> list[Source]:
        """Several outputs that are members of one group, as one array."""
        sources = {self.group_of[index] for index in outputs}
        if len(outputs) == 1 or len(sources) > 1 or NO_GROUP in sources:
            return []
        group = self.groups[sources.pop()]
        return [self.array(group, outputs, axis=True, batched=group.batched, exact=True)[0]] if group.batched else []

    def array(
        self, group: Group, members: list[int], *, axis: bool, batched: bool, exact: bool = False
    ) -> tuple[Source, Pull]:
        """The members of a group in the order given, as (…, members) if `axis`.

        One member in all places may come as (…, 1), to be broadcast, unless `exact`. The gradient that will be pulled
        has an axis for the batch if `batched`.
        """
        places, size = self.places(members), len(group.members)
        if group.index == PARAMETERS:
            return self._parameters(places, (len(places),) if axis else (), batched=batched, exact=exact)
        array = self.name(group)
        prefix: tuple[Any, ...] = (slice(None),) if group.batched else ()

        def pull_to(put_back: Callable[[Source], Source]) -> Pull:
            def pull(gradient: Source) -> None:
                if batched and not group.batched:
                    gradient = gradient.sum(axis=0)
                self._contribute(group, put_back(gradient))

            return pull

        if not group.has_axis:
            if not axis:
                return array, pull_to(lambda d: d)
            if exact and len(members) > 1:
                array = array[..., None][..., self.constant("index", places, integer=True)]
                return array, pull_to(lambda d: d.sum(axis=-1))
            return array[..., None], pull_to(lambda d: d.sum(axis=-1))
        if not axis:
            return array[(*prefix, places[0])], pull_to(lambda d: self._spread(d, places[0], size))
        if places == list(range(size)):
            return array, pull_to(lambda d: d)
        if len(set(places)) == 1 and not exact:
            run = slice(places[0], places[0] + 1)
            return array[(*prefix, run)], pull_to(lambda d: self._spread(d.sum(axis=-1, keepdims=True), run, size))
        if places == list(range(places[0], places[-1] + 1)):
            run = slice(places[0], places[-1] + 1)
            return array[(*prefix, run)], pull_to(lambda d: self._spread(d, run, size))
        index = self.constant("index", places, integer=True)
        return array[(*prefix, index)], pull_to(lambda d: self._spread(d, index, size))

    def matrix(self, group: Group, members: Matrix, *, batched: bool) -> tuple[Source, Pull]:
        """The members as (…, rows, columns)."""
        rows = [self.places(row) for row in members]
        if group.index == PARAMETERS:
            flat = [place for row in rows for place in row]
            return self._parameters(flat, (len(rows), len(rows[0])), batched=batched)
        if not group.has_axis:
            array = self.name(group)[..., None, None]
            return array, lambda d: self._pull_gather(group, d.sum(axis=(-2, -1)), batched=batched)
        index = self.constant("index", rows, integer=True)
        array = self.name(group)[:, index] if group.batched else self.name(group)[index]
        size = len(group.members)

        def pull(gradient: Source) -> None:
            self._pull_gather(group, gradient, batched=batched, spread=lambda d: self._spread(d, index, size))

        return array, pull

    def _pull_gather(
        self, group: Group, gradient: Source, *, batched: bool, spread: Callable[[Source], Source] = lambda d: d
    ) -> None:
        if batched and not group.batched:
            gradient = gradient.sum(axis=0)
        self._contribute(group, spread(gradient))

    def _contribute(self, group: Group, gradient: Source) -> None:
        if group.index in self._wanted:
            self.contributions[group.index].append((gradient, self.through))
            if self.chosen:
                self.after_choice.add(group.index)

    def _parameters(
        self, places: list[int], shape: tuple[int, ...], *, batched: bool, exact: bool = False
    ) -> tuple[Source, Pull]:
        total = len(self.groups[PARAMETERS].members)
        start, count = places[0], len(places)
        rows, columns = (shape if len(shape) == 2 else (0, *shape)) if shape else (0, 0)

        def pull_to(view: View, put_back: Callable[[Source], Source]) -> Pull:
            def pull(gradient: Source) -> None:
                gradient = gradient.sum(axis=0) if batched else gradient
                self.pieces[view].append((put_back(gradient), self.through))

            return pull

        if places == list(range(start, start + count)):
            view = start, rows, columns
            return self.view(view), pull_to(view, lambda d: d)
        if len(set(places)) == 1 and not rows and not exact:
            view = start, 0, 0
            return self.view(view), pull_to(view, lambda d: d.sum())
        nested = [places[i : i + columns] for i in range(0, count, columns)] if rows else places
        index = self.constant("index", nested, integer=True)
        everything = 0, 0, total
        return self.view(everything)[index], pull_to(everything, lambda d: self._spread(d, index, total))

    def view(self, view: View) -> Source:
        """The name of a part of the parameters; its line is written when it is first asked for."""
        start, rows, columns = view
        parameters = source.name("parameters")
        everything = self.groups[PARAMETERS].members
        if (start, rows, columns) == (0, 0, len(everything)):
            return parameters
        if view not in self._view_names:
            count = max(rows, 1) * max(columns, 1)
            self._view_names[view] = self.names.of_parameters(everything[start : start + count], self.linear)
            cut = parameters[start : start + count] if columns else parameters[start]
            self.views.append(f"{self._view_names[view]} = {cut.reshape(rows, columns) if rows else cut}")
        return source.name(self._view_names[view])

    def _spread(self, gradient: Source, index: Any, size: int) -> Source:
        """A gradient put back where it was read, with zeros around it; added up where a place was read twice."""
        if isinstance(index, slice):
            return source.name("place")(gradient, source.name("slice")(index.start, index.stop), size)
        if isinstance(index, int):
            return source.name("place")(gradient, index, size)
        numbers, _ = self.constants[str(index)]
        flat = [n for row in numbers for n in row] if isinstance(numbers[0], list) else numbers
        distinct = len(set(flat)) == len(flat)
        return source.name("place" if distinct else "scatter")(gradient, index, size)

    def constant(self, kind: str, numbers: Any, *, integer: bool = False) -> Source:
        for text, known in self.constants.items():
            if known == (numbers, integer):
                return source.name(text)
        text = self.names.fresh(kind)
        self.constants[text] = (numbers, integer)
        return source.name(text)

    def number_or_array(self, numbers: list[float]) -> Any:
        return numbers[0] if all(c == numbers[0] for c in numbers) else self.constant("numbers", numbers)

    def line(self, target: str, contributions: list[Contribution]) -> Source:
        """Write the sum of the contributions down as `target`, unless it is a variable as it is."""
        gradient, _ = contributions[0]
        if len(contributions) == 1 and (isinstance(gradient, Uniform) or str(gradient).isidentifier()):
            return gradient
        for start in range(0, len(contributions), TERMS):
            some = contributions[start : start + TERMS]
            total = source.sum(*([source.name(target)] if start else []), *(part for part, _ in some))
            through = dict.fromkeys(name for _, name in some)
            self.backward.append((f"{target} = {total}", f"through {', '.join(through)}"))
        return source.name(target)

    def _leading_to_parameters(self) -> set[int]:
        """The groups that pass gradients on to parameters: no others need theirs."""
        wanted = {PARAMETERS}
        for group in self.groups:
            if isinstance(group, SumGroup):
                read = {side for block in group.blocks for side in (block.left, block.right)}
            elif isinstance(group, ApplicationGroup):
                anything = [source.name("x")] * len(group.operands)
                local_grads = group.operation.local(source, source.name("y"), *anything)
                passing = zip(group.operands, local_grads, strict=True)
                read = {self.group_of[column[0]] for column, local in passing if local is not NOTHING}
            else:
                continue
            if read & wanted:
                wanted.add(group.index)
        return wanted
