"""Attributes that methods set first, or the program itself; what is logged and warned of on the way."""

import logging
import time
import warnings

import numpy as np

from . import program

logger = logging.getLogger("adjoint_compiler.corpus")


def vector(rng):
    return (np.array([0.7, 1.2, 0.9, 1.5, 0.4]), 1.3)


class Timer:
    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *exception):
        self.elapsed = time.perf_counter() - self.start


@program(vector, wrt=(0, 1))
def timers_and_loggers(v, x):
    time, s = 0.1, 0.0
    for k, a in enumerate(v):
        with Timer() as timer, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            s += a / x
            if a > 1.4:
                warnings.warn("large", stacklevel=2)
        if timer.elapsed < 0.0:
            logger.warning("step %d took %g s", k, timer.elapsed)
        logging.getLogger("adjoint_compiler.corpus").debug(f"{s}")
        s *= x + time
    return s


class Dense:
    calls = 0

    def __init__(self, w):
        self.w = w
        self.log = logging.getLogger("adjoint_compiler.corpus")

    def forward(self, x):
        self.x = x
        self.calls += 1
        self.log.debug("call %d", self.calls)
        self.y = np.tanh(self.w * x)
        return self.y

    def backward(self, g):
        self.dw = (g * (1 - self.y**2) * self.x).sum()
        return g * (1 - self.y**2) * self.w


@program(vector, wrt=(0, 1))
def layers_that_remember(v, w):
    layer = Dense(w)
    for _ in range(3):
        y = layer.forward(v)
        g = layer.backward(y)
        layer.w = layer.w - 0.1 * layer.dw
        v = v + 0.1 * g
    return (y * g).sum() * layer.calls + layer.w


class Line:
    def fit(self, x, y):
        X = np.stack([np.ones_like(x), x], axis=1)
        self.coef_ = np.linalg.solve(X.T @ X, X.T @ y)
        return self

    def predict(self, x):
        return self.coef_[0] + self.coef_[1] * x


@program(lambda rng: (np.array([0.7, 1.2, 0.9, 1.5]), np.array([0.3, 1.0, 0.9, 2.0])), wrt=(0, 1))
def fitted_then_asked(x, y):
    line = Line()
    line.fit(x, y)
    r = y - line.predict(x)
    return (r * r).sum() + Line().fit(x, y * 2).predict(1.0)


class State:
    pass


@program(lambda rng: (1.3, 0.7), wrt=(0, 1))
def attributes_of_an_empty_class(x, y):
    p, s = State(), State()
    p.a = x
    p.b = p.a * y
    s.x = y
    for _ in range(3):
        s.x = s.x * p.b + p.a
        p.a = p.a * 0.5
    return s.x * p.b + p.a


class Stack:
    def __init__(self):
        self.data = []

    def push(self, x):
        self.data.append(x)
        if len(self.data) > 1:
            self.top = x * self.data[0]


@program(vector, wrt=(0, 1))
def attribute_that_is_set_at_times(v, x):
    s = Stack()
    for a in v:
        s.push(a * a * x)
    return s.top * s.data[2]
