"""What is printed where the standard output has few characters: a Windows pipe, an autograder."""

import os
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Operation, Value, check_derivation, check_gradients, draw, explain, log
from autograd.text import printable

FEW = ["ascii", "cp1252", "latin-1", "cp437", "koi8-r"]
NAMES = ["x", "θ₁", "損失", "é", "ŷ", "e\u0301", "\U0001f600", "a\u202eb", "a\x1b[2Jb", "\ud800", "½·✓"]

SCRIPT = """
import sys, warnings
from autograd import *
from nn import *

warnings.simplefilter("ignore")


class Réseau(Module):
    def __init__(self, biais):
        self.biais = biais


for name in eval(sys.argv[1]):
    x, w, b = Value(0.0, name), Value(2.0, "σ"), Value(1.0)
    function = Operation("ƒ", lambda m, a: a * a, lambda m, y, a: (3 * a,))
    y = relu(x * w + b) * relu(x) + function(w)
    nodes = {"y": y, "x": x, "θ": w}
    derivation = check_derivation("∂y/∂x = 3*θ  # ½·θ²\\ndy/dθ = 2*θ\\nη = 0.5", nodes)
    model = MLP(1, [2, 1], function)
    optimizer = SGD(model.parameters(), 0.1)
    history = fit(model, [1.0], [2.0], loss=squared_error, optimizer=optimizer, epochs=1, progress=False)
    program = vectorize(lambda été: été * w, 1.0)
    things = [
        x, y, function, x > 0, explain(y, x), explain(y, w), explain(y, x).paths, explain(y, x).branches,
        check_gradients(y), check_gradients(y).lines, derivation, derivation.lines, derivation.lines[0].mistakes,
        *derivation.lines[0].mistakes, draw(y), draw(y, limit=1), model, Réseau(w), Perceptron(1, function), history,
        optimizer, program, gradients(y, [x]),
    ]
    for thing in things:
        print(thing)
        print(repr(thing))
        print(f"{thing}")
"""


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments], env={**os.environ, **environment}, capture_output=True, check=False
    )


@pytest.mark.parametrize("encoding", FEW)
def test_whatever_is_printed_prints_where_there_are_few_characters(encoding):
    done = run("-c", SCRIPT, ascii(NAMES), PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")


REFUSED = """
import sys
import autograd
from autograd import *

def written_to():
    leaf = Value(1.0, name)
    output = function(leaf * leaf)
    leaf.data = 3.0
    return gradients(output, [leaf])


for name in eval(sys.argv[1]):
    x, w = Value(-1.0, name), Value(2.0, "σ")
    function = Operation("ƒ", lambda m, a: a * a, lambda m, y, a: (2.0 * a,))
    wrong = Operation("ƒ", lambda m, a: a.real_, lambda m, y, a: ("é",), domain="θ > 0")
    y = log(x * x)
    for refused in (
        lambda: log(x),
        lambda: exp(Value(1e4, name)),
        lambda: x + name,
        lambda: Value(name),
        lambda: autograd.sum(name),
        lambda: autograd.sum({name: 1}),
        lambda: Operation("ƒ", lambda m, a: 2.0, lambda m, y, a: ("é",))(x),
        lambda: Operation("ƒ", lambda m, a: m.log(a), lambda m, y, a: (1,), domain="θ > 0")(x),
        lambda: Operation("ƒ", name, name),
        lambda: Operation("ƒ", lambda m, a: a, lambda m, y, a, b: a),
        written_to,
        lambda: formula(x * Value(2.0, name)),
        lambda: formula(x * w, keep=[x * w]),
        lambda: exact_gradients(function(x) * exp(w), [w]),
        lambda: gradients(y, [name]),
        lambda: explain(y, name),
        lambda: draw(name),
        lambda: draw(y, show=name),
        lambda: draw(y, expand=name),
        lambda: draw(y, parameters=name),
        lambda: draw(y).save(name),
        lambda: draw(y).page(name),
        lambda: setattr(y, "data", 1.0),
        lambda: float(x),
        lambda: bool(y),
        lambda: check_derivation(f"∂y/∂{name} = é +", {"y": y}, strict=True),
        lambda: check_derivation("∂y/∂x = θθ", {"y": y, "x": x}, strict=True),
        lambda: check_derivation("y = 1", {name + " ": y}),
        lambda: vectorize(lambda été: été * x, name),
        lambda: vectorize(lambda été: été * x, 1.0)([[1.0]]),
        lambda: vectorize(lambda été: 1.0 if été > 0 else x, 1.0),
    ):
        try:
            refused()
        except Exception as error:
            print(error)
        else:
            raise AssertionError(ascii(name))
"""


@pytest.mark.parametrize("encoding", FEW)
def test_an_error_is_printed_where_there_are_few_characters(encoding):
    done = run("-c", REFUSED, ascii(NAMES), PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_error_has_the_characters_of_the_user_where_they_can_be_printed(monkeypatch):
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), "utf-8"))
    with pytest.raises(ValueError, match=r"log\(θ₁\) with θ₁ = -1.0"):
        log(Value(-1.0, "θ₁"))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_report_as_data_is_ascii(name, tmp_path):
    x = Value(1.0, name)
    text = check_gradients(x * x).to_json(tmp_path / "report.json")
    assert text.isascii()
    assert (tmp_path / "report.json").read_text(encoding="ascii") == text


def test_the_column_of_a_refused_line_is_marked_in_ascii_too(monkeypatch):
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), "ascii"))
    x = Value(1.0)
    with pytest.raises(ValueError, match="line 1") as refusal:
        check_derivation("∂y/∂θ = x", {"y": x * x, "x": x}, strict=True)
    *_, line, mark = str(refusal.value).splitlines()
    assert line[mark.index("^") :] == "\\u03b8 = x"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_the_source_of_a_drawing_is_ascii(name):
    x = Value(1.0, name)
    assert draw(x * Value(2.0, "σ") + x).source.isascii()


@pytest.mark.parametrize("encoding", FEW)
def test_plain_strings_and_formulas_are_printed_once_the_output_is_told_how(encoding):
    program = """
import sys
from autograd import *

sys.stdout.reconfigure(errors="autograd.text")
θ = Value(2.0, "θ")
print(formula(θ * θ), vectorize(lambda été: été * θ, 1.0).source, draw(θ * θ).page().html)
"""
    done = run("-c", program, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("name", NAMES[1:], ids=ascii)
def test_unicode_is_printed_as_it_is_where_it_can_be(name, monkeypatch):
    report = explain(Value(1.0, name) * 2, Value(1.0)), check_gradients(Value(1.0, name) * 2)
    monkeypatch.setattr(sys, "stdout", StringIO())
    expected = list(map(str, report))
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), "utf-8"))
    assert list(map(str, report)) == expected


def test_in_ascii_signs_are_written_as_people_write_them(monkeypatch):
    x = Value(3.0, "x")
    cube = Operation("cube", lambda m, a: a * a * a, lambda m, y, a: (2 * a * a,))
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), "ascii"))
    assert (
        str(explain(x * 2, x))
        == "d(x * 2)/dx = 2, along the one path from x to x * 2\n\n1.  x -> x * 2\n    d(x * 2)/dx\n    = 2"
    )
    assert [line[:8].rstrip() for line in str(check_gradients(cube(x))).splitlines()[2:]] == [
        "x  dcube",
        "+  backw",
        "x  end t",
    ]


def test_columns_are_aligned_in_ascii_too(monkeypatch):
    wrong = Operation("ƒ", lambda m, a: a * a, lambda m, y, a: (3 * a,))
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), "ascii"))
    head, *rows = str(check_gradients(wrong(Value(3.0, "θ")) * Value(2.0, "é"))).splitlines()[1:]
    [row] = [row for row in rows if row.startswith("x  d")]
    assert row.index("9.0") == head.index("recorded")


@given(
    st.text(st.characters() | st.sampled_from("✓✗∂·→…½²Σ\ud800")),
    st.sampled_from([*FEW, "utf-8", "utf-16", "shift_jis"]),
)
def test_every_text_becomes_one_that_can_be_printed_and_what_can_be_is_unchanged(text, encoding):
    before, sys.stdout = sys.stdout, TextIOWrapper(BytesIO(), encoding)
    try:
        shown = printable(text)
    finally:
        sys.stdout = before
    shown.encode(encoding)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return
    assert shown.encode(encoding) == text.encode(encoding)


UNKNOWN_ENCODING = SimpleNamespace(encoding="one of tomorrow")


@pytest.mark.parametrize(
    "stream",
    [None, StringIO(), object(), UNKNOWN_ENCODING],
    ids=["none", "in memory", "of another kind", "of an unknown encoding"],
)
def test_a_text_is_unchanged_where_nobody_knows_what_can_be_printed(stream, monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream)
    assert printable("∂θ") == "∂θ"
