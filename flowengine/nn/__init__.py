"""What runs on torch. Importing a module here imports torch only where its name says so."""
