"""Functions without a derivative by nature: comparisons, shapes, indices, types, text, files.

What reads only a shape says so. Files are effects: they are read and written once.
"""

import numpy as np

from adjoint_compiler.rules.table import inert

# comparisons, logic and bits
inert("compare(x, z)", np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
inert("logical(x, z)", np.logical_and, np.logical_or, np.logical_xor)
inert(
    "bitwise(x, z)",
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.left_shift,
    np.right_shift,
    np.gcd,
    np.lcm,
)
inert(
    "test(x)",
    np.isnan,
    np.isinf,
    np.isfinite,
    np.isnat,
    np.signbit,
    np.isposinf,
    np.isneginf,
    np.iscomplex,
    np.isreal,
)
inert("invert(x)", np.logical_not, np.invert, np.bitwise_count)
inert("isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)", np.isclose, np.allclose)
inert("array_equal(a1, a2, equal_nan=False)", np.array_equal)
inert("array_equiv(a1, a2)", np.array_equiv)
inert("any(a, axis=None, *, keepdims=False, where=True)", np.any, np.all)
inert("isin(element, test_elements, assume_unique=False, invert=False, *, kind=None)", np.isin)

# shapes, types and memory
inert("ndim(a)", np.ndim, np.shape, np.isfortran, shape_only="a")
inert("size(a, axis=None)", np.size, shape_only="a")
inert("iscomplexobj(x)", np.iscomplexobj, np.isrealobj, shape_only="x")
inert("isscalar(element)", np.isscalar, shape_only="element")
inert("iterable(y)", np.iterable, shape_only="y")
inert("may_share_memory(a, b)", np.may_share_memory, np.shares_memory, shape_only="a b")
inert("broadcast_shapes(*args)", np.broadcast_shapes)
inert("result_type(*arrays_and_dtypes)", np.result_type)
inert("common_type(*arrays)", np.common_type)
inert("min_scalar_type(a)", np.min_scalar_type)
inert("can_cast(from_, to, casting='safe')", np.can_cast)
inert("promote_types(type1, type2)", np.promote_types)
inert("issubdtype(arg1, arg2)", np.issubdtype)
inert("isdtype(dtype, kind)", np.isdtype)
inert("finfo(dtype)", np.finfo)
inert("iinfo(int_type)", np.iinfo)
inert("dtype(dtype, align=False, copy=False)", np.dtype)

# indices
inert("argmax(a, axis=None, *, keepdims=False)", np.argmax, np.argmin, np.nanargmax, np.nanargmin)
inert("argsort(a, axis=-1, kind=None, order=None, *, stable=None)", np.argsort)
inert("argpartition(a, kth, axis=-1, kind='introselect', order=None)", np.argpartition)
inert("lexsort(keys, axis=-1)", np.lexsort)
inert("nonzero(a)", np.nonzero, np.argwhere, np.flatnonzero)
inert("count_nonzero(a, axis=None, *, keepdims=False)", np.count_nonzero)
inert("searchsorted(a, v, side='left', sorter=None)", np.searchsorted)
inert("digitize(x, bins, right=False)", np.digitize)
inert("unravel_index(indices, shape, order='C')", np.unravel_index)
inert("ravel_multi_index(multi_index, dims, mode='raise', order='C')", np.ravel_multi_index)
inert("triu_indices(n, k=0, m=None)", np.triu_indices, np.tril_indices)
inert("triu_indices_from(arr, k=0)", np.triu_indices_from, np.tril_indices_from, shape_only="arr")
inert("diag_indices(n, ndim=2)", np.diag_indices)
inert("diag_indices_from(arr)", np.diag_indices_from, shape_only="arr")
inert("mask_indices(n, mask_func, k=0)", np.mask_indices)
inert("packbits(a, axis=None, bitorder='big')", np.packbits)
inert("unpackbits(a, axis=None, count=None, bitorder='big')", np.unpackbits)

# text
inert("array_str(a, max_line_width=None, precision=None, suppress_small=None)", np.array_str, np.array2string)
inert("array_repr(arr, max_line_width=None, precision=None, suppress_small=None)", np.array_repr)
inert("format_float(x, precision=None, unique=True)", np.format_float_positional, np.format_float_scientific)
inert("base_repr(number, base=2, padding=0)", np.base_repr)
inert("binary_repr(num, width=None)", np.binary_repr)
inert("typename(char)", np.typename)

# files and settings
inert("load(file)", np.load, cheap=False)
inert("loadtxt(fname, dtype=None, comments='#', delimiter=None, converters=None, skiprows=0, usecols=None)",
      np.loadtxt, cheap=False)  # fmt: skip
inert("genfromtxt(fname)", np.genfromtxt, cheap=False)
inert("save(file, arr)", np.save, acts=True)
inert("savetxt(fname, X, fmt='%.18e', delimiter=' ')", np.savetxt, acts=True)
inert("savez(file, *args)", np.savez, np.savez_compressed, acts=True)
inert("set_printoptions(precision=None, threshold=None)", np.set_printoptions, acts=True)
inert("geterr()", np.geterr, cheap=False)
inert("seterr(all=None, divide=None, over=None, under=None, invalid=None)", np.seterr, acts=True)
inert("mintypecode(typechars, typeset='GDFgdf', default='d')", np.mintypecode)
inert("einsum_path(subscripts, *operands, optimize='greedy')", np.einsum_path)
inert("matrix_rank(A, tol=None, hermitian=False)", np.linalg.matrix_rank)
inert("get_printoptions()", np.get_printoptions, np.getbufsize, np.geterrcall, np.get_include, cheap=False)
inert("setbufsize(size)", np.setbufsize, acts=True)
inert("seterrcall(func)", np.seterrcall, acts=True)
inert("show_config(mode='stdout')", np.show_config, acts=True)
inert("show_runtime()", np.show_runtime, acts=True)
inert("info(object=None)", np.info, acts=True)
inert("fromfile(file, dtype=None, count=-1, sep='', offset=0)", np.fromfile, cheap=False)
inert("fromregex(file, regexp, dtype)", np.fromregex, cheap=False)
inert("fromstring(string, dtype=None, count=-1)", np.fromstring)
inert("frombuffer(buffer, dtype=None, count=-1, offset=0)", np.frombuffer)
inert("busday(dates)", np.is_busday, np.datetime_as_string, np.datetime_data)
inert("busday_count(begindates, enddates)", np.busday_count)
inert("busday_offset(dates, offsets)", np.busday_offset)
