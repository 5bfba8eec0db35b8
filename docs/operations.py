"""The page of an operation: what it computes, where, what happens at the edges, and a picture of value and slope.

All of it is asked of the engine: the formulas of `formula`, the rule of the source, the numbers of a `backward`.
"""

import ast
import inspect
from collections.abc import Callable
from io import StringIO
from itertools import pairwise
from math import inf, isfinite, nan

import autograd
from autograd import Operation, Value, formula, ops

BLUE, ORANGE = "#1f7bc1", "#b5730e"

ONE_OF_TWO: dict[str, tuple[str, Callable[[Value], Value]]] = {
    "atan2": ("atan2(a, 1)", lambda a: ops.atan2(a, 1.0)),
    "hypot": ("hypot(a, 1)", lambda a: ops.hypot(a, 1.0)),
    "xlogy": ("xlogy(2, b)", lambda b: ops.xlogy(2.0, b)),
    "clip": ("clip(x, -1, 1)", lambda x: ops.clip(x, -1.0, 1.0)),
    "where": ("where(a > 0, a, a / 4)", lambda a: ops.where(a > 0, a, a / 4)),
    "maximum": ("maximum(a, 1)", lambda a: ops.maximum(a, 1.0)),
    "minimum": ("minimum(a, 1)", lambda a: ops.minimum(a, 1.0)),
    "sum": ("sum([a, 1, 2])", lambda a: ops.sum([a, 1.0, 2.0])),
    "mean": ("mean([a, 1, 2])", lambda a: ops.mean([a, 1.0, 2.0])),
    "prod": ("prod([a, 2, -1])", lambda a: ops.prod([a, 2.0, -1.0])),
    "dot": ("dot([a, 1], [2, -1], 0.5)", lambda a: ops.dot([a, 1.0], [2.0, -1.0], 0.5)),
    "logsumexp": ("logsumexp([a, 0])", lambda a: ops.logsumexp([a, 0.0])),
    "equal": ("equal(a, 1)", lambda a: ops.equal(a, 1.0)),
}
"""Operations of several operands, as functions of one of them."""
POINTS = (-inf, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 40.0, 800.0, inf, nan)
"""Where the table of edges asks."""


def names() -> list[str]:
    """The public operations, in the order of the table."""
    public = {id(getattr(autograd, name)): name for name in autograd.__all__ if name in ops.OPERATIONS}
    return [public[id(entry)] for entry in ops.OPERATIONS.values() if id(entry) in public]


def page(name: str) -> str:
    """The page of an operation in Markdown. Its picture is called as it is."""
    operation = ops.OPERATIONS[name]
    written, function = ONE_OF_TWO.get(name, (f"{name}(a)", operation))
    signature = inspect.signature(operation).replace(return_annotation=inspect.Signature.empty)
    shown = ", ".join(str(p).partition(":")[0].strip() for p in signature.parameters.values())
    parts = [
        f"# {name}",
        f"```{{py:function}} autograd.{name}({shown})\n{operation.__doc__}\n```",
        f"**Domain**: {operation.domain or 'every number'}.",
        _formulas(operation),
        f"![{written}, and its slope]({name}.svg)\n\n`{written}` (blue) and its slope (orange, dashed).",
        "## At the edges\n\n" + _edges(written, function),
        f"## Example\n\n```pycon\n{_example(name, written)}\n```",
        f"## In the table\n\nWhat `m` and its functions are: [the calculus, written once](/docs/one-idea.md).\n\n"
        f"```python\n{_source(name)}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _formulas(operation: Operation) -> str:
    """Value and slopes as sympy writes what the rule of the table gives; nothing for lists, and choices."""
    if operation.arity is None or operation in (ops.maximum, ops.minimum, ops.clip, ops.where, ops.equal):
        return ""
    from sympy import latex

    letters = "ab"[: operation.arity]
    leaves = [Value(1.5 if operation is ops.acosh else 0.5, letter) for letter in letters]
    output = operation(*leaves)
    lines = [f"\\text{{value}} &= {latex(formula(output))}"]
    for letter, leaf in zip(letters, leaves, strict=True):
        lines.append(f"\\text{{slope by }} {letter} &= {latex(formula(output, leaf))}")
    body = " \\\\\n".join(lines)
    return f"```{{math}}\n{body}\n```"


def _edges(written: str, function: Callable[[Value], Value]) -> str:
    """Value and slope at some points, or the error."""
    letter = "b" if "(2, b)" in written else "x" if "(x" in written else "a"
    rows = [f"| {letter} | `{written}` | slope |", "|---|---|---|"]
    for point in POINTS:
        leaf = Value(point, letter)
        try:
            output = function(leaf)
            output.backward()
            rows.append(f"| {point} | {output.data!r} | {leaf.grad!r} |")
        except (ValueError, ArithmeticError) as error:
            told = str(error).replace("|", "\\|")
            rows.append(f"| {point} | *{type(error).__name__}*: {told} | |")
    return "\n".join(rows)


def _source(name: str) -> str:
    """The entry of the table."""
    source = inspect.getsource(ops)
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return ast.get_source_segment(source, node) or ""
    raise AssertionError(f"{name} is no entry")


def _example(name: str, written: str) -> str:
    letter = "b" if "(2, b)" in written else "x" if "(x" in written else "a"
    point = 1.5 if name in ("acosh",) else 0.5
    leaf = Value(point, letter)
    output = eval(written, {name: getattr(autograd, name), letter: leaf})
    output.backward()
    return "\n".join(
        [
            f">>> from autograd import Value, {name}",
            f'>>> {letter} = Value({point}, "{letter}")',
            f">>> y = {written}",
            ">>> y.backward()",
            f">>> y.data, {letter}.grad",
            f"({output.data!r}, {leaf.grad!r})",
        ]
    )


def picture(name: str) -> str:
    """Value and slope, as SVG: computed by the operation and its `backward`."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = name  # the same text in every run
    from matplotlib import pyplot as plt

    _, function = ONE_OF_TWO.get(name, ("", ops.OPERATIONS[name]))
    points = [(i - 400) / 100 for i in range(801)]
    values, slopes = zip(*(_value_and_slope(function, x) for x in points), strict=True)
    figure, axes = plt.subplots(figsize=(6, 3.4))
    for heights, colour, style in ((_broken(values), BLUE, "-"), (_broken(slopes), ORANGE, "--")):
        axes.plot(points, heights, color=colour, linestyle=style, linewidth=1.8)
    axes.axhline(0, color="#8888", linewidth=0.8)
    axes.axvline(0, color="#8888", linewidth=0.8)
    axes.set_ylim(-4, 4)
    axes.set_xlim(-4, 4)
    axes.tick_params(colors="#808080")
    for spine in axes.spines.values():
        spine.set_color("#808080")
    text = StringIO()
    figure.savefig(text, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    return text.getvalue()


def _value_and_slope(function: Callable[[Value], Value], x: float) -> tuple[float, float]:
    leaf = Value(x)
    try:
        output = function(leaf)
        output.backward()
    except (ValueError, ArithmeticError):
        return nan, nan
    slope = nan if leaf.grad is None or not isfinite(leaf.grad) else leaf.grad
    return output.data, slope


def _broken(heights: tuple[float, ...]) -> list[float]:
    """With a gap where the curve jumps."""
    return [nan if abs(after - before) > 0.4 else before for before, after in pairwise(heights)] + [heights[-1]]
