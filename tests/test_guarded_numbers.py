"""The number systems that derivations are judged in: mpmath within the range of floats, and sympy on one side."""

import pytest
import sympy

from autograd.numbers.formulas import formulas
from autograd.numbers.guarded import Apart, Column, Guarded
from autograd.numbers.multiprecision import mp, multiprecision
from autograd.numbers.one_side import OneSide
from autograd.ops import OPERATIONS, power_by

mpf = mp.mpf

# Several points for each operation, on one side of every kink.
POINTS = [(0.3, 0.7, 0.2, 0.9), (0.4, 1.9, 0.1, 3.0), (0.25, 0.5, 0.24, 0.6)]
TABLE = [*OPERATIONS.values(), power_by(2.0), power_by(-1.0), power_by(0.5)]


def entries(thing, count):
    return thing.entries if isinstance(thing, Column) else (thing,) * count


def operands_of(operation, point):
    a, b, c, d = map(mpf, point)
    others = {"acosh": (1 + a,), "clip": (a, c, b), "leg": (b, a)}
    return [*others.get(operation.name, (a, b, c, d)[: operation.arity or 4])]


@pytest.mark.parametrize("operation", TABLE, ids=str)
def test_a_column_has_in_each_entry_what_its_point_gives_alone(operation):
    m = Guarded()
    alone = []
    for point in POINTS:
        xs = operands_of(operation, point)
        y = operation.value(m, *xs)
        alone.append((y, *operation.local(m, y, *xs)))
    columns = [Column(xs) for xs in zip(*(operands_of(operation, point) for point in POINTS), strict=True)]
    y = operation.value(m, *columns)
    together = (y, *operation.local(m, y, *columns))
    assert list(zip(*(entries(thing, len(POINTS)) for thing in together), strict=True)) == alone


@pytest.mark.parametrize("operation", TABLE, ids=str)
def test_within_the_range_of_floats_it_computes_what_mpmath_does(operation):
    for point in POINTS:
        xs = operands_of(operation, point)
        y = operation.value(multiprecision, *xs)
        assert operation.value(Guarded(), *xs) == y
        assert operation.local(Guarded(), y, *xs) == operation.local(multiprecision, y, *xs)


@pytest.mark.parametrize(
    "choice",
    [
        lambda m, a: m.relu(a),
        lambda m, a: m.absolute(a),
        lambda m, a: m.sign(a),
        lambda m, a: m.cbrt(a),
        lambda m, a: m.floor(a),
        lambda m, a: m.ceil(a),
        lambda m, a: m.clip(a, 0, 2),
        lambda m, a: m.step(a),
        lambda m, a: m.maximum(a, 0),
        lambda m, a: m.minimum(a, 0),
        lambda m, a: m.less(a, 0),
        lambda m, a: m.less_equal(0, a),
        lambda m, a: m.equal(a, 1),
        lambda m, a: m.where(m.relu(a), a, 0),
        lambda m, a: a if a > 0 else -a,
    ],
)
def test_a_column_that_would_go_two_ways_is_refused(choice):
    with pytest.raises(Apart):
        choice(Guarded(), Column([mpf(1), mpf(-1)]))


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("log", (0,)),
        ("log1p", (-1,)),
        ("sqrt", (-1,)),
        ("exp", (710,)),
        ("expm1", (710,)),
        ("sin", (mp.inf,)),
        ("cos", (mp.inf,)),
        ("tan", (mp.inf,)),
        ("asin", (1.5,)),
        ("acos", (-1.5,)),
        ("sinh", (711,)),
        ("cosh", (-711,)),
        ("acosh", (0.5,)),
        ("atanh", (1,)),
        ("log2", (0,)),
        ("log10", (-1,)),
        ("xlogy", (1, 0)),
        ("xlogy", (0, -1)),
        ("clip", (0, 1, -1)),
        ("power", (-1, 0.5)),
        ("power", (0, -1)),
        ("power", (10, 1e6)),
        ("divide", (1, 0)),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_what_no_float_holds_raises_an_arithmetic_error(name, operands, several):
    numbers = [Column([mpf(x), mpf(x)]) if several else mpf(x) for x in operands]
    with pytest.raises(ArithmeticError):
        getattr(Guarded(), name)(*numbers)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh"])
@pytest.mark.parametrize("a", [1e9, -1e9])
def test_far_in_the_tails_an_activation_is_its_limit(name, a):
    limits = {"sigmoid": (1, 0), "softplus": (a, 0), "tanh": (1, -1)}
    assert getattr(Guarded(), name)(mpf(a)) == limits[name][a < 0]
    assert Guarded().logsumexp(mpf(a), mpf(0)) == max(a, 0)


def test_it_notes_which_way_each_choice_went():
    sides = []
    m = Guarded(sides)
    m.relu(mpf(2)), m.maximum(mpf(1), mpf(3)), m.less(mpf(1), mpf(1)), m.where(mpf(0), 1, 2), m.sign(mpf(-4))
    assert sides == [1, -1, 0, -1, -1]


def test_it_stops_at_the_first_choice_that_goes_another_way_than_expected():
    m = Guarded([], expected=[1, 1])
    m.relu(mpf(2))
    with pytest.raises(Apart):
        m.relu(mpf(-2))


# Sympy on one side of every kink

x, y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize("at", [{x: 3.0, y: 2.0}, {x: -3.0, y: 2.0}, {x: -3.0, y: -4.0}])
@pytest.mark.parametrize("name", ["absolute", "relu", "sign", "step", "maximum", "minimum", "less", "less_equal"])
def test_on_its_side_a_formula_is_that_of_the_choice(name, at):
    operands = (x, y)[: OPERATIONS[name].arity]
    found = getattr(OneSide(at.get), name)(*operands)
    whole = getattr(formulas, name)(*operands)
    assert not sympy.sympify(found).has(sympy.Max, sympy.Min, sympy.Abs, sympy.Piecewise, sympy.Heaviside)
    assert sympy.sympify(found).subs(at) == whole.subs(at)


def test_it_notes_on_which_side_it_is():
    m = OneSide({x: 3.0, y: 5.0}.get)
    m.relu(x), m.maximum(x, y), m.step(sympy.Integer(1))
    assert m.sides == {x: 1, x - y: -1}


def test_activations_keep_their_names_where_that_is_asked_for():
    assert str(OneSide({}.get, names_kept=True).sigmoid(x)) == "sigmoid(x)"
    assert OneSide({}.get).sigmoid(x) == 1 / (1 + sympy.exp(-x))
