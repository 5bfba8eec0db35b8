"use strict";

// Python recorded the steps and wrote every number. Here they are only shown: a step puts texts into the picture, and
// the way back puts back what stood there before.

const data = JSON.parse(document.getElementById("data").textContent);
const { nodes, edges, steps, marks } = data;
const UNKNOWN = "—";
const SHOWN_NODES = 12; // of a path; of a longer one the ends
const byId = (id) => document.getElementById(id);
const svg = document.querySelector("#graph svg");

let place = 0;
let selected = null;
let chosenPath = null;
let allDigits = false;

// The picture's parts

const groups = {};
for (const id of Object.keys(nodes)) groups[id] = byId(id);
const lines = edges.map((_, number) => byId(`e${number}`));

const fields = new Map();
const key = (id, row) => `${id} ${row}`;
for (const [id, group] of Object.entries(groups)) {
  for (const text of group.querySelectorAll("[data-row]")) fields.set(key(id, Number(text.dataset.row)), text);
}

// What each field holds now, and for each step what its fields held before it.
const held = new Map();
for (const change of data.initial) held.set(key(change[0], change[1]), change);
const undo = steps.map((step) =>
  step.changes.map((change) => {
    const before = held.get(key(change[0], change[1]));
    held.set(key(change[0], change[1]), change);
    return before;
  }),
);
for (const change of data.initial) held.set(key(change[0], change[1]), change);

const computed = new Set(); // nodes that some forward step computes
for (const step of steps) if (step.phase === "forward") computed.add(step.nodes.at(-1));

// Stepping

// The classes in their order, and none as no attribute: the way back is to leave no trace.
function toggle(part, name, on) {
  part.classList.toggle(name, on);
  if (part.classList.length) part.setAttribute("class", [...part.classList].sort().join(" "));
  else part.removeAttribute("class");
}

function put(change) {
  const [id, row, number, , complete] = change;
  held.set(key(id, row), change);
  const field = fields.get(key(id, row));
  field.textContent = number;
  toggle(field, "partial", !complete);
}

function mark(step, done) {
  if (step.phase === "forward") toggle(groups[step.nodes.at(-1)], "waiting", !done);
  for (const edge of step.edges) toggle(lines[edge], step.phase === "forward" ? "known" : "passed", done);
}

function light(step, on) {
  for (const id of step.nodes) toggle(groups[id], "now", on);
  if (step.nodes.length) toggle(groups[step.nodes.at(-1)], "to", on);
  for (const edge of step.edges) toggle(lines[edge], "now", on);
  for (const [id, row] of step.changes) toggle(fields.get(key(id, row)), "changed", on);
}

function go(to) {
  to = Math.max(0, Math.min(steps.length - 1, to));
  light(steps[place], false);
  for (; place < to; place++) {
    steps[place + 1].changes.forEach(put);
    mark(steps[place + 1], true);
  }
  for (; place > to; place--) {
    undo[place].toReversed().forEach(put);
    mark(steps[place], false);
  }
  light(steps[place], true);
  tell();
  bringIntoView(steps[place]);
}

function tell() {
  const step = steps[place];
  const phase = { start: "before the passes", forward: "forward pass", backward: "backward pass", end: "the end" };
  byId("phase").textContent = phase[step.phase];
  byId("phase").className = step.phase;
  byId("sentence").textContent = step.sentence;
  byId("lines").replaceChildren(...step.lines.flatMap(([caption, pieces]) => [
    ...(caption ? [element("p", { class: "caption" }, caption)] : []),
    formula(pieces),
  ]));
  byId("place").textContent = `${place} of ${steps.length - 1}`;
  byId("slider").value = place;
  byId("slider").setAttribute("aria-valuetext", `${place}: ${step.sentence}`);
  for (const id of ["first", "previous"]) byId(id).setAttribute("aria-disabled", place === 0);
  for (const id of ["next", "last"]) byId(id).setAttribute("aria-disabled", place === steps.length - 1);
  byId("step").scrollTop = 0;
  tellOfNode();
}

function bringIntoView(step) {
  if (!step.nodes.length) return;
  const frame = byId("graph").getBoundingClientRect();
  const boxes = step.nodes.slice(-2).map((id) => groups[id].getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left)), right = Math.max(...boxes.map((box) => box.right));
  const top = Math.min(...boxes.map((box) => box.top)), bottom = Math.max(...boxes.map((box) => box.bottom));
  const fits = right - left < frame.width && bottom - top < frame.height;
  const [x, y] = fits
    ? [(left + right) / 2, (top + bottom) / 2]
    : [(boxes.at(-1).left + boxes.at(-1).right) / 2, (boxes.at(-1).top + boxes.at(-1).bottom) / 2];
  const hidden = left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom;
  if (hidden) byId("graph").scrollBy(x - frame.left - frame.width / 2, y - frame.top - frame.height / 2);
}

// Text: names are only ever put in as text.

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function number([short, full]) {
  return element("span", { class: "number", title: full }, allDigits ? full : short);
}

function formula(pieces) {
  return element("p", { class: "formula" }, ...pieces.map((piece) => (typeof piece === "string" ? piece : number(piece))));
}

// A node: what it holds, its formula, its paths

function contents(id) {
  return nodes[id].rows.map((word, row) => {
    const [, , short, full, complete] = held.get(key(id, row));
    return [complete ? word : `${word} so far`, full || short];
  });
}

function read(id) {
  byId("readout").textContent =
    id === null ? "" : [nodes[id].name, ...contents(id).map(([word, text]) => `${word} ${text}`)].join(" · ");
}

function tellOfNode() {
  byId("hint").hidden = selected !== null;
  const page = byId("node");
  if (selected === null) return page.replaceChildren();
  const node = nodes[selected];
  const rows = contents(selected).flatMap(([word, text]) => [element("dt", {}, word), element("dd", {}, text)]);
  const claims = marks.filter(([id]) => id === selected).map(([, holds, claim, message]) =>
    element("p", { class: `claim ${holds ? "right" : "wrong"}` }, [claim, ...message].join(" — ")));
  const close = element("button", { type: "button" }, "close");
  close.onclick = () => select(null);
  page.replaceChildren(
    element("h2", {}, node.name),
    element("p", { class: "caption" }, node.kind === "group" ? "stands for many nodes; expand= of draw opens it" : node.kind),
    element("dl", {}, ...rows),
    ...(node.formula?.length ? [formula(node.formula)] : []),
    ...claims,
    ...(node.paths ? pathsOf(selected) : []),
    element("p", { class: "caption" }, close),
  );
  return page;
}

function pathsOf(id) {
  const node = nodes[id];
  const one = node.count === "1";
  const words = node.count === "0" ? "no gradient passes on any path" : one ? "one path" : `the sum over ${node.count} paths`;
  const some = !one && node.paths.length && String(node.paths.length) !== node.count;
  return [
    element("h3", {}, "Paths"),
    formula([`${node.gradient} = `, node.total]),
    element("p", { class: "caption" }, words + (some ? `; those with the largest |product|:` : "")),
    element("ol", {}, ...node.paths.map((_, rank) => pathItem(id, rank))),
  ];
}

function follow(id, rank) {
  const along = { ids: [id], edges: [], locals: [], whole: true };
  for (let link = nodes[id].paths[rank]; link.length; link = nodes[id].paths[rank]) {
    const [edge, next, local] = link;
    along.locals.push(local);
    if (edge >= 0) along.edges.push(edge);
    if (edge >= 0) along.ids.push((id = edges[edge][1]));
    if (next < 0) {
      along.whole = false;
      break;
    }
    rank = next;
  }
  return along;
}

function ends(list, gap) {
  const half = SHOWN_NODES / 2;
  return list.length <= SHOWN_NODES ? list : [...list.slice(0, half), gap, ...list.slice(-half)];
}

function pathItem(id, rank) {
  const along = follow(id, rank);
  const names = ends(along.ids.map((node) => nodes[node].name), "…");
  if (!along.whole) names.push("…");
  const [, , , product, why] = nodes[id].paths[rank];
  const button = element("button", { type: "button", "aria-pressed": chosenPath === rank }, names.join(" → "));
  button.onclick = () => choosePath(chosenPath === rank ? null : rank);
  // From the output to the node, as the chain rule is written.
  const factors = ends(along.locals.toReversed(), "…").flatMap((local, i) => [...(i ? [" · "] : []), ...factor(local)]);
  if (!along.whole) factors.unshift("… · ");
  const pieces = product === undefined ? ["1"] : along.locals.length > 1 || !along.whole ? [...factors, " = ", product] : factors;
  if (why) pieces.push(`: ${why}`);
  return element("li", {}, button, formula(pieces));
}

const factor = (local) => (local[0].startsWith("-") ? ["(", local, ")"] : [local]);

function choosePath(rank) {
  if (selected !== null && chosenPath !== null) {
    for (const edge of follow(selected, chosenPath).edges) toggle(lines[edge], "on-path", false);
  }
  chosenPath = rank;
  if (rank !== null) for (const edge of follow(selected, rank).edges) toggle(lines[edge], "on-path", true);
  tellOfNode();
  if (rank !== null) byId("node").querySelectorAll("li button")[rank].focus();
}

function select(id) {
  choosePath(null);
  const before = selected;
  if (before !== null) toggle(groups[before], "selected", false);
  selected = id;
  if (id !== null) toggle(groups[id], "selected", true);
  else if (before !== null && byId("node").contains(document.activeElement)) groups[before].focus();
  tellOfNode();
}

// A report laid over: badges, and the first wrong line's message

function layOver() {
  for (const [id, holds, claim] of marks) {
    if (!id) continue;
    const group = groups[id];
    if (group.classList.contains("wrong")) continue;
    toggle(group, holds ? "right" : "wrong", true);
    group.querySelector(".badge")?.remove();
    const box = group.getBBox();
    const badge = document.createElementNS(svg.namespaceURI, "text");
    for (const [name, value] of Object.entries({ class: `badge ${holds ? "right" : "wrong"}`, x: box.x + box.width - 6, y: box.y + 7 })) {
      badge.setAttribute(name, value);
    }
    badge.textContent = holds ? "✓" : "✗";
    group.append(badge);
  }
  const wrong = marks.find(([, holds]) => !holds);
  if (!marks.length) return;
  const verdict = byId("verdict");
  verdict.hidden = false;
  verdict.className = wrong ? "wrong" : "right";
  verdict.open = innerWidth > 800; // on a phone the graph needs the room
  verdict.firstElementChild.append(
    ...(wrong ? ["✗ The first wrong line: ", element("code", {}, wrong[2])] : ["✓ The nodes of right claims are marked."]),
  );
  if (wrong) verdict.append(...wrong[3].map((line) => element("p", {}, line)));
}

// Size

let zoom = 1;
const width = (Number(svg.dataset.width) * 4) / 3; // points to pixels

function fitting() {
  const frame = byId("graph");
  const [, , w, h] = svg.getAttribute("viewBox").split(" ").map(Number);
  return Math.min(frame.clientWidth / width, (frame.clientHeight / width) * (w / h));
}

function setZoom(to) {
  zoom = Math.max(0.02, Math.min(4, to));
  svg.style.width = `${zoom * width}px`;
}

// Hands

const moves = {
  first: () => go(0),
  previous: () => go(place - 1),
  next: () => go(place + 1),
  last: () => go(steps.length - 1),
};
for (const [id, move] of Object.entries(moves)) byId(id).onclick = move;
byId("slider").max = steps.length - 1;
byId("slider").oninput = () => go(Number(byId("slider").value));
byId("smaller").onclick = () => setZoom(zoom / 1.25);
byId("larger").onclick = () => setZoom(zoom * 1.25);
byId("fit").onclick = () => setZoom(fitting());
byId("digits").onclick = () => {
  allDigits = !allDigits;
  byId("digits").setAttribute("aria-pressed", allDigits);
  tell();
};

const keys = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last" };
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const node = event.target.closest?.(".node[role=button]");
  if (event.key in keys) moves[keys[event.key]]();
  else if (node && (event.key === "Enter" || event.key === " ")) select(node.id);
  else if (event.key === "Escape" && selected !== null) select(null);
  else return;
  event.preventDefault();
});

const nodeAt = (event) => event.target.closest?.(".node[role=button]")?.id ?? null;
svg.addEventListener("click", (event) => select(nodeAt(event)));
svg.addEventListener("pointerover", (event) => read(nodeAt(event)));
svg.addEventListener("pointerleave", () => read(null));
svg.addEventListener("focusin", (event) => read(nodeAt(event)));
svg.addEventListener("focusout", () => read(null));

// The start

for (const [id, group] of Object.entries(groups)) {
  if (nodes[id].kind !== "omission") group.setAttribute("aria-label", nodes[id].name);
  toggle(group, "waiting", computed.has(id));
}
layOver();
setZoom(fitting() < 0.7 ? 1 : Math.min(1.5, fitting()));
go(0);
