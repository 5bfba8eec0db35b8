"""``python -m nn`` prints the lecture's numbers, on any terminal."""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import nn
import nn.__main__ as demo_program

ROOT = Path(nn.__file__).parent.parent
PATH = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


def run(*arguments, folder=None, **environment):
    """The demo in a folder, a new one unless it is named."""
    with TemporaryDirectory() as new:
        return subprocess.run(
            [sys.executable, "-m", "nn", *arguments],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": PATH, **environment},
            cwd=folder or new,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def demo():
    return run(PYTHONIOENCODING="utf-8")


@pytest.fixture(scope="module")
def text(demo):
    return demo.stdout.decode("utf-8")


def table(text, head):
    """The numbers under a heading row, until a line that is no row of numbers."""
    lines = iter(text.splitlines())
    next(line for line in lines if line.split() == head)
    rows = []
    for line in lines:
        if not line or line.lstrip()[0] not in "0123456789-+":
            return rows
        rows.append([float(word) for word in line.split()])
    return rows


def test_the_demo_ends_well_with_no_terminal(demo):
    assert demo.returncode == 0
    assert b"Traceback" not in demo.stderr


def test_the_demo_shows_a_progress_bar_on_the_error_stream(demo, text):
    assert b"100%" in demo.stderr
    assert "100%" not in text


def test_the_single_weight_steps_as_in_the_lecture(text):
    """error is (prediction − goal)², dJ/dw is the delta times the input, and the step is 0.01 of that."""
    first, second, *_ = table(text, ["w", "prediction", "error", "delta", "dJ/dw"])
    assert first == [0.1, 0.85, 0.0225, -0.15, -1.275]
    assert second[0] == 0.11275


def test_the_three_inputs_step_as_in_the_lecture(text):
    head = ["w0", "w1", "w2", "prediction", "error", "delta", "dJ/dw0", "dJ/dw1", "dJ/dw2"]
    first, second, third = table(text, head)
    assert first == [0.1, 0.2, -0.1, 0.86, 0.0196, -0.14, -1.19, -0.091, -0.168]
    assert second[:5] == [0.1119, 0.20091, -0.09832, *printed(0.9637575, 0.00131351880625)]
    assert third[:5] == printed(0.1149806125, 0.20114557625, -0.09788509, 0.9906177228125, 8.8027125223e-05)


def printed(*numbers):
    return [float(f"{number:.7g}") for number in numbers]


@pytest.mark.parametrize(
    ("epoch", "error"),
    [
        (1, 2.6561231104),
        (2, 0.9628701776715985),
        (3, 0.5509165866836797),
        (4, 0.36445836852222424),
        (5, 0.2516768662079895),
        (10, 0.05564914990717743),
        (20, 0.009117233405426495),
        (40, 0.00053373677328488),
    ],
)
def test_the_streetlights_have_the_lectures_error(text, epoch, error):
    """All digits of the lecture are there; the last one of seventeen depends on the order of a sum."""
    [shown] = re.findall(rf"^epoch +{epoch} +error (\S+)$", text, re.MULTILINE)
    assert float(shown) == pytest.approx(error, rel=1e-14)


@pytest.mark.parametrize("error", ["2.6561231104", "0.9628701776715985"])
def test_the_first_errors_are_printed_digit_for_digit(text, error):
    assert f"error {error}\n" in text


def test_the_middle_light_wins(text):
    weights = re.search(r"left (\S+) +middle (\S+) +right (\S+):", text).groups()
    assert weights == ("+0.0139", "+1.0138", "-0.0160")


def test_the_pressure_on_the_weights_is_that_of_the_lecture(text):
    below = text[text.index("lights  walk   left middle right") :].splitlines()[1:8]
    assert [line.split() for line in below] == [
        ["101", "0", "-", "0", "-"],
        ["011", "1", "0", "+", "+"],
        ["001", "0", "0", "0", "-"],
        ["111", "1", "+", "+", "+"],
        ["011", "1", "0", "+", "+"],
        ["101", "0", "-", "0", "-"],
        ["sum", "-1", "+3", "0"],
    ]


def test_one_layer_stays_undecided_and_a_hidden_layer_learns(text):
    """Without correlation the best that a weighted sum can do is ½ everywhere."""
    rows = re.findall(r"^(\d{3}) +([01]) +(-?\d\.\d{4})$", text, re.MULTILINE)
    one_layer, two_layers = rows[:4], rows[4:]
    expected = [("101", "1"), ("011", "1"), ("001", "0"), ("111", "0")]
    assert [row[:2] for row in one_layer] == [row[:2] for row in two_layers] == expected
    assert all(abs(float(prediction) - 0.5) < 0.01 for _, _, prediction in one_layer)
    assert all(abs(float(prediction) - float(walk)) < 0.01 for _, walk, prediction in two_layers)


def test_backpropagation_agrees_with_the_chain_rule_by_hand(text):
    rows = re.findall(r"^W1\[(\d)\]\[(\d)\] +(\S+) +(\S+) +(\S+)$", text, re.MULTILINE)
    assert [(int(i), int(j)) for i, j, *_ in rows] == [(i, j) for i in range(3) for j in range(4)]
    assert all(found == by_hand and float(found) != 0 for _, _, found, by_hand, _ in rows)
    assert all(abs(float(difference)) < 1e-16 for *_, difference in rows)


def test_the_hand_check_proves_the_right_derivation_and_names_the_slip(text):
    _, _, check = text.partition("The hand check")
    assert len(re.findall(r"^✓ .* proved$", check, re.MULTILINE)) == 9
    assert len(re.findall(r"^✗ ", check, re.MULTILINE)) == 1
    assert "sum where one term belongs: it is the sum of dy[2]/dW1[k][2] over all k" in check


def test_the_convention_of_the_half_is_stated(text):
    assert "½(prediction - goal)²" in text


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_the_demo_runs_where_its_signs_cannot_be_shown(environment, text):
    shown = run(**environment)
    assert (shown.returncode, b"Traceback" in shown.stderr) == (0, False)
    assert shown.stdout.count(b"\n") == text.count("\n")
    assert b"0.9628701776715985" in shown.stdout


@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_a_reader_that_stops_early_is_no_error(unbuffered, tmp_path):
    demo = subprocess.Popen(
        [sys.executable, "-m", "nn"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PATH, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": unbuffered},
        cwd=tmp_path,
    )
    demo.stdout.close()
    with demo.stderr:
        errors = demo.stderr.read()
    assert demo.wait(timeout=120) == 0
    assert b"BrokenPipe" not in errors


def test_signs_outside_ascii_are_written_out():
    shown = run(PYTHONIOENCODING="ascii").stdout.decode("ascii")
    assert "1/2(prediction - goal)^2, which is delta * input" in shown
    assert "?" not in shown.replace("safe to walk?", "")


# Its pictures

PICTURES = {"graph.svg", "graph.html", "network.svg"}


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_without_a_folder_it_makes_a_new_one_and_names_it(tmp_path):
    (tmp_path / "graph.svg").write_text("mine")
    first, second = (run(folder=tmp_path, PYTHONIOENCODING="utf-8") for _ in range(2))
    assert (tmp_path / "graph.svg").read_text() == "mine"
    assert names(tmp_path) == {"graph.svg", "lecture", "lecture-2"}
    assert names(tmp_path / "lecture") == names(tmp_path / "lecture-2") == PICTURES
    assert str(tmp_path / "lecture") in first.stdout.decode()
    assert str(tmp_path / "lecture-2") in second.stdout.decode()


def test_a_folder_may_be_named_and_need_not_be_there(tmp_path):
    done = run("deep/down", folder=tmp_path, PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    assert names(tmp_path / "deep" / "down") == PICTURES


def test_a_file_that_it_did_not_make_stays(tmp_path):
    (tmp_path / "graph.svg").write_text("mine")
    assert run(str(tmp_path)).returncode == 0
    assert (tmp_path / "graph.svg").read_text() == "mine"
    assert names(tmp_path) == PICTURES | {"graph-2.svg"}


def test_a_second_run_in_a_folder_finds_its_own_files(tmp_path):
    for _ in range(2):
        assert run(str(tmp_path)).returncode == 0
    assert names(tmp_path) == PICTURES


@pytest.mark.skipif(os.name == "nt", reason="links are not for everyone on Windows")
def test_a_link_is_not_written_through(tmp_path):
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "graph.svg").symlink_to(outside)  # which is not there
    assert demo_program.placed(inside / "graph.svg", b"picture") == inside / "graph-2.svg"
    assert not outside.exists()


def test_a_file_for_a_folder_is_refused_at_once(tmp_path):
    (tmp_path / "file").write_text("mine")
    done = run("file", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"file is a file: name a folder" in done.stderr


def test_another_argument_is_refused():
    assert run("--wrong").returncode == 2


def test_open_shows_the_page(tmp_path, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    demo_program.pictures(nn.MLP(3, [4, 1], seed=1), str(tmp_path), show=True)
    assert shown == [(tmp_path / "graph.html").resolve().as_uri()]
    assert str(tmp_path) in capsys.readouterr().out
