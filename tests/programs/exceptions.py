"""`try`, `except`, `else`, `finally` and `raise`: what was done before an exception stays done, and is undone exactly."""

import math

import numpy as np

from . import program


def vector(rng):
    return (np.array([0.7, 1.2, 0.4, 1.5, 0.9]),)


class Small(Exception):
    pass


class Tiny(Small):
    pass


@program(vector, complex_step=False, tags=("prints",))
def every_clause_in_a_loop(x):
    s = 0.0
    for k in range(6):
        try:
            if x[k] < 0.5:
                raise Tiny("tiny")
            s = s + x[k]
            if x[k] < 0.8:
                raise Small("small")
            s = s * x[k]
        except Tiny as error:
            print(error)
            s = s + 3.0 * x[k]
        except Small:
            s = s * s
            continue
        except IndexError:
            s = s * x[0]
            break
        else:
            if k == 1:
                continue
            s = s + 1.0
        finally:
            s = s * 1.1
        s = s + x[0]
    return s


def grow(u, n, limit):
    for _ in range(n):
        for j in range(len(u)):
            u[j] = u[j] * 1.3
            if u[j] > limit:
                raise OverflowError("too large")
        u[0] += u[-1]
    return u.sum()


@program(vector, complex_step=False)
def stores_before_an_exception_stay(x):
    u = x * 1.0
    try:
        s = grow(u, 5, 2.5)
    except OverflowError:
        s = u[0] * u[1]
    try:
        u[1:3] *= s
        u[0] = u[1] * x[0]
        u[9] = 100.0
        u[1] = 100.0
    except IndexError:
        u[2] = u[0] * u[2]
    return s * (u * u).sum()


@program(vector, of="x", complex_step=False)
def arguments_stored_into(x):
    k = 0
    while True:
        try:
            x[k] = x[k] * x[k + 1]
            k += 1
        except IndexError:
            x[k] = x[k] * 5.0
            break
        finally:
            x[0] = x[0] * 1.1


def guarded(function, *args, default=0.0):
    try:
        return function(*args)
    except (ValueError, ZeroDivisionError):
        return default


@program(lambda rng: (0.7,), complex_step=False)
def functions_that_may_raise(x):
    y = guarded(math.log, -x, default=x * x) * guarded(lambda a, b: a / b, x, 0.0, default=2.0)
    return y * guarded(math.log, x) + guarded(math.sqrt, x)


@program(vector, complex_step=False)
def raised_again_and_caught_outside(x):
    try:
        try:
            s = x[0] * 2.0
            raise KeyError("k")
        except KeyError:
            s = s * x[1]
            raise ValueError("again") from None
        finally:
            s = s * x[2]
    except ValueError:
        s = s * x[3]
    try:
        try:
            t = x[9]
        except IndexError:
            x = x * 2.0
            raise
    except LookupError:
        t = x[1]
    return s * t


@program(vector, complex_step=False)
def finally_after_return(x):
    u = x * 1.0

    def first(k):
        try:
            return u[k] * u[1]
        finally:
            u[1] = 7.0 * x[k]

    return first(0) * first(2) * u[1]


@program(vector, complex_step=False)
def values_that_were_not_bound(x):
    a = b = x[0]
    try:
        a, b = x[1], x[9]
    except IndexError:
        b = 2.0 * b
    try:
        a, c = [x[0], x[1], x[2]]
    except ValueError:
        c = a * b
    best = None
    for value in x:
        try:
            root = math.sqrt(value - 0.8)
        except ValueError:
            continue
        if best is None or root > best:
            best = root
    return a * b * c * best


@program(vector, complex_step=False)
def lists_and_dicts(x):
    items, table = [], {"a": x[0]}
    for k, name in enumerate(("a", "b", "a", "c")):
        try:
            items.append(table[name] * x[k])
            items.append(math.log(x[k] - 0.8))
        except KeyError:
            table[name] = x[k] * 2.0
        except ValueError:
            items.append(x[k])
    return sum(items) * table["b"] + table["c"] * items[0] * items[1]


@program(lambda rng: (np.array([[1.0, 2.0], [2.0, 1.5]]),), complex_step=False)
def factorization_that_fails(a):
    shift = 0.0
    for _ in range(8):
        try:
            factor = np.linalg.cholesky(a @ a.T * 0.1 + a + shift * np.eye(2))
            break
        except np.linalg.LinAlgError:
            shift = shift + a[0, 0] * 0.7
    return factor.sum() * shift


@program(vector, complex_step=False)
def loops_that_end_by_exceptions(x):
    s = x[0]
    k = 0
    try:
        while x[k] > 0.0:
            s += x[k] * x[k]
            k += 1
    except IndexError:
        s = s * k
    for i in range(2):
        try:
            for j in range(9):
                s = s * x[j]
                if s < 0.01:
                    break
            else:
                s = 5.0 * s
        except IndexError:
            s = s + x[i]
        else:
            s = s * 3.0
    return s


def doubled(x):
    for k in range(9):
        try:
            yield 2.0 * x[k]
        except IndexError:
            return


@program(lambda rng: (1.9, 3), complex_step=False)
def newton_with_a_guard(a, n):
    x = 0.0
    for _ in range(8):
        try:
            x = x - (x * x - a) / (2.0 * x)
        except ZeroDivisionError:
            x = a
        if abs(x * x - a) < 1e-12:
            break
    else:
        raise RuntimeError("no convergence")
    return x**n
