def store_in_a_loop_taylor(x, x_coef):
    v_coef = x_coef.copy()
    v = x.copy()
    for i in range(1, len(v)):
        index = i - 1
        t3 = v[index]
        t4 = v[i]
        t5 = t3 * t4
        v_coef[:, i] = product_series(t5, t3, copied(v_coef[:, index]), t4, copied(v_coef[:, i]))
        v[i] = t5
    return v.sum(), np.sum(v_coef, axis=1)
