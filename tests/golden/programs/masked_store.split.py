def masked_store_primal(x):
    y = x * x
    test = y > 1.0
    y[test] = 1.0
    t2 = x * y
    return np.sum(t2), (x.copy(), y, test, t2)


def masked_store_adjoint(tape, result_bar):
    x = tape[0]
    y = tape[1]
    # reverse sweep
    y_bar = np.zeros_like(y)
    # 7: return (x * y).sum()
    t2_bar = spread(result_bar, tape[3])
    y_bar += t2_bar * x
    # 6: y[y > 1.0] = 1.0
    y_bar[tape[2]] = 0.0
    # 5: y = x * x
    t5 = y_bar * x
    x_bar = t2_bar * y + t5 + t5
    return x_bar,
