def masked_store_grad(x):
    # forward sweep
    y = x * x
    test = y > 1.0
    y[test] = 1.0
    # reverse sweep
    # 7: return (x * y).sum()
    y_bar = x.copy()
    # 6: y[y > 1.0] = 1.0
    y_bar[test] = 0.0
    # 5: y = x * x
    t5 = y_bar * x
    x_bar = y + t5 + t5
    return x_bar
