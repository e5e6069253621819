"""XMP packets (ISO 16684-1): a few of their properties, read and written.

No packet has a document type, so there are no entities; one that has is not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.sax.saxutils import escape

MAX_BYTES = 2 << 20
IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
"""What a segment of JPEG begins with that holds one."""
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
_END = "</rdf:RDF>"
_KINDS = {
    "dc:creator": "Seq",
    "dc:subject": "Bag",
    "dc:title": "Alt",
    "dc:description": "Alt",
    "dc:rights": "Alt",
    "xmpRights:UsageTerms": "Alt",
}
"""Lists that properties are written as; others are plain texts."""


class BadPacket(Exception):
    """It is too large, no XML, or has a document type."""


@dataclass
class Properties:
    """Texts of each property by its usual prefix and name, as ``dc:title``."""

    texts: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The first text of a property, or none."""
        return next(iter(self.texts.get(name, ())), "")


def read(packet: bytes, spaces: Mapping[str, str] = _SPACES) -> Properties:
    """Properties that are simple, or lists of texts, of name spaces by the prefix that
    they have here. Nothing of no packet. Raises BadPacket."""
    found = Properties()
    if not packet:
        return found
    for described in _root(packet).iter(f"{_RDF}Description"):
        for name, text in described.attrib.items():
            _add(found, name, [text], spaces)
        for child in described:
            _add(found, child.tag, _texts(child), spaces)
    return found


def written(texts: Mapping[str, Sequence[str]]) -> bytes:
    """A packet of these properties; none where there are none."""
    lines = [_line(name, listed) for name, listed in texts.items() if any(listed)]
    if not lines:
        return b""
    spaces = " ".join(f'xmlns:{short}="{uri}"' for short, uri in _SPACES.items())
    head = f'<rdf:Description rdf:about="" {spaces}>'
    return packet(f"{head}{''.join(lines)}</rdf:Description>").encode()


def packet(descriptions: str) -> str:
    """One of these elements."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        f'"{_RDF.strip("{}")}">{descriptions}{_END}</x:xmpmeta>'
        '<?xpacket end="r"?>'
    )


def described(made: bytes, description: str) -> bytes:
    """A packet that was written here, or none, with one element more."""
    if not made:
        return packet(description).encode()
    end = _END.encode()
    return made.replace(end, description.encode() + end)


def _root(packet: bytes) -> ElementTree.Element:
    if len(packet) > MAX_BYTES:
        raise BadPacket("It is too large.")
    for coding in ("utf-8-sig", "utf-16"):
        try:
            text = packet.decode(coding).strip("\x00 \r\n\t")
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadPacket("It is no text.")
    if "<!" in text.replace("<!--", "").replace("<![CDATA[", ""):
        raise BadPacket("It has a document type.")
    try:
        return ElementTree.fromstring(text.encode("utf-8"))
    except (ElementTree.ParseError, ValueError) as error:
        raise BadPacket("It is no XML.") from error


def _add(
    found: Properties, name: str, texts: Sequence[str], spaces: Mapping[str, str]
) -> None:
    uri, _, local = name.lstrip("{").partition("}")
    short = next((short for short, known in spaces.items() if known == uri), None)
    kept = [text.strip() for text in texts if text.strip()]
    if short is not None and kept:
        found.texts.setdefault(f"{short}:{local}", kept)


def _texts(element: ElementTree.Element) -> list[str]:
    """Of a simple property its text; of a list all, the default language first."""
    items = element.findall(f"*/{_RDF}li")
    if not items:
        return [element.text or ""]
    items.sort(key=lambda item: item.get(f"{_XML}lang", "x-default") != "x-default")
    return [item.text or "" for item in items]


def _line(name: str, texts: Sequence[str]) -> str:
    kind = _KINDS.get(name)
    if kind is None:
        return f"<{name}>{_escaped(texts[0])}</{name}>"
    said = ' xml:lang="x-default"' if kind == "Alt" else ""
    listed = texts[:1] if kind == "Alt" else texts
    items = "".join(f"<rdf:li{said}>{_escaped(text)}</rdf:li>" for text in listed)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def _escaped(text: str) -> str:
    """Without what XML cannot hold."""
    return escape("".join(c for c in text if c >= " " or c in "\t\n\r"))
