"""Engage: hear from the families of children with SEND, act on what they say, and tell them so.

The map of the house (each room may use only the rooms below it; import-linter keeps this true)::

    __main__ -> app -> cli | web          DOORS: a terminal, a browser
                       demonstration      a made-up local area, run through the real services
                       insight | jobs     the one gate to figures; the clock
                       cases | you_said_we_did | activities
                       campaigns | register | forum | accounts
                       plans
                       people | surveys | notify
                       core               GROUND
    insight -> reports                    pure pandas; knows nothing of ours
"""

__version__ = "0.1.0"
