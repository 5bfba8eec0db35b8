"""Second derivatives as derivatives of derivatives: ∂²L/∂w², ``\\frac{\\partial^2 L}{\\partial w \\partial x}``.

>>> from autograd import Value, check_derivation
>>> w, x = Value(3.0), Value(2.0)
>>> print(check_derivation("∂²L/∂w² = 6 w x", {"w": w, "x": x, "L": w**3 * x}))
✓ 1  ∂²L/∂w² = 6 w x  proved
     read as d(dL/dw)/dw = 6 * w * x
the claim holds
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd.derivation.claims import Derivative, Named
from autograd.derivatives import gradients
from autograd.graph import topological_order
from autograd.notation.matrices import Thing, entrywise, shape
from autograd.notation.symbols import Symbol
from autograd.notation.syntax import Differential, Name, Power, Tree

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration


def order_at(symbols: Sequence[Symbol], k: int) -> int:
    """How many symbols from here on are the 2 of ∂²; 0 if there is none."""
    texts = [symbol.text for symbol in symbols[k : k + 4]]
    if symbols[k : k + 1] and symbols[k].kind == "super" and texts[0] == "2":
        return 1
    return 2 if texts[:2] == ["^", "2"] else 4 if texts == ["^", "{", "2", "}"] else 0


def halves_below(symbols: Sequence[Symbol]) -> list[list[Symbol]]:
    """What ∂w², ∂w ∂x and (∂w)² differentiate by, each with its sign before it: ∂w twice, ∂w and ∂x; else nothing."""
    pieces: list[list[Symbol]] = []
    for symbol in symbols:
        if symbol.text == "∂" or (symbol.kind == "name" and symbol.text[0] == "d"):
            pieces.append([])
        if not pieces:
            return []
        pieces[-1].append(symbol)
    if len(pieces) == 2:
        return pieces
    [piece] = pieces or [[]]
    for size in (1, 2, 4):
        if len(piece) > size and order_at(piece, len(piece) - size) == size:
            return [piece[:-size], piece[:-size]]
    return []


def by_itself_twice(lower: Tree) -> Tree | None:
    """w of the w² in ∂²L/∂w², read as a name with a number above it; None if it is something else."""
    match lower:
        case Name(superscripts=(*labels, last)) if getattr(last.tree, "text", "") == "2" and not last.bracket:
            return Name(lower.base, lower.place, lower.subscripts, tuple(labels), lower.primes, lower.joined)
        case Power(base=base, exponent=exponent) if getattr(exponent, "text", "") == "2":
            return base
    return None


def derivative_of_derivatives(e: "Elaboration", tree: Differential, inner: Thing, by: Thing) -> Thing:
    """The derivatives, by a node or by many, of derivatives of nodes: the gradients are nodes, too."""

    if shape(inner) and shape(by):
        e.refuse("of second derivatives by vectors the entries are read: write ∂²L/∂w_i∂w_j", tree.place)

    def one(first: Derivative, by: Named) -> Derivative:
        if first.direct is not None:
            e.refuse("second derivatives of direct partials are not read", tree.place)
        key = ("gradient", first.of, first.by)
        made: dict[object, Named] = e.__dict__.setdefault("_gradients", {})
        if key not in made:
            [gradient] = gradients(first.of, [first.by])
            if gradient.op is not None and gradient not in topological_order(first.of):
                gradient.name = first.text  # It is a node of its own, which nobody else names.
            e.lookup.names.paths.setdefault(gradient, first.text)
            made[key] = Named(gradient, first.text)
        return Derivative(made[key].node, by.node, f"d({first.text})/d{by.text}")

    return entrywise(one, inner, by)
