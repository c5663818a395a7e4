"""What the statements of a module bind and change, read off its tree without running anything.

import numpy as np                 np     import
N = 3 * 4                          N      constant
def f(x): ...                      f      function
for k in range(3): ...             k      other: nothing can be said of it
K[0] = 1.0                         changes what K holds
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import gast

from adjoint_compiler.frontend.jumps import assigned_names
from adjoint_compiler.frontend.scope import LIBRARIES

CHANGING_METHODS = frozenset({
    "append", "clear", "extend", "fill", "insert", "itemset", "partition", "pop", "popitem", "put", "remove",
    "resize", "reverse", "setdefault", "setfield", "setflags", "sort", "update", "__setitem__",
})  # fmt: skip
CHANGING_FUNCTIONS = frozenset({"at", "copyto", "fill_diagonal", "place", "put", "putmask", "shuffle"})


@dataclass(frozen=True)
class Binding:
    """How a module binds a name.

    Attributes:
        kind: ``function``, ``class``, ``import``, ``constant``, or ``other`` for what cannot be told.
        statement: the statement.
        value: the expression of a constant, the alias of an import.
        why: for ``other``: what hinders, as the end of the sentence "the name ...".
    """

    kind: str
    statement: Any
    value: Any = None
    why: str = ""


@dataclass
class Bindings:
    """The names of a module.

    Attributes:
        names: how each is bound.
        stars: its ``from ... import *``, in order.
        changes: names whose objects may be changed: at which lines, by which functions (None: the module).
    """

    names: dict[str, Binding] = field(default_factory=dict)
    stars: list[Any] = field(default_factory=list)
    changes: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)


def bindings_of(module: Any) -> Bindings:
    """The names that a ``gast.Module`` binds, and what it changes of them.

    >>> found = bindings_of(gast.parse("import math\\nN = 3\\nfor k in range(N): pass"))
    >>> {name: b.kind for name, b in found.names.items()}
    {'math': 'import', 'N': 'constant', 'k': 'other'}
    """
    out = Bindings()
    for statement in module.body:
        if not _is_skipped(statement):
            for name, binding in _bindings(statement, out):
                out.names[name] = _combined(out.names.get(name), binding)
    for statement in module.body:
        if not _is_skipped(statement):
            _note_changes(statement, out)
    _follow_aliases(out)
    return out


def _is_skipped(statement: Any) -> bool:
    """``if __name__ == "__main__"`` and ``if TYPE_CHECKING``: they do not run when a module is imported."""
    if not isinstance(statement, gast.If) or statement.orelse:
        return False
    test = gast.unparse(statement.test).strip().strip("()").replace('"', "'")
    return test in ("__name__ == '__main__'", "TYPE_CHECKING", "typing.TYPE_CHECKING")


def _bindings(s: Any, out: Bindings) -> Iterator[tuple[str, Binding]]:
    if isinstance(s, gast.FunctionDef):
        yield s.name, Binding("function", s)
    elif isinstance(s, gast.ClassDef):
        yield s.name, Binding("class", s)
    elif isinstance(s, (gast.Import, gast.ImportFrom)):
        for alias in s.names:
            if alias.name == "*":
                out.stars.append(s)
            else:
                first = alias.name.split(".")[0] if isinstance(s, gast.Import) else alias.name
                yield alias.asname or first, Binding("import", s, alias)
    elif isinstance(s, gast.Assign):
        for target in s.targets:
            yield from _targets(s, target, s.value)
    elif isinstance(s, gast.AnnAssign):
        if s.value is not None:
            yield from _targets(s, s.target, s.value)
    else:
        what = f"is bound by a statement at line {s.lineno} that cannot be followed without running it"
        for name in sorted(assigned_names([s])):
            yield name, Binding("other", s, why=what)
    for node in gast.walk(s):
        if isinstance(node, gast.Global):
            stored = {n.id for n in gast.walk(s) if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
            for name in (n for n in node.names if n in stored):
                yield name, Binding("other", s, why=f"is rebound by a function at line {node.lineno}")


def _targets(s: Any, target: Any, value: Any) -> Iterator[tuple[str, Binding]]:
    if isinstance(target, gast.Name):
        yield target.id, Binding("constant", s, value)
    elif isinstance(target, (gast.Tuple, gast.List)):
        items = value.elts if isinstance(value, (gast.Tuple, gast.List)) else ()
        starred = any(isinstance(e, gast.Starred) for e in (*target.elts, *items))
        if len(items) == len(target.elts) and not starred:
            for t, v in zip(target.elts, items, strict=True):
                yield from _targets(s, t, v)
        else:
            for name in sorted(assigned_names([s])):
                yield name, Binding("other", s, why=f"is unpacked from a sequence at line {s.lineno}")


def _combined(before: Binding | None, now: Binding) -> Binding:
    """One binding for two of the same name; imports of modules of one package are one."""
    if before is None:
        return now
    if before.kind == now.kind == "import" and not before.value.asname and not now.value.asname:
        if isinstance(before.statement, gast.Import) and isinstance(now.statement, gast.Import):
            return before
    if before.kind == now.kind == "import" and gast.dump(before.value) == gast.dump(now.value):
        if getattr(before.statement, "module", "") == getattr(now.statement, "module", ""):
            return before
    for binding in (before, now):
        if binding.kind == "other" and "rebound" in binding.why:
            return binding
    return Binding("other", now.statement, why=f"is bound more than once, at line {now.statement.lineno} again")


# -- what is changed -----------------------------------------------------------------------------------------


def _note_changes(s: Any, out: Bindings) -> None:
    if isinstance(s, gast.ClassDef):
        for inner in s.body:
            _note_changes(inner, out)
    elif isinstance(s, (gast.FunctionDef, gast.AsyncFunctionDef)):
        local = assigned_names(s.body) | {a.id for a in gast.walk(s.args) if isinstance(a, gast.Name)}
        for name, line in _changed(s, out, calls=False):
            if name not in local:
                out.changes.setdefault(name, []).append((line, s))
    else:
        for name, line in _changed(s, out, calls=True):
            out.changes.setdefault(name, []).append((line, None))


def _changed(s: Any, out: Bindings, calls: bool) -> Iterator[tuple[str, int]]:
    """Roots of what is stored into; with ``calls``, also of what is given to functions that are not known."""
    for node in gast.walk(s):
        if isinstance(node, (gast.Subscript, gast.Attribute)) and not isinstance(node.ctx, gast.Load):
            yield from ((n, node.lineno) for n in _root(node))
        elif isinstance(node, gast.AugAssign):
            yield from ((n, node.lineno) for n in _root(node.target))
        elif isinstance(node, gast.Call):
            name = getattr(node.func, "attr", "")
            given = [k.value for k in node.keywords if k.arg == "out"]
            if name in CHANGING_METHODS and not _is_library(node.func, out):
                given.append(node.func)
            if name in CHANGING_FUNCTIONS:
                given += node.args[:1]
            if calls and not _is_library(node.func, out):
                passed = (*node.args, *(k.value for k in node.keywords))
                given += [g for g in passed if not (isinstance(g, gast.Attribute) and _is_library(g, out))]  # np.sin
            yield from ((n, node.lineno) for g in given for n in _root(g))


def _root(node: Any) -> Iterator[str]:
    """The name at the root of ``K``, ``K[0]``, ``K.T``; the roots of the items of a literal tuple or list."""
    if isinstance(node, (gast.Subscript, gast.Attribute, gast.Starred)):
        yield from _root(node.value)
    elif isinstance(node, gast.Name):
        yield node.id
    elif isinstance(node, (gast.Tuple, gast.List)):
        for item in node.elts:
            yield from _root(item)


def _is_library(function: Any, out: Bindings) -> bool:
    root = next(_root(function), "")
    binding = out.names.get(root)
    if binding is None:
        return hasattr(builtins, root)
    module = getattr(binding.statement, "module", None) or getattr(binding.value, "name", "")
    return binding.kind == "import" and str(module).split(".")[0] in LIBRARIES


def _follow_aliases(out: Bindings) -> None:
    """What is changed under another name (``L = K``, then ``L[0] = 1``) is changed."""
    mentions = {
        name: {n.id for n in gast.walk(b.value) if isinstance(n, gast.Name)}
        for name, b in out.names.items()
        if b.kind == "constant"
    }
    work = list(out.changes)
    while work:
        name = work.pop()
        for other in sorted(mentions.get(name, ())):
            if other in mentions and other not in out.changes:
                out.changes[other] = out.changes[name]
                work.append(other)
