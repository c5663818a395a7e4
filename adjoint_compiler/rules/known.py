"""Which operations the verifier knows."""

from __future__ import annotations

from adjoint_compiler import rules


def known_op(op: str) -> bool:
    """Whether the table has a rule for an operation (or it is one of reverse code's own)."""
    return (
        op in rules.TABLE.by_key
        or op in ("zero", "accumulate", "scatter_add")
        or op.startswith(("attribute.", "method.", "numba."))
    )


__all__ = ["known_op"]
