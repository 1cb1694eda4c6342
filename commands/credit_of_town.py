"""The demo's credit: rulebooks voted and in force, who joined, what grid workers wrote down, what is disputed, repaired and opened."""
from datetime import datetime, timedelta
from types import SimpleNamespace

from sqlalchemy import select

from config import Settings
from models import Area, CreditEntry, Letter, Person, Role, SubjectKind, db, local_day
from services.access import sign_in
from services.credit import adoption, enrolments, entries, examples, facts, feeding, letters, objections, repairs, rulebooks
from services.measures import rewards, supervision, support
from services.people import people

DISTRICT = "500103000000"
DRAFTED, CONSULTED, IN_FORCE, OWN_DRAFTED, OWN_VOTED, OWN_IN_FORCE, JOINED = 115, 107, 100, 99, 91, 86, 84  # days ago
FED = range(JOINED - 2, -1, -4)
OFFICER = "郑科长"
REWARDS = (  # of which rulebook, scene, from which grade, percent, titles
    ("resident", "points_multiplier", "AAA", 110, "积分多得一成", "A tenth more points"),
    ("resident", "event_priority", "AA", None, "热门活动优先", "Places at sought-after events first"),
    ("resident", "library_deposit", "A", None, "图书借阅免押金", "No deposit at the library"),
    ("resident", "rent_deposit", "AAA", None, "合作房源免押金", "No deposit for a partner's flat"),
    ("resident", "medical_deposit", "AA", None, "先诊疗后付费", "Care first, pay later"),
    ("resident", "care_service", "AA", None, "照护服务优先", "Care services first"),
    ("household", "farm_loan", "AA", None, "信用惠农贷推荐", "Recommended for a farm loan"),
    ("household", "support_list", "AAA", None, "产业扶持优先", "First on lists of industry support"),
    ("household", "farm_produce_zone", "A", None, "信用助农专区上架", "A place in the farm-produce zone"),
    ("merchant", "market_stall", "A", None, "集市摊位优先", "Market stalls first"),
    ("merchant", "procurement", "A", None, "社区采购推荐", "Recommended for community procurement"),
)
RECEIVERS = (  # name, first 17 characters of its code, purpose, from grade, what it offers
    ("渝中农商银行", "91500103999000101", "farm_loan", "AA", "信用惠农贷：免抵押、利率优惠", "a farm loan without security, at a lower rate"),
    ("渝中区图书馆", "12500103999000102", "library_deposit", "A", "借书免押金", "borrowing books without a deposit"),
    ("安居租赁服务公司", "91500103999000103", "rent_deposit", "AAA", "租房免押金", "a flat without a deposit"),
    ("渝中区人民医院", "12500103999000104", "medical_deposit", "AA", "住院免押金", "a hospital stay without a deposit"),
)


class Credit:
    """Each act at its own time, from the first draft to what is undecided today."""

    def __init__(self, cast: SimpleNamespace, settings: Settings, now: datetime):
        self._cast, self._people, self._settings, self._now = cast, cast.people, settings, now
        self._files: dict[str, object] = {}

    def begin(self) -> None:
        """The rulebooks, and who joined; before the weeks that are lived through."""
        district = db.session.scalars(select(Area).where(Area.code == DISTRICT)).one()
        officer = self._officer(district)
        self._books = {}
        for name in examples.NAMES:
            example = examples.read(name)
            book = rulebooks.make(district.id, example.kind, title_zh=example.title_zh, title_en=example.title_en, by=officer, now=self._ago(DRAFTED))
            version = rulebooks.draft(book.id, example.document, template=False, by=officer, now=self._ago(DRAFTED))
            adoption.consult(version.id, until=self._day(CONSULTED), by=officer, now=self._ago(DRAFTED))
            adoption.publish(version.id, in_force_from=self._day(IN_FORCE), by=officer, now=self._ago(CONSULTED))
            self._books[example.kind] = book
        self._vote_own()
        self._open(officer)
        self._join()

    def _officer(self, district: Area) -> Person:
        home = self._cast.areas[min(self._cast.areas)]
        made = people.make(OFFICER, home, keys=self._settings.keys, now=self._ago(DRAFTED + 1))
        people.grant(made, Role.AREA_ADMIN, area=district, now=self._ago(DRAFTED + 1))
        db.session.flush()
        return sign_in.load(made.id, self._now)

    def _vote_own(self) -> None:
        """The community's own items for households: said something about, answered, voted by the households."""
        zhao, example = self._people["admin-zhao"], examples.read("village_households")
        book = rulebooks.make(self._community.id, "household", title_zh=example.own_title_zh, title_en=example.own_title_en, by=zhao,
                              now=self._ago(OWN_DRAFTED))
        version = rulebooks.draft(book.id, example.own, template=True, by=zhao, now=self._ago(OWN_DRAFTED))
        adoption.consult(version.id, until=self._day(OWN_VOTED), by=zhao, now=self._ago(OWN_DRAFTED))
        said = adoption.comment(version.id, said="看望独居老人一次一分合适，希望能注明须经老人同意。", by=self._people["li-na"],
                                now=self._ago(OWN_DRAFTED - 2))
        adoption.answer(said.id, answer="已写入证明材料要求：须经老人同意。", by=zhao, now=self._ago(OWN_DRAFTED - 3))
        adoption.vote(version.id, voted_on=self._day(OWN_VOTED), voters="households", eligible=16, present=13, votes_for=11, votes_against=1,
                      minutes="户代表会议在社区活动室召开，应到 16 户，实到 13 户，赞成 11，反对 1，弃权 1。", by=zhao, now=self._ago(OWN_VOTED))
        adoption.publish(version.id, in_force_from=self._day(OWN_IN_FORCE), by=zhao, now=self._ago(OWN_VOTED - 1))

    def _open(self, officer: Person) -> None:
        for kind, scene, grade, percent, title_zh, title_en in REWARDS:
            rewards.make(self._books[kind].id, scene=scene, from_grade=grade, percent=percent, title_zh=title_zh, title_en=title_en, terms_zh="",
                         terms_en="", from_on=self._day(IN_FORCE), until_on=None, by=officer, now=self._ago(IN_FORCE))
        for name, number, purpose, grade, offers_zh, offers_en in RECEIVERS:
            letters.register(self._community.id, name=name, uscc=self._cast.with_check_character(number), purpose=purpose, from_grade=grade,
                             offers_zh=offers_zh, offers_en=offers_en, by=self._people["admin-zhao"], now=self._ago(JOINED))

    def _join(self) -> None:
        for name in ("li-na", "zhang-wei", "anna", "rider-chen"):
            self._files[name] = enrolments.join(SubjectKind.RESIDENT, by=self._people[name], now=self._ago(JOINED))
        for person in self._neighbours[::2]:
            enrolments.join(SubjectKind.RESIDENT, by=person, now=self._ago(JOINED))
        self._files["household"] = enrolments.join(SubjectKind.HOUSEHOLD, by=self._people["li-na"], now=self._ago(JOINED))
        for owner, merchant in (("shop-lin", "market"), ("shop-kang", "clinic")):
            self._files[merchant] = enrolments.join(SubjectKind.MERCHANT, merchant_id=self._cast.merchants[merchant].id, by=self._people[owner],
                                                    now=self._ago(JOINED))

    def days(self) -> list[tuple[datetime, object]]:
        """(moment, act) of what happens meanwhile."""
        acts = [(self._ago(days), feeding.read_on) for days in FED]
        return [*acts, (self._ago(70), self._write_facts), (self._ago(48), self._see_the_yard), (self._ago(33), self._see_a_dog),
                (self._ago(30), self._honour),
                (self._ago(26), self._make_good), (self._ago(12), self._hear_of_rubbish), (self._ago(3), self._object), (self._ago(2), self._apply),
                (self._ago(1), self._send_a_letter), (self._ago(1), self._draw_inspections), (self._ago(1), self._draft_the_next)]

    def _write_facts(self, at: datetime) -> None:
        wang, file = self._people["grid-wang"], self._files["household"]
        for kind, label, quantity, unit in (("registration", "户口簿登记三人", 3, "persons"), ("contracted_land", "后山承包地", 215, "mu_hundredths"),
                                            ("planting", "花椒", 150, "mu_hundredths"), ("lease_out", "河边地流转给合作社", 65, "mu_hundredths")):
            facts.write(file.id, kind=kind, label=label, quantity=quantity, unit=unit, from_on=self._day(300), until_on=None,
                        source="网格员入户核对", by=wang, now=at)

    def _see_the_yard(self, at: datetime) -> None:
        self._enter(self._files["household"], "clean_yard", at, "“美丽庭院”评比合格", "评比记录和照片")

    def _honour(self, at: datetime) -> None:
        self._enter(self._files["anna"], "honour", at, "获评“社区好邻居”：教社区孩子英语", "表彰通知")

    def _see_a_dog(self, at: datetime) -> None:
        self._dog = self._enter(self._files["zhang-wei"], "dog_unleashed", at, "遛犬未牵绳，经提醒后改正", "两名网格员在场")

    def _make_good(self, at: datetime) -> None:
        asked = repairs.ask(self._dog.id, pledge="以后遛狗一定牵绳，并参加文明养犬宣传。", evidence="已购牵引绳，参加宣传一次",
                            by=self._people["zhang-wei"], now=at - timedelta(days=1))
        repairs.decide(asked.id, grant=True, reason="已核实，符合修复条件。", by=self._people["admin-qian"], now=at)

    def _hear_of_rubbish(self, at: datetime) -> None:
        self._litter = self._enter(self._files["li-na"], "litter", at, "楼道堆放垃圾，经劝导未清理", "照片一张")

    def _object(self, at: datetime) -> None:
        objections.object_to(self._litter.id, reason="那堆东西是装修队放的，不是我家的。", by=self._people["li-na"], now=at)

    def _apply(self, at: datetime) -> None:
        opened = support.open_list(self._community.id, kind="household", support="industry", title_zh="花椒产业扶持（2 户）",
                                   title_en="Support for growing Sichuan pepper (2 households)", places=2, opens_on=self._day(3),
                                   closes_on=local_day(self._now + timedelta(days=20), self._community), by=self._people["admin-zhao"], now=at)
        support.apply(opened.id, asked="扩种一亩花椒，请求苗木补助。", by=self._people["li-na"], now=at)

    def _send_a_letter(self, at: datetime) -> None:
        receiver = db.session.scalars(letters.receivers(self._people["anna"], at).where(letters.LetterReceiver.purpose == "library_deposit")).one()
        letter: Letter = letters.ask(receiver.id, SubjectKind.RESIDENT, by=self._people["anna"], now=at)
        letters.send(letter.id, by=self._people["anna"], now=at)

    def _draw_inspections(self, at: datetime) -> None:
        supervision.plan(self._community.id, from_on=self._day(1), until_on=local_day(self._now + timedelta(days=30), self._community),
                         shares=[{"rank": 1, "percent": 10}, {"rank": 2, "percent": 50}], by=self._people["admin-zhao"], now=at)

    def _draft_the_next(self, at: datetime) -> None:
        """A next version for households that is consulted on at the moment."""
        zhao = self._people["admin-zhao"]
        book = db.session.scalars(rulebooks.search(zhao, at, area_id=self._community.id, kind="household")
                                  .where(rulebooks.Rulebook.area_id == self._community.id)).one()
        own = examples.read("village_households").own
        first, *others = own["branches"]
        items = [{**item, "each_centipoints": 150} if item["code"] == "elder_visit" else item for item in first["items"]]
        version = rulebooks.draft(book.id, {**own, "branches": [{**first, "items": items}, *others]}, template=True, by=zhao, now=at)
        adoption.consult(version.id, until=local_day(self._now + timedelta(days=9), self._community), by=zhao, now=at)

    def _enter(self, file, code: str, at: datetime, title: str, evidence: str) -> CreditEntry:
        return entries.enter(file.id, code=code, quantity=1, happened_on=local_day(at, self._community), title=title, evidence=evidence,
                             by=self._people["grid-wang"], settings=self._settings, now=at)

    @property
    def _community(self) -> Area:
        return self._people["admin-zhao"].roles[0].area

    @property
    def _neighbours(self) -> list[Person]:
        return [person for grid in sorted(self._cast.neighbours) for person in self._cast.neighbours[grid]]

    def _ago(self, days: int) -> datetime:
        return self._now - timedelta(days=days)

    def _day(self, days_ago: int):
        return local_day(self._ago(days_ago), self._community)
