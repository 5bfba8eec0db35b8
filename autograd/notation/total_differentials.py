"""Total differentials: dz = x dw + w dx says what dz/dw and dz/dx are, and so for all that z is computed from.

A page may as well call dw the derivative of the output by w. Which is meant the graph tells: z is computed from w, so
that dw = x dz is about derivatives, and dz = x dw about differentials.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

from autograd.derivation.claims import Named
from autograd.derivation.tokens import Place
from autograd.graph import topological_order
from autograd.notation.functions_of_nodes import by_subscripts
from autograd.notation.indices import everything_in, unplaced
from autograd.notation.lookup import NoItem, NotAnIndex, written_name
from autograd.notation.matrices import entries_of
from autograd.notation.page_lines import PageLine
from autograd.notation.syntax import (
    Addition,
    Beside,
    BigOperator,
    Differential,
    Item,
    Name,
    Negative,
    Number,
    Product,
    Ratio,
    Statement,
    Transposed,
    Tree,
)
from autograd.untyped import Anything
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.lookup import Lookup

MOST_LEAVES = 200
_TARGETS = ("y", "t", "Y", "T", "target", "targets", "label", "labels")
"""What is held constant though nobody says so."""
_ITEM = re.compile(r"(\w+)((?:\[\d+\])+)")


def by_each_leaf(statement: Statement, lookup: "Lookup") -> list[Statement] | None:
    """The line as one for each leaf, dz/dw = x dw/dw + w dx/dw; None if it is about no differential."""
    left = statement.parts[0]
    if (
        not isinstance(left, Name)
        or statement.sign != "="
        or any(_degree(each, lookup) != 1 for each in statement.parts)
    ):
        return None
    of = _nodes(left, lookup)
    below = set(topological_order(*of)) - of
    leaves = below
    for part in statement.parts[1:]:
        names = [each for each in everything_in(part) if isinstance(each, Name) and _is_one(each, lookup)]
        inputs = [_nodes(each, lookup) for each in names]
        if not (of and inputs and all(nodes and nodes <= below for nodes in inputs)):
            return None
        own = {node for nodes in inputs for node in topological_order(*nodes) if node.op is None}
        left_out = [lookup.names.paths.get(node) for node in below - own if node.op is None]
        missing = [path for path in left_out if path is not None and path.partition("[")[0] not in _TARGETS]
        if len({written_name(each) for each in names}) > 1 and missing:
            d = f"d{missing[0]}"
            statement.place.refuse(f"{d} is left out, as of a constant or by mistake: write what is by {d}")
        leaves = leaves & own  # x is held constant in all of dL = 2z dz = 2z x dw
    by = [node for node in topological_order(*of) if node in leaves]
    if not 0 < len(by) <= MOST_LEAVES or not all(node in lookup.names.paths for node in by):
        statement.place.refuse("a differential is not read of so many leaves, or of some without a name")
    return [_by(statement, node, lookup) for node in by]


def joined(statement: Statement, lines: list[PageLine]) -> PageLine:
    """One line of those of its leaves."""
    misfit = next((line for line in lines if line.misfit), None)
    if misfit is not None or len(lines) == 1:
        return replace(misfit or lines[0], text=statement.text)
    claims = tuple(claim for line in lines for claim in line.claims)
    shown = f"{lines[0].read_as}, and so by each of {len(lines)} leaves"
    return replace(lines[0], text=statement.text, claims=claims, places=(), indexed=True, read_as=shown)


def _is_one(tree: Anything, lookup: "Lookup") -> bool:
    """Whether a name is a differential: dw, of a node w."""
    if not isinstance(tree, Name) or tree.base[:1] != "d" or not tree.base[1:] or lookup.plan(tree) is not None:
        return False
    return bool(_nodes(tree, lookup))


def _without_d(name: Name) -> Name:
    return replace(name, base=name.base[1:])


def _nodes(name: Name, lookup: "Lookup") -> set[Value]:
    """The nodes that a differential is of: one, or all of a list; for an index letter any of these."""
    for each in (_without_d(name), Name(name.base[1:], name.place)):
        try:
            plan = lookup.plan(each, dict.fromkeys(lookup.letters, 0))
            entries = entries_of(lookup.thing(plan, {})) if plan is not None and not plan.powers else []
        except (LookupError, NoItem, NotAnIndex):
            continue
        if entries and all(isinstance(entry, Named) for entry in entries):
            return {entry.node for entry in entries if isinstance(entry, Named)}
    return set()


def _degree(tree: Tree, lookup: "Lookup") -> int:
    """How many differentials are multiplied in a formula; far too many if its terms do not agree, or for a quotient."""
    match tree:
        case Name():
            return int(_is_one(tree, lookup))
        case Addition(terms=terms):
            degrees = {_degree(each, lookup) for each in terms}
            return degrees.pop() if len(degrees) == 1 else 99
        case Product(factors=factors):
            return sum(_degree(each, lookup) for each in factors)
        case Negative(of=of) | Transposed(of=of):
            return _degree(of, lookup)
        case BigOperator(body=body, kind="sum"):
            return _degree(body, lookup)
        case Beside(inside=inside) if len(inside) == 1:
            return _degree(inside[0], lookup)
        case Ratio(above=above, below=below):
            return _degree(above, lookup) + 99 * _degree(below, lookup)
    return 99 * any(_is_one(each, lookup) for each in everything_in(tree))


def _tree_of(path: str, place: Place) -> Tree:
    match = _ITEM.fullmatch(path)
    if match is None:
        return Name(path, place)
    return Item(Name(match[1], place), tuple(Number(k, place) for k in re.findall(r"\d+", match[2])), place)


def _by(statement: Statement, node: Value, lookup: "Lookup") -> Statement:
    """The line with each differential divided by that of a leaf."""
    leaf = _tree_of(lookup.names.paths[node], statement.place)

    def changed(tree: Anything) -> Anything:
        if isinstance(tree, tuple):
            return tuple(map(changed, tree))
        if _is_one(tree, lookup):
            if (own := _own_slope(tree, node, lookup)) is not None:
                return own
            return Differential(_without_d(tree), leaf, tree.place)
        if not is_dataclass(tree) or isinstance(tree, Place | type | Differential):
            return tree
        inside: dict[str, Anything] = dict(_changed_fields(tree))
        return replace(tree, **inside) if inside else tree

    def _changed_fields(tree: Anything) -> Iterator[tuple[str, Anything]]:
        for each in fields(tree):
            value = getattr(tree, each.name)
            if (new := changed(value)) is not value:
                yield each.name, new

    name, (left, *others) = statement.parts[0], map(changed, statement.parts)
    assert isinstance(name, Name)
    if any(_is_a_partial(each, _without_d(name), lookup) for each in everything_in(*statement.parts[1:])):
        # dL/dw = ∂L/∂w dw/dw + … has the same derivative on both sides: what is claimed is that nothing else is there.
        differences = tuple(Addition((left, Negative(each))) for each in others)
        return replace(statement, parts=(*differences, Number("0", statement.place)), texts=_differences(statement))
    return replace(statement, parts=(left, *others), trivial=False)


def _is_a_partial(tree: Tree, of: Name, lookup: "Lookup") -> bool:
    """Whether this is ∂L/∂w, or L_w, of the L whose differential the line is about."""
    if isinstance(tree, Name) and tree.subscripts:
        partial = by_subscripts(lookup, tree, {})
        return partial is not None and unplaced(partial[0]) == unplaced(of)
    return isinstance(tree, Differential) and unplaced(tree.of) == unplaced(of)


def _own_slope(name: Name, by: Value, lookup: "Lookup") -> Number | None:
    """1 for dw/dw and 0 for dx/dw, of leaves; None for what is computed, and for items that a letter tells apart."""
    nodes = _nodes(name, lookup)
    lettered = not all(isinstance(each, Number) for each in name.subscripts) or name.superscripts
    if lettered or len(nodes) != 1 or any(node.op is not None for node in nodes):
        return None
    return Number(str(int(nodes == {by})), name.place)


def _differences(statement: Statement) -> tuple[str, ...]:
    left, *others = statement.texts
    return (*(f"{left} - ({each})" for each in others), "0")
