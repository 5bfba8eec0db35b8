"""What all reports share: a page in the terminal, a table in the notebook, a truth, data."""

from html.parser import HTMLParser

import pytest

from autograd.report import Line, Report

RIGHT = Line(claim="1 + 1 = 2", holds=True)
WRONG = Line(claim="2 · 2 = 5", holds=False, claimed=5.0, correct=4.0, remark="wrong")
OPEN = Line(claim="P = NP", holds=None)
IDLE = Line(claim="let x = 1", holds=True, checks=False)


@pytest.mark.parametrize(
    ("lines", "truth"),
    [
        ([RIGHT], True),
        ([RIGHT, WRONG], False),
        ([RIGHT, OPEN], False),
        ([], False),
        ([IDLE], False),
        ([IDLE, RIGHT], True),
    ],
)
def test_a_report_is_true_when_a_line_checks_something_and_all_hold(lines, truth):
    assert bool(Report("page", lines)) is truth


def test_the_failures_are_the_lines_that_are_not_known_to_hold():
    assert Report("page", [RIGHT, WRONG, OPEN]).failures == [WRONG, OPEN]


def test_a_report_prints_aligned_columns_with_marks():
    assert str(Report("page", [RIGHT, WRONG, OPEN, IDLE], summary="done")).splitlines() == [
        "page",
        "              claimed  correct",
        "✓  1 + 1 = 2",
        "✗  2 · 2 = 5  5.0      4.0      wrong",
        "?  P = NP",
        "·  let x = 1",
        "done",
    ]


def test_what_is_right_and_the_mistakes_stand_below_their_line():
    line = Line(claim="dy/dx = x", holds=False, correct_formula="dy/dx = 2*x", mistakes=("factor 1/2: a half", "b"))
    assert str(Report("", [line, RIGHT])).splitlines() == [
        "✗  dy/dx = x",
        "   right: dy/dx = 2*x",
        "   factor 1/2: a half",
        "   b",
        "✓  1 + 1 = 2",
    ]
    assert Cells(Report("", [line])._repr_html_()).tags.count("br") == 3


def test_a_very_long_claim_moves_its_own_row_alone():
    lines = [Line(claim=claim, holds=True, remark="|") for claim in ("x" * 70, "y")]
    assert [line.index("|") for line in str(Report("page", lines)).splitlines()[1:]] == [75, 65]


def test_wide_and_combining_characters_keep_the_columns_aligned():
    lines = [Line(claim=claim, holds=True, remark="|") for claim in ("損失", "x\u0302abc", "abcd")]
    assert [line.split("|")[0] for line in str(Report("page", lines)).splitlines()[1:]] == [
        "✓  損失  ",
        "✓  x\u0302abc  ",
        "✓  abcd  ",
    ]


@pytest.mark.parametrize("name", ["👩\u200d👧", "❤\ufe0f", "w\u200cx", "क्ष"])
def test_characters_that_are_drawn_as_one_keep_the_columns_aligned(name):
    """The width of each is what a terminal that follows Unicode gives it: two columns."""
    lines = [Line(claim=claim, holds=True, remark="|") for claim in (name, "ab")]
    assert [line.split("|")[0].removeprefix("✓  ") for line in str(Report("page", lines)).splitlines()[1:]] == [
        f"{name}  ",
        "ab  ",
    ]


def test_a_line_break_in_a_name_does_not_break_the_table():
    assert len(str(Report("page", [Line(claim="a\nb", holds=True)])).splitlines()) == 2


def test_a_long_report_shows_what_does_not_hold_first_and_says_what_is_left_out():
    page = str(Report("page", [RIGHT] * 100 + [WRONG]))
    assert page.splitlines()[2].startswith("✗")
    assert "… and 41 more lines (see .lines)" in page


class Cells(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002  (the parser passes them by this name)
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_a_notebook_shows_a_table_with_a_row_for_each_line():
    cells = Cells(Report("page", [RIGHT, WRONG])._repr_html_())
    assert cells.tags.count("table") == 1
    assert cells.tags.count("tr") == 3


def test_names_are_escaped_in_a_notebook():
    hostile = "<script>alert('1')</script> & \"w\""
    line = Line(claim=hostile, holds=True, remark=hostile, mistakes=(hostile,))
    cells = Cells(Report(hostile, [line], summary=hostile)._repr_html_())
    assert "script" not in cells.tags
    assert cells.text.count(hostile) == 5


def test_control_characters_do_not_reach_the_terminal():
    line = Line(claim="\x1b[31mclaim", holds=False, remark="\x07", correct_formula="\x9b", mistakes=("\u202e",))
    page = Report("\x1b]0;title\x07", [line], summary="\x1b[2J")
    for text in (str(page), page._repr_html_()):
        assert all(character.isprintable() or character == "\n" for character in text)
        assert r"\x1b[31mclaim" in text
