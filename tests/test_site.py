"""The pages that the site is made of: one for each public name, with examples that run."""

import doctest
import re
import sys
from pathlib import Path
from runpy import run_path
from xml.etree import ElementTree

import pytest

import autograd
import nn
from autograd import Operation

DOCS = Path(__file__).parent.parent / "docs"
if not (DOCS / "reference.py").exists():
    pytest.skip("the documents are not in this copy", allow_module_level=True)
sys.path.insert(0, str(DOCS))
import operations  # noqa: E402
import reference  # noqa: E402

sys.path.remove(str(DOCS))
PAGES = dict(reference.pages())
OPERATIONS = [name for name in autograd.__all__ if isinstance(getattr(autograd, name), Operation)]


def test_every_public_name_has_a_page():
    assert {*operations.names()} == {*OPERATIONS}
    named = {f"autograd/{name}.md" for name in autograd.__all__ if name not in OPERATIONS}
    named |= {f"operations/{name}.md" for name in OPERATIONS} | {f"nn/{name}.md" for name in nn.__all__}
    assert {*PAGES} == named


def test_the_index_leads_to_every_page():
    text = reference.index()
    assert [path for path in PAGES if f"({path})" not in text] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_page_of_an_operation_has_its_edges_and_an_example_that_runs(name):
    page = PAGES[f"operations/{name}.md"]
    for part in ("**Domain**", "## At the edges", "## Example", "## In the table", f"]({name}.svg)"):
        assert part in page
    example = doctest.DocTestParser().get_doctest(page.replace("```", ""), {}, name, None, 0)
    assert doctest.DocTestRunner().run(example).failed == 0


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("sqrt", "| 0.0 | 0.0 | inf |"),
        ("relu", "| 0.0 | 0.0 | 0.0 |"),
        ("log", "| 0.0 | *ValueError*: log(a) with a = 0.0 has no real value: log needs an operand above 0 | |"),
        ("exp", "| 800.0 | *OverflowError*: exp(a) with a = 800.0 is too large for a float, which ends at 1.8e308 | |"),
        ("maximum", "| 1.0 | 1.0 | 0.5 |"),
        ("clip", "| -1.0 | -1.0 | 1.0 |"),
    ],
)
def test_edges_are_those_of_the_engine(name, row):
    assert row in PAGES[f"operations/{name}.md"]


@pytest.mark.parametrize("name", ["tanh", "floor", "acosh"])
def test_the_picture_of_an_operation_is_svg_and_the_same_each_time(name):
    pytest.importorskip("matplotlib")
    picture = operations.picture(name)
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert operations.picture(name) == picture


def test_a_docstring_becomes_markdown():
    docstring = """Say it.

    Args:
        a: a `Value`,
            or a number.

    >>> 1 + 1
    2
    """
    assert reference.markdown(docstring) == (
        "Say it.\n\n\n**Args**\n\n- `a`: a [`Value`](/reference/autograd/Value.md),\n  or a number.\n\n```pycon\n"
        ">>> 1 + 1\n2\n```\n"
    )


def test_attributes_and_methods_stand_on_the_page_of_their_class():
    page = PAGES["autograd/Value.md"]
    for part in (
        "{py:attribute} autograd.Value.grad",
        "{py:method} autograd.Value.backward(seed=1.0)",
        "autograd.Value.data",
    ):
        assert part in page
    assert "autograd.Value.item" not in page


def test_the_readme_has_another_title_on_the_site_than_the_start_page():
    pytest.importorskip("sphinx")
    build = run_path(str(DOCS / "build.py"), run_name="docs.build")
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    title, rest = build["tour"](readme).split("\n", 1)
    assert title == "# The tour of scalar-autograd"
    assert rest == readme.split("\n", 1)[1]
    assert (DOCS / "index.md").read_text(encoding="utf-8").startswith("# scalar-autograd\n")


@pytest.mark.parametrize(("name", "held"), [("Perceptron", "weights"), ("Layer", "perceptrons"), ("MLP", "layers")])
def test_the_page_of_a_network_says_what_a_call_takes_gives_and_refuses(name, held):
    page = PAGES[f"nn/{name}.md"]
    assert f"{{py:attribute}} nn.{name}.{held}" in page
    call = page.partition(f"{{py:method}} nn.{name}.__call__(inputs)")[2].partition("{py:")[0]
    for part in ("one example", "- `inputs`: a sequence of", "**Raises**", "```pycon"):
        assert part in call


def test_a_call_without_a_docstring_is_not_on_the_page():
    assert "__call__(" not in PAGES["autograd/Operation.md"]
    assert "{py:method} nn.Module.__call__" not in PAGES["nn/Module.md"]


def test_the_page_about_jax_runs_and_has_the_gradient_of_jax():
    jax = pytest.importorskip("jax")
    [program] = re.findall(r"```python\n(.*?)```", (DOCS / "how-to" / "jax.md").read_text(encoding="utf-8"), re.DOTALL)
    names, before = {}, jax.config.jax_enable_x64
    try:
        exec(program, names)
        function, X, y = names["program"].jax(), names["X"], names["y"]
        expected = jax.grad(lambda theta: function(theta, X, y)[0])(names["theta"])
    finally:
        jax.config.update("jax_enable_x64", before)
    assert names["gradient"].tolist() == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-15)
