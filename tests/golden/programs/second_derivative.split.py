def second_derivative_primal(x):
    v_tape2 = []
    v = np.zeros(4)
    v[0] = x
    for i in range(3):
        index = i + 1
        v_tape2.append(v[index])
        v[index] = np.sin(v[i]) * x
    return v[3], (x, v_tape2, v)


def second_derivative_adjoint(tape, result_bar):
    x = tape[0]
    v_tape2 = tape[1]
    v = tape[2]
    v_tape2 = list(v_tape2)
    v = detached((v,))[0]
    # reverse sweep
    v_bar = np.zeros_like(v)
    x_bar2 = 0.0
    # 14: return v[3]
    v_bar[3] += result_bar
    # 12: for i in range(3):
    for i in reversed(range(3)):
        # 13: v[i + 1] = np.sin(v[i]) * x
        index = i + 1
        v[index] = v_tape2.pop()
        t4_bar = v_bar[index]
        v_bar[index] = 0.0
        t2 = v[i]
        x_bar2 = x_bar2 + t4_bar * np.sin(t2)
        v_bar[i] += t4_bar * x * np.cos(t2)
    # 11: v[0] = x
    t = v_bar[0]
    v_bar[0] = 0.0
    x_bar = x_bar2 + t
    return as_gradient(x_bar, x),
