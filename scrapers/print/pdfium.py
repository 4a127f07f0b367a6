"""The functions of PDFium that we call, as plain as calls from Python can be. Its lock is held by who calls.

Only the library of the binding is taken. The binding itself takes 35 ms to load for 600 functions, makes an
object of every pointer, and lets other threads run around each call. An edition takes 250,000 calls of less
than a microsecond each: pointers are whole numbers here, and threads go on only while something lasts longer.

Half of such a call is making arguments of numbers. What is called by the ten thousand declares only those
that change, and takes the others as made once: `pointer` makes one, `Places` make many.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Sequence
from ctypes import CDLL, CFUNCTYPE, PYFUNCTYPE, c_float, c_int, c_size_t, c_ulong, c_void_p, memset
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Address = int
"""Where something of PDFium, or room for it, lies in memory."""
Pointer = Any
"""An address made an argument of calls already; wherever a call takes an address, it takes this too."""
pointer: Callable[[Address], Pointer] = c_void_p.from_param


FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "open": ("FPDF_LoadMemDocument64", c_void_p, c_void_p, c_size_t, c_void_p),
    "last_error": ("FPDF_GetLastError", c_ulong),
    "page_count": ("FPDF_GetPageCount", c_int, c_void_p),
    "close": ("FPDF_CloseDocument", None, c_void_p),
    "first_bookmark": ("FPDFBookmark_GetFirstChild", c_void_p, c_void_p, c_void_p),
    "next_bookmark": ("FPDFBookmark_GetNextSibling", c_void_p, c_void_p, c_void_p),
    "bookmark_title": ("FPDFBookmark_GetTitle", c_ulong, c_void_p, c_void_p, c_ulong),
    "bookmark_target": ("FPDFBookmark_GetDest", c_void_p, c_void_p, c_void_p),
    "target_page": ("FPDFDest_GetDestPageIndex", c_int, c_void_p, c_void_p),
    "target_view": ("FPDFDest_GetView", c_ulong, *[c_void_p] * 3),
    "open_page": ("FPDF_LoadPage", c_void_p, c_void_p, c_int),
    "close_page": ("FPDF_ClosePage", None, c_void_p),
    "open_text": ("FPDFText_LoadPage", c_void_p, c_void_p),
    "close_text": ("FPDFText_ClosePage", None, c_void_p),
    "page_size": ("FPDFPage_CountObjects", c_int, c_void_p),
    "page_object": ("FPDFPage_GetObject", c_void_p),
    "form_size": ("FPDFFormObj_CountObjects", c_int, c_void_p),
    "form_object": ("FPDFFormObj_GetObject", c_void_p, c_void_p, c_ulong),
    "kind": ("FPDFPageObj_GetType", c_int, c_void_p),
    "bounds": ("FPDFPageObj_GetBounds", c_int, c_void_p),
    "matrix": ("FPDFPageObj_GetMatrix", c_int, c_void_p, c_void_p),
    "draw_mode": ("FPDFPath_GetDrawMode", c_int, c_void_p),
    "fill_colour": ("FPDFPageObj_GetFillColor", c_int, c_void_p),
    "text_size": ("FPDFText_CountChars", c_int, c_void_p),
    "page_text": ("FPDFText_GetText", c_int, c_void_p, c_int, c_int, c_void_p),
    "owner": ("FPDFText_GetTextObject", c_void_p),
    "rectangles": ("FPDFText_CountRects", c_int, c_void_p, c_int, c_int),
    "object_text": ("FPDFTextObj_GetText", c_ulong, *[c_void_p] * 3, c_ulong),
    "next_link": ("FPDFLink_Enumerate", c_int),
    "link_action": ("FPDFLink_GetAction", c_void_p, c_void_p),
    "action_uri": ("FPDFAction_GetURIPath", c_ulong, *[c_void_p] * 3, c_ulong),
    "link_area": ("FPDFLink_GetAnnotRect", c_int, c_void_p),
    "page_width": ("FPDF_GetPageWidthF", c_float, c_void_p),
    "page_height": ("FPDF_GetPageHeightF", c_float, c_void_p),
    "bitmap": ("FPDFBitmap_CreateEx", c_void_p, c_int, c_int, c_int, c_void_p, c_int),
    "fill": ("FPDFBitmap_FillRect", c_int, c_void_p, *[c_int] * 4, c_ulong),
    "render": ("FPDF_RenderPageBitmap", None, c_void_p, c_void_p, *[c_int] * 6),
    "drop_bitmap": ("FPDFBitmap_Destroy", None, c_void_p),
}
"""By our name: PDFium's own, what it gives (a pointer to nothing as None), then what it takes. What is not
declared must be given as a pointer, or be a whole number that C takes as an `int`."""
LASTING = frozenset({"FPDF_LoadMemDocument64", "FPDF_LoadPage", "FPDFText_LoadPage", "FPDF_RenderPageBitmap"})
"""Other threads go on during these."""
NAMES = ("libpdfium.so", "libpdfium.dylib", "pdfium.dll")


@cache
def calls() -> SimpleNamespace:
    """The functions of the library by our names; it is loaded when they are first asked for."""
    library = CDLL(_library())
    library.FPDF_InitLibrary()  # does nothing where the binding did so before
    made = {}
    for ours, (name, *shape) in FUNCTIONS.items():
        made[ours] = (CFUNCTYPE if name in LASTING else PYFUNCTYPE)(*shape)((name, library))
    return SimpleNamespace(**made)


def _library() -> str:
    """The file of the library: it lies in the binding's folder, or is one of the system's."""
    found = find_spec("pypdfium2_raw")
    folder = Path(found.origin or "").parent if found is not None else Path()
    beside = [str(folder / name) for name in NAMES if (folder / name).exists()]
    if beside:
        return beside[0]
    from pypdfium2_raw import bindings

    return str(bindings._libs["pdfium"]._name)


def room(kind: str, count: int) -> tuple[array[Any], Address]:
    """Room for numbers that PDFium writes, and where it lies. All are zero at first: what PDFium leaves out
    must not be a number of the page before."""
    numbers = array(kind, bytes(array(kind).itemsize * count))
    return numbers, numbers.buffer_info()[0]


class Places:
    """Room for four numbers of each of many things, used again from page to page."""

    def __init__(self, kind: str) -> None:
        self._numbers, self._at = room(kind, 0)
        self._pointers: tuple[list[Pointer], ...] = ([], [], [], [])

    def filled(self, call: Callable[..., int], items: Sequence[Address]) -> list[Any]:
        """What a call writes for each thing, four numbers by four; zero for what it leaves out."""
        count = 4 * len(items)
        if len(self._numbers) < count:
            self._numbers, self._at = room(self._numbers.typecode, 2 * count)
            end = self._at + 2 * count * self._numbers.itemsize
            each = [*map(pointer, range(self._at, end, self._numbers.itemsize))]
            self._pointers = tuple(each[side::4] for side in range(4))
        memset(self._at, 0, count * self._numbers.itemsize)
        deque(map(call, items, *self._pointers), maxlen=0)  # calls each, and keeps nothing
        return self._numbers[:count].tolist()


def decoded(units: array[Any]) -> str:
    """The text that PDFium wrote, without the zero that ends it."""
    return units.tobytes().decode("utf-16-le", "replace").removesuffix("\0")
