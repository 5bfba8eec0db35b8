"""What is said of the project outside its code agrees with the code."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).parent.parent
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def numbers(version):
    return tuple(map(int, version.split(".")[:3]))


def test_the_changelog_has_what_is_unreleased_first_and_then_each_release_with_its_day_newest_first():
    headings = re.findall(r"^## .*", text("CHANGELOG.md"), re.MULTILINE)
    releases = RELEASE.findall(text("CHANGELOG.md"))
    assert headings == ["## Unreleased", *(f"## {version} - {day}" for version, day in releases)]
    assert releases == sorted(releases, key=lambda release: numbers(release[0]), reverse=True)


def test_the_version_is_the_last_release_or_on_the_way_to_the_next():
    last = RELEASE.findall(text("CHANGELOG.md"))[0][0]
    assert autograd.__version__ == last or (
        autograd.__version__.endswith(".dev0") and numbers(autograd.__version__) > numbers(last)
    )


def test_what_is_cited_is_the_last_release():
    version, day = RELEASE.findall(text("CHANGELOG.md"))[0]
    assert f"\nversion: {version}\ndate-released: {day}\n" in text("CITATION.cff")


def test_the_pythons_that_are_named_are_those_that_are_tested():
    named = re.findall(r"Python :: (3\.\d+)", text("pyproject.toml"))
    if not (ROOT / ".ci").exists():
        pytest.skip("the scripts of the tests are not in this copy")
    matrix = re.search(r"^PYTHONS = \((.*)\)", text(".ci/matrix.py"), re.MULTILINE)
    workflow = re.search(r"^ +python: \[(.*)\]", text(".github/workflows/ci.yml"), re.MULTILINE)
    for listed in (matrix, workflow):
        assert re.findall(r"3\.\d+", listed[1]) == named


def test_an_installed_engine_has_the_version_of_its_distribution():
    try:
        installed = distribution("scalar-autograd")
    except PackageNotFoundError:
        pytest.skip("not installed: on the path alone")
    if installed.locate_file("autograd") != Path(autograd.__file__).parent:
        pytest.skip("another copy is installed than the one that runs")
    assert installed.version == autograd.__version__
