"""From a derivation to its claims: text has a claim on each line, a mapping is written out as such text first."""

import re
from array import array
from collections.abc import Iterable, Mapping, MutableSet
from dataclasses import replace
from math import isfinite, prod
from typing import Any

from autograd import ops
from autograd.derivation.claims import Apply, Claim, Defined, Derivative, Expression, Named, degree, lone_numeral
from autograd.derivation.grammar import FUNCTIONS, PYTHON, FormulaReader
from autograd.derivation.names import PageNames
from autograd.derivation.tokens import LONGEST_TEXT, Token, tokens_of
from autograd.graph import topological_order
from autograd.value import Value

_DEFINES = re.compile(r"(?:^|[\s)])([^\W\d]\w*)\s*=(?!=)")
_MOST_REFUSALS = 20


def read(derivation: str | Mapping[Any, Any], names: PageNames, output: Value | None = None) -> list[Claim]:
    """The claims of a derivation.

    Raises:
        TypeError: if it is neither text nor mapping (see `as_text`).
        ValueError: if a line is not a claim, by line and column: all such lines, as a page is mended at once.

    >>> from autograd import Value
    >>> p, n = Value(0.75), Value(1.1)
    >>> [claim] = read("∂p/∂n = p*(1 - p) = 0.19  # the sigmoid's slope", PageNames({"p": p, "n": n}))
    >>> claim.subject.of is p, claim.texts
    (True, ('∂p/∂n', 'p*(1 - p)', '0.19'))
    """
    single: set[int] = set()
    text = as_text(derivation, names, output, single) if isinstance(derivation, Mapping) else derivation
    if not isinstance(text, str):
        raise TypeError(f"a derivation is text with a claim on each line, or a mapping, not {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the derivation has {len(text)} characters; {LONGEST_TEXT} are read")
    definitions: dict[str, int] = {}
    claims: list[Claim] = []
    refused: list[str] = []
    for number, source in enumerate(text.split("\n"), start=1):
        try:
            line = tokens_of(number, source)
            if line[0].kind != "end":
                claim = _claim(line, names, definitions)
                claims.append(_in_single(claim) if number in single else claim)
        except ValueError as refusal:
            refused.append(str(refusal))
            # What it was to define is not unknown to the lines after it.
            if (match := _DEFINES.search(source)) and match[1] not in names.trees:
                definitions.setdefault(match[1], 1)
    if refused:
        more = [f"{len(refused)} lines cannot be read"] if len(refused) > 1 else []
        raise ValueError("\n".join([*refused[:_MOST_REFUSALS], *more]))
    if not claims:
        raise ValueError("the derivation holds no claim: write one a line, as in dJ/dp = p - a")
    return claims


def _claim(line: list[Token], names: PageNames, definitions: dict[str, int]) -> Claim:
    """The claim of a line; what it defines is added to `definitions`, with the degree of its formula."""
    first = line[0]
    defines = first.text if _starts_a_definition(line, names, definitions) else None
    parts = FormulaReader(line, names, definitions).line(defines=defines is not None)
    if defines is not None:
        definitions[defines] = degree(parts[1][0], definitions)
    else:
        # In 0.15 = dJ/dw the page speaks of dJ/dw all the same.
        kinds = [Derivative, Named, Defined]
        found = [(kinds.index(type(part)), k) for k, (part, _) in enumerate(parts) if type(part) in kinds]
        if found and type(parts[0][0]) not in kinds:
            parts.insert(0, parts.pop(min(found)[1]))
    (subject, *others), texts = zip(*parts, strict=True)
    return Claim(first.place.line, first.place.source.partition("#")[0].strip(), subject, tuple(others), texts, defines)


def _starts_a_definition(line: list[Token], names: PageNames, definitions: Mapping[str, int]) -> bool:
    name, after = line[0], line[1]
    if name.kind != "name" or after.text != "=" or name.text.startswith("∂"):
        return False
    return not any(name.text in known for known in (names.trees, definitions, FUNCTIONS, PYTHON))


def _in_single(claim: Claim) -> Claim:
    """The claim with its number taken for a float32."""
    number = lone_numeral(claim.parts[-1])
    assert number is not None
    found: Expression = replace(number, single=True)
    if claim.parts[-1] != number:
        found = Apply(ops.negate, (found,))
    return replace(claim, parts=(*claim.parts[:-1], found))


def as_text(derivation: Mapping[Any, Any], names: PageNames, output: Value | None, single: MutableSet[int]) -> str:
    """A line for each entry: ``dJ/dw = 0.15`` for a node w (or its name), ``key = formula`` for any other key.

    The lines whose number is a float32 are added to `single`.

    Raises:
        TypeError: if a key is neither node nor text, or an entry neither number nor formula.
        ValueError: if it does not say what is differentiated, and the nodes do not tell either.
    """
    if not derivation:
        raise ValueError("the derivation holds no claim: map nodes to their derivatives, as {w: 0.15}")
    by = {key: _node(key, names) for key in derivation}
    wanted = [node for node in by.values() if node is not None]
    if wanted:
        output = output_of(names, wanted) if output is None else output
    of = names.paths.get(output) if output is not None else None
    if wanted and of is None:
        raise ValueError(f"the output {output!r} is not among the nodes: give it a name there")
    lines = []
    for number, (key, claimed) in enumerate(derivation.items(), start=1):
        node = by[key]
        subject = key if node is None else f"d{of}/d{names.paths.get(node)}"
        written = _written(_out_of_arrays(claimed, subject), subject)
        if "float32" in str(getattr(claimed, "dtype", "")):  # of NumPy, PyTorch or JAX
            single.add(number)
            written = _shortest(float(written))
        lines.append(f"{subject} = {written}")
    return "\n".join(lines)


def _node(key: Any, names: PageNames) -> Value | None:
    """The node whose derivative is claimed; None if the key says itself what it is about."""
    if isinstance(key, Value):
        if key not in names.paths:
            raise ValueError(f"{key!r} is not among the nodes: give it a name there")
        return key
    if not isinstance(key, str):
        raise TypeError(f"a derivation maps Values or their names to numbers or formulas; {key!r} is neither")
    return next((node for node in names.paths if names.paths.get(node) == key or names.trees.get(key) is node), None)


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


def _out_of_arrays(claimed: Any, subject: str) -> Any:
    """The number in an array or tensor that holds one; anything else stays what it is."""
    if prod(shape := tuple(getattr(claimed, "shape", ()))) != 1:
        raise TypeError(f"the claim for {subject} must be a single number, not an array of shape {shape}")
    return claimed.item() if hasattr(claimed, "item") and "float" not in type(claimed).__name__ else claimed


def _shortest(number: float) -> str:
    """The fewest digits that give this float32."""
    found = (f"{number:.{digits}g}" for digits in range(1, 10))
    return next(text for text in found if array("f", [float(text)]) == array("f", [number]))


def _written(claimed: Any, subject: str) -> str:
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
