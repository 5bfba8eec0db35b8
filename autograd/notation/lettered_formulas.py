"""Formulas with letters for subscripts: ``-p_i*p_j`` from ``-p[0]*p[1]``, and a ``Σ_k`` from a sum of alike terms.

That is a guess, made from one entry: the judge is asked about the others.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import sympy

from autograd.derivation.claims import Derivative, Expression, Named
from autograd.untyped import Anything

_SUBSCRIPTS = re.compile(r"\[(\d+)\]")
_MOST_POSITIONS = 6

Index = int | str


@dataclass(frozen=True)
class Item:
    """An item of a list with letters for some of its subscripts: W and (i, 0). A node of no list has none."""

    base: str
    subscripts: tuple[Index, ...]

    def at(self, values: Mapping[str, int]) -> "Item":
        """The item for values of the letters."""
        return Item(
            self.base, tuple(values.get(each, each) if isinstance(each, str) else each for each in self.subscripts)
        )

    @property
    def path(self) -> str:
        """As nodes are called: ``W[0][1]``."""
        return self.base + "".join(f"[{each}]" for each in self.subscripts)


def item(path: str) -> Item:
    base = _SUBSCRIPTS.sub("", path)
    return Item(base, tuple(map(int, _SUBSCRIPTS.findall(path))) if path.startswith(base) else ())


@dataclass(frozen=True)
class ItemSlope:
    """A derivative of one item by another."""

    of: Item
    by: Item

    def at(self, values: Mapping[str, int]) -> "ItemSlope":
        """The derivative for values of the letters."""
        return ItemSlope(self.of.at(values), self.by.at(values))


@dataclass(frozen=True)
class SumOver:
    """A sum over all values of a letter."""

    letter: str
    size: int
    formula: Anything


Meaning = Item | ItemSlope | SumOver


def meaning_of(what: Expression) -> Item | ItemSlope:
    """What a symbol stands for, as an item of a list or a derivative."""
    match what:
        case Derivative(of=_, by=_, text=text):
            above, _, below = text.replace("∂", "d").partition("/")
            return ItemSlope(item(above[1:]), item(below[1:]))
        case Named(text=text):
            return item(text)
    raise AssertionError(what)


class Generalizing:
    """Makes the formula of an entry one of letters: of those with values, and of the free ones for sums."""

    def __init__(self, values: Mapping[str, int], free: Sequence[str]) -> None:
        self._values = values
        self._free = [letter for letter in dict.fromkeys(free) if letter not in values]
        self._meanings: dict[Anything, Meaning] = {}

    def generalized(
        self, formula: Anything, meanings: dict[Anything, Meaning]
    ) -> tuple[Anything, dict[Anything, Meaning]]:
        """The formula in symbols that stand for items with letters."""
        self._given = meanings
        found = self._summed(formula)
        letters = {value: letter for letter, value in reversed(list(self._values.items()))}
        renamed = {s: self._symbol(_lettered(meanings[s], letters)) for s in _ordered(found) if s in meanings}
        found = found.xreplace(renamed)
        for symbol, meaning in list(self._meanings.items()):
            if isinstance(meaning, SumOver):
                inner = {
                    s: self._symbol(_lettered(self._meanings.get(s) or meanings[s], letters))
                    for s in _ordered(meaning.formula)
                    if s in meanings or s in self._meanings
                }
                self._meanings[symbol] = SumOver(meaning.letter, meaning.size, meaning.formula.xreplace(inner))
        return found, self._meanings

    def _symbol(self, meaning: Meaning) -> Anything:
        for symbol, known in self._meanings.items():
            if known == meaning:
                return symbol
        symbol = sympy.Symbol(f"_{len(self._meanings)}", real=True)
        self._meanings[symbol] = meaning
        return symbol

    def _summed(self, formula: Anything) -> Anything:
        """The formula with a symbol for each sum of alike terms over all of a list."""
        if not formula.args:
            return formula
        if formula.is_Add:
            groups: dict[Anything, list[Anything]] = {}
            for term in formula.args:
                groups.setdefault(self._skeleton(term), []).append(term)
            terms = []
            for group in groups.values():
                found = self._as_sum(group) if len(group) > 1 else None
                terms += [found] if found is not None else [self._summed(term) for term in group]
            return sympy.Add(*terms)
        return formula.func(*map(self._summed, formula.args))

    def _skeleton(self, term: Anything) -> Anything:
        named = {}
        for s in term.free_symbols & set(self._given):
            meaning = self._given[s]
            named[s] = sympy.Symbol(
                meaning.base if isinstance(meaning, Item) else f"{meaning.of.base}/{meaning.by.base}"  # type: ignore[union-attr]
            )
        return term.xreplace(named)

    def _as_sum(self, group: list[Anything]) -> Anything:
        whole = sympy.Add(*group)
        for term in group[-1], group[0]:
            symbols = sorted(term.free_symbols & set(self._given), key=str)
            places = [(s, k) for s in symbols for k in range(len(_subscripts(self._given[s])))]
            by_value: dict[Index, list[tuple[Anything, int]]] = {}
            for s, k in places:
                by_value.setdefault(_subscripts(self._given[s])[k], []).append((s, k))
            for value, where in by_value.items():
                if len(where) > _MOST_POSITIONS:
                    continue
                sizes = range(len(where), 0, -1) if value in self._values.values() else [len(where)]
                for size in sizes:
                    for chosen in combinations(where, size):
                        if (found := self._if_equal(term, chosen, whole, len(group))) is not None:
                            return found
        return None

    def _if_equal(self, term: Anything, chosen: Sequence[tuple[Anything, int]], whole: Anything, size: int) -> Anything:
        """The sum of a term over the chosen subscripts, if it gives the whole group."""
        if not self._free:
            return None
        by_path = {meaning: symbol for symbol, meaning in self._given.items()}

        def at(k: Index) -> dict[Anything, Meaning]:
            return {
                s: _with(self._given[s], [j for t, j in chosen if t is s], k)
                for s in dict.fromkeys(s for s, _ in chosen)
            }

        terms = []
        for k in range(size):
            moved = {s: by_path.get(meaning) for s, meaning in at(k).items()}
            if None in moved.values():
                return None
            terms.append(term.subs(moved, simultaneous=True))
        if sympy.Add(*terms) != whole:
            return None
        letter = self._free.pop(0)
        inner = term.xreplace({s: self._symbol(meaning) for s, meaning in at(letter).items()})
        coefficient, inner = inner.as_coeff_Mul()
        return coefficient * self._symbol(SumOver(letter, size, inner))


def _subscripts(meaning: Meaning) -> tuple[Index, ...]:
    match meaning:
        case Item(subscripts=found):
            return found
        case ItemSlope(of=above, by=below):
            return above.subscripts + below.subscripts
    return ()


def _with_subscripts(meaning: Meaning, found: Sequence[Index]) -> Meaning:
    match meaning:
        case Item(base=base):
            return Item(base, tuple(found))
        case ItemSlope(of=above, by=below):
            n = len(above.subscripts)
            return ItemSlope(Item(above.base, tuple(found[:n])), Item(below.base, tuple(found[n:])))
    return meaning


def _with(meaning: Meaning, positions: Sequence[int], index: Index) -> Meaning:
    found = list(_subscripts(meaning))
    for k in positions:
        found[k] = index
    return _with_subscripts(meaning, found)


def _lettered(meaning: Meaning, letters: Mapping[int, str]) -> Meaning:
    return _with_subscripts(meaning, [letters.get(k, k) if isinstance(k, int) else k for k in _subscripts(meaning)])


def _ordered(formula: Anything) -> list[Anything]:
    return sorted(formula.free_symbols, key=str)
