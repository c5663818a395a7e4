def product_of_sines_jvp(x, y, x_dot, y_dot):
    a_dot = x_dot * math.cos(x)
    a = math.sin(x)
    t2 = x * y
    b_dot = (x_dot * y + y_dot * x) * math.cos(t2)
    b = math.sin(t2)
    return a * b, a_dot * b + b_dot * a
