def swapped_buffers_grad(u, n):
    u = entry_copy(u)
    u_tape2 = []
    v_tape2 = []
    # forward sweep
    v = np.zeros_like(u)
    for t2 in range(n):
        t4 = u[:-2]
        t5 = u[2:]
        t6 = t4 * t5
        v_saved3_2 = copied(v[1:-1])
        v_tape2.append(v_saved3_2)
        v[1:-1] = t6
        t8 = u
        u_tape2.append(u)
        u = v
        v_tape2.append(v)
        v = t8
    # reverse sweep
    shadows = {}
    # 11: return u.sum()
    u_bar2 = shadow(shadows, u)
    u_bar2 += spread(1.0, u)
    # 8: for t in range(n):
    for t2 in reversed(range(n)):
        # 10: u, v = v, u
        v = v_tape2.pop()
        u = u_tape2.pop()
        # 9: v[1:-1] = u[:-2] * u[2:]
        v_saved3_2 = v_tape2.pop()
        v[1:-1] = v_saved3_2
        t4 = u[:-2]
        t5 = u[2:]
        t6 = t4 * t5
        v_bar = shadow(shadows, v)
        t13 = copied(v_bar[1:-1])
        v_bar[1:-1] = 0.0
        t6_bar = unbroadcast(t13, t6)
        u_bar3 = shadow(shadows, u)
        u_bar3[2:] += unbroadcast(t6_bar * t4, t5)
        u_bar3[:-2] += unbroadcast(t6_bar * t5, t4)
    u_bar = shadow(shadows, u)
    return as_gradient(u_bar, u)
