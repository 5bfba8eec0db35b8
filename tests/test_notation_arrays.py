"""Array functions of NumPy and PyTorch in a line of a program: right where NumPy itself comes to the node's value."""

import pytest
from formula_networks import are_equal, network

from autograd import check_derivation

ARRAYS = network(
    {
        "X": [[0.4, -1.2, 0.9], [1.1, 0.3, -0.5]],
        "z": [0.5, -0.8, 1.3],
        "larger": "rectified(X[:, 0] - X[:, 1]) + X[:, 1]",
        "largest": "rectified(larger - X[:, 2]) + X[:, 2]",
        "smaller": "X[:, 0] - rectified(X[:, 0] - X[:, 1])",
        "smallest": "smaller - rectified(smaller - X[:, 2])",
        "spread": "sum((X - array(sum(X) / 6))**2) / 6",
        "deviations": "sqrt(sum((X - sum(X, 0) / 2)**2, 0))",
        "lengths": "sqrt(sum(X**2, 1))",
        "length": "sqrt(sum(z**2))",
        "P": "softmax(X)",
        "logarithms": "X - log(sum(exp(X), 1, keepdims=True))",
        "tops": "log(sum(exp(X), 1))",
        "products": "X[0] * X[1]",
        "gram": "outer(z, X[0])",
        "flat": "X.reshape(6)",
        "column": "z.reshape(3, 1)",
        "chosen": "X[0, 2] + X[1, 0]",
        "rows": "where(X > 0, X, 0 * X)",
        "diagonal": "diag(z) @ array([[1.0], [2.0], [3.0]]) + array([[0.0]]) * z.reshape(3, 1)",
        "total": "sum(X)",
        "J": "sum(X * X) + sum(z)",
    },
    {"Y": [2, 0], "n": 2},
)
ONE_HOT = "np.array([[0, 0, 1], [1, 0, 0]])"


def judged(line):
    return check_derivation(f"```python\n{line}\n```", ARRAYS.nodes())


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("largest = np.max(X, axis=1)", True),
        ("largest = X.max(1)", True),
        ("largest = np.amax(X, axis=-1)", True),
        ("largest = np.max(X, axis=0)", False),
        ("largest = np.min(X, axis=1)", False),
        ("smallest = X.min(axis=1)", True),
        ("smallest = X.max(axis=1)", False),
        ("spread = np.var(X)", True),
        ("spread = np.var(X, ddof=1)", False),
        ("deviations = X.std(axis=0, ddof=1)", True),
        ("deviations = X.std(axis=0)", False),
        ("lengths = np.linalg.norm(X, axis=1)", True),
        ("lengths = np.linalg.norm(X, axis=0)", False),
        ("length = np.linalg.norm(z)", True),
        ("length = np.sqrt(np.sum(z*z))", True),
        ("length = np.sum(z*z)", False),
        ("products = np.prod(X, axis=0)", True),
        ("products = X.prod(1)", False),
        ("gram = np.outer(z, X[0])", True),
        ("gram = np.outer(X[0], z)", False),
        ("flat = X.reshape(-1)", True),
        ("flat = X.flatten()", True),
        ("flat = X.reshape(4 + 2)", True),
        ("flat = X.T.reshape(-1)", False),
        ("flat = X.ravel()", True),
        ("total = np.identity(2)[0, 0] * np.sum(X)", True),
        ("rows = np.full_like(X, 3)", False),
        ("X = flat.reshape((2, 3))", True),
        ("X = flat.reshape(n, -1)", True),
        ("X = flat.reshape(3, 2)", False),
        ("column = z[:, None]", True),
        ("column = z[:, np.newaxis]", True),
        ("column = np.expand_dims(z, 1)", True),
        ("column = 2 * np.expand_dims(z, axis=1)", False),
        ("z = column.squeeze()", True),
        ("z = np.squeeze(column, axis=1)", True),
        ("z = -np.squeeze(column)", False),
        ("chosen = np.sum(X[range(2), Y])", True),
        ("chosen = np.sum(X[np.arange(n), Y])", True),
        ("chosen = np.sum(X * np.eye(3)[Y])", True),
        ("chosen = np.sum(X[[0, 1], [2, 0]])", True),
        ("chosen = np.sum(X[[0, 1], [0, 2]])", False),
        ("rows = X * (X > 0)", True),
        ("rows = np.where(X > 0, X, 0)", True),
        ("rows = np.where(X < 0, X, 0)", False),
        ("rows = np.maximum(X, 0)", True),
        ("rows = X.clip(0, None)", True),
        ("rows = np.clip(X, -1, 0)", False),
        ("total = np.sum(X)", True),
        ("total = np.sum(X, axis=(0, 1))", True),
        ("total = np.sum(X, axis=None)", True),
        ("total = np.sum(X.T)", True),
        ("total = np.sum(np.transpose(X))", True),
        ("total = np.sum(np.swapaxes(X, 0, 1))", True),
        ("total = X.shape[0] * X.size * np.mean(X) / 2", True),
        ("total = len(X) * 3 * np.mean(X)", True),
        ("total = X.size * X.mean()", True),
        ("total = len(X) * np.mean(X)", False),
        ("total = np.sum(X * np.ones_like(X))", True),
        ("total = np.sum(X * np.ones((2, 3)))", True),
        ("total = np.sum(X + np.zeros(X.shape))", True),
        ("total = np.sum(X * np.zeros_like(X))", False),
        ("total = np.sum(np.ones(n) @ X)", True),
        ("total = np.sum(np.eye(2) @ X)", True),
        ("total = np.sum(np.identity(n) @ X)", True),
        ("total = np.add(np.sum(X[0]), np.sum(X[1]))", True),
        ("total = np.subtract(np.sum(X[0]), np.negative(np.sum(X[1])))", True),
        ("total = np.divide(np.multiply(2, np.sum(X)), np.power(2, 1))", True),
        ("total = np.divide(np.multiply(2, np.sum(X)), np.power(2, 2))", False),
        ("total = np.sum(np.square(X) / X)", True),
        ("total = np.sum(np.reciprocal(1 / X))", True),
        ("total = np.sum(np.reciprocal(X))", False),
        ("total = np.average(X) * 6", True),
        ("total = np.pi * np.sum(X) / np.pi", True),
        ("total = 1_0 * np.sum(X) / 10", True),
        ("total = True * np.sum(X)", True),
        ("total = +np.sum(X)", True),
        ("total = np.dot(z, z) / (z @ z) * np.sum(X)", True),
        ("total = max(np.sum(X), -100)", True),
        ("total = max(np.sum(X), 100)", False),
        ("total = np.sum(X) if n > 1 else 0", True),
        ("total = np.sum(X) if not (n < 1 or n > 3) else 0", True),
        ("total = np.sum((X > 0) | (X <= 0)) + np.sum(X) - 6", True),
        ("total = np.sum((X > 0) & (X <= 0)) + np.sum(X) - 6", False),
        ("total = [np.sum(X)][0]", True),
        ("total = X.copy().sum()", True),
        ("total = X.astype(float).sum()", True),
        ("total = np.sum(X, dtype=np.float64)", True),
        ("total = float(np.sum(X))", True),
        ("diagonal = np.diag(z) @ np.array([[1], [2], [3]])", True),
        ("diagonal = np.diag(z) @ np.array([[1], [1], [3]])", False),
        ("length = np.sqrt(np.sum(np.diag(np.diag(z)) * z))", True),
        ("length = np.sqrt(np.sum(np.diag(np.diag(z))))", False),
    ],
)  # fmt: skip
def test_a_line_is_right_where_numpy_comes_to_the_same(line, holds):
    target, formula = line.split(" = ")
    assert are_equal(ARRAYS, target, formula) == holds
    report = judged(line)
    assert not report.unread, report
    assert [each.holds for each in report.lines] == [holds], report


@pytest.mark.parametrize(
    ("line", "in_numpy", "holds"),
    [
        ("largest = X.max(dim=1)", "X.max(1)", True),
        ("total = torch.max(X, 0).values.sum()", "X.max(0).sum()", False),
        ("deviations = torch.std(X, dim=0)", "X.std(0, ddof=1)", True),
        ("deviations = torch.std(X, dim=0, unbiased=False)", "X.std(0)", False),
        ("P = softmax(X, axis=1)", "softmax(X)", True),
        ("P = F.softmax(X, dim=1)", "softmax(X)", True),
        ("P = F.softmax(X, dim=0)", "softmax(X.T).T", False),
        ("logarithms = torch.log_softmax(X, dim=1)", "log(softmax(X))", True),
        ("logarithms = F.log_softmax(X, dim=0)", "log(softmax(X.T).T)", False),
        ("tops = torch.logsumexp(X, dim=1)", "log(exp(X).sum(1))", True),
        ("tops = torch.logsumexp(X, dim=0)", "log(exp(X).sum(0))", False),
        ("chosen = (X * F.one_hot(Y, num_classes=3)).sum()", f"(X * {ONE_HOT}).sum()", True),
        ("chosen = (X * F.one_hot(Y)).sum()", f"(X * {ONE_HOT}).sum()", True),
        ("chosen = (X * F.one_hot(Y, 3)[::-1]).sum()", f"(X * {ONE_HOT}[::-1]).sum()", False),
        ("chosen = (X * F.one_hot(torch.max(X, 1).indices, 3)).sum()", "X.max(1).sum()", True),
        ("chosen = (X * F.one_hot(X.argmax(1), 3)).sum()", "X.max(1).sum()", True),
        ("rows = torch.clamp(X, min=0)", "np.clip(X, 0, None)", True),
        ("rows = torch.clamp(X, max=0)", "np.clip(X, None, 0)", False),
        ("total = X.size(1) * X.size(0) * X.mean()", "X.size * X.mean()", True),
        ("total = X.numel() * X.mean()", "X.size * X.mean()", True),
        ("total = torch.sum(torch.rsqrt(X**2) * X * abs(X))", "(X * abs(X) / np.sqrt(X**2)).sum()", True),
        ("total = torch.tensor(X).sum().item()", "X.sum()", True),
        ("total = X.detach().cpu().numpy().sum()", "X.sum()", True),
        ("total = X.sum().data", "X.sum()", True),
        ("total = X.transpose(1, 0).sum()", "X.sum()", True),
        ("flat = X.view(6)", "X.reshape(6)", True),
        ("column = z.unsqueeze(1)", "z[:, None]", True),
        ("column = z.unsqueeze(-1) * 2", "2 * z[:, None]", False),
        ("gram = torch.ger(z, X[0])", "np.outer(z, X[0])", True),
        ("X = flat.view_as(X)", "flat.reshape(2, 3)", True),
        ("X = flat.reshape(X.shape)", "flat.reshape(2, 3)", True),
        ("flat = X.t().contiguous().view(6)", "X.T.reshape(6)", False),
    ],
)
def test_a_line_of_pytorch_is_right_where_its_like_in_numpy_comes_to_the_same(line, in_numpy, holds):
    assert are_equal(ARRAYS, line.split(" = ")[0], in_numpy) == holds
    report = judged(line)
    assert not report.unread, report
    assert [each.holds for each in report.lines] == [holds], report


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("largest = np.max(X, axis=0)", "largest is a vector of 2, and np.max(X, axis=0) is a vector of 3"),
        ("deviations = np.std(X, axis=0, ddof=2)", "a variance of 2 items that divides by 0"),
        ("flat = X.reshape(4)", "2×3 cannot take the shape a vector of 4"),
        ("z = np.squeeze(column, axis=0)", "3×1 has no such axis 0"),
        ("z = np.expand_dims(z, 7)", "a vector of 3 has no such axis 7"),
        ("total = np.sum(X, axis=2)", "2×3 has no axis 2"),
        ("total = X.shape[7] * np.mean(X)", "2×3 has no axis 7"),
        ("total = np.sum(X, axis=1, keepdims=True)", "total is a number, and np.sum(X, axis=1, keepdims=True) is 2×1"),
        ("column = z[None]", "column is 3×1, and z[None] is 1×3"),
        ("total = 5 @ X", "total is a number, and 5 @ X is 2×3"),
        ("rows = X @ X", "2×3 times 2×3: the inner lengths 3 and 2 differ"),
        ("rows = X * z[:2]", "2×3 and a vector of 2 do not fit together entry by entry"),
        ("total = np.sum(np.diag(X[None]))", "diag takes a vector or a matrix, not 1×2×3"),
        ("rows = np.array([X[0], X[1][:2]])", "the rows of an array have the shapes a vector of 3 and a vector of 2"),
        ("rows = X[None] @ X", "2×3 times 2×3: the inner lengths 3 and 2 differ"),
    ],
)
def test_shapes_that_do_not_fit_make_a_line_wrong_and_are_named(line, says):
    [found] = judged(line).lines
    assert not found.holds
    assert says in found.remark


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("deviations = X.std(0)", 14, "NumPy divides a variance by n, PyTorch by n - 1: say ddof=0 or unbiased=True"),
        ("length = np.linalg.norm(z, 1)", 10, "norm is read with an axis and keepdims only"),
        ("total = np.sum(X, 0, 1, 2)", 9, "sum is read with an axis and keepdims only"),
        ("total = np.sum(X, where=X > 0)", 9, "where= is not read here"),
        ("total = np.sum(X, out=total)", 9, "out= is not read: write the result on the left of ="),
        ("total = np.sum(X, *args)", 9, "* before an argument is not read: write the arguments out"),
        ("P = F.softmax(X)", 5, "along which axis? Write softmax(…, axis=1)"),
        ("chosen = np.sum(F.one_hot(X))", 17, "one_hot takes a list of whole numbers among the nodes"),
        (
            "total = np.sum(np.ones(q) @ X)",
            1,
            "a size is a whole number: a number, a name among the nodes, or X.shape[0]",
        ),
        ("total = np.sum(X.permute(1))", 16, "only the two axes of a matrix are exchanged: write .T"),
        ("total = np.sum(X.transpose(2, 0))", 16, "only the two axes of a matrix are exchanged: write .T"),
        (
            "total = np.sum(z[None, 0:2])",
            16,
            "a new axis and a part of another are not read at once: write them in two",
        ),
        ("total = sum([x for x in X.T])", 13, "over what this loop runs cannot be told: write its items out"),
        ("total = sum(x for x in z if x > 0)", 12, "whether this condition holds cannot be told"),
        ("total = X[0][0] ^ 2", 9, "in Python ^ is no power: write **, as in x**2"),
        ("total = np.sum(X) is z", 9, "only < <= > >= == != compare numbers"),
        ("total = np.sum(np.argmax(X))", 16, "argmax is no function of autograd"),
        ("total = np.inf", 9, "np.inf is not read: write its value"),
        ("total = 0x1F", 9, "0x1F is no number of a formula: write it in decimals"),
        ("total = X.ndim", 9, ".ndim is not read here: write numbers, or names for them"),
        ("total = np.sum(z[9])", 16, "z has 3 items, numbered from 0: there is no [9] with a Value"),
        ("total = np.sum(X)[0]", 9, "it is one number, not a list: it has no items"),
        ("total = (2 * X)[5][0]", 9, "2×3 has no such item (they are numbered from 0)"),
        ("total = z[n + q]", 1, "a subscript is a whole number, counted from 0, as in W1[1][0]"),
        ("total = (lambda q: q)(X)", 9, "what is called here is no function that is read: write a formula"),
        ("total = 1 + conv2d(X, X)", 13, "convolutions and pooling are not read: write the sums out"),
        ("total = 1 + elu_prime(X)", 13, "write its formula, as in a*(1 - a), or paste its def with it"),
        ("total = 1 + np.cumsum(X)", 13, "cumsum is no function that is read here, or not with these arguments"),
        ("total = await z", 9, "Await of Python has no meaning in a derivation: write a formula"),
        ("total = " + "-" * 60 + "z[0]", None, "nested more than 50 deep: give a part of it a name"),
    ],
)
def test_what_is_not_read_is_said_by_column(line, column, says):
    report = judged(line)
    [unread] = report.unread
    assert unread.number == 2
    assert column is None or unread.column == column
    assert says in unread.why
    assert not report
