// What Python wrote shorter than the other scripts read it.

// For each name how many characters it has in common with the one before, and the rest.
function unpackedNames(packed) {
  const names = [];
  for (let i = 0; i < packed.length; i += 2) names.push((names.at(-1) ?? "").slice(0, packed[i]) + packed[i + 1]);
  return names;
}

// First the kinds and modules, then each leaf as its node, its value, their places, and what else there is.
function unpackedLeaves([words, ...rows], names) {
  return rows.map(([node, value, kind, module, others]) => ({
    node, value, kind: words[kind], name: names[node], ...(words[module] && { module: words[module] }), ...others,
  }));
}

// Operands: a node, and the first and the last of those that follow one another.
function unpackedSlots(packed) {
  const slots = [];
  for (let i = 0; i < packed.length; i += 3) {
    for (let operand = packed[i + 1]; operand <= packed[i + 2]; operand++) slots.push([packed[i], operand]);
  }
  return slots;
}

// The first and the last of places that follow one another.
const unpackedPlaces = (packed) => unpackedSlots(packed.flatMap((place, at) => (at % 2 ? [place] : [0, place]))).map(([, place]) => place);

if (data.program.names) {
  data.program.names = unpackedNames(data.program.names);
  data.program.leaves = unpackedLeaves(data.program.leaves, data.program.names);
}
for (const { nudge } of scenes) {
  nudge.slots = nudge.slots.map(unpackedSlots);
  for (const row of nudge.rows) row[3] = unpackedPlaces(row[3]);
}
