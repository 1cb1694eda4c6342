import json
import stat
from base64 import b64encode
from dataclasses import fields

import pytest

from config import BOUNDS, KEYS, Settings, UnsafeSettings, load_keys


def test_the_first_start_makes_strong_keys_into_a_file_it_names_and_keeps_them(tmp_path, capsys):
    path = tmp_path / "instance" / "secrets.json"
    first = load_keys(path)
    assert str(path) in capsys.readouterr().out
    assert set(first) == set(KEYS)
    assert len(set(first.values())) == len(KEYS)
    assert min(map(len, first.values())) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(path) == first


@pytest.fixture
def path(tmp_path):
    return tmp_path / "secrets.json"


def base64_of(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize("key", [
    "", "x", b64encode(b"0" * 32).decode(), b64encode(b"short").decode(), "not base64!", "changemechangemechangemechangemechangemechangeme",
    base64_of("changeme-changeme-please-secret-password!"), base64_of("this is an example key, please do not use it"),
    base64_of("linli-secret-password-of-the-installation"), base64_of("Change_Me_0123456789_0123456789_abcdef"), 7, None])
@pytest.mark.parametrize("name", KEYS)
def test_example_keys_are_refused(path, name, key):
    load_keys(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: key}))
    with pytest.raises(UnsafeSettings, match=name):
        load_keys(path)


def test_one_key_under_two_names_is_refused(path):
    load_keys(path)
    path.write_text(json.dumps(dict.fromkeys(KEYS, json.loads(path.read_text())["jwt"])))
    with pytest.raises(UnsafeSettings, match="the same"):
        load_keys(path)


@pytest.mark.parametrize("content", [b"", b'{"jwt": "ab', b"7", b"[]", b"null", b"\xff\xfe", b'{"jwt": "x"}'])
def test_a_file_of_secrets_that_is_cut_or_another_keeps_the_server_from_starting(path, content):
    path.write_bytes(content)
    with pytest.raises(UnsafeSettings, match="backup"):
        load_keys(path)
    assert path.read_bytes() == content, "nothing is made in its place"


def test_every_rule_number_comes_from_the_environment(tmp_path):
    made = Settings.from_env({"REVERSAL_MINUTES": "5", "EVENT_CODE_SECONDS": "7", "RATE_LIMITS": "off",
                              "SECRETS_FILE": str(tmp_path / "s.json")})
    assert (made.reversal_minutes, made.event_code_seconds, made.rate_limits) == (5, 7, False)


NUMBERS = [field.name for field in fields(Settings) if field.type in (int, "int")]
SWITCHES = [field.name for field in fields(Settings) if field.type in (bool, "bool") and field.name != "demo"]


def from_env(path, **given):
    return Settings.from_env({name.upper(): value for name, value in given.items()} | {"SECRETS_FILE": str(path)})


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_with_which_the_rules_do_not_work_is_refused(path, name):
    least, most = BOUNDS[name]
    for bad in ("soon", "", "1.5", "-1", str(least - 1), str(most + 1), "9" * 400, "٣"):
        with pytest.raises(UnsafeSettings, match=name.upper()):
            from_env(path, **{name: bad})
    assert least <= getattr(Settings(), name) <= most
    assert getattr(from_env(path, **{name: str(least)}), name) == least


@pytest.mark.parametrize("name", ["event_code_seconds", "coupon_code_seconds", "rate_limit_per_minute", "password_failures"])
def test_what_is_divided_by_or_waited_for_is_never_zero(path, name):
    with pytest.raises(UnsafeSettings):
        from_env(path, **{name: "0"})


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_that_is_neither_on_nor_off_is_refused_with_the_words_that_are(path, name):
    for bad in ("ture", "", "2", "offf"):
        with pytest.raises(UnsafeSettings, match=rf"{name.upper()} must be one of .*on.*off"):
            from_env(path, **{name: bad})
    assert getattr(from_env(path, **{name: "On"}), name) is True
    assert getattr(from_env(path, **{name: "no"}), name) is False


def test_only_its_own_variable_makes_a_demo(path):
    assert not from_env(path, demo="1").demo
    assert from_env(path, linli_demo="1").demo
