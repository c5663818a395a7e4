"""What programs are made of: templates of expressions, views and stores, functions to call, kinds of statements."""

from __future__ import annotations

import functools

import numpy as np

from adjoint_compiler.testing.programs.program import Shape

MIN_LINES, MAX_LINES = 5, 30

# Templates of expressions; {a} and {b} are operands, {c} is a constant. All are smooth and none grows fast.
UNARY = (
    "np.sin({a})", "np.cos({a})", "np.tanh({a})", "np.arctan({a})", "np.exp(-({a}) ** 2)", "({a}) * {c}",
    "np.sqrt(1.0 + ({a}) ** 2)", "np.log(2.0 + np.cos({a}))", "1.0 / (1.5 + np.sin({a}))", "({a}) + {c}",
    "(2.0 + np.cos({a})) ** 1.5", "np.square(np.sin({a}))", "-({a})",
)  # fmt: skip
SCALAR_UNARY = ("math.sin({a})", "math.tanh({a})", "math.sqrt(1.0 + ({a}) ** 2)")
BROADCASTING = ("({a}) + ({b})", "({a}) - ({b})", "({a}) * ({b})", "({a}) / (1.5 + ({b}) ** 2)")
BINARY = (
    *BROADCASTING, "({a}) * np.cos({b})", "np.arctan2({a}, 2.0 + np.cos({b}))", "np.multiply({a}, {b})",
    "(2.0 + np.sin({a})) ** np.tanh({b})", "{c} * ({a}) + ({b})", "np.hypot({a}, 1.0 + np.cos({b}) ** 2)",
)  # fmt: skip
ARRAY_BINARY = ("np.where(({a}) > {c}, {a}, {b})", "np.where(({b}) < {c}, np.sin({a}), {b})")
REDUCTIONS = (
    "np.sum({a})",
    "{a}.sum()",
    "np.mean({a})",
    "{a}.mean()",
    "np.sum({a} ** 2)",
    "np.sum(np.sin({a}))",
)
PRODUCTS = ("np.dot({a}, {b})", "{a} @ ({b})", "np.sum({a} * ({b}))")
FRESH = ("{a}.copy()", "np.zeros_like({a})", "np.array({a})", "1.0 * {a}")
UPDATES = ("+= {e}", "-= {e}", "*= np.cos({e})", "/= 1.5 + ({e}) ** 2", "+= {c} * ({e})", "*= {c}")

# Views of an array by its rank; {i} and {j} index its axes.
VIEWS = {
    1: ("{a}", "{a}[::-1]", "{a}[::2]", "{a}[1:]", "{a}[:-1]", "{a}[:2]", "{a}.reshape(2, -1)"),
    2: ("{a}", "{a}[::-1]", "{a}[:, ::-1]", "{a}[::2]", "{a}[1:]", "{a}[:, 1:]", "{a}[:2]", "{a}[{i}, 1:]",
        "{a}[{i}]", "{a}[{i}]", "{a}[{i}]", "{a}[:, {j}]", "{a}[:, {j}]", "{a}.T", "{a}.reshape(-1)"),
}  # fmt: skip

# Stores whose two sides share memory: into any array, into matrices, into square ones.
OVERLAPPING = (
    "{a}[1:] = {a}[:-1]",
    "{a}[:-1] = {a}[1:] * {c}",
    "{a}[1:] += {c} * {a}[:-1]",
    "{a}[:] = {a}[::-1]",
)
OVERLAPPING_COLUMNS = ("{a}[:, 1:] = {a}[:, :-1]", "{a}[:, 1:] *= np.cos({a}[:, :-1])")
OVERLAPPING_SQUARE = ("{a}[...] = {a}.T", "{a} += {c} * {a}.T")

# Functions that programs call, by kind: "map" takes anything and returns the like, "scalar" takes numbers,
# "pair" returns two; the others take an array first: "mutate" changes it, "change" changes and returns it,
# "pick" returns an item of it.
HELPERS = {
    "blend": ("map", """\
def blend(a, b):
    return a * np.cos(b) + 0.5 * b"""),
    "squash": ("map", """\
def squash(a, b):
    t = a - b
    t = t / (1.0 + t * t)
    return t"""),
    "damp": ("scalar", """\
def damp(a, b):
    if a > 0.35:
        return np.tanh(a) * b
    return 0.5 * a"""),
    "iterate": ("scalar", """\
def iterate(a, b):
    for k in range(5):
        if k == 3:
            return a
        a = np.sin(a) + 0.3 * b
    return b"""),
    "turn": ("pair", """\
def turn(a, b):
    c = np.cos(b)
    return a * c, a - c"""),
    "bump": ("mutate", """\
def bump(V, s):
    V[0] = np.sin(V[-1]) * s
    V[1:] *= 0.7"""),
    "settle": ("mutate", """\
def settle(V, s):
    V *= 0.8
    V += 0.2 * s"""),
    "exchange": ("mutate", """\
def exchange(V, s):
    V[0], V[1] = V[1] * s, V[0]"""),
    "pick": ("pick", """\
def pick(V, k):
    return V[k]"""),
    "relax": ("change", """\
def relax(V, s):
    for k in range(1, len(V)):
        V[k] += 0.5 * s * V[k - 1]
    return V"""),
    "push": ("change", """\
def push(V, s):
    V[1:] = V[:-1]
    V[0] = V[0] * s
    return V"""),
}  # fmt: skip
CALLS = {"map": 3, "scalar": 2, "pair": 2, "mutate": 4, "pick": 2, "change": 2}
HELPER_LINES = {name: source.count("\n") + 1 for name, (_, source) in HELPERS.items()}

# Kinds of statements, by how often they are tried; each is a method of Writer.
STATEMENTS = {
    "bind_scalar": 5, "bind_array": 5, "bind_view": 6, "update_scalar": 4, "update_array": 4, "store_item": 5,
    "store_view": 5, "update_view": 5, "store_overlapping": 3, "scatter": 3, "swap": 2, "unpack": 2,
    "call": 4, "choose": 2, "branch": 5, "loop": 7, "loop_while": 2, "return_early": 1,
}  # fmt: skip


@functools.cache
def shape_of(template: str, shape: Shape) -> Shape | None:
    """The shape of a view of an array; None if there is no such view, or nothing in it.

    >>> shape_of("{a}[:, {j}]", (2, 3)), shape_of("{a}.reshape(2, -1)", (3,)), shape_of("{a}[1:]", (1,))
    ((2,), None, None)
    """
    try:
        view = eval(template.format(a="a", i=0, j=0), {"a": np.empty(shape)})
    except ValueError:
        return None
    return view.shape if view.size else None
