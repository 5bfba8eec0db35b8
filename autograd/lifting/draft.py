"""A program that is being written: arrays that are read by name, and gradients on their way back to them."""

import ast
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from autograd.lifting.groups import FIXED, NO_GROUP, PARAMETERS, Group, Groups, Matrix
from autograd.lifting.naming import Variables
from autograd.lifting.normal_form import Constant, NormalForm
from autograd.lifting.unbounded import Unbounded
from autograd.numbers import Number
from autograd.numbers.source import Source, counted, source, tree_of

np = source.np
BATCH, DTYPE = map(source.name, ("batch", "dtype"))
FLAT = {PARAMETERS: source.name("parameters"), FIXED: source.name("others")}
PLACE, SCATTER, SLICE = map(source.name, ("place", "scatter", "slice"))
ZEROS, CONCATENATE = np.zeros, np.concatenate


class Origin(NamedTuple):
    """Where a gradient comes from."""

    line: str
    """The name of the forward line that it passes through."""
    infinite: bool = False
    """Whether it passed an operation whose slope may be infinite."""
    reached: Source | None = None
    """Truths that broadcast to its shape: where the gradient arrives. Elsewhere nothing passes: it is 0, and so is its
    product with ∞. None if it arrives everywhere or that is not known; then `Program` sees to NaN and infinity."""

    def back(self, through: Callable[[Source], Source]) -> "Origin":
        """The origin of ``through(gradient)``, which rearranges and adds up."""
        return self if self.reached is None else self._replace(reached=through(Truths(self.reached.tree)))

    def anywhere(self) -> "Origin":
        """The origin of a gradient that is added up from many: it may arrive everywhere."""
        return self if self.reached is None else self._replace(reached=None)

    def passed(self, product: Source) -> Source:
        """A product of the gradient and what may be infinite where the gradient does not arrive."""
        return product if self.reached is None else np.where(self.reached, product, 0)


class Truths(Source):
    """Where a gradient arrives, as truths that are rearranged with it: at a sum it arrives if any of its parts does."""

    def sum(self, **axes: Number) -> "Truths":
        return Truths(self.any(**axes).tree)


Pull = Callable[[Source, Origin], None]
"""Passes the gradient of an expression on to what the expression reads."""

Arrival = tuple[Source, Origin]
"""A part of the gradient of a group, and where it comes from."""

TERMS = 32
"""How many terms a line may add up: an expression of a thousand is too deep for Python."""

View = tuple[int, int, int, int]
"""A part of a flat array: (its group, start, rows, columns); 0 rows is a vector, 0 columns one number."""


class Uniform(Source):
    """A gradient that is one number: factor / batch for every example, as the mean over the batch passes it on.

    If it is not `batched`, it is the factor itself, the gradient of a number that all examples share. Like every
    gradient it stands for an array, of the shape of `like` if that is given; the array is written only where the number
    will not do.
    """

    def __init__(self, factor: float, *, batched: bool, like: Source | None = None) -> None:
        self.factor = factor
        self.batched = batched
        self.like = like

    @property
    def tree(self) -> ast.expr:  # type: ignore[override]  # it depends on the shape
        shape = (BATCH if self.batched else ()) if self.like is None else self.like.shape
        number = source.divide(self.factor, BATCH) if self.batched else self.factor
        return np.full(shape, number, DTYPE).tree

    def times(self, other: Source) -> Source:
        """The product with an array of the gradient's own shape."""
        product = times(other, self.factor)
        return product / BATCH if self.batched else product

    def sum(self, axis: Number) -> Source:
        """Over the batch it is the factor, however large the batch."""
        if self.batched and axis == 0 and self.like is None:
            return Uniform(self.factor, batched=False)
        return super().__getattr__("sum")(axis=axis)

    def __mul__(self, other: Number) -> Source:
        if isinstance(other, int | float):
            return Uniform(self.factor * other, batched=self.batched, like=self.like)
        return super().__mul__(other) if self.batched or self.like is not None else times(other, self.factor)

    __rmul__ = __mul__

    def __neg__(self) -> Source:
        return self * -1


def _read(variable: str) -> Source:
    """A variable that `Variables` named: it is known to be a name."""
    return Source(ast.Name(variable))


def times(expression: Source, factor: Number) -> Source:
    """factor · expression, as one writes it: nothing for 1, a sign for −1, one number for two."""
    if isinstance(factor, Source) or isinstance(expression, Uniform):
        return expression * factor
    tree = expression.tree
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult) and isinstance(tree.left, ast.Constant):
        return times(Source(tree.right), factor * tree.left.value)
    if factor == 1:
        return counted(expression) if isinstance(tree, ast.Compare) else expression
    return -expression if factor == -1 else factor * expression


def passed(gradient: Source, other: Source, *, axis: bool = False, full: bool = True) -> Source:
    """gradient · other, the gradient with a last axis of 1 if `axis`; `other` has the product's shape if `full`."""
    if isinstance(gradient, Uniform) and full:
        return gradient.times(other)
    return (gradient[..., None] if axis else gradient) * other


class Draft:
    """Lines, and what they name.

    Whatever reads an array gets an expression and a `Pull`, which later passes the expression's gradient to the array:
    back to the places that were read, as a contribution to the gradient of the group, or of a part of the parameters.

    Attributes:
        views: the parts of the flat parameters that lines name: the name, and the line that cuts it out.
        forward: a line for each computed group.
        backward: the lines of the gradients, each with its comment.
        constants: the numbers of the arrays that the lines name, and whether they are whole.
        contributions: the parts of the gradient of each group, so far.
        pieces: the same for each view of the parameters.
        unbounded: what of it may be infinite.
        wanted: the groups that pass gradients on to parameters: no others need theirs.
    """

    def __init__(
        self, expressions: NormalForm, groups: Groups, argument_names: Sequence[str], output_name: str
    ) -> None:
        self.expressions = expressions
        self.groups = groups.groups
        self.group_of = groups.group_of
        self.place = groups.place
        self.names = Variables(expressions, groups, argument_names, output_name)
        self.views = {(index, 0, 0, len(groups.groups[index].members)): (str(flat), "") for index, flat in FLAT.items()}
        self.forward: list[str] = []
        self.backward: list[tuple[str, str]] = []
        self.constants: dict[str, Number] = {}
        self.contributions: dict[int, list[Arrival]] = defaultdict(list)
        self.pieces: dict[View, list[Arrival]] = defaultdict(list)
        self.unbounded = Unbounded(groups)
        self.wanted = {PARAMETERS}
        self._variables: dict[int, Source] = {}
        self._truths: set[str] = set()

    def variable(self, group: Group) -> Source:
        """The array of a group. It gets its name when it is first asked for."""
        if group.index not in self._variables:
            self._variables[group.index] = _read(self.names.of(group.index))
        return self._variables[group.index]

    def write(self, group: Group, expression: Source) -> None:
        """Write the forward line of a group."""
        self.forward.append(f"{ast.unparse(self.variable(group).tree)} = {ast.unparse(expression.tree)}")

    def read(self, index: int) -> tuple[Source, Pull | None]:
        """One expression, without an axis of members."""
        node = self.expressions.nodes[index]
        if isinstance(node, Constant):
            return Source(tree_of(node.number)), None
        group = self.groups[self.group_of[index]]
        return self.array(group, [index], axis=False, batched=group.batched)

    def read_or_number(self, index: int) -> tuple[Number, Pull | None]:
        """As `read`, but a constant as a plain number, for the rules to compute with."""
        node = self.expressions.nodes[index]
        return (node.number, None) if isinstance(node, Constant) else self.read(index)

    def array(
        self,
        group: Group,
        members: list[int],
        *,
        axis: bool,
        batched: bool,
        exact: bool = False,
        alone: bool = False,
    ) -> tuple[Source, Pull]:
        """The members of a group in the order given, as (…, members) if `axis`.

        One member in all places may come as (…, 1), to be broadcast, unless `exact`. The gradient that will be pulled
        has an axis for the batch if `batched`. Parameters that stand `alone` in a term are called biases.
        """
        places, size = [self.place[member] for member in members], len(group.members)
        if group.index <= FIXED:
            shape = (len(places),) if axis else ()
            return self._leaves(group, places, shape, batched=batched, exact=exact, alone=alone)
        array = self.variable(group)
        prefix: tuple[Number, ...] = (slice(None),) if group.batched else ()

        def pull_to(put_back: Callable[[Source], Source]) -> Pull:
            def back(gradient: Source) -> Source:
                return put_back(gradient.sum(axis=0) if batched and not group.batched else gradient)

            return self._pull_to(group, back)

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

    def matrix(self, group: Group, members: Matrix, *, batched: bool, alone: bool = False) -> tuple[Source, Pull]:
        """The members as (…, rows, columns)."""
        rows = [[self.place[member] for member in row] for row in members]
        if group.index <= FIXED:
            flat = [place for row in rows for place in row]
            return self._leaves(group, flat, (len(rows), len(rows[0])), batched=batched, alone=alone)
        size = len(group.members)
        if group.has_axis:
            index = self.constant("index", rows, integer=True)
            array = self.variable(group)[:, index] if group.batched else self.variable(group)[index]
        else:
            array = self.variable(group)[..., None, None]

        def back(gradient: Source) -> Source:
            if not group.has_axis:
                gradient = gradient.sum(axis=(-2, -1))
            if batched and not group.batched:
                gradient = gradient.sum(axis=0)
            return self._spread(gradient, index, size) if group.has_axis else gradient

        return array, self._pull_to(group, back)

    def _pull_to(self, group: Group, back: Callable[[Source], Source]) -> Pull:
        """Contributes what `back` makes of a gradient to the gradient of the group."""

        def pull(gradient: Source, origin: Origin) -> None:
            if group.index in self.wanted:
                self.contributions[group.index].append((back(gradient), origin.back(back)))

        return pull

    def _leaves(
        self,
        group: Group,
        places: list[int],
        shape: tuple[int, ...],
        *,
        batched: bool,
        alone: bool,
        exact: bool = False,
    ) -> tuple[Source, Pull]:
        total = len(group.members)
        start, count = places[0], len(places)
        rows, columns = (shape if len(shape) == 2 else (0, *shape)) if shape else (0, 0)

        def pull_to(view: View, put_back: Callable[[Source], Source]) -> Pull:
            def pull(gradient: Source, origin: Origin) -> None:
                if group.index in self.wanted:
                    gradient = gradient.sum(axis=0) if batched else gradient
                    self.pieces[view].append((put_back(gradient), origin))

            return pull

        if places == list(range(start, start + count)):
            view = group.index, start, rows, columns
            return self._view(view, alone), pull_to(view, lambda d: d)
        if len(set(places)) == 1 and not rows and not exact:
            view = group.index, start, 0, 0
            return self._view(view, alone), pull_to(view, lambda d: d.sum())
        nested = [places[i : i + columns] for i in range(0, count, columns)] if rows else places
        index = self.constant("index", nested, integer=True)
        everything = group.index, 0, 0, total
        return FLAT[group.index][index], pull_to(everything, lambda d: self._spread(d, index, total))

    def _view(self, view: View, alone: bool) -> Source:
        """A part of the parameters; the line that cuts it out is written when it is first asked for."""
        if view not in self.views:
            index, start, rows, columns = view
            count = max(rows, 1) * max(columns, 1)
            members = self.groups[index].members[start : start + count]
            name = self.names.of_parameters(members, alone)
            cut = FLAT[index][start : start + count] if columns else FLAT[index][start]
            part = cut.reshape(rows, columns) if rows else cut
            self.views[view] = name, f"{name} = {ast.unparse(part.tree)}"
        return _read(self.views[view][0])

    def _spread(self, gradient: Source, index: Number, size: int) -> Source:
        """A gradient put back where it was read, with zeros around it; added up where a place was read twice."""
        if isinstance(index, slice):
            return PLACE(gradient, SLICE(index.start, index.stop), size)
        if isinstance(index, int):
            return PLACE(gradient, index, size)
        numbers, _ = self.constants[ast.unparse(index.tree)]
        flat = [n for row in numbers for n in row] if isinstance(numbers[0], list) else numbers
        distinct = len(set(flat)) == len(flat)
        return (PLACE if distinct else SCATTER)(gradient, index, size)

    def constant(self, kind: str, numbers: Number, *, integer: bool = False) -> Source:
        """An array of numbers, by name; equal ones have one name."""
        for text, known in self.constants.items():
            if known == (numbers, integer):
                return _read(text)
        text = self.names.fresh(kind)
        self.constants[text] = (numbers, integer)
        return _read(text)

    def number_or_array(self, numbers: list[float]) -> Number:
        """The one number that all of them are, else an array of them."""
        return numbers[0] if all(c == numbers[0] for c in numbers) else self.constant("numbers", numbers)

    def line(self, target: str, contributions: list[Arrival]) -> Source:
        """Write the sum of the contributions down as `target`, unless it is a variable as it is."""
        gradient, _ = contributions[0]
        if len(contributions) == 1 and (isinstance(gradient, Uniform) or isinstance(gradient.tree, ast.Name)):
            return gradient
        variable = _read(target)
        for start in range(0, len(contributions), TERMS):
            some = contributions[start : start + TERMS]
            total = variable + some[0][0] if start else some[0][0]
            for part, _ in some[1:]:
                total = total + part
            through = ", ".join(dict.fromkeys(origin.line for _, origin in some))
            self.backward.append((f"{target} = {ast.unparse(total.tree)}", f"through {through}"))
        return variable

    # The outputs, and from them back to the parameters

    def write_outputs(self, pulls: dict[int, list[Pull]]) -> list[Source]:
        """The outputs as expressions. If there is one, its gradient is passed back, by the pulls of each group."""
        indices = self.expressions.outputs
        outputs = [self.read(index) for index in indices]
        if len(indices) == 1:
            self._write_backward(self.expressions.batched[indices[0]], outputs[0][1], pulls)
        elif len(groups := {self.group_of[index] for index in indices}) == 1 and NO_GROUP not in groups:
            group = self.groups[groups.pop()]
            if group.batched:
                return [self.array(group, indices, axis=True, batched=True, exact=True)[0]]
        return [expression for expression, _ in outputs]

    def _write_backward(self, batched: bool, pull: Pull | None, pulls: dict[int, list[Pull]]) -> None:
        """From the output, which `pull` passes a gradient to, back to the parameters."""
        if pull is not None:
            pull(Uniform(1.0, batched=batched), Origin("the mean over the batch"))
        for group in reversed(self.groups):
            if contributions := self.contributions.pop(group.index, []):
                name = ast.unparse(self.variable(group).tree)
                gradient = self.line(f"d_{name}", contributions)
                origin = self._joined(name, [origin for _, origin in contributions])
                for pull_part in pulls.get(group.index, []):
                    pull_part(gradient, origin)
        self._collect()
        self._leave_out_unused()

    def _joined(self, name: str, origins: list[Origin]) -> Origin:
        """The origin of the gradient of a group: it arrives where any of its parts does."""
        if not self.unbounded.slopes:
            return Origin(name)
        infinite = any(origin.infinite for origin in origins)
        parts = {str(origin.reached): origin.reached for origin in origins if origin.reached is not None}
        if not parts or any(origin.reached is None for origin in origins):
            return Origin(name, infinite)
        [reached, *others] = parts.values()
        for part in others:
            reached = reached | part
        if isinstance(reached.tree, ast.Name):
            return Origin(name, infinite, reached)
        target = self.names.fresh(f"reached_{name}")
        self.backward.append((f"{target} = {ast.unparse(reached.tree)}", f"where the gradient reaches {name}"))
        self._truths.add(target)
        return Origin(name, infinite, _read(target))

    def _leave_out_unused(self) -> None:
        """Leave out the lines of truths that no other line reads."""
        if not self._truths:
            return
        read: set[str] = set()
        kept = []
        for line, comment in reversed(self.backward):
            target, _, expression = line.partition(" = ")
            if target not in self._truths or target in read:
                read |= names_of(expression)
                kept.append((line, comment))
        self.backward = kept[::-1]

    def _collect(self) -> None:
        """The gradients of the parameters, part by part, and all of them as one flat array."""
        total = len(self.groups[PARAMETERS].members)
        parts: dict[View, Source] = {}
        for view, contributions in sorted(self.pieces.items()):
            part = self.line(f"d_{self.views[view][0]}", contributions)
            parts[view] = part if view[3] and not view[2] else part.ravel()
        layers = []
        while parts:
            layers.append(_side_by_side(parts, total))
        gradient = layers[0] if layers else ZEROS(total, DTYPE)
        for layer in layers[1:]:
            gradient = gradient + layer
        self.backward.append((f"gradient = {ast.unparse(gradient.tree)}", ""))


def names_of(text: str) -> set[str]:
    """The names that some lines read and write."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _side_by_side(parts: dict[View, Source], total: int) -> Source:
    """Parts that do not overlap, taken out of `parts` and joined to a flat array, with zeros between them."""
    position, run = 0, []
    for view in sorted(parts):
        _, start, rows, columns = view
        if start < position:
            continue
        if start > position:
            run.append(ZEROS(start - position, DTYPE))
        run.append(parts.pop(view))
        position = start + max(rows, 1) * max(columns, 1)
    if position < total:
        run.append(ZEROS(total - position, DTYPE))
    return run[0] if len(run) == 1 else CONCATENATE(tuple(run))
