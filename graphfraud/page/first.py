"""The first picture of a network: in the page's own bytes, so that it stands before the chart's library has come."""

import json
from typing import Final

from nicegui import ui

from graphfraud.page.frame import Visit, asset, bar
from graphfraud.page.markup import Html, text
from graphfraud.page.picture import Picture, Places, marks

HEIGHT: Final = 440
"""Of the chart, in pixels."""


def put_first(visit: Visit, above: Html, drawn: Picture, places: Places) -> None:
    """Lay the picture over the page until its chart stands: the bar, what stands above, the network."""
    data = json.dumps(marks(drawn, places), separators=(",", ":")).replace("<", "\\u003c")
    card = f'<h2>{text(visit.say("network"))}</h2><p class="gf-hint">{text(visit.say("network_hint"))}</p>'
    ui.add_body_html(
        f'<div id="gf-first" inert><header>{bar(visit).text}</header><div class="gf-main">{above.text}'
        f'<div class="gf-grid"><section class="gf-card gf-8">{card}<canvas style="width:100%;height:{HEIGHT}px"></canvas></section></div></div>'
        f'<script type="application/json">{data}</script></div><script>{asset("first.js")}</script>'
    )
