"""Settings, read once from the environment. Every rule's number that docs/api.md names is one, with its default."""
import json
import os
import re
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

KEYS = ("jwt", "codes", "fields", "blind_index", "cursors")
EXAMPLE_WORDS = (b"example", b"changeme", b"secret", b"password", b"linli", b"replace", b"default", b"0000000000")
TRUE, FALSE = ("1", "on", "true", "yes"), ("0", "off", "false", "no")
BOUNDS = {  # of every number: the smallest and the largest with which the rules still work
    "rate_limit_per_minute": (1, 10**6), "sign_in_limit_per_minute": (1, 10**6), "proxy_hops": (0, 10),
    "access_token_minutes": (1, 1440), "refresh_token_days": (1, 3650), "refresh_idle_days": (1, 3650), "refresh_grace_seconds": (0, 3600),
    "browser_session_hours": (1, 720), "browser_idle_minutes": (1, 1440),
    "password_failures": (1, 1000), "password_failure_minutes": (1, 10080), "password_reset_minutes": (1, 10080),
    "short_code_failures": (1, 1000), "short_code_failure_minutes": (1, 10080),
    "event_code_seconds": (1, 86400), "event_code_grace_seconds": (0, 86400), "coupon_code_seconds": (1, 86400),
    "check_in_early_minutes": (0, 10080), "check_out_late_minutes": (0, 10080), "annul_minutes": (0, 10080), "reversal_minutes": (0, 525600),
    "lapse_notice_days": (0, 3650), "idempotency_hours": (1, 8760),
    "backups_kept": (1, 1000), "traces_percent": (0, 100),
    "max_body_bytes": (1024, 64 * 1024 * 1024), "max_evidence_bytes": (1024, 64 * 1024 * 1024), "max_json_depth": (4, 200),
}


class UnsafeSettings(Exception):
    """The process must not start like this; the message says what to change."""


@dataclass(frozen=True)
class Settings:
    database_url: str = "sqlite:///linli.db"
    secrets_file: str = "instance/secrets.json"
    keys: dict = field(default_factory=dict, repr=False)
    demo: bool = False
    redis_url: str = ""
    rate_limits: bool = True
    rate_limit_per_minute: int = 600
    sign_in_limit_per_minute: int = 300
    proxy_hops: int = 0
    public_url: str = "http://127.0.0.1:8000"
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_app_id: str = ""
    wechat_app_secret: str = field(default="", repr=False)
    wechat_push_token: str = field(default="", repr=False)
    wechat_push_aes_key: str = field(default="", repr=False)
    wechat_version: str = "release"
    wechat_code_page: str = ""
    wechat_message_page: str = ""
    wechat_template_event: str = ""
    wechat_template_record: str = ""
    wechat_template_points: str = ""
    wechat_template_coupon: str = ""
    wechat_template_settlement: str = ""
    wechat_check_content: bool = True
    credit_pages_in_wechat: bool = False
    home_area_code: str = ""
    audit_checkpoints: str = ""
    backup_folder: str = ""
    backups_kept: int = 14
    traces_to: str = ""
    traces_percent: int = 10

    access_token_minutes: int = 15
    refresh_token_days: int = 30
    refresh_idle_days: int = 7
    refresh_grace_seconds: int = 10
    browser_session_hours: int = 10
    browser_idle_minutes: int = 30
    password_failures: int = 5
    password_failure_minutes: int = 15
    password_reset_minutes: int = 60
    short_code_failures: int = 10
    short_code_failure_minutes: int = 10
    event_code_seconds: int = 30
    event_code_grace_seconds: int = 15
    coupon_code_seconds: int = 60
    check_in_early_minutes: int = 30
    check_out_late_minutes: int = 60
    annul_minutes: int = 15
    reversal_minutes: int = 60
    lapse_notice_days: int = 30
    idempotency_hours: int = 48
    max_body_bytes: int = 65536
    max_evidence_bytes: int = 5 * 1024 * 1024
    max_json_depth: int = 32

    @property
    def checks_content(self) -> bool:
        """Whether residents' words and pictures are shown to WeChat first; never without an account there."""
        return self.wechat_check_content and bool(self.wechat_app_secret)

    @classmethod
    def from_env(cls, env=os.environ) -> "Settings":
        """Read every field from the variable of its name in capitals; a value of the wrong kind is UnsafeSettings."""
        given = {f.name: _parsed(f.name, f.type, env[f.name.upper()])
                 for f in fields(cls) if f.name.upper() in env and f.name not in ("keys", "demo")}
        if env.get("LINLI_DEMO") == "1":
            given["demo"] = True
        settings = cls(**given)
        return replace(settings, keys=load_keys(Path(settings.secrets_file)))


def _parsed(name: str, kind, text: str):
    if kind in (bool, "bool"):
        return _switch(name, text)
    if kind in (int, "int"):
        return _number(name, text)
    return text


def _switch(name: str, text: str) -> bool:
    """A word that is neither is refused: a slip of the pen must not lift a limit."""
    word = text.strip().lower()
    if word not in TRUE + FALSE:
        raise UnsafeSettings(f"{name.upper()} must be one of {', '.join(TRUE + FALSE)}, not {text!r}")
    return word in TRUE


def _number(name: str, text: str) -> int:
    least, most = BOUNDS[name]
    if not re.fullmatch(r"-?[0-9]{1,18}", text.strip()):
        raise UnsafeSettings(f"{name.upper()} must be a whole number, not {text!r}")
    if not least <= int(text) <= most:
        raise UnsafeSettings(f"{name.upper()} must be from {least} to {most}, not {text}")
    return int(text)


def load_keys(path: Path) -> dict[str, bytes]:
    """The keys of this installation; at the first start strong ones are made and the file is named on the console."""
    if not path.exists():
        _make_keys(path)
    stored = _stored(path)
    missing = [name for name in KEYS if name not in stored]
    if missing:
        raise UnsafeSettings(f"{path} lacks the keys {', '.join(missing)}: restore it from its backup")
    keys = {name: _checked(path, name, stored[name]) for name in KEYS}
    if len(set(keys.values())) < len(KEYS):
        raise UnsafeSettings(f"two keys in {path} are the same: each of {', '.join(KEYS)} needs its own; restore the file from its backup")
    return keys


def _stored(path: Path) -> dict:
    try:
        stored = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        raise UnsafeSettings(f"{path} cannot be read as the keys of an installation: restore it from its backup")
    return stored


def _make_keys(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {name: b64encode(secrets.token_bytes(32)).decode() for name in KEYS}
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(made, indent=1))
    try:
        os.link(draft, path)  # two processes starting at once: the first one's keys stand
        print(f"Made new secrets in {path}: keep a copy apart from the database's backups.", flush=True)  # noqa: T201
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _checked(path: Path, name: str, text) -> bytes:
    """A key of at least 32 bytes, none of which spells an example out of a manual, in clear or in base64."""
    try:
        key = b64decode(text, validate=True)
    except (ValueError, TypeError):
        key = b""
    if len(key) < 32 or len(set(key)) < 8 or _is_example(key) or _spells_one(text):
        raise UnsafeSettings(f"the key {name!r} in {path} is too short or an example: restore the file from its backup, "
                             "or, before anything is stored, remove it to make new keys")
    return key


def _is_example(key: bytes) -> bool:
    """Text with blanks or with a manual's words in it; random bytes are as good as never all printable."""
    if not key.isascii() or not key.decode().isprintable():
        return False
    letters = re.sub(rb"[^a-z0-9]", b"", key.lower())
    return b" " in key or any(word in letters for word in EXAMPLE_WORDS)


def _spells_one(text: str) -> bool:
    """In base64 itself only long words tell: five letters come up by chance once in a million keys."""
    return any(word.decode() in text.lower() for word in EXAMPLE_WORDS if len(word) > 6)
