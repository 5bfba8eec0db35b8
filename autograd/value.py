"""Value: a number that remembers how it was computed, and backpropagation over what it remembers."""

from typing import TYPE_CHECKING, Any, overload

from autograd import copying, errors, ops, recorder
from autograd.errors import real_number
from autograd.graph import NOTHING, topological_order
from autograd.operation import Operation
from autograd.recorder import EAGER, binary, current, reflected, truth, unary

if TYPE_CHECKING:
    from autograd.condition import Condition


class Value:
    """A scalar in a computation graph: its number, the operation and operands that gave it, and its gradient.

    Arithmetic on Values, and on Values and plain numbers, records a node with its local gradients; `backward` then
    gives every node it was computed from the derivative of the result in `grad`. Comparisons give a
    `Condition`, ``==`` with a number too; two Values are equal if they are one.

    Args:
        data: a real number: int, float, bool, Fraction or NumPy scalar; held as a float.
        name: what graphs, formulas and reports call it.

    Raises:
        TypeError: if `data` is anything else.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> y = a * b + a
    >>> y.backward()
    >>> y.data, a.grad, b.grad
    (-4.0, -2.0, 2.0)
    """

    __slots__ = ("_scalar", "constant", "grad", "local_grads", "name", "op", "parents", "written")

    __array_ufunc__ = None  # np.float64(2) * v asks Value.__rmul__, and so does an array

    grad: float | None
    """∂output/∂self of the last `backward` (summed over calls, for a leaf); None until one reaches it."""
    name: str | None
    op: Operation | None
    """The operation that gave it; None for a leaf."""
    parents: tuple["Value", ...]
    """The operands, in order; ``a + a`` has two. Empty for a leaf."""
    local_grads: tuple[float, ...]
    """∂self/∂parent for each parent, computed when the node was recorded."""
    constant: bool
    """Whether it was made of a plain number that met a Value, as the 2 in ``2 * x``."""
    written: int
    """When its data was last set (see `autograd.recorder.writes`)."""

    def __init__(self, data: float, name: str | None = None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"the name of a Value is a string, not {name!r}")
        self._scalar = data if type(data) is float else real_number(data, "the data of a Value")
        self.grad = None
        self.name = name
        self.op = None
        self.parents = ()
        self.local_grads = ()
        self.constant = False
        self.written = recorder.writes

    __deepcopy__ = copying.deepcopy
    __reduce_ex__ = copying.reduce
    __setstate__ = copying.restore

    @property
    def data(self) -> float:
        """The number. On a leaf it may be set, as an optimizer does; what was recorded from it stays as it was.

        Raises:
            ValueError: when set on a computed node, which would no longer be what its operation gives.
        """
        if (now := current.get()) is not EAGER:
            now.asked(self, "reading .data")
        return self._scalar

    @data.setter
    def data(self, data: float) -> None:
        if self.op is not None:
            errors.refuse_to_set(self)
        self._scalar = data if type(data) is float else real_number(data, "the data of a Value")
        recorder.writes += 1
        self.written = recorder.writes

    def backward(self, seed: float = 1.0) -> None:
        """Give every node that self was computed from its gradient: ``node.grad = seed · ∂self/∂node``.

        Nodes are taken in reverse topological order; each passes its upstream gradient times a local gradient to every
        parent, and gradients add at branches, as the multivariate chain rule asks. The local gradients are those that
        were recorded, whatever happened to any ``data`` since. Leaves add to the gradient that they have, so that two
        losses give the gradient of their sum; inner nodes start anew.

        Raises:
            TypeError: if `seed` is not a real number.
        """
        seed = real_number(seed, "the seed of backward")
        order = topological_order(self)
        for node in order:
            node.grad = NOTHING if node.parents else node.grad or 0.0
        self.grad = self.grad + seed if self.grad else seed
        for node in reversed(order):
            upstream = node.grad
            if upstream is NOTHING:
                node.grad = 0.0
                continue
            for parent, local in zip(node.parents, node.local_grads):  # noqa: B905  (as long: the recorder saw to it)
                if local is not NOTHING:
                    parent.grad += upstream * local

    def detach(self) -> "Value":
        """A new leaf with the same data and name: gradients stop here."""
        return Value(self._scalar, self.name)

    __add__ = binary(ops.add)
    __radd__ = reflected(ops.add)
    __sub__ = binary(ops.subtract)
    __rsub__ = reflected(ops.subtract)
    __mul__ = binary(ops.multiply)
    __rmul__ = reflected(ops.multiply)
    __truediv__ = binary(ops.divide)
    __rtruediv__ = reflected(ops.divide)

    def __pow__(self, exponent: "Value | float") -> "Value":
        if isinstance(exponent, Value):
            return ops.power.record(self, exponent)
        return ops.power_by(real_number(exponent, "an exponent")).record(self)

    __rpow__ = reflected(ops.power)
    __neg__ = unary(ops.negate)
    __abs__ = abs = unary(ops.absolute)

    def __pos__(self) -> "Value":
        return self

    __lt__ = truth(ops.less)
    __le__ = truth(ops.less_equal)
    __gt__ = truth(ops.greater)
    __ge__ = truth(ops.greater_equal)

    exp = unary(ops.exp)
    log = unary(ops.log)
    log1p = unary(ops.log1p)
    expm1 = unary(ops.expm1)
    sqrt = unary(ops.sqrt)
    sin = unary(ops.sin)
    cos = unary(ops.cos)
    tanh = unary(ops.tanh)
    sigmoid = unary(ops.sigmoid)
    relu = unary(ops.relu)
    softplus = unary(ops.softplus)
    maximum = binary(ops.maximum)
    minimum = binary(ops.minimum)

    @overload
    def __eq__(self, other: float) -> "Condition": ...  # type: ignore[overload-overlap]  # a float is an object too
    @overload
    def __eq__(self, other: object) -> bool: ...
    def __eq__(self, other: object) -> Any:
        """A `Condition` against a number; against a Value, identity: `equal` records."""
        return ops.equal.record(self, other) if errors.is_real(other) else self is other

    @overload
    def __ne__(self, other: float) -> "Condition": ...  # type: ignore[overload-overlap]
    @overload
    def __ne__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> Any:
        return ops.unequal.record(self, other) if errors.is_real(other) else self is not other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return errors.shown_value(self)

    def __format__(self, specification: str) -> str:
        return format(self._scalar, specification) if specification else str(self)

    __float__ = __int__ = __complex__ = errors.no_float
    __bool__ = errors.no_truth
