def gather_with_repeats_primal(x, index):
    y = x[index]
    t5 = np.arange(1.0, len(index) + 1.0)
    return (y * y * t5).sum(), (x.copy(), index.copy(), y, t5)


def gather_with_repeats_adjoint(tape, result_bar):
    x = tape[0]
    index = tape[1]
    y = tape[2]
    # reverse sweep
    x_bar = np.zeros_like(x)
    # 8: return (y * y * np.arange(1.0, len(index) + 1.0)).sum()
    y_bar2 = unbroadcast(result_bar * tape[3], y) * y
    y_bar = y_bar2 + y_bar2
    # 7: y = x[index]
    np.add.at(x_bar, index, y_bar)
    return x_bar,
