from django.db import migrations

from osteon.clinic.audit.unchangeable import only_added_to


class Migration(migrations.Migration):
    dependencies = [("booking", "0002_initial"), ("audit", "0002_only_added_to")]
    operations = [only_added_to("booking_visitevent")]
