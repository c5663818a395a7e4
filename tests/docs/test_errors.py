"""docs/errors.md: every failing example earns its code at the line marked, and every fix of one runs."""

from __future__ import annotations

import ast
import linecache
import re
from pathlib import Path

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler import cli
from adjoint_compiler.diagnostics import CODES, DifferentiationError

from .rewrite import DOCS

ROOT = Path(__file__).parents[2]
SECTIONS = re.split(r"^## ", (DOCS / "errors.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
PROGRAMS = {section[:5]: re.findall(r"```python\n(.*?)```", section, re.DOTALL) for section in SECTIONS}
WITH_PROGRAMS = [code for code in PROGRAMS if code != "AC017"]  # a bug of the compiler has no program
LIVE = [code for code in WITH_PROGRAMS if code != "AC018"]  # `emit` only


def marked_line(code: str, text: str) -> int:
    """The line that carries the code; for faults of arguments and results, that of the function."""
    lines = text.splitlines()
    (marked,) = [k for k, line in enumerate(lines, 1) if line.endswith(f"# {code}")]
    calls_it = re.match(r"(ac\.|f\b)", lines[marked - 1])
    return next((k for k, line in enumerate(lines, 1) if line.startswith("def ") and calls_it), marked)


def run(program: str, name: str) -> None:
    """Run an example as if it were typed in: with its text known to linecache."""
    linecache.cache[name] = (len(program), None, program.splitlines(keepends=True), name)
    exec(compile(program, name, "exec"), {"np": np, "ac": ac, "__name__": "example"})


def test_every_code_is_documented():
    assert list(PROGRAMS) == list(CODES)
    assert all(len(PROGRAMS[code]) == 2 for code in WITH_PROGRAMS) and not PROGRAMS["AC017"]


@pytest.mark.parametrize("code", WITH_PROGRAMS)
def test_the_offending_line_is_marked(code):
    example, fix = PROGRAMS[code]
    ast.parse(fix)
    assert marked_line(code, example) and "# AC" not in fix


@pytest.mark.parametrize("code", LIVE)
def test_examples_fail_and_their_fixes_run(code):
    example, fix = PROGRAMS[code]
    with pytest.raises(DifferentiationError) as caught:
        run(example, f"<example {code}>")
    (problem,) = caught.value.diagnostics
    assert problem.code == code and problem.help
    if problem.span.file == f"<example {code}>":
        assert problem.span.line == marked_line(code, example)
    run(fix, f"<fix {code}>")


def test_the_example_of_emit_fails_and_its_fix_runs(tmp_path, capsys):
    example, fix = PROGRAMS["AC018"]
    path = tmp_path / "m.py"
    path.write_text(example, encoding="utf-8")
    assert cli.main(["emit", f"{path}:f"]) == 1
    assert f"m.py:{marked_line('AC018', example)}:" in capsys.readouterr().err
    path.write_text(fix, encoding="utf-8")
    assert cli.main(["emit", f"{path}:f"]) == 0


def test_the_package_raises_the_codes_of_the_table_and_no_others():
    texts = [p.read_text(encoding="utf-8") for p in (ROOT / "adjoint_compiler").rglob("*.py") if p.name != "codes.py"]
    raised = {code for text in texts for code in re.findall(r'"(AC\d{3})"', text)}
    assert raised == set(CODES)


def test_every_code_is_raised_by_a_test():
    texts = [p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("test_*.py")]
    programs = {p.name[:5] for p in (ROOT / "tests" / "diagnostics" / "programs").glob("AC*.py")}
    assert set(CODES) == programs | {"AC017"} and any("error[AC017]" in text for text in texts)
