def nearest_centres_grad(centres, points):
    last_tape = np.empty(64, np.int64)
    last_top = 0
    nearest_tape = np.empty(64, np.float64)
    nearest_top = 0
    # forward sweep
    t = len(points)
    last_tape = with_room(last_tape, last_top, trips(0, t, 1))
    nearest_tape = with_room(nearest_tape, nearest_top, trips(0, t, 1))
    for i in range(t):
        nearest = np.inf
        last = -1
        nearest2 = np.inf
        for j in range(len(centres)):
            distance = 0.0
            t4 = points.shape[1]
            check_span(centres, 1, 0, t4, 1, 1, 0)
            for a in range(t4):
                distance = distance + (centres[j, a] - points[i, a]) ** 2
            if distance < nearest2:
                nearest2 = distance
                last = j
        if last >= 0:
            distance3 = 0.0
            for a2 in range(points.shape[1]):
                distance3 = distance3 + (centres[last, a2] - points[i, a2]) ** 2
            nearest = distance3
        last_tape[last_top] = last
        last_top = last_top + 1
        nearest_tape[nearest_top] = nearest
        nearest_top = nearest_top + 1
    # reverse sweep
    centres_bar = np.zeros_like(centres)
    # 8: for i in range(len(points)):
    for i in range(t - 1, -1, -1):
        nearest_top = nearest_top - 1
        nearest = nearest_tape[nearest_top]
        last_top = last_top - 1
        last = last_tape[last_top]
        # 16: total += np.sqrt(nearest)
        nearest_bar = 0.5 / np.sqrt(nearest)
        # 15: nearest = distance
        if last >= 0:
            # 12: for a in range(points.shape[1]):
            for a2 in range(points.shape[1] - 1, -1, -1):
                # 13: distance += (centres[j, a] - points[i, a]) ** 2
                centres_bar[last, a2] += nearest_bar * (2 * (centres[last, a2] - points[i, a2]))
    return centres_bar
