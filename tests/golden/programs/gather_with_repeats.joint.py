def gather_with_repeats_grad(x, index):
    # forward sweep
    y = x[index]
    # reverse sweep
    x_bar = np.zeros_like(x)
    # 8: return (y * y * np.arange(1.0, len(index) + 1.0)).sum()
    y_bar2 = unbroadcast(np.arange(1.0, len(index) + 1.0), y) * y
    y_bar = y_bar2 + y_bar2
    # 7: y = x[index]
    np.add.at(x_bar, index, y_bar)
    return x_bar
