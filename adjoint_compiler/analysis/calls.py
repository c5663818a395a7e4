"""What recursive functions do, found for all programs of a module together, each by a fixpoint.

* Types: a parameter has the join of the types that all calls pass; the result's type starts as "never", so that the
  paths without a recursive call decide it.
* Effects: which parameters are stored into, which the result may share memory with, from which a derivative flows.

    def fill(a, n):                    a: float64[:]    stored into
        if n > 0:                      n: int
            a[n] *= a[n - 1]
            fill(a, n - 1)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from adjoint_compiler.analysis.activity import active_names, useful_names, varied_names
from adjoint_compiler.analysis.aliasing import Aliases, analyse_aliases
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.inference import infer_types
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.joins import join
from adjoint_compiler.ir.nodes import REFUSED, Bind, Call, Name, Operand, Program, Return, Statement, Summary
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import NEVER, UNKNOWN, Type, is_container, is_discrete, is_number
from adjoint_compiler.optimize.rename import map_statements

MAX_ROUNDS = 24
Callees = dict[str, Program]
Summaries = dict[str, Summary]


def calls_in(program: Program) -> Iterator[Call]:
    """The calls of a program, in order."""
    return (s for s in program.statements if isinstance(s, Call))


def result_of(program: Program) -> Operand:
    """What the program returns."""
    last = program.body[-1]
    return last.value if isinstance(last, Return) else Name("")


def annotated(program: Program, summaries: Summaries) -> Program:
    """The program with the summaries of its callees at its calls."""

    def change(s: Statement) -> list[Statement]:
        return [replace(s, summary=summaries[s.callee])] if isinstance(s, Call) else [s]

    return map_statements(program, change)


def summaries_of(main: Program, callees: Callees) -> Summaries:
    """The summaries that the programs' calls carry."""
    return {c.callee: c.summary for p in (main, *callees.values()) for c in calls_in(p)}


def reachable(main: Program, callees: Callees) -> Callees:
    """The callees that calls lead to, in the order given."""
    found: Callees = {}
    work = [main]
    while work:
        for call in calls_in(work.pop()):
            if call.callee not in found:
                found[call.callee] = callees[call.callee]
                work.append(callees[call.callee])
    return {n: p for n, p in callees.items() if n in found}


# -- types -----------------------------------------------------------------------------------------------------


def settle_types(
    main: Program, callees: Callees, free: Types, tolerant: bool = False
) -> tuple[Program, Callees, dict[str, Types]]:
    """The programs with the types of their parameters and of the results of their calls, and all types by program.

    ``tolerant`` is as in ``infer_types``.

    Raises:
        DifferentiationError: AC003 when the types grow from call to call, or no path returns.
    """
    callees = reachable(main, callees)
    callees = {n: replace(p, types=dict.fromkeys(p.params, NEVER)) for n, p in callees.items()}
    results: dict[str, Type] = dict.fromkeys(callees, NEVER)
    known = summaries_of(main, callees)
    grown = {n: [NEVER] * len(p.params) for n, p in callees.items()}
    for _ in range(MAX_ROUNDS):
        summaries = {n: replace(known.get(n, Summary()), result=t, grown=tuple(grown[n])) for n, t in results.items()}
        before = {n: dict(p.types) for n, p in callees.items()}, dict(results), {n: list(g) for n, g in grown.items()}
        types: dict[str, Types] = {}
        for program in (main, *callees.values()):
            found = infer_types(
                annotated(program, summaries), {n: free[n] for n in program.free if n in free}, tolerant
            )
            types["" if program is main else program.name] = found
            for k, p in enumerate(program.params if program is not main else ()):
                told = grown[program.name]
                through = any(t != NEVER for call in calls_in(program) for t in grown[call.callee])
                if is_container(found[p]) and (told[k] != NEVER or through or found[p] != program.types[p]):
                    told[k] = join(told[k], found[p])
            for call in calls_in(program):
                given = callees[call.callee].types
                for p, a in zip(callees[call.callee].params, call.args):
                    given[p] = join(given[p], operand_type(a, found))
            if program is not main:
                results[program.name] = join(results[program.name], operand_type(result_of(program), found))
        if before == ({n: p.types for n, p in callees.items()}, results, grown):
            _refuse_endless(callees, results)
            return annotated(main, summaries), {n: annotated(p, summaries) for n, p in callees.items()}, types
    name, program = next(iter(callees.items()))
    raise DifferentiationError([Diagnostic(
        "AC003", program.span, f"the types of `{name}` change from call to call without end", (),
        "pass values of the same types in the recursive call",
    )])  # fmt: skip


def _refuse_endless(callees: Callees, results: dict[str, Type]) -> None:
    endless = [callees[n] for n, t in results.items() if t == NEVER and not _refused(callees[n])]
    if endless:
        raise DifferentiationError([Diagnostic(
            "AC003", p.span, f"every path through `{p.name}` calls it again", (), "return something before the recursion ends"
        ) for p in endless])  # fmt: skip


def _refused(program: Program) -> bool:
    """Whether something of it was refused, so that it may have no type for that reason."""
    return any(isinstance(s, Bind) and s.op == REFUSED for s in program.statements)


# -- effects ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """A program with what was found of it."""

    program: Program
    types: Types
    aliases: Aliases


def summarise(
    main: Program, callees: Callees, types: dict[str, Types], inputs: tuple[str, ...]
) -> tuple[Program, Callees]:
    """The programs with full summaries at their calls.

    Args:
        main: the outermost program, its types settled.
        callees: the recursive functions.
        types: types of all names, by program; those of ``main`` under "".
        inputs: parameters of ``main`` that are differentiated.

    Raises:
        DifferentiationError: AC001 for containers that recursive functions change.
    """
    if not callees:
        return main, callees
    results = {n: operand_type(result_of(p), types[n]) for n, p in callees.items()}
    summaries = {n: Summary(results[n], tuple(types[n][q] for q in p.params)) for n, p in callees.items()}
    while True:
        before = summaries, callees
        known = {n: _look(annotated(p, summaries), types[n]) for n, p in {"": main, **callees}.items()}
        callees = _note_stores(known, _note_overlaps(known, callees))
        summaries = {n: replace(s, **_effects(known[n], s)) for n, s in summaries.items()}  # type: ignore[arg-type]
        if before == (summaries, callees):
            break
    _refuse_containers(known)
    summaries = _activity(known, summaries, inputs)
    return annotated(main, summaries), {n: annotated(p, summaries) for n, p in callees.items()}


def _look(program: Program, types: Types) -> Known:
    return Known(program, types, analyse_aliases(program, types))


def _memory(names: Iterator[str] | tuple[str, ...], k: Known) -> set[int]:
    """The classes of what names hold: of the arrays themselves, and of all that containers hold."""
    return {c for n in names if not is_number(k.types.get(n, UNKNOWN)) for c in k.aliases.levels(n)}


def _effects(k: Known, s: Summary) -> dict[str, object]:
    params, aliases = k.program.params, k.aliases
    mutates = tuple(j for j, p in enumerate(params) if _memory((p,), k) & aliases.stored and _is_memory(k.types[p]))
    result = _memory(names_in(result_of(k.program)), k)
    returns = tuple(j for j, p in enumerate(params) if _memory((p,), k) & result)
    stored = {c for j in mutates for c in _memory((params[j],), k)} & aliases.stored
    outputs = (*names_in(result_of(k.program)), *(params[j] for j in mutates))
    useful = useful_names(k.program, k.types, aliases, outputs)
    carries = tuple(j for j, p in enumerate(params) if p in useful)
    registry = s.registry or bool(stored & aliases.dynamic) or bool(stored & result)
    return {"mutates": mutates, "returns": returns, "carries": carries, "registry": registry}


def _is_memory(t: Type) -> bool:
    return not is_number(t) and t.kind not in ("str", "none", "function")


def _note_overlaps(known: dict[str, Known], callees: Callees) -> Callees:
    """The callees with the pairs of their parameters that some call gives the same memory."""
    pairs = {n: set(p.overlapping) for n, p in callees.items()}
    for k in known.values():
        for call in calls_in(k.program):
            memory = [_memory(names_in(a), k) for a in call.args]
            params = callees[call.callee].params
            for i in range(len(params)):
                pairs[call.callee] |= {(params[i], params[j]) for j in range(i) if memory[i] & memory[j]}
    return {n: replace(p, overlapping=tuple(sorted(pairs[n]))) for n, p in callees.items()}


def _note_stores(known: dict[str, Known], callees: Callees) -> Callees:
    """The callees with the parameters whose memory a caller stores into through the result."""
    found = {n: set(p.stored) for n, p in callees.items()}
    for k in known.values():
        for call in calls_in(k.program):
            if call.target and _memory((call.target,), k) & k.aliases.stored:
                found[call.callee] |= {callees[call.callee].params[j] for j in call.summary.returns}
    return {n: replace(p, stored=tuple(sorted(found[n]))) for n, p in callees.items()}


def _refuse_containers(known: dict[str, Known]) -> None:
    """Recursive functions may change lists and dicts that they are given, but not what these hold."""
    faults = []
    for k in known.values():
        result = result_of(k.program)
        packed = not isinstance(result, Name) or is_container(k.types.get(result.id, UNKNOWN))
        own = set(_memory(k.program.params, k)) & k.aliases.stored
        if k.program is not known[""].program and packed and _memory(names_in(result), k) & own:
            message = f"`{k.program.name}` returns an argument that it stores into, or what may be one"
            faults.append((k.program.span, message, COPY_IT))
        for call in calls_in(k.program):
            for n in (n for a in call.args for n in names_in(a)):
                if is_container(k.types.get(n, UNKNOWN)) and k.aliases.stored_depths(n):
                    message = f"what `{n}` holds is changed, and `{n}` is passed to a recursive function"
                    faults.append((call.span, message, PASS_IT))
            if call.target and k.aliases.stored_depths(call.target):
                message = "an array in the tuple that a recursive function returns is stored into later"
                faults.append((call.span, message, PASS_IT))
            if any(not isinstance(a, Name) and _memory(names_in(a), k) & k.aliases.stored for a in call.args):
                message = "an array that is stored into is passed to a recursive function in a container"
                faults.append((call.span, message, PASS_IT))
    if faults:
        raise DifferentiationError([Diagnostic("AC001", span, message, (), advice) for span, message, advice in faults])


COPY_IT = (
    "return a copy: `return list(items)`, `return a.copy()`; or return nothing, and read the argument after the call"
)
PASS_IT = "pass the arrays or lists in it themselves, or copies"


# -- activity --------------------------------------------------------------------------------------------------


def _activity(known: dict[str, Known], summaries: Summaries, inputs: tuple[str, ...]) -> Summaries:
    """The summaries with what the adjoints take and return: what depends on an input and reaches an output."""
    varied: dict[str, set[str]] = {n: set() for n in summaries}
    varied[""] = set(inputs)
    while True:
        before = {n: set(v) for n, v in varied.items()}
        for n, k in known.items():
            program = annotated(k.program, summaries)
            reached = varied_names(program, k.types, k.aliases, varied[n])
            for call in calls_in(program):
                params = known[call.callee].program.params
                varied[call.callee] |= {p for p, a in zip(params, call.args) if reached & set(names_in(a))}
        if before == varied:
            break
    out = {}
    for n, s in summaries.items():
        k = known[n]
        params, result = k.program.params, tuple(names_in(result_of(k.program)))
        outputs = (*result, *(params[j] for j in s.mutates))
        active = active_names(annotated(k.program, summaries), k.types, k.aliases, varied[n], outputs)
        buffers = tuple(j for j in s.mutates if params[j] in active and not is_discrete(k.types[params[j]]))
        values = tuple(
            j for j, p in enumerate(params) if p in active and j not in s.mutates and not is_discrete(k.types[p])
        )
        stored = _memory(tuple(params[j] for j in s.mutates), k) & k.aliases.stored
        seeded = bool(active & set(result)) and not _memory(result, k) & stored
        out[n] = replace(s, seeded=seeded, shadows=buffers, bars=values, tangent=bool(active & set(result)))
    return out


__all__ = ["Callees", "annotated", "reachable", "settle_types", "summaries_of", "summarise"]
