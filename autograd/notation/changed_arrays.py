"""What a line of a program does to arrays that are there: to all of one, to some items, and under another name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from autograd import ops
from autograd.derivation.claims import Apply, Expression
from autograd.notation import list_items
from autograd.notation.matrices import (
    Array,
    ShapesDiffer,
    Thing,
    entrywise,
    negative,
    product,
    ratio,
    shape,
    total,
    written_shape,
)
from autograd.notation.runs import key_of, keys_in
from autograd.notation.syntax import Item, Logic, Name, Relation, Statement
from autograd.untyped import Anything

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

OPERATIONS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "=": lambda before, new: new,
    "+=": lambda before, new: total(before, new),
    "+= at": lambda before, new: total(before, new),
    "-=": lambda before, new: total(before, negative(new)),
    "*=": lambda before, new: product(before, new),
    "/=": ratio,
}


class SameArrays:
    """Which names of a program are one and the same array, and which of these was changed under another name."""

    def __init__(self) -> None:
        self._same: dict[str, set[str]] = {}
        """The names that are one array with a name."""
        self._changed: dict[str, tuple[str, int]] = {}
        """The arrays that were changed under another name: that name, and the line."""

    def note(self, key: str, statement: Statement, value: Thing) -> None:
        """After ``a = b`` both are one array, and what changes the one changes the other."""
        if statement.sign != "=" or isinstance(statement.parts[0], Item):
            self._changed.update(dict.fromkeys(self._same.get(key, ()), (key, statement.place.line)))
            return
        for others in self._same.values():
            others.discard(key)
        self._same[key] = set()
        self._changed.pop(key, None)
        if isinstance(statement.parts[1], Name) and shape(value):
            other = key_of(statement.parts[1])
            self._same[key] = {other, *self._same.get(other, ())}
            for each in self._same[key]:
                self._same.setdefault(each, set()).add(key)

    def look_for_changed(self, key: str, statement: Statement) -> None:
        """Refuse a line that uses an array which another name has changed."""
        for used in keys_in(statement.parts[1]):
            if used in self._changed and used != key:
                name, line = self._changed[used]
                statement.place.refuse(
                    f"{name} and {used} are one array in Python, which line {line} changes: write "
                    f"{name} = {used}.copy() where it begins, or use {name} here"
                )


def with_items(e: "Elaboration", before: Array, target: Item, statement: Statement, right: Thing) -> Thing:
    """An array with some of its items changed."""
    target = _joined(target)
    operation = OPERATIONS[statement.sign]
    [first, *others] = target.indices
    if not others and isinstance(first, Relation | Logic):

        def chosen(condition: Expression, old: Expression, new: Expression) -> Expression:
            return Apply(ops.where, (condition, operation(old, new), old))

        return of_one_shape(entrywise(chosen, e.thing(first, {}), before, right), before)
    found = before.copy()
    places = tuple(list_items.index_of(e, each, {}) for each in target.indices)
    try:
        if statement.sign == "+= at":
            return _added_at(found, places, right)
        found[places] = of_one_shape(entrywise(operation, found[places], right), found[places])
    except IndexError:
        statement.place.refuse(f"{written_shape(before.shape)} has no such item (they are numbered from 0)")
    return found


def _joined(target: Item) -> Item:
    """``a[0][1]`` as ``a[0, 1]``."""
    if not isinstance(target.of, Item):
        return target
    inner = _joined(target.of)
    return Item(inner.of, (*inner.indices, *target.indices), target.place)


def of_one_shape(new: Thing, old: Thing) -> Thing:
    """The new array, which must have the shape of the old one."""
    if shape(new) != shape(old):
        raise ShapesDiffer(f"{written_shape(shape(old))} cannot take {written_shape(shape(new))}")
    return new


def _added_at(before: Array, places: tuple[Anything, ...], terms: Thing) -> Array:
    """An array with terms added to some of its items, as often as each comes up: ``np.add.at``."""
    numbers = np.arange(before.size).reshape(before.shape)[places]
    added = np.broadcast_to(np.asarray(terms, dtype=object), numbers.shape)
    found: Anything = before.copy()
    for number, term in zip(numbers.flat, added.flat, strict=True):
        found.flat[number] = total(found.flat[number], term)
    return found
