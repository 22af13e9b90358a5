"""Answer by an open link.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "open_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("survey", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("local_authority", sa.String(length=3), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_link")),
        sa.UniqueConstraint("slug", name=op.f("uq_open_link_slug")),
    )
    op.create_table(
        "open_visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("open_link_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("once", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["open_link_id"], ["open_link.id"], name=op.f("fk_open_visit_open_link_id_open_link")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_open_visit_response_id_response")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_visit")),
        sa.UniqueConstraint("digest", name=op.f("uq_open_visit_digest")),
        sa.UniqueConstraint("once", name=op.f("uq_open_visit_once")),
        sa.UniqueConstraint("response_id", name=op.f("uq_open_visit_response_id")),
    )
    with op.batch_alter_table("open_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_visit_open_link_id"), ["open_link_id"], unique=False)


def downgrade() -> None:
    op.drop_table("open_visit")
    op.drop_table("open_link")
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_column("is_open")
