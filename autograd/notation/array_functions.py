"""What functions and methods of Python, NumPy and PyTorch are called in the tree: one name for all their spellings.

`np.multiply(a, b)`, ``a.mul(b)`` and ``a*b`` are one product; ``x.sum(0, keepdim=True)`` and ``np.sum(x, axis=0,
keepdims=True)`` are one `Call` of ``sum``. In a `Call` from a program

- the axis, if there is one, is the keyword ``axis``: a whole number, or a `Listed` of some; ``keepdims`` is 1 or 0;
- ``sum``, ``mean``, ``prod``, ``max``, ``min``, ``var``, ``std``, ``norm``, ``softmax``, ``log_softmax``,
  ``logsumexp``, ``argmax`` take one argument, and these keywords (``var`` and ``std`` also ``ddof``: 0 or 1);
- ``zeros_like``, ``ones_like`` take an array; ``zeros``, ``ones`` the sizes; ``eye`` one size;
- ``one_hot`` takes class numbers, and the keyword ``classes``; ``range`` what Python's takes;
- ``size`` takes an array and the number of an axis, or the array alone for the count of its items;
- ``reshape`` takes an array and its new sizes, ``reshape_as`` two arrays;
- ``expand_dims`` and ``squeeze`` have ``axis``;
- ``copy`` takes an array: what is changed in the copy is not changed in it;
- ``einsum`` has the keyword ``letters``: a `Listed` for each array, and one for the result, of its letters as numbers;
- ``concatenate`` and ``stack`` take the arrays, and ``axis``; ``permute`` and ``swapaxes`` an array and its axes;
- ``broadcast`` takes an array and the sizes that it spreads to, ``broadcast_as`` two arrays;
- ``outer``, ``inner``, ``diag``, ``where``, ``maximum``, ``minimum``, ``clip``, ``hstack`` and so on are NumPy's.
"""

MODULES = {"np", "numpy", "math", "torch", "F", "jnp", "tf", "cp", "scipy", "special", "nn", "functional"}
"""What a program may call the modules whose functions it uses."""
FUNCTIONAL = {"softmax", "log_softmax", "relu", "sigmoid", "tanh", "softplus", "one_hot", "normalize"}
"""The functions of ``F``, which may be a node as well: ``F.sum(0)`` is the sum of a node F."""

SAME = {
    *("detach", "item", "numpy", "asarray", "as_tensor", "contiguous", "cpu", "cuda", "to", "type_as", "data"),
    *(
        "ascontiguousarray",
        "asanyarray",
        "requires_grad_",
        "squeeze_",
        "int",
        "long",
        "bool",
        "float32",
        "float64",
        "int64",
        "int32",
        "int8",
        "uint8",
        "bool_",
        "nan_to_num",
    ),
}
"""What leaves the numbers as they are."""
COPIES = {
    *("copy", "clone", "array", "tensor", "Tensor", "FloatTensor", "astype", "float", "double", "tolist", "deepcopy"),
}
"""What makes another array of the same numbers: a call of ``copy`` in the tree."""
ELEMENTWISE = {
    **{name: name for name in ("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu")},
    **{name: name for name in ("softplus", "sign", "absolute", "sinh", "cosh", "tan")},
    **{name: name for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh", "log2", "log10", "cbrt")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: name for name in ("erf", "erfc", "floor", "ceil")},
    "abs": "absolute",
    "fabs": "absolute",
    "expit": "sigmoid",
    "sgn": "sign",
    "ln": "log",
}
PAIRWISE = {"atan2": "atan2", "arctan2": "atan2", "hypot": "hypot", "xlogy": "xlogy"}
"""The functions of two arrays, item by item."""
REDUCTIONS = {
    **{name: name for name in ("sum", "mean", "prod", "max", "min", "var", "std", "norm", "logsumexp")},
    **{name: name for name in ("softmax", "log_softmax")},
    "argmax": "argmax",
    "amax": "max",
    "amin": "min",
    "average": "mean",
}
"""What works along an axis."""
OPERATORS = {
    "add": "+",
    "subtract": "-",
    "sub": "-",
    "multiply": "*",
    "mul": "*",
    "divide": "/",
    "div": "/",
    "true_divide": "/",
    "power": "**",
    "pow": "**",
    "float_power": "**",
    "matmul": "@",
    "dot": "@",
    "mm": "@",
    "mv": "@",
    "bmm": "@",
    "addmm": "",
}
IN_PLACE = {"add_": "+=", "sub_": "-=", "mul_": "*=", "div_": "/=", "copy_": "=", "zero_": "=", "fill_": "="}
"""The methods that change what they are called on."""
COMPARISONS = {
    "greater": ">",
    "less": "<",
    "greater_equal": ">=",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
    "gt": ">",
    "lt": "<",
    "ge": ">=",
    "le": "<=",
    "eq": "==",
    "ne": "!=",
}
LOGIC = {"logical_and": "and", "logical_or": "or", "logical_not": "not"}
JOINS = {
    **{name: name for name in ("concatenate", "stack", "hstack", "vstack", "column_stack")},
    "cat": "concatenate",
    "row_stack": "vstack",
}
"""What puts arrays together that stand in a list or tuple."""
IGNORED_KEYWORDS = {"dtype", "device", "requires_grad", "order", "copy", "non_blocking"}
KEYWORDS = {"dim": "axis", "keepdim": "keepdims", "correction": "ddof"}
"""How PyTorch calls what NumPy calls otherwise."""
