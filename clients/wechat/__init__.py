"""The WeChat platform's server API, as far as we use it. Its answers are checked like any stranger's.

Codes, phone numbers, the session_key, access tokens and our secret are never logged: secret and token
stand in the URL, so the HTTP library's own lines and errors that quote it are dropped too.
"""
from clients.wechat.access import Held, InProcess, TokenStore
from clients.wechat.errors import (
    Banned,
    BeingSent,
    CodeRefused,
    Misconfigured,
    NoRight,
    NotRecent,
    Refused,
    Silent,
    TokenRefused,
    Unavailable,
)
from clients.wechat.platform import PhoneNumber, Verdict, WeChat, WeChatSession

__all__ = [
    "Banned", "BeingSent", "CodeRefused", "Held", "InProcess", "Misconfigured", "NoRight", "NotRecent", "PhoneNumber",
    "Refused", "Silent", "TokenRefused", "TokenStore", "Unavailable", "Verdict", "WeChat", "WeChatSession",
]
