"""Sums of products over loops: Σ a · b where a factor is the same along some loops, as in Q Kᵀ and in a convolution.

Each loop is a letter, as in `einsum`: one over members of the group, or over terms. A factor has those along which it
changes. A term a · b passes b to a and a to b: that is the same sum with the letters in other places.
"""

from collections.abc import Sequence
from itertools import chain
from string import ascii_lowercase

import numpy

from autograd.lifting.arrivals import BATCH, times
from autograd.lifting.draft import Draft, Origin, Pull
from autograd.lifting.groups import FIXED, Block, Group, Matrix, SumGroup
from autograd.lifting.strides import nests_of, places_of
from autograd.lifting.views import view
from autograd.numbers import Number
from autograd.numbers.source import Source, source
from autograd.untyped import AnyArray

np = source.np
EXAMPLES = "b"
"""The letter of the batch."""
LETTERS = [letter for letter in ascii_lowercase[8:] + ascii_lowercase[:8] if letter != EXAMPLES]


class Factor:
    """One of the two factors, with a letter for each axis.

    Attributes:
        letters: in the order of the axes.
        expression: the array.
    """

    def __init__(self, draft: Draft, group: Group, table: AnyArray, strides: dict[str, tuple[int, int]]) -> None:
        moving = {letter: loop for letter, loop in strides.items() if loop[1]}
        loops, start = [*moving.values()], int(table[0, 0])
        lead = EXAMPLES * group.batched
        self._lengths: dict[str, Number] = {EXAMPLES: BATCH, **{letter: loop[0] for letter, loop in moving.items()}}
        if group.index <= FIXED:
            self.letters = "".join(moving)
            self.expression, self._pull = draft.leaves(group, places_of(start, loops))
            return
        found = view(draft, group, start, loops)
        self.letters = lead + "".join([*moving][loop] for loop in found.order)
        self.expression = found.expression
        self._pull = lambda d, origin: draft.contribute(group, (d, origin), found.back)

    def sum_over(self, letters: Sequence[str]) -> None:
        """Sum the factor over loops that the other factor and the result do not go through."""
        if not letters:
            return
        before, pull = self.letters, self._pull
        axes = tuple(before.index(letter) for letter in letters)
        self.expression = self.expression.sum(axis=axes if len(axes) > 1 else axes[0])
        self.letters = "".join(letter for letter in before if letter not in letters)
        spread = tuple(None if letter in letters else slice(None) for letter in before)
        shape = tuple(self._lengths[letter] for letter in before)
        self._pull = lambda d, origin: pull(np.broadcast_to(d[spread], shape), origin)

    def pull(self, gradient: Source, origin: Origin) -> None:
        self._pull(gradient, origin)


def write_contraction(
    draft: Draft, group: SumGroup, block: Block, coefficient: Number, left: Group, right: Group
) -> tuple[Source, Pull] | None:
    """A block as a contraction of two arrays, and its pull; None if its factors do not go by loops."""
    if type(coefficient) is not float or not (left.has_axis and right.has_axis):
        return None
    tables = [_places(draft, block.left_members), _places(draft, block.right_members)]
    nests = nests_of(tables)
    if nests is None or len(nests[0]) + len(nests[1]) > len(LETTERS):
        return None
    letters = iter(LETTERS)
    members = [next(letters) for _ in nests[0]]
    loops = dict(zip([*members, *(next(letters) for _ in nests[1])], chain(*nests), strict=True))
    strides = [(a, b) for _, a, b in loops.values()]
    still = [any(loop[side] == 0 for loop in strides) for side in (0, 1)]
    moving = [any(loop[side] for loop in strides) for side in (0, 1)]
    if not any(still) or not all(moving) or (0, 0) in strides:
        return None
    a, b = (
        Factor(draft, side, table, {letter: (loop[0], loop[1 + place]) for letter, loop in loops.items()})
        for place, (side, table) in enumerate(zip((left, right), tables, strict=True))
    )
    batched = left.batched or right.batched
    out = EXAMPLES * batched + "".join(members)
    for factor, other in ((a, b), (b, a)):
        factor.sum_over([letter for letter in factor.letters if letter not in other.letters + out])
    lead = (BATCH,) * batched
    product = contract(a.letters, a.expression, b.letters, b.expression, out)
    if len(members) > 1:
        product = product.reshape(*lead, len(group.members))

    def pull(d: Source, origin: Origin) -> None:
        if group.batched and not batched:
            d = d.sum(axis=0)
        d, origin = times(d, coefficient), origin.anywhere()
        if len(members) > 1:
            d = d.reshape(*lead, *(loops[letter][0] for letter in members))
        rows = draft.names.fresh(f"{draft.variable(group)}_rows")
        d = draft.line(f"d_{rows}", [(d, origin)])
        a.pull(contract(out, d, b.letters, b.expression, a.letters), origin)
        b.pull(contract(out, d, a.letters, a.expression, b.letters), origin)

    return times(product, coefficient), pull


def _places(draft: Draft, members: Matrix) -> AnyArray:
    return numpy.array([[draft.place[member] for member in row] for row in members])


def contract(a_letters: str, a: Source, b_letters: str, b: Source, out: str) -> Source:
    """The sum of a · b over the letters that are not in `out`: as a product of matrices where it is one."""
    for (x, X), (y, Y) in (((a_letters, a), (b_letters, b)), ((b_letters, b), (a_letters, a))):
        if (product := _matrix_product(x, X, y, Y, out)) is not None:
            return product
    shared = [letter for letter in a_letters if letter in b_letters]
    if shared and not any(letter in out for letter in shared):
        for (x, X), (y, Y) in (((a_letters, a), (b_letters, b)), ((b_letters, b), (a_letters, a))):
            if out == "".join(letter for letter in x + y if letter not in shared):
                axes = tuple(tuple(map(letters.index, shared)) for letters in (x, y))
                return np.tensordot(X, Y, axes)
    return source.name("einsum")(f"{a_letters},{b_letters}->{out}", a, b)


def _matrix_product(x: str, X: Source, y: str, Y: Source, out: str) -> Source | None:
    """X @ Y of matrices, one for each of the leading letters of `out`; or of a matrix and a vector."""
    summed = [letter for letter in x if letter in y and letter not in out]
    if len(summed) != 1 or not out:
        return None
    [k] = summed
    if y == k and sorted(x) == sorted(out + k):
        return X @ Y if x == out + k else Y @ X if x == k + out else None
    lead, row, column = out[:-2], out[-2:-1], out[-1]
    found = []
    for letters, array, wanted in ((x, X, row + k), (y, Y, k + column)):
        prefix = lead if letters.startswith(lead) and len(letters) == len(lead) + 2 else ""
        rest = letters[len(prefix) :]
        if rest not in (wanted, wanted[::-1]) or len(rest) != 2:
            return None
        if rest != wanted:
            array = array.swapaxes(len(prefix), len(prefix) + 1) if prefix else array.T
        found.append((prefix, array))
    return found[0][1] @ found[1][1] if lead in (found[0][0], found[1][0]) else None
