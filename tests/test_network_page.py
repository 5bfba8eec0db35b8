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


def test_the_last_step_goes_on_to_a_step_against_the_gradient(loss, model):
    lines = data(draw(loss, detail="network").page())["steps"][-1]["lines"]
    loss.backward()
    [(caption, pieces)] = [line for line in lines if line[1][0].startswith("layers.0.perceptrons.0.weights.0 −")]
    weight = model.layers[0].perceptrons[0].weights[0]
    assert caption.startswith("a step against the gradient, α = 0.1")
    assert float(pieces[-1][1]) == pytest.approx(weight.data - 0.1 * weight.grad, rel=1e-14)


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


# In windows of all sizes

SIZES = [(1920, 1080), (1280, 720), (900, 620), (390, 844)]

SMALLEST = """() => Math.min(...[...document.querySelectorAll("#graph svg text")]
  .filter((text) => text.textContent.trim())
  .map((text) => {
    const { a, b } = text.getScreenCTM();
    return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
  }))"""


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("layers", [(3, 4, 1), (64, 64, 32, 10), (2, *[5] * 12, 1)], ids=str)
def test_a_network_is_legible_in_windows_of_all_sizes(opened, layers, size):
    model = MLP(layers[0], list(layers[1:]), tanh, seed=0)
    loss = squared_error(model([0.1] * layers[0]), [1.0] * layers[-1])
    page = opened(draw(loss, detail="network"), viewport={"width": size[0], "height": size[1]})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    for quantity in ("weights", "gradients", "activations"):
        page.get_by_role("button", name=quantity, exact=True).click()
        assert page.evaluate(SMALLEST) >= 9
        graph, svg = page.locator("#graph").bounding_box(), page.locator("#graph svg").bounding_box()
        assert svg["width"] <= graph["width"] + 1
        assert svg["height"] <= graph["height"] + 1


def test_of_more_columns_than_fit_the_first_and_the_last_are_drawn(opened):
    loss = squared_error(MLP(2, [*[5] * 12, 1], tanh, seed=0)([0.1, 0.2]), 1.0)
    page = opened(draw(loss, detail="network"), viewport={"width": 390, "height": 844})
    page.wait_for_function("() => document.querySelectorAll('#graph .node').length < 50")
    texts = page.locator("#graph svg text").all_text_contents()
    assert {"inputs", "layers.0", "…yers.12", "output"} <= set(texts)
    assert "9 more" in texts


# As the last fold of a graph


def test_the_graph_of_a_model_becomes_its_network_at_the_same_moment_and_a_graph_again(opened, loss):
    page = opened(draw(loss))
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    moment = page.evaluate("steps[place].moment")
    circles = page.get_by_role("button", name="network", exact=True)
    circles.click()
    assert page.locator("#graph ellipse").count() == 9
    assert page.evaluate("steps[place].moment") <= moment < page.evaluate("steps[place + 1].moment")
    page.locator("#graph #u4").click()
    assert "weights.2" in page.locator("#graph").inner_text()
    page.get_by_role("button", name="whole graph").click()
    assert page.locator("#graph ellipse").count() == 9
    circles.click()
    assert page.locator("#graph ellipse").count() == 0


def test_where_no_folded_graph_is_legible_it_opens_as_its_network(opened):
    loss = squared_error(MLP(2, [*[2] * 24, 1], tanh, seed=0)([0.1, 0.2]), 1.0)
    page = opened(draw(loss), viewport={"width": 390, "height": 844})
    page.wait_for_function("() => document.querySelectorAll('#graph ellipse').length >= 10")
    assert page.evaluate(SMALLEST) >= 9
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function("() => !document.querySelector('#graph ellipse')")


def test_a_network_that_its_button_shows_has_links_and_steps_of_its_own(opened, loss):
    page = opened(draw(loss), place="#step=20")
    moment = page.evaluate("steps[place].moment")
    page.get_by_role("button", name="network", exact=True).click()
    assert page.evaluate(f"steps[place].moment <= {moment} && steps[place + 1].moment > {moment}")
    assert not page.is_visible("#stride")
    page.evaluate("location.hash = '#step=1'")
    page.wait_for_function("() => place === 1")
    page.get_by_role("button", name="network", exact=True).click()
    assert page.is_visible("#stride")
    page.evaluate("location.hash = '#network&step=3'")
    page.wait_for_function("() => place === 3 && scene === scenes[data.network]")


def test_a_line_is_whole_while_its_number_is_not_known(opened, loss):
    page = opened(draw(loss), place="#network")
    page.get_by_role("button", name="gradients").click()
    assert page.locator(".edge .whole").first.is_visible()
    page.keyboard.press("End")
    page.get_by_role("button", name="gradients").click()
    page.get_by_role("button", name="gradients").click()
    assert not page.locator(".edge .whole").first.is_visible()


# Nudged


def move(page, name, x):
    page.evaluate(
        """([name, x]) => {
            const slider = document.querySelector(`input[type=range][aria-label="${name}"]`);
            slider.value = x;
            slider.dispatchEvent(new Event("input"));
        }""",
        [name, x],
    )


def moved_loss(model, name, x):
    [parameter] = [p for p in model.parameters() if p.name == name]
    parameter.data = x
    J = squared_error(model([Value(1.0, "left"), Value(-0.5, "middle"), Value(0.3, "right")]), 1.0)
    model.zero_grad()
    J.backward()
    return J


@pytest.mark.parametrize("detail", ["network", None])
def test_lines_and_circles_follow_a_weight_that_is_moved(opened, loss, model, detail):
    page = opened(draw(loss, detail=detail))
    if detail is None:
        page.get_by_role("button", name="network", exact=True).click()
    name = "layers.0.perceptrons.0.weights.0"
    move(page, name, 1.25)
    J = moved_loss(model, name, 1.25)
    page.get_by_role("button", name="weights", exact=True).click()
    assert strokes(page)[0][2] == "1.25"
    page.get_by_role("button", name="gradients", exact=True).click()
    assert strokes(page)[0][2] == number(model.layers[0].perceptrons[0].weights[0].grad, 3)
    page.get_by_role("button", name="activations", exact=True).click()
    assert circle_text(page, "u8")[1] == number(J.data, 3)
    assert circle_text(page, "u3")[1] == number(model.layers[0]([1.0, -0.5, 0.3])[0].data, 3)


def test_a_bias_that_is_moved_shows_in_its_circle(opened, loss):
    page = opened(draw(loss, detail="network"))
    page.get_by_role("button", name="weights", exact=True).click()
    move(page, "layers.0.perceptrons.1.bias", -0.75)
    assert circle_text(page, "u4")[1] == "-0.75"


def test_put_back_the_network_is_as_it_was(opened, loss):
    page = opened(draw(loss, detail="network"))
    page.get_by_role("button", name="activations", exact=True).click()
    page.keyboard.press("End")
    before = page.evaluate("document.getElementById('graph').innerHTML")
    move(page, "layers.0.perceptrons.0.weights.0", -1.5)
    assert page.evaluate("document.getElementById('graph').innerHTML") != before
    page.get_by_role("button", name="put everything back").click()
    assert page.evaluate("document.getElementById('graph').innerHTML") == before


def test_a_model_alone_says_that_it_has_no_sliders(opened, model):
    page = opened(draw(model))
    assert "draw(model(x), detail='network')" in page.inner_text("#nudge-refused")
