"""What hangs on a definition that is not read is not read, either: it must not be judged with an older meaning."""

import pytest

from autograd import Value, check_derivation, sigmoid
from autograd import sum as total


def two_layers():
    """n = V x, o = σ(n), m = w o, q = σ(m), E = ½ Σ (t_k − q_k)².

    The delta rule: δ_k = (t_k − q_k) q_k (1 − q_k) = −∂E/∂m_k, δ_h = o_h (1 − o_h) Σ_k w_kh δ_k = −∂E/∂n_h.
    """
    x, t = [Value(0.5), Value(-1.2)], [Value(0.9), Value(0.1)]
    v = [[Value(0.4), Value(-0.3)], [Value(0.8), Value(0.2)]]
    w = [[Value(-0.6), Value(1.1)], [Value(0.7), Value(0.5)]]
    n = [total([a * b for a, b in zip(row, x, strict=True)]) for row in v]
    o = [sigmoid(each) for each in n]
    m = [total([a * b for a, b in zip(row, o, strict=True)]) for row in w]
    q = [sigmoid(each) for each in m]
    E = total([(a - b) * (a - b) for a, b in zip(t, q, strict=True)]) / 2
    return {"x": x, "t": t, "v": v, "w": w, "n": n, "o": o, "m": m, "q": q, "E": E}


OUTPUTS = "δ_k = (t_k - q_k) q_k (1 - q_k)"
HIDDEN = "δ_h = o_h (1 - o_h) Σ_k w_{kh} δ_k"


@pytest.mark.parametrize("line", ["∂E/∂v_{hi} = -δ_h x_i", "∂E/∂m_h = -δ_h", "∂E/∂n_i = -δ_i"])
def test_the_second_delta_is_not_taken_for_the_first(line):
    report = check_derivation(f"{OUTPUTS}\n{HIDDEN}\n{line}", two_layers())
    assert not report
    assert [each.number for each in report.unread] == [2, 3]
    assert "line 2" in report.unread[1].why


def test_the_first_delta_with_its_own_letter_stays_what_it_is():
    report = check_derivation(f"{OUTPUTS}\n{HIDDEN}\n∂E/∂w_{{kh}} = -δ_k o_h\n∂E/∂m_k = δ_k", two_layers())
    assert [(each.number, each.holds) for each in report.lines[1:]] == [(3, True), (4, False)]


def test_what_is_made_of_it_is_not_read_either():
    report = check_derivation(f"{OUTPUTS}\n{HIDDEN}\nr_h = 2 δ_h\n∂E/∂m_h = -r_h/2", two_layers())
    assert [each.number for each in report.unread] == [2, 3, 4]


def test_a_claim_about_the_first_with_another_letter_leaves_it_as_it_is():
    lines = f"{OUTPUTS}\nδ_h = (t_h - q_h) q_h (1 - q_h)\n∂E/∂m_h = -δ_h"
    assert check_derivation(lines, two_layers())


def test_a_line_that_is_refused_takes_the_older_meaning_from_its_name():
    nodes = two_layers()
    report = check_derivation("r = q_1 - t_1\nr = \\foo{3}{r}\n∂E/∂q_1 = r", nodes)
    assert not report
    assert [each.number for each in report.unread] == [2, 3]


def test_a_later_definition_gives_the_name_a_meaning_again():
    lines = "r_k = 2 q_k\nr_h = o_h unknown_h\n∂E/∂q_h = r_h\nr_h = o_h (1 - o_h)\n"
    report = check_derivation(lines, two_layers())
    assert {2, 3} <= {each.number for each in report.unread}
