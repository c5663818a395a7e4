"""Entries of dicts that come and go, copies and unions of dicts."""

from collections import defaultdict

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector, tags=("container", "alias"))
def entries_are_taken_out(x):
    d = {"a": x[0], "b": x[1]}
    x = d.pop("a")
    d["c"] = x * d["b"]
    y = d.pop("zz", 2.0)
    return sum(d.values()) * y


@program(vector, tags=("container", "alias"))
def entries_are_deleted(x):
    d = {}
    for k, a in enumerate(x):
        if k in d:
            d[k] += a
        else:
            d[k] = a * a
    del d[0]
    if 3 in d and 0 not in d:
        return sum((d[k] for k in d))
    return 0.0


@program(vector, tags=("container", "alias"))
def taken_out_and_put_back_in_a_loop(x):
    d = {"a": x[0], "b": x[1]}
    s = 0.0
    for k in range(4):
        d["a"] = d["a"] * x[k]
        t = d.pop("a")
        s += t * d["b"]
        d["a"] = t * t
        d["b"] = d["b"] + d["a"]
    return s + d["a"]


@program(vector, tags=("container", "alias"))
def arrays_that_are_taken_out(x):
    d = {"a": x * 1.0, "b": x * 2.0}
    w = d.pop("a")
    w[0] = w[1] * d["b"][2]
    d["b"][0] = w[0] ** 2
    d["a"] = w
    del d["b"]
    return sum((x.sum() for x in d.values()))


@program(vector, tags=("container", "alias"), complex_step=False)
def the_largest_is_taken_out_under_an_alias(x):
    d = {k: a for k, a in enumerate(x)}
    e = d
    s = 0.0
    while len(d) > 1:
        k = max(d, key=lambda j: d[j])
        a = d.pop(k)
        s = s * 0.5 + a * a * len(e)
    return s + sum(e.values())


@program(vector, tags=("container", "alias"))
def copied_and_joined(x):
    d = {"x": x[0], "y": x[1]}
    e = d.copy()
    e["x"] = e["x"] * d["y"]
    d["y"] = d["y"] ** 2
    f = {**d, **e, "z": x[2]}
    f |= {"w": x[3] * f["x"]}
    g = d | {"y": x[0]}
    return sum(f.values()) * g["y"] + g["x"]


@program(vector, tags=("container", "alias"))
def copied_by_dict_and_stars(x):
    d = {}
    for i in range(4):
        d[f"k{i}"] = x[i]
    e = dict(d, extra=2.0 * x[0])
    f = dict(e)
    f["k0"] = 0.0
    h = {**f, "u": 1.0}
    for k in list(h):
        if k != "k1":
            h[k] *= e["k2"]
        else:
            del h[k]
    return sum(h.values()) + e["extra"] * d["k0"]


@program(vector, tags=("container", "alias"))
def entries_of_several_kinds(x):
    d = {"n": 3, "w": x}
    e = d.copy()
    e["w"] = e["w"] * 2
    n = e.pop("n")
    return sum(e["w"][:n]) * d["n"]


@program(vector, tags=("container", "alias"))
def dict_of_pairs(x):
    pairs = [(f"a{i}", a) for i, a in enumerate(x)]
    d = dict(pairs)
    return d["a1"] * d["a2"]


@program(vector, tags=("container", "alias"))
def lists_that_are_taken_out(x):
    d = {"a": [x[0]], "b": [x[1]]}
    taken = d.pop("b")
    taken.append(x[2] * taken[0])
    d["a"].append(taken[1])
    d["c"] = taken
    taken[0] = 5.0 * x[3]
    return sum(sum(y) for y in d.values()) * d["c"][0]


@program(vector, tags=("container", "alias"))
def kept_results_are_dropped(x):
    cache = {}

    def f(k):
        key = k % 2
        if key not in cache:
            cache[key] = x[k] ** 2
        return cache[key]

    s = 0.0
    for k in range(4):
        s += f(k) * x[k]
        if k == 1:
            cache.pop(0, None)
    return s


@program(vector, tags=("container", "alias"))
def length_while_it_grows(x):
    d = {}
    s = 0.0
    for k in range(4):
        d[k] = x[k]
        s = s + x[k] * x[k] * len(d)
    return s


@program(vector, tags=("container", "alias"))
def keys_while_it_grows(x):
    d = {"a": x[0]}
    s = 0.0
    for k in range(4):
        for key in d:
            s = s + d[key] * x[k] * d[key]
        d[k] = x[k]
    return s


@program(vector, tags=("container", "alias"))
def length_of_set_defaults(x):
    d = {}
    s = 0.0
    for k in range(4):
        s = s * 0.5 + x[k] ** len(d)
        d.setdefault(k // 2, x[k])
    return s * d[0]


@program(vector, tags=("container", "alias"))
def dicts_that_trade_names(x):
    cur = {k: a for k, a in enumerate(x)}
    for _ in range(3):
        nxt = {}
        for k, a in cur.items():
            nxt[k // 2] = nxt.get(k // 2, 0.0) + a * x[0]
        cur = nxt
    return sum(cur.values())


@program(vector, tags=("container", "alias"))
def degrees_of_a_graph(x):
    edges = ((0, 1), (1, 2), (2, 3), (3, 0), (0, 2))
    neighbours = defaultdict(dict)
    for k, (i, j) in enumerate(edges):
        neighbours[i][j] = x[k % 4]
        neighbours[j][i] = x[k % 4]
    energy = 0.0
    for i, around in neighbours.items():
        for j, w in around.items():
            if i < j:
                energy += w * (x[i] - x[j]) ** 2
        energy += sum(around.values()) ** 2 * 0.1
    return energy
