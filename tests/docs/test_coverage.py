"""docs/coverage.md says what the compiler does, and how little is missing."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint_compiler.report.coverage import INERT, MISSING, coverage_of, numpy_coverage
from adjoint_compiler.rules.optional import load_all

from .coverage import coverage_page, names_in_list
from .rewrite import DOCS

ADVICE = "out of date: python -m tests.docs.rewrite"


@pytest.fixture(autouse=True, scope="module")
def every_package():
    pytest.importorskip("scipy")
    load_all()


def missing(rows):
    counted = [r for r in rows if r.status != INERT]
    return [r.name for r in counted if r.status == MISSING], len(counted)


def test_one_name_in_ten_at_most_is_missing():
    names, of = missing(numpy_coverage())
    assert of > 500 and len(names) <= 0.1 * of, names


@pytest.mark.parametrize(
    ("file", "most"), [("names_of_autograd", 0), ("more_names_of_jax", 0), ("names_of_neither", 76)]
)
def test_lists_of_names(file, most):
    names, _ = missing([coverage_of(name) for name in names_in_list(file)])
    assert len(names) <= most, names


def test_the_page():
    text = (DOCS / "coverage.md").read_text(encoding="utf-8")
    version = ".".join(np.__version__.split(".")[:2])
    if f"with NumPy {version}." not in text:
        pytest.skip("the page was written with another version of NumPy")
    assert text == coverage_page(), ADVICE
