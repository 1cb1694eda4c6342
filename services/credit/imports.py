"""A department's table into credit files: each row is taken or refused by itself, with its reason.

Columns, in any order: `reference` (the department's own, by which a row is known again), `id_number` (of a resident; a merchant's
`uscc`), `code`, `happened_on` (YYYY-MM-DD), `title`, and if wanted `quantity`, `deed` (a name by which several tables mean one deed).
"""
import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from config import Settings
from models import CreditEntry, CreditFile, Merchant, Person, Role, Source, SubjectKind, db, local_day, subtree
from models.areas import Area
from models.db import seen
from services.access import reach
from services.audit import audit
from services.credit import entries
from services.people import identifiers, vault
from services.refusals import N_, Conflict, Invalid, NotFound, Refusal

NEEDED = {"resident": ("reference", "id_number", "code", "happened_on", "title"), "merchant": ("reference", "uscc", "code", "happened_on", "title")}
OPTIONAL = ("quantity", "deed")
ROWS_MOST = 500  # longer tables are sent in parts: a row that is there already is known by its reference


class NotThisTable(Invalid):
    """`columns`: those that are needed."""

    message = N_("The table has other columns than are needed, or too many rows.")


class RowUnreadable(Invalid):
    message = N_("This row has an empty field, a day that is none, or a number that is none.")


class NoSuchFile(NotFound):
    message = N_("Nobody of this number is in the scheme here.")


class TakenAlready(Conflict):
    message = N_("This row was taken before.")


@dataclass(frozen=True)
class Row:
    row: int
    reference: str | None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class BroughtIn:
    rows: list[Row]

    @property
    def refused(self) -> int:
        return sum(row.refusal is not None for row in self.rows)

    @property
    def entered(self) -> int:
        return len(self.rows) - self.refused


def bring_in(kind: str, area_id: UUID, department: str, csv: str, *, only_look: bool = False, by: Person, settings: Settings,
             now: datetime) -> BroughtIn:
    """NotThisTable for a table that is none. With `only_look` each row is tried and nothing is kept."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    table = _table(kind, csv)
    taking = _Taking(SubjectKind(kind), area, department, by, settings, now)
    with db.session.begin_nested() as kept:
        found = BroughtIn([_one(taking, number, values) for number, values in enumerate(table, 2)])
        if only_look:
            kept.rollback()
            return found
    entries.touch(taking.taken, now=now)
    entries.tell_of_faults(taking.faults, now=now)
    audit.write("credit_entry.import", "area", area.id, by=by.id, area_id=area.id, now=now, entered=found.entered, refused=found.refused)
    return found


def _table(kind: str, text: str) -> list[dict]:
    not_this = NotThisTable(columns=[*NEEDED[kind], *OPTIONAL])
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    columns = [(name or "").strip() for name in reader.fieldnames or []]
    if not set(NEEDED[kind]) <= set(columns) <= {*NEEDED[kind], *OPTIONAL} or len(set(columns)) < len(columns):
        raise not_this
    reader.fieldnames = columns
    try:
        rows = [row for row, _ in zip(reader, range(ROWS_MOST + 1), strict=False)]
    except csv.Error as error:
        raise not_this from error
    if len(rows) > ROWS_MOST:
        raise not_this
    return rows


def _one(taking: "_Taking", number: int, values: dict) -> Row:
    reference = (values.get("reference") or "").strip()[:80] or None
    try:
        with db.session.begin_nested():
            taking.take(values)
    except Refusal as refusal:
        return Row(number, reference, refusal)
    return Row(number, reference)


@dataclass
class _Taking:
    kind: SubjectKind
    area: Area
    department: str
    by: Person
    settings: Settings
    now: datetime
    taken: list[CreditEntry] = field(default_factory=list)
    faults: list[tuple[CreditEntry, CreditFile]] = field(default_factory=list)

    def take(self, values: dict) -> None:
        row = self._read(values)
        file = self._file(row)
        if entries.is_of(file, self.by):
            raise entries.OwnFile
        item = entries.known_item(file, row["code"], local_day(self.now, file.area))
        entries.check(file, item, happened_on=row["happened_on"], settings=self.settings, now=self.now)
        ref = f"{self.department}/{row['reference']}"
        if db.session.scalar(select(CreditEntry.id).where(CreditEntry.source == Source.DEPARTMENT, CreditEntry.source_ref == ref)):
            raise TakenAlready
        deed = row["deed"] and f"deed/{row['deed']}"
        if deed is None and (alike := entries.like(file, item.code, row["happened_on"])):
            raise entries.LooksTheSame(entry_id=str(alike))
        made = entries.write(
            file, item.code, item.measured, row["quantity"], happened_on=row["happened_on"], title=row["title"], deed=deed, evidence=ref,
            source=Source.DEPARTMENT, source_ref=ref, source_name=self.department, by=self.by, now=self.now)
        self.taken.append(made)
        if item.each_centipoints < 0:
            self.faults.append((made, file))

    def _read(self, values: dict) -> dict:
        if None in values:  # more fields than columns
            raise RowUnreadable
        row = {name: (value or "").strip() for name, value in values.items()}
        lengths = {"reference": 60, "code": 40, "title": 200, "deed": 60}
        if any(not seen(row[name]) for name in NEEDED[self.kind]) or any(len(row.get(name, "")) > most for name, most in lengths.items()) or any(
                "\x00" in value for value in row.values()):
            raise RowUnreadable
        try:
            row["happened_on"], row["quantity"] = date.fromisoformat(row["happened_on"]), int(row.get("quantity") or 1)
        except ValueError as error:
            raise RowUnreadable from error
        if not (2000 <= row["happened_on"].year < 2100 and 0 < row["quantity"] <= 100_000):
            raise RowUnreadable
        return row | {"deed": row.get("deed") or None}

    def _file(self, row: dict) -> CreditFile:
        """The file of who has this number, if it is in the area; of others is not even said that they are there."""
        if self.kind == SubjectKind.MERCHANT:
            subject = CreditFile.merchant_id.in_(select(Merchant.id).where(Merchant.uscc == identifiers.plain(row["uscc"])))
        else:
            index = vault.blind_index(self.settings.keys["blind_index"], "id_number", identifiers.plain(row["id_number"]))
            subject = CreditFile.person_id.in_(select(Person.id).where(Person.id_number_index == index))
        file = db.session.scalars(select(CreditFile).join(Area, Area.id == CreditFile.area_id).where(
            subject, subtree(self.area.path))).one_or_none()
        if file is None:
            raise NoSuchFile
        return file
