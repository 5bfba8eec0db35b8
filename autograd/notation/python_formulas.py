"""Formulas of Python: from the syntax tree that `ast.parse` gives to the tree of all notations, by a whitelist.

Nothing is run, and no name is looked up: what is not on the list is refused, at its place, with what to write instead.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograd.derivation.tokens import Place
from autograd.notation import array_functions as functions
from autograd.notation.given_names import HOLDERS
from autograd.notation.loops import Counts
from autograd.notation.python_calls import PythonCalls, UnreadableError
from autograd.notation.syntax import (
    Addition,
    Attribute,
    Call,
    Differential,
    Item,
    Listed,
    Logic,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Relation,
    Slice,
    Transposed,
    Tree,
)

_DEEPEST = 50
_LARGEST = 100_000
_DECIMAL = re.compile(r"(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?")
_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_PRODUCTS = {ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}
SHELVES = re.compile(r"(?:\w*_)?(?:params?|parameters|caches?|model|weights|values|graph|grads?|gradients|w|result)")
"""What a program may call the dictionary in which it keeps its arrays: ``cache["A1"]`` is A1."""
_GRADIENTS = re.compile(r"(?:\w*_)?(?:grads?|gradients)")


@dataclass
class Helper:
    """A function that the program defines by one formula: ``def sigmoid_prime(z): return …``, or a lambda."""

    parameters: Sequence[str]
    value: ast.expr
    defaults: Mapping[str, ast.expr] = field(default_factory=dict)
    steps: Sequence[tuple[str, ast.expr]] = ()
    """What it works out first, by name."""


class PythonFormulas:
    """Reads the formulas of one program.

    Args:
        place: where a node of the syntax tree stands.
        text: what stands there.
        helpers: the functions that the program defines.
        torch: whether the program uses PyTorch, whose variance divides by n − 1, or NumPy; None if neither is told.
        counts: the whole numbers that the program speaks of, and what its loops run over.
        shelved: what an item of a list is by itself, if the list is no array: one of the weights of all layers.
    """

    def __init__(
        self,
        place: Callable[[ast.AST], Place],
        text: Callable[[ast.AST], str],
        helpers: Mapping[str, Helper],
        torch: bool | None,
        counts: Counts,
        shelved: Callable[[ast.Subscript], Tree | None],
    ) -> None:
        self._counts, self._shelved = counts, shelved
        self._place, self._text, self._helpers = place, text, helpers
        self._calls = PythonCalls(place, text, self.tree, torch)
        self._depth = 0
        self._size = 0
        self.bound: dict[str, tuple[Tree, int]] = {}
        """What a name stands for within a helper, or in one turn of a loop, and how large that is."""
        self._given: set[str] = set()
        """The names of a helper, of whose lengths nothing is known."""

    def refusal(self, node: ast.AST, why: str) -> UnreadableError:
        """What to raise where a part of a statement has no meaning."""
        return UnreadableError(self._place(node), why)

    def tree(self, node: ast.expr) -> Tree:
        """The tree of a formula.

        Raises:
            UnreadableError: if a part of it is not on the list.
        """
        self._depth += 1
        if self._depth > _DEEPEST:
            self._depth = 0
            raise self.refusal(node, f"nested more than {_DEEPEST} deep: give a part of it a name of its own")
        self._size += 1
        if self._size > _LARGEST:
            raise self.refusal(node, "the program is too long, with what its functions stand for")
        found = self._tree(node)
        self._depth -= 1
        return found

    def name(self, text: str, node: ast.AST) -> Name:
        """A name as a tree."""
        return Name(text, self._place(node))

    def _tree(self, node: ast.expr) -> Tree:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name(id=name):
                return self._named(name, node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.tree(operand))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.tree(operand)
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                return Logic("not", (self.tree(operand),), self._place(node))
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._addition(node)
            case ast.BinOp(op=ast.Mult() | ast.Div() | ast.MatMult()):
                return self._product(node)
            case ast.BinOp(
                left=ast.Attribute(value=ast.Name(id="np" | "math"), attr="e"), op=ast.Pow(), right=exponent
            ):
                return Call("exp", (self.tree(exponent),), self._place(node))
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                return Power(self.tree(base), self.tree(exponent), self._place(node))
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as sign, right=right):
                word = "and" if isinstance(sign, ast.BitAnd) else "or"
                return Logic(word, (self.tree(left), self.tree(right)), self._place(node))
            case ast.BoolOp(op=sign, values=values):
                word = "and" if isinstance(sign, ast.And) else "or"
                return Logic(word, tuple(map(self.tree, values)), self._place(node))
            case ast.Compare():
                return self._relation(node)
            case ast.IfExp(test=test, body=body, orelse=other):
                condition = self.tree(test)
                if (holds := _decided(condition)) is not None:  # nonlin(x, True)
                    return self.tree(body if holds else other)
                return Call("where", (condition, self.tree(body), self.tree(other)), self._place(node))
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return Listed(tuple(map(self.tree, items)), self._place(node))
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._item(node)
            case ast.Call():
                return self._call(node)
            case ast.BinOp(op=ast.BitXor()):
                raise self.refusal(node, "in Python ^ is no power: write **, as in x**2")
            case ast.ListComp() | ast.GeneratorExp():
                return Listed(tuple(self._turns(node, node.generators)), self._place(node))
        raise self.refusal(node, f"{type(node).__name__} of Python has no meaning in a derivation: write a formula")

    def _named(self, name: str, node: ast.expr) -> Tree:
        if name in self.bound:
            found, size = self.bound[name]
            self._size += size
            return found
        return self.name(name, node)

    def bind(self, value: ast.expr) -> tuple[Tree, int]:
        """What a name is to stand for."""
        before = self._size
        found = self.tree(value)
        return found, self._size - before

    def _constant(self, node: ast.Constant) -> Tree:
        if isinstance(node.value, bool):
            return Number(str(int(node.value)), self._place(node))
        text = str(node.value) if node.kind == "turn" else self._text(node)
        if not isinstance(node.value, int | float) or not _DECIMAL.fullmatch(text):
            raise self.refusal(node, f"{text[:40]} is no number of a formula: write it in decimals")
        return Number(text.replace("_", ""), self._place(node))

    def _addition(self, node: ast.BinOp) -> Tree:
        terms: list[Tree] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Sub):
            term = self.tree(left.right)
            terms.append(term if isinstance(left.op, ast.Add) else Negative(term))
            left = left.left
        return Addition((self.tree(left), *reversed(terms)))

    def _product(self, node: ast.BinOp) -> Tree:
        """Factors in a row, from the left: in ``dZ @ A.T / m`` the matrix product comes first."""
        signs: list[str] = []
        nodes: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and type(left.op) in _PRODUCTS:
            signs.insert(0, _PRODUCTS[type(left.op)])
            nodes.insert(0, left.right)
            left = left.left
        rest = list(zip(signs, nodes, strict=True))
        found, rest = self._factor(left, rest)
        place = self._place(node)
        while rest:
            sign, first = rest[0]
            factor, rest = self._factor(first, rest[1:])
            if sign == "/":
                found = Ratio(found, factor, place)
            elif isinstance(found, Product) and found.sign == sign and found.place == place:
                found = Product((*found.factors, factor), sign, place)
            else:
                found = Product((found, factor), sign, place)
        return found

    def _factor(self, first: ast.expr, rest: list[tuple[str, ast.expr]]) -> tuple[Tree, list[tuple[str, ast.expr]]]:
        """A factor, and what is left; ``dJ/dp`` within ``dJ/dp * dp/dn`` is one."""
        if rest and rest[0][0] == "/":
            above, below = _differentiated(first), _differentiated(rest[0][1])
            if above and below:
                of, by = self.name(above, first), self.name(below, rest[0][1])
                return Differential(of, by, self._place(first), certain=False), rest[1:]
        return self.tree(first), rest

    def _relation(self, node: ast.Compare) -> Tree:
        signs = []
        for sign in node.ops:
            if type(sign) not in _COMPARISONS:
                raise self.refusal(node, "only < <= > >= == != compare numbers")
            signs.append(_COMPARISONS[type(sign)])
        return Relation((self.tree(node.left), *map(self.tree, node.comparators)), tuple(signs), self._place(node))

    def _turns(self, node: ast.ListComp | ast.GeneratorExp, loops: Sequence[ast.comprehension]) -> Iterator[Tree]:
        """The items of a list that is made by a loop, one for each turn: ``[p - q for p, q in zip(y_hat, y)]``."""
        if not loops:
            yield self.tree(node.elt)
            return
        loop, *inner = loops
        known = self._given.isdisjoint(each.id for each in ast.walk(loop.iter) if isinstance(each, ast.Name))
        things = self._counts.items(loop.iter) if known else None
        turns = [self._counts.unpacked(loop.target, thing) for thing in things or ()]
        if not turns or None in turns:
            raise self.refusal(node, "over what this loop runs cannot be told: write its items out, or use arrays")
        outer = self.bound
        try:
            for turn in filter(None, turns):
                self.bound = outer | {name: self.bind(value) for name, value in turn.items()}
                with self._counts.turn(turn):
                    said = [self._counts.truth(condition) for condition in loop.ifs]
                    if None in said:
                        raise self.refusal(node, "whether this condition holds cannot be told: write the items out")
                    if all(said):
                        yield from self._turns(node, inner)
        finally:
            self.bound = outer

    # Names with something behind them

    def _attribute(self, node: ast.Attribute) -> Tree:
        base = node.value
        if isinstance(base, ast.Name) and base.id in HOLDERS and base.id not in self.bound:
            return self._named(node.attr, node)
        if isinstance(base, ast.Name) and base.id in functions.MODULES - {"F"}:
            if node.attr == "pi":
                return self.name("pi", node)
            if node.attr == "e":
                return Call("exp", (Number("1", self._place(node)),), self._place(node))
            raise self.refusal(node, f"{self._text(node)} is not read: write its value")
        if node.attr in ("T", "mT"):
            return Transposed(self.tree(base))
        if node.attr in ("data", "values"):
            return self.tree(base)
        if node.attr == "indices" and isinstance(base, ast.Call) and self.called(base)[0] == "max":
            largest = self.tree(base)
            if isinstance(largest, Call):
                return Call("argmax", largest.arguments, self._place(node), largest.keywords)
        if node.attr == "size":
            return Call("size", (self.tree(base),), self._place(node))
        if node.attr in ("shape", "indices", "dtype", "ndim", "H"):
            raise self.refusal(node, f".{node.attr} is not read here: write numbers, or names for them")
        return Attribute(self.tree(base), node.attr, self._place(node))

    def _item(self, node: ast.Subscript) -> Tree:
        if kept := self.kept(node):
            return self.name(kept, node)
        if (shelved := self._shelved(node)) is not None:
            return shelved
        index = node.slice
        if isinstance(node.value, ast.Call) and (found := self._calls.of_a_pair(node.value, index)) is not None:
            return found
        match node.value:
            case ast.Attribute(value=array, attr="shape"):
                return Call("size", (self.tree(array), self.tree(index)), self._place(node))
            case ast.Call(func=ast.Attribute(attr="shape"), args=[array]):
                return Call("size", (self.tree(array), self.tree(index)), self._place(node))
        indices = index.elts if isinstance(index, ast.Tuple) else [index]
        if any(isinstance(one, ast.Constant) and one.value is None for one in indices) or any(
            map(_is_newaxis, indices)
        ):
            return self._widened(node, indices)
        of = self.tree(node.value)
        match of, indices:
            case Listed(items=items), [ast.Constant(value=int(k))] if isinstance(node.value, ast.Name) and k < len(
                items
            ):
                return items[k]  # W of cache = (A, W, b)
        return Item(of, tuple(map(self._index, indices)), self._place(node))

    def kept(self, node: ast.expr) -> str | None:
        """The name of what a program keeps in a dictionary: A1 for ``cache["A1"]``, grad_W1 for ``grads["W1"]``."""
        match node:
            case ast.Subscript(value=holder, slice=index) if (key := self._counts.text(index) or "").isidentifier():
                name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
                if _GRADIENTS.fullmatch(name) and not key.startswith(("d", "grad")):
                    return f"grad_{key}"
                return key if SHELVES.fullmatch(name) else None
        return None

    def _index(self, node: ast.expr) -> "Tree | Slice":
        if isinstance(node, ast.Slice):
            bounds = [self.tree(bound) if bound is not None else None for bound in (node.lower, node.upper, node.step)]
            return Slice(*bounds)
        if isinstance(node, ast.Constant) and node.value is Ellipsis:
            return self.name("...", node)
        return self.tree(node)

    def _widened(self, node: ast.Subscript, indices: Sequence[ast.expr]) -> Tree:
        """``b[None, :]``: an array with an axis more."""
        found = self.tree(node.value)
        for axis, index in enumerate(indices):
            if not isinstance(index, ast.Slice):
                found = Call("expand_dims", (found,), self._place(node), {"axis": Number(str(axis), self._place(node))})
            elif index.lower or index.upper or index.step:
                raise self.refusal(
                    node, "a new axis and a part of another are not read at once: write them in two lines"
                )
        return found

    # Calls

    def _call(self, node: ast.Call) -> Tree:
        called, arguments = self.called(node)
        if any(isinstance(argument, ast.Starred) for argument in arguments):
            raise self.refusal(node, "* before an argument is not read: write the arguments out")
        keywords = {
            functions.KEYWORDS.get(keyword.arg, keyword.arg): keyword.value
            for keyword in node.keywords
            if keyword.arg and keyword.arg not in functions.IGNORED_KEYWORDS
        }
        if "out" in keywords:
            raise self.refusal(node, "out= is not read: write the result on the left of =")
        if called in self._helpers and isinstance(node.func, ast.Name | ast.Attribute):
            return self._helped(node, self._helpers[called], arguments, keywords)
        return self._calls.tree(called, node, arguments, keywords)

    def called(self, node: ast.Call) -> tuple[str, list[ast.expr]]:
        """What a call calls, and with what: ``x.sum(0)`` calls sum with x and 0."""
        match node.func:
            case ast.Name(id=name):
                return name, node.args
            case ast.Attribute(value=base, attr=name):
                root: ast.expr = base
                while isinstance(root, ast.Attribute):
                    root = root.value
                if isinstance(root, ast.Name) and root.id in HOLDERS and root is base:
                    return name, node.args
                module = isinstance(root, ast.Name) and root.id in functions.MODULES and root.id not in self.bound
                if module and (root is not base or getattr(root, "id", "") != "F" or name in functions.FUNCTIONAL):
                    return name, node.args
                return name, [base, *node.args]
        raise self.refusal(node, "what is called here is no function that is read: write a formula")

    def _helped(
        self, node: ast.Call, helper: Helper, arguments: Sequence[ast.expr], keywords: Mapping[str, ast.expr]
    ) -> Tree:
        """A call of a function that the program defines: its formula, with the arguments put in."""
        bound = {name: self.bind(value) for name, value in zip(helper.parameters, arguments, strict=False)}
        bound |= {name: self.bind(value) for name, value in keywords.items()}
        missing = set(helper.parameters) - set(bound)
        bound |= {name: self.bind(helper.defaults[name]) for name in missing if name in helper.defaults}
        if len(arguments) > len(helper.parameters) or set(helper.parameters) != set(bound):
            raise self.refusal(node, f"it is called with other arguments than ({', '.join(helper.parameters)})")
        outer, self.bound, given = self.bound, bound, self._given
        self._given = {*bound, *(name for name, _ in helper.steps)}
        try:
            for name, value in helper.steps:
                self.bound[name] = self.bind(value)
            return self.tree(helper.value)
        finally:
            self.bound, self._given = outer, given


def _decided(condition: Tree) -> bool | None:
    """Whether a condition on numbers alone holds; None if it is about something else."""
    match condition:
        case Number(text=text):
            return float(text) != 0
        case Logic(word="not", trees=(of,)):
            found = _decided(of)
            return None if found is None else not found
        case Relation(trees=(Number(text=a), Number(text=b)), signs=("==" | "!=" as sign,)):
            return (float(a) == float(b)) == (sign == "==")
    return None


def _is_newaxis(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "newaxis"


def _differentiated(node: ast.expr) -> str | None:
    """J of the name dJ."""
    match node:
        case ast.Name(id=name) if len(name) > 1 and name[0] == "d" and name.isidentifier():
            return name[1:]
    return None
