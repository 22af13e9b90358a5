"""Know whom files of the case system name. Every relationship until now came from a file.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_from_file", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("no_longer_named_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.drop_column("no_longer_named_on")
        batch_op.drop_column("is_from_file")
