"""Figures from counted frames: shares, rates, comparisons and charts, protected before anybody may print them.

Nothing here holds a session, sees a name or knows the rest of the service. The way through is always the same::

    frame of counts  (columns.check)
      -> a Table of figures        experience | participation | representativeness
      -> a ProtectedTable          suppression.protect: the only kind that can be printed
      -> text, CSV, JSON, SVG      tables, charts
"""
