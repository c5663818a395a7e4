"""One problem of a program, and the error that carries all of them."""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TextIO

from adjoint_compiler.diagnostics.codes import CODES
from adjoint_compiler.diagnostics.lint_codes import LINTS
from adjoint_compiler.diagnostics.text import Entry, display_file, has_colours, render
from adjoint_compiler.ir.nodes import NOWHERE, Span


@dataclass(frozen=True)
class Diagnostic:
    """One problem in the user's program, or a remark on it.

    Attributes:
        code: a key of ``CODES`` or of ``LINTS``.
        span: where it is; columns count characters from 0, ``end_col`` belongs to ``end_line``.
        message: what is wrong, in one sentence.
        notes: further facts.
        help: what to write instead.

    >>> span = Span("<doc>", 2, 11, 15, "    return rate")
    >>> print(Diagnostic("AC012", span, "no name `rate`", help="pass it").render())
    <doc>:2:12: error[AC012]: no name `rate`
      2 |     return rate
        |            ^^^^
      help: pass it
    """

    code: str
    span: Span
    message: str
    notes: tuple[str, ...] = ()
    help: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES and self.code not in LINTS:
            raise ValueError(f"unknown diagnostic code {self.code!r}")

    @property
    def severity(self) -> str:
        """``error``; of lints ``warning`` if they are told as such, else ``note``."""
        if self.code in CODES:
            return "error"
        return "warning" if LINTS[self.code].warned else "note"

    @property
    def callers(self) -> tuple[Span, ...]:
        """The calls that lead to the function at fault, innermost first."""
        return tuple(_callers(self.span))

    def render(self, colour: bool = False) -> str:
        """The problem as text for a terminal, with ANSI colours if asked for."""
        calls = (Entry("note", "called from here", span) for span in self.callers)
        notes = (Entry("note", note) for note in self.notes)
        advice = [Entry("help", self.help)] if self.help else []
        return render(f"{self.severity}[{self.code}]", self.message, self.span, [*calls, *notes, *advice], colour)

    def as_written(self) -> Diagnostic:
        """The problem with the user's names for those of the compiler, which numbers what a name means one after another.

        >>> Diagnostic("AC003", Span("m.py", 3, text="    s += b"), "`s2` is unknown", help="`s2 = s2 + b`").as_written().help
        '`s = s + b`'
        """
        places = [self.span, *([self.span.statement] if self.span.statement else [])]
        words = set(re.findall(r"\w+", "\n".join(line for s in places for line in (s.text, *s.more))))

        def written(name: re.Match[str]) -> str:
            stem = re.sub(r"_?\d+$", "", name[0])
            return stem if name[0] not in words and stem in words else name[0]

        def change(text: str) -> str:
            return re.sub(r"`[^`\n]*`", lambda quoted: re.sub(r"\b[A-Za-z_]\w*\d\b", written, quoted[0]), text)

        notes = tuple(map(change, self.notes))
        return replace(self, message=change(self.message), notes=notes, help=change(self.help))

    def to_dict(self) -> dict[str, Any]:
        """The problem for machines: JSON types only; lines and columns count from 1, ``end_col`` is the column behind.

        >>> Diagnostic("AC012", Span("m.py", 2, 11, 15, "    return rate", 2), "no name `rate`").to_dict()["span"]
        {'file': 'm.py', 'line': 2, 'col': 12, 'end_line': 2, 'end_col': 16}
        """
        return {
            "code": self.code,
            "severity": self.severity,
            "title": CODES[self.code].title if self.code in CODES else LINTS[self.code].title,
            "message": self.message,
            "span": _span_dict(self.span),
            "called_from": [_span_dict(span) for span in self.callers],
            "notes": list(self.notes),
            "help": self.help,
        }


def _callers(span: Span) -> Iterator[Span]:
    while span.caller is not None:
        span = span.caller
        yield span


def _span_dict(span: Span) -> dict[str, Any] | None:
    if not span.line:
        return None
    end = span.end_line or span.line
    return {
        "file": display_file(span.file), "line": span.line, "col": span.col + 1, "end_line": end,
        "end_col": span.end_col + 1,
    }  # fmt: skip


class DifferentiationError(Exception):
    """The program cannot be differentiated.

    Attributes:
        diagnostics: every reason found, each once, by file, line and column.

    >>> first, second = (Diagnostic("AC002", Span("m.py", line), f"in line {line}") for line in (1, 2))
    >>> [d.message for d in DifferentiationError([second, first, second]).diagnostics]
    ['in line 1', 'in line 2']
    """

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        found = in_order([diagnostics] if isinstance(diagnostics, Diagnostic) else diagnostics)
        super().__init__(found)
        self.diagnostics: list[Diagnostic] = found

    def __str__(self) -> str:
        return "\n\n".join(d.render() for d in self.diagnostics)

    def show(self, stream: TextIO | None = None) -> None:
        """Print the problems, in colours where the stream is a terminal; to standard error if none is given."""
        out = sys.stderr if stream is None else stream
        colour = has_colours(out)
        print("\n\n".join(d.render(colour) for d in self.diagnostics), file=out)

    def to_json(self) -> str:
        """The problems as a JSON array of what ``Diagnostic.to_dict`` gives."""
        return json.dumps([d.to_dict() for d in self.diagnostics], indent=2, ensure_ascii=False)


class DifferentiationWarning(UserWarning):
    """A program is differentiated right, but what comes out may not be what was meant.

    Attributes:
        diagnostic: what is remarked; its code stands at the front of the text, for ``warnings`` filters.

    >>> print(DifferentiationWarning(Diagnostic("ACW04", Span("m.py", 3), "turned into an integer", help="keep it")))
    ACW04: turned into an integer; keep it
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic

    def __str__(self) -> str:
        d = self.diagnostic
        return f"{d.code}: {d.message}" + (f"; {d.help}" if d.help else "")


def warn(lints: Iterable[Diagnostic]) -> None:
    """Give the warning of each lint, as if from the line that it is about."""
    for d in in_order(lints):
        if d.severity == "warning":
            warnings.warn_explicit(DifferentiationWarning(d), None, d.span.file, d.span.line)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics by file, line and column; what is met again by way of another call is left out."""
    found: dict[Any, Diagnostic] = {}
    for d in (d.as_written() for d in diagnostics):
        found.setdefault((d.code, replace(d.span, caller=None, statement=None), d.message), d)
    return sorted(found.values(), key=lambda d: (d.span.file, d.span.line, d.span.col, d.code))


def check_all(checks: Iterable[Callable[[], object]]) -> None:
    """Run checks, and raise one error with all that they refuse.

    >>> def refuse(line):
    ...     raise DifferentiationError(Diagnostic("AC002", Span("m.py", line), f"in line {line}"))
    >>> try:
    ...     check_all([lambda: refuse(3), lambda: None, lambda: refuse(1)])
    ... except DifferentiationError as error:
    ...     print([d.message for d in error.diagnostics])
    ['in line 1', 'in line 3']
    """
    found: list[Diagnostic] = []
    for check in checks:
        try:
            check()
        except DifferentiationError as error:
            found += error.diagnostics
    if found:
        raise DifferentiationError(found)


def internal_error(message: str, span: Span = NOWHERE, ir: str = "") -> DifferentiationError:
    """The error to raise for a fault of the compiler itself, with the IR attached."""
    notes = ("this is a bug of the compiler, not of the program", *([f"the IR was:\n{ir}"] if ir else []))
    return DifferentiationError(Diagnostic("AC017", span, message, notes, "report it with the text above"))
