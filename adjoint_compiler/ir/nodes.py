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

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar


@dataclass(frozen=True)
class Span:
    """A place in the user's source."""

    file: str = "<unknown>"
    line: int = 0
    col: int = 0
    end_col: int = 0
    text: str = ""
    end_line: int = 0


NOWHERE = Span()


@dataclass(frozen=True)
class Name:
    """A variable."""

    id: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True)
class Const:
    """A literal; compared by type and value, so that 1, 1.0 and True stay apart.

    ``text`` is how a constant that is no plain literal is written (``np.pi``, ``np.float32``).
    """

    value: Any
    text: str = ""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Const) and type(self.value) is type(other.value) and repr(self.value) == repr(other.value)
        )

    def __hash__(self) -> int:
        return hash((type(self.value), repr(self.value)))


@dataclass(frozen=True)
class Pack:
    """A literal tuple, list, slice or dict of operands, used in place (indices, shapes, argument lists)."""

    kind: str
    items: tuple[Operand, ...]
    keys: tuple[Any, ...] = ()


Operand = Name | Const | Pack
NONE = Const(None)
Block = tuple["Statement", ...]


T = TypeVar("T")


class Kept(Generic[T]):
    """An answer about a statement that is found when first asked for; statements are frozen, so it is kept with them."""

    def __init__(self, find: Callable[[Any], T]) -> None:
        self.find = find

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, s: Any, owner: type) -> T:
        found = s.__dict__[self.name] = self.find(s)
        return found


class Node:
    """What all statements have: the answers of the functions below, which say what they mean."""

    operands = Kept(lambda s: _operands_of(s))
    read = Kept(lambda s: _reads(s))
    bound = Kept(lambda s: _names_bound(s))
    stored = Kept(lambda s: _names_stored(s))
    nested: Kept[tuple[Statement, ...]] = Kept(lambda s: tuple(x for b in blocks_of(s) for x in walk(b)))
    bound_within = Kept(lambda s: tuple(dict.fromkeys(n for x in s.nested for n in x.bound)))


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


@dataclass(frozen=True)
class Store(Node):
    target: str
    index: Operand
    value: Operand
    span: Span = NOWHERE


@dataclass(frozen=True)
class Update(Node):
    target: str
    index: Operand | None
    op: str
    value: Operand
    span: Span = NOWHERE


@dataclass(frozen=True)
class If(Node):
    cond: Operand
    then: Block
    orelse: Block = ()
    span: Span = NOWHERE


@dataclass(frozen=True)
class For(Node):
    counter: str
    start: Operand
    stop: Operand
    step: Operand
    body: Block
    until: str | None = None
    span: Span = NOWHERE
    backward: bool = False


@dataclass(frozen=True)
class While(Node):
    header: Block
    cond: Operand
    body: Block
    until: str | None = None
    span: Span = NOWHERE


@dataclass(frozen=True)
class With(Node):
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


@dataclass(frozen=True)
class Push(Node):
    stack: str
    value: Operand
    span: Span = NOWHERE


@dataclass(frozen=True)
class Pop(Node):
    target: str | None
    stack: str
    span: Span = NOWHERE


@dataclass(frozen=True)
class Effect(Node):
    kind: str
    args: tuple[Operand, ...] = ()
    span: Span = NOWHERE
    text: str = ""


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


def names_in(operand: Operand | None) -> Iterator[str]:
    """The variables an operand mentions, left to right.

    >>> list(names_in(Pack("tuple", (Name("i"), Const(1), Name("j")))))
    ['i', 'j']
    """
    if isinstance(operand, Name):
        yield operand.id
    elif isinstance(operand, Pack):
        for item in operand.items:
            yield from names_in(item)


def map_operand(operand: Operand, change: Callable[[str], Operand]) -> Operand:
    """The operand with every variable replaced by ``change(name)``."""
    if isinstance(operand, Name):
        return change(operand.id)
    if isinstance(operand, Pack):
        return Pack(operand.kind, tuple(map_operand(i, change) for i in operand.items), operand.keys)
    return operand


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
        if type(s) in NESTING:
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
    if type(s) is Bind:
        return (s.target,)
    tape = s.tape if isinstance(s, Call) else None
    return tuple(n for n in (binds(s), tape) if n is not None)


def names_stored(s: Statement) -> tuple[str, ...]:
    """Names of the containers whose memory a statement itself changes.

    >>> names_stored(Call(None, "f", (Name("a"), Name("n")), summary=Summary(mutates=(0,))))
    ('a',)
    """
    return s.stored


def _names_stored(s: Statement) -> tuple[str, ...]:
    if type(s) is Bind:
        return ()
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
