"""Lists and dicts in others, under several names, or one of several: changed in place through any of them."""

import numpy as np

from . import program


def two_numbers(rng):
    return 0.7, 1.3


def rising(rng):
    return 1.7, 1.3


def number_and_count(rng):
    return 0.7, 5


@program(two_numbers, wrt=(0, 1), tags=("container",))
def table_of_lists(x, y):
    table = [[0.0] * 3 for _ in range(3)]
    for i in range(3):
        for j in range(3):
            table[i][j] = x * (i + 1) + y * j
    for i in range(1, 3):
        for j in range(1, 3):
            table[i][j] = table[i - 1][j] * table[i][j - 1] + 0.1 * table[i][j]
    return table[2][2]


@program(two_numbers, wrt=(0, 1), tags=("container",))
def rows_that_trade_places(x, y):
    rows = [[x, y], [x * y, 2.0]]
    rows[0], rows[1] = rows[1], rows[0]
    rows[0][0] = rows[0][0] * y
    rows[1][1] += x
    rows[1][1] *= rows[0][0]
    return rows[0][0] * rows[1][1] + rows[0][1] * rows[1][0]


@program(two_numbers, wrt=(0, 1), tags=("container",))
def name_for_one_list_or_another(x, y):
    a = [x, y]
    b = a
    c = [y, x]
    for k in range(4):
        if k % 2:
            b = c
        b[0] = b[0] * b[1] + 0.1
        b = a
    return a[0] * c[0] + b[1]


def grown(chosen, a, c, x):
    chosen[0] = chosen[0] * chosen[1]
    chosen.append(chosen[0] * x)
    return a[0] * c[0] + chosen[-1] * len(chosen)


@program(two_numbers, wrt=(0, 1), complex_step=False, tags=("container",))
def list_chosen_by_a_branch(x, y):
    a, c = [x, y], [y, x, x]
    return grown(a if x > y else c, a, c, x)


@program(rising, wrt=(0, 1), complex_step=False, tags=("container",))
def list_chosen_by_the_other_branch(x, y):
    a, c = [x, y], [y, x, x]
    return grown(a if x > y else c, a, c, x)


@program(number_and_count, tags=("container",))
def triangle_of_lists(x, n):
    rows = []
    for k in range(n):
        row = [x * k]
        for j in range(k):
            row.append(row[-1] * x + rows[j][0])
        rows.append(row)
    rows[0][0] = rows[-1][-1] * x
    return sum(rows[-1]) + rows[0][0]


@program(two_numbers, wrt=(0, 1), tags=("container",))
def dict_of_dicts(x, y):
    d = {"a": {"p": x, "q": y}, "b": {"p": y, "q": x}}
    for k in ("a", "b", "a"):
        d[k]["p"] = d[k]["p"] * d["b"]["q"]
        d[k]["q"] += x
    return d["a"]["p"] * d["b"]["q"] + d["b"]["p"]


@program(two_numbers, wrt=(0, 1), complex_step=False, tags=("container",))
def dict_made_in_two_branches(x, y):
    if x > y:
        d = {k: x * k for k in range(3)}
    else:
        d = {k: y * k * x for k in range(3)}
    d[1] = d[1] * d[2]
    return d[0] + d[1] * x


def scaled_and_grown(items, x):
    items[0] = items[0] * x
    items.append(x * x)
    return items


@program(two_numbers, wrt=(0, 1), tags=("container",))
def helper_that_returns_the_list_it_changes(x, y):
    a, b = [x, y], [y]
    c, d = scaled_and_grown(a, y), scaled_and_grown(b, x)
    c[1] = c[0] * d[0]
    scaled_and_grown(c, 2.0)
    return a[0] * a[1] + a[2] * b[1] + a[-1]


@program(number_and_count, tags=("container",))
def memoized_by_integer_keys(x, n):
    t = {0: x, 1: x * x}
    for k in range(2, n):
        t[k] = t[k - 1] * t[k - 2] + x
    return t[n - 1]


@program(lambda rng: ([[0.3, 0.4], [0.5]], 1.3), wrt=(0, 1), tags=("container",))
def argument_of_lists_that_grow(rows, x):
    rows[0][1] = rows[1][0] * x
    rows[1].append(rows[0][1] * rows[0][0])
    rows.append([x, x])
    rows[2][0] = rows[1][-1]
    return rows[2][0] * rows[0][1] + rows[1][0]


@program(two_numbers, wrt=(0, 1), complex_step=False, tags=("container",))
def stack_of_lists(x, y):
    stack, out = [[x, y]], 0.0
    while stack:
        top = stack.pop()
        if len(stack) < 3 and top[0] < 3.0:
            top[0] = top[0] * 1.7
            stack.append(top)
            if top[0] > 1.5:
                stack.append([top[0] * 2, top[1] * x])
        out += top[0] * top[1]
    return out


@program(two_numbers, wrt=(0, 1), tags=("container",))
def list_of_tuples_that_are_replaced(x, y):
    pairs = [(x, y), (y, x)]
    for k in range(3):
        a, b = pairs[k % 2]
        pairs[(k + 1) % 2] = (a * b, b)
    return pairs[0][0] + pairs[1][0] * pairs[0][1]


@program(lambda rng: (np.array([0.3, 0.5, 0.7]), 1.3), wrt=(0, 1), tags=("container",))
def arrays_in_lists_in_a_list(v, x):
    lists = [[v * x, v], [v * v]]
    lists[0][0][1:] = lists[1][0][:-1]
    lists[1].append(lists[0][0] * x)
    lists[0], lists[1] = lists[1], lists[0]
    lists[0][0][0] = x * x
    return sum([a.sum() for part in lists for a in part])


@program(two_numbers, wrt=(0, 1), tags=("container",))
def copies_deep_and_shallow(x, y):
    a = [[x, y], [y]]
    b = list(a)
    c = [row.copy() for row in a]
    b[0][0] = y * y
    c[0][1] = x * x
    a[1] = [x * 3]
    return a[0][0] * b[1][0] + c[0][1] * a[1][0] + c[0][0]


@program(two_numbers, wrt=(0, 1), tags=("container",))
def array_of_lists_that_changed(x, y):
    rows = [[x, y], [y, x]]
    rows[1][0] = x * x
    return np.array(rows).sum() * np.linalg.det(np.array(rows))


@program(lambda rng: (np.array([0.3, 0.7, 0.9]),), tags=("container",))
def lists_made_in_a_loop(v):
    total = 0.0
    for a in v:
        first = [a, a * a]
        second = first if a > 0.5 else [a]
        second[0] = second[0] * 3.0
        first.append(second[0] * a)
        total += first[0] * first[-1]
    return total


@program(two_numbers, wrt=(0, 1), tags=("container",))
def grouped_by_key(x, y):
    groups = {}
    for key, value in (("a", x), ("b", y), ("a", y)):
        groups.setdefault(key, []).append(value * value)
    return sum(groups["a"]) * groups["b"][0]


@program(lambda rng: (0.7,), tags=("container",))
def lists_three_deep(x):
    cube = [[[x * i * j * k for k in range(2)] for j in range(2)] for i in range(2)]
    cube[1][1][1] = cube[1][1][1] * cube[1][1][1] + x
    cube[0][0][0] = cube[1][1][1]
    return cube[0][0][0] * cube[1][1][1]


@program(lambda rng: ([np.ones(3), np.ones(3)], 3.0), wrt=(1,), tags=("container",))
def stacked_after_a_store_through_an_item(arrays, x):
    arrays[0][0] = x * x
    return np.stack(arrays).sum()
