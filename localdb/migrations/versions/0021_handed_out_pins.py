"""PINs that somebody else knows. A new table: an older program goes on beside it."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE pin_handed_out (
    staff_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT pk_pin_handed_out PRIMARY KEY (staff_id),
    CONSTRAINT fk_pin_handed_out_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT"""


def upgrade() -> None:
    op.execute(TABLE)
