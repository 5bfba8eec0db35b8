"""How far a Σ reaches, as in Σ_k a_k + b_k over both terms, and which letters it binds, as in Σ_{i<j} both."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass, replace

from autograd.derivation.tokens import Place
from autograd.notation.indices import Ranges, everything_in, parts_of, slots_of
from autograd.notation.lookup import names_in_an_index
from autograd.notation.syntax import Addition, BigOperator, Call, Name, Negative, Range, Statement, Tree
from autograd.untyped import Anything


def reaching(tree: Anything, ranges: Ranges, outside: Collection[str]) -> tuple[Anything, list[str]]:
    """The tree with each Σ reaching as far as its letter does: in Σ_k a_k + b_k over both terms. And what was widened.

    ValueError if the letter has a meaning outside as well, so that it can be read two ways.
    """
    told: list[str] = []

    def reach(tree: Anything) -> Anything:
        if isinstance(tree, tuple):
            parts = tuple(map(reach, tree))
            return parts if any(a is not b for a, b in zip(parts, tree, strict=True)) else tree
        if not is_dataclass(tree) or isinstance(tree, Place | type):
            return tree
        old = {each.name: getattr(tree, each.name) for each in fields(tree)}
        changed = {name: part for name, before in old.items() if (part := reach(before)) is not before}
        tree = replace(tree, **changed) if changed else tree
        return _widened(tree, ranges, outside, told) if isinstance(tree, Addition) else tree

    return reach(tree), told


def _widened(tree: Addition, ranges: Ranges, outside: Collection[str], told: list[str]) -> Tree:
    for k, term in enumerate(tree.terms):
        big = term.of if isinstance(term, Negative) else term
        if not isinstance(big, BigOperator) or big.closed:
            continue
        behind = [n for n in range(k + 1, len(tree.terms)) if set(big.letters) & set(ranges.free(tree.terms[n]))]
        if not behind:
            continue
        before = {letter for each in tree.terms[:k] for letter in ranges.free(each)}
        if isinstance(term, Negative) or not {*before, *outside}.isdisjoint(big.letters):
            letters = ", ".join(big.letters)
            big.place.refuse(
                f"how far the sum over {letters} reaches can be read two ways, for {letters} is used behind it as "
                "well: put what belongs to it in parentheses"
            )
        last = behind[-1]
        told.append(f"the sum over {', '.join(big.letters)} reaches over {last - k + 1} terms")
        wide = replace(big, body=Addition((big.body, *tree.terms[k + 1 : last + 1])))
        terms = (*tree.terms[:k], wide, *tree.terms[last + 1 :])
        return terms[0] if len(terms) == 1 else Addition(terms)
    return tree


def binding(parts: tuple[Tree, ...], letters: AbstractSet[str]) -> tuple[Tree, ...]:
    """The parts of a claim, with each Σ binding the letters that are compared below it and stand nowhere else.

    In Σ_{i<j} these are both; in ``∂L/∂x_i = Σ_{j≠i} x_j`` it is j alone, for i is on the left, too.
    """
    sums = [tree for tree in everything_in(*parts) if isinstance(tree, BigOperator)]
    for letter in letters - {letter for each in sums for letter in each.letters}:
        comparing = [each for each in sums if any(_times(letter, tree) for tree in each.conditions)]
        if comparing and _times(letter, *parts) == _times(letter, *comparing):
            parts = _bound_in(parts, comparing, letter)
            sums = [tree for tree in everything_in(*parts) if isinstance(tree, BigOperator)]
    return parts


def with_letters(parts: tuple[Tree, ...], letters: AbstractSet[str], spoken: AbstractSet[str]) -> tuple[Tree, ...]:
    """The parts of a claim, with the letter that each bare Σ sums over: the one of its terms that the left has not.

    ValueError if there is none, or several: nothing is summed in silence.
    """
    left = {tree.base for tree in everything_in(parts[0]) if isinstance(tree, Name)} if len(parts) > 1 else set()
    # Each Σ that gets a letter is another tree, and so is what it stands in: look for the next one anew.
    while (big := next(filter(_is_bare, everything_in(*parts)), None)) is not None:
        assert isinstance(big, BigOperator)
        inside = everything_in(big.body)
        bound = {letter for tree in inside if isinstance(tree, BigOperator) for letter in tree.letters}
        around = [each for each in everything_in(*parts) if isinstance(each, BigOperator) and each.letters]
        bound |= {x for each in around if any(tree is big for tree in everything_in(each.body)) for x in each.letters}
        own = {tree.base for tree in inside if isinstance(tree, Name)} & letters - bound - spoken
        if len(own - left) != 1 or (own & left and big.body == parts[0]):
            which = f"{' or '.join(sorted(own))} may be it" if own else "no index stands behind it"
            big.place.refuse(f"below Σ stands what it sums over, as in Σ_i ({which})")
        parts = _bound_in(parts, [big], *(own - left))
    return parts


OVER_A_LETTER = {"sum": "sum", "prod": "prod", "mean": "mean", "average": "mean"}
"""Functions of a list that pages also write as Σ without its letter, ``sum(y_i * log(p_i))``; and the kind of Σ."""


def is_over_a_letter(tree: Tree) -> bool:
    """Whether a tree may be such a sum."""
    return isinstance(tree, Call) and tree.function in OVER_A_LETTER and len(tree.arguments) == 1 and not tree.keywords


def over_their_letters(
    parts: tuple[Tree, ...], letters: AbstractSet[str], spoken: AbstractSet[str]
) -> tuple[Tree, ...]:
    """The parts of a claim, with ``sum(y_i * log(p_i))`` as a Σ over the one letter that stands nowhere else.

    ValueError if several do, or if the letter stands beside the sum as well: nothing is summed in silence.
    """
    left, *others = (_letters_beside_sums(part, letters) for part in parts)
    beside = {letter for each in others for letter in each}

    def bound(tree: Anything, around: AbstractSet[str]) -> Anything:
        if isinstance(tree, tuple):
            return tuple(bound(part, around) for part in tree)
        if not is_dataclass(tree) or isinstance(tree, Place | type):
            return tree
        if isinstance(tree, BigOperator):
            around = {*around, *tree.letters}
        changed = {each.name: bound(getattr(tree, each.name), around) for each in fields(tree)}
        tree = replace(tree, **changed)
        if not (isinstance(tree, Call) and is_over_a_letter(tree)):
            return tree
        own = sorted(_letters_beside_sums(tree.arguments[0], letters) - left - spoken - around)
        if not own:
            return tree
        if len(own) > 1 or beside & {*own}:
            tree.place.refuse(
                f"over which index {tree.function} runs can be read several ways ({' or '.join(own)} may be it): write "
                f"Σ_{own[0]}"
            )
        return BigOperator(
            OVER_A_LETTER[tree.function], (own[0],), None, None, (), tree.arguments[0], tree.place, closed=True
        )

    return bound(parts, frozenset())


def _letters_beside_sums(tree: Tree, letters: AbstractSet[str]) -> set[str]:
    """The index letters in a tree, but for those that stand only below a sum."""
    if is_over_a_letter(tree):
        return set()
    own = {tree.base} & letters if isinstance(tree, Name) else set()
    inner = {letter for part in parts_of(tree) for letter in _letters_beside_sums(part, letters)}
    return (own | inner) - ({*tree.letters} if isinstance(tree, BigOperator) else set())


def _is_bare(tree: Tree) -> bool:
    return isinstance(tree, BigOperator) and not tree.letters


def _times(letter: str, *trees: Tree) -> int:
    """How often a letter stands in some trees."""
    return sum(isinstance(tree, Name) and tree.base == letter for tree in everything_in(*trees))


def _bound_in(tree: Anything, sums: Collection[BigOperator], letter: str) -> Anything:
    if isinstance(tree, tuple):
        return tuple(_bound_in(part, sums, letter) for part in tree)
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    found = replace(tree, **{each.name: _bound_in(getattr(tree, each.name), sums, letter) for each in fields(tree)})
    if isinstance(found, BigOperator) and any(tree is each for each in sums):
        return replace(found, letters=(*found.letters, letter))
    return found


def beyond_sums(statement: Statement) -> tuple[Range, ...]:
    """For what a line is said to hold, without the n of "for every n" if a Σ alone has it: that takes all of them."""
    left = [each for each in everything_in(statement.parts[0]) if isinstance(each, Name)]
    kept = {letter for name in left for slot in slots_of(name) for letter in names_in_an_index(slot)}
    sums = [each for each in everything_in(*statement.parts[1:]) if isinstance(each, BigOperator)]
    summed = {letter for each in sums for letter in each.letters} - kept
    return tuple(
        each
        for each in statement.ranges
        if each.letter not in summed or each.conditions or (each.low, each.high) != (None, None)
    )
