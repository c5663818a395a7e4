"""Colourings of sparse matrices: which columns may be computed by one sweep.

The greedy algorithms of A. H. Gebremedhin, F. Manne and A. Pothen, What Color Is Your Jacobian?, SIAM Review 47 (2005).
"""

from __future__ import annotations

from typing import Any

import numpy as np


def colour_columns(pattern: Any) -> Any:
    """Colours for columns such that no two of one colour have an entry in the same row (their Algorithm 3.1).

    Args:
        pattern: a sparse matrix.

    Returns:
        The colour of each column, from 0 on.

    >>> from scipy.sparse import csr_array
    >>> colour_columns(csr_array(np.array([[1, 1, 0], [0, 1, 1]])))
    array([1, 0, 1])
    """
    rows, columns = pattern.tocsr(), pattern.tocsc()
    colours = np.full(pattern.shape[1], -1)
    for j in np.argsort(-np.diff(columns.indptr), kind="stable").tolist():
        own = columns.indices[columns.indptr[j] : columns.indptr[j + 1]]
        near = [rows.indices[rows.indptr[i] : rows.indptr[i + 1]] for i in own.tolist()]
        colours[j] = _smallest_free(colours[np.concatenate(near)] if near else colours[:0])
    return colours


def _smallest_free(taken: Any) -> int:
    free = np.ones(taken.size + 1, bool)
    free[taken[(taken >= 0) & (taken <= taken.size)]] = False
    return int(np.argmax(free))


def colour_symmetric(pattern: Any) -> Any:
    """A star colouring: neighbours differ, and every path of four vertices has three colours (their section 4.3).

    Of two entries (i, j) and (j, i) of a symmetric matrix, the sum of the columns of one colour then shows one alone.

    Args:
        pattern: a symmetric sparse matrix; its diagonal is taken for full.

    Returns:
        The colour of each column, from 0 on.

    >>> from scipy.sparse import csr_array
    >>> arrow = np.eye(4, dtype=int); arrow[0] = arrow[:, 0] = 1
    >>> colour_symmetric(csr_array(arrow))
    array([0, 1, 1, 1])
    """
    rows = pattern.tocsr()
    near = [
        [j for j in rows.indices[rows.indptr[i] : rows.indptr[i + 1]].tolist() if j != i]
        for i in range(pattern.shape[0])
    ]
    colours = [-1] * len(near)
    for v in sorted(range(len(near)), key=lambda i: -len(near[i])):
        colours[v] = _star_colour(v, near, colours)
    return np.array(colours, dtype=int)


def _star_colour(v: int, near: list[list[int]], colours: list[int]) -> int:
    """The smallest colour for ``v`` that makes no path of four vertices in two colours."""
    taken = {colours[w] for w in near[v]}
    around = [colours[w] for w in near[v] if colours[w] >= 0]
    for w in near[v]:
        if colours[w] < 0 or around.count(colours[w]) > 1:  # v may become the end, or the inside, of such a path
            taken.update(colours[x] for x in near[w])
            continue
        for x in near[w]:
            if x != v and colours[x] >= 0 and any(y != w and colours[y] == colours[w] for y in near[x]):
                taken.add(colours[x])
    return next(c for c in range(len(taken) + 1) if c not in taken)


__all__ = ["colour_columns", "colour_symmetric"]
