"""Lasting values for services: our drop-in beside the unit's own file, in the system manager or the user's.

`settings` defines what may be set, `state` reads how a unit is set up and whether others inherit from it, `plan`
works out a change, `dropin` reads and writes our file, `verify` has systemd check it before it is installed,
`managers` asks the service manager, `request` the helper, `unit_files` finds what to go back to, and `changer` makes
the change; `limit` and `preference` change what systemd keeps without such a file.
"""
