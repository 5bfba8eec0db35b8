"use strict";

// Python recorded the steps and wrote every number. Here they are only shown: a step puts texts into the picture, and
// the way back puts back what stood there before.
//
// A scene is a graph with its steps: the graph itself, and what a click on a folded node opens. Each has views: the same
// steps in pictures that are laid out for windows of other shapes, with fewer numbers or with parts folded.
//
// Other scripts of the page listen on the document: "scene" is sent when the steps of another graph are shown, "view"
// when another picture has taken the place of the last, "leave" before each step and "step" after it, "told" when the
// words of a step are there, "digits" when numbers are to be written with all their digits, or no longer.

const data = JSON.parse(document.getElementById("data").textContent);
const scenes = [data, ...data.scenes];
const UNKNOWN = "—";
const byId = (id) => document.getElementById(id);
const key = (id, row) => `${id} ${row}`;
const tellOthers = (event) => document.dispatchEvent(new CustomEvent(event));

let scene = null; // the one that is shown, and its parts
let nodes, edges, steps, marks;
let view = null;
let svg = null;

const notes = [...byId("notes").children]; // of the first scene

let place = 0;
let selected = null;
let chosenPath = null;
let allDigits = false;

// The picture's parts, by what the steps call them: several of these may be one node or edge of a folded picture.

let groups = {};
let lines = [];
let fields = new Map();

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children); // names are only ever put in as text
  return made;
}

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// The classes in their order, and none as no attribute: the way back is to leave no trace.
function toggle(part, name, on) {
  part.classList.toggle(name, on);
  if (part.classList.length) part.setAttribute("class", [...part.classList].sort().join(" "));
  else part.removeAttribute("class");
}

// What each field holds now, and for each step what its fields held before it.
const held = new Map();
let undo = [];
let computed = new Set(); // nodes that some forward step computes

function enter(number) {
  scene = scenes[number];
  ({ nodes, edges, steps, marks } = scene);
  held.clear();
  for (const change of scene.initial) held.set(key(change[0], change[1]), change);
  undo = steps.map((step) =>
    step.changes.map((change) => {
      const before = held.get(key(change[0], change[1]));
      held.set(key(change[0], change[1]), change);
      return before;
    }),
  );
  for (const change of scene.initial) held.set(key(change[0], change[1]), change);
  computed = new Set(steps.filter((step) => step.phase === "forward").map((step) => step.nodes.at(-1)));
  place = 0;
  selected = chosenPath = null;
  byId("slider").max = steps.length - 1;
  byId("notes").replaceChildren(...(scene.notes?.map((note) => element("p", {}, `${note}.`)) ?? notes));
  tellOthers("scene");
}

// Of pictures with the same parts the page carries one, and what is different in the others.
function pictureOf({ picture, changes }) {
  const made = byId(picture).content.firstElementChild.cloneNode(true);
  const parts = [made, ...made.querySelectorAll("*")];
  for (const [part, name, value] of changes) {
    if (name === "") parts[part].textContent = value;
    else if (value === null) parts[part].removeAttribute(name);
    else parts[part].setAttribute(name, value);
  }
  return made;
}

// A view of the scene, drawn anew as it is at the present step.
function drawView(chosen) {
  view = chosen;
  svg = pictureOf(view);
  byId("graph").replaceChildren(svg);
  groups = {};
  lines = [];
  fields = new Map();
  for (const group of svg.querySelectorAll(".node")) {
    for (const id of [group.id, ...(group.dataset.nodes ?? "").split(" ")]) if (id) groups[id] = group;
    if (group.dataset.name) group.setAttribute("aria-label", group.dataset.name);
  }
  for (const edge of svg.querySelectorAll(".edge")) {
    for (const number of (edge.dataset.edges ?? "").split(" ")) if (number) lines[Number(number)] = edge;
  }
  // A number for which this picture has no room is kept in a text that is in none.
  for (const [id, row] of scene.initial) fields.set(key(id, row), drawn("text", {}));
  for (const text of svg.querySelectorAll("[data-row]")) fields.set(key(text.dataset.node, text.dataset.row), text);
  for (const id of computed) wait(id, true);
  for (const change of held.values()) write(change);
  for (let done = 1; done <= place; done++) mark(steps[done], true);
  layOver();
  light(steps[place], true);
  if (selected !== null && groups[selected]) toggle(groups[selected], "selected", true);
  tellOthers("view");
}
