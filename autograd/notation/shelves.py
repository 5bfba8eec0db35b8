"""The lists of a program that are no arrays, but hold some: the weights of all layers, ``dW = [None]*L``."""

import ast
from collections.abc import Callable, Mapping

from autograd.derivation.tokens import Place
from autograd.notation.given_names import differentiated_by, spelled_as_gradient
from autograd.notation.loops import Counts
from autograd.notation.syntax import Attribute, Item, Name, Number, Tree

Made = tuple[ast.Subscript, ast.expr, Mapping[str, ast.expr]]
"""An item of a list, the formula for it, and what the variables of the comprehension are there."""


class Shelves:
    """The lists of arrays of one program.

    Args:
        counts: the whole numbers that the program speaks of.
        known: whether a node, or a list of nodes, has this name.
        bound: whether a name stands for something else where the program is read now: for the variable of a loop.
    """

    def __init__(self, counts: Counts, known: Callable[[str], bool], bound: Callable[[str], bool]) -> None:
        self._counts, self._known, self._bound = counts, known, bound
        self._made: set[str] = set()
        self.before_first: dict[str, ast.expr] = {}
        """What a program keeps before the first item of a list: hprev for ``hs[-1] = hprev``."""

    def is_before_the_first(self, target: ast.Subscript) -> bool:
        """Whether ``hs[-1] = …`` keeps what comes before a list of nodes, as a dictionary does: it is not the last."""
        name = target.value.id if isinstance(target.value, ast.Name) else ""
        if not self._known(name) or name in self._made or spelled_as_gradient(target):
            return False
        return self._counts.number(target.slice) == -1

    def made_by(self, target: ast.Name, value: ast.expr) -> list[Made] | None:
        """The items that ``dW = [None]*L`` (none) and ``dW = [np.zeros(w.shape) for w in W]`` give a list."""
        match value:
            case ast.BinOp(left=ast.List(elts=[ast.Constant(value=None)]), op=ast.Mult(), right=count):
                if (length := self._counts.number(count)) is None:
                    return None
                self._make(target.id, length)
                return []
            case ast.ListComp(elt=formula, generators=[ast.comprehension(target=variables, iter=of, ifs=[])]):
                things = self._counts.items(of)
                turns = [self._counts.unpacked(variables, thing) for thing in things or ()]
                if not turns or None in turns:
                    return None
                self._make(target.id, len(turns))
                places = [ast.Subscript(target, ast.Constant(k, kind="turn"), ast.Store()) for k in range(len(turns))]
                return [
                    (ast.copy_location(item, target), formula, turn)
                    for item, turn in zip(places, filter(None, turns), strict=True)
                ]
        return None

    def _make(self, name: str, length: int) -> None:
        self._counts.shelve(name, length)
        self._made.add(name)

    def item(self, node: ast.Subscript, place: Place, tree: Callable[[ast.expr], Tree]) -> Tree | None:
        """An item of a list of arrays, as a name of its own: ``W[2].grad`` for ``dW[2]``, W of all layers.

        `tree` reads a formula; `place` is where the item stands.
        """
        if not isinstance(node.value, ast.Name) or self._bound(node.value.id):
            return None
        name = node.value.id
        if name in self.before_first and self._counts.number(node.slice) == -1:
            return tree(self.before_first[name])
        of = next((each for each in differentiated_by(name) if self._counts.are_ragged(each)), None)
        number = self._counts.place(of or name, node.slice)
        if number is None:
            return None
        if self._known(name) or (name not in self._made and of is None):
            below = self._counts.number(node.slice) != number  # W[-1]
            return Item(Name(name, place), (Number(str(number), place),), place) if below else None
        if of is not None and spelled_as_gradient(node.value):
            return Attribute(Item(Name(of, place), (Number(str(number), place),), place), "grad", place)
        if spelled_as_gradient(node.value) and any(map(self._known, differentiated_by(name))):
            return None
        return Name(f"{name}[{number}]", place)
