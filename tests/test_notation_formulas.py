"""Formulas in plain text and in LaTeX, one reading each: right where finite differences and NumPy say so, and wrong."""

import pytest
from formula_networks import are_equal, network

from autograd import Value, check_derivation

GRAPH = network(
    {
        "x": [0.6, -1.1],
        "W": [[0.3, -0.4], [0.7, 0.2], [-0.6, 0.9]],
        "b": [0.1, -0.2, 0.05],
        "y": [0.2, 0.8, -0.3],
        "u": 0.7,
        "v": -0.4,
        "z": "W @ x + b",
        "h": "tanh(z)",
        "p": "softmax(h)",
        "s": "sigmoid(u)",
        "g": "s * v + u**3",
        "r": "rectified(v)",
        "t": "sqrt(sum(x**2))",
        "k": "x[0] * x[1]",
        "o": "outer(h, x)",
        "L": "0.5 * sum((h - y)**2) + p[0] * g + r + t + k",
    },
    {"n": 3},
)
BY_U, BY_V, BY_Y = "slope('g', 'u')", "slope('g', 'v')", "slope('L', 'y')"
P_BY_H, H_BY_Z = "slope('p', 'h')", "np.diag(slope('h', 'z'))"
SIGMOID, SIGMOID_BY_U = "1 / (1 + exp(-u))", "slope('s', 'u')"


def judged(text):
    return check_derivation(text, GRAPH.nodes())


@pytest.mark.parametrize(
    ("claim", "left", "right", "holds"),
    [
        # Functions
        ("s = σ(u)", "s", SIGMOID, True),
        ("s = sigmoid(v)", "s", "sigmoid(v)", False),
        ("s = power(1 + exp(-u), -1)", "s", SIGMOID, True),
        ("s = divide(1, add(1, exp(-u)))", "s", SIGMOID, True),
        ("s = subtract(1, divide(1, add(1, exp(u))))", "s", SIGMOID, True),
        ("s = multiply(2, σ(u))", "s", "2 * sigmoid(u)", False),
        ("s = negative(-σ(u))", "s", SIGMOID, True),
        ("s = negate(σ(u))", "s", "-sigmoid(u)", False),
        ("g = square(u) u + s v", "g", "s * v + u**3", True),
        ("g = square(u) + s v", "g", "s * v + u**2", False),
        ("s = 1[u > 0] σ(u)", "s", SIGMOID, True),
        ("s = 1[u < 0] σ(u)", "s", "0", False),
        ("s = I(u > 0) σ(u)", "s", SIGMOID, True),
        ("s = where(u < v, 0, σ(u))", "s", SIGMOID, True),
        ("s = equal(u, v) + σ(u)", "s", SIGMOID, True),
        ("s = clip(σ(u), 0, 1)", "s", SIGMOID, True),
        ("s = not (u < v) + 3", "s", "0", False),
        ("r = max(0, v)", "r", "max(0, v)", True),
        ("r = max(v)", "r", "v", False),
        ("r = max([v, 0])", "r", "max(0, v)", True),
        ("r = max(v, 0, -1)", "r", "max(0, v)", True),
        ("r = max(v, 0, 1)", "r", "1", False),
        ("r = min(v, 0, 1)", "r", "v", False),
        ("r = (|v| + v)/2", "r", "max(0, v)", True),
        ("r = |v|", "r", "abs(v)", False),
        ("k = prod(x)", "k", "x.prod()", True),
        ("k = sum(x)", "k", "x.sum()", False),
        ("k = average(x)", "k", "x.mean()", False),
        ("t = norm(x)", "t", "np.sqrt(x @ x)", True),
        ("t = ‖x‖", "t", "np.sqrt(x @ x)", True),
        ("t = ||x||", "t", "np.sqrt(x @ x)", True),
        ("t = ‖x‖²", "t", "x @ x", False),
        ("t = √(x_1² + x_2²)", "t", "np.sqrt(x @ x)", True),
        ("z_1 = dot(W[0], x, b[0])", "z[0]", "W[0] @ x + b[0]", True),
        ("z_1 = inner(W_1, x)", "z[0]", "W[0] @ x", False),
        ("z = dot(W, x) + b", "z", "W @ x + b", True),
        ("z = matmul(W, x) + b", "z", "W @ x + b", True),
        ("z = identity(3) W x + eye(3) b", "z", "W @ x + b", True),
        ("z = W x + zeros(3) + ones(3)", "z", "W @ x + 1", False),
        ("o + zeros((3, 2)) = h x^T", "o", "outer(h, x)", True),
        ("p = softmax(h)", "p", "softmax(h)", True),
        ("p = softmax(z)", "p", "softmax(z)", False),
        ("o = outer(h, x)", "o", "outer(h, x)", True),
        ("o = transpose(x h^T)", "o", "outer(h, x)", True),
        ("o.T = x h^T", "o.T", "outer(x, h)", True),
        ("∂h/∂z = diag(1 - h ⊙ h)", "slope('h', 'z')", "diag(1 - h * h)", True),
        ("∂h/∂z = diag(h)", "slope('h', 'z')", "diag(h)", False),
        ("logsumexp(x) = log(exp(x_1) + exp(x_2))", "log(exp(x).sum())", "log(exp(x).sum())", True),
        ("sum(o, 0) = (h_1 + h_2 + h_3) x", "o.sum(0)", "h.sum() * x", True),
        ("sum(o, 1) = (x_1 + x_2) x", "o.sum(1)", "x.sum() * x", False),
        ("softmax(o) = o", "softmax(o)", "o", False),
        # Functions without parentheses, with powers and primes
        (r"$h_i = \tanh z_i$", "h", "tanh(z)", True),
        (r"$h_i = \tanh^{2} z_i$", "h", "tanh(z)**2", False),
        (r"$\tanh^2 u = 1 - \operatorname{sech}^2 u$", "tanh(u)**2", "1 - 1 / np.cosh(u)**2", True),
        (r"$s = \log e^{\sigma(u)}$", "s", SIGMOID, True),
        (r"$\log_{10} u = \frac{\ln u}{\ln 10}$", "np.log10(u)", "log(u) / log(10)", True),
        (r"$s = \log_{10} u$", "s", "np.log10(u)", False),
        ("ds/du = σ'(u)", SIGMOID_BY_U, "s * (1 - s)", True),
        ("ds/du = σ'(u) σ'(u)", SIGMOID_BY_U, "(s * (1 - s))**2", False),
        ("ds/du = sigmoid'(u)", SIGMOID_BY_U, "s * (1 - s)", True),
        ("ds/du = f'(u)", SIGMOID_BY_U, "s * (1 - s)", True),
        ("g'(u) = v s(1 - s) + 3u²", BY_U, "v * s * (1 - s) + 3 * u**2", True),
        ("g'(u) = v s(1 - s) + 3u", BY_U, "v * s * (1 - s) + 3 * u", False),
        ("∂h_i/∂z_i = tanh'(z_i)", H_BY_Z, "1 - h**2", True),
        ("∂h_i/∂z_i = f'(z_i)", H_BY_Z, "1 - h**2", True),
        ("∂h_i/∂z_i = sech²(z_i)", H_BY_Z, "1 - h**2", True),
        ("∂h_i/∂z_i = sech(z_i)", H_BY_Z, "np.sqrt(1 - h**2)", False),
        ("h_i = f(z_i)", "h", "tanh(z)", True),
        ("dr/dv = relu'(v)", "slope('r', 'v')", "float(v > 0)", True),
        ("dr/dv = abs'(v)", "slope('r', 'v')", "np.sign(v)", False),
        (r"$\frac{ds}{du} = \sigma^{\prime}(u)$", SIGMOID_BY_U, "s * (1 - s)", True),
        (r"$\frac{ds}{du} = \sigma^{'}(v)$", SIGMOID_BY_U, "sigmoid(v) * (1 - sigmoid(v))", False),
        # Sums and products over letters
        ("t = sqrt(Σ_i x_i²)", "t", "np.sqrt(x @ x)", True),
        ("t = sqrt(sum_i x_i^2)", "t", "np.sqrt(x @ x)", True),
        ("t = sqrt(sum_{i=1}^2 x_i^2)", "t", "np.sqrt(x @ x)", True),
        ("t = sqrt(sum_(i=1)^2 x_i^2)", "t", "np.sqrt(x @ x)", True),
        ("t = sqrt(sum_i^2 x_i^2)", "t", "np.sqrt(x @ x)", True),
        ("t = sqrt(sum_{i=2}^2 x_i^2)", "t", "abs(x[1])", False),
        ("k = prod_i x_i", "k", "x.prod()", True),
        ("k = Π_i x_i²", "k", "x.prod()**2", False),
        (r"$k = \prod_{i=1}^2 x_i$", "k", "x.prod()", True),
        ("z_i = Σ_j W_ij x_j + b_i", "z", "W @ x + b", True),
        ("z_i = Σ_{j≠i} W_ij x_j + b_i", "z", "(W * (1 - np.eye(3, 2))) @ x + b", False),
        ("z_i = Σ_{j=1}^{m} W_ij x_j + b_i", "z", "W @ x + b", True),
        ("z_i = Σ_{j=1}^{n-1} W_ij x_j + b_i", "z", "W @ x + b", True),
        ("o = Σ_{q=1}^{2} h x^T / 2", "o", "outer(h, x)", True),
        ("o = Π_{q=1}^{2} h x^T", "o", "outer(h, x)**2", False),
        ("g = Σ_{q=3}^{1} u + s v + u³", "g", "s * v + u**3", True),
        ("g = Π_{q=3}^{1} u + s v + u³", "g", "1 + s * v + u**3", False),
        ("∂L/∂y_i = Σ_j δ_ij (y_j - h_j)", BY_Y, "y - h", True),
        ("∂L/∂y_i = Σ_j δ_ij (h_j - y_j)", BY_Y, "h - y", False),
        ("t² = Σ_{i=1}^{Q} x_i² Q/2", "t**2", "x @ x", True),
        ("t² = Σ_{i=1}^{Q} x_i² Q", "t**2", "2 * x @ x", False),
        # Where a claim holds
        ("∂L/∂y_i = y_i - h_i for i = 1, 2, 3", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i = 1..3", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i = 1, …, 3", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i = 1, 2, …, 3", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i = 1…3", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i = 1…, 3", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i = 1, … 3", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i = 1 to 3", BY_Y, "y - h", True),
        ("∂L/∂y_i = h_i - y_i for i = 1 to 3", BY_Y, "h - y", False),
        ("∂L/∂y_i = y_i - h_i for i = n", BY_Y + "[2]", "y[2] - h[2]", True),
        ("∂L/∂y_i = y_i - h_1 for i = n-1", BY_Y + "[1]", "y[1] - h[0]", False),
        ("∂L/∂y_i = y_i - h_i ∀i", BY_Y, "y - h", True),
        ("∂L/∂y_i = y_i - h_i for i > 1", BY_Y + "[1:]", "(y - h)[1:]", True),
        ("∂L/∂y_i = y_i - h_1 for i <= n", BY_Y, "y - h[0]", False),
        ("∂p_i/∂h_j = p_i(δ_ij - p_j) for i, j = 1, …, 3", P_BY_H, "diag(p) - outer(p, p)", True),
        ("∂p_i/∂h_j = -p_i p_j for i, j = 1, …, 3", P_BY_H, "-outer(p, p)", False),
        ("∂p_i/∂h_j = p_i(δ_ij - p_j) for ij", P_BY_H, "diag(p) - outer(p, p)", True),
        ("∂p_i/∂h_j = p_i(1 - p_j) if i = j", "np.diag(slope('p', 'h'))", "p * (1 - p)", True),
        ("∂p_i/∂h_j = -p_i p_j if i = j", "np.diag(slope('p', 'h'))", "-p * p", False),
        ("∂p_i/∂h_j = -p_i p_j for all i ≠ j", P_BY_H + "[0, 1:]", "-p[0] * p[1:]", True),
        ("dr/dv = 0 for v < 0", "slope('r', 'v')", "0", True),
        ("dr/dv = 1 when v < 0", "slope('r', 'v')", "1", False),
        ("dg/dv = s at u = 0.7", BY_V, "s", True),
        ("for i = 1, …, n: z_i = Σ_j W_ij x_j + b_i", "z", "W @ x + b", True),
        ("dr/dv = 0 if v < 0, 1 otherwise", "slope('r', 'v')", "float(v > 0)", True),
        ("dr/dv = 1 if v < 0, 0 otherwise", "slope('r', 'v')", "float(v < 0)", False),
        ("∂t/∂x_i = x_i/t for i = 1", "slope('t', 'x')[0]", "x[0] / t", True),
        # Cases
        (r"$r = \begin{cases} v & v > 0 \\ 0 & v \le 0 \end{cases}$", "r", "max(0, v)", True),
        (r"$r = \begin{cases} v & v > 0 \\ 0 & \text{otherwise} \end{cases}$", "r", "max(0, v)", True),
        (r"$r = \begin{cases} 0 & v > 0 \\ v & \text{otherwise} \end{cases}$", "r", "min(0, v)", False),
        (r"$r = \begin{cases} v, & \text{if } v > 0 \\ 0, & \text{else.} \end{cases}$", "r", "max(0, v)", True),
        (r"$r = \begin{cases} v \text{ if } v > 0 \\ 0 \text{ otherwise} \end{cases}$", "r", "max(0, v)", True),
        (r"$r = \begin{cases} v, v > 0 \\ 0, v \le 0 \end{cases}$", "r", "max(0, v)", True),
        (r"$r = \begin{cases} v & v > 0 \text{ and } u > 0 \\ 0 & \text{else} \end{cases}$", "r", "max(0, v)", True),
        (r"$r = \begin{cases} v & v > 0 \text{ or } u > 0 \\ 0 & \text{otherwise} \end{cases}$", "r", "v", False),
        (
            r"$\frac{\partial p_i}{\partial h_j} = \begin{cases} p_i(1-p_j) & i = j \\ -p_i p_j & i \ne j \end{cases}$",
            P_BY_H, "diag(p) - outer(p, p)", True,
        ),
        (
            r"$\frac{\partial p_i}{\partial h_j} = \begin{cases} p_i p_j & i \ne j \\ p_i-p_i^2 & i=j \end{cases}$",
            P_BY_H, "diag(p) - 2 * diag(p * p) + outer(p, p)", False,
        ),
        # Derivatives
        (r"$\frac{dg}{dv} = s$", BY_V, "s", True),
        (r"$\frac{\delta g}{\delta v} = s$", BY_V, "s", True),
        (r"$\frac{{dg}}{{dv}} = u$", BY_V, "u", False),
        (r"$\frac{d}{dv} g = s$", BY_V, "s", True),
        (r"$\frac{d}{dv}(s v) = s$", BY_V, "s", True),
        (r"$\frac{d}{dv}(s v) = v$", BY_V, "v", False),
        (r"$\frac{d}{du}(u^2 v + 1) = 2uv$", "2 * u * v", "2 * u * v", True),
        (r"$\frac{d}{du} \tanh(u v) = v (1 - \tanh(u v)^2)$", "v", "v", True),
        (r"$\nabla_v g = s$", BY_V, "s", True),
        (r"$\nabla g(v) = s$", BY_V, "s", True),
        ("∇ᵥ g = u", BY_V, "u", False),
        (r"$\partial_v g = s$", BY_V, "s", True),
        (r"$\partial_{W_{11}} z_1 = x_1$", "slope('z', 'W')[0, 0, 0]", "x[0]", True),
        ("∂g/dv = s", BY_V, "s", True),
        ("d/d(v) g = s", BY_V, "s", True),
        ("d(g)/d(v) = v", BY_V, "v", False),
        ("d(s v)/dv = s", BY_V, "s", True),
        (r"$\frac{\partial \log(s)}{\partial s} = \frac1s$", "1 / s", "1 / s", True),
        (r"$\frac{\partial \log s}{\partial s} = \frac{1}{s^2}$", "1 / s", "1 / s**2", False),
        (r"$\frac{\partial (s v)}{\partial v} = s$", BY_V, "s", True),
        (r"$\left.\frac{\partial g}{\partial v}\right|_{u=0.7} = s$", BY_V, "s", True),
        ("dg/∂v = s", BY_V, "s", True),
        ("∂/∂v g = s", BY_V, "s", True),
        ("∂/dv g = u", BY_V, "u", False),
        ("∂g(v, u)/∂v = s", BY_V, "s", True),
        (r"$\mathrm{d}g / \mathrm{d}v = s$", BY_V, "s", True),
        (r"$\frac{\mathbf{d}g}{dv} = v$", BY_V, "v", False),
        (r"$\frac{\partial s v}{\partial v} = s$", BY_V, "s", True),
        (r"$\frac{d\,(s v + 1)}{dv} = s$", BY_V, "s", True),
        (r"$\frac{du}{dv} = 0$", "slope('u', 'v')", "0", True),
        ("g(u, v) = s v + u³", "g", "s * v + u**3", True),
        ("uv(s) = u v s", "u * v * s", "u * v * s", True),
        ("g = s (v) + u³", "g", "s * v + u**3", True),
        ("g = 2u(v)", "g", "2 * u * v", False),
        # Updates
        ("v := v - 0.1 dg/dv = v - 0.1 s", "v - 0.1 * slope('g', 'v')", "v - 0.1 * s", True),
        ("v := v - 0.1 dg/dv = v - 0.1 u", "v - 0.1 * slope('g', 'v')", "v - 0.1 * u", False),
        # Vectors and matrices
        (r"$t = \sqrt{x^\top x}$", "t", "np.sqrt(x @ x)", True),
        (r"$t = \sqrt[2]{x^\top x}$", "t", "np.sqrt(x @ x)", True),
        (r"$t = \sqrt[3]{x^\top x}$", "t", "np.cbrt(x @ x)", False),
        (r"$t = \left\lVert x \right\rVert_2$", "t", "np.sqrt(x @ x)", True),
        (r"$t = \langle x, x \rangle$", "t", "x @ x", False),
        (
            r"$\begin{bmatrix} x_1 & x_2 \end{bmatrix} \begin{bmatrix} x_1 \\ x_2 \end{bmatrix} = t^2$",
            "x @ x", "t**2", True,
        ),
        (r"$z = \begin{bmatrix} W_{11} & W_{12} \\ W_{21} & W_{22} \\ W_{31} & W_{32} \end{bmatrix}$", "z", "W", False),
        (r"$z^T = x^T W^T + b^T$", "z", "x @ W.T + b", True),
        (r"$z^T = x^T W^T - b^T$", "z", "x @ W.T - b", False),
        (r"$\mathbf{z} = \mathbf{W}\mathbf{x} + \mathbf{b}$", "z", "W @ x + b", True),
        ("x.T @ x = t²", "x @ x", "t**2", True),
        (r"$(W x)_i = z_i - b_i$", "W @ x", "z - b", True),
        (r"$(W x)_i = z_i + b_i$", "W @ x", "z + b", False),
        (r"$o_{ij} = h_i x_j$", "o", "outer(h, x)", True),
        ("[u, v,] @ x = u x_1 + v x_2", "u * x[0] + v * x[1]", "u * x[0] + v * x[1]", True),
        (r"$t^2 = (x_1, x_2)^T x$", "t**2", "x @ x", True),
        (r"$t = (x_1, x_2) \cdot x$", "t", "x @ x", False),
        (r"$t = \|x\|$", "t", "np.sqrt(x @ x)", True),
        ("W[0, 1] = W_{21}", "W[0, 1]", "W[1, 0]", False),
        # Numbers, marks and braces
        (r"$g = 3 \cdot 10^{-1} + s v + u^3 - 0.3$", "g", "s * v + u**3", True),
        ("g = 3·10^-1 + s v + u^3 - 0.3", "g", "s * v + u**3", True),
        ("g = 3*10^2 + s v + u³ - 300", "g", "s * v + u**3", True),
        ("g = 3·10⁻¹ + s v + u³", "g", "0.3 + s * v + u**3", False),
        (r"$s = \underbrace{\sigma(u)}_{\text{here}}$", "s", SIGMOID, True),
        (r"$s = \overset{!}{\sigma(v)}$", "s", "sigmoid(v)", False),
        (r"$s = {}\sigma(u)$", "s", SIGMOID, True),
        (r"$s = \begin{aligned} \sigma(u) \end{aligned}$", "s", SIGMOID, True),
        ("g = 1/n s v n + u³", "g", "s * v + u**3", True),
        (r"$g = 3 \cdot 10^{n}$", "g", "3000", False),
        (r"$s = \overbrace{\sigma(u)}^{here}$", "s", SIGMOID, True),
        (r"$s = \underbrace{\sigma(v)}$", "s", "sigmoid(v)", False),
        (r"$s = \left(\begin{aligned} \sigma(u) \end{aligned}\right)$", "s", SIGMOID, True),
        (r"$s = \begin{array}{c} \sigma(v) \end{array}$", "s", "sigmoid(v)", False),
        (r"$s = \sigma~(u)$", "s", SIGMOID, True),
        (r"$s = \sigma\space(u)\ $", "s", SIGMOID, True),
        (r"$s = \sigma(u) \newline$", "s", SIGMOID, True),
        (r"$s = \text{} \sigma(u)$", "s", SIGMOID, True),
        (r"$s = \text{+} u$", "s", "u", False),
        (r"$s = \left. \bigl(\sigma(u)\bigr) \right.$", "s", SIGMOID, True),
        ("s = ٣", "s", "3", False),
        ("g = 𝟛 + s v - 3 + u³", "g", "s * v + u**3", True),
    ],
)  # fmt: skip
def test_a_claim_is_right_where_the_calculus_says_so(claim, left, right, holds):
    assert are_equal(GRAPH, left, right) == holds
    report = judged(claim)
    assert not report.unread, report
    assert [line.holds for line in report.lines] == [holds], report


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ("o = outer(x, h)", "o is 3×2, and outer(x, h) is 2×3"),
        (r"$o = h \circ x$", "a vector of 3 and a vector of 2 do not fit together entry by entry"),
        ("z = eye(2) @ z", "2×2 times a vector of 3: the inner lengths 2 and 3 differ"),
        (
            r"$z = \begin{bmatrix} W_{11} & W_{12} \\ W_{21} \end{bmatrix} x + b$",
            "the rows of an array have the shapes a vector of 2 and a vector of 1",
        ),
        (r"$\nabla_{W} L = x (\nabla_z L)^T$", r"\nabla_{W} L is 3×2, and x (\nabla_z L)^T is 2×3"),
        ("sum(o, 2) = t", "3×2 has no axis 2"),
        ("t = |x| + x", "t is a number, and |x| + x is a vector of 2"),
        (r"$o_{ij} = h_j x_i$", "i runs over 3 in the first index of o and over 2 in x"),
        ("t = sqrt(sum_{i=1}^3 x_i^2)", "i runs from 1 to 3, but there are items 1 to 2"),
        ("z_i = Σ_{j=-1}^{2} W_ij x_j", "j runs from -1 to 2, but there are items 1 to 2"),
        ("z_i = Σ_{j=0}^{2} W_ij x_j", "j runs from 0 to 2, but there are items 1 to 2"),
        ("k = Π_{i=1}^{n} x_i", "i runs from 1 to 3, but there are items 1 to 2"),
    ],
)
def test_what_does_not_fit_makes_a_claim_wrong_and_is_named(claim, says):
    [line] = judged(claim).lines
    assert not line.holds
    assert says in line.remark


@pytest.mark.parametrize(
    ("claim", "column", "says"),
    [
        # Functions
        ("s = sigmoid(u, v)", 5, "sigmoid takes 1 operands, not 2"),
        ("s = sum()", 5, "sum needs an operand"),
        ("s = logsumexp()", 5, "logsumexp needs an operand"),
        ("s = max()", 5, "maximum takes 2 operands, not 0"),
        ("s = copy(u)", 5, "copy is no function of autograd"),
        ("s = nothing(u)", 5, "nothing is no function of autograd: there are absolute, exp, log"),
        ("s = sigmoi(u)", 5, "sigmoi is no function of autograd; did you mean sigmoid or"),
        ("ds/du = max'(u)", 9, "maximum' is the derivative of no function of one operand that autograd knows"),
        ("ds/du = σ''(u)", 9, "second derivatives are not read"),
        ("ds/du = φ'(v)", 11, "φ cannot be told: to v is applied no function"),
        ("ds/du = φ'(2u)", 11, "φ is no function of autograd, and what it is applied to is no node"),
        ("z_1 = dot(W[0], x, b[0], 3)", 7, "dot takes two lists, and a bias if there is one"),
        ("z_1 = dot(x, y)", 7, "dot takes as many inputs as weights, not 3 and 2"),
        ("z_1 = dot(x, u)", 7, "dot takes two lists, and a bias if there is one"),
        ("t = ‖x‖_1", 5, "of the norms the one that sums squares is read"),
        (r"$h_i = \tanh^{n} z_i$", 14, "what stands above tanh is not read: write it behind the parentheses"),
        (r"$s = \sigma u$", 6, "σ is a function, no name: it takes operands, as in σ(x)"),
        (r"$s = \frac{1}{1 + \exp}$", 19, "exp is a function, no name: it takes operands, as in exp(x)"),
        (r"$s = \ln s v$", 12, "how far ln reaches can be read two ways: write ln(a)*b or ln(a*b)"),
        ("g'(2u) = 3", 3, "g is no function of autograd, and what it is applied to is no node"),
        ("s = lambda", 5, "'lambda' is Python, not mathematics: a claim holds names, numbers and functions"),
        ("s = e", 5, "there is no node e; e to a power is written exp, as in exp(-n)"),
        # Sums
        ("z_i = Σ_{j,k} W_ij x_j", 7, "how far k runs cannot be told: no list has it as an index"),
        ("z_i = Σ_{j∖i} W_ij x_j", 10, r"as in \sum_{k=1}^{K} or \sum_{k \neq j}"),
        ("z_i = Σ_j", 10, "the sum is empty: what it sums over is missing"),
        ("z_i = Σ_{1} x", 10, r"below Σ stands what it sums over, as in \sum_{k=1}^{K} or \sum_{k \neq j}"),
        ("z_i = Σ_{j,} x", 7, "an index is missing below the sign"),
        ("z_i = Σ_{j=1}^{u} W_ij x_j", 1, "a bound of a sum is a whole number, or a letter for one"),
        ("z_i = Σ_{j, u>v} W_ij x_j", 7, "how far u runs cannot be told: no list has it as an index"),
        ("g = Σ_{q=1}^{10000000} g", 5, "q takes 10000000 values: too many to write out"),
        ("∂L/∂y_i = δ_{iu}(h_i - y_i)", 11, "δ_{iu} takes two indices: it is 1 where they are equal"),
        # Where a claim holds
        ("∂L/∂y_i = y_i - h_i for i = 1, 3", 29, "of several values only those from one number to another are read"),
        ("∂L/∂y_i = y_i - h_i for i = 1, …", 32, "where the range ends is missing"),
        ("∂L/∂y_i = y_i - h_i for i ∈ S", 27, "a range is written i = 1, …, n or i ∈ {1, …, n}"),
        ("∂L/∂y_i = y_i - h_i for = 3", 25, "something is missing beside ="),
        ("∂L/∂y_i = y_i - h_i for i + 1", 25, "for what the claim holds is not read: write for i = 1, …, n"),
        ("∂p_i/∂h_j = p_i p_j if i = j and i ≠ j", 1, "no value of its letters gives items that exist"),
        ("dg/dv = s for u + 1 = 0.5", 1, "this is about u + 1 = 0.5, and u + 1 is 1.7 here"),
        ("g = s v + u³ otherwise 3", 24, "what holds otherwise is not read here: write cases"),
        ("dr/dv = 0 if v < ), 1 otherwise", 18, "')' is not expected here"),
        ("v ← v - 0.1 dg/dv ← 3", 1, "a line updates one thing once: write w ← w - η*dL/dw"),
        ("2v ← v - 0.1 dg/dv", 1, "what is updated must be a node"),
        ("i = 1, 2, …, 3", 8, "of several claims each has its own =: write them one by one"),
        ("g = = 3", 3, "something is missing behind this sign"),
        ("g = Σ = 3", 6, "the sum is empty: what it sums over is missing"),
        # Cases and environments
        (r"$r = \begin{cases} v & v > 0 $", 6, r"\begin{cases} is never closed: \end{cases} is missing"),
        (
            r"$\frac{\partial p_i}{\partial h_j} = \begin{cases} p_i & i = j \\ p_j & i < j \end{cases}$",
            38, "none of the cases holds for all indices: add one for the others",
        ),
        (r"$s = \begin{tabular} \sigma(u) \end{tabular}$", 6, r"\begin{tabular} is not read within a formula"),
        # Derivatives
        (r"$\frac{d}{du} 3 = 0$", 2, "what is differentiated names no node"),
        ("t = x .* x", None, ".* is MATLAB's, which is not read: write ⊙"),
        ("t = x' x", None, "a ' behind x does not transpose it: write x^T or x.T"),
        (r"$\frac{d^3 g}{du^3} = s$", 9, "of derivatives the first and the second are read"),
        (r"$\nabla g = s$", 2, "a gradient says by what, as in ∇_w L"),
        ("∂g/∂ = s", 5, "∂ stands right before a name"),
        ("∂g/v = s", 3, "the ∂ above has none below: a derivative is written ∂J/∂w"),
        ("∂g/dx² = s", None, "a second derivative is written"),
        ("d/dv = s", 5, "what is differentiated is missing: write d/dw L or dL/dw"),
        (r"$\frac{}{s} = s$", 7, "the fraction has nothing above its stroke"),
        (r"$\frac{s}{} = s$", 10, "the fraction has nothing below its stroke"),
        (r"$\left.\frac{\partial g}{\partial v}\right|_{u=0.9} = s$", 43, "u is 0.7 here: only the recorded point"),
        (r"$\left.\frac{\partial g}{\partial v}\right|_{u=1} = s$", 43, "u is 0.7 here: only the recorded point"),
        (r"$\left.\frac{\partial g}{\partial v}\right|_{u+v=0.3} = s$", 43, "given by nodes and numbers, as in w = 2"),
        ("∂g/∂(2u) = 3", 1, "only recorded nodes have derivatives, and only by recorded nodes"),
        ("∂g/d = s", 3, "the ∂ above has none below: a derivative is written ∂J/∂w"),
        ("∂_{vu} g = s", 1, "only recorded nodes have derivatives, and only by recorded nodes"),
        ("∂_{1,2} g = s", 1, "there is no node 12"),
        (r"$\frac{\partial}{\partial} g = s$", 26, "the line ends here, and something is missing"),
        # Items
        ("s = u_3", 5, "u is one number, not a list: it has no item u_3"),
        ("s = x_3", 5, "there is no x_3: x has 2 items, numbered from 1 in subscripts"),
        (r"${x_1}_2 = 3$", 7, "it is one number, not a list: it has no items"),
        ("x[] = u", 2, "an item needs an index, as in W[0]"),
        (r"$W_1_2 = u$", 5, "W has two subscripts: put them into one, as in W_{ij}"),
        (r"$x_{1}_{2} = u$", 7, "x has two subscripts: put them into one, as in W_{ij}"),
        (r"$W_{1,} = u$", 7, "an index is missing"),
        (r"$x^{} = u$", None, "the superscript is empty"),
        (r"$(W x)_{u} = z_1$", 7, "an index is a whole number or a letter"),
        (r"$(u)_1 = z_1$", 5, "it is one number, not a list: it has no items"),
        (r"$(W x)_7 = z_1$", 2, "no value of its letters gives items that exist"),
        # Marks, braces and numbers
        (r"$t^2 = \langle x, x$", 8, "⟨ is never closed: ⟩ is missing"),
        (r"$s = {}^2$", 6, "what stands here is empty"),
        (r"$s = \not= u$", 6, r"\not is not read: write \neq"),
        (r"$s = \left u$", 12, r"\left stands before a parenthesis, as in \left("),
        ("$s = \\", 6, "a backslash ends the formula: leave it out"),
        (r"$\hat{} = \sigma(u)$", 6, r"\hat stands above a name, as in \hat{y}"),
        (r"$s = {1 \over 1 + e^{-u}}$", 9, r"\over is not read: write what it stands for"),
        (r"$\hat{s + u} = 3$", 6, r"\hat stands above a name, as in \hat{y}"),
        ("s = " + "1234567890" * 7, 5, "this number does not fit a float"),
        ("s = 1.2.3", 8, "1.2.3…: no number reads like this"),
        ("s = 1 2 3", 7, "'2' is not expected here"),
        ("s = (u, v)", 5, "(u, v) may be a list, or a shape: write [u, v] for a list"),
        ("s = ()", 5, "there is nothing between ( and )"),
        ("s = u/2v", 8, "multiplied with it or belong below the stroke: write (a/b)*c or a/(b*c)"),
        ("s = u/uv", 6, "of a/uv not all may stand below: write a/(u*v) or put * in"),
        ("⊤ = s", 1, r"⊤ stands above what it transposes, as in W^\top"),
        (r"$s = [u v]^T$", 6, "a product is not transposed: between the items of a list stand commas"),
        ("s = (u > 0 and v", 5, "( is never closed: ) is missing"),
        (r"$s = u \lor v$", 8, "'or' joins conditions, as in p > 0 or n > 0: of two claims each has a line of its own"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_said_by_column_with_what_to_write(claim, column, says):
    report = judged(claim)
    [unread, *_] = report.unread
    assert column is None or unread.column == column
    assert says in unread.why
    assert not report


def test_a_quotient_of_two_nodes_that_begin_with_d_is_one():
    da, db = Value(0.3), Value(0.7)
    nodes = {"da": da, "db": db, "q": da / db}
    assert check_derivation("q = da/db", nodes)
    assert not check_derivation("q = db/da", nodes)


def test_a_quotient_that_may_be_a_derivative_as_well_is_refused_with_both():
    a, da, db = Value(2.0), Value(0.3), Value(0.7)
    [unread] = check_derivation("q = db/da", {"a": a, "b": 2 * a, "da": da, "db": db, "q": da / db}).unread
    assert "may be the derivative of b by a, or db divided by da: all four are nodes" in unread.why
    assert "write ∂b/∂a or (db)/(da)" in unread.why


def test_a_capital_sigma_that_is_a_node_is_no_sum():
    nodes = {"Σ": Value(0.3)}
    nodes["q"] = 2 * nodes["Σ"]
    assert check_derivation("q = 2Σ", nodes)
    assert not check_derivation("q = 3Σ", nodes)


def test_a_superscript_without_brackets_is_not_dropped_from_a_function():
    """σ^n(u) is a power of σ(u), σ^(2)(u) may be the σ of layer 2."""
    assert not judged(r"$s = \sigma^{n}(u)$")
    assert judged(r"$s = \sigma^{(2)}(u)$")


BLACKBOARD = pytest.param("𝟙ᵀ")


@pytest.mark.parametrize("ones", ["1ᵀ", BLACKBOARD, "1^T", r"$\mathbf{1}^\top$", r"$\mathbb{1}^T$"])
def test_a_transposed_one_is_a_row_of_ones(ones):
    assert judged(f"{ones} x = x_1 + x_2".replace("$ x = x_1 + x_2", " x = x_1 + x_2$"))
