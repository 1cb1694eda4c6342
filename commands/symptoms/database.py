"""What the database tells of itself and of the worker."""
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from commands.symptoms import Patient, Symptom, Symptoms
from models import Area, AuditRow, AuditSeal, LastCheck, Person, Role, RoleGrant, db
from models.schema import newest_revision
from services import outbox
from services.audit import last_checks
from services.people import vault

NIGHTLY = timedelta(hours=30)
LATE = timedelta(minutes=5)
SKEW = timedelta(seconds=5)


def reached(_patient: Patient) -> Symptoms:
    """What comes after it is looked at only if this finds nothing."""
    try:
        has_schema = sa.inspect(db.engine).has_table("alembic_version")
        stored = db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) if has_schema else None
    except sa.exc.DBAPIError as error:
        yield Symptom(f"The database cannot be reached: {str(error.orig).splitlines()[0]}. Look at its host and at DATABASE_URL.")
        return
    if stored != newest_revision():
        yield Symptom(f"The schema is {stored}, this version's is {newest_revision()}: flask db upgrade")


def keys(patient: Patient) -> Symptoms:
    """Whether what is sealed there was sealed with these keys."""
    person = db.session.scalars(sa.select(Person).where(Person.data_key.is_not(None)).order_by(Person.id).limit(1)).first()
    if person is None:
        return
    try:
        vault.seal(patient.settings.keys["fields"], person.data_key, "", table="", column="", row=person.id)
    except vault.SealBroken:
        yield Symptom(f"The keys in {patient.settings.secrets_file} are not those that this database was written with: "
                      "put the copy of the right secrets file back before anybody is enrolled.")


def town(patient: Patient) -> Symptoms:
    if db.session.scalar(sa.select(Area.id).limit(1)) is None:
        yield Symptom("There are no areas: flask import-areas data/chongqing_areas.csv")
    elif db.session.scalar(sa.select(RoleGrant.id).where(RoleGrant.role == Role.AREA_ADMIN, RoleGrant.ended_at.is_(None)).limit(1)) is None:
        yield Symptom("Nobody administers an area: flask create-admin")


def clock(patient: Patient) -> Symptoms:
    """Against the database's own clock, and against what was written last."""
    if not patient.is_on_sqlite:
        there = db.session.scalar(sa.text("SELECT clock_timestamp()"))
        if abs(there - datetime.now(UTC)) > SKEW:
            yield Symptom(f"This machine's clock and the database's are {abs(there - datetime.now(UTC)).total_seconds():.0f} s apart: "
                          "let both be kept by a time server.")
    last = db.session.scalar(sa.select(AuditRow.at).order_by(AuditRow.id.desc()).limit(1))
    if last and last > patient.now + SKEW:
        yield Symptom(f"The audit log has a row of {last:%Y-%m-%d %H:%M:%S} UTC, which is still to come: the clock has gone back, or was ahead.")


def worker(patient: Patient) -> Symptoms:
    """Known by what it leaves undone."""
    held = outbox.held()
    if held.due_at and patient.now - held.due_at > LATE:
        minutes = int((patient.now - held.due_at).total_seconds() // 60)
        yield Symptom(f"{held.waiting:,} messages wait in the outbox, one of them since {minutes} minutes: "
                      "is the worker running? systemctl status linli-worker")
    settled = sa.select(AuditRow.id).where(AuditRow.at < patient.now - LATE).order_by(AuditRow.id.desc()).limit(1)
    last = db.session.scalar(settled)
    if last and db.session.scalar(sa.select(AuditSeal.seq).where(AuditSeal.row_id == last)) is None:
        yield Symptom("The audit log has not been sealed for some minutes: is the worker running? systemctl status linli-worker")


def dead_letters(_patient: Patient) -> Symptoms:
    if dead := outbox.held().dead:
        yield Symptom(f"{dead:,} messages could not be sent: area admins see why under Not sent at /admin, send them again or let them go.")


def books(patient: Patient) -> Symptoms:
    """What was found last night."""
    found = last_checks.found()
    for name, command in (("ledger", "check-ledger"), ("audit", "check-audit")):
        check = found.get(name)
        if check is None or patient.now - check.at > NIGHTLY:
            yield Symptom(f"flask {command} has {_not_since(check, 'run')}; the worker does it each night: is it running?")
        elif check.problems:
            yield Symptom(f"flask {command} found {check.problems:,} things that do not hold: {check.said} See docs/runbooks.md.")


def backups(patient: Patient) -> Symptoms:
    if not patient.settings.backup_folder:
        yield Symptom("BACKUP_FOLDER is empty: nothing is backed up by Linli; set it and enable linli-backup.timer.",
                      is_minor=not patient.is_on_sqlite)
        return
    check = last_checks.found().get("backup")
    if check is None or patient.now - check.at > NIGHTLY:
        yield Symptom(f"A backup has {_not_since(check, 'been made')}: systemctl status linli-backup.timer linli-backup")
    elif check.problems:
        yield Symptom(f"The last backup is of books that do not balance: {check.said}")


def _not_since(check: LastCheck | None, done: str) -> str:
    return f"not {done} since {check.at:%Y-%m-%d %H:%M} UTC" if check else f"never {done}"
