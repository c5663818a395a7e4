def store_in_a_loop_primal(x):
    v_tape = []
    v = x.copy()
    t2 = len(v)
    for i in range(1, t2):
        t4 = v[i]
        v_tape.append(t4)
        v[i] = v[i - 1] * t4
    return v.sum(), (v_tape, v, t2)


def store_in_a_loop_adjoint(tape, result_bar):
    v_tape = tape[0]
    v = tape[1]
    v_tape = list(v_tape)
    v = detached((v,))[0]
    # reverse sweep
    v_bar = np.zeros_like(v)
    # 8: return v.sum()
    v_bar += result_bar
    # 6: for i in range(1, len(v)):
    for i in reversed(range(1, tape[2])):
        # 7: v[i] = v[i - 1] * v[i]
        v[i] = v_tape.pop()
        t5_bar = v_bar[i]
        index = i - 1
        v_bar[i] = t5_bar * v[index]
        v_bar[index] += t5_bar * v[i]
    # 5: v = x.copy()
    return v_bar,
