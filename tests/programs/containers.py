"""Tuples, lists and dicts: as arguments, as results, aliased and changed in place."""

import numpy as np

from . import program


def vector(rng):
    return (rng.uniform(0.5, 1.5, 5),)


def layers(rng):
    first = (rng.uniform(-1, 1, (4, 3)), rng.uniform(-1, 1, 4))
    second = (rng.uniform(-1, 1, (2, 4)), rng.uniform(-1, 1, 2))
    return [first, second], rng.uniform(0.5, 1.5, 3)


def parameters(rng):
    nested = {"rates": [rng.uniform(0.1, 0.5, 3), 0.8], "order": 2}
    return {"scale": 1.4, "model": nested, "shift": rng.uniform(0.5, 1.5, 3)}, 2.0


@program(layers, wrt=(0, 1), tags=("container",))
def network_from_list_of_tuples(weights, x):
    for matrix, bias in weights:
        x = np.tanh(matrix @ x + bias)
    return (x * x).sum()


@program(parameters, wrt=(0, 1), tags=("container",))
def nested_dict_argument(p, t):
    rates, amplitude = p["model"]["rates"]
    decay = np.exp(-rates * t) ** p["model"]["order"]
    return p["scale"] * amplitude * decay - p["shift"] / p["scale"]


@program(lambda rng: ((0.5, (1.5, np.array([1.0, 2.0]))), 3), tags=("container",))
def tuple_argument_of_mixed_leaves(state, n):
    position, (velocity, masses) = state
    for _ in range(n):
        state = (position + 0.1 * velocity, (velocity - 0.1 * position, masses))
        position, (velocity, masses) = state
    return state[0] * masses + state[1][0]


@program(vector, tags=("container",))
def structured_result(x):
    y = x * x
    energy = {"kinetic": y.sum(), "parts": [y[:2], x[0] * y]}
    return energy, (x[1], y)


@program(vector, tags=("container",))
def list_alias_and_slot_store(x):
    entries = [x, x * x]
    other = entries
    other[0] = 2 * x
    entries[1] = entries[0] * other[1]
    other += [entries[0][1] * x]
    return (entries[0] * entries[1]).sum() * other[-1]


@program(vector, tags=("container",))
def arrays_in_a_list_change(x):
    grids = [x.copy(), x * 2.0, x[::-1].copy()]
    grids[1][0] = x[1] * x[2]
    for k in range(1, 3):
        grids[k][1:3] *= grids[k - 1][:2]
        grids[k - 1] = grids[k] * 0.5
    grids[0][2] = grids[2][0]
    return grids[0] * grids[1] + grids[2]


@program(vector, tags=("container", "alias"))
def same_array_in_two_slots(x):
    a = x.copy()
    pair = [a, a]
    pair[0][1] = x[2] * x[3]
    pair[1] *= pair[0]
    book = {"left": pair[0], "right": a * 1.0}
    book["left"][0] = 3 * book["right"][4]
    return a + pair[1] * book["right"]


@program(vector, tags=("container",))
def append_and_pop(x):
    stack = []
    for value in x:
        stack.append(value * value)
        if len(stack) == 3:
            top = stack.pop()
            stack[-1] = stack[-1] * top
    s = 0.0
    while stack:
        s = s * s + stack.pop()
    return s


@program(vector, tags=("container",))
def trajectory_in_a_list(x):
    states = [x]
    for k in range(4):
        states.append(states[-1] * states[k // 2] + 0.1)
    total = states[0] * 0.0
    for k, state in enumerate(states):
        total += k * state
    return np.array([total.sum(), states[3][1]]), np.stack(states)[:, 0]


@program(vector, tags=("container", "alias"))
def swap_list_slots(x):
    buffers = [x.copy(), np.zeros_like(x)]
    for t in range(3):
        buffers[1][1:] = buffers[0][:-1] * buffers[0][1:]
        buffers[1][0] = buffers[0][-1]
        buffers[0], buffers[1] = buffers[1], buffers[0]
    final, previous = buffers
    return final + 0.1 * previous


@program(lambda rng: (0.7, rng.uniform(0.5, 1.5, 3)), wrt=(0, 1), tags=("container",))
def dict_is_updated(rate, x):
    totals = {"sum": 0.0, "product": 1.0}
    for value in x:
        totals["sum"] += value * rate
        totals["product"] *= value + totals["sum"]
    totals["ratio"] = totals["sum"] / totals["product"]
    keep = {}
    for key, amount in totals.items():
        keep[key] = amount * len(key)
    return keep


@program(vector, tags=("container", "comprehension"))
def comprehensions(x):
    squares = [value * value for value in x if value is not None]
    scaled = {k: v * x[k] for k, v in enumerate(squares)}
    weight = sum(scaled[k] * scaled[k + 1] for k in range(4))
    return weight * np.array([s + x[0] for s in squares])


def advance(state, step):
    position, velocity = state["position"], state["velocity"]
    position += step * velocity
    state["velocity"] = velocity - step * position**3
    return state["velocity"]


@program(
    lambda rng: (rng.uniform(0.5, 1.5, 3), rng.uniform(0.5, 1.5, 3)),
    wrt=(0, 1),
    tags=("container",),
)
def helper_changes_a_dict(q, v):
    state = {"position": q.copy(), "velocity": v}
    for k in range(3):
        latest = advance(state, 0.1 * (k + 1))
    return state["position"] * latest + state["velocity"] * v


@program(vector, tags=("container", "alias"))
def views_in_a_tuple(x):
    a = x.copy()
    left, right = halves = (a[:2], a[3:])
    left *= right
    for part in halves:
        part[0] = part[1] * a[2]
    halves[1][:] = halves[0]
    return a * left[0]
