"""Rows of unequal length, stencils, and loops over time: as many lines for any size, with the numbers of NumPy.

The oracle is array code written by hand, whose slopes come of a complex step, which has no rounding.
"""

import ast
from textwrap import dedent

import numpy as np
import pytest

import autograd
from autograd import Value, dot, exp, logsumexp, maximum, minimum, prod, relu, softmax, sqrt, tanh, vectorize
from autograd.lifting.source_text import _folded
from tests.lifting import assert_lifts

BATCH = 3


def named(name, *shape, seed=0):
    """Nested lists of leaves, each named by its place."""
    numbers = np.random.default_rng(seed).normal(0, 0.5, shape)

    def made(array, path):
        if array.ndim == 0:
            return Value(float(array), path)
        return [made(part, f"{path}.{place}") for place, part in enumerate(array)]

    return made(numbers, name)


def data(*shape, seed=1):
    return np.random.default_rng(seed).normal(size=(BATCH, *shape))


def arrays_of(program, theta):
    """The parameters as arrays by their names."""
    found = {}
    for parameter, number in zip(program.parameters, theta, strict=True):
        name, *path = parameter.name.split(".")
        found.setdefault(name, {})[tuple(map(int, path))] = number
    arrays = {}
    for name, entries in found.items():
        shape = np.max(list(entries), axis=0) + 1 if () not in entries else ()
        arrays[name] = np.zeros(shape, complex)
        for path, number in entries.items():
            arrays[name][path] = number
    return arrays


def assert_is_by_hand(loss, by_hand, *columns):
    """The program of a loss gives the value and, along a direction, the slope of what was written by hand."""
    program = vectorize(loss, *(column[0] for column in columns))
    theta = program.read()
    direction = np.random.default_rng(2).normal(size=len(theta))
    names = arrays_of(program, theta + 1e-30j * direction)
    expected = np.mean([by_hand(names, *example) for example in zip(*columns, strict=True)])
    value, gradient = program.value_and_gradients(*columns)
    assert value == pytest.approx(expected.real, rel=1e-11)
    assert gradient @ direction == pytest.approx(expected.imag * 1e30, rel=1e-10)
    return program


def lines(loss, *columns):
    source = vectorize(loss, *(column[0] for column in columns)).source
    assert max(map(len, source.splitlines())) <= 100
    return source.count("\n")


# Rows of unequal length


def causal_attention(tokens, width=4):
    W = {name: named(name, width, width, seed=place) for place, name in enumerate("QKV")}

    def loss(x, y):
        Q, K, V = ([[dot(row, token) for row in W[name]] for token in x] for name in "QKV")
        total = 0.0
        for t in range(tokens):
            weights = softmax([dot(Q[t], k) / width**0.5 for k in K[: t + 1]])
            out = [dot(weights, column) for column in zip(*V[: t + 1], strict=True)]
            total = total + autograd.sum([(o - target) ** 2 for o, target in zip(out, y[t], strict=True)])
        return total / tokens

    def by_hand(P, x, y):
        Q, K, V = (x @ P[name].T for name in "QKV")
        scores = np.where(np.tri(tokens) == 1, np.exp(Q @ K.T / width**0.5), 0)
        return (((scores / scores.sum(axis=1, keepdims=True)) @ V - y) ** 2).sum() / tokens

    return loss, by_hand, data(tokens, width), data(tokens, width, seed=3)


def test_causal_attention_is_the_product_of_matrices_with_a_mask():
    loss, by_hand, *columns = causal_attention(6)
    program = assert_is_by_hand(loss, by_hand, *columns)
    assert "-np.inf" in program.source
    assert "[:, index" not in program.source


def test_causal_attention_takes_as_many_lines_for_any_length():
    assert lines(*causal_attention(8)[::2], causal_attention(8)[3]) == lines(
        *causal_attention(16)[::2], causal_attention(16)[3]
    )


def test_scores_beyond_what_an_exponential_holds_give_no_nan_where_they_are_masked():
    W = [Value(1.0, f"w.{k}") for k in range(6)]

    def loss(x):
        scores = [[W[t] * x[s] for s in range(t + 1)] for t in range(6)]
        return autograd.sum([dot(softmax(row), x[: len(row)]) for row in scores])

    big = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 5000.0], [-9000.0, 1.0, 0.0, 2.0, 3.0, 9000.0]])
    with np.errstate(all="raise", under="ignore"):
        assert_lifts(loss, big)


NEIGHBOURS = [[1], [0, 2], [0, 1, 3], [2, 4, 5, 6], [3], [3, 6, 7, 8, 9], [3, 5], [5, 8, 9], [5, 7, 9, 2], [5, 8, 0]]


def graph(neighbours, join):
    W = named("W", 3, 3)

    def loss(x, y):
        units = [[tanh(dot(row, each)) for row in W] for each in x]
        joined = [[join([units[j][c] for j in near]) for c in range(3)] for near in neighbours]
        return autograd.sum([(dot(W[0], each) - y) ** 2 for each in joined])

    return loss, data(len(neighbours), 3), data()


@pytest.mark.parametrize("join", [autograd.sum, autograd.mean, maximum, minimum, logsumexp, prod])
def test_neighbourhoods_of_unequal_size_have_the_numbers_of_the_scalar_engine(join):
    assert_lifts(*graph(NEIGHBOURS, join), tolerance=1e-10)


@pytest.mark.parametrize("join", [autograd.sum, maximum, logsumexp, prod])
def test_neighbourhoods_of_unequal_size_take_as_many_lines_for_twice_as_many_units(join):
    twice = [*NEIGHBOURS, *([place + 10 for place in near] for near in NEIGHBOURS)]
    assert lines(*graph(NEIGHBOURS, join)) == pytest.approx(lines(*graph(twice, join)), abs=2)


def test_two_layers_over_a_graph_have_the_numbers_of_the_adjacency_matrix():
    W, U = named("W", 3, 3), named("U", 3, 3, seed=4)
    near = [*NEIGHBOURS, *([place + 10 for place in near] for near in NEIGHBOURS)]
    A = np.zeros((20, 20))
    for place, each in enumerate(near):
        A[place, each] = 1

    def loss(x, y):
        for _ in range(2):
            sums = [[autograd.sum([x[j][c] for j in each]) for c in range(3)] for each in near]
            x = [
                [tanh(dot(w, own) + dot(u, total)) for w, u in zip(W, U, strict=True)]
                for own, total in zip(x, sums, strict=True)
            ]
        return autograd.sum([(unit[0] - y) ** 2 for unit in x])

    def by_hand(P, x, y):
        for _ in range(2):
            x = np.tanh(x @ P["W"].T + A @ x @ P["U"].T)
        return ((x[:, 0] - y) ** 2).sum()

    assert_is_by_hand(loss, by_hand, data(20, 3), data())


def test_attention_over_the_neighbours_of_a_graph_has_the_numbers_of_the_scalar_engine():
    a, b = named("a", 3), named("b", 3, seed=1)

    def loss(x, y):
        total = 0.0
        for place, near in enumerate(NEIGHBOURS):
            weights = softmax([tanh(dot(a, x[place]) + dot(b, x[j])) for j in [place, *near]])
            total = total + (dot(weights, [x[j][0] for j in [place, *near]]) - y) ** 2
        return total

    assert_lifts(loss, data(10, 3), data(), tolerance=1e-10)


# Many operands


@pytest.mark.parametrize("operation", [prod, maximum, minimum])
@pytest.mark.parametrize("size", [5, 9, 40])
def test_an_operation_of_many_operands_takes_one_line(operation, size):
    w = named("w", size)

    def loss(x, y):
        return (operation([a * b + 1 for a, b in zip(w, x, strict=True)]) - y) ** 2

    program = assert_lifts(loss, data(size), data(), tolerance=1e-10)
    assert program.source.count("\n") <= 26


def test_a_product_of_many_with_zeros_has_the_products_of_the_others_for_slopes():
    w = named("w", 6)
    program = vectorize(lambda x: prod([a * b for a, b in zip(w, x, strict=True)]), np.zeros(6))
    x = np.array([[1.0, 2.0, 0.0, 3.0, 4.0, 5.0]])
    _, gradient = program.value_and_gradients(x, at=np.ones(6))
    assert gradient.tolist() == [0] * 6  # by w₂ it is x₂ times the others
    [slopes] = program.gradients_by_inputs(x, at=np.ones(6))
    assert slopes.tolist() == [[0, 0, 120, 0, 0, 0]]


def test_a_tie_of_many_is_shared_by_all():
    program = vectorize(maximum, [0.0] * 5)
    [slopes] = program.gradients_by_inputs([[1.0, 3.0, 3.0, 0.0, 3.0]])
    np.testing.assert_allclose(slopes, [[0, 1 / 3, 1 / 3, 0, 1 / 3]])


# A stencil over space, repeated in time


def heat(steps, size=9, *, zero=False, ring=False):
    k = Value(0.2, "k")

    def loss(u, y):
        for _ in range(steps):
            ends = (0.0, 0.0) if zero else (u[0], u[-1])
            if ring:
                u = [u[i] + k * (u[i - 1] - 2 * u[i] + u[(i + 1) % size]) for i in range(size)]
            else:
                inner = [u[i] + k * (u[i - 1] - 2 * u[i] + u[i + 1]) for i in range(1, size - 1)]
                u = [ends[0], *inner, ends[1]]
        return autograd.sum([(a - b) ** 2 for a, b in zip(u, y, strict=True)])

    def by_hand(P, u, y):
        u = u.astype(complex)
        for _ in range(steps):
            if ring:
                u = u + P["k"] * (np.roll(u, 1) - 2 * u + np.roll(u, -1))
            else:
                inner = u[1:-1] + P["k"] * (u[:-2] - 2 * u[1:-1] + u[2:])
                u = np.concatenate(([0 if zero else u[0]], inner, [0 if zero else u[-1]]))
        return ((u - y) ** 2).sum()

    return loss, by_hand, data(size), data(size, seed=5)


@pytest.mark.parametrize("how", [{}, {"zero": True}, {"ring": True}])
def test_the_heat_equation_has_the_numbers_of_slices(how):
    assert_is_by_hand(*heat(12, **how))


@pytest.mark.parametrize("how", [{}, {"zero": True}, {"ring": True}])
def test_the_heat_equation_takes_as_many_lines_for_any_time_and_any_size(how):
    few = heat(10, **how)
    long, wide = heat(40, **how), heat(10, 30, **how)
    assert lines(few[0], *few[2:]) == lines(long[0], *long[2:]) == lines(wide[0], *wide[2:])


def test_the_heat_equation_is_a_loop_over_slices_forward_and_backward():
    loss, _, *columns = heat(20)
    source = vectorize(loss, *(column[0] for column in columns)).source
    assert source.count("for t in ") == 2
    assert "_whole[:, 0:7] + " in source
    assert "index" not in source


# Loops over time


def power_series(size):
    c = named("c", size)

    def loss(x, y):
        total = 0.0
        for coefficient in reversed(c):
            total = total * x + coefficient
        return (total - y) ** 2

    return loss, lambda P, x, y: (np.polyval(P["c"][::-1], x) - y) ** 2, data(), data(seed=6)


def arm(size):
    angles, lengths = named("angles", size), named("lengths", size, seed=1)

    def loss(x, y):
        heading, px, py = 0.0, 0.0, 0.0
        for angle, length in zip(angles, lengths, strict=True):
            heading = heading + angle
            px, py = px + length * autograd.cos(heading), py + length * autograd.sin(heading)
        return (px - x) ** 2 + (py - y) ** 2

    def by_hand(P, x, y):
        headings = np.cumsum(P["angles"])
        return (P["lengths"] @ np.cos(headings) - x) ** 2 + (P["lengths"] @ np.sin(headings) - y) ** 2

    return loss, by_hand, data(), data(seed=6)


def layers(size):
    W, b = named("W", size, 3, 3), named("b", size, 3)

    def loss(x, y):
        for weights, biases in zip(W, b, strict=True):
            x = [tanh(dot(row, x) + bias) for row, bias in zip(weights, biases, strict=True)]
        return (x[0] - y) ** 2

    def by_hand(P, x, y):
        for weights, biases in zip(P["W"], P["b"], strict=True):
            x = np.tanh(weights @ x + biases)
        return (x[0] - y) ** 2

    return loss, by_hand, data(3), data()


def walk(size):
    drift, sigma = Value(0.05, "drift"), Value(0.2, "sigma")

    def loss(z):
        price = 1.0
        for each in z:
            price = price * exp(0.01 * drift + 0.1 * sigma * each)
        return relu(price - 0.9)

    def by_hand(P, z):
        price = np.prod(np.exp(0.01 * P["drift"] + 0.1 * P["sigma"] * z))
        return price - 0.9 if price.real > 0.9 else 0j

    return loss, by_hand, data(size)


def both_directions(size):
    U, W, v = named("U", 3, 2), named("W", 3, 3, seed=1), named("v", 6, seed=2)

    def loss(xs, y):
        ends = []
        for sequence in (xs, xs[::-1]):
            state = [0.0] * 3
            for x in sequence:
                state = [tanh(dot(w, state) + dot(u, x)) for w, u in zip(W, U, strict=True)]
            ends += state
        return (dot(v, ends) - y) ** 2

    def by_hand(P, xs, y):
        ends = []
        for sequence in (xs, xs[::-1]):
            state = np.zeros(3)
            for x in sequence:
                state = np.tanh(P["W"] @ state + P["U"] @ x)
            ends.append(state)
        return (P["v"] @ np.concatenate(ends) - y) ** 2

    return loss, by_hand, data(size, 2), data()


def kalman_filter(size):
    q, r = Value(0.1, "q"), Value(0.5, "r")

    def loss(zs):
        x, p, total = 0.0, 1.0, 0.0
        for z in zs:
            p = p + q
            s, error = p + r, z - x
            total = total + 0.5 * (autograd.log(s) + error * error / s)
            x, p = x + p / s * error, (1 - p / s) * p
        return total

    def by_hand(P, zs):
        x, p, total = 0.0, 1.0, 0.0
        for z in zs:
            p = p + P["q"]
            s, error = p + P["r"], z - x
            total = total + 0.5 * (np.log(s) + error**2 / s)
            x, p = x + p / s * error, (1 - p / s) * p
        return total

    return loss, by_hand, data(size)


def bodies(size):
    m = named("m", 3)

    def loss(x, v):
        for _ in range(size):
            pull = [[0.0, 0.0] for _ in m]
            for i in range(3):
                for j in range(3):
                    if i != j:
                        d = [x[j][c] - x[i][c] for c in range(2)]
                        square = d[0] ** 2 + d[1] ** 2 + 0.1
                        pull[i] = [
                            p + m[j] / (square * sqrt(square)) * each for p, each in zip(pull[i], d, strict=True)
                        ]
            v = [[a + 0.01 * p for a, p in zip(*pair, strict=True)] for pair in zip(v, pull, strict=True)]
            x = [[a + 0.01 * b for a, b in zip(*pair, strict=True)] for pair in zip(x, v, strict=True)]
        return autograd.sum([a * a for each in x for a in each])

    def by_hand(P, x, v):
        for _ in range(size):
            d = x[None] - x[:, None]
            square = (d**2).sum(axis=-1) + 0.1
            v = v + 0.01 * (P["m"][None, :, None] * d / (square * np.sqrt(square))[..., None]).sum(axis=1)
            x = x + 0.01 * v
        return (x**2).sum()

    return loss, by_hand, data(3, 2), data(3, 2, seed=7)


OVER_TIME = [power_series, arm, layers, walk, both_directions, kalman_filter, bodies]


@pytest.mark.parametrize("make", OVER_TIME)
def test_a_loop_over_time_has_the_numbers_of_numpy(make):
    assert_is_by_hand(*make(9))


@pytest.mark.parametrize("make", OVER_TIME)
def test_a_loop_over_time_takes_as_many_lines_for_any_time(make):
    (few, _, *small), (many, _, *large) = make(20), make(60)
    assert lines(few, *small) == lines(many, *large)
    assert vectorize(many, *(column[0] for column in large)).source.count("for t in ") == 2


@pytest.mark.parametrize("make", [kalman_filter, walk])
def test_three_thousand_steps_take_as_many_lines_as_twenty(make):
    (few, _, *small), (many, _, *large) = make(20), make(3000)
    assert lines(few, *small) == lines(many, *large)


def test_a_loop_gives_the_slopes_of_what_each_turn_reads():
    loss, _, zs = walk(12)
    program = vectorize(loss, zs[0])
    [slopes] = program.gradients_by_inputs(zs)
    theta = dict(zip([parameter.name for parameter in program.parameters], program.read(), strict=True))
    price = np.exp(0.01 * theta["drift"] + 0.1 * theta["sigma"] * zs).prod(axis=1)
    expected = np.where(price > 0.9, price, 0)[:, None] * np.full(12, 0.1 * theta["sigma"])
    np.testing.assert_allclose(slopes, expected, rtol=1e-12)


@pytest.mark.parametrize("make", [*OVER_TIME, heat, causal_attention])
def test_a_loop_is_a_scan_under_jax(make):
    jax = pytest.importorskip("jax", reason="runs on jax, in the extra `jax`")
    jax.config.update("jax_enable_x64", True)
    loss, _, *columns = make(9)
    program = vectorize(loss, *(column[0] for column in columns))
    value, gradient = program.value_and_gradients(*columns)

    found = jax.jit(program.pure)(jax.numpy.asarray(program.read()), *columns)

    np.testing.assert_allclose(found[0], value, rtol=1e-12)
    np.testing.assert_allclose(found[1], gradient, rtol=1e-10, atol=1e-13)
    text = str(jax.make_jaxpr(program.pure)(program.read(), *columns))
    assert text.count("scan[") == (0 if make is causal_attention else 2)


def test_sums_side_by_side_are_not_folded_to_a_tuple_of_their_own():
    sums = "d_total_25, d_total_20 + d_total_11, d_total_16 + d_total_15, d_total_21 + d_total_10, d_total_26"
    line = f"d = place(d_total_6.reshape(batch, 2, 2), index_3, 10) + np.concatenate(({sums}), axis=-1)"
    assert ast.dump(ast.parse(dedent("\n".join(_folded([(line, "")]))))) == ast.dump(ast.parse(line))


def test_the_gradient_of_each_example_goes_through_what_each_turn_reads_and_what_stays():
    w, k, o = Value(0.7, "w"), Value(1.3, "k"), named("o", 10)

    def loss(xs, y):
        state, total = 0.1, 0.0
        for weight, x in zip(o, xs, strict=True):
            state = tanh(w * state + weight * x)
            total = total + k * (state - y) ** 2
        return total

    X, Y = data(10), data()
    program = vectorize(loss, X[0], Y[0])
    for x, y, found in zip(X.tolist(), Y.tolist(), program.gradients_by_example(X, Y), strict=True):
        for leaf in program.parameters:
            leaf.grad = None
        loss([Value(each) for each in x], Value(y)).backward()
        np.testing.assert_allclose(found, [leaf.grad for leaf in program.parameters], rtol=1e-11)


def test_two_chains_of_one_table_that_go_at_paces_of_their_own_have_the_numbers_of_the_scalar_engine():
    w = named("w", 40)

    def loss(x, y):
        a = b = 0.1 * dot(w, [y] * 40)
        for t in range(9):
            a, b = autograd.sin(w[2 * t + 2] * a + x), autograd.sin(w[3 * t + 1] * b + y)
        return a * b

    assert_lifts(loss, data(), data())
