"""The network as people draw it: columns of circles, a line a weight, its width |w| and its colour the sign."""

import re
from xml.etree import ElementTree

import pytest

from autograd import Value, draw, mean, sigmoid, tanh
from autograd.drawing import dot as style
from autograd.text import number
from nn import MLP, Layer, Module, Perceptron, cross_entropy, l2, squared_error

SVG = "{http://www.w3.org/2000/svg}"
BLUE, ORANGE, GREY = style.POSITIVE, style.NEGATIVE, style.GREY


@pytest.fixture
def model():
    model = MLP(3, [4, 1], tanh, seed=0)
    for place, parameter in enumerate(model.parameters()):
        parameter.data = (-1) ** place * (place + 1) / 10  # no two alike
    return model


@pytest.fixture
def loss(model):
    x = [Value(number, name) for number, name in zip((0.5, -1.0, 2.0), ("left", "middle", "right"), strict=True)]
    J = squared_error(model(x), 1.0)
    J.name = "J"
    return J


def groups(drawing, kind):
    root = ElementTree.fromstring(drawing.svg())
    return [group for group in root.iter(f"{SVG}g") if group.get("class") == kind]


def circles(drawing):
    """Of each circle its place and its texts."""
    found = []
    for group in groups(drawing, "node"):
        if (ellipse := group.find(f"{SVG}ellipse")) is not None:
            texts = ["".join(text.itertext()) for text in group.iter(f"{SVG}text")]
            found.append((float(ellipse.get("cx")), float(ellipse.get("cy")), texts))
    return found


def lines(drawing):
    """Of each line its colour, its width and its number, if it has one."""
    found = []
    for group in groups(drawing, "edge"):
        path = group.find(f"{SVG}path")
        text = group.find(f"{SVG}text")
        found.append((path.get("stroke"), float(path.get("stroke-width", 1)), None if text is None else text.text))
    return found


def columns(drawing):
    return [
        len([1 for x, *_ in circles(drawing) if x == column]) for column in sorted({x for x, *_ in circles(drawing)})
    ]


def texts(drawing):
    return [text.text for text in ElementTree.fromstring(drawing.svg()).iter(f"{SVG}text")]


# What is drawn


def test_a_model_alone_is_columns_of_circles_and_a_line_a_weight(model):
    drawing = draw(model)
    assert columns(drawing) == [3, 4, 1]
    assert len(lines(drawing)) == 3 * 4 + 4
    assert repr(drawing) == "Drawing(8 nodes, 16 edges: the weights of a network 3-4-1)"


def test_a_graph_has_its_loss_at_the_right_and_its_inputs_at_the_left(loss):
    drawing = draw(loss, detail="network")
    assert columns(drawing) == [3, 4, 1, 1]
    by_column = sorted(circles(drawing))
    assert [each[2][0] for each in by_column[:3]] == ["left", "middle", "right"]
    assert by_column[-1][2] == ["J", number(loss.data, 3)]


def test_units_stand_in_their_order_from_the_top_down(loss):
    by_column = sorted(circles(draw(loss, detail="network")))
    hidden = by_column[3:7]
    assert [each[2][0] for each in hidden] == ["0", "1", "2", "3"]
    assert [each[1] for each in hidden] == sorted(each[1] for each in hidden)


def test_a_line_is_as_wide_as_its_weight_is_large_and_has_the_colour_of_its_sign(model):
    weights = [w for layer in model.layers for p in layer.perceptrons for w in p.weights]
    by_number = {number(w.data, 3): w.data for w in weights}
    found = {by_number[text]: (colour, width) for colour, width, text in lines(draw(model))}
    assert set(found) == {w.data for w in weights}
    assert all(colour == (BLUE if w > 0 else ORANGE) for w, (colour, _) in found.items())
    widths = [width for _, (_, width) in sorted(found.items(), key=lambda item: abs(item[0]))]
    assert widths == sorted(widths)
    assert len(set(widths)) == len(widths)
    least, most = min(found, key=abs), max(found, key=abs)
    assert found[most][1] / found[least][1] == pytest.approx((6) / (0.5 + 5.5 * abs(least / most)), rel=0.02)


def test_a_weight_of_zero_is_grey_and_thin(model):
    model.layers[0].perceptrons[0].weights[0].data = 0.0
    assert (GREY, 0.5, "0") in lines(draw(model))


def test_a_neuron_shows_its_bias(model):
    bias = model.layers[0].perceptrons[2].bias.data
    assert circles(draw(model))[5][2] == ["2", number(bias, 3)]


# The three quantities


def test_gradients_are_those_of_the_weights_after_a_backward(loss, model):
    loss.backward()
    found = {text for *_, text in lines(draw(loss, detail="network", network="gradients"))}
    expected = {number(w.grad, 3) for layer in model.layers for p in layer.perceptrons for w in p.weights}
    assert expected <= found
    assert lines(draw(model, network="gradients")) == lines(draw(loss, detail="network", network="gradients"))[:16]


def test_before_a_backward_there_are_no_gradients_and_the_picture_says_so(loss):
    drawing = draw(loss, detail="network", network="gradients")
    assert {colour for colour, *_ in lines(drawing)} == {GREY}
    assert "no gradient yet: call backward() first" in texts(drawing)
    assert all("—" in each[2] for each in circles(drawing))


def test_activations_are_in_the_circles_and_weight_times_activation_on_the_lines(loss, model):
    drawing = draw(loss, detail="network", network="activations")
    hidden = model.layers[0]([0.5, -1.0, 2.0])
    assert [each[2][1] for each in sorted(circles(drawing))[3:7]] == [number(h.data, 3) for h in hidden]
    w = model.layers[1].perceptrons[0].weights
    products = {number(v.data * h.data, 3) for v, h in zip(w, hidden, strict=True)}
    assert products <= {text for *_, text in lines(drawing)}


def test_a_model_alone_has_no_activations(model):
    with pytest.raises(ValueError, match=r"draw\(model\(x\), detail='network'\)"):
        draw(model, network="activations")


def test_another_quantity_is_refused_by_name(model):
    with pytest.raises(ValueError, match="network takes 'weights', 'gradients', 'activations', not 'biases'"):
        draw(model, network="biases")


# Sizes


def test_of_more_than_sixteen_units_the_first_and_the_last_are_drawn():
    drawing = draw(MLP(64, [64, 32, 10], seed=0))
    assert columns(drawing) == [8, 8, 8, 10]
    assert {"x0", "x63", "63", "31"} <= {each[2][0] for each in circles(drawing)}
    assert {"⋮ 56 more", "⋮ 24 more"} <= set(texts(drawing))
    assert "136 of 170 units are left out" in drawing.note


def test_sixteen_units_are_all_drawn():
    assert columns(draw(MLP(2, [16, 16, 1], seed=0))) == [2, 16, 16, 1]


@pytest.mark.parametrize(("n", "sizes"), [(3, [4, 1]), (64, [64, 32, 10]), (2, [16, 16, 1])])
def test_text_is_nine_pixels_high_on_a_page_700_pixels_wide(n, sizes):
    model = MLP(n, sizes, seed=0)
    loss = squared_error(model([0.5] * n), [1.0] * sizes[-1])
    root = ElementTree.fromstring(draw(loss, detail="network").svg())
    width = float(root.get("width").removesuffix("pt"))
    heights = [float(text.get("font-size")) for text in root.iter(f"{SVG}text")]
    assert min(heights) * 700 / width >= 9


@pytest.mark.parametrize("sizes", [[4, 1], [5, 3], [2, 2]])
def test_no_two_numbers_on_lines_lie_on_each_other(sizes):
    found = [group.find(f"{SVG}text") for group in groups(draw(MLP(3, sizes, seed=0)), "edge")]
    places = [(float(text.get("x")), float(text.get("y"))) for text in found if text is not None]
    for one in places:
        for other in places:
            assert one is other or abs(one[0] - other[0]) > 40 or abs(one[1] - other[1]) > 8


# How a graph is read


def test_a_neuron_spelled_out_by_hand_is_one_if_its_weights_are_parameters():
    x1, x2, w1, w2, b = (
        Value(number, name) for number, name in zip((2, 0, -3, 1, 6.7), ["x1", "x2", "w1", "w2", "b"], strict=True)
    )
    y = tanh(w1 * x1 + w2 * x2 + b)
    y.name = "y"
    drawing = draw(y, detail="network", parameters=[w1, w2, b])
    assert [each[2] for each in circles(drawing)] == [["x1", "2"], ["x2", "0"], ["y", "6.7"]]
    assert [text for *_, text in lines(drawing)] == ["-3", "1"]
    with pytest.raises(ValueError, match=r"there is none .*`parameters`"):
        draw(y, detail="network")


def test_the_examples_of_a_batch_are_one_network():
    model = MLP(2, [3, 1], seed=0)
    J = mean([squared_error(model([i, 2.0]), 1.0) for i in range(5)]) + l2(model.parameters(), 0.01)
    drawing = draw(J, detail="network", network="activations")
    assert columns(drawing) == [2, 3, 1, 1]
    assert sorted(circles(drawing))[0][2] == ["x0", "2"]  # the mean of 0, 1, 2, 3, 4
    assert any("applied 5 times" in text for text in texts(drawing))


def test_a_recurrent_cell_is_one_layer_however_long_the_sequence():
    class Recurrent(Module):
        def __init__(self):
            self.cell = Layer(3, 2, tanh, seed=0)
            self.output = Perceptron(2, None, seed=0)

        def __call__(self, sequence):
            state = [0.0, 0.0]
            for entry in sequence:
                state = self.cell([entry, *state])
            return self.output(state)

    drawing = draw(Recurrent()([0.1 * i for i in range(20)]), detail="network")
    assert columns(drawing) == [1, 2, 1]
    assert "4 more weights lead back, to the same layer or one before it" in texts(drawing)


def test_what_is_computed_between_layers_leads_from_neuron_to_neuron():
    first, second = Layer(2, 2, None, seed=0), Perceptron(2, None, seed=1)
    x = [Value(0.5, "x1"), Value(-1.0, "x2")]
    swish = [n * sigmoid(n) for n in first(x)]
    drawing = draw(second(swish), detail="network")
    assert columns(drawing) == [2, 2, 1]
    assert len(lines(drawing)) == 6


def test_a_chain_that_is_no_sum_of_products_is_seen_through_at_once():
    w = Value(1.0, "w")
    n = w * Value(2.0, "x")
    for _ in range(60):
        n = n + n
    assert columns(draw(n, detail="network", parameters=[w])) == [1, 1, 1]


def test_layers_that_do_not_fit_are_named():
    class Towers(Module):
        def __init__(self):
            self.left, self.right = Layer(2, 3, seed=0), Layer(4, 3, seed=0)

    with pytest.raises(ValueError, match=re.escape("right.perceptrons.0 takes 4 inputs and there are 3 before it")):
        draw(Towers())


def test_a_module_without_perceptrons_is_refused():
    class Line(Module):
        def __init__(self):
            self.slope = Value(2.0)

    with pytest.raises(ValueError, match=r"draw\(Line\) draws perceptrons, and it has none"):
        draw(Line())


def test_a_name_is_written_as_text_however_it_is_spelt():
    x, w = Value(1.0, '<b>&"\n'), Value(2.0, "w")
    assert ['<b>&"…', "1"] in [each[2] for each in circles(draw(w * x, detail="network", parameters=[w]))]


def test_a_number_that_is_none_is_drawn():
    model = Perceptron(2, None, seed=0)
    model.weights[0].data = float("nan")
    model.weights[1].data = float("inf")
    assert [text for *_, text in lines(draw(model))] == ["nan", "inf"]


def test_the_same_network_is_the_same_text(model):
    assert draw(model).source == draw(model).source


def test_a_loss_of_many_classes_has_a_line_from_each():
    drawing = draw(cross_entropy(MLP(2, [3], seed=0)([0.1, 0.2]), [1, 0, 0]), detail="network")
    assert columns(drawing) == [2, 3, 1]
    assert len(lines(drawing)) == 6 + 3
