"""How it is found out: places that are looked at, and residents who are asked. Who answered what is kept nowhere."""
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.civility.periods import CivilityPeriod
from models.civility.versions import CivilityNode
from models.db import Keyed, checked_state, db, one_of
from models.wechat import CheckState


class CivilityPlace(Keyed, db.Model):
    """A place of a community that may be drawn: a stairwell, a market, a stretch of street."""

    __tablename__ = "civility_places"
    __table_args__ = (Index("uq_civility_places_live", "area_id", "name", unique=True,
                            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
                      Index("ix_civility_places_area_id_id", "area_id", "id"))

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    name: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CivilityRound(Keyed, db.Model):
    """Places of a community, drawn by a seed, that a grid worker of another community looks at. Drawn once for each period."""

    __tablename__ = "civility_rounds"
    __table_args__ = (UniqueConstraint("period_id", "area_id"), CheckConstraint("drawn > 0 AND drawn <= of_places", name="drawn_possible"),
                      Index("ix_civility_rounds_surveyor_id_id", "surveyor_id", "id"))

    period_id: Mapped[UUID] = mapped_column(ForeignKey("civility_periods.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    surveyor_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    seed: Mapped[str] = mapped_column(String(64))
    drawn: Mapped[int]
    of_places: Mapped[int]
    drawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    drawn_at: Mapped[datetime]

    area: Mapped[Area] = relationship()
    period: Mapped[CivilityPeriod] = relationship()
    visits: Mapped[list["CivilityVisit"]] = relationship(order_by="CivilityVisit.number", viewonly=True)


class CivilityVisit(Keyed, db.Model):
    """A look at one place: each line of the checklists is met, not met, or does not apply there. Made once, and kept as it was made.

    Until then nothing is found there.
    """

    __tablename__ = "civility_visits"
    __table_args__ = (UniqueConstraint("round_id", "number"), UniqueConstraint("round_id", "place_id"),
                      CheckConstraint("(made_at IS NULL) = (made_by_id IS NULL)", name="made_by_somebody"))

    round_id: Mapped[UUID] = mapped_column(ForeignKey("civility_rounds.id"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("civility_places.id"))
    number: Mapped[int]
    found: Mapped[dict] = mapped_column(default=dict)  # by the leaf's code, what was found for each of its lines
    note: Mapped[str] = mapped_column(default="")
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime | None]

    round: Mapped[CivilityRound] = relationship()
    place: Mapped[CivilityPlace] = relationship()


class CivilityPicture(db.Model):
    """A picture that stands behind a visit, and behind nothing else."""

    __tablename__ = "civility_pictures"
    __table_args__ = (Index("ix_civility_pictures_visit_id", "visit_id"),)

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("civility_visits.id"))


class CivilityQuestionnaire(Keyed, db.Model):
    """Residents of a community, drawn by a seed and asked. Drawn once for each period."""

    __tablename__ = "civility_questionnaires"
    __table_args__ = (UniqueConstraint("period_id", "area_id"), CheckConstraint("invited > 0 AND invited <= of_residents", name="invited_possible"))

    period_id: Mapped[UUID] = mapped_column(ForeignKey("civility_periods.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    seed: Mapped[str] = mapped_column(String(64))
    invited: Mapped[int]
    of_residents: Mapped[int]
    drawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    drawn_at: Mapped[datetime]

    area: Mapped[Area] = relationship()
    period: Mapped[CivilityPeriod] = relationship()


class CivilityInvitation(Keyed, db.Model):
    """That somebody may answer, and whether they have; no moment of it, which would lead to the answer."""

    __tablename__ = "civility_invitations"
    __table_args__ = (UniqueConstraint("questionnaire_id", "person_id"), Index("ix_civility_invitations_person_id_id", "person_id", "id"))

    questionnaire_id: Mapped[UUID] = mapped_column(ForeignKey("civility_questionnaires.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    is_used: Mapped[bool] = mapped_column(default=False)

    questionnaire: Mapped[CivilityQuestionnaire] = relationship()


class CivilityBox(db.Model):
    """The box for the sheets of those who have no phone: how many were put in, and how many of these were typed in."""

    __tablename__ = "civility_boxes"
    __table_args__ = (CheckConstraint("typed >= 0 AND typed <= handed_in", name="typed_was_handed_in"),)

    questionnaire_id: Mapped[UUID] = mapped_column(ForeignKey("civility_questionnaires.id"), primary_key=True)
    handed_in: Mapped[int]
    typed: Mapped[int] = mapped_column(default=0)


class CivilitySheet(db.Model):
    """What one resident answered, and not who: no person, no time, no order. Its id is by chance alone, and SQLite keeps rows by it."""

    __tablename__ = "civility_sheets"
    __table_args__ = (Index("ix_civility_sheets_questionnaire_id", "questionnaire_id"), {"sqlite_with_rowid": False})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    questionnaire_id: Mapped[UUID] = mapped_column(ForeignKey("civility_questionnaires.id"))
    answers: Mapped[dict]  # by the leaf's code, an answer or null for each of its questions


class CivilityOptOut(db.Model):
    """Somebody who does not want to be asked."""

    __tablename__ = "civility_opt_outs"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    since_on: Mapped[date]


class CivilityRemark(Keyed, db.Model):
    """What a resident says of a published leaf of their own community; it opens a review, which ends with an answer in writing."""

    __tablename__ = "civility_remarks"
    __table_args__ = (
        one_of("status", ("open", "answered")), one_of("text_state", CheckState),
        CheckConstraint("(status = 'answered') = (answer IS NOT NULL)", name="answered_has_answer"),
        Index("uq_civility_remarks_open", "period_id", "area_id", "node_id", "by_id", unique=True,
              sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
        Index("ix_civility_remarks_period_id_id", "period_id", "id"),
        Index("ix_civility_remarks_by_id_id", "by_id", "id"),
    )

    period_id: Mapped[UUID] = mapped_column(ForeignKey("civility_periods.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("civility_nodes.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    said: Mapped[str]
    text_state: Mapped[str] = checked_state()
    status: Mapped[str] = mapped_column(String(10), default="open")
    at: Mapped[datetime]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    corrected: Mapped[bool] = mapped_column(default=False)

    period: Mapped[CivilityPeriod] = relationship()
    area: Mapped[Area] = relationship()
    node: Mapped[CivilityNode] = relationship()
