"""A tree to begin with: the five branches of the cities' index (重点工作 29, 公共环境 22, 公共秩序 18, 公益活动 26, 公共关系 5), with leaves
that a community can find out. An area makes it its own before it publishes it."""
import json
from functools import cache
from pathlib import Path

PLACE = Path(__file__).resolve().parents[2] / "data" / "civility_example.json"


@cache
def _read() -> str:
    return PLACE.read_text(encoding="utf-8")


def nodes() -> list[dict]:
    """As `versions.draft` takes them."""
    return json.loads(_read())
