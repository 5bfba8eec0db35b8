"""Conditions of a page: on index letters, which choose what is written out, and on nodes, which are formulas."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Expression,
    evaluate,
)
from autograd.notation.lookup import (
    Letters,
    NotAnIndex,
)
from autograd.notation.matrices import (
    Thing,
    entries_of,
    entrywise,
    whole,
)
from autograd.notation.syntax import (
    Cases,
    Logic,
    Relation,
    Tree,
)
from autograd.numbers.floats import floats
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

_COMPARISONS = {"<": ops.less, "<=": ops.less_equal, ">": ops.greater, ">=": ops.greater_equal, "==": ops.equal}
_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def truth(e: "Elaboration", tree: Relation | Logic, at: Letters) -> Thing:
    decided = decided_by_indices(e, tree, at)
    if decided is not None:
        return whole(int(decided))
    if isinstance(tree, Logic):
        operands = [e.thing(each, at) for each in tree.trees]
        operation = {"and": ops.both, "or": ops.either, "not": ops.opposite}[tree.word]
        found = operands[0]
        if tree.word == "not":
            return entrywise(lambda x: Apply(ops.opposite, (x,)), found)
        for operand in operands[1:]:
            found = entrywise(lambda a, b: Apply(operation, (a, b)), found, operand)
        return found
    truth: Thing | None = None
    for left, right, sign in zip(tree.trees, tree.trees[1:], tree.signs, strict=False):
        one = entrywise(_compared(sign), e.thing(left, at), e.thing(right, at))
        truth = one if truth is None else entrywise(lambda a, b: Apply(ops.both, (a, b)), truth, one)
    assert truth is not None
    return truth


def holds(e: "Elaboration", tree: Tree, at: Letters) -> bool:
    """Whether a condition on letters holds; one on nodes, at the recorded point."""
    decided = decided_by_indices(e, tree, at)
    return bool(recorded(e.number(tree, at))) if decided is None else decided


def holds_of_indices(e: "Elaboration", tree: Tree, at: Letters) -> bool:
    """Whether a condition on letters holds."""
    decided = decided_by_indices(e, tree, at)
    if decided is None:
        e.refuse("what stands below a sum must be a condition on index letters")
    return decided


def decided_by_indices(e: "Elaboration", tree: Tree, at: Letters) -> bool | None:
    """The truth of a condition on indices; None if nodes decide about it."""
    match tree:
        case Relation(trees=trees, signs=signs):
            if not any(e.ranges.free(each) for each in trees):
                return None
            try:
                counts = [e.lookup.count(each, at, e.lookup.first) for each in trees]
            except NotAnIndex:
                return None
            return all(_HOLDS[sign](a, b) for a, b, sign in zip(counts, counts[1:], signs, strict=False))
        case Logic(word=word, trees=trees):
            truths = [decided_by_indices(e, each, at) for each in trees]
            if None in truths:
                return None
            return not truths[0] if word == "not" else (all if word == "and" else any)(map(bool, truths))
    return None


def cases(e: "Elaboration", tree: Cases, at: Letters) -> Thing:
    branches: list[tuple[Thing | None, Tree]] = []
    for value, condition in tree.branches:
        decided = True if condition is None else decided_by_indices(e, condition, at)
        if decided is False:
            continue
        branches.append((None if decided or condition is None else e.thing(condition, at), value))
        if decided:
            break
    if not branches or branches[-1][0] is not None:
        # Without an "otherwise" the last condition is what is left.
        if not branches:
            e.refuse("none of the cases holds for all indices: add one for the others", tree.place)
        _one_must_hold([truth for truth, _ in branches if truth is not None], e, tree)
        branches[-1] = (None, branches[-1][1])
    found = e.thing(branches[-1][1], at)
    for truth, value in reversed(branches[:-1]):
        assert truth is not None
        found = entrywise(lambda c, a, b: Apply(ops.where, (c, a, b)), truth, e.thing(value, at), found)
    return found


def _one_must_hold(truths: list[Thing], e: "Elaboration", tree: Cases) -> None:
    """Refuse cases without an "otherwise" of which none is the recorded one: "0 if z < 0, 1 if z < 0" at z = 0.5."""
    for entries in zip(*(entries_of(truth) for truth in truths), strict=False):
        try:
            if not any(recorded(entry) for entry in entries):
                e.refuse("none of the cases holds here: add one, or write otherwise", tree.place)
        except OverflowError:
            return


class _Recorded:
    """The world in which every node has its recorded value."""

    m = floats

    @staticmethod
    def value(node: Value) -> float:
        return node.data

    @staticmethod
    def derivative(*_: Value) -> float:
        raise OverflowError("a condition on a derivative is not read")

    @staticmethod
    def defined(_: str) -> float:
        raise OverflowError("a condition on what the page defines is not read")


def recorded(expression: Expression) -> float:
    """The value of a formula at the recorded point."""
    return float(evaluate(expression, _Recorded()))


def _compared(sign: str) -> Callable[[Expression, Expression], Expression]:
    def compared(a: Expression, b: Expression) -> Expression:
        found = Apply(_COMPARISONS.get(sign, ops.equal), (a, b))
        return Apply(ops.opposite, (found,)) if sign == "!=" else found

    return compared
