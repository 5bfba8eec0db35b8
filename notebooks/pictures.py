"""The pictures of the README: what some cells of the notebooks show. ``python notebooks/pictures.py`` makes them anew.

A drawing is kept as the SVG that the notebook shows, a plot as its PNG with fewer colours.
"""

import re
import sys
from base64 import b64decode
from io import BytesIO
from os import environ, pathsep
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).parent
PICTURES = {
    "descent.png": ("01-gradient-descent", "divergence-picture"),
    "pressure.png": ("02-correlation", "pressure-picture"),
    "hidden.png": ("03-creating-correlation", "respond-activations"),
    "neuron.svg": ("04-backpropagation-by-hand", "neuron-picture"),
    "boundary.png": ("05-networks-at-work", "boundary-picture"),
    "paths.png": ("06-coming-up", "optimizers-picture"),
}
"""The notebook and the cell of each picture."""
WIDTH = 1400
"""Of a plot, in pixels, at most."""


def execute(notebook: Any, folder: str | Path) -> Any:
    """Run a notebook's cells in a working folder, and keep what they show in it.

    The kernel imports the packages of this repository, whether they are installed or not.

    Raises:
        nbclient.exceptions.CellExecutionError: at the first cell that fails.
    """
    from nbclient import NotebookClient

    path = pathsep.join(filter(None, [str(HERE.parent), environ.get("PYTHONPATH")]))
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    return client.execute(env={**environ, "PYTHONPATH": path})


def picture(notebook: Any, cell: str) -> bytes:
    """What a cell of an executed notebook shows: SVG if it is a drawing, else PNG."""
    [outputs] = [each.outputs for each in notebook.cells if each.id == cell]
    [data] = [output.data for output in outputs if "image/png" in output.get("data", {})]
    if drawing := re.search(r"data:image/svg\+xml;base64,([^\"]+)", data.get("text/html", "")):
        return b64decode(drawing[1])
    return smaller(b64decode(data["image/png"]))


def smaller(png: bytes) -> bytes:
    """A PNG of at most `WIDTH` and 128 colours."""
    from PIL import Image

    image = Image.open(BytesIO(png)).convert("RGBA")
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    written = BytesIO()
    image.quantize(128, Image.Quantize.FASTOCTREE).save(written, "png", optimize=True)
    return written.getvalue()


def main() -> None:
    import nbformat

    for name, (stem, cell) in PICTURES.items():
        with TemporaryDirectory() as folder:
            notebook = execute(nbformat.read(HERE / f"{stem}.ipynb", 4), folder)
        path = HERE / "pictures" / name
        path.write_bytes(picture(notebook, cell))
        sys.stdout.write(f"{path.relative_to(HERE.parent)}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
