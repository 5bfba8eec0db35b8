"""What a statement of Python gives a value to, by its spelling: a gradient of something, another name, or nothing."""

import ast
import re
from collections.abc import Iterator

from autograd.notation.array_functions import IN_PLACE
from autograd.notation.code_lines import GRADIENT
from autograd.notation.spelling import other_case

HOLDERS = {"self", "ctx", "cls"}
"""What a method keeps its arrays in: ``self.W1`` is W1."""
_NEAR_GRADIENTS = [
    re.compile(r"(?:[gGD]|[dD]elta|bar|adjoint|adj)_?(\w+)"),
    re.compile(r"(\w+?)_?(?:[gd]|[dD]elta|bar|adjoint|adj)"),
]
_NO_FORMULA = (ast.JoinedStr, ast.Set, ast.SetComp, ast.DictComp, ast.Lambda)


def names_given_in(node: ast.AST) -> Iterator[str]:
    """The names that some lines give a value to, or change; of ``W.grad`` that, of ``self.dW`` dW."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store):
            while isinstance(each, ast.Subscript) and _key(each) is None:
                each = each.value
            match each:
                case ast.Subscript():
                    yield _key(each) or ""
                case ast.Attribute(value=ast.Name(id=base), attr="grad"):
                    yield f"{base}.grad"
                case ast.Attribute(value=ast.Name(id=base), attr=name) if base in HOLDERS:
                    yield name
                case ast.Attribute() | ast.Name():
                    while isinstance(each, ast.Subscript | ast.Attribute):
                        each = each.value
                    if isinstance(each, ast.Name):
                        yield each.id


def names_used_in(node: ast.AST) -> Iterator[str]:
    """The names that some lines use."""
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield name
            case ast.Subscript(ctx=ast.Load()) if (key := _key(each)) is not None:
                yield key


def _key(node: ast.Subscript) -> str | None:
    """The name of what a dictionary keeps: dW1 of ``grads["dW1"]``."""
    match node.slice:
        case ast.Constant(value=str(key)) if key.isidentifier():
            return key
    return None


def states_something(node: ast.AST) -> bool:
    """Whether a piece of syntax states something about numbers."""
    match node:
        case ast.Assign(targets=targets, value=ast.Constant(value=None | str()) | ast.JoinedStr() | ast.Dict()):
            return any(map(spelled_as_gradient, targets))
        case ast.Assign(targets=[ast.Attribute(attr="grad")], value=ast.Constant()):
            return False  # p.grad = 0, before a step
        case ast.Assign() | ast.AugAssign():
            return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return node.value.func.attr in IN_PLACE
    return False


def is_no_formula(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=None | str() | bytes()) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
    return isinstance(value, _NO_FORMULA)


def differentiated_by(name: str) -> Iterator[str]:
    """The names that a name may be a gradient by: W1 and W of dW1, x of dL_dx, w of grad_w."""
    if match := re.fullmatch(r"(?:grad(?:ient)?|nabla)_(\w+)|(\w+?)_grad(?:ient)?", name):
        yield from (match[1] or match[2], (match[1] or match[2]).rstrip("0123456789_"))
    for found in re.finditer(r"d_?(?=\w)", name):
        yield from (name[found.end() :], name[found.end() :].rstrip("0123456789_"))


def near_gradients(name: str) -> Iterator[str]:
    """The names whose gradient, or error, a name may be that is not spelled as one: W1 of gW1, delta_W1 and W1_bar."""
    for pattern in _NEAR_GRADIENTS:
        if match := pattern.fullmatch(name):
            yield from (match[1], other_case(match[1]))


def spelled_as_gradient(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return GRADIENT.fullmatch(name) is not None
        case ast.Attribute(value=base, attr=name):
            return name == "grad" or GRADIENT.fullmatch(name) is not None or spelled_as_gradient(base)
        case ast.Subscript(value=base, slice=ast.Constant(value=str(key))):
            return GRADIENT.fullmatch(key) is not None or "grad" in ast.unparse(base)
        case ast.Subscript(value=base):
            return spelled_as_gradient(base)
    return False
