"""Groups of expressions, written down as NumPy: a line for each group forward, and its chain rule backward.

The local gradients of elementwise operations come from the table of `autograd.ops`, computed in the number system
`autograd.numbers.source`. What is written here is what arrays add to that: a factor passes its gradient to the other
(matrix products included), a sum spreads its gradient over its terms, what was read at some places goes back to them.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Sequence
from math import isfinite, isinf
from typing import Any

from autograd import ops
from autograd.graph import NOTHING
from autograd.numbers import extended, source
from autograd.numbers.source import Source
from autograd.ops import Operation
from autograd.vectorize.expressions import Constant, Expressions
from autograd.vectorize.groups import NO_GROUP, PARAMETERS, ApplicationGroup, Block, Group, Groups, Matrix, SumGroup
from autograd.vectorize.naming import Names

np = source.np

Pull = Callable[[Source], None]
"""Passes the gradient of an expression on to the groups that it reads."""

Contribution = tuple[Source, str]
"""A part of the gradient of a group, and the name of the forward line that it comes through."""

TERMS = 32
"""How many terms a line may add up: an expression of a thousand is too deep for Python."""

View = tuple[int, int, int]
"""A part of the flat parameters: (start, rows, columns); 0 rows is a vector, 0 columns one number."""


class Emission:
    """The lines of a program.

    Attributes:
        views: the lines that cut the flat array of parameters into matrices and vectors.
        forward: a line for each computed group.
        outputs: the expressions of the function's outputs.
        backward: the lines down to `gradient`, the flat gradient of the parameters, each with its comment; empty unless
            there is one output.
        constants: the numbers of the arrays that the lines name, and whether they are whole.
    """

    def __init__(
        self, expressions: Expressions, groups: Groups, argument_names: Sequence[str], output_name: str
    ) -> None:
        self.expressions = expressions
        self.groups = groups.groups
        self.group_of = groups.group_of
        self.places = groups.places
        self.names = Names(expressions, groups, argument_names, output_name)
        self.views: list[str] = []
        self.forward: list[str] = []
        self.backward: list[tuple[str, str]] = []
        self._linear = False
        self.constants: dict[str, Any] = {}
        self._view_names: dict[View, str] = {}
        self._pulls: dict[int, list[Pull]] = defaultdict(list)
        self._through = "the mean over the batch"
        self._wanted = self._leading_to_parameters()
        self._chosen = False
        self._after_choice: set[int] = set()
        self._contributions: dict[int, list[Contribution]] = defaultdict(list)
        self._pieces: dict[View, list[Contribution]] = defaultdict(list)
        for group in self.groups:
            if isinstance(group, SumGroup):
                self._emit_sum(group)
            elif isinstance(group, ApplicationGroup):
                self._emit_application(group)
        outputs = [self._read(index) for index in expressions.outputs]
        self.outputs = self._together(expressions.outputs) or [expression for expression, _ in outputs]
        if len(outputs) == 1:
            self._emit_backward(expressions.outputs[0], outputs[0][1])

    # Reading groups

    def _name(self, group: Group | int) -> Source:
        return source.name(self.names.of(group if isinstance(group, int) else group.index))

    def _read(self, index: int) -> tuple[Source, Pull | None]:
        """One expression, without an axis of members."""
        node = self.expressions.nodes[index]
        if isinstance(node, Constant):
            return Source(source.tree_of(node.number)), None
        group = self.groups[self.group_of[index]]
        return self._access(group, [index], axis=False, batched=group.batched)

    def _read_or_number(self, index: int) -> tuple[Any, Pull | None]:
        """As `_read`, but a constant as a plain number, for the rules to compute with."""
        node = self.expressions.nodes[index]
        return (node.number, None) if isinstance(node, Constant) else self._read(index)

    def _together(self, outputs: list[int]) -> list[Source]:
        """Several outputs that are members of one group, as one array."""
        sources = {self.group_of[index] for index in outputs}
        if len(outputs) == 1 or len(sources) > 1 or NO_GROUP in sources:
            return []
        group = self.groups[sources.pop()]
        return [self._access(group, outputs, axis=True, batched=group.batched, exact=True)[0]] if group.batched else []

    def _access(
        self, group: Group, members: list[int], *, axis: bool, batched: bool, exact: bool = False
    ) -> tuple[Source, Pull]:
        """The members of a group in the order given, as (…, members) if `axis`.

        One member in all places may come as (…, 1), to be broadcast, unless `exact`. The gradient that will be pulled
        has an axis for the batch if `batched`.
        """
        places, size = self.places(members), len(group.members)
        if group.index == PARAMETERS:
            return self._access_parameters(places, (len(places),) if axis else (), batched=batched, exact=exact)
        array = self._name(group)
        prefix: tuple[Any, ...] = (slice(None),) if group.batched else ()

        def pull_to(put_back: Callable[[Source], Source]) -> Pull:
            def pull(gradient: Source) -> None:
                if batched and not group.batched:
                    gradient = gradient.sum(axis=0)
                self._contribute(group, put_back(gradient))

            return pull

        if not group.has_axis:
            if not axis:
                return array, pull_to(lambda d: d)
            if exact and len(members) > 1:
                array = array[..., None][..., self._constant_array("index", places, integer=True)]
                return array, pull_to(lambda d: d.sum(axis=-1))
            return array[..., None], pull_to(lambda d: d.sum(axis=-1))
        if not axis:
            return array[(*prefix, places[0])], pull_to(lambda d: self._spread(d, places[0], size))
        if places == list(range(size)):
            return array, pull_to(lambda d: d)
        if len(set(places)) == 1 and not exact:
            run = slice(places[0], places[0] + 1)
            return array[(*prefix, run)], pull_to(lambda d: self._spread(d.sum(axis=-1, keepdims=True), run, size))
        if places == list(range(places[0], places[-1] + 1)):
            run = slice(places[0], places[-1] + 1)
            return array[(*prefix, run)], pull_to(lambda d: self._spread(d, run, size))
        index = self._constant_array("index", places, integer=True)
        return array[(*prefix, index)], pull_to(lambda d: self._spread(d, index, size))

    def _access_matrix(self, group: Group, members: Matrix, *, batched: bool) -> tuple[Source, Pull]:
        """The members as (…, rows, columns)."""
        rows = [self.places(row) for row in members]
        if group.index == PARAMETERS:
            flat = [place for row in rows for place in row]
            return self._access_parameters(flat, (len(rows), len(rows[0])), batched=batched)
        if not group.has_axis:
            array = self._name(group)[..., None, None]
            return array, lambda d: self._pull_gather(group, d.sum(axis=(-2, -1)), batched=batched)
        index = self._constant_array("index", rows, integer=True)
        array = self._name(group)[:, index] if group.batched else self._name(group)[index]
        size = len(group.members)

        def pull(gradient: Source) -> None:
            self._pull_gather(group, gradient, batched=batched, spread=lambda d: self._spread(d, index, size))

        return array, pull

    def _pull_gather(
        self, group: Group, gradient: Source, *, batched: bool, spread: Callable[[Source], Source] = lambda d: d
    ) -> None:
        if batched and not group.batched:
            gradient = gradient.sum(axis=0)
        self._contribute(group, spread(gradient))

    def _contribute(self, group: Group, gradient: Source) -> None:
        if group.index in self._wanted:
            self._contributions[group.index].append((gradient, self._through))
            if self._chosen:
                self._after_choice.add(group.index)

    def _access_parameters(
        self, places: list[int], shape: tuple[int, ...], *, batched: bool, exact: bool = False
    ) -> tuple[Source, Pull]:
        total = len(self.groups[PARAMETERS].members)
        start, count = places[0], len(places)
        rows, columns = (shape if len(shape) == 2 else (0, *shape)) if shape else (0, 0)

        def pull_to(view: View, put_back: Callable[[Source], Source]) -> Pull:
            def pull(gradient: Source) -> None:
                gradient = gradient.sum(axis=0) if batched else gradient
                self._pieces[view].append((put_back(gradient), self._through))

            return pull

        if places == list(range(start, start + count)):
            view = start, rows, columns
            return self._view(view), pull_to(view, lambda d: d)
        if len(set(places)) == 1 and not rows and not exact:
            view = start, 0, 0
            return self._view(view), pull_to(view, lambda d: d.sum())
        nested = [places[i : i + columns] for i in range(0, count, columns)] if rows else places
        index = self._constant_array("index", nested, integer=True)
        everything = 0, 0, total
        return self._view(everything)[index], pull_to(everything, lambda d: self._spread(d, index, total))

    def _view(self, view: View) -> Source:
        """The name of a part of the parameters; its line is written when it is first asked for."""
        start, rows, columns = view
        parameters = source.name("parameters")
        everything = self.groups[PARAMETERS].members
        if (start, rows, columns) == (0, 0, len(everything)):
            return parameters
        if view not in self._view_names:
            count = max(rows, 1) * max(columns, 1)
            self._view_names[view] = self.names.of_parameters(everything[start : start + count], self._linear)
            cut = parameters[start : start + count] if columns else parameters[start]
            self.views.append(f"{self._view_names[view]} = {cut.reshape(rows, columns) if rows else cut}")
        return source.name(self._view_names[view])

    def _spread(self, gradient: Source, index: Any, size: int) -> Source:
        """A gradient put back where it was read, with zeros around it; added up where a place was read twice."""
        if isinstance(index, slice):
            return source.name("place")(gradient, source.name("slice")(index.start, index.stop), size)
        if isinstance(index, int):
            return source.name("place")(gradient, index, size)
        numbers, _ = self.constants[str(index)]
        flat = [n for row in numbers for n in row] if isinstance(numbers[0], list) else numbers
        distinct = len(set(flat)) == len(flat)
        return source.name("place" if distinct else "scatter")(gradient, index, size)

    def _constant_array(self, kind: str, numbers: Any, *, integer: bool = False) -> Source:
        for text, known in self.constants.items():
            if known == (numbers, integer):
                return source.name(text)
        text = self.names.fresh(kind)
        self.constants[text] = (numbers, integer)
        return source.name(text)

    # Applications of an operation

    def _emit_application(self, group: ApplicationGroup) -> None:
        operation = group.operation
        target = self._name(group)
        if operation.arity is None:
            self._emit_many_operands(group)
            return
        operands = [self._operand(group, members) for members in group.operands]
        value = operation.value(source, *(expression for expression, _ in operands))
        if isinstance(value.tree, ast.Compare):
            # Truths that are added or multiplied must be numbers.
            value = value.astype(source.name("dtype"))
        self.forward.append(f"{target} = {value}")

        def pull(gradient: Source) -> None:
            here = [expression for expression, _ in operands]
            for (_, pass_on), local in zip(operands, self._local_grads(operation, gradient, target, here), strict=True):
                if pass_on is not None and local is not NOTHING:
                    self._chosen = self._chosen or source.is_truth(local)
                    if isinstance(local, Source):
                        # Of two operands the one whose local gradient this is may be all that the batch changes.
                        pass_on(_passed(gradient, local, full=len(operands) == 1))
                    else:
                        pass_on(_times(gradient, local))

        self._pulls[group.index].append(pull)

    def _local_grads(self, operation: Operation, gradient: Source, y: Source, operands: list[Any]) -> tuple[Any, ...]:
        """The rule's local gradients, also where one is infinite and counts for nothing."""
        if operation is ops.power:
            base, exponent = operands
            by_base, _ = operation.local(source, y, base, exponent)
            # 0**b is 0 on both sides of every b > 0, where 0 · log 0 is not a number.
            _, by_exponent = operation.local(source, y, _with_1_for_0(base), exponent)
            return by_base, by_exponent
        if self._chosen and _has_infinite_slope(operation):
            # Where another branch was chosen the gradient is 0, and stays it: not even 0 · ∞ passes.
            unused = source.equal(gradient, 0)
            y, *operands = (np.where(unused, 1, expression) for expression in (y, *operands))
        return operation.local(source, y, *operands)

    def _operand(self, group: ApplicationGroup, members: list[int]) -> tuple[Any, Pull | None]:
        numbers = [self.expressions.nodes[member] for member in members]
        if self.group_of[members[0]] == NO_GROUP:
            return self._coefficient([node.number for node in numbers if isinstance(node, Constant)]), None
        operand = self.groups[self.group_of[members[0]]]
        return self._access(operand, members, axis=group.has_axis, batched=group.batched)

    def _emit_many_operands(self, group: ApplicationGroup) -> None:
        """One member, of an operation of any number of operands: over the last axis if they stand in one group."""
        operation, target = group.operation, self._name(group)
        members = [column[0] for column in group.operands]
        sources = {self.group_of[member] for member in members}
        if operation is ops.logsumexp and len(sources) == 1 and len(members) > 1 and NO_GROUP not in sources:
            operand = self.groups[sources.pop()]
            xs, pass_on = self._access(operand, members, axis=True, batched=group.batched, exact=True)
            self.forward.append(f"{target} = {source.name('logsumexp')(xs)}")

            def pull(gradient: Source) -> None:
                [local] = operation.local(source, target[..., None], xs)
                pass_on(_passed(gradient, local, axis=True))

        elif operation is ops.logsumexp and len(members) > 1:
            parts = [self._read_or_number(member) for member in members]
            stack = self.names.fresh("stack")
            side_by_side = np.broadcast_arrays(*(part for part, _ in parts))
            # With the type, for a plain number among them would make 64 bits of all.
            self.forward.append(f"{stack} = {np.stack(side_by_side, axis=-1).astype(source.name('dtype'))}")
            xs = source.name(stack)
            self.forward.append(f"{target} = {source.name('logsumexp')(xs)}")

            def pull(gradient: Source) -> None:
                [local] = operation.local(source, target[..., None], xs)
                d_stack = self._line(f"d_{stack}", [(_passed(gradient, local, axis=True), self._through)])
                self._through = stack
                for place, ((_, pass_on), member) in enumerate(zip(parts, members, strict=True)):
                    if pass_on is not None:
                        passed = d_stack[..., place]
                        shared = group.batched and not self.expressions.batched[member]
                        pass_on(passed.sum(axis=0) if shared else passed)

        else:
            operands = [self._read_or_number(member) for member in members]
            value = operation.value(source, *(expression for expression, _ in operands))
            self.forward.append(f"{target} = {value}")

            def pull(gradient: Source) -> None:
                local_grads = operation.local(source, target, *(expression for expression, _ in operands))
                for (_, pass_one), local, member in zip(operands, local_grads, members, strict=True):
                    if pass_one is not None and local is not NOTHING:
                        passed = _times(gradient, local)
                        if group.batched and not self.expressions.batched[member]:
                            passed = passed.sum(axis=0)
                        pass_one(passed)

        self._pulls[group.index].append(pull)

    # Sums

    def _emit_sum(self, group: SumGroup) -> None:
        parts: list[tuple[bool, Source]] = []
        for block in group.blocks:
            coefficient = self._block_coefficient(block)
            negative = type(coefficient) is float and coefficient < 0
            expression, pull = self._block(group, block, -coefficient if negative else coefficient)
            parts.append((negative, expression))

            def pull_signed(d: Source, pull: Pull = pull, negative: bool = negative) -> None:
                pull(-d if negative else d)

            self._pulls[group.index].append(pull_signed)
        offset = self._coefficient(group.offsets)
        has_offset = not (type(offset) is float and offset == 0)
        parts.sort(key=lambda part: part[0])
        negative, total = parts[0]
        rest = parts[1:]
        if negative:
            total, rest, has_offset = (offset, parts, False) if has_offset else (-total, rest, False)
        for count, (negative, part) in enumerate(rest, 2):
            total = total - part if negative else total + part
            if count % TERMS == 0:
                self.forward.append(f"{self._name(group)} = {total}")
                total = self._name(group)
        if has_offset:
            total = total - -offset if type(offset) is float and offset < 0 else total + offset
        if group.has_axis and _all_equal(group):
            # Sums that turned out to be one and the same, as of terms in another order: each part may have one place.
            count = len(group.members)
            total = np.broadcast_to(total, (source.name("batch"), count) if group.batched else (count,))
        self.forward.append(f"{self._name(group)} = {total}")

    def _block_coefficient(self, block: Block) -> Any:
        """The one coefficient of all terms, else an array of them: (members,), (terms,) or (members, terms)."""
        flat = [c for row in block.coefficients for c in row]
        if all(c == flat[0] for c in flat):
            return flat[0]
        if len(block.coefficients) == 1 or len(block.coefficients[0]) == 1:
            return self._constant_array("coefficients", flat)
        return self._constant_array("coefficients", block.coefficients)

    def _coefficient(self, numbers: list[float]) -> Any:
        return numbers[0] if all(c == numbers[0] for c in numbers) else self._constant_array("numbers", numbers)

    def _block(self, group: SumGroup, block: Block, coefficient: Any) -> tuple[Source, Pull]:
        if block.right == NO_GROUP:
            return self._linear_block(group, block, coefficient)
        left, right = self.groups[block.left], self.groups[block.right]
        if len(block.left_members[0]) == 1:
            return self._elementwise_block(group, block, coefficient)
        same_right = all(row == block.right_members[0] for row in block.right_members)
        if not left.batched and same_right:
            return self._matrix_block(group, block, coefficient, left, right)
        matrices = left.has_axis and right.has_axis and right.batched and not left.batched
        if matrices and type(coefficient) is float and (count := _windows(block)):
            return self._convolution_block(block, coefficient, left, right, count)
        return self._gathered_block(group, block, coefficient, left, right)

    def _elementwise_block(self, group: SumGroup, block: Block, coefficient: Any) -> tuple[Source, Pull]:
        """One product for each member: c · a · b."""
        a, pull_a = self._column(group, block.left, block.left_members)
        b, pull_b = self._column(group, block.right, block.right_members)

        def full(index: int) -> bool:
            return not group.has_axis and self.groups[index].batched == group.batched

        def pull(d: Source) -> None:
            scaled = _times(d, coefficient)
            if square:
                pull_a(_passed(2 * scaled, a, full=full(block.left)))
            else:
                pull_a(_passed(scaled, b, full=full(block.right)))
                pull_b(_passed(scaled, a, full=full(block.left)))

        square = block.left == block.right and block.left_members == block.right_members
        if square:
            return _times(source.power(a, 2), coefficient), pull
        return _times(a, coefficient) * b, pull

    def _column(self, group: SumGroup, index: int, members: Matrix) -> tuple[Source, Pull]:
        column = [row[0] for row in members]
        return self._access(self.groups[index], column, axis=group.has_axis, batched=group.batched)

    def _matrix_block(
        self, group: SumGroup, block: Block, coefficient: Any, left: Group, right: Group
    ) -> tuple[Source, Pull]:
        """Weighted sums of the same inputs: X Wᵀ."""
        # The gradient of W needs no sum over the batch: the product with X is that sum.
        X, pull_X = self._access(right, block.right_members[0], axis=True, batched=right.batched, exact=True)
        one, two_dimensional = not group.has_axis, right.batched
        scale = type(coefficient) is not float
        if one:
            W, pull_W = self._access(left, block.left_members[0], axis=True, batched=False, exact=True)
        else:
            W, pull_W = self._access_matrix(left, block.left_members, batched=False)
        weights = W * coefficient if scale else W

        def pull(d: Source) -> None:
            d = d.sum(axis=0) if group.batched and not two_dimensional else d
            d = d if scale else _times(d, coefficient)
            if one and block.left == block.right and block.left_members == block.right_members:
                pull_W(2 * d * weights)
                return
            if one:
                d_weights = d @ X if two_dimensional else d * X
                d_X = d[:, None] * weights if two_dimensional else d * weights
            else:
                d_weights = d.T @ X if two_dimensional else np.outer(d, X)
                d_X = d @ weights
            pull_W(d_weights * coefficient if scale else d_weights)
            pull_X(d_X)

        product = X @ (weights if one else weights.T)
        return (product if scale else _times(product, coefficient)), pull

    def _convolution_block(
        self, block: Block, coefficient: float, left: Group, right: Group, count: int
    ) -> tuple[Source, Pull]:
        """Each of several kernels on each of `count` windows: K Xᵀ, with X (windows, terms) for each example."""
        kernels, batch = len(block.left_members) // count, source.name("batch")
        K, pull_K = self._access_matrix(left, block.left_members[::count], batched=False)
        X, pull_X = self._access_matrix(right, block.right_members[:count], batched=True)

        def pull(d: Source) -> None:
            d = _times(d, coefficient).reshape(batch, kernels, count)
            pull_K(np.tensordot(d, X, ((0, 2), (0, 1))))
            pull_X(d.swapaxes(1, 2) @ K)

        return _times((K @ X.swapaxes(1, 2)).reshape(batch, kernels * count), coefficient), pull

    def _gathered_block(
        self, group: SumGroup, block: Block, coefficient: Any, left: Group, right: Group
    ) -> tuple[Source, Pull]:
        """Sums of products whose factors differ from member to member, or are both of the example."""
        one = not group.has_axis
        # In a sum that differs from example to example there may be products that all examples share.
        batched = left.batched or right.batched
        square = block.left == block.right and block.left_members == block.right_members
        shared = (
            not square
            and not left.batched
            and not one
            and all(row == block.left_members[0] for row in block.left_members)
        )
        if one:
            A, pull_A = self._access(left, block.left_members[0], axis=True, batched=batched)
            B, pull_B = self._access(right, block.right_members[0], axis=True, batched=batched)
        else:
            B, pull_B = self._access_matrix(right, block.right_members, batched=batched)
            if shared:
                A, pull_A = self._access(left, block.left_members[0], axis=True, batched=False, exact=True)
            else:
                A, pull_A = self._access_matrix(left, block.left_members, batched=batched)
        scale = type(coefficient) is not float

        def pull(d: Source) -> None:
            d = d.sum(axis=0) if group.batched and not batched else d
            d = d if scale else _times(d, coefficient)
            if square:
                pull_A(_passed(2 * d, A * coefficient if scale else A, axis=True, full=one))
                return
            A_here, B_here = (A * coefficient, B * coefficient) if scale else (A, B)
            pull_B(_passed(d, A_here, axis=True, full=one and left.batched == batched))
            if shared and not scale:
                # Over the batch and the windows at once.
                pull_A(np.tensordot(d, B, 2 if batched else 1))
            elif shared:
                pull_A(_passed(d, B_here, axis=True, full=False).sum(axis=(0, 1) if batched else 0))
            else:
                pull_A(_passed(d, B_here, axis=True, full=one and right.batched == batched))

        if shared and not scale:
            return _times(B @ A, coefficient), pull
        product = source.power(A, 2) if square else A * B
        product = (product * coefficient if scale else product).sum(axis=-1)
        return (product if scale else _times(product, coefficient)), pull

    def _linear_block(self, group: SumGroup, block: Block, coefficient: Any) -> tuple[Source, Pull]:
        """Terms of one factor: biases, differences, sums over a layer."""
        self._linear = True
        try:
            return self._linear_terms(group, block, coefficient)
        finally:
            self._linear = False

    def _linear_terms(self, group: SumGroup, block: Block, coefficient: Any) -> tuple[Source, Pull]:
        operand, members = self.groups[block.left], block.left_members
        scale = type(coefficient) is not float
        if len(members[0]) == 1:
            a, pull_a = self._column(group, block.left, members)
            return _times(a, coefficient), lambda d: pull_a(_times(d, coefficient))
        if all(row == members[0] for row in members):
            batched = operand.batched
            A, pull_A = self._access(operand, members[0], axis=True, batched=batched)
            one = not group.has_axis

            def pull_rows(d: Source) -> None:
                if group.batched and not batched:
                    d = d.sum(axis=0)
                if scale:
                    pull_A(d @ coefficient if not one else d[..., None] * coefficient)
                elif isinstance(d, Uniform) and one:
                    pull_A(Uniform(d.factor * coefficient, batched=d.batched, like=A))
                else:
                    total = d if one else d.sum(axis=-1)
                    pull_A(np.broadcast_to(_times(total, coefficient)[..., None], A.shape))

            if scale:
                return A @ (coefficient if one else coefficient.T), pull_rows
            total = A.sum(axis=-1) if one or not batched else A.sum(axis=-1)[:, None]
            return _times(total, coefficient), pull_rows
        A, pull_A = self._access_matrix(operand, members, batched=group.batched)

        def pull(d: Source) -> None:
            gradient = d[..., None] * coefficient if scale else _times(d, coefficient)[..., None]
            shape = A.shape if group.batched == operand.batched else (source.name("batch"), *_shape(members))
            pull_A(np.broadcast_to(gradient, shape))

        product = (A * coefficient if scale else A).sum(axis=-1)
        return (product if scale else _times(product, coefficient)), pull

    # Backward

    def _leading_to_parameters(self) -> set[int]:
        """The groups that pass gradients on to parameters: no others need theirs."""
        wanted = {PARAMETERS}
        for group in self.groups:
            if isinstance(group, SumGroup):
                read = {side for block in group.blocks for side in (block.left, block.right)}
            elif isinstance(group, ApplicationGroup):
                anything = [source.name("x")] * len(group.operands)
                local_grads = group.operation.local(source, source.name("y"), *anything)
                passing = zip(group.operands, local_grads, strict=True)
                read = {self.group_of[column[0]] for column, local in passing if local is not NOTHING}
            else:
                continue
            if read & wanted:
                wanted.add(group.index)
        return wanted

    def _emit_backward(self, output: int, pull: Pull | None) -> None:
        if pull is not None:
            pull(Uniform(1.0, batched=self.expressions.batched[output]))
        for group in reversed(self.groups):
            contributions = self._contributions.pop(group.index, [])
            if contributions:
                name = self.names.of(group.index)
                gradient = self._line(f"d_{name}", contributions)
                self._through = name
                self._chosen = group.index in self._after_choice
                for pull_block in self._pulls[group.index]:
                    pull_block(gradient)
        self._collect()

    def _line(self, target: str, contributions: list[Contribution]) -> Source:
        """Write the sum of the contributions down as `target`, unless it is a variable as it is."""
        gradient, _ = contributions[0]
        if len(contributions) == 1 and (isinstance(gradient, Uniform) or str(gradient).isidentifier()):
            return gradient
        for start in range(0, len(contributions), TERMS):
            some = contributions[start : start + TERMS]
            total = source.sum(*([source.name(target)] if start else []), *(part for part, _ in some))
            through = dict.fromkeys(name for _, name in some)
            self.backward.append((f"{target} = {total}", f"through {', '.join(through)}"))
        return source.name(target)

    def _collect(self) -> None:
        """The gradients of the parameters, part by part, and all of them as one flat array."""
        total = len(self.groups[PARAMETERS].members)
        parts: dict[View, Source] = {}
        for view, contributions in sorted(self._pieces.items()):
            part = self._line(f"d_{self._view(view)}", contributions)
            parts[view] = part if view[2] and not view[1] else part.ravel()
        layers = []
        while parts:
            layers.append(self._side_by_side(parts, total))
        if not layers:
            layers.append(np.zeros(total, source.name("dtype")))
        gradient = layers[0]
        for layer in layers[1:]:
            gradient = gradient + layer
        self.backward.append((f"gradient = {gradient}", ""))

    @staticmethod
    def _side_by_side(parts: dict[View, Source], total: int) -> Source:
        """Parts that do not overlap, taken out of `parts` and joined to a flat array, with zeros between them."""
        position, run = 0, []
        for view in sorted(parts):
            start, rows, columns = view
            if start < position:
                continue
            if start > position:
                run.append(np.zeros(start - position, source.name("dtype")))
            run.append(parts.pop(view))
            position = start + max(rows, 1) * max(columns, 1)
        if position < total:
            run.append(np.zeros(total - position, source.name("dtype")))
        return run[0] if len(run) == 1 else np.concatenate(tuple(run))


class Uniform(Source):
    """A gradient that is one number: factor / batch for every example, as the mean over the batch passes it on.

    Not `batched`, it is the factor itself, the gradient of a number that all examples share. As any other expression it
    is an array, of the shape of `like` if that is given; where it is multiplied with an array, the number will do.
    """

    def __init__(self, factor: float, *, batched: bool, like: Source | None = None) -> None:
        self.factor = factor
        self.batched = batched
        self.like = like

    @property
    def tree(self) -> ast.expr:  # type: ignore[override]  # the array is written only where it is needed
        shape = (source.name("batch") if self.batched else ()) if self.like is None else self.like.shape
        number = source.divide(self.factor, source.name("batch")) if self.batched else self.factor
        return np.full(shape, number, source.name("dtype")).tree

    def times(self, other: Source) -> Source:
        """The product with an array of the gradient's own shape."""
        product = _times(other, self.factor)
        return product / source.name("batch") if self.batched else product

    def sum(self, axis: Any) -> Source:
        """Over the batch it is the factor, however large the batch."""
        if self.batched and axis == 0 and self.like is None:
            return Uniform(self.factor, batched=False)
        return super().__getattr__("sum")(axis=axis)

    def __mul__(self, other: Any) -> Source:
        if isinstance(other, int | float):
            return Uniform(self.factor * other, batched=self.batched, like=self.like)
        return super().__mul__(other) if self.batched or self.like else _times(other, self.factor)

    __rmul__ = __mul__

    def __neg__(self) -> Source:
        return self * -1


def _windows(block: Block) -> int:
    """On how many windows each of several kernels is used, if each is used on the same ones in order; else 0."""
    kernels, windows = block.left_members, block.right_members
    count = next((i for i, row in enumerate(kernels) if row != kernels[0]), 0)
    if count < 2 or len(kernels) % count:
        return 0
    regular = all(
        kernels[i] == kernels[i - i % count] and windows[i] == windows[i % count] for i in range(len(kernels))
    )
    return count if regular else 0


def _all_equal(group: SumGroup) -> bool:
    columns: list[list[Any]] = [group.offsets]
    for block in group.blocks:
        columns += [block.left_members, block.right_members, block.coefficients]
    return all(row == column[0] for column in columns for row in column)


def _has_infinite_slope(operation: Operation) -> bool:
    """Whether it has a value, but no finite slope, at 0: as √ and the powers between 0 and 1."""
    if operation.arity != 1:
        return False
    try:
        value = operation.value(extended, 0.0)
        return isfinite(value) and isinf(operation.local(extended, value, 0.0)[0])
    except (ValueError, ArithmeticError):
        return False


def _with_1_for_0(a: Any) -> Any:
    return np.where(source.equal(a, 0), 1, a) if isinstance(a, Source) else a or 1.0


def _times(expression: Source, factor: Any) -> Source:
    """factor · expression, as one writes it: nothing for 1, a sign for −1, one number for two."""
    if isinstance(factor, Source) or isinstance(expression, Uniform):
        return expression * factor
    tree = expression.tree
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult) and isinstance(tree.left, ast.Constant):
        return _times(Source(tree.right), factor * tree.left.value)
    if factor == 1:
        return expression
    return -expression if factor == -1 else factor * expression


def _passed(gradient: Source, other: Source, *, axis: bool = False, full: bool = True) -> Source:
    """gradient · other, the gradient with a last axis of 1 if `axis`; `other` has the product's shape if `full`."""
    if isinstance(gradient, Uniform) and full:
        return gradient.times(other)
    return (gradient[..., None] if axis else gradient) * other


def _shape(members: Matrix) -> tuple[int, int]:
    return len(members), len(members[0])
