def overlapping_store_grad(a):
    a = entry_copy(a)
    # forward sweep
    a[1:] = a[:-1]
    # reverse sweep
    # 6: return (a * a).sum()
    a_bar = a + a
    # 5: a[1:] = a[:-1]
    t_bar = a_bar[1:].copy()
    a_bar[1:] = 0.0
    a_bar[:-1] += t_bar
    return a_bar
