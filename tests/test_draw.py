"""What a drawing holds, read from its DOT by Graphviz's own parser."""

import re
import subprocess
import sys
from html import unescape
from itertools import combinations
from random import Random

import graphviz
import pytest
from pygraphviz import AGraph
from support import leaves

import autograd
from autograd import Value, dot, draw, exp, mean, relu, sqrt, where
from autograd.drawing import dot as style
from autograd.text import ParameterName, number
from nn import MLP, Module, Perceptron, cross_entropy, hinge, l2, squared_error


class Read:
    """A drawing as its DOT says."""

    def __init__(self, drawing):
        self.graph = AGraph(string=drawing.source)
        self.nodes = {node: dict(node.attr) for node in self.graph.nodes()}
        edges = [(tail, head, dict(self.graph.get_edge(tail, head, key).attr)) for tail, head, key in self.keys()]
        self.edges = [edge for edge in edges if edge[2].get("style") != "invis"]

    def keys(self):
        return self.graph.edges(keys=True)

    def cells(self, node):
        return [
            unescape(re.sub("<[^>]*>", "", cell)).strip()
            for cell in re.findall("<td.*?</td>", self.nodes[node]["label"])
        ]

    def title(self, node):
        return self.cells(node)[0] if "<td" in self.nodes[node]["label"] else unescape(self.nodes[node]["label"])

    def titles(self):
        return [self.title(node) for node in self.nodes]

    def node(self, title):
        [node] = [node for node in self.nodes if self.title(node) == title]
        return node

    def shown(self, title):
        """The rows of a node: word and number."""
        cells = self.cells(self.node(title))
        rows = [cell for cell in cells[1:] if not cell.startswith("=")]
        return dict(zip(rows[::2], rows[1::2], strict=True))

    def look(self, title):
        attributes = self.nodes[self.node(title)]
        return attributes["shape"], attributes["style"], attributes["fillcolor"], attributes.get("peripheries")

    def between(self, tail, head):
        ends = self.node(tail), self.node(head)
        return [attributes for tail, head, attributes in self.edges if (tail, head) == ends]

    def label(self, tail, head):
        [edge] = self.between(tail, head)
        return re.sub("<[^>]*>", "", edge.get("label") or edge.get("xlabel") or "")

    def clusters(self):
        """The label of each cluster, with the titles in it and in no cluster inside it."""
        return sorted(self._clusters(self.graph))

    def _clusters(self, graph):
        for cluster in graph.subgraphs():
            if (cluster.name or "").startswith("cluster"):
                inner = {node for inside in cluster.subgraphs() for node in inside.nodes()}
                own = [self.title(node) for node in cluster.nodes() if node not in inner]
                yield unescape(cluster.graph_attr["label"]), sorted(own)
                yield from self._clusters(cluster)


@pytest.fixture
def neuron():
    x, w, b = leaves(2.0, -3.0, 6.5, names="x w b")
    n = w * x + b
    n.name = "n"
    y = n.tanh()
    y.name = "y"
    return y


def read_of(y):
    return Read(draw(y))


# Nodes


def test_a_node_shows_its_name_and_its_operation_with_the_operands(neuron):
    read = read_of(neuron)
    assert read.titles() == ["w", "x", "w * x", "b", "n", "y"]
    assert read.cells(read.node("n"))[1] == "= w * x + b"
    assert read.cells(read.node("y"))[1] == "= tanh(n)"


def test_a_gradient_is_a_dash_until_it_is_computed(neuron):
    assert read_of(neuron).shown("w") == {"data": "-3", "grad": "—"}
    neuron.backward()
    assert read_of(neuron).shown("w") == {"data": "-3", "grad": "1.573"}


def test_a_gradient_that_is_zero_is_shown_as_zero():
    x, y = leaves(2.0, 0.0, names="x y")
    (x * y).backward()
    assert read_of(x * y).shown("x")["grad"] == "0"


def test_a_constant_is_called_by_its_number():
    x = Value(2.0, "x")
    assert read_of(x * 3).titles() == ["x", "3", "x * 3"]


@pytest.mark.parametrize(
    ("expression", "title"),
    [
        (lambda a, b: a - (b - a), "a - (b - a)"),
        (lambda a, b: a - b - a, "a - b - a"),
        (lambda a, b: (a + b) * a, "(a + b) * a"),
        (lambda a, b: a * b + a, "a * b + a"),
        (lambda a, b: (a + b) ** 2, "(a + b) ** 2"),
        (lambda a, b: -(a + b), "-(a + b)"),
        (lambda a, b: (a**0.5) ** b, "(a ** 0.5) ** b"),
        (lambda a, b: a * Value(-2.0) ** 2, "a * (-2) ** 2"),
        (lambda a, b: (-a) * b, "-a * b"),
        (lambda a, b: exp(a + b), "exp(a + b)"),
        (lambda a, b: dot([a, b, a], [b, a, b]), "dot([a, b, a], [b, a, b])"),
        (lambda a, b: relu(dot([a, b, a], [b, a, b])).exp(), "exp(relu(dot(…)))"),
    ],
)
def test_an_operation_is_written_as_on_paper(expression, title):
    a, b = leaves(2.0, 3.0, names="a b")
    assert Read(draw(expression(a, b))).titles()[-1] == title


def test_every_kind_of_node_has_a_shape_and_a_colour_of_its_own():
    x, w = leaves(2.0, -3.0, names="x w")
    hidden = w * x
    read = Read(draw(hidden * 5, parameters=[w]))
    looks = [read.look(title) for title in ("x", "w", "5", "w * x", "w * x * 5")]
    for one, other in combinations(looks, 2):
        assert one[2] != other[2]
        assert (one[0], one[1], one[3]) != (other[0], other[1], other[3])


def test_the_parameters_of_a_module_are_known_by_their_names():
    perceptron = Perceptron(2, seed=0)
    read = read_of(perceptron([Value(1.0, "x0"), Value(2.0, "x1")]))
    assert {read.look(name)[0] for name in ("weights.0", "weights.1", "bias")} == {"cylinder"}
    assert read.look("x0")[0] == "box"


def test_a_module_says_which_leaves_are_its_parameters():
    class Line(Module):
        def __init__(self):
            self.slope = Value(2.0, "m")

    line = Line()
    y = line.slope * Value(1.0, "x")
    assert Read(draw(y)).look("m")[0] == "box"
    assert Read(draw(y, parameters=line)).look("m")[0] == "cylinder"


# Edges


def test_there_is_an_edge_for_each_operand_slot():
    a = Value(3.0, "a")
    assert len(read_of(a * a).between("a", "a * a")) == 2


def test_an_edge_carries_the_local_gradient(neuron):
    read = read_of(neuron)
    assert (read.label("w", "w * x"), read.label("x", "w * x")) == ("2", "-3")
    assert read.label("n", "y") == "0.7864"


def test_after_a_backward_width_and_colour_follow_the_contribution():
    a, b = leaves(4.0, -1.0, names="a b")
    y = 2 * a + b * 6
    before = read_of(y)
    assert len({edge["penwidth"] for *_, edge in before.edges}) == 1
    assert {edge["color"] for *_, edge in before.edges} == {style.GREY}
    y.backward()
    after = read_of(y)
    [to_a], [to_b], [to_six] = after.between("a", "2 * a"), after.between("b", "b * 6"), after.between("6", "b * 6")
    assert float(to_six["penwidth"]) < float(to_a["penwidth"]) < float(to_b["penwidth"])
    assert (to_b["color"], to_six["color"]) == (style.POSITIVE, style.NEGATIVE)


def test_an_edge_without_a_gradient_is_dashed():
    x = Value(0.0, "x")
    y = where(x > 0, sqrt(x), 0.0)
    y.backward()
    read = read_of(y)
    assert read.between("sqrt(x)", read.titles()[-1])[0]["style"] == "dashed"


def test_gradients_that_are_not_finite_are_drawn():
    x = Value(0.0, "x")
    y = sqrt(x) * x
    y.backward()
    read = read_of(y)
    assert read.shown("x")["grad"] == "nan"
    assert read.label("x", "sqrt(x)") == "inf"
    assert {float(edge["penwidth"]) for *_, edge in read.edges} <= {style.THINNEST, style.THICKEST}


# Options


def test_what_is_shown_can_be_chosen(neuron):
    read = Read(draw(neuron, show=["data"]))
    assert read.shown("w") == {"data": "-3"}
    assert read.label("w", "w * x") == ""
    assert Read(draw(neuron, show=())).shown("w") == {}


def test_the_depth_can_be_chosen_and_what_is_left_out_is_said(neuron):
    drawing = draw(neuron, depth=1)
    read = Read(drawing)
    assert read.titles() == ["n", "y", "2 more"]
    assert "4 of 6 nodes" in repr(drawing)
    assert "4 of 6 nodes" in drawing.source


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_the_direction_can_be_chosen(neuron, direction):
    assert f"rankdir={direction}" in draw(neuron, direction=direction).source


def test_left_to_right_is_the_default(neuron):
    assert "rankdir=LR" in draw(neuron).source


def test_digits_can_be_chosen(neuron):
    assert Read(draw(neuron, digits=7)).shown("y")["data"] == "0.4621172"


def test_several_outputs_are_drawn_in_one_picture():
    a, b = leaves(1.0, 2.0, names="a b")
    read = Read(draw([a + b, a * b]))
    assert read.titles() == ["a", "b", "a + b", "a * b"]
    assert read.look("a + b") == read.look("a * b")


def test_a_leaf_alone_is_a_picture():
    assert read_of(Value(1.0, "a")).titles() == ["a"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"show": ["datum"]}, ValueError, "'data', 'grad', 'local_grads', not 'datum'"),
        ({"direction": "left"}, ValueError, "'LR', 'RL', 'TB', 'BT', not 'left'"),
        ({"detail": "neurons"}, ValueError, "'nodes', 'perceptrons', 'layers', 'network', not 'neurons'"),
        ({"depth": -1}, ValueError, "depth must be at least 0"),
        ({"depth": 1.5}, TypeError, "depth must be a whole number"),
        ({"limit": 0}, ValueError, "limit must be at least 1"),
        ({"digits": True}, TypeError, "digits must be a whole number"),
        ({"expand": "layers.0"}, ValueError, "no module 'layers.0' in this graph"),
        ({"parameters": [1.0]}, TypeError, "parameters must hold Values, not 1.0"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_by_name(neuron, options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        draw(neuron, **options)


@pytest.mark.parametrize("output", [1.0, "y", None])
def test_only_values_are_drawn(output):
    with pytest.raises(TypeError):
        draw(output)


def test_no_output_at_all_is_refused():
    with pytest.raises(ValueError, match="no output"):
        draw([])


# Modules


@pytest.fixture(scope="module")
def small():
    """The lecture's net of three layers, 3-4-2-1, after a backward."""
    model = MLP(3, [4, 2, 1], relu, seed=0)
    loss = squared_error(model([Value(x, f"x{i}") for i, x in enumerate((0.9, 0.1, 0.5))]), 1.0)
    loss.backward()
    return loss


@pytest.fixture(scope="module")
def large():
    random = Random(0)
    model = MLP(64, [64, 32, 10], seed=0)
    loss = cross_entropy(model([random.gauss(0, 1) for _ in range(64)]), [1] + [0] * 9)
    loss.backward()
    return loss, model


def test_layers_and_perceptrons_are_clusters_under_their_names():
    model = MLP(2, [2, 1], relu, seed=0)
    loss = squared_error(model([Value(1.0, "x0"), Value(2.0, "x1")]), 1.0)
    inside = ["bias", "dot([weights.0, …], …, bias)", "weights.0", "weights.1"]
    hidden = sorted([*inside, "relu(dot(…))"])
    assert Read(draw(loss, detail="nodes")).clusters() == [
        ("layers.0", []),
        ("layers.1", []),
        ("perceptrons.0", hidden),
        ("perceptrons.0", inside),
        ("perceptrons.1", hidden),
    ]


def test_a_net_written_by_hand_has_clusters_too_if_its_parameters_say_so():
    w, b = Value(0.5, ParameterName("hidden.0.w")), Value(0.1, ParameterName("hidden.0.b"))
    x = Value(1.0, "x")
    y = (0 + w * x + b).tanh() * 2
    inside = ["w", "b", "w * x", "0 + w * x", "0 + w * x + b", "tanh(0 + w * x + b)"]
    assert read_of(y).clusters() == [("hidden.0", sorted(inside))]


def test_a_graph_too_big_to_read_folds_to_perceptrons(small):
    drawing = draw(small)
    clusters = Read(drawing).clusters()
    assert [titles for _, titles in clusters] == [[f"perceptrons.{i}" for i in range(n)] for n in (4, 2, 1)]
    assert "51 nodes, folded to perceptrons" in repr(drawing)
    assert "51 nodes, folded to perceptrons" in drawing.source


def test_a_graph_too_big_for_that_folds_to_layers(large):
    loss, _ = large
    drawing = draw(loss)
    read = Read(drawing)
    assert {"64 constants", "layers.0", "layers.1", "layers.2"} < set(read.titles())
    assert len(read.nodes) < 10
    assert "folded to layers" in drawing.note


def test_a_folded_module_shows_the_sum_of_its_parameters_gradients(large):
    loss, model = large
    shown = Read(draw(loss)).shown("layers.1")
    total = sum(p.grad for p in model.layers[1].parameters())
    assert shown == {"perceptrons": "32", "parameters": "2,080", "Σ grad": number(total, 4)}


def test_a_folded_perceptron_shows_its_output_as_well(small):
    read = Read(draw(small, detail="perceptrons"))
    [last] = [node for node in read.nodes if len(read.cells(node)) == 9 and read.cells(node)[6] == "3"]
    assert read.cells(last)[1::2] == ["data", "grad", "parameters", "Σ grad"]


def test_a_sum_of_gradients_is_a_dash_until_they_are_computed():
    model = MLP(2, [3, 1], seed=0)
    assert Read(draw(model([1.0, 2.0]), detail="layers")).shown("layers.0")["Σ grad"] == "—"


def test_an_edge_of_a_folded_module_has_the_sum_of_the_contributions():
    w = [Value(x, ParameterName(f"layer.0.weights.{i}")) for i, x in enumerate((2.0, -5.0))]
    x = Value(3.0, "x")
    y = dot(w, [x, x]) * Value(1.0, "k")
    y.backward()
    read = Read(draw(y, detail="perceptrons"))
    [edge] = read.between("x", "layer.0")
    assert edge["color"] == style.NEGATIVE


def test_a_module_can_be_opened_while_others_are_folded(large):
    loss, _ = large
    read = Read(draw(loss, expand="layers.2"))
    assert {f"perceptrons.{i}" for i in range(10)} | {"layers.0", "layers.1"} < set(read.titles())
    read = Read(draw(loss, expand=["layers.2.perceptrons.3"]))
    assert {f"weights.{i}" for i in range(32)} | {"layers.0", "perceptrons.4"} < set(read.titles())


def test_all_nodes_are_drawn_where_they_are_asked_for(small):
    drawing = draw(small, detail="nodes")
    assert len(Read(drawing).nodes) == 51
    assert drawing.note == ""


def test_folded_or_not_a_node_keeps_its_id(small):
    open_, folded = Read(draw(small, detail="nodes")), Read(draw(small, detail="perceptrons"))
    assert all(open_.title(node) == folded.title(node) for node in folded.nodes if node.startswith("n"))


def test_the_loss_is_part_of_no_module(small):
    read = Read(draw(small, detail="layers"))
    assert len([title for title in read.titles() if title.startswith("layers.")]) == 3
    assert len(read.nodes) == 3 + 3 + 6


def test_the_penalty_on_weights_is_part_of_no_module():
    model = MLP(2, [2, 1], seed=0)
    penalty = l2(model.parameters(), 0.1)
    read = Read(draw(model([1.0, 2.0]) + penalty, detail="layers"))
    assert any(title.startswith("dot(") for title in read.titles())


def test_the_examples_of_a_batch_are_folded_into_one():
    random = Random(1)
    model = MLP(2, [16, 16, 1], seed=0)
    losses = [hinge(model([random.gauss(0, 1), random.gauss(0, 1)]), random.choice([-1, 1])) for _ in range(20)]
    read = Read(draw(mean(losses)))
    assert {"40 constants", "20 × relu", "20 × -"} < set(read.titles())


def test_a_graph_without_modules_is_cut_at_the_limit():
    y = x = Value(1.0, "x")
    for _ in range(5_000):
        y = y * x + 0.5
    drawing = draw(y, limit=20)
    assert "are left out (limit=20)" in drawing.note
    assert len(Read(drawing).nodes) < 30


def test_a_leaf_written_to_since_is_named_in_the_note():
    """Its data and that of what was computed from it do not belong together."""
    x, w = Value(2.0, "x"), Value(-3.0, "w")
    y = (w * x).tanh()
    y.backward()
    assert draw(y).note == ""
    w.data = 5.0
    drawing = draw(y)
    assert drawing.note == "w was written to since: what was computed from it is drawn as it was recorded"
    assert drawing.note in drawing.source
    assert drawing.note in repr(drawing)


def test_a_leaf_without_a_name_that_was_written_to_is_called_by_its_number():
    x = Value(2.0)
    y = x * x
    x.data = 5.0
    assert draw(y, depth=0).note.endswith(
        "; 5 was written to since: what was computed from it is drawn as it was recorded"
    )


def test_a_leaf_that_holds_again_what_it_held_needs_no_note():
    x = Value(2.0, "x")
    y = x * x
    x.data = 5.0
    x.data = 2.0
    assert draw(y).note == ""


def test_a_name_in_the_note_is_text_and_no_markup():
    x = Value(2.0, "<b>&x")
    y = x * x
    x.data = 5.0
    assert "&lt;b&gt;&amp;x was written" in draw(y).source


def test_a_graph_of_any_depth_is_drawn_without_recursion():
    y = Value(1.0, "x")
    for _ in range(20_000):
        y = -y
    assert "20,001 nodes" in draw(y, depth=3).note


def test_a_name_with_thousands_of_dots_is_drawn():
    w = Value(1.0, ParameterName("a." * 5_000 + "w"))
    assert len(read_of(w * Value(2.0, "x")).clusters()) == 20


# Determinism and imports

SCRIPT = """
from autograd import Value, draw, relu
from nn import MLP, squared_error
a, b = Value(2.0, "a"), Value(-3.0, "b")
y = (a * b + a).tanh() + a * a
y.backward()
loss = squared_error(MLP(3, [4, 2, 1], relu, seed=0)([0.9, 0.1, 0.5]), 1.0)
loss.backward()
print(draw([y, a * b]).source, draw(loss).source, draw(loss, detail="nodes").source, draw(loss, detail="layers").source)
"""


def test_the_same_graph_is_the_same_bytes_in_every_process(monkeypatch):
    seen = set()
    for seed in "0", "1", "42":
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        seen.add(subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True).stdout)
    assert len(seen) == 1


def test_a_drawing_is_of_the_moment_it_was_made(neuron):
    drawing = draw(neuron)
    before = drawing.source
    neuron.backward()
    assert drawing.source == before != draw(neuron).source


def test_drawing_changes_no_gradient(neuron):
    draw(neuron)
    assert neuron.grad is None


def test_the_digraph_is_graphviz_own_and_can_be_changed(neuron):
    drawing = draw(neuron)
    assert isinstance(drawing.digraph, graphviz.Digraph)
    drawing.digraph.attr(bgcolor="white")
    assert "bgcolor=white" in drawing.source


def test_importing_autograd_loads_no_graphviz():
    script = "import sys, autograd; print([m for m in sys.modules if 'graphviz' in m])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout == b"[]\n"


def test_draw_and_drawing_are_names_of_the_package():
    assert {"draw", "Drawing"} <= set(autograd.__all__)
    assert isinstance(draw(Value(1.0)), autograd.Drawing)


# Looks


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The ratio of WCAG 2.1."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("background", ["#ffffff", "#0d1117"])
@pytest.mark.parametrize("colour", [style.GREY, style.POSITIVE, style.NEGATIVE])
def test_what_lies_on_the_background_is_readable_on_light_and_dark(colour, background):
    assert contrast(colour, background) > 4


@pytest.mark.parametrize("look", [look for look in style.LOOKS.values() if look.fill])
def test_text_in_a_node_is_readable(look):
    assert contrast(style.INK, look.fill) > 7
    assert contrast(style.FAINT_INK, look.fill) > 4.5


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (3.0, "output must be Values, not 3.0 of type float"),
        (None, "output must be Values, not None of type NoneType"),
        ([3.0], "output must hold Values, not 3.0"),
    ],
)
def test_what_is_no_value_is_refused_with_what_to_give(output, text):
    with pytest.raises(TypeError, match=text):
        draw(output)


def test_parameters_that_are_no_values_are_refused_with_what_to_give():
    for parameters in (3, None, Value(1.0)):
        with pytest.raises(TypeError, match="parameters must be"):
            draw(Value(1.0), parameters=parameters)


@pytest.mark.parametrize("background", ["transparent", "white"])
def test_the_operands_of_a_neuron_stand_one_below_the_other_in_their_order(background):
    x1, x2, w1, w2, b = leaves(2.0, 0.0, -3.0, 1.0, 6.7, names="x1 x2 w1 w2 b")
    svg = draw((w1 * x1 + w2 * x2 + b).tanh(), parameters=[w1, w2, b], background=background).svg()
    heights = {name: float(y) for y, name in re.findall(r'<text [^>]* y="([-\d.]+)"[^>]*>([wx][12])</text>', svg)}
    assert sorted(heights, key=heights.get) == ["w1", "x1", "w2", "x2"]
