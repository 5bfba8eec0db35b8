"""What a training shows: a History as its plot, and fit(watch=True) in a terminal and in a notebook."""

import re
import subprocess
import sys
from base64 import b64decode
from math import inf, nan
from pathlib import Path

import pytest

from autograd import tanh
from nn import MLP, SGD, History, fit, squared_error
from nn.watching import chart, scrubber

ROOT = Path(__file__).parent.parent
PNG = b"\x89PNG\r\n\x1a\n"


# A History


@pytest.mark.parametrize("n", [0, 1, 3, 100_000])
def test_its_repr_is_one_short_line(n):
    losses = [1e-300 * (k + 1 / 3) for k in range(n)]
    text = repr(History(losses, losses, interrupted=True))
    assert len(text) < 200
    assert "\n" not in text
    assert f"{n:,} epoch" in text


def test_its_repr_says_how_the_losses_went():
    history = History([0.5, 0.3, 0.25], [0.6, 0.5, 0.4])
    assert repr(history) == "History(3 epochs, loss 0.5 -> 0.25, validation 0.6 -> 0.4)"
    assert repr(History()) == "History(0 epochs)"


def test_in_a_notebook_it_is_its_plot():
    pytest.importorskip("matplotlib", reason="draws the plot: pip install '.[notebook]'")
    shown = History([3.0, 2.0, 1.5])._repr_html_()
    picture = re.fullmatch(r'<img src="data:image/png;base64,([^"]+)" width="\d+" alt="History\(3 epochs, .*">', shown)
    assert b64decode(picture[1]).startswith(PNG)


def test_its_plot_in_a_notebook_opens_no_figure_of_pyplot():
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="draws the plot: pip install '.[notebook]'")
    before = pyplot.get_fignums()
    History([1.0])._repr_html_()
    assert pyplot.get_fignums() == before


def test_without_epochs_or_matplotlib_it_is_its_repr(monkeypatch):
    assert History()._repr_html_() is None
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert History([1.0])._repr_html_() is None


# In a terminal


def train(**settings):
    model = MLP(2, [3, 1], tanh, seed=0)
    X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
    return fit(
        model, X, Y, **{"loss": squared_error, "optimizer": SGD(model.parameters(), lr=0.1), "epochs": 20} | settings
    )


def test_a_chart_of_the_loss_is_written(capsys):
    history = train(watch=True, progress=False)
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out == chart(history.losses) + "\n"
    assert shown.out.startswith("loss by epoch: ")
    assert "20" in shown.out.splitlines()[-1]


def test_on_a_terminal_it_is_drawn_anew_in_its_place_and_no_bar_beside_it(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("nn.watching.BETWEEN_CHARTS", 0.0)
    train(watch=True, epochs=3)
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.count("loss by epoch") == 4  # one for each epoch, and the last
    height = len(chart([1.0]).splitlines())
    assert shown.out.count(f"\033[{height}F") == 3


def test_nothing_is_shown_unless_asked_for(capsys):
    train(progress=False)
    assert capsys.readouterr() == ("", "")


def test_watching_changes_nothing_that_is_learnt():
    assert train(watch=True, progress=False).losses == train(progress=False).losses


def test_without_an_epoch_there_is_no_chart(capsys):
    train(watch=True, progress=False, epochs=0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "losses", [[1.0], [2.0, 2.0], [nan, 1.0], [inf], [1e300, 1e-300], [0.5**k for k in range(999)]]
)
def test_any_losses_are_a_small_chart_in_ascii(losses):
    lines = chart(losses).splitlines()
    assert len(lines) == 10
    assert max(map(len, lines)) < 80
    assert chart(losses).isascii()


def test_the_chart_falls_as_the_loss_does():
    rows = chart([8.0, 6.0, 4.0, 2.0], width=4, height=4).splitlines()[1:5]
    assert [row.partition("|")[2].index("*") for row in rows] == [0, 1, 2, 3]


# In a notebook


CELL = """
from nn import *
from autograd import tanh
model = MLP({n}, [4, {outputs}], tanh, seed=0)
X = [[0.1 * i * k % 1 for k in range(1, {n} + 1)] for i in range(12)]
Y = {targets}
history = fit(model, X, Y, loss={loss}, optimizer=Adam(model.parameters(), lr=0.05), epochs=7, watch=True)
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What cells show in a kernel."""
    for package in ("nbclient", "ipykernel", "matplotlib", "nbformat"):
        pytest.importorskip(package, reason=f"runs notebooks, in the extra `notebook`: {package}")
    import nbformat

    from notebooks.pictures import execute

    cells = {
        "two inputs": CELL.format(n=2, outputs=1, loss="binary_cross_entropy", targets="[i % 2 for i in range(12)]"),
        "classes": CELL.format(n=2, outputs=3, loss="cross_entropy", targets="[i % 3 for i in range(12)]"),
        "a network": CELL.format(n=3, outputs=1, loss="squared_error", targets="[i / 12 for i in range(12)]"),
        "a function": CELL.format(n=3, outputs=1, loss="squared_error", targets="[i / 12 for i in range(12)]").replace(
            "fit(model,", "fit(lambda x: model(x) * 2,"
        ),
        "a history": "history",
    }
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells.values()])
    execute(notebook, tmp_path_factory.mktemp("notebook"))
    return {name: cell.outputs for name, cell in zip(cells, notebook.cells, strict=True)}


WATCHED = ["two inputs", "classes", "a network", "a function"]


@pytest.mark.filterwarnings("default")  # those of the Jupyter packages are theirs
@pytest.mark.parametrize("name", WATCHED)
def test_a_notebook_shows_a_picture_with_a_bar_over_the_epochs_and_nothing_red(shown, name):
    assert all(output.get("name") != "stderr" for output in shown[name])
    [page] = [o.data["text/html"] for o in shown[name] if "iframe" in o.get("data", {}).get("text/html", "")]
    assert 'sandbox="allow-scripts"' in page
    assert "epoch 7 of 7: loss" in page
    assert "input type=&quot;range&quot;" in page
    assert len(page) < 1_500_000
    pictures = re.findall(r'<img src="data:image/(png|svg\+xml);base64,', page)  # below the frame: the last epoch's
    assert pictures == {"a network": ["png", "svg+xml"], "a function": ["png"]}.get(name, ["png", "png"])


@pytest.mark.parametrize("width", [700, 1000, 1280])
def test_the_bars_frame_cuts_no_picture(browser, tmp_path, width):
    sizes = [(525, 360), (900, 1100)]
    pictures = [
        f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='{w}' height='{h}'/>" for w, h in sizes
    ]
    cell = tmp_path / "cell.html"
    cell.write_text(f"<!doctype html><body>{scrubber([('epoch 1', pictures)])}", encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 600})
    page.goto(cell.as_uri())
    inside = page.frames[1]
    inside.wait_for_function("() => [...document.images].every((image) => image.complete)")
    shown, content = inside.evaluate("[innerHeight, document.documentElement.scrollHeight]")
    boxes = inside.evaluate("[...document.images].map((image) => [image.clientWidth, image.clientHeight])")
    page.close()
    assert content <= shown
    assert [w / h for w, h in boxes] == pytest.approx([w / h for w, h in sizes], rel=0.02)


@pytest.mark.filterwarnings("default")
def test_a_notebook_has_tqdms_own_bar(shown):
    pytest.importorskip("ipywidgets", reason="draws tqdm's bar in a notebook, in the extra `notebook`")
    types = {kind for output in shown["two inputs"] for kind in output.get("data", {})}
    assert "application/vnd.jupyter.widget-view+json" in types


@pytest.mark.filterwarnings("default")
def test_a_history_at_the_end_of_a_cell_is_a_plot(shown):
    [output] = shown["a history"]
    assert output.data["text/plain"].startswith("History(7 epochs, loss ")
    assert "data:image/png;base64," in output.data["text/html"]


def test_without_widgets_the_bar_goes_to_the_output(monkeypatch, capsys):
    monkeypatch.setattr("nn.watching.in_notebook", lambda: True)
    monkeypatch.setattr("nn.watching.find_spec", lambda name: None)
    train()
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "100%" in shown.out


def test_without_matplotlib_the_error_names_what_brings_it(monkeypatch):
    monkeypatch.setattr("nn.watching.in_notebook", lambda: True)
    monkeypatch.setattr("nn.watching.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'scalar-autograd\[notebook\]'"):
        train(watch=True, progress=False)


def test_a_terminal_loads_neither_matplotlib_nor_widgets():
    program = (
        "import sys; from nn import *; m = MLP(1, [1], seed=0); "
        "fit(m, [[1.0]], [1.0], loss=squared_error, optimizer=SGD(m.parameters(), lr=0.1), epochs=2, watch=True); "
        "print({'matplotlib', 'ipywidgets', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.endswith("set()\n")
