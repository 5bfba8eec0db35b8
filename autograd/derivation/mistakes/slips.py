"""Slips on the way of a derivative: a chain that stops too early, a softmax's diagonal, one example, a rule gone wrong.

Each is the derivative computed anew with something replaced at one node, or at all nodes of a kind. The slips in the
rule of one operation are told as what its local gradient becomes by them. None of these is a derivative: each is made
of the right one, of the operands, or of the value of the node.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograd import ops
from autograd.derivation.kinds_of_mistake import (
    DEGREES_OF_FREEDOM,
    DIAGONAL,
    EXPONENTIAL_RULE,
    FACTOR_EXTRA,
    FACTOR_MISSING,
    INNER,
    LEFT_OUT,
    MAXIMUM,
    MEAN_LEFT_OUT,
    MEAN_TWICE,
    MISSING,
    NOT_DIFFERENTIATED,
    ONE_EXAMPLE,
    OTHER_CASE,
    OTHER_POWER,
    POWER_RULE,
    PRODUCT_RULE,
    QUOTIENT_RULE,
    SIGN,
    mean_left_out,
    mean_taken_twice,
    one_less_than,
    right_for,
)
from autograd.derivation.mistakes.sums_over_paths import (
    Between,
    Candidate,
    Contributions,
    PathWords,
    normalisers,
    terms,
)
from autograd.numbers import Number
from autograd.numbers.multiprecision import mp
from autograd.text import derivative, is_one_piece
from autograd.value import Value

_CHOICES = (ops.maximum, ops.minimum, ops.largest, ops.smallest)


@dataclass(frozen=True)
class Slip:
    """A slip in the rule of an operation: its name, its words, and the local gradient that it makes.

    `local` takes the right local gradient, the value of the node, its operands, and which of them it is about. It gives
    None where the slip changes nothing.
    """

    name: str
    words: str
    local: Callable[[Number, Number, list[Number], int], Number]
    operand: int | None = None
    """The only operand that it can be made at."""
    written: float | None = None
    """As that of a `Candidate`."""


def slips_at(node: Value, name: Callable[[Value], str]) -> Iterator[Slip]:
    """The slips that can be made at a node; `name` tells what a node is called."""
    op, y = node.op, name(node)
    if op is None:
        return
    operands = [_piece(name(parent)) for parent in node.parents]
    if op in (ops.tanh, ops.sin, ops.cos, ops.log, ops.sqrt, ops.log1p):
        words = f"{op}({name(node.parents[0])}) itself stands where its derivative belongs"
        yield Slip(NOT_DIFFERENTIATED, words, lambda local, y, a, k: y)
    if op is ops.tanh:
        yield Slip(OTHER_POWER, f"1 - {y} where 1 - {y}**2 belongs", lambda local, y, a, k: 1 - y)
        yield Slip(SIGN, f"1 + {y}**2 where 1 - {y}**2 belongs", lambda local, y, a, k: 2 - local)
    if op is ops.sigmoid:
        yield Slip(FACTOR_MISSING, f"1 - {y}, in {y}*(1 - {y})", lambda local, y, a, k: y)
        yield Slip(FACTOR_MISSING, f"{y}, in {y}*(1 - {y})", lambda local, y, a, k: 1 - y)
    if op in (ops.tanh, ops.sigmoid):
        words = f"the derivative of {op} at {y} is there twice"
        yield Slip(FACTOR_EXTRA, words, lambda local, y, a, k: local * local)
    if op is ops.exp:
        words = f"the power rule is taken for exp({name(node.parents[0])})"
        yield Slip(EXPONENTIAL_RULE, words, lambda local, y, a, k: a[0] * y / mp.e)
    if op is ops.log:
        yield Slip(OTHER_POWER, f"{operands[0]} where 1/{operands[0]} belongs", lambda local, y, a, k: a[0])
    if op.exponent is not None:
        yield from _of_powers(op.exponent, operands[0], y)
    if op is ops.power:
        yield from _of_exponentials(*operands)
    if op is ops.divide:
        above, below = operands
        yield from _of_quotients(above, below, node.parents[1].data if node.parents[1].constant else None)
    if op in _CHOICES:
        yield from _of_choices(node, operands, y)
    if (size := size_of_mean(node)) is not None:
        yield from _of_means(size)


def _piece(text: str) -> str:
    """A text that may stand between other signs: (y - a) of y - a."""
    return text if is_one_piece(text) else f"({text})"


def _of_powers(n: float, base: str, whole: str) -> Iterator[Slip]:
    power = f"{base}**{n:g}"
    yield Slip(NOT_DIFFERENTIATED, f"{power} itself stands where its derivative belongs", lambda local, y, a, k: y)
    words = f"the exponent {n:g} is not put in front of {power}"
    yield Slip(POWER_RULE, words, lambda local, y, a, k: local / n)
    words = f"the exponent of {power} is not lowered by 1"
    yield Slip(POWER_RULE, words, lambda local, y, a, k: local * a[0])
    words = f"the exponent of {power} is lowered twice"
    yield Slip(POWER_RULE, words, lambda local, y, a, k: local / a[0])
    if n not in (1, 2):
        words = f"{n - 1:g} stands in front where {n:g} belongs, in the derivative of {power}"
        yield Slip(POWER_RULE, words, lambda local, y, a, k: local * (n - 1) / n)


def _of_exponentials(base: str, exponent: str) -> Iterator[Slip]:
    power = f"{base}**{exponent}"
    words = f"log({base}) is missing from the derivative of {power}"
    yield Slip(EXPONENTIAL_RULE, words, lambda local, y, a, k: y, 1)
    words = f"the power rule is taken for {power}, where the exponent varies"
    yield Slip(EXPONENTIAL_RULE, words, lambda local, y, a, k: a[1] * y / a[0], 1)


def _of_quotients(above: str, below: str, number: float | None) -> Iterator[Slip]:
    words = f"in the derivative of {above}/{below} by {below}, {below} is not squared"
    yield Slip(QUOTIENT_RULE, words, lambda local, y, a, k: local * a[1], 1)
    words = f"{above} is missing from the derivative of {above}/{below} by {below}"
    yield Slip(QUOTIENT_RULE, words, lambda local, y, a, k: local / a[0], 1)
    words = f"it is multiplied by {below} where it is to be divided by it"
    yield Slip(QUOTIENT_RULE, words, lambda local, y, a, k: a[1], 0, number)


def _of_choices(node: Value, operands: list[str], whole: str) -> Iterator[Slip]:
    n = len(operands)
    words = f"the gradient at {node.op}({', '.join(operands[:4])}) is split evenly; it goes to the one that is taken"
    yield Slip(MAXIMUM, words, lambda local, y, a, k: mp.one / n)
    words = f"of the operands of {node.op}({', '.join(operands[:4])}), only the one that is taken gets a gradient"
    yield Slip(MAXIMUM, words, lambda local, y, a, k: None if local else mp.one)


def _of_means(m: int) -> Iterator[Slip]:
    if m > 2:  # half of something is the classic factor 1/2
        yield Slip(MEAN_LEFT_OUT, mean_left_out(m), lambda local, y, a, k: local * m)
        yield Slip(MEAN_TWICE, mean_taken_twice(m), lambda local, y, a, k: local / m)
        yield Slip(DEGREES_OF_FREEDOM, one_less_than(m), lambda local, y, a, k: local * m / (m - 1), None, m - 1)


def choices_and_means(nodes: Iterable[Value]) -> tuple[list[Value], dict[Value, int]]:
    """The nodes where one of several is taken, and those where a mean is, with its size."""
    nodes = list(nodes)
    sizes = {node: size_of_mean(node) for node in nodes}
    return [node for node in nodes if node.op in _CHOICES], {node: m for node, m in sizes.items() if m is not None}


def size_of_mean(node: Value) -> int | None:
    """Over how many things a mean is taken at a node, if one is: a division by a whole number counts."""
    match node.op:
        case ops.mean if len(node.parents) > 1:
            return len(node.parents)
        case ops.divide if node.parents[1].constant:
            m = node.parents[1].data
        case ops.multiply if any(parent.constant and 0 < parent.data < 1 for parent in node.parents):
            m = 1 / next(parent.data for parent in node.parents if parent.constant and 0 < parent.data < 1)
        case _:
            return None
    near = round(m) if 1 < m < 1e9 else 0
    return near if near > 1 and abs(m - near) < 1e-9 * m else None


_MOST_SWEPT = 400_000
_MOST_EXAMPLES = 100
_KINKS = (ops.relu, ops.absolute, ops.maximum, ops.minimum)
_MOST_KINKS = 20


def slips_in_parts(
    between: Between, words: PathWords, equal: Callable[[Value, Value], str], found: Collection[str]
) -> Iterator[Candidate]:
    """Parts of the way that are left out, slips at a mean or a maximum, and what is lost in a softmax or in a batch.

    Args:
        between, words: the way, and words for it.
        equal: tells which node the derivative between two nodes is.
        found: the names of mistakes that explain the line.
    """
    choices, means = choices_and_means(between.operands)
    if choices or means:
        yield from _rules(between, words, [*choices, *means])
    for node, m in means.items():
        if m <= _MOST_EXAMPLES:
            yield from _examples(between, words, node, m)
    for node in normalisers(between.nodes):
        yield from _diagonals(between, words, node)
    if not {MISSING, LEFT_OUT, SIGN}.intersection(found):
        yield from _chains(between, lambda a, b: lambda: f"{equal(a, b)}{_missing(words, a, b)()}", words)


def slips_of_rules(between: Between, words: PathWords, equal: Callable[[Value, Value], str]) -> Iterator[Candidate]:
    """Inner derivatives that are forgotten, products of derivatives, and slips in the rules of operations."""
    for node in between.nodes:
        if node is not between.by and len(node.parents) == 1:
            yield from _inner(between, lambda a, b: lambda: f"{equal(a, b)}{_missing(words, a, b)()}", node)
        if node.op in (ops.multiply, ops.divide):
            yield from _product_of_derivatives(between, words, node)
    yield from _rules(between, words)
    yield from other_sides(between, words)


def _missing(words: PathWords, above: Value, below: Value) -> Callable[[], str]:
    return lambda: derivative(words.name(above), words.name(below))


def _chains(
    between: Between, missing: Callable[[Value, Value], Callable[[], str]], words: PathWords
) -> Iterator[Candidate]:
    """The chain stops at a node that all paths pass, or begins at one, or leaves out what is between two of them."""
    passed = [node for node in between.nodes if between.passing[node] == between.paths and words.has_name(node)]
    if len(passed) < 3:
        return
    left_out = [pair for pair in pairwise(passed) if len(passed) <= 12 or between.by in pair or between.of in pair]
    left_out += [(between.of, node) for node in passed[2:-1]]
    left_out += [(node, between.by) for node in passed[1:-2]]
    for above, below in left_out:
        yield Candidate(FACTOR_MISSING, missing(above, below), _without(above, below))


def _without(above: Value, below: Value) -> Callable[[Contributions], Number]:
    """The derivative without what lies between two nodes that all paths pass."""
    return lambda f: f.up[above] * f.down[below]


def _inner(between: Between, missing: Callable[[Value, Value], Callable[[], str]], node: Value) -> Iterator[Candidate]:
    """The derivative of what a function is taken of is forgotten."""
    [k] = between.operands.get(node, [None])
    if k is None or (inside := between.edges[k].parent) is between.by or node.op is ops.negate:
        return

    def value(f: Contributions) -> Number:
        return f.total + f.up[node] * f.local[k] * (1 - f.down[inside])

    yield Candidate(INNER, missing(inside, between.by), value)


def _product_of_derivatives(between: Between, words: PathWords, node: Value) -> Iterator[Candidate]:
    """u'v' for u'v + uv', and u'/v' for the derivative of u/v."""
    edges = between.operands.get(node, [])
    if len(edges) != 2:
        return
    a, b = node.parents
    if node.op is ops.multiply:
        detail = f"the product of the derivatives of {words.name(a)} and {words.name(b)}"
        yield Candidate(
            PRODUCT_RULE, lambda: detail, lambda f: f.total + f.up[node] * (f.down[a] * f.down[b] - f.down[node])
        )
    else:
        detail = f"the quotient of the derivatives of {words.name(a)} and {words.name(b)}"
        yield Candidate(
            QUOTIENT_RULE, lambda: detail, lambda f: f.total + f.up[node] * (f.down[a] / f.down[b] - f.down[node])
        )


def _diagonals(between: Between, words: PathWords, node: Value) -> Iterator[Candidate]:
    """Of a softmax, the own output of a score alone; or that formula for another output."""
    for k in between.uses.get(node, ()):
        own = words.name_above(k)
        detail = f"{own}*(1 - {own}) alone is kept; the other outputs depend on this score too"
        yield _told(DIAGONAL, detail, _only(node, k))
    if between.passing[node] == between.paths and words.has_name(between.of):
        of, by = words.name(between.of), words.name(between.by)
        detail = f"{of} is not the output of {by}: the formula for i = j is taken where i ≠ j"
        yield _told(DIAGONAL, detail, lambda f: f.total + f.point.values[between.of])


def other_sides(between: Between, words: PathWords) -> Iterator[Candidate]:
    """What is right on the other side of a kink: of one relu, one absolute value, one maximum of two."""
    kinks = [node for node in between.operands if node.op in _KINKS and len(node.parents) <= 2]
    for node in kinks[:_MOST_KINKS]:
        sides = sorted(((words.name(n), n.data, n.constant) for n in node.parents), key=lambda side: side[2])
        (a, first, _), (b, second, _) = [*sides, ("0", 0.0, True)][:2]
        there, here = ("<", ">") if first > second else (">", "<")
        detail = right_for(f"where {a} {there} {b}", f"{a} {here} {b}")
        swapped: Callable[[Number], Number] = (lambda x: -x) if node.op is ops.absolute else (lambda x: 1 - x)
        yield _told(OTHER_CASE, detail, _on_the_other_side(between.operands[node], swapped))


def _on_the_other_side(edges: Sequence[int], swapped: Callable[[Number], Number]) -> Callable[[Contributions], Number]:
    return lambda f: f.with_locals({k: swapped(f.local[k]) for k in edges})


def _told(name: str, detail: str, value: Callable[[Contributions], Number]) -> Candidate:
    return Candidate(name, lambda: detail, value)


def _only(node: Value, k: int) -> Callable[[Contributions], Number]:
    """The derivative if of the branches at a node only edge k were kept."""
    return lambda f: f.with_gradient(node, f.up[f.between.edges[k].child] * f.local[k])


def _examples(between: Between, words: PathWords, node: Value, m: int) -> Iterator[Candidate]:
    """One example of a mean is kept, with its 1/m or without."""
    each = node.parents if node.op is ops.mean else [t for parent in node.parents for t in terms(parent)]
    examples = [term for term in each if term in between.operands or term is between.by]
    if len(examples) != m or m < 3:
        return
    for term in examples:
        others = [other for other in examples if other is not term]
        name = words.name_below(term)
        kept = f"of the {m} examples only that of {name} is kept"
        yield _told(ONE_EXAMPLE, kept, _changed(others, term, 1))
        yield _told(ONE_EXAMPLE, f"{kept}, and {mean_left_out(m)}", _changed(others, term, m))
        yield _told(ONE_EXAMPLE, f"of the {m} examples that of {name} is left out", _changed([term], term, 1))


def _changed(left_out: Sequence[Value], kept: Value, times: int) -> Callable[[Contributions], Number]:
    """The derivative without what comes by way of some nodes, and with that of another so many times."""

    def value(f: Contributions) -> Number:
        lost = mp.fsum(f.up[node] * f.down[node] for node in left_out)
        return f.total - lost + (times - 1) * f.up[kept] * f.down[kept]

    return value


def _rules(between: Between, words: PathWords, nodes: Sequence[Value] | None = None) -> Iterator[Candidate]:
    """A slip in the rule of an operation: at one node, or at all that have it."""
    slips: dict[Number, list[tuple[Value, Slip]]] = {}
    for node in between.operands if nodes is None else nodes:
        operands = {between.edges[k].operand for k in between.operands[node]}
        for number, slip in enumerate(slips_at(node, words.name)):
            if slip.operand is not None and slip.operand not in operands:
                continue
            slips.setdefault(node, []).append((node, slip))
            slips.setdefault((node.op, number), []).append((node, slip))
    cost = 0
    for group in slips.values():
        if len(group) > 1 and group[0][0] is not group[1][0]:
            cost += len(between.edges)
            if cost <= _MOST_SWEPT:
                yield _slip(between, group)
        elif group[0][0] in slips and group is slips[group[0][0]]:
            yield from (_slip(between, [each]) for each in group)


def _slip(between: Between, group: list[tuple[Value, Slip]]) -> Candidate:
    def value(f: Contributions) -> Number:
        changed = {}
        for node, slip in group:
            operands = [f.point.values[parent] for parent in node.parents]
            for k in between.operands[node]:
                k_th = between.edges[k].operand
                if slip.operand not in (None, k_th):
                    continue
                new = slip.local(f.local[k], f.point.values[node], operands, k_th)
                if new is not None:
                    changed[k] = new
        return f.with_locals(changed) if changed else mp.nan

    return Candidate(group[0][1].name, lambda: group[0][1].words, value, group[0][1].written)
