"""What each word of a verdict means: a page explains those that stand on it, and no other."""

from collections.abc import Iterable, Iterator

from autograd.report import Line

_WORDS = {
    "proved": "equal for all values of the names, by algebra",
    "at points": "equal where the graph was recorded and at other points, to all digits; a proof was not found",
    "here": "equal at the recorded point: a number has no value elsewhere",
    "only": "equal where the graph was recorded, with what some names are worth put in: a 1 for y, or 0 for a label",
    "digits": "a number is right as far as its digits go",
    "entries": "of a claim with index letters, or about arrays: an equation for each value of the letters",
    "case": "right if this name, such as a label, has this value; nothing is said of others",
    "for": "right on this side of a kink, such as that of relu",
    "sums": "right if these labels add up to 1, as probabilities do",
    "held": "right if ∂ is the direct partial: the nodes named stay as they are while the other one varies",
    "scale": "equal but for rounding: so far apart, as a part of the largest entry",
    "defined": "a name or a step for later lines; nothing to check",
    "wrong": "not equal to what the recorded graph gives",
    "left out": "a sum over paths in which some are missing",
    "follows": "right but for an earlier line that is wrong",
    "coincidence": "the numbers agree where the graph was recorded, and nowhere else",
    "no value": "it cannot be computed at the recorded point",
    "not checked": "it has the name of a derivative, and nothing tells of what",
    "no effect": "it would hold whatever its left side were, or no line uses it",
    "not read": "it is not understood; the line says how to write it",
}


def meanings_of(lines: Iterable[Line]) -> list[tuple[str, str]]:
    """The words in the verdicts of some lines, each with its meaning, in the order of the list.

    >>> meanings_of([Line(claim="dy/dx = 2", holds=True, remark="here, to 1 digit")])
    [('here', 'equal at the recorded point: a number has no value elsewhere')]
    """
    used = {word for line in lines for word in _words_of(line)}
    return [(_SHOWN.get(word, word), meaning) for word, meaning in _WORDS.items() if word in used]


_SHOWN = {
    "at points": "at 5 points",
    "digits": "to 4 digits",
    "entries": "6 of 9 entries",
    "only": "at this point only",
    "case": "for y = 1",
    "for": "for n > 0",
    "sums": "for t1 + t2 = 1",
    "held": "if ∂y/∂x holds u fixed",
    "scale": "within 1e-16 of its largest entry",
    "left out": "one path of two",
    "follows": "follows from line 1",
    "no effect": "checks nothing",
    "coincidence": "by coincidence",
}


def _words_of(line: Line) -> Iterator[str]:
    verdict, remark = str(getattr(line, "verdict", "")), line.remark
    if line.holds is None:
        yield "not read"
    if verdict in _WORDS and not remark.startswith("at this point only"):
        yield verdict
    if verdict.startswith("at "):
        yield "at points"
    if verdict.startswith("follows"):
        yield "follows"
    if "left out" in verdict:
        yield "left out"
    if "coincidence" in remark:
        yield "coincidence"
    if not verdict and remark.startswith(("here", "at this point")):
        yield "here"
    if " digit" in remark and (verdict or not remark.startswith("here")):
        yield "digits"
    if getattr(line, "entries", None) is not None:
        yield "entries"
    if "at this point only" in remark:
        yield "only"
    if " of its largest entry" in remark:
        yield "scale"
    for told in _conditions(line):
        yield "for" if any(sign in told for sign in "<>") else "sums" if " + " in told else "case"
    if getattr(line, "direct", ()):
        yield "held"


def _conditions(line: Line) -> Iterator[str]:
    """What a verdict, or the right formula below it, says that it holds for: each as ``y = 1``."""
    for text in (line.remark, getattr(line, "correct_formula", None) or ""):
        for told in text.split("for ")[1:]:
            yield from (piece for piece in told.split(", ") if any(sign in piece for sign in "=<>"))
