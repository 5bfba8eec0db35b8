// Which picture of the scene is shown, and which part of it

const LEGIBLE = 9; // pixels, the size of the smallest text
const LARGEST = 1.6; // how far a small picture is blown up to fill its frame

let camera = { x: 0, y: 0, scale: 1 };
let moved = false; // by hand

function frame() {
  const { clientWidth: width, clientHeight: height } = byId("graph");
  return { width, height };
}

function scaleOf({ width, height }) {
  const room = frame();
  return Math.min(room.width / width, room.height / height, LARGEST);
}

const textSize = (candidate) => candidate.smallest * scaleOf(candidate);

// The first view, from the one that shows most, whose texts are large enough; else the one with the largest.
function bestView() {
  const views = scene.views.filter(({ quantity, byHand }) => !byHand && (!quantity || quantity === shownQuantity()));
  return views.find((candidate) => textSize(candidate) >= LEGIBLE)
    ?? views.reduce((best, other) => (textSize(other) > textSize(best) ? other : best));
}

function showView(chosen) {
  drawView(chosen);
  tell();
  travel(steps[place], false);
}

function arrange() {
  const room = frame();
  if (!room.width || !room.height) return; // hidden: it is arranged when it is seen
  if (!chosenHome && data.network !== null) {
    const legible = data.views.some((candidate) => !candidate.byHand && textSize(candidate) >= LEGIBLE);
    goHome(legible ? 0 : data.network);
  }
  const best = opened ? view : bestView();
  if (best !== view) showView(best);
  if (fresh.length) lookAtFresh();
  else fit();
}

function look(x, y, scale) {
  camera = { x, y, scale };
  svg.style.width = `${scale * view.width}px`;
  svg.style.height = `${scale * view.height}px`;
  svg.style.transform = `translate(${x}px, ${y}px)`;
}

function fit() {
  moved = false;
  const room = frame(), scale = scaleOf(view);
  look((room.width - scale * view.width) / 2, (room.height - scale * view.height) / 2, scale);
}

// What a click opened is to be read: where the whole is too small for that, what is new in it fills the frame, or as much
// of it as is legible, to its end.
let fresh = []; // the ids of what was opened

function lookAtFresh() {
  fit();
  const parts = fresh.filter((id) => groups[id]?.id === id).map((id) => groups[id].getBoundingClientRect());
  if (!parts.length || textSize(view) >= LEGIBLE) return;
  const room = frame(), ground = byId("graph").getBoundingClientRect();
  const legible = (1.02 * LEGIBLE) / view.smallest;
  const side = (start, end, from, size, at) => {
    const low = (Math.min(...parts.map((box) => box[start])) - from - at) / camera.scale;
    const high = (Math.max(...parts.map((box) => box[end])) - from - at) / camera.scale;
    const last = parts.at(-1);
    return { low, high, size, last: ((last[start] + last[end]) / 2 - from - at) / camera.scale };
  };
  const across = side("left", "right", ground.left, room.width, camera.x);
  const down = side("top", "bottom", ground.top, room.height, camera.y);
  const filling = Math.min(...[across, down].map(({ low, high, size }) => (0.92 * size) / (high - low)), LARGEST);
  const scale = Math.max(legible, filling);
  // In the middle if there is room for all; else with the last of it as far in the middle as the rest allows.
  const start = ({ low, high, size, last }) => {
    const edge = Math.min(0.04 * size, 20);
    if ((high - low) * scale <= size) return size / 2 - (scale * (low + high)) / 2;
    return Math.min(edge - scale * low, Math.max(size - edge - scale * high, size / 2 - scale * last));
  };
  moved = true;
  look(start(across), start(down), scale);
}

function zoom(factor, x = frame().width / 2, y = frame().height / 2) {
  const scale = Math.max(0.02, Math.min(8, camera.scale * factor));
  const by = scale / camera.scale;
  moved = true;
  look(x - (x - camera.x) * by, y - (y - camera.y) * by, scale);
}

function pan(x, y) {
  moved = true;
  look(camera.x + x, camera.y + y, camera.scale);
}

function bringIntoView(ids) {
  const boxes = ids.slice(-2).filter((id) => groups[id]).map((id) => groups[id].getBoundingClientRect());
  if (!boxes.length || !moved) return;
  const room = byId("graph").getBoundingClientRect();
  const left = Math.min(...boxes.map((box) => box.left)), right = Math.max(...boxes.map((box) => box.right));
  const top = Math.min(...boxes.map((box) => box.top)), bottom = Math.max(...boxes.map((box) => box.bottom));
  const fits = right - left < room.width && bottom - top < room.height;
  const box = fits ? { left, right, top, bottom } : boxes.at(-1);
  const hidden = left < room.left || right > room.right || top < room.top || bottom > room.bottom;
  if (hidden) pan(room.left + room.width / 2 - (box.left + box.right) / 2, room.top + room.height / 2 - (box.top + box.bottom) / 2);
}
