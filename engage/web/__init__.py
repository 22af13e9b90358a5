"""The door for browsers: families by link, anyone, the forum, staff, and GOV.UK Notify's receipts."""
