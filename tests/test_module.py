"""Module: which Values are parameters, and what they are called."""

import copy
import pickle
from abc import ABC, abstractmethod
from collections import deque

import numpy
import pytest

from autograd import Value, no_grad
from nn import MLP, Layer, Module, Perceptron


class Line(Module):
    def __init__(self):
        self.slope, self.offset = Value(2.0), Value(1.0)

    def __call__(self, x):
        return self.slope * x + self.offset


class Pair(Module):
    def __init__(self, first, second):
        self.first, self.second = first, second


def paths(module):
    return [path for path, _ in module.named_parameters()]


def names(module):
    return [parameter.name for parameter in module.parameters()]


def test_a_module_finds_its_parameters_in_the_order_they_were_set():
    line = Line()
    assert line.parameters() == [line.slope, line.offset]


def test_named_parameters_pairs_each_parameter_with_its_path():
    line = Line()
    assert list(line.named_parameters()) == [("slope", line.slope), ("offset", line.offset)]


def test_parameters_are_named_by_their_paths():
    assert names(Line()) == ["slope", "offset"]


def test_the_parameters_of_a_network_are_named_by_the_layers_and_perceptrons_above_them():
    network = MLP(2, [2, 1])
    assert names(network) == [
        "layers.0.perceptrons.0.weights.0",
        "layers.0.perceptrons.0.weights.1",
        "layers.0.perceptrons.0.bias",
        "layers.0.perceptrons.1.weights.0",
        "layers.0.perceptrons.1.weights.1",
        "layers.0.perceptrons.1.bias",
        "layers.1.perceptrons.0.weights.0",
        "layers.1.perceptrons.0.weights.1",
        "layers.1.perceptrons.0.bias",
    ]
    assert paths(network) == names(network)


def test_a_path_leads_through_lists_tuples_dicts_and_modules():
    class Mixture(Module):
        def __init__(self):
            self.parts = {"left": [Value(1.0), (Value(2.0),)], "right": Line()}

    assert paths(Mixture()) == ["parts.left.0", "parts.left.1.0", "parts.right.slope", "parts.right.offset"]


def test_a_module_inside_another_is_named_by_the_longer_path():
    pair = Pair(Line(), Line())
    assert names(pair) == ["first.slope", "first.offset", "second.slope", "second.offset"]


def test_a_shared_parameter_counts_once_under_its_first_path():
    shared = Value(3.0)
    pair = Pair([shared, Value(1.0)], [shared])
    assert paths(pair) == ["first.0", "first.1"]
    assert shared.name == "first.0"


def test_a_shared_module_counts_once():
    line = Line()
    assert paths(Pair(line, line)) == ["first.slope", "first.offset"]


def test_the_name_that_a_user_gave_stays():
    pair = Pair(Value(1.0, "gain"), Value(0.0))
    assert names(pair) == ["gain", "second"]
    assert paths(pair) == ["first", "second"]


def test_a_computed_value_is_no_parameter():
    x = Value(2.0)
    assert Pair(x, x * x).parameters() == [x]


def test_a_constant_of_a_computation_is_no_parameter():
    product = 3.0 * Value(2.0)
    assert Pair(product.parents[0], product.parents[1]).parameters() == [product.parents[1]]


def test_numbers_functions_and_strings_are_no_parameters():
    assert Pair(3.0, abs).parameters() == []
    assert Pair("layers", None).parameters() == []


@pytest.mark.parametrize(
    ("holder", "kind"),
    [
        (lambda *things: set(things), "set"),
        (lambda *things: frozenset(things), "frozenset"),
        (lambda *things: deque(things), "deque"),
        (lambda *things: deque([list(things)]), "deque"),
        (lambda *things: numpy.array([things, things], dtype=object), "ndarray"),
    ],
)
@pytest.mark.parametrize("make", [lambda: Value(1.0), Line], ids=["Value", "Module"])
def test_parameters_where_nobody_looks_for_them_are_refused_by_the_name_of_the_attribute(holder, kind, make):
    with pytest.raises(TypeError, match=rf"second\.inner holds Values in a {kind}, .*: keep them in a list"):
        Pair(None, {"inner": holder(make(), make())})


@pytest.mark.parametrize(
    "thing", [{1, "a"}, deque([0.5, None]), numpy.ones(3), numpy.array(["a", None], dtype=object), numpy.float64(2.0)]
)
def test_sets_deques_and_arrays_of_other_things_are_left_alone(thing):
    assert paths(Pair(thing, Value(1.0))) == ["second"]


def test_a_deque_of_computed_values_is_left_alone():
    x = Value(2.0)
    assert paths(Pair(x, deque([x * x]))) == ["first"]


def test_a_result_without_a_graph_counts_as_a_parameter():
    x = Value(2.0)
    with no_grad():
        assert len(Pair(x, x * x).parameters()) == 2


def test_a_module_without_parameters_can_be_made_and_zeroed():
    Pair(1, 2).zero_grad()


def test_modules_that_hold_each_other_have_each_parameter_once():
    inner, weight = Pair(Value(1.0), None), Value(2.0)
    outer = Pair(inner, weight)
    inner.second = outer
    assert paths(outer) == ["first.first", "second"]


def test_a_list_that_holds_itself_ends():
    parts = [Value(1.0)]
    parts.append(parts)
    assert paths(Pair(parts, None)) == ["first.0"]


def test_a_deep_nest_of_modules_is_searched_to_its_end():
    module = Pair(Value(1.0), None)
    for _ in range(100):
        module = Pair(module, Value(2.0))
    assert len(module.parameters()) == 101


def test_a_parameter_added_later_is_found():
    line = Line()
    line.curvature = Value(0.5)
    assert paths(line) == ["slope", "offset", "curvature"]


def test_zero_grad_sets_every_gradient_to_zero():
    line = Line()
    line(3.0).backward()
    line.zero_grad()
    assert [parameter.grad for parameter in line.parameters()] == [0.0, 0.0]


def test_gradients_are_none_before_any_backward():
    assert {parameter.grad for parameter in MLP(2, [2, 1]).parameters()} == {None}


def test_a_module_of_ones_own_shows_its_class_and_size():
    assert repr(Line()) == "Line(2 parameters)"


def test_layers_and_networks_show_their_shape():
    assert repr(Perceptron(2, None)) == "Perceptron(2 -> 1, linear)"
    assert repr(Layer(3, 2)) == "Layer(3 -> 2, relu)"
    assert repr(MLP(3, [4, 1])) == "MLP(3 -> 4 relu -> 1 linear, 21 parameters)"


def test_a_module_may_be_an_abstract_class_too():
    class Model(Module, ABC):
        @abstractmethod
        def __call__(self, x): ...

    with pytest.raises(TypeError, match="abstract"):
        Model()


def test_a_module_may_define_its_parameters_itself_as_micrograds_users_do():
    class Chosen(Line):
        def parameters(self):
            return [self.slope]

    line = Chosen()
    line.zero_grad()
    assert (line.slope.grad, line.offset.grad) == (0.0, None)


def test_a_copy_of_a_network_has_parameters_of_its_own():
    network = MLP(2, [3, 1], seed=0)
    twin = copy.deepcopy(network)
    twin([1.0, 2.0]).backward()
    assert {parameter.grad for parameter in network.parameters()} == {None}
    assert None not in {parameter.grad for parameter in twin.parameters()}


def test_a_network_survives_a_pickle():
    network = MLP(2, [3, 1], seed=0)
    read = pickle.loads(pickle.dumps(network))
    assert names(read) == names(network)
    assert read([1.0, 2.0]).data == network([1.0, 2.0]).data
