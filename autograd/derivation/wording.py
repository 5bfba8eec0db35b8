"""How a mistake speaks of the nodes and paths between two nodes, in the names on the page."""

from collections.abc import Sequence

from autograd.derivation.flow import Between
from autograd.derivation.names import Names
from autograd.value import Value


class Wording:
    """Words for what lies between two nodes."""

    def __init__(self, between: Between, names: Names) -> None:
        self._between, self._names = between, names

    def left_out(self, k: int) -> str:
        """The verdict on a claim that holds with only the paths over edge k left out."""
        through, all_paths = self._between.paths_through[k], self._between.paths
        what = f"path {self.via(k)} is" if through == 1 else f"{number_word(through)} paths {self.via(k)} are"
        kept = all_paths - through
        return f"{number_word(kept)} path{'s' * (kept != 1)} of {number_word(all_paths)}; the {what} left out"

    def derivative(self, by: Value) -> str:
        """The derivative of the upper node by any other."""
        return f"d{self.name(self._between.of)}/d{self.name(by)}"

    def name(self, node: Value) -> str:
        """The name of a node, or what it is."""
        return self._names.of(node) or f"an unnamed {node.op or 'leaf'}"

    def listing(self, nodes: Sequence[Value]) -> str:
        """The names of up to six nodes, and how many more there are."""
        named = [self._names.of(node) or f"the unnamed {node.op}" for node in nodes]
        return ", ".join(dict.fromkeys(named[:6])) + (f" and {len(named) - 6} more" if len(named) > 6 else "")

    def via(self, k: int) -> str:
        """The named node that all paths over an edge pass, next to it; or the operation that the edge leads into."""
        edges, between = self._between.edges, self._between
        node, end = edges[k].child, between.of
        while node is not end and not self._names.of(node) and len(between.uses.get(node, ())) == 1:
            node = edges[between.uses[node][0]].child
        twins = [j for j in between.uses[edges[k].parent] if edges[j].child is edges[k].child]
        if node is not end and self._names.of(node) and len(twins) == 1:
            # It tells this edge from the others only if they do not pass the same node.
            others = [j for j in between.uses[edges[k].parent] if j != k]
            if not any(self._passes(j, node) for j in others):
                return f"via {self._names.of(node)}"
        parent = edges[k].parent
        while parent is not between.by and not self._names.of(parent) and len(between.operands.get(parent, ())) == 1:
            parent = edges[between.operands[parent][0]].parent
        into = self._names.of(edges[k].child) or str(edges[k].child.op)
        through = f"from {self.name(parent)} " if parent is not between.by else ""
        return f"{through}as operand {edges[k].operand + 1} of {into}"

    def _passes(self, k: int, node: Value) -> bool:
        """Whether the first named node after an edge is this one."""
        found = self._between.edges[k].child
        while not self._names.of(found) and len(self._between.uses.get(found, ())) == 1:
            found = self._between.edges[self._between.uses[found][0]].child
        return found is node


def number_word(number: int) -> str:
    """A number in a sentence."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)
