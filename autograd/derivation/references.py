"""What the names on a page refer to: a node, a list of nodes, a definition, or the derivative du/dv."""

from collections.abc import Collection
from typing import Any

from autograd.derivation.claims import Defined, Derivative, Expression, Items, Node
from autograd.derivation.cursor import Cursor
from autograd.derivation.names import Names
from autograd.derivation.tokens import Place, Token
from autograd.value import Value


class References:
    """Reads a name, with its subscripts, wherever the cursor stands at one."""

    def __init__(self, cursor: Cursor, names: Names, definitions: Collection[str]) -> None:
        self._cursor, self._names, self._definitions = cursor, names, definitions

    def derivative(self) -> Derivative | None:
        """du/dv if the next tokens can be read so; else None, and nothing was read."""
        start, token = self._cursor.position, self._cursor.next
        certain = token.text.startswith("∂")
        upper = self._differential()
        between = self._cursor.next
        if upper is None or not self._cursor.take("/") or self._cursor.next.kind != "name":
            self._cursor.position = start
            if certain:
                token.place.refuse("∂ belongs to a derivative, as in ∂J/∂w")
            return None
        lower_token = self._cursor.next
        lower = self._differential()
        if lower is None:
            self._cursor.position = start
            if certain:
                between.place.refuse("the ∂ above has none below: a derivative is written ∂J/∂w")
            return None
        literal = not certain and self._known(token.text) and self._known(lower_token.text)
        known = self._known(upper) and self._known(lower)
        if literal and known:
            token.place.refuse(
                f"{token.text}/{lower_token.text} may be the derivative of {upper} by {lower}, or {token.text} divided "
                f"by {lower_token.text}: all four are nodes. Rename some, or write ∂{upper}/∂{lower} or "
                f"({token.text})/({lower_token.text})"
            )
        if literal or (not known and not certain and not self._known(upper)):
            self._cursor.position = start
            return None
        end = self._cursor.position
        self._cursor.position = start
        of = self._reference(1, token)
        self._cursor.position += 1
        by = self._reference(1, lower_token)
        assert self._cursor.position == end
        return Derivative(of.node, by.node, f"d{of.text}/d{by.text}")

    def _differential(self) -> str | None:
        """Read a name with d or ∂ before it, and its subscripts; the name without the d."""
        token = self._cursor.advance()
        if token.kind != "name" or token.text[0] not in "d∂" or len(token.text) == 1:
            return None
        while self._cursor.next.text in ("[", "."):
            bracket = self._cursor.advance().text
            self._cursor.advance()
            if bracket == "[" and not self._cursor.take("]"):
                return None
        return token.text[1:]

    def _reference(self, prefix: int, token: Token) -> Node:
        """The node that a differential names."""
        self._cursor.position += 1
        name = token.text[prefix:]
        if name in self._definitions:
            token.place.refuse(f"{name} is defined on this page, not recorded: only recorded nodes have derivatives")
        found = self._path(name, token.place)
        if not isinstance(found, Node):
            token.place.refuse(f"{name} is a list: a derivative needs one of its items, as in {name}[0]")
        return found

    def named(self) -> Expression | Items:
        """What the name at the cursor refers to."""
        token = self._cursor.advance()
        if token.text in self._definitions:
            return Defined(token.text)
        return self._path(token.text, token.place)

    def _path(self, name: str, place: Place) -> Node | Items:
        """The node or list that a name and the subscripts after it lead to."""
        if name not in self._names.trees:
            self._unknown(name, place)
        tree = self._names.trees[name]
        path = name
        while self._cursor.next.text in ("[", "."):
            step = self._cursor.advance()
            key = self._cursor.advance()
            if step.text == ".":
                if not isinstance(tree, dict):
                    step.place.refuse(f"a claim gets no attributes, and {path} is no Module")
                if key.text not in tree:
                    key.place.refuse(f"{path} has no parameters under {key.text!r}, only {', '.join(tree)}")
                path, tree = f"{path}.{key.text}", tree[key.text]
                continue
            if key.kind != "number" or not key.text.isdigit():
                key.place.refuse("a subscript is a whole number, counted from 0, as in W1[1][0]")
            self._cursor.expect("]", key)
            if isinstance(tree, Value):
                step.place.refuse(f"{path} is one number, not a list: it has no items")
            if isinstance(tree, dict) or not int(key.text) < len(tree) or tree[int(key.text)] is None:
                size = "no items" if isinstance(tree, dict) else f"{len(tree)} items, numbered from 0"
                step.place.refuse(f"{path} has {size}: there is no [{key.text}] with a Value")
            path, tree = f"{path}[{key.text}]", tree[int(key.text)]
        if isinstance(tree, dict):
            place.refuse(f"{path} is a Module: go on to a parameter, as in {path}.{next(iter(tree))}")
        return _as_expression(tree, path)

    def _unknown(self, name: str, place: Place) -> None:
        near = self._names.near(name, self._definitions)
        advice = (
            f"; did you mean {', '.join(near)}?" if near else f": there are {', '.join(list(self._names.trees)[:12])}"
        )
        if name in self._names.ignored:
            advice = (
                f": nodes has {name}, but as {self._names.ignored[name]}, not as a Value. "
                f"Define it in the text, as in {name} = 0.5, or make it a Value"
            )
        place.refuse(f"there is no node {name}{advice}")

    def _known(self, name: str) -> bool:
        return name in self._names.trees or name in self._definitions


def _as_expression(tree: Any, path: str) -> Node | Items:
    if isinstance(tree, Value):
        return Node(tree, path)
    parts = ((k, part) for k, part in enumerate(tree) if part is not None)
    return Items(tuple(_as_expression(part, f"{path}[{k}]") for k, part in parts), path)
