import adjoint_compiler as ac


def f(x):
    d = {k: x * 2.0 for k in ("a", "b")}  # error: AC001
    return d["a"]


def attempt():
    ac.grad(f)(2.0)
