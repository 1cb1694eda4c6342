"""Signing in and out."""
import marshmallow as ma
from flask import g

from api.edge import limits, outside
from api.edge.auth import anyone
from api.edge.fields import Moment, Schema, Text, Verbatim
from api.edge.http import Blueprint
from api.edge.i18n import asked_language
from api.edge.settings import settings
from services.access import passwords, sign_in

bp = Blueprint("auth", "Signing in and out", url_prefix="/api/v1/auth")


class WeChatSchema(Schema):
    code = Text(required=True, validate=ma.validate.Length(1, 200))


class PasswordSchema(Schema):
    username = Text(required=True, validate=ma.validate.Length(1, 64))
    password = Verbatim(required=True, validate=ma.validate.Length(1, 256))
    otp = Text(validate=ma.validate.Length(1, 10))


class RefreshSchema(Schema):
    refresh_token = Text(required=True, validate=ma.validate.Length(1, 200))


class ResetSchema(Schema):
    token = Text(required=True, validate=ma.validate.Length(1, 200))
    password = Verbatim(required=True, validate=ma.validate.Length(passwords.MIN_LENGTH, passwords.MAX_LENGTH))


class RoleSchema(Schema):
    role = ma.fields.Str()
    area_id = ma.fields.UUID(allow_none=True)
    merchant_id = ma.fields.UUID(allow_none=True)
    until = Moment(allow_none=True)


class SignedInPersonSchema(Schema):
    id = ma.fields.UUID()
    display_name = ma.fields.Str()
    roles = ma.fields.List(ma.fields.Nested(RoleSchema))


class SignedInSchema(Schema):
    access_token = ma.fields.Str()
    refresh_token = ma.fields.Str()
    token_type = ma.fields.Constant("Bearer")
    expires_in = ma.fields.Function(lambda _: settings().access_token_minutes * 60, metadata={"type": "integer"})
    person = ma.fields.Nested(SignedInPersonSchema)
    is_new = ma.fields.Bool()


@bp.post("/wechat")
@anyone
@bp.arguments(WeChatSchema)
@bp.response(200, SignedInSchema)
def by_wechat(args):
    with outside.asking(refused=sign_in.WechatCodeInvalid):
        found = outside.wechat().code_to_session(args["code"])
    return sign_in.by_openid(found.openid, settings=settings(), now=g.now, language=asked_language())


@bp.post("/password")
@anyone
@bp.arguments(PasswordSchema)
@bp.response(200, SignedInSchema)
def by_password(args):
    with limits.counting_failures(args["username"], failed=sign_in.CredentialsInvalid):
        return sign_in.by_password(args["username"], args["password"], args.get("otp"), settings=settings(), now=g.now)


@bp.post("/refresh")
@anyone
@bp.arguments(RefreshSchema)
@bp.response(200, SignedInSchema)
def refresh(args):
    return sign_in.refresh(args["refresh_token"], settings=settings(), now=g.now)


@bp.post("/logout")
@anyone
@bp.arguments(RefreshSchema)
@bp.response(204)
def sign_out(args):
    sign_in.sign_out(args["refresh_token"], now=g.now)


@bp.post("/reset")
@anyone
@bp.arguments(ResetSchema)
@bp.response(204)
def reset(args):
    sign_in.reset_password(args["token"], args["password"], now=g.now)


