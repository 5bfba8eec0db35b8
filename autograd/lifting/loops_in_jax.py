"""The loops of a generated source as `jax.lax.scan`, so that what JAX compiles does not grow with their turns.

A turn becomes a function of what it takes from the turn before and of its number t. What a list keeps of each turn
becomes an array with an axis for the turns, and a slice that depends on t one of a size that does not.
"""

import ast
from collections.abc import Iterator, Sequence
from types import ModuleType

from autograd.untyped import Anything

FUNCTIONS = {"scan": "scan", "dynamic_slice": "dynamic_slice_in_dim"}
"""What the rewritten source calls, and the names of it in `jax.lax`."""


def with_scans(source: str) -> ast.Module:
    """The source with scans in the place of its loops."""
    module = ast.parse(source)
    for function in module.body:
        assert isinstance(function, ast.FunctionDef)
        body: list[ast.stmt] = []
        for place, statement in enumerate(function.body):
            if isinstance(statement, ast.For):
                body += _scan(statement, _read(function.body[place + 1 :]))
            else:
                body.append(statement)
        function.body = body
    return ast.fix_missing_locations(module)


def functions_of(lax: ModuleType) -> dict[str, Anything]:
    """The functions by the names that the source has for them."""
    return {name: getattr(lax, wanted) for name, wanted in FUNCTIONS.items()}


def _scan(loop: ast.For, read_after: set[str]) -> Iterator[ast.stmt]:
    """The statements of a scan: the function of a turn, its call, and what is read of it afterwards."""
    assert isinstance(loop.target, ast.Name)
    assert isinstance(loop.iter, ast.Call)
    reverse = ast.unparse(loop.iter.func) == "reversed"
    kept: dict[str, ast.expr] = {}
    body: list[ast.stmt] = []
    for statement in map(_OfATurn(loop.target.id).visit, loop.body):
        if isinstance(statement, ast.Expr):
            call = statement.value
            assert isinstance(call, ast.Call)
            assert isinstance(call.func, ast.Attribute)
            kept[ast.unparse(call.func.value)] = call.args[0]
        else:
            body.append(statement)
    carried = _carried([*body, *map(ast.Expr, kept.values())])
    ends = sorted((_written(body) & read_after) - set(carried))
    kept.update({name: ast.Name(name) for name in ends})
    state, lists = _tuple(carried), _tuple([*kept])
    turns = ast.unparse(loop.iter.args[0] if reverse else loop.iter).removeprefix("range")
    text = f"""
def turn(carry, {loop.target.id}):
    {state} = carry
    return {state}, {_tuple([ast.unparse(each) for each in kept.values()])}
{state}, {lists} = scan(turn, {state}, np.arange{turns}, reverse={reverse})
"""
    # In the order of the turns, as lists are.
    order = "[::-1]" if reverse else ""
    after = [f"{name} = {name}{order}{'[-1]' if name in ends else ''}" for name in kept]
    [turn, *statements] = ast.parse("\n".join([text, *(after if reverse else after[len(after) - len(ends) :])])).body
    assert isinstance(turn, ast.FunctionDef)
    turn.body[1:1] = body
    yield turn
    yield from statements


class _OfATurn(ast.NodeTransformer):
    """A statement of a turn, for a t that is an array."""

    def __init__(self, turn: str) -> None:
        self._turn = turn

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        [target] = node.targets
        if isinstance(target, ast.Tuple):  # what was kept of a turn
            assert isinstance(node.value, ast.Subscript)
            steps = ast.unparse(node.value.value)
            parts = [f"{steps}[{place}][{self._turn}]" for place in range(len(target.elts))]
            node.value = ast.parse(_tuple(parts), mode="eval").body
            return node
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        axes = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for axis, cut in enumerate(axes):
            if isinstance(cut, ast.Slice) and cut.lower is not None and cut.upper is not None and self._moves(cut):
                start, size = self._run(cut.lower, cut.upper)
                text = f"dynamic_slice({ast.unparse(node.value)}, {start}, {size}, {axis})"
                return ast.parse(text, mode="eval").body
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "slice" and self._moves(node):
            start, size = self._run(*node.args)
            return ast.parse(f"{start} + np.arange({size})", mode="eval").body
        return node

    def _moves(self, node: ast.AST) -> bool:
        return self._turn in _names_in(node)

    def _run(self, lower: ast.expr, upper: ast.expr) -> tuple[str, int]:
        """Where it starts, and how long it is, in each turn alike."""
        return ast.unparse(lower), _at_turn_0(upper) - _at_turn_0(lower)


def _at_turn_0(bound: ast.expr) -> int:
    """The number that a bound such as 3 * t + 6 has in the turn 0."""
    if isinstance(bound, ast.BinOp):
        a, b = _at_turn_0(bound.left), _at_turn_0(bound.right)
        return a * b if isinstance(bound.op, ast.Mult) else a + b if isinstance(bound.op, ast.Add) else a - b
    if isinstance(bound, ast.UnaryOp):
        return -_at_turn_0(bound.operand)
    number: int = bound.value if isinstance(bound, ast.Constant) else 0  # type: ignore[assignment]  # it is whole
    return number


def _names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _read(statements: Sequence[ast.stmt]) -> set[str]:
    return {name for statement in statements for name in _names_in(statement)}


def _written(statements: Sequence[ast.stmt]) -> set[str]:
    return {
        name
        for statement in statements
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        for name in _names_in(target)
    }


def _carried(statements: Sequence[ast.stmt]) -> list[str]:
    """The names that a turn reads before it writes them: it takes them from the turn before."""
    written: set[str] = set()
    found: dict[str, None] = {}
    every = _written(statements)
    for statement in statements:
        read = _names_in(statement.value) if isinstance(statement, ast.Assign | ast.Expr) else set()
        found |= dict.fromkeys(sorted((read & every) - written))
        written |= _written([statement])
    return [*found]


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
