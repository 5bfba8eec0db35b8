"""Random networks and graphs with right derivations, and the slips that people make in them, written as text.

Nothing here asks the engine for a derivative: the local derivatives are spelled out as a textbook has them, and a slip
is made in the text too. So the checker is judged by what stands on the page.
"""

from dataclasses import dataclass, field

from autograd import Value, cos, dot, exp, sigmoid, sin, softmax, softplus, tanh
from nn import cross_entropy, squared_error

SLOPES = {
    # the activation's derivative in the output y and the input n; with the input for the output; at the output
    sigmoid: ("{y}*(1 - {y})", "{n}*(1 - {n})", "sigmoid({y})*(1 - sigmoid({y}))"),
    tanh: ("(1 - {y}**2)", "(1 - {n}**2)", "(1 - tanh({y})**2)"),
    exp: ("{y}",),
    sin: ("cos({n})",),
    cos: ("(-sin({n}))",),
    softplus: ("sigmoid({n})",),
}


@dataclass
class Line:
    """A right line: its subject, and the terms of its sum, each a list of factors."""

    subject: str
    terms: list
    slips: dict = field(default_factory=dict)
    """For each mistake that this line can suffer, the formulas that it would have then."""

    def text(self, formula=None):
        return f"{self.subject} = {formula or write(self.terms)}"


def write(terms):
    return " + ".join("*".join(factors) for factors in terms)


def slips_of_sums(line, random):
    """Every line can have a wrong factor or sign; where branches meet, they can be lost or counted again."""
    line.slips["factor 2"] = [f"2*({write(line.terms)})"]
    line.slips["factor 1/2"] = [f"({write(line.terms)})/2"]
    line.slips["sign"] = [f"-({write(line.terms)})"]
    if len(line.terms) > 1:
        k = random.randrange(len(line.terms))
        line.slips["branch missing"] = [write(line.terms[:k] + line.terms[k + 1 :])]
        line.slips["branch overwritten"] = [write([line.terms[k]])]
        line.slips["branch counted twice"] = [write([*line.terms, line.terms[k]])]
    return line


def network(random):
    """A network of one hidden layer, with its nodes by name and its derivation; a softmax at its end, or a sigmoid."""
    n_in, n_hidden, n_out = random.randint(2, 3), random.randint(2, 4), random.randint(2, 3)
    activation, classifies = random.choice([sigmoid, tanh]), random.random() < 0.5
    x = [Value(random.uniform(-2, 2)) for _ in range(n_in)]
    W = [[Value(random.uniform(-1, 1)) for _ in range(n_hidden)] for _ in range(n_in)]
    V = [[Value(random.uniform(-1, 1)) for _ in range(n_out)] for _ in range(n_hidden)]
    n = [weighted(column, x, random) for column in zip(*W, strict=True)]
    h = [activation(node) for node in n]
    z = [weighted(column, h, random) for column in zip(*V, strict=True)]
    label = random.randrange(n_out)
    t = [Value(float(k == label) if classifies else random.uniform(0, 1)) for k in range(n_out)]
    nodes = {"x": x, "W": W, "V": V, "n": n, "h": h, "z": z, "t": t, "eta": Value(0.1)}
    lines = []
    if classifies:
        nodes |= {"p": softmax(z), "J": cross_entropy(z, t)}
        for k in range(n_out):
            lines.append(slips_of_sums(Line(f"dJ/dz[{k}]", [[f"p[{k}]"], [f"(-t[{k}])"]]), random))
            # What is left of p - t without the one or the other is another mistake's name.
            for name in ("branch missing", "branch overwritten", "branch counted twice"):
                del lines[-1].slips[name]
        lines[label].slips["softmax's p for p - onehot"] = [f"p[{label}]"]
    else:
        p = [sigmoid(node) for node in z]
        nodes |= {"p": p, "J": squared_error(p, t)}
        for k in range(n_out):
            lines.append(slips_of_sums(Line(f"dJ/dp[{k}]", [[f"(p[{k}] - t[{k}])"]]), random))
            line = Line(f"dJ/dz[{k}]", [[f"dJ/dp[{k}]", f"p[{k}]*(1 - p[{k}])"]])
            line.slips["activation's derivative left out"] = [f"dJ/dp[{k}]"]
            line.slips["activation's derivative at the input"] = [f"dJ/dp[{k}]*z[{k}]*(1 - z[{k}])"]
            lines.append(slips_of_sums(line, random))
    slope, at_input, at_output = SLOPES[activation]
    for j in range(n_hidden):
        terms = [[f"dJ/dz[{k}]", f"V[{j}][{k}]"] for k in range(n_out)]
        line = slips_of_sums(Line(f"dJ/dh[{j}]", terms), random)
        updated = [[f"dJ/dz[{k}]", f"(V[{j}][{k}] - eta*dJ/dz[{k}]*h[{j}])"] for k in range(n_out)]
        line.slips["weights already updated"] = [write(updated)]
        if j < n_out:
            swapped = [f"V[{k}][{j}]" if k < n_hidden else f"V[{j}][{k}]" for k in range(n_out)]
            line.slips["transposed indices"] = [write([[f"dJ/dz[{k}]", swapped[k]] for k in range(n_out)])]
        lines.append(line)
        names = {"y": f"h[{j}]", "n": f"n[{j}]"}
        right = f"({write(terms)})*{slope.format(**names)}" if random.random() < 0.5 else None
        line = Line(f"dJ/dn[{j}]", [[right]] if right else [[f"dJ/dh[{j}]", slope.format(**names)]])
        line.slips["activation's derivative left out"] = [f"dJ/dh[{j}]"]
        line.slips["activation's derivative at the input"] = [f"dJ/dh[{j}]*{at_input.format(**names)}"]
        line.slips["activation's derivative at the output"] = [f"dJ/dh[{j}]*{at_output.format(**names)}"]
        lines.append(slips_of_sums(line, random))
    for i in range(n_in):
        j = random.randrange(n_hidden)
        line = Line(f"dJ/dW[{i}][{j}]", [[f"dJ/dn[{j}]", f"x[{i}]"]])
        line.slips["gradient of another weight"] = [
            f"dJ/dn[{j}]*x[{(i + 1) % n_in}]",
            f"dJ/dn[{(j + 1) % n_hidden}]*x[{i}]",
            *([f"dJ/dn[{i}]*x[{j}]"] if j < n_in and i < n_hidden and i != j else []),
        ]
        line.slips["sum where one term belongs"] = [
            f"dJ/dn[{j}]*({' + '.join(f'x[{k}]' for k in range(n_in))})",
            f"({' + '.join(f'dJ/dn[{k}]' for k in range(n_hidden))})*x[{i}]",
        ]
        lines.append(slips_of_sums(line, random))
    return nodes, lines


def weighted(weights, inputs, random):
    """A weighted sum as one node, or spelled out."""
    if random.random() < 0.5:
        return dot(weights, inputs)
    total = weights[0] * inputs[0]
    for w, v in zip(weights[1:], inputs[1:], strict=True):
        total = total + w * v
    return total


def graph(random):
    """A random graph of named nodes v0, v1, …: the derivative by each is the sum over the nodes that use it."""
    values = [Value(random.uniform(0.3, 1.5)) for _ in range(3)]
    uses = {k: [] for k in range(3)}

    def use(k, child, factor):
        uses[k].append([f"dv{{end}}/dv{child}", factor])

    for child in range(3, random.randint(7, 11)):
        a, b = random.randrange(max(0, child - 4), child), random.randrange(child)
        uses[child] = []
        kind = random.choice(["+", "-", "*", "*", "/", "f", "f"])
        if kind == "+":
            values.append(values[a] + values[b])
            use(a, child, "1")
            use(b, child, "1")
        elif kind == "-":
            values.append(values[a] - values[b])
            use(a, child, "1")
            use(b, child, "(-1)")
        elif kind == "*":
            values.append(values[a] * values[b])
            use(a, child, f"v{b}")
            use(b, child, f"v{a}")
        elif kind == "/" and values[b].data > 0.2:
            values.append(values[a] / values[b])
            use(a, child, f"(1/v{b})")
            use(b, child, f"(-v{a}/v{b}**2)")
        else:
            function = random.choice(list(SLOPES) if values[a].data < 2 else [sigmoid, tanh, sin])
            values.append(function(values[a]))
            use(a, child, SLOPES[function][0].format(y=f"v{child}", n=f"v{a}"))
    end = len(values) - 1
    wanted, lines = {end}, []
    for k in range(end - 1, -1, -1):
        terms = [
            [first.format(end=end), factor] for first, factor in uses[k] if int(first.rpartition("v")[2]) in wanted
        ]
        if terms:
            wanted.add(k)
            lines.append(slips_of_sums(Line(f"dv{end}/dv{k}", terms), random))
    return {f"v{k}": value for k, value in enumerate(values)}, lines


def unknown_edit(line, nodes, random):
    """A change of a formula that is no classic mistake, and what may be said of it: the factor or term it brings in."""
    formula = write(line.terms)
    # A node that was divided by itself is 1 everywhere: times 1 + 1² is a factor 2, which is a classic mistake.
    other = random.choice([key for key, node in nodes.items() if isinstance(node, Value) and node.data != 1])
    return random.choice(
        [
            (f"{random.choice([3, 1.3, 0.7])}*({formula})", "a factor too many"),
            (f"({formula}) + {random.uniform(0.1, 0.9):.2f}*{other}", "an extra term"),
            (f"({formula}) + {random.uniform(0.1, 0.9):.3f}", "an extra term"),
            (f"({formula})*(1 + {other}**2)", "a factor too many"),
            (f"sin({formula})", "no name"),
            (f"1.7*sin({formula})**3", "no name"),
        ]
    )
