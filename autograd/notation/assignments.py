"""The assignments of a program: which of them claim a gradient, and which are steps on the way to one.

A name of a program may be given another value later, by ``=``, ``+=`` or for some of its items. So the lines about a name
come in runs, each of which begins with a plain ``=``, and the last line of a run has what the name is to be. A name
that is spelled as a gradient of a node claims ∂(output)/∂(node) there; everywhere else on the page it stands for the true
gradient once its run is over, as ``dJ/dw`` does in every notation, and before that for what it is so far.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Named, Numeral, degree
from autograd.notation.elaboration import Choices, Elaboration
from autograd.notation.indices import Ranges, everything_in
from autograd.notation.lookup import PageDefinition
from autograd.notation.matrices import (
    ShapesDiffer,
    Thing,
    entrywise,
    fitted,
    negative,
    product,
    ratio,
    shape,
    total,
    transposed,
)
from autograd.notation.matrices import written_shape
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import Attribute, Call, Item, Listed, Logic, Name, Relation, Statement, Tree
from autograd.notation.writing import read_as, written

if TYPE_CHECKING:
    from autograd.notation.reading import PageLine, Reader

_OPERATIONS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "+=": lambda a, b: total(a, b),
    "-=": lambda a, b: total(a, negative(b)),
    "*=": lambda a, b: product(a, b),
    "/=": ratio,
}


@dataclass
class _Run:
    """The lines of a program that work out one value of a name."""

    key: str
    lines: list[int] = field(default_factory=list)
    """Their places among the statements."""
    next: "_Run | None" = None
    """The run that gives the name another value."""


class Assignments:
    """Reads the statements of one program, in their order.

    Args:
        reader: what reads the page that the program stands on.
        statements: the statements of the program.
        begun: makes a line, from its number and its text.
    """

    def __init__(
        self, reader: "Reader", statements: Sequence[Statement], begun: "Callable[[int, str, tuple[()]], PageLine]"
    ) -> None:
        self._reader, self._lookup, self._begun = reader, reader.lookup, begun
        self._statements = statements
        self._place = {id(statement): k for k, statement in enumerate(statements)}
        self._runs = self._find_runs()
        self._values: dict[str, Thing] = {}
        self._versions: dict[str, int] = {}
        self._same: dict[str, set[str]] = {}
        self._changed: dict[str, tuple[str, int]] = {}

    def _find_runs(self) -> list[_Run]:
        """For each statement the run that it belongs to."""
        latest: dict[str, _Run] = {}
        found = []
        for k, statement in enumerate(self._statements):
            key = _key(statement.parts[0])
            run = latest.get(key)
            whole = statement.sign == "=" and not isinstance(statement.parts[0], Item)
            if run is None or (whole and key not in {_key(tree) for tree in everything_in(statement.parts[1])}):
                new = _Run(key)
                if run is not None:
                    run.next = new
                latest[key] = run = new
            run.lines.append(k)
            found.append(run)
        return found

    def read(self, statement: Statement) -> "PageLine":
        """One of the statements, as the judge takes it. ValueError if it cannot be read, by line and column."""
        k = self._place[id(statement)]
        run = self._runs[k]
        self._lookup.starts_a_line((), ())
        self._look_for_changed(statement, run)
        e = self._elaboration(statement)
        line = self._begun(statement.place.line, statement.text, ())
        subject = self._gradient(statement.parts[0], e)
        try:
            if self._stands_alone(k, subject):
                return self._items(line, statement, e)
            value = self._value(statement, run, e)
            if subject is not None and k == run.lines[-1]:
                if fitted(value, shape(subject)) is None:
                    line.swapped = lambda: self._turned(statement, subject, value)
                value = _in_the_shape_of(subject, value, statement)
        except ShapesDiffer as misfit:
            line.misfit = str(misfit)
            if subject is None:
                self._reader.unread_definitions.setdefault(plain_name(run.key), statement.place.line)
            return line
        self._note_sameness(statement, run, value)
        if subject is not None:
            return self._about_a_gradient(line, k, subject, value, e)
        return self._about_no_gradient(line, k, value, e)

    # What a line is about

    def _elaboration(self, statement: Statement) -> Elaboration:
        reader = self._reader
        e = Elaboration(
            self._lookup,
            Ranges(self._lookup),
            reader.output,
            statement.place,
            code=True,
            degrees=reader.degrees,
            spend=reader.spend,
            choices=Choices(),
        )
        e.children = reader.children  # type: ignore[attr-defined]
        return e

    def _gradient(self, target: Tree, e: Elaboration) -> Thing | None:
        """The derivatives that a name stands for, if it is spelled as a gradient."""
        while isinstance(target, Item):
            target = target.of
        if isinstance(target, Attribute) and target.name == "grad":
            return e.thing(target, {})
        if not isinstance(target, Name):
            return None
        defined, self._lookup.definitions = self._lookup.definitions, {}
        try:
            found = e.gradient(target, {})
            return e.derivative(*found) if found is not None else None
        finally:
            self._lookup.definitions = defined
            self._lookup.starts_a_line((), ())

    def _node(self, name: str) -> Any:
        """The node, or the list of nodes, of this name; None if there is none."""
        found = [tree for key, tree in self._lookup.names.spelled(name).items() if key in self._lookup.names.trees]
        return found[0] if len(found) == 1 else None

    def _stands_alone(self, k: int, subject: Thing | None) -> bool:
        """Whether a line claims some items of a gradient that the program never makes as a whole: ``dw[0] = …``."""
        run = self._runs[k]
        first = self._statements[run.lines[0]]
        return (
            subject is not None
            and isinstance(first.parts[0], Item)
            and run.key not in self._values
            and all(self._statements[each].sign == "=" for each in run.lines)
        )

    def _items(self, line: "PageLine", statement: Statement, e: Elaboration) -> "PageLine":
        subject, value = (e.thing(part, {}) for part in statement.parts)
        return self._claimed(line, statement, subject, _in_the_shape_of(subject, value, statement), e)

    # What a line works out

    def _value(self, statement: Statement, run: _Run, e: Elaboration) -> Thing:
        """What the target is after the line."""
        target, right = statement.parts[0], e.thing(statement.parts[1], {})
        if not isinstance(target, Item):
            if statement.sign == "=":
                return right
            return _of_one_shape(
                entrywise(_OPERATIONS[statement.sign], old := self._now(run.key, statement, e), right), old
            )
        old = self._now(run.key, statement, e)
        if not isinstance(old, np.ndarray):
            statement.place.refuse(f"{run.key} is one number, not a list: it has no items")
        if not isinstance(target.of, Name | Attribute):
            target = _joined(target)
        return self._with_items(old, target, statement, right, e)

    def _now(self, key: str, statement: Statement, e: Elaboration) -> Thing:
        """What a name is before the line."""
        if key in self._values:
            return self._values[key]
        target = statement.parts[0]
        while isinstance(target, Item):
            target = target.of
        if self._node(key) is not None or plain_name(key) in self._lookup.definitions:
            return e.thing(target, {})
        statement.place.refuse(
            f"{key} is changed here, but the program does not say what it was before: write {key} = …"
        )

    def _with_items(self, old: Any, target: Item, statement: Statement, right: Thing, e: Elaboration) -> Thing:
        """An array with some of its items changed."""
        operation = _OPERATIONS.get(statement.sign, lambda a, b: b)
        found = old.copy()
        [first, *others] = target.indices
        if not others and isinstance(first, Relation | Logic):
            mask = e.thing(first, {})

            def chosen(condition: Expression, before: Expression, after: Expression) -> Expression:
                return Apply(ops.where, (condition, operation(before, after), before))

            return _of_one_shape(entrywise(chosen, mask, old, right), old)
        places = tuple(e._index(each, {}) for each in target.indices)
        try:
            before = found[places]
            after = entrywise(operation, before, right)
            found[places] = _of_one_shape(after, before)
        except IndexError:
            statement.place.refuse(f"{written_shape(old.shape)} has no such item (they are numbered from 0)")
        return found

    # Names for one and the same array

    def _note_sameness(self, statement: Statement, run: _Run, value: Thing) -> None:
        """After ``a = b`` both are one array, and what changes the one changes the other."""
        key = run.key
        if statement.sign == "=" and not isinstance(statement.parts[0], Item):
            for others in self._same.values():
                others.discard(key)
            self._same[key] = set()
            self._changed.pop(key, None)
            if isinstance(statement.parts[1], Name) and shape(value):
                other = _key(statement.parts[1])
                group = {other, *self._same.get(other, ())}
                self._same[key] = group
                for each in group:
                    self._same.setdefault(each, set()).add(key)
            return
        for other in self._same.get(key, ()):
            self._changed[other] = (key, statement.place.line)

    def _look_for_changed(self, statement: Statement, run: _Run) -> None:
        """Refuse a line that uses an array which another name has changed."""
        for tree in everything_in(statement.parts[1]):
            key = _key(tree)
            if key in self._changed and key != run.key:
                name, line = self._changed[key]
                statement.place.refuse(
                    f"{name} and {key} are one array in Python, which line {line} changes: write {name} = {key}.copy() "
                    f"where it begins, or use {name} here"
                )

    # What the judge gets

    def _about_a_gradient(self, line: "PageLine", k: int, subject: Thing, value: Thing, e: Elaboration) -> "PageLine":
        statement, run = self._statements[k], self._runs[k]
        if k != run.lines[-1]:
            goes_on = self._statements[run.lines[run.lines.index(k) + 1]].place.line
            return self._stored(line, statement, run, value, e, f"a step: line {goes_on} goes on with it")
        if run.next is None:
            self._values.pop(run.key, None)
            self._lookup.definitions.pop(plain_name(run.key), None)
            return self._claimed(line, statement, subject, value, e)
        later = self._statements[run.next.lines[0]].place.line
        stored = self._stored(line, statement, run, value, e, f"line {later} gives {run.key} another value")
        claimed = self._claimed(self._begun(line.number, line.text, ()), statement, subject, value, e)
        stored.if_right = claimed
        return stored

    def _about_no_gradient(self, line: "PageLine", k: int, value: Thing, e: Elaboration) -> "PageLine":
        statement, run = self._statements[k], self._runs[k]
        if isinstance(value, Numeral) and value.whole and self._node(run.key) is None and k == run.lines[-1]:
            self._lookup.sizes[plain_name(run.key)] = int(value.number)
            return self._stored(line, statement, run, value, e, "")
        node = self._node(run.key)
        if node is not None and len(run.lines) == 1 and statement.sign == "=" and isinstance(statement.parts[0], Name):
            mentioned = {_key(tree) for tree in everything_in(statement.parts[1])}
            if run.key not in mentioned and run.key not in self._values:
                subject = e.thing(statement.parts[0], {})
                return self._claimed(line, statement, subject, _in_the_shape_of(subject, value, statement), e)
        return self._stored(line, statement, run, value, e, "")

    def _claimed(
        self, line: "PageLine", statement: Statement, subject: Thing, value: Thing, e: Elaboration
    ) -> "PageLine":
        rows = zip(_entries(subject), _entries(value), strict=True)
        line.claims = tuple(
            Claim(statement.place.line, statement.text, left, (right,), (written(left), statement.texts[1]))
            for left, right in rows
        )
        line.indexed = bool(shape(subject))
        line.sizes = shape(subject) if isinstance(line.claims[0].subject, Derivative) else ()
        line.read_as = read_as(line.claims, {}, self._lookup.first, [*e.notes])
        return line

    def _turned(self, statement: Statement, subject: Thing, value: Thing) -> "Iterator[tuple[str, Sequence[Claim]]]":
        """The claims of a line whose rows and columns are the other way round."""
        turned = fitted(transposed(value), shape(subject))
        if turned is not None:
            line = self._claimed(self._begun(0, "", ()), statement, subject, turned, self._elaboration(statement))
            yield f"it is the transposed of what is right: {statement.texts[0]} has the shape of the array", line.claims

    def _stored(
        self, line: "PageLine", statement: Statement, run: _Run, value: Thing, e: Elaboration, step: str
    ) -> "PageLine":
        """The line as a definition, which those after it use."""
        plain = plain_name(run.key)
        version = self._versions[plain] = self._versions.get(plain, 0) + 1
        name = run.key if version == 1 and self._node(run.key) is None else f"{run.key} (line {statement.place.line})"
        claims = []
        held = np.empty(shape(value), dtype=object)
        for place in np.ndindex(shape(value)):
            formula = value[place] if shape(value) else value  # type: ignore[index]
            entry = name + "".join(f"[{number}]" for number in place)
            self._reader.degrees[entry] = degree(formula, self._reader.degrees)
            claims.append(
                Claim(
                    statement.place.line,
                    statement.text,
                    Defined(entry),
                    (formula,),
                    (entry, statement.texts[1]),
                    defines=entry,
                )
            )
            held[place] = Defined(entry)
        line.claims, line.indexed = tuple(claims), bool(shape(value))
        line.step = step or "defined"
        self._values[run.key] = held if shape(value) else held.item()
        self._lookup.definitions[plain] = PageDefinition(run.key, _nested(held), statement.place.line)
        return line


def _key(tree: Tree) -> str:
    """What a line is about: the name itself, without the items of it; of ``w.grad`` that."""
    while isinstance(tree, Item):
        tree = tree.of
    match tree:
        case Name(base=base):
            return base
        case Attribute(of=of, name=name):
            return f"{_key(of)}.{name}"
    return ""


def _joined(target: Item) -> Item:
    """``a[0][1]`` as ``a[0, 1]``."""
    inner = target.of
    assert isinstance(inner, Item)
    inner = inner if isinstance(inner.of, Name | Attribute) else _joined(inner)
    return Item(inner.of, (*inner.indices, *target.indices), target.place)


def _nested(held: Any) -> Any:
    """An array as nested mappings from places to formulas."""
    if not held.shape:
        return held.item()
    return {place: _nested(np.asarray(each, dtype=object)) for place, each in enumerate(held)}


def _entries(thing: Thing) -> Iterator[Expression]:
    yield from thing.flat if isinstance(thing, np.ndarray) else (thing,)


def _of_one_shape(new: Thing, old: Thing) -> Thing:
    if shape(new) != shape(old):
        raise ShapesDiffer(f"{written_shape(shape(old))} cannot take {written_shape(shape(new))}")
    return new


def _in_the_shape_of(subject: Thing, value: Thing, statement: Statement) -> Thing:
    found = fitted(value, shape(subject))
    if found is None:
        wanted = written(next(_entries(subject))).partition("[")[0]
        raise ShapesDiffer(
            f"{wanted} is {written_shape(shape(subject))}, and {statement.texts[1]} is {written_shape(shape(value))}"
        )
    return found


__all__ = ["Assignments", "Call", "Derivative", "Listed", "Named"]
