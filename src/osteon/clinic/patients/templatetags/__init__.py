"""How a patient's page says what it says."""
