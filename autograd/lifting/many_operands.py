"""Operations of any number of operands, written down over an axis of them: (batch, members, operands).

A row of operands that stand in one array is a view of it; from several arrays they are put side by side first. What has
no function over an axis is written out, operand by operand.
"""

import ast
from collections.abc import Callable
from functools import lru_cache, partial, reduce
from itertools import groupby
from math import isclose
from operator import mul

from autograd.graph import passes
from autograd.lifting.arrivals import BATCH, DTYPE, passed
from autograd.lifting.draft import Draft, Origin, Pull
from autograd.lifting.elementwise import local_grads_of, note_wanted, pass_on, product, write_application, write_value
from autograd.lifting.groups import NO_GROUP, ApplicationGroup, Matrix
from autograd.lifting.normal_form import NONE, Constant, Sum
from autograd.numbers.source import Source, source, source_over_an_axis, value_source
from autograd.numbers.textbook import textbook
from autograd.operation import Operation
from autograd.ops import entry, exp, largest, logsumexp, prod, smallest
from autograd.untyped import AnyFunction

np = source.np

REDUCTIONS = {prod: "prod", largest: "max", smallest: "min"}
"""NumPy's functions over an axis for operations of any number of operands."""

FEW = 3
"""How many operands are written out one by one at most, where there is a function over an axis."""

OperandsRead = tuple[Source, Pull | None]
"""What is read, and where its gradient goes."""


def write_many_operands(draft: Draft, group: ApplicationGroup) -> Pull:
    """The line of a group of applications of an operation of any number of operands, and its pull."""
    rows = [list(row) for row in zip(*group.operands, strict=True)]
    operation = group.operation
    if _is(operation, logsumexp) and len(rows[0]) > 1:
        return _logsumexp(draft, group, rows)
    if _is(operation, entry) and all(row[0] in draft.expressions.indices for row in rows):
        return _entries(draft, group, rows)
    whole = REDUCTIONS.get(operation)
    masked = any(draft.group_of[x] in draft.masked for x in rows[0])
    if whole is not None and (masked or len(rows[0]) > FEW) and _reduces(operation, whole):
        return _over_the_row(draft, group, rows, whole)
    return write_application(draft, group) if group.has_axis else _written_out(draft, group, rows[0])


def _is(operation: Operation, known: Operation) -> bool:
    """Whether an operation has the rules that the array code of a known one computes."""
    return operation.in_the_table and _same_rules(operation.value, operation.local, known.name)


@lru_cache(maxsize=64)
def _same_rules(value: AnyFunction, local: AnyFunction, name: str) -> bool:
    """Whether the array code computes these rules, which are those of the table, if none has changed them."""
    y, *xs = map(source.name, ("y", "a", "b"))
    rules = [str(value(source, *xs)), *map(str, local(source, y, *xs))]
    if name == logsumexp.name:
        return rules == [str(source.logsumexp(*xs)), *(str(local(source, y, x)[0]) for x in xs)]
    index, other = xs
    where = source.where(source.equal(index, 0), 1, source.nothing)
    return rules == [str(other), str(source.nothing), str(where)]


# Over a row of operands


def _rows(draft: Draft, group: ApplicationGroup, rows: Matrix) -> OperandsRead:
    """The operands as (…, members, operands), or (…, operands) of one member."""
    runs = [[*run] for _, run in groupby(range(len(rows[0])), lambda place: draft.group_of[rows[0][place]])]
    if len(runs) == 1 and draft.group_of[rows[0][0]] != NO_GROUP:
        return _row(draft, group, rows)
    parts = [_row(draft, group, [[row[place] for place in run] for row in rows]) for run in runs]
    lead = (BATCH,) * group.batched + (len(rows),) * group.has_axis
    name = draft.names.fresh("stack")
    stack = source.name(name)
    full = [
        part if _is_full(draft, group, [rows[0][place] for place in run]) else np.broadcast_to(part, (*lead, len(run)))
        for (part, _), run in zip(parts, runs, strict=True)
    ]
    # With the type, for a plain number among them would make 64 bits of all.
    draft.forward.append(f"{name} = {np.concatenate(tuple(full), axis=-1).astype(DTYPE)}")

    def pull(gradient: Source, origin: Origin) -> None:
        d_stack = draft.line(f"d_{name}", [(gradient, origin)])
        for (_, pull_part), run in zip(parts, runs, strict=True):
            if pull_part is not None:
                part = partial(_part, run[0], run[-1] + 1)
                pull_part(part(d_stack), origin.back(partial(whole, part))._replace(line=name))

    def whole(part: Callable[[Source], Source], reached: Source) -> Source:
        # What tells where the gradient arrives may have an axis of 1 yet.
        return part(np.broadcast_to(reached, stack.shape))

    return stack, pull


def _part(start: int, stop: int, d: Source) -> Source:
    return d[..., start:stop]


def _is_full(draft: Draft, group: ApplicationGroup, operands: list[int]) -> bool:
    """Whether a row of operands has all axes when it is read, with no need to broadcast it."""
    index = draft.group_of[operands[0]]
    if index == NO_GROUP or draft.groups[index].batched != group.batched:
        return False
    return draft.groups[index].has_axis or (len(operands) == 1 and not group.has_axis)


def _row(draft: Draft, group: ApplicationGroup, rows: Matrix) -> OperandsRead:
    """Operands that stand in one array, or that are all numbers."""
    index = draft.group_of[rows[0][0]]
    if index == NO_GROUP:
        nodes = draft.expressions.nodes
        numbers = [[node.number for node in map(nodes.__getitem__, row) if isinstance(node, Constant)] for row in rows]
        return draft.constant("numbers", numbers if group.has_axis else numbers[0]), None
    source_group = draft.groups[index]
    if group.has_axis:
        return draft.matrix(source_group, rows, batched=group.batched)
    return draft.array(source_group, rows[0], axis=True, batched=group.batched, exact=True)


def _logsumexp(draft: Draft, group: ApplicationGroup, rows: Matrix) -> Pull:
    xs, pull_rows = _rows(draft, group, rows)
    target = draft.variable(group)
    draft.write(group, source.name("logsumexp")(xs))
    # Each local gradient is one of its operand alone.
    [local] = group.operation.local(source, target[..., None], xs)
    shares = _with_sum_1(group.operation, local)
    note_wanted(draft, group, [local] * len(rows[0]))

    def pull(gradient: Source, origin: Origin) -> None:
        known = _exponentials(draft, group, rows, local)
        part = passed(gradient, shares if known is None else _with_sum_1(group.operation, known), axis=True)
        if pull_rows is not None:
            pass_on(draft, group, pull_rows, part, origin.back(lambda d: d[..., None]))

    return pull


def _with_sum_1(operation: Operation, local: Source) -> Source:
    return source.name("normalized")(local) if _add_up_to_1(operation.value, operation.local) else local


def _reduces(operation: Operation, whole: str) -> bool:
    """Whether NumPy's function over an axis computes the rule of an operation, which no one has changed."""
    xs = [*map(source.name, ("a", "b", "c"))]
    steps: dict[str, AnyFunction] = {"prod": mul, "max": np.maximum, "min": np.minimum}
    return operation.in_the_table and str(operation.value(value_source, *xs)) == str(reduce(steps[whole], xs))


def _over_the_row(draft: Draft, group: ApplicationGroup, rows: Matrix, whole: str) -> Pull:
    """A product, a largest or a smallest of many."""
    xs, pull_rows = _rows(draft, group, rows)
    if not isinstance(xs.tree, ast.Name):
        xs = draft.kept(f"{draft.variable(group)}_operands", xs)
    target = draft.variable(group)
    draft.write(group, getattr(xs, whole)(axis=-1))
    if whole == "prod":
        local = source.name("products_of_others")(xs)
    else:
        [local] = group.operation.local(source_over_an_axis, target[..., None], xs)
    note_wanted(draft, group, [local] * len(rows[0]))

    def pull(gradient: Source, origin: Origin) -> None:
        if pull_rows is not None:
            here, reached = origin.back(lambda d: d[..., None]), getattr(local, "reached", None)
            both = reached if here.reached is None else here.reached if reached is None else here.reached & reached
            pass_on(draft, group, pull_rows, passed(gradient, local, axis=True), here._replace(reached=both))

    return pull


def _exponentials(draft: Draft, group: ApplicationGroup, rows: Matrix, local: Source) -> Source | None:
    """The local gradients exp(x − y), where a line of the forward pass has just these, as that of a softmax does."""
    nodes = draft.expressions.nodes
    if not group.has_axis or not str(local).startswith("np.exp("):
        return None
    wanted = [(x, y) for row, y in zip(rows, group.members, strict=True) for x in row]
    for other in draft.groups[group.index + 1 :]:
        if not isinstance(other, ApplicationGroup) or other.operation is not exp or len(other.members) != len(wanted):
            continue
        found = [nodes[x] for x in other.operands[0]]
        if all(
            isinstance(node, Sum) and node.offset == 0 and {*node.terms} == {(1.0, x, NONE), (-1.0, y, NONE)}
            for node, (x, y) in zip(found, wanted, strict=True)
        ):
            return draft.variable(other).reshape(*(BATCH,) * group.batched, len(rows), len(rows[0]))
    return None


@lru_cache(maxsize=64)
def _add_up_to_1(value: AnyFunction, local: AnyFunction) -> bool:
    """Whether the local gradients do, by this rule."""
    xs = 0.25, 0.5, 0.75
    return isclose(sum(local(textbook, value(textbook, *xs), *xs)), 1)


# Operands that do not count


def write_masked(draft: Draft, group: ApplicationGroup) -> Pull:
    """What counts where a mask has 1, elsewhere a number that changes nothing."""
    nodes = draft.expressions.nodes
    truths, xs, others = group.operands
    counts = [int(node.number) for node in map(nodes.__getitem__, truths) if isinstance(node, Constant)]
    neutral = next(node.number for node in map(nodes.__getitem__, others) if isinstance(node, Constant))
    mask = draft.constant("mask", counts, integer=True)
    operand = draft.groups[draft.group_of[xs[0]]]
    array, pull_array = draft.array(operand, xs, axis=True, batched=group.batched, exact=True)
    draft.write(group, np.where(mask, array, neutral))
    draft.wanted |= {group.index} if operand.index in draft.wanted else set()

    def pull(gradient: Source, origin: Origin) -> None:
        pull_array(np.where(mask, gradient, 0), origin.back(lambda d: np.where(mask, d, np.array(False))))

    return pull


def write_assembled(draft: Draft, group: ApplicationGroup) -> Pull:
    """An array put together of parts of others."""
    [members] = group.operands
    pulls: list[tuple[slice, Pull | None]] = []
    arrays = []
    for index, run in groupby(members, draft.group_of.__getitem__):
        part = [*run]
        lead = (BATCH,) * group.batched
        if index == NO_GROUP:
            nodes = map(draft.expressions.nodes.__getitem__, part)
            numbers = draft.number_or_array([node.number for node in nodes if isinstance(node, Constant)])
            shape = (*lead, len(part))
            array, pull_part = (
                np.zeros(shape, DTYPE) if type(numbers) is float and numbers == 0 else np.full(shape, numbers, DTYPE),
                None,
            )
        else:
            array, pull_part = draft.array(draft.groups[index], part, axis=True, batched=group.batched, exact=True)
            if draft.groups[index].batched != group.batched:
                array = np.broadcast_to(array, (*lead, len(part)))
            draft.wanted |= {group.index} if index in draft.wanted else set()
        start = pulls[-1][0].stop if pulls else 0
        pulls.append((slice(start, start + len(part)), pull_part))
        arrays.append(array)
    draft.write(group, np.concatenate(tuple(arrays), axis=-1))

    def pull(gradient: Source, origin: Origin) -> None:
        for place, pull_part in pulls:
            if pull_part is not None:
                part = partial(_part, place.start, place.stop)
                pull_part(part(gradient), origin.back(partial(whole, part)))

    def whole(part: Callable[[Source], Source], reached: Source) -> Source:
        return part(np.broadcast_to(reached, draft.variable(group).shape))

    return pull


# The entries of a table at an index that is data


def _entries(draft: Draft, group: ApplicationGroup, rows: Matrix) -> Pull:
    indices = [row[0] for row in rows]
    if (found := _table(draft, rows)) is not None:
        indices, (table, pull_table), count, columns = found
    places = _places(draft, indices)
    if found is None:
        return _along_the_axis(draft, group, rows, places)
    several = len(indices) > 1 and columns > 1
    draft.write(group, table[places].reshape(BATCH, len(rows)) if several else table[places])
    note_wanted(draft, group, [source.nothing, *[1] * count])

    def pull(gradient: Source, origin: Origin) -> None:
        d = gradient.reshape(BATCH, len(indices), columns) if several else gradient
        if pull_table is not None:
            pass_on(draft, group, pull_table, source.name("add_rows")(d, places, count), origin.anywhere())

    return pull


def _places(draft: Draft, indices: list[int]) -> Source:
    """The places that some inputs are, as whole numbers: (batch,) of one input, else (batch, inputs)."""
    inputs = draft.groups[draft.group_of[indices[0]]]
    read, _ = draft.array(inputs, indices, axis=len(indices) > 1, batched=True)
    name = draft.names.fresh("places")
    draft.forward.append(f"{name} = {read.astype(source.name('int'))}")
    return source.name(name)


def _table(draft: Draft, rows: Matrix) -> tuple[list[int], OperandsRead, int, int] | None:
    """Where all take rows of one table that all examples share: the indices, the table, its entries and columns.

    The members are an index after the other, and for each of them column after column.
    """
    indices = [*dict.fromkeys(row[0] for row in rows)]
    columns = [*dict.fromkeys(tuple(row[1:]) for row in rows)]
    sources = {draft.group_of[x] for column in columns for x in column}
    if len(sources) > 1 or NO_GROUP in sources or draft.groups[table := sources.pop()].batched:
        return None
    if [(row[0], tuple(row[1:])) for row in rows] != [(index, column) for index in indices for column in columns]:
        return None
    if not draft.groups[table].has_axis or len({draft.group_of[index] for index in indices}) > 1:
        return None
    entries = [list(line) for line in zip(*columns, strict=True)]
    if len(columns) == 1:
        read = draft.array(draft.groups[table], [line[0] for line in entries], axis=True, batched=False, exact=True)
    else:
        read = draft.matrix(draft.groups[table], entries, batched=False)
    return indices, read, len(entries), len(columns)


def _along_the_axis(draft: Draft, group: ApplicationGroup, rows: Matrix, places: Source) -> Pull:
    """Each member has entries of its own, such as the scores of an example."""
    xs, pull_rows = _rows(draft, group, [row[1:] for row in rows])
    if not _is_full(draft, group, rows[0][1:]) and not isinstance(xs.tree, ast.Name):
        lead = (BATCH, len(rows)) if group.has_axis else (BATCH,)
        xs = np.broadcast_to(xs, (*lead, len(rows[0]) - 1))
    index = places[..., None]
    draft.write(group, np.take_along_axis(xs, index, axis=-1)[..., 0])
    # The rule of the first entry, for all: the index is at place k where the difference is 0.
    _, local = group.operation.local(source, draft.variable(group), index - np.arange(len(rows[0]) - 1), xs)
    note_wanted(draft, group, [source.nothing, *[local] * (len(rows[0]) - 1)])

    def pull(gradient: Source, origin: Origin) -> None:
        if pull_rows is not None:
            d, here = gradient[..., None], origin.back(lambda d: d[..., None])
            one_index = len(rows) > 1 and len({row[0] for row in rows}) == 1
            product = passed(gradient, local, axis=True, full=not one_index)
            reached = local.reached if here.reached is None else here.reached & local.reached
            part = np.where(local, d, 0) if here.infinite else product
            pass_on(draft, group, pull_rows, part, here._replace(reached=reached))

    return pull


# Operand by operand, in one line


def _written_out(draft: Draft, group: ApplicationGroup, members: list[int]) -> Pull:
    """One member, of an operation that has no function over an axis."""
    operands = [draft.read_or_number(member) for member in members]
    expressions = [expression for expression, _ in operands]
    write_value(draft, group, expressions)
    local_grads = local_grads_of(group.operation, source, draft.variable(group), expressions)
    note_wanted(draft, group, local_grads)

    def pull(gradient: Source, origin: Origin) -> None:
        for (_, pull_operand), local, member in zip(operands, local_grads, members, strict=True):
            if pull_operand is not None and passes(local):
                shared = partial(_shared, draft, group, member)
                part = product(gradient, local, full=False)
                pass_on(draft, group, _after(shared, pull_operand), part, origin, local, gradient)

    return pull


def _shared(draft: Draft, group: ApplicationGroup, member: int, gradient: Source) -> Source:
    """The gradient by an operand: over the batch, if all examples share it."""
    shared = group.batched and not draft.expressions.batched[member]
    return gradient.sum(axis=0) if shared else gradient


def _after(change: Callable[[Source], Source], pull: Pull) -> Pull:
    """Pulls the changed gradient."""
    return lambda gradient, origin: pull(change(gradient), origin.back(change))
