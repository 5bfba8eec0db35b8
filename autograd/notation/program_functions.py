"""The functions that a program defines: those that stand for a formula, and what ``backward`` returns."""

import ast
from collections.abc import Collection, Sequence

from autograd.notation.code_lines import GRADIENT
from autograd.notation.given_names import HOLDERS
from autograd.notation.python_formulas import Helper


def parameters_of(arguments: ast.arguments) -> tuple[list[str], dict[str, ast.expr]]:
    names = [argument.arg for argument in arguments.args]
    defaults = dict(zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True))
    return names, defaults


def helper_of(node: ast.FunctionDef) -> Helper | None:
    """A function as the formula that it returns, if it works it out in a straight line, or by cases."""
    steps: list[tuple[str, ast.expr]] = []
    choices: list[tuple[ast.expr, ast.expr]] = []
    """``if deriv: return …``: what it returns where something holds, before the last line."""
    for one in node.body:
        if _says_nothing(one):
            continue
        if (found := _steps(one, {name for name, value in steps if isinstance(value, ast.Compare)})) is not None:
            steps += found
            continue
        match one:
            case ast.If(test=test, body=[ast.Return(value=ast.expr() as value)], orelse=[]):
                choices.append((test, value))
            case ast.Return() | ast.If() if one is node.body[-1] and (last := _returned(one)) is not None:
                value = last
                for test, other in reversed(choices):
                    value = ast.copy_location(ast.IfExp(test, other, value), other)
                names, defaults = parameters_of(node.args)
                names = [name for name in names if name not in HOLDERS]
                return Helper(names, value, defaults, steps)
            case _:
                return None
    return None


def _says_nothing(node: ast.stmt) -> bool:
    """Whether a line of a function works nothing out: a docstring, an assertion, a print."""
    match node:
        case ast.Assert() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
    return False


def _steps(node: ast.stmt, masks: Collection[str]) -> list[tuple[str, ast.expr]] | None:
    """The names that a line of a function gives a value, and the formulas: for ``dZ[Z <= 0] = 0`` that of the array.

    `masks` are the names of conditions.
    """
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.Constant(value=None)):
            return []
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value)]
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(values):
            given = {each.id for each in targets if isinstance(each, ast.Name)}
            used = {each.id for value in values for each in ast.walk(value) if isinstance(each, ast.Name)}
            pairs = zip(targets, values, strict=True)
            each = [_steps(ast.copy_location(ast.Assign([target], value), node), masks) for target, value in pairs]
            return None if None in each or given & used else [step for steps in each for step in steps or ()]
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Name() as cache):
            items = [ast.Subscript(cache, ast.Constant(k, kind="turn"), ast.Load()) for k in range(len(targets))]
            return [
                (target.id, ast.copy_location(item, target))
                for target, item in zip(targets, items, strict=True)
                if isinstance(target, ast.Name)
            ]
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            before = ast.copy_location(ast.Name(name, ast.Load()), target)
            return [(name, ast.copy_location(ast.BinOp(before, op, value), value))]
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name) as target, slice=places)], value=value) if (
            isinstance(places, ast.Compare) or (isinstance(places, ast.Name) and places.id in masks)
        ):
            before = ast.copy_location(ast.Name(name, ast.Load()), target)
            where = ast.copy_location(ast.Name("where", ast.Load()), target)
            return [(name, ast.copy_location(ast.Call(where, [places, value, before], []), value))]
    return None


def _returned(node: ast.stmt) -> ast.expr | None:
    """What the last statement of a function returns: one formula, or one for each case."""
    match node:
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Dict):
            return value
        case ast.If(test=test, body=[ast.Return() as first], orelse=[ast.Return() | ast.If() as second]):
            one, other = _returned(first), _returned(second)
            if one is not None and other is not None:
                return ast.copy_location(ast.IfExp(test, one, other), node)
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
