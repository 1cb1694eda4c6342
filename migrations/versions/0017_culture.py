"""Honours shown with consent, pages to learn from with their quizzes, a culture calendar."""
import sqlalchemy as sa
from alembic import op

from models import schema

revision = "0017_culture"
down_revision = "0016_measures"
branch_labels = None
depends_on = None

TABLES = ("quiz_questions", "knowledge_pages", "honours", "culture_days")


def upgrade():
    _make_tables()
    schema.kept("honours", "area_id, title_zh, title_en, reason_zh, reason_en, proposed_by_id, proposed_at",
                once=("consented_at", "refused_at", "published_at", "withdrawn_at"))
    schema.kept("knowledge_pages", "area_id, title_zh, title_en, body_zh, body_en, made_by_id, made_at", once=("ended_at",))
    schema.kept("culture_days", "area_id, on_day, until_on, title_zh, title_en, made_by_id, made_at", once=("ended_at",))


def downgrade():
    for table in TABLES:
        op.drop_table(table)


def _make_tables():
    op.create_table('culture_days',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('title_zh', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('about_zh', sa.String(length=500), nullable=False),
    sa.Column('about_en', sa.String(length=500), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('until_on >= on_day', name=op.f('ck_culture_days_ends_after_beginning')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_culture_days_area_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_culture_days_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_culture_days')),
    sqlite_strict=True
    )
    op.create_index('ix_culture_days_area_id_on_day_id', 'culture_days', ['area_id', 'on_day', 'id'], unique=False)
    op.create_table('honours',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('title_zh', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('reason_zh', sa.String(length=500), nullable=False),
    sa.Column('reason_en', sa.String(length=500), nullable=False),
    sa.Column('proposed_by_id', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('consented_at IS NULL OR refused_at IS NULL', name=op.f('ck_honours_one_answer')),
    sa.CheckConstraint('published_at IS NULL OR consented_at IS NOT NULL', name=op.f('ck_honours_shown_with_consent')),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_honours_area_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_honours_person_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['people.id'], name=op.f('fk_honours_proposed_by_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['people.id'], name=op.f('fk_honours_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_honours')),
    sqlite_strict=True
    )
    op.create_index('ix_honours_area_id_id', 'honours', ['area_id', 'id'], unique=False)
    op.create_index('ix_honours_person_id_id', 'honours', ['person_id', 'id'], unique=False)
    op.create_table('knowledge_pages',
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.Column('title_zh', sa.String(length=120), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('body_zh', sa.Text(), nullable=False),
    sa.Column('body_en', sa.Text(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_knowledge_pages_area_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_knowledge_pages_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_pages')),
    sqlite_strict=True
    )
    op.create_index('ix_knowledge_pages_area_id_id', 'knowledge_pages', ['area_id', 'id'], unique=False)
    op.create_table('quiz_questions',
    sa.Column('page_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.BigInteger(), nullable=False),
    sa.Column('asks_zh', sa.String(length=300), nullable=False),
    sa.Column('asks_en', sa.String(length=300), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('right_place', sa.BigInteger(), nullable=False),
    sa.Column('because_zh', sa.String(length=500), nullable=False),
    sa.Column('because_en', sa.String(length=500), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('right_place >= 0', name=op.f('ck_quiz_questions_right_is_a_place')),
    sa.ForeignKeyConstraint(['page_id'], ['knowledge_pages.id'], name=op.f('fk_quiz_questions_page_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_questions')),
    sqlite_strict=True
    )
    op.create_index('uq_quiz_questions_page_id_place', 'quiz_questions', ['page_id', 'place'], unique=True)
