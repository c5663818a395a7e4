import adjoint_compiler as ac


def f(x):
    for k in range(3):
        try:  # error: AC001
            x = x * x
        finally:
            if k:
                break
    try:
        x = x * 2.0
    except type(x):  # error: AC001
        x = 1.0
    return x


def attempt():
    ac.grad(f)(2.0)
