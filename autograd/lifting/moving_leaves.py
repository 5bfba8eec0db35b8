"""Leaves that each turn of a loop has its own of, as the weights of a layer or the coefficient of a power."""

from typing import TYPE_CHECKING

from autograd.lifting.arrivals import DTYPE
from autograd.lifting.groups import Group
from autograd.lifting.repetition import Repetition
from autograd.lifting.views import PLACE, SCATTER
from autograd.numbers.source import Source, source

if TYPE_CHECKING:
    from autograd.lifting.draft import Arrival, Draft, FlatPart, Origin, Pull

np = source.np
FLAT = "parameters", "others"


class MovingLeaves:
    """What a turn cuts out of the flat arrays.

    Args:
        repetition: the turns.
        turn: the number of the turn, as an expression.
    """

    def __init__(self, repetition: Repetition, turn: Source) -> None:
        self._steps = repetition.leaves
        self._turns = repetition.turns
        self._turn = turn
        self._cuts: dict[tuple[FlatPart, int], str] = {}
        self._arrivals: dict[tuple[FlatPart, int], list[Arrival]] = {}

    def __contains__(self, leaf: object) -> bool:
        return leaf in self._steps

    def cut(
        self, draft: "Draft", group: Group, places: list[int], shape: tuple[int, ...], *, batched: bool, alone: bool,
        exact: bool,
    ) -> "tuple[Source, Pull]":  # fmt: skip
        """The leaves at these places in the second turn, as an array of that shape, and where its gradient goes."""
        step = self._steps[group.index, places[0]]
        start, count = places[0] - step, len(places)
        flat = source.name(FLAT[group.index])
        rows, columns = (shape if len(shape) == 2 else (0, *shape)) if shape else (0, 0)
        run = places == list(range(places[0], places[0] + count))
        one = len(set(places)) == 1 and not rows and not exact
        if not (run or one) or (run and count > abs(step)):
            return self._by_index(draft, group, places, shape, batched=batched)
        # With the step: two chains may begin at one place, and go on by steps of their own.
        key = ((group.index, start, rows, columns) if run else (group.index, start, 0, 0), step)
        if key not in self._cuts:
            members = [group.members[place - back] for place in places for back in (0, step)]
            name = draft.names.of_parameters(members, alone)
            self._cuts[key] = name
            first = self._at(start, step)
            part = flat[first : self._at(start + count, step)] if key[0][3] else flat[first]
            draft.forward.append(f"{name} = {part.reshape(rows, columns) if rows else part}")

        def pull(gradient: Source, origin: "Origin") -> None:
            if group.index in draft.wanted:
                gradient = gradient.sum(axis=0) if batched else gradient
                self._arrivals.setdefault(key, []).append((gradient if run else gradient.sum(), origin))

        return source.name(self._cuts[key]), pull

    def _at(self, place: int, step: int) -> Source:
        moved = self._turn if step == 1 else step * self._turn
        return moved + place if place else moved

    def _by_index(
        self, draft: "Draft", group: Group, places: list[int], shape: tuple[int, ...], *, batched: bool
    ) -> "tuple[Source, Pull]":
        step = self._steps[group.index, places[0]]
        size = len(group.members)
        columns = shape[-1]
        first = [place - step for place in places]
        nested = [first[i : i + columns] for i in range(0, len(first), columns)] if len(shape) == 2 else first
        index = draft.constant("index", nested, integer=True) + step * self._turn
        spread = PLACE if len(set(places)) == len(places) else SCATTER

        def pull(gradient: Source, origin: "Origin") -> None:
            gradient = gradient.sum(axis=0) if batched else gradient
            draft.contribute_to_leaves((group.index, 0, 0, size), (spread(gradient, index, size), origin))

        return source.name(FLAT[group.index])[index], pull

    def gradients(self, draft: "Draft") -> "tuple[list[str], dict[FlatPart, Source]]":
        """Keeps the gradients of a turn; the lines before the loop, and the gradients of all turns after it."""
        begin: list[str] = []
        found: dict[FlatPart, Source] = {}
        for key, arrivals in self._arrivals.items():
            (index, start, rows, columns), step = key
            gradient = draft.line(f"d_{self._cuts[key]}", arrivals)
            steps = draft.names.fresh(f"slopes_{self._cuts[key]}")
            begin.append(f"{steps} = []")
            draft.backward.append((f"{steps}.append({gradient})", ""))
            kept = source.name(steps)
            every = np.stack(kept[::-1] if step > 0 else kept)
            size, length = max(rows, 1) * max(columns, 1), abs(step)
            first = start if step > 0 else start + step * (self._turns - 1)
            whole = length * (self._turns - 1) + size
            if size < length:
                every = every.reshape(self._turns, size)
                last = every[-1]
                gaps = np.zeros((self._turns - 1, length - size), DTYPE)
                padded = np.concatenate((every[:-1], gaps), axis=1)
                every = np.concatenate((padded.ravel(), last))
            elif columns:
                every = every.ravel()
            part = index, first, 0, whole
            draft.cuts.setdefault(part, (draft.names.fresh(f"{self._cuts[key]}_of_turns"), ""))
            found[part] = every if part not in found else found[part] + every
        return begin, found
