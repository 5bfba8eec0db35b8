"""The readings of a line that come second: what a page leaves open about its arrays is tried the other way, too."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import combinations
from typing import TYPE_CHECKING

from autograd.derivation.tokens import Refusal
from autograd.notation.elaboration import Choices
from autograd.notation.page_lines import PageLine
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import Name, Statement
from autograd.notation.writing import read_as

if TYPE_CHECKING:
    from autograd.notation.reading import Reader

_ITEMWISE = "a product of arrays can be read two ways here, as matrices and item by item: write @ or ⊙"
UNCLEAR = {
    "itemwise": _ITEMWISE,
    "dotted": _ITEMWISE,
    "function": "what stands in parentheses on the left may be a factor, or what the node depends on: leave it out, or "
    "write *",
    "columns": "a subscript behind a T can be read two ways here: write (w_k)^T, or (W^T)_k",
    "numbered": "T is a number among the nodes, so that ^T can be read two ways here: write \\top, or the number",
    "powers": "a number above a name can be read two ways here, as a power and as one that tells several things "
    "apart: write (A)^2, or A[1] or A2",
}
"""Why a reading that holds must not be taken where another does not; those that are missing may be."""


def in_other_ways(
    reader: "Reader", statement: Statement, line: PageLine, asked: Sequence[str]
) -> tuple[PageLine, PageLine]:
    """The reading whose shapes fit, with others behind it, and the last of these.

    `line` is the first reading; `asked` are the choices that came up in it.
    """
    last = line
    for names in [*combinations(asked, 1), *combinations(asked, 2)]:
        if line.misfit and "recounted" in names:
            continue
        try:
            other = reader.elaborated(statement, None, Choices.of(*names))
        except Refusal:
            continue
        if other.misfit:
            continue
        if "classes" in names:
            other.read_as = other.read_as or read_as(other.claims, {}, reader.lookup.first, [])
        other.layout = "denominator layout" if "denominator" in names else ""
        if line.misfit and "common" not in names:
            line = last = other
        else:
            last.otherwise, last.unclear = other, next(filter(None, map(UNCLEAR.get, names)), "")
            if "recounted" in names:
                last.unclear = _counted_both_ways(line, other, reader.lookup.first)
            last = other
    return line, last


def _counted_both_ways(line: PageLine, other: PageLine, first: int) -> str:
    return (
        f"where subscripts count from {first}, it is {line.read_as}, and that is not right; "
        f"where they count from {1 - first}, it is {other.read_as}, and holds: if that is meant, pass "
        f"first={1 - first}"
    )


def defined_in_some_way(
    reader: "Reader", statement: Statement, name: Name, line: PageLine, asked: Sequence[str]
) -> PageLine:
    """A definition in the one reading that later lines use: the first whose shapes fit.

    An error term is a list, δ = (a − y) σ'(z) item by item; what is called otherwise, as z = w x, may be a number.
    """
    if "itemwise" in asked and plain_name(name.base).startswith("delta"):
        asked = ["itemwise", *(each for each in asked if each != "itemwise")]
    elif not line.misfit:
        return line
    for names in [*combinations(asked, 1), *combinations(asked, 2)]:
        with suppress(Refusal):
            other = reader.elaborated(statement, name, Choices.of(*names))
            if not other.misfit:
                other.layout = "denominator layout" if "denominator" in names else ""
                return other
    return reader.elaborated(statement, name, Choices()) if asked else line
