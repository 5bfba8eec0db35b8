"""Gradients claimed as whole arrays: each is compared with that of a nested list of Values, and one line says how.

The right gradients are those of one backward sweep in floats. A wrong array is explained by a mistake that gives all of
its entries: the sweep is made again with the mistake in it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from math import inf, isclose, prod

import numpy as np

from autograd import ops
from autograd.derivation.derivation_report import DerivationLine
from autograd.derivation.kinds_of_mistake import (
    FACTOR_OTHER,
    LEFT_OUT,
    MEAN_FOR_SUM,
    MEAN_LEFT_OUT,
    MEAN_TWICE,
    MISSING,
    NOT_SUMMED,
    ONE_EXAMPLE,
    ONE_TERM_MISSING,
    SHAPE,
    TERM_EXTRA,
    TERM_MISSING,
    TRANSPOSED,
    Mistake,
    mean_left_out,
    other_than,
)
from autograd.derivation.mappings import output_of
from autograd.derivation.mistakes import scalings
from autograd.derivation.names import PageNames, Tree
from autograd.derivation.verdicts_on_lines import of_entries
from autograd.derivatives import recorded_order
from autograd.graph import contributions, topological_order
from autograd.numbers import Number
from autograd.numbers.textbook import textbook
from autograd.operation import Operation
from autograd.text import number
from autograd.value import Value

CLOSE = 1e-3
"""Relative to the largest right entry: what is off by less is said to be close."""
DOUBLE, SINGLE, HALF = 1e-9, 1e-5, 1e-2
"""How far an entry may be off in each precision, relative to the largest right one."""
MOST_STEPS = 5_000_000
"""How many nodes all sweeps for mistakes may pass together."""
_ACTIVATIONS = (ops.tanh, ops.sigmoid, ops.relu)


def judged_arrays(
    claims: Mapping[Number, Number],
    numbers: Mapping[Number, int],
    nodes: Mapping[str, Number],
    output: Value | None,
    tolerance: float | None,
) -> list[DerivationLine]:
    """The lines of the report for claims that are arrays, each with its `number`.

    Raises:
        TypeError: if an array does not hold real numbers, or a key is neither node nor text.
        ValueError: if a key names no list of nodes, or what is differentiated cannot be told.
    """
    names = PageNames(nodes)
    return [_Tensor(key, claimed, numbers[key], names, output, tolerance).line() for key, claimed in claims.items()]


class _Tensor:
    """One array, and the gradients that it should hold."""

    def __init__(
        self, key: Number, claimed: Number, place: int, names: PageNames, output: Value | None, tolerance: float | None
    ) -> None:
        self._names, self._place = names, place
        self.of, name, tree = _subject(key, claimed, names, output)
        self.claimed, precision = _numbers_in(claimed, key)
        self.nodes = _nodes_in(tree, name)
        self._name = name
        self._text = f"d{names.paths.get(self.of, 'output')}/d{name}"
        self._tolerance = precision if tolerance is None else tolerance
        self._steps = 0

    @cached_property
    def _order(self) -> list[Value]:
        return recorded_order(self.of)

    @cached_property
    def _right(self) -> Number:
        return self._swept()

    def line(self) -> DerivationLine:
        """The verdict on the array."""
        right = self._right
        claimed = self._in_shape(right)
        if claimed is None:
            mistakes = [*self._of_the_shape()]
            return self._as_line(
                "wrong",
                f"wrong: its shape is {self.claimed.shape}, and that of {self._name} is {right.shape}",
                mistakes,
            )
        if not np.isfinite(right).all():
            place = _address(np.argwhere(~np.isfinite(right))[0])
            return self._as_line("no value", f"{self._text}{place} has no finite value here: nothing can be checked")
        if self._same(claimed, right):
            exact = bool((claimed == right).all())
            scale = float(np.abs(right).max(initial=0.0))
            off = float(np.abs(claimed - right).max(initial=0.0)) / scale if scale else 0.0
            how = "exact" if exact else f"within {number(off, 2)} of its largest entry"
            count = right.size
            return self._as_line("here", f"here, {how}, {of_entries((count, count))}", entries=(count, count))
        return self._wrong(claimed, right)

    def _wrong(self, claimed: Number, right: Number) -> DerivationLine:
        bad = ~self._hits(claimed, right)
        entries = int((~bad).sum()), right.size
        unknown = np.argwhere(~np.isfinite(claimed))
        if len(unknown):
            place = tuple(unknown[0])
            words = f"wrong: {of_entries((len(unknown), right.size))} {'is' if len(unknown) == 1 else 'are'} not finite"
            words += f"; the first is {claimed[place]}, at {_address(place)}"
            return self._as_line("wrong", words, [], entries, (float(claimed[place]), float(right[place])))
        place = np.unravel_index(int(np.abs(claimed - right).argmax()), right.shape)
        off, scale = float(np.abs(claimed - right)[place]), float(np.abs(right).max())
        words = f"wrong in {of_entries((right.size - entries[0], right.size))}; "
        words += f"the largest error is {number(off, 3)}, at {_address(place)}"
        if off <= CLOSE * scale:
            words += f": close, within {number(off / scale, 2)} of the largest entry"
        mistakes = [] if off <= CLOSE * scale else [*self._mistakes(claimed)]
        return self._as_line("wrong", words, mistakes, entries, (float(claimed[place]), float(right[place])))

    def _as_line(
        self,
        verdict: str,
        remark: str,
        mistakes: Sequence[Mistake] = (),
        entries: tuple[int, int] | None = None,
        shown: tuple[float | None, float | None] = (None, None),
    ) -> DerivationLine:
        size = prod(self.nodes.shape)
        return DerivationLine(
            number=self._place,
            claim=f"{self._text} = array of shape {self.claimed.shape}",
            verdict=verdict,
            remark=remark,
            entries=entries or (0, size),
            claimed=shown[0],
            correct=shown[1],
            mistakes=tuple(mistakes),
        )

    # How the array compares

    def _in_shape(self, right: Number) -> Number:
        """The array in the shape of the nodes: axes of length 1 make no difference, as in a bias of shape (1, n)."""
        shape, wanted = self.claimed.shape, right.shape
        bare = [length for length in shape if length != 1] == [length for length in wanted if length != 1]
        return self.claimed.reshape(wanted) if shape == wanted or bare else None

    def _hits(self, claimed: Number, right: Number) -> Number:
        scale = np.abs(right).max(initial=0.0)
        with np.errstate(invalid="ignore"):
            return np.abs(claimed - right) <= self._tolerance * scale

    def _same(self, claimed: Number, right: Number) -> bool:
        return claimed.shape == right.shape and bool(self._hits(claimed, right).all())

    # What the gradients would be

    def _swept(
        self,
        local_grads: Callable[[Value], Sequence[Number]] = lambda node: node.local_grads,
        cut: Collection[Value] = (),
        start: Value | None = None,
        by: Number = None,
    ) -> Number:
        """The gradients, by other local gradients, with no path through the nodes that are `cut`, or of a `start`."""
        of, by = self.of if start is None else start, self.nodes if by is None else by
        found: dict[Value, Number] = {of: 1.0}
        order = self._order if start is None else topological_order(start)
        among = set(order) - set(cut) if cut else None
        for _ in contributions(order, found, local_grads, among):
            pass
        return np.array([float(found.get(node, 0.0)) for node in by.ravel()]).reshape(by.shape)

    # Mistakes

    def _of_the_shape(self) -> Iterator[Mistake]:
        right = self._right
        if self.claimed.T.shape == right.shape and self._same(self.claimed.T, right):
            yield Mistake(TRANSPOSED, f"it is {self._text} with rows and columns swapped")
            return
        for axis in range(self.claimed.ndim):
            summed = self.claimed.sum(axis)
            if summed.shape == right.shape and self._same(summed, right):
                yield Mistake(NOT_SUMMED, f"its entries along axis {axis} are still to be added up")
                return
        for name, slopes in self._matrices():
            for axis in (0, 1):
                whole, other = slopes.sum(axis), slopes.sum(1 - axis)
                if self._same(whole, right) and self._same(np.squeeze(self.claimed), other):
                    of = f"{self._text.partition('/')[0]}/d{name}"
                    words = f"it is {of} added up along axis {1 - axis}, where axis {axis} is meant"
                    yield Mistake(NOT_SUMMED, f"{words}: {self._shapes()}")
                    return
        yield Mistake(SHAPE, self._shapes())

    def _shapes(self) -> str:
        return f"an array of shape {self.claimed.shape} where {self._name} has {self._right.shape}"

    def _matrices(self) -> Iterator[tuple[str, Number]]:
        """The names of the page's lists of lists that lie between, with the gradients by them."""
        for name, nodes in self._inner():
            tree = self._names.trees[name]
            rows = [[*_flat(row)] for row in tree] if isinstance(tree, list) else []
            if len({len(row) for row in rows}) == 1 and len(nodes) == len(rows) * len(rows[0]) and self._affords():
                yield name, self._swept(by=np.array(rows, dtype=object))

    def _mistakes(self, claimed: Number) -> Iterator[Mistake]:
        """The mistakes that give just these entries: the first kind that does."""
        for kind in (
            self._swapped,
            self._scaled,
            self._terms,
            self._sums,
            self._paths,
            self._slopes,
            self._operands,
            self._added,
        ):
            found = list(kind(claimed))
            if found:
                yield from found[:3]
                return

    def _swapped(self, claimed: Number) -> Iterator[Mistake]:
        if self._right.ndim == 2 and self._same(claimed.T, self._right):
            yield Mistake(TRANSPOSED, f"it is {self._text} with rows and columns swapped")

    def _scaled(self, claimed: Number) -> Iterator[Mistake]:
        what = self._text
        for m in dict.fromkeys((len(self._terms_of_loss), len(self._examples))):
            mean = m > 1 and self._is_mean_over(m)
            if mean and self._same(claimed / m, self._right):
                yield Mistake(MEAN_LEFT_OUT, f"it is {m} times {what}: {mean_left_out(m)}")
            if m > 1 and self._same(claimed * m, self._right):
                again = " once more" if mean else ""
                yield Mistake(MEAN_TWICE if again else MEAN_FOR_SUM, f"it is {what} divided by {m}{again}")
        for name, detail, scaled in scalings(what):
            if self._same(scaled(self._right), claimed):
                yield Mistake(name, detail())

    @cached_property
    def _way_to_terms(self) -> list[Value]:
        """From the output down to its outermost sum, as in a mean over examples; empty if there is none near."""
        way = [self.of]
        while way[-1].op not in (ops.sum, ops.mean, ops.add):
            inner = [parent for parent in way[-1].parents if parent.op is not None]
            if len(inner) != 1 or len(way) > 3:
                return []
            way.append(inner[0])
        return way

    @property
    def _terms_of_loss(self) -> list[Value]:
        """The terms of that sum."""
        return _added(self._way_to_terms[-1]) if self._way_to_terms else []

    @cached_property
    def _examples(self) -> list[list[Value]]:
        """The terms that belong to each row of a list of lists, if each depends on one row: the examples of a batch."""
        terms = self._terms_of_loss
        if not 1 < len(terms) <= MOST_STEPS // max(len(self._order), 1):
            return []
        below = [set(topological_order(term)) for term in terms]
        for tree in self._names.trees.values():
            rows = [set(_flat(row)) for row in tree] if isinstance(tree, list) else []
            groups: list[list[Value]] = [[] for _ in rows]
            for term, nodes in zip(terms, below, strict=True):
                found = [k for k, row in enumerate(rows) if not row.isdisjoint(nodes)]
                if len(found) != 1:
                    break
                groups[found[0]].append(term)
            else:
                if len(groups) > 1 and all(groups):
                    return groups
        return []

    def _is_mean_over(self, m: int) -> bool:
        """Whether the loss divides its outermost sum by m, or by twice that, and so on."""
        way = self._way_to_terms
        found: dict[Value, Number] = {self.of: 1.0}
        for _ in contributions(way[::-1], found, among=set(way)):
            pass
        times = 1 / (abs(found.get(way[-1], 0)) or inf) / m  # a cross-entropy takes the negative of its sum
        return way[-1].op is ops.mean or (times >= 1 and isclose(times, round(times)))

    def _terms(self, claimed: Number) -> Iterator[Mistake]:
        """One term of the outermost sum alone, such as one example of a batch, or all but one."""
        terms = self._terms_of_loss
        if not 1 < len(terms) <= MOST_STEPS // max(len(self._order), self.nodes.size):
            return
        each = {term: self._swept(start=term) for term in terms}
        parts = [each[term] for term in terms]
        total = sum(parts)
        largest = np.unravel_index(int(np.abs(total).argmax()), total.shape)
        share = self._right[largest] / total[largest] if total[largest] else 1.0
        for index, part in enumerate(parts):
            which = f"term {index + 1} of the {len(terms)} of the loss"
            if self._same(self._right - share * part, claimed):
                yield Mistake(ONE_TERM_MISSING, f"{which} is left out")
            if np.abs(part).any() and any(self._same(claimed, factor * part) for factor in (1.0, share)):
                yield Mistake(ONE_EXAMPLE, f"only {which} is kept")
        for index, group in enumerate(self._examples if len(self._examples) < len(terms) else ()):
            part, which = sum(each[term] for term in group), f"example {index + 1} of {len(self._examples)}"
            if self._same(self._right - share * part, claimed):
                yield Mistake(ONE_TERM_MISSING, f"{which} is left out")
            factors = (1.0, share, share * len(self._examples))
            if np.abs(part).any() and any(self._same(claimed, factor * part) for factor in factors):
                yield Mistake(ONE_EXAMPLE, f"only {which} is kept")

    def _sums(self, claimed: Number) -> Iterator[Mistake]:
        """Entries that were added up along an axis, and given to all of it."""
        for axis in range(self._right.ndim):
            summed = np.broadcast_to(self._right.sum(axis, keepdims=True), self._right.shape)
            if self._right.shape[axis] > 1 and self._same(summed, claimed):
                yield Mistake(NOT_SUMMED, f"{self._text} is added up along axis {axis}, where each entry has its own")

    def _paths(self, claimed: Number) -> Iterator[Mistake]:
        for name, nodes in self._inner():
            if self._affords() and self._same(claimed, self._swept(cut=nodes)) and np.abs(claimed).any():
                yield Mistake(MISSING, f"the paths via {name} are left out")

    def _slopes(self, claimed: Number) -> Iterator[Mistake]:
        for name, nodes in self._inner():
            curved = {node: node.op.name for node in nodes if node.op and node.op.is_call and node.op.arity == 1}
            flat = lambda node, curved=curved: (1.0,) if node in curved else node.local_grads  # noqa: E731
            if curved and self._affords() and self._same(claimed, self._swept(flat)):
                operation = next(iter(curved.values()))
                yield Mistake(LEFT_OUT, f"the derivative of {operation} at {name} is left out")
            kinds = {node.op for node in nodes}
            for other in _ACTIVATIONS if len(kinds) == 1 and not kinds.isdisjoint(_ACTIVATIONS) else ():
                if (
                    other not in kinds
                    and self._affords()
                    and self._same(claimed, self._swept(_with_slope(nodes, other)))
                ):
                    words = f"{other}'s slope where {next(iter(kinds))}'s belongs, at {name}"
                    yield Mistake(FACTOR_OTHER, words)

    def _operands(self, claimed: Number) -> Iterator[Mistake]:
        """What went into an activation stands where what came out of it belongs."""
        for name, nodes in self._inner():
            inputs = {node: node.parents[0].data for node in nodes if node.op in _ACTIVATIONS}
            with suppress(ArithmeticError, ValueError):  # of -0.3 there is no logarithm
                if not inputs or not self._affords() or not self._same(claimed, self._swept(_with_operands(inputs))):
                    continue
                before = {name for name, inside in self._inner() if inside[0] is nodes[0].parents[0]}
                what = next(iter(before), f"what goes into {nodes[0].op}")
                yield Mistake(FACTOR_OTHER, other_than(what, name))

    def _added(self, claimed: Number) -> Iterator[Mistake]:
        """A list of the page that is added, or forgotten, as a whole: the labels, or a penalty."""
        difference = claimed - self._right
        factors = {"": 1.0, "2 * ": 2.0}
        factors |= {f"1/{m} * ": 1 / m for m in (len(self._examples), len(self._terms_of_loss)) if m > 1}
        trees = self._names.trees
        factors |= {f"{name} * ": node.data for name, node in trees.items() if isinstance(node, Value) and not node.op}
        recorded = set(self._order)
        for name, tree in trees.items():
            nodes = [*_flat(tree)]
            values = np.array([node.data for node in nodes])
            if not 1 < values.size == difference.size or not values.any():
                continue
            for text, factor in factors.items():
                for sign in ("-", ""):
                    term = (1 if sign else -1) * factor * values.reshape(difference.shape)
                    if self._hits(difference, term).all():
                        own = nodes[0] is self.nodes.ravel()[0]
                        missing = recorded.issuperset(nodes) and not (own and sign)  # nobody forgets to take away W
                        other = "" if sign else "-"
                        words = f"{sign if missing else other}{text}{name}"
                        yield Mistake(TERM_MISSING if missing else TERM_EXTRA, words)
                        return

    def _inner(self) -> Iterator[tuple[str, list[Value]]]:
        """The names on the page, each with its nodes that lie between."""
        own, inside = {*self.nodes.ravel()}, set(self._order)
        for name, tree in self._names.trees.items():
            nodes = [node for node in _flat(tree) if node in inside and node.op is not None and node is not self.of]
            if nodes and own.isdisjoint(nodes):
                yield name, nodes

    def _affords(self) -> bool:
        self._steps += len(self._order)
        return self._steps <= MOST_STEPS


def _with_slope(nodes: Collection[Value], other: Operation) -> Callable[[Value], Sequence[Number]]:
    """The local gradients where some activations have the slope of another one."""
    changed = set(nodes)

    def local_grads(node: Value) -> Sequence[Number]:
        return other.local(textbook, node.data, node.parents[0].data) if node in changed else node.local_grads

    return local_grads


def _with_operands(instead: Mapping[Value, float]) -> Callable[[Value], Sequence[Number]]:
    """The local gradients where some operands have other values."""

    def local_grads(node: Value) -> Sequence[Number]:
        if node.op is None or instead.keys().isdisjoint(node.parents):
            return node.local_grads
        operands = (instead.get(parent, parent.data) for parent in node.parents)
        return node.op.local(textbook, node.data, *operands)

    return local_grads


# What the claim is about


def _subject(key: Number, claimed: Number, names: PageNames, output: Value | None) -> tuple[Value, str, Tree]:
    """What is differentiated; and by what: its name, and the Values."""
    if isinstance(key, Value):
        of = names.paths.get(output_of(names, [key]) if output is None else output)
        subject = f"d{of}/d{names.paths.get(key, 'it')}"
        shape = tuple(getattr(claimed, "shape", (len(claimed),) if isinstance(claimed, list | tuple) else ()))
        raise TypeError(
            f"the claim for {subject} must be a single number, not an array of shape {shape}: an array is for a list "
            "of Values, by its name"
        )
    if not isinstance(key, str):
        raise TypeError(f"a derivation maps Values or their names to numbers, arrays or formulas; {key!r} is neither")
    above, _, below = key.replace("∂", "d").replace(" ", "").rpartition("/")
    if above:
        upper = _one(names, above.removeprefix("d"), key)
        if not isinstance(upper, Value) or above[:1] != "d" or below[:1] != "d":
            raise ValueError(f"{key!r} is no derivative of one node by a list of them, as dJ/dW1 is")
        return upper, below[1:], _one(names, below[1:], key)
    name = key
    tree = _found(names, name)
    if tree is None and key[:1] in "d∂":
        name = key[1:].lstrip("_")
        tree = _found(names, name)
    tree = _one(names, name, key) if tree is None else tree
    nodes = list(_flat(tree))
    return output_of(names, nodes) if output is None else output, name, tree


def _found(names: PageNames, name: str) -> Tree | None:
    found = [tree for key, tree in names.spelled(name).items() if key in names.trees]
    return found[0] if len(found) == 1 else None


def _one(names: PageNames, name: str, key: str) -> Tree:
    if (tree := _found(names, name)) is None:
        near = names.near(name)
        also = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ValueError(f"the claim for {key!r}: there is no node or list {name}{also}")
    return tree


def _flat(tree: Tree) -> Iterator[Value]:
    if isinstance(tree, Value):
        yield tree
    elif tree is not None:
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _flat(part)


def _nodes_in(tree: Tree, name: str) -> Number:
    """The Values as an array of objects."""

    def shape_of(tree: Tree) -> tuple[int, ...]:
        if isinstance(tree, Value):
            return ()
        shapes = {shape_of(item) for item in tree} if isinstance(tree, list) else set()
        if len(shapes) != 1 or None in (tree or [None]):
            raise ValueError(f"{name} is no list of Values whose parts have one length: an array has no such shape")
        return (len(tree), *shapes.pop())

    shape = shape_of(tree)
    found = np.empty(prod(shape), dtype=object)
    found[:] = list(_flat(tree))
    return found.reshape(shape)


def _numbers_in(claimed: Number, key: Number) -> tuple[Number, float]:
    """The numbers of an array or tensor as floats, and how far they may be off by their precision."""
    kind = str(getattr(claimed, "dtype", ""))
    for method in ("detach", "cpu", "resolve_conj"):  # of PyTorch, which gives no array of what it records
        claimed = getattr(claimed, method)() if hasattr(claimed, method) else claimed
    if "bfloat16" in kind and hasattr(claimed, "float"):
        claimed = claimed.float()
    try:
        found = np.asarray(claimed)
    except ValueError as error:
        raise ValueError(f"the claim for {key!r} is no array: its parts differ in length") from error
    if found.dtype.kind not in "fiu":
        raise TypeError(f"the claim for {key!r} must hold real numbers, not {found.dtype}")
    kind = kind or str(found.dtype)
    precision = HALF if "float16" in kind else SINGLE if "float32" in kind else DOUBLE
    return found.astype(float), precision


def _added(node: Value) -> list[Value]:
    """The terms of a sum or mean, and of one that is written with plus signs, from the left."""
    if node.op in (ops.sum, ops.mean):
        return [parent for parent in node.parents if not parent.constant]
    found, stack = [], [node]
    while stack:
        node = stack.pop()
        if node.op is ops.add:
            stack += node.parents[::-1]
        elif not node.constant:
            found.append(node)
    return found


def _address(place: Sequence[Number]) -> str:
    return "".join(f"[{int(index)}]" for index in place)
