"""save and load: what is in the file, what comes back, and what is refused with the model as it was."""

import json
import os
import pickle
import stat
import struct
import sys
from pathlib import Path

import numpy
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, tanh
from nn import MLP, Layer, Module, Perceptron, load, save


class Holder(Module):
    """A user's Module: it holds what it is given."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def values(numbers):
    return [values(x) if isinstance(x, list) else Value(x) for x in numbers]


def bits(model):
    return [struct.pack("<d", parameter.data) for parameter in model.parameters()]


def parsed(path):
    """A safetensors file read by hand: its metadata, and each array's type, shape and numbers."""
    content = path.read_bytes()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:start])
    metadata = header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert entry["dtype"] == "F64"
        numbers = struct.unpack(f"<{(end - begin) // 8}d", content[start + begin : start + end])
        arrays[name] = (tuple(entry["shape"]), list(numbers))
    return metadata, arrays


def shapes(model, path):
    save(model, path)
    return {name: shape for name, (shape, _) in parsed(path)[1].items()}


def raw(header, data=b""):
    """A file with this header, whether or not it makes sense."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header)) + header + data


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


# What is in the file


def test_a_network_is_a_weight_and_a_bias_array_for_each_layer(path):
    assert shapes(MLP(3, [4, 2]), path) == {
        "layers.0.weight": (4, 3),
        "layers.0.bias": (4,),
        "layers.1.weight": (2, 4),
        "layers.1.bias": (2,),
    }


def test_a_row_of_a_weight_array_is_a_perceptron(path):
    layer = Layer(3, 2, seed=0)
    layer.perceptrons[1].bias.data = 7.0
    save(layer, path)
    arrays = safetensors.numpy.load_file(path)
    first, second = layer.perceptrons
    assert arrays["weight"].tolist() == [[w.data for w in first.weights], [w.data for w in second.weights]]
    assert arrays["bias"].tolist() == [0.0, 7.0]


def test_the_arrays_are_float64(path):
    save(Layer(3, 2), path)
    assert {array.dtype for array in safetensors.numpy.load_file(path).values()} == {numpy.dtype("float64")}


def test_a_layer_alone_is_weight_and_bias(path):
    assert shapes(Layer(3, 2), path) == {"weight": (2, 3), "bias": (2,)}


def test_a_perceptron_alone_is_a_layer_of_one(path):
    assert shapes(Perceptron(3), path) == {"weight": (1, 3), "bias": (1,)}


def test_a_file_says_its_format(path):
    save(Perceptron(3), path)
    assert parsed(path)[0] == {"scalar_autograd_format": "1"}


def test_the_same_model_gives_the_same_bytes(path):
    model = MLP(3, [4, 2])
    save(model, path)
    first = path.read_bytes()
    save(model, path)
    assert path.read_bytes() == first


def test_a_saved_network_computes_the_same_in_numpy(path):
    model = MLP(3, [4, 2], tanh, seed=0)
    save(model, path)
    arrays, x = safetensors.numpy.load_file(path), numpy.array([0.5, -1.0, 2.0])
    hidden = numpy.tanh(arrays["layers.0.weight"] @ x + arrays["layers.0.bias"])
    expected = arrays["layers.1.weight"] @ hidden + arrays["layers.1.bias"]
    assert [y.data for y in model(x)] == pytest.approx(expected.tolist(), rel=1e-14)


def test_torch_loads_a_saved_layer_and_computes_the_same(path):
    torch = pytest.importorskip("torch")
    layer = Layer(3, 2, activation=None, seed=0)
    save(layer, path)
    theirs = torch.nn.Linear(3, 2, dtype=torch.float64)
    arrays = safetensors.numpy.load_file(path)
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    x = [0.5, -1.0, 2.0]
    assert [y.data for y in layer(x)] == pytest.approx(theirs(torch.tensor(x, dtype=torch.float64)).tolist(), rel=1e-14)


def test_what_torch_saved_is_loaded_and_computes_the_same(path):
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    names = {"0.weight": "layers.0.weight", "0.bias": "layers.0.bias"}
    names |= {"2.weight": "layers.1.weight", "2.bias": "layers.1.bias"}
    arrays = {names[name]: tensor.numpy() for name, tensor in theirs.state_dict().items()}
    safetensors.numpy.save_file(arrays, path)
    ours, x = load(MLP(3, [4, 2], tanh), path), [0.5, -1.0, 2.0]
    expected = theirs.double()(torch.tensor(x, dtype=torch.float64)).tolist()
    assert [y.data for y in ours(x)] == pytest.approx(expected, rel=1e-14)


# Modules of the user's own


def test_a_single_parameter_is_a_0_dimensional_array_under_its_path(path):
    assert shapes(Holder(slope=Value(2.0), inner=Holder(offset=Value(1.0))), path) == {"slope": (), "inner.offset": ()}


def test_a_list_of_parameters_is_an_array_and_nested_lists_a_matrix(path):
    holder = Holder(kernel=values([1.0, 2.0]), table=tuple(values([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])))
    save(holder, path)
    assert parsed(path)[1] == {
        "kernel": ((2,), [1.0, 2.0]),
        "table": ((2, 3), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
    }


def test_lists_of_unequal_lengths_are_an_array_each(path):
    assert shapes(Holder(ragged=values([[1.0], [2.0, 3.0]])), path) == {"ragged.0": (1,), "ragged.1": (2,)}


def test_beside_what_is_no_parameter_each_has_a_path_of_its_own(path):
    assert shapes(Holder(mixed=[Value(1.0), None, "text", Value(2.0)]), path) == {"mixed.0": (), "mixed.3": ()}


def test_the_keys_of_a_dict_are_steps_of_a_path(path):
    holder = Holder(parts={"left": Layer(2, 3), 7: Value(1.0)})
    assert shapes(holder, path) == {"parts.left.weight": (3, 2), "parts.left.bias": (3,), "parts.7": ()}


def test_a_perceptron_in_a_module_is_a_layer_of_one_under_its_path(path):
    assert shapes(Holder(units=[Perceptron(2), Perceptron(3)]), path) == {
        "units.0.weight": (1, 2),
        "units.0.bias": (1,),
        "units.1.weight": (1, 3),
        "units.1.bias": (1,),
    }


def test_a_layer_with_a_parameter_more_has_it_beside_its_arrays(path):
    layer = Layer(2, 3)
    layer.gain = Value(1.0)
    layer.perceptrons[1].slope = Value(0.1)
    assert shapes(layer, path) == {"weight": (3, 2), "bias": (3,), "gain": (), "perceptrons.1.slope": ()}


def test_a_layer_of_unequal_perceptrons_has_a_weight_array_for_each(path):
    layer = Layer(2, 2)
    layer.perceptrons[1].weights.pop()
    assert shapes(layer, path) == {"bias": (2,), "perceptrons.0.weight": (1, 2), "perceptrons.1.weight": (1, 1)}


def test_what_is_no_parameter_is_not_stored(path):
    layer = Layer(2, 2)
    for perceptron in layer.perceptrons:
        perceptron.bias = 0.0
    assert shapes(layer, path) == {"weight": (2, 2)}


def test_a_layer_whose_perceptrons_are_something_else_is_stored_by_path(path):
    layer = Layer(2, 2)
    layer.perceptrons[1] = values([1.0, 2.0])
    assert shapes(layer, path) == {
        "perceptrons.0.weight": (1, 2),
        "perceptrons.0.bias": (1,),
        "perceptrons.1": (2,),
    }


def test_modules_and_lists_that_hold_themselves_are_stored_once(path):
    holder = Holder(parts=values([1.0]), inner=Holder(x=Value(2.0)))
    holder.inner.outer = holder
    holder.parts.append(holder.parts)
    assert shapes(holder, path) == {"parts.0": (), "inner.x": ()}


# What is shared


def test_a_module_in_two_places_is_stored_under_its_first_path(path):
    layer = Layer(2, 2)
    assert shapes(Holder(first=layer, again=layer), path) == {"first.weight": (2, 2), "first.bias": (2,)}


def test_a_perceptron_that_has_another_path_stays_a_row_of_its_layer(path):
    layer = Layer(2, 2)
    [unit, _] = layer.perceptrons
    assert shapes(Holder(layer=layer, unit=unit), path) == {"layer.weight": (2, 2), "layer.bias": (2,)}
    assert shapes(Holder(unit=unit, layer=layer), path)["layer.weight"] == (2, 2)


def test_a_parameter_in_two_arrays_is_stored_in_both(path):
    shared = Value(3.0)
    save(Holder(a=[shared, Value(1.0)], b=[shared]), path)
    assert parsed(path)[1] == {"a": ((2,), [3.0, 1.0]), "b": ((1,), [3.0])}


def test_shared_parameters_come_back_as_one(path):
    shared = Value(3.0)
    holder = Holder(a=[shared, Value(float("nan"))], b=[shared, shared])
    save(holder, path)
    shared.data = 0.0
    load(holder, path)
    assert shared.data == 3.0
    assert holder.b[0] is shared


@pytest.mark.parametrize("numbers", [[3.0, 4.0], [0.0, -0.0], [1.0, float("nan")]])
def test_two_numbers_for_one_parameter_are_refused(path, numbers):
    shared = Value(5.0)
    safetensors.numpy.save_file({"a": numpy.array(numbers[:1]), "b": numpy.array(numbers[1:])}, path)
    with pytest.raises(ValueError, match=f"b has {numbers[1]} where an array before has {numbers[0]}: one parameter"):
        load(Holder(a=[shared], b=[shared]), path)
    assert shared.data == 5.0


# The round trip


@given(st.lists(st.floats(), min_size=9, max_size=9))
def test_a_round_trip_is_exact_to_the_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("round") / "model"
    model, other = MLP(2, [2, 1], seed=0), MLP(2, [2, 1], seed=1)
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    save(model, path)
    load(other, path)
    assert bits(other) == bits(model)


SHAPES = st.recursive(
    st.floats().map(Value),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.dictionaries(st.sampled_from("abc"), inside, max_size=3),
        st.builds(lambda things: Holder(**things), st.dictionaries(st.sampled_from("xyz"), inside, max_size=3)),
        st.builds(Layer, st.integers(1, 3), st.integers(1, 3)),
        st.builds(Perceptron, st.integers(1, 3)),
        st.none(),
    ),
    max_leaves=12,
)


@given(SHAPES)
def test_any_module_comes_back_to_the_bit(tmp_path_factory, thing):
    path = tmp_path_factory.mktemp("any") / "model"
    model = Holder(one=Value(1.0), thing=thing)
    before = bits(model)
    save(model, path)
    for parameter in model.parameters():
        parameter.data = 0.5
    load(model, path)
    assert bits(model) == before


def test_save_gives_none_and_load_the_model(path):
    model = Perceptron(2)
    assert save(model, path) is None
    assert load(model, path) is model


def test_the_path_may_be_a_string_or_a_path_with_any_ending(tmp_path):
    model, other = Perceptron(2, seed=0), Perceptron(2, seed=1)
    save(model, str(tmp_path / "weights"))
    load(other, tmp_path / "weights")
    assert bits(other) == bits(model)


def test_gradients_names_and_the_parameters_themselves_stay(path):
    model = Perceptron(2, activation=None, seed=0)
    save(model, path)
    before = model.parameters()
    model([1.0, 2.0]).backward()
    load(model, path)
    assert model.parameters() == before
    assert [(p.name, p.grad) for p in before] == [("weights.0", 1.0), ("weights.1", 2.0), ("bias", 1.0)]


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_floats_of_other_sizes_are_read_exactly(path, dtype):
    numbers = numpy.array([[1 / 3, -0.0, 65504.0]], dtype)
    safetensors.numpy.save_file({"weight": numbers, "bias": numpy.array([5.96e-8], dtype)}, path)
    model = load(Perceptron(3), path)
    assert bits(model) == [struct.pack("<d", float(x)) for x in [*numbers[0], numpy.array(5.96e-8, dtype)]]


def test_bfloat16_is_read_as_the_upper_half_of_a_float32(path):
    # By the table of the format: 1, −2, the largest, the smallest normal, infinity.
    data = struct.pack("<5H", 0x3F80, 0xC000, 0x7F7F, 0x0080, 0x7F80)
    path.write_bytes(raw({"weight": entry("BF16", [1, 4], 0, 8), "bias": entry("BF16", [1], 8, 10)}, data))
    model = load(Perceptron(4), path)
    largest = (2 - 2.0**-7) * 2.0**127
    assert [p.data for p in model.parameters()] == [1.0, -2.0, largest, 2.0**-126, float("inf")]


@pytest.mark.parametrize("dtype", ["F64", "F32", "F16", "BF16"])
def test_every_pattern_of_bits_is_read_without_a_warning(path, dtype):
    size = {"F64": 8, "F32": 4}.get(dtype, 2)
    signalling = {"F64": 0x7FF0 << 48 | 1, "F32": 0x7F80_0001, "F16": 0x7C01, "BF16": 0x7F81}[dtype]
    data = signalling.to_bytes(size, "little") * 2
    path.write_bytes(raw({"weight": entry(dtype, [1, 1], 0, size), "bias": entry(dtype, [1], size, 2 * size)}, data))
    model = load(Perceptron(1), path)
    assert all(p.data != p.data for p in model.parameters())


def test_metadata_of_other_libraries_are_no_hindrance(path):
    arrays = {"weight": numpy.ones((1, 2)), "bias": numpy.ones(1)}
    safetensors.numpy.save_file(arrays, path, metadata={"format": "pt"})
    assert [p.data for p in load(Perceptron(2), path).parameters()] == [1.0, 1.0, 1.0]


# Writing: the old file or the new one, and no debris


@pytest.fixture
def kept(path):
    """A file that is there; afterwards it must be there still, alone, as it was."""
    save(Perceptron(2, seed=0), path)
    before = path.read_bytes()
    yield path
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_no_debris(kept, monkeypatch, step, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(error)):
        save(Perceptron(3), kept)


def test_a_failing_write_leaves_the_old_file_and_no_debris(kept, monkeypatch):
    real = Path.open

    class Full:
        def __init__(self, stream):
            self.stream = stream

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.stream.close()

        def write(self, content):
            self.stream.write(content[:10])
            raise OSError("disk full")

    monkeypatch.setattr(Path, "open", lambda self, *mode: Full(real(self, *mode)))
    with pytest.raises(OSError, match="disk full"):
        save(Perceptron(3), kept)


def test_a_model_that_cannot_be_stored_leaves_the_old_file(kept):
    with pytest.raises(ValueError, match="has no parameters"):
        save(Holder(), kept)


def test_the_content_is_on_the_disk_before_the_old_file_goes(path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda number: (done.append(os.fstat(number).st_size), fsync(number)))
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("replaced"), replace(*names)))
    save(Perceptron(2), path)
    assert done == [path.stat().st_size, "replaced"]


def test_the_file_is_replaced_by_one_from_its_own_folder(path, monkeypatch):
    folders = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (folders.extend([Path(a).parent, Path(b).parent]), replace(a, b)))
    save(Perceptron(2), path)
    assert folders == [path.parent, path.parent]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_new_file_has_the_usual_permissions_and_a_replaced_one_its_own(path):
    usual = path.parent / "usual"
    usual.touch()
    save(Perceptron(2), path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    path.chmod(0o600)
    save(Perceptron(2), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_symbolic_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "runs").mkdir()
    link, file = tmp_path / "latest", tmp_path / "runs" / "3"
    link.symlink_to(file)
    save(Perceptron(2), link)
    assert link.is_symlink()
    assert not file.is_symlink()
    assert shapes(Perceptron(3), link) == {"weight": (1, 3), "bias": (1,)}


def test_a_relative_path_is_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(Perceptron(2), "model")
    assert os.listdir() == ["model"]


# What save refuses


def test_a_missing_folder_is_refused_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*missing to save in"):
        save(Perceptron(2), tmp_path / "missing" / "model")


def test_a_folder_is_not_written_over(tmp_path):
    with pytest.raises(ValueError, match="is not a file"):
        save(Perceptron(2), tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_neither_written_over_nor_waited_for(path):
    os.mkfifo(path)
    for function in (save, load):
        with pytest.raises(ValueError, match="is not a file"):
            function(Perceptron(2), path)
    assert path.is_fifo()


def test_what_is_no_module_or_no_path_is_refused(path):
    for function in (save, load):
        with pytest.raises(TypeError, match="the model must be a Module of nn, not 'model'"):
            function("model", path)
        for wrong in (Perceptron(2), 1, None, b"model"):
            with pytest.raises(TypeError):
                function(Perceptron(2), wrong)


def test_a_parameter_that_no_path_leads_to_is_refused_rather_than_lost(path):
    elsewhere = Value(2.0, "hidden")

    class Hidden(Module):
        def __init__(self):
            self.seen = Value(1.0, "seen")

        def parameters(self):
            return [self.seen, elsewhere]

    with pytest.raises(ValueError, match=r"name='hidden'.* cannot be stored: no list, tuple, dict or Module"):
        save(Hidden(), path)
    assert not path.exists()


@pytest.mark.parametrize(
    "holder",
    [
        Holder(parts={1: Value(1.0), "1": Value(2.0)}),
        Holder(parts={"1.x": Value(1.0), 1: {"x": Value(2.0)}}),
    ],
)
def test_two_arrays_of_one_name_are_refused(path, holder):
    with pytest.raises(ValueError, match="the name is of another array too"):
        save(holder, path)


def test_the_name_that_the_format_keeps_for_itself_is_refused(path):
    with pytest.raises(ValueError, match=r"__metadata__ .*one that safetensors keeps for itself"):
        save(Holder(__metadata__=Value(1.0)), path)


# What load refuses


@pytest.fixture
def refused(path):
    """load of a file with this content; the model must be as it was after the error."""
    model = MLP(2, [2, 1], seed=0)
    before = bits(model)

    def call(content, match, error=ValueError):
        if isinstance(content, dict):
            safetensors.numpy.save_file(content, path)
        else:
            path.write_bytes(content)
        with pytest.raises(error, match=match) as caught:
            load(model, path)
        assert str(path) in str(caught.value)
        return str(caught.value)

    yield call
    assert bits(model) == before


RIGHT = {
    "layers.0.weight": numpy.ones((2, 2)),
    "layers.0.bias": numpy.ones(2),
    "layers.1.weight": numpy.ones((1, 2)),
    "layers.1.bias": numpy.ones(1),
}


def test_a_missing_file_is_refused_by_name(tmp_path):
    model = Perceptron(2)
    before = bits(model)
    with pytest.raises(FileNotFoundError, match=r"missing\.safetensors"):
        load(model, tmp_path / "missing.safetensors")
    assert bits(model) == before


def test_a_folder_is_not_read(tmp_path):
    with pytest.raises(ValueError, match="is not a file"):
        load(Perceptron(2), tmp_path)


def test_a_missing_array_is_refused_with_the_shape_expected(refused):
    arrays = {name: array for name, array in RIGHT.items() if name != "layers.1.bias"}
    refused(arrays, r"layers\.1\.bias \(1,\) is expected and not there")


def test_an_array_too_many_is_refused_with_its_shape(refused):
    refused(RIGHT | {"layers.2.bias": numpy.ones(7)}, r"layers\.2\.bias \(7,\) is there and not expected")


@pytest.mark.parametrize("shape", [(2, 3), (4,), (2, 2, 1), (1, 4), (0, 2), ()])
def test_another_shape_is_refused_with_both(refused, shape):
    message = refused(RIGHT | {"layers.0.weight": numpy.ones(shape)}, "does not fit MLP")
    assert f"layers.0.weight is expected with shape (2, 2), and has {shape}" in message


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8"])
def test_another_type_is_refused_by_name(refused, dtype):
    found = {"int64": "I64", "bool": "BOOL", "uint8": "U8"}[dtype]
    expected = f"layers.0.bias is expected as one of F64, F32, F16, BF16, and is {found}"
    refused(RIGHT | {"layers.0.bias": numpy.ones(2, dtype)}, expected)


def test_everything_that_is_wrong_is_said_at_once(refused):
    message = refused({"weight": numpy.ones((2, 2)), "layers.0.weight": numpy.ones(3)}, "does not fit")
    assert all(name in message for name in [*RIGHT, "  weight (2, 2) is there"])


def test_of_very_many_wrong_names_the_first_are_said(refused):
    message = refused({f"x{i}": numpy.ones(1) for i in range(1000)}, "and 992 more")
    assert message.count("\n") < 15


def test_the_names_of_a_file_cannot_command_the_terminal(refused):
    message = refused({"\x1b[2J" + "x" * 100_000: numpy.ones(1)}, "does not fit")
    assert "\x1b" not in message
    assert len(message) < 2000


def test_a_later_format_is_refused(refused, path):
    refused(safetensors.numpy.save(RIGHT, metadata={"scalar_autograd_format": "2"}), "is in format 2, and this version")


SOUND = safetensors.numpy.save(RIGHT)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 100, len(SOUND) - 1])
def test_a_truncated_file_is_refused(refused, length):
    refused(SOUND[:length], "is damaged, or no safetensors file")


@pytest.mark.parametrize(
    "content",
    [
        SOUND + b"\0",
        b"PK\x03\x04" + bytes(100),
        b"weights: 1, 2, 3, 4, 5, 6, 7, 8",
        struct.pack("<Q", 2**64 - 1) + bytes(100),
        struct.pack("<Q", 2**40) + bytes(100),
        raw(b"\xff\xfe not text"),
        raw([1, 2]),
        raw(b'{"a":' * 100_000),
        raw({"layers.0.bias": entry("F64", [2], 0, 8)}, bytes(8)),
        raw({"layers.0.bias": entry("F64", [2**40, 2**40], 0, 8)}, bytes(8)),
        raw({"layers.0.bias": entry("F64", [-1], 0, 8)}, bytes(8)),
        raw({"layers.0.bias": entry("F64", [1], 8, 16)}, bytes(16)),
        raw({"a": entry("F64", [1], 0, 8), "b": entry("F64", [1], 0, 8)}, bytes(8)),
        raw({"a": entry("\x1b[2J", [1], 0, 8)}, bytes(8)),
    ],
)
def test_a_file_of_another_kind_or_a_hostile_one_is_refused(refused, content):
    message = refused(content, "is damaged, or no safetensors file")
    assert "\x1b" not in message


def test_a_pickle_is_refused_and_never_run(refused, tmp_path):
    class Hostile:
        def __reduce__(self):
            return (open, (str(tmp_path / "run"), "w"))

    refused(pickle.dumps([Hostile(), list(range(100))]), "Pickles.* are not read")
    assert not (tmp_path / "run").exists()


def test_a_file_too_large_for_the_model_is_refused_unread(path):
    with path.open("wb") as stream:
        stream.truncate(200_000_000)  # a hole: it takes no room on the disk
    with pytest.raises(ValueError, match="is too large for this model: 200000000 bytes for 3 parameters"):
        load(Perceptron(2), path)


@given(st.data())
def test_a_file_with_damaged_bytes_is_loaded_whole_or_refused_whole(tmp_path_factory, data):
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "model"
    path.write_bytes(content)
    model = MLP(2, [2, 1], seed=0)
    before = bits(model)
    try:
        load(model, path)
    except ValueError:
        assert bits(model) == before
    else:
        numbers = [p.data for p in model.parameters()]
        stored = numpy.frombuffer(bytes(content[-8 * len(numbers) :]), "<f8").tolist()
        assert sorted(map(repr, numbers)) == sorted(map(repr, stored))


def test_a_header_that_no_model_of_the_size_needs_is_not_read(refused):
    metadata = {"__metadata__": {"note": "x" * 2_000_000}}
    refused(
        raw(metadata | {"a": entry("F64", [9], 0, 72)}, bytes(72)), r"too large for this model: its header has 2000\d\d"
    )


def test_a_path_that_is_none_is_refused_by_name(path):
    for call in (save, load):
        with pytest.raises(TypeError, match="the path of a file is a string or a Path, not 3 of type int"):
            call(Perceptron(2), 3)
