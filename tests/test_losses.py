"""The losses, against mpmath with many digits and sympy's derivatives."""

import numpy
import pytest
import sympy
from mpmath import mp
from support import exactly, grads, leaves

from autograd import Value, formula, gradients, sigmoid, softmax, vectorize
from nn import (
    MLP,  # fmt: skip
    SGD,
    absolute_error,
    binary_cross_entropy,
    cross_entropy,
    fit,
    hinge,
    huber,
    l2,
    squared_error,
)

INF = float("inf")

# What they compute


def test_squared_error_is_half_the_sum_of_squares():
    """½ makes its derivative the delta p − a."""
    predictions = leaves(0.5, -1.0, 2.0)
    loss = squared_error(predictions, [1.0, 1.0, 1.5])
    assert loss.data == 0.5 * (0.25 + 4.0 + 0.25)
    assert grads(loss, predictions) == [-0.5, -2.0, 0.5]


def test_squared_error_has_the_lectures_gradient():
    """The prediction 0.86 of the goal 1 has the delta −0.14, where the gradient of (p − 1)² would be −0.28."""
    prediction = Value(0.86)
    assert grads(squared_error(prediction, 1), [prediction]) == exactly([-0.14])


def test_absolute_error_is_the_sum_of_distances():
    predictions = leaves(0.5, -1.0, 2.0, 3.0)
    loss = absolute_error(predictions, [1.0, 1.0, 1.5, 3.0])
    assert loss.data == 0.5 + 2.0 + 0.5
    assert grads(loss, predictions) == [-1.0, -1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("distance", "delta", "loss", "slope"),
    [
        (0.5, 1, 0.125, 0.5),
        (-0.5, 1, 0.125, -0.5),
        (3.0, 1, 2.5, 1.0),
        (-3.0, 1, 2.5, -1.0),
        (1.0, 1, 0.5, 1.0),
        (0.0, 1, 0.0, 0.0),
        (3.0, 2, 4.0, 2.0),
        (3.0, 4, 4.5, 3.0),
        (1e300, 1, 1e300, 1.0),
    ],
)
def test_huber_is_squared_near_0_and_straight_beyond_delta(distance, delta, loss, slope):
    prediction = Value(distance)
    found = huber(prediction, 0.0, delta=delta)
    assert found.data == loss
    assert grads(found, [prediction]) == [slope]


def test_huber_is_summed_over_the_outputs_and_lifts():
    assert huber([0.5, 3.0], [0.0, 0.0]) == 2.625
    program = vectorize(lambda p, a: huber(p, a, 0.5), [0.0, 0.0], [0.0, 0.0])
    assert program([[0.25, 1.0]], [[0.0, 0.0]]).tolist() == [0.25**2 / 2 + 0.5 * 0.75]


@pytest.mark.parametrize("delta", [0, -1, float("nan"), "1"])
def test_a_delta_that_is_not_above_0_is_refused(delta):
    with pytest.raises((TypeError, ValueError), match="delta must be"):
        huber(Value(1.0), 0.0, delta)


@pytest.mark.parametrize("loss", [huber, absolute_error])
def test_another_number_of_targets_is_refused_by_the_name_of_the_loss(loss):
    with pytest.raises(ValueError, match=f"{loss.__name__} takes as many targets as outputs, not 1 targets for 2"):
        loss([Value(1.0), Value(2.0)], [1.0])


@pytest.mark.parametrize(
    ("score", "target", "loss", "slope"),
    [
        (0.25, 1, 0.75, -1.0),
        (0.25, -1, 1.25, 1.0),
        (-2.0, 1, 3.0, -1.0),
        (1.5, 1, 0.0, 0.0),
        (-1.5, -1, 0.0, 0.0),
        (1.0, 1, 0.0, 0.0),
        (1e300, -1, 1e300, 1.0),
    ],
)
def test_hinge_is_what_the_score_lacks_of_a_margin_of_one(score, target, loss, slope):
    node = Value(score)
    found = hinge(node, target)
    assert (found.data, *grads(found, [node])) == (loss, slope)


LOGITS = [-800.0, -40.0, -30.0, -1.5, -1e-9, 0.0, 1e-300, 0.3, 2.0, 30.0, 40.0, 700.0, 1e4]


@pytest.mark.parametrize("target", [0, 1, 0.25])
@pytest.mark.parametrize("logit", LOGITS)
def test_binary_cross_entropy_is_minus_the_log_of_the_probability(logit, target):
    with mp.workdps(10_000 if abs(logit) > 800 else 1000):
        z, y = mp.mpf(logit), mp.mpf(target)
        p = 1 / (1 + mp.exp(-z))
        expected = float(-y * mp.log(p) - (1 - y) * mp.log(1 - p))
        slope = float(p - y)
    node = Value(logit)
    loss = binary_cross_entropy(node, target)
    assert loss.data == exactly(expected)
    assert grads(loss, [node]) == exactly([slope])


@pytest.mark.parametrize(
    ("scores", "label"),
    [
        ([-2.85, 0.86, 0.28], 2),
        ([123.0, 456.0, 789.0], 0),
        ([123.0, 456.0, 789.0], 2),
        ([0.0, 0.0], 1),
        ([1000.0, 1000.0, -1000.0], 1),
        ([-1e4, 1e4], 0),
        ([3.5], 0),
    ],
)
def test_cross_entropy_is_minus_the_log_of_the_softmax_at_the_label(scores, label):
    """B6 and B7 among them; what cancels in the sum of logits is below one rounding of the largest."""
    with mp.workdps(10_000):
        weights = [mp.exp(z) for z in scores]
        probabilities = [w / mp.fsum(weights) for w in weights]
        expected = float(-mp.log(probabilities[label]))
        slopes = [float(p - (k == label)) for k, p in enumerate(probabilities)]
    nodes = leaves(*scores)
    loss = cross_entropy(nodes, [int(k == label) for k in range(len(scores))])
    assert loss.data == exactly(expected, absolute=1e-15 * max(map(abs, scores)))
    assert grads(loss, nodes) == exactly(slopes, absolute=2e-16)


def test_cross_entropy_far_below_a_rounding_of_its_logits_is_zero():
    """As its docstring says; the derivatives away from the label keep their digits."""
    nodes = leaves(40.0, 0.0)
    loss = cross_entropy(nodes, [1, 0])
    assert loss.data == 0
    assert grads(loss, nodes) == exactly([0.0, 4.248354255291589e-18])


@pytest.mark.parametrize(
    ("logit", "target", "loss", "slope"),
    [
        (INF, 1, 0.0, 0.0),
        (INF, 0, INF, 1.0),
        (INF, 0.25, INF, 0.75),
        (-INF, 0, 0.0, 0.0),
        (-INF, 1, INF, -1.0),
        (-INF, 0.25, INF, -0.25),
    ],
)
def test_binary_cross_entropy_of_an_infinite_logit_is_its_limit(logit, target, loss, slope):
    """As z → ±∞ the slope σ(z) − y goes to 1 − y or −y, and the loss to 0 only where y is what σ(z) goes to."""
    for y in (target, Value(target)):
        node = Value(logit)
        found = binary_cross_entropy(node, y)
        assert (found.data, *grads(found, [node])) == (loss, slope)
    assert binary_cross_entropy(logit, target) == loss
    z = Value(logit)
    program = vectorize(lambda y: binary_cross_entropy(z, y), 0.0)
    assert program([target, target]).tolist() == [loss, loss]
    value, [found_slope] = program.value_and_gradients([target])
    assert (value, found_slope) == (loss, slope)


def test_cross_entropy_has_the_published_numbers_of_cs231n():
    """B6"""
    nodes = leaves(-2.85, 0.86, 0.28)
    loss = cross_entropy(nodes, [0, 0, 1])
    assert loss.data == exactly(1.0401905694301083)
    assert grads(loss, nodes) == exactly([0.015449315676073602, 0.6311633536047088, -0.6466126692807823])


def test_cross_entropy_takes_probabilities_as_targets():
    nodes = leaves(1.0, 2.0, 4.0)
    wanted = [0.25, 0.25, 0.5]
    parts = [cross_entropy(nodes, [int(k == label) for k in range(3)]).data for label in range(3)]
    assert cross_entropy(nodes, wanted).data == exactly(sum(y * part for y, part in zip(wanted, parts, strict=True)))


@pytest.mark.parametrize("label", [0, 1, 2])
@pytest.mark.parametrize("whole", [int, numpy.int64, numpy.uint8])
def test_cross_entropy_takes_the_number_of_the_class(label, whole):
    nodes = leaves(1.0, -2.0, 0.5)
    weights = numpy.exp([1.0, -2.0, 0.5])
    loss = cross_entropy(nodes, whole(label))
    assert loss.data == exactly(-numpy.log(weights[label] / weights.sum()))
    assert grads(loss, nodes) == exactly(list(weights / weights.sum() - numpy.eye(3)[label]), absolute=1e-15)


@pytest.mark.parametrize("target", [1, [0, 1, 0], [0, 0.5, 0.5], leaves(0.0, 1.0, 0.0)], ids=str)
def test_a_masked_class_has_the_limit_of_its_logit(target):
    """With a logit of −800 the others are already what they are at −∞: e⁻⁸⁰⁰ is 0."""
    found, limit = leaves(-INF, 1.0, 2.0), leaves(-800.0, 1.0, 2.0)
    loss, expected = cross_entropy(found, target), cross_entropy(limit, target)
    assert loss.data == exactly(expected.data)
    assert grads(loss, found) == exactly(grads(expected, limit))


@pytest.mark.parametrize("target", [0, [1, 0, 0]])
def test_a_masked_class_as_the_label_is_infinitely_wrong(target):
    nodes = leaves(-INF, 0.0, 0.0)
    loss = cross_entropy(nodes, target)
    assert loss.data == INF
    assert grads(loss, nodes) == [-1.0, 0.5, 0.5]


def test_an_infinite_logit_beside_the_label_is_infinitely_wrong():
    nodes = leaves(INF, 0.0)
    program = vectorize(lambda y: cross_entropy(nodes, y), [0.0, 0.0])
    assert cross_entropy(nodes, [0, 1]).data == cross_entropy(nodes, 1).data == program([[0, 1]])[0] == INF


@pytest.mark.parametrize("targets", [[1, 2], [[0, 1, 0], [0, 0, 1]]], ids=["class numbers", "one-hot"])
def test_a_lifted_cross_entropy_has_the_limit_of_a_masked_class_and_nan_for_no_class(targets):
    """The logits are parameters; softmax of (−∞, 1, 2) is (0, 1/(1 + e), e/(1 + e))."""
    nodes, e = leaves(-INF, 1.0, 2.0), numpy.e
    program = vectorize(lambda y: cross_entropy(nodes, y), targets[0])
    assert program(targets) == exactly(numpy.log([1 + e, 1 + 1 / e]))
    slopes = dict(zip(program.parameters, program.value_and_gradients(targets)[1], strict=True))
    assert [slopes[z] for z in nodes] == exactly([0.0, 1 / (1 + e) - 0.5, e / (1 + e) - 0.5], absolute=1e-15)
    if targets == [1, 2]:
        assert numpy.isnan(program([3, -1, 0.5])).all()


def test_a_probability_of_0_has_a_derivative_of_its_own_under_the_lifted_loss():
    """∂J/∂yᵢ = −zᵢ, whatever yᵢ is."""
    y = leaves(0.0, 1.0)
    program = vectorize(lambda z: cross_entropy(z, y), [0.0, 0.0])
    _, slopes = program.value_and_gradients([[3.0, 5.0]])
    assert sorted(slopes) == [-5.0, -3.0]


def test_l2_is_the_strength_times_the_sum_of_squares():
    parameters = leaves(3.0, -4.0)
    penalty = l2(parameters, 0.01)
    assert penalty.data == exactly(0.25)
    assert grads(penalty, parameters) == exactly([0.06, -0.08])


def test_l2_takes_the_parameters_of_a_model():
    model = MLP(2, [3, 1], seed=0)
    assert l2(model.parameters(), 0.5).data == exactly(0.5 * sum(p.data**2 for p in model.parameters()))


def test_the_formulas_of_the_losses_are_those_of_the_textbook():
    p, a, z, y = leaves(0.5, 0.25, 0.75, 0.5, names="p a z y")
    P, A, Z, Y = sympy.symbols("p a z y", real=True)
    sigma = 1 / (1 + sympy.exp(-Z))
    error = squared_error(p, a)
    entropy = binary_cross_entropy(z, y)

    def same(found, expected):
        return (
            sympy.simplify(found.subs({s: sympy.Symbol(s.name, real=True) for s in found.free_symbols}) - expected) == 0
        )

    assert same(formula(error), (P - A) ** 2 / 2)
    assert same(formula(error, p), P - A)
    assert same(formula(entropy, z), sigma - Y)


def test_the_losses_can_be_differentiated_twice():
    """The second derivative of softplus is σ(z)σ(−z), whatever the target."""
    z = Value(0.5)
    [slope] = gradients(binary_cross_entropy(z, 1), [z])
    with mp.workdps(30):
        sigma = 1 / (1 + mp.exp(-mp.mpf(0.5)))
        expected = float(sigma * (1 - sigma))
    assert grads(slope, [z]) == exactly([expected])


def test_a_target_may_be_a_value_with_a_gradient_of_its_own():
    prediction, target = leaves(2.0, 0.5)
    assert grads(squared_error(prediction, target), [prediction, target]) == [1.5, -1.5]


# What they accept


@pytest.mark.parametrize(
    ("loss", "target"), [(squared_error, 0.25), (hinge, -1), (binary_cross_entropy, 1), (cross_entropy, 1)]
)
def test_a_value_and_a_list_of_one_serve_alike(loss, target):
    found = {
        loss(output, goal).data
        for output in (Value(0.5), [Value(0.5)], (Value(0.5),))
        for goal in (target, [target], (target,), numpy.array([target]), numpy.float64(target), numpy.int64([target]))
        if float(target).is_integer() or not isinstance(goal, numpy.ndarray) or goal.dtype == float
    }
    assert len(found) == 1


def test_targets_may_be_a_numpy_row():
    assert squared_error(leaves(1.0, 2.0), numpy.array([0.0, 0.0])).data == 2.5


PAIRWISE = pytest.mark.parametrize("loss", [squared_error, cross_entropy])
SINGLE = pytest.mark.parametrize("loss", [hinge, binary_cross_entropy])


@PAIRWISE
@pytest.mark.parametrize("targets", [[1.0], 1.0, [0.0, 0.0, 1.0], [], Value(1.0)])
def test_as_many_targets_as_outputs_are_wanted(loss, targets):
    given = len(targets) if isinstance(targets, list) else 1
    with pytest.raises(ValueError, match=f"{loss.__name__} takes .* not {given} targets for 2 outputs"):
        loss(leaves(0.5, 0.25), targets)


@PAIRWISE
def test_a_loss_of_no_outputs_is_refused(loss):
    with pytest.raises(ValueError, match=f"{loss.__name__} takes at least one output"):
        loss([], [])


@SINGLE
@pytest.mark.parametrize("outputs", [[], leaves(0.5, 0.25)])
def test_a_loss_of_one_output_refuses_another_number_of_them(loss, outputs):
    with pytest.raises(ValueError, match=f"{loss.__name__} takes one output, not {len(outputs)}"):
        loss(outputs, 1)


@SINGLE
def test_a_loss_of_one_output_refuses_several_targets(loss):
    with pytest.raises(ValueError, match="not 2 targets for 1 outputs"):
        loss(Value(0.5), [1, 1])


@pytest.mark.parametrize("loss", [squared_error, hinge, binary_cross_entropy, cross_entropy])
@pytest.mark.parametrize("wrong", ["1", None, 1j, b"1", [None], [[1.0]], numpy.ones((1, 1)), object()])
def test_what_is_no_number_is_refused_by_the_name_of_the_loss(loss, wrong):
    with pytest.raises(TypeError, match=rf"a target of {loss.__name__} must be a real number"):
        loss(Value(0.5), wrong)
    with pytest.raises(TypeError, match=rf"an output in {loss.__name__} must be a real number"):
        loss(wrong, 1)


@pytest.mark.parametrize("target", [0, 2, 0.5, float("nan"), float("inf")])
def test_the_target_of_hinge_is_a_sign(target):
    with pytest.raises(ValueError, match="the target of hinge is 1 or -1"):
        hinge(Value(0.5), target)


@pytest.mark.parametrize("target", [-1, 2, -1e-9, float("nan"), float("inf")])
def test_the_target_of_binary_cross_entropy_is_a_probability(target):
    with pytest.raises(ValueError, match="the target of binary_cross_entropy is 0 or 1"):
        binary_cross_entropy(Value(0.5), target)


@pytest.mark.parametrize(
    "one_hot", [[0, 0, 0], [1, 1, 0], [2, -1, 0], [0.3, 0.3, 0.3], [float("nan"), 1, 0], [1, 2, 3]]
)
def test_one_hot_holds_probabilities_that_add_up_to_one(one_hot):
    with pytest.raises(ValueError, match="one_hot must hold a 1 at the class"):
        cross_entropy(leaves(1.0, 2.0, 3.0), one_hot)


def test_one_hot_may_be_a_third_each():
    assert cross_entropy(leaves(1.0, 1.0, 1.0), [1 / 3] * 3).data == exactly(float(mp.log(3)))


def test_one_hot_may_be_rounded_to_single_precision():
    """0.1, 0.2 and 0.7 as float32 add up to 1 but for their rounding."""
    assert cross_entropy(leaves(1.0, 1.0, 1.0), numpy.float32([0.1, 0.2, 0.7])).data > 0


@pytest.mark.parametrize("number", [3, -1, -100])
def test_a_class_that_is_not_there_is_refused(number):
    with pytest.raises(ValueError, match=f"from 0 to 2, not {number}"):
        cross_entropy(leaves(1.0, 2.0, 3.0), number)


@pytest.mark.parametrize("wrong", [1.0, 0.5, True, False, numpy.True_, numpy.float64(1), Value(0.5)])
def test_a_class_that_is_no_int_is_refused_with_what_to_write(wrong):
    with pytest.raises(ValueError, match=r"as an int, as in cross_entropy\(logits, 1\), not"):
        cross_entropy(leaves(1.0, 2.0), wrong)


@pytest.mark.parametrize(
    ("loss", "outputs", "target"),
    [
        (binary_cross_entropy, 1.0, Value(0.5)),
        (binary_cross_entropy, [0], [Value(0.5)]),
        (binary_cross_entropy, Value(1.0), Value(3.7)),
        (binary_cross_entropy, 1, 3.7),
        (cross_entropy, [0, 0, 1], leaves(0.2, 0.3, 0.5)),
        (cross_entropy, [0, 1], leaves(2.0, -1.0)),
        (cross_entropy, 1, leaves(2.0, -1.0)),
        (cross_entropy, [0, 1], [2.0, -1.0]),
        (cross_entropy, [0, 1], Value(1.0)),
    ],
)
def test_swapped_arguments_are_refused(loss, outputs, target):
    with pytest.raises(ValueError):
        loss(outputs, target)


def test_a_loss_says_what_its_target_must_be():
    z = leaves(0.1, 0.2, 0.3)
    for loss, outputs, right, wrong in [
        (squared_error, z, [1, 2, 3], [1, 2]),
        (hinge, z[0], -1, 0),
        (binary_cross_entropy, z[0], 0.5, -1),
        (cross_entropy, z, [0, 0, 1], [0, 1, 1]),
        (cross_entropy, z, 2, 3),
    ]:
        loss.check_target(outputs, right)
        with pytest.raises(ValueError):
            loss.check_target(outputs, wrong)


def test_l2_wants_a_list():
    with pytest.raises(TypeError, match=r"as model.parameters\(\)"):
        l2(Value(1.0), 0.1)


@pytest.mark.parametrize("wrong", [1.0, "w", None, [Value(1.0)]], ids=["number", "string", "None", "list"])
def test_l2_wants_values_in_its_list(wrong):
    """A plain number has no gradient that would make it small."""
    with pytest.raises(TypeError, match=r"as model.parameters\(\), not one with"):
        l2([Value(1.0), wrong], 0.1)


def test_l2_of_no_parameters_is_zero():
    assert l2([], 0.1) == 0


@pytest.mark.parametrize(
    ("loss", "expected"),
    [(squared_error(1, 2), 0.5), (hinge(-2, 1), 3.0), (cross_entropy([0, 0], [1, 0]), 0.6931471805599453)],
)
def test_a_loss_of_plain_numbers_is_a_number(loss, expected):
    assert type(loss) is float
    assert loss == exactly(expected)


def test_a_nan_in_an_output_is_not_hidden():
    nan = Value(float("nan"))
    assert [loss(nan, 1).data != loss(nan, 1).data for loss in (squared_error, hinge, binary_cross_entropy)] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("loss", "outputs", "target", "activation"),
    [
        (binary_cross_entropy, lambda z: sigmoid(z[0]), 1, "sigmoid"),
        (binary_cross_entropy, lambda z: [sigmoid(z[0])], 0, "sigmoid"),
        (cross_entropy, softmax, 1, "softmax"),
        (cross_entropy, softmax, [0, 1], "softmax"),
        (cross_entropy, lambda z: [x.sigmoid() for x in z], [0, 1], "sigmoid"),
    ],
)
def test_probabilities_in_the_place_of_logits_are_warned_of_where_the_loss_is_called(loss, outputs, target, activation):
    with pytest.warns(UserWarning, match=f"takes what comes before the {activation}") as warned:
        loss(outputs(leaves(0.5, -1.0)), target)
    assert [warning.filename for warning in warned] == [__file__]


@pytest.mark.parametrize("engine", ["numpy", "eager"])
def test_fit_warns_of_a_model_that_gives_probabilities_to_a_loss_of_logits(engine):
    model = MLP(2, [2, 1], output_activation=sigmoid, seed=0)
    optimizer, X, y = SGD(model.parameters(), lr=0.1), [[0, 1], [1, 0]], [0, 1]
    with pytest.warns(UserWarning, match="before the sigmoid"):
        fit(model, X, y, loss=binary_cross_entropy, optimizer=optimizer, epochs=1, progress=False, engine=engine)


def test_the_class_of_a_single_logit_is_refused_with_what_to_take():
    with pytest.raises(ValueError, match=r"a logit for each class, or take binary_cross_entropy"):
        cross_entropy([Value(0.5)], 0)
