// Nudge it: a slider on every leaf. The graph is computed anew by the rules that Python wrote from its table, and the
// picture, the plot and the words follow. Stepping, and "put everything back", return to what Python recorded.

{
  const { program } = data;
  const SMALL = 0.01; // the nudge that is written out
  const ACROSS = 120; // points of the curve, at most
  const WORK = 60_000; // nodes that a curve computes, so that it follows the hand
  const PLOT = { width: 340, height: 190, left: 8, right: 8, top: 18, bottom: 20 };
  const EACH = 250; // milliseconds a step of the descent is shown
  const AT_ONCE = 25; // steps, for those who asked for less motion
  const MOST = 1000; // steps of one descent

  const graph = program.refused ? null : new Graph(operations, program);
  const { leaves = [], names = [], digits, look } = program;
  const short = (x) => shortened(x, digits);
  const moving = leaves.some(({ kind }) => kind === "parameter")
    ? leaves.filter(({ kind }) => kind === "parameter")
    : leaves.filter(({ kind }) => kind !== "constant");
  const rows = new Map(); // of a leaf: its slider, and the number beside it
  const lookBefore = new Map(); // of a part of the picture that was changed: its attributes and its text

  const first = moving.find(({ name }) => name !== undefined) ?? leaves[0];
  let active = first; // the leaf that the plot is about
  let nudged = false;
  let before = null; // the step that was shown, and what the picture held at the end
  let taken = 0; // steps of the descent
  let descending = null;
  let carried = false; // into another scene

  // The graph

  function recorded() {
    for (const { node, value } of leaves) graph.values[node] = Number(value);
    compute();
  }

  function compute() {
    graph.forward();
    graph.backward();
  }

  // What of the scene moves.
  const parts = () => scene.nudge ?? { rows: [], slots: [], texts: [] };

  // A rule may give floats other numbers than it gives anything else. The first node that JavaScript has not as Python.
  function unlikePython() {
    const full = new Map([...scene.initial, ...steps.flatMap((step) => step.changes)].map((change) => [key(change[0], change[1]), change[3]]));
    const scale = 1e-9 * Math.max(0, ...[...graph.values].map(Math.abs).filter(Number.isFinite));
    const off = parts().rows.find(([id, row, what, of]) => {
      const text = full.get(key(id, row));
      if (what !== "data" || of.length !== 1 || !text) return false;
      const here = graph.values[of[0]], there = Number(text.replace("inf", "Infinity"));
      return !Object.is(here, there) && !(Math.abs(here - there) <= 1e-9 * Math.abs(there) + scale);
    });
    return off && names[off[3][0]];
  }

  const current = ({ node }) => graph.values[node];
  const slope = ({ node }) => graph.gradients[node];

  // The picture

  const sum = (nodes, numbers) => nodes.reduce((total, node) => total + numbers[node], 0);

  function keep(part) {
    if (!lookBefore.has(part)) {
      const attributes = part.getAttributeNames().map((name) => [name, part.getAttribute(name)]);
      lookBefore.set(part, { attributes, text: part.childElementCount ? null : part.textContent });
    }
    return part;
  }

  function putBackLooks() {
    for (const [part, { attributes, text }] of lookBefore) {
      for (const name of part.getAttributeNames()) part.removeAttribute(name);
      for (const [name, value] of attributes) part.setAttribute(name, value);
      if (text !== null) part.textContent = text;
    }
    lookBefore.clear();
  }

  function paint() {
    for (const [id, row, what, of] of parts().rows) {
      const x = sum(of, what === "data" ? graph.values : graph.gradients);
      put([id, row, short(x), repr(x), 1]);
      squeeze(id, row);
    }
    // A leaf without a name stands as its number, in its title and in the formulas of others.
    for (const leaf of leaves.filter(({ named }) => named === false)) rewrite(`n${leaf.node}`, leaf.name, short(current(leaf)));
    for (const [id, text, pieces] of parts().texts) rewrite(id, text, withNumbers(pieces));
    paintEdges();
  }

  const withNumbers = (pieces) => pieces.map((piece) => (typeof piece === "number" ? short(graph.values[piece]) : piece)).join("");

  function rewrite(id, before, after) {
    if (groups[id]?.id !== id) return; // it is folded here
    for (const text of groups[id].querySelectorAll("text:not([data-row])")) {
      if ((lookBefore.get(text)?.text ?? text.textContent) === before) keep(text).textContent = after;
    }
  }

  function nameOf(node) {
    const found = parts().texts.find(([id, text]) => id === `n${node}` && text === names[node]);
    return found ? withNumbers(found[2]) : names[node];
  }

  // A number that is longer than Python's, for which the node is too narrow, is drawn closer. One that has no word
  // beside it stays in the middle.
  const rooms = new WeakMap();
  function squeeze(id, row) {
    const field = fields.get(key(id, row));
    if (!field?.isConnected) return; // a picture may have no room for all numbers
    const digit = 0.56 * Number(field.getAttribute("font-size"));
    keep(field);
    if (!rooms.has(field)) rooms.set(field, roomOf(field, digit, id, row));
    const { room, middle } = rooms.get(field);
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

  function roomOf(field, digit, id, row) {
    const x = Number(field.getAttribute("x"));
    const word = field.previousElementSibling;
    if (field.getAttribute("text-anchor") === "end") {
      return { room: x - Number(word.getAttribute("x")) - word.textContent.trim().length * digit - 4, middle: null };
    }
    // Graphviz made room for the longest text that Python puts there.
    const all = [...scene.initial, ...steps.flatMap((step) => step.changes)];
    const longest = Math.max(...all.filter((change) => change[0] === id && change[1] === row).map((change) => change[2].length));
    const middle = x + (digit * longest) / 2;
    const right = Number(field.closest(".node").dataset.corner.split(" ")[0]);
    return { room: Math.max(2 * (right - middle) - 4, digit * longest), middle };
  }

  function paintEdges() {
    const painted = new Map(); // a line of the picture may stand for several edges
    parts().slots.forEach((slots, edge) => {
      if (!lines[edge]) return;
      const of = painted.get(lines[edge]) ?? { contribution: 0, passes: false, locals: [] };
      for (const [head, operand] of slots) {
        const local = graph.locals[head]?.[operand] ?? null;
        of.passes ||= local !== null || program.gates[program.rules[head]];
        if (local !== null && graph.reached[head]) of.contribution += graph.gradients[head] * local;
        of.locals.push(local ?? 0);
      }
      painted.set(lines[edge], of);
    });
    const sizes = [...painted.values()].map(({ contribution }) => Math.abs(contribution)).filter(Number.isFinite);
    const largest = Math.max(0, ...sizes);
    for (const [line, { contribution, passes, locals }] of painted) {
      const share = !passes || Number.isNaN(contribution) ? 0 : Number.isFinite(contribution) ? Math.abs(contribution) / largest || 0 : 1;
      const width = look.thinnest + (look.thickest - look.thinnest) * Math.sqrt(share);
      toggle(keep(line), "known", true);
      toggle(line, "passed", passes);
      toggle(line, "positive", passes && contribution > 0);
      toggle(line, "negative", passes && contribution < 0);
      for (const part of line.querySelectorAll("path, polygon")) {
        keep(part).setAttribute("stroke-width", width.toFixed(2));
        if (part.tagName === "polygon") continue;
        if (passes) part.removeAttribute("stroke-dasharray");
        else part.setAttribute("stroke-dasharray", "5,2");
      }
      const label = locals.length === 1 && line.querySelector("text");
      if (label) keep(label).textContent = short(locals[0]);
    }
  }

  // What is said

  const sign = (x) => (x < 0 || Object.is(x, -0) ? `(${short(x)})` : short(x));

  function firstWithoutNumber() {
    const node = program.rules.findIndex((_, at) => !Number.isFinite(graph.values[at]));
    if (node >= 0) return `The first node without a number is ${nameOf(node)}: it is ${short(graph.values[node])}.`;
    const from = program.rules.findLastIndex((_, at) => !Number.isFinite(graph.gradients[at]));
    if (from >= 0) return `The first gradient without a number is that of ${nameOf(from)}: it is ${short(graph.gradients[from])}.`;
    return "";
  }

  // Whether the slopes of a node on either side of one of its operands are apart.
  function kinked(node) {
    const [value] = operations[program.rules[node]];
    const at = graph.numbers(node);
    return at.some((x, place) => {
      const step = 1e-9 * Math.max(1, Math.abs(x));
      const beside = (by) => value(at.with(place, x + by));
      return Math.abs(beside(step) - 2 * value(at) + beside(-step)) > 0.01 * step;
    });
  }

  function kinks() {
    const found = graph.inner.filter((node) => program.kinked[program.rules[node]] && kinked(node));
    if (!found.length) return "";
    const some = found.slice(0, 3).map(nameOf).join(", ");
    return `On a kink, where the slope is a convention: ${some}${found.length > 3 ? `, and ${found.length - 3} more` : ""}.`;
  }

  function say() {
    const total = graph.total;
    const after = graph.totals(active.node, [current(active) + SMALL])[0];
    const grad = slope(active);
    byId("nudge-by").textContent =
      `${active.name} + ${SMALL} → ${program.output} changes by ${short(after - total)}; grad · ${SMALL} = ${short(grad * SMALL)}`;
    byId("nudge-slope").textContent = Number.isFinite(grad)
      ? `${active.gradient} = ${short(grad)}: the slope of the tangent`
      : `${active.gradient} = ${short(grad)}: there is no tangent`;
    byId("nudge-odd").textContent = [firstWithoutNumber(), kinks()].filter(Boolean).join(" ");
    byId("nudge-total").textContent = `${program.output} = ${short(total)}`;
    for (const leaf of leaves) {
      const row = rows.get(leaf);
      if (!row) continue;
      const text = short(current(leaf));
      row.slider.value = current(leaf);
      row.slider.setAttribute("aria-valuetext", text);
      row.number.textContent = text;
      row.place.toggleAttribute("data-active", leaf === active);
    }
  }

  function sayNudged() {
    if (!nudged) return;
    byId("phase").textContent = "nudged";
    byId("phase").className = "";
    byId("sentence").textContent =
      "Leaves were moved: every number is computed anew, here, by the rules of Python's table. Any step of the passes puts them back.";
    byId("lines").replaceChildren();
  }

  // The plot: the output against the active leaf, the dot, and the tangent of slope grad

  function plot() {
    const { slider } = rows.get(active);
    const [low, high] = [Number(slider.min), Number(slider.max)];
    const x = current(active), y = graph.total, grad = slope(active);
    const after = graph.after(active.node);
    const parts = Math.max(24, Math.min(ACROSS, Math.floor(WORK / after.length)));
    const xs = [...Array.from({ length: parts + 1 }, (_, i) => low + ((high - low) * i) / parts), x].sort((a, b) => a - b);
    const ys = graph.totals(active.node, xs, after);
    const finite = [...ys].filter(Number.isFinite).sort((a, b) => a - b);
    // A pole, or an exponential at its end, would press all else flat.
    const at = (share) => finite[Math.round(share * (finite.length - 1))] ?? 0;
    let bottom = at(0.03), top = at(0.97);
    if (Number.isFinite(y)) [bottom, top] = [Math.min(bottom, y), Math.max(top, y)];
    const pad = 0.08 * (top - bottom) || 0.5 * Math.abs(top) || 1;
    [bottom, top] = [bottom - pad, top + pad];
    const { left, right, width, height } = PLOT;
    const across = (value) => left + ((value - low) / (high - low)) * (width - left - right);
    const up = (value) => {
      const place = height - PLOT.bottom - ((value - bottom) / (top - bottom)) * (height - PLOT.top - PLOT.bottom);
      return Math.max(-1e4, Math.min(1e4, place));
    };
    const point = (a, b) => `${across(a).toFixed(2)},${up(b).toFixed(2)}`;
    let curve = "";
    ys.forEach((value, i) => {
      if (Number.isFinite(value)) curve += `${i && Number.isFinite(ys[i - 1]) ? "L" : "M"}${point(xs[i], value)}`;
    });
    const words = (text, attributes) => drawn("text", attributes, text);
    const picture = byId("nudge-plot");
    const inside = { x: left, y: PLOT.top, width: width - left - right, height: height - PLOT.top - PLOT.bottom };
    const clipped = drawn("svg", { ...inside, viewBox: Object.values(inside).join(" ") });
    clipped.append(
      ...(low < 0 && high > 0 ? [drawn("path", { class: "axis", d: `M${point(0, bottom)}L${point(0, top)}` })] : []),
      ...(bottom < 0 && top > 0 ? [drawn("path", { class: "axis", d: `M${point(low, 0)}L${point(high, 0)}` })] : []),
      drawn("path", { class: "curve", d: curve }),
      ...(Number.isFinite(grad) && Number.isFinite(y)
        ? [drawn("path", { class: "tangent", d: tangent() })]
        : []),
      ...(Number.isFinite(y) ? [drawn("circle", { class: "dot", cx: across(x).toFixed(2), cy: up(y).toFixed(2), r: 5 })] : []),
    );
    picture.replaceChildren(
      drawn("rect", { class: "frame", ...inside }),
      clipped,
      words(`${program.output}`, { x: left, y: PLOT.top - 5 }),
      words(short(low), { x: left, y: height - 5 }),
      words(active.name, { x: width / 2, y: height - 5, "text-anchor": "middle" }),
      words(short(high), { x: width - right, y: height - 5, "text-anchor": "end" }),
    );
    picture.setAttribute("aria-label", `${program.output} against ${active.name}: a dot at ${short(x)}, ${short(y)}, and the tangent of slope ${short(grad)}`);

    function tangent() {
      const room = grad === 0 ? Infinity : (2 * (top - bottom)) / Math.abs(grad); // up to beyond the frame
      const [from, to] = [Math.max(low, x - room), Math.min(high, x + room)];
      return `M${point(from, y + grad * (from - x))}L${point(to, y + grad * (to - x))}`;
    }
  }

  let waiting = null;
  function show() {
    compute();
    if (nudged) paint();
    say();
    if (nudged) sayNudged();
    tellOfNode();
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      plot();
    });
  }

  // Moving

  function begin() {
    if (nudged) return;
    pause();
    const shown = place;
    go(steps.length - 1);
    before = { shown, held: new Map(held) };
    nudged = true;
    light(steps[place], false);
    document.body.toggleAttribute("data-nudged", true);
  }

  function move(leaf, x) {
    begin();
    active = leaf;
    graph.values[leaf.node] = x;
    show();
  }

  // Python's numbers again, at the end of the passes.
  function release() {
    if (!nudged) return;
    rest();
    nudged = false;
    document.body.toggleAttribute("data-nudged", false);
    putBackLooks();
    light(steps[place], true);
    for (const change of before.held.values()) put(change);
    taken = 0;
    byId("nudge-done").textContent = "";
    for (const leaf of leaves) rows.get(leaf)?.reach(Number(leaf.value), true);
    recorded();
    say();
    plot();
  }

  function putBack() {
    if (nudged) {
      const { shown } = before;
      release();
      go(shown);
    }
    active = first;
    say();
    plot();
  }

  // The descent

  function alpha() {
    const field = byId("alpha");
    const number = field.value.trim() === "" ? NaN : Number(field.value);
    const refused = !Number.isFinite(number);
    field.setAttribute("aria-invalid", refused);
    if (refused) byId("nudge-done").textContent = "alpha must be a number, as 0.1";
    return refused ? null : number;
  }

  // w ← w − α · grad, all at once. Whether it went on.
  function step(rate) {
    begin();
    const from = graph.total;
    const moves = moving.map((leaf) => [leaf, current(leaf) - rate * slope(leaf)]);
    const still = moves.every(([leaf, to]) => to === current(leaf));
    for (const [leaf, to] of moves) {
      graph.values[leaf.node] = to;
      rows.get(leaf)?.reach(to);
    }
    taken += 1;
    compute();
    const to = graph.total;
    byId("nudge-done").textContent = still
      ? `step ${taken}: no gradient is left to descend`
      : `step ${taken}: ${program.output} ${short(from)} → ${short(to)}`;
    return !still && Number.isFinite(to);
  }

  function takeStep() {
    rest();
    const rate = alpha();
    if (rate === null) return;
    step(rate);
    show();
  }

  function descend() {
    if (descending !== null) return rest();
    const rate = alpha();
    if (rate === null) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      for (let i = 0; i < AT_ONCE && step(rate); i++);
      return show();
    }
    byId("nudge-descend").setAttribute("aria-pressed", true);
    let left = MOST;
    const once = () => {
      const goesOn = step(alpha() ?? rate);
      show();
      if (!goesOn || --left === 0) rest();
    };
    descending = setInterval(once, EACH);
    once();
  }

  function rest() {
    clearInterval(descending);
    descending = null;
    byId("nudge-descend").setAttribute("aria-pressed", false);
  }

  // The section of the page

  // A round number that the leaf stays well below in size.
  function bound(x) {
    const size = Math.max(2 * Math.abs(x), 2);
    if (!Number.isFinite(size)) return 2;
    const power = 10 ** Math.floor(Math.log10(size));
    return [1, 2, 5, 10].map((times) => times * power).find((round) => round >= size);
  }

  function rowsOf(shown) {
    return shown.flatMap((leaf, i) => [
      ...(leaf.module && leaf.module !== shown[i - 1]?.module ? [element("p", { class: "caption module" }, leaf.module)] : []),
      row(leaf),
    ]);
  }

  function row(leaf) {
    const number = element("output", { class: "leaf-number" });
    const slider = element("input", { type: "range", step: "any", "aria-label": leaf.label });
    const place = element("label", { class: `leaf ${leaf.kind}` }, element("span", { class: "leaf-name", title: leaf.full }, leaf.short), slider, number);
    // The range reaches to where the leaf went.
    const reach = (x, anew) => {
      const most = anew ? bound(x) : Math.max(Number(slider.max), bound(x));
      slider.min = -most;
      slider.max = most;
    };
    reach(Number(leaf.value), true);
    slider.oninput = () => {
      rest();
      move(leaf, Number(slider.value));
    };
    slider.onfocus = () => {
      if (active === leaf) return;
      active = leaf;
      say();
      plot();
    };
    rows.set(leaf, { slider, number, place, reach });
    return place;
  }

  function button(name, action, attributes = {}) {
    const made = element("button", { type: "button", ...attributes }, name);
    made.onclick = action;
    return made;
  }

  function build() {
    const shown = leaves.slice(0, program.most);
    const field = element("input", { id: "alpha", type: "number", step: "any", value: "0.1", "aria-label": "alpha", "aria-invalid": "false" });
    const which = leaves.some(({ kind }) => kind === "parameter") ? "every parameter" : "every leaf but constants";
    byId("nudge").append(
      element("h2", {}, "Nudge it"),
      element("div", { id: "nudge-leaves", tabindex: "-1" },
        ...rowsOf(shown),
        ...(shown.length < leaves.length ? [element("p", { class: "caption" }, `The first ${shown.length} of ${leaves.length} leaves.`)] : [])),
      drawn("svg", { id: "nudge-plot", role: "img", viewBox: `0 0 ${PLOT.width} ${PLOT.height}` }),
      element("div", { id: "nudge-words" },
        element("p", { id: "nudge-total", class: "formula" }),
        element("p", { id: "nudge-slope", class: "formula" }),
        element("p", { id: "nudge-by", class: "formula" }),
        element("p", { id: "nudge-odd" })),
      element("div", { id: "nudge-descent" },
        element("p", { class: "caption" }, `A step takes ${which} from w to w − α · grad.`),
        element("label", { id: "nudge-alpha" }, "α", field),
        button("take a step", takeStep),
        button("play the descent", descend, { id: "nudge-descend", "aria-pressed": "false" }),
        button("put everything back", putBack),
        element("p", { id: "nudge-done", role: "status" })),
    );
    say();
    plot();
  }

  // A leaf that is chosen in the picture is that of the plot.
  byId("graph").addEventListener("click", (event) => {
    const leaf = leaves.find(({ node }) => `n${node}` === event.target.closest?.(".node")?.id);
    if (!leaf || !rows.has(leaf)) return;
    active = leaf;
    say();
    plot();
  });

  document.addEventListener("leave", () => {
    if (!carried) release();
  });
  document.addEventListener("scene", () => {
    carried = nudged;
    if (nudged) lookBefore.clear();
  });
  document.addEventListener("step", () => {
    if (!carried) return;
    const shown = place;
    carried = nudged = false;
    go(steps.length - 1);
    before = { shown, held: new Map(held) };
    nudged = true;
    light(steps[place], false);
    show();
  });
  document.addEventListener("view", () => {
    lookBefore.clear(); // the picture is a new one
    if (!nudged || carried) return;
    light(steps[place], false);
    paint();
  });
  document.addEventListener("told", sayNudged);

  // Arrow keys on a button of this section are no steps.
  byId("nudge").addEventListener("keydown", (event) => event.stopPropagation());

  function refusal() {
    if (program.refused) return program.refused;
    if (!leaves.length) return "There is no leaf to move.";
    recorded();
    const off = unlikePython();
    return off && `There are no sliders for this graph: JavaScript computes another number than Python in ${off}.`;
  }

  byId("nudge").hidden = false;
  const refused = refusal();
  if (refused) byId("nudge").append(element("h2", {}, "Nudge it"), element("p", { id: "nudge-refused" }, refused));
  else build();
}
