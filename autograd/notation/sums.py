"""Σ and Π of a page, written out: over which values their letters run, and what their bounds stand for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from autograd.derivation.tokens import Place
from autograd.notation import logic
from autograd.notation.indices import parts_of
from autograd.notation.lookup import (
    Letters,
    NoItem,
    NotAnIndex,
    written_name,
)
from autograd.notation.matrices import (
    ShapesDiffer,
    Thing,
    entrywise,
    product,
    ratio,
    shape,
    total,
    whole,
)
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import (
    Addition,
    BigOperator,
    Name,
    Negative,
    Product,
    Tree,
)

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

_MOST_VALUES = 400_000


def big_operator(e: "Elaboration", tree: BigOperator, at: Letters) -> Thing:
    """Σ and Π, written out."""
    found: list[Thing] = []
    every = list(_over(e, tree, tree.letters, at))
    if every and len(every) * _terms_in(e, tree.body, every[0]) > e.left:
        e.spend(e.left + 1)
    for letters in every:
        try:
            found.append(e.thing(tree.body, letters))
        except NoItem:
            if tree.low is not None or tree.high is not None:
                raise
            e.choices.take("recounted")
        e.spend()
    if not found:
        return whole(int(tree.kind == "prod"))
    if tree.kind == "mean":
        found = [entrywise(ratio, each, whole(len(found))) for each in found]
    if not any(map(shape, found)):
        return (product if tree.kind == "prod" else total)(*found)  # type: ignore[arg-type]
    result = found[0]
    for thing in found[1:]:
        result = entrywise(product if tree.kind == "prod" else total, result, thing)
    return result


def _terms_in(e: "Elaboration", tree: Tree, at: Letters) -> int:
    """About how many terms the sums in a tree have, one inside the other."""
    most = 1
    for each in parts_of(tree) if not isinstance(tree, BigOperator) else ():
        most = max(most, _terms_in(e, each, at))
    if isinstance(tree, BigOperator):
        first = next(iter(over := list(_over(e, tree, tree.letters, at))), None)
        most = len(over) * (1 if first is None else _terms_in(e, tree.body, first))
    return most


def _over(e: "Elaboration", tree: BigOperator, letters: tuple[str, ...], at: Letters) -> Iterator[Letters]:
    """The values that the letters of a Σ take."""
    if not letters:
        if all(logic.holds_of_indices(e, condition, at) for condition in tree.conditions):
            yield at
        return
    letter, others = letters[0], letters[1:]
    free = {name: place for name, place in at.items() if name != letter}
    places = _places(e, tree, letter, free)
    if tree.kind == "sum":
        places = _where_no_delta_is_0(e, tree.body, letter, free, places)
    for place in places:
        yield from _over(e, tree, others, {**free, letter: place})


def _where_no_delta_is_0(
    e: "Elaboration", body: Tree, letter: str, at: Letters, places: Iterable[int]
) -> Iterable[int]:
    """Of the values of k in Σ_k δ_{ik} a_k the one that counts, so that the sum has one term."""
    while isinstance(body, BigOperator) and body.kind == "sum" and letter not in body.letters:
        body = body.body
    for factor in body.factors if isinstance(body, Product) else (body,):
        if not isinstance(factor, Name) or len(factor.subscripts) != 2 or plain_name(factor.base) != "delta":
            continue
        if factor.superscripts or e.lookup.plan(factor, at) is not None:
            continue
        names = [each.base if isinstance(each, Name) and not each.subscripts else "" for each in factor.subscripts]
        if letter in names and names[0] != names[1]:
            other = factor.subscripts[1 - names.index(letter)]
            try:
                wanted = e.lookup.count(other, at, e.lookup.first) - e.lookup.first
            except (NotAnIndex, NoItem, KeyError):
                continue
            return [place for place in places if place == wanted]
    return places


def _places(e: "Elaboration", tree: BigOperator, letter: str, at: Letters) -> Iterable[int]:
    inside = [tree.body, *tree.conditions]
    bounded = tree.low is not None and tree.high is not None
    try:
        known, whole_list, drops = e.ranges.of_a_sum(letter, inside, at, bounded=bounded)
    except ShapesDiffer:
        if not e.choices.take("common"):
            raise
        known, whole_list, drops = e.ranges.of_a_sum(letter, inside, at, bounded=True)
    if drops:
        e.choices.take("recounted")
    return between(e, letter, tree.low, tree.high, known, at, tree.place, whole_list, inside)


def between(
    e: "Elaboration",
    letter: str,
    low: Tree | None,
    high: Tree | None,
    known: list[int] | None,
    at: Letters,
    place: Place,
    whole_list: list[int] | None = None,
    inside: Sequence[Tree] = (),
) -> Iterable[int]:
    """The places from one bound to the other; what has no bound, or an unknown one, is told by the lists.

    Of the items of a `whole_list` only those count that are `known` to have others beside them, such as x_{i+k}. A
    lower bound of 0 of a letter that stands only in the brackets of Python `inside` the sum is the first item.
    """
    first = e.lookup.first
    items = whole_list or known
    start = _bound(e, low, at) if low is not None else None
    if start == 0 and first and inside and e.ranges.in_brackets_alone(letter, inside):
        first = 0
    stop = _bound(e, high, at) if high is not None else None
    if high is not None and stop is None and items:
        _learn_size(e, high, items[-1] + first, place)
        stop = items[-1] + first
    if known is None and (start is None or stop is None):
        e.refuse(f"how far {letter} runs cannot be told: no list has it as an index", place)
    if known is not None and start is None and stop is None:
        return known
    start = start if start is not None else (items[0] + first if items else first)
    stop = stop if stop is not None else (items[-1] + first if items else first)
    if items and (start - first < items[0] or stop - first > items[-1]):
        said = f"{letter} runs from {start} to {stop}, but there are items {items[0] + first} to {items[-1] + first}"
        if start == 0 and first == 1 and stop in items:
            e.refuse(f"{said} (or pass first=0, if the page counts from 0)", place)
        raise ShapesDiffer(said)
    if stop - start > _MOST_VALUES:
        e.refuse(f"{letter} takes {stop - start + 1} values: too many to write out", place)
    places = range(start - first, stop - first + 1)
    return places if known is None else [each for each in known if each in places]


def _bound(e: "Elaboration", tree: Tree, at: Letters) -> int | None:
    """A bound of a Σ; None for a letter that nothing is known of yet."""
    try:
        return whole_bound(e, tree, at)
    except NotAnIndex:
        if isinstance(tree, Name) and e.lookup.plan(tree, at) is None:
            return None
        e.refuse("a bound of a sum is a whole number, or a letter for one", e.place)


def whole_bound(e: "Elaboration", tree: Tree, at: Letters) -> int:
    """A whole number as a bound: m is what it is, and not the item m."""
    match tree:
        case Name() if tree.base not in at:
            number = e.lookup.whole_number(tree, at)
            if isinstance(number, int):
                return number
            raise NotAnIndex
        case Negative(of=of):
            return -whole_bound(e, of, at)
        case Addition(terms=terms):
            return sum(whole_bound(e, term, at) for term in terms)
    return e.lookup.count(tree, at, e.lookup.first)


def _learn_size(e: "Elaboration", tree: Tree, size: int, place: Place) -> None:
    """Learn what an unknown upper bound stands for."""
    assert isinstance(tree, Name)
    name = plain_name(written_name(tree))
    if e.lookup.sizes.setdefault(name, size) != size:
        e.refuse(f"{written_name(tree)} is the length {e.lookup.sizes[name]} of one list and {size} of another", place)
    e.notes[f"{written_name(tree)} is {size}"] = None
