"""Numbers that a program worked out: float32 is judged as float32, and a tolerance is relative to the right number."""

from dataclasses import dataclass

import numpy as np
import pytest

from autograd import Value, check_derivation, dot, relu, sigmoid, tanh
from nn import squared_error

ACTIVATIONS = {
    "sigmoid": (sigmoid, lambda n: 1 / (1 + np.exp(-n)), lambda n, h: h * (1 - h)),
    "tanh": (tanh, np.tanh, lambda n, h: 1 - h * h),
    "relu": (relu, lambda n: np.maximum(n, 0), lambda n, h: (n > 0).astype(n.dtype)),
}


def network(seed, activation, distance):
    """A 3-4-2 network whose outputs are so far from their targets, and its gradients in float32, by NumPy alone."""
    random = np.random.default_rng(seed)
    function, forward, slope = ACTIVATIONS[activation]
    W, V, x = random.normal(size=(4, 3)), random.normal(size=(2, 4)), random.normal(size=3)
    output = 1 / (1 + np.exp(-(V @ forward(W @ x))))
    t = output + distance * random.choice([-1, 1], size=2)
    w, v, inputs, targets = (array.astype(np.float32) for array in (W, V, x, t))
    n = w @ inputs
    h = forward(n)
    p = 1 / (1 + np.exp(-(v @ h)))
    dz = (p - targets) * p * (1 - p)
    dn = (v.T @ dz) * slope(n, h)
    gradients = {"W": np.outer(dn, inputs), "V": np.outer(dz, h), "x": w.T @ dn}
    assert all(gradient.dtype == np.float32 for gradient in gradients.values())
    claims = {
        f"dJ/d{name}{''.join(f'[{k}]' for k in index)}": gradient[index]
        for name, gradient in gradients.items()
        for index in np.ndindex(gradient.shape)
    }

    def values(array):
        return [values(row) if np.ndim(row) else Value(float(row)) for row in array]

    nodes = {"W": values(W), "V": values(V), "x": values(x), "t": values(t)}
    nodes["h"] = [function(dot(row, nodes["x"])) for row in nodes["W"]]
    nodes["p"] = [sigmoid(dot(row, nodes["h"])) for row in nodes["V"]]
    return nodes | {"J": squared_error(nodes["p"], nodes["t"])}, claims


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("distance", [1.0, 0.01, 1e-4], ids=["untrained", "trained", "trained long"])
@pytest.mark.parametrize("seed", range(3))
def test_the_float32_gradients_of_a_right_network_are_right(activation, distance, seed):
    """Where p is near its target, p - t has few digits in float32: all that follow have no more."""
    nodes, claims = network(seed, activation, distance)
    report = check_derivation(claims, nodes)
    assert report, str(report)
    assert all("float32" in line.evidence or line.proved for line in report.lines)


@pytest.mark.parametrize(("factor", "name"), [(2, "factor 2"), (-1, "sign"), (0.5, "factor 1/2"), (1.01, None)])
def test_a_wrong_float32_is_found_and_its_mistake_named(factor, name):
    for seed in range(3):
        nodes, claims = network(seed, "tanh", 1.0)
        report = check_derivation({key: np.float32(factor) * number for key, number in claims.items()}, nodes)
        assert not any(line.holds for line in report.lines)
        assert all(name in {mistake.name for mistake in line.mistakes} or name is None for line in report.lines)


@dataclass
class Tensor:
    """What PyTorch and JAX give: a number in an array of no dimensions."""

    number: float
    dtype: str = "torch.float32"
    shape: tuple = ()

    def item(self):
        return float(np.float32(self.number)) if "float32" in self.dtype else self.number

    def __float__(self):
        return self.item()


FLOAT32 = {
    "numpy.float32": np.float32,
    "an array of no dimensions": lambda number: np.array(number, dtype=np.float32),
    "an array of one": lambda number: np.array([[number]], dtype=np.float32),
    "a tensor": Tensor,
}


@pytest.fixture(params=FLOAT32)
def float32(request):
    return FLOAT32[request.param]


@pytest.mark.parametrize("size", [1e-30, 1e-8, 1.0, 1e8])
@pytest.mark.parametrize(("off", "holds"), [(0, True), (3e-6, True), (-3e-6, True), (3e-5, False), (-3e-5, False)])
def test_a_float32_is_judged_by_its_own_size(float32, size, off, holds):
    w, x = Value(0.3), Value(size)
    right = float(np.float32(1.7)) * size
    nodes = {"w": w, "x": x, "y": float(np.float32(1.7)) * w * x}
    assert bool(check_derivation({"dy/dw": float32(right * (1 + off))}, nodes)) == holds


def test_a_float32_of_few_digits_has_them_all(float32):
    """As written by hand, 0.5 would be right for 0.47."""
    w = Value(1.0)
    nodes = {"w": w, "y": 0.47 * w}
    assert check_derivation({w: 0.5}, nodes)
    assert not check_derivation({w: float32(0.5)}, nodes)
    assert check_derivation({w: float32(-0.5)}, {"w": w, "y": -0.5 * w})


def test_a_float32_where_the_right_value_is_0_may_be_what_cancelling_terms_leave():
    h, V = Value(0.7), [Value(0.1), Value(0.2), Value(-0.3)]
    y = V[0] * h + V[1] * h + V[2] * h
    left = np.float32(1e-8)  # what is left of 0.1 + 0.2 - 0.3 depends on the order
    assert check_derivation({"dy/dh": left}, {"h": h, "V": V, "y": y})
    assert not check_derivation({"dy/dh": np.float32(1e-5)}, {"h": h, "V": V, "y": y})


def test_a_choice_that_float32_makes_the_other_way_allows_nothing():
    w = Value(1.0)
    nodes = {"w": w, "y": relu(w - (1 - 1e-12)) * 3}
    assert check_derivation({w: np.float32(3)}, nodes)
    assert not check_derivation({w: np.float32(2)}, nodes)


def test_what_is_written_of_a_float32_is_its_fewest_digits():
    w = Value(1.0)
    for number in (0.1, -0.1, 1 / 3, 1e-30, 16777216.0, 2.0, 3.4028235e38):
        [line] = check_derivation({w: np.float32(number)}, {"w": w, "y": number * w}).lines
        written = line.claim.split(" = ")[1]
        assert np.float32(written) == np.float32(number)
        assert len(written) <= len(str(np.float32(number)))


@pytest.mark.parametrize(
    "number", [0.25, np.float64(0.25), np.array(0.25), Tensor(0.25, "torch.float64"), np.array([0.25])]
)
def test_a_number_of_full_precision_is_read_out_of_its_array(number):
    w = Value(1.0)
    assert check_derivation({w: number}, {"w": w, "y": 0.25 * w})
    assert not check_derivation({w: number}, {"w": w, "y": 0.35 * w})


@pytest.mark.parametrize("array", [np.zeros(2), np.zeros((1, 3), np.float32), np.zeros(0), Tensor(0.5, shape=(2,))])
def test_an_array_is_refused_by_its_shape(array):
    w = Value(1.0)
    with pytest.raises(TypeError, match=r"dy/dw must be a single number, not an array of shape \("):
        check_derivation({w: array}, {"w": w, "y": 2 * w})


@pytest.mark.parametrize(
    "number", [np.bool_(True), np.array(True), Tensor(True, "torch.bool"), np.complex64(1j), np.array(1j)]
)
def test_what_is_no_real_number_is_refused_in_an_array_too(number):
    w = Value(1.0)
    with pytest.raises(TypeError, match="must be a number or a formula"):
        check_derivation({w: number}, {"w": w, "y": 2 * w})


@pytest.mark.parametrize("number", [np.float32("nan"), np.float32("inf"), Tensor(float("nan"))])
def test_a_float32_that_is_not_finite_is_refused(number):
    w = Value(1.0)
    with pytest.raises(ValueError, match="only finite numbers"):
        check_derivation({w: number}, {"w": w, "y": 2 * w}, strict=True)


# A tolerance


def halved(claim, tolerance, right=0.25):
    w = Value(1.0)
    return check_derivation(
        claim if isinstance(claim, str) else {w: claim}, {"w": w, "y": right * w}, tolerance=tolerance
    )


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("number", [float, np.float64, np.float32])
def test_a_tolerance_is_relative_to_the_right_number(number, size):
    for sign in (1, -1):
        right = sign * 0.25 * size
        assert halved(number(right * 1.0009), 1e-3, right)
        assert halved(number(right * 0.9991), 1e-3, right)
        assert not halved(number(right * 1.0011), 1e-3, right)
        assert not halved(number(right * 0.9989), 1e-3, right)
        assert not halved(number(-right), 1e-3, right)


def test_a_tolerance_holds_for_numbers_on_a_page_too():
    assert halved("dy/dw = 0.2501", 1e-3)
    assert halved("dy/dw = 0.5002/2", 1e-3)
    assert not halved("dy/dw = 0.2501", 1e-4)
    assert not halved("dy/dw = 0.2501", None)
    assert "here, to 3 digits, within the tolerance" in str(halved("dy/dw = 0.2501", 1e-3))
    assert "proved; the number to 3 digits, within the tolerance" in str(halved("dy/dw = y/w = 0.2501", 1e-3))


def test_numbers_of_few_digits_pass_to_these_whatever_the_tolerance():
    for tolerance in (None, 0, 1e-9, 1e-3):
        report = halved("dy/dw = 0.3", tolerance, 0.2501)
        assert report
        assert "tolerance" not in str(report)


def test_a_float32_passes_within_the_tolerance_alone():
    assert halved(np.float32(0.25 * (1 + 3e-6)), None)
    assert not halved(np.float32(0.25 * (1 + 3e-6)), 1e-6)


def test_no_tolerance_excuses_a_formula():
    x = Value(2.0)
    for claim in ("x*x + 1/9999", "x + x + 1/9999", "2*x - 1/9999"):
        assert not check_derivation(f"dy/dx = {claim}", {"x": x, "y": x * x}, tolerance=1e-2)


def test_where_the_right_number_is_0_a_tolerance_allows_nothing():
    assert not halved("dy/dw = 0.001", 0.5, 0.0)


@pytest.mark.parametrize("tolerance", [-1e-3, 1, 2.0, float("nan"), float("inf")])
def test_a_tolerance_out_of_range_is_refused(tolerance):
    with pytest.raises(ValueError, match="tolerance is relative to the right number"):
        halved("dy/dw = 0.25", tolerance)


@pytest.mark.parametrize("tolerance", ["1e-3", True, [1e-3], 1j, Value(0.1)])
def test_a_tolerance_that_is_no_number_is_refused(tolerance):
    with pytest.raises(TypeError, match="tolerance must be a"):
        halved("dy/dw = 0.25", tolerance)
