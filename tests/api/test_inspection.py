"""Derivatives can be looked at: sources, metadata, tracebacks."""

import inspect
import linecache
import subprocess
import sys
import threading
import traceback

import numpy as np
import pytest

import adjoint_compiler as ac


def polynomial(x, y=2.0):
    """A polynomial."""
    return 5 * x**2 - x * y


def test_metadata():
    g = ac.grad(polynomial)
    assert g.__name__ == "polynomial" and g.__doc__ == "A polynomial."
    assert g.__module__ == __name__ and g.__wrapped__ is polynomial and g.__qualname__ == "polynomial"
    assert inspect.signature(g) == inspect.signature(polynomial)
    assert "polynomial" in repr(g) and "grad" in repr(g)
    assert "value_and_grad" in repr(ac.value_and_grad(polynomial))


def test_sources():
    g = ac.grad(polynomial, wrt=(0, 1))
    assert g.source.startswith("def polynomial_grad(x, y")
    assert "def polynomial_primal(x, y" in g.primal_source
    assert "def polynomial_adjoint(tape, result_bar)" in g.adjoint_source
    space = {"np": np}
    import adjoint_compiler.runtime as runtime

    space.update({name: getattr(runtime, name) for name in dir(runtime)})
    for text in (g.source, g.primal_source, g.adjoint_source):
        exec(compile(text, "<test>", "exec"), space)
    assert space["polynomial_grad"](2.0, 3.0) == (17.0, -2.0)
    result, tape = space["polynomial_primal"](2.0, 3.0)
    assert result == 14.0 and space["polynomial_adjoint"](tape, 1.0) == (17.0, -2.0)


def test_specializations():
    s = ac.grad(polynomial).specialize(2.0, 3.0)
    assert s.source.startswith("def polynomial_grad(x, y")
    assert "polynomial_primal" in s.primal_source and "polynomial_adjoint" in s.adjoint_source
    arrays = ac.grad(lambda x: (x * x).sum()).specialize(np.ones(3))
    assert "def f_grad(x" in arrays.source


def test_source_is_independent_of_earlier_calls():
    g, h = ac.grad(polynomial), ac.grad(polynomial)
    g(2.0, 3.0)
    g(np.float32(2.0), np.array(1.0))
    g.specialize(1.0)
    assert g.source == h.source
    h(2.0)
    assert g.source == h.source == ac.grad(polynomial).source


def test_source_is_deterministic():
    program = (
        "import numpy as np, adjoint_compiler as ac\n"
        "from tests.api.test_inspection import looped\n"
        "g = ac.grad(looped)\n"
        "s = g.specialize(np.ones(3), 2)\n"
        "print(s.source, s.primal_source, s.adjoint_source)\n"
    )
    found = set()
    for seed in ("0", "1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PATH": ""},
        )  # fmt: skip
        found.add(run.stdout)
    assert len(found) == 1 and "def looped_grad" in found.pop()


def looped(x, n):
    a, b, c = x.copy(), x * 2.0, 0.0
    for k in range(n):
        a, b = b, a
        a[k] = b[k] * c
        c = c + a.sum()
    return c


def test_where_types_are_needed_source_asks_for_specialize():
    def f(a, b):
        s = a
        s += b
        return np.sum(s * a)

    with pytest.raises(ac.DifferentiationError, match=r"\.specialize") as caught:
        ac.grad(f).source  # noqa: B018
    assert "AC003" in [d.code for d in caught.value.diagnostics]
    assert "f_grad" in ac.grad(f).specialize(1.0, 2.0).source

    def g(p):
        return p["w"] * 2.0

    with pytest.raises(ac.DifferentiationError, match=r"\.specialize"):
        ac.grad(lambda p: p.w * 2.0).source  # noqa: B018
    assert ac.grad(g)({"w": 1.0}) == {"w": 2.0}


def test_annotations_type_the_source():
    def f(x: float, n: int):
        s = x
        for _ in range(n):
            s += x * x
        return s

    assert "def f_grad(x" in ac.grad(f).source


def test_show_and_html(capsys):
    g = ac.grad(polynomial)
    g.show()
    assert "polynomial_grad" in capsys.readouterr().out
    assert "polynomial_grad" in g._repr_html_() and "<" in g._repr_html_()


def test_tracebacks_show_generated_lines():
    def f(x):
        return 1.0 / x

    with pytest.raises(ZeroDivisionError) as caught:
        ac.grad(f)(0.0)
    text = "".join(traceback.format_exception(caught.value))
    assert "/ x" in text and "f_grad" in text
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert linecache.getline(frames[-1].filename, frames[-1].lineno).strip() == frames[-1].line


def test_generated_functions_have_source():
    y, pullback = ac.vjp(polynomial, 2.0, 3.0)
    g = ac.grad(polynomial)
    g(2.0, 3.0)
    assert inspect.getsource(polynomial).startswith("def polynomial")


def test_compiled_once_for_many_threads(monkeypatch):
    from adjoint_compiler import specialization

    compiled, original = [], specialization.compile_function

    def counting(*args, **kwargs):
        compiled.append(1)
        return original(*args, **kwargs)

    monkeypatch.setattr(specialization, "compile_function", counting)
    g = ac.grad(polynomial)
    start, found = threading.Barrier(8), []

    def work():
        start.wait()
        found.append(g(2.0, 3.0))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == [17.0] * 8 and len(compiled) == 1
    assert g(3.0, 3.0) == 27.0 and g(np.ones(()), 3.0) == 7.0
    assert len(compiled) == 2


def test_pullbacks_are_compiled_once(monkeypatch):
    from adjoint_compiler import specialization

    compiled, original = [], specialization.compile_function

    def counting(*args, **kwargs):
        compiled.append(1)
        return original(*args, **kwargs)

    monkeypatch.setattr(specialization, "compile_function", counting)

    def f(x):
        return x * x

    for k in range(5):
        ac.vjp(f, float(k))
    ac.vjp(f, np.ones(2))
    assert len(compiled) == 2
