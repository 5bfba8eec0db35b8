"""What a program compares with a gradient is claimed of it, and what a sentence says of one is not passed over.

For loss = Σ z², z = W x: the gradient by z is 2z, and that by W is 2 z xᵀ.
"""

import pytest

from autograd import Value, check_derivation


@pytest.fixture
def nodes():
    W = [[Value(0.5), Value(-1.2)], [Value(0.7), Value(0.4)], [Value(-0.3), Value(1.1)]]
    x = [Value(0.8), Value(-0.6)]
    z = [row[0] * x[0] + row[1] * x[1] for row in W]
    return {"W": W, "x": x, "z": z, "loss": z[0] ** 2 + z[1] ** 2 + z[2] ** 2}


@pytest.mark.parametrize(
    "line",
    [
        "assert torch.allclose(W.grad, torch.outer({}*z, x))",
        "assert torch.allclose(torch.outer({}*z, x), W.grad, atol=1e-6), 'they differ'",
        "np.testing.assert_allclose(W.grad, np.outer({}*z, x), rtol=1e-5)",
        "print(W.grad == torch.outer({}*z, x))",
        "print('ok:', bool((W.grad.detach() == torch.outer({}*z, x)).all()))",
        "print(np.all(dW == np.outer({}*z, x)))",
        "dW == np.outer({}*z, x)",
        "assert np.abs(dW - np.outer({}*z, x)).max() < 1e-6",
        "assert dW.shape == W.shape and np.array_equal(dW, np.outer({}*z, x))",
        "assert not (dW != np.outer({}*z, x)).any()",
        "want = np.outer({}*z, x)\nassert np.allclose(dW, want)",
        "dW = np.outer(dz, x)\nassert np.allclose(dW, np.outer({}*z, x))",
        "assert W.grad.data[0] == pytest.approx({}*z[0]*x)",
    ],
)
@pytest.mark.parametrize(("factor", "holds"), [(2, True), (3, False)])
def test_a_check_in_a_program_claims_what_the_gradient_is(nodes, line, factor, holds):
    report = check_derivation("dz = 2*z\n" + line.format(factor), nodes)
    assert bool(report) == holds, report
    assert not report.unread
    assert not report.prose
    assert report.lines[-1].holds == holds


@pytest.mark.parametrize(
    "line",
    [
        "assert dW.shape == (3, 2)",
        "assert np.allclose(dW, dW_numeric)",
        "assert np.allclose(dW, numeric(f, W), atol=1e-4)",
        "assert np.allclose(W.grad, torch_W.grad)",
        "print(dW.max() < 3)",
        "assert dW is not None",
        "print(max(1, 2), len(x))",
    ],
)
def test_a_check_against_what_the_page_does_not_work_out_states_nothing(nodes, line):
    report = check_derivation(f"dz = 2*z\n{line}", nodes)
    assert report
    assert report.prose == (line,)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("assert not np.allclose(dW, np.outer(3*z, x))", "differ"),
        ("print(dW != np.outer(3*z, x))", "differ"),
        ("assert dz[0] == 1.5", "whole array"),
    ],
)
def test_a_check_that_is_no_claim_of_a_whole_gradient_is_not_read(nodes, line, why):
    report = check_derivation(f"dz = 2*z\n{line}", nodes)
    assert not report
    assert [each.number for each in report.unread] == [2]
    assert why in report.unread[0].why


@pytest.mark.parametrize(
    "line",
    [
        "gradient of W: 3*z*x^T",
        "The gradient wrt W is 3 z x^T.",
        "The gradient with respect to W is $3 z x^T$.",
        "The gradient for W should be 3 z x^T",
        "dW: 3 z x^T",
        "dW equals 3 z x^T",
        "dW -> 3 z x^T",
        "dW → 3 z x^T",
        "dW == 3*z*x",
    ],
)
def test_a_gradient_that_is_given_in_words_or_by_an_arrow_is_not_passed_over(nodes, line):
    report = check_derivation(f"dz = 2*z\n{line}", nodes)
    assert not report
    assert [each.number for each in report.unread] == [2]


@pytest.mark.parametrize(
    "line",
    [
        "The gradient with respect to W is a matrix.",
        "The gradient of the loss flows back: x → z → loss.",
        "dW: see below",
        "The gradient wrt W is $dW$.",
        "data is noisy",
    ],
)
def test_a_sentence_about_a_gradient_that_says_not_what_it_is_stays_prose(nodes, line):
    report = check_derivation(f"dz = 2*z\n{line}", nodes)
    assert report
    assert report.prose == (line,)
