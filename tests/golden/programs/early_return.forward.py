def early_return_jvp(x, n, x_dot):
    returned = False
    y_dot = x_dot
    y = x
    stop = False
    for k in range(n):
        y_dot = y_dot * x + x_dot * y
        y = y * x
        if y > 10.0:
            result_dot = y_dot - x_dot
            result = y - x
            returned = True
            stop = True
        if stop:
            break
    if not returned:
        result_dot = y_dot
        result = y
    return result, result_dot
