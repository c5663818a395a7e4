def product_of_sines_grad(x, y):
    # forward sweep
    a = math.sin(x)
    t2 = x * y
    b = math.sin(t2)
    # reverse sweep
    # 10: b = math.sin(x * y)
    t2_bar = a * math.cos(t2)
    y_bar = t2_bar * x
    # 9: a = math.sin(x)
    x_bar = t2_bar * y + b * math.cos(x)
    return x_bar, y_bar
