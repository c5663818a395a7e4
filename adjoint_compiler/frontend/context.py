"""The state of one lowering: the statements written so far, fresh names, diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.frontend import written_out
from adjoint_compiler.frontend.scope import Free, Scope, Watch
from adjoint_compiler.frontend.source import span_of
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import NOWHERE, Bind, Block, Name, Operand, Span, Statement
from adjoint_compiler.ir.types import Type


class Refused(Exception):
    """Ends the lowering of an expression or statement after its diagnostic was noted; see frontend.recovery."""


class TooMuch(Exception):
    """Ends the lowering of a function of Python's library, of which something is refused, or which calls many others."""


@dataclass
class Frame:
    """One function being lowered (the outermost, or one inlined): where its ``return`` goes.

    Attributes:
        function: what tells it apart.
        result: the variable that ``return`` binds.
        returned: the flag that it sets.
        loops: the loops around what is lowered.
        closure: the scope that it was defined in.
        take: of a generator: what is done with an item.
        code: of a function that returns a function: that function, once it is known.
        makes: whether it is such a function.
        block: the statements of its body.
        scope: its names.
        given: its parameters' variables, in order.
    """

    function: Any
    result: str
    returned: str | None = None
    loops: list[Loop] = field(default_factory=list)
    closure: Any = None
    take: Any = None
    code: Any = None
    makes: bool = False
    block: Any = None
    scope: Any = None
    given: tuple[str, ...] = ()


@dataclass
class Loop:
    """One loop being lowered: the flags that ``break`` and ``continue`` set; ``steps`` by items of a generator, whose loops count."""

    stop: str
    skip: str
    steps: bool = False


class Context:
    """Statements go to ``block``; ``nested()`` opens an inner one."""

    def __init__(self, names: Names, recursive: frozenset[Any] = frozenset()) -> None:
        self.names = names
        self.recursive = recursive
        self.callees: dict[Any, Any] = {}
        self.block: list[Statement] = []
        self.diagnostics: list[Diagnostic] = []
        self.free: dict[str, Free] = {}
        self.frames: list[Frame] = []
        self.span: Span = NOWHERE
        self.statement: Any = None  # that is being lowered
        self.caller: Span | None = None
        self.within: Span | None = None  # the call of a library function whose definition is being inlined
        self.constants: dict[str, Any] = {}
        self.temporaries: set[str] = set()
        self.watched: dict[tuple[int, str], Watch] = {}
        self.enclosing: list[list[Statement]] = []
        self.types: dict[str, Type] = {}
        self.known_types: Any = None  # see frontend.types_so_far
        self.objects = False  # whether any value so far may be an object of the user's classes
        self.late_names: set[tuple[type, str]] = set()  # attributes that are set later, see frontend.late_attributes
        self.assumed: list[Any] = []  # see frontend.assumptions
        self.narrowed: dict[str, type] = {}  # the classes of names, in branches that asked for them
        self.caught: list[str | None] = []  # names of the exceptions whose handlers are lowered
        self.late: dict[str, Type] = {}  # of names that are objects only further down, see `recursion.MetLate`
        self.has_own_functions = False  # whether an object may hold functions of the program
        self.recursing = 0  # how many bodies of recursive functions are being lowered
        self.library_calls: int | None = None  # how many calls were inlined in a function of Python's library
        self.trying = 0  # how many `try` statements with handlers there are around what is lowered
        self.counters: set[str] = set()  # of loops
        self.texts: dict[int, Any] = {}  # of functions met, see frontend.made_functions
        self.sequences: list[str] = []  # that loops run over
        self.loops: list[tuple[tuple[str, ...], Block, Any, Scope, frozenset[str]]] = []
        self.calls_gradients = False  # whether gradients are called, by rules of theirs, instead of inlined
        self.gradients_met = 0  # how many calls of gradients there are
        self.inlined: dict[Any, Any] = {}  # derivatives that were compiled to be inlined; lowering may start again
        self.compiled: dict[Any, Span] = {}  # functions of Numba's that were inlined, and where they were called
        self.closures: dict[Any, tuple[type, Any]] = {}  # classes of functions that are data, see frontend.closures

    @contextmanager
    def nested(self) -> Iterator[list[Statement]]:
        """Collect the statements written inside the ``with`` in a list of their own."""
        outer, self.block = self.block, []
        self.enclosing.append(outer)
        try:
            yield self.block
        finally:
            self.block = self.enclosing.pop()

    def emit(self, statement: Statement) -> None:
        """Append a statement to the current block."""
        self.block.append(statement)

    def rewind(self, position: int) -> None:
        """Take back the statements of the current block from a position on."""
        if position < len(self.block):
            del self.block[position:]
            self.known_types = None

    def bind(self, op: str, *args: Operand, stem: str = "t", **kwargs: Operand) -> Name:
        """Bind a fresh temporary to an operation."""
        target = self.temporary(stem)
        self.emit(Bind(target, op, args, tuple(kwargs.items()), self.span))
        return Name(target)

    def temporary(self, stem: str) -> str:
        """A fresh name that is not the user's own."""
        name = self.names.fresh(stem)
        self.temporaries.add(name)
        return name

    def assign(self, target: str, value: Operand) -> None:
        """``target = value``."""
        self.emit(Bind(target, "copy", (value,), (), self.span))

    def free_name(self, free: Free) -> Name:
        """The IR name of a value read from globals or a closure."""
        for name, known in self.free.items():
            if known.cell is free.cell and known.name == free.name and known.value is free.value:
                return Name(name)
        name = self.names.fresh(free.name)
        self.free[name] = free
        return Name(name)

    def operand_of(self, meaning: Any) -> Any:
        """What is read from outside as an operand; others are what they are."""
        return self.free_name(meaning) if isinstance(meaning, Free) else meaning

    def in_loop(self) -> bool:
        """Whether what is lowered may run more than once in a call of the program."""
        return self.recursing > 0 or any(f.loops for f in self.frames)

    def watch(self, watch: Watch | None) -> None:
        """Note what a name meant while compiling: once it means something else, the program is out of date."""
        if watch is not None:
            self.watched.setdefault((id(watch.holder), watch.name), watch)

    def place(self, node: Any, scope: Scope, statement: Span | None = None) -> Span:
        """Where a node stands, and where its function was called; of library functions only the call is shown."""
        if scope.source is not None and scope.source.file == written_out.__file__ and self.caller is not None:
            return self.caller
        if self.within is not None:
            return self.within
        return span_of(node, scope.source, self.caller, statement)

    @contextmanager
    def defining(self, node: Any, scope: Scope) -> Iterator[None]:
        """Inside the ``with``, all that is lowered stands where a library function was called."""
        outer, span = self.within, self.span
        self.within = self.place(node, scope)
        try:
            yield
        finally:
            self.within, self.span = outer, span

    @contextmanager
    def called(self) -> Iterator[None]:
        """Inside the ``with``, what is lowered is called from the current place."""
        span, caller = self.span, self.caller
        self.caller = span
        try:
            yield
        finally:
            self.span, self.caller = span, caller

    def refuse(self, code: str, node: Any, scope: Scope, message: str, help: str = "", *notes: str) -> Exception:
        """Note a diagnostic; ``raise cx.refuse(...)`` leaves the expression or statement."""
        if self.library_calls is not None:
            return TooMuch(message)
        span = self.place(node, scope) if node is not None else self.span
        self.diagnostics.append(Diagnostic(code, span, message, tuple(notes), help))
        return Refused(message)


def as_block(statements: list[Statement]) -> Block:
    """The frozen form of a list of statements."""
    return tuple(statements)
