"""Files of arrays: replaced as a whole, and read with care."""

# The format is read and written by the package of those who defined it (Apache-2.0, half a megabyte, wheels, nothing
# else installed with it): it checks every length, offset and type before it believes a file, and a reader of our own
# would be one more that has to.

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOLCK, ENOSYS, ENOTSUP
from glob import escape
from pathlib import Path
from secrets import token_hex
from shutil import copymode

from autograd.untyped import AnyArray

LARGEST_HEADER = 100_000_000
"""Bytes, as the format has it."""

LONGEST = 50
"""How many characters of a file's name are in those of its temporary files: names end at 255 bytes."""

Tensors = dict[str, dict[str, AnyArray]]


def file_at(path: str | os.PathLike[str]) -> Path:
    """The path of a file, or of one to be."""
    file = Path(path)
    if file.exists() and not file.is_file():
        raise ValueError(f"{file} is not a file")
    return file


def replace_file(file: Path, content: bytes) -> None:
    """Write a file so that at every moment it is the old one or the new one, and no debris stays."""
    file = Path(os.path.realpath(file))  # a symbolic link stays: what it leads to is replaced
    if not file.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {file.parent} to save in")
    sweep(file)
    temporary = file.with_name(f".{file.name[:LONGEST]}.{token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as stream, held(temporary):
            if file.exists():
                copymode(file, temporary)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())  # or, after a power cut, the new name might lead to a file without its content
            if os.name != "nt":
                os.replace(temporary, file)
        if os.name == "nt":  # where no open file is renamed, nor removed
            os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sweep(file: Path) -> None:
    """Remove the temporary files that a kill left beside a file: those that no process holds."""
    for left in file.parent.glob(f".{escape(file.name[:LONGEST])}.{'[0-9a-f]' * 16}.tmp"):
        with suppress(OSError), held(left):
            left.unlink()


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold a file inside, until whatever end of the process; OSError if another one holds it."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        with suppress(ImportError):  # on Windows
            from fcntl import LOCK_EX, LOCK_NB, flock

            try:
                flock(descriptor, LOCK_EX | LOCK_NB)
            except OSError as error:
                if error.errno not in (ENOLCK, ENOSYS, ENOTSUP):  # a file system without locks
                    raise
        yield
    finally:
        os.close(descriptor)


def read_file(file: Path, room: int) -> tuple[Tensors, dict[str, str]]:
    """The tensors of a file by name, each with its dtype, its shape and its data, and its metadata.

    Raises:
        ValueError: if it is damaged, no safetensors file, or has more than `room` bytes of data.
    """
    from safetensors import SafetensorError, deserialize

    with file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > 8 + LARGEST_HEADER + room:  # before it is in memory
            raise ValueError(f"{file} is too large for this model: {size} bytes for {room // 8} parameters")
        content = stream.read()
    try:
        tensors = dict(deserialize(content))
    except SafetensorError as error:
        raise ValueError(
            f"{file} is damaged, or no safetensors file: {shown(str(error))}\n"
            "(Pickles, as torch.save and joblib write them, are not read: they can run any program.)"
        ) from error
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return tensors, header.get("__metadata__") or {}


def listed(problems: Iterable[str], most: int = 12) -> str:
    lines = [f"  {shown(problem)}" for problem in problems]
    return "\n".join(lines[:most] + [f"  and {len(lines) - most} more"] * (len(lines) > most))


def shown(text: str) -> str:
    """What a file says, fit for a terminal: no more than a line, and no control characters."""
    return repr(text if len(text) <= 200 else f"{text[:200]}…")[1:-1]
