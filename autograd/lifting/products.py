"""Groups of Sums, written down: matrix products where a group weighs the same inputs, and what to do elsewhere.

A Sum has one rule of differentiation, that of `Polynomial.gradient`: a term c · a · b passes c · b to a and c · a to b.
Each layout of a block writes it for arrays: of X Wᵀ, d gives dᵀ X to W and d W to X. Where the
inputs differ, too, it is a contraction (see `contractions`).
"""

from collections.abc import Iterator

from autograd.lifting.arrivals import BATCH, Uniform, passed, times
from autograd.lifting.contractions import write_contraction
from autograd.lifting.draft import TERMS, Draft, Origin, Pull
from autograd.lifting.groups import FIXED, NO_GROUP, Block, Group, Matrix, SumGroup
from autograd.lifting.normal_form import SHORT
from autograd.numbers import Number
from autograd.numbers.source import Source, source

np = source.np
SLICES = 4
"""How many slices a line adds up in the place of windows."""


def write_sum(draft: Draft, group: SumGroup) -> list[Pull]:
    """The line of a group of Sums, and a pull for each of its blocks."""
    pulls: list[Pull] = []
    parts: list[tuple[bool, Source]] = []
    for block in _written_blocks(draft, group):
        coefficient = _block_coefficient(draft, block)
        negative = type(coefficient) is float and coefficient < 0
        expression, pull = _block(draft, group, block, -coefficient if negative else coefficient)
        parts.append((negative, expression))
        pulls.append(_negated(pull) if negative else pull)
    offset: Number = draft.number_or_array(group.offsets) if any(group.offsets) else 0.0
    has_offset = not (type(offset) is float and offset == 0)
    parts.sort(key=lambda part: part[0])
    negative, total = parts[0]
    rest = parts[1:]
    if negative:
        total, rest, has_offset = (offset, parts, False) if has_offset else (-total, rest, False)
    for count, (negative, part) in enumerate(rest, 2):
        total = total - part if negative else total + part
        if count % TERMS == 0:
            draft.write(group, total)
            total = draft.variable(group)
    if has_offset:
        total = total - -offset if type(offset) is float and offset < 0 else total + offset
    if group.has_axis and _all_equal(group):
        # The members may be equal, as sums of the same terms in another order are: then each part has one place.
        count = len(group.members)
        total = np.broadcast_to(total, (BATCH, count) if group.batched else (count,))
    draft.write(group, total)
    if any(side in draft.wanted for block in group.blocks for side in (block.left, block.right)):
        draft.wanted.add(group.index)
    return pulls


def _negated(pull: Pull) -> Pull:
    return lambda d, origin: pull(-d, origin)


def _written_blocks(draft: Draft, group: SumGroup) -> Iterator[Block]:
    """The blocks, with a block for each term where a matrix product would round otherwise in another batch.

    And where each term reads a slice, as in a stencil. Not where it is a layer whose neurons all decide, as with an ELU
    that is written with `where`: that is worth its matrix product.
    """
    for block in group.blocks:
        terms = len(block.coefficients[0])
        as_written = group.decides and terms <= SHORT and (block.right == NO_GROUP or not group.has_axis)
        if as_written or (group.has_axis and 1 < terms <= SLICES and _is_stencil(draft, block)):
            for k in range(terms):
                coefficients = [[row[k]] for row in block.coefficients]
                left, right = ([[row[k]] for row in rows] for rows in (block.left_members, block.right_members))
                yield Block(block.left, block.right, coefficients, left, right)
        else:
            yield block


def _is_stencil(draft: Draft, block: Block) -> bool:
    """Whether the members read slices of one array, a place further for each term: u[i − 1] − 2 u[i] + u[i + 1]."""
    numbers = block.coefficients
    if block.right != NO_GROUP or block.left <= FIXED or any(row != numbers[0] for row in numbers):
        return False
    rows = [[draft.place[x] for x in row] for row in block.left_members]
    return len(rows) > len(rows[0]) and all(
        row == list(range(rows[0][0] + k, rows[0][0] + k + len(row))) for k, row in enumerate(rows)
    )


def _block_coefficient(draft: Draft, block: Block) -> Number:
    """The one coefficient of all terms, else an array of them: (members,), (terms,) or (members, terms)."""
    flat = [c for row in block.coefficients for c in row]
    if len(flat) == 1 or all(c == flat[0] for c in flat):  # the one may be NaN
        return flat[0]
    if len(block.coefficients) == 1 or len(block.coefficients[0]) == 1:
        return draft.constant("coefficients", flat)
    [first, *_], rows = block.coefficients, block.left_members
    if all(row == first for row in block.coefficients) and any(row != rows[0] for row in rows):
        return draft.constant("coefficients", first)
    return draft.constant("coefficients", block.coefficients)


def _block(draft: Draft, group: SumGroup, block: Block, coefficient: Number) -> tuple[Source, Pull]:
    if block.right == NO_GROUP:
        return _linear_block(draft, group, block, coefficient)
    left, right = draft.groups[block.left], draft.groups[block.right]
    if len(block.left_members[0]) == 1:
        return _elementwise_block(draft, group, block, coefficient)
    same_right = all(row == block.right_members[0] for row in block.right_members)
    if not left.batched and same_right:
        return _matrix_block(draft, group, block, coefficient, left, right)
    if (written := write_contraction(draft, group, block, coefficient, left, right)) is not None:
        return written
    return _gathered_block(draft, group, block, coefficient, left, right)


def _is_one(coefficient: Number) -> bool:
    return type(coefficient) is float and coefficient == 1


def _times(expression: Source, coefficient: Number) -> Source:
    """coefficient · expression. Most coefficients are 1."""
    return expression if _is_one(coefficient) else times(expression, coefficient)


def _elementwise_block(draft: Draft, group: SumGroup, block: Block, coefficient: Number) -> tuple[Source, Pull]:
    """One product for each member: c · a · b."""
    a, pull_a = _column(draft, group, block.left, block.left_members)
    b, pull_b = _column(draft, group, block.right, block.right_members)

    def full(index: int) -> bool:
        return not group.has_axis and draft.groups[index].batched == group.batched

    def pull(d: Source, origin: Origin) -> None:
        scaled = _times(d, coefficient)
        if square:
            pull_a(_passed(draft, block.left, origin, passed(2 * scaled, a, full=full(block.left))), origin)
        else:
            pull_a(_passed(draft, block.right, origin, passed(scaled, b, full=full(block.right))), origin)
            pull_b(_passed(draft, block.left, origin, passed(scaled, a, full=full(block.left))), origin)

    square = block.left == block.right and block.left_members == block.right_members
    if square:
        return _times(source.power(a, 2), coefficient), pull
    return _times(a, coefficient) * b, pull


def _column(draft: Draft, group: SumGroup, index: int, members: Matrix, *, alone: bool = False) -> tuple[Source, Pull]:
    column = [row[0] for row in members]
    return draft.array(draft.groups[index], column, axis=group.has_axis, batched=group.batched, alone=alone)


def _passed(draft: Draft, factor: int, origin: Origin, product: Source) -> Source:
    """A gradient times a factor of that group, which may be infinite where the gradient does not arrive."""
    return origin.passed(product) if factor in draft.unbounded.values else product


def _over_the_batch(d: Source) -> Source:
    return d.sum(axis=0)


def _to_terms(d: Source, one: bool) -> Source:
    """Where a gradient arrives at the terms: where it arrives at the one sum of them, or at any of the several sums."""
    return d[..., None] if one else d.sum(axis=-1, keepdims=True)


def _matrix_block(
    draft: Draft, group: SumGroup, block: Block, coefficient: Number, left: Group, right: Group
) -> tuple[Source, Pull]:
    """Weighted sums of the same inputs: X Wᵀ."""
    # The gradient of W needs no sum over the batch: the product with X is that sum.
    X, pull_X = draft.array(right, block.right_members[0], axis=True, batched=right.batched, exact=True)
    one, two_dimensional = not group.has_axis, right.batched
    scale = type(coefficient) is not float
    if one:
        W, pull_W = draft.array(left, block.left_members[0], axis=True, batched=False, exact=True)
    else:
        W, pull_W = draft.matrix(left, block.left_members, batched=False)
    weights = W * coefficient if scale else W

    def pull(d: Source, origin: Origin) -> None:
        if group.batched and not two_dimensional:
            d, origin = d.sum(axis=0), origin.back(_over_the_batch)
        d = d if scale else _times(d, coefficient)
        if one and block.left == block.right and block.left_members == block.right_members:
            pull_W(2 * d * weights, origin.anywhere())
            return
        here = origin.back(lambda d: _to_terms(d, one))
        if one:
            if two_dimensional and isinstance(d, Uniform) and d.like is None:
                d_weights = d.over_the_batch(_passed(draft, block.right, here, X))
            else:
                d_weights = d @ _passed(draft, block.right, here, X) if two_dimensional else d * X
            d_X = _outer(d, weights, X) if two_dimensional else d * weights
        else:
            d_weights = d.T @ X if two_dimensional else np.outer(d, X)
            d_X = d @ weights
        pull_W(d_weights * coefficient if scale else d_weights, origin.anywhere())
        pull_X(d_X, here)

    product = X @ (weights if one else weights.T)
    return (product if scale else _times(product, coefficient)), pull


def _outer(d: Source, weights: Source, X: Source) -> Source:
    """The gradient by the inputs of one weighted sum of each example."""
    if isinstance(d, Uniform) and d.batched and d.like is None:
        return np.broadcast_to(d.times(weights), X.shape)
    return d[:, None] * weights


def _gathered_block(
    draft: Draft, group: SumGroup, block: Block, coefficient: Number, left: Group, right: Group
) -> tuple[Source, Pull]:
    """Sums of products whose factors differ from member to member, or are both of the example."""
    one = not group.has_axis
    # In a sum that differs from example to example there may be products that all examples share.
    batched = left.batched or right.batched
    square = block.left == block.right and block.left_members == block.right_members
    shared = (
        not square and not left.batched and not one and all(row == block.left_members[0] for row in block.left_members)
    )
    if one and not square:
        for single, several in ((left, right), (right, left)):
            factors, others = block.left_members[0], block.right_members[0]
            factors, others = (factors, others) if single is left else (others, factors)
            if len(set(factors)) == 1:
                return _common_factor(draft, group, coefficient, (single, factors[0]), (several, others))
    if one:
        A, pull_A = draft.array(left, block.left_members[0], axis=True, batched=batched)
        B, pull_B = draft.array(right, block.right_members[0], axis=True, batched=batched)
    else:
        B, pull_B = draft.matrix(right, block.right_members, batched=batched)
        if shared:
            A, pull_A = draft.array(left, block.left_members[0], axis=True, batched=False, exact=True)
        else:
            A, pull_A = draft.matrix(left, block.left_members, batched=batched)
    scale = type(coefficient) is not float
    whole = (*(BATCH,) * batched, *_shape(block.left_members))

    def widened(part: Source, factor: Group) -> Source:
        """The gradient by the other factor of one that is the same for all terms."""
        return part if one or scale or factor.has_axis else np.broadcast_to(part, whole)

    def pull(d: Source, origin: Origin) -> None:
        if group.batched and not batched:
            d, origin = d.sum(axis=0), origin.back(_over_the_batch)
        d = d if scale else _times(d, coefficient)
        here = origin.back(lambda d: d[..., None])
        if square:
            part = passed(2 * d, A * coefficient if scale else A, axis=True, full=one)
            pull_A(_passed(draft, block.left, here, part), here)
            return
        A_here, B_here = (A * coefficient, B * coefficient) if scale else (A, B)
        part = passed(d, A_here, axis=True, full=one and left.batched == batched)
        pull_B(widened(_passed(draft, block.left, here, part), left), here)
        if shared and not scale:
            # Over the batch and the windows at once.
            pull_A(np.tensordot(d, B, 2 if batched else 1), origin.anywhere())
        elif shared:
            part = passed(d, B_here, axis=True, full=False).sum(axis=(0, 1) if batched else 0)
            pull_A(part, origin.anywhere())
        else:
            part = passed(d, B_here, axis=True, full=one and right.batched == batched)
            pull_A(widened(_passed(draft, block.right, here, part), right), here)

    if shared and not scale:
        return _times(B @ A, coefficient), pull
    product = source.power(A, 2) if square else A * B
    product = (product * coefficient if scale else product).sum(axis=-1)
    return (product if scale else _times(product, coefficient)), pull


def _common_factor(
    draft: Draft, group: SumGroup, coefficient: Number, single: tuple[Group, int], several: tuple[Group, list[int]]
) -> tuple[Source, Pull]:
    """One sum, with a factor in common: a · Σ b."""
    (single_group, member), (several_group, members) = single, several
    batched = single_group.batched or several_group.batched
    a, pull_a = draft.array(single_group, [member], axis=False, batched=batched)
    B, pull_B = draft.array(several_group, members, axis=True, batched=several_group.batched, exact=True)
    scale = type(coefficient) is not float
    total = B @ coefficient if scale else B.sum(axis=-1)

    def pull(d: Source, origin: Origin) -> None:
        if group.batched and not batched:
            d, origin = d.sum(axis=0), origin.back(_over_the_batch)
        d = d if scale else _times(d, coefficient)
        full = single_group.batched == batched
        to_B, here = _passed(draft, single_group.index, origin, passed(d, a, full=full)), origin
        if batched and not several_group.batched:
            to_B, here = to_B.sum(axis=0), origin.anywhere()
        part = to_B[..., None] * coefficient if scale else np.broadcast_to(to_B[..., None], B.shape)
        pull_B(part, here.back(lambda d: d[..., None]))
        full = several_group.batched == batched
        pull_a(_passed(draft, several_group.index, origin, passed(d, total, full=full)), origin)

    product = a * total
    return (product if scale else _times(product, coefficient)), pull


def _linear_block(draft: Draft, group: SumGroup, block: Block, coefficient: Number) -> tuple[Source, Pull]:
    """Terms of one factor: biases, differences, sums over a layer."""
    operand, members = draft.groups[block.left], block.left_members
    scale = type(coefficient) is not float
    if len(members[0]) == 1:
        a, pull_a = _column(draft, group, block.left, members, alone=True)
        if _is_one(coefficient):
            return a, pull_a
        return times(a, coefficient), lambda d, origin: pull_a(times(d, coefficient), origin)
    if all(row == members[0] for row in members):
        batched = operand.batched
        A, pull_A = draft.array(operand, members[0], axis=True, batched=batched, alone=True)
        one = not group.has_axis

        def pull_rows(d: Source, origin: Origin) -> None:
            if group.batched and not batched:
                d, origin = d.sum(axis=0), origin.back(_over_the_batch)
            origin = origin.back(lambda d: _to_terms(d, one))
            if scale:
                pull_A(d @ coefficient if not one else d[..., None] * coefficient, origin)
            elif isinstance(d, Uniform) and one:
                pull_A(Uniform(d.factor * coefficient, batched=d.batched, like=A), origin)
            else:
                total = d if one else d.sum(axis=-1)
                pull_A(np.broadcast_to(_times(total, coefficient)[..., None], A.shape), origin)

        if scale:
            return A @ (coefficient if one else coefficient.T), pull_rows
        total = A.sum(axis=-1) if one or not batched else A.sum(axis=-1)[:, None]
        return _times(total, coefficient), pull_rows
    A, pull_A = draft.matrix(operand, members, batched=group.batched, alone=True)

    def pull(d: Source, origin: Origin) -> None:
        gradient = d[..., None] * coefficient if scale else _times(d, coefficient)[..., None]
        shape = A.shape if group.batched == operand.batched else (BATCH, *_shape(members))
        pull_A(np.broadcast_to(gradient, shape), origin.back(lambda d: d[..., None]))

    product = (A * coefficient if scale else A).sum(axis=-1)
    return (product if scale else _times(product, coefficient)), pull


def _all_equal(group: SumGroup) -> bool:
    columns: list[list[Number]] = [group.offsets]
    for block in group.blocks:
        columns += [block.left_members, block.right_members, block.coefficients]
    return all(row == column[0] for column in columns for row in column)


def _shape(members: Matrix) -> tuple[int, int]:
    return len(members), len(members[0])
