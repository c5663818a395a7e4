"""What ``optimize=`` says: which rewrites of the compiler are left out.

Every rewrite can be: the derivative computes the same numbers without it, up to the rounding of its reverse sweep.
"""

from __future__ import annotations

Optimize = int | str | tuple[str, ...] | None

# the lowest level at which a pass is done: 1 only shortens the code, 2 also saves memory traffic and sums in another order
LEVELS = {
    "share_primal": 2,
    "repeat_selected_trips": 2,
    "copy_read_parts": 2,
    "record_costly": 2,
    "split_values": 1,
    "propagate_adjoint_copies": 1,
    "simplify_arithmetic": 1,
    "drop_identities": 1,
    "share_subexpressions": 1,
    "remove_dead_stores": 2,
    "absorb_signs": 2,
    "scale_products": 2,
    "elide_copies": 2,
    "batch_outer_products": 2,
    "merge_updates": 2,
    "add_through_views": 2,
    "store_first_sums": 2,
    "share_guards": 2,
    "reuse_memory": 2,
    "hold_views": 2,
    "remove_dead_adjoint": 1,
    "prefer_methods": 1,
}


def left_out(optimize: Optimize) -> frozenset[str]:
    """The names of the passes that are left out.

    Args:
        optimize: a level, 0 to 2 (None: 2), or the name of a rewrite to leave out, after a minus sign, or a tuple of such names.

    Raises:
        ValueError: for what is neither.

    >>> sorted(left_out("-hold_views")), len(left_out(0)), left_out(None) == left_out(2) == frozenset()
    (['hold_views'], 22, True)
    """
    if optimize is None or (type(optimize) is int and 0 <= optimize <= 2):
        level = 2 if optimize is None else optimize
        return frozenset(name for name, least in LEVELS.items() if level < least)
    words = (optimize,) if isinstance(optimize, str) else optimize
    if not isinstance(words, tuple) or not all(isinstance(w, str) and w[:1] == "-" for w in words):
        raise ValueError(
            f"optimize is 0, 1, 2, None, or a tuple of rewrites to leave out such as '-hold_views', not {optimize!r}"
        )
    if unknown := [w for w in words if w[1:] not in LEVELS]:
        raise ValueError(f"there is no rewrite {unknown[0][1:]!r}; there are {', '.join(sorted(LEVELS))}")
    return frozenset(w[1:] for w in words)


__all__ = ["LEVELS", "Optimize", "left_out"]
