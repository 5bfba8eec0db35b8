"""Planted mistakes are caught at their line and named for what they are, and right lines raise no alarm."""

from collections import Counter
from random import Random

import pytest
from planted_mistakes_table import (
    ELSEWHERE,
    MISTAKES,
    NETWORKS,
    RIGHTLY,
    WRONGLY,
    not_named_rightly,
    outcome,
    table,
)

from autograd import check_derivation

SAMPLE = Random(13).sample(MISTAKES, 60)
SEEDS = 60
"""How often the right lines of each network are judged, each time at other numbers."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(SAMPLE, id="sample"), pytest.param(MISTAKES, id="all", marks=pytest.mark.slow)],
)
def outcomes(request):
    return {mistake: outcome(mistake) for mistake in request.param}


def test_there_are_many_kinds_of_mistake_in_many_kinds_of_network():
    assert len(NETWORKS) >= 14
    assert len({(mistake.network.name, mistake.kind) for mistake in MISTAKES}) == len(MISTAKES) >= 120


def test_a_planted_mistake_is_caught_at_its_line_and_named_rightly_or_not_at_all(outcomes, capsys):
    with capsys.disabled():
        print("\n" + table(outcomes))  # noqa: T201  (it is what the test shows)
    counts = Counter(what for what, _ in outcomes.values())
    told = not_named_rightly(outcomes)
    assert counts[ELSEWHERE] == 0, told
    assert counts[WRONGLY] == 0, told
    assert counts[RIGHTLY] >= 0.85 * len(outcomes), told


@pytest.mark.parametrize(
    "seeds", [pytest.param(range(2), id="sample"), pytest.param(range(SEEDS), id="campaign", marks=pytest.mark.slow)]
)
def test_no_right_line_is_called_wrong(seeds):
    """More than thirteen thousand lines in the campaign, those with direct partials and for one label among them."""
    judged = 0
    for network in NETWORKS:
        for seed in seeds:
            report = check_derivation("\n".join(network.right), network.nodes(seed))
            assert report, f"{network.name}, seed {seed}\n{report}"
            judged += len(report.lines)
    assert judged > 220 * len(seeds)
