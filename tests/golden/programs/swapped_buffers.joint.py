def swapped_buffers_grad(u, n):
    u = entry_copy(u)
    u_tape = []
    v_tape = []
    v_tape2 = []
    # forward sweep
    v = np.zeros_like(u)
    for t2 in range(n):
        v_tape.append(v[1:-1].copy())
        v[1:-1] = u[:-2] * u[2:]
        t8 = u
        u_tape.append(u)
        u = v
        v_tape2.append(v)
        v = t8
    # reverse sweep
    shadows = {}
    # 11: return u.sum()
    u_bar2 = shadow(shadows, u)
    u_bar2 += 1.0
    # 8: for t in range(n):
    for t2 in reversed(range(n)):
        # 10: u, v = v, u
        v = v_tape2.pop()
        u = u_tape.pop()
        # 9: v[1:-1] = u[:-2] * u[2:]
        v[1:-1] = v_tape.pop()
        v_bar = shadow(shadows, v)
        t6_bar = v_bar[1:-1]
        t4_bar = t6_bar * u[2:]
        t5_bar = t6_bar * u[:-2]
        t6_bar[...] = 0.0
        u_bar3 = shadow(shadows, u)
        u_bar3_part = u_bar3[2:]
        u_bar3_part += t5_bar
        u_bar3_part2 = u_bar3[:-2]
        u_bar3_part2 += t4_bar
    u_bar = shadow(shadows, u)
    return array_gradient(u_bar, u)
