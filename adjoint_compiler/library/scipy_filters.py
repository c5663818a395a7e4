"""Definitions of scipy.signal: recursive filters with their states, in sections, and run forwards and backwards.

A filter ``a(z) Y = b(z) X`` that starts from a state is one whose input the state is added to, number by number.

References:
    Oppenheim and Schafer, Discrete-time signal processing (2010), section 6.3: the transposed direct form II.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import constant, scipy_value, valued


def carried(c: Any, tail: Any, count: Any) -> Any:
    """What coefficients make of the last numbers of a signal in the numbers that come after them."""
    length = tail.shape[-1]
    padded = np.concatenate((np.atleast_1d(c), np.zeros(length + count)))
    places = length - np.arange(length)[:, None] + np.arange(count)
    return tail @ padded[places]


def followed(rows: Any, count: Any) -> Any:
    """Rows with so many zeros behind them."""
    return np.concatenate((rows, np.repeat(0.0 * rows[..., :1], count, axis=-1)), axis=-1)


def filtered_from(b: Any, a: Any, rows: Any, state: Any) -> Any:
    """A filter along the last axis that starts from a state, and the state that it ends with."""
    n = rows.shape[-1]
    count = state.shape[-1]
    first = np.atleast_1d(a)[:1]
    y = signal.lfilter(b, a, rows)
    if count < n:
        y = y + signal.lfilter(first, a, followed(state, n - count))
    else:
        y = y + signal.lfilter(first, a, state[..., :n])
    begin = np.maximum(n - count, 0)
    last = (carried(b, rows[..., begin:], count) - carried(a, y[..., begin:], count)) / first
    if count > n:
        last = last + followed(state[..., n:], n)
    return y, last


@defines(signal.lfilter)
def lfilter(b: Any, a: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    if zi is None:
        return signal.lfilter(b, a, x, axis=axis)
    value, end = scipy_value("signal.lfilter", (b, a, x, axis, zi))
    if np.shape(zi)[axis] == 0:
        return valued(signal.lfilter(b, a, x, axis=axis), value), end
    rows = np.moveaxis(np.asarray(x), axis, -1)
    y, last = filtered_from(b, a, rows, np.moveaxis(np.asarray(zi), axis, -1))
    return valued(np.moveaxis(y, -1, axis), value), valued(np.moveaxis(last, -1, axis), end)


@defines(signal.lfilter_zi)
def lfilter_zi(b: Any, a: Any) -> Any:
    above = np.atleast_1d(b)
    below = np.atleast_1d(a)
    if below[0] == 0.0:
        raise NotImplementedError("filters whose first coefficient a[0] is not zero are differentiated")
    n = max(len(above), len(below))
    p = np.concatenate((above, np.zeros(n - len(above)))) / below[0]
    q = np.concatenate((below, np.zeros(n - len(below)))) / below[0]
    rest = p[1:] - q[1:] * p[0]
    first = np.sum(rest) / np.sum(q)
    later = np.cumsum(q)[1:-1] * first - np.cumsum(rest)[:-1]
    return valued(np.concatenate((np.atleast_1d(first), later))[: n - 1], scipy_value("signal.lfilter_zi", (b, a)))


@defines(signal.lfiltic)
def lfiltic(b: Any, a: Any, y: Any, x: Any = None) -> Any:
    above = np.atleast_1d(b)
    below = np.atleast_1d(a)
    count = max(len(above), len(below)) - 1
    found = scipy_value("signal.lfiltic", (b, a, y, x))
    outputs = np.concatenate((np.atleast_1d(y), np.zeros(count)))[:count][::-1]
    state = -carried(below, outputs, count) / below[0]
    if x is not None:
        inputs = np.concatenate((np.atleast_1d(x), np.zeros(count)))[:count][::-1]
        state = state + carried(above, inputs, count) / below[0]
    return valued(state, found)


@defines(signal.sosfilt)
def sosfilt(sos: Any, x: Any, axis: Any = -1, zi: Any = None) -> Any:
    sections = np.atleast_2d(sos)
    y = np.moveaxis(np.asarray(x), axis, -1)
    if zi is None:
        for section in sections:
            y = signal.lfilter(section[:3], section[3:], y)
        return valued(np.moveaxis(y, -1, axis), scipy_value("signal.sosfilt", (sos, x, axis)))
    value, end = scipy_value("signal.sosfilt", (sos, x, axis, zi))
    states = np.asarray(zi)
    last = []
    for k in range(len(sections)):
        y, state = filtered_from(sections[k, :3], sections[k, 3:], y, np.moveaxis(states[k], axis, -1))
        last.append(np.moveaxis(state, -1, axis))
    return valued(np.moveaxis(y, -1, axis), value), valued(np.stack(last), end)


@defines(signal.sosfilt_zi)
def sosfilt_zi(sos: Any) -> Any:
    sections = np.asarray(sos)
    states = np.zeros((len(sections), 2))
    scale = 1.0
    for k in range(len(sections)):
        states[k] = scale * signal.lfilter_zi(sections[k, :3], sections[k, 3:])
        scale = scale * np.sum(sections[k, :3]) / np.sum(sections[k, 3:])
    return valued(states, scipy_value("signal.sosfilt_zi", (sos,)))


def extended(rows: Any, edge: Any, padtype: Any) -> Any:
    """A signal along the last axis, with so many numbers more at each end."""
    if edge == 0:
        return rows
    if padtype == "constant":
        left = rows[..., :1] * np.ones(edge)
        right = rows[..., -1:] * np.ones(edge)
    else:
        left = rows[..., edge:0:-1]
        right = rows[..., -2 : -(edge + 2) : -1]
        if padtype == "odd":
            left = 2 * rows[..., :1] - left
            right = 2 * rows[..., -1:] - right
    return np.concatenate((left, rows, right), axis=-1)


@defines(signal.filtfilt)
def filtfilt(
    b: Any,
    a: Any,
    x: Any,
    axis: Any = -1,
    padtype: Any = "odd",
    padlen: Any = None,
    method: Any = "pad",
    irlen: Any = None,
) -> Any:
    value = scipy_value("signal.filtfilt", (b, a, x, axis, padtype, padlen, method, irlen))
    rows = np.moveaxis(np.asarray(x), axis, -1)
    n = rows.shape[-1]
    if method == "gust":
        matrix = scipy_value(
            "signal.filtfilt", (constant(b), constant(a), np.eye(n), -1, padtype, padlen, method, irlen)
        )
        return valued(np.moveaxis(rows @ matrix, -1, axis), value)
    edge = 3 * max(np.size(a), np.size(b)) if padlen is None else padlen
    if padtype is None:
        edge = 0
    longer = extended(rows, edge, padtype)
    state = signal.lfilter_zi(b, a)
    if len(state) == 0:
        y = signal.lfilter(b, a, np.flip(signal.lfilter(b, a, longer), -1))
    else:
        y, _ = filtered_from(b, a, longer, state * longer[..., :1])
        y, _ = filtered_from(b, a, np.flip(y, -1), state * y[..., -1:])
    y = np.flip(y, -1)[..., edge : edge + n]
    return valued(np.moveaxis(y, -1, axis), value)


@defines(signal.sosfiltfilt)
def sosfiltfilt(sos: Any, x: Any, axis: Any = -1, padtype: Any = "odd", padlen: Any = None) -> Any:
    value = scipy_value("signal.sosfiltfilt", (sos, x, axis, padtype, padlen))
    sections = np.asarray(sos)
    rows = np.moveaxis(np.asarray(x), axis, -1)
    n = rows.shape[-1]
    if padtype is None:
        edge = 0
    elif padlen is None:
        unused = min(np.sum(sections[:, 2] == 0.0), np.sum(sections[:, 5] == 0.0))
        edge = 3 * (2 * len(sections) + 1 - int(unused))
    else:
        edge = padlen
    y = extended(rows, edge, padtype)
    states = signal.sosfilt_zi(sections)
    first = y[..., :1]
    for k in range(len(sections)):
        y, _ = filtered_from(sections[k, :3], sections[k, 3:], y, states[k] * first)
    y = np.flip(y, -1)
    first = y[..., :1]
    for k in range(len(sections)):
        y, _ = filtered_from(sections[k, :3], sections[k, 3:], y, states[k] * first)
    return valued(np.moveaxis(np.flip(y, -1)[..., edge : edge + n], -1, axis), value)
