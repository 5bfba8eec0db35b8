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
  const text = step.product.map((piece) => (typeof piece === "string" ? piece : piece[0])).join("");
  const layer = drawn("g", { class: "travel" });
  path.parentNode.parentNode.append(layer);
  placeProduct(layer, text, line, path, length);
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

const WAYS_OFF = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((k) => [Math.sin((k * Math.PI) / 6), Math.cos((k * Math.PI) / 6)]);

// Where nothing else stands: near the middle of the edge, or as near to it as there is room.
function placeProduct(layer, text, line, path, length) {
  const label = drawn("text", { class: "product" }, text);
  layer.append(label);
  label.style.fontSize = `${Math.min(13, 15 / layer.getScreenCTM().a)}px`; // on a slide it is large, on a phone it is not
  const { width, height } = label.getBBox();
  const size = { width: width + 6, height: height + 2 };
  const taken = [...svg.querySelectorAll(".node, .edge text, .titles text, .badge")].filter((part) => !line.contains(part)).map((part) => boxAround(part, layer));
  const room = boxAround(byId("graph"), layer);
  const middle = path.getPointAtLength(length / 2);
  let best = null;
  for (let share = 0.5, sign = 1, k = 0; k < 9; k++, sign = -sign, share = 0.5 + sign * 0.05 * Math.ceil(k / 2)) {
    const at = path.getPointAtLength(length * share);
    for (let ring = 0; ring < 14; ring++) {
      for (const [dx, dy] of WAYS_OFF) {
        const x = at.x + dx * ring * size.width * 0.2, y = at.y + dy * ring * size.height * 0.6;
        const box = { left: x - size.width / 2, right: x + size.width / 2, top: y - size.height / 2, bottom: y + size.height / 2 };
        const outside = area(box) - common(box, room);
        const cost = 100 * (outside + taken.reduce((sum, other) => sum + common(box, other), 0)) + Math.hypot(x - middle.x, y - middle.y);
        if (best === null || cost < best.cost) best = { x, y, at, cost };
      }
    }
  }
  const corner = { x: best.x - size.width / 2, y: best.y - size.height / 2 };
  layer.prepend(drawn("rect", { class: "plate", rx: 4, ...corner, ...size }));
  // Where there is no room at the edge, a line leads to it.
  if (Math.hypot(best.x - best.at.x, best.y - best.at.y) > size.height) {
    layer.prepend(drawn("line", { class: "leader", x1: best.x, y1: best.y, x2: best.at.x, y2: best.at.y }));
  }
  for (const [name, value] of [["x", best.x], ["y", best.y + height * 0.3]]) label.setAttribute(name, value);
}

const area = ({ left, right, top, bottom }) => (right - left) * (bottom - top);
const common = (one, other) =>
  Math.max(0, Math.min(one.right, other.right) - Math.max(one.left, other.left)) *
  Math.max(0, Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top));

// The box around a part of the page in the coordinates of the layer.
function boxAround(part, layer) {
  const { left, right, top, bottom } = part.getBoundingClientRect();
  const back = layer.getScreenCTM().inverse();
  const one = new DOMPoint(left, top).matrixTransform(back), other = new DOMPoint(right, bottom).matrixTransform(back);
  return { left: one.x, right: other.x, top: one.y, bottom: other.y };
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

// Links to a step of the graph, whatever is shown of it: #step=8. In the network, which a button shows, or the link
// itself, #network&step=3, they are to one of its steps.

let linked = false; // whether a link led here

function goLinked() {
  const found = /(?:^|[#&])step=(\d+)/.exec(location.hash);
  if (/[#&]network\b/.test(location.hash) && data.network !== null) showNetwork();
  if (!found) return;
  linked = true;
  const number = Math.min(Number(found[1]), Number.MAX_SAFE_INTEGER);
  if (scene === data || (chosenHome && scene === scenes[data.network])) return go(number);
  go(stepAt(data.steps[Math.min(number, data.steps.length - 1)].moment));
}

addEventListener("hashchange", goLinked);

// Who came by a link and goes on has the link to where he is.
document.addEventListener("step", () => {
  const address = location.hash.replace(/([#&]step=)\d+/, `$1${place}`);
  if (!linked || !(scene === data || scene === scenes[data.network]) || address === location.hash) return;
  try {
    history.replaceState(history.state, "", address);
  } catch {
    // Browsers allow so many in some seconds; the next one is right again.
  }
});
