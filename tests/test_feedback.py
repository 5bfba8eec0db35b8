"""The report to look at: colours in a terminal, formulas typeset, one page that needs nothing else."""

import os
import pty
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import pytest

import autograd
from autograd import Value, check_derivation, log, mark, sigmoid
from autograd import sum as add
from autograd.feedback.mathematics import math, typeset

ROOT = Path(autograd.__file__).parent.parent
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@pytest.fixture(scope="module")
def nodes():
    x, w1, w2, v1, v2, a = map(Value, (1.5, 0.8, -0.4, 0.5, 1.2, 1.0))
    h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)
    p = v1 * h1 + v2 * h2
    J = (p - a) ** 2 / 2
    return {"x": x, "w1": w1, "w2": w2, "v1": v1, "v2": v2, "a": a, "h1": h1, "h2": h2, "p": p, "J": J}


PAGE = r"""
dJ/dp = p - a = -0.191
dp/dx = v1*h1*(1 - h1)*w1
dJ/dv1 = (a - p)*h1
$\frac{\partial J}{\partial w_2} = (p - a) v_2 h_2 x$
dJ/dw1 > 0
eta = 0.5
w1_new = w1 - eta*dJ/dw1 = 0.8127
"""


@pytest.fixture(scope="module")
def report(nodes):
    return check_derivation(PAGE, nodes)


# In a terminal

PROGRAM = """
import sys
from autograd import Value, check_derivation
x = Value(3.0)
report = check_derivation("dy/dx = 2*x; dy/dx = x", {"x": x, "y": x * x})
report.show()
assert "\\x1b" not in str(report)
"""


def in_a_terminal(**environment):
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    env |= {"PYTHONPATH": str(ROOT), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"} | environment
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=theirs, env=env)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


def test_a_terminal_shows_right_lines_green_and_wrong_ones_red():
    shown = in_a_terminal()
    assert "\x1b[32m✓ 1  dy/dx = 2*x" in shown
    assert "\x1b[31m✗ 1  dy/dx = x" in shown
    assert "\x1b[32mright: dy/dx = 2*x\x1b[0m" in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colour_gets_none(environment):
    assert "\x1b" not in in_a_terminal(**environment)


def test_a_pipe_and_str_have_no_colour(report, capsys):
    report.show()
    assert capsys.readouterr().out == f"{report}\n"
    assert "\x1b" not in str(report) + repr(report)


# Formulas


def leaves(formula):
    """The letters, numbers and signs of a formula, read from its MathML by a parser of XML."""
    tree = ElementTree.fromstring(math(typeset(formula)))
    return "".join(tree.itertext())


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("dL/dz = a - y", "∂L∂z=a−y"),
        ("dJ/dW[0][1] = -p[0]*(1 - p[1])", "∂J∂W0,1=−p0(1−p1)"),
        ("dL/dz_i = p_i - t_i", "∂L∂zi=pi−ti"),
        ("dL/dV_jd = Σ_k(A_kj*O_kd)", "∂L∂Vjd=∑kAkjOkd"),
        ("y = sqrt(x)*exp(-z)/sigmoid(n)", "y=xe−zσ(n)"),
        ("dW = X.T @ dZ / 3", "dW=X⊤dZ3"),
        (r"\frac{\partial L}{\partial w_1} = (\hat y - t)\,\hat y x^2", "∂L∂w1=(y^−t)y^x2"),
        (r"\delta_j = \sum_k w_{kj} \delta_k \sigma'(z_j)", "δj=∑kwkjδkσ′(zj)"),
        (r"\frac{\partial S_{ij}}{\partial Q_{ik}} = \frac{K_{jk}}{\sqrt{2}}", "∂Sij∂Qik=Kjk2"),
    ],
)
def test_a_formula_is_typeset(formula, shown):
    assert leaves(formula) == shown


@pytest.mark.parametrize(
    "formula",
    [
        "dJ/dw1 > 0",
        "dS = (A * dA).sum(axis=1)",
        r"\begin{cases} a \end{cases}",
        r"\frac{a}",
        "x ^",
        "<b>x</b>",
        "",
        r"\left( a",
        "((((" * 500,
    ],
)
def test_what_is_beyond_the_grammar_is_not_typeset(formula):
    assert typeset(formula) is None


# The page


def test_a_saved_page_is_one_file(report, tmp_path):
    path = report.save(tmp_path / "feedback.html")
    assert path == tmp_path / "feedback.html"
    page = path.read_text(encoding="utf-8")
    assert "<script" not in page
    assert re.search(r"(src|href)=\"(?!data:)", page) is None
    assert report.save(path) == path  # and again, in its place


def test_a_report_is_saved_as_html_alone(report, tmp_path):
    with pytest.raises(ValueError, match=r"cannot save a report as 'feedback.pdf': the name must end in .html"):
        report.save(tmp_path / "feedback.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_page_without_graphviz_has_no_picture(report, monkeypatch):
    from autograd.drawing import rendering
    from autograd.feedback import path_picture

    monkeypatch.setattr(rendering, "_renderers", lambda _: iter(()))
    path_picture._drawn.cache_clear()
    page = report._repr_html_()
    path_picture._drawn.cache_clear()
    assert "<img" not in page
    assert "the path via h2 is left out" in page


def test_printing_a_report_makes_no_page(report, monkeypatch):
    from autograd.feedback import feedback_page

    monkeypatch.setattr(feedback_page, "table", None)
    assert "✗" in str(report)


def test_every_verdict_has_its_legend(nodes):
    """No word of a verdict is left unexplained: the words are those of `DerivationLine.verdict`."""
    page = """
    dJ/dp = p - a
    dJ/dp = -0.191
    dp/dx = v1*h1*(1 - h1)*w1
    dJ/dv1 = (a - p)*h1
    dJ/dv1 = dJ/dp*2*h1
    foo = 3
    dJ/dw1 > 0
    p = log(x - 2)
    """
    html = check_derivation(page, nodes)._repr_html_()
    legend = html.partition("<dl")[2]
    for word in ("proved", "here", "to 4 digits", "one path of two", "wrong", "checks nothing", "not read", "no value"):
        assert f"<dt>{word}</dt>" in legend


def test_an_update_that_goes_up_is_right_and_gets_a_note(nodes):
    lines = check_derivation("v1_new = v1 + 0.1*dJ/dv1 = 0.4854\nv2_new = v2 - 0.1*dJ/dv2 = 1.2068", nodes).lines
    assert [line.holds for line in lines] == [True, True]
    assert lines[0].notes == ("this step goes up: along dJ/dv1 J grows; for a descent it is taken away, with a minus",)
    assert lines[1].notes == ()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_legible_in_every_window(report, opened, tmp_path, scheme, width):
    path = report.save(tmp_path / "feedback.html")
    page = opened(path, color_scheme=scheme, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("tr.wrong").count() == 3
    assert page.locator("tr.right").count() == 2
    assert page.locator("math mfrac").first.bounding_box()["height"] > 20  # drawn as a fraction, not as text in a row
    tints = page.evaluate("[...document.querySelectorAll('tr')].map(row => getComputedStyle(row).backgroundColor)")
    assert len(set(tints)) == 4
    marks = page.locator("math .differs")
    assert "a−p" in marks.nth(2).text_content() or "a−p" in " ".join(marks.all_text_contents())


def test_the_feedback_of_a_class_is_the_same_page(nodes, opened, tmp_path):
    mark({"Ada": PAGE}, nodes, targets=["dJ/dp"]).to_html(tmp_path)
    page = opened(tmp_path / "Ada.html")
    assert page.locator("h1").text_content() == "Ada"
    assert page.locator("tr.wrong math").count() > 0
    assert opened(tmp_path / "index.html").locator("a").count() == 1


def test_the_line_in_the_summary_is_typeset_without_what_is_said_of_other_lines(tmp_path):
    x, w = Value(1.5), Value(0.8)
    page = r"\frac{\partial y}{\partial w} = w" + "\ndy/dx = foo(w)"
    found = check_derivation(page, {"x": x, "w": w, "y": w * x}).as_table()
    assert "</span> (1 line is not read)</p>" in found


@pytest.fixture(scope="module")
def penalised():
    """Logistic regression with a penalty: seven paths from w to J."""
    w, lam = Value(0.4), Value(0.1)
    a, t = [Value(0.3), Value(0.7), Value(-0.2)], [Value(1.0), Value(0.0), Value(1.0)]
    p = [sigmoid(w * each) for each in a]
    J = -add([y * log(q) + (1 - y) * log(1 - q) for y, q in zip(t, p, strict=True)]) / 3 + lam * w**2 / 2
    return {"w": w, "lam": lam, "a": a, "t": t, "p": p, "J": J}


@pytest.mark.parametrize(
    ("claim", "told", "missing"),
    [
        ("dJ/dw = lam*w", "one path of seven; the six paths via p[0], p[1] and p[2] are left out", 6),
        ("dJ/dw = (p[0] - t[0])*a[0]/3 + lam*w", "every path via p[2] or p[1] is left out", 4),
    ],
)
def test_each_line_that_left_paths_out_has_its_picture(penalised, claim, told, missing):
    report = check_derivation(claim, penalised)
    assert (report.lines[0].verdict, report.lines[0].remark) == ("paths left out", told)
    [picture] = re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", report._repr_html_())
    drawn = b64decode(picture).decode()
    assert [name for name in ("w", "p[0]", "p[1]", "p[2]", "J") if f">{name}</text>" not in drawn] == []
    assert drawn.count("stroke-dasharray") == missing


def test_a_layer_keeps_its_number_under_its_indices():
    assert typeset("dL/dz1_j = W1_ij") == typeset(r"\frac{\partial L}{\partial z_{1,j}} = W_{1,ij}")
