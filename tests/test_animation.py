"""GIF and WebP: the passes play, in frames of one layout."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from autograd import Value, draw, sigmoid, tanh
from autograd.drawing.animation import way_of
from nn import MLP, squared_error

ROOT = Path(__file__).parent.parent
Image = pytest.importorskip("PIL.Image", reason="a GIF needs Pillow: pip install '.[render]'")


@pytest.fixture
def neuron():
    x, w, b, a = Value(1.5, "x"), Value(0.8, "w"), Value(-0.2, "b"), Value(1.0, "a")
    J = 0.5 * (sigmoid(w * x + b) - a) ** 2
    J.name = "J"
    return J


def frames(path):
    """Each frame with its milliseconds."""
    found = []
    with Image.open(path) as image:
        for place in range(image.n_frames):
            image.seek(place)
            image.load()
            found.append((image.convert("RGB"), image.info["duration"]))
    return found


@pytest.mark.parametrize("extension", ["gif", "webp"])
def test_it_plays_at_least_ten_frames_of_at_least_a_tenth_of_a_second(neuron, tmp_path, extension):
    path = draw(neuron).save(tmp_path / f"g.{extension}")
    found = frames(path)
    assert len(found) >= 10
    assert min(duration for _, duration in found) >= 100
    assert len({frame.size for frame, _ in found}) == 1


@pytest.mark.parametrize("what", ["a leaf", "two nodes", "a network", "a model"])
def test_however_small_it_has_ten_frames(tmp_path, what):
    model = MLP(2, [2, 1], tanh, seed=0)
    drawing = {
        "a leaf": lambda: draw(Value(1.0)),
        "two nodes": lambda: draw(tanh(Value(1.0, "x"))),
        "a network": lambda: draw(squared_error(model([1.0, 2.0]), 1.0), detail="network"),
        "a model": lambda: draw(model),
    }[what]()
    found = frames(drawing.save(tmp_path / "g.gif"))
    assert len(found) >= 10
    assert min(duration for _, duration in found) >= 100


def test_it_goes_on_for_ever(neuron, tmp_path):
    with Image.open(draw(neuron).save(tmp_path / "g.gif")) as image:
        assert image.info["loop"] == 0


def test_the_layout_is_fixed(neuron, tmp_path):
    """The nodes stand where they stood: what changes between two frames is text, colours and a dot."""
    found = [frame for frame, _ in frames(draw(neuron).save(tmp_path / "g.gif"))]
    first, last = found[0], found[-1]
    green = (0xD9, 0xF2, 0xE0)  # of inputs
    area = painted(first, green)
    assert len(area) > 5000
    assert len(area & painted(last, green)) > 0.9 * len(area)  # the numbers are dark


def painted(frame, colour):
    """The pixels of about this colour."""
    raw, width = frame.tobytes(), frame.width
    near = lambda i: all(abs(raw[i + c] - colour[c]) < 6 for c in range(3))  # noqa: E731
    return {divmod(i // 3, width) for i in range(0, len(raw), 3) if near(i)}


def test_a_long_pass_has_its_end_in_few_frames(tmp_path):
    n = Value(0.5, "x")
    for _ in range(150):
        n = tanh(n)
    found = frames(draw(n, limit=200).save(tmp_path / "g.gif"))
    assert 10 <= len(found) <= 160
    assert found[-1][1] >= 1000


def test_it_reads_and_writes_no_gradient(neuron, tmp_path):
    draw(neuron).save(tmp_path / "g.gif")
    assert neuron.grad is None


def test_a_report_is_not_laid_over_it(neuron, tmp_path):
    with pytest.raises(ValueError, match=r"a report is laid over a page: save a \.html"):
        draw(neuron).save(tmp_path / "g.gif", report=object())


def test_without_pillow_the_error_names_the_extra(neuron, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"Pillow: pip install 'scalar-autograd\[render\]'"):
        draw(neuron).save(tmp_path / "g.gif")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_drawings_loads_no_pillow():
    program = "import sys, autograd.drawing.animation; print('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_picture_of_the_readme_is_a_small_one_that_plays():
    path = ROOT / "docs" / "neuron.gif"
    assert path.stat().st_size < 300_000
    assert len(frames(BytesIO(path.read_bytes()))) >= 10
    assert "docs/neuron.gif" in (ROOT / "README.md").read_text(encoding="utf-8").partition("## ")[0]


@pytest.mark.parametrize(
    ("pos", "points"),
    [
        ("0,1 2,3 4,5 6,7", [(0, 1), (2, 3), (4, 5), (6, 7)]),
        ("e,9,9 0,1 2,3 4,5 6,7", [(0, 1), (2, 3), (4, 5), (6, 7)]),
        ("s,8,8 e,9,9 0,1 2,3 4,5 1e-05,-7.5", [(0, 1), (2, 3), (4, 5), (1e-05, -7.5)]),
    ],
)
def test_the_way_of_an_edge_is_read_as_graphviz_writes_it(pos, points):
    """Graphviz's splineType: optional endpoints s,x,y and e,x,y, then points."""
    assert way_of(pos) == points
