from api import create_app
from commands import register

app = create_app()
register(app)
