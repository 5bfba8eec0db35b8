"""Pages from files: text as it stands, and the cells of notebooks. Nothing that a page holds is run."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

KINDS = (".md", ".tex", ".txt", ".py", ".ipynb")
"""What the files of pages end in."""


class UnreadableFileError(ValueError):
    """A file that holds no page."""


def files_of(places: Iterable[str]) -> dict[str, Path]:
    """The files of pages in some folders, or files themselves, by the name of the page.

    That is the file's without its ending, or with as much of its path as tells it from the others. A file of another
    kind is listed, too, for it may be all that somebody handed in; unless it lies beside a page of the same name, or in
    a folder of its own with a page, as a picture does.

    Raises:
        FileNotFoundError: if there is no such file or folder, or nothing in it.
    """
    files: dict[Path, Path] = {}
    for place in map(Path, places):
        found = {place: Path(place.name)} if place.is_file() else dict(_inside(place))
        if not found:
            raise FileNotFoundError(f"there is no page in {place}: pages end in {', '.join(KINDS)}")
        files |= found
    for short in (lambda path: path.stem, lambda path: path.name, lambda path: path.as_posix(), None):
        names = [str(file) if short is None else short(path) for file, path in files.items()]
        if len({*names}) == len(names):
            break
    return dict(zip(names, files, strict=True))


def _inside(folder: Path) -> Iterator[tuple[Path, Path]]:
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no file or folder {folder}")
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    paths = {file: path for file in files if not _is_hidden(path := file.relative_to(folder))}
    pages = [file for file in paths if file.suffix.lower() in KINDS]
    beside = {page.with_suffix("") for page in pages} | {page.parent for page in pages if page.parent != folder}
    for file, path in paths.items():
        if file.suffix.lower() in KINDS or beside.isdisjoint((file.with_suffix(""), file.parent)):
            yield file, path


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.parts)


def page_of(file: Path) -> str:
    """The text of a page.

    Raises:
        UnreadableFileError: if the file is of another kind, no text, or no notebook where it should be one.
    """
    if file.suffix.lower() not in KINDS:
        raise UnreadableFileError(
            f"a file {file.suffix or 'without an ending'} is not read: pages end in {', '.join(KINDS)}"
        )
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"it is not UTF-8 text: byte {error.start} does not fit") from error
    except OSError as error:
        raise UnreadableFileError(f"it cannot be opened: {error.strerror}") from error
    return "\n\n".join(_cells(text)) if file.suffix.lower() == ".ipynb" else text


def _cells(text: str) -> Iterator[str]:
    """The cells of a notebook: words and formulas as they stand, code in a fence."""
    try:
        cells = json.loads(text)["cells"]
        parts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableFileError("it is no notebook: it has no list of cells") from error
    for kind, source in parts:
        if kind == "code":
            fence = "`" * max(3, 1 + max(map(len, _runs_of_backticks(source)), default=0))
            yield f"{fence}python\n{source}\n{fence}"
        elif kind == "markdown":
            yield source


def _runs_of_backticks(text: str) -> list[str]:
    return re.findall("`+", text)
