from flask import current_app

from config import Settings


def settings() -> Settings:
    return current_app.extensions["linli_settings"]
