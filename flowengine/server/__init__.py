"""The server of the editor: documents, reports, values and runs of one workspace."""
