"""Signatures of rules, as text: the name, the parameters, their defaults."""

from __future__ import annotations

import ast


def parse_signature(signature: str) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Split ``"sum(x, axis=None)"`` into name, parameters and defaults.

    >>> parse_signature("sum(x, axis=None, *, keepdims=False)")
    ('sum', ('x', 'axis', 'keepdims'), {'axis': 'None', 'keepdims': 'False'})
    >>> parse_signature("einsum(subscripts, *operands)")
    ('einsum', ('subscripts', '*operands'), {})
    """
    name, _, rest = signature.partition("(")
    tree = ast.parse(f"lambda {rest.rpartition(')')[0]}: 0", mode="eval").body
    assert isinstance(tree, ast.Lambda)
    positional = [*tree.args.posonlyargs, *tree.args.args]
    params = [a.arg for a in positional]
    first_default = len(positional) - len(tree.args.defaults)
    defaults = {a.arg: ast.unparse(d) for a, d in zip(positional[first_default:], tree.args.defaults)}
    if tree.args.vararg:
        params.append("*" + tree.args.vararg.arg)
    for arg, default in zip(tree.args.kwonlyargs, tree.args.kw_defaults):
        params.append(arg.arg)
        if default is not None:
            defaults[arg.arg] = ast.unparse(default)
    return name.strip(), tuple(params), defaults


def keyword_only(signature: str) -> frozenset[str]:
    """The parameters after the bare star of a signature.

    >>> sorted(keyword_only("sum(x, axis=None, *, keepdims=False)"))
    ['keepdims']
    """
    tree = ast.parse(f"lambda {signature.partition('(')[2].rpartition(')')[0]}: 0", mode="eval").body
    assert isinstance(tree, ast.Lambda)
    return frozenset() if tree.args.vararg else frozenset(a.arg for a in tree.args.kwonlyargs)
