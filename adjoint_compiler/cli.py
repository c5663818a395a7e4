"""The command line: ``emit`` writes a derivative as a file, ``explain`` shows what was found of a function, ``passes``
and ``rules`` list what there is.

Exit codes: 0; 1 for a refused program and for a file that ``--check`` finds out of date; 2 for wrong use. What is refused
is told on standard error, in compiler style.
"""

from __future__ import annotations

import argparse
import difflib
import inspect
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any

from adjoint_compiler import library
from adjoint_compiler.backend.module import module_text
from adjoint_compiler.backend.numba.emitted import emitted_text
from adjoint_compiler.backend.numba.jit import EMITTED, Jit
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, has_colours
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.frontend.annotations import parse_signature_text
from adjoint_compiler.frontend.source import span_of
from adjoint_compiler.frontend.static import StaticFunction, StaticLowered, read_function
from adjoint_compiler.ir.nodes import Span
from adjoint_compiler.ir.types import FLOAT, Type, is_discrete, type_of
from adjoint_compiler.pipeline import PASSES, State, callee_states, run
from adjoint_compiler.report.explain import explain
from adjoint_compiler.report.render import show_source
from adjoint_compiler.rules import TABLE
from adjoint_compiler.rules.optional import load_all
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.table import function_key
from adjoint_compiler.state import blamed, state_text

EMIT = """Write the derivative of a function as a module of its own, which needs nothing but NumPy. The file
is parsed, never imported or run."""
EXPLAIN = """Show which names of a function are active, what the forward sweep records and why, and what may not be
what was meant. The file is parsed, never imported or run."""
HELPERS = "adjoint_compiler."
# What the command line offers where a message speaks of annotations and calls.
NOTES = {
    "AC003": ('on the command line, types can be given too: --signature "x: float64[:, :]"',),
    "AC005": ("on the command line: --of NAME for an argument that is stored into, --form split for any result",),
}


class UsageError(Exception):
    """The command was given something that does not fit; the text says what."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: the words of the command line after the program's name; those of the process if left out.

    Returns:
        The exit code.

    >>> main(["rules", "np.sin"])
    numpy.sin(x)
        elementwise
        x: cos(x)
    0
    """
    args = _parser().parse_args(argv)
    try:
        code: int = args.command(args)
        sys.stdout.flush()
        return code
    except UsageError as fault:
        print(f"adjoint-compiler: {fault}", file=sys.stderr)
        return 2
    except DifferentiationError as error:
        told = DifferentiationError(replace(d, notes=(*d.notes, *NOTES.get(d.code, ()))) for d in error.diagnostics)
        if getattr(args, "json", False):
            print(told.to_json())
        else:
            told.show()
        return 1
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _version() -> str:
    try:
        return metadata.version("adjoint-compiler")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="adjoint-compiler",
        description="Derivatives of plain Python and NumPy functions, as Python source.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    emit = commands.add_parser("emit", help="write the derivative of a function in a file", description=EMIT)
    _add_order_options(emit)
    emit.add_argument("--mode", choices=("reverse", "forward"), default="reverse", help="(reverse)")
    emit.add_argument("--form", choices=("joint", "split"), default="joint",
                      help="one function, or a primal and an adjoint (joint)")  # fmt: skip
    emit.add_argument("--backend", choices=("numpy", "numba"), default="numpy",
                      help="what runs the derivative; numba compiles it, and needs types of all parameters (numpy)")  # fmt: skip
    emit.add_argument("--dump-after", metavar="PASS", help="show the program after a pass instead")
    emit.add_argument("-o", dest="out", metavar="OUT", help="the file to write; standard output if left out")
    emit.add_argument("--check", action="store_true",
                      help="write nothing; exit with 1 and a diff if OUT is out of date")  # fmt: skip
    emit.set_defaults(command=emit_command)
    explain = commands.add_parser("explain", help="show what is active, what is recorded and why, and what to look at twice",
                                  description=EXPLAIN)  # fmt: skip
    _add_order_options(explain)
    explain.set_defaults(command=explain_command, form="joint")
    passes = commands.add_parser("passes", help="list the passes of the compiler")
    passes.set_defaults(command=passes_command)
    listing = commands.add_parser("rules", help="list the derivative rules")
    listing.add_argument("name", nargs="?", metavar="NAME", help="one operation: numpy.sin, np.sin or sin")
    listing.set_defaults(command=rules_command)
    return parser


def _add_order_options(parser: argparse.ArgumentParser) -> None:
    """What says which function is differentiated, and how."""
    parser.add_argument("target", metavar="FILE:FUNC", help="a file, and a function that it defines")
    parser.add_argument("--wrt", metavar="A,B", help="parameters to differentiate by (the first one)")
    parser.add_argument("--of", metavar="NAME", help="differentiate the sum of what is left in this argument")
    parser.add_argument("--signature", metavar="TYPES", default="",
                        help='types of parameters, as in "x: float64[:], n: int"')  # fmt: skip
    parser.add_argument(
        "--json", action="store_true", help="print what is told of the program as JSON, to standard output"
    )


# -- emit ----------------------------------------------------------------------------------------------------


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
    """

    function: StaticFunction
    wrt: tuple[str, ...]
    single: bool
    of: str | None
    form: str
    types: dict[str, Type]
    ints: tuple[str, ...]
    jit: Jit | None = None


def emit_command(args: argparse.Namespace) -> int:
    """``emit``: write, show or check a module."""
    if args.mode == "forward":
        if args.form == "split":
            raise UsageError("--form split is one of reverse mode; --mode forward has one function")
        args.form = "forward"
    if args.check and args.out is None:
        raise UsageError("--check needs -o OUT, the file to check")
    if args.dump_after is not None and args.dump_after not in [name for name, _, _ in PASSES]:
        raise UsageError(f"no pass {args.dump_after!r}; there are: {', '.join(name for name, _, _ in PASSES)}")
    path, name = _place(args.target)
    try:
        order = _order(path, name, args)
        if args.backend == "numba":
            order = _for_numba(order, args)
        text = compiled_text(order, os.path.basename(path), args.dump_after)
    except RecursionError:
        message, advice = f"`{name}`, or its file, is nested too deeply", "split long expressions into statements"
        raise DifferentiationError(Diagnostic("AC001", Span(path), message, help=advice)) from None
    if args.out is None:
        show_source(text)
        return 0
    try:
        return _check(text, args.out) if args.check else _write(text, args.out)
    except OSError as fault:
        raise UsageError(f"{args.out}: {fault.strerror}") from None


def _for_numba(order: Order, args: argparse.Namespace) -> Order:
    """The order for code that Numba compiles, which has a type for every parameter."""
    if args.form == "forward":
        raise UsageError("--backend numba has no forward mode yet; use --backend numpy")
    missing = [p for p in order.function.parameters if p not in order.types]
    if missing:
        raise UsageError(f'--backend numba needs the types of all parameters: say --signature "{missing[0]}: ..."')
    return replace(order, jit=EMITTED)


def _place(target: str) -> tuple[str, str]:
    """The file and the name of the function."""
    path, colon, name = target.rpartition(":")
    if not colon or not name.isidentifier():
        raise UsageError(f"{target!r} is no FILE:FUNC, such as model.py:loss")
    return path, name


def explain_command(args: argparse.Namespace) -> int:
    """``explain``: show what the compiler found of a function."""
    path, name = _place(args.target)
    order = _order(path, name, args)
    state = run(replace(_state(order, order.function.lower(order.types)), explaining=True))
    found = explain(state)
    text = (
        json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n"
        if args.json
        else found.text(has_colours(sys.stdout))
    )
    sys.stdout.write(text)
    return 0


def _order(path: str, name: str, args: argparse.Namespace) -> Order:
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
    return Order(function, wrt, len(words) == 1, args.of, args.form, {**types, **dict.fromkeys(ints, FLOAT)}, ints)


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
            state = run(_state(order, lowered), watch)
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


def _state(order: Order, lowered: StaticLowered) -> State:
    names = dict(zip(order.function.parameters, lowered.program.params, strict=True))
    outputs = None if order.of is None else (names[order.of],)
    request = Request(tuple(names[p] for p in order.wrt), order.single, outputs=outputs)
    free = {n: type_of(f.value) for n, f in lowered.free.items()}
    ints = tuple(names[p] for p in order.ints)
    callees = callee_states(lowered.callees, free, jit=order.jit)
    return State(
        lowered.program,
        request,
        order.form,
        free,
        ints=ints,
        promised=True,
        callees=callees,
        faults=lowered.faults,
        jit=order.jit,
    )


def _write(text: str, out: str) -> int:
    with open(out, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return 0


def _check(text: str, out: str) -> int:
    """Compare a file with what would be written; print how they differ."""
    old = ""
    if os.path.exists(out):
        with open(out, encoding="utf-8", errors="replace", newline="") as file:
            old = file.read()
    before, after = old.splitlines(keepends=True), text.splitlines(keepends=True)
    sys.stdout.writelines(difflib.unified_diff(before, after, out, f"{out} (as it would be written)"))
    return int(old != text)


# -- listings ------------------------------------------------------------------------------------------------


def passes_command(args: argparse.Namespace) -> int:
    """``passes``: the table of contents of the compiler."""
    width = max(len(name) for name, _, _ in PASSES)
    for name, sentence, _ in PASSES:
        print(f"{name:{width}}  {sentence}")
    return 0


def rules_command(args: argparse.Namespace) -> int:
    """``rules``: all rules, one a line, or one in full; those of optional packages that are installed, too."""
    load_all()
    if args.name is None:
        for rule in TABLE.by_key.values():
            if not rule.name.startswith(HELPERS):
                print(f"{_signature(rule)}: {', '.join(rule.pullbacks) or rule.kind}")
        for name, definition in _definitions().items():
            print(f"{name}{inspect.signature(definition)}: definition".replace(": 'Any'", "").replace(" -> 'Any'", ""))
        return 0
    found, defined = _rules_named(args.name), _definition_named(args.name)
    if defined is not None:
        print(inspect.getsource(defined).partition("\n")[2], end="")
    elif not found:
        known = {key.rpartition(".")[2]: key for key in TABLE.by_key}
        close = difflib.get_close_matches(args.name.rpartition(".")[2], known, n=3)
        advice = f"; there are: {', '.join(known[c] for c in close)}" if close else ""
        raise UsageError(f"no rule for {args.name!r}{advice}")
    for rule in found:
        print(_signature(rule))
        print(f"    {rule.kind}")
        for param, expression in rule.pullbacks.items():
            print(f"    {param}: {expression}")
        if rule.note:
            print(f"    note: {rule.note}")
    return 0


def _definitions() -> dict[str, Any]:
    """The definitions of library functions, by the names of these."""
    return {function_key(function): definition for function, definition in library.defined()}


def _definition_named(name: str) -> Any:
    full = f"numpy.{name.removeprefix('np.')}" if name.startswith("np.") else name
    return next((d for key, d in _definitions().items() if key == full or key.endswith(f".{full}")), None)


def _rules_named(name: str) -> list[Rule]:
    full = f"numpy.{name.removeprefix('np.')}" if name.startswith("np.") else name
    if full in TABLE.by_key:
        return [TABLE.by_key[full]]
    return [rule for key, rule in TABLE.by_key.items() if key.endswith(f".{name}")]


def _signature(rule: Rule) -> str:
    params = (f"{p}={rule.defaults[p]}" if p in rule.defaults else p for p in rule.params)
    return f"{rule.name}({', '.join(params)})"
