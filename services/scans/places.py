"""Near or far: coordinates are compared here and dropped; a band of the distance stays."""
from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_000
BANDS = ((50, "0-50 m"), (150, "50-150 m"), (300, "150-300 m"), (1000, "300-1000 m"), (5000, "1-5 km"))
BEYOND = "over 5 km"
BEGINS = dict(zip([name for _, name in BANDS] + [BEYOND], [0, *(limit for limit, _ in BANDS)], strict=True))  # metres
NEAR_M = 150  # indoors a phone may be mistaken by as much


def distance_m(latitude, longitude, other_latitude, other_longitude) -> int:
    """Great-circle metres between two points in degrees."""
    a, b = radians(latitude), radians(other_latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_longitude - longitude) / 2) ** 2
    return round(2 * EARTH_M * asin(min(1, sqrt(half))))


def band(metres: int) -> str:
    return next((name for limit, name in BANDS if metres <= limit), BEYOND)


def is_far(band: str | None, radius_m: int | None) -> bool:
    """All of the band lies in the outer half of the place's circle, and beyond what may be a phone's mistake."""
    return band is not None and BEGINS[band] >= max(NEAR_M, (radius_m or 0) / 2)
