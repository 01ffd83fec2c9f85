"""Three formulas that an infusion hangs on: creatinine clearance, filtration rate and corrected calcium, as scores."""

from __future__ import annotations

from osteon.chart.types import Sex
from osteon.knowledge import Knowledge
from osteon.knowledge.types import Verified
from osteon.pathway import formulas
from osteon.pathway.risk.score import Figure, OutOfRangeError, Score, Used

ADULT_Y = 18
OLDEST_Y = 120
STAGES_BELOW = ((15, "G5"), (30, "G4"), (45, "G3b"), (60, "G3a"), (90, "G2"))
"""The filtration stages of KDIGO, by the rate in mL/min/1.73 m2 below which each ends; from 90 on it is G1."""


def cockcroft_gault(age_y: float, weight_kg: float, creatinine_mg_dl: float, sex: Sex) -> Score:
    """What is the creatinine clearance, by Cockcroft-Gault with actual body weight, in mL/min?"""
    _adult(age_y, "Cockcroft-Gault")
    clearance = formulas.cockcroft_gault_ml_min(age_y, weight_kg, creatinine_mg_dl, sex)
    return Score(
        tool="cockcroft-gault",
        name="Cockcroft-Gault",
        outcome="computed",
        text=f"Creatinine clearance {clearance:.0f} mL/min (Cockcroft-Gault, actual body weight).",
        figures=(Figure(name="crcl_ml_min", label="creatinine clearance", value=clearance, unit="mL/min"),),
        inputs=(
            Used("sex", sex.value),
            Used("age", age_y, "a"),
            Used("weight", weight_kg, "kg"),
            Used("creatinine", creatinine_mg_dl, "mg/dL"),
        ),
        warnings=("The bisphosphonate labels ask for this equation; an eGFR does not stand in for it.",),
        citations=("TABERS_COCKCROFT_GAULT", "COCKCROFT_GAULT_1976"),
        verified=Verified.SOURCE,
    )


def ckd_epi_2021(age_y: float, creatinine_mg_dl: float, sex: Sex) -> Score:
    """What is the estimated filtration rate, by CKD-EPI 2021, in mL/min/1.73 m2, and its stage?"""
    _adult(age_y, "CKD-EPI 2021")
    rate = formulas.ckd_epi_2021_ml_min_1_73m2(age_y, creatinine_mg_dl, sex)
    stage = next((name for limit, name in STAGES_BELOW if rate < limit), "G1")
    return Score(
        tool="ckd-epi-2021",
        name="CKD-EPI 2021",
        outcome="computed",
        text=f"eGFR {rate:.0f} mL/min/1.73 m² (CKD-EPI 2021, creatinine), filtration stage {stage}.",
        figures=(Figure(name="egfr_ml_min_1_73m2", label="eGFR", value=rate, unit="mL/min/{1.73_m2}", band=stage),),
        inputs=(Used("sex", sex.value), Used("age", age_y, "a"), Used("creatinine", creatinine_mg_dl, "mg/dL")),
        warnings=(
            "Not the clearance that the bisphosphonate labels ask for: that is Cockcroft-Gault.",
            "A stage is chronic kidney disease only if it lasts 3 months; stages G1 and G2 only with kidney damage.",
        ),
        citations=("NKF_CKD_EPI_2021",),
        verified=Verified.SOURCE,
    )


def corrected_calcium(calcium_mg_dl: float, albumin_g_dl: float, knowledge: Knowledge) -> Score:
    """What would total calcium be at an albumin of 4 g/dL, in mg/dL and mmol/L, and is that within the usual range?

    The usual range is that of `analytes.calcium`; a laboratory's own range goes before it.
    """
    corrected = formulas.corrected_calcium_mg_dl(calcium_mg_dl, albumin_g_dl)
    analyte = knowledge.analytes["calcium"]
    low, high = analyte.normal_low, analyte.normal_high
    band = ""
    if low is not None and high is not None:
        band = "low" if corrected < low.value else "high" if corrected > high.value else "within the usual range"
    corrected_mmol_l = corrected / analyte.factors["mmol/L"]
    return Score(
        tool="corrected-calcium",
        name="Albumin-corrected calcium",
        outcome="computed",
        text=f"Corrected calcium {corrected:.1f} mg/dL ({corrected_mmol_l:.2f} mmol/L){f', {band}' if band else ''}.",
        figures=(
            Figure(name="calcium_corrected_mg_dl", label="corrected calcium", value=corrected, unit="mg/dL", band=band),
            Figure(
                name="calcium_corrected_mmol_l",
                label="corrected calcium",
                value=corrected_mmol_l,
                unit="mmol/L",
                band=band,
            ),
        ),
        inputs=(Used("calcium", calcium_mg_dl, "mg/dL"), Used("albumin", albumin_g_dl, "g/dL")),
        warnings=(
            "Where albumin is far from normal or much hangs on it, ionised calcium decides.",
            "The laboratory's own range goes before the usual range.",
        ),
        citations=("LBL_ZOMETA_COPY", "PAYNE_1973"),
        verified=Verified.SOURCE,
    )


def _adult(age_y: float, equation: str) -> None:
    if not ADULT_Y <= age_y <= OLDEST_Y:
        message = f"age: {equation} is for adults of {ADULT_Y} to {OLDEST_Y} years, not for {age_y:g}"
        raise OutOfRangeError(message)
