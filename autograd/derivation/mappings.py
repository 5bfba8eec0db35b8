"""A derivation given as a mapping from nodes to numbers or formulas, written out as text with a claim on each line."""

from array import array
from collections.abc import Iterable, Mapping, MutableSet
from math import isfinite, prod

from autograd.derivation.names import PageNames
from autograd.graph import topological_order
from autograd.numbers import Number
from autograd.value import Value

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
