"""The function of a tangent: ``f_jvp(*args, *tangents) -> (result, tangent of the result)``.

def f_jvp(x, n, x_dot):
    ...
    return y, y_dot
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.calls import Callees, annotated, summaries_of
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.differentiate.builder import GUARDS, HELPER, Builder
from adjoint_compiler.differentiate.dependency_leaf import DEPENDENCIES
from adjoint_compiler.differentiate.directions import with_directions
from adjoint_compiler.differentiate.forms import ERRSTATE, Request
from adjoint_compiler.differentiate.forward import analyse, forward_block
from adjoint_compiler.differentiate.forward_leaf import TANGENTS
from adjoint_compiler.differentiate.reverse import mutated_parameters
from adjoint_compiler.differentiate.series_leaf import SERIES
from adjoint_compiler.differentiate.tangents import Companion, ForwardCall, Tangents, tangent
from adjoint_compiler.ir.nodes import Bind, Block, Const, Name, Operand, Pack, Program, Return, Statement, With
from adjoint_compiler.ir.operands import NONE, names_in
from adjoint_compiler.ir.types import UNKNOWN, is_container, is_discrete
from adjoint_compiler.ir.walk import names_bound, walk

COMPANIONS = {"tangents": TANGENTS, "dependencies": DEPENDENCIES, "series": SERIES}


def forward_form(
    program: Program, types: Types, request: Request, calls: dict[str, ForwardCall]
) -> tuple[Program, Tangents, tuple[str, ...]]:
    """The function of a tangent, what it was made from, and the parameters that are stored into.

    Raises:
        DifferentiationError: for what has no forward mode.
    """
    last = program.body[-1]
    assert isinstance(last, Return)
    result: Operand = last.value
    if request.outputs is not None:
        named = tuple(Name(o) for o in request.outputs)
        result = named[0] if len(named) == 1 else Pack("tuple", named)
    how = COMPANIONS[request.companion]
    f = analyse(program, types, request.wrt, list(names_in(result)), how)
    f.calls = calls
    dots = tuple(f.dot(w) for w in request.wrt)
    b = f.builder(program.span)
    mutated = mutated_parameters(program, f.aliases, f.types)
    for p in mutated:
        container = is_container(f.types.get(p, UNKNOWN))
        b.emit(Bind(p, HELPER["entry_copies" if container else "entry_copy"], (Name(p),)))
        if p in request.wrt and p in f.active:
            b.emit(Bind(f.dot(p), how.laid_out, (Name(f.dot(p)), Name(p))))
    _start_others(program, request.wrt, f, b.out)
    body = forward_block(program.body[:-1], f)
    if f.faults:
        raise DifferentiationError(f.faults)
    closing = f.builder(last.span)
    y_dot = _result(result, f, closing)
    body = _quiet([*b.out, *body, *closing.out, Return(Pack("tuple", (result, y_dot)), last.span)])
    made = finished(program, f"{program.name}_{how.suffix}", (*program.params, *dots), tuple(body), f)
    if request.directions:
        made = with_directions(made, dots, f)
    elif how is TANGENTS:
        made = replace(made, types={**program.types, **{d: f.types[d] for d in dots}})
    return made, f, mutated


def _start_others(program: Program, given: tuple[str, ...], f: Tangents, out: list[Statement]) -> None:
    """What is not differentiated by may be given something to be differentiated later: its tangent starts at zero."""
    for n in (*program.params, *program.free):
        if n in f.active and n not in given:
            b = f.builder(program.span)
            zero = f.how.zero(Name(n), b)
            out += [*b.out, Bind(f.dot(n), "copy", (zero,), (), program.span)]


def _result(o: Operand, f: Tangents, b: Builder) -> Operand:
    """The tangent of the result: None where there is nothing to have one, structures like those of the result."""
    if isinstance(o, Pack) and o.kind == "tuple":
        return Pack("tuple", tuple(_result(i, f, b) for i in o.items))
    t = b.type(o)
    if is_discrete(t) or t.kind == "none":
        return NONE
    if not f.is_active(o):
        if f.how.finished is not None and (is_container(t) or t.kind == "unknown"):
            return b.bind(f.how.finished, NONE, o)
        return f.how.zero(o, b)
    y_dot = tangent(o, b, f)
    shapeless = f.how.finished is not None and (is_container(t) or t.kind == "unknown")
    return b.bind(str(f.how.finished), y_dot, o) if shapeless else y_dot


def _quiet(body: list[Statement]) -> list[Statement]:
    """NumPy's warnings are off where partials can be infinite."""
    if any(isinstance(s, Bind) and s.op in (*GUARDS, HELPER["quotient_tangent"]) for s in walk(tuple(body))):
        return [With(Const(None), tuple(body[:-1]), text=ERRSTATE), body[-1]]
    return body


def finished(program: Program, name: str, params: tuple[str, ...], body: Block, f: Tangents) -> Program:
    """The program of a tangent; tangents of the user's names are no temporaries."""
    known = program.mentioned | {*params}
    new = {n for s in walk(body) for n in names_bound(s)} - known
    own = {d for n, d in f.dots.items() if n not in program.temporaries}
    pairs = {n for n in new if is_container(f.types.get(n, UNKNOWN)) and n.startswith("pair")}
    temporaries = (frozenset(new) - own - pairs) | program.temporaries
    return replace(program, name=name, params=params, body=body, temporaries=temporaries)


# -- recursive functions ---------------------------------------------------------------------------------------


def forward_callees(
    main: Program, callees: Callees, types: dict[str, Types], companion: str
) -> tuple[dict[str, tuple[Program, ...]], dict[str, frozenset[str]], dict[str, ForwardCall]]:
    """For each recursive function itself and its forward mode, the names of its tangents, and how that is called."""
    summaries = summaries_of(main, callees)
    calls = {
        n: ForwardCall(tuple(sorted({*s.bars, *s.shadows})), s.tangent)
        for n, s in summaries.items() if s.bars or s.shadows
    }  # fmt: skip
    programs: dict[str, tuple[Program, ...]] = {}
    names = {}
    for n, p in callees.items():
        p = replace(annotated(p, summaries), doc="")
        programs[n], names[n] = (p,), frozenset[str]()
        if n in calls:
            made, f = _callee(p, types[n], calls, COMPANIONS[companion])
            programs[n], names[n] = (p, made), frozenset(f.dots.values())
    return programs, names, calls


def _callee(
    program: Program, types: Types, calls: dict[str, ForwardCall], companion: Companion
) -> tuple[Program, Tangents]:
    how = calls[program.name]
    wrt = tuple(program.params[k] for k in how.dots)
    last = program.body[-1]
    assert isinstance(last, Return)
    stored = mutated_parameters(program, analyse(program, types, wrt, []).aliases, types)
    f = analyse(program, types, wrt, [*names_in(last.value), *stored], companion)
    f.calls = calls
    dots = tuple(f.dot(w) for w in wrt)
    start: list[Statement] = []
    _start_others(program, wrt, f, start)
    body = [*start, *forward_block(program.body[:-1], f)]
    if f.faults:
        raise DifferentiationError(f.faults)
    b = f.builder(last.span)
    value: Operand = last.value
    if how.result:
        value = Pack("tuple", (last.value, tangent(last.value, b, f)))
    out = _quiet([*body, *b.out, Return(value, last.span)])
    overlapping = [(f.dot(a), f.dot(c)) for a, c in program.overlapping if a in wrt and c in wrt]
    program = replace(program, overlapping=(*program.overlapping, *overlapping),
                      stored=(*program.stored, *(f.dot(n) for n in program.stored if n in wrt)))  # fmt: skip
    known = {d: f.types[d] for d in dots if d in f.types}
    made = finished(program, f"{program.name}_{companion.suffix}", (*program.params, *dots), tuple(out), f)
    return replace(made, types={**program.types, **known}), f


__all__ = ["forward_callees", "forward_form"]
