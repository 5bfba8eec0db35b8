"""Build the site: ``python docs/build.py site`` writes ``site/html/``, and fails where a link leads nowhere.

With ``--run-notebooks`` the tutorials show what they print; else they are shown as they are stored, without outputs.
The pages that are made, from docstrings and from the table, lie beside copies of the others in ``site/source/``.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import operations
import reference
from sphinx.cmd.build import build_main

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
BESIDE = ("LICENSE", "autograd/ops.py", "notebooks/pictures")
"""What the pages link to, beside pages."""


def write_sources(source: Path) -> None:
    """What Sphinx reads: copies of the pages of the repository at their places, and the pages that are made."""
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    notebooks = [path.relative_to(ROOT) for path in sorted((ROOT / "notebooks").glob("*.*")) if path.suffix != ".py"]
    docs = [path.relative_to(ROOT) for path in sorted((ROOT / "docs").rglob("*.*")) if path.suffix in (".md", ".gif")]
    for path in [*map(Path, (*PAGES, *BESIDE)), *notebooks, *docs]:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, source / path)
        else:
            shutil.copy(ROOT / path, source / path)
    shutil.move(source / "docs" / "index.md", source / "index.md")
    (source / "README.md").write_text(tour((ROOT / "README.md").read_text(encoding="utf-8")), encoding="utf-8")
    for path, text in [("index.md", reference.index()), *reference.pages()]:
        target = source / "reference" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for name in operations.names():
        (source / "reference" / "operations" / f"{name}.svg").write_text(operations.picture(name), encoding="utf-8")


def tour(readme: str) -> str:
    """The README under a title of its own: the start page of the site has the name of the project."""
    title, rest = readme.split("\n", 1)
    return f"# The tour of {title.removeprefix('# ')}\n{rest}"


class Links(HTMLParser):
    """The addresses that a page leads to or shows, and its anchors."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what it leads to."""
        found = {name: value for name, value in attrs if value}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        self.addresses |= {found[name] for name in ("href", "src") if name in found and tag != "link"}


def dead_links(site: Path, pages: dict[Path, Links]) -> Iterator[str]:
    """The links within the site that lead nowhere."""
    for page, links in pages.items():
        for address in sorted(links.addresses):
            if urlparse(address).scheme:
                continue
            path, anchor = map(unquote, urldefrag(address))
            path = path.partition("?")[0]  # of a file that is named with its version
            target = (page.parent / path).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (anchor and target in pages and anchor not in pages[target].anchors):
                yield f"{page.relative_to(site)} leads to {address}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where it is built")
    parser.add_argument(
        "--run-notebooks", action="store_true", help="to show what the tutorials print (extra notebook)"
    )
    options = parser.parse_args()
    source, site = options.folder / "source", (options.folder / "html").resolve()
    write_sources(source)
    shutil.rmtree(site, ignore_errors=True)
    run = ["-D", "nb_execution_mode=force"] if options.run_notebooks else []
    arguments = ["-q", "-W", "--keep-going", "-E", "-c", str(ROOT / "docs"), *run, str(source), str(site)]
    if code := build_main(arguments):
        return code
    pages = {path: Links(path) for path in site.rglob("*.html")}
    dead = list(dead_links(site, pages))
    outside = sorted({address for links in pages.values() for address in links.addresses if urlparse(address).netloc})
    (options.folder / "external-links.txt").write_text("\n".join(outside) + "\n", encoding="utf-8")
    print(f"{len(pages)} pages in {site}; {len(outside)} links lead outside, see external-links.txt")
    print(*dead, sep="\n", end="\n" * bool(dead))
    return bool(dead)


if __name__ == "__main__":
    sys.exit(main())
