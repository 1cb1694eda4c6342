"""The demo's invented community: its areas, people, merchants and funds. Nobody in it exists."""
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from sqlalchemy import select

from config import Settings
from miniapp_stub.platform.app import DEMO_APP_ID
from miniapp_stub.platform.codes import openid
from models import Area, AreaRules, Household, Merchant, Person, Role, Shop, StaffLogin, WeChatLogin, db
from services import ledger
from services.access import passwords, sign_in
from services.areas import areas
from services.people import identifiers, people, vault
from services.points import funds

PASSWORD = "demo-password"
STREET = "500103001000"
COMMUNITY, COMMUNITY_NAME = "500103001900", "晚晴社区"
GRID_ONE, GRID_TWO = "500103001900001", "500103001900002"
OTHER, OTHER_GRID = "500103001901", "500103001901001"
RIVERSIDE, RIVERSIDE_GRID = "500103001902", "500103001902001"
HILLSIDE, HILLSIDE_GRID = "500103001903", "500103001903001"
LOCAL = ZoneInfo("Asia/Shanghai")
FOUNDED_BEFORE = timedelta(days=120)
PLACE = (29.5591, 106.5694)

AREAS = (
    (COMMUNITY, "community", STREET, COMMUNITY_NAME),
    (GRID_ONE, "grid", COMMUNITY, "晚晴社区第一网格"),
    (GRID_TWO, "grid", COMMUNITY, "晚晴社区第二网格"),
    (OTHER, "community", STREET, "听涛社区"),
    (OTHER_GRID, "grid", OTHER, "听涛社区第一网格"),
    (RIVERSIDE, "community", STREET, "望江社区"),
    (RIVERSIDE_GRID, "grid", RIVERSIDE, "望江社区第一网格"),
    (HILLSIDE, "community", STREET, "映山社区"),
    (HILLSIDE_GRID, "grid", HILLSIDE, "映山社区第一网格"),
)


@dataclass(frozen=True)
class Login:
    """Somebody who can sign in. `reach` is an area's code, or a merchant's name."""

    name: str
    display_name: str
    is_what: str
    home: str
    role: Role | None = None
    reach: str = ""
    language: str = "zh-CN"


LOGINS = (
    Login("li-na", "李娜", "resident", GRID_ONE),
    Login("zhang-wei", "张伟", "resident", GRID_ONE),
    Login("anna", "Anna Keller", "resident who speaks English", GRID_ONE, language="en"),
    Login("rider-chen", "陈骑手", "resident, a delivery rider", GRID_TWO),
    Login("grid-wang", "王秀英", "grid worker of the first grid", GRID_ONE, Role.GRID_WORKER, GRID_ONE),
    Login("shop-lin", "林国强", "owner of Lin's Market", GRID_ONE, Role.MERCHANT_OWNER, "market"),
    Login("clerk-zhou", "周小梅", "clerk at Lin's Market", GRID_TWO, Role.MERCHANT_CLERK, "market"),
    Login("shop-kang", "康健", "owner of the clinic", GRID_TWO, Role.MERCHANT_OWNER, "clinic"),
    Login("admin-zhao", "赵敏", "area admin of the community", GRID_TWO, Role.AREA_ADMIN, COMMUNITY),
    Login("admin-qian", "钱立", "area admin of the community", GRID_TWO, Role.AREA_ADMIN, COMMUNITY),
    Login("grid-zhou", "周强", "grid worker of another community", OTHER_GRID, Role.GRID_WORKER, OTHER_GRID),
    Login("street-tang", "唐敏", "area admin of the street", GRID_TWO, Role.AREA_ADMIN, STREET),
    Login("street-song", "宋毅", "area admin of the street", GRID_TWO, Role.AREA_ADMIN, STREET),
    Login("auditor-sun", "孙明", "auditor of the community", GRID_TWO, Role.AUDITOR, COMMUNITY),
)

HOUSEHOLDS = {  # a door, and who lives behind it beside those who can sign in
    GRID_ONE: (("1-101", "李建国 刘桂芳"), ("1-102", "张丽 张子涵"), ("1-201", "杨勇 黄敏 杨欣怡"), ("1-202", "吴玉兰"),
               ("1-301", "徐涛 孙丽华"), ("1-302", "胡志强 朱红 胡雨桐"), ("2-101", "高翔"), ("2-102", "何淑珍 何军"),
               ("2-201", "郭磊 马晓燕")),
    GRID_TWO: (("3-101", "罗平 梁静"), ("3-102", "宋文 郑洁 宋一诺"), ("3-201", "谢桂英"), ("3-202", "韩冬 唐莉"),
               ("3-301", "冯刚 于芳")),
    OTHER_GRID: (("5-101", "董建华 萧兰"), ("5-102", "程亮")),
    RIVERSIDE_GRID: (("6-101", "曹国庆 袁丽"), ("6-102", "邓超 许娟 邓一凡"), ("6-201", "傅强 沈燕"), ("6-202", "曾琴"), ("6-301", "彭涛 吕倩"),
                     ("6-302", "苏明 卢敏 苏晨"), ("6-401", "蒋玉珍")),
    HILLSIDE_GRID: (("7-101", "蔡勇 贾静"), ("7-102", "丁健 魏红 丁可"), ("7-201", "薛秀兰"), ("7-202", "叶斌 阎芳"), ("7-301", "余波 潘婷 余乐"),
                    ("7-302", "杜桂珍 侯军"), ("7-401", "夏磊 钟慧 夏安"), ("7-402", "田桂兰")),
}
WITH_A_CARD = "吴玉兰"  # lives alone and has no phone
LIVES_AT = {"li-na": "1-101", "zhang-wei": "1-102", "anna": "1-201", "grid-wang": "2-201", "rider-chen": "3-101"}
MERCHANTS = {
    "market": ("林记超市 Lin's Market", "9150010399900001", "中山一路 1900 号", 29.5588, 106.5690),
    "clinic": ("康宁诊所 Kangning Clinic", "9150010399900002", "中山一路 1902 号", 29.5594, 106.5701),
}


def found(settings: Settings, now: datetime) -> SimpleNamespace:
    """Everybody and everything, as of some months ago; who takes part in the history comes back by name."""
    then = now - FOUNDED_BEFORE
    areas.take_in([{"code": code, "level": level, "parent_code": parent, "name": name} for code, level, parent, name in AREAS])
    places = {area.code: area for area in db.session.scalars(select(Area).where(Area.code.in_([STREET, *(row[0] for row in AREAS)])))}
    db.session.add(AreaRules(area_id=places[COMMUNITY].id, notice_days=0))
    shops = {name: _open_shop(*about, places[COMMUNITY], settings, then) for name, about in MERCHANTS.items()}
    registrar = _Registrar(places, shops, settings, then)
    cast = {login.name: registrar.enrol(login) for login in LOGINS}
    neighbours = registrar.settle_households()
    cast = {name: sign_in.load(person.id, now) for name, person in cast.items()}
    _fill_funds(cast["admin-zhao"], places[COMMUNITY], then, now)
    _fill_funds(_admin_of_other(registrar, places[OTHER], then), places[OTHER], then, now)
    return SimpleNamespace(people=cast, neighbours=neighbours, areas=places, merchants=shops, with_check_character=with_check_character)


def _open_shop(name: str, uscc: str, address: str, latitude: float, longitude: float, area: Area, settings: Settings,
               then: datetime) -> Merchant:
    merchant = Merchant(name=name, uscc=with_check_character(uscc + "X"), area_id=area.id, created_at=then)
    db.session.add(merchant)
    db.session.flush()
    merchant.data_key = vault.new_key(settings.keys["fields"], merchant.id)
    ledger.open_merchant_wallets(merchant.id)
    db.session.add(Shop(merchant_id=merchant.id, name=name, address=address, latitude=latitude, longitude=longitude, created_at=then))
    db.session.flush()
    return merchant


def with_check_character(number: str) -> str:
    """A uniform social credit code out of its first 17 characters."""
    return next(number + last for last in identifiers.USCC_ALPHABET if identifiers.is_uscc(number + last))


class _Registrar:
    """Enrols people with papers that are well formed and nobody's: born before 1920, of sequence 990 and up."""

    def __init__(self, places, merchants, settings, then):
        self._places, self._merchants, self._settings, self._then = places, merchants, settings, then
        self._password_hash = passwords.hash_password(PASSWORD)
        self._count = count()
        self._households = {door: self._household(door, grid) for grid, doors in HOUSEHOLDS.items() for door, _ in doors}

    def _household(self, door: str, grid: str) -> Household:
        household = Household(area_id=self._places[grid].id, name=f"{door} 室", created_at=self._then)
        db.session.add(household)
        db.session.flush()
        return household

    def enrol(self, login: Login) -> Person:
        person = self.make(login.display_name, login.home, LIVES_AT.get(login.name), login.language)
        db.session.add(WeChatLogin(app_id=DEMO_APP_ID, openid=openid(DEMO_APP_ID, login.name), person_id=person.id, at=self._then))
        if login.role:
            merchant = self._merchants.get(login.reach)
            people.grant(person, login.role, now=self._then, area=self._places.get(login.reach), merchant_id=merchant and merchant.id)
            db.session.add(StaffLogin(person_id=person.id, username=login.name, password_hash=self._password_hash))
        return person

    def make(self, name: str, home: str, door: str | None = None, language: str = "zh-CN") -> Person:
        number = next(self._count)
        papers = {"paper_name": name, "id_number": id_number(number), "phone": f"1990000{number:04d}"}
        return people.make(name, self._places[home], keys=self._settings.keys, now=self._then, language=language,
                           household_id=door and self._households[door].id, papers=papers)

    def settle_households(self) -> dict[str, list[Person]]:
        """The neighbours of each grid."""
        return {grid: [self.make(name, grid, door) for door, names in doors for name in names.split()]
                for grid, doors in HOUSEHOLDS.items()}


def id_number(number: int) -> str:
    """A number of right form and check character that nobody has."""
    born = date(1900, 1, 1) + timedelta(days=37 * number)
    body = f"500103{born:%Y%m%d}{990 + number % 10}"
    return next(body + last for last in identifiers.MOD_11_CHARACTERS if identifiers.is_id_number(body + last))


def _admin_of_other(registrar: _Registrar, area: Area, then: datetime) -> Person:
    admin = registrar.make("何主任", OTHER_GRID)
    people.grant(admin, Role.AREA_ADMIN, area=area, now=then)
    return sign_in.load(admin.id, then)


def _fill_funds(admin: Person, area: Area, then: datetime, now: datetime) -> None:
    """Ample, from the year of the oldest event to the end of the next."""
    fund = funds.create(area_id=area.id, name=f"{area.name}积分基金", period_start=date(then.year, 1, 1),
                        period_end=date(now.year + 1, 12, 31), by=admin, now=then)
    funds.top_up(fund.id, points=1_000_000, amount_fen=5_000_000, reference="街道拨付", by=admin, now=then)


def local(now: datetime, days: int, hour: int) -> datetime:
    """That hour of the day so many days from now, where the town is."""
    return datetime.combine(now.astimezone(LOCAL).date() + timedelta(days=days), time(hour), LOCAL)
