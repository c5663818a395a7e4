"""What the tests of the command line share: files, and interpreters that know nothing of this package."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from adjoint_compiler.cli import main

ROOT = Path(__file__).parents[2]
FRESH = """
import importlib.util, json, sys
import numpy as np

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("adjoint_compiler", "gast", "astor", "scipy"):
            raise ImportError(name + " is not installed here")

sys.meta_path.insert(0, Nothing())
spec = importlib.util.spec_from_file_location("emitted", sys.argv[1])
emitted = importlib.util.module_from_spec(spec)
spec.loader.exec_module(emitted)

def plain(x):
    return [plain(v) for v in x] if isinstance(x, (tuple, list)) else np.asarray(x).tolist()

def message(f):
    try:
        f()
    except Exception as error:
        return str(error)

print(json.dumps(plain(eval(sys.argv[2], {"np": np, "message": message, **vars(emitted)}))))
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A file of the given text, its indentation removed."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def emit(path: Path, function: str, *words: str) -> str:
    """What `emit` writes for a function."""
    out = path.parent / "emitted" / f"{function}.py"
    out.parent.mkdir(exist_ok=True)
    assert main(["emit", f"{path}:{function}", *words, "-o", str(out)]) == 0
    return out.read_text(encoding="utf-8")


def in_fresh_interpreter(module: Path, expression: str) -> Any:
    """The value of an expression over the names of a module, where this package cannot be imported."""
    run = subprocess.run(
        [sys.executable, "-I", "-c", FRESH, str(module), expression],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
