"""Print the IR as text: deterministic, three-address, for dumps, tests and the reports of internal faults.

    def f(x: float64[:], n: int):
        stop = False
        for i in range(0, n, 1) until stop:
            t = operator.mul(x, 2.0)
            x[i, 1:] = t
            push tape, t
        return x

Two operations have a notation of their own: ``copy`` prints as plain binding, ``index`` as a subscript. A
``while`` follows the ``header:`` that runs before each of its tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from adjoint_compiler.ir.nodes import (
    NONE,
    Bind,
    Block,
    Call,
    Comment,
    Const,
    Effect,
    For,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Statement,
    Store,
    Try,
    Update,
    While,
    With,
)
from adjoint_compiler.ir.operands import is_field

INDENT = "    "
Line = tuple[int, str]
SYMBOLS = {
    "operator.add": "+", "operator.sub": "-", "operator.mul": "*", "operator.truediv": "/",
    "operator.mod": "%", "operator.floordiv": "//", "operator.pow": "**", "operator.matmul": "@",
    "operator.and_": "&", "operator.or_": "|", "operator.xor": "^",
    "operator.lshift": "<<", "operator.rshift": ">>",
}  # fmt: skip


def print_program(program: Program) -> str:
    """The whole program, without a newline at its end.

    >>> body = (Bind("t", "operator.mul", (Name("x"), Const(2.0))), Return(Name("t")))
    >>> print(print_program(Program("f", ("x", "n"), body, free=("rate",), defaults={"n": "3"})))
    def f(x, n=3):
        free rate
        t = operator.mul(x, 2.0)
        return t
    """
    return "\n".join(text for _, text in program_lines(program))


def print_block(block: Block, indent: int = 0) -> str:
    """The statements of a block, ``indent`` levels in, without a newline at its end.

    >>> flag = Bind("stop", "operator.gt", (Name("s"), Const(1.0)))
    >>> print(print_block((For("i", Const(0), Name("n"), Const(1), (flag,), until="stop"),)))
    for i in range(0, n, 1) until stop:
        stop = operator.gt(s, 1.0)
    >>> print(print_block((If(Name("stop"), (Push("tape", Name("x")),), (Pop("x", "tape"),)),), indent=1))
        if stop:
            push tape, x
        else:
            x = pop tape
    """
    return "\n".join(text for _, text in _block_lines(block, indent, count(1)))


def program_lines(program: Program) -> Iterator[Line]:
    """Each line with the number of its statement, from 1 on and in program order (0: the program's head)."""
    yield 0, f"def {program.name}({', '.join(_parameter(program, p) for p in program.params)}):"
    if program.free:
        yield 0, f"{INDENT}free {', '.join(program.free)}"
    yield from _block_lines(program.body, 1, count(1))


def _parameter(program: Program, name: str) -> str:
    annotation = f": {program.types[name]}" if name in program.types else ""
    if name not in program.defaults:
        return name + annotation
    equals = " = " if annotation else "="
    return f"{name}{annotation}{equals}{program.defaults[name]}"


def _block_lines(block: Block, indent: int, numbers: Iterator[int]) -> Iterator[Line]:
    for s in block:
        yield from _statement_lines(s, indent, numbers)


def _statement_lines(s: Statement, indent: int, numbers: Iterator[int]) -> Iterator[Line]:
    number, margin = next(numbers), INDENT * indent
    if isinstance(s, While) and s.header:
        yield number, f"{margin}header:"
        yield from _block_lines(s.header, indent + 1, numbers)
    for text in print_statement(s).split("\n"):
        yield number, margin + text
    if isinstance(s, (If, For, While, With, Try)):
        body = s.then if isinstance(s, If) else s.body
        yield from _block_lines(body, indent + 1, numbers)
        if not body:
            yield number, f"{margin}{INDENT}pass"
    if isinstance(s, If) and s.orelse:
        yield number, f"{margin}else:"
        yield from _block_lines(s.orelse, indent + 1, numbers)


def print_statement(s: Statement) -> str:
    """One statement, of which nested blocks only the head.

    >>> tail = Pack("slice", (Const(1), NONE, NONE))
    >>> print_statement(Bind("v", "index", (Name("A"), Pack("tuple", (Name("i"), tail)))))
    'v = A[i, 1:]'
    >>> print_statement(Update("A", Name("i"), "operator.add", Name("t")))
    'A[i] += t'
    """
    if isinstance(s, Bind):
        return f"{s.target} = {_operation(s)}"
    if isinstance(s, Store):
        return f"{_place(s.target, s.index)} = {print_operand(s.value)}"
    if isinstance(s, Update):
        place = s.target if s.index is None else _place(s.target, s.index)
        return f"{place} {SYMBOLS.get(s.op, s.op)}= {print_operand(s.value)}"
    if isinstance(s, (If, For, While, With, Try)):
        return _head(s)
    if isinstance(s, Call):
        target = s.target if s.tape is None else f"{s.target or '_'}, {s.tape}"
        return _bound(target, f"call {s.callee}({_commas(s.args)})")
    if isinstance(s, Push):
        return f"push {s.stack}, {print_operand(s.value)}"
    if isinstance(s, Pop):
        return _bound(s.target, f"pop {s.stack}")
    if isinstance(s, Effect):
        return f"effect {s.kind}({_commas(s.args)})" + (f" {s.text}" if s.text else "")
    if isinstance(s, Comment):
        return "\n".join(f"# {line}".rstrip() for line in s.text.split("\n"))
    if isinstance(s, Return):
        return f"return {print_operand(s.value)}"
    return f"<no statement: {s!r}>"


def _head(s: If | For | While | With | Try) -> str:
    if isinstance(s, If):
        return f"if {print_operand(s.cond)}:"
    if isinstance(s, Try):
        error = f" as {s.error}" if s.error else ""
        return f"try until {', '.join(s.handlers)}{error} -> {s.flag}:"
    if isinstance(s, With):
        context = [] if s.context == NONE else [print_operand(s.context)]
        return f"with {', '.join([*context, *([s.text] if s.text else [])])}:"
    until = f" until {s.until}" if s.until else ""
    if isinstance(s, While):
        return f"while {print_operand(s.cond)}{until}:"
    counts = f"range({_commas((s.start, s.stop, s.step))})"
    return f"for {s.counter} in {f'reversed({counts})' if s.backward else counts}{until}:"


def _operation(s: Bind) -> str:
    if s.op == "copy" and len(s.args) == 1 and not s.kwargs:
        return print_operand(s.args[0])
    if s.op == "index" and len(s.args) == 2 and not s.kwargs:
        return _place(print_operand(s.args[0]), s.args[1])
    keywords = [f"{key}={print_operand(value)}" for key, value in s.kwargs]
    return f"{s.op}({', '.join([*map(print_operand, s.args), *keywords])})"


def _place(base: str, index: Operand) -> str:
    return base + index.text if is_field(index) else f"{base}[{print_index(index)}]"  # type: ignore[union-attr]


def _bound(target: str | None, text: str) -> str:
    return text if target is None else f"{target} = {text}"


def _commas(operands: tuple[Operand, ...]) -> str:
    return ", ".join(map(print_operand, operands))


def print_operand(operand: Operand) -> str:
    """An operand as Python would write it.

    >>> print_operand(Pack("tuple", (Name("n"),))), print_operand(Pack("dict", (Const(...),), ("a",)))
    ('(n,)', "{'a': ...}")
    >>> print_operand(Const(3.14159, "np.pi")), print_operand(Pack("slice", (Name("i"), NONE, NONE)))
    ('np.pi', 'slice(i, None, None)')
    """
    if isinstance(operand, Name):
        return operand.id
    if isinstance(operand, Const):
        return operand.text or _literal(operand.value)
    if not isinstance(operand, Pack):
        return f"<no operand: {operand!r}>"
    if operand.kind == "tuple":
        return f"({_commas(operand.items)}{',' if len(operand.items) == 1 else ''})"
    if operand.kind == "list":
        return f"[{_commas(operand.items)}]"
    if operand.kind == "dict":
        pairs = zip(operand.keys, operand.items, strict=False)
        return "{" + ", ".join(f"{key!r}: {print_operand(item)}" for key, item in pairs) + "}"
    if operand.kind == "record" and operand.cls is not None:
        fields = zip(operand.keys, operand.items, strict=False)
        return f"{print_operand(operand.cls)}({', '.join(f'{key}={print_operand(item)}' for key, item in fields)})"
    return f"{operand.kind}({_commas(operand.items)})"


def print_index(index: Operand) -> str:
    """An operand between the brackets of a subscript.

    >>> print_index(Pack("slice", (NONE, NONE, Const(-1)))), print_index(Pack("tuple", (Const(...), NONE)))
    ('::-1', '..., None')
    """
    if isinstance(index, Pack) and index.kind == "tuple" and index.items:
        return ", ".join(map(_index_part, index.items)) + ("," if len(index.items) == 1 else "")
    return _index_part(index)


def _index_part(part: Operand) -> str:
    if isinstance(part, Pack) and part.kind == "slice" and len(part.items) == 3:
        start, stop, step = ("" if item == NONE else print_operand(item) for item in part.items)
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return print_operand(part)


def _literal(value: Any) -> str:
    if value is Ellipsis:
        return "..."
    if hasattr(value, "__qualname__"):
        module = getattr(value, "__module__", None)
        return value.__qualname__ if module in (None, "builtins") else f"{module}.{value.__qualname__}"
    text = " ".join(repr(value).split())
    return f"<{type(value).__name__}>" if re.search(r" at 0x[0-9a-fA-F]+", text) else text
