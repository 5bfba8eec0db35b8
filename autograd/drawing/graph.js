"use strict";

// A recorded graph, computed anew from other numbers in its leaves, and its backward pass. What the operations are, and
// their slopes, Python wrote from its table: `operations` has for each [value, local gradients].

class Graph {
  // operands: for each node the places of its operands; an operand stands before what is computed from it.
  // rules: for each node its place in `operations`, -1 for a leaf.
  constructor(operations, { rules, operands, outputs }) {
    Object.assign(this, { operations, rules, operands, outputs });
    this.values = new Float64Array(rules.length);
    this.gradients = new Float64Array(rules.length);
    this.locals = rules.map(() => []);
    this.reached = new Uint8Array(rules.length);
    this.inner = [...rules.keys()].filter((node) => rules[node] >= 0);
  }

  numbers(node) {
    return this.operands[node].map((operand) => this.values[operand]);
  }

  // The values of some computed nodes, in order.
  forward(nodes = this.inner) {
    for (const node of nodes) this.values[node] = this.operations[this.rules[node]][0](this.numbers(node));
  }

  // In reverse order each node passes upstream gradient × local gradient to its operands; gradients add at branches.
  // Where no gradient comes, none is passed on, and along a slope of null nothing passes, not even 0 · ∞.
  backward() {
    this.gradients.fill(0);
    this.reached.fill(0);
    for (const output of this.outputs) this.gradients[output] = this.reached[output] = 1;
    for (const node of this.inner.toReversed()) {
      this.locals[node] = this.operations[this.rules[node]][1](this.values[node], this.numbers(node));
      if (!this.reached[node]) continue;
      this.operands[node].forEach((operand, place) => {
        const local = this.locals[node][place];
        if (local === null) return;
        this.gradients[operand] += this.gradients[node] * local;
        this.reached[operand] = 1;
      });
    }
  }

  // The sum of the outputs.
  get total() {
    return this.outputs.reduce((sum, output) => sum + this.values[output], 0);
  }

  // The computed nodes that a path from a leaf leads to.
  after(leaf) {
    const found = new Set([leaf]);
    for (const node of this.inner) if (this.operands[node].some((operand) => found.has(operand))) found.add(node);
    found.delete(leaf);
    return [...found];
  }

  // What the sum of the outputs would be for other numbers in a leaf; the graph stays as it is.
  totals(leaf, numbers, after = this.after(leaf)) {
    const before = [leaf, ...after].map((node) => [node, this.values[node]]);
    const found = numbers.map((number) => {
      this.values[leaf] = number;
      this.forward(after);
      return this.total;
    });
    for (const [node, value] of before) this.values[node] = value;
    return found;
  }
}
