"""Copies that are given back, and values that the reverse sweep computes again."""

import ast
import re

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.ir.nodes import Bind, Const, For, Name, Program, Return
from adjoint_compiler.optimize.propagate_copies import propagate_copies
from tests.regressions import check


def copy(target, source):
    return Bind(target, "copy", (Name(source),))


def added(target, source):
    return Bind(target, "operator.add", (Name(source), Const(1.0)))


def loop(*body):
    return For("i", Const(0), Name("n"), Const(1), body)


def returned(*body):
    """The program after its copies are gone; ``x`` has two definitions, so that no copy of it is forwarded."""
    start = Bind("x", "copy", (Const(0.0),))
    return propagate_copies(Program("f", ("n",), (start, loop(*body), Return(Name("x")))))


def copies(program):
    return [(s.target, s.args[0]) for s in program.statements if isinstance(s, Bind) and s.op == "copy"]


def test_a_copy_given_back_is_gone():
    assert copies(returned(copy("t", "x"), added("y", "t"), copy("x", "t"))) == []


@pytest.mark.parametrize(
    "body",
    [
        (copy("t", "x"), added("x", "t"), copy("x", "t")),  # bound in between
        (copy("t", "x"), loop(added("x", "x")), copy("x", "t")),  # bound in between, in a loop
        (copy("x", "t"), copy("t", "x")),  # of the trip before
    ],
)
def test_a_copy_that_gives_another_value_stays(body):
    assert ("x", Name("t")) in copies(returned(*body))


def energy(q):
    total = 0.0
    for i in range(1, q.size):
        d = q[i] - q[i - 1]
        total += np.sin(d) * d
    return total


def used_afterwards(q):
    total, d = 0.0, 0.0
    for i in range(1, q.size):
        d = q[i] - q[i - 1]
        total += np.sin(d) * d
    return total * d


def carried(q):
    total, d = 0.0, 1.0
    for i in range(1, q.size):
        d = d * q[i] - q[i - 1]
        if d > 0.0:
            total += np.sin(d) * d
    return total


def restored(q):
    total = 0.0
    x = q[0]
    for i in range(1, q.size):
        kept = x
        x = x * q[i]
        total += x * kept
        x = kept
    return total + x


@pytest.mark.parametrize("f", [energy, used_afterwards, carried, restored])
def test_gradients(f):
    check(f, np.array([0.3, -0.4, 1.1, 0.7]))


def forward_code(f):
    text = ac.grad(f).specialize(np.ones(4)).source
    return ast.unparse(ast.parse(text.split("# reverse sweep")[0] + "    pass"))


def test_what_is_computed_again_is_not_computed_before():
    assert "for " not in forward_code(energy)


@pytest.mark.parametrize("f", [used_afterwards, carried])
def test_what_is_needed_before_is_computed_before(f):
    assert re.search(r"\bd\w* = ", forward_code(f))
