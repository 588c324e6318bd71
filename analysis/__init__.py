"""Compare the annual work plans of Chinese county governments."""
