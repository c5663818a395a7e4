"""Derivatives to third order of a sample of the corpus; `python -m tests.programs.third_order` checks all of it.

Besides programs that are checked each time, every 120th is: `THIRD_ORDER_SHARD=7` takes the seventh of each 120, so that
120 runs check all of them.
"""

from __future__ import annotations

import os

import pytest

from .third_order import PROGRAMS, SLOW, check

SAMPLE = (
    "scalars.math_special", "control.loops_over_rows", "control.newton_square_root", "calls.same_memory_twice",
    "indexing.store_through_masks", "views.zipped_views", "mutation.augmented_assignment_through_alias",
    "starred.unpacked_under_an_if", "container_methods.queue", "objects.memoized_in_an_attribute",
    "made_functions.functions_returned_and_composed", "generators.made_before_what_it_reads_changes",
    "numpy_ops.array_methods", "recursive_containers.memo_of_arrays",
)  # fmt: skip
# whose reverse sweeps are not differentiated again: their gradients are functions with rules
BY_RULES = (
    "starred.first_and_rest", "indexing.read_integer_arrays", "comprehensions.entries_are_the_same_arrays",
)  # fmt: skip
# of which it was not known what gradients, tangents and adjoints hold
BY_TYPES = (
    "containers.network_from_list_of_tuples", "containers.dict_is_updated", "mutation.both_arguments_change",
    "container_methods.views_of_entries",
)  # fmt: skip
STEP = 120
SHARD = int(os.environ.get("THIRD_ORDER_SHARD", "0"))
QUICK = [p for p in PROGRAMS if p.id not in SLOW]
CHECKED = {
    p.id: p for p in (*QUICK[SHARD % STEP :: STEP], *(p for p in QUICK if p.id in (*SAMPLE, *BY_RULES, *BY_TYPES)))
}


@pytest.mark.parametrize("entry", CHECKED.values(), ids=CHECKED.keys())
def test_third_order(entry):
    assert check(entry) == "ok"
