"""What is printed where the standard output has few characters: a Windows pipe, an autograder."""

import os
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Operation, Value, check_gradients, explain
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


@pytest.mark.parametrize("stream", [None, StringIO(), object()], ids=["none", "in memory", "of another kind"])
def test_a_text_is_unchanged_where_nobody_knows_what_can_be_printed(stream, monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream)
    assert printable("∂θ") == "∂θ"
