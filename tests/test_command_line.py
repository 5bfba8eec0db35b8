"""``python -m autograd`` and ``python -m nn``: what they print, what they write, and with what they end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from autograd import Drawing, RenderingError
from autograd.commands import draw_command

ROOT = Path(autograd.__file__).parent.parent
NETWORK = """
from autograd import Value, sigmoid
from nn import MLP
print("printed by the network")
x, w, a = Value(1.5), Value(0.8), Value(1.0)
n = w * x
p = sigmoid(n)
J = (p - a) ** 2 / 2
θ = Value(1.0, "θ")
y = θ * θ
model = MLP(2, [3, 1], seed=0)
"""
RIGHT = "dJ/dp = p - a\ndp/dn = p(1 - p)\n"
FAULTY = {
    "engine.py": "from autograd import log\nlog(0.0)\n",
    "syntax.py": "x = 1\ny = = 2\n",
    "importing.py": "import syntax\n",
}
WRONG = "dJ/dp = p - a\ndp/dn = n(1 - n)\n"


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "network.py": NETWORK,
        "right.md": RIGHT,
        "wrong.md": WRONG,
        "empty.md": "I was ill.",
        **FAULTY,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder, *arguments, module="autograd", encoding="utf-8", page=None):
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        input=page,
        capture_output=True,
        text=True,
        encoding=encoding,
        check=False,
    )


def test_a_page_that_holds_ends_with_0(folder):
    done = run(folder, "check", "network.py", "right.md")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "✓ 1  dJ/dp = p - a     proved")
    assert "printed by the network" in done.stderr


@pytest.mark.parametrize("page", ["wrong.md", "empty.md"])
def test_a_page_that_does_not_hold_ends_with_1(folder, page):
    assert run(folder, "check", "network.py", page).returncode == 1


def test_what_is_said_of_each_line_is_written_as_data(folder):
    done = run(folder, "check", "network.py", "wrong.md", "--json", "report.json")
    assert done.returncode == 1
    found = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert not found["holds"]
    assert [(line["number"], line["holds"], line["verdict"]) for line in found["lines"]] == [
        (1, True, "proved"),
        (2, False, "wrong"),
    ]
    assert found["lines"][1]["correct_formula"] == "dp/dn = p*(1 - p)"
    assert found["lines"][1]["correct"] == pytest.approx(0.17789, rel=1e-4)
    assert found["lines"][1]["mistakes"]


def test_data_can_be_printed_and_a_page_read_from_the_standard_input(folder):
    done = run(folder, "check", "network.py", "-", "--json", "-", page=RIGHT)
    assert done.returncode == 0
    assert [line["claim"] for line in json.loads(done.stdout)["lines"]] == ["dJ/dp = p - a", "dp/dn = p(1 - p)"]


def test_the_report_can_be_written_as_a_page(folder):
    assert run(folder, "check", "network.py", "right.md", "--html", "feedback.html").returncode == 0
    assert "<html" in (folder / "feedback.html").read_text(encoding="utf-8")


def test_a_gradient_without_a_letter_for_the_output_is_of_the_one_that_is_named(folder):
    (folder / "page.md").write_text("dw = p*(1 - p)*x", encoding="utf-8")
    assert run(folder, "check", "network.py", "page.md", "--output", "p").returncode == 0
    assert run(folder, "check", "network.py", "page.md", "--output", "J").returncode == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_report_is_printed_with_the_characters_that_there_are(folder, encoding):
    (folder / "page.md").write_text("∂y/∂θ = 2θ", encoding="utf-8")
    done = run(folder, "check", "network.py", "page.md", encoding=encoding)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("+ 1  dy/d\\u03b8 = 2\\u03b8")


def test_a_node_is_drawn(folder):
    done = run(folder, "draw", "network.py", "J", "graph.dot", "--backward", "--direction", "TB")
    assert (done.returncode, done.stdout) == (0, "graph.dot: Drawing(9 nodes, 8 edges)\n")
    assert "digraph" in (folder / "graph.dot").read_text(encoding="utf-8")


def test_a_model_is_drawn_as_a_network(folder):
    done = run(folder, "draw", "network.py", "model", "network.dot")
    assert "network 2-3-1" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "required: COMMAND"),
        (["chek", "network.py"], "invalid choice: 'chek' (choose from"),
        (["--frob"], "required: COMMAND"),
        (["check"], "required: NETWORK.py, PAGE"),
        (["check", "network.py", "right.md", "--frob"], "unrecognized arguments: --frob"),
        (["check", "network.py", "right.md", "--js", "x"], "unrecognized arguments: --js x"),
        (["check", "network.py", "nowhere.md"], "there is no file nowhere.md"),
        (["check", "nowhere.py", "right.md"], "there is no file nowhere.py"),
        (["check", "network.py", "."], ". is a folder, and a file is wanted"),
        (["check", ".", "right.md"], ". is a folder, and a file is wanted"),
        (["-V"], "unrecognized arguments: -V"),
        (["check", "engine.py", "right.md"], "log needs an operand above 0 (line 2 of engine.py)"),
        (["check", "syntax.py", "right.md"], "SyntaxError: invalid syntax (line 2 of syntax.py)"),
        (["check", "importing.py", "right.md"], "syntax.py)"),
        (["check", "network.py", "right.md", "--output", "Q"], "--output Q: network.py makes no Value of that name"),
        (["check", "network.py", "right.md", "--html", "report.txt"], "the name must end in .html"),
        (["check", "network.py", "right.md", "--json", "no/folder.json"], "no/folder.json cannot be written"),
        (["check", "wrong.md", "right.md"], "wrong.md cannot be run: SyntaxError"),
        (["draw", "network.py", "Q", "graph.dot"], "network.py has no name Q: its Values are J, a, n, p, w, x, y"),
        (["draw", "network.py", "sigmoid", "graph.dot"], "must be Values"),
        (["draw", "network.py", "J", "graph.jpeg"], "the name must end in"),
        (["draw", "network.py", "J", "graph.dot", "--direction", "up"], "invalid choice: 'up'"),
        (["draw", "network.py", "J"], "required: FILE"),
        (["mark", "network.py", "right.md"], "required: --targets"),
        (["mark", "network.py", "right.md", "--targets", "dJ/dp", "--frob"], "unrecognized arguments: --frob"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(folder, arguments, told):
    done = run(folder, *arguments)
    assert done.returncode == 2, done.stdout
    assert told in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("module", ["autograd", "nn"])
def test_the_version_is_that_of_the_packages(folder, module):
    done = run(folder, "--version", module=module)
    assert (done.returncode, done.stdout.strip()) == (0, f"scalar-autograd {autograd.__version__}")


@pytest.mark.parametrize(
    ("module", "arguments", "told"),
    [
        ("autograd", ["--help"], "check NETWORK.py PAGE"),
        ("autograd", ["check", "--help"], "--json FILE"),
        ("autograd", ["draw", "--help"], "NETWORK.py NAME FILE"),
        ("autograd", ["mark", "--help"], "--targets"),
        ("nn", ["--help"], "FOLDER"),
    ],
)
def test_help_tells_what_can_be_given(folder, module, arguments, told):
    done = run(folder, *arguments, module=module)
    assert done.returncode == 0
    assert told in done.stdout


@pytest.mark.parametrize("arguments", [["--frob"], ["--op"], ["one", "two"]])
def test_the_lecture_refuses_what_it_does_not_know(folder, arguments):
    done = run(folder, *arguments, module="nn")
    assert done.returncode == 2
    assert "unrecognized arguments" in done.stderr


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (RenderingError("no Graphviz to draw with"), 1, "draw: no Graphviz to draw with"),
        (
            PermissionError(13, "Permission denied", "graph.svg"),
            2,
            "draw: graph.svg cannot be written: Permission denied",
        ),
    ],
    ids=["no Graphviz", "no permission"],
)
def test_a_picture_that_cannot_be_made_or_written_is_told(folder, monkeypatch, capsys, error, code, told):
    def save(drawing, path):
        raise error

    monkeypatch.setattr(Drawing, "save", save)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert draw_command.main([str(folder / "network.py"), "J", "graph.svg"]) == code
    assert told in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_ends_the_command_without_a_complaint(folder):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "autograd", "check", "network.py", "right.md"]
    done = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    done.stdout.close()
    with done.stderr as complaints:
        assert b"BrokenPipe" not in complaints.read()
    assert done.wait() == 0


def test_a_page_is_checked_without_giving_the_answer_away(folder):
    shown, left_out = (run(folder, "check", "network.py", "wrong.md", *more) for more in ([], ["--no-reveal"]))
    assert (shown.returncode, left_out.returncode) == (1, 1)
    assert "right: dp/dn = p*(1 - p)" in shown.stdout
    assert left_out.stdout.splitlines()[1:3] == ["✗ 2  dp/dn = n(1 - n)  wrong", "     read as dp/dn = n * (1 - n)"]
    assert "activation's derivative at the input\n" in left_out.stdout
    data = run(folder, "check", "network.py", "wrong.md", "--no-reveal", "--json", "-").stdout
    assert "correct" not in json.loads(data)["lines"][1]


def test_a_class_is_marked_without_giving_the_answers_away(folder):
    page = ["network.py", "wrong.md", "--targets", "dp/dn", "--html", "feedback", "--json", "marks.json"]
    assert run(folder, "mark", *page, "--no-reveal").returncode == 0
    feedback = (folder / "feedback" / "wrong.html").read_text("utf-8")
    assert "activation" in feedback
    assert "right is" not in feedback
    assert "p*(1 - p)" not in (folder / "marks.json").read_text("utf-8")
