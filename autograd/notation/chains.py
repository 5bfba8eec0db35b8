"""The chain rule over whole arrays: ∂J/∂a ∂a/∂z ∂z/∂W, whose last factor has an entry for each of z and each of W."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from autograd.derivation.claims import Derivative
from autograd.notation.lookup import Letters
from autograd.notation.matrices import Thing, array_of, entries_of, entrywise, matrix_product, product, shape, whole
from autograd.notation.syntax import Differential, Negative, Product, Tree
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration


def chained(e: "Elaboration", tree: Product, at: Letters) -> Thing | None:
    """The product of derivatives each of which is by what the next is of, summed over what they share.

    They may stand in the other order, too, ∂z/∂W ∂J/∂z, and numbers beside them. None if they are no such chain.
    """
    if tree.sign == "⊙":
        return None
    factors = [*_factors(tree)]
    numbers: list[Thing] = [whole(-1)] * sum(isinstance(each, Negative) for each in factors)
    links = []
    for each in factors:
        factor = each.of if isinstance(each, Negative) else each
        thing = e.thing(factor, at)
        if isinstance(factor, Differential):
            links.append(_link(thing))
        else:
            numbers.append(thing)
    known = [link for link in links if link is not None]
    if not known or len(known) < len(links) or any(map(shape, numbers)):
        return None
    for chain in (known, known[::-1]):
        if all(one.below == following.above for one, following in pairwise(chain)):
            found = reduce(matrix_product, [link.slopes for link in chain])
            assert isinstance(found, np.ndarray)
            e.notes["the derivatives are multiplied as the chain rule does it"] = None
            return entrywise(product, *numbers, found.reshape(chain[0].shape_above + chain[-1].shape_below))
    return None


def _factors(tree: Tree) -> Iterator[Tree]:
    """The factors of 2 dJ/dA * dA/dZ, in which the first product is a factor of the second; ⊙ sums nothing."""
    if not isinstance(tree, Product) or tree.sign == "⊙":
        yield tree
        return
    for factor in tree.factors:
        yield from _factors(factor)


@dataclass(frozen=True)
class _Link:
    """A factor ∂z/∂W as a matrix, with a row for each of the nodes above and a column for each of those below."""

    slopes: Thing
    above: Sequence[Value]
    below: Sequence[Value]
    shape_above: tuple[int, ...]
    shape_below: tuple[int, ...]


def _link(thing: Thing) -> _Link | None:
    entries = [each for each in entries_of(thing) if isinstance(each, Derivative)]
    above = [*dict.fromkeys(each.of for each in entries)]
    below = [*dict.fromkeys(each.by for each in entries)]
    sizes = shape(thing)
    for k in range(len(sizes) + 1):
        if prod(sizes[:k]) == len(above) and prod(sizes[k:]) == len(below):
            return _Link(array_of(entries).reshape(len(above), -1), above, below, sizes[:k], sizes[k:])
    return None
