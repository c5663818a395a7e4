"""Slices of lists that are stored into or deleted, in loops and under aliases."""

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector, tags=("container", "alias"))
def slices_in_a_loop_under_an_alias(x):
    xs = [a for a in x]
    ys = xs
    for k in range(3):
        xs[k : k + 2] = [xs[k + 1] * xs[0], xs[k] ** 2]
        ys.insert(k, xs[0] * 0.5)
        del xs[-1]
        xs[1:1] = (x[k],)
    return sum(((i + 1) * a for i, a in enumerate(ys)))


@program(vector, tags=("container", "alias"))
def slices_of_lists_of_arrays(x):
    xs = [x * 1.0, x * 2.0, x * 3.0]
    xs[1:] = [xs[0], xs[1] * xs[2]]
    xs[1][0] = xs[2][1]
    xs *= 2
    xs[5][1] *= 2.0
    return sum(((i + 1) * (a * x).sum() for i, a in enumerate(xs)))


@program(vector, tags=("container", "alias"), complex_step=False)
def removed_and_reversed_in_place(x):
    xs = [a for a in x]
    xs.remove(max(xs))
    k = xs.index(min(xs))
    xs[k] = xs[k] * 3
    m = -1
    xs.insert(m, x[0] ** 2)
    xs[m:] = [xs[m] * 2, x[1]]
    xs[::-1] = xs[:]
    xs[::2] = [a * a for a in xs[::2]]
    return sum(((i + 1) * a for i, a in enumerate(xs)))


@program(vector, tags=("container", "alias"))
def cleared_in_a_loop(x):
    h = []
    for a in x:
        h.append(a)
        if len(h) > 2:
            h.clear()
        h[len(h) :] = [a * a]
    return sum(h) + h[-1] * len(h)


@program(vector, tags=("container", "alias"), complex_step=False)
def sorted_by_places(x):
    xs = [a for a in x]
    n = len(xs)
    for i in range(n):
        k = xs.index(min(xs[i:]), i)
        xs[i], xs[k] = (xs[k], xs[i])
    return sum(((i + 1) * a for i, a in enumerate(xs)))


@program(vector, tags=("container", "alias"), complex_step=False)
def sorted_by_a_key_in_place(x):
    q = [(x[0], "a"), (x[1], "b"), (x[2], "c")]
    q.sort(key=lambda t: -t[0])
    q.sort(key=lambda t: t[1], reverse=True)
    return q[0][0] * 2 + q[1][0]


@program(vector, tags=("container", "alias"))
def inserted_anywhere(x):
    xs = []
    for a in x:
        xs.insert(0, a)
    xs.insert(2, x[0] * x[1])
    xs.insert(-1, x[1] ** 2)
    k = 1
    xs.insert(k, 3 * x[2])
    return sum(((i + 1) * a for i, a in enumerate(xs)))


@program(vector, tags=("container", "alias"))
def repeated_in_place(x):
    xs = list(x)
    xs += [x[0] * 2]
    xs *= 2
    xs.extend((a for a in x))
    return sum(xs)


@program(vector, tags=("container", "alias"))
def list_made_anew_in_each_trip(x):
    ps = [a for a in x]
    for _ in range(3):
        new = []
        for i, p in enumerate(ps):
            new.append(p * ps[i - 1])
        ps = new
    return sum(ps)


@program(vector, tags=("container", "alias"))
def arrays_in_a_list_made_anew(x):
    ps = [x * 1.0, x * 2.0]
    for _ in range(3):
        new = []
        for p in ps:
            q = p * ps[0]
            new.append(q)
            q[0] = p[1]
        ps[0][1] = 3.0 * x[0]
        ps = new
    return sum((p.sum() for p in ps))


@program(vector, tags=("container", "alias"), complex_step=False)
def lists_that_trade_names(x):
    alive = [(a, 1.0) for a in x]
    out = []
    while alive:
        still = []
        for a, w in alive:
            if a > 0.2:
                still.append((a * 0.5, w * a))
            else:
                out.append(a * w)
        alive = still
    return sum(out)
