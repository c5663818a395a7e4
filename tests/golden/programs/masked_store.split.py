def masked_store_primal(x):
    y = x * x
    test = y > 1.0
    y[test] = 1.0
    return (x * y).sum(), (x.copy(), y, test)


def masked_store_adjoint(tape, result_bar):
    x = tape[0]
    y = tape[1]
    # reverse sweep
    y_bar = np.zeros_like(y)
    # 7: return (x * y).sum()
    y_bar += result_bar * x
    # 6: y[y > 1.0] = 1.0
    y_bar[tape[2]] = 0.0
    # 5: y = x * x
    t5 = y_bar * x
    x_bar = result_bar * y + t5 + t5
    return x_bar,
