"""What a program compares: ``assert np.allclose(dW, X.T @ dZ)`` says what dW is, as an assignment does."""

import ast
from collections.abc import Iterator

from autograd.notation.given_names import HOLDERS, spelled_as_gradient

_COMPARES_TWO = {
    "allclose", "isclose", "equal", "array_equal", "assert_allclose", "assert_close", "assert_equal",
    "assert_array_equal", "assert_almost_equal", "assert_array_almost_equal", "assert_approx_equal", "assertEqual",
    "assertAlmostEqual", "approx_equal",
}  # fmt: skip
"""Functions of two things, which are equal if all is well."""
_SHOWS = {"print", "bool", "assertTrue", "display"}
_OF_TRUTHS = {"all", "any", "item"}
_OF_DISTANCES = {"abs", "absolute", "fabs", "norm", "max", "amax", "mean", "item", "sum"}
_LEAVES_AS_IT_IS = {"item", "detach", "numpy", "cpu", "tolist", "approx", "array", "asarray", "tensor", "clone", "copy"}
"""Around one of two things that are compared, these change nothing."""


def compared_in(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """What a statement compares: a gradient, the formula for it, and whether they are said to be equal.

    >>> [(left, formula, equal)] = compared_in(ast.parse("assert np.allclose(X.T @ dZ, W.grad)").body[0])
    >>> ast.unparse(left), ast.unparse(formula), equal
    ('W.grad', 'X.T @ dZ', True)
    >>> list(compared_in(ast.parse("assert W.grad.shape == (3, 2)").body[0]))
    []
    """
    match node:
        case ast.Assert(test=test):
            pairs = _pairs(test, True)
        case ast.Expr(value=ast.Call(func=func, args=args)) if _last(func) in _SHOWS:
            pairs = (pair for each in args for pair in _pairs(each, True))
        case ast.Expr(value=ast.Call() | ast.Compare() as value):
            pairs = _pairs(value, True)
        case _:
            return
    for left, right, equal in pairs:
        one, other = _bare(left), _bare(right)
        if _is_a_gradient(one) and not _is_a_gradient(other):
            yield one, other, equal
        elif _is_a_gradient(other) and not _is_a_gradient(one):
            yield other, one, equal


def _pairs(test: ast.expr, equal: bool) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            for each in values:
                yield from _pairs(each, equal)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _pairs(operand, not equal)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            yield left, right, equal
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[right]):
            yield left, right, not equal
        case ast.Compare(left=distance, ops=[ast.Lt() | ast.LtE()], comparators=[ast.Constant()]):
            if (pair := _apart(distance)) is not None:
                yield *pair, equal
        case ast.Call(func=func, args=[left, right, *_]) if _last(func) in _COMPARES_TWO:
            yield left, right, equal
        case ast.Call(func=ast.Attribute(value=ast.Compare() | ast.Call() as inner, attr=attr), args=[]):
            if attr in _OF_TRUTHS:
                yield from _pairs(inner, equal)
        case ast.Call(func=func, args=[inner]) if _last(func) in _OF_TRUTHS | _SHOWS:
            yield from _pairs(inner, equal)


def _apart(distance: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The two things whose distance this is: of ``np.abs(dW - formula).max()``."""
    found = False
    while isinstance(distance, ast.Call) and _last(distance.func) in _OF_DISTANCES:
        found = found or _last(distance.func) in ("abs", "absolute", "fabs", "norm")
        if distance.args:
            distance = distance.args[0]
        elif isinstance(distance.func, ast.Attribute):
            distance = distance.func.value
        else:
            return None
    match distance:
        case ast.BinOp(left=left, op=ast.Sub(), right=right) if found:
            return left, right
    return None


def _last(function: ast.expr) -> str:
    """The name of a function without its module."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _bare(node: ast.expr) -> ast.expr:
    """What is compared, without what only changes how it is kept: W.grad of ``W.grad.numpy()``."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=attr), args=[]) if attr in _LEAVES_AS_IT_IS:
                node = value
            case ast.Call(func=func, args=[value, *_]) if _last(func) in _LEAVES_AS_IT_IS:
                node = value
            case ast.Attribute(value=value, attr="data"):
                node = value
            case _:
                return node


def _is_a_gradient(node: ast.expr) -> bool:
    """Whether this is a gradient and no more, as dW, W.grad, grads["W"] and dW[0] are; dW.shape is none."""
    while isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant):
        node = node.value
    match node:
        case ast.Attribute(value=ast.Name(id=base), attr=attr):
            return spelled_as_gradient(node) and (attr == "grad" or base in HOLDERS)
        case ast.Attribute(attr=attr):
            return attr == "grad"
    return isinstance(node, ast.Name | ast.Subscript) and spelled_as_gradient(node)
