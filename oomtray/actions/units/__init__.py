"""Lasting values for services: a drop-in of ours beside a unit's own file, in the system or the user manager.

`settings` says what may be set, `dropin` writes it as a file of ours, `verify` lets systemd read the result before it
is installed, `user` installs it for the user's own manager, `request` asks the helper to do it for the system's.
"""
