import os

from api import create_app

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI"):  # a web process has no use for the commands
    from commands import register

    register(app)
