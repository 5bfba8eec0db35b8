"""What no test holds: ``python -m benchmarks.mutants autograd/graph.py tests/test_graph.py tests/test_backward.py``.

The file is changed in one small place at a time, and the tests are run against each change: a comparison turned or made
strict, `and` for `or`, another operator, constant or function, operands, arguments or entries that change places, a
condition always true or never, a statement, method, keyword, filter or bound left out. A change that no test sees is
printed: a test is missing, or a line that is of no use, or nothing that anybody asks for depends on it. The changes are
made in a copy, one after the other; each takes as long as the tests do until the first fails.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent

OPERATORS = """
Lt: LtE GtE, LtE: Lt Gt, Gt: GtE LtE, GtE: Gt Lt, Eq: NotEq, NotEq: Eq, Is: IsNot, IsNot: Is, In: NotIn, NotIn: In,
And: Or, Or: And, Add: Sub, Sub: Add, Mult: Add Div, Div: Mult, FloorDiv: Div, Mod: Mult, Pow: Mult
"""
OTHERS = {name.strip(): others.split() for name, others in (entry.split(":") for entry in OPERATORS.split(","))}
"""What stands in for an operator."""

PAIRS = (
    "less less_equal  maximum minimum  sin cos  exp expm1  log log1p  step sign  relu absolute  tanh sigmoid  sum prod"
)
FUNCTIONS = dict(zip(PAIRS.split()[::2], PAIRS.split()[1::2], strict=True))
FUNCTIONS |= {other: name for name, other in FUNCTIONS.items()} | {"equal": "less_equal", "update": "difference_update"}
"""What stands in for a function of a number system, or of sets."""


@dataclass(frozen=True)
class Mutant:
    """A source with one change."""

    line: int
    before: str
    after: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """All changes of a source, in order. What runs no code is left alone: types, docstrings, imports, messages."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for owner, field, index, line in _places(tree):
        content = getattr(owner, field)
        node = content if index is None else content[index]
        for variant in _variants(node, owner):
            changed: Any = variant
            if index is not None:
                rest = [*content[:index], *([] if variant is None else [variant]), *content[index + 1 :]]
                changed = rest or ([ast.Pass()] if isinstance(node, ast.stmt) else [])
            setattr(owner, field, changed)
            text = ast.unparse(ast.fix_missing_locations(tree))
            setattr(owner, field, content)
            if text != original:
                found.setdefault(text, Mutant(line, *_apart(original.splitlines(), text.splitlines()), text))
    return list(found.values())


def _apart(before: list[str], after: list[str]) -> tuple[str, str]:
    """The lines in which two texts differ, each as one line."""
    start = _alike(before, after)
    end = _alike(before[:start:-1], after[:start:-1])
    one, other = (" ".join(" ".join(text[start : len(text) - end]).split()) for text in (before, after))
    return one, other


def _alike(before: list[str], after: list[str]) -> int:
    """How many lines two texts begin with in common."""
    return sum(1 for _ in takewhile(lambda lines: lines[0] == lines[1], zip(before, after, strict=False)))


def _places(owner: Any, line: int = 0) -> Iterator[tuple[Any, str, int | None, int]]:
    """Where each node stands: its owner, the field of it, the index if that is a list, and the line."""
    for field, content in ast.iter_fields(owner):
        if field in ("returns", "annotation") or (field == "type" and isinstance(owner, ast.ExceptHandler)):
            continue
        for index, node in enumerate(content) if isinstance(content, list) else [(None, content)]:
            if isinstance(node, ast.AST) and not _runs_nothing(node):
                yield owner, field, index, getattr(node, "lineno", line)
                yield from _places(node, getattr(node, "lineno", line))


def _runs_nothing(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr() | ast.Expr(ast.Constant()) | ast.keyword("doc"):
            return True
        case ast.If(ast.Name("TYPE_CHECKING")) | ast.Assign([ast.Name("__slots__")]) | ast.expr_context():
            return True
        case ast.FunctionDef(decorator_list=[ast.Name("overload"), *_]):
            return True
        case ast.Assign(value=ast.Call(ast.Name("TypeVar" | "ParamSpec"))):
            return True
    return False


def _variants(node: Any, owner: Any) -> Iterator[ast.AST | None]:
    """What may stand in a node's place; None to leave it out."""
    for other in OTHERS.get(type(node).__name__, ()):
        yield getattr(ast, other)()
    match node:
        case ast.BinOp(left, ast.Sub() | ast.Div(), right):
            yield _changed(node, left=right, right=left)
        case ast.BoolOp(values=values):
            for rest in (values[:i] + values[i + 1 :] for i in range(len(values))):
                yield _changed(node, values=rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(str(value)):
            yield ast.Constant("XX" + value)
        case ast.IfExp(test, body, otherwise):
            yield from (body, otherwise, _changed(node, test=ast.UnaryOp(ast.Not(), test)))
        case ast.If(test) | ast.While(test):
            yield _changed(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=[*_, _]):
            yield _changed(node, ifs=[])
        case ast.Slice():
            yield from (_changed(node, **{bound: None}) for bound in ("lower", "upper") if getattr(node, bound))
        case ast.Call(args=[first, *_] as entries) if not isinstance(first, ast.Constant):
            yield from (_changed(node, args=swapped) for swapped in _neighbours_swapped(entries))
        case ast.Tuple(entries, ast.Load()) if not isinstance(owner, ast.Subscript):
            yield from (_changed(node, elts=swapped) for swapped in _neighbours_swapped(entries))
        case ast.Attribute(attr=name) if name in FUNCTIONS:
            yield _changed(node, attr=FUNCTIONS[name])
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant) or value.value is not None:
            yield _changed(node, value=None)
    match node:
        case ast.keyword() | ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            yield None
        case ast.If(orelse=[]) | ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield None
        case ast.FunctionDef() | ast.Assign() if isinstance(owner, ast.ClassDef):
            yield None
        case ast.FunctionDef(decorator_list=[_, *_]):
            yield _changed(node, decorator_list=[])


def _changed(node: ast.AST, **fields: Any) -> ast.AST:
    other = copy(node)
    vars(other).update(fields)
    return other


def _neighbours_swapped(entries: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for i, (a, b) in enumerate(pairwise(entries)):
        if not isinstance(a, ast.Starred | ast.JoinedStr) and not isinstance(b, ast.Starred):
            yield [*entries[:i], b, a, *entries[i + 2 :]]


def survivors(root: Path, file: str, tests: Sequence[str], tried: Sequence[Mutant], seconds: float) -> Iterator[Mutant]:
    """Those of some mutants of a file that no test sees. A test that does not end in so many seconds has seen it."""
    with TemporaryDirectory() as folder:
        tree = Path(folder, root.name)
        shutil.copytree(root, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "site"))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
        for mutant in [Mutant(0, "", "", (root / file).read_text(encoding="utf-8")), *tried]:
            (tree / file).write_text(mutant.source, encoding="utf-8")
            try:
                done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, timeout=seconds)
            except subprocess.TimeoutExpired:
                if mutant.line == 0:
                    raise SystemExit(f"the tests do not end within {seconds} seconds as it is") from None
                continue
            if mutant.line == 0 and done.returncode:
                raise SystemExit(f"the tests fail as it is:\n{done.stdout.decode()}")
            if mutant.line and not done.returncode:
                yield mutant


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="what is changed, such as autograd/graph.py")
    parser.add_argument("tests", nargs="*", help="what pytest is given; without, the changes are only listed")
    parser.add_argument("--lines", type=int, nargs=2, metavar=("FIRST", "LAST"), help="change these lines only")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of the changes, drawn at random")
    parser.add_argument("--seconds", type=float, default=120, help="how long the tests may take (120)")
    given = parser.parse_args(arguments)
    found = mutants((ROOT / given.file).read_text(encoding="utf-8"))
    first, last = given.lines or (0, sys.maxsize)
    tried = [mutant for mutant in found if first <= mutant.line <= last]
    if given.sample is not None:
        tried = Random(0).sample(tried, min(given.sample, len(tried)))
    left = tried if not given.tests else survivors(ROOT, given.file, given.tests, tried, given.seconds)
    seen = len(tried)
    for mutant in left:
        print(f"{given.file}:{mutant.line}\n  - {mutant.before}\n  + {mutant.after}", flush=True)
        seen -= 1
    print(f"{len(tried)} changes" + (f"; the tests see {seen}" if given.tests else ""))


if __name__ == "__main__":
    main()
