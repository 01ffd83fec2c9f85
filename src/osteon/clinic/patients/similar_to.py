"""Who else could this patient be taken for?"""

from __future__ import annotations

from django.db.models import Q

from osteon.clinic.patients.similar import ALIKE, ALIKE_SAME_BIRTH_DATE, likeness
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.models import Patient

_FEW = 5


def similar_people(patient: Patient, user: User) -> list[Patient]:
    """Others here whose family name begins alike or who were born on the same day, and whose name is much alike."""
    if user.role not in STAFF or not patient.search_name:
        return []
    near = Q(search_name__startswith=patient.search_name[:3]) | Q(birth_date=patient.birth_date)
    others = Patient.objects.filter(near, merged_into__isnull=True).exclude(pk=patient.pk)
    found = []
    for key, name, born in others.values_list("pk", "search_name", "birth_date"):
        alike = likeness(patient.search_name, name)
        if alike >= (ALIKE_SAME_BIRTH_DATE if born == patient.birth_date else ALIKE):
            found.append((-alike, key))
    nearest = [key for _, key in sorted(found)[:_FEW]]
    people = Patient.objects.in_bulk(nearest) if nearest else {}
    return [people[key] for key in nearest]
