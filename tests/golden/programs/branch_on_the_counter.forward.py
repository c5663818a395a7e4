def branch_on_the_counter_jvp(d, a, d_dot, a_dot):
    x = np.empty_like(d)
    x_dot = np.zeros_like(x)
    for k in range(d.shape[0]):
        x_dot[k] = d_dot[k]
        x[k] = d[k]
        if k > 0:
            t5 = a[k]
            index = k - 1
            t6 = x[index]
            x_dot[k] -= a_dot[k] * t6 + x_dot[index] * t5
            x[k] -= t5 * t6
        if k % 2 == 0:
            t9 = x[k]
            t18 = x_dot[k] * t9
            x_dot[k] = t18 + t18
            x[k] = t9 * t9
    return x.sum(), x_dot.sum()
