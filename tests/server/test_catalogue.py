"""The catalogue has what the editor shows of packs, ports and nodes; pictures only draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.client import Client

from flowengine.packs import Pack, installed_packs, local_pack
from flowengine.server.catalogue import ICON, pack_info

DRAWN = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>'


def icon_of(folder: Path, text: str) -> str:
    (folder / ICON).write_text(text)
    return pack_info(local_pack([folder])).icon


def test_catalogue_tells_packs_ports_and_nodes(client: Client) -> None:
    found = client.get("api/catalogue")
    assert {"layer", "table", "local"} <= {pack["id"] for pack in found["packs"]}
    assert {"table", "network"} <= {port["id"] for port in found["port_types"]}
    assert {"layer.dense", "local.pause"} <= {node["type"] for node in found["nodes"]}


def test_unchanged_catalogue_is_not_sent_again(client: Client) -> None:
    first = client("GET", "api/catalogue")
    again = client("GET", "api/catalogue", if_none_match=f'"{first.etag}"')
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("pack", installed_packs(), ids=lambda pack: pack.prefix)
def test_built_in_pack_has_title_summary_and_icon(pack: Pack) -> None:
    info = pack_info(pack)
    assert info.title and info.summary
    assert 'stroke="currentColor"' in info.icon and 'stroke-width="1.75"' in info.icon


def test_drawing_of_a_pack_is_taken(tmp_path: Path) -> None:
    assert icon_of(tmp_path, DRAWN) == DRAWN


@pytest.mark.parametrize(
    "text",
    [
        DRAWN.replace("<path", "<script>alert(1)</script><path"),
        DRAWN.replace("<path", '<path onclick="x()"'),
        DRAWN.replace("<path", '<use href="#x"/><path'),
        DRAWN.replace("<path", "<foreignObject/><path"),
        DRAWN.replace("<path", '<path style="fill:url(http://x)"'),
        '<!DOCTYPE svg [<!ENTITY x "y">]>' + DRAWN,
        "<html></html>",
        DRAWN + " " * 20_000 + DRAWN,
    ],
    ids=["script", "event", "link", "foreign", "style", "entity", "html", "large"],
)
def test_icon_that_does_more_than_draw_is_left_out(tmp_path: Path, text: str) -> None:
    assert icon_of(tmp_path, text) == ""
