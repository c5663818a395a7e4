"""Methods of lists and dicts, in loops, branches and helpers, under aliases."""

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


def parameters(rng):
    return ({"w": rng.uniform(0.5, 1.5, 3), "b": 0.8},)


def rotate(items, x):
    items.insert(0, x)
    return items.pop(1)


@program(lambda rng: (rng.uniform(0.5, 1.5, 4), 1.3), wrt=(0, 1), tags=("container", "alias"))
def list_is_extended(x, y):
    items = [y]
    other = items
    items.extend(x)
    items.extend([y, x[0]])
    other.extend([a * a for a in items])
    s = 0.0
    for a in items:
        s = s * 0.5 + a * a
    return s * len(other)


@program(vector, tags=("container", "alias"))
def list_is_copied_and_reversed(x):
    items = [x[0], x[1], x[2]]
    same, other = items, items.copy()
    other.append(x[3])
    other[0] = other[0] * x[1]
    items.reverse()
    items[0] = items[0] * items[1]
    return same[0] * same[2] ** 2 * other[0] * other[-1]


@program(vector, tags=("container", "alias"))
def items_move(x):
    items = [x[0], x[1]]
    same = items
    items.insert(0, x[2] * x[0])
    items.insert(1, x[3])
    items.insert(9, x[1] * x[2])
    a, b, c = items.pop(0), items.pop(-2), items.pop(1)
    return a * same[0] * b**2 + c * len(items)


@program(vector, tags=("container",))
def queue(x):
    waiting, s = [x[0], x[1]], 0.0
    for k in range(4):
        a = waiting.pop(0)
        s = s * a + a
        if k % 2:
            waiting.append(a * x[k])
        else:
            waiting.insert(0, s * x[k])
            waiting.append(x[0])
    return s + waiting[0] * waiting[1]


@program(vector, tags=("container",))
def helper_moves_items(x):
    items = [x[0], x[1]]
    for k in range(3):
        items[1] = rotate(items, x[k]) * items[1]
    items.append(x[3])
    items[2] = items[1] * items[0]
    items.pop()
    return items[0] * items[1]


@program(vector, tags=("container", "alias"))
def arrays_move(x):
    grids = [x * 1.0, x * 2.0]
    a = x * x
    grids.insert(0, a)
    a[1] = grids[1][0] * a[2]
    b = grids.pop(1)
    b[0] = a[1] * b[2]
    grids.insert(1, b)
    grids[1][2] *= 2.0
    grids.reverse()
    grids[0][1] = b[0]
    return grids[0] * grids[1] * a * b


@program(parameters, tags=("container",))
def entries_with_defaults(p):
    s = np.sum(p.get("w")) * p.get("b", 1.0) * p.get("rate", 2.0)
    for key in ("b", "missing"):
        s = s * 2.0 + p.get(key, p["b"] * s)
    return s


@program(parameters, tags=("container",))
def views_of_entries(p):
    pair = {"a": p["b"], "c": p["b"] * 2.0}
    s = sum(pair.values()) * len(p.keys()) + sum(np.sum(a * a) for a in p.values())
    for key, value in p.items():
        s = s + len(key) * np.sum(value)
    return s * list(pair.values())[1]


@program(vector, tags=("container", "alias"))
def entries_are_updated(x):
    d = {"a": x[0], "b": x[1]}
    same = d
    d.update({"b": x[2] * x[0], "c": x[3]})
    d.update(a=d["a"] * 2.0, z=x[1])
    first = d.setdefault("new", x[1] * x[1])
    again = d.setdefault("a", x[2])
    d["new"] = d["new"] * again
    return same["a"] * same["b"] * same["c"] * same["z"] * same["new"] * first


@program(vector, tags=("container",))
def entries_are_counted(x):
    sums = {}
    for k, a in enumerate(x):
        sums[k % 2] = sums.get(k % 2, 0.0) + a * a
    return sums[0] * sums[1]
