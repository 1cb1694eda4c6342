"""Asking WeChat in the middle of a request: nothing is locked meanwhile, and what has to be kept is kept by itself."""
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask, current_app

from api.edge import turns
from clients.wechat import CodeRefused, Held, Refused, Unavailable, WeChat
from clients.wechat.access import fingerprint, renew_after
from models import db, sqlite_begin
from services.access import sign_in
from services.wechat import access_tokens


def let_go() -> None:
    """End the request's transaction, of which nothing is to be kept; what was read stays as it was read."""
    db.session.expunge_all()
    db.session.rollback()


@contextmanager
def own_transaction(app: Flask | None = None):
    """A short transaction beside the request's, with a session of its own, kept whatever becomes of the request."""
    begins = sqlite_begin.set("IMMEDIATE")
    try:
        with (app or current_app).app_context(), db.session.begin():
            yield
    finally:
        sqlite_begin.reset(begins)


def wechat() -> WeChat:
    return current_app.extensions["linli_wechat"]


@contextmanager
def asking(refused=sign_in.WechatUnavailable):
    """WeChat's refusals become ours: a code that it does not take is `refused`, all else is 503."""
    try:
        with turns.aside():
            yield
    except CodeRefused as error:
        raise refused from error
    except (Unavailable, Refused) as error:
        raise sign_in.WechatUnavailable(retry_after=5) from error


class SharedTokens:
    """The database as the store of the access token: all processes see one (clients/wechat/access.py)."""

    def __init__(self, app: Flask):
        self._app = app
        self._settings, self._clock = app.extensions["linli_settings"], app.extensions["linli_clock"]

    @property
    def _mine(self) -> dict:
        return {"keys": self._settings.keys, "now": self._clock()}

    def look(self) -> Held:
        with own_transaction(self._app):
            return Held(*access_tokens.held(self._settings.wechat_app_id, **self._mine))

    def take_turn(self, instead_of: str | None) -> str | None:
        with own_transaction(self._app):
            return access_tokens.take_turn(self._settings.wechat_app_id, instead_of and fingerprint(instead_of), **self._mine)

    def may_force(self, turn: str) -> bool:
        with own_transaction(self._app):
            return access_tokens.may_force(self._settings.wechat_app_id, turn, now=self._clock())

    def keep(self, turn: str, token: str, lasts_s: int) -> None:
        with own_transaction(self._app):
            access_tokens.keep(self._settings.wechat_app_id, turn, token, fingerprint(token), lasts=timedelta(seconds=lasts_s),
                               renew_after=timedelta(seconds=renew_after(lasts_s)), **self._mine)

    def give_up(self, turn: str, rest_s: float) -> None:
        with own_transaction(self._app):
            access_tokens.give_up(self._settings.wechat_app_id, turn, timedelta(seconds=rest_s), now=self._clock())
