"""Items of lists and parts of Modules, addressed as in Python or by subscripts."""

from typing import TYPE_CHECKING

from autograd.derivation.claims import (
    Named,
)
from autograd.derivation.tokens import Refusal
from autograd.notation import slopes
from autograd.notation.lookup import (
    Letters,
    NoItem,
    NotAnIndex,
    thing_of,
)
from autograd.notation.matrices import (
    Thing,
    shape,
    written_shape,
)
from autograd.notation.syntax import (
    Attribute,
    Call,
    Item,
    Listed,
    Name,
    Slice,
    Subscripted,
    Tree,
)
from autograd.untyped import Anything

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration


def item_of(e: "Elaboration", tree: Item, at: Letters) -> Thing:
    try:
        held, path = e.lookup.addressed(tree, at)
    except NoItem as missing:
        if e.ranges.free(tree):
            raise
        e.refuse(f"{missing} with a Value", tree.place)
    if held is not None and path:
        try:
            return thing_of(held, path)
        except LookupError as module:
            e.refuse(what_module(held, str(module)), tree.place)
    of = e.thing(tree.of, at)
    if not shape(of):
        text = of.text if isinstance(of, Named) else "it"
        e.refuse(f"{text} is one number, not a list: it has no items", tree.place)
    places = tuple(index_of(e, each, at) for each in tree.indices)
    try:
        found = of[places]  # type: ignore[index]
    except IndexError:
        e.refuse(f"{written_shape(shape(of))} has no such item (they are numbered from 0)", tree.place)
    return found if shape(found) or not hasattr(found, "item") else found.item()


def subscripted(e: "Elaboration", tree: Subscripted, at: Letters) -> Thing:
    """``(W^T δ)_j``: an item, counted as subscripts are."""
    found = e.thing(tree.of, at)
    for index in tree.indices:
        if not shape(found):
            e.refuse("it is one number, not a list: it has no items", tree.place)
        try:
            place = e.lookup.count(index, at, e.lookup.first) - e.lookup.first
        except (NotAnIndex, KeyError):
            e.refuse("an index is a whole number or a letter", tree.place)
        if not 0 <= place < len(found):  # type: ignore[arg-type]
            raise NoItem
        found = found[place]  # type: ignore[index]
    return found


def index_of(e: "Elaboration", tree: Tree | Slice, at: Letters) -> Anything:
    """What stands in brackets, as NumPy takes it."""
    match tree:
        case Slice(start=start, stop=stop, step=step):
            bounds = [None if each is None else _from_zero(e, each, at) for each in (start, stop, step)]
            if bounds[2] == 0:
                e.refuse("a slice whose step is 0 takes no items: write a step of 1, or leave it out", e.place)
            return slice(*bounds)
        case Listed(items=items):
            return [_from_zero(e, each, at) for each in items]
        case Call(function="range" | "arange", arguments=arguments):
            places = range(*(_from_zero(e, each, at) for each in arguments))
            e.spend(len(places))
            return [*places]
        case Name(base="None"):
            return None
        case Name(base="..."):
            return ...
        case Name():
            number = e.lookup.whole_number(tree, at)
            if isinstance(number, list):
                return number
    return _from_zero(e, tree, at)


def _from_zero(e: "Elaboration", tree: Tree, at: Letters) -> int:
    try:
        return e.lookup.count(tree, at, 0)
    except (NotAnIndex, KeyError):
        e.refuse("a subscript is a whole number, counted from 0, as in W1[1][0]", e.place)


def attribute(e: "Elaboration", tree: Attribute, at: Letters) -> Thing:
    held, path = e.lookup.addressed(tree, at)
    if held is not None:
        try:
            return thing_of(held, path)
        except LookupError as missing:
            e.refuse(what_module(held, str(missing)), tree.place)
    if tree.name == "grad" and (output := e.output()) is not None:
        by = slopes.differentiated_node(e, tree.of, at, tree.place)
        return slopes.derivative(e, Named(output, str(e.lookup.names.paths.get(output))), by)
    module, path = e.lookup.addressed(tree.of, at)
    why = f"a claim gets no attributes, and {path or 'this'} is no Module"
    if isinstance(module, dict):
        why = f"{path} has no parameters under {tree.name!r}, only {', '.join(module)}"
    raise Refusal(tree.place, why)


def what_module(tree: Anything, path: str) -> str:
    if isinstance(tree, dict) and tree:
        return f"{path} is a Module: go on to a parameter, as in {path}.{next(iter(tree))}"
    return f"{path} holds something else than Values"
