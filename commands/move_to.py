import click
from flask.cli import with_appcontext
from sqlalchemy import Connection, Table, func, inspect, select, text
from sqlalchemy.engine import make_url

from api import database_url
from commands import beside, carrying, told
from models import db, sqlite_begin
from models.schema import upgrade
from services.audit import audit_chain
from services.points import books

SHOWN = 12  # characters of a digest


@click.command("move-to", cls=told.Command)
@click.argument("url")
@with_appcontext
def move_to(url: str) -> None:
    """Carry the town from its file of SQLite to the empty PostgreSQL at URL, and prove that both are equal. The file stays as it is."""
    file = beside.sqlite_file(str(db.engine.url))
    if file is None:
        raise click.ClickException("Only a town on SQLite is moved; DATABASE_URL names another database.")
    if make_url(database_url(url)).get_backend_name() != "postgresql":
        raise click.ClickException("The URL must be a PostgreSQL's: postgresql://linli@db.example/linli")
    db.session.remove()
    db.engine.dispose()
    if beside.is_open_elsewhere(file):
        raise click.ClickException(f"{file} is in use: stop linli and linli-worker first.")
    told.require_migrated()
    begins = sqlite_begin.set("IMMEDIATE")  # and nobody writes meanwhile
    try:
        with db.engine.connect() as source, source.begin(), beside.database(url):
            _require_empty()
            _carry(source, db.metadata.sorted_tables)
            db.session.commit()
    finally:
        sqlite_begin.reset(begins)
    click.echo("Both are equal, the books balance, the audit chain holds. Let DATABASE_URL name it, and start; "
               f"{file} stays as it was, and nothing must write to it any more.")


def _require_empty() -> None:
    """A database of Linli's own, without a row; what it lacks of the schema is made."""
    strange = set(inspect(db.engine).get_table_names()) - set(db.metadata.tables) - {"alembic_version"}
    if strange:
        raise click.ClickException(f"The database there holds other tables ({', '.join(sorted(strange)[:3])}); give Linli one of its own.")
    if (encoding := db.session.scalar(text("SHOW server_encoding"))) != "UTF8":
        raise click.ClickException(f"The database there is in {encoding}; make one in UTF8.")
    db.session.remove()
    upgrade()
    full = [table.name for table in db.metadata.sorted_tables if db.session.scalar(select(select(table).exists()))]
    if full:
        raise click.ClickException(f"The database there is not empty: {', '.join(full[:3])} hold rows.")


def _carry(source: Connection, tables: list[Table]) -> None:
    """In the one transaction of `db.session`; whatever does not fit ends it, and the database there stays empty."""
    rows = {table: source.scalar(select(func.count()).select_from(table)) for table in tables}
    carrying.lift_guards(tables)
    digests = {}
    with told.progress("Rows", sum(rows.values())) as bar:
        for table in tables:
            digests[table] = carrying.carry(table, source, bar.update)
    carrying.put_guards_back(tables)
    for table in tables:
        there = carrying.digest(table, db.session.connection())
        click.echo(f"{table.name:<24}{rows[table]:>12,} rows  {digests[table].hex()[:SHOWN]}")
        if (there.rows, there.hex()) != (rows[table], digests[table].hex()):
            raise click.ClickException(f"{table.name} came over differently: {there.rows:,} rows, {there.hex()[:SHOWN]}. Nothing was moved.")
    if found := books.problems() + audit_chain.problems():
        for each in found:
            click.echo(each, err=True)
        raise click.ClickException("The books or the audit chain do not hold, as told above. Nothing was moved: mend them first.")


COMMANDS = (move_to,)
