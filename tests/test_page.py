"""The page that steps through the passes, as Python writes it: events, steps, words, the file."""

import gc
import json
import re
import tomllib
from importlib.resources import files
from math import inf, isnan, nan
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from formulas import evaluated
from support import exactly, leaves

from autograd import (
    Operation,
    Value,
    check_derivation,
    dot,
    draw,
    exp,
    explain,
    logsumexp,
    maximum,
    prod,
    relu,
    sigmoid,
    tanh,
    where,
)
from autograd import sum as total
from autograd.drawing.selection import Choice, picture_of
from autograd.drawing.steps import backward_pass, record
from autograd.graph import topological_order
from autograd.ops import OPERATIONS, power_by
from autograd.paths import routes
from nn import MLP, squared_error

# Events


def passes(*outputs):
    return backward_pass(outputs, topological_order(*outputs))


def random_graph(seed, size=60):
    random = Random(seed)
    nodes = [Value(random.uniform(-1, 1), f"x{i}") for i in range(5)]
    while len(nodes) < size:
        a, b = random.choices(nodes[-12:], k=2)
        nodes.append(random.choice([a + b, a * b, a - b, tanh(a), a.relu(), where(a > b, a, b)]))
    return total(nodes[-6:])


@pytest.mark.parametrize("seed", range(20))
def test_the_gradients_are_those_of_backward_to_the_bit(seed):
    y = random_graph(seed)
    found = passes(y).gradients
    y.backward()
    assert [found.get(node, 0.0) for node in topological_order(y)] == [node.grad for node in topological_order(y)]


@pytest.mark.parametrize("seed", range(5))
def test_each_event_is_a_product_and_a_sum(seed):
    sums = {}
    for event in passes(random_graph(seed)).contributions:
        assert event.product == event.upstream * event.local
        assert event.before == sums.get(event.receiver)
        assert event.after == (event.before or 0.0) + event.product
        assert event.local is event.node.local_grads[event.operand]
        sums[event.receiver] = event.after


def test_left_over_gradients_are_neither_read_nor_written():
    x, w = leaves(2.0, -3.0, names="x w")
    y = x * w
    y.backward()
    y.backward()
    y.grad = 17.0
    assert passes(y).gradients[x] == -3.0
    draw(y).page()
    assert (y.grad, x.grad, w.grad) == (17.0, -6.0, 4.0)


def test_a_node_passes_only_when_its_gradient_is_complete():
    x = Value(1.0)
    y = tanh(x)
    events = passes(y * y + y).contributions
    assert [event.node for event in events][-1] is y
    assert events[-1].upstream == 2 * y.data + 1


def test_two_outputs_are_differentiated_as_their_sum():
    x = Value(3.0)
    a = x * x
    b = a * x
    assert passes(a, b).gradients == {a: 1.0 + 3.0, b: 1.0, x: 9.0 + 4 * 6.0}


def test_nothing_passes_to_the_branch_not_taken():
    x, y = leaves(0.0, 2.0)
    found = passes(where(x > 0, x**-1 if x.data else x.sqrt(), y))
    assert found.gradients.get(x) is None
    assert found.gradients[y] == 1.0


def test_infinity_and_nan_go_through():
    x = Value(0.0)
    assert passes(x.sqrt()).gradients[x] == inf
    assert isnan(passes(x.sqrt() * 0).gradients[x])


# Paths


@pytest.mark.parametrize("seed", range(5))
def test_the_paths_of_every_node_are_those_that_explain_finds(seed):
    y = random_graph(seed, 25)
    found = routes([y], topological_order(y), 3)
    for node in topological_order(y):
        explained = explain(y, node, most=3)
        assert (found[node].count if node in found else 0) == explained.count
        if node in found:
            sizes = [abs(route.product) for route in found[node].largest]  # of equal ones any may be named
            assert sizes == pytest.approx([abs(path.product) for path in explained.paths])


def test_a_weight_shared_a_thousand_times_has_its_largest_paths():
    w = Value(1.0)
    y = total([w * i for i in range(1000)])
    assert [route.product for route in routes([y], topological_order(y), 2)[w].largest] == [999.0, 998.0]


def test_paths_are_counted_however_many():
    x = y = Value(1.0)
    for _ in range(200):
        y = y + y
    assert routes([y], topological_order(y), 1)[x].count == 2**200
    assert "about 10^60" in draw(y, detail="nodes").page().html


# Steps


def steps_of(y, **options):
    outputs = [y] if isinstance(y, Value) else y
    return record(picture_of(outputs, Choice(**options)), outputs, 4)


def said(step):
    return ["".join(piece if isinstance(piece, str) else piece[0] for piece in line.pieces) for line in step.lines]


@pytest.fixture
def neuron():
    w, x, b = leaves(-3.0, 2.0, 6.5, names="w x b")
    n = w * x + b
    n.name = "n"
    y = n.tanh() + x
    y.name = "y"
    return y


def test_the_forward_pass_comes_first_and_in_topological_order(neuron):
    steps = steps_of(neuron).steps
    assert [step.phase for step in steps] == ["start"] + 4 * ["forward"] + 8 * ["backward"] + ["end"]
    assert [said(step)[0] for step in steps[1:5]] == [
        "w * x = (-3) * 2 = -6",
        "n = w * x + b = (-6) + 6.5 = 0.5",
        "tanh(n) = tanh(0.5) = 0.4621",
        "y = tanh(n) + x = 0.4621 + 2 = 2.462",
    ]


def test_a_step_back_says_upstream_times_local_and_the_sum_at_a_branch(neuron):
    steps = steps_of(neuron).steps
    assert said(steps[7]) == ["dy/dy · ∂y/∂x = 1 × 1 = 1", "dy/dx so far = 1", "y = tanh(n) + x, ∂y/∂x = 1"]
    assert said(steps[-2]) == [
        "dy/d(w * x) · ∂(w * x)/∂x = 0.7864 × (-3) = -2.359",
        "dy/dx = 1 + (-2.359) = -1.359",
        "∂(w * x)/∂x = w = -3",
    ]


RULES = [
    (tanh, "y = tanh(a), ∂y/∂a = 1 - y ** 2 = 1 - 0.4621 ** 2 = 0.7864"),
    (sigmoid, "y = sigmoid(a), ∂y/∂a = y * (1 - y) = 0.6225 * (1 - 0.6225) = 0.2350"),
    (lambda a: -3 * a, "y = -3 * a, ∂y/∂a = -3"),
    (lambda a: a**2, "y = a ** 2, ∂y/∂a = 2 * a = 2 * 0.5 = 1"),
    (lambda a: a**-1, "y = a ** -1, ∂y/∂a = -a ** -2 = -0.5 ** (-2) = -4"),
    (lambda a: 1 / a, "y = 1 / a, ∂y/∂a = -(y / a) = -(2 / 0.5) = -4"),
    (relu, "y = relu(a), ∂y/∂a = step(a) = step(0.5) = 1"),
    (
        lambda a: maximum(a, -1),
        "y = maximum(a, -1), ∂y/∂a = 0.5 * (1 + sign(a - -1)) = 0.5 * (1 + sign(0.5 - (-1))) = 1",
    ),
    (lambda a: dot([a, 2], [3.0, 4], 1), "y = dot([a, 2], [3, 4], 1), ∂y/∂a = 3"),
    (lambda a: logsumexp([a]), "y = logsumexp([a]), ∂y/∂a = exp(a - y) = exp(0.5 - 0.5) = 1"),
]


def rules_of(y):
    """Each line that states a rule, with numbers as they are written and with all their digits."""
    lines = [line for step in steps_of(y).steps for line in step.lines if "the local gradient" in line.caption]
    return [
        tuple("".join(piece if isinstance(piece, str) else piece[k] for piece in line.pieces) for k in (0, 1))
        for line in lines
    ]


@pytest.mark.parametrize(("function", "text"), RULES, ids=[text.split(",")[0] for _, text in RULES])
def test_a_rule_is_stated_in_the_names_of_the_graph_and_with_its_numbers(function, text):
    y = function(Value(0.5, "a"))
    y.name = "y"
    assert text in [short for short, _ in rules_of(y)]


def test_a_rule_says_where_floats_keep_digits_that_its_formula_loses():
    lines = [line for step in steps_of(tanh(Value(20.0, "n"))).steps[:-1] for line in step.lines]
    assert lines[-1].caption == "the local gradient of tanh, which floats compute in a form that keeps its digits"
    assert lines[-1].pieces[-1] == ("1.699e-17", "1.6993417021166355e-17")


def test_a_rule_that_knows_floats_alone_is_not_stated():
    in_floats = Operation("f", lambda m, a: exp(a), lambda m, y, a: (exp(float(a)),))
    assert rules_of(in_floats(Value(1.0, "a"))) == []


WITHIN = {
    "asin": lambda a, b, c: (a / 3,),
    "acos": lambda a, b, c: (-a / 3,),
    "atanh": lambda a, b, c: (a / 3,),
    "acosh": lambda a, b, c: (1 + a,),
    "leg": lambda a, b, c: (4 + a, b),
    "xlogy": lambda a, b, c: (b, a),
    "clip": lambda a, b, c: (a, min(b, c), max(b, c)),
}
"""What has a value for the operations that need another domain."""


@pytest.mark.parametrize("operands", [(0.5, 2.0, -1.25), (0.75, -0.3, 1 / 3), (2.0, -3.0, 0.1), (1.5, 1.5, 1e-5)])
@pytest.mark.parametrize("operation", [*OPERATIONS.values(), *map(power_by, (3, -2, 0.5, 1 / 3))], ids=str)
def test_python_computes_from_the_numbers_of_every_rule_the_local_gradient(operation, operands):
    operands = WITHIN[operation.name](*operands) if operation.name in WITHIN else operands[: operation.arity]
    given = dict(zip("abc", operands, strict=False))
    y = operation.record(*(Value(x, name) for name, x in given.items()))
    y.name = "y"
    for _, text in rules_of(y):
        name, *formulas, local = text.split("/∂")[1].split(" = ")
        assert float(local) == y.local_grads["abc".index(name)]
        for formula in formulas[-1:]:  # the one in names may have rounded constants
            assert evaluated(formula, {"y": y.data, **given}) == exactly(float(local))


def test_a_gradient_is_complete_with_its_last_contribution(neuron):
    changes = [change for step in steps_of(neuron).steps for change in step.changes if change.id == "n1"]
    assert [(change.number, change.complete) for change in changes] == [("1", False), ("-1.359", True)]


def test_nothing_is_known_at_the_start_but_the_leaves(neuron):
    neuron.backward()
    initial = steps_of(neuron).initial
    assert {(key, change.number) for (key, row), change in initial.items() if change.number != "—"} == {
        ("n0", "-3"),
        ("n1", "2"),
        ("n3", "6.5"),
    }


def test_what_no_gradient_reaches_is_zero_at_the_end():
    x, y = leaves(1.0, 2.0, names="x y")
    end = steps_of(where(x > 0, x, y)).steps[-1]
    assert "No gradient reaches" in end.sentence
    assert "y" in end.sentence
    assert {change.number for change in end.changes} == {"0"}


def final(recording):
    held = dict(recording.initial)
    for step in recording.steps:
        held |= {(change.id, change.row): change for change in step.changes}
    return held


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("depth", [None, 3])
def test_the_last_step_has_pythons_gradients(seed, depth):
    y = random_graph(seed)
    recording = steps_of(y, depth=depth, detail="nodes")
    y.backward()
    nodes = {key: node for node, key in recording.picture.shown_as.items()}
    rows = {node.id: [row.word for row in node.rows] for node in recording.picture.nodes}
    shown = {key: change for (key, row), change in final(recording).items() if rows[key][row] == "grad"}
    assert all(change.full == repr(nodes[key].grad) and change.complete for key, change in shown.items())
    assert len(shown) == len(nodes)


@pytest.mark.parametrize("detail", ["nodes", "perceptrons", "layers"])
def test_a_folded_network_ends_with_pythons_gradients(detail):
    loss = squared_error(MLP(3, [4, 4, 1], seed=1)([1.0, 2.0, 3.0]), 1)
    recording = steps_of(loss, detail=detail)
    assert not [change for change in final(recording).values() if change.number == "—"]
    loss.backward()
    expected = {node.id: [row.number for row in node.rows] for node in picture_of([loss], Choice(detail=detail)).nodes}
    for (key, row), change in final(recording).items():
        assert float(change.number) == pytest.approx(float(expected[key][row]), rel=1e-3)


def test_the_end_of_a_folded_graph_takes_a_step_against_the_gradients_of_the_parameters_inside():
    model = MLP(20, [20, 1], seed=0)
    loss = squared_error(model([0.1 * i for i in range(20)]), 1.0)
    loss.backward()
    end = record(picture_of([loss], Choice()), [loss], 4).steps[-1]
    parameter = model.layers[1].perceptrons[0].weights[0]
    name, *pieces = end.lines[0].pieces
    assert name == "layers.1.perceptrons.0.weights.0 − α · grad = "
    assert float(pieces[-1][1]) == parameter.data - 0.1 * parameter.grad


def test_a_leaf_alone_has_steps_too():
    assert [step.phase for step in steps_of(Value(1.0)).steps] == ["start", "backward", "end"]


def test_an_output_without_a_name_gets_a_symbol(neuron):
    assert steps_of(neuron * 2).steps[0].sentence.endswith("L stands for y * 2.")


def test_an_operation_of_many_operands_is_shortened():
    y = prod([Value(float(i), f"x{i}") for i in range(1, 10)])
    assert said(steps_of(y).steps[1])[0].endswith("= prod([1, 2, 3, 4, …, 9]) = 3.629e+05")


def test_an_operation_that_knows_floats_only_has_no_formula():
    odd = Operation("odd", value=lambda m, a: a, local=lambda m, y, a: (1.0 if float(a) > 0 else -1.0,))
    [*_, step, _] = steps_of(odd(Value(2.0, "a"))).steps
    assert len(step.lines) == 1


def test_several_outputs_start_together():
    x = Value(3.0, "x")
    a, b = x * x, x + 1
    a.name, b.name = "a", "b"
    steps = steps_of([a, b]).steps
    assert [step.sentence for step in steps if "sum of 2 outputs" in step.sentence]
    assert said(steps[-2])[1] == "d(a + b)/dx = 4 + 3 = 7"


# The file


def data_of(html):
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', html, re.DOTALL)[1])


def test_the_page_is_written_to_a_file(neuron, tmp_path):
    path = draw(neuron).save(tmp_path / "g.html")
    text = path.read_text(encoding="utf-8")
    assert text == draw(neuron).page().html
    assert text.startswith("<!doctype html>")
    assert len(data_of(text)["steps"]) == 14


def test_the_page_needs_nothing_from_outside(neuron):
    html = draw(neuron).page().html
    assert "default-src 'none'" in html
    addresses = set(re.findall(r"https?://[\w./]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_page_shows_the_numbers_of_when_it_was_drawn(neuron):
    drawing = draw(neuron)
    before = drawing.page().html
    leaf = neuron.parents[1]
    leaf.data = 99.0
    html = drawing.page().html
    assert data_of(html)["initial"] == data_of(before)["initial"]
    assert "x was written to since" in html


def test_the_page_calls_a_leaf_without_a_name_by_the_number_of_when_it_was_drawn():
    a, b = Value(2.0), Value(3.0, "b")
    drawing = draw(tanh(a * b))
    before = drawing.page().html
    a.data = 99.0
    assert data_of(drawing.page().html) == data_of(before)


def test_a_dropped_drawing_and_its_page_are_freed_without_the_collector():
    def living_values():
        return sum(issubclass(type(thing), Value) for thing in gc.get_objects())

    def work():
        y = squared_error(MLP(2, [2, 1], seed=1)([1.0, 2.0]), 1)
        draw(y, detail="nodes").page()

    work()  # what is made once, like caches, is made here
    gc.collect()
    gc.disable()
    try:
        before = living_values()
        work()
        assert living_values() == before
    finally:
        gc.enable()


def test_names_are_text_in_the_file():
    name = "</script><script>alert(1)</script><!--\u2028&amp;"
    html = draw(Value(1.0, name) * 2).page().html
    assert html.count("<script") == 2
    assert html.count("</script") == 2
    assert "<!--" not in html
    assert "\u2028" not in html


def test_the_pages_parts_are_in_the_package():
    assert all((files("autograd.drawing") / f"page.{kind}").is_file() for kind in ("html", "css", "js"))
    settings = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert "autograd" in settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def test_in_a_notebook_it_is_a_frame_with_the_picture_below(neuron):
    shown = draw(neuron).page()._repr_html_()
    assert re.fullmatch(
        r'<iframe srcdoc="[^"]*" sandbox="allow-scripts" [^<>]*><img src="[^"]*" alt="[^"]*"></iframe>', shown
    )


def test_its_frame_is_lower_where_there_are_no_sliders(neuron):
    heights = [
        int(re.search(r"height: (\d+)px; border", drawing.page()._repr_html_())[1])
        for drawing in (draw(neuron), draw(MLP(2, [1], tanh, seed=0)))
    ]
    assert heights[1] < heights[0]


# A report


def line(claim, holds, node=None, **more):
    return SimpleNamespace(claim=claim, holds=holds, node=node, **more)


def test_a_report_marks_right_nodes_and_the_first_wrong_one(neuron):
    n, x = neuron.parents[0].parents[0], neuron.parents[1]
    report = SimpleNamespace(
        lines=[
            line("dy/dn = 1", True, n),
            line("eta = 1", True),
            line(
                "dy/dx = 1",
                False,
                x,
                claimed=1.0,
                correct=-1.359,
                correct_formula="1 + w",
                mistakes=("branch missing",),
            ),
            line("dy/dw = 0", False, neuron),
        ]
    )
    expected = [
        ["n4", True, "dy/dn = 1", []],
        ["n1", False, "dy/dx = 1", ["It says 1; right is -1.359.", "Right: 1 + w", "branch missing"]],
    ]
    assert data_of(draw(neuron, report=report).page().html)["marks"] == expected
    assert data_of(draw(neuron).page(report).html)["marks"] == expected


def test_the_first_wrong_line_of_the_report_is_believed(neuron):
    idle = line("dy/dx = dy/dx", False, neuron)
    wrong = line("dy/dx = nan", False, Value(nan), claimed=nan, correct=1.0)
    report = SimpleNamespace(lines=[idle, wrong], first_wrong=wrong)
    assert data_of(draw(neuron, report=report).page().html)["marks"] == [
        ["", False, "dy/dx = nan", ["It says nan; right is 1."]]
    ]


def test_no_report_is_refused_by_name(neuron, tmp_path):
    with pytest.raises(TypeError, match="check_derivation, not 'all right'"):
        draw(neuron, report="all right").page()
    with pytest.raises(ValueError, match=r"a report is laid over a page: save a \.html, not 'g\.svg'"):
        draw(neuron).save(tmp_path / "g.svg", report=SimpleNamespace(lines=[]))


def test_the_report_of_check_derivation_is_laid_over():
    w, x, b = leaves(-3.0, 2.0, 6.5, names="w x b")
    n = w * x + b
    p = n.sigmoid()
    n.name, p.name = "n", "p"
    report = check_derivation("dp/dn = p*(1 - p)\ndp/dw = p*(1 - p)*w", {"w": w, "x": x, "b": b, "n": n, "p": p})
    right, wrong = data_of(draw(p, report=report).page().html)["marks"]
    assert right[:2] == ["n4", True]
    assert wrong[:3] == ["n0", False, "dp/dw = p*(1 - p)*w"]
    assert any("right is" in text for text in wrong[3])


def test_a_module_that_is_drawn_as_one_is_a_group_of_the_page():
    output = squared_error(MLP(1, [2, 1], seed=0)([1.0]), 0.5)

    nodes = data_of(draw(output, detail="layers").page().html)["nodes"].values()

    assert [node["name"] for node in nodes if node["kind"] == "group"] == ["layers.0", "layers.1"]


def text_of_steps(page):
    """The formulas of the steps, each number with all its digits."""
    return [
        "".join(piece if isinstance(piece, str) else piece[1] for piece in pieces)
        for step in data_of(page.html)["steps"]
        for _, pieces in step["lines"]
    ]


@pytest.mark.parametrize(("name", "equation"), [("w", "w * 3 = 3.0"), (None, "(-0.2000 now) * 3 = 3.0")])
def test_after_a_training_step_no_equation_has_the_new_number_of_a_leaf(name, equation):
    w = Value(1.0, name)
    loss = (w * 3 - 1) ** 2
    loss.backward()
    w.data -= 0.1 * w.grad
    lines = text_of_steps(draw(loss).page())
    assert equation in lines
    assert not [line for line in lines if "-0.2" in line.replace("-0.2000 now", "")]


def test_two_leaves_of_one_name_are_told_apart_on_the_page_and_in_the_picture():
    a, other = leaves(2.0, 5.0, names="a a")
    drawing = draw(a * other)
    assert "<b>a #2</b>" in str(drawing.source)
    assert "y = a * (a #2) = 2.0 * 5.0 = 10.0" in text_of_steps(drawing.page())


def test_a_path_through_a_shut_gate_says_that_nothing_passes():
    x = Value(0.0, "x")
    nodes = data_of(draw(relu(x.sqrt() - 1) + x).page().html)["nodes"]
    shut = [path for node in nodes.values() if node["name"] == "x" for path in node["paths"] if len(path) > 4]
    assert [path[4] for path in shut] == ["nothing passes: a gate is shut"]


def test_numbers_in_titles_and_names_stand_in_all_layouts_as_they_are():
    lr = Value(2.0, "lr 0.05 run")
    y = 0.01 * lr + 0.25
    y.name = "y"
    pictures = re.findall(r"<template id=.*?</template>", draw(y).page().html, re.DOTALL)
    texts = [text for picture in pictures for text in re.findall(r">([^<>]+)</text>", picture)]
    assert {text for text in texts if "." in text} >= {"lr 0.05 run", "0.01", "0.25"}
    assert not {text for text in texts if "0.1 run" in text or "0 *" in text or text == "0.2"}


def test_what_has_no_name_is_called_as_the_report_calls_it():
    x, w, a = Value(1.5), Value(0.8), Value(1.0)
    p = sigmoid(w * x)
    J = (p - a) ** 2 / 2
    report = check_derivation("dJ/dp = p - a", {"x": x, "w": w, "a": a, "p": p, "J": J})
    for page in (draw(J, report=report).page(), draw(J).page(report)):
        data = data_of(page.html)
        gradients = {node["name"]: node["gradient"] for node in data["nodes"].values()}
        assert {"x": "dJ/dx", "p": "dJ/dp"}.items() <= gradients.items()
        assert "1.5" not in gradients
        nameless = data["program"]["leaves"][-1].values()
        assert [leaf["label"] for leaf in nameless] == ["constant 2"]


def test_a_report_gives_no_name_that_a_node_has_already():
    x, w = Value(1.5), Value(0.8, "x")
    y = x * w
    report = check_derivation("dy/dx = 0.8", {"x": x, "y": y})
    nodes = data_of(draw(y, report=report).page().html)["nodes"].values()
    assert sorted(node["name"] for node in nodes) == ["1.5", "x", "y"]
