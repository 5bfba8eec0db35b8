"""The report of a derivation as a table of HTML, and as one file that needs no other, no network and no script."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import islice

from autograd.feedback.mathematics import marked, math, typeset
from autograd.feedback.path_picture import picture_of_paths
from autograd.feedback.verdict_words import meanings_of
from autograd.graph import Node
from autograd.report import Line
from autograd.text import visible

_MOST_PICTURES = 20
_UNREAD = re.compile(r" \(\d+ lines? (?:is|are) not read\)$")
_SIDES = ", for "
"""What stands between a right formula and what it is right for."""


def table(lines: Sequence[Line], summary: str, names: Mapping[Node, str]) -> str:
    """The rows, the summary, and a legend. `names` are those of the page, for the pictures."""
    width = max((len(str(getattr(line, "number", ""))) for line in lines), default=0)
    pictures = islice(_pictures(lines, names), _MOST_PICTURES)
    shown = dict(pictures)
    rows = "".join(_row(line, width, shown.get(k, "")) for k, line in enumerate(lines))
    meanings = "".join(f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>" for word, meaning in meanings_of(lines))
    legend = f'<dl class="derivation-legend">{meanings}</dl>' if meanings else ""
    return f'<table class="derivation"><tbody>{rows}</tbody></table><p>{_summary(summary)}</p>{legend}'


def in_a_notebook(lines: Sequence[Line], summary: str, names: Mapping[Node, str]) -> str:
    """The table with its style."""
    return f"<style>{_style('feedback')}</style>{table(lines, summary, names)}"


def document(title: str, body: str) -> str:
    """The file. Its policy lets nothing in but its own style and the pictures in it."""
    style = f"{_style('document')}\n{_style('feedback')}"
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{_text(title)}</title><style>{style}</style></head><body><h1>{_text(title)}</h1>{body}</body></html>\n"
    )


@cache
def _style(name: str) -> str:
    return (files("autograd.feedback") / f"{name}.css").read_text(encoding="utf-8")


def _pictures(lines: Sequence[Line], names: Mapping[Node, str]) -> Iterator[tuple[int, str]]:
    for k, line in enumerate(lines):
        if not line.holds and (address := picture_of_paths(line, names)):
            yield (
                k,
                (
                    f'<figure><img src="{address}" alt="the paths of this derivative">'
                    "<figcaption><b>solid: kept</b>; <i>dashed: left out</i></figcaption></figure>"
                ),
            )


def _row(line: Line, width: int, picture: str) -> str:
    kind = "open" if line.holds is None else "wrong" if not line.holds and line.checks else "right" * line.checks
    number = f"{getattr(line, 'number', ''):{width}}" if width else ""
    formulas = _both(line) if line.correct_formula is not None and not line.holds else _formula(line.claim)
    right = f"right: {line.correct_formula}"
    below = "".join(f'<p class="below">{_text(told)}</p>' for told in line.explanation() if told != right)
    mark = f"<td>{escape(line.mark)} {escape(number)}</td>"
    return f'<tr class="{kind}">{mark}<td>{formulas}{below}{picture}</td><td>{_text(line.remark)}</td></tr>'


def _both(line: Line) -> str:
    """What was written and what is right, under each other, with the difference marked."""
    right, separator, where = (line.correct_formula or "").partition(_SIDES)
    condition = f' <span class="faint">{_text(separator + where)}</span>'
    claimed, correct = typeset(_as_read(line)), typeset(right)
    if claimed is None or correct is None:
        shown = [f"<code>{_text(text)}</code>" for text in (line.claim, right)]
    else:
        here, there = marked(claimed[-1], correct[-1]) if len(claimed) == 2 else (claimed[-1], correct[-1])
        shown = [math([*claimed[:-1], here]), math([*correct[:-1], there])]
    return (
        '<div class="both">'
        f'<span class="who">you wrote</span><span class="formula" title="{_text(line.claim)}">{shown[0]}</span>'
        f'<span class="who">right</span><span class="formula corrected">{shown[1]}{condition if where else ""}</span>'
        "</div>"
    )


def _as_read(line: Line) -> str:
    """The claim in a notation that can be typeset: as it was written, else as it was read."""
    read = str(getattr(line, "read_as", ""))
    plain = typeset(line.claim) is None and read and "…" not in read and ", and so on" not in read
    return read.partition("; ")[0] if plain else line.claim


def _formula(text: str) -> str:
    """A formula typeset, or else as text."""
    sides = typeset(text)
    inside = f"<code>{_text(text)}</code>" if sides is None else math(sides)
    return f'<span class="formula" title="{_text(text)}">{inside}</span>'


def _summary(summary: str) -> str:
    """The sentence about the first wrong line, with the line typeset."""
    sentence, colon, said = summary.partition(": ")
    suffix = found[0] if (found := _UNREAD.search(said)) else ""
    claim = said.removesuffix(suffix)
    if "\\" not in claim or typeset(claim) is None:
        return _text(summary)
    return f"{_text(sentence + colon)} {_formula(claim)} {_text(suffix)}"


def _text(text: str) -> str:
    return escape(visible("".join(" " if c.isspace() else c for c in text).strip()))
