def where_with_sqrt_grad(x):
    # forward sweep
    test = x > 0.0
    t2 = np.sqrt(np.absolute(x))
    t3 = np.where(test, t2, 0.0)
    # reverse sweep
    with np.errstate(all='ignore'):
        # 7: return np.where(x > 0.0, np.sqrt(np.abs(x)), 0.0).sum()
        t2_bar = np.where(test, spread(1.0, t3), 0.0)
        x_bar = guarded(t2_bar, t2_bar * 0.5 / t2) * np.sign(x)
    return x_bar
