"""Perceptron, Layer and MLP: what they compute, what they accept, and how their weights start."""

from fractions import Fraction
from random import Random
from statistics import fmean, pstdev

import numpy
import pytest
from support import exactly

from autograd import Operation, Value, relu, sigmoid, softplus, tanh
from nn import MLP, SGD, Layer, Module, Perceptron, squared_error


def set_perceptron(perceptron, weights, bias=0.0):
    for parameter, number in zip([*perceptron.weights, perceptron.bias], [*weights, bias], strict=True):
        parameter.data = number


def set_layer(layer, rows, biases=None):
    for perceptron, row, bias in zip(layer.perceptrons, rows, biases or [0.0] * len(rows), strict=True):
        set_perceptron(perceptron, row, bias)


def initial_weights(module):
    return [parameter.data for path, parameter in module.named_parameters() if "weights" in path]


# What they compute


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (None, -0.5),
        (relu, 0.0),
        (tanh, -0.46211715726000975),
        (sigmoid, 0.3775406687981454),
        (softplus, 0.4740769841801067),
        (lambda v: v * v, 0.25),
    ],
)
def test_a_perceptron_is_the_activation_of_a_weighted_sum(activation, expected):
    perceptron = Perceptron(2, activation)
    set_perceptron(perceptron, [0.5, -1.0], 0.5)
    assert perceptron([2.0, 2.0]).data == exactly(expected)


def test_a_perceptron_is_one_dot_node_and_an_activation():
    output = Perceptron(3, tanh)([1.0, 2.0, 3.0])
    assert (output.op.name, output.parents[0].op.name) == ("tanh", "dot")
    assert all(parent.op is None for parent in output.parents[0].parents)


def test_the_gradients_of_a_perceptron_are_its_inputs_times_the_slope():
    perceptron = Perceptron(2, sigmoid)
    set_perceptron(perceptron, [2.0, -3.0], -3.0)
    inputs = [Value(-1.0), Value(-2.0)]
    perceptron(inputs).backward()
    assert [w.grad for w in perceptron.weights] == exactly([-0.19661193324148185, -0.3932238664829637])
    assert perceptron.bias.grad == exactly(0.19661193324148185)
    assert [x.grad for x in inputs] == exactly([0.3932238664829637, -0.5898357997244456])


def test_an_activation_of_ones_own_may_be_an_operation():
    cube = Operation("cube", lambda m, a: a * a * a, lambda m, y, a: (3 * a * a,))
    perceptron = Perceptron(1, cube)
    set_perceptron(perceptron, [2.0])
    assert perceptron([1.5]).data == 27.0
    assert repr(perceptron) == "Perceptron(1 -> 1, cube)"


def test_a_layer_gives_a_list_with_the_value_of_each_perceptron():
    layer = Layer(2, 2, None)
    set_layer(layer, [[1.0, 2.0], [3.0, 4.0]], [0.5, 0.25])
    assert [output.data for output in layer([1.0, -1.0])] == [-0.5, -0.75]


def test_a_layer_of_one_gives_its_value():
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)


def test_the_perceptrons_of_a_layer_share_their_inputs_in_the_graph():
    first, second = Layer(2, 2, None)([1.0, 2.0])
    assert first.parents[2] is second.parents[2]


def test_the_last_layer_of_a_network_is_linear():
    network = MLP(2, [3, 3, 1])
    assert [layer.perceptrons[0].activation for layer in network.layers] == [relu, relu, None]


def test_a_network_takes_an_activation_for_its_outputs():
    network = MLP(2, [3, 2], tanh, sigmoid, seed=0)
    assert [layer.perceptrons[0].activation for layer in network.layers] == [tanh, sigmoid]
    assert all(0 < output.data < 1 for output in network([1.0, 2.0]))


def test_a_network_may_pass_through_a_layer_of_one():
    assert len(MLP(2, [1, 3], seed=0)([1.0, 2.0])) == 3


def test_a_network_of_two_layers_solves_xor_exactly():
    """Goodfellow, Bengio and Courville, Deep Learning, section 6.1 (E4); units sit on the kink of relu."""
    network = MLP(2, [2, 1], relu)
    set_layer(network.layers[0], [[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0])
    set_layer(network.layers[1], [[1.0, -2.0]])
    assert [network([a, b]).data for a in (0, 1) for b in (0, 1)] == [0.0, 1.0, 1.0, 0.0]


def test_mazurs_network_takes_its_published_step():
    """E1, from the biases that the page shares between the perceptrons of a layer and holds fixed."""
    network = MLP(2, [2, 2], sigmoid, sigmoid)
    set_layer(network.layers[0], [[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35])
    set_layer(network.layers[1], [[0.40, 0.45], [0.50, 0.55]], [0.60, 0.60])
    weights = [parameter for path, parameter in network.named_parameters() if "weights" in path]

    outputs = network([0.05, 0.10])
    error = squared_error(outputs, [0.01, 0.99])
    assert [output.data for output in outputs] == exactly([0.7513650695523157, 0.7729284653214626])
    assert error.data == exactly(0.29837110876000267)

    error.backward()
    assert [weight.grad for weight in weights] == exactly(
        [
            4.3856773447434674e-4,
            8.771354689486935e-4,
            4.977127352608601e-4,
            9.954254705217202e-4,
            0.08216704056423078,
            0.08266762784753326,
            -0.02260254047747506,
            -0.022740242215978212,
        ]
    )
    SGD(weights, lr=0.5).step()
    assert [weight.data for weight in weights] == exactly(
        [
            0.14978071613276284,
            0.19956143226552564,
            0.24975114363236958,
            0.29950228726473915,
            0.3589164797178846,
            0.4086661860762334,
            0.5113012702387375,
            0.5613701211079891,
        ]
    )
    assert squared_error(network([0.05, 0.10]), [0.01, 0.99]).data == exactly(0.29102777369359933)


# What they accept


@pytest.mark.parametrize(
    "inputs",
    [
        [1, 2],
        (1.0, 2.0),
        [Fraction(1), Fraction(2)],
        [True, 2],
        numpy.array([1.0, 2.0]),
        numpy.array([1, 2]),
        numpy.array([1, 2], dtype=numpy.float32),
        [Value(1.0), Value(2.0)],
        [Value(1.0), 2],
        range(1, 3),
        {1.0: "a", 2.0: "b"}.keys(),
    ],
)
@pytest.mark.parametrize("model", [Perceptron(2, tanh, seed=0), Layer(2, 2, tanh, seed=0), MLP(2, [2, 1], seed=0)])
def test_inputs_are_numbers_or_values_in_any_sequence(model, inputs):
    found, expected = model(inputs), model([1.0, 2.0])
    if isinstance(found, Value):
        found, expected = [found], [expected]
    assert [output.data for output in found] == [output.data for output in expected]


@pytest.mark.parametrize("input_", [3.0, 3, numpy.float64(3.0), Value(3.0)])
@pytest.mark.parametrize("model", [Perceptron(1, None, seed=0), Layer(1, 1, None, seed=0), MLP(1, [1], seed=0)])
def test_one_number_or_value_alone_serves_a_model_of_one_input(model, input_):
    assert model(input_).data == model([3.0]).data


@pytest.mark.parametrize(
    ("model", "name"), [(Perceptron(3), "perceptron"), (Layer(3, 2), "layer"), (MLP(3, [1]), "layer")]
)
@pytest.mark.parametrize("inputs", [[], [1.0, 2.0], [1.0] * 4, 1.0, Value(1.0)])
def test_a_wrong_number_of_inputs_is_an_error_with_both_numbers(model, name, inputs):
    given = len(inputs) if isinstance(inputs, list) else 1
    with pytest.raises(ValueError, match=f"this {name} takes 3 inputs, not {given}"):
        model(inputs)


@pytest.mark.parametrize("inputs", ["12", None, [None, 1.0], ["a", 1.0], [1j, 2.0], [[1.0], [2.0]], numpy.ones((2, 2))])
@pytest.mark.parametrize("model", [Perceptron(2), Layer(2, 2), MLP(2, [1])])
def test_inputs_that_are_no_numbers_are_refused(model, inputs):
    with pytest.raises(TypeError, match=r"an input of a (perceptron|layer) must be a real number"):
        model(inputs)


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("make", [Perceptron, lambda n: Layer(n, 2), lambda n: Layer(2, n), lambda n: MLP(n, [1])])
def test_a_size_below_one_is_refused(make, number):
    with pytest.raises(ValueError, match=f"at least 1, not {number}"):
        make(number)


@pytest.mark.parametrize("number", [2.0, "2", None, True, [2]])
@pytest.mark.parametrize("make", [Perceptron, lambda n: Layer(n, 2), lambda n: Layer(2, n), lambda n: MLP(n, [1])])
def test_a_size_that_is_not_whole_is_refused(make, number):
    with pytest.raises(TypeError, match="whole number"):
        make(number)


@pytest.mark.parametrize("sizes", [3, None, "31", numpy.int64(3)])
def test_the_sizes_of_a_network_are_a_list(sizes):
    with pytest.raises(TypeError, match="sizes must be a list"):
        MLP(2, sizes)


@pytest.mark.parametrize("sizes", [[], (), numpy.array([], dtype=int)])
def test_a_network_has_at_least_one_layer(sizes):
    with pytest.raises(ValueError, match="at least one layer"):
        MLP(2, sizes)


def test_a_wrong_size_is_named_by_its_place():
    with pytest.raises(ValueError, match=r"sizes\[1\] must be at least 1, not 0"):
        MLP(2, [3, 0, 1])


@pytest.mark.parametrize("sizes", [(3, 1), numpy.array([3, 1]), iter([3, 1])])
def test_sizes_come_in_any_sequence(sizes):
    assert repr(MLP(2, sizes)) == "MLP(2 -> 3 relu -> 1 linear, 13 parameters)"


@pytest.mark.parametrize("activation", [1.0, [relu]])
@pytest.mark.parametrize("make", [lambda a: Perceptron(2, a), lambda a: Layer(2, 2, a), lambda a: MLP(2, [2, 1], a)])
def test_an_activation_that_cannot_be_called_is_refused(make, activation):
    with pytest.raises(TypeError, match="activation must be a function"):
        make(activation)


# How the weights start


@pytest.mark.parametrize(
    ("activation", "gain"), [(relu, 2), (Value.relu, 2), (softplus, 2), (tanh, 1), (sigmoid, 1), (None, 1)]
)
def test_the_weights_start_with_the_deviation_that_suits_the_activation(activation, gain):
    """Of 20,000 weights the deviation is known to half a percent; 3 % is six times that."""
    weights = initial_weights(Layer(100, 200, activation, seed=7))
    assert pstdev(weights) == pytest.approx((gain / 100) ** 0.5, rel=0.03)
    assert abs(fmean(weights)) < 0.03 * pstdev(weights)


def test_the_deviation_is_that_of_each_layer():
    network = MLP(100, [150, 150], relu, None, seed=7)
    first, last = network.layers
    assert pstdev(initial_weights(first)) == pytest.approx((2 / 100) ** 0.5, rel=0.03)
    assert pstdev(initial_weights(last)) == pytest.approx((1 / 150) ** 0.5, rel=0.03)


def test_biases_start_at_zero():
    assert {perceptron.bias.data for perceptron in Layer(3, 4, seed=0).perceptrons} == {0.0}


@pytest.mark.parametrize(
    "make", [lambda s: Perceptron(3, seed=s), lambda s: Layer(3, 2, seed=s), lambda s: MLP(3, [2, 1], seed=s)]
)
def test_one_seed_gives_the_same_weights_and_another_others(make):
    assert initial_weights(make(3)) == initial_weights(make(3))
    assert set(initial_weights(make(3))).isdisjoint(initial_weights(make(4)))


def test_no_seed_gives_new_weights_each_time():
    assert set(initial_weights(MLP(3, [2, 1]))).isdisjoint(initial_weights(MLP(3, [2, 1])))


def test_all_weights_of_a_network_differ():
    """Layers of one size and deviation, which would repeat each other if each were seeded anew."""
    weights = initial_weights(MLP(4, [4, 4, 4], relu, relu, seed=0))
    assert len(set(weights)) == len(weights) == 48


def test_a_numpy_seed_is_the_number_it_holds():
    assert initial_weights(Perceptron(3, seed=numpy.int64(5))) == initial_weights(Perceptron(3, seed=5))


def test_several_modules_may_draw_from_one_random():
    random = Random(5)
    first, second = Perceptron(2, seed=random), Perceptron(2, seed=random)
    assert set(initial_weights(first)).isdisjoint(initial_weights(second))


@pytest.mark.parametrize("seed", ["seed", 1.5, [1], True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(TypeError, match="seed must be a whole number"):
        Perceptron(2, seed=seed)


def test_a_seed_below_zero_is_refused():
    with pytest.raises(ValueError, match="seed must be at least 0, not -1"):
        MLP(2, [1], seed=-1)


# What stays


@pytest.mark.parametrize("plain", [3, 0, 2.5, [], (), [1.0, 2.0]])
def test_layers_and_perceptrons_are_not_replaced_by_plain_numbers_or_nothing(plain):
    model = MLP(2, [3, 1], seed=0)
    for module, name in ((model, "layers"), (model.layers[0], "perceptrons")):
        with pytest.raises(TypeError, match=rf"{name} of .*write w\.data = 1\.0 for a parameter w such as {name}\.0\."):
            setattr(module, name, plain)
    assert len(model.parameters()) == 13


@pytest.mark.parametrize("plain", [1.0, 0, [], [1.0, 2.0], numpy.ones(2)])
def test_weights_are_not_replaced_by_plain_numbers(plain):
    perceptron = Perceptron(2, seed=0)
    with pytest.raises(TypeError, match=r"weights of Perceptron would not be learnt"):
        perceptron.weights = plain
    assert len(perceptron.parameters()) == 3


def test_a_module_within_a_module_is_not_replaced_by_a_number():
    class Net(Module):
        def __init__(self):
            self.body = MLP(2, [1], seed=0)

    net = Net()
    with pytest.raises(TypeError, match=r"body of Net .* such as body\.layers\.0\.perceptrons\.0\.weights\.0"):
        net.body = 3
    with pytest.raises(TypeError, match="layers of MLP"):
        net.body.layers = []


def test_layers_may_be_replaced_by_others_and_emptied_in_a_class_of_ones_own():
    class Mine(MLP):
        def __init__(self):
            super().__init__(2, [1], seed=0)
            self.layers = []
            self.layers.append(Layer(2, 3, None, seed=0))

    model = Mine()
    assert len(model.parameters()) == 9
    model.layers = [Layer(2, 1, None, seed=0)]
    assert len(model.parameters()) == 3


def test_a_list_of_results_may_be_emptied():
    class Counting(Module):
        def __init__(self):
            self.slope, self.seen = Value(2.0), []

        def __call__(self, x):
            self.seen.append(self.slope * x)
            return self.seen[-1]

    model = Counting()
    model(3.0)
    model.seen.append(Value(1.0))
    model.seen = []
    model.count = 1
    model.count = 2
    assert (model.seen, model.count) == ([], 2)
