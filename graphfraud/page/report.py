"""A case as one HTML file that needs nothing else, and as networkx node-link JSON."""

import json
from html import escape

import networkx as nx

from graphfraud.page.frame import Visit
from graphfraud.page.markup import Html, facts, table
from graphfraud.page.picture import COLOURS, MEMBER, SIZE, Node, Picture, picture
from graphfraud.page.room import moment
from graphfraud.page.views.rings import at_desk, chance, lineage, names, reasons

ROOM = 90
"""Units beside the drawing for the names at its edge."""
STYLE = """
body { font: 14px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif; color: #1f2933; max-width: 1000px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 16px; margin: 24px 0 6px; } p.sub { color: #52606d; margin: 0 0 12px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; border-bottom: 1px solid #d9e2ec; padding: 4px 8px 4px 0; vertical-align: top; overflow-wrap: anywhere; }
caption, .gf-hidden { position: absolute; left: -9999px; } .gf-figure { text-align: right; } svg { width: 100%; border: 1px solid #d9e2ec; border-radius: 8px; }
dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; } dt { color: #52606d; } dd { margin: 0; font-weight: 600; } .gf-code { color: #52606d; font-size: 12px; }
"""


def case_json(visit: Visit, ring_id: str) -> str:
    """The case as ``networkx.node_link_graph(…, edges="edges")`` reads it back, with the run in the graph's attributes."""
    found = visit.shown.ring(ring_id)
    visit.looked("export json", names(found), more=ring_id)
    graph = picture(found["members"], found["evidence"]).graph()
    graph.graph.update(ring_id=ring_id, kind=found["kind"], score=found["score"], run_id=visit.shown.run.run_id)
    return json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1)


def case_html(visit: Visit, ring_id: str) -> str:
    """The case in words, tables and a drawing, in the language of the visit."""
    say, language = visit.say, visit.language
    found = visit.shown.ring(ring_id)
    visit.looked("export html", names(found), more=ring_id)
    drawn = picture(found["members"], found["evidence"])
    state, said = at_desk(visit, ring_id)
    manifest = visit.shown.run.manifest
    head = facts([
        (say("kind"), say(found["kind"])), (say("size"), found["size"]), (say("score"), found["score"]),
        (say("p_value"), chance(visit, found["p_value"])), (say("first_seen"), moment(found["first_seen_at"])), (say("state"), say(state)),
    ])  # fmt: skip
    members = [(one["person_id"], say(one["role"]), one["score"]) for one in found["members"]]
    evidence = [(one["source_id"], say(one["relationship"]), one["target_id"], say(one["target_label"]), one["weight"], moment(one.get("at")))
                for one in found["evidence"]]  # fmt: skip
    parts = [
        (say("reasons_for"), reasons(found, language, say("nothing"), against=False)),
        (say("innocence"), reasons(found, language, say("no_innocence"), against=True)),
        (say("lineage"), lineage(visit, found, links=False)),
        (say("notes"), said),
        (say("network"), Html(drawing(drawn, says=f"{len(drawn.nodes)}, {len(drawn.links)}"))),
        (
            say("members"),
            table([say("person"), say("role"), say("score")], members, caption=say("members"), empty=say("nothing")),
        ),
        (
            say("evidence"),
            table(
                [say(n) for n in ("from", "relationship", "to", "kind", "weight", "at")],
                evidence,
                caption=say("evidence"),
                empty=say("nothing"),
            ),
        ),
    ]
    body = "".join(f"<h2>{escape(title)}</h2>{content.text}" for title, content in parts)
    sub = f"{say('run')} {manifest['run_id']} · {say('as_of')} {manifest['as_of']} · {visit.visitor.name}"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(ring_id)}</title><style>{STYLE}</style></head>'
        f'<body><h1>{escape(say("report"))}: {escape(say("ring"))} {escape(ring_id)}</h1><p class="sub">{escape(sub)}</p>{head.text}{body}</body></html>'
    )


def drawing(shown: Picture, *, says: str) -> str:
    """The picture as SVG, with its words inside."""
    places = shown.places()
    lines = "".join(
        f'<line x1="{places[one.source][0]}" y1="{places[one.source][1]}" x2="{places[one.target][0]}" y2="{places[one.target][1]}"'
        f' stroke="#9fb3c8"><title>{escape(one.relationship)} {escape(one.at[:16])}</title></line>'
        for one in shown.links
    )
    nodes = "".join(
        _mark(node, places[node.key], named=bool(node.role) or len(shown.nodes) <= 40) for node in shown.nodes
    )
    return f'<svg viewBox="0 0 {SIZE + ROOM:.0f} {SIZE * 0.62:.0f}" role="img" aria-label="{escape(says)}">{lines}{nodes}</svg>'


def _mark(node: Node, place: tuple[float, float], *, named: bool) -> str:
    x, y = place
    colour = MEMBER if node.role else COLOURS.get(node.label, "#767676")
    shape = (f'<circle cx="{x}" cy="{y}" r="{9 if node.role else 6}" fill="{colour}"/>' if node.label == "Person"
             else f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" fill="{colour}"/>')  # fmt: skip
    name = (
        f'<text x="{x + 11}" y="{y + 4}" font-size="12" fill="#1f2933">{escape(node.caption)}</text>' if named else ""
    )
    return f"<g><title>{escape(node.label)} {escape(node.id)}</title>{shape}{name}</g>"
