"""The civility index: versions that stay, periods, what is counted, and what is hidden."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from models import (
    Area,
    CivilityFigure,
    CivilityInvitation,
    CivilityNode,
    CivilityOptOut,
    CivilityPicture,
    CivilitySheet,
    CivilityVisit,
    Event,
    Evidence,
    Message,
    Objection,
    Role,
    Topic,
    db,
)
from services import draws
from services.civility import (
    departments,
    field_surveys,
    figures,
    measures,
    periods,
    places,
    questionnaires,
    remarks,
    surveyors,
    trees,
    versions,
)
from services.people import joins
from services.records import records
from services.refusals import InvalidTransition, NotFound, ValidationFailed
from services.scans import presence
from tests.civility import FIRST, LAST, branch, leaf, make_version, settle
from tests.conftest import NOON

SEED = "0123456789abcdef"


def refused(statement, **values):
    with pytest.raises(IntegrityError):
        db.session.execute(text(statement), values)
    db.session.rollback()


class TestVersions:
    def test_weights_that_are_not_a_hundred_are_refused_by_the_rule_and_by_the_database(self, town, tang):
        made = make_version(town.street, tang, [branch("1", 10_000), leaf("1.1", 6000, "chain"), leaf("1.2", 3999, "department")], published=False)
        with pytest.raises(trees.WeightsUnbalanced) as refusal:
            versions.publish(made, by=tang, now=NOON)
        assert refusal.value.fields == {"below": "1", "total_hundredths": 9999}
        db.session.rollback()
        refused("UPDATE civility_versions SET status = 'published', published_at = made_at")

    @pytest.mark.parametrize("nodes", [[], [branch("1", 10_000)], [branch("1", 5000), leaf("2", 5000, "chain")]])
    def test_a_branch_that_ends_in_nothing_is_refused(self, town, tang, nodes):
        made = make_version(town.street, tang, nodes, published=False)
        with pytest.raises((trees.BranchWithoutLeaves, trees.WeightsUnbalanced)):
            versions.publish(made, by=tang, now=NOON)
        db.session.rollback()
        refused("UPDATE civility_versions SET status = 'published', published_at = made_at")

    @pytest.mark.parametrize(("node", "field"), [
        ({"code": "0"}, "code"), ({"code": "1.1.1.1.1"}, "code"), ({"code": "7.1"}, "code"), ({"method": None}, "part"),
        ({"measure": None}, "measure"), ({"part": None}, "part"), ({"scale_to_hundredths": 0}, "scale_to_hundredths"),
        ({"answers": "scale"}, "answers"), ({"items": [{"zh": "x", "en": "x"}]}, "items")])
    def test_a_node_that_cannot_be_is_refused_by_its_place(self, town, tang, node, field):
        with pytest.raises(ValidationFailed) as refusal:
            make_version(town.street, tang, [leaf("1", 10_000, "chain") | node])
        assert f"nodes.0.{field}" in refusal.value.errors

    def test_what_is_published_stays(self, version, tang):
        with pytest.raises(InvalidTransition):
            versions.edit(version, {"title_zh": "另一个"}, by=tang, now=NOON)
        for statement in ("UPDATE civility_versions SET title_zh = 'x'", "UPDATE civility_versions SET status = 'draft', published_at = NULL",
                          "DELETE FROM civility_versions", "UPDATE civility_nodes SET weight_hundredths = 1", "DELETE FROM civility_nodes"):
            refused(statement)
        version_id = db.session.scalar(select(CivilityNode.version_id).limit(1))
        with pytest.raises(IntegrityError):
            db.session.add(CivilityNode(version_id=version_id, parent_code="", **branch("3", 1)))
            db.session.flush()

    def test_a_new_one_retires_the_one_before(self, version, town, tang):
        second = make_version(town.street, tang)
        db.session.expire_all()
        assert (version.status, second.status, second.number) == ("retired", "published", 2)

    def test_a_draft_takes_another_tree(self, town, tang):
        made = make_version(town.street, tang, published=False)
        versions.edit(made, {"nodes": [leaf("1", 10_000, "chain")]}, by=tang, now=NOON)
        assert [node.code for node in made.tree] == ["1"]

    def test_it_is_an_admins_of_the_area_and_no_grids(self, town, tang, zhao, zhou):
        for by, refusal in ((zhao, NotFound), (zhou, NotFound)):
            with pytest.raises(refusal):
                make_version(town.street, by)
        with pytest.raises(ValidationFailed):
            make_version(town.grid_a, tang)


class TestPeriods:
    def test_days_that_are_measured_above_or_below_are_not_measured_again(self, town, tang, zhao, period):
        own = make_version(town.community, zhao)
        with pytest.raises(periods.PeriodsOverlap):
            periods.begin(own.id, first_on=LAST, last_on=LAST + timedelta(days=9), by=zhao, now=NOON)
        assert periods.begin(own.id, first_on=LAST + timedelta(days=1), last_on=LAST + timedelta(days=9), by=zhao, now=NOON)

    def test_a_draft_measures_nothing(self, town, tang):
        made = make_version(town.street, tang, published=False)
        with pytest.raises(periods.VersionNotInUse):
            periods.begin(made.id, first_on=FIRST, last_on=LAST, by=tang, now=NOON)

    def test_it_is_not_closed_before_its_last_day_is_over(self, period, tang):
        with pytest.raises(periods.PeriodNotOver):
            periods.close(period.id, by=tang, now=NOON - timedelta(days=1))
        assert db.session.scalar(select(func.count()).select_from(CivilityFigure)) == 0

    def test_who_closed_it_does_not_publish_it(self, period, tang, song):
        periods.close(period.id, by=tang, now=NOON)
        with pytest.raises(periods.ClosedByYou):
            periods.publish(period.id, by=tang, now=NOON)
        db.session.commit()
        refused("UPDATE civility_periods SET status = 'published', published_at = closed_at, published_by_id = closed_by_id")
        assert periods.publish(period.id, by=song, now=NOON).status == "published"

    def test_what_is_published_stays(self, period, tang, song):
        periods.close(period.id, by=tang, now=NOON)
        periods.publish(period.id, by=song, now=NOON)
        db.session.commit()
        with pytest.raises(InvalidTransition):
            periods.reopen(period.id, by=tang, now=NOON)
        for statement in ("UPDATE civility_periods SET last_on = first_on", "UPDATE civility_periods SET status = 'closed', published_at = NULL",
                          "DELETE FROM civility_periods", "UPDATE civility_figures SET revision = 9", "DELETE FROM civility_figures"):
            refused(statement)
        one = db.session.scalars(select(CivilityFigure).limit(1)).one()
        db.session.add(CivilityFigure(period_id=one.period_id, area_id=town_of(one).id, node_id=one.node_id, state="missing",
                                      made_by_id=tang.id, at=NOON))
        with pytest.raises(IntegrityError):
            db.session.flush()

    def test_reopened_its_figures_are_worked_out_anew(self, period, tang, town):
        settle(town.grid_a, 12)
        periods.close(period.id, by=tang, now=NOON)
        before = db.session.scalar(select(func.count()).select_from(CivilityFigure))
        periods.reopen(period.id, by=tang, now=NOON)
        assert db.session.scalar(select(func.count()).select_from(CivilityFigure)) == 0
        periods.close(period.id, by=tang, now=NOON)
        assert db.session.scalar(select(func.count()).select_from(CivilityFigure)) == before == 8

    def test_an_open_one_is_seen_by_who_reaches_it_alone(self, period, tang, sun, li, zhao):
        assert periods.visible(period.id, by=tang, now=NOON)
        for by in (li, zhao, sun):
            with pytest.raises(NotFound):
                periods.visible(period.id, by=by, now=NOON)


def town_of(figure):
    return db.session.get_one(Area, figure.area_id)


def deed(person, area, *, minutes=60, tier="A", status="credited", at=NOON - timedelta(days=2)):
    made = records.declare(by=person, now=NOON, category="care", area_id=area.id, description="x", started_at=at,
                           ended_at=at + timedelta(minutes=minutes))
    made.status, made.evidence_tier = status, tier
    db.session.commit()
    return made


class TestWhatIsCounted:
    @pytest.fixture
    def neighbours(self, town):
        """Twelve of grid A, of whom eleven did an hour each, and one of those two deeds; one of the other community did one too."""
        living = settle(town.grid_a, 12)
        for person in living[:11]:
            deed(person, town.grid_a)
        deed(living[0], town.grid_c, minutes=30, tier="D", status="approved")
        deed(living[11], town.grid_a, status="rejected")
        deed(living[11], town.grid_a, at=NOON - timedelta(hours=4))  # on the day after the last
        deed(*settle(town.grid_c, 1, "对岸"), town.grid_c)
        return living

    def counted(self, period, measure, area):
        return measures.count([measure], period, NOON)[measure].get(area.id)

    def test_hours_shares_and_proofs_are_of_those_who_live_there(self, neighbours, period, town):
        of = lambda measure: self.counted(period, measure, town.community)  # noqa: E731
        assert of("volunteer_hours") == (type(of("volunteer_hours"))(12, 690, people=11))
        assert (of("residents_took_part").n, of("residents_took_part").total) == (12, 11)
        assert (of("records_scanned").n, of("records_scanned").total, of("records_scanned").people) == (12, 11, 11)
        assert self.counted(period, "residents_took_part", town.other).n == 1

    def test_who_was_joined_is_one_human_being(self, neighbours, period, town):
        db.session.get_one(type(neighbours[1]), neighbours[1].id).joined_into_id = neighbours[0].id
        db.session.commit()
        found = self.counted(period, "residents_took_part", town.community)
        assert (found.n, found.total) == (11, 10)
        assert self.counted(period, "volunteer_hours", town.community).total == 690

    def test_a_household_takes_part_when_one_of_it_does(self, li, zhang, wang, period, town):
        deed(li, town.grid_a)
        found = self.counted(period, "households_took_part", town.community)
        assert (found.n, found.total, found.people) == (3, 1, 3)

    def test_events_are_for_those_who_live_there(self, town, wang, period):
        from services import events
        made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="x", starts_at=NOON + timedelta(hours=1),
                           ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True, points_per_hour=1, points_max=1,
                           missing_check_out="zero")
        events.step(made, "publish", by=wang, now=NOON)
        db.session.get_one(Event, made.id).starts_at = NOON - timedelta(days=3)
        db.session.commit()
        found = self.counted(period, "events_held", town.community)
        assert (found.n, found.total) == (1, 1)

    @pytest.mark.parametrize(("decided_after", "n", "in_time"), [(9, 1, 1), (11, 1, 0), (None, 1, 0)])
    def test_objections_are_in_time_within_ten_days(self, li, town, period, decided_after, n, in_time):
        made = deed(li, town.grid_a, status="rejected")
        at = NOON - timedelta(days=20)
        db.session.add(Objection(record_id=made.id, by_id=li.id, reason="x", at=at, status="open" if decided_after is None else "upheld",
                                 decided_at=decided_after and at + timedelta(days=decided_after)))
        db.session.commit()
        found = self.counted(period, "objections_in_time", town.community)
        assert (found.n, found.total, found.people) == (n, in_time, 1)

    def test_an_objection_that_is_not_due_yet_does_not_count(self, li, town, period):
        made = deed(li, town.grid_a, status="rejected")
        db.session.add(Objection(record_id=made.id, by_id=li.id, reason="x", at=NOON - timedelta(days=3), status="open"))
        db.session.commit()
        assert self.counted(period, "objections_in_time", town.community) is None

    def test_shops_are_counted_like_people(self, lins_market, clinic, period, town):
        found = self.counted(period, "shops_took_part", town.community)
        assert (found.n, found.total, found.people) == (2, 0, 2)

    def test_the_figures_come_out_again_from_what_they_keep(self, neighbours, period, tang, town):
        periods.close(period.id, by=tang, now=NOON)
        assert figures.differing(period) == []
        made = db.session.scalars(select(CivilityFigure).where(CivilityFigure.area_id == town.community.id, CivilityFigure.state == "measured")).one()
        assert (made.n, made.total, made.value_hundredths, made.mark_hundredths) == (12, 11, 9167, 9167)

    def test_of_few_people_nothing_is_kept(self, neighbours, period, tang, town):
        periods.close(period.id, by=tang, now=NOON)
        states = dict(db.session.execute(select(CivilityNode.code, CivilityFigure.state).join(
            CivilityFigure, CivilityFigure.node_id == CivilityNode.id).where(CivilityFigure.area_id == town.other.id)).all())
        assert states == {"1.1": "suppressed", "1.2": "missing", "2.1": "missing", "2.2": "missing"}
        row = db.session.scalars(select(CivilityFigure).where(CivilityFigure.state == "suppressed")).one()
        assert (row.n, row.people, row.total, row.value_hundredths, row.evidence) == (None, None, None, None, {})


class TestQuestionnaires:
    @pytest.fixture
    def living(self, town):
        return settle(town.grid_a, 30)

    @pytest.fixture
    def asked(self, living, period, town, tang):
        made = questionnaires.draw(period.id, town.community.id, most=20, seed=SEED, by=tang, now=NOON)
        db.session.commit()
        return made

    def invited(self):
        return db.session.scalars(select(CivilityInvitation.person_id)).all()

    def test_the_seed_draws_the_same_again(self, asked, living, tang):
        could = [*[person.id for person in living]]
        assert set(self.invited()) == set(draws.pick(could, 20, seed=SEED)) == set(draws.pick(could[::-1], 20, seed=SEED))
        assert set(draws.pick(could, 20, seed="another")) != set(self.invited())
        assert (asked.invited, asked.of_residents) == (20, 30)
        assert db.session.scalar(select(func.count()).select_from(Message).where(Message.topic == Topic.CIVILITY_ASKED)) == 20

    def test_it_is_drawn_once(self, asked, period, town, tang):
        with pytest.raises(questionnaires.AlreadyDrawn):
            questionnaires.draw(period.id, town.community.id, most=20, seed="better", by=tang, now=NOON)

    def test_who_does_not_want_to_be_asked_is_left_out(self, living, period, town, tang):
        for person in living[:5]:
            questionnaires.opt_out(person, opted_out=True, now=NOON)
        questionnaires.opt_out(living[0], opted_out=False, now=NOON)
        made = questionnaires.draw(period.id, town.community.id, most=99, seed=SEED, by=tang, now=NOON)
        assert made.invited == 26 and not {person.id for person in living[1:5]} & set(self.invited())

    def test_fewer_than_ten_are_not_asked(self, period, town, tang):
        settle(town.grid_c, 9)
        with pytest.raises(questionnaires.TooFewResidents):
            questionnaires.draw(period.id, town.other.id, most=99, seed=SEED, by=tang, now=NOON)

    def test_one_answers_once_and_nothing_leads_from_the_answer_to_them(self, asked):
        person = people_of(self.invited())[0]
        questionnaires.answer(asked.id, {"1.2": [5]}, by=person, now=NOON)
        with pytest.raises(questionnaires.AlreadyAnswered):
            questionnaires.answer(asked.id, {"1.2": [1]}, by=person, now=NOON)
        sheet = db.session.scalars(select(CivilitySheet)).one()
        assert {column.key for column in CivilitySheet.__table__.columns} == {"id", "questionnaire_id", "answers"}
        assert (sheet.id.version, sheet.answers) == (4, {"1.2": [5]})
        assert {column.key for column in CivilityInvitation.__table__.columns} == {"id", "questionnaire_id", "person_id", "is_used"}

    @pytest.mark.only("sqlite")
    def test_sqlite_keeps_no_order_of_the_answers(self, asked):
        with pytest.raises(Exception, match="no such column: rowid"):
            db.session.execute(text("SELECT rowid FROM civility_sheets"))

    @pytest.mark.parametrize("answers", [{}, {"1.2": [None]}, {"1.2": [6]}, {"1.2": [0]}, {"1.2": [5, 5]}, {"1.1": [5]}, {"x": [1]}])
    def test_what_is_no_answer_is_refused_and_the_invitation_stays(self, asked, answers):
        person = people_of(self.invited())[0]
        with pytest.raises(ValidationFailed):
            questionnaires.answer(asked.id, answers, by=person, now=NOON)
        assert db.session.scalar(select(func.count()).select_from(CivilityInvitation).where(CivilityInvitation.is_used)) == 0

    def test_who_is_not_invited_does_not_answer(self, asked, living, tang):
        outsider = next(person for person in living if person.id not in set(self.invited()))
        with pytest.raises(NotFound):
            questionnaires.answer(asked.id, {"1.2": [5]}, by=outsider, now=NOON)
        assert questionnaires.visible(asked.id, by=tang, now=NOON)[1] is None

    def test_nobody_answers_a_closed_period(self, asked, period, tang):
        periods.close(period.id, by=tang, now=NOON)
        with pytest.raises(periods.PeriodNotOpen):
            questionnaires.answer(asked.id, {"1.2": [5]}, by=people_of(self.invited())[0], now=NOON)

    @pytest.mark.parametrize(("how_many", "state"), [(9, "suppressed"), (12, "measured")])
    def test_below_ten_answers_nothing_is_shown(self, asked, period, tang, town, how_many, state):
        for number, person in enumerate(people_of(self.invited())[:how_many]):
            questionnaires.answer(asked.id, {"1.2": [1 + number % 5]}, by=person, now=NOON)
        assert questionnaires.answered_counts([asked.id]) == {asked.id: how_many if state == "measured" else None}
        periods.close(period.id, by=tang, now=NOON)
        row = db.session.scalars(select(CivilityFigure).join(CivilityNode, CivilityNode.id == CivilityFigure.node_id).where(
            CivilityNode.code == "1.2", CivilityFigure.area_id == town.community.id)).one()
        assert row.state == state
        if state == "measured":
            assert (row.n, row.mark_hundredths, row.error_hundredths) == (12, 4375, 1072)
            assert row.evidence == {"method": "questionnaire", "seed": SEED, "invited": 20, "of_residents": 30}

    def test_an_answer_stays(self, asked):
        questionnaires.answer(asked.id, {"1.2": [5]}, by=people_of(self.invited())[0], now=NOON)
        db.session.commit()
        for statement in ("UPDATE civility_sheets SET questionnaire_id = questionnaire_id", "DELETE FROM civility_sheets",
                          "UPDATE civility_invitations SET is_used = false WHERE is_used", "DELETE FROM civility_invitations"):
            refused(statement)

    def test_an_invitation_follows_who_is_joined(self, period, town, tang, wang, settings):
        from services.access import sign_in
        from services.people import residents
        settle(town.grid_a, 12)
        granny = residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)
        phone = sign_in.by_openid("granny", settings=settings, now=NOON).person
        db.session.get_one(type(phone), phone.id).home_area_id = town.grid_a.id
        questionnaires.opt_out(phone, opted_out=True, now=NOON)
        made = questionnaires.draw(period.id, town.community.id, most=99, seed=SEED, by=tang, now=NOON)
        joins.join(granny.id, presence.show_person(phone, settings=settings, now=NOON).token, by=wang, settings=settings, now=NOON)
        db.session.commit()
        assert questionnaires.visible(made.id, by=granny, now=NOON)[1] is False
        assert db.session.scalars(select(CivilityOptOut.person_id)).all() == [granny.id]

    @pytest.mark.parametrize("who", ["granny", "phone"])
    def test_what_one_of_two_has_answered_waits_for_nobody_once_they_are_one(self, period, town, tang, wang, settings, who):
        from services.access import sign_in
        from services.people import residents
        settle(town.grid_a, 12)
        both = {"granny": residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON),
                "phone": sign_in.by_openid("granny", settings=settings, now=NOON).person}
        both["phone"].home_area_id = town.grid_a.id
        made = questionnaires.draw(period.id, town.community.id, most=99, seed=SEED, by=tang, now=NOON)
        assert [questionnaires.waiting_of(person) for person in both.values()] == [[made], [made]]
        questionnaires.answer(made.id, {"1.2": [5]}, by=both[who], now=NOON)
        joins.join(both["granny"].id, presence.show_person(both["phone"], settings=settings, now=NOON).token, by=wang, settings=settings, now=NOON)
        db.session.commit()
        assert questionnaires.waiting_of(both["granny"]) == []


def people_of(ids):
    from services.access import sign_in
    return [sign_in.load(id, NOON) for id in ids]


class TestFieldSurveys:
    @pytest.fixture
    def register(self, town, tang):
        made = [places.add(town.community.id, name=f"{number} 号楼", by=tang, now=NOON) for number in range(1, 9)]
        db.session.commit()
        return made

    @pytest.fixture
    def round_(self, register, period, town, tang, zhou):
        made = field_surveys.draw(period.id, town.community.id, surveyor_id=zhou.id, most=6, seed=SEED, by=tang, now=NOON)
        db.session.commit()
        return made

    def test_the_seed_draws_the_places(self, round_, register, zhou):
        visits = field_surveys.visible(round_.id, by=zhou, now=NOON).visits
        assert [visit.place_id for visit in visits] == draws.pick([place.id for place in register], 6, seed=SEED)
        assert (round_.drawn, round_.of_places) == (6, 8)
        assert db.session.scalars(select(Message.topic).where(Message.person_id == zhou.id)).all() == [Topic.CIVILITY_SURVEY]

    def test_nobody_surveys_where_they_live_or_work(self, register, period, town, tang, wang, live):
        lives_here = live("住这里", town.grid_a, Role.GRID_WORKER, town.grid_c)
        above = live("管街道", town.grid_c, Role.GRID_WORKER, town.street)
        for surveyor in (wang, lives_here, above):
            with pytest.raises(surveyors.NotIndependent):
                field_surveys.draw(period.id, town.community.id, surveyor_id=surveyor.id, most=6, seed=SEED, by=tang, now=NOON)
        assert {person.id for person, _ in surveyors.in_reach(by=tang, now=NOON)} == {wang.id, lives_here.id, above.id}

    def test_who_is_no_grid_worker_here_is_not_found(self, register, period, town, tang, li):
        with pytest.raises(NotFound):
            field_surveys.draw(period.id, town.community.id, surveyor_id=li.id, most=6, seed=SEED, by=tang, now=NOON)

    def test_four_places_are_too_few(self, period, town, tang, zhou, register):
        for place in register[:4]:
            places.end(place.id, by=tang, now=NOON)
        with pytest.raises(field_surveys.TooFewPlaces):
            field_surveys.draw(period.id, town.community.id, surveyor_id=zhou.id, most=6, seed=SEED, by=tang, now=NOON)

    def test_a_place_has_its_name_once(self, register, town, tang):
        with pytest.raises(places.PlaceKnown):
            places.add(town.community.id, name="1 号楼", by=tang, now=NOON)
        places.end(register[0].id, by=tang, now=NOON)
        assert places.add(town.community.id, name="1 号楼", by=tang, now=NOON)

    def picture(self, owner):
        made = Evidence(owner_id=owner.id, media_type="image/png", sha256="x", picture=b"x", at=NOON)
        db.session.add(made)
        db.session.commit()
        return made

    def visits(self, round_):
        return db.session.scalars(select(CivilityVisit).where(CivilityVisit.round_id == round_.id).order_by(CivilityVisit.number)).all()

    def test_a_visit_is_made_once_and_stays(self, round_, zhou, wang, town):
        row, picture = self.visits(round_)[0], self.picture(zhou)
        made = field_surveys.visit(row.id, found={"2.1": [1]}, note="干净", evidence_ids=[picture.id], by=zhou, now=NOON)
        assert (made.found, made.made_by_id) == ({"2.1": [1]}, zhou.id)
        assert field_surveys.picture(row.id, picture.id, by=zhou, now=NOON).id == picture.id
        with pytest.raises(field_surveys.AlreadyVisited):
            field_surveys.visit(row.id, found={"2.1": [0]}, note="", evidence_ids=[], by=zhou, now=NOON)
        db.session.commit()
        refused("UPDATE civility_visits SET note = 'x' WHERE made_at IS NOT NULL")
        with pytest.raises(NotFound):  # one picture stands behind one thing
            records.declare(by=zhou, now=NOON, category="x", area_id=town.grid_c.id, description="x", started_at=NOON - timedelta(hours=2),
                            ended_at=NOON - timedelta(hours=1), evidence_ids=[picture.id])

    def test_pictures_are_ones_own_and_behind_nothing_else(self, round_, zhou, wang):
        first, second = self.visits(round_)[:2]
        other, used = self.picture(wang).id, self.picture(zhou).id
        field_surveys.visit(first.id, found={"2.1": [1]}, note="", evidence_ids=[used], by=zhou, now=NOON)
        db.session.commit()
        for picture in (other, used):
            with pytest.raises(NotFound):
                field_surveys.visit(second.id, found={"2.1": [1]}, note="", evidence_ids=[picture], by=zhou, now=NOON)
            db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(CivilityPicture)) == 1

    @pytest.mark.parametrize("found", [{}, {"2.1": [None]}, {"2.1": [2]}, {"2.1": []}, {"1.2": [1]}])
    def test_what_is_no_finding_is_refused(self, round_, zhou, found):
        with pytest.raises(ValidationFailed):
            field_surveys.visit(self.visits(round_)[0].id, found=found, note="", evidence_ids=[], by=zhou, now=NOON)
        assert self.visits(round_)[0].made_at is None

    def test_another_worker_sees_nothing_of_it(self, round_, wang, sun):
        for by in (wang, sun):
            with pytest.raises(NotFound):
                field_surveys.visible(round_.id, by=by, now=NOON)
        with pytest.raises(NotFound):
            field_surveys.visit(self.visits(round_)[0].id, found={"2.1": [1]}, note="", evidence_ids=[], by=wang, now=NOON)

    @pytest.mark.parametrize(("made", "state"), [(4, "missing"), (6, "measured")])
    def test_the_value_is_the_mean_of_the_places(self, round_, period, town, tang, zhou, made, state):
        for number, row in enumerate(self.visits(round_)[:made]):
            field_surveys.visit(row.id, found={"2.1": [int(number < 3)]}, note="", evidence_ids=[], by=zhou, now=NOON)
        periods.close(period.id, by=tang, now=NOON)
        row = db.session.scalars(select(CivilityFigure).join(CivilityNode, CivilityNode.id == CivilityFigure.node_id).where(
            CivilityNode.code == "2.1", CivilityFigure.area_id == town.community.id)).one()
        assert row.state == state
        if state == "measured":
            assert (row.n, row.people, row.mark_hundredths, row.error_hundredths) == (6, None, 5000, 2236)


class TestDepartmentFigures:
    @pytest.fixture
    def enter(self, period, town, tang):
        node = db.session.scalars(select(CivilityNode).where(CivilityNode.code == "2.2")).one()
        return lambda **more: departments.enter(period.id, **{
            "node_id": node.id, "area_id": town.community.id, "value_hundredths": 8000, "people": 40, "source": "应急办", "document": "渝应急 12 号",
            "by": tang, "now": NOON, **more})

    def test_who_enters_does_not_confirm(self, enter, tang, song):
        made = enter()
        with pytest.raises(departments.EnteredByYou):
            departments.confirm(made.id, by=tang, now=NOON)
        db.session.commit()
        refused("UPDATE civility_department_figures SET status = 'confirmed', decided_by_id = entered_by_id, decided_at = entered_at")
        assert departments.confirm(made.id, by=song, now=NOON).status == "confirmed"
        with pytest.raises(departments.FigureDecided):
            departments.confirm(made.id, by=song, now=NOON)

    def test_one_is_entered_at_a_time(self, enter, tang):
        made = enter()
        with pytest.raises(departments.AlreadyEntered):
            enter()
        departments.withdraw(made.id, by=tang, now=NOON)
        assert enter(value_hundredths=1)

    def test_what_was_entered_stays(self, enter):
        enter()
        db.session.commit()
        refused("UPDATE civility_department_figures SET value_hundredths = 1")
        refused("DELETE FROM civility_department_figures")

    @pytest.mark.parametrize(("confirmed", "people", "state"), [(False, 40, "missing"), (True, 9, "suppressed"), (True, 40, "measured"),
                                                               (True, None, "measured")])
    def test_confirmed_it_counts_unless_it_is_over_few(self, enter, period, tang, song, town, confirmed, people, state):
        made = enter(people=people)
        if confirmed:
            departments.confirm(made.id, by=song, now=NOON)
        periods.close(period.id, by=tang, now=NOON)
        row = db.session.scalars(select(CivilityFigure).join(CivilityNode, CivilityNode.id == CivilityFigure.node_id).where(
            CivilityNode.code == "2.2", CivilityFigure.area_id == town.community.id)).one()
        assert (row.state, row.mark_hundredths) == (state, 8000 if state == "measured" else None)

    def test_only_a_leaf_of_this_kind_has_one(self, enter):
        other = db.session.scalars(select(CivilityNode).where(CivilityNode.code == "1.1")).one()
        with pytest.raises(NotFound):
            enter(node_id=other.id)


class TestReadingAndRemarks:
    @pytest.fixture
    def published(self, period, town, tang, song):
        settle(town.grid_a, 12)
        node = db.session.scalars(select(CivilityNode).where(CivilityNode.code == "2.2")).one()
        made = departments.enter(period.id, node_id=node.id, area_id=town.community.id, value_hundredths=8000, people=None, source="x", document="x",
                                 by=tang, now=NOON)
        departments.confirm(made.id, by=song, now=NOON)
        periods.close(period.id, by=tang, now=NOON)
        periods.publish(period.id, by=song, now=NOON)
        db.session.commit()
        return period

    def node(self, code):
        return db.session.scalars(select(CivilityNode).where(CivilityNode.code == code)).one()

    def test_periods_of_two_versions_are_never_compared(self, published, town, tang, song):
        other = make_version(town.street, tang)
        second = periods.begin(other.id, first_on=LAST + timedelta(days=1), last_on=LAST + timedelta(days=2), by=tang, now=NOON)
        periods.close(second.id, by=tang, now=NOON + timedelta(days=9))
        periods.publish(second.id, by=song, now=NOON + timedelta(days=9))
        with pytest.raises(figures.VersionsNotComparable):
            figures.compared(published, second, town.community.id)

    def test_of_one_version_a_change_is_more_than_chance(self, published, version, town, tang, song):
        second = periods.begin(version.id, first_on=LAST + timedelta(days=1), last_on=LAST + timedelta(days=2), by=tang, now=NOON)
        made = departments.enter(second.id, node_id=self.node("2.2").id, area_id=town.community.id, value_hundredths=9000, people=None, source="x",
                                 document="x", by=tang, now=NOON)
        departments.confirm(made.id, by=song, now=NOON)
        later = NOON + timedelta(days=9)
        periods.close(second.id, by=tang, now=later)
        periods.publish(second.id, by=song, now=later)
        found = figures.compared(second, published, town.community.id)
        assert found.earlier.period.id == published.id
        assert (found.difference_hundredths, found.is_change) == (None, None)  # less than 60 per cent was measured
        assert [row.marks.parts["workplace"].mark_hundredths for row in (found.earlier, found.later)] == [8000, 9000]

    def test_a_remark_opens_a_review_and_a_correction_stands_beside(self, published, li, town, tang):
        made = remarks.remark(published.id, area_id=town.community.id, node_id=self.node("2.2").id, text="少算了两家", by=li, now=NOON)
        with pytest.raises(remarks.AlreadyRemarked):
            remarks.remark(published.id, area_id=town.community.id, node_id=self.node("2.2").id, text="x", by=li, now=NOON)
        remarks.answer(made.id, answer="已核实", value_hundredths=8500, by=tang, now=NOON)
        leaf_ = figures.whole(published, town.community.id).leaves[self.node("2.2").id]
        assert (leaf_.figure.value_hundredths, leaf_.figure.reason, [row.value_hundredths for row in leaf_.before]) == (8500, "已核实", [8000])
        assert db.session.scalars(select(Message.topic).where(Message.person_id == li.id)).all() == [Topic.CIVILITY_ANSWERED]
        with pytest.raises(remarks.RemarkAnswered):
            remarks.answer(made.id, answer="x", value_hundredths=None, by=tang, now=NOON)

    def test_what_is_hidden_is_not_corrected(self, published, li, town, tang):
        made = remarks.remark(published.id, area_id=town.community.id, node_id=self.node("1.2").id, text="x", by=li, now=NOON)
        with pytest.raises(figures.NothingToCorrect):
            remarks.answer(made.id, answer="x", value_hundredths=1, by=tang, now=NOON)

    def test_a_remark_is_on_ones_own_community(self, published, zhou, town):
        with pytest.raises(remarks.NotYourCommunity):
            remarks.remark(published.id, area_id=town.community.id, node_id=self.node("2.2").id, text="x", by=zhou, now=NOON)

    def test_nobody_answers_their_own(self, published, town, live):
        fang = live("方主任", town.grid_a, Role.AREA_ADMIN, town.street)
        made = remarks.remark(published.id, area_id=town.community.id, node_id=self.node("2.2").id, text="x", by=fang, now=NOON)
        with pytest.raises(remarks.OwnRemark):
            remarks.answer(made.id, answer="x", value_hundredths=None, by=fang, now=NOON)

    def test_an_admin_below_reads_nothing_of_it(self, published, li, town, zhao):
        made = remarks.remark(published.id, area_id=town.community.id, node_id=self.node("2.2").id, text="x", by=li, now=NOON)
        with pytest.raises(NotFound):
            remarks.answer(made.id, answer="x", value_hundredths=None, by=zhao, now=NOON)
        assert remarks.visible(made.id, by=li, now=NOON)

    def test_an_area_comes_to_the_mean_of_what_is_shown(self, published, town):
        found = figures.of_areas(published, [town.community, town.other])
        assert figures.mean(found) == found[0].marks.index.mark_hundredths
