import adjoint_compiler as ac


def f(x, pair):
    match pair:
        case (1, k) | (k, 1):  # error: AC001
            x = x * k
        case {"a": 1, **others}:  # no case for a tuple
            return others["a"]
    match x:
        case complex(real=a):  # error: AC001
            return a
    return x * x


def attempt():
    ac.grad(f)(2.0, (3, 1))
