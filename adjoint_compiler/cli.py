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
from dataclasses import replace
from importlib import metadata
from typing import Any

from adjoint_compiler import library
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, has_colours
from adjoint_compiler.ir.nodes import Span
from adjoint_compiler.orders import UsageError, compiled_text, first_state, for_numba, order_of, place_of
from adjoint_compiler.pipeline import PASSES, run
from adjoint_compiler.report.explain import explain
from adjoint_compiler.report.render import show_source
from adjoint_compiler.rules import TABLE
from adjoint_compiler.rules.optional import load_all
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.table import function_key

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
        source: NIST Digital Library of Mathematical Functions, sections 4.7 (exp, log), 4.20 (sin), 4.24 (arcsin), 4.34 (sinh), 4.37 (arcsinh)
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
    parser.add_argument("--optimize", metavar="LEVEL", help="0, 1 or 2, or names of rewrites to leave out, as in"
                        " --optimize=-hold_views,-merge_updates (2)")  # fmt: skip
    parser.add_argument(
        "--json", action="store_true", help="print what is told of the program as JSON, to standard output"
    )


# -- emit ----------------------------------------------------------------------------------------------------


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
    path, name = place_of(args.target)
    try:
        order = order_of(path, name, args)
        if args.backend == "numba":
            order = for_numba(order, args)
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


def explain_command(args: argparse.Namespace) -> int:
    """``explain``: show what the compiler found of a function."""
    path, name = place_of(args.target)
    order = order_of(path, name, args)
    state = run(replace(first_state(order, order.function.lower(order.types)), explaining=True))
    found = explain(state)
    text = (
        json.dumps(found.to_dict(), indent=2, ensure_ascii=False) + "\n"
        if args.json
        else found.text(has_colours(sys.stdout))
    )
    sys.stdout.write(text)
    return 0


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
        print("# source: what the library itself computes, operation by operation")
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
        if rule.pullbacks:
            print(f"    source: {TABLE.sources.get(rule.name, 'stated by the user')}")
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
