// A network: circles, and a line a weight, in views for each quantity. Its buttons choose what lines and circles tell; until one is pressed, the
// picture tells what the step is about.

let pressed = null;

function shownQuantity() {
  const [first] = scene.views;
  if (!first.quantity) return null;
  const { phase } = steps[place];
  const quantities = scene.views.map((each) => each.quantity);
  const ofStep = { forward: "activations", backward: "gradients" }[phase] ?? first.quantity;
  return pressed ?? (quantities.includes(ofStep) ? ofStep : first.quantity);
}

function quantityButtons() {
  const tools = element("span", { id: "quantities", role: "group", "aria-label": "what the lines tell" });
  for (const quantity of new Set(scene.views.map((each) => each.quantity))) {
    const button = element("button", { type: "button" }, quantity);
    button.onclick = () => {
      pressed = pressed === quantity ? null : quantity;
      showQuantity();
    };
    tools.append(button);
  }
  return tools;
}

function showQuantity() {
  byId("quantities")?.replaceWith(quantityButtons());
  const now = shownQuantity();
  if (now === null) return byId("quantities")?.remove();
  if (!byId("quantities")) byId("digits").before(quantityButtons());
  for (const button of byId("quantities").children) button.setAttribute("aria-pressed", button.textContent === now);
  if (view.quantity !== now) {
    const before = camera, { width, height } = view;
    showView(bestView());
    if (view.width === width && view.height === height) look(before.x, before.y, before.scale);
    else fit();
  }
  return paintLines();
}

// Weights are there from the start, an activation once its layer is computed, a gradient once it has passed.
function paintLines() {
  for (const line of lines.filter(Boolean)) { // a small picture has not all of them
    const told = view.quantity === "weights" || (view.quantity === "activations" ? line.known > 0 : line.passed > 0);
    toggle(line, "live", line.classList.contains("now"));
    for (const what of ["known", "passed"]) toggle(line, what, told);
    toggle(line, "now", false);
  }
  toggle(svg, "stepping", lines.some((line) => line.classList.contains("live")));
}

document.addEventListener("step", showQuantity);
document.addEventListener("view", () => view.quantity && paintLines());
document.addEventListener("scene", () => byId("quantities")?.remove());
