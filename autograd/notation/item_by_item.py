"""∂a/∂z = a ⊙ (1 − a): the derivatives of the items of one list by those of another, each by the item in its place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd.derivation.claims import Derivative
from autograd.notation.matrices import Thing, array_of, entries_of, shape
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

WAYS = (("paired",), ("itemwise", "paired"), ("paired", "starred"), ("dotted", "paired"))
"""What is tried of a line whose shapes do not fit."""


def in_pairs(e: "Elaboration", grid: Thing, of: Thing) -> Thing:
    """The grid of all derivatives of one list by another, or its diagonal if all else in it is 0."""
    entries, n = entries_of(grid), len(entries_of(of))
    diagonal = entries[:: n + 1]
    if len(entries) != n * n:
        return grid
    pairs = [each for each in diagonal if isinstance(each, Derivative)]
    if len(pairs) < n or not _apart(e, [each.of for each in pairs], [each.by for each in pairs]):
        return grid
    e.notes["each item is differentiated by the item in its place"] = None
    return array_of(diagonal).reshape(shape(of))


def _apart(e: "Elaboration", above: Sequence[Value], below: Sequence[Value]) -> bool:
    """Whether each of the nodes above is computed from that in its place below, and from no other of them."""
    found = {*above}
    if len(found) < len(above) or _first_of(e, found, [child for each in above for child in e.children(each)]):
        return False
    return all(_first_of(e, found, [by]) == {of} for of, by in zip(above, below, strict=True))


def _first_of(e: "Elaboration", wanted: set[Value], start: list[Value]) -> set[Value]:
    """Which of the wanted nodes are computed from these without another of them in between."""
    seen, stack, found = {*start}, [*start], set()
    while stack:
        node = stack.pop()
        if node in wanted:
            found.add(node)
            continue
        new = [child for child in e.children(node) if child not in seen]
        seen.update(new)
        stack += new
    return found
