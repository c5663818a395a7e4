def recursion_inner_jvp(x, n, x_dot):
    if n == 0:
        result_dot = 0.0
        result = 1.0
    else:
        pair = recursion_inner_jvp(x, n - 1, x_dot)
        result2 = pair[0]
        result_dot = x_dot * result2 + pair[1] * x
        result = x * result2
    return result, result_dot


def recursion_jvp(x, n, x_dot):
    if n == 0:
        result_dot = 0.0
        result = 1.0
    else:
        pair = recursion_inner_jvp(x, n - 1, x_dot)
        result2 = pair[0]
        result_dot = x_dot * result2 + pair[1] * x
        result = x * result2
    return result, result_dot
