from django.db import migrations

from osteon.clinic.audit.unchangeable import only_added_to


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial"), ("audit", "0002_only_added_to")]
    operations = [only_added_to(f"stock_{name}") for name in ("movement", "takenout", "temperature")]
