"""Methods of dicts, written out as stores, tests and loops.

d.get("a", x)              t = d["a"] if "a" in d else x
d.update(e)         ->     for k in list(e): d[k] = e[k]
d.pop("a")                 t = d["a"]; `discard_key(d, "a")`
d | e                      out = {}; out.update(d); out.update(e)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.frontend.join_sequences import Fresh, operation
from adjoint_compiler.ir.nodes import DISCARD, Bind, Const, Effect, For, If, Name, Operand, Pack, Span, Statement, Store

Method = Callable[[Bind, Name, tuple[Operand, ...], Types, Fresh], "list[Statement] | None"]


def merge_entries(base: str, other: Operand, span: Span, fresh: Fresh) -> list[Statement]:
    """``base.update(other)`` of a dict."""
    if isinstance(other, Pack):
        return [Store(base, Const(k), v, span) for k, v in zip(other.keys, other.items)]
    out: list[Statement] = []
    keys = operation("builtins.list", other, span=span, fresh=fresh, out=out, stem="keys")
    length = operation("builtins.len", keys, span=span, fresh=fresh, out=out, stem="n")
    counter, body = fresh("k", False), []  # type: tuple[str, list[Statement]]
    key = operation("index", keys, Name(counter), span=span, fresh=fresh, out=body, stem="key")
    item = operation("index", other, key, span=span, fresh=fresh, out=body, stem="item")
    body.append(Store(base, key, item, span))
    return [*out, For(counter, Const(0), length, Const(1), tuple(body), None, span)]


def joined_dicts(s: Bind, types: Types, fresh: Fresh) -> list[Statement] | None:
    """The statements of ``d | e``; None for other statements."""
    if s.op != "operator.or_" or any(operand_type(a, types).kind != "dict" for a in s.args):
        return None
    out = fresh("entries", True)
    body: list[Statement] = [Bind(out, "copy", (Pack("dict", ()),), (), s.span)]
    for a in s.args:
        body += merge_entries(out, a, s.span, fresh)
    return [*body, Bind(s.target, "copy", (Name(out),), (), s.span)]


ASKING = tuple(f"builtins.{name}" for name in ("max", "min", "sum", "any", "all", "tuple", "set"))


def of_keys(s: Bind, types: Types, fresh: Fresh) -> list[Statement] | None:
    """``max(d)`` and the like of a dict, which ask for its keys; None for other statements."""
    if s.op not in ASKING or len(s.args) != 1 or operand_type(s.args[0], types).kind != "dict":
        return None
    out: list[Statement] = []
    keys = operation("builtins.list", *s.args, span=s.span, fresh=fresh, out=out, stem="keys")
    return [*out, replace(s, args=(keys,))]


def _copy(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if args or s.kwargs:
        return None
    t = operand_type(base, types)
    out: list[Statement] = []
    if t.keys and t.cls is None:
        items = [operation("index", base, Const(k), span=s.span, fresh=fresh, out=out, stem="item") for k in t.keys]
        return [*out, Bind(s.target, "copy", (Pack("dict", tuple(items), t.keys),), (), s.span)]
    made = fresh("entries", True)
    out.append(Bind(made, "copy", (Pack("dict", ()),), (), s.span))
    return [*out, *merge_entries(made, base, s.span, fresh), Bind(s.target, "copy", (Name(made),), (), s.span)]


def _pop(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) not in (1, 2) or s.kwargs:
        return None
    taken: tuple[Statement, ...] = (
        Bind(s.target, "index", (base, args[0]), (), s.span),
        Effect("store", (base, args[0]), s.span, DISCARD),
    )
    if len(args) == 1:
        return [*taken]
    out: list[Statement] = []
    test = operation("operator.contains", base, args[0], span=s.span, fresh=fresh, out=out, stem="test")
    return [*out, If(test, taken, (Bind(s.target, "copy", (args[1],), (), s.span),), s.span)]


def _delete(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    return None if isinstance(args[0], Pack) and args[0].kind == "slice" else _pop(s, base, args, types, fresh)


def _get(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) not in (1, 2) or s.kwargs:
        return None
    found = Bind(s.target, "index", (base, args[0]), (), s.span)
    if isinstance(args[0], Const) and args[0].value in operand_type(base, types).keys:
        return [found]
    out: list[Statement] = []
    test = operation("operator.contains", base, args[0], span=s.span, fresh=fresh, out=out, stem="test")
    default = Bind(s.target, "copy", (args[1] if len(args) == 2 else Const(None),), (), s.span)
    return [*out, If(test, (found,), (default,), s.span)]


def _set_default(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) != 2 or s.kwargs:
        return None
    out: list[Statement] = []
    test = operation("operator.contains", base, args[0], span=s.span, fresh=fresh, out=out, stem="test")
    out.append(If(test, (), (Store(base.id, args[0], args[1], s.span),), s.span))
    return [*out, Bind(s.target, "index", (base, args[0]), (), s.span)]


def _update(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) > 1 or (args and operand_type(args[0], types).kind != "dict"):
        return None
    out = [x for other in args for x in merge_entries(base.id, other, s.span, fresh)]
    out += [Store(base.id, Const(k), v, s.span) for k, v in s.kwargs]
    return [*out, Bind(s.target, "copy", (Const(None),), (), s.span)]


def _clear(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if args or s.kwargs:
        return None
    out: list[Statement] = []
    keys = operation("builtins.list", base, span=s.span, fresh=fresh, out=out, stem="keys")
    length = operation("builtins.len", keys, span=s.span, fresh=fresh, out=out, stem="n")
    counter, body = fresh("k", False), []  # type: tuple[str, list[Statement]]
    key = operation("index", keys, Name(counter), span=s.span, fresh=fresh, out=body, stem="key")
    body.append(Effect("store", (base, key), s.span, DISCARD))
    loop = For(counter, Const(0), length, Const(1), tuple(body), None, s.span)
    return [*out, loop, Bind(s.target, "copy", (Const(None),), (), s.span)]


def _pop_item(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    """The entry that was set last."""
    if args or s.kwargs:
        return None
    out: list[Statement] = []
    keys = operation("builtins.list", base, span=s.span, fresh=fresh, out=out, stem="keys")
    length = operation("builtins.len", keys, span=s.span, fresh=fresh, out=out, stem="n")
    empty = operation("operator.eq", length, Const(0), span=s.span, fresh=fresh, out=out, stem="empty")
    fault = Effect("raise", (Const("popitem(): dictionary is empty"),), s.span, "KeyError")
    out.append(If(empty, (fault,), (), s.span))
    key = operation("index", keys, Const(-1), span=s.span, fresh=fresh, out=out, stem="key")
    item = operation("index", base, key, span=s.span, fresh=fresh, out=out, stem="item")
    out.append(Effect("store", (base, key), s.span, DISCARD))
    return [*out, Bind(s.target, "copy", (Pack("tuple", (key, item)),), (), s.span)]


DICT_METHODS: dict[str, Method] = {
    "__delitem__": _delete, "clear": _clear, "copy": _copy, "get": _get, "pop": _pop, "popitem": _pop_item,
    "setdefault": _set_default, "update": _update,
}  # fmt: skip

__all__ = ["DICT_METHODS", "joined_dicts", "merge_entries", "of_keys"]
