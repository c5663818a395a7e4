"""The rewrites of generated programs as steps of the pipeline: each with the types and the memory that it asks for.

Each can be left out: see :mod:`levels`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adjoint_compiler.analysis.inference import infer_types
from adjoint_compiler.analysis.memory import Memory, shared_classes
from adjoint_compiler.analysis.typing import Types, bind_type
from adjoint_compiler.backend.emit import Emitter
from adjoint_compiler.backend.numba.emitter import NumbaEmitter
from adjoint_compiler.backend.numba.frames import find_frames, tape_of, with_frames
from adjoint_compiler.backend.numba.helper_names import apart_from_helpers
from adjoint_compiler.backend.numba.precision import is_low
from adjoint_compiler.backend.numba.suit import Pair, detaches, suited, with_tape_types
from adjoint_compiler.frontend.webs import rename_webs
from adjoint_compiler.ir.kept import keep
from adjoint_compiler.ir.nodes import Bind, Program
from adjoint_compiler.ir.types import REAL
from adjoint_compiler.optimize.absorb_signs import absorb_signs
from adjoint_compiler.optimize.add_through_views import add_through_views
from adjoint_compiler.optimize.batch_outer_products import batch_outer_products
from adjoint_compiler.optimize.drop_identities import drop_identities
from adjoint_compiler.optimize.elide_copies import elide_copies, has_copies
from adjoint_compiler.optimize.fill_once import fill_once
from adjoint_compiler.optimize.hold_views import hold_views
from adjoint_compiler.optimize.merge_updates import merge_updates
from adjoint_compiler.optimize.prefer_methods import prefer_methods
from adjoint_compiler.optimize.propagate_copies import propagate_copies
from adjoint_compiler.optimize.remove_dead_stores import remove_dead_stores
from adjoint_compiler.optimize.reuse_memory import reuse_memory
from adjoint_compiler.optimize.scale_products import scale_products
from adjoint_compiler.optimize.share_guards import share_guards
from adjoint_compiler.optimize.share_subexpressions import share_subexpressions
from adjoint_compiler.optimize.simplify_arithmetic import simplify_arithmetic
from adjoint_compiler.optimize.simplify_memory import simplify_memory
from adjoint_compiler.optimize.store_first_sums import store_first_sums
from adjoint_compiler.state import State


def on_results(change: Callable[[Program], Program]) -> Callable[[State], State]:
    """A rewrite as a step: it is done to every generated program."""

    def run(state: State) -> State:
        results = tuple([change(p) for p in state.results])
        same = all(new is old for new, old in zip(results, state.results))
        return state if same else replace(state, results=results)

    return run


def types_of(p: Program, state: State) -> Types:
    """The types of a generated program's names; programs are frozen, so the answer is kept with them."""
    known: Types | None = getattr(p, "_types", None)
    if known is None:
        known = _extended(state.known.get(p.name), p)
        if known is None:
            free = {n: REAL for n in p.free if n not in state.free}
            known = infer_types(p, {**state.settled, **state.free, **free})
        state.known[p.name] = keep(p, "_types", known)
    return known


def _extended(types: Types | None, p: Program) -> Types | None:
    """Types that were found before the last rewrites, with those of the bindings that these have added; None if there are others.

    Rewrites give what a name stands for another form, not another type.
    """
    missing = p.mentioned - types.keys() if types is not None else None
    if types is None or not missing:
        return types
    new = [s for s in p.statements if not missing.isdisjoint(s.bound)]
    types = dict(types)
    for s in new:
        if not isinstance(s, Bind) or s.target in types:
            return None
        types[s.target] = bind_type(s, types)
    return types


def memory_of(p: Program, state: State) -> Memory:
    """Which names of a generated program may share memory; kept like their types."""
    known: Memory | None = getattr(p, "_memory", None)
    if known is None:
        known = keep(p, "_memory", shared_classes(p, types_of(p, state)))
    return known


def split_values(state: State) -> State:
    """Each value of an adjoint or a temporary gets its own name."""
    return on_results(lambda p: rename_webs(p, state.bars | p.temporaries))(state)


def simplify(state: State) -> State:
    """Factors of one and constants, as long as that makes a program simpler."""

    def change(p: Program) -> Program:
        types = types_of(p, state)
        for _ in range(3):
            simpler = simplify_arithmetic(p, types)
            if simpler is p:
                break
            p = propagate_copies(simpler)
        return p

    return on_results(change)(state)


def identities(state: State) -> State:
    """Copies that change nothing."""

    def change(p: Program) -> Program:
        shorter = drop_identities(p)
        return p if shorter is p else propagate_copies(shorter)

    after = on_results(change)(state)
    same = all(new is old for new, old in zip(after.results, state.results, strict=True))
    return state if same else simplify(after)  # constants may have come to where they are factors


def share(state: State) -> State:
    """What is written twice."""

    def change(p: Program) -> Program:
        return propagate_copies(share_subexpressions(p, types_of(p, state), memory_of(p, state)))

    return on_results(change)(state)


def dead_stores(state: State) -> State:
    """What nothing reads."""

    def change(p: Program) -> Program:
        return remove_dead_stores(p, types_of(p, state), memory_of(p, state))

    return on_results(change)(state)


def signs(state: State) -> State:
    """Sums instead of changed signs."""

    primal = frozenset(state.program.mentioned) if state.form == "forward" else None

    def change(p: Program) -> Program:
        absorbed = absorb_signs(p, types_of(p, state), memory_of(p, state), primal)
        return p if absorbed is p else propagate_copies(absorbed)

    return on_results(change)(state)


def scale(state: State) -> State:
    """Matrices that are multiplied by numbers before they are multiplied by vectors."""
    if state.form != "forward":
        return state
    primal = frozenset(state.program.mentioned)

    def change(p: Program) -> Program:
        return scale_products(p, types_of(p, state), memory_of(p, state), primal)

    return on_results(change)(state)


def elide(state: State) -> State:
    """Copies of memory that can be read itself."""

    def change(p: Program) -> Program:
        types, memory = types_of(p, state), memory_of(p, state)
        shorter = elide_copies(p, types, memory) if has_copies(p) else p
        if shorter is not p:
            memory = shared_classes(shorter, types)  # what was a copy may be a view now
        shorter = simplify_memory(shorter, types, memory)
        return p if shorter is p else propagate_copies(shorter)

    return on_results(change)(state)


def suit(state: State) -> State:
    """Forms that Numba compiles."""
    if state.jit is None:
        return state
    forward = state.form == "forward"
    callees = tuple(_suit_one(c, not forward and len(c.results) == 2) for c in state.callees)
    state = _suit_one(replace(state, callees=callees), state.form == "split")
    state = _number_tapes(state) if callees and not forward else state
    return replace(_apart(state), callees=tuple(map(_apart, state.callees)))


def _apart(state: State) -> State:
    """Variables apart from helpers."""

    def changed(p: Program) -> Program:
        types = dict(types_of(p, state))
        done = apart_from_helpers(p, types)
        return p if done is p else keep_types(done, types)

    return replace(state, results=tuple(map(changed, state.results)))


def keep_types(program: Program, types: Types) -> Program:
    """The program, with types that are known of its names."""
    keep(program, "_types", types)
    return program


def _suit_one(state: State, paired: bool) -> State:
    """The forms of one function, whose programs are a pair or not."""
    jit = state.jit
    assert jit is not None
    adjoints = state.results[1:] if paired else ()
    detaching = frozenset(p.name for p in adjoints if state.form == "split" and detaches(p))
    results: list[Program] = []
    types: Types = {}
    pair = Pair(adjoint=adjoints[0] if adjoints else None)
    for p in state.results:
        if results and paired:
            p = with_tape_types(p, results[0], types, state.form == "split")
        free = {**state.free, **{n: REAL for n in p.free if n not in state.free}}
        changed, types, told = suited(p, free, jit, pair, p.params[0] if p.name in detaching else None)
        results.append(keep_types(changed, types))
        pair = told if paired else Pair()
    return replace(state, results=tuple(results), detaching=detaching)


def _number_tapes(state: State) -> State:
    """Numbers for the tapes of recursive functions."""
    pairs = [c.results for c in state.callees]
    types = {p.name: types_of(p, c) for c in state.callees for p in c.results}
    frames = find_frames(pairs, types, state.results)

    def changed(p: Program, s: State, role: str, handed_on: int = 0) -> Program:
        known = dict(types_of(p, s))
        return keep_types(with_frames(p, known, frames, role, handed_on), known)

    callees = tuple(replace(c, results=tuple(changed(p, c, "internal") for p in c.results)) for c in state.callees)
    if state.form != "split":
        results = tuple(changed(p, state, "joint") for p in state.results)
    else:
        count = len(tape_of(state.results[0]))
        results = tuple(changed(p, state, r, count) for p, r in zip(state.results, ("primal", "adjoint"), strict=True))
    return replace(state, callees=callees, results=results)


def batch(state: State) -> State:
    """Outer products in loops."""
    if state.jit is not None:
        return state

    def change(p: Program) -> Program:
        if not any(isinstance(s, Bind) and s.op == "numpy.outer" for s in p.statements):
            return p
        return batch_outer_products(p, types_of(p, state), memory_of(p, state))

    return on_results(change)(state)


def merge(state: State) -> State:
    """Additions to one part."""
    return on_results(lambda p: merge_updates(p, types_of(p, state), memory_of(p, state)))(state)


def through_views(state: State) -> State:
    """Adjoints of parts that are parts of adjoints."""
    return on_results(lambda p: add_through_views(p, types_of(p, state), memory_of(p, state)))(state)


def first_sums(state: State) -> State:
    """Additions to what still is zero; the zeros nobody reads then go."""

    def change(p: Program) -> Program:
        types, memory = types_of(p, state), memory_of(p, state)
        stored = store_first_sums(p, types, memory)
        stored = stored if stored is p else remove_dead_stores(stored, types, memory)
        filled = fill_once(stored, types, memory, state.jit is not None)
        return p if filled is p else propagate_copies(filled)

    return on_results(change)(state)


def guards(state: State) -> State:
    """One look at what several guards look at."""
    if state.jit is not None:
        return state  # a guard joins the loop that it is in

    return on_results(lambda p: share_guards(p, types_of(p, state)))(state)


def reuse(state: State) -> State:
    """Memory of arrays that are not needed any more."""
    if state.jit is not None:
        return state  # Numba fuses expressions, not calls that are told where to store

    def change(p: Program) -> Program:
        return reuse_memory(p, types_of(p, state), memory_of(p, state))

    return on_results(change)(state)


def hold(state: State) -> State:
    """Parts of arrays, once before a loop."""
    if state.jit is not None:
        return state  # loops over elements read and store them where they are

    def change(p: Program) -> Program:
        held = hold_views(p, types_of(p, state))
        return p if held is p else propagate_copies(held)

    return on_results(change)(state)


def methods(state: State) -> State:
    """Functions of what certainly are arrays."""
    return on_results(lambda p: prefer_methods(p, types_of(p, state)))(state)


def emitted_tree(program: Program, state: State) -> Any:
    """The definition that a generated program is printed from."""
    memory = memory_of(program, state)
    changing = memory.stored | memory.held.keys()
    levels = {n: memory.levels(n) for n, cls in memory.classes.items() if cls in changing}
    emitter = (Emitter if state.jit is None else NumbaEmitter)(program, levels)
    if state.jit is not None and state.jit.checks_types and is_low(types_of(program, state)):
        emitter.folded = frozenset()  # so that the precision of every value can be looked at
    return emitter.function()
