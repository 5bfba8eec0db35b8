"""Networks of every shape lift to array code with the values and gradients of the scalar engine."""

import inspect
import traceback
from itertools import pairwise
from random import Random

import numpy as np
import pytest

import autograd
from autograd import Value, dot, maximum, relu, sigmoid, softmax, softplus, tanh, vectorize, where
from nn import MLP, Layer, Perceptron, binary_cross_entropy, cross_entropy, hinge, l2, squared_error
from tests.lifting import assert_lifts

PRECISIONS = pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-11), ("float32", 2e-4)])


def vector(random, size, name=None):
    return [Value(random.gauss(0, 0.7), name and f"{name}.{i}") for i in range(size)]


def matrix(random, rows, columns):
    return [vector(random, columns) for _ in range(rows)]


def inputs(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# Every network and loss of nn


@PRECISIONS
@pytest.mark.parametrize("activation", [relu, tanh, sigmoid, softplus])
@pytest.mark.parametrize("sizes", [[1], [3, 1], [4, 1, 3, 1], [2, 2, 2, 2, 1]])
@pytest.mark.parametrize("batch", [1, 7])
def test_a_network_lifts(sizes, activation, batch, dtype, tolerance):
    model = MLP(3, sizes, activation, seed=1)

    assert_lifts(
        lambda x, y: squared_error(model(x), y), inputs(batch, 3), inputs(batch), dtype=dtype, tolerance=tolerance
    )


@PRECISIONS
@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize("loss", [squared_error, cross_entropy])
def test_a_loss_of_several_outputs_lifts(loss, batch, dtype, tolerance):
    model = MLP(2, [5, 3], tanh, seed=0)
    targets = np.eye(3)[np.arange(batch) % 3]

    assert_lifts(lambda x, y: loss(model(x), y), inputs(batch, 2), targets, dtype=dtype, tolerance=tolerance)


@PRECISIONS
@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize(("loss", "low"), [(hinge, -1.0), (binary_cross_entropy, 0.0)])
def test_a_loss_of_one_output_lifts(loss, low, batch, dtype, tolerance):
    model = MLP(2, [5, 1], relu, seed=0)
    targets = np.where(np.arange(batch) % 2, 1.0, low)

    assert_lifts(lambda x, y: loss(model(x), y), inputs(batch, 2), targets, dtype=dtype, tolerance=tolerance)


@PRECISIONS
def test_weight_decay_lifts(dtype, tolerance):
    model = MLP(2, [4, 1], tanh, seed=0)

    assert_lifts(
        lambda x, y: hinge(model(x), y) + l2(model.parameters(), 0.01) + 0.1 * sum(p**2 for p in model.parameters()),
        inputs(5, 2),
        [1, -1, 1, -1, 1],
        dtype=dtype,
        tolerance=tolerance,
    )


# Networks that share, branch and repeat


def recurrent(steps=4, seed=0):
    """An unrolled recurrent network, and how it would be written in NumPy."""
    random = Random(seed)
    U, W, b, v = matrix(random, 3, 2), matrix(random, 3, 3), vector(random, 3), vector(random, 3)

    def loss(xs, y):
        state = [0.0] * 3
        for x in xs:
            state = [tanh(dot(w, state) + dot(u, x) + bias) for w, u, bias in zip(W, U, b, strict=True)]
        return (dot(v, state) - y) ** 2

    return loss, inputs(5, steps, 2), inputs(5)


@PRECISIONS
def test_an_unrolled_recurrent_network_lifts(dtype, tolerance):
    assert_lifts(*recurrent(), dtype=dtype, tolerance=tolerance)


def test_a_step_of_a_recurrent_network_is_two_matrix_products():
    program = vectorize(recurrent()[0], [[0.0] * 2] * 4, 0.0)

    forward = program.source.split("def backward")[0]
    assert forward.count("@") == 2 * 4  # no product with the first state, which is 0, and one for the output


@PRECISIONS
def test_a_convolution_lifts(dtype, tolerance):
    random = Random(0)
    kernels, biases = matrix(random, 2, 3), vector(random, 2)

    def loss(x, y):
        windows = [x[i : i + 3] for i in range(len(x) - 2)]
        maps = [relu(dot(k, window, b)) for k, b in zip(kernels, biases, strict=True) for window in windows]
        return (autograd.mean(maps) - y) ** 2

    assert_lifts(loss, inputs(5, 8), inputs(5), dtype=dtype, tolerance=tolerance)


@PRECISIONS
def test_a_convolution_of_images_lifts(dtype, tolerance):
    kernel, bias = matrix(Random(0), 2, 2), Value(0.1)

    def loss(image):
        patches = [[image[r + i][c + j] for i in range(2) for j in range(2)] for r in range(3) for c in range(3)]
        responses = [relu(dot([w for row in kernel for w in row], patch, bias)) for patch in patches]
        return autograd.sum([response * response for response in responses])

    assert_lifts(loss, inputs(5, 4, 4), dtype=dtype, tolerance=tolerance)


CONVOLUTION = """\
    weights = parameters[0:8].reshape(2, 4)
    weights_2 = parameters[8:26]
    image_windows = windows(windows(image.reshape(batch, 4, 4), 1, 2, 1), 2, 2, 1)
    total = einsum('ilm,bjklm->bijk', weights.reshape(2, 2, 2), image_windows).reshape(batch, 18)
    relu = np.maximum(total, 0)
    total_2 = relu @ weights_2
"""


@PRECISIONS
def test_a_convolution_of_several_kernels_is_one_matrix_product(dtype, tolerance):
    kernels, top = matrix(Random(0), 2, 4), vector(Random(1), 18)

    def loss(image):
        patches = [[image[r + i][c + j] for i in range(2) for j in range(2)] for r in range(3) for c in range(3)]
        return dot(top, [relu(dot(kernel, patch)) for kernel in kernels for patch in patches]).tanh()

    program = assert_lifts(loss, inputs(5, 4, 4), dtype=dtype, tolerance=tolerance)

    assert CONVOLUTION in program.source


@PRECISIONS
def test_a_network_of_convolutions_and_pooling_lifts(dtype, tolerance):
    first, second, top = matrix(Random(0), 2, 9), matrix(Random(1), 3, 8), vector(Random(2), 3)

    def loss(image, y):
        maps = [
            [
                [relu(dot(k, [image[r + i][c + j] for i in range(3) for j in range(3)])) for c in range(4)]
                for r in range(4)
            ]
            for k in first
        ]
        pooled = [
            [
                [maximum(maximum(m[r][c], m[r][c + 1]), maximum(m[r + 1][c], m[r + 1][c + 1])) for c in range(3)]
                for r in range(3)
            ]
            for m in maps
        ]
        windows = [
            [m[r + i][c + j] for m in pooled for i in range(2) for j in range(2)] for r in range(2) for c in range(2)
        ]
        features = [autograd.mean([tanh(dot(k, window)) for window in windows]) for k in second]
        return squared_error(dot(top, features), y)

    assert_lifts(loss, inputs(5, 6, 6), inputs(5), dtype=dtype, tolerance=tolerance)


@pytest.mark.parametrize("order", ["kernels", "windows"])
@pytest.mark.parametrize("uneven", [False, True])
def test_a_convolution_lifts_in_any_order_and_uneven(order, uneven):
    kernels = matrix(Random(0), 3, 2)

    def loss(x):
        pairs = [(k, i) for k in range(3) for i in range(4)]
        pairs.sort(key=lambda pair: pair if order == "kernels" else pair[::-1])
        return autograd.sum([dot(kernels[k], x[i : i + 2], kernels[k][0]).tanh() for k, i in pairs[uneven:]])

    assert_lifts(loss, inputs(5, 5))


@PRECISIONS
def test_attention_lifts(dtype, tolerance):
    W = matrix(Random(0), 3, 3)

    def loss(tokens):
        keys = [[dot(w, token) for w in W] for token in tokens]
        weights = [softmax([dot(token, key) for key in keys]) for token in tokens]
        return autograd.sum([tanh(dot(row, [t[j] for t in tokens])) for row in weights for j in range(3)])

    assert_lifts(loss, inputs(5, 3, 3), dtype=dtype, tolerance=tolerance)


def test_two_towers_and_a_skip_connection_lift():
    left, right, top = Layer(2, 3, tanh, seed=0), Layer(3, 3, relu, seed=1), Perceptron(8, None, seed=2)

    def loss(a, b, y):
        return squared_error(top([*left(a), *right(b), *a]), y)

    assert_lifts(loss, inputs(5, 2), inputs(5, 3), inputs(5))


def test_a_weight_matrix_and_its_transpose_lift():
    W, b = matrix(Random(0), 3, 4), vector(Random(1), 4)

    def reconstruction(x):
        code = [tanh(dot(row, x)) for row in W]
        return squared_error([dot(column, code, bias) for column, bias in zip(zip(*W, strict=True), b, strict=True)], x)

    assert_lifts(reconstruction, inputs(5, 4))


def test_an_embedding_chosen_by_a_one_hot_input_lifts():
    table, model = matrix(Random(0), 5, 3), MLP(3, [4, 1], tanh, seed=0)

    def loss(one_hot, y):
        return squared_error(model([dot(one_hot, column) for column in zip(*table, strict=True)]), y)

    assert_lifts(loss, np.eye(5), inputs(5))


def test_a_product_of_parameter_matrices_lifts():
    A, B = matrix(Random(0), 2, 3), matrix(Random(1), 3, 4)

    def loss(x):
        product = [[dot(row, column) for column in zip(*B, strict=True)] for row in A]
        return autograd.sum([dot(row, x) ** 2 for row in product])

    assert_lifts(loss, inputs(5, 4))


def test_linear_layers_without_an_activation_between_them_lift():
    model = MLP(3, [4, 5, 1], None, seed=0)

    assert_lifts(lambda x, y: squared_error(model(x), y), inputs(5, 3), inputs(5))


def test_distances_to_centres_lift():
    centres = matrix(Random(0), 4, 3)

    def loss(x):
        return autograd.logsumexp(
            [-autograd.sum([(c - v) ** 2 for c, v in zip(row, x, strict=True)]) for row in centres]
        )

    assert_lifts(loss, inputs(5, 3))


def test_a_normalized_layer_lifts():
    gain, shift = vector(Random(0), 4), vector(Random(1), 4)

    def loss(x):
        mean = autograd.mean(x)
        deviation = (autograd.mean([(v - mean) ** 2 for v in x]) + 1e-5).sqrt()
        return autograd.sum([tanh(g * (v - mean) / deviation + s) for v, g, s in zip(x, gain, shift, strict=True)])

    assert_lifts(loss, inputs(5, 4))


# Neurons spelled out by hand


def spelled_out(width, seed=0):
    """A network without nn: sums of products in an order of their own, neurons shuffled."""
    random = Random(seed)
    W, b, v = matrix(random, width, 3), vector(random, width), vector(random, width)

    def loss(x, y):
        shuffled = Random(1)
        hidden = []
        for row, bias in zip(W, b, strict=True):
            terms = [w * xi for w, xi in zip(row, x, strict=True)] + [bias]
            shuffled.shuffle(terms)
            hidden.append(sum(terms).tanh())
        order = shuffled.sample(range(width), width)
        return (sum(v[i] * hidden[i] for i in order) - y) ** 2

    return loss


@PRECISIONS
def test_neurons_spelled_out_by_hand_and_shuffled_lift(dtype, tolerance):
    assert_lifts(spelled_out(4), inputs(5, 3), inputs(5), dtype=dtype, tolerance=tolerance)


def test_neurons_spelled_out_by_hand_become_matrix_products():
    program = vectorize(spelled_out(5), [0.0] * 3, 0.0)

    assert "x @ weights.T + bias" in program.source
    assert "tanh @ weights_2" in program.source


def lines(program):
    return program.source.split("def backward")[0].count("\n"), program.source.count("def "), program.source.count("@")


def test_neurons_spelled_out_by_hand_take_as_many_lines_at_any_width():
    assert lines(vectorize(spelled_out(4), [0.0] * 3, 0.0)) == lines(vectorize(spelled_out(60), [0.0] * 3, 0.0))


# What the source looks like


def mlp_loss(sizes, n_inputs=2, activation=tanh):
    model = MLP(n_inputs, sizes, activation, seed=0)

    def loss(x, y):
        return squared_error(model(x), y)

    return loss


def test_the_source_has_as_many_lines_at_width_1000_as_at_width_4():
    narrow, wide = (vectorize(mlp_loss([width, 1]), [0.0] * 2, 0.0).source for width in (4, 1000))

    assert len(narrow.splitlines()) == len(wide.splitlines())


@pytest.mark.parametrize("sizes", [[4, 1], [16, 16, 1]])
def test_the_source_loops_over_nothing_and_multiplies_matrices(sizes):
    source = vectorize(mlp_loss(sizes), [0.0] * 2, 0.0).source

    assert "for " not in source
    assert source.split("def backward")[0].count("@") == len(sizes)


SOURCE = """\
def forward(parameters, x, y):
    layers_0_weights = parameters[0:8].reshape(4, 2)
    layers_0_bias = parameters[8:12]
    layers_1_weights = parameters[12:16]
    layers_1_bias = parameters[16]
    layers_0_sum = x @ layers_0_weights.T + layers_0_bias
    layers_0_tanh = np.tanh(layers_0_sum)
    layers_1_sum = layers_0_tanh @ layers_1_weights + layers_1_bias - y
    loss = 0.5 * layers_1_sum ** 2
    return (loss,), (layers_1_weights, layers_0_tanh, layers_1_sum)


def backward(parameters, x, y, saved):
    (layers_1_weights, layers_0_tanh, layers_1_sum) = saved
    batch = len(x)
    d_layers_1_sum = layers_1_sum / batch  # through loss
    d_layers_0_tanh = d_layers_1_sum[:, None] * layers_1_weights  # through layers_1_sum
    d_layers_0_sum = d_layers_0_tanh * (1 - layers_0_tanh * layers_0_tanh)  # through layers_0_tanh
    d_layers_0_weights = d_layers_0_sum.T @ x  # through layers_0_sum
    d_layers_0_bias = d_layers_0_sum.sum(axis=0)  # through layers_0_sum
    d_layers_1_weights = d_layers_1_sum @ layers_0_tanh  # through layers_1_sum
    d_layers_1_bias = d_layers_1_sum.sum(axis=0)  # through layers_1_sum
    gradient = np.concatenate((
        d_layers_0_weights.ravel(), d_layers_0_bias, d_layers_1_weights, d_layers_1_bias[None]
    ))
    return gradient
"""


def test_the_source_of_a_network_is_what_a_person_would_have_written():
    assert vectorize(mlp_loss([4, 1]), [0.0, 0.0], 0.0).source == SOURCE


def test_each_backward_line_names_a_forward_line():
    model = MLP(3, [5, 4, 3], relu, seed=0)
    source = vectorize(lambda x, y: cross_entropy(model(x), y), [0.0] * 3, [0.0] * 3).source
    forward, backward = source.split("def backward")

    through = [name for line in backward.splitlines() if "# through " in line
               for name in line.split("# through ")[1].rstrip(",").split(", ")]  # fmt: skip

    assert through
    assert all(f"    {name} = " in forward for name in through)


def test_a_weight_matrix_is_a_view_of_the_flat_array_of_parameters():
    program = vectorize(mlp_loss([4, 1]), [0.0, 0.0], 0.0)
    theta = program.read()

    _, (weights, _, _) = program._compiled.forward(theta, inputs(5, 2), inputs(5))

    assert np.shares_memory(weights, theta)


def test_the_rows_of_a_weight_matrix_are_the_weights_of_its_neurons():
    model = MLP(2, [4, 1], tanh, seed=0)

    program = vectorize(lambda x, y: squared_error(model(x), y), [0.0] * 2, 0.0)

    assert program.parameters[:8] == [w for neuron in model.layers[0].perceptrons for w in neuron.weights]


def test_inspect_shows_the_generated_functions():
    program = vectorize(mlp_loss([4, 1]), [0.0, 0.0], 0.0)

    assert inspect.getsource(program._compiled.forward) in program.source


def test_a_traceback_shows_the_generated_line():
    program = vectorize(mlp_loss([4, 1]), [0.0, 0.0], 0.0)

    with pytest.raises(ValueError) as caught:
        program._compiled.forward(program.read(), np.ones((5, 3)), np.ones(5))

    assert "layers_0_sum = x @ layers_0_weights.T + layers_0_bias" in "".join(traceback.format_exception(caught.value))


def test_a_gradient_that_no_parameter_needs_is_not_computed():
    w = Value(0.5)

    source = vectorize(lambda x: where(x > 1, w * x.tanh().sin(), w), 0.0).source

    assert "d_tanh" not in source
    assert "d_greater" not in source


# Outputs


def test_the_outputs_of_a_layer_come_as_rows():
    model = MLP(3, [4, 2], tanh, seed=0)
    X = inputs(5, 3)

    predictions = vectorize(model, X[0])(X)

    expected = [[output.data for output in model([Value(v) for v in x])] for x in X.tolist()]
    np.testing.assert_allclose(predictions, expected, rtol=1e-12)


def test_nested_lists_of_outputs_keep_their_shape():
    a = Value(2.0)

    program = vectorize(lambda x: [[x, a], [a * x, 1.0], [a, x * x]], 0.0)

    assert program([3.0, 5.0]).tolist() == [[[3, 2], [6, 1], [2, 9]], [[5, 2], [10, 1], [2, 25]]]


def test_inputs_can_be_outputs_in_any_order():
    assert vectorize(lambda x: [x[2], x[0], x[2]], [0.0] * 3)([[1.0, 2.0, 3.0]]).tolist() == [[3.0, 1.0, 3.0]]


@pytest.mark.parametrize(
    "function",
    [lambda x: x, lambda x: [x, x], lambda x: Value(3.0), lambda x: [Value(3.0), x], lambda x: x**0],
)
def test_outputs_are_the_callers_own(function):
    X = np.array([1.0, 2.0])
    program = vectorize(function, 0.0)

    program(X)[...] = 7.0

    assert X.tolist() == [1.0, 2.0]
    assert program(X).reshape(2, -1)[:, 0].tolist() in ([1.0, 2.0], [3.0, 3.0], [1.0, 1.0])


def test_an_output_that_is_the_same_for_all_examples_is_repeated():
    a = Value(2.0)

    assert vectorize(lambda x: a * a, 0.0)([1.0, 2.0, 3.0]).tolist() == [4.0, 4.0, 4.0]


def test_a_function_without_arguments_lifts():
    a, b = Value(2.0), Value(3.0)

    assert_lifts(lambda: a * a * b)


# Single operations where arrays differ from scalars

a, b, c, d = Value(0.7), Value(-1.3), Value(0.4), Value(2.1)
w = [Value(0.3), Value(-0.8), Value(1.1)]

SCALAR = {
    "x**0": lambda x: a * x**0,
    "x**0 alone": lambda x: x**0,
    "a**0": lambda x: a**0 + x,
    "x**1": lambda x: a * x**1,
    "2**x": lambda x: a * 2**x,
    "2**a": lambda x: 2**a + x,
    "a**x": lambda x: d**x,
    "a**b": lambda x: d**a * x,
    "x/a": lambda x: x / d,
    "a/x": lambda x: a / (x * x + 1),
    "1/a": lambda x: 1 / a + x,
    "parameters only": lambda x: a * b + c,
    "a parameter": lambda x: a,
    "inputs only": lambda x: x.tanh() * x,
    "an input": lambda x: x,
    "a constant": lambda x: Value(3.0),
    "a repeated operand": lambda x: a + a + x + x + a * a * x * x,
    "nothing left": lambda x: a - a + x - x,
    "parameters that cancel": lambda x: (3 - (a - a)) * x + (b + 3) - b,
    "parameters that cancel, and nothing else": lambda x: 3 - (a - a),
    "zero times": lambda x: 0 * x + a * 0,
    "a truth as a number": lambda x: (x > 0) * a + ((x > a) & (x < d)) * b + ((x > 1) | ~(x > a)) * c,
    "a truth alone": lambda x: (x > a) * 1.0,
    "where of numbers": lambda x: where(x > 0, 1.0, 0.0) * a + where(x > 0, 0, 1) * b + where(a > 0, 0, 3) * c,
    "where of parameters": lambda x: where(a > b, a, b) * x,
    "a parameter chooses": lambda x: where(a > b, a * x, b),
    "leaky relu": lambda x: where(a * x > 0, a * x, 0.01 * a * x),
    "step and sign": lambda x: autograd.ops.step(a * x) * b + autograd.ops.sign(a * x) * b,
    "ties": lambda x: maximum(a * x, a * x) + maximum(a, a) + autograd.minimum(a * x, 0.5),
    "logsumexp of one": lambda x: autograd.logsumexp([x * a]),
    "logsumexp of the same": lambda x: autograd.logsumexp([x * a, x * a, x * a]),
    "logsumexp of anything": lambda x: autograd.logsumexp([3.0, 2.0, x, a, x * b]),
    "logsumexp of parameters": lambda x: autograd.logsumexp([a, b, c]) + x,
    "prod with a zero": lambda x: autograd.prod([a, x, b, Value(0.0), x]),
    "a polynomial": lambda x: a + x * (b + x * (c + x * d)),
    "a Gaussian": lambda x: -(((x - a) / d) ** 2) / 2 - d.log(),
    "½ Σ p²": lambda x: l2([a, b, c], 0.5),
    "a weighted sum of parameters": lambda x: dot([1.0, 2.0, 3.0], w),
}


@PRECISIONS
@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("name", SCALAR)
def test_a_function_of_a_number_lifts(name, batch, dtype, tolerance):
    assert_lifts(SCALAR[name], inputs(5, seed=3)[:batch], dtype=dtype, tolerance=tolerance)


ORDERS = [w, w[::-1], [*w[1:], w[0]]]

VECTORS = {
    "a power of two inputs": lambda x: x[0].exp() ** x[1] * a,
    "a dot product with itself": lambda x: dot(x, x) * a,
    "repeated weights": lambda x: dot([a, a, b], [x[0], x[1], x[0]]),
    "outer product": lambda x: autograd.sum([(p * v).tanh() for p in w for v in x]),
    "differences": lambda x: autograd.sum([(p - v) ** 2 * a for p in x for v in x]),
    "coefficients": lambda x: autograd.sum([dot([1.0, 2.0, float(k)], x).tanh() * a for k in range(3)]),
    "powers of parameters": lambda x: autograd.sum([(v * v + 1) ** p for v, p in zip(x, w, strict=True)]),
    "powers of constants": lambda x: autograd.sum([(2.0 + i) ** (w[i] * v) for i, v in enumerate(x)]),
    "constants chosen": lambda x: autograd.sum([where(v > 0, 1.0 + i, float(i)) * a for i, v in enumerate(x)]),
    "quotients of a layer": lambda x: autograd.sum([v.exp() / autograd.sum([u.exp() for u in x]) * a for v in x[:2]]),
    "sums in another order": lambda x: autograd.sum([w[0] / (1 + a * dot(y, y)) for y in (x, x[::-1])]),
    "equal sums of parameters": lambda x: autograd.sum([v / (1 + dot(p, p)) for v, p in zip(x, ORDERS, strict=True)]),
    "products that all share": lambda x: autograd.sum([(v - dot(p, w)).tanh() for v, p in zip(x, ORDERS, strict=True)]),
    "the largest": lambda x: maximum(maximum(x[0] * a, x[1] * b), x[2]),
}  # fmt: skip


@PRECISIONS
@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("name", VECTORS)
def test_a_function_of_a_vector_lifts(name, batch, dtype, tolerance):
    assert_lifts(VECTORS[name], inputs(5, 3)[:batch], dtype=dtype, tolerance=tolerance)


@PRECISIONS
def test_large_operands_neither_overflow_nor_warn(dtype, tolerance):
    def loss(x, y):
        z = x * d
        return (
            z.sigmoid() + z.softplus() + z.tanh() + autograd.logsumexp([x * a, x * b, 0.0])
            + binary_cross_entropy(z, y) + cross_entropy([x * a, x * b], [y, 1 - y]) + softmax([x * a, x * b])[1]
        )  # fmt: skip

    assert_lifts(loss, [1000.0, -1000.0, 0.0, 30.0, -30.0], [1.0, 1.0, 0.0, 0.5, 0.0], dtype=dtype, tolerance=tolerance)


@PRECISIONS
def test_an_infinite_slope_in_a_branch_not_taken_counts_for_nothing(dtype, tolerance):
    def loss(x):
        return where(x > 0, (x * d).sqrt() + (x * d) ** 0.3, a) * b

    assert_lifts(loss, [0.0, 1.0, 4.0], dtype=dtype, tolerance=tolerance)


def test_a_power_of_0_has_no_slope_by_its_exponent():
    assert_lifts(lambda x: (x * a) ** d + x**d, [0.0, 1.0, 2.0])


def test_a_users_own_operation_lifts():
    scaled = autograd.Operation("scaled", lambda m, a: a * m.exp(2), lambda m, y, a: (m.exp(2),))
    product = autograd.Operation("product plus", lambda m, a, b, c: a * b + c, lambda m, y, a, b, c: (b, a, 1))
    leaky = autograd.Operation(
        "leaky", lambda m, a: m.maximum(a, a / 10), lambda m, y, a: (m.step(a) + m.divide(1, 10) * m.step(-a),)
    )

    assert_lifts(lambda x: scaled(x * a) + product(x, a, b) + product(2.0, x, a) + leaky(x * b), inputs(5))
    assert vectorize(lambda x: leaky(x * b), 0.0, dtype="float32").value_and_gradients([1.0])[1].dtype == np.float32


# Big and irregular


def irregular(count):
    random = Random(1)
    parameters, seed = vector(random, 20), random.random()

    def function(x):
        random = Random(seed)
        pool = [*x, *parameters]
        for _ in range(count):
            p, q, s = (random.choice(pool[-60:] + parameters) for _ in range(3))
            step = random.choice(
                [
                    lambda p, q, s: p + q,
                    lambda p, q, s: p * q.tanh(),
                    lambda p, q, s: p.sigmoid(),
                    lambda p, q, s: q.relu(),
                    lambda p, q, s: maximum(p, q).tanh(),
                    lambda p, q, s: dot([p.tanh(), q], [q.tanh(), 1.0], s).tanh(),
                    lambda p, q, s: p / (1 + q * q),
                ]
            )
            pool.append(step(p, q, s))
        return autograd.mean([node.tanh() for node in pool[-100:]])

    return function


def test_an_irregular_program_of_2000_random_steps_lifts():
    assert_lifts(irregular(2000), inputs(3, 3), tolerance=1e-9)


def test_a_weight_that_is_used_a_thousand_times_lifts():
    def function(x):
        for _ in range(1000):
            x = (x * a + b).sin()
        return x

    assert_lifts(function, inputs(3))


def test_a_sum_of_many_unlike_terms_lifts():
    def function(x):
        nodes = [x]
        for _ in range(300):
            nodes.append((nodes[-1] * a + b).sin())
        return autograd.sum([p * q for p, q in pairwise(nodes)])

    assert_lifts(function, inputs(3))


def test_a_logsumexp_of_many_unlike_operands_lifts():
    def function(x):
        return autograd.logsumexp([(x * a + k).sin() ** 2 if k % 2 else (b * x).sin() * k for k in range(300)])

    program = assert_lifts(function, inputs(3))

    assert len(program.source) < 100_000


@PRECISIONS
def test_a_logsumexp_of_numbers_parameters_and_inputs_lifts(dtype, tolerance):
    assert_lifts(lambda x: autograd.logsumexp([3.0, x, a, x * a, x, 2.0]), inputs(3), dtype=dtype, tolerance=tolerance)


@pytest.mark.parametrize("xs", [[0.0, -40.0], [-40.0, 0.0, -41.0], [-700.0, 0.0], [0.0, 0.0, -40.0], [1.0, 2.0, 3.0]])
def test_a_lifted_logsumexp_keeps_terms_far_below_the_largest(xs):
    assert vectorize(lambda x: autograd.logsumexp(x), xs)([xs])[0] == pytest.approx(autograd.logsumexp(xs), rel=1e-15)


@pytest.mark.parametrize("x", [-700.0, -100.0, -30.0, -1.0, 0.0, 2.0, 40.0, 700.0])
def test_a_lifted_sigmoid_keeps_its_digits_on_both_sides(x):
    assert vectorize(lambda a: sigmoid(a), 0.0)([x])[0] == pytest.approx(sigmoid(x), rel=1e-14)
