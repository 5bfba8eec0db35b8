"""Mechanics, differential equations and geometry on scalars, and as arrays: entries of `KINDS`."""

from itertools import pairwise
from random import Random

import autograd
from autograd import (
    Value,
    cos,
    cosh,
    dot,
    exp,
    gradients,
    hessian,
    mean,
    relu,
    sin,
    sqrt,
    take,
    tanh,
)
from tests import kinds_of_programs as arrays
from tests.kinds_of_programs import indices, inputs, kind
from tests.scalar_programs import linear, matrix, vector


def plus(state, slopes, step):
    return [s + step * v for s, v in zip(state, slopes, strict=True)]


def runge_kutta(slope, state, step):
    k1 = slope(state)
    k2 = slope(plus(state, k1, step / 2))
    k3 = slope(plus(state, k2, step / 2))
    k4 = slope(plus(state, k3, step))
    return [s + step / 6 * (a + 2 * b + 2 * c + d) for s, a, b, c, d in zip(state, k1, k2, k3, k4, strict=True)]


def array_runge_kutta(slope, state, step):
    k1 = slope(state)
    k2 = slope(state + step / 2 * k1)
    k3 = slope(state + step / 2 * k2)
    return state + step / 6 * (k1 + 2 * k2 + 2 * k3 + slope(state + step * k3))


# Motion, step by step


@kind
def predators_and_prey(size):
    a, b, c, d = (Value(v, name) for v, name in zip((1.1, 0.4, 0.1, 0.4), "abcd", strict=True))

    def loss(prey, predators, y):
        for _ in range(size):
            prey, predators = (
                prey + 0.05 * (a * prey - b * prey * predators),
                predators + 0.05 * (c * prey * predators - d * predators),
            )
        return (prey - y) ** 2 + predators**2

    def by_hand(xp, P, prey, predators, y):
        z = xp.stack([prey, predators])
        for _ in range(size):
            meet = z[0] * z[1]
            z = z + 0.05 * xp.stack([P["a"] * z[0] - P["b"] * meet, P["c"] * meet - P["d"] * z[1]])
        return (z[0] - y) ** 2 + z[1] ** 2

    return loss, by_hand, 1 + inputs() ** 2, 1 + inputs(seed=8) ** 2, inputs(seed=9)


@kind
def predators_and_prey_by_runge_kutta(size):
    a, b, c, d = (Value(v, name) for v, name in zip((1.1, 0.4, 0.1, 0.4), "abcd", strict=True))

    def slope(state):
        x, y = state
        return [a * x - b * x * y, c * x * y - d * y]

    def loss(start, end):
        state = start
        for _ in range(size):
            state = runge_kutta(slope, state, 0.1)
        return autograd.sum([(s - e) ** 2 for s, e in zip(state, end, strict=True)])

    def by_hand(xp, P, start, end):
        rates = lambda z: xp.stack([z[0] * (P["a"] - P["b"] * z[1]), z[1] * (P["c"] * z[0] - P["d"])])  # noqa: E731
        for _ in range(size):
            start = array_runge_kutta(rates, start, 0.1)
        return ((start - end) ** 2).sum()

    return loss, by_hand, 1 + inputs(2) ** 2, inputs(2)


@kind
def neural_differential_equation(size):
    W, V = matrix(Random(0), 4, 2), matrix(Random(1), 2, 4, "V")

    def loss(start, end):
        state = start
        for _ in range(size):
            state = plus(state, linear(V, [tanh(v) for v in linear(W, state)]), 0.1)
        return autograd.sum([(s - e) ** 2 for s, e in zip(state, end, strict=True)])

    def by_hand(xp, P, start, end):
        for _ in range(size):
            start = start + 0.1 * P["V"] @ xp.tanh(P["W"] @ start)
        return ((start - end) ** 2).sum()

    return loss, by_hand, inputs(2), inputs(2, seed=8)


@kind
def neural_differential_equation_by_runge_kutta(size):
    W, V = matrix(Random(0), 4, 2), matrix(Random(1), 2, 4, "V")

    def loss(start, end):
        state = start
        for _ in range(size):
            state = runge_kutta(lambda z: linear(V, [tanh(v) for v in linear(W, z)]), state, 0.1)
        return autograd.sum([(s - e) ** 2 for s, e in zip(state, end, strict=True)])

    def by_hand(xp, P, start, end):
        for _ in range(size):
            start = array_runge_kutta(lambda z: P["V"] @ xp.tanh(P["W"] @ z), start, 0.1)
        return ((start - end) ** 2).sum()

    return loss, by_hand, inputs(2), inputs(2, seed=8)


@kind
def three_bodies_by_leapfrog(size):
    masses = vector(Random(3), 3, "m")

    def forces(places):
        out = []
        for i, p in enumerate(places):
            total = [0.0, 0.0]
            for j, q in enumerate(places):
                if i != j:
                    dx, dy = q[0] - p[0], q[1] - p[1]
                    cubed = (dx**2 + dy**2 + 0.1) ** 1.5
                    total = [total[0] + masses[j] * dx / cubed, total[1] + masses[j] * dy / cubed]
            out.append(total)
        return out

    def loss(places, speeds):
        for _ in range(size):
            pulls = forces(places)
            speeds = [plus(v, a, 0.05) for v, a in zip(speeds, pulls, strict=True)]
            places = [plus(p, v, 0.05) for p, v in zip(places, speeds, strict=True)]
        return mean([coordinate**2 for place in places for coordinate in place])

    def by_hand(xp, P, places, speeds):
        for _ in range(size):
            between = places[None] - places[:, None]
            cubed = ((between**2).sum(axis=-1) + 0.1) ** 1.5
            speeds = speeds + 0.05 * ((P["m"] / cubed)[..., None] * between).sum(axis=1)
            places = places + 0.05 * speeds
        return (places**2).mean()

    return loss, by_hand, inputs(3, 2), inputs(3, 2, seed=8)


@kind
def double_pendulum(size):
    g, ratio = Value(9.81, "g"), Value(0.8, "ratio")

    def slope(state):
        p, q, v, w = state
        between = p - q
        denominator = 1 + ratio * sin(between) ** 2
        pull = ratio * sin(between) * (w**2 + v**2 * cos(between))
        a = (-pull - g * ((1 + ratio) * sin(p) - ratio * sin(q) * cos(between))) / denominator
        b = ((1 + ratio) * (v**2 * sin(between) - g * sin(q) + g * sin(p) * cos(between))) / denominator
        return [v, w, a, b + pull * cos(between) / denominator]

    def loss(state):
        for _ in range(size):
            state = runge_kutta(slope, state, 0.01)
        return state[0] ** 2 + state[1] ** 2

    def by_hand(xp, P, state):
        g, r = P["g"], P["ratio"]

        def rates(z):
            s, c = xp.sin(z[0] - z[1]), xp.cos(z[0] - z[1])
            pull, below = r * s * (z[3] ** 2 + z[2] ** 2 * c), 1 + r * s * s
            a = (-pull - g * ((1 + r) * xp.sin(z[0]) - r * xp.sin(z[1]) * c)) / below
            b = ((1 + r) * (z[2] ** 2 * s - g * xp.sin(z[1]) + g * xp.sin(z[0]) * c) + pull * c) / below
            return xp.stack([z[2], z[3], a, b])

        for _ in range(size):
            state = array_runge_kutta(rates, state, 0.01)
        return state[0] ** 2 + state[1] ** 2

    return loss, by_hand, inputs(4)


@kind
def epidemic(size):
    beta, gamma = Value(0.5, "beta"), Value(0.2, "gamma")

    def loss(infected, seen):
        susceptible, errors = 1 - infected, []
        for count in seen:
            new, recovered = beta * susceptible * infected, gamma * infected
            susceptible = susceptible - new
            infected = infected + new - recovered
            errors.append((infected - count) ** 2)
        return mean(errors)

    def by_hand(xp, P, infected, seen):
        susceptible, total = 1 - infected, 0.0
        for count in seen:
            new = P["beta"] * susceptible * infected
            susceptible, infected = susceptible - new, infected * (1 - P["gamma"]) + new
            total = total + (infected - count) ** 2
        return total / size

    return loss, by_hand, 0.1 + inputs() ** 2 / 10, inputs(size)


@kind
def neuron_that_fires(size):
    a, b, tau = Value(0.7, "a"), Value(0.8, "b"), Value(12.5, "tau")

    def loss(currents):
        v, w, total = -1.0, 1.0, 0.0
        for current in currents:
            v, w = v + 0.1 * (v - v**3 / 3 - w + current), w + 0.1 * (v + a - b * w) / tau
            total = total + v**2
        return total / size

    def by_hand(xp, P, currents):
        v, w, total = -1.0, 1.0, 0.0
        for current in currents:
            v, w = v + 0.1 * (v - v**3 / 3 - w + current), w + 0.1 * (v + P["a"] - P["b"] * w) / P["tau"]
            total = total + v * v
        return total / size

    return loss, by_hand, inputs(size)


@kind
def steering_by_controls(size):
    """A car's path under controls that are the parameters, one for each step."""
    controls, speed = vector(Random(0), size, "controls"), Value(1.0, "speed")

    def loss(x, y, heading, target):
        effort = 0.0
        for control in controls:
            heading = heading + 0.1 * control
            x, y = x + 0.1 * speed * cos(heading), y + 0.1 * speed * sin(heading)
            effort = effort + control**2
        return (x - target[0]) ** 2 + (y - target[1]) ** 2 + 0.01 * effort

    def by_hand(xp, P, x, y, heading, target):
        headings = heading + 0.1 * xp.cumsum(P["controls"])
        x, y = x + 0.1 * P["speed"] * xp.cos(headings).sum(), y + 0.1 * P["speed"] * xp.sin(headings).sum()
        return (x - target[0]) ** 2 + (y - target[1]) ** 2 + 0.01 * (P["controls"] ** 2).sum()

    return loss, by_hand, inputs(), inputs(seed=8), inputs(seed=9), inputs(2)


@kind
def waves_on_a_string(size):
    """As many points as steps."""
    speed, loss_of_energy = Value(0.7, "speed"), Value(0.1, "friction")

    def loss(start, target):
        before, now = start, start
        for _ in range(4):
            inner = [
                2 * now[i] - before[i] + speed**2 * (now[i - 1] - 2 * now[i] + now[i + 1])
                - loss_of_energy * (now[i] - before[i])
                for i in range(1, size - 1)
            ]  # fmt: skip
            before, now = now, [0.0, *inner, 0.0]
        return mean([(a - b) ** 2 for a, b in zip(now, target, strict=True)])

    def by_hand(xp, P, start, target):
        before, now, edge = start, start, xp.zeros(1)
        for _ in range(4):
            bend = now[:-2] - 2 * now[1:-1] + now[2:]
            inner = now[1:-1] + (1 - P["friction"]) * (now - before)[1:-1] + P["speed"] ** 2 * bend
            before, now = now, xp.concatenate([edge, inner, edge])
        return ((now - target) ** 2).mean()

    return loss, by_hand, inputs(size), inputs(size, seed=8)


@kind
def heat_over_time(size):
    conductivity, source = Value(0.2, "k"), vector(Random(0), 6, "source")

    def loss(start, target):
        u = start
        for _ in range(size):
            u = [u[i] + conductivity * (u[i - 1] - 2 * u[i] + u[(i + 1) % 6]) + 0.1 * source[i] for i in range(6)]
        return mean([(a - b) ** 2 for a, b in zip(u, target, strict=True)])

    def by_hand(xp, P, start, target):
        u = start
        for _ in range(size):
            u = u + P["k"] * (xp.roll(u, 1) - 2 * u + xp.roll(u, -1)) + 0.1 * P["source"]
        return ((u - target) ** 2).mean()

    return loss, by_hand, inputs(6), inputs(6, seed=8)


@kind
def heat_of_a_plate(size):
    conductivity = Value(0.2, "k")

    def loss(plate):
        inner = range(1, size - 1)
        new = [
            [
                plate[i][j]
                + conductivity
                * (plate[i - 1][j] + plate[i + 1][j] + plate[i][j - 1] + plate[i][j + 1] - 4 * plate[i][j])
                for j in inner
            ]
            for i in inner
        ]
        return mean([v**2 for row in new for v in row])

    def by_hand(xp, P, plate):
        u = plate[1:-1, 1:-1]
        around = plate[:-2, 1:-1] + plate[2:, 1:-1] + plate[1:-1, :-2] + plate[1:-1, 2:]
        return ((u + P["k"] * (around - 4 * u)) ** 2).mean()

    return loss, by_hand, inputs(size, size)


# Derivatives inside


@kind
def network_that_solves_an_equation(size):
    w, b, v = vector(Random(0), size, "w"), vector(Random(1), size, "b"), vector(Random(2), size, "v")

    def loss(x):
        u = dot(v, [tanh(a * x + c) for a, c in zip(w, b, strict=True)])
        [slope] = gradients(u, [x])
        [curvature] = gradients(slope, [x])
        return (curvature + slope * u - sin(x)) ** 2

    def by_hand(xp, P, x):
        w, v, t = P["w"], P["v"], xp.tanh(P["w"] * x + P["b"])
        slope, curvature = v @ (w * (1 - t * t)), v @ (-2 * w * w * t * (1 - t * t))
        return (curvature + slope * (v @ t) - xp.sin(x)) ** 2

    return loss, by_hand, inputs()


@kind
def step_of_newtons_method(size):
    c = vector(Random(0), size, "c")

    def loss(x, y):
        energy = autograd.sum([cosh(a * x - k * y / size) for k, a in enumerate(c)]) + x**2 + y**2
        p, q = gradients(energy, [x, y])
        [[h, k], [_, m]] = hessian(energy, [x, y])
        determinant = h * m - k * k
        return ((m * p - k * q) / determinant) ** 2 + ((h * q - k * p) / determinant) ** 2

    def by_hand(xp, P, x, y):
        c, d = P["c"], -xp.arange(size) / size
        z = c * x + d * y
        slopes = xp.stack([(c * xp.sinh(z)).sum() + 2 * x, (d * xp.sinh(z)).sum() + 2 * y])
        H = xp.stack([c, d]) * xp.cosh(z) @ xp.stack([c, d]).T + 2 * xp.eye(2)
        return (xp.linalg.solve(H, slopes) ** 2).sum()

    return loss, by_hand, inputs(), inputs(seed=8)


@kind
def hamiltonian_network(size):
    W, v = matrix(Random(0), size, 2), vector(Random(1), size, "v")

    def loss(q, p, slopes):
        energy = dot(v, [tanh(dot(row, [q, p])) for row in W])
        by_q, by_p = gradients(energy, [q, p])
        return (by_p - slopes[0]) ** 2 + (-by_q - slopes[1]) ** 2

    def by_hand(xp, P, q, p, slopes):
        W = P["W"]
        by_q, by_p = (P["v"] * (1 - xp.tanh(W @ xp.stack([q, p])) ** 2)) @ W
        return (by_p - slopes[0]) ** 2 + (by_q + slopes[1]) ** 2

    return loss, by_hand, inputs(), inputs(seed=8), inputs(2)


@kind
def root_by_newtons_method(size):
    a = Value(0.3, "a")

    def loss(anomaly):
        e = anomaly
        for _ in range(size):
            e = e - (e - a * sin(e) - anomaly) / (1 - a * cos(e))
        return cos(e)

    def by_hand(xp, P, anomaly):
        e = anomaly
        for _ in range(size):
            e = e - (e - P["a"] * xp.sin(e) - anomaly) / (1 - P["a"] * xp.cos(e))
        return xp.cos(e)

    return loss, by_hand, inputs()


# Geometry


@kind
def inverse_kinematics(size):
    angles, lengths = vector(Random(0), size, "angles"), vector(Random(1), size, "lengths")

    def loss(x, y):
        heading, px, py = 0.0, 0.0, 0.0
        for angle, length in zip(angles, lengths, strict=True):
            heading = heading + angle
            px, py = px + length * cos(heading), py + length * sin(heading)
        return (px - x) ** 2 + (py - y) ** 2

    def by_hand(xp, P, x, y):
        headings = xp.cumsum(P["angles"])
        return (P["lengths"] @ xp.cos(headings) - x) ** 2 + (P["lengths"] @ xp.sin(headings) - y) ** 2

    return loss, by_hand, inputs(), inputs(seed=8)


@kind
def bundle_adjustment(size):
    """Each example is a sighting of a point by a camera: an angle, a place and a focal length."""
    points, cameras = matrix(Random(0), size, 3, "points"), matrix(Random(1), 3, 4, "cameras")

    def loss(camera, point, u, v):
        angle, tx, ty, focal = take(cameras, camera)
        x, y, z = take(points, point)
        right, ahead = cos(angle) * x - sin(angle) * z + tx, sin(angle) * x + cos(angle) * z + 5
        return (focal * right / ahead - u) ** 2 + (focal * (y + ty) / ahead - v) ** 2

    def by_hand(xp, P, camera, point, u, v):
        angle, tx, ty, focal = P["cameras"][camera]
        x, y, z = P["points"][point]
        turn = xp.stack([xp.stack([xp.cos(angle), -xp.sin(angle)]), xp.stack([xp.sin(angle), xp.cos(angle)])])
        right, ahead = turn @ xp.stack([x, z]) + xp.stack([tx, 5 + 0 * tx])
        seen = focal * xp.stack([right, y + ty]) / ahead
        return (seen[0] - u) ** 2 + (seen[1] - v) ** 2

    return loss, by_hand, indices(3), indices(size), inputs(), inputs(seed=8)


@kind
def matching_of_points_by_a_rotation(size):
    axis, shift = vector(Random(0), 3, "axis"), vector(Random(1), 3, "shift")

    def loss(source, target):
        theta = sqrt(sum(a**2 for a in axis) + 1e-8)
        x, y, z = (a / theta for a in axis)
        c, s = cos(theta), sin(theta)
        R = [
            [c + x * x * (1 - c), x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
            [y * x * (1 - c) + z * s, c + y * y * (1 - c), y * z * (1 - c) - x * s],
            [z * x * (1 - c) - y * s, z * y * (1 - c) + x * s, c + z * z * (1 - c)],
        ]
        moved = [[dot(row, p, t) for row, t in zip(R, shift, strict=True)] for p in source]
        return mean([(a - b) ** 2 for p, q in zip(moved, target, strict=True) for a, b in zip(p, q, strict=True)])

    def by_hand(xp, P, source, target):
        theta = xp.sqrt((P["axis"] ** 2).sum() + 1e-8)
        k = P["axis"] / theta
        turned = source * xp.cos(theta) + xp.cross(xp.broadcast_to(k, source.shape), source) * xp.sin(theta)
        turned = turned + (source @ k)[:, None] * k * (1 - xp.cos(theta))  # Rodrigues' formula
        return ((turned + P["shift"] - target) ** 2).mean()

    return loss, by_hand, inputs(size, 3), inputs(size, 3, seed=8)


@kind
def hanging_chain(size):
    stiffness, gravity = Value(3.0, "k"), Value(0.5, "g")

    def loss(points):
        energy = 0.0
        for p, q in pairwise(points):
            length = sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + 1e-3)
            energy = energy + stiffness * relu(length - 0.5) ** 2 / 2
        return energy + gravity * autograd.sum([p[1] for p in points])

    def by_hand(xp, P, points):
        lengths = xp.sqrt((xp.diff(points, axis=0) ** 2).sum(axis=1) + 1e-3)
        return P["k"] * (arrays.relu(xp, lengths - 0.5) ** 2).sum() / 2 + P["g"] * points[:, 1].sum()

    return loss, by_hand, inputs(size, 2)


@kind
def surface_of_smooth_shapes(size):
    """The distance to a union of discs, melted together: for each example a place."""
    centres, radii = matrix(Random(0), size, 2, "centres"), vector(Random(1), size, "radii")

    def loss(place):
        distances = [
            sqrt((place[0] - x) ** 2 + (place[1] - y) ** 2) - r for (x, y), r in zip(centres, radii, strict=True)
        ]
        return -autograd.logsumexp([-8 * d for d in distances]) / 8 + exp(-place[0])

    def by_hand(xp, P, place):
        distances = xp.sqrt(((place - P["centres"]) ** 2).sum(axis=1)) - P["radii"]
        return -arrays.logsumexp(xp, -8 * distances) / 8 + xp.exp(-place[0])

    return loss, by_hand, inputs(2)
