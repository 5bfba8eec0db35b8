"""The traced graph as sums of products: equal subexpressions merged, constants folded, chains of + and × flattened.

An expression is a number, its index in `NormalForm.nodes`; operands come before what is computed from them. It is

* an `Input`, a `Parameter`, a `Constant`,
* a `Sum`, ``offset + Σ coefficient · a · b`` over terms ``(coefficient, a, b)``, with ``b = NONE`` in a linear term, or
* an `Application` of any other operation.

A neuron is a Sum whether it was written as one `dot`, as ``sum(w * x) + b`` or with its terms shuffled. What would
change more than a rounding stays as it was written: terms and numbers that cancel, as in ``(x + 1e20) - 1e20``, and
factors whose product may be too small or too large, as in ``x * 1e-170 * 1e-170``. Where a comparison may turn on a
rounding, so do short sums.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from autograd import ops
from autograd.graph import topological_order
from autograd.lifting.tracing import Trace
from autograd.numbers.polynomials import Polynomial, polynomial_of
from autograd.operation import Operation
from autograd.untyped import AnyFunction
from autograd.value import Value

NONE = -1
"""Stands for a second factor where a term has none."""

LARGEST = 1e50
"""The largest size of an ordinary coefficient; 1/LARGEST is the smallest."""

_STEPS = {ops.step, ops.sign, ops.floor, ops.ceil}
"""Operations of one operand that a rounding of it may turn, besides truths."""

SHORT = 8
"""How many terms a sum has at most that is computed as written where a truth depends on it; NumPy and matrix products
add more of them in an order of their own."""

ROUNDED_ALIKE = {ops.divide, ops.sqrt, ops.absolute, ops.relu, ops.maximum, ops.minimum, ops.where}
"""Operations that floats and arrays compute to the same bit."""

WeightedProduct = tuple[float, int, int]
"""(coefficient, a, b)."""


class Input(NamedTuple):
    """One number of each example."""

    argument: int
    position: int


class Parameter(NamedTuple):
    """A leaf that the program takes its number of at each call."""

    rank: int
    """Its place among the parameters, in the order in which the graph meets them."""


class Constant(NamedTuple):
    """A number."""

    number: float


class Sum(NamedTuple):
    """offset + Σ coefficient · a · b."""

    offset: float
    terms: tuple[WeightedProduct, ...]


class Application(NamedTuple):
    """An operation on operands."""

    operation: Operation
    operands: tuple[int, ...]


class Over(NamedTuple):
    """A Sum over a number."""

    dividend: Sum
    divisor: float


Form = Sum | Over
"""What an operation is, over the places of its operands."""

PRODUCT = Sum(0.0, ((1.0, 0, 1),))
"""a · b of the operands 0 and 1."""

TOTAL = Sum(0.0, ((1.0, 0, NONE), (1.0, 1, NONE)))
"""a + b of the operands 0 and 1."""

Subexpression = Input | Parameter | Constant | Sum | Application
"""What a node of the recorded graph becomes; equal ones are one. Operands are the places of other subexpressions."""


class NormalForm:
    """The expressions of some outputs.

    Attributes:
        nodes: every expression, operands first; those that `live` leaves out were absorbed into a Sum.
        outputs: the expressions of the outputs.
        live: the expressions that a program has to compute, in order.
        names: the names that nodes of the graph had.
        leaves: the leaf behind each Parameter, in the order in which the graph meets them.
        fixed: the Parameters that the program is not differentiated by.
        indices: the Inputs that are places of a table, and how many entries that has.
        operands: for each live expression, the expressions that it is computed from, as often as it uses them.
        batched: for each expression, whether it differs from example to example.
        left_out: whether 0 times a parameter is left out, as if every parameter were finite.
        index_of: the expression of each node of the recorded graph, operands first.
        deciding: the expressions whose rounding may turn a truth.
    """

    def __init__(self, trace: Trace, parameters: Iterable[Value] | None = None) -> None:
        self.nodes: list[Subexpression] = []
        self.batched: list[bool] = []
        self.names: dict[int, str] = {}
        self.leaves: dict[int, Value] = {}
        self.fixed = set[int]()
        self.indices: dict[int, int] = {}
        self.operands: dict[int, Sequence[int]] = {}
        self._numbers: dict[int, float] = {}
        self._forms: dict[tuple[Operation, int], Form | None] = {}
        self._found: dict[tuple[type, Subexpression], int] = {}
        self.left_out = False
        self.deciding = set[int]()
        self.index_of = expression = dict[Value, int]()
        listed = frozenset(parameters or ()).__contains__
        for value in topological_order(*trace.outputs):
            if value.op is not None:
                index = self._operation(value.op, tuple([expression[parent] for parent in value.parents]))
            elif value in trace.positions:
                index = self._new(Input(*trace.positions[value]), batched=True)
                if value in trace.indices:
                    self.indices[index] = trace.indices[value]
            elif listed(value) or not (value.constant or trace.born.setdefault(value, value.written > trace.start)):
                index = self._new(Parameter(len(self.leaves)), batched=False)
                self.leaves[index] = value
                if parameters is not None and not listed(value):
                    self.fixed.add(index)
            else:
                index = self._constant(value.data)
            expression[value] = index
            if value.name is not None:
                self.names.setdefault(index, value.name)
        self.outputs = [expression[output] for output in trace.outputs]
        self.live = self._flatten()

    # Building, with equal expressions merged

    def _new(self, node: Subexpression, *, batched: bool) -> int:
        self.nodes.append(node)
        self.batched.append(batched)
        return len(self.nodes) - 1

    def _add(self, node: Subexpression, *, batched: bool) -> int:
        # With the type: Parameter(1) and Constant(1.0) are equal as tuples.
        index = self._found.setdefault((type(node), node), len(self.nodes))
        if index == len(self.nodes):
            self.nodes.append(node)
            self.batched.append(batched)
        return index

    def _constant(self, number: float) -> int:
        index = self._add(Constant(number), batched=False)
        self._numbers[index] = number
        return index

    def _sum(self, offset: float, terms: Iterable[WeightedProduct]) -> int:
        """offset + Σ terms, with constant factors pulled into the coefficients."""
        merged: dict[tuple[int, int], float] = {}
        batched = False
        numbers, is_batched = self._numbers, self.batched
        for coefficient, a, b in terms:
            if b != NONE:
                if b in numbers:
                    a, b = b, a
                if a in numbers:
                    if abs(coefficient) != 1 and b not in numbers and not _are_ordinary(coefficient, numbers[a]):
                        a, b = self._term(numbers[a], b, NONE), NONE
                    else:
                        coefficient, a, b = coefficient * numbers[a], b, NONE
                elif b < a:
                    a, b = b, a
            if b == NONE and a in numbers:
                offset += coefficient * numbers[a]
                continue
            cancels = (a, b) in merged and not _may_be_merged(merged[a, b], coefficient)
            if (b == NONE and cancels and merged[a, b] + coefficient) or (
                b != NONE and (cancels or (coefficient != 1 and not _are_ordinary(coefficient)))
            ):
                a, b = self._term(1.0, a, b), NONE
            batched = batched or is_batched[a] or (b != NONE and is_batched[b])
            merged[a, b] = merged[a, b] + coefficient if (a, b) in merged else coefficient
        if not merged:
            return self._constant(offset)
        if len(merged) == 1 and offset == 0:
            [((a, b), coefficient)] = merged.items()
            if b == NONE and coefficient == 1:
                return a
        return self._add(Sum(offset, tuple([(c, a, b) for (a, b), c in merged.items()])), batched=batched)

    def _term(self, coefficient: float, a: int, b: int) -> int:
        """A Sum of one term, which is computed before others are added to it."""
        batched = self.batched[a] or (b != NONE and self.batched[b])
        return self._add(Sum(0.0, ((coefficient, a, b),)), batched=batched)

    def _operation(self, operation: Operation, operands: tuple[int, ...]) -> int:
        key = operation, len(operands)
        if key not in self._forms:
            self._forms[key] = _form(operation, (None,) * len(operands))
        form = self._forms[key]
        if form is PRODUCT or form is TOTAL:
            # Nearly all of a network that is spelled out: not through the dictionaries of _sum.
            a, b = operands
            if a != b and a not in self._numbers and b not in self._numbers:
                a, b = (a, b) if a < b else (b, a)
                terms = ((1.0, a, b),) if form is PRODUCT else ((1.0, a, NONE), (1.0, b, NONE))
                return self._add(Sum(0.0, terms), batched=self.batched[a] or self.batched[b])
        if form is None and not self._numbers.keys().isdisjoint(operands):
            numbers = tuple([self._numbers.get(operand) for operand in operands])
            if None not in numbers:
                return self._constant(operation.record(*numbers))
            form = _form(operation, numbers)
        if isinstance(form, Over):
            return self._over(self._of_form(form.dividend, operands), form.divisor)
        if form is not None:
            return self._of_form(form, operands)
        batched = any(self.batched[operand] for operand in operands)
        return self._add(Application(operation, operands), batched=batched)

    def _of_form(self, form: Sum, operands: Sequence[int]) -> int:
        return self._sum(form.offset, [(c, operands[a], b if b == NONE else operands[b]) for c, a, b in form.terms])

    def _over(self, index: int, divisor: float) -> int:
        """A quotient. It stays outside of Sums: in floats x / 49 differs from x · (1/49)."""
        if index in self._numbers:
            return self._constant(ops.divide.record(self._numbers[index], divisor))
        return self._add(Application(ops.divide, (index, self._constant(divisor))), batched=self.batched[index])

    # Flattening

    def _flatten(self) -> list[int]:
        """Absorb every Sum that is used once, as a term, into the Sum that uses it; the expressions that remain."""
        uses = [0] * len(self.nodes)
        for index in self.outputs:
            uses[index] += 1
        for node in self.nodes:
            for operand in operands_of(node):
                uses[operand] += 1
        needed = set(self.outputs)
        deciding = self.deciding
        for index in range(len(self.nodes) - 1, -1, -1):
            if index in needed:
                node = self.nodes[index]
                if isinstance(node, Sum):
                    as_written = index in deciding and self._is_short(node, uses)
                    node = self.nodes[index] = self._absorb(node, uses, as_written=as_written)
                self.operands[index] = operands = operands_of(node)
                needed.update(operands)
                if self._decides(node) or (index in deciding and _is_rounded_alike(node)):
                    deciding.update(operands)
        return sorted(needed)

    def _decides(self, node: Subexpression) -> bool:
        """Whether a rounding of its operands may turn it: of truths, all but a comparison with infinity."""
        if type(node) is not Application:
            return False
        if node.operation in _STEPS:
            return True
        return node.operation.condition and all(isfinite(self._numbers.get(x, 0.0)) for x in node.operands)

    def _is_short(self, node: Sum, uses: list[int]) -> bool:
        count, stack = 0, [node]
        while stack and count <= SHORT:
            node = stack.pop()
            count += node.offset != 0
            for _, a, b in node.terms:
                inner = self.nodes[a]
                if b == NONE and uses[a] == 1 and isinstance(inner, Sum):
                    stack.append(inner)
                else:
                    count += 1
        return count <= SHORT

    def _absorb(self, node: Sum, uses: list[int], *, as_written: bool) -> Sum:
        """The Sum with those in it that are used once, and with their factors c · x taken apart.

        As written, it is the products alone that are absorbed, which changes no rounding.
        """
        offset = node.offset
        merged: dict[tuple[int, int], float] = {}
        taken: dict[tuple[int, int], float] | None = None  # the terms that are in it, or will be
        stack = list(reversed(node.terms))
        while stack:
            coefficient, a, b = stack.pop()
            if b == NONE:
                inner = self.nodes[a]
                if uses[a] == 1 and isinstance(inner, Sum):
                    taken = taken or {(x, y): c for c, x, y in node.terms}
                    if _may_be_absorbed(inner, coefficient, offset, taken, as_written=as_written):
                        offset += coefficient * inner.offset
                        terms = [(coefficient * c, x, y) for c, x, y in reversed(inner.terms)]
                        stack += terms
                        taken.update([((x, y), c) for c, x, y in terms])
                        continue
            else:
                factor, x = self._factor(a, uses)
                factor_b, y = self._factor(b, uses)
                if factor != 1 or factor_b != 1:
                    taken = taken or {(x, y): c for c, x, y in node.terms}
                    scaled = coefficient * factor * factor_b
                    key = (x, y) if x <= y else (y, x)
                    if (
                        abs(factor) == abs(factor_b) == 1
                        if as_written
                        else _are_ordinary(coefficient, factor, factor_b)
                    ) and (key not in taken or (not as_written and _may_be_merged(taken[key], scaled))):
                        coefficient, a, b = scaled, x, y
                        taken[key] = scaled
            factors = (a, b) if b == NONE or a <= b else (b, a)
            merged[factors] = merged.get(factors, 0.0) + coefficient
        terms = [(c, a, b) for (a, b), c in merged.items()]
        kept = [term for term in terms if term[0] or not self._inert(*term[1:])] or terms[:1]
        self.left_out = self.left_out or len(kept) < len(terms)
        return Sum(offset, tuple(kept))

    def _inert(self, a: int, b: int) -> bool:
        """Whether 0 times these factors is left out: the weights of a recurrent layer on a first state that is 0."""
        return type(self.nodes[a]) is Parameter and (b == NONE or type(self.nodes[b]) is Parameter)

    def _factor(self, index: int, uses: list[int]) -> tuple[float, int]:
        """A factor ``c · x`` as (c, x): the minus of ``-y * score`` belongs to the term."""
        node = self.nodes[index]
        if uses[index] == 1 and isinstance(node, Sum) and node.offset == 0 and len(node.terms) == 1:
            coefficient, a, b = node.terms[0]
            if b == NONE:
                return coefficient, a
        return 1.0, index


def _are_ordinary(*coefficients: float) -> bool:
    """Whether data may be multiplied by the product of these at once, and before others than they were.

    They stay as written where x · 1e-200 is 0 and x · y · 1e-200 is not, and where 1e-170 · 1e-170 is 0.
    """
    whole = 1.0
    for coefficient in coefficients:
        whole *= coefficient
        if not all(1 / LARGEST <= abs(size) <= LARGEST for size in (coefficient, whole)):
            return False
    return True


def _may_be_merged(coefficient: float, other: float) -> bool:
    """Whether two like terms may be one: of opposite signs, they would cancel before data come."""
    return (coefficient > 0 < other or coefficient < 0 > other) and isfinite(coefficient + other)


def _may_be_absorbed(
    inner: Sum, coefficient: float, offset: float, taken: dict[tuple[int, int], float], *, as_written: bool
) -> bool:
    """Whether coefficient · inner may become terms of a Sum, with this offset and those terms that are taken."""
    sign = abs(coefficient) == 1
    if as_written and not (sign and inner.offset == 0 and len(inner.terms) == 1):
        return False
    if inner.offset:
        number = coefficient * inner.offset
        if not (sign or _are_ordinary(coefficient, inner.offset)) or (offset and not _may_be_merged(offset, number)):
            return False
    for c, x, y in inner.terms:
        if not (sign or _are_ordinary(coefficient, c or 1.0)):
            return False
        if (x, y) in taken and (as_written or not _may_be_merged(taken[x, y], coefficient * c)):
            return False
    return True


def _is_rounded_alike(node: Subexpression) -> bool:
    return isinstance(node, Sum) or (isinstance(node, Application) and node.operation in ROUNDED_ALIKE)


def operands_of(node: Subexpression) -> Sequence[int]:
    """What an expression is computed from, as often as it uses it."""
    kind = type(node)
    if kind is Sum:
        found = []
        for _, a, b in node.terms:  # type: ignore[union-attr]  # it is a Sum
            found.append(a)
            if b != NONE:
                found.append(b)
        return found
    return node.operands if isinstance(node, Application) else ()


def _form(operation: Operation, operands: tuple[float | None, ...]) -> Form | None:
    """The operation as a Sum over the places of its operands, or a Sum over a number, if its rules make it one.

    An operand is its number, or None if it has none.
    """
    # A rule of the table depends on its operands alone, and is remembered; one of the user's may read a variable.
    form_of = _form_of if operation.in_the_table else _form_of.__wrapped__
    return form_of(operation.value, operation.local, operands)


@lru_cache(maxsize=512)
def _form_of(value: AnyFunction, local: AnyFunction, operands: tuple[float | None, ...]) -> Form | None:
    found = polynomial_of(value, local, operands)
    if found is None:
        return None
    if not isinstance(found, Polynomial):
        return Over(_as_sum(found.dividend), float(found.divisor))
    form = _as_sum(found)
    return PRODUCT if form == PRODUCT else TOTAL if form == TOTAL else form


def _as_sum(polynomial: Polynomial) -> Sum:
    offset, terms = 0.0, []
    for factors, coefficient in polynomial.terms.items():
        if factors:
            a, b = (*factors, NONE)[:2]
            terms.append((float(coefficient), a, b))
        else:
            offset = float(coefficient)
    return Sum(offset, tuple(terms))
