"""Asks a vigilabel watch, with types: see `Vigilabel`, and `shapes` for what it answers."""

from vigilabel_client.client import Busy, NotFound, Refused, Vigilabel
from vigilabel_client.reading import WrongShape, read

__all__ = ["Busy", "NotFound", "Refused", "Vigilabel", "WrongShape", "read"]
