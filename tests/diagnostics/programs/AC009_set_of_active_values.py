import adjoint_compiler as ac


def f(x, v):
    known = {1, 2} | {k for k in range(3)}
    values = {a * x for a in v}  # error: AC009
    return x * len(values) * len(known)


def attempt():
    ac.grad(f)(1.0, [2.0, 3.0])
