"""Names in formulas: nodes and lists, products without a sign, δ_ij, and what stands before parentheses."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import pi
from typing import TYPE_CHECKING, NoReturn

from autograd.derivation.claims import (
    Expression,
    Numeral,
)
from autograd.derivation.tokens import Refusal
from autograd.notation import functions, functions_of_nodes, list_items, slopes
from autograd.notation.indices import everything_in, unplaced
from autograd.notation.lookup import (
    Letters,
    NotAnIndex,
    Plan,
    depth,
    is_list,
    item,
    thing_of,
    written_name,
)
from autograd.notation.matrices import (
    Thing,
    entrywise,
    shape,
    transposed,
    whole,
)
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import (
    Beside,
    Call,
    Name,
    Negative,
    Number,
    Product,
    Transposed,
    Tree,
)

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

_RATES = ("eta", "alpha", "lr", "lambda", "epsilon")


class Consequence(Refusal):
    """A line that is not read because an earlier one is not."""


class NoSuchNode(Refusal):
    """A line that names what is neither among the nodes nor defined, so far."""


def name_of(e: "Elaboration", name: Name, at: Letters) -> Thing:
    bare = not (name.subscripts or name.superscripts or name.primes)
    if bare and name.base in e.lookup.letters and name.base in at:
        return whole(at[name.base] + e.lookup.first)
    if bare and e.lookup.sizes and plain_name(name.base) in e.lookup.sizes:
        return whole(e.lookup.sizes[plain_name(name.base)])
    if (turned := _turned(e, name, at)) is not None:
        return turned
    plan, known = e.lookup.plan_and_thing(name, at)
    if known is not None:
        return known
    if plan is None:
        return _unusual(e, name, at)
    if plan.alone:
        e.notes[f"{written_name(name)} is {plan.key}"] = None
    if isinstance(plan.tree, Numeral):
        e.notes[f"{plan.key} is {float(plan.tree.number):g}"] = None
    if (square := _square(e, name, plan)) is not None:
        return entrywise(e.raising(name.place), *(e.thing(each, at) for each in square))
    try:
        found = e.lookup.thing(plan, at)
    except LookupError as missing:
        if isinstance(missing, KeyError):
            e.refuse(f"{missing} is no index here: nothing says which values it takes", name.place)
        e.refuse(list_items.what_module(plan.tree, str(missing)), name.place)
    for exponent in plan.powers:
        if name.subscripts and _before_the_indices(name, exponent):
            matrix = e.kept((id(name), "matrix"), lambda: replace(name, subscripts=(), superscripts=(), joined=""))
            e.raised(e.thing(matrix, at), exponent, at, name.place)
        found = e.raised(found, exponent, at, name.place)
    return found


def _before_the_indices(name: Name, exponent: Tree) -> bool:
    """Whether it is the -1 of A^{-1}_{ij}, an item of the inverse, and not that of A_{ij}^{-1}, which is 1/A_{ij}."""
    power = exponent.of if isinstance(exponent, Negative) else None
    index = name.subscripts[0]
    both = isinstance(power, Number | Name) and isinstance(index, Number | Name)
    return both and (power.place.line, power.place.column) < (index.place.line, index.place.column)  # type: ignore[union-attr]


def _turned(e: "Elaboration", name: Name, at: Letters) -> Thing | None:
    """W^T where nodes has a T as well: transposed if W is a list, be T a node, or the number of something."""
    above = name.superscripts[-1:]
    if not above or above[0].bracket or unplaced(above[0].tree) != unplaced(Name("T", name.place)):
        return None
    bare = e.kept((id(name), "bare"), lambda: replace(name, superscripts=name.superscripts[:-1]))
    assert isinstance(bare, Name)
    if "T" in e.lookup.letters or e.code or (plan := e.lookup.plan(bare, at)) is None or not is_list(plan.tree):
        return None
    labelled = e.lookup.plan(name, at)
    if labelled is not None and not (labelled.indices or labelled.powers):
        return None  # a list that is called so, WT
    thing = e.thing(bare, at)
    if not shape(thing) or (labelled is not None and e.choices.take("numbered")):
        return None
    return transposed(thing)


def _square(e: "Elaboration", name: Name, plan: Plan) -> tuple[Tree, Tree] | None:
    """W and 2 for a W^2 that is a power of all items; None if it is item 2, or nothing else can be meant."""
    above = name.superscripts[-1:]
    if not above or above[0].bracket or not isinstance(above[0].tree, Number) or above[0].tree not in plan.indices:
        return None
    matrix = depth(plan.tree) == 2 and len({len(row) if is_list(row) else 0 for row in plan.tree}) == 1
    if (name.subscripts and len(plan.indices) > 1) or not e.choices.take("squares" if matrix else "powers"):
        return None
    bare = e.kept((id(name), "bare"), lambda: replace(name, superscripts=name.superscripts[:-1]))
    return bare, above[0].tree


def _unusual(e: "Elaboration", name: Name, at: Letters) -> Thing:
    """A name that leads to no node by itself."""
    plain = plain_name(name.base)
    bare = not (name.subscripts or name.superscripts or name.primes)
    if bare and name.base in ("pi", "π"):
        return Numeral("π", Fraction(pi))
    if plain == "delta" and len(name.subscripts) == 2 and not name.superscripts:
        return _kronecker(e, name, at)
    if (gradient := slopes.spelled_gradient(e, name, at)) is not None:
        e.by_name = True
        return gradient
    if not e.code and (partial := functions_of_nodes.partial_derivative(e, name, at)) is not None:
        return partial
    if not e.code and (split := _split(e, name)) is not None:
        e.notes[f"{name.base} is {'*'.join(written_name(factor) for factor in split.factors)}"] = None  # type: ignore[arg-type]
        return e.thing(split, at)
    return _unknown(e, name)


def letters_transposed(e: "Elaboration", name: Name) -> Tree | None:
    """A Bᵀ for ABᵀ where A and B are nodes and AB is none: the T, as a power, is that of the last. None for (AB)ᵀ."""
    bare = not (name.subscripts or name.superscripts or name.primes)
    if e.code or not bare or e.lookup.known(name.base) or (split := _split(e, name)) is None:
        return None
    e.notes[f"{name.base} is {'*'.join(written_name(factor) for factor in split.factors)}"] = None  # type: ignore[arg-type]
    *before, last = split.factors
    return e.kept((id(name), "transposed"), lambda: replace(split, factors=(*before, Transposed(last))))


def _kronecker(e: "Elaboration", name: Name, at: Letters) -> Expression:
    try:
        i, j = (e.lookup.count(each, at, e.lookup.first) for each in name.subscripts)
    except (NotAnIndex, KeyError):
        e.refuse(f"{written_name(name)} takes two indices: it is 1 where they are equal", name.place)
    return whole(int(i == j))


def _split(e: "Elaboration", name: Name) -> Product | None:
    """A name as the product of known names; None if there is no such way. ValueError if there are two."""
    ways = [*_ways(e, name.base, name)] if 1 < len(name.base) <= 12 and not name.primes else []
    if len(ways) > 1:
        told = " or ".join("*".join(map(written_name, way)) for way in ways[:3])
        e.refuse(f"{written_name(name)} may be {told}: write the sign", name.place)
    return Product(ways[0], "", name.place) if ways else None


def _ways(e: "Elaboration", text: str, name: Name) -> Iterator[tuple[Name, ...]]:
    last = Name(text, name.place, name.subscripts, name.superscripts, joined=name.joined)
    if text != name.base and e.lookup.plan(last) is not None:
        yield (last,)
    for k in range(1, len(text)):
        if (head := text[:k]).isidentifier() and text[k:].isidentifier() and e.lookup.known(head):
            first = Name(head, name.place)
            if e.lookup.plan(first) is not None:
                yield from ((first, *rest) for rest in _ways(e, text[k:], name))


def _unknown(e: "Elaboration", name: Name) -> NoReturn:
    """Refuse a name that leads nowhere, and say what may be meant."""
    names, text = e.lookup.names, written_name(name)
    if name.base in functions.PYTHON:
        e.refuse(f"{name.base!r} is Python, not mathematics: a claim holds names, numbers and functions", name.place)
    if functions.is_function(name.base):
        e.refuse(f"{name.base} is a function, no name: it takes operands, as in {name.base}(x)", name.place)
    if name.base == "e":
        e.refuse("there is no node e; e to a power is written exp, as in exp(-n)", name.place)
    if (name.subscripts or name.superscripts) and (held := _length(e, name)):
        e.refuse(held, name.place)
    if (line := e.lookup.unread.get(plain_name(text))) is not None:
        raise Consequence(name.place, f"{text} is defined in line {line}, which is not read")
    if name.primes == 1 and (bare := e.lookup.plan(replace(name, primes=0))) is not None and is_list(bare.tree):
        told = written_name(replace(name, primes=0))
        e.refuse(f"a ' behind {told} does not transpose it: write {told}^T or {told}.T", name.place)
    near = names.near(text, [each.text for each in e.lookup.definitions.values()])
    advice = f"; did you mean {', '.join(near)}?" if near else f": there are {', '.join([*names.trees][:12])}"
    if text in names.ignored:
        advice = (
            f": nodes has {text}, but as {names.ignored[text]}, not as a Value. Define it in the text, as in "
            f"{text} = 0.5, or make it a Value"
        )
    elif plain_name(text) in _RATES:
        advice = f": define it in the text, as in {text} = 0.5"
    raise NoSuchNode(name.place, f"there is no node {text}{advice}")


def _length(e: "Elaboration", name: Name) -> str:
    """What to say of a list that has no item of this index; empty if there is no such list."""
    plan = e.lookup.plan(Name(name.base, name.place))
    if plan is None:
        return ""
    if not is_list(plan.tree):
        return f"{plan.key} is one number, not a list: it has no item {written_name(name)}"
    zero = e.lookup.first == 1 and any(getattr(each, "text", "") == "0" for each in name.subscripts)
    return (
        f"there is no {written_name(name)}: {plan.key} has {len(plan.tree)} items, numbered from "
        f"{e.lookup.first} in subscripts" + " (or pass first=0, if the page counts from 0)" * zero
    )


def beside(e: "Elaboration", tree: Beside, at: Letters) -> Thing:
    """A name before parentheses: a factor, if it is known; a function; or the hypothesis h_θ(x)."""
    name = tree.name
    if (found := functions.primed(e, tree, at)) is not None:
        return found
    if e.lookup.plan(name, at) is not None:
        if not e.code and len(tree.inside) == 1 and _names_an_example(e, tree, at):
            return _of_an_example(e, name, tree, at)
        if (applied := functions_of_nodes.applied(e, tree, at)) is not None:
            return applied
        if len(tree.inside) != 1 and not (tree.inside and all(_is_parameter(e, each) for each in tree.inside)):
            e.refuse(f"{written_name(name)} is a node, no function: it takes no operands", tree.place)
        if len(tree.inside) != 1 or (tree in e.sides and _may_be_a_function(e, tree)):
            return e.thing(name, at)
        return e.times(e.thing(name, at), e.thing(tree.inside[0], at), "")
    if (partial := functions_of_nodes.partial_at(e, tree, at)) is not None:
        return partial
    if (hypothesis := _hypothesis(e, tree, at)) is not None:
        return hypothesis
    if functions.is_function(name.base) and not (name.subscripts or name.superscripts):
        call = e.kept(id(tree), lambda: Call(functions.full(name.base), tree.inside, tree.place))
        return e.thing(call, at)
    if not e.code and (split := _split(e, name)) is not None and len(tree.inside) == 1:
        e.notes[f"{name.base}(…) is a product"] = None
        return e.times(e.thing(split, at), e.thing(tree.inside[0], at), "")
    if (activation := functions.activation(e, tree, at)) is not None:
        return activation
    if (slope := functions.slope_by_name(e, tree, at)) is not None:
        return slope
    if plain_name(name.base) in _RATES:
        _unknown(e, name)
    return functions.no_function(e, tree)


def _may_be_a_function(e: "Elaboration", tree: Beside) -> bool:
    """Whether L(w), as the side of a claim, may be L, even if that is not computed from w here."""
    if not all(_is_parameter(e, each) for each in tree.inside):
        return False
    return e.choices.take("function")


def _names_an_example(e: "Elaboration", tree: Beside, at: Letters) -> bool:
    """Whether p(x_i) is item i of a list p as long as x: that is computed from x_i, and the item beside it is not."""
    [inside] = tree.inside
    plan, other = e.lookup.plan(tree.name, at), e.lookup.plan(inside, at) if isinstance(inside, Name) else None
    if plan is None or other is None or plan.indices or len(other.indices) != 1:
        return False
    if not (is_list(plan.tree) and is_list(other.tree) and len(plan.tree) == len(other.tree) > 1):
        return False
    place = e.lookup.place_in(other.tree, other.indices[0], at)
    item_, beside_it = (thing_of(item(plan.tree, k % len(plan.tree)), plan.key) for k in (place, place + 1))
    return functions_of_nodes.leads_to(e, inside, item_, at) and not functions_of_nodes.leads_to(
        e, inside, beside_it, at
    )


def _hypothesis(e: "Elaboration", tree: Beside, at: Letters) -> Thing | None:
    """h_θ(x^{(i)}): the node h, for example i."""
    name = tree.name
    if not name.subscripts or not all(_is_parameter(e, each) for each in name.subscripts):
        return None
    bare = Name(name.base, name.place, (), name.superscripts, name.primes)
    return _of_an_example(e, bare, tree, at) if e.lookup.plan(bare, at) is not None else None


def _of_an_example(e: "Elaboration", bare: Name, tree: Beside, at: Letters) -> Thing:
    """What h(x^{(i)}) is: item i of the list h."""
    plan = e.lookup.plan(bare, at)
    assert plan is not None
    e.notes[f"{written_name(tree.name)}(…) is {plan.key}"] = None
    held, path = plan.tree, plan.key
    for each in everything_in(tree.inside[0]) if tree.inside else ():
        if isinstance(each, Name) and (inner := e.lookup.plan(each, at)) is not None:
            for index in inner.indices:
                if is_list(held):
                    place = e.lookup.place_in(held, index, at)
                    held, path = item(held, place), f"{path}[{place}]"
            break
    return thing_of(held, path)


def _is_parameter(e: "Elaboration", tree: Tree) -> bool:
    return isinstance(tree, Name) and any(key in e.lookup.names.trees for key in e.lookup.names.spelled(tree.base))
