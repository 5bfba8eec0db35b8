"""``python -m autograd mark network.py pages/ --targets dJ/dw``: marks the derivations of a class."""

import sys


def main() -> int:
    if sys.argv[1:2] != ["mark"]:
        print("usage: python -m autograd mark NETWORK.py PAGES... --targets dJ/dw...  (--help tells more)")
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    from autograd.marking.command import main as mark

    return mark(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
