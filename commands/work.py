import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from threading import Event

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError, OperationalError

from api.edge import traces
from commands import senders, told
from commands.jobs import JOBS, Job
from config import Settings
from models import db, request_id
from services import outbox
from services.messages import notices
from services.wechat import content

log = logging.getLogger(__name__)
SENDERS: dict[str, Callable[[dict, str], None]] = {  # topic: send(payload, message id), which may commit before it sends
    notices.OUTBOX_TOPIC: senders.send_notice, content.OUTBOX_TOPIC: senders.ask_about_content}


@click.command("work", cls=told.Command)
@click.option("--once", is_flag=True, help="do everything that is due, once, and end")
@click.option("--interval", default=2.0, type=click.FloatRange(0.1, 3600), show_default=True, help="seconds between looks")
@with_appcontext
def work(once: bool, interval: float) -> None:
    """Send what is in the outbox, and do the hourly and nightly work. Any number of workers may run."""
    told.require_migrated()
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    stop, due = Event(), {}
    with _ending_on_signals(stop):
        while not stop.is_set():
            done = round_of_work(owner, due, stop)
            if once:
                _end_turns(stop)
                return None if done else click.echo("Nothing was due.")
            stop.wait(interval)


@contextmanager
def _ending_on_signals(stop: Event):
    """TERM and INT end it after the job in hand."""
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def round_of_work(owner: str, due: dict[str, datetime], stop: Event) -> int:
    """Every job that is due, each in its own transactions, and the outbox; `due` remembers when each is next. Gives how much was done."""
    done = 0
    settings, clock = (current_app.extensions[name] for name in ("linli_settings", "linli_clock"))
    for job in JOBS:
        if stop.is_set():
            return done
        if due.get(job.name, clock()) <= clock():
            due[job.name] = clock() + job.every
            done += _run(job, settings, clock, stop)
    return done + _relay(owner, clock)


def _end_turns(stop: Event) -> None:
    """What goes by turns has no next round where there is one only."""
    settings, clock = (current_app.extensions[name] for name in ("linli_settings", "linli_clock"))
    for job in JOBS:
        while job.by_turns and _run(job, settings, clock, stop):
            pass


def _run(job: Job, settings: Settings, clock, stop: Event) -> int:
    """Until nothing is left, or its turn is over; one that fails is logged and tried again when it is next due."""
    total = 0
    try:
        with traces.work(f"job {job.name}"):
            while not stop.is_set() and (count := job.do(settings, clock())):
                db.session.commit()
                total += count
                if job.by_turns:
                    break
            db.session.commit()
    except IntegrityError:
        db.session.rollback()  # another worker was first; what is left waits for the next round
        log.info("another worker is doing %s", job.name)
    except OperationalError as error:
        db.session.rollback()
        log.warning("the database is busy; %s waits: %s", job.name, error.orig)
    except Exception:
        db.session.rollback()
        log.exception("the job %s failed", job.name)
    finally:
        db.session.remove()
    if total:
        click.echo(f"{clock():%Y-%m-%d %H:%M:%S} {job.says % total}")
    return total


def _relay(owner: str, clock) -> int:
    due = []
    try:
        due = outbox.lease(owner, now=clock())
        db.session.commit()
        for message in due:
            mine = outbox.still_mine(message.id, owner, now=clock())
            db.session.commit()
            if mine:
                _send(message, owner, clock)
                db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("the outbox failed")
    finally:
        db.session.remove()
    if due:
        click.echo(f"{clock():%Y-%m-%d %H:%M:%S} handled {len(due)} messages of the outbox")
    return len(due)


def _send(message, owner: str, clock) -> None:
    """Its lines in the log have the id of the request that it began with."""
    began = request_id.set(message.request_id)
    try:
        with traces.work(f"send {message.topic}"):
            SENDERS[message.topic](message.payload, str(message.id))
    except outbox.Postpone as later:
        outbox.postponed(message, owner, str(later), later.seconds, now=clock())
        log.info("postponed %s %s for %d s", message.topic, message.id, later.seconds)
    except outbox.GiveUp as error:
        outbox.given_up(message.id, owner, str(error))
        log.warning("gave up %s %s", message.topic, message.id)
    except Exception as error:
        db.session.rollback()
        outbox.failed(message, owner, f"{type(error).__name__}: {error}", now=clock())
        log.warning("could not send %s %s, try %d: %s", message.topic, message.id, message.attempts, type(error).__name__)
    else:
        outbox.sent(message.id, owner)
        log.info("sent %s %s", message.topic, message.id)
    finally:
        request_id.reset(began)


COMMANDS = (work,)
