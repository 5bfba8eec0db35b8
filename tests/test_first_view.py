"""The page as it opens: all of the graph, legible, in windows of many sizes; and what hands do with the picture."""

import re
from itertools import pairwise

import pytest
from drawn_graphs import GRAPHS, chain, network
from support import leaves

from autograd import Value, check_derivation, draw, sin, tanh
from autograd import sum as total
from autograd.graph import topological_order
from autograd.text import ParameterName, number

SIZES = [(1920, 1080), (1280, 720), (900, 620), (390, 844)]

LARGE = SIZES[:2]


MEASURED = """() => {
  const frame = document.querySelector("#graph").getBoundingClientRect();
  const texts = [...document.querySelectorAll("#graph svg text")].filter((text) => text.textContent.trim());
  const pixels = texts.map((text) => {
    const { a, b } = text.getScreenCTM();
    return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b);
  });
  const boxes = [...document.querySelectorAll(".node")].map((node) => node.getBoundingClientRect());
  return {
    smallest: Math.min(...pixels),
    inside: boxes.every((box) => box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.left >= 0
      && box.top >= frame.top - 1 && box.bottom <= Math.min(frame.bottom, innerHeight) + 1),
    nodes: boxes.length,
  };
}"""

DRAWN = """() => {
  const frame = document.querySelector("#graph").getBoundingClientRect();
  return [...document.querySelectorAll("#graph .node")].map((node) => {
    const box = node.getBoundingClientRect();
    const inView = box.left >= frame.left - 1 && box.right <= frame.right + 1
      && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    return { id: node.id, title: node.querySelector("text").textContent, inView };
  });
}"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Where the page of a graph is, written once."""
    folder, paths = tmp_path_factory.mktemp("pages"), {}

    def path_of(name):
        if name not in paths:
            paths[name] = draw(GRAPHS[name]()).save(folder / f"{len(paths)}.html")
        return paths[name]

    return path_of


@pytest.fixture
def opened(opened):
    """Opens a page in a window of some size, and waits until it is laid out."""

    def open_page(path, size=(1280, 720), place="", **options):
        page = opened(path, place=place, viewport={"width": size[0], "height": size[1]}, **options)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return page

    return open_page


# The first view


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", GRAPHS)
def test_all_of_a_graph_is_in_view_and_legible(opened, saved, name, size):
    measured = opened(saved(name), size).evaluate(MEASURED)
    assert measured["inside"]
    assert measured["smallest"] >= 9


@pytest.mark.parametrize("size", LARGE, ids=str)
@pytest.mark.parametrize(("name", "nodes"), [("2-3-1", 29), ("3-4-1", 40), ("40 nodes by hand", 40)])
def test_a_large_window_shows_every_node(opened, saved, name, nodes, size):
    assert opened(saved(name), size).evaluate(MEASURED)["nodes"] == nodes


def test_what_is_folded_for_want_of_room_keeps_its_gradients_before_its_long_names(opened, tmp_path):
    a, b, c, d = leaves(0.5, -1.2, 2.0, 0.7, names="a b c d")
    parts = [(a * b).tanh()]
    for other in (lambda p: (c * d / 3).exp() + p, lambda p: (p * b - a).tanh(), lambda p: (p * b + c * a).sigmoid()):
        parts.append(other(parts[-1]))
    for other in (lambda p: (1 + p * p).log() * parts[1], lambda p: (p - parts[2]) ** 2, lambda p: (1 + p) ** 0.5 * d):
        parts.append(other(parts[-1]))
    parts.append((parts[-1] * parts[3] - d).tanh() + parts[5])
    parts.append((parts[-1] + parts[4] * a).relu() / (1 + parts[3]))
    parts.append((parts[-1] - 0.3) ** 2 / 2 + 0.01 * (a * a + b * b + c * c + d * d))
    for part, name in zip(parts, "pqrstuvwzJ", strict=True):
        part.name = name
    page = opened(draw(parts[-1]).save(tmp_path / "g.html"), (1280, 500))
    measured = page.evaluate(MEASURED)
    assert measured["inside"]
    assert measured["smallest"] >= 9
    words = page.locator("#graph .node text").all_text_contents()
    assert words.count("grad\N{NO-BREAK SPACE}") == measured["nodes"] == 14


def test_where_there_is_room_for_no_more_a_gradient_is_marked_by_a_single_sign(opened, saved):
    page = opened(saved("3-4-1"), (1280, 720))
    page.click("#last")
    count = page.locator("#graph .node").count()
    assert page.locator("#graph .node text", has_text="∂").count() == count
    assert page.locator("#graph .node text", has_text=re.compile("—")).count() == 0


def test_a_fold_shows_the_sum_of_the_gradients_inside_as_they_come(opened, saved):
    page = opened(saved("3-4-1"), (900, 620))
    loss = GRAPHS["3-4-1"]()
    loss.backward()
    parameters = [node for node in topological_order(loss) if isinstance(node.name, ParameterName)]
    sums = {}
    for parameter in parameters:
        module = parameter.name.rsplit(".bias")[0].rsplit(".weights")[0]
        sums[module] = sums.get(module, 0.0) + parameter.grad
    shown = """() => Object.fromEntries([...document.querySelectorAll("#graph [data-name]")].map((group) =>
      [group.dataset.name, group.querySelector("[data-node^=sum]")?.textContent]))"""
    assert {page.evaluate(shown)[module] for module in sums} == {"—"}
    page.click("#last")
    assert {module: page.evaluate(shown)[module] for module in sums} == {
        module: number(each, 4) for module, each in sums.items()
    }
    move = "(it) => { it.value = 1.5; it.dispatchEvent(new Event('input')); }"
    page.locator("#nudge input[type=range]").first.evaluate(move)
    moved = page.evaluate(shown)
    assert {module: moved[module] for module in sums} != {module: number(each, 4) for module, each in sums.items()}
    page.click("text=put everything back")
    page.click("#first")
    assert {page.evaluate(shown)[module] for module in sums} == {"—"}


PLACES = """() => Object.fromEntries([...document.querySelectorAll("#graph .node")].map((group) => {
  const { left, right, top, bottom } = group.getBoundingClientRect();
  return [nodes[group.id]?.name ?? group.querySelector("text").textContent, [(left + right) / 2, (top + bottom) / 2]];
}))"""


def in_order(places):
    """Whether they stand one after the other, downwards or to the right."""
    across = max((0, 1), key=lambda axis: max(p[axis] for p in places) - min(p[axis] for p in places))
    return all(one[across] < other[across] for one, other in pairwise(places))


@pytest.mark.parametrize("size", SIZES[:3], ids=str)
@pytest.mark.parametrize(("name", "layers"), [("2-3-1", (2, 3, 1)), ("3-4-1", (3, 4, 1)), ("a softmax", (3, 4, 3))])
def test_weights_and_perceptrons_stand_in_their_order(opened, saved, name, layers, size):
    places = opened(saved(name), size).evaluate(PLACES)
    for layer, (n_inputs, n_outputs) in enumerate(pairwise(layers)):
        prefixes = [f"layers.{layer}.perceptrons.{unit}" for unit in range(n_outputs)]
        for prefix in prefixes:
            weights = [f"{prefix}.weights.{i}" for i in range(n_inputs)] + [f"{prefix}.bias"]
            assert not set(weights) & set(places) or in_order([places[weight] for weight in weights])
        sums = [place for prefix in prefixes for node, place in places.items() if node == f"dot(…, {prefix}.bias)"]
        assert len(sums) in (0, n_outputs)  # they may be folded
        assert not sums or in_order(sums)
    assert in_order([places[f"x{i}"] for i in range(layers[0])])


def test_a_window_that_becomes_small_gets_another_picture_at_the_same_step(opened, saved):
    page = opened(saved("3-4-1"), LARGE[1])
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    place = page.inner_text("#place")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.querySelectorAll('.node').length < 40")
    assert page.inner_text("#place") == place
    measured = page.evaluate(MEASURED)
    assert measured["inside"]
    assert measured["smallest"] >= 9
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_function("() => document.querySelectorAll('.node').length === 40")


def test_a_recurrent_cell_is_drawn_once_and_opens_one_cell(opened, saved):
    page = opened(saved("a recurrence of 20"))
    titles = page.locator(".node text").all_text_contents()
    assert len([title for title in titles if "×" in title]) == 1
    assert "cell × 20" in titles
    page.locator("[data-kind=group]", has_text="cell × 20").click()
    assert "cell × 19" in page.locator(".node text").all_text_contents()
    measured = page.evaluate(MEASURED)
    assert measured["inside"]
    assert measured["smallest"] >= 9


@pytest.mark.parametrize("begins_with_the_input", [True, False])
@pytest.mark.parametrize("each_has_a_loss", [True, False])
def test_cells_are_one_in_whatever_order_their_terms_stand(begins_with_the_input, each_has_a_loss):
    w, u, b, h = leaves(0.5, 0.3, 0.1, 0.0, names="w u b h0")
    losses = []
    for step in range(20):
        x = Value(step / 10, f"x{step}")
        h = tanh(u * x + w * h + b) if begins_with_the_input else tanh(w * h + u * x + b)
        losses.append((h - step) ** 2)
    drawing = draw(total(losses) if each_has_a_loss else losses[-1])
    assert drawing.source.count("&#215; 20") == drawing.source.count("cell &#215; 20") == 1
    assert "20 inputs" in drawing.source


@pytest.mark.parametrize(("name", "size"), [("3-4-1", (900, 620)), ("40 nodes by hand", (390, 844))], ids=str)
def test_a_click_opens_one_fold_legibly_and_leaves_the_others(opened, saved, name, size):
    page = opened(saved(name), size)
    folds = page.locator("#graph [data-nodes]")
    count, before = folds.count(), page.locator(".node").count()
    parts = [fold.get_attribute("data-nodes").split() for fold in folds.all()]
    small = [(place, inside) for place, inside in enumerate(parts) if len(inside) <= 8]  # others may open bit by bit
    assert small
    for place, inside in small[:3]:
        folds.nth(place).focus()
        page.keyboard.press("Enter")
        assert {node.get_attribute("id") for node in page.locator("#graph .node").all()} >= {*inside}
        assert folds.count() == count - 1
        measured = page.evaluate(MEASURED)
        assert measured["inside"]
        assert measured["smallest"] >= 9
        page.click("#whole")
        assert page.locator(".node").count() == before


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ["64-32-10", "a recurrence of 20"])
def test_what_a_click_opens_is_legible_even_if_the_whole_is_not_and_fit_shows_the_whole(opened, saved, name, size):
    page = opened(saved(name), size)
    for place in range(page.locator("#graph [data-kind=group]").count()):
        group = page.locator("#graph [data-kind=group]").nth(place)
        before = {(node["id"], node["title"]) for node in page.evaluate(DRAWN)}
        group.focus()
        page.keyboard.press("Enter")
        new = [node for node in page.evaluate(DRAWN) if (node["id"], node["title"]) not in before]
        assert page.evaluate(MEASURED)["smallest"] >= 9
        assert sum(node["inView"] for node in new) >= min(len(new), 5)
        page.click("#fit")
        assert page.evaluate(MEASURED)["inside"]
        page.click("#whole")


def test_a_phone_shows_that_leaves_are_left_out_and_a_click_brings_each(opened, saved):
    page = opened(saved("a tree"), (390, 844))
    assert re.search(r"\d+ leaves are .*left out here", page.inner_text("#left-out"))
    found, waiting = set(), [[]]
    while waiting:
        way = waiting.pop()
        page.evaluate("whole()")
        for id_ in way:
            page.locator(f"#graph [id='{id_}']").focus()
            page.keyboard.press("Enter")
        new = {*page.evaluate("[...document.querySelectorAll('#graph .node')].map((node) => node.id)")} - found
        found |= new
        opens = page.evaluate("[...document.querySelectorAll('#graph [data-nodes]')].map((node) => node.id)")
        waiting += [[*way, id_] for id_ in opens if id_ in new or not way]
    assert {*page.evaluate("Object.keys(nodes)")} <= found


def test_of_a_chain_the_page_says_how_many_nodes_it_draws_of_those_with_steps(opened, tmp_path):
    y = Value(0.5, "x")
    for place in range(300):
        y = y * 1.5 if place % 2 else sin(y)
    page = opened(draw(y).save(tmp_path / "chain.html"), (1280, 720))
    left_out = int(re.search(r"left out here, (\d+) nodes in all", page.inner_text("#left-out"))[1])
    drawn = page.locator('.node:not([data-kind="omission"])').count()
    assert drawn + left_out == 50


def test_of_thousands_that_are_alike_a_click_shows_the_first_and_the_last_and_says_what_is_between(opened, tmp_path):
    xs = leaves(*(0.001 * i for i in range(1000)), names=" ".join(f"x{i}" for i in range(1000)))
    page = opened(draw(total([tanh(x) for x in xs])).save(tmp_path / "alike.html"), (900, 620))
    page.click("text=1,000 inputs")
    titles = [node["title"] for node in page.evaluate(DRAWN)]
    assert {"x0", "x1", "x998", "x999", "992 inputs"} < {*titles}
    assert page.inner_text("#about").endswith("stands for many nodes (1,000): x0, x1, x2, …, x999")
    page.click("text=992 inputs")
    assert "stands for many nodes (992): x4, x5, x6, …, x995" in page.inner_text("#about")


def test_a_layer_opens_by_a_click(opened, saved):
    page = opened(saved("64-32-10"))
    page.locator("[data-kind=group]").last.click()
    assert {f"perceptrons.{i}" for i in range(10)} < set(page.locator(".node text").all_text_contents())
    page.click("#whole")
    assert page.locator(".node").count() == 8


def test_badges_stand_at_their_nodes_in_a_frame_that_was_hidden_when_it_loaded(browser, tmp_path):
    x, w, v = leaves(1.5, 0.8, -0.4, names="x w v")
    p = w * x + v * x
    p.name = "p"
    report = check_derivation("dp/dw = x\ndp/dv = x\ndp/dx = w", {"x": x, "w": w, "v": v, "p": p})
    path = tmp_path / "notebook.html"
    frame = draw(p).page(report)._repr_html_()
    path.write_text(f"<details><summary>open</summary>{frame}</details>", encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.click("summary")
    inside = page.frames[1]
    inside.wait_for_function("() => document.querySelector('#graph svg').getBoundingClientRect().width > 100")
    distances = inside.evaluate(
        """[...document.querySelectorAll(".badge")].map((badge) => {
             const one = badge.getBoundingClientRect();
             const other = badge.parentNode.querySelector("polygon").getBoundingClientRect();
             return Math.hypot(one.x + one.width / 2 - other.right, one.y + one.height / 2 - other.top);
           })"""
    )
    page.close()
    assert len(distances) == 3
    assert max(distances) < 25


def test_the_path_that_a_wrong_line_kept_is_told_from_the_one_that_it_left_out(opened, tmp_path):
    x, w, v = leaves(1.5, 0.8, -0.4, names="x w v")
    h, k = w * x, v * x
    h.name, k.name = "h", "k"
    p = h + k
    p.name = "p"
    J = p * p
    J.name = "J"
    report = check_derivation("dp/dx = w", {"x": x, "w": w, "v": v, "h": h, "k": k, "p": p, "J": J})
    page = opened(draw(J).save(tmp_path / "g.html", report=report))
    assert (page.locator(".edge.kept").count(), page.locator(".edge.missing").count()) == (2, 2)
    colours = (
        "[...document.querySelectorAll('.edge.kept path, .edge.missing path')].map((e) => getComputedStyle(e).stroke)"
    )
    before = page.evaluate(colours)
    page.keyboard.press("End")
    assert page.evaluate(colours) == before
    assert "dashed" not in page.locator(".edge.kept path").first.evaluate(
        "(path) => getComputedStyle(path).strokeDasharray"
    )
    assert "The node shows dJ/dx" in page.inner_text("#verdict")


# Hands


def box_of(page, node="#n1"):
    return page.locator(node).bounding_box()


def test_dragging_pans_ctrl_and_the_wheel_zoom_and_a_double_click_fits(opened, saved):
    page = opened(saved("one neuron"))
    before, frame = box_of(page), box_of(page, "#graph")
    x, y = frame["x"] + 20, frame["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=3)
    page.mouse.up()
    panned = box_of(page)
    assert (panned["x"] - before["x"], panned["y"] - before["y"]) == pytest.approx((60, 40), abs=1)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function(
        f"() => document.querySelector('#n1').getBoundingClientRect().width > {1.1 * before['width']}"
    )
    page.mouse.dblclick(x, y)
    assert box_of(page) == pytest.approx(before)


def test_two_fingers_pinch_and_move(opened, saved):
    page = opened(saved("one neuron"), (390, 844), has_touch=True)
    before, frame = box_of(page), box_of(page, "#graph")
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind, *xs):
        points = [{"x": x, "y": y, "id": place} for place, x in enumerate(xs)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", x - 30, x + 30)
    for apart in (40, 50, 60):
        fingers("touchMove", x - apart, x + apart)
    fingers("touchEnd")
    pinched = box_of(page)
    assert pinched["width"] == pytest.approx(2 * before["width"], rel=0.02)
    fingers("touchStart", x)
    fingers("touchMove", x + 40)
    fingers("touchEnd")
    assert box_of(page)["x"] == pytest.approx(pinched["x"] + 40, abs=1)
    page.click("#fit")
    assert box_of(page) == pytest.approx(before)


@pytest.mark.parametrize("name", ["one neuron", "3-4-1", "8,000 nodes"])
def test_all_of_it_is_printed_even_if_it_was_moved_out_of_sight(opened, saved, name):
    page = opened(saved(name), (1280, 720))
    page.evaluate("zoom(4); pan(300, 200)")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    edge, boxes = page.evaluate(
        """() => [innerWidth, [...document.querySelectorAll("#graph .node, #sentence")].map((part) => {
             const { left, right, top, width } = part.getBoundingClientRect();
             return [left, right, top, width];
           })]"""
    )
    assert all(left >= 0 and right <= edge + 1 and top >= 0 and width > 0 for left, right, top, width in boxes)
    assert not page.locator("#controls").is_visible()


def test_play_steps_until_it_is_paused(opened, saved):
    page = opened(saved("one neuron"))
    play = page.get_by_role("button", name="play", exact=True)
    play.click()
    page.wait_for_function("() => place >= 2")
    page.get_by_role("button", name="pause", exact=True).click()
    place = page.inner_text("#place")
    page.wait_for_timeout(1500)
    assert page.inner_text("#place") == place


def test_the_gradient_travels_and_the_multiplication_stands_where_it_happens(opened, saved):
    page = opened(saved("one neuron"), place="#step=7")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.getAnimations().length") == 1
    assert page.text_content(".travel text") == "0.7864 × 2 = 1.573"


ON_TEXTS = """() => {
  const hit = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  return steps.map((_, step) => {
    go(step);
    const plate = document.querySelector(".travel .plate")?.getBoundingClientRect();
    const texts = [...document.querySelectorAll("#graph .node text, #graph .titles text")];
    return plate ? texts.filter((text) => hit(plate, text.getBoundingClientRect())).length : 0;
  });
}"""


@pytest.mark.parametrize(("name", "size"), [("2-3-1", LARGE[1]), ("40 nodes by hand", (390, 844))], ids=str)
def test_a_product_lies_over_no_text(opened, saved, name, size):
    assert set(opened(saved(name), size).evaluate(ON_TEXTS)) == {0}


def test_nothing_moves_where_motion_is_reduced(opened, saved):
    page = opened(saved("one neuron"), place="#step=7", reduced_motion="reduce")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.text_content(".travel text") == "0.7864 × 2 = 1.573"


def test_a_link_leads_to_its_step(opened, saved):
    page = opened(saved("one neuron"), place="#step=8")
    assert page.inner_text("#place") == "8 of 10"
    page.evaluate("location.hash = '#step=3'")
    page.wait_for_function("() => place === 3")


def test_who_goes_on_from_a_link_has_the_link_to_where_he_is(opened, saved):
    page = opened(saved("one neuron"), place="#step=3")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("location.hash") == "#step=4"


def test_steps_go_by_layer_and_by_pass(opened, saved):
    page = opened(saved("3-4-1"))
    places = {}
    for stride in ("layer", "pass"):
        page.select_option("#stride", stride)
        page.keyboard.press("Home")
        places[stride] = []
        while page.get_attribute("#next", "aria-disabled") == "false":
            page.click("#next")
            places[stride].append(page.evaluate("[place, steps[place].phase]"))
    assert [phase for _, phase in places["pass"]] == ["forward", "backward", "end"]
    assert 6 <= len(places["layer"]) <= 12


def test_the_end_takes_a_step_against_the_gradient(opened, saved):
    page = opened(saved("one neuron"))
    page.keyboard.press("End")
    assert "w − α · grad = (-3) − 0.1 × 1.573: -3 → -3.157" in page.inner_text("#step")


def test_nan_and_infinities_have_a_colour_of_their_own(opened, tmp_path):
    w, x = leaves(1e308, 1.0, names="w x")
    page = opened(draw((w * 10 - w * 10) * x).save(tmp_path / "g.html"))
    page.keyboard.press("End")
    assert page.locator(".not-finite").count() >= 3
    assert page.locator(".node:has(text:text-is('first here'))").count() == 1


# A picture that stands still


def size_and_text(svg):
    """The width in pixels, and the size of the smallest text, as browsers show an SVG file."""
    width, scale = (float(re.search(pattern, svg)[1]) for pattern in (r'width="([\d.]+)pt"', r"scale\(([\d.]+)"))
    return width * 4 / 3, min(map(float, re.findall(r'font-size="([\d.]+)"', svg))) * scale * 4 / 3


@pytest.mark.parametrize("name", [*GRAPHS, "2-2-2-1", "a chain"])
def test_a_still_picture_is_legible_in_a_thousand_pixels(name):
    graph = GRAPHS[name]() if name in GRAPHS else chain() if name == "a chain" else network(2, 2, 2, 1)
    graph.backward()
    width, text = size_and_text(draw(graph).svg())
    assert width <= 1001
    assert text >= 9


def test_a_still_picture_says_what_it_leaves_out_for_want_of_room_and_shows_it_where_it_is_asked_for():
    loss = network(3, 4, 1)
    assert "for want of room local gradients and long names are left out" in draw(loss).note
    assert draw(loss, detail="nodes").note == draw(loss, show=("data", "grad", "local_grads")).note == ""


def test_a_long_chain_leads_downwards_in_a_still_picture_unless_all_of_it_is_asked_for():
    assert "rankdir=TB" in draw(chain()).source
    assert "rankdir=LR" in draw(chain(), detail="nodes").source


def test_what_is_too_wide_for_a_still_picture_is_folded_there_and_drawn_whole_on_the_page():
    loss = network(2, 2, 2, 1)
    assert "folded to perceptrons" in draw(loss).note
    assert "folded" not in draw(loss).page().html.partition("<script")[0]
