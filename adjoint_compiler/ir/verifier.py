"""Check that a program is well formed; runs after every pass.

What is checked: every node has fields of the kinds that ``nodes`` declares; the one ``Return`` comes last;
operations and packs are known; names that are bound may be bound (no keyword, no free name, no loop's own
counter); and every name that is read may have been bound on some path to it:

    if c:                  for i in range(0, n, 1):
        t = x                  s = operator.add(t, x)    # from the iteration before
    y = t    # fine            t = s                     # fine

A name that no path can have bound is a fault. So a loop's reads wait for the end of its body before they are
judged, and nothing is read where control cannot come (after a ``raise``).
"""

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple, NoReturn, get_args

from adjoint_compiler.ir.nodes import (
    NOWHERE,
    Bind,
    Block,
    Call,
    Const,
    Effect,
    For,
    If,
    Name,
    Pack,
    Program,
    Return,
    Span,
    Statement,
    Summary,
    Try,
    Update,
    While,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.printer import program_lines
from adjoint_compiler.ir.walk import blocks_of, names_bound, operands_of, reads

STATEMENTS: tuple[type, ...] = get_args(Statement)
PACK_KINDS = ("tuple", "list", "slice", "dict", "record")
NAME_FIELDS = frozenset({"target", "counter", "stack", "tape", "until", "flag", "error"})
LINES_AROUND = 3


class VerificationError(Exception):
    """A program that no pass may produce: a fault of the compiler, not of the user's program.

    Attributes:
        problem: what is wrong, in one sentence.
        program: the program's name.
        number: the statement at fault, counted from 1 in program order; 0 for the program as a whole.
        span: where that statement comes from in the user's source.
        ir: the printed statements around it, the one at fault marked.
    """

    def __init__(self, problem: str, program: str, number: int, span: Span, ir: str) -> None:
        line = f", line {span.line}" if span.line else ""
        place = f"{program!r}, statement {number}{line}" if number else repr(program)
        super().__init__(f"internal fault in program {place}: {problem}\n{ir}")
        self.problem, self.program, self.number, self.span, self.ir = problem, program, number, span, ir


def verify(
    program: Program, known_ops: Callable[[str], bool] | None = None, callees: Collection[str] | None = None
) -> None:
    """Check a program (see the module's text).

    Args:
        program: what a pass produced.
        known_ops: says whether an operation's key is known; None: every key is.
        callees: names of the programs that may be called; None: any may.

    Raises:
        VerificationError: for the first fault found.

    >>> half = Bind("t", "operator.mul", (Name("y"), Const(0.5)))
    >>> verify(Program("f", ("y",), (half, Return(Name("t")))))
    >>> try:
    ...     verify(Program("f", ("x",), (half, Return(Name("t")))))
    ... except VerificationError as fault:
    ...     print(fault)
    internal fault in program 'f', statement 1: `y` is read, but nothing binds it
      def f(x):
    >     t = operator.mul(y, 0.5)
          return t
    """
    _Verification(program, known_ops, callees).run()


# -- the shape of nodes --------------------------------------------------------------------------------------


def operand_fault(operand: Any) -> str:
    """What is wrong with an operand; empty if nothing is.

    >>> operand_fault(Name("x")), operand_fault(Pack("set", ()))
    ('', "unknown pack 'set'")
    """
    if isinstance(operand, Name):
        return name_fault(operand.id)
    if isinstance(operand, Const):
        if isinstance(operand.value, (Name, Const, Pack, *STATEMENTS)):
            return f"the constant holds a node, {operand.value!r}"
        return "" if isinstance(operand.text, str) else f"the constant's text is {operand.text!r}"
    if isinstance(operand, Pack):
        return _pack_fault(operand)
    return f"{operand!r} is no operand"


def _pack_fault(pack: Pack) -> str:
    if pack.kind not in PACK_KINDS:
        return f"unknown pack {pack.kind!r}"
    if not isinstance(pack.items, tuple) or not isinstance(pack.keys, tuple):
        return f"items and keys of a {pack.kind} are tuples, not {pack.items!r} and {pack.keys!r}"
    if pack.kind == "slice" and len(pack.items) != 3:
        return f"a slice has three parts, not {len(pack.items)}"
    if (pack.kind == "record") != isinstance(pack.cls, Const):
        return f"a {pack.kind} of class {pack.cls!r}"
    if len(pack.keys) != (len(pack.items) if pack.kind in ("dict", "record") else 0):
        return f"a {pack.kind} of {len(pack.items)} items with {len(pack.keys)} keys"
    return next(filter(None, map(operand_fault, pack.items)), "")


def name_fault(name: Any) -> str:
    """What is wrong with the name of a variable; empty if nothing is.

    >>> name_fault("x_bar"), name_fault("lambda"), name_fault(Name("x"))
    ('', "'lambda' is a keyword", "Name(id='x') is no name")
    """
    if not isinstance(name, str) or not name.isidentifier():
        return f"{name!r} is no name"
    return f"{name!r} is a keyword" if keyword.iskeyword(name) else ""


def _operands_fault(value: Any) -> str:
    if not isinstance(value, tuple):
        return f"operands are a tuple, not {value!r}"
    return next(filter(None, map(operand_fault, value)), "")


def _keywords_fault(value: Any) -> str:
    if not isinstance(value, tuple) or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        return f"keyword operands are a tuple of pairs, not {value!r}"
    keys = [key for key, _ in value]
    faults = [*map(name_fault, keys), *(operand_fault(operand) for _, operand in value)]
    if len(set(map(repr, keys))) < len(keys):
        faults.append("a keyword is given twice")
    return next(filter(None, faults), "")


def _block_fault(value: Any) -> str:
    if not isinstance(value, tuple):
        return f"a block is a tuple, not {value!r}"
    return next((f"{s!r} is no statement" for s in value if type(s) not in STATEMENTS), "")


def _texts_fault(value: Any) -> str:
    return "" if isinstance(value, tuple) and all(isinstance(v, str) for v in value) else f"{value!r} are no texts"


def _instance_fault(kind: type, noun: str) -> Callable[[Any], str]:
    return lambda value: "" if isinstance(value, kind) else f"{value!r} is no {noun}"


def _optional(check: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else check(value)


# Which check a field gets is read off its annotation in ``nodes``.
CHECKS: dict[str, Callable[[Any], str]] = {
    "str": _instance_fault(str, "text"),
    "bool": _instance_fault(bool, "bool"),
    "Span": _instance_fault(Span, "span"),
    "Summary": _instance_fault(Summary, "summary"),
    "Operand": operand_fault,
    "Operand | None": _optional(operand_fault),
    "tuple[Operand, ...]": _operands_fault,
    "tuple[tuple[str, Operand], ...]": _keywords_fault,
    "Block": _block_fault,
    "tuple[str, ...]": _texts_fault,
}


def _checks_of(kind: type) -> tuple[tuple[str, Callable[[Any], str]], ...]:
    out = []
    for field in dataclasses.fields(kind):
        check = name_fault if field.name in NAME_FIELDS else CHECKS[str(field.type).removesuffix(" | None")]
        out.append((field.name, _optional(check) if str(field.type).endswith(" | None") else check))
    return tuple(out)


FIELD_CHECKS = {kind: _checks_of(kind) for kind in STATEMENTS}


# -- the walk ------------------------------------------------------------------------------------------------


class Read(NamedTuple):
    """A name that is read, and by which statement."""

    name: str
    number: int
    span: Span


class _Verification:
    """One walk over one program: the names bound so far, and what encloses the statement at hand."""

    def __init__(
        self, program: Program, known_ops: Callable[[str], bool] | None, callees: Collection[str] | None
    ) -> None:
        self.program = program
        self.known_ops = known_ops
        self.callees = callees
        self.number = 0  # of the statement at hand
        self.span = program.span
        self.bound: set[str] = set()
        self.order: list[str] = []  # of ``bound``, so that a branch can be taken back
        self.counters: set[str] = set()
        self.waiting: list[list[Read]] = []  # per enclosing loop: reads that its next iteration may satisfy
        self.dead = False  # whether control cannot come here

    def run(self) -> None:
        program = self.program
        for kind, names in (("parameter", program.params), ("free name", program.free)):
            if not isinstance(names, tuple):
                self.fail(f"{kind}s are a tuple, not {names!r}")
            for name in names:
                self.fail_if(name_fault(name))
                self.fail_if(f"the {kind} `{name}` appears twice" if name in self.bound else "")
                self.add(name)
        self.fail_if(_block_fault(program.body))
        if not program.body or not isinstance(program.body[-1], Return):
            self.fail("the last statement is no return")
        self.block(program.body[:-1])
        self.statement(program.body[-1])

    def block(self, block: Block) -> None:
        for s in block:
            self.statement(s)
            if isinstance(s, Return):
                self.fail("a return that is not the program's last statement")

    def statement(self, s: Statement) -> None:
        self.number, self.span = self.number + 1, s.span if isinstance(s.span, Span) else NOWHERE
        for name, check in FIELD_CHECKS[type(s)]:
            problem = check(getattr(s, name))
            self.fail_if(problem and f"{type(s).__name__}.{name}: {problem}")
        if isinstance(s, (Bind, Update)) and self.known_ops is not None and not self.known_ops(s.op):
            self.fail(f"no operation is called {s.op!r}")
        if isinstance(s, Call) and self.callees is not None and s.callee not in self.callees:
            self.fail(f"no program is called {s.callee!r}")
        if isinstance(s, (For, While)):
            self.loop(s)
            return
        self.read_all(reads(s))
        if isinstance(s, If):
            self.branch(s)
            return
        dead = self.dead
        for inner in blocks_of(s):
            self.block(inner)
        if isinstance(s, Try):
            self.dead = dead  # where it was raised, a handler goes on
            if not s.handlers:
                self.fail("a try without handlers")
        if isinstance(s, Update) and s.index is None:
            self.check_counter(s.target)
        for target in names_bound(s):
            self.bind(target)
        self.dead = self.dead or (isinstance(s, Effect) and s.kind == "raise")

    def branch(self, s: If) -> None:
        start, dead = len(self.order), self.dead
        self.block(s.then)
        then, then_dead = self.take_back(start), self.dead
        self.dead = dead
        self.block(s.orelse)
        if self.dead:
            self.take_back(start)
        if not then_dead:
            for name in then:
                self.add(name)
        self.dead = self.dead and then_dead

    def loop(self, s: For | While) -> None:
        number, span = self.number, self.span
        if s.until is not None and s.until not in self.bound and not self.dead:
            self.fail(f"the flag `{s.until}` is not bound before the loop that it ends")
        if isinstance(s, For):
            self.read_all(n for operand in operands_of(s) for n in names_in(operand))
            self.bind(s.counter)
            self.counters.add(s.counter)
        self.waiting.append([])
        if isinstance(s, While):
            self.block(s.header)
            for name in names_in(s.cond):
                self.read(Read(name, number, span))
        start, dead = len(self.order), self.dead
        self.block(s.body)
        if self.dead and not dead:
            self.take_back(start)
        self.dead = dead
        for read in self.waiting.pop():
            if read.name not in self.bound:
                self.not_bound_yet(read)
        if isinstance(s, For):
            self.counters.remove(s.counter)

    def read_all(self, names: Iterable[str]) -> None:
        for name in names:
            self.read(Read(name, self.number, self.span))

    def read(self, read: Read) -> None:
        if read.name not in self.bound and not self.dead:
            self.not_bound_yet(read)

    def not_bound_yet(self, read: Read) -> None:
        if self.waiting:
            self.waiting[-1].append(read)
            return
        self.number, self.span = read.number, read.span
        self.fail(f"`{read.name}` is read, but nothing binds it")

    def check_counter(self, name: str) -> None:
        if name in self.counters:
            self.fail(f"`{name}` counts a loop around this statement, which changes it")

    def bind(self, name: str) -> None:
        self.check_counter(name)
        if name in self.program.free:
            self.fail(f"`{name}` is free in the program, so it cannot be bound")
        self.add(name)

    def add(self, name: str) -> None:
        if name not in self.bound:
            self.bound.add(name)
            self.order.append(name)

    def take_back(self, start: int) -> list[str]:
        taken = self.order[start:]
        del self.order[start:]
        self.bound.difference_update(taken)
        return taken

    def fail_if(self, problem: str) -> None:
        if problem:
            self.fail(problem)

    def fail(self, problem: str) -> NoReturn:
        ir = excerpt(self.program, self.number)
        raise VerificationError(problem, self.program.name, self.number, self.span, ir)


def excerpt(program: Program, number: int) -> str:
    """The printed lines around a statement, its own marked with ``>``.

    >>> print(excerpt(Program("f", ("x",), (Bind("t", "copy", (Name("x"),)), Return(Name("t")))), 2))
      def f(x):
          t = x
    >     return t
    """
    try:
        lines = list(program_lines(program))
    except (AttributeError, TypeError, ValueError):  # so malformed that it cannot be printed
        return repr(program)
    at = next((k for k, line in enumerate(lines) if line[0] == number), 0)
    shown = lines[max(at - LINES_AROUND, 0) : at + LINES_AROUND + 1]
    return "\n".join(f"{'>' if n == number else ' '} {text}" for n, text in shown)
