"""The door for people who sign in to work: one module a page group, every view guarded by `needs`."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
ROW = f"int(max={2**63 - 1})"
"""A row's number in an address: no database column holds a larger one."""

# Each page group is one module, which hangs its views on the blueprint above. Add yours to this line.
from engage.web.staff import (  # noqa: E402, F401
    audit,
    being_heard,
    calls,
    campaign_acts,
    campaign_firsts,
    campaign_forms,
    campaigns,
    cases,
    clock,
    families,
    family_checks,
    family_holds,
    figures,
    import_columns,
    imports,
    joining,
    letters,
    people,
    reading,
    share,
    today,
    you_said_we_did,
)
