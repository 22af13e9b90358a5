"""Keep the mailboxes of roles.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_mailbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serves", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("urn", sa.String(length=8), nullable=True),
        sa.Column("sen_needs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["person.id"], name=op.f("fk_role_mailbox_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_mailbox")),
    )
    with op.batch_alter_table("role_mailbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_mailbox_urn"), ["urn"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("role_mailbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_mailbox_urn"))
    op.drop_table("role_mailbox")
