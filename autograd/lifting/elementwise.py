"""Groups of applications of an operation, written down; their local gradients come from the table of `autograd.ops`."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from math import isclose

from autograd.derivatives import COMPUTES_IN_FLOATS
from autograd.errors import checked_gradients
from autograd.graph import passes
from autograd.lifting.draft import BATCH, DTYPE, Draft, Origin, Pull, passed, times
from autograd.lifting.groups import NO_GROUP, ApplicationGroup
from autograd.lifting.normal_form import Constant
from autograd.lifting.unbounded import needs_accurate_form
from autograd.numbers import Number
from autograd.numbers.source import Source, accurate_source, counted, is_truth, names_in, source, value_source
from autograd.numbers.textbook import textbook
from autograd.operation import Operation
from autograd.untyped import AnyFunction

np = source.np


def write_application(draft: Draft, group: ApplicationGroup) -> Pull:
    """The line of a group of applications of one operation, and its pull."""
    operation = group.operation
    target = draft.variable(group)
    if operation.arity is None:
        return _many_operands(draft, group)
    operands = [_operand(draft, group, members) for members in group.operands]
    expressions = [expression for expression, _ in operands]
    _write_value(draft, group, expressions)
    m = accurate_source if needs_accurate_form(operation) else source
    local_grads = _local_grads(operation, m, target, expressions)
    _note_wanted(draft, group, local_grads)

    def pull(gradient: Source, origin: Origin) -> None:
        for (_, pass_on), local in zip(operands, local_grads, strict=True):
            if pass_on is not None and passes(local):
                # Of two operands one may be the same for all examples: a local gradient in it has no batch axis.
                part = _product(gradient, local, full=operation.arity == 1)
                _pass_on(draft, group, pass_on, part, origin, local, gradient)

    return pull


def _write_value(draft: Draft, group: ApplicationGroup, expressions: Sequence[Number]) -> None:
    operation = group.operation
    try:
        value = counted(operation.value(value_source, *expressions))
        if not _reads_all(value, expressions):
            # An operand that does not matter to the value still gives it a shape: f(a, b) = a has that of a + b.
            shape = (BATCH,) * group.batched + (len(group.members),) * group.has_axis
            value = np.full(shape, value, DTYPE)
    except (TypeError, AttributeError) as error:
        raise _computes_in_floats(operation, error) from error
    draft.write(group, value)


def _reads_all(value: Number, operands: Sequence[Number]) -> bool:
    """Whether an expression reads all that the operands read; with one operand it does, if it is one."""
    if len(operands) == 1:
        return isinstance(value, Source)
    names = names_in(value)
    return bool(names) and all(names.issuperset(names_in(x)) for x in operands if isinstance(x, Source))


def _local_grads(operation: Operation, m: Number, y: Source, expressions: Sequence[Number]) -> tuple[Number, ...]:
    try:
        local_grads: tuple[Number, ...] = operation.local(m, y, *expressions)
    except (TypeError, AttributeError) as error:
        raise _computes_in_floats(operation, error) from error
    if type(local_grads) is not tuple or len(local_grads) != len(expressions):
        checked_gradients(operation, local_grads, len(expressions))
    return local_grads


def _computes_in_floats(operation: Operation, error: Exception) -> TypeError:
    return TypeError(f"no lifted program through {operation}: {COMPUTES_IN_FLOATS} ({error})")


def _product(gradient: Source, local: Number, *, full: bool) -> Source:
    return passed(gradient, local, full=full) if isinstance(local, Source) else times(gradient, local)


def _pass_on(
    draft: Draft,
    group: ApplicationGroup,
    pull: Pull,
    part: Source,
    origin: Origin,
    local: Number = None,
    gradient: Source | None = None,
) -> None:
    """Pull `part`, the gradient times a local gradient. Nothing passes where either of the two passes nothing.

    The product is 0 there by itself, unless the other factor may be infinite: then it is made 0.
    """
    if not draft.unbounded.slopes:
        pull(part, Origin(origin.line))
        return
    infinite = group.index in draft.unbounded.slopes
    reached = both = getattr(local, "reached", None)
    if reached is None:
        both = origin.reached
    elif origin.reached is not None:
        both = origin.reached & reached
    elif group.batched and not _is_batched(draft, group, reached):
        both = np.broadcast_to(reached, draft.variable(group).shape)
    if both is not None and ((infinite and origin.reached is not None) or (origin.infinite and reached is not None)):
        part = np.where(both, gradient if gradient is not None and is_truth(local) else part, 0)
    pull(part, Origin(origin.line, origin.infinite or infinite, both))


def _is_batched(draft: Draft, group: ApplicationGroup, expression: Source) -> bool:
    """Whether an expression of the operands has an axis for the batch: it reads one that has."""
    names = names_in(expression)
    operands = {draft.group_of[column[0]] for column in group.operands} - {NO_GROUP}
    return any(draft.groups[index].batched and draft.names.of(index) in names for index in operands)


def _note_wanted(draft: Draft, group: ApplicationGroup, local_grads: Sequence[Number]) -> None:
    """Note that the group passes gradients on to parameters, if it does so by one of its operands."""
    for column, local in zip(group.operands, local_grads, strict=True):
        if passes(local) and draft.group_of[column[0]] in draft.wanted:
            draft.wanted.add(group.index)


def _operand(draft: Draft, group: ApplicationGroup, members: list[int]) -> tuple[Number, Pull | None]:
    numbers = [draft.expressions.nodes[member] for member in members]
    if draft.group_of[members[0]] == NO_GROUP:
        return draft.number_or_array([node.number for node in numbers if isinstance(node, Constant)]), None
    operand = draft.groups[draft.group_of[members[0]]]
    return draft.array(operand, members, axis=group.has_axis, batched=group.batched)


def _many_operands(draft: Draft, group: ApplicationGroup) -> Pull:
    """One member, of an operation of any number of operands: over the last axis where that can be, else written out."""
    members, operation = [column[0] for column in group.operands], group.operation
    if len(members) == 1 or not operation.in_the_table or not _is_logsumexp(operation.value, operation.local):
        return _written_out(draft, group, members)
    sources = {draft.group_of[member] for member in members}
    if len(sources) > 1 or NO_GROUP in sources:
        return _over_a_stack(draft, group, members)
    xs, pass_on = draft.array(draft.groups[sources.pop()], members, axis=True, batched=group.batched, exact=True)
    target = draft.variable(group)
    draft.write(group, source.name("logsumexp")(xs))
    local = _shares(operation, target, xs)
    _note_wanted(draft, group, [local] * len(members))

    def pull(gradient: Source, origin: Origin) -> None:
        _pass_on(draft, group, pass_on, passed(gradient, local, axis=True), origin.back(lambda d: d[..., None]))

    return pull


@lru_cache(maxsize=64)
def _is_logsumexp(value: AnyFunction, local: AnyFunction) -> bool:
    """Whether the array function `logsumexp` computes this rule, each local gradient being one of its operand alone."""
    y, *xs = map(source.name, ("y", "a", "b"))
    rules = value(source, *xs), *local(source, y, *xs)
    wanted = source.logsumexp(*xs), *(local(source, y, x)[0] for x in xs)
    return [*map(str, rules)] == [*map(str, wanted)]


def _shares(operation: Operation, y: Source, xs: Source) -> Source:
    """The local gradients of logsumexp, in an array."""
    [local] = operation.local(source, y[..., None], xs)
    shares: Source = source.name("normalized")(local) if _add_up_to_1(operation.value, operation.local) else local
    return shares


@lru_cache(maxsize=64)
def _add_up_to_1(value: AnyFunction, local: AnyFunction) -> bool:
    """Whether the local gradients do, by this rule."""
    xs = 0.25, 0.5, 0.75
    return isclose(sum(local(textbook, value(textbook, *xs), *xs)), 1)


def _over_a_stack(draft: Draft, group: ApplicationGroup, members: list[int]) -> Pull:
    """The operands, which stand in different arrays, put side by side first."""
    parts = [draft.read_or_number(member) for member in members]
    name = draft.names.fresh("stack")
    target, stack = draft.variable(group), source.name(name)
    side_by_side = np.broadcast_arrays(*(part for part, _ in parts))
    # With the type, for a plain number among them would make 64 bits of all.
    draft.forward.append(f"{name} = {np.stack(side_by_side, axis=-1).astype(DTYPE)}")
    draft.write(group, source.name("logsumexp")(stack))
    local = _shares(group.operation, target, stack)
    _note_wanted(draft, group, [local] * len(members))

    def pull(gradient: Source, origin: Origin) -> None:
        d_stack = draft.line(f"d_{name}", [(passed(gradient, local, axis=True), origin)])
        for place, ((_, pass_on), member) in enumerate(zip(parts, members, strict=True)):
            if pass_on is not None:
                shared = partial(_shared, draft, group, member)
                part = d_stack[..., place]
                _pass_on(draft, group, _after(shared, pass_on), part, origin._replace(line=name))

    return pull


def _written_out(draft: Draft, group: ApplicationGroup, members: list[int]) -> Pull:
    """Operand by operand, in one line."""
    operands = [draft.read_or_number(member) for member in members]
    expressions = [expression for expression, _ in operands]
    _write_value(draft, group, expressions)
    local_grads = _local_grads(group.operation, source, draft.variable(group), expressions)
    _note_wanted(draft, group, local_grads)

    def pull(gradient: Source, origin: Origin) -> None:
        for (_, pass_on), local, member in zip(operands, local_grads, members, strict=True):
            if pass_on is not None and passes(local):
                shared = partial(_shared, draft, group, member)
                part = _product(gradient, local, full=False)
                _pass_on(draft, group, _after(shared, pass_on), part, origin, local, gradient)

    return pull


def _shared(draft: Draft, group: ApplicationGroup, member: int, gradient: Source) -> Source:
    """The gradient by an operand: over the batch, if all examples share it."""
    shared = group.batched and not draft.expressions.batched[member]
    return gradient.sum(axis=0) if shared else gradient


def _after(change: Callable[[Source], Source], pull: Pull) -> Pull:
    """Pulls the changed gradient."""
    return lambda gradient, origin: pull(change(gradient), origin.back(change))
