"""Names that nested functions and comprehensions rebind."""

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector, tags=("closure",), complex_step=False)
def last_of_a_comprehension(x):
    ys = [y for k in range(4) if (y := (x[k] * k)) > 1.0]
    return sum(ys) * y


@program(vector, tags=("closure",), complex_step=False)
def found_by_any(x):
    if any(((hit := (a * a)) > 1.1 for a in x)):
        return hit * x[0]
    return x[1]


@program(vector, tags=("closure",))
def running_sum(x):
    t = 0.0
    run = [(t := (t + a * a)) for a in x]
    return sum(run) * t


@program(vector, tags=("closure",))
def in_generators_and_dicts(x):
    s = sum(((z := a) * z for a in x))
    d = {k: (q := (x[k] ** 2)) * q for k in range(3)}
    return s * z + d[1] * q


@program(vector, tags=("closure",))
def counters_of_their_own(x):

    def make():
        n, s = (0, 0.0)

        def push(a):
            nonlocal n, s
            n += 1
            s = s * 0.5 + a * n
            return s

        return push

    p, q = (make(), make())
    for a in x:
        p(a)
        q(a * a)
    return p(x[0]) * q(x[1])


@program(vector, tags=("closure",), complex_step=False)
def lists_and_numbers_of_the_function_around(x):
    items = [a for a in x]
    best = x[0]

    def step(k):
        nonlocal items, best
        items = [a * items[k] for a in items]
        if items[k] > best:
            best = items[k]

        def inner():
            nonlocal best
            best = best * x[k]

        inner()

    for k in range(3):
        step(k)
    return sum(items) * best


@program(vector, tags=("closure",))
def array_that_is_stored_into_and_rebound(x):
    x = x.copy()

    def f(i):
        nonlocal x
        x[i] = x[i] * x[0]
        x = x * 2.0
        return x

    y = f(0)
    f(1)
    y[2] = 5.0 * x[1]
    return x.sum() * y.sum()


@program(vector, tags=("closure",))
def by_a_generator_and_its_loop(x):
    s = 0.0

    def gen(n):
        nonlocal s
        for k in range(n):
            s = s + x[k]
            yield (s * x[k])

    t = 0.0
    for a in gen(4):
        t += a * s
        s = s * 0.5
    return t * s
