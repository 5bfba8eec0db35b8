"""What a page says of a label for its lines: "Case y = 0", "## When $y = 1$", "(y = 1)" behind a claim."""

import re
from collections.abc import Sequence
from dataclasses import replace

from autograd.notation.rows import Segment, derivative_like, sides_of
from autograd.notation.symbols import Symbol

_EQUATION = r"(?P<equation>[^\W\d]\w*(?:_\{?\w+\}?)?[ \t]*=[ \t]*[-−]?[01](?:\.0+)?)(?![\w+/^(\[]|\*(?!\*)|\.\d)"
_LATEX_HEADING = r"\\(?:textbf|textit|emph|underline|chapter|paragraph|subparagraph|(?:sub)*section)\*?[ \t]*\{"
_SPEAKS_OF_ONE = (
    r"(?:(?:cases?|for|if|when|whenever|with|where|suppose|assume|assuming|given|let|at|in|the|a|an|that|label|target|"
    r"class|true|positive|negative|example|sample|first|second|other|we|have|is|of|consider|now)\b"
    r"|\d{1,2}\b|[ivx]+\b|\(?[a-z]\)|[ \t*_$`#:.()—–-])*"
)
_CASE = re.compile(
    rf"[ \t>]*(?:{_LATEX_HEADING})?{_SPEAKS_OF_ONE}\$?[ \t]*{_EQUATION}[ \t*_$`:.,;)}}]*"
    r"(?:case\b|class\b)?(?:\([^()=\n]{0,60}\))?[ \t*_$`:.,;)}]*$",
    re.IGNORECASE,
)
_HEADING = re.compile(
    rf"[ \t>]*(?:#{{1,6}}[ \t]|(?:\d{{1,2}}[.)][ \t]+)?\*\*[^*]+\*\*:?[ \t]*$|__[^_]+__:?[ \t]*$|{_LATEX_HEADING})"
)
_BEGINS_A_CASE = re.compile(
    r"[ \t>]*[*_]*(?:[-*+•][ \t]+|\d{1,2}[.)][ \t]+|\([a-z\d]\)[ \t]+)?(?:the[ \t]+)?cases?\b", re.I
)
_GENERAL = re.compile(
    r"[ \t>*_#-]*(?:in general|generally|in both cases|in either case|both cases|for (?:any|all|every|both|arbitrary)\b"
    r"|combine|combining|together\b|putting\b|altogether|overall|to sum up|in summary|otherwise|in all cases)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[ \t]*(?:[-*+•◦▪–][ \t]+|\d{1,2}[.)][ \t]+)")
_IN_A_COMMENT = re.compile(
    rf"[ \t]*(?:#|//)[ \t]*(?:(?:for|if|when|case)[ \t]+)?\(?(?:{_EQUATION}|"
    r"(?P<indices>[a-zA-Z][ \t]*(?:==?|!=|≠|<>)[ \t]*[a-zA-Z]))\)?[ \t]*$",
    re.IGNORECASE,
)
_SUPPOSES = ("suppose", "assume", "assuming", "let", "case", "consider", "label", "target", "class")


def is_heading(line: str) -> bool:
    """Whether a line is a heading: with #, all bold, or a command of LaTeX."""
    return _HEADING.match(line) is not None


def speaks_of_all(line: str) -> bool:
    """Whether a line begins with words that end a case, as "In general" does.

    >>> speaks_of_all("In general, dL/dz = a - y"), speaks_of_all("Hence dL/dz = a - 1")
    (True, False)
    """
    return _GENERAL.match(line) is not None


def case_of(line: str) -> tuple[int, int] | None:
    """Where the equation of a heading stands, if the line is one over the lines of a case; else None.

    >>> [case_of(line) is not None for line in ("Case 2: y = 0", "### When $y=1$:", "y = 1:", "y = 1", "a = 0.5:")]
    [True, True, True, False, False]
    """
    match = _CASE.match(line)
    if match is None or not (is_heading(line) or _BEGINS_A_CASE.match(line) or line.rstrip(" \t*_`$}").endswith(":")):
        return None
    return match.span("equation")


def case_in_a_comment(comment: str) -> tuple[int, int] | None:
    """Where the equation of a comment such as ``# for y = 1`` stands; None if it is about anything else."""
    match = _IN_A_COMMENT.match(comment)
    return match.span("equation" if match["equation"] else "indices") if match is not None else None


def is_bullet(line: str) -> bool:
    """Whether a line is an item of a list."""
    return _BULLET.match(line) is not None


def is_label(symbols: Sequence[Symbol]) -> bool:
    """Whether some symbols say that one name is 0, 1 or −1, as labels are."""
    texts = [symbol.text for symbol in symbols]
    if len(texts) < 3 or symbols[0].kind != "name" or "=" not in texts:
        return False
    at = texts.index("=")
    return (
        at < 6
        and all(
            s.kind in ("name", "number", "sub", "super") or s.text in ("_", "^", "{", "}", "(", ")")
            for s in symbols[:at]
        )
        and [text for text in texts[at + 1 :] if text not in ("{", "}")] in (["0"], ["1"], ["-", "1"])
    )


def as_clauses(segments: list[Segment]) -> list[Segment]:
    """The segments of a row, with those that say for which label it holds begun by "for".

    That are (y = 1) beside a claim, and y = 1 before a colon, or at the end behind a derivative.
    """
    if not any(is_label(segment.symbols) for segment in segments):
        return segments
    claims = [segment for segment in segments if segment.relation and not is_label(segment.symbols)]
    found = []
    for k, segment in enumerate(segments):
        before, after = segments[k - 1] if k else None, segments[k + 1] if k + 1 < len(segments) else None
        if is_label(segment.symbols) and claims and not (set(segment.words) & {"for", "if", "when"}):
            in_parentheses = segment.sign == "(" and not segment.words
            leads = after is not None and after.sign in (":", "⇒", ")", "|") and after.relation and segment.words == []
            supposed = bool(segment.words) and segment.words[-1] in _SUPPOSES
            ends = after is None and segment.sign in (",", "wide", ";") and before is not None and not segment.words
            behind = ends and before is not None and before.relation and _about_a_derivative(before.symbols)
            if in_parentheses or (leads and (k == 0 or not segments[0].relation)) or supposed or behind:
                segment = replace(segment, words=["for"])
        found.append(segment)
    return found


def _about_a_derivative(symbols: list[Symbol]) -> bool:
    left = sides_of(symbols)[0][1]
    return bool(left) and derivative_like(left)
