"""Lines about functions and no node: ``tanh' = 1 − tanh²``, ``σ'(x) = σ(x)(1 − σ(x))`` for any x.

They hold whatever the variable is, so that a node stands in for it: what is right is proved for all its values.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace

from autograd.derivation.tokens import Place
from autograd.notation.functions import full, is_function
from autograd.notation.indices import everything_in
from autograd.notation.lookup import Lookup
from autograd.notation.syntax import (
    Beside,
    Call,
    Differential,
    Item,
    Name,
    Number,
    Power,
    Product,
    Statement,
    Superscript,
    Tree,
)
from autograd.untyped import Anything
from autograd.value import Value

_KINKED = ("relu", "absolute", "bars", "magnitude", "sign", "maximum", "minimum", "where", "clip")
"""What holds on one side of a kink only holds for no "any x"."""
_CONSTANTS = ("e", "π", "pi", "\\e", "ℯ")


def about_a_function(statement: Statement, lookup: Lookup) -> tuple[Statement, str] | None:
    """The line with a node for its variable, and what to say of that; None if it is about nodes, or about no function.

    Args:
        statement: the line.
        lookup: what is known by name; a known name is never taken for a function or a variable.
    """
    if statement.code or statement.sign != "=":
        return None

    def unknown(name: Name) -> bool:
        plain = Name(name.base, name.place)
        return name.base not in lookup.letters and lookup.plan(plain) is None and not lookup.known(name.base)

    left = statement.parts[0]
    what = left.of if isinstance(left, Differential) else left
    if not (isinstance(what, Name) and is_function(what.base)) and not _applied(left):
        return None
    trees = everything_in(*statement.parts)
    names = [tree for tree in trees if isinstance(tree, Name) and tree.base not in _CONSTANTS]
    functions = [name for name in names if is_function(name.base) and unknown(name)]
    if any(isinstance(tree, Call) and full(tree.function) in _KINKED for tree in trees):
        return None
    variables = {name.base: name for name in names if name not in functions}
    bare = isinstance(left, Name) and left.primes == 1 and left in functions and not variables
    by = left.by if isinstance(left, Differential) else None
    if isinstance(left, Differential) and left.of in functions and isinstance(by, Name) and set(variables) <= {by.base}:
        bare = True
    applied = _applied(left)
    if not bare and not (applied and len(variables) == 1 and unknown(next(iter(variables.values())))):
        return None
    if any(name.subscripts or name.superscripts or name.primes for name in variables.values()):
        return None
    stand_in = _stand_in(lookup, left)
    if isinstance(by, Name) and not unknown(by):
        stand_in = by
    if stand_in is None:
        return None
    told = f"for any {next(iter(variables), 'operand')}"
    parts = tuple(_with(part, stand_in, set(variables), unknown) for part in statement.parts)
    return replace(statement, parts=parts, trivial=False), told


def _applied(left: Tree) -> bool:
    """Whether the left side is a function of a variable, or the derivative of one: σ(x), σ'(x), d/dx σ(x)."""
    if isinstance(left, Differential):
        return (isinstance(left.of, Call) and left.of.arguments == (left.by,)) or _called(left.of)
    return _called(left)


def _called(tree: Tree) -> bool:
    if isinstance(tree, Power):  # e^x
        return isinstance(tree.base, Name) and tree.base.base == "e" and isinstance(tree.exponent, Name)
    return isinstance(tree, Call) and len(tree.arguments) == 1 and isinstance(tree.arguments[0], Name)


def _stand_in(lookup: Lookup, left: Tree) -> Tree | None:
    """A node for any number, best a positive one, of which there is a logarithm."""
    found: list[tuple[bool, Tree]] = []
    for key, held in lookup.names.trees.items():
        tree: Tree = Name(key, Place(1, 1, key))
        indices: list[Number] = []
        while isinstance(held, list) and held:
            held, indices = held[0], [*indices, Number("0", Place(1, 1, key))]
        if isinstance(held, Value):
            found.append((held.data <= 0, Item(tree, tuple(indices), Place(1, 1, key)) if indices else tree))
    return min(found, key=lambda each: each[0])[1] if found else None


def _with(tree: Anything, stand_in: Tree, variables: set[str], unknown: Callable[[Name], bool]) -> Anything:
    """The tree with the node for the variable, and for the operand of each function that has none."""

    def inside(tree: Anything) -> Anything:
        return _with(tree, stand_in, variables, unknown)

    match tree:
        case tuple():
            return tuple(map(inside, tree))
        case Name(base=base) if base in variables:
            return stand_in
        case Name(base=base, superscripts=above) if is_function(base) and unknown(tree):
            call = Call(full(base), (stand_in,), tree.place, primes=tree.primes)
            return _raised(call, above, tree.place) if above else call
        case Differential(of=Name() as of) if is_function(of.base) and unknown(of):
            return Call(full(of.base), (stand_in,), tree.place, primes=1)
        case Call(arguments=(operand,)) if _bare_inside(operand, unknown):  # σ(1 − σ) is a product
            return Product((replace(tree, arguments=(stand_in,)), inside(operand)), "", tree.place)
        case Beside():
            return replace(tree, inside=inside(tree.inside))
    if not is_dataclass(tree) or isinstance(tree, Place | type):
        return tree
    return replace(tree, **{each.name: inside(getattr(tree, each.name)) for each in fields(tree)})


def _bare_inside(tree: Tree, unknown: Callable[[Name], bool]) -> bool:
    names = [each for each in everything_in(tree) if isinstance(each, Name)]
    return any(is_function(name.base) and unknown(name) for name in names)


def _raised(call: Call, above: tuple[Superscript, ...], place: Place) -> Tree:
    found: Tree = call
    for superscript in above:
        found = Power(found, superscript.tree, place)
    return found
