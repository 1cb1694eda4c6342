"""Two kinds of pictures as SVG, readable on light and on dark paper."""
import math
from html import escape

COLOURS = ("#2f81f7", "#2da44e", "#bf8700", "#8250df", "#cf222e")
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">
  <title id="title">{title}</title>
  <style>
    text {{ font: 13px system-ui, sans-serif; fill: #6e7781 }}
    .end {{ text-anchor: end }} .middle {{ text-anchor: middle }}
    .rule {{ stroke: #848d97; stroke-width: 1; stroke-dasharray: 4 4; fill: none }}
    @media (prefers-color-scheme: dark) {{ text {{ fill: #c9d1d9 }} }}
  </style>"""


def bars(title: str, labels: list[str], series: dict[str, list[float]]) -> str:
    """A group of bars for each label, one for each series; a dashed line where the value is 1."""
    left, right, thick = 130, 640, 14
    longest = max([1.0, *(value for values in series.values() for value in values)])
    scale = (right - left) / longest
    drawn, y = [], 20
    for index, label in enumerate(labels):
        middle = y + thick * len(series) / 2
        drawn.append(f'<text class="end" x="{left - 10}" y="{middle + 4:.0f}">{escape(label)}</text>')
        for colour, values in zip(COLOURS, series.values(), strict=False):
            width = values[index] * scale
            drawn.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" height="{thick - 2}" fill="{colour}"/>')
            drawn.append(f'<text x="{left + width + 6:.1f}" y="{y + thick - 3}">{values[index]:.2f}</text>')
            y += thick
        y += 10
    drawn.append(f'<path class="rule" d="M{left + scale:.1f} 10V{y}"/>')
    drawn += _legend(list(series), left, y + 18)
    return _svg(title, right + 60, y + 34, drawn)


def lines(title: str, sizes: list[int], series: dict[str, list[float]]) -> str:
    """Values against sizes on a logarithmic axis; a dashed line where the value is 1."""
    left, right, top, bottom = 60, 620, 20, 260
    most = max([2.0, *(value for values in series.values() for value in values)])
    width = (right - left) / math.log(sizes[-1] / sizes[0])
    x = [left + width * math.log(size / sizes[0]) for size in sizes]
    y_of = lambda value: bottom - (bottom - top) * value / most  # noqa: E731
    drawn = [f'<path class="rule" d="M{left} {y_of(1):.1f}H{right}"/>', f'<path class="rule" d="M{left} {bottom}H{right}"/>']
    drawn += [f'<text class="end" x="{left - 8}" y="{y_of(value) + 4:.0f}">{value}</text>' for value in range(math.floor(most) + 1)]
    drawn += [f'<text class="middle" x="{at:.0f}" y="{bottom + 20}">{size:,}</text>' for at, size in zip(x, sizes, strict=True)]
    for colour, values in zip(COLOURS, series.values(), strict=False):
        points = " ".join(f"{at:.1f},{y_of(value):.1f}" for at, value in zip(x, values, strict=True))
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    drawn += _legend(list(series), left, bottom + 46)
    return _svg(title, right + 60, bottom + 60, drawn)


def _legend(names: list[str], x: float, y: float) -> list[str]:
    drawn = []
    for colour, name in zip(COLOURS, names, strict=False):
        drawn += [f'<rect x="{x}" y="{y - 10}" width="10" height="10" fill="{colour}"/>', f'<text x="{x + 15}" y="{y}">{escape(name)}</text>']
        x += 35 + 8 * len(name)
    return drawn


def _svg(title: str, width: float, height: float, drawn: list[str]) -> str:
    return "\n  ".join([HEAD.format(width=width, height=height, title=escape(title)), *drawn]) + "\n</svg>\n"
