"""Which letters on a line of plain text are words: "so dL/dw = x, since the input is x" holds one claim.

What is known as a name, what stands beside a sign, and single letters are mathematics; the commonest words of English,
and two long unknown names beside each other, are not. Where a word stands right beside a claim and may belong to it, as
in "half of dL/dw = x", the claim is unread, not cut.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from autograd.notation.function_parser import FUNCTIONS
from autograd.notation.letters import GREEK
from autograd.notation.other_words import ENGLISH, OTHERS
from autograd.notation.symbols import Symbol

_ENGLISH = """
example exercise section chapter figure page lemma line node unit term
got found think thought tried believe computed know did does please hello hi thanks hope wanted asked help following
anybody anyone somebody someone really actually correct wrong right since therefore basically everything something
a about above after again all along also although an and any apply applying are as assume assuming at back backward
backprop backpropagation be because becomes before being below between both but by calculate called can cancels case
chain change check compute computed computing consider cost could define defined definition denote denotes depend
depends derivative derivatives derive derived did different differentiate differentiating do does down due during
each easy either equal equals equation error every example expand expanding expression factor final finally find
first following follows for formula forward from function get gets getting give given gives giving goes gradient
gradients had has have having hence her here how however i if in input inputs instead into is it its just know last
layer learning left let likewise loss made make makes me means model multiply must my n't need network neuron
neurons next no not note notice now obtain obtained of off on once one only or other our out output outputs over
part partial path per plug plugging prediction product put putting rate recall remember respect result results right
rule same say second see set should show similarly simplified simplifies simplify simplifying simply since so
solution some square squared step still substitute substituting sum suppose take takes taking target than that the
their them then there therefore these they thing third this those through thus to together total two under until up
update updated us use used uses using value values via w.r.t want was we weight weights well what when where whereas
which while whose why will with within without would write writing written wrt yields you your answer derivation
question problem hidden bias activation sigmoid's i.e e.g ie eg etc where's let's it's that's we'll don't doesn't
isn't otherwise else unless provided
"""
COMMON = set(_ENGLISH.split())
_JOINING = {
    "and", "or", "so", "then", "thus", "hence", "is", "the", "with", "for", "if", "where", "by", "to", "of", "as", "at",
    "else", "otherwise", "provided",
}  # fmt: skip
"""These are no names, even beside a sign."""
_NUMBERED = {
    "step", "steps", "eq", "equation", "layer", "part", "case", "line", "example", "exercise", "question",
    "problem", "rule", "number", "figure", "fig", "page", "chapter", "section", "lemma", "neuron", "node", "unit",
    "path", "term", "schritt", "no",
}  # fmt: skip
"""Behind these a number is no factor: "Step 1 dL/dw = x"."""
_BEGINNINGS = ("then", "so", "thus", "hence", "therefore", "and", "get", "where", "let", "Let", "Then", "So")
"""Behind these a claim begins: in "then error = target - output", error is a name."""
BEFORE_DOUBTFUL = {
    "twice", "half", "minus", "plus", "times", "over", "per", "wrt", "w.r.t", "negative", "than", "without", "except",
    "new", "updated",
}  # fmt: skip
"""Right before a formula, these may belong to it."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def mark_words(symbols: list[Symbol], known: Callable[[str], bool], *, spans: bool, latex: bool) -> list[Symbol]:
    """The symbols, with those that are words said to be words.

    With `spans`, the line sets its formulas apart in dollars: all letters outside them are words.
    """
    merged = _merged(symbols, known)
    if spans:
        verdicts = ["word" if _lettered(merged, k) else "sign" for k in range(len(merged))]
        for k in range(1, len(merged) - 1):  # Case 1 (i = j): $…$
            beside = merged[k - 1], merged[k + 1]
            if merged[k].text in ("=", "!=") and all(len(s.text) == 1 and not known(s.text) for s in beside):
                verdicts[k - 1] = verdicts[k + 1] = "sign"
        for k in range(1, len(merged)):
            _mark_number(merged, verdicts, k)
        for k in range(len(merged) - 2):
            if _is_a_derivative(merged[k : k + 3], known):  # dL/dz: $a - y$
                verdicts[k] = verdicts[k + 2] = "sign"
        return [
            replace(s, kind="word", text=s.text.lower()) if verdict == "word" else s
            for s, verdict in zip(merged, verdicts, strict=True)
        ]
    plain = [_verdict(merged, k, known, latex) for k in range(len(merged))]
    for _ in range(2):  # a word makes one of an unknown name beside it
        for k in range(len(merged)):
            if plain[k] == "perhaps" and (_word_beside(merged, plain, k, -1) or _word_beside(merged, plain, k, 1)):
                plain[k] = "word"
    if all(verdict in ("word", "perhaps", "article") for verdict in plain):
        plain = ["word"] * len(plain)
    for k in range(1, len(merged)):
        _mark_number(merged, plain, k)
    found: list[Symbol] = []
    for k, symbol in enumerate(merged):
        if plain[k] == "article":  # "a" and "I"
            after = k + 1 < len(merged) and plain[k + 1] in ("word", "perhaps") and merged[k + 1].gap > 0
            before = k == 0 or plain[k - 1] in ("word", "article") or merged[k - 1].text in (",", ".", ";", ":", "(")
            plain[k] = "word" if after and before else "name"
            if plain[k] == "word":
                plain[k + 1] = "word"
        if plain[k] == "perhaps" and _beside_a_factor(merged, plain, k):
            plain[k] = "word"
        found.append(replace(symbol, kind="word", text=symbol.text.lower()) if plain[k] == "word" else symbol)
    return found


def _is_a_derivative(symbols: Sequence[Symbol], known: Callable[[str], bool]) -> bool:
    """Whether these are dL/dz, of two names that are known."""
    above, stroke, below = symbols
    tight = stroke.text == "/" and stroke.gap == below.gap == 0 and above.kind == below.kind == "name"
    return tight and all(s.text[:1] in ("d", "∂") and known(s.text[1:]) for s in (above, below))


def _mark_number(symbols: Sequence[Symbol], verdicts: list[str], k: int) -> None:
    """Make words of the 1 of "Step 1 dL/dw = x", the 3 of "Eq. 3" and the (a) of "Part (a)"."""
    before = k - 2 if symbols[k - 1].text == "." and k > 1 else k - 1
    if verdicts[before] != "word" or symbols[before].text.lower() not in _NUMBERED:
        return
    if symbols[k].kind == "number":
        verdicts[k] = "word"
        dash = k + 1 < len(symbols) and symbols[k + 1].text == "-" and symbols[k + 1].gap > 0
        if dash and (k + 2 == len(symbols) or symbols[k + 2].gap > 0):  # Step 1 - dL/dw = x
            verdicts[k + 1] = "word"
    texts = [symbol.text for symbol in symbols[k : k + 3]]
    if len(texts) == 3 and texts[0] == "(" and texts[2] == ")" and symbols[k + 1].kind in ("name", "number"):
        verdicts[k : k + 3] = ["word"] * 3


def _merged(symbols: list[Symbol], known: Callable[[str], bool]) -> list[Symbol]:
    """With non-zero, let's, i.e. and 1st as one symbol each."""
    found: list[Symbol] = []
    k = 0
    while k < len(symbols):
        symbol = symbols[k]
        after = symbols[k + 1] if k + 1 < len(symbols) else None
        last = symbols[k + 2] if k + 2 < len(symbols) else None
        tight = after is not None and last is not None and after.gap == last.gap == 0
        if (
            tight and after is not None and last is not None and symbol.kind == last.kind == "name"
            and (
                (after.text == "-" and len(symbol.text) > 2 and len(last.text) > 2)
                or (
                    after.text == "/" and min(len(symbol.text), len(last.text)) > 3
                    and not symbol.text[0] == last.text[0] == "d"
                )
                or (after.kind == "prime" and last.text in ("s", "t", "ll", "re", "ve", "d", "m"))
                or (after.text == "." and symbol.text in ("i", "e", "w") and last.text in ("e", "g", "r"))
            )
            and not (known(symbol.text) and known(last.text)) and _WORD.fullmatch(symbol.text + "aa")
            and not (after.kind == "prime" and known(symbol.text))
        ):  # fmt: skip
            text = symbol.text + ("." if after.text == "." else after.text) + last.text
            k += 3
            if text == "w.r" and k + 1 < len(symbols) and symbols[k].text == "." and symbols[k + 1].text == "t":
                text, k = "w.r.t", k + 2
            if k < len(symbols) and symbols[k].text == "." and after.text == "." and symbols[k].gap == 0:
                k += 1
            found.append(replace(symbol, kind="word", text=text, end=symbols[k - 1].end))
            continue
        if symbol.kind == "number" and after is not None and after.gap == 0 and after.text in ("st", "nd", "rd", "th"):
            found.append(replace(symbol, kind="word", text=symbol.text + after.text, end=after.end))
            k += 2
            continue
        found.append(symbol)
        k += 1
    return found


def _lettered(symbols: Sequence[Symbol], k: int) -> bool:
    """Whether a symbol outside of dollars is a word: all letters are, and a number beside no sign."""
    symbol = symbols[k]
    if symbol.kind != "number":
        return symbol.kind in ("name", "word") or (symbol.kind == "operator" and symbol.text == "&")
    beside = [symbols[j].text for j in (k - 1, k + 1) if 0 <= j < len(symbols)]
    return not any(text in ("=", "+", "-", "*", "·", "/", "^", "_", "(", ")", "<", ">") for text in beside)


def _verdict(symbols: Sequence[Symbol], k: int, known: Callable[[str], bool], latex: bool) -> str:
    """ "word", "name", "perhaps" a word if words stand beside it, or an "article" that may be a name."""
    symbol = symbols[k]
    if symbol.kind == "word":
        return "word"
    text = symbol.text
    if symbol.kind != "name":
        return "sign"
    lower = text.lower()
    before = symbols[k - 1] if k else None
    after = symbols[k + 1] if k + 1 < len(symbols) else None
    part = before is not None and before.text == "." and before.gap == 0 and symbol.gap == 0  # model.bias
    if (
        part
        or (before is not None and before.text in ("_", "^", "\\") and symbol.gap == 0)
        or (after is not None and after.gap == 0 and (after.text in ("_", "^", "[") or after.kind in ("sub", "super")))
    ):
        return "name"
    if text in ("a", "A", "I"):
        return "article"
    if not _WORD.fullmatch(text):
        return "name"
    if known(text):
        return "name"
    if before is not None and before.kind == "number" and symbol.gap == 0 and all(map(known, text)):
        return "name"  # 2by, of nodes b and y
    if text in GREEK or (
        text in FUNCTIONS and after is not None and after.text == "(" and (text != "where" or after.gap == 0)
    ):
        return "name"
    if lower in BEFORE_DOUBTFUL:
        return "word"
    if lower in COMMON or lower in _NUMBERED:
        if text in ("and", "or", "not") and _in_a_condition(symbols, k):
            return "name"
        if _beside_a_sign(symbols, k) and lower not in _JOINING:
            return "name"
        return "word"
    if text in FUNCTIONS or (text[0] == "d" and (known(text[1:]) or len(text) == 2)):
        return "name"
    if all(known(letter) for letter in text) and len(text) <= 4:
        return "name"
    if lower in ENGLISH or (lower in OTHERS and not _beside_a_sign(symbols, k)):
        return "word"
    return "perhaps"


def _in_a_condition(symbols: Sequence[Symbol], k: int) -> bool:
    """Whether "and" joins comparisons."""
    signs = ("<", "<=", ">", ">=", "==", "!=")
    if symbols[k].text == "not" and k and symbols[k - 1].text in ("=", "(", "*", "+", "-", "·", "and", "or", "not"):
        return True
    after = any(symbol.text in signs for symbol in symbols[k + 1 : k + 12])
    relation = any(symbol.text == "=" for symbol in symbols[k + 1 :])
    before = any(symbol.text in signs for symbol in symbols[max(0, k - 12) : k]) or symbols[k].text == "not"
    return (after and before and not relation) or (symbols[k].text == "not" and after) or _inside_brackets(symbols, k)


def _inside_brackets(symbols: Sequence[Symbol], k: int) -> bool:
    depth = 0
    for symbol in symbols[:k]:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(symbol.text, 0)
    signs = ("<", "<=", ">", ">=", "==", "!=")
    return depth > 0 and any(symbol.text in signs for symbol in symbols[k + 1 : k + 12])


def _beside_a_sign(symbols: Sequence[Symbol], k: int) -> bool:
    """Whether an operator stands on one side and an operator, or the end, on the other: in loss = target - output."""
    signs = ("+", "-", "*", "·", "/", "=", "**", "^", "<", ">", "<=", ">=", ":=", "←", "⊙", "@")
    before = symbols[k - 1] if k else None
    after = symbols[k + 1] if k + 1 < len(symbols) else None
    left = before is not None and before.text in signs
    right = after is not None and after.text in signs
    ends = (",", ";", ".", ")", "]", ":")
    if left:
        return right or after is None or after.text in ends
    return right and (before is None or before.text in (",", ";", ":", "(", "[", "⇒", *_BEGINNINGS))


def _word_beside(symbols: Sequence[Symbol], verdicts: list[str], k: int, step: int) -> bool:
    """Whether a word, or what may be one, stands next to this one with a gap between."""
    other = k + step
    if not 0 <= other < len(symbols):
        return False
    gap = symbols[k].gap if step < 0 else symbols[other].gap
    return gap > 0 and verdicts[other] in ("word", "perhaps")


def _beside_a_factor(symbols: Sequence[Symbol], verdicts: list[str], k: int) -> bool:
    """Whether an unknown long name stands beside a formula without a sign: "gives dL/dw"."""
    before = symbols[k - 1] if k else None
    after = symbols[k + 1] if k + 1 < len(symbols) else None
    if after is not None and after.gap > 0 and (verdicts[k + 1] == "name" or after.text in ("∂", "∇", "Σ")):
        return (
            before is None
            or before.kind == "word"
            or verdicts[k - 1] == "word"
            or before.text in (",", ".", ":", ";", "⇒")
        )
    return False


def doubtful_word(symbols: Sequence[Symbol], known: Callable[[str], bool]) -> bool:
    """Whether a line begins with a word that is a node as well: "so dL/dw = x" with a node called so."""
    if len(symbols) < 2 or symbols[0].kind != "name" or symbols[1].gap == 0:
        return False
    word = symbols[0].text.lower()
    beside = symbols[1].kind in ("name", "command") or symbols[1].text in ("∂", "∇")
    return len(word) > 1 and word in COMMON and known(symbols[0].text) and beside
