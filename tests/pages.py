"""A report as a browser reads it: its tags, attributes and text, and whether it is harmless."""

import re
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link", "input", "hr"}
EVIL = ("<script>alert(1)</script>", '"><img src=x onerror=1>', "</svg></style><b>")


class Page(HTMLParser):
    """Tags, attributes and text of a page; whether every tag that opens also closes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open, self.crossed = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.texts.append(" ".join(data.split()))

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.texts))


def harmless(text):
    """No script, nothing loaded, nothing that answers to an event, every tag closed."""
    page = Page(text)
    assert not {"script", "img", "iframe", "object", "embed", "link", "form", "input", "base", "foreignobject", "animate"} & set(page.tags)
    assert not [one for one in page.attributes if one[1].startswith("on")]
    assert not [one for one in page.attributes if one[1] in {"href", "src", "xlink:href", "action"} and not one[2].startswith("#")]
    assert not [one for one in page.attributes if "//" in one[2] and one[1] != "xmlns"]
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    assert "@import" not in style
    assert "url(" not in style
    assert "//" not in style
    assert not page.open
    assert not page.crossed
    return page
