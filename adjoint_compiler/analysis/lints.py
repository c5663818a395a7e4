"""What is differentiated right and may still not be what was meant: a branch at a point, a value that loses its derivative.

    if x == 0.0: return 0.0       where this branch is taken, its derivative is 0, whatever happens around it

``warned`` lints come as warnings; the others, which ordinary programs are full of, are only listed by ``explain``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from adjoint_compiler.analysis.activity import varied_names
from adjoint_compiler.analysis.aliasing import Aliases, analyse_aliases
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.influence import influenced_names
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import LINTS, Diagnostic
from adjoint_compiler.frontend.own_globals import ENTRY_COPIES, ENTRY_COPY
from adjoint_compiler.ir.nodes import Bind, Effect, For, If, Operand, Program, Span, Statement, Store, Update, While
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, is_discrete
from adjoint_compiler.ir.walk import walk

EQUALITIES = ("operator.eq", "operator.ne")
ORDERINGS = ("operator.lt", "operator.le", "operator.gt", "operator.ge")
COMPARISONS = (*EQUALITIES, *ORDERINGS, "numpy.less", "numpy.less_equal", "numpy.greater", "numpy.greater_equal")
LOGIC = ("copy", "operator.not_", "operator.and_", "operator.or_", "builtins.bool")
TO_INT = frozenset(
    ["builtins.int", "math.floor", "math.ceil", "math.trunc"]
    + [f"numpy.{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
MAYBE_TO_INT = frozenset(["builtins.round", "method.astype", "numpy.array", "numpy.asarray"])
FROM_TEXT = frozenset(
    "builtins.float builtins.complex builtins.int numpy.float64 numpy.float32 json.loads json.load".split()
)
DRAWN = re.compile(
    r"numpy\.random\.|random\.|method\.(random|integers|\w*normal|uniform|choice|permutation|standard_\w+)$"
)
IGNORED = re.compile(r"#\s*ac:\s*ignore(?:\[([\w\s,]*)\])?")


@dataclass(frozen=True)
class _Program:
    """A program with what was found of it: ``varied`` names have a derivative, ``data`` are those that they influence."""

    program: Program
    types: Types
    aliases: Aliases
    varied: frozenset[str]
    data: frozenset[str]
    drawn: frozenset[str]
    deciding: frozenset[str]

    def is_data(self, operands: Iterable[Operand]) -> bool:
        """Whether an operand depends on an active value in any way."""
        return any(n in self.data for o in operands for n in names_in(o))

    def is_varied(self, operands: Iterable[Operand]) -> bool:
        """Whether an operand is active and has a derivative."""
        return any(
            n in self.varied and not is_discrete(self.types.get(n, UNKNOWN)) for o in operands for n in names_in(o)
        )


def may_warn(program: Program, types: Types) -> bool:
    """Whether a program has statements of the kinds that are warned of; all other programs need no look."""
    kinds = {*EQUALITIES, *TO_INT, *MAYBE_TO_INT, *FROM_TEXT, ENTRY_COPY, ENTRY_COPIES}
    for s in program.statements:
        if isinstance(s, Bind) and (s.op in kinds or DRAWN.match(s.op)):
            return True
        if isinstance(s, (Store, Update)) and is_discrete(types.get(s.target, UNKNOWN)):
            return True
    return False


def find_lints(program: Program, types: Types, inputs: Iterable[str]) -> list[Diagnostic]:
    """The lints of a program, in program order, without those that a comment silences.

    Args:
        program: the program, before it is differentiated.
        types: types of its names.
        inputs: what is differentiated.
    """
    aliases = analyse_aliases(program, types)
    draws = [s.target for s in program.statements if isinstance(s, Bind) and DRAWN.match(s.op)]
    varied = varied_names(program, types, aliases, inputs)
    p = _Program(
        program, types, aliases, varied, influenced_names(program, types, aliases, varied),
        influenced_names(program, types, aliases, draws), _deciding(program),
    )  # fmt: skip
    found = [lint for s in program.statements for find in FINDERS for lint in find(s, p)]
    found += _of_globals(p)
    return _told(found)


def of_result(program: Program) -> list[Diagnostic]:
    """The lint of a program whose result has no derivative: its gradient is zero, whatever is computed."""
    last = program.body[-1]
    return _told(
        [_lint("ACW09", last.span, "the result does not depend on what is differentiated by: its gradient is zero")]
    )


def _told(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each lint once, without those of generated code and those that a comment silences."""
    return [
        d
        for d in dict.fromkeys(found)
        if d.span.line and not d.span.file.startswith("<adjoint_compiler") and not _ignored(d)
    ]


def _ignored(lint: Diagnostic) -> bool:
    """Whether a comment in the lines of the statement says ``# ac: ignore`` or ``# ac: ignore[ACW01, ACW04]``."""
    places = [lint.span, *([lint.span.statement] if lint.span.statement else [])]
    for text in (line for span in places for line in (span.text, *span.more)):
        for listed in IGNORED.findall(text):
            if not listed or lint.code in re.split(r"[\s,]+", listed):
                return True
    return False


def _deciding(program: Program) -> frozenset[str]:
    """Names whose truth decides a branch or whether a loop goes on, directly or by way of ``not``, ``and``, ``or``."""
    statements = program.statements
    found = {
        n for s in statements if isinstance(s, (If, While)) and (isinstance(s, While) or _chooses(s)) for n in names_in(s.cond)
    }  # fmt: skip
    while True:
        more = {n for s in statements if isinstance(s, Bind) and s.target in found and s.op in LOGIC for n in s.read}
        if more <= found:
            return frozenset(found)
        found |= more


def _chooses(s: If) -> bool:
    """Whether more hangs on a branch than an exception or a message."""
    return not all(isinstance(x, (Effect, If)) or (isinstance(x, Bind) and x.op == "format") for x in s.nested)


def _lint(code: str, span: Span, message: str) -> Diagnostic:
    return Diagnostic(code, span, message, (), LINTS[code].advice)


def _of_flow(s: Statement, p: _Program) -> Iterator[Diagnostic]:
    """Branches and loops that hang on active data."""
    if isinstance(s, If) and _chooses(s) and p.is_data((s.cond,)):
        yield _lint("ACW02", s.span, "which branch is taken depends on active data")
    if isinstance(s, (For, While)) and any(n in p.data for n in s.read):
        yield _lint("ACW03", s.span, "how often this loop runs depends on active data")


def _of_stores(s: Statement, p: _Program) -> Iterator[Diagnostic]:
    """Active values stored into arrays that have no derivative, and places that hang on active data."""
    if isinstance(s, (Store, Update)):
        t = p.types.get(s.target, UNKNOWN)
        if t.kind == "array" and is_discrete(t) and p.is_varied((s.value,)):
            message = f"an active value is stored into an array of {t.dtype}: its derivative is zero"
            yield _lint("ACW04", s.span, message)
        if s.index is not None and _is_index(s.index, p):
            yield _lint("ACW05", s.span, "which elements are stored into depends on active data")


def _of_bindings(s: Statement, p: _Program) -> Iterator[Diagnostic]:
    """Equality tests, and values that lose their derivative."""
    if not isinstance(s, Bind):
        return
    operands = (*s.args, *(v for _, v in s.kwargs))
    whole = s.op in TO_INT or (s.op in MAYBE_TO_INT and is_discrete(p.types.get(s.target, UNKNOWN)))
    of_texts = any(operand_type(o, p.types).kind == "str" for o in operands)  # what is a number at other times, too
    if s.op in EQUALITIES and s.target in p.deciding and p.is_varied(operands) and not of_texts:
        yield _lint("ACW01", s.span, "a branch is chosen by whether an active value is exactly this one")
    if whole and p.is_varied(operands):
        yield _lint("ACW04", s.span, "an active value is turned into an integer: its derivative is zero")
    if s.op in FROM_TEXT and s.args and p.is_data(operands):
        if s.op.startswith("json.") or operand_type(s.args[0], p.types).kind == "str":
            yield _lint("ACW04", s.span, "an active value is read back from text: its derivative is zero")
    if s.op == "index" and _is_index(s.args[1], p):
        yield _lint("ACW05", s.span, "which elements are read depends on active data")
    if s.op in ("format", "builtins.str", "builtins.repr", "json.dumps") and p.is_varied(operands):
        yield _lint("ACW06", s.span, "an active value is turned into text")


def _of_draws(s: Statement, p: _Program) -> Iterator[Diagnostic]:
    """Random numbers that decide by comparison with an active value."""
    if isinstance(s, Bind) and s.op in COMPARISONS and len(s.args) == 2:
        drawn = [any(n in p.drawn for n in names_in(a)) for a in s.args]
        if any(d and not e and p.is_varied((b,)) for d, e, b in zip(drawn, drawn[::-1], s.args[::-1])):
            yield _lint("ACW07", s.span, "a random number is compared with an active value, which is its probability")


def _is_index(index: Operand, p: _Program) -> bool:
    return any(n in p.data and is_discrete(p.types.get(n, UNKNOWN)) for n in names_in(index))


FINDERS = (_of_flow, _of_stores, _of_bindings, _of_draws)


def _of_globals(p: _Program) -> Iterator[Diagnostic]:
    """Stores into arrays outside of the function: its derivative works on copies. One for each array."""
    for copy in p.program.body:
        if isinstance(copy, Bind) and copy.op in (ENTRY_COPY, ENTRY_COPIES):
            levels = {p.aliases.classes.get(copy.target), *p.aliases.levels(copy.target)}
            stores = (s for s in walk(p.program.body) if any(p.aliases.classes.get(n) in levels for n in s.stored))
            message = f"this stores into `{copy.read[0]}`, which is no argument: a derivative leaves it as it was"
            yield from (_lint("ACW08", s.span, message) for s in islice(stores, 1))


__all__ = ["find_lints", "may_warn", "of_result"]
