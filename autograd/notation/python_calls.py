"""Calls of Python, NumPy and PyTorch: what a program calls, with what, as the tree of all notations."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograd.derivation.tokens import Place
from autograd.notation import array_functions as functions
from autograd.notation.named_derivatives import BY_NAME, derivative_called
from autograd.notation.syntax import (
    Addition,
    Call,
    Listed,
    Logic,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Relation,
    Transposed,
    Tree,
)

_OTHERS = {
    *("maximum", "minimum", "where", "outer", "ger", "clamp", "clip", "clamp_min", "negative", "neg", "square"),
    *("reciprocal", "rsqrt", "transpose", "t", "swapaxes", "adjoint", "permute", "zeros_like", "ones_like"),
    *("full_like", "diag", "diagflat", "eye", "identity", "zeros", "ones", "range", "arange", "one_hot", "len"),
    *("numel", "size", "reshape", "reshape_as", "view", "view_as", "flatten", "ravel", "squeeze", "unsqueeze"),
    *("expand_dims", "heaviside", "trace", "diagonal", "diag_embed", "inner", "vdot", "atleast_2d", "full", "einsum"),
    *("broadcast_to", "expand", "expand_as", "masked_fill", "empty_like"),
}
"""What is read besides the functions that go by a table."""


def is_read(called: str) -> bool:
    """Whether a function or method of this name is read."""
    tables = (
        *(_OTHERS, functions.SAME, functions.COPIES, functions.ELEMENTWISE, functions.PAIRWISE, functions.REDUCTIONS),
        *(functions.OPERATORS, functions.COMPARISONS, functions.LOGIC, functions.JOINS),
    )
    return any(called in table for table in tables) or derivative_called(called) is not None


class UnreadableError(Exception):
    """A piece of a program has no meaning in a derivation: where, and what to write instead."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(why)
        self.place, self.why = place, why


@dataclass
class PythonCalls:
    """Reads the calls in the formulas of one program, but for those of its own functions."""

    place: Callable[[ast.AST], Place]
    """Where a node of the syntax tree stands."""
    text: Callable[[ast.AST], str]
    """What stands there."""
    read: Callable[[ast.expr], Tree]
    """Reads an argument."""
    torch: bool | None
    """Whether the program uses PyTorch, or NumPy; None if neither is told."""

    def refusal(self, node: ast.AST, why: str) -> UnreadableError:
        """What to raise where a part of a statement has no meaning."""
        return UnreadableError(self.place(node), why)

    def tree(self, called: str, node: ast.Call, arguments: Sequence[ast.expr], keywords: dict[str, ast.expr]) -> Tree:
        """The tree of a call of a function or method of this name."""
        if called in functions.SAME and arguments:
            return self.read(arguments[0])
        if called in functions.COPIES and arguments:
            return Call("copy", (self.read(arguments[0]),), self.place(node))
        if called in functions.ELEMENTWISE and len(arguments) == 1:
            return Call(functions.ELEMENTWISE[called], (self.read(arguments[0]),), self.place(node))
        if called in functions.PAIRWISE and len(arguments) == 2:
            return Call(functions.PAIRWISE[called], tuple(map(self.read, arguments)), self.place(node))
        if functions.OPERATORS.get(called) and len(arguments) == 2:
            return self._operation(functions.OPERATORS[called], node, arguments)
        if called in ("max", "min") and len(arguments) > 1 and isinstance(node.func, ast.Name):
            first, *others = map(self.read, arguments)
            for other in others:
                first = Call(f"{called}imum", (first, other), self.place(node))
            return first
        if called in functions.COMPARISONS and len(arguments) == 2 and not keywords:
            return Relation(tuple(map(self.read, arguments)), (functions.COMPARISONS[called],), self.place(node))
        if called in functions.LOGIC and len(arguments) == 1 + (called != "logical_not"):
            return Logic(functions.LOGIC[called], tuple(map(self.read, arguments)), self.place(node))
        if called in functions.JOINS and arguments:
            return self._joined(functions.JOINS[called], node, arguments, keywords)
        plain = called == "sum" and isinstance(node.func, ast.Name) and len(arguments) == 1 and not keywords
        if plain and isinstance(arguments[0], ast.GeneratorExp | ast.ListComp):
            return self._added(self.read(arguments[0]), node)
        if called in functions.REDUCTIONS and arguments:
            return self._reduction(functions.REDUCTIONS[called], node, arguments, keywords)
        return self._other_call(called, node, arguments, keywords)

    def _added(self, listed: Tree, node: ast.Call) -> Tree:
        """Python's own sum, which adds the items of a list, be they arrays, and not what is in them."""
        items = listed.items if isinstance(listed, Listed) else ()
        return Addition(items) if len(items) > 1 else items[0] if items else Number("0", self.place(node))

    def _operation(self, sign: str, node: ast.Call, arguments: Sequence[ast.expr]) -> Tree:
        left, right = map(self.read, arguments)
        place = self.place(node)
        match sign:
            case "+":
                return Addition((left, right))
            case "-":
                return Addition((left, Negative(right)))
            case "/":
                return Ratio(left, right, place)
            case "**":
                return Power(left, right, place)
        return Product((left, right), sign, place)

    def _reduction(
        self, name: str, node: ast.Call, arguments: Sequence[ast.expr], keywords: dict[str, ast.expr]
    ) -> Tree:
        of, *positional = arguments
        match of:
            case ast.Subscript(value=whole, slice=ast.Compare() as those) if name == "sum" and not (
                positional or keywords
            ):
                zero, place = Number("0", self.place(node)), self.place(node)
                return Call("sum", (Call("where", (self.read(those), self.read(whole), zero), place),), place)
        for key, value in zip(("axis", "keepdims"), positional, strict=False):
            keywords.setdefault(key, value)
        if len(positional) > 2 or (name == "norm" and positional):
            raise self.refusal(node, f"{name} is read with an axis and keepdims only")
        if name in ("var", "std"):
            unbiased = keywords.pop("unbiased", None)
            if unbiased is not None:
                keywords["ddof"] = unbiased
            elif "ddof" not in keywords:
                keywords["ddof"] = ast.copy_location(ast.Constant(self._spread(node)), node)
        known = {"axis", "keepdims", "ddof"} if name in ("var", "std") else {"axis", "keepdims"}
        if unknown := set(keywords) - known:
            raise self.refusal(node, f"{min(unknown)}= is not read here")
        values = {
            key: self.read(value)
            for key, value in keywords.items()
            if not (isinstance(value, ast.Constant) and value.value is None)
        }
        return Call(name, (self.read(of),), self.place(node), values)

    def _spread(self, node: ast.Call) -> bool:
        """Whether a variance divides by n − 1, as PyTorch's does if nothing is said, and NumPy's does not."""
        root = node.func.value if isinstance(node.func, ast.Attribute) else None
        module = root.id if isinstance(root, ast.Name) and root.id in functions.MODULES else None
        torch = {"torch": True, "np": False, "numpy": False}.get(module or "", self.torch)
        if torch is None:
            raise self.refusal(node, "NumPy divides a variance by n, PyTorch by n - 1: say ddof=0 or unbiased=True")
        return torch

    def _other_call(
        self, called: str, node: ast.Call, arguments: Sequence[ast.expr], keywords: dict[str, ast.expr]
    ) -> Tree:
        place = self.place(node)
        count = len(arguments)
        match called:
            case "maximum" | "minimum" | "where" | "outer" | "ger":
                wanted = 3 if called == "where" else 2
                if count == wanted and not keywords:
                    name = {"ger": "outer"}.get(called, called)
                    return Call(name, tuple(map(self.read, arguments)), place)
            case "heaviside" if count == 2:
                return self._heaviside(node, arguments)
            case "einsum" if count > 1:
                return self._einsum(node, arguments)
            case "trace" if count == 1:
                return Call("sum", (Call("diag", (self.read(arguments[0]),), place),), place)
            case "vdot" if count == 2:
                return Call("sum", (Product(tuple(map(self.read, arguments)), "*", place),), place)
            case "inner" | "atleast_2d" if count == 1 + (called == "inner"):
                return Call(called, tuple(map(self.read, arguments)), place)
            case "masked_fill" if count == 3:
                of, places, value = map(self.read, arguments)
                return Call("where", (places, value, of), place)
            case "full" if count == 2:
                ones = self._filled("ones", node, arguments[:1])
                return Product((self.read(arguments[1]), ones), "*", place)
            case "broadcast_to" | "expand" | "expand_as" if count > 1:
                return self._broadcast(called, node, arguments)
            case "clamp" | "clip" | "clamp_min" if count:
                return self._clipped(node, arguments, keywords)
            case "negative" | "neg" if count == 1:
                return Negative(self.read(arguments[0]))
            case "square" if count == 1:
                return Power(self.read(arguments[0]), Number("2", place), place)
            case "reciprocal" if count == 1:
                return Ratio(Number("1", place), self.read(arguments[0]), place)
            case "rsqrt" if count == 1:
                return Ratio(Number("1", place), Call("sqrt", (self.read(arguments[0]),), place), place)
            case "transpose" | "t" | "swapaxes" | "adjoint" | "permute":
                return self._transposed(called, node, arguments)
            case "zeros_like" | "ones_like" | "diag" | "diagflat" | "eye" | "identity" | "diagonal" | "diag_embed" if (
                count == 1
            ):
                name = {"identity": "eye"}.get(called, "diag" if called.startswith("diag") else called)
                return Call(name, (self.read(arguments[0]),), place)
            case "zeros" | "ones":
                return self._filled(called, node, arguments)
            case "full_like" if count == 2:
                ones = Call("ones_like", (self.read(arguments[0]),), place)
                return Product((self.read(arguments[1]), ones), "*", place)
            case "range" | "arange" if count and not keywords:
                return Call("range", tuple(map(self.read, arguments)), place)
            case "one_hot":
                return self._one_hot(node, arguments, keywords)
            case "len" | "numel" if count == 1:
                first = (Number("0", place),) if called == "len" else ()
                return Call("size", (self.read(arguments[0]), *first), place)
            case "size" if count in (1, 2):
                return Call("size", tuple(map(self.read, arguments)), place)
            case "reshape" | "view" | "flatten" | "ravel" | "squeeze" | "unsqueeze" | "expand_dims" | "view_as":
                return self._reshaped(called, node, arguments, keywords)
        if count == 1 and not keywords and (function := derivative_called(called)) is not None:
            return Call(function, (self.read(arguments[0]),), place, {BY_NAME: Number("1", place)}, primes=1)
        raise self._no_function(called, node)

    def _no_function(self, called: str, node: ast.Call) -> UnreadableError:
        near = re.fullmatch(r"d_?(\w+)|(\w+?)_?(?:prime|deriv|derivative|grad|gradient|backward|derivada)", called)
        if near:
            advice = "write its formula, as in a*(1 - a), or paste its def with it"
        elif re.match(r"(?i)(conv|max_?pool|avg_?pool|im2col|col2im|pad|unfold|fold)", called):
            advice = "convolutions and pooling are not read: write the sums out, or check them for one neuron"
        else:
            advice = "write its formula"
        return self.refusal(node, f"{called} is no function that is read here, or not with these arguments: {advice}")

    def _clipped(self, node: ast.Call, arguments: Sequence[ast.expr], keywords: Mapping[str, ast.expr]) -> Tree:
        place = self.place(node)
        names = [("min", "a_min"), ("max", "a_max")]
        given = [*arguments[1:], *[None] * (3 - len(arguments))]
        low, high = (
            bound or next((keywords[name] for name in pair if name in keywords), None)
            for bound, pair in zip(given, names, strict=True)
        )
        found = self.read(arguments[0])
        for name, bound in (("maximum", low), ("minimum", high)):
            if bound is not None and not (isinstance(bound, ast.Constant) and bound.value is None):
                found = Call(name, (found, self.read(bound)), place)
        return found

    def _transposed(self, called: str, node: ast.Call, arguments: Sequence[ast.expr]) -> Tree:
        of, *axes = arguments
        if len(axes) == 1 and isinstance(axes[0], ast.Tuple | ast.List):
            axes = axes[0].elts
        order = [self.text(axis).replace(" ", "") for axis in axes]
        exchanges = order in ([], ["1", "0"], ["-1", "-2"])
        # Of x.transpose(0, 1) PyTorch exchanges the two, and NumPy keeps them in this order.
        if order in (["0", "1"], ["-2", "-1"]):
            exchanges = called == "swapaxes" or (called == "transpose" and self.torch is True)
        if exchanges:
            return Transposed(self.read(of))
        if len(order) > 2 or (called == "swapaxes" and len(order) == 2) or (self.torch and len(order) == 2):
            name = "permute" if len(order) > 2 else "swapaxes"
            return Call(name, tuple(map(self.read, (of, *axes))), self.place(node))
        raise self.refusal(node, "only the two axes of a matrix are exchanged: write .T")

    def _heaviside(self, node: ast.Call, arguments: Sequence[ast.expr]) -> Tree:
        """1 where it is positive, 0 where it is negative, and what is said at 0."""
        of, at_zero = map(self.read, arguments)
        place = self.place(node)
        zero, one = Number("0", place), Number("1", place)
        positive, negative = Relation((of, zero), (">",), place), Relation((of, zero), ("<",), place)
        return Call("where", (positive, one, Call("where", (negative, zero, at_zero), place)), place)

    def _einsum(self, node: ast.Call, arguments: Sequence[ast.expr]) -> Tree:
        """``np.einsum("ij,jk->ik", A, B)``: each letter as a number, for the arrays and the result."""
        said, *arrays = arguments
        text = said.value.replace(" ", "") if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
        left, arrow, right = text.partition("->")
        subscripts = left.split(",")
        if not arrow:
            right = "".join(sorted(letter for letter in set(left) - {","} if left.count(letter) == 1))
        plain = all(each.isascii() and (each.isalpha() or not each) for each in (*subscripts, right))
        if not (text and plain and len(subscripts) == len(arrays) and set(right) <= set(left)):
            raise self.refusal(node, "einsum is read with its letters, as in np.einsum('ij,jk->ik', A, B)")
        if len(set(right)) < len(right):
            raise self.refusal(node, "a letter stands twice behind the -> of einsum")
        place = self.place(node)
        letters = [*dict.fromkeys(left.replace(",", ""))]
        numbered = [
            Listed(tuple(Number(str(letters.index(letter)), place) for letter in each), place)
            for each in (*subscripts, right)
        ]
        return Call("einsum", tuple(map(self.read, arrays)), place, {"letters": Listed(tuple(numbered), place)})

    def _joined(
        self, name: str, node: ast.Call, arguments: Sequence[ast.expr], keywords: Mapping[str, ast.expr]
    ) -> Tree:
        """``np.concatenate([a, b], axis=1)``, ``np.vstack((h, x))``."""
        listed, *positional = arguments
        axis = keywords.get("axis") or (positional[0] if positional else None)
        if (
            not isinstance(listed, ast.List | ast.Tuple)
            or not listed.elts
            or (axis and name.endswith("k") and name != "stack")
        ):
            raise self.refusal(node, f"{name} is read with its arrays written out, as in np.{name}([a, b])")
        values = {"axis": self.read(axis)} if axis is not None else {}
        return Call(name, tuple(map(self.read, listed.elts)), self.place(node), values)

    def _broadcast(self, called: str, node: ast.Call, arguments: Sequence[ast.expr]) -> Tree:
        of, *sizes = arguments
        place = self.place(node)
        match sizes:
            case [ast.Attribute(value=other, attr="shape")]:
                return Call("broadcast_as", (self.read(of), self.read(other)), place)
            case [other] if called == "expand_as":
                return Call("broadcast_as", (self.read(of), self.read(other)), place)
            case [ast.Tuple(elts=inner) | ast.List(elts=inner)]:
                sizes = inner
        return Call("broadcast", tuple(map(self.read, (of, *sizes))), place)

    def of_a_pair(self, node: ast.Call, index: ast.expr) -> Tree | None:
        """The largest items of ``z.max(1)[0]``, which in PyTorch is a pair of these and their places."""
        method = isinstance(node.func, ast.Attribute) and node.func.attr in ("max", "min")
        axes = [*node.args, *(each for each in node.keywords if each.arg in ("dim", "axis"))]
        if not (self.torch and method and axes and isinstance(index, ast.Constant) and index.value == 0):
            return None
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "torch" and len(axes) < 2:
            return None
        return self.read(node)

    def _filled(self, name: str, node: ast.Call, arguments: Sequence[ast.expr]) -> Tree:
        if len(arguments) == 1:
            match arguments[0]:
                case ast.Tuple(elts=sizes) | ast.List(elts=sizes):
                    arguments = sizes
                case ast.Attribute(value=other, attr="shape"):
                    return Call(f"{name}_like", (self.read(other),), self.place(node))
        return Call(name, tuple(map(self.read, arguments)), self.place(node))

    def _one_hot(self, node: ast.Call, arguments: Sequence[ast.expr], keywords: Mapping[str, ast.expr]) -> Tree:
        classes = keywords.get("num_classes") or (arguments[1] if len(arguments) > 1 else None)
        values = {"classes": self.read(classes)} if classes is not None else {}
        return Call("one_hot", (self.read(arguments[0]),), self.place(node), values)

    def _reshaped(
        self, called: str, node: ast.Call, arguments: Sequence[ast.expr], keywords: dict[str, ast.expr]
    ) -> Tree:
        of, *rest = arguments
        place = self.place(node)
        match called, rest:
            case "unsqueeze" | "expand_dims" | "squeeze", _:
                axis = keywords.get("axis") or (rest[0] if rest else None)
                name = "squeeze" if called == "squeeze" else "expand_dims"
                return Call(name, (self.read(of),), place, {"axis": self.read(axis)} if axis is not None else {})
            case "flatten" | "ravel", _:
                minus_one = Negative(Number("1", place))
                return Call("reshape", (self.read(of), minus_one), place)
            case "view_as", [other]:
                return Call("reshape_as", (self.read(of), self.read(other)), place)
            case _, [ast.Attribute(value=other, attr="shape")]:
                return Call("reshape_as", (self.read(of), self.read(other)), place)
            case _, [ast.Tuple(elts=sizes) | ast.List(elts=sizes)]:
                rest = sizes
        return Call("reshape", tuple(map(self.read, (of, *rest))), place)
