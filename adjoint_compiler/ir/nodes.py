"""The intermediate representation: small, structured, three-address, frozen.

    program   ::= Program(name, params, body, ...)
    statement ::= Bind(target, op, args, kwargs)          target = op(*args, **kwargs)
                | Store(target, index, value)             target[index] = value
                | Update(target, index, op, value)        target[index] op= value     (index None: target op= value)
                | If(cond, then, orelse)
                | For(counter, start, stop, step, body, until)
                | While(header, cond, body, until)        header runs before each test
                | With(context, body)
                | Call(target, callee, args)              call of another program of the module (recursion)
                | Push(stack, value) | Pop(target, stack)
                | Effect(kind, args, text)                assert, raise, print: forward sweep only; store: a call
                                                          that stores into its first argument
                | Comment(text)
                | Return(value)
    operand   ::= Name(id) | Const(value) | Pack(kind, items)    kind: tuple, list, slice, dict

``op`` is the key of a rule (``numpy.sin``, ``operator.mul``, ``index``, ...). ``until`` names a flag that ends
the loop after the iteration that set it. A block is a tuple of statements; the one ``Return`` of a program is
its last statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from adjoint_compiler.ir.kept import kept
from adjoint_compiler.ir.operands import NONE as NONE
from adjoint_compiler.ir.operands import NOWHERE as NOWHERE
from adjoint_compiler.ir.operands import Const as Const
from adjoint_compiler.ir.operands import Name as Name
from adjoint_compiler.ir.operands import Operand as Operand
from adjoint_compiler.ir.operands import Pack as Pack
from adjoint_compiler.ir.operands import Span as Span
from adjoint_compiler.ir.operands import map_operand as map_operand
from adjoint_compiler.ir.operands import names_in as names_in

Block = tuple["Statement", ...]


class Node:
    """What all statements have: the answers of the functions below, which say what they mean; most are empty for most."""

    operands = kept(lambda s: _operands_of(s))
    read = kept(lambda s: _reads(s))
    bound: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    nested: tuple[Statement, ...] = ()
    bound_within: tuple[str, ...] = ()


class _Nest(Node):
    """A statement that holds blocks."""

    nested: tuple[Statement, ...] = kept(lambda s: tuple([x for b in blocks_of(s) for x in walk(b)]))
    bound_within: tuple[str, ...] = kept(lambda s: tuple(dict.fromkeys([n for x in s.nested for n in x.bound])))


@dataclass(frozen=True)
class Bind(Node):
    target: str
    op: str
    args: tuple[Operand, ...] = ()
    kwargs: tuple[tuple[str, Operand], ...] = ()
    span: Span = NOWHERE

    def __init__(
        self, target: str, op: str, args: tuple[Operand, ...] = (), kwargs: tuple[tuple[str, Operand], ...] = (),
        span: Span = NOWHERE,
    ) -> None:  # fmt: skip
        """As ``dataclass`` would write it, but by one access for all fields: nine in ten statements are bindings."""
        fields = self.__dict__
        fields["target"], fields["op"], fields["args"], fields["kwargs"] = target, op, args, kwargs
        fields["span"] = span

    bound = kept(lambda s: (s.target,))


@dataclass(frozen=True)
class Store(Node):
    target: str
    index: Operand
    value: Operand
    span: Span = NOWHERE

    stored = kept(lambda s: _names_stored(s))


@dataclass(frozen=True)
class Update(Node):
    target: str
    index: Operand | None
    op: str
    value: Operand
    span: Span = NOWHERE

    stored = kept(lambda s: _names_stored(s))


@dataclass(frozen=True)
class If(_Nest):
    cond: Operand
    then: Block
    orelse: Block = ()
    span: Span = NOWHERE


@dataclass(frozen=True)
class For(_Nest):
    counter: str
    start: Operand
    stop: Operand
    step: Operand
    body: Block
    until: str | None = None
    span: Span = NOWHERE
    backward: bool = False

    bound = kept(lambda s: _names_bound(s))


@dataclass(frozen=True)
class While(_Nest):
    header: Block
    cond: Operand
    body: Block
    until: str | None = None
    span: Span = NOWHERE


@dataclass(frozen=True)
class With(_Nest):
    context: Operand
    body: Block
    span: Span = NOWHERE
    text: str = ""


@dataclass(frozen=True)
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
    refers: bool = False
    consumes: bool = False


@dataclass(frozen=True)
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

    bound = kept(lambda s: _names_bound(s))
    stored = kept(lambda s: _names_stored(s))


@dataclass(frozen=True)
class Push(Node):
    stack: str
    value: Operand
    span: Span = NOWHERE

    stored = kept(lambda s: _names_stored(s))


@dataclass(frozen=True)
class Pop(Node):
    target: str | None
    stack: str
    span: Span = NOWHERE

    bound = kept(lambda s: _names_bound(s))
    stored = kept(lambda s: _names_stored(s))


@dataclass(frozen=True)
class Effect(Node):
    kind: str
    args: tuple[Operand, ...] = ()
    span: Span = NOWHERE
    text: str = ""

    stored = kept(lambda s: _names_stored(s))


@dataclass(frozen=True)
class Comment(Node):
    text: str
    span: Span = NOWHERE


@dataclass(frozen=True)
class Return(Node):
    value: Operand
    span: Span = NOWHERE


Statement = Bind | Store | Update | If | For | While | With | Call | Push | Pop | Effect | Comment | Return


@dataclass(frozen=True)
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


# -- walking ---------------------------------------------------------------------------------------------------


NESTING = frozenset((If, For, While, With))  # the statements that hold blocks


def blocks_of(s: Statement) -> tuple[Block, ...]:
    """The blocks nested directly in a statement."""
    if type(s) not in NESTING:
        return ()
    if isinstance(s, If):
        return (s.then, s.orelse)
    if isinstance(s, While):
        return (s.header, s.body)
    assert isinstance(s, (For, With))
    return (s.body,)


def with_blocks(s: Statement, blocks: tuple[Block, ...]) -> Statement:
    """The statement with its nested blocks replaced."""
    if isinstance(s, If):
        return If(s.cond, blocks[0], blocks[1], s.span)
    if isinstance(s, While):
        return replace(s, header=blocks[0], body=blocks[1])
    if isinstance(s, For):
        return For(s.counter, s.start, s.stop, s.step, blocks[0], s.until, s.span, s.backward)
    return replace(s, body=blocks[0]) if isinstance(s, With) else s


def walk(block: Block) -> list[Statement]:
    """Every statement of a block and of the blocks nested in it, in program order."""
    out: list[Statement] = []
    for s in block:
        out.append(s)
        if s.nested:
            out += s.nested
    return out


def nested(s: Statement) -> tuple[Statement, ...]:
    """Every statement of the blocks of a statement, in program order."""
    return s.nested


def bound_within(s: Statement) -> tuple[str, ...]:
    """All names that the statements nested in a statement bind, each once."""
    return s.bound_within


def operands_of(s: Statement) -> tuple[Operand, ...]:
    """The operands a statement reads itself (not those of nested blocks), in evaluation order.

    Store, Update, Push and Pop read the container they change.
    """
    return s.operands


def _operands_of(s: Statement) -> tuple[Operand, ...]:
    if isinstance(s, Bind):
        return s.args + tuple(v for _, v in s.kwargs)
    if isinstance(s, Store):
        return (s.value, Name(s.target), s.index)
    if isinstance(s, Update):
        return (Name(s.target), *(() if s.index is None else (s.index,)), s.value)
    if isinstance(s, (If, While)):
        return (s.cond,)
    if isinstance(s, For):
        return (s.start, s.stop, s.step)
    if isinstance(s, With):
        return (s.context,)
    if isinstance(s, (Call, Effect)):
        return s.args
    if isinstance(s, Push):
        return (Name(s.stack), s.value)
    if isinstance(s, Pop):
        return (Name(s.stack),)
    if isinstance(s, Return):
        return (s.value,)
    return ()


def reads(s: Statement) -> tuple[str, ...]:
    """Names a statement reads itself."""
    return s.read


def _reads(s: Statement) -> tuple[str, ...]:
    out: list[str] = []
    for o in s.args if type(s) is Bind and not s.kwargs else s.operands:
        if type(o) is Name:
            out.append(o.id)
        elif type(o) is Pack:
            out += names_in(o)
    if isinstance(s, (For, While)) and s.until:
        out.append(s.until)
    return tuple(out)


def binds(s: Statement) -> str | None:
    """The name a statement binds itself, if any (a loop binds its counter)."""
    if type(s) is Bind:
        return s.target
    if isinstance(s, (Bind, Pop, Call)):
        return s.target
    return s.counter if isinstance(s, For) else None


def names_bound(s: Statement) -> tuple[str, ...]:
    """All names a statement binds itself: its target, and the tape of a call.

    >>> names_bound(Call("y", "f_primal", (Name("x"),), tape="y_tape"))
    ('y', 'y_tape')
    """
    return s.bound


def _names_bound(s: Statement) -> tuple[str, ...]:
    tape = s.tape if isinstance(s, Call) else None
    return tuple(n for n in (binds(s), tape) if n is not None)


def names_stored(s: Statement) -> tuple[str, ...]:
    """Names of the containers whose memory a statement itself changes.

    >>> names_stored(Call(None, "f", (Name("a"), Name("n")), summary=Summary(mutates=(0,))))
    ('a',)
    """
    return s.stored


def _names_stored(s: Statement) -> tuple[str, ...]:
    if isinstance(s, (Store, Update)):
        return (s.target,)
    if isinstance(s, (Push, Pop)):
        return (s.stack,)
    if isinstance(s, Call):
        return tuple(n for k in s.summary.mutates for n in names_in(s.args[k]))
    if isinstance(s, Effect) and s.kind == "store":
        return tuple(names_in(s.args[0]))
    return ()


def map_names(s: Statement, read: Callable[[str], Operand], bind: Callable[[str], str]) -> Statement:
    """The statement itself (not its nested blocks) with names replaced.

    ``read`` gives the operand for a name that is read, ``bind`` the new name of one that is bound. Names that are
    stored into, pushed onto or popped from must map to names.
    """

    def ref(name: str) -> str:
        new = read(name)
        if not isinstance(new, Name):
            raise TypeError(f"{name} is changed in place and cannot become {new}")
        return new.id

    def op(o: Operand) -> Operand:
        return map_operand(o, read)

    if isinstance(s, Bind):
        args = tuple([op(a) for a in s.args])
        kwargs = tuple([(k, op(v)) for k, v in s.kwargs])
        new = Bind(bind(s.target), s.op, args, kwargs, s.span)
        if not kwargs and all([type(a) is type(b) is not Pack for a, b in zip(args, s.args)]):
            new.__dict__["_type"] = s.__dict__.get(
                "_type"
            )  # names for names: it is as it was for operands of these types
        return new
    if isinstance(s, Store):
        value = op(s.value)
        return Store(ref(s.target), op(s.index), value, s.span)
    if isinstance(s, Update):
        return Update(ref(s.target), None if s.index is None else op(s.index), s.op, op(s.value), s.span)
    if isinstance(s, If):
        return If(op(s.cond), s.then, s.orelse, s.span)
    if isinstance(s, While):
        return replace(s, cond=op(s.cond), until=s.until and ref(s.until))
    if isinstance(s, For):
        return replace(
            s,
            start=op(s.start),
            stop=op(s.stop),
            step=op(s.step),
            counter=bind(s.counter),
            until=s.until and ref(s.until),
        )
    if isinstance(s, With):
        return replace(s, context=op(s.context))
    if isinstance(s, Call):
        return replace(s, args=tuple(map(op, s.args)), target=s.target and bind(s.target), tape=s.tape and bind(s.tape))
    if isinstance(s, Effect):
        return replace(s, args=tuple(map(op, s.args)))
    if isinstance(s, Push):
        return replace(s, stack=ref(s.stack), value=op(s.value))
    if isinstance(s, Pop):
        return replace(s, stack=ref(s.stack), target=s.target and bind(s.target))
    if isinstance(s, Return):
        return replace(s, value=op(s.value))
    return s
