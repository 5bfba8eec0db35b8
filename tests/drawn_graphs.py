"""Graphs of many sizes and shapes, for tests of what their pictures show."""

from random import Random

from support import leaves

from autograd import Value, sigmoid, tanh
from autograd import sum as total
from nn import MLP, cross_entropy, squared_error


def neuron():
    w, x, b = leaves(-3.0, 2.0, 6.5, names="w x b")
    y = tanh(w * x + b)
    y.name = "y"
    return y


def network(*sizes):
    model = MLP(sizes[0], list(sizes[1:]), sigmoid, output_activation=sigmoid, seed=0)
    return squared_error(model([Value(0.5 - 0.3 * i, f"x{i}") for i in range(sizes[0])]), 1.0)


def by_hand(size, seed):
    """A graph of so many nodes in at most twelve levels, half of them with names."""
    random = Random(seed)
    nodes = leaves(*(round(random.uniform(-1, 1), 2) for _ in range(8)), names=" ".join(f"x{i}" for i in range(8)))
    level = dict.fromkeys(nodes, 1)
    while len(nodes) < size - 1:
        a, b = random.choices([node for node in nodes if level[node] < 10][-14:], k=2)
        made = random.choice([lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: tanh(a)])(a, b)
        level[made] = 1 + max(level[parent] for parent in made.parents)
        if random.random() < 0.5:
            made.name = f"h{len(nodes)}"
        nodes.append(made)
    used = {parent for node in nodes for parent in node.parents}
    return total([node for node in nodes if node not in used])


def recurrent(steps):
    w, u, b, h = leaves(0.5, 0.3, 0.1, 0.0, names="w u b h0")
    for step in range(steps):
        h = tanh(w * h + u * Value(step / 10, f"x{step}") + b)
    return (h - 1) ** 2


def large_network():
    random = Random(0)
    model = MLP(64, [64, 32, 10], seed=0)
    return cross_entropy(model([random.gauss(0, 1) for _ in range(64)]), [1] + [0] * 9)


def chain(links=10):
    """A chain of formulas, each on the one before, which have long names."""
    xs = leaves(*(0.1 * i for i in range(6)), names=" ".join(f"x{i}" for i in range(6)))
    h = xs[0]
    for i in range(links):
        h = tanh(h * xs[i % 6] + 0.5) if i % 2 else h + xs[(i + 1) % 6] * tanh(h)
        h.name = f"hidden_{i}"
    return h


def eight_thousand():
    random = Random(1)
    pool = leaves(*(random.uniform(-1, 1) for _ in range(40)), names=" ".join(f"x{i}" for i in range(40)))
    while len(pool) < 8_000:
        a, b = random.choices(pool[-60:], k=2)
        pool.append(random.choice([lambda a, b: a + b, lambda a, b: a * b, lambda a, b: tanh(a)])(a, b))
    return total(pool[-20:])


def tree(count=30):
    """A sum of products of sums …, whose leaves alone have names."""
    nodes = leaves(*(0.1 * i for i in range(count)), names=" ".join(f"a{i}" for i in range(count)))
    while len(nodes) > 1:
        pairs = [*zip(nodes[::2], nodes[1::2], strict=False)]
        nodes = [a + b if len(nodes) % 4 else a * b for a, b in pairs] + nodes[2 * len(pairs) :]
    return nodes[0]


def softmax_network():
    model = MLP(3, [4, 3], tanh, seed=1)
    return cross_entropy(model([Value(0.5 - 0.3 * i, f"x{i}") for i in range(3)]), [0, 1, 0])


GRAPHS = {
    "one neuron": neuron,
    "2-3-1": lambda: network(2, 3, 1),
    "3-4-1": lambda: network(3, 4, 1),
    "a softmax": softmax_network,
    "40 nodes by hand": lambda: by_hand(40, 3),
    "a tree": tree,
    "a recurrence of 20": lambda: recurrent(20),
    "64-32-10": large_network,
    "8,000 nodes": eight_thousand,
}
