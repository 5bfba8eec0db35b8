"""What a loop of a program runs over: ``range(3)``, ``reversed(range(L))``, ``zip(W, dW)``, ``enumerate(layers)``."""

import ast
import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from autograd.untyped import Anything

MOST_TURNS = 50
_COMPARISONS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_DEEPEST = 20


class Counts:
    """The whole numbers that a program speaks of, and the items of what it runs over.

    Args:
        sizes: what is known of the nodes: a whole number, or the lengths of a nested list, by name.
    """

    def __init__(self, sizes: Mapping[str, Anything]) -> None:
        self._sizes = dict(sizes)

    def learn(self, target: ast.expr, value: ast.expr) -> None:
        """Remember a whole number that the program gives a name."""
        if isinstance(target, ast.Name):
            self._sizes.pop(target.id, None) if (number := self.number(value)) is None else self._sizes.update(
                {target.id: number}
            )

    @contextmanager
    def turn(self, variables: Mapping[str, ast.expr]) -> Iterator[None]:
        """One turn of a loop, with what its variables are in it."""
        before = dict(self._sizes)
        self._sizes |= {name: number for name, each in variables.items() if (number := self.number(each)) is not None}
        try:
            yield
        finally:
            self._sizes = before

    def number(self, node: ast.expr, depth: int = 0) -> int | None:
        """The whole number that a formula comes to, if that is known."""
        if depth > _DEEPEST:
            return None
        match node:
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                return number
            case ast.Name(id=name):
                found = self._sizes.get(name)
                return found if isinstance(found, int) else None
            case ast.Subscript(value=ast.Name(id=name), slice=index) if f"{name}[0]" in self._sizes:
                place = self.number(index, depth + 1)
                item = None if place is None else self._sizes.get(f"{name}[{place}]")
                return item if isinstance(item, int) else None
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                positive = self.number(operand, depth + 1)
                return None if positive is None else -positive
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.number(left, depth + 1), self.number(right, depth + 1)
                if a is None or b is None:
                    return None
                match op:
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                    case ast.Mult() if abs(a) < 1 << 30 and abs(b) < 1 << 30:
                        return a * b
                    case ast.FloorDiv() if b:
                        return a // b
            case ast.Call(func=ast.Name(id="len"), args=[ast.expr() as of]):
                return next(iter(self._lengths(of)), None)
            case ast.Subscript(value=ast.Attribute(value=of, attr="shape"), slice=ast.Constant(value=int(axis))):
                lengths = self._lengths(of)
                return lengths[axis] if -len(lengths) <= axis < len(lengths) else None
        return None

    def text(self, node: ast.expr) -> str | None:
        """What a text comes to, if that is known: ``"dW" + str(l)``, ``f"dW{l}"``."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Call(func=ast.Name(id="str"), args=[of]):
                number = self.number(of)
                return None if number is None else str(number)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.text(left), self.text(right)])
            case ast.JoinedStr(values=values):
                return _joined([self.text(each) for each in values])
            case ast.FormattedValue(value=value, format_spec=None):
                number = self.number(value)
                return self.text(value) if number is None else str(number)
        return None

    def truth(self, node: ast.expr) -> bool | None:
        """Whether a condition on such numbers holds; None if that is not known."""
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                a, b = self.number(left), self.number(right)
                if a is None or b is None or type(op) not in _COMPARISONS:
                    return None
                return _COMPARISONS[type(op)](a, b)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                found = self.truth(operand)
                return None if found is None else not found
        number = self.number(node)
        return None if number is None else bool(number)

    def are_ragged(self, name: str) -> bool:
        """Whether a list has items of different lengths, such as the weights of all layers."""
        found = self._sizes.get(name)
        return isinstance(found, tuple) and None in found

    def shelve(self, name: str, length: int) -> None:
        """Remember a list of the program that holds arrays."""
        self._sizes[name] = (length, None)

    def place(self, name: str, index: ast.expr) -> int | None:
        """The place in a list, counted from 0, that an index of a program is."""
        number, lengths = self.number(index), self._sizes.get(name)
        if number is not None and number < 0 and isinstance(lengths, tuple):
            number += lengths[0]
        return number if number is not None and number >= 0 else None

    def _lengths(self, node: ast.expr) -> tuple[int, ...]:
        match node:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
                found = self._sizes.get(name)
                return found if isinstance(found, tuple) else ()
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return (len(items),)
        return ()

    def items(self, node: ast.expr) -> list[ast.expr] | None:
        """What a loop runs over, in order; None if that is not known, or more than is written out."""
        found = self._items(node)
        return None if found is None or len(found) > MOST_TURNS else found

    def _items(self, node: ast.expr) -> list[ast.expr] | None:
        items: list[ast.expr] | None
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return items
            case ast.Call(func=ast.Name(id="range" | "xrange"), args=arguments):
                return self._range(node, arguments)
            case ast.Call(func=ast.Name(id="reversed"), args=[of]):
                items = self._items(of)
                return None if items is None else items[::-1]
            case ast.Subscript(value=of, slice=ast.Slice(lower=None, upper=None, step=step)) if (
                step is not None and self.number(step) == -1
            ):
                items = self._items(of)
                return None if items is None else items[::-1]
            case ast.Call(func=ast.Name(id="list" | "tuple" | "tqdm"), args=[of]):
                return self._items(of)
            case ast.Call(func=ast.Name(id="zip"), args=lists):
                columns = [self._items(each) for each in lists]
                most = min((len(column) for column in columns if column is not None), default=0)
                for k, each in enumerate(lists):
                    if columns[k] is None and most and isinstance(each, ast.Name):
                        columns[k] = [_item(each, place) for place in range(most)]  # err of err = y_hat - y
                rows = zip(*(column for column in columns if column is not None), strict=False)
                return None if None in columns else [_placed(ast.Tuple([*row]), node) for row in rows]
            case ast.Call(func=ast.Name(id="enumerate"), args=[of, *start], keywords=[]):
                items, first = self._items(of), self.number(start[0]) if start else 0
                if items is None or first is None:
                    return None
                return [_placed(ast.Tuple([_turn(first + k, node), item]), node) for k, item in enumerate(items)]
            case ast.Name() | ast.Attribute():
                lengths = self._lengths(node)
                return [_item(node, k) for k in range(lengths[0])] if lengths else None
        return None

    def _range(self, node: ast.expr, arguments: Sequence[ast.expr]) -> list[ast.expr] | None:
        bounds = [self.number(each) for each in arguments]
        if None in bounds or not 1 <= len(bounds) <= 3 or bounds[2:] == [0]:
            return None
        places = range(*bounds)  # type: ignore[arg-type]
        return [_turn(k, node) for k in places[: MOST_TURNS + 1]]

    def unpacked(self, target: ast.expr, thing: ast.expr) -> dict[str, ast.expr] | None:
        """What the variables of a loop are in one turn; None if that does not fit."""
        if isinstance(target, ast.Name):
            return {target.id: thing}
        if not isinstance(target, ast.Tuple | ast.List):
            return None
        values = (
            thing.elts
            if isinstance(thing, ast.Tuple | ast.List)
            else [_item(thing, k) for k in range(len(target.elts))]
        )
        if len(values) != len(target.elts):
            return None
        found: dict[str, ast.expr] = {}
        for each, value in zip(target.elts, values, strict=True):
            inner = self.unpacked(each, value)
            if inner is None:
                return None
            found |= inner
        return found


def _joined(parts: Sequence[str | None]) -> str | None:
    return None if None in parts else "".join(filter(None, parts))


def _placed(node: Anything, where: ast.expr) -> Anything:
    return ast.copy_location(node, where)


def _turn(number: int, where: ast.expr) -> ast.expr:
    """A number that stands nowhere on the page."""
    found: ast.expr = _placed(ast.Constant(abs(number), kind="turn"), where)
    return found if number >= 0 else _placed(ast.UnaryOp(ast.USub(), found), where)


def _item(of: ast.expr, place: int) -> ast.expr:
    found: ast.expr = _placed(ast.Subscript(of, _turn(place, of), ast.Load()), of)
    return found
