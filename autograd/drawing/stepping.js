// From step to step

function put(change) {
  held.set(key(change[0], change[1]), change);
  write(change);
}

function write([id, row, number, , complete]) {
  const field = fields.get(key(id, row));
  field.textContent = number;
  toggle(field, "partial", !complete);
  toggle(field, "not-finite", /nan|inf/.test(number));
}

// A folded node waits for the one of its nodes that it is called after, which is computed last.
function wait(id, on) {
  const group = groups[id];
  if (group && (group.dataset.last ?? group.id) === id) toggle(group, "waiting", on);
}

// An edge of a folded picture stands for several: it is known with the first of them, and unknown again without any.
function mark(step, done) {
  if (step.phase === "forward") wait(step.nodes.at(-1), !done);
  const what = step.phase === "forward" ? "known" : "passed";
  for (const edge of step.edges) {
    const line = lines[edge];
    if (!line) continue;
    line[what] = (line[what] ?? 0) + (done ? 1 : -1);
    toggle(line, what, line[what] > 0);
  }
}

function light(step, on) {
  for (const id of step.nodes) if (groups[id]) toggle(groups[id], "now", on);
  const last = groups[step.nodes.at(-1)];
  if (last) toggle(last, "to", on);
  for (const edge of step.edges) if (lines[edge]) toggle(lines[edge], "now", on);
  for (const [id, row] of step.changes) toggle(fields.get(key(id, row)), "changed", on);
}

function go(to) {
  tellOthers("leave");
  to = Math.max(0, Math.min(steps.length - 1, to));
  const from = place;
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
  travel(steps[place], place === from + 1);
  bringIntoView(steps[place].nodes);
  tellOthers("step");
}

// By node each step is one; by layer those go together that happen to nodes of one module; by pass all of a phase.

const strides = {
  node: () => true,
  layer: (step, next) => step.phase !== next.phase || step.layer !== next.layer,
  pass: (step, next) => step.phase !== next.phase,
};

function after(from, direction, how) {
  let to = from;
  do to += direction;
  while (to > 0 && to < steps.length - 1 && !strides[how](steps[to], steps[to + 1]));
  return to;
}

const stride = (direction) => go(after(place, direction, byId("stride").value));

// Of two ways to go that stop at the same steps one is offered; a network has its layers for steps.
const ways = [...byId("stride").options];

function offerStrides() {
  const stops = ({ value }) => {
    const found = [];
    for (let to = 0; to < steps.length - 1; ) found.push((to = after(to, 1, value)));
    return found.join();
  };
  const all = ways.map(stops);
  const chosen = byId("stride").value;
  byId("stride").replaceChildren(...ways.filter((_, way) => all.lastIndexOf(all[way]) === way || way === 0));
  byId("stride").hidden = Boolean(scene.views[0].quantity) || byId("stride").options.length < 2;
  if (byId("stride").hidden) byId("stride").value = ways[0].value;
  else if ([...byId("stride").options].some(({ value }) => value === chosen)) byId("stride").value = chosen;
}

document.addEventListener("scene", offerStrides);

// What is said of a step

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
  tellOthers("told");
}

function number([short, full]) {
  return element("span", { class: "number", title: full }, allDigits ? full : short);
}

function formula(pieces) {
  return element("p", { class: "formula" }, ...pieces.map((piece) => (typeof piece === "string" ? piece : number(piece))));
}
