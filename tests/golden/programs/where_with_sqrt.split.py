def where_with_sqrt_primal(x):
    test = x > 0.0
    t2 = np.sqrt(np.absolute(x))
    t3 = np.where(test, t2, 0.0)
    return t3.sum(), (x.copy(), test, t2, t3)


def where_with_sqrt_adjoint(tape, result_bar):
    x = tape[0]
    test = tape[1]
    t2 = tape[2]
    t3 = tape[3]
    # reverse sweep
    with np.errstate(all='ignore'):
        # 7: return np.where(x > 0.0, np.sqrt(np.abs(x)), 0.0).sum()
        t2_bar = np.where(test, spread(result_bar, t3), 0.0)
        x_bar = guarded(t2_bar, t2_bar * 0.5 / t2) * np.sign(x)
    return x_bar,
