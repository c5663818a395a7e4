def reduction_with_axis_primal(A):
    t = A.mean(axis=1, keepdims=True)
    centred = A - t
    t4 = (centred * A).sum(axis=0)
    return t4.prod(), (A.copy(), t, centred, t4)


def reduction_with_axis_adjoint(tape, result_bar):
    A = tape[0]
    centred = tape[2]
    t4 = tape[3]
    # reverse sweep
    # 8: return np.prod(np.sum(centred * A, axis=0))
    t10 = (spread(result_bar, t4) * (products_before(t4) * products_before(t4, None, -1)))[None,]
    centred_bar = unbroadcast_product(t10, A, centred)
    # 7: centred = A - A.mean(axis=1, keepdims=True)
    A_bar = unbroadcast_product(t10, centred, A) + unbroadcast(centred_bar, A) + -unbroadcast(centred_bar, tape[1]) / count(A, 1, 0, True)
    return A_bar,
