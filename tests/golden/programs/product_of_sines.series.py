def product_of_sines_taylor(x, y, x_coef, y_coef):
    a = math.sin(x)
    a_coef = sine_series(a, x, x_coef)
    t2 = x * y
    b = math.sin(t2)
    b_coef = sine_series(b, t2, product_series(t2, x, x_coef, y, y_coef))
    result = a * b
    return result, product_series(result, a, a_coef, b, b_coef)
