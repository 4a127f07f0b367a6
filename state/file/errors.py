"""What can go wrong with the memory, whichever engine keeps it.

    StoreError      it cannot be opened, read or used as asked
    ├── Failed      the engine itself failed, or refused what was asked: quoted as it says so
    │   ├── Broke   a check or a trigger of the memory does not let that be written
    │   ├── Full    there is no room on its disk
    │   └── Busy    somebody else held what was needed for too long
    ├── Away        it cannot be reached now: passes by itself, and nothing is wrong with it
    │   └── NoFiles the system gives this process no more open files
    ├── Damaged     a page is not what was kept
    ├── LeaseLost   a message is no longer with the one who was sending it
    └── Undone      a transaction was only tried: nothing of it is to stay

Each text says what was expected, what was found, and what to do. Whatever was being written is rolled back
before any of them is raised.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Self

SAID: Mapping[str, str] = {
    "alias_denied": "alias {name!r} of {of}: providers.toml says that it is not {provider}; correct that "
    "file first",
    "alias_taken": "alias {name!r} of {of}: it is {provider} for {source} and {label}; remove that first",
    "alias_words": "alias {name!r} of {of}: expected a name, a source, a label and a reason",
    "broken": "{file}: expected a whole database, found: {why}",
    "closed_folder": "{folder}: expected a folder that can be written to, found: {why}",
    "copied_by_other": "state {path}: another process goes on with this copy; leave it to that one",
    "copy_differs": "state {path}: the copy is not what was copied: table {table} differs, so it was changed "
    "meanwhile; nobody can open it: copy again with --anew",
    "document_moved": "document {sha256}: expected the bytes that were looked at, found others",
    "document_words": "document {number}: expected a reason and who says so",
    "file_there": "{file}: expected no file of that name, found one; {advice}",
    "folder": "state {path}: expected a file, found a directory",
    "full": "{file}: is whole, but there is no room for the copy: the disk is full",
    "gone": "state :memory: is gone with its process; expected a file",
    "half_made": "state {path}: holds a copy of {origin} that was not finished; give the same `vigilabel "
    "copy` again to go on with it, or with --anew to begin it anew",
    "lost": "state {path}: expected the database that {both} belong to, found {found}; restore it from a "
    "backup, or remove the leftovers to start anew on purpose",
    "memory_there": "{file}: expected no file of that name, found one; a memory is never overwritten: move "
    "it away first, or name another place",
    "newer": "state {path}: comes from a newer vigilabel, which made {steps}; expected nothing after {last}; "
    "upgrade vigilabel, or restore the copy made before its upgrade",
    "no_address": "state: expected a path or sqlite:///path, found an empty address",
    "no_backup": "{file}: there is no such file; expected a backup",
    "no_files": "the system lets this process open no more files; raise its limit (ulimit -n) if this lasts",
    "no_folder": "state {path}: the directory {folder} does not exist; create it first",
    "no_memory": "{file}: expected a memory of vigilabel, found a database without one",
    "no_provider": "provider {name}: expected one that is reviewed or listed; close names: {close}",
    "not_empty": "state {path}: expected nothing there, found a memory, which is never overwritten; name "
    "another place, or move that one away first",
    "other_address": "state: expected a path, sqlite:///path or postgresql://…, found a {scheme}:// address",
    "other_file": "state {path}: expected a database, found a file of another kind",
    "pg_address": "state: expected postgresql://user:password@host:port/database, found an address that "
    "cannot be read so; write characters such as `@ : / # ?` of a password as `%40 %3A %2F %23 %3F`",
    "pg_behind": "state {address}: cannot be written to, and lacks {steps}; upgrade it where it is written",
    "pg_crowded": "state {address}: PostgreSQL takes no more connections now; raise max_connections, or "
    "start fewer processes, if this lasts",
    "pg_encoding": "state {address}: expected a database in UTF8, found {found}, which lacks letters; create "
    "one with encoding UTF8",
    "pg_lost": "state {address}: the connection to PostgreSQL was lost, and what was being written is "
    "rolled back; it is connected to again by itself",
    "pg_no_database": "state {address}: there is no such database; create it (createdb), or check the "
    "address",
    "pg_no_rights": "state {address}: this user lacks a right ({why}); it must be able to create the schema "
    "vigilabel, or own it: `grant create on database … to …`",
    "pg_none_free": "state {address}: all {size} connections of this process are in use for too long",
    "pg_password": "state {address}: PostgreSQL does not let this user in; check the user and the password "
    "in the address, and pg_hba.conf",
    "pg_pooler": "state {address}: a pooler in transaction mode stands before PostgreSQL, and would mix what "
    "processes hold; give the address of the server itself, or of a pooler in session mode",
    "pg_refuses": "state {address}: PostgreSQL refuses the connection with the code {code}; its log says why",
    "pg_too_old": "state {address}: expected PostgreSQL {expected} or later, found {found}; upgrade it",
    "pg_unreachable": "state {address}: no PostgreSQL answers there now; check that it runs, and the address",
    "row_not_taken": "state {path}: does not take the rows of {table} from {first} to {last}: {why}",
    "row_with_nul": "state {path}: does not take the rows of {table} from {key} to {key}: {column} has a "
    "NUL, for which PostgreSQL has no room; write that text without it where it is, and copy again; what a "
    "log holds is never changed: a memory with a NUL in one stays in SQLite",
    "unchained": "{file}: does not agree with its chain: {why}",
}
"""What is said in English under each code; the catalogues say it to readers (`store.…`)."""


class StoreError(Exception):
    """The memory cannot be opened or used as asked: in English, and as data for readers of other languages.

    `code` names the text that says so (`store.…` in the catalogues), filled with the values; "" where only a
    programmer ever reads it.
    """

    def __init__(self, text: str, code: str = "", /, **values: str) -> None:
        super().__init__(text)
        self.code, self.values = code, values

    @classmethod
    def of(cls, code: str, /, **values: object) -> Self:
        """The error of that code, said with these values."""
        told = {name: str(value) for name, value in values.items()}
        return cls(SAID[code].format(**told), code, **told)


class Failed(StoreError):
    """The engine itself failed; `why` is what it says."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the memory failed: {why}", "failed", why=why)


class Broke(Failed):
    """A check, a trigger or a reference of the memory does not let that be written."""


class Full(Failed):
    """There is no room where the memory lies."""


class Busy(Failed):
    """Somebody else held what was needed for longer than anybody should."""


class Away(StoreError):
    """The memory cannot be reached now; passes by itself, and it is whole."""


class NoFiles(Away):
    """The system gives this process no more open files; passes by itself, and the memory is whole."""


class Damaged(StoreError):
    """The bytes of a page are not those that were kept; the text says what was found in their place."""


class LeaseLost(StoreError):
    """The lease of a message ran out and another sender took it over, or the message is closed."""


class Undone(StoreError):
    """Ends a transaction of which nothing is to stay; nobody but who began it sees it."""


def short_of_files() -> bool:
    """Whether the system lets this process open no file now: a memory, a page and a copy all need some.

    Asked of the system, for libraries say it in many ways.
    """
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return False
