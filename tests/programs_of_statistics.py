"""Regressions, likelihoods, finance and factorisations on scalars, and as arrays: entries of `KINDS`."""

from itertools import pairwise
from random import Random

import autograd
from autograd import (
    Value,
    clip,
    dot,
    erf,
    exp,
    gradients,
    log,
    log1p,
    logsumexp,
    maximum,
    mean,
    relu,
    softplus,
    sqrt,
    take,
    tanh,
    where,
)
from tests import kinds_of_programs as arrays
from tests.kinds_of_programs import indices, inputs, kind
from tests.scalar_programs import linear, matrix, vector

# Regressions


@kind
def linear_regression(size):
    w, b = vector(Random(0), size, "w"), Value(0.1, "b")

    def loss(x, y):
        return (dot(w, x, b) - y) ** 2

    def by_hand(xp, P, x, y):
        return (P["w"] @ x + P["b"] - y) ** 2

    return loss, by_hand, inputs(size), inputs()


@kind
def ridge_and_lasso(size):
    w, b = vector(Random(0), size, "w"), Value(0.1, "b")

    def loss(x, y):
        error = sum(a * c for a, c in zip(w, x, strict=True)) + b - y
        return error**2 / 2 + 0.1 * sum(a**2 for a in w) + 0.01 * sum(abs(a) for a in w)

    def by_hand(xp, P, x, y):
        w = P["w"]
        return (w @ x + P["b"] - y) ** 2 / 2 + 0.1 * (w * w).sum() + 0.01 * xp.where(w > 0, w, -w).sum()

    return loss, by_hand, inputs(size), inputs()


@kind
def logistic_regression(size):
    w, b = vector(Random(0), size, "w"), Value(0.1, "b")

    def loss(x, y):
        p = 1 / (1 + exp(-(sum([a * c for a, c in zip(w, x, strict=True)]) + b)))
        return -(y * log(p) + (1 - y) * log(1 - p))

    def by_hand(xp, P, x, y):
        z = P["w"] @ x + P["b"]
        return xp.log(1 + xp.exp(z)) - y * z

    return loss, by_hand, inputs(size), indices(2)


@kind
def softmax_regression(size):
    W, b = matrix(Random(0), 4, size), vector(Random(1), 4, "b")

    def loss(x, label):
        scores = [dot(row, x, bias) for row, bias in zip(W, b, strict=True)]
        return logsumexp(scores) - take(scores, label)

    def by_hand(xp, P, x, label):
        scores = P["W"] @ x + P["b"]
        return arrays.logsumexp(xp, scores) - scores[label]

    return loss, by_hand, inputs(size), indices(4)


@kind
def poisson_regression(size):
    w, b = vector(Random(0), size, "w"), Value(0.1, "b")

    def loss(x, count):
        rate = dot(w, x, b)
        return exp(rate) - count * rate

    def by_hand(xp, P, x, count):
        rate = P["w"] @ x + P["b"]
        return xp.exp(rate) - count * rate

    return loss, by_hand, inputs(size) / 2, indices(6)


@kind
def robust_regression(size):
    w, delta = vector(Random(0), size, "w"), 0.4

    def loss(x, y):
        error = abs(dot(w, x) - y)
        return where(error < delta, error**2 / 2, delta * (error - delta / 2))

    def by_hand(xp, P, x, y):
        error = P["w"] @ x - y
        size = xp.where(error > 0, error, -error)
        return xp.where(size < delta, size**2 / 2, delta * (size - delta / 2))

    return loss, by_hand, inputs(size), inputs()


@kind
def quantile_regression(size):
    W, levels = matrix(Random(0), 3, size), [0.1, 0.5, 0.9]

    def loss(x, y):
        errors = [y - dot(row, x) for row in W]
        return mean([maximum(q * e, (q - 1) * e) for q, e in zip(levels, errors, strict=True)])

    def by_hand(xp, P, x, y):
        errors, q = y - P["W"] @ x, xp.asarray(levels)
        return xp.where(errors > 0, q * errors, (q - 1) * errors).mean()

    return loss, by_hand, inputs(size), inputs()


@kind
def polynomial_regression(size):
    c = vector(Random(0), size, "c")

    def loss(x, y):
        total = 0.0
        for coefficient in reversed(c):
            total = total * x + coefficient
        return (total - y) ** 2

    def by_hand(xp, P, x, y):
        return ((P["c"] * x ** xp.arange(size)).sum() - y) ** 2

    return loss, by_hand, inputs(), inputs()


@kind
def spline_fitting(size):
    c, base = vector(Random(0), size, "c"), vector(Random(1), 4, "base")
    knots = [-2 + 4 * i / size for i in range(size)]

    def loss(x, y):
        cubic = base[0] + base[1] * x + base[2] * x**2 + base[3] * x**3
        return (cubic + sum(a * relu(x - knot) ** 3 for a, knot in zip(c, knots, strict=True)) - y) ** 2

    def by_hand(xp, P, x, y):
        beyond = arrays.relu(xp, x - xp.asarray(knots))
        return (P["base"] @ x ** xp.arange(4) + P["c"] @ beyond**3 - y) ** 2

    return loss, by_hand, inputs(), inputs()


@kind
def radial_basis_functions(size):
    centres, w, width = matrix(Random(0), size, 2, "centres"), vector(Random(1), size, "w"), Value(0.8, "width")

    def loss(x, y):
        bumps = [exp(-((x[0] - a) ** 2 + (x[1] - b) ** 2) / (2 * width**2)) for a, b in centres]
        return (dot(w, bumps) - y) ** 2

    def by_hand(xp, P, x, y):
        squares = ((x - P["centres"]) ** 2).sum(axis=1)
        return (P["w"] @ xp.exp(-squares / (2 * P["width"] ** 2)) - y) ** 2

    return loss, by_hand, inputs(2), inputs()


@kind
def ordinal_regression(size):
    w, gaps = vector(Random(0), size, "w"), vector(Random(1), 3, "gaps")

    def loss(x, chosen):
        score, cuts, cut = dot(w, x), [], -1.0
        for gap in gaps:
            cut = cut + softplus(gap)
            cuts.append(cut)
        below = [0.0, *[(cut - score).sigmoid() for cut in cuts], 1.0]
        return -log(take([b - a for a, b in pairwise(below)], chosen))

    def by_hand(xp, P, x, chosen):
        cuts = -1 + xp.cumsum(xp.log(1 + xp.exp(P["gaps"])))
        below = arrays.sigmoid(xp, cuts - P["w"] @ x)
        below = xp.concatenate([xp.zeros(1), below, xp.ones(1)])
        return -xp.log((below[1:] - below[:-1])[chosen])

    return loss, by_hand, inputs(size), indices(4)


# Likelihoods


@kind
def heteroscedastic_likelihood(size):
    w, v = vector(Random(0), size, "w"), vector(Random(1), size, "v")

    def loss(x, y):
        centre, log_variance = dot(w, x), dot(v, x)
        return 0.5 * (log_variance + (y - centre) ** 2 * exp(-log_variance))

    def by_hand(xp, P, x, y):
        centre, log_variance = P["w"] @ x, P["v"] @ x
        return 0.5 * (log_variance + (y - centre) ** 2 * xp.exp(-log_variance))

    return loss, by_hand, inputs(size), inputs()


@kind
def students_t_likelihood(size):
    w, scale, freedom = vector(Random(0), size, "w"), Value(0.7, "scale"), 4.0

    def loss(x, y):
        z = (dot(w, x) - y) / scale
        return log(scale) + (freedom + 1) / 2 * log1p(z**2 / freedom)

    def by_hand(xp, P, x, y):
        z = (P["w"] @ x - y) / P["scale"]
        return xp.log(P["scale"]) + (freedom + 1) / 2 * xp.log(1 + z * z / freedom)

    return loss, by_hand, inputs(size), inputs()


@kind
def hidden_markov_model(size):
    A, start, emission = matrix(Random(0), 3, 3, "A"), vector(Random(1), 3, "start"), matrix(Random(2), 3, 4, "E")

    def loss(observed):
        rows = [[a - logsumexp(row) for a in row] for row in A]
        emits = [[e - logsumexp(row) for e in row] for row in emission]
        forward = [s - logsumexp(start) + take(e, observed[0]) for s, e in zip(start, emits, strict=True)]
        for symbol in observed[1:]:
            forward = [
                logsumexp([forward[i] + rows[i][j] for i in range(3)]) + take(emits[j], symbol) for j in range(3)
            ]
        return -logsumexp(forward)

    def by_hand(xp, P, observed):
        rows, emits, first = (arrays.softmax(xp, P[name]) for name in ("A", "E", "start"))
        forward = first * emits[:, observed[0]]
        for symbol in observed[1:]:
            forward = (forward @ rows) * emits[:, symbol]
        return -xp.log(forward.sum())

    return loss, by_hand, indices(4, size)


@kind
def volatility_that_clusters(size):
    omega, alpha, beta = Value(0.1, "omega"), Value(0.2, "alpha"), Value(0.7, "beta")

    def loss(returns):
        variance, losses = 1.0, []
        for r in returns:
            losses.append(0.5 * (log(variance) + r**2 / variance) if losses else 0.5 * r**2)
            variance = omega + alpha * r**2 + beta * variance
        return mean(losses)

    def by_hand(xp, P, returns):
        variance, total = 1.0 + 0 * P["omega"], 0.0
        for r in returns:
            total = total + 0.5 * (xp.log(variance) + r * r / variance)
            variance = P["omega"] + P["alpha"] * r * r + P["beta"] * variance
        return total / size

    return loss, by_hand, inputs(size)


@kind
def autoregression(size):
    a = vector(Random(0), 3, "a")

    def loss(series):
        errors = [series[t] - sum(a[k] * series[t - 1 - k] for k in range(3)) for t in range(3, len(series))]
        return mean([e**2 for e in errors])

    def by_hand(xp, P, series):
        lags = xp.stack([series[2 - k : len(series) - 1 - k] for k in range(3)])
        return ((series[3:] - P["a"] @ lags) ** 2).mean()

    return loss, by_hand, inputs(size)


@kind
def exponential_smoothing(size):
    alpha, beta = Value(0.3, "alpha"), Value(0.2, "beta")

    def loss(series):
        level, trend, total = series[0], 0.0, 0.0
        for y in series[1:]:
            forecast = level + trend
            total += (y - forecast) ** 2
            previous, level = level, alpha * y + (1 - alpha) * forecast
            trend = beta * (level - previous) + (1 - beta) * trend
        return total / (len(series) - 1)

    def by_hand(xp, P, series):
        level, trend, total = series[0], 0.0, 0.0
        for y in series[1:]:
            error = y - level - trend
            total = total + error * error
            level, trend = level + trend + P["alpha"] * error, trend + P["beta"] * P["alpha"] * error
        return total / (size - 1)

    return loss, by_hand, inputs(size)


@kind
def paired_comparisons(size):
    strength = vector(Random(0), size, "strength")

    def loss(winner, loser):
        return softplus(take(strength, loser) - take(strength, winner))

    def by_hand(xp, P, winner, loser):
        return xp.log(1 + xp.exp(P["strength"][loser] - P["strength"][winner]))

    return loss, by_hand, indices(size), indices(size)[::-1]


@kind
def soft_clusters(size):
    centres = matrix(Random(0), size, 2, "centres")

    def loss(x):
        squares = [sum((a - b) ** 2 for a, b in zip(x, centre, strict=True)) for centre in centres]
        return dot(autograd.softmax([-d for d in squares]), squares)

    def by_hand(xp, P, x):
        squares = ((x - P["centres"]) ** 2).sum(axis=1)
        return arrays.softmax(xp, -squares) @ squares

    return loss, by_hand, inputs(2)


@kind
def normalizing_flow(size):
    scale, shift = matrix(Random(0), size, size, "scale"), matrix(Random(1), size, size, "shift")

    def loss(x):
        kept, changed = x[:size], x[size:]
        s, t = [tanh(v) for v in linear(scale, kept)], linear(shift, kept)
        z = [*kept, *((c - m) * exp(-v) for c, v, m in zip(changed, s, t, strict=True))]
        return autograd.sum([v**2 / 2 for v in z]) + autograd.sum(s)

    def by_hand(xp, P, x):
        kept, changed = x[:size], x[size:]
        s = xp.tanh(P["scale"] @ kept)
        z = (changed - P["shift"] @ kept) * xp.exp(-s)
        return (kept**2).sum() / 2 + (z**2).sum() / 2 + s.sum()

    return loss, by_hand, inputs(2 * size)


@kind
def whole_matrix_factorisation(size):
    U, V = matrix(Random(0), size, 2, "U"), matrix(Random(1), size, 2, "V")

    def loss(ratings, known):
        errors = [known[i][j] * (dot(U[i], V[j]) - ratings[i][j]) ** 2 for i in range(size) for j in range(size)]
        return autograd.sum(errors) + 0.1 * sum(v**2 for row in U + V for v in row)

    def by_hand(xp, P, ratings, known):
        U, V = P["U"], P["V"]
        return (known * (U @ V.T - ratings) ** 2).sum() + 0.1 * ((U**2).sum() + (V**2).sum())

    return loss, by_hand, inputs(size, size), indices(2, size, size)


@kind
def word_vectors_with_negative_samples(size):
    words, contexts = matrix(Random(0), size, 3, "words"), matrix(Random(1), size, 3, "contexts")

    def loss(centre, context, negatives):
        v = take(words, centre)
        near = softplus(-dot(v, take(contexts, context)))
        return near + sum(softplus(dot(v, take(contexts, other))) for other in negatives)

    def by_hand(xp, P, centre, context, negatives):
        v, C = P["words"][centre], P["contexts"]
        far = xp.log(1 + xp.exp(C[negatives] @ v)).sum()
        return xp.log(1 + xp.exp(-(C[context] @ v))) + far

    return loss, by_hand, indices(size), indices(size)[::-1], indices(size, 4)


# Finance


def cumulative_normal(z):
    return (1 + erf(z / 2**0.5)) / 2


@kind
def black_scholes_with_greeks(size):
    volatility, rate = Value(0.3, "volatility"), Value(0.05, "rate")
    strikes = [80 + 40 * i / size for i in range(size)]

    def price(spot, strike, time):
        d1 = (log(spot / strike) + (rate + volatility**2 / 2) * time) / (volatility * sqrt(time))
        d2 = d1 - volatility * sqrt(time)
        return spot * cumulative_normal(d1) - strike * exp(-rate * time) * cumulative_normal(d2)

    def loss(spot, time, deltas):
        errors = []
        for strike, target in zip(strikes, deltas, strict=True):
            value = price(spot, strike, time)
            [delta] = gradients(value, [spot])
            [gamma] = gradients(delta, [spot])
            errors.append((delta - target) ** 2 + gamma)
        return mean(errors)

    def by_hand(xp, P, spot, time, deltas):
        sigma = P["volatility"]
        spread = sigma * xp.sqrt(time)
        d1 = (xp.log(spot / xp.asarray(strikes)) + (P["rate"] + sigma**2 / 2) * time) / spread
        delta = (1 + arrays.erf(xp, d1 / 2**0.5)) / 2
        gamma = xp.exp(-d1 * d1 / 2) / (2 * xp.pi) ** 0.5 / (spot * spread)
        return ((delta - deltas) ** 2 + gamma).mean()

    return loss, by_hand, 100 + 5 * inputs(), 1 + inputs() ** 2, inputs(size) / 4


@kind
def option_by_monte_carlo(size):
    spot, volatility = Value(1.0, "spot"), Value(0.4, "volatility")

    def loss(noise, price):
        paths = [spot * exp(volatility * z - volatility**2 / 2) for z in noise]
        return (mean([maximum(s - 1.05, 0) for s in paths]) - price) ** 2

    def by_hand(xp, P, noise, price):
        paths = P["spot"] * xp.exp(P["volatility"] * noise - P["volatility"] ** 2 / 2)
        return (arrays.relu(xp, paths - 1.05).mean() - price) ** 2

    return loss, by_hand, inputs(size), inputs() ** 2


@kind
def asian_option_along_a_path(size):
    drift, volatility = Value(0.03, "drift"), Value(0.4, "volatility")

    def loss(noise):
        price, total = 1.0, 0.0
        for z in noise:
            price = price * exp((drift - volatility**2 / 2) / size + volatility * z / size**0.5)
            total = total + price
        return clip(total / size - 0.9, 0.0, 5.0)

    def by_hand(xp, P, noise):
        sigma = P["volatility"]
        steps = (P["drift"] - sigma**2 / 2) / size + sigma * noise / size**0.5
        return arrays.relu(xp, xp.exp(xp.cumsum(steps)).mean() - 0.9)

    return loss, by_hand, inputs(size)


@kind
def portfolio(size):
    w, aversion = vector(Random(0), size, "w"), 3.0

    def loss(returns):
        shares = autograd.softmax(w)
        gains = [dot(shares, day) for day in returns]
        average = mean(gains)
        return aversion * mean([(g - average) ** 2 for g in gains]) - average

    def by_hand(xp, P, returns):
        gains = returns @ arrays.softmax(xp, P["w"])
        return aversion * ((gains - gains.mean()) ** 2).mean() - gains.mean()

    return loss, by_hand, inputs(5, size)
