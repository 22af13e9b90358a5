"""Hear children in sessions.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facilitated_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("local_authority", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("survey", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facilitator", sa.String(length=80), nullable=False),
        sa.Column("also_there", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("did_not_want", sa.Integer(), nullable=False),
        sa.Column("group_size", sa.Integer(), nullable=False),
        sa.Column("group_counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("group_response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_observed", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_response_id"], ["response.id"], name=op.f("fk_facilitated_session_group_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilitated_session")),
        sa.UniqueConstraint("group_response_id", name=op.f("uq_facilitated_session_group_response_id")),
    )
    with op.batch_alter_table("facilitated_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facilitated_session_held_on"), ["held_on"], unique=False)
    op.create_table(
        "child_voice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("permission", sa.String(length=40), nullable=False),
        sa.Column("permission_note", sa.Text(), nullable=False),
        sa.Column("shown", sa.String(length=40), nullable=False),
        sa.Column("assented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("observed", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_child_voice_child_id_child")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_child_voice_response_id_response")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["facilitated_session.id"], name=op.f("fk_child_voice_session_id_facilitated_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_voice")),
        sa.UniqueConstraint("response_id", name=op.f("uq_child_voice_response_id")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_child_voice_session_id_number")),
    )
    op.create_table(
        "expected_child",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_expected_child_child_id_child")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["facilitated_session.id"], name=op.f("fk_expected_child_session_id_facilitated_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_child")),
        sa.UniqueConstraint("session_id", "child_id", name=op.f("uq_expected_child_session_id_child_id")),
    )
    op.create_table(
        "drawing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["facilitated_session.id"], name=op.f("fk_drawing_session_id_facilitated_session")
        ),
        sa.ForeignKeyConstraint(["voice_id"], ["child_voice.id"], name=op.f("fk_drawing_voice_id_child_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawing")),
        sa.UniqueConstraint("name", name=op.f("uq_drawing_name")),
    )
    with op.batch_alter_table("drawing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drawing_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drawing_voice_id"), ["voice_id"], unique=False)


def downgrade() -> None:
    op.drop_table("drawing")
    op.drop_table("expected_child")
    op.drop_table("child_voice")
    op.drop_table("facilitated_session")
