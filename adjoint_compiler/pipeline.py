"""The table of contents of the compiler: its passes, in order.

``--dump-after`` names, timings and error texts come from this list. Every pass takes and returns a :class:`State`;
the verifier runs on its program after each when the environment sets ``ADJOINT_COMPILER_VERIFY`` (the tests do).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from adjoint_compiler import rewrites
from adjoint_compiler.analysis.calls import Callees, reachable, settle_types, summarise
from adjoint_compiler.analysis.constants import constant_faults
from adjoint_compiler.analysis.inference import infer_types
from adjoint_compiler.analysis.lints import find_lints, may_warn, of_result
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.whole_numbers import whole_arguments, whole_number_faults
from adjoint_compiler.backend.check_nesting import check_nesting
from adjoint_compiler.backend.check_types import check_types
from adjoint_compiler.backend.numba.check_numbers import with_checks
from adjoint_compiler.backend.text import to_text
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.copy_read_parts import copy_read_parts, largest_saved
from adjoint_compiler.differentiate.custom import call_functions, settle_custom_calls
from adjoint_compiler.differentiate.forms import joint_form, split_form
from adjoint_compiler.differentiate.forward_form import forward_callees, forward_form
from adjoint_compiler.differentiate.internal import internal_pairs
from adjoint_compiler.differentiate.outcome import choose_outcome
from adjoint_compiler.differentiate.record_costly import costly_names
from adjoint_compiler.differentiate.reverse import reverse_program
from adjoint_compiler.frontend.check_dtypes import check_dtypes
from adjoint_compiler.frontend.check_mixed import check_mixed
from adjoint_compiler.frontend.check_objects import stand_in_returned
from adjoint_compiler.frontend.check_powers import check_powers
from adjoint_compiler.frontend.check_stores import check_stores
from adjoint_compiler.frontend.expand_updates import expand_updates
from adjoint_compiler.frontend.name_containers import name_containers
from adjoint_compiler.frontend.own_globals import own_globals
from adjoint_compiler.frontend.read_layouts import read_layouts
from adjoint_compiler.frontend.resolve import resolve
from adjoint_compiler.frontend.split_definitions import split_definitions
from adjoint_compiler.frontend.webs import rename_webs
from adjoint_compiler.ir.nodes import Bind, Program
from adjoint_compiler.ir.operands import NONE
from adjoint_compiler.ir.types import UNKNOWN, is_array, is_container
from adjoint_compiler.ir.verifier import verify
from adjoint_compiler.ir.walk import binds
from adjoint_compiler.optimize.propagate_copies import propagate_copies
from adjoint_compiler.optimize.remove_dead_code import remove_dead_code
from adjoint_compiler.optimize.repeat_selected_trips import repeat_selected_trips
from adjoint_compiler.optimize.scalarize_tuples import scalarize_tuples
from adjoint_compiler.optimize.share_subexpressions import share_primal
from adjoint_compiler.rules.known import known_op
from adjoint_compiler.state import State, callee_states, faults_of, varied_in

VERIFY = bool(os.environ.get("ADJOINT_COMPILER_VERIFY"))

UNSET = (NONE,)  # what generated code binds a name to that may have no value yet

Pass = tuple[str, str, Callable[[State], State]]


def _on_program(change: Callable[[Program], Program]) -> Callable[[State], State]:
    def run(state: State) -> State:
        program = change(state.program)
        return state if program is state.program else replace(state, program=program)

    return run


def _on_typed(change: Callable[[Program, Types], Program]) -> Callable[[State], State]:
    return lambda state: replace(state, program=change(state.program, state.types))


def _each(action: Callable[[State], State]) -> Callable[[State], State]:
    """A pass over the outermost program and over the recursive functions it calls."""

    def run(state: State) -> State:
        callees, state = tuple(map(action, state.callees)), action(state)
        return replace(state, callees=callees) if callees else state

    return run


def _types(state: State, tolerant: bool = False) -> State:
    if not state.callees:
        if state.typed is state.program and not tolerant:
            return state
        typed = None if tolerant else state.program
        return replace(state, types=infer_types(state.program, state.free, tolerant), typed=typed)
    main, callees, types = settle_types(state.program, _callees(state), state.free, tolerant)
    kept = [replace(c, program=callees[c.program.name], types=types[c.program.name])
            for c in state.callees if c.program.name in callees]  # fmt: skip
    return replace(state, program=main, types=types[""], callees=tuple(kept))


def _callees(state: State) -> Callees:
    return {c.program.name: c.program for c in state.callees}


def _all_types(state: State) -> dict[str, Types]:
    return {"": state.types, **{c.program.name: c.types for c in state.callees}}


def _with_callees(state: State, main: Program, made: Callees) -> State:
    return replace(state, program=main, callees=tuple(replace(c, program=made[c.program.name]) for c in state.callees))


def _summarise(state: State) -> State:
    main, callees = summarise(state.program, _callees(state), _all_types(state), state.request.wrt)
    return _with_callees(state, main, callees)


def _resolve(state: State) -> State:
    program, faults = resolve(state.program, state.types)
    return replace(state, program=program, unresolved=tuple(faults))


def _whole_numbers(state: State) -> State:
    found: list[Diagnostic] = []
    callees = {c.program.name: c for c in state.callees}
    work = [(state, state.ints)]
    seen: set[tuple[str, int]] = set()
    while work and state.ints:
        s, ints = work.pop()
        found += whole_number_faults(s.program, s.types, s.free, ints)
        for name, k in sorted(whole_arguments(s.program, s.types, s.free, ints) - seen):
            seen.add((name, k))
            work.append((callees[name], (callees[name].program.params[k],)))
    # what does not fit a float, where an int was passed, follows from it
    returned = stand_in_returned(state.program, state.types)
    found += [returned] if returned is not None else []
    faults = (*state.faults, *(found or state.unresolved), *(f for c in state.callees for f in c.unresolved))
    return replace(state, faults=faults)


def _outcome(state: State) -> State:
    program, request = choose_outcome(state.program, state.types, state.request, state.form, bool(state.faults))
    faults = constant_faults(program, state.types, request.wrt)
    faults += [d for c in state.callees for d in constant_faults(c.program, c.types, c.program.params)]
    return replace(state, program=program, request=request, faults=(*state.faults, *faults))


def _refuse(state: State) -> State:
    if state.faults:
        raise DifferentiationError(state.faults)
    return state


def _lints(state: State) -> State:
    found: list[Diagnostic] = []
    for s in (state, *state.callees):
        inputs = state.request.wrt if s is state else s.program.params
        if state.explaining or may_warn(s.program, s.types):
            found += find_lints(s.program, s.types, inputs)
    if state.form == "joint" and state.request.wrt and not (state.reached or state.derives):
        found += of_result(state.program)
    return replace(state, lints=tuple(found))


def _check_stores(state: State) -> State:
    as_numpy = state.jit is None or not state.jit.compiled  # Numba itself copies what overlaps
    return replace(state, program=check_stores(state.program, state.types)) if as_numpy else state


def _check_dtypes(state: State) -> State:
    program, types = state.program, state.types
    return replace(state, program=check_dtypes(program, types, lambda: varied_in(state)))


def _check_numbers(state: State) -> State:
    return replace(state, program=with_checks(state.program, state.types, state.jit))


def _check_powers(state: State) -> State:
    if state.jit is not None:  # `check_numbers` asks more
        return state
    return replace(state, program=check_powers(state.program, state.types))


def _share_primal(state: State) -> State:
    program = share_primal(state.program, state.types, shared_classes(state.program, state.types))
    return state if program is state.program else replace(state, program=propagate_copies(program))


def _repeat_selected_trips(state: State) -> State:
    program = repeat_selected_trips(state.program, state.types, lambda: varied_in(state))
    return state if program is state.program else replace(state, program=propagate_copies(program))


def _own_globals(state: State) -> State:
    program, stored = own_globals(state.program, state.types)
    return replace(state, program=program, implicit=stored)


def _generated(state: State, results: tuple[Program, ...], bars: Collection[str]) -> State:
    """With generated programs, which know what names in them are the primal's; those are of the same types."""
    primal = frozenset(n for s in state.program.statements for n in (binds(s),) if n)
    unset = {s.target for p in results for s in p.statements if isinstance(s, Bind) and s.args == UNSET}
    arrays = {n for n in state.program.params if is_array(state.types.get(n, UNKNOWN))}
    types = {n: state.types.get(n, UNKNOWN) for n in (primal | arrays) - unset}
    settled = {n: t for n, t in types.items() if t != UNKNOWN and not is_container(t)}
    results = tuple(replace(p, primal=primal) for p in results)
    return replace(state, results=results, known={}, settled=settled, bars=frozenset(bars))


def _differentiate_callees(state: State) -> State:
    if state.form == "forward":
        programs, dots, calls = forward_callees(
            state.program, _callees(state), _all_types(state), state.request.companion
        )
        forward = (_generated(c, programs[c.program.name], dots[c.program.name]) for c in state.callees)
        return replace(state, callees=tuple(forward), forward_calls=calls)
    main, pairs = internal_pairs(state.program, _callees(state), _all_types(state))
    made = ((c, pairs[c.program.name]) for c in state.callees)
    callees = (_generated(c, pair.programs, pair.bars) for c, pair in made)
    return replace(state, program=main, callees=tuple(callees))


def _differentiate(state: State, recorded: frozenset[str] = frozenset()) -> State:
    if state.form == "forward":
        result, f, mutated = forward_form(state.program, state.types, state.request, state.forward_calls)
        generated = _generated(state, (result,), f.dots.values())
        return replace(generated, mutated=(*mutated, *state.implicit))
    has_aux = state.request.has_aux and state.form == "joint"
    r = reverse_program(
        state.program, state.types, state.request.wrt, state.request.outputs, has_aux, recorded=recorded
    )
    results: tuple[Program, ...]
    if state.form == "split":
        results = split_form(state.program, r, state.request.wrt, state.request.outputs)
    else:
        results = (joint_form(state.program, r, state.request, f"{state.program.name}_grad"),)
    generated = _generated(state, results, {*r.facts.bars.values(), r.seed})
    return replace(generated, mutated=(*r.mutated, *state.implicit), recording=r.recording, reached=r.reached)


def _copy_read_parts(state: State) -> State:
    if state.recording is None:
        return state
    types = dict(state.types)
    program, recorded = copy_read_parts(state.program, types, state.recording)
    if program is state.program and not recorded:
        return state
    again = _differentiate(replace(state, program=program, types=types), recorded)
    return again if largest_saved(again.recording) < largest_saved(state.recording) else state


def _record_costly(state: State) -> State:
    if state.recording is None or state.jit is None or dict(state.jit.options).get("parallel"):
        return state  # parallel loops keep none of what some trips record only
    names = costly_names(state.results[0], state.types)
    return _differentiate(state, names | state.recording.facts.recorded) if names else state


def _check(state: State) -> State:
    real = {p: t for p in state.program.params if (t := state.types.get(p, UNKNOWN)).kind == "real"}
    promised = real | state.program.types if state.promised else {}
    return replace(state, results=tuple(check_types(p, promised) for p in state.results))


def _check_nesting(state: State) -> State:
    for p in state.results:
        check_nesting(p)
    return state


def _emit(state: State) -> State:
    return replace(state, texts=tuple(to_text([rewrites.emitted_tree(p, state)]) for p in state.results))


def _join(state: State) -> State:
    inner = {p.name: (p, text) for c in state.callees for p, text in zip(c.results, c.texts)}
    programs = {n: p for n, (p, _) in inner.items()}
    texts = []
    for p, text in zip(state.results, state.texts):
        called = reachable(p, programs)
        texts.append("\n\n".join((*(inner[n][1] for n in called), text)))
    return replace(state, texts=tuple(texts))


NORMALISE: list[Pass] = [
    ("rename_webs", "Give each web of definitions and uses its own name.", _each(_on_program(rename_webs))),
    ("scalarize_tuples", "Replace tuples of known structure by their items.", _each(_on_program(scalarize_tuples))),
    ("propagate_copies", "Let one name do the work of a copy and its source.", _each(_on_program(propagate_copies))),
    ("infer_types", "Find the type of every name.", lambda state: _types(state, tolerant=True)),
    ("resolve", "Resolve methods, attributes and updates by type.", _each(_resolve)),
]

PASSES: list[Pass] = [
    *NORMALISE,
    *((f"{name}_again", text, run) for name, text, run in NORMALISE),
    ("find_whole_numbers", "Find where an int in wrt is needed as an integer.", _whole_numbers),
    ("expand_updates", "Write updates that are not sums as read, compute, store.", _each(_on_typed(expand_updates))),
    ("read_layouts", "Read orders off arrays where they lie.", _each(_on_program(read_layouts))),
    ("name_containers", "Name the containers that others are made with.", _each(_on_typed(name_containers))),
    ("simplify", "Remove the copies that resolving left.", _each(_on_program(propagate_copies))),
    ("remove_dead_primal", "Remove primal code that nothing needs.", _each(_on_program(remove_dead_code))),
    ("split_definitions", "Bind variables that are overwritten by copies only.", _each(_on_program(split_definitions))),
    ("retype", "Find the types of the final program.", _types),
    ("find_stores", "Find what recursive functions store, return and carry.", _summarise),
    ("own_globals", "Copy the global arrays that are stored into.", _own_globals),
    ("retype_again", "Find the types of those copies.", _types),
    ("check_stores", "Check stores that may read what they have already written.", _each(_check_stores)),
    ("check_dtypes", "Check stores into arrays that may hold integers.", _each(_check_dtypes)),
    ("check_powers", "Check powers of Python numbers that may be complex.", _each(_check_powers)),
    ("check_mixed", "Check sums of what may be a container.", _each(_on_typed(check_mixed))),
    ("check_numbers", "Check, for Numba, what Python's numbers raise for.", _each(_check_numbers)),
    ("share_primal", "Compute once what the program computes twice.", _each(_share_primal)),
    (
        "repeat_selected_trips",
        "Run a trip again that a loop chose, in place of differentiating the loop.",
        _each(_repeat_selected_trips),
    ),
    ("settle_custom_calls", "Check calls of functions with own rules.", _each(_on_typed(settle_custom_calls))),
    ("choose_outcome", "Find the result, or the stored arguments, to differentiate.", _outcome),
    ("retype_outcome", "Find the types of its parts.", _types),
    ("summarise_calls", "Find what the derivatives of recursive functions pass.", _summarise),
    ("differentiate_callees", "Turn recursive functions into internal pairs.", _differentiate_callees),
    ("differentiate", "Turn the program into its forward and reverse sweeps.", _differentiate),
    ("copy_read_parts", "Record parts that are read in place of all that is overwritten.", _copy_read_parts),
    ("record_costly", "Record numbers, for Numba, that take long to compute again.", _record_costly),
    ("refuse", "Refuse what cannot be differentiated, all of it at once.", _refuse),
    ("find_lints", "Find what is differentiated right, and may not be what was meant.", _lints),
    (
        "call_functions",
        "Call what has own rules where only its value is asked.",
        _each(rewrites.on_results(call_functions)),
    ),
    ("split_values", "Give each value of an adjoint or a temporary its own name.", _each(rewrites.split_values)),
    ("propagate_adjoint_copies", "Remove copies in the generated code.", _each(rewrites.on_results(propagate_copies))),
    ("simplify_arithmetic", "Drop factors of one and fold constants.", _each(rewrites.simplify)),
    ("drop_identities", "Remove copies that give a name the value it has.", _each(rewrites.identities)),
    ("share_subexpressions", "Compute once what is written twice.", _each(rewrites.share)),
    ("remove_dead_stores", "Remove what the reverse sweep stores and nothing reads.", _each(rewrites.dead_stores)),
    ("absorb_signs", "Add or subtract instead of changing signs.", _each(rewrites.signs)),
    ("scale_products", "Multiply tangents by numbers after products with vectors.", _each(rewrites.scale)),
    ("elide_copies", "Read memory itself in place of copies of it.", _each(rewrites.elide)),
    ("batch_outer_products", "Sum outer products as one matrix product.", _each(rewrites.batch)),
    ("merge_updates", "Add to a part of an array once what is added to it twice.", _each(rewrites.merge)),
    ("add_through_views", "Add to an array's adjoint what is collected for a part.", _each(rewrites.through_views)),
    ("store_first_sums", "Store what is added to parts that still are zero.", _each(rewrites.first_sums)),
    ("share_guards", "Look once at what several guards look at.", _each(rewrites.guards)),
    ("reuse_memory", "Compute in the memory of arrays that are not needed afterwards.", _each(rewrites.reuse)),
    ("hold_views", "Take parts of arrays once, and change them in place.", _each(rewrites.hold)),
    ("remove_dead_adjoint", "Remove generated code that nothing needs.", _each(rewrites.on_results(remove_dead_code))),
    ("prefer_methods", "Call what certainly are arrays directly.", _each(rewrites.methods)),
    ("suit_numba", "Write what Numba lacks, or runs differently, in forms it compiles.", rewrites.suit),
    ("check_types", "Check on entry the types that annotations, or their absence, promise.", _check),
    ("check_nesting", "Refuse loops nested deeper than Python compiles.", _each(_check_nesting)),
    ("emit", "Fold temporaries into expressions and write Python.", _each(_emit)),
    ("join", "Put recursive functions in front of what calls them.", _join),
]


def run(state: State, watch: Callable[[str, State], Any] | None = None) -> State:
    """Run all passes.

    A pass that refuses leaves the program as it was, and the next ones look for what else is wrong, up to ``refuse``.

    Args:
        state: the lowered program and what is asked of it.
        watch: called with the name of each pass and the state after it.

    Raises:
        DifferentiationError: when the program is refused.
    """
    refusing = True
    for name, _, action in PASSES:
        refusing = refusing and name != "refuse"
        try:
            state = state if name in state.left_out else action(state)
        except Exception as fault:
            found = faults_of(fault, state)
            if not refusing or not (found or state.faults):
                raise
            state = replace(state, faults=(*state.faults, *found))
            if not found:  # a program that is refused need not suit every pass
                raise DifferentiationError(state.faults) from None
        if VERIFY and not state.faults:
            for p in (
                *(state.results or (state.program,)),
                *(p for c in state.callees for p in c.results or (c.program,)),
            ):
                verify(p, known_op, frozenset(p.name for c in state.callees for p in (c.program, *c.results)))
        if watch is not None:
            watch(name, state)
    return state


__all__ = ["PASSES", "Pass", "State", "callee_states", "run"]
