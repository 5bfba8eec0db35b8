"""Nodes written as functions: f(x), f(g(x)), the partial derivative f_x(x, y), and their values at a point, f(2).

A node before parentheses is a factor, as in a(1 − a). It is a function if what stands within is what it is computed
from: nobody multiplies f by x and calls that f(x).
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from autograd.derivation.claims import Named
from autograd.graph import topological_order
from autograd.notation.lookup import Letters, Lookup, NotAnIndex, written_name
from autograd.notation.matrices import Thing, entries_of, shape
from autograd.notation.syntax import At, Beside, Differential, Item, Listed, Name, Number, Power, Product, Tree
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration
    from autograd.notation.syntax import Statement

_POINT_OR_FACTOR = "a factor, or the point where it is taken? Write \\cdot 2, or |_{x=2}"


def applied(e: "Elaboration", tree: Beside, at: Letters) -> Thing | None:
    """The node of f(x) and f(g(x)); None if the parentheses are a factor. Refused if they may be either."""
    if any(isinstance(each, Number) for each in tree.inside):
        return _at_numbers(e, tree, at)
    if not all(isinstance(each, Name | Beside | Item) for each in tree.inside):
        return None
    if depends_on(e, tree, at):
        return e.thing(tree.name, at)
    inner = next((each for each in tree.inside if isinstance(each, Beside) and _is_applied(e, each, at)), None)
    if inner is not None:
        f, g = written_name(tree.name), written_name(inner.name)
        e.refuse(f"{f} times {g}, or {f} applied to {g}, from which it is not computed here? Write {f}*{g}", tree.place)
    return None


def _is_applied(e: "Elaboration", tree: Beside, at: Letters) -> bool:
    return e.lookup.plan(tree.name, at) is not None and applied(e, tree, at) is not None


def depends_on(e: "Elaboration", tree: Beside, at: Letters) -> bool:
    """Whether the node before the parentheses is computed from each of those within."""
    return all(leads_to(e, each, e.thing(tree.name, at), at) for each in tree.inside)


def leads_to(e: "Elaboration", inside: Tree, thing: Thing, at: Letters) -> bool:
    """Whether a thing is computed from what stands in the parentheses behind it."""
    of = {entry.node for entry in entries_of(thing) if isinstance(entry, Named)}
    reached = set(topological_order(*of)) - of
    return all(isinstance(entry, Named) and entry.node in reached for entry in entries_of(e.thing(inside, at)))


def _at_numbers(e: "Elaboration", tree: Beside, at: Letters) -> Thing | None:
    """h(1): h at the recorded point if it is a side of the claim, and a factor of a leaf that is one number."""
    thing, name = e.thing(tree.name, at), written_name(tree.name)
    if tree in e.sides and _is_the_point(e.lookup, tree.inside):
        return e.thing(e.kept((id(tree), "at"), lambda: _at(tree.name, tree.inside, tree.place)), at)
    leaf = isinstance(thing, Named) and thing.node.op is None
    if shape(thing):
        e.refuse(f"an item of {name}, or a factor? Write {name}_1, counted from {e.lookup.first}, or *", tree.place)
    if len(tree.inside) > 1 or not leaf:
        e.refuse(_POINT_OR_FACTOR, tree.place)
    return None


def raised(e: "Elaboration", tree: Power, at: Letters) -> Thing | None:
    """w x² of w(x)^2; None for f(x)^2, the square of f, and for all that is no such power."""
    base = tree.base
    if not isinstance(base, Beside) or len(base.inside) != 1 or base.name.primes:
        return None
    if e.lookup.plan(base.name, at) is None or applied(e, base, at) is not None:
        return None
    factor = e.kept((id(tree), "factor"), lambda: replace(tree, base=base.inside[0]))
    return e.times(e.thing(base.name, at), e.thing(factor, at), "")


# Partial derivatives by a subscript


def by_subscripts(lookup: Lookup, name: Name, at: Letters) -> tuple[Name, tuple[Name, ...]] | None:
    """f and x of f_x, f and (x, y) of f_xy: if f is one node that is computed from these; None for any other name."""
    if not name.subscripts or name.superscripts or name.primes > 1:
        return None
    of = Name(name.base, name.place)
    nodes = _nodes(lookup, of, at)
    if len(nodes) != 1:
        return None
    below = set(topological_order(*nodes)) - nodes
    for names in ((Name(name.joined, name.place),) if name.joined else (), name.subscripts):
        inputs = [_nodes(lookup, each, at) if isinstance(each, Name) else set() for each in names]
        if names and all(each and each <= below for each in inputs):
            return of, tuple(each for each in names if isinstance(each, Name))
    return None


def _nodes(lookup: Lookup, name: Name, at: Letters) -> set[Value]:
    """The nodes that a name leads to, and to nothing else."""
    plan = lookup.plan(name, at)
    if plan is None or plan.powers:
        return set()
    try:
        entries = entries_of(lookup.thing(plan, at))
    except (LookupError, NotAnIndex):
        return set()
    nodes = {entry.node for entry in entries if isinstance(entry, Named)}
    return nodes if len(nodes) == len(entries) else set()


def partial_derivative(e: "Elaboration", name: Name, at: Letters) -> Thing | None:
    """∂f/∂x for f_x; None for a name that is none of these, and refused if it is a second derivative."""
    found = by_subscripts(e.lookup, name, at)
    if found is None:
        return None
    of, by = found
    if len(by) > 1:
        e.refuse("second derivatives are not read: only ∂u/∂v is", name.place)
    e.notes[f"{written_name(name)} is ∂{written_name(of)}/∂{written_name(by[0])}"] = None
    derivative = e.kept((id(name), "partial"), lambda: Differential(of, by[0], name.place, symbol="∂"))
    return e.thing(derivative, at)


def partial_at(e: "Elaboration", tree: Beside, at: Letters) -> Thing | None:
    """f_x(x, y), f_x(2, 3): the partial derivative by one of the operands. h_θ(x), with θ not among them, is none."""
    name = tree.name
    found = by_subscripts(e.lookup, name, at)
    if found is None:
        return None
    of, by = found
    if all(isinstance(each, Number) for each in tree.inside):
        if len(by) == 1 and not _is_the_point(e.lookup, tree.inside):
            e.refuse("which node has which value is not said: write f_x|_{x=2, y=3}", tree.place)
        return e.thing(e.kept((id(tree), "at"), lambda: _at(name, tree.inside, tree.place)), at)
    operands = {written_name(each) for each in tree.inside if isinstance(each, Name)}
    if not operands & {written_name(each) for each in by}:
        if all(written_name(each) in ("x", "y", "z", "u", "v", "s", "t") for each in by):
            e.refuse(
                f"a derivative by {written_name(by[0])}, or {written_name(of)} with that as a parameter? Write ∂f/∂x",
                tree.place,
            )
        return None
    bare = e.kept((id(tree), "bare"), lambda: replace(name, place=name.place))
    assert isinstance(bare, Name)
    return partial_derivative(e, bare, at)


# Values at a point


def _is_the_point(lookup: Lookup, numbers: tuple[Tree, ...]) -> bool:
    """Whether as many numbers are given as there are leaves: f(2, 3) says what each of them is."""
    held = lookup.names.trees.values()
    leaves = [each for each in held if isinstance(each, Value) and each.op is None]
    return all(isinstance(each, Value) for each in held) and len(leaves) == len(numbers)


def _at(of: Tree, numbers: tuple[Tree, ...], place: object) -> At:
    return At(of, tuple((None, each) for each in numbers), place)  # type: ignore[arg-type]


def at_its_point(statement: "Statement", lookup: Lookup) -> "Statement":
    """df/dx(2) = 12 with its left side at the point x = 2, and df/dx(x) = … as df/dx. Refused if neither is meant."""
    left = statement.parts[0]
    if isinstance(left, Beside):
        of: Tree = _derivative_of(left.name, lookup) if left.name.primes == 1 else left.name
        inside = left.inside
    elif isinstance(left, Differential) and isinstance(left.of, Product):
        of, inside = replace(left, of=left.of.factors[0]), left.of.factors[1:]
    else:
        assert isinstance(left, Product)
        of, inside = left.factors[0], left.factors[1:]
    if len(inside) == 1 and isinstance(inside[0], Listed):
        inside = inside[0].items
    if isinstance(of, Differential) and isinstance(of.by, Name) and [*map(_text, inside)] == [written_name(of.by)]:
        return replace(statement, parts=(of, *statement.parts[1:]))
    if not all(isinstance(each, Number) for each in inside) or not _is_the_point(lookup, inside):
        statement.place.refuse(_POINT_OR_FACTOR)
    return replace(statement, parts=(_at(of, inside, statement.place), *statement.parts[1:]), trivial=False)


def _derivative_of(name: Name, lookup: Lookup) -> Tree:
    """df/dx for f', where x is the one leaf."""
    leaves = [key for key, each in lookup.names.trees.items() if isinstance(each, Value) and each.op is None]
    of = replace(name, primes=0)
    return Differential(of, Name(leaves[0], name.place), name.place) if len(leaves) == 1 else name


def _text(tree: Tree) -> str:
    return written_name(tree) if isinstance(tree, Name) else ""
