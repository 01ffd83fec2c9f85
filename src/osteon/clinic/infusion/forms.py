"""Every form of a session, by the name under which it is posted."""

from __future__ import annotations

from osteon.clinic.infusion import forms_after as after
from osteon.clinic.infusion import forms_before as before
from osteon.clinic.infusion import forms_giving as giving
from osteon.clinic.infusion.form import EventForm, Known

__all__ = ["FORMS", "EventForm", "Known"]

FORMS: dict[str, type[EventForm]] = {
    str(form.kind.__struct_config__.tag): form
    for form in (
        before.Arrive, before.Identity, before.Weight, before.Test, before.Company, before.Consent, before.Line,
        before.Trouble, before.Drug, before.ScaleTwo,
        giving.Vitals, giving.Start, giving.Rate, giving.Resume, giving.Restart, giving.RestartOrder, giving.Pause,
        giving.Stop, giving.Inject, giving.TroubleStep, giving.SpokenOrder, giving.SignOrder, giving.HandOver,
        after.Reaction, after.Step, after.Grade, after.Flush, after.End, after.Discharge, after.GiveUp, after.Close,
        after.Answer,
    )
}  # fmt: skip
"""Every form by the name under which it is posted."""
