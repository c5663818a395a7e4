"""Variables, items and results that are an int at first, and a float later, have derivatives."""

import pytest

from . import check


def largest(x, n):
    return max(n, x) * max(0, x) + min(n, x) * x


def running_maximum(x, n):
    u = 0
    for i in range(n):
        u = max(u, x * i)
    return u * u


def item_of_a_dict(x, n):
    d = {"a": 1}
    d["a"] = x * 2
    d["a"] += n
    return d["a"] * x


def any_item_of_a_dict(x, n):
    d = {"n": n}
    d["x"] = x * x
    s = 0
    for k in d:
        s += d[k] * x
    return s


def item_of_a_list(x, n):
    items = [0]
    items[0] += x
    items[0] *= x
    return items[0] * x * n


def items_appended(x, n):
    items = [0]
    for i in range(n):
        items.append(items[-1] + x * i)
    return items[-1] * items[n // 2]


def by_another_name(x, n):
    items = [0, 0, 0]
    same = items
    for k in range(n):
        same[k] = x * k
        if k == 1:
            same = items
    return items[1] * items[2] + items[0] * x


def int_again(x, n):
    items = [0, 0]
    items[1] = x
    y = items[1] * x
    items[1] = n
    items[0] = x * items[1]
    return y * items[0]


def variable(x, n):
    s = 0
    for i in range(n):
        s = s + x if x * i < 1.0 else s
    return s * x


@pytest.mark.parametrize("x", [0.7, 2.3])
@pytest.mark.parametrize(
    "f",
    [
        largest, running_maximum, item_of_a_dict, any_item_of_a_dict, item_of_a_list, items_appended, by_another_name,
        int_again, variable,
    ],
)  # fmt: skip
def test_ints(f, x):
    check(f, x, 3)
