"""What comments of programs claim is judged, and what else they say is listed: nothing vanishes."""

import pytest

from autograd import Value, check_derivation, tanh


def recurrent():
    """r = w h, s = tanh r, y = v s: ∂y/∂v = s, ∂s/∂w = (1 − s²) h, ∂y/∂w = v (1 − s²) h."""
    w, h, v = Value(0.8), Value(0.5), Value(2.0)
    r = w * h
    s = tanh(r)
    return {"w": w, "h": h, "v": v, "r": r, "s": s, "y": v * s}


@pytest.mark.parametrize(
    ("page", "holds"),
    [
        ("# dy/dv = s\ndv = s\ndw = np.multiply(v*(1 - s**2), h)", True),
        ("# dy/dv = 7*s\ndv = s\ndw = np.multiply(v*(1 - s**2), h)", False),
        ("dv = s\ndw = np.multiply(v*(1 - s**2), h)  # dy/dw = v*(1 - s**2)*h", True),
        ("dv = s\ndw = np.multiply(v*(1 - s**2), h)  # dy/dw = v*(1 - s)*h", False),
        ("dv = np.copy(s)\n# ds/dw = (1 - s**2)*h\ndw = dv*0 + v*(1 - s**2)*h", True),
        ("dv = np.copy(s)\n# ds/dw = 1 - s**2*h\ndw = v*(1 - s**2)*h", False),
        ("dy/dv = s  # ds/dw = (1 - s^2) h", True),
        ("dy/dv = s  # ds/dw = (1 + s^2) h", False),
        ("dy/dv = s  // ds/dw = (1 + s^2) h", False),
        ("```python\ndv = s\n# ds/dw = (1 + s**2)*h\n```", False),
    ],
)
def test_a_claim_in_a_comment_is_judged(page, holds):
    report = check_derivation(page, recurrent())
    assert not report.unread, str(report)
    assert bool(report) == holds, str(report)


def test_a_claim_in_a_comment_that_cannot_be_read_is_not_read():
    report = check_derivation("dv = s\n# dy/dw = unheard_of(h)\n", recurrent())
    assert [each.number for each in report.unread] == [2]
    assert not report


def test_the_line_before_a_comment_goes_on_behind_it():
    report = check_derivation("dy/dw = v (1 - s^2) h  # ds/dw = (1 - s^2) h\n= dy/ds ds/dw", recurrent())
    assert report, str(report)
    assert [each.number for each in report.lines] == [1]


def test_a_right_claim_in_a_comment_is_listed_as_passed_over():
    report = check_derivation("dv = np.copy(s)  # dy/dv = s\ndw = v*(1 - s**2)*h\n", recurrent())
    assert report
    assert len(report.lines) == 2
    assert report.prose == ("dy/dv = s",)


def test_other_comments_are_listed_as_passed_over():
    report = check_derivation(
        "# the backward pass\ndv = s\ndw = np.multiply(v*(1 - s**2), h)  # of tanh\n", recurrent()
    )
    assert report
    assert report.prose == ("# the backward pass",)
