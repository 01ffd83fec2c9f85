"""What would each option of a plan do to the bones? In words and rows, before they become a screen or a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from osteon.bone.patient import Scan, Site
from osteon.bone.types import Forecast, FractureKind
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.outlook import Outlook
from osteon.pathway.plan import Plan
from osteon.pathway.skeleton import skeleton
from osteon.report.forecast_late import Late, late_words
from osteon.report.forecast_reading import TODAY_PCT, leading_site
from osteon.report.forecast_view import ForecastView, Foreseen, Part, forecast_view
from osteon.report.forecast_words import FLAG, NOTHING, SITE, per_100, percent, signed, span_words, t_words
from osteon.report.questions import Answer, Line
from osteon.report.words import STANDING, Sign, sentence

QUESTION = "What will it do to the bones?"
ESTIMATE = Sign("≈", "estimate", "plain")
UNKNOWN = Sign("?", "cannot tell", "open")
NONE = Sign("=", "no drug", "plain")
NO_DRUG = "no drug"

YEARS = (1, 3, 10)
"""After so many years a row says how density has changed; the last year of the forecast is always there."""

_WORST_FIRST = [FLAG[kind] for kind in ("outside", "untested", "sparse", "assumed")]
_FEW = 2
"""On one screen: what a late dose costs, and the flag that matters most."""

_BREAKS: dict[FractureKind, str] = {"vertebral": "break a vertebra on X-ray", "hip": "a hip"}

SITES_IN_ROWS: tuple[Site, Site] = ("lumbar_spine", "total_hip")


class SiteCell(Struct, frozen=True):
    """How does density of a site change, in per cent: the middle after each year shown, 90 of 100 at the end?"""

    middle: tuple[str, ...]
    between: str


class OutlookRow(Struct, frozen=True, kw_only=True):
    """One option, or no drug, in a line. Fractures are people of 100 by the end; a question mark where nobody can tell.

    `option` is None for the row without a drug: calcium and vitamin D alone from today on.
    """

    name: str
    sign: Sign
    sites: tuple[SiteCell, ...]
    chance: str
    vertebra: str
    hip: str
    option: Option | None
    part: Part


class OutlookView(Struct, frozen=True, kw_only=True):
    """The answer about the chosen option, then all side by side: the chosen, no drug, and the others in their order.

    Without a forecast there are no rows, and the answer says why.
    """

    answer: Answer
    rows: tuple[OutlookRow, ...] = ()
    years: tuple[int, ...] = ()
    span: str = ""
    site: Site = "total_hip"
    target: str = ""
    scans: tuple[Scan, ...] = ()
    basis: str = ""
    made: str = ""

    @property
    def basis_words(self) -> str:
        """From what do the fractures start, and how was it all made?"""
        return f"Fractures start from {self.basis}. {self.made}"

    @property
    def heading(self) -> str:
        """What do the columns of the rows mean, in a line?"""
        years = ", ".join(str(year) for year in self.years)
        chance = f"chance of {self.target}" if self.target else "chance of the target"
        return f"density % after {years} years (90 of 100 people); {chance}, fractures of 100, in {self.span}"


def outlook_view(plan: Plan, at: Occasion) -> OutlookView | None:
    """What does the plan say of the bones? None where forecasts were left out on request."""
    if plan.outlook is None:
        return None
    without = plan.outlook.without
    if without is None:
        return OutlookView(answer=Answer(question=QUESTION, sign=UNKNOWN, text=plan.outlook.why_not))
    made_for = at if at.on == plan.on else Occasion(at.chart, plan.on, at.knowledge)
    patient = skeleton(made_for).patient
    options = [option for option in plan.options if option.forecast]
    chosen = [option for option in options if option.drug == plan.chosen]
    others = [option for option in options if option.drug != plan.chosen]
    shown: list[Option | None] = [*chosen, None, *others]
    site = leading_site([without])
    seen = [_foreseen(option, without) for option in shown]
    view = forecast_view(seen, patient, site=site)
    years = _years(without)
    rows = tuple(_row(option, part, years, site) for option, part in zip(shown, view.parts, strict=True))
    return OutlookView(
        answer=_answer(rows[0], view, plan.outlook, without),
        rows=rows,
        years=years,
        span=view.span,
        site=site,
        target=_target(without, site),
        scans=patient.scans,
        basis=without.fracture_basis,
        made=view.made,
    )


def no_drug_words(outlook: Outlook) -> Iterator[Line]:
    """What happens if no drug is given, and what must be known of every forecast? Or why nobody can tell."""
    without = outlook.without
    if without is None:
        yield Line(text=outlook.why_not, sign=UNKNOWN)
        return
    words = f"On {NOTHING}: {_score(without, leading_site([without]))}; {_broken(without, None)}"
    yield Line(text=words, sign=ESTIMATE)
    for flag in (*without.flags, *outlook.flags):
        yield Line(text=sentence(flag.text), sign=FLAG[flag.kind])


def option_words(option: Option, outlook: Outlook) -> Iterator[Line]:
    """What would this option do, what if a dose is late, and what must be known of that? Nothing without a forecast."""
    if option.forecast is None or outlook.without is None:
        return
    forecast = option.forecast.on_time
    words = f"{_score(forecast, leading_site([outlook.without]))}; {_broken(forecast, outlook.without)}"
    yield Line(text=sentence(words), sign=ESTIMATE)
    if late := _foreseen(option, forecast).late:
        yield Line(text=late_words(forecast, late))
    for flag in forecast.flags:
        if flag not in outlook.without.flags:
            yield Line(text=sentence(flag.text), sign=FLAG[flag.kind])


# --- parts ------------------------------------------------------------------------------------------------------------


def _foreseen(option: Option | None, without: Forecast) -> Foreseen:
    if option is None or option.forecast is None:
        return Foreseen(without)
    late = option.forecast.if_late
    return Foreseen(option.forecast.on_time, Late(late.drug, late.due_mo, late.by_mo, late.forecast) if late else None)


def _target(forecast: Forecast, site: Site) -> str:
    aim = next((each for each in forecast.targets if each.site == site), None)
    return f"T {t_words(aim.target)} or more" if aim else ""


def _years(forecast: Forecast) -> tuple[int, ...]:
    last = round(forecast.months[-1] / 12.0)
    return tuple(dict.fromkeys((*(year for year in YEARS if year < last), last)))


def _row(option: Option | None, part: Part, years: Sequence[int], site: Site) -> OutlookRow:
    forecast = part.forecast
    chance = next((each for each in forecast.targets if each.site == site), None)
    return OutlookRow(
        name=option.name if option else NO_DRUG,
        sign=STANDING[option.standing] if option else NONE,
        sites=tuple(_cell(forecast, each, years) for each in SITES_IN_ROWS),
        chance=percent(chance.by_year[-1]) if chance else UNKNOWN.icon,
        vertebra=_people(forecast, "vertebral"),
        hip=_people(forecast, "hip"),
        option=option,
        part=part,
    )


def _cell(forecast: Forecast, site: Site, years: Sequence[int]) -> SiteCell:
    fan = forecast.density_pct[site]
    places = [_place(forecast, 12.0 * year) for year in years]
    low, high = (signed(values[places[-1]] - TODAY_PCT) for values in (fan.low90, fan.high90))
    return SiteCell(tuple(signed(fan.median[place] - TODAY_PCT) for place in places), f"{low} to {high}")


def _place(forecast: Forecast, month: float) -> int:
    """Where is this month, or the nearest that the forecast holds?"""
    return min(range(len(forecast.months)), key=lambda place: abs(forecast.months[place] - month))


def _people(forecast: Forecast, kind: FractureKind) -> str:
    fan = (forecast.fractures or {}).get(kind)
    return per_100(fan.cumulative.median[-1]) if fan else UNKNOWN.icon


def _answer(first: OutlookRow, view: ForecastView, outlook: Outlook, without: Forecast) -> Answer:
    """The chosen option in a sentence or two; the course without a drug where none is chosen."""
    forecast = first.part.forecast
    name = first.name.capitalize() if first.option else f"On {NOTHING}"
    text = f"{name}: {_score(forecast, view.site)}; {_broken(forecast, without if first.option else None)}"
    late = [Line(text=first.part.late_words)] if first.part.late_words else []
    flags = [*view.flags, *first.part.flags, *((FLAG[each.kind], sentence(each.text)) for each in outlook.flags)]
    ordered = sorted(flags, key=lambda flag: _WORST_FIRST.index(flag[0]))
    lines = (*late, *(Line(text=words, sign=sign) for sign, words in ordered))
    return Answer(question=QUESTION, sign=ESTIMATE, text=text, lines=lines, few=_FEW)


def _score(forecast: Forecast, site: Site) -> str:
    """Where does the site that is worst today go, and within which limits?"""
    fan, span = forecast.t_score[site], span_words(forecast.months[-1])
    best = max(range(len(fan.median)), key=lambda place: fan.median[place])
    between = f"{t_words(fan.low90[-1])} to {t_words(fan.high90[-1])}"
    turn = f", {t_words(fan.median[best])} in {span_words(forecast.months[best])}"
    return (
        f"{SITE[site]} T-score {t_words(fan.median[0])} today{turn if 0 < best < len(fan.median) - 1 else ''}, "
        f"{t_words(fan.median[-1])} in {span} ({between} in 90 of 100)"
    )


def _broken(forecast: Forecast, without: Forecast | None) -> str:
    """How many break a bone, and how many without a drug from today on, where that is asked?"""
    told: list[str] = []
    for kind, verb in _BREAKS.items():
        fan, other = (forecast.fractures or {}).get(kind), ((without and without.fractures) or {}).get(kind)
        if fan:
            alone = "" if told else " without a drug"
            against = f" ({per_100(other.cumulative.median[-1])}{alone})" if other else ""
            told.append(f"{per_100(fan.cumulative.median[-1])} {verb}{against}")
    if not told:
        return f"how many would break a bone cannot be told: {forecast.fracture_basis}."
    return f"of 100 like this {', '.join(told)}."
