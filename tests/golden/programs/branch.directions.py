def branch_jvp(x, y, x_dot, y_dot):
    z_dot = x_dot * y + y_dot * x
    z = x * y
    if z > 1.0:
        z2_dot = z_dot * x + x_dot * z
        z2 = z * x
    else:
        t10 = y_dot * y
        z2_dot = z_dot - (t10 + t10)
        z2 = z - y * y
    t15 = z2_dot * z2
    return z2 * z2, t15 + t15
