def branch_on_the_counter_grad(d, a):
    x_tape = []
    # forward sweep
    x = np.empty_like(d)
    t3 = d.shape[0]
    for k in range(t3):
        x[k] = d[k]
        if k > 0:
            x[k] -= a[k] * x[k - 1]
        if k % 2 == 0:
            t9_2 = x[k]
            x_tape.append(t9_2)
            x[k] = t9_2 * t9_2
    # reverse sweep
    a_bar = np.zeros_like(a)
    d_bar = np.zeros_like(d)
    x_bar = np.ones_like(x)
    # 10: for k in range(d.shape[0]):
    for k in reversed(range(t3)):
        # 14: if k % 2 == 0:
        if k % 2 == 0:
            # 15: x[k] = x[k] * x[k]
            x[k] = x_tape.pop()
            t9_bar2 = x_bar[k] * x[k]
            x_bar[k] = t9_bar2 + t9_bar2
        # 12: if k > 0:
        if k > 0:
            # 13: x[k] -= a[k] * x[k - 1]
            t7_bar = -x_bar[k]
            index = k - 1
            x_bar[index] += t7_bar * a[k]
            a_bar[k] = t7_bar * x[index]
        # 11: x[k] = d[k]
        d_bar[k] = x_bar[k]
    return d_bar, a_bar
