"""Print booklets.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booklet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("survey", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("batch", sa.String(length=12), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.String(length=80), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_booklet_invitation_id_invitation")),
        sa.ForeignKeyConstraint(["link_id"], ["survey_link.id"], name=op.f("fk_booklet_link_id_survey_link")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booklet")),
        sa.UniqueConstraint("digest", name=op.f("uq_booklet_digest")),
    )
    with op.batch_alter_table("booklet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booklet_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_booklet_invitation_id"), ["invitation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("booklet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booklet_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_booklet_batch"))
    op.drop_table("booklet")
