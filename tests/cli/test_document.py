"""docs/cli.md: its files, its commands, and the output that it shows."""

import os
import re
import subprocess
import sys

from . import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_the_example_runs_as_shown(tmp_path):
    model, stencil = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "model.py").write_text(model)
    (tmp_path / "stencil.py").write_text(stencil)
    commands = re.findall(r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", PAGE, re.DOTALL)
    assert len(commands) == 4 and sum(bool(shown) for _, shown in commands) == 2
    for command, shown in commands:
        line = re.sub(r"^python ", f"{sys.executable} ", command.strip())
        line = re.sub(r"^adjoint-compiler ", f"{sys.executable} -m adjoint_compiler ", line)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout == shown


def test_it_tells_every_option():
    from adjoint_compiler.cli import _parser

    subcommands = next(a for a in _parser()._actions if a.choices).choices
    assert set(subcommands) == set(re.findall(r"^adjoint-compiler (\w+)", PAGE.split("## An example")[0], re.MULTILINE))
    options = {s for a in subcommands["emit"]._actions for s in a.option_strings} - {"-h", "--help"}
    assert options == set(re.findall(r"`(--?[a-z-]+)", PAGE.split("## Options")[1].split("## Types")[0])) - {"-h"}
