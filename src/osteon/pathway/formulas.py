"""The arithmetic of the field: kidney function, corrected calcium, body mass, steroid equivalents.

Every function takes plain numbers with their units in the name and returns one number; none knows a patient. Ages
are years, whole or not. Raises `ValueError` where a quantity that must be positive is not.
"""

from __future__ import annotations

from collections.abc import Mapping

from osteon.chart.types import Sex

COCKCROFT_GAULT_FEMALE = 0.85
NORMAL_ALBUMIN_G_DL = 4.0
CALCIUM_PER_ALBUMIN_MG_G = 0.8


def cockcroft_gault_ml_min(age_y: float, weight_kg: float, creatinine_mg_dl: float, sex: Sex) -> float:
    """How much creatinine is cleared, by Cockcroft and Gault with actual body weight?

    mL/min, for adults: (140 - age) x weight / (72 x creatinine), times 0.85 for women. Not negative.
    Source: Cockcroft DW, Gault MH. Prediction of creatinine clearance from serum creatinine. Nephron 1976;16:31-41.
    The labels of the bisphosphonates ask for this equation; an eGFR does not stand in for it.
    """
    _positive(weight_kg=weight_kg, creatinine_mg_dl=creatinine_mg_dl)
    clearance_ml_min = max(140 - age_y, 0) * weight_kg / (72 * creatinine_mg_dl)
    return clearance_ml_min * COCKCROFT_GAULT_FEMALE if sex is Sex.FEMALE else clearance_ml_min


def ckd_epi_2021_ml_min_1_73m2(age_y: float, creatinine_mg_dl: float, sex: Sex) -> float:
    """What is the estimated filtration rate, by the CKD-EPI equation of 2021 (creatinine, without race)?

    mL/min/1.73 m2, for adults: 142 x min(c/k, 1)^a x max(c/k, 1)^-1.200 x 0.9938^age, times 1.012 for women; k is 0.7
    for women and 0.9 for men, a is -0.241 and -0.302.
    Source: Inker LA et al. New creatinine- and cystatin C-based equations to estimate GFR without race. N Engl J Med
    2021;385:1737-49.
    """
    _positive(creatinine_mg_dl=creatinine_mg_dl)
    is_female = sex is Sex.FEMALE
    k_mg_dl, exponent, factor = (0.7, -0.241, 1.012) if is_female else (0.9, -0.302, 1.0)
    ratio = creatinine_mg_dl / k_mg_dl
    rate: float = 142 * min(ratio, 1.0) ** exponent * max(ratio, 1.0) ** -1.2 * 0.9938**age_y * factor
    return rate


def corrected_calcium_mg_dl(calcium_mg_dl: float, albumin_g_dl: float) -> float:
    """What would total calcium be at a normal albumin?

    mg/dL: calcium + 0.8 x (4.0 - albumin in g/dL). The same as 0.02 mmol/L for each g/L of albumin below 40.
    Source: Payne RB et al. Interpretation of serum calcium in patients with abnormal serum proteins. BMJ
    1973;4:643-6, in the rounded form of the US labels.
    """
    _positive(calcium_mg_dl=calcium_mg_dl, albumin_g_dl=albumin_g_dl)
    return calcium_mg_dl + CALCIUM_PER_ALBUMIN_MG_G * (NORMAL_ALBUMIN_G_DL - albumin_g_dl)


def body_mass_index_kg_m2(weight_kg: float, height_cm: float) -> float:
    """How heavy for the height? kg/m2: weight over height squared (Quetelet)."""
    _positive(weight_kg=weight_kg, height_cm=height_cm)
    return weight_kg / (height_cm / 100) ** 2


def prednisone_equivalent_mg(dose_mg: float, equal_to_5_mg_prednisone: float) -> float:
    """How much prednisone does as much as this dose of another glucocorticoid?

    mg. `equal_to_5_mg_prednisone` is how many mg of the drug do what 5 mg of prednisone do (`parameters.formulas`).
    """
    _positive(equal_to_5_mg_prednisone=equal_to_5_mg_prednisone)
    return dose_mg * 5 / equal_to_5_mg_prednisone


def glucocorticoid_named(text: str, equivalents: Mapping[str, object]) -> str | None:
    """Which glucocorticoid does a medication's text name, among those with a known equivalent? None where none.

    The longest name counts, because `methylprednisolone` holds `prednisolone`.
    """
    lowered = text.lower()
    return max((name for name in equivalents if name in lowered), key=len, default=None)


def alcohol_units(standard_drinks: float) -> float:
    """How many units of 8 g alcohol (UK) are so many standard drinks of 14 g (US)?"""
    return standard_drinks * 14 / 8


def change_pct(before: float, after: float) -> float:
    """By how many per cent of the first value did it change? Negative is a fall."""
    _positive(before=before)
    return 100 * (after - before) / before


def _positive(**quantities: float) -> None:
    for name, value in quantities.items():
        if not value > 0:
            message = f"{name} must be above 0, not {value:g}"
            raise ValueError(message)
