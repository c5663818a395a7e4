"""Generated code on terminals and as HTML, with Pygments and without."""

import html
import io
import re
import sys

import pytest

from adjoint_compiler.diagnostics import has_colours
from adjoint_compiler.report import render

TEXT = "\ndef f(x):\n    return '<b>&amp;' + x  # <script>alert(1)</script>\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(params=["pygments", "plain"])
def library(request, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "pygments", None)
    else:
        pytest.importorskip("pygments")
    return request.param


def test_colours_only_where_they_can_be_seen(library):
    terminal, file = Terminal(), io.StringIO()
    render.show_source(TEXT, terminal)
    render.show_source(TEXT, file)
    assert file.getvalue() == TEXT
    assert ("\x1b[" in terminal.getvalue()) == (library == "pygments")
    assert re.sub(r"\x1b\[[\d;]*m", "", terminal.getvalue()) == TEXT


def test_variables_of_the_environment_decide(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    assert has_colours(Terminal()) and not has_colours(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colours(Terminal())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert has_colours(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colours(Terminal())
    monkeypatch.setenv("NO_COLOR", "")
    assert has_colours(io.StringIO())


def test_html_shows_the_text_and_runs_nothing(library):
    found = render.source_html(TEXT)
    assert "<script" not in found and "<b>" not in found
    shown = html.unescape(re.sub(r"<[^>]*>", "", found))
    assert shown.strip() == TEXT.strip()


def test_a_missing_newline_is_added(capsys):
    render.show_source("x = 1")
    assert capsys.readouterr().out == "x = 1\n"
