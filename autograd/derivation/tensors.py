"""Gradients claimed as whole arrays: each is compared with that of a nested list of Values, and one line says how."""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from autograd.derivation.derivation_report import DerivationLine
from autograd.derivation.kinds_of_mistake import Mistake
from autograd.derivation.mistakes.mistakes_in_arrays import GradientArray, MistakesInArrays, values_in
from autograd.derivation.names import PageNames, Tree, output_of
from autograd.derivation.verdicts_on_lines import of_entries
from autograd.numbers import Number
from autograd.text import number
from autograd.value import Value

CLOSE = 1e-3
"""Relative to the largest right entry: what is off by less is said to be close."""
DOUBLE, SINGLE, HALF = 1e-9, 1e-5, 1e-2
"""How far an entry may be off in each precision, relative to the largest right one."""


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
        self._place = place
        of, name, tree = _subject(key, claimed, names, output)
        self.claimed, precision = _numbers_in(claimed, key)
        nodes = _nodes_in(tree, name)
        self._array = GradientArray(of, nodes, name, names, precision if tolerance is None else tolerance)
        self._mistakes = MistakesInArrays(self._array)

    def line(self) -> DerivationLine:
        """The verdict on the array."""
        right = self._array.right
        claimed = self._in_shape(right)
        if claimed is None:
            mistakes = [*self._mistakes.of_the_shape(self.claimed)]
            return self._as_line(
                "wrong",
                f"wrong: its shape is {self.claimed.shape}, and that of {self._array.name} is {right.shape}",
                mistakes,
            )
        if not np.isfinite(right).all():
            place = _address(np.argwhere(~np.isfinite(right))[0])
            return self._as_line(
                "no value", f"{self._array.text}{place} has no finite value here: nothing can be checked"
            )
        if self._array.same(claimed, right):
            exact = bool((claimed == right).all())
            scale = float(np.abs(right).max(initial=0.0))
            off = float(np.abs(claimed - right).max(initial=0.0)) / scale if scale else 0.0
            how = "exact" if exact else f"within {number(off, 2)} of its largest entry"
            count = right.size
            return self._as_line("here", f"here, {how}, {of_entries((count, count))}", entries=(count, count))
        return self._wrong(claimed, right)

    def _wrong(self, claimed: Number, right: Number) -> DerivationLine:
        bad = ~self._array.hits(claimed, right)
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
        mistakes = [] if off <= CLOSE * scale else [*self._mistakes.of_the_entries(claimed)]
        return self._as_line("wrong", words, mistakes, entries, (float(claimed[place]), float(right[place])))

    def _as_line(
        self,
        verdict: str,
        remark: str,
        mistakes: Sequence[Mistake] = (),
        entries: tuple[int, int] | None = None,
        shown: tuple[float | None, float | None] = (None, None),
    ) -> DerivationLine:
        size = prod(self._array.nodes.shape)
        return DerivationLine(
            number=self._place,
            claim=f"{self._array.text} = array of shape {self.claimed.shape}",
            verdict=verdict,
            remark=remark,
            entries=entries or (0, size),
            claimed=shown[0],
            correct=shown[1],
            mistakes=tuple(mistakes),
        )

    def _in_shape(self, right: Number) -> Number:
        """The array in the shape of the nodes: axes of length 1 make no difference, as in a bias of shape (1, n)."""
        shape, wanted = self.claimed.shape, right.shape
        bare = [length for length in shape if length != 1] == [length for length in wanted if length != 1]
        return self.claimed.reshape(wanted) if shape == wanted or bare else None


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
    nodes = list(values_in(tree))
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
    found[:] = list(values_in(tree))
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


def _address(place: Sequence[Number]) -> str:
    return "".join(f"[{int(index)}]" for index in place)
