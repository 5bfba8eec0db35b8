"""Pictures that a function of the user's draws, where there is no Graphviz of ours."""

import json
import re
import struct
import subprocess
import sys
import threading
from importlib import import_module, metadata
from types import ModuleType
from xml.etree import ElementTree

import pytest

from autograd import RenderingError, Value, check_derivation, draw, set_renderer
from autograd.feedback import path_picture
from nn import MLP, cross_entropy

rendering = import_module("autograd.drawing.rendering")  # the package's attribute `draw` is the function

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt"><text>drawn elsewhere</text></svg>'
PROGRAM = """
import sys
from pygraphviz import AGraph
source = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(AGraph(string=source).draw(format=sys.argv[1], prog="dot"))
"""


class Recording:
    """A renderer that notes what it is asked for, and draws no PNG."""

    def __init__(self, picture=SVG):
        self.asked, self.picture, self.threads = [], picture, set()

    def __call__(self, dot, kind):
        self.asked.append((dot, kind))
        self.threads.add(threading.get_ident())
        if kind != "svg":
            raise RenderingError(f"no {kind} here")
        return self.picture


def by_pygraphviz(dot, kind):
    """Graphviz in a process of its own, by no line of ours."""
    run = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, kind], input=dot.encode(), capture_output=True, check=True
    )
    return run.stdout


def elsewhere(dot, kind):
    return SVG


@pytest.fixture
def no_graphviz(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(metadata, "version", missing)


@pytest.fixture(autouse=True)
def put_back():
    yield
    set_renderer(None)


def square():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    return y


def classifier():
    model = MLP(3, [4, 2], seed=0)
    return cross_entropy(model([0.1, 0.2, 0.3]), [1, 0])


# Who draws


def test_a_renderer_gets_the_dot_text_of_the_drawing_and_the_format(no_graphviz):
    renderer = Recording()
    drawing = draw(square(), renderer=renderer)
    assert drawing.svg() == SVG.decode()
    assert renderer.asked == [(drawing.source, "svg")]


def test_a_renderer_that_is_set_draws_what_was_drawn_before_too(no_graphviz):
    drawing = draw(square())
    set_renderer(Recording())
    assert drawing.svg() == SVG.decode()


def test_that_of_a_drawing_comes_before_the_one_that_is_set():
    set_renderer(Recording())
    own = Recording(SVG.replace(b"elsewhere", b"by its own"))
    assert "by its own" in draw(square(), renderer=own).svg()
    assert "elsewhere" in draw(square()).svg()


def test_none_puts_the_default_back():
    drawing, before = draw(square()), draw(square()).svg()
    set_renderer(Recording())
    assert drawing.svg() != before
    set_renderer(None)
    assert drawing.svg() == before


def test_a_renderer_that_is_set_draws_in_other_threads_too():
    set_renderer(elsewhere)
    found = []
    thread = threading.Thread(target=lambda: found.append(draw(square()).svg()))
    thread.start()
    thread.join()
    assert found == [SVG.decode()]


def test_the_files_hold_what_the_renderer_gave(tmp_path, no_graphviz):
    drawing = draw(square(), renderer=lambda dot, kind: f"a picture as {kind}".encode())
    for extension in ("svg", "png"):
        assert drawing.save(tmp_path / f"g.{extension}").read_text() == f"a picture as {extension}"


# What is drawn


def test_a_page_is_the_same_whoever_runs_graphviz():
    y = square()
    assert draw(y, renderer=by_pygraphviz).page().html == draw(y).page().html


def test_a_page_is_drawn_by_the_renderer_alone_in_the_thread_that_asks(tmp_path, no_graphviz):
    renderer = Recording()
    for y in (square(), classifier()):
        path = draw(y, renderer=renderer).save(tmp_path / "g.html")
        assert "drawn elsewhere" in path.read_text(encoding="utf-8")
    assert {kind for _, kind in renderer.asked} == {"svg"}
    assert renderer.threads == {threading.get_ident()}


@pytest.mark.parametrize("thing", [classifier, lambda: MLP(3, [4, 1], seed=0)], ids=["of a graph", "of a model"])
def test_a_network_and_its_page_are_drawn_by_it(thing, no_graphviz):
    drawing = draw(thing(), detail="network", renderer=Recording())
    assert drawing.svg() == SVG.decode()
    assert "drawn elsewhere" in drawing.page().html


def test_an_svg_that_tells_no_size_has_that_of_browsers(no_graphviz):
    bare = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    html = draw(square(), renderer=Recording(bare)).page().html
    assert '"width":300.0,"height":150.0' in html


def test_an_animation_asks_for_json_and_then_for_frames_of_its_resolution(tmp_path):
    pytest.importorskip("PIL")
    asked = []

    def renderer(dot, kind):
        asked.append((kind, dot))
        return by_pygraphviz(dot, kind) if kind == "json" else frame

    frame = by_pygraphviz("digraph {a}", "png")
    draw(square(), renderer=renderer).save(tmp_path / "g.gif")
    assert (tmp_path / "g.gif").read_bytes().startswith(b"GIF8")
    assert [kind for kind, _ in asked] == ["json", *["png"] * (len(asked) - 1)]
    assert all(re.match(r"digraph \{\n\tgraph \[dpi=\d+\]\n", dot) for kind, dot in asked if kind == "png")


def test_graphviz_draws_the_frames_as_large_as_they_say():
    dots = {}
    for resolution in (50, 100):
        set_renderer(by_pygraphviz)
        [png] = rendering.render_frames(["digraph {\n\ta -> b\n}"], resolution)
        dots[resolution], _ = struct.unpack(">II", png[16:24])
    assert dots[100] == pytest.approx(2 * dots[50], abs=2)


def test_the_small_pictures_beside_marks_follow_a_change_of_the_renderer():
    a = Value(2.0, "a")
    b = a * a
    J = b * a
    [line] = check_derivation("dJ/da = b", {"a": a, "b": b, "J": J}).lines
    by_default = path_picture.picture_of_paths(line, {a: "a", b: "b", J: "J"})
    set_renderer(elsewhere)
    assert path_picture.picture_of_paths(line, {a: "a", b: "b", J: "J"}) not in (None, by_default)
    set_renderer(None)
    assert path_picture.picture_of_paths(line, {a: "a", b: "b", J: "J"}) == by_default


# In notebooks


def test_a_display_that_has_no_png_does_with_svg(no_graphviz):
    bundle = draw(square(), renderer=Recording())._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/svg+xml"}
    assert bundle["image/svg+xml"] == SVG.decode()
    assert bundle["text/plain"] == "Drawing(2 nodes, 2 edges)"


def test_a_display_with_a_renderer_that_draws_both_has_a_png():
    bundle = draw(square(), renderer=by_pygraphviz)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/png"}
    assert bundle["image/png"].startswith(b"\x89PNG")


def test_a_display_says_why_there_is_no_picture():
    def broken(dot, kind):
        raise KeyError("no font")

    bundle = draw(square(), renderer=broken)._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "failed to draw the svg: KeyError: 'no font'" in bundle["text/plain"]


# What goes wrong


@pytest.mark.parametrize("wrong", ["svg", 3, b"<svg/>", []], ids=repr)
def test_what_is_no_function_is_refused_at_once(wrong):
    said = re.escape(f"renderer takes a function (dot, format) -> bytes, or None for the default, not {wrong!r}")
    with pytest.raises(TypeError, match=said):
        set_renderer(wrong)
    with pytest.raises(TypeError, match=said):
        draw(square(), renderer=wrong)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("<svg/>", r"gives bytes of the svg, not '<svg/>' of type str; \.encode\(\) a str"),
        (None, "gives bytes of the svg, not None of type NoneType"),
        (b"", "gives bytes of the svg, not nothing: bytes of length 0"),
    ],
)
def test_what_is_no_bytes_is_named(given, said):
    with pytest.raises(RenderingError, match=f"the renderer .*given_back {said}"):
        draw(square(), renderer=giving(given)).svg()


def giving(thing):
    def given_back(dot, kind):
        return thing

    return given_back


def test_a_coroutine_is_named_and_closed():
    async def awaited(dot, kind):
        return SVG

    with pytest.raises(RenderingError, match=r"awaited gives bytes of the svg, not .* of type coroutine"):
        draw(square(), renderer=awaited).svg()


def test_a_renderer_that_raises_is_named_with_its_error_as_the_cause():
    def broken(dot):
        raise AssertionError

    with pytest.raises(RenderingError, match=r"the renderer .*broken failed to draw the svg: TypeError: .*argument"):
        draw(square(), renderer=broken).svg()
    with pytest.raises(RenderingError) as caught:
        draw(square(), renderer=broken).page()
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_rendering_error_of_the_renderer_is_passed_on_as_it_is(tmp_path):
    with pytest.raises(RenderingError, match=r"^no png here$"):
        draw(square(), renderer=Recording()).save(tmp_path / "g.png")
    assert not list(tmp_path.iterdir())


def test_a_pdf_is_refused_without_asking(tmp_path):
    renderer = Recording()
    with pytest.raises(RenderingError, match=r"no pdf where a function draws.*svg, png, json alone.*set_renderer"):
        draw(square(), renderer=renderer).save(tmp_path / "g.pdf")
    assert not renderer.asked


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"no picture", "SVG is not XML"),
        (b"<p/>", "begins with the element p"),
        (b"\xff\xfe", "SVG is not UTF-8"),
    ],
)
def test_a_page_says_what_is_no_svg(given, said):
    with pytest.raises(RenderingError, match=said):
        draw(square(), renderer=giving(given)).page()


@pytest.mark.parametrize(
    ("given", "said"),
    [(b"no layout", "no JSON object"), (b"[]", "no JSON object"), (b'{"bb": "0,0,1,1"}', "JSON has no objects")],
)
def test_an_animation_says_what_is_no_layout(tmp_path, given, said):
    pytest.importorskip("PIL")
    with pytest.raises(RenderingError, match=said):
        draw(square(), renderer=giving(given)).save(tmp_path / "g.gif")


# In a browser


class Viz:
    """What viz.js gives: text, and no PNG."""

    def renderString(self, dot, **options):
        return by_pygraphviz(dot, options["format"]).decode()


@pytest.fixture
def browser(monkeypatch, no_graphviz):
    """Python as Pyodide has it: no programs, and JavaScript's globals as a module."""
    js = ModuleType("js")
    monkeypatch.setitem(sys.modules, "js", js)
    monkeypatch.setattr(sys, "platform", "emscripten")
    return js


def test_in_a_browser_viz_js_draws(browser):
    browser.viz = Viz()
    drawing = draw(square())
    assert ElementTree.fromstring(drawing.svg()).tag == "{http://www.w3.org/2000/svg}svg"
    assert set(drawing._repr_mimebundle_()) == {"text/plain", "text/html", "image/svg+xml"}
    assert repr(drawing.page()) == "Page(6 steps)"
    assert json.loads(rendering.renderer_in_use()(drawing.source, "json"))["name"]
    with pytest.raises(RenderingError, match=r"viz\.js draws no PNG"):
        drawing.save("g.png")


def test_in_a_browser_without_viz_js_the_error_says_what_to_load(browser):
    with pytest.raises(RenderingError, match=r"globalThis\.viz = await Viz\.instance\(\).*set_renderer"):
        draw(square()).svg()


def test_in_a_browser_a_renderer_that_is_set_comes_first(browser):
    browser.viz = Viz()
    set_renderer(elsewhere)
    assert draw(square()).svg() == SVG.decode()
