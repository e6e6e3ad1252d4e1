"""The night at a glance: decisions, rings by kind, alerts, stages, drift."""

from collections import Counter

from graphfraud.page.charts import bars
from graphfraud.page.frame import Visit, card, chart, grid, heading, number, put, run_line
from graphfraud.page.markup import ring_link, table
from graphfraud.page.picture import COLOURS, MEMBER

MOST = 100_000
"""Open alerts that are counted."""


def overview(visit: Visit) -> None:
    """What the night found."""
    shown, say = visit.shown, visit.say
    rings = shown.rings()
    decided = shown.decisions
    people = sum(decided.values())
    waiting = visit.room.casework.alerts(shown.view, state="open", after=None, limit=MOST)
    heading(say("overview"), run_line(visit))
    with grid():
        for value, label in (
            (f"{people:,}", "people_scored"),
            (f"{decided.get('approve', 0) / max(people, 1):.1%}", "approved"),
            (f"{len(rings):,}", "rings"),
            (f"{len(waiting):,}", "open_alerts"),
        ):
            with card("", 3):
                number(value, say(label))
        kinds = Counter(ring["kind"] for ring in rings).most_common()
        with card(say("rings_by_kind"), 5):
            says = ", ".join(f"{say(kind)} {count}" for kind, count in kinds)
            chart(
                bars([say(kind) for kind, _ in kinds], [count for _, count in kinds], colour=MEMBER),
                height=230,
                says=says,
            )
        with card(say("stages"), 4):
            stages = {name: round(cost["seconds"], 1) for name, cost in shown.run.manifest.get("stages", {}).items()}
            says = ", ".join(f"{name} {seconds} s" for name, seconds in stages.items())
            chart(bars(list(stages), list(stages.values()), colour=COLOURS["Person"]), height=230, says=says)
        with card(say("drift"), 3):
            put(table((say("metric"), say("before"), say("after")), [(say(name), a, b) for name, a, b in visit.room.drift()],
                      caption=say("drift"), empty=say("no_parent")))  # fmt: skip
        with card(say("worst"), 12):
            columns = [say(name) for name in ("ring", "kind", "size", "score", "reason")]
            rows = [
                (ring_link(visit.language, ring["ring_id"]), say(ring["kind"]), ring["size"], ring["score"],
                 ring["reasons"][0][visit.language] if ring["reasons"] else None)
                for ring in rings[:10]
            ]  # fmt: skip
            put(table(columns, rows, caption=say("worst"), empty=say("nothing")))
