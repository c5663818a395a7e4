"""Derivatives to third order of a sample of the corpus; `python -m tests.programs.third_order` checks all of it."""

from __future__ import annotations

import pytest

from .third_order import PROGRAMS, check

SAMPLE = (
    "scalars.math_special", "control.loops_over_rows", "control.newton_square_root", "calls.same_memory_twice",
    "indexing.store_through_masks", "views.zipped_views", "mutation.augmented_assignment_through_alias",
    "starred.unpacked_under_an_if", "container_methods.queue", "objects.memoized_in_an_attribute",
    "made_functions.functions_returned_and_composed", "generators.made_before_what_it_reads_changes",
)  # fmt: skip
# whose reverse sweeps are not differentiated again: their gradients are functions with rules
BY_RULES = ("starred.first_and_rest", "indexing.read_integer_arrays")


@pytest.mark.parametrize("entry", [p for p in PROGRAMS if p.id in (*SAMPLE, *BY_RULES)], ids=lambda p: p.id)
def test_third_order(entry):
    assert check(entry) == "ok"
