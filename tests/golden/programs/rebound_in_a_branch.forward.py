def rebound_in_a_branch_jvp(x, x_dot):
    t2_dot = x_dot[0]
    t2 = x[0]
    for i in range(len(x)):
        t4 = x[i]
        if t4 > 0:
            t2_dot = t2_dot * t4 + x_dot[i] * t2
            t2 = t2 * t4
    return t2, t2_dot
