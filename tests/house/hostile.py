"""What a patient attacker types and uploads: words that break programs, and files that lie about what they are."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache

from PIL import Image

MUST_NOT_RUN = "<script>alert(1)</script>"
MUST_NOT_COUNT = ("7*1919191", "13434337")
"""A sum, and what stands on a page that has worked it out."""

WORDS = {
    "nothing": "",
    "controls": "nul\0 half \ud800 \x01\x02\x0b\x1f\x7f\x85\ufffe\uffff\U0001ffff \u202e\u2066ﷺ👩‍👩‍👧\u200b\u2060 аmіna Z̸̢̛a̷l̴g̵o",
    "markup": f"'\">--></textarea></title>{MUST_NOT_RUN}<img src=x onerror=alert(1)>&lt; <a href=javascript:alert(1)>"
    "{{7*1919191}}${7*1919191}#{7*1919191}<%= 7*1919191 %>{% raw %}%(x)s {0.__class__} ((link)) [a](javascript:alert(1))\n# a",
    "formula": '=HYPERLINK("x")\r\n\r\nSet-Cookie: a=b\r\n\'; DROP TABLE response; -- %00 %s \\x00 ../../etc/passwd',
    "digits": "9" * 5_000,
    "beyond any column": str(2**63),
    "below nothing": "-1",
    "other digits": "²³٣",
    "no number": "NaN",
    "last day": "9999-12-31",
    "very long": "é" * 50_000,
}
IN_ADDRESSES = ("controls", "markup", "digits", "beyond any column", "below nothing")
"""What is also tried in every part of an address."""
BEHIND = ("controls", "digits")
"""What is also tried behind every question mark."""


def _jpeg(**saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", **saved)
    return out.getvalue()


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_that_says_it_is_huge() -> bytes:
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 1_000))


def _png_whose_note_unpacks_for_ever() -> bytes:
    note = b"Comment\0\0" + zlib.compress(b"\0" * 8_000_000, 9)
    return _png()[:33] + _chunk(b"zTXt", note) + _png()[33:]


def _exif(block: bytes) -> bytes:
    return _jpeg()[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block + _jpeg()[2:]


def _package(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def workbook(sheet: bytes, *, strings: bytes = b"") -> bytes:
    """The smallest XLSX there is, with these rows inside its sheetData."""
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return _package(
        {
            "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": relations
            + b'<Relationship Id="r1" Type="'
            + office
            + b'/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": b"<workbook "
            + main
            + b' xmlns:r="'
            + office
            + b'"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations
            + b'<Relationship Id="r1" Type="'
            + office
            + b'/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/sharedStrings.xml": strings or b"<sst " + main + b"/>",
            "xl/worksheets/sheet1.xml": b"<worksheet " + main + b"><sheetData>" + sheet + b"</sheetData></worksheet>",
        }
    )


def document(table: bytes, *, before: bytes = b"") -> bytes:
    """The smallest ODS there is, with these rows inside its one table."""
    spaces = b" ".join(
        b'xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s:1.0"' % (name, name)
        for name in (b"office", b"table", b"text")
    )
    return _package(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": b'<?xml version="1.0" encoding="UTF-8"?>'
            + before
            + b"<office:document-content "
            + spaces
            + b'><office:body><office:spreadsheet><table:table table:name="S">'
            + table
            + b"</table:table></office:spreadsheet></office:body></office:document-content>",
        },
    )


ENTITIES = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "%s">]>' % (b"b" * 2_000)
BOMB_OF_ENTITIES = (
    b"<!DOCTYPE x [<!ENTITY a0 'aaaaaaaaaa'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)
ODS_CELL = b'<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'

_MAKERS: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "nothing": ("empty.png", "image/png", lambda: b""),
    "HTML called PNG": ("drawing.png", "image/png", lambda: b"<html><script>alert(1)</script>"),
    "SVG with a script": (
        "drawing.svg",
        "image/svg+xml",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    ),
    "JPEG that is HTML too": ("drawing.jpg", "image/jpeg", lambda: _jpeg() + b"<html><script>alert(1)</script>"),
    "HTML that is JPEG too": ("drawing.html", "text/html", _jpeg),
    "JPEG with a script for a comment": ("a.jpg", "image/jpeg", lambda: _jpeg(comment=b"<script>alert(1)</script>")),
    "JPEG called CSV": ("plans.csv", "text/csv", _jpeg),
    "PNG cut short": ("drawing.png", "image/png", lambda: _png()[:-40]),
    "PNG that says it is huge": ("drawing.png", "image/png", _png_that_says_it_is_huge),
    "PNG whose note unpacks for ever": ("drawing.png", "image/png", _png_whose_note_unpacks_for_ever),
    "JPEG with a broken note of the camera": ("a.jpg", "image/jpeg", lambda: _exif(b"II*\0\x08\0\0\0\x05\0\x12\x01")),
    "JPEG whose note runs in a circle": (
        "a.jpg",
        "image/jpeg",
        lambda: _exif(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\xff\xff\xff\xff\0\0\0\x08\0\0\0\x08"),
    ),
    "CSV in UTF-16": ("plans.csv", "text/csv", lambda: "personref,surname\n1,Ł\n".encode("utf-16")),
    "CSV without an end": ("plans.csv", "text/csv", lambda: b'personref,surname\n1,"' + b"a" * 300_000),
    "CSV of formulas": ("plans.csv", "text/csv", lambda: b"personref,surname\n=1+1,@SUM(A1)\n-2,+3\n"),
    "CSV full of NUL": ("plans.csv", "text/csv", lambda: b"personref,surname\n\0\0\0,\0\n"),
    "a package that is no workbook": ("plans.xlsx", "", lambda: _package({"../../etc/passwd": b"root"})),
    "a workbook cut short": ("plans.xlsx", "", lambda: workbook(b"")[:-60]),
    "a workbook with one far cell": (
        "plans.xlsx",
        "",
        lambda: workbook(b'<row><c r = "xfd01048576"><v>1</v></c></row>'),
    ),
    "a workbook with a row without end": (
        "plans.xlsx",
        "",
        lambda: workbook(b"<row>" + b"<c><v>1</v></c>" * 20_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 9_000),
    ),
    "a workbook that reads another file": (
        "plans.xlsx",
        "",
        lambda: workbook(b'<row><c t="s"><v>0</v></c></row>', strings=ENTITIES + b"<sst><si><t>&a;</t></si></sst>"),
    ),
    "an ODS that reads another file": (
        "plans.ods",
        "",
        lambda: document(b"<table:table-row>" + ODS_CELL % b"&a;" + b"</table:table-row>", before=ENTITIES),
    ),
    "an ODS of entities within entities": (
        "plans.ods",
        "",
        lambda: document(b"<table:table-row>" + ODS_CELL % b"&a11;" + b"</table:table-row>", before=BOMB_OF_ENTITIES),
    ),
    "an ODS with a far cell": (
        "plans.ods",
        "",
        lambda: document(
            b'<table:table-row><table:table-cell table:number-columns-repeated="1000000000"/>'
            + ODS_CELL % b"a"
            + b"</table:table-row>"
        ),
    ),
    "a translation with other placeholders": (
        "messages.pl.po",
        "",
        lambda: (
            b'msgid ""\nmsgstr "Language: pl\\n"\n\nmsgid "%(time)s, %(day)s"\nmsgstr "%(x.__class__)s %n %(day)1000000000d"\n'
        ),
    ),
    "a translation with countless plurals": (
        "messages.pl.po",
        "",
        lambda: (
            b'msgid ""\nmsgstr "Language: pl\\nPlural-Forms: nplurals=99999999999; plural=n;\\n"\n\n'
            b'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'
        ),
    ),
    "a translation in an odd alphabet": (
        "messages.pl.po",
        "",
        lambda: (
            b'msgid ""\nmsgstr "Language: pl\\nContent-Type: text/plain; charset=hex\\n"\n\nmsgid "a"\nmsgstr "b"\n'
        ),
    ),
    "YAML that runs a program": ("v.yaml", "", lambda: b"!!python/object/apply:os.system ['true']\n"),
    "YAML of anchors within anchors": (
        "v.yaml",
        "",
        lambda: b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)),
    ),
    "YAML without end": ("v.yaml", "", lambda: b"[" * 50_000),
    "YAML of endless numbers": ("v.yaml", "", lambda: b"survey: a\nversion: " + b"9" * 9_000),
    "YAML with keys that are lists": ("v.yaml", "", lambda: b"? [a, b]\n: c\n? {d: e}\n: f\n<<: 1\n"),
    "YAML that is none": ("v.yaml", "", lambda: b"\xff\xfe\0\x01\x80 %\t"),
    "a name that lies": ("..\\../e\0v\u202egnp.exe\r\nX: y.jpg", "image/jpeg", _jpeg),
    "a name without end": ("é" * 5_000 + ".csv", "text/csv", lambda: b"a,b\n1,2\n"),
}


@cache
def files() -> dict[str, tuple[str, str, bytes]]:
    """Every hostile file: its name, its media type and what is in it."""
    return {name: (file, kind, make()) for name, (file, kind, make) in _MAKERS.items()}
