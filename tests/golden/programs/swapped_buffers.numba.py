def swapped_buffers_grad(u, n):
    u = entry_copy(u)
    u_tape = []
    v_tape = np.empty(64, np.float64)
    v_top = 0
    v_tape2 = []
    # forward sweep
    v = np.zeros_like(u)
    for t2 in range(n):
        v_saved = v[1:-1]
        t3 = v_saved.size
        v_tape = with_room(v_tape, v_top, t3)
        place = part_of_tape(v_tape, v_top, v_saved)
        v_top = v_top + t3
        part2 = v[1:-1]
        t15 = np.empty(part2.shape, np.float64)
        for i in range(place.shape[0]):
            place[i] = v_saved[i]
            t15[i] = u[i] * u[i + 2]
        v[1:-1] = t15
        t8 = u
        u_tape.append(u)
        u = v
        v_tape2.append(v)
        v = t8
    # reverse sweep
    shadows = shadow_table()
    enter_memory(shadows, (u,))
    # 11: return u.sum()
    u_bar2 = shadow(shadows, u)
    for i in range(u_bar2.shape[0]):
        u_bar2[i] += 1.0
    # 8: for t in range(n):
    for t2 in range(n - 1, -1, -1):
        # 10: u, v = v, u
        v = v_tape2.pop()
        u = u_tape.pop()
        # 9: v[1:-1] = u[:-2] * u[2:]
        part = v[1:-1]
        v_top = v_top - part.size
        v_saved2 = part_of_tape(v_tape, v_top, part)
        for i in range(v.shape[0] - 2):
            v[i + 1] = v_saved2[i]
        v_bar = shadow(shadows, v)
        t6_bar = v_bar[1:-1]
        check_shapes(t6_bar, u[2:])
        t4_bar = np.empty(t6_bar.shape, np.float64)
        t5_bar = np.empty(t6_bar.shape, np.float64)
        for i in range(t6_bar.shape[0]):
            t4_bar[i] = v_bar[i + 1] * u[i + 2]
            t5_bar[i] = v_bar[i + 1] * u[i]
            v_bar[i + 1] = 0.0
        u_bar3 = shadow(shadows, u)
        part5 = u_bar3[2:]
        check_shapes(part5, t5_bar)
        for i in range(u_bar3.shape[0] - 2):
            u_bar3[i + 2] += t5_bar[i]
            u_bar3[i] += t4_bar[i]
    u_bar = shadow(shadows, u)
    return array_gradient(u_bar, u)
