"""From a page to the claims of the judge: each statement, with the names it uses, becomes one claim an entry."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Claim,
    Defined,
    Derivative,
    Expression,
    Named,
    degree,
    lone_numeral,
)
from autograd.derivation.mappings import as_text
from autograd.derivation.names import PageNames
from autograd.derivation.tokens import LONGEST_TEXT, Place, Refusal
from autograd.graph import topological_order
from autograd.notation import conditions, slopes, sums
from autograd.notation.assignments import Assignments
from autograd.notation.conditions import recorded
from autograd.notation.elaboration import Budget, Choices, Elaboration
from autograd.notation.functions import PYTHON, is_function
from autograd.notation.indices import Ranges, everything_in, letters_of, reaching, respelled, slots_of, unplaced
from autograd.notation.lookup import Letters, Lookup, NoItem, PageDefinition, depth, names_in_an_index, written_name
from autograd.notation.matrices import ShapesDiffer, Thing, fitted, shape, written_shape
from autograd.notation.named import Consequence
from autograd.notation.pages import read_page
from autograd.notation.programs import is_code, program_length, read_program
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import (
    Addition,
    BigOperator,
    Differential,
    Item,
    Name,
    Negative,
    Number,
    Product,
    Range,
    Ratio,
    Statement,
    Transposed,
    Tree,
    Unread,
)
from autograd.notation.writing import read_as, written
from autograd.value import Value

_MOST_REFUSALS = 20
_FAR = 12
_DEFINES = re.compile(r"(?:^|[\s)*-])([^\W\d]\w*)\s*=(?!=)")
_WHERE = 1e-9
_PLAIN_SIGNS = str.maketrans({"∂": "d", "−": "-", "·": "*", "×": "*", "⋅": "*"})
_UNCLEAR = {
    "itemwise": "a product of arrays can be read two ways here, as matrices and item by item: write @ or ⊙",
    "function": "what stands in parentheses on the left may be a factor, or what the node depends on: leave it out, or "
    "write *",
    "powers": "a number above a list can be read two ways here, as a power and as the number of an item: write (A)^2 "
    "or A[1]",
}


@dataclass
class PageLine:
    """A statement of the page, as the judge takes it.

    `claims` has one for each entry, and none if the shapes do not fit: then `misfit` says why.
    """

    number: int
    text: str
    claims: tuple[Claim, ...]
    indexed: bool = False
    read_as: str = ""
    misfit: str = ""
    layout: str = ""
    otherwise: "PageLine | None" = None
    """Another reading of it, whose shapes fit as well."""
    unclear: str = ""
    """Why the other reading must not be taken in silence; empty if it may."""
    swapped: Callable[[], Iterator[tuple[str, Sequence[Claim]]]] = lambda: iter(())
    """The claims with the indices of a list, or with rows and columns, the other way round; each with what to say."""

    # Of a program
    step: str = ""
    """What to say of a line that only works something out for later ones."""
    unchecked: Value | None = None
    """The node, or the first of them, by which it is called the gradient, of nobody knows what."""
    may_be: Callable[[], Iterator[Sequence[Expression]]] = lambda: iter(())
    """The gradients that a definition may be under another name, such as delta: those of its shape."""
    through: "PageLine | None" = None
    """What it claims if it goes on through an activation: about the input of the nodes that its name speaks of."""
    if_right: "PageLine | None" = None
    """What a step claims if it is right already: the name gets another value later."""
    also: tuple[Claim, ...] = ()
    """The definitions that later lines use."""
    sizes: tuple[int, ...] = ()
    """The shape of a gradient that it claims."""

    @property
    def every_claim(self) -> Iterator[Claim]:
        """Its claims in each layout."""
        yield from self.claims
        yield from self.also
        for other in filter(None, (self.otherwise, self.if_right, self.through)):
            yield from other.claims


@dataclass
class ReadPage:
    """All that was read of a page, and what was not."""

    lines: list[PageLine] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    prose: tuple[str, ...] = ()


class Reader:
    """Reads the statements of one page, in their order."""

    def __init__(self, names: PageNames, output: Value | None = None, first: int = 1) -> None:
        self.names, self._given_output = names, output
        self.lookup = Lookup(names, first)
        self.degrees: dict[str, int] = {}
        self.budget = Budget()
        self._outputs: set[Value] = set()

    # The page as a whole

    def looks_at(self, statements: Sequence[Statement]) -> None:
        """Note what the page differentiates: the output of gradients such as dW, if it is one thing only."""
        upper: dict[str, None] = {}
        for statement in statements:
            trees = everything_in(*statement.parts)
            upper |= {
                tree.of.base: None for tree in trees if isinstance(tree, Differential) and isinstance(tree.of, Name)
            }
            if any(isinstance(tree, BigOperator) for tree in trees):
                self.learns_sizes(statement)
        for name in upper:
            found = self.lookup.names.spelled(name)
            self._outputs.update(each for each in found.values() if isinstance(each, Value))

    def learns_sizes(self, statement: Statement) -> None:
        """Learn what unknown upper bounds stand for, such as m in Σ_{i=1}^m: the length of the list."""
        letters, bound = letters_of(statement, self.lookup)
        self.lookup.starts_a_line(letters, bound)
        ranges = Ranges(self.lookup)
        for tree in everything_in(*statement.parts):
            for size, big in _sizes_in(tree):
                name = plain_name(written_name(size))
                if name in self.lookup.sizes or self.lookup.known(written_name(size)) or len(big.letters) != 1:
                    continue
                try:
                    known = ranges.of(big.letters[0], [big.body], {})
                except (ShapesDiffer, NoItem, ValueError):
                    continue
                if known:
                    self.lookup.sizes[name] = known[-1] + self.lookup.first if big.high is size else len(known)

    @cached_property
    def _ends(self) -> list[Value]:
        inner: set[Value] = set()
        order = topological_order(*self.names.paths)
        for node in order:
            inner.update(node.parents)
        return [node for node in order if node not in inner and node.op is not None and node in self.names.paths]

    def updates(self, statement: Statement) -> bool:
        """Whether a line of a program gives a weight its new value: ``W -= lr*dW``, for a W among the nodes."""
        name = statement.parts[0]
        if not isinstance(name, Name) or not any(key in self.names.trees for key in self.names.spelled(name.base)):
            return False
        if statement.sign == "-=":
            return True
        new = statement.parts[1]
        return statement.sign == "=" and isinstance(new, Addition) and unplaced(new.terms[0]) == unplaced(name)

    def leaves_out(self, statement: Statement) -> None:
        """Remember a line that was not read: what it defines is not simply unknown to the lines after it."""
        if isinstance(name := statement.parts[0], Name):
            self.lookup.unread.setdefault(plain_name(written_name(name)), statement.place.line)

    def output(self) -> Value | None:
        """The node that dW, ∇w and w.grad are gradients of; None if that cannot be told."""
        if self._given_output is not None:
            return self._given_output
        if len(self._outputs) == 1:
            return next(iter(self._outputs))
        alone = [node for node in self._ends if str(self.names.paths[node]).isidentifier()]
        ends = alone if len(alone) == 1 else self._ends  # p[0], which the loss -log(p[2]) does not use, is no output
        return ends[0] if len(ends) == 1 else None

    @cached_property
    def _children(self) -> dict[Value, list[Value]]:
        found: dict[Value, list[Value]] = {}
        for node in topological_order(*self.names.paths):
            for parent in dict.fromkeys(node.parents):
                found.setdefault(parent, []).append(node)
        return found

    def children(self, node: Value) -> list[Value]:
        """The nodes that are computed from a node."""
        return self._children.get(node, [])

    # One statement

    def read(self, statement: Statement) -> PageLine:
        """The claims of a statement. ValueError if it cannot be read, by line and column."""
        names = [each for each in everything_in(*statement.parts) if isinstance(each, Name)]
        if any("_" in name.base or len(name.joined) > 1 or len(name.subscripts) == 1 for name in names):
            statement = replace(statement, parts=respelled(statement.parts, self.lookup.known))
        letters, bound = letters_of(statement, self.lookup)
        self.lookup.starts_a_line(letters, bound)
        notes: list[str] = []
        if bound:
            ranges = Ranges(self.lookup)
            left = everything_in(statement.parts[0])
            summed = {letter for each in left if isinstance(each, BigOperator) for letter in each.letters}
            outside = {*ranges.free(statement.parts[0]), *(each.letter for each in statement.ranges)} - summed
            parts, notes = reaching(statement.parts, ranges, outside)
            statement = replace(statement, parts=parts)
        defines = self._defines(statement)
        if defines is not None:
            ranges = Ranges(self.lookup)
            own = {x for slot in slots_of(defines) for x in names_in_an_index(slot)} & letters
            used = {x for part in statement.parts[1:] for x in ranges.free(part)}
            if idle := {x for x in own - bound - used if not _constrained(x, statement)}:
                letters -= idle  # A letter that runs over nothing is part of the name: E_t.
                self.lookup.starts_a_line(letters, bound)
        line = self._in_some_way(statement, defines)
        line.read_as = "; ".join(filter(None, [line.read_as, *notes]))
        return line

    def _in_some_way(self, statement: Statement, defines: Name | None) -> PageLine:
        """The reading whose shapes fit, and beside it others, where a page leaves open what it does with arrays."""
        choices = Choices()
        line = self._elaborated(statement, defines, choices)
        for name in sorted(choices.asked):
            other = self._elaborated(statement, defines, Choices.of(name))
            if other.misfit:
                continue
            other.layout = "denominator layout" if name == "denominator" else ""
            if line.misfit:
                return other
            if defines is None:
                line.otherwise, line.unclear = other, _UNCLEAR.get(name, "")
        if "denominator" in choices.asked and not line.misfit:
            line.layout = "numerator layout"
        return line

    def _elaborated(self, statement: Statement, defines: Name | None, choices: Choices) -> PageLine:
        self.lookup.starts_a_line(self.lookup.letters, self.lookup.bound)
        ranges = Ranges(self.lookup)
        elaboration = Elaboration(
            self.lookup,
            ranges,
            self.output,
            statement.place,
            code=statement.code,
            degrees=self.degrees,
            budget=self.budget,
            choices=choices,
            children=self.children,
        )
        work = _StatementReader(self, statement, defines, ranges, elaboration)
        line = work.line()
        if defines is None and not self.lookup.swapped:
            letters, bound = self.lookup.letters, self.lookup.bound
            line.swapped = lambda: self._swapped(statement, choices, letters, bound)
        return line

    def _swapped(
        self, statement: Statement, choices: Choices, letters: frozenset[str], bound: frozenset[str]
    ) -> Iterator[tuple[str, Sequence[Claim]]]:
        """The claims with the indices of each list of lists swapped, and with rows and columns of what is claimed."""
        self.lookup.starts_a_line(letters, bound)
        names = [name for name in everything_in(*statement.parts) if isinstance(name, Name)]
        plans = [plan for name in names if (plan := self.lookup.plan(name, dict.fromkeys(letters, 0))) is not None]
        for key in dict.fromkeys(plan.key for plan in plans if depth(plan.tree) >= 2):
            self.lookup.swapped = frozenset([key])
            try:
                line = self._elaborated(statement, None, choices)
            except (Refusal, OverflowError):
                continue
            finally:
                self.lookup.swapped = frozenset()
            way = self._way(self.names.trees.get(key))
            yield (
                f"{key}[j][i] is taken where {key}[i][j] belongs" + (f": your list is {key}{way}" if way else ""),
                line.claims,
            )
        self.lookup.starts_a_line(letters, bound)
        turned = replace(statement, parts=(statement.parts[0], *map(Transposed, statement.parts[1:])))
        with suppress(Refusal, OverflowError):
            line = self._elaborated(turned, None, choices)
            yield (
                "rows and columns are the other way round: it is the transposed matrix",
                line.claims if line.indexed else (),
            )

    def _way(self, tree: Any) -> str:
        """[to][from] if a row of a matrix holds the weights of one neuron, [from][to] if a column does."""
        while depth(tree) > 2:
            tree = tree[0]
        if depth(tree) != 2 or len(tree) < 2 or not all(isinstance(row, list) and len(row) > 1 for row in tree[:2]):
            return ""
        corner, row, column = tree[0][0], tree[0][1], tree[1][0]
        if not all(isinstance(node, Value) for node in (corner, row, column)):
            return ""
        steps = {corner: 0}
        queue = [corner]
        for node in queue:
            if steps[node] < _FAR:
                for child in self.children(node):
                    if child not in steps:
                        steps[child] = steps[node] + 1
                        queue.append(child)
        together = [self._meet(steps, other) for other in (row, column)]
        if together[0] == together[1]:
            return ""
        return "[to][from]" if together[0] < together[1] else "[from][to]"

    def _meet(self, steps: Mapping[Value, int], node: Value) -> int:
        """How many steps it takes from a node to what also depends on those of `steps`."""
        queue, seen = [(node, 0)], {node}
        for node, far in queue:
            if node in steps:
                return far + steps[node]
            if far < _FAR:
                new = [child for child in self.children(node) if child not in seen]
                seen.update(new)
                queue += [(child, far + 1) for child in new]
        return 2 * _FAR

    def _defines(self, statement: Statement) -> Name | None:
        """The name that a statement defines: one that nothing else is known by."""
        name = statement.parts[0]
        if not isinstance(name, Name) or statement.sign not in ("=", "←") or name.base in PYTHON:
            return None
        if is_function(name.base) and not (name.subscripts or name.superscripts):
            return None
        if plain_name(written_name(name)) in self.lookup.sizes or self.lookup.plan(name) is not None:
            return None
        if any(self.lookup.plan(name, dict.fromkeys(self.lookup.letters, k)) is not None for k in (0, 1, 2)):
            return None
        elaboration = Elaboration(
            self.lookup,
            Ranges(self.lookup),
            self.output,
            statement.place,
            code=statement.code,
            degrees=self.degrees,
            budget=self.budget,
            choices=Choices(),
            children=self.children,
        )
        try:
            if slopes.gradient(elaboration, name, dict.fromkeys(self.lookup.letters, 0)) is not None:
                return None
        except (KeyError, NoItem):
            return None
        return name


def _sizes_in(tree: Tree) -> Iterator[tuple[Name, BigOperator]]:
    """The names that stand for how many terms a Σ has: m in Σ_{i=1}^m, and in 1/m Σ_i."""
    match tree:
        case BigOperator(high=Name() as size):
            yield size, tree
        case Product(factors=factors):
            for ratio in factors:
                if isinstance(ratio, Ratio) and isinstance(ratio.below, Name) and _is_one(ratio.above):
                    sums = (big for big in factors if isinstance(big, BigOperator) and big.high is None)
                    yield from ((ratio.below, big) for big in sums)
        case Ratio(above=BigOperator(high=None) as big, below=Name() as size):
            yield size, big


def _is_one(tree: Tree) -> bool:
    return tree.text == "1" if isinstance(tree, Number) else isinstance(tree, Negative) and _is_one(tree.of)


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


def _constrained(letter: str, statement: Statement) -> bool:
    return any(each.letter == letter and (each.low is not None or each.high is not None) for each in statement.ranges)


class _StatementReader:
    """The elaboration of one statement."""

    def __init__(
        self, reader: Reader, statement: Statement, defines: Name | None, ranges: Ranges, elaboration: Elaboration
    ) -> None:
        self.reader, self.lookup, self.statement, self.defines = reader, reader.lookup, statement, defines
        self.ranges, self.elaboration = ranges, elaboration
        self.spans: dict[str, tuple[int, int]] = {}
        self.update = defines is None and (_is_update(statement) or (statement.code and reader.updates(statement)))
        elaboration.sides = statement.parts

    def line(self) -> PageLine:
        """The statement as the judge takes it."""
        statement = self.statement
        found = PageLine(statement.place.line, statement.text, ())
        trees = statement.parts[1:] if self.defines is not None else statement.parts
        letters = list(dict.fromkeys(letter for part in statement.parts for letter in self.ranges.free(part)))
        letters += [each.letter for each in statement.ranges if each.letter and each.letter not in letters]
        entries: list[tuple[Letters, list[Thing]]] = []
        try:
            self._check_where()
            for at in self._values(letters, trees):
                try:
                    entries.append((at, [self.elaboration.thing(tree, at) for tree in trees]))
                except NoItem:
                    continue  # for k + 1, at the end of a list
            if not entries:
                statement.place.refuse("no value of its letters gives items that exist")
            claims = [claim for at, things in entries for claim in self._claims(at, things)]
        except ShapesDiffer as misfit:
            found.misfit = str(misfit)
            self._define_nothing()
            return found
        found.claims = tuple(claims)
        found.indexed = bool(letters) or any(isinstance(thing, np.ndarray) for _, things in entries for thing in things)
        self._define(claims)
        if self.update:
            self._let_be_new(claims)
        plain = statement.trivial and not found.indexed and not self.elaboration.notes
        if not plain:
            shown = read_as(claims, self.spans if letters else {}, self.lookup.first, [*self.elaboration.notes])
            found.read_as = "" if _in_plain_signs(shown) == _in_plain_signs(statement.text) else shown
        return found

    # Letters

    def _values(self, letters: list[str], trees: tuple[Tree, ...], at: Letters | None = None) -> Iterator[Letters]:
        """All values of the free letters for which the page speaks."""
        at = at or {}
        if not letters:
            if all(
                conditions.holds(self.elaboration, tree, at)
                for each in self.statement.ranges
                for tree in each.conditions
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

    def _check_where(self) -> None:
        """A claim "for y = 1" is one about the recorded point, if y is 1 there."""
        for left, right in self.statement.where:
            node, said = self.elaboration.number(left, {}), self.elaboration.number(right, {})
            if abs(recorded(node) - recorded(said)) > _WHERE * max(1.0, abs(recorded(said))):
                self.statement.place.refuse(
                    f"this is about {written(node)} = {written(said)}, and {written(node)} is {recorded(node):g} here"
                )

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
        text = written_name(bare)
        return (text if self.statement.trivial else _tidy(text)), places

    def _is_index(self, tree: Tree) -> bool:
        return any(x in self.lookup.letters for x in names_in_an_index(tree))

    def _define(self, claims: list[Claim]) -> None:
        """Let the lines after this one use what it defines."""
        if self.defines is None:
            return
        name, _ = self._defined_name(dict.fromkeys(self.lookup.letters, 0))
        tree: Any = {}
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
        self.lookup.definitions[plain_name(name)] = PageDefinition(name, tree, self.statement.place.line)

    def _define_nothing(self) -> None:
        if self.defines is not None:
            name = plain_name(written_name(self.defines))
            self.lookup.unread.setdefault(name, self.statement.place.line)


def _in_plain_signs(text: str) -> str:
    """A line as it is without blanks, and with the signs of the plain notation."""
    return "".join(text.split()).translate(_PLAIN_SIGNS)


def _tidy(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def read_derivation(
    derivation: str | Mapping[Any, Any],
    names: PageNames,
    output: Value | None = None,
    *,
    first: int = 1,
    strict: bool = False,
) -> ReadPage:
    """All that a derivation claims.

    Raises:
        TypeError: if it is neither text nor mapping.
        ValueError: if it is too long; and with `strict` if a line is not read, by line and column: all such lines.
    """
    single: set[int] = set()
    text = as_text(derivation, names, output, single) if isinstance(derivation, Mapping) else derivation
    if not isinstance(text, str):
        raise TypeError(f"a derivation is text with a claim on each line, or a mapping, not {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the derivation has {len(text)} characters; {LONGEST_TEXT} are read")
    reader = Reader(names, output, first)
    page = read_page(text, known=reader.lookup.known, code=read_program, is_code=is_code, code_length=program_length)
    reader.looks_at(page.statements)
    program = Assignments(reader, [statement for statement in page.statements if statement.code], PageLine)
    found = ReadPage(prose=tuple(page.prose))
    sources = text.split("\n")
    refused = [
        (each, Refusal(Place(each.number, each.column, sources[each.number - 1]), each.why)) for each in page.unread
    ]
    for each in page.unread:
        if match := _DEFINES.search(each.text):
            reader.lookup.unread.setdefault(plain_name(match[1]), each.number)
    for statement in page.statements:
        try:
            line = program.read(statement) if statement.code else reader.read(statement)
        except Refusal as refusal:
            place = refusal.place
            refused.append((Unread(place.line, place.column, statement.text, refusal.why), refusal))
            reader.leaves_out(statement)
            continue
        except (OverflowError, RecursionError) as refusal:
            why = str(refusal) if isinstance(refusal, OverflowError) else "nested too deep: break the claim into lines"
            refused.append(
                (
                    Unread(statement.place.line, statement.place.column, statement.text, why),
                    Refusal(statement.place, why),
                )
            )
            reader.leaves_out(statement)
            continue
        if statement.place.line in single:
            line.claims = tuple(map(_in_single, line.claims))
        found.lines.append(line)
    refused.sort(key=lambda each: (each[0].number, each[0].column))
    found.unread = [each for each, _ in refused]
    if strict and refused:
        told = [str(refusal) for _, refusal in refused if not isinstance(refusal, Consequence)]
        more = [f"{len(told)} lines cannot be read"] if len(told) > 1 else []
        raise ValueError("\n".join([*told[:_MOST_REFUSALS], *more]))
    if strict and not found.lines:
        raise ValueError("the derivation holds no claim: write one a line, as in dJ/dp = p - a")
    return found


def _in_single(claim: Claim) -> Claim:
    """The claim with its number taken for a float32."""
    number = lone_numeral(claim.parts[-1])
    assert number is not None
    found: Expression = replace(number, single=True)
    if claim.parts[-1] != number:
        found = Apply(ops.negate, (found,))
    return replace(claim, parts=(*claim.parts[:-1], found))
