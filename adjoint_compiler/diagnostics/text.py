"""Diagnostics as text for a terminal, in the style of compilers.

model.py:12:9: error[AC002]: no derivative rule for `np.roots`
  12 |     y = np.roots(c)
     |         ^^^^^^^^^^^
  note: called from here: model.py:20:12
  20 |     return helper(x)
     |            ^^^^^^^^^
  help: ...
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from adjoint_compiler.ir.nodes import Span

SHOWN_LINES = 6
TAB = 4
PLACE, ERROR, WARNING, LABEL = "1", "1;31", "1;33", "1;36"  # bold; bold red, yellow, cyan
STYLES = {"error": ERROR, "warning": WARNING, "note": LABEL}
Paint = Callable[[str, str], str]


@dataclass(frozen=True)
class Entry:
    """A note or a help below a message, with a place of its own if it has one."""

    label: str
    text: str
    span: Span | None = None


def display_file(file: str) -> str:
    """A file's name as messages show it: relative to the working directory if below it, else its last part.

    >>> display_file("/elsewhere/model.py"), display_file("<stdin>")
    ('model.py', '<stdin>')
    """
    if file.startswith("<") or not file:
        return file or "<unknown>"
    try:
        relative = os.path.relpath(file)
    except (ValueError, OSError):  # another drive, or a working directory that was deleted
        return os.path.basename(file)
    outside = relative == os.pardir or relative.startswith(os.pardir + os.sep)
    return os.path.basename(file) if outside else relative.replace(os.sep, "/")


def has_colours(stream: TextIO) -> bool:
    """Whether to write colours: to terminals, unless ``NO_COLOR`` is set; anywhere if ``FORCE_COLOR`` is.

    See https://no-color.org and https://force-color.org; an empty value does not count.

    >>> import io
    >>> has_colours(io.StringIO())
    False
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and stream.isatty()


def render(head: str, message: str, span: Span, entries: Sequence[Entry], colour: bool = False) -> str:
    """A message with its place, the source there, and what stands below it.

    Args:
        head: what it is: ``error[AC002]``.
        message: what is wrong.
        span: where.
        entries: notes and help.
        colour: whether to write ANSI escape sequences.
    """

    def paint(style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colour and text else text

    style = STYLES.get(head.partition("[")[0], ERROR)
    lines = [paint(PLACE, _place(span, ": ")) + paint(style, f"{head}:") + " " + message]
    lines += source_lines(span, style, paint)
    for entry in entries:
        place = f": {_place(entry.span)}" if entry.span is not None else ""
        body = (entry.text + place).replace("\n", "\n" + " " * (len(entry.label) + 4))
        lines.append("  " + paint(LABEL, f"{entry.label}:") + " " + body)
        if entry.span is not None:
            lines += source_lines(entry.span, LABEL, paint)
    return "\n".join(lines)


def _place(span: Span, after: str = "") -> str:
    return f"{display_file(span.file)}:{span.line}:{span.col + 1}{after}" if span.line else ""


def source_lines(span: Span, style: str, paint: Paint) -> Iterator[str]:
    """The lines of a span, each with carets below the part that it covers."""
    if not span.line or not span.text.strip():
        return
    texts = [span.text, *span.more]
    last = max(span.end_line, span.line)
    width = len(str(last))
    for k, text in enumerate(texts):
        number = span.line + k
        if len(texts) > SHOWN_LINES and SHOWN_LINES - 2 <= k < len(texts) - 1:
            if k == SHOWN_LINES - 2:
                yield f"  {'.' * width} |"
            continue
        start = span.col if k == 0 else len(text) - len(text.lstrip())
        end = span.end_col if number == last else len(text.rstrip())
        shown, marks = _marked(text.rstrip(), start, end)
        yield f"  {number:>{width}} | {shown}"
        if marks:
            yield f"  {' ' * width} | {marks[: -len(marks.lstrip())]}" + paint(style, marks.lstrip())


def _marked(text: str, start: int, end: int) -> tuple[str, str]:
    """A line as it is shown, and the carets below the characters from ``start`` to ``end``.

    >>> _marked("\\t値 = 関数", 5, 7)
    ('    値 = 関数', '         ^^^^')
    """
    start = min(start, len(text))
    shown, columns = "", [0]
    for c in text:
        printed = " " * (TAB - columns[-1] % TAB) if c == "\t" else _printable(c)
        shown += printed
        columns.append(columns[-1] + (len(printed) if c == "\t" else _width(printed)))
    if not text.strip():
        return shown, ""
    left = columns[start]
    return shown, " " * left + "^" * max(1, columns[min(max(end, start), len(text))] - left)


def _printable(c: str) -> str:
    """A character, or what stands for one that a terminal would act upon: the file may come from anyone."""
    return c if c.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _width(c: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
