"""Lasting values for services: a drop-in of ours beside a unit's own file, in the system's or the user's own manager.

`settings` says what may be set, `state` how a unit stands, `sessions` whether others inherit from it, `plan` what a change
comes to, `dropin` reads and writes our file, `verify` lets systemd read it before it is installed, `request` asks the
helper, `unit_files` finds what to go back to, and `changer` does it.
"""
