"""The programs of `tests/scalar_programs.py` as a person would have written them on arrays, for one example.

Each takes an array namespace, the parameters as arrays by their names, and an example, as `by_hand` of `KINDS` does.
"""

from tests.kinds_of_programs import logsumexp, normalized, relu, sigmoid, softmax

ARRAY_PROGRAMS = {}


def by_hand(function):
    ARRAY_PROGRAMS[function.__name__.replace("_", " ")] = function
    return function


def attend(xp, Q, K, V, mask=None):
    scores = Q @ K.swapaxes(-1, -2) / Q.shape[-1] ** 0.5
    return softmax(xp, scores if mask is None else xp.where(mask > 0, scores, -1e9)) @ V


@by_hand
def attention(xp, P, tokens, y):
    out = attend(xp, *(tokens @ P[name].T for name in ("WQ", "WK", "WV")))
    return (xp.tanh(out @ P["top"].T).mean() - y) ** 2


@by_hand
def attention_of_two_heads(xp, P, tokens, target):
    x = normalized(xp, tokens)
    Q, K, V = ((x @ P[name].T).reshape(-1, 2, 2).swapaxes(0, 1) for name in "QKV")
    x = tokens + attend(xp, Q, K, V).swapaxes(0, 1).reshape(-1, 4) @ P["O"].T
    x = x + relu(xp, normalized(xp, x) @ P["up"].T) @ P["down"].T
    return ((x.mean(axis=0) - target) ** 2).sum()


@by_hand
def a_small_language_model(xp, P, words):
    n = len(words) - 1
    x = P["wte"][words[:-1]] + P["wpe"][:n]
    Q, K, V = (normalized(xp, x) @ P[name].T for name in "QKV")
    x = x + attend(xp, Q, K, V, xp.tri(n)) @ P["O"].T
    scores = x @ P["wte"].T
    return (logsumexp(xp, scores) - scores[xp.arange(n), words[1:]]).mean()


@by_hand
def recurrent_network(xp, P, xs, y):
    state = xp.zeros(3)
    for x in xs:
        state = xp.tanh(P["W"] @ state + P["U"] @ x + P["b"])
    return (P["v"] @ state - y) ** 2


@by_hand
def gated_recurrent_network(xp, P, xs, y):
    h = xp.zeros(3)
    for x in xs:
        z, r = (sigmoid(xp, P[name] @ xp.concatenate([x, h])) for name in ("Wz", "Wr"))
        h = (1 - z) * h + z * xp.tanh(P["Wh"] @ xp.concatenate([x, r * h]))
    return (P["v"] @ h - y) ** 2


@by_hand
def long_short_term_memory(xp, P, xs, y):
    h, c = xp.zeros(3), xp.zeros(3)
    for x in xs:
        f, i, o, g = (P[f"W{gate}"] @ xp.concatenate([x, h]) + P[f"b{gate}"] for gate in "fiog")
        c = sigmoid(xp, f) * c + sigmoid(xp, i) * xp.tanh(g)
        h = sigmoid(xp, o) * xp.tanh(c)
    return (P["v"] @ h - y) ** 2


@by_hand
def prediction_at_each_step(xp, P, xs):
    state, total = xp.zeros(3), 0.0
    for t in range(len(xs) - 1):
        state = xp.tanh(P["W"] @ state + P["U"] @ xs[t])
        total = total + ((P["V"] @ state - xs[t + 1]) ** 2).sum()
    return total / (len(xs) - 1)


@by_hand
def two_recurrent_layers(xp, P, xs, y):
    lower, upper = xp.full(3, 0.1), xp.full(3, 0.2)
    for x in xs:
        lower = xp.tanh(P["W"] @ lower + P["U"] @ x)
        upper = xp.tanh(P["R"] @ upper + P["V"] @ lower)
    return (P["v"][0] @ upper - y) ** 2


@by_hand
def kalman_filter(xp, P, observed):
    mean, variance, total = 0.0, 1.0, 0.0
    for y in observed:
        mean, variance = P["a"] * mean, P["a"] ** 2 * variance + P["q"] ** 2
        spread = variance + P["r"] ** 2
        total = total + 0.5 * xp.log(spread) + (y - mean) ** 2 / (2 * spread)
        mean, variance = mean + variance / spread * (y - mean), variance * P["r"] ** 2 / spread
    return total


def rosenbrock_by_steepest_descent(size, xp, P, x, y):
    for _ in range(size):
        off = y - x * x
        x, y = x + P["rate"] * (2 * (1 - x) + 400 * x * off), y - P["rate"] * 200 * off
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def pendulum(size, xp, P, angle, speed, target):
    for _ in range(size):
        speed = (1 - 0.01 * P["mu"]) * speed - 0.01 * P["g"] * xp.sin(angle)
        angle = angle + 0.01 * speed
    return (angle - target) ** 2


OF_STEPS = {"rosenbrock by steepest descent": rosenbrock_by_steepest_descent, "pendulum": pendulum}
"""Those whose size is no shape of an example."""


@by_hand
def convolution_and_pooling(xp, P, image, y):
    n = len(image) - 2
    patches = xp.stack([image[i : i + n, j : j + n] for i in range(3) for j in range(3)])
    maps = relu(xp, xp.tensordot(P["k1"], patches, 1))
    n //= 2
    pooled = maps[:, : 2 * n, : 2 * n].reshape(-1, n, 2, n, 2).max(axis=4).max(axis=2)
    n -= 1
    corners = [pooled[:, i : i + n, j : j + n] for i in range(2) for j in range(2)]
    windows = xp.stack(corners, axis=1).reshape(-1, n, n)
    return (P["top"] @ xp.tanh(xp.tensordot(P["k2"], windows, 1)).mean(axis=(1, 2)) - y) ** 2


@by_hand
def heat(xp, P, u, target):
    for _ in range(3):
        inner = u[1:-1] + P["k"] * (u[:-2] - 2 * u[1:-1] + u[2:])
        u = xp.concatenate([u[:1], inner, u[-1:]])
    return ((u - target) ** 2).mean()


@by_hand
def bodies(xp, P, positions):
    distances = xp.sqrt(((positions[:, None] - positions) ** 2).sum(axis=-1) + 0.1)
    return -(xp.tril(xp.outer(P["m"], P["m"]) / distances, -1)).sum()


@by_hand
def springs(xp, P, points):
    lengths = xp.sqrt((xp.diff(points, axis=0) ** 2).sum(axis=1) + 1e-3)
    return 0.5 * P["k"] * ((lengths - P["rest"]) ** 2).sum()


@by_hand
def mixture_likelihood(xp, P, x):
    squares = ((x - P["mu"]) ** 2).sum(axis=1) * xp.exp(-2 * P["log_sigma"])
    return logsumexp(xp, P["w"]) - logsumexp(xp, P["w"] - 2 * P["log_sigma"] - squares / 2)


@by_hand
def factorisation(xp, P, user, item, rating):
    return (P["users"][user] @ P["items"][item] - rating) ** 2


@by_hand
def batch_norm_with_the_batch_as_one_example(xp, P, X, y):
    scaled = P["gain"] * normalized(xp, X @ P["W"].T, axis=0) + P["shift"]
    return ((xp.tanh(scaled).sum(axis=1) - y) ** 2).mean()


@by_hand
def variational_autoencoder(xp, P, x, noise):
    code = P["encoder"] @ x
    mean, spread = code[:2], code[2:]
    back = sigmoid(xp, P["decoder"] @ (mean + xp.exp(spread / 2) * noise))
    return ((x - back) ** 2).sum() - 0.5 * (1 + spread - mean**2 - xp.exp(spread)).sum()


@by_hand
def graph_network(xp, P, nodes, y):
    n = len(nodes)
    edges = [(i, (i * 7 + 3) % n) for i in range(n)] + [(i, (i + 1) % n) for i in range(n)]
    adjacent = xp.asarray([[float(edges.count((a, b))) for a in range(n)] for b in range(n)])
    for _ in range(2):
        nodes = xp.tanh((nodes + adjacent @ nodes) @ P["W"].T)
    return ((nodes @ P["top"]).mean() - y) ** 2


@by_hand
def products_of_rows(xp, P, x):
    return xp.log(1 + sigmoid(xp, P["W"] * x).prod(axis=1)).sum()
