"""Every single text of the page stands out from what is below it by 4.5 : 1 (WCAG 2.2, 1.4.3), light and dark."""

import pytest
from drawn_graphs import by_hand, large_network, network, softmax_network
from support import leaves

from autograd import check_derivation, draw

CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (above, below) => [0, 1, 2].map((i) => above[i] * above[3] + below[i] * (1 - above[3])).concat(1);
  const faded = (colour, opacity) => [...colour.slice(0, 3), colour[3] * opacity];
  // WCAG 2.2: relative luminance, and contrast ratio.
  const luminance = (colour) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.slice(0, 3).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (...colours) => {
    const [low, high] = colours.map(luminance).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const up = (element) => (element ? [element, ...up(element.parentElement)] : []);
  const ground = (element) => up(element).map((at) => rgba(getComputedStyle(at).backgroundColor)).reverse()
    .reduce((below, colour) => over(colour, below), [255, 255, 255, 1]);
  const seen = (element) => element.getBoundingClientRect().width && getComputedStyle(element).visibility === "visible";
  const opacity = (element) => up(element).reduce((all, at) => all * Number(getComputedStyle(at).opacity), 1);
  const found = [];
  const see = (element, colour, below, what) => {
    found.push([ratio(over(faded(rgba(colour), opacity(element)), below), below), what]);
  };
  for (const text of document.querySelectorAll("svg text")) {
    if (!text.textContent.trim() || !seen(text)) continue;
    let below = ground(text.closest("svg").parentElement);
    const shape = text.closest(".node, .caption")?.querySelector(":scope > :is(path, polygon, ellipse)");
    const style = shape && getComputedStyle(shape);
    if (text.matches(".badge")) below = rgba(getComputedStyle(text).stroke);
    else if (shape && style.fill !== "none") below = over(faded(rgba(style.fill), Number(style.fillOpacity)), below);
    see(text, getComputedStyle(text).fill, below, text.textContent);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const at = texts.currentNode.parentElement;
    if (at.closest("svg, script, template, style") || !texts.currentNode.textContent.trim() || !seen(at)) continue;
    see(at, getComputedStyle(at).color, ground(at), texts.currentNode.textContent);
  }
  return [found.length, found.filter(([x]) => x < 4.5)];
}"""


def a_wrong_line():
    x, w, v = leaves(1.5, 0.8, -0.4, names="x w v")
    p = w * x + v * x
    p.name = "p"
    return draw(p, report=check_derivation("dp/dw = x\ndp/dv = x\ndp/dx = w", {"x": x, "w": w, "v": v, "p": p}))


def numbers_that_are_none():
    w, x = leaves(1e308, 1.0, names="w x")
    return draw((w * 10 - w * 10) * x)


DRAWINGS = {
    "a wrong line": a_wrong_line,
    "NaN": numbers_that_are_none,
    "40 nodes": lambda: draw(by_hand(40, 3)),
    "a folded softmax": lambda: draw(softmax_network()),
    "a network": lambda: draw(network(3, 4, 1), detail="network"),
    "a large network": lambda: draw(large_network(), detail="network"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", DRAWINGS)
def test_every_text_stands_out(opened, name, scheme):
    page = opened(DRAWINGS[name](), color_scheme=scheme, viewport={"width": 1280, "height": 720})

    def stand_out():
        count, faint = page.evaluate(CONTRAST)
        assert count > 10
        assert faint == []

    for share in (0, 0.2, 0.7, 1):
        page.evaluate(f"go(Math.round({share} * (steps.length - 1)))")
        stand_out()
    for quantity in ("weights", "gradients", "activations"):
        if (button := page.get_by_role("button", name=quantity, exact=True)).count():
            button.click()
            stand_out()
    if (slider := page.locator("#nudge input[type=range]").first).count():
        slider.focus()
        page.keyboard.press("ArrowRight")
        stand_out()
    page.locator(".node[role=button]").last.click()
    stand_out()
