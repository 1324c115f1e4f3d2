"""HTML as text: nothing of a user's becomes markup."""

from __future__ import annotations

import pytest

from flowengine.report.markup import Markup, element, escaped


def test_text_is_escaped() -> None:
    assert element("p", "<script>'\"&") == "<p>&lt;script&gt;&#x27;&quot;&amp;</p>"


def test_markup_stays_as_it_is() -> None:
    assert element("p", element("b", "x"), "y") == "<p><b>x</b>y</p>"


def test_lists_and_nothing_are_children_too() -> None:
    assert element("p", ["a", None, [Markup("<br>")]]) == "<p>a<br></p>"


def test_attributes_are_escaped() -> None:
    assert element("a", title='"><b>') == '<a title="&quot;&gt;&lt;b&gt;"></a>'


def test_attributes_have_their_html_names() -> None:
    found = element("svg", class_="a", stroke_width=1.5, viewBox="0 0 1 1", open=True, id=None)
    assert found == '<svg class="a" stroke-width="1.5" viewBox="0 0 1 1" open></svg>'


@pytest.mark.parametrize("tag", ["br", "img", "meta"])
def test_empty_elements_have_no_end(tag: str) -> None:
    assert element(tag) == f"<{tag}>"


def test_control_characters_are_replaced() -> None:
    assert escaped("a\x00b\x1b") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"
