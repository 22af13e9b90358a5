"""Hear what people say of themselves.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "equality_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("survey", sa.String(length=40), nullable=False),
        sa.Column("local_authority", sa.String(length=3), nullable=False),
        sa.Column("cohort_quarter", sa.Date(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equality_answers")),
    )
    with op.batch_alter_table("equality_answers", schema=None) as batch_op:
        batch_op.create_index("ix_equality_answers_survey_quarter", ["survey", "cohort_quarter"], unique=False)


def downgrade() -> None:
    op.drop_table("equality_answers")
