"""Programs as people write them lift to the numbers of the scalar engine, in as many lines for any size."""

import re

import numpy as np
import pytest

from autograd import Operation, Value, gradients, vectorize
from tests.lifting import as_values, assert_lifts
from tests.scalar_programs import PROGRAMS

GROWING: set[str] = set()
"""Those whose lines grow with their size."""

OVER_TIME = [
    "recurrent network",
    "gated recurrent network",
    "long short term memory",
    "two recurrent layers",
    "pendulum",
    "prediction at each step",
    "kalman filter",
    "rosenbrock by steepest descent",
]


def lifted(name, size):
    loss, *arrays = PROGRAMS[name](size)
    return vectorize(loss, *(array[0] for array in arrays))


@pytest.mark.parametrize("size", [6, 8])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_has_the_numbers_of_the_scalar_engine(name, size):
    loss, *arrays = PROGRAMS[name](size)
    assert_lifts(loss, *arrays, tolerance=1e-10)


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - GROWING))
def test_a_program_has_as_many_lines_for_any_size(name):
    small, large = (lifted(name, size).source.splitlines() for size in (12, 24))
    assert abs(len(large) - len(small)) <= 1


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_line_is_longer_than_100_columns(name):
    assert max(map(len, lifted(name, 8).source.splitlines())) <= 100


def test_attention_takes_as_many_lines_for_32_tokens_as_for_8():
    small, large = (lifted("attention", size).source.splitlines() for size in (8, 32))
    assert len(large) == len(small)


def test_attention_is_products_of_matrices_of_each_example():
    source = lifted("attention", 8).source

    assert re.search(r"WQ_rows\.swapaxes\(1, 2\) @ WK_rows", source)
    assert not re.search(r"\bplace\(|scatter\(|index", source)


@pytest.mark.parametrize("name", OVER_TIME)
def test_time_is_a_loop(name):
    short, long = (lifted(name, size).source for size in (20, 300))

    assert len(short.splitlines()) == len(long.splitlines())
    assert re.search(r"for t in range\(29\d\):", long)
    assert re.search(r"for t in reversed\(range\(29\d\)\):", long)


@pytest.mark.parametrize("name", OVER_TIME)
def test_a_loop_has_the_numbers_of_the_scalar_engine(name):
    loss, *arrays = PROGRAMS[name](40)
    assert_lifts(loss, *arrays, tolerance=1e-10)


@pytest.mark.parametrize("name", OVER_TIME)
def test_a_loop_gives_slopes_by_inputs_and_by_example(name):
    loss, *arrays = PROGRAMS[name](12)
    program = vectorize(loss, *(array[0] for array in arrays))
    examples = [
        [as_values(number) for number in example] for example in zip(*(a.tolist() for a in arrays), strict=True)
    ]
    leaves = [[leaf for value in example for leaf in np.ravel(np.array(value, object))] for example in examples]
    losses = [loss(*example) for example in examples]

    by_inputs, by_example = program.gradients_by_inputs(*arrays), program.gradients_by_example(*arrays)

    assert "for t in range" in program._by_inputs.compiled.source
    assert "for t in range" in program._by_example.compiled.source
    rows = np.column_stack([each.reshape(len(each), -1) for each in by_inputs])
    for found, of in ((rows, leaves), (by_example, [program.parameters] * len(losses))):
        expected = [[s.data for s in gradients(y, xs)] for y, xs in zip(losses, of, strict=True)]
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["long short term memory"])
def test_the_gates_of_a_cell_are_runs_of_one_array(name):
    source = lifted(name, 8).source

    assert "np.concatenate(" in source
    assert not re.search(r"\bplace\(|scatter\(|index", source)


def test_a_convolution_reads_windows():
    source = lifted("convolution and pooling", 8).source

    assert "image_windows = windows(" in source
    assert "index" not in source


def test_attention_has_the_gradients_of_torch():
    torch = pytest.importorskip("torch")
    loss, tokens, y = PROGRAMS["attention"](8)
    program = vectorize(loss, tokens[0], y[0])
    value, gradient = program.value_and_gradients(tokens, y)

    W = {
        name: torch.tensor(
            [[p.data for p in program.parameters if p.name.startswith(f"{name}.{i}.")] for i in range(4)],
            dtype=torch.float64,
            requires_grad=True,
        )
        for name in ("WQ", "WK", "WV", "top")
    }
    x = torch.tensor(tokens)
    Q, K, V = (x @ W[name].T for name in ("WQ", "WK", "WV"))
    out = torch.softmax(Q @ K.transpose(1, 2) / 2, dim=-1) @ V
    expected = (((out @ W["top"].T).tanh().mean(dim=(1, 2)) - torch.tensor(y)) ** 2).mean()
    expected.backward()

    assert value == pytest.approx(expected.item(), rel=1e-12)
    for parameter, slope in zip(program.parameters, gradient, strict=True):
        name, row, column = parameter.name.split(".")
        assert slope == pytest.approx(W[name].grad[int(row), int(column)].item(), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [1, 3])
def test_attention_keeps_its_type_in_a_batch_of_any_size(dtype, batch):
    loss, *arrays = PROGRAMS["attention of two heads"](5)
    assert_lifts(
        loss, *(array[:batch] for array in arrays), dtype=dtype, tolerance=1e-10 if dtype == "float64" else 1e-4
    )


# The functions that generated code calls


def test_einsum_is_that_of_numpy():
    from autograd.lifting.array_helpers import HELPERS

    random = np.random.default_rng(0)
    for letters, a, b in [
        ("bik,bkj->bij", (2, 3, 4), (2, 4, 5)),
        ("bik,bk->bi", (2, 3, 4), (2, 4)),
        ("bi,bj->bij", (2, 3), (2, 4)),
        ("ilm,bjklm->bijk", (2, 3, 4), (5, 6, 7, 3, 4)),
        ("bijk,bjklm->ilm", (5, 2, 6, 7), (5, 6, 7, 3, 4)),
    ]:
        x, y = random.normal(size=a), random.normal(size=b)
        np.testing.assert_allclose(HELPERS["einsum"](letters, x, y), np.einsum(letters, x, y), rtol=1e-12)


@pytest.mark.parametrize(("axis", "size", "step"), [(0, 3, 1), (1, 2, 1), (1, 3, 2), (2, 2, 3)])
def test_the_gradient_of_windows_adds_up_where_they_overlap(axis, size, step):
    from autograd.lifting.array_helpers import HELPERS

    random = np.random.default_rng(0)
    array = random.normal(size=(5, 7, 8))
    count = (array.shape[axis] - size) // step + 1
    length = (count - 1) * step + size
    array = array.take(range(length), axis=axis)
    windows = HELPERS["windows"](array, axis, size, step)
    other = random.normal(size=windows.shape)

    assert windows.shape == (*array.shape[:axis], count, *array.shape[axis + 1 :], size)
    assert (windows * other).sum() == pytest.approx((array * HELPERS["add_windows"](other, axis, length, step)).sum())


@pytest.mark.parametrize("slope", [5e-324, 1 / 3, 1 / 49, -1 / 49, 49.123456789012, 1e300])
def test_a_constant_local_gradient_is_a_factor_or_a_quotient_whatever_its_size(slope):
    scaled = Operation("scaled", lambda m, x: m.number(slope) * x, lambda m, y, x: (slope,))
    w = Value(2.0, "w")
    program = vectorize(lambda x: scaled(w * x) * x, 1.5, parameters=[w])
    _, [gradient] = program.value_and_gradients([1.5])
    assert gradient == pytest.approx(slope * 1.5 * 1.5, rel=1e-15)
