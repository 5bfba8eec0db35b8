"""What words beside a claim do to it: they deny it, change it, ask for it, say it, or lead on to what follows."""

from collections.abc import Callable, Container, Sequence
from itertools import pairwise

from autograd.derivation.tokens import Place
from autograd.notation.rows import Segment, derivative_like, sides_of
from autograd.notation.symbols import Symbol
from autograd.notation.words import BEFORE_DOUBTFUL, COMMON

_DIFFERENTIATES = {
    "derivative", "derivatives", "gradient", "gradients", "partial", "slope", "differential", "square", "root", "log",
    "logarithm", "inverse", "half", "negative", "sum", "differentiating", "differentiate", "respect",
}  # fmt: skip
_AFTER = {
    "because", "since", "as", "by", "for", "where", "when", "if", "with", "and", "which", "so", "hence", "thus",
    "using", "from", "is", "at", "while", "but", "here", "in", "on", "due", "therefore", "giving", "or", "that",
    "are", "was", "then", "we", "via", "now", "again", "this", "what", "means", "gives", "follows", "holds", "who",
    "whose", "forall", "all", "whenever", "yields", "to", "after", "i.e", "e.g", "ie", "has", "have", "becomes",
    "implies", "respectively", "too", "also", "likewise", "otherwise", "it", "they", "there", "assuming",
    "given", "let", "instead", "exactly", "directly", "only", "finally", "be", "can", "will", "simplifies",
    "provided",
}  # fmt: skip
"""Right behind a claim, these do not belong to it."""
DENIED = "words beside this say that it is not so: what is claimed then is not read"
_OF_A_CLAIM = {"is", "was", "are", "would", "does", "isn't", "doesn't", "can", "must", "cannot", "seems", "looks"}
_ASKS = {"set", "sets", "setting", "want", "solve", "solving", "require", "requires", "requiring", "put", "putting"}
"""Before "dJ/dw = 0", these say that it is to hold somewhere else."""
_OPTIMA = ("optimum", "minimum", "maximum", "extremum", "minima", "maxima", "optimality", "stationary", "minimizer")
_CHANGES = {"multiplied", "divided", "scaled", "raised"}
_CHANGED = ({"squared"}, {"cubed"}, {"doubled"}, {"halved"}, {"negated"})
_ADDS = {
    "plus", "minus", "times", "over", "half", "twice", "except", "without", "double", "triple", "thrice", "negative",
}  # fmt: skip
"""Behind a claim and a comma, these may add to it."""
_OTHER_SIGN = {"minus", "negative", "opposite", "reversed", "flipped", "wrong", "changed", "switched"}
_MULTIPLIES = {"minus", "twice", "half", "times", "plus", "negative", "double", "triple", "thrice", "opposite"}
_FUNCTIONS_IN_WORDS = {
    "half", "negative", "square", "root", "log", "logarithm", "inverse", "reciprocal", "opposite", "double", "triple",
    "multiple", "sign", "exponential",
}  # fmt: skip
"""Of these, what stands behind is the operand: "the square of"."""
_SUBSTITUTES = {"substitute", "substituting", "plug", "plugging", "inserting", "insert"}
"""Behind these stands what is put in: "now substitute (1, 2)"."""
_BEFORE_A_CHANGE = ("and", "but", "then", "only", "all", "also", "finally", "afterwards")
_VERBS = {"is", "are", "was", "were", "being", "has", "denotes", "means", "stands"}
_EMPHASIS = {"then", "thus", "now", "therefore", "hence", "just", "simply", "exactly", "also", "the", "only", "clearly"}
_DERIVATIVES = {"derivative", "gradient", "partial", "slope"}
_EQUALITY_IN_WORDS = (
    ["is"], ["equals"], ["becomes"], ["is", "equal", "to"], ["equal", "to"], ["gives"], ["yields"],
    ["is", "given", "by"], ["should", "be"], ["must", "be"], ["will", "be"], ["comes", "to"],
    ["simplifies", "to"], ["reduces", "to"], [":"],
)  # fmt: skip
_LEADING_ON = {
    "which", "so", "thus", "hence", "therefore", "simplifying", "simplify", "substituting", "substitute", "using",
    "and", "this", "that", "we", "by", "expanding", "now", "finally", "plugging", "with", "since", "because",
    "factoring", "rearranging", "giving", "gives", "i.e", "ie", "or", "if", "when", "for", "case", "otherwise",
    "else", "as", "also", "again", "collecting", "multiplying", "applying", "further", "cancelling", "combining",
    "it", "is", "equals",
}  # fmt: skip
"""How words begin below which a claim goes on with =."""


def may_precede(words: Sequence[str]) -> bool:
    """Whether these words leave what follows them as it is."""
    if not words:
        return True
    if words[-1] in BEFORE_DOUBTFUL:
        return False
    if words[-1] in ("of", "to", "in") and any(word in _DIFFERENTIATES for word in words[-5:]):
        return False
    return not (words[-1] in _DIFFERENTIATES and words[-1] in ("half", "negative", "square", "root", "log"))


def changed_before(words: Sequence[str]) -> str:
    """The word right before a formula that makes another of it, as "minus" and "the square of" do; else empty."""
    last = words[-1] if words else ""
    if last in _MULTIPLIES:
        return last
    said = [word for word in words[-3:] if word not in ("a", "an", "the")]
    return said[-2] if len(said) > 1 and said[-1] == "of" and said[-2] in _FUNCTIONS_IN_WORDS else ""


def may_follow(words: Sequence[str]) -> bool:
    """Whether these words leave what they follow as it is."""
    return not words or words[0] in _AFTER


def equation_in_words(
    before: Sequence[str],
    after: Sequence[str],
    sides: Sequence[tuple[str, Sequence[Symbol]]],
    known: Callable[[str], bool],
    sign: str,
) -> str:
    """Why a claim between words is not read; "prose" if it is one of them, "" if it is a claim of its own."""
    left, right = sides[0][1], sides[-1][1]
    if sets_to_zero(before, after, right):
        return "prose"
    if not right and after:  # dL/dw = the slope of the loss
        return "" if any(s.text in ("+", "*", "·", "(") for _, side in sides for s in side) else "prose"
    if not left and before:
        return ""
    if len(left) == 1 and left[0].kind == "name" and before and before[-1] not in BEFORE_DOUBTFUL:
        lone = len(right) == 1 and right[0].kind == "name" and not known(right[0].text) and len(right[0].text) > 2
        if lone and not sign:
            return "prose"
    two_names = len(sides) == 2 and len(left) == len(right) == 1 and left[0].kind == right[0].kind == "name"
    if two_names and right[0].text.lower() in COMMON and not known(right[0].text):
        return "prose"  # x = input
    if denied(before) or denied_behind(after):
        return DENIED
    if not may_precede(before):
        return f"{' '.join(before[-2:])!r} before this may belong to it: write the whole claim in symbols"
    if not may_follow(after):
        return (
            f"{after[0]!r} behind this may belong to it: write the whole claim in symbols, or a comma before the word"
        )
    return ""


def sets_to_zero(before: Sequence[str], after: Sequence[str], right: Sequence[Symbol]) -> bool:
    """Whether "setting dJ/dw = 0" or "dJ/dw = 0 at the minimum" is asked for, and not claimed of the recorded point."""
    if [symbol.text for symbol in right] != ["0"]:
        return False
    return bool({*before[-3:]} & _ASKS) or list(after[:2]) == ["at", "the"]


def is_of_an_optimum(words: Container[str], right: Sequence[Symbol]) -> bool:
    """Whether "at the minimum" stands somewhere beside "dJ/dw = 0"."""
    return [symbol.text for symbol in right] == ["0"] and any(word in words for word in _OPTIMA)


def denied(before: Sequence[str]) -> bool:
    """Whether "it is false that" or "not" stands before a claim; "it is not hard to see that" denies nothing."""
    if before[-1:] == ["not"]:
        return True
    return before[-1:] == ["that"] and _denies(before[-4:-1])


def denied_behind(after: Sequence[str]) -> bool:
    """Whether "is wrong" or "does not hold" stands behind a claim."""
    return after[:1] != [] and after[0] in _OF_A_CLAIM and _denies(after[1:4])


def takes_back(words: Sequence[str], *, relation: bool, joined: bool) -> str:
    """Why the claim before these words is not read; empty if they leave it as it is.

    `relation` is whether a claim stands behind them, and `joined` whether a formula does, without a comma.
    """
    if joined and list(words) in (["and"], ["or"]):
        return f"{words[0]!r} joins conditions, or two claims that each have their =: what stands behind it has none"
    words = words[next((k for k, word in enumerate(words) if word not in _BEFORE_A_CHANGE), 0) :]
    if words[:1] and words[0] in ("with", "of") and (changing := _with_another_sign(words[1:])):
        return f"{changing!r} behind this may change it: write the whole claim in symbols"
    if "sign" in words[:4] and not {"since", "because", "comes"} & {*words} and {*words} & _OTHER_SIGN:
        return "'sign' behind this may change it: write the whole claim in symbols"
    if words and words[0] in _ADDS and not (relation and words[0] in ("except", "without")):
        return f"{words[0]!r} behind this may belong to it: write the whole claim in symbols"
    changes = (words[:1] and words[0] in _CHANGES) or set(words) in _CHANGED or list(words[:2]) == ["up", "to"]
    if changes or (list(words[:2]) == ["to", "be"] and {*words[2:]} & _CHANGES):
        return f"{words[0]!r} behind this may change it: write the whole claim in symbols"
    if list(words) in (["wrong"], ["incorrect"], ["false"]):
        return DENIED
    if words and words[0] in ("which", "this", "that", "but", "it") and not relation and denied_behind(words[1:]):
        return DENIED
    return ""


def _with_another_sign(words: Sequence[str]) -> str:
    """The word of "with a minus sign" that says so; else empty."""
    said = [word for word in words[:4] if word not in ("a", "an", "the", "its")]
    return said[0] if said and said[0] in _OTHER_SIGN else ""


def _denies(words: Sequence[str]) -> bool:
    if {"false", "wrong", "incorrect", "untrue"} & set(words):
        return "not" not in words
    return "not" in words and bool({"true", "correct", "right", "hold", "valid", "case"} & set(words))


def dash_before_words(segments: Sequence[Segment], k: int) -> int:
    """Where in the last side of a claim a dash stands before words, as in "= x - y is the target"; 0 if nowhere."""
    segment = segments[k]
    side = sides_of(segment.symbols)[-1][1]
    following = segments[k + 1] if k + 1 < len(segments) else None
    spoken = segment.after[:1]
    if following is not None and following.sign == "," and not following.words and len(following.symbols) == 1:
        spoken = spoken or following.after[:1]  # - a, b are scalars
    if not spoken or spoken[0] not in _VERBS:
        return 0
    dashes = [j for j, symbol in enumerate(side) if symbol.text == "-" and symbol.kind == "operator" and symbol.gap]
    if not dashes or not 0 < (cut := dashes[-1]) < len(side) - 1 or not side[cut + 1].gap:
        return 0
    subject = side[cut + 1 :]
    lone = subject[0].kind == "name" and all(
        s.kind in ("name", "number", "sub", "super") or s.text in "_^{}" for s in subject
    )
    return cut if lone else 0


def said_in_words(segments: list[Segment], known: Callable[[str], bool]) -> Place | None:
    """Where "∂L/∂w is x(a - y)" stands, which claims something without a sign for it."""
    for each in segments:  # The gradient with respect to W is $2 z x^T$
        said = {*each.words} if each.apart and _compound(each.symbols) and not each.relation else set()
        wordy = {"respect", "wrt", "w.r.t"} & said and _DERIVATIVES & said and not derivative_like(each.symbols)
        if wordy and any(each.words[-len(link) :] == link for link in _EQUALITY_IN_WORDS):
            return each.symbols[0].place
    spoken: set[str] = set()
    for before, after in pairwise(segments):
        link = after.words or [after.sign]
        spoken |= {*before.words}
        bare = not (before.words or after.words or before.relation or after.relation) and bool(after.symbols)
        beside = after.sign in ("|", "⇒") or (after.apart and after.sign)
        if not before.symbols or not after.symbols:
            continue
        tabled = after.sign == "wide" and after.apart and not (after.words or before.relation or after.relation)
        if (tabled or (bare and beside)) and derivative_like(before.symbols):
            return after.symbols[0].place
        compound = _compound(after.symbols)
        multiplied = link[-1] in _MULTIPLIES or changed_before(link) != ""
        if (compound or multiplied or after.apart) and _equates(link) and _is_differentiated(before, spoken, known):
            return after.symbols[0].place
    return None


def _compound(symbols: Sequence[Symbol]) -> bool:
    """Whether this is a formula of several parts, as 2(a - y) and 3 z x are."""
    return len(symbols) > 1 and (
        any(s.text in ("+", "-", "*", "·", "/", "(", "^") or s.kind == "super" for s in symbols)
        or all(s.kind in ("name", "number") for s in symbols)
    )


def _equates(link: Sequence[str]) -> bool:
    """Whether words between two formulas say that they are equal: "is", "is then just", "becomes minus"."""
    said = [word for word in link if word not in _EMPHASIS and word not in _MULTIPLIES]
    while said[-1:] == ["of"]:
        said = [word for word in said[:-1] if word not in _FUNCTIONS_IN_WORDS]
    return said in _EQUALITY_IN_WORDS


def _is_differentiated(segment: Segment, spoken: set[str], known: Callable[[str], bool]) -> bool:
    """Whether this is a derivative: ∂L/∂w, "the derivative with respect to w", and dw if there is a node w."""
    if len(segment.symbols) > 1 or segment.symbols[0].kind != "name":
        return derivative_like(segment.symbols)
    by = segment.words[-1:] in (["to"], ["wrt"], ["w.r.t"], ["by"], ["of"], ["for"])
    if by and not _DERIVATIVES.isdisjoint(spoken):
        return True
    name = segment.symbols[0].text
    return name[0] == "d" and not known(name) and known(name[1:])


def leads_on(segment: Segment) -> bool:
    """Whether words leave it to the claim above to go on below them: "which simplifies to", and not "for z:"."""
    if segment.symbols and not {*segment.words} & _SUBSTITUTES:
        return False
    return not segment.words or segment.words[0] in _LEADING_ON
