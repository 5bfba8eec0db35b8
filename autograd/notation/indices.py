"""Index letters: which letters of a line are indices, and how far each of them runs.

A letter that is bound by Σ, Π or "for" is an index, and so is one that stands in a subscript and names no node. It runs
over the items of the lists that it is an index of; where it stands as k + 1 or k − 1, over those that have an item.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace

from autograd.derivation.tokens import Place
from autograd.notation.lookup import Letters, Lookup, NoItem, NotAnIndex, is_list, item, names_in_an_index
from autograd.notation.matrices import ShapesDiffer
from autograd.notation.slopes import spelled_as_a_gradient
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import (
    Addition,
    At,
    Attribute,
    Beside,
    BigOperator,
    Call,
    Cases,
    Differential,
    Item,
    Listed,
    Logic,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Relation,
    Slice,
    Statement,
    Subscripted,
    Transposed,
    Tree,
)
from autograd.untyped import Anything

MOST_LAYERS = 60
_GRADIENT = re.compile(r"[d∂]\w*_[d∂]\w+|\w+_by_[d∂]\w+|grad(ient)?_\w+|\w+_grad(ient)?")


def parts_of(tree: Tree | Slice | None) -> Iterator[Tree]:
    """The trees directly inside a tree."""
    match tree:
        case Name(subscripts=below, superscripts=above):
            yield from (*(each.tree for each in above), *below)
        case Item(of=of, indices=indices):
            yield of
            for index in indices:
                if isinstance(index, Slice):
                    yield from filter(None, (index.start, index.stop, index.step))
                else:
                    yield index
        case Subscripted(of=of, indices=below):
            yield from (of, *below)
        case Addition(terms=parts) | Product(factors=parts) | Relation(trees=parts) | Logic(trees=parts):
            yield from parts
        case Listed(items=parts):
            yield from parts
        case Negative(of=of) | Transposed(of=of) | Attribute(of=of):
            yield of
        case Ratio(above=first, below=second) | Power(base=first, exponent=second) | Differential(of=first, by=second):
            yield from (first, second)
        case Beside(name=name, inside=inside):
            yield from (name, *inside)
        case Call(arguments=arguments, keywords=keywords):
            yield from (*arguments, *keywords.values())
        case At(of=of, equations=equations):
            yield of
            for equation in equations:
                yield from filter(None, equation)
        case BigOperator(low=low, high=high, conditions=conditions, body=body):
            yield from filter(None, (low, high, *conditions, body))
        case Cases(branches=branches):
            for value, condition in branches:
                yield from filter(None, (value, condition))


def everything_in(*trees: Tree) -> list[Tree]:
    """The trees and all trees in them, each before what is in it."""
    found, stack = [], [*reversed(trees)]
    while stack:
        tree = stack.pop()
        found.append(tree)
        stack += reversed([*parts_of(tree)])
    return found


def letters_of(statement: Statement, lookup: Lookup) -> tuple[set[str], set[str]]:
    """The index letters of a line, and those of them that are bound by Σ, Π or "for"."""
    bound = {each.letter for each in statement.ranges}
    pieces = [everything_in(part) for part in statement.parts]
    bound |= {letter for trees in pieces for tree in trees if isinstance(tree, BigOperator) for letter in tree.letters}
    found = set(bound)
    if statement.code:
        return found, bound
    ranging = set(bound)
    for tree in pieces[0]:
        if isinstance(tree, BigOperator):  # the k of Σ_{j≠k}, on the left
            beside = {name for each in tree.conditions for part in parts_of(each) for name in names_in_an_index(part)}
            found |= {name for name in beside if _may_be_an_index(name, lookup, leftmost=True)}
    single = lookup.holding_one({tree.base for trees in pieces for tree in trees if isinstance(tree, Name)})
    for k, trees in enumerate(pieces):
        for tree in trees:
            if isinstance(tree, Name | Item | Subscripted):
                if not (isinstance(tree, Name) and tree.base in single):
                    ranging |= {*_in_indices_of(tree)}
                found |= {name for name in _in_indices_of(tree) if _may_be_an_index(name, lookup, leftmost=k == 0)}
    lookup.ranging = frozenset(ranging & found)
    return found, bound


def _in_indices_of(tree: Name | Item | Subscripted) -> Iterator[str]:
    slots: Iterable[Tree | Slice]
    slots = (*tree.subscripts, *(s.tree for s in tree.superscripts)) if isinstance(tree, Name) else tree.indices
    for slot in slots:
        if isinstance(slot, Name) and slot.base == "T" and isinstance(tree, Name) and slot not in tree.subscripts:
            continue  # of W^T: what transposes, or a number of the nodes
        if not isinstance(slot, Slice):
            yield from names_in_an_index(slot)


def _may_be_an_index(name: str, lookup: Lookup, *, leftmost: bool) -> bool:
    """Whether a name is one letter that stands for no node; what is a number may be an index on the left of a claim."""
    if len(unicodedata.normalize("NFC", name)) != 1 or not name.isalpha() or plain_name(name) in lookup.sizes:
        return False
    known = lookup.names.spelled(name)
    if plain_name(name) in lookup.definitions or any(key in lookup.names.trees for key in known):
        return False
    return leftmost or not known


@dataclass(frozen=True)
class _Occurrence:
    """Where a letter is an index, or part of one: the values for which there are items, and what the list is."""

    values: Sequence[int]
    where: str
    moved: bool = False
    """Whether something is added to it, as in k + 1."""
    with_others: bool = False
    """Whether that is another letter, as in i + k."""
    counted: bool = False
    """Whether its value depends on where subscripts count from, as that of i + k and of 3 - k does."""


class Ranges:
    """How far the letters of a line run."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._free: dict[int, tuple[Tree, tuple[str, ...]]] = {}

    def free_in(self, trees: Iterable[Tree]) -> list[str]:
        """The index letters that nothing binds, in some trees."""
        return list(dict.fromkeys(letter for tree in trees for letter in self.free(tree)))

    def free(self, tree: Tree) -> tuple[str, ...]:
        """The index letters in a tree that nothing in it binds, those of superscripts first."""
        if not self._lookup.letters:
            return ()
        known = self._free.get(id(tree))
        if known is None:
            above: list[str] = []
            others: list[str] = []
            self._collect(tree, above, others)
            known = self._free[id(tree)] = (tree, tuple(dict.fromkeys([*above, *others])))
        return known[1]

    def _collect(self, tree: Tree, above: list[str], others: list[str]) -> None:
        letters = self._lookup.letters
        match tree:
            case Name(base=base, subscripts=(), superscripts=()):
                if base in letters:
                    others.append(base)
                return
            case Name():
                plan = self._lookup.plan(tree)
                if plan is not None and not plan.of_a_family:
                    for index in (*plan.indices, *plan.powers):
                        self._collect(index, above, others)
                    return
                for slot in tree.superscripts:
                    self._collect(slot.tree, above, above)
                for below in tree.subscripts:
                    self._collect(below, above, others)
                return
            case BigOperator(letters=bound):
                inner: tuple[list[str], list[str]] = ([], [])
                for part in parts_of(tree):
                    self._collect(part, *inner)
                above += [letter for letter in inner[0] if letter not in bound]
                others += [letter for letter in inner[1] if letter not in bound]
                return
        for part in parts_of(tree):
            self._collect(part, above, others)

    def of_a_sum(
        self, letter: str, trees: Iterable[Tree], at: Letters, *, bounded: bool
    ) -> tuple[list[int] | None, list[int] | None, bool]:
        """The items that the letter of a Σ runs over, as `of`, and those of the list that has it alone as an index.

        And whether some of these are passed over because there is no x_{i+m} beside them: whether there is one depends
        on where subscripts begin to count. Of lists of different lengths the bounds tell, if the Σ is `bounded`.
        """
        found = [each for tree in trees for each in self._occurrences(tree, letter, at)]
        known = self._common(letter, found, bounded=bounded)
        plain = [sorted(each.values) for each in found if not each.moved]
        own = min(plain, key=len) if bounded and plain else next(iter(plain), None)
        return known, own, any(each.counted and not {*each.values}.issuperset(own or ()) for each in found)

    def in_brackets_alone(self, letter: str, trees: Sequence[Tree]) -> bool:
        """Whether a letter stands only where Python counts, from 0: in x[i], and not in x_i or as a number."""
        everything = everything_in(*trees)
        items = [each for each in everything if isinstance(each, Item)]
        inside = everything_in(*(index for each in items for index in each.indices if not isinstance(index, Slice)))
        return _standing(letter, everything) == _standing(letter, inside)

    def of(self, letter: str, trees: Iterable[Tree], at: Letters) -> list[int] | None:
        """The items that a letter runs over, counted from 0; None if nothing tells.

        Raises:
            ShapesDiffer: if it is an index of two lists of different lengths.
        """
        return self._common(letter, [each for tree in trees for each in self._occurrences(tree, letter, at)])

    def _common(self, letter: str, found: Iterable[_Occurrence], *, bounded: bool = False) -> list[int] | None:
        plain: dict[tuple[int, ...], str] = {}
        moved: list[frozenset[int]] = []
        with_others = False
        for each in found:
            if each.moved:
                moved.append(frozenset(each.values))
                with_others = with_others or each.with_others
            else:
                plain.setdefault(tuple(each.values), each.where)
        if len(plain) > 1 and not (moved or bounded):
            told = " and over ".join(f"{len(places)} in {where}" for places, where in [*plain.items()][:2])
            raise ShapesDiffer(f"{letter} runs over {told}")
        if with_others and not plain and len(set(moved)) > 1:
            return None  # k of x_{i+k} w_{k+1}: where it begins is not said
        sets = [*map(frozenset, plain), *moved]
        return sorted(frozenset.intersection(*sets)) if sets else None

    def _occurrences(self, tree: Tree, letter: str, at: Letters) -> Iterator[_Occurrence]:
        """Where the letter is an index, or part of one."""
        if letter not in self.free(tree):
            return
        match tree:
            case Name():
                yield from self._in_name(tree, letter, at)
                return
            case Item(of=of, indices=indices):
                held = self._lookup.tree(of, at)
                for index in indices:
                    if not is_list(held) or isinstance(index, Slice):
                        break
                    yield from self._occurrence(index, letter, at, places_in(held), "a list", 0)
                    held = self._next(held, index, at, 0)
        for part in parts_of(tree):
            yield from self._occurrences(part, letter, at)

    def _in_name(self, name: Name, letter: str, at: Letters) -> Iterator[_Occurrence]:
        plan = self._lookup.plan(name, at)
        if plan is None or plan.of_a_family:
            layers = [
                place
                for place in range(MOST_LAYERS)
                if (found := self._lookup.plan(name, {**at, letter: place})) is not None
                and found.of_a_family
                and not any(letter in self.free(index) for index in found.indices)
            ]
            if layers:
                slot = next(each for each in slots_of(name) if letter in self.free(each))
                yield _Occurrence(layers, name.base, moved=not isinstance(slot, Name))
                plan = self._lookup.plan(name, {**at, letter: layers[0]})
        if plan is None:
            for _, below in spelled_as_a_gradient(name):
                if self._lookup.plan(below, at) is not None:
                    yield from self._in_name(below, letter, at)  # dZ_{1i} has the items of Z
                    return
            return
        held = plan.tree
        for k, index in enumerate(plan.indices):
            if not is_list(held):
                return
            axis = f"the {('first', 'second', 'third')[k]} index of " if len(plan.indices) in (2, 3) else ""
            yield from self._occurrence(index, letter, at, places_in(held), f"{axis}{plan.key}", self._lookup.first)
            held = self._next(held, index, at, self._lookup.first)

    def _occurrence(
        self, index: Tree, letter: str, at: Letters, places: Sequence[int], where: str, first: int
    ) -> Iterator[_Occurrence]:
        """For which values of the letter an index leads to an item; nothing if it is more than a sum."""
        if letter not in self.free(index):
            return
        try:
            here, there = (self._lookup.count(index, {**at, letter: k}, first) - first for k in (0, 1))
        except (NotAnIndex, NoItem, KeyError):
            return
        if abs(there - here) == 1:
            values = [(place - here) * (there - here) for place in places]
            moved, with_others = not isinstance(index, Name), len(self.free(index)) > 1
            counted = first == self._lookup.first and where != "a list" and (with_others or there < here)
            yield _Occurrence(values, where, moved, with_others, counted)

    def _next(self, held: object, index: Tree, at: Letters, first: int) -> object:
        """The item that an index leads to, or the first one if the index is not known yet."""
        try:
            place = self._lookup.count(index, at, first) - first
        except (NotAnIndex, NoItem, KeyError):
            place = next(iter(places_in(held)), 0)
        return item(held, place)


def _standing(letter: str, trees: Iterable[Tree]) -> int:
    return sum(isinstance(each, Name) and each.base == letter for each in trees)


def slots_of(name: Name) -> tuple[Tree, ...]:
    """What hangs on a name, in the order of a list's indices: superscripts first."""
    return (*(each.tree for each in name.superscripts), *name.subscripts)


def places_in(tree: object) -> Sequence[int]:
    """The places of a tree's items."""
    return sorted(tree) if isinstance(tree, dict) else range(len(tree))  # type: ignore[arg-type]


def respelled(tree: Anything, known: Callable[[str], bool]) -> Anything:
    """The tree with names such as n_j taken apart, if a node is called n and none n_j; dL_dw is kept whole."""
    if isinstance(tree, tuple):
        return tuple(respelled(part, known) for part in tree)
    if isinstance(tree, dict):
        return {key: respelled(part, known) for key, part in tree.items()}
    if isinstance(tree, Name) and tree.joined and _GRADIENT.fullmatch(whole := f"{tree.base}_{tree.joined}"):
        halves = (part.lstrip("d∂") for part in (tree.base, tree.joined))
        if not known(whole) and any(map(known, halves)):
            return replace(tree, base=whole, subscripts=(), joined="")  # dL_dw is one name
    if isinstance(tree, Name) and any(isinstance(each, Product) and not each.sign for each in tree.subscripts):
        parts = [each.factors if isinstance(each, Product) and not each.sign else (each,) for each in tree.subscripts]
        return replace(tree, subscripts=tuple(slot for slots in parts for slot in slots))  # P_{i Y_i}
    if isinstance(tree, Name) and "_" in tree.base and not tree.subscripts and not known(tree.base):
        base, _, joined = tree.base.partition("_")
        if known(base) and joined.isalnum() and len(joined) <= 3:
            slots = tuple(Number(c, tree.place) if c.isdigit() else Name(c, tree.place) for c in joined)
            return replace(tree, base=base, subscripts=slots, joined=joined)
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    inside = {each.name: respelled(getattr(tree, each.name), known) for each in fields(tree)}
    same = all(part is getattr(tree, name) for name, part in inside.items())
    return tree if same or not _any_changed(tree, inside) else replace(tree, **inside)


def powers_for_items(tree: Anything, lookup: Lookup) -> Anything:
    """The tree with h_t^2 as the square of h_t, where it would be item 2 of h, and a^2 as that of a, and not a2."""
    if isinstance(tree, tuple):
        return tuple(powers_for_items(part, lookup) for part in tree)
    if isinstance(tree, Name) and len(tree.superscripts) == 1 and not tree.superscripts[0].bracket:
        exponent, bare = tree.superscripts[0].tree, replace(tree, superscripts=())
        at = dict.fromkeys(lookup.letters, 0)
        plan = lookup.plan(tree, at) if isinstance(exponent, Number) else None
        if plan is not None and not plan.powers and lookup.is_a_number(bare, at):
            return Power(bare, exponent, tree.place)
        if plan is not None and tree.subscripts and exponent in plan.indices:
            return Power(bare, exponent, tree.place)
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    inside = {each.name: powers_for_items(getattr(tree, each.name), lookup) for each in fields(tree)}
    return replace(tree, **inside) if _any_changed(tree, inside) else tree


def _any_changed(tree: Anything, parts: dict[str, Anything]) -> bool:
    return any(part != getattr(tree, name) for name, part in parts.items())


def unplaced(tree: Anything) -> Anything:
    """What a tree says, wherever it stands: equal trees have equal ones."""
    if isinstance(tree, tuple):
        return tuple(map(unplaced, tree))
    if not is_dataclass(tree):
        return tree
    return type(tree), *(
        unplaced(getattr(tree, each.name)) for each in fields(tree) if each.name not in ("place", "joined", "symbol")
    )
