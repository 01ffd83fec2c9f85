from django.db import migrations

from osteon.clinic.audit.unchangeable import only_added_to


class Migration(migrations.Migration):
    dependencies = [("due", "0001_initial"), ("audit", "0002_only_added_to")]
    operations = [only_added_to("due_contact")]
