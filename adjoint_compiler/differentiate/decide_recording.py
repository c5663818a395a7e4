"""The decision what to record: needs are collected and met until nothing new has to be saved."""

from __future__ import annotations

from adjoint_compiler.analysis.uses import Path, inside
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.fragment import FragmentBlock
from adjoint_compiler.differentiate.overwriting import save_what_is_overwritten
from adjoint_compiler.differentiate.own_names import settle_own_names
from adjoint_compiler.differentiate.recording import (
    Recording,
    Regions,
    any_saved,
    block_has_reverse,
    has_reverse,
    needs_of,
)
from adjoint_compiler.ir.nodes import (
    DISCARD,
    Bind,
    Call,
    Const,
    Effect,
    For,
    If,
    Pop,
    Program,
    Push,
    Store,
    Try,
    Update,
    While,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.walk import walk


def decide_recording(program: Program, facts: Facts, top: FragmentBlock, wanted: frozenset[str]) -> Recording:
    """Fill in ``save``, ``restore``, ``prepare``, ``record`` and ``recall`` of all fragments.

    The names and memory ``wanted`` must be at the end of the reverse sweep what they were at entry.
    """
    saved: set[Path] = set()
    regions: Regions = {}
    refused: frozenset[tuple[Path, int]] = frozenset()
    while True:
        for block in top.walk():
            block.record, block.recall, block.prepare, block.start = [], [], [], []
            for fragment in block.fragments:
                fragment.save, fragment.locate, fragment.restore, fragment.prepare = [], [], [], []
        r = Recording(program, facts, top, set(saved), regions=regions, refused=refused)
        _collect_needs(r)
        for block in top.walk():
            settle_own_names(r, block)
        save_what_is_overwritten(r, top, wanted)
        if r.saved_paths == saved and r.chosen == regions:
            _initialise(r)
            return r
        refused |= regions.keys() - r.chosen.keys()
        saved, regions = set(r.saved_paths), r.chosen


def _collect_needs(r: Recording) -> None:
    for (path, _), every in r.regions.items():
        for region in every:
            r.restored.add(region.target)
            for n in region.names() | {region.target}:
                r.need(path, n, n != region.target)
                r.early.add((n, path))
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
            if fragment.path in r.saved_paths and isinstance(s, (Push, Pop)):
                r.need(fragment.path, s.stack, False)
                r.early.add((s.stack, fragment.path))
                if isinstance(s, Pop) and s.target:
                    r.need(fragment.path, s.target, True)
            if fragment.path in r.saved_paths and isinstance(s, (Store, Update)):
                r.restored.add(s.target)
                for n in (*names_in(s.index), s.target):
                    r.need(fragment.path, n, n != s.target)
                    r.early.add((n, fragment.path))
            if fragment.path in r.saved_paths and isinstance(s, Effect) and s.text == DISCARD:
                for n in (*s.stored, *names_in(s.args[1])):
                    r.need(fragment.path, n, n not in s.stored)
                    r.early.add((n, fragment.path))
            if fragment.path in r.saved_paths and isinstance(s, Call) and not fragment.reverse:
                r.restored.update(s.stored)
                for n in s.stored:
                    r.need(fragment.path, n, False)
                    r.early.add((n, fragment.path))
            if fragment.blocks and (has_reverse(fragment) or any_saved(r, fragment)):
                for o in s.operands if isinstance(s, (If, For)) else ():
                    for n in names_in(o):
                        r.need(fragment.path, n, True)
                if isinstance(s, Try):
                    r.need(fragment.path, s.flag, True)
                if isinstance(s, While) and s.until and block_has_reverse(fragment.blocks["header"]):
                    r.need(fragment.path, s.until, True)


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


__all__ = ["decide_recording"]
