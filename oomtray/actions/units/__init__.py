"""Dialogs values for services: a drop-in of ours beside a unit's own file, in the system or the user manager.

`settings` says what may be set, `state` how the unit stands, `sessions` whether others inherit from it, `plan` what a change comes to, `dropin` writes a file of
ours, `verify` lets systemd read it before it is installed, `request` asks the helper, `original` finds what to go back
to, `words` says what it means, and `changer` does it.
"""
