"""What editors show, signatures and docstrings, read from the source or asked of the objects; and what mypy finds."""

import importlib.util
import inspect
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import autograd
import nn
from autograd import Operation, Value

ROOT = Path(autograd.__file__).parent.parent
OPERATIONS = [name for name in autograd.__all__ if isinstance(getattr(autograd, name), Operation)]
LOSSES = ["squared_error", "hinge", "binary_cross_entropy", "cross_entropy", "l2"]
MODULES = ["MLP", "Layer", "Perceptron"]

RIGHT = """\
import math
import numpy as np
from autograd import (
    Value, atan2, check_derivation, clip, draw, equal, exp, grad, gradients, hypot, maximum, mean, sum, tanh, where,
)
from nn import MLP, SGD, Adam, Layer, Module, Perceptron, cross_entropy, fit, l2, save, squared_error

x, y = Value(1.0), Value(2.0)
model = MLP(2, [3, 1], tanh)
one: Value = model([x, 2.0]).sigmoid()
wide: Value = squared_error(Layer(2, 2)([x, y]), [0.0, 1.0])
either: Value | float = exp(x if x > y else 2.0)
number: float = hypot(3.0, 4.0) + maximum(1.0, 2.0) + mean([1.0]) + clip(3, 0, 1)
value: Value = hypot(3.0, y) + maximum([x, 2.0]) + mean([x]) + clip(3, 0, y) + atan2(x, 1)


class Doubled(Module):
    def __init__(self, inner: Module) -> None:
        self.inner = inner

    def __call__(self, x: Value, times: int = 2) -> Value:
        inner: Value = self.inner([x, x])
        return inner * times


doubled: Value = Doubled(model)(x, times=3)
several: list[Value] = Layer(2, 2)([x, y])
first: Value = MLP(2, [2])([1, 2])[0]
activations = [Value.tanh, tanh]
mapped: list[Value] = [*map(Value.exp, [abs(x), x.abs(), -x, x.maximum(y)])]
same: bool = x.op is tanh
scaled: Value = x * np.float32(3) + np.float32(3) * x + np.int64(2)
above: bool = bool(x > np.float32(1))
"""
WRONG = """\
Value("2.0")
Value(2.0, label="a")
Value([1.0, 2.0])
x._prev
x.item()
x ^ 2
x // 2
x[0]
len(x)
x + None
x * "2"
[1.0] * x
x > [1.0]
x ** np.complex64(1)
x.data = "3"
x.backward(retain_graph=True)
math.exp(x)
float(x)
exp("x")
exp(x, y)
exp([x, y])
tanh()
hypot(x)
clip(x, 0)
where(True, x, y)
where(x > 0, x)
sum(x)
gradients(x, y)
draw(3.0)
draw(x, direction="up")
draw(x, format="svg")
check_derivation("dy/dx = 1")
MLP("3", [4, 1])
MLP(3, 4)
MLP(3, [4, 1], nonlin=True)
MLP(3, [4, 1], activation=1.0)
Layer(2)
model.neurons
model.forward([1.0, 2.0])
model("12")
Adam(model)
Adam(model.parameters)
SGD(model.parameters())
fit(model, [[1.0, 2.0]], [1.0])
fit(model, [[1.0, 2.0]], [1.0], loss=squared_error, optimizer="adam", epochs=1)
squared_error(x)
squared_error("x", 1)
l2(model, 0.1)
save("model.safetensors", model)
Layer(2, 2)([x, y]).backward()
""".splitlines()
MISSED = {"Layer(2, 2)([x, y]).backward()"}
"""Of a layer with one output this line is right."""


def found_by_mypy(path, program):
    if find_spec("mypy") is None:
        pytest.skip("not installed: mypy (the extra lint)")
    path.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--follow-imports", "silent", path],
        cwd=ROOT,
        env=os.environ | {"MYPY_CACHE_DIR": str(path.parent / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if ": error: " in line]


def test_mypy_finds_wrong_lines_and_nothing_in_right_ones(tmp_path):
    errors = found_by_mypy(tmp_path / "program.py", RIGHT + "\n".join(WRONG))
    numbers = {int(line.removeprefix(str(tmp_path)).split(":")[1]) - len(RIGHT.splitlines()) for line in errors}
    assert [line for line in errors if int(line.removeprefix(str(tmp_path)).split(":")[1]) <= RIGHT.count("\n")] == []
    assert {line for number, line in enumerate(WRONG, 1) if number not in numbers} == MISSED


def test_pyright_finds_nothing_in_right_lines(tmp_path):
    pyright = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if pyright is None:
        pytest.skip("not installed: pyright (the extra lint)")
    (tmp_path / "program.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT)]}), encoding="utf-8")
    done = subprocess.run(
        [pyright, "--pythonpath", sys.executable, "--project", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_stub_is_what_the_table_says():
    if not (Path(__file__).parent.parent / "docs" / "signatures.py").exists():
        pytest.skip("the scripts of the documents are not in this copy")
    spec = importlib.util.spec_from_file_location("signatures", Path(__file__).parent.parent / "docs" / "signatures.py")
    signatures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(signatures)
    assert signatures.STUB.read_text(encoding="utf-8") == signatures.stub(), "run python docs/signatures.py"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("exp", ["a"]),
        ("atan2", ["a", "b"]),
        ("clip", ["x", "low", "high"]),
        ("where", ["condition", "a", "b"]),
        ("dot", ["weights", "inputs", "bias"]),
        ("sum", ["values", "start"]),
    ],
)
def test_inspect_shows_the_arguments_of_an_operation(name, parameters):
    assert [*inspect.signature(getattr(autograd, name)).parameters] == parameters


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_a_docstring_of_its_own(name):
    assert inspect.getdoc(getattr(autograd, name)) not in (None, inspect.getdoc(Operation))


def test_methods_of_a_value_have_their_signatures_and_docstrings():
    assert str(inspect.signature(Value.tanh)) == "(a)"
    assert Value.tanh.__doc__ == autograd.tanh.__doc__
    assert [*inspect.signature(Value).parameters] == ["data", "name"]
    assert [*inspect.signature(Value(1.0).backward).parameters] == ["seed"]


@pytest.mark.parametrize("name", MODULES)
def test_inspect_shows_the_arguments_of_a_module(name):
    module = getattr(nn, name)
    shown = [*inspect.signature(module.__init__).parameters][1:]
    assert [*inspect.signature(module).parameters] == shown
    assert "args" not in shown
    assert inspect.getdoc(module)


def test_inspect_shows_the_arguments_of_a_module_of_the_users():
    class Line(nn.Module):
        def __init__(self, slope: float, *, offset: float = 0.0) -> None:
            self.slope, self.offset = Value(slope), Value(offset)

    class Plain(nn.Module):
        pass

    assert str(inspect.signature(Line)) == "(slope: float, *, offset: float = 0.0)"
    assert str(inspect.signature(Plain)) == "()"


@pytest.mark.parametrize("name", [*LOSSES, "fit", "save", "load", "Adam", "SGD"])
def test_inspect_shows_the_arguments_of_the_rest(name):
    parameters = inspect.signature(getattr(nn, name)).parameters.values()
    assert parameters
    assert not [p for p in parameters if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def jedi_script(code):
    jedi = pytest.importorskip("jedi")
    return jedi.Script(code, project=jedi.Project(ROOT))


@pytest.mark.parametrize(
    ("module", "name", "shown"),
    [
        *(("autograd", name, f"{name}(") for name in OPERATIONS),
        *(("nn", name, f"{name}(") for name in [*MODULES, *LOSSES, "fit"]),
        ("autograd", "exp", "exp(a: Value) -> Value"),
        ("autograd", "hypot", "hypot(a: Value, b: Value | Real) -> Value"),
        ("nn", "MLP", "MLP(n_inputs: int, sizes: Iterable[int], activation: Activation=relu"),
        ("nn", "cross_entropy", "cross_entropy(logits: Output, one_hot: Output) -> Value"),
        ("autograd", "Value", "Value(data: Real, name: str | None=None"),
    ],
)
def test_jedi_shows_a_signature(module, name, shown):
    signature = jedi_script(f"from {module} import {name}\n{name}(").get_signatures()[0]
    assert signature.to_string().startswith(shown)
    assert "*args" not in signature.to_string()
    assert signature.docstring(raw=True)


@pytest.mark.parametrize(("called", "parameters"), [("tanh", []), ("maximum", ["other"]), ("backward", ["seed"])])
def test_jedi_shows_the_arguments_of_a_method(called, parameters):
    [signature] = jedi_script(f"from autograd import Value\nValue(1.0).{called}(").get_signatures()
    assert [parameter.name for parameter in signature.params if parameter.name != "others"] == parameters
    assert "Any" not in signature.to_string()


@pytest.mark.parametrize(
    "made",
    [
        "tanh(x)",
        "x.tanh()",
        "x * x",
        "x - 1",
        "maximum(x, 0)",
        "sum([x, x])",
        "where(x > 0, x, 1)",
        "squared_error(x, 1)",
        "x.maximum(0)",
        "Perceptron(2)([1, 2])",
        "Layer(2, 1)([1, 2])",
        "MLP(2, [1])([1, 2])",
        "MLP(2, [1])([1, 2]).sigmoid()",
    ],
)
def test_jedi_completes_the_result_of_an_operation(made):
    imports = (
        "from autograd import Value, maximum, sum, tanh, where\nfrom nn import MLP, Layer, Perceptron, squared_error\n"
    )
    code = f"{imports}x = Value(1.0)\ny = {made}\ny."
    names = {completion.name for completion in jedi_script(code).complete()}
    assert {"backward", "data", "grad", "tanh"} <= names


def test_the_call_of_an_operation_shows_the_same_signature():
    """Where they differ, IPython prints both."""
    assert inspect.signature(autograd.tanh.__call__) == inspect.signature(autograd.tanh)
    assert autograd.tanh.__call__(0.0) == 0.0
    assert autograd.tanh.__call__.__doc__ is None
