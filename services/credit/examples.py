"""The rulebooks that come with the product, as documents that `rulebooks.draft` takes: for rural households, residents, and merchants."""
import json
from dataclasses import dataclass
from pathlib import Path

from services.credit.hundredths import parse

FOLDER = Path(__file__).resolve().parents[2] / "data" / "rulebooks"
NAMES = ("village_households", "community_residents", "merchants")


@dataclass(frozen=True)
class Example:
    """`document` for a district's rulebook; `own` is what a community adds to it, with the titles of its own, or None."""

    kind: str
    title_zh: str
    title_en: str
    document: dict
    own: dict | None
    own_title_zh: str = ""
    own_title_en: str = ""


def read(name: str) -> Example:
    """One of NAMES."""
    book = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    own = book.get("own")
    return Example(book["kind"], book["title_zh"], book["title_en"], _document(book), own and _document(own),
                   own["title_zh"] if own else "", own["title_en"] if own else "")


def _document(book: dict) -> dict:
    grades = [{**{name: text for name, text in grade.items() if name != "from"}, "from_centipoints": parse(grade["from"])}
              for grade in book.get("grades", [])]
    return {"base_centipoints": parse(book.get("base", "0")), "most_centipoints": parse(book.get("most", "0")), "grades": grades,
            "branches": [_limits(branch) | {"items": [_item(item) for item in branch["items"]]} for branch in book["branches"]]}


def _item(item: dict) -> dict:
    return {**_limits(item), "each_centipoints": parse(item["each"])} | {"deed_most": parse(item["deed_most"]) if "deed_most" in item else None}


def _limits(row: dict) -> dict:
    """What is written in points is counted in hundredths."""
    return {name: parse(value) if name in ("most", "least") else value for name, value in row.items() if name not in ("each", "items")}
