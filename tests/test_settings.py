import json
import stat
from base64 import b64encode

import pytest

from config import KEYS, Settings, UnsafeSettings, load_keys


def test_the_first_start_makes_strong_keys_into_a_file_it_names_and_keeps_them(tmp_path, capsys):
    path = tmp_path / "instance" / "secrets.json"
    first = load_keys(path)
    assert str(path) in capsys.readouterr().out
    assert set(first) == set(KEYS)
    assert len(set(first.values())) == len(KEYS)
    assert min(map(len, first.values())) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(path) == first


@pytest.mark.parametrize("key", ["", "x", b64encode(b"0" * 32).decode(), b64encode(b"short").decode(), "not base64!"])
def test_example_keys_are_refused(tmp_path, key):
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({name: key for name in KEYS}))
    with pytest.raises(UnsafeSettings):
        load_keys(path)


def test_a_number_that_is_none_is_refused(tmp_path):
    for bad in ("soon", "-1"):
        with pytest.raises(UnsafeSettings):
            Settings.from_env({"REVERSAL_MINUTES": bad, "SECRETS_FILE": str(tmp_path / "s.json")})


def test_every_rule_number_comes_from_the_environment(tmp_path):
    made = Settings.from_env({"REVERSAL_MINUTES": "5", "EVENT_CODE_SECONDS": "7", "RATE_LIMITS": "off",
                              "SECRETS_FILE": str(tmp_path / "s.json")})
    assert (made.reversal_minutes, made.event_code_seconds, made.rate_limits) == (5, 7, False)
