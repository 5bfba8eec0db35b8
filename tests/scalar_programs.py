"""Programs as people write them on scalars, of any size: what the tests of `vectorize` lift.

Each entry of `PROGRAMS` makes, for a size, a loss and arrays of examples for it.
"""

from itertools import pairwise
from random import Random

import numpy as np

import autograd
from autograd import Value, dot, exp, log, logsumexp, maximum, prod, relu, sigmoid, softmax, sqrt, take, tanh

PROGRAMS = {}
BATCH = 3


def program(make):
    PROGRAMS[make.__name__.replace("_", " ")] = make
    return make


def vector(random, size, name="v"):
    return [Value(random.gauss(0, 0.6), f"{name}.{i}") for i in range(size)]


def matrix(random, rows, columns, name="W"):
    return [vector(random, columns, f"{name}.{i}") for i in range(rows)]


def inputs(*shape):
    return np.random.default_rng(7).normal(size=(BATCH, *shape))


def linear(W, x):
    return [dot(row, x) for row in W]


def normalized(x):
    mean = autograd.mean(x)
    deviation = sqrt(autograd.mean([(v - mean) ** 2 for v in x]) + 1e-5)
    return [(v - mean) / deviation for v in x]


# Attention


def heads(Q, K, V, visible=lambda i: None):
    out = []
    for i, q in enumerate(Q):
        weights = softmax([dot(q, k) / len(q) ** 0.5 for k in K[: visible(i)]])
        out.append([dot(weights, column) for column in zip(*V[: visible(i)], strict=True)])
    return out


@program
def attention(size):
    random = Random(0)
    WQ, WK, WV, top = (matrix(random, 4, 4, name) for name in ("WQ", "WK", "WV", "top"))

    def loss(tokens, y):
        out = heads(*([linear(W, token) for token in tokens] for W in (WQ, WK, WV)))
        scores = [tanh(s) for token in out for s in linear(top, token)]
        return (autograd.mean(scores) - y) ** 2

    return loss, inputs(size, 4), inputs()


@program
def attention_of_two_heads(size):
    random = Random(0)
    W = {name: matrix(random, 4, 4, name) for name in ("Q", "K", "V", "O", "up", "down")}

    def loss(tokens, target):
        x = [normalized(token) for token in tokens]
        Q, K, V = ([linear(W[name], token) for token in x] for name in "QKV")
        parts = [heads(*([row[2 * h : 2 * h + 2] for row in M] for M in (Q, K, V))) for h in range(2)]
        joined = [[*a, *b] for a, b in zip(*parts, strict=True)]
        x = [
            [a + b for a, b in zip(token, linear(W["O"], z), strict=True)]
            for token, z in zip(tokens, joined, strict=True)
        ]
        x = [
            [
                a + b
                for a, b in zip(t, linear(W["down"], [relu(u) for u in linear(W["up"], normalized(t))]), strict=True)
            ]
            for t in x
        ]
        pooled = [autograd.mean(column) for column in zip(*x, strict=True)]
        return autograd.sum([(a - b) ** 2 for a, b in zip(pooled, target, strict=True)])

    return loss, inputs(size, 4), inputs(4)


@program
def a_small_language_model(size):
    random = Random(0)
    table, places = matrix(random, 5, 4, "wte"), matrix(random, size, 4, "wpe")
    W = {name: matrix(random, 4, 4, name) for name in ("Q", "K", "V", "O")}

    def loss(words):
        x = [[a + b for a, b in zip(take(table, word), p, strict=True)] for word, p in zip(words, places, strict=True)]
        Q, K, V = ([linear(W[name], normalized(token)) for token in x] for name in "QKV")
        out = heads(Q, K, V, lambda i: i + 1)
        x = [[a + b for a, b in zip(t, linear(W["O"], z), strict=True)] for t, z in zip(x, out, strict=True)]
        losses = []
        for token, following in zip(x, words[1:], strict=False):
            logits = linear(table, token)
            losses.append(logsumexp(logits) - take(logits, following))
        return autograd.mean(losses)

    return loss, np.random.default_rng(0).integers(0, 5, (BATCH, size))


# Time


@program
def recurrent_network(size):
    random = Random(0)
    U, W, b, v = matrix(random, 3, 2, "U"), matrix(random, 3, 3, "W"), vector(random, 3, "b"), vector(random, 3, "v")

    def loss(xs, y):
        state = [0.0] * 3
        for x in xs:
            state = [tanh(dot(w, state) + dot(u, x) + bias) for w, u, bias in zip(W, U, b, strict=True)]
        return (dot(v, state) - y) ** 2

    return loss, inputs(size, 2), inputs()


@program
def gated_recurrent_network(size):
    random = Random(0)
    Wz, Wr, Wh = (matrix(random, 3, 5, name) for name in ("Wz", "Wr", "Wh"))
    v = vector(random, 3, "v")

    def loss(xs, y):
        h = [0.0] * 3
        for x in xs:
            z = [sigmoid(s) for s in linear(Wz, [*x, *h])]
            r = [sigmoid(s) for s in linear(Wr, [*x, *h])]
            candidate = [tanh(s) for s in linear(Wh, [*x, *(a * b for a, b in zip(r, h, strict=True))])]
            h = [(1 - a) * old + a * new for a, old, new in zip(z, h, candidate, strict=True)]
        return (dot(v, h) - y) ** 2

    return loss, inputs(size, 2), inputs()


@program
def long_short_term_memory(size):
    random = Random(0)
    W = [matrix(random, 3, 5, f"W{gate}") for gate in "fiog"]
    b = [vector(random, 3, f"b{gate}") for gate in "fiog"]
    v = vector(random, 3, "v")

    def loss(xs, y):
        h, c = [0.0] * 3, [0.0] * 3
        for x in xs:
            f, i, o, g = (
                [
                    tanh(s + e) if gate == 3 else sigmoid(s + e)
                    for s, e in zip(linear(W[gate], [*x, *h]), b[gate], strict=True)
                ]
                for gate in range(4)
            )
            c = [p * q + r * s for p, q, r, s in zip(f, c, i, g, strict=True)]
            h = [p * tanh(q) for p, q in zip(o, c, strict=True)]
        return (dot(v, h) - y) ** 2

    return loss, inputs(size, 2), inputs()


@program
def prediction_at_each_step(size):
    random = Random(0)
    U, W, V = matrix(random, 3, 2, "U"), matrix(random, 3, 3, "W"), matrix(random, 2, 3, "V")

    def loss(xs):
        state, losses = [0.0] * 3, []
        for x, following in pairwise(xs):
            state = [tanh(dot(w, state) + dot(u, x)) for w, u in zip(W, U, strict=True)]
            losses.append(autograd.sum([(a - b) ** 2 for a, b in zip(linear(V, state), following, strict=True)]))
        return autograd.mean(losses)

    return loss, inputs(size, 2)


@program
def two_recurrent_layers(size):
    random = Random(0)
    U, W, V, R, v = (matrix(random, 3, n, name) for n, name in ((2, "U"), (3, "W"), (3, "V"), (3, "R"), (3, "v")))

    def loss(xs, y):
        lower, upper = [0.1] * 3, [0.2] * 3
        for x in xs:
            lower = [tanh(dot(w, lower) + dot(u, x)) for w, u in zip(W, U, strict=True)]
            upper = [tanh(dot(r, upper) + dot(p, lower)) for r, p in zip(R, V, strict=True)]
        return (dot(v[0], upper) - y) ** 2

    return loss, inputs(size, 2), inputs()


@program
def kalman_filter(size):
    drift, process, noise = Value(0.9, "a"), Value(0.3, "q"), Value(0.5, "r")

    def loss(observed):
        mean, variance, losses = 0.0, 1.0, []
        for y in observed:
            mean, variance = drift * mean, drift * drift * variance + process * process
            total = variance + noise * noise
            losses.append(0.5 * log(total) + (y - mean) ** 2 / (2 * total))
            gain = variance / total
            mean, variance = mean + gain * (y - mean), (1 - gain) * variance
        return autograd.sum(losses)

    return loss, inputs(size)


@program
def rosenbrock_by_steepest_descent(size):
    rate = Value(0.001, "rate")

    def loss(x, y):
        for _ in range(size):
            slope_x, slope_y = -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)
            x, y = x - rate * slope_x, y - rate * slope_y
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    return loss, inputs() / 4, inputs() / 4


@program
def pendulum(size):
    gravity, friction = Value(9.81, "g"), Value(0.1, "mu")

    def loss(angle, speed, target):
        for _ in range(size):
            speed = speed - 0.01 * (gravity * angle.sin() + friction * speed)
            angle = angle + 0.01 * speed
        return (angle - target) ** 2

    return loss, inputs(), inputs(), inputs()


# Space


@program
def convolution_and_pooling(size):
    random = Random(0)
    first, second, top = matrix(random, 2, 9, "k1"), matrix(random, 3, 8, "k2"), vector(random, 3, "top")

    def loss(image, y):
        n = size - 2
        maps = [
            [
                [relu(dot(k, [image[r + i][c + j] for i in range(3) for j in range(3)])) for c in range(n)]
                for r in range(n)
            ]
            for k in first
        ]
        n //= 2
        pooled = [
            [
                [maximum([m[2 * r + i][2 * c + j] for i in range(2) for j in range(2)]) for c in range(n)]
                for r in range(n)
            ]
            for m in maps
        ]
        n -= 1
        windows = [
            [m[r + i][c + j] for m in pooled for i in range(2) for j in range(2)] for r in range(n) for c in range(n)
        ]
        features = [autograd.mean([tanh(dot(k, window)) for window in windows]) for k in second]
        return (dot(top, features) - y) ** 2

    return loss, inputs(size, size), inputs()


@program
def heat(size):
    conductivity = Value(0.2, "k")

    def loss(start, target):
        u = start
        for _ in range(3):
            u = [u[0], *(b + conductivity * (a - 2 * b + c) for a, b, c in zip(u, u[1:], u[2:], strict=False)), u[-1]]
        return autograd.mean([(a - b) ** 2 for a, b in zip(u, target, strict=True)])

    return loss, inputs(size), inputs(size)


@program
def bodies(size):
    masses = [Value(1 + 0.1 * i, f"m.{i}") for i in range(size)]

    def loss(positions):
        energy = []
        for i in range(size):
            for j in range(i):
                distance = sqrt(
                    autograd.sum([(a - b) ** 2 for a, b in zip(positions[i], positions[j], strict=True)]) + 0.1
                )
                energy.append(-masses[i] * masses[j] / distance)
        return autograd.sum(energy)

    return loss, inputs(size, 2)


@program
def springs(size):
    stiffness, rest = Value(3.0, "k"), Value(0.8, "rest")

    def loss(points):
        lengths = [
            sqrt(autograd.sum([(a - b) ** 2 for a, b in zip(p, q, strict=True)]) + 1e-3) for p, q in pairwise(points)
        ]
        return autograd.sum([0.5 * stiffness * (length - rest) ** 2 for length in lengths])

    return loss, inputs(size, 2)


# Statistics


@program
def mixture_likelihood(size):
    random = Random(0)
    means, widths, weights = matrix(random, size, 2, "mu"), vector(random, size, "log_sigma"), vector(random, size, "w")

    def loss(x):
        logs = [
            w - 2 * s - 0.5 * autograd.sum([((a - m) / exp(s)) ** 2 for a, m in zip(x, mean, strict=True)])
            for w, s, mean in zip(weights, widths, means, strict=True)
        ]
        return logsumexp(weights) - logsumexp(logs)

    return loss, inputs(2)


@program
def factorisation(size):
    users, items = matrix(Random(0), size, 3, "users"), matrix(Random(1), size, 3, "items")

    def loss(user, item, rating):
        return (dot(take(users, user), take(items, item)) - rating) ** 2

    return loss, np.array([0, size - 1, 1]), np.array([1, 0, size - 1]), inputs()


@program
def batch_norm_with_the_batch_as_one_example(size):
    gain, shift, W = vector(Random(0), 3, "gain"), vector(Random(1), 3, "shift"), matrix(Random(2), 3, 2)

    def loss(X, y):
        columns = zip(*(linear(W, x) for x in X), strict=True)
        scaled = [[g * v + s for v in normalized(column)] for column, g, s in zip(columns, gain, shift, strict=True)]
        outputs = [autograd.sum([tanh(v) for v in row]) for row in zip(*scaled, strict=True)]
        return autograd.mean([(a - b) ** 2 for a, b in zip(outputs, y, strict=True)])

    return loss, inputs(size, 2), inputs(size)


@program
def variational_autoencoder(size):
    random = Random(0)
    encoder, decoder = matrix(random, 4, size, "encoder"), matrix(random, size, 2, "decoder")

    def loss(x, noise):
        code = linear(encoder, x)
        mean, spread = code[:2], code[2:]
        sample = [m + exp(0.5 * s) * e for m, s, e in zip(mean, spread, noise, strict=True)]
        error = autograd.sum([(a - sigmoid(b)) ** 2 for a, b in zip(x, linear(decoder, sample), strict=True)])
        return error - 0.5 * autograd.sum([1 + s - m**2 - exp(s) for m, s in zip(mean, spread, strict=True)])

    return loss, inputs(size), inputs(2)


@program
def graph_network(size):
    random = Random(0)
    W, top = matrix(random, 3, 3), vector(random, 3, "top")
    edges = [(i, (i * 7 + 3) % size) for i in range(size)] + [(i, (i + 1) % size) for i in range(size)]

    def loss(nodes, y):
        for _ in range(2):
            arriving = [[nodes[a] for a, b in edges if b == node] for node in range(size)]
            nodes = [
                [tanh(s) for s in linear(W, [autograd.sum(column) for column in zip(x, *others, strict=True)])]
                for x, others in zip(nodes, arriving, strict=True)
            ]
        return (autograd.mean([dot(top, node) for node in nodes]) - y) ** 2

    return loss, inputs(size, 3), inputs()


@program
def products_of_rows(size):
    W = matrix(Random(0), size, 3)

    def loss(x):
        return autograd.sum([log(1 + prod([sigmoid(a * b) for a, b in zip(row, x, strict=True)])) for row in W])

    return loss, inputs(3)
