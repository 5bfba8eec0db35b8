"""Lines that hold for every layer, where some layers are known already: δ^3 is defined, and then δ^l for all l.

Such a line is read layer by layer. For a layer whose δ was defined before it is a claim about that; for another it
defines one, and so on until no layer is left that the line reaches: in ``δ^l = (W^{l+1})^T δ^{l+1} ⊙ σ'(z^l)`` each is
made of the one behind it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace

from autograd.derivation.claims import Claim
from autograd.derivation.tokens import Place, Refusal
from autograd.notation.indices import MOST_LAYERS, Ranges, everything_in
from autograd.notation.lookup import PageDefinition
from autograd.notation.page_lines import PageLine
from autograd.notation.rows import mentions
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import Addition, Name, Negative, Number, Statement
from autograd.untyped import Anything


def layer_letter(statement: Statement, letters: Collection[str], definitions: Mapping[str, PageDefinition]) -> str:
    """The l of ``δ^l_j = …``, if the page has defined δ for some layers, as ``δ^3_j``, and not for all; else empty."""
    name = statement.parts[0]
    if not isinstance(name, Name) or len(name.superscripts) != 1 or statement.sign != "=" or statement.code:
        return ""
    above, base = name.superscripts[0].tree, plain_name(name.base)
    if not isinstance(above, Name) or above.base not in letters or above.subscripts or base in definitions:
        return ""
    numbered = re.compile(re.escape(base) + r"\d+")
    some = any(numbered.fullmatch(key) and "^" in definition.text for key, definition in definitions.items())
    return above.base if some else ""


def layer_by_layer(
    statement: Statement, letter: str, ranges: Ranges, first: int, read: Callable[[Statement], PageLine]
) -> PageLine:
    """The line, read for every layer that it reaches. Refusal if there is none."""
    left = [number for number in _said(statement, letter) if number - first in _reached(statement, letter, ranges)]
    found: list[tuple[int, PageLine]] = []
    refusal: Refusal | None = None
    while True:
        before = len(left)
        for number in left[::-1]:
            try:
                line = read(_for_layer(statement, letter, number))
            except Refusal as error:
                refusal = error if refusal is None else refusal
                continue
            found.append((number, line))
            left.remove(number)
        if len(left) == before:
            break
    if not found:
        assert refusal is not None
        raise refusal
    return _joined(statement, letter, [line for _, line in sorted(found, key=lambda each: each[0])])


def last_layer(
    statement: Statement, letters: Collection[str], ranges: Ranges, first: int
) -> tuple[Statement, str] | None:
    """The line with a number for its L, which stands for the last layer, as in ``δ^L = a^L − y``; and what to say."""
    names = [tree for tree in everything_in(*statement.parts) if isinstance(tree, Name)]
    below = any(mentions(name.subscripts, "L") for name in names)
    if "L" not in letters or below or statement.code or any(each.letter == "L" for each in statement.ranges):
        return None
    above = [name for name in names if mentions(tuple(slot.tree for slot in name.superscripts), "L")]
    found = [places for name in above if (places := ranges.of("L", [name], {})) is not None]
    both = set.intersection(*map(set, found)) if found else set()
    if not both:
        return None
    number = max(both) + first
    return _for_layer(statement, "L", number), f"L is the last layer, {number}"


def _reached(statement: Statement, letter: str, ranges: Ranges) -> Collection[int]:
    """The layers that have all the lists that the line names, beside δ itself."""
    left = statement.parts[0]
    found = set(range(MOST_LAYERS))
    for name in everything_in(*statement.parts[1:]):
        if isinstance(name, Name) and isinstance(left, Name) and name.base != left.base and name.superscripts:
            found &= set(ranges.of(letter, [name], {}) or found)
    return found


def _said(statement: Statement, letter: str) -> Iterator[int]:
    """The layers that the line speaks of, as far as it says so."""
    said = next((each for each in statement.ranges if each.letter == letter), None)
    low = int(said.low.text) if said is not None and isinstance(said.low, Number) else 0
    high = int(said.high.text) if said is not None and isinstance(said.high, Number) else MOST_LAYERS
    yield from range(low, min(high, MOST_LAYERS) + 1)


def _for_layer(statement: Statement, letter: str, number: int) -> Statement:
    """The line, with a number for its letter."""
    ranges = tuple(each for each in statement.ranges if each.letter != letter)
    parts = tuple(_with_number(part, letter, number) for part in statement.parts)
    return replace(statement, parts=parts, ranges=_with_number(ranges, letter, number), trivial=False)


def _with_number(tree: Anything, letter: str, number: int) -> Anything:
    if isinstance(tree, tuple):
        return tuple(_with_number(part, letter, number) for part in tree)
    if isinstance(tree, Name) and tree.base == letter and not (tree.subscripts or tree.superscripts or tree.primes):
        return Number(str(number), tree.place)
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    inside = {each.name: _with_number(getattr(tree, each.name), letter, number) for each in fields(tree)}
    changed = replace(tree, **inside)
    return _whole(changed) if isinstance(changed, Addition) and changed != tree else changed


def _whole(tree: Addition) -> Anything:
    """The 4 of 3 + 1."""
    total = 0
    for term in tree.terms:
        sign, number = (-1, term.of) if isinstance(term, Negative) else (1, term)
        if not isinstance(number, Number) or not number.text.isdigit():
            return tree
        total += sign * int(number.text)
    place = next(each.of.place if isinstance(each, Negative) else each.place for each in tree.terms)  # type: ignore[union-attr]
    return Number(str(total), place) if total >= 0 else tree


def _joined(statement: Statement, letter: str, lines: Sequence[PageLine]) -> PageLine:
    """One line of those of its layers: what it claims, and beside that what it defines."""
    misfit = next((line for line in lines if line.misfit), None)
    if misfit is not None:
        return replace(misfit, text=statement.text)
    claims = [claim for line in lines for claim in line.claims]
    checked = tuple(claim for claim in claims if claim.defines is None)
    defined = tuple(claim for claim in claims if claim.defines is not None)
    shown = next(line for line in lines if line.claims[0].defines is None or not checked)

    def swapped() -> Iterator[tuple[str, Sequence[Claim]]]:
        for line in lines:
            if line.claims[0].defines is None:
                yield from line.swapped()

    return replace(
        shown,
        text=statement.text,
        claims=checked or defined,
        also=defined if checked else (),
        indexed=True,
        read_as=f"{shown.read_as}; so for {len(lines)} values of {letter}" if len(lines) > 1 else shown.read_as,
        swapped=swapped,
    )
