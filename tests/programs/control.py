"""Branches, loops, break, continue, early returns, recursion, and names carried around them."""

import math

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 6),)


def signed_vector(rng):
    return (np.array([0.7, -0.4, 1.2, -1.1, 0.3, 0.9]),)


@program(lambda rng: (0.4,), complex_step=False)
def three_way_branch(x):
    y = 1.0
    if x > 1:
        y = math.log(x)
    elif x > 0.2:
        z = x * x
        if z > 0.1:
            y += z * y
        else:
            y = -z
    else:
        raise ValueError("out of range")
    return y * x


@program(signed_vector, complex_step=False)
def continue_and_break(x):
    s = 1.0
    for value in x:
        if value < -1:
            break
        if value < 0:
            s = s * 0.5
            continue
        s = s + value * s
    return s


@program(lambda rng: (rng.uniform(0.5, 1.5, (4, 3)), 4.0), wrt=(0, 1), complex_step=False)
def return_from_nested_loops(a, limit):
    total = 0.0
    for i in range(a.shape[0]):
        row_total = 0.0
        for j in range(a.shape[1]):
            row_total += a[i, j] ** 2
            if total + row_total > limit:
                return total * a[i, j] + row_total / limit
        total += row_total
    return total


@program(signed_vector, complex_step=False)
def running_choice(x):
    best = x[0]
    second = 0.1 * x[1]
    for i in range(1, len(x)):
        if x[i] > best:
            best, second = x[i], best
        elif x[i] > second:
            second = x[i] * best
    return best * second


@program(lambda rng: (rng.uniform(0.5, 1.5, 5), 0))
def loop_that_never_runs(x, n):
    y = x[1] * x[2]
    for i in range(n):
        y = y * x[i]
    for _ in x[5:]:
        y = y * 0.0
    return y * x[0]


@program(vector)
def loop_variable_after_loop(x):
    total = 0.0
    for i, value in enumerate(x[:-1]):
        total += i * value * x[i + 1]
    return total * value + x[i]


@program(lambda rng: (rng.uniform(0.5, 1.5, 5), rng.uniform(0.5, 1.5, 5)), wrt=(0, 1))
def loops_over_sequences(x, y):
    s = 0.0
    for a, b in zip(x, y):
        s += a * b * s + a
    for i, (a, b) in enumerate(zip(x[1:], y)):
        s -= i * a / b
    for a in reversed(x):
        s = s * a
    for k, weight in zip(range(4, -1, -2), (0.5, 2.0, -1.0)):
        s += weight * y[k]
    return s


@program(lambda rng: (rng.uniform(0.5, 1.5, (3, 4)),))
def loops_over_rows(a):
    s = np.ones_like(a[0])
    for row in a:
        s = s * row + row[::-1]
    for column in a.T:
        s[0] += column[0] * column[-1]
    return s


@program(lambda rng: (3.0, 1e-9), complex_step=False)
def newton_square_root(a, tolerance):
    x = a
    step = 1.0
    while abs(step) > tolerance:
        step = (x * x - a) / (2 * x)
        x -= step
    return x


@program(lambda rng: (0.9, 2.0), wrt=(0, 1), complex_step=False)
def kepler_with_break(mean_anomaly, ratio):
    e = 1 / ratio
    angle = mean_anomaly
    iterations = 0
    while True:
        update = (angle - e * math.sin(angle) - mean_anomaly) / (1 - e * math.cos(angle))
        angle = angle - update
        iterations += 1
        if abs(update) < 1e-12 or iterations > 50:
            break
    return angle


@program(vector, complex_step=False)
def while_inside_for(x):
    total = 0.0
    for i in range(len(x)):
        y = 5.0 * x[i]
        halvings = 0
        while y > 1.2:
            y = 0.5 * y * x[i - 1]
            halvings += 1
            if halvings == 4:
                break
        total += y * halvings
    return total


@program(vector)
def for_inside_while(x):
    n = len(x)
    y = x
    k = 0
    while k < n:
        k += 1
        if k % 3 == 0:
            continue
        for j in range(k, n, 2):
            y = y * x[j] + 0.1
    return y


@program(lambda rng: (rng.uniform(1.0, 2.0, 4),), complex_step=False)
def while_on_array_norm(x):
    rounds = 0
    while np.sum(x * x) > 0.5:
        x = x * 0.6 + 0.05 * x[::-1]
        rounds += 1
    return rounds * x


@program(lambda rng: (0.37, 12), complex_step=False)
def tent_map(x, n):
    weight = 1.0
    for t in range(n):
        if x < 0.5:
            x = 1.7 * x
        else:
            x, weight = 1.7 * (1 - x), weight * x
    return x * weight


@program(lambda rng: (rng.uniform(0.5, 1.5, 4), True, False))
def bound_on_one_path_only(x, square, cube):
    if square:
        y = x * x
    if cube:
        z = x**3
    s = x.sum()
    if square:
        s = s + y[1]
    if cube:
        s = s + z[0]
    return s


@program(lambda rng: (1.1, 5), tags=("recursion",))
def power_by_squaring(x, n):
    if n == 0:
        return 1.0
    half = power_by_squaring(x, n // 2)
    if n % 2:
        return x * half * half
    return half * half


@program(lambda rng: (0.9, 1.2, 6), wrt=(0, 1), tags=("recursion",))
def two_recursive_calls(x, y, n):
    if n < 2:
        return x if n == 0 else y
    return 0.5 * x * two_recursive_calls(y, x, n - 1) + two_recursive_calls(x, y * y, n - 2)


@program(lambda rng: (rng.uniform(0.5, 1.5, 5), 9))
def carried_names_rotate(x, n):
    a, b, c = x[0], x[1], x[2]
    for k in range(n):
        a, b, c = b, c, a * b * x[k % 5]
        if k == 6:
            b = a
    return a + 2 * b + 3 * c


@program(vector, complex_step=False, tags=("loop-else",))
def else_of_loops(x):
    s = 0.0
    for value in x:
        s += value
        if s > 100:
            break
    else:
        s = s * x[0]
    for value in x:
        s += value * value
        if s > 5:
            break
    else:
        s = -s
    return s


@program(lambda rng: (rng.uniform(0.5, 1.5, (3, 3)), 2.5), wrt=(0, 1), complex_step=False)
def search_with_return_in_while(a, limit):
    for i in range(3):
        j = 0
        s = a[i, 0]
        while j < 3:
            s = s + s * a[i, j]
            if i == 1 and s > limit:
                return s * limit
            j += 1
    return s


@program(
    lambda rng: (0.8, rng.uniform(0.5, 1.5, 6), 5),
    wrt=(0, 1),
)
def branches_on_integers_that_change(x, a, n):
    limit, seen = n, 0
    for k in range(n):
        if k < limit:
            limit = limit - 1
            x = x * a[k]
        else:
            limit = limit + 2
            x = np.sin(x) + a[k - 1]
        test = seen == k
        if not test:
            a[k] = a[k - 1] * x
        seen = seen + k % 2 + 1
        if k != 0 and k <= n - 2:
            a[k + 1] *= a[k - 1]
        limit, seen = limit if k > 2 else limit + 1, seen
    return x * a.sum()


@program(lambda rng: (rng.uniform(0.5, 1.5, 6),))
def branches_that_bound_the_subscript(a):
    b = np.zeros_like(a)
    n = len(a)
    for k in range(n):
        b[k] = a[k] * a[k]
        if k >= 1:
            b[k] = b[k] * b[k - 1]
        if k < 2:
            b[k - 2] = b[k] * a[k - 1]
        elif k == n - 1:
            b[k - 3] = b[k - n] * b[0]
        if k - 1 != 3:
            b[k] += b[k - 1] * a[k]
    return (b * b).sum()
