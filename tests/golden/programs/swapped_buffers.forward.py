def swapped_buffers_jvp(u, n, u_dot):
    u = entry_copy(u)
    u_dot2 = laid_out(u_dot, u)
    t = np.zeros_like(u)
    v_dot = np.zeros_like(t)
    v = t
    for t2 in range(n):
        t4 = u[:-2]
        t5 = u[2:]
        v_dot[1:-1] = u_dot2[:-2] * t5 + u_dot2[2:] * t4
        v[1:-1] = t4 * t5
        t8_dot = u_dot2
        t8 = u
        u_dot2 = v_dot
        u = v
        v_dot = t8_dot
        v = t8
    return u.sum(), u_dot2.sum()
