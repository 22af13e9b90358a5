"""Remember how answers were begun.

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "beginning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visitor", sa.String(length=32), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_beginning_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["survey_link.id"], name=op.f("fk_beginning_link_id_survey_link")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_beginning_response_id_response")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beginning")),
        sa.UniqueConstraint("response_id", name=op.f("uq_beginning_response_id")),
    )
    with op.batch_alter_table("beginning", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_beginning_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_beginning_link_id"), ["link_id"], unique=False)
    op.create_table(
        "resume_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beginning_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["beginning_id"], ["beginning.id"], name=op.f("fk_resume_code_beginning_id_beginning")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resume_code")),
    )
    with op.batch_alter_table("resume_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resume_code_beginning_id"), ["beginning_id"], unique=False)


def downgrade() -> None:
    op.drop_table("resume_code")
    op.drop_table("beginning")
