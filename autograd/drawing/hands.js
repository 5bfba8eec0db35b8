// What is folded opens by a click: in another view of this scene, or as another scene.

let opened = false; // a view that was chosen by hand

// With their titles, for a layer that is folded has the id of its last perceptron.
const drawnHere = () => new Map([...svg.querySelectorAll(".node")].map((group) => [group.id, group.querySelector("text").textContent]));

function open(id) {
  const group = groups[id];
  const name = group.dataset.name ?? nodes[id].name;
  const inside = insideOf(id).map((each) => nodes[each].name);
  const holds = inside.length ? `stands for many nodes (${inside.length}): ${ends(inside, "…").join(", ")}` : nodes[id]?.holds || "stands for many nodes";
  const focused = group.contains(document.activeElement);
  const before = drawnHere();
  if (view.opens?.[group.id] !== undefined) {
    opened = true;
    showView(scene.views[view.opens[group.id]]);
  } else if (scene.opens?.[id] !== undefined) change(scene.opens[id]);
  else return false;
  fresh = [...drawnHere()].filter(([each, title]) => before.get(each) !== title).map(([each]) => each);
  lookAtFresh();
  byId("whole").hidden = false;
  unfolded = { name, holds };
  tell();
  if (focused) (groups[fresh.findLast((each) => groups[each].getAttribute("role") === "button")] ?? svg.querySelector(".node[role=button]"))?.focus();
  return true;
}

function change(number) {
  const { moment } = steps[place];
  enter(number);
  opened = false;
  fresh = [];
  byId("whole").hidden = number === home;
  showView(bestView());
  go(stepAt(moment));
  fit();
}

// The step of this scene that stands where a step of another one does.
function stepAt(moment) {
  const after = steps.findIndex((step) => step.moment > moment);
  return moment < 0 ? 0 : after < 0 ? steps.length - 1 : after - 1;
}

// The whole is the graph, or where nothing of that is legible the network that it is, or what was chosen by its button.

let home = 0;
let chosenHome = false;

function goHome(number) {
  byId("circles").setAttribute("aria-pressed", number !== 0);
  if (home === number) return;
  const away = scene !== scenes[home];
  home = number;
  if (!away && !opened) change(home);
}

if (data.network !== null) {
  byId("circles").hidden = false;
  byId("circles").onclick = () => chooseHome(home === 0 ? data.network : 0);
}

function chooseHome(number) {
  chosenHome = true;
  if (scene !== scenes[home] || opened) whole();
  goHome(number);
}

const showNetwork = () => chooseHome(data.network);

function whole() {
  unfolded = null;
  byId("whole").hidden = true;
  if (scene !== scenes[home]) return change(home);
  opened = false;
  fresh = [];
  arrange();
  tell();
}

function showAll() {
  fresh = [];
  fit();
}

// Buttons and keys

const moves = {
  first: () => go(0),
  previous: () => stride(-1),
  next: () => stride(1),
  last: () => go(steps.length - 1),
};
for (const [id, move] of Object.entries(moves)) {
  byId(id).onclick = () => {
    pause();
    move();
  };
}
byId("slider").oninput = () => go(Number(byId("slider").value));
byId("smaller").onclick = () => zoom(1 / 1.25);
byId("larger").onclick = () => zoom(1.25);
byId("fit").onclick = showAll;
byId("whole").onclick = whole;
byId("digits").onclick = () => {
  allDigits = !allDigits;
  byId("digits").setAttribute("aria-pressed", allDigits);
  tellOthers("digits");
  tell();
};

const keys = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last" };
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  if (event.target !== byId("slider") && event.target.matches?.("input, select, textarea")) return;
  const group = event.target.closest?.(".node[role=button]");
  if (event.key in keys) byId(keys[event.key]).click();
  else if (group && (event.key === "Enter" || event.key === " ")) chosen(group.id);
  else if (event.key === "Escape" && selected !== null) select(null);
  else if (event.key === "Escape" && !byId("whole").hidden) whole();
  else return;
  event.preventDefault();
});

function chosen(id) {
  if (id !== null && (groups[id].dataset.nodes || !nodes[id] || nodes[id].kind === "omission")) return open(id);
  select(id);
  return id !== null && nodes[id].kind === "group" && open(id);
}

// The picture under the hand

const ground = byId("graph");
const idAt = (event) => event.target.closest?.(".node[role=button]")?.id ?? null;
const inGround = (event) => {
  const { left, top } = ground.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
};

let drag = null;
ground.addEventListener("pointerdown", (event) => {
  if (event.button === 0 && event.pointerType !== "touch") drag = { x: event.clientX, y: event.clientY, far: false };
});
addEventListener("pointermove", (event) => {
  if (!drag) return;
  const x = event.clientX - drag.x, y = event.clientY - drag.y;
  if (!drag.far && Math.hypot(x, y) < 4) return;
  pan(x, y);
  drag = { x: event.clientX, y: event.clientY, far: true };
  ground.classList.add("dragged");
});
addEventListener("pointerup", () => {
  ground.classList.remove("dragged");
  if (drag?.far) ground.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
  drag = null;
});
ground.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / (event.deltaMode ? 8 : 250)), ...inGround(event));
}, { passive: false });

// One finger scrolls the page, or moves a picture that was enlarged; two pinch.
let touches = [];
const touched = (event) => [...event.touches].map(({ clientX, clientY }) => ({ clientX, clientY }));
ground.addEventListener("touchstart", (event) => (touches = touched(event)), { passive: true });
ground.addEventListener("touchend", (event) => (touches = touched(event)), { passive: true });
ground.addEventListener("touchmove", (event) => {
  const now = touched(event);
  if (now.length !== touches.length || (now.length === 1 && !moved)) return;
  event.preventDefault();
  const middle = (some) => ({
    clientX: some.reduce((sum, one) => sum + one.clientX, 0) / some.length,
    clientY: some.reduce((sum, one) => sum + one.clientY, 0) / some.length,
  });
  const from = middle(touches), to = middle(now);
  pan(to.clientX - from.clientX, to.clientY - from.clientY);
  if (now.length === 2) {
    const apart = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    zoom(apart(now) / apart(touches), ...inGround(to));
  }
  touches = now;
}, { passive: false });

ground.addEventListener("dblclick", (event) => idAt(event) === null && showAll());
ground.addEventListener("click", (event) => chosen(idAt(event)));
ground.addEventListener("pointerover", (event) => read(idAt(event)));
ground.addEventListener("pointerleave", () => read(null));
ground.addEventListener("focusin", (event) => {
  ground.scrollTo(0, 0); // the browser's own way of showing it, which is not ours
  const id = idAt(event);
  read(id);
  if (id !== null) bringIntoView([id]);
});
ground.addEventListener("focusout", () => read(null));

// The start. Nothing is measured before there is a size: the page may be in a frame that is hidden yet.

enter(0);
showView(scene.views[0]);
tellVerdict();
go(0);
goLinked();
new ResizeObserver(arrange).observe(ground);
arrange();
