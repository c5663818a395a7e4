"""Decide what the forward sweep records, what the reverse sweep recomputes, and what it restores.

Reverse code reads primal names; each must hold the value it had when its statement ran. In straight-line code names
are never overwritten, so nothing is done. Otherwise:

* a name that is an iteration's own is *recomputed* where that is cheap and its operands are intact, else *recorded*
  at the end of the iteration;
* a name or buffer that is overwritten is *saved* before and restored in the reverse sweep, if its old value is still
  going to be read there (Hascoet, Naumann, Pascual 2005: "to be recorded" analysis).

    for i in range(n):                 for i in range(n):
        x = np.sin(x)         ->           x_tape.append(x); x = np.sin(x)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adjoint_compiler import rules
from adjoint_compiler.analysis.aliasing import block_at
from adjoint_compiler.analysis.indexing import index_kind, operand_type
from adjoint_compiler.analysis.uses import (
    Occurrences,
    Path,
    block_of,
    common_block,
    inside,
    is_own,
    occurrences,
    statement_index,
)  # fmt: skip
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.fragment import Fragment, FragmentBlock
from adjoint_compiler.differentiate.leaves import Facts, rule_environment
from adjoint_compiler.ir.nodes import (
    Bind,
    Call,
    Const,
    For,
    If,
    Name,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Update,
    While,
    binds,
    names_in,
    names_stored,
    operands_of,
    reads,
    walk,
)  # fmt: skip
from adjoint_compiler.ir.types import UNKNOWN, is_number

Need = tuple[str, bool]  # a name, and whether its contents are read (not only its shape or identity)
MEMORY = "memory of class "


def needs_of(s: Statement) -> Iterator[Need]:
    """What a statement of reverse code reads of primal names.

    >>> list(needs_of(Bind("z", "numpy.zeros_like", (Name("x"),))))
    [('x', False)]
    """
    if isinstance(s, Bind):
        if s.op in ("zero", "numpy.zeros_like", HELPER["zeros_like"], HELPER["shadow"]):
            yield from ((n, False) for o in s.args for n in names_in(o))
            return
        rule = rules.TABLE.by_key.get(s.op)
        if s.op in ("attribute.shape", "attribute.ndim", "attribute.size", "attribute.dtype"):
            yield from ((n, False) for o in s.args for n in names_in(o))
            return
        if rule is not None and rule.shape_only:
            for param, operand in rule_environment(s, rule).items():
                for n in names_in(operand):
                    yield n, param.lstrip("*") not in rule.shape_only
            return
    for n in reads(s):
        yield n, True


@dataclass
class Recording:
    """The state of one decision: needs by name, and what was decided."""

    program: Program
    facts: Facts
    top: FragmentBlock
    saved_paths: set[Path] = field(default_factory=set)
    needs: dict[str, list[tuple[Path, bool]]] = field(default_factory=dict)
    tapes: dict[str, str] = field(default_factory=dict)
    initial: dict[Path, set[str]] = field(default_factory=dict)
    early: set[tuple[str, Path]] = field(default_factory=set)
    references: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.occ = occurrences(self.program)
        self.primal = frozenset(self.occ)
        self.homes = self.facts.homes
        self.own = frozenset(n for n, o in self.occ.items() if is_own(o) and self.homes[n] == block_of(o.defs[0]))

    def tape(self, name: str, holds_references: bool | None = None) -> str:
        """The tape of a name; ``references`` notes those that hold buffers, not values."""
        if name not in self.tapes:
            stem = f"{name}s" if name.endswith("_tape") else f"{name}_tape"
            self.tapes[name] = self.facts.reserve(("tape", name), stem)
        if holds_references is None:
            t = self.facts.types.get(name, UNKNOWN)
            holds_references = self.facts.aliases.in_stored_class(name) and not is_number(t)
        if holds_references:
            self.references.add(self.tapes[name])
        return self.tapes[name]

    def need(self, path: Path, name: str, contents: bool) -> None:
        """Note that reverse code at ``path`` reads a primal name."""
        if name in self.primal:
            self.needs.setdefault(name, []).append((path, contents))


def home_blocks(program: Program, occ: dict[str, Occurrences]) -> dict[str, Path]:
    """The home block of every name."""
    return {n: home_block(program, n, o) for n, o in occ.items()}


def home_block(program: Program, name: str, o: Occurrences) -> Path:
    """The innermost block a name lives in: its definitions and uses are inside, and no value enters from before."""
    if () in o.defs:
        return ()
    home = block_of(o.defs[0]) if is_own(o) else common_block([*o.defs, *o.uses])
    while home and home[-1] in ("body", "header") and _exposed(block_at(program.body, home), name)[0]:
        home = home[:-2]
    return home


def _exposed(block: tuple[Statement, ...], name: str) -> tuple[bool, bool]:
    """Whether the block may read the name before binding it, and whether it certainly binds it."""
    for s in block:
        if isinstance(s, For) and s.counter == name:
            return False, False
        if name in reads(s) and not isinstance(s, While):
            return True, False
        inner = [_exposed(b, name) for b in _blocks(s)]
        if any(e for e, _ in inner) or (isinstance(s, While) and name in reads(s) and not inner[0][1]):
            return True, False
        if binds(s) == name or (isinstance(s, If) and inner and all(d for _, d in inner)):
            return False, True
        if isinstance(s, While) and inner[0][1]:
            return False, True
    return False, False


def _blocks(s: Statement) -> tuple[tuple[Statement, ...], ...]:
    from adjoint_compiler.ir.nodes import blocks_of

    return blocks_of(s)


def memory_flag(cls: int) -> str:
    """How the memory of a class is written among names."""
    return f"{MEMORY}{cls}"


def decide_recording(program: Program, facts: Facts, top: FragmentBlock, wanted: frozenset[str]) -> Recording:
    """Fill in ``save``, ``restore``, ``prepare``, ``record`` and ``recall`` of all fragments.

    The names and memory ``wanted`` must be at the end of the reverse sweep what they were at entry.
    """
    saved: set[Path] = set()
    while True:
        for block in top.walk():
            block.record, block.recall, block.prepare, block.start = [], [], [], []
            for fragment in block.fragments:
                fragment.save, fragment.locate, fragment.restore, fragment.prepare = [], [], [], []
        r = Recording(program, facts, top, set(saved))
        _collect_needs(r)
        for block in top.walk():
            _settle_own_names(r, block)
        _flow(r, top, wanted)
        if r.saved_paths == saved:
            _initialise(r)
            return r
        saved = set(r.saved_paths)


def has_reverse(fragment: Fragment) -> bool:
    """Whether anything of a fragment runs in the reverse sweep."""
    if fragment.reverse or fragment.restore:
        return True
    return any(block_has_reverse(b) for b in fragment.blocks.values())


def block_has_reverse(block: FragmentBlock) -> bool:
    """Whether anything of a block runs in the reverse sweep."""
    return any(has_reverse(fr) for fr in block.fragments)


def _collect_needs(r: Recording) -> None:
    for block in r.top.walk():
        end: Path = (*block.path, len(block.fragments))
        for s in walk(tuple(block.enter)):
            for n, contents in needs_of(s):
                r.need(end, n, contents)
        for fragment in block.fragments:
            for s in walk(tuple(fragment.reverse)):
                for n, contents in needs_of(s):
                    r.need(fragment.path, n, contents)
            s = fragment.statement
            if fragment.path in r.saved_paths and isinstance(s, Pop) and s.target:
                r.need(fragment.path, s.target, True)
            if fragment.path in r.saved_paths and isinstance(s, (Store, Update)) and s.index is not None:
                for n in (*names_in(s.index), s.target):
                    r.need(fragment.path, n, n != s.target)
                    r.early.add((n, fragment.path))
            if fragment.path in r.saved_paths and isinstance(s, Call) and not fragment.reverse:
                for n in names_stored(s):
                    r.need(fragment.path, n, False)
                    r.early.add((n, fragment.path))
            if fragment.blocks and (has_reverse(fragment) or _any_saved(r, fragment)):
                for o in operands_of(s) if isinstance(s, (If, For)) else ():
                    for n in names_in(o):
                        r.need(fragment.path, n, True)
                if isinstance(s, While) and s.until and block_has_reverse(fragment.blocks["header"]):
                    r.need(fragment.path, s.until, True)


def _any_saved(r: Recording, fragment: Fragment) -> bool:
    n = len(fragment.path)
    return any(p[:n] == fragment.path for p in r.saved_paths)


# -- names of one iteration ------------------------------------------------------------------------------------


def _settle_own_names(r: Recording, block: FragmentBlock) -> None:
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
        name = binds(s)
        if name is None or isinstance(s, For) or name not in r.own or name not in r.needs:
            continue
        last = max(statement_index(block.path, p) for p, _ in r.needs[name])
        here = (*block.path, last)
        early = (name, here) in r.early
        if isinstance(s, Bind) and _can_recompute(r, block, s, at, last, early):
            fragment = None if last == len(block.fragments) else block.fragments[last]
            target = block.prepare if fragment is None else fragment.locate if early else fragment.prepare
            target.insert(0, s)
            view = _shows_base(s, r.facts)
            for k, (n, contents) in enumerate(needs_of(s)):
                r.need(here, n, contents and not (view and k == 0))
                if early:
                    r.early.add((n, here))
        elif block.in_loop:
            tape = r.tape(name)
            block.record.append(Push(tape, Name(name), s.span))
            block.recall.insert(0, Pop(name, tape, s.span))


def _can_recompute(r: Recording, block: FragmentBlock, s: Bind, at: int, last: int, early: bool) -> bool:
    """Whether the operation is cheap and everything it reads is intact up to the last need.

    A need is ``early`` when it comes before the last statement's own overwriting is undone.
    """
    rule = rules.TABLE.by_key.get(s.op)
    f = r.facts
    if rule is None or not rule.cheap or s.op in ("copy",) and not isinstance(s.args[0], (Name, Const)):
        return False
    if f.aliases.kind(s.target) == "buffer" and (rule.view is None or _gathers(s, f)):
        return False  # an allocation of its own: its shadow belongs to it, not to a copy made later
    if rule.kind == "inert" and not _recomputable_inert(s, f):
        return False
    if rule.view is not None and rule.view_kind == "maybe" and f.aliases.in_stored_class(s.target):
        return False
    # What a call stores into is as it was only once the call's adjoint has run.
    compound = last < len(block.fragments) and (
        early or bool(block.fragments[last].blocks) or isinstance(block.fragments[last].statement, Call)
    )
    between = [fr.statement for fr in block.fragments[at + 1 : last + (1 if compound else 0)]]
    # A view of a buffer shows what the buffer holds whenever it is made.
    view = _shows_base(s, f)
    for k, (n, contents) in enumerate(needs_of(s)):
        contents = contents and not (view and k == 0)
        if any(_kills(x, n, contents, f) for b in between for x in walk((b,))):
            return False
    return True


def _is_view(s: Statement) -> bool:
    rule = rules.TABLE.by_key.get(s.op) if isinstance(s, Bind) else None
    return rule is not None and rule.view is not None and rule.view_kind == "always"


def _shows_base(s: Bind, f: Facts) -> bool:
    """Whether the result certainly is a view of the first operand: then it shows what is restored in place, too."""
    rule = rules.TABLE.by_key.get(s.op)
    if (
        rule is None
        or rule.view is None
        or rule.view_kind != "always"
        or f.types.get(s.target, UNKNOWN).kind != "array"
    ):
        return False
    return s.op != "index" or index_kind(operand_type(s.args[0], f.types), s.args[1], f.types) == "view"


def _gathers(s: Bind, f: Facts) -> bool:
    return s.op == "index" and index_kind(operand_type(s.args[0], f.types), s.args[1], f.types) == "gather"


def _recomputable_inert(s: Bind, f: Facts) -> bool:
    """Integer arithmetic, sizes and shapes are recomputed; predicates, permutations and draws are recorded."""
    t = f.types.get(s.target, UNKNOWN)
    return t.kind == "int" or s.op.startswith("attribute.") or s.op in ("range_length", "builtins.len")


def _kills(x: Statement, name: str, contents: bool, f: Facts) -> bool:
    if binds(x) == name:
        return True
    if not contents or is_number(f.types.get(name, UNKNOWN)):
        return False
    classes = f.aliases.classes
    return name in classes and any(classes[name] == classes.get(n) for n in names_stored(x))


# -- what is overwritten ---------------------------------------------------------------------------------------


def _flow(r: Recording, block: FragmentBlock, flags: frozenset[str]) -> frozenset[str]:
    """Walk a block forward with the set of names and memory whose present value is still needed."""
    by_path = _needs_by_path(r)
    return _flow_block(r, block, set(flags), by_path)


def _needs_by_path(r: Recording) -> dict[Path, set[str]]:
    out: dict[Path, set[str]] = {}
    for n, entries in r.needs.items():
        memory = r.facts.aliases.in_stored_class(n) and not is_number(r.facts.types.get(n, UNKNOWN))
        for p, contents in entries:
            here = out.setdefault(p, set())
            here.add(n)
            if contents and memory:
                here.add(f"{MEMORY}{r.facts.aliases.classes[n]}")
    return out


def _flow_block(r: Recording, block: FragmentBlock, flags: set[str], by_path: dict[Path, set[str]]) -> frozenset[str]:
    local = {n for n, h in r.homes.items() if h == block.path}
    if block.in_loop:
        flags -= local
    for fragment in block.fragments:
        s = fragment.statement
        if not fragment.blocks:
            flags |= by_path.get(fragment.path, set())
            _overwrite(r, block, fragment, flags)
            continue
        if isinstance(s, (For, While)):
            while True:
                before = set(flags)
                for label in ("header", "body"):
                    if label in fragment.blocks:
                        flags |= _flow_block(r, fragment.blocks[label], set(flags), by_path)
                if flags == before:
                    break
        else:
            out: set[str] = set() if isinstance(s, If) else set(flags)
            for inner in fragment.blocks.values():
                out |= _flow_block(r, inner, set(flags), by_path)
            flags = out
        flags |= by_path.get(fragment.path, set())
    flags |= by_path.get((*block.path, len(block.fragments)), set())
    if block.in_loop:
        recorded = {str(p.stack) for p in block.record if isinstance(p, Push)}
        for n in sorted(local & flags):
            if n not in r.own and r.tape(n) not in recorded and not _is_counter(r, n):
                block.record.append(Push(r.tape(n), Name(n)))
                block.recall.insert(0, Pop(n, r.tape(n)))
                r.initial.setdefault(block.path, set()).add(n)
    return frozenset(flags)


def _is_counter(r: Recording, name: str) -> bool:
    return any(d and d[-1] == -1 for d in r.occ[name].defs)


def _overwrite(r: Recording, block: FragmentBlock, fragment: Fragment, flags: set[str]) -> None:
    s = fragment.statement
    if isinstance(s, (Store, Update)):
        cls = r.facts.aliases.classes.get(s.target)
        if f"{MEMORY}{cls}" in flags and not fragment.save:
            r.saved_paths.add(fragment.path)
            _save_region(r, block, fragment, s)
        return
    if isinstance(s, (Push, Pop)):
        cls = r.facts.aliases.classes.get(s.stack)
        if f"{MEMORY}{cls}" in flags and not fragment.restore:
            r.saved_paths.add(fragment.path)
            if isinstance(s, Push):
                fragment.restore = [Pop(None, s.stack, s.span)]
            elif s.target:
                fragment.restore = [Push(s.stack, Name(s.target), s.span)]
    if isinstance(s, Call) and not fragment.reverse:
        # Nothing else undoes what a call without an adjoint stored.
        touched = [n for n in names_stored(s) if memory_flag(r.facts.aliases.classes[n]) in flags]
        if touched:
            r.saved_paths.add(fragment.path)
        saved = {x.target for x in fragment.restore if isinstance(x, Store)}
        for n in dict.fromkeys(n for n in touched if n not in saved):
            _save_region(r, block, fragment, Store(n, Const(Ellipsis), Const(None), s.span))
    name = binds(s)
    if name is None or name in r.own:
        return
    if name in flags and not any(binds(x) == name for x in fragment.restore):
        _save_name(r, block, fragment, name)
    flags.discard(name)


def _save_name(r: Recording, block: FragmentBlock, fragment: Fragment, name: str) -> None:
    span = fragment.statement.span
    r.saved_paths.add(fragment.path)
    if block.in_loop:
        fragment.save.append(Push(r.tape(name), Name(name), span))
        fragment.restore.append(Pop(name, r.tape(name), span))
    else:
        saved = r.facts.reserve(("saved", fragment.path, name), f"{name}_saved")
        fragment.save.append(Bind(saved, "copy", (Name(name),), (), span))
        fragment.restore.append(Bind(name, "copy", (Name(saved),), (), span))
    r.initial.setdefault(r.homes[name], set()).add(name)


def _save_region(r: Recording, block: FragmentBlock, fragment: Fragment, s: Store | Update) -> None:
    """Save the part of a buffer that a store overwrites; put it back in place."""
    index = Const(Ellipsis) if s.index is None else s.index
    f = r.facts
    saved = f.reserve(("region", fragment.path, s.target), f"{s.target}_saved")
    kind = index_kind(f.types.get(s.target, UNKNOWN), index, f.types)
    # A dict may not have the key yet; ``get`` then gives None.
    read = "method.get" if f.types.get(s.target, UNKNOWN).kind == "dict" else "index"
    fragment.save.append(Bind(saved, read, (Name(s.target), index), (), s.span))
    if kind not in ("element", "gather", "item"):
        held, saved = saved, f.reserve(("copy", fragment.path, s.target), saved)
        fragment.save.append(Bind(saved, HELPER["copied"], (Name(held),), (), s.span))
    if block.in_loop:
        tape = r.tape(s.target, kind == "item")
        fragment.save.append(Push(tape, Name(saved), s.span))
        fragment.restore.append(Pop(saved, tape, s.span))
    fragment.restore.append(Store(s.target, index, Name(saved), s.span))


def _initialise(r: Recording) -> None:
    """Names that are saved before they are certainly bound start as None."""
    blocks = {b.path: b for b in r.top.walk()}
    for path, names in r.initial.items():
        for n in sorted(names):
            defs = r.occ[n].defs
            if () in defs:
                continue
            if not any(len(d) == len(path) + 1 and inside(path, d) and d == min(defs, key=_order) for d in defs):
                blocks[path].start.append(Bind(n, "copy", (Const(None),)))


def _order(path: Path) -> tuple[int, ...]:
    labels = {"then": 0, "orelse": 1, "header": 0, "body": 1}
    return tuple(p if isinstance(p, int) else labels[p] for p in path)
