"""The kinds of mistake by name: every name that a report gives to what went wrong in a line, or in an array."""

from collections.abc import Iterable

from autograd.text import printable


class Mistake(str):
    """A slip that explains a wrong line, as text: its `name`, one of `MISTAKES`, and in `detail` what it is here.

    The detail is empty where a report leaves out what is right.

    >>> mistake = Mistake("sign", "it is dJ/dw with the other sign")
    >>> print(mistake)
    sign: it is dJ/dw with the other sign
    >>> mistake.name, "other sign" in mistake
    ('sign', True)
    """

    __slots__ = ("detail", "name")
    name: str
    detail: str

    def __new__(cls, name: str, detail: str) -> "Mistake":
        mistake = super().__new__(cls, f"{name}: {detail}" if detail else name)
        mistake.name, mistake.detail = name, detail
        return mistake

    def __str__(self) -> str:
        return printable(str.__str__(self))

    def __repr__(self) -> str:
        return printable(str.__repr__(self))

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # a copy is made of both
        return self.name, self.detail


FACTOR_TWO = "factor 2"
FACTOR_HALF = "factor 1/2"
SIGN = "sign"
MISSING = "branch missing"
OVERWRITTEN = "branch overwritten"
TWICE = "branch counted twice"
LEFT_OUT = "activation's derivative left out"
AT_INPUT = "activation's derivative at the input"
AT_OUTPUT = "activation's derivative at the output"
OTHER_WEIGHT = "gradient of another weight"
TRANSPOSED = "transposed indices"
UPDATED = "weights already updated"
SOFTMAX = "softmax's p for p - onehot"
SUMMED = "sum where one term belongs"
MEAN_LEFT_OUT = "1/m missing"
MEAN_TWICE = "1/m twice"
MEAN_FOR_SUM = "mean where a sum belongs"
ONE_EXAMPLE = "one example only"
ONE_TERM_MISSING = "a term of the loss missing"
NOT_SUMMED = "summed over the wrong axis"
SHAPE = "shape"
INNER = "inner derivative left out"
POWER_RULE = "power rule"
PRODUCT_RULE = "product rule"
QUOTIENT_RULE = "quotient rule"
EXPONENTIAL_RULE = "rule of the exponential"
NOT_DIFFERENTIATED = "not differentiated"
OTHER_POWER = "another power"
OTHER_SLOPE = "another function's slope"
DIAGONAL = "softmax's diagonal alone"
MAXIMUM = "maximum's derivative"
ADDED = "factors added"
MULTIPLIED = "terms multiplied"
PRODUCT_OF_SUMS = "product of sums"
OTHER_TIME = "another step of time"
DIGITS = "digits swapped"
DECIMAL_POINT = "decimal point"
DEGREES_OF_FREEDOM = "m - 1 for m"
OTHER_CASE = "another case"
RULES = (
    *(
        INNER,
        POWER_RULE,
        PRODUCT_RULE,
        QUOTIENT_RULE,
        EXPONENTIAL_RULE,
        NOT_DIFFERENTIATED,
        OTHER_POWER,
        OTHER_SLOPE,
        DIAGONAL,
    ),
    *(MAXIMUM, ADDED, MULTIPLIED, PRODUCT_OF_SUMS, OTHER_TIME, DIGITS, DECIMAL_POINT, DEGREES_OF_FREEDOM, OTHER_CASE),
)
"""Slips in one rule, in one number, or in how the pieces of a line are put together."""
MISTAKES_IN_LINES = (
    *(FACTOR_TWO, FACTOR_HALF, SIGN, MISSING, OVERWRITTEN, TWICE, LEFT_OUT, AT_INPUT, AT_OUTPUT, OTHER_WEIGHT),
    *(TRANSPOSED, UPDATED, SOFTMAX, SUMMED),
)
"""Those that are looked for in a line of text."""
FACTOR_MISSING = "a factor is missing"
FACTOR_EXTRA = "a factor too many"
FACTOR_OTHER = "another factor"
TERM_MISSING = "a term is missing"
TERM_EXTRA = "an extra term"
TERM_SCALED = "a term counted wrongly"
FACTORS_AND_TERMS = (FACTOR_MISSING, FACTOR_EXTRA, FACTOR_OTHER, TERM_MISSING, TERM_EXTRA, TERM_SCALED)
"""Those that are asked for where none of the above explains a line."""
MISTAKES_IN_ARRAYS = (MEAN_LEFT_OUT, MEAN_TWICE, MEAN_FOR_SUM, ONE_EXAMPLE, ONE_TERM_MISSING, NOT_SUMMED, SHAPE)
MISTAKES = (*MISTAKES_IN_LINES, *RULES, *FACTORS_AND_TERMS, *MISTAKES_IN_ARRAYS)
"""All of them."""


_SAY_MORE = {
    LEFT_OUT: {FACTOR_MISSING, OTHER_WEIGHT, SUMMED},
    SIGN: {OTHER_WEIGHT, FACTOR_MISSING, FACTOR_EXTRA},
    DIAGONAL: {MISSING, OVERWRITTEN, OTHER_WEIGHT},
    ONE_EXAMPLE: {MISSING, OVERWRITTEN},
    SOFTMAX: {MISSING, OVERWRITTEN, LEFT_OUT},
    MISSING: {OTHER_WEIGHT, SUMMED, FACTOR_MISSING},
    FACTOR_MISSING: {OTHER_WEIGHT, SUMMED},
    **{key: {SUMMED, TWICE, OTHER_WEIGHT, FACTOR_MISSING} for key in (MEAN_LEFT_OUT, MEAN_TWICE, DEGREES_OF_FREEDOM)},
    **{key: {OTHER_CASE} for key in (POWER_RULE, INNER, PRODUCT_RULE)},
    MAXIMUM: {FACTOR_HALF, FACTOR_TWO, FACTOR_MISSING, TWICE, MISSING, OVERWRITTEN, OTHER_WEIGHT},
}
"""A mistake that says more of what went wrong than others do that have the same numbers."""


WHOLE = "it is "
"""How a mistake is told that all of a derivative has: where one path alone matters, it need not be named beside."""


def told(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Of several mistakes with the same numbers, those that say most; each once."""
    found = list(dict.fromkeys(mistakes))
    less = set().union(*(_SAY_MORE.get(mistake.name, ()) for mistake in found))
    whole = {mistake.name for mistake in found if mistake.detail.startswith(WHOLE)}
    return [
        mistake
        for mistake in found
        if mistake.name not in less and (mistake.name not in whole or mistake.detail.startswith(WHOLE))
    ]


def mean_left_out(m: int) -> str:
    """The words for a mean over m things that lacks its 1/m."""
    return f"1/{m} is missing, the mean over {m}"


def mean_taken_twice(m: int) -> str:
    """The words for what is divided by m twice."""
    return f"it is divided by {m} once more than the mean asks"


def right_for(case: str, here: str) -> str:
    """The words for what is right in a case that is not the one at hand."""
    return f"it is right {case}; here {here}"


def one_less_than(m: int) -> str:
    """The words for a mean over m things that is divided by one less."""
    return f"it is divided by m - 1 = {m - 1} where m = {m} belongs"


def other_than(stands: str, belongs: str) -> str:
    """The words for one thing where another belongs."""
    return f"{stands} where {belongs} belongs"
