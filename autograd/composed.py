"""Functions that are composed of operations of the table: their derivatives are the chain rule's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, overload

from autograd.advice.advised import with_advice
from autograd.advice.names_elsewhere import OF_A_CALL
from autograd.numbers import Number
from autograd.operands import operands_in, place_in
from autograd.ops import entry, exp, logsumexp, subtract
from autograd.recorder import current
from autograd.untyped import Anything, Real

if TYPE_CHECKING:
    from autograd.value import Value


@overload
def softmax(values: Iterable[Real]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def softmax(values: "Iterable[Value | Real]") -> "list[Value]": ...
@with_advice(OF_A_CALL)
def softmax(values: Iterable[Number]) -> list[Number]:
    """exp(xᵢ) / Σⱼ exp(xⱼ) for each value, over one shared logsumexp: no overflow, and a sum of 1.

    Each p is right to about 1e-16 · max(1, |xⱼ|), relative to p; what a p near 1 lacks of it, and p(1 − p), absolutely.

    >>> from autograd import Value
    >>> [f"{p:.3f}" for p in softmax([Value(-2.85), Value(0.86), Value(0.28)])]
    ['0.015', '0.631', '0.353']
    """
    operands = operands_in(values, "softmax")
    total = logsumexp.record(*operands)
    return [exp.record(subtract.record(x, total)) for x in operands]


@with_advice(OF_A_CALL)
def take(table: Iterable[Anything], index: Number) -> Anything:
    """The entry of a table at an index that is data: the row of a word in an embedding, the score of a class.

    It is the entry itself, as ``table[index]``, so its gradient goes there; no gradient passes to the index. In a
    function for `vectorize` the index is a number of the example, and all examples take theirs at once.

    Args:
        table: Values or numbers, or rows of them, of equal lengths if the function is lifted.
        index: a whole number from 0 to ``len(table) - 1``, or a Value that holds one.

    Raises:
        IndexError: if the index is no such number (a ValueError, too). A lifted program sees to it before it runs.

    >>> from autograd import Value, vectorize
    >>> table = [[Value(0.5), Value(1.0)], [Value(-2.0), Value(3.0)]]
    >>> [entry.data for entry in take(table, 1)]
    [-2.0, 3.0]
    >>> vectorize(lambda word: take(table, word), 0)([1, 0, 1]).tolist()
    [[-2.0, 3.0], [0.5, 1.0], [-2.0, 3.0]]
    """
    entries = operands_in(table, "take")
    if current.get().differs(index, len(entries)):
        return _chosen(entries, index)
    return entries[place_in(index, len(entries))]


def _chosen(entries: tuple[Anything, ...], index: Number) -> Anything:
    """The entry that an index will choose, recorded: number by number."""
    if not any(hasattr(row, "__iter__") for row in entries):
        return entry.record(index, *entries)
    rows = [operands_in(row, "take") for row in entries]
    if len({len(row) for row in rows}) != 1:
        raise ValueError("the rows of a table must have one length, so that one of them can be taken")
    return [_chosen(column, index) for column in zip(*rows, strict=True)]
