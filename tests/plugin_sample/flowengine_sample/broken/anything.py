"""Never loaded."""
