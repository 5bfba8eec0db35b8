"""One statement of a page, written out: its letters take their values, and each entry becomes a claim."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    Numeral,
    degree,
)
from autograd.notation import functions_of_nodes, logic, slopes, sums
from autograd.notation.elaboration import Elaboration
from autograd.notation.indices import Ranges, everything_in, slots_of, unplaced
from autograd.notation.logic import recorded
from autograd.notation.lookup import Letters, NoItem, PageDefinition, names_in_an_index, thing_of, written_name
from autograd.notation.matrices import ShapesDiffer, Thing, entries_of, fitted, shape, written_shape
from autograd.notation.page_lines import Case, PageLine
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import (
    Addition,
    BigOperator,
    Differential,
    Item,
    Name,
    Number,
    Range,
    Relation,
    Statement,
    Tree,
)
from autograd.notation.writing import read_as, written
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.reading import Reader
    from autograd.untyped import Anything

_WHERE = 1e-9
_LABELS = ("0", "1")
_INDICES = tuple("ijklmn")
_MOST_ENTRIES = 100_000
_PLAIN_SIGNS = str.maketrans({"∂": "d", "−": "-", "·": "*", "×": "*", "⋅": "*"})


class StatementReader:
    """The elaboration of one statement."""

    def __init__(
        self, reader: "Reader", statement: Statement, defines: Name | None, ranges: Ranges, elaboration: Elaboration
    ) -> None:
        self.reader, self.lookup, self.statement, self.defines = reader, reader.lookup, statement, defines
        self.ranges, self.elaboration = ranges, elaboration
        self.spans: dict[str, tuple[int, int]] = {}
        self.update = defines is None and (
            _is_update(statement) or self._changes_a_leaf() or (statement.code and reader.updates(statement))
        )
        elaboration.sides = statement.parts

    def _changes_a_leaf(self) -> bool:
        """Whether a line gives a leaf a new value with a = sign: ``w = w - 0.1*(-8) = 1.3``, ``w = w - 0.1 v``."""
        name, new = self.statement.parts[:2]
        if self.statement.sign != "=" or not isinstance(name, Name) or not isinstance(new, Addition):
            return False
        if unplaced(new.terms[0]) != unplaced(name):
            return False
        held = self.lookup.tree(name, {})
        return isinstance(held, Value) and held.op is None

    def line(self) -> PageLine:
        """The statement as the judge takes it."""
        statement = self.statement
        found = PageLine(statement.place.line, statement.text, ())
        trees = statement.parts[1:] if self.defines is not None else statement.parts
        letters = self.ranges.free_in(statement.parts)
        if statement.ranges:
            several = [each.letter for each in statement.ranges if unplaced(each.low) != unplaced(each.high)]
            for name in (letter for letter in several if letter not in _INDICES):
                if name and self.lookup.known(name) and not self.reader.indexes(name):
                    statement.place.refuse(
                        f"what holds for several values of {name} is not read: write a line for each"
                    )
            used = {*letters, *(x for part in statement.parts for x in self._bound_in(part))}
            found.cases = tuple(self._unknown_cases())
            unknown = {case.name for case in found.cases} - used
            about = [each for each in statement.ranges if _about(each, used) and self._speaks_of(each, used)]
            ranges = tuple(each for each in about if each.letter not in unknown)
            statement = self.statement = replace(statement, ranges=ranges)
        letters += [each.letter for each in statement.ranges if each.letter and each.letter not in letters]
        entries: list[tuple[Letters, list[Thing]]] = []
        try:
            found.cases += tuple(self._cases())
            for count, at in enumerate(self._values(letters, trees)):
                if count >= _MOST_ENTRIES:
                    raise OverflowError(
                        f"a claim for more than {_MOST_ENTRIES} values of its letters: too many to check"
                    )
                try:
                    entries.append((at, [self.elaboration.thing(tree, at) for tree in trees]))
                except NoItem:
                    continue  # for k + 1, at the end of a list
            if not entries:
                said = [each for each in statement.ranges if each.conditions and not each.letter]
                if said and not letters:
                    statement.place.refuse("what it is said for is not so here: record the graph where it is")
                statement.place.refuse("no value of its letters gives items that exist")
            placed = [(claim, at) for at, things in entries for claim in self._claims(at, things)]
            claims = [claim for claim, _ in placed]
        except ShapesDiffer as misfit:
            found.misfit, found.has_pairs = str(misfit), self.elaboration.has_pairs
            self._define_nothing()
            return found
        found.claims = tuple(claims)
        found.places = tuple(at for _, at in placed) if letters else ()
        found.indexed = bool(letters) or any(isinstance(thing, np.ndarray) for _, things in entries for thing in things)
        self._define(claims)
        derived = isinstance(claims[0].parts[0], Derivative)
        if self.elaboration.by_name and isinstance(claims[0].subject, Derivative):
            found.sizes = (*shape(entries[0][1][0]), len(entries))
        if self.defines is not None and not derived and plain_name(self.defines.base) == "delta":
            found.may_be = lambda: self._as_error_terms(len(claims))
        elif self.defines is not None and not derived and self.defines.subscripts and not statement.code:
            found.if_right = self._as_a_partial(claims)
        if self.update:
            self._let_be_new(claims)
        plain = statement.trivial and not found.indexed and not self.elaboration.notes
        if not plain:
            shown = read_as(claims, self.spans if letters else {}, self.lookup.first, [*self.elaboration.notes])
            found.read_as = "" if _in_plain_signs(shown) == _in_plain_signs(statement.text) else shown
        return found

    # Letters

    def _speaks_of(self, said: Range, letters: set[str]) -> bool:
        """Whether each name of a condition is one of the claim, or known: "if i = j" says nothing of one without j."""
        names = {name for tree in said.conditions for each in everything_in(tree) for name in names_in_an_index(each)}
        return all(name in letters or len(name) > 1 or self.lookup.known(name) for name in names)

    def _bound_in(self, part: Tree) -> Iterator[str]:
        """The letters that a part sums over."""
        return (x for tree in everything_in(part) if isinstance(tree, BigOperator) for x in tree.letters)

    def _values(self, letters: list[str], trees: tuple[Tree, ...], at: Letters | None = None) -> Iterator[Letters]:
        """All values of the free letters for which the page speaks."""
        at = at or {}
        if not letters:
            if all(
                logic.holds(self.elaboration, tree, at) for each in self.statement.ranges for tree in each.conditions
            ):
                yield at
            return
        letter, others = letters[0], letters[1:]
        said = [each for each in self.statement.ranges if each.letter == letter]
        known = self.ranges.of(letter, trees, at)
        for place in self._places(letter, said, known, at):
            here = {**at, letter: place}
            low, high = self.spans.get(letter, (place, place))
            self.spans[letter] = min(low, place), max(high, place)
            yield from self._values(others, trees, here)

    def _places(self, letter: str, said: list[Range], known: list[int] | None, at: Letters) -> Iterator[int]:
        bounds = next((each for each in said if each.low is not None or each.high is not None), None)
        if bounds is None:
            if known is None:
                self.statement.place.refuse(f"nothing tells which values {letter} takes: no list has it as an index")
            yield from known
            return
        yield from sums.between(self.elaboration, letter, bounds.low, bounds.high, known, at, self.statement.place)

    def _cases(self) -> Iterator[Case]:
        """What the page says of nodes and numbers, as in "for y = 1"."""
        said_of: dict[Anything, list[tuple[Tree, Tree]]] = {}
        for left, right in self.statement.where:
            said_of.setdefault(unplaced(left), []).append((left, right))
        for each in said_of.values():
            # Behind a heading that says y = 1, the line's own "for y = 0" counts.
            last = _line_of(each[-1][0])
            if len({unplaced(right) for left, right in each if _line_of(left) == last}) > 1:
                self.statement.place.refuse("one name has several values here: write a line for each")
            left, right = each[-1]
            thing, said = self.elaboration.number(left, {}), self.elaboration.number(right, {})
            name = written_name(left) if isinstance(left, Name) else written(thing)
            decimals = len(right.text.partition(".")[2]) if isinstance(right, Number) and "." in right.text else 0
            rounded = 0.5000001 * 10.0**-decimals if decimals else 0.0  # of a = 0.455, which is 0.45512
            as_here = abs(recorded(thing) - recorded(said)) <= max(rounded, _WHERE * max(1.0, abs(recorded(said))))
            if isinstance(thing, Named | Numeral):
                node = thing.node if isinstance(thing, Named) else None
                yield Case(name, recorded(thing if as_here else said), node, recorded(thing))
            elif not as_here:
                self.statement.place.refuse(
                    f"this is about {name} = {written(said)}, and {name} is {recorded(thing):g} here"
                )

    def _unknown_cases(self) -> Iterator[Case]:
        """What the page says of a name that is no node and no index: of y, for a loss that was recorded for y = 1."""
        for each in self.statement.ranges:
            one = isinstance(each.low, Number) and each.low == each.high and each.low.text in _LABELS
            if one and each.letter not in _INDICES and not self.reader.indexes(each.letter):
                number = next(iter(self.lookup.names.constant(each.letter).values()), None)
                here = float(number) if isinstance(number, float) else None
                yield Case(each.letter, float(each.low.text), None, here)  # type: ignore[union-attr]  # it is a Number

    # Claims

    def _claims(self, at: Letters, things: list[Thing]) -> Iterator[Claim]:
        """One claim for each entry of the arrays."""
        texts = list(self.statement.texts)
        if self.update:
            yield from self._updates(things)
            return
        if self.defines is not None:
            yield from self._definitions(at, things)
            return
        kinds = (Derivative, Named, Defined)
        heads = [thing.flat[0] if isinstance(thing, np.ndarray) else thing for thing in things]
        # In 0.15 = dJ/dw the page speaks of dJ/dw all the same.
        found = [(kinds.index(type(head)), k) for k, head in enumerate(heads) if type(head) in kinds]
        if found and type(heads[0]) not in kinds and not isinstance(self.statement.parts[0], Differential):
            k = min(found)[1]
            things.insert(0, things.pop(k))
            texts.insert(0, texts.pop(k))
        wanted = things[0].shape if isinstance(things[0], np.ndarray) else ()
        if any(isinstance(thing, np.ndarray) for thing in things):
            things = [self._fitted(thing, wanted, texts[0], text) for thing, text in zip(things, texts, strict=True)]
        indexed = bool(wanted) or bool(at) or not self.statement.trivial
        columns = [list(thing.flat) if isinstance(thing, np.ndarray) else [thing] for thing in things]
        for row in zip(*columns, strict=True):
            subject = row[0]
            if len(row) > 2 and row[1] == subject and isinstance(self.statement.parts[0], Name):
                row, shown_texts = (subject, *row[2:]), [texts[0], *texts[2:]]  # dw = dJ/dw = 0.15
            else:
                shown_texts = texts
            shown = [written(subject) if indexed and type(subject) in kinds else texts[0], *shown_texts[1:]]
            yield Claim(self.statement.place.line, self.statement.text, subject, tuple(row[1:]), tuple(shown))

    def _fitted(self, thing: Thing, wanted: tuple[int, ...], subject: str, text: str) -> Thing:
        found = fitted(thing, wanted)
        if found is None:
            raise ShapesDiffer(f"{subject} is {written_shape(wanted)}, and {text} is {written_shape(shape(thing))}")
        return found

    def _definitions(self, at: Letters, things: list[Thing]) -> Iterator[Claim]:
        """The definition of a name, entry by entry."""
        assert self.defines is not None
        texts = self.statement.texts
        name, places = self._defined_name(at)
        wanted = things[0].shape if isinstance(things[0], np.ndarray) else ()
        fitting = [self._fitted(thing, wanted, texts[0], text) for thing, text in zip(things, texts[1:], strict=True)]
        columns = [list(thing.flat) if isinstance(thing, np.ndarray) else [thing] for thing in fitting]
        for inner, row in zip(np.ndindex(wanted), zip(*columns, strict=True), strict=True):
            entry = name + "".join(f"[{k}]" for k in (*places, *inner))
            shown = (entry if places or inner else texts[0], *texts[1:])
            yield Claim(
                self.statement.place.line, self.statement.text, Defined(entry), tuple(row), shown, defines=entry
            )

    def _updates(self, things: list[Thing]) -> Iterator[Claim]:
        """The new value of a node, or of each in a list: a name of its own, with + behind it."""
        wanted = things[0].shape if isinstance(things[0], np.ndarray) else ()
        texts = self.statement.texts
        fitting = [self._fitted(thing, wanted, texts[0], text) for thing, text in zip(things, texts, strict=True)]
        columns = [list(thing.flat) if isinstance(thing, np.ndarray) else [thing] for thing in fitting]
        for weight, *parts in zip(*columns, strict=True):
            if not isinstance(weight, Named):
                self.statement.place.refuse("what is updated must be a node")
            if self.statement.sign == "-=":
                parts[0] = Apply(ops.sum, (weight, Apply(ops.negate, (parts[0],))))
            name = f"{weight.text}⁺"
            place, text = self.statement.place.line, self.statement.text
            self.reader.degrees[name] = degree(parts[0], self.reader.degrees)
            yield Claim(place, text, Defined(name), tuple(parts), (name, *texts[1:]), defines=name, update=True)

    def _let_be_new(self, claims: list[Claim]) -> None:
        """Let w_new and w^+ be what w was updated to, in the lines after this one."""
        name = self.statement.parts[0]
        if isinstance(name, Name) and len(claims) == 1 and claims[0].defines is not None:
            shown = written_name(name)
            new = PageDefinition(f"{shown}_new", Defined(claims[0].defines), self.statement.place.line)
            self.lookup.definitions[plain_name(f"{shown}_new")] = new

    def _defined_name(self, at: Letters) -> tuple[str, list[int]]:
        """The name that is defined, without its index letters, and the places that those lead to."""
        name = self.defines
        assert name is not None
        above = tuple(s for s in name.superscripts if not self._is_index(s.tree))
        below = tuple(t for t in name.subscripts if not self._is_index(t))
        joined = name.joined if len(below) == len(name.subscripts) else ""
        bare = Name(name.base, name.place, below, above, name.primes, joined)
        places = [
            self.lookup.count(slot, at, self.lookup.first) - self.lookup.first
            for slot in slots_of(name)
            if self._is_index(slot)
        ]
        text = written_name(bare) if self.statement.trivial else _tidy(written_name(bare))
        text = f"{text}_{self.reader.apart}" if self.reader.apart else text
        return self.reader.differing(text, self.statement), places

    def _is_index(self, tree: Tree) -> bool:
        return any(x in self.lookup.letters for x in names_in_an_index(tree))

    def _define(self, claims: list[Claim]) -> None:
        """Let the lines after this one use what it defines."""
        if self.defines is None:
            return
        name, _ = self._defined_name(dict.fromkeys(self.lookup.letters, 0))
        tree: Anything = {}
        for claim in claims:
            assert claim.defines is not None
            places = [int(k) for k in claim.defines[len(name) :].strip("[]").split("][") if k]
            self.reader.degrees[claim.defines] = degree(claim.parts[0], self.reader.degrees)
            if not places:
                tree = Defined(claim.defines)
                break
            held = tree
            for k in places[:-1]:
                held = held.setdefault(k, {})
            held[places[-1]] = Defined(claim.defines)
        letter = next((x for slot in slots_of(self.defines) for x in names_in_an_index(slot)), "")
        line = self.statement.place.line
        definition = PageDefinition(name, tree, line, letter, about_what(self.statement))
        if self.reader.apart:
            before = self.lookup.definitions[plain_name(self.defines.base)]
            before.by_letter.setdefault(before.letter, replace(before, by_letter={}))
            before.by_letter[letter] = definition
        else:
            written_so, _, _ = name.partition("|")  # δ of δ|y=0
            self.lookup.definitions[plain_name(written_so)] = definition

    def _as_error_terms(self, count: int) -> Iterator[list[Expression]]:
        """What δ^{(2)} may be if no line uses it: the gradient by the z^{(2)}, or by what else has that number."""
        assert self.defines is not None
        output = self.reader.output()
        label = plain_name(self._defined_name(dict.fromkeys(self.lookup.letters, 0))[0]).removeprefix("delta")
        for key, held in self.lookup.names.trees.items():
            if output is None or not label.isdigit() or re.fullmatch(rf"\D+{label}", plain_name(key)) is None:
                continue
            try:
                by = thing_of(held, key)
            except (LookupError, ShapesDiffer):
                continue
            entries = entries_of(by)
            if len(entries) == count and all(isinstance(each, Named) and each.node.op for each in entries):
                of = Named(output, str(self.lookup.names.paths.get(output)))
                yield entries_of(slopes.derivative(self.elaboration, of, by))

    def _as_a_partial(self, claims: list[Claim]) -> PageLine | None:
        """What the definition of f_x claims if it is right: that it is ∂f/∂x."""
        assert self.defines is not None
        partial = functions_of_nodes.partial_derivative(self.elaboration, self.defines, {})
        slopes_of_it = entries_of(partial) if partial is not None else []
        if len(slopes_of_it) != len(claims):
            return None
        pairs = zip(claims, slopes_of_it, strict=True)
        claimed = tuple(replace(claim, subject=slope, defines=None) for claim, slope in pairs)
        shown = read_as(claimed, {}, self.lookup.first, [])
        return PageLine(claimed[0].line, self.statement.text, claimed, read_as=shown)

    def _define_nothing(self) -> None:
        if self.defines is not None:
            name = plain_name(written_name(self.defines))
            self.lookup.unread.setdefault(name, self.statement.place.line)


def _line_of(tree: Tree) -> int:
    """On which line of the page a name stands."""
    place = getattr(tree, "place", None)
    return place.line if place is not None else 0


def _about(said: Range, letters: set[str]) -> bool:
    """Whether a range says something of the claim: "if i = j" says nothing of one in which there is no i."""
    if said.letter in letters and said.low is None and said.high is None:
        match said.conditions:
            case (Relation(trees=(Name(base=one, subscripts=()), Name(base=other, subscripts=())), signs=("==",)),):
                return {one, other} <= letters  # "if i = j" of ∂p_i/∂z_i, in which j is i already
    return not said.letter or said.letter in letters or said.low is not None or said.high is not None


def _in_plain_signs(text: str) -> str:
    """A line as it is without blanks, and with the signs of the plain notation."""
    return "".join(text.split()).translate(_PLAIN_SIGNS)


def _tidy(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def about_what(statement: Statement) -> str:
    """What a line says that it differentiates by: z in δ_j = ∂E/∂z_j; empty if it says no such thing."""
    found = [part.by for part in statement.parts[1:] if isinstance(part, Differential)]
    return plain_name(found[0].base) if found and isinstance(found[0], Name) else ""


def _is_update(statement: Statement) -> bool:
    """Whether a line gives a node a new value: ``w ← …``, ``w -= …``, or ``w = w - 0.1*dL/dw``."""
    if statement.sign in ("←", "-="):
        return True
    name, *others = statement.parts
    if statement.sign != "=" or not isinstance(name, Name | Item) or not isinstance(others[0], Addition):
        return False
    before, *steps = others[0].terms
    return unplaced(before) == unplaced(name) and any(
        isinstance(tree, Differential) and unplaced(tree.by) == unplaced(name) for tree in everything_in(*steps)
    )
