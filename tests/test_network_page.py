"""The page of a network: steps by layer with their numbers, three quantities, and each neuron as its scalar graph."""

import json
import re

import pytest

from autograd import Value, draw, mean, tanh
from autograd.text import number
from nn import MLP, squared_error


@pytest.fixture
def model():
    return MLP(3, [4, 1], tanh, seed=0)


@pytest.fixture
def loss(model):
    x = [Value(number, name) for number, name in zip((1.0, -0.5, 0.3), ("left", "middle", "right"), strict=True)]
    J = squared_error(model(x), 1.0)
    J.name = "J"
    return J


def data(page):
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page.html, re.DOTALL)[1])


@pytest.mark.parametrize("sizes", [[1], [4, 1], [3, 2, 1], [2, 2, 2, 2]])
def test_the_steps_are_two_for_each_layer_and_two_more(sizes):
    loss = squared_error(MLP(3, sizes, seed=0)([1.0, 2.0, 3.0]), [0.0] * sizes[-1])
    page = draw(loss, detail="network").page()
    assert len(data(page)["steps"]) == 2 * len(sizes) + 2
    assert repr(page) == f"Page({2 * len(sizes) + 2} steps)"


def test_every_step_says_numbers(loss):
    for step in data(draw(loss, detail="network").page())["steps"]:
        assert re.search(r"\d", json.dumps(step["lines"]))


def test_after_the_last_step_all_numbers_are_those_of_python(loss, model):
    page = data(draw(loss, detail="network").page())
    held = {(id_, row): full for id_, row, _, full, _ in page["initial"]}
    for step in page["steps"]:
        held |= {(id_, row): full for id_, row, _, full, _ in step["changes"]}
    loss.backward()
    names = {node["name"]: id_ for id_, node in page["nodes"].items()}
    assert held[names["J"], 0] == repr(loss.data)
    assert held[names["J"], 1] == "1.0"
    hidden = model.layers[0]([Value(x) for x in (1.0, -0.5, 0.3)])
    for place, unit in enumerate(hidden):
        assert float(held[names[f"layers.0.perceptrons.{place}"], 0]) == unit.data
    left = next(node for node in ancestors(loss) if node.name == "left")
    assert float(held[names["left"], 1]) == pytest.approx(left.grad, rel=1e-14)


def ancestors(node):
    seen, stack = set(), [node]
    while stack:
        if (node := stack.pop()) not in seen:
            seen.add(node)
            stack += node.parents
    return seen


def test_it_reads_and_writes_no_gradient(loss, model):
    draw(loss, detail="network").page()
    assert all(parameter.grad is None for parameter in model.parameters())


def test_each_neuron_has_its_scalar_graph(loss):
    page = data(draw(loss, detail="network").page())
    assert len(page["scenes"]) == 5
    first = page["scenes"][page["opens"]["u3"] - 1]
    assert {"layers.0.perceptrons.0.weights.2", "layers.0.perceptrons.0.bias", "left"} <= {
        node["name"] for node in first["nodes"].values()
    }
    assert len(first["nodes"]) == 3 + 1 + 3 + 2  # weights, bias, inputs; the sum and the activation


def test_a_neuron_with_many_weights_opens_to_the_first_and_the_last():
    loss = squared_error(MLP(40, [2, 1], seed=0)([0.1] * 40), 1.0)
    page = data(draw(loss, detail="network").page())
    [opened] = [scene for scene in page["scenes"] if scene is page["scenes"][page["opens"]["u40"] - 1]]
    assert len(opened["nodes"]) < 15
    assert "36 more weights" in {node["name"] for node in opened["nodes"].values()}


def test_a_large_network_opens_fewer_of_its_neurons():
    loss = squared_error(MLP(200, [100, 1], seed=0)([0.1] * 200), 1.0)
    page = draw(loss, detail="network").page()
    assert len(data(page)["scenes"]) < 4
    assert len(page.html) < 1_500_000


def test_a_model_alone_has_weights_and_gradients_and_no_passes(model, loss):
    loss.backward()
    page = draw(model).page()
    assert repr(page) == "Page(1 steps)"
    assert {view["quantity"] for view in data(page)["views"]} == {"weights", "gradients"}


def test_a_batch_has_means_and_sums(model):
    J = mean([squared_error(model([i / 4, 0.5, 1.0]), 1.0) for i in range(4)])
    page = data(draw(J, detail="network").page())
    assert ["u0", 0, "0.375", "0.375", 1] in page["initial"]


# In a browser


def strokes(page):
    """Of each line its colour, its width and its number, as the browser shows them."""
    return page.evaluate(
        """() => [...document.querySelectorAll("#graph .edge")].map((edge) => {
            const style = getComputedStyle(edge.querySelector("path"));
            const text = edge.querySelector("text");
            const seen = text && getComputedStyle(text).visibility === "visible";
            return [style.stroke, parseFloat(style.strokeWidth), seen ? text.textContent : null];
        })"""
    )


def circle_text(page, id_):
    return page.evaluate(f"[...document.querySelectorAll('#graph #{id_} text')].map((text) => text.textContent)")


def test_the_buttons_choose_what_lines_and_circles_tell(opened, loss, model):
    page = opened(draw(loss, detail="network"))
    w = model.layers[0].perceptrons[0].weights[0]
    assert strokes(page)[0][2] == number(w.data, 3)
    page.keyboard.press("End")
    page.get_by_role("button", name="weights", exact=True).click()
    assert strokes(page)[0][2] == number(w.data, 3)
    page.get_by_role("button", name="gradients", exact=True).click()
    loss.backward()
    assert strokes(page)[0][2] == number(w.grad, 3)
    page.get_by_role("button", name="activations", exact=True).click()
    assert strokes(page)[0][2] == number(w.data * 1.0, 3)
    assert circle_text(page, "u3")[1] == number(model.layers[0]([1.0, -0.5, 0.3])[0].data, 3)


def test_until_a_button_is_pressed_the_picture_tells_what_the_step_is_about(opened, loss):
    page = opened(draw(loss, detail="network"))
    told = []
    for _ in range(6):
        told.append(page.evaluate("view.quantity"))
        page.keyboard.press("ArrowRight")
    assert told == ["weights", "activations", "activations", "gradients", "gradients", "gradients"]


def test_stepping_to_the_end_and_back_leaves_no_trace(opened, loss):
    page = opened(draw(loss, detail="network"))
    page.get_by_role("button", name="activations", exact=True).click()
    before = page.evaluate("document.getElementById('graph').innerHTML")
    page.keyboard.press("End")
    assert page.evaluate("document.getElementById('graph').innerHTML") != before
    page.keyboard.press("Home")
    assert page.evaluate("document.getElementById('graph').innerHTML") == before


def test_a_click_opens_a_neuron_and_the_whole_comes_back(opened, loss):
    page = opened(draw(loss, detail="network"))
    page.keyboard.press("End")
    page.locator("#graph #u4").click()
    assert "weights.2" in page.locator("#graph").inner_text()
    assert page.evaluate("place === steps.length - 1")  # it is at the same moment
    page.get_by_role("button", name="whole graph").click()
    assert page.locator("#graph ellipse").count() == 9


@pytest.mark.parametrize("size", [(1280, 720), (900, 620), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_of_it_is_in_view(opened, loss, size, scheme):
    page = opened(draw(loss, detail="network"), viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    graph, svg = page.locator("#graph").bounding_box(), page.locator("#graph svg").bounding_box()
    assert svg["x"] >= graph["x"] - 1
    assert svg["y"] >= graph["y"] - 1
    assert svg["x"] + svg["width"] <= graph["x"] + graph["width"] + 1
    assert svg["y"] + svg["height"] <= graph["y"] + graph["height"] + 1
