def overwritten_items_jvp(x, x_dot):
    pair_dot = [x_dot[0], x_dot[1]]
    pair = [x[0], x[1]]
    for k in range(2, len(x)):
        t4 = pair[0]
        t5 = pair[1]
        index = k % 2
        pair_dot[index] = pair_dot[0] * t5 + pair_dot[1] * t4 + x_dot[k]
        pair[index] = t4 * t5 + x[k]
    return pair[0] - pair[1], pair_dot[0] - pair_dot[1]
