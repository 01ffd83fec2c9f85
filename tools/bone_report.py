"""Write how good the bone model is, with its plots.

    python tools/bone_report.py

refits the model, leaves each trial out in turn (about two minutes), and writes docs/explanation/bone-validation.md and
the pictures beside it. Every number on the page comes from this run.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import altair as alt
import numpy as np
import vl_convert

sys.path.insert(0, str(Path(__file__).parent))

from joerg2022 import KNOWN, total_hip_pct

from osteon.bone.fit import LeftOut, refit
from osteon.bone.observations import Observation, observations
from osteon.bone.posterior import best, draw, shipped
from osteon.bone.predict import Looks
from osteon.bone.priors import priors
from osteon.bone.residuals import Problem, changes_course

DOCS = Path(__file__).parents[1] / "docs" / "explanation"
SITES = ("lumbar_spine", "total_hip", "femoral_neck")
COLOURS = ["#0072B2", "#D55E00", "#009E73"]
Z90, Z50 = 1.6448536, 0.6744898


def main() -> None:
    rows, beliefs = observations(), priors()
    posterior, left_out = refit(rows, beliefs, version=shipped().version)
    drift = float(np.max(np.abs(np.asarray(posterior.mean) - np.asarray(shipped().mean))))
    own = Looks(rows).predicted(*best())[0]
    page = [
        "# How good is the bone model?\n",
        f"Written by `python tools/bone_report.py` from {len(rows)} observations of {len(posterior.trials)} trials. "
        "*Fitted* means that the model has seen the trial; *left out* means that it was fitted to all the others "
        f"and asked for this one. The fit made for this page lies within {drift:.3f} of the shipped one (on the free scale).\n",
        "## Errors, in points of per cent\n",
        errors(rows, own, left_out),
        "Left-out errors are without abaloparatide, whose only trial is ACTIVE: leaving it out leaves nothing known of "
        "the drug. *Change of course* is a switch, a stop or a combination. Inside: share of observations within the "
        "interval for the mean of a trial arm, of which the half-width stands beside.\n",
        "![Left-out prediction against observation](images/bone-left-out.svg)\n",
        "## Side by side with Joerg et al. 2022, on the digitised total-hip curves\n",
        curves(rows, left_out),
        "![Curves of total-hip density](images/bone-curves.svg)\n",
        "## The largest misses of the fit\n",
        misses(rows, own),
        "## Does the evidence say anything of a parameter?\n",
        identifiability(),
        "![Posterior against prior](images/bone-identifiability.svg)\n",
        "## Is the normal distribution around the fit right?\n",
        laplace(rows),
    ]
    (DOCS / "bone-validation.md").write_text("\n".join(page), encoding="utf-8")
    pictures(rows, left_out)


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    out = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*out, *(f"| {' | '.join(line)} |" for line in lines)]) + "\n"


def rmse(values: np.ndarray) -> str:
    return f"{np.sqrt(np.mean(values**2)):.2f}" if len(values) else "none"


def interval_sd(each: LeftOut) -> float:
    error = shipped().model_error[each.row.quantity]
    years = (each.row.to_month - each.row.from_month) / 12.0
    return float(np.hypot(each.sd, error.sd(np.array(abs(each.predicted)), years, changes_course(each.row))))


def errors(rows: Sequence[Observation], own: np.ndarray, left_out: Sequence[LeftOut]) -> str:
    lines = []
    for site in SITES:
        for kind, wanted in (("all", (True, False)), ("one drug", (False,)), ("change of course", (True,))):
            fitted = np.array(
                [
                    p - r.observed
                    for p, r in zip(own, rows, strict=True)
                    if r.quantity == site and changes_course(r) in wanted
                ]
            )
            mine = [
                each
                for each in left_out
                if each.row.quantity == site and not each.was_only_source and changes_course(each.row) in wanted
            ]
            if not mine:
                continue
            error, sd = np.array([each.error for each in mine]), np.array([interval_sd(each) for each in mine])
            lines.append(
                [
                    site.replace("_", " "), kind, str(len(fitted)), rmse(fitted), f"{np.median(np.abs(fitted)):.2f}",
                    rmse(error), f"{np.median(np.abs(error)):.2f}", f"{np.mean(np.abs(error) < Z50 * sd):.0%}",
                    f"{np.mean(np.abs(error) < Z90 * sd):.0%}", f"{Z90 * sd.mean():.2f}",
                ]
            )  # fmt: skip
    head = (
        "site",
        "rows",
        "n",
        "fitted RMSE",
        "median",
        "left-out RMSE",
        "median",
        "inside 50 %",
        "inside 90 %",
        "half-width",
    )
    return table(head, lines)


def digitised(rows: Sequence[Observation]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for row in rows:
        if row.quantity == "total_hip" and row.how_known == "digitised" and row.from_month == 0.0:
            found.setdefault(row.arm, []).append(row)
    return found


def curves(rows: Sequence[Observation], left_out: Sequence[LeftOut]) -> str:
    unseen = {(each.row.arm, each.row.to_month): each.error for each in left_out if each.row.quantity == "total_hip"}
    lines, ours, apart, theirs = [], [], [], []
    for arm, seen in digitised(rows).items():
        observed = np.array([row.observed for row in seen])
        fitted = Looks(seen).predicted(*best())[0] - observed
        left = np.array([unseen[arm, row.to_month] for row in seen])
        ours += list(fitted)
        apart += list(left)
        other = None
        if set(seen[0].regimen.drugs) <= KNOWN:
            other = total_hip_pct(seen[0].regimen, np.array([row.to_month for row in seen])) - observed
            theirs += list(other)
        lines.append(
            [
                arm.replace("_", " "),
                str(len(seen)),
                rmse(fitted),
                rmse(left),
                "no such drug" if other is None else rmse(other),
            ]
        )
    lines.append(
        ["**all points**", str(len(ours)), rmse(np.array(ours)), rmse(np.array(apart)), rmse(np.array(theirs))]
    )
    words = (
        "Joerg's model was fitted by its authors to these very curves; ours is shown fitted and left out. Its patients are "
        "taken to be 65 years old at month 0.\n"
    )
    return table(("curve", "points", "ours, fitted", "ours, left out", "Joerg 2022"), lines) + "\n" + words


def misses(rows: Sequence[Observation], own: np.ndarray) -> str:
    density = [(p - r.observed, p, r) for p, r in zip(own, rows, strict=True) if r.quantity in SITES]
    worst = sorted(density, key=lambda each: -abs(each[0]))[:10]
    return table(
        ("trial", "regimen", "site", "months", "seen", "fitted", "how known"),
        (
            [r.trial, f"`{_short(str(r.regimen))}`", r.quantity.replace("_", " "), f"{r.from_month:g} to {r.to_month:g}",
             f"{r.observed:+.1f}", f"{p:+.1f}", r.how_known]
            for _, p, r in worst
        ),
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) < 70 else f"{text[:66]} ..."


def _ratios() -> list[tuple[str, float]]:
    """Posterior SD over prior SD of each free number; for the femoral neck against the hip it follows."""
    covariance = np.asarray(shipped().covariance)
    names = list(shipped().names)
    out = []
    for place, prior in enumerate(priors().free):
        variance = covariance[place, place]
        if prior.origin == "ratio to total hip":
            lead = names.index(f"{prior.name[:-2]}TH")
            variance += covariance[lead, lead] - 2.0 * covariance[place, lead]
        out.append((prior.name, float(np.sqrt(max(variance, 0.0)) / (prior.sd or 1.0))))
    return out


def identifiability() -> str:
    ratios = _ratios()
    weak = [name for name, ratio in ratios if ratio > 0.8]
    strong = [name for name, ratio in ratios if ratio < 0.35]
    covariance = np.asarray(shipped().covariance)
    sd = np.sqrt(np.diag(covariance))
    together = covariance / np.outer(sd, sd)
    names = shipped().names
    pairs = sorted(
        ((abs(together[i, j]), names[i], names[j], together[i, j]) for i in range(len(names)) for j in range(i)),
        reverse=True,
    )[:8]
    scale = covariance / np.outer(priors().sd, priors().sd)
    values = np.linalg.eigvalsh(scale)
    return (
        f"{len(strong)} of {len(names)} numbers are known at least three times better than before: {', '.join(strong)}. "
        f"Of {len(weak)} the evidence says little (posterior SD above 0.8 of the prior's): {', '.join(weak)}; forecasts that "
        "hang on them rest on the prior, and their draws carry that. Strongest correlations: "
        + "; ".join(f"{a} and {b} {value:+.2f}" for _, a, b, value in pairs)
        + f". In units of the prior the widest direction has an SD of {np.sqrt(values[-1]):.2f}, the narrowest "
        f"{np.sqrt(values[0]):.4f}: single values are no physiology, only their combinations are.\n"
    )


def laplace(rows: Sequence[Observation]) -> str:
    problem, mean = Problem(rows, priors()), np.asarray(shipped().mean)
    covariance = np.asarray(shipped().covariance)
    value, vector = np.linalg.eigh(covariance)
    free = np.random.default_rng(1).standard_normal((500, len(mean)))
    draws = mean + (free * np.sqrt(np.maximum(value, 1e-12))) @ vector.T
    target = -_loss(problem.residuals(draws))
    weight = target + 0.5 * (free**2).sum(axis=1)
    weight = np.exp(weight - weight.max())
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    plain = Looks(rows).predicted(*draw(400, 1))
    observed = np.array([row.observed for row in rows])
    shift = np.abs(plain.mean(axis=0) - Looks(rows).predicted(*best())[0])
    density = np.array([row.quantity in SITES for row in rows])
    return (
        f"500 draws from it, weighted by the posterior they should have come from, are worth {effective:.0f} "
        f"({len(mean)} dimensions: a small number is expected, and says that the tails are not exact). What matters is what "
        f"they predict: the mean of the draws lies within {np.quantile(shift[density], 0.9):.2f} points of the best fit for nine "
        f"of ten density observations (largest {shift[density].max():.2f}), and the intervals above are set by trials that "
        f"were left out, not by this approximation. Density observations used: {int(density.sum())} of {len(observed)}.\n"
    )


def _loss(residuals: np.ndarray) -> np.ndarray:
    squared = (residuals / 4.0) ** 2
    return np.asarray(16.0 * (np.sqrt(1.0 + squared) - 1.0).sum(axis=1))


def pictures(rows: Sequence[Observation], left_out: Sequence[LeftOut]) -> None:
    scatter = [
        {"seen": e.row.observed, "left out": e.predicted, "site": e.row.quantity.replace("_", " "),
         "rows": "change of course" if changes_course(e.row) else "one drug"}
        for e in left_out
        if e.row.quantity in SITES and not e.was_only_source
    ]  # fmt: skip
    line = (
        alt.Chart(alt.Data(values=[{"x": -10, "y": -10}, {"x": 18, "y": 18}]))
        .mark_line(color="#777")
        .encode(x="x:Q", y="y:Q")
    )
    dots = (
        alt.Chart(alt.Data(values=scatter))
        .mark_point(size=26, opacity=0.8)
        .encode(
            x=alt.X("seen:Q", title="seen by the trial, %"),
            y=alt.Y("left out:Q", title="predicted without the trial, %"),
            color=alt.Color("site:N", scale=alt.Scale(range=COLOURS), title=None),
            shape=alt.Shape("rows:N", title=None),
        )
    )
    save((line + dots).properties(width=420, height=360), "bone-left-out")
    save(_curve_chart(rows), "bone-curves")
    ratios = sorted(_ratios(), key=lambda each: each[1])
    bars = (
        alt.Chart(alt.Data(values=[{"name": n, "ratio": r} for n, r in ratios]))
        .mark_bar(color=COLOURS[0])
        .encode(x=alt.X("ratio:Q", title="posterior SD over prior SD"), y=alt.Y("name:N", sort=None, title=None))
    )
    save(bars.properties(width=360, height=900), "bone-identifiability")


def _curve_chart(rows: Sequence[Observation]) -> alt.ConcatChart:
    values: list[dict[str, float | str]] = []
    for arm, seen in digitised(rows).items():
        drawn = Looks(seen).predicted(*draw(200, 1))
        size = shipped().model_error["total_hip"]
        other = None
        if set(seen[0].regimen.drugs) <= KNOWN:
            other = total_hip_pct(seen[0].regimen, np.array([row.to_month for row in seen]))
        for place, row in enumerate(seen):
            middle = float(drawn[:, place].mean())
            own = size.sd(np.array(abs(middle)), row.to_month / 12.0, changes_course(row))
            half = Z90 * float(np.hypot(drawn[:, place].std(), own))
            point: dict[str, float | str] = {"curve": arm.replace("_", " "), "month": row.to_month, "seen": row.observed,
                                             "ours": middle, "low": middle - half, "high": middle + half}  # fmt: skip
            if other is not None:
                point["joerg"] = float(other[place])
            values.append(point)
    arms = dict.fromkeys(str(value["curve"]) for value in values)
    charts = [_one_curve(arm, [value for value in values if value["curve"] == arm]) for arm in arms]
    title = "Total hip, % from month 0. Dots: trial; line and band: ours with 90 %; dashes: Joerg et al. 2022"
    return alt.concat(*charts, columns=3).properties(title=title)


def _one_curve(arm: str, values: list[dict[str, float | str]]) -> alt.LayerChart:
    base = alt.Chart(alt.Data(values=values)).encode(x=alt.X("month:Q", title="month"))
    band = base.mark_area(color=COLOURS[0], opacity=0.2).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    ours = base.mark_line(color=COLOURS[0], strokeWidth=2).encode(y="ours:Q")
    dots = base.mark_point(filled=True, color="black", size=24).encode(y="seen:Q")
    layers = [band, ours, dots]
    if "joerg" in values[0]:
        layers.insert(2, base.mark_line(color=COLOURS[1], strokeDash=[4, 3]).encode(y="joerg:Q"))
    return alt.layer(*layers).properties(width=190, height=120, title=alt.Title(arm, fontSize=9))


def save(chart: alt.Chart | alt.LayerChart | alt.ConcatChart, name: str) -> None:
    folder = DOCS / "images"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.svg").write_text(vl_convert.vegalite_to_svg(chart.to_dict()), encoding="utf-8")


if __name__ == "__main__":
    main()
