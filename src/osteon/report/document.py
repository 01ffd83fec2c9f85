"""A plan as a PDF, set by typst from the same view as the page."""

from __future__ import annotations

from importlib import resources
from typing import Any

import msgspec

import osteon
from osteon.pathway.order import DoseOrder
from osteon.report.forecast_words import SITE
from osteon.report.outlook import SITES_IN_ROWS, OutlookView
from osteon.report.questions import Line
from osteon.report.view import View
from osteon.report.words import day, sentence


def document(view: View) -> bytes:
    """The whole document as the bytes of a PDF, tagged for screen readers (PDF/UA where typst can)."""
    import typst  # takes 30 ms to import, and only a PDF needs it

    template = resources.files("osteon.report").joinpath("templates/plan.typ").read_bytes()
    data = msgspec.json.encode(_data(view)).decode()
    pdf: bytes = typst.compile(template, sys_inputs={"data": data}, pdf_standards=["a-2a"])
    return pdf


def _data(view: View) -> dict[str, Any]:
    return {
        "heading": view.heading,
        "made": view.made,
        "banner": view.banner,
        "jurisdiction": view.plan.jurisdiction,
        "strip": view.strip,
        "answers": [
            {"question": each.question, "sign": each.sign, "text": each.text, "lines": [_line(e) for e in each.lines]}
            for each in view.answers
        ],
        "bones": _bones(view.outlook) if view.outlook and view.outlook.rows else None,
        "order": _order(view.order) if view.order else None,
        "missing": [sentence(words) for words in view.missing],
        "steps": [
            {
                "day": day(step.on),
                "kind": step.kind.value,
                "title": step.title,
                "provisional": step.is_provisional,
                "urgent": step.is_urgent,
                "notes": [sentence(note.text) for note in step.notes if note.text],
            }
            for step in view.steps
        ],
        "rows": [
            {
                "sign": row.sign,
                "name": row.name,
                "route": row.route,
                "text": row.text,
                "burden": row.burden,
                "firsts": row.firsts,
                "harms": [harm.sentence for harm in row.option.harms[:4]],
            }
            for row in view.rows
        ],
        "risks": [_line(each) for each in view.risks],
        "unverified": view.unverified,
        "sources": view.citations,
        "made_with": f"Made with Osteon {osteon.__version__} from knowledge {view.plan.knowledge} and chart "
        f"{view.plan.chart}. Decision support for clinicians: it proposes, it does not prescribe.",
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "sign": line.sign,
        "text": line.text,
        "because": line.because,
        "citations": line.citations,
        "mark": line.mark,
    }


def _bones(outlook: OutlookView) -> dict[str, Any]:
    from osteon.report.forecast_picture import svg  # charts take half a second to load
    from osteon.report.outlook_pictures import CHOSEN, IF_LATE, charts

    drawn = {name: svg(chart) for name, chart in charts(outlook, one_by_one=False).items()}
    first = outlook.rows[0]
    return {
        "chosen": drawn[CHOSEN],
        "alt": first.part.sentence,
        "late": drawn.get(IF_LATE),
        "late_words": first.part.late_words,
        "heading": sentence(outlook.heading),
        "sites": [SITE[site].capitalize() for site in SITES_IN_ROWS],
        "made": outlook.basis_words,
        "rows": [
            {
                "name": row.name.capitalize(),
                "sites": [f"{' · '.join(cell.middle)} ({cell.between})" for cell in row.sites],
                "rest": [row.chance, row.vertebra, row.hip],
                "late": row.part.late_words,
                "flags": [f"{sign.icon} {sign.word}: {words}" for sign, words in row.part.flags],
            }
            for row in outlook.rows
        ],
    }


def _order(order: DoseOrder) -> dict[str, Any]:
    rates = [
        (
            f"Rate, {rate.label}",
            (
                f"over {rate.minutes:g} min: {rate.ml_per_h:.0f} mL/h, {rate.drops_per_min} drops/min with a set of "
                f"{rate.drops_per_ml:g} drops/mL"
            ),
        )
        for rate in order.rates
    ]
    fastest = f", at most {order.maximum_rate_ml_h:g} mL/h" if order.maximum_rate_ml_h else ""
    lines = [
        ("How", sentence(order.how.text)),
        *([("Volume", order.volume)] if order.volume else []),
        *([("Not faster than", order.minimum_time + fastest)] if order.minimum_time else []),
        *rates,
        *((label, sentence(note.text)) for label, note in order.lines),
        *(("Before", sentence(note.text)) for note in order.before),
        *(("After", sentence(note.text)) for note in order.after),
        *(("Not to be confused", sentence(note.text)) for note in order.warnings),
    ]
    return {"name": order.name.capitalize(), "dose": order.dose, "route": order.route, "lines": lines}
