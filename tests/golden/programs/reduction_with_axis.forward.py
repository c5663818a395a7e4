def reduction_with_axis_jvp(A, A_dot):
    centred_dot = A_dot - A_dot.mean(axis=1, keepdims=True)
    centred = A - A.mean(axis=1, keepdims=True)
    t4 = (centred * A).sum(axis=0)
    result = t4.prod()
    return result, unbroadcast((centred_dot * A + A_dot * centred).sum(axis=0) * (products_before(t4) * products_before(t4, None, -1)), spread(result, t4)).sum()
