"""The intermediate representation: small, structured, three-address, frozen.

    program   ::= Program(name, params, body, ...)
    statement ::= Bind(target, op, args, kwargs)          target = op(*args, **kwargs)
                | Store(target, index, value)             target[index] = value
                | Update(target, index, op, value)        target[index] op= value     (index None: target op= value)
                | If(cond, then, orelse)
                | For(counter, start, stop, step, body, until)
                | While(header, cond, body, until)        header runs before each test
                | With(context, body)
                | Try(flag, body, handlers, error)      flag: which handler's exception ended the body; false: none did
                | Call(target, callee, args)              call of another program of the module (recursion)
                | Push(stack, value) | Pop(target, stack)
                | Effect(kind, args, text)                assert, raise, print: forward sweep only; store: a call
                                                          that stores into its first argument
                | Comment(text)
                | Return(value)
    operand   ::= Name(id) | Const(value) | Pack(kind, items)    kind: tuple, list, slice, dict, record

``op`` is the key of a rule (``numpy.sin``, ``operator.mul``, ``index``, ...), or ``refused`` for what was refused, so that
what reads it is still checked. ``until`` names a flag that ends
the loop after the iteration that set it. A block is a tuple of statements; the one ``Return`` of a program is
its last statement.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from adjoint_compiler.ir.kept import kept, node
from adjoint_compiler.ir.operands import NONE as NONE
from adjoint_compiler.ir.operands import NOWHERE as NOWHERE
from adjoint_compiler.ir.operands import Const as Const
from adjoint_compiler.ir.operands import Name as Name
from adjoint_compiler.ir.operands import Operand as Operand
from adjoint_compiler.ir.operands import Pack as Pack
from adjoint_compiler.ir.operands import Span as Span
from adjoint_compiler.ir.operands import names_in

REFUSED = "refused"
DISCARD = "discard_key"  # the helper whose call takes an entry out of a dict
Block = tuple["Statement", ...]


class Node:
    """What every statement answers about itself, apart from nested blocks unless said otherwise.

    Attributes:
        operands: what it reads, in evaluation order; what it changes in place is read, too.
        read: the names it reads.
        bound: the names it binds.
        stored: the containers whose memory it changes.
        blocks: the blocks nested directly in it.
        nested: every statement of those blocks and of the blocks nested in them, in program order.
        bound_within: the names that those statements bind, each once.
    """

    operands: tuple[Operand, ...] = ()
    read: tuple[str, ...] = kept(lambda s: _names_read(s.operands))
    bound: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    nested: tuple[Statement, ...] = ()
    bound_within: tuple[str, ...] = ()


class _Nest(Node):
    """A statement that holds blocks."""

    nested: tuple[Statement, ...] = kept(lambda s: tuple([x for b in s.blocks for y in b for x in (y, *y.nested)]))
    bound_within: tuple[str, ...] = kept(lambda s: tuple(dict.fromkeys([n for x in s.nested for n in x.bound])))


def _names_read(operands: tuple[Operand, ...], until: str | None = None) -> tuple[str, ...]:
    out: list[str] = []
    for o in operands:
        if type(o) is Name:
            out.append(o.id)
        elif type(o) is Pack:
            out += names_in(o)
    if until:
        out.append(until)
    return tuple(out)


def _given(*names: str | None) -> tuple[str, ...]:
    return tuple([n for n in names if n is not None])


@node(frozen=True)
class Bind(Node):
    target: str
    op: str
    args: tuple[Operand, ...] = ()
    kwargs: tuple[tuple[str, Operand], ...] = ()
    span: Span = NOWHERE

    operands = kept(lambda s: s.args + tuple([v for _, v in s.kwargs]))
    read = kept(lambda s: _names_read(s.operands if s.kwargs else s.args))
    bound = kept(lambda s: (s.target,))


@node(frozen=True)
class Store(Node):
    target: str
    index: Operand
    value: Operand
    span: Span = NOWHERE

    operands = kept(lambda s: (s.value, Name(s.target), s.index))
    stored = kept(lambda s: (s.target,))


@node(frozen=True)
class Update(Node):
    target: str
    index: Operand | None
    op: str
    value: Operand
    span: Span = NOWHERE

    operands = kept(lambda s: (Name(s.target), *(() if s.index is None else (s.index,)), s.value))
    stored = kept(lambda s: (s.target,))


@node(frozen=True)
class If(_Nest):
    cond: Operand
    then: Block
    orelse: Block = ()
    span: Span = NOWHERE

    operands = kept(lambda s: (s.cond,))
    blocks = kept(lambda s: (s.then, s.orelse))


@node(frozen=True)
class For(_Nest):
    counter: str
    start: Operand
    stop: Operand
    step: Operand
    body: Block
    until: str | None = None
    span: Span = NOWHERE
    backward: bool = False
    parallel: bool = False

    operands = kept(lambda s: (s.start, s.stop, s.step))
    read = kept(lambda s: _names_read(s.operands, s.until))
    bound = kept(lambda s: (s.counter,))
    blocks = kept(lambda s: (s.body,))


@node(frozen=True)
class While(_Nest):
    header: Block
    cond: Operand
    body: Block
    until: str | None = None
    span: Span = NOWHERE

    operands = kept(lambda s: (s.cond,))
    read = kept(lambda s: _names_read(s.operands, s.until))
    blocks = kept(lambda s: (s.header, s.body))


@node(frozen=True)
class With(_Nest):
    context: Operand
    body: Block
    span: Span = NOWHERE
    text: str = ""

    operands = kept(lambda s: (s.context,))
    blocks = kept(lambda s: (s.body,))


@node(frozen=True)
class Try(_Nest):
    """Run the body; ``flag`` tells whether it ended by an exception, and of several handlers which one's.

    What the body changes for good, a store or the value of a variable, its last statement changes: where an exception
    ended it, it did nothing.

    Attributes:
        flag: bound to True or False; where there are several handlers to the number of the one, from 1 on, or 0.
        handlers: for each the text of its exception classes.
        error: the name of the exception; None where that is not asked for.
    """

    flag: str
    body: Block
    handlers: tuple[str, ...]
    error: str | None = None
    span: Span = NOWHERE

    bound = kept(lambda s: _given(s.flag, s.error))
    blocks = kept(lambda s: (s.body,))


@node(frozen=True)
class Summary:
    """What a caller must know of a callee; numbers are positions of parameters.

    Attributes:
        result: type of the result; None while it is not known.
        types: types of the parameters.
        mutates: parameters whose memory is stored into.
        returns: parameters whose memory the result may share.
        carries: parameters from which a derivative reaches the result or memory that is stored into.
        seeded: whether the adjoint takes the adjoint of the result.
        reads: parameters that the adjoint takes.
        shadows: parameters whose shadows the adjoint takes.
        registry: whether the adjoint takes the table of shadows instead.
        bars: parameters whose adjoints it returns.
        tangent: whether its result has a tangent.
        refers: whether its tape refers to memory of parameters that are stored into.
        consumes: whether the adjoint changes what its tape holds.
    """

    result: Any = None
    types: tuple[Any, ...] = ()
    mutates: tuple[int, ...] = ()
    returns: tuple[int, ...] = ()
    carries: tuple[int, ...] = ()
    seeded: bool = False
    reads: tuple[int, ...] = ()
    shadows: tuple[int, ...] = ()
    registry: bool = False
    bars: tuple[int, ...] = ()
    tangent: bool = False
    refers: bool = False
    consumes: bool = False


@node(frozen=True)
class Call(Node):
    """``target = callee(*args)``; ``callee`` is the name of another program of the module.

    With ``tape`` the callee is the primal of an internal pair: ``target, tape = callee(*args)``.
    """

    target: str | None
    callee: str
    args: tuple[Operand, ...]
    span: Span = NOWHERE
    tape: str | None = None
    summary: Summary = Summary()

    operands = kept(lambda s: s.args)
    bound = kept(lambda s: _given(s.target, s.tape))
    stored = kept(lambda s: tuple([n for k in s.summary.mutates for n in names_in(s.args[k])]))


@node(frozen=True)
class Push(Node):
    stack: str
    value: Operand
    span: Span = NOWHERE

    operands = kept(lambda s: (Name(s.stack), s.value))
    stored = kept(lambda s: (s.stack,))


@node(frozen=True)
class Pop(Node):
    target: str | None
    stack: str
    span: Span = NOWHERE

    operands = kept(lambda s: (Name(s.stack),))
    bound = kept(lambda s: _given(s.target))
    stored = kept(lambda s: (s.stack,))


@node(frozen=True)
class Effect(Node):
    kind: str
    args: tuple[Operand, ...] = ()
    span: Span = NOWHERE
    text: str = ""

    operands = kept(lambda s: s.args)
    stored = kept(lambda s: tuple(names_in(s.args[0])) if s.kind == "store" else ())


@node(frozen=True)
class Comment(Node):
    text: str
    span: Span = NOWHERE


@node(frozen=True)
class Return(Node):
    value: Operand
    span: Span = NOWHERE

    operands = kept(lambda s: (s.value,))


Statement = Bind | Store | Update | If | For | While | With | Try | Call | Push | Pop | Effect | Comment | Return
REVERSE = Comment("reverse sweep")  # the heading of the reverse sweep
NESTING = frozenset((If, For, While, With, Try))  # the statements that hold blocks


def _statements_in(block: Block) -> tuple[Statement, ...]:
    out: list[Statement] = []
    for s in block:
        out.append(s)
        if s.nested:
            out += s.nested
    return tuple(out)


def _mentioned(p: Program) -> frozenset[str]:
    bound = [s.bound for s in p.statements if s.bound]
    return frozenset().union(p.params, p.free, *bound, *[s.read for s in p.statements])


@node(frozen=True)
class Program:
    """One function.

    Attributes:
        name: the function's name.
        params: parameter names, in order.
        body: statements; the last one is the only ``Return``.
        types: what is known of the parameters, by name.
        free: names read from the function's globals and closure (not bound in the body).
        defaults: source text of parameter defaults, by name.
        span: where the function is defined.
        doc: its docstring.
        temporaries: names that are not the user's own; they are folded into expressions where they are used once.
        overlapping: pairs of parameters that some call gives the same memory.
        stored: parameters whose memory some caller stores into by way of the result.
        primal: of a generated program, the names of the primal's own values.
        statements: every statement, in program order.
        mentioned: every name.
        reverse_at: where in the body of a generated program its reverse sweep begins; None where there is none.
    """

    name: str
    params: tuple[str, ...]
    body: Block
    types: dict[str, Any] = field(default_factory=dict)
    free: tuple[str, ...] = ()
    defaults: dict[str, str] = field(default_factory=dict)
    span: Span = NOWHERE
    doc: str = ""
    temporaries: frozenset[str] = frozenset()
    overlapping: tuple[tuple[str, str], ...] = ()
    stored: tuple[str, ...] = ()
    primal: frozenset[str] = frozenset()

    statements = kept(lambda p: _statements_in(p.body))
    mentioned = kept(lambda p: _mentioned(p))
    reverse_at = kept(lambda p: next((k for k, s in enumerate(p.body) if type(s) is Comment and s == REVERSE), None))
