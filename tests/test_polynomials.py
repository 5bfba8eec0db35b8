"""The number system of polynomials computes what sympy does, as long as the degree is 2."""

from random import Random

import pytest
import sympy

from autograd import Operation, Value, dot, ops, vectorize
from autograd.graph import replay, topological_order
from autograd.lifting.normal_form import NONE, NormalForm
from autograd.lifting.tracing import Trace
from autograd.numbers.polynomials import NotPolynomialError, Polynomial, polynomial_of, polynomials

UNKNOWNS = sympy.symbols("x0:4")


def unknown(place):
    return Polynomial({(place,): 1.0})


def formula(polynomial):
    return sympy.Add(*(c * sympy.Mul(*(UNKNOWNS[x] for x in factors)) for factors, c in polynomial.terms.items()))


def linear(random):
    """A random polynomial of degree 1 by operators, and the same as a formula."""
    p, f = unknown(0) * 0, sympy.Integer(0)
    for _ in range(random.randint(1, 5)):
        place, number = random.randrange(4), random.choice([-2, -1, 0, 1, 3])
        step = random.choice(
            [
                lambda a, x, n=number: a + x * n,
                lambda a, x, n=number: n * x - a,
                lambda a, x, n=number: a - n + x,
                lambda a, x, n=number: -a + n,
                lambda a, x, n=number: n - (a + x),
            ]
        )
        p, f = step(p, unknown(place)), step(f, UNKNOWNS[place])
    return p, f


@pytest.mark.parametrize("seed", range(50))
def test_values_and_gradients_are_those_of_the_formulas(seed):
    random = Random(seed)
    (p, f), (q, g), (r, h) = (linear(random) for _ in range(3))

    product = polynomials.sum(p * q, polynomials.divide(r, 4.0), polynomials.power(r, 2), 5)
    expected = f * g + h / 4 + h**2 + 5

    assert sympy.expand(formula(product) - expected) == 0
    gradient = product.gradient()
    for place, x in enumerate(UNKNOWNS):
        derivative = formula(gradient[place]) if place in gradient else 0
        assert sympy.expand(derivative - sympy.diff(expected, x)) == 0


@pytest.mark.parametrize(
    "leave",
    [
        lambda m, a, b: a * b * a,
        lambda m, a, b: m.power(a, 3),
        lambda m, a, b: m.power(a, -1),
        lambda m, a, b: m.power(2, a),
        lambda m, a, b: m.divide(a, b),
        lambda m, a, b: m.divide(1, b),
        lambda m, a, b: m.divide(a, 0),
        lambda m, a, b: m.prod(a, b, a),
        lambda m, a, b: m.tanh(a),
        lambda m, a, b: m.maximum(a, 0),
        lambda m, a, b: m.less(a, b),
    ],
)
def test_what_leads_beyond_degree_2_is_refused(leave):
    with pytest.raises(NotPolynomialError):
        leave(polynomials, unknown(0), unknown(1))


def test_plain_numbers_may_be_operands_of_anything():
    assert (polynomials.exp(0.0) * unknown(0)).terms == {(0,): 1.0}
    assert polynomials.power(2.0, 3.0) == 8.0
    assert polynomials.divide(1, 4) == 0.25


POLYNOMIAL = {
    ops.add: {(0,): 1, (1,): 1},
    ops.subtract: {(0,): 1, (1,): -1},
    ops.multiply: {(0, 1): 1},
    ops.negate: {(0,): -1},
    ops.power_by(0.0): {(): 1},
    ops.power_by(1.0): {(0,): 1},
    ops.power_by(2.0): {(0, 0): 1},
    ops.sum: {(0,): 1, (1,): 1, (2,): 1},
    ops.dot: {(0, 1): 1, (2,): 1},
}


@pytest.mark.parametrize("operation", [*ops.OPERATIONS.values(), *POLYNOMIAL])
def test_the_operations_that_are_polynomials(operation):
    polynomial = polynomial_of(operation.value, operation.local, (None,) * (operation.arity or 3))

    if operation is ops.mean:
        polynomial, count = polynomial
        assert (polynomial.terms, count) == ({(0,): 1, (1,): 1, (2,): 1}, 3)
    else:
        assert (polynomial if polynomial is None else polynomial.terms) == POLYNOMIAL.get(operation)


@pytest.mark.parametrize("divisor", [4.0, -0.5, 1.0, 2.0**100])
def test_a_quotient_is_a_polynomial_where_the_divisor_is_a_power_of_two(divisor):
    assert polynomial_of(ops.divide.value, ops.divide.local, (None, divisor)).terms == {(0,): 1 / divisor}
    assert polynomial_of(ops.mean.value, ops.mean.local, (None,) * 4).terms == {(place,): 0.25 for place in range(4)}


def test_another_quotient_by_a_number_stays_one():
    third = polynomial_of(lambda m, a, b: m.divide(a + b, 3), lambda m, y, a, b: (m.divide(1, 3),) * 2, (None, None))

    assert (third.dividend.terms, third.divisor) == ({(0,): 1.0, (1,): 1.0}, 3)
    assert polynomial_of(ops.divide.value, ops.divide.local, (None, 49.0)) is None


@pytest.mark.parametrize(
    "use",
    [
        lambda m, q: q + 1,
        lambda m, q: 1 - q,
        lambda m, q: -q,
        lambda m, q: q * 2,
        lambda m, q: 2 * q,
        lambda m, q: m.divide(q, 2),
        lambda m, q: m.sum(q, q),
        lambda m, q: m.prod(2.0, q),
        lambda m, q: m.exp(q),
    ],
)
def test_what_is_computed_from_a_quotient_is_no_polynomial(use):
    assert polynomial_of(lambda m, a: use(m, m.divide(a, 3)), lambda m, y, a: (1,), (None,)) is None


def test_a_quotient_by_an_unknown_is_no_polynomial():
    assert polynomial_of(ops.divide.value, ops.divide.local, (4.0, None)) is None


def test_a_product_that_passes_no_gradient_is_no_polynomial():
    assert polynomial_of(ops.both.value, ops.both.local, (None, None)) is None


@pytest.mark.parametrize("rule", [lambda m, a: m.unheard_of(a), lambda m, a: float(a), lambda m, a: a if a > 0 else 0])
def test_a_rule_that_the_polynomials_cannot_compute_is_none(rule):
    assert polynomial_of(rule, lambda m, y, a: (1,), (None,)) is None


@pytest.mark.parametrize("seed", range(50))
def test_the_normal_form_of_a_graph_is_what_its_replay_in_polynomials_gives(seed):
    """The shortcuts of lifting (forms by operation, merging, absorbing) change nothing."""
    random = Random(seed)
    leaves = [Value(1.0) for _ in range(4)]

    def tree(depth):
        if depth == 0:
            return random.choice(leaves)
        a, b = tree(depth - 1), tree(depth - 1)
        return random.choice([lambda: a + b, lambda: a - b, lambda: -a + 2, lambda: a * 3 + b / 2, lambda: a])()

    output = dot([tree(2), tree(1)], [random.choice(leaves), 2.0], random.choice([tree(2), tree(1) * 4])) + tree(2) ** 2
    expressions = NormalForm(Trace(lambda: output, []))
    places = {leaf: place for place, leaf in enumerate(leaves)}

    replayed = replay(
        topological_order(output),
        polynomials,
        lambda node: unknown(places[node]) if node in places else node.data if node.op is None else None,
    )[output]

    assert sympy.expand(formula(replayed) - expanded(expressions, places)) == 0


def expanded(expressions, places):
    """The formula of the output, Sum within Sum."""

    def of(index):
        node = expressions.nodes[index]
        if type(node).__name__ == "Parameter":
            return UNKNOWNS[places[expressions.leaves[index]]]
        if type(node).__name__ == "Constant":
            return node.number
        return node.offset + sympy.Add(*(c * of(a) * (1 if b == NONE else of(b)) for c, a, b in node.terms))

    return of(expressions.outputs[0])


def test_an_operation_of_the_users_that_is_a_weighted_sum_is_lifted_as_one():
    def neuron(x):
        return fused(w[0], x[0], w[1] * x[1])

    fused = Operation("fused", lambda m, a, b, c: a * b + c, lambda m, y, a, b, c: (b, a, 1))
    w = [Value(2.0), Value(3.0)]

    assert "neuron = x @ parameters" in vectorize(neuron, [0.0, 0.0]).source
