"""What argparse itself says to a person, in Python 3.11 to 3.13; what it says to programmers is left out.

It looks its words up in the domain that oomtray.messages.i18n binds. They are listed here, not read from argparse, so
that the catalogue is the same whichever Python makes it.
"""

from __future__ import annotations

from .catalogue import Message

HINT = "Python's command line parser says this; keep each %(...)s"
_WORDS = (
    "usage: ",
    "positional arguments",
    "options",
    "%(heading)s:",
    "show this help message and exit",
    "show program's version number and exit",
    "unrecognized arguments: %s",
    "the following arguments are required: %s",
    "one of the arguments %s is required",
    "not allowed with argument %s",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    "ambiguous option: %(option)s could match %(matches)s",
    "ignored explicit argument %r",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid %(type)s value: %(value)r",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
)
FOR_PROGRAMMERS = frozenset({
    " (default: %(default)s)",
    "%(prog)s: error: %(message)s\n",
    "%(prog)s: warning: %(message)s\n",
    "%r is not callable",
    "'required' is an invalid argument for positionals",
    ".__call__() not defined",
    'argument "-" with mode %r',
    "argument %(argument_name)s: %(message)s",
    "argument '%(argument_name)s' is deprecated",
    "can't open '%(filename)s': %(error)s",
    "cannot have multiple subparser arguments",
    "cannot merge actions - two groups are named %r",
    "command '%(parser_name)s' is deprecated",
    "conflicting option string: %s",
    "conflicting subparser alias: %s",
    "conflicting subparser: %s",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
    "option '%(option)s' is deprecated",
    "subcommands",
    "unexpected option string: %s",
})  # fmt: skip
"""What nobody meets here: mistakes of a parser's author, and what this program doesn't use or says itself."""

ARGPARSE = (
    *(
        Message(
            text,
            files=("argparse",),
            comments=(HINT,) if "%" in text else (),
            flags=frozenset({"python-format"} if "%" in text else ()),
        )
        for text in _WORDS
    ),
    Message(
        "expected %s argument",
        "expected %s arguments",
        files=("argparse",),
        comments=(HINT,),
        flags=frozenset({"python-format"}),
    ),
)
