"""NumPy's functions on Values: ``np.exp(v)`` is `exp`, and what the table does not have is refused with a remedy.

NumPy asks a class about its universal functions by ``__array_ufunc__``, and so it does for ``np.float64(2) * v``.
"""

from collections.abc import Callable
from functools import cache

from autograd import ops
from autograd.advice.names_elsewhere import RENAMED_FUNCTIONS
from autograd.errors import is_real, real_number
from autograd.operation import Operation
from autograd.text import printable
from autograd.untyped import AnyFunction, Anything

_ARITHMETIC = {
    "add": "add", "subtract": "subtract", "multiply": "multiply", "divide": "divide", "true_divide": "divide",
    "negative": "negate", "absolute": "absolute", "fabs": "absolute", "less": "less", "less_equal": "less_equal",
    "greater": "greater", "greater_equal": "greater_equal", "equal": "equal", "not_equal": "unequal",
    **dict(pair.split("=") for pair in RENAMED_FUNCTIONS if pair[:3] == "arc" or pair[:5] == "expit"),
}  # fmt: skip
"""The universal functions whose entry in the table has another name."""


def _operator(name: str) -> AnyFunction:
    """An operator of Python, asked of the Value: a NumPy number on its left would ask here again."""

    def applied(a: Anything, b: Anything) -> Anything:
        return getattr(a, f"__{name}__")(b) if hasattr(a, "local_grads") else getattr(b, f"__r{name}__")(a)

    return applied


_COMPOSED: dict[str, AnyFunction] = {
    "power": _operator("pow"),
    "float_power": _operator("pow"),
    "square": lambda a: a**2,
    "reciprocal": lambda a: 1 / a,
    "positive": lambda a: a,
    "floor_divide": _operator("floordiv"),
    "remainder": _operator("mod"),
    "divmod": _operator("divmod"),
    "matmul": _operator("matmul"),
    "bitwise_xor": _operator("xor"),
    "bitwise_and": _operator("and"),
    "bitwise_or": _operator("or"),
    "left_shift": _operator("lshift"),
    "right_shift": _operator("rshift"),
}
"""The universal functions that have no entry in the table: as operators, which a Value has, or says why not."""

_REMEDIES = {
    "isnan": "ask v.data != v.data",
    "isfinite": "ask math.isfinite(v.data)",
    "isinf": "ask math.isinf(v.data)",
    "rint": "write round(v.data), or floor(v + 0.5), which is recorded",
    "trunc": "write int(v.data)",
    "logaddexp": "write logsumexp([a, b])",
    "fmax": "write maximum(a, b)",
    "fmin": "write minimum(a, b)",
}


def applied_to_values(
    value: Anything, ufunc: Anything, method: str, *operands: Anything, **named: Anything
) -> Anything:
    """The ``__array_ufunc__`` of a Value.

    Raises:
        TypeError: for a function that the table does not have, an array, or ``out=`` and the like.
    """
    if method == "__call__" and not named:
        return _entry(ufunc)(*operands)
    if method == "__call__" and named.keys() == {"out"}:
        for operand in operands:
            if not hasattr(operand, "local_grads"):  # the array in `array *= v`
                real_number(operand, f"an operand of {ufunc.__name__}")
    asked = f"np.{ufunc.__name__}" + (f".{method}" if method != "__call__" else "")
    given = f" with {', '.join(f'{name}=' for name in named)}" if named else ""
    kind = type(value).__name__
    raise TypeError(printable(f"{asked} of a {kind!r}{given} is not defined: write it with the functions of autograd"))


@cache
def _entry(ufunc: Anything) -> Callable[..., Anything]:
    """What a universal function does with Values."""
    name = ufunc.__name__
    if name in _COMPOSED:
        return _COMPOSED[name]
    operation = ops.OPERATIONS.get(_ARITHMETIC.get(name, name))
    if operation is not None and operation.condition:
        return _comparison(operation)
    if operation is not None:
        return operation if operation.arity is None else operation.record

    def refused(*operands: Anything) -> Anything:
        advice = _REMEDIES.get(name, "write it with the functions of autograd, or with numbers: v.data")
        kind = next(type(x).__name__ for x in operands if hasattr(x, "local_grads"))
        raise TypeError(printable(f"np.{name} of a {kind!r} is not defined: {advice}"))

    return refused


_REFLECTED: dict[Operation, Operation] = {
    ops.less: ops.greater, ops.greater: ops.less, ops.less_equal: ops.greater_equal, ops.greater_equal: ops.less_equal,
    ops.equal: ops.equal, ops.unequal: ops.unequal,
}  # fmt: skip
"""What Python asks the right operand of a comparison."""


def _comparison(operation: Operation) -> AnyFunction:
    """A comparison. NumPy makes an array without dimensions of its number; with any other array it is Python's, where
    ``array == v`` is False."""

    def compared(*operands: Anything) -> Anything:
        a, b = [x.item() if getattr(x, "shape", None) == () else x for x in operands]
        if operation in (ops.equal, ops.unequal) and not all(is_real(x) or hasattr(x, "local_grads") for x in (a, b)):
            return operation is ops.unequal
        return operation.record(a, b) if hasattr(a, "local_grads") else _REFLECTED[operation].record(b, a)

    return compared


def called_with_values(
    value: Anything, function: Anything, types: Anything, arguments: tuple[Anything, ...], named: dict[str, Anything]
) -> Anything:
    """The ``__array_function__`` of a Value: what NumPy asks about its other functions, such as ``np.clip(v, 0, 1)``.

    Those that would drop what has to be recorded are the table's, or refused; the rest is NumPy's, as without Values.
    """
    name = function.__name__
    if name == "clip":
        return _clipped(*arguments, **named)
    if name == "where" and len(arguments) == 3 and hasattr(arguments[0], "local_grads"):
        return ops.where(*arguments)
    if name in _ONE_VALUE:
        raise TypeError(f"np.{name} of a {type(value).__name__!r} is not defined: {_ONE_VALUE[name]}")
    return function._implementation(*arguments, **named)


_SEVERAL = "it is about several numbers: give a list of them, or write it with sum, mean, maximum of autograd"
_ONE_VALUE = {
    **dict.fromkeys(("sum", "prod", "mean", "max", "min", "amax", "amin", "std", "var"), _SEVERAL),
    **dict.fromkeys(("isclose", "allclose"), "compare the number: math.isclose(v.data, 0.5)"),
    **dict.fromkeys(("round", "around"), "write round(v.data, 2) for the number, or floor(v + 0.5), which is recorded"),
}
"""What NumPy would do in ways that say nothing, and what to write."""


def _clipped(x: Anything, a_min: Anything = None, a_max: Anything = None, **named: Anything) -> Anything:
    low, high = named.pop("min", a_min), named.pop("max", a_max)
    if named:
        raise TypeError(f"np.clip of Values takes no {', '.join(named)}: write clip(x, low, high) of autograd")
    if low is None or high is None:
        return ops.minimum(x, high) if low is None else ops.maximum(x, low)
    return ops.clip(x, low, high)
