"""The assignments of a program: which of them claim a gradient, and which are steps on the way to one.

A name of a program may be given another value later, by ``=``, ``+=`` or for some of its items. So the lines about a
name come in runs, each of which begins with a plain ``=``, and the last line of a run has what the name is to be. There
a name that is spelled as a gradient of a node claims ∂(output)/∂(node). Everywhere else it stands for the true gradient
once its run is over, as ``dJ/dw`` does in every notation, and before that for what it is so far.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from autograd.derivation.claims import (
    HIGHEST_DEGREE,
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    degree,
    walk,
    written_out,
)
from autograd.derivation.tokens import Place, Refusal
from autograd.notation import slopes
from autograd.notation.changed_arrays import OPERATIONS, SameArrays, of_one_shape, with_items
from autograd.notation.elaboration import Choices, Elaboration
from autograd.notation.given_names import near_gradients
from autograd.notation.indices import Ranges
from autograd.notation.lookup import PageDefinition, thing_of
from autograd.notation.matrices import (
    Array,
    ShapesDiffer,
    Thing,
    entrywise,
    fitted,
    shape,
    transposed,
    written_shape,
)
from autograd.notation.named import Consequence
from autograd.notation.page_lines import LostGradient
from autograd.notation.runs import RunOfLines, keys_in, runs_of_lines
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import RETURNED, Addition, Attribute, Item, Name, Negative, Statement, Tree, Unread
from autograd.notation.writing import read_as, written
from autograd.untyped import Anything

if TYPE_CHECKING:
    from autograd.notation.page_lines import PageLine
    from autograd.notation.reading import Reader


_ENTRIES_LOOKED_AT = 4
"""How many entries of an array tell whether it is made of gradients."""


class Assignments:
    """Reads the statements of one program, in their order.

    Args:
        reader: what reads the page that the program stands on.
        statements: the statements of the program.
        begun: makes a line, from its number, its text, and no claims yet.
        unread: the lines of the page that are not read.
    """

    def __init__(
        self,
        reader: "Reader",
        statements: Sequence[Statement],
        begun: "Callable[[int, str, tuple[()]], PageLine]",
        unread: Sequence[Unread] = (),
    ) -> None:
        self._reader, self._lookup, self._begun = reader, reader.lookup, begun
        self._statements = statements
        self._place = {id(statement): k for k, statement in enumerate(statements)}
        self._runs = runs_of_lines(statements)
        self._values: dict[str, Thing] = {}
        """What each name is so far, of those that do not stand for a node or a true gradient."""
        self._given: dict[str, PageDefinition] = {}
        """The nodes that have another value by now, by the plain form of their names."""
        self._labels: set[str] = set()
        self._formulas: dict[str, Expression] = {}
        """What each definition of the program stands for."""
        self._arrays = SameArrays()
        self._pending = [each for each in reversed(unread) if each.gives]
        self._lost: dict[str, int] = {}
        """The names of whose values nothing is known, since this line is not read."""
        self.lost: list[LostGradient] = []
        """The gradients among them."""

    def read(self, statement: Statement) -> "PageLine":
        """One of the statements, as the judge takes it. ValueError if it cannot be read, by line and column.

        A node that the program gives another value stands for that in its later lines, and for itself on the page.
        """
        k = self._place[id(statement)]
        self._look_for_lost(statement, k)
        before = dict(self._lookup.definitions)
        self._lookup.definitions.update(self._given)
        try:
            return self._read(statement, k)
        except (Refusal, OverflowError):
            self._loses(statement.place.line, [self._runs[k].key], keys_in(statement.parts[1]), statement)
            raise
        finally:
            for plain in self._given:
                if plain in before:
                    self._lookup.definitions[plain] = before[plain]
                else:
                    self._lookup.definitions.pop(plain, None)

    def _look_for_lost(self, statement: Statement, k: int) -> None:
        """Refuse a line that builds on one which is not read: ``dW /= m`` after a loop over ``dW[:, j] += …``."""
        while self._pending and self._pending[-1].number < statement.place.line:
            unread = self._pending.pop()
            self._loses(unread.number, unread.gives, unread.uses, statement)
        if not self._lost:
            return
        run, used = self._runs[k], keys_in(statement.parts[1])
        if k == run.lines[0] and statement.sign == "=" and run.key not in used:
            self._lost.pop(run.key, None)
        else:
            used.add(run.key)
        for key in used & self._lost.keys():
            if key == run.key or self._lookup.names.as_gradient(key) is None:
                line = self._lost[run.key] = self._lost[key]
                raise Consequence(statement.place, f"{key} is what line {line} makes of it, which is not read")

    def _loses(self, number: int, names: Iterable[str], uses: Iterable[str], statement: Statement) -> None:
        """Note that a line is not read; what its name is the gradient of, the lines after it may use."""
        self._lost |= dict.fromkeys(names, number)
        e = self._elaboration(statement)

        def gradients(name: str) -> tuple[list[Derivative], tuple[int, ...]]:
            found, _ = self._gradient(Name(name, statement.place), e) if name.isidentifier() else (None, False)
            pieces = [] if found is None else [each for each in _entries(found) if isinstance(each, Derivative)]
            return pieces, () if found is None else shape(found)

        used = [each for name in uses for each in gradients(name)[0]]
        for name in names:
            found, sizes = gradients(name)
            if found:
                self.lost.append(LostGradient(number, found, sizes, used))

    def _read(self, statement: Statement, k: int) -> "PageLine":
        run = self._runs[k]
        self._lookup.starts_a_line((), ())
        self._arrays.look_for_changed(run.key, statement)
        if run.key not in self._values and self._reader.updates(statement := self._as_update(statement, run)):
            return self._updated(self._reader.read(statement), run, statement.place)
        e = self._elaboration(statement)
        line = self._begun(statement.place.line, statement.text, ())
        subject, local = self._gradient(statement.parts[0], e)
        try:
            if subject is not None and self._stands_alone(run):
                subject = e.thing(statement.parts[0], {})
                return self._claimed(line, statement, subject, e.thing(statement.parts[1], {}), e)
            value = self._value(statement, run, e)
        except ShapesDiffer as misfit:
            return self._misfit(line, run, str(misfit))
        if isinstance(subject, Derivative) and subject.of is subject.by and not _is_one(value):
            subject = None  # dJ is 1, which nobody works out: it is something else.
        self._arrays.note(run.key, statement, value)
        if subject is not None and local:
            return self._about_a_local_derivative(line, k, subject, value, e)
        if subject is not None:
            return self._about_a_gradient(line, k, subject, value, e)
        return self._about_no_gradient(line, k, value, e)

    def _as_update(self, statement: Statement, run: RunOfLines) -> Statement:
        """``w += step`` of a leaf as ``w = w + step``, and ``w -= step`` likewise."""
        if statement.sign not in ("+=", "-=") or not isinstance(statement.parts[0], Name):
            return statement
        weights = self._weights(run)
        if not weights or any(each.node.op is not None for each in weights):
            return statement
        name, step = statement.parts
        terms = (name, step if statement.sign == "+=" else Negative(step))
        return replace(statement, parts=(name, Addition(terms)), sign="=")

    def _weights(self, run: RunOfLines) -> list[Named]:
        """The nodes of the name that a run of lines is about, in order."""
        try:
            return [each for each in _entries(thing_of(self._node(run.key), run.key)) if isinstance(each, Named)]
        except (LookupError, ShapesDiffer):
            return []

    def _updated(self, line: "PageLine", run: RunOfLines, place: Place) -> "PageLine":
        """A weight that was updated stands for its new value from here on."""
        weights = self._weights(run)
        nodes = {each.node for each in weights}
        pieces = [piece for claim in line.claims for piece in walk(claim.parts[0])]
        named = {piece.of for piece in pieces if isinstance(piece, Derivative) and piece.by in nodes}
        output = next(iter(named)) if len(named) == 1 else self._reader.output()
        worked_out = any(isinstance(each, Defined) or (isinstance(each, Named) and each.node.op) for each in pieces)
        if output is None and worked_out:
            place.refuse("nothing tells what this step is to make smaller: say it with output=")
        if output is not None and len(weights) == len(line.claims):
            of = str(self._lookup.names.paths.get(output))
            line.descent = tuple(
                replace(claim, subject=Derivative(output, by.node, f"d{of}/d{by.text}"), defines=None, update=False)
                for claim, by in zip(line.claims, weights, strict=True)
            )
        if not line.misfit:
            entries = np.empty(len(line.claims), dtype=object)
            entries[:] = [claim.subject for claim in line.claims]
            with suppress(ShapesDiffer):  # of the weights of all layers, one: the list as a whole has no shape
                self._keep(run, entries.reshape(shape(thing_of(self._node(run.key), run.key))), line)
        return line

    def _keep(self, run: RunOfLines, entries: Array, line: "PageLine") -> None:
        """Let a name stand for some formulas in the lines after this one."""
        self._values[run.key] = entries if entries.shape else entries.item()
        definition = PageDefinition(run.key, _nested(entries), line.number)
        kept = self._lookup.definitions if self._node(run.key) is None else self._given
        kept[plain_name(run.key)] = definition

    def _misfit(self, line: "PageLine", run: RunOfLines, why: str) -> "PageLine":
        line.misfit = why
        self._lookup.unread.setdefault(plain_name(run.key), line.number)
        return line

    # What a line is about

    def _elaboration(self, statement: Statement) -> Elaboration:
        reader = self._reader
        return Elaboration(
            self._lookup,
            Ranges(self._lookup),
            reader.output,
            statement.place,
            code=True,
            degrees=reader.degrees,
            budget=reader.budget,
            choices=Choices(),
            children=reader.children,
        )

    def _gradient(self, target: Tree, e: Elaboration) -> tuple[Thing | None, bool]:
        """The derivatives that a name stands for, if it is spelled as a gradient; and whether they are of an array."""
        while isinstance(target, Item):
            target = target.of
        if isinstance(target, Attribute) and target.name == "grad":
            return e.thing(target, {}), False
        if not isinstance(target, Name):
            return None, False
        defined, self._lookup.definitions = self._lookup.definitions, {}
        try:
            found = self._gradient_of(target, e)
            return (
                (None, False)
                if found is None
                else (slopes.derivative(e, *found), bool(shape(found[0]) and shape(found[1])))
            )
        finally:
            self._lookup.definitions = defined
            self._lookup.starts_a_line((), ())

    def _gradient_of(self, name: Name, e: Elaboration) -> tuple[Thing, Thing] | None:
        """What a name is the gradient of, and by what; None for a list whose items have different shapes."""
        try:
            return slopes.gradient(e, name, {})
        except ShapesDiffer:
            return None

    def _node(self, name: str) -> Anything:
        """The node, or the list of nodes, of this name; None if there is none."""
        names = self._lookup.names
        found = [tree for key, tree in names.spelled(name).items() if key in names.trees]
        return found[0] if len(found) == 1 else None

    def _stands_alone(self, run: RunOfLines) -> bool:
        """Whether the lines claim single items of what the program never makes as a whole: ``dw[0] = …``."""
        signs = {self._statements[each].sign for each in run.lines}
        first = self._statements[run.lines[0]].parts[0]
        return signs == {"="} and isinstance(first, Item) and run.key not in self._values

    # What a line works out

    def _value(self, statement: Statement, run: RunOfLines, e: Elaboration) -> Thing:
        """What the name is after the line."""
        target, right = statement.parts[0], e.thing(statement.parts[1], {})
        if isinstance(target, Item):
            before = self._now(run.key, statement, e)
            if not isinstance(before, np.ndarray):
                statement.place.refuse(f"{run.key} is one number, not a list: it has no items")
            return with_items(e, before, target, statement, right)
        if statement.sign == "=":
            return right
        before = self._now(run.key, statement, e)
        found = entrywise(OPERATIONS[statement.sign], before, right)
        return of_one_shape(found, before) if shape(before) else found  # 0 += array is an array

    def _now(self, key: str, statement: Statement, e: Elaboration) -> Thing:
        """What a name is before the line."""
        if key in self._values:
            return self._values[key]
        target = statement.parts[0]
        while isinstance(target, Item):
            target = target.of
        if self._node(key) is not None or plain_name(key) in self._lookup.definitions:
            return e.thing(target, {})
        raise Refusal(
            statement.place, f"{key} is changed here, but the program does not say what it was before: write {key} = …"
        )

    # What the judge gets

    def _about_a_gradient(self, line: "PageLine", k: int, subject: Thing, value: Thing, e: Elaboration) -> "PageLine":
        statement, run = self._statements[k], self._runs[k]
        claimed = self._claimed(self._begun(line.number, line.text, ()), statement, subject, value, e)
        if k != run.lines[-1]:
            goes_on = self._statements[run.lines[run.lines.index(k) + 1]].place.line
            stored = self._stored(line, statement, run, value, f"a step: line {goes_on} goes on with it")
            if not claimed.misfit and run.next is None and k == run.lines[-2]:
                run.before_last = claimed
            return stored
        if run.next is None:
            self._values.pop(run.key, None)
            self._lookup.definitions.pop(plain_name(run.key), None)
            if run.before_last is not None and (inputs := _inputs(subject)) is not None:
                through = self._begun(line.number, line.text, ())
                claimed.through = self._claimed(through, statement, inputs, value, e)
                claimed.through.if_right = run.before_last
            return claimed
        later = self._statements[run.next.lines[0]].place.line
        stored = self._stored(line, statement, run, value, f"line {later} gives {run.key} another value")
        stored.if_right = None if claimed.misfit else claimed
        if self._is_replaced(k, value):
            stored.replaced = claimed
        return stored

    def _is_replaced(self, k: int, value: Thing) -> bool:
        """Whether a name gets a value here, and another before a line has used it: both say what the gradient is."""
        run, statement = self._runs[k], self._statements[k]
        assert run.next is not None
        later = [self._statements[each] for each in run.next.lines]
        if statement.place in [each.place for each in later]:
            return False  # in the next turn of a loop
        if later[0].function != statement.function:
            return False  # dx of affine_backward, and that of relu_backward
        if not any(isinstance(piece, Named | Defined | Derivative) for each in _entries(value) for piece in walk(each)):
            return False  # zeros, before the loop that adds to them
        between = self._statements[k + 1 : run.next.lines[0]]
        return not any(run.key in keys_in(part) for each in between for part in each.parts)

    def _about_a_local_derivative(
        self, line: "PageLine", k: int, subject: Thing, value: Thing, e: Elaboration
    ) -> "PageLine":
        """``dz_da = W.T``, ``da_dz = a*(1 - a)``: an array by an array, in any layout; it stays what the page says."""
        statement, run = self._statements[k], self._runs[k]
        stored = self._stored(line, statement, run, value, "defined")
        if k != run.lines[-1] or run.next is not None:
            return stored
        found = []
        for layout, thing in _layouts(subject):
            if shape(thing) == shape(value):
                claimed = self._claimed(self._begun(line.number, line.text, ()), statement, thing, value, e)
                claimed.layout, claimed.also = layout, stored.claims
                found.append(claimed)
        if not found:
            return stored
        found[0].otherwise = found[1] if len(found) > 1 else None
        return found[0]

    def _about_no_gradient(self, line: "PageLine", k: int, value: Thing, e: Elaboration) -> "PageLine":
        statement, run = self._statements[k], self._runs[k]
        if self._unchecked(run.key, value):
            line = self._stored(line, statement, run, value, "")
            line.unchecked = self._lookup.names.as_gradient(run.key)
            return line
        node = self._node(run.key)
        if node is None and isinstance(value, Numeral) and value.whole and k == run.lines[-1]:
            self._lookup.sizes[plain_name(run.key)] = int(value.number)
        alone = len(run.lines) == 1 and statement.sign == "=" and isinstance(statement.parts[0], Name)
        if node is not None and alone and run.key not in keys_in(statement.parts[1]) and run.key not in self._values:
            return self._claimed(line, statement, e.thing(statement.parts[0], {}), value, e)
        stored = self._stored(line, statement, run, value, "defined")
        if node is None and k == run.lines[-1] and run.next is None and not isinstance(value, Numeral):
            near = [tree for of in near_gradients(run.key) if (tree := self._node(of)) is not None]
            stored.may_be = lambda: self._gradients_of(shape(value), e, near)
            alone = statement.texts[1] != RETURNED  # dA0, dW1 = linear_backward(…) has no other formula than dW1 has
            stored.idle = alone and (bool(near) or self._may_be_an_error(run.key, value))
        return stored

    def _may_be_an_error(self, name: str, value: Thing) -> bool:
        """Whether what a name is given looks like a gradient, if of nothing that has a name: it is made of some."""
        if re.search(r"norm|diff|rel_|check|_new$|_next$|^new_", name):
            return False  # it is made of gradients, and none
        formulas = [written_out(each, self._formulas) for each in islice(_entries(value), _ENTRIES_LOOKED_AT)]
        return re.match("delta", name) is not None or any(
            isinstance(piece, Derivative) for formula in formulas for piece in walk(formula)
        )

    def _gradients_of(
        self, wanted: tuple[int, ...], e: Elaboration, near: Sequence[Anything] = ()
    ) -> Iterator[Sequence[Expression]]:
        """The gradients of this shape by nodes that something was computed for, and by those `near` by name."""
        output = self._reader.output()
        if output is None:
            return
        of = Named(output, str(self._lookup.names.paths.get(output)))
        for name, tree in self._lookup.names.trees.items():
            leaves = any(tree is each for each in near)
            for by in _arrays_in(tree, name):
                nodes = [each for each in _entries(by) if isinstance(each, Named)]
                if shape(by) != wanted or len(nodes) < len([*_entries(by)]):
                    continue
                if leaves or all(each.node.op for each in nodes):
                    yield [*_entries(slopes.derivative(e, of, by))]

    def _unchecked(self, name: str, value: Thing) -> bool:
        """Whether a name is spelled as a gradient, and nothing tells what of; or as that by an item of a list."""
        if self._lookup.names.as_gradient(name) is None or any(
            isinstance(size, tuple) and None in size and name.endswith(of) for of, size in self._lookup.names.sizes
        ):
            return False  # None, or by a list of all layers: dz is by one of these, and tells it by what it is.
        return not shape(value) or any(self._node(name[k:]) is not None for k in range(1, len(name)))

    def _claimed(
        self, line: "PageLine", statement: Statement, subject: Thing, value: Thing, e: Elaboration
    ) -> "PageLine":
        """The line as claims about nodes or gradients, one for each entry."""
        found = fitted(value, shape(subject))
        if found is None:
            wanted = written(next(_entries(subject))).partition("[")[0]
            has, needs = written_shape(shape(value)), written_shape(shape(subject))
            line.misfit = f"{wanted} is {needs}, and {statement.texts[1]} is {has}"
            line.swapped = lambda: self._turned(statement, subject, value)
            return line
        line.claims = tuple(
            Claim(statement.place.line, statement.text, left, (right,), (written(left), statement.texts[1]))
            for left, right in zip(_entries(subject), _entries(found), strict=True)
        )
        line.indexed = bool(shape(subject))
        line.sizes = shape(subject) or (1,) if isinstance(line.claims[0].subject, Derivative) else ()
        line.read_as = read_as(line.claims, {}, self._lookup.first, [*e.notes])
        return line

    def _turned(self, statement: Statement, subject: Thing, value: Thing) -> "Iterator[tuple[str, Sequence[Claim]]]":
        """The claims of a line whose rows and columns are the other way round."""
        turned = transposed(value)
        if fitted(turned, shape(subject)) is not None:
            begun = self._begun(statement.place.line, statement.text, ())
            line = self._claimed(begun, statement, subject, turned, self._elaboration(statement))
            yield "it is right with rows and columns exchanged", line.claims

    def _label(self, key: str, number: int) -> str:
        """A name for this value of a name, which no other value on the page has."""
        taken = self._labels
        if self._node(key) is not None or plain_name(key) in self._lookup.definitions:
            taken.add(key)
        label = key if key not in taken else f"{key} (line {number})"
        turn = 1
        while label in taken:  # a loop that was written out
            turn += 1
            label = f"{key} (line {number}, turn {turn})"
        taken.add(label)
        return label

    def _stored(self, line: "PageLine", statement: Statement, run: RunOfLines, value: Thing, step: str) -> "PageLine":
        """The line as a definition, which those after it use."""
        name = self._label(run.key, line.number)
        claims = []
        held = np.empty(shape(value), dtype=object)
        for place, formula in zip(np.ndindex(shape(value)), _entries(value), strict=True):
            entry = name + "".join(f"[{number}]" for number in place)
            self._reader.degrees[entry] = degree(formula, self._reader.degrees)
            if self._reader.degrees[entry] > HIGHEST_DEGREE:
                statement.place.refuse(f"products of products reach beyond degree {HIGHEST_DEGREE}: too high to check")
            texts = (entry, statement.texts[1])
            defined = Defined(entry)
            claims.append(Claim(statement.place.line, statement.text, defined, (formula,), texts, defines=entry))
            held[place] = defined
        self._formulas |= {claim.defines: claim.parts[0] for claim in claims if claim.defines is not None}
        line.claims, line.indexed, line.step = tuple(claims), bool(shape(value)), step
        self._keep(run, held, line)
        return line


def _inputs(subject: Thing) -> Thing | None:
    """The derivatives by what the nodes are an activation of: by z, of those by h = relu(z); None if they are none."""

    def one(derivative: Expression) -> Expression:
        assert isinstance(derivative, Derivative)
        [before] = [parent for parent in derivative.by.parents if not parent.constant]
        return Derivative(derivative.of, before, f"{derivative.text}'s input")

    try:
        return entrywise(one, subject)
    except ValueError:  # of several operands, or none
        return None


def _layouts(grid: Thing) -> Iterator[tuple[str, Thing]]:
    """The derivatives of an array by an array as a page may have them: rows for the one or the other; item by item."""
    assert isinstance(grid, np.ndarray)
    if grid.ndim == 2:
        yield "numerator layout", grid
        yield "denominator layout", grid.T
    half = grid.ndim // 2
    lengths = grid.shape[:half]
    if lengths == grid.shape[half:]:
        items = np.empty(lengths, dtype=object)
        for place in np.ndindex(lengths):
            items[place] = grid[place + place]
        yield "", items


def _nested(held: Array) -> Anything:
    """An array as nested mappings from places to formulas."""
    if not held.shape:
        return held.item()
    return {place: _nested(held[place, ...]) for place in range(len(held))}


def _entries(thing: Thing) -> Iterator[Expression]:
    yield from thing.flat if isinstance(thing, np.ndarray) else (thing,)


def _arrays_in(tree: Anything, name: str) -> Iterator[Thing]:
    """A node or an array of nodes; of a list whose items have different shapes, the items."""
    try:
        yield thing_of(tree, name)
    except LookupError:
        return
    except ShapesDiffer:
        for place, inner in enumerate(tree):
            yield from _arrays_in(inner, f"{name}[{place}]")


def _is_one(value: Thing) -> bool:
    return isinstance(value, Numeral) and value.number == 1
