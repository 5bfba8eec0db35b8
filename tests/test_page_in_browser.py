"""The page that steps through the passes, driven in headless Chromium."""

from random import Random
from types import SimpleNamespace

import pytest
from support import leaves
from test_rendering import HOSTILE

from autograd import Value, draw, tanh
from autograd import sum as total
from autograd.graph import topological_order
from autograd.text import number
from nn import MLP, squared_error


@pytest.fixture
def neuron():
    w, x, b = leaves(-3.0, 2.0, 6.5, names="w x b")
    n = w * x + b
    n.name = "n"
    h = tanh(n)
    h.name = "h"
    y = h * h + x * h
    y.name = "y"
    return y


def number_of_steps(page):
    return page.evaluate("steps.length")


def gradients(page):
    """What the fields of the picture show as gradients, by the id of the node."""
    return page.evaluate(
        """Object.fromEntries(Object.entries(nodes).flatMap(([id, node]) => node.rows
             .map((word, row) => [word, row]).filter(([word]) => word === "grad")
             .map(([, row]) => [id, fields.get(key(id, row)).textContent])))"""
    )


def snapshot(page):
    """All that is on the page, and what the controls hold."""
    return page.evaluate("[document.body.outerHTML, document.getElementById('slider').value]")


def texts(page, node):
    """What is written in a node of the picture."""
    return [
        text.strip().replace("\N{NO-BREAK SPACE}", "") for text in page.locator(f"#{node} text").all_text_contents()
    ]


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


# Numbers


def test_the_last_step_has_pythons_gradients(opened, neuron):
    page = opened(draw(neuron))
    page.click("#last")
    neuron.backward()
    order = topological_order(neuron)
    assert gradients(page) == {f"n{place}": number(node.grad, 4) for place, node in enumerate(order)}


def test_all_digits_are_pythons(opened, neuron):
    page = opened(draw(neuron))
    press(page, "End")
    neuron.backward()
    for place, node in enumerate(topological_order(neuron)):
        page.locator(f"#n{place}").focus()
        assert page.inner_text("#readout").endswith(f"data {node.data!r} · grad {node.grad!r}")


def test_before_it_is_computed_a_number_is_a_dash(opened, neuron):
    page = opened(draw(neuron))
    assert set(gradients(page).values()) == {"—"}
    assert texts(page, "n2") == ["w * x", "data", "—", "grad", "—"]
    assert texts(page, "n0") == ["w", "data", "-3", "grad", "—"]
    press(page, "ArrowRight")
    assert texts(page, "n2") == ["w * x", "data", "-6", "grad", "—"]


def test_left_over_gradients_are_not_shown(opened, neuron):
    neuron.backward(7.0)
    page = opened(draw(neuron))
    assert set(gradients(page).values()) == {"—"}


def test_values_appear_in_topological_order_and_then_gradients(opened, neuron):
    page = opened(draw(neuron))
    phases = [page.get_attribute("#phase", "class")]
    while page.get_attribute("#next", "aria-disabled") == "false":
        page.click("#next")
        phases.append(page.get_attribute("#phase", "class"))
    forward, backward = phases.count("forward"), phases.count("backward")
    assert phases == ["start", *["forward"] * forward, *["backward"] * backward, "end"]
    assert forward == sum(node.op is not None for node in topological_order(neuron))


# There and back


def test_back_from_the_end_each_page_is_as_it_was(opened, neuron):
    page = opened(draw(neuron))
    there = [snapshot(page)]
    for _ in range(number_of_steps(page) - 1):
        press(page, "ArrowRight")
        there.append(snapshot(page))
    back = [snapshot(page)]
    for _ in range(len(there) - 1):
        press(page, "ArrowLeft")
        back.append(snapshot(page))
    assert back[::-1] == there
    assert len({body for body, _ in there}) == len(there)


def test_a_jump_leads_where_steps_lead(opened, neuron):
    page = opened(draw(neuron))
    there = []
    for _ in range(number_of_steps(page)):
        there.append(snapshot(page))
        press(page, "ArrowRight")
    random = Random(0)
    for _ in range(30):
        place = random.randrange(len(there))
        page.evaluate(f"go({place})")
        assert snapshot(page) == there[place]


def test_a_chosen_node_is_told_of_as_it_is_at_each_step(opened, neuron):
    page = opened(draw(neuron))
    page.click("#n1")
    before = snapshot(page)
    press(page, "End")
    assert "grad\n" in page.inner_text("#node")
    assert "grad so far" not in page.inner_text("#node")
    press(page, "Home")
    assert snapshot(page) == before


# Hands


def test_all_of_it_can_be_done_from_the_keyboard(opened, neuron):
    page = opened(draw(neuron))
    last = number_of_steps(page) - 1
    press(page, "End")
    assert page.inner_text("#place") == f"{last} of {last}"
    press(page, "ArrowRight")
    press(page, "ArrowLeft", 2)
    assert page.inner_text("#place") == f"{last - 2} of {last}"
    press(page, "Home")
    assert page.inner_text("#place") == f"0 of {last}"
    reached = []
    for _ in range(40):
        press(page, "Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert {"first", "previous", "next", "last", "slider", "n0", "n1", "n2", "digits", "fit"} <= set(reached)
    page.locator("#n1").focus()
    press(page, "Enter")
    assert page.inner_text("#node h2") == "x"
    press(page, "ArrowRight")
    assert page.inner_text("#place") == f"1 of {last}"
    press(page, "Escape")
    assert page.inner_text("#node") == ""


def test_the_buttons_and_the_slider_step(opened, neuron):
    page = opened(draw(neuron))
    last = number_of_steps(page) - 1
    for button, place in (("next", 1), ("next", 2), ("previous", 1), ("last", last), ("first", 0), ("previous", 0)):
        page.click(f"#{button}", force=True)  # one at the end is disabled for all to see, but keeps the focus
        assert page.inner_text("#place") == f"{place} of {last}"
    page.locator("#slider").fill("3")
    assert page.inner_text("#place") == f"3 of {last}"
    page.locator("#slider").focus()
    press(page, "ArrowRight")
    assert page.inner_text("#place") == f"4 of {last}"


def test_a_node_shows_its_formula_and_its_paths(opened, neuron):
    page = opened(draw(neuron))
    page.click("#n5")
    told = page.inner_text("#node")
    assert "h = tanh(n) = tanh(0.5) = 0.4621" in told
    assert "the sum over 3 paths" in told
    page.click("#node li button >> nth=0")
    assert page.locator(".edge.on-path").count() == 2
    page.click("#node li button >> nth=0")
    assert page.locator(".on-path").count() == 0


def test_the_mouse_over_a_node_shows_all_digits(opened, neuron):
    page = opened(draw(neuron))
    press(page, "End")
    page.hover("#n5")
    assert f"data {neuron.parents[0].parents[0].data!r}" in page.inner_text("#readout")
    page.click("#digits")
    page.click("#n1")
    neuron.backward()
    assert f"{neuron.parents[1].parents[0].grad!r}" in page.inner_text("#node .formula >> nth=0")


def test_the_current_edge_and_nodes_are_lit(opened, neuron):
    page = opened(draw(neuron))
    for place in range(number_of_steps(page)):
        step = page.evaluate(f"steps[{place}]")
        lit = page.evaluate("[...document.querySelectorAll('.now')].map((part) => part.id)")
        assert set(lit) == {*step["nodes"], *(f"e{edge}" for edge in step["edges"])}
        press(page, "ArrowRight")


def test_what_is_said_is_announced_and_all_controls_are_labelled(opened, neuron):
    page = opened(draw(neuron))
    assert page.get_attribute("#sentence", "aria-live") == "polite"
    nameless = page.evaluate(
        """[...document.querySelectorAll("button, input, [role=button]")]
             .filter((control) => !(control.getAttribute("aria-label") || control.textContent.trim())).length"""
    )
    assert nameless == 0


# Names


@pytest.mark.parametrize(
    "name", [*(name for name, _ in HOSTILE.values()), "</script><script>alert(1)</script>", "\u2028"]
)
def test_a_name_is_text(opened, name):
    x, w = Value(2.0, name), Value(3.0, name)
    y = x * w
    y.name = name
    page = opened(draw(y, report=SimpleNamespace(lines=[SimpleNamespace(claim=name, holds=False, node=x)])))
    page.click("#n0")
    press(page, "End")
    page.locator("#n1").focus()
    assert gradients(page) == {"n0": "3", "n1": "2", "n2": "1"}
    assert page.locator("script").count() == 2
    assert page.locator("main :not(svg *):not(svg)").count() == 8
    assert page.locator("b, img").count() == 0


# A report


def test_a_report_is_laid_over(opened, neuron):
    h, x = neuron.parents[0].parents[0], neuron.parents[1].parents[0]
    report = SimpleNamespace(
        lines=[
            SimpleNamespace(claim="dy/dh = 2*h + x", holds=True, node=h),
            SimpleNamespace(claim="dy/dx = h", holds=False, node=x, claimed=0.46, correct=-6.4, mistakes=("a path",)),
        ]
    )
    page = opened(draw(neuron), report)
    assert page.text_content(".node.right .badge") == "✓"
    assert page.get_attribute(".node.right", "id") == "n5"
    assert page.get_attribute(".node.wrong", "id") == "n1"
    assert "dy/dx = h" in page.inner_text("#verdict")
    assert "It says 0.46; right is -6.4." in page.inner_text("#verdict")
    page.click("#n1")
    assert "a path" in page.inner_text("#node .claim.wrong")


# Sizes


def test_on_a_phone_all_is_within_reach_of_a_thumb(opened, neuron):
    page = opened(draw(neuron), viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in ("first", "previous", "next", "last"):
        box = page.locator(f"#{button}").bounding_box()
        assert box["height"] >= 44
        assert 0 <= box["y"] <= 700 - box["height"]
    for _ in range(number_of_steps(page) - 1):
        page.tap("#next")
        lit = page.locator(".now.to")
        if lit.count():
            inside, frame = lit.bounding_box(), page.locator("#graph").bounding_box()
            assert frame["x"] <= inside["x"] + inside["width"] / 2 <= frame["x"] + frame["width"]
    neuron.backward()
    assert gradients(page)["n1"] == number(neuron.parents[1].parents[0].grad, 4)
    page.tap("#n5")
    assert page.inner_text("#node h2") == "h"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(opened, neuron, scheme):
    page = opened(draw(neuron), color_scheme=scheme)
    colours = page.evaluate(
        """["#sentence", "#place", "#phase", "#hint"]
             .map((name) => getComputedStyle(document.querySelector(name)).color)"""
    )
    ground = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    for colour in map(luminance, colours):
        assert (max(colour, ground) + 0.05) / (min(colour, ground) + 0.05) >= 4.5


def luminance(colour):
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_two_thousand_nodes_are_stepped_through(opened):
    random = Random(0)
    y = Value(0.5, "x")
    for i in range(500):
        y = tanh(y * Value(random.uniform(-1, 1), f"w{i}") + y)
    page = opened(draw(y, detail="nodes"))
    order = topological_order(y)
    assert page.locator(".node").count() == len(order) == 2001
    last = number_of_steps(page) - 1
    assert last == 1500 + 1 + 2500 + 1  # operations, the seed, edges, the end
    press(page, "End")
    y.backward()
    assert gradients(page) == {f"n{place}": number(node.grad, 4) for place, node in enumerate(order)}
    press(page, "Home")
    assert set(gradients(page).values()) == {"—"}
    page.locator("#slider").fill("1000")
    press(page, "ArrowRight", 3)
    assert page.inner_text("#place") == f"1003 of {last}"
    inside, frame = page.locator(".now.to").bounding_box(), page.locator("#graph").bounding_box()
    assert frame["x"] <= inside["x"] <= frame["x"] + frame["width"]
    press(page, "Enter")


def test_a_folded_network_has_the_steps_of_what_is_shown(opened):
    loss = squared_error(MLP(3, [6, 6, 1], seed=1)([1.0, 2.0, 3.0]), 1)
    page = opened(draw(loss))
    notes = page.inner_text("#notes")
    assert "the steps are those of what is shown" in notes
    assert "folded to" in notes
    assert "expand=" not in notes  # which is Python: here a click opens
    press(page, "End")
    assert "—" not in gradients(page).values()
    page.locator("[data-kind=group]").first.click(force=True)
    assert "stands for many nodes" in page.inner_text("#node")
    press(page, "Home")


def test_a_batch_and_several_outputs_have_a_page(opened):
    model = MLP(2, [3, 1], seed=0)
    outputs = [model([float(i), 1.0]) for i in range(12)]
    for drawing in (draw(total(outputs)), draw(outputs[:3], detail="nodes"), draw(total(outputs), depth=2)):
        page = opened(drawing)
        press(page, "End")
        assert "—" not in gradients(page).values()
