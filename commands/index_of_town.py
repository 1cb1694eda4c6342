"""The demo's civility index: a street that publishes it, two periods behind it, and one that goes on. Invented like the town.

The street's real communities, which nobody of the demo lives in, stand in it without a mark.
"""
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from random import Random
from types import SimpleNamespace
from uuid import UUID

from PIL import Image, ImageDraw
from sqlalchemy import select

from commands import town
from config import Settings
from models import (
    Answers,
    CivilityInvitation,
    CivilityNode,
    CivilityPeriod,
    CivilityQuestionnaire,
    CivilityRemark,
    CivilityRound,
    CivilityVersion,
    Method,
    Person,
    db,
)
from services.access import sign_in
from services.civility import departments, example, field_surveys, periods, places, questionnaires, remarks, versions
from services.records import evidence

PERIODS = ((-70, -41), (-40, -11), (-10, 20))  # first and last day, from now
PLACES = ("1 号楼楼道", "2 号楼楼道", "3 号楼楼道", "社区广场", "菜市场门口", "公交站台", "小学门前", "滨江步道入口")
STANDING = {  # how each community stands: of a hundred lines met, what residents answer on the whole, hazards put right, firms that passed
    town.COMMUNITY: (82, 4.2, 94, 92), town.OTHER: (70, 0, 88, 85), town.RIVERSIDE: (64, 3.6, 81, 84), town.HILLSIDE: (90, 4.0, 97, 78)}
SURVEYORS = {town.COMMUNITY: "grid-zhou", town.OTHER: "grid-wang", town.RIVERSIDE: "grid-zhou", town.HILLSIDE: "grid-wang"}
ASKED, LOOKED_AT, LEFT_OPEN = 40, 6, 3
SAID = (("li-na", "1.2", "三号楼的隐患上月已经整改，好像没有算进去。"), ("anna", "2.1", "The bins behind the square are full every Sunday."))
KEPT_FOR_VISITORS = ("li-na", "zhang-wei", "anna", "rider-chen")
KEPT_FOR_PAPER = 3  # of each grid's people without a phone, so many have put no sheet into the box yet


def plan(cast: SimpleNamespace, settings: Settings, now: datetime, at: Callable) -> None:
    """`at(moment, act)` does each act when its moment has come."""
    street = _Street(cast, now)
    at(town.local(now, -72, 9), street.begin)
    for number, (first, last) in enumerate(PERIODS):
        at(town.local(now, first, 9), lambda moment, number=number: street.open(number, moment))
        at(town.local(now, first + 2, 10), street.draw)
        at(town.local(now, first + 4, 19), street.answer)
        at(town.local(now, first + 6, 10), street.look)
        at(town.local(now, first + 8, 15), street.enter)
        at(town.local(now, last + 1, 7), street.close)
        at(town.local(now, last + 1, 8), street.publish)
    at(town.local(now, -9, 20), street.remark)
    at(town.local(now, -8, 11), street.reply)


class _Street:
    def __init__(self, cast: SimpleNamespace, now: datetime):
        self._people, self._areas, self._now = cast.people, cast.areas, now
        self._tang, self._song = cast.people["street-tang"], cast.people["street-song"]
        self._chance = Random(29)  # the same index each time
        self._version: CivilityVersion | None = None
        self._period: CivilityPeriod | None = None
        self._number = 0

    def begin(self, at: datetime) -> None:
        made = versions.draft(
            self._areas[town.STREET].id, title_zh="七星岗街道文明指数（演示）", title_en="Civility index of Qixinggang Street (demo)",
            nodes=example.nodes(), by=self._tang, now=at)
        self._version = versions.publish(made, by=self._tang, now=at)
        for code in STANDING:
            for name in PLACES:
                places.add(self._areas[code].id, name=name, by=self._tang, now=at)

    def open(self, number: int, at: datetime) -> None:
        first, last = PERIODS[number]
        self._number = number
        self._period = periods.begin(self._version.id, first_on=town.local(self._now, first, 0).date(), last_on=town.local(self._now, last, 0).date(),
                                     by=self._tang, now=at)

    @property
    def _goes_on(self) -> bool:
        return self._number == len(PERIODS) - 1

    def draw(self, at: datetime) -> None:
        for code, (_, answers, _, _) in STANDING.items():
            area, seed, surveyor = self._areas[code], f"{self._number + 1:016x}", self._people[SURVEYORS[code]]
            if answers:
                questionnaires.draw(self._period.id, area.id, most=ASKED, seed=seed, by=self._tang, now=at)
            field_surveys.draw(self._period.id, area.id, surveyor_id=surveyor.id, most=LOOKED_AT, seed=seed, by=self._tang, now=at)

    def answer(self, at: datetime) -> None:
        """Four of five answer; of the period that goes on, those whom a visitor of the demo can be have not yet, nor some who answer on paper."""
        for questionnaire in db.session.scalars(select(CivilityQuestionnaire).where(CivilityQuestionnaire.period_id == self._period.id)):
            mood = STANDING[questionnaire.area.code][1] + 0.2 * self._number
            waiting = self._not_yet(questionnaire) if self._goes_on else set()
            invited = db.session.scalars(select(CivilityInvitation.person_id).where(CivilityInvitation.questionnaire_id == questionnaire.id)
                                         .order_by(CivilityInvitation.id)).all()
            for person_id in invited:
                if person_id in waiting or self._chance.random() > 0.85:
                    continue
                sheet = {leaf.code: [self._opinion(leaf, mood) for _ in leaf.items] for leaf in questionnaires.questions(self._period)}
                questionnaires.answer(questionnaire.id, sheet, by=sign_in.load(person_id, at), now=at)

    def _not_yet(self, questionnaire: CivilityQuestionnaire) -> set[UUID]:
        on_paper = db.session.execute(
            select(Person.home_area_id, Person.id).join(CivilityInvitation, CivilityInvitation.person_id == Person.id)
            .where(CivilityInvitation.questionnaire_id == questionnaire.id, Person.id.not_in([person.id for person in self._people.values()]))
            .order_by(Person.home_area_id, CivilityInvitation.id)).all()
        kept = {person_id for _, grid in groupby(on_paper, key=itemgetter(0)) for _, person_id in islice(grid, KEPT_FOR_PAPER)}
        return kept | {self._people[name].id for name in KEPT_FOR_VISITORS}

    def _opinion(self, leaf: CivilityNode, mood: float) -> int:
        if leaf.answers == Answers.YES_NO:
            return int(self._chance.random() < (mood - 1) / 4)
        return min(5, max(1, round(self._chance.gauss(mood, 0.9))))

    def look(self, at: datetime) -> None:
        """Of the period that goes on, Zhou has some places of Wang's community before him still."""
        for round_ in db.session.scalars(select(CivilityRound).where(CivilityRound.period_id == self._period.id)).unique():
            surveyor = self._people[SURVEYORS[round_.area.code]]
            met = STANDING[round_.area.code][0] + 3 * self._number
            left = LEFT_OPEN if self._goes_on and round_.area.code == town.COMMUNITY else 0
            for visit in round_.visits[:len(round_.visits) - left]:
                found = {leaf.code: [int(self._chance.randrange(100) < met) for _ in leaf.items]
                         for leaf in field_surveys.checklists(self._period)}
                pictures = [evidence.keep(_picture(self._chance), by=surveyor, now=at).id] if visit.number == 1 else []
                field_surveys.visit(visit.id, found=found, note="", evidence_ids=pictures, by=surveyor, now=at)

    def enter(self, at: datetime) -> None:
        """Tang enters, Song confirms; of the period that goes on one waits for her."""
        leaves = [leaf for leaf in versions.visible(self._version.id, by=self._tang, now=at).tree if leaf.method == Method.DEPARTMENT]
        for code, (_, _, hazards, passed) in STANDING.items():
            for leaf, value, source in zip(leaves, (hazards, passed), ("区消防救援支队", "区市场监管局"), strict=True):
                made = departments.enter(
                    self._period.id, node_id=leaf.id, area_id=self._areas[code].id, value_hundredths=min(10_000, 100 * (value + 2 * self._number)),
                    people=20 + self._chance.randrange(30), source=source, document=f"检查通报 {at:%Y} 年第 {self._chance.randrange(10, 90)} 号",
                    by=self._tang, now=at)
                if not (self._goes_on and code == town.HILLSIDE):
                    departments.confirm(made.id, by=self._song, now=at + timedelta(hours=1))

    def close(self, at: datetime) -> None:
        periods.close(self._period.id, by=self._tang, now=at)

    def publish(self, at: datetime) -> None:
        self._published = periods.publish(self._period.id, by=self._song, now=at)

    def remark(self, at: datetime) -> None:
        """Li Na on what a department counted, Anna on how it looks around her."""
        nodes = {node.code: node.id for node in versions.visible(self._version.id, by=self._tang, now=at).tree}
        for name, code, said in SAID:
            remarks.remark(self._published.id, area_id=self._areas[town.COMMUNITY].id, node_id=nodes[code], text=said, by=self._people[name], now=at)

    def reply(self, at: datetime) -> None:
        """Li Na was right; Anna waits still."""
        made = db.session.scalars(select(CivilityRemark).where(CivilityRemark.by_id == self._people["li-na"].id)).one()
        remarks.answer(made.id, answer="已与消防救援支队核对，三号楼隐患的整改漏计，现予更正。", value_hundredths=9800, by=self._tang, now=at)


def _picture(chance: Random) -> bytes:
    """A stairwell as a child would draw it."""
    drawn = Image.new("RGB", (480, 320), (232, 226, 214))
    pen = ImageDraw.Draw(drawn)
    for step in range(8):
        pen.rectangle((40 + 50 * step, 280 - 30 * step, 90 + 50 * step, 320), fill=(170 - 8 * step, 150, 120 + chance.randrange(20)))
    out = io.BytesIO()
    drawn.save(out, "JPEG")
    return out.getvalue()
