def overlapping_store_grad(a):
    a = entry_copy(a)
    # forward sweep
    t = a[:-1]
    a[1:] = t
    # reverse sweep
    a_bar = np.zeros_like(a)
    # 6: return (a * a).sum()
    t6 = spread(1.0, a * a) * a
    a_bar += t6
    a_bar += t6
    # 5: a[1:] = a[:-1]
    t4 = copied(a_bar[1:])
    a_bar[1:] = 0.0
    a_bar[:-1] += unbroadcast(t4, t)
    return a_bar
