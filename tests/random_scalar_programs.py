"""Random scalar programs, each of a seed: numbers, vectors, recurrences, and tables of parameters.

An entry of `KINDS` makes of a seed a function, which has the list `parameters`, and arrays of examples for it.
"""

from importlib.util import find_spec
from random import Random

import numpy as np

import autograd
from autograd import Value, dot, gradients, logsumexp, maximum, prod, softmax, take, where

HAS_ERF = find_spec("scipy") is not None  # whose erf is that of arrays: the extra `test-core` has none


class RandomProgram:
    """A random function of a vector and a number, over random parameters, with shared nodes and uneven shapes."""

    def __init__(self, seed):
        random = Random(seed)
        self.random_seed = random.randrange(10**9)
        self.width = random.randint(1, 4)
        self.parameters = [Value(random.uniform(-1.5, 1.5)) for _ in range(random.randint(1, 8))]
        self.steps = random.randint(3, 25)

    def __call__(self, x, y):
        random = Random(self.random_seed)
        pool = [*x, y, *self.parameters]
        for _ in range(self.steps):
            pool.append(self.step(random, pool))
        return self.join(random, pool)

    def step(self, random, pool):
        pick = lambda: random.choice(pool)  # noqa: E731
        recent = lambda: random.choice(pool[-6:])  # noqa: E731
        number = random.choice([-2.0, -1.0, 0.5, 1.0, 3.0])
        return random.choice(
            [
                lambda: pick() + recent(),
                lambda: pick() - recent(),
                lambda: pick() * recent(),
                lambda: recent() * number,
                lambda: number - recent(),
                lambda: recent() / 4.0,
                lambda: pick() / (2.0 + recent() ** 2),
                lambda: -recent(),
                lambda: recent().tanh(),
                lambda: recent().sigmoid(),
                lambda: recent().relu(),
                lambda: recent().softplus(),
                lambda: recent().sin(),
                lambda: recent().cos(),
                lambda: abs(recent()),
                lambda: recent().tanh().exp(),
                lambda: (recent() ** 2 + 1.0).log(),
                lambda: (recent() ** 2 + 0.5).sqrt(),
                lambda: (recent().sigmoid() + 0.1) ** pick().tanh(),
                lambda: recent().tanh() ** 3,
                lambda: (recent() ** 2 + 1.0) ** -0.5,
                lambda: autograd.maximum(pick(), recent()),
                lambda: autograd.minimum(pick(), recent()),
                lambda: autograd.where(pick() > recent(), pick(), recent()),
                lambda: autograd.where((pick() > 0) & ~(recent() < pick()), pick(), 2.0),
                lambda: autograd.sum([pick(), recent(), recent(), pick()]),
                lambda: autograd.mean([pick(), recent(), recent()]),
                lambda: autograd.prod([pick().tanh(), recent(), 0.5]),
                lambda: autograd.logsumexp([pick(), recent(), pick()]),
                lambda: autograd.dot([pick(), pick(), recent()], [pick(), recent(), pick()], pick()),
                lambda: autograd.softmax([pick(), recent()])[0],
                lambda: (pick() > recent()) * recent(),
                lambda: recent().atan() * recent().asinh(),
                lambda: autograd.atan2(pick(), recent()),
                lambda: autograd.hypot(pick(), recent()),
                lambda: recent().erf() + recent().erfc() * pick() if HAS_ERF else recent(),
                lambda: autograd.clip(recent(), -0.5, pick() ** 2),
                lambda: autograd.xlogy(pick(), recent() ** 2 + 0.5),
                lambda: autograd.maximum(pick(), recent(), pick().floor()),
                lambda: (recent().tanh() * 0.9).asin() + (recent() ** 2 + 1.0).acosh(),
                lambda: (recent().tanh() * 0.9).atanh().tan().sin() * recent().tanh().sinh().cosh(),
                lambda: (recent() ** 2 + 0.1).log2() + (recent() ** 2 + 0.5).cbrt(),
            ]
        )()

    def join(self, random, pool):
        """A layer on top: weighted sums of the same nodes, an activation, a sum of squares."""
        nodes = [node.tanh() for node in random.sample(pool, min(4, len(pool)))]
        weights = [[random.choice(self.parameters) for _ in nodes] for _ in range(3)]
        hidden = [autograd.dot(row, nodes).sigmoid() for row in weights]
        return autograd.sum([h * h for h in hidden]) + 0.1 * pool[-1].tanh() + sum(p**2 for p in self.parameters) * 0.01


class RandomVectors:
    """A random function of a matrix and a number, in vectors: layers that share weights, windows, norms, transposes."""

    def __init__(self, seed):
        random = Random(seed)
        self.random_seed = random.randrange(10**9)
        self.steps = random.randint(4, 20)
        self.rows, self.width = random.randint(1, 3), random.randint(1, 4)
        self.W = [[Value(random.uniform(-1, 1)) for _ in range(self.width)] for _ in range(random.randint(1, 4))]
        self.v = [Value(random.uniform(-1, 1)) for _ in range(self.width)]
        self.scale = Value(random.uniform(0.2, 1))
        self.parameters = [*(weight for row in self.W for weight in row), *self.v, self.scale]

    def __call__(self, X, y):
        random = Random(self.random_seed)
        vectors, numbers = [*X, self.v, *self.W], [y, self.scale]
        for _ in range(self.steps):
            self.step(random, vectors, numbers)
        sums = [autograd.sum([x.tanh() for x in vector]) for vector in vectors[-3:]]
        return autograd.sum([*sums, numbers[-1].tanh()])

    def step(self, random, vectors, numbers):
        W, n = self.W, self.width
        a, b = random.choice(vectors), random.choice(vectors)
        s, shift = random.choice(numbers), random.randrange(n)
        f = random.choice(
            [
                *(Value.tanh, Value.relu, Value.sigmoid, Value.softplus, Value.sin, Value.abs),
                *(lambda x: x * x, lambda x: x**2, lambda x: -x, lambda x: 3.0 - x),
                *(lambda x: where(x > 0, x, 0.1 * x), lambda x: maximum(x, 0.2)),
            ]
        )
        numbers_or_vector = random.choice(
            [
                lambda: [p + q for p, q in zip(a, b, strict=True)],
                lambda: [p * q for p, q in zip(a, b, strict=True)],
                lambda: [f(p) for p in a],
                lambda: [f(dot(W[i % len(W)], a)) for i in range(n)],
                lambda: [q / (1 + autograd.sum([p * p for p in random.choice(vectors)])) for q in b],
                lambda: softmax(a),
                lambda: [*a[shift:], *a[:shift]],
                lambda: [autograd.mean([*a[: i + 1], s]) for i in range(n)],
                lambda: [f(s * p) for p in a],
                lambda: [autograd.sum([p * q for q in b]) for p in a],
                lambda: [dot([W[i % len(W)][(i + j) % n] for i in range(n)], a) for j in range(n)],
                lambda: f(dot(a, b, s)),
                lambda: logsumexp(a),
                lambda: dot([random.choice([1.0, 2.0, -1.0, 0.5]) for _ in a], a).tanh(),
            ]
        )()
        (vectors if isinstance(numbers_or_vector, list) else numbers).append(numbers_or_vector)


class RandomRecurrence:
    """A random function of a sequence: states that go on in one random way, and what each step adds to a sum."""

    def __init__(self, seed):
        random = Random(seed)
        self.random_seed = random.randrange(10**9)
        self.steps, self.width, self.n = random.randint(4, 14), random.randint(1, 3), random.randint(1, 3)
        self.W = [[Value(random.uniform(-1, 1)) for _ in range(self.n)] for _ in range(self.n)]
        self.U = [[Value(random.uniform(-1, 1)) for _ in range(self.width)] for _ in range(self.n)]
        self.scale = Value(random.uniform(0.2, 1))
        self.parameters = [*(weight for row in (*self.W, *self.U) for weight in row), self.scale]
        self.adds = random.random() < 0.5
        self.first = random.choice([0.0, 0.3, self.scale])

    def __call__(self, xs, y):
        [a, b], total = self.values(([self.first] * self.n, [0.1] * self.n)), 0.0
        for x in xs:
            random = Random(self.random_seed)  # the same steps at each time
            for _ in range(random.randint(1, 4)):
                a, b = self.step(random, x, a, b, y)
            if self.adds:
                total = total + random.choice([a[0] * b[-1], (a[0] - y) ** 2, b[0].tanh() * x[0]])
        return autograd.sum([v.tanh() for v in (*a, *b)]) * y + total

    def step(self, random, x, a, b, y):
        choices = [
            lambda: ([(dot(w, a) + dot(u, x)).tanh() for w, u in zip(self.W, self.U, strict=True)], b),
            lambda: ([p * self.scale + q.sigmoid() for p, q in zip(b, a, strict=True)], a),
            lambda: ([p.sin() for p in a], [dot(u, x) - q for u, q in zip(self.U, b, strict=True)]),
            lambda: (softmax([p + q for p, q in zip(a, b, strict=True)]), b),
            lambda: (b, [self.scale * p + 0.1 * y for p in a]),
            lambda: ([maximum(p, 0.3 * q) for p, q in zip(a, b, strict=True)], [q * 0.9 for q in b]),
            lambda: ([where(x[0] > 0, p * 0.5, p + self.scale) for p in a], b),
            lambda: (
                [dot(w, b, x[-1]).softplus() for w in self.W],
                [(p * q).tanh() for p, q in zip(a, b, strict=True)],
            ),
        ]
        return self.values(random.choice(choices)())

    def values(self, states):
        return tuple([[p if isinstance(p, Value) else Value(p) for p in state] for state in states])


class RandomTables:
    """A random function of places in a table, a matrix and a number: rows taken, attention, products, slopes."""

    def __init__(self, seed):
        random = Random(seed)
        self.random_seed = random.randrange(10**9)
        self.steps = random.randint(2, 8)
        self.rows, self.width, self.places = random.randint(2, 5), random.randint(1, 3), random.randint(1, 4)
        self.table = [[Value(random.uniform(-1, 1)) for _ in range(self.width)] for _ in range(self.rows)]
        self.W = [[Value(random.uniform(-1, 1)) for _ in range(self.width)] for _ in range(self.width)]
        self.scale = Value(random.uniform(0.2, 1))
        self.parameters = [*(number for row in (*self.table, *self.W) for number in row), self.scale]

    def __call__(self, places, X, y):
        random = Random(self.random_seed)
        taken = [take(self.table, place) for place in places]
        matrices = [X, taken, [[p + q for p, q in zip(x, t, strict=True)] for x, t in zip(X, taken, strict=True)]]
        for _ in range(self.steps):
            matrices.append(self.step(random, matrices, y))
        total = autograd.sum([v.tanh() for row in matrices[-1] for v in row]) * self.scale
        if random.random() < 0.3:
            leaf = random.choice([y, self.scale, X[0][0]])
            [slope] = gradients(total * leaf, [leaf])
            total = total + slope.tanh()
        scores = [dot(row, matrices[-1][-1]) for row in self.table]
        return total + logsumexp(scores) - take(scores, places[0])

    def step(self, random, matrices, y):
        A, B, W = random.choice(matrices), random.choice(matrices), self.W
        f = random.choice([Value.tanh, Value.relu, Value.sigmoid, Value.sin, lambda v: v * self.scale])
        columns = lambda M: list(zip(*M, strict=True))  # noqa: E731
        return random.choice(
            [
                lambda: [[f(dot(w, row)) for w in W] for row in A],
                lambda: [[f(p) * q for p, q in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True)],
                lambda: [[dot(softmax([dot(q, k) for k in B]), v) for v in columns(B)] for q in A],
                lambda: [
                    [dot(softmax([dot(q, k) for k in A[: i + 1]]), v) for v in columns(A[: i + 1])]
                    for i, q in enumerate(A)
                ],
                lambda: [[p - autograd.mean(row) for p in row] for row in A],
                lambda: [[p / (0.1 + autograd.mean([v * v for v in row])) for p in row] for row in A],
                lambda: [[p - autograd.mean(column) for p, column in zip(row, columns(A), strict=True)] for row in A],
                lambda: [
                    [prod([0.5 + p.tanh(), *(q.tanh() for q in b)]) for p in a] for a, b in zip(A, B, strict=True)
                ],
                lambda: [[maximum(p, q) for p, q in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True)],
                lambda: [[where(p > y, p, 0.1 * p) for p in row] for row in A],
                lambda: [[maximum(*column, p) for column in columns(B)] for row in A for p in row[:1]],
                lambda: A[::-1],
                lambda: [*A[1:], A[0]],
                lambda: [row[::-1] for row in A],
                lambda: [
                    [p + q for p, q in zip(a, b, strict=True)] for a, b in zip(A, [[0.0] * len(A[0]), *A], strict=False)
                ],
                lambda: [
                    [autograd.sum([*(a[j] for a in A[: i + 1])]) for j in range(len(row))] for i, row in enumerate(A)
                ],
            ]
        )()


class RandomSequences:
    """A random function of words, a sequence and a number: steps that take, look back, have leaves of their own, and
    add losses; in both directions or one, once or in two layers."""

    def __init__(self, seed):
        random = Random(seed)
        self.random_seed = random.randrange(10**9)
        self.steps, self.width, self.n = random.randint(4, 16), random.randint(1, 3), random.randint(1, 3)
        matrix = lambda rows, columns: [[Value(random.uniform(-1, 1)) for _ in range(columns)] for _ in range(rows)]  # noqa: E731
        self.table, self.W, self.own = matrix(4, self.n), matrix(self.n, self.n), matrix(self.steps, self.n)
        self.U, self.scale = matrix(self.n, self.width), Value(random.uniform(0.2, 1))
        self.parameters = [*(v for M in (self.table, self.W, self.own, self.U) for row in M for v in row), self.scale]
        self.first = random.choice([0.0, 0.5, self.scale])
        self.passes = random.choice([[1], [-1], [1, -1], [1, 1]])

    def __call__(self, words, xs, y):
        total, ends, sequence = 0.0, [], xs
        for number, direction in enumerate(self.passes):
            states, state, before = [], [self.first + 0 * y] * self.n, [0.1 + 0 * y] * self.n
            for t in range(self.steps)[::direction]:
                random = Random(self.random_seed + number)
                state, before = self.step(random, t, words[t], sequence[t], state, before, y), state
                states.append(state)
                if random.random() < 0.3:
                    scores = [dot(row, state) for row in self.table]
                    total = total + logsumexp(scores) - take(scores, words[t])
                elif random.random() < 0.3:
                    total = total + self.scale * (state[0] - y) ** 2
            ends += state
            if len(states[0]) == self.width:
                sequence = states
        return total + dot(ends, [v.tanh() for v in ends]) * y

    def step(self, random, t, word, x, state, before, y):
        zipped = lambda f, *vectors: [f(*each) for each in zip(*vectors, strict=True)]  # noqa: E731
        inner = [dot(w, state) + dot(u, x) for w, u in zip(self.W, self.U, strict=True)]
        slope = lambda s: [dot(w, [v.tanh() for v in s]) for w in self.W]  # noqa: E731
        halfway = lambda: zipped(lambda p, q: p + 0.05 * q, state, slope(state))  # noqa: E731
        f = random.choice([Value.tanh, Value.sigmoid, Value.sin])
        return random.choice(
            [
                lambda: zipped(lambda p, q: f(p + q), inner, take(self.table, word)),
                lambda: zipped(lambda p, q, r: f(p + q * r), inner, self.own[t], before),
                lambda: zipped(lambda p, q: p + 0.1 * f(q), state, inner),
                lambda: zipped(lambda p, q: p + 0.1 * q, state, slope(halfway())),
                lambda: zipped(lambda p, q, r: f(2 * p - q + r * y), state, before, self.own[t]),
                lambda: zipped(lambda p, q: where(x[0] > y, f(p), 0.5 * q), inner, state),
                lambda: zipped(lambda p, q: self.scale * p + (1 - self.scale) * f(q), state, inner),
                lambda: softmax(zipped(lambda p, q: p + q, state, inner)),
                lambda: [f(v) for v in zipped(lambda p, q: p * q, inner, self.own[t])],
                lambda: [maximum(v, 0.1 * v) / (1 + dot(state, state)) for v in inner],
            ]
        )()


def inputs(seed, *shape):
    """Normal numbers; of every fourth seed halves, at which kinks and ties lie."""
    x = np.random.default_rng([seed, *shape]).normal(size=shape)  # arrays of one seed have nothing in common
    return x if seed % 4 else np.round(2 * x) / 2


def numbers(seed):
    function = RandomProgram(seed)
    return function, inputs(seed, 5, function.width), inputs(seed, 5)


def vectors(seed):
    function, batch = RandomVectors(seed), (1, 2, 5)[seed % 3]
    return function, inputs(seed, batch, function.rows, function.width), inputs(seed, batch)


def recurrences(seed):
    function = RandomRecurrence(seed)
    return function, inputs(seed, 3, function.steps, function.width), inputs(seed, 3)


def tables(seed):
    function = RandomTables(seed)
    places = np.random.default_rng(seed).integers(0, function.rows, (3, function.places))
    return function, places, inputs(seed, 3, function.places, function.width), inputs(seed, 3)


def sequences(seed):
    function = RandomSequences(seed)
    words = np.random.default_rng(seed).integers(0, 4, (3, function.steps))
    return function, words, inputs(seed, 3, function.steps, function.width), inputs(seed, 3)


KINDS = {
    "numbers": numbers,
    "vectors": vectors,
    "recurrences": recurrences,
    "tables": tables,
    "sequences": sequences,
}
