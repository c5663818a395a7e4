"""Forward or reverse mode: what the full gradient of a function of n numbers costs by each, for n up to a million.

Forward mode, like differences, needs one sweep for each number; reverse mode needs one for all of them. From n = 10,000 on,
the time of all sweeps is that of one times n. With one argument and many results it is the other way round.
"""

import math
import sys
import time
from collections.abc import Callable

import numpy as np

import adjoint_compiler as ac

SIZES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
MEASURED = 1_000  # sweeps that are run in full; more of them are one, times n


def energy(x: np.ndarray) -> float:
    """The energy of a chain of springs that are not linear, and one more term."""
    stretch = x[1:] - x[:-1]
    return np.sum(stretch**2 + 0.1 * stretch**4) + np.sum(np.sin(x)) ** 2


gradient = ac.grad(energy)


def seconds(action: Callable[[], object]) -> float:
    """Processor time of an action, the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return max(min(times), 1e-7)


def by_forward(x: np.ndarray, count: int) -> np.ndarray:
    """The first elements of the gradient, by one forward sweep each."""
    out, direction = np.zeros(count), np.zeros_like(x)
    for k in range(count):
        direction[k] = 1.0
        out[k] = ac.jvp(energy, (x,), (direction,))[1]
        direction[k] = 0.0
    return out


def by_differences(x: np.ndarray, count: int, h: float = 1e-6) -> np.ndarray:
    """The same by central differences."""
    out, moved = np.zeros(count), x.copy()
    for k in range(count):
        moved[k] = x[k] + h
        up = energy(moved)
        moved[k] = x[k] - h
        out[k] = (up - energy(moved)) / (2 * h)
        moved[k] = x[k]
    return out


def costs(n: int) -> dict[str, float]:
    """Seconds for the full gradient at n numbers."""
    x = np.linspace(0.0, 3.0, n)
    count = n if n <= MEASURED else 1
    gradient(x), by_forward(x, 1)
    return {
        "forward": seconds(lambda: by_forward(x, count)) * n / count,
        "differences": seconds(lambda: by_differences(x, count)) * n / count,
        "reverse": seconds(lambda: gradient(x)),
    }


COLOURS = {"forward": "#d95f02", "differences": "#7570b3", "reverse": "#1b9e77"}


def figure(table: dict[int, dict[str, float]]) -> str:
    """The table as a picture (SVG), both axes logarithmic."""
    low = math.floor(math.log10(min(t for row in table.values() for t in row.values())))
    high = math.ceil(math.log10(max(t for row in table.values() for t in row.values())))
    width, height, left, top = 520, 340, 60, 20

    def place(n: float, t: float) -> tuple[float, float]:
        right = math.log10(max(table))
        return left + width * math.log10(n) / right, top + height * (high - math.log10(t)) / (high - low)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 110} {top + height + 50}" '
        'font-family="sans-serif" font-size="12">'
    ]
    for e in range(low, high + 1):
        y = place(1, 10.0**e)[1]
        out.append(f'<line x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">1e{e} s</text>')
    for n in table:
        x = place(n, 1.0)[0]
        out.append(f'<text x="{x:.1f}" y="{top + height + 18}" text-anchor="middle">{n:.0e}</text>')
    out.append(f'<text x="{left + width / 2}" y="{top + height + 40}" text-anchor="middle">numbers n</text>')
    for name, colour in COLOURS.items():
        points = [place(n, row[name]) for n, row in table.items()]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{points[-1][0] + 8:.1f}" y="{points[-1][1] + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join([*out, "</svg>", ""])


def main(sizes: tuple[int, ...] = SIZES, path: str | None = None) -> None:
    table = {}
    print("        n     forward  differences      reverse   (seconds for the full gradient)")
    for n in sizes:
        row = table[n] = costs(n)
        print(f"{n:9d}  {row['forward']:10.2e}  {row['differences']:11.2e}  {row['reverse']:11.2e}")
    if path is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(figure(table))


if __name__ == "__main__":
    main(path=sys.argv[1] if len(sys.argv) > 1 else None)
