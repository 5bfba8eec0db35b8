"""The campaign of hostile calls and the table of sizes, in small: the whole ones are commands of `benchmarks`."""

import pytest

from benchmarks import hostile_calls, sizes


def test_of_a_sample_of_hostile_calls_none_is_unclear_none_crashes_or_hangs_and_none_leaves_a_change(capsys):
    status = hostile_calls.main(["--sample", "500", "--seed", "1"])
    last = capsys.readouterr().out.splitlines()[-1]
    assert (status, last.partition(" clear, ")[2]) == (0, "0 unclear, 0 crash, 0 hang, 0 changed")


@pytest.mark.slow
def test_of_all_hostile_calls_none_is_unclear_none_crashes_or_hangs_and_none_leaves_a_change(capsys):
    status = hostile_calls.main([])
    last = capsys.readouterr().out.splitlines()[-1]
    assert (status, last.partition(" clear, ")[2]) == (0, "0 unclear, 0 crash, 0 hang, 0 changed")


def without_end():
    without_end()


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: 1, "right"),
        (lambda: [][0], "clear"),  # the caller's own line
        (lambda: hostile_calls.Value("a"), "clear"),
        (lambda: iter(hostile_calls.Path(3)), "unclear"),
        (lambda: without_end(), "crash"),
    ],
)
def test_what_comes_of_a_call_is_told(call, kind, monkeypatch):
    monkeypatch.setattr(hostile_calls, "__file__", __file__)
    assert hostile_calls.outcome(call)[0] == kind


def test_a_call_that_leaves_a_change_is_told():
    from autograd import no_grad

    scope = no_grad()
    try:
        assert hostile_calls.outcome(scope.__enter__)[0] == "changed"
    finally:
        scope.__exit__(None, None, None)


@pytest.mark.parametrize("shape", ["deep", "wide"])
@pytest.mark.parametrize("feature", sorted(sizes.features()))
def test_every_feature_takes_a_small_graph_of_the_table_or_refuses_it_in_words(feature, shape):
    told = sizes.measured(feature, shape, 300)
    assert told.split()[0].replace(".", "").isdecimal() or told.startswith("ValueError: no exact gradient")
