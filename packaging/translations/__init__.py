"""The translations of the program: sentences are found in the code, brought into catalogues, and compiled.

    PYTHONPATH=packaging python3 -m translations update    # what `make translations` does
    PYTHONPATH=packaging python3 -m translations compile   # what building and installing do

Plain Python, as whoever installs from the source has nothing else.
"""
