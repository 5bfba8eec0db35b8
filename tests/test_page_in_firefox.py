"""The page in Firefox, driven by Puppeteer: Playwright drives no Firefox of a distribution."""

import json
import os
import shutil
import subprocess

import pytest
from drawn_graphs import GRAPHS
from support import leaves
from test_first_view import MEASURED, SIZES

from autograd import check_derivation, draw, tanh
from autograd.text import number

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
NODE = shutil.which("node")
SECONDS = 180

PROGRAM = """
const puppeteer = require("puppeteer-core");
const [executablePath, address] = process.argv.slice(2);
const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
(async () => {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  try {
    const page = await browser.newPage();
    const messages = [];
    page.on("pageerror", (error) => messages.push(String(error)));
    page.on("console", (message) => messages.push(message.text()));
    const resize = async (width, height) => {
      await page.setViewport({ width, height });
      await page.evaluate(frames);
    };
    await page.setViewport({ width: 1280, height: 720 });
    await page.goto(address);
    await page.evaluate(frames);
    const found = await (async () => { BODY })();
    console.log(JSON.stringify({ found: found ?? null, messages }));
  } finally {
    await browser.close();
  }
})().catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture(scope="module")
def firefox():
    """Runs statements about a `page` that is open in Firefox, and gives what they return."""
    if FIREFOX is None:
        pytest.skip("needs Firefox on the path: apt-get install firefox-esr")
    known = NODE and subprocess.run([NODE, "-e", "require.resolve('puppeteer-core')"], capture_output=True, check=False)
    if not known or known.returncode:
        pytest.skip("needs Node.js and Puppeteer: npm install puppeteer-core, and its node_modules in NODE_PATH")

    def run(path, body):
        command = [NODE, "-", FIREFOX, path.as_uri()]
        environment = {**os.environ, "HOME": str(path.parent), "MOZ_HEADLESS": "1"}
        done = subprocess.run(
            command,
            input=PROGRAM.replace("BODY", body),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert answer["messages"] == []
        return answer["found"]

    return run


def neuron():
    w, x, b = leaves(-3.0, 2.0, 6.5, names="w x b")
    y = tanh(w * x + b)
    y.name = "y"
    return y, (w, x, b)


@pytest.mark.parametrize("name", ["one neuron", "3-4-1", "40 nodes by hand", "a recurrence of 20"])
def test_all_of_a_graph_is_in_view_and_legible(firefox, tmp_path, name):
    path = draw(GRAPHS[name]()).save(tmp_path / "g.html")
    found = firefox(
        path,
        f"""const found = [];
            for (const [width, height] of {json.dumps(SIZES)}) {{
              await resize(width, height);
              found.push(await page.evaluate({MEASURED}));
            }}
            return found;""",
    )
    assert all(measured["inside"] for measured in found)
    assert min(measured["smallest"] for measured in found) >= 9


def test_the_numbers_of_a_slider_that_is_moved_by_keys_are_pythons(firefox, tmp_path):
    y, (w, x, b) = neuron()
    moved, gradient, text = firefox(
        draw(y).save(tmp_path / "g.html"),
        """await page.focus('input[type=range][aria-label="w"]');
           for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
           return page.evaluate(() => {
             const slider = document.querySelector('input[type=range][aria-label="w"]');
             return [Number(slider.value), document.querySelector("#n0 [data-row='1']").textContent,
               slider.getAttribute("aria-valuetext")];
           });""",
    )
    assert moved != -3.0
    w.data = moved
    tanh(w * x + b).backward()
    assert gradient == number(w.grad, 4)
    assert text == number(moved, 4)


def test_it_is_stepped_through_by_keys_played_and_linked_to(firefox, tmp_path):
    y, _ = neuron()
    found = firefox(
        draw(y).save(tmp_path / "g.html"),
        """const where = () => page.evaluate(() => place);
           const found = [];
           for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "End"]) await page.keyboard.press(key);
           found.push(await where());
           await page.evaluate(() => { location.hash = "#step=8"; });
           await page.waitForFunction(() => place === 8);
           await page.click("#first");
           await page.click("#play");
           await page.waitForFunction(() => place >= 2);
           await page.click("#play");
           found.push(await page.$eval("#play", (button) => button.textContent));
           return found;""",
    )
    assert found == [10, "play"]


def test_dragging_pans_the_wheel_zooms_and_a_double_click_fits(firefox, tmp_path):
    y, _ = neuron()
    at_first, panned, zoomed, fitted = firefox(
        draw(y).save(tmp_path / "g.html"),
        """const box = () => page.$eval("#n1", (node) => {
             const { x, y, width } = node.getBoundingClientRect();
             return [x, y, width];
           });
           const found = [await box()];
           const { x, y } = await page.$eval("#graph", (graph) => {
             const { x, y } = graph.getBoundingClientRect();
             return { x: x + 20, y: y + 20 };
           });
           await page.mouse.move(x, y);
           await page.mouse.down();
           await page.mouse.move(x + 60, y + 40, { steps: 3 });
           await page.mouse.up();
           found.push(await box());
           await page.keyboard.down("Control");
           await page.mouse.wheel({ deltaY: -100 });
           await page.keyboard.up("Control");
           await new Promise((done) => setTimeout(done, 300));
           found.push(await box());
           await page.mouse.click(x, y, { count: 2 });
           found.push(await box());
           return found;""",
    )
    assert (panned[0] - at_first[0], panned[1] - at_first[1]) == pytest.approx((60, 40), abs=1)
    assert zoomed[2] > 1.1 * at_first[2]
    assert fitted == pytest.approx(at_first)


def test_badges_stand_at_their_nodes_in_a_frame_that_was_hidden_when_it_loaded(firefox, tmp_path):
    x, w, v = leaves(1.5, 0.8, -0.4, names="x w v")
    p = w * x + v * x
    p.name = "p"
    report = check_derivation("dp/dw = x\ndp/dv = x\ndp/dx = w", {"x": x, "w": w, "v": v, "p": p})
    path = tmp_path / "notebook.html"
    path.write_text(f"<details><summary>open</summary>{draw(p).page(report)._repr_html_()}</details>", encoding="utf-8")
    distances = firefox(
        path,
        """await page.click("summary");
           const inside = page.frames()[1];
           await inside.waitForFunction(() => document.querySelector("#graph svg").getBoundingClientRect().width > 100);
           return inside.evaluate(() => [...document.querySelectorAll(".badge")].map((badge) => {
             const one = badge.getBoundingClientRect();
             const other = badge.parentNode.querySelector("polygon").getBoundingClientRect();
             return Math.hypot(one.x + one.width / 2 - other.right, one.y + one.height / 2 - other.top);
           }));""",
    )
    assert len(distances) == 3
    assert max(distances) < 25
