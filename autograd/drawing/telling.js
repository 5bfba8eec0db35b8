// A node: what it holds, its formula, its paths

const SHOWN_NODES = 12; // of a path; of a longer one the ends

function contents(id) {
  return nodes[id].rows.map((word, row) => {
    const [, , short, full, complete] = held.get(key(id, row));
    return [complete ? word : `${word} so far`, full || short];
  });
}

// A folded node that the steps do not know is called after the one of its nodes that is computed last.
const known = (id) => (id === null || nodes[id] ? id : groups[id].dataset.last);

function read(id) {
  byId("readout").textContent = id === null ? "" : groups[id].dataset.kind === "omission" ? namesIn(id) : about(known(id));
}

const about = (id) => [nodes[id].name, ...contents(id).map(([word, text]) => `${word} ${text}`)].join(" · ");

const insideOf = (id) => (groups[id].dataset.nodes ?? "").split(" ").filter((each) => nodes[each]);

function namesIn(id) {
  return [groups[id].textContent.trim(), ends(insideOf(id).map((each) => nodes[each].name), "…").join(", ")].filter(Boolean).join(": ");
}

document.addEventListener("view", () => {
  read(null);
  byId("left-out").textContent = view.note ? `${view.note}.` : "";
});

let unfolded = null; // what was opened: its name, and what it stands for

function tellOfNode() {
  byId("hint").hidden = selected !== null || unfolded !== null;
  const page = byId("node");
  if (selected === null) {
    const said = unfolded === null ? [] : [
      element("h2", {}, unfolded.name),
      element("p", { class: "caption" }, `is open now; it ${unfolded.holds}`),
    ];
    return page.replaceChildren(...said);
  }
  const node = nodes[selected];
  const claims = marks.filter(([id]) => id === selected).map(([, holds, claim, message]) =>
    element("p", { class: `claim ${holds ? "right" : "wrong"}` }, [claim, ...message].join(" — ")));
  const close = element("button", { type: "button" }, "close");
  close.onclick = () => select(null);
  page.replaceChildren(
    close,
    element("h2", {}, node.name),
    element("p", { class: "caption" }, node.holds || node.kind),
    element("dl", {}, ...contents(selected).flatMap(([word, text]) => [element("dt", {}, word), element("dd", {}, text)])),
    ...(node.formula?.length ? [formula(node.formula)] : []),
    ...claims,
    ...(node.paths ? pathsOf(selected) : []),
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
    for (const edge of follow(selected, chosenPath).edges) lightPath(edge, false);
  }
  chosenPath = rank;
  if (rank !== null) for (const edge of follow(selected, rank).edges) lightPath(edge, true);
  tellOfNode();
  if (rank !== null) byId("node").querySelectorAll("li button")[rank].focus();
}

function lightPath(edge, on) {
  if (lines[edge]) toggle(lines[edge], "on-path", on);
}

function select(id) {
  choosePath(null);
  const before = selected;
  if (before !== null && groups[before]) toggle(groups[before], "selected", false);
  selected = id;
  if (id !== null && groups[id]) toggle(groups[id], "selected", true);
  else if (before !== null && byId("node").contains(document.activeElement)) groups[before]?.focus();
  tellOfNode();
}

// A report laid over: badges, the paths of the first wrong line, and its message

function layOver() {
  for (const [id, holds] of marks) {
    const group = groups[id];
    if (!group || group.classList.contains("wrong")) continue;
    toggle(group, holds ? "right" : "wrong", true);
    group.querySelector(".badge")?.remove();
    const [x, y] = group.dataset.corner.split(" ").map(Number);
    group.append(drawn("text", { class: `badge ${holds ? "right" : "wrong"}`, x: x - 6, y: y + 7 }, holds ? "✓" : "✗"));
  }
  for (const [what, among] of Object.entries(scene.paths ?? {})) {
    for (const edge of among) if (lines[edge]) toggle(lines[edge], what, true);
  }
}

function tellVerdict() {
  const wrong = marks.find(([, holds]) => !holds);
  if (!marks.length) return;
  const verdict = byId("verdict");
  verdict.hidden = false;
  verdict.className = wrong ? "wrong" : "right";
  verdict.open = innerWidth > 800 && innerHeight > 700; // elsewhere the graph needs the room
  verdict.firstElementChild.append(
    ...(wrong ? ["✗ The first wrong line: ", element("code", {}, wrong[2])] : ["✓ The nodes of right claims are marked."]),
  );
  if (wrong) verdict.append(...wrong[3].map((line) => element("p", {}, line)));
}
