"""Settings, read once from the environment. Every rule's number that docs/api.md names is one, with its default."""
import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

KEYS = ("jwt", "codes", "fields", "blind_index", "cursors")
EXAMPLE_WORDS = ("example", "changeme", "change-me", "secret", "password", "0000000000000000", "linli")


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
    home_area_code: str = ""
    audit_checkpoints: str = ""

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
                 for f in fields(cls) if f.name.upper() in env and f.name != "keys"}
        if env.get("LINLI_DEMO") == "1":
            given["demo"] = True
        settings = cls(**given)
        return replace(settings, keys=load_keys(Path(settings.secrets_file)))


def _parsed(name: str, kind, text: str):
    if kind in (bool, "bool"):
        return text.strip().lower() in ("1", "on", "true", "yes")
    if kind in (int, "int"):
        try:
            number = int(text)
        except ValueError:
            raise UnsafeSettings(f"{name.upper()} must be a whole number, not {text!r}") from None
        if number < 0:
            raise UnsafeSettings(f"{name.upper()} must not be negative")
        return number
    return text


def load_keys(path: Path) -> dict[str, bytes]:
    """The keys of this installation; at the first start strong ones are made and the file is named on the console."""
    if not path.exists():
        _make_keys(path)
    stored = json.loads(path.read_text())
    missing = [name for name in KEYS if name not in stored]
    if missing:
        raise UnsafeSettings(f"{path} lacks the keys {', '.join(missing)}: restore it from its backup")
    return {name: _checked(path, name, stored[name]) for name in KEYS}


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


def _checked(path: Path, name: str, text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) < 32 or len(set(key)) < 8 or any(word in text.lower() for word in EXAMPLE_WORDS if len(word) > 6):
        raise UnsafeSettings(f"the key {name!r} in {path} is too short or an example: remove the file to make new keys")
    return key
