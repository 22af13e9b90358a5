"""The door for people who sign in to work: one module a page group, every view guarded by `needs`."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
LARGEST = 2**31 - 1
"""No row that is numbered in order has a larger number: no column holds one."""
ROW = f"int(max={LARGEST})"
"""A row's number in an address."""
CHANCE_ROW = f"int(max={2**63 - 1})"
"""The same of a row whose number is drawn by chance (`key_without_order`)."""

# Each page group is one module, which hangs its views on the blueprint above. Add yours to this line.
from engage.web.staff import (  # noqa: E402, F401
    activities,
    activities_form,
    activities_remarks,
    activities_slips,
    audit,
    being_heard,
    booklets,
    calls,
    campaign_acts,
    campaign_firsts,
    campaign_forms,
    campaigns,
    cases,
    clock,
    entry_translations,
    face_to_face,
    families,
    family_checks,
    family_holds,
    figures,
    figures_voices,
    import_columns,
    imports,
    joining,
    letters,
    mailboxes,
    open_links,
    paper,
    people,
    reading,
    sessions,
    sessions_child,
    sessions_drawings,
    sessions_group,
    sessions_worry,
    share,
    surveys,
    surveys_acts,
    surveys_preview,
    surveys_upload,
    today,
    translations,
    videos,
    you_said_we_did,
)
