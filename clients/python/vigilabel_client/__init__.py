"""Asks a vigilabel watch, with types: see `Vigilabel`, and `shapes` for what it answers."""

from vigilabel_client.client import Busy, NotFound, Refused, Vigilabel
from vigilabel_client.reading import WrongShape, read
from vigilabel_client.stream import Heard

__all__ = ["Busy", "Heard", "NotFound", "Refused", "Vigilabel", "WrongShape", "read"]
