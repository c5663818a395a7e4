"""Dependency programs of the corpus: what depends on an input, as tangents tell, is in its set."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.sparsity import SparseJacobian
from tests.sampling import sampled

from . import Program, all_programs

PROGRAMS = [p for p in all_programs() if p.raises is None]


def unit_block(leaves: list[Any], start: int, stop: int) -> list[Any]:
    ends = np.cumsum([np.size(v) for v in leaves])
    parts = np.split(np.eye(ends[-1])[start:stop], ends[:-1], axis=1)
    return [
        p.reshape(stop - start, *np.shape(v)).astype(np.asarray(v).dtype) for p, v in zip(parts, leaves, strict=True)
    ]


def check(entry: Program) -> None:
    made = SparseJacobian(entry.function, wrt=entry.positions, mode="forward", of=entry.of)
    with contextlib.redirect_stdout(io.StringIO()):
        values, given, leaves = made._bound(entry.example(), {})
        n = sum(map(np.size, leaves))
        y, tangents = made.jacobian.along(
            values[len(made.target.owner) :], given, leaves, n, lambda a, b: unit_block(leaves, a, b)
        )
        dense = np.concatenate([np.reshape(t, (n, -1)) for t in tangents], axis=1).T
        pattern = made.pattern(*entry.example()).matrix.toarray()
        found = made(*entry.example()).toarray()
    assert not np.any((dense != 0) & (pattern == 0))
    np.testing.assert_allclose(found, dense, rtol=1e-10, atol=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("entry", sampled(PROGRAMS, 12), ids=lambda p: p.id)
def test_dependencies(entry: Program) -> None:
    try:
        check(entry)
    except ac.DifferentiationError as error:
        assert "other effects" in str(error)


if __name__ == "__main__":
    for program in PROGRAMS:
        try:
            check(program)
        except ac.DifferentiationError as error:
            print(f"{program.id}: {error.diagnostics[0].message}")
