"""Marking a class: which targets a page derives, what it loses points for, the files, and the command."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import autograd.marking.derived
from autograd import Value, dot, mark, sigmoid, tanh
from autograd.marking.submissions import UnreadableFileError, files_of, page_of

X, W, A = Value(1.5), Value(0.8), Value(1.0)
N = W * X
P = sigmoid(N)
J = (P - A) ** 2 / 2
NEURON = {"x": X, "w": W, "a": A, "n": N, "p": P, "J": J}
TARGETS = ["dJ/dp", "dJ/dw"]
RIGHT = "dJ/dp = p - a\ndJ/dw = dJ/dp * p*(1 - p) * x"


def row(page, **options):
    [found] = mark({"one": page}, NEURON, **{"targets": TARGETS} | options).rows
    return found


def test_a_right_page_has_all_points_and_no_wrong_line():
    found = row(RIGHT)
    assert (found.points, found.out_of, found.derived, found.first_wrong) == (2, 2, ("dJ/dp", "dJ/dw"), None)
    assert found.holds
    assert mark({"one": RIGHT}, NEURON, targets=TARGETS)


@pytest.mark.parametrize(
    ("page", "derived"),
    [
        ("dJ/dp = -0.2315", ("dJ/dp",)),  # σ(1.2) − 1 = −0.2315: a number alone counts
        ("1 = 1\ndp/dw = p*(1 - p)*x", ()),  # right, and no target
        ("dJ/dw = dJ/dw", ()),
        ("dJ/dw = 2*dJ/dw/2", ()),
        ("g = dJ/dw\ndJ/dw = g", ()),  # the same, in two lines
        ("dJ/dw = dJ/dn*x\ndJ/dn = dJ/dw/x", ()),  # one from the other, and back
        ("dJ/dw = dJ/dn*x\ndJ/dn = (p - a)*p*(1 - p)", ("dJ/dw",)),
        ("dJ/dw = dJ/dp * dp/dw", ("dJ/dw",)),
        ("delta = dJ/dp = p - a\ndJ/dw = delta*p*(1 - p)*x", ("dJ/dp", "dJ/dw")),
        (r"$\frac{\partial J}{\partial w} = (p - a)p(1-p)x$", ("dJ/dw",)),
        ("```python\ndp = p - a\ndw = dp*p*(1 - p)*x\n```", ("dJ/dp", "dJ/dw")),
    ],
)
def test_a_target_is_derived_by_a_right_line_from_something_else(page, derived):
    found = row(page)
    assert found.derived == derived
    assert found.points == len(derived)


def test_a_target_that_is_a_list_is_derived_when_each_of_its_entries_is():
    x = [Value(1.0), Value(-2.0)]
    W1 = [[Value(0.1), Value(0.2)], [Value(-0.3), Value(0.4)]]
    h = [tanh(dot(row, x)) for row in W1]
    J = (h[0] + h[1] - 1) ** 2 / 2
    nodes = {"x": x, "W1": W1, "h": h, "J": J}
    pages = {
        "all": "∂J/∂W1_{ij} = (h_1 + h_2 - 1)(1 - h_i^2) x_j",
        "a row": "dJ/dW1[0][0] = (h[0] + h[1] - 1)*(1 - h[0]**2)*x[0]\ndJ/dW1[0][1] = (h[0]+h[1]-1)*(1-h[0]**2)*x[1]",
    }
    found = mark(pages, nodes, targets=["dJ/dW1", "dJ/dW1[0][1]"]).rows
    assert [each.derived for each in found] == [("dJ/dW1", "dJ/dW1[0][1]"), ("dJ/dW1[0][1]",)]


def test_what_is_forbidden_may_be_used_once_the_page_has_derived_it():
    borrowed = "dJ/dw = dJ/dn * x"
    assert row(borrowed, forbid=["dJ/dn"]).derived == ()
    assert row(f"{borrowed}\ndJ/dn = (p - a)*p*(1 - p)", forbid=["dJ/dn"]).derived == ("dJ/dw",)
    assert row(f"d = dJ/dn\n{borrowed.replace('dJ/dn', 'd')} = -0.0618", forbid=["dJ/dn"]).derived == ()


def test_an_error_costs_its_target_and_not_the_ones_that_follow_from_it():
    follow_on = "dJ/dp = a - p = 0.2315\ndJ/dw = dJ/dp * p*(1 - p) * x = 0.0618"
    found = row(follow_on)
    assert [line.follows for line in found.report.lines] == [None, 1]
    assert (found.derived, found.points, found.first_wrong, found.mistake) == ((), 1, 1, "sign")
    # The error is marked where it shows first, also if no target is claimed there.
    assert row(follow_on, targets=["dJ/dw"]).points == 0


def test_points_are_what_each_target_is_worth():
    found = row("dJ/dw = (p - a)*p*(1 - p)*x", points={"dJ/dw": 2.5})
    assert (found.points, found.out_of) == (2.5, 3.5)


@pytest.mark.parametrize("page", ["", "I was ill.", "x" * 6000, "dJ/dq = 1", "dJ/dw = (p - a"])
def test_a_page_of_which_nothing_is_read_gets_no_zero_but_is_listed(page):
    marks = mark({"one": page, "other": RIGHT}, NEURON, targets=TARGETS)
    [found] = marks.unmarked
    assert (found.name, found.points, found.first_wrong) == ("one", None, None)
    assert found.remark.startswith("not marked: ")
    assert "1 page could not be read" in marks.summary


def test_the_summary_says_on_how_many_pages_each_mistake_was_made():
    pages = {"a": "dJ/dp = a - p", "b": "dJ/dp = a - p\ndJ/dw = (a - p)*p*(1 - p)*x", "c": "dJ/dp = 2*(p - a)"}
    assert mark(pages, NEURON, targets=TARGETS).slips == {"sign": 2, "factor 2": 1}


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"targets": []}, ValueError, "must be a list of derivatives"),
        ({"targets": "dJ/dw"}, ValueError, "must be a list of derivatives"),
        ({"targets": ["dJ/dq"]}, ValueError, "the target 'dJ/dq' is no derivative of nodes: there is no node q"),
        ({"targets": ["p"]}, ValueError, "the target 'p' is no derivative of nodes"),
        ({"forbid": ["dJ/dz"]}, ValueError, "the forbidden 'dJ/dz' is no derivative of nodes"),
        ({"forbid": "dJ/dp"}, ValueError, "forbid must be a list of derivatives, as .'dJ/dw'., not 'dJ/dp'"),
        ({"points": 2}, TypeError, "points must map targets to numbers, as .'dJ/dw': 2., not 2"),
        ({"points": {"dJ/da": 2}}, ValueError, "which is no target: there are dJ/dp, dJ/dw"),
        ({"points": {"dJ/dw": -1}}, ValueError, "must be 0 or more, not -1"),
        ({"points": {"dJ/dw": "two"}}, TypeError, "the points for dJ/dw"),
    ],
)
def test_a_fault_of_the_arguments_is_told_before_a_page_is_read(options, error, told):
    with pytest.raises(error, match=told):
        row(RIGHT, **options)


def test_pages_are_a_mapping_of_texts():
    with pytest.raises(TypeError, match="pages must map names to derivations, not list"):
        mark([RIGHT], NEURON, targets=TARGETS)
    with pytest.raises(TypeError, match="the page of 'one' must be text, not int"):
        mark({"one": 1}, NEURON, targets=TARGETS)


HOSTILE = ["../../outside", "/etc/passwd", "a", "A", "a?b", "", ".", "con", "<b>", "=1+1", "index", "x" * 300]


def test_feedback_stays_in_its_folder_whatever_a_page_is_called(tmp_path):
    folder = tmp_path / "deep" / "feedback"
    mark(dict.fromkeys(HOSTILE, RIGHT), NEURON, targets=TARGETS).to_html(folder)
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len({str(file).lower() for file in files}) == len(HOSTILE) + 1
    assert {file.parent for file in files} == {Path("deep/feedback")}
    assert "<b>" not in (folder / "index.html").read_text(encoding="utf-8").replace("<b>one", "")


def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(tmp_path):
    mark({"=HYPERLINK(1)": RIGHT}, NEURON, targets=TARGETS).to_csv(tmp_path / "marks.csv")
    with open(tmp_path / "marks.csv", newline="", encoding="utf-8") as file:
        [found] = csv.DictReader(file)
    assert found["name"] == "'=HYPERLINK(1)"
    assert (found["points"], found["dJ/dp"], found["first_wrong"]) == ("2", "1", "")


def test_the_json_has_what_was_said_of_each_line(tmp_path):
    mark({"one": "dJ/dp = a - p"}, NEURON, targets=TARGETS).to_json(tmp_path / "marks.json")
    [found] = json.loads((tmp_path / "marks.json").read_text(encoding="utf-8"))["rows"]
    assert (found["name"], found["points"], found["out_of"], found["first_wrong"]) == ("one", 0, 2, 1)
    assert found["lines"][0]["mistakes"] == ["sign: it is dJ/dp with the other sign"]


# The command

NETWORK = """
from autograd import Value, sigmoid
print("printed by the network")
x, w, a = Value(1.5), Value(0.8), Value(1.0)
n = w * x
p = sigmoid(n)
J = (p - a) ** 2 / 2
"""


@pytest.fixture
def classroom(tmp_path):
    (tmp_path / "network.py").write_text(NETWORK, encoding="utf-8")
    pages = tmp_path / "pages"
    pages.mkdir()
    cells = [
        {"cell_type": "markdown", "source": ["# Mine\n", "`dJ/dp`, by hand:"]},
        {"cell_type": "code", "source": ["dp = p - a\n", "dw = dp*p*(1 - p)*x"], "outputs": []},
    ]
    (pages / "Ada.md").write_text(RIGHT, encoding="utf-8")
    (pages / "Ben.tex").write_text(r"\[ \frac{\partial J}{\partial p} = a - p \]", encoding="utf-8")
    (pages / "Cleo.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return tmp_path


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "autograd", "mark", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(autograd.__file__).parent.parent), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_marks_files_and_writes_all_three_forms(classroom):
    done = run(
        classroom, "network.py", "pages", "--targets", *TARGETS, "--points", "dJ/dw=3", "--output", "J",
        "--csv", "marks.csv", "--json", "marks.json", "--html", "feedback",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with open(classroom / "marks.csv", newline="", encoding="utf-8") as file:
        found = [(each["name"], each["points"], each["first_wrong"]) for each in csv.DictReader(file)]
    assert found == [("Ada", "4", ""), ("Ben", "0", "1"), ("Cleo", "4", "")]
    assert {path.name for path in (classroom / "feedback").iterdir()} == {
        "Ada.html", "Ben.html", "Cleo.html", "index.html",
    }  # fmt: skip
    assert "printed by the network" not in done.stdout


def test_pages_are_never_run_and_one_without_claims_makes_the_exit_code_1(classroom):
    (classroom / "pages" / "Dan.py").write_text("open('made.txt', 'w').write('run')", encoding="utf-8")
    (classroom / "pages" / "Eve.txt").write_bytes(b"\xff\xfe\x00")
    (classroom / "pages" / "Fay.ipynb").write_text("[1, 2]", encoding="utf-8")
    done = run(classroom, "network.py", "pages", "--targets", *TARGETS, "--csv", "marks.csv")
    assert done.returncode == 1
    with open(classroom / "marks.csv", newline="", encoding="utf-8") as file:
        found = {each["name"]: each for each in csv.DictReader(file)}
    assert [found[name]["points"] for name in ("Ada", "Dan", "Eve", "Fay")] == ["2", "", "", ""]
    assert "it is not UTF-8 text" in found["Eve"]["remark"]
    assert "it is no notebook" in found["Fay"]["remark"]
    assert not (classroom / "made.txt").exists()


@pytest.mark.parametrize(
    ("network", "arguments", "told"),
    [
        ("1 / 0", [], "network.py cannot be run: ZeroDivisionError: division by zero (line 1 of "),
        ("x = 1\ny = = 2", [], "network.py cannot be run: SyntaxError: invalid syntax (line 2 of network.py)"),
        ("import sys; sys.exit(3)", [], "network.py cannot be run: SystemExit: 3"),
        ("while True: pass", ["--timeout", "1"], "running network.py took more than 1 seconds"),
        ("import os; os._exit(7)", [], "running network.py ended the process"),
        ("x = 1", [], "nodes holds no Value"),
        (NETWORK, ["--output", "Q"], "--output Q: network.py makes no Value of that name"),
        (NETWORK, ["--forbid", "dJ/dz"], "the forbidden 'dJ/dz' is no derivative of nodes"),
        (NETWORK, ["--points", "dJ/dw"], "--points takes targets with numbers, as dJ/dw=2, not 'dJ/dw'"),
        (NETWORK, ["nowhere"], "there is no file or folder nowhere"),
    ],
)
def test_a_fault_of_the_arguments_or_of_the_network_ends_with_2_and_says_which(classroom, network, arguments, told):
    (classroom / "network.py").write_text(network, encoding="utf-8")
    pages = arguments if arguments == ["nowhere"] else ["pages", *arguments]
    done = run(classroom, "network.py", *pages, "--targets", *TARGETS)
    assert done.returncode == 2
    assert told in done.stderr


def test_two_pages_of_one_name_are_told_apart_by_more_of_their_paths(classroom):
    (classroom / "pages" / "Ada.txt").write_text("dJ/dp = a - p", encoding="utf-8")
    done = run(classroom, "network.py", "pages", "--targets", *TARGETS, "--csv", "marks.csv")
    assert done.returncode == 0, done.stderr
    with open(classroom / "marks.csv", newline="", encoding="utf-8") as file:
        assert [each["name"] for each in csv.DictReader(file)] == ["Ada.md", "Ada.txt", "Ben.tex", "Cleo.ipynb"]


def test_of_targets_that_follow_from_one_error_the_one_further_up_pays_for_it():
    page = "dp/dn = 2*p*(1 - p) = 0.3558\ndJ/dn = (p - a)*dp/dn = -0.0824\ndJ/dw = dJ/dn*x = -0.1235"
    assert [line.follows for line in row(page).report.lines] == [None, 1, 1]
    for targets in (["dJ/dn", "dJ/dw"], ["dJ/dw", "dJ/dn"]):
        assert row(page, targets=targets, points={"dJ/dn": 3}).points == 1


def test_a_page_that_could_not_be_read_has_no_zero_in_its_row(tmp_path):
    x, w = Value(1.5), Value(0.8)
    marks = mark({"Ada": "dy/dw = x", "Ill": "I was ill."}, {"x": x, "w": w, "y": w * x}, targets=["dy/dw", "dy/dx"])
    marks.to_csv(tmp_path / "marks.csv")
    rows = (tmp_path / "marks.csv").read_text(encoding="utf-8").splitlines()
    assert rows[1].startswith("Ada,1,2,1,0,")
    assert rows[2].startswith("Ill,,2,,,,")


def test_a_name_in_the_index_leads_to_its_page(tmp_path):
    x, w = Value(1.5), Value(0.8)
    mark({"A & B": "dy/dw = x"}, {"x": x, "w": w, "y": w * x}, targets=["dy/dw"]).to_html(tmp_path)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<td><a href='A-B.html'>A &amp; B</a></td>" in index
    assert index.count("A &amp; B") == 1


def test_a_page_on_which_the_check_itself_fails_is_listed_and_the_others_are_marked(monkeypatch):
    check = autograd.marking.derived.check_derivation

    def failing(page, *arguments, **options):
        if page == "dJ/dp = 1":
            raise KeyError("unheard of")
        return check(page, *arguments, **options)

    monkeypatch.setattr(autograd.marking.derived, "check_derivation", failing)
    marks = mark({"Ada": RIGHT, "Ben": "dJ/dp = 1"}, NEURON, targets=TARGETS)
    assert [row.points for row in marks.rows] == [2, None]
    assert marks.rows[1].remark == "not marked: checking it failed with KeyError: 'unheard of'"


@pytest.mark.parametrize(
    ("page", "forbid", "told"),
    [
        ("dJ/dw = dJ/dw", [], "dJ/dw: line 1: both sides are dJ/dw"),
        ("dJ/dw = dJ/dn * x\ndJ/dn = dJ/dw / x", [], "dJ/dw: it is derived only from what is derived from it"),
        ("dJ/dw = dJ/dn * x", ["dJ/dn"], "dJ/dw: it uses dJ/dn, which no right line derives"),
        ("dn/dw = x", [], "dJ/dw: no right line derives it"),
        ("dn/dw = x\ndJ/dw = q*x", [], "dJ/dw: no right line derives it; 1 line not read"),
    ],
)
def test_a_page_without_a_wrong_line_says_why_it_has_no_points(page, forbid, told, tmp_path):
    marks = mark({"one": page}, NEURON, targets=["dJ/dw"], forbid=forbid)
    assert (marks.rows[0].points, marks.rows[0].first_wrong) == (0, None)
    assert marks.rows[0].told == told
    marks.to_csv(tmp_path / "marks.csv")
    with open(tmp_path / "marks.csv", newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file))["remark"] == told.partition("; 1 line")[0]


def test_of_a_list_it_is_said_how_many_entries_are_not_derived():
    w, x = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    L = dot(w, x)
    [found] = mark({"one": "dL/dw[0] = x[0]"}, {"w": w, "x": x, "L": L}, targets=["dL/dw"]).rows
    assert found.told == "dL/dw: 1 of its 2 entries are not derived"


def test_a_file_of_another_kind_is_listed_unless_it_belongs_to_a_page(tmp_path):
    for name in ("Ada.md", "Ada.pdf", "Leo.pdf", "Mia/page.tex", "Mia/plot.png", "Noa/page.docx", ".git/HEAD"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    files = files_of([str(tmp_path)])
    assert sorted(file.relative_to(tmp_path).as_posix() for file in files.values()) == [
        "Ada.md", "Leo.pdf", "Mia/page.tex", "Noa/page.docx",
    ]  # fmt: skip
    with pytest.raises(UnreadableFileError, match=r"a file .pdf is not read: pages end in .md"):
        page_of(tmp_path / "Leo.pdf")
