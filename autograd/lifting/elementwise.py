"""Groups of applications of an operation, written down; their local gradients come from the table of `autograd.ops`."""

import ast
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isfinite, isinf
from typing import Any

from autograd import ops
from autograd.graph import NOTHING
from autograd.lifting.draft import DTYPE, Draft, Origin, Pull, passed, times
from autograd.lifting.groups import NO_GROUP, ApplicationGroup
from autograd.lifting.normal_form import Constant
from autograd.numbers.extended import extended
from autograd.numbers.source import Source, source
from autograd.operation import Operation

np = source.np


def write_application(draft: Draft, group: ApplicationGroup) -> Pull:
    """The line of a group of applications of one operation, and its pull."""
    operation = group.operation
    target = draft.variable(group)
    if operation.arity is None:
        return _many_operands(draft, group)
    operands = [_operand(draft, group, members) for members in group.operands]
    expressions = [expression for expression, _ in operands]
    value = operation.value(source, *expressions)
    if isinstance(value.tree, ast.Compare):
        # Truths that are added or multiplied must be numbers.
        value = value.astype(DTYPE)
    draft.write(group, value)
    rule = operation.local(source, target, *expressions)
    _note_wanted(draft, group, rule)

    def pull(gradient: Source, origin: Origin) -> None:
        local_grads = rule
        if operation is ops.power:
            # 0**b is 0 on both sides of every b > 0, where 0 · log 0 is not a number.
            base, exponent = expressions
            local_grads = rule[0], operation.local(source, target, _with_1_for_0(base), exponent)[1]
        elif origin.chosen and _has_infinite_slope(operation):
            # Where another branch was chosen the gradient is 0, and stays it: not even 0 · ∞ passes.
            unused = source.equal(gradient, 0)
            local_grads = operation.local(source, *(np.where(unused, 1, x) for x in (target, *expressions)))
        for (_, pass_on), local in zip(operands, local_grads, strict=True):
            if pass_on is not None and local is not NOTHING:
                if isinstance(local, Source):
                    # Of two operands the one whose local gradient this is may be all that the batch changes.
                    part = passed(gradient, local, full=len(operands) == 1)
                    chooses = isinstance(local.tree, ast.Compare)
                else:
                    part, chooses = times(gradient, local), False
                pass_on(part, Origin(origin.line, origin.chosen or chooses))

    return pull


def _note_wanted(draft: Draft, group: ApplicationGroup, local_grads: Sequence[Any]) -> None:
    """Note that the group passes gradients on to parameters, if it does so by one of its operands."""
    for column, local in zip(group.operands, local_grads, strict=True):
        if local is not NOTHING and draft.group_of[column[0]] in draft.wanted:
            draft.wanted.add(group.index)


def _operand(draft: Draft, group: ApplicationGroup, members: list[int]) -> tuple[Any, Pull | None]:
    numbers = [draft.expressions.nodes[member] for member in members]
    if draft.group_of[members[0]] == NO_GROUP:
        return draft.number_or_array([node.number for node in numbers if isinstance(node, Constant)]), None
    operand = draft.groups[draft.group_of[members[0]]]
    return draft.array(operand, members, axis=group.has_axis, batched=group.batched)


def _many_operands(draft: Draft, group: ApplicationGroup) -> Pull:
    """One member, of an operation of any number of operands: over the last axis where that can be, else written out."""
    members, operation = [column[0] for column in group.operands], group.operation
    of_the_table = operation.__module__ == ops.__name__
    if len(members) == 1 or not of_the_table or not _is_logsumexp(operation.value, operation.local):
        return _written_out(draft, group, members)
    sources = {draft.group_of[member] for member in members}
    if len(sources) > 1 or NO_GROUP in sources:
        return _over_a_stack(draft, group, members)
    xs, pass_on = draft.array(draft.groups[sources.pop()], members, axis=True, batched=group.batched, exact=True)
    target = draft.variable(group)
    draft.write(group, source.name("logsumexp")(xs))
    [local] = operation.local(source, target[..., None], xs)
    _note_wanted(draft, group, [local] * len(members))
    return lambda gradient, origin: pass_on(passed(gradient, local, axis=True), origin)


@lru_cache(maxsize=64)
def _is_logsumexp(value: Callable[..., Any], local: Callable[..., Any]) -> bool:
    """Whether the array function `logsumexp` computes this rule, each local gradient being one of its operand alone."""
    y, *xs = map(source.name, ("y", "a", "b"))
    rules = value(source, *xs), *local(source, y, *xs)
    wanted = source.logsumexp(*xs), *(local(source, y, x)[0] for x in xs)
    return [*map(str, rules)] == [*map(str, wanted)]


def _over_a_stack(draft: Draft, group: ApplicationGroup, members: list[int]) -> Pull:
    """The operands, which stand in different arrays, put side by side first."""
    parts = [draft.read_or_number(member) for member in members]
    name = draft.names.fresh("stack")
    target, stack = draft.variable(group), source.name(name)
    side_by_side = np.broadcast_arrays(*(part for part, _ in parts))
    # With the type, for a plain number among them would make 64 bits of all.
    draft.forward.append(f"{name} = {np.stack(side_by_side, axis=-1).astype(DTYPE)}")
    draft.write(group, source.name("logsumexp")(stack))
    [local] = group.operation.local(source, target[..., None], stack)
    _note_wanted(draft, group, [local] * len(members))

    def pull(gradient: Source, origin: Origin) -> None:
        d_stack = draft.line(f"d_{name}", [(passed(gradient, local, axis=True), origin.line)])
        for place, ((_, pass_on), member) in enumerate(zip(parts, members, strict=True)):
            if pass_on is not None:
                pass_on(_shared(draft, group, member, d_stack[..., place]), Origin(name, origin.chosen))

    return pull


def _written_out(draft: Draft, group: ApplicationGroup, members: list[int]) -> Pull:
    """Operand by operand, in one line."""
    operands = [draft.read_or_number(member) for member in members]
    expressions = [expression for expression, _ in operands]
    draft.write(group, group.operation.value(source, *expressions))
    local_grads = group.operation.local(source, draft.variable(group), *expressions)
    _note_wanted(draft, group, local_grads)

    def pull(gradient: Source, origin: Origin) -> None:
        for (_, pass_on), local, member in zip(operands, local_grads, members, strict=True):
            if pass_on is not None and local is not NOTHING:
                pass_on(_shared(draft, group, member, times(gradient, local)), origin)

    return pull


def _shared(draft: Draft, group: ApplicationGroup, member: int, gradient: Source) -> Source:
    """The gradient by an operand: over the batch, if all examples share it."""
    shared = group.batched and not draft.expressions.batched[member]
    return gradient.sum(axis=0) if shared else gradient


def _has_infinite_slope(operation: Operation) -> bool:
    """Whether it has a value, but no finite slope, at 0: as √ and the powers between 0 and 1."""
    if operation.arity != 1:
        return False
    try:
        value = operation.value(extended, 0.0)
        return isfinite(value) and isinf(operation.local(extended, value, 0.0)[0])
    except (ValueError, ArithmeticError):
        return False


def _with_1_for_0(a: Any) -> Any:
    return np.where(source.equal(a, 0), 1, a) if isinstance(a, Source) else a or 1.0
