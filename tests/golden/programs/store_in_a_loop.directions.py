def store_in_a_loop_jvp(x, x_dot):
    v_dot = x_dot.copy()
    v = x.copy()
    for i in range(1, len(v)):
        index = i - 1
        t3 = v[index]
        t4 = v[i]
        v_dot[:, i] = copied(v_dot[:, index]) * t4 + copied(v_dot[:, i]) * t3
        v[i] = t3 * t4
    return v.sum(), np.sum(v_dot, axis=1)
