"""The network picture: nodes and links of a case, laid out before the browser sees them, and as networkx has them."""

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import igraph
import networkx as nx

from graphfraud.page.words import word

COLOURS: Final[Mapping[str, str]] = {
    "Person": "#0072b2", "Device": "#009e73", "IP": "#009e73", "Phone": "#cc79a7", "Card": "#cc79a7",
    "NationalId": "#cc79a7", "Email": "#cc79a7", "Address": "#cc79a7", "Merchant": "#56b4e9", "Lender": "#e69f00",
    "Loan": "#e69f00", "ChatGroup": "#767676",
}  # fmt: skip
"""Okabe and Ito: told apart with any colour vision; a shape says the same."""
MEMBER: Final = "#d55e00"
SHAPES: Final[Mapping[str, str]] = {
    "Person": "circle", "Device": "rect", "IP": "rect", "Phone": "triangle", "Card": "diamond", "NationalId": "diamond",
    "Email": "triangle", "Address": "roundRect", "Merchant": "pin", "Lender": "arrow", "Loan": "arrow", "ChatGroup": "roundRect",
}  # fmt: skip
MOST_LABELS: Final = 60
"""With more nodes only people's names are written."""
MOST_LINK_LABELS: Final = 24
"""With more links what a link is stands there only for the ones pointed at."""
MANY: Final = 200
"""From so many nodes on the layout looks at near nodes only."""
SIZE: Final = 1000.0
"""The picture's side, in its own units."""


Places = Mapping[str, tuple[float, float]]
"""Where each node is drawn, by its key."""


@dataclass(frozen=True)
class Node:
    """A node of a picture; ``role`` for members of the ring."""

    id: str
    label: str
    role: str = ""

    @property
    def key(self) -> str:
        """Unique over all labels."""
        return f"{self.label}:{self.id}"

    @property
    def caption(self) -> str:
        """An id as short as it can be read."""
        return self.id if len(self.id) <= 12 else f"{self.id[:6]}…{self.id[-3:]}"


@dataclass(frozen=True)
class Link:
    """A link between two nodes, several of one kind as one."""

    source: str
    target: str
    relationship: str
    count: int
    weight: float
    at: str


@dataclass(frozen=True)
class Picture:
    """A case as a graph."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    def graph(self) -> "nx.MultiDiGraph":
        """For networkx: every node with label, name and role, every link with its evidence."""
        found = nx.MultiDiGraph()
        for node in self.nodes:
            found.add_node(node.key, name=node.id, label=node.label, role=node.role)
        for link in self.links:
            found.add_edge(link.source, link.target, relationship=link.relationship, links=link.count,
                           weight=link.weight, at=link.at)  # fmt: skip
        return found

    def places(self) -> Places:
        """Where each node is drawn, 0 to SIZE; the same for the same picture."""
        number = {node.key: place for place, node in enumerate(self.nodes)}
        graph = igraph.Graph(len(self.nodes), [(number[link.source], number[link.target]) for link in self.links])
        random.seed(7)
        many = len(self.nodes) > MANY
        if 1 < len(self.nodes) <= MOST_LABELS:
            layout = graph.layout_kamada_kawai(maxiter=2000)
        else:
            layout = graph.layout_fruchterman_reingold(niter=60 if many else 200, grid="grid" if many else "nogrid")
        layout.fit_into((40, 40, SIZE - 40, SIZE * 0.62 - 40), keep_aspect_ratio=False)
        return {node.key: (round(x, 1), round(y, 1)) for node, (x, y) in zip(self.nodes, layout.coords, strict=True)}


def picture(members: Iterable[Mapping[str, Any]], evidence: Iterable[Mapping[str, Any]]) -> Picture:
    """The members of a ring and all that ties them."""
    nodes = {
        f"Person:{row['person_id']}": Node(row["person_id"], "Person", row.get("role") or "member") for row in members
    }
    links: dict[tuple[str, str, str], Link] = {}
    for row in evidence:
        ends = [Node(row[f"{side}_id"], row[f"{side}_label"]) for side in ("source", "target")]
        for node in ends:
            nodes.setdefault(node.key, node)
        key = (ends[0].key, ends[1].key, row["relationship"])
        at = str(row.get("at") or "")
        old = links.get(key)
        if old is None:
            links[key] = Link(*key, 1, float(row["weight"] or 0), at)
        else:
            links[key] = Link(*key, old.count + 1, old.weight + float(row["weight"] or 0), old.at or at)
    return Picture(tuple(nodes.values()), tuple(links.values()))


def network_options(shown: Picture, language: str, places: Places | None = None) -> dict[str, Any]:
    """Options of ECharts; every item carries a value, without which a click is lost.

    ``places`` are the picture's own, where somebody has them already.
    """
    places = shown.places() if places is None else places
    many, lines = len(shown.nodes) > MOST_LABELS, _lines(shown.links, language)
    kinds = list(dict.fromkeys(_kind(node) for node in shown.nodes))
    return {
        "animation": False,
        "tooltip": {},
        "legend": [{"data": [{"name": _kind_word(kind, language), "icon": SHAPES.get(kind, "circle")} for kind in kinds],
                    "textStyle": {"color": "#1f2933"}, "top": 0, "itemWidth": 14, "itemHeight": 12}],
        "series": [
            {
                "type": "graph",
                "layout": "none",
                "roam": True,
                "top": 60,
                "bottom": 24,
                "left": 40,
                "right": 80,
                "edgeLabel": {"show": len(lines) <= MOST_LINK_LABELS, "formatter": "{c}", "fontSize": 10, "color": "#334e68"},
                "categories": [
                    {"name": _kind_word(kind, language), "symbol": SHAPES.get(kind, "circle"),
                     "itemStyle": {"color": MEMBER if kind == "member" else COLOURS.get(kind, "#767676")}}
                    for kind in kinds
                ],
                "data": [_drawn(node, places[node.key], kinds, many=many) for node in shown.nodes],
                "links": lines,
                "preserveAspect": "contain",
                "edgeSymbol": ["none", "arrow"] if not many else ["none", "none"],
                "edgeSymbolSize": 6,
                "lineStyle": {"color": "#9aa5b1", "opacity": 0.9, "curveness": 0.06},
                "emphasis": {"focus": "adjacency", "lineStyle": {"width": 3, "opacity": 1}, "label": {"show": True}, "edgeLabel": {"show": True}},
            }
        ],
    }  # fmt: skip


def marks(shown: Picture, places: Places) -> dict[str, Any]:
    """The bare picture for a pen: place, size, kind and name of each node, the ends of each line, colour and shape of each kind."""
    many = len(shown.nodes) > MOST_LABELS
    kinds = list(dict.fromkeys(_kind(node) for node in shown.nodes))
    number = {node.key: place for place, node in enumerate(shown.nodes)}
    looks = [
        (MEMBER if kind == "member" else COLOURS.get(kind, "#767676"), SHAPES.get(kind, "circle")) for kind in kinds
    ]
    nodes = [
        (*places[node.key], _size(node, many=many), kinds.index(_kind(node)), node.caption if _named(node, many=many) else "")
        for node in shown.nodes
    ]  # fmt: skip
    lines = sorted({(number[link.source], number[link.target]) for link in shown.links})
    return {"nodes": nodes, "links": lines, "kinds": looks}


def _kind(node: Node) -> str:
    return "member" if node.role else node.label


def _kind_word(kind: str, language: str) -> str:
    return word("members", language) if kind == "member" else word(kind, language)


def _drawn(node: Node, place: tuple[float, float], kinds: list[str], *, many: bool) -> dict[str, Any]:
    return {
        "id": node.key,
        "name": node.caption,
        "value": node.id,
        "x": place[0],
        "y": place[1],
        "symbolSize": _size(node, many=many),
        "category": kinds.index(_kind(node)),
        "label": {
            "show": _named(node, many=many),
            "position": "right",
            "color": "#1f2933",
            "fontSize": 11,
        },
    }


def _size(node: Node, *, many: bool) -> float:
    size = 26 if node.role == "organiser" else 20 if node.role else 14
    return size * (0.6 if many else 1)


def _named(node: Node, *, many: bool) -> bool:
    """Whether the name of a node is written."""
    return not many or node.role == "organiser"


def _lines(links: Iterable[Link], language: str) -> list[dict[str, Any]]:
    """One line for each two nodes, named by all that ties them."""
    between: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        between.setdefault((link.source, link.target), []).append(link)
    return [
        {
            "source": source,
            "target": target,
            "value": " + ".join(_said(link, language) for link in found),
            "lineStyle": {"width": 1 + min(4.0, math.log1p(sum(link.weight for link in found)))},
        }
        for (source, target), found in between.items()
    ]


def _said(link: Link, language: str) -> str:
    said = word(link.relationship, language)
    return f"{said} ×{link.count}" if link.count > 1 else said
