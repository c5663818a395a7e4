def reduction_with_axis_grad(A):
    # forward sweep
    centred = A - A.mean(axis=1, keepdims=True)
    t4 = (centred * A).sum(axis=0)
    # reverse sweep
    # 8: return np.prod(np.sum(centred * A, axis=0))
    t10 = (spread(1.0, t4) * (products_before(t4) * products_before(t4, None, -1)))[None,]
    centred_bar = t10 * A
    # 7: centred = A - A.mean(axis=1, keepdims=True)
    A_bar = t10 * centred + centred_bar - centred_bar.sum(axis=1, keepdims=True) / count(A, 1, 0, True)
    return A_bar
