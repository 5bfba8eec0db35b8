"""Networks worked by hand: Mazur's step-by-step example and Trask's Grokking Deep Learning."""

from math import fsum

import pytest
from support import exactly, grads, leaves

import autograd
from autograd import Value, dot, exact_gradients, relu, sigmoid

# E1: Matt Mazur, "A step by step backpropagation example"

INPUTS, TARGETS, RATE = (0.05, 0.10), (0.01, 0.99), 0.5
WEIGHTS = (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)
BIASES = (0.35, 0.60)
WEIGHT_GRADS = [
    4.3856773447434674e-4,
    8.771354689486935e-4,
    4.977127352608601e-4,
    9.954254705217202e-4,
    0.08216704056423078,
    0.08266762784753326,
    -0.02260254047747506,
    -0.022740242215978212,
]
BIAS_GRADS = [0.018725609394704135, 0.10040032511200075]


class Mazur:
    """The network with its parameters, and every node that the page names."""

    def __init__(self, weights=WEIGHTS, biases=BIASES):
        self.weights, self.biases = leaves(*weights), leaves(*biases)
        w1, w2, w3, w4, w5, w6, w7, w8 = self.weights
        b1, b2 = self.biases
        i1, i2 = INPUTS
        self.net_h = [w1 * i1 + w2 * i2 + b1, w3 * i1 + w4 * i2 + b1]
        self.out_h = h1, h2 = [sigmoid(n) for n in self.net_h]
        self.net_o = [w5 * h1 + w6 * h2 + b2, w7 * h1 + w8 * h2 + b2]
        self.out_o = [sigmoid(n) for n in self.net_o]
        self.errors = [0.5 * (t - o) ** 2 for t, o in zip(TARGETS, self.out_o, strict=True)]
        self.error = self.errors[0] + self.errors[1]

    def after_a_step(self, *, biases_too=False):
        self.error.backward()
        weights = [w.data - RATE * w.grad for w in self.weights]
        return Mazur(weights, [b.data - RATE * b.grad for b in self.biases] if biases_too else BIASES)


def data(nodes):
    return [node.data for node in nodes]


def test_mazurs_forward_pass_has_its_published_numbers():
    """E1"""
    network = Mazur()
    assert data(network.net_h) == exactly([0.3775, 0.3925])
    assert data(network.out_h) == exactly([0.5932699921071872, 0.596884378259767])
    assert data(network.net_o) == exactly([1.1059059670597702, 1.2249214040964655])
    assert data(network.out_o) == exactly([0.7513650695523157, 0.7729284653214626])
    assert data(network.errors) == exactly([0.27481108317615494, 0.023560025583847736])
    assert network.error.data == exactly(0.29837110876000267)


def test_mazurs_deltas_arrive_at_the_net_inputs():
    """E1"""
    network = Mazur()
    assert grads(network.error, network.net_o) == exactly([0.13849856162855698, -0.038098236516556215])
    assert grads(network.error, network.net_h) == exactly([0.008771354689486935, 0.009954254705217202])


def test_mazurs_hidden_unit_sums_the_gradients_of_both_paths():
    """E1"""
    network = Mazur()
    h1 = network.out_h[:1]
    assert grads(network.errors[0], h1) == exactly([0.055399424651422786])
    assert grads(network.errors[1], h1) == exactly([-0.019049118258278108])
    assert grads(network.error, h1) == exactly([0.036350306393144675])


@pytest.mark.parametrize(("error", "expected"), [(0, 6.68396021144373e-4), (1, -2.2982828667002627e-4)])
def test_each_error_of_mazurs_gives_its_own_path_to_the_first_weight(error, expected):
    """E1"""
    network = Mazur()
    assert grads(network.errors[error], network.weights[:1]) == exactly([expected])


def test_mazurs_weights_and_shared_biases_have_their_gradients():
    """E1"""
    network = Mazur()
    assert grads(network.error, network.weights) == exactly(WEIGHT_GRADS)
    assert [b.grad for b in network.biases] == exactly(BIAS_GRADS)


def test_one_step_gives_mazurs_published_weights():
    """E1"""
    expected = [
        0.14978071613276284,
        0.19956143226552564,
        0.24975114363236958,
        0.29950228726473915,
        0.3589164797178846,
        0.4086661860762334,
        0.5113012702387375,
        0.5613701211079891,
    ]
    assert data(Mazur().after_a_step().weights) == exactly(expected)


def test_one_step_from_the_original_weights_gives_the_error_of_mazurs_repository():
    """E1: 0.291027774, and not the 0.291027924 of the page, which had updated w5 to w8 before it went on to h."""
    error = Mazur().after_a_step().error.data
    assert error == exactly(0.29102777369359933)
    assert error != exactly(0.291027924, relative=1e-8)


def test_updating_the_output_weights_first_gives_the_error_that_mazurs_page_prints():
    """E1: the mistake reproduced, so that the number above is seen to tell the two apart."""
    network = Mazur()
    network.error.backward()
    outer = [w.data - RATE * w.grad for w in network.weights[4:]]
    mixed = Mazur([*WEIGHTS[:4], *outer])
    delta_o = [node.grad for node in network.net_o]
    inner = []
    for h, own in ((0, (0, 1)), (1, (2, 3))):
        into_h = fsum(delta_o[o] * mixed.weights[4 + 2 * o + h].data for o in (0, 1))
        delta = into_h * network.out_h[h].data * (1 - network.out_h[h].data)
        inner += [WEIGHTS[w] - RATE * delta * x for w, x in zip(own, INPUTS, strict=True)]
    assert Mazur([*inner, *outer]).error.data == exactly(0.29102792390544)


def test_updating_mazurs_shared_biases_too_lowers_the_error_further():
    """E1"""
    assert Mazur().after_a_step(biases_too=True).error.data == exactly(0.2857508866992965)


def test_ten_thousand_steps_bring_mazurs_outputs_to_their_targets():
    """E1; the page's outputs 0.015912196 and 0.984065734 come from the mistake above."""
    weights = [Value(w) for w in WEIGHTS]
    for _ in range(10_000):
        h = [sigmoid(dot(weights[k : k + 2], INPUTS, BIASES[0])) for k in (0, 2)]
        o = [sigmoid(dot(weights[k : k + 2], h, BIASES[1])) for k in (4, 6)]
        error = autograd.sum(0.5 * (t - p) ** 2 for t, p in zip(TARGETS, o, strict=True))
        error.backward()
        for w in weights:
            w.data -= RATE * w.grad
            w.grad = None
    final = Mazur([w.data for w in weights])
    assert final.error.data == exactly(3.510187782978859e-05, relative=1e-9)
    assert data(final.out_o) == exactly([0.01591362044355068, 0.9840642735146238], relative=1e-11)


# E3: Andrew Trask, Grokking Deep Learning. The book's delta is pred − goal: the gradient of ½(pred − goal)²,
# half that of the squared error it prints.


def descend(weights, inputs, goal, rate, steps, frozen=()):
    """Yield the weights, the printed error, the prediction and the weights' gradients of each step."""
    weights = list(weights)
    for _ in range(steps):
        w = leaves(*weights)
        prediction = dot(w, inputs)
        (0.5 * (prediction - goal) ** 2).backward()
        yield weights[:], (prediction.data - goal) ** 2, prediction.data, [p.grad for p in w]
        weights = [x if k in frozen else x - rate * p.grad for k, (x, p) in enumerate(zip(weights, w, strict=True))]


def matrix_vector(rows, vector):
    return [dot(row, vector) for row in rows]


def test_trasks_predictions_are_weighted_sums():
    """E3 T0"""
    assert dot([8.5], [0.1]) == exactly(0.85)
    assert dot([8.5, 0.65, 1.2], [0.1, 0.2, 0]) == exactly(0.98)
    layer = [[0.1, 0.1, -0.3], [0.1, 0.2, 0], [0, 1.3, 0.1]]
    assert matrix_vector(layer, [8.5, 0.65, 1.2]) == exactly([0.555, 0.98, 0.965])
    hidden = matrix_vector([[0.1, 0.2, -0.1], [-0.1, 0.1, 0.9], [0.1, 0.4, 0.1]], [8.5, 0.65, 1.2])
    outputs = matrix_vector([[0.3, 1.1, -0.3], [0.1, 0.2, 0], [0, 1.3, 0.1]], hidden)
    assert outputs == exactly([0.2135, 0.145, 0.5065])


def test_trasks_single_weight_learns_at_rate_one():
    """E3 T1a"""
    steps = list(descend([0.5], [0.5], 0.8, 1, 20))
    assert [error for _, error, _, _ in steps[:3]] == exactly([0.3025, 0.17015625, 0.095712890625])
    assert steps[19][1] == exactly(5.408208020258491e-06, relative=1e-10)
    assert steps[19][2] == exactly(0.7976744445781151)
    # A step leaves 1 − 0.5² of the distance to the goal.
    assert [error for _, error, _, _ in steps] == exactly([0.3025 * 0.75 ** (2 * k) for k in range(20)], relative=1e-10)


def test_trasks_single_weight_learns_from_a_large_input_at_a_small_rate():
    """E3 T1d: the input 2 at rate 1 diverges; at 0.1 a step leaves 1 − 0.1 · 2² of the distance to the goal."""
    errors = [error for _, error, _, _ in descend([0.5], [2], 0.8, 0.1, 20)]
    assert errors[:3] == exactly([0.04, 0.0144, 0.005184])
    assert errors[19] == exactly(1.485277170987127e-10, relative=1e-10)
    diverging = [error for _, error, _, _ in descend([0.5], [2], 0.8, 1, 20)]
    assert diverging == exactly([0.04 * 9**k for k in range(20)], relative=1e-12)


def test_trasks_single_weight_overshoots_and_comes_back():
    """E3 T1b"""
    expected = [
        (0, 0.64, 0, -0.88),
        (0.88, 0.028224, 0.968, 0.1848),
        (0.6952, 0.0012446784, 0.76472, -0.038808),
        (0.734008, 5.4890317439999896e-05, 0.8074088, 0.00814968),
    ]
    found = [(w, error, prediction, slope) for [w], error, prediction, [slope] in descend([0.0], [1.1], 0.8, 1, 4)]
    assert found == [exactly(row, relative=1e-12) for row in expected]


def test_trasks_three_weights_take_two_steps():
    """E3 T2"""
    first, second, third = descend([0.1, 0.2, -0.1], [8.5, 0.65, 1.2], 1, 0.01, 3)
    assert first[1:3] == exactly((0.0196, 0.86), relative=1e-12)
    assert first[3] == exactly([-1.19, -0.091, -0.168], relative=1e-12)
    assert second[0] == exactly([0.1119, 0.20091, -0.09832], relative=1e-12)
    assert second[1:3] == exactly((0.00131351880625, 0.9637575), relative=1e-12)
    assert third[0] == exactly([0.1149806125, 0.20114557625, -0.09788509], relative=1e-12)
    assert third[1:3] == exactly((8.8027125223e-05, 0.9906177228125), relative=1e-10)


def test_the_squared_error_itself_has_twice_trasks_gradient():
    """E3: the convention trap."""
    w = leaves(0.1, 0.2, -0.1)
    assert grads((dot(w, [8.5, 0.65, 1.2]) - 1) ** 2, w) == exactly([-2.38, -0.182, -0.336])


def test_trasks_gradient_is_exact_in_fractions():
    """E3 T2"""
    w = leaves(0.1, 0.2, -0.1)
    loss = 0.5 * (dot(w, [8.5, 0.65, 1.2]) - 1) ** 2
    assert [str(slope) for slope in exact_gradients(loss, w)] == ["-119/100", "-91/1000", "-21/125"]


def test_trasks_frozen_weight_leaves_the_learning_to_the_others():
    """E3 T2f"""
    steps = descend([0.1, 0.2, -0.1], [8.5, 0.65, 1.2], 1, 0.3, 3, frozen=(0,))
    assert [error for _, error, _, _ in steps] == exactly(
        [0.0196, 0.003816150625, 0.000743010489422852], relative=1e-11
    )


def test_trasks_one_input_teaches_three_outputs():
    """E3 T3"""
    w = leaves(0.3, 0.2, 0.9)
    predictions = [0.65 * p for p in w]
    assert data(predictions) == exactly([0.195, 0.13, 0.585])
    deltas = [p - g for p, g in zip(predictions, [0.1, 1, 0.1], strict=True)]
    assert data(deltas) == exactly([0.095, -0.87, 0.485])
    slopes = grads(autograd.sum(0.5 * d**2 for d in deltas), w)
    assert slopes == exactly([0.06175, -0.5655, 0.31525])
    assert [p.data - 0.1 * s for p, s in zip(w, slopes, strict=True)] == exactly([0.293825, 0.25655, 0.868475])


LIGHTS = [(1, 0, 1), (0, 1, 1), (0, 0, 1), (1, 1, 1), (0, 1, 1), (1, 0, 1)]
WALK = [0, 1, 0, 1, 1, 0]


def test_trasks_first_streetlight_alone_is_learnt_in_twenty_steps():
    """E3 T5"""
    steps = list(descend([0.5, 0.48, -0.7], LIGHTS[0], 0, 0.1, 20))
    assert [prediction for _, _, prediction, _ in steps[:3]] == exactly([-0.2, -0.16, -0.128])
    assert [error for _, error, _, _ in steps[:2]] == exactly([0.04, 0.0256])
    assert steps[19][1] == exactly(8.307674973656916e-06, relative=1e-10)


def test_trasks_streetlights_are_learnt_one_example_at_a_time():
    """E3 T5: the middle light wins."""
    weights, errors = [0.5, 0.48, -0.7], []
    for _ in range(40):
        error = 0.0
        for lights, goal in zip(LIGHTS, WALK, strict=True):
            w = leaves(*weights)
            loss = 0.5 * (dot(w, lights) - goal) ** 2
            loss.backward()
            error += 2 * loss.data
            weights = [p.data - 0.1 * p.grad for p in w]
        errors.append(error)
    published = {
        1: 2.6561231104,
        2: 0.9628701776715985,
        3: 0.5509165866836797,
        4: 0.36445836852222424,
        5: 0.2516768662079895,
        10: 0.05564914990717743,
        20: 0.009117233405426495,
        40: 0.00053373677328488,
    }
    assert {epoch: errors[epoch - 1] for epoch in published} == exactly(published, relative=1e-11)
    assert weights == exactly([0.013892275998855057, 1.0138146999001432, -0.015992771465237705], relative=1e-12)


INTO_HIDDEN = [
    [-0.165955990594852, 0.4406489868843162, -0.9997712503653102, -0.39533485473632046],
    [-0.7064882183657739, -0.8153228104624044, -0.6274795772446582, -0.3088785459139045],
    [-0.20646505153866013, 0.07763346800671389, -0.1616109711934104, 0.370439000793519],
]
OUT_OF_HIDDEN = [-0.5910955005369651, 0.7562348727818908, -0.9452248136041477, 0.34093502035680645]


def forward(into, out, lights):
    hidden = [relu(dot(column, lights)) for column in zip(*into, strict=True)]
    return hidden, dot(out, hidden)


def test_trasks_deep_streetlights_back_propagate_through_the_active_unit_only():
    """E3 T6"""
    into, out = [leaves(*row) for row in INTO_HIDDEN], leaves(*OUT_OF_HIDDEN)
    hidden, prediction = forward(into, out, LIGHTS[0])
    assert data(hidden) == exactly([0, 0.5182824548910301, 0, 0])
    assert prediction.data == exactly(0.3919432663396042)
    (0.5 * (prediction - 1) ** 2).backward()
    preactivations = [h.parents[0].grad for h in hidden]
    assert prediction.grad == exactly(-0.6080567336603958)
    assert preactivations == exactly([0, -0.4598337066238415, 0, 0])
    assert [w.grad for w in out] == exactly([0, 0.5182824548910301 * -0.6080567336603958, 0, 0])


def test_trasks_deep_streetlights_are_learnt():
    """E3 T6"""
    into, out = [leaves(*row) for row in INTO_HIDDEN], leaves(*OUT_OF_HIDDEN)
    parameters = [w for row in [*into, out] for w in row]
    errors = []
    for _ in range(60):
        error = 0.0
        for lights, goal in zip(LIGHTS[:4], [1, 1, 0, 0], strict=True):
            loss = 0.5 * (forward(into, out, lights)[1] - goal) ** 2
            loss.backward()
            error += 2 * loss.data
            for w in parameters:
                w.data -= 0.2 * w.grad
                w.grad = None
        errors.append(error)
    expected = [
        0.6342311598444467,
        0.35838407676317513,
        0.0830183113303298,
        0.006467054957103705,
        0.0003292669000750734,
        1.5055622665134859e-05,
    ]
    assert errors[9::10] == exactly(expected, relative=1e-9)
