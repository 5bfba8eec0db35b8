// The output against a leaf, with a dot where they are, and the tangent of slope grad.

const PLOT = { width: 340, height: 190, left: 8, right: 8, top: 18, bottom: 20 };

function plotInto(picture, { output, name, low, high, xs, ys, x, y, grad, short }) {
  const { left, right, width, height } = PLOT;
  const inside = { x: left, y: PLOT.top, width: width - left - right, height: height - PLOT.top - PLOT.bottom };
  const [bottom, top] = heights(ys, y);
  const across = (value) => inside.x + ((value - low) / (high - low)) * inside.width;
  const up = (value) => {
    const place = inside.y + inside.height - ((value - bottom) / (top - bottom)) * inside.height;
    return Math.max(-1e4, Math.min(1e4, place)); // a path with larger numbers is not drawn
  };
  const point = (a, b) => `${across(a).toFixed(2)},${up(b).toFixed(2)}`;
  const line = (kind, from, to) => drawn("path", { class: kind, d: `M${point(...from)}L${point(...to)}` });
  const parts = [];
  if (low < 0 && high > 0) parts.push(line("axis", [0, bottom], [0, top]));
  if (bottom < 0 && top > 0) parts.push(line("axis", [low, 0], [high, 0]));
  const bend = (value, i) => (Number.isFinite(value) ? `${i && Number.isFinite(ys[i - 1]) ? "L" : "M"}${point(xs[i], value)}` : "");
  parts.push(drawn("path", { class: "curve", d: ys.map(bend).join("") }));
  if (Number.isFinite(y)) {
    const room = grad === 0 ? Infinity : (2 * (top - bottom)) / Math.abs(grad); // up to beyond the frame
    const [from, to] = [Math.max(low, x - room), Math.min(high, x + room)];
    if (Number.isFinite(grad)) parts.push(line("tangent", [from, y + grad * (from - x)], [to, y + grad * (to - x)]));
    parts.push(drawn("circle", { class: "dot", cx: across(x).toFixed(2), cy: up(y).toFixed(2), r: 5 }));
  }
  const words = (text, attributes) => drawn("text", attributes, text);
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.replaceChildren(
    drawn("rect", { class: "frame", ...inside }),
    drawn("svg", { ...inside, viewBox: Object.values(inside).join(" ") }, ...parts), // which shows no more than its inside
    words(output, { x: left, y: PLOT.top - 5 }),
    words(short(low), { x: left, y: height - 5 }),
    words(name, { x: width / 2, y: height - 5, "text-anchor": "middle" }),
    words(short(high), { x: width - right, y: height - 5, "text-anchor": "end" }),
  );
  const at = `a dot at ${short(x)}, ${short(y)}, and the tangent of slope ${short(grad)}`;
  picture.setAttribute("aria-label", `${output} against ${name}: ${at}`);
}

// From where to where the picture goes: a pole, or an exponential at its end, would press all else flat.
function heights(ys, y) {
  const finite = ys.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share) => finite[Math.round(share * (finite.length - 1))] ?? 0;
  const all = [at(0.03), at(0.97), ...(Number.isFinite(y) ? [y] : [])];
  const [bottom, top] = [Math.min(...all), Math.max(...all)];
  const margin = 0.08 * (top - bottom) || 0.5 * Math.abs(top) || 1;
  return [bottom - margin, top + margin];
}
