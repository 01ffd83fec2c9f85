from django.db import migrations

from osteon.clinic.audit.unchangeable import only_added_to


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [only_added_to("audit_entry"), only_added_to("audit_anchor")]
