"""Whether the system lets this process open files: a memory, a page and a copy all need some."""

from __future__ import annotations

import errno
import os

from state.file.errors import NoFiles


def no_files() -> NoFiles:
    """That there are no open files to be had, and who can change it."""
    return NoFiles.of("no_files")


def short_of_files() -> bool:
    """Whether the system lets this process open no file now.

    Asked of the system, for libraries say it in many ways.
    """
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return False
