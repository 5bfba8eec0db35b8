// What Python wrote shorter than the other scripts read it.

// For each name how many characters it has in common with the one before, and the rest.
function unpackedNames(packed) {
  const names = [];
  for (let i = 0; i < packed.length; i += 2) names.push((names.at(-1) ?? "").slice(0, packed[i]) + packed[i + 1]);
  return names;
}

// A negative number says how many more follow, each a step from the one before.
function unpackedNumbers(packed, step) {
  const numbers = [];
  for (const number of packed) {
    if (number >= 0) numbers.push(number);
    else for (let more = number; more < 0; more++) numbers.push(numbers.at(-1) + step);
  }
  return numbers;
}

// First the kinds and modules, then of all leaves the nodes, the values, and the places of their kinds and modules; at
// the end what else there is of some.
function unpackedLeaves([words, nodes, values, kinds, modules, others], names) {
  const [kind, module] = [kinds, modules].map((places) => unpackedNumbers(places, 0).map((place) => words[place]));
  return unpackedPlaces(nodes).map((node, at) => ({
    node, value: values[at], kind: kind[at], name: names[node], ...(module[at] && { module: module[at] }), ...others[at],
  }));
}

// How far each is from the one before: twice as far, or one less where it is less.
function unpackedPlaces(packed) {
  let place = 0;
  return unpackedNumbers(packed, 0).map((by) => (place += by % 2 ? -(by + 1) / 2 : by / 2));
}

// Operands: the nodes, and for each the first and the last of those that follow one another.
function unpackedSlots([nodes = [], first, last]) {
  const [from, to] = [first ?? [], last ?? []].map((operands) => unpackedNumbers(operands, 0));
  return unpackedPlaces(nodes).flatMap((node, at) =>
    Array.from({ length: to[at] - from[at] + 1 }, (_, more) => [node, from[at] + more]));
}

if (data.program.names) {
  data.program.names = unpackedNames(data.program.names);
  data.program.leaves = unpackedLeaves(data.program.leaves, data.program.names);
  data.program.rules = unpackedNumbers(data.program.rules, 0).map((rule) => rule - 1);
  const operands = data.program.operands.values();
  data.program.operands = data.program.rules.map((rule) => (rule < 0 ? [] : unpackedNumbers(operands.next().value, 1)));
}
for (const { nudge } of scenes) {
  nudge.slots = nudge.slots.map(unpackedSlots);
  for (const row of nudge.rows) row[3] = unpackedPlaces(row[3]);
}
