"""Runs a graph as JavaScript, under Node.js, from the files that a page has inside."""

import json
import shutil
import subprocess
from importlib.resources import files
from math import inf, nan

import pytest

from autograd.drawing.nudging import program_of
from autograd.graph import topological_order

NODE = shutil.which("node")
AS_JSON = """
const asJSON = (key, x) => (typeof x === "number" && (!Number.isFinite(x) || Object.is(x, -0)) ? String(x) : x);
const answer = () => JSON.stringify(run(), asJSON);
"""
SPECIAL = {"NaN": nan, "Infinity": inf, "-Infinity": -inf, "0": -0.0}
NUMBERS = files("autograd.numbers").joinpath("javascript.js").read_text(encoding="utf-8")
GRAPH = files("autograd.drawing").joinpath("graph.js").read_text(encoding="utf-8")


def result_of(text):
    """What ``run()`` gives, which the text defines. The test is skipped, with the reason, where there is no Node.js."""
    if NODE is None:
        pytest.skip("needs Node.js on the path: apt-get install nodejs")
    text = f"{text}{AS_JSON}console.log(answer());"
    done = subprocess.run([NODE, "-"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return numbers_in(json.loads(done.stdout))


def result_in(page):
    """As `result_of`, but in a page of a browser."""
    return lambda text: numbers_in(json.loads(page.evaluate(f"(() => {{ {text}{AS_JSON}return answer(); }})()")))


def numbers_in(thing):
    """JSON has no NaN, no infinity and no -0: they come as strings."""
    if isinstance(thing, list):
        return [numbers_in(part) for part in thing]
    return SPECIAL.get(thing, thing) if isinstance(thing, str) else thing


def function_of(name, arguments):
    """A function of the number system, of each list of arguments."""
    return result_of(f"{NUMBERS} const run = () => {literal(arguments)}.map((xs) => m.{name}(...xs));")


def computed(outputs, result_of=result_of):
    """For each output of a graph: the values, gradients and local gradients of its nodes, in topological order; null is
    a local gradient along which nothing passes. And of each computed node its value and its local gradients from the
    numbers of its operands that Python has."""
    graphs = []
    for output in outputs:
        order = topological_order(output)
        program = program_of(order, [output])
        shape = {"rules": program.rules, "operands": program.operands, "outputs": program.outputs}
        values = [node.data for node in order]
        graphs.append(f"[{program.operations}, {json.dumps(shape)}, {literal(values)}]")
    return result_of(
        f"""{NUMBERS} {GRAPH}
        const run = () => [{",".join(graphs)}].map(([operations, shape, values]) => {{
          const graph = new Graph(operations, shape);
          shape.rules.forEach((rule, node) => {{ if (rule < 0) graph.values[node] = values[node]; }});
          graph.forward();
          graph.backward();
          const alone = new Graph(operations, shape);
          alone.values.set(values);
          const single = graph.inner.map((node) => {{
            const [value, locals] = operations[shape.rules[node]];
            return [value(alone.numbers(node)), locals(values[node], alone.numbers(node))];
          }});
          return [[...graph.values], [...graph.gradients], graph.locals, single];
        }});"""
    )


def literal(numbers):
    """Lists of numbers as JavaScript, which has the NaN and the Infinity that Python's writer of JSON writes."""
    return json.dumps(numbers)
