"""The functions that a program defines: those that stand for a formula, and what ``backward`` returns."""

import ast
from collections.abc import Sequence

from autograd.notation.code_lines import GRADIENT
from autograd.notation.python_formulas import HOLDERS, Helper


def parameters_of(arguments: ast.arguments) -> tuple[list[str], dict[str, ast.expr]]:
    names = [argument.arg for argument in arguments.args]
    defaults = dict(zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True))
    return names, defaults


def helper_of(node: ast.FunctionDef) -> Helper | None:
    """A function as the formula that it returns, if it works it out in a straight line."""
    steps: list[tuple[str, ast.expr]] = []
    for one in node.body:
        match one:
            case ast.Expr(value=ast.Constant(value=str())):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                steps.append((name, value))
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Dict):
                if one is not node.body[-1]:
                    return None
                names, defaults = parameters_of(node.args)
                names = [name for name in names if name not in HOLDERS]
                return Helper(names, value, defaults, steps)
            case _:
                return None
    return None


def as_gradients(node: ast.stmt, inputs: Sequence[str]) -> ast.stmt:
    """``return a*g, b*g`` as ``grad_x, grad_y = a*g, b*g``."""
    if not isinstance(node, ast.Return) or node.value is None:
        return node
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    pairs = [
        (ast.Name(f"grad_{name}", ast.Store()), value)
        for name, value in zip(inputs, values, strict=False)
        if not isinstance(value, ast.Constant)
        and not (isinstance(value, ast.Name) and GRADIENT.fullmatch(value.id) and value.id.endswith(name))
    ]
    if not pairs:
        return ast.copy_location(ast.Pass(), node)
    targets, kept = zip(*pairs, strict=True)
    for target, value in pairs:
        ast.copy_location(target, value)
    left: ast.expr = ast.copy_location(ast.Tuple([*targets], ast.Store()), node)
    right: ast.expr = ast.copy_location(ast.Tuple([*kept], ast.Load()), node.value)
    return ast.copy_location(ast.Assign([left], right), node)
