def store_in_a_loop_jvp(x, x_dot):
    v_dot = x_dot.copy()
    v = x.copy()
    for i in range(1, len(v)):
        index = i - 1
        t3 = v[index]
        t4 = v[i]
        v_dot[i] = v_dot[index] * t4 + v_dot[i] * t3
        v[i] = t3 * t4
    return v.sum(), v_dot.sum()
