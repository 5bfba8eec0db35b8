"""What a name on a page refers to: a node, a list or an item of one, a number, or what the page itself defined.

A name may carry subscripts and superscripts, and each may be part of the name (``W^{(1)}`` is the node W1), an index
(``W_{ij}``, ``x^{(i)}``) or a power (``w^2``). One rule decides: a known name comes first, then an index if a list of
that name has room for it, then a power; and if two things fit equally well, the line is not read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import product

from autograd.derivation.claims import Named, Numeral
from autograd.derivation.names import PageNames
from autograd.notation.matrices import Thing, array_of
from autograd.notation.numbered_layers import numbers_are_layers
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import Addition, Attribute, Item, Listed, Name, Negative, Number, Product, Slice, Tree
from autograd.untyped import Anything
from autograd.value import Value

Letters = Mapping[str, int]
"""The item that each index letter stands for, counted from 0."""


_NOWHERE: Letters = {}


class NoItem(Exception):  # noqa: N818  (an outcome: for k + 1 there is no item at the end of a list)
    """An index beyond the items that exist."""


class NotAnIndex(Exception):  # noqa: N818  (an outcome: it may be part of a name, or a power)
    """A subscript or superscript that no whole number comes of."""


@dataclass(frozen=True)
class Plan:
    """One reading of a name: the entry that it begins with, and what its subscripts and superscripts do there."""

    key: str
    tree: Anything
    indices: tuple[Tree, ...] = ()
    powers: tuple[Tree, ...] = ()
    of_a_family: bool = False
    """Whether an index letter is part of the name, as in ``W^{(l)}`` for lists W1, W2, …"""
    letters_below: int = 0
    """How many subscripts are part of it: rather than in ``z^l_j`` the j, the l is."""

    slots: int = 0
    """How many subscripts and superscripts are indices: both digits of ``_{12}``, be they one number or two."""
    alone: bool = False
    """Whether it is one number, of which an index letter makes no other: the only output p is p_j for every j."""

    layer_above: bool = False
    """Whether a superscript is part of it, and what stands below are indices: W2[0][1] of ``W^{(2)}_{12}``."""

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """The lower, the better."""
        return self.alone, len(self.powers), self.of_a_family * (1 + self.letters_below), self.slots


@dataclass
class PageDefinition:
    """A name that the page defines: its formula by the places of its items, as nested mappings; and how it is shown."""

    text: str
    tree: Anything
    line: int = 0
    letter: str = ""
    """The index letter that it was defined with."""
    about: str = ""
    """What it is a derivative by, as the page calls that."""
    by_letter: "dict[str, PageDefinition]" = field(default_factory=dict)
    """The definitions that only their letters tell apart: δ_k of the outputs, and δ_j of the hidden neurons."""


@dataclass
class Lookup:
    """Finds what names refer to. `first` is the number of a list's first item in subscripts and superscripts."""

    names: PageNames
    first: int = 1
    definitions: dict[str, PageDefinition] = field(default_factory=dict)
    """What the page has defined so far, by the plain form of the name."""
    sizes: dict[str, int] = field(default_factory=dict)
    """What unknown upper bounds stand for: m in Σ_{i=1}^m."""
    unread: dict[str, int] = field(default_factory=dict)
    """The lines that would define a name, and were not read."""
    letters: frozenset[str] = frozenset()
    """The index letters of the line that is being read."""
    bound: frozenset[str] = frozenset()
    """Those of them that are bound, by Σ, Π or "for": no part of a name."""
    ranging: frozenset[str] = frozenset()
    """Those of them that are bound, or an index of a list as well."""
    swapped: frozenset[str] = frozenset()
    """The lists of lists taken with their last two indices the other way round, to see whether that is meant."""
    _plans: dict[int, tuple[Name, Plan | None]] = field(default_factory=dict)

    def holding_one(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are of one node, and not of a list."""
        return {name for name in names if any(not is_list(tree) for tree in self._entries(name).values())}

    def starts_a_line(self, letters: Iterable[str], bound: Iterable[str]) -> None:
        """Forget what held for the last line."""
        self.letters, self.bound = frozenset(letters), frozenset(bound)
        self._plans.clear()

    def known(self, name: str) -> bool:
        """Whether nodes or earlier lines hold that name, whatever it is there."""
        return bool(self._entries(name))

    def plan(self, name: Name, at: Letters = _NOWHERE) -> Plan | None:
        """The best reading of a name; None if there is none. ValueError if there are two."""
        known = self._plans.get(id(name))
        if known is None:
            found = self._best(name, at)
            if found.of_a_family if found is not None else self._varies(name):
                return found  # The next value of the letter makes it another name.
            known = self._plans[id(name)] = (name, found)
        return known[1]

    def _best(self, name: Name, at: Letters) -> Plan | None:
        fitting = sorted((plan for plan in self._candidates(name, at) if self._fits(plan, at)), key=lambda p: p.rank)
        if len(fitting) > 1 and any(plan.layer_above for plan in fitting) and self._numbers_are_layers(name):
            fitting = [plan for plan in fitting if plan.layer_above]
        best = [plan for plan in fitting if plan.rank == fitting[0].rank]
        if best and best[0].powers and (number := _labelling(name)):
            name.place.refuse(
                f"{written_name(name)} may be a power, or number {number} of several: write {name.base}^{number}, or "
                f"{name.base}_{number}"
            )
        apart = {(id(plan.tree), plan.indices) for plan in best}
        if len(apart) > 1:  # of one list under two names both readings are the same
            apart = {(_content(plan.tree), plan.indices) for plan in best}
        readings = " or ".join(dict.fromkeys(map(self._told, best)) if len(apart) > 1 else ())
        if len(apart) > 1 and (" or " in readings or "…" in readings):
            name.place.refuse(
                f"{written_name(name)} may be {readings}: write the one that is meant, as it stands there"
            )
        return best[0] if best else None

    def _numbers_are_layers(self, name: Name) -> bool:
        """Whether superscripts are numbers of layers: ``a^{[2]}_1``, and ``a^2_1`` if all of a1 leads to each of a2."""
        return any(slot.bracket == "[" for slot in name.superscripts) or self._layered

    @cached_property
    def _layered(self) -> bool:
        return numbers_are_layers(self.names.trees)

    def _over_layers(self, slots: tuple[Tree, ...]) -> bool:
        """Whether the letter of a superscript runs over layers."""
        return any(map(self._varies, slots)) and self._layered

    def _told(self, plan: Plan) -> str:
        try:
            places = [self.place_in([0] * 10**4, index, {}) for index in plan.indices]
        except (NotAnIndex, NoItem, KeyError):
            return plan.key + "".join("[…]" for _ in plan.indices)
        return plan.key + "".join(f"[{place}]" for place in places)

    def _candidates(self, name: Name, at: Letters) -> Iterator[Plan]:
        if not (name.subscripts or name.superscripts):
            yield from (Plan(key, tree) for key, tree in self._labelled(name, "", 0).items())
            return
        if name.subscripts and not name.superscripts and name.joined in self.ranging:
            entries = self._entries(name.base + "'" * name.primes).items()
            yield from (Plan(key, tree, alone=True) for key, tree in entries if not is_list(tree))
        if "_" in name.base and name.superscripts and not name.subscripts:
            yield from self._with_label_above(name, at)
        for ways in product("lip", repeat=len(name.superscripts)):
            used = list(zip(name.superscripts, ways, strict=True))
            if any(way == "p" and slot.bracket == "[" for slot, way in used):
                continue

            above = tuple(slot.tree for slot, way in used if way == "l")
            between = tuple(slot.tree for slot, way in used if way == "i")
            powers = tuple(slot.tree for slot, way in used if way == "p")
            if any(isinstance(each, Name) and not each.base.isalnum() for each in (*between, *powers)):
                continue  # the + of w^+, the new w, is part of the name
            for kept in range(len(name.subscripts), -1, -1):
                if between and kept and (kept < len(name.subscripts) or self._over_layers(between)):
                    continue  # W^{(2)}_{12} is no item of W1, and in a net of layers z^{(l)}_1 none of z1.
                below = name.subscripts[:kept]
                joined = name.joined if kept == len(name.subscripts) else ""
                for label, family in self._labels(above, below, joined, at):
                    slots = len(between) + len(name.subscripts) - kept
                    for key, tree in self._labelled(name, label, kept).items():
                        if family and not above and "^" in key and plain_name(key) in self.definitions:
                            continue  # In δ^{(2)}_i the i leads to no δ^{(3)} that the page defines.
                        for indices in self._indices(name, kept):
                            places, layer = (*between, *indices), bool(above) and not kept
                            yield Plan(key, tree, places, powers, family, kept, slots, layer_above=layer)

    def _with_label_above(self, name: Name, at: Letters) -> Iterator[Plan]:
        """The readings of ``a_1^2``, where a_1 is known and a list, as of ``a^2_1``: it may be an item of a2."""
        base, _, joined = name.base.partition("_")
        entries = self._entries(name.base).values()
        if joined.isdigit() and entries and all(map(is_list, entries)):
            below = tuple(Number(digit, name.place) for digit in joined)
            yield from self._candidates(replace(name, base=base, subscripts=below, joined=joined), at)

    def _labelled(self, name: Name, label: str, kept: int) -> dict[str, Anything]:
        """The entries of a name with a label that is part of it, or without one."""
        primes = "'" * name.primes
        if not label:
            definition = self.definitions.get(plain_name(name.base + primes)) if self.definitions else None
            if definition is not None and definition.by_letter:
                definition = self._told_apart(name, definition)
                return {definition.text: definition.tree}
            return self._entries(name.base + primes)
        as_it_stands = f"{name.base}_{name.joined}" in self.names.trees and not _lowered(name)
        if as_it_stands and kept == len(name.subscripts) and not name.superscripts:
            return self._entries(f"{name.base}_{name.joined}" + primes)
        return self._entries(f"{name.base}_{label}{primes}", exact=False)

    def _told_apart(self, name: Name, definition: PageDefinition) -> PageDefinition:
        """Which of the definitions of one name is meant, by the letter that it has here."""
        slots = (*(above.tree for above in name.superscripts), *name.subscripts)
        letters = {letter for slot in slots for letter in names_in_an_index(slot)}
        found = [each for letter, each in definition.by_letter.items() if letter in letters]
        if len(found) != 1:
            lines = " or ".join(f"line {each.line}" for each in definition.by_letter.values())
            apart = " and ".join(definition.by_letter)
            name.place.refuse(
                f"{written_name(name)} may be that of {lines}, which the letters {apart} tell apart: use one of these"
            )
        return found[0]

    def _indices(self, name: Name, kept: int) -> Iterator[tuple[Tree, ...]]:
        """What is left of the subscripts after the first ones; of ``_{12}`` two numbers, or the one number 12."""
        left = name.subscripts[kept:]
        yield left
        if len(left) > 1 and not kept and name.joined.isdigit() and not name.joined.startswith("0"):
            yield (Number(name.joined, name.place),)

    def _labels(
        self, above: tuple[Tree, ...], below: tuple[Tree, ...], joined: str, at: Letters
    ) -> Iterator[tuple[str, bool]]:
        """The texts that superscripts and subscripts may add to a name, and whether a letter's value is in them."""
        if not any(name in self.bound for tree in (*above, *below) for name in names_in_an_index(tree)):
            texts = [_literal(tree) for tree in (*above, *below)]
            if all(text is not None for text in texts):
                over, under = "".join(map(str, texts[: len(above)])), "".join(map(str, texts[len(above) :]))
                under = plain_name(joined) if joined else under
                for text in dict.fromkeys((over + under, under + over)):
                    yield text, False
        if any(map(self._varies, (*above, *below))):
            try:
                values = [
                    str(self.count(tree, at, self.first)) if self._varies(tree) else _literal(tree)
                    for tree in (*above, *below)
                ]
            except (NotAnIndex, NoItem, KeyError):
                return
            if None not in values:
                over, under = "".join(map(str, values[: len(above)])), "".join(map(str, values[len(above) :]))
                for text in dict.fromkeys((over + under, under + over)):
                    yield text, True

    def _varies(self, tree: Tree) -> bool:
        return any(piece in self.letters for piece in names_in_an_index(tree))

    def _entries(self, text: str, *, exact: bool = True) -> dict[str, Anything]:
        if self.definitions and (defined := self.definitions.get(plain_name(text))) is not None:
            return {defined.text: defined.tree}
        if exact and text in self.names.trees and not self.swapped:
            return {text: self.names.trees[text]}
        found = self.names.spelled(text, exact=exact)
        if not found and self.names.constants:
            found = {key: constant(key, tree) for key, tree in self.names.constant(text).items()}
        if not self.swapped.isdisjoint(found):
            return {key: _swapped(tree) if key in self.swapped else tree for key, tree in found.items()}
        return found

    def _fits(self, plan: Plan, at: Letters) -> bool:
        """Whether the list has room for the indices, as far as they are known."""
        tree = plan.tree
        for index in plan.indices:
            if not is_list(tree) or not len(tree):
                return False
            try:
                place = self.place_in(tree, index, at)
            except NotAnIndex:
                return False
            except NoItem:
                if not self._varies(index):
                    return False
                place = None
            except KeyError:  # a letter that has no value yet
                place = None
            if place is None:
                tree = next(iter(tree.values())) if isinstance(tree, dict) else tree[0]
            elif (tree := item(tree, place)) is None:
                return self._varies(index)
        return not plan.powers or not is_list(tree)

    def is_a_number(self, name: Name, at: Letters) -> bool:
        """Whether a name leads to one node or number, and to no list."""
        try:
            found, _ = self.addressed(name, at)
        except (NoItem, ValueError):
            return False
        return found is not None and not is_list(found) and not isinstance(found, dict)

    # Indices

    def place_in(self, items: Anything, index: Tree, at: Letters) -> int:
        """The place, counted from 0, that a subscript or superscript leads to.

        Raises:
            KeyError: if a letter in it has no value yet.
            NotAnIndex: if it is none.
            NoItem: if there is none.
        """
        place = self.count(index, at, self.first, len(items)) - self.first
        if place < 0 or item(items, place) is None:
            raise NoItem
        return place

    def count(self, tree: Tree, at: Letters, first: int, length: int | None = None) -> int:
        """The number of an item, where the first one has the number `first`."""
        match tree:
            case Number(text=text) if text.isdigit():
                return int(text)
            case Negative(of=of):
                return -self.count(of, at, first)
            case Addition(terms=terms):
                return sum(self.count(term, at, first) for term in terms)
            case Product(factors=factors) if all(isinstance(f, Number | Name) for f in factors):
                found = 1
                for factor in factors:
                    found *= self.count(factor, at, first)
                return found
            case Name(base=base, subscripts=(), superscripts=(), primes=0) if base in self.letters:
                return at[base] + first
            case Name() | Item():
                number = self.whole_number(tree, at)
                if isinstance(number, int):
                    # A number counts from 0, as in Python, unless it is how many there are.
                    is_size = number == length or (isinstance(tree, Name) and plain_name(tree.base) in self.sizes)
                    return number if is_size else number + first
        raise NotAnIndex

    def whole_number(self, tree: Tree, at: Letters) -> Anything:
        """The whole number, or list of such, that a name or an item stands for; None if it is something else."""
        match tree:
            case Name(base=base, subscripts=(), superscripts=(), primes=0) if plain_name(base) in self.sizes:
                return self.sizes[plain_name(base)]
            case Name():
                plan = self.plan(tree, at)
                if plan is None or plan.powers or not _numbers(plan.tree):
                    return None
                found = plan.tree
                for index in plan.indices:
                    found = found[self.place_in(found, index, at)]
                return found
            case Item(of=of, indices=indices):
                found = self.whole_number(of, at) if isinstance(of, Name | Item) else None
                for each in indices if isinstance(found, list) else ():
                    if isinstance(each, Slice):
                        return None
                    place = self.count(each, at, 0)
                    if not (isinstance(found, list) and 0 <= place < len(found)):
                        raise NoItem
                    found = found[place]
                return found
        return None

    # Things

    def tree(self, tree: Tree, at: Letters) -> Anything:
        """The list, Module, node or number that a name, an item or a part of a Module is; None for anything else."""
        return self.addressed(tree, at)[0]

    def addressed(self, tree: Tree, at: Letters) -> tuple[Anything, str]:
        """As `tree`, with its address. Of a letter that has no value yet the first item is taken."""
        match tree:
            case Name():
                plan = self.plan(tree, at)
                if plan is None or plan.powers:
                    return None, ""
                return self._along(plan.tree, plan.key, plan.indices, at, self.first)
            case Item(of=of, indices=indices) if not any(isinstance(index, Slice | Listed) for index in indices):
                held, path = self.addressed(of, at)
                return self._along(held, path, indices, at, 0) if is_list(held) else (None, "")
            case Attribute(of=of, name=name):
                held, path = self.addressed(of, at)
                return (held[name], f"{path}.{name}") if isinstance(held, dict) and name in held else (None, "")
        return None, ""

    def _along(
        self, held: Anything, path: str, indices: Iterable[Anything], at: Letters, first: int
    ) -> tuple[Anything, str]:
        for index in indices:
            if not is_list(held):
                return None, ""
            try:
                place = self.count(index, at, first, len(held) if first else None) - first
            except NotAnIndex:
                return None, ""
            except KeyError:
                place = 0 if isinstance(held, list) else min(held)
            if place < 0 or item(held, place) is None:
                raise NoItem(f"{path} has {len(held)} items, numbered from {first}: there is no [{place + first}]")
            held, path = item(held, place), f"{path}[{place}]"
        return held, path

    def plan_and_thing(self, name: Name, at: Letters) -> tuple[Plan | None, Thing | None]:
        """The best reading of a name, and what it comes to if nothing but the entry itself is to be looked up."""
        plan = self.plan(name, at)
        if plan is None or plan.indices or plan.powers or plan.alone or isinstance(plan.tree, Numeral):
            return plan, None
        try:
            return plan, self.thing(plan, at)
        except LookupError:
            return plan, None

    def thing(self, plan: Plan, at: Letters) -> Thing:
        """What a reading of a name comes to, without its powers."""
        tree, path = plan.tree, plan.key
        for index in plan.indices:
            place = self.place_in(tree, index, at)
            tree, path = item(tree, place), f"{path}[{place}]"
        return thing_of(tree, path)


def _content(tree: Anything) -> Anything:
    """The nodes that a list holds, in its shape."""
    return tuple(map(_content, tree)) if is_list(tree) and not isinstance(tree, dict) else id(tree)


def _lowered(name: Name) -> bool:
    """Whether a name has its subscripts in small letters, as w₁: that may be w1 as well as w_1."""
    text = name.place.source[name.place.column - 1 :].lstrip("d∂ ").removeprefix(name.base)
    return "\N{SUBSCRIPT ZERO}" <= text[:1] <= "\N{SUBSCRIPT NINE}"


def _labelling(name: Name) -> str:
    """The number that stands above a name in parentheses, as in ``y^{(2)}``; empty if there is none."""
    above = name.superscripts[-1:]
    found = above[0].tree if above and above[0].bracket == "(" else None
    return found.text if isinstance(found, Number) else ""


def _literal(tree: Tree) -> str | None:
    """The text of a subscript as part of a name; None if it cannot be."""
    match tree:
        case Number(text=text) if text.isdigit():
            return text
        case Name(base=base, subscripts=(), superscripts=()):
            return plain_name(base) + "'" * tree.primes
        case Addition(terms=(Name() as letter, Negative(of=Number(text=text)))):
            return f"{_literal(letter)}minus{text}"
        case Addition(terms=(Name() as letter, Number(text=text))):
            return f"{_literal(letter)}plus{text}"
    return None


def _numbers(tree: Anything) -> bool:
    """Whether a tree holds whole numbers alone."""
    while isinstance(tree, list) and tree:
        tree = tree[0]
    return isinstance(tree, int)


def is_list(tree: Anything) -> bool:
    """Whether a tree has items that are counted: not a Module, whose parts have names."""
    return isinstance(tree, list) or (isinstance(tree, dict) and all(isinstance(key, int) for key in tree))


def item(tree: Anything, place: int) -> Anything:
    """An item of a tree; None if there is none."""
    if isinstance(tree, dict):
        return tree.get(place)
    return tree[place] if place < len(tree) else None


def constant(key: str, tree: Anything) -> Anything:
    """The numbers that nodes has as floats, each as a formula that shows its name."""
    if isinstance(tree, list):
        return [constant(f"{key}[{place}]", item) for place, item in enumerate(tree)]
    return Numeral(key, Fraction(repr(tree)), exact=True)


def thing_of(tree: Anything, path: str) -> Thing:
    """The formula that a node is, or the array of those in a list. LookupError if it is neither."""
    if isinstance(tree, Value):
        return Named(tree, path)
    if isinstance(tree, int):
        return Numeral(str(tree), Fraction(tree), exact=True)
    if not is_list(tree):
        if isinstance(tree, dict) or tree is None:
            raise LookupError(path)
        return tree  # a formula
    places = range(len(tree)) if isinstance(tree, list) else sorted(tree)
    return array_of([thing_of(item(tree, place), f"{path}[{place}]") for place in places])


def depth(tree: Anything) -> int:
    """How many indices the first item of a tree has."""
    count = 0
    while is_list(tree) and len(tree):
        tree = next(iter(tree.values())) if isinstance(tree, dict) else tree[0]
        count += 1
    return count


def _swapped(tree: Anything) -> Anything:
    """Lists of lists with their last two indices the other way round."""
    if not isinstance(tree, list) or depth(tree) < 2:
        return tree
    if depth(tree) > 2:
        return [_swapped(part) for part in tree]
    if len({len(row) if isinstance(row, list) else -1 for row in tree}) != 1:
        return tree
    return [list(column) for column in zip(*tree, strict=True)]


def names_in_an_index(tree: Anything) -> Iterator[str]:
    """The names that stand in a subscript."""
    match tree:
        case Name(base=base, subscripts=(), superscripts=(), primes=0):
            yield base
        case Name():
            for slot in (*tree.subscripts, *(above.tree for above in tree.superscripts)):
                yield from names_in_an_index(slot)
        case Addition(terms=parts) | Product(factors=parts) | Item(indices=parts):
            for part in parts:
                yield from names_in_an_index(part)
        case Negative(of=of):
            yield from names_in_an_index(of)


def written_name(name: Name) -> str:
    """A name about as it stands on the page."""

    def text(tree: Tree) -> str:
        match tree:
            case Number(text=digits):
                return digits
            case Name():
                return written_name(tree)
            case Addition(terms=terms):
                return "+".join(map(text, terms)).replace("+-", "-")
            case Negative(of=of):
                return f"-{text(of)}"
        return "…"

    closing = {"(": ")", "[": "]", "": ""}
    above = "".join(f"^{s.bracket}{text(s.tree)}{closing[s.bracket]}" for s in name.superscripts)
    below = name.joined or ",".join(map(text, name.subscripts))
    below = f"_{below}" if len(below) == 1 else f"_{{{below}}}" if below else ""
    return name.base + "'" * name.primes + above + below
