"""What is overwritten although its old value is still going to be read: saved before, restored in the reverse sweep.

The program is walked forward with the set of names, and of memory, whose present value reverse code will read.
"""

from __future__ import annotations

from adjoint_compiler.analysis.indexing import index_kind
from adjoint_compiler.analysis.uses import Path
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.fragment import Fragment, FragmentBlock
from adjoint_compiler.differentiate.recording import MEMORY, Recording, Region, memory_flag, needs_by_path
from adjoint_compiler.differentiate.regions import allocation, classes_stored, covers, is_about_all, regions_of_loop
from adjoint_compiler.ir.nodes import (
    DISCARD,
    Bind,
    Call,
    Const,
    Effect,
    For,
    If,
    Name,
    Pop,
    Push,
    Statement,
    Store,
    Update,
    While,
)
from adjoint_compiler.ir.operands import WHOLE
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import binds, walk


def save_what_is_overwritten(r: Recording, block: FragmentBlock, flags: frozenset[str]) -> frozenset[str]:
    """Walk a block forward with the set of names and memory whose present value is still needed."""
    by_path, own = needs_by_path(r), dict[Path, set[str]]()
    for name, home in r.homes.items():
        own.setdefault(home, set()).add(name)
    for cls, home in _homes_of_memory(r).items():
        own.setdefault(home, set()).add(memory_flag(cls))
    return _flow_block(r, block, set(flags), by_path, own)


def _flow_block(
    r: Recording, block: FragmentBlock, flags: set[str], by_path: dict[Path, set[str]], own: dict[Path, set[str]]
) -> frozenset[str]:
    local = own.get(block.path, set()) if block.in_loop else set()
    flags -= local
    for fragment in block.fragments:
        s = fragment.statement
        if not fragment.blocks:
            flags |= by_path.get(fragment.path, set())
            _save_whole(r, block, fragment, flags)
            _overwrite(r, block, fragment, flags)
            continue
        touched = _touched(r, fragment, by_path, own)
        inside = flags & touched
        flags -= touched  # the others stay as they are
        if isinstance(s, (For, While)):
            hoisted = _save_before_loop(r, block, fragment, inside)
            while True:
                before = set(inside)
                for label in ("header", "body"):
                    if label in fragment.blocks:
                        inside |= _flow_block(r, fragment.blocks[label], inside - hoisted, by_path, own)
                if inside == before:
                    break
        else:
            out: set[str] = set() if isinstance(s, If) else set(inside)
            for inner in fragment.blocks.values():
                out |= _flow_block(r, inner, set(inside), by_path, own)
            inside = out
        flags |= inside
        flags |= by_path.get(fragment.path, set())
    flags |= by_path.get((*block.path, len(block.fragments)), set())
    if block.in_loop:
        local = {n for n in local if not n.startswith(MEMORY)}
        recorded = {str(p.stack) for p in block.record if isinstance(p, Push)}
        for n in sorted(local & flags):
            if n not in r.own and r.tape(n) not in recorded and not _is_counter(r, n):
                block.record.append(Push(r.tape(n), Name(n)))
                block.recall.insert(0, Pop(n, r.tape(n)))
                r.initial.setdefault(block.path, set()).add(n)
    return frozenset(flags)


def _touched(r: Recording, fragment: Fragment, by_path: dict[Path, set[str]], own: dict[Path, set[str]]) -> set[str]:
    """The names and the memory that the blocks of a fragment bind, store into or need."""
    classes = r.facts.aliases.classes
    out = set[str]()
    for block in (b for nested in fragment.blocks.values() for b in nested.walk()):
        out |= own.get(block.path, set()) | by_path.get((*block.path, len(block.fragments)), set())
        for inner in block.fragments:
            out |= by_path.get(inner.path, set())
            out.update(inner.statement.bound)
            out.update(memory_flag(classes[n]) for n in inner.statement.stored if n in classes)
    return out


def _homes_of_memory(r: Recording) -> dict[int, Path]:
    """The block whose every iteration allocates memory of a class anew; of what can last longer, the whole program.

    What the last iteration left there is in other memory, so stores of this one do not overwrite it.
    """
    aliases = r.facts.aliases
    lasting = {*aliases.held.values(), *(aliases.classes.get(n) for n in (*r.program.params, *r.program.free))}
    homes: dict[int, Path] = {}
    for name, cls in aliases.classes.items():
        home = r.homes.get(name, ())
        if cls in aliases.stored and cls not in lasting:
            known = homes.setdefault(cls, home)
            while home[: len(known)] != known:
                known = known[:-2]
            homes[cls] = known
    return homes


def _save_before_loop(r: Recording, block: FragmentBlock, loop: Fragment, flags: set[str]) -> set[str]:
    """Save what the loop's stores overwrite once, of memory that no reverse code inside reads; returns its flags."""
    hoisted = set()
    for cls in sorted(classes_stored(r, loop)):
        flag, key = memory_flag(cls), (loop.path, cls)
        if flag not in flags or key in r.refused or _is_read(r, flag, loop, inside=True):
            continue
        if key not in r.chosen:
            regions = regions_of_loop(r, loop, cls)
            if not regions:
                continue
            _choose(r, block, loop, cls, _or_whole(r, block, loop, cls, regions))
        hoisted.add(flag)
        if any(covers(r, region, cls) for region in r.chosen[key]):
            flags.discard(flag)
    return hoisted


def _save_whole(r: Recording, block: FragmentBlock, fragment: Fragment, flags: set[str]) -> None:
    """Save a buffer whole before the first of the stores of a block that overwrite about all of it, one after another."""
    s = fragment.statement
    cls = r.facts.aliases.classes.get(s.target) if isinstance(s, (Store, Update)) else None
    if cls is None or (fragment.path, cls) in r.refused or memory_flag(cls) not in flags:
        return
    if (fragment.path, cls) not in r.chosen:
        assert isinstance(s, (Store, Update))
        own = (Region(s.target, WHOLE if s.index is None else s.index),)
        regions = _or_whole(r, block, fragment, cls, own)
        if regions == own:
            return
        _choose(r, block, fragment, cls, regions)
    flags.discard(memory_flag(cls))


def _choose(r: Recording, block: FragmentBlock, fragment: Fragment, cls: int, regions: tuple[Region, ...]) -> None:
    r.chosen[fragment.path, cls] = regions
    r.saved_paths.add(fragment.path)
    for region in regions:
        _save(r, block, fragment, region)


def _or_whole(
    r: Recording,
    block: FragmentBlock,
    first: Fragment,
    cls: int,
    own: tuple[Region, ...],
) -> tuple[Region, ...]:
    """The whole buffer, if it and the stores that follow overwrite about all of it before any of it is read; else ``own``."""
    whole = allocation(r, cls)
    if whole is None:
        return own
    regions = list(own)
    for other in block.fragments[int(first.path[-1]) + 1 :]:
        s = other.statement
        if _is_read(r, memory_flag(cls), other):
            break
        if not any(r.facts.aliases.classes.get(n) == cls for x in walk((s,)) for n in x.stored):
            continue
        if isinstance(s, (Store, Update)):
            regions.append(Region(s.target, WHOLE if s.index is None else s.index))
            continue
        inner = regions_of_loop(r, other, cls) if isinstance(s, (For, While)) else None
        if inner is None:
            break
        regions += inner
    return (Region(whole, WHOLE),) if len(regions) > 1 and is_about_all(r, regions, whole) else own


def _is_read(r: Recording, flag: str, fragment: Fragment, inside: bool = False) -> bool:
    """Whether the reverse of a statement, or of what is inside it, reads the memory."""
    n = len(fragment.path)
    return any(path[:n] == fragment.path and (len(path) > n or not inside) for path in r.memory_reads.get(flag, ()))


def _save(r: Recording, block: FragmentBlock, fragment: Fragment, region: Region) -> None:
    """Save a region before a statement, and restore it first thing when the statement is reversed."""
    new = [s for s in region.setup if s not in fragment.save]
    fragment.save += new
    fragment.locate += new
    _save_region(r, block, fragment, Store(region.target, region.index, Const(None), fragment.statement.span))


def _is_counter(r: Recording, name: str) -> bool:
    return any(d and d[-1] == -1 for d in r.occ[name].defs)


def _overwrite(r: Recording, block: FragmentBlock, fragment: Fragment, flags: set[str]) -> None:
    s = fragment.statement
    if isinstance(s, (Store, Update)):
        cls = r.facts.aliases.classes.get(s.target)
        if f"{MEMORY}{cls}" in flags and not fragment.save:
            r.saved_paths.add(fragment.path)
            _save_region(r, block, fragment, s)
        if cls is not None and covers(r, s, cls):
            flags.discard(memory_flag(cls))  # from here on there is nothing left of what will be read
        return
    if isinstance(s, Effect) and s.text == DISCARD:
        (target,) = s.stored
        if memory_flag(r.facts.aliases.classes.get(target, -1)) in flags and not fragment.save:
            r.saved_paths.add(fragment.path)
            _save_region(r, block, fragment, Store(target, s.args[1], Const(None), s.span))
    if isinstance(s, (Push, Pop)):
        cls = r.facts.aliases.classes.get(s.stack)
        if f"{MEMORY}{cls}" in flags and not fragment.restore:
            r.saved_paths.add(fragment.path)
            if isinstance(s, Push):
                fragment.restore = [Pop(None, s.stack, s.span)]
            elif s.target:
                fragment.restore = [Push(s.stack, Name(s.target), s.span)]
            else:  # the item that goes has no name: it is saved as a store to its place would save it
                _save_region(r, block, fragment, Store(s.stack, Const(-1), Const(None), s.span))
                fragment.restore.insert(0, Push(s.stack, Const(None), s.span))
    if isinstance(s, Call) and not fragment.reverse:
        # Nothing else undoes what a call without an adjoint stored.
        touched = [n for n in s.stored if memory_flag(r.facts.aliases.classes[n]) in flags]
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
    saved = f.reserve(("region", fragment.path, s.target, index), f"{s.target}_saved")
    kind = index_kind(f.types.get(s.target, UNKNOWN), index, f.types)
    # A dict may not have the key yet; ``get`` then gives None.
    read = "method.get" if f.types.get(s.target, UNKNOWN).kind == "dict" else "index"
    fragment.save.append(Bind(saved, read, (Name(s.target), index), (), s.span))
    if kind not in ("element", "gather", "item"):
        held, saved = saved, f.reserve(("copy", fragment.path, s.target, index), saved)
        fragment.save.append(Bind(saved, HELPER["copied"], (Name(held),), (), s.span))
    restore: list[Statement] = [Store(s.target, index, Name(saved), s.span)]
    if block.in_loop:
        part = kind if kind in ("element", "item") else "part"
        tape = r.tape(s.target, kind == "item", part)
        fragment.save.append(Push(tape, Name(saved), s.span))
        restore.insert(0, Pop(saved, tape, s.span))
    fragment.restore[:0] = restore  # what was saved last is put back first


__all__ = ["save_what_is_overwritten"]
