"""Published cases of gradients as graphs: micrograd, CS231n, the literature, test functions, Mazur's network.

Each has its function of the inputs, the inputs, the value and the gradients, recomputed with 50 digits where the source
prints fewer.
"""

from typing import Any, NamedTuple

from autograd import (
    Value,
    cos,
    exp,
    expm1,
    log,
    log1p,
    logsumexp,
    maximum,
    mean,
    prod,
    relu,
    sigmoid,
    sin,
    softmax,
    softplus,
    sqrt,
    tanh,
    where,
)
from autograd import sum as total


class Published(NamedTuple):
    name: str
    function: Any
    point: tuple[float, ...]
    value: float
    gradients: tuple[float, ...]

    def graph(self) -> tuple[Value, list[Value]]:
        """The output and the inputs, named x0, x1, …"""
        inputs = [Value(x, f"x{place}") for place, x in enumerate(self.point)]
        return self.function(*inputs), inputs


def readme(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


def sanity_check(x):
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    return h + q + q * x


def lecture(a, b, c, f):
    return (a * b + c) * f


def neuron(x1, x2, w1, w2, b):
    return tanh(x1 * w1 + x2 * w2 + b)


def neuron_by_exp(x1, x2, w1, w2, b):
    e = (2 * (x1 * w1 + x2 * w2 + b)).exp()
    return (e - 1) / (e + 1)


def logistic_map(x):
    for _ in range(3):
        x = 4 * x * (1 - x)
    return x


def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def mazur(w1, w2, w3, w4, w5, w6, w7, w8, b1, b2):
    i1, i2 = 0.05, 0.10
    h1, h2 = sigmoid(w1 * i1 + w2 * i2 + b1), sigmoid(w3 * i1 + w4 * i2 + b1)
    o1, o2 = sigmoid(w5 * h1 + w6 * h2 + b2), sigmoid(w7 * h1 + w8 * h2 + b2)
    return 0.5 * (0.01 - o1) ** 2 + 0.5 * (0.99 - o2) ** 2


def ladder(x):
    for _ in range(60):
        x = x + x
    return x


PUBLISHED = [
    Published("A1", readme, (-4.0, 2.0), 24.70408163265306, (138.8338192419825, 645.5772594752186)),
    Published("A2", sanity_check, (-4.0,), -20.0, (46.0,)),
    Published("A4", lecture, (2.0, -3.0, 10.0, -2.0), -8.0, (6.0, -4.0, -2.0, 4.0)),
    Published(
        "A5",
        neuron,
        (2.0, 0.0, -3.0, 1.0, 6.8813735870195432),
        0.7071067811865476,
        (-1.4999999999999998, 0.4999999999999999, 0.9999999999999998, 0.0, 0.4999999999999999),
    ),
    Published(
        "A5b",
        neuron_by_exp,
        (2.0, 0.0, -3.0, 1.0, 6.8813735870195432),
        0.7071067811865476,
        (-1.4999999999999998, 0.4999999999999999, 0.9999999999999998, 0.0, 0.4999999999999999),
    ),
    Published("A6", lambda a: a + a, (3.0,), 6.0, (2.0,)),
    Published("A7", lambda a, b: (a * b) * (a + b), (-2.0, 3.0), -6.0, (-3.0, -8.0)),
    Published("A8", lambda a: (a + a) + (a + a), (1.0,), 4.0, (4.0,)),
    Published("A12", lambda a, b: a**b, (2.0, 3.0), 8.0, (12.0, 5.545177444479562)),
    Published("A14", lambda a, b: a / b, (49.0, 49.0), 1.0, (1 / 49, -1 / 49)),
    Published("B2", lambda x, y, z: (x + y) * z, (-2.0, 5.0, -4.0), -12.0, (-4.0, -4.0, 3.0)),
    Published(
        "B3",
        lambda w0, w1, w2, x0, x1: sigmoid(w0 * x0 + w1 * x1 + w2),
        (2.0, -3.0, -3.0, -1.0, -2.0),
        0.7310585786300049,
        (-0.19661193324148185, -0.3932238664829637, 0.19661193324148185, 0.3932238664829637, -0.5898357997244456),
    ),
    Published(
        "B5",
        lambda x, y, z, w: 2 * (x * y + maximum(z, w)),
        (3.0, -4.0, 2.0, -1.0),
        -20.0,
        (-8.0, 6.0, 2.0, 0.0),
    ),
    Published(
        "B6",
        lambda *scores: -log(softmax(scores)[2]),
        (-2.85, 0.86, 0.28),
        1.0401905694301083,
        (0.015449315676073602, 0.6311633536047088, -0.6466126692807823),
    ),
    Published(
        "B7",
        lambda *scores: logsumexp(scores) - scores[0],
        (123.0, 456.0, 789.0),
        666.0,
        (-1.0, 2.3984878688413556e-145, 1.0),
    ),
    Published(
        "C1",
        lambda x1, x2: log(x1) + x1 * x2 - sin(x2),
        (2.0, 5.0),
        11.652071455223084,
        (5.5, 1.7163378145367738),
    ),
    Published("C3", lambda x1, x2: x1 * x2 + sin(x1), (2.0, 3.0), 6.909297426825682, (2.5838531634528574, 2.0)),
    Published(
        "C4",
        lambda *xs: prod(xs),
        tuple(i / (1 + i) for i in range(1, 6)),
        1 / 6,
        (1 / 3, 1 / 4, 2 / 9, 5 / 24, 1 / 5),
    ),
    Published("C4z, one zero", lambda *xs: prod(xs), (1.0, 2.0, 0.0, 4.0), 0.0, (0.0, 0.0, 8.0, 0.0)),
    Published("C4z, two zeros", lambda *xs: prod(xs), (1.0, 0.0, 0.0, 4.0), 0.0, (0.0, 0.0, 0.0, 0.0)),
    Published("C5", logistic_map, (0.2,), 0.28901376, (9.0660864,)),
    Published("D1", lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2, (-1.2, 1.0), 24.2, (-215.6, -88.0)),
    Published("D2", beale, (1.0, 1.0), 14.203125, (0.0, 27.75)),
    Published(
        "E1",
        mazur,
        (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55, 0.35, 0.60),
        0.29837110876000267,
        (
            *(4.3856773447434674e-4, 8.771354689486935e-4, 4.977127352608601e-4, 9.954254705217202e-4),
            *(0.08216704056423078, 0.08266762784753326, -0.02260254047747506, -0.022740242215978212),
            *(0.018725609394704135, 0.10040032511200075),
        ),
    ),
    Published("F, relu at 0", relu, (0.0,), 0.0, (0.0,)),
    Published("F, a tie", lambda a, b: maximum(a, b), (1.5, 1.5), 1.5, (0.5, 0.5)),
    Published("F, sqrt at 0", sqrt, (0.0,), 0.0, (float("inf"),)),
    Published("F, the branch not taken", lambda x: where(x > 0, sqrt(x), 0), (0.0,), 0.0, (0.0,)),
    Published("G, softplus", softplus, (-30.0,), 9.357622968839737e-14, (9.357622968839299e-14,)),
    Published("G, sigmoid", sigmoid, (40.0,), 1.0, (4.248354255291589e-18,)),
    Published("G, tanh", tanh, (20.0,), 1.0, (1.6993417021166355e-17,)),
    Published("G, logsumexp", lambda *xs: logsumexp(xs), (1000.0, 1000.0), 1000.6931471805599, (0.5, 0.5)),
    Published("G, log1p", log1p, (1e-20,), 1e-20, (1.0,)),
    Published("G, expm1", expm1, (1e-20,), 1e-20, (1.0,)),
    Published("G, cross entropy", lambda z: softplus(z) + z, (-800.0,), -800.0, (1.0,)),
    Published("G, a sum rounded once", lambda *xs: total(xs), (1e16, 1.0, -1e16), 1.0, (1.0, 1.0, 1.0)),
    Published("H, doublings", ladder, (1.0,), 1152921504606846976.0, (1152921504606846976.0,)),
    Published("H, a difference", lambda x: x - x, (3.0,), 0.0, (0.0,)),
    Published(
        "a mean of waves",
        lambda x, y: mean([cos(x), exp(y)]),
        (1.0, 0.5),
        (0.5403023058681398 + 1.6487212707001282) / 2,
        (-0.8414709848078965 / 2, 1.6487212707001282 / 2),
    ),
]
