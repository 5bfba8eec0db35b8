"""With reveal=False a report tells the wrong lines and the kinds of mistake; the answer cannot be read off it."""

import json
import pickle
import re
from copy import deepcopy
from random import Random

import pytest
from planted_mistakes_table import MISTAKES, page_with

from autograd import MISTAKES as KINDS
from autograd import Value, check_derivation, draw, log, mark, sigmoid

SAMPLE = Random(18).sample(MISTAKES, 24)
MAY_STAND_BELOW = {*KINDS, "branch missing, or overwritten"}


def two_neurons():
    x, w1, w2, v1, v2, a = map(Value, (1.5, 0.8, -0.4, 0.5, 1.2, 1.0))
    h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)
    p = v1 * h1 + v2 * h2
    J = (p - a) ** 2 / 2
    J.backward()
    return {name: node for name, node in locals().items() if isinstance(node, Value)}


def hidden(page, nodes=None, **options):
    return check_derivation(page, two_neurons() if nodes is None else nodes, reveal=False, **options)


def squeezed(text):
    return re.sub(r"\s", "", text)


def said_in(report):
    """All that a report says, in each form, without what the page itself says: the claims."""
    data = json.loads(report.to_json())
    forms = [str(report), repr(report), str(report.lines), re.sub("<[^>]*>", " ", report._repr_html_())]
    forms.append(json.dumps(data, ensure_ascii=False))
    for line in report.lines:
        for own in (line.read_as, line.claim):
            forms = [form.replace(own, "") for form in forms] if own else forms
    return forms


@pytest.mark.parametrize("mistakes", [SAMPLE, pytest.param(MISTAKES, marks=pytest.mark.slow)], ids=["sample", "all"])
def test_no_planted_mistake_is_told_with_what_is_right(mistakes):
    for mistake in mistakes:
        page, wrong, nodes = page_with(mistake)
        [told] = [line for line in check_derivation(page, nodes).lines if line.claim == wrong]
        report = hidden(page, nodes)
        [line] = [line for line in report.lines if line.claim == wrong]
        assert line is report.first_wrong
        assert (line.verdict, line.number) == (told.verdict, told.number)
        assert [each.name for each in line.mistakes] == list(dict.fromkeys(each.name for each in told.mistakes))
        below = [said for said in line.explanation() if not said.startswith("read as ")]
        assert set(below) <= MAY_STAND_BELOW, below
        for said in said_in(report):
            if told.correct_formula is not None:
                right = told.correct_formula.partition(" = ")[2].partition(", for ")[0]
                assert squeezed(told.correct_formula) not in squeezed(said)
                assert len(right) < 6 or squeezed(right) not in squeezed(said)
            digits = f"{abs(told.correct):.4g}" if told.correct is not None else ""
            assert len(digits) < 5 or digits not in said
        assert 'corrected"' not in report._repr_html_()


def test_the_kind_of_mistake_is_told_without_the_factor():
    report = hidden("dh1/dw1 = h1*(1 - h1)")
    assert str(report).splitlines()[:2] == ["✗ 1  dh1/dw1 = h1*(1 - h1)  wrong", "     inner derivative left out"]


def test_a_path_that_is_left_out_is_not_told_nor_shown():
    report = hidden("dp/dx = v1*h1*(1 - h1)*w1")
    assert report.first_wrong.remark == "paths are left out"
    assert "h2" not in str(report)
    assert "<figure" not in report._repr_html_()


def test_which_part_of_a_line_is_wrong_is_told():
    assert hidden("dJ/dp = p - a = 0.191").first_wrong.remark == "0.191 is wrong"


def test_what_a_definition_is_worth_is_not_told():
    """Else ``s = dJ/dw1`` would tell the gradient to whoever asks for it."""
    report = hidden("s = dJ/dw1\nq_1 = 2*s\ndJ/dv1 = q_1/s*dJ/dp")
    assert [line.remark for line in report.lines] == ["defined", "defined", "wrong"]


@pytest.mark.parametrize(
    "claim", ["dw1/dx = 1", "dJ/dp = 0.191", "p = 0.5", "dp/dh1 = v1*1.0001", "w1_new = w1 + 0.5*dJ/dw1", "dJ_dv2 = 3"]
)
def test_a_line_has_no_attribute_with_an_answer(claim):
    for line in hidden(claim).lines:
        assert (line.claimed, line.correct, line.correct_formula) == (None, None, None)
        assert (line.elsewhere, line.of, [*line.notes]) == ("", None, [])
        assert all(not mistake.detail for mistake in line.mistakes)


def test_what_is_equal_here_by_coincidence_is_told_without_the_other_point():
    x, w = Value(2.0), Value(2.0)
    report = hidden("dy/dx = x", {"x": x, "w": w, "y": w * x})
    assert report.first_wrong.remark == "wrong: equal at this point by coincidence, and nowhere else"
    assert [*report.first_wrong.explanation()] == ["gradient of another weight"]


def test_what_follows_from_a_wrong_line_and_what_says_the_same_is_told():
    report = hidden("dJ/dp = a - p\ndJ/dv1 = (a - p)*h1\ndJ/dp = a - p")
    assert [line.verdict for line in report.lines] == ["wrong", "follows from line 1", "wrong"]
    assert report.lines[2].notes == ("line 1 says the same",)


def test_a_claim_for_a_case_that_cannot_be_looked_at_tells_no_number():
    a, y = Value(0.3), Value(0.6) * 0.7
    report = hidden("dL/da = -1/a for y = 1", {"a": a, "y": y, "L": -y * log(a)})
    assert "0.42" in str(check_derivation("dL/da = -1/a for y = 1", {"a": a, "y": y, "L": -y * log(a)}))
    assert "0.42" not in str(report)
    assert report.lines[0].verdict == "not checked"


@pytest.mark.parametrize("letter", ["J", "L"])
def test_an_update_that_goes_up_is_told_without_the_way_down(letter):
    nodes = {letter if name == "J" else name: node for name, node in two_neurons().items()}
    page = f"dw1 = (p - a)*v1*h1*(1 - h1)*x\nw1 += 0.1*dw1  # d{letter}/dw1"
    told = hidden(page, nodes, output=nodes[letter])
    assert "minus" not in str(told)


def test_arrays_tell_how_many_entries_are_right_and_no_error():
    W = [[Value(0.5), Value(0.2)], [Value(0.1), Value(0.3)]]
    L = sum(W[i][j] * (i + 1) * (j + 2) for i in range(2) for j in range(2))
    nodes = {"W": W, "L": L}
    report = hidden({"dW": [[2.0, 3.0], [4.0, 7.0]], "L": 3.0}, nodes, output=L)
    assert [line.remark for line in report.lines] == ["wrong: 3 of 4 entries are right", "wrong"]
    assert [line.correct for line in report.lines] == [None, None]
    report = hidden({"dW": [[-2.0, -3.0], [-4.0, -6.0]]}, nodes, output=L)
    assert list(map(str, report.first_wrong.mistakes)) == ["sign"]
    assert "(2, 2)" in hidden({"dW": [[1.0, 2.0]]}, nodes, output=L).first_wrong.remark


def test_the_data_have_no_key_for_what_is_right():
    lines = json.loads(hidden("dJ/dp = a - p\ndp/dh1 = v1").to_json())["lines"]
    assert [set(line) for line in lines] == [{"number", "claim", "holds", "verdict", "remark", "mistakes"}] * 2
    assert lines[0]["mistakes"] == ["sign"]
    assert json.loads(check_derivation("dp/dh1 = v2", two_neurons()).to_json())["lines"][0]["correct"] == 0.5


@pytest.mark.parametrize("through", [lambda report: pickle.loads(pickle.dumps(report)), deepcopy])
def test_a_copy_says_the_same_and_has_no_graph(through):
    report = hidden("dJ/dp = a - p\np = 0.5")
    copy = through(report)
    assert str(copy) == str(report)
    assert [(line.node, line.claims) for line in copy.lines] == [(None, ())] * 2
    assert b"autograd.nodes" not in pickle.dumps(report)
    assert b"autograd.value" not in pickle.dumps(report)


def test_a_saved_page_shows_what_was_written_alone(tmp_path):
    page = hidden("dJ/dp = a - p\ndp/dx = v1*h1*(1 - h1)*w1").save(tmp_path / "feedback.html").read_text("utf-8")
    assert "sign" in page
    assert not any(told in page for told in ("you wrote", "right is", ">right<", "<img", "other sign"))


def test_a_drawing_marks_the_node_and_says_the_kind_alone():
    nodes = two_neurons()
    report = hidden("dp/dx = v1*h1*(1 - h1)*w1", nodes)
    page = draw(nodes["J"]).page(report).html
    assert "branch missing" in page
    assert not any(told in page for told in ("right is", "Right: d", "via h2", "h2*v2*w2"))
    shown = draw(nodes["J"]).page(check_derivation("dp/dx = v1*h1*(1 - h1)*w1", nodes)).html
    assert "right is" in shown  # what is looked for above is what a page would say


def test_a_class_is_marked_alike_and_its_feedback_has_no_answers(tmp_path):
    pages = {"Ada": "dJ/dp = p - a; dp/dv1 = h1", "Ben": "dJ/dp = a - p; dJ/dv1 = dJ/dp*h1"}
    targets = ["dJ/dp", "dJ/dv1"]
    shown, left_out = (mark(pages, two_neurons(), targets=targets, reveal=reveal) for reveal in (True, False))
    assert str(left_out) == str(shown)
    left_out.to_html(tmp_path)
    assert "sign" in (tmp_path / "Ben.html").read_text("utf-8")
    assert "right is" not in (tmp_path / "Ben.html").read_text("utf-8")
    assert [line["right"] for row in json.loads(left_out.to_json())["rows"] for line in row["lines"]] == [None] * 4


@pytest.mark.parametrize("reveal", ["no", 0, None])
def test_reveal_is_true_or_false(reveal):
    with pytest.raises(TypeError, match="reveal must be True or False, not"):
        check_derivation("dJ/dp = p - a", two_neurons(), reveal=reveal)
    with pytest.raises(TypeError, match="reveal must be True or False, not"):
        mark({"Ada": "dJ/dp = p - a"}, two_neurons(), targets=["dJ/dp"], reveal=reveal)
