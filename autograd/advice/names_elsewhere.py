"""What other libraries call things, and what to write here in their place."""

from collections.abc import Iterable, Mapping

Remedies = Mapping[str, str]
"""What to write, by the name that is missing."""


def alike(names: str, remedy: str) -> dict[str, str]:
    """One remedy for several names; ``{}`` in it stands for the name."""
    return {name: remedy.replace("{}", name) for name in names.split()}


def _renamed(pairs: Iterable[str], remedy: str) -> dict[str, str]:
    """Remedies for names that are others here, given as ``theirs=ours``; ``{}`` in the remedy stands for ours."""
    return {theirs: remedy.replace("{}", ours) for theirs, ours in (pair.split("=") for pair in pairs)}


RENAMED_FUNCTIONS = (
    "arcsin=asin", "arccos=acos", "arctan=atan", "arctan2=atan2", "arcsinh=asinh", "arccosh=acosh", "arctanh=atanh",
    "expit=sigmoid", "logistic=sigmoid", "clamp=clip", "fmax=maximum", "fmin=minimum", "ReLU=relu", "Sigmoid=sigmoid",
    "Tanh=tanh", "Softmax=softmax", "Softplus=softplus", "logaddexp=logsumexp",
    "amax=maximum", "amin=minimum", "max=maximum", "min=minimum", "inner=dot", "matmul=dot",
)  # fmt: skip
"""Functions of the table that have another name in NumPy or PyTorch."""

NETWORKS = alike(
    "MLP Layer Perceptron Module SGD Adam Optimizer History fit save load dropout noise l2 hinge squared_error "
    "cross_entropy binary_cross_entropy",
    "it is in the package nn: from nn import {}",
)

RENAMED_NETWORKS = _renamed(
    (
        "Neuron=Perceptron", "Linear=Layer", "Dense=Layer", "Sequential=MLP", "MSELoss=squared_error",
        "mse_loss=squared_error", "mse=squared_error", "MSE=squared_error", "mean_squared_error=squared_error",
        "CrossEntropyLoss=cross_entropy", "NLLLoss=cross_entropy", "nll_loss=cross_entropy",
        "BCELoss=binary_cross_entropy", "BCEWithLogitsLoss=binary_cross_entropy", "bce_loss=binary_cross_entropy",
        "HingeLoss=hinge", "hinge_loss=hinge", "Dropout=dropout", "GaussianNoise=noise", "train=fit", "Trainer=fit",
        "sgd=SGD", "adam=Adam", "l2_loss=l2", "weight_decay=l2",
    ),
    "here it is {}: from nn import {}",
)  # fmt: skip

_NO_NUMPY = (
    "this is scalar-autograd, whose Values are single numbers, and not HIPS autograd, which has the same import name "
    "and differentiates NumPy code. Here write from autograd import exp, tanh, sum and the like; for the other, "
    "pip install autograd in an environment of its own"
)
_WITH_GRADIENTS = "for gradients that are Values again, gradients(output, inputs); as numbers, output.backward()"

OF_THE_PACKAGE: Remedies = {
    **_renamed(RENAMED_FUNCTIONS, "here it is {}: from autograd import {}"),
    **NETWORKS,
    **RENAMED_NETWORKS,
    **alike("numpy scipy misc extend test_util builtins differential_operators core tracer util", _NO_NUMPY),
    **alike("np array ndarray linalg random zeros ones arange linspace", "a Value is one number; lists hold several"),
    **alike("Tensor tensor Variable Parameter Scalar Var Node as_tensor", "here it is Value: Value(2.0)"),
    **alike("engine value_class", "from autograd import Value is enough"),
    **alike(
        "functional func",
        "jacobian, hessian, jvp, vjp and grad are in autograd itself: from autograd import jacobian; nn has networks",
    ),
    **alike(
        "manual_seed seed set_seed", "models, fit, dropout and noise take a seed of their own: MLP(2, [16, 1], seed=0)"
    ),
    **alike("nn optim F", "networks, losses and optimizers are the package nn: from nn import MLP, Adam"),
    **alike(
        "draw_dot draw_graph plot_graph make_dot trace show render visualize plot",
        "here it is draw: draw(y) in a notebook, draw(y).save('graph.svg') in a script",
    ),
    **alike("elementwise_grad egrad deriv derivative gradient multigrad", "here it is grad: grad(f)(x)"),
    **alike("value_and_gradient grad_and_value", "here it is value_and_grad: value_and_grad(f)(x)"),
    **alike("grad_and_aux holomorphic_grad multigrad_dict", "grad(f)(x) is the gradient of a function of real numbers"),
    **alike("make_vjp vector_jacobian_product", "here it is vjp: vjp(f, x, u)"),
    **alike("make_jvp jacobian_vector_product", "here it is jvp: jvp(f, x, v)"),
    **alike("make_hvp hessian_vector_product hessian_tensor_product make_ggnvp", "here it is hvp: hvp(f, x, v)"),
    **alike("backward backprop", "it is a method of the output: y.backward()"),
    **alike("zero_grad", "it is a method of models and optimizers: model.zero_grad()"),
    **alike("check_grads gradcheck check_grad numerical_gradient", "here it is check_gradients: check_gradients(y)"),
    **alike("Function primitive defvjp defjvp register_op custom_op", "an operation of your own is an Operation"),
    **alike("stop_gradient", "it is a method of a Value: v.detach()"),
    **alike("inference_mode set_grad_enabled enable_grad", "with no_grad(): records nothing"),
    **alike("detach", "it is a method of a Value: v.detach()"),
    **alike("abs absolute fabs", "Python's own abs is meant: abs(v)"),
    **alike("pow power float_power", "write a ** b"),
    **alike("square", "write v ** 2"),
    **alike("add subtract multiply divide negative", "write it with + - * /"),
    **alike("leaky_relu gelu silu swish elu mish", "write it with the functions there are, or as an Operation"),
    **alike("log_softmax", "write x - logsumexp(xs) for each x of xs"),
    **alike("average", "here it is mean: mean([a, b])"),
    **alike("cat concat concatenate stack vstack hstack", "lists hold several Values: a + b, or [a, b]"),
    **alike("pi e inf nan", "it is in Python's own math: from math import {}"),
    **alike("jit vmap", "here it is vectorize: vectorize(f, *example)"),
}

_RECORDS = "every Value records; v.detach() is a leaf without history, and under no_grad() nothing is recorded"
_ONE_NUMBER = "a Value is one number, with no shape or type of its own; keep several in a list"
_NUMBER = "v.data is the number"

OF_A_VALUE: Remedies = {
    **_renamed(RENAMED_FUNCTIONS, "here it is {}: from autograd import {}"),
    **alike("_prev prev _children children _parents inputs", "the operands are v.parents"),
    **alike("_op operation", "the operation is v.op, None for a leaf"),
    **alike("_backward _grad_fn grad_fn creator", "v.op is the operation, and v.local_grads its local gradients"),
    **alike("label _label", "here it is v.name, as in Value(2.0, 'a')"),
    **alike("value val _data _value number item numpy tolist to_numpy eval", _NUMBER),
    **alike("gradient derivative _grad dv diff", "here it is v.grad, after y.backward()"),
    **alike("requires_grad requires_grad_", _RECORDS),
    **alike("is_leaf", "ask v.op is None"),
    **alike("retain_grad retains_grad", "every node keeps its v.grad"),
    **alike("zero_grad zero_grad_ zero_ zerograd cleargrad", "write v.grad = None, or for a model model.zero_grad()"),
    **alike("shape size ndim dim dtype device T reshape view squeeze unsqueeze flatten astype numel", _ONE_NUMBER),
    **alike("cpu cuda to float double half", "a Value is a float of Python; " + _NUMBER),
    **alike(
        "dot", "it is a function of lists: from autograd import dot; dot(weights, inputs), and for two Values v * w"
    ),
    **alike("sum mean prod softmax logsumexp", "it is a function of several: from autograd import {}; {}([a, b])"),
    **alike("max min argmax", "it is about several: maximum([a, b]) or minimum([a, b]) of autograd"),
    **alike("pow power", "write v ** 2"),
    **alike("square", "write v ** 2"),
    **alike("add sub subtract mul multiply div divide neg reciprocal", "write it with + - * /"),
    **alike("absolute fabs", "write abs(v)"),
    **alike("clip hypot atan2 where xlogy equal", "it is a function: from autograd import {}"),
    **alike("leaky_relu gelu silu swish elu log_softmax", "write it with the functions there are, or as an Operation"),
    **alike("backprop back backwards backward_pass", "here it is v.backward()"),
    **alike("norm", "of one number it is abs(v), of a list (sum([v * v for v in vs])).sqrt()"),
    **alike("real", "a Value is a real number; v.data is the number"),
    **alike("imag is_complex", "a Value is a real number"),
    **alike("int long bool", "write int(v.data) for the number without its gradient"),
    **alike("register_hook", "after y.backward() each node has its gradient: v.grad"),
    **alike("stop_gradient detach_", "here it is v.detach()"),
    **alike("clone copy", "use v as often as you like; v.detach() is a leaf with its number"),
    **alike("draw draw_dot plot show graph visualize render", "from autograd import draw; draw(v)"),
    **alike("parameters named_parameters", "a model of nn has parameters; a Value is one"),
    **alike("step", "an optimizer of nn steps: SGD([v], lr=0.1).step()"),
}

OF_AN_OPERATION: Remedies = {
    **alike("backward", "its result has it: y = tanh(x); y.backward()"),
    **alike("grad gradient derivative diff deriv prime", "from autograd import grad; grad(tanh)(0.5)"),
    **alike("forward apply eval data", "call it: tanh(x)"),
}

_ROWS = "a list is one row, with no dimensions; for several rows call it for each: [f(row) for row in rows]"

OF_A_CALL: Remedies = {
    **alike("dim axis axes keepdim keepdims", _ROWS),
    **alike("out inplace where", "the result is what the function gives: y = f(x)"),
    **alike("dtype device", _ONE_NUMBER),
    **alike("x input inputs value a values", "give it without a name: f(x)"),
    **alike("base log()", "write log2(x), log10(x), or log(x) / log(base)"),
    **alike("initial", "give the number that a sum begins with as start, or add it"),
    **alike("min a_min max a_max", "of clip they are low and high: clip(x, low, high)"),
    **alike("softmax()", "the numbers come as one list: softmax([a, b])"),
    **alike(
        "relu() softplus() negative_slope alpha beta approximate",
        "write it with the functions there are, or as an Operation",
    ),
}

OF_A_NEW_VALUE: Remedies = {
    **alike("label _label", "its name is meant: Value(2.0, name='a')"),
    **alike("requires_grad retain_grad", _RECORDS),
    **alike("_children children _prev _op op parents", "operands and operation are recorded by computing: c = a * b"),
    **alike("dtype device", _ONE_NUMBER),
    **alike("grad", "set it afterwards: v.grad = 0.0"),
    **alike("value val x", "the number comes first: Value(2.0)"),
}

_TRUTH = "whether all lines hold is bool(report), as in if report: ...; those that do not are report.failures"
_LINES = "the lines are report.lines, and those that do not hold report.failures"
_PAGE = "report.save('feedback.html') writes the page of a derivation; a notebook shows any report by itself"

OF_A_REPORT: Remedies = {
    **alike("ok passed is_correct correct is_ok is_right holds valid success all_correct right result", _TRUTH),
    **alike(
        "score grade accuracy points", "count them: len(report.lines) - len(report.failures); mark(...) gives points"
    ),
    **alike("errors wrong failed mistakes first_error error n_errors verdict verdicts items rows results", _LINES),
    **alike("__getitem__ __len__", _LINES),
    **alike("html to_html as_html html_page write export", _PAGE),
    **alike("json to_dict dict as_dict asdict as_json data", "here it is report.to_json(), text, or report.as_data()"),
    **alike("text to_text as_text string to_string", "it is str(report); print(report) shows it"),
    **alike("print display view", "here it is print(report), or report.show() with colours"),
}

OF_A_LINE: Remedies = {
    **alike("ok passed is_correct is_right valid right result", "here it is line.holds"),
    **alike("errors error mistake wrong", "the known mistakes are line.mistakes, and line.remark says what is wrong"),
    **alike("text formula expression source", "here it is line.claim"),
    **alike("expected answer solution", "the right number is line.correct, the right formula line.correct_formula"),
    **alike("given actual value", "the number that was claimed is line.claimed"),
    **alike("message reason explain comment", "here it is line.remark"),
}

_SAVE = "here it is save: draw(y).save('graph.svg'), or .png, .pdf, .dot, .html"

OF_DRAW: Remedies = {
    **alike("draw()", "what is drawn comes first, as in draw(model(x)); for a file, draw(y).save('graph.svg')"),
    **alike("format filename file path", _SAVE),
    **alike("rankdir", "here it is direction: draw(y, direction='TB')"),
    **alike("view", "in a notebook a drawing shows itself; else draw(y).save('graph.svg')"),
    **alike("params", "here it is parameters: draw(y, parameters=model)"),
}

OF_A_DRAWING: Remedies = {
    **alike("render write savefig to_file pipe", _SAVE),
    **alike("to_svg as_svg", "here it is drawing.svg(), text; drawing.save('graph.svg') writes the file"),
    **alike("png pdf gif to_png to_pdf to_gif as_png to_dot to_html export", _SAVE),
    **alike("html", "the page is drawing.page().html; drawing.save('graph.html') writes it"),
    **alike("view show display", "in a notebook a drawing shows itself; else draw(y).save('graph.svg') and open it"),
    **alike("dot graph", "here it is digraph, and its DOT text is source"),
    **alike("node edge edges nodes body attr", "the graphviz.Digraph is drawing.digraph: drawing.digraph.attr(...)"),
}

OF_BACKWARD: Remedies = {
    **alike("retain_graph", "the graph stays as long as the Value does: y.backward() may be called again"),
    **alike("create_graph", _WITH_GRADIENTS),
    **alike("gradient grad grad_tensors grad_outputs", "the gradient to begin with is seed: y.backward(seed=1.0)"),
    **alike("inputs", "y.backward() reaches all; " + _WITH_GRADIENTS),
}
