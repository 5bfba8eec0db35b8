"""SGD and Adam, against numbers worked by hand and the papers' algorithms written in NumPy."""

import numpy
import pytest
from support import exactly

from autograd import Value
from nn import SGD, Adam, AdamW, Optimizer, Perceptron, RMSprop


def gradients_of(steps, size=3, seed=0):
    return numpy.random.default_rng(seed).normal(size=(steps, size))


def run(make, gradients):
    """The parameters after each step, from (1, −2, 0.5), with these gradients put in by hand."""
    parameters = [Value(1.0), Value(-2.0), Value(0.5)]
    optimizer = make(parameters)
    for row in gradients:
        for parameter, gradient in zip(parameters, row, strict=True):
            parameter.grad = float(gradient)
        optimizer.step()
        yield [parameter.data for parameter in parameters]


START = numpy.array([1.0, -2.0, 0.5])

# The rules


def test_gradient_descent_goes_down_by_the_rate_times_the_gradient():
    w = Value(0.5)
    w.grad = 2.0
    SGD([w], lr=0.25).step()
    assert w.data == 0.0


def test_momentum_keeps_a_part_of_the_last_step():
    """By hand, in halves: v = 1, 2.5, 2.25; w = 4 − ½·1, − ½·2.5, − ½·2.25."""
    w = Value(4.0)
    optimizer = SGD([w], lr=0.5, momentum=0.5)
    found = []
    for gradient in (1.0, 2.0, 1.0):
        w.grad = gradient
        optimizer.step()
        found.append(w.data)
    assert found == [3.5, 2.25, 1.125]


def test_momentum_agrees_with_its_algorithm_in_numpy():
    w, v = START.copy(), numpy.zeros(3)
    gradients = gradients_of(20)
    for found, gradient in zip(run(lambda p: SGD(p, 0.1, momentum=0.9), gradients), gradients, strict=True):
        v = 0.9 * v + gradient
        w = w - 0.1 * v
        assert found == exactly(w.tolist())


def test_adam_agrees_with_algorithm_1_of_its_paper_in_numpy():
    """Kingma and Ba 2015, in the paper's letters."""
    alpha, beta_1, beta_2, epsilon = 0.1, 0.8, 0.99, 1e-6
    theta, m, v = START.copy(), numpy.zeros(3), numpy.zeros(3)
    gradients = gradients_of(20)
    steps = run(lambda p: Adam(p, alpha, beta_1, beta_2, epsilon), gradients)
    for t, (found, g) in enumerate(zip(steps, gradients, strict=True), start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * numpy.square(g)
        m_hat = m / (1 - numpy.power(beta_1, t))
        v_hat = v / (1 - numpy.power(beta_2, t))
        theta = theta - alpha * m_hat / (numpy.sqrt(v_hat) + epsilon)
        assert found == exactly(theta.tolist())


def test_rmsprop_agrees_with_its_algorithm_in_numpy():
    w, mean_of_squares = START.copy(), numpy.zeros(3)
    gradients = gradients_of(20)
    for found, g in zip(run(lambda p: RMSprop(p, 0.1, decay=0.8), gradients), gradients, strict=True):
        mean_of_squares = 0.8 * mean_of_squares + 0.2 * numpy.square(g)
        w = w - 0.1 * g / (numpy.sqrt(mean_of_squares) + 1e-8)
        assert found == exactly(w.tolist())


def test_adamw_agrees_with_algorithm_2_of_its_paper_in_numpy():
    """Loshchilov and Hutter 2019: the decay is beside the step of Adam, and multiplied by the learning rate."""
    alpha, decay, beta_1, beta_2, epsilon = 0.1, 0.3, 0.9, 0.999, 1e-8
    theta, m, v = START.copy(), numpy.zeros(3), numpy.zeros(3)
    gradients = gradients_of(20)
    steps = run(lambda p: AdamW(p, alpha, weight_decay=decay), gradients)
    for t, (found, g) in enumerate(zip(steps, gradients, strict=True), start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * numpy.square(g)
        m_hat = m / (1 - numpy.power(beta_1, t))
        v_hat = v / (1 - numpy.power(beta_2, t))
        theta = theta - alpha * (m_hat / (numpy.sqrt(v_hat) + epsilon) + decay * theta)
        assert found == exactly(theta.tolist(), relative=1e-12)


@pytest.mark.parametrize("arguments", [{"decay": 1.0}, {"decay": -0.1}, {"epsilon": 0}, {"lr": 0}])
def test_numbers_of_rmsprop_out_of_range_are_refused(arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))} must be"):
        RMSprop([Value(1.0)], **arguments)


def test_a_weight_decay_below_0_is_refused():
    with pytest.raises(ValueError, match="weight_decay must be"):
        AdamW([Value(1.0)], 0.1, weight_decay=-0.1)


@pytest.mark.parametrize("gradient", [1e-3, -1.0, 1e6])
def test_the_first_step_of_adam_is_the_rate_whatever_the_size_of_the_gradient(gradient):
    w = Value(0.0)
    w.grad = gradient
    Adam([w], lr=0.01).step()
    assert w.data == pytest.approx(-0.01 * numpy.sign(gradient), rel=2e-5)


def test_adam_has_the_defaults_of_its_paper():
    optimizer = Adam([Value(0.0)])
    assert (optimizer.lr, optimizer.beta1, optimizer.beta2, optimizer.epsilon) == (0.001, 0.9, 0.999, 1e-8)


def test_adam_stays_where_the_gradient_is_zero():
    w = Value(1.5)
    w.grad = 0.0
    Adam([w], lr=0.1).step()
    assert w.data == 1.5


@pytest.mark.parametrize(
    "make",
    [lambda p: SGD(p, 0.1), lambda p: SGD(p, 0.1, momentum=0.9), lambda p: Adam(p, 0.1)],
    ids=["SGD", "momentum", "Adam"],
)
def test_the_rule_gives_the_same_bits_on_arrays_as_on_numbers(make):
    optimizer = make([Value(0.0)])
    gradients = gradients_of(10)
    array, state = START.copy(), optimizer.start(numpy.zeros(3))
    for found, gradient in zip(run(make, gradients), gradients, strict=True):
        array, state = optimizer.rule(array, gradient, state)
        assert array.tolist() == found


@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, 0.1, momentum=0.9), lambda p: Adam(p, 0.1)], ids=["momentum", "Adam"]
)
def test_the_rule_changes_none_of_its_arguments(make):
    optimizer = make([Value(0.0)])
    array, gradient, state = START.copy(), numpy.ones(3), optimizer.start(numpy.zeros(3))
    array.flags.writeable = gradient.flags.writeable = False
    first = optimizer.rule(array, gradient, state)
    assert [found.tolist() for found in first[:1]] == [optimizer.rule(array, gradient, state)[0].tolist()]


def test_an_optimizer_of_ones_own_is_a_rule_and_a_start():
    class SignDescent(Optimizer):
        def start(self, zero):
            return zero

        def rule(self, parameter, gradient, state):
            return parameter - self.lr * (1 if gradient > 0 else -1), state

    assert list(run(lambda p: SignDescent(p, 0.5), [[3.0, -0.1, 7.0]])) == [[0.5, -1.5, 0.0]]


def test_the_learning_rate_may_be_set_between_steps():
    w = Value(1.0)
    w.grad = 1.0
    optimizer = SGD([w], lr=0.5)
    optimizer.step()
    optimizer.lr = 0.25
    optimizer.step()
    assert w.data == 0.25


# Steps


def test_a_parameter_without_a_gradient_stays_where_it_is():
    reached, unreached = Value(1.0), Value(1.0)
    optimizer = SGD([reached, unreached], lr=0.1)
    (2 * reached).backward()
    optimizer.step()
    assert (reached.data, unreached.data) == (0.8, 1.0)


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_a_step_before_any_backward_is_refused(kind):
    w = Value(1.0)
    with pytest.raises(ValueError, match=r"call loss.backward\(\) before step\(\)"):
        kind([w], lr=0.1).step()
    assert w.data == 1.0


def test_zero_grad_sets_every_gradient_to_zero():
    w = Value(1.0)
    optimizer = SGD([w], lr=0.1)
    (w * w).backward()
    optimizer.zero_grad()
    assert w.grad == 0.0


def test_gradients_of_two_losses_add_up_before_a_step():
    w = Value(1.0)
    (2 * w).backward()
    (3 * w).backward()
    SGD([w], lr=0.1).step()
    assert w.data == 0.5


def test_each_parameter_has_a_state_of_its_own():
    first, second = Value(0.0), Value(0.0)
    optimizer = SGD([first, second], lr=1.0, momentum=0.5)
    for gradients in ((1.0, 0.0), (0.0, 0.0)):
        first.grad, second.grad = gradients
        optimizer.step()
    assert (first.data, second.data) == (-1.5, 0.0)


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.1), lambda p: SGD(p, 0.02, momentum=0.9), lambda p: Adam(p, 0.2)])
def test_a_parabola_is_descended_to_its_lowest_point(make):
    w = Value(5.0)
    optimizer = make([w])
    for _ in range(500):
        optimizer.zero_grad()
        ((w - 2) ** 2).backward()
        optimizer.step()
    assert w.data == pytest.approx(2.0, abs=1e-3)


# What they accept


def test_parameters_come_in_any_sequence():
    assert len(SGD((w for w in [Value(1.0), Value(2.0)]), lr=0.1).parameters) == 2


def test_an_optimizer_shows_its_kind_size_and_rate():
    assert repr(Adam(Perceptron(2).parameters(), lr=0.1)) == "Adam(3 parameters, lr=0.1)"


@pytest.mark.parametrize("parameters", [Value(1.0), Perceptron(2), None, 3.0, [1.0], ["w"], {"w": Value(1.0)}])
@pytest.mark.parametrize("kind", [SGD, Adam])
def test_parameters_that_are_no_list_of_values_are_refused(kind, parameters):
    with pytest.raises(TypeError, match="an optimizer takes"):
        kind(parameters, lr=0.1)


def test_paths_with_the_parameters_are_refused():
    with pytest.raises(TypeError, match="an optimizer takes Values"):
        SGD(Perceptron(2).named_parameters(), lr=0.1)


def test_an_optimizer_without_parameters_is_refused():
    with pytest.raises(ValueError, match="at least one parameter"):
        SGD([], lr=0.1)


def test_a_computed_value_is_no_parameter():
    x = Value(2.0)
    with pytest.raises(ValueError, match="changes leaves"):
        SGD([x * x], lr=0.1)


def test_a_parameter_given_twice_is_refused_by_name():
    w = Value(1.0, "w")
    with pytest.raises(ValueError, match=r"name='w'.* is among the parameters twice"):
        Adam([Value(1.0), w, w], lr=0.1)


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("kind", "name", "wrong"),
    [(kind, "lr", wrong) for kind in (SGD, Adam) for wrong in (0, -0.1, NAN, INF)]
    + [(SGD, "momentum", wrong) for wrong in (-0.1, 1, 1.5, NAN)]
    + [(Adam, name, wrong) for name in ("beta1", "beta2") for wrong in (-0.1, 1, NAN)]
    + [(Adam, "epsilon", wrong) for wrong in (0, -1e-8, NAN, INF)],
)
def test_a_number_out_of_its_range_is_refused_by_name(kind, name, wrong):
    with pytest.raises(ValueError, match=f"{name} must be .*, not {wrong}"):
        kind([Value(1.0)], **{"lr": 0.1, name: wrong})


@pytest.mark.parametrize(
    ("kind", "name"),
    [(SGD, "lr"), (SGD, "momentum"), (Adam, "lr"), (Adam, "beta1"), (Adam, "beta2"), (Adam, "epsilon")],
)
@pytest.mark.parametrize("wrong", ["0.1", None, True, [0.1], 1j, Value(0.1)])
def test_what_is_no_number_is_refused_by_name(kind, name, wrong):
    with pytest.raises(TypeError, match=f"{name} must be a number"):
        kind([Value(1.0)], **{"lr": 0.1, name: wrong})
