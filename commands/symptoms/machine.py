"""The machine and the settings: nothing here asks the database."""
import os
import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from api import SAFE_SQLITE, engine_options
from commands import beside
from commands.symptoms import Patient, Symptom, Symptoms
from services.merchants import statement_pdf
from services.messages import message_templates

LEAST_FREE = 2**30


def settings(patient: Patient) -> Symptoms:
    if patient.settings.demo:
        yield Symptom("LINLI_DEMO is set: anybody can sign in as anybody; take it out of linli.env.")
    url = urlsplit(patient.settings.public_url)
    if url.scheme != "https":
        yield Symptom(f"PUBLIC_URL is {patient.settings.public_url}: people and WeChat need the https address that they see.")
    elif not patient.settings.proxy_hops:
        yield Symptom("PROXY_HOPS is 0 although PUBLIC_URL is https: everybody seems to come from the proxy's address; set 1 behind nginx.")
    if not patient.settings.rate_limits:
        yield Symptom("RATE_LIMITS is off: passwords can be tried without end; set it on.")


def secrets(patient: Patient) -> Symptoms:
    file = Path(patient.settings.secrets_file)
    if not file.exists():
        yield Symptom(f"There is no secrets file {file}; put its copy back, or, if this is the first start, start the server once.")
        return
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield Symptom(f"Others on this machine can read {file}: chmod 600 {file}")
    folder = patient.settings.backup_folder
    if folder and Path(folder).resolve() in file.resolve().parents:
        yield Symptom(f"{file} lies in BACKUP_FOLDER: whoever has that folder has everything in clear; move it out, and keep its copy elsewhere.")


def processes(patient: Patient) -> Symptoms:
    asked = os.environ.get("WEB_CONCURRENCY", "")
    if not patient.is_on_sqlite:
        if not patient.settings.redis_url and asked != "1":
            yield Symptom("REDIS_URL is empty: each process counts rate limits for itself, so that people have several times as many.", is_minor=True)
        return
    version = engine_options(patient.settings.database_url)["module"].sqlite_version_info
    if version < SAFE_SQLITE:
        yield Symptom(f"SQLite {'.'.join(map(str, version))} can corrupt its file under several processes, of which the worker is one: "
                      "install pysqlite3, as requirements.txt says.")
    if asked not in ("", "1"):
        yield Symptom(f"WEB_CONCURRENCY is {asked} on SQLite: people wait longer than with one process of eight threads; unset it.")


def disk(patient: Patient) -> Symptoms:
    """A backup and the log of writes need room beside the database."""
    file = beside.sqlite_file(patient.settings.database_url) if patient.is_on_sqlite else None
    size = file.stat().st_size if file and file.exists() else 0
    places = {"the database": file and file.parent, "BACKUP_FOLDER": patient.settings.backup_folder}
    for name, place in places.items():
        if not place:
            continue
        if not Path(place).is_dir():
            yield Symptom(f"There is no folder {place} for {name}: make it, owned by linli, mode 700.")
        elif (free := shutil.disk_usage(place).free) < max(LEAST_FREE, 2 * size):
            yield Symptom(f"{free / 2**30:.1f} GB are free for {name} in {place}; it needs {max(LEAST_FREE, 2 * size) / 2**30:.1f}: make room.")


def clock(_patient: Patient) -> Symptoms:
    if shutil.which("timedatectl"):
        said = subprocess.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"], capture_output=True, text=True,
                              check=False, timeout=10).stdout.strip()
        if said == "no":
            yield Symptom("This machine's clock is not kept by a time server: codes lapse at the wrong moment; timedatectl set-ntp true")


def wechat(patient: Patient) -> Symptoms:
    ours = patient.settings
    if bool(ours.wechat_app_id) != bool(ours.wechat_app_secret):
        yield Symptom("Of WECHAT_APP_ID and WECHAT_APP_SECRET one is set and one is not: nobody can sign in by WeChat; set both.")
    elif not ours.wechat_app_id:
        yield Symptom("WECHAT_APP_ID is empty: nobody can sign in by WeChat.", is_minor=True)
        return
    if not ours.wechat_push_token:
        yield Symptom("WECHAT_PUSH_TOKEN is empty: WeChat's verdicts on pictures are not heard, and people have to look at each.", is_minor=True)
    elif not ours.wechat_push_aes_key:
        yield Symptom("WECHAT_PUSH_AES_KEY is empty: pushes come unsealed; choose the safe mode at WeChat and set the key.", is_minor=True)
    if not message_templates.templates(ours):
        yield Symptom("No WECHAT_TEMPLATE_… is set: no phone rings, people see their messages in the inbox only.", is_minor=True)


def redis(patient: Patient) -> Symptoms:
    if not patient.settings.redis_url:
        return
    from redis import Redis, RedisError  # where it is not asked for it is not loaded
    try:
        Redis.from_url(patient.settings.redis_url, socket_connect_timeout=3, socket_timeout=3).ping()
    except (RedisError, ValueError) as error:
        yield Symptom(f"Redis does not answer ({type(error).__name__}): each process counts rate limits for itself meanwhile; "
                      "look at the host that REDIS_URL names.")


def font(_patient: Patient) -> Symptoms:
    if statement_pdf.font() is None:
        yield Symptom("There is no font for Chinese here: statements in PDF are in English; apt-get install fonts-noto-cjk", is_minor=True)
