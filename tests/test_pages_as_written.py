"""Pages as people write them, one test a page: a graph, what a page says about it, and which of its lines are right.

Each file of `pages_as_written/` has a graph (leaves are numbers, what is computed stands in quotes) and pages about it.
A claim of a page is `[line, verdict, left, right]`, with both sides once more in NumPy, so that finite differences tell
who is right; where no number says it, a reason stands for them.
"""

import tomllib
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from formula_networks import are_equal, network

from autograd import check_derivation

FILES = sorted(Path(__file__).with_name("pages_as_written").glob("*.toml"))


def pages():
    """All of them, each with its network and a name that says its notation."""
    found = []
    for path in FILES:
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        of = network(file["graph"], file.get("numbers", {}))
        found += [
            pytest.param(of, SimpleNamespace(**page), id=f"{path.stem}: {page['notation']}") for page in file["page"]
        ]
    return found


def pages_as_meant():
    """All of them; those that are not read as they are meant yet say why."""
    found = []
    for param in pages():
        reason = getattr(param.values[1], "not_yet", None)
        marks = pytest.mark.xfail(reason=reason, raises=AssertionError) if reason else ()
        found.append(pytest.param(*param.values, id=param.id, marks=marks))
    return found


def named(nodes, page):
    """The nodes by the names that the page has for them."""
    found = {}
    for name, node in nodes.items():
        keys = getattr(page, "names", {}).get(name, name)
        found |= dict.fromkeys([keys] if isinstance(keys, str) else keys, node)
    return found


@pytest.mark.parametrize(("of", "page"), pages())
def test_finite_differences_say_what_is_right(of, page):
    for number, verdict, *sides in page.claims:
        if len(sides) == 2:
            assert are_equal(of, *sides) == verdict.startswith("right"), f"line {number}: {' = '.join(sides)}"


@pytest.mark.parametrize(("of", "page"), pages_as_meant())
def test_a_page_has_the_verdicts_of_finite_differences(of, page):
    nodes = of.nodes()
    output = {"output": nodes[page.output]} if hasattr(page, "output") else {}
    report = check_derivation(page.text, named(nodes, page), first=getattr(page, "first", 1), **output)
    expected = by_line((number, verdict) for number, verdict, *_ in page.claims)
    judged = by_line((line.number, "right" if line.holds else "wrong") for line in report.lines)
    unread = {line.number for line in report.unread}
    may_be_unread = {number for number, verdicts in expected.items() if "unread" in " ".join(verdicts)}
    assert unread <= may_be_unread.union(getattr(page, "may_be_unread", ())), report
    for number in expected.keys() - unread:
        right = ["right" if verdict.startswith("right") else "wrong" for verdict in expected[number]]
        assert judged[number] == right, f"line {number}\n{report}"
    assert not any("wrong" in judged[number] for number in judged.keys() - expected.keys() - unread), report
    assert bool(report) == (not unread and all(line.holds for line in report.lines))


def by_line(pairs):
    found = defaultdict(list)
    for number, verdict in pairs:
        found[number].append(verdict)
    return found
