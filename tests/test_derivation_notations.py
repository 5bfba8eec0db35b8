"""One derivation has one verdict, in whatever notation it is written: right ones hold, and slips have one name."""

from functools import cache
from random import Random

import pytest
from derivations import network
from notations import NOTATIONS, claims, page, slips
from support import seeds

from autograd import Value, check_derivation, sqrt


@cache
def derivation(seed):
    """A random network's claims, one of them with a slip (or none), which one, and the slip's name."""
    random = Random(seed)
    nodes, _ = network(random)
    claimed = claims(nodes)
    if random.random() < 0.25:
        return nodes, claimed, None, ""
    wrong = random.randrange(len(claimed))
    name, slip = random.choice(sorted(slips(claimed[wrong], nodes).items()))
    return nodes, [slip if k == wrong else claim for k, claim in enumerate(claimed)], wrong, name


def verdicts(seed, notation):
    """For each claim whether all its lines hold, and the names of the mistakes in the first that does not."""
    nodes, claimed, _, _ = derivation(seed)
    text, places = page(claimed, notation, nodes)
    report = check_derivation(text, nodes, output=nodes["J"])
    assert len(report.lines) == places[-1].stop - 1, f"{text}\n{report}"
    found = []
    for place in places:
        lines = [line for line in report.lines if line.number in place]
        failed = next((line for line in lines if not line.holds), None)
        found.append((failed is None, {mistake.name for mistake in failed.mistakes} if failed else set()))
    return found, f"{text}\n{report}"


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("seed", seeds(16, 400))
def test_the_verdict_is_that_of_the_calculus(seed, notation):
    """The slip was made in the text: what is right and wrong is known without any engine."""
    _, claimed, wrong, name = derivation(seed)
    found, told = verdicts(seed, notation)
    assert [holds for holds, _ in found] == [k != wrong for k in range(len(claimed))], told
    if wrong is not None and name:
        assert name in found[wrong][1], told


@pytest.mark.parametrize("notation", NOTATIONS[1:])
@pytest.mark.parametrize("seed", seeds(16, 400))
def test_the_mistakes_have_the_names_that_they_have_in_plain_notation(seed, notation):
    assert verdicts(seed, notation)[0] == verdicts(seed, "plain")[0]


@pytest.mark.parametrize(
    "line",
    [
        "s = sqrt(x + ε)",
        r"ds/dx = \frac{1}{2\sqrt{x + \varepsilon}}",
        "dL/dw = s^2 + λw",
        r"\frac{dL}{d\lambda} = w^2/2",
    ],
)
def test_the_greek_letters_are_what_programs_call_eps_and_lam(line):
    x, eps, lam, w = Value(0.7), Value(1e-3), Value(0.1), Value(0.4)
    s = sqrt(x + eps)
    nodes = {"x": x, "eps": eps, "lam": lam, "w": w, "s": s, "L": s**2 * w + lam * w**2 / 2}
    [found] = check_derivation(line, nodes).lines
    assert found.verdict == "proved"


def test_a_lambda_of_its_own_comes_before_lam():
    lam, whole, w = Value(0.1), Value(0.7), Value(0.4)
    nodes = {"lam": lam, "lambda_": whole, "w": w, "L": lam * whole**2 * w}
    assert check_derivation("dL/dw = lam λ^2", nodes)
    assert not check_derivation("dL/dw = λ lam^2", nodes)
