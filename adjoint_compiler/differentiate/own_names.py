"""Names of one iteration: recomputed where that is cheap and possible, else recorded at the end of the iteration."""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_kind, operand_type
from adjoint_compiler.analysis.uses import Path, inside, statement_index
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.fragment import FragmentBlock
from adjoint_compiler.differentiate.recording import Recording, needs_of
from adjoint_compiler.ir.nodes import Bind, Call, Const, For, Name, Pop, Push, Statement, Store, With
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, is_container, is_number
from adjoint_compiler.ir.walk import binds, walk


def settle_own_names(r: Recording, block: FragmentBlock) -> None:
    """Recompute or record the block's own names that reverse code needs, last definition first."""
    if not block.in_loop and not r.facts.internal:
        return
    for at in reversed(range(len(block.fragments))):
        s = block.fragments[at].statement
        if not block.in_loop and not _is_view(s):
            continue  # stays in a local variable; but a tape should not refer to the memory of arguments
        if isinstance(s, Call) and s.tape in r.needs:
            block.record.append(Push(r.tape(s.tape, False), Name(s.tape), s.span))
            block.recall.insert(0, Pop(s.tape, r.tape(s.tape), s.span))
        if isinstance(s, With) and block.in_loop:
            _record_what_leaves(r, block, (*block.path, at, "body"), s)
        name = binds(s)
        if name is not None and not all(inside(block.path, p) for p, _ in r.needs.get(name, ())):
            continue  # needed after the `with` whose block this is: recorded there
        if name is None or isinstance(s, For) or name not in r.own or name not in r.needs:
            continue
        last = max(statement_index(block.path, p) for p, _ in r.needs[name])
        if _read_from_holder(r, block, name, at, last) or _read_from_memory(r, block, name, at, last):
            continue
        here = (*block.path, last)
        early = (name, here) in r.early
        outline = _outline(r, s)
        if outline is not None and _can_recompute(r, block, outline, at, last, early, True):
            s = outline
        if s is outline or isinstance(s, Bind) and _can_recompute(r, block, s, at, last, early):
            fragment = None if last == len(block.fragments) else block.fragments[last]
            target = block.prepare if fragment is None else fragment.locate if early else fragment.prepare
            target.insert(0, s)
            view = _shows_base(s, r.facts)
            if s is not outline:
                r.recomputed_from.update(s.read)
            for k, (n, contents) in enumerate(needs_of(s)):
                r.need(here, n, contents and s is not outline and not (view and k == 0))
                if early:
                    r.early.add((n, here))
        elif block.in_loop:
            _record(r, block, name, s)


def _record_what_leaves(r: Recording, block: FragmentBlock, path: Path, s: With) -> None:
    """Record what the block of a ``with`` binds and what follows it needs."""
    for name in s.bound_within:
        if name in r.own and any(not inside(path, p) for p, _ in r.needs.get(name, ())):
            _record(r, block, name, s)


def _read_from_holder(r: Recording, block: FragmentBlock, name: str, at: int, last: int) -> bool:
    """Read a value from the variable that still holds it, if that is one whose values are recorded anyway.

    t = np.tanh(W @ h)             t = h; h = h_tape.pop()
    h = t                   ->     t_bar = h_bar * (1 - t * t)

    """
    if not any(contents for _, contents in r.needs[name]) or r.facts.aliases.kind(name) != "value":
        return False
    for k in range(at + 1, len(block.fragments)):
        s = block.fragments[k].statement
        if not isinstance(s, Bind) or s.op != "copy" or s.args[0] != Name(name) or s.target in r.own:
            continue
        after = (x for fr in block.fragments[k + 1 :] for x in walk((fr.statement,)))
        wanted = any(contents for _, contents in r.needs.get(s.target, ()))
        if not wanted or r.facts.aliases.kind(s.target) != "value" or any(binds(x) == s.target for x in after):
            continue
        held = Bind(name, "copy", (Name(s.target),), (), s.span)
        if last <= k:
            _insert(block.fragments[k].locate, held)
        elif last < len(block.fragments):
            _insert(block.fragments[last].prepare, held)
        else:
            _insert(block.prepare, held)
        r.need((*block.path, max(k + 1, last)), s.target, True)
        return True
    return False


def _read_from_memory(r: Recording, block: FragmentBlock, name: str, at: int, last: int) -> bool:
    """Read a number from the element it was stored into, before that is restored, if its memory is read there anyway.

    t = (b[i] - s) / d             t = x[i]; x[i] = x_tape.pop()
    x[i] = t                ->     d_bar -= x_bar[i] / d * t
    """
    f = r.facts
    t = f.types.get(name, UNKNOWN)
    if t.kind != "scalar" or not t.dtype.startswith("float"):
        return False
    for k in range(max(at + 1, last), len(block.fragments)):
        s = block.fragments[k].statement
        if not isinstance(s, Store) or s.value != Name(name) or f.aliases.kind(s.target) != "buffer":
            continue
        base, here = f.types.get(s.target, UNKNOWN), (*block.path, k)
        if base.dtype != t.dtype or index_kind(base, s.index, f.types) != "element" or not _is_read(r, s.target, block):
            continue
        _insert(block.fragments[k].locate, Bind(name, "index", (Name(s.target), s.index), (), s.span))
        r.need((*block.path, k + 1), s.target, True)
        for n in (s.target, *names_in(s.index)):
            r.need(here, n, n != s.target)
            r.early.add((n, here))
        return True
    return False


def _insert(statements: list[Statement], s: Bind) -> None:
    """Put a statement in front, and what binds what it reads before it."""
    waiting = [s, *statements]
    statements.clear()
    while waiting:
        bound = {x.target for x in waiting if isinstance(x, Bind)}
        ready = next(x for x in waiting if not (bound - {getattr(x, "target", None)}).intersection(x.read))
        waiting.remove(ready)
        statements.append(ready)


def _is_read(r: Recording, name: str, block: FragmentBlock) -> bool:
    """Whether reverse code of a block reads the memory that a name lies in, or loads elements of it again."""
    cls, n = r.facts.aliases.classes.get(name), len(block.path)
    for at, fragment in enumerate(block.fragments):
        s = fragment.statement
        if not isinstance(s, Bind) or s.op != "index" or not r.needs.get(s.target):
            continue
        if any(r.facts.aliases.classes.get(m) == cls for m in names_in(s.args[0])):
            inner = [statement_index(block.path, p) for p, _ in r.needs[s.target] if inside(block.path, p)]
            again = _can_recompute(r, block, s, at, max(inner, default=at), False)
            if again and any(contents for _, contents in r.needs[s.target]):
                return True
    return any(
        contents and path[:n] == block.path
        for other, entries in r.needs.items()
        if r.facts.aliases.classes.get(other) == cls
        for path, contents in entries
    )


def _record(r: Recording, block: FragmentBlock, name: str, s: Statement) -> None:
    """Put a value on its tape; of an array that only gives a shape, the shape."""
    if r.facts.types.get(name, UNKNOWN).kind != "array" or not _is_outline(r, name):
        tape = r.tape(name)
        block.record.append(Push(tape, Name(name), s.span))
        block.recall.insert(0, Pop(name, tape, s.span))
        return
    tape = r.tape(name, False)
    shape = r.facts.reserve(("shape", name), f"{name}_shape")
    block.record += [Bind(shape, "attribute.shape", (Name(name),), (), s.span), Push(tape, Name(shape), s.span)]
    block.recall[:0] = [Pop(shape, tape, s.span), Bind(name, "numpy.empty", (Name(shape),), (), s.span)]


def _is_outline(r: Recording, name: str) -> bool:
    """Whether reverse code asks for nothing of a value but its shape."""
    if name in r.recomputed_from or name in r.restored or any(contents for _, contents in r.needs[name]):
        return False
    return not is_container(r.facts.types.get(name, UNKNOWN)) and r.readers_of(name) <= SHAPE_READERS


def _outline(r: Recording, s: Statement) -> Bind | None:
    """What gives the shape of an elementwise result, where reverse code asks for nothing else of it."""
    if not isinstance(s, Bind) or s.kwargs or not _is_outline(r, s.target):
        return None
    rule = rules.TABLE.by_key.get(s.op)
    if rule is None or rule.kind != "elementwise":
        return None
    arrays = tuple(a for a in s.args if isinstance(a, Name) and not is_number(r.facts.types.get(a.id, UNKNOWN)))
    if not arrays:
        return None
    if len(arrays) == 1:
        return Bind(s.target, "copy", arrays, (), s.span)
    return Bind(s.target, HELPER["outline"], arrays, (), s.span)


COMPARISONS = {f"operator.{word}" for word in ("lt", "le", "gt", "ge", "eq", "ne", "not_")}
SHAPE_READERS = {HELPER["spread"], HELPER["unbroadcast"], HELPER["unbroadcast_product"]}


def _can_recompute(
    r: Recording, block: FragmentBlock, s: Bind, at: int, last: int, early: bool, outline: bool = False
) -> bool:
    """Whether the operation is cheap and everything it reads is intact up to the last need.

    A need is ``early`` when it comes before the last statement's own overwriting is undone. Of what an ``outline`` reads
    only the shape counts.
    """
    rule = rules.TABLE.by_key.get(s.op)
    f = r.facts
    if (
        rule is None
        or not rule.cheap
        or s.target in f.recorded
        or s.op in ("copy",)
        and not isinstance(s.args[0], (Name, Const))
    ):
        return False
    allocates = s.op != "copy" and (view_rule(s) is None or _gathers(s, f))
    if allocates and (f.aliases.kind(s.target) == "buffer" or f.aliases.stored_depths(s.target)):
        return False  # an allocation of its own: its shadow belongs to it, not to a copy made later
    if rule.kind == "inert" and not outline and not _recomputable_inert(s, f):
        return False
    if view_rule(s) is not None and rule.view_kind == "maybe" and f.aliases.in_stored_class(s.target):
        return False
    # What a call stores into is as it was only once the call's adjoint has run.
    compound = last < len(block.fragments) and (
        early or bool(block.fragments[last].blocks) or isinstance(block.fragments[last].statement, (Call, Push, Pop))
    )
    between = [fr.statement for fr in block.fragments[at + 1 : last + (1 if compound else 0)]]
    # A view of a buffer shows what the buffer holds whenever it is made.
    view = _shows_base(s, f)
    for k, (n, contents) in enumerate(needs_of(s)):
        contents = contents and not (view and k == 0) and not outline
        if any(_kills(x, n, contents, f) for b in between for x in walk((b,))):
            return False
    return True


def _is_view(s: Statement) -> bool:
    rule = view_rule(s)
    return rule is not None and rule.view_kind in ("always", "item")


def _shows_base(s: Bind, f: Facts) -> bool:
    """Whether the result certainly is a view of the first operand: then it shows what is restored in place, too."""
    rule = view_rule(s)
    if rule is None or rule.view_kind not in ("always", "item") or f.types.get(s.target, UNKNOWN).kind != "array":
        return False
    if s.op == "field":  # another array may be stored there
        return False
    return s.op != "index" or index_kind(operand_type(s.args[0], f.types), s.args[1], f.types) == "view"


def _gathers(s: Bind, f: Facts) -> bool:
    return s.op == "index" and index_kind(operand_type(s.args[0], f.types), s.args[1], f.types) == "gather"


def _recomputable_inert(s: Bind, f: Facts) -> bool:
    """Arithmetic and comparisons of integers, sizes and shapes are recomputed; other predicates, permutations and draws recorded.

    Which keys a dict has is not restored, only what it holds under them.
    """
    if any(f.aliases.in_stored_class(n) and f.types.get(n, UNKNOWN).kind not in ("list", "array") for n in s.read):
        return False
    t = f.types.get(s.target, UNKNOWN)
    if s.op in COMPARISONS:
        return all(operand_type(a, f.types).kind in ("int", "bool") for a in s.args)
    return t.kind == "int" or s.op.startswith("attribute.") or s.op in ("range_length", "builtins.len")


def _kills(x: Statement, name: str, contents: bool, f: Facts) -> bool:
    if binds(x) == name:
        return True
    if not contents or is_number(f.types.get(name, UNKNOWN)):
        return False
    stored = {f.aliases.classes.get(n) for n in x.stored}
    return any(cls in stored for cls in f.aliases.levels(name))


__all__ = ["settle_own_names"]
