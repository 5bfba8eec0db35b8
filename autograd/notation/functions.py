"""The functions that a page may call: those of autograd, what NumPy adds for arrays, and derivatives of activations."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from autograd import ops
from autograd.derivation.claims import Apply, Expression, Items, Named
from autograd.notation import array_calls, arrays_together, second_derivatives, slopes, sums
from autograd.notation.indices import unplaced
from autograd.notation.lookup import Letters, NotAnIndex, is_list, written_name
from autograd.notation.matrices import (
    ShapesDiffer,
    Thing,
    applied,
    array_of,
    entrywise,
    matrix_product,
    negative,
    product,
    raised,
    ratio,
    reduced,
    shape,
    total,
    transposed,
    whole,
    written_shape,
)
from autograd.notation.named_derivatives import BY_NAME, derivative_called, see_its_operand
from autograd.notation.spelling import plain_name
from autograd.notation.syntax import Beside, Call, Differential, Name, Product, Tree
from autograd.operation import Operation

if TYPE_CHECKING:
    from autograd.notation.elaboration import Elaboration

PYTHON = {"for", "if", "else", "in", "is", "lambda", "import", "while", "def", "return", "yield", "await", "None"}
"""Words that nobody takes for mathematics."""
_INNER = {"gaussian", "largest", "leg", "sech2", "smallest"}
"""Entries of the table that only other entries speak of."""
FUNCTIONS = [name for name, operation in ops.OPERATIONS.items() if operation.is_call and name not in _INNER]
FUNCTIONS += ["equal", "softmax"]
"""Those that the plain notation knows."""
_ALIASES = {
    "σ": "sigmoid",
    "sigma": "sigmoid",
    "logistic": "sigmoid",
    "expit": "sigmoid",
    "ln": "log",
    "abs": "absolute",
    "fabs": "absolute",
    "max": "maximum",
    "min": "minimum",
    "ReLU": "relu",
    "sgn": "sign",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arsinh": "asinh",
    "arcsinh": "asinh",
    "arcosh": "acosh",
    "arccosh": "acosh",
    "artanh": "atanh",
    "arctanh": "atanh",
    "lg": "log10",
    "lb": "log2",
    "ld": "log2",
    "tg": "tan",
    "clamp": "clip",
    "signum": "sign",
    "pow": "power",
    "amax": "maximum",
}


def full(name: str) -> str:
    """The name that autograd has for a function."""
    return _ALIASES.get(name, name)


@cache
def is_function(name: str) -> bool:
    """Whether a page may call it by this name."""
    return full(name) in FUNCTIONS or full(name) in _MORE


def call(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """A function that is called."""
    if e.code and (found := array_calls.CALLS.get(tree.function) or arrays_together.CALLS.get(tree.function)):
        return found(e, tree, at)
    name = full(tree.function)
    if tree.primes:
        function = _differentiable(e, tree, name)
        operand = e.thing(_exactly(e, tree, 1)[0], at)
        see_its_operand(tree, function, operand)
        return entrywise(lambda x: slopes.differentiated(e, function, x), operand)
    if name in _MORE:
        return _MORE[name](e, tree, at)
    operation = ops.OPERATIONS.get(name)
    if operation is None or (not operation.is_call and name != "equal"):
        return _no_function(e, tree.function, tree)
    if operation.arity is None:
        operands = _flat([e.thing(each, at) for each in tree.arguments])
        if not operands:
            e.refuse(f"{tree.function} needs an operand", tree.place)
        if len(operands) == 1:
            _of_several(e, tree, [*operands])
        return Apply(operation, operands)
    if name in ("maximum", "minimum") and len(tree.arguments) == 1:
        operand = e.thing(tree.arguments[0], at)
        _of_several(e, tree, [operand])
        return reduced(operand, _folded(operation))
    if name in ("maximum", "minimum") and len(tree.arguments) > 2:
        return _folded(operation)(*(e.number(each, at, tree.place) for each in tree.arguments))
    return entrywise(applied(operation), *(e.thing(each, at) for each in _exactly(e, tree, operation.arity)))


def _exactly(e: "Elaboration", tree: Call, count: int) -> tuple[Tree, ...]:
    if len(tree.arguments) != count:
        e.refuse(f"{tree.function} takes {count} operands, not {len(tree.arguments)}", tree.place)
    return tree.arguments


def _flat(things: list[Thing]) -> tuple[Expression, ...]:
    found: list[Expression] = []
    for thing in things:
        found += [*thing.flat] if shape(thing) else [thing]  # type: ignore[union-attr,list-item]
    return tuple(found)


def _folded(operation: Operation) -> Callable[..., Expression]:
    def fold(*operands: Expression) -> Expression:
        found = operands[0]
        for operand in operands[1:]:
            found = Apply(operation, (found, operand))
        return found

    return fold


# What NumPy adds


def _reduction(fold: Callable[..., Expression]) -> Callable[["Elaboration", Call, Letters], Thing]:
    """``sum([a, b])``, ``sum(a, b)``, and ``sum(W, 1)`` along an axis; programs have theirs in `array_calls`."""

    def reduction(e: "Elaboration", tree: Call, at: Letters) -> Thing:
        things = [e.thing(each, at) for each in tree.arguments]
        if fold is _mean and len(things) == 1 and not shape(things[0]):
            things = [_item_by_item(e, tree.arguments[0], at)]
        if tree.keywords:
            return _along(e, tree, things[0], fold)
        if len(things) == 2 and shape(things[0]) and _is_axis(e, tree.arguments[1], at):
            return reduced(things[0], fold, e.lookup.count(tree.arguments[1], at, 0))
        operands = _flat(things)
        if not operands:
            e.refuse(f"{tree.function} needs an operand", tree.place)
        _of_several(e, tree, things)
        return fold(*operands)

    return reduction


def _of_several(e: "Elaboration", tree: Call, things: list[Thing]) -> None:
    """Refuse max(z_j), which would be z_j itself: it is meant over all j."""
    if not e.code and len(things) == 1 and not shape(things[0]) and e.ranges.free(tree.arguments[0]):
        of = {"maximum": "max", "minimum": "min"}.get(tree.function, tree.function)
        letter = e.ranges.free(tree.arguments[0])[0]
        e.refuse(
            f"{of} is of a list, and this is one number for each {letter}: name the list, as in {of}(x)", tree.place
        )


def _item_by_item(e: "Elaboration", tree: Tree, at: Letters) -> Thing:
    """What a mean is taken of: of (a - y) x with vectors the products of their items, not their sum."""
    if not isinstance(tree, Product) or tree.sign not in ("", "*"):
        return e.thing(tree, at)
    apart = e.kept((id(tree), "item by item"), lambda: replace(tree, sign="⊙"))
    return e.thing(apart, at)


def _along(e: "Elaboration", tree: Call, thing: Thing, fold: Callable[..., Expression]) -> Thing:
    """A sum with ``axis=1, keepdims=True``, as NumPy has it."""
    axis = e.lookup.count(tree.keywords["axis"], {}, 0) if "axis" in tree.keywords else None
    if axis is None or not isinstance(thing, np.ndarray) or not -len(shape(thing)) <= axis < len(shape(thing)):
        raise ShapesDiffer(f"{tree.function} along this axis of {written_shape(shape(thing))} has no meaning")
    found = reduced(thing, fold, axis)
    kept = unplaced(tree.keywords.get("keepdims"))
    wide = kept == unplaced(Name("True", tree.place)) and isinstance(found, np.ndarray)
    return np.expand_dims(found, axis) if wide else found  # type: ignore[arg-type]


def _is_axis(e: "Elaboration", tree: Tree, at: Letters) -> bool:
    try:
        return e.lookup.count(tree, at, 0) in (0, 1, 2, -1, -2)
    except (NotAnIndex, KeyError):
        return False


def _mean(*terms: Expression) -> Expression:
    return Apply(ops.mean, terms)


def _every(*terms: Expression) -> Expression:
    return Apply(ops.sum, terms)


def _factors(*terms: Expression) -> Expression:
    return Apply(ops.prod, terms)


def _dot(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    things = [e.thing(each, at) for each in tree.arguments]
    lists = [thing for thing in things[:2] if shape(thing)]
    if len(things) not in (2, 3) or len(lists) < 2:
        e.refuse("dot takes two lists, and a bias if there is one", tree.place)
    if len(things) == 2 and any(len(shape(thing)) > 1 for thing in lists):
        return matrix_product(*lists)
    weights, inputs = _flat([lists[0]]), _flat([lists[1]])
    if len(weights) != len(inputs):
        e.refuse(f"dot takes as many inputs as weights, not {len(inputs)} and {len(weights)}", tree.place)
    bias = [e.number(each, at) for each in tree.arguments[2:]]
    return Apply(ops.dot, (*weights, *inputs, *bias))


def _softmax(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    things = [e.thing(each, at) for each in tree.arguments]

    def softmax(*operands: Expression) -> Thing:
        normaliser: Expression = Apply(ops.logsumexp, operands)
        return array_of([Apply(ops.exp, (Apply(ops.subtract, (x, normaliser)),)) for x in operands])

    if not e.code and len(things) == 1 and not shape(things[0]):
        operands, place = _over_its_letter(e, tree, at)
        return softmax(*operands)[place]  # type: ignore[index]
    if len(things) == 1 and len(shape(things[0])) == 2:
        return array_of([softmax(*row) for row in things[0]])  # type: ignore[union-attr]
    return softmax(*_flat(things))


def _over_its_letter(e: "Elaboration", tree: Call, at: Letters) -> tuple[list[Expression], int]:
    """What softmax(z_i) is the softmax of, the z_i of all i, and which of its items is meant."""
    [of] = tree.arguments
    free = [letter for letter in e.ranges.free(of) if letter in at]
    if len(free) != 1:
        which = f"over which of {', '.join(free)}" if free else "of what list"
        e.refuse(f"{which} this softmax is cannot be told: write item i of softmax(z) as softmax(z)_i", tree.place)
    others = {letter: place for letter, place in at.items() if letter != free[0]}
    places = e.ranges.of(free[0], [of], others) or []
    if at[free[0]] not in places:
        e.refuse(f"how far {free[0]} runs in this softmax cannot be told: write softmax(z)_{free[0]}", tree.place)
    e.spend(len(places))
    e.notes[f"softmax is over all {free[0]}"] = None
    return [e.number(of, {**others, free[0]: place}) for place in places], places.index(at[free[0]])


def _of_one(formula: Callable[[Expression], Expression]) -> Callable[["Elaboration", Call, Letters], Thing]:
    def function(e: "Elaboration", tree: Call, at: Letters) -> Thing:
        return entrywise(formula, e.thing(_exactly(e, tree, 1)[0], at))

    return function


def _of_two(formula: Callable[..., Expression]) -> Callable[["Elaboration", Call, Letters], Thing]:
    def function(e: "Elaboration", tree: Call, at: Letters) -> Thing:
        return entrywise(formula, *(e.thing(each, at) for each in _exactly(e, tree, 2)))

    return function


def _square(x: Expression) -> Expression:
    return raised(x, whole(2))


def _norm(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    operands = _flat([e.thing(_exactly(e, tree, 1)[0], at)])
    return Apply(ops.sqrt, (total(*map(_square, operands)),))


def _overline(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """The mean of what stands below a line."""
    [of] = tree.arguments
    operand = e.thing(of, at)
    operand = operand if shape(operand) else _item_by_item(e, of, at)
    if not shape(operand):
        e.refuse("\\overline is read as the mean of a list, and this is one number", tree.place)
    return _mean(*_flat([operand]))


def _bars(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    """|x|: of a number its absolute value; of a vector that of each item, or its length."""
    operand = e.thing(tree.arguments[0], at)
    if len(shape(operand)) == 1 and e.choices.take("lengths"):
        return _norm(e, tree, at)
    return entrywise(applied(ops.absolute), operand)


def _diagonal(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    operand = e.thing(_exactly(e, tree, 1)[0], at)
    if len(shape(operand)) == 2:
        return array_of([operand[k, k] for k in range(min(shape(operand)))])  # type: ignore[index]
    if len(shape(operand)) != 1:
        raise ShapesDiffer(f"diag takes a vector or a matrix, not {written_shape(shape(operand))}")
    rows = [[operand[i] if i == j else whole(0) for j in range(len(operand))] for i in range(len(operand))]  # type: ignore[arg-type,index]
    return array_of([array_of(row) for row in rows])


def _outer(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    first, second = (array_of(list(_flat([e.thing(each, at)]))) for each in _exactly(e, tree, 2))
    return entrywise(product, first[:, None], second)


def _filled(number: int) -> Callable[["Elaboration", Call, Letters], Thing]:
    """``zeros(3)``, ``ones((2, 3))``."""

    def filled(e: "Elaboration", tree: Call, at: Letters) -> Thing:
        sizes = [part for each in tree.arguments for part in getattr(each, "items", (each,))]
        found: Thing = whole(number)
        for each in reversed(sizes):
            found = array_of([found] * sums.whole_bound(e, each, at))
        return found

    return filled


def _identity(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    n = sums.whole_bound(e, _exactly(e, tree, 1)[0], at)
    return array_of([array_of([whole(int(i == j)) for j in range(n)]) for i in range(n)])


def _transpose(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    return transposed(e.thing(tree.arguments[0], at))


def _matmul(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    return matrix_product(*(e.thing(each, at) for each in _exactly(e, tree, 2)))


def _indicator(e: "Elaboration", tree: Call, at: Letters) -> Thing:
    return e.thing(_exactly(e, tree, 1)[0], at)


_MORE: dict[str, Callable[["Elaboration", Call, Letters], Thing]] = {
    "sum": _reduction(_every),
    "mean": _reduction(_mean),
    "prod": _reduction(_factors),
    "average": _reduction(_mean),
    "dot": _dot,
    "inner": _dot,
    "softmax": _softmax,
    "equal": _of_two(lambda a, b: Apply(ops.equal, (a, b))),
    "power": _of_two(raised),
    "multiply": _of_two(product),
    "add": _of_two(total),
    "divide": _of_two(ratio),
    "subtract": _of_two(lambda a, b: total(a, negative(b))),
    "negative": _of_one(negative),
    "square": _of_one(_square),
    "sech": _of_one(lambda x: ratio(whole(1), Apply(ops.cosh, (x,)))),
    "sec": _of_one(lambda x: ratio(whole(1), Apply(ops.cos, (x,)))),
    "csc": _of_one(lambda x: ratio(whole(1), Apply(ops.sin, (x,)))),
    "cot": _of_one(lambda x: ratio(whole(1), Apply(ops.tan, (x,)))),
    "coth": _of_one(lambda x: ratio(whole(1), Apply(ops.tanh, (x,)))),
    "norm": _norm,
    "bars": _bars,
    "overline": _overline,
    "matmul": _matmul,
    "outer": _outer,
    "diag": _diagonal,
    "transpose": _transpose,
    "ones": _filled(1),
    "zeros": _filled(0),
    "eye": _identity,
    "identity": _identity,
    "indicator": _indicator,
}


# Derivatives of functions


def _differentiable(e: "Elaboration", tree: Call, name: str) -> Operation:
    operation = ops.OPERATIONS.get(name)
    if operation is None or operation.arity != 1 or not operation.is_call:
        e.refuse(f"{tree.function}' is the derivative of no function of one operand that autograd knows", tree.place)
    if tree.primes > 1:
        e.refuse("second derivatives are not read", tree.place)
    return operation


def primed(e: "Elaboration", tree: Beside, at: Letters) -> Thing | None:
    """L'(w), the derivative of the node L by the node w; σ'(z) and f'(z), that of the activation."""
    name = tree.name
    if not name.primes or len(tree.inside) != 1 or e.lookup.plan(name, at) is not None:
        return None
    bare = e.kept((id(tree), "bare"), lambda: Name(name.base, name.place, name.subscripts, name.superscripts))
    assert isinstance(bare, Name)
    if name.primes in (1, 2) and e.lookup.plan(bare, at) is not None:
        by = e.thing(tree.inside[0], at)
        if isinstance(by, Named):
            first = slopes.derivative(e, e.thing(bare, at), by)
            if name.primes == 1:
                return first
            twice = Differential(bare, tree.inside[0], tree.place)
            return second_derivatives.derivative_of_derivatives(e, twice, first, by)
    if is_function(name.base):
        named = e.kept((id(tree), "call"), lambda: Call(full(name.base), tree.inside, tree.place, primes=name.primes))
        return e.thing(named, at)
    return activation(e, tree, at)


def activation(e: "Elaboration", tree: Beside, at: Letters) -> Thing | None:
    """f(z) or f'(z) for an f that the page does not define: the one function of one operand that is applied to z."""
    if len(tree.inside) != 1 or tree.name.subscripts or len(plain_name(tree.name.base)) > 5:
        return None
    if tree.name.primes > 1 or tree.name.base not in ("f", "g", "φ", "phi", "ϕ", "h", "\\phi", "ψ", "σ"):
        return None
    if any(not above.bracket for above in tree.name.superscripts):  # σ^n is a power; σ^[2] the σ of layer 2
        return None
    z = e.thing(tree.inside[0], at)

    def one(operand: Expression) -> Expression:
        if not isinstance(operand, Named):
            e.refuse(f"{tree.name.base} is no function of autograd, and what it is applied to is no node", tree.place)
        above = [child.op for child in e.children(operand.node) if len(child.parents) == 1]
        found = {operation for operation in above if operation is not None and operation.is_call}
        if len(found) != 1:
            names = " and ".join(sorted(each.name for each in found)) or "no function"
            e.refuse(f"{tree.name.base} cannot be told: to {operand.text} is applied {names}", tree.place)
        [operation] = found
        e.notes[f"{tree.name.base} is {operation.name}"] = None
        return slopes.differentiated(e, operation, operand) if tree.name.primes else Apply(operation, (operand,))

    return entrywise(one, z)


def slope_by_name(e: "Elaboration", tree: Beside, at: Letters) -> Thing | None:
    """``sigmoid_prime(z)``; None if it is called otherwise."""
    name = tree.name
    function = derivative_called(f"{name.base}_{name.joined}" if name.joined else name.base)
    if function is None or len(tree.inside) != 1 or name.superscripts or name.primes:
        return None
    keywords: dict[str, Tree] = {BY_NAME: tree.inside[0]}
    named = e.kept((id(tree), "call"), lambda: Call(function, tree.inside, tree.place, keywords, primes=1))
    return e.thing(named, at)


def no_function(e: "Elaboration", tree: Beside) -> NoReturn:
    """Refuse a call of what is no function."""
    _no_function(e, written_name(tree.name), tree)


def _no_function(e: "Elaboration", name: str, tree: Beside | Call) -> NoReturn:
    place = tree.name.place if isinstance(tree, Beside) else tree.place
    near = [each for each in e.lookup.names.near(name, FUNCTIONS) if each in FUNCTIONS]
    known = f"; did you mean {' or '.join(near)}?" if near else f": there are {', '.join(FUNCTIONS)}"
    e.refuse(f"{name} is no function of autograd{known}", place)


# Names that are spelled as gradients


__all__ = ["FUNCTIONS", "PYTHON", "Items", "call", "full", "is_function", "is_list"]
