"""The internal pairs of recursive functions.

    def power_primal(x, n):                 def power_adjoint(tape, result_bar, x):
        forward sweep                           (what it needs), = tape
        return result, tape                     reverse sweep
                                                return x_bar

The primal stores into its arguments as the function itself does, and its tape shares no memory with what a caller can
change later: other arguments, the result. The adjoint takes those parameters that it reads, and the shadows of those that
are stored into; it leaves their memory as it was at entry and its tape as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler.analysis.calls import Callees, annotated, summaries_of
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import occurrences
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.calls import held_memory, is_paired, open_calls
from adjoint_compiler.differentiate.forms import (
    in_order,
    is_mutable,
    new_tapes,
    quiet,
    result_program,
    unbound,
    upward_reads,
)  # fmt: skip
from adjoint_compiler.differentiate.reverse import Reversed, reverse_program
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Comment,
    Const,
    Name,
    Operand,
    Pack,
    Program,
    Return,
    Statement,
    Summary,
    names_bound,
    names_in,
    names_stored,
    reads,
    walk,
)  # fmt: skip
from adjoint_compiler.ir.types import UNKNOWN

DETACHED = "adjoint_compiler.runtime.memory.detached"


@dataclass(frozen=True)
class Pair:
    """What a recursive function is differentiated to; the function alone, if no derivative flows through it.

    Attributes:
        programs: its primal and its adjoint.
        bars: names of adjoints in it.
    """

    programs: tuple[Program, ...]
    bars: frozenset[str] = frozenset()


def internal_pairs(main: Program, callees: Callees, types: dict[str, Types]) -> tuple[Program, dict[str, Pair]]:
    """The internal pairs of all recursive functions, and the outermost program with what its calls must pass.

    What an adjoint reads hangs on what those that it calls read: found by a fixpoint that starts with nothing.
    """
    if not callees:
        return main, {}
    summaries = {n: replace(s, reads=s.mutates) for n, s in summaries_of(main, callees).items()}
    while True:
        pairs, before = {}, summaries
        for n, p in callees.items():
            pairs[n], read, refers = _pair(annotated(p, before), types[n], before[n])
            known = tuple(sorted({*summaries[n].reads, *read}))
            summaries = {**summaries, n: replace(summaries[n], reads=known, refers=summaries[n].refers or refers)}
        if summaries == before:
            return annotated(main, summaries), pairs


def _pair(program: Program, types: Types, pair: Summary) -> tuple[Pair, tuple[int, ...], bool]:
    program = replace(program, doc="")
    if not is_paired(pair):
        names = Names(
            {n for s in walk(program.body) for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free}
        )
        return Pair((open_calls(program, frozenset(), names),)), (), False
    wrt = tuple(program.params[k] for k in sorted({*pair.bars, *pair.shadows}))
    r = reverse_program(program, types, wrt, None, pair=pair)
    primal, adjoint, read, refers = internal_form(program, r, pair)
    bars = frozenset(r.facts.bars.values()) | {r.seed}
    return Pair((primal, adjoint), bars), tuple(k for k, p in enumerate(program.params) if p in read), refers


def internal_form(program: Program, r: Reversed, pair: Summary) -> tuple[Program, Program, frozenset[str], bool]:
    """The primal, the adjoint, the parameters that the adjoint must be given, and whether the tape refers to them."""
    f = r.facts
    bars = [r.bars[program.params[k]] for k in pair.bars]
    result: Operand = Pack("tuple", tuple(bars)) if len(bars) != 1 else bars[0]
    reverse = list(r.reverse)
    if r.registry and not pair.registry:
        reverse.insert(0, Bind(r.registry, "copy", (Pack("dict", ()),)))
    body: list[Statement] = [*reverse, Return(result if bars else Const(None))]
    shadows = [r.registry] if pair.registry else [f.bar(program.params[k]) for k in pair.shadows]
    needed = upward_reads(tuple(body)) - {r.seed, *shadows}
    rebound = {n for n, o in occurrences(program).items() if len(o.defs) > 1}
    tape = [n for n in in_order(program, r) if n in needed and (n not in program.params or n in rebound)]
    read = frozenset(p for p in program.params if p in needed and p not in tape)

    buffers = tuple(program.params[k] for k in pair.mutates)
    forward = [*new_tapes(r), *r.forward]
    forward = [*unbound(forward, tuple(body), program), *forward]
    copies, packed = _packed(tape, buffers, program, r)
    out = Pack("tuple", (r.result, Pack("tuple", tuple(packed))))
    primal = result_program(program, f"{program.name}_primal", program.params, [*forward, *copies, Return(out)], r)

    unpack: list[Statement] = [Bind(n, "index", (Name("tape"), Const(k))) for k, n in enumerate(tape)]
    unpack += [Bind(n, "builtins.list", (Name(n),)) for n in tape if n in r.tapes]
    unpack += _own_buffers(tape, buffers, reverse, r)
    seed = [r.seed] if pair.seeded else []
    params = ("tape", *seed, *(program.params[k] for k in pair.reads), *shadows)
    statements = [*unpack, Comment("reverse sweep"), *quiet(body, r)]
    adjoint = result_program(program, f"{program.name}_adjoint", params, statements, r)
    types = {p: f.types[p] for p in (*params[1 + len(seed) :], *seed) if p in f.types}
    types |= {f.bar(program.params[k]): f.types[program.params[k]] for k in pair.shadows}
    own, held = {f.aliases.classes[p] for p in buffers}, held_memory(r.forward, f)
    refers = any(held.get(n, frozenset()) & own and is_mutable(f.types.get(n, UNKNOWN)) for n in tape)
    free = tuple(n for n in program.free if n not in tape)
    return primal, replace(adjoint, types={p: t for p, t in types.items() if p in params}, free=free), read, refers


def _packed(
    tape: list[str], buffers: tuple[str, ...], program: Program, r: Reversed
) -> tuple[list[Statement], list[Operand]]:
    """The items of the tape; those that a caller could change later, not knowing of the tape, are copied."""
    f = r.facts
    held = held_memory(r.forward, f)
    own = {f.aliases.classes[p] for p in buffers}
    seen = {f.aliases.classes.get(n) for n in (*program.params, *names_in(r.result))} - own - {None}
    exposed = [n for n in tape if held.get(n, frozenset()) & seen and is_mutable(f.types.get(n, UNKNOWN))]
    renamed: dict[str, Operand] = {}
    copies: list[Statement] = []
    if any(held[n] & f.aliases.stored for n in exposed):
        # Copied together, so that what is one memory stays one memory.
        memory = f.names.fresh("memory")
        copies.append(Bind(memory, DETACHED, (_tuple(exposed), *_keep(exposed, buffers, held, r))))
        for k, n in enumerate(exposed):
            renamed[n] = Name(f.names.fresh("t"))
            copies.append(Bind(str(renamed[n].id), "index", (Name(memory), Const(k))))  # type: ignore[union-attr]
    else:
        for n in exposed:
            renamed[n] = Name(f.names.fresh("t"))
            copies.append(Bind(str(renamed[n].id), HELPER["copied"], (Name(n),)))  # type: ignore[union-attr]
    return copies, [renamed.get(n, Name(n)) for n in tape]


def _own_buffers(tape: list[str], buffers: tuple[str, ...], reverse: list[Statement], r: Reversed) -> list[Statement]:
    """Copies of the function's own buffers, which the reverse sweep restores, so that the tape stays as it is."""
    f = r.facts
    held = held_memory(r.forward, f)
    own = {f.aliases.classes[p] for p in buffers}
    restored = {f.aliases.classes.get(n) for s in walk(tuple(reverse)) for n in names_stored(s)} - own - {None}
    touched = [n for n in tape if held.get(n, frozenset()) & restored and is_mutable(f.types.get(n, UNKNOWN))]
    if not touched:
        return []
    memory = f.names.fresh("memory")
    out: list[Statement] = [Bind(memory, DETACHED, (_tuple(touched), *_keep(touched, buffers, held, r)))]
    return out + [Bind(n, "index", (Name(memory), Const(k))) for k, n in enumerate(touched)]


def _keep(
    names: list[str], buffers: tuple[str, ...], held: dict[str, frozenset[int]], r: Reversed
) -> tuple[Operand, ...]:
    """The arguments whose memory stays where it is, if some of the names hold it."""
    classes = {c for n in names for c in held[n]}
    kept = [p for p in buffers if r.facts.aliases.classes[p] in classes]
    return (_tuple(kept),) if kept else ()


def _tuple(names: list[str]) -> Pack:
    return Pack("tuple", tuple(Name(n) for n in names))


__all__ = ["Pair", "internal_form", "internal_pairs"]
