"""Value: a number that remembers how it was computed, and backpropagation over what it remembers."""

from typing import Never

from autograd import copying, errors, nodes, ops
from autograd.advice import advised
from autograd.errors import real_number
from autograd.graph import topological_order
from autograd.nodes import Equality, binary, equality, method, method_of_other, reflected, truth, unary
from autograd.numbers import NOTHING
from autograd.operation import Operation
from autograd.recorder import EAGER, current
from autograd.untyped import Real


class Value(advised.Advised):
    """A scalar in a computation graph: its number, the operation and operands that gave it, and its gradient.

    Arithmetic on Values and numbers records a node with its local gradients; `backward` gives every node the derivative
    of the result in `grad`. Comparisons give a `Condition`, ``==`` with a number too; of two Values ``==`` is identity.

    Args:
        data: an int, float, bool, Fraction, Decimal or NumPy scalar; held as float.
        name: what graphs, formulas and reports call it.

    Raises:
        TypeError: if `data` is anything else.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> y = a * b + a
    >>> y.backward()
    >>> y.data, a.grad, b.grad
    (-4.0, -2.0, 2.0)
    """

    __slots__ = nodes.FIELDS

    grad: float | None
    """∂output/∂self, by `backward`; None before."""
    name: str | None
    op: Operation | None
    """None for a leaf."""
    parents: tuple["Value", ...]
    """The operands; ``a + a`` has two."""
    local_grads: tuple[float, ...]
    """∂self/∂parent for each parent, as recorded."""
    constant: bool
    """Whether it is a plain number, as 2 in ``2 * x``."""
    written: int
    """See `autograd.nodes.writes`."""
    line: str
    """Where the program computed it, by `debug`."""

    def __init__(self, data: Real, name: str | None = None, *more: Never, **others: Never) -> None:
        if more or others or (name is not None and not isinstance(name, str)):
            advised.refuse_leaf(name, others)
        self._scalar = data if type(data) is float else real_number(data, "the data of a Value")
        self._grad = None
        self._name = name
        self.op = None
        self.parents = ()
        self.local_grads = ()
        self.constant = False
        self.written = nodes.writes

    __deepcopy__ = copying.deepcopy
    __reduce_ex__ = copying.reduce
    __setstate__ = copying.restore

    @property
    def data(self) -> float:
        """The number. A leaf's may be set, which changes nothing recorded; ValueError for a computed node."""
        if (now := current.get()) is not EAGER:
            now.asked(self, "reading .data")
        return self._scalar

    @data.setter
    def data(self, data: Real) -> None:
        if self.op is not None:
            errors.refuse_to_set(self)
        self._scalar = data if type(data) is float else real_number(data, "the data of a Value")
        nodes.writes += 1
        self.written = nodes.writes

    def backward(self, seed: Real = 1.0, **others: Never) -> None:
        """Give every node that self was computed from its gradient: ``node.grad = seed · ∂self/∂node``.

        In reverse topological order each node passes upstream gradient times local gradient to its parents; gradients
        add at branches, by the multivariate chain rule. Leaves add to the gradient that they have:
        two losses give that of their sum. Inner nodes start anew. (`graph.contributions`, written out for speed.)

        Raises:
            TypeError: if `seed` is not a real number.
        """
        if others:
            advised.refuse_backward(others)
        seed = real_number(seed, "the seed of backward")
        order = topological_order(self)
        current.get().backward(self, seed)
        for node in order:
            # Where no gradient comes, none is passed on, not even 0 · ∞: inner nodes begin with NOTHING.
            node._grad = NOTHING if node.parents else node._grad or 0.0
        self._grad = self._grad + seed if self._grad else seed
        for node in reversed(order):
            upstream = node._grad
            if upstream is NOTHING:
                node._grad = 0.0
                continue
            for parent, local in zip(node.parents, node.local_grads):  # noqa: B905
                if local is not NOTHING:
                    parent._grad += upstream * local

    def detach(self) -> "Value":
        """A leaf with the same data and name: gradients stop here."""
        return current.get().detached(self, Value)

    __add__ = binary(ops.add)
    __radd__ = reflected(ops.add)
    __sub__ = binary(ops.subtract)
    __rsub__ = reflected(ops.subtract)
    __mul__ = binary(ops.multiply)
    __rmul__ = reflected(ops.multiply)
    __truediv__ = binary(ops.divide)
    __rtruediv__ = reflected(ops.divide)

    def __pow__(self, exponent: "Value | Real") -> "Value":
        if isinstance(exponent, Value):
            return ops.power.record(self, exponent)
        return ops.power_by(real_number(exponent, "an exponent")).record(self)

    __rpow__ = reflected(ops.power)
    __neg__ = unary(ops.negate)
    __abs__ = unary(ops.absolute)
    abs = method(ops.absolute)

    def __pos__(self) -> "Value":
        return self

    __lt__ = truth(ops.less)
    __le__ = truth(ops.less_equal)
    __gt__ = truth(ops.greater)
    __ge__ = truth(ops.greater_equal)

    exp = method(ops.exp)
    log = method(ops.log)
    log1p = method(ops.log1p)
    expm1 = method(ops.expm1)
    sqrt = method(ops.sqrt)
    sin = method(ops.sin)
    cos = method(ops.cos)
    tan = method(ops.tan)
    asin = method(ops.asin)
    acos = method(ops.acos)
    atan = method(ops.atan)
    sinh = method(ops.sinh)
    cosh = method(ops.cosh)
    tanh = method(ops.tanh)
    asinh = method(ops.asinh)
    acosh = method(ops.acosh)
    atanh = method(ops.atanh)
    log2 = method(ops.log2)
    log10 = method(ops.log10)
    cbrt = method(ops.cbrt)
    erf = method(ops.erf)
    erfc = method(ops.erfc)
    sign = method(ops.sign)
    floor = method(ops.floor)
    ceil = method(ops.ceil)
    sigmoid = method(ops.sigmoid)
    relu = method(ops.relu)
    softplus = method(ops.softplus)
    maximum = method_of_other(ops.maximum)
    minimum = method_of_other(ops.minimum)

    __eq__: Equality = equality(ops.equal)
    __ne__: Equality = equality(ops.unequal)
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return errors.shown_value(self)

    def __format__(self, specification: str) -> str:
        return format(self._scalar, specification) if specification else str(self)

    __bool__ = errors.no_truth
