def branch_taylor(x, y, x_coef, y_coef):
    z = x * y
    z_coef = product_series(z, x, x_coef, y, y_coef)
    if z > 1.0:
        t2 = z * x
        z2_coef = product_series(t2, z, z_coef, x, x_coef)
        z2 = t2
    else:
        t3 = y * y
        z2_coef = z_coef - product_series(t3, y, y_coef, y, y_coef)
        z2 = z - t3
    result = z2 * z2
    return result, product_series(result, z2, z2_coef, z2, z2_coef)
