"""Who carries the work: workloads, concentration, coordination, one department's page."""
