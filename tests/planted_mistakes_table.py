"""Hundreds of kinds of planted mistake, and the table of what is said of them.

Each file of `planted_mistakes/` has a network as a program, its right derivation by hand, and mistakes:
``[what went wrong, the wrong line, what may be said of it]``. A wrong line takes the place of the right one. What
may be said is a regular expression, written from the mathematics: all that a report says must fit it.
``python tests/planted_mistakes_table.py`` prints the table, and each mistake that is not named rightly.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

import autograd
from autograd import Value, check_derivation

FILES = sorted(Path(__file__).with_name("planted_mistakes").glob("*.toml"))
RIGHTLY, UNNAMED, WRONGLY, ELSEWHERE = "named rightly", "not named", "named wrongly", "caught elsewhere"


@dataclass(frozen=True)
class Planted:
    """A mistake in one network's derivation."""

    network: "Network"
    kind: str
    line: str
    may_be_said: str


class Network:
    """A network, its right lines, and the mistakes that are planted in them."""

    def __init__(self, path):
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        self.name = path.stem.replace("-", " ")
        self.program = file["program"]
        self.right = file["right"].strip().splitlines()
        self.mistakes = [Planted(self, *mistake) for mistake in file["mistakes"]]

    def nodes(self, seed=0):
        """Its nodes by name: at the numbers of the program, or, for another seed, within a tenth of them."""
        random = Random(seed)

        def leaf(x):
            return Value(x * random.uniform(0.9, 1.1) if seed else x)

        def leaves(*numbers):
            return [leaf(x) for x in numbers]

        names = {name: getattr(autograd, name) for name in autograd.__all__}
        names |= {"leaf": leaf, "leaves": leaves, "pi": 3.141592653589793}
        known = set(names)
        exec(self.program, names)
        return {name: node for name, node in names.items() if name not in known and name != "__builtins__"}

    def place(self, wrong):
        """The place of the right line about the same."""
        [place] = [k for k, line in enumerate(self.right) if subject(line) == subject(wrong)]
        return place


def subject(line):
    return line.partition("=")[0].strip()


NETWORKS = [Network(path) for path in FILES]
MISTAKES = [mistake for network in NETWORKS for mistake in network.mistakes]


def page_with(mistake, seed=0):
    """A page with this mistake, the wrong line on it, and the nodes."""
    network = mistake.network
    place = network.place(mistake.line)
    nodes = network.nodes(seed)
    wrong = with_a_number(mistake.line, network.right[place], nodes) if "<" in mistake.line else mistake.line
    return "\n".join([*network.right[:place], wrong, *network.right[place + 1 :]]), wrong, nodes


def outcome(mistake, seed=0):
    """What a report makes of a page with this mistake: one of four words, and what it says."""
    page, wrong, nodes = page_with(mistake, seed)
    report = check_derivation(page, nodes)
    line = report.first_wrong
    if line is None or line.claim != wrong or any(not other.holds for other in report.lines if other is not line):
        return ELSEWHERE, str(report)
    said = explanations(line)
    if not said:
        return UNNAMED, ""
    fit = all(re.search(mistake.may_be_said, each, re.IGNORECASE) for each in said)
    return (RIGHTLY if fit else WRONGLY), "; ".join(said)


def explanations(line):
    """What a report tells of a line: of ways to lose a path it tells one, since each says the same."""
    missing = [str(mistake) for mistake in line.mistakes if mistake.name == "branch missing"]
    others = [str(mistake) for mistake in line.mistakes if mistake.name != "branch missing"]
    if missing:
        others = [other for other in others if not other.startswith("branch overwritten")]
    return [*missing[:1], *others] or [note for note in line.notes if "says the same" not in note]


def with_a_number(line, right, nodes):
    """A line that claims a number with a slip of the pen in it."""
    number = check_derivation(right, nodes).lines[0].claimed
    if "<ten times>" in line:
        return line.replace("<ten times>", f"{10 * number:.7g}")
    digits = f"{number:.6f}"
    k = next(k for k in range(len(digits) - 2, 2, -1) if digits[k] != digits[k + 1])
    return line.replace("<digits swapped>", digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :])


def table(outcomes):
    """A row for each network: how many mistakes are planted, and what is made of them."""
    columns = (RIGHTLY, UNNAMED, WRONGLY, ELSEWHERE)
    rows = [f"{'network':24}{'planted':>8}" + "".join(f"{column:>18}" for column in columns)]
    for network in [*NETWORKS, None]:
        found = [what for mistake, (what, _) in outcomes.items() if network in (None, mistake.network)]
        counts = "".join(f"{found.count(column) or '.':>18}" for column in columns)
        rows.append(f"{network.name if network else 'all':24}{len(found):>8}{counts}")
    return "\n".join(rows)


def not_named_rightly(outcomes):
    """Each mistake that is not named rightly, and what is said of it."""
    return "\n".join(
        f"\n{what}: {mistake.network.name}: {mistake.kind}\n    {mistake.line}\n    {said}"
        for mistake, (what, said) in outcomes.items()
        if what != RIGHTLY
    )


if __name__ == "__main__":
    found = {mistake: outcome(mistake) for mistake in MISTAKES}
    print(table(found), not_named_rightly(found), sep="\n")  # noqa: T201
