// The gradient on its way, and steps one after another

const still = matchMedia("(prefers-reduced-motion: reduce)");
const PACE = 1100; // milliseconds a step is shown
const WAY = 700; // and of them, those that the gradient is on its way
const POINTS = 24; // of an edge, along which it goes

// A dot runs against the arrow, and the multiplication stands where it happens.
function travel(step, moves) {
  svg.querySelector(".travel")?.remove();
  if (!frame().width) return;
  const line = step.product?.length && step.edges.length === 1 && lines[step.edges[0]];
  if (!line) return;
  const path = line.querySelector("path");
  const length = path.getTotalLength();
  if (!length) return;
  const middle = path.getPointAtLength(length / 2);
  // Above both nodes, so that it hides no number of theirs, if there is room.
  const above = Math.min(...step.nodes.map((id) => Number(groups[id]?.dataset.corner?.split(" ")[1] ?? middle.y))) - 5;
  const top = path.ownerSVGElement.createSVGPoint();
  top.y = above - 12;
  const y = top.matrixTransform(path.getScreenCTM()).y > byId("graph").getBoundingClientRect().top ? above : middle.y - 4;
  const text = step.product.map((piece) => (typeof piece === "string" ? piece : piece[0])).join("");
  const layer = drawn("g", { class: "travel" }, drawn("text", { class: "product", x: middle.x, y }, text));
  path.parentNode.parentNode.append(layer);
  keepInside(layer.firstChild);
  const dot = drawn("circle", { class: "gradient", r: 5 });
  layer.append(dot);
  if (!moves || still.matches) return;
  // Edges are drawn from operand to result.
  const frames = Array.from({ length: POINTS + 1 }, (_, i) => {
    const { x, y } = path.getPointAtLength(length * (1 - i / POINTS));
    return { transform: `translate(${x}px, ${y}px)`, opacity: 1 };
  });
  dot.animate([...frames, { ...frames.at(-1), opacity: 0 }], { duration: WAY, easing: "ease-in-out" });
}

function keepInside(text) {
  const [left, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
  const half = text.getBBox().width / 2 + 3;
  text.setAttribute("x", Math.max(left + half, Math.min(left + width - half, Number(text.getAttribute("x")))));
}

let playing = null;

function pause() {
  clearInterval(playing);
  playing = null;
  byId("play").textContent = "play";
  byId("play").setAttribute("aria-pressed", false);
}

function play() {
  if (place === steps.length - 1) go(0);
  byId("play").textContent = "pause";
  byId("play").setAttribute("aria-pressed", true);
  playing = setInterval(() => {
    stride(1);
    if (place === steps.length - 1) pause();
  }, PACE);
}

byId("play").onclick = () => (playing === null ? play() : pause());

if (document.fullscreenEnabled) {
  byId("screen").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
} else {
  byId("screen").hidden = true;
}

// Links to a step of the graph, whatever is shown of it: #step=8

function goLinked() {
  const found = /(?:^|[#&])step=(\d+)/.exec(location.hash);
  if (!found) return;
  const step = data.steps[Math.min(Number(found[1]), data.steps.length - 1)];
  go(scene === data ? data.steps.indexOf(step) : stepAt(step.moment));
}

addEventListener("hashchange", goLinked);
