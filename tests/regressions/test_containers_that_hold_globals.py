"""A list or dict that holds what the caller owns, too, is copied onto a tape once, however often the tape refers to it."""

import numpy as np
import pytest

from . import check, vector

FIXED = np.array([0.3, -0.4, 0.5, 0.6])


class Body:
    def __init__(self, position, mass):
        self.position = position
        self.mass = mass


def dicts_of_a_global(x):
    bodies = [{"p": FIXED[:2], "m": FIXED[0]}, {"p": FIXED[2:], "m": 0.5}]
    for k in range(2):
        body = bodies[k]
        body["p"] = body["p"] * x[:2] + body["m"] * x[2:]
    return bodies[0]["p"].sum() + bodies[1]["p"].prod()


def visited_twice(x):
    bodies = [{"p": FIXED[:2]}, {"p": x[2:]}]
    for k in range(4):
        body = bodies[k % 2]
        body["p"] = body["p"] * body["p"] + x[:2]
    return (bodies[0]["p"] * bodies[1]["p"]).sum()


def objects_of_a_global(x):
    bodies = [Body(FIXED[:2], x[0]), Body(FIXED[2:], 2.0)]
    forces = []
    for b in bodies:
        forces.append(b.mass * b.position * x[1])
    for b, f in zip(bodies, forces):
        b.position = b.position + f
        b.mass = b.mass * x[3]
    return bodies[0].position.sum() * bodies[0].mass + bodies[1].position.sum()


def lists_of_a_global(x):
    rows = [[FIXED[:2], FIXED[1]], [x[2:], x[0]]]
    for k in range(3):
        row = rows[k % 2]
        row[0] = row[0] * row[1]
        row[1] = row[1] + x[k]
    return rows[0][0].sum() + rows[1][0].sum() + rows[0][1] * rows[1][1]


@pytest.mark.parametrize("f", [dicts_of_a_global, visited_twice, objects_of_a_global, lists_of_a_global])
def test_gradient(f):
    check(f, vector(4))
