"""fit with a checkpoint: killed and resumed it takes the steps of a training that never ended; nothing is lost."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import safetensors.numpy

from autograd import Value
from nn import (
    MLP,  # fmt: skip
    SGD,
    Adam,
    AdamW,
    Perceptron,
    RMSprop,
    binary_cross_entropy,
    dropout,
    fit,
    load,
    save,
    squared_error,
)

ENGINES = pytest.mark.parametrize("engine", ["numpy", "eager"])
X = np.random.default_rng(1).standard_normal((9, 2))
Y = (X[:, 0] > 0).astype(float)

OPTIMIZERS = {
    "SGD": lambda p: SGD(p, 0.1, momentum=0.9),
    "Adam": lambda p: Adam(p, 0.05),
    "AdamW": lambda p: AdamW(p, 0.05),
    "RMSprop": lambda p: RMSprop(p, 0.05),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.safetensors"


def train(path=None, epochs=6, make=OPTIMIZERS["Adam"], **arguments):
    """The state at the end of a training, to the bit."""
    model = arguments.pop("model", None) or MLP(2, [3, 1], "tanh", seed=0)
    optimizer = make(model.parameters())
    settings = {"loss": binary_cross_entropy, "batch_size": 4, "seed": 3, "progress": False}
    inputs, targets = arguments.pop("data", (X, Y))
    history = fit(model, inputs, targets, optimizer=optimizer, epochs=epochs, checkpoint=path, **settings | arguments)
    return [p.data for p in model.parameters()], optimizer.states, optimizer.lr, history


# Going on


@ENGINES
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_training_resumed_takes_the_steps_of_one_that_never_ended(engine, make, path):
    whole = train(make=make, engine=engine)
    for epochs in (2, 3, 6):
        resumed = train(path, epochs, make, engine=engine, resume=True)
    assert resumed == whole
    assert len(resumed[3].losses) == 6


@ENGINES
@pytest.mark.parametrize(
    "seed",
    [lambda: 3, lambda: None, lambda: random.Random(3), lambda: np.random.default_rng(3),
     lambda: np.random.Generator(np.random.MT19937(3))],
    ids=["int", "None", "Random", "PCG64", "MT19937"],
)  # fmt: skip
def test_the_order_and_the_draws_go_on(engine, seed, path):
    def noisy(**arguments):
        model = MLP(2, [3, 1], "tanh", seed=0)
        optimizer = SGD(model.parameters(), 0.1)
        history = fit(lambda x: dropout(model(x), 0.5), X, Y, loss=squared_error, optimizer=optimizer, batch_size=4,
                      engine=engine, progress=False, **arguments)  # fmt: skip
        return history.losses, [p.data for p in model.parameters()]

    whole = noisy(epochs=5, seed=seed())
    for epochs in (2, 5):
        resumed = noisy(epochs=epochs, seed=seed(), checkpoint=path, resume=True)
    assert resumed == whole


@ENGINES
def test_the_history_metrics_and_validation_go_on(engine, path):
    def followed(path, epochs):
        return train(path, epochs, engine=engine, resume=path is not None, validation=(X[:3], Y[:3]),
                     metrics={"mean": lambda p, y: p.mean()})  # fmt: skip

    followed(path, 2)
    assert followed(path, 5) == followed(None, 5)


@ENGINES
def test_a_training_that_ended_early_is_over_and_has_its_best_weights(engine, path):
    def stopped(path, patience):
        return train(path, 40, engine=engine, resume=path is not None, make=lambda p: SGD(p, 30.0), patience=patience,
                     validation=(X[:3], 1 - Y[:3]))  # fmt: skip

    whole = stopped(None, 3)
    assert len(whole[3].losses) < 40
    assert stopped(path, 3) == stopped(path, 3) == whole
    longer = stopped(path, 5)
    assert len(longer[3].losses) >= len(whole[3].losses) + 1
    assert longer == stopped(None, 5)


def test_the_best_weights_survive_a_kill(path):
    def stopped(path, epochs):
        return train(path, epochs, resume=path is not None, make=lambda p: SGD(p, 30.0), patience=3,
                     validation=(X[:3], 1 - Y[:3]))  # fmt: skip

    whole = stopped(None, 40)
    best, ran = whole[3].best_epoch, len(whole[3].losses)
    assert best < ran - 1
    stopped(path, best + 1)
    assert stopped(path, 40) == whole


def test_a_training_that_a_callback_ended_is_over(path):
    first = train(path, 6, callback=lambda epoch, _: epoch == 2)
    again = train(path, 6, resume=True)
    assert again == first
    assert len(again[3].losses) == 2


def test_what_a_callback_changes_is_in_the_checkpoint(path):
    def changed(path, epochs):
        model = MLP(2, [3, 1], "tanh", seed=0)
        optimizer = SGD(model.parameters(), 0.1)

        def callback(epoch, history):
            optimizer.lr *= 0.5
            model.layers[0].perceptrons[0].bias.data = float(epoch)

        fit(model, X, Y, loss=squared_error, optimizer=optimizer, epochs=epochs, callback=callback, checkpoint=path,
            resume=path is not None, progress=False)  # fmt: skip
        return [p.data for p in model.parameters()], optimizer.lr

    changed(path, 2)
    assert changed(path, 5) == changed(None, 5)


def test_another_learning_rate_than_at_the_beginning_is_taken(path):
    train(path, 2)
    assert train(path, 3, resume=True, make=lambda p: Adam(p, 0.5))[2] == 0.5
    assert train(path, 4, resume=True, make=lambda p: Adam(p, 0.5))[2] == 0.5
    assert train(path, 5, resume=True, make=lambda p: Adam(p, 0.05))[2] == 0.05


def test_a_schedule_goes_on_with_the_epoch(path):
    def scheduled(path, epochs):
        return train(path, epochs, resume=path is not None, schedule=lambda epoch: 1 / epoch)

    scheduled(path, 2)
    assert scheduled(path, 5) == scheduled(None, 5)


def test_epochs_are_the_total(path):
    six = train(path)
    assert train(path, resume=True) == six
    assert len(train(path, 4, resume=True)[3].losses) == 6


def test_a_model_may_be_a_function(path):
    def trained(path, epochs):
        w = Value(0.5)
        history = fit(lambda x: w * x, [1.0, 2.0], [0.5, 2.0], loss=squared_error, optimizer=Adam([w], 0.1),
                      epochs=epochs, checkpoint=path, resume=path is not None, progress=False)  # fmt: skip
        return w.data, history

    trained(path, 2)
    assert trained(path, 4) == trained(None, 4)


def test_what_the_optimizer_does_not_hold_is_stored_too(path):
    def trained(seed, epochs):
        model = MLP(2, [3, 1], "tanh", seed=seed)
        fit(model, X, Y, loss=squared_error, optimizer=SGD(model.layers[1].parameters(), 0.1), epochs=epochs,
            checkpoint=path, resume=True, progress=False)  # fmt: skip
        return [p.data for p in model.parameters()]

    first = trained(0, 2)
    assert trained(1, 2) == first


@ENGINES
def test_ctrl_c_leaves_the_checkpoint_of_the_last_whole_epoch(engine, path):
    def interrupt(epoch, history):
        if epoch == 3:
            raise KeyboardInterrupt

    interrupted = train(path, engine=engine, callback=interrupt)
    assert interrupted[3].interrupted
    assert train(path, engine=engine, resume=True) == train(engine=engine)


KILLED = """
    import os, signal, sys
    sys.path.insert(0, {tests!r})
    import test_checkpoints as here
    path, engine, when = sys.argv[1:]
    if when == "writing":  # the checkpoint of the third epoch is written to the half
        import pathlib
        real, opened = pathlib.Path.open, []
        class Half:
            def __init__(self, stream): self.stream = stream
            def __enter__(self): return self
            def __exit__(self, *_): self.stream.close()
            def write(self, content):
                self.stream.write(content[: len(content) // 2])
                self.stream.flush()
                os.kill(os.getpid(), signal.SIGKILL)
        def half(self, *mode, **named):
            stream = real(self, *mode, **named)
            opened.append(mode)
            return Half(stream) if opened.count(("xb",)) == 3 and mode == ("xb",) else stream
        pathlib.Path.open = half
        here.train(path, 6, engine=engine)
    else:  # in the middle of the third epoch
        rule, calls = here.Adam.rule, []
        def counted(self, *arguments):
            calls.append(None)
            if len(calls) > here.steps_of(engine) * 2 + 1:
                os.kill(os.getpid(), signal.SIGKILL)
            return rule(self, *arguments)
        here.Adam.rule = counted
        here.train(path, 6, engine=engine)
"""


def steps_of(engine):
    """How often the rule is asked in an epoch: once for a batch, or for each of 13 parameters."""
    return 3 if engine == "numpy" else 3 * 13


@ENGINES
@pytest.mark.parametrize("when", ["learning", "writing"])
def test_killed_and_resumed_it_takes_the_steps_of_one_never_killed(engine, when, path):
    script = textwrap.dedent(KILLED.format(tests=os.path.dirname(__file__)))
    ended = subprocess.run([sys.executable, "-c", script, path, engine, when], check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    left = [name for name in os.listdir(path.parent) if name.endswith(".tmp")]
    assert len(left) == (when == "writing")
    resumed = train(path, 6, engine=engine, resume=True)
    assert resumed == train(engine=engine)
    assert os.listdir(path.parent) == [path.name]


@ENGINES
def test_ctrl_c_within_a_step_takes_none_of_it(engine, monkeypatch):
    """The rule is asked for one parameter after the other in the scalar engine, and once in arrays."""
    model, calls, rule = Perceptron(2, None, seed=0), [], Adam.rule
    optimizer = Adam(model.parameters(), 0.05)

    def interrupted(self, *arguments):
        calls.append(None)
        if len(calls) == (2 if engine == "numpy" else 5):
            raise KeyboardInterrupt
        return rule(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Adam, "rule", interrupted)
        history = fit(model, X, Y, loss=squared_error, optimizer=optimizer, epochs=9, engine=engine, progress=False)
    assert (history.interrupted, len(history.losses)) == (True, 1)
    other = Perceptron(2, None, seed=0)
    other_optimizer = Adam(other.parameters(), 0.05)
    fit(other, X, Y, loss=squared_error, optimizer=other_optimizer, epochs=1, engine=engine, progress=False)
    assert [p.data for p in model.parameters()] == [p.data for p in other.parameters()]
    assert optimizer.states == other_optimizer.states


def test_a_real_ctrl_c_keeps_what_was_learnt(tmp_path):
    script = """
        import os, signal, threading
        from nn import MLP, SGD, fit, squared_error
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell takes from what runs behind it
        model = MLP(1, [2, 1], seed=0)
        before = [p.data for p in model.parameters()]
        timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
        def schedule(epoch):
            if epoch == 9:
                timer.start()
            return 1.0
        history = fit(model, [[1.0], [2.0]], [0.5, 1.0], loss=squared_error, epochs=10**9, progress=False,
                      optimizer=SGD(model.parameters(), 1e-6), schedule=schedule)
        assert history.interrupted and len(history.losses) > 10
        assert [p.data for p in model.parameters()] != before
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=120)


# Refusals


def test_a_file_that_is_there_is_refused_without_resume_and_stays(path):
    train(path, 2)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="is there: go on from it by resume=True"):
        train(path, 3)
    assert path.read_bytes() == before


def test_resuming_without_a_path_is_refused():
    with pytest.raises(ValueError, match="give its path, checkpoint=path"):
        train(None, resume=True)


def test_a_folder_that_is_not_there_is_refused_before_the_first_step(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        train(tmp_path / "no" / "file")
    with pytest.raises(ValueError, match="is not a file"):
        train(tmp_path)


@pytest.fixture
def refused(path):
    """A training that is not gone on with: model and optimizer are as they were, and so is the file."""

    def call(said, make=OPTIMIZERS["Adam"], model=None, **arguments):
        model = model or MLP(2, [3, 1], "tanh", seed=7)
        before, content = [p.data for p in model.parameters()], path.read_bytes()
        with pytest.raises(ValueError, match=said):
            train(path, 9, make, model=model, resume=True, **arguments)
        assert [p.data for p in model.parameters()] == before
        assert path.read_bytes() == content

    return call


def test_a_checkpoint_of_another_training_is_refused_by_what_differs(refused, path):
    train(path, 2)
    refused(r"another training:\n.*layers.0.weight is expected with shape \(4, 2\), and has \(3, 2\)",
            model=MLP(2, [4, 1], "tanh"))  # fmt: skip
    refused("its optimizer is Adam, and this one is SGD", make=OPTIMIZERS["SGD"])
    refused("its optimizer has 13 parameters, and this one has 12", make=lambda p: Adam(p[:-1], 0.05))
    refused("trained on 9 examples, and there are 8 now", data=(X[:8], Y[:8]))
    refused("seed was 3, and is None now", seed=None)


@pytest.mark.parametrize("place", [20, 400, -3])
def test_a_damaged_checkpoint_is_refused(refused, path, place):
    train(path, 2)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    refused("is damaged|another training|no checkpoint|in format")


def test_a_number_that_was_changed_is_seen_by_the_checksum(refused, path):
    train(path, 2)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    refused("its checksum is not that of what it holds")
    path.write_bytes(content[:-100])
    refused("is damaged, or no safetensors file")
    path.write_bytes(b"")
    refused("is damaged, or no safetensors file")


def test_metadata_that_were_changed_are_seen_by_the_checksum(refused, path):
    train(path, 2)
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + size])["__metadata__"]
    metadata["training"] = metadata["training"].replace('"epoch": 2', '"epoch": 1')
    path.write_bytes(safetensors.numpy.save(safetensors.numpy.load(content), metadata=metadata))
    refused("its checksum is not that of what it holds")


def test_a_file_of_save_is_no_checkpoint_and_the_other_way_round(refused, path):
    model = MLP(2, [3, 1], "tanh", seed=0)
    save(model, path)
    refused("is no checkpoint of fit")
    path.unlink()
    train(path, 2)
    with pytest.raises(ValueError, match="is a checkpoint of fit: go on from it by fit"):
        load(model, path)


def test_a_later_format_is_refused(refused, path):
    path.write_bytes(safetensors.numpy.save({}, metadata={"scalar_autograd_checkpoint": "2"}))
    refused("is a checkpoint in format 2, not 1")


class Keeper(SGD):
    def start(self, zero):
        return {"velocity": zero}


def test_states_and_seeds_that_no_file_can_hold_are_refused_before_the_first_step(path):
    model = Perceptron(2, None, seed=0)
    with pytest.raises(TypeError, match="a checkpoint holds states that are floats"):
        train(path, 2, lambda p: Keeper(p, 0.1), model=model, engine="eager")
    with pytest.raises(TypeError, match="SystemRandom has no state"):
        train(path, 2, seed=random.SystemRandom())
    assert not path.exists()


@ENGINES
def test_a_full_disk_is_told_and_loses_nothing(engine, path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    train(path, 2, engine=engine)
    model = MLP(2, [3, 1], "tanh", seed=9)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left") as caught:
            train(path, 6, engine=engine, resume=True, model=model)
    [note] = caught.value.__notes__
    assert "epoch 3 could not be written" in note
    assert "the one of epoch 2 is as it was" in note
    assert [p.data for p in model.parameters()] == train(epochs=3, engine=engine)[0]
    assert os.listdir(path.parent) == [path.name]
    assert train(path, 6, engine=engine, resume=True) == train(engine=engine)


# Temporary files


def test_temporary_files_of_others_are_left_alone(path):
    others = [
        path.parent / name for name in (".other.safetensors.0123456789abcdef.tmp", ".run.safetensors.tmp", "a.tmp")
    ]
    for other in others:
        other.write_text("here")
    left = path.parent / ".run.safetensors.0123456789abcdef.tmp"
    left.write_text("here")
    train(path, 1)
    assert all(other.exists() for other in others)
    assert not left.exists()


@pytest.mark.skipif(os.name == "nt", reason="there are no locks of this kind")
def test_the_temporary_file_of_a_process_that_writes_is_left_alone(path):
    script = """
        import fcntl, sys, time
        stream = open(sys.argv[1], "xb")
        fcntl.flock(stream, fcntl.LOCK_EX)
        print("held", flush=True)
        time.sleep(60)
    """
    temporary = path.parent / ".run.safetensors.0123456789abcdef.tmp"
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), temporary], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        train(path, 1)
        assert temporary.exists()
        process.kill()
    train(path, 2, resume=True)
    assert not temporary.exists()


def test_a_long_name_has_a_temporary_file_too(tmp_path):
    path = tmp_path / ("λ" * 100 + ".safetensors")
    train(path, 1)
    assert os.listdir(tmp_path) == [path.name]
