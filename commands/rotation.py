"""The folder of the nightly backups: how the next one is called, and which ones go."""
import re
from datetime import UTC, datetime
from pathlib import Path

import click

from config import Settings

NAME = re.compile(r"linli-\d{8}T\d{6}Z\.sealed")


def next_file(settings: Settings, now: datetime) -> Path:
    """Named by the moment, so that their names sort by age."""
    if not settings.backup_folder:
        raise click.ClickException("Name a file, or set BACKUP_FOLDER.")
    return Path(settings.backup_folder, f"linli-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.sealed")


def kept(settings: Settings) -> list[Path]:
    """The newest first. Nothing that was not called so here."""
    folder = Path(settings.backup_folder)
    return sorted((each for each in folder.glob("linli-*.sealed") if NAME.fullmatch(each.name)), reverse=True)


def drop_old(settings: Settings) -> None:
    for old in kept(settings)[settings.backups_kept:]:
        old.unlink()
        click.echo(f"Dropped {old}: {settings.backups_kept} newer ones are kept.")
