"""`emit` on programs of the corpus: the file is only parsed, and the module it writes computes the same gradient."""

from __future__ import annotations

import copy
import inspect
import linecache
from pathlib import Path

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.frontend.annotations import parse_type
from adjoint_compiler.ir.types import type_of
from tests.programs import all_programs
from tests.programs.check_primals import arrays
from tests.programs.checking import scalarized_of

from . import main

MODULES = ("matching",)
LIVE_ONLY: dict[str, str] = {}
"""Programs of those modules that `emit` refuses, and the code it gives."""


def signature_of(entry):
    """The types of the arguments as `--signature` takes them; None where it has no word for one."""
    names = inspect.signature(entry.function).parameters
    known = {n: str(type_of(a)).removeprefix("np.") for n, a in zip(names, entry.example(), strict=True)}
    return ", ".join(f"{n}: {t}" for n, t in known.items()) if all(map(parse_type, known.values())) else None


PROGRAMS = [
    p
    for p in all_programs()
    if p.kind in MODULES and p.raises is None and p.function.__name__ == p.name and signature_of(p) is not None
]


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda p: p.id)
def test_emitted_gradients_are_the_live_ones(entry, tmp_path, capsys):
    out = tmp_path / "emitted.py"
    names = list(inspect.signature(entry.function).parameters)
    form = "joint" if scalarized_of(entry) else "split"
    path = Path(inspect.getfile(entry.function))
    words = ["--wrt", ",".join(names[p] for p in entry.positions), "--signature", signature_of(entry)]
    status = main(["emit", f"{path}:{entry.name}", *words, "--form", form, "-o", str(out)])
    if entry.id in LIVE_ONLY:
        assert status == 1 and LIVE_ONLY[entry.id] in capsys.readouterr().err
        return
    assert status == 0, capsys.readouterr().err
    text = out.read_text()
    linecache.cache[str(out)] = (len(text), None, text.splitlines(keepends=True), str(out))
    space: dict[str, object] = {"__name__": "emitted"}
    exec(compile(text, str(out), "exec", dont_inherit=True), space)
    if form == "joint":
        found = space[f"{entry.name}_grad"](*entry.example())
        expected = ac.grad(entry.function, wrt=entry.wrt)(*entry.example())
    else:
        y, tape = space[f"{entry.name}_primal"](*entry.example())
        found = space[f"{entry.name}_adjoint"](tape, np.ones_like(y))
        _, pullback = ac.vjp(entry.function, *entry.example())
        expected = [pullback(np.ones_like(y))[p] for p in entry.positions]
        found = found if isinstance(found, tuple) else (found,)
    for a, b in zip(arrays([copy.copy(found)]), arrays([expected]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_there_are_programs():
    assert {p.kind for p in PROGRAMS} == set(MODULES)
    assert set(LIVE_ONLY) <= {p.id for p in PROGRAMS}
