"""What a line may mean whose shapes do not fit, or whose σ may be a softmax."""

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from autograd.derivation.names import PageNames
from autograd.derivation.tokens import Refusal
from autograd.notation.elaboration import Choices
from autograd.notation.indices import everything_in
from autograd.notation.item_by_item import WAYS
from autograd.notation.lookup import is_list, written_name
from autograd.notation.page_lines import PageLine
from autograd.notation.syntax import BigOperator, Call, Differential, Name, Statement, Subscripted

if TYPE_CHECKING:
    from autograd.notation.reading import Reader

_WITH_AN_INDEX = re.compile(r"[^\W\d_](?:[_^][({]*)?[ijk][)}]*")
"""L_i, Li and J^{(i)}: what some call a list."""


def may_be_a_softmax(statement: Statement) -> bool:
    """Whether σ(z)_i = e^{z_i}/Σ_j e^{z_j} stands there, or another σ of a list beside a sum."""
    functions = [each.of for each in statement.parts if isinstance(each, Subscripted) and isinstance(each.of, Call)]
    spelled_out = any("sigmoid" in text for text in statement.texts)
    summed = any(isinstance(each, BigOperator) for each in everything_in(*statement.parts))
    return summed and not spelled_out and any(each.function == "sigmoid" for each in functions)


def key_with_an_index(statement: Statement, names: PageNames) -> str:
    """The key of a list that is spelled with an index letter, as "L_i" in nodes; empty if the line uses none."""
    for name in everything_in(*statement.parts):
        for key, held in names.spelled(written_name(name)).items() if isinstance(name, Name) else ():
            if is_list(held) and _WITH_AN_INDEX.fullmatch(key) and key not in ("xi", "pi"):
                return key
    return ""


def in_pairs(reader: "Reader", statement: Statement, defines: Name | None) -> PageLine | None:
    """The line with ∂a/∂z of two lists as the list of ∂a_i/∂z_i, if its shapes fit then."""
    if not any(isinstance(each, Differential) for each in everything_in(*statement.parts)):
        return None
    for names in WAYS:
        with suppress(Refusal):
            found = reader.elaborated(statement, defines, Choices.of(*names))
            if not found.misfit:
                return found
    return None
