"""Pages to learn from and their quizzes. What somebody answers is told them at once and kept nowhere; nothing is paid for it."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from models import Area, KnowledgePage, Person, QuizQuestion, Role, ancestors, db
from services.access import reach
from services.audit import audit
from services.refusals import N_, Conflict, NotFound, ValidationFailed

MOST_QUESTIONS = 20
QUESTION = ("asks_zh", "asks_en", "choices", "right_place", "because_zh", "because_en")


class PageEnded(Conflict):
    message = N_("This page has been taken away already.")


@dataclass(frozen=True)
class Told:
    question: QuizQuestion
    is_right: bool


def write(area_id: UUID, *, title_zh: str, title_en: str, body_zh: str, body_en: str, questions: list[dict], by: Person,
          now: datetime) -> KnowledgePage:
    """`questions`: `{"asks_zh", "asks_en", "choices": [{"zh", "en"}, …], "right_place", "because_zh", "because_en"}`."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    for question in questions:
        _look_at(question)
    made = KnowledgePage(area_id=area.id, title_zh=title_zh, title_en=title_en, body_zh=body_zh, body_en=body_en, made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    db.session.add_all(QuizQuestion(page_id=made.id, place=place, **question) for place, question in enumerate(questions))
    db.session.flush()
    audit.write("knowledge_page.write", "knowledge_page", made.id, by=by.id, area_id=area.id, now=now)
    return made


def ask(page_id: UUID, *, by: Person, now: datetime, **question) -> QuizQuestion:
    """One more question, after those there are. PageEnded; ValidationFailed for the twenty-first."""
    page = _to_change(page_id, by, now)
    _look_at(question)
    place = db.session.scalar(select(func.count()).select_from(QuizQuestion).where(QuizQuestion.page_id == page.id))
    if place >= MOST_QUESTIONS:
        raise ValidationFailed({"asks_zh": [N_("A page has twenty questions at most.")]})
    made = QuizQuestion(page_id=page.id, place=place, **question)
    db.session.add(made)
    page.version += 1
    db.session.flush()
    audit.write("knowledge_page.ask", "knowledge_page", page.id, by=by.id, area_id=page.area_id, now=now)
    return made


def rewrite(page_id: UUID, *, keeps: list[UUID], by: Person, now: datetime, **words) -> KnowledgePage:
    """A page stays as it was read: the new one takes its place, with those of its questions that are kept. PageEnded."""
    page = end(page_id, by=by, now=now)
    kept = db.session.scalars(select(QuizQuestion).where(QuizQuestion.page_id == page.id, QuizQuestion.id.in_(keeps)).order_by(QuizQuestion.place))
    questions = [{name: getattr(row, name) for name in QUESTION} for row in kept]
    return write(page.area_id, questions=questions, by=by, now=now, **words)


def end(page_id: UUID, *, by: Person, now: datetime) -> KnowledgePage:
    row = _to_change(page_id, by, now)
    row.ended_at = now
    row.version += 1
    audit.write("knowledge_page.end", "knowledge_page", row.id, by=by.id, area_id=row.area_id, now=now)
    return row


def _to_change(page_id: UUID, by: Person, now: datetime) -> KnowledgePage:
    row = db.session.scalars(select(KnowledgePage).where(KnowledgePage.id == page_id).with_for_update().execution_options(populate_existing=True)
                             ).one_or_none()
    if row is None:
        raise NotFound
    reach.area_within(by, row.area_id, (Role.AREA_ADMIN,), now)
    if row.ended_at is not None:
        raise PageEnded
    return row


def _look_at(question: dict) -> None:
    if question["right_place"] >= len(question["choices"]):
        raise ValidationFailed({"questions": [N_("The right answer is not among the choices.")]})


def search(by: Person):
    """A select of the pages of where one lives and above."""
    near = select(Area.id).where(Area.path.in_(ancestors(by.home_area.path)))
    return select(KnowledgePage).where(KnowledgePage.area_id.in_(near), KnowledgePage.ended_at.is_(None))


def shown(page_id: UUID, *, by: Person) -> KnowledgePage:
    page = db.session.scalars(search(by).where(KnowledgePage.id == page_id).options(selectinload(KnowledgePage.questions))).one_or_none()
    if page is None:
        raise NotFound
    return page


def answer(page_id: UUID, answers: list[int], *, by: Person) -> list[Told]:
    """What of it was right, question by question. ValidationFailed where not every question is answered."""
    page = shown(page_id, by=by)
    if len(answers) != len(page.questions):
        raise ValidationFailed({"answers": [N_("Please answer every question.")]})
    return [Told(question, question.right_place == given) for question, given in zip(page.questions, answers, strict=True)]
