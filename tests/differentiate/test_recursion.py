"""Recursive functions: gradients against central differences, in both forms, with and without rewrites."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac

RATE = 0.7
WEIGHTS = np.array([0.5, -1.0, 2.0, 0.25, 1.5, -0.5, 1.0, 0.3])
HOLDER = np.zeros(4)


def array(n=8, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, n)


CASES = []


def case(*args):
    """Register a program with its sample point."""

    def register(function):
        CASES.append(pytest.param(function, args, id=function.__name__))
        return function

    return register


# -- programs --------------------------------------------------------------------------------------------------


def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    return half * half * x if n % 2 else half * half


@case(array(5))
def recursion_in_a_loop(x):
    s = 0.0
    for k in range(len(x)):
        s = s + power(x[k], k) * s + x[k]
    return s


@case(array(5), 3)
def recursion_under_an_if_in_a_loop(x, n):
    y = x[0]
    for k in range(n):
        if x[k] > 0.8:
            y = y * power(x[k + 1], 3)
        else:
            y = y + np.sin(y)
    return y


@case(array(3))
def recursion_in_a_while(x):
    y, k = x[0], 0
    while y < 30.0 and k < 10:
        y = y + power(y, 2) * x[1] + x[2]
        k += 1
    return y * k


@case(1.2, 4)
def recursion_in_a_condition(x, n):
    if power(x, n) > 1.5:
        return power(x, 2) * 3
    return x


def fourier_like(re, im):
    n = re.shape[0]
    if n == 1:
        return
    fourier_like(re[::2], im[::2])
    fourier_like(re[1::2], im[1::2])
    even, odd = re[::2].copy(), re[1::2].copy()
    even_im, odd_im = im[::2].copy(), im[1::2].copy()
    for k in range(n // 2):
        c, s = np.cos(2 * np.pi * k / n), np.sin(2 * np.pi * k / n)
        t, u = c * odd[k] + s * odd_im[k], c * odd_im[k] - s * odd[k]
        re[k], im[k] = even[k] + t, even_im[k] + u
        re[k + n // 2], im[k + n // 2] = even[k] - t, even_im[k] - u


@case(array(8))
def in_place_fourier(x):
    re, im = x * x, np.zeros(8)
    fourier_like(re, im)
    return (re * re + np.sin(im)) @ WEIGHTS


def in_place_product(a, tmp):
    n = a.shape[0]
    if n > 1:
        h = n // 2
        in_place_product(a[:h], tmp[:h])
        in_place_product(a[h:], tmp[h:])
        tmp[:] = a
        a[::2] = tmp[:h] * tmp[h:]
        a[1::2] = tmp[:h] - tmp[h:]


@case(array(8))
def merging_with_a_workspace(x):
    a = x.copy()
    tmp = np.empty(8)
    in_place_product(a, tmp)
    return (a * a).sum() + tmp[3]


def halves(a, b):
    if a.shape[0] > 0:
        a[0] = a[0] * b[0]
        b[-1] = np.sin(b[-1]) + a[0]
        halves(a[1:], b[1:])


@case(array(6))
def two_views_of_one_buffer(x):
    a = x * 1.0
    halves(a[:4], a[2:])
    return (a * WEIGHTS[:6]).sum()


@case(array(6))
def the_same_buffer_twice(x):
    a = x * 1.0
    halves(a, a)
    return (a * WEIGHTS[:6]).sum()


def stencil(u, v, n):
    if n > 0:
        v[1:-1] = u[:-2] * u[2:]
        stencil(v, u, n - 1)


@case(array(6), 3)
def buffers_swap_at_each_level(x, n):
    u, v = x.copy(), np.zeros(6)
    stencil(u, v, n)
    return u.sum() + (v * v).sum()


@case(array(6))
def called_on_every_row(x):
    a = 0.3 * np.outer(x, x)
    for k in range(6):
        halves(a[k], a[:, k])
    return np.cos(a).sum()


def walk(a, k):
    while k < a.shape[0]:
        a[k] = a[k] * a[k - 1]
        k += 2
        if a[k - 1] > 1.0:
            walk(a, k + 1)
            break


@case(array(8))
def while_with_break_inside(x):
    a = x + 0.3
    walk(a, 1)
    return a @ WEIGHTS


def is_even(x, n):
    if n == 0:
        return x * x
    return is_odd(np.sin(x), n - 1)


def is_odd(x, n):
    if n == 0:
        return x
    return is_even(x * RATE, n - 1) + is_odd(x, n - 1)


@case(0.8, 5)
def mutual(x, n):
    return is_even(x, n) * is_odd(x, n)


def three_a(a, n):
    if n > 0:
        a[n % a.shape[0]] *= 1.1
        three_b(a, n - 1)


def three_b(a, n):
    if n > 0:
        a[:] = np.sin(a)
        three_c(a, n - 1)


def three_c(a, n):
    if n > 0:
        a[0] += a[-1] * a[1]
        three_a(a, n - 1)


@case(array(4), 7)
def cycle_of_three_that_mutate(x, n):
    a = x.copy()
    three_a(a, n)
    three_c(a[1:], 2)
    return a @ WEIGHTS[:4]


def tree(x, depth):
    if depth == 0:
        return np.sin(x)
    left = tree(x * 0.9, depth - 1)
    right = tree(x + left, depth - 1)
    return np.tanh(left * right) + x


@case(0.6, 4)
def tree_recursion(x, depth):
    return tree(x, depth)


def early(x, y, n):
    if n < 0:
        return y
    for k in range(n):
        y = y + x * k
        if y > 2.0:
            return early(x * x, y - 1.0, n - 1)
        if y < -1.0:
            return x
    return early(y, x, n - 2)


@case(0.7, 0.4, 5)
def early_returns(x, y, n):
    return early(x, y, n) * y


def pair_of(x, n):
    if n == 0:
        return x, 1.0
    a, b = pair_of(x * x, n - 1)
    return a * b, a + b * x


@case(0.9, 3)
def tuple_result(x, n):
    a, b = pair_of(x, n)
    return a * np.cos(b)


def ackermann_depth(n):
    return 0 if n <= 1 else 1 + ackermann_depth(n // 2)


@case(array(8))
def inert_recursion(x):
    return x[ackermann_depth(len(x))] ** 2


def filled(a, n):
    if n > 0:
        a[n] = n * n
        filled(a, n - 1)


@case(array(5))
def inert_buffer(x):
    a = np.zeros(6)
    filled(a, 5)
    y = (x * a[1:]).sum()
    filled(a[::-1], 2)
    return y * (x @ a[:5])


@case(array(5))
def buffer_that_turns_inert(x):
    a = x * x
    s = np.sin(a).sum()
    filled(a, 4)
    return s * a[0] ** 2


@case(array(5))
def constant_array(x):
    return weighted(x, 0)


def weighted(x, k):
    if k == len(x):
        return 0.0
    return WEIGHTS[k] * x[k] ** 2 + weighted(x, k + 1) * x[k]


@case(array(4), 1.3)
def nested_function(x, c):
    scale = c * x[0]

    def inner(y, n):
        if n == 0:
            return y * scale
        return inner(y * x[n] + scale, n - 1)

    return inner(c, 3) + inner(scale, 1)


@case(array(4))
def nested_function_that_stores(x):
    a = x * x

    def inner(n):
        if n > 0:
            a[n] = a[n] * a[n - 1]
            inner(n - 1)

    inner(3)
    a[0] = 2.0
    inner(2)
    return a.sum()


def folded(f, x, n):
    return f(x) if n == 0 else folded(f, f(x) + x, n - 1)


@case(0.4, 1.5)
def function_argument(x, c):
    return folded(np.sin, x, 3) + folded(lambda t: c * t * t, x, 2)


def integral(f, a, b):
    s = 0.0
    for k in range(4):
        s += f(a + (b - a) * k / 4)
    return s


@case(0.5, 1.5)
def nested_use_that_is_no_recursion(x, y):
    return integral(lambda s: integral(lambda t: s * t * x, 0.0, y), 0.0, x)


def rebound(x, n):
    while n > 0:
        x = np.sin(x) * 1.5
        n -= 1
        if n == 2:
            return rebound(x * x, n - 1) + x
    return x


@case(0.8, 5)
def rebound_parameter(x, n):
    return rebound(x, n)


@case(array(6), 3)
def rebound_array_parameter(x, n):
    return rebound(x, n).sum()


def own_buffer(x, n):
    a = np.zeros(4)
    for k in range(4):
        a[k] = x * k + a[k - 1] ** 2
    if n == 0:
        return a[3]
    a[1] = own_buffer(a[2] * 0.1, n - 1)
    return (a * a).sum() * 0.1


@case(0.3, 3)
def buffer_of_its_own(x, n):
    return own_buffer(x, n)


def returns_buffer(x, n):
    a = x * 1.0
    a[0] = a[1] * a[2]
    if n > 0:
        b = returns_buffer(np.sin(a), n - 1)
        b[1] = b[0] * a[0]
        a[2] += b[1]
        return a * b
    return a


@case(array(4), 2)
def returns_a_buffer(x, n):
    y = returns_buffer(x, n)
    z = y * y
    y[0] = 5.0 * z[1]
    return (y * z).sum()


def sum_of_list(parts, k):
    if k == len(parts):
        return 0.0
    return parts[k].sum() ** 2 + sum_of_list(parts, k + 1) * parts[k][0]


@case(array(6))
def list_argument(x):
    return sum_of_list([x[:2], x[2:4] * x[0], x[4:]], 0)


def adaptive(a, b, fa, fb, depth):
    m = 0.5 * (a + b)
    fm = np.exp(-m * m)
    whole = (b - a) * (fa + fb) / 2
    halves_ = (b - a) * (fa + 2 * fm + fb) / 4
    if depth == 0 or abs(whole - halves_) < 1e-3:
        return halves_
    return adaptive(a, m, fa, fm, depth - 1) + adaptive(m, b, fm, fb, depth - 1)


@case(0.2, 1.7)
def adaptive_quadrature(a, b):
    return adaptive(a, b, np.exp(-a * a), np.exp(-b * b), 6)


def hanoi(pegs, n, a, b, c):
    if n > 0:
        hanoi(pegs, n - 1, a, c, b)
        pegs[b] = pegs[b] * 0.5 + np.sin(pegs[a])
        hanoi(pegs, n - 1, c, b, a)


@case(array(3))
def hanoi_like(x):
    pegs = x.copy()
    hanoi(pegs, 4, 0, 1, 2)
    return pegs @ WEIGHTS[:3]


def determinant(m):
    n = m.shape[0]
    if n == 1:
        return m[0, 0]
    total = 0.0
    for j in range(n):
        minor = np.concatenate((m[1:, :j], m[1:, j + 1 :]), axis=1)
        total = total + (-1) ** j * m[0, j] * determinant(minor)
    return total


@case(array(9).reshape(3, 3))
def laplace_expansion(m):
    return determinant(m) + m[0, 0]


def lower(a):
    n = a.shape[0]
    if n == 1:
        a[0, 0] = np.sqrt(a[0, 0])
        return
    h = n // 2
    lower(a[:h, :h])
    a[h:, :h] = np.linalg.solve(a[:h, :h], a[h:, :h].T).T
    a[h:, h:] -= a[h:, :h] @ a[h:, :h].T
    a[:h, h:] = 0.0
    lower(a[h:, h:])


@case(array(16).reshape(4, 4))
def recursive_cholesky(m):
    a = m @ m.T + 4 * np.eye(4)
    lower(a)
    return (a * m).sum()


def scaled(a, n):
    if n == 0:
        return a
    a *= a[1] + 0.5 * n
    return scaled(a[::-1], n - 1)


@case(array(4))
def returns_its_mutated_argument(x):
    a = x.copy()
    b = scaled(a, 3)
    b[0] = a[1] * b[2]
    return (a * a).sum() * b[3]


def nudged(a, n):
    half = a[:2] if n % 2 else a[2:4]
    half[0] = half[0] * half[1]
    if n > 0:
        nudged(a[::-1], n - 1)
    half[1] += a[0]


@case(array(4))
def view_chosen_while_running(x):
    a = x.copy()
    nudged(a, 4)
    return (a * a).sum()


def shrunk(a, n):
    while a.shape[0] > 1:
        a[0] *= a[1]
        a = a[1:]
        if n > 0:
            shrunk(a, n - 1)
    return a


@case(array(5))
def parameter_rebound_to_views_of_itself(x):
    a = x.copy()
    b = shrunk(a, 2)
    b *= 2.0
    return (a * WEIGHTS[:5]).sum() * a[4]


def same(x, n):
    return x if n == 0 else same(x, n - 1)


@case(array(4))
def returns_its_argument(x):
    a = x * 1.0
    b = same(a, 2)
    b[0] = b[1] * b[2]
    c = same(b[1:], 1)
    c[0] = 3.0 * b[0]
    return (a * a).sum()


def shifted(u, n):
    v = np.zeros(u.shape[0])
    for k in range(n):
        v[1:] = u[:-1] * u[1:]
        u, v = v, u
    if n > 1:
        return shifted(u + 0.5, n - 1)
    return u


@case(array(5), 4)
def swaps_inside(x, n):
    return shifted(x, n).sum()


def chained(a, b, n):
    if n > 0:
        c = chained(b, a, n - 1)
        c[0] = c[0] * a[1] + b[0]
        return a if n % 2 else c
    return b


@case(array(4))
def returns_one_or_the_other(x):
    a, b = x * 2, np.sin(x)
    c = chained(a, b, 3)
    c[1] = 7.0 * b[0]
    return a @ b


# -- checks ----------------------------------------------------------------------------------------------------


def differences(function, args, wrt, h=1e-6):
    """Central differences of a scalar function with respect to one argument."""

    def at(step, index):
        moved = [np.array(a) if isinstance(a, np.ndarray) else a for a in args]
        if isinstance(moved[wrt], np.ndarray):
            moved[wrt][index] += step
        else:
            moved[wrt] += step
        return function(*moved)

    if not isinstance(args[wrt], np.ndarray):
        return (at(h, None) - at(-h, None)) / (2 * h)
    out = np.zeros_like(args[wrt])
    for index in np.ndindex(out.shape):
        out[index] = (at(h, index) - at(-h, index)) / (2 * h)
    return out


def active(args):
    return tuple(k for k, a in enumerate(args) if isinstance(a, (float, np.ndarray)))


@pytest.mark.parametrize("optimize", [None, 0])
@pytest.mark.parametrize("function, args", CASES)
def test_gradient_agrees_with_differences(function, args, optimize):
    value, found = ac.value_and_grad(function, wrt=active(args), optimize=optimize)(*args)
    assert value == function(*(np.array(a) if isinstance(a, np.ndarray) else a for a in args))
    for k, g in zip(active(args), found, strict=True):
        np.testing.assert_allclose(g, differences(function, args, k), rtol=2e-6, atol=2e-8)


@pytest.mark.parametrize("function, args", CASES)
def test_pullback_agrees_and_is_reentrant(function, args):
    expected = ac.grad(function, wrt=active(args))(*args)
    given = [np.array(a) if isinstance(a, np.ndarray) else a for a in args]
    _, pullback = ac.vjp(function, *given)
    for a in given:
        if isinstance(a, np.ndarray):
            a[...] = np.nan  # the caller may change the arguments before the pullback
    for seed in (1.0, -2.0, 1.0):
        bars = pullback(seed)
        for k, g in zip(active(args), expected, strict=True):
            np.testing.assert_allclose(bars[k], seed * g, rtol=1e-12, atol=1e-13)


def test_arguments_stay_as_they_are():
    def f(a):
        halves(a, a[::-1])
        return a.sum()

    a = array(5)
    before = a.copy()
    gradient = ac.grad(f)(a)
    np.testing.assert_array_equal(a, before)
    np.testing.assert_allclose(gradient, differences(f, (a,), 0), rtol=1e-6)


def test_mutated_argument_as_output():
    a = array(8)
    gradient = ac.grad(in_place_product, of="a")(a, np.zeros(8))

    def plain(a):
        b = a.copy()
        in_place_product(b, np.zeros(8))
        return b.sum()

    np.testing.assert_allclose(gradient, differences(plain, (a,), 0), rtol=1e-6, atol=1e-8)


def test_outputs_of_a_recursive_function_that_returns_nothing():
    re, im = array(4), array(4, 1)
    (y_re, y_im), pullback = ac.vjp(fourier_like, re, im)
    expected = np.fft.fft(re + 1j * im)
    np.testing.assert_allclose(y_re + 1j * y_im, expected, atol=1e-12)
    seed = array(4, 2)
    bar, bar_im = pullback((seed, np.zeros(4)))
    np.testing.assert_allclose(bar - 1j * bar_im, np.fft.fft(seed), atol=1e-12)


def test_global_buffer_in_a_recursive_function():
    def fill(x, n):
        if n >= 0:
            HOLDER[n] = x * n
            fill(x * x, n - 1)

    def f(x):
        fill(x, 3)
        return (HOLDER * HOLDER).sum()

    before = HOLDER.copy()
    assert ac.grad(f)(0.9) == pytest.approx(differences(f, (0.9,), 0), rel=1e-6)
    HOLDER[:] = before


def test_globals_are_read_at_every_call(monkeypatch):
    gradient = ac.grad(is_odd)
    first = gradient(0.8, 3)
    monkeypatch.setitem(globals(), "RATE", 0.2)
    assert gradient(0.8, 3) == pytest.approx(differences(is_odd, (0.8, 3), 0), rel=1e-6)
    assert gradient(0.8, 3) != first


def test_deep_recursion():
    def down(a, n):
        if n > 0:
            a[0] = np.sin(a[0]) * a[1]
            down(a, n - 1)

    def f(x, n):
        a = x.copy()
        down(a, n)
        return a[0]

    x = np.array([0.5, 1.1])
    y, pullback = ac.vjp(f, x, 800)
    np.testing.assert_allclose(pullback(1.0)[0], ac.grad(f)(x, 800), rtol=1e-12)


def refusal(function, *args):
    with pytest.raises(ac.DifferentiationError) as found:
        ac.grad(function)(*args)
    return found.value.diagnostics[0]


def test_recursion_without_an_end_is_refused():
    def endless(x):
        return endless(x) * 2

    assert refusal(endless, 1.0).code == "AC003"


def test_an_int_in_wrt_that_a_recursive_function_needs_as_an_index_is_refused():
    def pick(x, k):
        return x[k] if k < 1 else pick(x, k - 1) * x[0]

    with pytest.raises(ac.DifferentiationError) as found:
        ac.grad(pick, wrt=1)(array(3), 2)
    assert {d.code for d in found.value.diagnostics} == {"AC014"}


def test_an_int_in_wrt_that_is_not_needed_as_one():
    assert ac.grad(power, wrt=(0, 1))(1.1, 4) == pytest.approx((4 * 1.1**3, 0.0))


def collect(items, x, n):
    if n > 0:
        items.append(x * n)
        collect(items, x, n - 1)


def test_a_container_may_be_changed():
    def f(x):
        items = []
        collect(items, x, 3)
        return items[0] * items[1] + sum(items)

    assert ac.grad(f)(1.5) == pytest.approx(2 * 3 * 2 * 1.5 + 6)


def test_what_it_holds_may_not():
    def move(pegs, x, n):
        if n > 0:
            pegs[n % 2].append(x * n)
            move(pegs, x, n - 1)

    def f(x):
        pegs = [[x], [x]]
        move(pegs, x, 3)
        return pegs[0][0] * pegs[1][1]

    fault = refusal(f, 1.0)
    assert fault.code == "AC001" and "what `pegs` holds is changed" in fault.message


def test_a_list_that_is_passed_is_not_bound_to_another():
    def go(items, x, n):
        items.append(x * n)
        if n % 2:
            items = [*items, x * x]
        if n == 0:
            return sum(items)
        items.append(x)
        return go(items, x, n - 1) + items[0]

    def f(x):
        items = [x]
        return go(items, x, 3) + sum(items)

    assert refusal(f, 1.0).code == "AC001"


def test_second_and_third_derivatives():
    assert ac.grad(ac.grad(power))(1.1, 4) == pytest.approx(12 * 1.1**2)
    assert ac.hvp(power)(1.1, 2.0, 4) == pytest.approx(24 * 1.1**2)
    assert ac.grad(ac.grad(ac.grad(power)))(1.1, 4) == pytest.approx(24 * 1.1)


def test_a_function_made_at_every_level_is_refused():
    def nest(f, x, n):
        return f(x) if n == 0 else nest(lambda t: f(t) * t, x, n - 1)

    def g(x):
        return nest(np.sin, x, 3)

    assert refusal(g, 1.0).code == "AC001"
