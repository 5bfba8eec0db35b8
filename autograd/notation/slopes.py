"""Derivatives of a page, however they are written: ∂L/∂w, d/dw of a formula, σ'(z), and names such as dW."""

import re
from collections.abc import Container, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from autograd import ops
from autograd.derivation.claims import (
    Apply,
    Derivative,
    Expression,
    Named,
    Numeral,
    walk,
)
from autograd.derivation.formula_worlds import by_operand, direct_partial
from autograd.derivation.tokens import Place
from autograd.notation import item_by_item, second_derivatives
from autograd.notation.lookup import (
    Letters,
    written_name,
)
from autograd.notation.matrices import (
    Thing,
    entries_of,
    entrywise,
    product,
    shape,
    total,
    transposed,
    whole,
)
from autograd.notation.spelling import other_case, plain_name
from autograd.notation.syntax import (
    At,
    Attribute,
    Beside,
    Differential,
    Item,
    Name,
    Power,
    Ratio,
    Tree,
)
from autograd.operation import Operation
from autograd.untyped import Anything
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

_GRADIENT = re.compile(r"(?:gradient|grad|nabla)_?(?P<after>\w+)|(?P<before>\w+?)_?(?:gradient|grad)")
_UPPER = re.compile(r"[d∂](\w+?)(_|_by_|_over_|__|by)?")


def differential(e: "Elaboration", tree: Differential, at: Letters) -> Thing:
    if not tree.certain and (quotient := _quotient(e, tree)) is not None:
        return e.thing(quotient, at)
    by = differentiated_node(e, tree.by, at, tree.place)
    if isinstance(tree.of, Differential):
        return second_derivatives.derivative_of_derivatives(e, tree, differential(e, tree.of, at), by)
    power = isinstance(tree.of, Name) and bool(tree.of.superscripts) and not _recorded(e.thing(tree.of, at))  # e_{ij}^2
    if isinstance(tree.of, Name | Item | Attribute | Beside | Differential) and not power:
        return derivative(e, differentiated_node(e, tree.of, at, tree.place), by, tree)
    return entrywise(lambda of, by: _formula_by(e, of, by, tree.place), e.thing(tree.of, at), by)


def _recorded(thing: Thing) -> bool:
    """Whether this is a node, or nodes alone."""
    return isinstance(thing, Named) or all(isinstance(entry, Named) for entry in entries_of(thing))


def _formula_by(e: "Elaboration", of: Expression, by: Expression, place: Place) -> Expression:
    """The derivative of a formula, as in d/dw ½(y - a)²: by the rules for its operations, down to its nodes."""
    if not any(isinstance(piece, Named) for piece in walk(of)):
        e.refuse("what is differentiated names no node", place)
    assert isinstance(by, Named)
    depending, stack = {by.node}, [by.node]
    while stack:
        new = [child for child in e.children(stack.pop()) if child not in depending]
        depending.update(new)
        stack += new
    slope = differentiated_formula(of, by, depending)
    return Apply(by_node(by.text), (of, slope))


def derivative(e: "Elaboration", of: Thing, by: Thing, tree: Differential | None = None) -> Thing:
    """The derivatives of a node or of many by a node or by many, as `tree` writes them: with d or with ∂."""
    place = None if tree is None or tree.symbol == "d" else tree.place

    def one(of: Named, by: Named) -> Derivative:
        return Derivative(of.node, by.node, f"d{of.text}/d{by.text}", None, place)

    def immediate(of: Named, by: Named) -> Derivative:
        direct = direct_partial(of.node, by.node, e.lookup.names.paths) or whole(0)
        return Derivative(of.node, by.node, f"∂⁺{of.text}/∂{by.text}", direct)

    if tree is not None and tree.symbol == "∂⁺":
        one = immediate

    if not (isinstance(of, np.ndarray) or isinstance(by, np.ndarray)):
        return one(of, by)  # type: ignore[arg-type]
    if isinstance(of, np.ndarray) and isinstance(by, np.ndarray):
        grid = entrywise(one, of.reshape(*of.shape, *[1] * by.ndim), by)
        e.has_pairs = e.has_pairs or of.ndim + by.ndim > 2
        if e.choices.paired and of.shape == by.shape:
            return item_by_item.in_pairs(e, grid, of)
        turned = of.ndim == by.ndim == 1 and e.choices.take("denominator")
        return transposed(grid) if turned else grid
    return entrywise(one, of, by)


def differentiated_node(e: "Elaboration", tree: Tree, at: Letters, place: Place) -> Thing:
    """The node, or the array of nodes, above or below in a derivative."""
    match tree:
        case Beside(name=name, inside=inside) if e.lookup.plan(name, at) is not None:
            item = len(inside) == 1 and isinstance(inside[0], Name) and (inside[0].subscripts or inside[0].superscripts)
            if item and _recorded(found := e.thing(tree, at)):
                return found  # p(x_i), an item of p
            tree = name  # J(θ), as a function of θ
        case Power() | Differential():
            e.refuse("what is differentiated must be a node, or the derivative of one: write ∂²u/∂v²", place)
    if e.lookup.definitions and isinstance(tree, Name) and plain_name(written_name(tree)) in e.lookup.definitions:
        e.refuse(
            f"{written_name(tree)} is defined on this page, not recorded: only recorded nodes have derivatives",
            place,
        )
    thing = e.thing(tree, at)
    if not _recorded(thing):
        e.refuse("only recorded nodes have derivatives, and only by recorded nodes", place)
    return thing


def _quotient(e: "Elaboration", tree: Differential) -> Ratio | None:
    """What may be a derivative, as a quotient of names that begin with d; None if it is a derivative."""
    if not (isinstance(tree.of, Name) and isinstance(tree.by, Name)):
        return None
    above, below = (
        Name(f"d{name.base}", tree.place, name.subscripts, name.superscripts, name.primes, name.joined)
        for name in (tree.of, tree.by)
    )
    literal = e.lookup.plan(above) is not None and e.lookup.plan(below) is not None
    if literal and e.lookup.plan(tree.of) is not None and e.lookup.plan(tree.by) is not None:
        of, by = written_name(tree.of), written_name(tree.by)
        e.refuse(
            f"d{of}/d{by} may be the derivative of {of} by {by}, or d{of} divided by d{by}: all four are nodes. "
            f"Rename some, or write ∂{of}/∂{by} or (d{of})/(d{by})",
            tree.place,
        )
    return Ratio(above, below, tree.place) if literal else None


def spelled_gradient(e: "Elaboration", name: Name, at: Letters) -> Thing | None:
    """∂(output)/∂W for a name spelled dW, dL_dW or grad_W; None if it is spelled otherwise."""
    found = gradient(e, name, at)
    return None if found is None else derivative(e, *found)


def gradient(e: "Elaboration", name: Name, at: Letters) -> tuple[Thing, Thing] | None:
    """What a name that is spelled as a gradient differentiates, and by what."""
    for above, below in spelled_as_a_gradient(name):
        by = _plain(e, below, at)
        if by is None and e.code:  # dw1, of W1
            by = _plain(e, replace(below, base=other_case(below.base)), at)
        of = _plain(e, above, at) if above is not None else None
        if above is None and by is not None and (output := e.output()) is not None:
            of = Named(output, str(e.lookup.names.paths.get(output)))
        if by is not None and of is not None:
            return of, by
    return None


def _plain(e: "Elaboration", name: Name, at: Letters) -> Thing | None:
    """The node or the nodes that a name leads to; None if it leads elsewhere."""
    plan = e.lookup.plan(name, at)
    if plan is None or plan.powers:
        return None
    try:
        thing = e.lookup.thing(plan, at)
    except LookupError:
        return None
    entries = thing.flat if shape(thing) else (thing,)  # type: ignore[union-attr]
    return thing if all(isinstance(entry, Named) for entry in entries) else None


def at_a_point(e: "Elaboration", tree: At, at: Letters) -> Thing:
    """A formula at a point: it must be the recorded one."""
    unnamed = iter(_coordinates(e, tree))
    for left, right in tree.equations:
        node = next(unnamed) if left is None else e.number(left, at)
        said = e.number(right, at)
        sign = 1.0
        if isinstance(said, Apply) and said.operation is ops.negate:
            sign, said = -1.0, said.operands[0]
        if not (isinstance(node, Named) and isinstance(said, Numeral)):
            e.refuse("the point must be given by nodes and numbers, as in w = 2", tree.place)
        # A whole number is meant exactly: x = 1 is another point than the 1.5 that rounds to it.
        off = abs(sign * float(said.number) - node.node.data)
        if off > (1e-9 * max(1.0, abs(node.node.data)) if said.whole else float(said.unit) / 2):
            e.refuse(f"{node.text} is {node.node.data:g} here: only the recorded point is checked", tree.place)
    return e.thing(tree.of, at)


def _coordinates(e: "Elaboration", tree: At) -> list[Named]:
    """The nodes that a point such as (2, 3) gives the values of: all that nothing computes, in their order in nodes."""
    count = sum(left is None for left, _ in tree.equations)
    if not count:
        return []
    names = e.lookup.names
    found = [Named(held, key) for key, held in names.trees.items() if isinstance(held, Value) and held.op is None]
    if count != len(tree.equations) or count != len(found):
        e.refuse("which node has which value is not said: write |_{x=2, y=3}", tree.place)
    e.notes[f"the point is ({', '.join(each.text for each in found)})"] = None
    return found


@cache
def slope(operation: Operation) -> Operation:
    """The derivative of a function of one operand, as a function of its value and its operand: σ' of σ(z) and z."""

    def unknown(m: Anything, y: Anything, *operands: Anything) -> tuple[Anything, ...]:
        raise TypeError(f"the second derivative of {operation.name} is not asked for")

    return Operation(f"{operation.name}'", lambda m, y, a: operation.local(m, y, a)[0], unknown)


@cache
def by_node(text: str) -> Operation:
    """What a page writes as d/dw of a formula: of the formula and its derivative, the derivative."""
    return Operation(f"d/d{text}", lambda m, formula, slope: slope, lambda m, y, formula, slope: (0, 1))


def differentiated_formula(of: Expression, by: Named, depending: Container[Value]) -> Expression:
    """d(formula)/d(node), by the chain rule over the operations of the formula. `depending` are the nodes above."""
    match of:
        case Named(node=node) if node is by.node:
            return whole(1)
        case Named(node=node) if node not in depending:
            return whole(0)
        case Named(node=node, text=text):
            return Derivative(node, by.node, f"d{text}/d{by.text}")
        case Apply(operation=operation, operands=operands):
            inner = [(k, differentiated_formula(operand, by, depending)) for k, operand in enumerate(operands)]
            terms = [
                product(Apply(by_operand(operation, k, len(operands)), operands), slope)
                for k, slope in inner
                if not (isinstance(slope, Numeral) and slope.number == 0)
            ]
            return total(*terms) if terms else whole(0)
        case Numeral():
            return whole(0)
    raise OverflowError("the derivative of a derivative, or of what the page defines, is not read")


def differentiated(e: "Elaboration", operation: Operation, operand: Expression) -> Expression:
    """σ'(z). Where σ(z) is a node, it is taken as that: then σ'(z) is the a(1 − a) that people write."""
    if operation is ops.relu:
        return Apply(ops.step, (operand,))
    if operation is ops.absolute:
        return Apply(ops.sign, (operand,))
    value: Expression = Apply(operation, (operand,))
    if isinstance(operand, Named):
        paths = e.lookup.names.paths
        for child in e.children(operand.node):
            if child.op is operation and child.parents == (operand.node,) and child in paths:
                value = Named(child, paths[child])
    return Apply(slope(operation), (value, operand))


def spelled_as_a_gradient(name: Name) -> Iterator[tuple[Name | None, Name]]:
    """What is differentiated (None: the output) and by what, if a name is spelled so: dW, dL_dw, grad_w, w_grad.

    Whether such names exist is for the caller to see.
    """
    spellings = [(name.base, name.subscripts, name.joined)]
    if name.joined:
        spellings.append((f"{name.base}_{name.joined}", (), ""))
    for text, subscripts, joined in spellings:

        def below(base: str, subscripts: Anything = subscripts, joined: str = joined) -> Name:
            return Name(base, name.place, subscripts, name.superscripts, name.primes, joined)

        for k, letter in enumerate(text):
            rest = text[k + 1 :].removeprefix("_")
            if letter not in "d∂" or not rest.isidentifier():
                continue
            if k == 0:
                yield None, below(rest)
            elif (match := _UPPER.fullmatch(text[:k])) is not None:
                yield Name(match[1], name.place), below(rest)
                if match[2] or len(match[1]) == 1:
                    yield None, below(rest)
        if (match := _GRADIENT.fullmatch(text)) is not None:
            yield None, below(match["after"] or match["before"])
