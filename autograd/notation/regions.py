"""Where a page sets mathematics apart: between dollars, in environments of LaTeX, in code fences; and its marks.

Nothing that marks text up may become mathematics. What is no formula, but a mark, is blanked out here, so that every
column stays where it is on the page.
"""

import html
import re
from dataclasses import dataclass, field

from autograd.notation.letters import JOINER

ENVIRONMENTS = (
    "equation", "align", "aligned", "alignat", "alignedat", "flalign", "gather", "gathered", "multline", "eqnarray",
    "split", "displaymath", "math", "array", "cases", "subequations",
)  # fmt: skip
"""The environments of LaTeX that hold formulas."""
_OPENING = re.compile(
    r"(?P<fence>^[ \t>]*(?P<ticks>```+|~~~+)[^\n]*$)"
    r"|(?P<dollars>(?<!\\)\$\$)|(?P<bracket>\\\[|(?<=\n)[ \t]*\\\\\[(?!\d)|\A[ \t]*\\\\\[(?!\d))"
    rf"|\\begin\s*\{{(?P<environment>{'|'.join(ENVIRONMENTS)})\*?\}}"
    r"|(?P<dollar>(?<!\\)\$)|(?P<parenthesis>\\{1,2}\()|(?P<tick>`+)",
    re.MULTILINE,
)
_COLUMNS = re.compile(r"\s*(?:\[[tbc]\])?\s*\{[^{}\n]*\}|\s*\[[tbc]\]")
_INLINE = re.compile(r"\$((?:\\text\{[^{}\n]*\}|[^$\\\n]|\\[^\n]|\\?\n(?![ \t]*\n)){1,4000}?)\$(?!\d)")
_RAW_SIDE = re.compile(r"(?=[^=\n]*=)(?:\\[A-Za-z]+|[^\W\d_]{1,2}(?![^\W\d_])|[^\w\n]|[\d_])*")
"""What stands before cases in a line of LaTeX without dollars: an = and no words."""
_ENDS_IN_EQUALS = re.compile(r"^(?P<side>[^=\n]+=)[ \t]*\n\Z", re.MULTILINE)
"""The line above cases that begin a line: ``\\frac{da}{dz} =``."""
_BULLETS = re.compile(r"[ \t]*(?:(?:[-−–+*•>]|\d{1,2}[.)]|\(\w\))[ \t]+)*")
_MARKUP = [
    re.compile(
        r"(?:(?<=[\s(\"=:>])|^)(\*\*\*?)(?=[^\s*])[^\n*]*(?:\*[^\n*]+)*?(?<=[^\s*])(\*\*\*?)(?![\w(*])", re.MULTILINE
    ),
    re.compile(r"(?:(?<=[\s(\"])|^)(__)(?=[^\s_])[^\n]*?(?<=[^\s_])(__)(?=[\s.,;:!?)\"]|$)", re.MULTILINE),
    re.compile(r"(?:(?<=\s)|^|(?<=[(\"]))(\*)(?=[^\s*])[^*\n]*?(?<=[^\s*])(\*)(?=[\s.,;:!?)\"]|$)", re.MULTILINE),
    re.compile(r"(?:(?<=\s)|^|(?<=[(\"]))(_)(?=[^\s_])[^_\n]*?(?<=[^\s_])(_)(?=[\s.,;:!?)\"]|$)", re.MULTILINE),
    re.compile(r"(?:(?<=\s)|^)(==)(?=[^\s=])[^\n]*?(?<=[^\s=])(==)(?=[\s.,;:!?)]|$)", re.MULTILINE),
    re.compile(r"(!\[[^\]\n]*\]\([^)\n]*\))"),
    re.compile(r"(\[)[^\]\n]{1,200}(\]\((?:https?:|/|\.|#|mailto:)[^)\s]*\))"),
    re.compile(r"(<(?:https?://|mailto:)[^>\s]*>)"),
    re.compile(r"((?:https?://|www\.)[^\s)>\]]+)"),
    re.compile(
        r"(</?(?:br|p|b|i|em|strong|u|li|ul|ol|div|span|center|code|pre|hr|small|font|var|h[1-6])(?:\s[^<>\n]*)?/?>)"
    ),
    re.compile(r"(<!--[^>\n]*-->)"),
    re.compile(r"(\[/?latex\])|((?:^[ \t]*:+[ \t]*)?<math(?:\s[^<>\n]*)?>|</math>)", re.MULTILINE),
    re.compile(r"(?:(?<=\s)|^)(~~(?=[^\s~])[^~\n\\]*[^\s~]~~)(?=[\s.,;]|$)", re.MULTILINE),
    re.compile(r"(/\*[^=*\n]*\*/)"),
]
"""What marks text up; each group of a match is blanked."""
_HEADING = re.compile(r"[ \t]*(\\(?:(?:sub)*(?:section|paragraph)|(?P<bold>textbf|textit|emph|underline))\*?[ \t]*\{)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,12}\d{0,2});")
_RAISED = re.compile(r"<su(p|b)>([^<>\n]{1,40})</su[pb]>")


@dataclass(frozen=True)
class Region:
    """A stretch of the page: a "line" of text with the formulas in it, "display", "fence", or one never "closed"."""

    kind: str
    start: int
    end: int
    spans: "list[tuple[str, int, int, int, int]]" = field(default_factory=list)
    """In a line: "latex" or "ticks", where it stands with its marks, and where without."""
    name: str = ""
    """The environment of a display, the language of a fence, or why something is not closed."""


def regions_of(text: str) -> list[Region]:
    """The stretches of a page, in order.

    >>> page = "so $a = b$ is"
    >>> [(region.kind, page[region.spans[0][3] : region.spans[0][4]]) for region in regions_of(page)]
    [('line', 'a = b')]
    """
    found: list[Region] = []
    spans: list[tuple[str, int, int, int, int]] = []
    line_start, at, fruitless = 0, 0, set[str]()

    def lines_until(end: int) -> None:
        """Turn the text up to here into lines."""
        nonlocal line_start, spans
        start = line_start
        while start < end:
            newline = text.find("\n", start, end)
            # A formula between dollars may go over the end of a line: the line goes on with it.
            while newline >= 0 and (over := next((s for s in spans if s[1] <= newline < s[2]), None)):
                newline = text.find("\n", over[2], end)
            stop = end if newline < 0 else newline
            inside = [span for span in spans if start <= span[1] < stop]
            if text[start:stop].strip():
                found.append(Region("line", start, stop, inside))
            elif newline >= 0:
                found.append(Region("blank", start, stop))
            start = stop + 1
        spans = []
        line_start = end

    def close(mark: str, start: int) -> int:
        if mark in fruitless:
            return -1
        where = text.find(mark, start)
        if where < 0:
            fruitless.add(mark)
        return where

    while match := _OPENING.search(text, at):
        start, after = match.start(), match.end()
        if match["fence"]:
            lines_until(start)
            line_end = text.find("\n", after)
            closing = re.compile(r"^[ \t>]*" + re.escape(match["ticks"][:3]) + r"[`~]*[ \t]*$", re.MULTILINE)
            ends = closing.search(text, after) if line_end >= 0 else None
            stop = ends.start() if ends else len(text)
            language = text[match.end("ticks") : after].strip().lower()
            found.append(Region("fence", min(after + 1, stop), stop, name=language))
            at = line_start = ends.end() if ends else len(text)
        elif match["dollar"]:
            inline = _INLINE.match(text, start)
            if inline and inline[1].strip():
                ticked = text[start + 1] == "`" and text[inline.end() - 2] == "`"  # as GitHub has it
                first, last = start + 1 + ticked, inline.end() - 1 - ticked
                spans.append(("latex", start, inline.end(), first, max(first, last)))
                at = inline.end()
            else:
                at = after
        elif match["tick"]:
            ticks = match["tick"]
            stop = text.find("\n", after)
            closing_tick = text.find(ticks, after, stop if stop >= 0 else len(text))
            if closing_tick > after:
                spans.append(("ticks", start, closing_tick + len(ticks), after, closing_tick))
                at = closing_tick + len(ticks)
            else:
                at = after
        elif match["parenthesis"]:
            mark = match["parenthesis"][:-1] + ")"
            closing_at = close(mark, after)
            if closing_at >= 0 and "\n\n" not in text[after:closing_at]:
                at = closing_at + len(mark)
                spans.append(("latex", start, at, after, closing_at))
            else:
                lines_until(start)
                at = line_start = _line_end(text, after)
                found.append(Region("unclosed", start, at, name="\\( is never closed: \\) is missing"))
        else:
            name = match["environment"] or ""
            mark = (
                "$$"
                if match["dollars"]
                else match["bracket"].strip()[:-1] + "]"
                if match["bracket"]
                else f"\\end{{{match.group()[match.group().index('{') + 1 : -1]}}}"
            )
            closing_at = close(mark, after)
            if name == "cases" and closing_at >= 0 and not spans:
                begins, ends_at = text.rfind("\n", 0, start) + 1, _line_end(text, closing_at)
                side_ends = start
                if not text[begins:start].strip() and (above := _ENDS_IN_EQUALS.search(text, line_start, begins)):
                    begins, side_ends = above.start(), above.end("side")
                if begins >= line_start and _RAW_SIDE.fullmatch(text, begins, side_ends):
                    tail = text[closing_at + len(mark) : ends_at]
                    if not re.search(r"[^\s.,;]", tail):
                        lines_until(begins)
                        marked = _BULLETS.match(text, begins, start)
                        found.append(Region("display", marked.end() if marked else begins, closing_at + len(mark)))
                        at = line_start = ends_at
                        continue
            lines_until(start)
            if closing_at < 0:
                opened = match.group()
                at = line_start = _line_end(text, after)
                found.append(Region("unclosed", start, at, name=f"{opened} is never closed: {mark} is missing"))
            else:
                columns = _COLUMNS.match(text, after, closing_at) if name in ("array", "alignat", "alignedat") else None
                found.append(Region("display", columns.end() if columns else after, closing_at, name=name))
                at = line_start = closing_at + len(mark)
    lines_until(len(text))
    return found


def _line_end(text: str, start: int) -> int:
    newline = text.find("\n", start)
    return len(text) if newline < 0 else newline


def without_markup(text: str, found: list[Region]) -> str:
    """The text with what marks it up blanked out, in its lines of plain text; formulas and code stay as they are.

    >>> line = "**so $a*b*c$** *is*"
    >>> without_markup(line, regions_of(line))
    '  so $a*b*c$    is '
    """
    pieces: list[str] = []
    at = 0
    for region in found:
        if region.kind == "line":
            pieces += [text[at : region.start], _blanked_around(text, region)]
            at = region.end
    return "".join([*pieces, text[at:]])


def _blanked_around(text: str, region: Region) -> str:
    """A line whose formulas stay as they are, though a mark before one may end behind it."""
    pieces, formulas, at = [], [], region.start
    for _, start, end, _, _ in region.spans:
        pieces += [text[at:start], "x" * (end - start)]
        formulas.append((start - region.start, end - region.start, text[start:end]))
        at = end
    line = _blanked("".join([*pieces, text[at : region.end]]))
    for start, end, formula in formulas:
        line = line[:start] + formula + line[end:]
    return line


def _without_headings(text: str) -> str:
    """Without the command and the braces of ``\\paragraph{…}`` and ``\\textbf{Case 1.}`` at the beginning of a line."""
    match = _HEADING.match(text)
    if match is None:
        return text
    depth, after = 1, match.end()
    while after < len(text) and depth:
        depth += {"{": 1, "}": -1}.get(text[after], 0)
        after += 1
    content = text[match.end() : after - 1]
    if depth or (match["bold"] and not re.search(r"\w\s|\s\w|\w[.:]$", content)):
        return text
    return f"{text[: match.start(1)]}{' ' * len(match[1])}{content} {text[after:]}"


def _blanked(text: str) -> str:
    if "\\" in text:
        text = _without_headings(text)
    if not any(mark in text for mark in ("*", "_", "[", "<", "&", "==", "http", "www", "~~")):
        return text
    text = _ENTITY.sub(_character, _RAISED.sub(_script, text))
    for markup in _MARKUP:
        letters: list[str] | None = None
        for match in markup.finditer(text):
            letters = letters or list(text)
            for group in range(1, (markup.groups or 0) + 1):
                for k in range(*match.span(group)):
                    letters[k] = " "
        if letters:
            text = "".join(letters)
    return text


def _character(entity: re.Match[str]) -> str:
    """The − of &minus;, and so many joiners that what follows stays in its column."""
    character = html.unescape(entity.group())
    return (character if len(character) == 1 else " ").ljust(len(entity.group()), JOINER)


def _script(element: re.Match[str]) -> str:
    """The ^{2} of <sup>2</sup>, in as many columns."""
    return f"{'^' if element[1] == 'p' else '_'}{{{element[2]}}}".ljust(len(element.group()), JOINER)
