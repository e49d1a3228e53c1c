"""The command line: verbs in, tables and bars out. Results go to stdout, progress and problems to stderr."""

from hinterland.cli.commands import main

__all__ = ["main"]
