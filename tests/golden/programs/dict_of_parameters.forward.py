def dict_of_parameters_jvp(p, x, p_dot):
    hidden = np.tanh(p['w'] * x + p['b'])
    hidden_dot = (p_dot['w'] * x + p_dot['b']) * (1 - hidden * hidden)
    return hidden.dot(hidden), hidden_dot.dot(hidden) + hidden.dot(hidden_dot)
