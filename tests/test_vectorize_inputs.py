"""Inputs as people have them: tables and indices, records, arrays of other libraries, weights, unequal lengths."""

from collections import namedtuple
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Value, dot, softmax, take, tanh, vectorize
from nn import MLP, squared_error
from tests.lifting import assert_lifts

random = Random(0)


def matrix(rows, columns):
    return [[Value(random.gauss(0, 1)) for _ in range(columns)] for _ in range(rows)]


TABLE = matrix(5, 3)
WORDS = np.array([[0, 4, 4], [2, 1, 4], [0, 0, 0], [3, 2, 1]])
Body = namedtuple("Body", "x v mass")


# take, on the scalar engine


@pytest.mark.parametrize("index", [2, 2.0, Value(2.0), np.int64(2), np.float32(2)])
def test_take_gives_the_entry_itself(index):
    assert take(TABLE, index) is TABLE[2]


@pytest.mark.parametrize("index", [-1, 5, 1.5, float("nan"), float("inf"), Value(-1.0)])
@pytest.mark.parametrize("kind", [IndexError, ValueError])
def test_an_index_that_is_no_place_of_the_table_is_refused(index, kind):
    with pytest.raises(kind, match=r"the index of take must be a whole number from 0 to 4, not "):
        take(TABLE, index)


@pytest.mark.parametrize("index", ["1", None, [1], 1j])
def test_an_index_that_is_no_number_is_refused(index):
    with pytest.raises(TypeError, match="the index of take must be a whole number"):
        take(TABLE, index)


@pytest.mark.parametrize("table", [3.0, {"a": 1.0}, "table", Value(1.0)])
def test_a_table_that_is_no_list_is_refused(table):
    with pytest.raises(TypeError, match="take takes a list of Values or numbers"):
        take(table, 0)


# take, lifted


def embedding(words):
    return autograd.sum([tanh(x) ** 2 for word in words for x in take(TABLE, word)])


def test_an_embedding_lifts_to_a_gather():
    program = assert_lifts(embedding, WORDS)

    assert "table" not in program.source
    assert "weights[places]" in program.source
    assert "d_weights = add_rows(" in program.source
    assert "@" not in program.source


def test_an_embedding_takes_as_many_lines_for_any_number_of_words():
    few, many = (vectorize(embedding, [0] * n).source.count("\n") for n in (3, 30))

    assert few == many


def test_one_word_lifts():
    assert_lifts(lambda word, y: squared_error(take(TABLE, word), y), WORDS[:, 0], np.ones((4, 3)))


def test_a_table_of_numbers_lifts():
    w = Value(0.3)
    assert_lifts(lambda word: (take([1.0, -2.0, 4.0, 0.5, 3.0], word) * w).tanh(), WORDS[:, 0])


def test_a_table_of_values_that_are_computed_lifts():
    assert_lifts(lambda word: take([dot(row, TABLE[0]).tanh() for row in TABLE], word) ** 2, WORDS[:, 0])


def test_a_table_with_entries_of_many_kinds_lifts():
    assert_lifts(
        lambda word, x: take([TABLE[0][0], x, 3.0, TABLE[1][1].exp(), x * TABLE[0][0]], word) * x,
        WORDS[:, 0],
        [0.5, -1.0, 2.0, 0.1],
    )


def test_the_table_of_an_embedding_that_is_the_last_layer_too_lifts():
    def loss(word, following):
        hidden = [tanh(x) for x in take(TABLE, word)]
        return autograd.logsumexp(logits := [dot(row, hidden) for row in TABLE]) - take(logits, following)

    assert_lifts(loss, WORDS[:, 0], WORDS[:, 1])


def test_two_tables_at_one_index_lift():
    positions = matrix(5, 3)
    assert_lifts(
        lambda word: autograd.sum(
            [(a + b).tanh() for a, b in zip(take(TABLE, word), take(positions, word), strict=True)]
        ),
        WORDS[:, 0],
    )


def test_classes_come_as_numbers():
    model = MLP(2, [5], seed=0)

    def loss(x, label):
        return -take(softmax(model(x)), label).log()

    program = assert_lifts(loss, np.random.default_rng(0).normal(size=(4, 2)), WORDS[:, 1])

    assert "take_along_axis" in program.source


def test_several_classes_of_an_example_lift():
    heads = [MLP(2, [5], seed=seed) for seed in range(3)]

    def loss(x, labels):
        logits = [head(x) for head in heads]
        return autograd.sum([autograd.logsumexp(z) - take(z, label) for z, label in zip(logits, labels, strict=True)])

    assert_lifts(loss, np.random.default_rng(0).normal(size=(4, 2)), WORDS)


def test_no_gradient_passes_to_the_entries_that_are_not_taken():
    w = Value(1.0, "w")
    program = vectorize(lambda x, k: take([w * x, (x - 1).sqrt() * w], k), 0.0, 0)

    assert program.value_and_gradients([1.0, 1.0], [0, 0])[1].tolist() == [1.0]


@pytest.mark.parametrize("wrong", [-1, 5, 0.5, np.nan, np.inf])
def test_a_place_that_is_none_is_refused_before_anything_runs(wrong):
    program = vectorize(embedding, [0, 0, 0])
    program._compiled = None

    with pytest.raises(ValueError, match=r"words has .* in example 1, where .* a whole number from 0 to 4"):
        program([[0, 1, 2], [3, 4, wrong]])


def test_an_index_is_data():
    with pytest.raises(TypeError, match=r"an index that is computed needs a number.*compute it before"):
        vectorize(lambda word: take(TABLE, word + 1)[0], 0)


def test_the_index_of_a_list_is_refused_and_take_offered():
    with pytest.raises(TypeError, match=r"take\(table, index\)"):
        vectorize(lambda word: TABLE[word][0], 0)


def test_rows_of_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="the rows of a table must have one length"):
        vectorize(lambda word: take([[Value(1.0)], [Value(1.0), Value(2.0)]], word)[0], 0)


def test_a_dtype_that_does_not_count_so_far_is_refused():
    with pytest.raises(ValueError, match="needs a larger dtype"):
        vectorize(lambda word: take([1.0] * 3000, word), 0, dtype="float16")


# Records


@dataclass(frozen=True)
class Sample:
    features: Any
    label: Any = 0.0


W = [Value(0.5, "w1"), Value(-1.0, "w2")]
X, Y = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([1.0, 0.0, 2.0])
EXPECTED = [(0.5 * a - b - y) ** 2 for (a, b), y in zip(X, Y, strict=True)]


def of_dict(batch):
    return (dot(W, batch["x"]) - batch["y"]) ** 2


def of_sample(sample):
    return (dot(W, sample.features) - sample.label) ** 2


def test_an_example_may_be_a_dict():
    program = vectorize(of_dict, {"x": [0.0, 0.0], "y": 0.0})

    assert program({"x": X, "y": Y}) == pytest.approx(EXPECTED)
    assert program([{"x": x, "y": y} for x, y in zip(X, Y, strict=True)]) == pytest.approx(EXPECTED)
    assert "batch_x @ parameters - batch_y" in program.source
    assert repr(program) == "Program(batch.x: (batch, 2), batch.y: (batch,); 2 parameters, float64)"


def test_an_example_may_be_a_dataclass():
    program = vectorize(of_sample, Sample([0.0, 0.0], 0.0))

    assert program(Sample(X, Y)) == pytest.approx(EXPECTED)
    assert program([Sample(x, y) for x, y in zip(X, Y, strict=True)]) == pytest.approx(EXPECTED)


def test_an_example_may_hold_namedtuples():
    scale = Value(0.7)

    def energy(bodies, dt):
        return autograd.sum([scale * body.mass * (body.x + dt * body.v) ** 2 for body in bodies])

    program = vectorize(energy, [Body(0.0, 0.0, 1.0)] * 2, 0.1)
    batch = [[Body(1.0, 2.0, 3.0), Body(-1.0, 0.5, 1.0)], [Body(0.0, 1.0, 2.0), Body(4.0, 0.0, 1.0)]]
    dt = [0.1, 0.2]

    expected = [0.7 * sum(b.mass * (b.x + t * b.v) ** 2 for b in bodies) for bodies, t in zip(batch, dt, strict=True)]
    assert program(batch, dt) == pytest.approx(expected)
    assert program.value_and_gradients(batch, dt)[1] == pytest.approx([np.mean(expected) / 0.7])


def test_records_may_be_nested():
    program = vectorize(lambda a: a["inner"]["x"] * a["w"] * W[0], {"inner": {"x": 0.0}, "w": 1.0})

    assert program({"inner": {"x": [1.0, 2.0]}, "w": [3.0, 4.0]}) == pytest.approx([1.5, 4.0])


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"x": X}, TypeError, "batch must have an entry 'y', as the example has, not x"),
        (X, TypeError, "batch must be as the example, with an entry 'x', not"),
        ({"x": X, "y": Y[:2]}, ValueError, r"batch\.y has 2 examples, but batch\.x has 3"),
        ({"x": Y, "y": Y}, ValueError, r"batch\.x must have the shape \(batch, 2\), not \(3,\)"),
    ],
)
def test_a_record_that_is_not_as_the_example_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        vectorize(of_dict, {"x": [0.0, 0.0], "y": 0.0})(given)


def test_a_record_of_text_is_refused():
    with pytest.raises(TypeError, match=r"the example of batch\.y must be"):
        vectorize(of_dict, {"x": [0.0, 0.0], "y": "cat"})


# Keywords


def residual(x, *, y):
    return (dot(W, x) - y) ** 2


def test_arguments_go_by_their_names_too():
    program = vectorize(residual, [0.0, 0.0], y=0.0)

    assert program(X, y=Y) == pytest.approx(EXPECTED)
    assert program(y=Y, x=X) == pytest.approx(EXPECTED)
    value, _ = program.value_and_gradients(x=X, y=Y)
    assert value == pytest.approx(np.mean(EXPECTED))
    assert program.backward(x=X, y=Y) == value


@pytest.mark.parametrize(
    ("arrays", "named"), [((X,), {}), ((X, Y), {"y": Y}), ((), {"y": Y}), ((X,), {"z": Y}), ((X, Y, Y), {})]
)
def test_arguments_that_are_missing_or_given_twice_are_refused(arrays, named):
    with pytest.raises(TypeError, match=r"the program takes 2 arrays \(x, y\), not "):
        vectorize(residual, [0.0, 0.0], y=0.0)(*arrays, **named)


# Arrays of other libraries, weights, unequal lengths


def test_tensors_are_data():
    torch = pytest.importorskip("torch")
    program = vectorize(residual, torch.zeros(2), y=torch.tensor(0.0))

    assert program(torch.tensor(X, requires_grad=True), y=torch.tensor(Y)) == pytest.approx(EXPECTED)


@pytest.mark.parametrize("kind", [np.float32, np.int64, bool])
def test_arrays_of_any_real_type_are_data(kind):
    given = X.astype(kind)
    expected = [(0.5 * a - b - y) ** 2 for (a, b), y in zip(given.astype(float), Y, strict=True)]
    assert vectorize(residual, given[0], y=0.0)(given, y=Y) == pytest.approx(expected)


def test_a_weight_for_each_example_is_an_argument():
    weights = np.array([1.0, 0.5, 3.0])
    program = vectorize(lambda x, y, weight: weight * residual(x, y=y), [0.0, 0.0], 0.0, 1.0)

    value, gradient = program.value_and_gradients(X, Y, weights / weights.mean())

    errors = X @ [0.5, -1.0] - Y
    assert value == pytest.approx(np.average(EXPECTED, weights=weights))
    assert gradient == pytest.approx(np.average(2 * errors[:, None] * X, weights=weights, axis=0))


@pytest.mark.parametrize("rows", [[[1.0], [1.0, 2.0]], [1.0, [2.0]]])
def test_sequences_of_unequal_length_are_refused_with_the_way_to_pad_them(rows):
    with pytest.raises(ValueError, match=r"fill up with zeros .* as a mask"):
        vectorize(lambda x: x[0][0] * W[0], rows)
    with pytest.raises(ValueError, match=r"fill up with zeros .* as a mask"):
        vectorize(lambda x: x[0] * W[0], [1.0, 2.0])(rows)


def test_a_mask_leaves_out_what_was_filled_in():
    def loss(xs, mask):
        return autograd.sum([m * (W[0] * x).tanh() for x, m in zip(xs, mask, strict=True)])

    program = vectorize(loss, [0.0] * 3, [0.0] * 3)

    assert program([[1.0, 2.0, 0.0], [3.0, 0.0, 0.0]], [[1, 1, 0], [1, 0, 0]]) == pytest.approx(
        [np.tanh(0.5) + np.tanh(1.0), np.tanh(1.5)]
    )
