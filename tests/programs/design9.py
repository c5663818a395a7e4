"""Programs that broke other designs: section 9 of DESIGN.md, apart from names."""

import numpy as np

from . import program

DESIGN9 = ("design9",)


def vector(rng):
    return (rng.uniform(0.5, 1.5, 6),)


def matrix(rng):
    return (rng.uniform(0.5, 1.5, (3, 4)),)


def two_vectors(rng):
    return rng.uniform(0.5, 1.5, 4), rng.uniform(0.5, 1.5, 4)


def vector_and(n):
    return lambda rng: (rng.uniform(0.5, 1.5, 8), n)


@program(vector_and(4), name="swap_even_times", tags=("alias", *DESIGN9))
@program(vector_and(3), name="swap_odd_times", tags=("alias", *DESIGN9))
@program(vector_and(0), name="swap_no_times", tags=("alias", *DESIGN9))
def swap_allocations(u, n):
    v = np.zeros_like(u)
    for t in range(n):
        v[1:-1] = u[:-2] * u[2:]
        u, v = v, u
    return u.sum()


def signs(*values):
    return lambda rng: (np.array(values), len(values))


@program(signs(0.7, -0.3, 1.2, -0.8), name="rebound_twice", complex_step=False, tags=DESIGN9)
@program(signs(0.7, -0.3, -1.2, -0.8), name="rebound_first", complex_step=False, tags=DESIGN9)
@program(signs(-0.7, -0.3, -1.2), name="rebound_never", complex_step=False, tags=DESIGN9)
def bound_before_rebound_inside(x, n):
    t = x[0]
    for i in range(n):
        if x[i] > 0:
            t = x[i] * x[i]
    return t


def step(A):
    A[0] = np.sin(A[0])


@program(matrix, name="callee_mutates_rows", tags=DESIGN9)
@program(vector, name="callee_mutates_elements", tags=DESIGN9)
def callee_given_a_view(x):
    A = x.copy()
    row = A[:2]
    step(A)
    step(row)
    return A.sum()


@program(vector, tags=DESIGN9)
def overlapping_store(a):
    a[1:] = a[:-1]
    return a.sum()


def target_and_values(rng):
    return rng.uniform(0.5, 1.5, 3), rng.uniform(0.5, 1.5, 2)


@program(target_and_values, wrt=(0, 1), tags=("repeats", *DESIGN9))
def repeated_store(A, v):
    A[[0, 0]] = v
    return A[0]


def matrix_with_gaps(rng):
    B = rng.uniform(0.5, 1.5, (3, 4))
    return (B[:, :2],)


# Complex copies of an array with gaps are packed, so the complex step asks another question.
@program(matrix_with_gaps, name="reshape_gaps", complex_step=False, tags=("layout", *DESIGN9))
@program(matrix, name="reshape_packed", tags=("layout", *DESIGN9))
def store_through_reshape(A):
    v = A.reshape(-1)
    v[0] = 100.0
    return A.sum()


@program(vector, tags=("comprehension", *DESIGN9))
def comprehension_of_stores(x):
    A = x.copy()
    [A.__setitem__(slice(None), np.sin(A)) for _ in range(3)]
    return A.sum(), A


@program(two_vectors, wrt=(0, 1), tags=DESIGN9)
def adjoint_shared_by_operands(a, b):
    u = a + 0
    y = u + b
    return y.sum() + (u * u).sum()


@program(vector, tags=("container", "alias", *DESIGN9))
def slot_store_through_alias(x):
    L = [x]
    M = L
    M[0] = 2 * x
    return (L[0] * M[0]).sum()


buf = np.empty(10)


def ten_numbers(rng):
    return (rng.uniform(0.5, 1.5, 10),)


@program(ten_numbers, complex_step=False, tags=("global", *DESIGN9))
def global_buffer(x):
    buf[:] = x * x
    return buf.sum()


def mixed_signs(rng):
    return (np.array([0.5, -1.5, 2.5, -0.1]),)


@program(mixed_signs, complex_step=False, tags=("warns", *DESIGN9))
def where_hides_a_root(x):
    return np.where(x > 0, np.sqrt(x), 0.0).sum()
