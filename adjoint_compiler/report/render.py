"""Generated code for people: coloured on a terminal, and as HTML for notebooks; plain without Pygments."""

from __future__ import annotations

import html
import sys
from typing import Any, TextIO

from adjoint_compiler.diagnostics import has_colours

HTML_STYLE = "border: 1px solid #ccc; padding: 0.5em; overflow: auto; line-height: 1.3"


def show_source(text: str, stream: TextIO | None = None) -> None:
    """Print Python source, highlighted where the stream is a terminal.

    Args:
        text: the source.
        stream: where to print it; standard output if left out.

    >>> show_source("def f(x):\\n    return x\\n")
    def f(x):
        return x
    """
    out = sys.stdout if stream is None else stream
    out.write(highlighted(text) if has_colours(out) else text)
    if not text.endswith("\n"):
        out.write("\n")


def highlighted(text: str) -> str:
    """Python source with the escape sequences of a terminal; as it is without Pygments."""
    return _formatted(text, "terminal") or text


def source_html(text: str) -> str:
    """Python source as HTML, colours included: safe to show, whatever the text is.

    >>> print(source_html("a < b").replace("span", "").count("a < b"))
    0
    """
    body = _formatted(text, "html")
    if body is None:
        body = f"<pre>{html.escape(text)}</pre>"
    return f'<div class="adjoint-compiler" style="{HTML_STYLE}">{body}</div>'


def _formatted(text: str, kind: str) -> str | None:
    try:
        import pygments
        from pygments.formatters import HtmlFormatter, TerminalFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return None
    formatter: Any = TerminalFormatter() if kind == "terminal" else HtmlFormatter(noclasses=True)
    found: str = pygments.highlight(text, PythonLexer(stripnl=False), formatter)
    return found
