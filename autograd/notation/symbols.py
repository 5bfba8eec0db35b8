"""From the text of a formula to its symbols, whatever it is written in: plain text, Unicode or LaTeX.

Every notation has the same symbols in the end: ``\\frac`` and ``/`` stay apart, but ``\\cdot``, ``·`` and ``⋅`` are
one, and so are ``\\partial`` and ``∂``. Each symbol knows its line and column on the page.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from autograd.derivation.tokens import Place
from autograd.notation.joined_names import joined
from autograd.notation.letters import FRACTIONS, GREEK, HATS, JOINER, is_letter, plain, position
from autograd.notation.other_words import ENGLISH


class IllegibleError(ValueError):
    """A place on the page that cannot be read, and what to write instead."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(why)
        self.place, self.why = place, why


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol: a number, a name, an operator, a command of LaTeX, a word, or the end of the text.

    `start` and `end` say where it stands on the page. `gap` is the white space before it: 0, 1, or 2 for so much that
    two formulas may stand side by side.
    """

    kind: str
    text: str
    place: Place
    start: int
    end: int
    gap: int = 0


class PageText:
    """A text, and where the lines in it begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines[:-1]:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def place(self, offset: int) -> Place:
        """The line and column of an offset."""
        k = bisect_right(self.starts, offset) - 1
        return Place(k + 1, offset - self.starts[k] + 1, self.lines[k])

    def refusal(self, offset: int, why: str) -> IllegibleError:
        """The error that says why the page cannot be read here."""
        return IllegibleError(self.place(offset), why)


_BLANK = re.compile(r"[ \t\r\u00a0\u2000-\u200b\u202f\u3000]+")
_NUMBER = re.compile(r"(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_CURLED = re.compile(
    r"\s*(?:\\left\s*)?\\(?:\{|lbrace)|(?:_?\{|\()\s*\w{1,3}\s*(?:==?|≠|!=|\\neq?\b)\s*[\w{}^()]{1,8}?\s*[})]"
)
"""The ``\\{y = j\\}`` or ``(y = j)`` behind a 1, which makes an indicator of it."""
_ONES = re.compile(r"\s*(?:\{\s*[1I𝟙]\s*\}|[1𝟙](?!\d))")
_UNDERSCORES = re.compile(r"_+(?![\w{(^])")
_DIGITS = re.compile(r"\d+")
_ENDS_A_SENTENCE = re.compile(r"\s*(?:$|\n|#|\s(?:[^\W\d_]|[∂𝜕∇Σ∑√$\\]))")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?|\\(.)", re.DOTALL)
_SCRIPTED = re.compile(r"(?:[^\W\d_]\d?_(?:[a-z0-9]))+")
"""w_ix_i: each letter has a subscript of one character, as in LaTeX."""

_UNDERSCORED = re.compile(r"_+[^\W\d_]\w*")
_SCRIPTABLE = (")", "]", "}", "Σ", "Π", "|", "‖", "∇", "∂", "⊤", "'")
"""What an underscore may stand behind without being part of a name."""
_SAME = {
    "∛": "∛", "⌊": "⌊", "⌋": "⌋", "⌈": "⌈", "⌉": "⌉",
    "‐": "-", "‑": "-",
    "−": "-", "–": "-", "—": "-", "·": "·", "×": "·", "⋅": "·", "•": "·", "∙": "·", "∗": "*", "÷": "/", "∕": "/",
    "⁄": "/",     "≤": "<=", "≥": ">=", "≠": "!=", "≈": "=", "≡": "=", "≃": "=", "≅": "=", "⊙": "⊙", "∘": "⊙", "○": "⊙",
    "←": "←", "⇐": "←", "→": "→", "⟶": "→", "⇒": "⇒", "⟹": "⇒", "∴": "⇒", "⇔": "⇔", "⟺": "⇔", "…": "…", "⋯": "…",
    "‖": "‖", "∥": "‖", "∝": "∝", "∼": "∼", "∈": "∈", "∀": "∀", "∞": "∞", "√": "√", "∑": "Σ", "∏": "Π", "Σ": "Σ",
    "Π": "Π", "∂": "∂", "𝜕": "∂", "𝝏": "∂", "∇": "∇", "𝛁": "∇", "⊤": "⊤", "⟨": "⟨", "⟩": "⟩", "≔": ":=", "≜": "=",
    "≐": "=", "：": ":", "，": ",", "（": "(", "）": ")", "＝": "=", "。": ".", "、": ",", "∵": "⇒",
}  # fmt: skip
_OPERATORS = re.compile(
    r"\*\*|=+>|-+>|=:|==|!=|<=|>=|<-(?=\s)|:=|\+=|-=|\*=|/=|\.\.\.?|\|\||[-+*/=<>()\[\]{},.;:|^_&@!?~…%$#\"]"
)
_ASCII = {
    **dict.fromkeys(("=>", "==>", "===>"), "⇒"), **dict.fromkeys(("->", "-->", "--->"), "→"), "=:": ":=",
    "<-": "←", "..": "…", "...": "…", "||": "‖",
}  # fmt: skip
_COMMANDS = {
    "cdot": "·", "times": "·", "ast": "*", "star": "*", "div": "/", "odot": "⊙", "circ": "⊙",
    "bullet": "⊙", "le": "<=", "leq": "<=",
    "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=",
    "approx": "=", "equiv": "=", "simeq": "=", "cong": "=", "triangleq": "=", "doteq": "=", "coloneqq": ":=",
    "gets": "←", "leftarrow": "←", "to": "→", "rightarrow": "→", "longrightarrow": "→", "mapsto": "→",
    "Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "therefore": "⇒", "because": "⇒", "iff": "⇔",
    "Leftrightarrow": "⇔",
    "dots": "…", "ldots": "…", "cdots": "…", "dotsc": "…", "dotsb": "…", "vdots": "…", "propto": "∝", "sim": "∼",
    "in": "∈", "forall": "∀", "infty": "∞", "sum": "Σ", "prod": "Π", "partial": "∂", "nabla": "∇", "top": "⊤",
    "intercal": "⊤", "lbrace": "(", "rbrace": ")", "lbrack": "[", "rbrack": "]", "langle": "⟨", "rangle": "⟩",
    "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "colon": ":",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "prime": "′", "lparen": "(", "rparen": ")", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "setminus": "∖",
}  # fmt: skip
_FUNCTIONS = {
    "exp",
    "ln",
    "log",
    "tanh",
    "sinh",
    "cosh",
    "sin",
    "cos",
    "tan",
    "max",
    "min",
    "arcsin",
    "arccos",
    "arctan",
    "coth",
    "lg",
    "sec",
    "csc",
    "cot",
    "arsinh",
    "arcosh",
    "artanh",
    "erf",
    "erfc",
    "sgn",
}
_STYLES = {
    "mathbf", "boldsymbol", "bm", "mathcal", "mathscr", "mathfrak", "mathsf", "mathit", "mathtt", "bold", "boxed",
    "pmb", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "nonumber", "notag", "bf", "rm", "it",
    "cal", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
    "middle", "small", "ensuremath", "mathstrut", "strut", "smash", "large", "Large", "LARGE", "huge", "Huge", "tiny",
    "Tiny", "normalsize", "footnotesize", "scriptsize", "scriptscriptstyle",
    "displaylimits", "relax", "bigm", "mathopen", "mathclose", "mathbin", "mathrel", "mathord", "hfill", "noindent",
    "centering", "item",
}  # fmt: skip
"""Commands that change how something looks, and not what it means."""
_WITH_ARGUMENT = {"label", "tag", "hspace", "vspace", "phantom", "hphantom", "vphantom", "color", "textcolor", "ref"}
"""Commands whose argument is no part of the formula."""
_WORDED = {"mathrm", "operatorname", "text", "textrm", "textit", "textbf", "texttt", "mbox", "mathop"}
_MARGINAL = {
    "footnote",
    "footnotemark",
    "eqref",
    "cref",
    "Cref",
    "autoref",
    "cite",
    "citep",
    "citet",
    "href",
    "hyperref",
}
"""Commands whose argument is no part of the formula beside them."""
_ENDING = {"square", "blacksquare", "qed", "qedsymbol", "Box", "blacktriangle", "lozenge", "checkmark", "qedhere"}
"""What ends a proof."""
_STRUCTURE = {"frac", "dfrac", "tfrac", "cfrac", "sqrt", "underbrace", "overbrace", "underset", "overset", "stackrel"}
CONNECTIVES = {
    "and", "or", "so", "for", "all", "if", "where", "when", "with", "otherwise", "else", "thus", "hence", "then",
    "each", "every", "any", "therefore", "since", "because", "as", "at", "by", "we", "have", "get", "is", "the", "of",
    "in", "to", "let", "which", "gives", "yields", "that", "are", "both", "from", "using", "not", "while", "obtain",
    "finally", "also", "but", "similarly", "likewise", "only", "case", "provided", "assuming", "suppose", "whenever",
    "unless", "elsewhere", *ENGLISH,
}  # fmt: skip
"""Words that LaTeX sets within a formula without being part of it."""
SCRIPT_WORDS = {
    "new", "old", "out", "in", "hat", "bar", "net", "max", "min", "tot", "total", "pred", "true", "loss", "avg",
    "reg", "rec", "sum", "act", "err", "error", "hid", "hidden", "inp", "input", "output", "next", "prev", "mse",
    "bce", "target",
}  # fmt: skip
"""What stands in a subscript as a word: out of any other letters, each is an index."""


class Lexer:
    """Cuts one stretch of a page into symbols. `known` says which names exist, so that y_hat stays one."""

    def __init__(self, page: PageText, known: Callable[[str], bool]) -> None:
        self._page, self._known = page, known
        self._text = page.text

    def symbols(self, start: int, end: int, latex: bool) -> list[Symbol]:
        """The symbols of page.text[start:end], with one of kind "end" last.

        Raises:
            IllegibleError: if a brace or command there is not read.
        """
        found = list(self._cut(start, end, latex))
        found.append(Symbol("end", "", self._page.place(end), end, end))
        return list(joined(found, self._known))

    def _cut(self, position_: int, end: int, latex: bool) -> Iterator[Symbol]:
        text, place_of = self._text, self._page.place
        gap, before, braces, arguments = 0, "", 0, 0
        while position_ < end:
            character = text[position_]
            if arguments and (character.isdecimal() or is_letter(character)):  # \\frac12
                kind = "number" if character.isdecimal() else "name"
                after = position_ + 1
                while after < end and unicodedata.combining(text[after]):
                    after += 1
                yield Symbol(kind, plain(text[position_:after]), place_of(position_), position_, after, gap)
                gap, before, position_, arguments = 0, "", after, arguments - 1
                continue
            if arguments and not character.isspace():
                arguments = 0
            if before in ("_", "^") and (character.isdecimal() or is_letter(character)):
                after = self._script(position_, end, latex)
                kind = "number" if character.isdecimal() else "name"
                yield Symbol(kind, plain(text[position_:after]), place_of(position_), position_, after, gap)
                gap, before, position_ = 0, "", after
                continue
            if blank := _BLANK.match(text, position_, end):
                wide = len(blank.group()) > 2 or "\t" in blank.group()
                gap = max(gap, 2 if wide and not latex else 1)
                position_ = blank.end()
                continue
            if character == JOINER:
                position_ += 1
                continue
            if character == "\n":
                gap, position_ = max(gap, 1), position_ + 1
                continue
            if character == "%" and latex:
                line_end = text.find("\n", position_, end)
                position_ = end if line_end < 0 else line_end
                continue
            if character == "~" and latex:
                gap, position_ = max(gap, 1), position_ + 1
                continue
            if character == "\\":
                symbols, position_, wide_gap = self._command(position_, end, gap, latex)
                if before in ("_", "^") and len(symbols) == 1 and symbols[0].kind == "word":
                    symbols = [replace(symbols[0], kind="name")]  # N_\mathrm{in}
                gap = wide_gap if not symbols else 0
                before = ""
                if symbols and symbols[-1].kind == "command":
                    arguments = 2 if symbols[-1].text.endswith("frac") else 1
                yield from symbols
                continue
            kind, spelled, after = self._simple(position_, end, latex, before, braces)
            braces += {"{": 1, "}": -1}.get(spelled, 0) if kind == "operator" else 0
            yield Symbol(kind, spelled, place_of(position_), position_, after, gap)
            gap, position_, before = 0, after, spelled

    def _script(self, start: int, end: int, latex: bool) -> int:
        """Where an index without braces ends: all digits, one letter (in plain text all), or a word such as new."""
        text, after = self._text, start
        if text[start].isdecimal():
            while after < end and text[after].isdecimal():
                after += 1
            return after
        while after < end and is_letter(text[after]):
            after += 1
        if text[start:after] in SCRIPT_WORDS or (not latex and text[start] != "T" and text[start - 1] == "^"):
            return after
        after = start + 1
        while after < end and unicodedata.combining(text[after]):
            after += 1
        return after

    def _simple(self, start: int, end: int, latex: bool, before: str, braces: int) -> tuple[str, str, int]:
        """The kind, spelling and end of a symbol that no backslash begins."""
        text = self._text
        character = text[start]
        if character in "𝟙𝟏":  # which Python counts among the digits
            return "name", "𝟙", start + 1
        if match := _NUMBER.match(text, start, end):
            if (
                latex
                and match.group().isdigit()
                and text.startswith("{,}", match.end())
                and (digits := _DIGITS.match(text, match.end() + 3, end))
            ):
                return "number", f"{match.group()}.{digits.group()}", digits.end()
            if match.group().endswith(".") and _ENDS_A_SENTENCE.match(text, match.end(), end):
                return "number", match.group()[:-1], match.end() - 1
            if match.group() == "1" and _CURLED.match(text, match.end(), end):
                return "name", "𝟙", match.end()
            return "number", match.group(), match.end()
        if character in FRACTIONS:
            return "number", FRACTIONS[character], start + 1
        if character in _SAME:
            return "operator", _SAME[character], start + 1
        if character in "'′’‘" or character in "″":
            return "prime", "''" if character == "″" else "'", start + 1
        if where := position(character):
            after = start
            while after < end and position(text[after]) == where:
                after += 1
            return where, plain(text[start:after]), after
        if is_letter(character):
            return self._name(start, end, latex)
        if (
            character == "_"
            and not latex
            and (identifier := _UNDERSCORED.match(text, start, end))
            and before not in _SCRIPTABLE
        ):
            return "name", plain(identifier.group()), identifier.end()
        if (
            character in "{}"
            and not latex
            and ((character == "}" and not braces) or (character == "{" and before not in ("^", "_", "1", "𝟙", "∈")))
        ):
            return "strange", character, start + 1
        if match := _OPERATORS.match(text, start, end):
            return "operator", _ASCII.get(match.group(), match.group()), match.end()
        spelled = plain(character)
        if spelled != character and _OPERATORS.fullmatch(spelled):
            return "operator", spelled, start + 1
        if spelled.isdigit():
            return "number", spelled, start + 1
        return "strange", character, start + 1

    def _name(self, start: int, end: int, latex: bool) -> tuple[str, str, int]:
        """A name as it stands: with digits, and in plain text with what follows its underscores."""
        text = self._text
        after = start
        while after < end and (is_letter(text[after]) or (text[after].isdecimal() and after > start)):
            after += 1
        whole = after
        while whole < end - 1 and text[whole] == "_" and (text[whole + 1].isalnum() and not position(text[whole + 1])):
            whole += 1
            while whole < end and (is_letter(text[whole]) or text[whole].isdecimal()):
                whole += 1
        if not latex and (ending := _UNDERSCORES.match(text, whole, end)):
            whole = ending.end()
        if whole > after:
            identifier = text[start:whole]
            joined = text[after + 1 : whole]
            if self._known(plain(identifier)):
                return "name", plain(identifier), whole
            as_in_latex = latex or ("_" in joined and _SCRIPTED.fullmatch(identifier))
            if not as_in_latex and not (whole < end and text[whole] == "{"):
                return "name", plain(identifier), whole
        if text[after - 1 : after + 1] == "σ(" and after - 1 > start and not self._known(plain(text[start:after])):
            after -= 1 if self._known(plain(text[start : after - 1])) else 0  # xσ(x)
        name = text[start:after]
        return "name", name if name.isascii() else plain(name), after

    # LaTeX

    def _command(self, start: int, end: int, gap: int, latex: bool = True) -> tuple[list[Symbol], int, int]:
        """The symbols of a command, where it ends, and the gap that it leaves if it has none."""
        match = _COMMAND.match(self._text, start, end)
        if match is None:
            raise self._page.refusal(start, "a backslash ends the formula: leave it out")
        name, mark = match[1], match[2]
        after = match.end()
        place = self._page.place(start)

        def one(kind: str, text: str, until: int = after) -> tuple[list[Symbol], int, int]:
            return [Symbol(kind, text, place, start, until, gap)], until, 0

        if mark is not None:
            if mark == "\\":
                return one("row", "\\\\", self._after_option(after, end))
            if mark in "{}":
                return one("operator", "(" if mark == "{" else ")")
            if mark == "|":
                return one("operator", "‖")
            if mark == "_":
                return one("operator", "_")
            if mark in ",;:! \n>":
                return [], after, max(gap, 1)
            if mark in "()[]":
                return [], after, max(gap, 1)  # stray delimiters, as where formulas are nested in text
            if mark in ".-+=<>'\"?/@" and not latex:  # as Markdown escapes them
                return one("operator", mark) if mark in "-+=<>/" else ([], after, max(gap, 1))
            if mark in "*#&%$":
                return one("operator", mark)
            raise self._page.refusal(start, f"\\{mark} is not read: leave it out")
        if name in ("quad", "qquad"):
            return [], after, 2
        if name in ("left", "right"):
            return self._delimiter(name, after, end, gap)
        if name in GREEK:
            letter = GREEK[name]
            return one("name", letter)
        if name in _COMMANDS:
            return one("prime" if name == "prime" else "operator", "'" if name == "prime" else _COMMANDS[name])
        if name in _FUNCTIONS:
            return one("name", name)
        if name in _STYLES:
            if name.startswith(("math", "bold", "bm")) and (ones := _ONES.match(self._text, after, end)):
                return one("name", "𝟙", ones.end())
            return [], after, gap
        if name in _MARGINAL:
            _, until = self._group(after, end)
            return [], until, max(gap, 1)
        if name in _ENDING and re.match(r"[\s.,;}&]*(?:$|\\\\|\\end|\$)", self._text[after:end]):
            return [], after, max(gap, 1)
        if name == "intertext" or name == "shortintertext":
            _, until = self._group(after, end)
            return one("row", name, until)
        if name in ("overset", "stackrel") and (relation := self._relation_below(after, end)) is not None:
            sign, until = relation
            return one("operator", sign, until)
        if name in ("cancel", "bcancel", "xcancel"):
            return [], after, gap
        if name == "substack" and self._text[:start].rstrip()[-1:] in ("{", "_"):
            content, until = self._group(after, end)
            inside = until - 1 - len(content or "")
            lines = self._cut(inside, until - 1, latex)
            return (
                [replace(each, kind="operator", text=",") if each.kind == "row" else each for each in lines],
                until,
                0,
            )
        if name in _WITH_ARGUMENT:
            _, until = self._group(after, end)
            return [], until, gap
        if name in HATS or name in _STRUCTURE:
            return one("command", name)
        if name == "mathbb" or name == "mathds":
            if ones := _ONES.match(self._text, after, end):
                return one("name", "𝟙", ones.end())
            return [], after, gap
        if name in ("begin", "end"):
            content, until = self._group(after, end)
            if name == "begin" and content in ("array", "alignedat", "tabular"):
                _, until = self._group(until, end)
            if option := re.compile(r"\s*\[[tbc]\]").match(self._text, until, end):
                until = option.end()
            return one("begin" if name == "begin" else "close", (content or "").strip().rstrip("*"), until)
        if name in ("space", "thinspace", "enspace", "hskip", "newline", "cr"):
            return ([], after, max(gap, 1)) if name != "newline" else one("row", name)
        if name in _WORDED:
            return self._worded(start, after, end, gap)
        if name == "not":
            raise self._page.refusal(start, "\\not is not read: write \\neq")
        raise self._page.refusal(start, f"\\{name} is not read: write what it stands for")

    def _relation_below(self, after: int, end: int) -> tuple[str, int] | None:
        """The = of ``\\overset{(1)}{=}``, what stands above it being words or a number; and where it ends."""
        above, middle = self._group(after, end)
        below, until = self._group(middle, end)
        sign = _COMMANDS.get(
            (below or "").strip().lstrip("\\"), _SAME.get((below or "").strip(), (below or "").strip())
        )
        wordy = re.fullmatch(r"[\w\s().,:*?'\\{}-]*", above or "") and "def" not in (above or "")
        return (sign, until) if sign in ("=", "⇒") and wordy else None

    def _after_option(self, after: int, end: int) -> int:
        """Where ``\\\\[2ex]`` ends."""
        match = re.compile(r"\s*\[\s*-?[\d.]+\s*(?:pt|ex|em|mm|cm|in)\s*\]").match(self._text, after, end)
        return match.end() if match else after

    def _group(self, start: int, end: int) -> tuple[str | None, int]:
        """What stands in the braces that begin here, or the one character without; and where it ends."""
        text = self._text
        while start < end and text[start] in " \n\t":
            start += 1
        if start >= end:
            return None, end
        if text[start] != "{":
            return text[start], start + 1
        depth = 0
        for k in range(start, end):
            if text[k] == "{" and text[k - 1] != "\\":
                depth += 1
            elif text[k] == "}" and text[k - 1] != "\\":
                depth -= 1
                if depth == 0:
                    return text[start + 1 : k], k + 1
        raise self._page.refusal(start, "{ is never closed: } is missing")

    def _delimiter(self, name: str, after: int, end: int, gap: int) -> tuple[list[Symbol], int, int]:
        """``\\left(`` is ``(``, and of ``\\left.`` nothing is left."""
        text = self._text
        while after < end and text[after] in " \n\t":
            after += 1
        if after < end and text[after] == ".":
            return [], after + 1, gap
        if after < end and text[after] in "()[]|/<>":
            character = {"<": "⟨", ">": "⟩"}.get(text[after], text[after])
            return [Symbol("operator", character, self._page.place(after), after, after + 1, gap)], after + 1, 0
        if after < end and text[after] == "\\":
            return self._command(after, end, gap)
        raise self._page.refusal(min(after, end - 1), f"\\{name} stands before a parenthesis, as in \\{name}(")

    def _worded(self, start: int, after: int, end: int, gap: int) -> tuple[list[Symbol], int, int]:
        """``\\mathrm{net}`` is a name, ``\\text{for all }`` two words."""
        content, until = self._group(after, end)
        words = plain((content or "").replace("\\_", "_").replace("~", " ")).replace("$", " ").strip()
        place = self._page.place(start)
        plain_words = words.strip(".,;: ")
        if re.fullmatch(r"[^\W\d]\w*", words) and (words.lower() not in CONNECTIVES or self._known(words)):
            return [Symbol("name", words, place, start, until, gap)], until, 0
        as_text = self._text.startswith(("\\text", "\\mbox"), start)
        if re.fullmatch(r"[(\[]\d[\d.]*[a-z]?[)\]]" + r"|\d[\d.]*" * as_text, words):
            raise self._page.refusal(
                start, "this may be the number of the line: leave it out, or write it without \\text"
            )
        if as_text and re.match(r"[-+*/=][^\W\d]|[-+*/=]\s+\S", words):
            raise self._page.refusal(start, "a sign within \\text may be a dash, or mathematics: write it outside")
        if re.fullmatch(r"\d+(?:\.\d*)?|\.\d+", words):
            return [Symbol("number", words, place, start, until, gap)], until, 0
        if not words:
            return [], until, max(gap, 1)
        if not plain_words:
            return [Symbol("operator", words[0], place, start, until, gap)], until, 0
        if len(words) == 1 and words in "+-*/=()[]":
            return [Symbol("operator", words, place, start, until, gap)], until, 0
        found: list[Symbol] = []
        inside = self._text.find("{", after, until) + 1
        for match in re.finditer(r"[^\s]+", self._text[inside : until - 1]):
            word = plain(match.group()).replace("$", "")
            begin = inside + match.start()
            stripped = word.strip(".,;:()")
            if re.fullmatch(r"[^\W\d_](?:[-'’]?[^\W\d_])*", stripped):
                single = len(stripped) == 1 and stripped != "a"
                found.append(
                    Symbol(
                        "name" if single else "word",
                        stripped if single else stripped.lower(),
                        self._page.place(begin),
                        begin,
                        begin + len(match.group()),
                        1,
                    )
                )
            else:
                bare = match.group().lstrip("$")  # amsmath's own \\text{if $z > 0$}
                begin += len(match.group()) - len(bare)
                found += self._cut(begin, begin + len(bare.rstrip("$.,;" if "$" in bare else "")), False)
            if word.endswith((",", ";")):
                found.append(Symbol("operator", word[-1], self._page.place(begin), begin, begin + len(match.group())))
        return found, until, 0
