"""The search for what no test holds: it makes the changes that it says, and finds the one that no test sees."""

import pytest

from benchmarks.mutants import main, mutants, survivors

SMALL = '''"""The larger of two."""

def larger(a: int, b: int = 0) -> int:
    """The larger one."""
    return a if a >= b else b
'''
TEST = """from small import larger

def test_the_larger_is_found():
    assert larger(1, 2) == larger(2, 1) == 2
    assert larger(3) == 3
    assert larger(-1) == 0
"""


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("x = a <= b", {"x = a < b", "x = a > b"}),
        ("x = a and b", {"x = a or b", "x = a", "x = b"}),
        ("x = a - b", {"x = a + b", "x = b - a"}),
        ("x = not a", {"x = a"}),
        ("x = 2", {"x = 3", "x = 1"}),
        ("x = True", {"x = False"}),
        ("x = 'text'", {"x = 'XXtext'"}),
        ("x = a if b else c", {"x = a", "x = c", "x = a if not b else c"}),
        ("f(a, *b, c=d)", {"f(a, *b)", "pass"}),
        ("x = (a, b)", {"x = (b, a)"}),
        ("x = a[1:b]", {"x = a[:b]", "x = a[1:]", "x = a[2:b]", "x = a[0:b]"}),
        ("x = [a for a in b if a]", {"x = [a for a in b]"}),
        ("m.sin(x)", {"m.cos(x)", "pass"}),
        ("if a: b()", {"if not a: b()", "pass", "if a: pass"}),
        ("def f(): return a", {"def f(): return"}),
        ("@d\ndef f(): return", {"def f(): return"}),
        ("class A:\n    def f(self): return", {"class A: pass"}),
        ("from a import b", set()),
        ("x: int", set()),
        ("def f(a: b = c) -> d: 'Text.'", set()),
    ],
)
def test_a_source_is_changed_in_one_place_at_a_time(source, changed):
    assert {" ".join(mutant.source.split()) for mutant in mutants(source)} == changed


def test_a_change_tells_its_line_and_what_it_was():
    [first, *_] = [mutant for mutant in mutants(SMALL) if mutant.line == 5]
    assert (first.before, first.after) == ("return a if a >= b else b", "return")


def test_the_change_that_no_test_sees_is_found(tmp_path):
    (tmp_path / "small.py").write_text(SMALL)
    (tmp_path / "test_small.py").write_text(TEST)
    found = list(survivors(tmp_path, "small.py", ["test_small.py"], mutants(SMALL), seconds=600))
    assert [(mutant.line, mutant.after) for mutant in found] == [(5, "return a if a > b else b")]
    assert (tmp_path / "small.py").read_text() == SMALL


def test_tests_that_fail_before_any_change_are_told(tmp_path):
    (tmp_path / "small.py").write_text(SMALL)
    (tmp_path / "test_small.py").write_text("def test_it(): assert False")
    with pytest.raises(SystemExit, match="the tests fail as it is"):
        list(survivors(tmp_path, "small.py", ["test_small.py"], mutants(SMALL), seconds=600))


def test_tests_that_take_too_long_before_any_change_are_told(tmp_path):
    (tmp_path / "small.py").write_text(SMALL)
    (tmp_path / "test_small.py").write_text(TEST)
    with pytest.raises(SystemExit, match=r"the tests do not end within 0\.01 seconds as it is"):
        list(survivors(tmp_path, "small.py", ["test_small.py"], mutants(SMALL), seconds=0.01))


def test_without_tests_the_changes_are_listed(tmp_path, capsys):
    file = tmp_path / "small.py"
    file.write_text(SMALL)
    main([str(file), "--lines", "4", "5"])
    listed = capsys.readouterr().out
    assert f"{file}:5\n  - return a if a >= b else b\n  + return a if a > b else b\n" in listed
    assert listed.endswith(f"{listed.count('  + ')} changes\n")
