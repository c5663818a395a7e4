"""Files, streams, locks, tables of text and other objects without a derivative, as contexts and where they give items."""

import contextlib
import csv
import io
import json
import os
import tempfile
import threading

import numpy as np

from . import program

TABLE = "name,rate\na,0.5\nb,1.5\nc,2.0\n"


def vector(rng):
    return (rng.uniform(0.5, 1.5, 4),)


@program(vector)
def rates_of_a_table(x):
    rates = {}
    for row in csv.DictReader(io.StringIO(TABLE)):
        rates[row["name"]] = float(row["rate"])
    s = 0.0
    for k, name in enumerate(rates):
        s = s * x[k] + rates[name] * x[k + 1]
    return s * x[0]


@program(vector)
def lines_until_one_is_found(x):
    s = 1.0
    with io.StringIO("# rates\n2.0\n3.0\nend\n4.0\n") as file:
        title = next(file)
        for k, line in enumerate(file):
            if line.startswith("end"):
                break
            s = s * x[k] * float(line)
        rest = [float(line) for line in file]
    return s * x[rest[0] > 3.0] * len(title) * sum(a * x[3] for a in rest)


@program(vector)
def files_written_and_read_in_a_loop(x):
    u = x * 1.0
    with tempfile.TemporaryDirectory() as directory:
        for k in range(3):
            path = os.path.join(directory, f"step{k}.txt")
            with open(path, "w") as file:
                file.write(f"{k + 1}\n")
                print(2 * k, 0.5, sep=",", file=file)
                if k == 1:
                    continue
                u[k] = u[k] * u[k + 1]
            with open(path) as file:
                first = int(next(file))
                u *= first
                for a, b in csv.reader(file):
                    u[1:] += float(a) * float(b) * u[:-1] * x[k]
        if os.path.exists(os.path.join(directory, "step2.txt")):
            return (u * u).sum()
    return u.sum()


def guarded(u, k, lock):
    with lock, contextlib.redirect_stderr(io.StringIO()):
        if k == 2:
            raise IndexError("no such step")
        u[k] *= u[k + 1]
        return u[k]


@program(vector)
def locks_that_exceptions_leave(x):
    u, s, lock = x * 1.0, 0.0, threading.Lock()
    for k in range(4):
        try:
            s = s * x[1] + guarded(u, k, lock)
        except IndexError:
            u[0] = s * x[2]
    return s * u.sum() if not lock.locked() else 0.0


@program(vector)
def text_that_is_caught(x):
    out = io.StringIO()
    total = 0.0
    with contextlib.redirect_stdout(out) as same:
        for k in range(3):
            print(k)
            total = total + x[k] * x[k + 1] * len(same.getvalue())
    return total * len(out.getvalue().split())


@program(vector)
def settings_from_json(x):
    settings = json.loads('{"rates": [0.5, 2.0], "model": {"power": 3, "name": "cubic"}}')
    y = x ** settings["model"]["power"] if settings["model"]["name"] == "cubic" else x
    for rate in settings["rates"]:
        y = y * float(rate) * x
    return y.sum()


class Scaled:
    def __init__(self, u, factor):
        self.u, self.factor = u, factor

    def __enter__(self):
        self.u *= self.factor
        return self.u[1:]

    def __exit__(self, *exception):
        self.u += 1.0


@program(vector)
def stacks_of_contexts(x):
    u = x * 1.0
    log = []
    with contextlib.ExitStack() as stack, np.errstate(all="ignore"):
        k = 2
        part = stack.enter_context(Scaled(u, x[0]))
        stack.callback(log.append, x[k])
        stack.enter_context(Scaled(part, 3.0))
        k = 0
        s = (part * x[1:]).sum() * u[k]
    return s * u.sum() * log[0]


@program(vector)
def exceptions_out_of_contexts(x):
    s = 1.0
    for k, text in enumerate(["2.0", "three", "4.0"]):
        try:
            with io.StringIO(text) as file:
                s = s * x[k]
                s = s * float(file.read())
        except ValueError:
            s = s + x[3]
    return s
