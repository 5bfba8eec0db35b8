"""Drawings as pictures: with whatever Graphviz there is, from whatever names, in notebooks."""

import os
import re
import subprocess
import sys
import time
from base64 import b64decode
from importlib import import_module, metadata
from random import Random
from xml.etree import ElementTree

import pytest

import nn.__main__ as demo
from autograd import Operation, Value, draw, log, sin, tanh
from autograd import sum as total
from autograd.drawing import RenderingError
from autograd.drawing.attaching import middles_of
from autograd.drawing.dot import digraph
from autograd.drawing.selection import Choice, picture_of
from nn import MLP, cross_entropy

rendering = import_module("autograd.drawing.rendering")  # the package's attribute `draw` is the function

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawing():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    y = a * b
    y.backward()
    return draw(y)


@pytest.fixture
def nothing_to_render_with(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(metadata, "version", missing)


def texts(svg):
    """The text elements of an SVG document, as they look."""
    svg = svg.replace("\N{NO-BREAK SPACE}", " ").replace("\N{ZERO WIDTH NON-JOINER}", "")
    return ["".join(element.itertext()) for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


# Files


def test_the_svg_is_xml_with_the_names_and_numbers_as_text(drawing):
    assert {"a", "b", "a * b", "data  ", "2", "-3"} <= set(texts(drawing.svg()))


@pytest.mark.parametrize(
    ("extension", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG\r\n\x1a\n"), ("pdf", b"%PDF-"), ("dot", b"digraph {")]
)
def test_the_extension_says_what_is_written(drawing, tmp_path, extension, start):
    path = drawing.save(tmp_path / f"g.{extension}")
    assert path == tmp_path / f"g.{extension}"
    assert path.read_bytes().startswith(start)


def test_the_extension_may_be_written_in_capitals(drawing, tmp_path):
    assert drawing.save(str(tmp_path / "g.SVG")).read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("name", ["g.htm", "g", ".svg", "g.svg.gz"])
def test_an_unknown_extension_is_refused_by_name(drawing, tmp_path, name):
    known = ".svg, .png, .pdf, .gif, .webp, .html or .dot"
    with pytest.raises(ValueError, match=re.escape(f"{name!r}: the name must end in {known}")):
        drawing.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_directory_that_is_not_there_is_an_error_of_the_file_system(drawing, tmp_path):
    with pytest.raises(FileNotFoundError):
        drawing.save(tmp_path / "nowhere" / "g.svg")


def test_an_unknown_format_is_refused_before_graphviz_sees_it():
    with pytest.raises(ValueError, match="svg, png, pdf, not 'bmp'"):
        rendering.render("digraph {}", "bmp")


def test_a_net_of_7000_nodes_is_a_picture_of_a_few_kilobytes():
    random = Random(0)
    model = MLP(64, [64, 32, 10], seed=0)
    loss = cross_entropy(model([random.gauss(0, 1) for _ in range(64)]), [1] + [0] * 9)
    assert len(draw(loss).svg()) < 100_000
    assert len(draw(loss, expand="layers.2.perceptrons.3").svg()) < 2_000_000


@pytest.mark.parametrize("detail", ["nodes", "perceptrons"])
def test_what_belongs_together_stands_in_its_order(detail):
    """Inputs from the top down, the perceptrons of a layer downwards or upwards."""
    model = MLP(3, [5, 1], seed=0)
    loss = model([Value(1.0, f"x{i}") for i in range(3)]) ** 2
    heights = {}
    for element in ElementTree.fromstring(draw(loss, detail=detail).svg()).iter(f"{SVG}text"):
        heights.setdefault(element.text, []).append(float(element.attrib["y"]))
    inputs = [heights[f"x{i}"] for i in range(3)]
    perceptrons = [heights[f"perceptrons.{i}"] for i in range(1, 5)]
    assert inputs == sorted(inputs)
    assert perceptrons in (sorted(perceptrons), sorted(perceptrons, reverse=True))


def products(count):
    """x0*w0 + x1*w1 + … + b, as tanh of it."""
    weights, inputs = ([Value(0.5 * i + 0.1, f"{name}{i}") for i in range(count)] for name in "wx")
    return tanh(total([w * x for w, x in zip(weights, inputs, strict=True)]) + Value(0.1, "b"))


def penalized():
    model = MLP(2, [2, 1], seed=0)
    return (model([1.0, 2.0]) - 0.5) ** 2 + 0.05 * total([p * p for p in model.parameters()])


def tree():
    level = [Value(0.1 * i, f"v{i}") for i in range(32)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [a + b if len(level) % 8 else a * b for a, b in pairs]
    return level[0]


def with_shared_operands():
    a, k = Value(2.0, "a"), Value(3.0, "k")
    return a * k + (k + 1) * sin(a) + log(k)


def product_and_logarithm():
    x, t = Value(2.0, "x"), Value(3.0, "t")
    return x * t + log(x)


IN_ORDER = {
    "2 products": (lambda: products(2), "w0 x0 w1 x1"),
    "3 products": (lambda: products(3), "w0 x0 w1 x1 w2 x2"),
    "4 products": (lambda: products(4), "w0 x0 w1 x1 w2 x2 w3 x3"),
    "a tree": (tree, " ".join(f"v{i}" for i in range(32))),
    "shared, and a constant": (with_shared_operands, "a k 1"),
    "shared, and a function": (product_and_logarithm, "x t"),
}


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("on_page", [False, True])
@pytest.mark.parametrize("name", IN_ORDER)
def test_operands_stand_in_their_order(name, on_page, direction):
    graph, leaves_in_order = IN_ORDER[name]
    picture = picture_of([graph()], Choice(limit=64))
    svg = rendering.render(digraph(picture, direction, on_page=on_page).source, "svg").decode()
    middles = middles_of(svg, axis=1 if direction == "LR" else 0)
    places = {node.title: middles[node.id] for node in picture.nodes}
    assert sorted(leaves_in_order.split(), key=places.get) == leaves_in_order.split()
    assert name != "shared, and a constant" or places["k + 1"] < places["sin(a)"]


def test_weights_stand_in_their_order_though_a_penalty_uses_them_too():
    picture = picture_of([penalized()], Choice())
    middles = middles_of(rendering.render(digraph(picture, "LR", on_page=True).source, "svg").decode(), axis=1)
    modules = {}
    for node in sorted(picture.nodes, key=lambda node: middles[node.id]):
        if node.kind == "parameter":
            modules.setdefault(node.scope, []).append(node.title)
    assert [*modules.values()] == 3 * [["weights.0", "weights.1", "bias"]]


# What it is rendered with

SCRIPT = """
import sys
from autograd import Value, draw
x = Value(2.0, "x")
for extension in "svg", "png", "pdf", "dot":
    draw(x * x).save(f"{sys.argv[1]}/g.{extension}")
"""


def test_pictures_are_drawn_silently_with_nothing_on_the_path(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], env={**os.environ, "PATH": ""}, capture_output=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["g.dot", "g.pdf", "g.png", "g.svg"]


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
def test_the_dot_of_the_system_comes_first(drawing, tmp_path, monkeypatch):
    program(tmp_path, 'echo "<svg>$*</svg>"')
    monkeypatch.setenv("PATH", str(tmp_path))
    assert drawing.svg() == "<svg>-Tsvg</svg>\n"


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
def test_a_dot_that_fails_is_replaced(drawing, tmp_path, monkeypatch):
    program(tmp_path, "exit 3")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "a * b" in texts(drawing.svg())


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
def test_where_all_fails_the_error_says_what_each_said(drawing, tmp_path, monkeypatch, nothing_to_render_with):
    program(tmp_path, "echo no layout >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderingError, match="dot failed to draw it: no layout"):
        drawing.svg()


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
def test_a_dot_that_is_no_program_is_named(drawing, tmp_path, monkeypatch, nothing_to_render_with):
    (tmp_path / "dot").write_bytes(b"\x7fELF, and nothing after it")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RenderingError, match=r"dot cannot be run: .*`dot`"):
        drawing.svg()


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
def test_what_is_installed_but_broken_has_both_remedies_too(drawing, tmp_path, monkeypatch):
    program(tmp_path, "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(rendering, "_PYGRAPHVIZ", "import module_that_is_not_there")
    with pytest.raises(RenderingError, match=r"module_that_is_not_there.*`dot`.*'pygraphviz>=2'"):
        drawing.svg()


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
def test_a_layout_without_end_is_stopped_with_what_to_do(drawing, tmp_path, monkeypatch):
    program(tmp_path, f"echo $$ > {tmp_path}/process; exec /bin/sleep 600")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(rendering, "SECONDS", 0.5)
    with pytest.raises(RenderingError, match=r"stopped after 0.5 s: .* a smaller limit or depth, or detail='layers'"):
        drawing.svg()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text()), 0)


def test_a_leaf_that_every_step_of_a_chain_uses_is_laid_out_in_seconds():
    a = n = Value(0.1, "a")
    for _ in range(100):
        n = tanh(n) + a
    drawing = draw(n, limit=200)
    assert "splines=line" in drawing.source
    start = time.perf_counter()
    assert drawing.svg()
    assert time.perf_counter() - start < 40


def test_a_chain_however_long_and_a_small_picture_keep_their_curves():
    chain = shared = Value(0.1, "a")
    for _ in range(300):
        chain = tanh(chain)
    for _ in range(20):
        shared = tanh(shared) + shared
    for output in (chain, shared):
        assert "splines" not in draw(output, limit=400).source


def program(directory, script):
    path = directory / "dot"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_with_nothing_to_render_the_error_names_both_remedies(drawing, nothing_to_render_with):
    with pytest.raises(RenderingError, match=r"no Graphviz .*install .*`dot` .*pip install 'pygraphviz>=2'"):
        drawing.svg()


def test_with_nothing_to_render_no_file_is_left(drawing, tmp_path, nothing_to_render_with):
    with pytest.raises(RenderingError):
        drawing.save(tmp_path / "g.png")
    assert not list(tmp_path.iterdir())


def test_with_nothing_to_render_the_dot_is_at_hand(drawing, tmp_path, nothing_to_render_with):
    assert drawing.save(tmp_path / "g.dot").read_text(encoding="utf-8") == drawing.source


def test_an_old_pygraphviz_is_not_tried(drawing, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(metadata, "version", lambda name: "1.14")
    with pytest.raises(RenderingError, match="pygraphviz>=2"):
        drawing.svg()


def test_a_file_named_graphviz_beside_the_notebook_is_no_matter(drawing, tmp_path, monkeypatch):
    (tmp_path / "pygraphviz.py").write_text("raise RuntimeError")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    assert drawing.svg()


# Names

HOSTILE = {
    "a script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "an end tag": ("</text></svg>", "</text></svg>"),
    "quotes": ("\"double\" 'single'", "\"double\" 'single'"),
    "an attribute": ('" onload="alert(1)', '" onload="alert(1)'),
    "lines": ("one\ntwo\r\nthree", r"one\ntwo\r\nthree"),
    "backslashes": (r"\N \l \G \\ \n" + "\\", r"\N \l \G \\ \n" + "\\"),
    "braces and bars": ("{a|b} [c] <d>", "{a|b} [c] <d>"),
    "HTML of Graphviz": ("<<b>x</b>>", "<<b>x</b>>"),
    "an entity": ("&lt;b&gt; &amp; &#60;", "&lt;b&gt; &amp; &#60;"),
    "an ampersand": ("a & b &", "a & b &"),
    "DOT": ('"]; evil [label="x"]; //', '"]; evil [label="x"]; //'),
    "a keyword": ("digraph", "digraph"),
    "nothing": ("", '""'),
    "a space": (" ", '" "'),
    "spaces": ("  a   b ", "  a   b "),
    "Unicode": ("σ(w·x) 权重 🙂 é", "σ(w·x) 权重 🙂 é"),
    "control characters": ("a\x00b\x07\x1b[31m\x7f", r"a\x00b\x07\x1b[31m\x7f"),
    "writing turned round": ("a\u202eb", r"a\u202eb"),
    "half a pair": ("a\ud800b", r"a\ud800b"),
    "no character": ("a\ufffeb", r"a\ufffeb"),
    "5,000 characters": ("x" * 4_990 + "the end", "x" * 26 + "…" + "x" * 6 + "the end"),
    "a charset": ('charset="utf-16"', 'charset="utf-16"'),
}


@pytest.mark.parametrize(("name", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_drawn_as_text(name, shown):
    svg = draw(Value(1.0, name)).svg()
    assert texts(svg)[0] == shown
    allowed = {"svg", "g", "title", "polygon", "path", "text", "polyline"}
    assert {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()} <= allowed


def test_hostile_names_make_a_graph_of_the_same_shape():
    from pygraphviz import AGraph

    values = [Value(1.0, name) for name, _ in HOSTILE.values()]
    y = values[0]
    for value in values[1:]:
        y = y * value
        y.name = value.name
    graph = AGraph(string=draw(y, limit=100).source)
    edges = [edge for edge in graph.edges() if edge.attr["style"] != "invis"]
    assert (len(graph.nodes()), len(edges)) == (2 * len(values) - 1, 2 * len(values) - 2)


@pytest.mark.parametrize(("name", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_the_name_of_an_operation_is_text_too(name, shown):
    odd = Operation(name or "f", value=lambda m, a: a + 1, local=lambda m, y, a: (1,))
    svg = draw(odd(Value(1.0, name))).svg()
    assert any(shown[:20].strip() in text for text in texts(svg)[3:])


def test_the_name_of_a_module_is_text_too():
    model = MLP(1, [1], seed=0)
    for parameter in model.parameters():
        parameter.name = type(parameter.name)('<b>&\n\\N.0."}];' + parameter.name)
    y = model([1.0])
    for detail in "nodes", "perceptrons", "layers":
        assert any(text.startswith("<b>&\\n\\N.0") for text in texts(draw(y, detail=detail).svg()))


# Notebooks


def test_in_a_notebook_the_picture_is_an_image_and_no_inline_svg(drawing):
    bundle = drawing._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    [image] = ElementTree.fromstring(f"<div>{bundle['text/html'].removesuffix('>')}/></div>")
    assert image.tag == "img"
    assert set(image.attrib) == {"src", "alt"}
    kind, data = image.attrib["src"].split(",")
    assert kind == "data:image/svg+xml;base64"
    assert b64decode(data).decode() == drawing.svg()


def test_the_bundle_has_a_png_for_what_shows_no_html(drawing):
    assert drawing._repr_mimebundle_()["image/png"].startswith(b"\x89PNG")


def test_the_image_says_in_words_what_it_is(drawing):
    assert 'alt="Drawing(3 nodes, 2 edges)"' in drawing._repr_html_()
    assert drawing._repr_mimebundle_()["text/plain"] == "Drawing(3 nodes, 2 edges)"


def test_with_nothing_to_render_a_notebook_shows_what_to_install(drawing, nothing_to_render_with):
    assert drawing._repr_html_() is None
    bundle = drawing._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "pip install" in bundle["text/plain"]


# The demo


def test_the_demo_writes_its_picture_and_its_page_and_says_where(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    demo.pictures(MLP(3, [4, 1], seed=1), str(tmp_path), show=False)
    said = capsys.readouterr().out
    assert str(tmp_path / "graph.svg") in said
    assert str(tmp_path / "graph.html") in said
    assert (tmp_path / "graph.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert {"p", "J", "bias", "middle"} <= set(texts((tmp_path / "graph.svg").read_text(encoding="utf-8")))


def test_with_nothing_to_render_the_demo_says_what_to_install(tmp_path, monkeypatch, capsys, nothing_to_render_with):
    monkeypatch.chdir(tmp_path)
    demo.pictures(MLP(3, [4, 1], seed=1), str(tmp_path), show=False)
    assert "pip install" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
