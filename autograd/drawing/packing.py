"""What a page carries much of, written shorter; its script `unpacking.js` reads it.

A network of 7,000 weights has as many names, which begin alike, and as many leaves, of which few things differ.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias
from xml.etree import ElementTree

Packed: TypeAlias = list[object]


def packed_program(program: Mapping[str, object]) -> dict[str, object]:
    """The program of a page (see `nudging.program_data`) with its names, its rules and its leaves packed."""
    if "names" not in program:
        return dict(program)
    names: Sequence[str] = program["names"]  # type: ignore[assignment]  # it is the data of a page
    leaves: Sequence[dict[str, object]] = program["leaves"]  # type: ignore[assignment]
    rules: Sequence[int] = program["rules"]  # type: ignore[assignment]
    operands: Sequence[Sequence[int]] = program["operands"]  # type: ignore[assignment]
    return {
        **program,
        "names": packed_names(names),
        "leaves": packed_leaves(leaves),
        "rules": packed_numbers((rule + 1 for rule in rules), 0),
        "operands": [packed_numbers(each, 1) for rule, each in zip(rules, operands, strict=True) if rule >= 0],
    }


def packed_numbers(numbers: Iterable[int], step: int) -> list[int]:
    """Numbers from 0 on, where a negative one says how many more follow, each a `step` from the one before.

    >>> packed_numbers([3, 4, 5, 6, 9], 1), packed_numbers([7, 7, 7, 7, 8], 0)
    ([3, -3, 9], [7, -3, 8])
    """
    found: list[int] = []
    before = -1
    for number in numbers:
        if not found or number != before + step:
            found.append(number)
        elif found[-1] < 0:
            found[-1] -= 1
        else:
            found.append(-1)
        before = number
    return found


def packed_names(names: Iterable[str]) -> Packed:
    """For each name how many characters it has in common with the one before, and the rest.

    >>> packed_names(["layer.0.bias", "layer.0.weights.0", "layer.0.weights.1"])
    [0, 'layer.0.bias', 8, 'weights.0', 16, '1']
    """
    found: Packed = []
    before = ""
    for name in names:
        same = 0
        # JavaScript counts a character beyond the first 65,536 as two.
        while same < min(len(name), len(before)) and name[same] == before[same] < "\U00010000":
            same += 1
        found += [same, name[same:]]
        before = name
    return found


USUAL = ("node", "value", "kind", "name", "module")
"""What every leaf has, or none of it; the name is that of its node."""


def packed_leaves(leaves: Iterable[Mapping[str, object]]) -> Packed:
    """The kinds and modules of the leaves, and then of all leaves the nodes, the values, the places of the kinds, those
    of the modules, and, by the leaf's place, what else there is.

    >>> packed_leaves([{"node": 0, "value": "0.5", "kind": "input", "name": "x"}])
    [['input', ''], [0], ['0.5'], [0], [1], {}]
    """
    leaves = [*leaves]
    words: dict[object, int] = {}
    kinds, modules = (
        [words.setdefault(leaf.get(word, ""), len(words)) for leaf in leaves] for word in ("kind", "module")
    )
    others = [{word: text for word, text in leaf.items() if word not in USUAL} for leaf in leaves]
    return [
        [*words],
        packed_places(leaf["node"] for leaf in leaves),  # type: ignore[misc]  # as above
        [leaf["value"] for leaf in leaves],
        packed_numbers(kinds, 0),
        packed_numbers(modules, 0),
        {place: other for place, other in enumerate(others) if other},
    ]


def packed_places(places: Iterable[int]) -> list[int]:
    """Any whole numbers, by how far each is from the one before: twice as far, or one less where it is less, for no
    number may be negative; and as often as one does follow another.

    >>> packed_places([3, 8, 13, 18, 17])
    [6, 10, -2, 1]
    """
    far = [place - before for before, place in pairwise([0, *places])]
    return packed_numbers((2 * by if by >= 0 else -2 * by - 1 for by in far), 0)


def packed_slots(slots: Iterable[Sequence[int]]) -> Packed:
    """Operands as the nodes, and for each the first and the last of those that follow one another.

    >>> packed_slots([[7, 0], [7, 1], [7, 2], [9, 1]])
    [[14, 4], [0, 1], [2, 1]]
    """
    found: list[list[int]] = []
    for node, operand in slots:
        if found and found[-1][0] == node and found[-1][2] == operand - 1:
            found[-1][2] = operand
        else:
            found.append([node, operand, operand])
    if not found:
        return []
    nodes, first, last = zip(*found, strict=True)
    return [packed_places(nodes), packed_numbers(first, 0), packed_numbers(last, 0)]


def packed_parts(moving: Mapping[str, object]) -> dict[str, object]:
    """What of a picture moves (see `nudging.moving_parts`) with its places and operands packed."""
    rows: Sequence[Sequence[object]] = moving["rows"]  # type: ignore[assignment]  # it is the data of a page
    slots: Sequence[Sequence[Sequence[int]]] = moving["slots"]  # type: ignore[assignment]
    return {
        **moving,
        "rows": [[*row[:3], packed_places(row[3])] for row in rows],  # type: ignore[arg-type]
        "slots": [packed_slots(each) for each in slots],
    }


def difference(one: str, other: str) -> list[list[object]] | None:
    """What changes one picture into another that has the same parts: for each part that differs, its place among all,
    the attribute (none for its text), and what that is in the other. None if they have other parts.

    >>> difference('<g id="a"><text x="1">5</text></g>', '<g id="a"><text x="2">6</text></g>')
    [[1, 'x', '2'], [1, '', '6']]
    """
    parts, others = ([*ElementTree.fromstring(svg).iter()] for svg in (one, other))
    if [part.tag for part in parts] != [part.tag for part in others]:
        return None
    found: list[list[object]] = []
    for place, (part, same) in enumerate(zip(parts, others, strict=True)):
        names = dict.fromkeys([*part.attrib, *same.attrib])
        found += [[place, name, same.get(name)] for name in names if part.get(name) != same.get(name)]
        if not len(part) and part.text != same.text:
            found.append([place, "", same.text or ""])
    return found


COLOURS_OF_LINES = re.compile(
    r'(?<=<path fill="none") stroke="#[0-9a-f]{6}"|(?<=<polygon) fill="(#[0-9a-f]{6})" stroke="\1"'
)
"""Colours that the page's style sets."""


def packed_pictures(svgs: Sequence[str]) -> tuple[list[str], list[tuple[int, list[list[object]]]]]:
    """The pictures that are no variants of one before, and for each of all which of these it is, and what differs."""
    found: list[str] = []
    described: list[tuple[int, list[list[object]]]] = []
    for svg in svgs:
        bare = COLOURS_OF_LINES.sub("", svg)
        variants = [
            (place, changes)
            for place, other in enumerate(found)
            if abs(len(other) - len(bare)) < len(bare) / 5
            and _frame(other) == _frame(bare)
            and (changes := difference(other, bare)) is not None
            and len(str(changes)) < len(bare) / 2
        ]
        described.append(min(variants, key=lambda each: len(each[1])) if variants else (len(found), []))
        if not variants:
            found.append(bare)
    return found, described


def _frame(svg: str) -> str:
    return svg.partition("viewBox")[2].partition(" role")[0]
