"""Imports point one way: from the calculus up, and from the networks to the engine; heavy ones wait until needed."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parent.parent  # of the packages that are tested, which may be installed elsewhere
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("autograd", "nn")
    for path in sorted((ROOT / package).rglob("*.py"))
}


def imports(module):
    """The modules that a module imports when it runs, inside functions too: not what it names in types alone."""
    found = set()
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for branch in [node for node in ast.walk(tree) if isinstance(node, ast.If)]:
        if ast.unparse(branch.test) == "TYPE_CHECKING":
            branch.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import, which this test does not follow"
            parts = {f"{node.module}.{alias.name}" for alias in node.names} & set(MODULES)
            found |= parts or {node.module}
    return found


def of_the_project(module):
    """Without the names of types: `untyped` holds nothing else."""
    return {name for name in imports(module) if name.split(".")[0] in ("autograd", "nn")} - {"autograd.untyped"}


def test_the_modules_that_the_arrows_are_about_exist():
    assert {"autograd.ops", "autograd.graph", "autograd.value", "autograd.numbers.values"} <= set(MODULES)


FLOORS = {
    "autograd.graph": {"autograd.numbers"},
    "autograd.text": set(),
    "autograd.recorder": set(),
    "autograd.errors": {"autograd.text"},
    "autograd.nodes": {
        "autograd.errors",
        "autograd.graph",
        "autograd.numbers",
        "autograd.numbers.extended",
        "autograd.numbers.floats",
        "autograd.recorder",
        "autograd.text",
    },
    "autograd.operation": {
        "autograd.nodes",
        "autograd.operands",
        "autograd.errors",
        "autograd.copying",
        "autograd.text",
    },
    "autograd.operands": {"autograd.errors"},
    "autograd.interning": set(),
    "autograd.ops": {
        "autograd.operation",
        "autograd.operands",
        "autograd.interning",
        "autograd.text",
        "autograd.numbers",
    },
    "autograd.copying": {"autograd.graph", "autograd.nodes"},
    "autograd.value": {
        "autograd.ops",
        "autograd.operation",
        "autograd.graph",
        "autograd.nodes",
        "autograd.recorder",
        "autograd.copying",
        "autograd.errors",
        "autograd.numbers",
        "autograd.advice.advised",
    },
    "autograd.advice.advised": {
        "autograd.advice.names_elsewhere",
        "autograd.advice.ufuncs",
        "autograd.errors",
        "autograd.operation",
        "autograd.text",
    },
    "autograd.condition": {
        "autograd.value",
        "autograd.ops",
        "autograd.nodes",
        "autograd.recorder",
        "autograd.errors",
    },
}
"""The ground floor, and what each of its modules may stand on."""


@pytest.mark.parametrize("module", FLOORS)
def test_the_ground_floor_stands_on_itself_alone(module):
    assert of_the_project(module) <= FLOORS[module]


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("autograd.numbers.")])
def test_a_number_system_knows_other_numbers_only_except_those_that_compute_in_operations(module):
    allowed = {name for name in MODULES if name.startswith("autograd.numbers")}
    if module == "autograd.numbers.values":
        allowed |= {f"autograd.{name}" for name in ("ops", "operation", "value", "nodes", "recorder")}
    if module == "autograd.numbers.duals":
        allowed |= {"autograd.ops", "autograd.operation", "autograd.graph"}
    if module == "autograd.numbers.expressions":
        allowed |= {"autograd.ops", "autograd.operation"}
    assert of_the_project(module) <= allowed


def test_a_tape_is_made_by_tracing_and_by_the_table_as_lines():
    """So it has no rule and no derivative of its own, and knows neither matrices nor NumPy's source."""
    found = {name for module in MODULES if "taping" in module.split(".") for name in of_the_project(module)}
    lifting = {f"autograd.lifting.{name}" for name in ("batches", "examples", "program", "source_text", "tracing")}
    numbers = {name for name in found if name.startswith("autograd.numbers")}
    ground = {f"autograd.{name}" for name in ("condition", "errors", "graph", "nodes", "operation", "recorder", "text")}
    own = {name for name in MODULES if name.startswith("autograd.taping.")}
    assert found - own - lifting - numbers - ground == {"autograd.derivatives", "autograd.lifting", "autograd.value"}
    assert numbers <= {
        *(f"autograd.numbers.{name}" for name in ("extended", "floats", "python_lines", "values", "variables")),
        "autograd.numbers",
    }


def test_derivatives_import_the_graph_the_numbers_the_value_the_recording_and_its_text_only():
    found = {name for name in of_the_project("autograd.derivatives") if not name.startswith("autograd.numbers")}
    words = {"autograd.advice.advised", "autograd.errors"}
    assert found - words == {"autograd.graph", "autograd.nodes", "autograd.recorder", "autograd.value", "autograd.text"}


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] == "autograd"])
def test_the_engine_does_not_import_the_networks(module):
    assert not {name for name in imports(module) if name.split(".")[0] == "nn"}


def test_no_imports_go_round_in_a_circle():
    arrows = {module: of_the_project(module) & set(MODULES) - {module} for module in MODULES}
    while leaves := [module for module, targets in arrows.items() if not targets]:
        for module in leaves:
            del arrows[module]
        arrows = {module: targets.difference(leaves) for module, targets in arrows.items()}
    assert arrows == {}


def test_importing_the_engine_loads_no_heavy_package():
    heavy = [
        "subprocess",
        "importlib.metadata",
        "numpy",
        "sympy",
        "mpmath",
        "graphviz",
        "jax",
        "tqdm",
        "matplotlib",
        "wcwidth",
    ]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, autograd; print([name for name in {heavy} if name in sys.modules])"],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


FILES = [path for path in MODULES.values() if path.stem not in ("__init__", "__main__")]
DEFINITIONS = {
    path: [node for node in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(node, "name")]
    for path in MODULES.values()
}


def twice(names):
    return {name for name, count in Counter(names).items() if count > 1}


def test_no_two_files_have_one_name():
    assert twice(path.stem for path in FILES) == set()


def types_named_in(path):
    """The classes, aliases of types and type variables (but those of one letter) that a module defines."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names = [target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)]
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            names = [node.target.id]
        yield from [node.name] if isinstance(node, ast.ClassDef) else filter(is_capitalized, names)


def is_capitalized(name):
    return name[0].isupper() and not name.isupper()


def test_aliases_and_type_variables_are_seen_as_types(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "A = 1\nclass B: pass\nCase = tuple[B]\nDone: TypeAlias = B\nFor = TypeVar('For')\nWORD, e = 1, 2\n"
    )
    assert list(types_named_in(path)) == ["B", "Case", "Done", "For"]


def test_no_two_types_have_one_name():
    """But the tree of what is read has the grammar's words, such as Number; that room has them in `syntax` alone."""
    paths = set(MODULES.values()) - {MODULES["autograd.notation.syntax"]}
    assert twice(name for path in paths for name in types_named_in(path)) == set()


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_nothing_that_is_defined_shares_its_name_with_a_module(package):
    """`import autograd.explain` would give the function, and `autograd.explain.Explanation` be an AttributeError."""
    inside = {path: nodes for path, nodes in DEFINITIONS.items() if package in path.relative_to(ROOT).parts[0]}
    modules = {path.stem for path in inside} | {path.parent.name for path in inside}
    assert {node.name for nodes in inside.values() for node in nodes} & modules == set()


ROOMS = [name for name in MODULES if MODULES[name].stem == "__init__" and name.count(".") == 1 and name != "autograd"]


@pytest.mark.parametrize("room", [room for room in ROOMS if room.startswith("autograd.")])
def test_the_docstring_of_a_room_names_each_of_its_modules(room):
    docstring = ast.get_docstring(ast.parse(MODULES[room].read_text(encoding="utf-8")))
    inside = [name.rpartition(".")[2] for name in MODULES if name.rpartition(".")[0] == room]
    assert [name for name in inside if f"`{name}`" not in docstring] == []


FURTHER = re.compile(
    "tan|a?(sin|cos|tan)h?|atan2|log2|log10|xlogy|cbrt|hypot|leg|sech2|gaussian|erfc?|sign|floor|ceil|clip|largest|smallest|entry"
    "|Extremum|_(extreme|equal_shares|nan_or|over_square|one_minus_square|by_ratio|clip_gradients|atan2_gradients|entry_at)"
    "|_hypot_gradients|_slope_of_asin|_slope_of_atan|_slopes_of_angle"
)
"""The entries that came after the first ones, and what they alone use: n-ary maximum and minimum among them."""
FIRST = {"sin", "cos", "tanh"}


def test_the_shop_window_is_read_in_a_quarter_of_an_hour():
    """At most 3,500 words of the operation, the table with its first entries, the graph and the Value."""
    words = 0
    for module in ("operation", "ops", "graph", "value"):
        text = MODULES[f"autograd.{module}"].read_text(encoding="utf-8")
        lines = text.splitlines()
        body = ast.parse(text).body
        methods = [method for each in body if isinstance(each, ast.ClassDef) for method in each.body]
        for node in [*body, *methods]:
            name = getattr(node, "name", None) or (
                node.targets[0].id if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else ""
            )
            if name not in FIRST and FURTHER.fullmatch(name):
                lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
        words += len(" ".join(lines).split())
    assert words <= 3_500


LOOSE = {"autograd.untyped", "autograd.numbers", "autograd.graph"}
"""The modules that say for what Python has no type, and why."""


@pytest.mark.parametrize("module", sorted(set(MODULES) - LOOSE))
def test_a_type_that_says_nothing_is_given_by_the_name_that_has_the_reason(module):
    """So no module but those names `Any`: it is `Number`, `Node`, `AnyArray`, `AnyFunction` or `Anything`."""
    assert re.findall(r".*\bAny\b.*", re.sub(r'"""[\s\S]*?"""|#.*', "", MODULES[module].read_text("utf-8"))) == []
