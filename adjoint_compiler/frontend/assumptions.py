"""What lowering takes for granted of types before all statements are there, and the check at its end.

How many arguments `f(*pair)` passes must be known where the call is inlined: the statements so far tell. A later
iteration of a loop around it may bind something else, so the type is compared once everything is lowered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.frontend.context import Context, Refused
from adjoint_compiler.frontend.scope import Scope
from adjoint_compiler.frontend.types_so_far import types_of, types_so_far
from adjoint_compiler.ir.joins import classes_of, element
from adjoint_compiler.ir.nodes import (
    REFUSED,
    Bind,
    Block,
    Call,
    Const,
    Effect,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import NEVER, UNKNOWN, OneOfSeveral, Type, is_container, is_object, type_of
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.rename import map_block


@dataclass(frozen=True)
class Assumption:
    """The type that a name is taken to have throughout; ``what`` is called so in the message if it has not.

    With ``frozen`` the container must not change in length either; with ``of_class`` only the object's class is meant,
    and with ``certain``, too, that it is not None. With ``widens`` a container that turns out to hold more, or other things, is taken
    for what it turns out to be.
    """

    name: str
    type: Type
    node: Any
    scope: Scope
    what: str
    frozen: bool = False
    of_class: bool = False
    certain: bool = False
    widens: bool = False

    def holds(self, t: Type | None) -> bool:
        """Whether the type that a name turns out to have is as was taken for granted."""
        if not self.of_class or t is None:
            if self.frozen and t is not None:  # what the items are does not matter
                same = (t.kind, len(t.items), t.keys) == (self.type.kind, len(self.type.items), self.type.keys)
                return same and _functions(t) == _functions(self.type)
            return t == self.type
        if self.certain and t.maybe_none:
            return False
        if self.type.kind == "record":
            same = t.kind == "record" and [c.cls for c in classes_of(t)] == [c.cls for c in classes_of(self.type)]
            same = same and t.cls is self.type.cls
            # an attribute that is a function may be called: it must be that function throughout
            return same and all(a == b for a, b in zip(self.type.items, t.items) if a.kind == "function")
        return t.kind not in ("record", "unknown")  # no object of any class


def _functions(t: Type) -> list[Any]:
    """The functions in a container, in order: they may be called, and must be the same throughout."""
    return [f for i in t.items for f in ([i.cls] if i.kind == "function" else _functions(i))]


def objects_met_late(cx: Context) -> dict[str, Type]:
    """The types of names that are objects, or hold some, and whose methods and attributes were lowered as those of others."""
    body = tuple(cx.block)
    if not cx.objects or not any(type(s) is Bind and s.op in ("method", "attribute") for s in walk(body)):
        return {}
    types = types_of(cx, body)
    taken_from = {
        s.target: s.args[0].id
        for s in walk(body)
        if type(s) is Bind and s.op in ("attribute", "index", "copy") and isinstance(s.args[0], Name)
    }
    late: dict[str, Type] = {}
    for s in walk(body):
        name = s.args[0].id if type(s) is Bind and s.args and isinstance(s.args[0], Name) else ""
        t = types.get(name, UNKNOWN)
        if not name or type(s) is not Bind or not is_object(t) or t.cls is OneOfSeveral:
            continue
        member = s.args[1].value if len(s.args) > 1 and isinstance(s.args[1], Const) else ""
        if s.op == "method" or (s.op == "attribute" and member not in t.keys):
            while name in cx.temporaries and name in taken_from:  # the user's name tells what the part of it is
                name = taken_from[name]
            late[name] = types[name]
    return late


def known_items(cx: Context, scope: Scope, node: Any, operand: Operand) -> tuple[Operand, ...] | None:
    """The items of a tuple or list whose length is known while compiling; None for others."""
    if isinstance(operand, Pack) and operand.kind in ("tuple", "list"):
        return operand.items
    t = _known_type(cx, operand)
    if not isinstance(operand, Name) or not (t.kind == "tuple" or (t.kind == "list" and len(t.items) > 1)):
        return None
    if not any(a.name == operand.id and a.node is node for a in cx.assumed):
        cx.assumed.append(Assumption(operand.id, t, node, scope, f"the {t.kind} that is unpacked", True))
    if t.kind == "list":
        cx.emit(Effect("unpack", (operand, Const(len(t.items))), cx.span))
    return tuple(cx.bind("index", operand, Const(k)) for k in range(len(t.items)))


def settled_type(cx: Context, scope: Scope, node: Any, operand: Operand, what: str) -> Type:
    """The type of a value, which it must have throughout; ``what`` names the value in messages."""
    t = _known_type(cx, operand)
    if isinstance(operand, Name) and t.kind != "unknown":
        cx.assumed.append(Assumption(operand.id, t, node, scope, what))
    return t


def _known_type(cx: Context, operand: Operand) -> Type:
    t = operand_type(operand, types_so_far(cx))
    if t == NEVER and cx.diagnostics:  # nothing can be said of what was refused
        raise Refused
    return t


def known_entries(cx: Context, scope: Scope, node: Any, operand: Operand) -> dict[str, Operand] | None:
    """The entries of a dict whose keys are known while compiling; None for others."""
    if isinstance(operand, Pack) and operand.kind == "dict":
        return dict(zip(operand.keys, operand.items))
    t = _known_type(cx, operand)
    if not isinstance(operand, Name) or t.kind != "dict" or not all(isinstance(k, str) for k in t.keys):
        return None
    cx.assumed.append(Assumption(operand.id, t, node, scope, "the dict that is unpacked", True))
    return {k: cx.bind("index", operand, Const(k)) for k in t.keys}


def is_resized_so_far(cx: Context, operand: Operand) -> bool:
    """Whether the statements lowered so far may have changed the number of items of a container."""
    if not isinstance(operand, Name):
        return False
    types = types_so_far(cx)
    body = _with_callees(cx, tuple(s for block in (*cx.enclosing, cx.block) for s in block))
    return _is_resized(operand.id, body, shared_classes(Program("so_far", (), body), types).classes, types)


def check_assumptions(cx: Context) -> dict[str, Type]:
    """Refuse what rests on a type that turns out to be another one, or on a length that changes.

    Returns:
        The types of lists whose length, of objects whose class, and of containers whose items were taken for granted and are not
        certain: what takes them for such need not be refused.
    """
    body = tuple(cx.block)
    if not cx.assumed and not (cx.loops and _has_lists(cx, body)):
        return {}
    types = types_of(cx, body)
    if cx.callees:
        bodies = tuple(s for c in cx.callees.values() for s in c.body)
        everything = _with_callees(cx, body)
        types = {**types_of(cx, (*body, *bodies)), **types}
    else:
        bodies, everything = (), body
    classes = shared_classes(Program("all", (), everything), types).classes
    broken: set[str] = set()
    uncertain: dict[str, Type] = {}
    for a in cx.assumed:
        t = types.get(a.name)
        if a.frozen and a.type.kind == "list" and a.name not in cx.late and t is not None and t.kind == "list":
            if not a.holds(t) or _is_resized(a.name, everything, classes, types):
                uncertain[a.name] = replace(t, items=(element(t),))
                continue
        if a.of_class and a.name not in cx.late and t is not None and t.cls is OneOfSeveral and classes_of(t):
            if not a.holds(t):
                uncertain[a.name] = t
                continue
        if a.widens and a.name not in cx.late and t is not None and is_container(t) and t.kind == a.type.kind:
            if not a.holds(t):
                uncertain[a.name] = t
                continue
        if not a.holds(t):
            message = f"{a.what} is sometimes a {a.type}, sometimes something else"
            cx.refuse("AC003", a.node, a.scope, message, "give it one type throughout")
            broken.add(a.name)
        elif a.frozen and a.type.kind != "tuple" and _is_resized(a.name, everything, classes, types):
            cx.refuse("AC001", a.node, a.scope, f"the length of {a.what} changes", "pass its items one by one")
    if broken:
        cx.block[:] = map_block(body, lambda s: [_without(s, broken)])
    for sequences, inner, node, scope, fresh in cx.loops:
        lists = (name for name in sequences if types.get(name, UNKNOWN).kind != "dict")  # of a dict Python raises
        others = {n: cls for n, cls in classes.items() if n not in fresh}
        if any(_is_resized(name, _with_callees(cx, inner), others, types) for name in lists):
            cx.refuse("AC001", node, scope, "the list that this loop runs over changes in length meanwhile",
                      "run over a copy, `for a in list(items)`, or use `while`")  # fmt: skip
    return uncertain


def _without(s: Statement, broken: set[str]) -> Statement:
    """The statement, refused if it reads what has another type than was taken for granted."""
    return Bind(s.target, REFUSED, (), (), s.span) if isinstance(s, Bind) and broken.intersection(s.read) else s


def _has_lists(cx: Context, body: Block) -> bool:
    """Whether a list may be among the values of a program; types are found only where there is one."""
    given = (*cx.types.values(), *(type_of(f.value) for f in cx.free.values()))
    if any(t.kind not in ("array", "real", "scalar", "bool", "int", "float", "complex", "str", "none") for t in given):
        return True
    return any(
        isinstance(s, (Push, Call)) or any(isinstance(o, Pack) and _holds_list(o) for o in s.operands)
        or (isinstance(s, Bind) and s.op in ("builtins.list", "method"))
        for s in walk(body)
    )  # fmt: skip


def _holds_list(pack: Pack) -> bool:
    return pack.kind == "list" or any(isinstance(i, Pack) and _holds_list(i) for i in pack.items)


def _with_callees(cx: Context, body: Block) -> Block:
    """Statements, and those of the recursive functions that they call, in which parameters are other names of arguments."""
    callees = {c.name: c for c in cx.callees.values()}
    out, work, met = [*body], [body], set()  # type: tuple[list[Statement], list[Block], set[str]]
    while work and callees:
        for s in walk(work.pop()):
            if not isinstance(s, Call):
                continue
            callee = callees[s.callee]
            out += [Bind(p, "copy", (a,), (), s.span) for p, a in zip(callee.params, s.args)]
            if s.target and callee.body and isinstance(last := callee.body[-1], Return):
                out.append(Bind(s.target, "copy", (last.value,), (), s.span))
            if s.callee not in met:
                met.add(s.callee)
                inner = tuple(x for x in callee.body if not isinstance(x, Return))
                out += inner
                work.append(inner)
    return tuple(out)


def resizing(s: Statement) -> str:
    """The container to which a statement may add items, or from which it may take some; empty if there is none."""
    if isinstance(s, (Push, Pop)):
        return s.stack
    if isinstance(s, Bind) and s.op == "method" and isinstance(s.args[0], Name):
        assert isinstance(s.args[1], Const)
        return s.args[0].id if s.args[1].value in RESIZING else ""
    if isinstance(s, Store) or (isinstance(s, Update) and s.index is None):
        return s.target
    return ""


def fresh_lists(block: list[Statement], body: Block) -> frozenset[str]:
    """The variables that hold lists made in a block, and nothing else yet: no loop that begins now runs over them.

    ``body`` is that of the loop, in which they must not be bound to other lists.

    >>> made = Bind("new", "copy", (Pack("list", ()),))
    >>> fresh_lists([made], ()), fresh_lists([made, Bind("old", "copy", (Name("new"),))], ())
    (frozenset({'new'}), frozenset())
    """
    fresh: set[str] = set()
    for s in block:
        for x in walk((s,)):
            held = [x.value] if isinstance(x, (Push, Store)) else x.operands if isinstance(x, (Bind, Call)) else ()
            if not (isinstance(x, Bind) and x.op in ("index", "method", "builtins.len", "builtins.list")):
                fresh.difference_update(n for o in held for n in names_in(o))
            fresh.difference_update(x.bound)
        if isinstance(s, Bind) and (s.op == "builtins.list" or (s.op == "copy" and isinstance(s.args[0], Pack))):
            fresh.add(s.target)
    return frozenset(fresh.difference(n for x in walk(body) for n in x.bound))


def replaces_part(s: Statement) -> bool:
    """Whether a statement stores into a slice: of a list that may change its length."""
    return isinstance(s, Store) and isinstance(s.index, Pack) and s.index.kind == "slice"


RESIZING = ("__delitem__", "extend", "insert", "pop", "remove", "clear", "setdefault", "update", "popitem")


def _is_resized(name: str, body: Block, classes: dict[str, int], types: Types) -> bool:
    """Whether statements may change the number of items of the container of that name."""
    for s in walk(body):
        changed = resizing(s)
        t = types.get(changed, UNKNOWN)
        if (
            isinstance(s, Store)
            and not (t.kind == "list" and replaces_part(s))
            and (t.kind != "dict" or (isinstance(s.index, Const) and s.index.value in t.keys))
        ):
            continue
        if isinstance(s, Update) and t.kind != "list":
            continue
        if changed and classes.get(changed) == classes.get(name, -1):
            return True
    return False


__all__ = [
    "Assumption",
    "check_assumptions",
    "known_entries",
    "fresh_lists",
    "is_resized_so_far",
    "known_items",
    "replaces_part",
    "resizing",
]
