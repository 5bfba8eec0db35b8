"""The notebooks: stored without what a run leaves in them, and run from the first cell to the last."""

import json
import re
from pathlib import Path
from time import monotonic

import pytest

from notebooks.pictures import PICTURES, execute, picture

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
FOLDED = {
    name: {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": [name]} for name in ("check", "solution")
}

WRONG_ANSWERS = {
    "01-gradient-descent": """
assert "nothing" in check_slope(lambda w, x, a: None)
assert "twice" in check_slope(lambda w, x, a: 2 * (w * x - a) * x)
assert "sign" in check_slope(lambda w, x, a: (a - w * x) * x)
assert "delta" in check_slope(lambda w, x, a: w * x - a)
assert check_slope(lambda w, x, a: 0.0).startswith("✗")
assert "too large" in check_largest_alpha(lambda x: 3 / x**2)
assert "too small" in check_largest_alpha(lambda x: 1 / x**2)
assert "above 0" in check_largest_alpha(lambda x: -1)
moved = (0.86 + 0.042 * (8.5**2 + 0.65**2 + 1.2**2) - 1) ** 2
assert "must stay" in check_frozen_errors(lambda weights, inputs: [0.0196, moved, 0])
assert "half" in check_frozen_errors(lambda w, x: [0.0098, 0, 0])
assert "three errors" in check_frozen_errors(lambda w, x: [0.0196])
""",
    "02-correlation": """
assert "other way" in check_push(lambda lamp, p, goal: (p - goal) * lamp)
assert "dark" in check_push(lambda lamp, p, goal: goal - p)
assert "0.75, not" in check_push(lambda lamp, p, goal: 2 * (goal - p) * lamp)
assert "middle lamp wins" in check_town([[1, 0, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1]], [0, 1, 0, 1])
assert "four different" in check_town([[1, 0, 0]] * 5, [1] * 5)
assert "network says" in check_town(other_lights, other_walk)
assert "weighted sum of zeros" in check_smallest(0.625)
assert "too large" in check_smallest(1)
""",
    "03-creating-correlation": """
assert "no number" in check_leaky(lambda m, y, a: None)
assert "(1, 1)" in check_xor([[1, 1], [1, 1]], [0, 0], [1, 0])
assert "x = -3" in check_leaky(lambda m, y, a: m.step(a))
assert "x = 2" in check_leaky(lambda m, y, a: 0.1)
assert check_towns(16).startswith("✗")
""",
    "04-backpropagation-by-hand": """
assert "sum where one term belongs" in check_second_layer(
    "dJ/dW2[2][1] = (p - a)*p*(1 - p)*W3[1][0]*z[1]*(1 - z[1])*(y[0] + y[1] + y[2] + y[3])")
assert "last line" in check_second_layer("dJ/dp = p - a")
assert "for granted" in check_second_layer("dJ/dW2[2][1] = dJ/dW2[1][1] * y[2] / y[1]")
assert "holds" in check_wrong_line(5)
assert "1 to 5" in check_wrong_line(0)
assert "have not moved" in check_error_with_biases(lambda: mazur(after)["E"].data)
assert "share them" in check_error_with_biases(lambda: 0.28047144679143016)
""",
    "05-networks-at-work": """
assert "nothing" in check_margin_loss(lambda network, x, y: None)
assert check_sizes([2]).startswith("✗")
assert "more than 40" in check_sizes([16, 16])
assert "weight decay" in check_margin_loss(lambda network, x, y: hinge(network(x), 2 * y - 1))
assert "1 and -1" in check_margin_loss(lambda network, x, y: hinge(network(x), 1) + l2(network.parameters(), 1e-4))
assert "moon 0" in check_confidence(lambda logits, moon: np.mean(1 / (1 + np.exp(-logits))))
assert "0.55" in check_confidence(lambda logits, moon: 1.0)
""",
    "06-coming-up": """
assert "nothing" in check_huber(lambda p, a: None)
assert "the loss is 2.5" in check_huber(lambda p, a: 0.5 * (p - a) ** 2)
assert "lifted" in check_huber(lambda p, a: 0.5 * (p - a) ** 2 if abs(p - a) <= 1 else abs(p - a) - 0.5)
class Uphill(AdaGradSolution):
    def rule(self, parameter, gradient, state):
        return parameter + self.lr * gradient / abs(gradient), state
assert "uphill" in check_adagrad(Uphill)
assert "without tanh" in check_through_time(lambda w, states: w ** len(states))
assert "w as a factor" in check_through_time(lambda w, states: np.prod([1 - h**2 for h in states]))
""",
}
"""For each notebook's exercises answers that people give, and what its checks must say to them."""

ANY_ANSWERS = """
from inspect import signature
import numpy as np
from autograd import Value
from nn import SGD
checks = [thing for thing in list(globals().values()) if getattr(thing, "__name__", "").startswith("check_")]
checks = [check for check in checks if check.__module__ == "__main__" and hasattr(check, "__wrapped__")]
assert len(checks) == 3
for given in (1000, -1, 0, 1e300, float("nan"), float("inf"), np.array([1.0, 2.0, 3.0]), "", "text", [], [[1, 0, 1]],
              [1, 2, 3], {}, True, Value(2.0), object, len, SGD, [[...]], ["a", "b", "c"], 2 + 1j):
    for check in checks:
        for answer in (given, lambda *arguments: given):
            said = check(*[answer] * len(signature(check).parameters))
            assert isinstance(said, str) and said.startswith(("✗ ", "not yet")), (check.__name__, given, said)
"""
"""Answers of all kinds to each check of a notebook: each is told by a sentence that it is wrong."""

runs = {}
"""Each notebook as it was executed."""


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


def executed(notebook, folder):
    """The notebook after a run; skips where what runs it is not installed."""
    for package in ("nbclient", "ipykernel", "matplotlib", "sklearn"):
        pytest.importorskip(package, reason=f"runs the notebooks, in the extra `notebook`: {package}")
    return execute(notebook, folder)


def read(path):
    nbformat = pytest.importorskip("nbformat", reason="reads the notebooks, in the extra `notebook`")
    return nbformat.read(path, as_version=4)


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


# As they are stored


def test_there_are_six():
    assert [path.name[:3] for path in PATHS] == ["01-", "02-", "03-", "04-", "05-", "06-"]


def test_a_notebook_holds_no_output_and_no_count(path):
    for cell in cells(path):
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None), cell["id"]


def test_a_notebook_holds_no_metadata_but_the_kernel_and_what_is_folded_or_asserted(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook["cells"]:
        asserts = cell["cell_type"] == "code" and re.search(r"^ *assert ", "".join(cell["source"]), re.MULTILINE)
        other = {"tags": ["assert"]} if asserts else {}
        assert cell["metadata"] == FOLDED.get(cell["id"].partition("-")[0], other), cell["id"]


def test_a_check_is_folded_and_judges_any_answer(path):
    checks = ["".join(cell["source"]) for cell in cells(path) if re.fullmatch(r"check-\d", cell["id"])]
    assert all(source.startswith("# The check: run it after your answer\n@exercise_check\ndef ") for source in checks)


def test_no_notebook_has_its_own_table(path):
    assert not any("def table" in "".join(cell["source"]) for cell in cells(path))


def test_the_cells_have_words_for_names(path):
    """So that a difference in version control says which cell it is about."""
    ids = [cell["id"] for cell in cells(path)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= 64 for name in ids)


def test_a_notebook_is_written_as_text_that_can_be_read(path):
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert not re.search(r"/(home|Users|tmp|root)/", text)


def test_a_notebook_is_valid(path):
    notebook = read(path)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    pytest.importorskip("nbformat").validate(notebook)


def test_a_notebook_opens_with_what_it_shows_and_closes_with_exercises(path):
    by_name = {cell["id"]: "".join(cell["source"]) for cell in cells(path)}
    assert next(iter(by_name)) == "title"
    assert re.match(rf"# {path.name[1]} · .*\n\n.*(\n- .*){{3,}}", by_name["title"], re.DOTALL)
    exercises = [name for name in by_name if re.fullmatch(r"exercise-\d", name)]
    assert len(exercises) >= 3
    for number, name in enumerate(exercises, 1):
        assert "..." in by_name[name]
        assert "not yet" in by_name[f"check-{number}"]
        first, *_, last = by_name[f"solution-{number}"].splitlines()
        assert first == "# A solution"  # JupyterLab shows the first line of a folded cell
        assert last.startswith("assert check_")


def test_no_cell_is_long(path):
    """One idea each; a check or a class may take some more lines."""
    for cell in cells(path):
        assert len(cell["source"]) <= 30, cell["id"]


# Run


@pytest.mark.filterwarnings("default")  # those of the Jupyter packages are theirs
def test_a_notebook_runs_and_its_checks_know_wrong_answers(path, tmp_path):
    notebook = read(path)
    new_cell = pytest.importorskip("nbformat").v4.new_code_cell
    notebook.cells += [new_cell(WRONG_ANSWERS[path.stem]), new_cell(ANY_ANSWERS)]
    start = monotonic()
    runs[path.stem] = executed(notebook, tmp_path)
    assert monotonic() - start < 120
    assert list(tmp_path.iterdir()) == []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.get("name") != "stderr", (cell.id, output.text)
            assert "needs_background" not in output.get("metadata", {}), cell.id
    for number in (1, 2, 3):
        [check] = [cell for cell in notebook.cells if cell.id == f"check-{number}"]
        assert check.outputs[0].text.startswith("not yet")


@pytest.mark.filterwarnings("default")
def test_a_broken_assertion_fails_the_run(tmp_path):
    notebook = read(FOLDER / "02-correlation.ipynb")
    [last] = [index for index, cell in enumerate(notebook.cells) if cell.id == "all-lights-table"]
    notebook.cells = notebook.cells[: last + 1]
    right, wrong = "0.9628701776715985", "0.9628701776725985"
    assert right in notebook.cells[-1].source
    notebook.cells[-1].source = notebook.cells[-1].source.replace(right, wrong)
    with pytest.raises(Exception, match="AssertionError") as error:
        executed(notebook, tmp_path)
    assert type(error.value).__name__ == "CellExecutionError"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_the_readme_is_what_its_cell_shows(name):
    """Fonts and versions decide about its bytes; that there is one, and of what kind, they do not."""
    stem, cell = PICTURES[name]
    if stem not in runs:
        pytest.skip(f"{stem} was not run")
    start = b"<?xml" if name.endswith(".svg") else b"\x89PNG"
    assert picture(runs[stem], cell).startswith(start)
    assert (FOLDER / "pictures" / name).read_bytes().startswith(start)


# In the README


def test_the_pictures_are_small_and_all_shown():
    stored = sorted((FOLDER / "pictures").iterdir())
    assert sorted(PICTURES) == [path.name for path in stored]
    assert sum(path.stat().st_size for path in stored) < 300_000
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"notebooks/pictures/{name}" in readme for name in PICTURES)


def test_the_readme_has_a_row_for_every_notebook():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\(notebooks/(\d\d-[a-z-]+\.ipynb)\)", readme) == [path.name for path in PATHS]
