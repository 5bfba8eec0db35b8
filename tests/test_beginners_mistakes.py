"""What people write who come from micrograd, PyTorch, NumPy or HIPS autograd, and the words that tell them what to do.

The lines are such as stand in questions and issues about those libraries.
"""

import copy
import importlib.util
import inspect
import math
import pickle
import warnings

import pytest

from autograd import Condition, Value, ops

np = pytest.importorskip("numpy")

MISTAKES = {
    # of micrograd
    "from autograd import Neuron": "from nn import Perceptron",
    "from autograd import MLP": "from nn import MLP",
    "from autograd.engine import Value": "from autograd import Value",
    "from autograd.nn import MLP": "from nn import MLP",
    "from autograd import draw_dot": "draw(y).save(",
    "from nn import Neuron": "from nn import Perceptron",
    "from nn import Value": "from autograd import Value",
    "Value(2.0, label='a')": "name='a'",
    "Value(2.0, _children=(v, w))": "c = a * b",
    "Value(2.0, (v, w))": "operands are recorded by computing",
    "Value(2.0, (v, w), '+')": "operands are recorded by computing",
    "v._prev": "v.parents",
    "v._op": "v.op",
    "v._backward": "v.local_grads",
    "v._backward = lambda: None": "v.local_grads",
    "v.label": "v.name",
    "v.label = 'a'": "v.name",
    "MLP(3, [4, 1]).layers[0].neurons": "layer.perceptrons",
    "MLP(3, [4, 1]).layers[0].perceptrons[0].w": "weights",
    "MLP(3, [4, 1]).layers[0].perceptrons[0].b": "bias",
    "Perceptron(2, nonlin=False)": "activation=None",
    "MLP(3, [4, 1], nonlin=True)": "activation=tanh",
    "MLP(nin=3, nouts=[4, 1])": "n_inputs",
    "draw(y, format='svg', rankdir='LR')": ".save('graph.svg')",
    "draw(y, rankdir='TB')": "direction=",
    "draw(y).render('graph')": ".save('graph.svg')",
    # of PyTorch
    "Value(2.0, requires_grad=True)": "every Value records",
    "v.item()": "v.data",
    "v.numpy()": "v.data",
    "v.requires_grad": "every Value records",
    "v.requires_grad = True": "no_grad()",
    "v.grad_fn": "v.op",
    "v.is_leaf": "v.op is None",
    "v.retain_grad()": "v.grad",
    "v.zero_grad()": "v.grad = None",
    "v.shape": "one number",
    "v.T": "one number",
    "v.sum()": "sum([a, b])",
    "v.mean()": "mean([a, b])",
    "v.pow(2)": "v ** 2",
    "v.clamp(0, 1)": "from autograd import clip",
    "v.to('cuda')": "v.data",
    "y.backward(retain_graph=True)": "stays as long as the Value does",
    "y.backward(create_graph=True)": "gradients(output, inputs)",
    "y.backward(gradient=1.0)": "seed",
    "from autograd import Tensor": "Value(2.0)",
    "autograd.Variable(2.0)": "Value(2.0)",
    "autograd.backward(y)": "y.backward()",
    "from nn import Linear": "from nn import Layer",
    "from nn import Sequential": "from nn import MLP",
    "from nn import ReLU": "from autograd import relu",
    "from nn import MSELoss": "from nn import squared_error",
    "from nn import CrossEntropyLoss": "from nn import cross_entropy",
    "import nn.functional as F": "from nn import",
    "nn.relu(v)": "from autograd import relu",
    "MLP(3, [4, 1]).forward([1, 2, 3])": "model(x)",
    "MLP(3, [4, 1]).train()": "no modes",
    "MLP(3, [4, 1]).eval()": "no_grad()",
    "MLP(3, [4, 1]).state_dict()": "save(model",
    "MLP(3, [4, 1]).backward()": "loss.backward()",
    "MLP(3, [4, 1], bias=False)": "every perceptron has a bias",
    "MLP(3, [4, 2])([1, 2, 3]).backward()": "squared_error(outputs, y).backward()",
    "MLP(3, [4, 2])([1, 2, 3]).sigmoid()": "[sigmoid(output) for output in outputs]",
    "Adam(MLP(3, [4, 1]))": "model.parameters()",
    "Adam(MLP(3, [4, 1]).parameters)": "model.parameters()",
    "Adam([v], learning_rate=0.1)": "lr=0.01",
    "SGD([v])": "'lr'",
    "SGD([v], lr=0.1, weight_decay=0.1)": "l2(model.parameters()",
    "SGD([v], lr=0.1).param_groups": "optimizer.lr",
    "SGD([v], lr=0.1).minimize(y)": "optimizer.step()",
    "with no_grad: v * 2": "with no_grad():",
    "no_grad(tanh)": "@no_grad()",
    "tanh.backward()": "y.backward()",
    "tanh.forward(v)": "tanh(x)",
    "v.dot(w)": "v * w",
    "v.norm()": "abs(v)",
    "v.real": "v.data",
    "v.int()": "int(v.data)",
    "v.register_hook(print)": "v.grad",
    "autograd.stop_gradient(v)": "v.detach()",
    "autograd.functional.jacobian": "from autograd import jacobian",
    "autograd.manual_seed(0)": "seed=0",
    "autograd.Valuee": "did you mean Value?",
    "m.register_buffer('x', 1.0)": "as an attribute",
    "m.layers[0].out_features": "len(layer.perceptrons)",
    "m.layers[0].activation": "layer.perceptrons[0].activation",
    "m.sizes": "for layer in model.layers",
    "fit(m, [[1, 2, 3]], [1], squared_error, SGD([v], lr=0.1), 1)": "loss=, optimizer=, epochs=",
    "fit(m, [[1, 2, 3]], [1], loss=squared_error(), optimizer=SGD([v], lr=1), epochs=1)": "squared_error(model(x), y)",
    "model = Forward(); model([1, 2])": "def __call__(self, x)",
    "nn.Module()(1)": "define __call__",
    "wide = MLP(3, [4, 2]); wide([1, 2, 3]) - 1.0": "[output - 1.0 for output in outputs]",
    "wide = MLP(3, [4, 2]); (wide([1, 2, 3]) - [1, 0]) ** 2": "squared_error(outputs, y)",
    "wide = MLP(3, [4, 2]); 1 - wide([1, 2, 3])": "list of Values",
    "wide = MLP(3, [4, 2]); wide([1, 2, 3]) * 2": "list of Values",
    "wide = MLP(3, [4, 2]); wide([1, 2, 3]) > 0": "list of Values",
    "wide = MLP(3, [4, 2]); -wide([1, 2, 3])": "list of Values",
    "m(1.0, 2.0, 3.0)": "model([x1, x2, x3])",
    "m.layers[0](1.0, 2.0, 3.0)": "as one list",
    "m.layers[0].perceptrons[0](1.0, 2.0, 3.0)": "as one list",
    "m.layers[0].perceptrons[0].bias = 3": "write .bias.data = 3",
    "m.layers[0].perceptrons[0].weights = [1.0, 2.0, 3.0]": "write .weights[0].data = 1.0",
    "m.layers[0].perceptrons[0].weights = np.ones(3)": "a list of Values",
    "m.layers[0].perceptrons[0].weights = []": "write w.data = 1.0",
    "m.layers[0].perceptrons = 3": "write w.data = 1.0",
    "m.layers = []": "write w.data = 1.0",
    "squared_error(v, w, reduction='mean')": "mean([loss(model(x), y)",
    "squared_error()(v, w)": "squared_error(model(x), y)",
    "cross_entropy(weight=[1.0, 2.0])": "cross_entropy(model(x), y)",
    "cross_entropy([v, w], 1, label_smoothing=0.1)": "takes probabilities",
    "binary_cross_entropy(v, 1, from_logits=True)": "take logits",
    "squared_error(y_true=v, y_pred=w)": "squared_error(model(x), y)",
    "hinge(v, target=1, margin=2)": "margin of 1",
    "squared_error(v)": "missing a required argument: 'targets'",
    "softmax([v, w], dim=0)": "for several rows",
    "softmax([v, w], axis=-1)": "for several rows",
    "sum([v, w], axis=0)": "for several rows",
    "logsumexp([v, w], dim=0)": "for several rows",
    "take([v, w], 0, axis=0)": "for several rows",
    "exp(x=v)": "without a name",
    "clip(v, min=0, max=1)": "clip(x, low, high)",
    # of Keras and scikit-learn
    "fit(m, [[1, 2, 3]], [1], loss='mse', optimizer=SGD([v], lr=0.1), epochs=1)": "squared_error",
    "nn.History().history": "history.losses",
    "nn.History().val_loss": "history.validation_losses",
    "MLP(3, [4, 1]).fit([[1, 2, 3]], [1])": "from nn import fit",
    "MLP(3, [4, 1]).predict([1, 2, 3])": "model(x)",
    "MLP(3, [4, 1], activation='ReLU')": "'relu'",
    "MLP(3, 4, 1)": "[16, 1]",
    "MLP([3, 4, 1])": "MLP(n_inputs, sizes",
    "fit(m, [[1, 2, 3]], [1], loss=squared_error, optimizer='adam', epochs=1)": "SGD(model.parameters(), lr=0.1)",
    "fit(m, [[1, 2, 3]], [1], loss=squared_error, optimizer=Adam, epochs=1)": "SGD(model.parameters(), lr=0.1)",
    "fit(m, [[1, 2, 3]], [1], lr=0.1, epochs=1)": "the optimizer takes it",
    "fit(m, [[1, 2, 3]], [1], verbose=0)": "progress=False",
    # of HIPS autograd
    "import autograd.numpy as np": "scalar-autograd",
    "from autograd import numpy as np": "pip install autograd",
    "autograd.numpy": "scalar-autograd",
    "import autograd.numpy.random as npr": "scalar-autograd",
    "from autograd.scipy.stats import norm": "scalar-autograd",
    "from autograd import elementwise_grad": "grad(f)(x)",
    "from autograd.misc.optimizers import adam": "scalar-autograd",
    "from autograd.test_util import check_grads": "scalar-autograd",
    "grad(v)": "gradients(output, inputs)",
    "grad(y, v)": "gradients(output, inputs)",
    "hessian(lambda x: x * x)": "grad(grad(f))(x)",
    "jacobian(tanh)(1.0)": "jacobian([y], [v])",
    "gradients([y], [v])": "jacobian(outputs, inputs)",
    "gradients(y, 'v')": "not its name",
    "explain(y, 'v')": "not its name",
    "formula(y, 'v')": "not its name",
    "explain(y, [v])": "v for [v]",
    "check_derivation(locals(), 'dy/dv = w')": "check_derivation('dy/dv = w', locals())",
    # of NumPy
    "np.isnan(v)": "v.data != v.data",
    "np.rint(v)": "floor(v + 0.5)",
    "np.round(v, 2)": "round(v.data, 2)",
    "np.isclose(v, 0.5)": "math.isclose(v.data, 0.5)",
    "np.sum(v)": "give a list",
    "np.mean(v)": "give a list",
    "np.clip(v, 0, 1, out=np.zeros(1))": "clip(x, low, high)",
    "np.add.reduce(v)": "functions of autograd",
    "np.exp(v, out=np.zeros(1))": "with out=",
    "a = np.ones(2); a *= v": "one number",
    "np.array([1.0, 2.0]) * v": "one number",
    "np.array(2.0) * v": ".item()",
    "v * np.array(2.0)": ".item()",
    "Value(np.array(2.0))": ".item()",
    "Value(np.array([2.0]))": "take one element",
    "tanh([v, w])": "[tanh(x) for x in xs]",
    "MLP(3, [4, 1])([[1, 2, 3], [4, 5, 6]])": "[model(x) for x in X]",
    "MLP(3, [4, 1])(np.zeros((5, 3)))": "[model(x) for x in X]",
    # of Python
    "math.exp(v)": "autograd.exp(v)",
    "v ^ 2": "a ** b",
    "2 ^ v": "a ** b",
    "np.float64(2.0) // v": "floor(a / b)",
    "v // 2": "floor(a / b)",
    "7 // v": "floor(a / b)",
    "v % 2": "a - b * floor(a / b)",
    "divmod(v, 2)": "floor(a / b)",
    "v @ w": "a * b",
    "round(v)": "v.data",
    "v > 0 & w > 0": "(x > 0) & (y > 0)",
    "~v": "~(x > 0)",
    "sum(v, w)": "[a, b]",
    "v + None": "without return",
    "v + '1'": "float(...)",
    "Value([1.0, 2.0])": "[Value(x) for x in data]",
    "check_gradients(lambda x: x * x, 2.0)": "call it first",
    "from autograd import no_such_name": "dir(autograd)",
    "from autograd import sofmax": "softmax",
    # names of what the engine gives
    "report.ok": "bool(report)",
    "report.passed": "bool(report)",
    "report.is_correct": "bool(report)",
    "if report.correct: pass": "bool(report)",
    "report.score": "report.failures",
    "report.errors": "report.failures",
    "report.mistakes": "report.lines",
    "report[0]": "report.lines",
    "len(report)": "report.lines",
    "for line in report: pass": "report.lines",
    "report.to_html()": "report.save('feedback.html')",
    "report.html": "report.save('feedback.html')",
    "report.json()": "report.to_json()",
    "report.to_dict()": "report.as_data()",
    "report.text": "str(report)",
    "check_gradients(y).ok": "bool(report)",
    "report.lines[0].ok": "line.holds",
    "report.lines[0].mistake": "line.mistakes",
    "report.lines[0].text": "line.claim",
    "report.lines[0].expected": "line.correct",
    "draw(y).to_svg()": "drawing.svg()",
    "draw(y).png()": ".save('graph.svg')",
    "draw(y).html": "drawing.page().html",
    "nn.History()['loss']": "history.losses",
    "len(nn.History())": "history.losses",
    "m[0]": "model.layers[0]",
    "len(m)": "len(model.layers)",
    "for layer in m: pass": "model.layers",
    "m.layers[0][0]": "layer.perceptrons[0]",
    "len(m.layers[0].perceptrons[0])": "len(perceptron.weights)",
    "m.freeze()": "SGD(model.layers[-1].parameters()",
    "m.copy()": "deepcopy(model)",
    "m.clone()": "deepcopy(model)",
    "m.loss": "squared_error(model(x), y)",
    "m.apply(print)": "for parameter in model.parameters()",
    "nn.Embedding(10, 4)": "take(table, word)",
    "autograd.cat([v, w])": "a + b",
    "autograd.stack([v, w])": "[a, b]",
    # calls that do not fit
    "check_derivation('dy/dv = w')": "check_derivation(derivation, nodes",
    "mark({'Ann': 'dy/dv = w'}, locals())": "'targets'",
    "vjp(tanh, 1.0)": "vjp(function, x, u)",
    "jvp(tanh, 1.0)": "jvp(function, x, v)",
    "hvp(tanh, 1.0)": "hvp(function, x, v)",
    "gradients(y)": "gradients(output, inputs)",
    "hessian(y)": "hessian(output, inputs)",
    "exact_gradients(y)": "exact_gradients(output, inputs)",
    "explain(y)": "explain(output, input",
    "check_gradients()": "check_gradients(output",
    "formula()": "formula(output",
    "clip(v, 0)": "clip(x, low, high)",
    "where(v > 0, v)": "where(condition, a, b)",
    "tanh(v, w)": "tanh(a)",
    "tanh()": "tanh(a)",
    "hypot(v)": "hypot(a, b)",
    "log(v, 10)": "log(x) / log(base)",
    "relu(v, 0.1)": "as an Operation",
    "softmax(v, w)": "softmax([a, b])",
    "take([v, w])": "take(table, index)",
    "load('model.safetensors')": "load(model, path)",
    "save(m)": "save(model, path)",
    "draw(y).save()": "save(path",
    "draw(y, 'graph.svg')": "draw(y).save('graph.svg')",
    "grad(tanh, 1.0)": "grad(f)(x)",
    "vectorize(lambda x: x * v)": "vectorize(f, 0.0)",
    "vectorize(y)": "vectorize(f, 0.0)",
    "m.zero_grad(set_to_none=True)": "set to 0.0",
    "SGD([v], lr=0.1).zero_grad(set_to_none=True)": "set to 0.0",
    "SGD([v], lr=0.1).step(lr=1)": "optimizer.lr = 0.05",
    "SGD([v], lr=0.1).step(y)": "loss.backward(), then optimizer.step()",
    "Adam([v], betas=(0.9, 0.99))": "beta1=",
    # Python's own: nothing of ours is there to answer
    "len(v)": None,
    "v[0]": None,
    "v.data()": None,
    "v.grad += 1": None,
    "for x in v: pass": None,
}
"""What is typed, and words of the remedy in the error; None where the error has none."""


def error_of(line):
    names = {}
    setup = (
        "import math, numpy as np, autograd, nn\nfrom autograd import *\nfrom nn import *\n"
        "class Forward(Module):\n    def forward(self, x): return x\n"
        "v, w, m = Value(0.5, 'v'), Value(2.0, 'w'), MLP(3, [4, 1], seed=0)\ny = v * w + tanh(v)\n"
        "report = check_derivation('dy/dv = w', locals())\n"
    )
    exec(setup, names)
    with pytest.raises(Exception) as caught:
        exec(line, names)
    return str(caught.value)


@pytest.mark.parametrize(("line", "remedy"), [(line, remedy) for line, remedy in MISTAKES.items() if remedy])
def test_the_error_says_what_to_write(line, remedy):
    assert remedy in error_of(line)


def test_nine_of_ten_mistakes_are_answered():
    assert len([remedy for remedy in MISTAKES.values() if remedy]) >= 0.9 * len(MISTAKES)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (np.exp, math.exp(0.5)),
        (np.log, math.log(0.5)),
        (np.tanh, math.tanh(0.5)),
        (np.sqrt, math.sqrt(0.5)),
        (np.arcsin, math.asin(0.5)),
        (np.absolute, 0.5),
        (np.negative, -0.5),
        (np.positive, 0.5),
        (np.square, 0.25),
        (np.reciprocal, 2.0),
        (np.floor, 0.0),
        (np.sign, 1.0),
        (lambda v: np.maximum(v, 0), 0.5),
        (lambda v: np.minimum(0.25, v), 0.25),
        (lambda v: np.add(1, v), 1.5),
        (lambda v: np.power(v, 2), 0.25),
        (lambda v: np.power(2, v), math.sqrt(2)),
        (lambda v: np.float64(2) ** v, math.sqrt(2)),
        (lambda v: np.arctan2(v, 1.0), math.atan2(0.5, 1)),
        (lambda v: np.hypot(v, v), math.hypot(0.5, 0.5)),
        (lambda v: np.clip(v, 0, 0.75), 0.5),
        (lambda v: np.clip(v, None, 0.25), 0.25),
        (lambda v: np.clip(v, a_min=0.75, a_max=None), 0.75),
        (lambda v: np.where(v > 0, v, 0), 0.5),
        (lambda v: np.dot(v, v), 0.25),
        (lambda v: np.sum([v, v]), 1.0),
        (lambda v: np.float64(2) / v, 4.0),
        (lambda v: np.float32(2) - v, 1.5),
    ],
)
def test_a_function_of_numpy_is_recorded(function, expected):
    v = Value(0.5)
    y = function(v)
    assert isinstance(y, Value)
    assert y.data == pytest.approx(expected, rel=1e-15)
    y.backward()
    assert v.grad is not None


def test_numpys_exp_is_the_operation_of_the_table():
    assert np.exp(Value(0.5)).op is ops.exp
    assert np.maximum(Value(0.5), 1).op is ops.maximum
    assert np.clip(Value(0.5), 1, 2).op is ops.clip
    assert np.where(Value(0.5) > 1, 1, Value(2)).op is ops.where
    assert isinstance(np.less(Value(0.5), 1), Condition)
    assert isinstance(np.float64(1) == Value(1.0), Condition)
    assert bool(np.float64(1) == Value(1.0))
    assert bool(np.float64(1) != Value(2.0))
    assert bool(np.float64(1) < Value(2.0))


def test_numpys_variance_is_differentiated():
    v, w = Value(0.5), Value(2.0)
    variance, deviation = np.var([v, w]), np.std([v, w])
    assert (variance.data, deviation.data) == (0.5625, 0.75)
    variance.backward()
    assert (v.grad, w.grad) == (-0.75, 0.75)  # 2 (v - mean) / n


def test_an_array_is_never_equal_to_a_value():
    v = Value(0.5)
    assert (np.array([0.5]) == v) is False
    assert (np.array([0.5]) != v) is True


@pytest.mark.parametrize(
    "name",
    ["_prev", "label", "item", "shape", "dtype", "__array__", "__len__", "__iter__", "__float_", "sum", "no_such_name"],
)
def test_what_is_missing_is_missing_to_hasattr(name):
    v = Value(0.5)
    assert not hasattr(v, name)
    assert not hasattr(Value, name)
    assert getattr(v, name, "a default") == "a default"
    assert name not in dir(v)


def test_what_refuses_its_length_is_true_as_before():
    from nn import MLP, History

    model = MLP(2, [1], seed=0)
    for thing in (model, model.layers[0], model.layers[0].perceptrons[0], History()):
        assert thing
        assert not hasattr(thing, "__len__")
        assert not hasattr(thing, "__getitem__")
        assert copy.deepcopy(thing)


def test_a_missing_name_is_missing_to_packages():
    import autograd
    import nn

    assert not hasattr(autograd, "numpy")
    assert not hasattr(nn, "Neuron")
    assert not hasattr(autograd, "__wrapped__")


@pytest.mark.parametrize("name", ["autograd.numpy", "nn.functional", "autograd.no_such_name"])
def test_a_module_that_is_missing_has_no_spec_and_an_error_with_its_name(name):
    assert importlib.util.find_spec(name) is None
    with pytest.raises(ModuleNotFoundError, match=r"has no") as caught:
        importlib.import_module(name)
    assert caught.value.name == name


def test_the_error_of_an_attribute_knows_its_name_and_its_object():
    v = Value(0.5)
    with pytest.raises(AttributeError) as caught:
        _ = v.label
    assert (caught.value.name, caught.value.obj) == ("label", v)


class Labelled(Value):
    """A Value with an attribute of the user's, whose name a Value answers for."""

    def __init__(self, data, label):
        super().__init__(data)
        self.label = label


def test_a_subclass_may_have_such_an_attribute():
    labelled = Labelled(2.0, "two")
    assert labelled.label == "two"
    assert copy.copy(labelled).label == pickle.loads(pickle.dumps(labelled)).label == "two"
    del labelled.label
    assert not hasattr(labelled, "label")
    with pytest.raises(AttributeError, match=r"v\.name"):
        del labelled.label


def test_a_module_of_the_users_may_have_such_attributes():
    from nn import Module

    class Neuron(Module):
        def __init__(self, n):
            self.w, self.b, self.neurons = [Value(1.0) for _ in range(n)], Value(0.0), []

        def forward(self, x):
            return self.b * x

        def train(self):
            return "training"

    neuron = Neuron(2)
    assert (len(neuron.w), neuron.neurons, neuron.train()) == (2, [], "training")
    assert neuron.forward(1).data == 0
    with pytest.raises(TypeError, match=r"^Neuron has no argument 'bias'"):
        Neuron(2, bias=True)
    with pytest.raises(TypeError, match=r"^Neuron\(n\): missing a required argument: 'n'"):
        Neuron()


def test_a_type_error_inside_of_a_call_stays_as_it_is():
    from nn import Module

    class Broken(Module):
        def __init__(self, n):
            self.size = n + "1"

    with pytest.raises(TypeError, match="unsupported operand"):
        Broken(2)


def test_copies_and_pickles_meet_no_message():
    v = Value(0.5, "v")
    y = v * v
    for other in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert other.data == 0.25


def test_what_numpy_asks_of_any_object_it_asks_of_a_value():
    v, w = Value(0.5), Value(2.0)
    assert (np.ndim(v), np.shape(v), np.size(v)) == (0, (), 1)
    assert list(np.where(np.array([True, False]), v, w)) == [v, w]


def test_a_value_of_micrograd_is_told_from_one_of_this_engine():
    class Value:
        data = 2.0

    with pytest.raises(TypeError, match=r"of another library; make one of its number, as Value\(v\.data\)"):
        ops.exp(Value())


def test_values_in_an_array_stay_values():
    array = np.array([Value(1.0), Value(2.0)])
    assert array.dtype == object
    assert [type(x) for x in np.exp(array)] == [Value, Value]


def test_conditions_combine_with_values_as_before():
    v = Value(0.5)
    assert bool((v > 0) & v) is True
    assert bool(v & (v > 0)) is True


def test_outputs_of_a_wide_layer_are_a_list():
    from nn import Layer

    outputs = Layer(2, 3, seed=0)([1.0, 2.0])
    assert isinstance(outputs, list)
    assert repr(outputs) == repr(list(outputs))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pickle.loads(pickle.dumps(outputs))[0].data == outputs[0].data


def test_outputs_compute_as_lists_with_lists_and_as_arrays_with_arrays():
    from nn import Layer

    outputs = Layer(2, 2, activation=None, seed=0)([1.0, 2.0])
    first, second = outputs
    assert outputs.__add__([first]) == [first, second, first]
    assert outputs == [first, second]
    assert (outputs - np.array([1.0, 2.0]))[0].data == first.data - 1
    assert (np.array([1.0, 2.0]) - outputs)[1].data == 2 - second.data


def test_a_parameter_may_be_replaced_by_another_or_left_out():
    from nn import Perceptron

    neuron = Perceptron(2, seed=0)
    neuron.bias = Value(3.0)
    assert len(neuron.parameters()) == 3
    neuron.bias = 0.0
    assert len(neuron.parameters()) == 2
    assert neuron([0.0, 0.0]).data == 0


def test_a_loss_is_shown_with_its_own_signature():
    from nn import squared_error

    assert [*inspect.signature(squared_error).parameters] == ["predictions", "targets"]
    assert [*inspect.signature(ops.clip).parameters] == ["x", "low", "high"]
    assert pickle.loads(pickle.dumps(squared_error)) is squared_error
