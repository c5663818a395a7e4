def branch_grad(x, y):
    # forward sweep
    z = x * y
    test = z > 1.0
    if test:
        z2 = z * x
    else:
        z2 = z - y * y
    # reverse sweep
    x_bar2 = 0.0
    y_bar2 = 0.0
    # 12: return z * z
    z2_bar = z2 + z2
    # 8: if z > 1.0:
    if test:
        # 9: z = z * x
        z_bar = z2_bar * x
        x_bar2 = x_bar2 + z2_bar * z
    else:
        # 11: z = z - y * y
        z_bar = z2_bar
        t7 = z2_bar * y
        y_bar2 = y_bar2 - t7 - t7
    # 7: z = x * y
    x_bar = x_bar2 + z_bar * y
    y_bar = y_bar2 + z_bar * x
    return x_bar, y_bar
