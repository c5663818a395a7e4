"""Programs that are refused: the offending lines say in a comment which code they earn."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from adjoint_compiler import cli
from adjoint_compiler.diagnostics import CODES, Diagnostic, DifferentiationError

FOLDER = Path(__file__).parent / "programs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
LIVE = [name for name in NAMES if not name.startswith("AC018")]
WITHOUT_PROGRAM = ("AC017",)
SEVERAL = [name for name in NAMES if name.startswith("several")]


def lines_of(name: str) -> list[str]:
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()


def expected(name: str) -> list[tuple[int, str]]:
    """Line numbers and codes that the program's comments ask for."""
    found = [re.search(r"# error: (AC\d{3})$", line) for line in lines_of(name)]
    return [(k + 1, match[1]) for k, match in enumerate(found) if match]


def refusal(name: str) -> DifferentiationError:
    program = importlib.import_module(f"tests.diagnostics.programs.{name}")
    with pytest.raises(DifferentiationError) as caught:
        program.attempt()
    return caught.value


@pytest.mark.parametrize("name", LIVE)
def test_codes_and_lines(name):
    assert expected(name), "a program without an expected error"
    assert [(d.span.line, d.code) for d in refusal(name).diagnostics] == expected(name)


@pytest.mark.parametrize("name", LIVE)
def test_messages_have_line_caret_and_help(name):
    error = refusal(name)
    lines = lines_of(name)
    for diagnostic in error.diagnostics:
        check_message(diagnostic, lines, f"{name}.py")
        assert diagnostic.render() in str(error)


def check_message(diagnostic: Diagnostic, lines: list[str], file: str) -> None:
    span, text = diagnostic.span, diagnostic.render().splitlines()
    head = re.fullmatch(r"(.+):(\d+):(\d+): error\[(AC\d{3})\]: (.+)", text[0])
    assert head and head[1].endswith(file) and not head[1].startswith("/")
    assert (int(head[2]), int(head[3]), head[4]) == (span.line, span.col + 1, diagnostic.code)
    assert text[1] == f"  {span.line} | {lines[span.line - 1]}"
    caret = re.fullmatch(r" +\| ( *)(\^+)", text[2])
    assert caret and len(caret[1]) == span.col
    assert diagnostic.help and text[-1 - diagnostic.help.count("\n")].lstrip().startswith("help: ")
    assert not diagnostic.message.endswith(".") and diagnostic.message[0] not in " \n"


@pytest.mark.parametrize("name", SEVERAL)
def test_all_problems_are_told_at_once(name):
    error = refusal(name)
    assert len(error.diagnostics) >= 2
    assert str(error).count("error[") == len(error.diagnostics)


def test_values_of_running_code_are_refused_by_emit(capsys):
    (name,) = set(NAMES) - set(LIVE)
    ((line, code),) = expected(name)
    status = cli.main(["emit", f"{FOLDER / name}.py:f", "--signature", "x: float64[:]"])
    text = capsys.readouterr().err
    assert status == 1 and f"{name}.py:{line}:" in text and f"error[{code}]" in text and "help: " in text


def test_every_code_has_a_program():
    found = {code for name in NAMES for _, code in expected(name)}
    assert found == set(CODES) - set(WITHOUT_PROGRAM)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_are_codes(name):
    assert name in SEVERAL or {code for _, code in expected(name)} == {name[:5]}
