"""The internal pairs of recursive functions.

    def power_primal(x, n):                 def power_adjoint(tape, result_bar, x):
        forward sweep                           (what it needs), = tape
        return result, tape                     reverse sweep
                                                return x_bar

The primal stores into its arguments as the function itself does, and its tape shares no memory with what a caller can
change later without knowing: other arguments, the result. The adjoint takes those parameters that it reads, and the
shadows of those that are stored into, whose memory it leaves as it was at entry. It may consume its tape.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler.analysis.calls import Callees, annotated, summaries_of
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import exposed, occurrences
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.calls import held_memory, is_paired, open_calls
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.forms import (
    in_order,
    new_tapes,
    quiet,
    result_program,
    unbound,
)  # fmt: skip
from adjoint_compiler.differentiate.packing import DETACHED, is_mutable
from adjoint_compiler.differentiate.reverse import Reversed, reverse_program
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    REVERSE,
    Bind,
    Call,
    Const,
    Name,
    Operand,
    Pack,
    Program,
    Return,
    Statement,
    Summary,
)
from adjoint_compiler.ir.operands import map_operand, names_in
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import names_stored, walk


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
            pairs[n], found = _pair(annotated(p, before), types[n], before[n])
            summaries = {**summaries, n: found}
        if summaries == before:
            return annotated(main, summaries), pairs


def _pair(program: Program, types: Types, pair: Summary) -> tuple[Pair, Summary]:
    """The pair, and its summary with what is found of it."""
    program = replace(program, doc="")
    if not is_paired(pair):
        names = Names(program.mentioned)
        return Pair((open_calls(program, frozenset(), names),)), pair
    wrt = tuple(program.params[k] for k in sorted({*pair.bars, *pair.shadows}))
    r = reverse_program(program, types, wrt, None, pair=pair)
    primal, adjoint, found = internal_form(program, r, pair)
    return Pair((primal, adjoint), frozenset(r.facts.bars.values()) | {r.seed}), found


def internal_form(program: Program, r: Reversed, pair: Summary) -> tuple[Program, Program, Summary]:
    """The primal, the adjoint, and the summary with what the adjoint takes and does."""
    f = r.facts
    bars = [r.bars[program.params[k]] for k in pair.bars]
    result: Operand = Pack("tuple", tuple(bars)) if len(bars) != 1 else bars[0]
    reverse = list(r.reverse)
    if r.registry and not pair.registry:
        reverse.insert(0, Bind(r.registry, "copy", (Pack("dict", ()),)))
    body: list[Statement] = [*reverse, Return(result if bars else Const(None))]
    shadows = [r.registry] if pair.registry else [f.bar(program.params[k]) for k in pair.shadows]
    needed = exposed(tuple(body))[0] - {r.seed, *shadows}
    rebound = {n for n, o in occurrences(program).items() if len(o.defs) > 1}
    tape = [n for n in in_order(program, r) if n in needed and (n not in program.params or n in rebound)]

    forward = [*new_tapes(r), *r.forward]
    forward = [*unbound(forward, tuple(body), program), *forward]
    copies, packed, returned = _own_memory(tape, program, r, pair)
    out = Pack("tuple", (returned, Pack("tuple", tuple(packed))))
    primal = result_program(program, f"{program.name}_primal", program.params, [*forward, *copies, Return(out)], r)

    holder = f.names.fresh("tape")
    unpack: list[Statement] = [Bind(n, "index", (Name(holder), Const(k))) for k, n in enumerate(tape)]
    seed = [r.seed] if pair.seeded else []
    params = (holder, *seed, *(program.params[k] for k in pair.reads), *shadows)
    adjoint = result_program(program, f"{program.name}_adjoint", params, [*unpack, REVERSE, *quiet(body, r)], r)
    bars_of = {n: f.bar(n) for n in (program.params[k] for k in pair.shadows)}
    overlapping = [(bars_of[a], bars_of[b]) for a, b in program.overlapping if a in bars_of and b in bars_of]
    adjoint = replace(adjoint, overlapping=(*program.overlapping, *overlapping))
    known = {n: f.types[n] for n in params if n in f.types}
    read = {k for k, n in enumerate(program.params) if n in needed and n not in tape}
    held = held_memory(r.forward, f)
    own = {f.aliases.classes[program.params[k]] for k in pair.mutates}
    free = tuple(n for n in program.free if n not in tape)
    return primal, replace(adjoint, types=known, free=free), replace(
        pair, reads=tuple(sorted({*pair.reads, *read})),
        refers=pair.refers or any(_holds(n, own, held, f) for n in tape),
        consumes=pair.consumes or _consumes(tape, reverse, held, r),
    )  # fmt: skip


def _holds(name: str, classes: set[int], held: dict[str, frozenset[int]], f: Facts) -> bool:
    """Whether a name refers to memory of the classes."""
    return bool(held.get(name, frozenset()) & classes) and is_mutable(f.types.get(name, UNKNOWN))


def _consumes(tape: list[str], reverse: list[Statement], held: dict[str, frozenset[int]], r: Reversed) -> bool:
    """Whether the adjoint takes items off lists, puts memory on its tape back as it was, or calls one that does."""
    f = r.facts
    restored = {f.aliases.classes[n] for s in walk(tuple(reverse)) for n in names_stored(s) if n in f.aliases.classes}
    return any(n in r.tapes or _holds(n, restored, held, f) for n in tape) or any(
        isinstance(s, Call) and s.summary.consumes for s in walk(tuple(r.forward))
    )


def _own_memory(
    tape: list[str], program: Program, r: Reversed, pair: Summary
) -> tuple[list[Statement], list[Operand], Operand]:
    """The items of the tape and the result, copied where a caller could change through one what the other holds.

    Memory of arguments that are stored into is shared: the caller knows of it.
    """
    f = r.facts
    held = held_memory(r.forward, f)
    params = {n: set(f.aliases.levels(n)) for n in program.params}
    own = {c for k in pair.mutates for c in params[program.params[k]]}
    seen = {c for n in program.params for c in params[n]} | {c for n in names_in(r.result) for c in f.aliases.levels(n)}
    exposed = [n for n in tape if _holds(n, seen - own - f.aliases.stored, held, f)]
    copies: list[Statement] = []
    copied: dict[str, Name] = {}
    for n in exposed:
        copied[n] = Name(f.names.fresh("t"))
        copies.append(Bind(copied[n].id, HELPER["copied"], (Name(n),)))
    kept = f.aliases.stored - own
    given = [n for n in dict.fromkeys(names_in(r.result)) if _holds(n, set(kept), held, f)]
    given = [n for n in given if any(_holds(m, {*f.aliases.levels(n)} & kept, held, f) for m in tape)]
    renamed: dict[str, Name] = {}
    if given:
        # Copied together, so that what is one memory stays one memory.
        memory = f.names.fresh("memory")
        copies.append(Bind(memory, DETACHED, (Pack("tuple", tuple(Name(n) for n in given)),)))
        for k, n in enumerate(given):
            renamed[n] = Name(f.names.fresh("t"))
            copies.append(Bind(renamed[n].id, "index", (Name(memory), Const(k))))
    returned = map_operand(r.result, lambda n: renamed.get(n, Name(n)))
    return copies, [copied.get(n, Name(n)) for n in tape], returned


__all__ = ["Pair", "internal_form", "internal_pairs"]
