"""Replace tuples, and objects that do not change, whose structure is known by their items.

t = (a, b)               t_0 = a; t_1 = b
x = t[1]          ->     x = t_1
p = Point(a, b)          p_x = a; p_y = b
y = p.y                  y = p_y
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    NONE,
    Bind,
    Const,
    Name,
    Operand,
    Pack,
    Program,
    Statement,
)
from adjoint_compiler.ir.walk import binds
from adjoint_compiler.optimize.rename import map_statements, rename_reads


def scalarize_tuples(program: Program) -> Program:
    """Split every variable that only ever holds literal tuples of one length, or new objects of one class.

    >>> from adjoint_compiler.ir.nodes import Return
    >>> body = (Bind("t", "copy", (Pack("tuple", (Name("a"), Name("b"))),)), Bind("x", "index", (Name("t"), Const(1))))
    >>> [s.target for s in scalarize_tuples(Program("f", ("a", "b"), (*body, Return(Name("x"))))).body[:-1]]
    ['t_0', 't_1', 'x']
    """
    while True:
        found = _candidates(program)
        if not found:
            return map_statements(program, lambda s: [_take_item(s)], TAKING)
        names = Names(program.mentioned)
        parts = {t: [names.fresh(f"{t}_{k}") for k in pack.keys or range(len(pack.items))] for t, pack in found.items()}

        def split(s: Statement, parts: dict[str, list[str]] = parts) -> list[Statement]:
            if isinstance(s, Bind) and s.target in parts:
                pack = s.args[0]
                assert isinstance(pack, Pack)
                return [Bind(p, "copy", (item,), (), s.span) for p, item in zip(parts[s.target], pack.items)]
            return [s]

        program = map_statements(program, split)
        packs: dict[str, Operand] = {t: replace(found[t], items=tuple(map(Name, ps))) for t, ps in parts.items()}
        program = map_statements(rename_reads(program, packs), lambda s: [_take_item(s)], TAKING)


TAKING = ("attribute", "field", "index", "builtins.len")  # operations that take something of a tuple


def _take_item(s: Statement) -> Statement:
    pack = s.args[0] if isinstance(s, Bind) and s.args else None
    if not isinstance(s, Bind) or not isinstance(pack, Pack) or pack.kind not in ("tuple", "record"):
        return s
    items, at = pack.items, s.args[1].value if len(s.args) == 2 and isinstance(s.args[1], Const) else None
    if s.op in ("attribute", "field") and at in pack.keys:
        return Bind(s.target, "copy", (items[pack.keys.index(at)],), (), s.span)
    if s.op == "index" and isinstance(at, int) and -len(items) <= at < len(items) and _is_tuple(pack):
        return Bind(s.target, "copy", (items[at],), (), s.span)
    if s.op == "builtins.len" and _is_tuple(pack):
        return Bind(s.target, "copy", (Const(len(items)),), (), s.span)
    return s


def _is_tuple(pack: Pack) -> bool:
    return pack.cls is None or issubclass(pack.cls.value, tuple)


def _candidates(program: Program) -> dict[str, Pack]:
    """A tuple or object that a variable holds, for those that hold no others."""
    found: dict[str, Pack] = {}
    barred = set(program.params) | set(program.free)
    for s in program.statements:
        target = binds(s)
        if target is not None:
            pack = s.args[0] if isinstance(s, Bind) and s.op == "copy" else None
            if (
                isinstance(pack, Pack)
                and pack.kind in ("tuple", "record")
                and _outline(found.setdefault(target, pack)) == _outline(pack)
            ):
                continue
            barred.add(target)
        if s.stored:
            barred.update(s.stored)
    if found:
        barred |= _closure(_compared_by_identity(program), program)
    objects = {t for t, pack in found.items() if not _is_immutable(pack)}
    barred |= objects - _unchanged(program) if objects else set()
    return {t: pack for t, pack in found.items() if t not in barred}


def _is_immutable(pack: Pack) -> bool:
    return _is_tuple(pack) or getattr(getattr(pack.cls.value, "__dataclass_params__", None), "frozen", False)  # type: ignore[union-attr]


def _outline(pack: Pack) -> tuple[object, ...]:
    return (len(pack.items), pack.keys, None if pack.cls is None else pack.cls.value)


def _unchanged(program: Program) -> set[str]:
    """The names through which an object is only read, as are all names that it gets from them."""
    changed: set[str] = set()
    for s in program.statements:
        if not (isinstance(s, Bind) and s.op in ("copy", "attribute", "field") and isinstance(s.args[0], Name)):
            changed.update(s.read)
    return set(program.mentioned - _closure(changed, program))


def _compared_by_identity(program: Program) -> set[str]:
    """The names that ``is`` looks at: what is replaced by its items is no longer one thing."""
    compared = (s for s in program.statements if isinstance(s, Bind) and s.op in ("operator.is_", "operator.is_not"))
    return {n for s in compared if NONE not in s.args for n in s.read}


def _closure(names: set[str], program: Program) -> set[str]:
    """The names, and all that copies of them are bound to or come from."""
    copies = [
        (s.target, s.args[0].id) for s in program.statements
        if isinstance(s, Bind) and s.op == "copy" and isinstance(s.args[0], Name)
    ]  # fmt: skip
    out = set(names)
    while True:
        more = {b for a, b in copies if a in out} | {a for a, b in copies if b in out}
        if more <= out:
            return out
        out |= more
