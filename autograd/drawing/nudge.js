// Nudge it: a slider on every leaf. The graph is computed anew by the rules that Python wrote from its table, and the
// picture (painting.js), the plot (plotting.js) and the words follow. Stepping, and "put everything back", return to what
// Python recorded.

{
  const { program } = data;
  const SMALL = 0.01; // the nudge that is written out
  const ACROSS = 120; // points of the curve, at most
  const WORK = 40_000; // nodes that a curve computes, so that it follows the hand
  const EACH = 250; // milliseconds a step of the descent is shown
  const AT_ONCE = 25; // steps, for those who asked for less motion
  const MOST = 1000; // steps of one descent

  const graph = program.refused ? null : new Graph(operations, program);
  const { leaves = [], names = [], digits } = program;
  for (const leaf of leaves) {
    const { name, module = "" } = leaf;
    const short = module && name.startsWith(`${module}.`) ? name.slice(module.length + 1) : name;
    Object.assign(leaf, { module, short, label: name, full: name, gradient: `d${program.output}/d${name}`, ...leaf });
  }
  const short = (x) => (allDigits ? exact(x) : shortened(x, digits));
  const painting = new Painting(graph, program);
  const moving = leaves.some(({ kind }) => kind === "parameter")
    ? leaves.filter(({ kind }) => kind === "parameter")
    : leaves.filter(({ kind }) => kind !== "constant");
  const rows = new Map(); // of a leaf: its slider, and the number beside it

  const [first = leaves[0]] = moving;
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

  // A rule may give floats other numbers than it gives anything else. The first node that JavaScript has not as Python.
  function unlikePython() {
    const full = new Map([...scene.initial, ...steps.flatMap((step) => step.changes)].map((change) => [key(change[0], change[1]), change[3]]));
    const scale = 1e-9 * Math.max(0, ...[...graph.values].map(Math.abs).filter(Number.isFinite));
    const off = movable().rows.find(([id, row, what, of]) => {
      const text = full.get(key(id, row));
      if (what !== "data" || of.length !== 1 || !text) return false;
      const here = graph.values[of[0]], there = Number(text.replace("inf", "Infinity"));
      return !Object.is(here, there) && !(Math.abs(here - there) <= 1e-9 * Math.abs(there) + scale);
    });
    return off && names[off[3][0]];
  }

  const current = ({ node }) => graph.values[node];
  const slope = ({ node }) => graph.gradients[node];

  // What is said

  function firstWithoutNumber() {
    const node = program.rules.findIndex((_, at) => !Number.isFinite(graph.values[at]));
    if (node >= 0) return `The first node without a number is ${painting.nameOf(node)}: it is ${short(graph.values[node])}.`;
    const from = program.rules.findLastIndex((_, at) => !Number.isFinite(graph.gradients[at]));
    if (from >= 0) return `The first gradient without a number is that of ${painting.nameOf(from)}: it is ${short(graph.gradients[from])}.`;
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
    const some = found.slice(0, 3).map((node) => painting.nameOf(node)).join(", ");
    return `On a kink, where the slope is a convention: ${some}${found.length > 3 ? `, and ${found.length - 3} more` : ""}.`;
  }

  function say() {
    const total = graph.total;
    const after = graph.totals(active.node, [current(active) + SMALL])[0];
    const grad = slope(active);
    byId("nudge-by").textContent =
      `${active.name} + ${SMALL} → ${program.output} changes by ${short(after - total)}; grad · ${SMALL} = ${short(grad * SMALL)}`;
    byId("nudge-slope").textContent = Number.isFinite(grad) && Number.isFinite(total)
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

  function plot() {
    const { slider } = rowOf(active);
    const [low, high] = [Number(slider.min), Number(slider.max)];
    const after = graph.after(active.node);
    const count = Math.max(24, Math.min(ACROSS, Math.floor(WORK / after.length)));
    const across = Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
    const xs = [...across, current(active)].sort((a, b) => a - b);
    const ys = graph.totals(active.node, xs, after);
    const { output } = program;
    plotInto(byId("nudge-plot"), { output, name: active.name, low, high, xs, ys, x: current(active), y: graph.total, grad: slope(active), short: (number) => shortened(number, digits) });
  }

  function show() {
    compute();
    if (nudged) painting.paint();
    say();
    if (nudged) sayNudged();
    tellOfNode();
    plot();
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
    painting.putBack();
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

  // A round number that the leaf stays well below in size; of a leaf near 0 one that is not so large that the least move
  // of the slider would be a leap.
  function bound(x) {
    const size = Math.max(2 * Math.abs(x), x === 0 ? 2 : Math.min(2, 100 * Math.abs(x)));
    if (!Number.isFinite(size)) return 2;
    const power = 10 ** Math.floor(Math.log10(size));
    return [1, 2, 5, 10].map((times) => times * power).find((round) => round >= size);
  }

  function rowsOf(shown) {
    return shown.flatMap((leaf, i) => [
      ...(leaf.module && leaf.module !== shown[i - 1]?.module ? [element("p", { class: "caption module" }, leaf.module)] : []),
      rowOf(leaf).place,
    ]);
  }

  // Of very many leaves the sliders of a module are made when it is opened.
  function folders() {
    const modules = Map.groupBy(leaves, ({ module, kind }) => module || `${kind}s`);
    return [...modules].map(([name, inside]) => {
      const folder = element("details", { class: "folder" }, element("summary", {}, `${name} (${inside.length})`));
      folder.ontoggle = () => {
        if (folder.children.length > 1 || !folder.open) return;
        const rowsHere = element("div", {}, ...inside.map((leaf) => rowOf(leaf).place));
        folder.append(rowsHere);
        say();
      };
      folder.open = inside.includes(active);
      return folder;
    });
  }

  function rowOf(leaf) {
    if (!rows.has(leaf)) row(leaf);
    return rows.get(leaf);
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
    reach(current(leaf));
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
  }

  function button(name, action, attributes = {}) {
    const made = element("button", { type: "button", ...attributes }, name);
    made.onclick = action;
    return made;
  }

  function build() {
    const field = element("input", { id: "alpha", type: "number", step: "any", value: "0.1", "aria-label": "alpha", "aria-invalid": "false" });
    const which = leaves.some(({ kind }) => kind === "parameter") ? "every parameter" : "every leaf but constants";
    byId("nudge").append(
      element("h2", {}, "Nudge it"),
      element("div", { id: "nudge-leaves", tabindex: "-1" },
        ...(leaves.length > program.most ? folders() : rowsOf(leaves))),
      drawn("svg", { id: "nudge-plot", role: "img" }),
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
    if (!leaf) return;
    active = leaf;
    say();
    plot();
  });

  document.addEventListener("leave", () => {
    if (!carried) release();
  });
  document.addEventListener("scene", () => {
    carried = nudged;
    if (nudged) painting.forget();
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
    painting.forget(); // the picture is a new one
    if (!nudged || carried) return;
    light(steps[place], false);
    painting.paint();
  });
  document.addEventListener("told", sayNudged);
  document.addEventListener("digits", () => {
    if (refused) return;
    if (nudged) painting.paint();
    say();
  });

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
