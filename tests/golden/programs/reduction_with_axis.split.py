def reduction_with_axis_primal(A):
    centred = A - A.mean(axis=1, keepdims=True)
    t4 = (centred * A).sum(axis=0)
    return t4.prod(), (A.copy(), centred, t4)


def reduction_with_axis_adjoint(tape, result_bar):
    A = tape[0]
    centred = tape[1]
    t4 = tape[2]
    # reverse sweep
    # 8: return np.prod(np.sum(centred * A, axis=0))
    t10 = (spread(result_bar, t4) * (products_before(t4) * products_before(t4, None, -1)))[None,]
    centred_bar = t10 * A
    # 7: centred = A - A.mean(axis=1, keepdims=True)
    A_bar = t10 * centred + centred_bar + -np.sum(centred_bar, axis=1, keepdims=True) / count(A, 1, 0, True)
    return A_bar,
