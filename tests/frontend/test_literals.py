"""Constant expressions: evaluated as Python does, nothing else called, nothing large computed."""

import builtins
import math
import time

import gast
import numpy as np
import pytest

from adjoint_compiler.frontend.literals import NotConstant, evaluate
from adjoint_compiler.frontend.scope import MISSING, Free, Value

KNOWN = {
    "np": Value(np, "np"),
    "math": Value(math, "math"),
    "N": Free("N", 3),
    "K": Free("K", np.arange(3.0)),
}


def look_up(name):
    return KNOWN.get(name) or (Value(getattr(builtins, name), name) if hasattr(builtins, name) else MISSING)


def value(text):
    return evaluate(gast.parse(text, mode="eval").body, look_up)


@pytest.mark.parametrize(
    "text",
    [
        "3 * N + 1",
        "-N ** 2",
        "7 // 2 % 2 << 1 | 8",
        "not 3",
        "1j * 2",
        "'a' 'b' + 'c'",
        "None",
        "-np.inf",
        "(1, [2.0, 'x'])",
        "{'a': 1.0, 'b': (1, 2)}",
        "[0.0] * 3",
        "(1, 2)[1]",
        "math.sqrt(2)",
        "float('inf')",
        "max(1, N)",
        "round(2.6)",
        "sum([1, 2])",
        "len((1, 2))",
        "math.pi",
        "np.float32(1.5)",
        "np.array([[1, 2.0], [3, 4]])",
        "np.array([1, 2], dtype='float32')",
        "np.zeros((2, N))",
        "np.zeros(2, dtype=int)",
        "np.ones_like(K)",
        "np.full((2, 2), 10**9)",
        "np.eye(3, k=1)",
        "np.diag([1.0, 2.0])",
        "np.identity(2)",
        "np.arange(6.0).reshape(2, 3).T",
        "np.arange(1, 9, 2)",
        "np.linspace(0.0, 1.0, num=5) ** 2",
        "np.logspace(0, 2, 3)",
        "np.sin(K) + K[::-1]",
        "K[1:]",
        "K.shape",
        "K.astype(np.float32)",
        "np.concatenate([K, K])",
        "np.array(range(3))",
        "K.T.size",
        "np.deg2rad(180.0)",
        "1e400",
        "list(range(N))",
        "K[:, None] * K",
    ],
)
def test_values_are_pythons(text):
    expected = eval(text, {"np": np, "math": math, "N": 3, "K": np.arange(3.0)})
    found = value(text)
    assert type(found) is type(expected)
    assert repr(found) == repr(expected)
    assert getattr(found, "dtype", None) == getattr(expected, "dtype", None)


@pytest.mark.parametrize(
    "text",
    [
        "10 ** 10 ** 10",
        "1 << 10**9",
        "2 ** 4000 * 2 ** 4000",
        "'a' * 10**9",
        "[0] * 10**9",
        "'%1000000000d' % 1",
        "np.zeros(10**9)",
        "np.ones(shape=(10**5, 10**5))",
        "np.eye(10**5)",
        "np.arange(0, 1e9, 1e-3)",
        "np.linspace(0, 1, 10**9)",
        "np.array(range(10**9))",
        "list(range(10**9))",
        "np.zeros(3, dtype='S1000000000')",
        "K.astype('U1000000000')",
        "np.arange(2000.0)[:, None] * np.arange(2000.0)",
        "np.diag(np.zeros(10**4))",
    ],
)
def test_large_values_are_refused_before_they_are_made(text):
    start = time.perf_counter()
    with pytest.raises(NotConstant):
        value(text)
    assert time.perf_counter() - start < 1.0


def test_values_that_share_their_parts_are_counted_in_full():
    text = "(0,)"
    for _ in range(3):
        text = f"({text}) * 1000"
    with pytest.raises(NotConstant, match="too large"):
        value(text)


@pytest.mark.parametrize(
    "text",
    [
        "print('x')",
        "open('x')",
        "eval('1')",
        "__import__('os')",
        "np.load('x')",
        "np.random.rand(3)",
        "np.save('x', K)",
        "np.add(1, 2, out=K)",
        "K.tofile('x')",
        "K.dump('x')",
        "(lambda: 1)()",
        "[i for i in (1, 2)]",
        "f'{N}'",
        "(1).__class__",
        "np.vectorize(print)",
        "unknown",
        "N.real.x",
        "{1, 2}",
        "1 / 0",
        "[][0]",
        "np.array([None])",
        "np.array(['a'])",
        "np.zeros(3, dtype=object)",
        "np.fromfunction(print, (3,))",
        "getattr(np, 'load')",
        "{**{}}",
        "[*K]",
        "np.sin(x=K)",
        "True and False",
        "1 if N else 2",
        "(x := 1)",
        "np.zeros(**{'shape': 3})",
    ],
)
def test_everything_else_is_no_constant(text):
    with pytest.raises(NotConstant):
        value(text)
