from datetime import timedelta
from uuid import uuid4

import jwt
import pyotp
import pytest

from models import StaffLogin, db
from services.access import callers, passwords, sign_in, tokens
from services.access.sign_in import CredentialsInvalid, OtpRequired, RefreshReused, ResetInvalid
from services.people import vault
from services.refusals import Unauthenticated
from tests.conftest import KEYS, NOON


@pytest.fixture
def session(li, settings):
    return sign_in.begin(li, settings=settings, now=NOON)


def refresh(token, settings, seconds):
    return sign_in.refresh(token, settings=settings, now=NOON + timedelta(seconds=seconds)).refresh_token


def who(access, now=NOON):
    return callers.who(tokens.read_access(access, key=KEYS["jwt"], now=now), now)[0]


def test_an_access_token_says_who_until_it_expires(session, li, settings):
    assert who(session.access_token, NOON + timedelta(minutes=15, seconds=-1)).id == li.id
    with pytest.raises(tokens.AccessTokenExpired):
        who(session.access_token, NOON + timedelta(minutes=15))


@pytest.mark.parametrize("forge", [
    lambda claims: jwt.encode(claims, "", algorithm="none", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode(claims, b"x" * 32, algorithm="HS256", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode(claims, KEYS["codes"], algorithm="HS256", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode(claims, KEYS["jwt"], algorithm="HS256"),
    lambda claims: jwt.encode(claims, KEYS["jwt"] * 2, algorithm="HS512", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode({k: v for k, v in claims.items() if k != "exp"}, KEYS["jwt"], algorithm="HS256", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode({**claims, "aud": "other"}, KEYS["jwt"], algorithm="HS256", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode({**claims, "iss": "other"}, KEYS["jwt"], algorithm="HS256", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode({**claims, "sub": "7"}, KEYS["jwt"], algorithm="HS256", headers={"typ": "at+jwt"}),
    lambda claims: jwt.encode({**claims, "sub": str(uuid4())}, KEYS["jwt"], algorithm="HS256", headers={"typ": "at+jwt"}),
    lambda claims: "a.b.c",
    lambda claims: "",
    lambda claims: "密",
])
def test_no_forged_token_opens_anything(session, forge):
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    with pytest.raises(Unauthenticated):
        who(forge(claims))


def test_refresh_tokens_rotate_and_a_reuse_ends_the_whole_session(session, settings):
    second = refresh(session.refresh_token, settings, 60)
    third = refresh(second, settings, 120)
    with pytest.raises(RefreshReused) as refused:
        refresh(session.refresh_token, settings, 121)
    for left in refused.value.leaves:
        db.session.execute(left)
    with pytest.raises(Unauthenticated):
        refresh(third, settings, 122)
    with pytest.raises(Unauthenticated):
        who(session.access_token)


def test_a_lost_answer_may_be_asked_for_once_more_within_ten_seconds(session, settings):
    lost = refresh(session.refresh_token, settings, 60)
    found = refresh(session.refresh_token, settings, 69)
    with pytest.raises(RefreshReused):
        refresh(lost, settings, 70)
    assert found


@pytest.mark.parametrize("seconds", [70, 3600])
def test_after_ten_seconds_a_spent_token_is_a_theft(session, settings, seconds):
    refresh(session.refresh_token, settings, 60)
    with pytest.raises(RefreshReused):
        refresh(session.refresh_token, settings, seconds)


def test_once_its_successor_was_used_a_spent_token_is_a_theft(session, settings):
    successor = refresh(session.refresh_token, settings, 60)
    refresh(successor, settings, 62)
    with pytest.raises(RefreshReused):
        refresh(session.refresh_token, settings, 64)


def test_signing_out_ends_its_access_tokens_too(session, settings):
    sign_in.sign_out(session.refresh_token, now=NOON)
    with pytest.raises(Unauthenticated):
        who(session.access_token)
    with pytest.raises(Unauthenticated):
        refresh(session.refresh_token, settings, 1)


def test_an_idle_session_lapses_after_seven_days_and_any_after_thirty(session, settings):
    with pytest.raises(Unauthenticated):
        refresh(session.refresh_token, settings, 7 * 86400)
    token = session.refresh_token
    for day in range(6, 30, 6):
        token = refresh(token, settings, day * 86400)
    with pytest.raises(Unauthenticated):
        refresh(token, settings, 30 * 86400)


@pytest.fixture
def login(wang):
    login = StaffLogin(person_id=wang.id, username="wang", password_hash=passwords.hash_password("a long password"))
    db.session.add(login)
    db.session.commit()
    return login


def by_password(settings, password="a long password", otp=None, username="wang", now=NOON):
    return sign_in.by_password(username, password, otp, settings=settings, now=now)


def test_staff_sign_in_by_password(login, wang, settings):
    assert by_password(settings).person.id == wang.id
    for wrong in ({"password": "another"}, {"username": "nobody"}):
        with pytest.raises(CredentialsInvalid):
            by_password(settings, **wrong)


def test_a_one_time_code_works_once(login, wang, settings):
    secret = pyotp.random_base32()
    login.totp_sealed = vault.seal(KEYS["fields"], wang.data_key, secret, table="staff_logins", column="totp", row=wang.id)
    db.session.commit()
    with pytest.raises(OtpRequired):
        by_password(settings)
    code = pyotp.TOTP(secret).at(NOON)
    assert by_password(settings, otp=code)
    with pytest.raises(CredentialsInvalid):
        by_password(settings, otp=code)
    with pytest.raises(CredentialsInvalid):
        by_password(settings, otp="000000" if code != "000000" else "111111", now=NOON + timedelta(minutes=5))


def test_a_reset_link_works_once_and_ends_the_sessions(login, wang, settings):
    session = by_password(settings)
    token = tokens.new_reset()
    login.reset_hash, login.reset_until = tokens.digest(token), NOON + timedelta(hours=1)
    db.session.commit()
    with pytest.raises(ResetInvalid):
        sign_in.reset_password(token, "a newer password", now=NOON + timedelta(hours=1))
    sign_in.reset_password(token, "a newer password", now=NOON)
    with pytest.raises(ResetInvalid):
        sign_in.reset_password(token, "a newer password", now=NOON)
    with pytest.raises(Unauthenticated):
        who(session.access_token)
    assert by_password(settings, password="a newer password")


def test_a_password_that_is_reset_while_it_is_compared_opens_nothing(login, settings, monkeypatch):
    token = tokens.new_reset()
    login.reset_hash, login.reset_until = tokens.digest(token), NOON + timedelta(hours=1)
    db.session.commit()
    compare = passwords.matches

    def meanwhile(*args):
        sign_in.reset_password(token, "a newer password", now=NOON)
        return compare(*args)
    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(CredentialsInvalid):
        by_password(settings)


def test_a_role_counts_from_its_day_until_its_day(live, town, settings):
    from models import RoleGrant
    person = live("陈晨", town.grid_a)
    db.session.add(RoleGrant(person_id=person.id, role="grid_worker", area_id=town.grid_a.id, since=NOON, until=NOON + timedelta(days=1)))
    db.session.commit()
    held = [bool(sign_in.load(person.id, NOON + timedelta(seconds=s)).roles) for s in (-1, 0, 86399, 86400)]
    assert held == [False, True, True, False]


def test_a_phone_that_signs_in_again_is_the_same_person(town, settings):
    first = sign_in.by_openid("openid-1", settings=settings, now=NOON)
    again = sign_in.by_openid("openid-1", settings=settings, now=NOON)
    assert (first.is_new, again.is_new, first.person.id == again.person.id) == (True, False, True)


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "新邻居"), ("en", "New neighbour")])
def test_who_has_no_name_yet_is_called_a_neighbour_in_their_language(town, settings, language, name):
    person = sign_in.by_openid("openid-1", settings=settings, now=NOON, language=language).person
    assert (person.display_name, person.language) == (name, language)


def test_a_phone_that_signs_in_twice_at_once_is_one_person(town, settings, monkeypatch):
    first = sign_in.by_openid("openid-1", settings=settings, now=NOON)
    db.session.commit()
    real, looked = db.session.get, []

    def too_early(kind, ident, **kw):
        looked.append(kind)
        return None if len(looked) == 1 else real(kind, ident, **kw)
    monkeypatch.setattr(db.session, "get", too_early)
    second = sign_in.by_openid("openid-1", settings=settings, now=NOON)
    assert (second.person.id, second.is_new) == (first.person.id, False)
