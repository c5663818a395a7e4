"""What is differentiated: the value that a function returns, or the arguments that it stores into.

``grad`` needs one real number. Where the types tell that the result is none, the program is refused here, before anything
runs; where they do not, the seed is checked while running.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.differentiate.reverse import mutated_parameters
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Effect, Name, Operand, Pack, Program, Return
from adjoint_compiler.ir.types import Type, is_container, may_be_complex

NO_NUMBER = ("none", "str", "bool", "function", "module", "object")
ADVICE = "reduce it to one number, or use ac.vjp"


def choose_outcome(
    program: Program, types: Types, request: Request, form: str, refused: bool = False
) -> tuple[Program, Request]:
    """The program with its result in the form that differentiation expects, and what is asked of it in full.

    A split form of a function that returns nothing has the arguments it stores into as its outputs. A result
    ``(value, aux)`` is taken apart. Where something was ``refused``, a ``return`` may be missing.

    Raises:
        DifferentiationError: AC005 or AC015, when the types tell that there is no gradient.
    """
    last = program.body[-1]
    assert isinstance(last, Return)
    t = operand_type(last.value, types)
    if request.outputs is not None:
        return program, request
    if form in ("split", "forward"):
        mutated = mutated_parameters(program, analyse_aliases(program, types), types) if t.kind == "none" else ()
        return program, replace(request, outputs=mutated or None)
    if request.has_aux:
        program = _take_apart(program, last, t)
        last = program.body[-1]
        assert isinstance(last, Return) and isinstance(last.value, Pack)
        value = last.value.items[0]
        t = t.items[0] if t.kind == "tuple" and len(t.items) == 2 else Type("unknown")
        t = operand_type(value, types) if isinstance(value, (Const, Name)) and t.kind == "unknown" else t
    fault = None if refused and t.kind == "none" else _gradient_fault(program, types, t)
    if fault is not None:
        raise DifferentiationError(fault)
    return program, request


def _take_apart(program: Program, last: Return, t: Type) -> Program:
    """The program with ``return result`` as ``return value, aux``."""
    if isinstance(last.value, Pack) and last.value.kind == "tuple" and len(last.value.items) == 2:
        value, aux = last.value.items
        if isinstance(value, (Name, Const)):
            return program
        return replace(program, body=(*program.body[:-1], *_bound(program, [(value, "value")], last, aux)))
    if t.kind in ("unknown", "real", "never") or (t.kind in ("tuple", "list") and len(t.items) == 2):
        if not isinstance(last.value, Name):
            raise DifferentiationError(_no_pair(last, t))
        names = _names(program)
        value, aux = names.fresh("value"), names.fresh("aux")  # type: ignore[assignment]
        body = (
            *program.body[:-1],
            *(() if t.kind == "tuple" else (Effect("unpack", (last.value, Const(2)), last.span),)),
            Bind(value, "index", (last.value, Const(0)), (), last.span),  # type: ignore[arg-type]
            Bind(aux, "index", (last.value, Const(1)), (), last.span),  # type: ignore[arg-type]
            Return(Pack("tuple", (Name(value), Name(aux))), last.span),  # type: ignore[arg-type]
        )
        return replace(program, body=body)
    raise DifferentiationError(_no_pair(last, t))


def _bound(program: Program, parts: list[tuple[Operand, str]], last: Return, aux: Operand) -> tuple[Bind | Return, ...]:
    ((value, stem),) = parts
    name = _names(program).fresh(stem)
    return Bind(name, "copy", (value,), (), last.span), Return(Pack("tuple", (Name(name), aux)), last.span)


def _names(program: Program) -> Names:
    used = program.mentioned
    return Names(used | {program.name, *program.params, *program.free})


def _no_pair(last: Return, t: Type) -> Diagnostic:
    found = "nothing" if t.kind == "none" else f"a {t}"
    message = f"has_aux needs a function that returns a pair (value, aux), not {found}"
    return Diagnostic("AC005", last.span, message, (), "return value, aux; or drop has_aux and use ac.vjp")


def _gradient_fault(program: Program, types: Types, t: Type) -> Diagnostic | None:
    span = program.body[-1].span if program.body[-1].span.line else program.span
    if t.kind == "none":
        mutated = mutated_parameters(program, analyse_aliases(program, types), types)
        if mutated:
            listed = " and ".join(f"`{m}`" for m in mutated)
            message = f"grad needs a real scalar result; the function returns nothing, and stores into {listed}"
            advice = f'name the output: of="{mutated[0]}" (the gradient of the sum of its elements), or use ac.vjp'
            return Diagnostic("AC005", program.span, message, (), advice)
        return Diagnostic(
            "AC005", program.span, "grad needs a real scalar result; the function returns nothing", (), ADVICE
        )
    if is_container(t) or t.kind in NO_NUMBER or (t.kind in ("array", "scalar") and t.dtype == "bool"):
        shown = str(t).replace("never", "?")  # what was refused has no type
        return Diagnostic("AC005", span, f"grad needs a real scalar result, not a {shown}", (), ADVICE)
    if may_be_complex(t) and t.kind != "unknown":  # of those a check while running decides
        return Diagnostic("AC015", span, f"grad needs a real scalar result, not a complex one ({t})", (),
                          "take .real, .imag or abs of it, or use ac.vjp")  # fmt: skip
    return None


__all__ = ["choose_outcome"]
