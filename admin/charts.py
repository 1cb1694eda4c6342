"""Pictures of figures, drawn here as SVG for everybody. Where ECharts was copied at build time, its script draws them anew.

Each picture stands beside its table, which says the same and is what screen readers and the script read.
"""
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import url_for

SCRIPT = "gen/echarts.min.js"
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 240, 56, 28, 12
STEPS = (1, 2, 2.5, 5, 10)


@cache
def _is_there() -> bool:
    return (Path(__file__).parent / "static" / SCRIPT).exists()


def script() -> str:
    """Where ECharts is; "" when it was not copied (there was no Node)."""
    return url_for("admin.static", filename=SCRIPT) if _is_there() else ""


@dataclass
class Series:
    name: str
    values: list[float]


@dataclass
class Bar:
    x: float
    y: float
    width: float
    height: float
    number: int  # of its series


@dataclass
class Picture:
    """Bars by month, or lying bars by name: one for each series. `unit` is said once, in the table's head."""

    title: str
    labels: list[str]
    series: list[Series]
    lying: bool = False
    empty: str = ""
    most: float = 0  # where the scale ends; 0: above the highest bar

    @property
    def is_empty(self) -> bool:
        return not any(value for series in self.series for value in series.values)

    @property
    def top(self) -> float:
        """A round number that no bar passes; what falls below zero is drawn as zero, and said in the table."""
        if self.most:
            return self.most
        highest = max((value for series in self.series for value in series.values), default=0) or 1
        size = 10 ** (len(str(int(highest))) - 1)
        return next(step * size for step in STEPS if step * size >= highest)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """(place, label) of each line: from the bottom up, or from left to right."""
        marks = [self.top * part / 4 for part in range(5)]
        shown = [f"{mark:,.0f}" if mark == int(mark) else f"{mark:,.1f}" for mark in marks]
        length = WIDTH - 2 * LEFT if self.lying else HEIGHT - BOTTOM - TOP
        return [(length * part / 4, label) for part, label in zip(range(5), shown, strict=True)]

    @property
    def size(self) -> tuple[int, int]:
        return WIDTH, (TOP + BOTTOM + 34 * len(self.labels) if self.lying else HEIGHT)

    @property
    def label_places(self) -> list[tuple[float, str]]:
        room = self._room
        return [(room * (place + 0.5), label) for place, label in enumerate(self.labels) if self.lying or room > 30 or place % 2 == 1]

    @property
    def _room(self) -> float:
        return 34 if self.lying else (WIDTH - LEFT - 8) / max(1, len(self.labels))

    @property
    def bars(self) -> list[Bar]:
        """Placed from the corner of the drawing's own field."""
        thick = self._room * 0.64 / len(self.series)
        found = []
        for number, series in enumerate(self.series):
            for place, value in enumerate(series.values):
                along = self._room * place + self._room * 0.18 + thick * number
                part = max(0, value) / self.top
                if self.lying:
                    found.append(Bar(0, along, (WIDTH - 2 * LEFT) * part, thick, number))
                else:
                    length = (HEIGHT - BOTTOM - TOP) * part
                    found.append(Bar(along, HEIGHT - BOTTOM - TOP - length, thick, length, number))
        return found
