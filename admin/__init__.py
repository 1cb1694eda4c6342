"""Pages in a browser for those who administer or audit an area: HTML out, forms in, no rule.

Beside api/ and on the same services. What surrounds a request (one transaction, limits, keys) is api/edge/boundary.py's;
door.py adds a browser's way in: a cookie, a token in each form, and refusals that can be read.
"""
from importlib import import_module
from pathlib import Path

from flask import Flask

TRANSLATIONS = Path(__file__).parent / "translations"
MODULES = ("sign_in", "own", "overview", "figures", "people", "coupons", "households", "areas", "funds", "events", "records", "objections",
           "offers", "merchants", "settlements", "unsent", "audit", "civility.nodes", "civility.versions", "civility.periods",
           "civility.areas", "civility.surveys", "civility.remarks")
CREDIT = ("rulebooks", "rewards", "versions", "items", "grades", "steps",
          "trials", "files", "entries", "imports", "objections", "repairs", "constraints",
          "inspections", "support", "letters", "workdays", "plans", "reviews")
CULTURE = ("honours", "pages", "days")


def register(app: Flask) -> None:
    from admin import looks
    from admin.door import bp
    for name in (*MODULES, *(f"credit.{name}" for name in CREDIT), *(f"culture.{name}" for name in CULTURE)):
        import_module(f"admin.{name}")
    looks.register(app)
    app.register_blueprint(bp)
