"""What each word of a verdict means: a page explains those that stand on it, and no other."""

from collections.abc import Iterable, Iterator

from autograd.report import Line

_WORDS = {
    "proved": "equal for all values of the names, by algebra",
    "at points": "equal where the graph was recorded and at other points, to all digits; a proof was not found",
    "here": "equal at the recorded point: a number has no value elsewhere",
    "digits": "a number is right as far as its digits go",
    "entries": "of a claim with index letters, or about arrays: an equation for each value of the letters",
    "for": "right on this side of a kink, such as that of relu, or if these labels add up to 1",
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
    "for": "for n > 0",
    "left out": "one path of two",
    "follows": "follows from line 1",
    "no effect": "checks nothing",
    "coincidence": "by coincidence",
}


def _words_of(line: Line) -> Iterator[str]:
    verdict, remark = str(getattr(line, "verdict", "")), line.remark
    if line.holds is None:
        yield "not read"
    if verdict in _WORDS:
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
    if ", for " in remark:
        yield "for"
