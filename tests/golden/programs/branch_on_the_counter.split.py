def branch_on_the_counter_primal(d, a):
    x_tape = []
    x = np.empty_like(d)
    t3 = d.shape[0]
    for k in range(t3):
        x_tape.append(x[k])
        x[k] = d[k]
        if k > 0:
            x_tape.append(x[k])
            x[k] -= a[k] * x[k - 1]
        if k % 2 == 0:
            t9 = x[k]
            x_tape.append(t9)
            x[k] = t9 * t9
    return x.sum(), (d.copy(), a.copy(), x_tape, x, t3)


def branch_on_the_counter_adjoint(tape, result_bar):
    d = tape[0]
    a = tape[1]
    x_tape = tape[2]
    x = tape[3]
    x_tape = list(x_tape)
    x = detached((x,))[0]
    # reverse sweep
    a_bar = np.zeros_like(a)
    d_bar = np.zeros_like(d)
    x_bar = np.zeros_like(x)
    # 16: return x.sum()
    x_bar += result_bar
    # 10: for k in range(d.shape[0]):
    for k in reversed(range(tape[4])):
        # 14: if k % 2 == 0:
        if k % 2 == 0:
            # 15: x[k] = x[k] * x[k]
            x[k] = x_tape.pop()
            t9_bar2 = x_bar[k] * x[k]
            x_bar[k] = t9_bar2 + t9_bar2
        # 12: if k > 0:
        if k > 0:
            # 13: x[k] -= a[k] * x[k - 1]
            x[k] = x_tape.pop()
            t7_bar = -x_bar[k]
            index = k - 1
            x_bar[index] += t7_bar * a[k]
            a_bar[k] = t7_bar * x[index]
        # 11: x[k] = d[k]
        x[k] = x_tape.pop()
        d_bar[k] = x_bar[k]
    return d_bar, a_bar
