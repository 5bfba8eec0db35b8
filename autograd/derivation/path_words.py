"""Words for what lies between two nodes: the names of paths, as a page would have them."""

from collections.abc import Mapping, Sequence

from autograd import ops
from autograd.derivation.roles import adds, normalises
from autograd.derivation.sums_over_paths import Between
from autograd.text import ELLIPSIS, derivative, label, shortened
from autograd.value import Value

UNNAMED = "what is computed"
"""How words for a node without a name begin, where its formula is long."""
_EASY_TO_READ = 30


class PathWords:
    """Words for what lies between two nodes."""

    def __init__(self, between: Between, names: Mapping[Value, str]) -> None:
        self._between, self._names = between, names

    def left_out(self, k: int) -> str:
        """The verdict on a claim that holds with only the paths over edge k left out."""
        through, all_paths, path = self._between.paths_through[k], self._between.paths, self.path(k)
        way = path.removeprefix("path ")
        what = f"{path} is" if through == 1 or path.startswith("direct") else f"{number_word(through)} paths {way} are"
        kept = all_paths - through
        return f"{number_word(kept)} path{'s' * (kept != 1)} of {number_word(all_paths)}; the {what} left out"

    def derivative(self, by: Value) -> str:
        """The derivative of the upper node by any other."""
        return derivative(self.name(self._between.of), self.name(by), "d")

    def name(self, node: Value) -> str:
        """The name of a node, or its formula; if that is long, what it is and of which named nodes."""
        if name := self._names.get(node):
            return name
        text = label(node, self._names)
        if len(text) <= _EASY_TO_READ and ELLIPSIS not in text:
            return text
        what = "the mean" if node.op is ops.mean else "the sum" if adds(node) else UNNAMED
        below = self._named_below(node)
        if not below:
            return shortened(text)
        first = and_so(below) if len(below) <= 3 else f"{below[0]}, {below[1]}, …, {below[-1]}"
        return f"{what} {'from' if what.startswith('what') else 'of the terms with'} {first}"

    def _named_below(self, node: Value) -> list[str]:
        """The names of the nodes towards the lower end from which it is computed, with none in between."""
        return [str(self._names.get(below)) for below in self._named_nodes_below(node)]

    def _named_nodes_below(self, node: Value) -> list[Value]:
        found: dict[Value, None] = {}
        stack, seen = [node], {node}
        while stack:
            for k in self._between.operands.get(stack.pop(), ()):
                parent = self._between.edges[k].parent
                if self._names.get(parent):
                    found[parent] = None
                elif parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return [node for node in reversed(self._between.nodes) if node in found]

    def has_name(self, node: Value) -> bool:
        """Whether the page has a name for a node."""
        return node in self._names

    def name_above(self, k: int) -> str:
        """The first node with a name that the paths over an edge reach."""
        node = self._between.edges[k].child
        while not self._names.get(node) and len(self._between.uses.get(node, ())) == 1:
            node = self._between.edges[self._between.uses[node][0]].child
        return self.name(node)

    def name_below(self, node: Value) -> str:
        """The first node with a name on the way down from a node; of several ways, the first."""
        while not self._names.get(node) and (operands := self._between.operands.get(node)):
            node = self._between.edges[operands[0]].parent
        return self.name(node)

    def listing(self, nodes: Sequence[Value]) -> str:
        """The names of up to six nodes, and how many more there are."""
        named = list(dict.fromkeys(map(self.name, nodes)))
        return ", ".join(named[:6]) + (f" and {len(named) - 6} more" if len(named) > 6 else "")

    def path(self, k: int) -> str:
        """The paths over an edge: by the named node next to it that they alone pass; else by what they go through."""
        edges, between = self._between.edges, self._between
        node, end, parent = edges[k].child, between.of, edges[k].parent
        while node is not end and not self._names.get(node) and len(between.uses.get(node, ())) == 1:
            node = edges[between.uses[node][0]].child
        others = [j for j in between.uses[parent] if j != k]
        alone = not any(self._passes(j, node) for j in others)
        if alone and self._names.get(node) and node is not end and between.passing[node] == between.paths_through[k]:
            return f"path via {self._names.get(node)}"
        start = parent
        while start is not between.by and not self._names.get(start) and len(between.operands.get(start, ())) == 1:
            start = edges[between.operands[start][0]].parent
        into = edges[k].child
        if alone and self._names.get(start) and (node is end or self._names.get(node)):
            beside = any(edges[j].child is into for j in others)
            more = "" if into is node and not beside else f" {self._through(k)}"
            return f"direct path {self.name(start)} → {self.name(node)}{more}"
        named = self._named_nodes_below(start) if not self._names.get(start) and start is not between.by else []
        if named and sum(between.passing[below] for below in named) == between.paths_through[k]:
            names = [str(self._names.get(below)) for below in named]
            return f"path via {and_so(names) if len(names) <= 3 else f'{names[0]}, {names[1]}, …, {names[-1]}'}"
        return f"path {f'from {self.name(start)} ' if start is not between.by else ''}{self._through(k)}"

    def _through(self, k: int) -> str:
        """Which operand of which node an edge leads into."""
        edge = self._between.edges[k]
        if normalises(edge.child) or normalises(edge.parent):
            return "through the sum that the softmax divides by"
        same = [i for i, operand in enumerate(edge.child.parents) if operand is edge.parent]
        name = self._names.get(edge.child)
        if len(same) == 1 and name is None:
            return f"through {self.name(edge.child)}"
        operand = self.name(edge.parent)
        if len(same) > 1:
            return f"through the {ordinal(same.index(edge.operand) + 1)} {operand} in {self.name(edge.child)}"
        return f"straight from {operand} into {name}"

    def _passes(self, k: int, node: Value) -> bool:
        """Whether the first named node after an edge is this one."""
        found = self._between.edges[k].child
        while not self._names.get(found) and len(self._between.uses.get(found, ())) == 1:
            found = self._between.edges[self._between.uses[found][0]].child
        return found is node


def and_so(names: Sequence[str]) -> str:
    """Names in a row, as in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def number_word(number: int) -> str:
    """A number in a sentence: small ones are written out."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)


def ordinal(number: int) -> str:
    """The place of a thing in a row, counted from 1."""
    words = ("first", "second", "third", "fourth", "fifth")
    return words[number - 1] if number <= len(words) else f"{number}th"
