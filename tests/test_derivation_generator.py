"""Hundreds of random right derivations raise no alarm; planted mistakes are found, and named for what they are."""

from collections import Counter, defaultdict
from itertools import product
from math import isclose
from random import Random

import pytest
from derivations import graph, network, unknown_edit

from autograd import check_derivation
from autograd.derivation.kinds_of_mistake import MISTAKES_IN_LINES as MISTAKES
from autograd.derivation.points import Graph
from autograd.graph import depending_on, topological_order

RIGHT_PAGES = 60
EACH_MISTAKE = 20
UNKNOWN = 60
CAMPAIGN = 10
"""How many times more a campaign has of each."""

sample_or_campaign = [pytest.param(1, id="sample"), pytest.param(CAMPAIGN, id="campaign", marks=pytest.mark.slow)]


def page(lines, wrong=None, formula=None):
    return "\n".join(line.text(formula if line is wrong else None) for line in lines)


@pytest.mark.parametrize("times", sample_or_campaign)
def test_random_right_derivations_hold(times):
    """Networks and graphs in turns: several hundred lines, none of them refused."""
    checked = proved = 0
    for seed in range(times * RIGHT_PAGES):
        nodes, lines = (network, graph)[seed % 2](Random(seed))
        report = check_derivation(page(lines), nodes)
        assert report, f"seed {seed}\n{report}"
        checked += len(report.lines)
        proved += sum(line.proved for line in report.lines)
    assert checked > 400
    assert proved / checked > 0.9


def test_what_lies_between_two_nodes_is_what_a_walk_over_the_whole_graph_finds():
    for seed in range(30):
        nodes, _ = graph(Random(seed))
        order = topological_order(*nodes.values())
        indexed = Graph(order)
        for of, by in product(nodes.values(), repeat=2):
            on_a_path = depending_on(order, [by]).intersection(topological_order(of))
            assert indexed.between(of, by) == [node for node in order if node in on_a_path]


@pytest.fixture(scope="module", params=sample_or_campaign)
def outcomes(request):
    """What was made of each planted mistake: the names given (none of them, or no line found)."""
    found = defaultdict(Counter)
    planted = Counter()
    seed, each = 1000, request.param * EACH_MISTAKE
    while any(planted[name] < each for name in MISTAKES):
        seed += 1
        random = Random(seed)
        nodes, lines = (network, network, graph)[seed % 3](random)
        wanted = [(line, name) for line in lines for name in line.slips if planted[name] < each]
        if not wanted:
            continue
        line, name = min(wanted, key=lambda pair: (planted[pair[1]], random.random()))
        formula = random.choice(line.slips[name])
        kept = [other for other in lines if other is line or random.random() < 0.3]
        judged = judge(nodes, kept, line, formula, as_number=random.random() < 0.3)
        if judged is None:
            continue
        planted[name] += 1
        found[name].update(judged)
    for seed in range(request.param * UNKNOWN):
        random = Random(-1 - seed)
        nodes, lines = (network, graph)[seed % 2](random)
        line = random.choice(lines)
        formula, name = unknown_edit(line, nodes, random)
        judged = judge(nodes, [line], line, formula)
        if judged is not None:
            planted["no known mistake"] += 1
            found["no known mistake"].update(["as it is"] if {*judged} == {name} else judged)
    return planted, found


def judge(nodes, lines, wrong, formula, as_number=False):
    """The names given to the planted line; None if the slip changes nothing, as 2·0 for 0."""
    report = check_derivation(page(lines, wrong, formula), nodes)
    line = report.lines[lines.index(wrong)]
    if line.claimed is None or isclose(line.claimed, line.correct, rel_tol=1e-6, abs_tol=1e-12):
        return None
    if as_number:
        return judge(nodes, lines, wrong, f"{line.claimed:.9e}")
    if report.first_wrong is not line:
        return ["line not found"]
    return {mistake.name for mistake in line.mistakes} or ["no name"]


def test_known_mistakes_are_found_at_their_line_and_named(outcomes, capsys):
    """Also where only the wrong number is given, to ten digits."""
    planted, found = outcomes
    with capsys.disabled():
        print("\n" + confusion_matrix(planted, found))  # noqa: T201  (it is what the test shows)
    named = sum(found[name][name] for name in MISTAKES)
    total = sum(planted[name] for name in MISTAKES)
    assert total >= len(MISTAKES) * EACH_MISTAKE
    assert named / total >= 0.95
    assert all(found[name][name] / planted[name] >= 0.9 for name in MISTAKES)


def test_every_planted_mistake_is_found_at_its_line(outcomes):
    _, found = outcomes
    assert not any(counts["line not found"] for counts in found.values())


def test_an_edit_that_is_no_known_mistake_gets_no_name_but_the_factor_or_term_that_it_brought_in(outcomes):
    planted, found = outcomes
    assert planted["no known mistake"] >= 50
    assert found["no known mistake"] == {"as it is": planted["no known mistake"]}


def confusion_matrix(planted, found):
    """A row for each planted mistake, a column for each name given: a line may have several."""
    columns = [*MISTAKES, "as it is", "no name", "line not found"]
    letters = [f"{k + 1}" for k in range(len(columns))]
    rows = [f"{'planted':38} {'pages':>5}  " + " ".join(f"{letter:>3}" for letter in letters)]
    for name, pages in planted.items():
        counts = " ".join(f"{found[name][column] or '.':>3}" for column in columns)
        rows.append(f"{name:38} {pages:5}  {counts}")
    rows += [f"{letter:>3} = {column}" for letter, column in zip(letters, columns, strict=True)]
    return "\n".join(rows)
