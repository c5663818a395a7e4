"""Notes on exceptions that the user's code raises inside of a derivative: which line of the primal they come from.

Nothing is done before an exception is there. Python 3.10 has no notes, so they are left out there.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from adjoint_compiler.diagnostics import DifferentiationError, display_file
from adjoint_compiler.ir.nodes import Effect, Span

if TYPE_CHECKING:
    from adjoint_compiler.backend.origins import Place
    from adjoint_compiler.specialization import Compiled

GENERATED = "<adjoint_compiler"


def add_origin(fault: BaseException, compiled: Compiled, name: str) -> None:
    """Note on an exception which line of the user's program raised it.

    Args:
        fault: what was raised while a generated function ran.
        compiled: what it belongs to.
        name: the function that was differentiated.
    """
    add_note = getattr(fault, "add_note", None)
    if add_note is None or isinstance(fault, DifferentiationError):
        return
    found = _raised_at(fault.__traceback__, compiled)
    span = None if found is None else _in_users_file(compiled, *found)
    unknown = ""
    if found is None and compiled.state.jit is not None:
        span = _raised_with(fault, compiled)
        if span is None:
            span, unknown = compiled.state.program.span, "which begins "
    if span is None or not span.line:
        return
    calls, outer = [], span.caller
    while outer is not None:
        calls.append(f"\n  called from {_shown(outer)}")
        outer = outer.caller
    note = f"in the derivative of `{name}`, {unknown}at {_shown(span)}" + "".join(calls)
    if unknown:
        note += "\n  compiled code does not tell lines; backend='numpy' does"
    if note not in getattr(fault, "__notes__", ()):
        add_note(note)


def _raised_with(fault: BaseException, compiled: Compiled) -> Span | None:
    """The `raise` of the program that raises this, if one alone does: compiled code has no frames."""
    states = (compiled.state, *compiled.state.callees)
    spans = {
        s.span
        for state in states
        for s in state.program.statements
        if isinstance(s, Effect) and s.kind == "raise" and s.text.rpartition(".")[2] == type(fault).__name__
        if tuple(getattr(a, "value", None) for a in s.args) == fault.args
    }
    return spans.pop() if len(spans) == 1 else None


def _shown(span: Span) -> str:
    span = span.statement or span
    return f"{display_file(span.file)}:{span.line}: {span.text.strip()}"


def _raised_at(traceback: TracebackType | None, compiled: Compiled) -> tuple[int, str, Place] | None:
    """Which of the loaded functions the innermost generated frame belongs to; that function's name and place."""
    files = {f.function.__code__.co_filename: k for k, f in enumerate(compiled.functions)}
    found = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename in files:
            line, end_line, col, end_col = list(code.co_positions())[traceback.tb_lasti // 2]
            if line is not None and end_line is not None and col is not None and end_col is not None:
                found = files[code.co_filename], code.co_name, (line, col, end_line, end_col)
        traceback = traceback.tb_next
    return found


def _in_users_file(compiled: Compiled, number: int, function: str, place: Place) -> Span | None:
    """The place in the user's program; by way of the generated code that was differentiated, if it was."""
    from adjoint_compiler.backend.origins import origin
    from adjoint_compiler.rewrites import emitted_tree

    state = compiled.state
    for s in (state, *state.callees):
        for program in s.results:
            if program.name == function:
                span = origin(emitted_tree(program, s), compiled.texts[number], place)
                return _outside(compiled, span)
    return None


def _outside(compiled: Compiled, span: Span | None) -> Span | None:
    from adjoint_compiler.frontend.derivatives import called_from

    if span is None or not span.line:
        return None
    if not span.file.startswith(GENERATED):
        return span
    for inner in (*((compiled.inner,) if compiled.inner is not None else ()), *compiled.lowered.inlined):
        if inner.functions[0].function.__code__.co_filename == span.file:
            place = (span.line, span.col, span.end_line, span.end_col)
            found = _in_users_file(inner, 0, inner.functions[0].function.__name__, place)
            outer = None if found is None else _outside(compiled, span.caller)
            return found if found is None or outer is None else called_from(found, outer)
    return _outside(compiled, span.caller)


__all__ = ["add_origin"]
