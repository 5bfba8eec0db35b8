"""The sliders of the page, driven in headless Chromium, against Python's numbers."""

import math
import re

import pytest
from support import exactly, leaves

import autograd
from autograd import Operation, Value, draw, tanh, where
from autograd.graph import topological_order
from autograd.text import number
from nn import MLP, squared_error


def neuron(w=-3.0, x=2.0, b=6.5):
    """The graph, and its leaves by their names."""
    inputs = dict(zip("wxb", leaves(w, x, b, names="w x b"), strict=True))
    w, x, b = inputs.values()
    p = tanh(w * x + b)
    p.name = "p"
    J = (p - x) ** 2
    J.name = "J"
    return J, inputs


def drawn(J, inputs):
    return draw(J, parameters=[inputs["w"], inputs["b"]])


def slider(page, name):
    return page.locator("#nudge").get_by_role("slider", name=name, exact=True)


def shown(page, output):
    """The data and the gradients that the picture shows, node by node."""
    fields = page.evaluate(
        """Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, Object.fromEntries(node.rows
             .map((word, row) => [word, fields.get(key(id, row)).textContent]))]))"""
    )
    return [fields[f"n{place}"] for place in range(len(topological_order(output)))]


def python_shows(output):
    """The same, as Python has it."""
    output.backward()
    return [
        {"data": number(node.data, 4), "grad": number(node.grad, 4)}
        if node.op or node.name
        else {"grad": number(node.grad, 4)}
        for node in topological_order(output)
    ]


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


# Sliders


def test_every_leaf_has_a_slider_with_its_name_and_its_number(opened):
    page = opened(drawn(*neuron()))
    for name, text in {"w": "-3", "x": "2", "b": "6.5"}.items():
        assert slider(page, name).get_attribute("aria-valuetext") == text
    assert page.locator("#nudge input[type=range]").count() == 3


@pytest.mark.parametrize("width", [836, 1000, 1280])
@pytest.mark.parametrize("network", [False, True])
def test_the_sliders_are_in_view_in_the_frame_of_a_notebook(browser, tmp_path, width, network):
    x = [Value(0.1, "x1"), Value(0.2, "x2"), Value(0.3, "x3")]
    output = squared_error(MLP(3, [4, 1], tanh, seed=0)(x), 1.0) if network else neuron()[0]
    cell = tmp_path / "cell.html"
    cell.write_text(f"<!doctype html><body>{draw(output).page()._repr_html_()}", encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(cell.as_uri())
    inside = page.frames[1]
    inside.wait_for_selector("#nudge-leaves input")
    shown, content, graph = inside.evaluate(
        "[innerHeight, document.documentElement.scrollHeight, document.querySelector('main').clientHeight]"
    )
    page.close()
    assert content <= shown
    assert graph > 400


def test_a_constant_has_one_too(opened):
    page = opened(draw(2 * Value(3.0, "x")))
    assert slider(page, "constant 2").input_value() == "2"


@pytest.mark.parametrize("moved", [{"w": 0.7}, {"x": -1.25}, {"w": -3.4, "b": 7.125}, {"w": 0.0, "x": 0.0, "b": 0.0}])
def test_all_numbers_of_the_picture_follow(opened, moved):
    page = opened(drawn(*neuron()))
    for name, x in moved.items():
        slider(page, name).fill(str(x))
        assert slider(page, name).get_attribute("aria-valuetext") == number(x, 4)
    there = neuron(**({"w": -3.0, "x": 2.0, "b": 6.5} | moved))[0]
    assert shown(page, there) == python_shows(there)


def test_moved_numbers_are_shown_with_all_their_digits(opened):
    J, inputs = neuron()
    page = opened(drawn(J, inputs), viewport={"width": 1280, "height": 720})
    slider(page, "w").fill("-3.1234567")
    short = shown(page, J)
    page.click("#digits")
    moved, at = neuron(w=-3.1234567)
    python_shows(moved)
    last = {word: float(text) for word, text in shown(page, J)[-1].items()}
    assert last == exactly({"data": moved.data, "grad": 1.0})
    total = page.locator("#nudge-total").inner_text().removeprefix("J = ")
    slope = page.locator("#nudge-slope").inner_text().removeprefix("dJ/dw = ").partition(":")[0]
    assert [float(total), float(slope)] == exactly([moved.data, at["w"].grad])
    assert slider(page, "w").get_attribute("aria-valuetext") == "-3.1234567"
    page.click("#digits")
    assert shown(page, J) == short


def test_local_gradients_widths_and_colours_follow(opened):
    page = opened(drawn(*neuron()))
    slider(page, "w").fill("0.25")
    found = page.evaluate(
        """lines.map((line) => [line.querySelector("text").textContent.trim(),
             ...["positive", "negative"].map((sign) => line.classList.contains(sign)),
             Number(line.querySelector("path").getAttribute("stroke-width") ?? 1)])"""
    )
    there, inputs = neuron(w=0.25)
    there.backward()
    picture = draw(there, parameters=[inputs["w"], inputs["b"]])
    expected = [
        [number(local, 4), node.grad * local > 0, node.grad * local < 0]
        for node in topological_order(there)
        for local in node.local_grads
    ]
    assert [line[:3] for line in found] == expected
    pens = [float(m[1]) for m in re.finditer(r"->.*?penwidth=([\d.]+)", picture.source)]
    assert [line[3] for line in found] == pens


ON_NODES = """() => {
  const hit = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2;
  const shapes = [...document.querySelectorAll("#graph .node > :is(path, polygon)")]
    .map((shape) => shape.getBoundingClientRect());
  return lines.map((line) => line.querySelector("text")).filter((text) =>
    shapes.some((shape) => hit(text.getBoundingClientRect(), shape))).map((text) => text.textContent);
}"""


def test_a_local_gradient_that_becomes_longer_lies_over_no_node(opened):
    page = opened(drawn(*neuron()))
    assert page.evaluate(ON_NODES) == []
    slider(page, "x").fill("-1.98765")
    slider(page, "w").fill("-3.12345")
    assert page.evaluate(ON_NODES) == []
    page.get_by_role("spinbutton", name="alpha").fill("1e9")
    button(page, "take a step").click()
    assert page.evaluate(ON_NODES) == []


def test_the_picture_shows_a_branch_that_is_no_longer_taken_as_dashed(opened):
    x, y = leaves(1.0, 2.0, names="x y")
    page = opened(draw(where(x > 0, x * 3, y * 5)))
    dashed = "lines.map((line) => line.querySelector('path').hasAttribute('stroke-dasharray'))"
    before = page.evaluate(dashed)
    slider(page, "x").fill("-1")
    after = page.evaluate(dashed)
    assert before.count(True) == after.count(True)
    assert before != after
    page.locator("#nudge").get_by_role("button", name="put everything back").click()
    assert page.evaluate(dashed) == before


def test_it_is_moved_by_keys_alone(opened):
    page = opened(drawn(*neuron()))
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "w":
            break
    page.keyboard.press("ArrowRight")
    w = float(slider(page, "w").input_value())
    assert w > -3
    there = neuron(w=w)[0]
    assert shown(page, there) == python_shows(there)
    page.keyboard.press("End")
    assert slider(page, "w").input_value() == "10"


def test_stepping_on_shows_what_python_recorded(opened):
    J, inputs = neuron()
    page = opened(drawn(J, inputs))
    page.click("#last")
    end = shown(page, J)
    slider(page, "w").fill("1")
    assert shown(page, J) != end
    page.click("#previous")
    page.click("#next")
    assert shown(page, J) == end == python_shows(J)
    assert slider(page, "w").input_value() == "-3"


def test_a_number_in_a_formula_follows_its_constant(opened):
    x = Value(1.5, "x")
    z = 2 * x + 0.25
    z.name = "z"
    page = opened(draw(z.tanh() - 1))
    texts = lambda: page.locator("#graph .node text").all_text_contents()  # noqa: E731
    before = texts()
    assert {"2", "2 * x", "= 2 * x + 0.25", "0.25"} <= set(before)
    slider(page, "constant 2").fill("3.5")
    slider(page, "constant 0.25").fill("-1")
    assert {"3.5", "3.5 * x", "= 3.5 * x + -1", "-1"} <= set(texts())
    button(page, "put everything back").click()
    assert texts() == before


# The nudge, the plot


@pytest.mark.parametrize(("constant", "title"), [(1.0001, "1.0001"), (3.14159, "3.14159"), (0.1234567, "0.1235")])
def test_a_constant_is_drawn_as_it_is_in_the_program_and_follows_its_slider(opened, constant, title):
    z = tanh(Value(1.5, "x") * constant)
    page = opened(draw(z))
    titles = page.locator(".node text:not([data-row])")
    assert {title, f"x * {title}"} <= set(titles.all_text_contents())
    page.locator("#nudge input[type=range]").last.fill("1.25")
    assert {"1.25", "x * 1.25"} <= set(titles.all_text_contents())


def test_the_nudge_is_written_out_beside_the_gradient(opened):
    page = opened(drawn(*neuron()))
    slider(page, "w").fill("-2.5")
    J, inputs = neuron(w=-2.5)
    J.backward()
    change = neuron(w=-2.5 + 0.01)[0].data - J.data
    grad = inputs["w"].grad
    assert page.inner_text("#nudge-by") == (
        f"w + 0.01 → J changes by {number(change, 4)}; grad · 0.01 = {number(grad * 0.01, 4)}"
    )
    assert page.inner_text("#nudge-slope") == f"dJ/dw = {number(grad, 4)}: the slope of the tangent"


def points(page, part):
    """The ends of a path of the plot, in its own units."""
    text = page.get_attribute(f"#nudge-plot {part}", "d")
    return [tuple(map(float, point.split(","))) for point in re.split("[ML]", text)[1:]]


def test_the_plot_has_the_output_the_dot_and_the_tangent_of_slope_grad(opened):
    page = opened(drawn(*neuron()))
    slider(page, "w").fill("-2.5")
    J, inputs = neuron(w=-2.5)
    J.backward()
    curve, tangent = points(page, ".curve"), points(page, ".tangent")
    dot = [float(page.get_attribute("#nudge-plot .dot", name)) for name in ("cx", "cy")]
    # Two points of the curve give the units: J at both ends of the range.
    low, high = curve[0], curve[-1]
    first, last = neuron(w=-10.0)[0].data, neuron(w=10.0)[0].data
    w_of = lambda x: -10 + 20 * (x - low[0]) / (high[0] - low[0])  # noqa: E731
    J_of = lambda y: first + (last - first) * (y - low[1]) / (high[1] - low[1])  # noqa: E731
    assert w_of(dot[0]) == pytest.approx(-2.5, abs=0.01)
    assert J_of(dot[1]) == pytest.approx(J.data, abs=0.05)
    (x0, y0), (x1, y1) = tangent
    assert (J_of(y1) - J_of(y0)) / (w_of(x1) - w_of(x0)) == pytest.approx(inputs["w"].grad, rel=0.02)
    for x, y in curve[::10]:
        assert J_of(y) == pytest.approx(neuron(w=w_of(x))[0].data, abs=0.1)


def test_a_kink_is_named(opened):
    x = Value(1.0, "x")
    page = opened(draw(x.relu() * 2))
    assert page.inner_text("#nudge-odd") == ""
    slider(page, "x").fill("0")
    assert page.inner_text("#nudge-odd") == "On a kink, where the slope is a convention: relu(x)."


@pytest.mark.parametrize(
    ("function", "at", "says"),
    [
        (lambda x: (x * 1).log() + 1, "-1", "The first node without a number is log(x * 1): it is nan."),
        (lambda x: (x * 1).log() + 1, "0", "The first node without a number is log(x * 1): it is -inf."),
        (lambda x: 1 / x, "0", "The first node without a number is y: it is inf."),
        (lambda x: x.sqrt() + 1, "0", "The first gradient without a number is that of x: it is inf."),
    ],
)
def test_the_first_node_without_a_number_is_named(opened, function, at, says):
    page = opened(draw(function(Value(1.0, "x"))))
    slider(page, "x").fill(at)
    assert page.inner_text("#nudge-odd") == says


# Steps


def stepped(rate, times):
    """The neuron after some steps of gradient descent in Python."""
    numbers = {"w": -3.0, "x": 2.0, "b": 6.5}
    for _ in range(times):
        J, inputs = neuron(**numbers)
        J.backward()
        for name in "wb":
            numbers[name] -= rate * inputs[name].grad
    return neuron(**numbers)


@pytest.mark.parametrize("times", [1, 3])
def test_a_step_takes_every_parameter_along_its_gradient(opened, times):
    page = opened(drawn(*neuron()))
    page.get_by_role("spinbutton", name="alpha").fill("0.3")
    for _ in range(times):
        button(page, "take a step").click()
    J, inputs = stepped(0.3, times)
    for name, leaf in inputs.items():
        assert float(slider(page, name).input_value()) == exactly(leaf.data, 1e-12)
    assert shown(page, J) == python_shows(J)


def test_without_parameters_every_leaf_but_constants_is_moved(opened):
    x = Value(3.0, "x")
    page = opened(draw(x * 2))
    page.get_by_role("spinbutton", name="alpha").fill("0.5")
    button(page, "take a step").click()
    assert slider(page, "x").input_value() == "2"
    assert slider(page, "constant 2").input_value() == "2"


def test_the_descent_goes_on_until_it_is_stopped(opened):
    page = opened(drawn(*neuron()))
    play = button(page, "play the descent")
    play.click()
    page.locator("#nudge-done", has_text=re.compile("step ([3-9]|[0-9]{2})")).wait_for()
    assert play.get_attribute("aria-pressed") == "true"
    play.click()
    assert play.get_attribute("aria-pressed") == "false"
    done = page.inner_text("#nudge-done")
    _, inputs = stepped(0.1, int(re.search(r"\d+", done)[0]))
    assert float(slider(page, "w").input_value()) == exactly(inputs["w"].data, 1e-11)
    page.wait_for_timeout(600)
    assert page.inner_text("#nudge-done") == done


def test_with_less_motion_the_descent_takes_its_steps_at_once(opened):
    page = opened(drawn(*neuron()), reduced_motion="reduce")
    button(page, "play the descent").click()
    assert page.inner_text("#nudge-done").startswith("step 25: J ")
    assert float(slider(page, "w").input_value()) == exactly(stepped(0.1, 25)[1]["w"].data, 1e-10)


def test_a_descent_out_of_all_bounds_stops_and_says_where(opened):
    x = Value(3.0, "x")
    page = opened(draw(x**4))
    page.get_by_role("spinbutton", name="alpha").fill("1000")
    button(page, "play the descent").click()
    page.locator("#nudge-descend[aria-pressed=false]").wait_for()
    assert "without a number is" in page.inner_text("#nudge-odd")


@pytest.mark.parametrize("text", ["", "1e999"])
def test_an_alpha_that_is_no_number_is_refused_with_a_sentence(opened, text):
    page = opened(drawn(*neuron()))
    page.get_by_role("spinbutton", name="alpha").fill(text)
    for name in ("take a step", "play the descent"):
        button(page, name).click()
        assert page.inner_text("#nudge-done") == "alpha must be a number, as 0.1"
    assert slider(page, "w").input_value() == "-3"


# Back


def everything(page):
    return page.evaluate("[document.body.outerHTML, document.body.innerText]")


@pytest.mark.parametrize("place", [0, 5, 99])
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_put_back_everything_is_as_it_was(opened, place, size):
    page = opened(drawn(*neuron()), viewport={"width": size[0], "height": size[1]})
    page.evaluate(f"go({place})")
    before = everything(page)
    slider(page, "x").fill("1.5")
    button(page, "take a step").click()
    slider(page, "b").fill("-4")
    page.set_viewport_size({"width": size[0] - 10, "height": size[1]})
    page.wait_for_timeout(50)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(50)
    button(page, "put everything back").click()
    assert everything(page) == before


def test_what_was_moved_stays_so_in_another_view(opened):
    page = opened(drawn(*neuron()))
    slider(page, "w").fill("0.5")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(100)
    J = neuron(w=0.5)[0]
    assert number(J.data, 4) in page.locator("#graph .node[data-kind=output] text").all_text_contents()
    assert page.inner_text("#phase") == "nudged"


def test_what_was_moved_stays_so_in_another_scene(opened):
    page = opened(drawn(*neuron()))
    slider(page, "w").fill("0.5")
    page.evaluate("change(0)")
    there = neuron(w=0.5)[0]
    assert shown(page, there) == python_shows(there)
    button(page, "put everything back").click()
    assert slider(page, "w").input_value() == "-3"
    page.evaluate("go(99)")
    there = neuron()[0]
    assert shown(page, there) == python_shows(there)


def test_what_is_opened_shows_the_moved_numbers(opened):
    model = MLP(4, [6, 6, 1], tanh, seed=3)
    loss = squared_error(model([0.5, -1.0, 0.25, 2.0]), [1.0])
    page = opened(draw(loss, detail="layers"))
    bias = next(p for p in model.parameters() if p.name == "layers.2.perceptrons.0.bias")
    slider(page, bias.name).fill("0.75")
    page.locator("#graph .node", has_text="layers.1").first.click()
    bias.data = 0.75
    squared_error(model([0.5, -1.0, 0.25, 2.0]), [1.0]).backward()
    perceptron = model.layers[1].perceptrons[0]
    total = number(sum(p.grad for p in perceptron.parameters()), 4)
    found = page.evaluate(
        """Object.entries(nodes).filter(([, node]) => node.name === "layers.1.perceptrons.0")
             .flatMap(([id, node]) => node.rows.map((word, row) => [word, held.get(key(id, row))[2]]))"""
    )
    assert ["Σ grad", total] in found
    assert page.inner_text("#phase") == "nudged"


def test_arrow_keys_on_a_button_take_no_step_of_the_passes(opened):
    page = opened(drawn(*neuron()))
    button(page, "take a step").click()
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#nudge-done").startswith("step 1")


# Networks


def test_a_network_learns_on_the_page_as_in_python(opened):
    model = MLP(2, [3, 1], seed=3)
    loss = squared_error(model(leaves(0.5, -1.0, names="x1 x2")), [1.0])
    page = opened(draw(loss))
    page.get_by_role("spinbutton", name="alpha").fill("0.05")
    for _ in range(2):
        button(page, "take a step").click()
    for _ in range(2):
        for p in model.parameters():
            p.grad = None
        squared_error(model([0.5, -1.0]), [1.0]).backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
    for p in model.parameters():
        assert float(slider(page, p.name).input_value()) == exactly(p.data, 1e-12)


def test_a_folded_network_moves_too(opened):
    model = MLP(4, [6, 6, 1], seed=3)
    loss = squared_error(model([0.5, -1.0, 0.25, 2.0]), [1.0])
    page = opened(draw(loss, detail="layers"))
    slider(page, "layers.2.perceptrons.0.bias").fill("0.75")
    bias = next(p for p in model.parameters() if p.name == "layers.2.perceptrons.0.bias")
    bias.data = 0.75
    squared_error(model([0.5, -1.0, 0.25, 2.0]), [1.0]).backward()
    total = sum(p.grad for p in model.parameters() if p.name.startswith("layers.1."))
    fields = page.evaluate(
        """Object.entries(nodes).filter(([, node]) => node.name.startsWith("layers.1"))
             .flatMap(([id, node]) => node.rows.map((word, row) => [word, fields.get(key(id, row))?.textContent]))"""
    )
    assert ["Σ grad", number(total, 4)] in fields


def test_a_thousand_nodes_are_computed_anew(opened):
    def made(x):
        nodes = leaves(x, -0.25, names="x y")
        while len(nodes) < 1000:
            a, b = nodes[-1], nodes[-2]
            nodes.append([a * b, a + b, tanh(a), (a - b).sigmoid()][len(nodes) % 4])
        return nodes[-1]

    page = opened(draw(made(0.5), limit=20))
    page.locator("#nudge input[type=range]").first.fill("0.75")
    shown = page.locator("#nudge-total").text_content()
    assert float(shown.rpartition("= ")[2]) == pytest.approx(made(0.75).data, rel=1e-3)


# What cannot be


def test_without_a_program_the_page_says_why_and_replays(opened):
    gamma = Operation("gamma", lambda m, a: math.gamma(a), lambda m, y, a: (1.0,))
    y = gamma(Value(2.0, "x"))
    page = opened(draw(y))
    assert page.locator("#nudge input").count() == 0
    assert page.inner_text("#nudge-refused").startswith(
        "There are no sliders for this graph: the operation gamma computes with floats alone"
    )
    page.click("#last")
    assert page.inner_text("#place").endswith("of 4")


def test_a_rule_that_has_other_numbers_for_floats_is_found_out(opened):
    mine = Operation("mine", lambda m, a: a if isinstance(a, float) else m.exp(a), lambda m, y, a: (1,))
    y = mine(Value(2.0, "x"))
    y.name = "y"
    page = opened(draw(y))
    assert page.inner_text("#nudge-refused").endswith("JavaScript computes another number than Python in y.")


def test_what_was_written_to_since_has_no_sliders(opened):
    x = Value(2.0, "x")
    y = x * x
    x.data = 3.0
    page = opened(draw(y))
    assert "x was written to since" in page.inner_text("#nudge-refused")


HOSTILE = ["</script><script>alert(1)</script>", "`${alert(1)}`", '"><img src=x onerror=alert(1)>', "w'];alert(1);//"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_code(opened, name):
    mine = Operation(name, lambda m, a: m.exp(a) * 2, lambda m, y, a: (y,))
    x = Value(0.5, name)
    y = mine(x)
    y.name = name
    page = opened(draw(y))
    page.locator("#nudge input[type=range]").first.fill("0.75")
    assert shown(page, y)[1]["data"] == number(2 * math.exp(0.75), 4)


def test_the_page_of_fifty_nodes_is_small():
    xs = leaves(*[0.1 * i for i in range(25)], names=" ".join(f"x{i}" for i in range(25)))
    y = autograd.sum([x.tanh() for x in xs])
    assert len(draw(y, limit=60).page().html) < 1_500_000


# Very many leaves


def test_every_leaf_of_a_large_network_has_a_slider_in_its_module(opened):
    model = MLP(30, [20, 1], tanh, seed=0)
    loss = squared_error(model([Value(0.1 * i, f"x{i}") for i in range(30)]), 1.0)
    page = opened(draw(loss))
    page.locator("#nudge details").evaluate_all("(all) => all.forEach((folder) => { folder.open = true; })")
    page.wait_for_function("() => !document.querySelector('#nudge details:not(:has(> div))')")
    labels = page.locator("#nudge input[type=range]").evaluate_all(
        "(all) => all.map((slider) => slider.getAttribute('aria-label'))"
    )
    assert {parameter.name for parameter in model.parameters()} | {f"x{i}" for i in range(30)} < set(labels)
    last = model.layers[1].perceptrons[0].weights[7]
    slider(page, last.name).evaluate("(one) => { one.value = 1.5; one.dispatchEvent(new Event('input')); }")
    last.data = 1.5
    moved = squared_error(model([0.1 * i for i in range(30)]), 1.0)
    assert page.inner_text("#nudge-total").endswith(f"= {number(moved.data, 4)}")


@pytest.mark.parametrize(("x", "most"), [(0.0, 2.0), (0.7, 2.0), (1e-6, 1e-4), (-3e-9, 5e-7), (40.0, 100.0)])
def test_the_range_of_a_slider_is_of_the_size_of_its_leaf(opened, x, most):
    page = opened(draw(Value(x, "x") * Value(3.0, "w")))
    assert float(slider(page, "x").get_attribute("max")) == pytest.approx(most)


@pytest.mark.parametrize("count", [25, 500])
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=str)
def test_many_sliders_are_wide_enough_and_make_no_long_page(opened, count, size):
    xs = leaves(*(0.1 * i for i in range(count)), names=" ".join(f"x{i}" for i in range(count)))
    page = opened(draw(autograd.sum([tanh(x) for x in xs])), viewport={"width": size[0], "height": size[1]})
    assert page.evaluate("document.documentElement.scrollHeight") < 2 * size[1] + 100
    place = page.locator("#nudge-leaves").bounding_box()
    assert slider(page, "x3").bounding_box()["width"] > place["width"] / 4


def test_on_paper_each_leaf_has_its_number_and_no_slider(opened):
    xs = leaves(*(0.1 * i for i in range(40)), names=" ".join(f"x{i}" for i in range(40)))
    page = opened(draw(autograd.sum([tanh(x) for x in xs])))
    page.emulate_media(media="print")
    place = page.locator("#nudge-leaves").bounding_box()
    for row in page.locator("#nudge .leaf").all():
        box = row.bounding_box()
        assert place["y"] - 1 <= box["y"] < box["y"] + box["height"] <= place["y"] + place["height"] + 1
    assert page.locator("#nudge input:visible").count() == 0
    assert page.inner_text("#nudge-leaves").split()[2:4] == ["x1", "0.1"]
