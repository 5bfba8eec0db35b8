"""Networks and their losses on scalars, and as arrays: entries of `KINDS`."""

from itertools import pairwise
from random import Random

import autograd
from autograd import (
    Value,
    dot,
    exp,
    gradients,
    log,
    logsumexp,
    maximum,
    mean,
    relu,
    sigmoid,
    sin,
    softmax,
    softplus,
    sqrt,
    take,
    tanh,
)
from tests import kinds_of_programs as arrays
from tests.kinds_of_programs import indices, inputs, kind
from tests.scalar_programs import heads, linear, matrix, normalized, vector


def add(a, b):
    return [p + q for p, q in zip(a, b, strict=True)]


def layer(W, b, x, activation=tanh):
    return [activation(dot(row, x, bias)) for row, bias in zip(W, b, strict=True)]


# Words


@kind
def bigrams(size):
    W = matrix(Random(0), size, size)

    def loss(word, following):
        scores = take(W, word)
        return logsumexp(scores) - take(scores, following)

    def by_hand(xp, P, word, following):
        return arrays.logsumexp(xp, P["W"][word]) - P["W"][word, following]

    return loss, by_hand, indices(size), indices(size)[::-1]


@kind
def network_of_embedded_characters(size):
    C, W1, b1 = matrix(Random(0), 6, 2, "C"), matrix(Random(1), 4, 2 * size, "W1"), vector(Random(2), 4, "b1")
    W2 = matrix(Random(3), 6, 4, "W2")

    def loss(context, following):
        embedded = [number for character in context for number in take(C, character)]
        scores = linear(W2, layer(W1, b1, embedded))
        return logsumexp(scores) - take(scores, following)

    def by_hand(xp, P, context, following):
        scores = P["W2"] @ xp.tanh(P["W1"] @ P["C"][context].reshape(-1) + P["b1"])
        return arrays.logsumexp(xp, scores) - scores[following]

    return loss, by_hand, indices(6, size), indices(6)


@kind
def bag_of_words(size):
    table, top = matrix(Random(0), 6, 3, "table"), vector(Random(1), 3, "top")

    def loss(words, label):
        pooled = [mean(column) for column in zip(*(take(table, word) for word in words), strict=True)]
        return softplus(dot(top, pooled)) - label * dot(top, pooled)

    def by_hand(xp, P, words, label):
        z = P["top"] @ P["table"][words].mean(axis=0)
        return xp.log(1 + xp.exp(z)) - label * z

    return loss, by_hand, indices(6, size), indices(2)


@kind
def attention_of_a_decoder(size):
    """A block as that of microgpt: embeddings, root mean squares, two causal heads, a layer of relu²."""
    tokens, places = matrix(Random(0), 5, 4, "tokens"), matrix(Random(1), size - 1, 4, "places")
    W = {name: matrix(Random(k), 4, 4, name) for k, name in enumerate("QKVO", 2)}
    up, down = matrix(Random(6), 8, 4, "up"), matrix(Random(7), 4, 8, "down")

    def scaled(x):
        scale = (mean([v * v for v in x]) + 1e-5) ** -0.5
        return [v * scale for v in x]

    def loss(words):
        x = [scaled(add(take(tokens, word), place)) for word, place in zip(words[:-1], places, strict=True)]
        Q, K, V = ([linear(W[name], scaled(token)) for token in x] for name in "QKV")
        halves = [heads(*([row[2 * h : 2 * h + 2] for row in M] for M in (Q, K, V)), lambda i: i + 1) for h in range(2)]
        x = [add(t, linear(W["O"], [*a, *b])) for t, a, b in zip(x, *halves, strict=True)]
        x = [add(t, linear(down, [relu(v) ** 2 for v in linear(up, scaled(t))])) for t in x]
        losses = []
        for token, following in zip(x, words[1:], strict=True):
            probabilities = softmax(linear(tokens, token))
            losses.append(-log(take(probabilities, following)))
        return mean(losses)

    def by_hand(xp, P, words):
        def scaled(x):
            return x / xp.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5)

        n = size - 1
        x = scaled(P["tokens"][words[:-1]] + P["places"])
        Q, K, V = ((scaled(x) @ P[name].T).reshape(n, 2, 2).swapaxes(0, 1) for name in "QKV")
        scores = xp.where(xp.tri(n) > 0, Q @ K.swapaxes(1, 2) / 2**0.5, -1e9)
        x = x + (arrays.softmax(xp, scores) @ V).swapaxes(0, 1).reshape(n, 4) @ P["O"].T
        x = x + arrays.relu(xp, scaled(x) @ P["up"].T) ** 2 @ P["down"].T
        scores = x @ P["tokens"].T
        return (arrays.logsumexp(xp, scores) - scores[xp.arange(n), words[1:]]).mean()

    return loss, by_hand, indices(5, size)


@kind
def attention_to_an_encoder(size):
    """Additive attention of one query to a sequence of which a mask of ones and zeros is known."""
    W, U, v = matrix(Random(0), 3, 3), matrix(Random(1), 3, 3, "U"), vector(Random(2), 3, "v")

    def loss(query, sequence, mask, y):
        moved = linear(W, query)
        scores = [dot(v, [tanh(a) for a in add(moved, linear(U, key))]) for key in sequence]
        weights = [exp(s) * m for s, m in zip(scores, mask, strict=True)]
        total = autograd.sum(weights)
        context = [dot([w / total for w in weights], column) for column in zip(*sequence, strict=True)]
        return autograd.sum([(a - b) ** 2 for a, b in zip(context, y, strict=True)])

    def by_hand(xp, P, query, sequence, mask, y):
        scores = xp.tanh(P["W"] @ query + sequence @ P["U"].T) @ P["v"]
        weights = xp.exp(scores) * mask
        return ((weights / weights.sum() @ sequence - y) ** 2).sum()

    mask = (indices(size).reshape(-1, 1) + range(size) < size).astype(float)
    return loss, by_hand, inputs(3), inputs(size, 3), mask, inputs(3)


@kind
def recurrent_network_in_both_directions(size):
    U, W, v = matrix(Random(0), 3, 2, "U"), matrix(Random(1), 3, 3), vector(Random(2), 6, "v")

    def loss(xs, y):
        ends = []
        for sequence in (xs, xs[::-1]):
            state = [0.0] * 3
            for x in sequence:
                state = [tanh(a) for a in add(linear(W, state), linear(U, x))]
            ends += state
        return (dot(v, ends) - y) ** 2

    def by_hand(xp, P, xs, y):
        ends = []
        for sequence in (xs, xs[::-1]):
            state = xp.zeros(3)
            for x in sequence:
                state = xp.tanh(P["W"] @ state + P["U"] @ x)
            ends.append(state)
        return (P["v"] @ xp.concatenate(ends) - y) ** 2

    return loss, by_hand, inputs(size, 2), inputs()


@kind
def recurrent_network_of_characters(size):
    table, W, V = matrix(Random(0), 5, 3, "table"), matrix(Random(1), 3, 3), matrix(Random(2), 5, 3, "V")

    def loss(words):
        state, losses = [0.0] * 3, []
        for word, following in pairwise(words):
            state = [tanh(a) for a in add(linear(W, state), take(table, word))]
            scores = linear(V, state)
            losses.append(logsumexp(scores) - take(scores, following))
        return mean(losses)

    def by_hand(xp, P, words):
        state, total = xp.zeros(3), 0.0
        for t in range(size - 1):
            state = xp.tanh(P["W"] @ state + P["table"][words[t]])
            scores = P["V"] @ state
            total = total + arrays.logsumexp(xp, scores) - scores[words[t + 1]]
        return total / (size - 1)

    return loss, by_hand, indices(5, size)


# Images


@kind
def convolution_with_mean_pooling(size):
    kernels, b, top = matrix(Random(0), 3, 4, "k"), vector(Random(1), 3, "b"), matrix(Random(2), 2, 3, "top")

    def loss(image, label):
        n = size - 1
        pooled = []
        for kernel, bias in zip(kernels, b, strict=True):
            cells = [
                tanh(dot(kernel, [image[r + i][c + j] for i in range(2) for j in range(2)], bias))
                for r in range(n)
                for c in range(n)
            ]
            pooled.append(mean(cells))
        scores = linear(top, pooled)
        return logsumexp(scores) - take(scores, label)

    def by_hand(xp, P, image, label):
        n = size - 1
        patches = xp.stack([image[i : i + n, j : j + n] for i in range(2) for j in range(2)])
        maps = xp.tanh(xp.tensordot(P["k"], patches, 1) + P["b"][:, None, None])
        scores = P["top"] @ maps.mean(axis=(1, 2))
        return arrays.logsumexp(xp, scores) - scores[label]

    return loss, by_hand, inputs(size, size), indices(2)


@kind
def dilated_convolutions_of_a_signal(size):
    first, second, top = vector(Random(0), 2, "first"), vector(Random(1), 2, "second"), Value(0.4, "top")

    def loss(signal, y):
        once = [tanh(first[0] * a + first[1] * b) for a, b in pairwise(signal)]
        twice = [tanh(second[0] * a + second[1] * b) for a, b in zip(once, once[2:], strict=False)]
        return (top * maximum(*twice) - y) ** 2

    def by_hand(xp, P, signal, y):
        once = xp.tanh(P["first"][0] * signal[:-1] + P["first"][1] * signal[1:])
        twice = xp.tanh(P["second"][0] * once[:-2] + P["second"][1] * once[2:])
        return (P["top"] * twice.max() - y) ** 2

    return loss, by_hand, inputs(size), inputs()


# Layers


@kind
def layer_norm_and_dropout(size):
    W, gain, shift = matrix(Random(0), size, 3), vector(Random(1), size, "gain"), vector(Random(2), size, "shift")

    def loss(x, kept):
        z = normalized(linear(W, x))
        out = [k * relu(g * v + s) / 0.5 for v, g, s, k in zip(z, gain, shift, kept, strict=True)]
        return mean([v**2 for v in out])

    def by_hand(xp, P, x, kept):
        z = P["gain"] * arrays.normalized(xp, P["W"] @ x) + P["shift"]
        return ((kept * arrays.relu(xp, z) / 0.5) ** 2).mean()

    return loss, by_hand, inputs(3), indices(2, size)


@kind
def residual_network(size):
    blocks = [(matrix(Random(k), size, size, f"W{k}"), matrix(Random(k + 9), size, size, f"V{k}")) for k in range(3)]

    def loss(x, y):
        for W, V in blocks:
            x = add(x, linear(V, [relu(v) for v in linear(W, x)]))
        return mean([(a - b) ** 2 for a, b in zip(x, y, strict=True)])

    def by_hand(xp, P, x, y):
        for k in range(3):
            x = x + P[f"V{k}"] @ arrays.relu(xp, P[f"W{k}"] @ x)
        return ((x - y) ** 2).mean()

    return loss, by_hand, inputs(size), inputs(size)


@kind
def highway_network(size):
    W, T, b = matrix(Random(0), size, size), matrix(Random(1), size, size, "T"), vector(Random(2), size, "b")

    def loss(x, y):
        for _ in range(2):
            gate, new = layer(T, b, x, sigmoid), [tanh(v) for v in linear(W, x)]
            x = [g * h + (1 - g) * old for g, h, old in zip(gate, new, x, strict=True)]
        return (autograd.sum(x) - y) ** 2

    def by_hand(xp, P, x, y):
        for _ in range(2):
            gate = arrays.sigmoid(xp, P["T"] @ x + P["b"])
            x = gate * xp.tanh(P["W"] @ x) + (1 - gate) * x
        return (x.sum() - y) ** 2

    return loss, by_hand, inputs(size), inputs()


@kind
def mixture_of_experts(size):
    experts, gate = [matrix(Random(k), 2, 3, f"E{k}") for k in range(3)], matrix(Random(8), 3, 3, "gate")
    inner = matrix(Random(9), 3, size, "inner")

    def loss(x, y):
        h = [tanh(v) for v in linear(inner, x)]
        shares = softmax(linear(gate, h))
        mixed = [dot(shares, column) for column in zip(*(linear(E, h) for E in experts), strict=True)]
        return autograd.sum([(a - b) ** 2 for a, b in zip(mixed, y, strict=True)])

    def by_hand(xp, P, x, y):
        h = xp.tanh(P["inner"] @ x)
        outputs = xp.stack([P[f"E{k}"] @ h for k in range(3)])
        return ((arrays.softmax(xp, P["gate"] @ h) @ outputs - y) ** 2).sum()

    return loss, by_hand, inputs(size), inputs(2)


@kind
def deep_set(size):
    W, b, top = matrix(Random(0), 4, 2), vector(Random(1), 4, "b"), vector(Random(2), 4, "top")

    def loss(points, y):
        pooled = [autograd.sum(column) for column in zip(*(layer(W, b, p, relu) for p in points), strict=True)]
        return (dot(top, pooled) - y) ** 2

    def by_hand(xp, P, points, y):
        return (arrays.relu(xp, points @ P["W"].T + P["b"]).sum(axis=0) @ P["top"] - y) ** 2

    return loss, by_hand, inputs(size, 2), inputs()


@kind
def periodic_network_of_coordinates(size):
    W, V = matrix(Random(0), size, 2), matrix(Random(1), 3, size, "V")

    def loss(place, colour):
        hidden = [sin(30 * v) for v in linear(W, place)]
        return mean([(sigmoid(a) - b) ** 2 for a, b in zip(linear(V, hidden), colour, strict=True)])

    def by_hand(xp, P, place, colour):
        return ((arrays.sigmoid(xp, P["V"] @ xp.sin(30 * P["W"] @ place)) - colour) ** 2).mean()

    return loss, by_hand, inputs(2), inputs(3)


# Losses


@kind
def autoencoder_with_tied_weights(size):
    W, b, c = matrix(Random(0), 3, size), vector(Random(1), 3, "b"), vector(Random(2), size, "c")

    def loss(x):
        back = layer(zip(*W, strict=True), c, layer(W, b, x, sigmoid), lambda v: v)
        return mean([(a - v) ** 2 for a, v in zip(back, x, strict=True)])

    def by_hand(xp, P, x):
        code = arrays.sigmoid(xp, P["W"] @ x + P["b"])
        return ((P["W"].T @ code + P["c"] - x) ** 2).mean()

    return loss, by_hand, inputs(size)


@kind
def losses_of_an_adversarial_pair(size):
    G, D, d = matrix(Random(0), size, 2, "G"), matrix(Random(1), 4, size, "D"), vector(Random(2), 4, "d")

    def loss(real, noise):
        def score(x):
            return dot(d, [relu(v) - 0.2 * relu(-v) for v in linear(D, x)])

        fake = [tanh(v) for v in linear(G, noise)]
        return softplus(-score(real)) + softplus(score(fake)) + 0.1 * softplus(-score(fake))

    def by_hand(xp, P, real, noise):
        def score(x):
            z = P["D"] @ x
            return P["d"] @ xp.where(z > 0, z, 0.2 * z)

        fake = score(xp.tanh(P["G"] @ noise))
        return xp.log((1 + xp.exp(-score(real))) * (1 + xp.exp(fake)) * (1 + xp.exp(-fake)) ** 0.1)

    return loss, by_hand, inputs(size), inputs(2)


@kind
def gradient_penalty_of_a_critic(size):
    W, v = matrix(Random(0), size, 3), vector(Random(1), size, "v")

    def loss(real, fake, share):
        def critic(x):
            return dot(v, [tanh(a) for a in linear(W, x)])

        between = [share * a + (1 - share) * b for a, b in zip(real, fake, strict=True)]
        slopes = gradients(critic(between), between)
        norm = sqrt(autograd.sum([s * s for s in slopes]) + 1e-12)
        return critic(fake) - critic(real) + 10 * (norm - 1) ** 2

    def by_hand(xp, P, real, fake, share):
        W, v = P["W"], P["v"]
        slopes = (v * (1 - xp.tanh(W @ (share * real + (1 - share) * fake)) ** 2)) @ W
        norm = xp.sqrt((slopes * slopes).sum() + 1e-12)
        return v @ xp.tanh(W @ fake) - v @ xp.tanh(W @ real) + 10 * (norm - 1) ** 2

    return loss, by_hand, inputs(3), inputs(3, seed=8), inputs(seed=9)


@kind
def triplets(size):
    W = matrix(Random(0), size, 3)

    def loss(anchor, near, far):
        a, p, n = ([tanh(v) for v in linear(W, x)] for x in (anchor, near, far))
        distance = lambda u, v: sqrt(sum((s - t) ** 2 for s, t in zip(u, v, strict=True)))  # noqa: E731
        return relu(distance(a, p) - distance(a, n) + 5)

    def by_hand(xp, P, anchor, near, far):
        a, p, n = (xp.tanh(P["W"] @ x) for x in (anchor, near, far))
        return arrays.relu(xp, xp.sqrt(((a - p) ** 2).sum()) - xp.sqrt(((a - n) ** 2).sum()) + 5)

    return loss, by_hand, inputs(3), inputs(3, seed=8), inputs(3, seed=9)


@kind
def siamese_network(size):
    W = matrix(Random(0), size, 3)

    def loss(left, right, alike):
        a, b = ([tanh(v) for v in linear(W, x)] for x in (left, right))
        cosine = dot(a, b) / sqrt(dot(a, a) * dot(b, b))
        return alike * (1 - cosine) + (1 - alike) * relu(cosine - 0.1)

    def by_hand(xp, P, left, right, alike):
        a, b = (xp.tanh(P["W"] @ x) for x in (left, right))
        cosine = a @ b / xp.sqrt((a @ a) * (b @ b))
        return alike * (1 - cosine) + (1 - alike) * arrays.relu(xp, cosine - 0.1)

    return loss, by_hand, inputs(3), inputs(3, seed=8), indices(2)


@kind
def contrast_within_a_batch(size):
    W = matrix(Random(0), 3, 2)

    def loss(left, right):
        A, B = ([normalized(linear(W, x)) for x in batch] for batch in (left, right))
        losses = []
        for i, a in enumerate(A):
            scores = [dot(a, b) / 0.5 for b in B]
            losses.append(logsumexp(scores) - scores[i])
        return mean(losses)

    def by_hand(xp, P, left, right):
        A, B = (arrays.normalized(xp, batch @ P["W"].T) for batch in (left, right))
        scores = A @ B.T / 0.5
        return (arrays.logsumexp(xp, scores) - xp.diagonal(scores)).mean()

    return loss, by_hand, inputs(size, 2), inputs(size, 2, seed=8)


@kind
def smoothed_and_focal_labels(size):
    W = matrix(Random(0), size, 3)

    def loss(x, label):
        scores = linear(W, x)
        logs = [s - logsumexp(scores) for s in scores]
        smoothed = -0.9 * take(logs, label) - 0.1 * mean(logs)
        return smoothed - (1 - exp(take(logs, label))) ** 2 * take(logs, label)

    def by_hand(xp, P, x, label):
        logs = P["W"] @ x - arrays.logsumexp(xp, P["W"] @ x)
        return -0.9 * logs[label] - 0.1 * logs.mean() - (1 - xp.exp(logs[label])) ** 2 * logs[label]

    return loss, by_hand, inputs(3), indices(size)


@kind
def policy_gradient(size):
    W = matrix(Random(0), 3, 2)

    def loss(states, actions, rewards):
        total, going = 0.0, 0.0
        returns = []
        for reward in reversed(rewards):
            going = reward + 0.9 * going
            returns.append(going)
        for state, action, gain in zip(states, actions, reversed(returns), strict=True):
            scores = linear(W, state)
            total = total + gain * (logsumexp(scores) - take(scores, action))
        return total / len(states)

    def by_hand(xp, P, states, actions, rewards):
        discounts = 0.9 ** xp.clip(xp.arange(size) - xp.arange(size)[:, None], 0, None)
        gains = xp.triu(discounts) @ rewards
        scores = states @ P["W"].T
        return (gains * (arrays.logsumexp(xp, scores) - scores[xp.arange(size), actions])).mean()

    return loss, by_hand, inputs(size, 2), indices(3, size), inputs(size)


@kind
def action_values(size):
    W, V = matrix(Random(0), size, 2), matrix(Random(1), 3, size, "V")

    def loss(state, action, reward, following):
        now, then = (linear(V, [tanh(v) for v in linear(W, s)]) for s in (state, following))
        target = reward + 0.9 * maximum(*then)
        return (take(now, action) - target) ** 2

    def by_hand(xp, P, state, action, reward, following):
        now, then = (P["V"] @ xp.tanh(P["W"] @ s) for s in (state, following))
        target = reward + 0.9 * then.max()
        return (now[action] - target) ** 2

    return loss, by_hand, inputs(2), indices(3), inputs(), inputs(2, seed=8)
