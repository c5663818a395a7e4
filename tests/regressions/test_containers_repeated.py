"""`[[x]] * 2` holds one list twice, not two: a store through one place is seen in the other."""

import pytest

from tests.regressions import check


class Part:
    def __init__(self, x):
        self.x = x

    def scale(self, k):
        self.x = self.x * k


def lists(x, y):
    rows = [[x], [x * y]] * 2
    for k, row in enumerate(rows):
        row[0] = row[0] * y + k
    return sum(row[0] for row in rows)


def grid(x, n):
    rows = [[x, x * x]] * n
    rows[0][1] = x * 3.0
    return sum(row[0] * row[1] for row in rows)


def objects(x, n):
    parts = [Part(x)] * n
    for k, part in enumerate(parts):
        part.scale(x + k)
    return sum(part.x for part in parts)


def tuples(x, y):
    a, b = ([x, y],) * 2
    a[0] = a[1] * y
    return b[0] * x + a[1]


def pairs_of_lists(x, y):
    rows = [([x], y)] * 2
    rows[0][0].append(y)
    return rows[1][0][-1] * x * len(rows[1][0])


@pytest.mark.parametrize(
    ("f", "args"),
    [(lists, (0.7, 1.3)), (grid, (0.7, 3)), (grid, (0.7, 1)), (objects, (0.7, 3)), (tuples, (0.7, 1.3)), (pairs_of_lists, (0.7, 1.3))],
)  # fmt: skip
def test_containers_in_what_is_repeated(f, args):
    check(f, *args)
