"""What the command line asks the compiler for: a function of a file, by which parameters, in what form."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace

from adjoint_compiler.backend.module import module_text
from adjoint_compiler.backend.numba.emitted import emitted_text
from adjoint_compiler.backend.numba.jit import EMITTED, Jit
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, has_colours
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.frontend.annotations import parse_signature_text
from adjoint_compiler.frontend.source import span_of
from adjoint_compiler.frontend.static import StaticFunction, StaticLowered, read_function
from adjoint_compiler.ir.types import FLOAT, Type, is_discrete, type_of
from adjoint_compiler.levels import Optimize, left_out
from adjoint_compiler.pipeline import State, callee_states, run
from adjoint_compiler.state import blamed, state_text


class UsageError(Exception):
    """The command was given something that does not fit; the text says what."""


@dataclass(frozen=True)
class Order:
    """What is to be emitted.

    Attributes:
        function: the function.
        wrt: parameters to differentiate by.
        single: whether the gradient is one, not a tuple.
        of: the argument that is the output, if one is.
        form: ``joint`` or ``split``.
        types: types of parameters.
        ints: parameters among ``wrt`` that are ints, and differentiated as floats.
        jit: how it is compiled under Numba; None: it runs under NumPy.
        left_out: the rewrites that are left out.
    """

    function: StaticFunction
    wrt: tuple[str, ...]
    single: bool
    of: str | None
    form: str
    types: dict[str, Type]
    ints: tuple[str, ...]
    jit: Jit | None = None
    left_out: frozenset[str] = frozenset()


def place_of(target: str) -> tuple[str, str]:
    """The file and the name of the function."""
    path, colon, name = target.rpartition(":")
    if not colon or not name.isidentifier():
        raise UsageError(f"{target!r} is no FILE:FUNC, such as model.py:loss")
    return path, name


def order_of(path: str, name: str, args: argparse.Namespace) -> Order:
    function = read_function(path, name)
    try:
        given = parse_signature_text(args.signature)
    except ValueError as fault:
        raise UsageError(f"--signature: {fault}") from None
    for word in (*given, *([args.of] if args.of is not None else [])):
        _parameter(function, word)
    words = (args.wrt if args.wrt is not None else "0").split(",")
    wrt = tuple(_parameter(function, word.strip()) for word in words if word.strip())
    if not wrt or len(set(wrt)) < len(wrt):
        raise UsageError(f"--wrt {args.wrt}: name each parameter once")
    types = {**function.types, **given}
    ints = tuple(p for p in wrt if p in types and types[p].kind == "int")
    _refuse_discrete(function, [p for p in wrt if p not in ints], types)
    types = {**types, **dict.fromkeys(ints, FLOAT)}
    skipped = _left_out(args.optimize)
    return Order(function, wrt, len(words) == 1, args.of, args.form, types, ints, left_out=skipped)


def _left_out(text: str | None) -> frozenset[str]:
    """The rewrites that ``--optimize`` leaves out: by a level, or by their names."""
    optimize: Optimize = None if text is None else int(text) if text.isdecimal() else tuple(text.split(","))
    try:
        return left_out(optimize)
    except ValueError as fault:
        raise UsageError(f"--optimize {text}: {fault}") from None


def _parameter(function: StaticFunction, word: str) -> str:
    """A parameter by its name or position."""
    names = function.parameters
    if word.isdecimal() and int(word) < len(names):
        return names[int(word)]
    if word not in names:
        has = f"its parameters are {', '.join(names)}" if names else "it has no parameters"
        raise UsageError(f"`{function.name}` has no parameter {word!r}; {has}")
    return word


def _refuse_discrete(function: StaticFunction, wrt: list[str], types: dict[str, Type]) -> None:
    problems = [
        Diagnostic(
            "AC004",
            span_of(function.parameter(p), function.home.source),
            f"`{p}` is {types[p]}: derivatives with respect to integers and bools do not exist",
            (),
            f"give it a type of floating-point numbers, or leave `{p}` out of --wrt",
        )
        for p in wrt
        if p in types and is_discrete(types[p])
    ]
    if problems:
        raise DifferentiationError(problems)


def for_numba(order: Order, args: argparse.Namespace) -> Order:
    """The order for code that Numba compiles, which has a type for every parameter."""
    missing = [p for p in order.function.parameters if p not in order.types]
    if missing:
        raise UsageError(f'--backend numba needs the types of all parameters: say --signature "{missing[0]}: ..."')
    return replace(order, jit=EMITTED)


def compiled_text(order: Order, file_name: str, dump_after: str | None = None) -> str:
    """The module for an order, or the program after a pass.

    Raises:
        DifferentiationError: when the program is refused, or the compiler is at fault.
    """
    seen: list[State] = []

    def watch(name: str, state: State) -> None:
        seen.append(state)
        if name == dump_after and not state.faults:
            raise _Dumped

    try:
        with blamed(seen):
            lowered = order.function.lower(order.types)
            state = run(first_state(order, lowered), watch)
            for lint in state.lints:
                if lint.severity == "warning":
                    print(lint.render(has_colours(sys.stderr)), file=sys.stderr)
            if order.jit is not None:
                return emitted_text(state.texts, lowered, file_name, order.jit)
            return module_text(state.texts, lowered, file_name)
    except _Dumped:
        return state_text(seen[-1])


class _Dumped(BaseException):
    """The pass after which the program is shown has run."""


def first_state(order: Order, lowered: StaticLowered) -> State:
    names = dict(zip(order.function.parameters, lowered.program.params, strict=True))
    outputs = None if order.of is None else (names[order.of],)
    request = Request(tuple(names[p] for p in order.wrt), order.single, outputs=outputs)
    free = {n: type_of(f.value) for n, f in lowered.free.items()}
    ints = tuple(names[p] for p in order.ints)
    callees = callee_states(lowered.callees, free, order.left_out, order.jit)
    return State(
        lowered.program,
        request,
        order.form,
        free,
        left_out=order.left_out,
        ints=ints,
        promised=True,
        callees=callees,
        faults=lowered.faults,
        derives=lowered.derives,
        jit=order.jit,
    )


__all__ = ["Order", "UsageError", "compiled_text", "first_state", "for_numba", "order_of", "place_of"]
