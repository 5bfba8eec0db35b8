"""fit(engine="jax") on two devices, and in two processes with rows of their own: as engine="numpy" on all rows.

Each is a program of its own, for which devices there are is settled as JAX begins. Skipped without JAX, which is in the
extra `jax`.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from device_trainings import BATCHES, WHOLE, training

TESTS = Path(__file__).parent
ROOT = TESTS.parent
pytest.importorskip("jax", reason="needs jax, in the extra `jax`")


def started(command, *, devices=1, folder=None):
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-u", *command], env=environment, cwd=folder, stdout=pipe, stderr=pipe, text=True
    )


def ended(program):
    """What it prints and what it complains of, when it has ended, and how."""
    try:
        out, errors = program.communicate(timeout=170)
    finally:
        program.kill()
    return out, errors, program.returncode


def address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def begun(expression, processes=1, **settings):
    where = address()
    script = str(TESTS / "device_trainings.py")
    return [
        started([script, str(process), str(processes), where, expression], **settings) for process in range(processes)
    ]


def run(expression, processes=1, **settings):
    """What the expression gives in each process."""
    return [numbers_of(*end) for end in [ended(program) for program in begun(expression, processes, **settings)]]


def numbers_of(out, errors, code):
    """The last line of what a program printed, as JSON."""
    assert code == 0, errors
    return json.loads(out.splitlines()[-1])


def assert_alike(found, expected):
    for one, other in zip(found, expected, strict=True):
        for numbers, those in zip(one, other, strict=True):
            assert numbers == pytest.approx(those, rel=1e-10, abs=1e-12)


def test_two_devices_take_the_steps_of_arrays():
    found = run("(len(__import__('jax').devices()), [training(**case) for case in WHOLE + BATCHES])", devices=2)
    [(count, numbers)] = found
    assert count == 2
    assert_alike(numbers, [training(**case, engine="numpy") for case in WHOLE + BATCHES])


def test_two_processes_take_the_steps_of_arrays_on_the_rows_of_both():
    first, second = run("[training(part(process, 2), **case) for case in WHOLE]", processes=2)
    assert_alike(first, [training(**case, engine="numpy") for case in WHOLE])
    assert second == first


def test_each_process_gives_its_share_of_a_step():
    cases = "[training(part(process, 2, 12), **case) for case in BATCHES]"
    first, second = run(cases, processes=2, devices=2)
    expected = []
    for case in BATCHES:
        share = case["batch_size"] // 2
        rows = [row for k in range(0, 6, share) for start in (0, 6) for row in range(start + k, start + k + share)]
        expected.append(training(rows, **case, engine="numpy"))
    assert_alike(first, expected)
    assert second == first


DIFFERENT = {
    "columns=2 + process": "example's inputs must be the same in all processes, and process 0 has (2,), process 1 (3,)",
    "weights=process": "what the parameters hold at first must be the same",
    "loss=[hinge, squared_error][process]": "the loss, as a program of arrays, must be the same",
    "validated=bool(process)": "validation must be the same in all processes, and process 0 has none, process 1 some",
    "batch_size=2 + process": "batch_size must be the same in all processes, and process 0 has 2, process 1 3",
    "epochs=3 + process": "epochs must be the same in all processes, and process 0 has 3, process 1 4",
    "seed=process": "the seed",
    "schedule=[None, lambda epoch: 0.5][process]": "the learning rates from epoch 1 on must be the same",
    "metrics=[None, {'accuracy': accuracy}][process]": "metrics must be the same",
    "callback=[None, print][process]": "callback must be the same in all processes, and process 0 has False",
    "momentum=[0.9, 0.3][process]": "the optimizer must be the same",
    "batch_size=1": "batch_size must be at least the number of processes, 2, not 1",
}


def test_what_differs_between_processes_is_refused_by_name_in_each():
    for told in run(f"[{', '.join(f'refusal({given})' for given in DIFFERENT)}]", processes=2):
        for message, expected in zip(told, DIFFERENT.values(), strict=True):
            assert expected in message


def test_a_callback_that_ends_the_training_in_one_process_ends_it_in_all():
    """Process 1 would wait for the first one's third epoch."""
    ends = "lambda epoch, history: process == 0 and epoch == 2"
    first, second = run(f"training(part(process, 2), callback={ends})", processes=2)
    assert_alike([first], [training(engine="numpy", epochs=2)])
    assert second == first


def test_an_example_without_a_finite_loss_ends_the_training_in_every_process():
    given = "loss=lambda output, label: (1e200 * output * label) ** 2, labels=np.full(13, process)"
    first, second = run(f"refusal(**dict({given}))", processes=2)
    assert first.startswith("epoch 1, batch 1: process 1 has an example without a finite number")
    assert re.match(r"epoch 1, batch 1: example 0: .* is too large for a float", second)


@pytest.mark.parametrize("victim", [0, 1])
def test_when_a_process_is_killed_the_other_ends_with_an_error_and_both_go_on_from_the_checkpoint(victim, tmp_path):
    rows = "part(process, 2)"
    path = tmp_path / "training.checkpoint"
    settings = f"checkpoint={str(path)!r}, seed=3, batch_size=4"
    programs = begun(f"training({rows}, epochs=10**7, {settings})", processes=2)
    until = time.monotonic() + 100
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    programs[victim].send_signal(signal.SIGKILL)
    begin = time.monotonic()
    _, errors, code = ended(programs[1 - victim])
    programs[victim].communicate()
    assert code != 0
    assert "one of them has ended, or is not to be reached" in errors or "another task died" in errors
    assert time.monotonic() - begin < 170

    done = epochs_of(path)
    first, second = run(f"training({rows}, epochs={done + 3}, {settings}, resume=True)", processes=2)
    assert first == second
    [expected, _] = run(f"training({rows}, epochs={done + 3}, seed=3, batch_size=4)", processes=2)
    assert len(first[1]) == done + 3
    assert_alike([first], [expected])


def epochs_of(path):
    """How many epochs a checkpoint holds."""
    from safetensors.numpy import load_file

    return len(load_file(path)["losses"])


def script_of_the_readme():
    readme = ROOT / "README.md"
    [script] = re.findall(r"```python\n(# train\.py.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    return script


def test_the_script_of_the_readme_runs_on_one_machine_and_on_two_to_the_same_weights(tmp_path):
    script = (
        script_of_the_readme()
        + "\nimport json; print(json.dumps([[p.data for p in model.parameters()], history.losses]))"
    )
    found = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        folder.mkdir()
        (folder / "train.py").write_text(script, encoding="utf-8")
        where = address()
        programs = [
            started(["train.py", str(process), str(processes), where], folder=folder) for process in range(processes)
        ]
        found += [numbers_of(*end) for end in [ended(program) for program in programs]]
    assert found[1] == found[2]
    assert_alike([found[1]], [found[0]])
    assert_alike([found[0]], [by_arrays(script)])


def by_arrays(script):
    """The same by the engine of arrays, with all rows and no checkpoint."""
    script = re.sub(r"(?m)^    (checkpoint|resume)=.*$", "", script.replace('engine="jax"', 'engine="numpy"'))
    program = started(["-c", script, "0", "1"])
    return numbers_of(*ended(program))
