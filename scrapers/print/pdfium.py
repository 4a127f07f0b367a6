"""The functions of PDFium that are called once for each thing drawn, as plain as calls from Python can be.

The binding makes an object of every pointer that goes in or comes out, and lets other threads run around each
call. An edition takes 200,000 calls of less than a microsecond each: pointers are whole numbers here. What
lasts longer (loading a page, finding its characters) stays with the binding, where threads go on meanwhile.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import PYFUNCTYPE, c_int, c_ulong, c_void_p
from functools import cache
from typing import Any, NamedTuple, cast

Address = int
"""Where something of PDFium, or room for it, lies in memory."""


class Calls(NamedTuple):
    """PDFium's own names, without their common beginning."""

    page_size: Callable[[Address], int]
    page_object: Callable[[Address, int], Address]
    form_size: Callable[[Address], int]
    form_object: Callable[[Address, int], Address]
    kind: Callable[[Address], int]
    bounds: Callable[[Address, Address, Address, Address, Address], int]
    matrix: Callable[[Address, Address], int]
    draw_mode: Callable[[Address, Address, Address], int]
    fill_colour: Callable[[Address, Address, Address, Address, Address], int]
    page_text: Callable[[Address, int, int, Address], int]
    owner: Callable[[Address, int], Address | None]
    rectangles: Callable[[Address, int, int], int]
    object_text: Callable[[Address, Address, Address | None, int], int]
    next_link: Callable[[Address, Address, Address], int]
    link_action: Callable[[Any], Address | None]
    action_uri: Callable[[Address, Address, Address, int], int]
    link_area: Callable[[Any, Address], int]


SHAPES: dict[str, tuple[Any, ...]] = {
    "FPDFPage_CountObjects": (c_int, c_void_p),
    "FPDFPage_GetObject": (c_void_p, c_void_p, c_int),
    "FPDFFormObj_CountObjects": (c_int, c_void_p),
    "FPDFFormObj_GetObject": (c_void_p, c_void_p, c_ulong),
    "FPDFPageObj_GetType": (c_int, c_void_p),
    "FPDFPageObj_GetBounds": (c_int, *[c_void_p] * 5),
    "FPDFPageObj_GetMatrix": (c_int, c_void_p, c_void_p),
    "FPDFPath_GetDrawMode": (c_int, *[c_void_p] * 3),
    "FPDFPageObj_GetFillColor": (c_int, *[c_void_p] * 5),
    "FPDFText_GetText": (c_int, c_void_p, c_int, c_int, c_void_p),
    "FPDFText_GetTextObject": (c_void_p, c_void_p, c_int),
    "FPDFText_CountRects": (c_int, c_void_p, c_int, c_int),
    "FPDFTextObj_GetText": (c_ulong, *[c_void_p] * 3, c_ulong),
    "FPDFLink_Enumerate": (c_int, *[c_void_p] * 3),
    "FPDFLink_GetAction": (c_void_p, c_void_p),
    "FPDFAction_GetURIPath": (c_ulong, *[c_void_p] * 3, c_ulong),
    "FPDFLink_GetAnnotRect": (c_int, c_void_p, c_void_p),
}
"""What each gives, then what it takes, in the order of `Calls`."""


@cache
def calls() -> Calls:
    """The functions of the PDFium that the binding has loaded; its lock is held by whoever calls them."""
    from pypdfium2 import raw

    return Calls(*(PYFUNCTYPE(*shape)(address(getattr(raw, name))) for name, shape in SHAPES.items()))


def address(pointer: Any) -> Address:
    """The address that a pointer of the binding holds."""
    return cast("int", ctypes.cast(pointer, c_void_p).value)
