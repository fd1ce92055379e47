"""`python -m ajar`."""

from ajar.cli import main

main()
