"""Groups of applications of an operation, written down; their local gradients come from the table of `autograd.ops`.

Those over an axis of operands are in `many_operands`.
"""

from collections.abc import Sequence
from itertools import compress

from autograd.derivatives import COMPUTES_IN_FLOATS
from autograd.errors import checked_gradients
from autograd.graph import passes
from autograd.lifting.arrivals import BATCH, DTYPE, Uniform, passed, times
from autograd.lifting.draft import Draft, Origin, Pull
from autograd.lifting.groups import FIXED, NO_GROUP, ApplicationGroup
from autograd.lifting.normal_form import Constant
from autograd.lifting.unbounded import needs_accurate_form
from autograd.numbers import Number
from autograd.numbers.source import Source, accurate_source, counted, is_truth, names_in, source, value_source
from autograd.operation import Operation

np = source.np

DIGITS = 10
"""How many characters a number has at most that is written as it is."""
LEAST = 1e-6
"""A smaller number is no quotient by one that a person wrote."""


def write_application(draft: Draft, group: ApplicationGroup) -> Pull:
    """The line of a group of applications of one operation, and its pull: each operand is an expression."""
    operation = group.operation
    target = draft.variable(group)
    operands = [_operand(draft, group, members) for members in group.operands]
    expressions = [expression for expression, _ in operands]
    write_value(draft, group, expressions)
    m = accurate_source if needs_accurate_form(operation) else source
    local_grads = local_grads_of(operation, m, target, expressions)
    passing = note_wanted(draft, group, local_grads)

    def pull(gradient: Source, origin: Origin) -> None:
        for (_, pull_operand), local, is_passed in zip(operands, local_grads, passing, strict=True):
            if pull_operand is not None and is_passed:
                # Of two operands one may be the same for all examples: a local gradient in it has no batch axis.
                full = operation.arity == 1 or reads_all_axes(draft, group, local)
                if isinstance(gradient, Uniform) and not full and is_one_number(draft, group, local):
                    part: Source = gradient.scaled(local)
                else:
                    part = product(gradient, local, full=full)
                pass_on(draft, group, pull_operand, part, origin, local, gradient)

    return pull


def write_value(draft: Draft, group: ApplicationGroup, expressions: Sequence[Number]) -> None:
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


def local_grads_of(operation: Operation, m: Number, y: Source, expressions: Sequence[Number]) -> tuple[Number, ...]:
    try:
        local_grads: tuple[Number, ...] = operation.local(m, y, *expressions)
    except (TypeError, AttributeError) as error:
        raise _computes_in_floats(operation, error) from error
    if type(local_grads) is not tuple or len(local_grads) != len(expressions):
        checked_gradients(operation, local_grads, len(expressions))
    return local_grads


def _computes_in_floats(operation: Operation, error: Exception) -> TypeError:
    return TypeError(f"no lifted program through {operation}: {COMPUTES_IN_FLOATS} ({error})")


def product(gradient: Source, local: Number, *, full: bool) -> Source:
    """The gradient times a local gradient; where that is 1/49 for a quotient by 49, a quotient too."""
    part = isinstance(local, float) and LEAST < abs(local) < 1 and len(repr(local)) > DIGITS
    if part and not isinstance(gradient, Uniform):
        divisor = round(1 / local)
        if 1 / divisor == local:
            return source.divide(gradient, divisor)
    return passed(gradient, local, full=full) if isinstance(local, Source) else times(gradient, local)


def pass_on(
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


def reads_all_axes(draft: Draft, group: ApplicationGroup, local: Number) -> bool:
    """Whether a local gradient has the shape of the group: it reads the group, or an operand that has all its axes."""
    names = names_in(local) if isinstance(local, Source) else set()
    if str(draft.variable(group)) in names:
        return True
    columns = [column for column in group.operands if len(column) == 1 or len(set(column)) > 1]
    sources = {draft.group_of[column[0]] for column in columns}
    return any(
        index > FIXED
        and draft.groups[index].batched == group.batched
        and draft.groups[index].has_axis == group.has_axis
        and str(draft.variable(draft.groups[index])) in names
        for index in sources
    )


def is_one_number(draft: Draft, group: ApplicationGroup, local: Number) -> bool:
    """Whether a local gradient is one number that all examples share."""
    sources = {draft.group_of[column[0]] for column in group.operands} - {NO_GROUP}
    known = {str(draft.variable(draft.groups[index])) for index in sources if _has_one_number(draft, index)}
    return isinstance(local, Source) and names_in(local) <= known


def _has_one_number(draft: Draft, index: int) -> bool:
    return index > FIXED and not draft.groups[index].batched and not draft.groups[index].has_axis


def _is_batched(draft: Draft, group: ApplicationGroup, expression: Source) -> bool:
    """Whether an expression of the operands has an axis for the batch: it reads one that has."""
    names = names_in(expression)
    operands = {draft.group_of[column[0]] for column in group.operands} - {NO_GROUP}
    return any(draft.groups[index].batched and draft.names.of(index) in names for index in operands)


def note_wanted(draft: Draft, group: ApplicationGroup, local_grads: Sequence[Number]) -> list[bool]:
    """Note that the group passes gradients on to parameters, if it does so by one of its operands; which it passes."""
    passing = [passes(local) for local in local_grads]
    if any(draft.group_of[column[0]] in draft.wanted for column in compress(group.operands, passing)):
        draft.wanted.add(group.index)
    return passing


def _operand(draft: Draft, group: ApplicationGroup, members: list[int]) -> tuple[Number, Pull | None]:
    numbers = [draft.expressions.nodes[member] for member in members]
    if draft.group_of[members[0]] == NO_GROUP:
        return draft.number_or_array([node.number for node in numbers if isinstance(node, Constant)]), None
    operand = draft.groups[draft.group_of[members[0]]]
    return draft.array(operand, members, axis=group.has_axis, batched=group.batched)
