"""SVG that may stand in a report: known elements only, no address, no script, scaled by its viewBox."""

from __future__ import annotations

from xml.etree import ElementTree

__all__ = ["tidy"]

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset({"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "title", "desc", "defs", "clipPath", "use"})
_DROPPED = frozenset({"class", "version", "pointer-events", "aria-hidden", "role", "aria-roledescription", "stroke-miterlimit"})
ElementTree.register_namespace("", _SVG)


def tidy(svg: str, label: str, *, width: float | None = None) -> str:
    """The same picture, rebuilt element by element: what is not on the list of harmless things raises ValueError.

    `label` is read out instead of the picture; `width` is the width in pixels at which type has its true size.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314 written by ourselves or by Vega, without entities
    for parent in list(root.iter()):
        name = parent.tag.removeprefix(f"{{{_SVG}}}")
        if name not in _ELEMENTS:
            raise ValueError(f"a figure holds <{name}>")
        for key, value in list(parent.attrib.items()):
            if key.startswith("on") or "//" in value or "script:" in value:
                raise ValueError(f"a figure holds {key}={value!r}")
            if key.endswith("href") and not value.startswith("#"):
                raise ValueError(f"a figure refers to {value!r}")
            if key in _DROPPED and parent is not root:
                del parent.attrib[key]
        for child in list(parent):
            empty = child.tag == f"{{{_SVG}}}path" and (child.get("display") == "none" or child.get("d") in {"", "M0,0h0v0h0Z"})
            if empty or (child.tag == f"{{{_SVG}}}g" and not len(child)):
                parent.remove(child)
    box = root.get("viewBox") or f"0 0 {root.get('width')} {root.get('height')}"
    root.attrib.clear()
    root.attrib.update({"viewBox": box, "role": "img", "aria-label": label})
    if width is not None:
        root.set("style", f"max-width:{width:g}px")
    return ElementTree.tostring(root, encoding="unicode")
