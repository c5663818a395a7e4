"""Well-formed programs pass; each way of breaking one is caught, and told with its place."""

import time
from dataclasses import replace

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
    Span,
    Store,
    Update,
    While,
    With,
)
from adjoint_compiler.ir.verifier import VerificationError, verify

x, n, i, s, t = (Name(name) for name in ("x", "n", "i", "s", "t"))
ZERO, ONE, FALSE = Const(0), Const(1), Const(False)


def let(target, *args, op="operator.add", **kwargs):
    return Bind(target, op, args, tuple(kwargs.items()))


def copy(target, value):
    return Bind(target, "copy", (value,))


def program(*body, **fields):
    return Program("f", ("x", "n"), body, **fields)


def returning(*body, **fields):
    return program(*body, Return(x), **fields)


def count(*body, until=None, counter="i"):
    return For(counter, ZERO, n, ONE, body, until)


def raising(*args):
    return Effect("raise", args, text="ValueError")


WELL_FORMED = {
    "a parameter returned": returning(),
    "nothing returned": program(Return(NONE)),
    "bound on one path": program(If(n, (copy("t", x),)), Return(t)),
    "bound on both paths": program(If(n, (copy("t", x),), (copy("t", n),)), Return(t)),
    "bound by the iteration before": returning(count(let("s", x, t), copy("t", s))),
    "bound by the iteration before, in the other branch": returning(count(If(n, (let("s", t, x),), (copy("t", x),)))),
    "bound by an earlier iteration of the outer loop": returning(
        count(count(let("s", t, x), counter="j"), copy("t", x))
    ),
    "a counter read after its loop": program(count(), Return(i)),
    "a counter of two loops in sequence": returning(count(), count()),
    "a counter rebound after its loop": returning(count(), copy("i", ZERO)),
    "a header that binds the condition": returning(While((let("t", x, n),), t, (copy("x", n),))),
    "a header that reads what the body binds": returning(While((If(n, (let("s", t, x),)),), n, (copy("t", x),))),
    "a flag that ends a loop": returning(copy("stop", FALSE), count(copy("stop", Const(True)), until="stop")),
    "a stack": returning(copy("tape", Pack("list", ())), Push("tape", x), Pop("x", "tape"), Pop(None, "tape")),
    "stores and updates": returning(
        Store("x", Pack("slice", (NONE, ONE, NONE)), n),
        Update("x", Pack("tuple", (ZERO, Const(...))), "operator.mul", n),
        Update("n", None, "operator.add", ONE),
    ),
    "every other statement": returning(
        Comment("text"),
        With(NONE, (copy("t", Pack("dict", (x,), ("a",))),), text="np.errstate()"),
        Call("s", "helper", (t,)),
        Call(None, "helper", (s,)),
        Effect("print", (s,)),
    ),
    "a free name": program(let("t", x, Name("rate")), Return(t), free=("rate",)),
    "code that is never reached": program(raising(x), Return(t)),
    "one branch raises": program(If(n, (raising(),), (copy("t", x),)), Return(t)),
    "both branches raise": program(If(n, (raising(),), (raising(),)), Return(t)),
    "raising in a loop": program(copy("t", x), count(raising()), Return(t)),
}

BROKEN = {
    # name: (program, what the message says, number of the statement at fault)
    "never bound": (program(Return(t)), "`t` is read, but nothing binds it", 1),
    "never bound in an index": (
        returning(let("s", x, Pack("tuple", (ONE, t)), op="index")),
        "`t` is read",
        1,
    ),
    "never bound in a keyword": (returning(let("s", x, op="numpy.sum", axis=t)), "`t` is read", 1),
    "never bound, stored into": (returning(Store("t", ZERO, x)), "`t` is read", 1),
    "never bound, updated": (returning(Update("t", None, "operator.add", x)), "`t` is read", 1),
    "never bound, pushed onto": (returning(Push("t", x)), "`t` is read", 1),
    "never bound, popped from": (returning(Pop("x", "t")), "`t` is read", 1),
    "never bound, an effect's": (returning(Effect("print", (x, t))), "`t` is read", 1),
    "never bound, a call's": (returning(Call("s", "helper", (t,))), "`t` is read", 1),
    "never bound, a context": (returning(With(t, ())), "`t` is read", 1),
    "never bound, a condition": (returning(If(t, ())), "`t` is read", 1),
    "never bound, a bound of a loop": (returning(For("i", ZERO, t, ONE, ())), "`t` is read", 1),
    "never bound, a condition of while": (returning(While((), t, ())), "`t` is read", 1),
    "bound only later": (returning(copy("s", t), copy("t", x)), "`t` is read", 1),
    "bound by itself": (returning(let("t", t, x)), "`t` is read", 1),
    "bound only in the other branch": (returning(If(n, (copy("t", x),), (copy("s", t),))), "`t` is read", 3),
    "bound only on a branch that raises": (
        program(If(n, (copy("t", x), raising()), ()), Return(t)),
        "`t` is read",
        4,
    ),
    "bound only after the loop": (returning(count(let("s", x, t)), copy("t", x)), "`t` is read", 2),
    "bound only after the inner loop's outer loop": (
        returning(count(Comment("in"), count(copy("s", t), counter="j")), copy("t", x)),
        "`t` is read",
        4,
    ),
    "bound only in a body that raises": (
        program(count(copy("t", x), raising()), Return(t)),
        "`t` is read",
        4,
    ),
    "read before a raise in a loop": (returning(count(copy("s", t), raising())), "`t` is read", 2),
    "a counter in its own bounds": (returning(For("i", ZERO, i, ONE, ())), "`i` is read", 1),
    "a loop in its own bounds": (returning(For("i", ZERO, t, ONE, (copy("t", x),))), "`t` is read", 1),
    "no statements": (program(), "the last statement is no return", 0),
    "no return": (program(copy("t", x)), "the last statement is no return", 0),
    "a return before the last": (returning(Return(n)), "not the program's last", 1),
    "a return in a branch": (returning(If(n, (Comment("early"), Return(x)))), "not the program's last", 3),
    "a return in a loop": (returning(count(Return(x))), "not the program's last", 2),
    "a return in a header": (returning(While((Return(x),), n, ())), "not the program's last", 2),
    "an unknown operation": (
        returning(let("t", x, op="numpy.sine")),
        "no operation is called 'numpy.sine'",
        1,
    ),
    "an unknown update": (returning(Update("x", None, "operator.plus", n)), "called 'operator.plus'", 1),
    "an unknown pack": (returning(copy("t", Pack("set", (x,)))), "unknown pack 'set'", 1),
    "an unknown pack within": (
        returning(copy("t", Pack("list", (Pack("array", ()),)))),
        "unknown pack 'array'",
        1,
    ),
    "a slice of two": (returning(copy("t", Pack("slice", (x, x)))), "a slice has three parts, not 2", 1),
    "a dict without keys": (returning(copy("t", Pack("dict", (x,)))), "a dict of 1 items with 0 keys", 1),
    "a tuple with keys": (
        returning(copy("t", Pack("tuple", (x,), ("a",)))),
        "a tuple of 1 items with 1 keys",
        1,
    ),
    "a pack that is a list": (
        returning(copy("t", Pack("tuple", [x]))),
        "items and keys of a tuple are tuples",
        1,
    ),
    "a flag never bound": (returning(count(until="stop")), "`stop` is not bound before the loop", 1),
    "a flag bound in the loop": (
        returning(Comment("here"), While((), n, (copy("stop", FALSE),), until="stop")),
        "`stop` is not bound before the loop",
        2,
    ),
    "a store into a constant": (
        returning(Store(ZERO, ZERO, x)),
        "Store.target: Const(value=0, text='') is no name",
        1,
    ),
    "a store into a name's node": (returning(Store(x, ZERO, x)), "Store.target: Name(id='x') is no name", 1),
    "an update of an expression": (
        returning(Update("x[0]", ZERO, "operator.add", x)),
        "'x[0]' is no name",
        1,
    ),
    "a push onto a pack": (returning(Push(Pack("list", ()), x)), "is no name", 1),
    "a keyword bound": (returning(copy("lambda", x)), "Bind.target: 'lambda' is a keyword", 1),
    "a keyword popped": (returning(copy("p", Pack("list", ())), Pop("in", "p")), "'in' is a keyword", 2),
    "a keyword counts": (returning(count(counter="is")), "For.counter: 'is' is a keyword", 1),
    "a keyword read": (program(Return(Name("None"))), "'None' is a keyword", 1),
    "a keyword as parameter": (Program("f", ("if",), (Return(NONE),)), "'if' is a keyword", 0),
    "a parameter twice": (Program("f", ("x", "x"), (Return(x),)), "the parameter `x` appears twice", 0),
    "a parameter that is free": (program(Return(x), free=("x",)), "the free name `x` appears twice", 0),
    "parameters in a list": (Program("f", ["x"], (Return(x),)), "parameters are a tuple, not ['x']", 0),
    "a free name bound": (returning(copy("rate", x), free=("rate",)), "`rate` is free", 1),
    "a counter bound": (returning(count(Comment("in"), copy("i", x))), "`i` counts a loop", 3),
    "a counter updated": (returning(count(Update("i", None, "operator.add", ONE))), "`i` counts a loop", 2),
    "a counter popped": (
        returning(copy("p", Pack("list", ())), count(Pop("i", "p"))),
        "`i` counts a loop",
        3,
    ),
    "a counter bound by a call": (returning(count(Call("i", "helper", ()))), "`i` counts a loop", 2),
    "a counter bound in a header": (returning(count(While((copy("i", x),), n, ()))), "`i` counts a loop", 3),
    "a counter of two loops, nested": (returning(count(count())), "`i` counts a loop", 2),
    "an operand that is text": (returning(let("t", x, "n")), "Bind.args: 'n' is no operand", 1),
    "an operand that is a number": (returning(Store("x", 0, n)), "Store.index: 0 is no operand", 1),
    "an operand that is a statement": (returning(copy("t", copy("s", x))), "is no operand", 1),
    "an operand that is missing": (returning(If(None, ())), "If.cond: None is no operand", 1),
    "an operand within a pack": (returning(copy("t", Pack("list", (x, "n")))), "'n' is no operand", 1),
    "a constant that holds a name": (program(Return(Const(x))), "the constant holds a node", 1),
    "operands in a list": (
        returning(Bind("t", "operator.add", [x, n])),
        "Bind.args: operands are a tuple",
        1,
    ),
    "one operand without its tuple": (returning(Bind("t", "operator.neg", x)), "operands are a tuple", 1),
    "keywords in a dict": (returning(Bind("t", "numpy.sum", (x,), {"axis": ZERO})), "a tuple of pairs", 1),
    "a keyword twice": (
        returning(Bind("t", "numpy.sum", (x,), (("axis", ZERO), ("axis", ONE)))),
        "a keyword is given twice",
        1,
    ),
    "a body in a list": (replace(returning(), body=[Return(x)]), "a block is a tuple", 0),
    "a branch in a list": (returning(If(n, [copy("t", x)])), "If.then: a block is a tuple", 1),
    "a branch without its tuple": (returning(If(n, (), copy("t", x))), "If.orelse: a block is a tuple", 1),
    "a block in a block": (returning(count((copy("t", x),))), "For.body: ", 1),
    "an operand as statement": (returning(While((), n, (x,))), "While.body: Name(id='x') is no statement", 1),
    "nothing as statement": (program(None, Return(x)), "None is no statement", 0),
    "an operation that is no text": (returning(Bind("t", None, (x,))), "Bind.op: None is no text", 1),
    "a comment that is no text": (returning(Comment(x)), "Comment.text: Name(id='x') is no text", 1),
    "a span that is none": (returning(Comment("here", 3)), "Comment.span: 3 is no span", 1),
    "a direction that is no bool": (
        returning(replace(count(), backward=-1)),
        "For.backward: -1 is no bool",
        1,
    ),
}

KNOWN = {"copy", "index", "operator.add", "operator.mul", "operator.neg", "numpy.sum"}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_well_formed(name):
    verify(WELL_FORMED[name])
    verify(WELL_FORMED[name], KNOWN.__contains__)


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name):
    broken, message, number = BROKEN[name]
    with pytest.raises(VerificationError) as caught:
        verify(broken, KNOWN.__contains__)
    assert message in caught.value.problem
    assert caught.value.number == number
    assert caught.value.program == "f"
    assert str(caught.value).startswith("internal fault in program 'f'")


def test_every_operation_passes_unless_told_otherwise():
    verify(returning(let("t", x, op="anything at all")))


def test_message_shows_the_place():
    span = Span("model.py", 12, 4, 9, "    s = t + x")
    lines = [Comment(f"line {k}") for k in range(10)]
    broken = returning(*lines, count(Bind("s", "operator.add", (t, x), (), span)), *lines)
    with pytest.raises(VerificationError) as caught:
        verify(broken)
    assert caught.value.span == span
    assert (
        str(caught.value)
        == """\
internal fault in program 'f', statement 12, line 12: `t` is read, but nothing binds it
      # line 8
      # line 9
      for i in range(0, n, 1):
>         s = operator.add(t, x)
      # line 0
      # line 1
      # line 2"""
    )


def test_one_walk_is_fast():
    block = (let("t", x, n), Store("x", Pack("tuple", (ZERO, i)), t), If(t, (copy("s", t),), (copy("s", x),)))
    for depth in range(8):
        block = (count(*block, *block, counter=f"k{depth}"),)
    big = program(copy("i", ZERO), *block, Return(x))
    start = time.perf_counter()
    verify(big, KNOWN.__contains__)
    assert time.perf_counter() - start < 1.0
