"""Types of every name, by forward propagation to a fixpoint.

A round looks at the statements in order; the next one only at those that read what has changed since. What is put into a
container counts for all its names and for all that hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adjoint_compiler.analysis.indexing import index_type, operand_type
from adjoint_compiler.analysis.joining import grown_type
from adjoint_compiler.analysis.typing import Types, bind_type, result_type
from adjoint_compiler.ir.joins import element, join, of_any_keys, with_field
from adjoint_compiler.ir.nodes import (
    DISCARD,
    Bind,
    Call,
    Const,
    Effect,
    For,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Try,
    Update,
)
from adjoint_compiler.ir.types import (
    BOOL,
    ENDLESS,
    INT,
    MIXED,
    NEVER,
    OBJECT,
    REAL,
    UNKNOWN,
    OneOfSeveral,
    Type,
    is_container,
    is_object,
    join_keys,
    key_kind,
    may_be_container,
)
from adjoint_compiler.rules import RuleError

MAX_ROUNDS = 12
MAX_WIDENED = 8  # how often types that do not settle are given up
ARITHMETIC = tuple(
    f"operator.{n}" for n in ("add", "sub", "mul", "truediv", "matmul", "pow", "floordiv", "mod", "neg", "pos")
)


def infer_types(program: Program, free: Types | None = None, tolerant: bool = False) -> Types:
    """The type of every name of a program.

    Args:
        program: the program.
        free: types of its free names.
        tolerant: whether what no rule covers has no type ("never"), rather than being an error: it is refused later.

    Raises:
        RuleError: a rule does not cover a form of its operation.

    >>> from adjoint_compiler.ir.nodes import Return
    >>> body = (Bind("t", "operator.mul", (Name("x"), Const(2.0))), Return(Name("t")))
    >>> infer_types(Program("f", ("x",), body, {"x": Type("float")}))["t"].kind
    'float'
    """
    types: Types = {p: program.types.get(p, REAL) for p in program.params}
    types.update(free or {})
    inference = _Inference(types, program.statements, tolerant, frozenset(free or ()))
    everything = True
    for _ in range(MAX_WIDENED):
        before = inference.run(everything)
        moving = {n for n in types if n not in inference.fixed and types[n] != before.get(n)}
        if not inference.outdated or not moving:
            break
        for name in moving:  # give up precision, not correctness, and tell what reads it
            types[name] = _widened(types[name])
        inference.fixed |= moving
        inference.settled |= moving
        everything = True
    return types


def _widened(t: Type) -> Type:
    """What holds values of a type that does not settle: containers or objects that hold others to any depth.

    >>> str(_widened(Type("list"))), _widened(Type("list")).cls.__name__, _widened(INT).cls
    ('unknown', 'Mixed', None)
    """
    return ENDLESS if is_object(t) else MIXED if may_be_container(t) else UNKNOWN


class _Inference:
    """One round over the program after the other, until none changes the type of a name that it has read before.

    Attributes:
        types: what is known.
        fixed: the names whose types are given; parameters may be rebound to values of other types.
        settled: those of them that nothing can be put into.
        outdated: the names whose types changed in the last round after it had read them.
    """

    def __init__(self, types: Types, statements: tuple[Statement, ...], tolerant: bool, given: frozenset[str]) -> None:
        self.types, self.statements, self.tolerant = types, statements, tolerant
        self.fixed = given
        self.settled = {n for n in given if not is_container(types[n])}
        types.update(dict.fromkeys(_read_first(statements) - types.keys(), NEVER))  # until they are bound, further down
        self.outdated: set[str] = set()
        self.hopeful, self.of_none = True, False
        # nothing is put into containers that are never changed, such as the nodes of a list that is only read
        self.stores = puts_into_containers(statements)
        self.read: set[str] = set()
        self.changed: set[str] = set()

    def run(self, everything: bool) -> Types:
        """Rounds until no type moves any more, or there were too many; the types before the last one."""
        before: Types = {}
        for _ in range(MAX_ROUNDS):
            before = dict(self.types)
            self.round(everything)
            everything = not self.outdated and self.of_none
            if everything:  # it is None whenever it gets there: Python raises
                self.of_none, self.hopeful = False, False
            elif not self.outdated:
                break
        return before

    def round(self, everything: bool) -> None:
        """Look at all statements, or at those that read what has changed since they were looked at."""
        self.changed, self.outdated, self.read = self.outdated, set(), set()
        types, settled = self.types, self.settled
        for s in self.statements:
            if type(s) is Bind and s.target in s.read:
                self.read.add(s.target)  # it reads what it binds
            if everything or not self.changed.isdisjoint(s.read) or self.passes_on(s) in self.changed:
                if type(s) is not Bind or s.op in CHANGING or s.target in self.read:
                    self.look(s)
                elif s.target not in types:
                    types[s.target] = self.type_of(s)  # as most are: bound once, then read
                elif s.target not in settled:
                    self.look(s)
            self.read.update(s.read)
            if type(s) is Bind and s.op in PASSED_ON and (holder := self.passes_on(s)):
                self.read.add(holder)

    def type_of(self, s: Bind) -> Type:
        """The type of a binding's target; for what is done with None nothing is known until it may be something else."""
        if self.hopeful and s.op.startswith(ARITHMETIC):
            for a in s.args:
                if operand_type(a, self.types).kind == "none":
                    self.of_none = True
                    return NEVER
        try:
            return bind_type(s, self.types)
        except RuleError:
            if not self.tolerant:
                raise
            return NEVER

    def passes_on(self, s: Statement) -> str:
        """The container that a statement gives a name: what is put into it later is in what it is part of."""
        if type(s) is Bind and s.op in PASSED_ON and self.types.get(s.target, UNKNOWN).kind in MUTABLE:
            return s.target
        return ""

    def change(self, name: str, t: Type) -> None:
        """Replace what is known of a name."""
        known = self.types.get(name, UNKNOWN)
        if name in self.settled and known != t:
            return
        self.types[name] = t
        if known != t:
            self.changed.add(name)
            if name in self.read:
                self.outdated.add(name)

    def set(self, name: str, t: Type) -> None:
        """Add the type of one definition."""
        known = self.types.get(name)
        if known is not None and name in self.fixed and (name in self.settled or not is_container(known)):
            return
        self.change(name, t if known is None else join(known, t))

    def look(self, s: Statement) -> None:
        """What a statement itself tells."""
        types = self.types
        if isinstance(s, Bind):
            self.set(s.target, self.type_of(s))
            if s.op in PASSED_ON:
                self.tell_holder(s)
            elif s.op == "method" and isinstance(s.args[1], Const) and s.args[1].value in ("pop", "__delitem__"):
                self.take_out(s.args[0])
            elif s.op == "method":
                self.grow(s)
        elif isinstance(s, Update) and s.index is None:
            known = types.get(s.target, UNKNOWN)
            grown = grown_type(known, operand_type(s.value, types)) if known.kind == "list" else None
            if grown is not None:
                self.change(s.target, grown)
            elif known.kind != "array":
                self.set(s.target, result_type(s.op, (Name(s.target), s.value), (), types))
        elif isinstance(s, Push):
            stack = types.get(s.stack, UNKNOWN)
            if stack.kind == "list":
                self.change(s.stack, Type("list", items=(join_items(stack, operand_type(s.value, types)),)))
        elif isinstance(s, Pop):
            if s.target:
                stack = types.get(s.stack, UNKNOWN)
                self.set(s.target, element(stack))
        elif isinstance(s, Store):
            self.put(s.target, s.index, operand_type(s.value, types))
        elif isinstance(s, Update):
            base = types.get(s.target, UNKNOWN)
            if is_container(base) and s.index is not None:
                held = {**types, "": index_type(base, s.index, types)}
                if held[""].kind != "array":  # an array is changed in place
                    self.put(s.target, s.index, result_type(s.op, (Name(""), s.value), (), held))
        elif isinstance(s, Call):
            if s.target:
                self.set(s.target, s.summary.result or UNKNOWN)
            for a, t in zip(s.args, s.summary.grown):
                known = types.get(a.id, UNKNOWN) if isinstance(a, Name) and t != NEVER else NEVER
                joined = join(known, t)
                if known.kind in MUTABLE and joined.kind == known.kind and isinstance(a, Name):
                    self.change(a.id, joined)
        elif isinstance(s, Effect) and s.text == DISCARD:
            self.take_out(s.args[0])
        elif isinstance(s, For):
            self.set(s.counter, INT)
        elif isinstance(s, Try):
            self.set(s.flag, BOOL if len(s.handlers) == 1 else INT)
            if s.error:
                self.set(s.error, OBJECT)

    def take_out(self, holder: Operand) -> None:
        """Some entry of a dict goes: which keys it has is not known any more."""
        t = operand_type(holder, self.types)
        if t.kind == "dict" and isinstance(holder, Name):
            self.change(holder.id, of_any_keys(t))

    def put(self, name: str, index: Operand | None, value: Type) -> None:
        """``name[index]`` becomes something of type ``value``."""
        base = self.types.get(name, UNKNOWN)
        if base.kind == "list" and isinstance(index, Pack) and index.kind == "slice":
            value = element(value) if is_container(value) else index_type(value, Const(0), self.types)
            self.change(name, Type("list", items=(join_items(base, value),)))
        elif base.kind == "list" and base.items:
            self.change(name, Type("list", items=(join_items(base, value),)))
        elif base.kind == "record" and isinstance(index, Const):
            self.change(name, with_field(base, index.value, value))
        elif base.kind == "dict":
            known = isinstance(index, Const) and index.value in base.keys
            hit = (not isinstance(index, Const) or key == index.value for key in base.keys)
            items = tuple(join(t, value) if h else t for t, h in zip(base.items, hit))
            others = base.cls if known else value if base.cls is None else join(base.cls, value)
            kind = (
                base.dtype
                if known or index is None
                else join_keys(base.dtype, key_kind(operand_type(index, self.types)))
            )
            self.change(name, replace(base, items=items, cls=others, dtype=kind))

    def grow(self, s: Bind) -> None:
        """What a method puts into a list or a dict, before it is written out as stores."""
        base, method, *args = s.args
        if not isinstance(base, Name) or not isinstance(method, Const):
            return
        known, given = self.types.get(base.id, UNKNOWN), [operand_type(a, self.types) for a in args]
        if known.kind == "list" and method.value == "extend" and len(args) == 1:
            items = (
                given[0]
                if is_container(given[0])
                else Type("list", items=(index_type(given[0], Const(0), self.types),))
            )
            self.change(base.id, grown_type(known, items) or known)
        elif known.kind == "list" and method.value == "insert" and len(args) == 2:
            self.change(base.id, Type("list", items=(join_items(known, given[1]),)))
        elif known.kind == "dict" and method.value == "setdefault" and len(args) == 2:
            self.put(base.id, args[0], given[1])
        elif known.kind == "dict" and method.value == "update":
            for key, value in s.kwargs:
                self.put(base.id, Const(key), operand_type(value, self.types))
            for t in given:
                for word, held in zip(t.keys, t.items) if t.kind == "dict" else ():
                    self.put(base.id, Const(word), held)
                if t.kind == "dict" and isinstance(t.cls, Type):
                    self.put(base.id, None, t.cls)

    def tell_holder(self, s: Bind) -> None:
        """What is stored into a container is in every container that holds it, and has every other name of it."""
        t, base = self.types[s.target], s.args[0]
        if not self.stores or t.kind not in MUTABLE or not isinstance(base, Name) or base.id not in self.types:
            return
        holder = self.types[base.id]
        if s.op == "copy":
            joined = join(holder, t)
        elif not is_container(holder) or not (holder.items or holder.cls):
            return
        else:
            at = s.args[1].value if isinstance(s.args[1], Const) else None
            if holder.cls is OneOfSeveral:
                self.change(base.id, with_field(holder, at, t))
                return
            if holder.kind in ("dict", "record"):
                hit = [at is None or key == at for key in holder.keys]
            else:
                count = len(holder.items)
                hit = [at is None or count == 1 or (isinstance(at, int) and k == at % count) for k in range(count)]
            held = tuple(join(x, t) if h and x.kind == t.kind else x for x, h in zip(holder.items, hit))
            joined = replace(holder, items=held)
            if holder.kind == "dict" and holder.cls is not None and holder.cls.kind == t.kind and at not in holder.keys:
                joined = replace(joined, cls=join(holder.cls, t))
        if joined.kind == holder.kind and joined != holder:
            self.change(base.id, joined)


def puts_into_containers(statements: Sequence[Statement]) -> bool:
    """Whether statements may put something into a container; updates of names that begin as numbers do not."""
    return any(
        isinstance(s, (Store, Push, Pop, Call, Update))
        or (isinstance(s, Bind) and s.op == "method")
        or (isinstance(s, Effect) and s.kind == "store")
        for s in statements
        if not (isinstance(s, Update) and s.index is None and _is_number_so_far(s.target, statements))
    )


def _is_number_so_far(name: str, statements: Sequence[Statement]) -> bool:
    """Whether all bindings of a name, by which it begins, are numbers."""
    values = [s.args for s in statements if isinstance(s, Bind) and s.target == name and s.op == "copy"]
    return bool(values) and all(isinstance(a[0], Const) and type(a[0].value) in (int, float) for a in values)


def _read_first(statements: tuple[Statement, ...]) -> set[str]:
    """The names that are bound only after a statement that reads them: what a loop carries into its next trip."""
    seen: set[str] = set()
    read: set[str] = set()
    late: set[str] = set()
    for s in statements:
        read.update(s.read)
        for n in s.bound:
            if n not in seen:
                seen.add(n)
                if n in read:
                    late.add(n)
    return late


MUTABLE = ("list", "dict", "record")
CHANGING = ("copy", "index", "field", "method")  # operations that may tell more of what they read
PASSED_ON = ("copy", "index", "field")  # operations that give another name to a container, or to one it holds


def join_items(stack: Type, item: Type) -> Type:
    """The element type of a list after ``item`` is put into it."""
    return join(element(stack), item) if stack.items else item


__all__ = ["infer_types", "puts_into_containers"]
