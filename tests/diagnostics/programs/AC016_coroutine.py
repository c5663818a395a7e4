import adjoint_compiler as ac


async def f(x):  # error: AC016
    return x * x


def attempt():
    ac.grad(f)(2.0)
