"""What a constraint must have is known of every row: looked at while others write."""
from alembic import op

from models.db import is_postgresql

revision = "0032_constraints_validated"
down_revision = "0031_constraints_as_told"
branch_labels = None
depends_on = None

CHECKS = ("legal_basis_given", "scope_given", "decision_and_facts_given", "persons_by_their_own_basis", "confirmed_whole", "confirmed_by_another")


def upgrade():
    for name in CHECKS if is_postgresql() else ():
        op.execute(f"ALTER TABLE constraints VALIDATE CONSTRAINT ck_constraints_{name}")


def downgrade():
    """A constraint that was looked at stays so."""
