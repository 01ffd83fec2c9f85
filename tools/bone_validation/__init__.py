"""What the validation page of the bone model is made of: see tools/bone_report.py."""
