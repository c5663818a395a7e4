def second_derivative_grad_primal(x):
    v_bar_tape = []
    v_tape = []
    v = np.zeros(4)
    v[0] = x
    for i in range(3):
        index = i + 1
        v_tape.append(v[index])
        v[index] = np.sin(v[i]) * x
    v_bar = np.zeros_like(v)
    x_bar2 = 0.0
    v_bar[3] = 1.0
    t6 = len(range(0, 3, 1)) - 1
    for k in range(t6, -1, -1):
        t4_bar = v_bar[k + 1]
        t2_2 = v[k]
        x_bar2 = x_bar2 + t4_bar * np.sin(t2_2)
        v_bar_tape.append(v_bar[k])
        v_bar[k] = t4_bar * x * np.cos(t2_2)
    x_bar = x_bar2 + v_bar[0]
    return number_gradient(x_bar, x), (x, v_bar_tape, v_tape, v, v_bar, t6)


def second_derivative_grad_adjoint(tape, result_bar):
    x = tape[0]
    v_bar_tape = tape[1]
    v_tape = tape[2]
    v = tape[3]
    v_bar = tape[4]
    v_bar_tape = list(v_bar_tape)
    v_tape = list(v_tape)
    memory = detached((v, v_bar))
    v = memory[0]
    v_bar = memory[1]
    # reverse sweep
    v_bar2 = np.zeros_like(v)
    v_bar_bar = np.zeros_like(v_bar)
    x_bar3_2 = 0.0
    # 20: x_bar = x_bar2 + v_bar[0]
    v_bar_bar[0] = result_bar
    # 13: for i in reversed(range(3)):
    for k in reversed(range(tape[5], -1, -1)):
        # 18: v_bar[i] = t4_bar * x * np.cos(t2)
        v_bar[k] = v_bar_tape.pop()
        t14_bar = v_bar_bar[k]
        index2 = k + 1
        t4_bar = v_bar[index2]
        t2_2 = v[k]
        t13 = np.cos(t2_2)
        t12_bar = t14_bar * t13
        t8 = np.sin(t2_2)
        x_bar3_2 = x_bar3_2 + t12_bar * t4_bar
        # 17: x_bar2 = x_bar2 + t4_bar * np.sin(t2)
        t4_bar_bar = t12_bar * x + result_bar * t8
        t2_2_bar = result_bar * t4_bar * t13 - t14_bar * (t4_bar * x) * t8
        # 16: t2 = v[i]
        v_bar2[k] = t2_2_bar
        # 15: t4_bar = v_bar[i + 1]
        v_bar_bar[index2] = t4_bar_bar
    # 5: for i in range(3):
    for i in reversed(range(3)):
        # 6: v[i + 1] = np.sin(v[i]) * x
        index = i + 1
        v[index] = v_tape.pop()
        t4_bar2 = v_bar2[index]
        t2 = v[i]
        x_bar3_2 = x_bar3_2 + t4_bar2 * np.sin(t2)
        v_bar2[i] += t4_bar2 * x * np.cos(t2)
    # 4: v[0] = x
    x_bar3 = x_bar3_2 + v_bar2[0]
    return number_gradient(x_bar3, x),
