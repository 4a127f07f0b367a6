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
from typing import Any, NamedTuple

Address = int
"""Where something of PDFium, or room for it, lies in memory."""
Pointer = Any
"""An address made an argument of calls already; wherever a call takes an address, it takes this too."""
pointer: Callable[[Address], Pointer] = c_void_p.from_param


class Calls(NamedTuple):
    """PDFium's functions, by what they give."""

    open: Callable[[bytes, int, None], Address | None]
    last_error: Callable[[], int]
    page_count: Callable[[Address], int]
    close: Callable[[Address], None]
    first_bookmark: Callable[[Address, Address | None], Address | None]
    next_bookmark: Callable[[Address, Address], Address | None]
    bookmark_title: Callable[[Address, Address | None, int], int]
    bookmark_target: Callable[[Address, Address], Address | None]
    target_page: Callable[[Address, Address], int]
    target_view: Callable[[Address, Address, Address], int]
    open_page: Callable[[Address, int], Address | None]
    close_page: Callable[[Address], None]
    open_text: Callable[[Address], Address | None]
    close_text: Callable[[Address], None]
    page_size: Callable[[Address], int]
    page_object: Callable[[Pointer, int], Address]
    form_size: Callable[[Address], int]
    form_object: Callable[[Pointer, int], Address]
    kind: Callable[[Address], int]
    bounds: Callable[[Address, Pointer, Pointer, Pointer, Pointer], int]
    matrix: Callable[[Address, Address], int]
    draw_mode: Callable[[Address, Pointer, Pointer], int]
    fill_colour: Callable[[Address, Pointer, Pointer, Pointer, Pointer], int]
    text_size: Callable[[Address], int]
    page_text: Callable[[Address, int, int, Address], int]
    owner: Callable[[Pointer, int], Address | None]
    rectangles: Callable[[Address, int, int], int]
    object_text: Callable[[Address, Address, Address | None, int], int]
    next_link: Callable[[Pointer, Pointer, Pointer], int]
    link_action: Callable[[Any], Address | None]
    action_uri: Callable[[Pointer, Address, Pointer, int], int]
    link_area: Callable[[Any, Pointer], int]
    page_width: Callable[[Address], float]
    page_height: Callable[[Address], float]
    bitmap: Callable[[int, int, int, Address, int], Address | None]
    fill: Callable[[Address, int, int, int, int, int], object]
    render: Callable[[Address, Address, int, int, int, int, int, int], None]
    drop_bitmap: Callable[[Address], None]


SHAPES: dict[str, tuple[Any, ...]] = {
    "FPDF_LoadMemDocument64": (c_void_p, c_void_p, c_size_t, c_void_p),
    "FPDF_GetLastError": (c_ulong,),
    "FPDF_GetPageCount": (c_int, c_void_p),
    "FPDF_CloseDocument": (None, c_void_p),
    "FPDFBookmark_GetFirstChild": (c_void_p, c_void_p, c_void_p),
    "FPDFBookmark_GetNextSibling": (c_void_p, c_void_p, c_void_p),
    "FPDFBookmark_GetTitle": (c_ulong, c_void_p, c_void_p, c_ulong),
    "FPDFBookmark_GetDest": (c_void_p, c_void_p, c_void_p),
    "FPDFDest_GetDestPageIndex": (c_int, c_void_p, c_void_p),
    "FPDFDest_GetView": (c_ulong, *[c_void_p] * 3),
    "FPDF_LoadPage": (c_void_p, c_void_p, c_int),
    "FPDF_ClosePage": (None, c_void_p),
    "FPDFText_LoadPage": (c_void_p, c_void_p),
    "FPDFText_ClosePage": (None, c_void_p),
    "FPDFPage_CountObjects": (c_int, c_void_p),
    "FPDFPage_GetObject": (c_void_p,),
    "FPDFFormObj_CountObjects": (c_int, c_void_p),
    "FPDFFormObj_GetObject": (c_void_p, c_void_p, c_ulong),
    "FPDFPageObj_GetType": (c_int, c_void_p),
    "FPDFPageObj_GetBounds": (c_int, c_void_p),
    "FPDFPageObj_GetMatrix": (c_int, c_void_p, c_void_p),
    "FPDFPath_GetDrawMode": (c_int, c_void_p),
    "FPDFPageObj_GetFillColor": (c_int, c_void_p),
    "FPDFText_CountChars": (c_int, c_void_p),
    "FPDFText_GetText": (c_int, c_void_p, c_int, c_int, c_void_p),
    "FPDFText_GetTextObject": (c_void_p,),
    "FPDFText_CountRects": (c_int, c_void_p, c_int, c_int),
    "FPDFTextObj_GetText": (c_ulong, *[c_void_p] * 3, c_ulong),
    "FPDFLink_Enumerate": (c_int,),
    "FPDFLink_GetAction": (c_void_p, c_void_p),
    "FPDFAction_GetURIPath": (c_ulong, *[c_void_p] * 3, c_ulong),
    "FPDFLink_GetAnnotRect": (c_int, c_void_p),
    "FPDF_GetPageWidthF": (c_float, c_void_p),
    "FPDF_GetPageHeightF": (c_float, c_void_p),
    "FPDFBitmap_CreateEx": (c_void_p, c_int, c_int, c_int, c_void_p, c_int),
    "FPDFBitmap_FillRect": (c_int, c_void_p, *[c_int] * 4, c_ulong),
    "FPDF_RenderPageBitmap": (None, c_void_p, c_void_p, *[c_int] * 6),
    "FPDFBitmap_Destroy": (None, c_void_p),
}
"""What each gives, then what it takes, in the order of `Calls`; what is not declared must be given as a
pointer, or be a whole number that C takes as an `int`."""
LASTING = frozenset({"FPDF_LoadMemDocument64", "FPDF_LoadPage", "FPDFText_LoadPage", "FPDF_RenderPageBitmap"})
"""Other threads go on during these."""
NAMES = ("libpdfium.so", "libpdfium.dylib", "pdfium.dll")


@cache
def calls() -> Calls:
    """The functions of the library, which is loaded when they are first asked for."""
    library = CDLL(_library())
    library.FPDF_InitLibrary()  # does nothing where the binding did so before
    return Calls(
        *(
            (CFUNCTYPE if name in LASTING else PYFUNCTYPE)(*shape)((name, library))
            for name, shape in SHAPES.items()
        )
    )


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
