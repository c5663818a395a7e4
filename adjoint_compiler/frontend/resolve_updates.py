"""Which meaning an update in place has: what types decide, and whether something else would see it.

x += y        of an array: a store; of a number: a new value of x; of a list: more items
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.analysis.indexing import index_type, operand_type
from adjoint_compiler.analysis.joining import grown_type
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.frontend.dict_methods import merge_entries
from adjoint_compiler.frontend.join_sequences import Fresh, extend, join_sequences
from adjoint_compiler.frontend.list_parts import repeat_items
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    Name,
    Pack,
    Program,
    Push,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.printer import SYMBOLS
from adjoint_compiler.ir.types import (
    NEVER,
    UNKNOWN,
    Type,
    is_container,
    is_discrete,
    is_number,
)
from adjoint_compiler.ir.walk import walk


def resolve_update(
    s: Update, program: Program, types: Types, faults: list[Diagnostic], fresh: Fresh
) -> list[Statement]:
    """What an update of a whole variable means: a store into an array, new items of a list, or a new value."""
    t = types.get(s.target, UNKNOWN)
    if NEVER in (t, operand_type(s.value, types)):
        return [s]
    if t.kind == "array":
        return [replace(s, index=Const(Ellipsis)) if t.ndim else s]  # it stores, and rebinds nothing
    if t.kind == "dict" and s.op == "operator.or_" and operand_type(s.value, types).kind == "dict":
        return merge_entries(s.target, s.value, s.span, fresh)
    if is_number(t) or t.kind == "str" or (t.kind == "real" and not _is_seen_elsewhere(s.target, program, types)):
        return [Bind(s.target, s.op, (Name(s.target), s.value), (), s.span)]
    if is_container(t):
        grown = _grow(s, t, types, fresh)
        if grown is None:
            message = f"this in-place update of a {t.kind} is not differentiated yet"
            advice = "store its entries in a loop" if t.kind == "dict" else "append the items in a loop"
            faults.append(Diagnostic("AC001", s.span, message, (), advice))
        return grown or [s]
    message = f"whether `{s.target}` is an array that is updated in place cannot be told"
    written = f"{s.target} = {s.target} {SYMBOLS.get(s.op, '+')} ..."
    faults.append(Diagnostic("AC003", s.span, message, (), f"annotate it, or write `{written}`"))
    return [s]


def _grow(s: Update, t: Type, types: Types, fresh: Fresh) -> list[Statement] | None:
    """``+=`` of a list appends; of a tuple it makes a new one. None for other updates."""
    added = operand_type(s.value, types)
    if t.kind == "list" and s.op == "operator.add" and grown_type(t, added) is not None:
        return extend(s.target, s.value, s.span, fresh)
    if t.kind == "list" and s.op == "operator.mul" and added.kind == "int":
        return repeat_items(s.target, s.value, s.span, fresh)
    if t.kind == "tuple":
        made = Bind(s.target, s.op, (Name(s.target), s.value), (), s.span)
        return join_sequences(made, types, fresh) or ([made] if is_discrete(t) and is_discrete(added) else None)
    return None


def check_item_update(s: Update, program: Program, types: Types, faults: list[Diagnostic]) -> None:
    """An item that may be an array and has another name must not be updated before it is known which it is."""
    item = index_type(types[s.target], s.index or Const(Ellipsis), types)
    if is_container(item):
        message = f"in-place update of a {item.kind} that is an item is not differentiated yet"
        faults.append(Diagnostic("AC001", s.span, message, (), "give the item a name first: `row = rows[i]`"))
    if item.kind not in ("real", "unknown"):
        return
    aliases = analyse_aliases(program, types)
    held = aliases.held.get(aliases.classes[s.target])
    read = Counter(n for x in program.statements for n in x.read)
    others = (n for n, cls in aliases.classes.items() if cls == held and not is_number(types.get(n, UNKNOWN)))
    if any(n not in program.temporaries or read[n] > 1 for n in others):
        message = f"whether this item of `{s.target}` is an array that is updated in place cannot be told"
        faults.append(Diagnostic("AC003", s.span, message, (), "annotate it, or write `a[i] = a[i] + ...`"))


def _is_seen_elsewhere(name: str, program: Program, types: Types) -> bool:
    """Whether an update of the name in place, should it hold an array, could be seen through something else."""
    if name in program.params or name in program.free:
        return True
    updated = (k for k, s in enumerate(program.body) for x in walk((s,)) if isinstance(x, Update) and x.target == name)
    before = program.body[
        : max(updated, default=-1) + 1
    ]  # what comes after the last update sees what it would see anyway
    for s in walk(before):
        held = (
            s.value if isinstance(s, (Push, Store)) else s.args[0] if isinstance(s, Bind) and s.op == "copy" else None
        )
        if name in set(names_in(held)) and (isinstance(held, Pack) or isinstance(s, Push) or _is_slot_store(s, types)):
            return True
    classes = shared_classes(replace(program, body=before), types).classes
    return any(
        n != name and cls == classes.get(name) and not is_number(types.get(n, UNKNOWN)) for n, cls in classes.items()
    )


def _is_slot_store(s: Statement, types: Types) -> bool:
    return isinstance(s, Store) and types.get(s.target, UNKNOWN).kind != "array"


__all__ = ["check_item_update", "resolve_update"]
