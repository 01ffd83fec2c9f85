"""Running the clinic: server, worker, health, metrics, logs, backup."""
