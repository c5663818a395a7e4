def gather_with_repeats_grad(x, index):
    # forward sweep
    y = x[index]
    t2 = y * y
    t5 = np.arange(1.0, stop=len(index) + 1.0)
    # reverse sweep
    x_bar = np.zeros_like(x)
    # 8: return (y * y * np.arange(1.0, len(index) + 1.0)).sum()
    y_bar2 = unbroadcast(spread(1.0, t2 * t5) * t5, t2) * y
    y_bar = y_bar2 + y_bar2
    # 7: y = x[index]
    np.add.at(x_bar, index, y_bar)
    return x_bar
