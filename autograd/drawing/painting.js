// The picture with other numbers in its leaves, and back: what is changed in it is noted, so that it leaves no trace.

// What of the scene moves.
const movable = () => scene.nudge ?? { rows: [], slots: [], texts: [] };

class Painting {
  constructor(graph, program) {
    Object.assign(this, { graph, program });
    this.before = new Map(); // of a part of the picture that was changed: its attributes and its text
    this.rooms = new WeakMap(); // of a number: how wide it may be, and its middle
  }

  short(x) {
    return allDigits ? exact(x) : shortened(x, movable().digits ?? this.program.digits);
  }

  // A number of the program inside a formula, as Python's PictureWriter has it.
  numeral(x) {
    return allDigits ? exact(x) : this.asPythonDrew(x);
  }

  asPythonDrew(x) {
    const nearly = shortened(x, this.program.digits + 2);
    return Number(nearly) === x ? nearly : shortened(x, this.program.digits);
  }

  keep(part) {
    if (!this.before.has(part)) {
      const attributes = part.getAttributeNames().map((name) => [name, part.getAttribute(name)]);
      this.before.set(part, { attributes, text: part.childElementCount ? null : part.textContent });
    }
    return part;
  }

  putBack() {
    for (const [part, { attributes, text }] of this.before) {
      for (const name of part.getAttributeNames()) part.removeAttribute(name);
      for (const [name, value] of attributes) part.setAttribute(name, value);
      if (text !== null) part.textContent = text;
    }
    this.forget();
  }

  forget() {
    this.before.clear();
  }

  paint() {
    const { values, gradients } = this.graph;
    for (const [id, row, what, of] of movable().rows) {
      const numbers = what === "grad" ? gradients : values;
      const x = of.reduce((total, node) => total + numbers[node], 0) / (what === "mean" ? of.length : 1);
      put([id, row, this.short(x), repr(x), 1]);
      this.squeeze(id, row);
    }
    // A leaf without a name stands as its number, in its title and in the formulas of others.
    for (const { node, value, named } of this.program.leaves) {
      if (named === false) this.rewrite(`n${node}`, this.asPythonDrew(Number(value)), this.numeral(values[node]));
    }
    for (const [id, text, pieces] of movable().texts) this.rewrite(id, text, this.withNumbers(pieces));
    if (view.quantity) this.paintNetwork();
    else this.paintEdges();
  }

  // Texts

  withNumbers(pieces) {
    return pieces.map((piece) => (typeof piece === "number" ? this.numeral(this.graph.values[piece]) : piece)).join("");
  }

  rewrite(id, before, after) {
    if (groups[id]?.id !== id) return; // it is folded here
    for (const text of groups[id].querySelectorAll("text:not([data-row])")) {
      if ((this.before.get(text)?.text ?? text.textContent) === before) this.keep(text).textContent = after;
    }
  }

  nameOf(node) {
    const name = this.program.names[node];
    const found = movable().texts.find(([id, text]) => id === `n${node}` && text === name);
    return found ? this.withNumbers(found[2]) : name;
  }

  // A number that is longer than Python's, for which the node is too narrow, is drawn closer. One that has no word
  // beside it stays in the middle.
  squeeze(id, row) {
    const field = fields.get(key(id, row));
    if (!field?.isConnected) return; // a picture may have no room for all numbers
    const digit = 0.56 * Number(field.getAttribute("font-size"));
    this.keep(field);
    if (!this.rooms.has(field)) this.rooms.set(field, this.roomOf(field, digit, id, row));
    const { room, middle } = this.rooms.get(field);
    if (middle !== null) {
      field.setAttribute("text-anchor", "middle");
      field.setAttribute("x", middle);
    }
    const tight = field.textContent.length * digit > room;
    for (const [name, value] of [["textLength", room.toFixed(1)], ["lengthAdjust", "spacingAndGlyphs"]]) {
      if (tight) field.setAttribute(name, value);
      else field.removeAttribute(name);
    }
  }

  roomOf(field, digit, id, row) {
    const x = Number(field.getAttribute("x"));
    const word = field.previousElementSibling;
    if (field.getAttribute("text-anchor") === "end") {
      return { room: x - Number(word.getAttribute("x")) - word.textContent.trim().length * digit - 4, middle: null };
    }
    const right = Number(field.closest(".node").dataset.corner.split(" ")[0]);
    if (field.getAttribute("text-anchor") === "middle") return { room: 2 * (right - x) - 4, middle: x };
    // Graphviz made room for the longest text that Python puts there.
    const all = [...scene.initial, ...steps.flatMap((step) => step.changes)];
    const longest = Math.max(...all.filter((change) => change[0] === id && change[1] === row).map((change) => change[2].length));
    const middle = x + (digit * longest) / 2;
    return { room: Math.max(2 * (right - middle) - 4, digit * longest), middle };
  }

  // Edges: a line of the picture may stand for several

  paintEdges() {
    const flows = new Map();
    movable().slots.forEach((slots, edge) => {
      if (lines[edge]) flows.set(lines[edge], [...(flows.get(lines[edge]) ?? []), ...slots]);
    });
    for (const [line, slots] of flows) flows.set(line, this.flow(slots));
    const sizes = [...flows.values()].map(({ contribution }) => Math.abs(contribution)).filter(Number.isFinite);
    const largest = Math.max(0, ...sizes);
    for (const [line, flow] of flows) this.paintLine(line, flow, largest);
  }

  // What passes along some operands: upstream gradient × local gradient, in sum.
  flow(slots) {
    const { locals, reached, gradients } = this.graph;
    const found = { contribution: 0, passes: false, locals: [] };
    for (const [head, operand] of slots) {
      const local = locals[head]?.[operand] ?? null;
      found.passes ||= local !== null || this.program.gates[this.program.rules[head]];
      if (local !== null && reached[head]) found.contribution += gradients[head] * local;
      found.locals.push(local ?? 0);
    }
    return found;
  }

  paintLine(line, { contribution, passes, locals }, largest) {
    const { thinnest, thickest } = this.program.look;
    const size = Math.abs(contribution);
    const share = !passes || Number.isNaN(size) ? 0 : size === Infinity ? 1 : size / largest || 0;
    this.keep(line);
    for (const [name, on] of [["known", true], ["passed", passes], ["positive", passes && contribution > 0], ["negative", passes && contribution < 0]]) {
      toggle(line, name, on);
    }
    for (const part of line.querySelectorAll("path, polygon")) {
      this.keep(part).setAttribute("stroke-width", (thinnest + (thickest - thinnest) * Math.sqrt(share)).toFixed(2));
      if (part.tagName === "polygon") continue;
      if (passes) part.removeAttribute("stroke-dasharray");
      else part.setAttribute("stroke-dasharray", "5,2");
    }
    const label = locals.length === 1 && line.querySelector("text");
    if (label) this.relabel(label, locals[0], [...line.querySelectorAll("path, polygon")]);
  }

  // A label stays in its middle and within its edge, where no node is: with fewer digits, and then closer.
  relabel(label, x, arrow) {
    const digit = 0.56 * Number(label.getAttribute("font-size"));
    const { attributes, text } = this.before.get(this.keep(label));
    const middle = Number(new Map(attributes).get("x")) + (digit * text.length) / 2;
    const boxes = arrow.map((part) => part.getBBox());
    const [left, right] = [Math.min(...boxes.map((box) => box.x)), Math.max(...boxes.map((box) => box.x + box.width))];
    const room = Math.max(digit * text.length, 2 * Math.min(middle - left, right - middle));
    const digits = movable().digits ?? this.program.digits;
    const all = this.short(x);
    label.textContent = all.length * digit <= room ? all : shortened(x, Math.min(3, digits));
    label.setAttribute("text-anchor", "middle");
    label.setAttribute("x", middle);
    if (label.textContent.length * digit <= room) return label.removeAttribute("textLength");
    label.setAttribute("textLength", room.toFixed(1));
    label.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }

  // The lines and circles of a network, by the quantity that they tell

  paintNetwork() {
    const { values, gradients } = this.graph;
    const { weights, rows, look } = movable();
    const mean = (of) => of.reduce((total, node) => total + values[node], 0) / of.length;
    const told = {
      weights: ([weight]) => values[weight],
      gradients: ([weight]) => gradients[weight],
      activations: ([weight, tail]) => values[weight] * mean(tail) + 0, // which makes 0 of -0
    }[view.quantity];
    const numbers = weights.map((of) => (of ? told(of) : null));
    const most = (of) => Math.max(0, ...of.map(Math.abs).filter(Number.isFinite));
    const largest = most(numbers.filter((x) => x !== null));
    numbers.forEach((x, place) => x !== null && lines[place] && this.paintWeight(lines[place], x, largest, look));
    if (view.quantity !== "activations") return;
    const circles = rows.filter(([, , what]) => what === "mean").map(([id, , , of]) => [groups[id], mean(of)]).filter(([group]) => group);
    const inner = circles.filter(([group]) => group.dataset.kind !== "output");
    const brightest = most(inner.map(([, x]) => x));
    for (const [group, x] of circles) this.keep(group.querySelector("ellipse")).setAttribute("fill", fillOf(x, brightest, look.fills));
  }

  paintWeight(line, x, largest, { thinnest, thickest }) {
    const share = Number.isNaN(x) ? 0 : Number.isFinite(x) ? Math.abs(x) / largest || 0 : 1;
    this.keep(line);
    for (const [name, on] of [["known", true], ["passed", true], ["positive", x > 0], ["negative", x < 0]]) toggle(line, name, on);
    for (const part of line.querySelectorAll("path")) {
      this.keep(part).setAttribute("stroke-width", (thinnest + (thickest - thinnest) * share).toFixed(2));
    }
    const label = line.querySelector("text");
    if (label) this.keep(label).textContent = this.short(x);
  }
}

// White for 0, the colour of its sign for the brightest.
function fillOf(x, brightest, fills) {
  if (Number.isNaN(x)) return "#eceef1";
  const share = Number.isFinite(x) ? Math.min(1, Math.abs(x) / brightest || 0) : 1;
  const end = fills[x >= 0 ? 0 : 1];
  const channels = [1, 3, 5].map((at) => Math.round(255 + share * (parseInt(end.slice(at, at + 2), 16) - 255)));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
