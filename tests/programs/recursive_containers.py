"""Recursive functions that change lists and dicts: memos, traversals, backtracking, sorting."""

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.9, 1.5, 0.4]),)


def two_numbers(rng):
    return 1.3, 0.7


def known_before(n, x, memo):
    if n in memo:
        return memo[n]
    if n < 2:
        return x
    memo[n] = known_before(n - 1, x, memo) + x * known_before(n - 2, x, memo)
    return memo[n]


@program(two_numbers, wrt=(0, 1))
def memo_that_is_passed(x, y):
    memo = {0: y, 1: x * y}
    r = known_before(6, x, memo) * known_before(4, y, {})
    s = 0.0
    for k, a in memo.items():
        s += a * a * k
    return r * memo[3] + s * len(memo)


@program(vector)
def memo_of_the_function_around(costs):
    memo = {}

    def best(i):
        if i >= len(costs):
            return 0.0
        if i in memo:
            return memo[i]
        memo[i] = costs[i] ** 2 + min(best(i + 1), best(i + 2))
        return memo[i]

    return best(0) + sum(memo.values())


@program(vector)
def memo_of_pairs(c):
    memo = {}

    def longest(i, j):
        if i == 0 or j == 0:
            return 0.0
        if (i, j) not in memo:
            memo[(i, j)] = max(longest(i - 1, j), longest(i, j - 1), longest(i - 1, j - 1) + c[i] * c[j])
        return memo[i, j]

    return longest(4, 3)


def arrays_known_before(n, memo, v):
    if n in memo:
        return memo[n]
    r = np.sin(arrays_known_before(n - 1, memo, v)) * v + arrays_known_before(n - 2, memo, v)
    memo[n] = r
    return r


@program(vector)
def memo_of_arrays(v):
    memo = {0: v, 1: v * v}
    r = arrays_known_before(5, memo, v)
    return (r * memo[3]).sum() + memo[2][0]


@program(vector)
def path_that_is_taken_back(v):
    best = [0.0]
    path = []

    def search(i, s):
        if i == len(v):
            t = s
            for k, a in enumerate(path):
                t += k * a * a
            if t > best[0]:
                best[0] = t
            return
        if len(path) < 3:
            path.append(v[i] * s)
            search(i + 1, s + v[i])
            path.pop()
        search(i + 1, s * 0.9)

    search(0, 1.0)
    return best[0]


@program(vector)
def walks_in_a_loop(v):
    s = 0.0
    total = [0.0]
    for k in range(3):
        out = []

        def walk(i, out=out, k=k, s=s):
            if i < len(v):
                walk(i + 2)
                out.append(v[i] * s * k)
                total[0] += out[-1] + v[i]

        walk(k)
        s = s + sum(out) + total[0] * 0.1
    return s * total[0]


def turns(n, a, b, x):
    if n == 0:
        return a[0] * b[1]
    a[0] = a[0] * x + b[1]
    b[1] = b[1] * a[0] * 0.5
    r = turns(n - 1, b, a, x)
    a.append(r)
    return r + a[0]


@program(two_numbers, wrt=(0, 1))
def lists_that_trade_places(x, y):
    a, b = [x, y], [y, x * y]
    r = turns(3, a, b, x)
    return r + sum(a) * b[1]


@program(two_numbers, wrt=(0, 1))
def list_passed_twice(x, y):
    a = [x, y]
    return turns(3, a, a, x) + sum(a)


def scaled_in_place(n, items, x):
    if n > 0:
        items[n % 2] = items[n % 2] * x + items[0]
        scaled_in_place(n - 1, items, x * 0.9)
        items[0] = items[0] + x * items[1]


@program(lambda rng: ([1.3, 0.7], 0.8), wrt=(0, 1))
def list_that_is_an_argument(items, x):
    s = items[0] * items[1]
    scaled_in_place(4, items, x)
    t = items[0] * items[1]
    scaled_in_place(2, items, t * 0.01)
    return s * items[0] + items[1] * t


def even(n, items, x):
    if n == 0:
        return x
    items.append(x * n)
    return odd(n - 1, items, x * 0.9)


def odd(n, items, x):
    if n == 0:
        return x * x
    items[-1] = items[-1] * x
    return even(n - 1, items, x + items[0]) * items[-1]


@program(lambda rng: (1.3,))
def functions_that_call_each_other(x):
    items = [x]
    r = even(5, items, x)
    return r * sum(items)


@program(lambda rng: (1.3,), complex_step=False)
def sums_of_the_whole_on_the_way(x):
    def go(n, items):
        items.append(x * n)
        s = sum(items) * n
        if n == 0:
            return s
        others = [a * s for a in items]
        t = go(n - 1, items)
        return t * 0.1 + sum(items) + sum(others) + max(items)

    items = [x]
    return go(3, items) + sum(items)


@program(vector)
def merge_sort(v):
    def merged(a, b):
        out, i, j = [], 0, 0
        while i < len(a) and j < len(b):
            if a[i] < b[j]:
                out.append(a[i])
                i += 1
            else:
                out.append(b[j])
                j += 1
        return out + a[i:] + b[j:]

    def ordered(a):
        if len(a) < 2:
            return a[:]
        m = len(a) // 2
        return merged(ordered(a[:m]), ordered(a[m:]))

    return sum(k * a * a for k, a in enumerate(ordered(list(v))))


@program(vector)
def visited_places(v):
    graph = {0: [1, 2], 1: [3], 2: [3, 4], 3: [], 4: [0]}
    order = []

    def visit(n, depth):
        if n in order:
            return 0.0
        order.append(n)
        s = v[n] ** 2 * depth
        for m in graph[n]:
            s += visit(m, depth + 1)
        return s

    return visit(0, 1.0) * len(order)
