def swapped_buffers_primal(u, n):
    u = entry_copy(u)
    u_tape = []
    v_tape = []
    v_tape2 = []
    v = np.zeros_like(u)
    for t2 in range(n):
        v_tape.append(v[1:-1].copy())
        v[1:-1] = u[:-2] * u[2:]
        t8 = u
        u_tape.append(u)
        u = v
        v_tape2.append(v)
        v = t8
    return u.sum(), (u, n, u_tape, v_tape, v_tape2)


def swapped_buffers_adjoint(tape, result_bar):
    u = tape[0]
    n = tape[1]
    u_tape = tape[2]
    v_tape = tape[3]
    v_tape2 = tape[4]
    u_tape = list(u_tape)
    v_tape = list(v_tape)
    v_tape2 = list(v_tape2)
    memory = detached((u, u_tape, v_tape2))
    u = memory[0]
    u_tape = memory[1]
    v_tape2 = memory[2]
    # reverse sweep
    shadows = {}
    # 11: return u.sum()
    u_bar2 = shadow(shadows, u)
    u_bar2 += result_bar
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
    return array_gradient(u_bar, u),
