"""The printed form of every kind of statement and operand."""

import numpy as np
import pytest

from adjoint_compiler.ir.nodes import (
    NONE,
    Bind,
    Call,
    Comment,
    Const,
    Effect,
    For,
    If,
    Name,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Store,
    Update,
    While,
    With,
)
from adjoint_compiler.ir.printer import (
    print_block,
    print_operand,
    print_program,
    print_statement,
    program_lines,
)
from adjoint_compiler.ir.types import INT, array_type
from adjoint_compiler.ir.walk import walk

x, n, i, A, t = (Name(name) for name in ("x", "n", "i", "A", "t"))
TAIL = Pack("slice", (Const(1), NONE, NONE))

STATEMENTS = [
    (Bind("t", "operator.mul", (x, Const(2.0))), "t = operator.mul(x, 2.0)"),
    (
        Bind("t", "numpy.sum", (x,), (("axis", Const(0)), ("keepdims", Const(True)))),
        "t = numpy.sum(x, axis=0, keepdims=True)",
    ),
    (Bind("t", "copy", (x,)), "t = x"),
    (Bind("t", "copy", (Pack("list", ()),)), "t = []"),
    (Bind("t", "index", (A, Pack("tuple", (i, TAIL)))), "t = A[i, 1:]"),
    (Bind("t", "index", (A, Pack("tuple", ()))), "t = A[()]"),
    (Bind("t", "index", (A, Pack("tuple", (i,)))), "t = A[i,]"),
    (Bind("t", "index", (A, Pack("list", (Const(0), Const(0))))), "t = A[[0, 0]]"),
    (Bind("t", "attribute", (A, Const("T"))), "t = attribute(A, 'T')"),
    (Store("A", Pack("tuple", (i, TAIL)), t), "A[i, 1:] = t"),
    (Store("A", Const(...), Const(0.0)), "A[...] = 0.0"),
    (Update("A", i, "operator.add", t), "A[i] += t"),
    (Update("s", None, "operator.floordiv", t), "s //= t"),
    (Update("A", i, "numpy.maximum", t), "A[i] numpy.maximum= t"),
    (Call("y", "helper_primal", (x, A)), "y = call helper_primal(x, A)"),
    (Call(None, "helper_adjoint", (x,)), "call helper_adjoint(x)"),
    (Push("tape", x), "push tape, x"),
    (Pop("x", "tape"), "x = pop tape"),
    (Pop(None, "tape"), "pop tape"),
    (Effect("assert", (t, Const("no"))), "effect assert(t, 'no')"),
    (Effect("raise", (Const("no"),), text="ValueError"), "effect raise('no') ValueError"),
    (Comment("forward sweep"), "# forward sweep"),
    (Return(Pack("tuple", (x, Const(None)))), "return (x, None)"),
]


@pytest.mark.parametrize(("statement", "text"), STATEMENTS, ids=[text for _, text in STATEMENTS])
def test_statement(statement, text):
    assert print_statement(statement) == text
    assert print_block((statement,), indent=1) == "    " + text


@pytest.mark.parametrize(
    ("operand", "text"),
    [
        (Const(1), "1"),
        (Const(1.0), "1.0"),
        (Const(True), "True"),
        (Const(-0.0), "-0.0"),
        (Const(1j), "1j"),
        (Const(float("inf")), "inf"),
        (Const("it's"), '"it\'s"'),
        (Const(np.float32, "np.float32"), "np.float32"),
        (Const(np.float32), "numpy.float32"),
        (Const(float), "float"),
        (Const(np.zeros((2, 1))), "array([[0.], [0.]])"),
        (Const(object()), "<object>"),
        (Pack("tuple", (Pack("tuple", (i, n)), TAIL)), "((i, n), slice(1, None, None))"),
        (Pack("dict", (x, n), ("a", 1)), "{'a': x, 1: n}"),
        ("x", "<no operand: 'x'>"),
    ],
)
def test_operand(operand, text):
    assert print_operand(operand) == text


def nested() -> Program:
    test = Bind("test", "operator.lt", (i, n))
    body = (
        Bind("stop", "copy", (Const(False),)),
        For("i", Const(0), n, Const(1), (If(t, (), (Push("tape", t),)),), until="stop"),
        For("i", Const(0), n, Const(1), (Pop("t", "tape"),), backward=True),
        While((test,), Name("test"), (), until="stop"),
        While((), Name("stop"), (Comment("one\n\ntwo"),)),
        With(NONE, (If(t, (test,)),), text="np.errstate(over='ignore')"),
        Return(x),
    )
    types = {"x": array_type("float64", 1), "n": INT}
    return Program("f", ("x", "n", "t"), body, types, free=("c", "d"), defaults={"n": "3", "t": "1.0"})


def test_program():
    assert (
        print_program(nested())
        == """\
def f(x: float64[:], n: int = 3, t=1.0):
    free c, d
    stop = False
    for i in range(0, n, 1) until stop:
        if t:
            pass
        else:
            push tape, t
    for i in reversed(range(0, n, 1)):
        t = pop tape
    header:
        test = operator.lt(i, n)
    while test until stop:
        pass
    while stop:
        # one
        #
        # two
    with np.errstate(over='ignore'):
        if t:
            test = operator.lt(i, n)
    return x"""
    )


def test_lines_carry_the_number_of_their_statement():
    numbers = {number for number, _ in program_lines(nested())}
    statements = list(walk(nested().body))
    assert numbers == set(range(len(statements) + 1))
    heads = {}
    for number, text in program_lines(nested()):
        heads.setdefault(number, text.strip())
    for number, s in enumerate(statements, start=1):
        expected = "header:" if isinstance(s, While) and s.header else print_statement(s).split("\n")[0]
        assert heads[number] == expected


def test_printing_is_deterministic():
    assert print_program(nested()) == print_program(nested())
