"""Which names may share memory.

Names are united into classes when one may be, or may be a view of, the other (Steensgaard 1996: flow-insensitive,
by unification).

    row = A[i]           {A, row}
    L = [A]; B = L[0]    {A, B, items of L}
"""

from __future__ import annotations

from dataclasses import dataclass

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_kind
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Statement,
    Store,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, OneOfSeveral, Type, is_container, is_number, may_be_array
from adjoint_compiler.ir.walk import walk

SHARING = frozenset(
    ("index", "field", "copy", "builtins.list", "builtins.tuple")
)  # what may share without a rule's word


INERT = ("none", "str", "never")
Form = tuple[str, int | None]


@dataclass(frozen=True)
class Memory:
    """Which names may share memory.

    Attributes:
        classes: class of every name (absent: shares memory with nothing).
        stored: classes whose memory is stored into.
        held: for classes of containers the class of what those hold.
    """

    classes: dict[str, int]
    stored: frozenset[int]
    held: dict[int, int]

    def levels(self, name: str) -> tuple[int, ...]:
        """The class of a name, of what it holds, of what that holds, and so on."""
        out: list[int] = []
        cls = self.classes.get(name)
        while cls is not None and cls not in out:
            out.append(cls)
            cls = self.held.get(cls)
        return tuple(out)

    def is_recursive(self, name: str) -> bool:
        """Whether what a name holds may hold things like itself."""
        return self.held.get(self.levels(name)[-1]) is not None

    def stored_levels(self, name: str) -> tuple[int, ...]:
        """The classes of ``levels`` that are stored into."""
        return tuple(cls for cls in self.levels(name) if cls in self.stored)

    def stored_depths(self, name: str) -> tuple[int, ...]:
        """How deep in a container there is what is stored into: 1 for its own items."""
        return tuple(k for k, cls in enumerate(self.levels(name)) if k and cls in self.stored)

    def in_stored_class(self, name: str) -> bool:
        """Whether the name's memory may be stored into."""
        return self.classes.get(name) in self.stored


class _Classes:
    """Union-find with one "items" class per class of containers."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, n: str) -> str:
        while self.parent.setdefault(n, n) != n:
            self.parent[n] = self.parent[self.parent[n]]
            n = self.parent[n]
        return n

    def items(self, n: str) -> str:
        return self.find(self.find(n) + "[]")

    def union(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        self.parent[b] = a
        if b + "[]" not in self.parent:
            return
        if a + "[]" in self.parent:
            self.union(a + "[]", b + "[]")
        else:
            self.parent[a + "[]"] = self.find(b + "[]")


def shared_memory(block: Block, types: Types) -> dict[str, str]:
    """For every name of a block, the name that stands for its class: those of one class may share memory."""
    u = _Classes()
    names: dict[str, None] = {}
    for s in walk(block):
        if _may_share(s):
            _unite(s, u, types)
        names.update(dict.fromkeys(s.read))
        names.update(dict.fromkeys(s.bound))
    return {n: u.find(n) for n in names}


def shared_classes(program: Program, types: Types) -> Memory:
    """The classes of a program whose names are webs."""
    u = _Classes()
    stored_names: set[str] = set(program.stored)
    for s in program.statements:
        if _may_share(s):
            _unite(s, u, types)
        if s.stored:
            stored_names.update(s.stored)
    for a, b in program.overlapping:
        _share(a, b, u, types)
    roots = {n: u.find(n) for n in [*stored_names, *u.parent]}  # other names share memory with nothing
    ids = {root: k for k, root in enumerate(sorted({*roots.values()}))}
    held = {k: ids[u.find(root + "[]")] for root, k in ids.items() if root + "[]" in u.parent}
    stored = frozenset(ids[roots[n]] for n in stored_names)
    classes = {n: ids[roots[n]] for n in program.mentioned & roots.keys()}
    for n in sorted(program.mentioned - roots.keys()):
        classes[n] = len(ids) + len(classes)
    return Memory(classes, stored, held)


def _may_share(s: Statement) -> bool:
    """Whether a statement can make names share memory, whatever their types and its operands: nine in ten do not."""
    if type(s) is not Bind:
        return isinstance(s, (Store, Push, Pop, Call))
    rule = rules.TABLE.by_key.get(s.op)
    if rule is not None and rule.view is not None:
        return True
    return s.op in SHARING or s.op[:7] == "custom."


def _unite(s: Statement, u: _Classes, types: Types) -> None:
    if isinstance(s, Bind):
        if s.op == "index":
            _unite_index(s, u, types)
        elif s.op == "field":
            if isinstance(s.args[0], Name):
                u.union(s.target, u.items(s.args[0].id))
        elif s.op == "copy":
            _unite_value(s.target, s.args[0], u, types)
        elif s.op.startswith("custom."):
            _unite_custom(s, u, types)
        elif s.op in ("builtins.list", "builtins.tuple"):
            for n in names_in(s.args[0]):
                if is_container(types.get(n, UNKNOWN)):
                    u.union(u.items(s.target), u.items(n))
                elif not is_number(types.get(n, UNKNOWN)):
                    u.union(u.items(s.target), n)
        else:
            base = viewed(s)
            if base is not None and not is_number(types.get(s.target, UNKNOWN)):
                one = (rule := view_rule(s)) is not None and rule.view_kind == "item"
                targets = [s.target] if one else _holding_arrays(s.target, types.get(s.target, UNKNOWN), u)
                for n in names_in(base) if targets else ():
                    for target in targets:
                        if is_container(types.get(n, UNKNOWN)):
                            if not s.op.startswith("numpy."):  # NumPy makes new arrays of lists and tuples
                                u.union(target, u.items(n))
                        elif may_be_array(types.get(n, UNKNOWN)):
                            u.union(target, n)
    elif isinstance(s, Store):
        if is_container(types.get(s.target, UNKNOWN)) or types.get(s.target, UNKNOWN).kind == "unknown":
            _unite_items(s.target, s.value, u, types)
    elif isinstance(s, Push):
        _unite_items(s.stack, s.value, u, types)
    elif isinstance(s, Pop):
        if s.target and not is_number(types.get(s.target, UNKNOWN)):
            u.union(s.target, u.items(s.stack))
    elif isinstance(s, Call) and s.target:
        for n in (n for k in s.summary.returns for n in names_in(s.args[k])):
            if not is_number(types.get(n, UNKNOWN)):
                _share(s.target, n, u, types)


def _holding_arrays(name: str, t: Type, u: _Classes) -> list[str]:
    """A name, or of a container the classes of the items, at any depth, that are no numbers."""
    if not is_container(t):
        return [name]
    if not t.items:
        return [u.items(name)]
    inner = [n for item in t.items if not is_number(item) for n in _holding_arrays(u.items(name), item, u)]
    return list(dict.fromkeys(inner))


def _unite_custom(s: Bind, u: _Classes, types: Types) -> None:
    """What a user's function returns may share memory with what it is given."""

    def unite(name: str, t: Type) -> None:
        if is_container(t):
            for item in t.items:
                unite(u.items(name), item)
        elif not is_number(t) and t.kind not in ("str", "none", "function"):
            u.union(target, name)

    if s.op == "custom.own" or is_number(types.get(s.target, UNKNOWN)):
        return
    target = u.items(s.target) if is_container(types.get(s.target, UNKNOWN)) else s.target
    for operand in s.args[1:2] if s.op == "custom.value" else s.args[1:]:
        for n in names_in(operand):
            unite(n, types.get(n, UNKNOWN))


def _unite_index(s: Bind, u: _Classes, types: Types) -> None:
    base = s.args[0]
    if not isinstance(base, Name):
        for n in names_in(base):
            u.union(s.target, n)
        return
    t = types.get(base.id, UNKNOWN)
    kind = index_kind(t, s.args[1], types)
    if is_container(t):
        if isinstance(s.args[1], Pack) and s.args[1].kind == "slice":
            u.union(u.items(s.target), u.items(base.id))
        elif not is_number(types.get(s.target, UNKNOWN)):
            u.union(s.target, u.items(base.id))
    elif kind in ("view", "unknown") and not is_number(types.get(s.target, UNKNOWN)):
        u.union(s.target, base.id)


def _unite_value(target: str, value: Operand, u: _Classes, types: Types) -> None:
    if isinstance(value, Name):
        if not is_number(types.get(value.id, UNKNOWN)):
            u.union(target, value.id)
    elif isinstance(value, Pack):
        for item in value.items:
            _unite_items(target, item, u, types)


def _unite_items(container: str, value: Operand, u: _Classes, types: Types) -> None:
    """``container`` holds ``value`` as an item."""
    if isinstance(value, Name):
        if not is_number(types.get(value.id, UNKNOWN)):
            u.union(u.items(container), value.id)
    elif isinstance(value, Pack):
        for item in value.items:
            _unite_items(u.items(container), item, u, types)


def _share(a: str, b: str, u: _Classes, types: Types) -> None:
    """Two names may be the same memory, or what one holds, at some depth, that of the other: of what is of one form.

    pair = step(memo, v)      pair: tuple of arrays, memo: dict of arrays, v: array      {items of pair, items of memo, v}
    """
    for one, forms in _levels(a, types.get(a, UNKNOWN), u):
        for other, others in _levels(b, types.get(b, UNKNOWN), u):
            if any(_may_be_one(f, g) for f in forms for g in others):
                u.union(one, other)


def _levels(name: str, t: Type, u: _Classes) -> list[tuple[str, set[Form]]]:
    """A name, what it holds, what that holds, and so on, and of what forms it may be at each depth."""
    out: list[tuple[str, set[Form]]] = []
    here = {t}
    while here:
        out.append((name, {_form(t) for t in here}))
        name, here = u.items(name), {i for t in here for i in _held_types(t) if not is_number(i)}
    return out


def _held_types(t: Type) -> tuple[Type, ...]:
    """The types of what values of a type hold; ``unknown`` where nothing is known of it."""
    if not is_container(t):
        return ()
    classes = t.keys if t.cls is OneOfSeveral else (t,)
    held = tuple(i for c in classes for i in (*c.items, *((c.cls,) if type(c.cls) is Type else ())))
    return held or ((UNKNOWN,) if t.kind != "tuple" else ())


def _form(t: Type) -> Form:
    """A word for a type, and how many containers deep it goes, if that is known.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> _form(Type("list", items=(Type("list", items=(FLOAT,)),))), _form(Type("list"))
    (('list', 2), ('list', None))
    """
    if is_container(t):
        inner = [_form(i)[1] for i in _held_types(t)]
        return t.kind, None if None in inner else 1 + max((d for d in inner if d is not None), default=0)
    kind = "array" if t.kind in ("array", "real") else "none" if is_number(t) or t.kind in INERT else "any"
    return kind, None if kind == "any" else 0


def _may_be_one(one: Form, other: Form) -> bool:
    """Whether memory of one form may be that of the other."""
    if "any" in (one[0], other[0]):
        return True
    return one[0] == other[0] != "none" and (one[1] == other[1] or None in (one[1], other[1]))
