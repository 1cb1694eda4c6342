from flask import current_app

from config import Settings


def settings() -> Settings:
    return current_app._get_current_object().extensions["linli_settings"]
