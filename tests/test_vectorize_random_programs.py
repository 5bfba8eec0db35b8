"""Random scalar programs give the same value and gradients lifted to arrays as on the scalar engine."""

from random import Random

import numpy as np
import pytest

import autograd
from autograd import Value, vectorize

BATCH = 5


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
            ]
        )()

    def join(self, random, pool):
        """A layer on top: weighted sums of the same nodes, an activation, a sum of squares."""
        nodes = [node.tanh() for node in random.sample(pool, min(4, len(pool)))]
        weights = [[random.choice(self.parameters) for _ in nodes] for _ in range(3)]
        hidden = [autograd.dot(row, nodes).sigmoid() for row in weights]
        return autograd.sum([h * h for h in hidden]) + 0.1 * pool[-1].tanh() + sum(p**2 for p in self.parameters) * 0.01


@pytest.mark.parametrize("seed", range(300))
def test_a_random_program_lifts_to_the_same_value_and_gradients(seed):
    function = RandomProgram(seed)
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(BATCH, function.width)), rng.normal(size=BATCH)
    program = vectorize(function, X[0], Y[0], parameters=function.parameters)
    losses = [function([Value(v) for v in x], Value(y)) for x, y in zip(X.tolist(), Y.tolist(), strict=True)]
    autograd.mean(losses).backward()

    value, gradient = program.value_and_gradients(X, Y)

    assert value == pytest.approx(np.mean([loss.data for loss in losses]), rel=1e-11, abs=1e-13)
    expected = [parameter.grad or 0.0 for parameter in program.parameters]
    assert gradient == pytest.approx(np.array(expected), rel=1e-9, abs=1e-11)
    assert program(X, Y) == pytest.approx(np.array([loss.data for loss in losses]), rel=1e-11, abs=1e-13)
