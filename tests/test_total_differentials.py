"""Total differentials: dz = x dw + w dx. Each is the chain rule for every leaf, which sympy knows as well."""

import pytest
import sympy

from autograd import Value, check_derivation


def line():
    """z = w x + b and L = z²."""
    w, x, b = Value(0.3), Value(0.5), Value(0.2)
    z = w * x + b
    return {"w": w, "x": x, "b": b, "z": z, "L": z**2}


def lists():
    """o = v·h and L = (o − y)²."""
    v, h, y = [Value(0.3), Value(-0.4)], [Value(0.1), Value(0.2)], Value(1.0)
    o = v[0] * h[0] + v[1] * h[1]
    return {"v": v, "h": h, "y": y, "o": o, "L": (o - y) ** 2}


def test_sympy_has_the_same_differentials():
    w, x, b = sympy.symbols("w x b")
    z = w * x + b
    assert [z.diff(each) for each in (w, x, b)] == [x, w, 1]
    assert [sympy.expand((z**2).diff(each) - 2 * z * z.diff(each)) for each in (w, x, b)] == [0, 0, 0]


RIGHT = [
    (line, "dz = x dw + w dx + db"),
    (line, r"$dz = x\,dw + w\,dx + db$"),
    (line, r"$\mathrm{d}z = x\,\mathrm{d}w + w\,\mathrm{d}x + \mathrm{d}b$"),
    (line, "dL = 2z dz"),
    (line, "dL = 2z (x dw + w dx + db)"),
    (line, "dL = 2z dz = 2z x dw + 2z w dx + 2z db"),
    (line, "dL = 2z dz = 2z x dw"),  # x and b are held constant
    (line, "dL = ∂L/∂w dw + ∂L/∂x dx + ∂L/∂b db"),
    (line, r"$dL = \frac{\partial L}{\partial z} dz$"),
    (lists, "$do = v^T dh + h^T dv$"),
    (lists, "do = Σ_j (v_j dh_j + h_j dv_j)"),
    (lists, "do = h^T dv"),
    (lists, "dL = Σ_j ∂L/∂v_j dv_j"),
    (lists, r"$\mathrm{d}L = 2(o - y)(v^T \mathrm{d}h + h^T \mathrm{d}v)$"),  # the target y is held constant
]
WRONG = [
    (line, "dz = x dw - w dx + db"),
    (line, "dz = w dw + x dx + db"),
    (line, "dL = 3z dz"),
    (line, "dL = 2z dz = 2z w dw"),
    (line, "dL = 3z dz = 2z x dw"),
    (line, "dL = ∂L/∂w dw + ∂L/∂x dx - ∂L/∂b db"),
    (lists, "do = Σ_j (v_j dh_j - h_j dv_j)"),
    (lists, "$do = 2 h^T dv$"),
]


@pytest.mark.parametrize(("nodes", "page"), RIGHT)
def test_a_total_differential_is_right(nodes, page):
    report = check_derivation(page, nodes())
    assert report, report


@pytest.mark.parametrize(("nodes", "page"), WRONG)
def test_a_wrong_total_differential_is_wrong(nodes, page):
    report = check_derivation(page, nodes())
    assert [line.holds for line in report.lines] == [False], report


@pytest.mark.parametrize("page", ["dz = x dw + w dx", "dL = ∂L/∂w dw + ∂L/∂x dx"])
def test_a_differential_without_one_of_the_leaves_is_not_read(page):
    report = check_derivation(page, line())
    assert "is left out" in report.unread[0].why


def test_leaves_without_a_name_are_not_read():
    w = Value(0.3)
    z = w * Value(0.5)
    u = z * 2
    report = check_derivation("du = 2 dz", {"w": w, "z": z, "u": u})
    assert "without a name" in report.unread[0].why


@pytest.mark.parametrize("page", ["dz = 2z\ndw = x dz\ndb = dz", "dz = 2z; dw = dz x"])
def test_names_of_gradients_stay_what_they_are(page):
    report = check_derivation(page, line())
    assert report, report
    assert report.lines[0].read_as.startswith("dL/dz")
