def gather_with_repeats_grad(x, index):
    # forward sweep
    y = x[index]
    # reverse sweep
    x_bar = np.zeros_like(x)
    # 8: return (y * y * np.arange(1.0, len(index) + 1.0)).sum()
    t8 = np.arange(1.0, stop=len(index) + 1.0) * y
    y_bar = unbroadcast(t8, y) + unbroadcast(t8, y)
    # 7: y = x[index]
    np.add.at(x_bar, index, y_bar)
    return x_bar
