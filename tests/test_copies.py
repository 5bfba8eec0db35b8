"""Copies and pickles of leaves, graphs and operations."""

import copy
import itertools
import pickle
import subprocess
import sys

import pytest
from support import grads, leaves

import autograd
from autograd import Operation, Value, copying, gradients, maximum, relu, sin, sqrt, where
from autograd.graph import topological_order
from autograd.ops import OPERATIONS, power_by

cube = Operation("cube", value=lambda m, a: a * a * a, local=lambda m, y, a: (3 * a * a,))
local_cube_holder = [Operation("unreachable", lambda m, a: a, lambda m, y, a: (1,))]


def pickled(thing):
    return pickle.loads(pickle.dumps(thing))


each_way = pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])


@each_way
def test_a_copied_leaf_has_its_number_name_and_gradient(duplicate):
    x = Value(3.0, "x")
    (x * x).backward()
    twin = duplicate(x)
    assert twin is not x
    assert (twin.data, twin.name, twin.grad, twin.constant, twin.parents) == (3.0, "x", 6.0, False, ())


@each_way
def test_a_backward_through_a_copied_graph_lands_on_the_copied_leaves(duplicate):
    a, b = leaves(2.0, 3.0)
    y = where(a < b, sin(a * b) ** 2 + maximum(a, b), 0) / autograd.sum([a, b, a])
    expected = grads(y, [a, b])
    a.grad = b.grad = None
    copied, a_twin, b_twin = duplicate((y, a, b))
    assert copied.data == y.data
    assert grads(copied, [a_twin, b_twin]) == expected
    assert (a.grad, b.grad) == (None, None)


@each_way
def test_a_copied_graph_shares_what_the_graph_shared(duplicate):
    a = Value(2.0)
    square = a * a
    copied = duplicate(square + square)
    assert copied.parents[0] is copied.parents[1]
    assert copied.parents[0].parents[0] is copied.parents[0].parents[1]


@each_way
def test_through_a_copy_of_a_choice_nothing_passes_that_does_not_matter(duplicate):
    x = Value(0.0)
    y, twin = duplicate((relu(sqrt(x) - 1), x))
    assert grads(y, [twin]) == [0.0]


def chain(length):
    x = y = Value(1.0)
    nodes = [x]
    for _ in range(length):
        y = y + x
        nodes.append(y)
    return nodes


@each_way
def test_a_chain_of_a_hundred_thousand_nodes_is_copied(duplicate):
    nodes = chain(100_000)
    x, y = duplicate([nodes[0], nodes[-1]])
    y.backward()
    assert (x.grad, nodes[0].grad) == (100_001.0, None)


@each_way
@pytest.mark.parametrize("order", [1, -1], ids=["first to last", "last to first"])
def test_leaves_and_inner_nodes_copied_beside_their_output_are_those_of_its_copy(duplicate, order):
    copied = duplicate(chain(2000)[::order])[::order]
    assert all(node.parents == (before, copied[0]) for before, node in itertools.pairwise(copied))
    assert not copying._announced


@each_way
def test_no_node_is_walked_anew_for_having_each_of_its_ancestors_copied_beside_it(duplicate, monkeypatch):
    walked = []

    def noting(*outputs, seen):
        order = topological_order(*outputs, seen=seen)
        walked.append(len(order))
        return order

    monkeypatch.setattr(copying, "topological_order", noting)
    nodes = chain(1000)
    duplicate(nodes)
    assert sum(walked) <= len(topological_order(nodes[-1]))


def test_a_graph_pickled_again_is_whole():
    y = chain(10)[-1]
    assert len(pickle.dumps(y)) == len(pickle.dumps(y))
    assert pickled(y).parents[0].parents[0].data == 9.0


def test_a_pickle_that_was_broken_off_leaves_the_next_one_whole():
    nodes = chain(10)
    nodes[5].line = lambda: None  # what no pickle holds
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(nodes[-1])
    del nodes[5].line
    assert pickled(nodes[-1]).data == 11.0


def test_a_shallow_copy_has_the_same_parents():
    x = Value(2.0)
    y = x * x
    twin = copy.copy(y)
    assert twin is not y
    assert twin.parents == (x, x)


class Marked(Value):
    """A Value with an attribute of its own."""


@each_way
def test_the_attributes_of_a_subclass_are_copied_too(duplicate):
    x = Marked(2.0)
    x.marks = [1]
    twin = duplicate(x)
    assert (type(twin), twin.data, twin.marks) == (Marked, 2.0, [1])
    assert twin.marks is not x.marks


@each_way
def test_a_copied_graph_is_differentiated_as_a_graph_again(duplicate):
    x = Value(2.0)
    y, twin = duplicate((x**3, x))
    [slope] = gradients(y, [twin])
    assert gradients(slope, [twin])[0].data == 12.0


@each_way
def test_a_copied_condition_is_still_true_or_false(duplicate):
    assert bool(duplicate(Value(2.0) > 1)) is True


@each_way
def test_a_graph_of_a_users_operation_is_copied(duplicate):
    x = Value(2.0)
    y, twin = duplicate((cube(x), x))
    assert y.op is cube
    assert grads(y, [twin]) == [12.0]


@each_way
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_of_the_table_is_copied_as_itself(duplicate, name):
    assert duplicate(OPERATIONS[name]) is OPERATIONS[name]


@each_way
@pytest.mark.parametrize("exponent", [2, -1, 0.1, 1e300])
def test_a_power_by_a_number_is_copied(duplicate, exponent):
    twin = duplicate(power_by(exponent))
    assert (twin.name, twin(1.0)) == (power_by(exponent).name, 1.0)


def test_an_operation_that_no_variable_holds_cannot_be_pickled_and_says_so():
    with pytest.raises(TypeError, match=r"Operation\('unreachable'\) can be pickled or copied only while a variable"):
        pickle.dumps(local_cube_holder[0])


def test_an_operation_whose_module_is_gone_cannot_be_pickled_and_says_so(monkeypatch):
    monkeypatch.setattr(local_cube_holder[0], "__module__", "gone")
    with pytest.raises(TypeError, match="only while a variable of module gone holds it"):
        pickle.dumps(local_cube_holder[0])


def test_a_graph_of_an_operation_that_no_variable_holds_is_copied_with_the_operation_itself():
    [unreachable] = local_cube_holder
    assert copy.deepcopy(unreachable(Value(2.0))).op is unreachable


def test_a_changed_leaf_of_a_copied_graph_is_refused():
    x = Value(2.0, "x")
    y, twin = pickled((x * x, x))
    twin.data = 5.0
    with pytest.raises(ValueError, match="name='x'"):
        gradients(y, [twin])


READ = """
import pickle, sys
from autograd import gradients
y, x = pickle.loads(bytes.fromhex(sys.stdin.read()))
print(gradients(y, [x])[0].data)
x.data = 5.0
try:
    gradients(y, [x])
except ValueError:
    print("refused")
"""


def test_another_process_reads_a_pickle_and_sees_when_a_leaf_of_it_is_changed():
    x = Value(1.0, "x")
    for _ in range(10):
        x.data += 0.1  # this process has counted more writes than the other one will
    x.data = 2.0
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input=pickle.dumps((x * x, x)).hex(),
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["4.0", "refused"]
