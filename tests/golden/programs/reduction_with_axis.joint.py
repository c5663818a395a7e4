def reduction_with_axis_grad(A):
    # forward sweep
    t = A.mean(axis=1, keepdims=True)
    centred = A - t
    t4 = (centred * A).sum(axis=0)
    # reverse sweep
    # 8: return np.prod(np.sum(centred * A, axis=0))
    t10 = (spread(1.0, t4) * (products_before(t4) * products_before(t4, None, -1)))[None,]
    centred_bar = unbroadcast_product(t10, A, centred)
    # 7: centred = A - A.mean(axis=1, keepdims=True)
    A_bar = unbroadcast_product(t10, centred, A) + unbroadcast(centred_bar, A) - unbroadcast(centred_bar, t) / count(A, 1, 0, True)
    return shaped_like(A_bar, A)
