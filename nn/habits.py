"""What other libraries call the things of `nn`, and what to write here in their place."""

import autograd
from autograd.advice.names_elsewhere import NETWORKS, OF_THE_PACKAGE, Remedies, alike

_LOSSES = "squared_error, absolute_error, huber, binary_cross_entropy, cross_entropy and hinge are the losses of nn"
_NO_MODES = (
    "a model has no modes: dropout and noise draw within fit alone; leave the line out, and put with no_grad(): around "
    "what needs no gradients"
)
_CALL = "call the model: model(x) for one example, [model(x) for x in X] for several"
_FIT = "here it is a function: from nn import fit; fit(model, X, y, loss=squared_error, optimizer=optimizer, epochs=10)"
_LR = "here it is lr: lr=0.01"
_DECAY = (
    "add the penalty to the loss: l2(model.parameters(), strength); or take AdamW(model.parameters(), lr, weight_decay)"
)

OF_NN: Remedies = {
    **{name: remedy for name, remedy in OF_THE_PACKAGE.items() if "nn" in remedy and name not in NETWORKS},
    **{name: f"it is in the package autograd: from autograd import {name}" for name in autograd.__all__},
    **{
        name: remedy
        for name, remedy in OF_THE_PACKAGE.items()
        if name in ("ReLU", "Sigmoid", "Tanh", "Softmax", "Softplus", "Tensor", "tensor", "Variable", "Parameter")
    },
    **alike("functional F utils init optim losses activations loss", "all of nn is in one place: from nn import Adam"),
    **alike("RMSProp rmsprop", "here it is RMSprop: RMSprop(model.parameters(), lr=0.01)"),
    **alike("Adagrad Adadelta LBFGS", "SGD, RMSprop, Adam and AdamW are the optimizers of nn"),
    **alike("L1Loss l1_loss", "here it is absolute_error(predictions, targets)"),
    **alike("HuberLoss SmoothL1Loss huber_loss smooth_l1_loss", "here it is huber(predictions, targets, delta=1)"),
    **alike("KLDivLoss loss_fn criterion", _LOSSES),
    **alike("LeakyReLU leakyrelu", "here it is leaky_relu, or by name: MLP(2, [16, 1], 'leaky_relu')"),
    **alike(
        "ELU GELU SiLU Swish swish", "in lower case it is here: elu, gelu, silu; or by name: MLP(2, [16, 1], 'silu')"
    ),
    **alike(
        "CosineAnnealingLR lr_scheduler", "cosine_decay, step_decay and warm_up: fit(..., schedule=cosine_decay(100))"
    ),
    **alike("EarlyStopping early_stopping", "it is patience= of fit: fit(..., validation=(X, y), patience=10)"),
    **alike(
        "ModelCheckpoint checkpoint", "it is checkpoint= of fit: fit(..., checkpoint='run.safetensors', resume=True)"
    ),
    **alike(
        "Conv1d Conv2d RNN LSTM GRU BatchNorm1d LayerNorm Transformer ModuleList ModuleDict Flatten Identity",
        "write it as a Module of your own, from Layer and Perceptron; lists of them are searched for parameters",
    ),
    **alike("Embedding embedding", "it is a list of rows of Values, and take of autograd: take(table, word)"),
    **alike("DataLoader TensorDataset Dataset", "fit takes lists or arrays, and batch_size="),
    **alike("Network NN Net NeuralNetwork FeedForward Model", "here it is MLP: MLP(2, [16, 1])"),
    **alike("evaluate", "accuracy(predict(model, X), y), or a loss of your own of predict(model, X)"),
    **alike("state_dict torch_save save_model load_model", "save(model, 'model.safetensors') and load(model, …)"),
}

OF_A_MODULE: Remedies = {
    **alike("neurons nodes units", "here they are perceptrons: layer.perceptrons"),
    **alike("w weight W", "here it is weights, those of a Perceptron: model.layers[0].perceptrons[0].weights"),
    **alike("weights bias", "each Perceptron has its own: model.layers[0].perceptrons[0].weights, and bias"),
    **alike("b biases", "here it is bias, that of a Perceptron: model.layers[0].perceptrons[0].bias"),
    **alike("nonlin act activations", "here it is activation, that of a Perceptron"),
    **alike("layer hidden fc1 fc2", "the layers are model.layers"),
    **alike("params variables trainable_variables trainable_parameters", "here it is a method: model.parameters()"),
    **alike("forward feedforward activate", _CALL),
    **alike("predict", "from nn import predict; predict(model, X) is an array; for one example model(x)"),
    **alike("train eval training", _NO_MODES),
    **alike("fit compile train_step train_on_batch", _FIT),
    **alike("backward", "the loss has it: loss = squared_error(model(x), y); loss.backward()"),
    **alike("step update", "the optimizer has it: SGD(model.parameters(), lr=0.1).step()"),
    **alike("zero_grads zerograd cleargrads", "here it is model.zero_grad()"),
    **alike("state_dict get_weights", "from nn import save; save(model, 'model.safetensors')"),
    **alike("load_state_dict set_weights", "from nn import load; load(model, 'model.safetensors')"),
    **alike("save load", "it is a function: from nn import {}; {}(model, 'model.safetensors')"),
    **alike("to cpu cuda device half double float", "Values are floats of Python, and compute on the CPU"),
    **alike(
        "apply", "go through what it has: for parameter in model.parameters(): ..., for layer in model.layers: ..."
    ),
    **alike("freeze unfreeze", "train what the optimizer is given: SGD(model.layers[-1].parameters(), lr=0.1)"),
    **alike("copy clone", "from copy import deepcopy; deepcopy(model)"),
    **alike("loss", "it is a function: from nn import squared_error; loss = squared_error(model(x), y)"),
    **alike("children modules named_modules named_children", "its attributes hold them: model.layers"),
    **alike("register_buffer register_parameter", "set it as an attribute: a Value is a parameter, a number is none"),
    **alike("add_module append", "set it as an attribute, or in a list: modules are searched for parameters"),
    **alike("in_features n_inputs input_size", "a perceptron has one weight for each input: len(perceptron.weights)"),
    **alike("out_features n_outputs output_size", "a layer has a perceptron for each output: len(layer.perceptrons)"),
    **alike("sizes layer_sizes", "[len(layer.perceptrons) for layer in model.layers]"),
    **alike("activation activation_function", "each perceptron has its own: layer.perceptrons[0].activation"),
    **alike("summary", "print(model) shows its layers and how many parameters it has"),
    **alike("requires_grad_", "train what the optimizer is given: SGD(model.layers[-1].parameters(), lr=0.1)"),
    **alike("draw plot", "from autograd import draw; draw(model)"),
    **alike("grad", "each parameter has its own: [p.grad for p in model.parameters()]"),
}

OF_AN_MLP: Remedies = alike("__getitem__ __len__", "its layers are a list: model.layers[0], len(model.layers)")
OF_A_LAYER: Remedies = alike(
    "__getitem__ __len__", "its perceptrons are a list: layer.perceptrons[0], len(layer.perceptrons)"
)
OF_A_PERCEPTRON: Remedies = alike(
    "__getitem__ __len__", "its weights are a list: perceptron.weights[0], len(perceptron.weights)"
)

OF_A_NEW_MODULE: Remedies = {
    **alike("nonlin", "here it is activation: activation=None for a linear one, activation=tanh of autograd"),
    **alike("act activation_function activations nonlinearity", "here it is activation: activation=tanh of autograd"),
    **alike("final_activation last_activation out_activation", "here it is output_activation"),
    **alike(
        "nin n_in in_features input_size input_dim n_input inputs in_dim", "here it is n_inputs, the first argument"
    ),
    **alike(
        "nout n_out out_features output_size output_dim units n_output out_dim",
        "of a Layer it is n_outputs, of an MLP the last of sizes: MLP(2, [16, 1])",
    ),
    **alike(
        "nouts hidden hidden_sizes hidden_size hidden_layers layers layer_sizes dims",
        "here it is sizes, the outputs last: MLP(2, [16, 16, 1])",
    ),
    **alike("bias use_bias", "every perceptron has a bias; for one without, set its data to 0 and do not train it"),
    **alike("random_state rng random_seed generator", "here it is seed: seed=0"),
    **alike("dropout p", "call nn.dropout(x, rate) in a Module of your own"),
    **alike("dtype device", "Values are floats of Python, and compute on the CPU"),
    **alike("lr learning_rate", "the optimizer takes it: SGD(model.parameters(), lr=0.1)"),
}

OF_A_LOSS: Remedies = {
    **alike(
        "reduction size_average reduce", "a loss is of one example: mean([loss(model(x), y) for x, y in zip(X, Y)])"
    ),
    **alike("weight pos_weight class_weight sample_weight", "multiply the loss of an example by its weight"),
    **alike("from_logits", "binary_cross_entropy and cross_entropy take logits; leave sigmoid and softmax out"),
    **alike(
        "label_smoothing ignore_index", "cross_entropy takes probabilities as well: cross_entropy(logits, [0.1, 0.9])"
    ),
    **alike("y_true target labels label y targets", "the output comes first, and then the target, without names"),
    **alike(
        "y_pred input inputs output outputs pred preds", "the output comes first, and then the target, without names"
    ),
    **alike("dim axis", "a loss is of one example, with no dimensions: call it for each"),
    **alike("margin", "hinge has a margin of 1"),
    **alike("beta", "here it is delta, of huber: huber(predictions, targets, delta=1)"),
}
LOSS_OF_NOTHING = "a loss is a function of the outputs and the target, with nothing to make first: {}(model(x), y)"

OF_AN_OPTIMIZER: Remedies = {
    **alike("learning_rate alpha eta step_size", _LR),
    **alike("weight_decay l2 decay", _DECAY),
    **alike("params model", "the parameters come first: SGD(model.parameters(), lr=0.1)"),
    **alike("rho smoothing", "of RMSprop it is decay: decay=0.99"),
    **alike("eps", "here it is epsilon"),
    **alike("betas beta_1 beta_2 beta1 beta2 b1 b2", "of Adam they are beta1= and beta2=, two numbers"),
    **alike(
        "nesterov dampening amsgrad maximize",
        "SGD with momentum, RMSprop, Adam and AdamW are as in their papers, with no variants",
    ),
}

OF_AN_OPTIMIZER_THERE_IS: Remedies = {
    **alike("param_groups params", "here they are optimizer.parameters, with one optimizer.lr for all"),
    **alike("state_dict load_state_dict state", "its states are optimizer.states, one for each parameter"),
    **alike("minimize", "write loss.backward(), then optimizer.step()"),
    **alike("update apply_gradients", "here it is optimizer.step()"),
    **alike("learning_rate alpha", "here it is optimizer.lr"),
    **alike("backward", "the loss has it: loss.backward()"),
    **alike("zero_grads zerograd", "here it is optimizer.zero_grad()"),
}

OF_A_STEP: Remedies = {
    **alike("lr learning_rate", "it has its own, which may be set: optimizer.lr = 0.05"),
    **alike("Optimizer.step() loss closure", "it takes the gradients: loss.backward(), then optimizer.step()"),
}

OF_ZERO_GRAD: Remedies = alike("set_to_none", "every gradient is set to 0.0, for the next backward to add to")

OF_A_HISTORY: Remedies = {
    **alike("history loss train_loss", "here it is history.losses, one for each epoch"),
    **alike("val_loss validation_loss", "here it is history.validation_losses"),
    **alike("epoch epochs", "len(history.losses) epochs were run"),
    **alike("__getitem__ __len__ keys items", "the losses are history.losses, and history.validation_losses"),
    **alike(
        "accuracy acc", 'give it to fit: fit(..., metrics={"accuracy": accuracy}); then history.metrics["accuracy"]'
    ),
}

OF_FIT: Remedies = {
    **alike("lr learning_rate alpha eta", "the optimizer takes it: optimizer=SGD(model.parameters(), lr=0.1)"),
    **alike("verbose", "here it is progress: progress=False"),
    **alike("shuffle", "the order is drawn from seed"),
    **alike("x X xs data features", "inputs come second: fit(model, X, y, loss=…, optimizer=…, epochs=…)"),
    **alike("y Y ys labels", "targets come third: fit(model, X, y, loss=…, optimizer=…, epochs=…)"),
    **alike("validation_data val_data eval_set validation_split", "here it is validation: validation=(X_test, y_test)"),
    **alike("callbacks", "here it is callback, one function: callback(epoch, history)"),
    **alike("n_epochs num_epochs iterations steps n_iter max_iter epoch", "here it is epochs"),
    **alike("batchsize batch bs minibatch", "here it is batch_size"),
    **alike("loss_fn criterion loss_function", "here it is loss: loss=squared_error"),
    **alike("opt optim", "here it is optimizer: optimizer=Adam(model.parameters(), lr=0.01)"),
    **alike("sample_weight weights", "here it is sample_weights: a number for each example"),
    **alike("early_stopping early_stopping_rounds n_iter_no_change", "here it is patience: patience=10"),
    **alike(
        "lr_scheduler scheduler lr_schedule", "here it is schedule, a function of the epoch: schedule=cosine_decay(100)"
    ),
    **alike("clipnorm grad_clip max_grad_norm clip_norm gradient_clip_val", "here it is clip: clip=1.0"),
    **alike("checkpoint_path save_path resume_from", "here it is checkpoint='run.safetensors', and resume=True"),
    **alike("random_state", "here it is seed: seed=0"),
    **alike("device backend", "here it is engine: 'numpy' or 'eager' on the CPU, 'jax' on what JAX finds"),
    **alike("weight_decay l2", _DECAY),
}

OF_OUTPUTS: Remedies = {
    **alike(
        "backward", "a wide layer gives a list of Values; a loss of them is one: squared_error(outputs, y).backward()"
    ),
    **alike(
        "data grad item", "a wide layer gives a list of Values, each with its own: [output.{} for output in outputs]"
    ),
    **alike(
        "sigmoid tanh relu exp log softplus sqrt",
        "a wide layer gives a list of Values: from autograd import {}; [{}(output) for output in outputs]",
    ),
    **alike("softmax", "a wide layer gives a list of Values: from autograd import softmax; softmax(outputs)"),
    **alike("sum mean", "a wide layer gives a list of Values: from autograd import {}; {}(outputs)"),
    **alike(
        "argmax max", "a wide layer gives a list of Values: max(range(len(outputs)), key=lambda k: outputs[k].data)"
    ),
    **alike("shape size T reshape squeeze dim ndim detach numpy", "a wide layer gives a list of Values: len(outputs)"),
}
OPERATORS_OF_OUTPUTS = (
    "a wide layer gives a list of Values; compute with each, as in [output - 1.0 for output in outputs] and "
    "[p - a for p, a in zip(outputs, y)], or give all to a loss: squared_error(outputs, y)"
)
