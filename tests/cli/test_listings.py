"""`passes` and `rules`."""

import pytest

from adjoint_compiler.cli import main
from adjoint_compiler.library import defined
from adjoint_compiler.pipeline import PASSES
from adjoint_compiler.rules import TABLE, RuleError
from adjoint_compiler.rules.optional import load_all
from adjoint_compiler.rules.table import cite


def test_passes_lists_the_pipeline(capsys):
    assert main(["passes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [name for name, _, _ in PASSES]
    assert all(line.endswith(sentence) for line, (_, sentence, _) in zip(lines, PASSES, strict=True))


def test_rules_lists_the_table(capsys):
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    own = [key for key in TABLE.by_key if key.startswith("adjoint_compiler.")]
    assert len(lines) == len(TABLE.by_key) - len(own) + len(defined()) > 300
    assert "numpy.polyval(p, x): definition" in lines
    assert "numpy.sin(x): x" in lines
    assert "numpy.argsort(a, axis=-1, kind=None, order=None, stable=None): inert" in lines


def test_one_rule_in_full(capsys):
    for name in ("numpy.tanh", "np.tanh"):
        assert main(["rules", name]) == 0
        assert capsys.readouterr().out.startswith("numpy.tanh(x)\n    elementwise\n    x: ")
    assert main(["rules", "cosh"]) == 0
    shown = capsys.readouterr().out
    assert "numpy.cosh(x)" in shown and "math.cosh(x)" in shown
    assert main(["rules", "linalg.inv"]) == 0
    assert "numpy.linalg.inv(a)" in capsys.readouterr().out


def test_sources_are_told(capsys):
    load_all()
    differentiable = [key for key, rule in TABLE.by_key.items() if rule.pullbacks and key not in TABLE.stated]
    assert len(differentiable) > 1200 and all(TABLE.sources.get(key) for key in differentiable)
    for name, word in (("np.linalg.eigh", "Giles"), ("np.linalg.cholesky", "Murray"), ("np.quantile", "Hyndman"), ("math.lgamma", "5.9"),
                       ("scipy.special.jv", "Bessel"), ("scipy.linalg.logm", "Higham"), ("np.random.normal", "Devroye")):  # fmt: skip
        assert main(["rules", name]) == 0
        assert any(word in line for line in capsys.readouterr().out.splitlines() if line.startswith("    source: "))


def test_a_source_of_nothing_is_a_mistake():
    with pytest.raises(RuleError, match="no rule 'numpy.sinus'"):
        cite("a book", "numpy.sinus")


def test_a_definition_in_full(capsys):
    assert main(["rules", "np.ediff1d"]) == 0
    assert capsys.readouterr().out.startswith("def ediff1d(ary: Any, ")


def test_a_rule_that_is_not_there(capsys):
    assert main(["rules", "np.tanhh"]) == 2
    assert "no rule for 'np.tanhh'; there are: " in (text := capsys.readouterr().err) and "tanh" in text
