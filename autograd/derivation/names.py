"""The names that a derivation may use: each leads to a Value, or to a list or Module that holds some.

A derivation may be a mapping from nodes to numbers or formulas, too: it is written out as text, a claim on each line.
"""

import math
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSet
from difflib import get_close_matches
from functools import cached_property
from math import isfinite, prod
from numbers import Integral, Real

from autograd.graph import topological_order
from autograd.notation.spelling import is_name, plain_name, plain_names
from autograd.numbers import Number
from autograd.text import printable
from autograd.untyped import Anything
from autograd.value import Value

_SPELLED = re.compile(r"[d∂](\w+?)(_|_by_|_over_|__|by)?")
_CALLED_GRADIENT = re.compile(r"(?:gradient|grad|nabla)_?(?P<after>\w+)|(?P<before>\w+?)_?(?:gradient|grad)")

SHORT = {"eps": "epsilon", "lam": "lambda", "lamb": "lambda", "lambd": "lambda", "lmbda": "lambda"}
"""What programs call ε and λ: `lambda` is a word of Python."""
_LONGEST_LABELS = 1000
Tree = Number
"""A Value, a list of trees, or (for a Module) a dict of trees by attribute."""


class PageNames:
    """The entries of a mapping that hold Values, addressed as a page does: ``w``, ``W1[1][0]``, ``model.layers[0]…``.

    Everything is looked up here once, so that reading a claim gets no attribute of anything and calls nothing. Entries
    that hold no Value are ignored, and remembered for the error that asks about them.

    Attributes:
        trees: what each entry leads to.
        numbers: the whole numbers, and the lists of such, that serve as sizes, indices and classes.
        constants: with `constants`, the floats and the lists of such, that stand for themselves: a learning rate, data.
        ignored: the type of each entry that holds no Value.
        paths: the name of each node on the page, that has one.
        sizes: the whole numbers, and the lengths of the nested lists, by name; and the items of short lists of numbers.
        plain_forms: the plain forms of all names.
        lists: every list among the nodes, with its address.

    Raises:
        TypeError: if `nodes` is not a mapping.
        ValueError: if it holds no Value.

    >>> w, x = Value(0.5), [Value(1.0), Value(2.0)]
    >>> names = PageNames({"w": w, "x": x, "epochs": 10})
    >>> names.paths[x[1]], names.near("W"), names.ignored
    ('x[1]', ['w'], {'epochs': 'int'})
    """

    def __init__(self, nodes: Mapping[str, Number], *, constants: bool = False) -> None:
        if not isinstance(nodes, Mapping):
            raise TypeError(
                f"nodes must map names to Values, as {{'w': w, 'x': x}} or locals(), not {type(nodes).__name__}"
            )
        self.trees: dict[str, Tree] = {}
        self.numbers: dict[str, Number] = {}
        self.constants: dict[str, Number] = {}
        self.ignored: dict[str, str] = {}
        self.paths: dict[Value, str] = {}
        for key, thing in nodes.items():
            tree = _tree(thing)
            if not isinstance(key, str) or (tree is None and (whole := _numbers(thing, _whole)) is None):
                self.ignored[str(key)] = type(thing).__name__
                if constants and isinstance(key, str) and (found := _numbers(thing, _finite)) is not None:
                    self.constants[key] = found
            elif tree is None:
                self.numbers[key] = whole
                self.ignored[key] = type(thing).__name__
            elif not (key.isidentifier() or is_name(key)):
                message = f"nodes: {key!r} is no name that a claim can use; letters, digits and _ make one"
                raise ValueError(printable(message))
            else:
                self.trees[key] = tree
        if not self.trees:
            raise ValueError("nodes holds no Value, and no list or Module with one: there is nothing to check against")
        # Of two names for one node the plainest is shown: `w` rather than `W[0]`, and never IPython's `_`.
        for key in sorted(self.trees, key=lambda key: (key.startswith("_"), not isinstance(self.trees[key], Value))):
            for path, node in _walk(self.trees[key], key):
                self.paths.setdefault(node, path)
        entries = [*self.numbers.items(), *self.trees.items()]
        found = ((name, thing if isinstance(thing, int) else _lengths(thing)) for name, thing in entries)
        items = [
            (f"{name}[{place}]", item)
            for name, numbers in self.numbers.items()
            if isinstance(numbers, list) and len(numbers) <= _LONGEST_LABELS
            for place, item in enumerate(numbers)
            if isinstance(item, int)
        ]
        self.sizes = frozenset([*items, *((name, size) for name, size in found if size != ())])
        self.plain_forms = frozenset(self._by_plain_form)
        self.lists = [found for key, tree in self.trees.items() for found in _sublists(tree, key)]

    def as_gradient(self, name: str) -> Value | None:
        """The node of a derivative by it whose upper node goes without saying: w of dw, d_w, dL_dw, grad_w or w_grad.

        Of a list it is the first node; dw1 is an item of a list w, if no node is called w1.

        >>> w, delta = Value(0.5), Value(1.0)
        >>> names = PageNames({"w": w, "delta": delta})
        >>> [names.as_gradient(name) is w for name in ("dw", "df_dw", "dfdw", "w_grad", "delta", "dt", "d")]
        [True, True, True, True, False, False, False]
        """
        found = [name[k + 1 :].removeprefix("_") for k, letter in enumerate(name) if self._ends_above(name[:k], letter)]
        if match := _CALLED_GRADIENT.fullmatch(name):
            found.append(match["after"] or match["before"])
        return next((node for node in map(self._first_node, found) if node is not None), None)

    def _ends_above(self, above: str, letter: str) -> bool:
        """Whether a d that stands after `above` may begin the lower half of a derivative: after dL or dloss_."""
        match = _SPELLED.fullmatch(above)
        upper = match is not None and (match[2] or len(match[1]) == 1 or match[1] in self.trees)
        return letter in "d∂" and (not above or bool(upper))

    def _first_node(self, name: str) -> Value | None:
        """The node of this name, or the first of the list that it names, with or without subscripts (W_01)."""
        tree = self.trees.get(name)
        while tree is None and name != (name := re.sub(r"_?\d$", "", name)):
            tree = found if isinstance(found := self.trees.get(name), list) else None
        return None if isinstance(tree, dict) else next((node for _, node in _walk(tree, "")), None)

    def spelled(self, name: str, *, exact: bool = True) -> dict[str, Tree]:
        """The entries that a name of the page may mean: the one that is spelled alike, else all of the same plain form.

        Numbers count where no Value has the name.

        >>> names = PageNames({r"\\hat y": Value(0.5), "W1": [Value(1.0)]})
        >>> [[*names.spelled(name)] for name in ("ŷ", "y_hat", "W_1", "W_2")]
        [['\\\\hat y'], ['\\\\hat y'], ['W1'], []]
        """
        if exact and name in self.trees:
            return {name: self.trees[name]}
        found = self._by_plain_form.get(plain_name(name), {})
        if held := {key: tree for key, tree in found.items() if key in self.trees}:
            return held
        return {name: self.numbers[name]} if exact and name in self.numbers else found

    @cached_property
    def _by_plain_form(self) -> dict[str, dict[str, Tree]]:
        found: dict[str, dict[str, Tree]] = {}
        entries = self.trees | {key: number for key, number in self.numbers.items() if key not in self.trees}
        for key, plain in zip(entries, plain_names(entries), strict=True):
            found.setdefault(plain, {})[key] = entries[key]
        return _with_whole_names(found)

    @cached_property
    def _constants_by_plain_form(self) -> dict[str, dict[str, Number]]:
        found: dict[str, dict[str, Number]] = {}
        for key, plain in zip(self.constants, plain_names(self.constants), strict=True):
            found.setdefault(plain, {})[key] = self.constants[key]
        return _with_whole_names(found)

    def constant(self, name: str) -> dict[str, Number]:
        """The floats that a name may mean, as `spelled` finds the entries."""
        if name in self.constants:
            return {name: self.constants[name]}
        return self._constants_by_plain_form.get(plain_name(name), {})

    def near(self, name: str, others: Iterable[str] = (), closeness: float = 0.5) -> list[str]:
        """Up to three names that look like this one."""
        known = {key.lower(): key for key in [*others, *reversed(self.trees)]}
        return [known[match] for match in get_close_matches(name.lower(), known, 3, closeness)]


def _with_whole_names(found: dict[str, dict[str, Number]]) -> dict[str, dict[str, Number]]:
    """The entries by plain form, with those called eps and lam as epsilon and lambda, too, if none is called so."""
    whole: dict[str, dict[str, Number]] = {}
    for short in SHORT.keys() & found.keys() if found else ():
        whole.setdefault(SHORT[short], {}).update(found[short])
    return whole | found


def _sublists(tree: Tree, path: str) -> Iterator[tuple[str, list[Tree]]]:
    """Each list inside a tree, with its address."""
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    if isinstance(tree, list):
        yield path, tree
    for key, part in parts:
        yield from _sublists(part, _address(path, key))


def _lengths(tree: Tree) -> tuple[int | None, ...]:
    """How long a list is, its items, and so on; None stands for items of different lengths."""
    if not isinstance(tree, list):
        return ()
    inner = dict.fromkeys(map(_lengths, tree))
    return (len(tree), *(next(iter(inner)) if len(inner) == 1 else (None,) if inner else ()))


def _tree(thing: Anything, depth: int = 0) -> Tree | None:
    """The part of a thing that can be addressed; None if there is no Value in it."""
    if isinstance(thing, Value):
        return thing
    if depth > 8:
        return None
    if isinstance(thing, list | tuple):
        items = [_tree(item, depth + 1) for item in thing]
        return items if any(item is not None for item in items) else None
    # A Module of nn is known by its method: this package imports nothing of nn.
    if callable(getattr(type(thing), "named_parameters", None)):
        found = {name: _tree(part, depth + 1) for name, part in vars(thing).items() if not name.startswith("_")}
        return {name: tree for name, tree in found.items() if tree is not None} or None
    return None


def _numbers(thing: Anything, number: Callable[[Number], Number], depth: int = 0) -> Number:
    """A number, or nested lists of numbers; else None. An array of NumPy's counts as lists."""
    if type(thing).__module__ == "numpy" and getattr(getattr(thing, "dtype", None), "kind", "") in "iuf":
        thing = thing.tolist()
    if (found := number(thing)) is not None:
        return found
    if not isinstance(thing, list | tuple | range) or not thing or depth > 3:
        return None
    items = [_numbers(item, number, depth + 1) for item in thing]
    return None if any(item is None for item in items) else items


def _whole(thing: Anything) -> int | None:
    return int(thing) if isinstance(thing, Integral) and not isinstance(thing, bool) else None


def _finite(thing: Anything) -> float | None:
    if isinstance(thing, Real) and not isinstance(thing, bool) and math.isfinite(thing):
        return float(thing)
    return None


def _walk(tree: Tree, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(tree, Value):
        yield path, tree
    elif tree is not None:
        for key, part in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _walk(part, _address(path, key))


def _address(path: str, key: object) -> str:
    return f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}"


JUDGED_APART = object()
"""Stands in a mapping for a whole array, which is judged as one."""


def is_array(claimed: Number) -> bool:
    """Whether a claim is an array, a tensor or a list, of more than the one number of a claim about one node."""
    return isinstance(claimed, list | tuple) or (hasattr(claimed, "shape") and prod(tuple(claimed.shape)) != 1)


def as_text(
    derivation: Mapping[Number, Number], names: PageNames, output: Value | None, single: MutableSet[int]
) -> str:
    """A line for each entry: ``dJ/dw = 0.15`` for a node w (or its name), ``key = formula`` for any other key.

    The lines whose number is a float32 are added to `single`.

    Raises:
        TypeError: if a key is neither node nor text, or an entry neither number nor formula.
        ValueError: if it does not say what is differentiated, and the nodes do not tell either.
    """
    if not derivation:
        raise ValueError("the derivation holds no claim: map nodes to their derivatives, as {w: 0.15}")
    by = {key: _node(key, names) for key, claimed in derivation.items() if claimed is not JUDGED_APART}
    wanted = [node for node in by.values() if node is not None]
    if wanted:
        output = output_of(names, wanted) if output is None else output
    of = names.paths.get(output) if output is not None else None
    if wanted and of is None:
        raise ValueError(f"the output {output!r} is not among the nodes: give it a name there")
    lines = []
    for number, (key, claimed) in enumerate(derivation.items(), start=1):
        if claimed is JUDGED_APART:
            lines.append("")
            continue
        node = by[key]
        subject = key if node is None else f"d{of}/d{names.paths.get(node)}"
        written = _written(_out_of_arrays(claimed, subject), subject)
        if "float32" in str(getattr(claimed, "dtype", "")):  # of NumPy, PyTorch or JAX
            single.add(number)
            written = _shortest(float(written))
        lines.append(f"{subject} = {written}")
    return "\n".join(lines)


def _node(key: Number, names: PageNames) -> Value | None:
    """The node whose derivative is claimed; None if the key says itself what it is about."""
    if isinstance(key, Value):
        if key not in names.paths:
            raise ValueError(f"{key!r} is not among the nodes: give it a name there")
        return key
    if not isinstance(key, str):
        raise TypeError(f"a derivation maps Values or their names to numbers or formulas; {key!r} is neither")
    by_path = next((node for node, path in names.paths.items() if path == key), None)
    spelled = [node for node in names.spelled(key).values() if isinstance(node, Value)]
    return by_path if by_path is not None or len(spelled) != 1 else spelled[0]


def output_of(names: PageNames, wanted: Iterable[Value]) -> Value:
    """The one named node that no other is computed from, and that all the wanted ones lead to. ValueError otherwise."""
    wanted, named = set(wanted), list(names.paths)
    inner: set[Value] = set()
    for node in reversed(topological_order(*named)):
        inner.update(node.parents)
    ends = [node for node in named if node not in inner and node.op is not None]
    ends = [node for node in ends if wanted <= set(topological_order(node))]
    if len(ends) != 1:
        found = " and ".join(str(names.paths.get(node)) for node in ends) or "none"
        raise ValueError(
            "a mapping of nodes claims derivatives of the one output that they all lead to, and among the nodes there "
            f"is {found}: pass output=..., or write the keys as 'dJ/dw'"
        )
    return ends[0]


def _out_of_arrays(claimed: Number, subject: str) -> Number:
    """The number in an array or tensor that holds one; anything else stays what it is."""
    if prod(shape := tuple(getattr(claimed, "shape", ()))) != 1:
        raise TypeError(f"the claim for {subject} must be a single number, not an array of shape {shape}")
    return claimed.item() if hasattr(claimed, "item") and "float" not in type(claimed).__name__ else claimed


def _shortest(number: float) -> str:
    """The fewest digits that give this float32."""
    found = (f"{number:.{digits}g}" for digits in range(1, 10))
    return next(text for text in found if array("f", [float(text)]) == array("f", [number]))


def _written(claimed: Number, subject: str) -> str:
    if isinstance(claimed, str):
        if "\n" in claimed:
            raise ValueError(f"the formula for {subject} goes over several lines; it must be one")
        return claimed
    if isinstance(claimed, Value):
        claimed = claimed.data
    if hasattr(claimed, "free_symbols"):
        return str(claimed)
    if isinstance(claimed, bool) or not hasattr(claimed, "__float__"):
        raise TypeError(f"the claim for {subject} must be a number or a formula as text, not {claimed!r}")
    if not isfinite(float(claimed)):
        raise ValueError(f"the claim for {subject} is {claimed}: only finite numbers can be checked")
    if isinstance(claimed, int) or (not isinstance(claimed, float) and "float" in type(claimed).__name__):
        return str(claimed)  # a NumPy float32 prints the digits that it has
    number = float(claimed)
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else repr(number)
